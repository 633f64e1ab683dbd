/*
 * model/lesson.h - the lesson's state, computed from its events; nothing else decodes these.
 *
 * Cards, questions, choices, hints, answers, verdicts, score, the view that the lesson
 * asked for, interrupts by hand.  Both front ends, progress, explore and the tests use
 * it.  It grows with a store, so a recording and a current run are read in the same way.
 *
 * Texts are payloads (base/markup.h) in the store's log, valid as long as the store, or in
 * another language (lesson_in_language()), valid as long as the lesson.  A question that is
 * asked again keeps its row, which is reset.
 *
 * Lives here:   cards, questions, answers and verdicts, by event number.
 * Never here:   sentences (words/), judging (the Lua library), keys, drawing.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_MODEL_LESSON_H
#define KW_MODEL_LESSON_H

#include "base/strbuf.h"
#include "model/lesson_limits.h"
#include "model/translation.h"
#include "trace/trace.h"

enum lesson_card_kind { CARD_SAY, CARD_ASK, CARD_VERDICT, CARD_RECAP, CARD_FAULT, CARD_END, CARD_OUTSIDE };

struct lesson_look {
	uint32_t cls, id;		/* enum trace_class */
};

struct lesson_verdict {
	uint64_t n;			/* its event, 0 = none yet */
	enum trace_result result;
	uint64_t evidence;		/* event that decided, 0 = none */
	const char *happened;		/* in the form of an answer; words in old recordings */
	const char *feedback[LESSON_FEEDBACKS_MAX];
	unsigned int feedback_of[LESSON_FEEDBACKS_MAX];	/* place of its choice, from 1, or LESSON_WRONG_FROM + its place in wrong = */
	unsigned int nr_feedback;
	const char *why, *rule;		/* "" = none */
};

struct lesson_card {
	enum lesson_card_kind kind;
	uint64_t n;			/* its event */
	uint64_t wait;			/* the WAIT_INPUT that belongs to it, 0 = none (yet) */
	uint64_t at;			/* CARD_SAY: event to go to, 0 = stay */
	uint32_t question;		/* ASK, VERDICT: its number */
	uint32_t ordinal;		/* ASK, VERDICT: number of the try, from 1 */
	struct lesson_look look[LESSON_LOOKS_MAX];
	uint32_t nr_looks;
	const char *text;		/* payload; of CARD_VERDICT "" */
	const char *id;			/* of CARD_SAY, given by the author; "" = none */
	const char *given;		/* of CARD_VERDICT: the answer, ... */
	struct lesson_verdict verdict;	/* ... and the verdict on it; the question's own ones are reset if it is asked again */
	bool press;			/* of CARD_SAY: it asks for interrupts by hand, which are inputs of the run */
};

struct lesson_choice {
	const char *text;		/* payload */
	const char *id;			/* "" in old recordings, which have none */
	bool world;			/* a second run under this choice's belief can be shown */
	bool world_at_end;		/* ... but only at the lesson's end: a later question asks what it shows */
	bool shows_threads;		/* the number of threads is to be shown first */
};

/* The things of a run that a question lets the student point at. */
enum lesson_pick { PICK_NONE, PICK_EVENT, PICK_ITEM, PICK_WORKER, PICK_CPU, PICK_LINE, PICK_NR };

struct lesson_candidate {
	const char *word;		/* inputs name it by these .word_len bytes; an event and a line by .n */
	unsigned int word_len;
	uint32_t cls, id;		/* of an item, worker or CPU */
	uint64_t n;			/* of an event; the number of a line */
	uint64_t time;			/* of an event */
	const char *text;		/* payload; "" = an event, whose sentence the reader makes */
};

struct lesson_report {
	const char *title;		/* "" = there is none */
	const char **line;		/* [0 .. nr - 1] */
	size_t nr, cap;
	size_t heading;			/* lines at its top that stay in view and cannot be picked */
	const char *name[LESSON_REPORT_NAMES_MAX];	/* "fn2=w0": names of the report in the run */
	unsigned int nr_names;
};

