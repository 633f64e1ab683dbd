/*
 * tests/conf_concurrency.c - workers and their counter: creation, flags, the main loop, predicates, kicks.
 *
 * Worked timelines are in conf_timeline.c, reserve and culling in conf_worker.c, hogs in
 * conf_watch.c.   Licence: MIT.
 */
#include "tests/support/stress_run.h"
#include "workqueue/wq_internal.h"

#include "base/strbuf.h"

#include <stdio.h>
#include <string.h>

#define ITEMS 8

static struct item it[ITEMS];
static struct workqueue_struct *q, *q2;

static void begin(struct world *w, const struct machine_config *cfg, unsigned int flags, int max_active,
		  const struct step *steps)
{
	static const char *const names[ITEMS] = { "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7" };

	world_start(w, cfg);
	settle(w);
	q = make_wq("q", flags, max_active);
	for (int i = 0; i < ITEMS; i++)
		item_init(&it[i], names[i], steps);
}

static void begin_plain(struct world *w, int cpus, const struct step *steps)
{
	struct machine_config cfg = world_config(cpus);

	begin(w, &cfg, 0, 0, steps);
}

static void queue_first(int n)
{
	for (int i = 0; i < n; i++)
		queue_work(q, WORK(&it[i]));
}

static void queue_0(void) { queue_work(q, WORK(&it[0])); }
static void queue_1(void) { queue_work(q, WORK(&it[1])); }
static void queue_2(void) { queue_work(q, WORK(&it[2])); }
static void queue_01(void) { queue_first(2); }
static void queue_012(void) { queue_first(3); }
static void queue_all(void) { queue_first(ITEMS); }
static void flush_0(void) { flush_work(WORK(&it[0])); }
static void flush_1(void) { flush_work(WORK(&it[1])); }

static struct worker_pool *pool_of_cpu(int cpu)
{
	return wqe.cpu_pools[cpu][0];
}

/* Names of the events about worker @name from event @from on, without those of the census. */
static const char *story_of(struct world *w, const char *name, uint64_t from)
{
	static STRBUF(out, 2000);
	struct trace_event ev;

	strbuf_init(&out, out_bytes, sizeof(out_bytes));
	count(w, EV_NONE, NULL);
	for (uint64_t i = from ? from : 1; i <= w->store.nr; i++) {
		struct trace_value v;
		const char *have;

		trace_store_event(&w->store, i, &ev);
		if (ev.kind == EV_CENSUS_WORKER || ev.kind == EV_KICK || !trace_event_get(&ev, "worker", &v))
			continue;
		have = trace_store_name(&w->store, CLS_WORKER, (uint32_t)v.num);
		if (have && !strcmp(have, name))
			strbuf_printf(&out, "%s%s", out.len ? " " : "", trace_rows[ev.kind].name);
	}
	CHECK_FALSE(out.cut);
	return out.buf;
}

/* ---- making a worker, its flags ------------------------------------------------------------ */

static int lowest_free_id(struct worker_pool *pool)
{
	struct worker *worker;
	bool used[64] = { false };
	int i;

	list_for_each_entry(worker, &pool->workers, node)
		used[worker->id] = true;
	for (i = 0; used[i]; i++)
		;
	return i;
}

/*
 * RULE(R3.2). A new worker gets the lowest free id, which is freed if no thread is created; then
 * it is attached, counted, idle, woken once.
 */
static void new_worker_takes_the_lowest_free_number(void)
{
	struct world w;
	unsigned int made;
	int id;

	begin_plain(&w, 1, STEPS(SLEEP(1500)));
	made = count(&w, EV_WORKER_CREATE_BEGIN, NULL);
	mach_fail_creation(1);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_all)));
	world_pass(&w, 4000);
	CHECK_INT(field(&w, EV_WORKER_CREATE_FAIL, NULL, 1, "id"), 2);
	CHECK_INT(field(&w, EV_WORKER_CREATE_BEGIN, NULL, made + 1, "id"), 2);
	CHECK_INT(field(&w, EV_WORKER_CREATE_BEGIN, NULL, made + 2, "id"), 2);
	CHECK_INT(field(&w, EV_WORKER_CREATE_BEGIN, NULL, made + 3, "id"), 3);
	CHECK_HAS(story_of(&w, "kworker/0:3", 0),
		  "worker_attach worker_create worker_enter_idle worker_leave_idle");
	CHECK_INT(field(&w, EV_WORKER_ATTACH, "kworker/0:3", 1, "flags"), 8);
	world_pass(&w, 400000);		/* all but two have exited */
	CHECK_INT(pool_of_cpu(0)->nr_workers, 2);
	id = lowest_free_id(pool_of_cpu(0));
	made = count(&w, EV_WORKER_CREATE_BEGIN, NULL);
	actor("t", 0, STEPS(CALL(queue_012)));
	world_pass(&w, 400100);
	CHECK_INT(field(&w, EV_WORKER_CREATE_BEGIN, NULL, made + 1, "id"), id);
	world_stop(&w);
}

