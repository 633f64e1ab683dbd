/*
 * words/translate.c - see translate.h.
 *
 * Lives here:   comparing the arguments of two formats; the texts in force for tables of other rooms.
 * Never here:   the texts in force (texts.c, sentence.c).
 * Licence: MIT.
 */
#include "words/translate.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words/sentence.h"
#include "words/texts.h"
#include "words/why.h"

/* ---- the arguments of a format --------------------------------------------------------- */

#define ARGUMENTS_MAX 8

/* By place: length and conversion, as in "lu"; "*" is a width or a precision.  "" = not taken. */
struct arguments {
	char type[ARGUMENTS_MAX][4];
	unsigned int nr;
	bool wrong;
};

static void take(struct arguments *a, unsigned int place, const char *type, size_t len)
{
	if (place >= ARGUMENTS_MAX || len >= sizeof(a->type[0]) ||
	    (a->type[place][0] && (strncmp(a->type[place], type, len) != 0 || a->type[place][len]))) {
		a->wrong = true;
		return;
	}
	memcpy(a->type[place], type, len);
	if (place >= a->nr)
		a->nr = place + 1;
}

/* "12" and a pointer behind it; 0 = no number there. */
static unsigned int place_of(const char **p)
{
	char *end;
	unsigned long n = isdigit((unsigned char)**p) ? strtoul(*p, &end, 10) : 0;

	if (!n || *end != '$' || n > ARGUMENTS_MAX)
		return 0;
	*p = end + 1;
	return (unsigned int)n;
}

/* Parses the rest of a conversion after '%'. Return: the character after it. */
static const char *read_conversion(struct arguments *a, const char *p, unsigned int *next)
{
	unsigned int place = place_of(&p);
	const char *type;

	for (p += strspn(p, "-+ #0"); isdigit((unsigned char)*p) || *p == '*' || *p == '.'; p++)
		if (*p == '*')
			take(a, (*next)++, "*", 1);
	type = p;
	p += strspn(p, "hlzjt");
	if (!*p || !strchr("dioxXucsfFeEgGp", *p)) {
		a->wrong = true;
		return p;
	}
	take(a, place ? place - 1 : (*next)++, type, (size_t)(p + 1 - type));
	return p + 1;
}

static struct arguments arguments_of(const char *format)
{
	struct arguments a = { .nr = 0 };
	unsigned int next = 0;

	for (const char *p = format; *p && !a.wrong;) {
		if (*p++ != '%')
			continue;
		if (*p == '%')
			p++;
		else
			p = read_conversion(&a, p, &next);
	}
	for (unsigned int i = 0; i < a.nr; i++)
		a.wrong = a.wrong || !a.type[i][0];	/* "%2$s" alone: printf() cannot step over the first */
	return a;
}

static bool same_arguments(const char *a, const char *b)
{
	struct arguments x = arguments_of(a), y = arguments_of(b);

	return !x.wrong && !y.wrong && x.nr == y.nr && !memcmp(x.type, y.type, sizeof(x.type));
}

/* ---- texts of tables ---------------------------------------------------------------------- */

static bool (*table_key_exists)(const char *key);

static struct table_text {
	struct table_text *next;
	char *text;
	char key[];
} *table_texts;

void words_table_keys(bool (*exists)(const char *key))
{
	table_key_exists = exists;
}

static struct table_text *find_table_text(const char *key)
{
	struct table_text *t = table_texts;

	while (t && strcmp(t->key, key) != 0)
		t = t->next;
	return t;
}

const char *words_table_text(const char *key, const char *english)
{
	const struct table_text *t = find_table_text(key);

	return t ? t->text : english;
}

static int replace_table_text(const char *key, const char *text, char *err, size_t err_size)
{
	struct table_text *t = find_table_text(key);
	char *copy;

	if (!table_key_exists || !table_key_exists(key)) {
		snprintf(err, err_size, W(LANG_NO_TABLE_TEXT), key);
		return -ENOENT;
	}
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	if (!t) {
		t = calloc(1, sizeof(*t) + strlen(key) + 1);
		if (!t) {
			free(copy);
			return -ENOMEM;
		}
		strcpy(t->key, key);
		t->next = table_texts;
		table_texts = t;
	}
	free(t->text);
	t->text = copy;
	return 0;
}

static void drop_table_texts(void)
{
	struct table_text *t;

	while ((t = table_texts) != NULL) {
		table_texts = t->next;
		free(t->text);
		free(t);
	}
}

static bool only_ascii;

void words_use_ascii(bool ascii)
{
	only_ascii = ascii;
}

bool words_ascii(void)
{
	return only_ascii;
}

/* ---- replacing ---------------------------------------------------------------------------- */

static int replace_event(const char *name, const char *text, char *err, size_t err_size)
{
	enum trace_kind kind = trace_kind_by_name(name);
	const char *bad;

	if (kind == EV_NONE) {
		snprintf(err, err_size, W(LANG_NO_EVENT), name);
		return -ENOENT;
	}
	if (!words_event_text_ok(kind, text, &bad)) {
		snprintf(err, err_size, W(LANG_NO_FIELD), name, bad);
		return -EINVAL;
	}
	return words_event_replace(kind, text);
}

/* @name: "need_more_worker.yes". */
static int replace_reason(const char *name, const char *text, char *err, size_t err_size)
{
	const char *dot = strrchr(name, '.');
	bool yes = dot && !strcmp(dot, ".yes");
	int rc;

	for (int pred = 1; dot && pred < WHY_NR; pred++) {
		const char *function = trace_why_rows[pred].name;

		if (strlen(function) != (size_t)(dot - name) || strncmp(function, name, strlen(function)) != 0 ||
		    (!yes && strcmp(dot, ".no") != 0))
			continue;
		rc = words_reason_replace((enum trace_why_id)pred, yes, text);
		if (rc == -EINVAL)
			snprintf(err, err_size, W(LANG_NO_VALUE), name);
		return rc;
	}
	snprintf(err, err_size, W(LANG_NO_DECISION), name);
	return -ENOENT;
}

int words_replace(const char *key, const char *text, char *err, size_t err_size)
{
	char *copy;
	enum words_key i = 0;

	if (!strncmp(key, "why.", 4))
		return replace_reason(key + 4, text, err, err_size);
	if (!strncmp(key, "event.", 6))
		return replace_event(key + 6, text, err, err_size);
	if (!strncmp(key, "table.", 6))
		return replace_table_text(key + 6, text, err, err_size);
	while (i < W_NR && strcmp(words_key_name(i), key))
		i++;
	if (i == W_NR) {
		snprintf(err, err_size, W(LANG_NO_TEXT), key);
		return -ENOENT;
	}
	if (!same_arguments(words_key_english(i), text)) {
		snprintf(err, err_size, W(LANG_ARGUMENTS), key, words_key_english(i));
		return -EINVAL;
	}
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free((char *)(uintptr_t)words_key_set(i, copy));
	return 0;
}

void words_replace_none(void)
{
	for (enum words_key i = 0; i < W_NR; i++)
		free((char *)(uintptr_t)words_key_set(i, NULL));
	drop_table_texts();
	words_event_replace_none();
	for (int pred = 1; pred < WHY_NR; pred++)
		for (int yes = 0; yes < 2; yes++)
			words_reason_replace((enum trace_why_id)pred, yes, NULL);
}
