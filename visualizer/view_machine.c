/*
 * visualizer/view_machine.c - CPUs, what runs on them, and their pools' workers.
 *
 * Each CPU is a block: what is on it, its normal pool in full (worklist, running,
 * sleeping, idle workers in the order they would be woken), its high-priority pool
 * folded to a line while it has nothing to tell.  Unbound pools, workqueues, rescuers
 * and armed timers follow where there is room.
 *
 * Never here:   how events change any of it (model/).   Rules: R3.7, R4.1, R12.1.
 * Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "model/tables.h"
#include "visualizer/rows.h"
#include "words/machine_text.h"

#define GLYPH_RUNNING "●"
#define GLYPH_SLEEPING "◌"
#define GLYPH_IDLE "○"
#define GLYPH_MANAGER "◆"
#define GLYPH_RESCUER "✚"
#define GLYPH_WAITING "▸"
#define GLYPH_INACTIVE "⊘"
#define BAR_CELLS 10
#define NARROW 45		/* columns: below, workers are called 0:1 */

static const struct model *at(struct ui *u)
{
	return &u->scene->replay.at;
}

/* ---- workers ------------------------------------------------------------------- */

static const struct model_task *task_of(const struct model *m, const struct model_worker *w)
{
	return model_task(m, w->task);
}

static bool worker_sleeps(const struct model *m, const struct model_worker *w)
{
	return lane_worker_state(m, w) == LANE_SLEEPING;
}

static const char *item_name(struct ui *u, uint32_t id, char buf[WORDS_NAME])
{
	return ui_name(u, CLS_ITEM, id, buf);
}

static const char *worker_glyph(const struct model *m, const struct model_worker *w, enum theme_style *style)
{
	*style = w->rescuer_of ? ST_RESCUER : worker_sleeps(m, w) ? ST_SLEEPING : ST_RUNNING;
	if (w->rescuer_of)
		return GLYPH_RESCUER;
	return worker_sleeps(m, w) ? GLYPH_SLEEPING : GLYPH_RUNNING;
}

static void add_worker(struct rows *r, const struct model_worker *w, bool brief)
{
	const struct model *m = at(r->u);
	char wb[WORDS_NAME], ib[WORDS_NAME];
	const char *name = ui_name(r->u, CLS_WORKER, w->id, wb);
	enum theme_style style;
	const char *glyph = worker_glyph(m, w, &style);

	rows_thing(r, style, true, CLS_WORKER, w->id, "%s %s", glyph, brief ? ui_short(name) : name);
	if (w->item)
		rows_thing(r, ST_NAME, true, CLS_ITEM, w->item, " %s", item_name(r->u, w->item, ib));
	if (w->scheduled.count)
		rows_add(r, ST_WAITING, " +%" PRIu32, w->scheduled.count);
}

/* "wakes in 10.0 ms", "waits for the completion written", "is ready to run" */
static void add_doing(struct rows *r, const struct model_worker *w)
{
	const struct model *m = at(r->u);
	const struct model_task *t = task_of(m, w);
	STRBUF(doing, 256);

	if (!t || t->state == MT_ON_CPU)
		return;		/* its CPU's first line shows how far it is */
	words_doing(r->u->scene->store, m, t, r->u->scene->playback.clock, &doing);
	if (doing.len)
		rows_add(r, t->state == MT_RUNNABLE ? ST_WAITING : ST_SLEEPING, "  %s", doing.buf);
}

static void add_burn(struct rows *r, const struct model_task *t, int width)
{
	bool brief = width < 60;
	uint64_t done;

	if (!t->burning || !t->burn_length)
		return;
	done = model_burn_done(at(r->u), t, r->u->scene->playback.clock);
	rows_add(r, ST_NORMAL, "%s", brief ? "  " : t->hogging ? W(BURN_HOG) : W(BURN));
	rows_bar(r, ST_BURN, brief ? 4 : BAR_CELLS, done, t->burn_length);
	rows_add(r, ST_NORMAL, brief ? W(BURN_DONE_SHORT) : W(BURN_DONE), (double)done / 1e6,
		 (double)t->burn_length / 1e6);
}

/* ---- a CPU ------------------------------------------------------------------------- */