/* RULE(R3.2, R3.12). Workers of each pool have the pool's nice value and CPUs. */
static void workers_have_the_nice_value_and_cpus_of_their_pool(void)
{
	struct worker *worker;
	struct world w;
	int pools = 0;

	begin_plain(&w, 4, STEPS(BURN(1)));
	for (int id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = wqe.pools[id];

		if (!pool || pool->flags & POOL_BH)
			continue;
		pools++;
		list_for_each_entry(worker, &pool->workers, node) {
			CHECK_INT(task_nice(worker->task), pool->attrs.nice);
			CHECK_TRUE(cpumask_equal(task_cpus_allowed(worker->task), pool->cpu < 0 ? pool->attrs.cpumask : cpumask_of(pool->cpu)));
			CHECK_INT(!!(worker->flags & WORKER_UNBOUND), pool->cpu < 0);
		}
	}
	CHECK_GE(pools, 9);
	world_stop(&w);
}

static bool at_cull(void *arg, const struct trace_event *ev)
{
	(void)arg;
	return ev->kind == EV_CULL;
}

static void down_1(void) { CHECK_INT(cpu_down(1), 0); }
static void up_1(void) { CHECK_INT(cpu_up(1), 0); }

/* RULE(R3.3). Each flag has the kernel's number and is set in the right state. */
static void worker_flags_have_the_kernels_values(void)
{
	struct machine_config cfg = world_config(2);
	struct worker *worker;
	struct world w;
	int dying = 0;

	begin(&w, &cfg, WQ_CPU_INTENSIVE, 0, STEPS(SLEEP(5)));
	list_for_each_entry(worker, &pool_of_cpu(0)->workers, node)
		CHECK_INT(worker->flags, 4 | 8);			/* IDLE, PREP */
	CHECK_INT(field(&w, EV_WORKER_ATTACH, "kworker/u8:0", 1, "flags"), 8 | 128);	/* UNBOUND */
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_all), UNTIL(40), CALL(down_1), CALL(up_1)));
	world_run(&w, 200);
	CHECK_INT(count(&w, EV_HOG, NULL), 0);
	{
		unsigned int intensive = 0, rebound = 0, n;
		int64_t flags;

		for (n = 1; (flags = field(&w, EV_WORKER_FLAGS, NULL, n, "flags")) >= 0; n++) {
			intensive += flags == 64;
			rebound += flags & 256 && !(flags & 128);
		}
		CHECK_GE(intensive, ITEMS);
		CHECK_GE(rebound, 2);
	}
	machine_run(&(struct mach_run){ .until_ns = 700000 * MS, .pass_time = true, .watch = { .after = at_cull } });
	list_for_each_entry(worker, &pool_of_cpu(0)->workers, node)
		dying += worker->flags == (2 | 4 | 8);			/* DIE */
	CHECK_INT(dying, 1);
	world_pass(&w, 700000);
	world_stop(&w);
}

/* ---- the counter, recounted ------------------------------------------------------------------ */

#define WORKERS_MAX 2048
static struct tally {
	struct { uint32_t pool, flags; bool sleeping, rescuer; } worker[WORKERS_MAX];
	struct { int cpu; uint32_t flags; bool managed; } pool[256];
	unsigned int censuses, sleeps, several, intensive, outside;
} tally;

static uint32_t recount(uint32_t pool)
{
	uint32_t n = 0;

	for (int i = 1; i < WORKERS_MAX; i++)
		n += tally.worker[i].pool == pool && !(tally.worker[i].flags & (8 | 64 | 128 | 256)) &&
		     !tally.worker[i].sleeping;
	return n;
}

static void tally_worker(const struct trace_event *ev)
{
	union {
		struct ev_WORKER_ATTACH attach;
		struct ev_WORKER_DETACH detach;
		struct ev_WORKER_FLAGS flags;
		struct ev_WORKER_SLEEP sleep;
		struct ev_WORKER_WAKE wake;
		struct ev_RESCUER_NEW rescuer;
	} e;

	if (trace_get_RESCUER_NEW(ev, &e.rescuer)) {
		tally.worker[e.rescuer.worker].rescuer = true;
	} else if (trace_get_WORKER_ATTACH(ev, &e.attach)) {
		REQUIRE_LT(e.attach.worker, WORKERS_MAX);
		REQUIRE_LT(e.attach.pool, 256);
		tally.worker[e.attach.worker].pool = e.attach.pool;
		tally.worker[e.attach.worker].flags = e.attach.flags;
	} else if (trace_get_WORKER_DETACH(ev, &e.detach)) {
		tally.worker[e.detach.worker].pool = 0;
	} else if (trace_get_WORKER_FLAGS(ev, &e.flags)) {
		tally.worker[e.flags.worker].flags = e.flags.flags;
		tally.intensive += e.flags.flags == 64;
		CHECK_LT(e.flags.nr_running, 100);
	} else if (trace_get_WORKER_SLEEP(ev, &e.sleep)) {
		tally.worker[e.sleep.worker].sleeping = true;
		tally.sleeps++;
		/* R4.8: neither an idle worker nor a rescuer, and one that counted until now */
		CHECK_TRUE(e.sleep.item);
		CHECK_FALSE(tally.worker[e.sleep.worker].rescuer);
		CHECK_FALSE(tally.worker[e.sleep.worker].flags & (8 | 64 | 128 | 256));
		CHECK_LT(e.sleep.nr_running, 100);
	} else if (trace_get_WORKER_WAKE(ev, &e.wake)) {
		tally.worker[e.wake.worker].sleeping = false;
		CHECK_LT(e.wake.nr_running, 100);
		tally.several += e.wake.nr_running > 1;
	}
}

