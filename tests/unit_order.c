/*
 * tests/unit_order.c - orders of steps on which wake-ups depend, checked in the text of the source.
 *
 * A missing fence or a state that is set too late loses a wake-up about once in a million: no
 * run of a test finds that.  A row below names a function and its steps in the order that they
 * must have.  The second test finds a CPU or a time in lockstep that was read before a point at
 * which other CPUs act, and is used after it.
 *
 * Lives here:   rows of ordered steps; stale CPUs and times.
 * Never here:   who may include or call what (unit_layers.c).
 * Rules:        R1.19, R5.13, docs/time.md.   Licence: MIT.
 */
#define _GNU_SOURCE	/* memmem() */
#include "tests/support/sources.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 5

static const struct order {
	const char *path, *function, *why;
	const char *step[STEPS_MAX];
} orders[] = {
	{ "src/workqueue/queue.c", "clear_pending", "a failed queue_work() publishes to the run",
	  { "katomic_set(&work->data", "smp_mb();" } },
	{ "src/workqueue/active.c", "unbound_tryinc", "list first, then try for the slot",
	  { "raw_spin_lock(&nna->lock)", "set_pending_on_node(pwq, nna, true)", "smp_mb();", "node_tryinc(pwq, nna)",
	    "raw_spin_unlock(&nna->lock)" } },
	{ "src/workqueue/active.c", "hand_slot_on", "free the slot first, then look for a pwq in line",
	  { "node_dec(pwq, nna)", "smp_mb();", "nna->nr_pending", "node_activate_pending_pwq(" } },
	{ "src/workqueue/inbox.c", "post_work", "post first, then look whether a worker runs",
	  { "post_entry(pool", "smp_mb_after_atomic();", "nr_running(pool)", "pool_lock(pool)" } },
	{ "src/workqueue/wq_internal.h", "pool_recheck", "stop counting first, then collect",
	  { "smp_mb_after_atomic();", "pool_collect(pool)" } },
	{ "src/workqueue/wq_internal.h", "pool_wake", "a second thread woken under one lock does not replace the first",
	  { "wake_up_begin(t)", "wake_up_end(pool->waking)", "pool->waking = t" } },
	{ "src/workqueue/concurrency.c", "wq_worker_sleeping", "stop counting first, then look for posted items",
	  { "pool_lock_irq(pool)", "worker->sleeping = true", "nr_running_dec(pool)", "pool_recheck(pool)", "kick_pool(pool" } },
	{ "src/workqueue/hotplug.c", "unbind_workers", "the same, for all workers of a CPU",
	  { "pool_lock_irq(pool)", "POOL_DISASSOCIATED", "pool->nr_running = 0", "pool_recheck(pool)", "kick_pool(pool" } },
	{ "src/workqueue/wq_internal.h", "pool_unlock", "the woken thread needs the lock",
	  { "pool_before_unlock(pool)", "raw_spin_unlock_kept(&pool->lock)", "pool_after_unlock(" } },
	{ "src/workqueue/worker.c", "worker_thread", "the state is set under the lock that a waker takes",
	  { "pool_lock_irq(pool)", "worker_enter_idle(", "set_current_state(TASK_IDLE)", "pool_unlock_irq(pool)",
	    "schedule()" } },
	{ "src/machine/kthread.c", "set_current_state", "the condition is tested after the state is visible",
	  { "atomic_store_explicit(&current->state", "memory_order_seq_cst" } },
	{ "src/machine/free/task.c", "free_wake_up_begin", "the condition is visible before the state is read",
	  { "atomic_exchange_explicit(&t->state, TASK_RUNNING, memory_order_seq_cst)" } },
	{ "src/machine/kapi.h", "raw_spin_unlock_kept", "release first, then look for sleepers",
	  { "atomic_store_explicit(&l->word, 0, memory_order_release)", "&l->sleepers" } },
	{ "src/machine/free/rcu.c", "free_rcu_has_readers", "a reader is seen, or sees what the updater did",
	  { "fence_readers()", "atomic_load_explicit(&t->rcu_reads, memory_order_seq_cst)" } },
};

static const struct source *source_of(const char *path)
{
	for (int i = 0; i < nr_sources; i++)
		if (!strcmp(sources[i].path, path))
			return &sources[i];
	return NULL;
}

