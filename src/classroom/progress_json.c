/*
 * classroom/progress_json.c - progress as a JSON file that people can read, and back.
 *
 * Inputs are written a line a string, as docs/inputs.md has them.  Reading uses
 * SQLite's own JSON functions: what is checked and what is written is then one
 * statement's view of the same text.
 *
 * Lives here:   export, import.
 * Never here:   the schema (progress.c).
 * Licence: MIT.
 */
#include "classroom/progress_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"

/* ---- out ------------------------------------------------------------------------------- */

struct out {
	struct progress *p;
	FILE *to;
	bool first_lesson, first_answer;
};

static void put_string(FILE *to, const char *text, size_t n)
{
	size_t size = 6 * n + 3;	/* every byte escaped, quotes, NUL */
	char *buf = malloc(size);
	struct strbuf s;

	if (!buf)
		return;			/* the file is checked as a whole: it will not parse */
	strbuf_init(&s, buf, size);
	strbuf_json(&s, text, n);
	fputs(buf, to);
	free(buf);
}

static void put_field(FILE *to, const char *name, const char *text)
{
	fprintf(to, "\"%s\": ", name);
	put_string(to, text, strlen(text));
}

static void put_inputs(FILE *to, const char *text)
{
	const char *sep = "\n        ";

	fputs("\"inputs\": [", to);
	while (*text) {
		size_t n = strcspn(text, "\n");

		fputs(sep, to);
		put_string(to, text, n);
		sep = ",\n        ";
		text += n + (text[n] == '\n');
	}
	fputs("]", to);
}

static int put_answer(void *arg, const struct progress_answer *a)
{
	struct out *o = arg;

	fprintf(o->to, "%s\n        {", o->first_answer ? "" : ",");
	o->first_answer = false;
	put_field(o->to, "question", a->question);
	fprintf(o->to, ", \"ordinal\": %u, ", a->ordinal);
	put_field(o->to, "value", a->value);
	fprintf(o->to, ", \"right\": %s, \"hints\": %u}", a->right < 0 ? "null" : a->right ? "true" : "false", a->hints);
	return 0;
}

static int put_lesson(void *arg, const struct progress_lesson *l)
{
	struct out *o = arg;
	int err;

	fprintf(o->to, "%s\n    { ", o->first_lesson ? "" : ",");
	o->first_lesson = false;
	put_field(o->to, "course", l->course);
	fputs(", ", o->to);
	put_field(o->to, "id", l->id);
	fputs(", ", o->to);
	put_field(o->to, "hash", l->hash);
	fprintf(o->to, ",\n      \"variant\": %llu, \"seed\": %llu, \"stopped_at\": %llu,\n"
		"      \"answered\": %u, \"right\": %u, \"total\": %u, \"ended\": %s, \"finished\": %u, \"best\": %u,\n      ",
		(unsigned long long)l->variant, (unsigned long long)l->seed, (unsigned long long)l->stopped_at,
		l->answered, l->right, l->total, l->ended ? "true" : "false", l->finished, l->best);
	put_inputs(o->to, l->inputs ? l->inputs : "");
	fputs(",\n      \"answers\": [", o->to);
	o->first_answer = true;
	err = progress_answers(o->p, l->course, l->id, put_answer, o);
	fputs("] }", o->to);
	return err;
}

static int put_log(struct progress *p, FILE *to)
{
	char what[64], course[64], lesson[64];
	const char *sep = "";
	sqlite3_stmt *st;
	int err = progress_query(p, &st, "SELECT what, course, lesson FROM log ORDER BY n", "");

	if (err)
		return err;
	while (sqlite3_step(st) == SQLITE_ROW) {
		progress_copy_text(what, sizeof(what), st, 0);
		progress_copy_text(course, sizeof(course), st, 1);
		progress_copy_text(lesson, sizeof(lesson), st, 2);
		fprintf(to, "%s\n    {", sep);
		put_field(to, "what", what);
		fputs(", ", to);
		put_field(to, "course", course);
		fputs(", ", to);
		put_field(to, "lesson", lesson);
		fputs("}", to);
		sep = ",";
	}
	sqlite3_finalize(st);
	return 0;
}

int progress_export(struct progress *p, FILE *to)
{
	struct out o = { p, to, true, true };
	int err = progress_sql(p, "BEGIN");	/* one moment's state, whoever else writes */

	if (err)
		return err;
	fprintf(to, "{\n  \"format\": \"kworkshop-progress\",\n  \"version\": %d,\n  \"lessons\": [",
		PROGRESS_JSON_VERSION);
	err = progress_each(p, NULL, put_lesson, &o);
	fputs("],\n  \"log\": [", to);
	if (!err)
		err = put_log(p, to);
	fputs("]\n}\n", to);
	progress_sql(p, "ROLLBACK");
	if (!err && ferror(to))
		err = -EIO;
	return err;
}

int progress_export_file(struct progress *p, const char *path)
{
	char beside[PATH_MAX];
	FILE *to = NULL;
	int fd, err;

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	fd = mkstemp(beside);
	if (fd < 0)
		return -errno;
	to = fdopen(fd, "w");
	if (!to) {
		err = -errno;
		close(fd);
		goto fail;
	}
	err = progress_export(p, to);
	if (!err && (fflush(to) || fsync(fd)))
		err = -errno;
	if (fclose(to) && !err)
		err = -errno;
	if (!err && rename(beside, path))
		err = -errno;
	if (!err)
		return 0;
fail:
	unlink(beside);
	return err;
}

/* ---- in -------------------------------------------------------------------------------- */