static void tally_pool(const struct trace_event *ev)
{
	union {
		struct ev_POOL_NEW pool;
		struct ev_POOL_FLAGS flags;
		struct ev_CENSUS_POOL census;
		struct ev_MANAGE_BEGIN begin;
		struct ev_MANAGE_END end;
	} e;

	if (trace_get_POOL_NEW(ev, &e.pool)) {
		tally.pool[e.pool.pool].cpu = e.pool.cpu;
		tally.pool[e.pool.pool].flags = e.pool.flags;
	} else if (trace_get_POOL_FLAGS(ev, &e.flags)) {
		tally.pool[e.flags.pool].flags = e.flags.flags;
	} else if (trace_get_MANAGE_BEGIN(ev, &e.begin)) {
		CHECK_FALSE(tally.pool[e.begin.pool].managed);	/* R3.8 */
		tally.pool[e.begin.pool].managed = true;
	} else if (trace_get_MANAGE_END(ev, &e.end)) {
		tally.pool[e.end.pool].managed = false;
	} else if (trace_get_CENSUS_POOL(ev, &e.census)) {
		bool alone = tally.pool[e.census.pool].cpu < 0 || tally.pool[e.census.pool].flags & 4;

		tally.censuses++;
		tally.outside += alone && e.census.busy.n;
		CHECK_INT(e.census.nr_running, recount(e.census.pool));
		CHECK_TRUE(!alone || !e.census.nr_running);	/* R4.2 */
	}
}

/*
 * RULE(R3.3, R3.4, R3.8, R4.2, R4.8, R4.10). Flags are a set: whenever pool->lock is released,
 * nr_running is the number of the pool's workers that do not sleep and have no flag of NOT_RUNNING.
 * So it is always 0 in pools without a CPU; it exceeds 1 at times and is never below 0.
 */
static void counter_is_the_number_of_workers_that_count(void)
{
	uint64_t first = seed_from_env(1);
	struct tally all = { .censuses = 0 };

	for (uint64_t s = first; s < first + (uint64_t)test_rounds(12, 4); s++) {
		struct trace_event ev;
		struct world w;

		memset(&tally, 0, sizeof(tally));
		stress_start(&w, s);
		stress_run(&w);
		count(&w, EV_NONE, NULL);
		for (uint64_t i = 1; i <= w.store.nr; i++) {
			trace_store_event(&w.store, i, &ev);
			tally_worker(&ev);
			tally_pool(&ev);
		}
		all.censuses += tally.censuses;
		all.sleeps += tally.sleeps;
		all.several += tally.several;
		all.intensive += tally.intensive;
		all.outside += tally.outside;
		world_stop(&w);
	}
	CHECK_GT(all.censuses, 500);
	CHECK_GT(all.sleeps, 10);
	CHECK_TRUE(all.intensive);
	CHECK_GT(all.outside, 10);
}

/* RULE(R4.10). Three items that sleep until the same moment are runnable at the same time then. */
static void sleepers_that_wake_together_are_several(void)
{
	int64_t most = 0, have;
	struct world w;
	unsigned int n;

	begin_plain(&w, 1, STEPS(UNTIL(30), BURN(2)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_012)));
	world_run(&w, 100);
	for (n = 1; (have = field(&w, EV_WORKER_WAKE, NULL, n, "nr_running")) >= 0; n++)
		most = have > most ? have : most;
	CHECK_RANGE(most, 2, 3);
	CHECK_INT(pool_of_cpu(0)->nr_running, 0);
	world_stop(&w);
}

/* ---- the main loop -------------------------------------------------------------------------------- */

