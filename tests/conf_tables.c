/*
 * tests/conf_tables.c - the tables of the kernel's tools, and ftrace's text.   Licence: MIT.
 */
#include "tests/support/world.h"
#include "tests/support/fake_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/tables.h"
#include "trace/export.h"
#include "workqueue/wq_internal.h"	/* its own counters, to compare with */

static struct item a, b, c, d;
static struct workqueue_struct *q, *u;
static char text[65536];
static size_t used;

static void keep_line(void *arg, const char *line)
{
	(void)arg;
	if (used < sizeof(text))
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s\n", line);
}

static const struct table_out kept = { keep_line, NULL };

/* Any event of the run so far, so that the store is up to date. */
static void replay_of(struct world *w, struct model_replay *replay)
{
	count(w, EV_TICK, NULL);
	REQUIRE_INT(model_replay_init(replay, &w->store), 0);
	REQUIRE_INT(model_replay_grow(replay), 0);
	REQUIRE_INT(model_replay_seek(replay, w->store.nr), 0);
	used = 0;
	text[0] = '\0';
}

static void queue_a(void) { queue_work(q, WORK(&a)); }
static void queue_b(void) { queue_work(q, WORK(&b)); }
static void queue_c(void) { queue_work(u, WORK(&c)); }
static void queue_d(void) { queue_work(u, WORK(&d)); }
static void flush_a(void) { flush_work(WORK(&a)); }
static void describe(void) { set_worker_desc("sdb1"); }
static void stall_on(void) { mach_stall_creation(true); }
static void stall_off(void) { mach_stall_creation(false); }

static void rich_world(struct world *w, const struct step *a_steps)
{
	struct machine_config cfg = world_config(4);

	cfg.nr_nodes = 2;
	cfg.cpus_per_llc = 2;
	world_start(w, &cfg);
	q = make_wq("bound", WQ_SYSFS, 0);
	u = make_wq("reclaim", WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS, 4);
	item_init(&a, "a", a_steps);
	item_init(&b, "b", STEPS(CALL(describe), SLEEP(500)));
	item_init(&c, "c", STEPS(SLEEP(50)));
	item_init(&d, "d", STEPS(BURN(30)));
}

static void compare_stats(const struct model *m)
{
	struct workqueue_struct *wq;
	struct pool_workqueue *pwq;
	unsigned int seen = 0;

	list_for_each_entry(wq, &wqe.workqueues, list)
		list_for_each_entry(pwq, &wq->pwqs, pwqs_node) {
			const struct model_pwq *p = model_pwq(m, pwq->tid);

			if (!p)
				continue;	/* of bottom halves, which this run has not used */
			CHECK_INT(p->started, pwq->stats[PWQ_STAT_STARTED]);
			CHECK_INT(p->completed, pwq->stats[PWQ_STAT_COMPLETED]);
			CHECK_INT(p->cpu_time, pwq->stats[PWQ_STAT_CPU_TIME]);
			CHECK_INT(p->cpu_intensive, pwq->stats[PWQ_STAT_CPU_INTENSIVE]);
			CHECK_INT(p->cm_wakeups, pwq->stats[PWQ_STAT_CM_WAKEUP]);
			CHECK_INT(p->repatriated, pwq->stats[PWQ_STAT_REPATRIATED]);
			CHECK_INT(p->maydays, pwq->stats[PWQ_STAT_MAYDAY]);
			CHECK_INT(p->rescued, pwq->stats[PWQ_STAT_RESCUED]);
			seen += p->started > 0;
		}
	CHECK_GE(seen, 2);
}

/* RULE(R12.15). All eight, from events alone, equal the engine's own: a hog, a sleeper, barriers, a rescue. */
static void counters_from_events_are_the_engines(void)
{
	struct model_replay replay;
	struct world w;

	rich_world(&w, STEPS(BURN(25), SLEEP(5), BURN(2)));
	actor("t", 0, STEPS(CALL(queue_a), CALL(queue_b), CALL(flush_a), CALL(stall_on), CALL(queue_c),
			    CALL(queue_d), SLEEP(300), CALL(stall_off)));
	CHECK_INT(world_run(&w, 3000), STOP_IDLE);
	replay_of(&w, &replay);
	compare_stats(&replay.at);
	model_replay_fini(&replay);
	CHECK_GT(count(&w, EV_HOG, NULL), 0);
	CHECK_GT(count(&w, EV_RESCUE, NULL), 0);
	world_stop(&w);
}

