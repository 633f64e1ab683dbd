/*
 * tests/sweep_machine.c - the machine's services under programs by chance, against small models.
 *
 * Each model is written from the service's description, without the machine's data structures: a
 * completion is a number and a line of waiters, a tasklet a number of runs, a grace period a set of
 * readers.  The programs are drawn from the seed.
 *
 * Lives here:   completions, tasklets, equal interrupts, grace periods, the watchdog's looks.
 * Never here:   the engine's lists (sweep_why.c), single cases (unit_machine.c).
 * Rules:        R11.2, R11.5, R12.2, R12.3.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"

static uint64_t seed;

static uint64_t draw(uint64_t site, uint64_t ordinal, uint64_t below)
{
	return rng_below(rng_hash4(seed, site, 0, ordinal), below);
}

static void start(struct world *w, int cpus)
{
	struct machine_config cfg = world_config(cpus);

	cfg.seed = seed;
	world_start(w, &cfg);
}

/* ---- completions ------------------------------------------------------------------------ */

enum { OP_WAIT, OP_TRY, OP_COMPLETE, OP_COMPLETE_ALL, OP_DONE, OPS };
#define OPS_MAX 60

static struct completion shared;
static struct {
	int op;
	int64_t have, want;	/* OP_WAIT: ordinal of the wake-up, -1 = it waits for ever; else the result */
} op[OPS_MAX];
static int nr_ops, woken;

static int do_op(void *data)
{
	int i = (int)(uintptr_t)data;

	mach_sleep_ns((uint64_t)(i + 1) * MS);	/* one after the other */
	switch (op[i].op) {
	case OP_WAIT:
		wait_for_completion(&shared);
		op[i].have = woken++;
		break;
	case OP_TRY:
		op[i].have = try_wait_for_completion(&shared);
		break;
	case OP_COMPLETE:
		complete(&shared);
		break;
	case OP_COMPLETE_ALL:
		complete_all(&shared);
		break;
	default:
		op[i].have = completion_done(&shared);
	}
	return 0;
}

/* The model: completions left, all of them for ever, the line of waiters. */
static void expect_ops(void)
{
	int left = 0, line[OPS_MAX], first = 0, end = 0, order = 0;
	bool all = false;

	for (int i = 0; i < nr_ops; i++) {
		bool free = all || left > 0;

		op[i].want = op[i].op == OP_WAIT ? -1 : op[i].op == OP_TRY || op[i].op == OP_DONE ? free : 0;
		if (op[i].op == OP_WAIT && free)
			op[i].want = order++;
		else if (op[i].op == OP_WAIT)
			line[end++] = i;
		if ((op[i].op == OP_WAIT || op[i].op == OP_TRY) && free && !all)
			left--;
		if (op[i].op == OP_COMPLETE && first < end)
			op[line[first++]].want = order++;
		else if (op[i].op == OP_COMPLETE)
			left++;
		all |= op[i].op == OP_COMPLETE_ALL;
		while (all && first < end)
			op[line[first++]].want = order++;
	}
}

static void a_completion_is_a_number_and_a_line_of_waiters(void)
{
	unsigned int all = 0;

	for (seed = seed_from_env(1); seed < seed_from_env(1) + 40; seed++) {
		struct world w;

		start(&w, 1);
		init_completion(&shared, "shared");
		nr_ops = 10 + (int)draw(1, 0, OPS_MAX - 10);
		woken = 0;
		for (int i = 0; i < nr_ops; i++) {
			struct mach_task_opts opts = { .cpu = 0, .rt_prio = 50 };

			op[i].op = (int)draw(2, (uint64_t)i, 20);
			op[i].op = op[i].op == 19 && i > nr_ops / 2 ? OP_COMPLETE_ALL : op[i].op % 10 < 4 ? OP_WAIT :
				   op[i].op % 10 < 8 ? OP_COMPLETE : op[i].op % 10 == 8 ? OP_TRY : OP_DONE;
			op[i].have = op[i].op == OP_WAIT ? -1 : 0;
			all += op[i].op == OP_COMPLETE_ALL;
			machine_task("op", do_op, (void *)(uintptr_t)i, &opts);
		}
		expect_ops();
		world_pass(&w, nr_ops + 20);
		for (int i = 0; i < nr_ops; i++) {
			if (op[i].have != op[i].want)
				test_note("seed %llu, operation %d (%d)", (unsigned long long)seed, i, op[i].op);
			CHECK_INT(op[i].have, op[i].want);
		}
		complete_all(&shared);	/* the director: no thread waits at the end */
		world_pass(&w, nr_ops + 40);
		world_stop(&w);
	}
	CHECK_GT(all, 5);
}

