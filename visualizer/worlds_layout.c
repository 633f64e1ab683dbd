/*
 * visualizer/worlds_layout.c - see worlds_layout.h.   Licence: MIT.
 */
#include "visualizer/worlds_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "visualizer/layout.h"
#include "words/texts.h"
#include "words/worlds.h"

#define FOLD ((size_t)-1)
#define ZONE_ROWS_MIN 3
#define CHECK_MARK 0x2714	/* ✔ */

/* ---- cells ----------------------------------------------------------------------------- */

int worlds_put(struct worlds_frame *f, const struct worlds_in *in, int x, int y, int max, enum theme_style style,
	       const char *text)
{
	STRBUF(cut, 600);

	if (max <= 0)
		return 0;
	width_put_cut(&cut, text, strlen(text), max);
	return cells_put(&f->cells, x, y, max, style, 0, cut.buf, cut.len, in->ascii);
}

int worlds_putf(struct worlds_frame *f, const struct worlds_in *in, int x, int y, int max, enum theme_style style,
		const char *fmt, ...)
{
	char text[600];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return worlds_put(f, in, x, y, max, style, text);
}

void worlds_border(struct worlds_frame *f, const struct worlds_in *in, int x0, int x1, int y, const char *left,
		   const char *right)
{
	/* a line that goes on to both sides is one line */
	bool crosses = f->cells.v[y * f->cells.w + x0].ch == 0x2524;

	worlds_put(f, in, x0, y, 1, ST_BORDER, crosses ? "┼" : left);
	for (int x = x0 + 1; x < x1; x++)
		worlds_put(f, in, x, y, 1, ST_BORDER, "─");
	worlds_put(f, in, x1, y, 1, ST_BORDER, right);
}

static void frame(struct worlds_frame *f, const struct worlds_in *in)
{
	int bottom = in->height - 2, edge = f->right + 1;

	worlds_border(f, in, 0, in->width - 1, 1, "┌", "┐");
	worlds_border(f, in, 0, in->width - 1, bottom, "└", "┘");
	for (int y = 2; y < bottom; y++) {
		worlds_put(f, in, 0, y, 1, ST_BORDER, "│");
		worlds_put(f, in, in->width - 1, y, 1, ST_BORDER, "│");
		if (f->wide)
			worlds_put(f, in, edge, y, 1, ST_BORDER, "│");
	}
	if (f->wide) {
		worlds_put(f, in, edge, 1, 1, ST_BORDER, "┬");
		worlds_put(f, in, edge, bottom, 1, ST_BORDER, "┴");
	}
}

/* ---- which items ------------------------------------------------------------------------- */

static uint64_t end_apart(const struct world_item *item)
{
	uint64_t a = item->run[WORLD_REAL].end, b = item->run[WORLD_OTHER].end;

	if (a == WORLDS_NEVER || b == WORLDS_NEVER)
		return a == b ? 0 : WORLDS_NEVER;
	return a > b ? a - b : b - a;
}

/* The most important item that is not taken: at which the runs part, the last one of the other run, the largest difference. */
static size_t next_item(const struct worlds *w, const bool *taken)
{
	size_t best = FOLD, last = FOLD;

	if (w->parts != WORLDS_NEVER && !taken[w->parts_item])
		return w->parts_item;
	for (size_t i = 0; i < w->nr; i++)
		if (last == FOLD || w->item[i].run[WORLD_OTHER].end > w->item[last].run[WORLD_OTHER].end)
			last = i;
	if (last != FOLD && !taken[last])
		return last;
	for (size_t i = 0; i < w->nr; i++)
		if (!taken[i] && (best == FOLD || end_apart(&w->item[i]) > end_apart(&w->item[best])))
			best = i;
	return best;
}

/*
 * The rows of a block, at most @most: all items and CPUs, else all items, else one CPU, some items
 * and a row that counts the others.
 */
