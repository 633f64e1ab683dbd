/*
 * model/model.h - events -> the state of the machine at any time.
 *
 * model_apply() is the only code that knows the effect of an event.  Live display, replay,
 * checks and reports all use it.  It never sees a structure of the engine.  The state is
 * one block with indices instead of pointers: a snapshot is a copy, and a seek is the
 * nearest snapshot plus replay.
 *
 * Ids are those of the trace (dense, from 1).  Row 0 of every table is unused, so id 0
 * means "none".  A row with .id == 0 does not exist (yet).
 * Ordered lists of items (worklist, inactive, scheduled) and of workers (idle) are linked
 * through .next/.prev of their rows.
 *
 * Lives here:   the state, applying one event, seeking.
 * Never here:   drawing, queries (query.h), rules (invariant.h), the engine.
 * Licence: MIT.
 */
#ifndef KW_MODEL_MODEL_H
#define KW_MODEL_MODEL_H

#include "base/cpumask.h"
#include "trace/trace.h"

#define MODEL_COLORS 16
#define MODEL_NODES_MAX 64
#define MODEL_COMM 48		/* full kernel-style name; only the model cuts a longer one */

struct model_list {		/* of items or workers, by id */
	uint32_t first, last, count;
};

enum model_place {		/* the list that holds the item's entry: at most one (I2) */
	AT_NOWHERE, AT_WORKLIST /* .where = pool */, AT_INACTIVE /* .where = pwq */,
	AT_SCHEDULED /* .where = worker */
};

struct model_item {
	uint32_t id, func;
	uint32_t kind;			/* 0 work, 1 delayed, 2 rcu, 3 barrier */
	enum model_place place;
	uint32_t where;			/* pool, pwq or worker id by .place */
	uint32_t next, prev;		/* on that list */
	uint32_t pwq, wq, pool;		/* of the current queueing; pool also after it (the "pool id") */
	uint32_t color;
	uint32_t runner;		/* worker executing it, 0 = none */
	uint32_t target;		/* barrier: the item that it waits for */
	uint32_t waiter;		/* barrier: task id */
	uint32_t depth;			/* disable depth */
	bool pending, inactive, linked, timer_armed, freed;
	bool in_function;		/* between execute_start and execute_end */
	uint64_t timer_expires;		/* ns */
	uint64_t queued_at, started_at;	/* ns, of the last queueing and start */
	uint64_t queued_ev, started_ev;	/* event numbers */
	uint32_t queued, runs, ended, stolen;	/* counts */
};

enum model_worker_place { WK_NONE, WK_IDLE, WK_BETWEEN, WK_BUSY, WK_DEAD };

struct model_worker {
	uint32_t id, pool, task;
	uint32_t number;		/* inside its pool (the 2 of kworker/0:2) */
	uint32_t rescuer_of;		/* wq id, 0 = normal worker */
	enum model_worker_place place;
	uint32_t next, prev;		/* idle list */
	uint32_t item, pwq;		/* being executed */
	uint32_t last_wq;		/* ps shows it after the worker's name... */
	char desc[32];			/* ...unless its item set this */
	struct model_list scheduled;
	uint32_t flags;			/* WORKER_* of R3.3 */
	bool sleeping;			/* between the two hooks */
	bool woken;			/* kicked, has not left idle yet */
	bool manager, attached;
	uint64_t idle_since, busy_since, slept_since;	/* ns */
	uint64_t runs;
};

struct model_pool {
	uint32_t id;
	int32_t cpu, node, nice;	/* cpu -1 = unbound */
	uint32_t flags;			/* BH 1, MANAGER_ACTIVE 2, DISASSOCIATED 4 */
	uint64_t cpus, pod_cpus;	/* unbound: CPUs of its workqueues, and of its pod */
	bool strict;			/* never leaves its pod */
	struct model_list worklist, idle;
	uint32_t nr_workers, nr_idle, nr_running;
	uint32_t manager;		/* worker id, 0 = none */
	uint32_t creating;		/* threads being created now */
	uint32_t mayday_state;		/* as MAYDAY_TIMER */
	uint64_t mayday_expires;
	uint64_t idle_timer_expires;	/* 0 = not armed */
	uint64_t watchdog_ts;		/* ns: last progress (R12.1) */
	uint64_t watchdog_touched;		/* ns: last touch by wq_watchdog_touch() (R12.5) */
	uint32_t stalls;
	bool freed;
};

