/*
 * tests/sweep_why.c - each value that a decision shows, recomputed from the events before it.
 *
 * A reader of the screen takes the values of a why for the engine's state.  Random runs
 * (support/stress_run.h, and runs of their own for the idle timer) are read event by event: the
 * model has the state before the event, and the table below the values that the why must have.  A
 * barrier's colour, the expiry of the idle timer, the order of pwqs at a node, the shares of nodes
 * and the callers that a draining workqueue accepts are recomputed in the same way.
 *
 * Lives here:   one function for each predicate of trace/trace_why.def.
 * Never here:   rules that hold at any time (model/inv_*.c).
 * Rules:        R3.11, R5.2, R5.8, R5.14, R5.16, R6.3, R12.3.   Licence: MIT.
 */
#include "model/flags.h"
#include "tests/support/stress_run.h"

#include <stdio.h>
#include <string.h>

#include "base/rng.h"

#define SEEDS 60
#define IDLE_TIMEOUT_S 300
#define WORKERS_MAX 4096
#define POOLS_MAX 1024
#define WQS_MAX 256
#define ITEMS_MAX 1024

struct reader {
	struct model before, after;	/* the state before and after the event */
	uint64_t seed;
	unsigned int met[WHY_NR], barriers, timers, turns, bad;
	uint32_t line[512];		/* pwqs that wait at a node, in order of arrival */
	unsigned int nr_line;
	/* of each CPU: pool of the last WORKER_IDLE, and the number of events since */
	uint32_t entered_pool[256];
	unsigned int since_idle[256];
	uint32_t raiser[WQS_MAX];	/* of each workqueue: the thread that changed its limits last */
	uint32_t color[WORKERS_MAX];	/* of the item that the worker runs */
	/* nr_running changes without the pool's lock: its value before the last change, and the change's number */
	uint32_t running[POOLS_MAX];
	uint64_t running_until[POOLS_MAX];
	uint64_t last_of_cpu[256];	/* number of the last event of each CPU */
	uint64_t drains_since[WQS_MAX];	/* number of the event at which the workqueue's drain began, 0 = none */
	uint64_t accepted[ITEMS_MAX];	/* number of the event at which each item became pending */
	unsigned int chained, shares, handed;
};

/* ---- fields ------------------------------------------------------------------------ */

/* Value of a field, 0 = the event has none of that name. */
static uint32_t get(const struct trace_event *ev, const char *name)
{
	struct trace_value v;

	return trace_event_get(ev, name, &v) ? (uint32_t)v.num : 0;
}

static const struct model_pool *pool_of(const struct reader *r, const struct trace_event *ev)
{
	const struct model_pool *p = model_pool(&r->before, get(ev, "pool"));

	return p ? p : model_pool(&r->after, get(ev, "pool"));
}

/* ---- the predicates ------------------------------------------------------------------ */

/* Fills v[1..] (and v[0], the decision) with the values of the state.  False: nothing to compare. */
typedef bool (*recompute_fn)(const struct reader *r, const struct trace_event *ev, int32_t v[4]);

/* The pool's nr_running; @seen, if it was that since the event's CPU acted before. */
static int32_t running_or(const struct reader *r, const struct trace_event *ev, const struct model_pool *p, int32_t seen)
{
	uint32_t id = p->id % POOLS_MAX;

	if (r->running_until[id] > r->last_of_cpu[ev->cpu] && (uint32_t)seen == r->running[id])
		return seen;
	return (int32_t)p->nr_running;
}

static void note_running(struct reader *r, const struct trace_event *ev)
{
	for (uint32_t id = 1; id <= r->before.nr_pools && id < POOLS_MAX; id++)
		if (r->before.pools[id].nr_running != r->after.pools[id].nr_running) {
			r->running[id] = r->before.pools[id].nr_running;
			r->running_until[id] = ev->n;
		}
	r->last_of_cpu[ev->cpu] = ev->n;
}

/* A rescuer's cursor is on the worklist, and is no item. */
static bool may_have_cursor(const struct reader *r, const struct model_pool *p)
{
	for (uint32_t id = 1; id <= r->before.nr_workers; id++)
		if (r->before.workers[id].rescuer_of && r->before.workers[id].pool == p->id)
			return true;
	return false;
}