static void choose_rows(struct worlds_frame *f, const struct worlds_in *in, int most)
{
	const struct worlds *w = in->w;
	bool *taken = calloc(w->nr ? w->nr : 1, sizeof(bool));
	size_t show = w->nr;

	f->rows = 0;
	f->cpus = worlds_cpus(w, f->cpu, WORLDS_CPUS_MAX);
	if (w->nr > (size_t)most) {
		f->cpus = f->cpus > 1 ? 1 : f->cpus;
		show = (size_t)most - 1 - f->cpus;
	} else if (w->nr + f->cpus > (size_t)most) {
		f->cpus = 0;
	}
	for (size_t n = 0; taken && n < show; n++) {
		size_t first = in->first && in->first - 1 + show <= w->nr ? in->first - 1 : w->nr - show;

		taken[in->first ? first + n : next_item(w, taken)] = true;
	}
	for (size_t i = 0; taken && i < w->nr; i++)
		if (taken[i])
			f->item[f->rows++] = i;
	f->folded = (unsigned int)(w->nr - (size_t)f->rows);
	if (f->folded)
		f->item[f->rows++] = FOLD;
	free(taken);
}

/* ---- the axis ------------------------------------------------------------------------------ */

/* The first of 1, 1.25, 1.5 .. times a power of ten with which @span fits into @columns. */
static uint64_t scale_for(uint64_t span, int columns)
{
	static const unsigned int steps[] = { 100, 125, 150, 200, 250, 300, 400, 500, 600, 800 };

	for (uint64_t power = 1;; power *= 10)
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			if (steps[i] * power * (uint64_t)columns > span)
				return steps[i] * power;
}

static uint64_t span_of(const struct worlds *w)
{
	uint64_t last = worlds_last_change(w);

	if (w->bounded)
		return w->bound;
	return w->count[WORLD_REAL].not_done || w->count[WORLD_OTHER].not_done ? last + last / 2 : last;
}

int worlds_column(const struct worlds_frame *f, uint64_t time)
{
	uint64_t c = time / f->scale;

	return f->lane_x + (c < (uint64_t)f->lane_w ? (int)c : f->lane_w - 1);
}

static void axis(struct worlds_frame *f, const struct worlds_in *in, int run)
{
	int y = f->block[run], x, edge = f->right + 1;
	uint64_t tick = f->scale * 10, t;
	int end = edge - width_text(W(WORLDS_DONE_AFTER), strlen(W(WORLDS_DONE_AFTER))) - 3;

	worlds_border(f, in, 0, edge, y, "├", "┤");
	if (f->lane_x < 20)
		worlds_putf(f, in, 1, y, f->lane_x - 2, ST_TITLE, " %s ", run == WORLD_REAL ? W(WORLDS_REAL_RUN) : W(WORLDS_YOU_SAID));
	else
		worlds_putf(f, in, 1, y, f->lane_x - 2, ST_TITLE, " %s ", run == WORLD_REAL ? W(WORLDS_HAPPENED) : W(WORLDS_AS_SAID));
	worlds_put(f, in, f->lane_x, y, 1, ST_NORMAL, "0");
	for (t = tick, x = f->lane_x + 10; x + 8 < f->lane_x + f->lane_w; t += tick, x += 10)
		worlds_putf(f, in, x, y, 8, ST_NORMAL, t == tick ? "%.4g ms" : "%.4g", (double)t / 1e6);
	if (run == WORLD_OTHER && in->w->parts != WORLDS_NEVER)
		worlds_put(f, in, worlds_column(f, in->w->parts), y, 1, ST_CHANGED, "≠");
	worlds_putf(f, in, end, y, edge - end, ST_DIM, " %s ", W(WORLDS_DONE_AFTER));
}

/* ---- rows --------------------------------------------------------------------------------------- */