struct model_pwq {
	uint32_t id, wq, pool;
	int32_t cpu;			/* slot, -1 = default */
	struct model_list inactive;
	uint32_t nr_active, nr_in_flight[MODEL_COLORS], refcnt;
	uint32_t work_color;
	int32_t flush_color;		/* -1 = not waited on */
	bool on_mayday, plugged, node_listed, freed;
	uint32_t started, completed, rescued, maydays, cm_wakeups;	/* wq_monitor's counters */
	uint32_t cpu_intensive, repatriated;
	uint64_t cpu_time;		/* us, counted in ticks (R4.17) */
};

struct model_wq {
	uint32_t id, flags, max_active, min_active, ordered;
	uint32_t asked_max_active;	/* .max_active is 0 while frozen */
	uint32_t rescuer;		/* worker id */
	uint32_t work_color, flush_color, nr_pwqs_to_flush;
	uint32_t flushers;		/* waiting in flush_workqueue */
	bool draining, freed, leaked;
	uint32_t node_nr[MODEL_NODES_MAX + 1], node_max[MODEL_NODES_MAX + 1];	/* last = fallback */
	uint32_t started, completed, maydays, rescued, cm_wakeups;
	uint32_t flushers_overflow;	/* of .flushers: wait for a colour (R6.12) */
	int32_t nice;			/* unbound: current attributes */
	uint64_t cpus;
	uint32_t scope;			/* enum wq_affn_scope, 0 = the default one */
	bool strict, in_sysfs;
};

enum model_task_state { MT_NEW, MT_RUNNABLE, MT_ON_CPU, MT_BLOCKED, MT_DEAD };

/* Where a context's code stands: a function of class SOURCE and its row; 0 0 = unknown. */
#define MODEL_ROW_END UINT32_MAX	/* .row: this event is the end of the function */

struct model_source {
	uint32_t source, row;
	uint64_t n;			/* event that changed them */
	uint32_t returned_row, fn;	/* row of the last call that returned, and its function; 0 = none */
	uint64_t ret;			/* its value */
	bool has_ret;
};

/* A call in which a thread waits: EV_FLUSH_WORK, EV_FLUSH_WQ, EV_CANCEL (the synchronous form) or EV_DRAIN. */
#define MODEL_WAITS_MAX 3

struct model_wait {
	uint16_t kind;
	uint32_t item, wq;		/* one of them is 0 */
	int32_t color;			/* of a flush; -1: none (yet) */
	uint64_t from;			/* event */
};

struct model_task {
	uint32_t id, worker;
	int32_t cpu;			/* last CPU */
	int32_t nice;
	uint32_t rt_prio;
	uint64_t allowed;		/* CPUs */
	bool sleeps_idle;		/* blocked in a sleep that does not count as load (state I) */
	enum model_task_state state;
	char comm[MODEL_COMM];
	uint64_t since;			/* ns: start of this state */
	bool burning, hogging;
	bool computing;			/* burning: time in interrupts does not count (event COMPUTE) */
	uint64_t burn_length, burn_done;	/* ns; done = up to burn_from while switched in */
	uint64_t burn_from;			/* ns: last time that it got the CPU while burning */
	uint64_t sleep_until;		/* ns, 0 = not a timed sleep */
	uint32_t waits_lock, waits_for;	/* lock id, task id of its owner */
	struct model_wait waits[MODEL_WAITS_MAX];	/* the outer call first */
	uint32_t nr_waits;
	struct model_source source;
	uint64_t cause;
};

struct model_cpu {
	uint32_t id, node, llc, core;
	bool exists, online;
	uint32_t task;			/* running on it; an idle thread has its own task id */
	uint32_t irq_line;		/* of the current hard interrupt, 0 = none */
	uint32_t softirq;		/* vector + 1, 0 = no */
	uint64_t interrupted_at;	/* ns: when .irq_line or .softirq left 0, both having been 0 */
	uint32_t spins_lock;
	uint32_t idle_task;		/* id of its idle thread */
	struct model_source hard, soft;	/* of the handler and the softirq that run */
};

struct model_line {
	uint32_t id, count, lost;
};

struct model_obj {
	uint32_t id;
	bool allocated, freed;
	uint64_t freed_ev;
};

