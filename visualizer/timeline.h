/*
 * visualizer/timeline.h - the lanes of CPUs and workers in a window of time, as rows and columns.
 *
 * A column is a stretch of time; it shows the longest state in it, or an interrupt if there is
 * one.  timeline_next() joins equal columns, so that the screen, a text and an SVG draw the
 * same lanes:
 *
 *	struct timeline_piece p = { 0 };
 *	while (timeline_next(lane, &window, &p))
 *		draw(p.x, p.w, timeline_sign(p.part->state));
 *
 * Lives here:   windows, rows, columns, the signs and labels of states.
 * Never here:   cells, colours of a terminal, files, folding events into lanes (lanes.h).
 * Context:      any thread; allocates nothing.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_TIMELINE_H
#define KW_VISUALIZER_TIMELINE_H

#include "base/strbuf.h"
#include "visualizer/lanes.h"
#include "words/name.h"
#include "words/texts.h"

struct timeline_window {
	uint64_t from, cell;		/* ns: time of column 0, and of one column */
	uint64_t until;			/* ns: nothing after it is shown, even inside a column */
	int width;			/* columns */
	int bar;			/* a piece ends before this column, so that a bar there cuts no word; -1 = none */
};

/* Columns with one state. */
struct timeline_piece {
	int x, w;
	const struct lane_part *part;	/* the first one in it */
};

struct timeline_row {
	enum trace_class cls;		/* CLS_CPU or CLS_WORKER */
	uint32_t id;			/* number of the CPU, id of the worker */
	const struct lane *lane;
};

/* One character, one column wide, for a state. */
const char *timeline_sign(enum lane_state state);
/* The text inside a piece that is wide enough: an item's name, "sleeping"; "" = nothing. */
const char *timeline_label(const struct trace_store *s, const struct model *m, const struct lane_part *part,
			   char buf[WORDS_NAME]);
/* The next piece of @lane, from left to right; @p is zeros at first.  False: there are no more. */
bool timeline_next(const struct lane *lane, const struct timeline_window *w, struct timeline_piece *p);
/* The time of column @x for an axis: "5.0", "12.3 s"; appended. */
void timeline_axis(const struct timeline_window *w, int x, struct strbuf *out);

/* A worker that was only idle has no lane. */
bool timeline_has_lane(const struct lanes *l, uint32_t worker);
/*
 * The workers that were busy last before @now, at most @max, by id.
 * @m: with all workers of @l.  *@all: those that have a lane.  Return: how many.
 */
unsigned int timeline_workers(const struct lanes *l, const struct model *m, uint64_t now, uint32_t *ids, unsigned int max,
			      unsigned int *all);
/*
 * timeline_busy_rows - the CPUs, and the workers that are not idle in each column of the window
 * CPUs that are idle in each column are left out of a machine with more than TIMELINE_CPUS.
 * *@hidden: rows that do not fit into @max.  Return: how many are filled in.
 */
#define TIMELINE_CPUS 4u
unsigned int timeline_busy_rows(const struct lanes *l, const struct timeline_window *w, struct timeline_row *out,
				unsigned int max, unsigned int *hidden);

#endif
