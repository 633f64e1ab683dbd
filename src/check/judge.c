/*
 * check/judge.c - conclusions from the reports of all runs.
 *
 * Lives here:   faults, answers that move, feedback without use, the table of questions.
 * Never here:   names outside the lesson (names.c), playing (play.c).   Licence: MIT.
 */
#include "check/check_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/lesson.h"
#include "words/texts.h"

#define UNEQUAL_PERCENT 30		/* more story events than in another variant */
#define BIAS_VARIANTS_MIN 50		/* with fewer variants the letters are not counted */

static bool is_world(const struct check_run *run)
{
	return run->world_question != 0;
}

/* One of the runs that play each variant once. */
static bool is_variant(const struct check *c, size_t i)
{
	return i < c->o->variants && !is_world(&c->run[i]) && c->run[i].seed == 1 && c->run[i].jitter <= 0 &&
	       c->run[i].answers == ANSWER_TURN;
}

static void copy_text(const struct report_line *line, char *buf, size_t size)
{
	snprintf(buf, size, "%.*s", (int)line->len, line->text);
}

/* ---- the table ---------------------------------------------------------------------------- */

struct check_question *check_question(struct check *c, const char *id)
{
	struct check_result *r = c->result;
	unsigned int col;
	size_t i;

	for (i = 0; i < r->nr_questions; i++)
		if (!strcmp(r->question[i].id, id))
			return &r->question[i];
	if (i == LESSON_QUESTIONS_MAX)
		return NULL;
	snprintf(r->question[i].id, sizeof(r->question[i].id), "%s", id);
	r->question[i].kind = "";
	place_question(c, id, &r->question[i].line, &col);
	r->nr_questions++;
	return &r->question[i];
}

static void read_asked(struct check *c, const struct report_line *line)
{
	struct check_question *q = check_question(c, line->question);
	unsigned int kind = 0, hints;

	if (q && sscanf(line->text, "%u %u %u", &kind, &q->nr_choices, &hints) == 3 && kind < ASK_NR)
		q->kind = trace_asks[kind].name;
}

static void count_answer(struct check_question *q, const struct report_line *line)
{
	char text[sizeof(q->answer[0].text)];
	unsigned int i;

	copy_text(line, text, sizeof(text));
	for (i = 0; i < q->nr_answers && i < CHECK_ANSWERS_MAX; i++)
		if (!strcmp(q->answer[i].text, text))
			break;
	if (i == CHECK_ANSWERS_MAX) {
		q->nr_answers = CHECK_ANSWERS_MAX + 1;
		return;
	}
	if (i == q->nr_answers) {
		q->nr_answers++;
		snprintf(q->answer[i].text, sizeof(q->answer[i].text), "%s", text);
	}
	q->answer[i].variants++;
}

static void fill_table(struct check *c, size_t i, const struct report_line *line)
{
	struct check_question *q = *line->question ? check_question(c, line->question) : NULL;
	struct report_line same;

	if (!q)
		return;
	if (!strcmp(line->kind, "has") && !strncmp(line->text, "fixed", 5))
		q->fixed = true;
	if (!strcmp(line->kind, "moves"))
		q->moves = true;
	if (!strcmp(line->kind, "same") && is_variant(c, i) && q->nr_answers <= CHECK_ANSWERS_MAX)
		count_answer(q, line);
	if (!strcmp(line->kind, "answer")) {
		q->seeds += c->run[i].jitter <= 0 && c->run[i].seed > 1;
		q->jitters += c->run[i].jitter > 0;
		q->variants += is_variant(c, i);
		if (is_variant(c, i) && q->nr_answers <= CHECK_ANSWERS_MAX && !report_find(c->report[i], "same", line->question, &same))
			count_answer(q, line);
	}
	if (!strcmp(line->kind, "letter") && is_variant(c, i)) {
		unsigned long place = strtoul(line->text, NULL, 10);

		if (place < LESSON_FLAGS_MAX)
			q->letter[place]++;
	}
}

