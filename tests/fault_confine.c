/*
 * tests/fault_confine.c - what a confined machine process can and cannot do.
 *
 * The lesson "calls" (in a machine process) tries each row of a table after
 * confinement and writes one event a row: "name: OK" or "name: errno".  The
 * test compares with what the row promises.
 *
 * Lives here:   system calls, limits.
 * Never here:   deaths (fault_run.c).
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/confine.h"
#include "tests/support/fault.h"

#define OR_ERRNO(call) ((call) < 0 ? errno : 0)

/* ---- forbidden ---------------------------------------------------------------------- */

static char no_file[] = "/dev/null/none";
static char true_path[] = "/bin/true";
static char *no_args[] = { true_path, NULL };

static int try_execve(void) { return OR_ERRNO(execve(true_path, no_args, NULL)); }
static int try_execveat(void) { return OR_ERRNO(syscall(__NR_execveat, AT_FDCWD, true_path, no_args, NULL, 0)); }
static int try_socket(void) { return OR_ERRNO(socket(AF_INET, SOCK_STREAM, 0)); }
static int try_socketpair(void)
{
	int fds[2];

	return OR_ERRNO(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
}
static int try_ptrace(void) { return OR_ERRNO(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }
static int try_kill_parent(void) { return OR_ERRNO(kill(getppid(), 0)); }
static int try_kill_self(void) { return OR_ERRNO(kill(getpid(), 0)); }
static int try_tgkill_parent(void) { return OR_ERRNO(syscall(__NR_tgkill, getppid(), getppid(), 0)); }
static int try_create(void) { return OR_ERRNO(open("/tmp/kworkshop-test-forbidden", O_CREAT | O_WRONLY, 0600)); }
static int try_open_write(void) { return OR_ERRNO(open("/dev/null", O_WRONLY)); }
static int try_open_rdwr(void) { return OR_ERRNO(openat(AT_FDCWD, "/dev/null", O_RDWR)); }
static int try_open_trunc(void) { return OR_ERRNO(open("/dev/null", O_RDONLY | O_TRUNC)); }
static int try_tmpfile(void) { return OR_ERRNO(open("/tmp", O_TMPFILE | O_WRONLY, 0600)); }
static int try_unlink(void) { return OR_ERRNO(unlink(no_file)); }
static int try_mkdir(void) { return OR_ERRNO(mkdir(no_file, 0700)); }
static int try_rename(void) { return OR_ERRNO(rename(no_file, no_file)); }
static int try_chmod(void) { return OR_ERRNO(chmod(no_file, 0)); }
static int try_truncate(void) { return OR_ERRNO(truncate(no_file, 0)); }
static int try_memfd(void) { return OR_ERRNO(memfd_create("x", 0)); }
static int try_setrlimit(void)
{
	struct rlimit r = { 1, 1 };

	return OR_ERRNO(setrlimit(RLIMIT_CPU, &r));
}
static int try_setuid(void) { return OR_ERRNO(setuid(getuid())); }
static int try_unshare(void) { return OR_ERRNO(unshare(CLONE_NEWUSER)); }
static int try_mount(void) { return OR_ERRNO(syscall(__NR_mount, NULL, NULL, NULL, 0, NULL)); }
static int try_bpf(void) { return OR_ERRNO(syscall(__NR_bpf, 0, NULL, 0)); }
static int try_perf(void) { return OR_ERRNO(syscall(__NR_perf_event_open, NULL, 0, 0, 0, 0)); }
static int try_keyctl(void) { return OR_ERRNO(syscall(__NR_keyctl, 0, 0, 0, 0, 0)); }
static int try_vm_writev(void) { return OR_ERRNO(syscall(__NR_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0)); }
static int try_dumpable(void) { return OR_ERRNO(prctl(PR_SET_DUMPABLE, 1)); }
static int try_pdeathsig(void) { return OR_ERRNO(prctl(PR_SET_PDEATHSIG, 0)); }
static int try_setfl(void) { return OR_ERRNO(fcntl(4, F_SETFL, O_NONBLOCK)); }
static int try_fifo(void)
{
	struct sched_param p = { .sched_priority = 1 };

	return OR_ERRNO(sched_setscheduler(0, SCHED_FIFO, &p));
}
static int try_unknown(void) { return OR_ERRNO(syscall(4242)); }

/* A child, if one was created, reports it and must not continue as a second lesson. */
static int try_raw_fork(void)
{
	long pid = syscall(__NR_clone, SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return OR_ERRNO(pid);
}
static int try_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return OR_ERRNO(pid);
}
static int try_new_userns(void)
{
	long pid = syscall(__NR_clone, SIGCHLD | CLONE_NEWUSER, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return OR_ERRNO(pid);
}
static int try_spawn(void)
{
	pid_t pid;

	return posix_spawn(&pid, true_path, NULL, NULL, no_args, NULL);
}
static int try_clone3(void) { return OR_ERRNO(syscall(__NR_clone3, NULL, 0)); }
static int try_io_uring(void) { return OR_ERRNO(syscall(__NR_io_uring_setup, 1, NULL)); }

/* ---- needed ------------------------------------------------------------------------------ */

static void *thread_body(void *arg)
{
	prctl(PR_SET_NAME, "kworker/0:1");
	sem_post(arg);
	return arg;
}
static int try_thread(void)
{
	pthread_attr_t attr;
	pthread_t t;
	sem_t s;
	int rc;

	sem_init(&s, 0, 0);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 1 << 20);
	rc = pthread_create(&t, &attr, thread_body, &s);
	if (rc)
		return rc;
	sem_wait(&s);
	pthread_attr_destroy(&attr);
	return pthread_join(t, NULL);
}
static int try_many_threads(void)
{
	pthread_t t[64];
	sem_t s;
	int i, rc = 0;

	sem_init(&s, 0, 0);
	for (i = 0; i < 64 && !rc; i++)
		rc = pthread_create(&t[i], NULL, thread_body, &s);
	while (i-- > (rc != 0))
		pthread_join(t[i - (rc != 0)], NULL);
	return rc;
}
static int try_sleep(void)
{
	struct timespec t = { 0, 1000 };

	return OR_ERRNO(nanosleep(&t, NULL)) || clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}
static int try_sem_timeout(void)
{
	struct timespec t;
	sem_t s;

	sem_init(&s, 0, 0);
	clock_gettime(CLOCK_REALTIME, &t);
	return sem_timedwait(&s, &t) < 0 && errno == ETIMEDOUT ? 0 : errno;
}
static int try_big_memory(void)
{
	char *p = malloc(16 << 20);

	if (!p)
		return ENOMEM;
	memset(p, 1, 16 << 20);
	p = realloc(p, 32 << 20);
	free(p);
	return p ? 0 : ENOMEM;
}
static int try_affinity(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return errno;
	return OR_ERRNO(sched_setaffinity(0, sizeof(set), &set));
}
static int try_read_file(void)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char c;
	int rc = fd < 0 || read(fd, &c, 1) != 1 ? errno : 0;

	close(fd);
	return rc;
}
static int try_random(void)
{
	char c[8];

	return OR_ERRNO(syscall(__NR_getrandom, c, sizeof(c), 0));
}
static int try_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return errno;
	return raise(SIGUSR1) ? errno : 0;
}
static int try_membarrier(void)
{
	long rc = syscall(__NR_membarrier, 0, 0, 0);	/* asks which there are */

	return rc < 0 ? errno : 0;
}

