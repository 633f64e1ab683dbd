/*
 * tests/faults/preload.c - a library that makes one call of a program under test fail, or kills it there.
 *
 * LD_PRELOAD loads it; KW_FAULT selects the call: "CALL HOW N WHOSE", for example "memory once 40 visible".
 *
 *   CALL    memory: malloc(), calloc(), realloc(), the aligned forms;
 *           write: each call that changes a file or a folder, standard streams and the terminal excepted
 *   HOW     once: the Nth fails; on: the Nth and all that follow; kill: SIGKILL instead of the Nth
 *   WHOSE   visible, machine (the process with the flag --machine-process), or both
 *
 * KW_FAULT_TRACE=1 writes the callers of a failing call to standard error, for addr2line.
 * KW_FAULT_COUNTS names a file of struct fault_counts, which each process maps: after the run a test
 * reads in it how many calls there were.  The machine process is started with an environment of its own,
 * so execvp() passes the three variables on.
 *
 * Lives here:   interposed functions.
 * Never here:   choices of calls (tests/support/harm.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/faults/preload.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* glibc's own functions, which dlsym() cannot be asked for before the first allocation */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);

static struct fault_counts none, *counts = &none;
static bool machine;			/* this is the machine process */
static bool armed[FAULT_CALLS];		/* the fault is for this kind of call, in this process */
static enum { ONCE, ON, KILL } how;
static uint64_t nth;
static char passed_on[3][4200];		/* for the machine process */

static void read_order(const char *text)
{
	char call[16] = "", when[16] = "", whose[16] = "";
	unsigned long n = 0;
	bool mine;

	if (!text || sscanf(text, "%15s %15s %lu %15s", call, when, &n, whose) != 4)
		return;
	mine = strcmp(whose, "both") == 0 || machine == (strcmp(whose, "machine") == 0);
	how = strcmp(when, "kill") == 0 ? KILL : strcmp(when, "on") == 0 ? ON : ONCE;
	nth = n;
	armed[strcmp(call, "write") == 0 ? FAULT_WRITE : FAULT_MEMORY] = mine;
}

__attribute__((constructor)) static void begin(int argc, char **argv)
{
	static const char *const names[] = { "LD_PRELOAD", "KW_FAULT", "KW_FAULT_COUNTS" };
	const char *path = getenv("KW_FAULT_COUNTS");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *shared = fd >= 0 ? mmap(NULL, sizeof(none), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

	for (int i = 0; i < 3; i++)
		snprintf(passed_on[i], sizeof(passed_on[i]), "%s=%s", names[i], getenv(names[i]) ? getenv(names[i]) : "");
	if (fd >= 0)
		close(fd);
	machine = argc == 2 && strcmp(argv[1], "--machine-process") == 0;
	if (shared == MAP_FAILED)
		return;
	counts = shared;
	read_order(getenv("KW_FAULT"));
}

/* Counts a call.  Return: it has to fail; errno is untouched. */
static bool fails(enum fault_call call)
{
	uint64_t n = atomic_fetch_add(&counts->calls[machine][call], 1) + 1;

	if (!armed[call] || n < nth || (how != ON && n > nth))
		return false;
	atomic_fetch_add(&counts->hits, 1);
	if (getenv("KW_FAULT_TRACE")) {
		void *callers[40];

		armed[call] = false;	/* backtrace() allocates */
		backtrace_symbols_fd(callers, backtrace(callers, 40), STDERR_FILENO);
		armed[call] = true;
	}
	if (how == KILL)
		kill(getpid(), SIGKILL);
	return true;
}

/* ---- memory ------------------------------------------------------------------------------------ */

static void *no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

void *malloc(size_t n)
{
	return fails(FAULT_MEMORY) ? no_memory() : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails(FAULT_MEMORY) ? no_memory() : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return fails(FAULT_MEMORY) ? no_memory() : __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	return fails(FAULT_MEMORY) ? no_memory() : __libc_memalign(align, n);
}

int posix_memalign(void **p, size_t align, size_t n)
{
	void *got = fails(FAULT_MEMORY) ? NULL : __libc_memalign(align, n);

	if (!got)
		return ENOMEM;
	*p = got;
	return 0;
}

/* ---- files --------------------------------------------------------------------------------------- */

/* A file or a folder, and no standard stream: tests/unit_output.c is about printed lines. */
static bool counts_as_file(int fd)
{
	struct stat st;

	return fd > STDERR_FILENO && fstat(fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

static bool write_fails(int fd)
{
	int before = errno;
	bool yes = counts_as_file(fd) && fails(FAULT_WRITE);

	errno = yes ? ENOSPC : before;
	return yes;
}

static bool change_fails(void)
{
	bool yes = fails(FAULT_WRITE);

	if (yes)
		errno = ENOSPC;
	return yes;
}

/* The function that this library hides. */
#define NEXT(name) \
	static __typeof__(name) *next; \
	if (!next) \
		*(void **)&next = dlsym(RTLD_NEXT, #name)

#define WRAP(type, name, params, args, failing) \
	type name params { NEXT(name); return (failing) ? -1 : next args; }

WRAP(ssize_t, write, (int fd, const void *p, size_t n), (fd, p, n), write_fails(fd))
WRAP(ssize_t, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at), write_fails(fd))
WRAP(ssize_t, pwrite64, (int fd, const void *p, size_t n, off64_t at), (fd, p, n, at), write_fails(fd))
WRAP(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n), write_fails(fd))
WRAP(int, fsync, (int fd), (fd), write_fails(fd))
WRAP(int, fdatasync, (int fd), (fd), write_fails(fd))
WRAP(int, ftruncate, (int fd, off_t n), (fd, n), write_fails(fd))
WRAP(int, ftruncate64, (int fd, off64_t n), (fd, n), write_fails(fd))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), write_fails(fd))
WRAP(int, rename, (const char *a, const char *b), (a, b), change_fails())
WRAP(int, linkat, (int da, const char *a, int db, const char *b, int flags), (da, a, db, b, flags), change_fails())
WRAP(int, unlink, (const char *a), (a), how == KILL && change_fails())	/* a full disk lets a file be removed */
WRAP(int, mkdir, (const char *a, mode_t mode), (a, mode), change_fails())

static bool open_fails(int flags)
{
	return flags & (O_CREAT | O_TRUNC) && change_fails();
}

#define WRAP_OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		va_list ap; \
		mode_t mode = 0; \
		NEXT(name); \
		va_start(ap, flags); \
		if (flags & (O_CREAT | __O_TMPFILE)) \
			mode = va_arg(ap, mode_t); \
		va_end(ap); \
		return open_fails(flags) ? -1 : next(path, flags, mode); \
	}
WRAP_OPEN(open)
WRAP_OPEN(open64)

/* ---- the machine process ---------------------------------------------------------------------------- */

int execvp(const char *file, char *const argv[])
{
	static char *env[64];
	size_t n = 0;

	for (; n < 32 && environ[n]; n++)
		env[n] = environ[n];
	for (int i = 0; i < 3; i++)
		env[n++] = passed_on[i];
	env[n] = NULL;
	return execvpe(file, argv, env);
}
