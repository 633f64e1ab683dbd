/*
 * model/lesson_answer.c - the form of an answer: converting a typed one, and the choices it names.
 *
 * An answer is stored as choice ids, so that it survives another order of the choices.  A
 * number or a letter as shown names the choice at that place.
 *
 * Never here:   prompts and refusals (plain/, visualizer/), right or wrong.   Licence: MIT.
 */
#include "model/lesson.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum trace_ask_form lesson_form(const struct lesson_question *q)
{
	return trace_asks[q->kind].form;
}

static bool same(const char *text, const char *word, size_t len)
{
	return strlen(text) == len && memcmp(text, word, len) == 0;
}

static int by_number(const struct lesson_question *q, const char *word, size_t len)
{
	unsigned int n = 0;

	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)word[i]) || n > 99)
			return -1;
		n = 10 * n + (unsigned int)(word[i] - '0');
	}
	return n >= 1 && n <= q->nr_choices ? (int)n - 1 : -1;
}

int lesson_choice(const struct lesson_question *q, const char *word, size_t len)
{
	int letter = len == 1 ? tolower((unsigned char)word[0]) - 'a' : -1;

	for (unsigned int i = 0; i < q->nr_choices; i++)
		if (len && *q->choice[i].id && same(q->choice[i].id, word, len))
			return (int)i;
	if (len && isdigit((unsigned char)word[0]))
		return by_number(q, word, len);
	if (letter >= 0 && letter < (int)q->nr_choices)
		return letter;
	for (unsigned int i = 0; i < q->nr_choices; i++)
		if (len && same(q->choice[i].text, word, len))
			return (int)i;
	return -1;
}

const char *lesson_choice_id(const struct lesson_question *q, unsigned int choice, char buf[16])
{
	if (*q->choice[choice].id)
		return q->choice[choice].id;
	snprintf(buf, 16, "%u", choice + 1);
	return buf;
}

/* The candidates from the one at @pick on, as many as are to be picked. */
static void some_picks(const struct lesson_question *q, uint64_t pick, struct strbuf *value)
{
	char word[LESSON_WORD_MAX];

	for (unsigned int i = 0; q->nr_candidates && i < q->pick_count; i++)
		strbuf_printf(value, "%s%s", i ? " " : "",
			      lesson_candidate_word(&q->candidate[(i + pick) % q->nr_candidates], word));
}

void lesson_some_answer(const struct lesson_question *q, uint64_t pick, struct strbuf *value)
{
	enum trace_ask_form form = lesson_form(q);
	unsigned int nr = form == FORM_ORDER ? q->nr_choices : 1;
	char id[16];

	if (form == FORM_NUMBER)
		strbuf_printf(value, "%" PRIu64, pick);
	else if (form == FORM_PICK)
		some_picks(q, pick, value);
	else if (form == FORM_WORDS)
		strbuf_puts(value, "some words");
	else
		for (unsigned int i = 0; q->nr_choices && i < nr; i++)
			strbuf_printf(value, "%s%s", i ? " " : "",
				      lesson_choice_id(q, (unsigned int)((i + pick) % q->nr_choices), id));
}

/* A time of the run: jitter changes it. */
static bool is_time(const char *unit)
{
	static const char *const units[] = { "ms", "jiffies", "us", "\u00b5s", "s" };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i]) == 0)
			return true;
	return false;
}

bool lesson_same_answer(const struct lesson_question *q, const char *was, const char *is, bool jitter)
{
	if (q->moves || strcmp(was, is) == 0)
		return true;
	if (lesson_form(q) != FORM_NUMBER || !*was || !*is)
		return false;
	return (jitter && is_time(q->unit)) || fabs(strtod(was, NULL) - strtod(is, NULL)) <= q->within + 1e-9;
}

/* Old recordings: the words of the choices, ", " between them. */
static uint32_t chosen_words(const struct lesson_question *q, const char *given, unsigned int *order, unsigned int *nr)
{
	uint32_t mask = 0;

	while (*given) {
		size_t best = 0;
		unsigned int which = 0;

		for (unsigned int i = 0; i < q->nr_choices; i++) {
			size_t len = strlen(q->choice[i].text);

			if (len > best && !strncmp(given, q->choice[i].text, len) && (!given[len] || given[len] == ',')) {
				best = len;
				which = i;
			}
		}
		if (!best)
			return 0;
		mask |= 1u << which;
		order[(*nr)++] = which;
		given += best + strspn(given + best, ", ");
		if (*nr == LESSON_FLAGS_MAX)
			break;
	}
	return mask;
}