/* RULE(R3.5). Two items, one worker: the steps in their order, the loop taken twice. */
static void worker_goes_through_its_loop_in_order(void)
{
	struct trace_event ev;
	struct world w;
	const char *name;

	begin_plain(&w, 1, STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_01)));
	world_run(&w, 100);
	REQUIRE_TRUE(find(&w, EV_EXECUTE_START, "w0", 1, &ev));
	name = trace_store_name(&w.store, CLS_WORKER, (uint32_t)field(&w, EV_EXECUTE_START, "w0", 1, "worker"));
	CHECK_STR(story_of(&w, name, nth(&w, EV_QUEUE_WORK, "w0", 1)),
		  "worker_leave_idle worker_flags " "assign_work work_start workqueue_execute_start workqueue_execute_end work_done keep_working " "assign_work work_start workqueue_execute_start workqueue_execute_end work_done keep_working " "worker_flags worker_enter_idle");
	CHECK_INT(field(&w, EV_WORKER_FLAGS, name, count(&w, EV_WORKER_FLAGS, name) - 1, "flags"), 0);
	CHECK_INT(field(&w, EV_WORKER_FLAGS, name, count(&w, EV_WORKER_FLAGS, name), "flags"), 8);
	world_stop(&w);
}

/*
 * RULE(R3.5, R4.4). The last idle worker calls may_start_working() and manages before it
 * starts; a worker that finds an empty worklist becomes idle again without starting.
 */
static void woken_worker_looks_again_before_it_starts(void)
{
	struct trace_event ev;
	struct world w;
	const char *name;

	begin_plain(&w, 1, STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_01)));
	world_run(&w, 100);
	name = trace_store_name(&w.store, CLS_WORKER, (uint32_t)field(&w, EV_EXECUTE_START, "w1", 1, "worker"));
	CHECK_HAS(story_of(&w, name, nth(&w, EV_QUEUE_WORK, "w0", 1)),
		  "worker_leave_idle manage_begin manage_end worker_flags assign_work");
	REQUIRE_TRUE(find(&w, EV_MANAGE_BEGIN, name, count(&w, EV_MANAGE_BEGIN, name), &ev));
	CHECK_INT(ev.why.pred, WHY_MAY_START_WORKING);
	CHECK_INT(ev.why.v[0], 0);
	CHECK_INT(ev.why.v[1], 0);
	/* the new worker had no item: it was woken once, and called need_more_worker() */
	CHECK_STR(story_of(&w, "kworker/0:2", 0),
		  "worker_attach worker_create worker_enter_idle worker_leave_idle worker_enter_idle");
	REQUIRE_TRUE(find(&w, EV_WORKER_IDLE, "kworker/0:2", 2, &ev));
	CHECK_INT(ev.why.pred, WHY_NEED_MORE_WORKER);
	CHECK_INT(ev.why.v[0], 0);
	world_stop(&w);
}

/* RULE(R3.5). A worker woken to die exits at once, and does not become idle first. */
static void dying_worker_leaves_at_once(void)
{
	struct trace_event ev;
	struct world w;
	const char *name, *story;

	begin_plain(&w, 1, STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_all)));
	world_pass(&w, 400000);
	REQUIRE_TRUE(find(&w, EV_CULL, NULL, 1, &ev));
	name = trace_store_name(&w.store, CLS_WORKER, trace_rd32(ev.data));
	story = story_of(&w, name, ev.n);
	CHECK_STR(story, "cull worker_detach worker_die");
	world_stop(&w);
}

static void stall(void) { mach_stall_creation(true); }
static void no_stall(void) { mach_stall_creation(false); }

/*
 * RULE(R3.8). While one worker is blocked in the creation of another, a second one finds
 * POOL_MANAGER_ACTIVE set and runs items without a reserve.
 */
static void worker_that_finds_a_manager_goes_to_work(void)
{
	struct world w;

	begin_plain(&w, 1, STEPS(BURN(1)));
	item_init(&it[0], "w0", STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(stall), CALL(queue_01), UNTIL(40), CALL(queue_2), UNTIL(60), CALL(no_stall)));
	world_pass(&w, 2000);
	/* w0 slept, its pool's other worker had to manage; w1 was left to w0's worker */
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "w1", 1), 25, 0.2);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "w2", 1), 40, 0.2);
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w2", 1),
		 nth(&w, EV_MANAGE_END, NULL, count(&w, EV_MANAGE_END, NULL)));
	CHECK_INT(field(&w, EV_EXECUTE_START, "w2", 1, "worker"), field(&w, EV_EXECUTE_START, "w0", 1, "worker"));
	world_stop(&w);
}

static struct cpumask in_rescue;
static struct completion memory;

static void see_rescuer(void)
{
	in_rescue = current_is_workqueue_rescuer() ? task_cpus_allowed(current) : cpumask_none();
	mach_stall_creation(false);
	complete(&memory);
}

static void wait_for_memory(void) { wait_for_completion(&memory); }

static void queue_both_on_1(void)
{
	mach_stall_creation(true);
	queue_work_on(1, q, WORK(&it[0]));
	queue_work_on(1, q2, WORK(&it[1]));
}

static void unbound_to_0(void *unused)
{
	(void)unused;
	CHECK_INT(wq_sysfs_write(NULL, "cpumask", "1"), 0);
}

/*
 * RULE(R3.12). A rescuer takes the CPUs of the pool that it helps, and gets those of unbound work
 * back afterwards.
 */
