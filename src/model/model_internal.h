/*
 * model/model_internal.h - shared by the files that apply events; only for model/.
 *
 * Before a handler runs, model_apply() has created a row for every id that the event
 * names, so handlers index the tables without checks.  Row 0 is never read.
 *
 * Lives here:   rows by id, lists, reporting a contradiction.
 * Never here:   declarations for readers of the model (model.h).
 * Licence: MIT.
 */
#ifndef KW_MODEL_INTERNAL_H
#define KW_MODEL_INTERNAL_H

#include "model/flags.h"
#include "model/model.h"

typedef void model_handler(struct model *m, const struct trace_event *ev);

/* First line of a handler: struct ev_KIND e, decoded from the event. */
#define GET(KIND)                        \
	struct ev_##KIND e;              \
	if (!trace_get_##KIND(ev, &e))   \
		return

/* handlers by kind; NULL for a kind that changes nothing */
extern model_handler *const model_work_handlers[EV_NR];		/* items, pwqs, workqueues */
extern model_handler *const model_pool_handlers[EV_NR];		/* pools, workers, rescuers */
extern model_handler *const model_machine_handlers[EV_NR];	/* tasks, CPUs, lines */
extern model_handler *const model_census_handlers[EV_NR];

/* Keeps the first contradiction in .fault. */
void model_fault(struct model *m, const struct trace_event *ev, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* First part of model_apply(): creates rows.  -EBADMSG: an impossible id, reported in .fault. */
int model_make_rows(struct model *m, const struct trace_event *ev);
/* Second part of model_apply(); @err: result of the first part, other than -ENOMEM. */
void model_apply_made(struct model *m, const struct trace_event *ev, int err);

/* The place of the code in the context of @ev; NULL where the event has none (the director). */
struct model_source *model_source_slot(struct model *m, const struct trace_event *ev);

/* The calls in which threads wait (apply_wait.c). */
void model_apply_wait(struct model *m, const struct trace_event *ev);

/* ---- items on lists ---------------------------------------------------------- */

struct model_list *model_list_of(struct model *m, enum model_place place, uint32_t where);
void model_item_unlink(struct model *m, uint32_t item);
void model_item_append(struct model *m, uint32_t item, enum model_place place, uint32_t where);
void model_item_push(struct model *m, uint32_t item, enum model_place place, uint32_t where);
void model_item_insert_after(struct model *m, uint32_t item, uint32_t target);
/* Moves the item and the barriers linked after it to the tail of another list (R1.8). */
void model_chain_move(struct model *m, uint32_t item, enum model_place place, uint32_t where);

/* ---- workers on a pool's idle list ---------------------------------------------- */

void model_idle_push(struct model *m, uint32_t worker, uint32_t pool);	/* head: LIFO */
void model_idle_remove(struct model *m, uint32_t worker);

#endif
