/*
 * cli/home_lines.c - see home_lines.h.   Licence: MIT.
 */
#include "cli/home_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/quantity.h"
#include "base/wrap.h"
#include "plain/exercise.h"
#include "plain/plain.h"
#include "words/texts.h"

#define LINE_BYTES 256

/* ---- printing --------------------------------------------------------------------------- */

void home_put(const char *first, const char *text)
{
	while (*text) {
		char line[1024];
		size_t n = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		wrap_print(stdout, plain_columns(stdout), first, line);
		text += n + (text[n] == '\n');
	}
}

/* The number that is typed for a lesson: that of its file, as on the screen. */
static unsigned long number_of(const struct app_home *home, size_t i)
{
	for (size_t k = 0; k < home->nr; k++)
		if (!home->lessons[k].label || !*home->lessons[k].label)
			return (unsigned long)i + 1;	/* a course without such numbers */
	return strtoul(home->lessons[i].label, NULL, 10);
}

static const enum words_key states[] = {
	[APP_LESSON_NEW] = W_LESSON_NEW, [APP_LESSON_STARTED] = W_LESSON_BEGUN, [APP_LESSON_DONE] = W_LESSON_DONE,
};

static unsigned int nr_marks(const struct app_lesson *row, enum app_mark mark)
{
	unsigned int n = 0;

	for (unsigned int i = 0; row->asked && i < row->total; i++)
		n += row->asked[i].mark == mark;
	return n;
}

static void print_row(const struct app_home *home, size_t i)
{
	const struct app_lesson *row = &home->lessons[i];
	unsigned int right = nr_marks(row, APP_MARK_RIGHT), wrong = nr_marks(row, APP_MARK_WRONG);
	STRBUF(facts, 200);
	STRBUF(line, 512);

	strbuf_puts(&facts, words_fixed(states[row->state]));
	if (row->step)
		strbuf_printf(&facts, W(HOME_PLAIN_STEP), row->step, row->steps);
	if (right + wrong)
		strbuf_printf(&facts, W(HOME_PLAIN_RIGHT), right, right + wrong);
	strbuf_puts(&facts, ", ");
	quantity(&facts, row->total, "questions");
	if (row->minutes)
		strbuf_printf(&facts, W(HOME_PLAIN_MINUTES), row->minutes);
	strbuf_printf(&line, W(HOME_PLAIN_ROW), number_of(home, i), row->title, facts.buf);
	home_put("", line.buf);
	home_put("    ", row->fault ? row->fault : row->question);
}

static void print_exercise(const struct app_lesson *x)
{
	char points[16], of[16];
	STRBUF(line, 700);

	strbuf_printf(&line, "%s ", app_exercise_name(x));
	if (x->fault) {
		strbuf_puts(&line, x->fault);
	} else {
		strbuf_printf(&line, "%s (%s, %s, ", x->title, x->kind, words_fixed(states[x->state]));
		if (x->judged)
			strbuf_printf(&line, W(WORK_POINTS), plain_points(x->halves, points), plain_points(x->of, of));
		else
			strbuf_printf(&line, W(LIST_POINTS), plain_points(x->of, of));
		if (x->minutes)
			strbuf_printf(&line, W(HOME_PLAIN_MINUTES), x->minutes);
		strbuf_putc(&line, ')');
	}
	home_put("    ", line.buf);
}

/* The lessons by part, each with the exercises that follow it. */
static void print_contents(const struct app_home *home)
{
	const char *part = NULL;

	for (size_t i = 0; i <= home->nr; i++) {
		const struct app_lesson *row = i < home->nr ? &home->lessons[i] : NULL;

		if (row && row->part && (!part || strcmp(part, row->part) != 0))
			printable_printf(stdout, "%s\n", row->part);
		part = row ? row->part : NULL;
		if (row)
			print_row(home, i);
		else if (home->nr_others)
			printable_printf(stdout, "%s\n", W(HOME_OTHERS));
		for (unsigned int k = 1; k <= app_home_nr_exercises(home, i); k++)
			print_exercise(app_home_at(home, i, k));
	}
}

static void print_home(const struct app_home *home)
{
	unsigned int done, nr = app_home_exercises(home, &done);
	STRBUF(text, 400);
	STRBUF(score, 200);

	printable_printf(stdout, "\n%s · ", home->title);
	if (nr)
		printable_printf(stdout, W(HOME_DONE), app_home_done(home), home->nr, done, nr);
	else
		printable_printf(stdout, W(HOME_LESSONS_DONE), app_home_done(home), home->nr);
	putchar('\n');
	app_home_last(home, true, &text);
	home_put("", text.buf);
	app_home_score(home, &score);
	home_put("", score.buf);
}

static void print_missed(const struct app_home *home)
{
	if (home->right == home->judged)
		home_put("", W(HOME_PLAIN_NONE_MISSED));
	for (size_t i = 0; i < home->nr; i++) {
		const struct app_lesson *row = &home->lessons[i];

		if (!nr_marks(row, APP_MARK_WRONG))
			continue;
		home_put("", row->title);
		for (unsigned int k = 0; k < row->total; k++)
			if (row->asked[k].mark == APP_MARK_WRONG)
				home_put("    ", row->asked[k].text);
	}
}

