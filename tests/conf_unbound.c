/*
 * tests/conf_unbound.c - attributes, pods, shared pools, and CPUs excluded from unbound work.   Licence: MIT.
 */
#include "tests/support/world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct item it[8];
static struct workqueue_struct *q;
static int ret[16], n;
static struct cpumask allowed[8];
static struct workqueue_attrs want;

/* Two nodes with two caches each, every cache of two CPUs on one core. */
static struct machine_config eight(void)
{
	struct machine_config cfg = world_config(8);

	cfg.nr_nodes = 2;
	cfg.cpus_per_llc = 2;
	cfg.smt = 2;
	return cfg;
}

static void begin(struct world *w, const struct machine_config *cfg)
{
	n = 0;
	world_start(w, cfg);
	settle(w);
}

static struct workqueue_attrs attrs_of(uint64_t cpus, enum wq_affn_scope scope, bool strict)
{
	return (struct workqueue_attrs){ .cpumask = { cpus }, .affn_scope = scope, .affn_strict = strict };
}

static void apply_task(void *arg)
{
	(void)arg;
	ret[n++] = apply_workqueue_attrs(q, &want);
}

static int apply(struct workqueue_attrs attrs)
{
	want = attrs;
	machine_call(apply_task, NULL);
	return ret[--n];
}

static void apply_want(void) { apply_task(NULL); }
static void queue_0(void) { ret[n++] = queue_work(q, WORK(&it[0])); }
static void queue_1(void) { queue_work(q, WORK(&it[1])); }
static void queue_2(void) { queue_work(q, WORK(&it[2])); }
static void queue_3(void) { queue_work(q, WORK(&it[3])); }
static void flush_q(void) { flush_workqueue(q); }
static void look_0(void) { allowed[0] = task_cpus_allowed(current); }
static void look_1(void) { allowed[1] = task_cpus_allowed(current); }

static void queue_each(void)
{
	for (int i = 0; i < 8; i++)
		queue_work_on(i, q, WORK(&it[i]));
}

static void eight_items(const struct step *steps)
{
	static char names[8][16];

	for (int i = 0; i < 8; i++) {
		snprintf(names[i], sizeof(names[i]), "w%d", i);
		item_init(&it[i], names[i], steps);
	}
}

static uint64_t pool_cpus(struct world *w, const char *item)
{
	int64_t pool = field(w, EV_WORK_START, item, 1, "pool");
	struct trace_event ev;
	struct trace_value id, cpus;

	for (unsigned int i = 1; find(w, EV_POOL_NEW, NULL, i, &ev); i++)
		if (trace_event_get(&ev, "pool", &id) && id.num == pool && trace_event_get(&ev, "cpus", &cpus))
			return (uint64_t)cpus.num;
	return 0;
}

static struct workqueue_attrs seen;

static void fresh_attrs(void *arg)
{
	struct workqueue_attrs *a = alloc_workqueue_attrs();

	(void)arg;
	seen = *a;
	free_workqueue_attrs(a);
}

/*
 * RULE(R9.2, R9.1). Defaults of new attributes; a highpri workqueue starts at nice -20; bound
 * ones have none.
 */
static void fresh_attributes_allow_everything(void)
{
	struct machine_config cfg = eight();
	struct world w;

	begin(&w, &cfg);
	machine_call(fresh_attrs, NULL);
	CHECK_INT(seen.nice, 0);
	CHECK_FALSE(seen.affn_strict);
	CHECK_FALSE(seen.ordered);
	CHECK_INT(seen.affn_scope, WQ_AFFN_DFL);
	CHECK_TRUE(cpumask_equal(seen.cpumask, cpu_possible_mask()));
	q = make_wq("plain", WQ_UNBOUND, 0);
	CHECK_INT(field(&w, EV_POOL_NEW, NULL, count(&w, EV_POOL_NEW, NULL), "nice"), 0);
	CHECK_INT(apply(attrs_of(1, WQ_AFFN_NR_TYPES, false)), -EINVAL);
	q = make_wq("high", WQ_UNBOUND | WQ_HIGHPRI, 0);
	CHECK_INT(field(&w, EV_POOL_NEW, NULL, count(&w, EV_POOL_NEW, NULL), "nice"), -20);
	q = make_wq("bound", 0, 0);
	CHECK_INT(apply(attrs_of(1, WQ_AFFN_DFL, false)), -EINVAL);
	CHECK_INT(count(&w, EV_BUG, NULL), 2);
	world_stop(&w);
}

