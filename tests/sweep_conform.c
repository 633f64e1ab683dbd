/*
 * tests/sweep_conform.c - scenarios that ran on a real kernel, here, under many seeds.
 *
 * Each row is a topic of workqueues.  A scenario's facts were measured on a real
 * Linux 6.12 and must hold on this engine for every seed.  KW_SEEDS is the number
 * of seeds (default 10); `make conform SEEDS=50` is the long form.
 *
 * Lives here:   running scenarios, refusals, the command's exit codes.
 * Never here:   the judge's own tests (unit_facts.c), the parser's (unit_kws.c).
 * Rules:        R2.1..R2.14 (queue, cancel), R4.1..R4.17 (concurrency), R5.18..R5.22 (max_active),
 *               R6.1..R6.15 (flush), R7.1..R7.6 (rescuer), R8.1..R8.9 (delayed), R12.1..R12.8 (watchdog).
 * Licence: MIT.
 */
#include "tests/support/files.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "conform/seed_run.h"
#include "conform/runner.h"
#include "trace/trace.h"

static const char folder[] = "tests/scenarios";

static uint64_t seeds(void)
{
	const char *text = getenv("KW_SEEDS");

	return text && *text ? strtoull(text, NULL, 10) : (uint64_t)test_rounds(10, 2);
}

struct scenario {
	struct kws k;
	struct facts f;
};

/* Room for a scenario; fails the test if it cannot be read. */
static struct scenario *load(const char *name)
{
	struct scenario *s = calloc(1, sizeof(*s));
	char path[200], err[300] = "", why[120];

	REQUIRE_NOT_NULL(s);
	snprintf(path, sizeof(path), "%s/%s.kws", folder, name);
	if (kws_load(&s->k, path, err, sizeof(err)))
		test_note("%s", err);
	REQUIRE_INT(err[0], '\0');
	CHECK_INT(runner_lacks(&s->k, why, sizeof(why)), 0);
	snprintf(path, sizeof(path), "%s/%s.facts", folder, name);
	if (facts_load(&s->f, &s->k, path, err, sizeof(err)))
		test_note("%s", err);
	REQUIRE_INT(err[0], '\0');
	CHECK_GE(s->f.nr, 9);
	return s;
}

static void unload(struct scenario *s)
{
	facts_fini(&s->f);
	kws_fini(&s->k);
	free(s);
}

struct tally {
	struct seed_run_file *files;
	uint64_t runs, bad;
};

static void count(void *arg, const struct seed_run_result *res)
{
	struct tally *t = arg;
	const char *name = t->files[res->file].k->name;

	t->runs++;
	if (!res->err && !res->failed && !res->unspoken[0])
		return;
	if (t->bad++ > 3)
		return;
	test_note("%s, seed %llu: %s", name, (unsigned long long)res->seed,
		  res->signal ? strsignal(res->signal) : res->err ? strerror(-res->err) : "facts that do not hold:");
	if (res->extra[0])
		test_note("  %s", res->extra);
	if (res->unspoken[0])
		test_note("  no fact mentions this line of the kernel log: %s", res->unspoken);
	for (const char *p = res->text; *p; p += strcspn(p, "\n") + 1) {
		size_t i = strtoul(p, NULL, 10);

		if (res->fact[i] == FACT_FAILS)
			test_note("  %s (here:%.*s)", t->files[res->file].f->v[i].text,
				  (int)strcspn(p, "\n") - (int)strcspn(p, "\t"), p + strcspn(p, "\t"));
	}
	test_note("  again: kworkshop conform %s/%s.kws --seed %llu", folder, name, (unsigned long long)res->seed);
}

static void all_hold(const char *const *names, uint64_t nr_seeds, bool census)
{
	struct seed_run_file files[80];
	struct scenario *s[80];
	struct tally t = { .files = files };
	size_t n = 0;

	for (; names[n] && n < 80; n++) {
		s[n] = load(names[n]);
		files[n] = (struct seed_run_file){ &s[n]->k, &s[n]->f };
	}
	CHECK_INT(seed_run_all(files, n, seed_from_env(1), nr_seeds, 2, census, count, &t), 0);
	CHECK_INT(t.runs, n * nr_seeds);
	CHECK_INT(t.bad, 0);
	while (n-- > 0)
		unload(s[n]);
}