static void rescuer_goes_where_the_pool_is_and_away_again(void)
{
	struct world w;

	begin_plain(&w, 4, STEPS(BURN(1)));
	q2 = make_wq("q2", WQ_MEM_RECLAIM, 0);
	init_completion(&memory, "memory");
	machine_call(unbound_to_0, NULL);
	in_rescue = cpumask_none();
	item_init(&it[0], "x", STEPS(CALL(wait_for_memory)));
	item_init(&it[1], "y", STEPS(CALL(see_rescuer)));
	CHECK_TRUE(cpumask_equal(task_cpus_allowed(q2->rescuer->task), cpu_possible_mask()));
	actor("t", 0, STEPS(UNTIL(60), CALL(queue_both_on_1)));
	world_run(&w, 3000);
	CHECK_TRUE(cpumask_equal(in_rescue, cpumask_of(1)));
	CHECK_TRUE(cpumask_equal(task_cpus_allowed(q2->rescuer->task), cpumask_of(0)));
	CHECK_INT(q2->rescuer->flags, WORKER_PREP);
	CHECK_INT(field(&w, EV_WORKER_ATTACH, "kworker/R-q2", 1, "flags"), 8);
	world_stop(&w);
}

static unsigned int between(struct world *w, enum trace_kind kind, uint64_t from, uint64_t to)
{
	struct trace_event ev;
	unsigned int n = 0;

	CHECK_TRUE(from);
	CHECK_TRUE(to);
	for (uint64_t i = from; i < to; i++)
		n += trace_store_event(&w->store, i, &ev) && ev.kind == kind;
	return n;
}

/*
 * RULE(R3.17). An item and the two barriers behind it are one batch: the pool's time stamp
 * changes once, at its beginning.
 */
static void watchdog_is_touched_once_a_batch(void)
{
	struct world w;
	unsigned int n;

	begin_plain(&w, 2, STEPS(BURN(1)));
	item_init(&it[0], "w0", STEPS(BURN(5)));
	n = count(&w, EV_EXECUTE_END, "barrier");
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_01)));
	actor("f", 1, STEPS(UNTIL(21), CALL(flush_1)));
	actor("g", 1, STEPS(UNTIL(22), CALL(flush_1)));
	world_run(&w, 100);
	CHECK_INT(between(&w, EV_WATCHDOG_TOUCH, nth(&w, EV_ASSIGN_WORK, "w1", 1), nth(&w, EV_WORK_START, "w1", 1)), 1);
	CHECK_INT(between(&w, EV_WATCHDOG_TOUCH, nth(&w, EV_WORK_START, "w1", 1), nth(&w, EV_EXECUTE_END, "barrier", n + 2)),
		  0);
	world_stop(&w);
}

/* ---- predicates --------------------------------------------------------------------------------------- */

static void run_predicates(void)
{
	static const struct {
		bool items;
		int running, idle;
		bool more, start, keep, create;
	} rows[] = {	/* the table of R4.3 */
		{ false, 0, 0, false, false, false, false }, { false, 2, 0, false, false, false, false },
		{ false, 0, 1, false, true, false, false }, { false, 1, 3, false, true, false, false },
		{ true, 0, 0, true, false, true, true }, { true, 0, 1, true, true, true, false },
		{ true, 0, 4, true, true, true, false }, { true, 1, 0, false, false, true, false },
		{ true, 1, 1, false, true, true, false }, { true, 2, 0, false, false, false, false },
		{ true, 2, 1, false, true, false, false }, { true, 3, 2, false, true, false, false },
	};
	static struct worker_pool pool;
	static struct worker worker = { .pool = &pool };
	static struct work_struct work;

	pool_inbox_init(&pool);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		INIT_LIST_HEAD(&pool.worklist);
		INIT_LIST_HEAD(&work.entry);
		if (rows[i].items)
			list_add_tail(&work.entry, &pool.worklist);
		pool.nr_running = rows[i].running;
		pool.nr_idle = rows[i].idle;
		CHECK_INT(need_more_worker(&pool), rows[i].more);
		CHECK_INT(may_start_working(&pool), rows[i].start);
		CHECK_INT(keep_working(&worker), rows[i].keep);
		CHECK_INT(need_to_create_worker(&pool), rows[i].create);
	}
}

/* RULE(R4.3). The four predicates against their table, on a pool made by hand; no events. */
static void predicates_follow_their_table(void)
{
	struct machine_config cfg = world_config(1);

	cfg.census = false;
	REQUIRE_INT(machine_start(&cfg, NULL, workqueue_boot), 0);
	run_predicates();
	machine_stop();
}

/*
 * Does the decision follow from the values in its event?  *asked counts,
 * *cursors those where a rescuer's place in the list is taken for an item (R7.5).
 */
