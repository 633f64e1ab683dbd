/*
 * model/apply_pool.c - applies events about pools, workers and rescuers.
 *
 * Spec sections 3, 4, 7.  nr_running, nr_idle and nr_workers are copied from the events
 * that change them.  The order of the idle list is computed here.
 *
 * Lives here:   one small handler per kind.
 * Never here:   items (apply_work.c), threads (apply_machine.c).
 * Licence: MIT.
 */
#include "model/model_internal.h"

/* ---- pools ------------------------------------------------------------------------- */

static void on_pool_new(struct model *m, const struct trace_event *ev)
{
	GET(POOL_NEW);
	struct model_pool *p = &m->pools[e.pool];

	p->cpu = e.cpu;
	p->node = e.node;
	p->nice = e.nice;
	p->flags = e.flags;
	p->cpus = e.cpus;
	p->pod_cpus = e.pod;
	p->strict = e.strict;
	p->watchdog_ts = ev->time;
}

static void on_pool_free(struct model *m, const struct trace_event *ev)
{
	GET(POOL_FREE);

	m->pools[e.pool].freed = true;
}

static void on_pool_flags(struct model *m, const struct trace_event *ev)
{
	GET(POOL_FLAGS);

	m->pools[e.pool].flags = e.flags;
}

/* R4.11: the woken worker stays on the idle list until it runs.  A kick from the
 * sleeping hook or from the tick is counted for the running item (CM_WAKEUP). */
static void on_kick(struct model *m, const struct trace_event *ev)
{
	GET(KICK);
	const struct model_task *t = &m->tasks[ev->task];
	const struct model_worker *by = &m->workers[t->worker];

	if (!e.worker)
		return;
	m->workers[e.worker].woken = true;
	if (by->id && by->pwq && (by->sleeping || ev->ctx == CTX_HARDIRQ)) {
		m->pwqs[by->pwq].cm_wakeups++;
		m->wqs[m->pwqs[by->pwq].wq].cm_wakeups++;
	}
}

static void on_repatriate(struct model *m, const struct trace_event *ev)
{
	GET(REPATRIATE);

	m->pwqs[e.pwq].repatriated++;
}

/* R4.17: a hog leaves concurrency management; a separate KICK follows for the pool. */
static void on_hog(struct model *m, const struct trace_event *ev)
{
	GET(HOG);

	m->pwqs[m->workers[e.worker].pwq].cpu_intensive++;
}

static void on_idle_timer(struct model *m, const struct trace_event *ev)
{
	GET(IDLE_TIMER);

	m->pools[e.pool].idle_timer_expires = e.armed ? e.expires : 0;
}

static void on_mayday_timer(struct model *m, const struct trace_event *ev)
{
	GET(MAYDAY_TIMER);

	m->pools[e.pool].mayday_state = e.state;
	m->pools[e.pool].mayday_expires = e.expires;
}

static void on_watchdog_touch(struct model *m, const struct trace_event *ev)
{
	GET(WATCHDOG_TOUCH);

	m->pools[e.pool].watchdog_ts = ev->time;
}

static void on_wq_watchdog_touch(struct model *m, const struct trace_event *ev)
{
	GET(WQ_WATCHDOG_TOUCH);

	for (uint32_t i = 1; i <= m->nr_pools; i++) {
		struct model_pool *p = &m->pools[i];

		if (p->cpu < 0 ? e.unbound : p->cpu == e.cpu)
			p->watchdog_touched = ev->time;
	}
}

static void on_watchdog_set(struct model *m, const struct trace_event *ev)
{
	GET(WATCHDOG_SET);

	m->watchdog_thresh = e.thresh;
	m->watchdog_next = e.next;
}

static void on_watchdog_look(struct model *m, const struct trace_event *ev)
{
	m->watchdog_next = ev->time + m->watchdog_thresh;
}

static void on_stall(struct model *m, const struct trace_event *ev)
{
	GET(STALL);

	m->pools[e.pool].stalls++;
}

/* ---- workers ------------------------------------------------------------------------- */

static void on_create_begin(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_CREATE_BEGIN);

	m->pools[e.pool].creating++;
}

