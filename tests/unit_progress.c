/*
 * tests/unit_progress.c - progress survives: closing, damage, other programs, other versions.
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
#include <unistd.h>

#include "classroom/progress.h"
#include "tests/test.h"

static char folder[256];

static const char *fresh_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/kw-progress-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	REQUIRE_NOT_NULL(mkdtemp(folder));
	return folder;
}

static void remove_folder(void)
{
	char path[1024];
	struct dirent *e;
	DIR *d = opendir(folder);

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) {
			snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
			unlink(path);
		}
	if (d)
		closedir(d);
	rmdir(folder);
}

static struct progress *must_open(const char *dir)
{
	struct progress *p = NULL;
	char note[512];
	int err = progress_open(&p, dir, note, sizeof(note));

	if (err)
		test_note("progress_open: %d %s", err, note);
	REQUIRE_INT(err, 0);
	CHECK_STR(note, "");
	return p;
}

static struct progress_lesson life(const char *inputs, bool ended, uint32_t right)
{
	struct progress_lesson l = { .course = "kworkshop", .id = "life", .hash = "0123456789abcdef",
				     .variant = 7, .seed = 3, .stopped_at = 41, .answered = right + 1,
				     .right = right, .total = 5, .ended = ended, .inputs = (char *)inputs };
	return l;
}

/* Whole file as malloc'ed text. */
static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *buf = calloc(1, 1 << 20);

	*len = f && buf ? fread(buf, 1, (1 << 20) - 1, f) : 0;
	if (f)
		fclose(f);
	return buf;
}

static char *export_text(struct progress *p)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	CHECK_INT(progress_export(p, f), 0);
	fclose(f);
	return text;
}

/* RULE(design: progress).  Own variable before XDG before home; a relative XDG folder is ignored. */
static void state_folder_follows_own_variable_then_xdg_then_home(void)
{
	char *own = getenv("KWORKSHOP_STATE_DIR"), *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char path[256];

	own = own ? strdup(own) : NULL;
	xdg = xdg ? strdup(xdg) : NULL;
	home = home ? strdup(home) : NULL;
	setenv("KWORKSHOP_STATE_DIR", "/a", 1);
	setenv("XDG_STATE_HOME", "/b", 1);
	setenv("HOME", "/c", 1);
	CHECK_INT(progress_dir(path, sizeof(path)), 0);
	CHECK_STR(path, "/a");
	unsetenv("KWORKSHOP_STATE_DIR");
	CHECK_INT(progress_dir(path, sizeof(path)), 0);
	CHECK_STR(path, "/b/kworkshop");
	setenv("XDG_STATE_HOME", "b", 1);
	CHECK_INT(progress_dir(path, sizeof(path)), 0);
	CHECK_STR(path, "/c/.local/state/kworkshop");
	CHECK_INT(progress_dir(path, 5), -ENAMETOOLONG);
	unsetenv("XDG_STATE_HOME");
	if (own)
		setenv("KWORKSHOP_STATE_DIR", own, 1);
	if (xdg)
		setenv("XDG_STATE_HOME", xdg, 1);
	if (home)
		setenv("HOME", home, 1);
	free(own);
	free(xdg);
	free(home);
}

static void what_was_saved_is_there_after_closing(void)
{
	const char *dir = fresh_folder();
	struct progress *p = must_open(dir);
	struct progress_lesson l = life("go 1\nanswer second 1 once\n", false, 1), got;

	CHECK_INT(progress_load(p, "kworkshop", "life", &got), -ENOENT);
	CHECK_INT(progress_save(p, &l), 0);
	progress_close(p);
	p = must_open(dir);
	REQUIRE_INT(progress_load(p, "kworkshop", "life", &got), 0);
	CHECK_STR(got.inputs, l.inputs);
	CHECK_STR(got.hash, l.hash);
	CHECK_INT(got.variant, 7);
	CHECK_INT(got.seed, 3);
	CHECK_INT(got.stopped_at, 41);
	CHECK_INT(got.answered, 2);
	CHECK_FALSE(got.ended);
	CHECK_INT(got.finished, 0);
	progress_lesson_fini(&got);
	progress_close(p);
	remove_folder();
}

