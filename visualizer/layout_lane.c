/*
 * visualizer/layout_lane.c - a lane: the states of a worker or a CPU, a column for a stretch of time.
 *
 *   ▌ a run begins  █ runs an item  ▐ the run has ended  ░ runnable  ┄ asleep in an item
 *   · idle  ◆ manager  ▖ awake without an item  ▒ another thread  ! an interrupt, then ▓
 *   ~ softirq  x off line  ┃ now
 *
 * A column that holds several states shows the one that matters most.
 *
 * Lives here:   signs, names in a lane, the axis of time, marks of interrupt lines.
 * Never here:   which time a column shows (layout_window.c), facts (lanes.c).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>

#include "base/time.h"
#include "base/width.h"
#include "words/texts.h"

#define LANE_COLUMNS_MAX 512
#define RUNS_BACK 64		/* parts looked at, for the run that was going on before the window */

enum { PRIO_BLANK, PRIO_OFF, PRIO_IDLE, PRIO_AWAKE, PRIO_READY, PRIO_ASLEEP, PRIO_MANAGER, PRIO_OTHER, PRIO_RUNS,
       PRIO_END, PRIO_SOFTIRQ, PRIO_HANDLER, PRIO_IRQ, PRIO_BEGIN };

static const struct sign {
	const char *text;
	enum theme_style style;
	uint8_t prio;
} signs[LANE_STATES] = {
	[LANE_NONE] = { " ", ST_NORMAL, PRIO_BLANK },
	[LANE_IDLE] = { "·", ST_IDLE, PRIO_IDLE },
	[LANE_RUNNING] = { "█", ST_RUNNING, PRIO_RUNS },
	[LANE_READY] = { "░", ST_WAITING, PRIO_READY },
	[LANE_SLEEPING] = { "┄", ST_SLEEPING, PRIO_ASLEEP },
	[LANE_MANAGER] = { "◆", ST_MANAGER, PRIO_MANAGER },
	[LANE_DYING] = { " ", ST_NORMAL, PRIO_BLANK },
	[LANE_IRQ] = { "▓", ST_IRQ, PRIO_HANDLER },
	[LANE_OTHER] = { "▒", ST_NORMAL, PRIO_OTHER },
	[LANE_AWAKE] = { "▖", ST_WAITING, PRIO_AWAKE },
	[LANE_SOFTIRQ] = { "~", ST_IRQ, PRIO_SOFTIRQ },
	[LANE_OFF] = { "x", ST_DYING, PRIO_OFF },
};
static const struct sign run_begins = { "▌", ST_RUNNING, PRIO_BEGIN }, run_ends = { "▐", ST_RUNNING, PRIO_END },
			 irq_begins = { "!", ST_IRQ, PRIO_IRQ };

/* A part in the window. */
struct piece {
	const struct lane_part *part;
	int from, to;			/* columns, both inclusive */
	uint64_t until;			/* ns; the end, or now */
	bool begins, open;		/* the begin of its run is in the window; it goes on at now */
};

struct lane_draw {
	struct lay *l;
	const struct lay_window *w;
	int x, y, now;			/* .now: column */
	bool cpu;
	const struct sign *cell[LANE_COLUMNS_MAX];
	uint32_t run;			/* the last run that was seen */
	uint32_t named;			/* run whose name has been written */
};

static void paint(struct lane_draw *d, int from, int to, const struct sign *sign)
{
	for (int c = from < 0 ? 0 : from; c <= to && c < d->w->width && c < LANE_COLUMNS_MAX; c++)
		if (!d->cell[c] || sign->prio > d->cell[c]->prio)
			d->cell[c] = sign;
}

static bool piece_of(struct lane_draw *d, const struct lane *lane, size_t i, struct piece *p)
{
	uint64_t now = d->l->in->now;
	const struct lane_part *part = &lane->v[i];
	const struct lane_part *next = i + 1 < lane->nr && part[1].n <= d->l->m->n ? part + 1 : NULL;

	if (part->n > d->l->m->n || part->from > now)
		return false;
	*p = (struct piece){ .part = part, .until = next && next->from < now ? next->from : now, .open = !next };
	if (p->until < d->w->from)
		return false;
	p->from = part->from < d->w->from ? 0 : lay_column(d->w, part->from);
	p->to = p->until > part->from ? lay_column(d->w, p->until - 1) : p->from;
	if (p->to < p->from)
		p->to = p->from;
	p->begins = part->from >= d->w->from && part->run && part->run != d->run;
	if (part->run)
		d->run = part->run;
	return true;
}

/* ---- names ----------------------------------------------------------------------------- */

/* Columns from @from on that show @sign up to @to, the begin of a run left out. */
static int room(const struct lane_draw *d, int from, int to, const struct sign *sign)
{
	int n = 0;

	while (from + n <= to && from + n < d->now && from + n < d->w->width && d->cell[from + n] == sign)
		n++;
	return n;
}