static bool need_more(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_pool *p = pool_of(r, ev);

	v[1] = (int32_t)p->worklist.count;
	v[2] = running_or(r, ev, p, ev->why.v[2]);
	v[3] = (int32_t)p->nr_idle;
	v[0] = (v[1] || (ev->why.v[0] && may_have_cursor(r, p))) && !v[2];
	return true;
}

static bool keep_working(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_pool *p = pool_of(r, ev);

	v[1] = (int32_t)p->worklist.count;
	v[2] = running_or(r, ev, p, ev->why.v[2]);
	v[0] = v[1] && v[2] <= 1;
	return true;
}

static bool may_start(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_pool *p = pool_of(r, ev);

	v[0] = p->nr_idle > 0;
	v[1] = (int32_t)p->nr_idle;
	v[2] = !!(p->flags & POOL_MANAGER_ACTIVE);
	return true;
}

static bool too_many(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_pool *p = pool_of(r, ev);
	int32_t managing = !!(p->flags & POOL_MANAGER_ACTIVE), idle = (int32_t)p->nr_idle + managing;

	v[1] = idle;
	v[2] = (int32_t)p->nr_workers - idle;
	v[3] = managing;
	v[0] = idle > 2 && (idle - 2) * 4 >= v[2];
	return true;
}

/* A queueing that is refused is the last of the waiting ones afterwards; a slot given leaves the others. */
static int32_t waiting(const struct reader *r, const struct trace_event *ev)
{
	const struct model *m = ev->kind == EV_INACTIVE ? &r->before : &r->after;

	return (int32_t)model_pwq(m, get(ev, "pwq"))->inactive.count;
}

static bool max_active(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_pwq *q = model_pwq(&r->before, get(ev, "pwq"));

	v[0] = ev->kind == EV_ACTIVATE_WORK;
	v[1] = (int32_t)q->nr_active;
	v[2] = (int32_t)model_wq(&r->before, q->wq)->max_active;
	v[3] = waiting(r, ev);
	return true;
}

static bool node_max(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_pwq *q = model_pwq(&r->before, get(ev, "pwq"));
	const struct model_wq *wq = model_wq(&r->before, q->wq);
	int32_t node = model_pool(&r->before, q->pool)->node;
	uint32_t slot = node < 0 || node >= MODEL_NODES_MAX ? MODEL_NODES_MAX : (uint32_t)node;

	v[0] = ev->kind == EV_ACTIVATE_WORK;
	v[1] = (int32_t)wq->node_nr[slot] - v[0];	/* the event of the slot came before */
	v[2] = (int32_t)wq->node_max[slot];
	v[3] = waiting(r, ev);
	return true;
}

static bool pending(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_item *it = model_item(&r->before, get(ev, "item"));

	v[0] = ev->kind == EV_PENDING_SET;
	v[1] = v[0] && it ? (int32_t)it->depth : 0;
	return true;
}

static bool disabled(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_item *it = model_item(&r->before, get(ev, "item"));

	v[0] = it->depth > 0;
	v[1] = (int32_t)it->depth;
	return true;
}

static bool collision(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_item *it = model_item(&r->before, get(ev, "item"));
	uint32_t runner = get(ev, ev->kind == EV_COLLIDE ? "runner" : "worker");

	v[0] = it->runner == runner && runner;
	v[1] = ev->kind == EV_COLLIDE;
	return true;
}

static bool expired(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_worker *w = model_worker(&r->before, get(ev, "worker"));

	v[0] = ev->time - w->idle_since >= IDLE_TIMEOUT_S * 1000 * MS - 8 * MS;
	v[1] = (int32_t)((ev->time - w->idle_since + 4 * MS) / (1000 * MS));
	v[2] = IDLE_TIMEOUT_S;
	return true;
}

static bool mayday(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	v[1] = !!model_wq(&r->before, get(ev, "wq"))->rescuer;
	v[2] = model_pwq(&r->before, get(ev, "pwq"))->on_mayday;
	v[0] = v[1] && !v[2];
	return true;
}