static void cpu_on(struct rows *r, const struct model_cpu *c, int width)
{
	bool narrow = width < NARROW;
	const struct model *m = at(r->u);
	const struct model_task *t = model_task(m, c->task);
	const struct model_worker *w = t ? model_worker(m, t->worker) : NULL;
	char buf[WORDS_NAME];

	rows_begin(r, 0);
	/* whatever is submitted starts its way here */
	rows_thing(r, ST_DIM, true, CLS_CPU, c->id + 1, W(CPU_ON));
	if (!c->online) {
		rows_add(r, ST_DYING, W(CPU_OFFLINE));
	} else if (c->irq_line) {
		rows_thing(r, ST_IRQ, false, CLS_LINE, c->irq_line, W(CPU_INTERRUPT),
			   ui_name(r->u, CLS_LINE, c->irq_line, buf));
	} else if (c->softirq) {
		rows_add(r, ST_IRQ, W(CPU_SOFTIRQ), trace_softirq_name(c->softirq - 1));
	} else if (w) {
		rows_thing(r, w->rescuer_of ? ST_RESCUER : ST_RUNNING, false, CLS_WORKER, w->id, "%s %s",
			   w->rescuer_of ? GLYPH_RESCUER : w->manager ? GLYPH_MANAGER : GLYPH_RUNNING,
			   ui_name(r->u, CLS_WORKER, w->id, buf));
		if (w->item)
			rows_thing(r, ST_NAME, false, CLS_ITEM, w->item, "  %s", item_name(r->u, w->item, buf));
		add_burn(r, t, width);
	} else if (t && t->id != c->idle_task) {
		rows_thing(r, ST_RUNNING, false, CLS_TASK, t->id, GLYPH_RUNNING " %s",
			   ui_name(r->u, CLS_TASK, t->id, buf));
		add_burn(r, t, width);
	} else if (model_cpu_ready(m, c->id)) {
		rows_add(r, ST_IDLE, narrow ? W(CPU_SWITCHING_SHORT) : W(CPU_SWITCHING));
	} else {
		rows_add(r, ST_IDLE, W(CPU_IDLE));
	}
	if (c->spins_lock)
		rows_add(r, ST_ALARM, W(CPU_SPINS));
}

/* Threads that could run here but are not on the CPU. */
static void cpu_ready(struct rows *r, const struct model_cpu *c)
{
	const struct model *m = at(r->u);
	bool first = true;
	char buf[WORDS_NAME];

	for (uint32_t i = 1; i <= m->nr_tasks; i++) {
		const struct model_task *t = model_task(m, i);

		if (!t || t->state != MT_RUNNABLE || t->cpu != (int32_t)c->id || t->id == c->idle_task)
			continue;
		if (first) {
			rows_begin(r, 3);
			rows_add(r, ST_DIM, W(CPU_READY));
		}
		rows_thing(r, ST_WAITING, false, t->worker ? CLS_WORKER : CLS_TASK,
			   t->worker ? t->worker : t->id, "%s%s", first ? "" : "  ",
			   ui_name(r->u, CLS_TASK, t->id, buf));
		first = false;
	}
}

/* ---- a pool -------------------------------------------------------------------------- */

static uint64_t waited(const struct ui *u, const struct model_pool *p)
{
	uint64_t now = u->scene->playback.clock;

	return p->worklist.count && now > p->watchdog_ts ? now - p->watchdog_ts : 0;
}

static void pool_watchdog(struct rows *r, const struct model_pool *p)
{
	const struct model *m = at(r->u);
	uint64_t ns = waited(r->u, p);

	if (!m->watchdog_thresh || (!p->stalls && ns * 10 < m->watchdog_thresh))
		return;
	rows_begin(r, 0);
	if (p->stalls && ns > m->watchdog_thresh) {
		rows_thing(r, ST_STALL, false, CLS_POOL, p->id, W(WATCHDOG_STUCK),
			   (double)ns / 1e9);
		r->v[r->nr - 1].alarm = true;
		return;
	}
	rows_add(r, ns > m->watchdog_thresh ? ST_ALARM : ST_WAITING, W(WATCHDOG));
	rows_bar(r, ns > m->watchdog_thresh ? ST_ALARM : ST_WAITING, BAR_CELLS, ns, m->watchdog_thresh);
	rows_add(r, ST_NORMAL, W(WATCHDOG_WAITED), (double)ns / 1e9,
		 (double)m->watchdog_thresh / 1e9);
}

