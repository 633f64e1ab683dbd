/*
 * tests/free_workqueue.c - the engine on real threads: every item is accounted for.
 *
 * These tests repeat those of the lockstep suites with real parallelism (and under
 * SAN=thread): they check counts, never times.   Licence: MIT.
 */
#include "machine/machine.h"
#include "tests/test.h"
#include "workqueue/workqueue.h"

#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define PRODUCERS 4
#define ITEMS 64
#define ROUNDS 200

struct counted {
	struct work_struct work;
	_Atomic long runs;
	_Atomic int inside;	/* R2.9: at most one run at a time */
	_Atomic int overlaps;
};

static struct counted items[ITEMS];
static struct workqueue_struct *queues[3];
static _Atomic long accepted;

static void count_run(struct work_struct *w)
{
	struct counted *c = container_of(w, struct counted, work);

	if (atomic_fetch_add(&c->inside, 1))
		atomic_fetch_add(&c->overlaps, 1);
	atomic_fetch_add(&c->runs, 1);
	atomic_fetch_sub(&c->inside, 1);
}

static void engine_on(void)
{
	REQUIRE_INT(machine_start(&(struct machine_config){ .mode = MACH_FREE, .nr_cpus = 2, .threads_max = 256 }, NULL, workqueue_boot),
		    0);
	atomic_store(&accepted, 0);
	for (int i = 0; i < ITEMS; i++) {
		items[i] = (struct counted){ .runs = 0 };
		INIT_WORK(&items[i].work, count_run);
	}
}

/* A producer's operations on its own queue; an item stays on one queue (R2.9). */
static int produce(void *arg)
{
	long who = (long)(intptr_t)arg, ok = 0;

	for (int r = 0; r < ROUNDS; r++)
		for (int i = 0; i < ITEMS; i++)
			ok += queue_work_on(r % 3 ? WORK_CPU_UNBOUND : (int)(who & 1), queues[i % 3],
					    &items[i].work);
	atomic_fetch_add(&accepted, ok);
	return 0;
}

static void produce_all(int (*fn)(void *))
{
	struct task *t[PRODUCERS];

	for (intptr_t i = 0; i < PRODUCERS; i++)
		t[i] = machine_task("producer", fn, (void *)i, &(struct mach_task_opts){ .cpu = (int)(i % 2) });
	for (int i = 0; i < PRODUCERS; i++)
		kthread_wait_exit(t[i]);
}

static void queues_on(void)
{
	queues[0] = alloc_workqueue("bound", 0, 0);
	queues[1] = alloc_workqueue("unbound", WQ_UNBOUND, 0);
	queues[2] = alloc_workqueue("narrow", 0, 1);
	for (int i = 0; i < 3; i++)
		REQUIRE_NOT_NULL(queues[i]);
}

static long runs(void)
{
	long n = 0;

	for (int i = 0; i < ITEMS; i++) {
		n += atomic_load(&items[i].runs);
		CHECK_INT(atomic_load(&items[i].overlaps), 0);
	}
	return n;
}

/* RULE(R2.1, R2.9, I9). */
static void every_accepted_queueing_runs_once(void)
{
	engine_on();
	queues_on();
	produce_all(produce);
	for (int i = 0; i < 3; i++)
		flush_workqueue(queues[i]);
	CHECK_INT(runs(), atomic_load(&accepted));
	CHECK_GE(atomic_load(&accepted), ITEMS);
	for (int i = 0; i < 3; i++)
		destroy_workqueue(queues[i]);
	machine_stop();
}

static bool ran_at_all(void)
{
	for (int i = 0; i < ITEMS; i++)
		if (atomic_load(&items[i].runs))
			return true;
	return false;
}

/* The engine of before cmwq runs an item wherever it is queued: only counts hold (conf_legacy). */
static void legacy_threads_lose_nothing_either(void)
{
	long n = 0;

	REQUIRE_INT(machine_start(&(struct machine_config){ .mode = MACH_FREE, .nr_cpus = 2, .threads_max = 256, .params = { { "legacy", 1 } } }, NULL, workqueue_boot),
		    0);
	atomic_store(&accepted, 0);
	for (int i = 0; i < ITEMS; i++) {
		items[i] = (struct counted){ .runs = 0 };
		INIT_WORK(&items[i].work, count_run);
	}
	queues_on();
	produce_all(produce);
	/* on a loaded computer the producers may be done before anything has run */
	for (int wait = 0; wait < 10000 && !ran_at_all(); wait++)
		mach_sleep_ns(1000000);
	for (int i = 0; i < ITEMS; i++)
		cancel_work_sync(&items[i].work);	/* items that still wait */
	for (int i = 0; i < 3; i++)
		destroy_workqueue(queues[i]);
	for (int i = 0; i < ITEMS; i++)
		n += atomic_load(&items[i].runs);
	CHECK_GT(n, 0);
	CHECK_LE(n, atomic_load(&accepted));
	for (int i = 0; i < ITEMS; i++) {
		CHECK_FALSE(work_busy(&items[i].work));
		CHECK_FALSE(atomic_load(&items[i].inside));
	}
	machine_stop();
}

