/*
 * tests/authors.c - faulty and strange lessons, each with the end that it must have.
 *
 * A file tests/authors/NAME.lua begins with comments.  WRONG and RIGHT are for
 * the reader.  The others are read here:
 *
 *   -- RUN: run FILE --plain      arguments of the program, for a shell (this is the default)
 *   -- TYPE: 1\n2\n               standard input (default: none)
 *   -- EXPECT: exit 2             the exit status
 *   -- EXPECT: out "text"         standard output has the text; so has err, for standard error,
 *   -- EXPECT: any "text"         and any, for one of the two; blanks and line ends count as one blank
 *   -- EXPECT: no "text"          neither has it
 *   -- SLOW: why                  left out where KW_QUICK is set
 *
 * FILE stands for the file in RUN, and for its name without folders in a text.
 * A text may have \n, \\, \" and \x1b.  Each file needs an exit and a text.
 * KW_AUTHOR=NAME runs one file.
 *
 * Lives here:   reading the headers, running, comparing.
 * Never here:   the messages themselves (they stand in the files).
 * Licence: MIT.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/files.h"
#include "tests/test.h"

#define FOLDER "tests/authors"
#define FILES_MAX 400
#define SHARES 8
#define EXPECTS_MAX 24
#define TEXT_MAX 400
#define OUTPUT_MAX (256 * 1024)

enum expect_kind { EXPECT_EXIT, EXPECT_OUT, EXPECT_ERR, EXPECT_ANY, EXPECT_NO, EXPECT_KINDS };
static const char *const expect_words[EXPECT_KINDS] = { "exit", "out", "err", "any", "no" };

struct expectation {
	enum expect_kind kind;
	long number;
	char text[TEXT_MAX];
};

struct author_file {
	char path[300], name[128];
	char run[1024], type[TEXT_MAX];
	struct expectation v[EXPECTS_MAX];
	int nr;
	bool slow;
};

/* ---- the header -------------------------------------------------------------------- */

/* Copies @from up to @to with \n \\ \" \xHH replaced; FILE becomes @file's name. */
static void unescape(const struct author_file *file, const char *from, const char *end, char out[TEXT_MAX])
{
	size_t n = 0;

	while (from < end && n < TEXT_MAX - sizeof(file->name)) {
		unsigned int byte;

		if (strncmp(from, "FILE", 4) == 0) {
			n += (size_t)snprintf(out + n, TEXT_MAX - n, "%s", file->name);
			from += 4;
		} else if (*from == '\\' && from[1] == 'x' && sscanf(from + 2, "%2x", &byte) == 1) {
			out[n++] = (char)byte;
			from += 4;
		} else if (*from == '\\' && from + 1 < end) {
			out[n++] = from[1] == 'n' ? '\n' : from[1];
			from += 2;
		} else {
			out[n++] = *from++;
		}
	}
	out[n] = '\0';
}

/* "exit 2", "out \"text\"".  False: it is neither. */
static bool read_expectation(struct author_file *file, const char *line)
{
	struct expectation *e = &file->v[file->nr];
	size_t n = strcspn(line, " ");
	const char *arg = line + n + strspn(line + n, " "), *end;
	char *rest;
	int kind;

	for (kind = 0; kind < EXPECT_KINDS; kind++)
		if (strlen(expect_words[kind]) == n && strncmp(line, expect_words[kind], n) == 0)
			break;
	if (kind == EXPECT_KINDS || file->nr == EXPECTS_MAX)
		return false;
	e->kind = (enum expect_kind)kind;
	if (kind == EXPECT_EXIT) {
		e->number = strtol(arg, &rest, 10);
		if (rest == arg || *rest)
			return false;
	} else {
		end = strrchr(arg, '"');
		if (*arg != '"' || end == arg || end[1])
			return false;
		unescape(file, arg + 1, end, e->text);
	}
	file->nr++;
	return true;
}

static bool has_kind(const struct author_file *file, bool text)
{
	for (int i = 0; i < file->nr; i++)
		if (text ? file->v[i].kind != EXPECT_EXIT : file->v[i].kind == EXPECT_EXIT)
			return true;
	return false;
}

