/*
 * visualizer/layout_internal.h - shared by the files of the layout; only for layout_*.c.
 *
 * The layout draws the machine view: zones, blocks and rows with a place for each thing.
 * layout_*.c each make a part of one frame, struct lay.
 *
 * Lives here:   struct lay, and the functions shared by these files.
 * Never here:   declarations for users of the layout (layout.h).
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_LAYOUT_INTERNAL_H
#define KW_VISUALIZER_LAYOUT_INTERNAL_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "model/flags.h"
#include "visualizer/layout.h"
#include "words/name.h"

#define LAY_SOFTIRQ_TIMER 1u	/* the vector in which timers expire */

#define LAY_POOLS_MAX (CPUS_MAX * 4)
#define LAY_ROWS_MAX 64		/* rows of workers in a block, cells in a table row */
#define LAY_GAPS_MAX 16
#define LAY_WORDS 160

/* ---- sizes (layout_budget.c) ------------------------------------------------------------- */

#define CODE_BELOW_ROWS 5		/* of the code below a talk, if there is room */
#define CODE_BELOW_MIN 3

struct lay_budget {
	bool wide, narrow;
	int w, h;
	int left, right;		/* first and last column inside the machine's frame */
	int label, label_w;		/* field of labels */
	int gutter;
	int field, field_w;		/* right field: lanes, counters */
	int strip, strip_rows, strip_cols;	/* .strip: row of its border; cols: CPUs side by side */
	bool strip_lanes;
	int irq;			/* row of the interrupts, 0 = none */
	int pools, pools_h;		/* row of the first border, rows */
	int blocks;			/* large blocks of pools, in two columns */
	int items, items_h;		/* row of the border of the list of items; 0 rows: there is none */
	int zone, zone_h;		/* row of the border; 0 rows in two columns */
	int shared;			/* rows that pools and zone share: R */
};

struct lay_budget lay_budget(int w, int h, unsigned int cpus, unsigned int talk_lines, unsigned int mode,
			     unsigned int pools);
/* Pools that fit in a mode (1 large, 2 small, 3 table rows). */
unsigned int lay_capacity(const struct lay_budget *b, unsigned int mode);

/* ---- pools in view (layout_focus.c) --------------------------------------------------------- */

struct lay_focus {
	unsigned int mode, nr;
	uint32_t pool[LAY_POOLS_MAX];
	uint32_t guest;			/* in the last row of a full table, 0 = none */
	size_t at;			/* story events read */
};

void lay_focus(struct lay_focus *f, const struct layout_in *in, const struct lay_budget *b, size_t stories);

/* ---- rows of workers (layout_rows.c) ----------------------------------------------------------- */

/* The worker of each of @rows rows of a pool after @stories story events; 0 = none. */
void lay_rows(const struct layout_story *s, const struct model *m, uint32_t pool, unsigned int rows, size_t stories,
	      uint32_t *worker);

/* ---- the window of time (layout_window.c) -------------------------------------------------------- */

struct lay_gap {
	uint64_t from, to;
};

struct lay_window {
	uint64_t from, scale;		/* ns of column 0; ns a column */
	struct lay_gap gap[LAY_GAPS_MAX];	/* folded */
	unsigned int nr_gaps;
	int width;
	size_t at;			/* story events read */
};

void lay_window(struct lay_window *w, const struct layout_in *in, int width, size_t stories);
int lay_column(const struct lay_window *w, uint64_t time);
uint64_t lay_time(const struct lay_window *w, int column);

/* ---- a frame ------------------------------------------------------------------------------------------ */

struct lay {
	struct layout *out;
	const struct layout_in *in;
	const struct model *m;
	const struct trace_store *store;
	const struct layout_story *s;
	const struct story_event *e;	/* of .ev; an empty one before the first */
	struct trace_event ev;		/* the event shown; .kind EV_NONE before the first */
	size_t stories;
	struct lay_budget b;
	struct lay_focus focus;
	struct lay_window window;
	uint32_t taker;			/* the worker whose take of the item is shown, 0 = none */
	bool gloss;			/* glosses and order words may be shown */
	/* places for the trail */
	uint32_t list_pool[LAY_POOLS_MAX];
	int list_y[LAY_POOLS_MAX], list_end[LAY_POOLS_MAX];	/* row and end of a worklist */
	unsigned int nr_lists;
	bool table;			/* pools are rows of a table in this frame */
};

/* ---- cells (layout_put.c) ---------------------------------------------------------------------------------- */

