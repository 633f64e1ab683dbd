/*
 * exercise/answers.c - one run of an exercise with a student's answers, for its points.
 *
 * Lives here:   that run.
 * Never here:   checks (check.c), the points of one question (model/lesson.h).   Licence: MIT.
 */
#include "exercise/exercise_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words/texts.h"

int exercise_answers(const struct exercise *x, const struct run_inputs *inputs, uint64_t seed, struct lesson_points *out,
		     char *err, size_t err_size)
{
	struct run_spec spec = { .seed = seed, .variant = x->variant, .jitter = -1, .inputs = *inputs, .resumed = true };
	struct exercise_facts *facts = calloc(1, sizeof(*facts));
	int rc = facts ? 0 : -ENOMEM;

	memset(out, 0, sizeof(*out));
	err[0] = '\0';
	snprintf(spec.lesson, sizeof(spec.lesson), "%.1023s", x->path);
	if (!rc)
		rc = play_alone(x->script, &spec, facts);
	if (rc < 0)
		snprintf(err, err_size, W(EXERCISE_NO_RUN), strerror(-rc));
	else if (facts->faulty || facts->fault[0]) {
		snprintf(err, err_size, "%s", facts->faulty ? facts->faulty_text : facts->fault);
		rc = -EINVAL;
	}
	if (rc >= 0) {
		*out = facts->score;
		rc = 0;
	}
	free(facts);
	return rc;
}
