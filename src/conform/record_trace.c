/*
 * conform/record_trace.c - makes a record from a trace, by replaying the model.
 *
 * An event does not contain its caller.  The caller is the handler that has entered this
 * context, else the run of the worker on the event's thread, else the actor of that
 * thread.  The model has the last two at each event; the runner marks the first.
 *
 * Lives here:   events -> the record.
 * Never here:   a structure of the engine or the machine.
 * Licence: MIT.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "conform/conform_internal.h"
#include "conform/record.h"
#include "model/model.h"
#include "model/tables.h"
#include "trace/trace.h"

/* A handler between its two marks. */
struct open_handler {
	int decl;
	enum trace_ctx ctx;
	int cpu;
	uint32_t task;
};
#define OPEN_MAX (3 * CPUS_MAX)		/* an interrupt, a softirq and a task on each CPU */

struct record_reader {
	struct record *r;
	const struct trace_store *s;
	const struct model *m;	/* after the event being read */
	uint64_t t0;
	bool begun, ended;
	struct open_handler open[OPEN_MAX];
	size_t nr_open;
	uint32_t system_wq[KWS_DECLS_MAX];	/* the ids that MARK_QUEUE gave; 0 = none */
};

static struct rec_point point_of(const struct record_reader *rd, const struct trace_event *ev)
{
	return (struct rec_point){ (int64_t)(ev->time - rd->t0), ev->n };
}

static int decl_by_id(const struct record_reader *rd, enum trace_class cls, uint32_t id)
{
	const char *name = id ? trace_store_name(rd->s, cls, id) : NULL;

	return name ? kws_find(rd->r->k, name) : -1;
}

static int wq_decl(const struct record_reader *rd, uint32_t id)
{
	const char *name = id ? trace_store_name(rd->s, CLS_WQ, id) : NULL;

	for (unsigned int i = 0; name && i < rd->r->k->nr_decls; i++) {
		const struct kws_decl *d = &rd->r->k->decls[i];

		if (d->kind != KWS_WQ)
			continue;
		if (!d->system ? !strcmp(d->name, name) : rd->system_wq[i] ? rd->system_wq[i] == id :
		    d->flags & KWS_BH && !strcmp(kws_system_wqs[d->system].name, name))
			return (int)i;
	}
	return -1;
}

static int item_decl(const struct record_reader *rd, uint32_t id)
{
	int i = decl_by_id(rd, CLS_ITEM, id);

	return i >= 0 && kws_is_item(rd->r->k->decls[i].kind) ? i : -1;
}

/* The latest run of @item that is open on @worker. */
static struct rec_run *open_run(const struct record_reader *rd, int item, uint32_t worker)
{
	for (size_t i = rd->r->nr_runs; i-- > 0;)
		if (rd->r->runs[i].item == item && rd->r->runs[i].worker == worker && !rd->r->runs[i].end.n)
			return &rd->r->runs[i];
	return NULL;
}

/* The worker on whose behalf this event happened, or NULL. */
static const struct model_worker *worker_of(const struct record_reader *rd, const struct trace_event *ev)
{
	const struct model_task *t = model_task(rd->m, ev->task);
	const struct model_worker *w = t ? model_worker(rd->m, t->worker) : NULL;

	if (ev->ctx != CTX_SOFTIRQ)
		return w;
	/* the worker of a bottom half has no thread of its own: take the busy one of this CPU */
	for (uint32_t i = 1; i <= rd->m->nr_workers; i++) {
		const struct model_pool *p;

		w = model_worker(rd->m, i);
		p = w ? model_pool(rd->m, w->pool) : NULL;
		if (p && (p->flags & 1) && p->cpu == ev->cpu && w->item)
			return w;
	}
	return NULL;
}

/* The actor of that thread, or -1. */
static int actor_decl(const struct record_reader *rd, const struct model_task *t)
{
	int decl = strncmp(t->comm, "kws-", 4) ? -1 : kws_find(rd->r->k, t->comm + 4);

	return decl >= 0 && rd->r->k->decls[decl].kind == KWS_ACTOR ? decl : -1;
}

