/*
 * visualizer/layout_strip.c - the strip: a row for each CPU with its thread and its lane; interrupt lines.
 *
 * Lives here:   a CPU's row, the row of interrupts, which CPUs have a row.
 * Never here:   words of workers (layout_words.c), lanes (layout_lane.c).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>

#include "base/width.h"
#include "words/texts.h"

unsigned int lay_count_cpus(const struct model *m)
{
	unsigned int n = 0;

	for (uint32_t c = 0; c < CPUS_MAX; c++)
		n += m->cpus[c].exists;
	return n ? n : m->nr_cpus;
}

/* For each CPU the last story event on it or about its pools, from 1. */
static void used_cpus(const struct lay *l, size_t last[CPUS_MAX])
{
	memset(last, 0, CPUS_MAX * sizeof(*last));
	for (size_t i = 0; i < l->stories; i++) {
		const struct story_event *e = &l->s->v[i];

		if (e->cpu < CPUS_MAX)
			last[e->cpu] = i + 1;
		for (unsigned int k = 0; k < STORY_POOLS_MAX; k++) {
			const struct model_pool *p = model_pool(l->m, e->need[k]);

			if (p && p->cpu >= 0 && p->cpu < CPUS_MAX && last[p->cpu] < i)
				last[p->cpu] = i;
		}
	}
	if (lay_has(&l->ev, "cpu") && lay_field(&l->ev, "cpu") < CPUS_MAX && l->ev.kind == EV_CPU_STATE)
		last[lay_field(&l->ev, "cpu")] = l->stories + 1;
}

/* All of them, or those that were used last. */
unsigned int lay_cpus(const struct lay *l, uint32_t cpu[CPUS_MAX])
{
	unsigned int room = (unsigned int)(l->b.strip_rows * l->b.strip_cols), all = lay_count_cpus(l->m), nr = 0;
	size_t last[CPUS_MAX];
	size_t least = 0;

	if (all > room) {
		used_cpus(l, last);
		for (;; least++) {	/* the smallest recency that leaves no more than there is room for */
			nr = 0;
			for (uint32_t c = 0; c < CPUS_MAX; c++)
				nr += l->m->cpus[c].exists && last[c] > least;
			if (nr <= room)
				break;
		}
	}
	nr = 0;
	for (uint32_t c = 0; c < CPUS_MAX; c++)
		if (l->m->cpus[c].exists && (all <= room || last[c] > least))
			cpu[nr++] = c;
	for (uint32_t c = 0; all > room && c < CPUS_MAX && nr < room; c++)
		if (l->m->cpus[c].exists && last[c] <= least) {
			unsigned int k = nr++;

			for (; k && cpu[k - 1] > c; k--)
				cpu[k] = cpu[k - 1];
			cpu[k] = c;
		}
	return nr;
}

/* ---- a CPU's row ----------------------------------------------------------------------------- */

static uint32_t waiting_on(const struct model *m, uint32_t cpu)
{
	uint32_t n = 0;

	for (uint32_t p = 1; p <= m->nr_pools; p++)
		if (m->pools[p].id && m->pools[p].cpu == (int32_t)cpu && !(m->pools[p].flags & POOL_LEGACY))
			n += m->pools[p].worklist.count;
	return n;
}

static int put_worker(struct lay *l, const struct model_worker *w, int x, int y, int max)
{
	char name[WORDS_NAME];
	const char *text = lay_worker(l, w->id, name);
	int used = lay_columns(l, text) + 3;
	struct lay_words words = lay_worker_words(l, w, max - used);

	if (w->place == WK_IDLE && !w->woken)	/* its next step is to leave the CPU */
		snprintf(words.text, sizeof(words.text), "%s", lay_columns(l, W(LAY_GOES_IDLE)) <= max - used ? W(LAY_GOES_IDLE) : "");

	lay_put(l, x, y, 1, w->rescuer_of && strcmp(words.sign, "◌") != 0 ? ST_RESCUER : words.style, "%s",
		w->rescuer_of && strcmp(words.sign, "◌") != 0 ? "✚" : words.sign);
	lay_thing(l, x + 2, y, max - 2, ST_NORMAL, ROLE_ON_CPU, CLS_WORKER, w->id, "%s", text);
	if (max - used < 1)
		return max;
	used += lay_put(l, x + used, y, max - used, ST_NORMAL, "%s", words.text);
	if (words.item)
		lay_mark(l, ROLE_ON_CPU, x, y, used, CLS_ITEM, words.item);
	return used;
}