static bool rescue(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	const struct model_pwq *q = model_pwq(&r->before, get(ev, "pwq"));

	v[0] = 1;
	v[1] = (int32_t)q->nr_active;
	v[2] = 1;
	return true;
}

static bool hog(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	struct trace_value used;

	(void)r;
	trace_event_get(ev, "cpu_time", &used);
	v[1] = (int32_t)(used.num / 1000);
	v[2] = 1000;		/* the parameter of stress_run.c */
	v[0] = v[1] >= v[2];
	return true;
}

/* R5.2: the caller is a worker in task context that runs an item of @wq. */
static bool calls_from_item_of(const struct reader *r, const struct trace_event *ev, uint32_t wq)
{
	const struct model_task *t = ev->ctx == CTX_TASK ? model_task(&r->before, ev->task) : NULL;
	const struct model_worker *w = t ? model_worker(&r->before, t->worker) : NULL;
	const struct model_pwq *q = w && w->item ? model_pwq(&r->before, w->pwq) : NULL;

	return q && q->wq == wq;
}

static bool chained(const struct reader *r, const struct trace_event *ev, int32_t v[4])
{
	v[0] = calls_from_item_of(r, ev, get(ev, "wq"));
	return true;
}

static const recompute_fn recompute[WHY_NR] = {
	[WHY_NEED_MORE_WORKER] = need_more, [WHY_KEEP_WORKING] = keep_working, [WHY_MAY_START_WORKING] = may_start,
	[WHY_TOO_MANY_WORKERS] = too_many, [WHY_MAX_ACTIVE] = max_active, [WHY_NODE_MAX] = node_max,
	[WHY_PENDING] = pending, [WHY_DISABLED] = disabled, [WHY_COLLISION] = collision, [WHY_EXPIRED] = expired,
	[WHY_MAYDAY] = mayday, [WHY_RESCUE] = rescue, [WHY_HOG] = hog,
	[WHY_CHAINED] = chained,
};

/* ---- reading a run --------------------------------------------------------------------- */

static void wrong(struct reader *r, const struct trace_event *ev, const char *what, int64_t have, int64_t want)
{
	if (r->bad++ < 5)
		test_note("seed %llu, event %llu (%s, values %d %d %d %d): %s is %lld, want %lld", (unsigned long long)r->seed,
			  (unsigned long long)ev->n, trace_rows[ev->kind].name, ev->why.v[0], ev->why.v[1], ev->why.v[2], ev->why.v[3], what, (long long)have, (long long)want);
}

static void check_why(struct reader *r, const struct trace_event *ev)
{
	int32_t v[4] = { 0 };

	if (ev->why.pred >= WHY_NR || !recompute[ev->why.pred])
		return;
	r->met[ev->why.pred]++;
	if (!recompute[ev->why.pred](r, ev, v))
		return;
	for (int i = 0; i < 4; i++)
		if (v[i] != ev->why.v[i])
			wrong(r, ev, trace_why_rows[ev->why.pred].values[i], ev->why.v[i], v[i]);
}

/* R6.3: a barrier bears the colour of the item that it follows, so that a flush of that colour waits for it. */
static void check_barrier(struct reader *r, const struct trace_event *ev)
{
	const struct model_item *target = model_item(&r->before, get(ev, "target"));
	uint32_t worker = get(ev, "worker");	/* that runs the target; the target may be queued again */
	uint32_t color = worker ? r->color[worker % WORKERS_MAX] : target->color;
	uint32_t pwq = worker ? model_worker(&r->before, worker)->pwq : target->pwq;

	r->barriers++;
	if (get(ev, "color") != color)
		wrong(r, ev, "colour of the barrier", get(ev, "color"), color);
	if (get(ev, "pwq") != pwq)
		wrong(r, ev, "pwq of the barrier", get(ev, "pwq"), pwq);
}

/* The colour of a run is that of its queueing. */
static void note_run(struct reader *r, const struct trace_event *ev)
{
	r->color[get(ev, "worker") % WORKERS_MAX] = model_item(&r->before, get(ev, "item"))->color;
}

/* ---- draining ------------------------------------------------------------------------------ */