/* Each: a query on the text ?1 that returns a row if something is wrong with it, and what. */
static const char *const complaints[][2] = {
	{ "SELECT 1 WHERE NOT json_valid(?1)", "this is not JSON" },
	{ "SELECT 1 WHERE json_type(?1) IS NOT 'object' OR json_extract(?1, '$.format') IS NOT 'kworkshop-progress'",
	  "this is not an export of progress (\"format\" is not \"kworkshop-progress\")" },
	{ "SELECT 1 WHERE json_type(?1, '$.version') IS NOT 'integer' OR json_extract(?1, '$.version') < 1"
	  " OR json_extract(?1, '$.version') > 1", "this export is of another version than 1" },
	{ "SELECT 1 WHERE json_type(?1, '$.lessons') IS NOT 'array'", "\"lessons\" is not a list" },
	{ "SELECT 1 FROM json_each(?1, '$.lessons') WHERE type IS NOT 'object'"
	  " OR json_type(value, '$.course') IS NOT 'text' OR json_type(value, '$.id') IS NOT 'text'"
	  " OR length(json_extract(value, '$.id')) NOT BETWEEN 1 AND 63"
	  " OR length(json_extract(value, '$.course')) NOT BETWEEN 1 AND 63",
	  "a lesson lacks its \"course\" or \"id\"" },
	{ "SELECT 1 FROM json_each(?1, '$.lessons') AS l WHERE json_type(l.value, '$.inputs') IS NOT 'array'"
	  " OR EXISTS (SELECT 1 FROM json_each(json_extract(l.value, '$.inputs')) AS i WHERE i.type IS NOT 'text')",
	  "a lesson's \"inputs\" is not a list of lines" },
	{ "SELECT 1 FROM json_each(?1, '$.lessons') AS l, (SELECT column1 AS name FROM (VALUES ('variant'), ('seed'),"
	  " ('stopped_at'), ('answered'), ('right'), ('total'), ('finished'), ('best')))"
	  " WHERE json_type(l.value, '$.' || name) IS NOT 'integer'",
	  "a lesson lacks one of its numbers" },
	{ "SELECT 1 FROM json_each(?1, '$.lessons') AS l, json_each(json_extract(l.value, '$.answers')) AS a"
	  " WHERE a.type IS NOT 'object' OR json_type(a.value, '$.question') IS NOT 'text'"
	  " OR json_type(a.value, '$.ordinal') IS NOT 'integer' OR json_type(a.value, '$.value') IS NOT 'text'",
	  "an answer lacks its \"question\", \"ordinal\" or \"value\"" },
};

static const char *const imports[] = {
	"DELETE FROM answer WHERE (course, lesson) IN (SELECT json_extract(value, '$.course'),"
	" json_extract(value, '$.id') FROM json_each(?1, '$.lessons'))",

	"INSERT OR REPLACE INTO lesson SELECT json_extract(value, '$.course'), json_extract(value, '$.id'),"
	" ifnull(json_extract(value, '$.hash'), ''), json_extract(value, '$.variant'), json_extract(value, '$.seed'),"
	" json_extract(value, '$.stopped_at'), json_extract(value, '$.answered'), json_extract(value, '$.right'),"
	" json_extract(value, '$.total'), ifnull(json_extract(value, '$.ended'), 0),"
	" json_extract(value, '$.finished'), json_extract(value, '$.best'),"
	" ifnull((SELECT group_concat(value, char(10)) || char(10) FROM"
	"  (SELECT value FROM json_each(json_extract(l.value, '$.inputs')) ORDER BY key)), '')"
	" FROM json_each(?1, '$.lessons') AS l",

	"INSERT OR REPLACE INTO answer SELECT json_extract(l.value, '$.course'), json_extract(l.value, '$.id'),"
	" json_extract(a.value, '$.question'), json_extract(a.value, '$.ordinal'), json_extract(a.value, '$.value'),"
	" json_extract(a.value, '$.right'), ifnull(json_extract(a.value, '$.hints'), 0)"
	" FROM json_each(?1, '$.lessons') AS l, json_each(json_extract(l.value, '$.answers')) AS a",

	"INSERT INTO log(what, course, lesson) SELECT 'import', json_extract(value, '$.course'),"
	" json_extract(value, '$.id') FROM json_each(?1, '$.lessons')",
};

static int find_complaint(struct progress *p, const char *json, char *err, size_t err_size)
{
	sqlite3_stmt *st;
	size_t i;
	int rc, e;

	for (i = 0; i < sizeof(complaints) / sizeof(complaints[0]); i++) {
		e = progress_query(p, &st, complaints[i][0], "t", json);
		if (e)
			return e;
		rc = sqlite3_step(st);
		sqlite3_finalize(st);
		if (rc == SQLITE_DONE)
			continue;
		snprintf(err, err_size, "%s", complaints[i][1]);
		return -EINVAL;
	}
	return 0;
}

int progress_import(struct progress *p, const char *json, size_t len, char *err, size_t err_size)
{
	size_t i;
	int e;

	err[0] = '\0';
	if (len > PROGRESS_JSON_BYTES_MAX || memchr(json, '\0', len)) {
		snprintf(err, err_size, "this is not JSON");
		return -EINVAL;
	}
	e = find_complaint(p, json, err, err_size);
	if (!e)
		e = progress_begin(p);
	if (e)
		return e;
	for (i = 0; i < sizeof(imports) / sizeof(imports[0]) && !e; i++)
		e = progress_run(p, imports[i], "t", json);
	return progress_finish(p, e);
}
