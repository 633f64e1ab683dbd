/*
 * classroom/progress_import.c - adds the rows of an export to this file.
 *
 * The import is one transaction; the first error rolls it back.  Nothing is overwritten.
 * An attempt of the export ("theirs") is compared with those of this file ("ours"):
 *
 *   same run, same inputs                           missing answers are added to ours
 *   ours is unfinished and theirs continues it      ours gets their inputs and answers
 *   theirs is unfinished and ours continues it      missing answers are added to ours
 *   otherwise                                       theirs becomes a new attempt
 *
 * Only attempts from before the import are compared, each at most once, so two attempts
 * of one export stay two attempts.
 *
 * Lives here:   versions 1, 2 and 3 of the format, checks with a line number, merging.
 * Never here:   export (progress_json.c).
 * Licence: MIT.
 */
#include "classroom/progress_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/strbuf.h"
#include "run/run.h"
#include "words/texts.h"

struct import {
	struct progress *p;
	char *err;
	size_t err_size;
	int64_t last_row;		/* the last attempt from before the import */
	int64_t *matched;		/* rows of ours that are already paired */
	size_t nr_matched, cap_matched;
	struct progress_log last_log;	/* avoids two log rows for one lesson */
};

static int fail(const struct import *im, const struct json_value *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static int fail(const struct import *im, const struct json_value *at, const char *fmt, ...)
{
	STRBUF(text, 300);
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(&text, fmt, ap);
	va_end(ap);
	snprintf(im->err, im->err_size, "%u: %s", at ? at->line : 1, text.buf);
	return -EINVAL;
}

/* ---- members --------------------------------------------------------------------------------- */

static int take_text(const struct import *im, const struct progress_column *c, const struct json_value *v, void *record)
{
	const char *text = json_get_text(v);

	if (!text)
		return fail(im, v, W(IMPORT_NO_STRING), c->name, json_type_name(v->type));
	if (v->len >= c->size)
		return fail(im, v, W(IMPORT_LONG), c->name, c->size - 1);
	if (!v->len && c->min)
		return fail(im, v, W(IMPORT_EMPTY), c->name);
	memcpy((char *)record + c->offset, text, v->len + 1);
	return 0;
}

/* A list of lines into one malloc'ed text, each line with its newline; they must be inputs. */
static int take_lines(const struct import *im, const struct progress_column *c, const struct json_value *v, void *record)
{
	struct run_inputs inputs = { 0 };
	const struct json_value *line;
	char why[300], *text;
	size_t size = 1;
	struct strbuf out;
	int rc;

	if (v->type != JSON_ARRAY)
		return fail(im, v, W(IMPORT_NO_LIST_BUT), c->name, json_type_name(v->type));
	json_for_each(line, v) {
		if (!json_get_text(line) || strchr(json_get_text(line), '\n'))
			return fail(im, line, W(IMPORT_LINES), c->name);
		size += line->len + 1;
	}
	text = malloc(size);
	if (!text)
		return -ENOMEM;
	strbuf_init(&out, text, size);
	json_for_each(line, v)
		strbuf_printf(&out, "%s\n", json_get_text(line));
	memcpy((char *)record + c->offset, &text, sizeof(text));
	rc = run_inputs_parse(&inputs, text, "inputs", why, sizeof(why));
	run_inputs_fini(&inputs);
	return rc == -EINVAL ? fail(im, v, "%s", why) : rc;
}

static bool get_number(const struct progress_column *c, const struct json_value *v, int64_t *n)
{
	uint64_t u;
	bool yes;

	if (c->kind == PROGRESS_TRI && v->type == JSON_NULL) {
		*n = -1;
		return true;
	}
	if (c->kind == PROGRESS_BOOL || c->kind == PROGRESS_TRI) {
		if (!json_get_bool(v, &yes))
			return false;
		*n = yes;
		return true;
	}
	if (c->kind == PROGRESS_I64)
		return json_get_int(v, c->min, c->max, n);
	if (!json_get_uint(v, c->kind == PROGRESS_U64 ? UINT64_MAX : (uint64_t)c->max, &u) || u < (uint64_t)c->min)
		return false;
	*n = (int64_t)u;
	return true;
}

static int take_number(const struct import *im, const struct progress_column *c, const struct json_value *v, void *record)
{
	int64_t n;

	if (get_number(c, v, &n)) {
		progress_set_number(c, record, n);
		return 0;
	}
	if (c->kind == PROGRESS_BOOL || c->kind == PROGRESS_TRI)
		return fail(im, v, c->kind == PROGRESS_TRI ? W(IMPORT_TRI) : W(IMPORT_BOOL), c->name);
	if (c->max < UINT32_MAX)
		return fail(im, v, W(IMPORT_NUMBER_TO), c->name, c->min, c->max);
	return fail(im, v, W(IMPORT_NUMBER_FROM), c->name, c->min);
}

static int take_member(const struct import *im, const struct progress_column *c, const struct json_value *object,
		       const char *key, void *record)
{
	const struct json_value *v = json_member(object, key);

	if (!v)
		return fail(im, object, W(IMPORT_MISSING), key);
	if (c->kind == PROGRESS_TEXT)
		return take_text(im, c, v, record);
	return c->kind == PROGRESS_LINES ? take_lines(im, c, v, record) : take_number(im, c, v, record);
}

/* An object whose members are the columns of @t, and @more ("" = none). */
static int take_record(const struct import *im, const struct progress_table *t, const struct json_value *object,
		       const char *more, void *record)
{
	const struct json_value *v;
	size_t i;
	int err;

	memset(record, 0, t->bytes);
	if (object->type != JSON_OBJECT)
		return fail(im, object, W(IMPORT_NO_OBJECT), json_type_name(object->type));
	for (i = 0; i < t->nr; i++) {
		if (!strcmp(t->columns[i].name, "attempt"))
			continue;
		err = take_member(im, &t->columns[i], object, t->columns[i].name, record);
		if (err)
			return err;
	}
	json_for_each(v, object) {
		for (i = 0; i < t->nr && strcmp(t->columns[i].name, v->key) != 0; i++)
			;
		if (i == t->nr && strcmp(more, v->key) != 0)
			return fail(im, v, W(IMPORT_UNKNOWN), v->key);
	}
	return 0;
}

static int need_list(const struct import *im, const struct json_value *object, const char *key,
		     const struct json_value **list)
{
	*list = json_member(object, key);
	if (!*list)
		return fail(im, object, W(IMPORT_MISSING), key);
	return (*list)->type == JSON_ARRAY ? 0 : fail(im, *list, W(IMPORT_NO_LIST), key);
}

/* ---- merging an attempt ---------------------------------------------------------------------------- */

static bool is_matched(const struct import *im, int64_t row)
{
	size_t i;

	for (i = 0; i < im->nr_matched; i++)
		if (im->matched[i] == row)
			return true;
	return false;
}

static int note_matched(struct import *im, int64_t row)
{
	if (im->nr_matched == im->cap_matched) {
		size_t cap = im->cap_matched ? 2 * im->cap_matched : 16;
		int64_t *v = realloc(im->matched, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		im->matched = v;
		im->cap_matched = cap;
	}
	im->matched[im->nr_matched++] = row;
	return 0;
}

/* How well two attempts match, in ascending order. */
enum likeness { UNLIKE, OURS_CONTINUES, THEIRS_CONTINUES, SAME };

static enum likeness compare(const struct progress_attempt *ours, const struct progress_attempt *theirs)
{
	size_t a = strlen(ours->inputs), b = strlen(theirs->inputs);

	if (ours->variant != theirs->variant || ours->seed != theirs->seed || strcmp(ours->options, theirs->options) != 0)
		return UNLIKE;
	if (a == b && !strcmp(ours->inputs, theirs->inputs) && ours->ended == theirs->ended)
		return SAME;
	if (!ours->ended && b >= a && !strncmp(ours->inputs, theirs->inputs, a))
		return THEIRS_CONTINUES;
	return !theirs->ended && a >= b && !strncmp(ours->inputs, theirs->inputs, b) ? OURS_CONTINUES : UNLIKE;
}

struct match {
	struct import *im;
	const struct progress_attempt *theirs;
	enum likeness likeness;
	size_t common;			/* length of the common beginning of their inputs */
	int64_t row;
	uint32_t n;
	uint64_t sum;
};

static int find_match(void *arg, const struct progress_attempt *ours)
{
	struct match *m = arg;
	enum likeness l = compare(ours, m->theirs);
	size_t a = strlen(ours->inputs), b = strlen(m->theirs->inputs), common = a < b ? a : b;

	if (!l || ours->row > m->im->last_row || is_matched(m->im, ours->row))
		return 0;
	if ((l == SAME) < (m->likeness == SAME) || ((l == SAME) == (m->likeness == SAME) && m->likeness && common <= m->common))
		return 0;
	*m = (struct match){ m->im, m->theirs, l, common, ours->row, ours->n, progress_sum(&progress_attempt_table, ours) };
	return 0;
}

static int add_new(struct import *im, struct progress_attempt *a)
{
	int err = progress_next_n(im->p, a, &a->n);

	return err ? err : progress_insert(im->p, &progress_attempt_table, a);
}

/* Sets a->row to its row in this file. */
static int merge_attempt(struct import *im, struct progress_attempt *a)
{
	struct match m = { .im = im, .theirs = a };
	int err = progress_attempts(im->p, a->course, a->lesson, find_match, &m);

	if (err)
		return err;
	if (!m.likeness)
		return add_new(im, a);
	a->row = m.row;
	a->n = m.n;
	if (m.likeness == THEIRS_CONTINUES)
		err = progress_update(im->p, &progress_attempt_table, a, m.sum);
	return err ? err : note_matched(im, m.row);
}

static int merge_answer(struct import *im, struct progress_answer *a)
{
	int err = progress_insert(im->p, &progress_answer_table, a);

	return err == -EEXIST ? 0 : err;	/* the first answer stays */
}

static int log_import(struct import *im, const char *course, const char *lesson)
{
	struct progress_log l = { .what = "import" };

	snprintf(l.course, sizeof(l.course), "%s", course);
	snprintf(l.lesson, sizeof(l.lesson), "%s", lesson);
	if (!strcmp(l.course, im->last_log.course) && !strcmp(l.lesson, im->last_log.lesson))
		return 0;
	im->last_log = l;
	return progress_insert(im->p, &progress_log_table, &l);
}

struct earlier_merge {
	struct progress_earlier *theirs;
	int64_t row;
	uint64_t sum;
};

static int take_ours(void *arg, const struct progress_earlier *ours)
{
	struct earlier_merge *m = arg;

	m->row = ours->row;
	m->sum = progress_sum(&progress_earlier_table, ours);
	if (ours->finished > m->theirs->finished)
		m->theirs->finished = ours->finished;
	if (ours->best > m->theirs->best)
		m->theirs->best = ours->best;
	return 0;
}

static int merge_earlier(struct import *im, struct progress_earlier *e)
{
	struct earlier_merge m = { .theirs = e };
	int err = progress_earlier(im->p, e->course, e->lesson, take_ours, &m);

	if (err)
		return err;
	e->row = m.row;
	return m.row ? progress_update(im->p, &progress_earlier_table, e, m.sum) :
		       progress_insert(im->p, &progress_earlier_table, e);
}

/* ---- versions 2 and 3 ------------------------------------------------------------------------------------------ */

static int attempt_2(struct import *im, const struct json_value *object)
{
	struct progress_attempt a = { 0 };
	struct progress_answer answer;
	const struct json_value *list = NULL, *v;
	int err = take_record(im, &progress_attempt_table, object, "answers", &a);

	if (!err)
		err = need_list(im, object, "answers", &list);
	if (!err)
		err = merge_attempt(im, &a);
	for (v = json_first(list); v && !err; v = v->next) {
		err = take_record(im, &progress_answer_table, v, "", &answer);
		answer.attempt = a.row;
		if (!err)
			err = merge_answer(im, &answer);
	}
	if (!err)
		err = log_import(im, a.course, a.lesson);
	progress_attempt_fini(&a);
	return err;
}

static int earlier_2(struct import *im, const struct json_value *object)
{
	struct progress_earlier e;
	int err = take_record(im, &progress_earlier_table, object, "", &e);

	return err ? err : merge_earlier(im, &e);
}

static int practice_3(struct import *im, const struct json_value *object)
{
	struct progress_practice a;
	int err = take_record(im, &progress_practice_table, object, "", &a);

	if (!err)
		err = progress_insert(im->p, &progress_practice_table, &a);
	return err == -EEXIST ? 0 : err;	/* our answer stays */
}

static int mark_2(struct import *im, const struct json_value *object)
{
	struct progress_mark m;
	int err = take_record(im, &progress_mark_table, object, "", &m);

	if (!err)
		err = progress_insert(im->p, &progress_mark_table, &m);
	return err == -EEXIST ? 0 : err;	/* our text stays */
}

static int log_2(struct import *im, const struct json_value *object)
{
	struct progress_log l;

	/* checked, not stored: it is the log of another file */
	return take_record(im, &progress_log_table, object, "", &l);
}

static int read_lists(struct import *im, const struct json_value *root, uint64_t version)
{
	static const struct {
		const char *key;
		uint64_t since;		/* the version that has it first */
		int (*take)(struct import *im, const struct json_value *v);
	} lists[] = {
		{ "attempts", 2, attempt_2 }, { "practice", 3, practice_3 }, { "earlier", 2, earlier_2 },
		{ "marks", 2, mark_2 }, { "log", 2, log_2 },
	};
	const struct json_value *list, *v;
	size_t i;
	int err = 0;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]) && !err; i++) {
		if (version < lists[i].since)
			continue;
		err = need_list(im, root, lists[i].key, &list);
		if (err)
			break;
		for (v = json_first(list); v && !err; v = v->next)
			err = lists[i].take(im, v);
	}
	return err;
}

