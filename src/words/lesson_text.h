/*
 * words/lesson_text.h - a lesson's questions, answers and verdicts as text, for both front ends.
 *
 * All texts are payloads (base/markup.h): the screen draws them with styles, the line mode
 * without.  A verdict names the answer and the event, each once.
 *
 * Lives here:   the sentences of questions, answers, verdicts and scores.
 * Never here:   lines and columns (base/wrap), colours, keys, what is shown when.
 * Context:      any thread; allocates nothing.   Licence: MIT.
 */
#ifndef KW_WORDS_LESSON_TEXT_H
#define KW_WORDS_LESSON_TEXT_H

#include "base/strbuf.h"
#include "model/lesson.h"

/* ---- payloads ---------------------------------------------------------------------- */

/*
 * Several payloads and literal words as one payload.  The names of one lesson mean the
 * same everywhere, so that their values can stand together.
 */
struct words_payload {
	struct strbuf *text;		/* the caller's; complete after words_payload_end() */
	char values[2048];
	size_t used;
};

void words_payload_begin(struct words_payload *p, struct strbuf *text);
void words_payload_literal(struct words_payload *p, const char *text);
void words_payload_add(struct words_payload *p, const char *payload);
void words_payload_end(struct words_payload *p);

/* A payload as plain text, appended. */
void words_plain(const char *payload, struct strbuf *out);

/* ---- questions ------------------------------------------------------------------------ */

/* "Predict (2 of 5)", "Question 3". */
void words_question_title(const struct lesson *l, const struct lesson_question *q, struct strbuf *out);
/* The line mode's prompt, with the unit of a number: "A number (ms)> ". */
void words_question_prompt(const struct lesson_question *q, struct strbuf *out);
/* One sentence: the keys or words to type. */
const char *words_question_help(const struct lesson_question *q);
/* One sentence for what lesson_read_answer() refused. */
void words_answer_refused(const struct lesson_question *q, struct strbuf *out);
/*
 * The question in one sentence, plain: the author's short text, else the last sentence that
 * asks, with the one before it if it has less than four words.
 */
void words_question_short(const struct lesson_question *q, struct strbuf *out);
/* The same of a question's text alone, @payload. */
void words_last_question(const char *payload, struct strbuf *out);
/* The same of a text as the lesson's file has it: the names in {braces} are left without them. */
void words_last_question_of_file(const char *text, struct strbuf *out);
/* An answer, or what happened, as a student reads it: choices by their text, a number with its unit. */
void words_answer(const struct lesson_question *q, const char *answer, struct strbuf *payload);

/* ---- verdicts --------------------------------------------------------------------------- */

enum words_verdict_part {
	VERDICT_RESULT,		/* "Right: 5 ms.", "Not quite. You answered: 4 ms.", "The author's answer:" */
	VERDICT_HAPPENED,	/* the right answer, if it differs from the given one */
	VERDICT_NAMES,		/* names of the report's line, and of the same things in the run */
	VERDICT_FEEDBACK,	/* the author to this answer; one for each wrong tick */
	VERDICT_PREDICATE,	/* the engine's decision, if the author has no feedback */
	VERDICT_WHY,		/* the author's explanation */
	VERDICT_RULE,		/* "Rule R4.3" */
};

/* "Right", "Not quite", "The author's answer". */
const char *words_result(enum trace_result result);
/*
 * words_verdict - line @i of the verdict on the last answer to @q, from 0
 * @titled: words_result() is shown already, as a title: the first line does without it
 * Return: false when there are no more lines.
 */
bool words_verdict(const struct trace_store *s, const struct lesson_question *q, bool titled, unsigned int i,
		   enum words_verdict_part *part, struct strbuf *payload);

/* "You got 4 of 5 right."; nothing when nothing was judged. */
void words_score(unsigned int right, unsigned int judged, struct strbuf *out);
/* "The exercise is over. You got 3 of 4 right." */
void words_ended(const struct lesson *l, unsigned int right, unsigned int judged, struct strbuf *out);

#endif