static int put_irq(struct lay *l, uint32_t line, const char *verb, int x, int y, int max)
{
	char name[WORDS_NAME];

	return lay_thing(l, x, y, max, ST_IRQ, ROLE_ON_CPU, CLS_LINE, line, "! %s%s", lay_name(l, CLS_LINE, line, name),
			 verb);
}

static int put_thread(struct lay *l, const struct model_task *t, int x, int y, int max)
{
	bool waits = l->ev.ctx == CTX_TASK && l->ev.task == t->id &&
		     ((l->ev.kind == EV_FLUSH_WORK && lay_field(&l->ev, "waits")) || l->ev.kind == EV_FLUSH_WQ ||
		      l->ev.kind == EV_DRAIN);
	char name[WORDS_NAME];

	return lay_thing(l, x, y, max, ST_NORMAL, ROLE_ON_CPU, CLS_TASK, t->id, "▪ %s%s", lay_task(l, t->id, name),
			 waits ? W(LAY_BEGINS_TO_WAIT) : "");
}

/* The longest form that fits; the verb is in all of them. */
static int put_ready(struct lay *l, uint32_t task, int x, int y, int max)
{
	char name[WORDS_NAME];
	STRBUF(text, WORDS_NAME);

	strbuf_printf(&text, W(LAY_IDLE_READY), lay_task(l, task, name));
	if (lay_columns(l, text.buf) > max) {
		text.len = 0;
		strbuf_printf(&text, W(LAY_READY), lay_task(l, task, name));
	}
	return lay_put(l, x, y, max, ST_IDLE, "%s", lay_columns(l, text.buf) <= max ? text.buf : W(LAY_IDLE));
}

/* The thread or handler that has the CPU; return: columns used. */
static int put_state(struct lay *l, const struct model_cpu *c, int x, int y, int max)
{
	const struct model_task *t = model_task(l->m, c->task);
	const struct model_worker *w = t ? model_worker(l->m, t->worker) : NULL;
	bool here = l->ev.kind && l->ev.cpu == c->id;
	uint32_t ready;

	if (l->ev.kind == EV_CPU_STATE && lay_field(&l->ev, "cpu") == c->id)
		return lay_put(l, x, y, max, ST_CHANGED, "%s", c->online ? W(LAY_GOES_ONLINE) : W(LAY_GOES_OFFLINE));
	if (!c->online)
		return lay_put(l, x, y, max, ST_DYING, "%s", W(LAY_OFFLINE));
	if (c->irq_line)
		return put_irq(l, c->irq_line, !here ? "" : l->ev.kind == EV_IRQ_ENTRY ? W(LAY_BEGINS) :
			       l->ev.kind == EV_BUG ? W(LAY_BREAKS) : "", x, y, max);
	if (here && l->ev.kind == EV_IRQ_EXIT)
		return put_irq(l, lay_field(&l->ev, "line"), W(LAY_RETURNS), x, y, max);
	if (c->softirq)
		return lay_put(l, x, y, max, ST_IRQ, "~ %s", c->softirq == LAY_SOFTIRQ_TIMER + 1 ? W(LAY_TIMERS) :
			       trace_softirq_name(c->softirq - 1));
	if (w)
		return put_worker(l, w, x, y, max);
	if (t && t->id != c->idle_task)
		return put_thread(l, t, x, y, max);
	ready = model_cpu_ready(l->m, c->id);
	if (ready)
		return put_ready(l, ready, x, y, max);
	return lay_put(l, x, y, max, ST_IDLE, "%s", W(LAY_IDLE));
}

/* ---- the strip -------------------------------------------------------------------------------------- */

