/*
 * book/book_internal.h - declarations that the files of the review book share.
 *
 * kept.c reads rows of progress, replay.c repeats an attempt, lanes.c lays out the lanes around
 * a decision, book.c chooses what is written, and a struct book_form writes it as Markdown or HTML.
 *
 * Never here:   declarations for other rooms (book.h).   Licence: MIT.
 */
#ifndef KW_BOOK_BOOK_INTERNAL_H
#define KW_BOOK_BOOK_INTERNAL_H

#include "base/strbuf.h"
#include "book/book.h"
#include "model/lesson.h"
#include "run/run.h"
#include "visualizer/timeline.h"

/* ---- the rows of progress (kept.c) ------------------------------------------------------------ */

struct book_answer {
	struct progress_answer row;
	bool first;			/* the first try in the first attempt at this run that has the question */
};

struct book_attempt {
	struct progress_attempt row;	/* .inputs is owned */
	struct book_answer *answer;	/* in the order of their verdicts */
	size_t nr, cap;
	size_t begins;			/* index of the first attempt of the same run, in the same lesson */
};

/* Attempts and bookmarks of one lesson, or of an exercise that asks questions. */
struct book_lesson {
	char course[64], id[64];
	const struct course_lesson *now;	/* in today's course; NULL = it is gone */
	struct book_attempt *attempt;	/* in the order in which they were begun */
	size_t nr, cap;
	struct progress_mark *mark;	/* in the order of events */
	size_t nr_marks, cap_marks;
	struct progress_practice *practice;	/* answers outside of attempts, in the order in which they were given */
	size_t nr_practice, cap_practice;
};

struct book_kept {
	struct book_lesson *lesson;	/* in the order of the course; then those that it no longer has */
	size_t nr, cap;
};

/* Reads what belongs to the course of @o and to its .lesson.  0 or -errno. */
int book_kept_read(struct book_kept *k, const struct book_opts *o);
void book_kept_fini(struct book_kept *k);
/* Do both belong to one run: same variant, seed, options and text? */
bool book_same_run(const struct progress_attempt *a, const struct progress_attempt *b);
bool book_mark_of(const struct progress_mark *m, const struct progress_attempt *a);

/* ---- replays (replay.c) ------------------------------------------------------------------------- */

struct book_replay {
	void *loop;
	struct run *run;
	const struct trace_store *store;
	struct lesson lesson;		/* to the end of the replay */
	struct lanes lanes;
};

/*
 * book_replay_open - repeat @a in a machine process, up to its last input
 * @died: set if that process died: a fault of the program or of the computer, not of the lesson
 * Return: the replay, or NULL with a sentence in @why.  Owner: book_replay_close().
 */
struct book_replay *book_replay_open(const char *exe, const struct course_lesson *l, const struct progress_attempt *a,
				     char *why, size_t why_size, bool *died);
void book_replay_close(struct book_replay *r);
/* The verdict on try @ordinal of question @id; NULL: there is none. */
const struct lesson_card *book_verdict(const struct lesson *l, const char *id, unsigned int ordinal);

/* ---- the lanes around a decision (lanes.c) -------------------------------------------------------- */

#define BOOK_LANES_COLUMNS 64
#define BOOK_LANES_ROWS 24
#define BOOK_TICK_COLUMNS 20		/* from one time on the axis to the next: a round one */
#define BOOK_TICK_ROOM 10		/* columns of such a time */

/* Data of a picture, which both formats draw. */
struct book_lanes {
	const struct trace_store *store;
	const struct model *m;
	struct timeline_window w;
	struct timeline_row row[BOOK_LANES_ROWS];
	unsigned int nr, hidden;	/* rows shown, and rows that have no room */
	struct book_lanes_mark {
		int x;			/* column; -1 = it is not in the picture */
		uint64_t time;		/* ns */
		char text[400];		/* a sentence */
	} asked, decided;
	char from[40], to[40];		/* "3.200 ms" */
};

/* @asked, @decided: events, 0 = none. */
void book_lanes_lay(struct book_lanes *out, const struct book_replay *r, uint64_t asked, uint64_t decided);
/* "CPU 0", "kworker/0:1". */
const char *book_lanes_name(const struct book_lanes *l, const struct timeline_row *row, char buf[WORDS_NAME]);
/* The first column from @x on with a time on the axis, -1 = there is no more. */
int book_lanes_tick(const struct book_lanes *l, int x);
/* As lines of text, at most about 90 columns. */
void book_lanes_text(const struct book_lanes *l, struct strbuf *out);
/* One sentence a row, for people who cannot see the picture. */
void book_lanes_spoken(const struct book_lanes *l, struct strbuf *out);
/* The words for a state in the legend; NULL = it is not in the legend. */
const char *book_state_words(enum lane_state state);
#define BOOK_LANES_TEXT_MAX 32768u

