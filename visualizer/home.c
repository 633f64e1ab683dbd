/*
 * visualizer/home.c - see home.h.   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* strcasestr() */
#endif
#include "visualizer/home.h"

#include <stdlib.h>
#include <string.h>

#include "visualizer/commands.h"
#include "visualizer/free_play.h"
#include "visualizer/work.h"

#define PAGE 10

void home_read(struct ui *u)
{
	if (!u->opts->cb.home)
		return;
	u->home_err[0] = '\0';
	memset(&u->home, 0, sizeof(u->home));
	u->opts->cb.home(u->opts->cb.arg, &u->home, u->home_err, sizeof(u->home_err));
	if (u->home_sel >= u->home.nr)
		u->home_sel = 0;
	command_show_complaint(u);
}

void home_select(struct ui *u, const char *id)
{
	for (unsigned int i = 0; i < u->home.nr; i++)
		if (!strcmp(u->home.lessons[i].id, id))
			u->home_sel = i;
}

unsigned int ui_home(struct ui *u)
{
	const struct scene *s = ui_run_scene(u);
	char left[sizeof(s->id)] = "";

	if (u->work) {
		if (!u->at_home && work_back(u))
			return EFF_DRAW;
		return EFF_LEAVE;
	}
	command_report_progress(u);
	if (!u->opts->cb.home || u->opts->lesson || u->opts->spec || u->opts->store || u->opts->practise)
		return EFF_LEAVE;	/* opened from the command line: that is where we go back to */
	if (s)
		memcpy(left, s->id, sizeof(left));
	ui_set_scene(u, NULL);
	home_read(u);
	if (*left)
		home_select(u, left);
	else if (app_home_next(&u->home))
		u->home_sel = (unsigned int)(app_home_next(&u->home) - u->home.lessons);
	return EFF_DRAW;
}

/* ---- the cursor ------------------------------------------------------------------------ */

static unsigned int move(struct ui *u, int by)
{
	int sel = (int)u->home_sel + by;

	u->home_sel = sel < 0 || !u->home.nr ? 0 : sel >= (int)u->home.nr ? (unsigned int)u->home.nr - 1 : (unsigned int)sel;
	return EFF_DRAW;
}

static unsigned int find(struct ui *u, int direction)
{
	if (!*u->search) {
		ui_say(u, W(SAY_NO_SEARCH));
		return EFF_DRAW;
	}
	for (size_t i = 1; i <= u->home.nr; i++) {
		size_t at = (u->home_sel + (direction > 0 ? i : u->home.nr - i)) % u->home.nr;
		const struct app_lesson *l = &u->home.lessons[at];

		if (strcasestr(l->title ? l->title : l->id, u->search) || strcasestr(l->id, u->search) ||
		    (l->question && strcasestr(l->question, u->search))) {
			u->home_sel = (unsigned int)at;
			return EFF_DRAW;
		}
	}
	ui_say(u, W(SAY_NOT_FOUND), u->search);
	return EFF_DRAW;
}

/* The lesson whose label is this number; false: there is none. */
static bool select_number(struct ui *u, unsigned long number)
{
	for (unsigned int i = 0; i < u->home.nr; i++) {
		const char *label = u->home.lessons[i].label;
		char *end;

		if (!label || !*label || strtoul(label, &end, 10) != number || *end)
			continue;
		u->home_sel = i;
		return true;
	}
	return false;
}

/* A digit chooses the lesson of that number; two in a row may be one number. */
static unsigned int digit_typed(struct ui *u, unsigned int digit)
{
	unsigned int before = u->home_number;

	u->home_number = before * 10 + digit;
	if (before && before < 100 && select_number(u, u->home_number))
		return EFF_DRAW;
	u->home_number = digit;
	if (!select_number(u, digit))
		ui_say(u, W(SAY_NO_LESSON_NUMBER), digit);
	return EFF_DRAW;
}

/* ---- its commands ------------------------------------------------------------------------ */

static unsigned int restart(struct ui *u, const struct app_lesson *l)
{
	if (l->state == APP_LESSON_STARTED || l->step)
		return command_prompt(u, PROMPT_RESTART);
	return ui_open_lesson(u, l->id, APP_OPEN_FRESH);
}

unsigned int home_command(struct ui *u, enum action a)
{
	const struct app_lesson *l = u->home_sel < u->home.nr ? &u->home.lessons[u->home_sel] : NULL;

	if (a == ACT_NUMBER)
		return digit_typed(u, u->digit);
	u->home_number = 0;
	switch (a) {
	case ACT_UP: return move(u, -1);
	case ACT_DOWN: return move(u, 1);
	case ACT_PAGE_UP: return move(u, -PAGE);
	case ACT_PAGE_DOWN: return move(u, PAGE);
	case ACT_HOME: u->home_sel = 0; return EFF_DRAW;
	case ACT_END: return move(u, (int)u->home.nr);
	case ACT_OPEN: return l ? ui_open_lesson(u, l->id, APP_OPEN_RESUME) : EFF_DRAW;
	case ACT_AGAIN: return l ? ui_open_lesson(u, l->id, APP_OPEN_AGAIN) : EFF_DRAW;
	case ACT_RESTART: return l ? restart(u, l) : EFF_DRAW;
	case ACT_RESET: return l ? command_prompt(u, PROMPT_RESET) : EFF_DRAW;
	case ACT_MATCH: return find(u, 1);
	case ACT_MATCH_BACK: return find(u, -1);
	case ACT_PRACTISE: return practice_open(u, APP_PRACTISE_DUE);
	case ACT_FREE_PLAY: return free_play_enter(u);
	default: return 0;
	}
}

unsigned int home_click(struct ui *u, size_t lesson)
{
	if (u->home_sel == lesson)
		return home_command(u, ACT_OPEN);
	u->home_sel = (unsigned int)lesson;
	return EFF_DRAW;
}