/* ---- one line ------------------------------------------------------------------------------- */

/* Without its newline and the blanks around it.  False: the input has ended, or the output is lost. */
static bool read_line(const char *prompt, char line[LINE_BYTES])
{
	char *end;

	fputs(prompt, stdout);
	fflush(stdout);
	if (ferror(stdout))
		return false;
	if (!fgets(line, LINE_BYTES, stdin)) {
		putchar('\n');
		return false;
	}
	if (!isatty(STDIN_FILENO))
		putchar('\n');		/* no terminal has shown the person's Enter */
	memmove(line, line + strspn(line, " \t"), strlen(line + strspn(line, " \t")) + 1);
	for (end = line + strlen(line); end > line && strchr(" \t\r\n", end[-1]);)
		*--end = '\0';
	return true;
}

bool home_asks(const char *prompt)
{
	char line[LINE_BYTES];

	return read_line(prompt, line) && !*line;
}

static bool confirmed(const char *question)
{
	char prompt[200], line[LINE_BYTES];

	snprintf(prompt, sizeof(prompt), "%s ", question);
	return read_line(prompt, line) && (*line == 'y' || *line == 'Y');
}

/* "E21", "e9", or the name of an exercise; a lesson of that name comes first. */
static bool is_exercise(const struct app_lesson *x, const char *name)
{
	const char *slash = strrchr(x->id, '/');
	bool numbered = (*name == 'E' || *name == 'e') && name[1] >= '0' && name[1] <= '9' && x->label && *x->label;
	char *end;

	if (slash && !strcmp(slash + 1, name))
		return true;
	return numbered && strtoul(name + 1, &end, 10) == strtoul(x->label + 1, NULL, 10) && !*end;
}

/* A number or a name of a lesson or an exercise; NULL: there is none. */
static const struct app_lesson *find_row(const struct app_home *home, const char *name)
{
	char *end;
	unsigned long n = strtoul(name, &end, 10);

	for (size_t i = 0; i < home->nr; i++)
		if (!strcmp(home->lessons[i].id, name) || (end != name && !*end && number_of(home, i) == n))
			return &home->lessons[i];
	for (size_t i = 0; i <= home->nr; i++)
		for (unsigned int k = 1; k <= app_home_nr_exercises(home, i); k++)
			if (is_exercise(app_home_at(home, i, k), name))
				return app_home_at(home, i, k);
	return NULL;
}

/* "R 3", "a3", "r life", "R E9": the letter; '\0' = the line has none.  *@name: the rest of the line. */
static char verb_of(const char *line, const char **name)
{
	*name = line;
	if (!*line || !strchr("Rar", *line) || !line[1] || !strchr(" \t0123456789", line[1]))
		return '\0';
	*name = line + 1 + strspn(line + 1, " \t");
	return *line;
}

/* Does the line open the lesson?  An unfinished one is started over, and answers are deleted, only after a question. */
static bool opens(struct session *s, const struct app_lesson *row, char verb, enum app_open *how)
{
	*how = verb == 'R' ? APP_OPEN_FRESH : verb == 'a' ? APP_OPEN_AGAIN : APP_OPEN_RESUME;
	if (row->fault) {
		printable_printf(stdout, "%s\n", row->fault);
		return false;
	}
	if (row->works && verb && (verb != 'R' || strcmp(row->kind, "scheduler") != 0)) {
		home_put("", W(SAY_WORK_RESTART));
		return false;
	}
	if (verb == 'R' && row->step)
		return confirmed(W(ASK_AFRESH));
	if (verb != 'r')
		return true;
	if (confirmed(W(ASK_RESET)))
		session_reset(s, row->id);
	return false;
}

bool home_lines(struct session *s, const struct app_home *home, char *id, size_t size, enum app_open *how)
{
	const struct app_lesson *row;
	char line[LINE_BYTES];
	const char *name;
	char verb;

	print_home(home);
	while (read_line(W(HOME_PLAIN_PROMPT), line)) {
		if (!strcmp(line, "q") || !strcmp(line, ":q"))
			return false;
		if (!strcmp(line, "?") || !strcmp(line, "l")) {
			if (*line == 'l')
				print_contents(home);
			else
				home_put("", W(HOME_PLAIN_KEYS));
			continue;
		}
		if (!strcmp(line, "w")) {
			print_missed(home);
			continue;
		}
		if (!strcmp(line, "p")) {
			snprintf(id, size, "%s", HOME_PRACTISE);
			return true;
		}
		if (!strcmp(line, "s")) {
			snprintf(id, size, "%s", HOME_FREE_PLAY);
			return true;
		}
		verb = verb_of(line, &name);
		row = *line ? find_row(home, name) : app_home_next(home);
		if (!row)
			printable_printf(stdout, W(HOME_NO_LESSON), line);
		else if (opens(s, row, verb, how)) {
			snprintf(id, size, "%s", row->id);
			return true;
		} else if (verb == 'r' && !row->fault) {
			*id = '\0';		/* the marks have changed */
			return true;
		}
	}
	return false;
}
