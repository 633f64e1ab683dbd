/*
 * visualizer/layout.h - the machine view as a field of cells.
 *
 * The layout is a function of its input: the same input gives the same cells, without
 * curses and without the state of the screen.  The screen program, tests and exporters
 * call it in the same way:
 *
 *	struct layout_story story;
 *	struct layout *l = layout_new();
 *
 *	layout_story_init(&story, store);
 *	layout_story_grow(&story, UINT64_MAX);		again after new events
 *	in.talk_width = layout_talk_width(w, h);	to wrap a card or a question
 *	layout_draw(l, &in);				l->cells, l->thing[0 .. nr_things - 1]
 *
 * The rows from the top, always in this order: 0 the header, 1-3 the sentence, 4-5 what the
 * event is about and its workqueue, 6 the border of the strip with the axis of time, the
 * strip (a row for each CPU), a row for interrupts where there are few CPUs, the pools, the
 * zone (talk, help, code), the lower border, the footer.  Row 0 and the last row are left
 * blank for the caller.  From LAYOUT_WIDE_W x LAYOUT_WIDE_H on, the zone is a second
 * column.  Only the zone changes its height with the talk, so no row above it moves.
 *
 * The pools in view, the row of each worker and the window of time persist from event to
 * event.  They are computed from the story, a list of the run's story events, which is read
 * from the beginning for each frame: a seek and stepping give the same frame.
 *
 * Each file has one idea: layout_story (the list), layout_focus (pools in view), layout_rows
 * (rows of workers), layout_window (time and columns), layout_budget (sizes),
 * layout_words (words of a row), layout_item (rows 4-5), layout_strip (CPUs, interrupts),
 * layout_lane (a lane), layout_pools (blocks and the table), layout_items (a list of the items), layout_trail (moves),
 * layout_zone (talk, help, code, events), layout_code (the lines of the code), layout_draw (the frame), layout_put (cells).
 *
 * Lives here:   the input and the output of the layout.
 * Never here:   terminals, keys, struct ui.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_LAYOUT_H
#define KW_VISUALIZER_LAYOUT_H

#include "visualizer/cells.h"
#include "visualizer/lanes.h"
#include "visualizer/styled.h"

#define LAYOUT_MIN_W 60
#define LAYOUT_MIN_H 20
#define LAYOUT_WIDE_W 110
#define LAYOUT_WIDE_H 32
#define LAYOUT_THINGS_MAX 1024
#define LAYOUT_FILM_FRAMES 5
#define LAYOUT_CODE_LINES 64
#define LAYOUT_ZOOM_MAX 6
#define LAYOUT_CODE_BYTES 8192

/* ---- the story: facts that the layout keeps of a run------------------------------------- */

#define STORY_POOLS_MAX 3
#define STORY_WORKERS_MAX 3
#define STORY_TOUCHED_MAX 64

/* One event of level STORY.  Values "was" are those at the story event before. */
struct story_event {
	uint64_t n, time;
	uint32_t need[STORY_POOLS_MAX];		/* pools that it is about, the most important first */
	uint32_t worker[STORY_WORKERS_MAX];	/* workers that it names */
	uint32_t came, left;			/* worker that its pool has from here on, or no longer has */
	uint32_t item, wq, line;		/* talked about from here on; 0 = none so far */
	uint32_t about;				/* worker, if the event is about a worker without an item */
	uint32_t pool_about;			/* pool, if the event is about a pool */
	uint32_t was_runner, was_active;	/* of .item, and of its pool_workqueue */
	bool was_pending;
	uint32_t changed[STORY_POOLS_MAX];	/* pools whose nr_running changed */
	uint32_t was_running[STORY_POOLS_MAX];
	uint16_t kind;
	uint8_t cpu;
	bool timer_only;			/* needs its pool only if the machine is quiet */
	bool quiet;				/* no pool has anything to do */
	bool scene;				/* the first one after a card or question at which every CPU was idle */
};

/* Signs of lanes: the states, then the marks of interrupt lines. */
enum story_sign { SIGN_RAISED = LANE_STATES, SIGN_LOST, STORY_SIGNS };

/* A time at which a lane changed, and the number of CPUs that are not idle after it. */
struct story_change {
	uint64_t time;
	uint32_t busy;
};