/* ---- tasklets ----------------------------------------------------------------------------- */

#define ROUNDS 10		/* of one pass over the vectors (R11.5) */
#define TASKLETS 4
static struct again {
	struct tasklet_struct t;
	int left, runs, in_ksoftirqd;
	bool scheduled;
} again[TASKLETS];

/* A tasklet that is scheduled already stays scheduled once. */
static void schedule_again(void)
{
	for (int i = 0; i < TASKLETS; i++)
		if (again[i].scheduled)
			tasklet_schedule(&again[i].t);
}

static void run_again(struct tasklet_struct *t)
{
	struct again *a = container_of(t, struct again, t);

	CHECK_TRUE(in_softirq());
	a->runs++;
	a->scheduled = false;
	a->in_ksoftirqd += strncmp(task_comm(current), "ksoftirqd", 9) == 0;
	if (a->left > 0) {
		a->left--;
		tasklet_schedule(t);
		a->scheduled = true;
	}
	schedule_again();
}

static enum irq_return schedule_them(struct irq_line *line, void *dev)
{
	(void)line, (void)dev;
	for (int i = 0; i < TASKLETS; i++)
		tasklet_schedule(&again[i].t);
	for (int i = 0; i < TASKLETS; i++)
		again[i].scheduled = true;
	return IRQ_HANDLED;
}

/* Each time that it schedules itself it runs in one more round; those beyond the tenth are ksoftirqd's. */
static void a_tasklet_that_schedules_itself_runs_once_a_round(void)
{
	for (seed = 1; seed <= 30; seed++) {
		struct irq_line *line;
		int want[TASKLETS];
		struct world w;

		start(&w, 1);
		line = irq_line_new(0, "nic");
		CHECK_INT(request_irq(line, schedule_them, 0, "nic", NULL), 0);
		for (int i = 0; i < TASKLETS; i++) {
			again[i] = (struct again){ .left = (int)draw(1, (uint64_t)i, 24) };
			want[i] = again[i].left + 1;
			tasklet_setup(&again[i].t, run_again);
		}
		irq_raise(line, 0);
		world_pass(&w, 20);
		for (int i = 0; i < TASKLETS; i++) {
			CHECK_INT(again[i].runs, want[i]);
			CHECK_INT(again[i].in_ksoftirqd, want[i] > ROUNDS ? want[i] - ROUNDS : 0);
		}
		world_stop(&w);
	}
}

static struct completion wanted;
static int wakes_at;			/* the run of again[0] that wakes the thread */

static void run_and_wake(struct tasklet_struct *t)
{
	if (container_of(t, struct again, t)->runs + 1 == wakes_at)
		complete(&wanted);
	run_again(t);
}

static int wait_once(void *data)
{
	(void)data;
	wait_for_completion(&wanted);
	return 0;
}

/* A round that wakes a thread of this CPU is the last one of its pass: the thread goes before ksoftirqd. */
static void a_thread_that_waits_for_the_cpu_ends_the_rounds(void)
{
	for (seed = 1; seed <= 20; seed++) {
		struct irq_line *line;
		struct world w;

		start(&w, 1);
		line = irq_line_new(0, "nic");
		CHECK_INT(request_irq(line, schedule_them, 0, "nic", NULL), 0);
		for (int i = 0; i < TASKLETS; i++) {
			again[i] = (struct again){ .left = i ? 0 : 6 };
			tasklet_setup(&again[i].t, i ? run_again : run_and_wake);
		}
		wakes_at = 1 + (int)draw(1, 0, 6);
		init_completion(&wanted, "wanted");
		machine_task("waiter", wait_once, NULL, &(struct mach_task_opts){ .rt_prio = 50 });
		world_pass(&w, 5);
		irq_raise(line, 0);
		world_pass(&w, 20);
		CHECK_INT(again[0].runs, 7);
		CHECK_INT(again[0].in_ksoftirqd, 7 - wakes_at);
		world_stop(&w);
	}
}

