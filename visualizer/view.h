/*
 * visualizer/view.h - what is on the screen: its state, and the views that draw it.
 *
 * A view is a struct of functions; draw() is a function of (model at the cursor,
 * view state, size) into cells and changes nothing else.  Key handlers return
 * effect bits; the loop in app.c draws once a frame.
 *
 * Lives here:   struct ui (all state of the screen), struct view, drawing helpers.
 * Never here:   the terminal's device (term.c), the loop and clocks (app.c).
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_VIEW_H
#define KW_VISUALIZER_VIEW_H

#include "visualizer/app.h"
#include "model/lesson.h"
#include "visualizer/playback.h"
#include "visualizer/keys.h"
#include "visualizer/box.h"
#include "visualizer/layout.h"
#include "words/name.h"
#include "words/sentence.h"
#include "words/texts.h"
#include "words/why.h"

/* Effects of a key or of time passing. */
enum effect {
	EFF_DRAW = 1u << 0,	/* the picture changed */
	EFF_RUN = 1u << 1,	/* the playback or the run moves: wake the timer */
	EFF_LEAVE = 1u << 2,	/* the program ends */
	EFF_EDIT = 1u << 3	/* the student's editor gets the terminal: work->editor */
};

/* ---- one run or recording, and all that is derived from it --------------------- */

struct scene {
	struct trace_store *store;
	struct run *run;		/* NULL: a recording */
	struct model_replay replay;
	struct playback playback;
	struct lesson lesson;
	struct layout_story story;	/* with the lanes */
	int state_seen;			/* enum run_state before the last poll: no event of it is missing */
	char id[64];			/* lesson, for progress; "" = none */
};

/* ---- an answer being made ------------------------------------------------------- */

struct answer {
	uint64_t asked;			/* event of the question it is for */
	int sel;			/* choice under the bar, 0.. ; -1 = none yet */
	unsigned int order[LESSON_FLAGS_MAX], nr_order;	/* of a pick: the candidates taken so far */
	uint32_t flags;			/* ticks */
	char text[256];			/* numbers and words */
	size_t behind;			/* bytes of it behind the place where words are typed */
	bool asks_sure;			/* Enter was pressed: how sure? */
	bool sent;			/* committed; the run has it */
};

/* ---- the mouse: cells that do something ------------------------------------------ */

enum hit_kind { HIT_THING, HIT_LESSON, HIT_CHOICE, HIT_EVENT, HIT_LANE, HIT_KEY, HIT_QUESTION, HIT_FREE, HIT_WORK };

struct hit_region {
	enum hit_kind kind;
	int x, y, w;
	uint32_t cls, id;		/* of a thing; of HIT_LESSON .cls is its exercise; of HIT_KEY the action; index otherwise */
	uint64_t n;			/* of HIT_EVENT */
};

#define HIT_REGIONS_MAX 1024
#define MARK_SECONDS 0.6
#define HINT_SECONDS_MAX 0.5	/* a run answers within a few ms */
#define FILM_FRAME_SECONDS 0.12
#define LOOKS_MAX 64
#define ALL_LOOKS_MAX (2 * LOOKS_MAX)	/* with those of cards */
#define ZOOMS_MAX 32
#define DEAD_KEYS_MAX 32

struct hit_regions {
	struct hit_region v[HIT_REGIONS_MAX];
	unsigned int nr;
};

/* ---- the screen ------------------------------------------------------------------ */

enum view_id {
	VIEW_MACHINE, VIEW_TIMELINE, VIEW_EVENTS, VIEW_DMESG, VIEW_WQS, VIEW_POOLS, VIEW_PS,
	VIEW_WAITS, VIEW_WHY, VIEW_WORLDS, VIEW_ABOUT, VIEW_CODE, VIEW_HELP, VIEW_KEYS, VIEW_END, VIEW_NR
};

enum prompt_kind { PROMPT_NONE, PROMPT_COMMAND, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_RESET, PROMPT_RETRY, PROMPT_NOTE, PROMPT_NEXT, PROMPT_RESTART, PROMPT_DROP,
		   PROMPT_REPORT };

/* The run and its place on the screen, while a what-if is shown. */
struct ui_kept {
	struct scene *scene, *world;
	uint64_t reading, seen, list_cursor, why_n, at;
	bool looking;
	bool asks;			/* a question is open: no picture of a what-if may answer it */
	struct answer answer;
	enum view_id view;
	char added[300];		/* the interrupts of the what-if */
	unsigned int nr_added;
	uint64_t from, from_time;	/* the event and the time at which the first of them leaves the run */
};