/* The definition of @function: from its name to the brace in the first column.  *@n: its length; NULL = none. */
static const char *body_of(const char *code, const char *function, size_t *n)
{
	size_t len = strlen(function);

	for (const char *at = code; (at = strstr(at, function)); at += len) {
		const char *line = at, *open, *end;

		while (line > code && line[-1] != '\n')
			line--;
		if (at[len] != '(' || *line == '\t' || *line == '#' || (at > code && is_word(at[-1])))
			continue;
		open = strstr(at, "\n{\n");
		end = strchr(at, ';');
		if (!open || (end && end < open))
			continue;	/* a prototype */
		end = strstr(open, "\n}");
		if (!end)
			return NULL;
		*n = (size_t)(end - at);
		return at;
	}
	return NULL;
}

static void check_order(const struct source *s, const struct order *o)
{
	char what[200];
	size_t n = 0;
	const char *body = body_of(s->code, o->function, &n), *at = body;

	if (!body) {
		snprintf(what, sizeof(what), "has no function %s()", o->function);
		complain(s, 1, what);
		return;
	}
	for (int i = 0; i < STEPS_MAX && o->step[i]; i++) {
		const char *found = memmem(at, n - (size_t)(at - body), o->step[i], strlen(o->step[i]));

		if (!found) {
			snprintf(what, sizeof(what), "%s() lacks '%s' in its place: %s", o->function, o->step[i], o->why);
			complain(s, line_of(s->code, body), what);
			return;
		}
		at = found + strlen(o->step[i]);
	}
}

static void steps_of_a_wake_up_keep_their_order(void)
{
	sources_read();
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		const struct source *s = source_of(orders[i].path);

		REQUIRE_NOT_NULL(s);
		check_order(s, &orders[i]);
	}
	expect_no_complaints();
}

/* ---- stale CPUs and times ---------------------------------------------------------------- */

/* Points at which other CPUs act, so that this thread may go on later, and on another CPU. */
static const char *const lets_others_act[] = { "mach_sync();", "give_way();", "sync_point();", "choice_point();", NULL };
/* Values of the current CPU and of the current time. */
static const char *const values_of_now[] = { "= this_cpu();", "= smp_processor_id();", "= mach_now();", "= ktime_get_ns();", NULL };

/* Functions that stay on their CPU across such a point: there a time that was read before is only too early. */
static const char *const stay[] = {
	"mach_spin_lock(",	/* preemption is off before the point */
	"mach_spin_unlock(",	/* the holder of a spin lock has it off */
	NULL
};

/* @at is in one of the functions of stay[]. */
static bool stays(const char *code, const char *at)
{
	const char *open = NULL, *line;

	for (const char *next = code; (next = strstr(next, "\n{\n")) && next < at; next++)
		open = next;
	if (!open)
		return false;
	for (line = open; line > code && line[-1] != '\n';)
		line--;
	for (int i = 0; stay[i]; i++)
		if (memmem(line, (size_t)(open - line), stay[i], strlen(stay[i])))
			return true;
	return false;
}

/* The name that is assigned at @equals; false = it is no plain variable. */
static bool assigned_name(const char *begin, const char *equals, char *name, size_t size)
{
	const char *end = equals;
	size_t n;

	while (end > begin && end[-1] == ' ')
		end--;
	for (n = 0; end - n > begin && is_word(end[-(ptrdiff_t)n - 1]);)
		n++;
	if (!n || n >= size || (end - n > begin && (end[-(ptrdiff_t)n - 1] == '>' || end[-(ptrdiff_t)n - 1] == '.')))
		return false;
	snprintf(name, size, "%.*s", (int)n, end - n);
	return true;
}

/* The next use of @name as a word in @from .. @end, or NULL. */
static const char *next_use(const char *from, const char *end, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = from; at < end && (at = strstr(at, name)) && at < end; at += n)
		if (!is_word(at[n]) && !is_word(at[-1]) && at[-1] != '.' && at[-1] != '>')
			return at;
	return NULL;
}

static bool is_assignment(const char *at, const char *name)
{
	at += strlen(name);
	at += strspn(at, " ");
	return *at == '=' && at[1] != '=';
}