/* One tasklet that computes and schedules itself, with the ticks before and after each run. */
#define LONG_RUNS 14
static struct {
	struct tasklet_struct t;
	int runs;
	uint64_t us;
	unsigned long ticks_before[LONG_RUNS], ticks_after[LONG_RUNS];
	bool in_ksoftirqd[LONG_RUNS];
} lasting;

static void run_lasting(struct tasklet_struct *t)
{
	int i = lasting.runs++;

	lasting.ticks_before[i] = ticks_now();
	lasting.in_ksoftirqd[i] = strncmp(task_comm(current), "ksoftirqd", 9) == 0;
	mach_hog(lasting.us * 1000);
	lasting.ticks_after[i] = ticks_now();
	if (lasting.runs < LONG_RUNS)
		tasklet_schedule(t);
}

static enum irq_return schedule_lasting(struct irq_line *line, void *dev)
{
	(void)line, (void)dev;
	tasklet_schedule(&lasting.t);
	return IRQ_HANDLED;
}

/* R11.5: another round begins within two ticks of the first one's beginning, and only then. */
static void rounds_end_after_two_ticks(void)
{
	int by_time = 0;

	for (seed = 1; seed <= 30; seed++) {
		struct irq_line *line;
		int first = 1;
		struct world w;

		start(&w, 1);
		line = irq_line_new(0, "nic");
		CHECK_INT(request_irq(line, schedule_lasting, 0, "nic", NULL), 0);
		memset(&lasting, 0, sizeof(lasting));
		lasting.us = 100 + draw(1, 0, 900);
		tasklet_setup(&lasting.t, run_lasting);
		world_pass(&w, 5 + (double)draw(2, 0, 100) / 100);
		irq_raise(line, 0);
		world_pass(&w, 60);
		REQUIRE_INT(lasting.runs, LONG_RUNS);
		while (first < ROUNDS && lasting.ticks_after[first - 1] < lasting.ticks_before[0] + 2)
			first++;
		by_time += first < ROUNDS;
		for (int i = 0; i <= first; i++)
			CHECK_INT(lasting.in_ksoftirqd[i], i >= first);
		world_stop(&w);
	}
	CHECK_GT(by_time, 10);
}

/* ---- contexts that end with something left ------------------------------------------------------ */

static void leave_preemption_off(struct tasklet_struct *t)
{
	(void)t;
	preempt_disable();
}

static void schedule_leaver(void *arg)
{
	tasklet_schedule(arg);
}

static int keep_mutex(void *data)
{
	mutex_lock(data);
	return 0;
}

static int keep_preemption_off(void *data)
{
	(void)data;
	preempt_disable();
	return 0;
}

static int sleep_often(void *data)
{
	for (int i = 0; i < 20; i++)
		mach_sleep_ns(MS);
	*(bool *)data = true;
	return 0;
}

/* A softirq and a task are reported; the CPU then schedules as before. */
static void a_context_that_leaves_something_off_is_reported_and_corrected(void)
{
	struct tasklet_struct leaver;
	struct mutex kept;
	struct world w;
	bool slept = false;

	seed = 1;
	start(&w, 1);
	tasklet_setup(&leaver, leave_preemption_off);
	mutex_init(&kept, "kept");
	machine_task("sleeper", sleep_often, &slept, &(struct mach_task_opts){ .cpu = 0 });
	machine_task("keeper", keep_mutex, &kept, &(struct mach_task_opts){ .cpu = 0 });
	machine_task("leaver", keep_preemption_off, NULL, &(struct mach_task_opts){ .cpu = 0 });
	world_pass(&w, 5);
	machine_call(schedule_leaver, &leaver);
	world_pass(&w, 60);
	CHECK_TRUE(slept);
	CHECK_INT(printed(&w, "huh, entered softirq 6 TASKLET"), 1);
	CHECK_INT(printed(&w, "WARNING: keeper/"), 1);
	CHECK_INT(printed(&w, "WARNING: leaver/"), 1);
	CHECK_INT(reported(&w, "still has locks held!"), 2);
	CHECK_INT(printed(&w, "scheduling while atomic"), 0);
	world_stop(&w);
}