struct ui {
	struct term *term;
	const struct app_opts *opts;
	void *loop;
	void (*wake)(void *arg);	/* something has happened while the picture stood still; may be NULL */
	void *wake_arg;
	bool at_home;
	struct ui_work *work;		/* an exercise is worked on: its page takes the place of home; NULL = none is */

	/* home */
	struct app_home home;
	unsigned int home_sel, home_exercise;	/* the row under the cursor: a lesson, and 0 or the number of its exercise */
	unsigned int home_top;
	bool home_open[APP_LESSONS_MAX];	/* lessons whose exercises are below them */
	bool home_known;		/* the lesson under way was opened once */
	bool choosing;			/* the scene is the run of an exercise's choices: cb.work() gave it */
	char work_id[64];		/* exercise that cb.work() opened last */
	unsigned int home_number;	/* digits typed in a row */
	char home_err[512];

	/* the lesson or recording */
	struct scene *scene;
	struct scene *world;		/* a second run under other conditions, NULL = none */
	struct scene *what_if;		/* a branch made by hand, on its way; NULL = none */
	bool go_when_there;		/* Enter was pressed on its way: it is for the branch */
	uint64_t what_if_at, what_if_time;	/* the event and the time at which it leaves the run */
	char what_if_title[80];
	char what_if_added[64];		/* "nic on CPU 0 at 5.005 ms": the interrupt of the branch on its way */
	struct ui_kept *kept;		/* scene is a what-if: the run that Esc returns to; NULL = scene is the run */
	const char *world_belief;
	char world_question[LESSON_ID_BYTES_MAX * 2];	/* whose choice the world belongs to */
	bool world_threads;		/* the number of threads is to be shown first */
	uint64_t world_at;		/* cursor of the view, ns after the question */
	size_t world_first;		/* first item of its window, from 1; 0 = the most important ones */
	unsigned int end_sel, end_top;	/* the end of the lesson: the question under the cursor, the first one shown */
	bool from_end;			/* the view was opened there, and returns there */
	unsigned int end_missed;	/* questions that Enter asks once more there */
	struct app_practice practice;	/* the question that the scene asks; .nr 0: it is no practice */
	bool practice_missed;		/* the list is of a lesson that has just ended: behind it comes the next lesson */
	uint64_t reading;		/* event the playback stopped at to be read, 0 = none */
	uint64_t seen;			/* furthest event read */
	bool looking;			/* something is open, but the keys are the playback's */
	struct answer answer;
	enum view_id view;
	unsigned int scroll[VIEW_NR];
	uint64_t list_cursor;		/* events view: event number, 0 = follows the playback */
	uint64_t why_n;			/* event the why view explains, 0 = the playback's */
	char search[64], filter[64];
	bool bookmarks_known;		/* read since the scene was opened, or one was set */
	uint64_t saved_at;		/* last event at which progress was saved */
	double hint_left;		/* s for which keys wait for a hint that the run was asked for, 0 = they do not */
	unsigned int hint_nr;		/* the number of that hint, from 1 */
	double mark_left;		/* s for which the change stays marked */
	uint64_t mark_n;

	/* the machine view */
	struct layout *layout;			/* made for the first frame */
	struct hit_regions hit_regions;
	struct layout_look looks[LOOKS_MAX];	/* pools that the student asked for, in the order of .n */
	size_t nr_looks;
	struct ui_zoom {			/* of each lesson */
		char id[64];
		int zoom;
	} zooms[ZOOMS_MAX];
	unsigned int nr_zooms;
	uint64_t film_n;			/* event whose move is on the screen */
	uint64_t film_stories;			/* story events up to it */
	double film_left;			/* s of its film still to go */
	uint64_t shown;				/* event of the last show() whose view was opened */
	bool shown_view;			/* .view was opened by the lesson: it closes as the lesson goes on */
	uint64_t pick_back;			/* event to which the cursor of a pick returns, 0 = none, ... */
	uint32_t pick_back_question;		/* ... when this question is open again */
	uint32_t report_question;		/* the question whose report is on the screen */
	unsigned int report_at;			/* line under the cursor, from 0 */
	uint64_t report_card;			/* card for which .report_turned holds */
	bool report_turned;			/* Tab: the machine at its question, the report at its verdict */
	bool report_times;			/* lines keep their times */
	bool code_folded;			/* the machine view leaves the code out */
	unsigned int talk_scroll;		/* lines of the talk above the window */
	uint64_t talk_n;			/* card or question that is scrolled */

