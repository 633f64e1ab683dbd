/*
 * exercise/table.c - the results of checks as lines, for `test`, the line mode and the history.
 *
 * Lives here:   the table, the form of points, how much of a result a student sees.
 * Never here:   running checks (check.c), the screen's page.   Licence: MIT.
 */
#include "exercise/exercise.h"

#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/strbuf.h"
#include "base/width.h"
#include "base/wrap.h"
#include "words/texts.h"

#define UNDER "            "		/* before the lines under a check: its name begins there */
#define STATE_COLUMNS 8

const char *exercise_points(unsigned int halves, char buf[16])
{
	return words_halves(halves, buf);
}

static const char *state_word(enum check_state state)
{
	switch (state) {
	case CHECK_STATE_HOLDS:
		return W(RESULT_IS_HOLDS);
	case CHECK_STATE_FAILS:
		return W(RESULT_IS_FAILS);
	case CHECK_STATE_CANNOT:
		return W(RESULT_IS_CANNOT);
	default:
		return W(RESULT_IS_WAITING);
	}
}

static void put_row(FILE *out, const struct exercise_check *k, const struct exercise_outcome *r, int columns)
{
	enum check_state state = r ? r->state : CHECK_STATE_WAITS;
	char points[16];
	STRBUF(left, 512);
	int used, end;

	strbuf_printf(&left, "%2u ", k->number);
	width_put_padded(&left, state_word(state), strlen(state_word(state)), STATE_COLUMNS);
	strbuf_printf(&left, " %s", k->name);
	if (r && r->values[0] && k->show == CHECK_SHOW_FULL)
		strbuf_printf(&left, " (%s)", r->values);
	exercise_points(k->halves, points);
	used = width_text(left.buf, strlen(left.buf));
	end = (columns > 80 ? 80 : columns) - 9;
	printable_printf(out, "%s%*s", left.buf, k->halves ? used < end ? end - used : 1 : 0, "");
	if (k->halves)
		printable_printf(out, k->halves == 2 ? W(RESULT_POINT) : W(RESULT_POINTS), points);
	printable_printf(out, "\n");
}

bool exercise_may_show(const struct exercise *x, const struct exercise_result *r, unsigned int number)
{
	if (x->about.check[number].show == CHECK_SHOW_FULL)
		return true;
	if (x->about.check[number].show != CHECK_SHOW_FIRST)
		return false;
	for (unsigned int k = 1; k < number; k++)
		if (r->check[k].state == CHECK_STATE_FAILS || r->check[k].state == CHECK_STATE_CANNOT)
			return false;
	return true;
}

static void put_why(FILE *out, const struct exercise *x, const struct exercise_result *all, unsigned int number, int columns)
{
	const struct exercise_check *k = &x->about.check[number];
	const struct exercise_outcome *r = &all->check[number];
	char line[EXERCISE_LINE_BYTES];
	STRBUF(text, EXERCISE_TEXT_BYTES + 200);

	if (k->schedules > 1)
		strbuf_printf(&text, W(RESULT_SCHEDULE), r->schedule);
	strbuf_puts(&text, r->text[0] ? r->text : W(RESULT_NO_FEEDBACK));
	if (r->place[0] && !strstr(r->text, r->place))
		strbuf_printf(&text, " %s", r->place);
	wrap_print(out, columns, UNDER, text.buf);
	if (r->changes[0])
		wrap_print(out, columns, UNDER, r->changes);
	exercise_replay_line(x, all, r, line, sizeof(line));
	if (r->state == CHECK_STATE_FAILS && !r->part)
		printable_printf(out, W(RESULT_AGAIN), UNDER, line);
}

/* A fault of a file is the reason of each check that needs the file: its sentence stands once, below the first of them. */
static bool is_told(const struct exercise *x, const struct exercise_result *r, unsigned int number)
{
	for (unsigned int k = 1; k < number && r->check[number].state == CHECK_STATE_CANNOT; k++)
		if (r->check[k].state == CHECK_STATE_CANNOT && x->about.check[k].number && exercise_may_show(x, r, k) &&
		    !strcmp(r->check[k].text, r->check[number].text))
			return true;
	return false;
}

void exercise_table(FILE *out, int columns, const struct exercise *x, const struct exercise_result *r)
{
	char points[16], of[16];

	if (r)
		printable_printf(out, W(EXERCISE_POINTS), x->about.title, exercise_points(r->halves, points), exercise_points(r->of, of));
	for (unsigned int k = 1; k <= x->about.nr_checks; k++) {
		const struct exercise_check *about = &x->about.check[k];

		if (!about->number || (about->form == CHECK_REACH && (!r || r->check[k].state == CHECK_STATE_WAITS)))
			continue;
		put_row(out, about, r && about->show != CHECK_SHOW_NONE ? &r->check[k] : NULL, columns);
		if (r && (r->check[k].state == CHECK_STATE_FAILS || r->check[k].state == CHECK_STATE_CANNOT) &&
		    exercise_may_show(x, r, k) && !is_told(x, r, k))
			put_why(out, x, r, k, columns);
	}
	if (x->about.hidden_halves && !x->hidden.text)
		printable_printf(out, W(RESULT_HIDDEN_ROW), exercise_points(x->about.hidden_halves, points));
	if (r && r->stopped)
		printable_printf(out, "%s\n", W(RESULT_STOPPED));
}
