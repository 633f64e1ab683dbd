/*
 * check/names.c - names in a lesson that mean something outside it.
 *
 * Rules, errata and the checklist are pages of docs/, which the program reads for its own
 * help.  Scenarios are rows of scenarios.def.  Lessons are those of the course, or the files
 * beside the lesson.
 *
 * Never here:   names of the scene, which the lesson's own run resolves.   Licence: MIT.
 */
#include "check/check_internal.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "words/texts.h"
#include "words/topics.h"

static const char *const scenarios[] = {
#define SCENARIO(name) #name,
#include "check/scenarios.def"
#undef SCENARIO
};
#define NR_SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

static bool is_topic(const char *name, enum topic_kind kind)
{
	const struct topic *hit[8];
	size_t n = topics_find(name, hit, 8);

	for (size_t i = 0; i < n && i < 8; i++)
		if (hit[i]->kind == kind)
			return true;
	return false;
}

static bool is_scenario(const char *name)
{
	for (size_t i = 0; i < NR_SCENARIOS; i++)
		if (!strcmp(scenarios[i], name))
			return true;
	return false;
}

/* NULL: it exists, or the page with the names of that kind could not be read. */
static const char *unknown_name(const char *kind, const char *name)
{
	size_t nr;

	topics_all(&nr);
	if (!strcmp(kind, "scenario"))
		return is_scenario(name) ? NULL : W(CHECK_NO_SCENARIO);
	if (!nr)
		return NULL;
	if (!strcmp(kind, "rule"))
		return is_topic(name, TOPIC_RULE) ? NULL : W(CHECK_NO_RULE);
	if (!strcmp(kind, "erratum"))
		return is_topic(name, TOPIC_ERRATUM) ? NULL : W(CHECK_NO_ERRATUM);
	if (!strcmp(kind, "point"))
		return is_topic(name, TOPIC_POINT) ? NULL : W(CHECK_NO_POINT);
	return NULL;
}

static void place_name(const struct check *c, const char *name, const char *question, unsigned int *line,
		       unsigned int *col)
{
	unsigned int from = 1, first;
	char text[80];

	if (*question)
		place_question(c, question, &from, &first);
	snprintf(text, sizeof(text), "\"%s\"", name);
	if (place_find(c->source, from, text, line, col) || place_find(c->source, from, name, line, col))
		return;
	*line = from;
	*col = 1;
}

/* A file NN-SLUG.lua or SLUG.lua beside the lesson, or for an exercise's folder among the lessons. */
static bool file_beside(const char *path, const char *slug)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;
	char pattern[1200];
	bool found = false;

	for (size_t i = 0; i < 4 && !found; i++) {
		glob_t files = { 0 };

		snprintf(pattern, sizeof(pattern), "%.*s%s%s%s.lua", folder, path, i & 2 ? "../../lessons/" : "", i & 1 ? "[0-9]*-" : "", slug);
		found = glob(pattern, GLOB_NOSORT, NULL, &files) == 0;
		globfree(&files);
	}
	return found;
}

static void check_needed(struct check *c, const char *slug)
{
	const struct course *course = c->o->course;
	struct nearest near = { .typed = slug };
	unsigned int line, col;
	char fix[400];

	if ((course && course_find(course, slug)) || file_beside(c->path, slug))
		return;
	place_name(c, slug, "", &line, &col);
	if (course && course_list_has(course->planned, slug)) {
		check_find(c, CHECK_PLANNED, "", line, col, -1, W(CHECK_FIX_PLANNED), W(CHECK_IS_PLANNED), slug);
		return;
	}
	for (size_t i = 0; course && i < course->nr; i++)
		nearest_offer(&near, course->lessons[i].id);
	if (nearest_best(&near))
		snprintf(fix, sizeof(fix), W(CHECK_FIX_NEAR), nearest_best(&near));
	else
		snprintf(fix, sizeof(fix), "%s", W(CHECK_FIX_NO_SUCH_LESSON));
	check_find(c, CHECK_NO_SUCH_LESSON, "", line, col, -1, fix, W(CHECK_NO_LESSON), slug);
}

static void check_name(struct check *c, const struct report_line *line, const char *name)
{
	const char *wrong = unknown_name(line->kind, name);
	unsigned int at, col;

	if (!wrong)
		return;
	place_name(c, name, line->question, &at, &col);
	check_find(c, CHECK_NO_SUCH_NAME, line->question, at, col, -1, W(CHECK_FIX_NO_SUCH_NAME), "%s: '%s'", wrong, name);
}

void check_names(struct check *c)
{
	const char *at = c->report[0];
	struct report_line line;
	char name[128];

	while (report_next(&at, &line)) {
		snprintf(name, sizeof(name), "%.*s", (int)line.len, line.text);
		if (!strcmp(line.kind, "needs"))
			check_needed(c, name);
		else
			check_name(c, &line, name);
	}
	if (c->o->question && report_has(c->report[0], "ended", "", "")) {
		for (size_t i = 0; i < c->result->nr_questions; i++)
			if (!strcmp(c->result->question[i].id, c->o->question))
				return;
		check_find(c, CHECK_NO_SUCH_QUESTION, "", 1, 1, -1, W(CHECK_FIX_NO_SUCH_QUESTION), W(CHECK_NO_QUESTION),
			   c->o->question);
	}
}