static void on_create_fail(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_CREATE_FAIL);
	struct model_pool *p = &m->pools[e.pool];

	p->creating -= p->creating > 0;
}

/* R3.2: attached already; PREP until its first cycle */
static void on_worker_create(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_CREATE);
	struct model_worker *w = &m->workers[e.worker];
	struct model_pool *p = &m->pools[e.pool];

	w->pool = e.pool;
	w->number = e.id;
	w->task = e.kthread;
	w->flags |= WORKER_PREP;
	if (w->place == WK_NONE)
		w->place = WK_BETWEEN;
	if (e.kthread)		/* workers of bottom halves have none */
		m->tasks[e.kthread].worker = e.worker;
	p->nr_workers = e.nr_workers;
	p->creating -= p->creating > 0;
}

static void on_worker_attach(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_ATTACH);
	struct model_worker *w = &m->workers[e.worker];

	w->pool = e.pool;
	w->flags = e.flags;
	w->attached = true;
}

/* R3.12 */
static void on_worker_detach(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_DETACH);
	struct model_worker *w = &m->workers[e.worker];

	w->attached = false;
	w->flags &= ~(WORKER_UNBOUND | WORKER_REBOUND);
}

static void on_worker_idle(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_IDLE);
	struct model_worker *w = &m->workers[e.worker];
	struct model_pool *p = &m->pools[e.pool];

	if (w->place == WK_IDLE || w->item)
		model_fault(m, ev, "worker %u enters idle but is %s", e.worker,
			    w->item ? "running an item" : "idle already");
	model_idle_remove(m, e.worker);
	w->pool = e.pool;
	model_idle_push(m, e.worker, e.pool);
	w->flags |= WORKER_IDLE;
	w->idle_since = ev->time;
	p->nr_idle = e.nr_idle;
	p->nr_running = e.nr_running;
}

static void on_worker_busy(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_BUSY);
	struct model_worker *w = &m->workers[e.worker];
	struct model_pool *p = &m->pools[e.pool];

	if (w->place != WK_IDLE)
		model_fault(m, ev, "worker %u leaves idle but was not idle", e.worker);
	model_idle_remove(m, e.worker);
	w->flags &= ~WORKER_IDLE;
	w->woken = false;
	p->nr_idle = e.nr_idle;
	p->nr_running = e.nr_running;
}

static void on_worker_flags(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_FLAGS);

	m->workers[e.worker].flags = e.flags;
	m->pools[e.pool].nr_running = e.nr_running;
}

/* R4.6 */
static void on_worker_sleep(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_SLEEP);
	struct model_worker *w = &m->workers[e.worker];

	w->sleeping = true;
	w->slept_since = ev->time;
	m->pools[e.pool].nr_running = e.nr_running;
}

/* R4.7 */
static void on_worker_wake(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_WAKE);

	m->workers[e.worker].sleeping = false;
	m->pools[e.pool].nr_running = e.nr_running;
}

static void on_manage_begin(struct model *m, const struct trace_event *ev)
{
	GET(MANAGE_BEGIN);
	struct model_pool *p = &m->pools[e.pool];

	if (p->flags & POOL_MANAGER_ACTIVE)
		model_fault(m, ev, "worker %u becomes manager of pool %u, which has one: worker %u",
			    e.worker, e.pool, p->manager);
	p->flags |= POOL_MANAGER_ACTIVE;
	p->manager = e.worker;
	m->workers[e.worker].manager = true;
}

static void on_manage_end(struct model *m, const struct trace_event *ev)
{
	GET(MANAGE_END);
	struct model_pool *p = &m->pools[e.pool];

	p->flags &= ~POOL_MANAGER_ACTIVE;
	p->manager = 0;
	m->workers[e.worker].manager = false;
}

/* R3.11 */
static void on_cull(struct model *m, const struct trace_event *ev)
{
	GET(CULL);
	struct model_worker *w = &m->workers[e.worker];

	if (w->place != WK_IDLE)
		model_fault(m, ev, "worker %u was culled but was not idle", e.worker);
	model_idle_remove(m, e.worker);
	w->place = WK_DEAD;
	w->flags |= WORKER_DIE;
	m->pools[e.pool].nr_workers = e.nr_workers;
	m->pools[e.pool].nr_idle = e.nr_idle;
}