/* ---- the table ------------------------------------------------------------------------------ */

#define PERMITTED 0
static const struct call {
	const char *name;
	int (*try)(void);
	int want;
} calls[] = {
	{ "execve", try_execve, EPERM }, { "execveat", try_execveat, EPERM },
	{ "fork", try_fork, EPERM }, { "clone as fork", try_raw_fork, EPERM },
	{ "clone with a user namespace", try_new_userns, EPERM },
	{ "posix_spawn", try_spawn, EPERM },
	{ "socket", try_socket, EPERM }, { "socketpair", try_socketpair, EPERM },
	{ "ptrace", try_ptrace, EPERM }, { "kill the parent", try_kill_parent, EPERM },
	{ "kill", try_kill_self, EPERM }, { "tgkill the parent", try_tgkill_parent, EPERM },
	{ "open O_CREAT", try_create, EPERM }, { "open O_WRONLY", try_open_write, EPERM },
	{ "openat O_RDWR", try_open_rdwr, EPERM }, { "open O_TRUNC", try_open_trunc, EPERM },
	{ "open O_TMPFILE", try_tmpfile, EPERM }, { "unlink", try_unlink, EPERM },
	{ "mkdir", try_mkdir, EPERM }, { "rename", try_rename, EPERM },
	{ "chmod", try_chmod, EPERM }, { "truncate", try_truncate, EPERM },
	{ "memfd_create", try_memfd, EPERM }, { "setrlimit", try_setrlimit, EPERM },
	{ "setuid", try_setuid, EPERM }, { "unshare", try_unshare, EPERM },
	{ "mount", try_mount, EPERM }, { "bpf", try_bpf, EPERM },
	{ "perf_event_open", try_perf, EPERM }, { "keyctl", try_keyctl, EPERM },
	{ "process_vm_writev", try_vm_writev, EPERM },
	{ "prctl PR_SET_DUMPABLE", try_dumpable, EPERM },
	{ "prctl PR_SET_PDEATHSIG", try_pdeathsig, EPERM },
	{ "fcntl F_SETFL", try_setfl, EPERM }, { "sched_setscheduler", try_fifo, EPERM },
	{ "an unknown call", try_unknown, EPERM },
	{ "clone3", try_clone3, ENOSYS }, { "io_uring_setup", try_io_uring, ENOSYS },
	{ "a thread", try_thread, PERMITTED }, { "64 threads", try_many_threads, PERMITTED },
	{ "sleeping", try_sleep, PERMITTED }, { "sem_timedwait", try_sem_timeout, PERMITTED },
	{ "malloc of megabytes", try_big_memory, PERMITTED },
	{ "affinity", try_affinity, PERMITTED }, { "reading a file", try_read_file, PERMITTED },
	{ "getrandom", try_random, PERMITTED }, { "signals to oneself", try_signals, PERMITTED },
	{ "membarrier", try_membarrier, PERMITTED },
};
#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

