/*
 * check/translations.c - the translations of a lesson: NAME.LANG.lua beside NAME.lua.
 *
 * The runs report each text of the lesson with its key (lua/lib/probe.lua).  A translation is
 * compared with all of them together, as a text may occur after a wrong answer only.
 *
 * Lives here:   unknown keys, names in braces, texts without a translation, texts that do not fit.
 * Never here:   the file's grammar (model/translation.h), measuring (play.c).   Licence: MIT.
 */
#include "check/check_internal.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/nearest.h"
#include "model/translation.h"
#include "words/texts.h"

#define TEXTS_MAX 4096

struct text {
	const char *key, *template;	/* in a report, not terminated */
	size_t key_len, template_len;
};

struct texts {
	struct text v[TEXTS_MAX];
	size_t nr;
};

void check_languages(const char *lesson, void (*take)(void *arg, const char *path, const char *lang), void *arg)
{
	char pattern[1100], lang[TRANSLATION_LANG_MAX];
	size_t len = strlen(lesson);
	glob_t files = { 0 };

	if (len < 5 || snprintf(pattern, sizeof(pattern), "%.*s.*.lua", (int)(len - 4), lesson) >= (int)sizeof(pattern))
		return;
	if (glob(pattern, 0, NULL, &files) == 0)
		for (size_t i = 0; i < files.gl_pathc; i++)
			if (translation_is_name(files.gl_pathv[i], lang))
				take(arg, files.gl_pathv[i], lang);
	globfree(&files);
}

/* ---- the lesson's own texts ------------------------------------------------------------------ */

/* "choices/once" and "choices/once/1" name the same text. */
static bool is_key(const struct text *t, const char *key)
{
	size_t n = strlen(key);

	if (t->key_len == n && !strncmp(t->key, key, n))
		return true;
	return strstr(key, "/choices/") && t->key_len == n + 2 && !strncmp(t->key, key, n) && !strncmp(t->key + n, "/1", 2);
}

static const struct text *find_text(const struct texts *texts, const char *key)
{
	for (size_t i = 0; i < texts->nr; i++)
		if (is_key(&texts->v[i], key))
			return &texts->v[i];
	return NULL;
}

static void add_text(struct texts *texts, const struct report_line *line)
{
	const char *blank = memchr(line->text, ' ', line->len);
	char key[TRANSLATION_KEY_MAX];

	if (!blank || texts->nr == TEXTS_MAX)
		return;
	snprintf(key, sizeof(key), "%.*s", (int)(blank - line->text), line->text);
	if (!find_text(texts, key))
		texts->v[texts->nr++] = (struct text){ line->text, blank + 1, (size_t)(blank - line->text),
						       line->len - (size_t)(blank + 1 - line->text) };
}

static void collect(const struct check *c, struct texts *texts)
{
	struct report_line line;

	for (size_t i = 0; i < c->nr_runs; i++)
		for (const char *at = c->report[i]; c->run[i].probe && report_next(&at, &line);)
			if (!strcmp(line.kind, "text"))
				add_text(texts, &line);
}

/* ---- one row ------------------------------------------------------------------------------------ */

struct judged {
	struct check *c;
	const char *path;
	const struct translation_row *row;
	const struct text *text;
};

struct sought {
	const char *name;
	size_t len;
	bool found;
};

static void compare_name(void *arg, const char *name, size_t len)
{
	struct sought *s = arg;

	s->found |= len == s->len && !strncmp(name, s->name, len);
}

static void judge_name(void *arg, const char *name, size_t len)
{
	struct judged *j = arg;
	struct sought s = { name, len, false };

	markup_names(j->text->template, j->text->template_len, compare_name, &s);
	if (!s.found)
		check_find_in(j->c, CHECK_TRANSLATION, j->path, j->row->line, j->row->col, W(CHECK_FIX_NAME), W(CHECK_NAME_UNKNOWN),
			      j->row->key, (int)len, name);
}