static void note_drain(struct reader *r, const struct trace_event *ev)
{
	uint64_t *since = &r->drains_since[get(ev, "wq") % WQS_MAX];

	if (!(get(ev, "flags") & (WQ_INT_DRAINING | WQ_INT_DESTROYING)))
		*since = 0;
	else if (!*since)
		*since = ev->n;
}

/* A queueing that began after the drain, and has been accepted before its end, is chained work. */
static void check_drained(struct reader *r, const struct trace_event *ev)
{
	uint32_t wq = get(ev, "wq");
	uint64_t since = r->drains_since[wq % WQS_MAX];

	if (!since || since > r->accepted[get(ev, "item") % ITEMS_MAX])
		return;
	r->chained++;
	if (!calls_from_item_of(r, ev, wq))
		wrong(r, ev, "queueing to a draining workqueue, chained", 0, 1);
}

static uint64_t oldest_idle(const struct model *m, const struct model_pool *p)
{
	return model_worker(m, p->idle.last)->idle_since;
}

/* R3.11: armed when a pool has too many idle workers, for the time at which the oldest of them may end. */
static void check_idle_timer(struct reader *r, const struct trace_event *ev)
{
	const struct model_pool *p = pool_of(r, ev);
	uint64_t jiffy = 1000 * MS / r->before.hz, from;
	struct trace_value expires;

	if (!get(ev, "armed"))
		return;
	r->timers++;
	trace_event_get(ev, "expires", &expires);
	/* a worker that goes idle arms it from now; between the two events is that of the timer itself */
	from = r->since_idle[ev->cpu] <= 3 && r->entered_pool[ev->cpu] == p->id ? ev->time : oldest_idle(&r->before, p);
	from += IDLE_TIMEOUT_S * 1000 * MS;
	if ((uint64_t)expires.num + jiffy < from || (uint64_t)expires.num > from + jiffy)
		wrong(r, ev, "expiry of the idle timer", expires.num, (int64_t)from);
}

/* ---- a node's line ----------------------------------------------------------------------- */

static void leave_line(struct reader *r, uint32_t pwq)
{
	for (unsigned int i = 0; i < r->nr_line; i++)
		if (r->line[i] == pwq) {
			memmove(&r->line[i], &r->line[i + 1], (--r->nr_line - i) * sizeof(r->line[0]));
			return;
		}
}

static void note_line(struct reader *r, const struct trace_event *ev)
{
	uint32_t pwq = get(ev, "pwq");

	leave_line(r, pwq);
	if (get(ev, "listed") && r->nr_line < sizeof(r->line) / sizeof(r->line[0]))
		r->line[r->nr_line++] = pwq;
}

static bool same_line(const struct model *m, const struct model_pwq *a, const struct model_pwq *b)
{
	return a->wq == b->wq && model_pool(m, a->pool)->node == model_pool(m, b->pool)->node;
}

/* R5.16: a free slot of a node goes to the first pwq of the line that has an item; with more items it goes to the end. */
static void check_turn(struct reader *r, const struct trace_event *ev)
{
	const struct model *m = &r->before;
	const struct model_item *it = model_item(m, get(ev, "item"));
	const struct model_pwq *q = model_pwq(m, get(ev, "pwq")), *first = NULL;

	/* the rounds after a raised limit take each pwq once, and leave the line as it is */
	if (it->place != AT_INACTIVE || !q->node_listed || r->raiser[q->wq % WQS_MAX] == ev->task)
		return;
	for (unsigned int i = 0; i < r->nr_line && !first; i++) {
		const struct model_pwq *other = model_pwq(m, r->line[i]);

		if (same_line(m, other, q) && other->inactive.count)
			first = other;
	}
	r->turns++;
	if (!first || first->id != q->id)
		wrong(r, ev, "pwq that gets the slot", q->id, first ? first->id : 0);
	if (r->after.pwqs[q->id].inactive.count) {
		leave_line(r, q->id);
		r->line[r->nr_line++] = q->id;
	}
}

/*
 * R5.16: an item that gets the slot of another one that has ended or was removed needs no kick of its
 * pool if that was the pool of the other one; an item of another pool does.
 */
