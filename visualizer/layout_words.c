/*
 * visualizer/layout_words.c - names that fit a row, and what a worker does in a few words.
 *
 * A worker's words are tried from the longest to the shortest; the verb is in all of them.
 * An event may precede its switch of threads: a worker that has called wq_worker_sleeping()
 * falls asleep, although it still has the CPU.
 *
 * Lives here:   short names; the state of a worker at the instant.
 * Never here:   the texts (words/texts.def), where rows are.   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/time.h"
#include "base/width.h"
#include "model/tables.h"
#include "words/sentence.h"
#include "words/texts.h"

#define FORMS_MAX 8

uint32_t lay_field(const struct trace_event *ev, const char *name)
{
	struct trace_value v;

	return ev->kind && ev->kind < EV_NR && trace_event_get(ev, name, &v) ? (uint32_t)v.num : 0;
}

bool lay_has(const struct trace_event *ev, const char *name)
{
	struct trace_value v;

	return ev->kind && ev->kind < EV_NR && trace_event_get(ev, name, &v);
}

/* ---- names -------------------------------------------------------------------------------- */

const char *lay_name(const struct lay *l, enum trace_class cls, uint32_t id, char buf[WORDS_NAME])
{
	return words_name(l->store, l->m, cls, id, buf);
}

static const char *without_kworker(const char *name)
{
	return !strncmp(name, "kworker/", 8) ? name + 8 : name;
}

const char *lay_worker(const struct lay *l, uint32_t id, char buf[WORDS_NAME])
{
	return without_kworker(lay_name(l, CLS_WORKER, id, buf));
}

const char *lay_task(const struct lay *l, uint32_t id, char buf[WORDS_NAME])
{
	return without_kworker(lay_name(l, CLS_TASK, id, buf));
}

/* Bytes of the words, ended by '_', that @name shares with the begin of another item's name. */
static size_t shared_begin(const struct lay *l, uint32_t id, const char *name)
{
	size_t best = 0;

	for (uint32_t i = 1; i <= l->m->nr_items; i++) {
		const char *other = i == id || !l->m->items[i].id ? NULL : trace_store_name(l->store, CLS_ITEM, i);
		size_t word = 0;

		for (size_t n = 0; other && name[n] && name[n] == other[n]; n++)
			if (name[n] == '_')
				word = n + 1;
		if (word > best)
			best = word;
	}
	return best;
}

/* "wri…1": items of one family differ in their numbers, which are at the end. */
static void put_cut(struct strbuf *out, const char *name, int max)
{
	size_t len = strlen(name), digits = 0;

	while (digits < len && name[len - digits - 1] >= '0' && name[len - digits - 1] <= '9')
		digits++;
	if (width_text(name, len) <= max || !digits || (int)digits + 3 > max) {
		width_put_cut(out, name, len, max);
		return;
	}
	width_put_cut(out, name, len - digits, max - (int)digits - 1);
	if (out->len < 3 || strcmp(out->buf + out->len - 3, "…") != 0)
		strbuf_puts(out, "…");
	strbuf_puts(out, name + len - digits);
}

const char *lay_item(const struct lay *l, uint32_t id, int max, char buf[WORDS_NAME])
{
	const char *name = lay_name(l, CLS_ITEM, id, buf);
	size_t len = strlen(name), skip;
	char whole[WORDS_NAME];
	STRBUF(out, WORDS_NAME);

	if (width_text(name, len) <= max)
		return name;
	snprintf(whole, sizeof(whole), "%s", name);
	/* "barrier behind read" */
	if (model_item(l->m, id) && l->m->items[id].kind == ITEM_KIND_BARRIER)
		whole[strcspn(whole, " ")] = '\0';
	skip = shared_begin(l, id, whole);
	if (len - skip > 5 && !strcmp(whole + len - 5, "_work"))
		whole[len - 5] = '\0';
	if (skip && skip < strlen(whole) && max > 4) {
		strbuf_puts(&out, "…");
		put_cut(&out, whole + skip, max - 1);
	} else {
		put_cut(&out, whole, max);
	}
	snprintf(buf, WORDS_NAME, "%s", out.buf);
	return buf;
}

const char *lay_pool(const struct lay *l, uint32_t id, char buf[WORDS_NAME])
{
	const struct model_pool *p = model_pool(l->m, id);

	if (!p)
		return lay_name(l, CLS_POOL, id, buf);
	if (p->cpu < 0 && !(p->flags & POOL_LEGACY)) {
		snprintf(buf, WORDS_NAME, "u%" PRIu32, table_pool_number(l->store, id));
		return buf;
	}
	if (p->flags & POOL_LEGACY)
		return words_pool_kind(l->store, l->m, id, buf);
	snprintf(buf, WORDS_NAME, "CPU %" PRId32 "%s%s", p->cpu, p->nice < 0 ? "H" : "", p->flags & POOL_BH ? " BH" : "");
	return buf;
}