static void narrow_all(void *arg)
{
	ret[n++] = wq_sysfs_write(NULL, "cpumask", arg);
}

/*
 * RULE(R9.3, R9.14). The effective mask is the requested one within wq_unbound_cpumask; if these
 * have no CPU in common, wq_unbound_cpumask.
 */
static void effective_mask_lies_within_the_mask_of_all(void)
{
	static const struct { uint64_t asked, effective; } rows[] = { { 0x0f, 0x0c }, { 0x08, 0x08 }, { 0xc0, 0x3c } };
	struct machine_config cfg = eight();

	for (unsigned int i = 0; i < 3; i++) {
		char mask[] = "3c";
		struct world w;

		begin(&w, &cfg);
		q = make_wq("u", WQ_UNBOUND | WQ_SYSFS, 0);
		machine_call(narrow_all, mask);
		CHECK_INT(apply(attrs_of(rows[i].asked, WQ_AFFN_SYSTEM, false)), 0);
		item_init(&it[0], "w0", STEPS(CALL(look_0), BURN(1)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_0)));
		CHECK_INT(world_run(&w, 200), STOP_IDLE);
		CHECK_INT(pool_cpus(&w, "w0"), rows[i].effective);
		CHECK_INT(allowed[0].bits, rows[i].effective);
		world_stop(&w);
	}
}

/* The number of pools that the items of eight CPUs are queued to. */
static unsigned int pools_used(struct world *w)
{
	int64_t pools[8];
	unsigned int nr = 0;

	for (int i = 0; i < 8; i++) {
		int64_t pool = field(w, EV_WORK_START, it[i].d.work.name, 1, "pool");
		unsigned int k = 0;

		while (k < nr && pools[k] != pool)
			k++;
		if (k == nr)
			pools[nr++] = pool;
	}
	return nr;
}

/*
 * RULE(R9.11, R9.4, R9.10). There are as many pools as pods; workers of a strict pool stay in its
 * pod, others may run on any CPU.
 */
static void each_scope_has_its_pods(void)
{
	static const struct { enum wq_affn_scope scope; unsigned int pods, cpus; } rows[] = {
		{ WQ_AFFN_CPU, 8, 1 }, { WQ_AFFN_SMT, 4, 2 }, { WQ_AFFN_CACHE, 4, 2 }, { WQ_AFFN_NUMA, 2, 4 },
		{ WQ_AFFN_SYSTEM, 1, 8 }, { WQ_AFFN_DFL, 4, 2 },
	};
	struct machine_config cfg = eight();

	for (unsigned int i = 0; i < 12; i++) {
		bool strict = i & 1;
		struct world w;

		begin(&w, &cfg);
		q = make_wq("u", WQ_UNBOUND, 0);
		CHECK_INT(apply(attrs_of(0xff, rows[i / 2].scope, strict)), 0);
		eight_items(STEPS(BURN(1)));
		item_init(&it[5], "w5", STEPS(CALL(look_0), BURN(1)));
		actor("t", 0, STEPS(UNTIL(20), CALL(queue_each)));
		CHECK_INT(world_run(&w, 200), STOP_IDLE);
		CHECK_INT(pools_used(&w), rows[i / 2].pods);
		CHECK_INT(cpumask_weight(allowed[0]), strict ? (int)rows[i / 2].cpus : 8);
		CHECK_TRUE(cpumask_test_cpu(5, allowed[0]));
		world_stop(&w);
	}
}

