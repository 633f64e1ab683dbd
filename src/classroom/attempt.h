/*
 * classroom/attempt.h - makes the rows of an attempt from a run of a lesson.
 *
 * An attempt is one student's run of a lesson, as the progress file keeps it.  These functions
 * copy inputs, answers and the end of a run into the rows of an attempt.  They also remove
 * inputs to questions that a changed lesson no longer has, and collect first answers of several attempts.
 *
 * Lives here:   an attempt and its answers from events and inputs.
 * Never here:   the file (progress.h), the time of a save (cli/session.c).
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_ATTEMPT_H
#define KW_CLASSROOM_ATTEMPT_H

#include "base/strbuf.h"
#include "classroom/progress.h"
#include "run/run.h"

/* Copies variant, seed and options of the run to @a; progress_resume() compares them, course and lesson. */
void attempt_of_spec(struct progress_attempt *a, const struct run_spec *spec);

/*
 * attempt_read - copy inputs, number of questions and end of @run to @a, and list its judged answers
 * @a:       .inputs is freed and replaced
 * @answers: malloc'ed, in the order of their verdicts; .day is 0
 * Return: the number of answers, or -ENOMEM with @a unchanged.
 */
int64_t attempt_read(struct progress_attempt *a, struct run *run, struct progress_answer **answers);

/*
 * attempt_drop_gone - remove inputs to questions that the lesson's text no longer has
 * @text: the lesson's file; it has a question if it contains the id in quotes
 * @gone: the removed ids, separated by ", "
 * Inputs to questions without an id of the author ("q3": the third question) are kept.
 */
void attempt_drop_gone(struct run_inputs *in, const char *text, struct strbuf *gone);

/*
 * attempt_first_answers - what a student hands in of an exercise: the first answers to each question
 * @course, @lesson: as in struct progress_attempt
 * @out:  the inputs of the first attempt with an answer, and from later attempts at the same run those of
 *        questions that none before has answered; without any answer the inputs of the first attempt
 * @seed: of these attempts; unchanged if there is none
 * Runs with another machine than the exercise's are left out.
 * Return: 0 or -errno.  Owner: the caller frees @out in every case.
 */
int attempt_first_answers(struct progress *p, const char *course, const char *lesson, uint64_t variant, struct run_inputs *out,
			  uint64_t *seed);

#endif
