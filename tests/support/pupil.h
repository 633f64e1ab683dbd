/*
 * tests/support/pupil.h - a lesson or a scenario from beginning to end, in this process.
 *
 * The pupil answers each question with its first choice, or with its last one, and goes on at
 * each card.  The events are in .store afterwards.
 *
 * Lives here:   a run with its answers.
 * Never here:   frames, expectations.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_PUPIL_H
#define KW_TESTS_SUPPORT_PUPIL_H

#include "model/lesson.h"
#include "run/run.h"
#include "trace/trace.h"

struct pupil {
	struct trace trace;
	struct trace_store store;
	struct lesson lesson;
	bool wrong;			/* answers with the last choice, else with the first one */
	struct run_inputs inputs;
};

/* Return: 0, or the status of script_run(), or -errno.  pupil_close() in each case. */
int pupil_run_lesson(struct pupil *p, const char *path, uint64_t variant, bool wrong);
/* The inputs of @real again, in the world of choice @choice (1, 2, .. as shown) of question number @question. */
int pupil_run_world(struct pupil *p, const struct pupil *real, const char *path, uint32_t question, uint32_t choice);
/* A scenario that needs another machine gives no events. */
int pupil_run_scenario(struct pupil *p, const char *path, uint64_t seed);
void pupil_close(struct pupil *p);

#endif