#define TOPIC(name, ...)                                                      \
	static const char *const names_##name[] = { __VA_ARGS__, NULL };      \
	static void name(void)                                                \
	{                                                                     \
		all_hold(names_##name, seeds(), false);                       \
	}

/* RULE(R2.1). RULE(R2.3). RULE(R2.9). */
TOPIC(items_queue_once_and_never_run_twice_at_once,
      "single", "double_queue", "requeue_self", "nonreentrant_cpu", "busy_mask", "queue_on", "irq_queue",
      "congested", "percpu_serial",
      "mix_busy_moved", "mix_pwq_move_reentry", "mix_requeue_elsewhere", "pub_sched_requeue")
/* RULE(R5.18). RULE(R5.19). RULE(R5.20). */
TOPIC(max_active_holds_back_and_activates_in_order,
      "max_active_fifo", "max_active_two", "max_active_percpu", "max_active_raise", "doc_max2", "doc_max3",
      "unbound_max_active", "node_share", "min_active", "ordered",
      "mix_all_masked_off", "mix_max_active_stop", "mix_max_active_in_flush", "mix_min_active_sticks",
      "mix_node_no_jump", "mix_node_round_robin", "mix_raise_then_late", "pub_flood_unbound")
/* RULE(R6.1). RULE(R6.8). RULE(R5.27). */
TOPIC(flush_and_drain_wait_for_their_items,
      "flush_returns", "flush_other_wq", "flush_wq_chain", "drain_chain", "destroy_drains",
      "self_deadlock_max1", "reclaim_flush_warn",
      "mix_barrier_extends", "mix_drain_two", "mix_flush_delayed_drain", "mix_flush_over16",
      "mix_flush_self_chain", "mix_ordered_mask_flush", "pub_reclaim_flushwq", "pub_rtnl_flush", "pub_wait_later_item")
/* RULE(R2.5). RULE(R2.8). RULE(R2.12). */
TOPIC(cancel_and_disable_take_items_back,
      "cancel_pending", "cancel_running", "cancel_sync_requeue", "disable_enable", "disable_pending", "debug_free",
      "mix_cancel_scheduled", "mix_disable_nest", "mix_enable_pending", "mix_flush_inactive",
      "pub_close_disable", "pub_recovery_cycle")
/* RULE(R8.1). RULE(R8.3). RULE(R8.9). */
TOPIC(delayed_and_rcu_items_run_when_due,
      "delayed_basic", "delayed_cancel", "delayed_mod", "rcu_work",
      "mix_delayed_zero", "pub_dead_cpu_timer", "mix_mod_storm", "pub_cancel_then_mod")
/* RULE(R4.1). RULE(R4.6). RULE(R4.17). */
TOPIC(a_pool_keeps_one_runnable_worker_a_cpu,
      "sleep_wakes_next", "wakeup_holds_back", "wait_chain", "cpu_intensive", "doc_cpu_intensive", "burst_idle",
      "hog_auto", "hog_reset", "hog_report", "hog_report_warn1", "highpri", "idle_cull",
      "mix_cpu_intensive_hi", "mix_hog_then_sleep", "mix_thresh_at_runtime")
/* RULE(R9.1). */
TOPIC(unbound_items_go_to_pods,
      "unbound_parallel", "unbound_pods", "power_efficient_off", "power_efficient_on")
/* RULE(R11.2). RULE(R11.3). */
TOPIC(bottom_halves_run_in_order_on_their_cpu, "bh_basic",
      "mix_bh_disable_running", "mix_bh_offline", "mix_bh_round_time", "mix_bh_hi_later", "pub_bh_tasklet")
/* RULE(R9.11). RULE(R9.13). RULE(R12.10). */
TOPIC(files_in_sys_show_and_change_a_workqueue,
      "scope_cache", "scope_cpu", "scope_smt", "scope_strict", "default_scope", "sysfs_cpumask", "sysfs_max_active",
      "mix_force_rr", "mix_scope_same_pods", "mix_sysfs_in_flight", "mix_sysfs_same_scope")
/* RULE(R7.1). RULE(R7.3). RULE(R7.5). */
TOPIC(the_rescuer_comes_when_no_worker_can_be_made,
      "rescuer", "rescuer_deadlock", "sysrq_rescuer",
      "mix_rescuer_batch", "mix_rescuer_unbound", "pub_journal_reclaim", "pub_rescuer_blocker")
/* RULE(R12.1). RULE(R12.8). */
TOPIC(stalls_are_seen_and_reported_in_the_kernels_words,
      "lockup_hog", "lockup_rt", "lockup_short", "lockup_thresh2", "lockup_create", "sysrq_states",
      "lockdep_flush_own_wq", "lockdep_mutex_flush")

/* RULE(R10.1). RULE(R10.2). RULE(R10.7). RULE(R10.8). */
TOPIC(cpus_go_and_come_and_the_system_freezes, "offline_pending", "unbound_offline", "freezable", "freeze_fail",
      "mix_freeze_delayed", "mix_frozen_node_cancel", "mix_offline_ordered", "mix_offline_waits_cpu0", "mix_offline_window", "mix_thaw_next_unbound")

static const char *const *const topics[] = {
	names_items_queue_once_and_never_run_twice_at_once, names_max_active_holds_back_and_activates_in_order,
	names_flush_and_drain_wait_for_their_items, names_cancel_and_disable_take_items_back,
	names_delayed_and_rcu_items_run_when_due, names_a_pool_keeps_one_runnable_worker_a_cpu,
	names_unbound_items_go_to_pods, names_bottom_halves_run_in_order_on_their_cpu,
	names_files_in_sys_show_and_change_a_workqueue, names_the_rescuer_comes_when_no_worker_can_be_made,
	names_stalls_are_seen_and_reported_in_the_kernels_words, names_cpus_go_and_come_and_the_system_freezes,
};

/* Each scenario in the folder is run above, or refused for a reason. */
static void every_scenario_is_run_or_refused(void)
{
	glob_t g;

	REQUIRE_INT(glob("tests/scenarios/*.kws", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		char name[64], err[300], why[120];
		static struct kws k;
		bool run = false;

		snprintf(name, sizeof(name), "%.*s", (int)(strlen(g.gl_pathv[i]) - strlen(folder) - 5),
			 g.gl_pathv[i] + strlen(folder) + 1);
		for (size_t t = 0; t < sizeof(topics) / sizeof(topics[0]); t++)
			for (const char *const *n = topics[t]; *n; n++)
				run |= !strcmp(*n, name);
		REQUIRE_INT(kws_load(&k, g.gl_pathv[i], err, sizeof(err)), 0);
		if (run == (runner_lacks(&k, why, sizeof(why)) != 0))
			test_note("%s: %s", name, run ? why : "no row runs it");
		CHECK_NE(run, runner_lacks(&k, why, sizeof(why)) != 0);
		kws_fini(&k);
	}
	globfree(&g);
}

/* At each checkpoint the model folded from the trace equals the engine's own state. */
static void the_model_agrees_with_the_engines_census(void)
{
	for (size_t t = 0; t < sizeof(topics) / sizeof(topics[0]); t++)
		all_hold(topics[t], 1, true);
}

static uint64_t play_and_hash(const struct kws *k, uint64_t seed)
{
	struct runner_opts opts = { .seed = seed };
	uint64_t hash = 1469598103934665603u;
	char err[200] = "";
	struct trace t;

	if (trace_open(&t, -1, RUNNER_LOG_BYTES, 0) || runner_run(k, &opts, &t, err, sizeof(err)) || t.events < 100)
		_exit(1);
	for (uint64_t i = 0; i < t.used; i++)
		hash = (hash ^ t.base[i]) * 1099511628211u;
	trace_close(&t);
	return hash;
}

/* In a process of its own: the machine leaves parked threads, and seed_run_all() forks. */
static uint64_t hash_of(const struct kws *k, uint64_t seed)
{
	uint64_t hash = 0;
	int fds[2], status = -1;
	pid_t pid;

	REQUIRE_INT(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		hash = play_and_hash(k, seed);
		_exit(write(fds[1], &hash, sizeof(hash)) != sizeof(hash));
	}
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_INT(read(fds[0], &hash, sizeof(hash)), (ssize_t)sizeof(hash));
	close(fds[0]);
	close(fds[1]);
	return hash;
}

static void the_same_seed_gives_the_same_bytes_and_another_does_not(void)
{
	static const char *const names[] = { "node_share", "rescuer_deadlock", "sysrq_states", "cancel_sync_requeue" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct scenario *s = load(names[i]);
		uint64_t first = hash_of(&s->k, 7);

		CHECK_NE(hash_of(&s->k, 8), first);
		CHECK_INT(hash_of(&s->k, 7), first);
		unload(s);
	}
}

/* ---- scenarios of one's own ----------------------------------------------------------- */

static char scratch[64];

static void write_file(const char *name, const char *text)
{
	if (!scratch[0]) {
		strcpy(scratch, "/tmp/kw-conform-XXXXXX");
		REQUIRE_NOT_NULL(mkdtemp(scratch));
	}
	file_write(scratch, name, text);
}

static void remove_scratch(void)
{
	char cmd[200];

	snprintf(cmd, sizeof(cmd), "rm -r '%s'", scratch);
	CHECK_INT(system(cmd), 0);
	scratch[0] = '\0';
}

/* Runs `kworkshop conform`; @out has both outputs.  Return: exit code. */
static int conform(const char *args, char *out, size_t size)
{
	char program[4096];

	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	return shell_run(out, size, "cd '%s' && '%s' conform %s 2>&1", scratch, program, args);
}

static void the_command_prints_the_failed_fact_and_how_to_repeat_it(void)
{
	char out[4000];

	write_file("a.kws", "scenario a\nwq q0\nwork w0 burn:20\nactor a0 cpu=1 queue:q0:w0 flush:w0\n");
	write_file("a.facts", "outcome ok\nruns w0 = 1\nret a0 flush:w0 = 1\n~ at end(w0#1) = 20 ms\n~ new_workers cpu1 = 5\n");
	CHECK_INT(conform("a.kws --seeds 3", out, sizeof(out)), 0);
	CHECK_HAS(out, "ok      a: 5 facts, 3 seeds, 1 soft differ");
	write_file("a.facts", "outcome ok\n# no\nruns w0 = 2\n");
	CHECK_INT(conform("a.kws --seeds 3", out, sizeof(out)), 1);
	CHECK_HAS(out, "FAILED  a: 3 of 3 seeds, first 1");
	CHECK_HAS(out, "a.facts:3: runs w0 = 2\n            here: 1");
	CHECK_HAS(out, "again: kworkshop conform a.kws --seed 1");
	write_file("a.facts", "~ at end(w0#1) = 40 ms\n");
	CHECK_INT(conform("a.kws", out, sizeof(out)), 1);
	write_file("a.facts", "runs w0 is 2\n");
	CHECK_INT(conform("a.kws", out, sizeof(out)), 2);
	CHECK_HAS(out, "kworkshop: a.facts:1: runs W = N");
	CHECK_INT(conform("b.kws", out, sizeof(out)), 3);
	write_file("b.kws", "scenario b\nwork w0\n");
	CHECK_INT(conform("b.kws", out, sizeof(out)), 0);
	CHECK_HAS(out, "there is no file of facts to compare with");
	CHECK_HAS(out, "runs w0 = 0\n");
	CHECK_INT(conform("b.kws --record b.kwt", out, sizeof(out)), 0);
	CHECK_INT(conform("b.kws --record no/such/b.kwt", out, sizeof(out)), 3);
	CHECK_INT(conform("b.kws b.kws --record b.kwt", out, sizeof(out)), 2);
	CHECK_INT(conform("", out, sizeof(out)), 2);
	CHECK_INT(conform("a.kws --print", out, sizeof(out)), 2);
	remove_scratch();
}

static void a_report_that_no_fact_mentions_fails_the_run(void)
{
	char out[4000];

	write_file("a.kws", "scenario a\nwq q0\nwork w0 burn:1\nactor a0 queue_node:0:q0:w0 flush:w0\n");
	write_file("a.facts", "outcome ok\nkernel_log WARNING: at kernel/workqueue.c:2500 queue_work_node\n");
	CHECK_INT(conform("a.kws --seeds 2", out, sizeof(out)), 0);
	write_file("a.facts", "outcome ok\n");
	CHECK_INT(conform("a.kws --seeds 2", out, sizeof(out)), 1);
	CHECK_HAS(out, "no fact mentions this line of the kernel log: WARNING: CPU: 0 PID: ");
	write_file("a.kws", "scenario a\nwq q0\nwork w0 sleep:9\nactor a0 queue:q0:w0 sleep:3 sysrq:t flush:w0\n");
	CHECK_INT(conform("a.kws --seeds 2", out, sizeof(out)), 1);
	CHECK_HAS(out, "no fact mentions this line of the kernel log: report @1 q0 flags=0x0");
	remove_scratch();
}

static void an_actor_that_does_not_end_is_a_fact(void)
{
	char out[4000];

	write_file("a.kws", "scenario a\nparam timeout_ms=50\nwq q0\nwork w0 wait:c\ncompletion c\n"
		   "actor a0 queue:q0:w0 flush:w0\nactor a1 sleep:3\n");
	write_file("a.facts", "outcome timeout\nunfinished w0 busy=2\nunfinished a0 busy=0\n");
	CHECK_INT(conform("a.kws --seeds 2", out, sizeof(out)), 0);
	write_file("a.facts", "outcome timeout\nunfinished w0 busy=2\nunfinished a1 busy=0\n");
	CHECK_INT(conform("a.kws --seeds 2", out, sizeof(out)), 1);
	CHECK_HAS(out, "unfinished a1 busy=0\n            here: it has ended");
	write_file("a.facts", "outcome timeout\nunfinished a0 busy=0\n");	/* not all items that are left */
	CHECK_INT(conform("a.kws --seeds 2", out, sizeof(out)), 1);
	CHECK_INT(conform("a.kws --print", out, sizeof(out)), 0);
	CHECK_HAS(out, "outcome timeout\nunfinished w0 busy=2\nunfinished a0 busy=0\n");
	remove_scratch();
}

static void printed_facts_hold_when_read_again(void)
{
	char out[8000];

	write_file("a.kws", "scenario a\nwq q0 max_active=2\nwq u flags=UNBOUND\ndwork d0 burn:3\n"
		   "work w0 sleep:20 queue:u:w1\nwork w1 burn:5 upto:2 queue:u:w1\nwork w2 sleep:9\ncompletion c\n"
		   "actor a0 cpu=1 queue:q0:w0 queue:q0:w2 queue_delayed_on:2:q0:d0:30 flush:w0 complete:c\n"
		   "actor a1 cpu=2 wait:c census sleep:5 mark:end\n");
	CHECK_INT(conform("a.kws --print --seed 3", out, sizeof(out)), 0);
	CHECK_HAS(out, "runs w1 = 3\n");
	write_file("a.facts", out);
	CHECK_INT(conform("a.kws --seed 3", out, sizeof(out)), 0);
	if (strncmp(out, "ok ", 3))
		test_note("%s", out);
	CHECK_INT(conform("a.kws", out, sizeof(out)), 1 * (strncmp(out, "ok ", 3) != 0));
	remove_scratch();
}

/* Their facts are those of this engine: the folder has steps that have not been measured on a kernel. */
static void scenarios_that_no_kernel_has_run_hold(void)
{
	char out[4000];

	CHECK_INT(shell_run(out, sizeof(out), "'%s' conform tests/scenarios/ours/*.kws --seeds 20 --census 2>&1", test_binary()), 0);
	CHECK_STARTS(out, "ok ");
}

/* Row: declarations, and the missing feature.  No scenario runs in part. */
static const struct {
	const char *text, *says;
} refused[] = {
	{ "param boot=mitigations=off", "does not know the boot argument mitigations=off" },
	{ "param boot=workqueue.unbound_cpus=3-1", "boot=workqueue.unbound_cpus=3-1 has a value no kernel takes" },
};

static void a_missing_feature_is_refused_before_the_run(void)
{
	char out[2000], text[300];

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		snprintf(text, sizeof(text), "scenario a\n%s\n", refused[i].text);
		write_file("a.kws", text);
		CHECK_INT(conform("a.kws --print", out, sizeof(out)), 2);
		if (!strstr(out, refused[i].says))
			test_note("%s gives: %s", refused[i].text, out);
		CHECK_HAS(out, refused[i].says);
		CHECK_STARTS(out, "kworkshop: a.kws:");
		CHECK_LACKS(out, "outcome");
	}
	remove_scratch();
}

/* Odd but well-formed: each runs to its end, in every order of its parts. */
static void well_formed_scenarios_of_a_user_run(void)
{
	static const char *const texts[] = {
		"", "wq q0", "work w0", "actor a0", "actor a0 prio=normal cpu=3 burn:30", "actor a0 queue:q0:w0\nwq q0\nwork w0",
		"wq q0 flags=ORDERED\nwork w0 queue:q0:w1 upto:1 queue:q0:w0\nwork w1\nactor a0 queue:q0:w0 drain:q0 destroy:q0",
		"wq q0\nwork w0 sleep:5\nwork w1 fn=w0 burn:2\nactor a0 queue_node:1:q0:w0 queue_node:0:q0:w1 flush_wq:q0",
		"wq q0\ndwork d0 burn:1\nactor a0 queue_delayed_on:3:q0:d0:10 flush_delayed:d0 disable:d0 queue_delayed:q0:d0:1 enable:d0",
		"mutex m\nwq q0\nwork w0 lock:m burn:5 unlock:m\nactor a0 lock:m queue:q0:w0 sleep:5 unlock:m flush:w0",
		"completion c\nactor a0 wait:c\nactor a1 wait:c\nactor a2 cpu=2 sleep:3 complete_all:c wait:c",
		"wq q0 max_active=1\nwork w0 sleep:20\nwork w1\nactor a0 queue:q0:w0 queue:q0:w1 init:w1 queue:q0:w1 sleep:50 free:w1",
		"wq q0\nrwork r0 burn:1\nactor a0 queue_rcu:q0:r0 cancel:r0 flush_rcu:r0",
		"param topo=16\nparam kernel=custom\nwq q0 flags=UNBOUND|HIGHPRI max_active=3\nwork w0 sleep:1 upto:20 queue:q0:w0\nactor a0 cpu=15 queue_on:8:q0:w0",
		"wq q0 flags=HIGHPRI|CPU_INTENSIVE|MEM_RECLAIM|FREEZABLE\nwork w0 hog:5 irq_queue:q0:w1\nwork w1\nactor a0 queue:q0:w0",
		"actor a0 wq_param:bogus:3 wq_param:watchdog_thresh:x wq_param:watchdog_thresh:0 sysrq:t census mark:a:b:c",
		"wq q0\nwork w0 destroy:q1\nwq q1\nactor a0 queue:q0:w0 flush:w0 queue:q1:w0 flush_wq:q1",
		"actor a0 stall_kthreadd:3:20 sleep:1 rcu_hold:3",
		/* calls that need mutexes, where another thread holds one: in a bottom half, and with preemption off */
		"wq b flags=BH\nwq u flags=UNBOUND|SYSFS\nwork half 40*max_active:u:3 min_active:u:2 attrs:u:0:f:cpu sysfs:u:max_active:4 wq_param:watchdog_thresh:0\n"
		"actor a0 3*queue:b:half preempt_off:1 max_active:u:9 attrs:u:0:3:numa preempt_on:1 flush:half\n"
		"actor a1 cpu=1 200*max_active:u:5\nactor a2 cpu=2 60*attrs:u:0:f:cache",
		"wq q0 flags=FREEZABLE\nwork w0 sleep:30\nactor a0 cpu=3 offline:3 offline:3 offline:0 queue_on:3:q0:w0 offline:2 online:3 online:2 online:1",
		"wq q0 flags=FREEZABLE|UNBOUND\nwork w0 sleep:30\nactor a0 cpu=1 queue:q0:w0 freeze_within:5 freeze:1 queue:q0:w0\nactor a1 sleep:2 freeze_within:9",
		/* a pool that goes away before the worker it just made has run its first line */
		"param topo=16\nparam timeout_ms=2000\nwq q0 flags=UNBOUND|HIGHPRI|MEM_RECLAIM max_active=1\nmutex m0\n"
		"rwork w0 upto:1 flush:w2 flush:w1 queue:q0:w2 queue:q0:w3 disable:w0 mod_delayed:q0:w1:10\n"
		"dwork w1 upto:2\nwork w2 upto:3 queue_node:0:q0:w0\nwork w3 queue_delayed_on:15:q0:w1:16 upto:4\n"
		"actor a0 cpu=12 disable_sync:w0 busy:w1 mod_delayed:q0:w1:16 stall_kthreadd:4:30 census lock:m0 unlock:m0\n"
		"actor a1 cpu=9 mod_delayed:q0:w1:17 max_active:q0:1 queue_on:10:q0:w1",
		/* an RCU item made anew between its queueing and the grace period's end */
		"wq q1\nrwork w0 burn:1\nactor a1 cpu=2 queue_rcu:q1:w0 disable_sync:w0\nactor a2 cpu=1 init:w0",
		"wq q0\nwork w0 cancel_sync:w1 congested:0:q0 max_active:q0:5\nwork w1 sleep:10\nactor a0 queue:q0:w1 queue:q0:w0",
	};
	char out[6000], text[900];
	int code;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(text, sizeof(text), "scenario a\n%s\n", texts[i]);
		write_file("a.kws", text);
		code = conform("a.kws --print", out, sizeof(out));
		CHECK_INT(code, 0);
		if (code || !strstr(out, "outcome ok"))
			test_note("'%s' gives %d: %s", texts[i], code, out);
		CHECK_HAS(out, "outcome ok");
	}
	remove_scratch();
}