/* ---- formats (markdown.c, html.c) ------------------------------------------------------------------ */

enum book_style {
	BOOK_PLAIN,
	BOOK_LEAD,			/* the question of a lesson */
	BOOK_ASKED,			/* the text of a question */
	BOOK_RIGHT, BOOK_WRONG,		/* the result of an answer */
	BOOK_NOTE,			/* words of the student */
	BOOK_SMALL,			/* where a run comes from */
};

/*
 * Texts are payloads (base/markup.h).  A format escapes them; its output is valid whatever
 * bytes they hold.
 */
struct book_form {
	void (*begin)(FILE *out, const char *title);
	void (*end)(FILE *out);
	/* Of a lesson or a question: it has all that is written up to its end.  @anchor: a name for links, plain */
	void (*section)(FILE *out, unsigned int level, const char *anchor, const char *payload);
	void (*section_end)(FILE *out);
	void (*para)(FILE *out, enum book_style style, const char *payload);
	void (*list)(FILE *out, bool begins);
	/* @link: anchor of a section, NULL = none */
	void (*item)(FILE *out, enum book_style style, const char *link, const char *payload);
	void (*block)(FILE *out, const char *text);	/* plain lines, in letters of one width */
	void (*lanes)(FILE *out, const struct book_lanes *l, const char *name);
	void (*legend)(FILE *out);
};

extern const struct book_form book_markdown, book_html;

/* A line of text, escaped.  For tests too. */
void book_markdown_text(FILE *out, const char *text);
void book_html_text(FILE *out, const char *text);
void book_svg(FILE *out, const struct book_lanes *l, const char *name);
/* An example of a state, for the legend. */
void book_svg_sign(FILE *out, enum lane_state state);

/* ---- the book (book.c) ------------------------------------------------------------------------------ */

#define BOOK_TEXT_MAX (3 * TRACE_TEXT_BYTES_MAX)	/* of one paragraph */
#define BOOK_SAID_MAX 64

struct book {
	const struct book_opts *o;
	const struct book_form *form;
	FILE *out;
	struct book_kept kept;
	struct missed {			/* a question whose first answer was not right */
		char *text, *link;
		bool certain;
	} *missed;
	size_t nr_missed, cap_missed;
	struct strbuf *died;		/* about the first machine process that did */
	bool shortage;			/* one lacked memory: the book would be another one next time */
	unsigned int pictures;		/* so far */
	uint64_t report;		/* hash of the report that was written last, 0 = none in this attempt */
	uint64_t said[BOOK_SAID_MAX];	/* hashes of the texts under one question */
	unsigned int nr_said;
};

/* ---- paragraphs (put.c); words are no payloads: marks in them stand for themselves ---------------- */

void book_para(struct book *b, enum book_style style, const char *payload);
void book_para_words(struct book *b, enum book_style style, const char *text);
void book_para_printf(struct book *b, enum book_style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* @lead in bold letters, then @payload, then the words @rest. */
void book_para_lead(struct book *b, enum book_style style, const char *lead, const char *payload, const char *rest);
void book_item_words(struct book *b, const char *link, const char *text);
void book_section_words(struct book *b, unsigned int level, const char *anchor, const char *text);

/* ---- one question (question.c) --------------------------------------------------------------------- */

/* @q: with the verdict on @row, in replay @r of attempt number @attempt of @l. */
void book_question(struct book *b, const struct book_lesson *l, size_t attempt, const struct book_replay *r,
		   const struct progress_answer *row, const struct lesson_question *q);
enum trace_result book_result_of(const struct progress_answer *a);
/* An answer without its run. */
void book_stored(struct book *b, const struct book_lesson *l, size_t attempt, const struct progress_answer *row);
/* The lanes around event @decided, 0 = none; @asked: the question's event, 0 = it is a bookmark. */
void book_put_lanes(struct book *b, const struct book_replay *r, uint64_t asked, uint64_t decided);

/* ---- the beginning of the book (summary.c) ---------------------------------------------------------- */

/* Notes the question of @row for the summary, unless the answer was right.  @question: its short text. */
void book_note_missed(struct book *b, const struct book_lesson *l, const char *link, const struct progress_answer *row,
		      const char *question);
void book_forget_missed(struct book *b);
/* "05 One runnable worker"; of a lesson that is gone its id. */
void book_title_of(const struct book_lesson *l, struct strbuf *out);
bool book_is_empty(const struct book_lesson *l);	/* no answers and no bookmarks */
/* Scores, the lessons if there are several, and the missed questions, which must have been noted before. */
void book_summary(struct book *b);

#endif