/* .ctx distinguishes the contexts of one CPU, .task the tasks that take turns on it. */
static bool is_here(const struct open_handler *h, const struct trace_event *ev)
{
	return h->ctx == ev->ctx && (ev->ctx == CTX_TASK ? h->task == ev->task : h->cpu == ev->cpu);
}

/* The handler in this context: its place in .open + 1, or 0. */
static size_t handler_here(const struct record_reader *rd, const struct trace_event *ev)
{
	for (size_t i = rd->nr_open; i-- > 0;)
		if (is_here(&rd->open[i], ev))
			return i + 1;
	return 0;
}

static void enter_handler(struct record_reader *rd, const struct trace_event *ev, const char *name)
{
	int decl = kws_find(rd->r->k, name);

	if (decl < 0 || rd->nr_open == OPEN_MAX)
		return;
	rd->open[rd->nr_open++] = (struct open_handler){ decl, (enum trace_ctx)ev->ctx, ev->cpu, ev->task };
	rd->r->nr_runs_of[decl] += rd->begun;
}

static void leave_handler(struct record_reader *rd, const struct trace_event *ev)
{
	size_t i = handler_here(rd, ev);

	if (i)
		rd->open[i - 1] = rd->open[--rd->nr_open];
}

static struct rec_who who_of(const struct record_reader *rd, const struct trace_event *ev)
{
	size_t handler = handler_here(rd, ev);
	const struct model_worker *w = handler ? NULL : worker_of(rd, ev);
	const struct model_task *t = model_task(rd->m, ev->task);
	struct rec_who who = { -1, 0 };

	if (handler) {
		who.decl = rd->open[handler - 1].decl;
	} else if (w && w->item) {
		struct rec_run *run;

		who.decl = item_decl(rd, w->item);
		run = who.decl >= 0 ? open_run(rd, who.decl, w->id) : NULL;
		who.k = run ? run->k : 0;
		if (!run)
			who.decl = -1;
	} else if (t) {
		who.decl = actor_decl(rd, t);
	}
	return who;
}

/* The u17 of kworker/u17:2, by which the real log distinguishes pools: a freed number is used again (R1.22). */
static uint32_t kernel_pool(const struct record_reader *rd, const struct model_pool *p)
{
	const struct trace_name *def = trace_store_def(rd->s, CLS_POOL, p->id);

	return 1 + (def ? def->aux : p->id);
}

/* The name that ps shows while this item runs (R3.14). */
static void name_thread(const struct record_reader *rd, struct rec_run *run, const struct model_worker *w, uint32_t wq)
{
	const struct model_task *t = model_task(rd->m, run->task);
	const char *name = trace_store_name(rd->s, CLS_WQ, wq);

	if (t && w && run->exec != EXEC_BH)
		snprintf(run->thread, sizeof(run->thread), "%s+%s", t->comm, w->desc[0] ? w->desc : name ? name : "?");
}

static void read_start(struct record_reader *rd, const struct trace_event *ev)
{
	const struct model_worker *w;
	const struct model_pool *p;
	struct ev_EXECUTE_START e;
	struct rec_run *run;
	int item;

	trace_get_EXECUTE_START(ev, &e);
	item = item_decl(rd, e.item);
	run = item >= 0 ? record_start(rd->r, item, point_of(rd, ev)) : NULL;
	if (!run)
		return;
	w = model_worker(rd->m, e.worker);
	p = w ? model_pool(rd->m, w->pool) : NULL;
	run->wq = wq_decl(rd, e.wq);
	run->cpu_start = run->cpu_end = ev->cpu;
	run->task = ev->task;
	run->worker = e.worker;
	run->pool = p ? kernel_pool(rd, p) : 0;
	run->pool_cpu = p ? p->cpu : -1;
	if (w && w->rescuer_of)
		run->exec = EXEC_RESCUER;
	else if (p && (p->flags & 1))
		run->exec = EXEC_BH;
	else if (p && p->cpu >= 0)
		run->exec = p->nice < 0 ? EXEC_HIGHPRI : EXEC_PERCPU;
	else
		run->exec = p && p->nice < 0 ? EXEC_UNBOUND_HIGHPRI : EXEC_UNBOUND;
	name_thread(rd, run, w, e.wq);
}

