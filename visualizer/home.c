/*
 * visualizer/home.c - see home.h.   Licence: MIT.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* strcasestr() */
#endif
#include "visualizer/home.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "visualizer/commands.h"
#include "visualizer/free_play.h"
#include "visualizer/home_layout.h"
#include "visualizer/work.h"

#define PAGE 10

const struct app_lesson *home_at(const struct ui *u)
{
	return app_home_at(&u->home, u->home_sel, u->home_exercise);
}

static unsigned int rows_of(const struct ui *u, struct home_row *row)
{
	return home_rows(&u->home, u->home_open, row);
}

static void select_row(struct ui *u, const struct home_row *row)
{
	u->home_sel = (unsigned int)row->lesson;
	u->home_exercise = row->number;
}

/* An exercise that is gone, or that a closed lesson hides, has its lesson in its place; without one the first row. */
static void keep_cursor(struct ui *u)
{
	if (u->home_sel < u->home.nr) {
		if (!home_at(u) || !u->home_open[u->home_sel % APP_LESSONS_MAX])
			u->home_exercise = 0;
	} else if (!home_at(u)) {
		u->home_sel = 0;
		u->home_exercise = u->home.nr ? 0 : 1;
	}
}

static void open_exercises(struct ui *u, const struct app_lesson *l)
{
	size_t at = l ? (size_t)(l - u->home.lessons) : APP_LESSONS_MAX;

	if (at < APP_LESSONS_MAX)
		u->home_open[at] = true;
}

void home_read(struct ui *u)
{
	if (!u->opts->cb.home)
		return;
	u->home_err[0] = '\0';
	memset(&u->home, 0, sizeof(u->home));
	u->opts->cb.home(u->opts->cb.arg, &u->home, u->home_err, sizeof(u->home_err));
	if (!u->home_known)
		open_exercises(u, u->home.last);
	u->home_known = true;
	keep_cursor(u);
	command_show_complaint(u);
}

void home_select(struct ui *u, const char *id)
{
	size_t lesson;
	unsigned int exercise;

	if (!app_home_find(&u->home, id, &lesson, &exercise))
		return;
	u->home_sel = (unsigned int)lesson;
	u->home_exercise = exercise;
	if (exercise && lesson < u->home.nr)
		open_exercises(u, &u->home.lessons[lesson]);
}

/* Back from the page of an exercise, or from the run of its choices: once they reach the crash, the page follows. */
static unsigned int leave_exercise(struct ui *u)
{
	work_close(u->work);
	u->work = NULL;
	u->choosing = false;
	ui_set_scene(u, NULL);
	if (u->opts->cb.work_done(u->opts->cb.arg) && work_enter(u, u->work_id, APP_OPEN_RESUME))
		return EFF_DRAW;
	home_read(u);
	home_select(u, u->work_id);
	return EFF_DRAW;
}

unsigned int ui_home(struct ui *u)
{
	const struct scene *s = ui_run_scene(u);
	char left[sizeof(s->id)] = "";

	if (u->work && !u->at_home && work_back(u))
		return EFF_DRAW;
	if (u->work && u->opts->sheet)
		return EFF_LEAVE;
	command_report_progress(u);
	if (u->work || u->choosing)
		return leave_exercise(u);
	if (!u->opts->cb.home || u->opts->lesson || u->opts->spec || u->opts->store || u->opts->practise)
		return EFF_LEAVE;	/* opened from the command line: that is where we go back to */
	if (s)
		memcpy(left, s->id, sizeof(left));
	ui_set_scene(u, NULL);
	home_read(u);
	if (*left) {
		home_select(u, left);
		open_exercises(u, u->home_sel < u->home.nr ? &u->home.lessons[u->home_sel] : NULL);
	} else if (app_home_next(&u->home)) {
		home_select(u, app_home_next(&u->home)->id);
	}
	return EFF_DRAW;
}

/* ---- the cursor ------------------------------------------------------------------------ */

/* By so many rows; headings do not count. */
static unsigned int move(struct ui *u, int by)
{
	static struct home_row row[HOME_ROWS_MAX];
	int nr = (int)rows_of(u, row), step = by < 0 ? -1 : 1, at = 0;

	for (int i = 0; i < nr; i++)
		if (!row[i].heading && row[i].lesson == u->home_sel && row[i].number == u->home_exercise)
			at = i;
	for (int i = at + step; i >= 0 && i < nr && by; i += step) {
		if (row[i].heading)
			continue;
		at = i;
		by -= step;
	}
	if (nr)
		select_row(u, &row[at]);
	return EFF_DRAW;
}

/* The first row of the next part, or of the one before; round and round. */
static unsigned int move_part(struct ui *u, int step)
{
	static struct home_row row[HOME_ROWS_MAX];
	int nr = (int)rows_of(u, row), at = 0, i;

	for (i = 0; i < nr; i++)
		if (!row[i].heading && row[i].lesson == u->home_sel && row[i].number == u->home_exercise)
			at = i;
	while (step < 0 && at > 0 && !row[at].heading)	/* to the heading of this part, and on to the one before */
		at--;
	for (i = 0; i < nr; i++) {
		at = (at + step + nr) % nr;
		if (!row[at].heading)
			continue;
		select_row(u, &row[(at + 1) % nr]);
		break;
	}
	return EFF_DRAW;
}

