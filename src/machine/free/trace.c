/*
 * machine/free/trace.c - free mode's log: the collector thread, and the stamp of an event.
 *
 * Each thread emits events into a ring of its own (trace/ring.h).  The collector thread merges
 * the rings into the log.  It is not the timer thread, which must be in time.  It uses little
 * CPU time at low priority, so that the traced threads do not wait for it.  It runs at frame
 * rate, and at once if a ring fills up.
 *
 * Lives here:   CPU, task and context of an event in free mode; the collector thread.
 * Never here:   rings and the order of events (trace/ring.c), lockstep's stamps (lockstep/dispatch.c).
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/futex.h"
#include "machine/free/free_internal.h"
#include "trace/ring.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#define FRAME_NS 16000000u
#define BUSY_NS 1000000u		/* sleep after a round of at least MUCH events */
#define MUCH 256
#define PIECE 256			/* events between two calls of sched_yield() */
#define WANTED_NS 10000u		/* if sched_yield() took longer, another thread wants this CPU */

static struct {
	uv_thread_t thread;
	_Atomic uint32_t word;		/* futex: number of calls of call_collector() */
	_Atomic bool stop;
	bool made;			/* .thread exists */
} collector;

/* Called by each emitting thread, in parallel: accesses only its own task. */
static void free_stamp(void *arg, struct trace_event *head)
{
	const struct task *t = free_self();	/* not `current`, which may allocate a task, and emit an event for it */

	(void)arg;
	head->cpu = TRACE_NO_CPU;
	head->ctx = CTX_TASK;
	if (!t)
		return;
	head->cpu = (uint8_t)free_label(t);
	head->task = (uint16_t)t->id;
	head->cause = t->cause;
	head->ctx = t->free_hardirq ? CTX_HARDIRQ : t->free_softirq ? CTX_SOFTIRQ : CTX_TASK;
}

static void call_collector(void)
{
	atomic_fetch_add(&collector.word, 1);
	futex_wake(&collector.word);
}

/*
 * The traced program has priority.  The host may reschedule only every 4 ms; a woken thread
 * would wait that long for this one, or be moved to a CPU where another thread of the program
 * runs.  So yield often, and go to sleep if another thread wants the CPU.  @called: a ring
 * fills up; do not yield, because events would be lost.
 */
static int64_t collect(bool called)
{
	int64_t moved = 0, n;
	uint64_t before;

	while ((n = trace_ring_collect_some(PIECE)) > 0) {
		moved += n;
		if (called)
			continue;
		before = free_ktime_get_ns();
		sched_yield();
		if (free_ktime_get_ns() - before > WANTED_NS)
			break;
	}
	return moved;
}

static void collector_main(void *arg)
{
	struct sched_param none = { .sched_priority = 0 };
	uint32_t seen = atomic_load(&collector.word);

	(void)arg;
	prctl(PR_SET_TIMERSLACK, 1000ul);
	/* this thread only: do not preempt other threads when it wakes up */
	(void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
	while (!atomic_load(&collector.stop)) {
		uint32_t word = atomic_load(&collector.word);

		int64_t moved = collect(word != seen);

		seen = word;
		futex_wait_ns(&collector.word, word, moved >= MUCH ? BUSY_NS : FRAME_NS);
	}
}

int free_trace_start(void)
{
	int err;

	if (!mach.trace)
		return 0;
	mach.trace->hooks = (struct trace_hooks){ .stamp = free_stamp };
	err = trace_ring_start(mach.trace, 0, mach.free_start_ns);
	if (err)
		return err;
	atomic_store(&collector.stop, false);
	collector.made = !uv_thread_create(&collector.thread, collector_main, NULL);
	if (!collector.made) {
		trace_ring_stop();
		return -EAGAIN;
	}
	trace_ring_on_call(call_collector);
	return 0;
}

/* No thread emits events any more. */
void free_trace_stop(void)
{
	if (!collector.made)
		return;
	atomic_store(&collector.stop, true);
	call_collector();
	uv_thread_join(&collector.thread);
	collector.made = false;
	trace_ring_stop();
}
