/*
 * visualizer/layout_item.c - rows 1 to 5: the sentence, what it is about, its workqueue.
 *
 * Lives here:   lamps (PENDING, RUNNING, RAISED, ..), the place of an item, nr_active.
 * Never here:   sentences (words/), lists of pools (layout_pools.c).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>

#include "base/time.h"
#include "base/width.h"
#include "base/wrap.h"
#include "words/sentence.h"
#include "words/texts.h"
#include "words/why.h"

#define WQ_BH (1u << 0)
#define WQ_UNBOUND (1u << 1)
#define WQ_ORDERED (1u << 17)

/* ---- the sentence ------------------------------------------------------------------------- */

/* "0:1" for "kworker/0:1": a row names workers so, and a sentence of two rows has no room. */
static void shorten_workers(char *text)
{
	char *at;

	while ((at = strstr(text, "kworker/")) != NULL)
		memmove(at, at + 8, strlen(at + 8) + 1);
}

static void why_words(const struct lay *l, int max, struct strbuf *out)
{
	const char *name;

	if (l->ev.why.pred == WHY_NONE || l->ev.why.pred >= WHY_NR)
		return;
	words_why(&l->ev.why, out);
	if (lay_columns(l, out->buf) <= max)
		return;
	/* the values matter more than what was returned, and more than the name */
	out->len = 0;
	name = trace_why_rows[l->ev.why.pred].name;
	strbuf_printf(out, "%s%s: ", name, strchr(name, '(') ? "" : "()");
	words_reason(&l->ev.why, out);
	if (lay_columns(l, out->buf) <= max)
		return;
	out->len = 0;
	words_reason(&l->ev.why, out);
}

static void put_sentence(struct lay *l, const char *text, enum theme_style style)
{
	int width = l->b.right - 2, y = 2;
	struct wrap_line line;
	struct wrap wrap;
	STRBUF(why, 512);

	wrap_begin(&wrap, text, strlen(text), width);
	for (; y <= 3 && wrap_next(&wrap, &line); y++) {
		bool last = y == 3 && wrap.at < strlen(text);

		lay_put(l, 2 + line.indent, y, width - line.indent, style, "%.*s%s", (int)(line.to - line.from),
			text + line.from, last ? "…" : "");
	}
	if (y > 3)
		return;
	why_words(l, width - 5, &why);
	if (why.len)
		lay_put(l, 2, 3, width, ST_WHY, W(LAY_WHY), why.buf);
}

void lay_draw_sentence(struct lay *l)
{
	STRBUF(title, 256);
	STRBUF(text, 1024);
	size_t fixed;

	if (l->in->pause) {
		lay_title(l, 1, 1, l->b.right - 1, ST_TITLE, "%s", W(LAY_PAUSE));
		put_sentence(l, l->in->pause, ST_WAITING);
		return;
	}
	strbuf_puts(&title, W(NOW_TITLE));
	if (l->ev.kind) {
		strbuf_puts(&title, " · ");
		fixed = title.len;
		lay_context(l, &title);
		words_event(l->store, l->m, &l->ev, &text);
		shorten_workers(text.buf);
		shorten_workers(title.buf);
		/* its place names the sentence; the actor and the CPU stand nowhere else */
		if (lay_columns(l, title.buf) > l->b.right - 3)
			memmove(title.buf, title.buf + fixed, strlen(title.buf + fixed) + 1);
	} else {
		strbuf_puts(&text, W(LAY_NOTHING_YET));
	}
	lay_title(l, 1, 1, l->b.right - 1, ST_TITLE, "%s", title.buf);
	put_sentence(l, text.buf, l->ev.kind == EV_STALL || l->ev.kind == EV_BUG ? ST_ALARM : ST_NORMAL);
}

/* ---- row 4: pieces of a title ----------------------------------------------------------------- */

struct title {
	struct lay *l;
	int x, end;
};

