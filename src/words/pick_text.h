/*
 * words/pick_text.h - texts about questions in which the student points.
 *
 * Lives here:   titles, tries, prompts and refusals of such a question; a candidate in words.
 * Never here:   sentences of events (sentence.h), the list of candidates (model/lesson.h).
 * Licence: MIT.
 */
#ifndef KW_WORDS_PICK_TEXT_H
#define KW_WORDS_PICK_TEXT_H

#include "words/lesson_text.h"

/* "point at the event · 5 of 7"; @at from 1, 0 = the cursor is on none. */
void words_pick_title(const struct lesson_question *q, unsigned int at, struct strbuf *out);
/* "second try: half the points"; "" where a question is asked once. */
void words_pick_try(const struct lesson_question *q, struct strbuf *out);
void words_pick_prompt(const struct lesson_question *q, struct strbuf *out);
void words_pick_refused(const struct lesson_question *q, struct strbuf *out);
/* "Points: 4½ of 6.", for predictions with the reason; nothing if the questions give none. */
void words_points(const struct lesson *l, struct strbuf *out);
/* Of the candidate at index @i: "no. 5 (3.003 ms)", its place among the events, "line 6: in-flight: w0", or the thing's name. */
void words_candidate(struct words_payload *p, const struct lesson_question *q, unsigned int i);
#endif