/* ---- version 1 -------------------------------------------------------------------------------------------- */

/* The name of a column in version 1, if it differs. */
static int member_1(const struct import *im, const struct progress_table *t, const char *name, const char *key,
		    const struct json_value *object, void *record)
{
	size_t i;

	for (i = 0; i < t->nr; i++)
		if (!strcmp(t->columns[i].name, name))
			return take_member(im, &t->columns[i], object, key, record);
	return -EINVAL;		/* no such column: not reached */
}

static int attempt_1(const struct import *im, const struct json_value *object, struct progress_attempt *a)
{
	static const char *const names[][2] = {
		{ "course", "course" }, { "lesson", "id" }, { "variant", "variant" }, { "seed", "seed" },
		{ "total", "total" }, { "inputs", "inputs" },
	};
	const struct json_value *ended = json_member(object, "ended"), *hash = json_member(object, "hash");
	size_t i;
	int err = 0;

	if (object->type != JSON_OBJECT)
		return fail(im, object, W(IMPORT_NO_LESSON), json_type_name(object->type));
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && !err; i++)
		err = member_1(im, &progress_attempt_table, names[i][0], names[i][1], object, a);
	if (!err && hash)
		err = member_1(im, &progress_attempt_table, "hash", "hash", object, a);
	if (!err && ended)
		err = member_1(im, &progress_attempt_table, "ended", "ended", object, a);
	return err;
}