/* A run saved twice at its end is one finished run; the best of several is kept. */
static void a_finished_run_counts_once_and_the_best_is_kept(void)
{
	struct progress *p = must_open(fresh_folder());
	struct progress_lesson a = life("go 1\nA\n", true, 4), b = life("go 1\nB\n", true, 2);
	struct progress_lesson c = life("", false, 0), got;

	CHECK_INT(progress_save(p, &a), 0);
	CHECK_INT(progress_save(p, &a), 0);
	CHECK_INT(progress_save(p, &b), 0);
	CHECK_INT(progress_save(p, &c), 0);
	REQUIRE_INT(progress_load(p, "kworkshop", "life", &got), 0);
	CHECK_INT(got.finished, 2);
	CHECK_INT(got.best, 4);
	CHECK_FALSE(got.ended);
	progress_lesson_fini(&got);
	progress_close(p);
	remove_folder();
}

static void fill(struct progress *p)
{
	struct progress_lesson l = life("go 1\nanswer second 1 \"a\\b\"\nhint second 1\n", true, 3);
	struct progress_answer a = { "second", 1, 0, 1, "both \"of\" them, \xc3\xbc \x01" };

	CHECK_INT(progress_save(p, &l), 0);
	CHECK_INT(progress_answer(p, "kworkshop", "life", &a), 0);
	a.ordinal = 2;
	a.right = -1;
	CHECK_INT(progress_answer(p, "kworkshop", "life", &a), 0);
	snprintf(l.id, sizeof(l.id), "rescuer");
	CHECK_INT(progress_save(p, &l), 0);
	CHECK_INT(progress_reset(p, "kworkshop", "rescuer"), 0);
	CHECK_INT(progress_reset(p, "kworkshop", "rescuer"), -ENOENT);
	CHECK_INT(progress_save(p, &l), 0);
}

/* From its "lessons" to its "log": the log tells of the import, so it differs. */
static size_t lessons_end(const char *text)
{
	const char *log = strstr(text, "\"log\"");

	return log ? (size_t)(log - text) : 0;
}

static void an_export_read_elsewhere_exports_the_same(void)
{
	char dir_a[256], err[256], *one, *two;
	struct progress *p;

	p = must_open(fresh_folder());
	snprintf(dir_a, sizeof(dir_a), "%s", folder);
	fill(p);
	one = export_text(p);
	progress_close(p);
	CHECK_HAS(one, "\"what\": \"reset\"");
	p = must_open(fresh_folder());
	CHECK_INT(progress_import(p, one, strlen(one), err, sizeof(err)), 0);
	two = export_text(p);
	CHECK_GT(lessons_end(one), 400);
	CHECK_INT(lessons_end(one), lessons_end(two));
	CHECK_INT(strncmp(one, two, lessons_end(one)), 0);
	free(one);
	free(two);
	progress_close(p);
	remove_folder();
	snprintf(folder, sizeof(folder), "%s", dir_a);
	remove_folder();
}

static void an_export_file_appears_whole_or_not_at_all(void)
{
	struct progress *p = must_open(fresh_folder());
	char path[512], *text, *got;
	size_t len;

	fill(p);
	text = export_text(p);
	snprintf(path, sizeof(path), "%s/out.json", folder);
	CHECK_INT(progress_export_file(p, path), 0);
	got = slurp(path, &len);
	CHECK_STR(got, text);
	free(got);
	free(text);
	snprintf(path, sizeof(path), "%s/no-such-folder/out.json", folder);
	CHECK_INT(progress_export_file(p, path), -ENOENT);
	progress_close(p);
	remove_folder();
}