static void on_worker_die(struct model *m, const struct trace_event *ev)
{
	GET(WORKER_DIE);
	struct model_worker *w = &m->workers[e.worker];

	model_idle_remove(m, e.worker);
	w->place = WK_DEAD;
	w->attached = false;
}

/* ---- rescue ---------------------------------------------------------------------------- */

static void on_rescuer_new(struct model *m, const struct trace_event *ev)
{
	GET(RESCUER_NEW);
	struct model_worker *w = &m->workers[e.worker];

	w->rescuer_of = e.wq;
	w->task = e.kthread;
	w->flags |= WORKER_PREP;
	m->tasks[e.kthread].worker = e.worker;
	m->wqs[e.wq].rescuer = e.worker;
}

/* R7.3: the list holds a reference */
static void on_mayday(struct model *m, const struct trace_event *ev)
{
	GET(MAYDAY);
	struct model_pwq *q = &m->pwqs[e.pwq];

	if (q->on_mayday)
		model_fault(m, ev, "pwq %u was put on its mayday list twice", e.pwq);
	q->on_mayday = true;
	q->maydays++;
	q->refcnt++;
	m->wqs[e.wq].maydays++;
}

static void on_rescuer_begin(struct model *m, const struct trace_event *ev)
{
	GET(RESCUER_BEGIN);
	struct model_worker *w = &m->workers[e.worker];

	m->pwqs[e.pwq].on_mayday = false;
	w->pool = e.pool;
	w->pwq = 0;
	w->place = WK_BETWEEN;
}

static void on_rescue(struct model *m, const struct trace_event *ev)
{
	GET(RESCUE);

	m->pwqs[e.pwq].rescued++;
	m->wqs[m->pwqs[e.pwq].wq].rescued++;
}

static void on_rescuer_end(struct model *m, const struct trace_event *ev)
{
	GET(RESCUER_END);
	struct model_worker *w = &m->workers[e.worker];

	w->pool = 0;
	w->place = WK_NONE;
}

model_handler *const model_pool_handlers[EV_NR] = {
	[EV_POOL_NEW] = on_pool_new,
	[EV_POOL_FREE] = on_pool_free,
	[EV_REPATRIATE] = on_repatriate,
	[EV_HOG] = on_hog,
	[EV_POOL_FLAGS] = on_pool_flags,
	[EV_KICK] = on_kick,
	[EV_IDLE_TIMER] = on_idle_timer,
	[EV_MAYDAY_TIMER] = on_mayday_timer,
	[EV_WATCHDOG_TOUCH] = on_watchdog_touch,
	[EV_WQ_WATCHDOG_TOUCH] = on_wq_watchdog_touch,
	[EV_WATCHDOG_SET] = on_watchdog_set,
	[EV_WATCHDOG_LOOK] = on_watchdog_look,
	[EV_STALL] = on_stall,
	[EV_WORKER_CREATE_BEGIN] = on_create_begin,
	[EV_WORKER_CREATE_FAIL] = on_create_fail,
	[EV_WORKER_CREATE] = on_worker_create,
	[EV_WORKER_ATTACH] = on_worker_attach,
	[EV_WORKER_DETACH] = on_worker_detach,
	[EV_WORKER_IDLE] = on_worker_idle,
	[EV_WORKER_BUSY] = on_worker_busy,
	[EV_WORKER_FLAGS] = on_worker_flags,
	[EV_WORKER_SLEEP] = on_worker_sleep,
	[EV_WORKER_WAKE] = on_worker_wake,
	[EV_MANAGE_BEGIN] = on_manage_begin,
	[EV_MANAGE_END] = on_manage_end,
	[EV_CULL] = on_cull,
	[EV_WORKER_DIE] = on_worker_die,
	[EV_RESCUER_NEW] = on_rescuer_new,
	[EV_MAYDAY] = on_mayday,
	[EV_RESCUER_BEGIN] = on_rescuer_begin,
	[EV_RESCUE] = on_rescue,
	[EV_RESCUER_END] = on_rescuer_end,
};