static void check_kick(struct reader *r, const struct trace_store *s, const struct trace_event *ev)
{
	const struct model_pwq *from;
	struct trace_event activated, retired;

	if (!trace_store_event(s, ev->cause, &activated) || activated.kind != EV_ACTIVATE_WORK ||
	    !trace_store_event(s, activated.cause, &retired) || retired.kind != EV_RETIRE)
		return;
	from = model_pwq(&r->before, get(&retired, "pwq"));
	if (!from)
		return;
	r->handed++;
	if (from->pool == get(ev, "pool"))
		wrong(r, ev, "kick of the pool whose slot was handed on", from->pool, 0);
}

static void note_idle(struct reader *r, const struct trace_event *ev)
{
	r->since_idle[ev->cpu]++;
	if (ev->kind != EV_WORKER_IDLE)
		return;
	r->since_idle[ev->cpu] = 0;
	r->entered_pool[ev->cpu] = get(ev, "pool");
}

/* R5.14: each node's share, from the CPUs alone.  The machine must be at rest. */
static void check_shares(struct reader *r, const struct model *m, const struct trace_event *last)
{
	for (uint32_t id = 1; id <= m->nr_wqs; id++) {
		const struct model_wq *wq = model_wq(m, id);
		int total = 0, of_node[MODEL_NODES_MAX] = { 0 };
		uint64_t mask;

		if (!wq || wq->freed || !(wq->flags & WQ_UNBOUND) || !wq->max_active)
			continue;
		mask = wq->cpus & m->unbound_cpus ? wq->cpus & m->unbound_cpus : m->unbound_cpus;
		for (uint32_t c = 0; c < m->nr_cpus; c++)
			if (m->cpus[c].online && mask & UINT64_C(1) << c) {
				total++;
				of_node[m->cpus[c].node]++;
			}
		for (uint32_t n = 0; n < m->nr_nodes; n++) {
			int max = (int)wq->max_active, min = (int)wq->min_active;
			int share = total ? (max * of_node[n] + total - 1) / total : min;

			share = share < min ? min : share;
			share = share > max ? max : share;
			if ((int)wq->node_max[n] != share)
				wrong(r, last, "maximum of a node", wq->node_max[n], share);
		}
		r->shares++;
		if (wq->node_max[MODEL_NODES_MAX] != wq->max_active)
			wrong(r, last, "maximum of the fallback slot", wq->node_max[MODEL_NODES_MAX], wq->max_active);
	}
}

static void read_run(struct reader *r, struct world *w)
{
	struct trace_event ev = { 0 };

	CHECK_INT(model_init(&r->before), 0);
	CHECK_INT(model_init(&r->after), 0);
	r->nr_line = 0;
	memset(r->running_until, 0, sizeof(r->running_until));
	memset(r->last_of_cpu, 0, sizeof(r->last_of_cpu));
	memset(r->drains_since, 0, sizeof(r->drains_since));
	memset(r->accepted, 0, sizeof(r->accepted));
	count(w, EV_BUG, NULL);		/* opens and reads the store */
	for (uint64_t n = 1; n <= w->store.nr; n++) {
		REQUIRE_TRUE(trace_store_event(&w->store, n, &ev));
		REQUIRE_INT(model_apply(&r->after, &ev), 0);
		check_why(r, &ev);
		if (ev.kind == EV_BARRIER)
			check_barrier(r, &ev);
		else if (ev.kind == EV_IDLE_TIMER)
			check_idle_timer(r, &ev);
		else if (ev.kind == EV_NODE_PENDING)
			note_line(r, &ev);
		else if (ev.kind == EV_EXECUTE_START)
			note_run(r, &ev);
		else if (ev.kind == EV_PENDING_SET)
			r->accepted[get(&ev, "item") % ITEMS_MAX] = ev.n;
		else if (ev.kind == EV_WQ_FLAGS)
			note_drain(r, &ev);
		else if (ev.kind == EV_QUEUE_WORK)
			check_drained(r, &ev);
		else if (ev.kind == EV_WQ_MAX_ACTIVE)
			r->raiser[get(&ev, "wq") % WQS_MAX] = ev.task;
		else if (ev.kind == EV_ACTIVATE_WORK)
			check_turn(r, &ev);
		else if (ev.kind == EV_KICK)
			check_kick(r, &w->store, &ev);
		note_idle(r, &ev);
		note_running(r, &ev);
		REQUIRE_INT(model_apply(&r->before, &ev), 0);
	}
	check_shares(r, &r->after, &ev);
	model_fini(&r->before);
	model_fini(&r->after);
}