/* Fails if the function that ends at @end reads the value @name at @from and uses it after a point at which other CPUs act. */
static void check_value(const struct source *s, const char *from, const char *end, const char *name)
{
	for (int i = 0; lets_others_act[i]; i++) {
		const char *point = memmem(from, (size_t)(end - from), lets_others_act[i], strlen(lets_others_act[i]));
		const char *use = point ? next_use(point, end, name) : NULL;
		char what[160];

		if (!use || is_assignment(use, name))
			continue;
		snprintf(what, sizeof(what), "'%s' was read before %s and is used after it", name, lets_others_act[i]);
		complain(s, line_of(s->code, use), what);
		return;
	}
}

static void check_stale(const struct source *s)
{
	if (!begins_with(s->path, "src/machine/lockstep/"))
		return;
	for (int i = 0; values_of_now[i]; i++)
		for (const char *at = s->code; (at = strstr(at, values_of_now[i])); at++) {
			const char *end = strstr(at, "\n}"), *begin = at;
			char name[64];

			while (begin > s->code && begin[-1] != '\n')
				begin--;
			if (end && !stays(s->code, at) && assigned_name(begin, at, name, sizeof(name)))
				check_value(s, at + strlen(values_of_now[i]), end, name);
		}
}

static void no_cpu_or_time_outlives_a_point_where_others_act(void)
{
	sources_read();
	for (int i = 0; i < nr_sources; i++)
		check_stale(&sources[i]);
	expect_no_complaints();
}

/* The checks above can fail. */
static void planted_mistakes_are_found(void)
{
	static const struct {
		const char *text;
		int complaints;
	} stale[] = {
		{ "void f(void)\n{\n\tstruct cpu *c = this_cpu();\n\n\tmach_sync();\n\tc->now = 1;\n}\n", 1 },
		{ "void f(void)\n{\n\tstruct cpu *c;\n\n\tmach_sync();\n\tc = this_cpu();\n\tc->now = 1;\n}\n", 0 },
		{ "void f(void)\n{\n\tstruct cpu *c = this_cpu();\n\n\tmach_sync();\n\tc = this_cpu();\n\tc->now = 1;\n}\n", 0 },
		{ "void f(void)\n{\n\tint cpu = smp_processor_id();\n\n\tg(cpu);\n\tgive_way();\n\tg(cpu);\n}\n", 1 },
		{ "void mach_spin_lock(void)\n{\n\tstruct cpu *c = this_cpu();\n\n\tmach_sync();\n\tc->now = 1;\n}\n", 0 },
		{ "void f(void)\n{\n\tc = this_cpu();\n}\n\nvoid g(void)\n{\n\tmach_sync();\n\tc->now = 1;\n}\n", 0 },
	};
	static const struct {
		const char *text;
		int complaints;
	} ordered[] = {
		{ "void f(void);\nvoid f(void)\n{\n\ta();\n\tb();\n}\n", 0 },
		{ "void f(void)\n{\n\tb();\n\ta();\n}\n", 1 },
		{ "void f(void)\n{\n\ta();\n}\n\nvoid g(void)\n{\n\tb();\n}\n", 1 },
		{ "static void ff(void)\n{\n\tf();\n}\n", 1 },
	};
	const struct order ab = { "x.c", "f", "a before b", { "a();", "b();" } };

	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++) {
		struct source s = { (char *)"src/machine/lockstep/x.c", (char *)stale[i].text, (char *)stale[i].text };

		check_stale(&s);
		if (!CHECK_INT(take_complaints(), stale[i].complaints))
			test_note("stale, row %zu", i);
	}
	for (size_t i = 0; i < sizeof(ordered) / sizeof(ordered[0]); i++) {
		struct source s = { (char *)"src/a/x.c", (char *)ordered[i].text, (char *)ordered[i].text };

		check_order(&s, &ab);
		if (!CHECK_INT(take_complaints(), ordered[i].complaints))
			test_note("ordered, row %zu", i);
	}
}

const struct test_case suite_unit_order[] = {
	T(steps_of_a_wake_up_keep_their_order),
	T(no_cpu_or_time_outlives_a_point_where_others_act),
	T(planted_mistakes_are_found),
	{ NULL, NULL }
};