/* RULE(R9.9). Two workqueues with equal attributes share a pool; another nice value needs another pool. */
static void pools_are_shared_by_equal_attributes(void)
{
	struct machine_config cfg = eight();
	struct workqueue_attrs attrs;
	struct world w;
	unsigned int before;

	begin(&w, &cfg);
	q = make_wq("one", WQ_UNBOUND, 0);
	CHECK_INT(apply(attrs_of(0x0f, WQ_AFFN_NUMA, true)), 0);
	before = count(&w, EV_POOL_NEW, NULL);
	q = make_wq("two", WQ_UNBOUND, 0);
	CHECK_INT(apply(attrs_of(0x0f, WQ_AFFN_NUMA, true)), 0);
	CHECK_INT(count(&w, EV_POOL_NEW, NULL), before);
	attrs = attrs_of(0x0f, WQ_AFFN_NUMA, true);
	attrs.nice = 5;
	CHECK_INT(apply(attrs), 0);
	CHECK_GT(count(&w, EV_POOL_NEW, NULL), before);
	CHECK_INT(field(&w, EV_POOL_NEW, NULL, before + 1, "nice"), 5);
	before = count(&w, EV_POOL_FREE, NULL);
	attrs.nice = 0;
	CHECK_INT(apply(attrs), 0);	/* back: no workqueue has nice 5 any more */
	world_run(&w, 500);
	CHECK_GT(count(&w, EV_POOL_FREE, NULL), before);
	world_stop(&w);
}

static void again_0(void)
{
	if (n < 4)
		queue_0();
}

/*
 * RULE(R9.6, R9.5). Running and queued items stay in the old pool, later ones go to the new pool, an item that
 * requeues itself stays; the old pwq is freed after its last item.
 */
static void replaced_pwqs_live_as_long_as_their_items(void)
{
	struct machine_config cfg = world_config(1);
	int64_t old, new;
	struct world w;

	begin(&w, &cfg);
	q = make_wq("u", WQ_UNBOUND, 2);
	item_init(&it[0], "self", STEPS(SLEEP(10), CALL(again_0)));
	item_init(&it[1], "early", STEPS(SLEEP(30)));
	item_init(&it[2], "waits", STEPS(BURN(1)));
	item_init(&it[3], "late", STEPS(BURN(1)));
	want = attrs_of(1, WQ_AFFN_SYSTEM, true);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(queue_1), CALL(queue_2), UNTIL(22), CALL(apply_want),
			    CALL(queue_3)));
	CHECK_INT(world_run(&w, 500), STOP_IDLE);
	old = field(&w, EV_WORK_START, "early", 1, "pwq");
	new = field(&w, EV_WORK_START, "late", 1, "pwq");
	CHECK_NE(old, new);
	CHECK_INT(field(&w, EV_WORK_START, "waits", 1, "pwq"), old);
	CHECK_INT(count(&w, EV_WORK_START, "self"), 3);
	for (unsigned int i = 1; i <= 3; i++)
		CHECK_INT(field(&w, EV_WORK_START, "self", i, "pwq"), old);
	for (unsigned int i = 1, gone = 0; i <= count(&w, EV_PWQ_FREE, NULL); i++) {
		gone += field(&w, EV_PWQ_FREE, NULL, i, "pwq") == old;
		if (field(&w, EV_PWQ_FREE, NULL, i, "pwq") == old)
			CHECK_GT(nth(&w, EV_PWQ_FREE, NULL, i), nth(&w, EV_EXECUTE_END, "self", 3));
		CHECK_TRUE(i < count(&w, EV_PWQ_FREE, NULL) || gone == 1);
	}
	world_stop(&w);
}

static void dump(void) { show_all_workqueues(); }