/* RULE(R12.15). Widths and dashes as wq_monitor.py prints them, to the byte. */
static void wq_monitor_prints_like_the_tool(void)
{
	static const char *const rows[] = {
		"\n                            total  infl  CPUtime CPUitsv CMW/RPR  mayday rescued\n",
		"\nbound                           3     1      0.0       1       1       -       - \n",
		"\nreclaim                         1     0      0.0       -       0       0       0 \n",
	};
	struct model_replay replay;
	struct world w;

	rich_world(&w, STEPS(BURN(25), SLEEP(5), BURN(2)));
	actor("t", 0, STEPS(CALL(queue_a), CALL(queue_b), CALL(queue_c), CALL(flush_a)));
	world_pass(&w, 200);
	replay_of(&w, &replay);
	table_wq_monitor(&replay.at, &w.store, NULL, &kept);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strstr(text, rows[i])) {
			test_note("%s is not in:%s", rows[i], text);
			CHECK_FAIL("a row is missing");
		}
	used = 0;
	table_wq_monitor_json(&replay.at, &w.store, NULL, &kept);
	CHECK_HAS(text, "\"name\":\"bound\",\"unbound\":false,\"mem_reclaim\":false,\"started\":3,\"completed\":2,");
	model_replay_fini(&replay);
	world_stop(&w);
}

/* RULE(R12.16). Sections, pods, references, slots, rescuers, limits of nodes. */
static void wq_dump_prints_like_the_tool(void)
{
	static const char *const parts[] = {
		"Affinity Scopes\n===============\nwq_unbound_cpumask=0000000f\n\nCPU\n  nr_pods  4\n",
		"\nCACHE (default)\n  nr_pods  2\n  pod_cpus [0]=00000003 [1]=0000000c\n  pod_node [0]=0 [1]=1\n  cpu_pod  [0]=0 [1]=0 [2]=1 [3]=1\n",
		"\nSYSTEM\n  nr_pods  1\n  pod_cpus [0]=0000000f\n  pod_node [0]=-1\n",
		"\npool[02] flags=0x00 ref=1 nice=  0 idle/workers=  1/  1 cpu=  0\npool[03] flags=0x00 ref=1 nice=-20 ",
		"\npool[17] flags=0x04 ref=6 nice=  0 idle/workers=  1/  1 cpus=0000000f pod_cpus=00000003\n",
		"\n[          workqueue           \\ type   CPU  0  1  2  3 dfl]\nevents                           percpu      2  6 10 14\n",
		"\nreclaim                          unbound    17 17 18 18 16\n",
		"\n[          workqueue           \\ unbound_cpus    pid rescuer_cpus ]\nreclaim                          0000000f         ",
		"\nonline_cpus=0000000f\nNODE[00]=00000003\nNODE[01]=0000000c\n\n[          workqueue           \\ min max  NODE 0       1     dfl ]\n",
		"\nreclaim                            4   4   0/  4   0/  4   0/  4\n",
	};
	struct model_replay replay;
	struct world w;

	rich_world(&w, STEPS(BURN(1)));
	world_pass(&w, 5);
	replay_of(&w, &replay);
	table_wq_dump(&replay.at, &w.store, &kept);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strstr(text, parts[i])) {
			test_note("%s is not in:\n%s", parts[i], text);
			CHECK_FAIL("a part is missing");
		}
	model_replay_fini(&replay);
	world_stop(&w);
}

static void apply_to_u(void *arg)
{
	CHECK_INT(apply_workqueue_attrs(u, arg), 0);
}

static void write_some_files(void *arg)
{
	(void)arg;
	CHECK_INT(wq_sysfs_write("reclaim", "nice", "-5"), 0);
	CHECK_INT(wq_sysfs_write("reclaim", "cpumask", "6"), 0);
	CHECK_INT(wq_sysfs_write("reclaim", "max_active", "9"), 0);
	CHECK_INT(wq_sysfs_write("bound", "max_active", "3"), 0);
	CHECK_INT(wq_sysfs_write(NULL, "cpumask", "7"), 0);
	workqueue_unbound_exclude_cpumask(cpumask_of(0));
}