static bool follows_from(const struct trace_event *ev, unsigned int *asked, unsigned int *cursors)
{
	union {
		struct ev_KICK kick;
		struct ev_KEEP_WORKING keep;
	} e;
	const int32_t *v = ev->why.v;	/* v[0]: the predicate's result */

	if (ev->kind == EV_KICK && v[0] && !v[1]) {
		++*cursors;
		return true;
	}
	switch (ev->kind) {
	case EV_KICK:		/* need_more_worker: worklist, nr_running, nr_idle */
		++*asked;
		return trace_get_KICK(ev, &e.kick) && ev->why.pred == WHY_NEED_MORE_WORKER &&
		       v[0] == (v[1] > 0 && !v[2]) && !!e.kick.worker == (v[0] && v[3] > 0);
	case EV_KEEP_WORKING:	/* worklist, nr_running, itself included */
		return trace_get_KEEP_WORKING(ev, &e.keep) && ev->why.pred == WHY_KEEP_WORKING &&
		       e.keep.yes == (v[1] > 0 && v[2] <= 1);
	case EV_MANAGE_BEGIN:	/* nr_idle */
		return ev->why.pred == WHY_MAY_START_WORKING && !v[0] && !v[1];
	case EV_IDLE_TIMER:	/* idle, busy */
		return ev->why.pred == WHY_TOO_MANY_WORKERS &&
		       v[0] == (v[1] > 2 && (v[1] - 2) * 4 >= v[2]);
	case EV_RESCUE:		/* nr_active, need_to_create_worker */
		return ev->why.pred == WHY_RESCUE && v[0] && v[1] > 0 && v[2];
	default:
		return true;
	}
}

/*
 * RULE(R4.4, R3.10). Each decision's event has the predicate and the values it read, and the decision
 * is the predicate's result for these values.
 */
static void decisions_follow_from_their_predicates(void)
{
	uint64_t first = seed_from_env(1);
	unsigned int asked = 0, cursors = 0;

	for (uint64_t s = first; s < first + (uint64_t)test_rounds(12, 4); s++) {
		struct trace_event ev;
		struct world w;

		stress_start(&w, s);
		stress_run(&w);
		count(&w, EV_NONE, NULL);
		for (uint64_t i = 1; i <= w.store.nr; i++) {
			trace_store_event(&w.store, i, &ev);
			if (follows_from(&ev, &asked, &cursors))
				continue;
			test_note("seed %llu, event %llu: %s {%d %d %d %d}", (unsigned long long)s, (unsigned long long)i,
				  trace_rows[ev.kind].name, ev.why.v[0], ev.why.v[1], ev.why.v[2], ev.why.v[3]);
			CHECK_FAIL("a decision that its predicate does not support");
		}
		world_stop(&w);
	}
	CHECK_GT(asked, 150);
	CHECK_LT(cursors, asked / 20);
}

/*
 * RULE(R4.5). w0 wakes while w1 runs: two workers are runnable, so w1's worker becomes idle
 * although w2 waits.
 */
static void surplus_worker_goes_idle_although_items_wait(void)
{
	struct trace_event ev;
	struct world w;

	begin_plain(&w, 1, STEPS(BURN(2)));
	warm_up(&w, 4);
	item_init(&it[0], "w0", STEPS(BURN(1), SLEEP(5), BURN(5)));
	item_init(&it[1], "w1", STEPS(BURN(8)));
	actor("t", 0, STEPS(UNTIL(30), CALL(queue_012)));
	world_run(&w, 100);
	CHECK_TRUE(find(&w, EV_WORK_DONE, "w1", 1, &ev));
	for (uint64_t i = ev.n; ev.kind != EV_KEEP_WORKING; i++)
		REQUIRE_TRUE(trace_store_event(&w.store, i, &ev));
	CHECK_INT(ev.why.v[0], 0);
	CHECK_INT(ev.why.v[1], 1);
	CHECK_INT(ev.why.v[2], 2);
	/* never stopped: w0 continues, and its worker runs w2 after it */
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w0", 1), nth(&w, EV_EXECUTE_START, "w2", 1));
	CHECK_INT(field(&w, EV_EXECUTE_START, "w2", 1, "worker"), field(&w, EV_EXECUTE_START, "w0", 1, "worker"));
	world_stop(&w);
}

/* ---- kicks ----------------------------------------------------------------------------------------------- */

/*
 * The worker woken by the next kick of the event's context after event @n; -1 if another event of
 * its CPU comes first.
 */
static int64_t kick_after(struct world *w, uint64_t n, uint32_t *pool)
{
	struct trace_event from, ev;
	struct ev_KICK e;

	REQUIRE_TRUE(n && trace_store_event(&w->store, n, &from));
	for (uint64_t i = n + 1; i <= w->store.nr; i++) {
		trace_store_event(&w->store, i, &ev);
		if (ev.cpu != from.cpu || ev.task != from.task || ev.ctx != from.ctx)
			continue;
		if (ev.kind == EV_SCHED_SWITCH || ev.kind == EV_EXECUTE_START)
			return -1;
		if (trace_get_KICK(&ev, &e)) {
			if (pool)
				*pool = e.pool;
			return e.worker;
		}
	}
	return -1;
}