static void an_import_that_is_wrong_changes_nothing(void)
{
#define LESSON_JSON "\"course\":\"k\",\"id\":\"x\",\"variant\":0,\"seed\":1,\"stopped_at\":0,\"answered\":0," \
	"\"right\":0,\"total\":0,\"finished\":0,\"best\":0"
	static const char *const wrong[] = {
		"", "[", "[]", "{}", "{\"format\":\"kworkshop-progress\"}",
		"{\"format\":\"other\",\"version\":1,\"lessons\":[]}",
		"{\"format\":\"kworkshop-progress\",\"version\":2,\"lessons\":[]}",
		"{\"format\":\"kworkshop-progress\",\"version\":1,\"lessons\":{}}",
		"{\"format\":\"kworkshop-progress\",\"version\":1,\"lessons\":[1]}",
		"{\"format\":\"kworkshop-progress\",\"version\":1,\"lessons\":[{" LESSON_JSON ",\"inputs\":[1]}]}",
		"{\"format\":\"kworkshop-progress\",\"version\":1,\"lessons\":[{" LESSON_JSON "}]}",
		"{\"format\":\"kworkshop-progress\",\"version\":1,\"lessons\":[{\"course\":\"k\",\"id\":\"x\",\"inputs\":[]}]}",
		"{\"format\":\"kworkshop-progress\",\"version\":1,\"lessons\":[{" LESSON_JSON
		",\"inputs\":[],\"answers\":[{\"question\":1}]}]}",
	};
	struct progress *p = must_open(fresh_folder());
	char err[256], *before, *after;
	size_t i;

	fill(p);
	before = export_text(p);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int got = progress_import(p, wrong[i], strlen(wrong[i]), err, sizeof(err));

		if (got != -EINVAL || !err[0])
			test_note("import of %s: %d \"%s\"", wrong[i], got, err);
		CHECK_INT(got, -EINVAL);
		CHECK_NE(err[0], '\0');
	}
	after = export_text(p);
	CHECK_STR(before, after);
	free(before);
	free(after);
	progress_close(p);
	remove_folder();
}

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
		struct progress *p = must_open(fresh_folder());
		struct progress_lesson got;
		char path[512], kept[600], note[512], *broken, *aside;

		fill(p);
		snprintf(path, sizeof(path), "%s", progress_path(p));
		progress_close(p);
		damage(path, blows[i].at, blows[i].text);
		broken = slurp(path, &len);
		REQUIRE_INT(progress_open(&p, folder, note, sizeof(note)), 0);
		snprintf(kept, sizeof(kept), "%s.damaged-1", path);
		CHECK_HAS(note, kept);
		aside = slurp(kept, &len2);
		CHECK_INT(len, len2);
		CHECK_MEM(broken, aside, len);
		CHECK_INT(progress_load(p, "kworkshop", "life", &got), -ENOENT);
		fill(p);		/* the new one works */
		progress_close(p);
		free(broken);
		free(aside);
		remove_folder();
	}
}

static void a_file_of_a_newer_program_is_left_alone(void)
{
	struct progress *p = must_open(fresh_folder());
	char path[512], note[512];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s", progress_path(p));
	progress_close(p);
	CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
	sqlite3_close(db);
	CHECK_INT(progress_open(&p, folder, note, sizeof(note)), -EPROTO);
	CHECK_HAS(note, "newer");
	remove_folder();
}

static void a_folder_that_cannot_be_is_said_in_a_sentence(void)
{
	struct progress *p;
	char note[512];

	CHECK_LT(progress_open(&p, "/proc/no/such", note, sizeof(note)), 0);
	CHECK_HAS(note, "/proc/no/such");
}

static int count_one(void *arg, const struct progress_answer *a)
{
	(void)a;
	++*(int *)arg;
	return 0;
}

#define WRITERS 3
#define WRITES 40

