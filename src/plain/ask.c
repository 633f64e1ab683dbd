/*
 * plain/ask.c - questions as lines.
 *
 * Choices are numbered in the order shown; a letter is taken too.  An order is
 * typed as the numbers in that order, flags as the numbers that are ticked.
 *
 * Lives here:   the questions of a run and the form of an answer.
 * Never here:   reading lines (plain.c).
 * Licence: MIT.
 */
#include "plain/ask.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plain/sentences.h"

/* ---- the questions met so far ---------------------------------------------------- */

struct plain_question *plain_ask_question(struct plain_ask *a, uint32_t number)
{
	uint32_t i;

	for (i = 0; i < a->nr; i++)
		if (a->v[i]->number == number)
			return a->v[i];
	return NULL;
}

static bool note_ask(struct plain_ask *a, const struct ev_ASK *e)
{
	struct plain_question *q = plain_ask_question(a, e->question);
	const char *text = strchr(e->text, '\n');

	if (!q) {
		if (a->nr == PLAIN_QUESTIONS_MAX || !(q = calloc(1, sizeof(*q))))
			return false;
		a->v[a->nr++] = q;
	}
	q->number = e->question;
	q->kind = e->kind;
	q->predict = e->predict;
	q->hints = e->hints;
	q->choices = 0;
	q->shown = false;
	snprintf(q->id, sizeof(q->id), "%.*s", text ? (int)(text - e->text) : 63, e->text);
	q->text = text ? text + 1 : e->text;
	return true;
}

bool plain_ask_note(struct plain_ask *a, const struct trace_event *ev)
{
	struct plain_question *q;
	struct ev_CHOICE_TEXT c;
	struct ev_ASK e;

	if (trace_get_ASK(ev, &e))
		return note_ask(a, &e);
	if (!trace_get_CHOICE_TEXT(ev, &c))
		return false;
	q = plain_ask_question(a, c.question);
	if (q && q->choices < PLAIN_CHOICES_MAX)
		q->choice[q->choices++] = c.text;
	return true;
}

void plain_ask_forget(struct plain_ask *a)
{
	uint32_t i;

	for (i = 0; i < a->nr; i++) {
		a->v[i]->text = "";
		a->v[i]->choices = 0;
	}
}

void plain_ask_fini(struct plain_ask *a)
{
	while (a->nr)
		free(a->v[--a->nr]);
}

/* ---- putting one ------------------------------------------------------------------- */

static void put_marked(FILE *out, int columns, const char *first, const char *text)
{
	STRBUF(clean, TRACE_TEXT_BYTES_MAX + 8);

	plain_unmark(text, &clean);
	plain_put(out, columns, first, clean.buf);
}

void plain_ask_put(const struct plain_question *q, FILE *out, int columns)
{
	char first[16];
	uint32_t i;

	put_marked(out, columns, q->predict ? "Predict: " : "Question: ", q->text);
	for (i = 0; i < q->choices; i++) {
		snprintf(first, sizeof(first), "  %u  ", i + 1);
		put_marked(out, columns, first, q->choice[i]);
	}
}

const char *plain_ask_prompt(const struct plain_question *q)
{
	switch (q->kind) {
	case ASK_CHOICES: return "Your choice> ";
	case ASK_NUMBER: return "A number> ";
	case ASK_ORDER: return "Their order> ";
	case ASK_PICK: return "Which one> ";
	case ASK_FLAGS: return "Which ones> ";
	default: return "Your words> ";
	}
}

const char *plain_ask_help(const struct plain_question *q)
{
	switch (q->kind) {
	case ASK_CHOICES: return "Type the number of your choice (or its letter) and Enter; Enter alone asks again.";
	case ASK_NUMBER: return "Type a number and Enter.";
	case ASK_ORDER: return "Type the numbers in the order you mean, \"2 1 3\", and Enter.";
	case ASK_PICK: return "Type the number of the one you mean and Enter.";
	case ASK_FLAGS: return "Type the numbers of all that you mean, \"1 3\", or 0 for none, and Enter.";
	default: return "Type your answer in your own words, in one line, and Enter.";
	}
}

bool plain_ask_takes_words(const struct plain_question *q)
{
	return q->kind == ASK_NUMBER || q->kind == ASK_TEXT;
}

/* ---- reading an answer ---------------------------------------------------------------- */

/* "2" or "b" -> 2; 0 = neither, or not among them.  *@rest: behind it. */
static uint32_t one_choice(const struct plain_question *q, const char *p, const char **rest)
{
	unsigned long n = 0;

	if (isdigit((unsigned char)*p)) {
		char *end;

		n = strtoul(p, &end, 10);
		*rest = end;
	} else if (isalpha((unsigned char)*p)) {
		n = (unsigned long)(tolower((unsigned char)*p) - 'a' + 1);
		*rest = p + 1;
	}
	return n >= 1 && n <= q->choices && !isalnum((unsigned char)**rest) ? (uint32_t)n : 0;
}

