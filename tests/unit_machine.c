/*
 * tests/unit_machine.c - the worked examples of docs/time.md.   Licence: MIT.
 */
#include "base/strbuf.h"
#include "machine/machine.h"
#include "tests/test.h"

#include <stdlib.h>

#define MS UINT64_C(1000000)

struct rig {
	struct trace trace;
	struct trace_store store;
};

static void rig_start(struct rig *r, const struct machine_config *cfg)
{
	REQUIRE_INT(trace_open(&r->trace, -1, 4 << 20, 100000), 0);
	REQUIRE_INT(machine_start(cfg, &r->trace, NULL), 0);
}

static void rig_look(struct rig *r)
{
	REQUIRE_INT(trace_store_borrow(&r->store, &r->trace), 0);
	REQUIRE_GE(trace_store_poll(&r->store), 0);
}

static void rig_stop(struct rig *r)
{
	trace_store_close(&r->store);
	machine_stop();
	trace_close(&r->trace);
}

static enum mach_stop run_ms(uint64_t ms, bool idle)
{
	return machine_run(&(struct mach_run){ .until_ns = ms * MS, .idle = idle });
}

static struct task *on(int cpu, const char *name, int (*fn)(void *), void *arg)
{
	return machine_task(name, fn, arg, &(struct mach_task_opts){ .cpu = cpu });
}

/* The n-th event of a kind whose text (PRINTK, BUG) holds @text; 0 time if none. */
static bool find(struct rig *r, enum trace_kind kind, const char *text, int nth, struct trace_event *out)
{
	for (uint64_t n = 1; n <= r->store.nr; n++) {
		struct trace_value v;

		trace_store_event(&r->store, n, out);
		if (out->kind != kind)
			continue;
		if (text && (!trace_event_get(out, "text", &v) || !strstr(v.text, text)))
			continue;
		if (--nth == 0)
			return true;
	}
	return false;
}

static int burn_and_log(void *arg)
{
	mach_burn((uint64_t)(uintptr_t)arg);
	printk(6, "%s done", task_comm(current));
	return 0;
}

/* Two of these on two idle CPUs are woken at the same nanosecond: a true tie. */
static int wake_and_log(void *arg)
{
	(void)arg;
	mach_sleep_until_ns(5 * MS);
	printk(6, "%s done", task_comm(current));
	return 0;
}

static uint64_t when_done(struct rig *r, const char *name)
{
	struct trace_event ev;
	char text[64];

	snprintf(text, sizeof(text), "%s done", name);
	CHECK_TRUE(find(r, EV_PRINTK, text, 1, &ev));
	return ev.time;
}

/* RULE(docs/time.md 2). */
static void two_cpus_interleave_by_time(void)
{
	struct rig r;
	int first[2] = { 0, 0 };

	rig_start(&r, &(struct machine_config){ .nr_cpus = 2, .seed = 1 });
	on(0, "a", burn_and_log, (void *)(3 * MS));
	on(1, "b", burn_and_log, (void *)(2 * MS));
	CHECK_INT(run_ms(100, true), STOP_IDLE);
	rig_look(&r);
	CHECK_LT(when_done(&r, "b"), when_done(&r, "a"));
	CHECK_GE(when_done(&r, "b"), 2 * MS);
	CHECK_LT(when_done(&r, "b"), 2 * MS + 100000);
	rig_stop(&r);
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct trace_event a, b;

		rig_start(&r, &(struct machine_config){ .nr_cpus = 2, .seed = seed });
		on(0, "a", wake_and_log, NULL);
		on(1, "b", wake_and_log, NULL);
		run_ms(100, true);
		rig_look(&r);
		CHECK_TRUE(find(&r, EV_PRINTK, "a done", 1, &a));
		CHECK_TRUE(find(&r, EV_PRINTK, "b done", 1, &b));
		first[a.n < b.n]++;
		rig_stop(&r);
	}
	CHECK_GT(first[0], 5);
	CHECK_GT(first[1], 5);	/* the seed decides a real tie */
}

static void run_mixture(struct rig *r, uint64_t seed, double jitter)
{
	rig_start(r, &(struct machine_config){ .nr_cpus = 3, .seed = seed, .jitter = jitter });
	for (int i = 0; i < 6; i++)
		on(i % 4 - 1, "t", burn_and_log, (void *)((uint64_t)(3 + i % 2) * MS));
	run_ms(100, true);
}