/* The nth log line with @text in it. */
static uint64_t line_with(struct world *w, const char *text, unsigned int nr)
{
	struct trace_event ev;
	struct ev_PRINTK e;

	for (unsigned int i = 1; find(w, EV_PRINTK, NULL, i, &ev); i++)
		if (trace_get_PRINTK(&ev, &e) && strstr(e.text, text) && !--nr)
			return ev.n;
	return 0;
}

/*
 * RULE(R9.8). A new pwq has the workqueue's current colour, takes part in flushes, and is behind
 * the old ones in the list.
 */
static void new_pwq_has_the_colour_of_today(void)
{
	struct machine_config cfg = world_config(1);
	struct world w;
	char old[32], new[32];
	int64_t pwq;

	begin(&w, &cfg);
	q = make_wq("u", WQ_UNBOUND, 0);
	item_init(&it[0], "first", STEPS(BURN(1)));
	item_init(&it[1], "early", STEPS(SLEEP(20)));
	item_init(&it[2], "late", STEPS(SLEEP(10)));
	want = attrs_of(1, WQ_AFFN_SYSTEM, true);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_0), CALL(flush_q), CALL(queue_1), CALL(apply_want), CALL(queue_2),
			    SLEEP(1), CALL(dump), CALL(flush_q)));
	CHECK_INT(world_run(&w, 500), STOP_IDLE);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "first", 1, "color"), 0);
	CHECK_INT(field(&w, EV_QUEUE_WORK, "late", 1, "color"), 1);
	pwq = field(&w, EV_QUEUE_WORK, "late", 1, "pwq");
	CHECK_NE(pwq, field(&w, EV_QUEUE_WORK, "early", 1, "pwq"));
	CHECK_GT(nth(&w, EV_FLUSH_WQ_END, "u", 2), nth(&w, EV_EXECUTE_END, "early", 1));
	CHECK_GT(nth(&w, EV_FLUSH_WQ_END, "u", 2), nth(&w, EV_EXECUTE_END, "late", 1));
	snprintf(old, sizeof(old), "in-flight: ");
	snprintf(new, sizeof(new), ":late");
	CHECK_TRUE(line_with(&w, ":early", 1));
	CHECK_TRUE(line_with(&w, new, 1));
	CHECK_TRUE(line_with(&w, old, 1));
	CHECK_LT(line_with(&w, ":early", 1), line_with(&w, new, 1));
	world_stop(&w);
}

static void fail_one(void *arg)
{
	(void)arg;
	mach_fail_creation(1);
}

static char file_of_u[3][32];

static void read_files_of_u(void *arg)
{
	static const char *const files[] = { "cpumask", "affinity_scope", "affinity_strict" };

	(void)arg;
	for (int i = 0; i < 3; i++)
		CHECK_GT(wq_sysfs_read("u", files[i], file_of_u[i], sizeof(file_of_u[i])), 0);
}

static unsigned int pools_there(struct world *w)
{
	return count(w, EV_POOL_NEW, NULL) - count(w, EV_POOL_FREE, NULL);
}

static void destroy_q(void *arg)
{
	(void)arg;
	destroy_workqueue(q);
}

/*
 * The prepared pwq shares its pool with another workqueue.  After that workqueue is destroyed,
 * the pool is freed.
 */
static void failed_attributes_hold_no_pool(struct world *w)
{
	struct workqueue_struct *u = q;
	unsigned int pools = pools_there(w);

	q = make_wq("v", WQ_UNBOUND, 0);
	CHECK_INT(apply(attrs_of(0x0f, WQ_AFFN_SYSTEM, true)), 0);
	CHECK_GT(pools_there(w), pools);
	q = u;
	machine_call(fail_one, NULL);
	CHECK_INT(apply(attrs_of(0x0f, WQ_AFFN_CPU, true)), -ENOMEM);
	q = workqueue_by_name("v");
	machine_call(destroy_q, NULL);
	q = u;
	world_pass(w, 20);
	CHECK_INT(pools_there(w), pools);
}

