/*
 * check/answers.c - the inputs that play a lesson without typing.
 *
 * The right answer to a prediction is known only after the run, so the lesson is played
 * three times: with any answers, with the right ones found there, and as it was asked for.
 *
 * Lives here:   reading "right", "wrong", "ID=VALUE"; inputs from a report.
 * Never here:   a run (play.c), the options' names (cli/run.c).   Licence: MIT.
 */
#include "check/check_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/shortage.h"
#include "words/texts.h"

/* ---- the list ------------------------------------------------------------------------------ */

const char *answer_list_find(const struct answer_list *w, const char *question)
{
	for (size_t i = 0; w && i < w->nr; i++)
		if (!strcmp(w->v[i].id, question))
			return w->v[i].value;
	return NULL;
}

/* One word of the list, without its comma. */
static int read_entry(struct answer_list *w, const char *word, size_t len, char *err, size_t err_size)
{
	const char *equals = memchr(word, '=', len);
	struct listed_answer *v = &w->v[w->nr];

	if (len == 5 && !strncmp(word, "right", len)) {
		w->others = ANSWER_RIGHT;
		return 0;
	}
	if (len == 5 && !strncmp(word, "wrong", len)) {
		w->others = ANSWER_WRONG;
		return 0;
	}
	if (!equals || equals == word || (size_t)(equals - word) >= sizeof(v->id) || w->nr == LESSON_QUESTIONS_MAX ||
	    (size_t)(word + len - equals) > sizeof(v->value)) {
		snprintf(err, err_size, W(ANSWERS_FORM), (int)len, word);
		return -EINVAL;
	}
	snprintf(v->id, sizeof(v->id), "%.*s", (int)(equals - word), word);
	snprintf(v->value, sizeof(v->value), "%.*s", (int)(word + len - equals - 1), equals + 1);
	for (char *p = v->value; *p; p++)	/* no blank, so that a shell needs no quotes */
		*p = *p == '+' ? ' ' : *p;
	w->nr++;
	return 0;
}

static int read_list(struct answer_list *w, const char *text, char *err, size_t err_size)
{
	int rc = 0;

	w->others = ANSWER_RIGHT;
	while (!rc && *text) {
		size_t len = strcspn(text, ",");

		rc = read_entry(w, text, len, err, err_size);
		text += len + (text[len] == ',');
	}
	return rc;
}

/* ---- the lesson's questions ------------------------------------------------------------------ */

static int no_question(const char *report, const char *id, char *err, size_t err_size)
{
	struct nearest near = { .typed = id };
	char names[LESSON_QUESTIONS_MAX][LESSON_ID_BYTES_MAX * 2];
	struct report_line line;
	size_t n = 0;

	while (n < LESSON_QUESTIONS_MAX && report_next(&report, &line)) {
		if (strcmp(line.kind, "asked"))
			continue;
		strcpy(names[n], line.question);
		nearest_offer(&near, names[n++]);
	}
	if (nearest_best(&near))
		snprintf(err, err_size, W(ANSWERS_NO_QUESTION_NEAR), id, nearest_best(&near));
	else
		snprintf(err, err_size, W(CHECK_NO_QUESTION), id);
	return -EINVAL;
}

/* A lesson that faults may not come to a question: the front end shows the fault. */
static int refuse(const char *report, const struct answer_list *w, const char *until, char *err, size_t err_size)
{
	bool ended = report_has(report, "ended", "", "");
	struct report_line line;

	for (const char *at = report; report_next(&at, &line);) {
		if (strcmp(line.kind, "misfit"))
			continue;
		snprintf(err, err_size, W(ANSWERS_MISFIT), line.question, (int)line.len, line.text);
		return -EINVAL;
	}
	for (size_t i = 0; ended && i < w->nr; i++)
		if (!report_find(report, "asked", w->v[i].id, &line))
			return no_question(report, w->v[i].id, err, err_size);
	if (ended && until && !report_find(report, "asked", until, &line))
		return no_question(report, until, err, err_size);
	return 0;
}

/* ---- inputs ------------------------------------------------------------------------------------- */

