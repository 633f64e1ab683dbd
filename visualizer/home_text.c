/*
 * visualizer/home_text.c - the sentences of home: where the student was, how many answers were right, what is due.
 *
 * The screen and the line mode show the same ones.
 *
 * Never here:   places on the screen (home_layout.c).   Licence: MIT.
 */
#include "visualizer/app.h"

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

unsigned int app_home_done(const struct app_home *h)
{
	unsigned int done = 0;

	for (size_t i = 0; i < h->nr; i++)
		done += h->lessons[i].state == APP_LESSON_DONE;
	return done;
}