struct lesson_question {
	uint32_t number;		/* from 1 */
	uint64_t asked;			/* event of the last ASK, 0 = this row is unused */
	enum trace_ask kind;
	bool predict, pin;
	char id[LESSON_ID_BYTES_MAX * 2];
	const char *text, *unit, *brief;	/* "" = none */
	double within;			/* distance within which a number is right */
	bool moves;			/* the right answer may differ between schedules */
	struct lesson_choice choice[LESSON_FLAGS_MAX];
	unsigned int nr_choices;
	unsigned int hints;		/* number of its hints */
	const char *hint[LESSON_HINTS_MAX];
	uint64_t hint_ev[LESSON_HINTS_MAX];
	unsigned int hints_shown;
	uint64_t answered;		/* event of the last answer, 0 = none yet */
	const char *given;		/* choice ids, number or words; "" before the answer */
	bool given_words;		/* an old recording: .given and .happened are words as shown */
	unsigned int nr_answers, sure;
	bool scored;
	struct lesson_verdict verdict;	/* of the last try */
	uint64_t first_judged;		/* event of the first try's verdict, 0 = none */
	bool first_right;
	const char *shown;		/* right answer that the verdict of an earlier try has shown; "" = none */
	enum lesson_pick pick;		/* PICK_NONE: nothing is picked */
	unsigned int pick_count;	/* number of things to pick */
	bool pick_ordered;
	struct lesson_candidate *candidate;	/* in the order shown; owned */
	size_t nr_candidates, cap_candidates;
	struct lesson_report report;	/* its lines are the candidates of PICK_LINE; owned */
	unsigned int tries;		/* at most; 0 = no bound */
	unsigned int half_points;	/* for a right answer at the first try; 0 = none are given */
	unsigned int half_points_given;	/* for the last try, less the hints that were shown before it */
	unsigned int hint_halves;	/* cost of a hint */
};

/* A view that the lesson opened. */
struct lesson_show {
	uint64_t n;			/* event */
	const char *view;
};

/*
 * Reads the translation of lesson @id, or of the lesson's file @path ("" = unknown).
 * Return: false with an empty *@out: there is none.
 */
typedef bool (*lesson_translation_fn)(const char *path, const char *id, struct translation *out);

struct lesson {
	const struct trace_store *store;
	uint64_t n;			/* events read */
	struct lesson_card *card;
	size_t nr_cards, cap_cards;
	struct lesson_question *question;	/* by number; row 0 is unused */
	size_t nr_questions, cap_questions;
	char id[64], title[256], about[512];	/* about: the lesson's own question */
	uint32_t questions;		/* that its text has; 0 = unknown */
	uint64_t begun;			/* event of LESSON, 0 = there is no lesson (yet) */
	enum trace_exercise_kind exercise;	/* 0 = a lesson */
	unsigned int exercise_halves;	/* points of an exercise that asks, in halves; 0 = not such an exercise */
	struct lesson_show *show;	/* in the order of their events */
	size_t nr_shows, cap_shows;
	uint64_t by_hand;		/* last interrupt by hand: the events after it are a branch of the run; 0 = none */
	bool ended;
	uint32_t end_right, end_wrong;	/* as LESSON_END reports them */
	struct lesson_look look[LESSON_LOOKS_MAX];	/* in force */
	uint32_t nr_looks;
	struct lesson_verdict coming;	/* texts of the verdict that follows */
	char **made;			/* texts that are not in the log: translated ones, and from verdicts of earlier recordings; owned */
	size_t nr_made;
	lesson_translation_fn find;	/* NULL: the texts stay as the events have them */
	const char *path;
	struct translation translation;	/* of this lesson; .nr 0 = there is none */
};

/* The points of the questions asked so far. */
struct lesson_points {
	unsigned int halves, of;	/* reached, and those that can be reached; in halves; both 0: none are given */
	unsigned int questions, answered;	/* asked; with an answer */
	unsigned int right;		/* with a right first answer */
	bool for_being_made;		/* predictions have them, right or wrong */
};

void lesson_init(struct lesson *l, const struct trace_store *store);
/*
 * lesson_in_language - show the texts of a translation that @find finds
 * Call it after lesson_init() and before events are read.  Ids, answers and verdicts do not
 * change.  @path is borrowed.
 */
void lesson_in_language(struct lesson *l, lesson_translation_fn find, const char *path);
void lesson_fini(struct lesson *l);
/* Reads the new events of the store.  Return: 0, or -ENOMEM. */
int lesson_grow(struct lesson *l);
/* Reads up to event @n only, for a reader that steps through a recording. */
int lesson_grow_to(struct lesson *l, uint64_t n);

