/*
 * exercise/job.c - see job.h.
 *
 * The shared results are written by one process and read by the other one: .version is odd while
 * they are written, and a copy that saw it change is made again.
 *
 * Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE		/* close_range() */
#endif
#include "exercise/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "exercise/exercise_internal.h"
#include "words/texts.h"

#define PATIENCE_NS (NS_PER_S * 3 / 2)	/* from exercise_job_stop() until the process is killed */
#define ERR_BYTES 1500

struct shared_results {
	atomic_uint version;
	volatile sig_atomic_t stop;
	int rc;
	char err[ERR_BYTES];
	struct exercise_result result;
};

struct exercise_job {
	const struct exercise *x;
	struct shared_results *shared;
	pid_t pid;			/* 0 = it has ended */
	int status;
	uint64_t stopped_ns;		/* when it was asked to stop, 0 = it was not */
	struct exercise_result seen;	/* the last complete copy */
};

/* ---- in the process of the checks ----------------------------------------------------------- */

static void publish(void *arg, const struct exercise_result *now)
{
	struct shared_results *s = arg;

	atomic_fetch_add(&s->version, 1);
	s->result = *now;
	atomic_fetch_add(&s->version, 1);
}

/* The caller's signal handlers would write into its pipes, its files are its own, and the terminal is. */
static void part_from_caller(void)
{
	static const int back_to_default[] = { SIGHUP, SIGQUIT, SIGTERM, SIGCHLD, SIGWINCH, SIGTSTP, SIGSEGV, SIGBUS, SIGFPE,
					       SIGILL, SIGABRT };
	int null;

	for (size_t i = 0; i < sizeof(back_to_default) / sizeof(back_to_default[0]); i++)
		signal(back_to_default[i], SIG_DFL);
	signal(SIGINT, SIG_IGN);	/* Ctrl-C in an editor is the editor's */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(3, ~0u, 0);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
}

static _Noreturn void check_all(struct exercise_job *j, const struct exercise_checking *how)
{
	struct exercise_checking own = *how;
	struct exercise_result *out = calloc(1, sizeof(*out));

	part_from_caller();
	own.progress = publish;
	own.arg = j->shared;
	own.stop = &j->shared->stop;
	j->shared->rc = out ? exercise_check(j->x, &own, out, j->shared->err, sizeof(j->shared->err)) : -ENOMEM;
	if (out)
		publish(j->shared, out);
	_exit(0);
}

/* ---- in the caller ---------------------------------------------------------------------------- */

int exercise_job_begin(struct exercise_job **out, const struct exercise *x, const struct exercise_checking *how)
{
	struct exercise_job *j = calloc(1, sizeof(*j));

	if (j)
		j->shared = shared_memory(sizeof(*j->shared));
	if (!j || !j->shared) {
		free(j);
		return -ENOMEM;
	}
	j->x = x;
	j->shared->rc = -EIO;
	j->seen.nr = x->about.nr_checks;
	fflush(NULL);
	j->pid = fork();
	if (j->pid < 0) {
		int rc = -errno;

		shared_memory_free(j->shared, sizeof(*j->shared));
		free(j);
		return rc;
	}
	if (j->pid == 0)
		check_all(j, how);
	*out = j;
	return 0;
}

/* A copy of what the other process has written; one that it was writing meanwhile is left for the next look. */
static void copy_results(struct exercise_job *j)
{
	unsigned int before = atomic_load(&j->shared->version);
	struct exercise_result *copy = before & 1 || !before ? NULL : malloc(sizeof(*copy));

	if (!copy)
		return;
	*copy = j->shared->result;
	if (atomic_load(&j->shared->version) == before)
		j->seen = *copy;
	free(copy);
}

static void reap(struct exercise_job *j, int flags)
{
	pid_t got;

	do {
		got = waitpid(j->pid, &j->status, flags);
	} while (got < 0 && errno == EINTR);
	if (got == j->pid || got < 0)
		j->pid = 0;
}

bool exercise_job_look(struct exercise_job *j, struct exercise_result *now)
{
	if (j->pid)
		reap(j, WNOHANG);
	/* one run may take long, and is asked between runs only */
	if (j->pid && j->stopped_ns && time_now_ns() - j->stopped_ns > PATIENCE_NS) {
		kill(j->pid, SIGKILL);
		reap(j, 0);
	}
	copy_results(j);
	*now = j->seen;
	return j->pid != 0;
}

void exercise_job_stop(struct exercise_job *j)
{
	j->shared->stop = 1;
	if (!j->stopped_ns)
		j->stopped_ns = time_now_ns();
}

/* The process was killed on the way: checks that were running have no result. */
static void cut_off(struct exercise_job *j)
{
	for (unsigned int k = 1; k <= j->seen.nr; k++)
		if (j->seen.check[k].state == CHECK_STATE_RUNS)
			j->seen.check[k].state = CHECK_STATE_WAITS;
	j->seen.stopped = true;
	exercise_count_points(j->x, &j->seen);
}

int exercise_job_end(struct exercise_job *j, struct exercise_result *out, char *err, size_t err_size)
{
	bool killed;
	int rc;

	if (j->pid) {
		kill(j->pid, SIGKILL);
		reap(j, 0);
		j->stopped_ns = 1;
	}
	copy_results(j);
	killed = !WIFEXITED(j->status);
	rc = killed ? -EIO : j->shared->rc;
	snprintf(err, err_size, "%s", j->shared->err);
	if (killed && j->stopped_ns) {
		cut_off(j);
		rc = 0;
	} else if (killed) {
		snprintf(err, err_size, W(EXERCISE_KILLED), strsignal(WTERMSIG(j->status)));
	}
	*out = j->seen;
	shared_memory_free(j->shared, sizeof(*j->shared));
	free(j);
	return rc;
}