static void pool_mayday(struct rows *r, const struct model_pool *p)
{
	const struct model *m = at(r->u);
	uint64_t now = r->u->scene->playback.clock;
	char buf[WORDS_NAME];

	if (p->mayday_state == 1 || p->mayday_state == 3) {
		rows_begin(r, 1);
		rows_thing(r, ST_ALARM, false, CLS_POOL, p->id, W(MAYDAY_IN),
			   time_text_short(p->mayday_expires > now ? p->mayday_expires - now : 0).text);
		if (m->creation_stalled)
			rows_add(r, ST_ALARM, W(MAYDAY_NO_THREAD));
	}
	for (uint32_t i = 1; i <= m->nr_pwqs; i++) {
		const struct model_pwq *q = model_pwq(m, i);

		if (!q || q->pool != p->id || !q->on_mayday)
			continue;
		rows_begin(r, 0);
		rows_thing(r, ST_RESCUER, false, CLS_PWQ, q->id, W(MAYDAY_CALLED),
			   ui_name(r->u, CLS_WQ, q->wq, buf));
	}
}

static const struct model_worker *pool_manager(const struct model *m, const struct model_pool *p)
{
	for (uint32_t i = 1; i <= m->nr_workers; i++) {
		const struct model_worker *w = model_worker(m, i);

		if (w && w->pool == p->id && w->manager && w->place != WK_DEAD)
			return w;
	}
	return NULL;
}

static void pool_head(struct rows *r, const struct model_pool *p, const char *label, int width)
{
	const struct model *m = at(r->u);
	const struct model_worker *manager = pool_manager(m, p);
	char buf[WORDS_NAME];

	rows_begin(r, 0);
	rows_thing(r, ST_TITLE, false, CLS_POOL, p->id, width < 28 ? "%-7s" : W(POOL_HEAD), label);
	rows_thing(r, p->nr_running ? ST_RUNNING : ST_NORMAL, false, CLS_POOL, p->id, W(POOL_NR_RUNNING),
		   p->nr_running);
	if (width >= (manager || p->creating ? 60 : NARROW))
		rows_add(r, ST_NORMAL, W(POOL_WORKERS), p->nr_workers);
	if (manager)
		rows_thing(r, ST_MANAGER, true, CLS_WORKER, manager->id, width < NARROW ? W(POOL_MANAGER_SHORT) : W(POOL_MANAGER),
			   ui_short(ui_name(r->u, CLS_WORKER, manager->id, buf)));
	if (p->creating)
		rows_add(r, ST_MANAGER, W(POOL_CREATING), p->creating);
}

static void pool_waiting(struct rows *r, const struct model_pool *p)
{
	const struct model *m = at(r->u);
	uint32_t id = p->worklist.first, left = p->worklist.count;
	char buf[WORDS_NAME];

	rows_begin(r, left ? 1 : 4);
	rows_add(r, ST_DIM, W(POOL_WAITING));
	if (!left)
		rows_add(r, ST_DIM, "–");
	for (int i = 0; id && left && i < 12; i++, left--) {
		const struct model_item *it = model_item(m, id);

		if (!it)
			break;
		rows_thing(r, ST_WAITING, true, CLS_ITEM, id, GLYPH_WAITING "%s", item_name(r->u, id, buf));
		rows_add(r, ST_NORMAL, " ");
		id = it->next;
	}
	if (left && id)
		rows_add(r, ST_WAITING, "+%" PRIu32, left);
}

