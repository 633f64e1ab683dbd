/*
 * visualizer/layout_window.c - which time each column of the lanes shows.
 *
 * The window begins fine and zooms out; the past keeps its columns while it stands.  When now
 * comes to the right edge: a gap in which every CPU was idle is folded, else a window with few
 * changes takes the next scale and keeps its left end, else half a page is turned.  A student
 * can make the scale finer or coarser (struct layout_in's zoom).
 *
 * Lives here:   the scale, the left end, folded gaps; time to column and back.
 * Never here:   drawing.   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include "base/time.h"

#define FIRST_SCALE (NS_PER_MS / 10)
#define FOLD_SCALE (NS_PER_MS / 2)
#define STEPS_MAX 64
#define SCALE_MIN 1000		/* ns a column */

static uint64_t next_scale(uint64_t scale)
{
	uint64_t ten = FIRST_SCALE;

	while (ten * 10 <= scale)
		ten *= 10;
	return scale < 2 * ten ? 2 * ten : scale < 5 * ten ? 5 * ten : 10 * ten;
}

/* The scale before: 5, 2, 1 of each power of ten. */
static uint64_t previous_scale(uint64_t scale)
{
	uint64_t ten = 1;

	while (ten * 10 <= scale)
		ten *= 10;
	return scale >= 5 * ten ? 2 * ten : scale >= 2 * ten ? ten : ten / 2;
}

/* Columns that a folded gap keeps. */
static uint64_t fold_columns(const struct lay_window *w)
{
	return (uint64_t)w->width / 2;
}

static uint64_t column_of(const struct lay_window *w, uint64_t time)
{
	uint64_t ns = time > w->from ? time - w->from : 0;

	for (unsigned int i = 0; i < w->nr_gaps; i++) {
		const struct lay_gap *g = &w->gap[i];
		uint64_t keep = fold_columns(w) * w->scale, length = g->to - g->from;

		if (time <= g->from || length <= keep)
			continue;
		if (time >= g->to)
			ns -= length - keep;
		else	/* inside: its columns are shorter than its time */
			ns -= (time - g->from) - (uint64_t)((double)(time - g->from) / (double)length * (double)keep);
	}
	return ns / w->scale;
}

int lay_column(const struct lay_window *w, uint64_t time)
{
	uint64_t column = column_of(w, time);

	return time < w->from ? -1 : column > 10000 ? 10000 : (int)column;
}

uint64_t lay_time(const struct lay_window *w, int column)
{
	uint64_t lo = w->from, hi = w->from + w->scale * (uint64_t)(column + 1);

	for (unsigned int i = 0; i < w->nr_gaps; i++)
		hi += w->gap[i].to - w->gap[i].from;
	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (column_of(w, mid) < (uint64_t)column)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* ---- changes ------------------------------------------------------------------------------- */

/* Changes before @time. */
static size_t changes_before(const struct layout_story *s, uint64_t time)
{
	size_t lo = 0, hi = s->nr_changes;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->change[mid].time < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Do fewer than a fifth of the columns hold a change? */
static bool has_few_changes(const struct layout_story *s, const struct lay_window *w, uint64_t now)
{
	int columns = 0, last = -1;

	for (size_t i = changes_before(s, w->from); i < s->nr_changes && s->change[i].time <= now; i++) {
		int column = lay_column(w, s->change[i].time);

		columns += column != last;
		last = column;
	}
	return columns * 5 < w->width;
}

/* Folds the time from the last change until @now if every CPU was idle in it and it is long. */
static bool fold(const struct layout_story *s, struct lay_window *w, uint64_t now)
{
	size_t before = changes_before(s, now);
	struct lay_gap g;

	if (!before || w->scale < FOLD_SCALE || w->nr_gaps == LAY_GAPS_MAX || s->change[before - 1].busy)
		return false;
	g = (struct lay_gap){ s->change[before - 1].time, now };
	if (g.from < w->from || g.to - g.from <= fold_columns(w) * w->scale)
		return false;
	for (unsigned int i = 0; i < w->nr_gaps; i++) {
		if (w->gap[i].from != g.from)
			continue;
		if (w->gap[i].to >= g.to)
			return false;
		w->gap[i].to = g.to;
		return true;
	}
	w->gap[w->nr_gaps++] = g;
	return true;
}

static void turn(struct lay_window *w, uint64_t now)
{
	uint64_t half = lay_time(w, w->width / 2), page = (uint64_t)(w->width / 2) * w->scale;
	unsigned int kept = 0;

	w->from = now - half > page ? now - page : half;
	w->from -= w->from % w->scale;
	for (unsigned int i = 0; i < w->nr_gaps; i++)
		if (w->gap[i].from >= w->from)
			w->gap[kept++] = w->gap[i];
	w->nr_gaps = kept;
}

/* Makes room for @now. */
static void advance(const struct layout_story *s, struct lay_window *w, uint64_t now)
{
	for (int i = 0; i < STEPS_MAX && column_of(w, now) >= (uint64_t)w->width; i++) {
		if (fold(s, w, now))
			continue;
		if (has_few_changes(s, w, now))
			w->scale = next_scale(w->scale);
		else
			turn(w, now);
	}
}

static void scene(struct lay_window *w, uint64_t time)
{
	w->from = time;
	w->scale = FIRST_SCALE;
	w->nr_gaps = 0;
}

/*
 * The student's own scale: pages of half a width from the beginning of the scene on, the last of
 * which begins behind now.  So the past keeps its columns while a page stands, and gaps have
 * their full length.
 */
static void zoom(struct lay_window *w, const struct layout_in *in, uint64_t scene_from)
{
	uint64_t passed = in->now - scene_from, page;

	for (int i = 0; i < in->zoom && w->scale > SCALE_MIN; i++)
		w->scale = previous_scale(w->scale);
	for (int i = 0; i > in->zoom; i--)
		w->scale = next_scale(w->scale);
	w->nr_gaps = 0;
	page = (uint64_t)(w->width / 2) * w->scale;
	w->from = scene_from;
	if (passed >= (uint64_t)w->width * w->scale)
		w->from += (passed / page - 1) * page;
}

void lay_window(struct lay_window *w, const struct layout_in *in, int width, size_t stories)
{
	const struct layout_story *s = in->story;
	uint64_t scene_from = 0;

	memset(w, 0, sizeof(*w));
	w->width = width > 1 ? width : 1;
	scene(w, 0);
	for (size_t i = 0; i < stories; i++) {
		if (!s->v[i].scene) {
			advance(s, w, s->v[i].time);
			continue;
		}
		scene(w, s->v[i].time);
		scene_from = w->from;
	}
	advance(s, w, in->now);
	if (in->zoom)
		zoom(w, in, scene_from);
	w->at = stories;
}
