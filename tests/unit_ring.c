/*
 * tests/unit_ring.c - free mode: threads emit in parallel into one log, and lost events are counted.
 * Licence: MIT.
 */
#include <errno.h>
#include <pthread.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tests/test.h"
#include "trace/ring.h"

enum { THREADS = 4, EACH = 20000 };

static __thread uint16_t my_task;
static struct trace t;
static struct trace_store s;

static void stamp(void *arg, struct trace_event *head)
{
	(void)arg;
	head->task = my_task;
	head->cpu = (uint8_t)my_task;
	head->ctx = CTX_TASK;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void begin(size_t ring_bytes, size_t log_bytes, uint64_t events_max)
{
	REQUIRE_INT(trace_open(&t, -1, log_bytes, events_max), 0);
	t.hooks.stamp = stamp;
	REQUIRE_INT(trace_ring_start(&t, ring_bytes, now_ns()), 0);
	my_task = 99;
}

static void stop(void)
{
	trace_ring_stop();
	REQUIRE_INT(trace_store_borrow(&s, &t), 0);
	CHECK_FALSE(s.bad);
}

static void end(void)
{
	trace_store_close(&s);
	trace_close(&t);
}

static void one_thread_s_events_come_out_as_they_were(void)
{
	struct trace_event ev;
	struct ev_RETURN ret = { 0 };
	struct ev_PRINTK line = { 0 };
	uint64_t call, why_no, why_yes;

	begin(0, 1 << 20, 0);
	CHECK_INT(trace_ring_start(&t, 0, 0), -EBUSY);
	call = TRACE(CALL, .fn = 3, .item = 7);
	CHECK_NE(call, 0);
	TRACE_CAUSED(call, RETURN, .fn = 3, .item = 7, .ret = 1, .has_ret = true, .call = call);
	why_yes = TRACE_WHY(KICK, BECAUSE(NEED_MORE_WORKER, 1, 2, 0, 3), .pool = 1, .worker = 2);
	why_no = TRACE_WHY(KICK, BECAUSE(NEED_MORE_WORKER, 0, 2, 1, 3), .pool = 1);
	CHECK_TRUE(why_yes);
	CHECK_TRUE(why_no);
	TRACE(PRINTK, .level = 1, .text = "odd length");
	stop();
	REQUIRE_INT(s.nr, 5);
	trace_store_event(&s, 2, &ev);
	CHECK_TRUE(trace_get_RETURN(&ev, &ret));
	CHECK_INT(ev.cause, 1);		/* numbers of the log, not of rings */
	CHECK_INT(ret.call, 1);
	CHECK_INT(ev.task, 99);
	trace_store_event(&s, 3, &ev);
	CHECK_INT(ev.why.pred, WHY_NEED_MORE_WORKER);
	CHECK_INT(ev.why.v[3], 3);
	trace_store_event(&s, 4, &ev);
	CHECK_INT(ev.why.pred, WHY_NONE);	/* nothing changed */
	trace_store_event(&s, 5, &ev);
	CHECK_TRUE(trace_get_PRINTK(&ev, &line));
	CHECK_STR(line.text, "odd length");
	CHECK_LT(ev.time, 1000000000u);
	end();
}

static atomic_int running;
static _Atomic uint64_t last_id;

static void *emit_many(void *arg)
{
	my_task = (uint16_t)(uintptr_t)arg;
	for (uint64_t i = 0; i < EACH; i++) {
		uint64_t seen = atomic_load(&last_id);

		/* caused by an earlier event of another thread */
		atomic_store(&last_id, TRACE_CAUSED(seen, BUG, .kind = my_task, .ref = i, .text = ""));
		if (i % 512 == 0)
			usleep(100);
	}
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static void run_threads(void *(*fn)(void *), bool collect)
{
	pthread_t th[THREADS];

	atomic_store(&last_id, 0);
	atomic_store(&running, THREADS);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&th[i], NULL, fn, (void *)(i + 1));
	while (collect && atomic_load(&running)) {
		REQUIRE_GE(trace_ring_collect(), 0);
		usleep(500);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(th[i], NULL);
}

static void many_threads_make_one_ordered_log(void)
{
	uint64_t count[THREADS + 1] = { 0 }, last_time = 0, late = 0, caused = 0;
	struct trace_event ev;

	begin((size_t)8 << 20, (size_t)64 << 20, 0);
	run_threads(emit_many, true);
	CHECK_INT(trace_ring_dropped(), 0);
	stop();
	CHECK_INT(s.nr, THREADS * EACH);
	for (uint64_t n = 1; trace_store_event(&s, n, &ev); n++) {
		late += ev.time < last_time;
		last_time = ev.time;
		count[ev.task <= THREADS ? ev.task : 0]++;
		caused += ev.cause != 0;
	}
	CHECK_INT(late, 0);
	for (int i = 1; i <= THREADS; i++)
		CHECK_INT(count[i], EACH);
	CHECK_GT(caused, THREADS * EACH / 2);
	end();
}

static void a_batch_has_one_time_until_another_event_may_come_between(void)
{
	struct trace_event ev[6];
	uint64_t first;

	begin(0, 1 << 20, 0);
	first = TRACE(TICK, .count = 0);
	trace_batch_begin(NULL);
	TRACE(TICK, .count = 1);
	usleep(10);
	TRACE_CAUSED(first, TICK, .count = 2);
	trace_batch_later();
	TRACE(TICK, .count = 3);
	trace_batch_cause(first);	/* an event used the cause in the head, which must not change */
	TRACE(TICK, .count = 4);
	trace_batch_end();
	TRACE(TICK, .count = 5);
	/* collect one event at a time: the collector stops inside a record and resumes */
	usleep(200);
	while (trace_ring_collect_some(1) > 0)
		;
	stop();
	REQUIRE_INT(s.nr, 6);
	for (uint64_t n = 1; n <= 6; n++) {
		struct ev_TICK tick = { 0 };

		trace_store_event(&s, n, &ev[n - 1]);
		CHECK_TRUE(trace_get_TICK(&ev[n - 1], &tick));
		CHECK_INT(tick.count, n - 1);
		CHECK_INT(ev[n - 1].task, 99);
	}
	CHECK_INT(ev[1].time, ev[2].time);
	CHECK_LE(ev[2].time + 10000, ev[3].time);
	CHECK_LE(ev[4].time, ev[5].time);
	CHECK_INT(ev[1].cause, 0);
	CHECK_INT(ev[2].cause, 1);
	CHECK_INT(ev[3].cause, 0);
	end();
}

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static uint64_t guarded;
static struct trace_clock guard_clock;

/* Each section begins within a batch that is older than the lock. */
static void *emit_under_a_lock(void *arg)
{
	my_task = (uint16_t)(uintptr_t)arg;
	for (int i = 0; i < EACH; i++) {
		trace_batch_begin(NULL);
		TRACE(IRQ_NOBODY, .line = 1);
		pthread_mutex_lock(&guard);
		trace_batch_begin(&guard_clock);
		TRACE(TICK, .count = guarded++);
		trace_batch_set_last_event(&guard_clock);
		pthread_mutex_unlock(&guard);
		trace_batch_end();
	}
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static void an_event_under_a_lock_follows_those_of_its_last_holder(void)
{
	struct trace_event ev;
	struct ev_TICK tick = { 0 };
	uint64_t next = 0, wrong = 0;

	guarded = 0;
	guard_clock = (struct trace_clock){ 0 };
	begin((size_t)8 << 20, (size_t)64 << 20, 0);
	run_threads(emit_under_a_lock, true);
	CHECK_INT(trace_ring_dropped(), 0);
	stop();
	for (uint64_t n = 1; trace_store_event(&s, n, &ev); n++)
		if (trace_get_TICK(&ev, &tick))
			wrong += tick.count != next++;
	CHECK_INT(next, THREADS * EACH);
	CHECK_INT(wrong, 0);
	end();
}

static void *emit_in_order(void *arg)
{
	my_task = (uint16_t)(uintptr_t)arg;
	for (uint64_t i = 0; i < EACH; i++)
		TRACE(TICK, .count = i);
	atomic_fetch_sub(&running, 1);
	return NULL;
}

/* Small rings without a collector: lost events are counted, in the log too. */
static void a_full_ring_counts_lost_events(void)
{
	uint64_t next[THREADS + 1] = { 0 }, lost = 0, kept = 0;
	struct trace_event ev;
	struct ev_DROPPED d;
	struct ev_TICK tick = { 0 };

	begin(1, (size_t)64 << 20, 0);
	run_threads(emit_in_order, true);
	lost = trace_ring_dropped();
	CHECK_GT(lost, 0);
	stop();
	for (uint64_t n = 1, listed = 0; trace_store_event(&s, n, &ev); n++) {
		if (trace_get_DROPPED(&ev, &d)) {
			listed += d.events;
			if (ev.n == s.nr)
				CHECK_INT(listed, lost);
		} else if (trace_get_TICK(&ev, &tick)) {
			kept++;
			CHECK_GE(tick.count, next[ev.task]);
			next[ev.task] = tick.count + 1;
		}
	}
	CHECK_INT(kept + lost, THREADS * EACH);
	end();
}

static void a_full_log_ends_the_tracing_not_the_threads(void)
{
	struct trace_event ev;

	begin((size_t)4 << 20, (size_t)64 << 20, 1000);
	run_threads(emit_in_order, true);
	stop();
	CHECK_INT(s.nr, 1000);
	trace_store_event(&s, 1000, &ev);
	CHECK_INT(ev.kind, EV_TRACE_FULL);
	end();
}

static void a_second_run_starts_with_new_rings(void)
{
	for (int i = 0; i < 3; i++) {
		begin(0, 1 << 20, 0);
		TRACE(TICK, .count = (uint64_t)i);
		stop();
		CHECK_INT(s.nr, 1);
		end();
	}
	CHECK_FALSE(trace_on());
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define NUMBERS 65536	/* events of one block of log numbers (trace/ring.c) */

/* The block of numbers cannot be allocated in the middle of a batch: events that the log has are not appended again. */
static void a_batch_is_in_the_log_once_though_memory_ran_out(void)
{
	struct rlimit old, none;
	static void *hoard[4096];
	int nr = 0;

	begin(0, 1 << 26, 0);
	for (int i = 0; i < NUMBERS - 3; i++) {
		TRACE(CALL, .fn = 1);
		if (i % 512 == 0)
			trace_ring_collect();
	}
	poll(NULL, 0, 2);
	CHECK_GE(trace_ring_collect(), 0);
	trace_batch_begin(NULL);
	for (int i = 0; i < 8; i++)
		TRACE(CALL, .fn = 2);
	trace_batch_end();
	poll(NULL, 0, 2);
	REQUIRE_INT(getrlimit(RLIMIT_AS, &old), 0);
	none = (struct rlimit){ 1 << 20, old.rlim_max };
	REQUIRE_INT(setrlimit(RLIMIT_AS, &none), 0);
	while (nr < 4096 && (hoard[nr] = malloc(NUMBERS * sizeof(uint32_t))))
		nr++;
	CHECK_INT(trace_ring_collect(), -ENOMEM);
	REQUIRE_INT(setrlimit(RLIMIT_AS, &old), 0);
	while (nr-- > 0)
		free(hoard[nr]);
	CHECK_INT(trace_ring_collect(), 5);
	stop();
	CHECK_INT(s.nr, NUMBERS - 3 + 8);
	end();
}
#else
static void a_batch_is_in_the_log_once_though_memory_ran_out(void)
{
	test_skip("a sanitizer needs more address space than the limit");
}
#endif

const struct test_case suite_unit_ring[] = {
	T(one_thread_s_events_come_out_as_they_were),
	T(many_threads_make_one_ordered_log),
	T(a_batch_has_one_time_until_another_event_may_come_between),
	T(an_event_under_a_lock_follows_those_of_its_last_holder),
	T(a_full_ring_counts_lost_events),
	T(a_full_log_ends_the_tracing_not_the_threads),
	T(a_second_run_starts_with_new_rings),
	T(a_batch_is_in_the_log_once_though_memory_ran_out),
	{ NULL, NULL }
};
