/*
 * tests/unit_progress_file.c - the file of progress: damage, other versions, journals, erasing.
 *
 * Licence: MIT.
 */
#define _GNU_SOURCE	/* memmem() */
#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "classroom/progress.h"
#include "tests/support/progress_folder.h"
#include "tests/support/shell.h"
#include "tests/test.h"

static void run_sql(const char *path, const char *sql)
{
	char *why = NULL;
	sqlite3 *db;

	REQUIRE_INT(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		test_note("%s: %s", sql, why);
	CHECK_NULL(why);
	sqlite3_free(why);
	sqlite3_close(db);
}

static int64_t number_of(const char *path, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;
	sqlite3 *db;

	REQUIRE_INT(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}

/* ---- rows that are damaged ------------------------------------------------------------- */

static struct {
	int n;
	char first[600];
} damage_reports;

static void note_damage(void *arg, const char *sentence)
{
	(void)arg;
	if (!damage_reports.n++)
		snprintf(damage_reports.first, sizeof(damage_reports.first), "%s", sentence);
}

static int count_attempt(void *arg, const struct progress_attempt *a)
{
	(void)a;
	++*(int *)arg;
	return 0;
}

/* The checksum covers every column: a row with a changed column is skipped, and named once. */
static void a_damaged_row_is_reported_once_and_skipped(void)
{
	static const char *const changes[] = {
		"course = 'kworkshop '", "lesson = 'Life'", "variant = 8", "seed = -3", "options = ' '", "n = 2",
		"hash = ''", "total = 6", "ended = 1", "day = 20001", "time = 1", "inputs = 'go 2'", "sum = sum + 1",
		"hash = '0123456789abcdef0'", "total = 4294967301", "inputs = x'676f20310a00'",
	};
	char sql[128], where[80];
	struct progress *p;
	size_t i;
	int n, err;

	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		progress_folder_make();
		p = progress_folder_open();
		progress_add(p, "life", "go 1\n", false, 1);
		progress_add(p, "rescuer", "go 1\n", false, 1);
		snprintf(sql, sizeof(sql), "UPDATE attempt SET %s WHERE row = 1", changes[i]);
		run_sql(progress_path(p), sql);
		memset(&damage_reports, 0, sizeof(damage_reports));
		progress_on_damage(p, note_damage, NULL);
		n = 0;
		err = progress_attempts(p, NULL, NULL, count_attempt, &n);
		if (err || n != 1 || damage_reports.n != 1)
			test_note("%s: %d, %d attempts, %d reports", changes[i], err, n, damage_reports.n);
		CHECK_INT(err, 0);
		CHECK_INT(n, 1);
		progress_attempts(p, NULL, NULL, count_attempt, &n);
		CHECK_INT(damage_reports.n, 1);
		snprintf(where, sizeof(where), ": row 1 of table attempt is damaged");
		CHECK_HAS(damage_reports.first, where);
		CHECK_STARTS(damage_reports.first, progress_path(p));
		progress_close(p);
		progress_folder_remove();
	}
}

static void a_damaged_answer_does_not_count(void)
{
	struct progress_summary s;
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	progress_add(p, "life", "answer second 1 once\n", true, 0);
	run_sql(progress_path(p), "UPDATE answer SET right = 1");
	memset(&damage_reports, 0, sizeof(damage_reports));
	progress_on_damage(p, note_damage, NULL);
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), 0);
	CHECK_INT(s.best, 0);
	CHECK_INT(s.answered, 0);
	CHECK_INT(damage_reports.n, 1);
	CHECK_HAS(damage_reports.first, ": row 1 of table answer is damaged");
	progress_close(p);
	progress_folder_remove();
}