const char *lay_pool_long(const struct lay *l, uint32_t id, char buf[WORDS_NAME])
{
	const struct model_pool *p = model_pool(l->m, id);
	char kind[WORDS_NAME];

	if (!p)
		return lay_name(l, CLS_POOL, id, buf);
	if (p->cpu < 0)
		snprintf(buf, WORDS_NAME, W(LAY_POOL_UNBOUND), lay_pool(l, id, kind));
	else if (p->flags & POOL_LEGACY)
		snprintf(buf, WORDS_NAME, "%s", lay_name(l, CLS_POOL, id, kind));
	else if (p->cpu < CPUS_MAX && !l->m->cpus[p->cpu].online && l->m->cpus[p->cpu].exists)
		snprintf(buf, WORDS_NAME, W(LAY_POOL_OFF), p->cpu, words_pool_kind(l->store, l->m, id, kind));
	else
		snprintf(buf, WORDS_NAME, W(LAY_POOL_CPU), p->cpu, words_pool_kind(l->store, l->m, id, kind));
	return buf;
}

/* ---- the actor ------------------------------------------------------------------------------ */

static const struct model_worker *acting_worker(const struct lay *l)
{
	const struct model_task *t = l->ev.ctx == CTX_TASK ? model_task(l->m, l->ev.task) : NULL;

	return t ? model_worker(l->m, t->worker) : NULL;
}

static uint32_t acting_line(const struct lay *l)
{
	uint32_t line = lay_field(&l->ev, "line");

	if (line)
		return line;
	return l->ev.cpu < CPUS_MAX ? l->m->cpus[l->ev.cpu].irq_line : 0;
}

static bool is_idle_task(const struct lay *l, uint32_t task)
{
	return l->ev.cpu < CPUS_MAX && l->m->cpus[l->ev.cpu].idle_task == task;
}

/* The timers' softirq; false as well if it has ended since. */
static bool in_timers(const struct lay *l)
{
	return l->ev.cpu < CPUS_MAX && l->m->cpus[l->ev.cpu].softirq == LAY_SOFTIRQ_TIMER + 1;	/* vector + 1 */
}

void lay_actor(const struct lay *l, struct strbuf *out)
{
	const struct model_worker *w = acting_worker(l);
	char buf[WORDS_NAME];

	if (w)
		strbuf_puts(out, lay_worker(l, w->id, buf));
	else if (l->ev.ctx == CTX_HARDIRQ && acting_line(l))
		strbuf_puts(out, lay_name(l, CLS_LINE, acting_line(l), buf));
	else if (l->ev.ctx == CTX_HARDIRQ)
		strbuf_puts(out, W(LAY_ACTOR_IRQ));
	else if (l->ev.ctx == CTX_SOFTIRQ)
		strbuf_puts(out, in_timers(l) ? W(LAY_ACTOR_TIMER) : W(LAY_ACTOR_SOFTIRQ));
	else if (l->ev.ctx == CTX_TASK && l->ev.task && !is_idle_task(l, l->ev.task))
		strbuf_puts(out, lay_task(l, l->ev.task, buf));
	else
		strbuf_puts(out, W(LAY_ACTOR_LESSON));
}

/* The timer softirq runs one of these timers; the title names it. */
static bool timer_context(const struct lay *l, struct strbuf *out)
{
	char buf[WORDS_NAME];

	switch (l->ev.kind) {
	case EV_MAYDAY:
	case EV_MAYDAY_NONE:
	case EV_MAYDAY_TIMER:
		strbuf_printf(out, W(LAY_IN_MAYDAY), l->ev.cpu);
		return true;
	case EV_STALL:
	case EV_WATCHDOG_LOOK:
		strbuf_printf(out, W(LAY_IN_WATCHDOG), l->ev.cpu);
		return true;
	case EV_CULL:
	case EV_IDLE_TIMER:
		strbuf_printf(out, W(LAY_IN_IDLE_TIMER), l->ev.cpu);
		return true;
	default:
		break;
	}
	if (!lay_field(&l->ev, "item"))
		return false;
	if (!l->m->items[lay_field(&l->ev, "item")].kind)
		return false;
	strbuf_printf(out, W(LAY_IN_TIMER), l->ev.cpu, lay_item(l, lay_field(&l->ev, "item"), 24, buf));
	return true;
}