static void judge_unknown(struct check *c, const char *path, const struct translation_row *row, const struct texts *texts)
{
	struct nearest near = { .typed = row->key };
	static char keys[TEXTS_MAX][TRANSLATION_KEY_MAX];	/* one thread */
	char fix[400];
	const char *best;

	for (size_t i = 0; i < texts->nr; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%.*s", (int)texts->v[i].key_len, texts->v[i].key);
		nearest_offer(&near, keys[i]);
	}
	best = nearest_best(&near);
	snprintf(fix, sizeof(fix), W(CHECK_FIX_KEY), best ? best : "?");
	check_find_in(c, CHECK_TRANSLATION, path, row->line, row->col, best ? fix : W(CHECK_FIX_TRANSLATION), W(CHECK_KEY_UNKNOWN),
		      row->key);
}

static void judge_row(struct check *c, const char *path, const struct translation_row *row, const struct texts *texts)
{
	struct judged j = { c, path, row, find_text(texts, row->key) };

	if (!j.text)
		judge_unknown(c, path, row, texts);
	else
		markup_names(row->text, strlen(row->text), judge_name, &j);
}

/* ---- one file ------------------------------------------------------------------------------------- */

static bool has_row(const struct translation *t, const struct text *text)
{
	for (size_t i = 0; i < t->nr; i++)
		if (is_key(text, t->row[i].key))
			return true;
	return false;
}

static void judge_missing(struct check *c, const char *path, const struct translation *t, const struct texts *texts)
{
	const struct text *first = NULL;
	char key[TRANSLATION_KEY_MAX];
	size_t missing = 0;

	for (size_t i = 0; i < texts->nr; i++) {
		if (has_row(t, &texts->v[i]))
			continue;
		missing++;
		first = first ? first : &texts->v[i];
	}
	if (!first)
		return;
	snprintf(key, sizeof(key), "%.*s", (int)first->key_len, first->key);
	check_find_in(c, CHECK_UNTRANSLATED, path, 1, 1, W(CHECK_FIX_UNTRANSLATED), W(CHECK_MISSING_TEXTS), missing, texts->nr, key);
}

/* The cards that the runs found too long in @lang. */
static void judge_long(struct check *c, const char *path, const char *lang, const struct translation *t)
{
	char text[400], of[TRANSLATION_LANG_MAX], key[TRANSLATION_KEY_MAX];
	struct report_line line;
	unsigned int lines, most;

	for (size_t i = 0; i < c->nr_runs; i++)
		for (const char *at = c->report[i]; report_next(&at, &line);) {
			const struct translation_row *row;

			if (strcmp(line.kind, "long-in"))
				continue;
			snprintf(text, sizeof(text), "%.*s", (int)line.len, line.text);
			if (sscanf(text, "%31s %199s %u %u", of, key, &lines, &most) != 4 || strcmp(of, lang) != 0)
				continue;
			row = translation_find(t, key);
			check_find_in(c, CHECK_TOO_LONG, path, row ? row->line : 1, row ? row->col : 1, W(CHECK_FIX_TOO_LONG),
				      W(CHECK_LONG_IN), key, lines, most);
		}
}

struct judging {
	struct check *c;
	const struct texts *texts;
};

static void judge_file(void *arg, const char *path, const char *lang)
{
	const struct judging *j = arg;
	struct translation t;
	struct translation_fault fault;
	int rc = translation_read(&t, path, &fault);

	if (rc == -EINVAL)
		check_find_in(j->c, CHECK_TRANSLATION, path, fault.line, fault.col, W(CHECK_FIX_TRANSLATION), "%s", fault.text);
	else if (rc)
		check_find_in(j->c, CHECK_TRANSLATION, path, 1, 1, W(CHECK_FIX_TRANSLATION), W(CHECK_TRANSLATION_FILE), strerror(-rc));
	for (size_t i = 0; !rc && i < t.nr; i++)
		judge_row(j->c, path, &t.row[i], j->texts);
	if (!rc) {
		judge_missing(j->c, path, &t, j->texts);
		judge_long(j->c, path, lang, &t);
	}
	translation_fini(&t);
}

void check_translations(struct check *c)
{
	struct texts *texts = calloc(1, sizeof(*texts));
	struct judging j = { c, texts };

	if (!texts)
		return;
	if (report_has(c->report[0], "ended", "", "")) {	/* a lesson that does not end has not shown its texts */
		collect(c, texts);
		check_languages(c->path, judge_file, &j);
	}
	free(texts);
}
