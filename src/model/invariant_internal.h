/*
 * model/invariant_internal.h - shared by the files with checks; only for model/.
 *
 * An invariant is a rule that every trace must keep; each inv_*.c has the checks of some.
 * State that only checks need is not in the model but here, in a small side row for each
 * row of the model.
 *
 * Lives here:   the checker's state, the type of a check.
 * Licence: MIT.
 */
#ifndef KW_MODEL_INVARIANT_INTERNAL_H
#define KW_MODEL_INVARIANT_INTERNAL_H

#include "model/invariant.h"
#include "model/model_internal.h"

enum inv_phase { INV_BEFORE, INV_AFTER, INV_END };

struct inv;
typedef void inv_check(struct inv *c, const struct trace_event *ev);

#define INV_KINDS_MAX 8
struct inv_row {
	const char *id;
	enum inv_phase phase;
	inv_check *check;
	uint16_t kinds[INV_KINDS_MAX];	/* ends at the first 0; unused at the end of a trace */
};

struct inv_item {
	uint32_t starts;		/* number of WORK_START */
	bool accounted;			/* queued to a pwq (PWQ=1), not yet started or stolen */
	bool active;			/* ... and activated */
	bool cleared;			/* PENDING cleared since the start (I12) */
	bool lost;			/* initialized or freed while queued: its counts are meaningless */
	bool waits_rcu, reported_stuck, reported_waits;
	uint64_t transit_since;		/* ns + 1: PENDING but on no list; 0 = no (I6) */
};

struct inv_worker {
	uint32_t exec_item, exec_func;	/* inside the function; 0 = none */
	uint64_t run_queued_ev;		/* queueing event of the current run */
	uint64_t start_n;		/* WORK_START of the current run */
	uint32_t run_func;		/* the item's function at that time */
	bool lost_sight;		/* the item has changed its workqueue or function since, or was
	 * initialized: the engine cannot find this run any more (R2.10) */
	uint64_t busy_n;		/* last WORKER_BUSY */
	bool decided;			/* may take items from the worklist (I24) */
	uint32_t decided_running;	/* nr_running at that decision, including the worker */
};

struct inv_pool {
	uint64_t last_wake_n;		/* last WORKER_WAKE */
	uint64_t need_since;		/* ns + 1: needs a worker and has a manager; 0 = no */
	uint64_t mayday_at;		/* ns + 1: last mayday */
	bool need_reported;
	uint64_t stalled_at;		/* ns: last STALL */
	uint64_t pod;			/* CPUs of a strict pool's workers (I32) */
	bool strict, culled;
	bool left_by_removal;		/* lockstep: only a removal brought work to the worklist (I25) */
	uint64_t steal_n, steal_retire_n;	/* the last removal, and the event that closed its accounts */
};

struct inv_wq {
	uint64_t last_started_queued_ev;	/* ordered workqueues (I40) */
	uint32_t max_before;			/* max_active before the last change */
	uint64_t max_changed_at;
	uint32_t node_max_before[MODEL_NODES_MAX + 1];	/* max of each node before it was lowered */
	uint64_t node_lowered_at[MODEL_NODES_MAX + 1];
};

struct inv_pwq {
	uint32_t slots;			/* slots of its workqueue that refer to it, at its last census */
	uint64_t census_n;
};

struct inv_task {		/* calls in progress on this thread */
	uint32_t flush_wq;
	uint64_t flush_n;
	uint64_t flush_free_at;		/* ns + 1: no item queued before the call is left; 0 = not yet (I46) */
	bool flush_overflow;
	uint32_t barrier_target, barrier_worker;
	uint64_t barrier_queued_ev;
	uint32_t cancel_item;
	uint64_t cancel_n;
};

struct inv_func {
	uint32_t hogs;			/* number of detections so far */
};

struct inv {
	const struct trace_store *store;
	struct model m;
	invariant_report report;
	void *arg;
	struct inv_item *items;
	struct inv_worker *workers;
	struct inv_pool *pools;
	struct inv_wq *wqs;
	struct inv_pwq *pwqs;
	struct inv_task *tasks;
	struct inv_func *funcs;
	uint32_t cap_items, cap_workers, cap_pools, cap_wqs, cap_pwqs, cap_tasks, cap_funcs;
	/* from here to the end: zero when a pass begins */
	int64_t breaches;
	struct invariant_breach fault;	/* the model's first contradiction; .n 0 = none */
	bool no_memory;
	uint64_t last_time, last_n;
	uint64_t last_quiet_n;		/* the previous whole-machine census */
	bool cpu_back[CPUS_MAX];	/* came on-line during the run */
	uint64_t hog_lines[128];	/* hashes of reported functions ... */
	uint32_t hog_first[128];	/* ... and the count in their first report */
	uint32_t nr_hog_lines;
};

void inv_breach(struct inv *c, const char *id, uint64_t n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* one table per file; ends with .id == NULL */
extern const struct inv_row inv_item_rows[], inv_pool_rows[], inv_account_rows[], inv_flush_rows[],
			    inv_live_rows[];

/* Updates the notes for the checks, after the model; never reports. */
void inv_note(struct inv *c, const struct trace_event *ev);

/* ---- shared by several checks ------------------------------------------------------------ */

static inline bool inv_is_barrier(const struct model_item *it)
{
	return it->kind == ITEM_KIND_BARRIER;
}

/* A per-CPU pool whose workers are counted (R4.1). */
static inline bool inv_managed(const struct model_pool *p)
{
	return p->cpu >= 0 && !(p->flags & (POOL_BH | POOL_DISASSOCIATED));
}

#define INV_WQ_UNBOUND 2u
#define INV_WQ_FREEZABLE 4u
#define INV_WQ_DRAINING (1u << 16)
#define INV_WQ_DESTROYING (1u << 15)
#define INV_WQ_ORDERED (1u << 17)
#define INV_TICK_NS(m) (1000000000u / ((m)->hz ? (m)->hz : 1000))

#endif
