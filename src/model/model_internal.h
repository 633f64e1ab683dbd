/*
 * model/model_internal.h - shared by the files that apply events; seen only in model/.
 *
 * Before a handler runs, model_apply() has made a row for every id the event
 * names, so that handlers index the tables freely; row 0 is a bin nobody reads.
 *
 * Lives here:   rows by id, lists, the note of a contradiction.
 * Never here:   anything readers of the model need (model.h).
 * Licence: MIT.
 */
#ifndef KW_MODEL_INTERNAL_H
#define KW_MODEL_INTERNAL_H

#include "model/model.h"

typedef void model_handler(struct model *m, const struct trace_event *ev);

/* struct ev_KIND e, taken from the event: how a handler begins */
#define GET(KIND)                        \
	struct ev_##KIND e;              \
	if (!trace_get_##KIND(ev, &e))   \
		return

/* handlers by kind; a kind that changes nothing has none */
extern model_handler *const model_work_handlers[EV_NR];		/* items, pwqs, workqueues */
extern model_handler *const model_pool_handlers[EV_NR];		/* pools, workers, rescuers */
extern model_handler *const model_machine_handlers[EV_NR];	/* tasks, CPUs, lines */
extern model_handler *const model_census_handlers[EV_NR];

/* Keeps the first contradiction in .fault. */
void model_fault(struct model *m, const struct trace_event *ev, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What model_apply() does first; -EBADMSG: an id beyond all reason, noted in .fault. */
int model_make_rows(struct model *m, const struct trace_event *ev);
/* ... and what it does then; @err: what the first part said, not -ENOMEM. */
void model_apply_made(struct model *m, const struct trace_event *ev, int err);

/* ---- items on lists ---------------------------------------------------------- */

struct model_list *model_list_of(struct model *m, enum model_place place, uint32_t where);
void model_item_unlink(struct model *m, uint32_t item);
void model_item_append(struct model *m, uint32_t item, enum model_place place, uint32_t where);
void model_item_push(struct model *m, uint32_t item, enum model_place place, uint32_t where);
void model_item_insert_after(struct model *m, uint32_t item, uint32_t target);
/* The item and the barriers linked behind it, to the tail of another list (R1.8). */
void model_chain_move(struct model *m, uint32_t item, enum model_place place, uint32_t where);

/* ---- workers on a pool's idle list ---------------------------------------------- */

void model_idle_push(struct model *m, uint32_t worker, uint32_t pool);	/* head: LIFO */
void model_idle_remove(struct model *m, uint32_t worker);

#define WORKER_DIE 2u		/* R3.3 */
#define WORKER_IDLE 4u
#define WORKER_PREP 8u
#define WORKER_CPU_INTENSIVE 64u
#define WORKER_UNBOUND 128u
#define WORKER_REBOUND 256u
#define WORKER_BLOCKED 512u
#define WORKER_NOT_RUNNING \
	(WORKER_PREP | WORKER_CPU_INTENSIVE | WORKER_UNBOUND | WORKER_REBOUND | WORKER_BLOCKED)
#define POOL_BH 1u
#define POOL_MANAGER_ACTIVE 2u
#define POOL_DISASSOCIATED 4u
#define POOL_LEGACY 16u		/* one thread, of one workqueue */
#define ITEM_KIND_BARRIER 3u

#endif