static _Atomic long taken_back;

static int produce_and_cancel(void *arg)
{
	long who = (long)(intptr_t)arg, ok = 0, back = 0;

	for (int r = 0; r < ROUNDS / 2; r++)
		for (int i = 0; i < ITEMS; i++) {
			if (who & 1)
				back += i % 5 ? cancel_work(&items[i].work) : cancel_work_sync(&items[i].work);
			else
				ok += queue_work(queues[i % 3], &items[i].work);
		}
	atomic_fetch_add(&accepted, ok);
	atomic_fetch_add(&taken_back, back);
	return 0;
}

/* RULE(R2.5, R2.12, I9): accepted = ran + taken back. */
static void cancelling_takes_back_or_leaves_and_never_loses(void)
{
	engine_on();
	queues_on();
	atomic_store(&taken_back, 0);
	produce_all(produce_and_cancel);
	for (int i = 0; i < ITEMS; i++)
		flush_work(&items[i].work);
	CHECK_INT(runs() + atomic_load(&taken_back), atomic_load(&accepted));
	for (int i = 0; i < 3; i++)
		destroy_workqueue(queues[i]);
	machine_stop();
}

static int produce_and_flush(void *arg)
{
	long who = (long)(intptr_t)arg, ok = 0;

	for (int r = 0; r < ROUNDS / 4; r++)
		for (int i = 0; i < ITEMS; i++) {
			ok += queue_work(queues[i % 3], &items[i].work);
			if (i % 8 == (int)who)
				flush_work(&items[i].work);
			if (i % 16 == 8 + (int)who)
				flush_workqueue(queues[i % 3]);
		}
	atomic_fetch_add(&accepted, ok);
	return 0;
}

/* RULE(R6.1, R6.9, R6.11): flushers from many threads all come back. */
static void flushes_return_on_real_threads(void)
{
	engine_on();
	queues_on();
	produce_all(produce_and_flush);
	for (int i = 0; i < 3; i++)
		drain_workqueue(queues[i]);
	CHECK_INT(runs(), atomic_load(&accepted));
	for (int i = 0; i < 3; i++)
		destroy_workqueue(queues[i]);
	machine_stop();
}

struct later {
	struct delayed_work dwork;
	_Atomic long runs;
};
static struct later later[8];

static void later_run(struct work_struct *w)
{
	atomic_fetch_add(&container_of(to_delayed_work(w), struct later, dwork)->runs, 1);
}

/* RULE(R8.1, R8.5): modifying from two threads leaves exactly one run to come. */
static int modify(void *arg)
{
	(void)arg;
	for (int r = 0; r < 50; r++)
		for (int i = 0; i < 8; i++)
			mod_delayed_work(system_wq, &later[i].dwork, 40 + (unsigned long)(r % 3));
	return 0;
}

static void a_delayed_item_modified_by_many_runs_once_more(void)
{
	engine_on();
	for (int i = 0; i < 8; i++) {
		atomic_store(&later[i].runs, 0);
		INIT_DELAYED_WORK(&later[i].dwork, later_run);
	}
	produce_all(modify);
	for (int i = 0; i < 8; i++) {
		flush_delayed_work(&later[i].dwork);
		CHECK_GE(atomic_load(&later[i].runs), 1);
		CHECK_FALSE(delayed_work_pending(&later[i].dwork));
	}
	machine_stop();
}

static struct completion open_gate;

static void waits_at_the_gate(struct work_struct *w)
{
	wait_for_completion(&open_gate);
	count_run(w);
}

static void opens_the_gate(struct work_struct *w)
{
	count_run(w);
	complete_all(&open_gate);
}

/* RULE(R4.6, R3.6): items that block let the one they wait for run. */
static void items_that_wait_for_another_let_it_run(void)
{
	engine_on();
	init_completion(&open_gate, "gate");
	for (int i = 0; i < ITEMS; i++)
		INIT_WORK(&items[i].work, waits_at_the_gate);
	INIT_WORK(&items[ITEMS - 1].work, opens_the_gate);
	for (int i = 0; i < ITEMS; i++)
		queue_work_on(0, system_wq, &items[i].work);
	for (int i = 0; i < ITEMS; i++)
		flush_work(&items[i].work);
	CHECK_INT(runs(), ITEMS);
	machine_stop();
}

