/*
 * machine/free/trace.c - free mode's log: the thread that makes one of what all threads tell.
 *
 * Threads tell into rings of their own (trace/ring.h).  A thread that does nothing
 * else merges them: not the keeper of the timers, which has to be in time, and
 * with a modest claim on the host's CPUs, for whom is traced must not wait for it.
 * It looks at frame rate, and at once where a ring gets full.
 *
 * Lives here:   who and when an event of free mode happens to; that thread.
 * Never here:   rings and their order (trace/ring.c), lockstep's stamps (dispatch.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/futex.h"
#include "machine/free/free_internal.h"
#include "trace/ring.h"

#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>

#define FRAME_NS 16000000u
#define BUSY_NS 1000000u		/* while there is much to collect */
#define MUCH 256			/* events at one look */
#define PIECE 256			/* events between two looks at who else wants this CPU */
#define WANTED_NS 10000u		/* giving way took so long: somebody did */

static struct {
	uv_thread_t thread;
	_Atomic uint32_t word;		/* how often it was called */
	_Atomic bool stop;
	bool made;			/* .thread is one */
} collector;

/* Every emitting thread, in parallel: only what belongs to it. */
static void free_stamp(void *arg, struct trace_event *head)
{
	const struct task *t = free_self();	/* not `current`: that may make one, and tell about it */

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
 * Whoever is traced goes first.  A host looks at who is to run as seldom as every 4 ms,
 * and a thread just woken would wait so long for us, or be put where another one of its
 * program runs already.  So we give way often, and go to sleep where somebody took it.
 * Not if we were called: then what is told would be lost soon.
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
	/* waking up we take no CPU from anybody; of this thread alone */
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

/* Nobody tells any more. */
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
