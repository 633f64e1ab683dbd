/*
 * model/inv_pools.c - checks about pools and workers: I13..I24, I26..I32, I41, I43, I53, I55.
 *
 * The checks include the exceptions that the rules make.  The running hook takes no lock
 * (R4.7), so a worker may wake up between a decision and its consequence.  A worker of an
 * unmanaged pool may be between two items without the lock (R5.16).  The destroyer of a
 * pool holds the manager's role.
 *
 * Lives here:   one small check per sentence.
 * Never here:   items (inv_items.c), counts of pwqs (inv_accounts.c).
 * Rules:        spec sections 3, 4, 7, 12.   Licence: MIT.
 */
#include "model/invariant_internal.h"

#include <stdlib.h>

#include "base/rng.h"
#include "base/strbuf.h"

#define SECOND_NS 1000000000u
#define IDLE_TIMEOUT_S 300u		/* R3.11 */
#define MAYDAY_INITIAL_NS 10000000u	/* R7.2 */
#define LONG_ROUND_TICKS 8u		/* delay that the wheel adds to a timer of 64 to 503 ticks */

/* ---- where workers are ----------------------------------------------------------------- */

static void i13_between(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_WORKER);
	const struct model_worker *w = &c->m.workers[e.worker];

	if (w->place == WK_BETWEEN && !(e.flags & (WORKER_PREP | WORKER_UNBOUND)))
		inv_breach(c, "I13", ev->n, "worker %u is neither idle nor busy, without PREP (flags 0x%x)",
			   e.worker, e.flags);
}

static void i14_idle(struct inv *c, const struct trace_event *ev)
{
	const struct model_pool *p;
	uint32_t pool;

	if (!trace_event_id(ev, CLS_POOL, &pool))
		return;
	p = &c->m.pools[pool];
	if (p->idle.count != p->nr_idle)
		inv_breach(c, "I14", ev->n, "pool %u: nr_idle %u, %u on the idle list", p->id, p->nr_idle,
			   p->idle.count);
	if (p->nr_idle > p->nr_workers)
		inv_breach(c, "I15", ev->n, "pool %u: nr_idle %u, nr_workers %u", p->id, p->nr_idle,
			   p->nr_workers);
}

static void i14_workers(struct inv *c, const struct trace_event *ev)
{
	uint32_t live = 0, pool;

	if (!trace_event_id(ev, CLS_POOL, &pool))
		return;
	for (uint32_t i = 1; i <= c->m.nr_workers; i++) {
		const struct model_worker *w = &c->m.workers[i];

		live += w->pool == pool && (w->task || c->m.pools[pool].flags & POOL_BH) && !w->rescuer_of &&
			w->place != WK_DEAD;
	}
	if (live != c->m.pools[pool].nr_workers)
		inv_breach(c, "I14", ev->n, "pool %u: nr_workers %u, %u live workers", pool,
			   c->m.pools[pool].nr_workers, live);
}

static void i16_idle_is_empty(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_IDLE);
	const struct model_worker *w = &c->m.workers[e.worker];

	if (w->item || w->scheduled.count)
		inv_breach(c, "I16", ev->n, "worker %u goes idle with item %u and %u scheduled", e.worker,
			   w->item, w->scheduled.count);
}

static void i16_taker_is_awake(struct inv *c, const struct trace_event *ev)
{
	const struct model_worker *w;
	uint32_t worker;

	if (!trace_event_id(ev, CLS_WORKER, &worker))
		return;
	w = &c->m.workers[worker];
	if (w->place == WK_IDLE)
		inv_breach(c, "I16", ev->n, "worker %u takes work from the idle list", w->id);
}

static void i16_busy_is_full(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);

	if (!e.item || !e.pwq || !e.pool)
		inv_breach(c, "I16", ev->n, "worker %u is busy with item %u of pwq %u in pool %u", e.worker,
			   e.item, e.pwq, e.pool);
}