/* The last card at or before event @n, NULL if there is none. */
const struct lesson_card *lesson_card_at(const struct lesson *l, uint64_t n);
/* The card whose WAIT_INPUT is event @wait, NULL if there is none. */
const struct lesson_card *lesson_card_waiting(const struct lesson *l, uint64_t wait);
/* The last view that was opened at or before event @n, NULL if there is none. */
const struct lesson_show *lesson_show_at(const struct lesson *l, uint64_t n);
const struct lesson_question *lesson_question(const struct lesson *l, uint32_t number);
/* The question of a card with the answer and the verdict of that card's try; @room may be used for it.  NULL: none. */
const struct lesson_question *lesson_question_of(const struct lesson *l, const struct lesson_card *card,
						 struct lesson_question *room);
/* The question whose verdict came last, NULL if none has come. */
const struct lesson_question *lesson_last_judged(const struct lesson *l);
const struct lesson_question *lesson_question_by_id(const struct lesson *l, const char *id);
/*
 * lesson_points - the points of a run
 * A prediction has all of its points once it is made.  A question has all, half or none of its points
 * for a right answer at the first, second or a later try, less the cost of the hints.  In an
 * exercise .of is the exercise's points, in a lesson the sum of the questions.
 */
void lesson_points(const struct lesson *l, struct lesson_points *out);
/* *@judged: questions judged at or before event @n; *@right: those with a right first answer. */
void lesson_score(const struct lesson *l, uint64_t n, unsigned int *judged, unsigned int *right);

/* ---- answers: choices by number, letter or id ------------------------------------------ */

enum trace_ask_form lesson_form(const struct lesson_question *q);
/*
 * The choice named by @word: by its id, its number as shown ("2"), its letter ("b"), or in an
 * old recording by its words.  Return: index from 0, or -1.
 */
int lesson_choice(const struct lesson_question *q, const char *word, size_t len);
/*
 * lesson_read_answer - convert a typed answer to the form of inputs
 * @value: choice ids separated by blanks, "none" for no tick at all, a number, or the words
 * Return: true; false with @value unchanged if it is not an answer to @q.
 */
bool lesson_read_answer(const struct lesson_question *q, const char *typed, struct strbuf *value);
/*
 * The choices that an answer names, as a bit mask and in @order (may be NULL); 0 for a form
 * without choices.
 */
uint32_t lesson_chosen(const struct lesson_question *q, const char *given, unsigned int order[LESSON_FLAGS_MAX]);
/* An answer of the right form, a different one for each @pick; for a number, @pick itself. */
void lesson_some_answer(const struct lesson_question *q, uint64_t pick, struct strbuf *value);
/*
 * The same answer, although the schedule is another one?  Numbers are compared within the
 * question's distance; with @jitter a time is another one in each run and is not compared.
 * "" = the run did not decide it.
 */
bool lesson_same_answer(const struct lesson_question *q, const char *was, const char *is, bool jitter);
/* ---- picks: things by word or by place -------------------------------------------------------- */

#define LESSON_WORD_MAX (LESSON_CHOICE_ID_BYTES_MAX + 1)

/* Can a student point at this event? */
bool lesson_tells(const struct trace_event *ev);
/* The word that inputs name it by. */
const char *lesson_candidate_word(const struct lesson_candidate *c, char buf[LESSON_WORD_MAX]);
/*
 * The candidate named by @word: by its word, with @places first by its place as shown (from 1), and by
 * a worker's name without "kworker/".  Return: index from 0, or -1.
 */
int lesson_candidate(const struct lesson_question *q, const char *word, size_t len, bool places);
/* The candidates that an answer names, in its order; return: their number, at most @max. */
unsigned int lesson_picked(const struct lesson_question *q, const char *given, unsigned int *which, unsigned int max);
/* The try that is due, from 1. */
unsigned int lesson_try(const struct lesson_question *q);
/* Of the half points @halves a right answer at try @attempt gives all, half or none, less @cost, that of its hints. */
unsigned int lesson_half_points(unsigned int halves, unsigned int attempt, unsigned int cost);
/* For the reducer: @text of a QUESTION_TEXT event of these parts.  Return: 0, or -ENOMEM. */
int lesson_pick_part(struct lesson_question *q, const struct trace_store *s, uint64_t begun, enum trace_question_part part,
		     uint32_t index, const char *text);
void lesson_pick_fini(struct lesson_question *q);

/* Its id, or in an old recording its number as shown. */
const char *lesson_choice_id(const struct lesson_question *q, unsigned int choice, char buf[16]);

#endif