/* ---- equal interrupts ----------------------------------------------------------------------- */

#define LINES 8
static struct irq_line *lines[LINES];
static int handled[LINES * 4], nr_handled;

static enum irq_return note_line(struct irq_line *line, void *dev)
{
	(void)line;
	handled[nr_handled++] = (int)(intptr_t)dev;
	return IRQ_HANDLED;
}

/* Raised at one time on one CPU: in the order of raising, whatever the order in which the lines were made. */
static void equal_interrupts_come_in_the_order_of_raising(void)
{
	for (seed = 1; seed <= 30; seed++) {
		int order[LINES];
		struct world w;

		start(&w, 2);
		nr_handled = 0;
		for (intptr_t i = 0; i < LINES; i++) {
			char name[8];

			snprintf(name, sizeof(name), "l%d", (int)i);
			lines[i] = irq_line_new(0, name);
			CHECK_INT(request_irq(lines[i], note_line, 0, "l", (void *)i), 0);
			order[i] = (int)i;
		}
		for (int i = LINES - 1; i > 0; i--) {
			int j = (int)draw(1, (uint64_t)i, (uint64_t)i + 1), x = order[i];

			order[i] = order[j];
			order[j] = x;
		}
		for (int i = 0; i < LINES; i++)
			irq_raise(lines[order[i]], 0);
		world_pass(&w, 5);
		REQUIRE_INT(nr_handled, LINES);
		for (int i = 0; i < LINES; i++)
			CHECK_INT(handled[i], order[i]);
		world_stop(&w);
	}
}

/* ---- threaded handlers ---------------------------------------------------------------------------- */

static int hard_runs, thread_runs, thread_ms;
static bool thread_runs_now, hard_beside_thread;

static enum irq_return hard_part(struct irq_line *line, void *dev)
{
	(void)line, (void)dev;
	hard_runs++;
	hard_beside_thread |= thread_runs_now;
	return IRQ_WAKE_THREAD;
}

static enum irq_return thread_part(struct irq_line *line, void *dev)
{
	(void)line, (void)dev;
	thread_runs_now = true;
	mach_sleep_ns((uint64_t)thread_ms * MS);
	thread_runs++;
	thread_runs_now = false;
	return IRQ_HANDLED;
}

/*
 * A oneshot line is masked until its thread has ended.  Raised meanwhile, once or more often, it
 * interrupts once afterwards.  Raised before and after the thread only, it interrupts each time.
 */
static void a_oneshot_line_is_masked_until_its_thread_has_ended(void)
{
	int latched = 0;

	for (seed = 1; seed <= 40; seed++) {
		int at[5], want = 0, ends = -1, nr = 5;
		bool oneshot = seed % 4, waits = false;
		struct irq_line *line;
		struct world w;
		double now = 0;

		start(&w, 2);
		thread_ms = 2 + (int)draw(1, 0, 6);
		hard_runs = thread_runs = 0;
		hard_beside_thread = false;
		line = irq_line_new(0, "nic");
		CHECK_INT(request_threaded_irq(line, hard_part, thread_part, oneshot ? IRQF_ONESHOT : 0, "nic", NULL), 0);
		world_pass(&w, 5);
		for (int i = 0; i < nr; i++) {
			now += 1 + (double)draw(2, (uint64_t)i, 7);
			at[i] = (int)now;
		}
		for (int i = 0; i < nr; i++) {
			/* the model: one interrupt may wait for the end of the thread, which is a little after ends */
			while (waits && at[i] > ends) {
				waits = false;
				want++;
				ends += thread_ms;
			}
			if (at[i] > ends) {
				want++;
				ends = at[i] + thread_ms;
			} else {
				latched += oneshot;
				waits = true;
			}
		}
		want += waits;
		for (int i = 0; i < nr; i++) {
			world_pass(&w, 10 + at[i] + 0.5);
			irq_raise(line, 0);
		}
		world_pass(&w, 200);
		CHECK_INT(hard_runs, oneshot ? want : nr);
		CHECK_INT(hard_beside_thread, !oneshot && hard_beside_thread);
		if (oneshot)
			CHECK_INT(thread_runs, want);
		world_stop(&w);
	}
	CHECK_GT(latched, 20);
}

