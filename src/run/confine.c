/*
 * run/confine.c - the limits of the machine process once a lesson's code runs.
 *
 * Compute, make threads, wait, use memory, read files it could read before, and
 * write to descriptors it has.  No new process, no program, no socket, no file
 * made or changed, no other process looked at or signalled.  A forbidden call
 * fails with EPERM and the code that made it goes on: a student should see an
 * error where it happened, not a dead process.  A call of a newer kernel or library
 * is unknown here and fails the same way, except for calls with an older form to
 * fall back to (ENOSYS makes the library use it).
 *
 * The filter is plain BPF over one table: number, what to look at, verdict.
 *
 * Lives here:   limits and the filter.
 * Never here:   the time of confinement (director.c), Lua's own limits (lua/).
 * Rules:        docs/why/a-process-for-each-run.md.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "run/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "run/director.h"

#define NOFILE_MAX 64		/* the four of wire.h, and what a library opens to read */

/* ---- limits ---------------------------------------------------------------------- */

static int limit(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit old, new = { soft, hard };

	if (getrlimit((__rlimit_resource_t)what, &old) != 0)
		return -errno;
	if (old.rlim_max < new.rlim_max)	/* never ask for more than we were given */
		new.rlim_max = old.rlim_max;
	if (new.rlim_max < new.rlim_cur)
		new.rlim_cur = new.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &new) == 0 ? 0 : -errno;
}

static int set_limits(const struct confine_opts *opts)
{
	int rc = limit(RLIMIT_CORE, 0, 0);

	/* the soft one ends the process by SIGXCPU, which is reported; the hard one if that is caught */
	if (!rc && opts->cpu_seconds)
		rc = limit(RLIMIT_CPU, opts->cpu_seconds, opts->cpu_seconds + 2);
	if (!rc)
		rc = limit(RLIMIT_FSIZE, 0, 0);
	if (!rc)
		rc = limit(RLIMIT_NOFILE, NOFILE_MAX, NOFILE_MAX);
	if (!rc && opts->memory_bytes && !CONFINE_SANITIZED)
		rc = limit(RLIMIT_AS, opts->memory_bytes, opts->memory_bytes);
	return rc;
}

/* ---- the table -------------------------------------------------------------------- */

/* The arguments that a row checks besides the number. */
enum look {
	ALLOW,
	NO_SUCH_CALL,		/* ENOSYS: the C library falls back to an older call */
	IF_THREAD,		/* clone: threads of this process only */
	IF_SELF,		/* first argument is this process */
	IF_READS_1, IF_READS_2,	/* open, openat: that argument's flags change nothing */
	IF_ZERO_2,		/* prlimit64: asks, sets nothing */
	IF_NAME,		/* prctl: a thread's name only */
	IF_TIMERS,		/* confine_opts.timers */
	IF_FD_FLAGS		/* fcntl: reading and setting flags only */
};