/* The engine's own choice of pool for each CPU, against the dump's; attributes change under way. */
static void slots_from_events_are_the_engines(void)
{
	struct model_replay replay;
	struct workqueue_attrs attrs;
	struct workqueue_struct *wq;
	char want[200];
	struct world w;
	int cpu, n;

	rich_world(&w, STEPS(BURN(1)));
	attrs = *u->unbound_attrs;
	attrs.affn_scope = WQ_AFFN_CPU;
	attrs.affn_strict = true;
	machine_call(apply_to_u, &attrs);
	world_pass(&w, 50);
	replay_of(&w, &replay);
	table_wq_dump(&replay.at, &w.store, &kept);
	list_for_each_entry(wq, &wqe.workqueues, list) {
		if (!wq->tid || !model_wq(&replay.at, wq->tid))
			continue;
		n = snprintf(want, sizeof(want), "\n%-32s %-10s", wq->name, wq == u ? "unbound,S" :
			     wq->flags & WQ_UNBOUND ? "unbound" : "percpu");
		for_each_cpu(cpu, cpu_possible_mask())
			n += snprintf(want + n, sizeof(want) - (size_t)n, " %2d", wq->cpu_pwq[cpu]->pool->id);
		if (!strstr(text, want)) {
			test_note("%s is not in:\n%s", want, text);
			CHECK_FAIL("a slot differs");
		}
	}
	model_replay_fini(&replay);
	world_stop(&w);
}

/*
 * RULE(R3.14). A worker's name has the running item behind a plus, the last one behind a minus,
 * or the item's own description.
 */
static void ps_names_workers_as_the_kernel_does(void)
{
	struct model_replay replay;
	struct world w;

	rich_world(&w, STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(queue_a), SLEEP(5), CALL(queue_b), CALL(queue_c), SLEEP(100)));
	world_pass(&w, 20);
	replay_of(&w, &replay);
	table_ps(&replay.at, &w.store, &kept);
	CHECK_HAS(text, "    PID PSR  NI STAT COMMAND\n");
	CHECK_HAS(text, "   0 D    kworker/0:0+sdb1\n");
	CHECK_HAS(text, "   0 D    kworker/u17:0+reclaim\n");
	CHECK_HAS(text, " -20 I<   kworker/0:0H\n");
	CHECK_HAS(text, " -20 I<   kworker/R-reclaim");
	CHECK_LACKS(text, "swapper");
	model_replay_fini(&replay);
	world_pass(&w, 900);
	replay_of(&w, &replay);
	table_ps(&replay.at, &w.store, &kept);
	CHECK_HAS(text, "kworker/0:0-sdb1\n");
	model_replay_fini(&replay);
	world_stop(&w);
}

/* A rescuer that has left a pool has none. */
static void a_rescuer_at_rest_has_its_plain_name(void)
{
	struct model m;
	struct trace_event ev;

	fake_open();
	trace_def(CLS_WQ, 1, 0, 0, "safe");
	TRACE(TASK_NEW, .task = 5, .cpu = 0, .nice = -20, .comm = "kworker/R-safe");
	TRACE(RESCUER_NEW, .worker = 1, .wq = 1, .kthread = 5);
	TRACE(PWQ_NEW, .pwq = 1, .wq = 1, .pool = 1);
	TRACE(RESCUER_BEGIN, .worker = 1, .wq = 1, .pwq = 1, .pool = 1);
	TRACE(ASSIGN_WORK, .item = 1, .worker = 1, .pool = 1);
	TRACE(WORK_START, .item = 1, .worker = 1, .pool = 1, .pwq = 1);
	TRACE(WORK_DONE, .item = 1, .worker = 1, .pool = 1);
	TRACE(RESCUER_END, .worker = 1, .wq = 1, .pool = 1);
	fake_read();
	REQUIRE_INT(model_init(&m), 0);
	for (uint64_t n = 1; trace_store_event(&fake.s, n, &ev); n++) {
		used = 0;
		model_apply(&m, &ev);
		table_ps(&m, &fake.s, &kept);
		if (m.workers[1].item)
			CHECK_HAS(text, "kworker/R-safe+safe\n");
	}
	CHECK_HAS(text, "kworker/R-safe\n");
	model_fini(&m);
	fake_close();
}

