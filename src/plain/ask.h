/*
 * plain/ask.h - questions as lines: what is asked, what was typed, what it means.
 *
 * Lives here:   the questions of a run, numbered choices, reading an answer.
 * Never here:   who is asked when (plain.c), judging: verdicts are events.
 * Licence: MIT.
 */
#ifndef KW_PLAIN_ASK_H
#define KW_PLAIN_ASK_H

#include <stdio.h>

#include "base/strbuf.h"
#include "trace/trace.h"

#define PLAIN_QUESTIONS_MAX 256
#define PLAIN_CHOICES_MAX 32

struct plain_question {
	uint32_t number;			/* of the ASK event */
	uint32_t kind;				/* enum trace_ask */
	bool predict;
	char id[64];
	const char *text;			/* in the log: the question */
	const char *unit;			/* in the log, or NULL */
	const char *choice[PLAIN_CHOICES_MAX];	/* in the log, in the order shown */
	uint32_t choices, hints;
	char given[512];			/* as told to the run */
	uint32_t ordinal, hints_given;
	bool shown, judged, right;
};

struct plain_ask {
	struct plain_question *v[PLAIN_QUESTIONS_MAX];
	uint32_t nr, total, wrong_at_end;
	bool recorded;				/* nobody will be asked: questions are told as they come */
};

/* Takes an event that belongs to a question being put (ASK, CHOICE_TEXT); false: another event. */
bool plain_ask_note(struct plain_ask *a, const struct trace_event *ev);
struct plain_question *plain_ask_question(struct plain_ask *a, uint32_t number);
/* The log they lie in goes away: questions keep what was answered, and wait to be noted again. */
void plain_ask_forget(struct plain_ask *a);
void plain_ask_fini(struct plain_ask *a);

/* Question and numbered choices. */
void plain_ask_put(const struct plain_question *q, FILE *out, int columns);
const char *plain_ask_prompt(const struct plain_question *q);
const char *plain_ask_help(const struct plain_question *q);
/* Are words or a number the answer, so that commands need a colon? */
bool plain_ask_takes_words(const struct plain_question *q);
/* What was typed, in the form of run_answer().  -EINVAL: what is wrong, in @err. */
int plain_ask_value(struct plain_question *q, const char *typed, char *value, size_t size, char *err, size_t err_size);
/* "You said: 2, true then false." */
void plain_ask_tell_answer(struct plain_ask *a, const struct ev_ANSWER *e, FILE *out, int columns);
/* Value of "key=..." among the lines of a verdict's text; false: there is none. */
bool plain_ask_verdict_line(const char *text, const char *key, char *buf, size_t size);
/* The words of a verdict. */
void plain_ask_verdict(const struct trace_event *ev, FILE *out, int columns);

#endif