/* The rings of all threads become one log: sorted, whole, and every run is in it. */
static void parallel_events_make_one_log(void)
{
	struct trace trace;
	struct trace_store store;
	struct trace_event ev;
	uint64_t last = 0, started = 0, ended = 0, dropped = 0;

	REQUIRE_INT(trace_open(&trace, -1, 64 << 20, 1000000), 0);
	REQUIRE_INT(machine_start(&(struct machine_config){ .mode = MACH_FREE, .nr_cpus = 2 }, &trace, workqueue_boot),
		    0);
	for (int i = 0; i < ITEMS; i++) {
		items[i] = (struct counted){ .runs = 0 };
		INIT_WORK(&items[i].work, count_run);
	}
	for (int r = 0; r < 20; r++)
		for (int i = 0; i < ITEMS; i++) {
			queue_work_on(i & 1, system_wq, &items[i].work);
			if (i % 8 == 7)
				flush_work(&items[i].work);
		}
	for (int i = 0; i < ITEMS; i++)
		flush_work(&items[i].work);
	machine_stop();
	REQUIRE_INT(trace_store_borrow(&store, &trace), 0);
	if (CHECK_GE(trace_store_poll(&store), 0)) {
		CHECK_FALSE(store.bad);
		CHECK_GT(store.nr, 100);
	}
	for (uint64_t n = 1; n <= store.nr; n++) {
		struct ev_DROPPED d;

		REQUIRE_TRUE(trace_store_event(&store, n, &ev));
		CHECK_GE(ev.time, last);
		last = ev.time;
		started += ev.kind == EV_EXECUTE_START;
		ended += ev.kind == EV_EXECUTE_END;
		dropped += trace_get_DROPPED(&ev, &d) ? d.events : 0;
	}
	CHECK_INT(started, ended);
	CHECK_TRUE(dropped || started >= (uint64_t)runs());
	CHECK_GE(runs(), ITEMS);
	trace_store_close(&store);
	trace_close(&trace);
}

static struct work_struct mail;
static int letter, read_letter;		/* plain: under SAN=thread an order that is only luck is reported */
static _Atomic int post_box, last_seen;
static _Atomic long missed;

static void reads_mail(struct work_struct *w)
{
	(void)w;
	read_letter = letter;
	atomic_store_explicit(&last_seen, atomic_load_explicit(&post_box, memory_order_relaxed), memory_order_relaxed);
}

static int post(void *arg)
{
	(void)arg;
	for (int r = 0; r < 300; r++) {
		int mine = 1 + atomic_fetch_add_explicit(&post_box, 1, memory_order_relaxed);

		queue_work(queues[1], &mail);
		do	/* a flush does not wait for an item whose queueing has not ended */
			flush_work(&mail);
		while (work_busy(&mail));
		if (atomic_load_explicit(&last_seen, memory_order_relaxed) < mine)
			atomic_fetch_add(&missed, 1);
	}
	return 0;
}

/* RULE(R1.19). The run reads everything written before a queueing, even before one that returned false. */
static void queueing_publishes_earlier_writes(void)
{
	engine_on();
	queues_on();
	INIT_WORK(&mail, reads_mail);
	for (int r = 1; r < 300; r++) {
		letter = r;
		CHECK_TRUE(queue_work(queues[1], &mail));
		flush_work(&mail);
		CHECK_INT(read_letter, r);
	}
	atomic_store(&missed, 0);
	atomic_store(&post_box, 0);
	produce_all(post);
	CHECK_INT(atomic_load(&missed), 0);
	machine_stop();
}

#define SECOND_NS UINT64_C(1000000000)
static _Atomic bool next_ran;
static bool next_ran_meanwhile;

static void runs_next(struct work_struct *w)
{
	(void)w;
	atomic_store(&next_ran, true);
}

static void computes(struct work_struct *w)
{
	uint64_t from = task_cpu_time_ns(current);

	(void)w;
	while (!atomic_load(&next_ran) && task_cpu_time_ns(current) - from < 5 * SECOND_NS)
		;
	next_ran_meanwhile = atomic_load(&next_ran);
}

/* Sleeps for 0.1 s without an announcement, so the engine does not see it. */
static void sleeps_behind_the_engines_back(struct work_struct *w)
{
	(void)w;
	poll(NULL, 0, 100);
	next_ran_meanwhile = atomic_load(&next_ran);
}