static void piece(struct title *t, enum theme_style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void piece(struct title *t, enum theme_style style, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	t->x += lay_put(t->l, t->x, 4, t->end - t->x, style, "%s", text);
}

static void thing(struct title *t, enum theme_style style, enum trace_class cls, uint32_t id, const char *text)
{
	t->x += lay_thing(t->l, t->x, 4, t->end - t->x, style, ROLE_ABOUT, cls, id, "%s", text);
}

static void dash(struct title *t)
{
	piece(t, ST_NORMAL, " ");
	piece(t, ST_BORDER, "─");
	piece(t, ST_NORMAL, " ");
}

static const char *lamp(bool on)
{
	return on ? "■" : "□";
}

static void put_lamp(struct strbuf *out, const char *name, bool was, bool is)
{
	strbuf_printf(out, "%s ", name);
	if (was != is)
		strbuf_printf(out, "%s→", lamp(was));
	strbuf_puts(out, lamp(is));
}

/* ---- an item -------------------------------------------------------------------------------------- */

static unsigned int number_on_list(const struct model *m, const struct model_list *list, uint32_t item)
{
	unsigned int n = 1;

	for (uint32_t id = list->first; id && n <= list->count; id = m->items[id].next, n++)
		if (id == item)
			return n;
	return 0;
}

void lay_item_place(const struct lay *l, const struct model_item *it, struct strbuf *out)
{
	char buf[WORDS_NAME];
	const struct model_list *list;

	switch (it->place) {
	case AT_WORKLIST:
		list = &l->m->pools[it->where].worklist;
		if (list->count > 1)
			strbuf_printf(out, W(LAY_NUMBER_OF), number_on_list(l->m, list, it->id), list->count);
		strbuf_printf(out, W(LAY_ON_WORKLIST), lay_pool(l, it->where, buf));
		break;
	case AT_INACTIVE:
		strbuf_printf(out, W(LAY_HELD_BACK), number_on_list(l->m, &l->m->pwqs[it->where].inactive, it->id));
		break;
	case AT_SCHEDULED:
		strbuf_printf(out, it->runner == it->where ? W(LAY_WAITS_IN) : W(LAY_TAKEN_BY), lay_worker(l, it->where, buf));
		break;
	default:
		if (it->timer_armed)
			strbuf_printf(out, W(LAY_TIMER_LEFT),
				      time_text_short(it->timer_expires > l->in->now ? it->timer_expires - l->in->now : 0).text);
		else if (it->pending && l->ev.kind == EV_RESCUE && lay_field(&l->ev, "item") == it->id)
			strbuf_printf(out, W(LAY_TAKEN_BY), lay_worker(l, lay_field(&l->ev, "worker"), buf));
		else if (it->pending)
			strbuf_puts(out, W(LAY_NO_LIST));
		else if (l->ev.kind == EV_CANCEL && lay_field(&l->ev, "item") == it->id)
			strbuf_puts(out, lay_field(&l->ev, "was_pending") ? W(LAY_CANCELLED) : W(LAY_NOT_CANCELLED));
		else if (it->depth)
			strbuf_printf(out, W(LAY_DISABLED), it->depth);
	}
}

/* The state of the worker that runs an item, behind its name. */
const char *lay_runner_state(const struct lay *l, const struct model_item *it)
{
	const struct model_worker *w = model_worker(l->m, it->runner);

	if (l->ev.kind == EV_EXECUTE_END && lay_field(&l->ev, "item") == it->id)
		return W(LAY_JUST_ENDED);
	if (w && lane_worker_state(l->m, w) == LANE_SLEEPING)
		return W(LAY_IS_ASLEEP);
	if (w && lane_worker_state(l->m, w) == LANE_READY)
		return W(LAY_IS_READY);
	return "";
}

static void item_lamps(const struct lay *l, const struct model_item *it, struct strbuf *pending, struct strbuf *running)
{
	bool busy = l->ev.kind == EV_PENDING_BUSY && lay_field(&l->ev, "item") == it->id;
	bool storys = it->id == l->e->item;	/* the story keeps what its own item was before */

	put_lamp(pending, "PENDING", storys ? l->e->was_pending : it->pending, it->pending);
	if (busy)
		strbuf_puts(pending, W(LAY_ALREADY));
	put_lamp(running, "RUNNING", storys ? l->e->was_runner != 0 : it->runner != 0, it->runner != 0);
}

/* "runs 2", or "runs 1 → 2" */
static void put_runs(const struct lay *l, const struct model_item *it, struct strbuf *out)
{
	if (l->ev.kind == EV_EXECUTE_START && lay_field(&l->ev, "item") == it->id && it->runs)
		strbuf_printf(out, W(LAY_RUNS_CHANGE), it->runs - 1, lay_arrow(l), it->runs);
	else
		strbuf_printf(out, W(LAY_RUNS), it->runs);
}

/* Row 4 about an item.  @place: it has room here; @runs: the count as well; @state: of its worker. */
static void draw_item_title(struct lay *l, const struct model_item *it, int name_max, const char *place, bool runs, const char *state)
{
	struct title t = { l, 2, l->b.right };
	char name[WORDS_NAME], runner[WORDS_NAME];
	STRBUF(pending, 64);
	STRBUF(running, 64);
	STRBUF(count, 64);

	item_lamps(l, it, &pending, &running);
	lay_cell(l, t.x - 1, 4, ST_NORMAL, " ");
	piece(&t, ST_TITLE, "%s", W(LAY_ITEM));
	thing(&t, ST_NAME, CLS_ITEM, it->id, lay_item(l, it->id, name_max, name));
	dash(&t);
	piece(&t, l->e->was_pending != it->pending ? ST_CHANGED : ST_NORMAL, "%s", pending.buf);
	piece(&t, ST_NORMAL, "  ");
	piece(&t, (l->e->was_runner != 0) != (it->runner != 0) ? ST_CHANGED : ST_NORMAL, "%s", running.buf);
	if (it->runner) {
		piece(&t, ST_NORMAL, "%s", W(LAY_IN));
		thing(&t, ST_NORMAL, CLS_WORKER, it->runner, lay_worker(l, it->runner, runner));
		piece(&t, ST_NORMAL, "%s", state);
	}
	if (*place) {
		dash(&t);
		piece(&t, ST_NORMAL, "%s", place);
	}
	piece(&t, ST_NORMAL, " ");
	put_runs(l, it, &count);
	if (runs)
		lay_title_right(l, t.x, l->b.right - 1, 4, ST_NORMAL, count.buf);
}

/* Columns of row 4 with a name of @name columns. */
static int item_title_columns(struct lay *l, const struct model_item *it, int name, const char *place, bool runs, const char *state)
{
	char runner[WORDS_NAME];
	STRBUF(pending, 64);
	STRBUF(running, 64);
	STRBUF(count, 64);
	int columns;

	item_lamps(l, it, &pending, &running);
	columns = 2 + lay_columns(l, W(LAY_ITEM)) + name + 3 + lay_columns(l, pending.buf) + 2 + lay_columns(l, running.buf);
	if (it->runner)
		columns += lay_columns(l, W(LAY_IN)) + lay_columns(l, lay_worker(l, it->runner, runner)) +
			   lay_columns(l, state);
	if (*place)
		columns += 3 + lay_columns(l, place);
	put_runs(l, it, &count);
	return columns + 1 + (runs ? 3 + lay_columns(l, count.buf) : 0);
}

/* Return: the place, if it has to stand in row 5. */
static void row_of_item(struct lay *l, const struct model_item *it, struct strbuf *place_below)
{
	char name[WORDS_NAME];
	int width = l->b.right - 1, columns = lay_columns(l, lay_item(l, it->id, 40, name)), over;
	const char *state = lay_runner_state(l, it);
	bool runs = true;
	STRBUF(place, 128);

	lay_item_place(l, it, &place);
	if (place.len && item_title_columns(l, it, columns, place.buf, true, state) > width) {
		strbuf_puts(place_below, place.buf);
		place.len = 0;
		place.buf[0] = '\0';
	}
	runs = item_title_columns(l, it, columns, place.buf, true, state) <= width;
	/* the sign in the worker's row has the state as well; a short name may be that of several items */
	if (item_title_columns(l, it, columns, place.buf, false, state) > width)
		state = "";
	over = item_title_columns(l, it, columns, place.buf, runs, state) - width;
	if (over > 0)
		columns = columns - over > 6 ? columns - over : 6;
	draw_item_title(l, it, columns, place.buf, runs, state);
}

/* ---- a line, a worker, a pool, an object ------------------------------------------------------------- */

static int handler_cpu(const struct model *m, uint32_t line)
{
	for (int c = 0; c < CPUS_MAX; c++)
		if (m->cpus[c].exists && m->cpus[c].irq_line == line)
			return c;
	return -1;
}

/* Was the line raised again since its handler began? */
bool lay_line_raised(const struct lay *l, uint32_t line)
{
	const struct lane *lane = &l->s->lanes.line;

	for (size_t i = lane->nr; i > 0; i--) {
		const struct lane_part *p = &lane->v[i - 1];

		if (p->n <= l->m->n && p->what == line)
			return p->state != MARK_HANDLER;
	}
	return false;
}

static void row_of_line(struct lay *l, uint32_t line)
{
	struct title t = { l, 2, l->b.right };
	int cpu = handler_cpu(l->m, line);
	bool began = l->ev.kind == EV_IRQ_ENTRY, ended = l->ev.kind == EV_IRQ_EXIT;
	char name[WORDS_NAME];
	STRBUF(count, 64);
	STRBUF(handler, 64);

	lay_cell(l, t.x - 1, 4, ST_NORMAL, " ");
	piece(&t, ST_TITLE, "%s", W(LAY_LINE));
	thing(&t, ST_IRQ, CLS_LINE, line, lay_name(l, CLS_LINE, line, name));
	dash(&t);
	piece(&t, ST_NORMAL, "RAISED %s%s", lamp(lay_line_raised(l, line)), l->ev.kind == EV_IRQ_LOST ? W(LAY_ALREADY) : "");
	put_lamp(&handler, "HANDLER", began ? false : ended ? true : cpu >= 0, cpu >= 0);
	piece(&t, began || ended ? ST_CHANGED : ST_NORMAL, "  %s", handler.buf);
	strbuf_printf(&count, W(LAY_HANDLED), l->m->lines[line].count, l->m->lines[line].lost);
	/* the CPU's row names the handler as well */
	if (cpu >= 0 && t.x + 13 + lay_columns(l, count.buf) < l->b.right)
		piece(&t, ST_NORMAL, W(LAY_IN_CPU), cpu);
	if (t.x + lay_columns(l, count.buf) + 3 > l->b.right) {		/* the lane has no number of lost interrupts */
		count.len = 0;
		strbuf_printf(&count, W(LAY_LOST), l->m->lines[line].lost);
	}
	piece(&t, ST_NORMAL, " ");
	lay_title_right(l, t.x, l->b.right - 1, 4, ST_NORMAL, count.buf);
}

static void row_of_worker(struct lay *l, const struct model_worker *w)
{
	struct title t = { l, 2, l->b.right };
	bool idle = w->place == WK_IDLE, was_idle = idle != (l->ev.kind == EV_WORKER_IDLE || l->ev.kind == EV_WORKER_BUSY);
	char name[WORDS_NAME], pool[WORDS_NAME];
	STRBUF(lamps, 64);
	STRBUF(count, 64);

	lay_cell(l, t.x - 1, 4, ST_NORMAL, " ");
	piece(&t, ST_TITLE, "%s", W(LAY_WORKER));
	thing(&t, ST_NAME, CLS_WORKER, w->id, lay_worker(l, w->id, name));
	dash(&t);
	put_lamp(&lamps, "IDLE", was_idle, idle);
	piece(&t, was_idle != idle ? ST_CHANGED : ST_NORMAL, "%s", lamps.buf);
	lamps.len = 0;
	put_lamp(&lamps, "MANAGER", w->manager != (l->ev.kind == EV_MANAGE_BEGIN || l->ev.kind == EV_MANAGE_END), w->manager);
	piece(&t, l->ev.kind == EV_MANAGE_BEGIN || l->ev.kind == EV_MANAGE_END ? ST_CHANGED : ST_NORMAL, "  %s", lamps.buf);
	dash(&t);
	piece(&t, ST_NORMAL, W(LAY_OF_POOL), lay_pool(l, w->pool, pool));
	piece(&t, ST_NORMAL, " ");
	strbuf_printf(&count, W(LAY_RUNS), (uint32_t)w->runs);
	lay_title_right(l, t.x, l->b.right - 1, 4, ST_NORMAL, count.buf);
}

static void row_of_pool(struct lay *l, const struct model_pool *p)
{
	struct title t = { l, 2, l->b.right };
	uint64_t waited = (l->in->now > p->watchdog_ts ? l->in->now - p->watchdog_ts : 0) + NS_PER_MS / 2;
	const char *sign = l->in->ascii ? ">=" : "≥";
	char name[WORDS_NAME];
	STRBUF(text, 128);

	lay_cell(l, t.x - 1, 4, ST_NORMAL, " ");
	piece(&t, ST_TITLE, "%s", W(LAY_POOL));
	thing(&t, ST_NAME, CLS_POOL, p->id, lay_pool(l, p->id, name));
	dash(&t);
	strbuf_printf(&text, W(LAY_NO_PROGRESS), waited / NS_PER_MS, sign, l->m->watchdog_thresh / NS_PER_MS, W(LAY_WATCHDOG_STALL));
	if (t.x + lay_columns(l, text.buf) > t.end - 1) {
		text.len = 0;
		strbuf_printf(&text, W(LAY_NO_PROGRESS), waited / NS_PER_MS, sign, l->m->watchdog_thresh / NS_PER_MS, "");
	}
	piece(&t, ST_ALARM, "%s", text.buf);
	piece(&t, ST_NORMAL, " ");
}

static void row_of_object(struct lay *l, uint32_t id)
{
	const struct model_obj *o = id <= l->m->nr_objs ? &l->m->objs[id] : NULL;
	struct title t = { l, 2, l->b.right };
	struct trace_event freed;
	char name[WORDS_NAME];

	if (!o)
		return;
	lay_cell(l, t.x - 1, 4, ST_NORMAL, " ");
	piece(&t, ST_TITLE, "%s", W(LAY_OBJECT));
	thing(&t, ST_NAME, CLS_OBJ, id, lay_name(l, CLS_OBJ, id, name));
	dash(&t);
	piece(&t, ST_NORMAL, "ALLOCATED %s  FREED %s", lamp(o->allocated), lamp(o->freed));
	if (o->freed && trace_store_event(l->store, o->freed_ev, &freed) && freed.task && freed.cpu != TRACE_NO_CPU)
		piece(&t, ST_NORMAL, W(LAY_FREED_BY), lay_task(l, freed.task, name), freed.cpu,
		      time_text_short(l->in->now > freed.time ? l->in->now - freed.time : 0).text);
	piece(&t, ST_NORMAL, " ");
}

/* "BUG ─ a sleep in atomic context ─ swapper/0 on CPU 0" */
static void row_of_bug(struct lay *l)
{
	struct title t = { l, 2, l->b.right };
	uint32_t who = lay_field(&l->ev, "who");
	char name[WORDS_NAME];

	lay_cell(l, t.x - 1, 4, ST_NORMAL, " ");
	piece(&t, ST_ALARM, "%s", W(LAY_BUG));
	dash(&t);
	piece(&t, ST_ALARM, "%s", words_bug(lay_field(&l->ev, "kind")));
	if (who) {
		dash(&t);
		thing(&t, ST_NAME, CLS_TASK, who, lay_task(l, who, name));
	}
	piece(&t, ST_NORMAL, " ");
}

static bool anything_pending(const struct model *m)
{
	for (uint32_t i = 1; i <= m->nr_items; i++)
		if (m->items[i].id && (m->items[i].pending || m->items[i].runner))
			return true;
	return false;
}

/* ---- row 5 ----------------------------------------------------------------------------------------------- */

/* Facts of the right field, from the left. */
struct facts {
	struct lay *l;
	int x, end;
	bool any;
};

static bool fact_begins(struct facts *f, int need)
{
	int gap = f->any ? 3 : 0;

	if (f->x + gap + need > f->end)
		return false;
	if (f->any)
		f->x += lay_put(f->l, f->x, 5, gap, ST_DIM, " · ");
	f->any = true;
	return true;
}

static void fact(struct facts *f, enum theme_style style, const char *text)
{
	if (*text && fact_begins(f, lay_columns(f->l, text)))
		f->x += lay_put(f->l, f->x, 5, f->end - f->x, style, "%s", text);
}

static const struct model_pwq *pwq_of(const struct lay *l, uint32_t wq)
{
	const struct model_item *it = model_item(l->m, l->e->item);
	const struct model_pwq *q = model_pwq(l->m, lay_field(&l->ev, "pwq"));

	if (q && q->wq == wq)
		return q;
	q = it ? model_pwq(l->m, it->pwq) : NULL;
	if (q && q->wq == wq && !q->freed)
		return q;
	for (uint32_t i = 1; i <= l->m->nr_pwqs; i++) {
		q = model_pwq(l->m, i);
		if (q && q->wq == wq && !q->freed && (!l->e->need[0] || q->pool == l->e->need[0]))
			return q;
	}
	return NULL;
}

static void active_words(const struct lay *l, const struct model_wq *wq, const struct model_pwq *q, bool with_cpu,
			 struct strbuf *out)
{
	const struct model_pool *p = model_pool(l->m, q->pool);
	const struct model_item *it = model_item(l->m, l->e->item);
	uint32_t node = p && p->node >= 0 && p->node < MODEL_NODES_MAX ? (uint32_t)p->node : MODEL_NODES_MAX;
	bool by_node = p && p->cpu < 0 && wq->node_max[node];
	uint32_t now = by_node ? wq->node_nr[node] : q->nr_active, max = by_node ? wq->node_max[node] : wq->max_active;
	bool full = now >= max || l->ev.kind == EV_INACTIVE || l->ev.kind == EV_WQ_MAX_ACTIVE;

	strbuf_puts(out, "nr_active ");
	if (!by_node && it && it->pwq == q->id && l->e->was_active != now)
		strbuf_printf(out, "%" PRIu32 " → ", l->e->was_active);
	strbuf_printf(out, "%" PRIu32, now);
	if (max >= INT32_MAX)
		strbuf_puts(out, W(LAY_NO_LIMIT));
	else
		strbuf_printf(out, l->ev.kind == EV_WQ_MAX_ACTIVE ? W(LAY_OF_MAX_NOW) : full ? W(LAY_OF_MAX_ACTIVE) : W(LAY_OF), max);
	if (by_node && p->node >= 0)	/* a pool of no node: one count for the machine */
		strbuf_printf(out, W(LAY_ON_NODE), p->node);
	else if (p && p->cpu >= 0 && !full && with_cpu)
		strbuf_printf(out, W(LAY_IN_CPU), p->cpu);
}

/* ⊘ and the inactive items in order; the one that is talked about is among them. */
static void put_held(struct facts *f, const struct model_pwq *q)
{
	struct lay *l = f->l;
	uint32_t id = q->inactive.first, left = q->inactive.count;
	bool talked = model_item(l->m, l->e->item) && l->m->items[l->e->item].place == AT_INACTIVE &&
		      l->m->items[l->e->item].where == q->id, seen = false;
	char name[WORDS_NAME], last[WORDS_NAME];
	int keep = talked ? 3 + lay_columns(l, lay_item(l, l->e->item, 12, last)) : 0;

	if (!left || f->x + 6 > f->end)
		return;
	f->x += lay_put(l, f->x, 5, 2, ST_INACTIVE, f->any ? " ⊘" : "⊘");
	f->any = true;
	for (; id && left; id = l->m->items[id].next, left--) {
		const char *text = lay_item(l, id, 12, name);

		if (f->x + 1 + lay_columns(l, text) + (left > 1 ? 5 : 0) + (seen || id == l->e->item ? 0 : keep) > f->end)
			break;
		if (lay_travels(l, CLS_ITEM, id) && l->ev.kind == EV_INACTIVE)
			continue;
		f->x += lay_put(l, f->x, 5, 1, ST_NORMAL, " ");
		f->x += lay_thing(l, f->x, 5, f->end - f->x, ST_INACTIVE, ROLE_HELD, CLS_ITEM, id, "%s", text);
		seen |= id == l->e->item;
	}
	if (left && talked && !seen) {
		f->x += lay_put(l, f->x, 5, 3, ST_INACTIVE, " … ");
		f->x += lay_thing(l, f->x, 5, f->end - f->x, ST_INACTIVE, ROLE_HELD, CLS_ITEM, l->e->item, "%s",
				  lay_item(l, l->e->item, 12, last));
		left--;
	}
	if (left)
		f->x += lay_put(l, f->x, 5, f->end - f->x, ST_INACTIVE, " +%" PRIu32, left);
}

static void put_rescuer(struct facts *f, const struct model_wq *wq)
{
	struct lay *l = f->l;
	const struct model_worker *w = model_worker(l->m, wq->rescuer);
	char name[WORDS_NAME], pool[WORDS_NAME];
	bool called = false;
	STRBUF(text, 128);

	if (!w)
		return;
	for (uint32_t i = 1; i <= l->m->nr_pwqs; i++)
		called |= l->m->pwqs[i].id && l->m->pwqs[i].wq == wq->id && l->m->pwqs[i].on_mayday;
	strbuf_printf(&text, "✚ %s ", lay_worker(l, w->id, name));
	if (w->pool && w->place != WK_NONE)
		strbuf_printf(&text, W(LAY_RESCUER_AT), lay_pool(l, w->pool, pool));
	else
		strbuf_puts(&text, called ? W(LAY_RESCUER_CALLED) : W(LAY_RESCUER_HOME));
	if (!fact_begins(f, lay_columns(l, text.buf)))
		return;
	f->x += lay_thing(l, f->x, 5, f->end - f->x, called ? ST_RESCUER : ST_NORMAL, ROLE_QUEUE, CLS_WORKER, w->id, "%s",
			  text.buf);
}

static bool is_about_rescue(const struct lay *l)
{
	switch (l->ev.kind) {
	case EV_MAYDAY:
	case EV_RESCUER_BEGIN:
	case EV_RESCUER_END:
		return true;
	default:
		return false;
	}
}

static void wq_facts(struct facts *f, const struct model_wq *wq, const char *place)
{
	const struct model_pwq *q = pwq_of(f->l, wq->id);
	bool rescue = is_about_rescue(f->l);
	STRBUF(active, 128);
	STRBUF(flush, 64);

	if (rescue)
		put_rescuer(f, wq);
	if (q)
		active_words(f->l, wq, q, !*place, &active);
	fact(f, ST_NORMAL, active.buf);
	fact(f, ST_NORMAL, place);
	if (q)
		put_held(f, q);
	if (!rescue)
		put_rescuer(f, wq);
	if (wq->draining)
		strbuf_puts(&flush, W(LAY_DRAINING));
	else if (wq->flushers)
		strbuf_printf(&flush, W(LAY_FLUSH_COLOR), wq->flush_color);
	fact(f, ST_NORMAL, flush.buf);
}

static void row_of_wq(struct lay *l, const struct model_wq *wq, const char *place)
{
	struct facts f = { l, l->b.field, l->b.right - 1, false };
	const char *kind = wq->flags & WQ_ORDERED || wq->ordered ? W(LAY_WQ_ORDERED) : wq->flags & WQ_UNBOUND ? W(LAY_WQ_UNBOUND) :
			   wq->flags & WQ_BH ? W(LAY_WQ_BH) : W(LAY_WQ_CPU);
	char name[WORDS_NAME];
	int room = l->b.label_w - 2, x = 2, need = lay_columns(l, kind);
	const char *text = lay_name(l, CLS_WQ, wq->id, name);
	STRBUF(cut, WORDS_NAME);

	x += lay_put(l, x, 5, room, ST_NORMAL, "%s", W(LAY_ON));
	width_put_cut(&cut, text, strlen(text), room - lay_columns(l, W(LAY_ON)) - need > 6 ?
		      room - lay_columns(l, W(LAY_ON)) - need : room - lay_columns(l, W(LAY_ON)));
	x += lay_thing(l, x, 5, 2 + room - x, ST_NAME, ROLE_QUEUE, CLS_WQ, wq->id, "%s", cut.buf);
	if (x + need <= 2 + room)
		lay_put(l, x, 5, need, ST_NORMAL, "%s", kind);
	wq_facts(&f, wq, place);
}

void lay_draw_item(struct lay *l)
{
	const struct model_item *it = model_item(l->m, lay_talked(l));
	bool pointed = l->in->pick_cls == CLS_ITEM && it;
	const struct model_wq *wq = model_wq(l->m, pointed ? it->wq : l->e->wq);
	uint32_t line = lay_field(&l->ev, "line"), object = lay_field(&l->ev, "object");
	STRBUF(place, 128);

	if (pointed)
		row_of_item(l, it, &place);
	else if (object && object <= l->m->nr_objs && l->m->objs[object].id)
		row_of_object(l, object);
	else if (line && line <= l->m->nr_lines && (!anything_pending(l->m) || !it))
		row_of_line(l, line);
	else if (model_worker(l->m, l->e->about))
		row_of_worker(l, model_worker(l->m, l->e->about));
	else if (l->e->pool_about && model_pool(l->m, l->e->pool_about))
		row_of_pool(l, model_pool(l->m, l->e->pool_about));
	else if (it && (lay_field(&l->ev, "item") || !wq || !it->wq || it->wq == wq->id))	/* else it is about another workqueue */
		row_of_item(l, it, &place);
	else if (l->ev.kind == EV_BUG)
		row_of_bug(l);
	if (wq)
		row_of_wq(l, wq, place.buf);
	else if (place.len)
		lay_put(l, l->b.field, 5, l->b.field_w, ST_NORMAL, "%s", place.buf);
}