	/* keys */
	unsigned int keys_for;			/* contexts that the list of keys is about */
	unsigned int digit;			/* of ACT_SEEK and ACT_NUMBER */
	struct ui_dead_key {
		uint32_t key;
		unsigned int contexts;
	} dead[DEAD_KEYS_MAX];			/* that were explained */
	unsigned int nr_dead;

	/* the explanation of a word */
	char help_word[64];
	char *help_text;			/* lines of .help_width columns; NULL = none yet */
	int help_width;

	struct {				/* free play */
		int kind, index;		/* thing under the cursor: enum free_thing, and which of them */
		int wq;				/* number of the workqueue that items are queued on, from 1; 0 = the last one */
		char waiting[200];		/* the act that waits for a yes */
	} free;

	struct {				/* the student as the scheduler */
		uint64_t asked;			/* the CHOOSE event that .at is for */
		unsigned int at;		/* cursor, among the things that can go on */
		unsigned int hints;		/* shown so far */
	} choose;

	/* bottom line */
	char offer[2000];			/* candidates of Tab, "" = none are listed */
	size_t offer_at;			/* the part that is shown */
	enum prompt_kind prompt;
	char prompt_text[128];
	char message[256];
	unsigned int theme;
	int exit_code;
	bool to_plain;			/* the window is too small, and the student goes on in lines */
};

struct view {
	const char *name;		/* its name in show() and after `:` */
	void (*draw)(struct ui *u, struct rect r);
	/* effect bits, or -1: not mine.  NULL: no keys of its own */
	int (*command)(struct ui *u, enum action a);
	bool list;			/* has a cursor: IN_LIST, else IN_VIEW */
};

extern const struct view view_timeline, view_events, view_dmesg, view_wqs, view_pools,
	view_ps, view_waits, view_why, view_worlds, view_about, view_code, view_help, view_keys, view_end;
const struct view *view_by_id(enum view_id id);
const char *view_worlds_footer(const struct ui *u, unsigned int i);	/* its entry @i, NULL = there are no more */

/* ---- questions to the state -------------------------------------------------------- */

/* Contents of the text panel, and the context of its keys (0: it has none). */
struct open_text {
	const struct lesson_card *card;	/* NULL: no card yet */
	const struct lesson_question *q;
	unsigned int context;		/* IN_CARD, IN_ASK, IN_TYPE or 0 */
	bool what_if;			/* nothing is open: it is compared with the run */
	bool free;			/* free play: the things of the student */
	bool choose;			/* a choice of the scheduler */
	const char *trouble;		/* the run died or is faulty: a sentence; NULL = sound */
};
struct open_text ui_open_text(struct ui *u);
/* The run itself, also while a what-if is shown. */
struct scene *ui_run_scene(const struct ui *u);
bool what_if_line(struct ui *u, unsigned int i, struct strbuf *out);	/* the lines that compare it with the run */
unsigned int ui_contexts(struct ui *u);		/* contexts that are live now */
bool ui_is_away(const struct ui *u);		/* the time shown is before that of the open question */
/* The last event that a view may show: none after an open question, even in a recording. */
uint64_t ui_until(const struct ui *u);

/* ---- drawing ------------------------------------------------------------------------ */

int ui_put(struct ui *u, int x, int y, int max, enum theme_style style, unsigned int attr, const char *fmt, ...)
	__attribute__((format(printf, 7, 8)));
void ui_hit_region(struct ui *u, const struct hit_region *s);
const char *ui_name(struct ui *u, enum trace_class cls, uint32_t id, char buf[WORDS_NAME]);
/* "0:1" of "kworker/0:1" where room is short. */
const char *ui_short(const char *worker_name);
bool ui_touched(const struct ui *u, enum trace_class cls, uint32_t id);
/* Does the open card ask to look at this (or at nothing in particular)? */
bool ui_looked_at(struct ui *u, enum trace_class cls, uint32_t id);
bool ui_looks(struct ui *u);

/* small.c: a window in which no frame has room. */
bool small_window(const struct ui *u);
void small_draw(struct ui *u);
unsigned int small_key(struct ui *u, uint32_t key);
void small_leave(struct ui *u);			/* fills u->opts->plain if plain mode is wanted */