/* NULL, or what is wrong with the header. */
static const char *read_header(struct author_file *file, FILE *f)
{
	char line[1024];

	strcpy(file->run, "run FILE --plain");
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (strncmp(line, "-- SLOW: ", 9) == 0)
			file->slow = true;
		else if (strncmp(line, "-- RUN: ", 8) == 0)
			snprintf(file->run, sizeof(file->run), "%s", line + 8);
		else if (strncmp(line, "-- TYPE: ", 9) == 0)
			unescape(file, line + 9, line + strlen(line), file->type);
		else if (strncmp(line, "-- EXPECT: ", 11) == 0 && !read_expectation(file, line + 11))
			return "an EXPECT line that cannot be read";
	}
	if (!has_kind(file, false))
		return "no EXPECT: exit";
	return has_kind(file, true) ? NULL : "no EXPECT with a text";
}

/* ---- running ---------------------------------------------------------------------------- */

static char folder[256], program[4096];

static char *slurp(const char *name)
{
	char path[300], *text = malloc(OUTPUT_MAX);
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	REQUIRE_NOT_NULL(f);
	REQUIRE_NOT_NULL(text);
	n = fread(text, 1, OUTPUT_MAX - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* Replaces each sequence of blanks and line ends by one blank: a front end wraps lines at any width. */
static void squeeze(char *text)
{
	char *to = text;

	for (; *text; text++) {
		bool blank = *text == ' ' || *text == '\n';

		if (!blank)
			*to++ = *text;
		else if (text[1] && text[1] != ' ' && text[1] != '\n')
			*to++ = ' ';
	}
	*to = '\0';
}

/* Return: its exit status. */
static int run_file(const struct author_file *file, double *seconds)
{
	char args[1600], command[8192], *at;
	struct timespec from, to;
	int status;

	at = strstr(file->run, "FILE");
	snprintf(args, sizeof(args), "%.*s%s%s", at ? (int)(at - file->run) : (int)strlen(file->run), file->run,
		 at ? file->path : "", at ? at + 4 : "");
	file_write(folder, "in", file->type);
	snprintf(command, sizeof(command),
		 "XDG_STATE_HOME='%s/state' XDG_CONFIG_HOME='%s/config' COLUMNS=80 timeout 60 '%s' %s <'%s/in' >'%s/out' 2>'%s/err'",
		 folder, folder, program, args, folder, folder, folder);
	clock_gettime(CLOCK_MONOTONIC, &from);
	status = system(command);
	clock_gettime(CLOCK_MONOTONIC, &to);
	*seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool holds(const struct expectation *e, int status, const char *out, const char *err)
{
	bool in_out = strstr(out, e->text) != NULL, in_err = strstr(err, e->text) != NULL;

	switch (e->kind) {
	case EXPECT_EXIT: return status == e->number;
	case EXPECT_OUT: return in_out;
	case EXPECT_ERR: return in_err;
	case EXPECT_ANY: return in_out || in_err;
	case EXPECT_NO: return !in_out && !in_err;
	default: return false;
	}
}

static void check_file(const struct author_file *file)
{
	double seconds = 0;
	char *out, *err;
	bool right = true;
	int status;

	if (file->slow && test_rounds(1, 0) == 0) {
		test_note("%s: slow, left out", file->name);
		return;
	}
	status = run_file(file, &seconds);
	out = slurp("out");
	err = slurp("err");
	squeeze(out);
	squeeze(err);
	for (int i = 0; i < file->nr; i++) {
		const struct expectation *e = &file->v[i];

		if (holds(e, status, out, err))
			continue;
		right = false;
		test_note("%s: expected %s %ld \"%s\"", file->path, expect_words[e->kind], e->number, e->text);
	}
	if (!right)
		test_note("exit %d after %.1f s\n  out: %.1500s\n  err: %.500s", status, seconds, out, err);
	CHECK_TRUE(right);
	free(out);
	free(err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of the files, sorted; the caller frees them. */
static int list_files(char *names[FILES_MAX])
{
	const char *only = getenv("KW_AUTHOR");
	DIR *d = opendir(FOLDER);
	struct dirent *e;
	int nr = 0;

	REQUIRE_NOT_NULL(d);
	while ((e = readdir(d)) && nr < FILES_MAX) {
		size_t n = strlen(e->d_name);

		if (n > 4 && strcmp(e->d_name + n - 4, ".lua") == 0 &&
		    (!only || (strlen(only) == n - 4 && strncmp(only, e->d_name, n - 4) == 0)))
			names[nr++] = strdup(e->d_name);
	}
	closedir(d);
	qsort(names, (size_t)nr, sizeof(*names), by_name);
	return nr;
}

static void make_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	snprintf(folder, sizeof(folder), "%s/kw-authors-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	REQUIRE_NOT_NULL(mkdtemp(folder));
}

static void remove_folder(void)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	CHECK_INT(system(command), 0);
}

static void check_name(const char *name)
{
	struct author_file file = { .nr = 0 };
	const char *wrong;
	FILE *f;

	snprintf(file.path, sizeof(file.path), FOLDER "/%s", name);
	snprintf(file.name, sizeof(file.name), "%.127s", name);
	f = fopen(file.path, "r");
	REQUIRE_NOT_NULL(f);
	wrong = read_header(&file, f);
	fclose(f);
	if (wrong)
		test_note("%s: %s", file.path, wrong);
	CHECK_NULL(wrong);
	if (!wrong)
		check_file(&file);
}

/* Every SHARES-th file: a test that runs all of them would take longer than a test may. */
static void check_share(int share)
{
	char *names[FILES_MAX];
	int nr;

	make_folder();
	nr = list_files(names);
	CHECK_GT(nr, 0);
	for (int i = 0; i < nr; i++) {
		if (i % SHARES == share)
			check_name(names[i]);
		free(names[i]);
	}
	remove_folder();
}

#define SHARES_OF(S) S(0) S(1) S(2) S(3) S(4) S(5) S(6) S(7)
#define S(n) \
	static void files_end_as_their_headers_say_##n(void) \
	{ \
		check_share(n); \
	}
SHARES_OF(S)
#undef S

static const char *header_fault(const char *text)
{
	struct author_file file = { .name = "x.lua" };
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	const char *wrong;

	REQUIRE_NOT_NULL(f);
	wrong = read_header(&file, f);
	fclose(f);
	return wrong ? wrong : "";
}

static void a_header_that_expects_nothing_is_noticed(void)
{
	CHECK_STR(header_fault("-- EXPECT: exit 2\n-- EXPECT: out \"a\"\n"), "");
	CHECK_HAS(header_fault("-- WRONG: x\nreturn 1\n"), "no EXPECT: exit");
	CHECK_HAS(header_fault("-- EXPECT: exit 2\n"), "with a text");
	CHECK_HAS(header_fault("-- EXPECT: exit two\n"), "cannot be read");
	CHECK_HAS(header_fault("-- EXPECT: exti 2\n"), "cannot be read");
	CHECK_HAS(header_fault("-- EXPECT: out text\n"), "cannot be read");
	CHECK_HAS(header_fault("-- EXPECT: out \"text\n"), "cannot be read");
}

static void an_expectation_can_fail(void)
{
	static const struct expectation rows[] = {
		{ EXPECT_EXIT, 2, "" }, { EXPECT_OUT, 0, "there" },
		{ EXPECT_ERR, 0, "fault" }, { EXPECT_ANY, 0, "fault" }, { EXPECT_NO, 0, "bad" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_TRUE(holds(&rows[i], 2, "it is there", "a fault"));
		CHECK_FALSE(holds(&rows[i], 4, "it is bad", "nothing"));
	}
}

const struct test_case suite_authors[] = {
#define S(n) T(files_end_as_their_headers_say_##n),
	SHARES_OF(S)
#undef S
	T(a_header_that_expects_nothing_is_noticed),
	T(an_expectation_can_fail),
	{ NULL, NULL }
};