/* RULE(R9.5). A preparation that fails changes nothing: slots, contents of files, pools. */
static void attributes_that_cannot_be_had_change_nothing(void)
{
	struct machine_config cfg = eight();
	struct world w;
	unsigned int pwqs, pools;

	begin(&w, &cfg);
	q = make_wq("u", WQ_UNBOUND | WQ_SYSFS, 0);
	pwqs = count(&w, EV_PWQ_NEW, "u");
	pools = pools_there(&w);
	machine_call(fail_one, NULL);
	CHECK_INT(apply(attrs_of(0x0f, WQ_AFFN_CPU, true)), -ENOMEM);
	machine_call(read_files_of_u, NULL);
	CHECK_STR(file_of_u[0], "ff");
	CHECK_STR(file_of_u[1], "default (cache)");
	CHECK_STR(file_of_u[2], "0");
	CHECK_INT(pools_there(&w), pools);
	failed_attributes_hold_no_pool(&w);
	CHECK_INT(count(&w, EV_PWQ_NEW, "u"), pwqs);
	CHECK_INT(count(&w, EV_PWQ_FREE, "u"), 0);
	eight_items(STEPS(BURN(1)));
	actor("t", 0, STEPS(UNTIL(30), CALL(queue_each)));
	CHECK_INT(world_run(&w, 500), STOP_IDLE);
	CHECK_INT(pools_used(&w), 4);
	CHECK_INT(apply(attrs_of(0x0f, WQ_AFFN_CPU, true)), 0);
	world_stop(&w);
}

/* RULE(R9.16). Attributes without a setting for order keep an ordered workqueue ordered. */
static void ordered_stays_ordered_under_any_attributes(void)
{
	struct machine_config cfg = eight();
	struct world w;

	begin(&w, &cfg);
	q = make_wq("line", WQ_UNBOUND | WQ_INT_ORDERED, 1);
	eight_items(STEPS(SLEEP(3)));
	want = attrs_of(0xff, WQ_AFFN_CPU, false);
	actor("t", 0, STEPS(UNTIL(20), CALL(queue_each), CALL(apply_want), UNTIL(60), CALL(queue_each)));
	CHECK_INT(world_run(&w, 500), STOP_IDLE);
	for (int i = 1; i < 16; i++)
		CHECK_LT(nth(&w, EV_EXECUTE_END, it[(i - 1) % 8].d.work.name, (unsigned int)(i - 1) / 8 + 1),
			 nth(&w, EV_EXECUTE_START, it[i % 8].d.work.name, (unsigned int)i / 8 + 1));
	world_stop(&w);
}

/* ---- keeping off some CPUs ------------------------------------------------------------------- */

static char text[3][32];

static void read_masks(void *arg)
{
	static const char *const files[] = { "cpumask", "cpumask_requested", "cpumask_isolated" };

	(void)arg;
	for (int i = 0; i < 3; i++)
		CHECK_GT(wq_sysfs_read(NULL, files[i], text[i], sizeof(text[i])), 0);
}

static void exclude(void *arg)
{
	ret[n++] = workqueue_unbound_exclude_cpumask((struct cpumask){ *(uint64_t *)arg });
	read_masks(NULL);
}

/* RULE(R9.14). Each restriction at boot counts, unless it would leave no CPU. */
static void boot_parameters_keep_unbound_work_off_cpus(void)
{
	static const struct { const char *name[3]; long value[3]; const char *mask, *isolated; unsigned int reported; } rows[] = {
		{ { "unbound_cpus" }, { 0x0c }, "0c", "00", 0 },
		{ { "unbound_cpus" }, { 0x300 }, "ff", "00", 1 },
		{ { "isolcpus", "unbound_cpus" }, { 0xf0, 0x3c }, "0c", "f0", 0 },
		{ { "isolcpus", "unbound_cpus" }, { 0xf0, 0xf0 }, "0f", "f0", 1 },
		{ { "nohz_full", "isolcpus", "unbound_cpus" }, { 0x01, 0x02, 0x07 }, "04", "02", 0 },
	};
	struct machine_config cfg = eight();

	for (unsigned int i = 0; i < 5; i++) {
		struct world w;

		for (int k = 0; k < 3; k++)
			cfg.params[k + 1] = (struct mach_param){ rows[i].name[k], rows[i].value[k] };
		begin(&w, &cfg);
		machine_call(read_masks, NULL);
		CHECK_STR(text[0], rows[i].mask);
		CHECK_STR(text[1], rows[i].mask);
		CHECK_STR(text[2], rows[i].isolated);
		CHECK_INT(printed(&w, "leaves no CPU, ignoring"), rows[i].reported);
		world_stop(&w);
	}
}