/* An attempt that cannot be read is not overwritten by the next one either. */
static void a_damaged_attempt_keeps_its_row(void)
{
	struct progress *p;
	char path[512];

	progress_folder_make();
	p = progress_folder_open();
	snprintf(path, sizeof(path), "%s", progress_path(p));
	progress_add(p, "life", "go 1\n", false, 1);
	run_sql(path, "UPDATE attempt SET seed = 4");
	progress_add(p, "life", "go 1\n", false, 1);
	progress_close(p);
	CHECK_INT(number_of(path, "SELECT count(*) FROM attempt"), 2);
	CHECK_INT(number_of(path, "SELECT max(n) FROM attempt"), 2);
	progress_folder_remove();
}

/* ---- a file that is damaged --------------------------------------------------------------- */

/* Writes @text over the file at @at, or cuts it there. */
static void damage(const char *path, long at, const char *text)
{
	FILE *f = fopen(path, "r+b");

	REQUIRE_NOT_NULL(f);
	if (text) {
		fseek(f, at, SEEK_SET);
		fputs(text, f);
	} else {
		CHECK_INT(ftruncate(fileno(f), at), 0);
	}
	fclose(f);
}

static void a_damaged_file_is_set_aside_whole_and_named(void)
{
	static const struct { long at; const char *text; } blows[] = {
		{ 0, "this is no database at all, it was overwritten by something" },
		{ 5000, NULL },
		{ 4096, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" },
	};
	size_t i, len, len2;

	for (i = 0; i < sizeof(blows) / sizeof(blows[0]); i++) {
		char path[512], kept[600], note[512], *broken, *aside;
		struct progress_summary s;
		struct progress *p;

		progress_folder_make();
		p = progress_folder_open();
		progress_add(p, "life", "go 1\n", false, 1);
		snprintf(path, sizeof(path), "%s", progress_path(p));
		progress_close(p);
		damage(path, blows[i].at, blows[i].text);
		broken = progress_slurp(path, &len);
		REQUIRE_INT(progress_open(&p, progress_folder, note, sizeof(note)), 0);
		snprintf(kept, sizeof(kept), "%s.damaged-1", path);
		CHECK_HAS(note, kept);
		aside = progress_slurp(kept, &len2);
		CHECK_INT(len, len2);
		CHECK_MEM(broken, aside, len);
		CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), -ENOENT);
		progress_add(p, "life", "go 1\n", false, 1);	/* the new one works */
		progress_close(p);
		free(broken);
		free(aside);
		progress_folder_remove();
	}
}

static void a_folder_that_cannot_be_made_is_reported_in_a_sentence(void)
{
	struct progress *p;
	char note[512];

	CHECK_LT(progress_open(&p, "/proc/no/such", note, sizeof(note)), 0);
	CHECK_HAS(note, "/proc/no/such");
}

/* The file is consistent for SQLite, but it has other tables than ours. */
static void a_damaged_schema_is_set_aside(void)
{
	static const char *const blows[] = {
		"DROP TABLE mark", "ALTER TABLE answer RENAME COLUMN value TO valuf", "ALTER TABLE attempt RENAME TO attemps",
		"ALTER TABLE log DROP COLUMN sum", "PRAGMA user_version = 0",
		"PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'lesson', 'lessom') WHERE name = 'attempt'",
	};

	for (size_t i = 0; i < sizeof(blows) / sizeof(blows[0]); i++) {
		char path[512], kept[600], note[1400];
		struct progress *p;

		progress_folder_make();
		p = progress_folder_open();
		progress_add(p, "life", "go 1\n", false, 1);
		snprintf(path, sizeof(path), "%s", progress_path(p));
		progress_close(p);
		run_sql(path, blows[i]);
		REQUIRE_INT(progress_open(&p, progress_folder, note, sizeof(note)), 0);
		snprintf(kept, sizeof(kept), "%s.damaged-1", path);
		CHECK_HAS(note, kept);
		CHECK_INT(access(kept, F_OK), 0);
		progress_add(p, "life", "go 1\n", false, 1);
		progress_close(p);
		progress_folder_remove();
	}
}