struct layout_story {
	const struct trace_store *store;
	struct lanes lanes;
	struct story_event *v;			/* [0 .. nr - 1] */
	size_t nr, cap;
	struct story_change *change;
	size_t nr_changes, cap_changes;
	/* while growing: values at the last story event */
	uint32_t *running;			/* nr_running by pool */
	uint32_t nr_running;
	uint32_t *active;			/* nr_active by pool_workqueue */
	uint32_t nr_active;
	struct story_was {
		bool pending;
		uint32_t runner;
	} *was;					/* by item */
	uint32_t nr_was;
	uint32_t touched[STORY_TOUCHED_MAX], nr_touched;
	uint32_t item, wq, line;
	uint64_t lesson;			/* event that began the lesson, 0 = none */
	uint64_t first_sign[STORY_SIGNS];	/* event with which a sign is in a lane for the first time, 0 = not yet */
	size_t begin;				/* story events before anything was queued or raised: the boot */
	bool begun;
	bool idle_at_card;			/* the next event of the machine begins a scene */
};

int layout_story_init(struct layout_story *s, const struct trace_store *store);
void layout_story_fini(struct layout_story *s);
/* Reads at most @max new events; return: true if there are more. */
bool layout_story_grow(struct layout_story *s, uint64_t max);
/* Story events up to event @n. */
size_t layout_story_count(const struct layout_story *s, uint64_t n);
/* The last story event of the machine up to event @n, 0 = none. */
uint64_t layout_event(const struct layout_story *s, uint64_t n);
/* Does an event of this kind have a move: five frames, if nothing else shows it? */
bool layout_kind_moves(uint16_t kind);

/* ---- the input ------------------------------------------------------------------------------ */

/* One line of a card, question or verdict. */
struct layout_line {
	struct styled_line text;
	enum theme_style style;
	int indent;
	int choice;			/* number of a choice from 0, for the mouse; -1 = none */
	bool bar;			/* the chosen one */
	const char *mark;		/* one column in front of it; NULL = none */
};

struct layout_talk {
	const char *title;
	enum theme_style style;		/* of the title */
	const struct layout_line *line;
	unsigned int nr;		/* lines */
	unsigned int first;		/* line shown first if not all fit */
	const char *foot;		/* in the border below it, NULL = none */
	const char *right;		/* at the right end of the border above it, NULL = none; lines that do not fit come first */
};

/* The function that acts, when the run or the recording has its text. */
struct layout_code {
	const char *title;		/* "the code of reset", "the code of the handler of nic" */
	const char *line[LAYOUT_CODE_LINES];
	unsigned int nr, now;		/* .now: index of the line being executed .. */
	bool rests;			/* .. or, if nothing of it is executed, of a line that is to be in sight */
	unsigned int returned_at;	/* index of the line whose call returned last */
	const char *returned;		/* its value; "" = none */
};

/* A struct layout_code and the memory of its texts. */
struct layout_code_text {
	struct layout_code code;
	char title[96], returned[64];
	char text[LAYOUT_CODE_BYTES];
};

/* A pool that the lesson or the student asked for, at an event. */
struct layout_look {
	uint64_t n;
	uint32_t pool;
};

struct layout_in {
	const struct trace_store *store;
	struct layout_story *story;	/* has read event .m->n */
	const struct model *m;		/* at the event, its own effect applied */
	uint64_t now;			/* ns, from the time of the event to that of the next */
	int w, h;
	bool ascii;
	bool question;			/* a question is open: no word may answer it */
	bool picking;			/* a pick is open: no trail */
	uint32_t pick_cls, pick_id;	/* the worker, item or CPU that a pick points at (enum trace_class); 0 = none */
	const struct layout_talk *talk;	/* NULL = none */
	const struct layout_code *code;	/* NULL = folded or unknown; .nr 0: no function of the lesson acts */
	bool code_below;		/* one column: the code has rows below the talk */
	const struct layout_look *look;	/* in the order of .n */
	size_t nr_looks;
	unsigned int film;		/* 1 to 4: the move of this event is under way; else it has ended */
	int zoom;			/* scales closer (above 0) or further than the window's own */
	enum trace_level level;		/* rows 1-3 are about an event of at most this level */
	const char *pause;		/* a sentence in place of the event's, NULL = none */
	bool middle_free;		/* leave strip and pools blank: another view is drawn there */
	bool what_if;			/* a branch made by hand: its frame is another one */
	uint64_t branch;		/* ns at which it left the run; the axis marks it */
};