/*
 * RULE(R9.15). Isolated CPUs leave the mask, and the requested mask is kept; if all its CPUs are
 * isolated, none is excluded.
 */
static void isolated_cpus_leave_the_mask_of_all(void)
{
	struct machine_config cfg = eight();
	uint64_t high = 0xf0, all = 0xff, none = 0;
	struct world w;

	cfg.params[1] = (struct mach_param){ "unbound_cpus", 0x3c };
	begin(&w, &cfg);
	q = make_wq("u", WQ_UNBOUND, 0);
	eight_items(STEPS(CALL(look_0), BURN(1)));
	machine_call(exclude, &high);
	CHECK_INT(ret[0], 0);
	CHECK_STR(text[0], "0c");
	CHECK_STR(text[1], "3c");
	CHECK_STR(text[2], "f0");
	actor("t", 6, STEPS(UNTIL(20), CALL(queue_0)));
	CHECK_INT(world_run(&w, 200), STOP_IDLE);
	CHECK_U64(allowed[0].bits, 0x0c);
	machine_call(exclude, &all);
	CHECK_STR(text[0], "3c");
	CHECK_STR(text[2], "ff");
	machine_call(exclude, &none);
	CHECK_STR(text[0], "3c");
	CHECK_STR(text[2], "00");
	machine_call(exclude, &high);
	world_pass(&w, 400);		/* the pools of the other CPUs are gone */
	machine_call(fail_one, NULL);
	machine_call(exclude, &none);	/* new pools, but no thread for them: nothing changes */
	CHECK_INT(ret[n - 1], -ENOMEM);
	CHECK_STR(text[0], "0c");
	CHECK_STR(text[2], "f0");
	world_stop(&w);
}

static struct workqueue_struct *bound;

static void queue_late_on_3(void)
{
	queue_delayed_work_on(3, bound, &it[2].d, 5);
}

static void down_2(void) { ret[n++] = cpu_down(2); }
static void queue_on_3(void)
{
	queue_work_on(3, bound, WORK(&it[0]));
	queue_work_on(3, q, WORK(&it[1]));
}

static void queue_on_2(void) { queue_work_on(2, bound, WORK(&it[3])); }

/* The CPUs allowed to the thread of that name. */
static uint64_t mask_of(const char *comm)
{
	struct task *t = NULL;

	while ((t = mach_next_task(t)))
		if (!strcmp(task_comm(t), comm))
			return task_cpus_allowed(t).bits;
	return 0;
}

/*
 * RULE(R10.10, R8.3). CPU 3 is isolated: items queued to it on a bound workqueue run there.  Unbound work, rescuers and
 * the workers of an offline CPU run on other CPUs, and the timer of delayed work is armed on another CPU.
 */