static void no_copy_is_overwritten_by_a_thousandth(void)
{
	char path[512], note[1400], name[600];
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	snprintf(path, sizeof(path), "%s", progress_path(p));
	progress_close(p);
	damage(path, 0, "this is no database at all, it was overwritten by something");
	for (int i = 1; i < 1000; i++) {
		FILE *f;

		snprintf(name, sizeof(name), "%s.damaged-%d", path, i);
		f = fopen(name, "w");
		REQUIRE_NOT_NULL(f);
		fclose(f);
	}
	CHECK_INT(progress_open(&p, progress_folder, note, sizeof(note)), -EEXIST);
	CHECK_HAS(note, "progress is not kept");
	CHECK_INT(access(path, F_OK), 0);
	progress_folder_remove();
}

/* ---- the folder --------------------------------------------------------------------------- */

static void check_refused(const char *dir, const char *words)
{
	char note[1400];
	struct progress *p;

	CHECK_LT(progress_open(&p, dir, note, sizeof(note)), 0);
	CHECK_HAS(note, words);
	CHECK_HAS(note, "progress is not kept");
}

static void links_above_the_folder_are_followed_the_folder_and_the_file_are_none(void)
{
	char real[300], link[300], deep[320], note[1400], file[400];
	struct progress *p;
	struct stat st;

	progress_folder_make();
	snprintf(real, sizeof(real), "%s/real", progress_folder);
	snprintf(link, sizeof(link), "%s/link", progress_folder);
	REQUIRE_INT(mkdir(real, 0700), 0);
	REQUIRE_INT(symlink(real, link), 0);
	snprintf(deep, sizeof(deep), "%s/state/", link);
	umask(0);
	REQUIRE_INT(progress_open(&p, deep, note, sizeof(note)), 0);
	umask(022);
	CHECK_STR(note, "");
	progress_add(p, "life", "go 1\n", false, 1);
	snprintf(file, sizeof(file), "%s/state/progress.db", real);
	CHECK_INT(stat(file, &st), 0);
	CHECK_INT((int)(st.st_mode & 0777), 0600);
	progress_close(p);
	CHECK_INT(chmod(file, 0644), 0);		/* as an earlier version made it */
	REQUIRE_INT(progress_open(&p, deep, note, sizeof(note)), 0);
	CHECK_TRUE(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
	progress_close(p);
	check_refused(link, "it is a symbolic link");
	CHECK_INT(rename(file, link), 0);
	CHECK_INT(symlink(link, file), 0);
	check_refused(deep, "Not a directory");
	snprintf(deep, sizeof(deep), "%s/state", real);
	check_refused(deep, "it is a symbolic link");
	unlink(file);
	CHECK_INT(mkdir(file, 0700), 0);
	check_refused(deep, "Is a directory");
	folder_remove(progress_folder);
}

static void probes_of_processes_that_have_ended_are_removed(void)
{
	char dead[400], living[400];
	struct progress *p;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	REQUIRE_INT(waitpid(child, NULL, 0), child);
	progress_folder_make();
	snprintf(dead, sizeof(dead), "%s/.wal-probe-%d.db-wal", progress_folder, (int)child);
	snprintf(living, sizeof(living), "%s/.wal-probe-%d.db", progress_folder, (int)getppid());
	fclose(fopen(dead, "w"));
	fclose(fopen(living, "w"));
	p = progress_folder_open();
	CHECK_INT(access(dead, F_OK), -1);
	CHECK_INT(access(living, F_OK), 0);
	progress_close(p);
	progress_folder_remove();
}

/* A row that is written into a file without a name is lost. */
static void a_folder_that_goes_while_it_is_open_is_noticed(void)
{
	struct progress_attempt a = progress_sample("answer second 1 2\n", false);
	char moved[300];
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	snprintf(moved, sizeof(moved), "%s.moved", progress_folder);
	REQUIRE_INT(rename(progress_folder, moved), 0);
	CHECK_LT(progress_save(p, &a, NULL, 0), 0);
	CHECK_HAS(progress_error(p), "it was removed or moved while the program ran");
	REQUIRE_INT(rename(moved, progress_folder), 0);
	CHECK_INT(progress_save(p, &a, NULL, 0), 0);
	CHECK_STR(progress_error(p), "");
	progress_folder_remove();
	CHECK_LT(progress_save(p, &a, NULL, 0), 0);
	CHECK_HAS(progress_error(p), progress_folder);
	progress_close(p);
	progress_attempt_fini(&a);
}

static void a_locked_file_is_named_and_not_waited_for_long(void)
{
	struct progress_attempt a = progress_sample("answer second 1 2\n", false);
	struct progress *p;
	struct timespec from, to;
	sqlite3 *db;

	progress_folder_make();
	p = progress_folder_open();
	REQUIRE_INT(sqlite3_open(progress_path(p), &db), SQLITE_OK);
	REQUIRE_INT(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	clock_gettime(CLOCK_MONOTONIC, &from);
	CHECK_INT(progress_save(p, &a, NULL, 0), -EBUSY);
	clock_gettime(CLOCK_MONOTONIC, &to);
	CHECK_LT(to.tv_sec - from.tv_sec, 3);
	CHECK_HAS(progress_error(p), "another program keeps it locked");
	CHECK_LACKS(progress_error(p), "rollback");
	sqlite3_close(db);
	progress_close(p);
	progress_attempt_fini(&a);
	progress_folder_remove();
}

/* ---- other versions -------------------------------------------------------------------------- */

static void a_file_of_a_newer_program_is_left_alone(void)
{
	struct progress *p;
	char path[512], note[512];

	progress_folder_make();
	p = progress_folder_open();
	snprintf(path, sizeof(path), "%s", progress_path(p));
	progress_close(p);
	run_sql(path, "PRAGMA user_version = 99");
	CHECK_INT(progress_open(&p, progress_folder, note, sizeof(note)), -EPROTO);
	CHECK_HAS(note, "newer");
	CHECK_INT(number_of(path, "PRAGMA user_version"), 99);
	progress_folder_remove();
}

/* As version 0.1 wrote it. */
static const char schema_1[] =
	"CREATE TABLE lesson(course TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL,"
	" variant INTEGER NOT NULL, seed INTEGER NOT NULL, stopped_at INTEGER NOT NULL,"
	" answered INTEGER NOT NULL, right INTEGER NOT NULL, total INTEGER NOT NULL, ended INTEGER NOT NULL,"
	" finished INTEGER NOT NULL, best INTEGER NOT NULL, inputs TEXT NOT NULL,"
	" PRIMARY KEY(course, id)) WITHOUT ROWID;"
	"CREATE TABLE answer(course TEXT NOT NULL, lesson TEXT NOT NULL, question TEXT NOT NULL,"
	" ordinal INTEGER NOT NULL, value TEXT NOT NULL, right INTEGER, hints INTEGER NOT NULL,"
	" PRIMARY KEY(course, lesson, question, ordinal)) WITHOUT ROWID;"
	"CREATE TABLE log(n INTEGER PRIMARY KEY, what TEXT NOT NULL, course TEXT NOT NULL, lesson TEXT NOT NULL);"
	"INSERT INTO lesson VALUES('kworkshop', 'life', '0123456789abcdef', 7, 3, 41, 2, 1, 5, 0, 2, 4,"
	" 'go 1' || char(10) || 'answer second 1 2' || char(10));"
	"INSERT INTO lesson VALUES('kworkshop', 'rescuer', '0123456789abcdef', 0, 1, 99, 1, 1, 1, 1, 1, 1,"
	" 'answer who 1 1' || char(10));"
	"INSERT INTO answer VALUES('kworkshop', 'life', 'second', 1, '2', 0, 1);"
	"INSERT INTO answer VALUES('kworkshop', 'life', 'second', 2, '3', NULL, 1);"
	"INSERT INTO answer VALUES('kworkshop', 'rescuer', 'who', 1, '1', 1, 0);"
	"INSERT INTO log(what, course, lesson) VALUES('reset', 'kworkshop', 'unbound');"
	"PRAGMA user_version = 1";

static const char *make_schema_1(const char *journal)
{
	static char path[512];
	char sql[64];

	snprintf(path, sizeof(path), "%s/progress.db", progress_folder_make());
	snprintf(sql, sizeof(sql), "PRAGMA journal_mode=%s", journal);
	run_sql(path, sql);
	run_sql(path, schema_1);
	return path;
}

/* A folder with no file, or with one of an older schema. */
static void make_schema(int schema)
{
	char path[512];

	if (schema == 1) {
		make_schema_1("delete");
		return;
	}
	snprintf(path, sizeof(path), "%s/progress.db", progress_folder_make());
	if (schema == 2) {
		progress_close(progress_folder_open());
		run_sql(path, "DROP TABLE practice; PRAGMA user_version = 2");
	}
}

/* Each bound of SQLite's memory: the file is opened, or it stays as it is. */
static void a_file_is_never_set_aside_for_want_of_memory(void)
{
	unsigned int opened = 0, refused = 0, damaged = 0;
	char aside[600], note[1400];

	for (int64_t bytes = 30000; bytes < 2000000; bytes += bytes / 6)
		for (int schema = 0; schema < 3; schema++) {
			struct progress *p = NULL;

			make_schema(schema);
			sqlite3_hard_heap_limit64(sqlite3_memory_used() + bytes);
			*(progress_open(&p, progress_folder, note, sizeof(note)) ? &refused : &opened) += 1;
			progress_close(p);
			sqlite3_hard_heap_limit64(0);
			snprintf(aside, sizeof(aside), "%s/progress.db.damaged-1", progress_folder);
			damaged += access(aside, F_OK) == 0;
			progress_folder_remove();
		}
	CHECK_INT(damaged, 0);
	CHECK_TRUE(opened > 0);
	CHECK_TRUE(refused > 0);
}

static void check_converted(struct progress *p)
{
	struct progress_attempt want = { .course = "kworkshop", .lesson = "life", .variant = 7, .seed = 3 }, a;
	enum progress_found found;
	struct progress_summary s;
	char *text;

	CHECK_INT(progress_resume(p, &want, &a, &found), 0);
	REQUIRE_INT(found, PROGRESS_RESUMED);
	CHECK_STR(a.inputs, "go 1\nanswer second 1 2\n");
	CHECK_STR(a.hash, "0123456789abcdef");
	CHECK_INT(a.n, 1);
	CHECK_INT(a.day, 0);
	progress_attempt_fini(&a);
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), 0);
	CHECK_INT(s.attempts, 1);
	CHECK_INT(s.finished, 2);	/* ended twice before, with 4 right */
	CHECK_INT(s.best, 4);
	CHECK_INT(s.answered, 1);
	CHECK_INT(progress_summarize(p, "kworkshop", "rescuer", &s), 0);
	CHECK_INT(s.finished, 1);	/* counted from the attempt itself */
	CHECK_INT(s.best, 1);
	text = progress_export_text(p);
	CHECK_HAS(text, "\"what\": \"reset\"");
	CHECK_HAS(text, "{\"question\": \"second\", \"ordinal\": 2, \"value\": \"3\", \"sure\": 0, \"right\": null, \"hints\": 1,");
	free(text);
}

