/*
 * tests/support/world.c - see world.h.   Licence: MIT.
 */
#include "tests/support/world.h"

#include "base/strbuf.h"
#include "model/invariant.h"
#include "model/query.h"

#include <limits.h>
#include <stdio.h>

/* ---- worlds -------------------------------------------------------------------- */

struct machine_config world_config(int cpus)
{
	return (struct machine_config){
		.nr_cpus = cpus, .sched = SCHED_FIFO_TEXTBOOK, .seed = seed_from_env(1),
		.census = true, .profile = "6.12",
		.params = { { "watchdog_thresh", 0 } },
	};
}

static void forget_actors(void);

void world_start(struct world *w, const struct machine_config *cfg)
{
	forget_actors();
	*w = (struct world){ .borrowed = false };
	REQUIRE_INT(trace_open(&w->trace, -1, (size_t)64 << 20, 600000), 0);
	REQUIRE_INT(machine_start(cfg, &w->trace, workqueue_boot), 0);
}

enum mach_stop world_run(struct world *w, double ms)
{
	(void)w;
	return machine_run(&(struct mach_run){ .until_ns = (uint64_t)(ms * 1e6), .idle = true });
}

enum mach_stop world_run_out(struct world *w, double ms)
{
	(void)w;
	return machine_run(&(struct mach_run){ .until_ns = (uint64_t)(ms * 1e6) });
}

void world_pass(struct world *w, double ms)
{
	(void)w;
	machine_run(&(struct mach_run){ .until_ns = (uint64_t)(ms * 1e6), .pass_time = true });
}

static struct trace_store *store_of(struct world *w)
{
	if (!w->borrowed) {
		REQUIRE_INT(trace_store_borrow(&w->store, &w->trace), 0);
		w->borrowed = true;
	}
	REQUIRE_GE(trace_store_poll(&w->store), 0);
	return &w->store;
}

static void print_breach(void *arg, const struct invariant_breach *b)
{
	struct world *w = arg;
	struct trace_event ev;
	uint64_t n;

	if (w->excused && !strcmp(b->id, w->excused))
		return;
	test_note("%s at event %llu: %s", b->id, (unsigned long long)b->n, b->text);
	for (n = b->n > 12 ? b->n - 12 : 1; n <= b->n; n++) {
		STRBUF(line, 400);

		if (trace_store_event(&w->store, n, &ev))
			trace_format(&w->store, &ev, &line);
		test_note("  %s", line.buf);
	}
	CHECK_FAIL("an invariant is broken");
}

void world_stop(struct world *w)
{
	struct trace_store *s = store_of(w);

	CHECK_FALSE(w->trace.full);
	CHECK_FALSE(s->bad);
	if (!w->believed)
		invariant_check(s, print_breach, w);
	trace_store_close(s);
	machine_stop();
	trace_close(&w->trace);
}

/* ---- steps ------------------------------------------------------------------------ */

static void run_steps(const struct step *s)
{
	for (; s->op != STEP_END; s++) {
		uint64_t ns = (uint64_t)(s->ms * 1e6);

		if (wq_current_is_killed())
			return;
		switch (s->op) {
		case STEP_BURN:
			mach_burn(ns);
			break;
		case STEP_HOG:
			mach_hog(ns);
			break;
		case STEP_SLEEP:
			mach_sleep_ns(ns);
			break;
		case STEP_UNTIL:
			mach_sleep_until_ns(ns);
			break;
		default:
			s->call();
		}
	}
}

static void copy_steps(struct step *to, const struct step *from)
{
	unsigned int i = 0;

	do {
		REQUIRE_LT(i, STEPS_MAX);
		to[i] = from[i];
	} while (from[i++].op != STEP_END);
}

static void item_fn(struct work_struct *work)
{
	run_steps(container_of(work, struct item, d.work)->steps);
}

void item_init(struct item *it, const char *name, const struct step *steps)
{
	copy_steps(it->steps, steps);
	init_delayed_work(&it->d, item_fn, name, name, (uintptr_t)it, 0);
}

#define ACTORS_MAX 32	/* of one world */
static struct step actor_steps[ACTORS_MAX][STEPS_MAX];
static unsigned int nr_actors;

static void forget_actors(void)
{
	nr_actors = 0;
}

static int actor_fn(void *data)
{
	run_steps(data);
	return 0;
}

void actor_nice(const char *name, int cpu, int nice, const struct step *steps)
{
	struct mach_task_opts opts = { .cpu = cpu, .nice = nice == INT_MAX ? 0 : nice,
				       .rt_prio = nice == INT_MAX ? 50 : 0 };

	REQUIRE_LT(nr_actors, ACTORS_MAX);
	copy_steps(actor_steps[nr_actors], steps);
	machine_task(name, actor_fn, actor_steps[nr_actors++], &opts);
}

void actor(const char *name, int cpu, const struct step *steps)
{
	actor_nice(name, cpu, INT_MAX, steps);
}

struct wq_spec {
	const char *name;
	unsigned int flags;
	int max_active;
	struct workqueue_struct *wq;
};

static void make_wq_task(void *arg)
{
	struct wq_spec *s = arg;

	s->wq = alloc_workqueue("%s", s->flags, s->max_active, s->name);
}