/* The input of the layout, without the talk and the film. */
void ui_layout_input(struct ui *u, struct layout_in *in);
int ui_zoom(const struct ui *u);			/* of the lanes, in this lesson */
void ui_show_page(struct ui *u, const struct cells *page);	/* all rows but the last one, the footer's */
void ui_draw(struct ui *u);			/* one frame into cells; no flush */
void home_draw(struct ui *u);
/* "… 5.0 ms pass: ..", while the playback shortens a gap. */
void now_pause(struct ui *u, struct strbuf *out);
/* The open card, question or verdict in lines of @width; valid until the next call. */
const struct layout_talk *text_talk(struct ui *u, int width, const struct open_text *o);

/* ---- acting ------------------------------------------------------------------------- */

unsigned int ui_key(struct ui *u, const struct term_event *ev);
bool ui_holds_keys(const struct ui *u);			/* the next key is for a text that is about to come */
unsigned int ui_update(struct ui *u, double seconds);	/* real time passed; effects */
bool ui_busy(const struct ui *u);			/* wants updates */
/* Answers: true if the key was the question's. */
bool answer_key(struct ui *u, const struct lesson_question *q, uint32_t key);
/* The bar is on this choice; where one is to be chosen, it is the answer. */
void answer_select(struct ui *u, const struct lesson_question *q, int choice);
bool answer_ready(const struct answer *a, const struct lesson_question *q);
void answer_value(const struct ui *u, const struct lesson_question *q, char *buf, size_t size);

/* pick.c: the question in which the student points, NULL = none is open; the candidate under the cursor, -1 = none. */
const struct lesson_question *pick_question(struct ui *u);
int pick_at(const struct ui *u, const struct lesson_question *q);
unsigned int pick_move(struct ui *u, const struct lesson_question *q, int by);
void pick_select(struct ui *u, const struct lesson_question *q, unsigned int candidate);
bool pick_select_thing(struct ui *u, uint32_t cls, uint32_t id);	/* false: it is no candidate */
/* Takes the candidate under the cursor.  Return: the answer is complete. */
bool pick_take(struct ui *u, const struct lesson_question *q);
void pick_keep(struct ui *u, const struct lesson_question *q);	/* its cursor returns after a hint, and at the next try */
bool pick_return(struct ui *u);				/* true: it has returned */
bool pick_find(struct ui *u, bool back);		/* the next candidate with u->search in its text */
/* The machine view of a pick: @look has room for ALL_LOOKS_MAX + 1. */
void pick_layout(struct ui *u, struct layout_in *in, struct layout_look *look);
/* Line @i of the list below the question; false: there are no more.  *@candidate: for the mouse, -1 = none. */
bool pick_line(struct ui *u, const struct lesson_question *q, unsigned int i, int width, struct strbuf *out, int *candidate);
/* view_report.c: is a report on the screen in place of the machine? */
const struct lesson_question *report_shown(struct ui *u);
bool report_there_is(struct ui *u);			/* the open question or verdict has one */
bool report_is_all(const struct ui *u);			/* a dump: of its run nothing else is shown before the answer */
bool report_seals(struct ui *u);			/* its question is open, and the machine would give the answer */
/* True, and a message with the reason: such a question is open (and @a would show the machine). */
bool report_hides(struct ui *u);
bool report_refuses(struct ui *u, enum action a);
void report_draw(struct ui *u, const struct lesson_question *q);
unsigned int report_command(struct ui *u, enum action a);	/* 0: not the report's */

struct scene *scene_open_run(struct run *run, const char *id);
struct scene *scene_open_store(struct trace_store *store, const char *id);
void scene_close(struct scene *s);
int scene_grow(struct scene *s);			/* after new events; 0 or -ENOMEM */
unsigned int ui_home(struct ui *u);			/* back to the course */
unsigned int ui_open_lesson(struct ui *u, const char *id, enum app_open how);
unsigned int ui_open_spec(struct ui *u, const struct run_spec *spec, const char *id);
void ui_set_scene(struct ui *u, struct scene *s);
unsigned int ui_do(struct ui *u, enum action a);
/* A key without a meaning here: explains it once for each place. */
void ui_dead_key(struct ui *u, uint32_t key, unsigned int contexts);
unsigned int ui_command(struct ui *u, const char *text);
unsigned int ui_help(struct ui *u, const char *word);	/* opens the view with its explanation; "" = the list of all */
void ui_forget_help(struct ui *u);
/* {name} in @fmt becomes the key of the action NAME. */
void ui_say(struct ui *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
