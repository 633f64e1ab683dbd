/*
 * cli/lesson_state.h - what was done in one lesson: marks of its questions, and where it stands.
 *
 * The marks are those of the attempt with the most answers, the last of several, so a lesson
 * that is begun again keeps its marks until the new attempt has as many.
 *
 * Lives here:   reading the attempts at a lesson.
 * Never here:   texts, the list of lessons (session_home.c), SQL (classroom/).   Licence: MIT.
 */
#ifndef KW_CLI_LESSON_STATE_H
#define KW_CLI_LESSON_STATE_H

#include "classroom/progress.h"
#include "run/course.h"

struct lesson_mark {
	char question[64];
	int32_t right;			/* of the first answer: 1, 0; -1 = no verdict */
};

struct lesson_state {
	bool unfinished;		/* there is an attempt that can be resumed .. */
	unsigned int step;		/* .. at this step, from 1 */
	struct lesson_mark *mark;	/* in the order of the answers; malloc'ed */
	size_t nr_marks;
	int64_t day;			/* of the last input, 0 = unknown */
	int64_t last_answer;		/* row of the last answer in progress, 0 = none */
};

/*
 * lesson_state_read - the state of lesson @l
 * @want: course, lesson, variant, seed and options of the run that would be resumed
 * Return: 0 or -errno.  Owner: lesson_state_fini().
 */
int lesson_state_read(struct progress *p, const struct course_lesson *l, const struct progress_attempt *want,
		      struct lesson_state *out);
void lesson_state_fini(struct lesson_state *s);
/* The mark of question @id; NULL = it was not answered. */
const struct lesson_mark *lesson_state_mark(const struct lesson_state *s, const char *id);

#endif