static void run_before_next(work_func_t fn)
{
	static struct work_struct first, next;

	engine_on();
	queues_on();
	atomic_store(&next_ran, false);
	INIT_WORK(&first, fn);
	INIT_WORK(&next, runs_next);
	queue_work_on(0, queues[0], &first);
	queue_work_on(0, queues[0], &next);
	flush_work(&first);
	flush_work(&next);
	CHECK_TRUE(atomic_load(&next_ran));
	machine_stop();
}

/* RULE(R4.20). Each thread's own CPU clock finds the item that computes for 10 ms: the next one starts beside it. */
static void item_that_computes_is_found_by_its_cpu_clock(void)
{
	run_before_next(computes);
	CHECK_TRUE(next_ran_meanwhile);
}

/* RULE(R4.9, R4.20). Asleep without the hooks it uses no CPU and counts as running: its pool stands still. */
static void item_that_sleeps_without_the_hooks_holds_its_pool_up(void)
{
	run_before_next(sleeps_behind_the_engines_back);
	CHECK_FALSE(next_ran_meanwhile);
}

/* ---- three wake-ups that 6.12 forgets -------------------------------------------------- */

static _Atomic int at_the_gate;

static void stays_at_open_gate(struct work_struct *w)
{
	atomic_fetch_add(&at_the_gate, 1);
	wait_for_completion(&open_gate);
	count_run(w);
}

static bool within_s(int seconds, bool (*cond)(int arg), int arg)
{
	time_t end = time(NULL) + seconds + 1;

	while (!cond(arg) && time(NULL) < end)
		poll(NULL, 0, 5);
	return cond(arg);
}

static bool so_many_wait(int n)
{
	return atomic_load(&at_the_gate) == n;
}

static bool has_run(int i)
{
	return atomic_load(&items[i].runs) == 1;
}

/*
 * RULE(R5.16, I25). Item 0 runs, is queued again and waits on its worker's own list; item 1 is held back.  The
 * cancellation of 0 hands its slot to 1, whose pool has idle workers: one is woken.
 */
static void slot_of_an_item_on_a_workers_own_list_wakes_a_worker(void)
{
	struct workqueue_struct *wq;

	engine_on();
	wq = alloc_workqueue("two", 0, 2);
	init_completion(&open_gate, "gate");
	atomic_store(&at_the_gate, 0);
	INIT_WORK(&items[0].work, stays_at_open_gate);
	queue_work_on(0, wq, &items[0].work);
	CHECK_TRUE(within_s(20, so_many_wait, 1));
	queue_work_on(0, wq, &items[0].work);
	queue_work_on(0, wq, &items[1].work);
	poll(NULL, 0, 50);	/* so that another worker has left the item to the one that runs it */
	CHECK_TRUE(cancel_work(&items[0].work));
	CHECK_TRUE(within_s(5, has_run, 1));
	complete_all(&open_gate);
	destroy_workqueue(wq);
	machine_stop();
}

static _Atomic bool flush_is_back;

static int flushes_item_0(void *arg)
{
	(void)arg;
	flush_work(&items[0].work);
	atomic_store(&flush_is_back, true);
	return 0;
}

static bool flush_came_back(int unused)
{
	(void)unused;
	return atomic_load(&flush_is_back);
}

/* RULE(R2.6, R10.8, I25). The pool of a frozen workqueue is woken for the barrier of a cancelled item. */
static void flusher_of_an_item_cancelled_while_frozen_comes_back(void)
{
	struct workqueue_struct *wq;
	struct task *t;

	engine_on();
	wq = alloc_workqueue("frozen", WQ_FREEZABLE, 0);
	freeze_workqueues_begin();
	queue_work_on(0, wq, &items[0].work);
	atomic_store(&flush_is_back, false);
	t = machine_task("flusher", flushes_item_0, NULL, &(struct mach_task_opts){ .cpu = 1 });
	poll(NULL, 0, 50);	/* so that its barrier is behind the item */
	CHECK_FALSE(atomic_load(&flush_is_back));
	CHECK_TRUE(cancel_work(&items[0].work));
	CHECK_TRUE(within_s(5, flush_came_back, 0));
	thaw_workqueues();
	kthread_wait_exit(t);
	destroy_workqueue(wq);
	machine_stop();
}