/* ---- grace periods --------------------------------------------------------------------------- */

#define READERS 40
#define COLLECT_NS (2 * MS)	/* callbacks of so long a time share a grace period */
#define POLL_NS MS		/* the helper looks for readers so often */
#define SLACK_NS (MS / 2)
static struct reader {
	uint64_t at, length, begin, end;
} reader[READERS];
static struct rcu_head head;
static uint64_t called, reached;

static int read_once(void *data)
{
	struct reader *r = data;

	mach_sleep_ns(r->at);
	rcu_read_lock();
	r->begin = ktime_get_ns();
	mach_sleep_ns(r->length);
	r->end = ktime_get_ns();
	rcu_read_unlock();
	return 0;
}

static void note_reached(struct rcu_head *h)
{
	(void)h;
	reached = ktime_get_ns();
}

static int call_once(void *data)
{
	(void)data;
	mach_sleep_ns(20 * MS);
	called = ktime_get_ns();
	call_rcu(&head, note_reached);
	return 0;
}

/* End of the last reader that began before @time, or @time. */
static uint64_t last_end(uint64_t time)
{
	uint64_t end = time;

	for (int i = 0; i < READERS; i++)
		if (reader[i].begin < time && reader[i].end > end)
			end = reader[i].end;
	return end;
}

/*
 * A grace period has two turns: each waits for the readers that began before it, and for no other
 * one.  So readers that follow each other without a gap do not hold it up for ever.
 */
static void a_grace_period_waits_for_two_turns_of_readers(void)
{
	for (seed = 1; seed <= 60; seed++) {
		uint64_t first, second;
		struct world w;

		start(&w, 4);
		reached = 0;
		for (int i = 0; i < READERS; i++) {
			struct mach_task_opts opts = { .cpu = i % 4 };

			reader[i] = (struct reader){ .at = draw(1, (uint64_t)i, 80 * MS), .length = 1 + draw(2, (uint64_t)i, 12 * MS) };
			machine_task("reader", read_once, &reader[i], &opts);
		}
		machine_task("caller", call_once, NULL, &(struct mach_task_opts){ .cpu = 0 });
		world_pass(&w, 200);
		first = last_end(called + COLLECT_NS - SLACK_NS);
		second = last_end(first - SLACK_NS > called ? first - SLACK_NS : called);
		CHECK_GT(reached, called + COLLECT_NS - SLACK_NS);
		CHECK_GE(reached, second);
		first = last_end(called + COLLECT_NS + SLACK_NS) + POLL_NS + SLACK_NS;
		CHECK_LE(reached, last_end(first) + POLL_NS + 2 * SLACK_NS);
		world_stop(&w);
	}
}

/* ---- the watchdog ------------------------------------------------------------------------------ */

#define WHEEL_LATE 64		/* ticks; a timer wheel rounds a second up by so much at most */
static struct item hog[6], behind[6];
static struct workqueue_struct *q;
static int at_hog;

static void queue_pair(void)
{
	queue_work(q, WORK(&hog[at_hog % 6]));
	queue_work(q, WORK(&behind[at_hog++ % 6]));
}

