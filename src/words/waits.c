/*
 * words/waits.c - see waits.h.   Licence: MIT.
 */
#include "words/waits.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "model/flags.h"
#include "words/texts.h"

#define FLUSHED_MAX 4		/* items of a flush that are named */

/* A chain under construction, and the thing that its next link is about. */
struct walk {
	const struct trace_store *s;
	const struct model *m;
	struct waits_chain *c;
	uint32_t task, item;		/* at most one of them; both 0: it ends */
};

static const char *name_of(const struct walk *w, enum trace_class cls, uint32_t id, char buf[WORDS_NAME])
{
	return words_name(w->s, w->m, cls, id, buf);
}

static void link(struct walk *w, enum trace_class cls, uint32_t id, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void link(struct walk *w, enum trace_class cls, uint32_t id, const char *fmt, ...)
{
	struct waits_link *l;
	va_list ap;

	if (w->c->nr == WAITS_LINKS_MAX)
		return;
	l = &w->c->link[w->c->nr++];
	l->cls = cls;
	l->id = id;
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
}

static void thing(struct walk *w, enum trace_class cls, uint32_t id)
{
	char name[WORDS_NAME];

	link(w, cls, id, "%s", name_of(w, cls, id, name));
}

/* Is it in the chain already?  Then each link waits for itself in the end. */
static bool seen(struct walk *w, enum trace_class cls, uint32_t id)
{
	for (unsigned int i = 0; i < w->c->nr; i++)
		if (w->c->link[i].cls == cls && w->c->link[i].id == id)
			return true;
	return false;
}

/* ---- items --------------------------------------------------------------------------------------- */

/* A worklist moves on when a worker is free, or made, or the rescuer comes. */
static void wait_for_worker(struct walk *w, const struct model_item *it)
{
	const struct model_pool *p = model_pool(w->m, it->where);
	const struct model_pwq *q = model_pwq(w->m, it->pwq);
	const struct model_wq *wq = model_wq(w->m, it->wq);
	const struct model_worker *rescuer = wq ? model_worker(w->m, wq->rescuer) : NULL;
	char name[WORDS_NAME];

	w->item = 0;
	/* it is called, or it is in the pool already */
	if (rescuer && q && (q->on_mayday || (rescuer->place != WK_NONE && p && rescuer->pool == p->id))) {
		link(w, CLS_WORKER, wq->rescuer, W(WAITS_RESCUER), name_of(w, CLS_WORKER, wq->rescuer, name));
		return;
	}
	link(w, CLS_NONE, 0, "%s", W(WAITS_A_WORKER));
	if (!p || p->nr_idle || !p->manager)
		return;
	link(w, CLS_WORKER, p->manager, W(WAITS_MANAGER), name_of(w, CLS_WORKER, p->manager, name));
	if (!w->m->creation_stalled)
		return;
	link(w, CLS_NONE, 0, "%s", W(WAITS_A_THREAD));
	link(w, CLS_NONE, 0, "%s", W(WAITS_MEMORY));
}

/* An inactive item waits until an active one of its pool_workqueue ends. */
static void wait_for_active(struct walk *w, const struct model_item *it)
{
	const struct model_pwq *q = model_pwq(w->m, it->where);
	char name[WORDS_NAME];

	link(w, CLS_WQ, it->wq, W(WAITS_MAX_ACTIVE), name_of(w, CLS_WQ, it->wq, name));
	w->item = 0;
	for (uint32_t i = 1; q && i <= w->m->nr_items && !w->item; i++) {
		const struct model_item *other = model_item(w->m, i);

		if (other && other->pwq == q->id && other->runner && other->kind != ITEM_KIND_BARRIER)
			w->item = i;
	}
	if (!w->item)
		return;
	if (seen(w, CLS_ITEM, w->item))
		w->c->circle = true;
	thing(w, CLS_ITEM, w->item);
}

static void next_of_item(struct walk *w)
{
	const struct model_item *it = model_item(w->m, w->item);
	const struct model_worker *worker = it ? model_worker(w->m, it->place == AT_SCHEDULED && !it->runner ? it->where : it->runner) : NULL;

	if (worker) {
		w->item = 0;
		w->task = worker->task;
		if (seen(w, CLS_WORKER, worker->id))
			w->c->circle = true;
		thing(w, CLS_WORKER, worker->id);
	} else if (it && it->place == AT_WORKLIST) {
		wait_for_worker(w, it);
	} else if (it && it->place == AT_INACTIVE) {
		wait_for_active(w, it);
	} else {
		link(w, CLS_NONE, 0, "%s", W(WAITS_NOT_QUEUED));
		w->item = 0;
	}
}

/* ---- threads ---------------------------------------------------------------------------------------- */

/* Items of a workqueue that a flush or drain waits for; a single one has a chain of its own. */
static void wait_for_flushed(struct walk *w, const struct model_wait *wait)
{
	unsigned int nr = 0;
	uint32_t last = 0;
	char name[WORDS_NAME];
	STRBUF(list, WORDS_NAME);

	for (uint32_t i = 1; i <= w->m->nr_items; i++) {
		const struct model_item *it = model_item(w->m, i);

		if (!it || it->wq != wait->wq || it->kind == ITEM_KIND_BARRIER || (!it->runner && it->place == AT_NOWHERE) ||
		    (wait->color >= 0 && it->color != (uint32_t)wait->color))
			continue;
		last = i;
		if (nr++ < FLUSHED_MAX)
			strbuf_printf(&list, "%s%s", nr > 1 ? ", " : "", name_of(w, CLS_ITEM, i, name));
	}
	w->task = 0;
	if (nr == 1) {
		w->c->circle |= seen(w, CLS_ITEM, last);
		thing(w, CLS_ITEM, last);
		w->item = last;
	} else {
		link(w, CLS_NONE, 0, "%s%s", nr ? list.buf : W(WAITS_NOTHING), nr > FLUSHED_MAX ? W(WAITS_AND_MORE) : "");
	}
}

static void wait_in_call(struct walk *w, const struct model_wait *wait)
{
	const enum words_key what = wait->kind == EV_CANCEL ? W_WAITS_CANCEL : wait->kind == EV_DRAIN ? W_WAITS_DRAIN : W_WAITS_FLUSH;
	char name[WORDS_NAME];
	STRBUF(text, WORDS_NAME);

	strbuf_printf(&text, words_fixed(what), wait->item ? name_of(w, CLS_ITEM, wait->item, name) :
		      name_of(w, CLS_WQ, wait->wq, name));
	if (wait->color >= 0)
		strbuf_printf(&text, W(WAITS_COLOR), wait->color);
	link(w, wait->item ? CLS_ITEM : CLS_WQ, wait->item ? wait->item : wait->wq, "%s", text.buf);
	if (!wait->item) {
		wait_for_flushed(w, wait);
		return;
	}
	w->task = 0;
	w->item = wait->item;
}

static void wait_for_lock(struct walk *w, const struct model_task *t)
{
	const struct trace_name *def = trace_store_def(w->s, CLS_LOCK, t->waits_lock);
	const struct model_task *owner = model_task(w->m, t->waits_for);

	thing(w, CLS_LOCK, t->waits_lock);
	w->task = 0;
	if (owner) {
		bool worker = owner->worker != 0;

		w->c->circle = seen(w, worker ? CLS_WORKER : CLS_TASK, worker ? owner->worker : owner->id);
		thing(w, worker ? CLS_WORKER : CLS_TASK, worker ? owner->worker : owner->id);
		w->task = owner->id;
	} else if (def && def->aux == LOCK_KIND_COMPLETION && model_item(w->m, def->owner)) {
		w->c->circle = seen(w, CLS_ITEM, def->owner);
		thing(w, CLS_ITEM, def->owner);
		w->item = def->owner;
	}
}

static void next_of_task(struct walk *w)
{
	const struct model_task *t = model_task(w->m, w->task);

	if (t && t->nr_waits)
		wait_in_call(w, &t->waits[0]);
	else if (t && t->state == MT_BLOCKED && t->waits_lock)
		wait_for_lock(w, t);
	else
		w->task = 0;
}

static void walk(struct walk *w)
{
	while ((w->task || w->item) && !w->c->circle && w->c->nr < WAITS_LINKS_MAX) {
		if (w->task)
			next_of_task(w);
		else
			next_of_item(w);
	}
}

/* ---- chains -------------------------------------------------------------------------------------------- */

void words_waits_of_task(const struct trace_store *s, const struct model *m, uint32_t task, struct waits_chain *out)
{
	const struct model_task *t = model_task(m, task);
	struct walk w = { s, m, out, task, 0 };

	memset(out, 0, sizeof(*out));
	if (!t)
		return;
	thing(&w, t->worker ? CLS_WORKER : CLS_TASK, t->worker ? t->worker : task);
	walk(&w);
}

void words_waits_of_item(const struct trace_store *s, const struct model *m, uint32_t item, struct waits_chain *out)
{
	struct walk w = { s, m, out, 0, item };

	memset(out, 0, sizeof(*out));
	if (!model_item(m, item))
		return;
	thing(&w, CLS_ITEM, item);
	walk(&w);
}

static bool is_in(const struct waits_chain *v, unsigned int nr, enum trace_class cls, uint32_t id)
{
	for (unsigned int i = 0; i < nr; i++)
		for (unsigned int k = 1; k < v[i].nr; k++)
			if (v[i].link[k].cls == cls && v[i].link[k].id == id)
				return true;
	return false;
}

struct list {
	struct waits_chain *v;
	unsigned int nr, max, *more;
};

static void add(struct list *l, const struct waits_chain *c)
{
	if (c->nr < 2)
		return;
	if (l->nr < l->max)
		l->v[l->nr++] = *c;
	else
		++*l->more;
}

/* A thread that waits in a call, or for a lock that another one has to give. */
static bool task_waits(const struct model_task *t)
{
	return t && t->state != MT_DEAD && (t->nr_waits || (t->state == MT_BLOCKED && t->waits_lock));
}

static void add_task(struct list *l, const struct trace_store *s, const struct model *m, uint32_t task)
{
	struct waits_chain c;

	words_waits_of_task(s, m, task, &c);
	/* a lock of unknown owner is no chain, and a call about an item in no list returns at once */
	if (c.nr > 2 && !(m->tasks[task].nr_waits && c.nr == 3 && !strcmp(c.link[2].text, W(WAITS_NOT_QUEUED))))
		add(l, &c);
}

/* The first item of each list on which no worker is left to take it. */
static void add_stuck(struct list *l, const struct trace_store *s, const struct model *m)
{
	struct waits_chain c;

	for (uint32_t i = 1; i <= m->nr_pools; i++) {
		const struct model_pool *p = model_pool(m, i);

		if (!p || p->freed || !p->worklist.count || p->nr_idle || !p->manager || !m->creation_stalled ||
		    is_in(l->v, l->nr, CLS_ITEM, p->worklist.first))
			continue;
		words_waits_of_item(s, m, p->worklist.first, &c);
		add(l, &c);
	}
}

/* A chain whose first link is inside of another chain has nothing new. */
static void drop_rests(struct list *l, bool keep_first)
{
	for (unsigned int i = l->nr; i-- > (keep_first ? 1u : 0u);) {
		const struct waits_link *head = &l->v[i].link[0];

		if (!is_in(l->v, i, head->cls, head->id) && !is_in(l->v + i + 1, l->nr - i - 1, head->cls, head->id))
			continue;
		memmove(&l->v[i], &l->v[i + 1], (l->nr - i - 1) * sizeof(*l->v));
		l->nr--;
	}
}

unsigned int words_waits(const struct trace_store *s, const struct model *m, uint32_t first, struct waits_chain *v,
			 unsigned int max, unsigned int *more)
{
	struct list l = { v, 0, max, more };

	*more = 0;
	if (first && task_waits(model_task(m, first)))
		add_task(&l, s, m, first);
	/* calls first: locks are inside of them */
	for (int calls = 1; calls >= 0; calls--)
		for (uint32_t i = 1; i <= m->nr_tasks; i++) {
			const struct model_task *t = model_task(m, i);

			if (!task_waits(t) || i == first || (t->nr_waits > 0) != (calls == 1) ||
			    is_in(l.v, l.nr, t->worker ? CLS_WORKER : CLS_TASK, t->worker ? t->worker : i))
				continue;
			add_task(&l, s, m, i);
		}
	add_stuck(&l, s, m);
	drop_rests(&l, first != 0);
	return l.nr;
}

void words_waits_put(const struct waits_chain *c, const char *first, const char *between, struct strbuf *out)
{
	for (unsigned int i = 0; i < c->nr; i++)
		strbuf_printf(out, "%s%s", i > 1 ? between : i ? first : "", c->link[i].text);
	if (c->circle)
		strbuf_puts(out, W(WAITS_CIRCLE));
}

#define LINES_MAX 8

unsigned int words_waits_lines(const struct trace_store *s, const struct model *m, struct strbuf *out)
{
	struct waits_chain chain[LINES_MAX];
	unsigned int more, nr = words_waits(s, m, 0, chain, LINES_MAX, &more);

	for (unsigned int i = 0; i < nr; i++) {
		words_waits_put(&chain[i], W(WAITS_FIRST), W(WAITS_NEXT), out);
		strbuf_puts(out, ".\n");
	}
	if (more) {
		strbuf_printf(out, W(WAITS_MORE), more);
		strbuf_putc(out, '\n');
	}
	return nr;
}