/* Right shows the exercises of the lesson, Left hides them; there the cursor goes to the lesson. */
static unsigned int unfold(struct ui *u, bool open)
{
	bool can = u->home_sel < u->home.nr && u->home_sel < APP_LESSONS_MAX && u->home.lessons[u->home_sel].nr_exercises;

	if (can) {
		u->home_open[u->home_sel] = open;
		u->home_exercise = open ? u->home_exercise : 0;
	} else if (u->home_sel < u->home.nr) {
		ui_say(u, W(SAY_NO_EXERCISES));
	}
	return EFF_DRAW;
}

static bool matches(const struct app_lesson *l, const char *text)
{
	return strcasestr(l->title ? l->title : l->id, text) || strcasestr(l->id, text) || (l->question && strcasestr(l->question, text)) ||
	       (l->kind && (strcasestr(l->kind, text) || (l->label && !strcasecmp(l->label, text))));
}

/* The next row of the whole list, exercises of closed lessons included; at the end it goes on at the beginning. */
static void step_row(const struct app_home *h, int direction, size_t *lesson, unsigned int *number)
{
	do {
		if (direction > 0 && *number < app_home_nr_exercises(h, *lesson)) {
			++*number;
		} else if (direction > 0) {
			*lesson = *lesson < h->nr ? *lesson + 1 : 0;
			*number = 0;
		} else if (*number > 0) {
			--*number;
		} else {
			*lesson = *lesson ? *lesson - 1 : h->nr;
			*number = app_home_nr_exercises(h, *lesson);
		}
	} while (!app_home_at(h, *lesson, *number));
}

static unsigned int find(struct ui *u, int direction)
{
	size_t lesson = u->home_sel;
	unsigned int number = u->home_exercise;

	if (!*u->search) {
		ui_say(u, W(SAY_NO_SEARCH));
		return EFF_DRAW;
	}
	while (home_at(u)) {
		step_row(&u->home, direction, &lesson, &number);
		if (matches(app_home_at(&u->home, lesson, number), u->search)) {
			home_select(u, app_home_at(&u->home, lesson, number)->id);
			return EFF_DRAW;
		}
		if (lesson == u->home_sel && number == u->home_exercise)
			break;
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
		u->home_exercise = 0;
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

unsigned int home_enter(struct ui *u, enum app_open how)
{
	const struct app_lesson *l = home_at(u);

	if (!l)
		return EFF_DRAW;
	if (!l->works || l->fault)
		return ui_open_lesson(u, l->id, how);
	if (how == APP_OPEN_RESUME || (how == APP_OPEN_FRESH && !strcmp(l->kind, "scheduler")))
		work_enter(u, l->id, how);
	else
		ui_say(u, W(SAY_WORK_RESTART));
	return EFF_DRAW | EFF_RUN;
}

static unsigned int restart(struct ui *u, const struct app_lesson *l)
{
	if (!l->works && (l->state == APP_LESSON_STARTED || l->step))
		return command_prompt(u, PROMPT_RESTART);
	return home_enter(u, APP_OPEN_FRESH);
}

static unsigned int reset(struct ui *u, const struct app_lesson *l)
{
	if (!l->works)
		return command_prompt(u, PROMPT_RESET);
	ui_say(u, W(SAY_WORK_RESTART));
	return EFF_DRAW;
}

unsigned int home_command(struct ui *u, enum action a)
{
	const struct app_lesson *l = home_at(u);

	if (a == ACT_NUMBER)
		return digit_typed(u, u->digit);
	u->home_number = 0;
	switch (a) {
	case ACT_UP: return move(u, -1);
	case ACT_DOWN: return move(u, 1);
	case ACT_PAGE_UP: return move(u, -PAGE);
	case ACT_PAGE_DOWN: return move(u, PAGE);
	case ACT_HOME: return move(u, -HOME_ROWS_MAX);
	case ACT_END: return move(u, HOME_ROWS_MAX);
	case ACT_UNFOLD: return unfold(u, true);
	case ACT_FOLD: return unfold(u, false);
	case ACT_NEXT_PART: return move_part(u, 1);
	case ACT_PREV_PART: return move_part(u, -1);
	case ACT_OPEN: return home_enter(u, APP_OPEN_RESUME);
	case ACT_AGAIN: return home_enter(u, APP_OPEN_AGAIN);
	case ACT_RESTART: return l ? restart(u, l) : EFF_DRAW;
	case ACT_RESET: return l ? reset(u, l) : EFF_DRAW;
	case ACT_MATCH: return find(u, 1);
	case ACT_MATCH_BACK: return find(u, -1);
	case ACT_PRACTISE: return practice_open(u, APP_PRACTISE_DUE);
	case ACT_FREE_PLAY: return free_play_enter(u);
	default: return 0;
	}
}

unsigned int home_click(struct ui *u, unsigned int lesson, unsigned int exercise)
{
	if (u->home_sel == lesson && u->home_exercise == exercise)
		return home_command(u, ACT_OPEN);
	u->home_sel = lesson;
	u->home_exercise = exercise;
	return EFF_DRAW;
}