/* RULE(R4.14). A kick follows each activation of a queued item, and each worker that is about to sleep. */
static void activation_and_sleep_kick_the_pool(void)
{
	struct world w;

	begin_plain(&w, 1, STEPS(BURN(1), SLEEP(1)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_01)));
	world_run(&w, 100);
	CHECK_GT(kick_after(&w, nth(&w, EV_ACTIVATE_WORK, "w0", 1), NULL), 0);
	CHECK_GT(kick_after(&w, nth(&w, EV_ACTIVATE_WORK, "w1", 1), NULL), 0);	/* no item runs yet */
	CHECK_GT(kick_after(&w, nth(&w, EV_WORKER_SLEEP, "w0", 1), NULL), 0);
	CHECK_INT(kick_after(&w, nth(&w, EV_WORKER_SLEEP, "w1", 1), NULL), 0);	/* nothing waits */
	/* a managed worker that starts an item counts itself: it wakes no worker */
	CHECK_LE(kick_after(&w, nth(&w, EV_WORK_START, "w0", 1), NULL), 0);
	world_stop(&w);
}

/*
 * RULE(R4.14). A worker that starts an item without counting in nr_running wakes the next worker:
 * unbound or CPU_INTENSIVE.
 */
static void worker_that_starts_without_counting_wakes_the_next(void)
{
	static const unsigned int flags[] = { WQ_UNBOUND, WQ_CPU_INTENSIVE };

	for (int i = 0; i < 2; i++) {
		struct machine_config cfg = world_config(1);
		struct world w;

		begin(&w, &cfg, flags[i], 0, STEPS(BURN(5)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_012)));
		world_run(&w, 100);
		CHECK_GT(kick_after(&w, nth(&w, EV_WORK_START, "w0", 1), NULL), 0);
		CHECK_GT(nth(&w, EV_WORK_START, "w1", 1), nth(&w, EV_WORK_START, "w0", 1));
		CHECK_LE(kick_after(&w, nth(&w, EV_WORK_START, "w2", 1), NULL), 0);	/* nothing waits */
		world_stop(&w);
	}
}

static void set_max_2(void) { workqueue_set_max_active(q, 2); }

/* RULE(R4.14). The pool is kicked when a hog is found, a limit is raised, or a CPU goes offline. */
static void hogs_limits_and_lost_cpus_kick_the_pool(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;
	unsigned int n;

	cfg.params[1] = (struct mach_param){ "cpu_intensive_thresh_us", 3000 };
	begin(&w, &cfg, 0, 0, STEPS(HOG(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_01)));
	world_run(&w, 100);
	CHECK_GT(kick_after(&w, nth(&w, EV_HOG, "w0", 1), NULL), 0);
	world_stop(&w);

	cfg.params[1].name = NULL;
	begin(&w, &cfg, 0, 1, STEPS(SLEEP(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_01), UNTIL(22), CALL(set_max_2)));
	world_run(&w, 100);
	CHECK_GT(kick_after(&w, nth(&w, EV_WQ_MAX_ACTIVE, "q", 1), NULL), 0);
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "w1", 1), 22, 0.3);
	world_stop(&w);

	begin(&w, &cfg, 0, 0, STEPS(BURN(60)));		/* the pool is unbound 38 ms after cpu_down() began */
	actor("t", 1, STEPS(UNTIL(20), CALL(queue_01)));
	actor("d", 0, STEPS(UNTIL(22), CALL(down_1)));
	world_run(&w, 300);
	for (n = 1; field(&w, EV_POOL_FLAGS, NULL, n, "pool") != field(&w, EV_QUEUE_WORK, "w0", 1, "pool"); n++)
		REQUIRE_LT(n, 10);
	CHECK_GT(kick_after(&w, nth(&w, EV_POOL_FLAGS, NULL, n), NULL), 0);
	world_stop(&w);
}

static void queue_1_on_3(void) { queue_work_on(3, q, WORK(&it[1])); }

static void nice_5(void)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	attrs->nice = -5;
	CHECK_INT(apply_workqueue_attrs(q, attrs), 0);
	free_workqueue_attrs(attrs);
}

/*
 * RULE(R4.14). A pool is kicked when a slot goes to one of its items, or when an ordered
 * workqueue's next pwq is unplugged.
 */
