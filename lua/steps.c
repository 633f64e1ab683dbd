/*
 * lua/steps.c - see steps.h.
 *
 * Lives here:   the tokens of Lua's source, the fields `id`, `short` and `points` of a question.
 * Never here:   Lua states.   Licence: MIT.
 */
#include "lua/steps.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

#define STRING_MAX 4096
#define STEPS_MAX 1000

/* ---- tokens ----------------------------------------------------------------------------- */

enum token { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_SIGN };

struct scan {
	const char *text;
	size_t len, at, from;		/* the token is [from, at) */
	struct strbuf string;		/* value of a TOKEN_STRING */
	char bytes[STRING_MAX];
};

/* "[[", "[==[": the number of bytes of the opening bracket, 0 = it is none. */
static size_t long_bracket(const struct scan *s, size_t at)
{
	size_t n = at + 1;

	if (at >= s->len || s->text[at] != '[')
		return 0;
	while (n < s->len && s->text[n] == '=')
		n++;
	return n < s->len && s->text[n] == '[' ? n + 1 - at : 0;
}

/* Goes behind the closing bracket; the text between goes into s->string. */
static void long_string(struct scan *s, size_t open)
{
	size_t from = s->at + open, end = from;

	for (; end + open <= s->len; end++)
		if (s->text[end] == ']' && s->text[end + open - 1] == ']' &&
		    strspn(s->text + end + 1, "=") == open - 2)
			break;
	strbuf_putn(&s->string, s->text + from, (end < s->len ? end : s->len) - from);
	s->at = end + open < s->len ? end + open : s->len;
}

static void short_string(struct scan *s)
{
	char quote = s->text[s->at++];

	for (; s->at < s->len && s->text[s->at] != quote && s->text[s->at] != '\n'; s->at++) {
		char c = s->text[s->at];

		if (c == '\\' && s->at + 1 < s->len) {
			c = s->text[++s->at];
			c = c == 'n' || c == 't' ? ' ' : c;
		}
		strbuf_putc(&s->string, c);
	}
	if (s->at < s->len)
		s->at++;
}

static void skip_blank(struct scan *s)
{
	for (;;) {
		while (s->at < s->len && isspace((unsigned char)s->text[s->at]))
			s->at++;
		if (s->at + 1 >= s->len || s->text[s->at] != '-' || s->text[s->at + 1] != '-')
			return;
		s->at += 2;
		if (long_bracket(s, s->at))
			long_string(s, long_bracket(s, s->at));
		else
			while (s->at < s->len && s->text[s->at] != '\n')
				s->at++;
	}
}

static enum token next_token(struct scan *s)
{
	skip_blank(s);
	strbuf_init(&s->string, s->bytes, sizeof(s->bytes));
	s->from = s->at;
	if (s->at >= s->len)
		return TOKEN_END;
	if (s->text[s->at] == '"' || s->text[s->at] == '\'') {
		short_string(s);
		return TOKEN_STRING;
	}
	if (long_bracket(s, s->at)) {
		long_string(s, long_bracket(s, s->at));
		return TOKEN_STRING;
	}
	if (!isalnum((unsigned char)s->text[s->at]) && s->text[s->at] != '_') {
		s->at++;
		return TOKEN_SIGN;
	}
	while (s->at < s->len && (isalnum((unsigned char)s->text[s->at]) || s->text[s->at] == '_'))
		s->at++;
	return TOKEN_WORD;
}

static bool is_word(const struct scan *s, const char *word)
{
	return strlen(word) == s->at - s->from && !memcmp(s->text + s->from, word, s->at - s->from);
}

/* ---- steps ------------------------------------------------------------------------------------ */

static const struct {
	const char *word;
	bool question, predict;
} calls[] = { { "predict", true, true }, { "ask", true, false }, { "say", false, false }, { "recap", false, false } };

struct reader {
	struct scan scan;
	struct course_lesson *l;
	size_t cap;
	int depth, inside;		/* braces around the token; around the fields of the open question, 0 = none is open */
	bool in_text;			/* the question's text goes on */
	char field[8];			/* last name before a `=` in it */
	struct strbuf asks;		/* its text so far */
	char asks_bytes[STRING_MAX];
};

static size_t nr_steps(const struct reader *r)
{
	return r->l->questions + r->l->cards;
}

