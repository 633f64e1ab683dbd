/*
 * model/table_columns.c - see table_columns.h.   Licence: MIT.
 */
#include "model/table_columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {				/* of workqueue and pool flags, with the kernel's values */
	F_BH = 1 << 0, F_UNBOUND = 1 << 1, F_MEM_RECLAIM = 1 << 3
};

#define COLUMNS(list) .columns = list, .nr = sizeof(list) / sizeof((list)[0])

static const char *name_of(const struct table_row *r, enum trace_class cls, uint32_t id)
{
	const char *name = trace_store_name(r->s, cls, id);

	return name ? name : "?";
}

/* ---- workqueues: wq_monitor --------------------------------------------------------------- */

static const struct model_wq *wq_of(const struct table_row *r)
{
	return model_wq(r->m, r->id);
}

/* The tool shows the end of a longer name. */
static void wq_name(const struct table_row *r, struct strbuf *out)
{
	const char *name = name_of(r, CLS_WQ, r->id);
	size_t len = strlen(name);

	strbuf_puts(out, len > 24 ? name + len - 24 : name);
}

static void wq_total(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "%" PRIu64, table_wq_sum(r->m, r->id).started);
}

static void wq_in_flight(const struct table_row *r, struct strbuf *out)
{
	struct wq_sum sum = table_wq_sum(r->m, r->id);

	strbuf_printf(out, "%" PRIu64, sum.started > sum.completed ? sum.started - sum.completed : 0);
}

static void wq_cpu_time(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "%.1f", (double)table_wq_sum(r->m, r->id).cpu_time / 1e6);
}

static void count_or_dash(bool has, uint64_t n, struct strbuf *out)
{
	if (has)
		strbuf_printf(out, "%" PRIu64, n);
	else
		strbuf_putc(out, '-');
}

static void wq_cpu_intensive(const struct table_row *r, struct strbuf *out)
{
	count_or_dash(!(wq_of(r)->flags & F_UNBOUND), table_wq_sum(r->m, r->id).cpu_intensive, out);
}

static void wq_cm_wakeups(const struct table_row *r, struct strbuf *out)
{
	struct wq_sum sum = table_wq_sum(r->m, r->id);

	strbuf_printf(out, "%" PRIu64, wq_of(r)->flags & F_UNBOUND ? sum.repatriated : sum.cm_wakeups);
}

static void wq_maydays(const struct table_row *r, struct strbuf *out)
{
	count_or_dash(wq_of(r)->flags & F_MEM_RECLAIM, table_wq_sum(r->m, r->id).maydays, out);
}

static void wq_rescued(const struct table_row *r, struct strbuf *out)
{
	count_or_dash(wq_of(r)->flags & F_MEM_RECLAIM, table_wq_sum(r->m, r->id).rescued, out);
}

static void wq_max_active(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "%" PRIu32, wq_of(r)->max_active);
}

static const struct table_column wq_columns[] = {
	{ "", -24, COLUMN_KEY, wq_name },
	{ "total", 8, COLUMN_KEY, wq_total },
	{ "infl", 5, COLUMN_KEY, wq_in_flight },
	{ "CPUtime", 8, COLUMN_KEY, wq_cpu_time },
	{ "CPUitsv", 7, COLUMN_KEY, wq_cpu_intensive },
	{ "CMW/RPR", 7, COLUMN_KEY, wq_cm_wakeups },
	{ "mayday", 7, COLUMN_KEY, wq_maydays },
	{ "rescued", 7, COLUMN_KEY, wq_rescued },
	{ "max_active", 10, COLUMN_OURS, wq_max_active },
};

const struct table table_of_wqs = { .cls = CLS_WQ, COLUMNS(wq_columns), .heading = true, .blank = true };

/* ---- pools: wq_dump -------------------------------------------------------------------------- */

static const struct model_pool *pool_of(const struct table_row *r)
{
	return model_pool(r->m, r->id);
}