static void i28_idle_order(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_POOL);

	for (uint32_t i = 1; i < e.idle.n; i++) {
		uint32_t a = e.idle.v[i - 1], b = e.idle.v[i];

		if (a > c->m.nr_workers || b > c->m.nr_workers)
			return;		/* unknown to the events; the census check reports it */
		if (c->m.workers[a].idle_since < c->m.workers[b].idle_since)
			inv_breach(c, "I28", ev->n, "pool %u: worker %u is before worker %u, which went idle later",
				   e.pool, a, b);
	}
}

static void i29_cull(struct inv *c, const struct trace_event *ev)
{
	GET(CULL);
	const struct model_pool *p = &c->m.pools[e.pool];
	uint64_t age = ev->time - c->m.workers[e.worker].idle_since;

	/* the pool is being destroyed (R3.15) */
	if (ev->why.pred == WHY_NONE && (p->cpu < 0 || p->flags & POOL_LEGACY))
		return;
	if (age + INV_TICK_NS(&c->m) < (uint64_t)IDLE_TIMEOUT_S * SECOND_NS)
		inv_breach(c, "I29", ev->n, "worker %u is culled after %llu ms of idling", e.worker,
			   (unsigned long long)(age / 1000000));
}

static void i30_dead(struct inv *c, const struct trace_event *ev)
{
	const struct model_worker *w;
	uint32_t worker;

	if (!trace_event_id(ev, CLS_WORKER, &worker))
		return;
	w = &c->m.workers[worker];
	if (w->place == WK_DEAD || w->flags & WORKER_DIE)
		inv_breach(c, "I30", ev->n, "worker %u was culled and continues", w->id);
}

static void i27_unique(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_CREATE);

	for (uint32_t i = 1; i <= c->m.nr_workers; i++) {
		const struct model_worker *w = &c->m.workers[i];

		if (i != e.worker && w->task && !w->rescuer_of && w->pool == e.pool && w->number == e.id &&
		    w->place != WK_DEAD)
			inv_breach(c, "I27", ev->n, "workers %u and %u of pool %u are both number %u", i,
				   e.worker, e.pool, e.id);
	}
}

/* R3.13 */
static void i27_name(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_CREATE);
	const char *name = trace_store_name(c->store, CLS_WORKER, e.worker);
	const struct trace_name *pool = trace_store_def(c->store, CLS_POOL, e.pool);
	const struct model_pool *p = &c->m.pools[e.pool];
	STRBUF(want, 48);

	if (!name || !pool || p->flags & POOL_LEGACY)	/* has the name of its workqueue */
		return;
	if (p->flags & POOL_BH) {
		strbuf_puts(&want, p->nice < 0 ? "bh-hi/" : "bh/");
		strbuf_putd(&want, p->cpu);
	} else {
		strbuf_puts(&want, p->cpu >= 0 ? "kworker/" : "kworker/u");
		strbuf_putd(&want, p->cpu >= 0 ? p->cpu : (long)pool->aux);
		strbuf_putc(&want, ':');
		strbuf_putd(&want, e.id);
		strbuf_puts(&want, p->cpu >= 0 && p->nice < 0 ? "H" : "");
	}
	if (strcmp(name, want.buf))
		inv_breach(c, "I27", ev->n, "worker %u is called %s, should be %s", e.worker, name, want.buf);
}

/* ---- the manager ----------------------------------------------------------------------------- */

static void i17_begin(struct inv *c, const struct trace_event *ev)
{
	GET(MANAGE_BEGIN);
	const struct model_pool *p = &c->m.pools[e.pool];

	if (p->flags & POOL_MANAGER_ACTIVE)
		inv_breach(c, "I17", ev->n, "worker %u manages pool %u beside worker %u", e.worker, e.pool,
			   p->manager);
}

static void i17_end(struct inv *c, const struct trace_event *ev)
{
	GET(MANAGE_END);

	if (c->m.pools[e.pool].manager != e.worker)
		inv_breach(c, "I17", ev->n, "worker %u gives up pool %u's management, which is worker %u's",
			   e.worker, e.pool, c->m.pools[e.pool].manager);
}

