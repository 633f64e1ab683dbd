/*
 * visualizer/worlds_layout.c - see worlds_layout.h.   Licence: MIT.
 */
#include "visualizer/worlds_layout.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/width.h"
#include "base/wrap.h"
#include "words/texts.h"
#include "words/worlds.h"

#define FOLD ((size_t)-1)
#define ZONE_ROWS_MIN 3

/* ---- cells ----------------------------------------------------------------------------- */

static int put(struct worlds_frame *f, const struct worlds_in *in, int x, int y, int max, enum theme_style style,
	       const char *text)
{
	return max > 0 ? cells_put(&f->cells, x, y, max, style, 0, text, strlen(text), in->ascii) : 0;
}

static int __attribute__((format(printf, 7, 8))) putf(struct worlds_frame *f, const struct worlds_in *in, int x, int y,
						      int max, enum theme_style style, const char *fmt, ...)
{
	char text[600];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return put(f, in, x, y, max, style, text);
}

static void border(struct worlds_frame *f, const struct worlds_in *in, int y, const char *left, const char *right)
{
	put(f, in, 0, y, 1, ST_BORDER, left);
	for (int x = 1; x < in->width - 1; x++)
		put(f, in, x, y, 1, ST_BORDER, "─");
	put(f, in, in->width - 1, y, 1, ST_BORDER, right);
}