/* Workers that hold an item (or are between idle and work): by @sleeping. */
static unsigned int pool_busy(struct rows *r, const struct model_pool *p, bool sleeping, bool narrow, bool tall)
{
	const struct model *m = at(r->u);
	unsigned int nr = 0, all = 0;

	for (uint32_t i = 1; i <= m->nr_workers; i++) {
		const struct model_worker *w = model_worker(m, i);

		all += w && w->pool == p->id && w->place == WK_BUSY && worker_sleeps(m, w);
	}
	for (uint32_t i = 1; i <= m->nr_workers; i++) {
		const struct model_worker *w = model_worker(m, i);
		bool busy = w && w->pool == p->id && (w->place == WK_BUSY || (w->place == WK_BETWEEN && !w->manager));

		if (!busy || worker_sleeps(m, w) != sleeping)
			continue;
		if (!nr || tall) {
			rows_begin(r, nr ? 3 : 1);
			rows_add(r, ST_DIM, "%s", nr ? "           " : sleeping ? W(POOL_SLEEPING) : W(POOL_RUNNING));
		} else {
			rows_add(r, ST_NORMAL, "  ");
		}
		nr++;
		add_worker(r, w, narrow || (all > 1 && !tall));
		if (tall || all <= 1)
			add_doing(r, w);
	}
	if (!nr) {
		rows_begin(r, 5);
		rows_add(r, ST_DIM, "%s–", sleeping ? W(POOL_SLEEPING) : W(POOL_RUNNING));
	}
	return nr;
}

static void pool_idle(struct rows *r, const struct model_pool *p, bool narrow)
{
	const struct model *m = at(r->u);
	uint32_t id = p->idle.first, left = p->idle.count;
	char buf[WORDS_NAME];

	rows_begin(r, left ? 2 : 5);
	rows_add(r, ST_DIM, W(POOL_IDLE));
	if (!left)
		rows_add(r, ST_DIM, "–");
	for (int i = 0; id && left && i < 8; i++, left--) {
		const struct model_worker *w = model_worker(m, id);
		const char *name = ui_name(r->u, CLS_WORKER, id, buf);

		if (!w)
			break;
		rows_thing(r, w->woken ? ST_RUNNING : ST_IDLE, true, CLS_WORKER, id, GLYPH_IDLE " %s%s",
			   narrow || p->idle.count > 2 ? ui_short(name) : name, w->woken ? W(POOL_WOKEN) : "");
		rows_add(r, ST_NORMAL, "  ");
		id = w->next;
	}
	if (left && id)
		rows_add(r, ST_IDLE, "+%" PRIu32, left);
}

static bool pool_quiet(const struct ui *u, const struct model_pool *p)
{
	const struct model *m = &u->scene->replay.at;

	if (p->worklist.count || p->nr_workers != p->nr_idle || p->creating || p->stalls)
		return false;
	for (uint32_t i = 1; i <= m->nr_workers; i++) {
		const struct model_worker *w = model_worker(m, i);

		if (w && w->pool == p->id && w->place == WK_BUSY)
			return false;
	}
	return !ui_touched(u, CLS_POOL, p->id);
}

static void pool_full(struct rows *r, const struct model_pool *p, const char *label, int width, bool tall)
{
	bool narrow = width < NARROW;

	pool_head(r, p, label, width);
	pool_watchdog(r, p);
	pool_mayday(r, p);
	pool_waiting(r, p);
	pool_busy(r, p, false, narrow, tall);
	pool_busy(r, p, true, narrow, tall);
	pool_idle(r, p, narrow);
}

static void pool_folded(struct rows *r, const struct model_pool *p, const char *label, int width)
{
	if (!pool_quiet(r->u, p)) {
		pool_full(r, p, label, width, false);
		return;
	}
	rows_begin(r, 6);
	rows_thing(r, ST_DIM, false, CLS_POOL, p->id, W(POOL_QUIET), label);
}

static void cpu_block(struct rows *r, const struct model_cpu *c, int width, bool tall)
{
	const struct model *m = at(r->u);
	const struct model_pool *normal = model_cpu_pool(m, (int)c->id, 0);
	const struct model_pool *high = model_cpu_pool(m, (int)c->id, -20);
	char label[WORDS_NAME];

	cpu_on(r, c, width);
	cpu_ready(r, c);
	if (normal)
		pool_full(r, normal, words_pool_kind(r->u->scene->store, m, normal->id, label), width, tall);
	if (high)
		pool_folded(r, high, words_pool_kind(r->u->scene->store, m, high->id, label), width);
}