static void cpu_row(struct lay *l, uint32_t cpu, int x, int y, int label, int lane_x, const struct lay_window *w)
{
	uint32_t waiting = waiting_on(l->m, cpu);
	int used, end = x + label;
	STRBUF(count, 16);

	if (waiting)
		strbuf_printf(&count, "▸%" PRIu32, waiting);
	used = lay_put(l, x, y, label, ST_TITLE, "CPU %" PRIu32 " ", cpu);
	lay_mark(l, ROLE_CPU, x, y, label, CLS_CPU, cpu + 1);
	lay_point(l, x - 1, y, CLS_CPU, cpu + 1);
	put_state(l, &l->m->cpus[cpu], x + used, y, label - used - (waiting ? lay_columns(l, count.buf) + 1 : 0));
	if (waiting)
		lay_put(l, end - lay_columns(l, count.buf), y, 8, ST_WAITING, "%s", count.buf);
	if (!w)
		return;
	lay_lane(l, &l->s->lanes.cpu[cpu], w, lane_x, y, true);
	lay_mark(l, ROLE_LANE, lane_x, y, w->width, CLS_CPU, cpu + 1);
}

/* Interrupts of @line that were lost in the time that the lanes show. */
static uint32_t lost_in_view(const struct lay *l, uint32_t line)
{
	const struct lane *lane = &l->s->lanes.line;
	uint32_t nr = 0;

	for (size_t i = lane->nr; i > 0 && lane->v[i - 1].from >= l->window.from; i--)
		nr += lane->v[i - 1].n <= l->m->n && lane->v[i - 1].what == line && lane->v[i - 1].state == MARK_LOST;
	return nr;
}

static void irq_row(struct lay *l)
{
	uint32_t line = l->e->line && l->e->line <= l->m->nr_lines ? l->e->line : 1;
	char name[WORDS_NAME];
	int y = l->b.irq;
	uint32_t lost;

	lay_marks(l, &l->s->lanes.line, &l->window, l->b.field, y);
	if (!l->m->nr_lines || !l->m->lines[line].id) {
		lay_put(l, 2, y, l->b.label_w, ST_DIM, "%s", W(LAY_INTERRUPTS));
		return;
	}
	lost = lost_in_view(l, line);
	lay_thing(l, 2, y, l->b.label_w - 1, ST_NORMAL, ROLE_LINE, CLS_LINE, line, W(LAY_LINE_STATE),
		  lay_name(l, CLS_LINE, line, name), lay_line_raised(l, line) ? W(LAY_RAISED) : lost ? "" : W(LAY_QUIET));
	if (lost) {
		const struct layout_thing *t = lay_find(l, ROLE_LINE, CLS_LINE, line);

		lay_put(l, t->x + t->w, y, l->b.gutter - t->x - t->w, ST_IRQ,
			lay_line_raised(l, line) ? W(LAY_AND_LOST) : W(LAY_LOST), lost);
	}
}

static void strip_border(struct lay *l)
{
	STRBUF(title, 64);

	lay_border(l, 0, l->b.right + 1, l->b.strip);
	strbuf_puts(&title, lay_count_cpus(l->m) == 1 ? W(LAY_WHO_HAS_CPU) : W(LAY_WHO_HAS_CPUS));
	if (l->in->zoom)
		strbuf_printf(&title, W(LAY_ZOOM), l->in->zoom);
	lay_title(l, 1, l->b.strip, l->b.label_w, ST_TITLE, "%s", title.buf);
	if (l->b.strip_cols == 1)
		lay_axis(l, l->b.field, l->b.strip);
}

void lay_draw_strip(struct lay *l)
{
	uint32_t cpu[CPUS_MAX];
	unsigned int nr = lay_cpus(l, cpu);
	int column = (l->b.right - 1) / l->b.strip_cols, lane = l->b.strip_cols == 2 ? column - 24 : 0;
	int label = l->b.strip_cols == 1 ? l->b.label_w : column - 2 - (l->b.strip_lanes ? lane : 0);
	struct lay_window small;

	strip_border(l);
	if (l->b.strip_cols == 2)
		lay_window(&small, l->in, lane - 2, l->stories);
	for (unsigned int i = 0; i < nr; i++) {
		int x = 2 + (int)i / l->b.strip_rows * column, y = l->b.strip + 1 + (int)i % l->b.strip_rows;

		if (l->b.strip_cols == 1)
			cpu_row(l, cpu[i], x, y, label, l->b.field, &l->window);
		else
			cpu_row(l, cpu[i], x, y, label, x + label + 1, l->b.strip_lanes ? &small : NULL);
	}
	if (l->b.irq)
		irq_row(l);
}