static int answer_1(const struct import *im, const struct json_value *object, struct progress_answer *a)
{
	static const char *const names[] = { "question", "ordinal", "value" };
	const char *const optional[] = { "right", "hints" };
	size_t i;
	int err = 0;

	if (object->type != JSON_OBJECT)
		return fail(im, object, W(IMPORT_NO_ANSWER), json_type_name(object->type));
	for (i = 0; i < sizeof(names) / sizeof(names[0]) && !err; i++)
		err = member_1(im, &progress_answer_table, names[i], names[i], object, a);
	a->right = -1;
	for (i = 0; i < 2 && !err; i++)
		if (json_member(object, optional[i]))
			err = member_1(im, &progress_answer_table, optional[i], optional[i], object, a);
	return err;
}

static int earlier_1(struct import *im, const struct json_value *object, const struct progress_attempt *a, uint32_t right)
{
	struct progress_earlier e = { 0 };
	int err = member_1(im, &progress_earlier_table, "finished", "finished", object, &e);

	if (!err)
		err = member_1(im, &progress_earlier_table, "best", "best", object, &e);
	if (err)
		return err;
	memcpy(e.course, a->course, sizeof(e.course));
	memcpy(e.lesson, a->lesson, sizeof(e.lesson));
	e.finished -= e.finished && a->ended;
	return e.finished || e.best > (a->ended ? right : 0) ? merge_earlier(im, &e) : 0;
}