/* All tables at one time. */
struct model {
	uint64_t n;			/* last event applied */
	uint64_t time;			/* its time */
	uint64_t stories;		/* story events up to n */
	uint32_t nr_items, nr_workers, nr_pools, nr_pwqs, nr_wqs, nr_tasks, nr_lines, nr_objs;	/* highest id */
	uint32_t cap_items, cap_workers, cap_pools, cap_pwqs, cap_wqs, cap_tasks, cap_lines, cap_objs;
	struct model_item *items;	/* [1..nr_items] */
	struct model_worker *workers;
	struct model_pool *pools;
	struct model_pwq *pwqs;
	struct model_wq *wqs;
	struct model_task *tasks;
	struct model_line *lines;
	struct model_obj *objs;
	struct model_cpu cpus[CPUS_MAX];
	uint32_t nr_cpus, nr_nodes, hz, preempt, sched, mode, jitter;
	uint64_t seed, variant;
	uint64_t held_ns;		/* total delay injected by the explorer; extends time-bounded checks */
	uint64_t watchdog_thresh, watchdog_next;	/* ns, 0 = off */
	uint64_t unbound_cpus, requested_cpus, isolated_cpus;
	uint32_t default_scope;		/* enum wq_affn_scope */
	bool creation_stalled;
	uint32_t frozen;
	/* objects changed by event n, for a short highlight: class and id */
	uint32_t touched_cls[4], touched_id[4], nr_touched;
	/* the first contradiction: a census that differs, an impossible event; "" = none */
	uint64_t fault_n;
	char fault[256];
};

int model_init(struct model *m);			/* 0 or -ENOMEM */
void model_fini(struct model *m);
/* Applies one event.  Return: 0 or -ENOMEM; contradictions go to .fault and are never fatal. */
int model_apply(struct model *m, const struct trace_event *ev);
int model_copy(struct model *to, const struct model *from);	/* a snapshot */
void model_reset(struct model *m);

static inline const struct model_item *model_item(const struct model *m, uint32_t id)
{
	return id && id <= m->nr_items && m->items[id].id ? &m->items[id] : NULL;
}
static inline const struct model_worker *model_worker(const struct model *m, uint32_t id)
{
	return id && id <= m->nr_workers && m->workers[id].id ? &m->workers[id] : NULL;
}
static inline const struct model_pool *model_pool(const struct model *m, uint32_t id)
{
	return id && id <= m->nr_pools && m->pools[id].id ? &m->pools[id] : NULL;
}
static inline const struct model_pwq *model_pwq(const struct model *m, uint32_t id)
{
	return id && id <= m->nr_pwqs && m->pwqs[id].id ? &m->pwqs[id] : NULL;
}
static inline const struct model_wq *model_wq(const struct model *m, uint32_t id)
{
	return id && id <= m->nr_wqs && m->wqs[id].id ? &m->wqs[id] : NULL;
}
static inline const struct model_task *model_task(const struct model *m, uint32_t id)
{
	return id && id <= m->nr_tasks && m->tasks[id].id ? &m->tasks[id] : NULL;
}
/* The per-CPU pool of @cpu with that nice (0 or -20), or NULL. */
const struct model_pool *model_cpu_pool(const struct model *m, int cpu, int nice);
/* True if a hard interrupt or a softirq has stopped the thread on this CPU. */
static inline bool model_cpu_interrupted(const struct model_cpu *c)
{
	return c->irq_line || c->softirq;
}
/* A runnable thread that waits for @cpu, 0 = none: an idle CPU is about to run it. */
uint32_t model_cpu_ready(const struct model *m, uint32_t cpu);
/* Where the code stands of the context in which @ev was emitted. */
struct model_source model_source_of(const struct model *m, const struct trace_event *ev);
/* CPU time that the current burn of @t has used, ns; constant while @t is off the CPU or interrupted. */
uint64_t model_burn_done(const struct model *m, const struct model_task *t, uint64_t now);

/* ---- a replay: a store with snapshots, and a cursor in it (snapshot.c) ---------- */

struct model_replay {
	struct trace_store *store;	/* borrowed; may grow */
	struct model at;		/* state after event .at.n */
	struct model *snaps;		/* snaps[i] = state after event (i + 1) * every */
	uint64_t nr_snaps, cap_snaps, every;
	struct model head;		/* state after the last indexed event, for snapshots and facts at the end */
};

int model_replay_init(struct model_replay *f, struct trace_store *store);
void model_replay_fini(struct model_replay *f);
/* Indexes new events of the store (after trace_store_poll()). */
int model_replay_grow(struct model_replay *f);
/* Moves the cursor to the state after event @n (0 = before the first). */
int model_replay_seek(struct model_replay *f, uint64_t n);
/* Number of the next or previous event of at most this level, or 0. */
uint64_t model_replay_next(const struct model_replay *f, uint64_t n, enum trace_level level);
uint64_t model_replay_prev(const struct model_replay *f, uint64_t n, enum trace_level level);
/* True for an event with a why, and for a question. */
bool model_is_decision(const struct trace_event *ev);

#endif