static void a_wait_for_ever_times_out(void)
{
	char out[2000];

	write_file("a.kws", "scenario a\nwq q0 max_active=1\nwork w0 flush:w1\nwork w1\ncompletion c\nactor a0 queue:q0:w0 queue:q0:w1\n");
	CHECK_INT(conform("a.kws --print", out, sizeof(out)), 0);
	CHECK_HAS(out, "outcome timeout\nunfinished w0 busy=2\nunfinished w1 busy=1\n");
	remove_scratch();
}

static void keep(void *arg, const struct seed_run_result *res)
{
	struct seed_run_result *all = arg;

	all[res->seed] = *res;
}

/* A process that dies ends one run; the later runs still run. */
static void a_run_that_crashes_is_reported_and_the_next_continue(void)
{
	struct scenario *s = load("single");
	struct seed_run_file files[2] = { { &s->k, &s->f }, { &s->k, NULL } };	/* no facts at all: it will trip */
	struct seed_run_result *all = calloc(4, sizeof(*all));

	REQUIRE_NOT_NULL(all);
	CHECK_INT(seed_run_all(&files[1], 1, 0, 2, 1, false, keep, all), 0);
	CHECK_INT(all[0].err, -EIO);
	CHECK_INT(all[1].err, -EIO);
	CHECK_INT(seed_run_all(files, 1, 2, 2, 2, false, keep, all), 0);
	CHECK_INT(all[2].err | all[3].err, 0);
	CHECK_INT(all[2].held, s->f.nr);
	free(all);
	unload(s);
}