/* The same seed gives the same bytes, twice in one process, and another seed others. */
static void same_seed_same_bytes(void)
{
	struct rig a, b;

	for (uint64_t seed = 1; seed <= 5; seed++) {
		run_mixture(&a, seed, 0.2);
		machine_stop();
		run_mixture(&b, seed, 0.2);
		CHECK_INT(a.trace.used, b.trace.used);
		CHECK_MEM(a.trace.base, b.trace.base, a.trace.used);
		machine_stop();
		trace_close(&b.trace);
		run_mixture(&b, seed + 1, 0.2);
		CHECK_TRUE(a.trace.used != b.trace.used || memcmp(a.trace.base, b.trace.base, a.trace.used));
		machine_stop();
		trace_close(&a.trace);
		trace_close(&b.trace);
	}
}

/* The order of the log is the order of time. */
static void the_trace_is_sorted(void)
{
	struct rig r;
	uint64_t last = 0;

	run_mixture(&r, 3, 0.3);
	rig_look(&r);
	for (uint64_t n = 1; n <= r.store.nr; n++) {
		struct trace_event ev;

		trace_store_event(&r.store, n, &ev);
		CHECK_GE(ev.time, last);
		CHECK_LT(ev.cause, n);
		last = ev.time;
	}
	CHECK_GT(r.store.nr, 50);
	rig_stop(&r);
}

static enum irq_return sleeping_handler(struct irq_line *line, void *dev)
{
	(void)line;
	(void)dev;
	msleep(3);
	return IRQ_HANDLED;
}

static void sleep_in_a_handler_is_reported_and_takes_no_time(void)
{
	struct rig r;
	struct irq_line *line;
	struct trace_event bug, in, out;

	rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1 });
	line = irq_line_new(0, "nic");
	CHECK_INT(request_irq(line, sleeping_handler, 0, "nic", NULL), 0);
	CHECK_INT(request_irq(line, sleeping_handler, 0, "nic", NULL), -EBUSY);
	irq_raise(line, -1);
	run_ms(50, true);
	rig_look(&r);
	CHECK_TRUE(find(&r, EV_BUG, "msleep", 1, &bug));
	CHECK_TRUE(find(&r, EV_PRINTK, "BUG: scheduling while atomic: swapper/0/0/0x", 1, &bug));
	CHECK_TRUE(find(&r, EV_IRQ_ENTRY, NULL, 1, &in));
	CHECK_TRUE(find(&r, EV_IRQ_EXIT, NULL, 1, &out));
	CHECK_LT(out.time - in.time, 20000);
	rig_stop(&r);
}

static enum irq_return logging_handler(struct irq_line *line, void *dev)
{
	(void)line;
	(void)dev;
	printk(6, "irq done");
	return IRQ_HANDLED;
}

/* One number at each site that jitter draws for: a burn, a sleep, an arrival. */
static int draw_three(void *line)
{
	mach_burn(3 * MS);
	printk(6, "burn done");
	mach_sleep_ns(2 * MS);
	printk(6, "sleep done");
	irq_raise(line, 1);
	return 0;
}

/* Times of the burn, the sleep and the arrival; each from the end of the one before. */
static void three_times(const struct mach_choosing *choosing, double jitter, uint64_t took[3])
{
	struct irq_line *line;
	struct rig r;

	rig_start(&r, &(struct machine_config){ .nr_cpus = 2, .seed = 3, .jitter = jitter, .choosing = choosing });
	line = irq_line_new(1, "nic");
	CHECK_INT(request_irq(line, logging_handler, 0, "nic", NULL), 0);
	on(0, "a", draw_three, line);
	run_ms(50, true);
	rig_look(&r);
	took[0] = when_done(&r, "burn");
	took[1] = when_done(&r, "sleep") - when_done(&r, "burn");
	took[2] = when_done(&r, "irq") - when_done(&r, "sleep");
	rig_stop(&r);
}