static int write_many(int who)
{
	struct progress *p;
	char note[512];
	int i;

	if (progress_open(&p, folder, note, sizeof(note)))
		return 1;
	for (i = 0; i < WRITES; i++) {
		struct progress_lesson l = life("go 1\n", false, 1);
		struct progress_answer a = { "", 1, 1, 0, "x" };

		snprintf(a.question, sizeof(a.question), "q%d-%d", who, i);
		if (progress_save(p, &l) || progress_answer(p, "kworkshop", "life", &a))
			return 2;
	}
	progress_close(p);
	return 0;
}

/* Several programs open, create and write the same file at once: nobody's answer is lost. */
static void programs_writing_at_once_lose_nothing(void)
{
	pid_t pid[WRITERS];
	int i, status, n = 0;
	struct progress *p;

	fresh_folder();
	for (i = 0; i < WRITERS; i++) {
		pid[i] = fork();
		REQUIRE_GE(pid[i], 0);
		if (!pid[i])
			_exit(write_many(i));
	}
	for (i = 0; i < WRITERS; i++) {
		CHECK_INT(waitpid(pid[i], &status, 0), pid[i]);
		CHECK_INT(status, 0);
	}
	p = must_open(folder);
	CHECK_INT(progress_answers(p, "kworkshop", "life", count_one, &n), 0);
	CHECK_INT(n, WRITERS * WRITES);
	progress_close(p);
	remove_folder();
}

static void erase_leaves_no_trace_of_an_answer(void)
{
	struct progress *p = must_open(fresh_folder());
	struct progress_answer a = { "second", 1, 1, 0, "tell-tale-answer" };
	char path[512], wal[520], *text;
	size_t len;

	fill(p);
	CHECK_INT(progress_answer(p, "kworkshop", "life", &a), 0);
	snprintf(path, sizeof(path), "%s", progress_path(p));
	snprintf(wal, sizeof(wal), "%s-wal", path);
	CHECK_INT(progress_erase(p), 0);
	text = slurp(wal, &len);
	CHECK_NULL(memmem(text, len, "tell-tale", 9));
	free(text);
	progress_close(p);
	text = slurp(path, &len);
	CHECK_GT(len, 0);
	CHECK_NULL(memmem(text, len, "tell-tale", 9));
	free(text);
	remove_folder();
}

/* The mode that the throw-away database proved is the mode the file is in, and nothing is left of it. */
static void the_journal_is_the_one_that_was_proven(void)
{
	struct progress *p = must_open(fresh_folder());
	char mode[16] = "";
	sqlite3_stmt *st;
	struct dirent *e;
	sqlite3 *db;
	DIR *d;

	CHECK_INT(sqlite3_open(progress_path(p), &db), SQLITE_OK);
	sqlite3_prepare_v2(db, "PRAGMA journal_mode", -1, &st, NULL);
	if (sqlite3_step(st) == SQLITE_ROW)
		snprintf(mode, sizeof(mode), "%s", (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	sqlite3_close(db);
	CHECK_STR(mode, progress_journal(p));
	progress_close(p);
	d = opendir(folder);
	while (d && (e = readdir(d)))
		CHECK_LACKS(e->d_name, "probe");
	if (d)
		closedir(d);
	remove_folder();
}

const struct test_case suite_unit_progress[] = {
	T(state_folder_follows_own_variable_then_xdg_then_home),
	T(what_was_saved_is_there_after_closing),
	T(a_finished_run_counts_once_and_the_best_is_kept),
	T(an_export_read_elsewhere_exports_the_same),
	T(an_export_file_appears_whole_or_not_at_all),
	T(an_import_that_is_wrong_changes_nothing),
	T(a_damaged_file_is_set_aside_whole_and_named),
	T(a_file_of_a_newer_program_is_left_alone),
	T(a_folder_that_cannot_be_is_said_in_a_sentence),
	T(programs_writing_at_once_lose_nothing),
	T(erase_leaves_no_trace_of_an_answer),
	T(the_journal_is_the_one_that_was_proven),
	{ NULL, NULL }
};