/* RULE(R5.13, R5.21, I25). The thaw takes a pwq off its node's line if its items were cancelled. */
static void pwq_does_not_stand_in_line_for_nothing(void)
{
	struct workqueue_struct *wq;

	engine_on();
	wq = alloc_workqueue("frozen", WQ_FREEZABLE | WQ_UNBOUND, 0);
	freeze_workqueues_begin();
	queue_work_on(0, wq, &items[0].work);
	CHECK_TRUE(cancel_work(&items[0].work));
	thaw_workqueues();
	queue_work_on(0, wq, &items[0].work);
	CHECK_TRUE(within_s(5, has_run, 0));
	destroy_workqueue(wq);
	machine_stop();
}

/* ---- replaced pwqs --------------------------------------------------------------------- */

/* Resident memory of this program, MB. */
static long resident_mb(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long all = 0, resident = 0;

	if (!f || fscanf(f, "%ld %ld", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return resident * sysconf(_SC_PAGESIZE) >> 20;
}

/* RULE(R9.6). A loop of changes waits for the release of what it replaced: memory does not grow, and a flush is quick. */
static void replaced_pwqs_do_not_pile_up(void)
{
	struct workqueue_attrs *attrs;
	struct workqueue_struct *wq;
	struct timespec from, to;
	time_t end = time(NULL) + 2;
	long before;

	engine_on();
	wq = alloc_workqueue("u", WQ_UNBOUND, 0);
	attrs = alloc_workqueue_attrs();
	before = resident_mb();
	for (int i = 0; time(NULL) < end; i++) {
		attrs->cpumask = cpumask_of(i % 2);
		CHECK_INT(apply_workqueue_attrs(wq, attrs), 0);
	}
	clock_gettime(CLOCK_MONOTONIC, &from);
	queue_work(wq, &items[0].work);
	flush_workqueue(wq);
	clock_gettime(CLOCK_MONOTONIC, &to);
	CHECK_LT(to.tv_sec - from.tv_sec, 2);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	CHECK_LT(resident_mb() - before, 24);
#else
	(void)before;
#endif
	free_workqueue_attrs(attrs);
	destroy_workqueue(wq);
	machine_stop();
}

/* ---- threads made ahead -------------------------------------------------------------- */

#define BLOCKERS 64

static struct completion blockers_gate;

static void stays_at_the_gate(struct work_struct *w)
{
	(void)w;
	atomic_fetch_add(&at_the_gate, 1);
	wait_for_completion(&blockers_gate);
}

static int nr_threads(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];
	int n = 0;

	while (f && fgets(line, sizeof(line), f) && sscanf(line, "Threads: %d", &n) != 1)
		;
	if (f)
		fclose(f);
	return n;
}

static bool at_most_threads(int n)
{
	return nr_threads() <= n;
}

/*
 * RULE(R3.6). Each of 64 items that block has its own worker, made by the one before; and
 * spare threads created meanwhile are gone a second later: apart from the workers and
 * one helper thread, the program has the threads it had.
 */
static void workers_made_one_by_the_other_leave_no_spare_threads(void)
{
	static struct work_struct works[BLOCKERS];
	struct workqueue_struct *wq;
	int before, without = nr_threads();

	engine_on();
	wq = alloc_workqueue("gate", WQ_UNBOUND, 0);
	before = nr_threads();
	init_completion(&blockers_gate, "gate");
	atomic_store(&at_the_gate, 0);
	for (int i = 0; i < BLOCKERS; i++) {
		INIT_WORK(&works[i], stays_at_the_gate);
		queue_work(wq, &works[i]);
	}
	CHECK_TRUE(within_s(20, so_many_wait, BLOCKERS));
	complete_all(&blockers_gate);
	flush_workqueue(wq);
	CHECK_TRUE(within_s(20, at_most_threads, before + BLOCKERS + 1 + 1));
	machine_stop();
	CHECK_TRUE(within_s(20, at_most_threads, without));
}

const struct test_case suite_free_workqueue[] = {
	T(every_accepted_queueing_runs_once),
	T(legacy_threads_lose_nothing_either),
	T(cancelling_takes_back_or_leaves_and_never_loses),
	T(flushes_return_on_real_threads),
	T(a_delayed_item_modified_by_many_runs_once_more),
	T(items_that_wait_for_another_let_it_run),
	T(parallel_events_make_one_log),
	T(queueing_publishes_earlier_writes),
	T(item_that_computes_is_found_by_its_cpu_clock),
	T(item_that_sleeps_without_the_hooks_holds_its_pool_up),
	T(slot_of_an_item_on_a_workers_own_list_wakes_a_worker),
	T(flusher_of_an_item_cancelled_while_frozen_comes_back),
	T(pwq_does_not_stand_in_line_for_nothing),
	T(replaced_pwqs_do_not_pile_up),
	T(workers_made_one_by_the_other_leave_no_spare_threads),
	{ NULL, NULL }
};