/* RULE(docs/time.md 10). */
static void jitter_of_a_calm_machine_is_that_of_its_forced_choices(void)
{
	static const enum mach_site site[3] = { SITE_BURN, SITE_TIMER, SITE_ARRIVAL };
	uint64_t without[3], with[3], task = 0;
	struct mach_choosing calm = { .calm = true };

	three_times(NULL, 0, without);
	three_times(NULL, 0.4, with);
	for (int i = 0; i < 3; i++)
		CHECK_TRUE(with[i] != without[i]);
	three_times(&calm, 0.4, with);
	for (int i = 0; i < 3; i++)
		CHECK_INT(with[i], without[i]);
	for (task = 1; task < 20; task++) {	/* the id of thread "a" */
		struct mach_choice c = { SITE_BURN, task << 8, 0, 1023 };

		calm.forced = &c;
		calm.nr_forced = 1;
		three_times(&calm, 0.4, with);
		if (with[0] > without[0])
			break;
	}
	for (int k = 0; k < 3; k++) {
		struct mach_choice c = { site[k], site[k] == SITE_ARRIVAL ? 1 : task << 8, 0, 1023 };

		calm.forced = &c;
		three_times(&calm, 0.4, with);
		for (int i = 0; i < 3; i++)
			if (i == k)
				CHECK_RANGE((double)(with[i] - without[i]) / MS, k == 0 ? 1.19 : k == 1 ? 0.79 : 0.39,
					    k == 0 ? 1.21 : k == 1 ? 0.81 : 0.41);
			else
				CHECK_RANGE((double)with[i] - (double)without[i], -1000, 1000);
	}
}

static enum irq_return busy_handler(struct irq_line *line, void *dev)
{
	(void)line;
	(void)dev;
	mdelay(2);
	return IRQ_HANDLED;
}

static void a_burn_counts_interrupts_and_not_time_away(void)
{
	struct rig r;
	struct irq_line *line;

	rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1 });
	line = irq_line_new(0, "nic");
	request_irq(line, busy_handler, 0, "nic", NULL);
	on(0, "a", burn_and_log, (void *)(10 * MS));
	run_ms(4, false);
	irq_raise(line, -1);
	run_ms(100, true);
	rig_look(&r);
	CHECK_GE(when_done(&r, "a"), 10 * MS);
	CHECK_LT(when_done(&r, "a"), 10 * MS + 100000);
	rig_stop(&r);

	rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1 });
	on(0, "a", burn_and_log, (void *)(10 * MS));
	on(0, "b", burn_and_log, (void *)(10 * MS));
	run_ms(100, true);
	rig_look(&r);
	CHECK_GT(when_done(&r, "a"), 13 * MS);
	rig_stop(&r);
}

static int compute_and_log(void *arg)
{
	mach_burn_own((uint64_t)(uintptr_t)arg);
	printk(6, "%s done", task_comm(current));
	return 0;
}

/* RULE(docs/time.md 5). */
static void a_computation_makes_up_for_interrupts(void)
{
	struct rig r;
	struct irq_line *line;
	struct trace_event ev;

	rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1 });
	line = irq_line_new(0, "nic");
	request_irq(line, busy_handler, 0, "nic", NULL);
	on(0, "a", compute_and_log, (void *)(10 * MS));
	run_ms(4, false);
	irq_raise(line, -1);
	run_ms(100, true);
	rig_look(&r);
	CHECK_TRUE(find(&r, EV_COMPUTE, NULL, 1, &ev));
	CHECK_GE(when_done(&r, "a"), 12 * MS);
	CHECK_LT(when_done(&r, "a"), 12 * MS + 100000);
	rig_stop(&r);
}

static void fair_threads_share_and_textbook_threads_do_not(void)
{
	struct rig r;
	struct trace_event ev;

	rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1 });
	on(0, "a", burn_and_log, (void *)(20 * MS));
	on(0, "b", burn_and_log, (void *)(20 * MS));
	run_ms(200, true);
	rig_look(&r);
	CHECK_GT(when_done(&r, "a"), 36 * MS);
	CHECK_LT(when_done(&r, "a"), 41 * MS);
	CHECK_GT(when_done(&r, "b"), 36 * MS);
	CHECK_LT(when_done(&r, "b"), 41 * MS);
	CHECK_TRUE(find(&r, EV_SCHED_SWITCH, NULL, 8, &ev));
	rig_stop(&r);

	rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1, .sched = SCHED_FIFO_TEXTBOOK });
	on(0, "a", burn_and_log, (void *)(20 * MS));
	on(0, "b", burn_and_log, (void *)(20 * MS));
	run_ms(200, true);
	rig_look(&r);
	CHECK_LT(when_done(&r, "a"), 20 * MS + 50000);
	CHECK_GT(when_done(&r, "b"), 40 * MS);
	CHECK_LT(when_done(&r, "b"), 40 * MS + 100000);
	rig_stop(&r);
}

static int nap(void *arg)
{
	uint64_t begin = ktime_get_ns();

	msleep((unsigned int)(uintptr_t)arg);
	printk(6, "%u us", (unsigned int)((ktime_get_ns() - begin) / 1000));
	return 0;
}