/* A CPU for which there is only a line. */
static void cpu_line(struct rows *r, const struct model_cpu *c)
{
	const struct model *m = at(r->u);
	const struct model_pool *p = model_cpu_pool(m, (int)c->id, 0);
	const struct model_task *t = model_task(m, c->task);
	const struct model_worker *w = t ? model_worker(m, t->worker) : NULL;
	unsigned int asleep = 0;
	char buf[WORDS_NAME];

	rows_begin(r, 1);
	rows_thing(r, ST_TITLE, true, CLS_CPU, c->id + 1, W(CPU_LINE), c->id);
	if (c->irq_line)
		rows_add(r, ST_IRQ, "! %s ", ui_name(r->u, CLS_LINE, c->irq_line, buf));
	else if (w)
		add_worker(r, w, true);
	else
		rows_add(r, ST_IDLE, "%s", t && t->id != c->idle_task ? W(CPU_TASK) : W(CPU_IDLE));
	if (!p)
		return;
	for (uint32_t i = 1; i <= m->nr_workers; i++) {
		const struct model_worker *v = model_worker(m, i);

		asleep += v && v->pool == p->id && v->place == WK_BUSY && worker_sleeps(m, v);
	}
	rows_thing(r, ST_NORMAL, false, CLS_POOL, p->id, W(CPU_LINE_RUNNING), p->nr_running);
	rows_add(r, ST_WAITING, GLYPH_WAITING "%" PRIu32 " ", p->worklist.count);
	rows_add(r, ST_SLEEPING, GLYPH_SLEEPING "%u ", asleep);
	rows_add(r, ST_IDLE, GLYPH_IDLE "%" PRIu32, p->nr_idle);
}

/* ---- what belongs to no CPU -------------------------------------------------------- */

static void wq_rescuer(struct rows *r, const struct model_wq *q)
{
	const struct model *m = at(r->u);
	const struct model_worker *w = model_worker(m, q->rescuer);
	char buf[WORDS_NAME], pool[WORDS_NAME];

	if (!w)
		return;
	rows_thing(r, ST_RESCUER, true, CLS_WORKER, w->id, "  " GLYPH_RESCUER " %s",
		   ui_name(r->u, CLS_WORKER, w->id, buf));
	if (w->pool)
		rows_add(r, ST_RESCUER, W(RESCUER_AT), ui_name(r->u, CLS_POOL, w->pool, pool));
	else
		rows_add(r, ST_DIM, W(RESCUER_ASLEEP));
}

/* Items of a workqueue that wait for max_active. */
static void wq_inactive(struct rows *r, const struct model_wq *q, uint32_t inactive)
{
	const struct model *m = at(r->u);
	unsigned int shown = 0;
	char buf[WORDS_NAME];

	rows_add(r, inactive ? ST_INACTIVE : ST_DIM, W(WQ_INACTIVE), inactive);
	for (uint32_t i = 1; i <= m->nr_items && shown < 6; i++) {
		const struct model_item *it = model_item(m, i);

		if (!it || it->place != AT_INACTIVE || it->wq != q->id)
			continue;
		rows_thing(r, ST_INACTIVE, true, CLS_ITEM, i, " " GLYPH_INACTIVE "%s", item_name(r->u, i, buf));
		shown++;
	}
}

struct wq_sums {
	uint32_t active, inactive;
};

static struct wq_sums wq_sums(const struct model *m, const struct model_wq *q)
{
	struct wq_sums s = { 0, 0 };

	for (uint32_t i = 1; i <= m->nr_pwqs; i++) {
		const struct model_pwq *p = model_pwq(m, i);

		if (!p || p->freed || p->wq != q->id)
			continue;
		s.active += p->nr_active;
		s.inactive += p->inactive.count;
	}
	return s;
}

static bool wq_matters(const struct ui *u, const struct model_wq *q)
{
	const struct model *m = &u->scene->replay.at;
	struct wq_sums s = wq_sums(m, q);
	const struct model_worker *w = model_worker(m, q->rescuer);

	return s.active || s.inactive || (w && w->pool) || ui_touched(u, CLS_WQ, q->id);
}