static void add_cost(struct check_result *r, const struct report_line *line)
{
	unsigned long long a = 0, b = 0;

	if (sscanf(line->text, "%llu %llu", &a, &b) != 2)
		return;
	if (!strcmp(line->kind, "cost")) {
		r->instructions = a > r->instructions ? a : r->instructions;
		r->memory = b > r->memory ? b : r->memory;
	} else {
		r->time_ns = b > r->time_ns ? b : r->time_ns;
	}
}

/* ---- one run ---------------------------------------------------------------------------------- */

/* "02-life.lua:12: text": the line, and the text behind it. */
static const char *split_fault(const struct check *c, const char *fault, unsigned int *line)
{
	size_t len = strlen(c->result->file);
	char *end;

	*line = 1;
	if (strncmp(fault, c->result->file, len) || fault[len] != ':')
		return fault;
	*line = (unsigned int)strtoul(fault + len + 1, &end, 10);
	if (!*line)
		*line = 1;
	return *end == ':' ? end + 1 + strspn(end + 1, " ") : end;
}

/* A fault of the lesson's table has no line.  Its text has the field in quotes: machine has no field 'cpu'. */
static void place_field(const struct check *c, const char *text, unsigned int *line, unsigned int *col)
{
	const char *quote = strchr(text, '\''), *end = quote ? strchr(quote + 1, '\'') : NULL;
	char field[60];

	if (!quote && sscanf(text, "exercise: %39[a-z_] = ", field) == 1)	/* "exercise: points = 10, but .." */
		place_find(c->source, 1, field, line, col);
	if (!end || end - quote > 40)
		return;
	snprintf(field, sizeof(field), "%.*s =", (int)(end - quote - 1), quote + 1);
	if (place_find(c->source, 1, field, line, col))
		return;
	snprintf(field, sizeof(field), "%.*s=", (int)(end - quote - 1), quote + 1);
	if (place_find(c->source, 1, field, line, col))
		return;
	snprintf(field, sizeof(field), "%.*s", (int)(end - quote - 1), quote + 1);
	if (*field == '{')	/* a name in a text */
		place_find(c->source, 1, field, line, col);
}

static void judge_fault(struct check *c, size_t i, const struct report_line *line)
{
	char fault[1100];
	const char *text;
	unsigned int at, col;

	copy_text(line, fault, sizeof(fault));
	text = split_fault(c, fault, &at);
	col = place_column(c->source, at);
	if (at == 1)
		place_field(c, text, &at, &col);
	check_find(c, CHECK_FAULT, "", at, col, (int64_t)i, W(CHECK_FIX_FAULT), "%s", text);
}

static void judge_long(struct check *c, const struct report_line *line)
{
	unsigned int lines = 0, most = 0, at = 1, col = 1;
	char text[160] = "", begin[24];

	if (sscanf(line->text, "%u %u %159[^\n]", &lines, &most, text) < 2)
		return;
	if (*line->question) {
		place_question(c, line->question, &at, &col);
		check_find(c, CHECK_TOO_LONG, line->question, at, col, -1, W(CHECK_FIX_TOO_LONG), W(CHECK_LONG_QUESTION),
			   line->question, lines, most);
		return;
	}
	snprintf(begin, sizeof(begin), "%.12s", text);
	if (!place_find(c->source, 1, begin, &at, &col))
		at = col = 1;
	check_find(c, CHECK_TOO_LONG, "", at, col, -1, W(CHECK_FIX_TOO_LONG), W(CHECK_LONG_CARD), text, lines, most);
}

static void judge_known(struct check *c, size_t i, const struct report_line *line)
{
	unsigned int at, col;

	place_question(c, line->question, &at, &col);
	check_find(c, CHECK_ANSWER_KNOWN, line->question, at, col, (int64_t)i, W(CHECK_FIX_ANSWER_KNOWN),
		   W(CHECK_KNOWN), line->question, (int)line->len, line->text);
}