/* ---- the runs ------------------------------------------------------------------------------ */

static void every_why_has_the_values_of_the_state(void)
{
	static const enum trace_why_id wanted[] = {
		WHY_NEED_MORE_WORKER, WHY_KEEP_WORKING, WHY_MAY_START_WORKING, WHY_TOO_MANY_WORKERS, WHY_MAX_ACTIVE,
		WHY_NODE_MAX, WHY_PENDING, WHY_DISABLED, WHY_COLLISION, WHY_MAYDAY, WHY_RESCUE, WHY_HOG,
	};
	struct reader r = { .seed = seed_from_env(1) };
	struct world w;

	for (uint64_t last = r.seed + (uint64_t)test_rounds(SEEDS, 30); r.seed < last; r.seed++) {
		stress_start(&w, r.seed);
		stress_run(&w);
		read_run(&r, &w);
		world_stop(&w);
	}
	CHECK_INT(r.bad, 0);
	CHECK_GT(r.barriers, 0);
	CHECK_GT(r.turns, 100);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (!r.met[wanted[i]])
			test_note("no event had the predicate %s", trace_why_rows[wanted[i]].name);
		CHECK_GT(r.met[wanted[i]], 0);
	}
}

static struct workqueue_struct *wide;

struct there {
	struct work_struct *work;
	int cpu;
};

static void queue_there(void *arg)
{
	struct there *t = arg;

	queue_work_on(t->cpu, wide, t->work);
}

static void pool_for_each_cpu(void *arg)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();

	(void)arg;
	attrs->affn_scope = WQ_AFFN_CPU;
	CHECK_INT(apply_workqueue_attrs(wide, attrs), 0);
	free_workqueue_attrs(attrs);
}

/* An unbound workqueue with a pool for each CPU and few slots: its pwqs wait in line with several items each. */
static void a_nodes_line_is_served_in_turns(void)
{
	static struct item many[24];
	static const char *const names[] = { "m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12",
					     "m13", "m14", "m15", "m16", "m17", "m18", "m19", "m20", "m21", "m22", "m23" };
	struct reader r = { .seed = 1 };
	struct world w;

	for (; r.seed <= 10; r.seed++) {
		struct machine_config cfg = world_config(4);

		cfg.seed = r.seed;
		world_start(&w, &cfg);
		wide = make_wq("wide", WQ_UNBOUND, 1 + (int)(r.seed % 3));
		machine_call(pool_for_each_cpu, NULL);
		for (int i = 0; i < 24; i++) {
			item_init(&many[i], names[i], STEPS(SLEEP(1 + (double)rng_below(rng_hash4(r.seed, 3, 0, (uint64_t)i), 5))));
			machine_call(queue_there, &(struct there){ WORK(&many[i]), (int)rng_below(rng_hash4(r.seed, 4, 0, (uint64_t)i), 4) });
		}
		world_run(&w, 2000);
		read_run(&r, &w);
		world_stop(&w);
	}
	CHECK_INT(r.bad, 0);
	CHECK_GT(r.turns, 150);
	CHECK_GT(r.handed, 10);
}

/* ---- drains ---------------------------------------------------------------------------------- */

#define OWN 4		/* items of the workqueue that is drained */
static struct item own[OWN], foreign[3];
static struct workqueue_struct *other;
static uint64_t drain_seed, draws;

static uint64_t draw(uint64_t below)
{
	return rng_below(rng_hash4(drain_seed, 7, 0, draws++), below);
}

static void queue_one_of_wide(void)
{
	queue_work_on((int)draw(2), wide, WORK(&own[draw(OWN)]));
}

/* A run goes on twice in three, so that a drain ends. */
static void queue_chained(void)
{
	if (draw(3))
		queue_one_of_wide();
}

static void queue_foreign(void)
{
	queue_work_on((int)draw(2), other, WORK(&foreign[draw(3)]));
}

static void drain_wide(void)
{
	drain_workqueue(wide);
}

