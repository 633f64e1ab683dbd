/*
 * machine/free/watch.c - free mode: sampling running workers.
 *
 * Every few milliseconds the timer thread reads two facts about each running worker.  First,
 * the CPU time that it has used (1 us to read); a worker that has used a whole tick gets a
 * tick (R4.20).  Second, if the CPU time has not changed, the thread's state in /proc (4 us if
 * the file is kept open).  A worker that used no CPU time and is asleep is blocked, and has
 * not announced it.
 *
 * Lives here:   CPU times and states of other threads.
 * Never here:   acting on them (workqueue/blocked_workers.c), the intervals (timer.c).
 * Rules:        R4.20; docs/why/the-tick-of-another-thread.md.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/free/free_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_NS 4000000u

#define FILES_KEPT 64		/* keep at most so many files open: descriptors are a resource of the program */

static _Atomic int files_kept;

uint64_t free_sample(void)
{
	const struct mach_wq_ops *ops = __atomic_load_n(&mach.ops, __ATOMIC_ACQUIRE);

	uint64_t again = TICK_NS;

	free_softirq_retry();
	free_tasks_stay(true);
	if (ops && ops->sample)
		again = ops->sample();
	free_tasks_stay(false);
	return again;
}

bool mach_monitor(void)
{
	return mach.cfg.monitor;
}

/* ---- one worker ------------------------------------------------------------------------ */

/* A worker clears ->worker under tick_lock before exiting, so the thread exists while the lock is held. */
bool task_sample_begin(struct task *t)
{
	uv_mutex_lock(&t->tick_lock);
	if (t->worker && atomic_load_explicit(&t->free_running, memory_order_acquire))
		return true;
	uv_mutex_unlock(&t->tick_lock);
	return false;
}

void task_sample_end(struct task *t)
{
	uv_mutex_unlock(&t->tick_lock);
}

/* Returns the letter after the last parenthesis of "123 (a name) S 1 ...", '?' = unknown. */
static char state_of(struct task *t)
{
	char path[64], text[512], *end;
	ssize_t n;

	if (!t->stat_fd) {
		snprintf(path, sizeof(path), "/proc/self/task/%d/stat", t->tid);
		t->stat_fd = open(path, O_RDONLY | O_CLOEXEC) + 1;
		if (!t->stat_fd)
			return '?';
		files_kept++;
	}
	n = pread(t->stat_fd - 1, text, sizeof(text) - 1, 0);
	if (files_kept > FILES_KEPT)
		free_sample_forget(t);
	if (n <= 0)
		return '?';
	text[n] = '\0';
	end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : '?';
}

static bool is_asleep(struct task *t)
{
	char state = state_of(t);

	return state == 'S' || state == 'D';
}

enum task_sample task_sample(struct task *t, uint64_t patience_ns, bool state)
{
	uint64_t used = free_task_cpu_time_ns(t), now = free_ktime_get_ns();

	if (used != t->sample_used_ns) {
		t->sample_used_ns = used;
		t->sample_since_ns = now;
		if (used - t->tick_at_ns < mach.tick_ns)
			return state && is_asleep(t) ? TASK_SAMPLE_RAN_ASLEEP : TASK_SAMPLE_RAN;
		t->tick_at_ns = used;
		return TASK_SAMPLE_TICK;
	}
	if (now - t->sample_since_ns < patience_ns)
		return TASK_SAMPLE_UNDECIDED;
	return is_asleep(t) ? TASK_SAMPLE_BLOCKED : TASK_SAMPLE_UNDECIDED;
}

void free_sample_forget(struct task *t)
{
	if (!t->stat_fd)
		return;
	close(t->stat_fd - 1);
	t->stat_fd = 0;
	files_kept--;
}