/* R12.2, R12.3: looks are T + 1 ticks apart; a pool is stalled if it waits and its stamp is more than T ticks old. */
static void check_looks(struct world *w, unsigned int *looks, unsigned int *stalls)
{
	struct trace_event ev;
	uint64_t due = 0;
	struct model m;
	bool stalled[256] = { false };

	REQUIRE_INT(model_init(&m), 0);
	count(w, EV_BUG, NULL);		/* opens and reads the store */
	for (uint64_t n = 1; n <= w->store.nr; n++) {
		uint64_t jiffy, now, thresh;
		struct ev_WATCHDOG_SET set;
		struct ev_STALL stall;

		REQUIRE_TRUE(trace_store_event(&w->store, n, &ev));
		jiffy = 1000 * MS / (m.hz ? m.hz : 1000);
		now = ev.time / jiffy;
		thresh = m.watchdog_thresh / jiffy;
		if (trace_get_STALL(&ev, &stall)) {
			const struct model_pool *p = model_pool(&m, stall.pool);

			++*stalls;
			stalled[stall.pool % 256] = true;
			CHECK_GT(p->worklist.count, 0);
			CHECK_GT(now - p->watchdog_ts / jiffy, thresh);
			/* the why has the times in ms, whole ticks, and the length of the list */
			CHECK_INT(ev.why.pred, WHY_STALLED);
			CHECK_INT(ev.why.v[1], (now - p->watchdog_ts / jiffy) * jiffy / MS);
			CHECK_INT(ev.why.v[2], thresh * jiffy / MS);
			CHECK_INT(ev.why.v[3], p->worklist.count);
		} else if (ev.kind == EV_WATCHDOG_LOOK) {
			++*looks;
			CHECK_GE(now, due / jiffy);
			CHECK_LE(now, due / jiffy + WHEEL_LATE);
			for (uint32_t id = 1; id <= m.nr_pools && id < 256; id++) {
				const struct model_pool *p = model_pool(&m, id);

				CHECK_INT(stalled[id], p && p->worklist.count && now - p->watchdog_ts / jiffy > thresh);
				stalled[id] = false;
			}
		} else if (trace_get_WATCHDOG_SET(&ev, &set)) {
			due = set.next;
			if (set.thresh)
				CHECK_INT(due / jiffy, now + set.thresh / jiffy + 1);
		}
		REQUIRE_INT(model_apply(&m, &ev), 0);
	}
	model_fini(&m);
}

static void the_watchdog_looks_when_it_is_due_and_reports_what_is_late(void)
{
	unsigned int looks = 0, stalls = 0;

	for (seed = 1; seed <= 60; seed++) {
		struct machine_config cfg = world_config(1);
		static const char *const names[] = { "h0", "h1", "h2", "h3", "h4", "h5", "b0", "b1", "b2", "b3", "b4", "b5" };
		double now = 0;
		struct world w;

		cfg.seed = seed;
		cfg.hz = 100;		/* long ticks: a pool is often late to the tick */
		cfg.params[0] = (struct mach_param){ "watchdog_thresh", 1 };
		world_start(&w, &cfg);
		q = make_wq("q", 0, 0);
		at_hog = 0;
		for (int i = 0; i < 6; i++) {
			/* around one and two looks, to the tick */
			double ms = 1000 * (double)(1 + draw(1, (uint64_t)i, 2)) + (double)draw(2, (uint64_t)i, 24) - 8;

			item_init(&hog[i], names[i], STEPS(HOG(ms)));
			item_init(&behind[i], names[6 + i], STEPS(BURN(1)));
		}
		for (int i = 0; i < 6; i++) {
			now += 2600 + (double)draw(3, (uint64_t)i, 1100);
			world_pass(&w, now);
			actor("a", 0, STEPS(CALL(queue_pair)));
		}
		world_pass(&w, now + 4000);
		check_looks(&w, &looks, &stalls);
		world_stop(&w);
	}
	CHECK_GT(looks, 100);
	CHECK_GT(stalls, 20);
}

const struct test_case suite_sweep_machine[] = {
	T(a_completion_is_a_number_and_a_line_of_waiters),
	T(a_tasklet_that_schedules_itself_runs_once_a_round),
	T(a_thread_that_waits_for_the_cpu_ends_the_rounds),
	T(rounds_end_after_two_ticks),
	T(a_context_that_leaves_something_off_is_reported_and_corrected),
	T(equal_interrupts_come_in_the_order_of_raising),
	T(a_oneshot_line_is_masked_until_its_thread_has_ended),
	T(a_grace_period_waits_for_two_turns_of_readers),
	T(the_watchdog_looks_when_it_is_due_and_reports_what_is_late),
	{ NULL, NULL }
};