struct workqueue_struct *make_wq(const char *name, unsigned int flags, int max_active)
{
	struct wq_spec s = { name, flags, max_active, NULL };

	machine_call(make_wq_task, &s);
	return s.wq;
}

static void nothing(struct work_struct *work)
{
	(void)work;
}

/* One trivial item a CPU makes the last idle worker make a successor (R3.6). */
static void settle_task(void *arg)
{
	(void)arg;
	schedule_on_each_cpu(nothing);
}

void settle(struct world *w)
{
	machine_call(settle_task, NULL);
	world_run(w, (double)machine_now() / 1e6 + 5);
}

static void rest(struct work_struct *work)
{
	(void)work;
	mach_sleep_ns(MS);
}

static void rest_all(void *arg)
{
	static struct work_struct works[64];
	int i, n = *(int *)arg;

	for (i = 0; i < n; i++) {
		init_work(&works[i], rest, "nothing", "nothing", 0);
		queue_work(system_wq, &works[i]);
	}
	for (i = 0; i < n; i++)
		flush_work(&works[i]);
}

void warm_up(struct world *w, int workers)
{
	workers--;
	machine_call(rest_all, &workers);
	world_run(w, (double)machine_now() / 1e6 + 2);
}

/* ---- looking ------------------------------------------------------------------------- */

/* Is one of the event's things called @name? */
static bool about(struct trace_store *s, const struct trace_event *ev, const char *name)
{
	const struct trace_row *row = &trace_rows[ev->kind];
	unsigned int i;

	for (i = 0; i < row->nr_fields; i++) {
		struct trace_value v;
		const char *have;

		if (!trace_event_field(ev, i, &v) || trace_type_class(v.type) == CLS_NONE)
			continue;
		have = trace_store_name(s, trace_type_class(v.type), (uint32_t)v.num);
		if (have && !strcmp(have, name))
			return true;
	}
	return false;
}

bool find(struct world *w, enum trace_kind kind, const char *name, unsigned int n, struct trace_event *ev)
{
	struct trace_store *s = store_of(w);
	uint64_t i;

	for (i = 1; i <= s->nr; i++) {
		trace_store_event(s, i, ev);
		if (ev->kind == kind && (!name || about(s, ev, name)) && !--n)
			return true;
	}
	return false;
}

unsigned int count(struct world *w, enum trace_kind kind, const char *name)
{
	struct trace_store *s = store_of(w);
	struct trace_event ev;
	unsigned int n = 0;
	uint64_t i;

	for (i = 1; i <= s->nr; i++) {
		trace_store_event(s, i, &ev);
		n += ev.kind == kind && (!name || about(s, &ev, name));
	}
	return n;
}

uint64_t nth(struct world *w, enum trace_kind kind, const char *name, unsigned int n)
{
	struct trace_event ev;

	return find(w, kind, name, n, &ev) ? ev.n : 0;
}

double when(struct world *w, enum trace_kind kind, const char *name, unsigned int n)
{
	struct trace_event ev;

	return find(w, kind, name, n, &ev) ? (double)ev.time / 1e6 : -1;
}

int64_t field(struct world *w, enum trace_kind kind, const char *name, unsigned int n, const char *field_name)
{
	struct trace_event ev;
	struct trace_value v;

	return find(w, kind, name, n, &ev) && trace_event_get(&ev, field_name, &v) ? v.num : -1;
}

unsigned int printed(struct world *w, const char *text)
{
	struct trace_store *s = store_of(w);
	struct trace_event ev;
	struct ev_PRINTK e;
	unsigned int n = 0;
	uint64_t i;

	for (i = 1; i <= s->nr; i++) {
		trace_store_event(s, i, &ev);
		n += trace_get_PRINTK(&ev, &e) && strstr(e.text, text);
	}
	return n;
}

unsigned int reported(struct world *w, const char *text)
{
	struct trace_store *s = store_of(w);
	struct trace_event ev;
	struct ev_BUG e;
	unsigned int n = 0;

	for (uint64_t i = 1; i <= s->nr; i++) {
		trace_store_event(s, i, &ev);
		n += trace_get_BUG(&ev, &e) && strstr(e.text, text);
	}
	return n;
}

const char *starts(struct world *w)
{
	static STRBUF(out, 4096);
	struct trace_store *s = store_of(w);
	struct trace_event ev;
	struct ev_EXECUTE_START e;
	uint64_t i;

	strbuf_init(&out, out_bytes, sizeof(out_bytes));
	for (i = 1; i <= s->nr; i++) {
		const char *name;

		trace_store_event(s, i, &ev);
		if (!trace_get_EXECUTE_START(&ev, &e))
			continue;
		name = trace_store_name(s, CLS_ITEM, e.item);
		if (name && strcmp(name, "barrier") && strcmp(name, "nothing"))
			strbuf_printf(&out, "%s%s", out.len ? " " : "", name);
	}
	CHECK_FALSE(out.cut);
	return out.buf;
}

bool query_led(struct world *w, uint64_t a, uint64_t b)
{
	return a && b && query_happens_before(store_of(w), a, b);
}
