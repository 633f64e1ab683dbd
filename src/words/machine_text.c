/*
 * words/machine_text.c - see machine_text.h.
 *
 * Lives here:   one function for each kind of line.
 * Never here:   when a line is shown.
 * Licence: MIT.
 */
#include "words/machine_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/time.h"
#include "model/flags.h"
#include "words/name.h"
#include "words/texts.h"
#include "words/waits.h"

/* The arguments that every function here needs. */
struct page {
	const struct trace_store *s;
	const struct model *m;
	struct strbuf *out;
};

static struct words_name named(const struct page *p, enum trace_class cls, uint32_t id)
{
	return words_named(p->s, p->m, cls, id);
}

#define put(p, ...) strbuf_printf((p)->out, __VA_ARGS__)

/* ---- the state of a thread -------------------------------------------------------------- */

void words_doing(const struct trace_store *s, const struct model *m, const struct model_task *t, uint64_t now,
		 struct strbuf *out)
{
	const struct page p = { s, m, out };
	const struct model_worker *w = model_worker(m, t->worker);

	if (t->state == MT_BLOCKED && t->waits_lock && t->waits_for)
		put(&p, W(DOING_WAITS_HELD), named(&p, CLS_LOCK, t->waits_lock).text, named(&p, CLS_TASK, t->waits_for).text);
	else if (t->state == MT_BLOCKED && t->waits_lock)
		put(&p, W(DOING_WAITS), named(&p, CLS_LOCK, t->waits_lock).text);
	else if (t->state == MT_BLOCKED && t->sleep_until > now)
		put(&p, W(DOING_WAKES), time_text_short(t->sleep_until - now).text);
	else if (t->state == MT_RUNNABLE)
		put(&p, W(DOING_READY));
	else if (t->state == MT_ON_CPU && w && w->sleeping)
		put(&p, t->since > w->slept_since ? W(DOING_BACK) : W(DOING_LEAVES));
	else if (t->state == MT_ON_CPU && t->burning && t->burn_length)
		put(&p, W(DOING_BURN), time_text_short(model_burn_done(m, t, now)).text, time_text_short(t->burn_length).text);
}

/* ---- lists -------------------------------------------------------------------------------- */

/* " Waiting: w1, w2." */
struct listing {
	const struct page *p;
	const char *title;
	bool begun;
};

static void list_next(struct listing *l, const char *text)
{
	if (l->begun)
		put(l->p, ", %s", text);
	else
		put(l->p, " %s: %s", l->title, text);
	l->begun = true;
}

static void list_end(struct listing *l)
{
	if (l->begun)
		strbuf_putc(l->p->out, '.');
}

static void put_items(const struct page *p, const char *title, const struct model_list *list)
{
	struct listing l = { p, title, false };
	uint32_t id = list->first, n;

	for (n = 0; id && n < list->count; n++) {
		list_next(&l, named(p, CLS_ITEM, id).text);
		id = p->m->items[id].next;
	}
	list_end(&l);
}

/* ---- pools ---------------------------------------------------------------------------------- */

/* Where a busy worker stands; a worker that was woken and has not got the CPU is in none of the others. */
enum busy_state { BUSY_RUNNING, BUSY_READY, BUSY_SLEEPING, BUSY_STATES };

static const enum words_key busy_titles[BUSY_STATES] = {
	[BUSY_RUNNING] = W_LIST_RUNNING, [BUSY_READY] = W_LIST_READY, [BUSY_SLEEPING] = W_LIST_SLEEPING,
};

static enum busy_state busy_state(const struct model *m, const struct model_worker *w)
{
	const struct model_task *t = model_task(m, w->task);

	if (t && t->state == MT_RUNNABLE)
		return BUSY_READY;
	return w->sleeping || (t && t->state == MT_BLOCKED) ? BUSY_SLEEPING : BUSY_RUNNING;
}

static void put_busy(const struct page *p, uint32_t pool, enum busy_state state)
{
	struct listing l = { p, words_fixed(busy_titles[state]), false };

	for (uint32_t id = 1; id <= p->m->nr_workers; id++) {
		const struct model_worker *w = model_worker(p->m, id);
		const struct model_task *t = w ? model_task(p->m, w->task) : NULL;
		STRBUF(doing, 256);
		STRBUF(text, 600);

		if (!w || w->pool != pool || w->place != WK_BUSY || busy_state(p->m, w) != state)
			continue;
		strbuf_printf(&text, W(LIST_BUSY), named(p, CLS_WORKER, id).text, named(p, CLS_ITEM, w->item).text);
		if (t && state != BUSY_READY)
			words_doing(p->s, p->m, t, p->m->time, &doing);
		if (doing.len)
			strbuf_printf(&text, ", %s", doing.buf);
		list_next(&l, text.buf);
	}
	list_end(&l);
}

