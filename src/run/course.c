/*
 * run/course.c - a course that has been read: finding a lesson, freeing.
 *
 * Lives here:   finding a lesson or an exercise, lists of slugs, freeing the memory.
 * Never here:   reading it (lua/course.c).
 * Licence: MIT.
 */
#include "run/course.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct course_lesson *course_find(const struct course *c, const char *id)
{
	size_t i;

	for (i = 0; i < c->nr + c->nr_exercises; i++)
		if (!strcmp(c->lessons[i].id, id))
			return &c->lessons[i];
	return NULL;
}

const char *course_slug(const struct course_lesson *l)
{
	return l->kind[0] ? l->id + strlen(COURSE_EXERCISE) : l->id;
}

bool course_asks(const struct course_lesson *l)
{
	return !strcmp(l->kind, "predict") || !strcmp(l->kind, "observe") || !strcmp(l->kind, "dump");
}

size_t course_follows(const struct course *c, const struct course_lesson *x)
{
	for (size_t i = c->nr; i-- > 0;)
		if (course_list_has(x->needs, c->lessons[i].id))
			return i;
	return c->nr;
}

bool course_list_next(const char **list, char slug[64])
{
	size_t len;

	*list += strspn(*list, ", ");
	len = strcspn(*list, ", ");
	snprintf(slug, 64, "%.*s", (int)len, *list);
	*list += len;
	return len > 0;
}

bool course_list_has(const char *list, const char *slug)
{
	char one[64];

	while (course_list_next(&list, one))
		if (!strcmp(one, slug))
			return true;
	return false;
}

const char *course_id_of(const struct course *c, const char *id)
{
	const struct course_lesson *l = course_find(c, id);

	return l && l->course[0] ? l->course : c->id;
}

void course_free(struct course *c)
{
	for (size_t i = 0; i < c->nr + c->nr_exercises; i++)
		free(c->lessons[i].step);
	free(c->lessons);
	free(c->labs);
	memset(c, 0, sizeof(*c));
}
