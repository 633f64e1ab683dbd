/*
 * classroom/attempt.h - a run of a lesson as the rows that are kept of it.
 *
 * Lives here:   from events and inputs to an attempt and its answers.
 * Never here:   the file (progress.h), when something is written (cli/session.c).
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_ATTEMPT_H
#define KW_CLASSROOM_ATTEMPT_H

#include "base/strbuf.h"
#include "classroom/progress.h"
#include "run/run.h"

/* The run's variant, seed and options into @a: with course and lesson, what progress_resume() compares. */
void attempt_of_spec(struct progress_attempt *a, const struct run_spec *spec);

/*
 * attempt_read - inputs, questions and end of @run into @a, and its answers that have a verdict
 * @a:       .inputs is freed and replaced
 * @answers: malloc'ed, in the order of their verdicts; days are left 0
 * Return: how many answers, or -ENOMEM with @a unchanged.
 */
int64_t attempt_read(struct progress_attempt *a, struct run *run, struct progress_answer **answers);

/*
 * attempt_drop_gone - removes inputs to questions that a lesson's text no longer has
 * @text: the lesson's file; a question is there if its id stands in quotes
 * @gone: the ids that were dropped, ", " between them
 * Ids that are only numbers of order ("q3": the author gave none) are kept.
 */
void attempt_drop_gone(struct run_inputs *in, const char *text, struct strbuf *gone);

#endif