/* Number of pwqs on an unbound pool; per-CPU pools have one from their creation. */
static uint32_t pool_references(const struct model *m, const struct model_pool *p)
{
	uint32_t refs = 0;

	if (p->cpu >= 0)
		return 1;
	for (uint32_t i = 1; i <= m->nr_pwqs; i++) {
		const struct model_pwq *q = model_pwq(m, i);

		refs += q && !q->freed && q->pool == p->id;
	}
	return refs;
}

static void pool_number(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "pool[%0*" PRIu32 "]", r->id_digits, table_pool_number(r->s, r->id));
}

static void pool_flags(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "flags=0x%02" PRIx32, pool_of(r)->flags);
}

static void pool_refs(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "ref=%*" PRIu32, r->ref_digits, pool_references(r->m, pool_of(r)));
}

static void pool_nice(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "nice=%3" PRId32, pool_of(r)->nice);
}

static void pool_workers(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "idle/workers=%3" PRIu32 "/%3" PRIu32, pool_of(r)->nr_idle, pool_of(r)->nr_workers);
}

static void pool_cpus(const struct table_row *r, struct strbuf *out)
{
	const struct model_pool *p = pool_of(r);

	if (p->cpu >= 0) {
		strbuf_printf(out, "cpu=%3" PRId32 "%s", p->cpu, p->flags & F_BH ? " bh" : "");
		return;
	}
	strbuf_puts(out, "cpus=");
	table_mask(r->m, p->cpus, out);
	strbuf_puts(out, " pod_cpus=");
	table_mask(r->m, p->pod_cpus, out);
	strbuf_puts(out, p->strict ? " strict" : "");
}

static void pool_running(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "nr_running=%" PRIu32, pool_of(r)->nr_running);
}

static void pool_worklist(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "worklist=%" PRIu32, pool_of(r)->worklist.count);
}

static void pool_manager(const struct table_row *r, struct strbuf *out)
{
	const struct model_worker *w = model_worker(r->m, pool_of(r)->manager);
	const struct model_task *t = w ? model_task(r->m, w->task) : NULL;

	if (t)
		strbuf_printf(out, "manager=%s", t->comm);
}

static const struct table_column pool_columns[] = {
	{ NULL, 0, COLUMN_KEY, pool_number }, { NULL, 0, COLUMN_REST, pool_flags }, { NULL, 0, COLUMN_REST, pool_refs },
	{ NULL, 0, COLUMN_KEY, pool_nice }, { NULL, 0, COLUMN_KEY, pool_workers }, { NULL, 0, COLUMN_KEY, pool_cpus },
	{ NULL, 0, COLUMN_OURS, pool_running }, { NULL, 0, COLUMN_OURS, pool_worklist }, { NULL, 0, COLUMN_OURS, pool_manager },
};

const struct table table_of_pools = { .cls = CLS_POOL, COLUMNS(pool_columns) };

static int digits(uint32_t n)
{
	return snprintf(NULL, 0, "%" PRIu32, n);
}

static void pool_widths(struct table_row *row)
{
	for (uint32_t i = 1; i <= row->m->nr_pools; i++) {
		const struct model_pool *p = model_pool(row->m, i);
		int id, ref;

		if (!p || p->freed)
			continue;
		id = digits(table_pool_number(row->s, i));
		ref = digits(pool_references(row->m, p));
		row->id_digits = id > row->id_digits ? id : row->id_digits;
		row->ref_digits = ref > row->ref_digits ? ref : row->ref_digits;
	}
}

/* ---- threads: ps -------------------------------------------------------------------------------- */

static const struct model_task *task_of(const struct table_row *r)
{
	return model_task(r->m, r->id);
}

static void task_pid(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "%" PRIu32, r->id);
}

static void task_cpu(const struct table_row *r, struct strbuf *out)
{
	strbuf_printf(out, "%" PRId32, task_of(r)->cpu < 0 ? 0 : task_of(r)->cpu);
}

static void task_nice(const struct table_row *r, struct strbuf *out)
{
	if (task_of(r)->rt_prio)
		strbuf_putc(out, '-');
	else
		strbuf_printf(out, "%" PRId32, task_of(r)->nice);
}