static void a_file_of_schema_1_is_converted_and_its_copy_stays(void)
{
	static const char *const journals[] = { "wal", "delete" };
	struct progress *p;
	const char *path;
	char copy[512];
	size_t i;

	for (i = 0; i < 2; i++) {
		path = make_schema_1(journals[i]);
		p = progress_folder_open();
		check_converted(p);
		progress_close(p);
		CHECK_INT(number_of(path, "PRAGMA user_version"), PROGRESS_SCHEMA);
		CHECK_INT(number_of(path, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name GLOB '*_1'"), 0);
		snprintf(copy, sizeof(copy), "%s/progress-1.db", progress_folder);
		CHECK_INT(number_of(copy, "PRAGMA user_version"), 1);
		CHECK_INT(number_of(copy, "SELECT count(*) FROM lesson"), 2);
		CHECK_INT(number_of(copy, "SELECT count(*) FROM answer"), 3);
		p = progress_folder_open();	/* once is enough */
		progress_close(p);
		progress_folder_remove();
	}
}

/* If the migration fails in its middle, the file is unchanged. */
static void a_step_that_fails_changes_nothing(void)
{
	const char *path = make_schema_1("delete");
	struct progress *p = NULL;
	char note[600];

	run_sql(path, "PRAGMA user_version = 0; CREATE TABLE mark(x); PRAGMA user_version = 1");	/* in the way */
	CHECK_LT(progress_open(&p, progress_folder, note, sizeof(note)), 0);
	CHECK_HAS(note, "progress is not kept");
	CHECK_INT(number_of(path, "PRAGMA user_version"), 1);
	CHECK_INT(number_of(path, "SELECT count(*) FROM lesson"), 2);
	CHECK_INT(number_of(path, "SELECT count(*) FROM answer"), 3);
	run_sql(path, "DROP TABLE mark");
	p = progress_folder_open();
	check_converted(p);
	progress_close(p);
	progress_folder_remove();
}

/* A file of schema 2 has no table of practice, and is otherwise the same. */
static void a_file_of_schema_2_keeps_all_rows_and_takes_practice(void)
{
	struct progress_practice again = { .course = "kworkshop", .lesson = "life", .question = "second", .variant = 8, .seed = 3 };
	char path[512], *before, *after;
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	progress_add(p, "life", "answer second 1 once\n", false, 0);
	progress_add(p, "rescuer", "answer second 1 once\n", true, 1);
	before = progress_export_text(p);
	snprintf(path, sizeof(path), "%s", progress_path(p));
	progress_close(p);
	run_sql(path, "DROP TABLE practice; PRAGMA user_version = 2");
	p = progress_folder_open();
	after = progress_export_text(p);
	CHECK_STR(after, before);
	CHECK_INT(progress_add_practice(p, &again), 0);
	progress_close(p);
	CHECK_INT(number_of(path, "PRAGMA user_version"), PROGRESS_SCHEMA);
	CHECK_INT(number_of(path, "SELECT count(*) FROM practice"), 1);
	free(before);
	free(after);
	progress_folder_remove();
}

static void programs_that_convert_at_once_convert_once(void)
{
	const char *path = make_schema_1("delete");
	pid_t pid[3];
	int i, status;

	for (i = 0; i < 3; i++) {
		pid[i] = fork();
		REQUIRE_GE(pid[i], 0);
		if (!pid[i]) {
			struct progress *p;
			char note[512];

			_exit(progress_open(&p, progress_folder, note, sizeof(note)) ? 1 : 0);
		}
	}
	for (i = 0; i < 3; i++) {
		CHECK_INT(waitpid(pid[i], &status, 0), pid[i]);
		CHECK_INT(status, 0);
	}
	CHECK_INT(number_of(path, "SELECT count(*) FROM attempt"), 2);
	CHECK_INT(number_of(path, "SELECT count(*) FROM answer"), 3);
	progress_folder_remove();
}

/* ---- the journal, erasing ------------------------------------------------------------------------ */

/* The file has the journal mode that a temporary database was tested with, and that database is removed. */
static void the_journal_is_the_one_that_was_proven(void)
{
	char mode[16] = "";
	struct progress *p;
	sqlite3_stmt *st;
	struct dirent *e;
	sqlite3 *db;
	DIR *d;

	progress_folder_make();
	p = progress_folder_open();
	CHECK_INT(sqlite3_open(progress_path(p), &db), SQLITE_OK);
	sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &st, NULL);
	if (sqlite3_step(st) == SQLITE_ROW)
		snprintf(mode, sizeof(mode), "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
	CHECK_STR(mode, progress_journal(p));
	progress_close(p);
	d = opendir(progress_folder);
	while (d && (e = readdir(d)))
		CHECK_LACKS(e->d_name, "probe");
	if (d)
		closedir(d);
	progress_folder_remove();
}

/* The number of files of the folder that contain @text. */
static int files_with(const char *text)
{
	char path[1024];
	struct dirent *e;
	DIR *d = opendir(progress_folder);
	int n = 0;

	while (d && (e = readdir(d))) {
		size_t len;
		char *bytes;

		snprintf(path, sizeof(path), "%s/%s", progress_folder, e->d_name);
		bytes = progress_slurp(path, &len);
		n += memmem(bytes, len, text, strlen(text)) != NULL;
		free(bytes);
	}
	if (d)
		closedir(d);
	return n;
}

static void note_removed(void *arg, const char *path)
{
	char *names = arg;

	snprintf(names + strlen(names), 500 - strlen(names), "%s ", strrchr(path, '/') + 1);
}

/* In the file, its journal, the copy of schema 1, and a file that was set aside. */
static void erase_leaves_no_trace_of_an_answer(void)
{
	struct progress_attempt a = progress_sample("answer second 1 tell-tale-answer\n", false);
	struct progress_answer answer = progress_sample_answer("second", 1, 0, "tell-tale-answer");
	const char *path = make_schema_1("delete");
	char aside[600], removed[500];
	struct progress *p;
	FILE *f;

	run_sql(path, "UPDATE answer SET value = 'tell-tale-answer'");
	p = progress_folder_open();
	snprintf(aside, sizeof(aside), "%s.damaged-1", path);
	f = fopen(aside, "w");
	REQUIRE_NOT_NULL(f);
	fputs("tell-tale-answer", f);
	fclose(f);
	CHECK_INT(progress_save(p, &a, &answer, 1), 0);
	CHECK_GE(files_with("tell-tale"), 3);
	removed[0] = '\0';
	CHECK_INT(progress_erase(p, note_removed, removed), 0);
	CHECK_HAS(removed, "progress.db.damaged-1 ");
	CHECK_HAS(removed, "progress-1.db ");
	CHECK_INT(files_with("tell-tale"), 0);
	progress_close(p);
	CHECK_INT(files_with("tell-tale"), 0);
	progress_attempt_fini(&a);
	progress_folder_remove();
}

const struct test_case suite_unit_progress_file[] = {
	T(a_damaged_row_is_reported_once_and_skipped),
	T(a_damaged_answer_does_not_count),
	T(a_damaged_attempt_keeps_its_row),
	T(a_damaged_file_is_set_aside_whole_and_named),
	T(a_damaged_schema_is_set_aside),
	T(a_file_is_never_set_aside_for_want_of_memory),
	T(no_copy_is_overwritten_by_a_thousandth),
	T(links_above_the_folder_are_followed_the_folder_and_the_file_are_none),
	T(probes_of_processes_that_have_ended_are_removed),
	T(a_folder_that_goes_while_it_is_open_is_noticed),
	T(a_locked_file_is_named_and_not_waited_for_long),
	T(a_folder_that_cannot_be_made_is_reported_in_a_sentence),
	T(a_file_of_a_newer_program_is_left_alone),
	T(a_file_of_schema_1_is_converted_and_its_copy_stays),
	T(a_step_that_fails_changes_nothing),
	T(a_file_of_schema_2_keeps_all_rows_and_takes_practice),
	T(programs_that_convert_at_once_convert_once),
	T(the_journal_is_the_one_that_was_proven),
	T(erase_leaves_no_trace_of_an_answer),
	{ NULL, NULL }
};