static void wq_line(struct rows *r, const struct model_wq *q, unsigned int rank)
{
	struct wq_sums s = wq_sums(at(r->u), q);
	char buf[WORDS_NAME];

	rows_begin(r, rank);
	rows_thing(r, ST_TITLE, false, CLS_WQ, q->id, W(WQ_NAME), ui_name(r->u, CLS_WQ, q->id, buf));
	rows_add(r, ST_NORMAL, W(WQ_ACTIVE), s.active, q->max_active);
	wq_inactive(r, q, s.inactive);
	wq_rescuer(r, q);
}

static void timers_line(struct rows *r)
{
	const struct model *m = at(r->u);
	uint64_t now = r->u->scene->playback.clock;
	bool first = true;
	char buf[WORDS_NAME];

	for (uint32_t i = 1; i <= m->nr_items; i++) {
		const struct model_item *it = model_item(m, i);

		if (!it || !it->timer_armed)
			continue;
		if (first) {
			rows_begin(r, 3);
			rows_add(r, ST_DIM, W(TIMERS));
		}
		if (!first)
			rows_add(r, ST_NORMAL, "   ");
		rows_thing(r, ST_WAITING, true, CLS_ITEM, i, W(TIMER_IN), item_name(r->u, i, buf),
			   time_text_short(it->timer_expires > now ? it->timer_expires - now : 0).text);
		first = false;
	}
}

/* Has it items that stand nowhere else on the stage? */
static bool wq_held(const struct ui *u, const struct model_wq *q)
{
	return wq_sums(&u->scene->replay.at, q).inactive > 0;
}

static void elsewhere(struct rows *r)
{
	const struct model *m = at(r->u);
	bool wide = box_is_wide(term_width(r->u->term), term_height(r->u->term));

	for (uint32_t i = 1; i <= m->nr_pools; i++) {
		const struct model_pool *p = model_pool(m, i);
		char label[32];

		if (!p || p->cpu >= 0 || p->freed || pool_quiet(r->u, p))
			continue;
		snprintf(label, sizeof(label), W(POOL_UNBOUND), table_pool_number(r->u->scene->store, p->id));
		pool_full(r, p, label, 80, false);
	}
	for (uint32_t i = 1; i <= m->nr_wqs; i++) {
		const struct model_wq *q = model_wq(m, i);

		/* where room is short the timeline's title tells of the active ones */
		if (q && !q->freed && (wide ? wq_matters(r->u, q) : wq_held(r->u, q)))
			wq_line(r, q, 3);
	}
	timers_line(r);
}

/* ---- the blocks on the stage ------------------------------------------------------- */

static unsigned int cpu_count(const struct model *m)
{
	return m->nr_cpus ? m->nr_cpus : 1;
}

static unsigned int focus_of(struct ui *u)
{
	unsigned int n = cpu_count(at(u));

	return u->focus_cpu < n ? u->focus_cpu : 0;
}

static void block_draw(struct ui *u, struct rect box, unsigned int cpu)
{
	const struct model_cpu *c = &at(u)->cpus[cpu];
	struct rows *r = rows_new(u);
	char title[32];

	if (!r)
		return;
	snprintf(title, sizeof(title), W(CPU_TITLE), cpu);
	r->cpu = cpu + 1;
	layout_box(u->term, box, title, ui_touched(u, CLS_CPU, cpu + 1) ? ST_CHANGED : ST_TITLE);
	cpu_block(r, c, box.w, true);
	if (rows_count(r, 99) > (unsigned int)box.h) {
		r->nr = 0;
		r->used = 0;
		cpu_block(r, c, box.w, false);
	}
	rows_draw(r, box, 0);
	rows_free(r);
}

static void others_draw(struct ui *u, struct rect box, unsigned int focus)
{
	struct rows *r = rows_new(u);
	const struct model *m = at(u);

	if (!r)
		return;
	layout_box(u->term, box, W(CPU_OTHERS), ST_TITLE);
	for (unsigned int i = 0; i < cpu_count(m); i++)
		if (i != focus)
			cpu_line(r, &m->cpus[i]);
	rows_draw(r, box, 0);
	rows_free(r);
}