/* Columns of the longest name that is shown, so that the signs stand below each other. */
static int name_columns(const struct worlds_frame *f, const struct worlds *w)
{
	int most = 4, limit = f->lane_x < 20 ? 5 : 10;

	for (int r = 0; r < f->rows; r++) {
		const char *name = f->item[r] == FOLD ? "" : w->item[f->item[r]].name;
		int columns = width_text(name, strlen(name));

		most = columns > most ? columns : most;
	}
	return most < limit ? most : limit;
}

static void label(struct worlds_frame *f, const struct worlds_in *in, size_t item, int run, int y)
{
	const struct world_item *it = &in->w->item[item];
	const struct world_track *t = &it->run[run];
	uint64_t at = in->w->bounded && in->cursor > in->w->bound ? in->w->bound : in->cursor;
	enum world_state state = worlds_state(t, at);
	const struct worlds_sign *sign = worlds_sign(state);
	const char *worker = NULL;
	int names = name_columns(f, in->w), x = 2 + names + 1, max = f->lane_x - 1;

	for (size_t i = 0; i < t->nr && t->v[i].from <= at; i++)
		worker = t->v[i].worker ? trace_store_name(in->store[run], CLS_WORKER, t->v[i].worker) : NULL;
	if (worker && !strncmp(worker, "kworker/", 8))
		worker += 8;
	worlds_put(f, in, 2, y, names, ST_NAME, it->name);
	x += worlds_put(f, in, x, y, max - x, sign->style, sign->label) + 1;
	if ((state == WORLD_RUNS || state == WORLD_ASLEEP) && worker)
		worlds_putf(f, in, x, y, max - x, sign->style, "%s %s", words_world_state(state), worker);
	else
		worlds_put(f, in, x, y, max - x, sign->style, words_world_state(state));
}

static void numbers(struct worlds_frame *f, const struct worlds_in *in, size_t item, int run, int y)
{
	const struct world_item *it = &in->w->item[item];
	int x = f->lane_x + f->lane_w + 1, edge = f->right + 1;
	STRBUF(end, 24);
	STRBUF(difference, 24);

	words_world_end(in->w, it->run[run].end, &end);
	worlds_putf(f, in, x, y, 6, ST_NORMAL, "%6s", end.buf);
	if (run == WORLD_REAL)
		return;
	words_world_difference(in->w, it, &difference);
	if (difference.len + 1 > (size_t)(edge - x - 6) && strchr(difference.buf, '.'))		/* a blank stays in front of it */
		*strchr(difference.buf, '.') = '\0';
	worlds_putf(f, in, x + 6, y, edge - x - 6, ST_CHANGED, "%*s", edge - x - 6, difference.buf);
}

static void fold_row(struct worlds_frame *f, const struct worlds_in *in, int run, int y)
{
	unsigned int nr[2] = { 0, 0 };
	uint64_t most[2] = { 0, 0 };
	int x = 2;

	x += worlds_putf(f, in, x, y, f->right - 2, ST_DIM, W(WORLDS_FOLD), f->folded);
	for (size_t i = 0; run == WORLD_OTHER && i < in->w->nr; i++) {
		uint64_t a = in->w->item[i].run[WORLD_REAL].end, b = in->w->item[i].run[WORLD_OTHER].end;
		bool shown = false, earlier = b < a;

		for (int r = 0; r < f->rows; r++)
			shown |= f->item[r] == i;
		if (shown || a == WORLDS_NEVER || b == WORLDS_NEVER || end_apart(&in->w->item[i]) < WORLDS_LITTLE_NS)
			continue;
		nr[earlier]++;
		if (end_apart(&in->w->item[i]) > most[earlier])
			most[earlier] = end_apart(&in->w->item[i]);
	}
	for (int k = 0; k < 2; k++) {
		char ms[24];

		if (!nr[k])
			continue;
		snprintf(ms, sizeof(ms), "%.1f", (double)most[k] / 1e6);
		x += worlds_put(f, in, x, y, 2, ST_DIM, ", ");
		x += worlds_putf(f, in, x, y, f->right + 1 - x, ST_DIM, k ? W(WORLDS_FOLD_EARLIER) : W(WORLDS_FOLD_LATER), nr[k], ms);
	}
}

