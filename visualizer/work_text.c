/*
 * visualizer/work_text.c - the sentences of the page about the work on an exercise.
 *
 * Lives here:   from a worksheet to words.
 * Never here:   rows and columns (work_layout.c).   Licence: MIT.
 */
#include "visualizer/work_layout.h"

#include <string.h>

#include "visualizer/keys.h"
#include "words/texts.h"

/* The second part begins when the event was reached: before a check has played the choices again, this is known. */
static const struct exercise_outcome *reached(const struct worksheet *d)
{
	static struct exercise_outcome r;

	r.state = CHECK_STATE_HOLDS;
	snprintf(r.values, sizeof(r.values), W(REACH_CHOICES), (unsigned int)d->settings.n);
	return &r;
}

const struct exercise_outcome *work_outcome(const struct work_in *in, unsigned int number)
{
	static const struct exercise_outcome none;
	const struct exercise_result *r = in->now ? in->now : in->sheet->result;
	bool known = in->now || in->sheet->checked;

	if (number && in->sheet->x->about.check[number].form == CHECK_REACH && in->sheet->settings.n &&
	    (!known || r->check[number].state == CHECK_STATE_WAITS))
		return reached(in->sheet);
	if ((!in->now && !in->sheet->checked) || !number || number > r->nr ||
	    in->sheet->x->about.check[number].show == CHECK_SHOW_NONE)
		return &none;
	return &r->check[number];
}

static bool fails(const struct exercise_outcome *r)
{
	return r->state == CHECK_STATE_FAILS || r->state == CHECK_STATE_CANNOT;
}

/* ---- rows 1 to 3 ------------------------------------------------------------------------- */

/* Of a form: its values are not those of the last try. */
static bool values_changed(const struct worksheet *d)
{
	const struct sheet_try *t = sheet_try(d, d->nr_tries);

	for (unsigned int i = 0; t && i < d->x->about.nr_settings; i++)
		if (strncmp(t->value[i], sheet_value(d, i), sizeof(t->value[i]) - 1))
			return true;
	return false;
}

void work_news_title(const struct work_in *in, struct strbuf *out)
{
	bool form = sheet_is_form(in->sheet);

	if (in->now)
		strbuf_printf(out, form ? W(WORK_NEWS_TRY_RUNS) : W(WORK_NEWS_RUNS), in->sheet->nr_tries + 1, (unsigned int)in->seconds);
	else if (in->sheet->nr_tries)
		strbuf_printf(out, form ? W(WORK_NEWS_TRY) : W(WORK_NEWS_CHECK), in->sheet->nr_tries);
	if (!in->now && form && values_changed(in->sheet))
		strbuf_puts(out, W(WORK_NEWS_CHANGED));
	if (in->now || in->sheet->nr_tries)
		return;
	if (in->sheet->before.version)
		strbuf_puts(out, W(WORK_NEWS_BEFORE));
	else
		strbuf_puts(out, W(WORK_NEWS_NOTHING));
}

static void put_running(const struct work_in *in, struct strbuf *out)
{
	for (unsigned int k = 1; k <= in->now->nr; k++) {
		const struct exercise_outcome *r = &in->now->check[k];
		unsigned int of = in->sheet->x->about.check[k].schedules;

		if (r->state != CHECK_STATE_RUNS)
			continue;
		if (of > 1)
			strbuf_printf(out, W(WORK_RUNS), r->done, of, k);
		else
			strbuf_printf(out, W(WORK_RUNS_ONE), k);
		if (of > 1 && r->done > 3 && r->done < of)
			strbuf_printf(out, W(WORK_RUNS_LEFT), (unsigned int)(in->seconds / r->done * (of - r->done)) + 1);
		return;
	}
	strbuf_puts(out, in->now->shrinks ? W(WORK_SHRINKS) : W(WORK_RUNS_BEGIN));
}

static void put_failure(const struct work_in *in, unsigned int k, struct strbuf *out)
{
	const struct exercise_check *about = &in->sheet->x->about.check[k];
	const struct exercise_outcome *r = &in->sheet->result->check[k];

	strbuf_putc(out, ' ');
	if (r->state == CHECK_STATE_CANNOT)
		strbuf_printf(out, W(WORK_NEWS_CANNOT), about->name);
	else if (about->schedules > 1 && r->jitter > 0)
		strbuf_printf(out, W(WORK_NEWS_JITTER), about->name, r->schedule, about->schedules, (unsigned long long)r->seed, r->jitter);
	else if (about->schedules > 1)
		strbuf_printf(out, W(WORK_NEWS_SCHEDULE), about->name, r->schedule, about->schedules, (unsigned long long)r->seed);
	else if (sheet_is_form(in->sheet) && exercise_may_show(in->sheet->x, in->sheet->result, k) && r->text[0])
		strbuf_puts(out, r->text);
	else
		strbuf_printf(out, W(WORK_NEWS_FAILS), about->name);
}