static void isolation_touches_unbound_work_and_timers_only(void)
{
	struct machine_config cfg = world_config(4);
	struct trace_event ev;
	struct world w;
	int timers_on_3 = 0;
	uint64_t armed;

	cfg.params[1] = (struct mach_param){ "nohz_full", 0x8 };
	begin(&w, &cfg);
	bound = make_wq("bound", 0, 0);
	q = make_wq("u", WQ_UNBOUND, 0);
	make_wq("r", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	make_wq("rb", WQ_MEM_RECLAIM, 0);
	item_init(&it[0], "b", STEPS(CALL(look_0), BURN(1)));
	item_init(&it[1], "u", STEPS(CALL(look_1), BURN(1)));
	item_init(&it[2], "d", STEPS(BURN(1)));
	item_init(&it[3], "s", STEPS(SLEEP(200), CALL(look_0)));
	actor("t", 3, STEPS(UNTIL(20), CALL(queue_on_3), CALL(queue_late_on_3)));
	world_pass(&w, 100);
	CHECK_U64(allowed[0].bits, 0x8);
	CHECK_U64(allowed[1].bits, 0x7);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "b", 1, &ev)))
		CHECK_INT(ev.cpu, 3);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "u", 1, &ev)))
		CHECK_NE(ev.cpu, 3);
	if (CHECK_TRUE(find(&w, EV_DELAYED_FIRE, "d", 1, &ev)))
		CHECK_NE(ev.cpu, 3);
	if (CHECK_TRUE(find(&w, EV_EXECUTE_START, "d", 1, &ev)))
		CHECK_INT(ev.cpu, 3);
	armed = nth(&w, EV_DELAYED_ARM, "d", 1);
	for (unsigned int i = 1; find(&w, EV_TIMER_EXPIRE, NULL, i, &ev); i++)
		timers_on_3 += ev.cpu == 3 && ev.n > armed;
	CHECK_FALSE(timers_on_3);
	CHECK_U64(mask_of("kworker/R-r"), 0x7);
	CHECK_U64(mask_of("kworker/R-rb"), 0xf);
	actor("h", 0, STEPS(UNTIL(110), CALL(queue_on_2), UNTIL(120), CALL(down_2)));
	world_pass(&w, 500);
	CHECK_INT(ret[n - 1], 0);
	CHECK_U64(allowed[0].bits, 0x7);	/* CPU 2's worker went to the others, not to CPU 3 */
	world_stop(&w);
}

/* RULE(R10.9). The parameter as it was when the workqueue was made; CPUs without a tick switch it on. */
static void power_efficient_decides_at_creation(void)
{
	static const struct { const char *name; long value; bool unbound; } rows[] = {
		{ "power_efficient", 0, false }, { "power_efficient", 1, true }, { "nohz_full", 0x2, true },
	};

	for (unsigned int i = 0; i < 3; i++) {
		struct machine_config cfg = world_config(2);
		struct world w;

		cfg.params[1] = (struct mach_param){ rows[i].name, rows[i].value };
		begin(&w, &cfg);
		q = make_wq("p", WQ_POWER_EFFICIENT, 0);
		CHECK_INT(!(workqueue_flags(q) & WQ_UNBOUND), !rows[i].unbound);
		CHECK_INT(!(workqueue_flags(system_power_efficient_wq) & WQ_UNBOUND), !rows[i].unbound);
		CHECK_INT(!(workqueue_flags(system_freezable_power_efficient_wq) & WQ_UNBOUND), !rows[i].unbound);
		CHECK_FALSE(workqueue_flags(make_wq("n", 0, 0)) & WQ_UNBOUND);
		CHECK_INT(workqueue_param("power_efficient", !rows[i].unbound), -EACCES);
		world_stop(&w);
	}
}

const struct test_case suite_conf_unbound[] = {
	T(fresh_attributes_allow_everything),
	T(effective_mask_lies_within_the_mask_of_all),
	T(each_scope_has_its_pods),
	T(pools_are_shared_by_equal_attributes),
	T(replaced_pwqs_live_as_long_as_their_items),
	T(new_pwq_has_the_colour_of_today),
	T(attributes_that_cannot_be_had_change_nothing),
	T(ordered_stays_ordered_under_any_attributes),
	T(boot_parameters_keep_unbound_work_off_cpus),
	T(isolated_cpus_leave_the_mask_of_all),
	T(isolation_touches_unbound_work_and_timers_only),
	T(power_efficient_decides_at_creation),
	{ NULL, NULL }
};