static void judge_idle(struct check *c, const struct report_line *line)
{
	char field[40], search[48];
	unsigned int from, first, at, col;

	copy_text(line, field, sizeof(field));
	place_question(c, line->question, &from, &first);
	snprintf(search, sizeof(search), "%s ", field);
	if (!place_find(c->source, from, search, &at, &col)) {
		at = from;
		col = first;
	}
	if (*line->question)
		check_find(c, CHECK_IDLE_FIELD, line->question, at, col, -1, W(CHECK_FIX_IDLE_FIELD), W(CHECK_IDLE),
			   field, line->question);
	else
		check_find(c, CHECK_IDLE_FIELD, "", at, col, -1, W(CHECK_FIX_IDLE_FIELD), W(CHECK_IDLE_LESSON), field);
}

/* The author reads the notes of one run: variant 0 with seed 1. */
static void take_note(struct check *c, size_t i, const struct report_line *line)
{
	struct check_note *note = &c->result->note[c->result->nr_notes];
	char text[sizeof(note->text) + 16], *end;

	if (i || c->result->nr_notes == CHECK_NOTES_MAX)
		return;
	copy_text(line, text, sizeof(text));
	note->line = (unsigned int)strtoul(text, &end, 10);
	snprintf(note->text, sizeof(note->text), "%s", end + (*end == ' '));
	c->result->nr_notes++;
}

static void judge_lines(struct check *c, size_t i)
{
	const char *at = c->report[i];
	struct report_line line;
	bool end = false;

	while (report_next(&at, &line)) {
		end |= !strcmp(line.kind, "ended") || !strcmp(line.kind, "fault") || !strcmp(line.kind, "died");
		if (!strcmp(line.kind, "asked"))
			read_asked(c, &line);
		else if (!strcmp(line.kind, "fault"))
			judge_fault(c, i, &line);
		else if (!strcmp(line.kind, "died"))
			check_find(c, CHECK_DIES, "", 1, 1, (int64_t)i, W(CHECK_FIX_DIES), "%.*s", (int)line.len, line.text);
		else if (!strcmp(line.kind, "long"))
			judge_long(c, &line);
		else if (!strcmp(line.kind, "plain"))
			check_find(c, CHECK_RENDERING, "", 1, 1, (int64_t)i, W(CHECK_FIX_RENDERING), "%.*s", (int)line.len, line.text);
		else if (!strcmp(line.kind, "known"))
			judge_known(c, i, &line);
		else if (!strcmp(line.kind, "wrote"))
			take_note(c, i, &line);
		else if (!strcmp(line.kind, "idle"))
			judge_idle(c, &line);
		else if (!strcmp(line.kind, "cost") || !strcmp(line.kind, "events"))
			add_cost(c->result, &line);
		fill_table(c, i, &line);
	}
	if (!end)
		check_find(c, CHECK_NO_END, "", 1, 1, (int64_t)i, W(CHECK_FIX_NO_END), "%s", W(CHECK_DOES_NOT_END));
}

/* ---- answers that move ------------------------------------------------------------------------ */

/* The fields of a question that decide whether two answers are the same. */
static void read_question(const char *report, const char *id, struct lesson_question *q, char unit[40])
{
	struct report_line line;
	unsigned int kind = 0;

	memset(q, 0, sizeof(*q));
	q->unit = unit;
	unit[0] = '\0';
	if (report_find(report, "asked", id, &line) && sscanf(line.text, "%u", &kind) == 1 && kind < ASK_NR)
		q->kind = (enum trace_ask)kind;
	q->moves = report_find(report, "moves", id, &line);
	if (report_find(report, "within", id, &line))
		sscanf(line.text, "%lf %39[^\n]", &q->within, unit);
}