/* The cursor stands in front of an item's end in the same column. */
static void put_cursor(struct worlds_frame *f, const struct worlds_in *in, int y)
{
	int end = f->fence_x >= 0 ? f->fence_x : f->lane_x + f->lane_w - 1;

	if (f->cells.v[y * f->cells.w + f->cursor_x].ch == CHECK_MARK && f->cursor_x < end)
		worlds_put(f, in, f->cursor_x + 1, y, 1, ST_RIGHT, "✔");
	worlds_put(f, in, f->cursor_x, y, 1, ST_FOCUS, "┃");
}

static void block(struct worlds_frame *f, const struct worlds_in *in, int run)
{
	int y = f->block[run] + 1;

	axis(f, in, run);
	for (unsigned int i = 0; i < f->cpus; i++, y++) {
		worlds_putf(f, in, 2, y, f->lane_x - 3, ST_TITLE, "CPU %d", (int)f->cpu[i]);
		worlds_cpu_lane(f, in, f->cpu[i], run, y);
		worlds_put(f, in, f->cursor_x, y, 1, ST_FOCUS, "┃");
	}
	for (int r = 0; r < f->rows; r++, y++) {
		if (f->item[r] == FOLD) {
			fold_row(f, in, run, y);
			continue;
		}
		label(f, in, f->item[r], run, y);
		worlds_item_lane(f, in, f->item[r], run, y);
		numbers(f, in, f->item[r], run, y);
		put_cursor(f, in, y);
	}
}

/* ---- the frame -------------------------------------------------------------------------------------- */

static void measure(struct worlds_frame *f, const struct worlds_in *in)
{
	bool narrow = in->width < 80;
	int free_rows = in->height - 6;		/* rows 4 to height - 3 */
	int most, rows;

	f->wide = layout_is_wide(in->width, in->height);
	f->right = f->wide ? in->width - layout_talk_width(in->width, in->height) - 5 : in->width - 2;
	most = (free_rows - (f->wide ? 0 : ZONE_ROWS_MIN + 1)) / 2 - 1;
	choose_rows(f, in, most < WORLDS_ROWS_MAX ? most : WORLDS_ROWS_MAX);
	rows = f->rows + (int)f->cpus;
	f->lane_x = narrow ? 14 : 22;
	f->lane_w = f->right + 1 - f->lane_x - (narrow ? 12 : 14);
	f->block[WORLD_REAL] = 4;
	f->block[WORLD_OTHER] = 5 + rows;
	f->zone = f->wide ? 1 : 6 + 2 * rows;
	f->zone_rows = in->height - 2 - f->zone - 1;
	f->scale = scale_for(span_of(in->w), f->lane_w);
	f->fence_x = in->w->bounded ? worlds_column(f, in->w->bound) : -1;
	f->cursor_x = worlds_column(f, in->cursor);
	if (f->fence_x >= 0 && f->cursor_x > f->fence_x)
		f->cursor_x = f->fence_x;
}

int worlds_layout(struct worlds_frame *f, const struct worlds_in *in)
{
	int err = cells_size(&f->cells, in->width, in->height);

	if (err)
		return err;
	measure(f, in);
	frame(f, in);
	worlds_putf(f, in, 1, 1, f->right - 2, ST_TITLE, " %s ", W(WORLDS_TITLE));
	for (int run = 0; run < 2; run++)
		worlds_putf(f, in, 2, 2 + run, f->right - 2, ST_NORMAL, "%-8s %s",
			    run == WORLD_REAL ? W(WORLDS_REAL_RUN) : W(WORLDS_YOU_SAID), in->event[run]);
	block(f, in, WORLD_REAL);
	block(f, in, WORLD_OTHER);
	worlds_zone(f, in);
	return 0;
}