static int lesson_1(struct import *im, const struct json_value *object)
{
	struct progress_attempt a = { .n = 1 };
	struct progress_answer answer;
	const struct json_value *v;
	uint32_t right = 0;
	int err = attempt_1(im, object, &a);

	if (!err)
		err = merge_attempt(im, &a);
	for (v = json_first(json_member(object, "answers")); v && !err; v = v->next) {
		answer = (struct progress_answer){ .attempt = a.row };
		err = answer_1(im, v, &answer);
		right += !err && answer.ordinal == 1 && answer.right == 1;
		if (!err)
			err = merge_answer(im, &answer);
	}
	if (!err)
		err = earlier_1(im, object, &a, right);
	if (!err)
		err = log_import(im, a.course, a.lesson);
	progress_attempt_fini(&a);
	return err;
}

static int read_1(struct import *im, const struct json_value *root)
{
	const struct json_value *list, *v;
	int err = need_list(im, root, "lessons", &list);

	for (v = err ? NULL : json_first(list); v && !err; v = v->next)
		err = lesson_1(im, v);
	return err;
}

/* ---- import ------------------------------------------------------------------------------------------------ */

static int read_root(struct import *im, const struct json_value *root)
{
	const char *format = json_get_text(json_member(root, "format"));
	uint64_t version;

	if (!format || strcmp(format, "kworkshop-progress") != 0)
		return fail(im, root, W(IMPORT_FORMAT));
	if (!json_get_uint(json_member(root, "version"), UINT32_MAX, &version) || version < 1 ||
	    version > PROGRESS_JSON_VERSION)
		return fail(im, json_member(root, "version"), W(IMPORT_VERSION), PROGRESS_JSON_VERSION);
	return version == 1 ? read_1(im, root) : read_lists(im, root, version);
}

static int last_attempt(struct progress *p, int64_t *row)
{
	sqlite3_stmt *st;
	int err = progress_query(p, &st, "SELECT max(row) FROM attempt", "");

	return err ? err : progress_number(st, row);
}

int progress_import(struct progress *p, const char *json, size_t len, char *err, size_t err_size)
{
	const struct json_limits limits = { PROGRESS_JSON_BYTES_MAX, 1000000, 8 };
	struct import im = { .p = p, .err = err, .err_size = err_size };
	struct json_error why;
	struct json *tree;
	int e = json_parse(&tree, json, len, &limits, &why);

	err[0] = '\0';
	if (e == -ENOMEM)
		return e;
	if (e) {
		snprintf(err, err_size, "%u: %s", why.line, why.text);
		return -EINVAL;
	}
	e = progress_begin(p);
	if (!e) {
		e = last_attempt(p, &im.last_row);
		if (!e)
			e = read_root(&im, json_root(tree));
		e = progress_finish(p, e);
	}
	free(im.matched);
	json_free(tree);
	return e;
}