void lay_context(const struct lay *l, struct strbuf *out)
{
	const struct model_worker *w = acting_worker(l);
	uint32_t inside = w && (w->place == WK_BUSY) && lay_field(&l->ev, "item") != 0 ? w->item : 0;
	char wb[WORDS_NAME], ib[WORDS_NAME];

	if (l->ev.ctx == CTX_SOFTIRQ && l->ev.cpu != TRACE_NO_CPU && timer_context(l, out))
		return;
	if (l->ev.ctx == CTX_DIRECTOR || l->ev.cpu == TRACE_NO_CPU)
		strbuf_puts(out, W(LAY_FROM_OUTSIDE));
	else if (w && inside)
		strbuf_printf(out, W(LAY_INSIDE), lay_worker(l, w->id, wb), lay_item(l, inside, 24, ib), l->ev.cpu);
	else if (w)
		strbuf_printf(out, W(LAY_ON_CPU), lay_worker(l, w->id, wb), l->ev.cpu);
	else if (l->ev.ctx == CTX_TASK && l->ev.task && !is_idle_task(l, l->ev.task))
		strbuf_printf(out, W(LAY_THREAD_ON), lay_task(l, l->ev.task, wb), l->ev.cpu);
	else
		words_context(l->store, l->m, &l->ev, out);
}

/* ---- a worker's words ----------------------------------------------------------------------------- */

/* Forms from the longest to the shortest. */
struct forms {
	char v[FORMS_MAX][LAY_WORDS];
	unsigned int nr;
};