static void answer_of(const char *report, const char *id, char *buf, size_t size)
{
	struct report_line line;

	if (report_find(report, "same", id, &line) || report_find(report, "answer", id, &line))
		copy_text(&line, buf, size);
	else
		snprintf(buf, size, "%s", "");
}

static void compare_answer(struct check *c, size_t i, const char *id)
{
	const struct check_run *run = &c->run[i];
	enum check_code code = run->jitter > 0 ? CHECK_ANSWER_JITTER : CHECK_ANSWER_MOVES;
	char was[600], is[600], unit[40];
	struct lesson_question q;
	unsigned int at, col;

	read_question(run->base, id, &q, unit);
	answer_of(run->base, id, was, sizeof(was));
	answer_of(c->report[i], id, is, sizeof(is));
	if (lesson_same_answer(&q, was, is, run->jitter > 0))
		return;
	place_question(c, id, &at, &col);
	check_find(c, code, id, at, col, (int64_t)i,
		   code == CHECK_ANSWER_JITTER ? W(CHECK_FIX_ANSWER_JITTER) : W(CHECK_FIX_ANSWER_MOVES),
		   code == CHECK_ANSWER_JITTER ? W(CHECK_JITTER) : W(CHECK_MOVES), id, *is ? is : W(CHECK_NO_ANSWER),
		   (unsigned long long)run->seed, *was ? was : W(CHECK_NO_ANSWER));
}

static void judge_seeds(struct check *c)
{
	for (size_t i = c->o->variants; i < c->nr_runs; i++) {
		const struct check_run *run = &c->run[i];
		struct report_line line;

		if (is_world(run) || run->answers != ANSWER_TURN || !run->base || !report_has(c->report[i], "ended", "", ""))
			continue;
		for (const char *at = run->base; report_next(&at, &line);)
			if (!strcmp(line.kind, "asked"))
				compare_answer(c, i, line.question);
	}
}

/* ---- worlds --------------------------------------------------------------------------------------- */

static void judge_world(struct check *c, size_t i)
{
	const struct check_run *run = &c->run[i];
	char question[sizeof(run->world)], *word, is[600], fault[600] = "";
	struct report_line line;
	unsigned int at, col;

	snprintf(question, sizeof(question), "%s", run->world);
	word = strchr(question, ' ');
	if (!word)
		return;
	*word++ = '\0';
	answer_of(c->report[i], question, is, sizeof(is));
	if (!strcmp(is, word))
		return;
	if (report_find(c->report[i], "fault", "", &line) || report_find(c->report[i], "died", "", &line))
		copy_text(&line, fault, sizeof(fault));
	place_choice(c, question, word, &at, &col);
	check_find(c, CHECK_BELIEF_DIFFERS, question, at, col, (int64_t)i, W(CHECK_FIX_BELIEF_DIFFERS), W(CHECK_WORLD), word, question,
		   *is ? is : W(CHECK_NO_ANSWER), (unsigned long long)run->variant, *fault ? ": " : "", fault);
}

/* ---- variants --------------------------------------------------------------------------------------- */

/* A choice that has feedback for those who are wrong, and is right in some variants. */
static void judge_distractors(struct check *c, const struct check_question *q)
{
	unsigned int with = 0, without = 0, at, col;
	char word[80], text[96], found[80] = "";
	size_t example = 0;

	for (size_t i = 0; i < c->o->variants && i < c->nr_runs; i++) {
		struct report_line line;

		if (!report_find(c->report[i], "letter", q->id, &line))
			continue;
		answer_of(c->report[i], q->id, word, sizeof(word));
		snprintf(text, sizeof(text), "feedback %s", word);
		if (!report_has(c->report[i], "has", q->id, text)) {
			without++;
			continue;
		}
		if (!with++) {
			snprintf(found, sizeof(found), "%s", word);
			example = i;
		}
	}
	if (!with || !without)
		return;
	place_choice(c, q->id, found, &at, &col);
	check_find(c, CHECK_DISTRACTOR_RIGHT, q->id, at, col, (int64_t)example, W(CHECK_FIX_DISTRACTOR_RIGHT),
		   W(CHECK_DISTRACTOR), found, q->id, with, with + without);
}

