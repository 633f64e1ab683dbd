/*
 * machine/free/watch.c - free mode: what can be seen of a thread from outside.
 *
 * Two facts about a running worker, asked every few milliseconds by the thread that
 * keeps the timers: how much CPU time it has used (1 us to ask), which makes a tick
 * for those that used a whole one (R4.20); and, where that did not change, what the
 * kernel says it does (4 us with the file of /proc kept open).  No CPU time used and
 * asleep: it waits for something, and nobody told us.
 *
 * Lives here:   clocks and states of other threads.
 * Never here:   what follows from them (workqueue/blocked_workers.c), when to look (free/timer.c).
 * Rules:        R4.20; docs/why/the-tick-of-another-thread.md.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/free/free_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_NS 4000000u

#define FILES_KEPT 64		/* descriptors are the program's: no more than these */

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

/* ---- one thread ------------------------------------------------------------------------ */

/* A worker takes its leave under the lock, so inside the thread lives. */
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

/* "123 (a name) S 1 ...": the letter behind the last parenthesis.  '?' = cannot be known. */
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
