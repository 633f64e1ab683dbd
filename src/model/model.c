/*
 * model/model.c - the model's memory and lists, and the dispatch of events to handlers.
 *
 * Tables are flat arrays indexed by id, and lists link ids.  A copy is a few memcpy(); the
 * state at any time of a long trace is a copy plus some thousand events.
 *
 * Lives here:   tables, lists, the frame of model_apply().
 * Never here:   the effect of each kind of event (apply_*.c, census.c), seeking (snapshot.c).
 * Licence: MIT.
 */
#include "model/model_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- tables -------------------------------------------------------------------- */

/* Offsets in struct model of each class's table: pointer, highest id and capacity. */
struct table {
	enum trace_class cls;
	size_t rows, nr, cap, row_bytes;
};

#define TABLE(cls_, name, row) \
	{ cls_, offsetof(struct model, name), offsetof(struct model, nr_##name), \
	  offsetof(struct model, cap_##name), sizeof(struct row) },
#define TABLES(T)                                                              \
	T(CLS_ITEM, items, model_item) T(CLS_WORKER, workers, model_worker)    \
	T(CLS_POOL, pools, model_pool) T(CLS_PWQ, pwqs, model_pwq)             \
	T(CLS_WQ, wqs, model_wq) T(CLS_TASK, tasks, model_task)                \
	T(CLS_LINE, lines, model_line) T(CLS_OBJ, objs, model_obj)
static const struct table tables[] = { TABLES(TABLE) };
#define TABLES_NR (sizeof(tables) / sizeof(tables[0]))

/* The same by class; .row_bytes 0: the class has no table. */
#define TABLE_OF(cls, name, row) [cls] = TABLE(cls, name, row)
static const struct table table_of[CLS_NR] = { TABLES(TABLE_OF) };

/* The tables' pointers have different types, so they are read and written as bytes. */
static uint8_t *table_rows(const struct model *m, const struct table *t)
{
	uint8_t *rows;

	memcpy(&rows, (const char *)m + t->rows, sizeof(rows));
	return rows;
}

static void table_set_rows(struct model *m, const struct table *t, uint8_t *rows)
{
	memcpy((char *)m + t->rows, &rows, sizeof(rows));
}

static uint32_t *table_nr(struct model *m, const struct table *t)
{
	return (uint32_t *)((char *)m + t->nr);
}

static uint32_t *table_cap(struct model *m, const struct table *t)
{
	return (uint32_t *)((char *)m + t->cap);
}

/* Allocates rows 0..id; new rows are zero. */
static int table_room(struct model *m, const struct table *t, uint32_t id)
{
	uint32_t *cap = table_cap(m, t), want = *cap ? *cap : 16;
	uint8_t *v;

	if (id < *cap)
		return 0;
	while (want <= id)
		want *= 2;
	v = realloc(table_rows(m, t), want * t->row_bytes);
	if (!v)
		return -ENOMEM;
	memset(v + *cap * t->row_bytes, 0, (want - *cap) * t->row_bytes);
	table_set_rows(m, t, v);
	*cap = want;
	return 0;
}

static int table_grow(struct model *m, const struct table *t, uint32_t id)
{
	int err = table_room(m, t, id);

	if (!err)
		*table_nr(m, t) = id;
	return err;
}

/* Creates the row of an id, not 0, at its first mention. */
static inline int table_row(struct model *m, enum trace_class cls, uint32_t id)
{
	const struct table *t = &table_of[cls];

	if (!t->row_bytes)
		return 0;
	if (id > *table_nr(m, t)) {
		int err = table_grow(m, t, id);

		if (err)
			return err;
	}
	/* .id is the first member of every row */
	memcpy(table_rows(m, t) + id * t->row_bytes, &id, sizeof(id));
	return 0;
}

int model_init(struct model *m)
{
	memset(m, 0, sizeof(*m));
	for (size_t i = 0; i < TABLES_NR; i++)
		if (table_room(m, &tables[i], 0)) {
			model_fini(m);
			return -ENOMEM;
		}
	return 0;
}

void model_fini(struct model *m)
{
	for (size_t i = 0; i < TABLES_NR; i++)
		free(table_rows(m, &tables[i]));
	memset(m, 0, sizeof(*m));
}

int model_copy(struct model *to, const struct model *from)
{
	struct model *src = (struct model *)(uintptr_t)from;
	struct model keep;

	for (size_t i = 0; i < TABLES_NR; i++)
		if (table_room(to, &tables[i], *table_nr(src, &tables[i])))
			return -ENOMEM;
	keep = *to;
	*to = *from;
	for (size_t i = 0; i < TABLES_NR; i++) {
		const struct table *t = &tables[i];
		uint32_t used = *table_nr(src, t) + 1, had = *table_nr(&keep, t) + 1;
		uint8_t *rows = table_rows(&keep, t);

		table_set_rows(to, t, rows);
		*table_cap(to, t) = *table_cap(&keep, t);
		memcpy(rows, table_rows(src, t), used * t->row_bytes);
		if (had > used)	/* rows beyond the highest id stay zero */
			memset(rows + used * t->row_bytes, 0, (had - used) * t->row_bytes);
	}
	return 0;
}

void model_reset(struct model *m)
{
	struct model keep = *m;

	memset(m, 0, sizeof(*m));
	for (size_t i = 0; i < TABLES_NR; i++) {
		const struct table *t = &tables[i];

		*table_cap(m, t) = *table_cap(&keep, t);
		table_set_rows(m, t, table_rows(&keep, t));
		memset(table_rows(m, t), 0, (*table_nr(&keep, t) + 1) * t->row_bytes);
	}
}

/* ---- lists --------------------------------------------------------------------------- */

struct model_list *model_list_of(struct model *m, enum model_place place, uint32_t where)
{
	switch (place) {
	case AT_WORKLIST:	return &m->pools[where].worklist;
	case AT_INACTIVE:	return &m->pwqs[where].inactive;
	case AT_SCHEDULED:	return &m->workers[where].scheduled;
	default:		return NULL;
	}
}

void model_item_unlink(struct model *m, uint32_t item)
{
	struct model_item *it = &m->items[item];
	struct model_list *l = model_list_of(m, it->place, it->where);

	if (l) {
		if (it->prev)
			m->items[it->prev].next = it->next;
		else
			l->first = it->next;
		if (it->next)
			m->items[it->next].prev = it->prev;
		else
			l->last = it->prev;
		l->count--;
	}
	it->place = AT_NOWHERE;
	it->where = it->next = it->prev = 0;
}

/* Inserts @item between two neighbours (0 = the end of the list). */
static void insert(struct model *m, uint32_t item, enum model_place place, uint32_t where,
		   uint32_t prev, uint32_t next)
{
	struct model_list *l = model_list_of(m, place, where);
	struct model_item *it = &m->items[item];

	it->place = place;
	it->where = where;
	it->prev = prev;
	it->next = next;
	if (prev)
		m->items[prev].next = item;
	else
		l->first = item;
	if (next)
		m->items[next].prev = item;
	else
		l->last = item;
	l->count++;
}

void model_item_append(struct model *m, uint32_t item, enum model_place place, uint32_t where)
{
	model_item_unlink(m, item);
	insert(m, item, place, where, model_list_of(m, place, where)->last, 0);
}

void model_item_push(struct model *m, uint32_t item, enum model_place place, uint32_t where)
{
	model_item_unlink(m, item);
	insert(m, item, place, where, 0, model_list_of(m, place, where)->first);
}

void model_item_insert_after(struct model *m, uint32_t item, uint32_t target)
{
	const struct model_item *t = &m->items[target];

	model_item_unlink(m, item);
	insert(m, item, t->place, t->where, target, t->next);
}

void model_chain_move(struct model *m, uint32_t item, enum model_place place, uint32_t where)
{
	while (item) {
		const struct model_item *it = &m->items[item];
		uint32_t next = it->linked ? it->next : 0;

		model_item_append(m, item, place, where);
		item = next;
	}
}

void model_idle_push(struct model *m, uint32_t worker, uint32_t pool)
{
	struct model_worker *w = &m->workers[worker];
	struct model_list *l = &m->pools[pool].idle;

	w->prev = 0;
	w->next = l->first;
	if (l->first)
		m->workers[l->first].prev = worker;
	else
		l->last = worker;
	l->first = worker;
	l->count++;
	w->place = WK_IDLE;
}

void model_idle_remove(struct model *m, uint32_t worker)
{
	struct model_worker *w = &m->workers[worker];
	struct model_list *l = &m->pools[w->pool].idle;

	if (w->place != WK_IDLE)
		return;
	if (w->prev)
		m->workers[w->prev].next = w->next;
	else
		l->first = w->next;
	if (w->next)
		m->workers[w->next].prev = w->prev;
	else
		l->last = w->prev;
	l->count--;
	w->next = w->prev = 0;
	w->place = WK_BETWEEN;
}

/* ---- applying ------------------------------------------------------------------------- */

void model_fault(struct model *m, const struct trace_event *ev, const char *fmt, ...)
{
	va_list ap;

	if (m->fault_n)
		return;
	m->fault_n = ev->n;
	va_start(ap, fmt);
	vsnprintf(m->fault, sizeof(m->fault), fmt, ap);
	va_end(ap);
}

static inline bool id_is_damaged(struct model *m, const struct trace_event *ev, enum trace_class cls, uint32_t id)
{
	if (id <= ev->n + TRACE_IDS_AHEAD)
		return false;
	model_fault(m, ev, "%s names %s %u: there can't be so many", trace_rows[ev->kind].name, trace_class_name(cls), id);
	return true;
}

/* Creates a row for every id that the event names; the first few are marked as touched. */
int model_make_rows(struct model *m, const struct trace_event *ev)
{
	const struct trace_layout *l = &trace_layouts[ev->kind];
	int err = 0;

	m->nr_touched = 0;
	if (ev->task)
		err = id_is_damaged(m, ev, CLS_TASK, ev->task) ? -EBADMSG : table_row(m, CLS_TASK, ev->task);
	for (unsigned int i = 0; i < l->nr_ids && !err; i++) {
		enum trace_class cls = l->id[i].cls;
		uint32_t id = trace_rd32(ev->data + l->id[i].at);

		if (!id)
			continue;
		if (id_is_damaged(m, ev, cls, id))
			return -EBADMSG;
		err = table_row(m, cls, id);
		if (m->nr_touched < 4) {
			m->touched_cls[m->nr_touched] = cls;
			m->touched_id[m->nr_touched++] = id;
		}
	}
	return err;
}

void model_apply_made(struct model *m, const struct trace_event *ev, int err)
{
	model_handler *h;

	if (ev->kind < EV_NR) {
		h = model_work_handlers[ev->kind];
		if (!h)
			h = model_pool_handlers[ev->kind];
		if (!h)
			h = model_machine_handlers[ev->kind];
		if (!h)
			h = model_census_handlers[ev->kind];
		if (h && !err)
			h(m, ev);
		if (!err)
			model_apply_wait(m, ev);
		m->stories += trace_event_level(ev) == TRACE_STORY;
	}
	m->n = ev->n;
	m->time = ev->time;
}

int model_apply(struct model *m, const struct trace_event *ev)
{
	int err = ev->kind < EV_NR ? model_make_rows(m, ev) : 0;

	if (err == -ENOMEM)
		return err;
	model_apply_made(m, ev, err);
	return 0;
}

const struct model_pool *model_cpu_pool(const struct model *m, int cpu, int nice)
{
	for (uint32_t p = 1; p <= m->nr_pools; p++)
		if (m->pools[p].id && m->pools[p].cpu == cpu && m->pools[p].nice == nice &&
		    !(m->pools[p].flags & POOL_BH) && !m->pools[p].freed)
			return &m->pools[p];
	return NULL;
}