/* Parses single choices.  Return: false if a word names no choice, or one twice. */
static bool choices_of(const struct lesson_question *q, const char *given, uint32_t *mask, unsigned int *order,
		       unsigned int *nr)
{
	*mask = 0;
	*nr = 0;
	while (*(given += strspn(given, " ,\t"))) {
		size_t len = strcspn(given, " ,\t");
		int i = lesson_choice(q, given, len);

		if (i < 0 || *mask >> i & 1)
			return false;
		*mask |= 1u << i;
		order[(*nr)++] = (unsigned int)i;
		given += len;
	}
	return true;
}

uint32_t lesson_chosen(const struct lesson_question *q, const char *given, unsigned int order[LESSON_FLAGS_MAX])
{
	unsigned int places[LESSON_FLAGS_MAX], nr = 0;
	uint32_t mask = 0;

	if (!order)
		order = places;
	if (!q->nr_choices || !*given)
		return 0;
	if (q->given_words)
		return chosen_words(q, given, order, &nr);
	return choices_of(q, given, &mask, order, &nr) ? mask : 0;
}

/* ---- typed ------------------------------------------------------------------------------- */

static bool read_choices(const struct lesson_question *q, const char *typed, struct strbuf *value)
{
	enum trace_ask_form form = lesson_form(q);
	unsigned int order[LESSON_FLAGS_MAX], nr;
	uint32_t mask;
	char id[16];

	if (form == FORM_SEVERAL && (!strcmp(typed, "0") || !strcmp(typed, "none"))) {
		strbuf_puts(value, "none");
		return true;
	}
	if (!choices_of(q, typed, &mask, order, &nr) || !nr || (form == FORM_ONE && nr != 1) ||
	    (form == FORM_ORDER && nr != q->nr_choices))
		return false;
	for (unsigned int i = 0; i < nr; i++)
		strbuf_printf(value, "%s%s", i ? " " : "", lesson_choice_id(q, order[i], id));
	return true;
}

/* "25", "2,5", "25 ms". */
static bool read_number(const char *typed, struct strbuf *value)
{
	char text[64], *end;
	double v;

	snprintf(text, sizeof(text), "%s", typed);
	for (char *p = text; *p; p++)
		if (*p == ',')
			*p = '.';
	if (isalpha((unsigned char)text[0]))	/* "inf", "nan" */
		return false;
	v = strtod(text, &end);
	end += strspn(end, " ");
	while (isalpha((unsigned char)*end) || (unsigned char)*end >= 0x80)
		end++;
	if (end == text || *end || v != v || v > 1e15 || v < -1e15)
		return false;
	strbuf_printf(value, "%.15g", v);
	return true;
}

/* Words, or places as shown; each thing once. */
static bool read_picks(const struct lesson_question *q, const char *typed, bool places, struct strbuf *value)
{
	unsigned int which[LESSON_PICKS_MAX], nr = 0;
	char word[LESSON_WORD_MAX];

	while (*(typed += strspn(typed, " ,\t"))) {
		size_t len = strcspn(typed, " ,\t");
		int i = lesson_candidate(q, typed, len, places);

		for (unsigned int k = 0; k < nr && i >= 0; k++)
			i = which[k] == (unsigned int)i ? -1 : i;
		if (i < 0 || nr == LESSON_PICKS_MAX)
			return false;
		which[nr++] = (unsigned int)i;
		typed += len;
	}
	if (!nr || nr != q->pick_count)
		return false;
	for (unsigned int i = 0; i < nr; i++)
		strbuf_printf(value, "%s%s", i ? " " : "", lesson_candidate_word(&q->candidate[which[i]], word));
	return true;
}

bool lesson_read_answer(const struct lesson_question *q, const char *typed, struct strbuf *value)
{
	typed += strspn(typed, " \t");
	switch (lesson_form(q)) {
	case FORM_ONE: case FORM_SEVERAL: case FORM_ORDER:
		return read_choices(q, typed, value);
	case FORM_NUMBER:
		return read_number(typed, value);
	case FORM_PICK:
		return read_picks(q, typed, true, value);
	case FORM_WORDS:
		strbuf_puts(value, typed);
		return *typed != '\0';
	}
	return false;
}