static void put_idle(const struct page *p, const struct model_pool *pool)
{
	struct listing l = { p, pool->idle.count > 1 ? W(LIST_IDLE_ORDER) : W(LIST_IDLE), false };
	uint32_t id = pool->idle.first, n;

	for (n = 0; id && n < pool->idle.count; n++) {
		list_next(&l, named(p, CLS_WORKER, id).text);
		id = p->m->workers[id].next;
	}
	list_end(&l);
}

static bool pool_is_quiet(const struct model_pool *pool)
{
	return !pool->worklist.count && !pool->manager && pool->nr_idle == pool->nr_workers;
}

static void put_pool(const struct page *p, const struct model_pool *pool)
{
	words_put_name(p->s, p->m, CLS_POOL, pool->id, true, p->out);
	put(p, pool->nr_workers == 1 ? W(POOL_LINE_ONE) : W(POOL_LINE), pool->nr_running, pool->nr_workers);
	put_items(p, W(LIST_WAITING), &pool->worklist);
	for (int state = 0; state < BUSY_STATES; state++)
		put_busy(p, pool->id, (enum busy_state)state);
	put_idle(p, pool);
	if (pool->manager)
		put(p, W(POOL_LINE_MANAGER), named(p, CLS_WORKER, pool->manager).text);
	if (pool->mayday_expires > p->m->time)
		put(p, W(POOL_LINE_MAYDAY), time_text(pool->mayday_expires - p->m->time).text);
	strbuf_putc(p->out, '\n');
}

/* The normal pools of CPUs are always there; another pool only if something is going on in it. */
static void put_pools(const struct page *p)
{
	unsigned int quiet = 0;

	for (uint32_t id = 1; id <= p->m->nr_pools; id++) {
		const struct model_pool *pool = model_pool(p->m, id);

		if (!pool || pool->freed)
			continue;
		if (pool_is_quiet(pool) && (pool->cpu < 0 || pool->nice < 0 || (pool->flags & POOL_BH)))
			quiet++;
		else
			put_pool(p, pool);
	}
	if (quiet)
		put(p, quiet == 1 ? W(POOLS_QUIET_ONE) : W(POOLS_QUIET), quiet);
	if (quiet)
		strbuf_putc(p->out, '\n');
}

/* ---- CPUs, workqueues, timers ------------------------------------------------------------------- */

static void put_cpu(const struct page *p, const struct model_cpu *c)
{
	uint32_t ready = model_cpu_ready(p->m, c->id);

	if (!c->online)
		put(p, W(CPU_IS_OFFLINE), c->id);
	else if (c->irq_line)
		put(p, W(CPU_IS_IN_HANDLER), c->id, named(p, CLS_LINE, c->irq_line).text);
	else if (c->softirq)
		put(p, W(CPU_IS_IN_SOFTIRQ), c->id, trace_softirq_name(c->softirq - 1));
	else if (c->task && c->task != c->idle_task)
		put(p, W(CPU_RUNS), c->id, named(p, CLS_TASK, c->task).text);
	else if (ready)
		put(p, W(CPU_IS_SWITCHING), c->id, named(p, CLS_TASK, ready).text);
	else
		put(p, W(CPU_IS_IDLE), c->id);
	strbuf_putc(p->out, '\n');
}

/* The limit that counts: a node's for an unbound workqueue, else the pool_workqueue's own. */
static void put_limit(const struct page *p, const struct model_pwq *q)
{
	const struct model_wq *wq = model_wq(p->m, q->wq);
	const struct model_pool *pool = model_pool(p->m, q->pool);
	uint32_t node = pool && pool->node >= 0 && pool->node < MODEL_NODES_MAX ? (uint32_t)pool->node : MODEL_NODES_MAX;

	if (wq && pool && pool->cpu < 0 && wq->node_max[node])
		put(p, W(WQ_LINE_NODE), named(p, CLS_PWQ, q->id).text, q->nr_active, wq->node_nr[node], wq->node_max[node]);
	else
		put(p, W(WQ_LINE), named(p, CLS_PWQ, q->id).text, q->nr_active, wq ? wq->max_active : 0);
}

static void put_pwq(const struct page *p, const struct model_pwq *q)
{
	put_limit(p, q);
	put_items(p, W(LIST_HELD_BACK), &q->inactive);
	if (q->on_mayday)
		put(p, W(WQ_LINE_MAYDAY));
	strbuf_putc(p->out, '\n');
}

static void put_timers(const struct page *p)
{
	for (uint32_t id = 1; id <= p->m->nr_items; id++) {
		const struct model_item *it = model_item(p->m, id);

		if (!it || !it->timer_armed)
			continue;
		put(p, W(TIMER_LINE), named(p, CLS_ITEM, id).text,
		    time_text(it->timer_expires > p->m->time ? it->timer_expires - p->m->time : 0).text);
		strbuf_putc(p->out, '\n');
	}
}