/* One or two CPUs, each in full. */
static void one_or_two(struct ui *u, struct rect box)
{
	unsigned int focus = focus_of(u);
	int left;

	if (cpu_count(at(u)) == 1) {
		block_draw(u, box, 0);
		return;
	}
	left = box.w >= 100 ? box.w / 2 : box.w * 5 / 8;
	if (left > box.w - 31 && box.w >= 66)
		left = box.w - 31;	/* the smaller one still says "nr_running 0" */
	if (focus == 1)
		left = box.w - left;
	block_draw(u, (struct rect){ box.x, box.y, left, box.h }, 0);
	block_draw(u, (struct rect){ box.x + left + 1, box.y, box.w - left - 1, box.h }, 1);
}

static void grid(struct ui *u, struct rect box, unsigned int n, unsigned int lines)
{
	int half = box.w / 2, y = box.y;
	int each = (box.h - (int)(lines - 1)) / (int)lines;

	for (unsigned int i = 0; i < n; i++) {
		bool last_line = i / 2 == lines - 1;
		int h = last_line ? box.y + box.h - y : each;
		bool right = i % 2;
		int w = i == n - 1 && !right ? box.w : right ? box.w - half - 1 : half;

		block_draw(u, (struct rect){ right ? box.x + half + 1 : box.x, y, w, h }, i);
		if (right)
			y += each + 1;
	}
}

static void machine_draw(struct ui *u, struct rect box)
{
	struct rows *r = rows_new(u);
	unsigned int n = cpu_count(at(u)), lines = (n + 1) / 2;
	int below = 0;

	if (!r)
		return;
	elsewhere(r);
	/* pools and queues of no CPU get what is left beside seven lines for the CPUs */
	if (r->nr && box.h > 8) {
		below = (int)rows_count(r, (unsigned int)(box.h - 7));
		rows_draw(r, (struct rect){ box.x, box.y + box.h - below, box.w, below }, 0);
		layout_box(u->term, (struct rect){ box.x, box.y + box.h - below, box.w, below }, NULL, ST_TITLE);
		box.h -= below + 1;
	}
	rows_free(r);
	if (n <= 2) {
		one_or_two(u, box);
	} else if (box.h >= (int)(lines * 6 + lines - 1)) {
		grid(u, box, n, lines);
	} else {
		unsigned int focus = focus_of(u);
		int left = box.w * 5 / 8;

		block_draw(u, (struct rect){ box.x, box.y, left, box.h }, focus);
		others_draw(u, (struct rect){ box.x + left + 1, box.y, box.w - left - 1, box.h }, focus);
	}
}

int machine_height(struct ui *u, int width)
{
	unsigned int n = cpu_count(at(u));
	struct rows *r = rows_new(u);
	int need = 7;

	(void)width;
	if (!r)
		return need;
	for (unsigned int i = 0; i < n && i < 4; i++) {
		r->nr = 0;
		r->used = 0;
		cpu_block(r, &at(u)->cpus[i], 80, true);
		if ((int)r->nr > need)
			need = (int)r->nr;
	}
	if (n > 2)
		need = need * (int)((n + 1) / 2) + (int)((n + 1) / 2) - 1;
	r->nr = 0;
	r->used = 0;
	elsewhere(r);
	need += r->nr ? (int)r->nr + 1 : 0;
	rows_free(r);
	return need;
}

/* "wq events: active 3/256  inactive 0" for a title, of the queue that matters most. */
void machine_wq_title(struct ui *u, char *buf, size_t size)
{
	const struct model *m = at(u);
	const struct model_wq *best = NULL;
	struct wq_sums s;
	char name[WORDS_NAME];

	buf[0] = '\0';
	for (uint32_t i = 1; i <= m->nr_wqs; i++) {
		const struct model_wq *q = model_wq(m, i);

		if (q && !q->freed && wq_matters(u, q))
			best = q;
	}
	if (!best)
		return;
	s = wq_sums(m, best);
	snprintf(buf, size, W(WQ_TITLE),
		 ui_name(u, CLS_WQ, best->id, name), s.active, best->max_active, s.inactive);
}

const struct view view_machine = { "machine", machine_draw, NULL, false };
