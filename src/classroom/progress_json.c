/*
 * classroom/progress_json.c - exports progress as JSON that people can read.
 *
 * The members of an object are the columns of its table, in the same order.  The object
 * of an attempt contains its answers.  Inputs are a list of strings, one per line of
 * docs/inputs.md.
 *
 * Lives here:   export.
 * Never here:   import (progress_import.c), the columns (progress_rows.c).
 * Licence: MIT.
 */
#include "classroom/progress_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/outfile.h"

struct out {
	struct progress *p;
	struct json_writer w;
};

static void put_lines(struct json_writer *w, const char *text)
{
	json_begin_array(w, JSON_LINES);
	while (*text) {
		size_t n = strcspn(text, "\n");

		json_string(w, text, n);
		text += n + (text[n] == '\n');
	}
	json_end(w);
}

static void put_member(struct json_writer *w, const struct progress_column *c, const void *record)
{
	int64_t n = progress_get_number(c, record);

	json_key(w, c->name);
	switch (c->kind) {
	case PROGRESS_TEXT:
		json_text(w, progress_get_text(c, record));
		break;
	case PROGRESS_LINES:
		put_lines(w, progress_get_text(c, record));
		break;
	case PROGRESS_U64:
	case PROGRESS_U32:
		json_uint(w, (uint64_t)n);
		break;
	case PROGRESS_I64:
		json_int(w, n);
		break;
	case PROGRESS_BOOL:
		json_bool(w, n != 0);
		break;
	case PROGRESS_TRI:
		if (n < 0)
			json_null(w);
		else
			json_bool(w, n != 0);
		break;
	}
}

/* Leaves the object open. */
static void begin_record(struct json_writer *w, const struct progress_table *t, const void *record,
			 enum json_layout layout)
{
	size_t i;

	json_begin_object(w, layout);
	for (i = 0; i < t->nr; i++)
		if (strcmp(t->columns[i].name, "attempt") != 0)	/* row numbers are valid only in this file */
			put_member(w, &t->columns[i], record);
}

static void put_record(struct json_writer *w, const struct progress_table *t, const void *record)
{
	begin_record(w, t, record, JSON_LINE);
	json_end(w);
}

static int put_answer(void *arg, const struct progress_answer *a)
{
	put_record(&((struct out *)arg)->w, &progress_answer_table, a);
	return 0;
}

static int put_attempt(void *arg, const struct progress_attempt *a)
{
	struct out *o = arg;
	int err;

	begin_record(&o->w, &progress_attempt_table, a, JSON_LINES);
	json_key(&o->w, "answers");
	json_begin_array(&o->w, JSON_LINES);
	err = progress_answers(o->p, a->row, put_answer, o);
	json_end(&o->w);
	json_end(&o->w);
	return err;
}

static int put_practice(void *arg, const struct progress_practice *a)
{
	put_record(&((struct out *)arg)->w, &progress_practice_table, a);
	return 0;
}

static int put_earlier(void *arg, const struct progress_earlier *e)
{
	put_record(&((struct out *)arg)->w, &progress_earlier_table, e);
	return 0;
}

static int put_mark(void *arg, const struct progress_mark *m)
{
	put_record(&((struct out *)arg)->w, &progress_mark_table, m);
	return 0;
}

static int put_log(void *arg, const struct progress_log *l)
{
	put_record(&((struct out *)arg)->w, &progress_log_table, l);
	return 0;
}

static void begin_list(struct json_writer *w, const char *key)
{
	json_key(w, key);
	json_begin_array(w, JSON_LINES);
}

static int put_all(struct out *o)
{
	struct json_writer *w = &o->w;
	int err;

	json_begin_object(w, JSON_LINES);
	json_put_text(w, "format", "kworkshop-progress");
	json_put_uint(w, "version", PROGRESS_JSON_VERSION);
	begin_list(w, "attempts");
	err = progress_attempts(o->p, NULL, NULL, put_attempt, o);
	json_end(w);
	begin_list(w, "practice");
	if (!err)
		err = progress_practice(o->p, NULL, NULL, put_practice, o);
	json_end(w);
	begin_list(w, "earlier");
	if (!err)
		err = progress_earlier(o->p, NULL, NULL, put_earlier, o);
	json_end(w);
	begin_list(w, "marks");
	if (!err)
		err = progress_marks(o->p, NULL, NULL, put_mark, o);
	json_end(w);
	begin_list(w, "log");
	if (!err)
		err = progress_each_log(o->p, put_log, o);
	json_end(w);
	json_end(w);
	return err;
}

int progress_export(struct progress *p, FILE *to)
{
	struct out o = { .p = p };
	int err = progress_sql(p, "BEGIN");	/* a consistent state, although other programs may write */

	if (err)
		return err;
	json_to_file(&o.w, to);
	err = put_all(&o);
	fputc('\n', to);
	progress_sql(p, "ROLLBACK");
	if (!err && ferror(to))
		err = -EIO;
	return err;
}

int progress_export_file(struct progress *p, const char *path)
{
	struct outfile out;
	int err = outfile_open(&out, path);

	return err ? err : outfile_close(&out, progress_export(p, out.f));
}