/* Puts text from (x, y), cut with an ellipsis to @max columns; return: columns used. */
int lay_put(struct lay *l, int x, int y, int max, enum theme_style style, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The same, and remembers that these cells show a thing. */
int lay_thing(struct lay *l, int x, int y, int max, enum theme_style style, enum layout_role role,
	      enum trace_class cls, uint32_t id, const char *fmt, ...) __attribute__((format(printf, 9, 10)));
void lay_mark(struct lay *l, enum layout_role role, int x, int y, int w, enum trace_class cls, uint32_t id);
/* Puts one glyph; if the terminal has ASCII only, its replacement. */
void lay_cell(struct lay *l, int x, int y, enum theme_style style, const char *sign);
uint32_t lay_char(const struct lay *l, int x, int y);
/* A border line with a title at the left and one at the right; keeps the gutter free if @gutter. */
void lay_border(struct lay *l, int x0, int x1, int y);
int lay_title(struct lay *l, int x, int y, int max, enum theme_style style, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The sign in front of a row that a pick points at. */
void lay_point(struct lay *l, int x, int y, enum trace_class cls, uint32_t id);
/* The item that rows 4 and 5 are about: the one that a pick points at, else that of the story. */
uint32_t lay_talked(const struct lay *l);
/* Ends at column @right. */
void lay_title_right(struct lay *l, int left, int right, int y, enum theme_style style, const char *text);
const struct layout_thing *lay_find(const struct lay *l, enum layout_role role, enum trace_class cls, uint32_t id);
const char *lay_arrow(const struct lay *l);	/* "→" or "to" */
int lay_columns(const struct lay *l, const char *text);

/* ---- words (layout_words.c) ------------------------------------------------------------------------------------ */

const char *lay_worker(const struct lay *l, uint32_t id, char buf[WORDS_NAME]);	/* "0:1", "R-safe" */
/* The item's name in at most @max columns. */
const char *lay_item(const struct lay *l, uint32_t id, int max, char buf[WORDS_NAME]);
const char *lay_pool(const struct lay *l, uint32_t id, char buf[WORDS_NAME]);	/* "CPU 0", "u16", "CPU 9H" */
/* "CPU 0, its normal pool" */
const char *lay_pool_long(const struct lay *l, uint32_t id, char buf[WORDS_NAME]);
const char *lay_name(const struct lay *l, enum trace_class cls, uint32_t id, char buf[WORDS_NAME]);
/* The lock, item or workqueue that a thread waits for; NULL = none that has a name. */
const char *lay_waits_for(const struct lay *l, const struct model_task *t, char buf[WORDS_NAME]);
const char *lay_task(const struct lay *l, uint32_t id, char buf[WORDS_NAME]);

/* A worker at the instant: its sign and the words that fit into @max columns. */
struct lay_words {
	const char *sign;
	enum theme_style style;
	char text[LAY_WORDS];
	uint32_t item;			/* named in .text, 0 = none */
};
struct lay_words lay_worker_words(const struct lay *l, const struct model_worker *w, int max);
/* Is the item of this event still on its way to where it will be drawn? */
bool lay_travels(const struct lay *l, enum trace_class cls, uint32_t id);
/* The worker that takes the item of this event off a list, 0 = none. */
uint32_t lay_taker(const struct lay *l);
/* The actor: "0:1", "nic", "CPU 0"; for "woken by". */
void lay_actor(const struct lay *l, struct strbuf *out);
/* "CPU 1, in the interrupt handler of nic", "0:2 inside w0 on CPU 0", "CPU 1, the mayday timer". */
void lay_context(const struct lay *l, struct strbuf *out);
uint32_t lay_field(const struct trace_event *ev, const char *name);
bool lay_has(const struct trace_event *ev, const char *name);

/* ---- parts ---------------------------------------------------------------------------------------------------------- */

void lay_draw_sentence(struct lay *l);
void lay_draw_item(struct lay *l);
void lay_draw_strip(struct lay *l);
void lay_draw_pools(struct lay *l);
void lay_draw_items(struct lay *l);
void lay_draw_zone(struct lay *l);
/* Where an item is: "no. 2 of 3 on CPU 0's worklist"; nothing if it is nowhere.  layout_item.c. */
void lay_item_place(const struct lay *l, const struct model_item *it, struct strbuf *out);
/* Of the worker that runs it: ", asleep"; "" = it works. */
const char *lay_runner_state(const struct lay *l, const struct model_item *it);
/* At most @max lines; about every pool, or those in view. */
void lay_help(const struct lay *l, bool every_pool, unsigned int max, struct layout_help *h);
void lay_draw_trail(struct lay *l);
void lay_lane(struct lay *l, const struct lane *lane, const struct lay_window *w, int x, int y, bool cpu);
void lay_marks(struct lay *l, const struct lane *lane, const struct lay_window *w, int x, int y);
void lay_axis(struct lay *l, int x, int y);
/* CPUs of the strip in order; return: their number. */
unsigned int lay_cpus(const struct lay *l, uint32_t cpu[CPUS_MAX]);
unsigned int lay_count_cpus(const struct model *m);
void lay_frame(struct lay *l);
/* Was the line raised again since its handler began? */
bool lay_line_raised(const struct lay *l, uint32_t line);

/* ---- from the story (layout_story.c) -------------------------------------------------------------------------------- */

uint32_t story_pool_of_item(const struct model *m, uint32_t item);

#endif
