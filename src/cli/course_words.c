/*
 * cli/course_words.c - the headings of a course in the language of the texts.
 *
 * A lesson's title is in its translation.  The titles of the course and of its parts are in a file
 * beside course.lua, for example lessons/course.de.lua: parts in the order of the contents page.
 *
 * Lives here:   which heading has which key.
 * Never here:   reading the course (lua/course.c), the texts of a run (model/lesson.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "words/lesson_words.h"

static void replace(char *buf, size_t size, const char *text)
{
	if (text)
		snprintf(buf, size, "%s", text);
}

/* A question in lists: its short text, or all of it, whose last sentence lists show. */
static void replace_step(const struct translation *t, struct course_step *step)
{
	const char *text = translation_text(t, "questions/%s/short", step->id);

	if (!text)
		text = translation_text(t, "questions/%s/1", step->id);
	if (text && strlen(text) >= sizeof(step->text))		/* lists show its end, where the question is */
		text += strlen(text) - sizeof(step->text) + 1;
	while (text && ((unsigned char)*text & 0xc0) == 0x80)
		text++;
	replace(step->text, sizeof(step->text), text);
}

static void replace_lesson(struct course_lesson *l)
{
	struct translation t;

	if (!l->path[0] || !words_lesson_translation(l->path, l->id, &t))
		return;
	replace(l->title, sizeof(l->title), translation_text(&t, "title"));
	replace(l->question, sizeof(l->question), translation_text(&t, "question"));
	for (unsigned int i = 0; l->step && i < l->questions + l->cards; i++)
		if (l->step[i].question)
			replace_step(&t, &l->step[i]);
	translation_fini(&t);
}

/* The lessons of a part follow each other or not: a part has the number of the first lesson in it. */
static void replace_parts(const struct translation *t, struct course *c)
{
	static char english[COURSE_LESSONS_MAX][sizeof(c->lessons[0].part)];
	size_t nr = 0, k;

	for (size_t i = 0; i < c->nr; i++) {
		char *part = c->lessons[i].part;

		if (!*part)
			continue;
		for (k = 0; k < nr && strcmp(english[k], part) != 0; k++)
			;
		if (k == nr)
			memcpy(english[nr++], part, sizeof(english[0]));
		replace(part, sizeof(c->lessons[i].part), translation_text(t, "parts/%zu", k + 1));
	}
}

void cli_course_words(struct course *c)
{
	char path[sizeof(c->dir) + 16];
	struct translation t;

	for (size_t i = 0; i < c->nr; i++)
		replace_lesson(&c->lessons[i]);
	snprintf(path, sizeof(path), "%s/course.lua", c->dir);
	if (!words_lesson_translation(path, "course", &t))
		return;
	replace(c->title, sizeof(c->title), translation_text(&t, "title"));
	replace_parts(&t, c);
	translation_fini(&t);
}