static void activation_in_another_pool_kicks_that_one(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;
	uint32_t pool = 0;

	cfg.cpus_per_llc = 2;
	begin(&w, &cfg, WQ_UNBOUND, 1, STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1_on_3)));
	world_run(&w, 100);
	CHECK_NE(field(&w, EV_QUEUE_WORK, "w0", 1, "pool"), field(&w, EV_QUEUE_WORK, "w1", 1, "pool"));
	CHECK_LT(nth(&w, EV_EXECUTE_END, "w0", 1), nth(&w, EV_ACTIVATE_WORK, "w1", 1));
	CHECK_GT(kick_after(&w, nth(&w, EV_ACTIVATE_WORK, "w1", 1), &pool), 0);
	CHECK_INT(pool, (uint32_t)field(&w, EV_QUEUE_WORK, "w1", 1, "pool"));
	CHECK_NEAR(when(&w, EV_EXECUTE_START, "w1", 1), 25, 0.3);
	world_stop(&w);

	begin(&w, &cfg, WQ_UNBOUND | WQ_INT_ORDERED, 1, STEPS(SLEEP(5)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(nice_5), CALL(queue_1)));
	world_run(&w, 100);
	CHECK_INT(field(&w, EV_PWQ_PLUG, NULL, 2, "plugged"), 0);
	CHECK_GT(kick_after(&w, nth(&w, EV_PWQ_PLUG, NULL, 2), &pool), 0);
	CHECK_INT(pool, (uint32_t)field(&w, EV_QUEUE_WORK, "w1", 1, "pool"));
	CHECK_INT(count(&w, EV_EXECUTE_END, "w1"), 1);
	world_stop(&w);
}

/*
 * RULE(R4.15). Unlike 6.1: an inactive item, or a barrier behind a running item, wakes no worker,
 * even if no worker runs.
 */
static void activation_that_makes_nothing_runnable_wakes_no_worker(void)
{
	struct machine_config cfg = world_config(2);
	struct world w;
	uint64_t barrier;

	begin(&w, &cfg, 0, 1, STEPS(SLEEP(10)));
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), UNTIL(22), CALL(queue_1)));
	actor("f", 1, STEPS(UNTIL(24), CALL(flush_0)));
	world_run_out(&w, 26);
	CHECK_INT(kick_after(&w, nth(&w, EV_INACTIVE, "w1", 1), NULL), -1);
	barrier = nth(&w, EV_BARRIER, "w0", 1);
	CHECK_INT(kick_after(&w, barrier, NULL), -1);
	CHECK_INT(between(&w, EV_KICK, nth(&w, EV_INACTIVE, "w1", 1), w.store.nr), 0);
	world_run(&w, 100);
	world_stop(&w);
}

static void make_strict(void *unused)
{
	(void)unused;
	CHECK_INT(wq_sysfs_write("q", "affinity_strict", "1"), 0);
}

static void queue_2_here(void) { queue_work(q, WORK(&it[2])); }

/*
 * RULE(R4.13). CPUs 0 and 1 are a pod, and busy: the pool's worker is woken on another CPU.
 * Its next wake-up moves it back into the pod, and the first item's pwq counts that.
 * A strict pool's worker waits for a CPU of the pod instead.
 */
static void stray_worker_is_brought_home_when_it_wakes(void)
{
	for (int strict = 0; strict < 2; strict++) {
		struct machine_config cfg = world_config(4);
		struct trace_event ev;
		struct world w;

		cfg.cpus_per_llc = 2;
		begin(&w, &cfg, WQ_UNBOUND | WQ_SYSFS, 0, STEPS(BURN(1)));
		if (strict)
			machine_call(make_strict, NULL);
		actor("keeps 1 busy", 1, STEPS(UNTIL(20), BURN(10)));
		actor("t", 0, STEPS(UNTIL(20.1), CALL(queue_0), BURN(9), SLEEP(21), CALL(queue_2_here)));
		world_run(&w, 100);
		if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "w0", 1, &ev)))
			CHECK_INT(ev.cpu >= 2, !strict);
		if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "w2", 1, &ev)))
			CHECK_LT(ev.cpu, 2);
		{
			struct pool_workqueue *pwq = q->cpu_pwq[0];

			/* once at least: a worker on its way elsewhere may be met twice */
			CHECK_INT(!!pwq->stats[PWQ_STAT_REPATRIATED], !strict);
		}
		world_stop(&w);
	}
}

const struct test_case suite_conf_concurrency[] = {
	T(new_worker_takes_the_lowest_free_number),
	T(workers_have_the_nice_value_and_cpus_of_their_pool),
	T(worker_flags_have_the_kernels_values),
	T(counter_is_the_number_of_workers_that_count),
	T(sleepers_that_wake_together_are_several),
	T(worker_goes_through_its_loop_in_order),
	T(woken_worker_looks_again_before_it_starts),
	T(dying_worker_leaves_at_once),
	T(worker_that_finds_a_manager_goes_to_work),
	T(rescuer_goes_where_the_pool_is_and_away_again),
	T(watchdog_is_touched_once_a_batch),
	T(predicates_follow_their_table),
	T(decisions_follow_from_their_predicates),
	T(surplus_worker_goes_idle_although_items_wait),
	T(activation_and_sleep_kick_the_pool),
	T(worker_that_starts_without_counting_wakes_the_next),
	T(hogs_limits_and_lost_cpus_kick_the_pool),
	T(activation_in_another_pool_kicks_that_one),
	T(activation_that_makes_nothing_runnable_wakes_no_worker),
	T(stray_worker_is_brought_home_when_it_wakes),
	{ NULL, NULL }
};