static void i17_census(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_POOL);
	bool destroyer = c->m.pools[e.pool].cpu < 0 && !e.manager;

	if (!(e.flags & POOL_MANAGER_ACTIVE) != !e.manager && !destroyer)
		inv_breach(c, "I17", ev->n, "pool %u: flags 0x%x, manager %u", e.pool, e.flags, e.manager);
}

/* R3.6, R3.8 */
static void i23_reserve(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_FLAGS);
	const struct model_worker *w = &c->m.workers[e.worker];
	const struct model_pool *p = &c->m.pools[e.pool];

	if (w->rescuer_of || p->flags & (POOL_BH | POOL_LEGACY) || !(w->flags & WORKER_PREP) ||
	    e.flags & WORKER_PREP)
		return;
	if (!p->nr_idle && !(p->flags & POOL_MANAGER_ACTIVE))
		inv_breach(c, "I23", ev->n, "worker %u starts work; pool %u has no other idle worker and no manager",
			   e.worker, e.pool);
}

/* True if the pool needs a worker (R4.3) and has a manager. */
static bool needs_worker(const struct model_pool *p)
{
	return p->worklist.count && !p->nr_running && !p->nr_idle && p->flags & POOL_MANAGER_ACTIVE;
}

/* Checks the need that lasts since the pool's last event. */
static void check_need(struct inv *c, uint64_t n, uint64_t now, uint32_t pool)
{
	const struct model_pool *p = &c->m.pools[pool];
	struct inv_pool *side = &c->pools[pool];
	uint64_t slack = 4 * (uint64_t)INV_TICK_NS(&c->m) + c->m.held_ns, due;

	if (!needs_worker(p) || side->need_since == 0) {
		side->need_since = needs_worker(p) ? now + 1 : 0;
		side->need_reported = false;
		return;
	}
	/* During the timer's long round a new need waits for the end of that round, which the wheel rounds up. */
	due = side->need_since + MAYDAY_INITIAL_NS;
	if (p->mayday_state && p->mayday_expires + LONG_ROUND_TICKS * INV_TICK_NS(&c->m) > due)
		due = p->mayday_expires + LONG_ROUND_TICKS * INV_TICK_NS(&c->m);
	if (!side->need_reported && side->mayday_at < side->need_since && now > due + slack) {
		side->need_reported = true;
		inv_breach(c, "I26", n, "pool %u has needed a worker for %llu us without a mayday",
			   pool, (unsigned long long)(now - side->need_since) / 1000);
	}
}

static void i26_step(struct inv *c, const struct trace_event *ev)
{
	uint32_t pool;

	if (trace_event_id(ev, CLS_POOL, &pool))
		check_need(c, ev->n, ev->time, pool);
}

static void i26_help(struct inv *c, const struct trace_event *ev)
{
	uint32_t pool;

	if (trace_event_id(ev, CLS_POOL, &pool))
		c->pools[pool].mayday_at = ev->time + 1;
}

static void i26_end(struct inv *c, const struct trace_event *ev)
{
	for (uint32_t p = 1; p <= c->m.nr_pools; p++)
		if (c->m.pools[p].id)
			check_need(c, ev->n, ev->time, p);
}

/* ---- nr_running --------------------------------------------------------------------------------- */

static void i18_count(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_POOL);
	const struct model_pool *p = &c->m.pools[e.pool];
	uint32_t runs = 0, asleep = 0;

	if (!inv_managed(p))
		return;
	for (uint32_t i = 1; i <= c->m.nr_workers; i++) {
		const struct model_worker *w = &c->m.workers[i];

		if (w->pool != e.pool || w->place == WK_DEAD || !w->task || w->flags & WORKER_NOT_RUNNING)
			continue;
		runs += !w->sleeping;
		asleep += w->sleeping;
	}
	/* In free mode a waking worker is counted before its event (R4.7). */
	if (e.nr_running < runs || e.nr_running > runs + (c->m.mode ? asleep : 0))
		inv_breach(c, "I18", ev->n, "pool %u: nr_running %u, %u workers run and %u sleep", e.pool,
			   e.nr_running, runs, asleep);
}