void words_machine(const struct trace_store *s, const struct model *m, struct strbuf *out)
{
	const struct page p = { s, m, out };

	put(&p, W(TIME_LINE), time_text(m->time).text);
	if (m->creation_stalled)
		put(&p, W(TIME_LINE_NO_THREAD));
	strbuf_putc(out, '\n');
	for (uint32_t id = 0; id < CPUS_MAX; id++)
		if (m->cpus[id].exists)
			put_cpu(&p, &m->cpus[id]);
	put_pools(&p);
	for (uint32_t id = 1; id <= m->nr_pwqs; id++) {
		const struct model_pwq *q = model_pwq(m, id);

		if (q && !q->freed && (q->nr_active || q->inactive.count))
			put_pwq(&p, q);
	}
	put_timers(&p);
	words_waits_lines(s, m, out);
}

/* ---- a pause ------------------------------------------------------------------------------------------ */

#define PAUSE_NAMES 4		/* more are counted, not named */
#define PAUSE_TASKS 32		/* a pause in which more threads run counts only these */
#define PAUSE_SHARE 100		/* a thread with a CPU for less than this part of the pause is left out */

/* How long each thread has a CPU in a pause. */
struct usage {
	uint32_t on[CPUS_MAX];		/* thread on the CPU, 0 = its idle thread */
	uint64_t since[CPUS_MAX];
	struct {
		uint32_t task;
		uint64_t ns;
	} v[PAUSE_TASKS];
	unsigned int nr;
};

/* The thread that has @cpu goes at @time. */
static void usage_add(struct usage *u, uint32_t cpu, uint64_t time)
{
	unsigned int i = 0;

	if (!u->on[cpu])
		return;
	while (i < u->nr && u->v[i].task != u->on[cpu])
		i++;
	if (i == PAUSE_TASKS)
		return;
	if (i == u->nr) {
		u->v[i].task = u->on[cpu];
		u->v[u->nr++].ns = 0;
	}
	u->v[i].ns += time - u->since[cpu];
}

static void usage_set(struct usage *u, const struct model *m, uint32_t cpu, uint32_t task, uint64_t time)
{
	u->on[cpu] = task == m->cpus[cpu].idle_task ? 0 : task;
	u->since[cpu] = time;
}

static void usage_make(struct usage *u, const struct trace_store *s, const struct model *m, uint64_t from,
		       uint64_t until)
{
	struct ev_SCHED_SWITCH e;
	struct trace_event ev;

	u->nr = 0;
	for (uint32_t c = 0; c < CPUS_MAX; c++)
		usage_set(u, m, c, m->cpus[c].task, from);
	for (uint64_t n = m->n + 1; trace_store_event(s, n, &ev) && ev.time < until; n++) {
		if (!trace_get_SCHED_SWITCH(&ev, &e) || ev.cpu >= CPUS_MAX || ev.time < from)
			continue;
		usage_add(u, ev.cpu, ev.time);
		usage_set(u, m, ev.cpu, e.next, ev.time);
	}
	for (uint32_t c = 0; c < CPUS_MAX; c++)
		usage_add(u, c, until);
}

static void put_runner(const struct page *p, uint32_t task)
{
	const struct model_task *t = model_task(p->m, task);
	const struct model_worker *w = t ? model_worker(p->m, t->worker) : NULL;

	if (w && w->item)
		put(p, W(PAUSE_RUNS_ITEM), named(p, CLS_TASK, task).text, named(p, CLS_ITEM, w->item).text);
	else
		put(p, W(PAUSE_RUNS), named(p, CLS_TASK, task).text);
}

void words_pause(const struct trace_store *s, const struct model *m, uint64_t from, uint64_t until,
		 struct strbuf *out)
{
	const struct page p = { s, m, out };
	uint64_t length = until > from ? until - from : 0;
	unsigned int named_nr = 0, more = 0;
	struct usage u;

	usage_make(&u, s, m, from, until);
	for (unsigned int i = 0; i < u.nr; i++) {
		if (u.v[i].ns * PAUSE_SHARE < length)
			continue;
		if (named_nr == PAUSE_NAMES) {
			more++;
			continue;
		}
		if (named_nr++)
			strbuf_puts(out, ", ");
		else
			put(&p, W(PAUSE), time_text_short(length).text);
		put_runner(&p, u.v[i].task);
	}
	if (!named_nr)
		put(&p, W(PAUSE_IDLE), time_text_short(length).text);
	if (more)
		put(&p, W(PAUSE_MORE), more);
}