static int read_choice(const struct plain_question *q, const char *typed, char *value, size_t size,
		       char *err, size_t err_size)
{
	const char *rest = typed;
	uint32_t n = one_choice(q, typed, &rest);

	if (!n || *rest) {
		snprintf(err, err_size, "Type a number from 1 to %u (? lists what else there is).", q->choices);
		return -EINVAL;
	}
	snprintf(value, size, "%u", n);
	return 0;
}

/* Several choices, apart by spaces or commas, none twice; all of them if @all. */
static int read_choices(const struct plain_question *q, const char *typed, bool all, char *value, size_t size,
			char *err, size_t err_size)
{
	struct strbuf out;
	uint64_t seen = 0;
	uint32_t count = 0, n;
	const char *p = typed;

	strbuf_init(&out, value, size);
	while (*(p += strspn(p, " ,\t"))) {
		if (!all && !count && !strcmp(p, "0")) {
			strbuf_putc(&out, '0');
			break;
		}
		n = one_choice(q, p, &p);
		if (!n || seen & ((uint64_t)1 << n)) {
			snprintf(err, err_size, "Type numbers from 1 to %u, each at most once.", q->choices);
			return -EINVAL;
		}
		seen |= (uint64_t)1 << n;
		strbuf_printf(&out, "%s%u", count++ ? " " : "", n);
	}
	if (all ? count != q->choices : (!count && strcmp(typed, "0"))) {
		snprintf(err, err_size, all ? "Type all of the numbers from 1 to %u, in your order." :
			 "Type at least one number up to %u, or 0 for none.", q->choices);
		return -EINVAL;
	}
	return 0;
}

static int read_number(const char *typed, char *value, size_t size, char *err, size_t err_size)
{
	char *end;
	double v = strtod(typed, &end);

	while (*end == ' ')
		end++;
	while (isalpha((unsigned char)*end))	/* "25 ms" is a number, too */
		end++;
	if (end == typed || *end || v != v || v > 1e15 || v < -1e15 || isalpha((unsigned char)typed[0])) {
		snprintf(err, err_size, "Type a number, such as 2 or 0.5 (commands begin with a colon here: :?).");
		return -EINVAL;
	}
	snprintf(value, size, "%.15g", v);
	return 0;
}

int plain_ask_value(struct plain_question *q, const char *typed, char *value, size_t size, char *err, size_t err_size)
{
	int rc;

	typed += strspn(typed, " \t");
	switch (q->kind) {
	case ASK_CHOICES:
	case ASK_PICK: rc = read_choice(q, typed, value, size, err, err_size); break;
	case ASK_ORDER: rc = read_choices(q, typed, true, value, size, err, err_size); break;
	case ASK_FLAGS: rc = read_choices(q, typed, false, value, size, err, err_size); break;
	case ASK_NUMBER: rc = read_number(typed, value, size, err, err_size); break;
	default:
		rc = *typed ? 0 : -EINVAL;
		if (rc)
			snprintf(err, err_size, "Type a line of words.");
		else
			snprintf(value, size, "%s", typed);
	}
	if (!rc)
		snprintf(q->given, sizeof(q->given), "%s", value);
	return rc;
}

/* ---- telling ------------------------------------------------------------------------------ */

void plain_ask_tell_answer(struct plain_ask *a, const struct ev_ANSWER *e, FILE *out, int columns)
{
	struct plain_question *q = plain_ask_question(a, e->question);

	if (q && (a->recorded || !q->ordinal)) {	/* nobody here has typed it */
		plain_ask_put(q, out, columns);
		snprintf(q->given, sizeof(q->given), "%s", e->text);
	}
	put_marked(out, columns, "You said: ", e->text);
}

bool plain_ask_verdict_line(const char *text, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);

	for (; text && *text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
		if (!strncmp(text, key, len) && text[len] == '=') {
			snprintf(buf, size, "%.*s", (int)strcspn(text + len + 1, "\n"), text + len + 1);
			return true;
		}
	return false;
}

void plain_ask_verdict(const struct trace_event *ev, FILE *out, int columns)
{
	char line[2048], text[2200];
	const char *wrong;
	struct ev_VERDICT e;

	if (!trace_get_VERDICT(ev, &e))
		return;
	wrong = e.evidence ? "Not quite. What happened:" : "Not quite. The answer:";
	if (plain_ask_verdict_line(e.text, "happened", line, sizeof(line)))
		snprintf(text, sizeof(text), "%s %s.", e.right ? "Right:" : wrong, line);
	else
		snprintf(text, sizeof(text), "%s", e.right ? "Right." : "Not quite.");
	put_marked(out, columns, "", text);
	if (!e.right && plain_ask_verdict_line(e.text, "feedback", line, sizeof(line)))
		put_marked(out, columns, "", line);
	else if (!e.right && plain_ask_verdict_line(e.text, "generated", line, sizeof(line)))
		put_marked(out, columns, "", line);
	if (plain_ask_verdict_line(e.text, "why", line, sizeof(line)))
		put_marked(out, columns, "", line);
}