static void i19_zero(struct inv *c, const struct trace_event *ev)
{
	struct ev_CENSUS_POOL census;
	const struct model_pool *p;
	uint32_t pool, running;

	if (!trace_event_id(ev, CLS_POOL, &pool))
		return;
	p = &c->m.pools[pool];
	running = trace_get_CENSUS_POOL(ev, &census) ? census.nr_running : p->nr_running;	/* else copied from this event */
	if (running > 1 << 20)
		inv_breach(c, "I19", ev->n, "pool %u: nr_running is %d", p->id, (int)running);
	else if (running && (p->cpu < 0 || p->flags & POOL_BH))
		inv_breach(c, "I19", ev->n, "pool %u is not managed but has nr_running %u", p->id, running);
}

static void i20_all_idle(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_IDLE);
	const struct model_pool *p = &c->m.pools[e.pool];

	if (p->nr_idle == p->nr_workers && e.nr_running)
		inv_breach(c, "I20", ev->n, "pool %u: all %u workers are idle, nr_running %u", e.pool, p->nr_idle,
			   e.nr_running);
}

/*
 * A worker may take items from the worklist if it has cleared PREP and no other worker
 * runs, or if keep_working() has counted at most itself.
 */
static void i24_fresh(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_FLAGS);
	struct inv_worker *w = &c->workers[e.worker];
	bool was = c->m.workers[e.worker].flags & WORKER_PREP;

	if (was && !(e.flags & WORKER_PREP)) {
		w->decided = true;
		w->decided_running = e.nr_running;
	}
}

static void i24_busy(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_BUSY);

	c->workers[e.worker].busy_n = ev->n;
	c->workers[e.worker].decided = false;
}

static void i24_wake(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_WAKE);

	c->pools[e.pool].last_wake_n = ev->n;
}

static void i24_keep(struct inv *c, const struct trace_event *ev)
{
	GET(KEEP_WORKING);
	struct inv_worker *w = &c->workers[e.worker];

	w->decided = e.yes;
	w->decided_running = ev->why.pred == WHY_KEEP_WORKING ? (uint32_t)ev->why.v[2]
							      : c->m.pools[e.pool].nr_running;
}

static void i24_take(struct inv *c, const struct trace_event *ev)
{
	GET(ASSIGN_WORK);
	const struct model_worker *w = &c->m.workers[e.worker];
	struct inv_worker *side = &c->workers[e.worker];

	if (w->rescuer_of || !inv_managed(&c->m.pools[e.pool]) || w->flags & WORKER_UNBOUND)
		return;
	if (!side->decided)
		inv_breach(c, "I24", ev->n, "worker %u takes item %u without a check of keep_working()",
			   e.worker, e.item);
	else if (side->decided_running > 1 && c->pools[e.pool].last_wake_n < side->busy_n)
		inv_breach(c, "I24", ev->n, "worker %u takes item %u with nr_running %u", e.worker, e.item,
			   side->decided_running);
	side->decided = false;
}

/* ---- hotplug --------------------------------------------------------------------------------------------- */

static void i21_pool(struct inv *c, const struct trace_event *ev)
{
	GET(CENSUS_POOL);
	bool untied = c->m.pools[e.pool].flags & POOL_DISASSOCIATED;

	for (uint32_t i = 1; i <= c->m.nr_workers; i++) {
		const struct model_worker *w = &c->m.workers[i];

		if (w->attached && w->pool == e.pool && !(w->flags & WORKER_UNBOUND) == untied)
			inv_breach(c, "I21", ev->n, "pool %u %s, worker %u has flags 0x%x", e.pool,
				   untied ? "is tied to no CPU" : "has its CPU", i, w->flags);
	}
}

static void i21_attach(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_ATTACH);
	bool untied = c->m.pools[e.pool].flags & POOL_DISASSOCIATED;

	if (!(e.flags & WORKER_UNBOUND) == untied)
		inv_breach(c, "I21", ev->n, "worker %u comes with flags 0x%x to pool %u, which %s", e.worker, e.flags,
			   e.pool, untied ? "is tied to no CPU" : "has its CPU");
}