static void compare_files(void *arg)
{
	static const char root[] = "/sys/devices/virtual/workqueue/";
	char *line, *save, value[64];
	unsigned int files = 0;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *colon = strchr(line, ':'), *slash;

		REQUIRE_STARTS(line, root);
		REQUIRE_TRUE(colon);
		*colon = '\0';
		line += strlen(root);
		slash = strchr(line, '/');
		if (slash)
			*slash = '\0';
		CHECK_GE(wq_sysfs_read(slash ? line : NULL, slash ? slash + 1 : line, value, sizeof(value)), 0);
		if (strcmp(value, colon + 1))
			test_note("%s of %s: %s, the engine has %s", slash ? slash + 1 : "", line, colon + 1, value);
		CHECK_STR(value, colon + 1);
		files++;
	}
	*(unsigned int *)arg = files;
}

/* RULE(R12.10, R12.11). Each line equals the file's contents read from the engine. */
static void sysfs_from_events_equals_the_files(void)
{
	struct model_replay replay;
	struct world w;
	unsigned int files = 0;

	rich_world(&w, STEPS(BURN(1)));
	machine_call(write_some_files, NULL);
	world_pass(&w, 50);
	replay_of(&w, &replay);
	table_sysfs(&replay.at, &w.store, &kept);
	machine_call(compare_files, &files);
	CHECK_INT(files, 3 + 2 + 6);
	model_replay_fini(&replay);
	world_stop(&w);
}

/* RULE(R12.12, R12.13, R12.14). Line for line in the kernel's form; queue, activate, start, end share a pointer. */
static void ftrace_text_is_the_kernels(void)
{
	static const char *const parts[] = {
		"# tracer: nop\n#\n# entries-in-buffer/entries-written: ",
		"   #P:4\n",
		": workqueue_queue_work: work struct=ffff888100000",
		" function=a workqueue=bound req_cpu=64 cpu=0\n",
		" function=c workqueue=reclaim req_cpu=64 cpu=-1\n",
		" function=a \n",
		": function a\n",
		"     kworker/0:0-",
		"prev_state=R ==> next_comm=",
	};
	unsigned long long item[4] = { 0 }, lines = 0, said = 0;
	static const char *const kinds[] = { "queue_work: work struct=", "activate_work: work struct ",
					     "execute_start: work struct ", "execute_end: work struct " };
	char *buf = NULL, *at, *save;
	size_t size;
	struct world w;
	FILE *f;

	rich_world(&w, STEPS(BURN(1)));
	actor("t", 0, STEPS(CALL(queue_a), SLEEP(10), CALL(queue_c)));
	world_pass(&w, 20);
	count(&w, EV_TICK, NULL);
	f = open_memstream(&buf, &size);
	REQUIRE_TRUE(f && trace_export(&w.store, "ftrace", f) == 0);
	fclose(f);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!strstr(buf, parts[i]))
			test_note("\"%s\" is missing", parts[i]);
		CHECK_HAS(buf, parts[i]);
	}
	CHECK_INT(sscanf(strstr(buf, "written: "), "written: %llu", &said), 1);
	for (at = strtok_r(buf, "\n", &save); at; at = strtok_r(NULL, "\n", &save)) {
		for (int i = 0; i < 4 && *at != '#'; i++) {
			const char *p = strstr(at, kinds[i]);

			if (p && !item[i])
				item[i] = strtoull(p + strlen(kinds[i]), NULL, 16);
		}
		if (*at == '#')
			continue;
		lines++;
		/* comm to 16, a dash, pid to 7, [cpu], five flags, seconds, event */
		CHECK_INT(at[16], '-');
		CHECK_INT(at[25], '[');
		CHECK_INT(at[29], ']');
		CHECK_INT(at[36], ' ');
		CHECK_INT(at[42], '.');
	}
	CHECK_INT(lines, said);
	if (CHECK_TRUE(item[0])) {
		CHECK_INT(item[0], item[1]);
		CHECK_INT(item[1], item[2]);
		CHECK_INT(item[2], item[3]);
	}
	free(buf);
	world_stop(&w);
}

const struct test_case suite_conf_tables[] = {
	T(counters_from_events_are_the_engines),
	T(wq_monitor_prints_like_the_tool),
	T(wq_dump_prints_like_the_tool),
	T(slots_from_events_are_the_engines),
	T(ps_names_workers_as_the_kernel_does),
	T(a_rescuer_at_rest_has_its_plain_name),
	T(sysfs_from_events_equals_the_files),
	T(ftrace_text_is_the_kernels),
	{ NULL, NULL }
};