static void delay_one_of_wide(void)
{
	queue_delayed_work_on((int)draw(2), wide, &own[draw(OWN)].d, 1 + draw(4));
}

/*
 * Items of the workqueue, items of another one, a thread and timers queue to a workqueue that is
 * drained again and again.  6.12 keeps a refused item pending for ever, so each run is a new world.
 */
static void a_draining_workqueue_takes_chained_work_only(void)
{
	static const char *const names[] = { "own0", "own1", "own2", "own3", "foreign0", "foreign1", "foreign2" };
	struct reader r = { .seed = 1 };
	struct world w;

	for (; r.seed <= 60; r.seed++) {
		struct machine_config cfg = world_config(2);

		cfg.seed = drain_seed = r.seed;
		draws = 0;
		world_start(&w, &cfg);
		wide = make_wq("wide", r.seed % 2 ? WQ_UNBOUND : 0, 1 + (int)(r.seed % 3));
		other = make_wq("other", r.seed % 2 ? WQ_UNBOUND : 0, 0);
		for (int i = 0; i < OWN; i++)
			item_init(&own[i], names[i], STEPS(BURN(0.1 + (double)draw(10) / 10), CALL(queue_chained), SLEEP(0.5), CALL(queue_chained)));
		for (int i = 0; i < 3; i++)
			item_init(&foreign[i], names[OWN + i], STEPS(BURN(0.2), CALL(queue_one_of_wide), BURN(0.2)));
		actor("d", 0, STEPS(CALL(queue_one_of_wide), CALL(delay_one_of_wide), SLEEP(0.3), CALL(drain_wide), CALL(queue_one_of_wide),
				    SLEEP(1), CALL(drain_wide)));
		actor("q", 1, STEPS(CALL(queue_foreign), SLEEP(0.2), CALL(queue_foreign), SLEEP(0.4), CALL(queue_one_of_wide), SLEEP(0.3),
				    CALL(queue_foreign)));
		world_run(&w, 3000);
		read_run(&r, &w);
		world_stop(&w);
	}
	CHECK_INT(r.bad, 0);
	CHECK_GT(r.met[WHY_CHAINED], 20);
	CHECK_GT(r.chained, 20);
}

/* ---- frozen --------------------------------------------------------------------------------- */

static void freeze(void)
{
	freeze_workqueues_begin();
}

static void thaw(void)
{
	thaw_workqueues();
}

/* A limit that is 0 while the system is frozen is 0 in the why too, not what it will be after the thaw. */
static void a_why_has_the_limit_of_a_frozen_workqueue(void)
{
	static const char *const names[] = { "own0", "own1", "own2", "own3" };
	struct reader r = { .seed = 1 };
	struct world w;

	for (; r.seed <= 10; r.seed++) {
		struct machine_config cfg = world_config(2);

		cfg.seed = drain_seed = r.seed;
		draws = 0;
		world_start(&w, &cfg);
		wide = make_wq("wide", WQ_FREEZABLE | (r.seed % 2 ? WQ_UNBOUND : 0), 1 + (int)(r.seed % 3));
		for (int i = 0; i < OWN; i++)
			item_init(&own[i], names[i], STEPS(BURN(0.5 + (double)draw(10) / 10), CALL(queue_chained)));
		actor("f", 0, STEPS(CALL(queue_one_of_wide), SLEEP(1), CALL(freeze), CALL(queue_one_of_wide), SLEEP(2), CALL(thaw)));
		actor("q", 1, STEPS(CALL(queue_one_of_wide), SLEEP(2), CALL(queue_one_of_wide), CALL(queue_one_of_wide)));
		world_run(&w, 100);
		read_run(&r, &w);
		world_stop(&w);
	}
	CHECK_INT(r.bad, 0);
	CHECK_GT(r.met[WHY_MAX_ACTIVE], 10);
	CHECK_GT(r.met[WHY_NODE_MAX], 10);
}

/* ---- shares ------------------------------------------------------------------------------------ */

static uint64_t share_seed, share_draws;

static uint64_t draw_share(uint64_t below)
{
	return rng_below(rng_hash4(share_seed, 8, 0, share_draws++), below);
}