static void i22_back(struct inv *c, const struct trace_event *ev)
{
	GET(CPU_STATE);

	if (e.cpu < CPUS_MAX)
		c->cpu_back[e.cpu] = e.online;
}

static void i22_rebound(struct inv *c, const struct trace_event *ev)
{
	GET(WORKER_FLAGS);
	const struct model_worker *w = &c->m.workers[e.worker];
	const struct model_pool *p = &c->m.pools[e.pool];

	if (!(e.flags & WORKER_REBOUND))
		return;
	if (!(w->flags & WORKER_REBOUND) && (p->cpu < 0 || !c->cpu_back[p->cpu]))
		inv_breach(c, "I22", ev->n, "worker %u of pool %u is rebound, but no CPU came back", e.worker, e.pool);
	if (w->flags & WORKER_PREP && !(e.flags & WORKER_PREP))
		inv_breach(c, "I22", ev->n, "worker %u goes to work and is still REBOUND", e.worker);
}

/* ---- running ----------------------------------------------------------------------------------------- */

static void i31_on_its_cpu(struct inv *c, const struct trace_event *ev)
{
	const struct model_worker *w;
	const struct model_pool *p;
	uint32_t worker;

	if (!trace_event_id(ev, CLS_WORKER, &worker))
		return;
	w = &c->m.workers[worker];
	p = &c->m.pools[w->pool];
	if (inv_managed(p) && !(w->flags & (WORKER_UNBOUND | WORKER_REBOUND)) && ev->cpu != p->cpu)
		inv_breach(c, "I31", ev->n, "worker %u of CPU %d's pool executes on CPU %u", w->id, p->cpu,
			   ev->cpu);
}

static void i32_note(struct inv *c, const struct trace_event *ev)
{
	GET(POOL_NEW);

	c->pools[e.pool].pod = e.pod;
	c->pools[e.pool].strict = e.strict && e.cpu < 0;
}

/* If a CPU of the pool comes back, its workers are less strict, as measured on the kernel (R10.4). */
static void i32_back(struct inv *c, const struct trace_event *ev)
{
	GET(CPU_STATE);

	for (uint32_t i = 1; e.online && i <= c->m.nr_pools; i++)
		if (c->m.pools[i].cpus >> e.cpu & 1)
			c->pools[i].strict = false;
}

static void i32_in_its_pod(struct inv *c, const struct trace_event *ev)
{
	uint32_t worker;
	const struct inv_pool *side;
	bool up = false;

	if (!trace_event_id(ev, CLS_WORKER, &worker))
		return;
	side = &c->pools[c->m.workers[worker].pool];
	if (!side->strict || ev->cpu >= CPUS_MAX || side->pod >> ev->cpu & 1)
		return;
	for (uint32_t cpu = 0; cpu < CPUS_MAX; cpu++)
		up |= side->pod >> cpu & 1 && c->m.cpus[cpu].online;
	if (up)		/* else it may run anywhere */
		inv_breach(c, "I32", ev->n, "worker %u executes on CPU %u, outside its strict pod 0x%llx",
			   worker, ev->cpu, (unsigned long long)side->pod);
}

static void i41_bh(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_START);

	if (!(c->m.pools[e.pool].flags & POOL_BH))
		return;
	for (uint32_t i = 1; i <= c->m.nr_workers; i++)
		if (i != e.worker && c->m.workers[i].item && c->m.workers[i].pool == e.pool)
			inv_breach(c, "I41", ev->n, "BH pool %u runs items %u and %u at once", e.pool,
				   c->m.workers[i].item, e.item);
}

static void i43_clear(struct inv *c, const struct trace_event *ev)
{
	GET(WORK_DONE);

	if (c->m.workers[e.worker].flags & WORKER_CPU_INTENSIVE)
		inv_breach(c, "I43", ev->n, "worker %u is done with item %u and still CPU_INTENSIVE", e.worker,
			   e.item);
}