static void sides(struct worlds_frame *f, const struct worlds_in *in, int y)
{
	put(f, in, 0, y, 1, ST_BORDER, "│");
	put(f, in, in->width - 1, y, 1, ST_BORDER, "│");
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

/* At most @most rows; if not all items fit, the last row counts the others. */
static void choose_items(struct worlds_frame *f, const struct worlds *w, int most)
{
	bool *taken = calloc(w->nr ? w->nr : 1, sizeof(bool));
	size_t show = w->nr <= (size_t)most ? w->nr : (size_t)most - 1;

	f->rows = 0;
	for (size_t n = 0; taken && n < show; n++)
		taken[next_item(w, taken)] = true;
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

static int column(const struct worlds_frame *f, uint64_t time)
{
	uint64_t c = time / f->scale;

	return f->lane_x + (c < (uint64_t)f->lane_w ? (int)c : f->lane_w - 1);
}

static void axis(struct worlds_frame *f, const struct worlds_in *in, int run)
{
	int y = f->block[run], x;
	uint64_t tick = f->scale * 10, t;
	int end = in->width - 1 - (int)strlen(W(WORLDS_DONE_AFTER)) - 3;

	border(f, in, y, "├", "┤");
	putf(f, in, 1, y, f->lane_x - 2, ST_TITLE, " %s ", run == WORLD_REAL ? W(WORLDS_HAPPENED) : W(WORLDS_AS_SAID));
	put(f, in, f->lane_x, y, 1, ST_NORMAL, "0");
	for (t = tick, x = f->lane_x + 10; x + 8 < f->lane_x + f->lane_w; t += tick, x += 10)
		putf(f, in, x, y, 8, ST_NORMAL, t == tick ? "%.4g ms" : "%.4g", (double)t / 1e6);
	if (run == WORLD_OTHER && in->w->parts != WORLDS_NEVER)
		put(f, in, column(f, in->w->parts), y, 1, ST_CHANGED, "≠");
	putf(f, in, end, y, in->width - 1 - end, ST_DIM, " %s ", W(WORLDS_DONE_AFTER));
}

/* ---- lanes ----------------------------------------------------------------------------------- */

static const struct {
	const char *glyph, *sign;	/* in a lane, in a label */
	enum theme_style style;
} states[] = {
	[WORLD_NONE] = { " ", " ", ST_NORMAL }, [WORLD_WAITS] = { "·", "▸", ST_WAITING },
	[WORLD_HELD] = { "⊘", "⊘", ST_INACTIVE }, [WORLD_RUNS] = { "█", "●", ST_RUNNING },
	[WORLD_WANTS_CPU] = { "░", "◐", ST_WAITING }, [WORLD_ASLEEP] = { "┄", "◌", ST_SLEEPING },
	[WORLD_DONE] = { " ", "✔", ST_DIM },
};

/* Does a run of the item begin in [@from, @to)? */
static bool begins(const struct world_track *t, uint64_t from, uint64_t to)
{
	for (size_t i = 1; i < t->nr; i++)
		if (t->v[i].from >= from && t->v[i].from < to && t->v[i].worker && t->v[i].worker != t->v[i - 1].worker)
			return true;
	return false;
}

static void lane(struct worlds_frame *f, const struct worlds_in *in, const struct world_track *t, int y)
{
	const struct worlds *w = in->w;
	int last = f->fence_x >= 0 ? f->fence_x : f->lane_x + f->lane_w - 1;
	bool open = !w->bounded && t->nr && t->end == WORLDS_NEVER;

	for (int x = f->lane_x; x <= last && t->nr; x++) {
		uint64_t from = (uint64_t)(x - f->lane_x) * f->scale, middle = from + f->scale / 2;
		enum world_state state = worlds_state(t, w->bounded && middle > w->bound ? w->bound : middle);

		if (t->end >= from && t->end < from + f->scale)
			put(f, in, x, y, 1, ST_RIGHT, "✔");
		else if (open && x == last)
			put(f, in, x, y, 1, ST_WAITING, "▸");
		else if (begins(t, from, from + f->scale))
			put(f, in, x, y, 1, ST_RUNNING, "▌");
		else
			put(f, in, x, y, 1, states[state].style, states[state].glyph);
	}
}

static void label(struct worlds_frame *f, const struct worlds_in *in, size_t item, int run, int y)
{
	const struct world_item *it = &in->w->item[item];
	const struct world_track *t = &it->run[run];
	uint64_t at = in->w->bounded && in->cursor > in->w->bound ? in->w->bound : in->cursor;
	enum world_state state = worlds_state(t, at);
	const char *worker = NULL;
	int x = 2, max = f->lane_x - 1;

	for (size_t i = 0; i < t->nr && t->v[i].from <= at; i++)
		worker = t->v[i].worker ? trace_store_name(in->store[run], CLS_WORKER, t->v[i].worker) : NULL;
	if (worker && !strncmp(worker, "kworker/", 8))
		worker += 8;
	x += putf(f, in, x, y, 5 < max - x ? 5 : max - x, ST_NAME, "%s", it->name);
	x = 7 > x + 1 ? 7 : x + 1;
	x += put(f, in, x, y, max - x, states[state].style, states[state].sign) + 1;
	if (state == WORLD_RUNS || state == WORLD_ASLEEP)
		putf(f, in, x, y, max - x, states[state].style, "%s %s", words_world_state(state), worker ? worker : "");
	else
		put(f, in, x, y, max - x, states[state].style, words_world_state(state));
}

static void numbers(struct worlds_frame *f, const struct worlds_in *in, size_t item, int run, int y)
{
	const struct world_item *it = &in->w->item[item];
	int x = f->lane_x + f->lane_w + 1;
	STRBUF(end, 24);
	STRBUF(difference, 24);

	words_world_end(in->w, it->run[run].end, &end);
	putf(f, in, x, y, 6, ST_NORMAL, "%6s", end.buf);
	if (run == WORLD_REAL)
		return;
	words_world_difference(in->w, it, &difference);
	putf(f, in, x + 6, y, in->width - 1 - x - 6, ST_CHANGED, "%*s", in->width - 1 - x - 6, difference.buf);
}

static void fold_row(struct worlds_frame *f, const struct worlds_in *in, int run, int y)
{
	unsigned int nr[2] = { 0, 0 };
	uint64_t most[2] = { 0, 0 };
	int x = 2;

	x += putf(f, in, x, y, in->width - 3, ST_DIM, W(WORLDS_FOLD), f->folded);
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
		x += put(f, in, x, y, 2, ST_DIM, ", ");
		x += putf(f, in, x, y, in->width - 1 - x, ST_DIM, k ? W(WORLDS_FOLD_EARLIER) : W(WORLDS_FOLD_LATER), nr[k], ms);
	}
}

static void block(struct worlds_frame *f, const struct worlds_in *in, int run)
{
	axis(f, in, run);
	for (int r = 0; r < f->rows; r++) {
		int y = f->block[run] + 1 + r;

		sides(f, in, y);
		if (f->item[r] == FOLD) {
			fold_row(f, in, run, y);
			continue;
		}
		label(f, in, f->item[r], run, y);
		lane(f, in, &in->w->item[f->item[r]].run[run], y);
		numbers(f, in, f->item[r], run, y);
		if (f->cursor_x >= 0)
			put(f, in, f->cursor_x, y, 1, ST_FOCUS, "┃");
	}
}

/* ---- the zone ------------------------------------------------------------------------------------ */

static void zone(struct worlds_frame *f, const struct worlds_in *in)
{
	STRBUF(text, 4000);
	unsigned int n = 0, left = 0;
	struct wrap_line line;
	struct wrap wrap;
	char title[300];

	border(f, in, f->zone, "├", "┤");
	snprintf(title, sizeof(title), W(WORLDS_ZONE), in->said);
	putf(f, in, 1, f->zone, in->width - 4, ST_TITLE, " %s ", title);
	for (int y = f->zone + 1; y <= f->zone + f->zone_rows; y++)
		sides(f, in, y);
	strbuf_printf(&text, W(WORLDS_WAS), in->was);
	strbuf_puts(&text, "\n");
	words_worlds(in->w, in->threads_first, &text);
	for (int i = 0; i < 2; i++)
		if (in->more[i] && *in->more[i])
			strbuf_printf(&text, "%s\n", in->more[i]);
	wrap_begin(&wrap, text.buf, text.len, in->width - 4);
	for (; wrap_next(&wrap, &line); n++) {
		if (n < in->scroll)
			continue;
		if (n - in->scroll >= (unsigned int)f->zone_rows)
			left++;
		else
			cells_put(&f->cells, 2, f->zone + 1 + (int)(n - in->scroll), in->width - 4, ST_NORMAL, 0,
				  text.buf + line.from, line.to - line.from, in->ascii);
	}
	if (!left)
		return;
	snprintf(title, sizeof(title), W(WORLDS_MORE), left);
	putf(f, in, in->width - 4 - (int)strlen(title), f->zone, (int)strlen(title) + 3, ST_DIM, " %s ", title);
}

/* ---- the frame -------------------------------------------------------------------------------------- */

static void measure(struct worlds_frame *f, const struct worlds_in *in)
{
	bool narrow = in->width < 80;
	int free_rows = in->height - 6;		/* rows 4 to height - 3 */
	int most = (free_rows - 2 - (ZONE_ROWS_MIN + 1)) / 2;

	if (most > WORLDS_ROWS_MAX)
		most = WORLDS_ROWS_MAX;
	choose_items(f, in->w, most);
	f->lane_x = narrow ? 14 : 22;
	f->lane_w = in->width - 1 - f->lane_x - (narrow ? 12 : 14);
	f->block[WORLD_REAL] = 4;
	f->block[WORLD_OTHER] = 5 + f->rows;
	f->zone = 6 + 2 * f->rows;
	f->zone_rows = in->height - 2 - f->zone - 1;
	f->scale = scale_for(span_of(in->w), f->lane_w);
	f->fence_x = in->w->bounded ? column(f, in->w->bound) : -1;
	f->cursor_x = column(f, in->cursor);
	if (f->fence_x >= 0 && f->cursor_x > f->fence_x)
		f->cursor_x = f->fence_x;
}

int worlds_layout(struct worlds_frame *f, const struct worlds_in *in)
{
	int err = cells_size(&f->cells, in->width, in->height);

	if (err)
		return err;
	measure(f, in);
	border(f, in, 1, "┌", "┐");
	putf(f, in, 1, 1, in->width - 4, ST_TITLE, " %s ", W(WORLDS_TITLE));
	for (int run = 0; run < 2; run++) {
		sides(f, in, 2 + run);
		putf(f, in, 2, 2 + run, in->width - 4, ST_NORMAL, "%-8s %s", run == WORLD_REAL ? W(WORLDS_REAL_RUN) : W(WORLDS_YOU_SAID),
		     in->event[run]);
	}
	block(f, in, WORLD_REAL);
	block(f, in, WORLD_OTHER);
	zone(f, in);
	border(f, in, in->height - 2, "└", "┘");
	return 0;
}