/* One change of the CPUs, the masks or the limits, to its end. */
static void change_something(void *arg)
{
	struct workqueue_attrs *attrs;
	char mask[16];
	int cpu = 1 + (int)draw_share(7);

	(void)arg;
	switch (draw_share(6)) {
	case 0:
		cpu_down(cpu);
		break;
	case 1:
		cpu_up(cpu);
		break;
	case 2:
		workqueue_set_max_active(wide, 1 + (int)draw_share(40));
		break;
	case 3:
		workqueue_set_min_active(wide, 1 + (int)draw_share(9));
		break;
	case 4:
		attrs = alloc_workqueue_attrs();
		attrs->cpumask.bits = 1 + draw_share(255);
		CHECK_INT(apply_workqueue_attrs(wide, attrs), 0);
		free_workqueue_attrs(attrs);
		break;
	default:
		snprintf(mask, sizeof(mask), "%x", 1 + (unsigned int)draw_share(255));
		CHECK_INT(wq_sysfs_write(NULL, "cpumask", mask), 0);
	}
}

/* Eight CPUs on four nodes: after every change each node has the share of its CPUs that are on line. */
static void nodes_have_their_shares_after_every_change(void)
{
	struct reader r = { .seed = 1 };
	struct world w;

	for (; r.seed <= 12; r.seed++) {
		struct machine_config cfg = world_config(8);
		struct trace_event ev = { 0 };
		uint64_t n = 1;

		cfg.seed = share_seed = r.seed;
		cfg.nr_nodes = 4;
		share_draws = 0;
		world_start(&w, &cfg);
		wide = make_wq("wide", WQ_UNBOUND, 1 + (int)draw_share(40));
		CHECK_INT(model_init(&r.after), 0);
		for (int change = 0; change < 40; change++) {
			machine_call(change_something, NULL);
			count(&w, EV_BUG, NULL);
			for (; n <= w.store.nr; n++) {
				REQUIRE_TRUE(trace_store_event(&w.store, n, &ev));
				REQUIRE_INT(model_apply(&r.after, &ev), 0);
			}
			check_shares(&r, &r.after, &ev);
		}
		model_fini(&r.after);
		world_stop(&w);
	}
	CHECK_INT(r.bad, 0);
	CHECK_GT(r.shares, 400);
}

/* ---- idle workers ------------------------------------------------------------------------------ */

/* Bursts of items that sleep, minutes apart: workers are made, stay idle, and end one after the other. */
static struct item sleeper[12];

static void queue_all(void)
{
	for (int i = 0; i < 12; i++)
		queue_work(wide, WORK(&sleeper[i]));
}

static void the_idle_timer_is_set_for_the_oldest_worker(void)
{
	struct reader r = { .seed = 1 };
	struct world w;

	for (; r.seed <= 12; r.seed++) {
		struct machine_config cfg = world_config(1);
		double now = 0;
		char names[12][16];

		cfg.seed = r.seed;
		world_start(&w, &cfg);
		wide = make_wq("wide", 0, 0);
		for (int i = 0; i < 12; i++) {
			snprintf(names[i], sizeof(names[i]), "s%d", i);
			item_init(&sleeper[i], names[i], STEPS(SLEEP(1 + (double)rng_below(rng_hash4(r.seed, 1, 0, (uint64_t)i), 40000))));
		}
		for (int round = 0; round < 4; round++) {
			actor("a", 0, STEPS(CALL(queue_all)));
			now += 1000 * (double)(60 + rng_below(rng_hash4(r.seed, 2, 0, (uint64_t)round), 200));
			world_pass(&w, now);
		}
		world_pass(&w, now + 900000);
		read_run(&r, &w);
		world_stop(&w);
	}
	CHECK_INT(r.bad, 0);
	CHECK_GT(r.timers, 20);
	CHECK_GT(r.met[WHY_EXPIRED], 10);
}

const struct test_case suite_sweep_why[] = {
	T(every_why_has_the_values_of_the_state),
	T(a_nodes_line_is_served_in_turns),
	T(a_draining_workqueue_takes_chained_work_only),
	T(a_why_has_the_limit_of_a_frozen_workqueue),
	T(nodes_have_their_shares_after_every_change),
	T(the_idle_timer_is_set_for_the_oldest_worker),
	{ NULL, NULL }
};