static void put_result(const struct work_in *in, struct strbuf *out)
{
	const struct exercise_result *r = in->sheet->result;
	unsigned int holds = 0, all = 0, first = 0;
	char points[16], of[16];

	for (unsigned int k = 1; k <= r->nr; k++) {
		const struct exercise_check *about = &in->sheet->x->about.check[k];

		if (!about->number || about->show == CHECK_SHOW_NONE)
			continue;
		all++;
		holds += r->check[k].state == CHECK_STATE_HOLDS;
		if (!first && fails(&r->check[k]))
			first = k;
	}
	if (r->stopped)
		strbuf_printf(out, "%s ", W(RESULT_STOPPED));
	if (sheet_holds(in->sheet)) {
		strbuf_printf(out, W(WORK_NEWS_ALL), exercise_points(r->halves, points), exercise_points(r->of, of));
		key_printf(out, IN_WORK | IN_FORM, W(WORK_NEWS_NEXT));
	} else {
		strbuf_printf(out, W(WORK_NEWS_SUM), holds, all);
	}
	if (r->fault[0] && r->check[first].state == CHECK_STATE_CANNOT)
		strbuf_printf(out, " %s", r->fault);
	else if (first)
		put_failure(in, first, out);
}

static void put_before(const struct worksheet *d, struct strbuf *out)
{
	if (d->before.same)
		key_printf(out, IN_WORK | IN_FORM, W(WORK_BEFORE_SAME), d->before.version, d->before.result);
	else
		key_printf(out, IN_WORK | IN_FORM, W(WORK_BEFORE_OTHER), d->before.version, d->before.result);
}

void work_news(const struct work_in *in, struct strbuf *out)
{
	const struct worksheet *d = in->sheet;

	if (in->now)
		put_running(in, out);
	else if (*in->err)
		strbuf_puts(out, in->err);
	else if (d->trouble[0])
		strbuf_puts(out, d->trouble);
	else if (d->checked)
		put_result(in, out);
	else if (d->before.version)
		put_before(d, out);
	else if (sheet_is_form(d))
		key_printf(out, IN_FORM, W(WORK_BEGIN_FORM));
	else
		key_printf(out, IN_WORK, d->x->about.nr_files == 1 ? W(WORK_BEGIN) : W(WORK_BEGIN_FILES), d->folder);
}

void work_score(const struct work_in *in, struct strbuf *out)
{
	const struct worksheet *d = in->sheet;
	char points[16], of[16];

	if (in->now)
		strbuf_printf(out, sheet_is_form(d) ? W(WORK_TRY_IS_RUNNING) : W(WORK_IS_RUNNING), d->nr_tries + 1);
	else if (d->checked)
		strbuf_printf(out, W(WORK_POINTS), exercise_points(d->result->halves, points), exercise_points(d->result->of, of));
	else if (d->before.same)
		strbuf_puts(out, d->before.result);
	else
		strbuf_printf(out, sheet_is_form(d) ? W(WORK_NOT_TRIED) : W(WORK_NOT_CHECKED), exercise_points(d->x->about.halves, points));
}

/* ---- a file --------------------------------------------------------------------------------- */

static unsigned int nr_lines(const struct run_file *f)
{
	unsigned int n = 0;

	for (size_t i = 0; i < f->len; i++)
		n += f->text[i] == '\n';
	return n + (f->len && f->text[f->len - 1] != '\n');
}