#define CALL(name, look) { __NR_##name, look },
static const struct {
	unsigned int nr;
	enum look look;
} calls[] = {
	/* descriptors there are */
	CALL(read, ALLOW) CALL(write, ALLOW) CALL(readv, ALLOW) CALL(writev, ALLOW)
	CALL(pread64, ALLOW) CALL(pwrite64, ALLOW) CALL(lseek, ALLOW) CALL(close, ALLOW)
	CALL(fstat, ALLOW) CALL(newfstatat, ALLOW) CALL(fcntl, IF_FD_FLAGS)
	CALL(openat, IF_READS_2) CALL(ppoll, ALLOW)
	/* memory */
	CALL(mmap, ALLOW) CALL(munmap, ALLOW) CALL(mprotect, ALLOW) CALL(mremap, ALLOW)
	CALL(madvise, ALLOW) CALL(brk, ALLOW)
	/* threads and waiting */
	CALL(clone, IF_THREAD) CALL(clone3, NO_SUCH_CALL) CALL(exit, ALLOW) CALL(exit_group, ALLOW)
	CALL(futex, ALLOW) CALL(set_robust_list, ALLOW) CALL(get_robust_list, ALLOW)
	CALL(set_tid_address, ALLOW) CALL(rseq, ALLOW) CALL(membarrier, ALLOW)
	CALL(sched_yield, ALLOW) CALL(sched_setaffinity, ALLOW) CALL(sched_getaffinity, ALLOW)
	CALL(sched_getparam, ALLOW) CALL(sched_getscheduler, ALLOW) CALL(prctl, IF_NAME)
	CALL(nanosleep, ALLOW) CALL(clock_nanosleep, ALLOW) CALL(restart_syscall, ALLOW)
	/* signals, to oneself */
	CALL(rt_sigaction, ALLOW) CALL(rt_sigprocmask, ALLOW) CALL(rt_sigreturn, ALLOW)
	CALL(sigaltstack, ALLOW) CALL(tgkill, IF_SELF)
	/* asking */
	CALL(clock_gettime, ALLOW) CALL(clock_getres, ALLOW) CALL(gettimeofday, ALLOW)
	CALL(getpid, ALLOW) CALL(gettid, ALLOW) CALL(getppid, ALLOW)
	CALL(getuid, ALLOW) CALL(geteuid, ALLOW) CALL(getgid, ALLOW) CALL(getegid, ALLOW)
	CALL(getrandom, ALLOW) CALL(getrusage, ALLOW) CALL(getcpu, ALLOW)
	CALL(prlimit64, IF_ZERO_2) CALL(sysinfo, ALLOW) CALL(uname, ALLOW)
	CALL(io_uring_setup, NO_SUCH_CALL) CALL(setitimer, IF_TIMERS)
#ifdef __NR_futex_waitv
	CALL(futex_waitv, NO_SUCH_CALL)
#endif
#ifdef __NR_openat2
	CALL(openat2, NO_SUCH_CALL)
#endif
#ifdef __NR_statx
	CALL(statx, NO_SUCH_CALL)
#endif
#ifdef __x86_64__	/* calls that newer architectures never had */
	CALL(open, IF_READS_1) CALL(stat, ALLOW) CALL(lstat, ALLOW) CALL(poll, ALLOW)
	CALL(alarm, IF_TIMERS) CALL(time, ALLOW) CALL(getrlimit, ALLOW) CALL(arch_prctl, ALLOW)
#endif
#if CONFINE_SANITIZED	/* reports read their own maps and name their own program */
	CALL(readlinkat, ALLOW) CALL(getdents64, ALLOW) CALL(mincore, ALLOW) CALL(msync, ALLOW)
	CALL(ioctl, ALLOW) CALL(pipe2, ALLOW) CALL(dup, ALLOW) CALL(getcwd, ALLOW)
	CALL(getpgid, ALLOW) CALL(wait4, ALLOW)
#ifdef __x86_64__
	CALL(readlink, ALLOW) CALL(pipe, ALLOW)
#endif
#endif
};
#undef CALL
#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

/* ---- the filter -------------------------------------------------------------------- */

#if defined(__x86_64__)
#define CONFINE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CONFINE_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef CONFINE_ARCH

#define DENY (SECCOMP_RET_ERRNO | EPERM)
#define CODES_A_ROW 8
#define CODES_MAX (8 + NR_CALLS * CODES_A_ROW)

struct program {
	struct sock_filter code[CODES_MAX];
	unsigned short n;
};

static void put(struct program *p, unsigned short op, uint32_t k, unsigned char yes, unsigned char no)
{
	p->code[p->n++] = (struct sock_filter){ op, yes, no, k };
}

static void load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* Low half: arguments looked at here are ints and flags; their high half is no part of them. */
static void load_arg(struct program *p, unsigned int arg)
{
	load(p, offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t));
}

static void give(struct program *p, uint32_t verdict)
{
	put(p, BPF_RET | BPF_K, verdict, 0, 0);
}

#define OPEN_CHANGES (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY))
#define CLONE_NEW_ANYTHING                                                              \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE)