/* ---- the output --------------------------------------------------------------------------- */

enum layout_role {
	ROLE_LABEL,		/* a worker in its row */
	ROLE_WORK,		/* an item in its worker's row */
	ROLE_LIST,		/* an item on a worklist */
	ROLE_HELD,		/* an inactive item, in row 5 */
	ROLE_ABOUT,		/* in row 4 */
	ROLE_QUEUE,		/* the workqueue of row 5; its rescuer */
	ROLE_CPU,		/* a CPU in the strip */
	ROLE_ON_CPU,		/* a thread or handler that has the CPU, in the strip */
	ROLE_LINE,		/* an interrupt line */
	ROLE_POOL,		/* a pool's title or table row */
	ROLE_HELP,		/* in the chains below */
	ROLE_CHOICE,		/* .id: number of a choice */
	ROLE_EVENT,		/* .n: an event of the list */
	ROLE_OVERVIEW,		/* an item in the list of items */
	ROLE_LANE		/* a lane: .id is the worker or the CPU + 1 */
};

/* A run of cells that shows a thing. */
struct layout_thing {
	enum layout_role role;
	int x, y, w;
	uint32_t cls, id;	/* enum trace_class */
	uint64_t n;
};

struct layout_rect {
	int x, y, w, h;
};

struct layout {
	struct cells cells;
	struct layout_thing thing[LAYOUT_THINGS_MAX];
	unsigned int nr_things;
	unsigned int mode;		/* 1 large blocks, 2 small blocks, 3 a table */
	uint32_t pool[CPUS_MAX * 4];	/* in view, from the top */
	unsigned int nr_pools;
	uint32_t guest;			/* the last of them has no row of its own: the table is full; 0 = none */
	int zone;			/* row of the zone's border; in two columns the row below the pools */
	int strip;			/* row of the strip's border */
	bool wide;
	struct layout_rect middle;	/* inside of strip and pools together */
	struct layout_rect talk;	/* the lines of the talk that are shown */
	unsigned int talk_first, talk_hidden;	/* the first line of the talk that is shown; lines that are not */
	bool moves;			/* this event has a trail: frames 1 to 5 differ */
	unsigned int crossed;		/* cells of a trail that were not free: always 0 */
};

/* ---- timers and chains of waits --------------------------------------------------------------------- */

#define LAYOUT_HELP_MAX 24
#define LAYOUT_HELP_BYTES 256
#define LAYOUT_BAR_COLUMNS 20

/* Timers that run, and chains of threads that wait: "waits|3 flush of w0 ─▸ 0:1". */
struct layout_help {
	char text[LAYOUT_HELP_MAX][LAYOUT_HELP_BYTES];	/* a title of at most 10 columns, `|`, words */
	bool bar[LAYOUT_HELP_MAX];
	unsigned int filled[LAYOUT_HELP_MAX];		/* columns of the bar, of LAYOUT_BAR_COLUMNS */
	unsigned int nr, max;
	unsigned int more;				/* lines beyond .max */
};

/* All of them at the event, of every pool. */
void layout_help(const struct layout_in *in, struct layout_help *out);

struct layout *layout_new(void);		/* NULL without memory */
void layout_free(struct layout *l);
/* Columns of a line of the talk at this size. */
int layout_talk_width(int w, int h);
bool layout_is_wide(int w, int h);
/* Return: 0 or -ENOMEM.  Sizes below LAYOUT_MIN_W x LAYOUT_MIN_H give empty cells. */
int layout_draw(struct layout *l, const struct layout_in *in);
/*
 * layout_code_at - the function that acts at the event of @in
 * Return: true; false if no function of the lesson acts there, or its text is not in the store.
 */
bool layout_code_at(const struct layout_in *in, struct layout_code_text *out);
struct words_source;
/* The function that acts at the event of @in, as layout_code_at() has it; false: none of a file. */
bool layout_source_at(const struct layout_in *in, struct words_source *out);
/* The time that column @x of the screen shows in a lane, for a click on it. */
uint64_t layout_time_at(const struct layout_in *in, int x);

#endif