static void task_stat(const struct table_row *r, struct strbuf *out)
{
	const struct model_task *t = task_of(r);
	bool runnable = t->state == MT_RUNNABLE || t->state == MT_ON_CPU;

	strbuf_putc(out, runnable ? 'R' : t->sleeps_idle ? 'I' : 'D');
	if (t->nice < 0 || t->rt_prio)
		strbuf_putc(out, '<');
	else if (t->nice > 0)
		strbuf_putc(out, 'N');
}

/*
 * R3.14: "kworker/0:1+events" while it runs an item of events, "-events" after it.  A
 * rescuer has no pool between two maydays, and then no such suffix.
 */
static void task_command(const struct table_row *r, struct strbuf *out)
{
	const struct model_task *t = task_of(r);
	const struct model_worker *w = model_worker(r->m, t->worker);

	strbuf_puts(out, t->comm);
	if (!w || w->place == WK_DEAD || !w->pool || (!w->desc[0] && !w->last_wq))
		return;
	strbuf_printf(out, "%c%s", w->item ? '+' : '-', w->desc[0] ? w->desc : name_of(r, CLS_WQ, w->last_wq));
}

static void task_item(const struct table_row *r, struct strbuf *out)
{
	const struct model_worker *w = model_worker(r->m, task_of(r)->worker);

	if (w && w->item)
		strbuf_puts(out, name_of(r, CLS_ITEM, w->item));
}

static const struct table_column thread_columns[] = {
	{ "PID", 7, COLUMN_KEY, task_pid }, { "PSR", 3, COLUMN_KEY, task_cpu }, { "NI", 3, COLUMN_KEY, task_nice },
	{ "STAT", -4, COLUMN_KEY, task_stat }, { "COMMAND", 0, COLUMN_KEY, task_command }, { "ITEM", 0, COLUMN_OURS, task_item },
};

const struct table table_of_threads = { .cls = CLS_TASK, COLUMNS(thread_columns), .heading = true };

/* ---- rows ------------------------------------------------------------------------------------------ */

static uint32_t wq_rows(const struct model *m, uint32_t *ids)
{
	uint32_t nr = 0;

	for (uint32_t i = 1; i <= m->nr_wqs; i++)
		if (model_wq(m, i) && !model_wq(m, i)->freed)
			ids[nr++] = i;
	return nr;
}

/* ps lists no idle thread of a CPU, which has no process number of its own. */
static uint32_t thread_rows(const struct model *m, uint32_t *ids)
{
	uint32_t nr = 0;

	for (uint32_t i = 1; i <= m->nr_tasks; i++) {
		const struct model_task *t = model_task(m, i);

		if (t && t->state != MT_DEAD && !(t->cpu >= 0 && t->cpu < CPUS_MAX && m->cpus[t->cpu].idle_task == i))
			ids[nr++] = i;
	}
	return nr;
}

uint32_t table_rows(const struct table *t, const struct model *m, const struct trace_store *s, uint32_t *ids)
{
	return t->cls == CLS_WQ ? wq_rows(m, ids) : t->cls == CLS_POOL ? table_pools(m, s, ids) : thread_rows(m, ids);
}

uint32_t table_rows_max(const struct table *t, const struct model *m)
{
	return (t->cls == CLS_WQ ? m->nr_wqs : t->cls == CLS_POOL ? m->nr_pools : m->nr_tasks) + 1;
}

void table_row_init(struct table_row *row, const struct table *t, const struct model *m, const struct trace_store *s)
{
	*row = (struct table_row){ .m = m, .s = s };
	if (t->cls == CLS_POOL)
		pool_widths(row);
}

void table_cell(const struct table_column *c, const struct table_row *row, struct strbuf *out)
{
	STRBUF(text, 256);

	if (row)
		c->cell(row, &text);
	else
		strbuf_puts(&text, c->title ? c->title : "");
	strbuf_printf(out, "%*s", c->width, text.buf);
}

void table_line(const struct table *t, const struct table_row *row, struct strbuf *out)
{
	for (unsigned int i = 0; i < t->nr; i++) {
		if (t->columns[i].rank == COLUMN_OURS)
			continue;
		if (i)
			strbuf_putc(out, ' ');
		table_cell(&t->columns[i], row, out);
	}
	if (row && t->blank)
		strbuf_putc(out, ' ');
}