/* Pearson's statistic for equal shares of @n letters; the bounds leave 0.1 % to chance. */
static void judge_letters(struct check *c, const struct check_question *q)
{
	static const double bound[LESSON_FLAGS_MAX] = { 0, 10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32 };
	unsigned int n = q->nr_choices, most = 0, at, col;
	double sum = 0, chi = 0;

	if (q->fixed || n < 2 || n > LESSON_FLAGS_MAX)
		return;
	for (unsigned int i = 0; i < n; i++) {
		sum += (double)q->letter[i];
		most = q->letter[i] > q->letter[most] ? i : most;
	}
	if (sum < BIAS_VARIANTS_MIN)
		return;
	for (unsigned int i = 0; i < n; i++) {
		double d = (double)q->letter[i] - sum / n;

		chi += d * d / (sum / n);
	}
	if (chi <= bound[n - 1])
		return;
	place_question(c, q->id, &at, &col);
	check_find(c, CHECK_LETTER_BIAS, q->id, at, col, -1, W(CHECK_FIX_LETTER_BIAS), W(CHECK_BIAS), q->id, 'a' + (int)most,
		   (unsigned int)q->letter[most], (unsigned int)sum);
}

static bool any_has(const struct check *c, const char *kind, const char *question, const char *text)
{
	for (size_t i = 0; i < c->nr_runs; i++)
		if (report_has(c->report[i], kind, question, text))
			return true;
	return false;
}

/* "feedback both" of a choice, "wrong 1" of the list. */
static void judge_feedback(struct check *c, const char *question, const char *what)
{
	unsigned int at, col;

	if (any_has(c, "gives", question, what))
		return;
	if (!strncmp(what, "feedback ", 9)) {
		place_choice(c, question, what + 9, &at, &col);
		check_find(c, CHECK_FEEDBACK_UNUSED, question, at, col, -1, W(CHECK_FIX_FEEDBACK_UNUSED), W(CHECK_UNUSED_CHOICE),
			   what + 9, question);
	} else {
		place_question(c, question, &at, &col);
		if (!place_find(c->source, at, "wrong", &at, &col))
			place_question(c, question, &at, &col);
		check_find(c, CHECK_FEEDBACK_UNUSED, question, at, col, -1, W(CHECK_FIX_FEEDBACK_UNUSED), W(CHECK_UNUSED_WRONG),
			   what + 6, question);
	}
}

/* Was each answer judged?  Without that, feedback may only not have been tried. */
static void judge_all_feedback(struct check *c)
{
	struct report_line line;
	char what[120];

	for (size_t i = 0; i < c->nr_runs; i++) {
		if (!c->run[i].probe)
			continue;
		for (const char *at = c->report[i]; report_next(&at, &line);) {
			copy_text(&line, what, sizeof(what));
			if (!strcmp(line.kind, "has") && (!strncmp(what, "feedback ", 9) || !strncmp(what, "wrong ", 6)))
				judge_feedback(c, line.question, what);
		}
	}
}

static void judge_texts(struct check *c, const struct check_question *q)
{
	struct report_line line;
	unsigned int at, col, kind = 0, choices, hints = 1;

	place_question(c, q->id, &at, &col);
	if (!any_has(c, "has", q->id, "why"))
		check_find(c, CHECK_NO_WHY, q->id, at, col, -1, W(CHECK_FIX_NO_WHY), W(CHECK_WITHOUT_WHY), q->id);
	for (size_t i = 0; i < c->nr_runs; i++)
		if (report_find(c->report[i], "asked", q->id, &line))
			break;
	if (sscanf(line.text, "%u %u %u", &kind, &choices, &hints) == 3 && !hints && kind < ASK_NR &&
	    trace_asks[kind].form != FORM_WORDS)
		check_find(c, CHECK_NO_HINTS, q->id, at, col, -1, W(CHECK_FIX_NO_HINTS), W(CHECK_WITHOUT_HINTS), q->id);
}