static void read_end(struct record_reader *rd, const struct trace_event *ev)
{
	struct ev_EXECUTE_END e;
	struct rec_run *run;
	int item;

	trace_get_EXECUTE_END(ev, &e);
	item = item_decl(rd, e.item);
	run = item >= 0 ? open_run(rd, item, e.worker) : NULL;
	if (run) {
		const struct model_worker *w = model_worker(rd->m, e.worker);

		run->end = point_of(rd, ev);
		run->cpu_end = ev->cpu;
		name_thread(rd, run, w, w ? w->last_wq : 0);	/* the item may have named it anew */
	}
}

/* ---- workers, counted ------------------------------------------------------------------- */

static void count_workers(struct record_reader *rd, bool after)
{
	for (size_t i = 0; i < rd->r->nr_workers; i++)
		*(after ? &rd->r->workers[i].after : &rd->r->workers[i].before) = 0;
	for (uint32_t i = 1; i <= rd->m->nr_pools; i++) {
		const struct model_pool *p = model_pool(rd->m, i);
		struct rec_workers *w;
		STRBUF(name, 16);

		if (!p || p->freed || (p->flags & 1))
			continue;
		strbuf_puts(&name, p->cpu >= 0 ? "cpu" : "unbound");
		if (p->cpu >= 0) {
			strbuf_putd(&name, p->cpu);
			strbuf_puts(&name, p->nice < 0 ? "H" : "");
		}
		w = record_workers(rd->r, name.buf);
		if (w)
			*(after ? &w->after : &w->before) += p->nr_workers;
	}
}

static void read_census(struct record_reader *rd, const struct trace_event *ev)
{
	STRBUF(text, 1024);

	for (uint32_t cpu = 0; cpu < CPUS_MAX; cpu++) {
		const struct model_pool *p = model_cpu_pool(rd->m, (int)cpu, 0);

		if (p)
			strbuf_printf(&text, "%scpu%u=%u/%u", text.len ? " " : "", cpu, p->nr_workers, p->nr_idle);
	}
	record_text(&rd->r->census, who_of(rd, ev), point_of(rd, ev), text.buf);
}

/*
 * Counts from t=0 on.  A workqueue of the system has run other items before; a counter that is less
 * than it was then belongs to new pwqs, and starts with them.
 */
static void read_counters(struct record_reader *rd, bool after)
{
	for (uint32_t id = 1; id <= rd->m->nr_wqs; id++) {
		const struct model_wq *q = model_wq(rd->m, id);
		int decl = q && !q->freed ? wq_decl(rd, id) : -1;
		uint64_t now[REC_COUNTERS];
		struct wq_sum sum;

		if (decl < 0)
			continue;
		sum = table_wq_sum(rd->m, id);
		memcpy(now, (uint64_t[REC_COUNTERS]){
			[REC_STARTED] = sum.started, [REC_COMPLETED] = sum.completed, [REC_CPU_TIME] = sum.cpu_time,
			[REC_CPU_INTENSIVE] = sum.cpu_intensive, [REC_CM_WAKEUP] = sum.cm_wakeups,
			[REC_REPATRIATED] = sum.repatriated, [REC_MAYDAY] = sum.maydays, [REC_RESCUED] = sum.rescued,
		}, sizeof(now));
		for (int c = 0; c < REC_COUNTERS; c++) {
			uint64_t *counter = &rd->r->counter[decl][c];

			*counter = after && now[c] >= *counter ? now[c] - *counter : now[c];
		}
		rd->r->counted[decl] = after;
	}
}

/* ---- calls and marks ----------------------------------------------------------------------- */

static void begin(struct record_reader *rd, const struct trace_event *ev)
{
	rd->begun = true;
	rd->t0 = ev->time;
	count_workers(rd, false);
	read_counters(rd, false);
}