/* R8.1: n jiffies take at least n. */
static void msleep_is_never_early_and_at_most_a_tick_late(void)
{
	for (unsigned int ms = 1; ms <= 40; ms += 13) {
		struct rig r;
		struct trace_event ev;
		struct trace_value v;
		unsigned int us;

		rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1, .hz = 1000 });
		run_ms(3, false);
		on(0, "nap", nap, (void *)(uintptr_t)ms);
		run_ms(1000, true);
		rig_look(&r);
		REQUIRE_TRUE(find(&r, EV_PRINTK, " us", 1, &ev));
		REQUIRE_TRUE(trace_event_get(&ev, "text", &v));
		us = (unsigned int)strtoul(v.text, NULL, 10);
		CHECK_RANGE(us, ms * 1000 - 10, (ms + 1) * 1000 + 50);
		rig_stop(&r);
	}
}

static struct raw_spinlock lock_a, lock_b;

static int lock_two(void *arg)
{
	struct raw_spinlock *one = arg ? &lock_b : &lock_a, *two = arg ? &lock_a : &lock_b;

	raw_spin_lock_irq(one);
	mach_hog(1 * MS);
	raw_spin_lock(two);
	raw_spin_unlock(two);
	raw_spin_unlock_irq(one);
	return 0;
}

static void a_circle_of_spinners_is_reported(void)
{
	struct rig r;
	struct trace_event ev;

	raw_spin_lock_init(&lock_a, "A");
	raw_spin_lock_init(&lock_b, "B");
	rig_start(&r, &(struct machine_config){ .nr_cpus = 2, .seed = 1 });
	on(0, "ab", lock_two, NULL);
	on(1, "ba", lock_two, "x");
	CHECK_INT(run_ms(1000, false), STOP_CPU_DEAD);
	rig_look(&r);
	CHECK_TRUE(find(&r, EV_BUG, NULL, 1, &ev));
	CHECK_FALSE(find(&r, EV_BUG, NULL, 2, &ev));
	rig_stop(&r);
}

static int lock_twice(void *arg)
{
	(void)arg;
	raw_spin_lock(&lock_a);
	raw_spin_lock(&lock_a);
	return 0;
}

static void recursion_is_reported(void)
{
	struct rig r;
	struct trace_event ev;

	raw_spin_lock_init(&lock_a, "A");
	rig_start(&r, &(struct machine_config){ .nr_cpus = 1, .seed = 1 });
	on(0, "twice", lock_twice, NULL);
	CHECK_INT(run_ms(1000, false), STOP_CPU_DEAD);
	rig_look(&r);
	CHECK_TRUE(find(&r, EV_PRINTK, "spinlock recursion", 1, &ev));
	rig_stop(&r);
}

static struct completion never;

static int wait_for_ever(void *arg)
{
	(void)arg;
	wait_for_completion(&never);
	return 0;
}

static void no_future_is_seen_at_once(void)
{
	struct rig r;
	STRBUF(text, 512);

	init_completion(&never, "never");
	rig_start(&r, &(struct machine_config){ .nr_cpus = 2, .seed = 1 });
	on(0, "waiter", wait_for_ever, NULL);
	CHECK_INT(run_ms(3600000, false), STOP_NO_FUTURE);
	CHECK_LT(machine_now(), 1 * MS);
	machine_blocked(&text);
	CHECK_STR(text.buf, "waiter waits for never\n");
	rig_look(&r);
	rig_stop(&r);
}

static bool stop_at_burn_end(void *arg, const struct trace_event *ev)
{
	*(uint64_t *)arg = ev->n;
	return ev->kind == EV_BURN_END;
}

/* run_before: the deciding event is not in the log, and comes when time goes on. */
static void the_director_stops_before_an_event(void)
{
	struct rig r;
	uint64_t n = 0, events;

	rig_start(&r, &(struct machine_config){ .nr_cpus = 2, .seed = 1 });
	on(0, "a", burn_and_log, (void *)(3 * MS));
	CHECK_INT(machine_run(&(struct mach_run){ .until_ns = 100 * MS, .watch = { .before = stop_at_burn_end, .arg = &n } }),
		  STOP_WATCH);
	events = r.trace.events;
	CHECK_INT(n, events + 1);
	CHECK_GE(machine_now(), 3 * MS);
	CHECK_LT(machine_now(), 3 * MS + 100000);
	CHECK_INT(run_ms(100, true), STOP_IDLE);
	rig_look(&r);
	{
		struct trace_event ev;

		if (CHECK_TRUE(trace_store_event(&r.store, n, &ev)))
			CHECK_INT(ev.kind, EV_BURN_END);
	}
	rig_stop(&r);
}