int fault_lesson_calls(const struct script_opts *o)
{
	char text[128];
	size_t i;

	o->confine(o->confine_arg);
	for (i = 0; i < NR_CALLS; i++) {
		int got = calls[i].try();

		snprintf(text, sizeof(text), "%s: %s", calls[i].name,
			 got ? strerrorname_np(got) : "OK");
		TRACE(PRINTK, .level = 6, .text = text);
	}
	return 0;
}

/* RULE(joints 4).  An error where it happened, and the lesson goes on to its end. */
static void forbidden_calls_fail_and_needed_ones_work(void)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 1 << 20 };
	struct run *r;
	size_t i;

	if (!confine_seccomp_available()) {
		test_note("this kernel has no seccomp filters: nothing to be tested");
		return;
	}
	fault_loop_begin();
	r = fault_open("calls", &spec);
	CHECK_INT(fault_settle(r, 60), RUN_ENDED);
	CHECK_INT(run_store(r)->nr, NR_CALLS);
	for (i = 0; i < NR_CALLS; i++) {
		char want[128];

		snprintf(want, sizeof(want), "%s: %s", calls[i].name,
			 calls[i].want ? strerrorname_np(calls[i].want) : "OK");
		CHECK_STR(fault_said(r, i + 1), want);
		if (strcmp(fault_said(r, i + 1), want) != 0)
			test_note("%s, wanted %s; %s", fault_said(r, i + 1), want, run_exit_report(r));
	}
	fault_close(r);
	fault_loop_end();
}

const struct test_case suite_fault_confine[] = {
	T(forbidden_calls_fail_and_needed_ones_work),
	{ NULL, NULL }
};