static void end(struct record_reader *rd, bool timeout)
{
	rd->ended = true;
	rd->r->timeout = timeout;
	count_workers(rd, true);
	read_counters(rd, true);
	for (uint32_t i = 1; i <= rd->m->nr_items; i++) {
		const struct model_item *it = model_item(rd->m, i);
		int item = it && !it->freed ? item_decl(rd, i) : -1;

		if (item >= 0)
			rd->r->busy[item] |= (it->pending ? 1 : 0) | (it->runner ? 2 : 0);
	}
	for (unsigned int i = 0; i < rd->r->k->nr_decls; i++)
		rd->r->unfinished[i] = rd->r->busy[i] != 0;
	for (uint32_t i = 1; i <= rd->m->nr_tasks; i++) {
		const struct model_task *t = model_task(rd->m, i);
		int actor = t && t->state != MT_DEAD ? actor_decl(rd, t) : -1;

		if (actor >= 0)
			rd->r->unfinished[actor] = true;
	}
}

static void read_allowed(struct record_reader *rd, const struct trace_event *ev, const char *text)
{
	const struct model_worker *w = worker_of(rd, ev);
	int item = w ? item_decl(rd, w->item) : -1;
	struct rec_run *run = item >= 0 ? open_run(rd, item, w->id) : NULL;
	char *nice;

	/* a per-CPU worker may run on its CPU only: not a fact */
	if (run && run->pool_cpu < 0) {
		run->allowed.bits = strtoull(text, &nice, 16);
		run->nice = (int)strtol(nice, NULL, 10);
		run->has_allowed = true;
	}
}

/* @text: NAME ID */
static void read_queue(struct record_reader *rd, const char *text)
{
	char name[KWS_NAME_MAX + 1];
	uint32_t id;
	int decl = sscanf(text, "%31s %" SCNu32, name, &id) == 2 ? kws_find(rd->r->k, name) : -1;

	if (decl >= 0)
		rd->system_wq[decl] = id;
}

static void read_call(struct record_reader *rd, const struct trace_event *ev)
{
	struct ev_CALL e;
	struct rec_call *call;
	struct rec_who who;
	const char *name;
	int step;

	trace_get_CALL(ev, &e);
	name = trace_store_name(rd->s, CLS_FN, e.fn);
	if (!name)
		return;
	if (!strcmp(name, MARK_BEGIN))
		begin(rd, ev);
	else if (rd->begun && (!strcmp(name, MARK_END) || !strcmp(name, MARK_TIMEOUT)))
		end(rd, !strcmp(name, MARK_TIMEOUT));
	else if (!strncmp(name, MARK_QUEUE, strlen(MARK_QUEUE)))
		read_queue(rd, name + strlen(MARK_QUEUE));
	else if (!strncmp(name, MARK_ENTER, strlen(MARK_ENTER)))
		enter_handler(rd, ev, name + strlen(MARK_ENTER));
	else if (!strncmp(name, MARK_LEAVE, strlen(MARK_LEAVE)))
		leave_handler(rd, ev);
	else if (!strncmp(name, MARK_ALLOWED, strlen(MARK_ALLOWED)))
		read_allowed(rd, ev, name + strlen(MARK_ALLOWED));
	else if (!strncmp(name, MARK_SYSFS, strlen(MARK_SYSFS)))
		record_text(&rd->r->sysfs, who_of(rd, ev), point_of(rd, ev), name + strlen(MARK_SYSFS));
	else if (!strcmp(name, "census"))
		read_census(rd, ev);
	step = record_step(rd->r->k, name);
	who = who_of(rd, ev);
	if (!rd->begun || step < 0 || who.decl < 0)
		return;
	call = record_call(rd->r, who, step, point_of(rd, ev));
	if (!call)
		return;
	call->task = ev->task;
	call->hardirq = ev->ctx == CTX_HARDIRQ;
	call->softirq = ev->ctx == CTX_SOFTIRQ;
}

static void read_return(struct record_reader *rd, const struct trace_event *ev)
{
	struct ev_RETURN e;
	struct rec_call *call;
	struct rec_who who;
	const char *name;

	trace_get_RETURN(ev, &e);
	name = trace_store_name(rd->s, CLS_FN, e.fn);
	who = who_of(rd, ev);
	call = name && who.decl >= 0 ? record_open_call(rd->r, who, name) : NULL;
	if (!call)
		return;
	call->ret = point_of(rd, ev);
	call->has_value = e.has_ret;
	call->value = (int64_t)e.ret;
}