static void form(struct forms *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void form(struct forms *f, const char *fmt, ...)
{
	va_list ap;

	if (f->nr == FORMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(f->v[f->nr++], LAY_WORDS, fmt, ap);
	va_end(ap);
}

static void choose(const struct lay *l, struct lay_words *out, const struct forms *f, int max)
{
	unsigned int i = 0;

	while (i + 1 < f->nr && lay_columns(l, f->v[i]) > max)
		i++;
	snprintf(out->text, sizeof(out->text), "%s", f->nr ? f->v[i] : "");
}

const char *lay_waits_for(const struct lay *l, const struct model_task *t, char buf[WORDS_NAME])
{
	const char *name = t && t->waits_lock ? trace_store_name(l->store, CLS_LOCK, t->waits_lock) : NULL;

	/* in a flush or a cancel the lock is one of the engine's own */
	if (t && t->nr_waits)
		name = t->waits[0].item ? lay_item(l, t->waits[0].item, 12, buf) : lay_name(l, CLS_WQ, t->waits[0].wq, buf);
	return name && *name ? name : NULL;
}

/* The first item of its scheduled list: "then w2", "then again"; "" if the list is empty. */
static void put_next(const struct lay *l, const struct model_worker *w, struct strbuf *out)
{
	uint32_t next = w->scheduled.first;
	char buf[WORDS_NAME];

	if (next && l->m->items[next].kind == ITEM_KIND_BARRIER)
		strbuf_puts(out, " ⚑");
	else if (next && next == w->item)
		strbuf_puts(out, W(LAY_THEN_AGAIN));
	else if (next)
		strbuf_printf(out, W(LAY_THEN), lay_item(l, next, 12, buf));
}

static void asleep_words(const struct lay *l, const struct model_worker *w, struct forms *f)
{
	const struct model_task *t = model_task(l->m, w->task);
	char name[WORDS_NAME], small[WORDS_NAME], waits[WORDS_NAME];
	const char *lock = lay_waits_for(l, t, waits);
	const char *item = lay_item(l, w->item, 12, name);
	STRBUF(next, 64);

	put_next(l, w, &next);
	if (lock) {
		form(f, W(LAY_WAITS_FOR), item, next.buf, lock);
		form(f, W(LAY_WAITS_FOR), item, "", lock);
		form(f, W(LAY_WAITS), item, next.buf);
		form(f, W(LAY_WAITS), item, "");
		form(f, "%s", item);
	} else if (t && t->sleep_until > l->in->now) {
		const struct time_text left = time_text_short(t->sleep_until - l->in->now);

		form(f, W(LAY_LEFT), item, next.buf, left.text);
		form(f, W(LAY_LEFT), item, "", left.text);
		form(f, W(LAY_SLEEPS_FOR), item, left.text);
		form(f, W(LAY_ASLEEP), item);
	} else {
		form(f, "%s%s", item, next.buf);
	}
	form(f, "%s", lay_item(l, w->item, 8, small));
}

static void running_words(const struct lay *l, const struct model_worker *w, struct forms *f)
{
	const struct model_task *t = model_task(l->m, w->task);
	char name[WORDS_NAME], small[WORDS_NAME];
	const char *item = lay_item(l, w->item, 12, name);
	STRBUF(next, 64);

	put_next(l, w, &next);
	if (t && t->state == MT_RUNNABLE) {
		form(f, W(LAY_WANTS_CPU), item, next.buf);
		form(f, W(LAY_WANTS_CPU), item, "");
		form(f, W(LAY_READY), item);
		form(f, "%s", item);
		form(f, "%s", lay_item(l, w->item, 8, small));
		return;
	}
	if (t && t->burning && t->burn_length) {
		double done = (double)model_burn_done(l->m, t, l->in->now) / 1e6, all = (double)t->burn_length / 1e6;

		form(f, W(LAY_USED), item, next.buf, done, all);
		form(f, W(LAY_USED), item, "", done, all);
	}
	form(f, "%s%s", item, next.buf);
	form(f, "%s", item);
	form(f, "%s", lay_item(l, w->item, 8, small));
}

/* Its place among the idle workers, from 1; 0 = it is not idle. */
static unsigned int idle_rank(const struct lay *l, const struct model_worker *w)
{
	const struct model_pool *p = model_pool(l->m, w->pool);
	uint32_t id = p ? p->idle.first : 0;
	unsigned int rank = 0;

	for (uint32_t i = 0; p && id && i < p->idle.count; i++, id = l->m->workers[id].next) {
		rank += !l->m->workers[id].woken;
		if (id == w->id)
			return rank;
	}
	return 0;
}

static void idle_words(const struct lay *l, const struct model_worker *w, struct forms *f)
{
	unsigned int rank = idle_rank(l, w);
	STRBUF(by, WORDS_NAME);

	if (w->woken) {
		if (l->ev.kind == EV_KICK && lay_field(&l->ev, "worker") == w->id) {
			bool again = words_kick_is_again(l->store, &l->ev);

			lay_actor(l, &by);
			form(f, again ? W(LAY_WOKEN_AGAIN_BY) : W(LAY_WOKEN_BY), by.buf);
			if (again)
				form(f, "%s", W(LAY_WOKEN_AGAIN));
		}
		form(f, "%s", W(LAY_WOKEN));
		return;
	}
	if (!l->gloss)
		return;
	if (rank == 1) {
		form(f, "%s", W(LAY_NEXT_WOKEN));
		form(f, "%s", W(LAY_NEXT));
		form(f, "%s", "");
	} else if (rank > 1) {
		form(f, rank == 2 ? W(LAY_SECOND) : rank == 3 ? W(LAY_THIRD) : W(LAY_NTH), rank);
	} else {
		form(f, "%s", W(LAY_IDLE));
	}
}

static void manager_words(const struct lay *l, const struct model_worker *w, struct forms *f)
{
	const struct model_pool *p = model_pool(l->m, w->pool);

	if (p && p->creating && l->m->creation_stalled) {
		form(f, "%s", W(LAY_MANAGER_STUCK));
		form(f, "%s", W(LAY_MANAGER_NO_THREAD));
		form(f, "%s", W(LAY_MGR_STUCK));
	} else if (p && p->creating) {
		form(f, "%s", W(LAY_MANAGER_MAKES));
		form(f, "%s", W(LAY_MGR_MAKES));
	}
	form(f, "%s", W(LAY_MANAGER));
	form(f, "%s", W(LAY_MGR));
	form(f, "%s", "");
}

/* A worker that has the CPU, or wants it, without an item. */
static void awake_words(const struct lay *l, const struct model_worker *w, struct lay_words *out, struct forms *f)
{
	const struct model_item *it = model_item(l->m, w->scheduled.first);
	char name[WORDS_NAME];

	if (it && it->kind != ITEM_KIND_BARRIER) {
		out->item = it->id;
		form(f, W(LAY_HAS_TAKEN), lay_item(l, it->id, 12, name));
		form(f, W(LAY_TAKES), lay_item(l, it->id, 8, name));
		form(f, "%s", lay_item(l, it->id, 8, name));
		return;
	}
	if (!w->task) {			/* bottom halves have no thread that could be awake */
		form(f, "%s", W(LAY_IN_SOFTIRQ));
		form(f, "%s", W(LAY_SOFTIRQ));
		form(f, "%s", W(LAY_BH));
		return;
	}
	form(f, "%s", W(LAY_AWAKE_NO_ITEM));
	form(f, "%s", W(LAY_AWAKE));
	form(f, "%s", "");		/* no verb is cut: the sign is left */
}

/* The effect of the event itself, before the scheduler follows.  Return: words were made. */
static bool event_words(const struct lay *l, const struct model_worker *w, struct lay_words *out, struct forms *f)
{
	char name[WORDS_NAME], other[WORDS_NAME];
	bool its = lay_field(&l->ev, "worker") == w->id;

	switch (its ? l->ev.kind : EV_NONE) {
	case EV_WORKER_SLEEP:
		out->sign = "◌";
		out->style = ST_SLEEPING;
		out->item = w->item;
		form(f, W(LAY_FALLS_ASLEEP), lay_item(l, w->item, 12, name));
		form(f, W(LAY_ASLEEP), lay_item(l, w->item, 12, name));
		form(f, "%s", lay_item(l, w->item, 8, name));
		return true;
	case EV_EXECUTE_END:
		out->item = lay_field(&l->ev, "item");	/* the worker may have left it behind the event */
		form(f, W(LAY_DONE), lay_item(l, out->item, 12, name), w->scheduled.count ? " ⚑" : "");
		form(f, W(LAY_DONE), lay_item(l, out->item, 8, name), "");
		form(f, "%s ✔", lay_item(l, out->item, 8, name));
		form(f, "%s ✔", lay_item(l, out->item, 6, name));
		return true;
	case EV_EXECUTE_START:
		out->item = w->item;
		form(f, "%s%s", lay_item(l, w->item, 12, name), W(LAY_BEGINS));
		form(f, "%s%s", lay_item(l, w->item, 6, name), W(LAY_BEGINS));
		form(f, "%s", lay_item(l, w->item, 8, name));
		return true;
	case EV_COLLIDE:
		form(f, W(LAY_GIVES), lay_worker(l, lay_field(&l->ev, "runner"), other));
		form(f, W(LAY_GIVES_SHORT), lay_worker(l, lay_field(&l->ev, "runner"), other));
		return true;
	case EV_RESCUE:
		out->item = lay_field(&l->ev, "item");
		form(f, W(LAY_HAS_TAKEN), lay_item(l, out->item, 12, name));
		form(f, W(LAY_TAKES), lay_item(l, out->item, 12, name));
		form(f, W(LAY_TAKES), lay_item(l, out->item, 8, name));
		form(f, "%s", lay_item(l, out->item, 8, name));
		return true;
	case EV_CULL:
		out->sign = "✖";
		out->style = ST_DYING;
		form(f, "%s", W(LAY_HAS_TO_END));
		form(f, "%s", W(LAY_ENDS));
		return true;
	case EV_WORKER_CREATE:
		form(f, "%s", W(LAY_IS_NEW));
		return true;
	case EV_RESCUER_END:
		form(f, "%s", W(LAY_GOES_HOME));
		return true;
	default:
		return false;
	}
}

static const char *sign_of(const struct lay *l, const struct model_worker *w, enum theme_style *style)
{
	enum lane_state state = lane_worker_state(l->m, w);

	*style = ST_RUNNING;
	if (w->place == WK_DEAD) {
		*style = ST_DYING;
		return "✖";
	}
	if (w->manager) {
		*style = ST_MANAGER;
		return "◆";
	}
	if (state == LANE_SLEEPING) {
		*style = ST_SLEEPING;
		return "◌";
	}
	if (w->rescuer_of) {
		*style = ST_RESCUER;
		return "✚";
	}
	if (w->place == WK_IDLE) {
		*style = w->woken ? ST_RUNNING : ST_IDLE;
		return "○";
	}
	if (state == LANE_READY) {
		*style = ST_WAITING;
		return "◐";
	}
	return "●";
}

struct lay_words lay_worker_words(const struct lay *l, const struct model_worker *w, int max)
{
	struct lay_words out = { .item = w->place == WK_BUSY ? w->item : 0 };
	struct forms f = { .nr = 0 };

	out.sign = sign_of(l, w, &out.style);
	if (event_words(l, w, &out, &f)) {
		choose(l, &out, &f, max);
		return out;
	}
	if (w->place == WK_BUSY && w->item)
		lane_worker_state(l->m, w) == LANE_SLEEPING ? asleep_words(l, w, &f) : running_words(l, w, &f);
	else if (w->place == WK_DEAD)
		form(&f, "%s", W(LAY_ENDS));
	else if (w->manager)
		manager_words(l, w, &f);
	else if (w->place == WK_IDLE)
		idle_words(l, w, &f);
	else if (w->place == WK_BETWEEN)
		awake_words(l, w, &out, &f);
	choose(l, &out, &f, max);
	return out;
}