/* " name " if it fits with one sign behind it; return: it did. */
static bool write_name(struct lane_draw *d, int from, int to, const struct sign *sign, enum theme_style style,
		       const char *text)
{
	int have = room(d, from, to, sign), need = lay_columns(d->l, text) + 2;

	if (!*text || have < need + 1)
		return false;
	lay_put(d->l, d->x + from, d->y, need, style, " %s ", text);
	return true;
}

static void sleep_words(const struct lane_draw *d, const struct piece *p, uint32_t worker, struct strbuf *out)
{
	const struct model_worker *w = model_worker(d->l->m, worker);
	const struct model_task *t = w ? model_task(d->l->m, w->task) : NULL;
	char name[WORDS_NAME];
	const char *lock;

	if (!p->open || !t || t->state == MT_ON_CPU) {
		strbuf_printf(out, W(LAY_LANE_ASLEEP), time_text_short(p->until - p->part->from).text);
		return;
	}
	lock = lay_waits_for(d->l, t, name);
	if (lock)
		strbuf_printf(out, W(LAY_LANE_WAITS), lock);
	else if (t->sleep_until > p->part->from)
		strbuf_printf(out, W(LAY_LANE_SLEEPS), time_text_short(t->sleep_until - p->part->from).text);
	else
		strbuf_puts(out, W(LAY_LANE_SLEEP));
}

static void name_sleep(struct lane_draw *d, const struct piece *p, uint32_t worker)
{
	const struct sign *sign = &signs[LANE_SLEEPING];
	char name[WORDS_NAME];
	STRBUF(words, 128);
	STRBUF(both, 256);

	sleep_words(d, p, worker, &words);
	strbuf_printf(&both, "%s %s", lay_item(d->l, p->part->what, 12, name), words.buf);
	if (d->named != p->part->run && write_name(d, p->from, p->to, sign, sign->style, both.buf)) {
		d->named = p->part->run;
		return;
	}
	if (d->named != p->part->run &&
	    write_name(d, p->from, p->to, sign, sign->style, lay_item(d->l, p->part->what, 12, name))) {
		d->named = p->part->run;
		return;
	}
	write_name(d, p->from, p->to, sign, sign->style, words.buf);
}

static void name_piece(struct lane_draw *d, const struct piece *p, uint32_t worker)
{
	const struct sign *sign = &signs[p->part->state];
	int from = p->from + (p->begins ? 1 : 0);
	char name[WORDS_NAME];

	/* its first column may show a state that matters more */
	while (from < p->to && from < d->w->width && d->cell[from] != sign)
		from++;

	switch (p->part->state) {
	case LANE_RUNNING:
		if (d->named != p->part->run && p->part->what &&
		    write_name(d, from, p->to, sign, ST_NAME, lay_item(d->l, p->part->what, 12, name)))
			d->named = p->part->run;
		break;
	case LANE_SLEEPING:
		if (worker && p->part->what) {
			struct piece q = *p;

			q.from = from;
			name_sleep(d, &q, worker);
		}
		break;
	case LANE_OTHER:
		write_name(d, from, p->to, sign, ST_NORMAL, lay_task(d->l, p->part->what, name));
		break;
	case LANE_MANAGER:
		if (p->open && worker)
			write_name(d, from + 1, p->to, sign, ST_MANAGER,
				   d->l->m->creation_stalled ? W(LAY_LANE_STUCK) : W(LAY_LANE_MAKES));
		break;
	default:
		break;
	}
}

/* ---- a lane --------------------------------------------------------------------------------- */

