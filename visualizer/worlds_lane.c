/*
 * visualizer/worlds_lane.c - lanes of both worlds: the states of an item, the items of a CPU.
 *
 * Lives here:   a state's sign, one lane in its columns, words in long stretches.
 * Never here:   rows, labels, numbers (worlds_layout.c).   Licence: MIT.
 */
#include "visualizer/worlds_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "words/texts.h"
#include "words/worlds.h"

const struct worlds_sign *worlds_sign(enum world_state state)
{
	static const struct worlds_sign signs[] = {
		[WORLD_NONE] = { " ", " ", ST_NORMAL }, [WORLD_WAITS] = { "·", "▸", ST_WAITING },
		[WORLD_HELD] = { "⊘", "⊘", ST_INACTIVE }, [WORLD_RUNS] = { "█", "●", ST_RUNNING },
		[WORLD_WANTS_CPU] = { "░", "◐", ST_WAITING }, [WORLD_ASLEEP] = { "┄", "◌", ST_SLEEPING },
		[WORLD_DONE] = { " ", "✔", ST_DIM },
	};

	return &signs[state];
}

static int last_column(const struct worlds_frame *f)
{
	return f->fence_x >= 0 ? f->fence_x : f->lane_x + f->lane_w - 1;
}

/* A word in a stretch of one sign, after its first column; with blanks around it if there is room for them. */
static void put_word(struct worlds_frame *f, const struct worlds_in *in, int from, int to, int y, enum theme_style style,
		     const char *word, int more)
{
	int columns = width_text(word, strlen(word));

	if (to - from < columns + 1 + more)
		return;
	if (to - from < columns + 4)
		worlds_put(f, in, from + 1, y, columns, style, word);
	else
		worlds_putf(f, in, from + 1, y, columns + 2, style, " %s ", word);
}

/* ---- an item ------------------------------------------------------------------------------- */

/* Does a run of the item begin in [@from, @to)? */
static bool begins(const struct world_track *t, uint64_t from, uint64_t to)
{
	for (size_t i = 1; i < t->nr; i++)
		if (t->v[i].from >= from && t->v[i].from < to && t->v[i].worker && t->v[i].worker != t->v[i - 1].worker)
			return true;
	return false;
}

static bool begins_in(const struct worlds_frame *f, const struct world_track *t, int x)
{
	uint64_t from = (uint64_t)(x - f->lane_x) * f->scale;

	return begins(t, from, from + f->scale);
}

static enum world_state state_in(const struct worlds_frame *f, const struct worlds *w, const struct world_track *t, int x)
{
	uint64_t middle = (uint64_t)(x - f->lane_x) * f->scale + f->scale / 2;

	return worlds_state(t, w->bounded && middle > w->bound ? w->bound : middle);
}

static void words_in_lane(struct worlds_frame *f, const struct worlds_in *in, const struct world_track *t, int y)
{
	int last = last_column(f);

	for (int x = f->lane_x, from = x; x <= last + 1; x++) {
		enum world_state state = state_in(f, in->w, t, from);

		/* the cursor and the beginning of a run divide a stretch, so that they cut no word */
		if (x <= last && x != f->cursor_x && !begins_in(f, t, x) && state_in(f, in->w, t, x) == state)
			continue;
		if (state == WORLD_ASLEEP)
			put_word(f, in, from, x, y, ST_SLEEPING, W(WORLDS_LANE_ASLEEP), 3);
		else if (state == WORLD_HELD)
			put_word(f, in, from, x, y, ST_INACTIVE, W(WORLDS_ST_HELD), 3);
		from = x;
	}
}

void worlds_item_lane(struct worlds_frame *f, const struct worlds_in *in, size_t item, int run, int y)
{
	const struct world_track *t = &in->w->item[item].run[run];
	int last = last_column(f);
	bool open = !in->w->bounded && t->nr && t->end == WORLDS_NEVER;

	if (!t->nr)
		return;
	for (int x = f->lane_x; x <= last; x++) {
		const struct worlds_sign *sign = worlds_sign(state_in(f, in->w, t, x));

		worlds_put(f, in, x, y, 1, sign->style, sign->lane);
	}
	words_in_lane(f, in, t, y);
	for (int x = f->lane_x; x <= last; x++) {
		uint64_t from = (uint64_t)(x - f->lane_x) * f->scale;

		if (t->end >= from && t->end < from + f->scale)
			worlds_put(f, in, x, y, 1, ST_RIGHT, "✔");
		else if (open && x == last)
			worlds_put(f, in, x, y, 1, ST_WAITING, "▸");
		else if (begins_in(f, t, x))
			worlds_put(f, in, x, y, 1, ST_RUNNING, "▌");
	}
}

/* ---- a CPU ---------------------------------------------------------------------------------- */

/* The item that has @cpu at @time; (size_t)-1 = none. */
static size_t item_on(const struct worlds *w, int run, int32_t cpu, uint64_t time)
{
	for (size_t i = 0; i < w->nr; i++) {
		const struct world_track *t = &w->item[i].run[run];
		size_t k = t->nr;

		while (k && t->v[k - 1].from > time)
			k--;
		if (k && t->v[k - 1].state == WORLD_RUNS && t->v[k - 1].cpu == cpu)
			return i;
	}
	return (size_t)-1;
}

/* The item that gets @cpu in [@from, @to), or has it in the middle; (size_t)-1 = none. */
static size_t item_in(const struct worlds *w, int run, int32_t cpu, uint64_t from, uint64_t to, bool *gets)
{
	*gets = false;
	for (size_t i = 0; i < w->nr; i++) {
		const struct world_track *t = &w->item[i].run[run];

		for (size_t k = 0; k < t->nr; k++)
			if (t->v[k].from >= from && t->v[k].from < to && t->v[k].state == WORLD_RUNS && t->v[k].cpu == cpu) {
				*gets = true;
				return i;
			}
	}
	return item_on(w, run, cpu, from + (to - from) / 2);
}

void worlds_cpu_lane(struct worlds_frame *f, const struct worlds_in *in, int32_t cpu, int run, int y)
{
	int last = last_column(f), from = f->lane_x;
	size_t before = (size_t)-1;

	for (int x = f->lane_x; x <= last + 1; x++) {
		uint64_t at = (uint64_t)(x - f->lane_x) * f->scale;
		bool gets = false;
		size_t item = (size_t)-1;

		if (x <= last && !(in->w->bounded && at > in->w->bound))
			item = item_in(in->w, run, cpu, at, at + f->scale, &gets);
		if (x > last || gets || item != before || x == f->cursor_x) {
			if (before != (size_t)-1)
				put_word(f, in, from, x, y, ST_RUNNING, in->w->item[before].name, 0);
			from = x;
			before = item;
		}
		if (x <= last)
			worlds_put(f, in, x, y, 1, item == (size_t)-1 ? ST_IDLE : ST_RUNNING,
				   item == (size_t)-1 ? "·" : gets ? "▌" : "█");
	}
}