static uint32_t tries_before(const struct run_inputs *in, const char *id)
{
	uint32_t n = 0;

	for (size_t i = 0; i < in->n; i++)
		n += (in->v[i].kind == INPUT_ANSWER || in->v[i].kind == INPUT_PICK) && !strcmp(in->v[i].id, id);
	return n;
}

static bool is_pick(const char *report, const char *id)
{
	struct report_line line;

	return report_find(report, "asked", id, &line) && strtoul(line.text, NULL, 10) == ASK_PICK;
}

/* All inputs; with @until those before that question; with @but those that are no answers to that question. */
static int make_inputs(const char *report, const char *until, const char *but, struct run_inputs *in)
{
	const char *at = report;
	struct report_line line;
	int rc = 0;

	while (!rc && report_next(&at, &line)) {
		struct run_input one = { .kind = INPUT_GO };

		if (!strcmp(line.kind, "go")) {
			one.number = (uint32_t)strtoul(line.text, NULL, 10);
		} else if (!strcmp(line.kind, "given")) {
			if (until && !strcmp(line.question, until))
				break;
			if (but && !strcmp(line.question, but))
				continue;
			one.kind = is_pick(report, line.question) ? INPUT_PICK : INPUT_ANSWER;
			one.number = tries_before(in, line.question) + 1;
			snprintf(one.id, sizeof(one.id), "%s", line.question);
			snprintf(one.value, sizeof(one.value), "%.*s", (int)line.len, line.text);
		} else {
			continue;
		}
		rc = run_inputs_add(in, &one);
	}
	return rc;
}

static bool asks(const char *report)
{
	struct report_line line;

	while (report_next(&report, &line))
		if (!strcmp(line.kind, "asked"))
			return true;
	return false;
}

/* ---- the three runs --------------------------------------------------------------------------------- */

/* *@last: the report that answers.  A lesson that ends before it asks anything does so each time: it is played once. */
static int play_thrice(struct check *c, const struct answer_list *list, const char **last)
{
	struct check_run run = { .variant = c->spec->variant, .seed = c->spec->seed, .cpus = c->spec->cpus,
				 .jitter = c->spec->jitter > 0 ? c->spec->jitter : 0 };
	int rc = 0;

	for (unsigned int i = 0; i < 3 && !rc; i++) {
		run.answers = i == 0 ? ANSWER_TURN : i == 1 ? ANSWER_RIGHT : list->others;
		run.base = i ? c->report[i - 1] : NULL;
		run.list = i == 2 ? list : NULL;
		rc = check_plan(c, &run) < 0 ? -ENOMEM : check_play_all(c);
		*last = c->report[i];
		if (!rc && !asks(*last))
			break;
	}
	return rc;
}

static int answer_all(script_fn script, const char *answers, const char *until, const char *but, struct run_spec *spec,
		      char *err, size_t err_size)
{
	struct check_opts o = { .script = script, .jobs = 1 };
	struct answer_list *list = calloc(1, sizeof(*list));
	struct check *c = calloc(1, sizeof(*c));
	struct check_result result = { .runs = 0 };
	const char *report = NULL;
	int rc = -ENOMEM;

	if (c && list) {
		c->o = &o;
		c->path = spec->lesson;
		c->spec = spec;
		c->result = &result;
		rc = read_list(list, answers ? answers : "right", err, err_size);
	}
	if (!rc)
		rc = play_thrice(c, list, &report);
	if (!rc)
		rc = refuse(report, list, until ? until : but, err, err_size);
	if (!rc)
		rc = make_inputs(report, until, but, &spec->inputs);
	if (rc && rc != -EINVAL)
		snprintf(err, err_size, W(CHECK_NO_RUNS), spec->lesson, shortage_reason(rc));
	if (c)
		check_free_runs(c);
	free(c);
	free(list);
	return rc;
}

int check_answers(script_fn script, const char *answers, const char *until, struct run_spec *spec, char *err,
		  size_t err_size)
{
	return answer_all(script, answers, until, NULL, spec, err, err_size);
}

int check_practice(script_fn script, const char *question, struct run_spec *spec, char *err, size_t err_size)
{
	spec->practice = true;
	return answer_all(script, NULL, NULL, question, spec, err, err_size);
}