/* PENDING was tested in a hard interrupt: the open irq_queue step is the caller. */
static void read_pending(struct record_reader *rd, const struct trace_event *ev, uint32_t id)
{
	int item = item_decl(rd, id);

	for (size_t i = rd->r->nr_calls; ev->ctx == CTX_HARDIRQ && item >= 0 && i-- > 0;) {
		struct rec_call *call = &rd->r->calls[i];
		int step = record_step(rd->r->k, call->step);

		if (call->op != OP_IRQ_QUEUE || call->ret.n || rd->r->k->steps[step].arg[1].num != item)
			continue;
		call->hardirq = true;
		return;
	}
}

static void read_event(struct record_reader *rd, const struct trace_event *ev)
{
	switch (ev->kind) {
	case EV_EXECUTE_START:
		read_start(rd, ev);
		break;
	case EV_EXECUTE_END:
		read_end(rd, ev);
		break;
	case EV_CALL:
		read_call(rd, ev);
		break;
	case EV_RETURN:
		read_return(rd, ev);
		break;
	case EV_PENDING_SET: {
		struct ev_PENDING_SET e;

		trace_get_PENDING_SET(ev, &e);
		read_pending(rd, ev, e.item);
		break;
	}
	case EV_PENDING_BUSY: {
		struct ev_PENDING_BUSY e;

		trace_get_PENDING_BUSY(ev, &e);
		read_pending(rd, ev, e.item);
		break;
	}
	case EV_BUG: {
		struct ev_BUG e;

		trace_get_BUG(ev, &e);
		rd->r->misuse |= e.kind == BUG_FREE_ACTIVE || e.kind == BUG_USE_AFTER_FREE;
		break;
	}
	case EV_PRINTK: {
		struct ev_PRINTK e;

		trace_get_PRINTK(ev, &e);
		if (rd->begun)
			record_text(&rd->r->log, (struct rec_who){ -1, 0 }, point_of(rd, ev), e.text);
		break;
	}
	default:
		break;
	}
}

struct record_reader *record_open(struct record *r, const struct kws *k, const struct trace_store *s)
{
	struct record_reader *rd = calloc(1, sizeof(*rd));

	record_init(r, k);
	if (!rd)
		return NULL;
	rd->r = r;
	rd->s = s;
	return rd;
}

void record_event(struct record_reader *rd, const struct model *m, const struct trace_event *ev)
{
	rd->m = m;
	if (!rd->ended)
		read_event(rd, ev);
}

bool record_ended(const struct record_reader *rd)
{
	return rd->ended;
}

int record_close(struct record_reader *rd, uint64_t fault_n, const char *fault, char *err, size_t err_size)
{
	struct record *r = rd->r;
	int ret = 0;

	if (r->no_memory) {
		ret = -ENOMEM;
	} else if (fault_n) {
		snprintf(err, err_size, "event %llu contradicts those before it: %s", (unsigned long long)fault_n,
			 fault);
		ret = -EBADMSG;
	} else if (!rd->ended) {
		snprintf(err, err_size, "the trace stops before the end of the scenario");
		ret = -EBADMSG;
	}
	free(rd);
	if (ret)
		record_fini(r);
	return ret;
}

int record_trace(struct record *r, const struct kws *k, const struct trace_store *s, char *err, size_t err_size)
{
	struct record_reader *rd = record_open(r, k, s);
	struct trace_event ev;
	struct model m;
	int ret;

	if (!rd)
		return -ENOMEM;
	ret = model_init(&m);
	for (uint64_t n = 1; !ret && !rd->ended && trace_store_event(s, n, &ev); n++) {
		ret = model_apply(&m, &ev);
		if (!ret)
			record_event(rd, &m, &ev);
	}
	r->no_memory |= ret != 0;
	ret = record_close(rd, ret ? 0 : m.fault_n, m.fault, err, err_size);
	model_fini(&m);
	return ret;
}