static struct mutex shared_mutex;
static int inside;

static int take_mutex(void *arg)
{
	for (int i = 0; i < 5; i++) {
		mutex_lock(&shared_mutex);
		CHECK_INT(++inside, 1);
		mach_burn((uint64_t)(uintptr_t)arg);
		inside--;
		mutex_unlock(&shared_mutex);
	}
	return 0;
}

static void a_mutex_excludes_over_many_seeds(void)
{
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct rig r;

		mutex_init(&shared_mutex, "m");
		inside = 0;
		rig_start(&r, &(struct machine_config){ .nr_cpus = 3, .seed = seed, .jitter = 0.4,
			.preempt = seed & 1 ? PREEMPT_FULL : PREEMPT_VOLUNTARY });
		for (int i = 0; i < 5; i++)
			on(i % 3, "m", take_mutex, (void *)(uintptr_t)(100000 * (i + 1)));
		CHECK_INT(run_ms(1000, true), STOP_IDLE);
		CHECK_FALSE(mutex_is_locked(&shared_mutex));
		rig_look(&r);
		rig_stop(&r);
	}
}

/* The trace's declared bound ends every run. */
static int flood(void *arg)
{
	(void)arg;
	for (;;)
		printk(6, "again");
	return 0;
}

static void a_flood_ends_at_the_bound(void)
{
	struct rig r;
	struct trace_event ev;

	REQUIRE_INT(trace_open(&r.trace, -1, 4 << 20, 500), 0);
	REQUIRE_INT(machine_start(&(struct machine_config){ .nr_cpus = 1, .seed = 1 }, &r.trace, NULL), 0);
	on(0, "flood", flood, NULL);
	CHECK_INT(run_ms(100000, false), STOP_FULL);
	rig_look(&r);
	if (CHECK_TRUE(trace_store_event(&r.store, r.store.nr, &ev)))
		CHECK_INT(ev.kind, EV_TRACE_FULL);
	rig_stop(&r);
}

static void a_bad_configuration_is_refused(void)
{
	struct trace t;

	REQUIRE_INT(trace_open(&t, -1, 1 << 20, 100), 0);
	CHECK_INT(machine_start(&(struct machine_config){ .nr_cpus = 0 }, &t, NULL), -EINVAL);
	CHECK_INT(machine_start(&(struct machine_config){ .nr_cpus = 65 }, &t, NULL), -EINVAL);
	CHECK_INT(machine_start(&(struct machine_config){ .nr_cpus = 2, .nr_nodes = 3 }, &t, NULL), -EINVAL);
	CHECK_FALSE(machine_running());
	trace_close(&t);
}

static void a_machine_of_64_cpus_starts(void)
{
	struct rig r;

	rig_start(&r, &(struct machine_config){ .nr_cpus = 64, .nr_nodes = 4, .smt = 2, .seed = 1 });
	for (int i = 0; i < 64; i++)
		on(i, "t", burn_and_log, (void *)(1 * MS));
	CHECK_INT(run_ms(100, true), STOP_IDLE);
	CHECK_LT(machine_now(), 2 * MS);
	CHECK_INT(cpumask_weight(cpu_smt_mask(5)), 2);
	CHECK_INT(cpu_to_node(63), 3);
	rig_look(&r);
	rig_stop(&r);
}

const struct test_case suite_unit_machine[] = {
	T(two_cpus_interleave_by_time),
	T(same_seed_same_bytes),
	T(the_trace_is_sorted),
	T(sleep_in_a_handler_is_reported_and_takes_no_time),
	T(jitter_of_a_calm_machine_is_that_of_its_forced_choices),
	T(a_burn_counts_interrupts_and_not_time_away),
	T(a_computation_makes_up_for_interrupts),
	T(fair_threads_share_and_textbook_threads_do_not),
	T(msleep_is_never_early_and_at_most_a_tick_late),
	T(a_circle_of_spinners_is_reported),
	T(recursion_is_reported),
	T(no_future_is_seen_at_once),
	T(the_director_stops_before_an_event),
	T(a_mutex_excludes_over_many_seeds),
	T(a_flood_ends_at_the_bound),
	T(a_bad_configuration_is_refused),
	T(a_machine_of_64_cpus_starts),
	{ NULL, NULL }
};
