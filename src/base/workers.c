/*
 * base/workers.c - see workers.h.
 *
 * Lives here:   the child processes, their pipes and time limits.
 * Never here:   threads of the caller.   Licence: MIT.
 */
#include "base/workers.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/shortage.h"

#define PAUSE_MS 100
#define BUFFER_BYTES ((size_t)64 << 10)

struct job {
	pid_t pid;
	int fd;			/* read end of its pipe; -1 = it has ended */
	uint64_t next;		/* the run whose result comes next */
	size_t got;		/* bytes in .buf */
	char *buf;
};

static bool write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

/*
 * Limits CPU time, because a process that is stopped or gets little CPU is not an
 * endless one, and real time, because a process that waits for ever uses no CPU time.
 * 0 removes the limits.
 */
static void limit(unsigned int seconds)
{
	struct itimerval cpu = { .it_value.tv_sec = seconds };

	setitimer(ITIMER_PROF, &cpu, NULL);
	alarm(seconds * WORKERS_PATIENCE);
}

bool workers_timed_out(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGALRM);
}

/* In a child: the parent handles Ctrl-C, and the child dies with the parent. */
static void settle(void)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGALRM, SIG_DFL);
	signal(SIGPROF, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static _Noreturn void play_runs(const struct workers *w, unsigned int j, uint64_t from, int fd)
{
	char *result = malloc(w->result_bytes);

	settle();
	shortage_silent = true;		/* job_ended() hands the shortage to the caller, once */
	if (!result)
		shortage_end(-ENOMEM, "a run");
	for (uint64_t run = from; run < w->runs; run += w->jobs) {
		bool more;

		memset(result, 0, w->result_bytes);
		limit(w->seconds);
		more = w->play(w->arg, j, run, result);
		limit(0);
		if (!more) {
			write_all(fd, "", 1);	/* a single byte means: no more runs, and no crash */
			break;
		}
		if (!write_all(fd, result, w->result_bytes))
			break;
	}
	_exit(0);
}

static int start_job(struct workers *w, struct job *job, unsigned int j)
{
	int fds[2];

	job->fd = -1;
	job->got = 0;
	if (job->next >= w->runs)
		return 0;
	if (pipe(fds))
		return -errno;
	job->pid = fork();
	if (job->pid < 0) {
		int err = -errno;

		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (job->pid == 0) {
		close(fds[0]);
		play_runs(w, j, job->next, fds[1]);
	}
	close(fds[1]);
	job->fd = fds[0];
	return 0;
}

static void end_job(struct job *job)
{
	kill(job->pid, SIGKILL);
	close(job->fd);
	while (waitpid(job->pid, NULL, 0) < 0 && errno == EINTR)
		;
	job->fd = -1;
}

/* The process has ended.  If it had runs left, it died in run job->next. */
static int job_ended(struct workers *w, struct job *job, unsigned int j)
{
	bool said_so = job->got == 1;
	uint64_t run = job->next;
	int status = 0;

	close(job->fd);
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	job->fd = -1;
	if (said_so || run >= w->runs)
		return 0;
	if (shortage_of(status))
		return shortage_of(status);
	job->next += w->jobs;
	w->lost(w->arg, j, run, status);
	return start_job(w, job, j);
}

static int read_job(struct workers *w, struct job *job, unsigned int j)
{
	size_t room = w->result_bytes > BUFFER_BYTES ? w->result_bytes : BUFFER_BYTES, at = 0;
	ssize_t n = read(job->fd, job->buf + job->got, room - job->got);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n == 0)
		return job_ended(w, job, j);
	job->got += (size_t)n;
	for (; job->got - at >= w->result_bytes && job->next < w->runs; at += w->result_bytes) {
		uint64_t run = job->next;

		job->next += w->jobs;
		w->done(w->arg, run, job->buf + at);
	}
	job->got -= at;
	memmove(job->buf, job->buf + at, job->got);
	if (job->next >= w->runs)
		end_job(job);
	return 0;
}

/* Waits once for results.  Return: the number of running jobs, or -errno. */
static int collect(struct workers *w, struct job *jobs)
{
	struct pollfd fds[WORKERS_MAX];
	unsigned int of[WORKERS_MAX];
	nfds_t n = 0;

	for (unsigned int j = 0; j < w->jobs; j++) {
		if (jobs[j].fd >= 0 && jobs[j].next >= w->runs)
			end_job(&jobs[j]);	/* done() or lost() has lowered w->runs */
		if (jobs[j].fd >= 0) {
			of[n] = j;
			fds[n++] = (struct pollfd){ .fd = jobs[j].fd, .events = POLLIN };
		}
	}
	if (!n)
		return 0;
	if (poll(fds, n, w->pause ? PAUSE_MS : -1) < 0)
		return errno == EINTR ? (int)n : -errno;
	for (nfds_t i = 0; i < n; i++) {
		int err = fds[i].revents ? read_job(w, &jobs[of[i]], of[i]) : 0;

		if (err)
			return err;
	}
	if (w->pause)
		w->pause(w->arg);
	return (int)n;
}

static int start_all(struct workers *w, struct job *jobs)
{
	size_t room = w->result_bytes > BUFFER_BYTES ? w->result_bytes : BUFFER_BYTES;
	int err = 0;

	for (unsigned int j = 0; j < w->jobs; j++)
		jobs[j].fd = -1;
	for (unsigned int j = 0; j < w->jobs && !err; j++) {
		jobs[j].next = j;
		jobs[j].buf = malloc(room);
		err = jobs[j].buf ? start_job(w, &jobs[j], j) : -ENOMEM;
	}
	return err;
}

int workers_run(struct workers *w)
{
	struct job *jobs;
	int err;

	if (!w->jobs || w->jobs > WORKERS_MAX)
		return -EINVAL;
	jobs = calloc(w->jobs, sizeof(*jobs));
	if (!jobs)
		return -ENOMEM;
	err = start_all(w, jobs);
	while (!err && !(w->stop && *w->stop)) {
		err = collect(w, jobs);
		if (err <= 0)
			break;
		err = 0;
	}
	for (unsigned int j = 0; j < w->jobs; j++) {
		if (jobs[j].fd >= 0)
			end_job(&jobs[j]);
		free(jobs[j].buf);
	}
	free(jobs);
	return err;
}

int workers_alone(void (*fn)(void *arg), void *arg, unsigned int seconds)
{
	pid_t pid = fork();
	int status = 0;

	if (pid < 0)
		return -errno;
	if (pid == 0) {
		settle();
		shortage_silent = true;
		limit(seconds);
		fn(arg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return shortage_of(status) ? shortage_of(status) : status;
}