/* ---- watchdog, hogs -------------------------------------------------------------------------------------- */

static void i53_justified(struct inv *c, const struct trace_event *ev)
{
	GET(STALL);
	const struct model_pool *p = &c->m.pools[e.pool];
	uint64_t stuck = ev->time - p->watchdog_ts;

	c->pools[e.pool].stalled_at = ev->time;
	if (!p->worklist.count)
		inv_breach(c, "I53", ev->n, "pool %u is reported stalled with nothing to do", e.pool);
	else if (stuck + INV_TICK_NS(&c->m) < c->m.watchdog_thresh)
		inv_breach(c, "I53", ev->n, "pool %u is reported stalled after %llu ms of progress", e.pool,
			   (unsigned long long)stuck / 1000000);
}

static void i53_missed(struct inv *c, const struct trace_event *ev)
{
	uint64_t limit = 2 * c->m.watchdog_thresh + 2 * (uint64_t)INV_TICK_NS(&c->m) + c->m.held_ns;

	for (uint32_t i = 1; i <= c->m.nr_pools && c->m.watchdog_thresh; i++) {
		const struct model_pool *p = &c->m.pools[i];
		uint64_t since = p->watchdog_ts > p->watchdog_touched ? p->watchdog_ts : p->watchdog_touched;

		if (p->id && !p->freed && p->worklist.count && ev->time > since + limit &&
		    c->pools[i].stalled_at < since)
			inv_breach(c, "I53", ev->n, "pool %u made no progress for %llu ms, without a report", i,
				   (unsigned long long)(ev->time - p->watchdog_ts) / 1000000);
	}
}

static void i55_count(struct inv *c, const struct trace_event *ev)
{
	GET(HOG);
	struct inv_func *f;

	if (e.func >= c->cap_funcs)
		return;
	f = &c->funcs[e.func];
	if (e.count && e.count != f->hogs + 1)
		inv_breach(c, "I55", ev->n, "func %u: detection %u is counted as %u", e.func, f->hogs + 1,
			   e.count);
	f->hogs = e.count;
}

/* "workqueue: FUNC hogged CPU for >10000us 5 times, ...": the count of the first report is T. */
static void i55_report(struct inv *c, const struct trace_event *ev)
{
	GET(PRINTK);
	const char *hogged = strstr(e.text, " hogged CPU for >");
	const char *times = hogged ? strstr(hogged, "us ") : NULL;
	uint32_t count, i, above;
	uint64_t func;

	if (!times)
		return;
	count = (uint32_t)strtoul(times + 3, NULL, 10);
	func = rng_hash_bytes(e.text, (unsigned long)(hogged - e.text));
	for (i = 0; i < c->nr_hog_lines && c->hog_lines[i] != func; i++)
		;
	if (i == c->nr_hog_lines) {
		if (i == 128)
			return;
		c->hog_lines[i] = func;
		c->hog_first[i] = count;
		c->nr_hog_lines++;
	}
	above = count + 1 - c->hog_first[i];	/* 1, 2, 4, 8 ... (R4.19) */
	if (count < c->hog_first[i] || above & (above - 1))
		inv_breach(c, "I55", ev->n, "a hog is reported at count %u, first was %u", count,
			   c->hog_first[i]);
}