static void judge_params(struct check *c)
{
	struct report_line line;
	char name[64], search[72];
	unsigned int at, col;

	for (const char *p = c->report[0]; report_next(&p, &line);) {
		if (strcmp(line.kind, "param"))
			continue;
		copy_text(&line, name, sizeof(name));
		if (any_has(c, "param-read", "", name))
			continue;
		snprintf(search, sizeof(search), "%s =", name);
		if (!place_find(c->source, 1, search, &at, &col))
			at = col = 1;
		check_find(c, CHECK_IDLE_FIELD, "", at, col, -1, W(CHECK_FIX_IDLE_FIELD), W(CHECK_IDLE_PARAM), name);
	}
}

static unsigned int asked_in(const char *report)
{
	struct report_line line;
	unsigned int n = 0;

	while (report_next(&report, &line))
		n += !strcmp(line.kind, "asked");
	return n;
}

static unsigned long story_of(const char *report)
{
	struct report_line line;

	return report_find(report, "events", "", &line) ? strtoul(line.text, NULL, 10) : 0;
}

/* The two runs with right answers whose story events differ most. */
static void judge_length(struct check *c, size_t shortest, size_t longest)
{
	unsigned long few = story_of(c->report[shortest]), many = story_of(c->report[longest]);

	if (many <= few + few * UNEQUAL_PERCENT / 100)
		return;
	check_find(c, CHECK_UNEQUAL, "", 1, 1, (int64_t)longest, W(CHECK_FIX_UNEQUAL_LENGTH), W(CHECK_NOT_EQUAL_LENGTH),
		   (unsigned long long)c->run[longest].variant, many, (unsigned long long)c->run[shortest].variant, few);
}

/* Compares the runs in which every answer was right. */
static void judge_unequal(struct check *c)
{
	size_t first = 0, shortest = 0, longest = 0;
	bool any = false, asked = false;

	for (size_t i = 0; i < c->nr_runs; i++) {
		if (is_world(&c->run[i]) || c->run[i].answers != ANSWER_RIGHT || !report_has(c->report[i], "ended", "", ""))
			continue;
		if (!any)
			first = shortest = longest = i;
		any = true;
		if (story_of(c->report[i]) < story_of(c->report[shortest]))
			shortest = i;
		if (story_of(c->report[i]) > story_of(c->report[longest]))
			longest = i;
		if (asked || asked_in(c->report[i]) == asked_in(c->report[first]))
			continue;
		asked = true;
		check_find(c, CHECK_UNEQUAL, "", 1, 1, (int64_t)i, W(CHECK_FIX_UNEQUAL), W(CHECK_NOT_EQUAL),
			   (unsigned long long)c->run[i].variant, asked_in(c->report[i]),
			   (unsigned long long)c->run[first].variant, asked_in(c->report[first]));
	}
	if (any && !asked)
		judge_length(c, shortest, longest);
}

void check_judge(struct check *c)
{
	for (size_t i = 0; i < c->nr_runs; i++) {
		if (is_world(&c->run[i]))
			judge_world(c, i);
		else
			judge_lines(c, i);
	}
	if (!report_has(c->report[0], "ended", "", ""))
		return;			/* nothing else was played */
	judge_seeds(c);
	for (size_t i = 0; i < c->result->nr_questions; i++) {
		judge_distractors(c, &c->result->question[i]);
		judge_letters(c, &c->result->question[i]);
		judge_texts(c, &c->result->question[i]);
	}
	judge_all_feedback(c);
	judge_params(c);
	judge_unequal(c);
}