/* Allowed if (argument & mask) is value. */
static void give_if_bits(struct program *p, unsigned int arg, uint32_t mask, uint32_t value)
{
	load_arg(p, arg);
	put(p, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	give(p, SECCOMP_RET_ALLOW);
	give(p, DENY);
}

/* Allowed if the argument is a or b. */
static void give_if_one_of(struct program *p, unsigned int arg, uint32_t a, uint32_t b)
{
	load_arg(p, arg);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, a, 1, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, b, 0, 1);
	give(p, SECCOMP_RET_ALLOW);
	give(p, DENY);
}

/* A pointer: both halves must be nothing. */
static void give_if_null(struct program *p, unsigned int arg)
{
	load_arg(p, arg);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 3);
	load(p, offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t) + 4);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1);
	give(p, SECCOMP_RET_ALLOW);
	give(p, DENY);
}

static void put_verdict(struct program *p, enum look look, bool timers)
{
	switch (look) {
	case ALLOW:
		give(p, SECCOMP_RET_ALLOW);
		break;
	case IF_TIMERS:
		give(p, timers ? SECCOMP_RET_ALLOW : DENY);
		break;
	case NO_SUCH_CALL:
		give(p, SECCOMP_RET_ERRNO | ENOSYS);
		break;
	case IF_THREAD:
		give_if_bits(p, 0, CLONE_THREAD | CLONE_NEW_ANYTHING, CLONE_THREAD);
		break;
	case IF_SELF:
		give_if_one_of(p, 0, (uint32_t)getpid(), (uint32_t)getpid());
		break;
	case IF_READS_1:
		give_if_bits(p, 1, OPEN_CHANGES, O_RDONLY);
		break;
	case IF_READS_2:
		give_if_bits(p, 2, OPEN_CHANGES, O_RDONLY);
		break;
	case IF_ZERO_2:
		give_if_null(p, 2);
		break;
	case IF_NAME:
		give_if_one_of(p, 0, PR_SET_NAME, PR_GET_NAME);
		break;
	case IF_FD_FLAGS:	/* F_GETFD 1, F_SETFD 2, F_GETFL 3; not F_SETFL, not F_DUPFD */
		load_arg(p, 1);
		put(p, BPF_JMP | BPF_JGT | BPF_K, F_GETFL, 2, 0);
		put(p, BPF_JMP | BPF_JGE | BPF_K, F_GETFD, 0, 1);
		give(p, SECCOMP_RET_ALLOW);
		give(p, DENY);
		break;
	}
}

static void build_program(struct program *p, bool timers)
{
	size_t i;

	p->n = 0;
	/* a call by another architecture's numbers (32-bit, x32) means something else */
	load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, CONFINE_ARCH, 1, 0);
	give(p, DENY);
	load(p, offsetof(struct seccomp_data, nr));
	for (i = 0; i < NR_CALLS; i++) {
		unsigned short row = p->n;

		put(p, BPF_JMP | BPF_JEQ | BPF_K, calls[i].nr, 0, 0);
		put_verdict(p, calls[i].look, timers);
		/* another call: over this row's verdict, the number is still loaded */
		p->code[row].jf = (unsigned char)(p->n - row - 1);
	}
	give(p, DENY);
}

static int install_filter(bool timers)
{
	static struct program program;
	struct sock_fprog prog = { .filter = program.code };

	build_program(&program, timers);
	prog.len = program.n;
	/* TSYNC: a sanitizer's own threads are confined with us */
	if (syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &prog) == 0)
		return 0;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0)
		return 0;
	return errno == EINVAL ? -ENOSYS : -errno;
}

#else

static int install_filter(bool timers)
{
	(void)timers;
	return -ENOSYS;
}

#endif

/* ---- public -------------------------------------------------------------------------- */

bool confine_seccomp_available(void)
{
#ifdef CONFINE_ARCH
	uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
#else
	return false;
#endif
}

int director_confine(const struct confine_opts *opts, const char **what)
{
	int rc;

	*what = "resource limits";
	rc = set_limits(opts);
	if (rc)
		return rc;
	*what = "no_new_privs";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -errno;
	*what = "seccomp filters";
	rc = install_filter(opts->timers);
	if (rc)
		return rc;
	*what = NULL;
	return 0;
}