const struct test_case suite_sweep_conform[] = {
	T(items_queue_once_and_never_run_twice_at_once),
	T(max_active_holds_back_and_activates_in_order),
	T(flush_and_drain_wait_for_their_items),
	T(cancel_and_disable_take_items_back),
	T(delayed_and_rcu_items_run_when_due),
	T(a_pool_keeps_one_runnable_worker_a_cpu),
	T(unbound_items_go_to_pods),
	T(bottom_halves_run_in_order_on_their_cpu),
	T(files_in_sys_show_and_change_a_workqueue),
	T(the_rescuer_comes_when_no_worker_can_be_made),
	T(stalls_are_seen_and_reported_in_the_kernels_words),
	T(cpus_go_and_come_and_the_system_freezes),
	T(every_scenario_is_run_or_refused),
	T(the_model_agrees_with_the_engines_census),
	T(the_same_seed_gives_the_same_bytes_and_another_does_not),
	T(the_command_prints_the_failed_fact_and_how_to_repeat_it),
	T(a_report_that_no_fact_mentions_fails_the_run),
	T(an_actor_that_does_not_end_is_a_fact),
	T(printed_facts_hold_when_read_again),
	T(a_missing_feature_is_refused_before_the_run),
	T(scenarios_that_no_kernel_has_run_hold),
	T(well_formed_scenarios_of_a_user_run),
	T(a_wait_for_ever_times_out),
	T(a_run_that_crashes_is_reported_and_the_next_continue),
	{ NULL, NULL }
};
