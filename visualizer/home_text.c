/*
 * visualizer/home_text.c - questions about the course at home, and its sentences: where the student was, what is due.
 *
 * The screen and the line mode show the same ones.
 *
 * Never here:   places on the screen (home_layout.c).   Licence: MIT.
 */
#include "visualizer/app.h"

#include <string.h>

#include "visualizer/keys.h"
#include "words/texts.h"

const struct app_lesson *app_home_next(const struct app_home *h)
{
	const struct app_lesson *end = h->lessons + h->nr;

	if (!h->last)
		return h->nr ? h->lessons : NULL;
	if (h->last->step || h->last->state != APP_LESSON_DONE)
		return h->last;
	for (const struct app_lesson *l = h->last + 1; l < end; l++)
		if (l->state != APP_LESSON_DONE || l->step)
			return l;
	return NULL;
}

void app_home_last(const struct app_home *h, bool enter, struct strbuf *out)
{
	const struct app_lesson *l = h->last, *next = app_home_next(h);

	if (!l && enter && next)
		key_printf(out, IN_HOME, W(HOME_LAST_NONE_ENTER), next->title);
	else if (!l)
		strbuf_puts(out, W(HOME_LAST_NONE));
	else if (l->step)
		key_printf(out, IN_HOME, enter ? W(HOME_LAST_GO_ON) : W(HOME_LAST_AT), l->title, l->step, l->steps);
	else if (l->state != APP_LESSON_DONE)
		key_printf(out, IN_HOME, enter ? W(HOME_LAST_OTHER_ENTER) : W(HOME_LAST_OTHER), l->title);
	else if (next)
		key_printf(out, IN_HOME, enter ? W(HOME_LAST_NEXT_ENTER) : W(HOME_LAST_NEXT), l->title, next->title);
	else
		strbuf_printf(out, W(HOME_LAST_DONE), l->title);
}

void app_home_score(const struct app_home *h, struct strbuf *out)
{
	if (!h->judged)
		strbuf_puts(out, W(HOME_SCORE_NONE));
	else if (h->due)
		key_printf(out, IN_HOME, h->due == 1 ? W(HOME_SCORE_DUE_ONE) : W(HOME_SCORE_DUE), h->right, h->judged, h->due);
	else if (h->returns[0])
		strbuf_printf(out, W(HOME_SCORE_RETURNS), h->right, h->judged, h->judged - h->right, h->returns);
	else if (h->right == h->judged)
		strbuf_printf(out, W(HOME_SCORE), h->right, h->judged);
	else
		strbuf_printf(out, W(HOME_SCORE_MISSED), h->right, h->judged, h->judged - h->right);
}

unsigned int app_done(const struct app_lesson *exercise, unsigned int nr)
{
	unsigned int done = 0;

	for (unsigned int i = 0; i < nr; i++)
		done += exercise[i].state == APP_LESSON_DONE;
	return done;
}

unsigned int app_home_done(const struct app_home *h)
{
	return app_done(h->lessons, (unsigned int)h->nr);
}

unsigned int app_home_exercises(const struct app_home *h, unsigned int *done)
{
	unsigned int nr = h->nr_others;

	*done = app_done(h->others, h->nr_others);
	for (size_t i = 0; i < h->nr; i++) {
		nr += h->lessons[i].nr_exercises;
		*done += app_done(h->lessons[i].exercise, h->lessons[i].nr_exercises);
	}
	return nr;
}

const char *app_exercise_name(const struct app_lesson *x)
{
	const char *slash = strrchr(x->id, '/');

	return x->label && *x->label ? x->label : slash ? slash + 1 : x->id;
}

/* ---- the rows of the list ------------------------------------------------------------------------ */

unsigned int app_home_nr_exercises(const struct app_home *h, size_t lesson)
{
	return lesson < h->nr ? h->lessons[lesson].nr_exercises : h->nr_others;
}

const struct app_lesson *app_home_at(const struct app_home *h, size_t lesson, unsigned int number)
{
	if (lesson > h->nr || number > app_home_nr_exercises(h, lesson) || (lesson == h->nr && !number))
		return NULL;
	if (!number)
		return &h->lessons[lesson];
	return lesson < h->nr ? &h->lessons[lesson].exercise[number - 1] : &h->others[number - 1];
}

bool app_home_find(const struct app_home *h, const char *id, size_t *lesson, unsigned int *number)
{
	for (size_t i = 0; i <= h->nr; i++)
		for (unsigned int k = 0; k <= app_home_nr_exercises(h, i); k++) {
			const struct app_lesson *l = app_home_at(h, i, k);

			if (!l || strcmp(l->id, id) != 0)
				continue;
			*lesson = i;
			*number = k;
			return true;
		}
	return false;
}
