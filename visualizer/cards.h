/*
 * visualizer/cards.h - the lesson's words in a trace: cards, questions, verdicts.
 *
 * They are events like all others; this is an index over them, grown with the
 * store, so that the text panel is one more view of a recording.
 *
 * Lives here:   finding what is said, asked, answered and judged, by event number.
 * Never here:   drawing (view_text.c), judging (the run did), keys.
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_CARDS_H
#define KW_VISUALIZER_CARDS_H

#include "trace/trace.h"

#define CARD_CHOICES_MAX 12
#define CARD_HINTS_MAX 3
#define CARD_LOOKS_MAX 8

enum card_kind { CARD_SAY, CARD_ASK, CARD_VERDICT, CARD_RECAP, CARD_FAULT, CARD_END, CARD_OUTSIDE };

struct card {
	enum card_kind kind;
	uint64_t n;			/* its event */
	uint64_t wait;			/* the WAIT_INPUT that belongs to it, 0 = none (yet) */
	uint64_t at;			/* SAY: event to go to, 0 = stay */
	uint32_t question;		/* number; 0 = none */
	bool right;			/* VERDICT */
	uint64_t evidence;		/* VERDICT */
	uint32_t looks_cls[CARD_LOOKS_MAX], looks_id[CARD_LOOKS_MAX], nr_looks;
	const char *text;		/* in the log */
};

struct card_question {
	uint32_t number;
	uint64_t asked;			/* event, 0 = this row is unused */
	enum trace_ask kind;
	bool predict, pin;
	char id[64];
	const char *text;		/* behind the id line */
	const char *choice[CARD_CHOICES_MAX];
	bool world[CARD_CHOICES_MAX];
	unsigned int nr_choices;
	unsigned int hints;		/* how many there are */
	const char *hint[CARD_HINTS_MAX];
	uint64_t hint_ev[CARD_HINTS_MAX];
	unsigned int hints_shown;
	uint64_t answered, judged;	/* events of the last ANSWER and VERDICT, 0 = not yet */
	const char *given;
	unsigned int nr_answers;
	bool right;
};

struct cards {
	const struct trace_store *store;
	uint64_t n;			/* events looked at */
	struct card *v;
	size_t nr, cap;
	struct card_question *q;
	size_t nr_q, cap_q;
	/* LOOK events since the last card, for the card to come */
	uint32_t looks_cls[CARD_LOOKS_MAX], looks_id[CARD_LOOKS_MAX], nr_looks;
	char lesson_id[64], title[128], question[256];
	uint32_t questions;		/* in the lesson */
	uint64_t lesson_ev;
	const char *show;		/* view the lesson asked for last */
	uint64_t show_ev;
	unsigned int right, wrong, judged;
	bool ended;
};

void cards_init(struct cards *c, const struct trace_store *store);
void cards_fini(struct cards *c);
int cards_grow(struct cards *c);				/* 0 or -ENOMEM */
/* The last card at or before event @n, NULL if none. */
const struct card *cards_at(const struct cards *c, uint64_t n);
const struct card_question *cards_question(const struct cards *c, uint32_t number);
/* The card or question whose WAIT_INPUT is event @wait, NULL if none. */
const struct card *cards_waiting(const struct cards *c, uint64_t wait);
/* Questions judged, and right ones, by event @n. */
void cards_score(const struct cards *c, uint64_t n, unsigned int *judged, unsigned int *right);
/* Which choice an answer's text means ("2", "b" or the choice's own words), -1 = none. */
int cards_choice(const struct card_question *q, const char *given);
/* Value of key "happened" of a verdict's text (a key=value a line); false if it has none. */
bool cards_verdict_get(const char *text, const char *key, char *buf, size_t size);

#endif