static struct course_step *last_step(struct reader *r)
{
	return &r->l->step[nr_steps(r) - 1];
}

/* The end of a long text has what it asks. */
static void keep_text(char *to, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size) {
		text += len - (size - 1);
		while (((unsigned char)*text & 0xc0) == 0x80)	/* not in the middle of a character */
			text++;
	}
	snprintf(to, size, "%s", text);
}

static void end_text(struct reader *r)
{
	if (r->in_text && !last_step(r)->text[0])
		keep_text(last_step(r)->text, sizeof(last_step(r)->text), r->asks.buf);
	r->in_text = false;
}

static int add_step(struct reader *r, bool question, bool predict)
{
	struct course_step *step = r->l->step;

	if (nr_steps(r) == STEPS_MAX)
		return 0;
	if (nr_steps(r) == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 16;
		step = realloc(r->l->step, r->cap * sizeof(*step));
		if (!step)
			return -ENOMEM;
		r->l->step = step;
	}
	step += nr_steps(r);
	memset(step, 0, sizeof(*step));
	step->question = question;
	step->predict = predict;
	if (!question) {
		r->l->cards++;
		return 0;
	}
	r->l->questions++;
	snprintf(step->id, sizeof(step->id), "q%u", r->l->questions);
	strbuf_init(&r->asks, r->asks_bytes, sizeof(r->asks_bytes));
	r->inside = r->depth + 1;
	r->in_text = true;
	r->field[0] = '\0';
	return 0;
}

/* "2.5" -> 5 halves; 0: it is no number, or none that points may be. */
static unsigned int points_at(const struct scan *s, size_t at)
{
	unsigned int halves = 0;

	for (; at < s->len && isdigit((unsigned char)s->text[at]) && halves < 2000; at++)
		halves = 10 * halves + 2 * (unsigned int)(s->text[at] - '0');
	return halves + (at + 1 < s->len && s->text[at] == '.' && s->text[at + 1] == '5');
}

/* A call has a brace, a parenthesis or a text behind its name, and no object before it. */
static int read_word(struct reader *r)
{
	const struct scan *s = &r->scan;
	bool called = s->at < s->len && strspn(s->text + s->at, " ({\"") > 0 && !(s->from && strchr(".:", s->text[s->from - 1]));

	for (size_t k = 0; called && k < sizeof(calls) / sizeof(calls[0]); k++)
		if (is_word(s, calls[k].word))
			return add_step(r, calls[k].question, calls[k].predict);
	if (r->inside && !strcmp(r->field, "points"))
		last_step(r)->halves = points_at(s, s->from);
	if (r->inside && r->depth == r->inside)
		snprintf(r->field, sizeof(r->field), "%.*s", (int)(s->at - s->from), s->text + s->from);
	return 0;
}

static void read_string(struct reader *r)
{
	struct course_step *q = last_step(r);

	if (r->in_text)
		strbuf_puts(&r->asks, r->scan.string.buf);
	else if (!strcmp(r->field, "id"))
		snprintf(q->id, sizeof(q->id), "%.63s", r->scan.string.buf);
	else if (!strcmp(r->field, "short"))
		keep_text(q->text, sizeof(q->text), r->scan.string.buf);
	r->field[0] = '\0';
}

static void read_sign(struct reader *r)
{
	char c = r->scan.text[r->scan.from];

	if (c == '{')
		r->depth++;
	if (c == '}')
		r->depth--;
	if (!r->inside)
		return;
	if (r->depth < r->inside && c == '}') {
		end_text(r);
		r->inside = 0;
	} else if (r->depth == r->inside && c == ',') {
		end_text(r);
		r->field[0] = '\0';
	}
}

int lesson_steps(const char *text, size_t len, struct course_lesson *l)
{
	struct reader *r = calloc(1, sizeof(*r));
	enum token token;
	int err = r ? 0 : -ENOMEM;

	l->questions = l->cards = 0;
	if (r) {
		r->scan.text = text;
		r->scan.len = len;
		r->l = l;
	}
	while (!err && (token = next_token(&r->scan)) != TOKEN_END) {
		if (token == TOKEN_WORD)
			err = read_word(r);
		else if (token == TOKEN_SIGN)
			read_sign(r);
		else if (r->inside && r->depth == r->inside)
			read_string(r);
	}
	free(r);
	return err;
}