const struct inv_row inv_pool_rows[] = {
	{ "I13", INV_AFTER, i13_between, { EV_CENSUS_WORKER } },
	{ "I14", INV_AFTER, i14_idle, { EV_WORKER_IDLE, EV_WORKER_BUSY, EV_CULL } },
	{ "I14", INV_AFTER, i14_workers, { EV_WORKER_CREATE, EV_CULL } },
	{ "I16", INV_AFTER, i16_idle_is_empty, { EV_WORKER_IDLE } },
	{ "I16", INV_BEFORE, i16_taker_is_awake, { EV_ASSIGN_WORK, EV_COLLIDE, EV_WORK_START } },
	{ "I16", INV_AFTER, i16_busy_is_full, { EV_WORK_START } },
	{ "I17", INV_BEFORE, i17_begin, { EV_MANAGE_BEGIN } },
	{ "I17", INV_BEFORE, i17_end, { EV_MANAGE_END } },
	{ "I17", INV_AFTER, i17_census, { EV_CENSUS_POOL } },
	{ "I18", INV_AFTER, i18_count, { EV_CENSUS_POOL } },
	{ "I19", INV_AFTER, i19_zero, { EV_WORKER_IDLE, EV_WORKER_BUSY, EV_WORKER_FLAGS, EV_WORKER_SLEEP,
					EV_WORKER_WAKE, EV_CENSUS_POOL } },
	{ "I20", INV_AFTER, i20_all_idle, { EV_WORKER_IDLE } },
	{ "I21", INV_AFTER, i21_pool, { EV_CENSUS_POOL } },
	{ "I21", INV_AFTER, i21_attach, { EV_WORKER_ATTACH } },
	{ "I22", INV_AFTER, i22_back, { EV_CPU_STATE } },
	{ "I22", INV_BEFORE, i22_rebound, { EV_WORKER_FLAGS } },
	{ "I23", INV_BEFORE, i23_reserve, { EV_WORKER_FLAGS } },
	{ "I24", INV_BEFORE, i24_fresh, { EV_WORKER_FLAGS } },
	{ "I24", INV_AFTER, i24_busy, { EV_WORKER_BUSY } },
	{ "I24", INV_AFTER, i24_wake, { EV_WORKER_WAKE } },
	{ "I24", INV_AFTER, i24_keep, { EV_KEEP_WORKING } },
	{ "I24", INV_BEFORE, i24_take, { EV_ASSIGN_WORK } },
	{ "I26", INV_BEFORE, i26_step, { EV_WORKER_BUSY, EV_WORKER_IDLE, EV_ASSIGN_WORK, EV_MANAGE_END,
					 EV_WORKER_WAKE, EV_WORKER_SLEEP, EV_ACTIVATE_WORK } },
	{ "I26", INV_AFTER, i26_step, { EV_WORKER_BUSY, EV_WORKER_IDLE, EV_ASSIGN_WORK, EV_MANAGE_BEGIN,
					EV_MANAGE_END, EV_WORKER_WAKE, EV_WORKER_SLEEP, EV_ACTIVATE_WORK } },
	{ "I26", INV_AFTER, i26_help, { EV_MAYDAY, EV_MAYDAY_NONE } },
	{ "I26", INV_END, i26_end, { 0 } },
	{ "I27", INV_AFTER, i27_unique, { EV_WORKER_CREATE } },
	{ "I27", INV_AFTER, i27_name, { EV_WORKER_CREATE } },
	{ "I28", INV_AFTER, i28_idle_order, { EV_CENSUS_POOL } },
	{ "I29", INV_BEFORE, i29_cull, { EV_CULL } },
	{ "I30", INV_BEFORE, i30_dead, { EV_WORK_START, EV_EXECUTE_START, EV_WORKER_BUSY, EV_ASSIGN_WORK } },
	{ "I31", INV_AFTER, i31_on_its_cpu, { EV_EXECUTE_START, EV_EXECUTE_END } },
	{ "I32", INV_AFTER, i32_note, { EV_POOL_NEW } },
	{ "I32", INV_AFTER, i32_back, { EV_CPU_STATE } },
	{ "I32", INV_AFTER, i32_in_its_pod, { EV_EXECUTE_START, EV_EXECUTE_END } },
	{ "I41", INV_AFTER, i41_bh, { EV_WORK_START } },
	{ "I43", INV_AFTER, i43_clear, { EV_WORK_DONE } },
	{ "I53", INV_AFTER, i53_justified, { EV_STALL } },
	{ "I53", INV_AFTER, i53_missed, { EV_WATCHDOG_LOOK } },
	{ "I55", INV_AFTER, i55_count, { EV_HOG } },
	{ "I55", INV_AFTER, i55_report, { EV_PRINTK } },
	{ NULL, INV_END, NULL, { 0 } }
};