static bool same_text(const struct run_file *a, const struct run_file *b)
{
	return a && b && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

void work_file(const struct work_in *in, unsigned int file, struct strbuf *out)
{
	const struct worksheet *d = in->sheet;
	const char *name = d->x->about.file[file];
	const struct run_file *now = d->present ? run_files_find(d->present, name) : NULL;
	const struct run_file *was = d->how.files ? run_files_find(d->how.files, name) : NULL;
	const struct run_file *given = d->starter ? run_files_find(d->starter, name) : NULL;

	if (!now) {
		strbuf_puts(out, W(WORK_FILE_MISSING));
		return;
	}
	strbuf_printf(out, nr_lines(now) == 1 ? W(WORK_FILE_LINE) : W(WORK_FILE_LINES), nr_lines(now));
	if (in->now)
		strbuf_puts(out, same_text(now, was) ? W(WORK_FILE_RUNS) : W(WORK_FILE_OTHER));
	else if (d->checked && d->result->file_fault[file][0] && same_text(now, was))
		strbuf_printf(out, " · %s", d->result->file_fault[file]);
	else if (d->checked)
		strbuf_printf(out, same_text(now, was) ? W(WORK_FILE_UNCHANGED) : W(WORK_FILE_CHANGED), d->nr_tries);
	else if (d->before.same)
		strbuf_printf(out, W(WORK_FILE_KEPT), d->before.version);
	else
		strbuf_puts(out, same_text(now, given) ? W(WORK_FILE_AS_GIVEN) : W(WORK_FILE_OTHER));
	if (d->hints_ever && !file)
		strbuf_printf(out, d->hints_ever == 1 ? W(WORK_FILE_HINT) : W(WORK_FILE_HINTS), d->hints_ever);
}

/* ---- a check ---------------------------------------------------------------------------------- */

void work_value(const struct work_in *in, unsigned int number, struct strbuf *out)
{
	const struct exercise_check *about = &in->sheet->x->about.check[number];
	const struct exercise_outcome *r = work_outcome(in, number);

	if (r->state == CHECK_STATE_CANNOT)
		strbuf_puts(out, W(WORK_VALUE_CANNOT));
	else if (r->state == CHECK_STATE_FAILS && about->schedules > 1)
		strbuf_printf(out, W(WORK_VALUE_SCHEDULE), r->schedule);
	else if (about->show == CHECK_SHOW_FULL)
		strbuf_puts(out, r->values);
}

/* Why it fails, with the student's line. */
static void put_why(const struct work_in *in, unsigned int number, struct strbuf *out)
{
	const struct exercise_outcome *r = work_outcome(in, number);

	if (!exercise_may_show(in->sheet->x, in->sheet->result, number)) {
		strbuf_puts(out, W(WORK_NO_MORE));
		return;
	}
	strbuf_puts(out, r->text[0] ? r->text : W(RESULT_NO_FEEDBACK));
	if (r->place[0] && !strstr(r->text, r->place))
		strbuf_printf(out, " %s", r->place);
	if (r->changes[0])
		strbuf_printf(out, "\n%s", r->changes);
	if (r->state == CHECK_STATE_FAILS)
		key_printf(out, IN_WORK, W(WORK_OPEN_RUN));
}

static void put_story(const struct work_in *in, struct strbuf *title, struct strbuf *out)
{
	strbuf_puts(title, W(WORK_ZONE_STORY));
	strbuf_puts(out, in->sheet->x->about.story);
}

static void put_replay(const struct work_in *in, unsigned int number, struct strbuf *title, struct strbuf *out)
{
	const struct exercise_outcome *r = work_outcome(in, number);
	char line[EXERCISE_LINE_BYTES];

	strbuf_puts(title, W(WORK_ZONE_REPLAY));
	exercise_replay_line(in->sheet->x, in->now ? in->now : in->sheet->result, r, line, sizeof(line));
	strbuf_puts(out, r->done && !r->part ? line : W(WORK_NO_REPLAY));
}

void work_text(const struct work_in *in, unsigned int number, struct strbuf *title, struct strbuf *out)
{
	const struct exercise_facts *about = &in->sheet->x->about;
	const struct exercise_outcome *r = work_outcome(in, number);
	enum work_zone zone = in->zone;

	if (zone == WORK_HINT && in->hint) {
		strbuf_printf(title, W(WORK_ZONE_HINT), in->sheet->hints, about->nr_hints);
		strbuf_puts(out, in->hint);
	} else if (zone == WORK_EXPLAINS && about->why[0]) {
		strbuf_puts(title, W(WORK_ZONE_WHY));
		strbuf_puts(out, about->why);
	} else if (zone == WORK_REPLAY && !in->now) {
		put_replay(in, number, title, out);
	} else if (zone == WORK_RESULT && !in->now && fails(r) && !sheet_is_form(in->sheet)) {	/* rows 2 and 3 of a form have it */
		strbuf_puts(title, W(WORK_ZONE_FAILS));
		put_why(in, number, out);
	} else if (zone == WORK_RESULT && !in->now && r->state == CHECK_STATE_HOLDS && !sheet_is_form(in->sheet)) {
		strbuf_puts(title, W(WORK_ZONE_HOLDS));
		strbuf_printf(out, about->check[number].schedules > 1 ? W(WORK_HOLDS_ALL) : W(WORK_HOLDS), about->check[number].schedules);
	} else {
		put_story(in, title, out);
	}
}

/* ---- the line that matters ----------------------------------------------------------------------- */

static unsigned int line_with(const struct run_file *f, const char *word)
{
	const char *at = strstr(f->text, word);
	unsigned int line = 1;

	if (!at)
		return 0;
	for (const char *p = f->text; p < at; p++)
		line += *p == '\n';
	return line;
}

unsigned int work_line(const struct work_in *in, unsigned int number, unsigned int *file)
{
	const struct worksheet *d = in->sheet;
	const struct exercise_outcome *r = in->now ? NULL : work_outcome(in, number);
	unsigned int line = 0;
	int at;

	*file = 0;
	if (r && fails(r) && exercise_may_show(d->x, d->result, number)) {
		at = sheet_place(d, r->place[0] ? r->place : r->text, &line);
		if (at >= 0 && line) {
			*file = (unsigned int)at;
			return line;
		}
	}
	for (unsigned int i = 0; d->present && i < d->x->about.nr_files; i++) {
		const struct run_file *f = run_files_find(d->present, d->x->about.file[i]);

		line = f ? line_with(f, "TODO") : 0;
		if (!line)
			continue;
		*file = i;
		return line;
	}
	return 0;
}