static size_t first_part(const struct lane *lane, uint64_t time)
{
	size_t lo = 0, hi = lane->nr;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (lane->v[mid].from < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo ? lo - 1 : 0;
}

static void paint_lane(struct lane_draw *d, const struct lane *lane, size_t first)
{
	struct piece p;

	for (size_t i = first; i < lane->nr && lane->v[i].n <= d->l->m->n; i++) {
		if (!piece_of(d, lane, i, &p))
			continue;
		paint(d, p.from, p.to, &signs[p.part->state]);
		if (p.begins)
			paint(d, p.from, p.from, &run_begins);
		if (p.part->state == LANE_IRQ && p.part->from >= d->w->from)
			paint(d, p.from, p.from, &irq_begins);
		if (!d->cpu && p.part->state == LANE_RUNNING && !p.open && p.to > p.from && !p.part[1].run)
			paint(d, p.to, p.to, &run_ends);
	}
}

static void draw_cells(struct lane_draw *d)
{
	for (int c = 0; c < d->w->width && c < LANE_COLUMNS_MAX; c++) {
		const struct sign *sign = d->cell[c];

		if (sign == &run_ends && c + 1 < d->w->width && d->cell[c + 1] == &run_begins)
			sign = d->cell[c] = &signs[LANE_RUNNING];	/* the next run shows that it has ended */
		if (sign && sign->prio != PRIO_BLANK)
			lay_cell(d->l, d->x + c, d->y, sign->style, sign->text);
	}
}

static void draw_now(struct lane_draw *d, const struct lane_part *last)
{
	bool interrupt = last && (last->state == LANE_IRQ || last->state == LANE_SOFTIRQ);

	if (d->now >= d->w->width || d->now < 0)
		return;
	if (interrupt && lay_column(d->w, last->from) == d->now)
		lay_cell(d->l, d->x + d->now, d->y, ST_IRQ, last->state == LANE_IRQ ? "!" : "~");
	else
		lay_cell(d->l, d->x + d->now, d->y, ST_TITLE, "┃");
}

static const struct lane_part *last_part(const struct lay *l, const struct lane *lane)
{
	for (size_t i = lane->nr; i > 0; i--)
		if (lane->v[i - 1].n <= l->m->n)
			return &lane->v[i - 1];
	return NULL;
}

void lay_lane(struct lay *l, const struct lane *lane, const struct lay_window *w, int x, int y, bool cpu)
{
	struct lane_draw d = { .l = l, .w = w, .x = x, .y = y, .cpu = cpu, .now = lay_column(w, l->in->now) };
	size_t first = first_part(lane, w->from);
	uint32_t run = 0, worker = 0;
	struct piece p;

	for (size_t i = first; i > 0 && i + RUNS_BACK > first && !run; i--)
		run = lane->v[i - 1].run;
	if (!cpu)
		worker = (uint32_t)(lane - l->s->lanes.worker);
	d.run = run;
	paint_lane(&d, lane, first);
	draw_cells(&d);
	d.run = run;
	for (size_t i = first; i < lane->nr && lane->v[i].n <= l->m->n; i++)
		if (piece_of(&d, lane, i, &p))
			name_piece(&d, &p, worker);
	draw_now(&d, last_part(l, lane));
}

/* ---- interrupt lines ------------------------------------------------------------------------------ */

void lay_marks(struct lay *l, const struct lane *lane, const struct lay_window *w, int x, int y)
{
	static const char rank[] = "+x!";
	char cell[LANE_COLUMNS_MAX] = { 0 };
	int now = lay_column(w, l->in->now);

	for (size_t i = first_part(lane, w->from); i < lane->nr && lane->v[i].n <= l->m->n; i++) {
		int c = lay_column(w, lane->v[i].from);
		char sign = (char)lane->v[i].state;

		if (c < 0 || c >= w->width || c >= LANE_COLUMNS_MAX)
			continue;
		if (!cell[c] || strchr(rank, sign) > strchr(rank, cell[c]))
			cell[c] = sign;
	}
	for (int c = 0; c < w->width && c < LANE_COLUMNS_MAX; c++)
		if (cell[c])
			lay_put(l, x + c, y, 1, ST_IRQ, "%c", cell[c]);
	if (now >= 0 && now < w->width && !cell[now])
		lay_cell(l, x + now, y, ST_TITLE, "┃");
}

/* ---- the axis ---------------------------------------------------------------------------------------- */

static bool in_gap(const struct lay_window *w, uint64_t time)
{
	for (unsigned int i = 0; i < w->nr_gaps; i++)
		if (time > w->gap[i].from && time < w->gap[i].to)
			return true;
	return false;
}

static void put_gaps(struct lay *l, int x, int y)
{
	const struct lay_window *w = &l->window;

	for (unsigned int i = 0; i < w->nr_gaps; i++) {
		int from = lay_column(w, w->gap[i].from), to = lay_column(w, w->gap[i].to);
		STRBUF(text, 64);

		strbuf_printf(&text, "≈ %s ≈", time_text_short(w->gap[i].to - w->gap[i].from).text);
		if (to - from >= lay_columns(l, text.buf) + 2 && to <= w->width)
			lay_put(l, x + from + (to - from - lay_columns(l, text.buf)) / 2, y, w->width, ST_DIM, "%s", text.buf);
	}
}

void lay_axis(struct lay *l, int x, int y)
{
	const struct lay_window *w = &l->window;
	uint64_t step = 10 * w->scale, time = (w->from + step - 1) / step * step;
	int free_from = 0;
	bool first = true;

	for (; time <= l->in->now && lay_column(w, time) < w->width - 5; time += step) {
		int c = lay_column(w, time);
		STRBUF(text, 32);

		if (c < free_from || in_gap(w, time))
			continue;
		if (step % NS_PER_MS)
			strbuf_printf(&text, step % (NS_PER_MS / 10) ? "%.2f" : "%.1f", (double)time / 1e6);
		else
			strbuf_printf(&text, "%" PRIu64, time / NS_PER_MS);
		if (first)
			strbuf_puts(&text, l->in->ascii ? "-ms" : "─ms");
		if (c + (int)width_text(text.buf, text.len) > w->width)
			break;
		free_from = c + 1 + lay_put(l, x + c, y, w->width - c, ST_DIM, "%s", text.buf);
		first = false;
	}
	put_gaps(l, x, y);
	if (l->in->what_if) {
		int c = lay_column(w, l->in->branch);

		if (l->in->branch >= w->from && c >= 0 && c < w->width)
			lay_cell(l, x + c, y, ST_CHANGED, "≠");
	}
}
