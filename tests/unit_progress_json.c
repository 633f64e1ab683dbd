/*
 * tests/unit_progress_json.c - progress as JSON: out, in, and what import does not overwrite.
 *
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/progress.h"
#include "tests/support/progress_folder.h"
#include "tests/test.h"

static void fill(struct progress *p)
{
	struct progress_mark m = { .course = "kworkshop", .lesson = "life", .variant = 7, .seed = 3, .event = 41,
				   .text = "why \"here\"?", .hash = "0123456789abcdef", .day = 20000 };
	struct progress_practice again = { .course = "kworkshop", .lesson = "life", .question = "second", .variant = 8, .seed = 3,
					   .value = "once", .sure = 1, .right = 1, .hints = 2, .day = 20001 };
	struct progress_attempt a = progress_sample("go 1\nanswer second 1 \"a\\\\b\"\nhint second 1\n", true);
	struct progress_answer answers[2] = {
		progress_sample_answer("second", 1, 1, "both \"of\" them, \xc3\xbc \x01"),
		progress_sample_answer("second", 2, -1, "none"),
	};

	a.seed = UINT64_MAX;
	snprintf(a.options, sizeof(a.options), "--cpus 4");
	CHECK_INT(progress_save(p, &a, answers, 2), 0);
	progress_attempt_fini(&a);
	progress_add(p, "life", "go 1\n", false, -1);
	progress_add(p, "rescuer", "answer second 1 once\n", true, 1);
	CHECK_INT(progress_reset(p, "kworkshop", "rescuer"), 0);
	progress_add(p, "rescuer", "answer second 1 once\n", true, 1);
	CHECK_INT(progress_mark(p, &m), 0);
	CHECK_INT(progress_add_practice(p, &again), 0);
}

/* Up to the log, which lists imports. */
static size_t log_at(const char *text)
{
	const char *log = strstr(text, "\"log\"");

	return log ? (size_t)(log - text) : 0;
}

static void check_same_rows(const char *one, const char *two)
{
	CHECK_GT(log_at(one), 400);
	CHECK_INT(log_at(two), log_at(one));
	if (log_at(one) == log_at(two))
		CHECK_MEM(two, one, log_at(one));
}

static int import(struct progress *p, const char *json, char *err, size_t err_size)
{
	int rc = progress_import(p, json, strlen(json), err, err_size);

	if (rc)
		test_note("import: %d \"%s\"", rc, err);
	return rc;
}

/* Another file gets the same rows, and a second import adds none. */
static void an_export_read_elsewhere_exports_the_same(void)
{
	char first[256], err[256], *one, *two, *three;
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	memcpy(first, progress_folder, sizeof(first));
	fill(p);
	one = progress_export_text(p);
	progress_close(p);
	CHECK_HAS(one, "\"version\": 3,");
	CHECK_HAS(one, "\"question\": \"second\", \"variant\": 8, \"seed\": 3, \"value\": \"once\", \"sure\": 1, \"right\": true, \"hints\": 2");
	CHECK_HAS(one, "\"seed\": 18446744073709551615");
	CHECK_HAS(one, "\"what\": \"reset\"");
	progress_folder_make();
	p = progress_folder_open();
	CHECK_INT(import(p, one, err, sizeof(err)), 0);
	two = progress_export_text(p);
	check_same_rows(one, two);
	CHECK_HAS(two, "\"what\": \"import\"");
	CHECK_INT(import(p, one, err, sizeof(err)), 0);
	three = progress_export_text(p);
	check_same_rows(one, three);
	free(one);
	free(two);
	free(three);
	progress_close(p);
	progress_folder_remove();
	memcpy(progress_folder, first, sizeof(first));
	progress_folder_remove();
}

static void an_export_file_appears_whole_or_not_at_all(void)
{
	char path[512], *text, *got;
	struct progress *p;
	size_t len;

	progress_folder_make();
	p = progress_folder_open();
	fill(p);
	text = progress_export_text(p);
	snprintf(path, sizeof(path), "%s/out.json", progress_folder);
	CHECK_INT(progress_export_file(p, path), 0);
	got = progress_slurp(path, &len);
	CHECK_STR(got, text);
	free(got);
	free(text);
	snprintf(path, sizeof(path), "%s/no-such-folder/out.json", progress_folder);
	CHECK_INT(progress_export_file(p, path), -ENOENT);
	progress_close(p);
	progress_folder_remove();
}

/* ---- merging ------------------------------------------------------------------------------ */

#define HEAD "{\"format\": \"kworkshop-progress\", \"version\": 2, \"attempts\": ["
#define TAIL "], \"earlier\": [], \"marks\": [], \"log\": []}"
#define ATTEMPT(n, ended, inputs, answers)                                                                  \
	"{\"course\": \"kworkshop\", \"lesson\": \"life\", \"variant\": 7, \"seed\": 3, \"options\": \"\", \"n\": " #n  \
	", \"hash\": \"0123456789abcdef\", \"total\": 5, \"ended\": " #ended ", \"day\": 20001, \"time\": 0, "         \
	"\"inputs\": [" inputs "], \"answers\": [" answers "]}"
#define ANSWER(question, value)                                                                             \
	"{\"question\": \"" question "\", \"ordinal\": 1, \"value\": \"" value "\", \"sure\": 0, \"right\": true, " \
	"\"hints\": 0, \"day\": 20001, \"time\": 0}"

struct seen {
	int n, answers;
	char inputs[4][128];
	bool ended[4];
	struct progress *p;
};

static int count_answer(void *arg, const struct progress_answer *a)
{
	(void)a;
	++*(int *)arg;
	return 0;
}

static int see(void *arg, const struct progress_attempt *a)
{
	struct seen *s = arg;

	progress_answers(s->p, a->row, count_answer, &s->answers);
	if (s->n < 4) {
		snprintf(s->inputs[s->n], sizeof(s->inputs[0]), "%s", a->inputs);
		s->ended[s->n] = a->ended;
	}
	s->n++;
	CHECK_INT(a->n, s->n);
	return 0;
}

/*
 * The file has one unfinished attempt, "answer second 1 once", with its answer.  Returns its
 * contents after the import of @json.
 */
static struct seen after_import(const char *json)
{
	struct seen s = { 0 };
	char err[256];

	progress_folder_make();
	s.p = progress_folder_open();
	progress_add(s.p, "life", "answer second 1 once\n", false, 1);
	CHECK_INT(import(s.p, json, err, sizeof(err)), 0);
	CHECK_INT(progress_attempts(s.p, NULL, NULL, see, &s), 0);
	progress_close(s.p);
	progress_folder_remove();
	return s;
}

static void an_attempt_that_goes_on_where_ours_stopped_continues_it(void)
{
	struct seen s = after_import(HEAD ATTEMPT(1, true, "\"answer second 1 once\", \"answer third 1 b\"",
						  ANSWER("second", "other") "," ANSWER("third", "b")) TAIL);

	CHECK_INT(s.n, 1);
	CHECK_STR(s.inputs[0], "answer second 1 once\nanswer third 1 b\n");
	CHECK_TRUE(s.ended[0]);
	CHECK_INT(s.answers, 2);	/* the first answer to "second" stayed */
}

static void an_attempt_that_ours_has_left_behind_adds_nothing(void)
{
	struct seen s = after_import(HEAD ATTEMPT(1, false, "", "") TAIL);

	CHECK_INT(s.n, 1);
	CHECK_STR(s.inputs[0], "answer second 1 once\n");
	CHECK_FALSE(s.ended[0]);
	CHECK_INT(s.answers, 1);
}

static void another_attempt_is_a_further_one(void)
{
	struct seen s = after_import(HEAD ATTEMPT(1, true, "\"answer second 1 twice\"", ANSWER("second", "twice")) TAIL);

	CHECK_INT(s.n, 2);
	CHECK_STR(s.inputs[0], "answer second 1 once\n");
	CHECK_STR(s.inputs[1], "answer second 1 twice\n");
	CHECK_INT(s.answers, 2);
}

/* The second of the export goes on where its first one stopped: they are two all the same. */
static void two_attempts_of_one_export_stay_two(void)
{
	struct seen s = after_import(HEAD ATTEMPT(1, false, "\"answer second 1 once\"", "") ","
				     ATTEMPT(2, false, "\"answer second 1 once\", \"answer third 1 a\"", "") TAIL);

	CHECK_INT(s.n, 2);
	CHECK_STR(s.inputs[0], "answer second 1 once\n");
	CHECK_STR(s.inputs[1], "answer second 1 once\nanswer third 1 a\n");
}

/* ---- version 1 ------------------------------------------------------------------------------ */

static const char version_1[] =
	"{\"format\": \"kworkshop-progress\", \"version\": 1, \"lessons\": [\n"
	" {\"course\": \"kworkshop\", \"id\": \"life\", \"hash\": \"0123456789abcdef\",\n"
	"  \"variant\": 7, \"seed\": 3, \"stopped_at\": 41, \"answered\": 1, \"right\": 0, \"total\": 5, \"ended\": false,\n"
	"  \"finished\": 2, \"best\": 4, \"inputs\": [\"go 1\", \"answer second 1 2\"],\n"
	"  \"answers\": [{\"question\": \"second\", \"ordinal\": 1, \"value\": \"2\", \"right\": false, \"hints\": 1},\n"
	"   {\"question\": \"second\", \"ordinal\": 2, \"value\": \"3\", \"right\": null, \"hints\": 1}]}],\n"
	" \"log\": [{\"what\": \"reset\", \"course\": \"kworkshop\", \"lesson\": \"rescuer\"}]}";

static void version_1_is_read_and_can_be_read_twice(void)
{
	struct progress_summary s;
	struct progress *p;
	char err[256], *text;
	int i;

	progress_folder_make();
	p = progress_folder_open();
	for (i = 0; i < 2; i++) {
		CHECK_INT(import(p, version_1, err, sizeof(err)), 0);
		CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), 0);
		CHECK_INT(s.attempts, 1);
		CHECK_INT(s.finished, 2);
		CHECK_INT(s.best, 4);
		CHECK_INT(s.answered, 1);
		CHECK_INT(s.total, 5);
	}
	text = progress_export_text(p);
	CHECK_HAS(text, "\"value\": \"3\", \"sure\": 0, \"right\": null");
	free(text);
	progress_close(p);
	progress_folder_remove();
}

/* ---- faults ---------------------------------------------------------------------------------- */

#define LESSON_1 "\"course\":\"k\",\"id\":\"x\",\"variant\":0,\"seed\":1,\"stopped_at\":0,\"answered\":0," \
	"\"right\":0,\"total\":0,\"finished\":0,\"best\":0"
#define FORMAT_1 "{\"format\":\"kworkshop-progress\",\"version\":1,\"lessons\":"

static void an_import_that_is_wrong_changes_nothing(void)
{
	static const struct { const char *json, *says; } wrong[] = {
		{ "", "1: " }, { "[", "1: " }, { "[]", "1: this is not an export" }, { "{}", "1: this is not an export" },
		{ "{\"format\":\"other\",\"version\":1,\"lessons\":[]}", "1: this is not an export" },
		{ "{\"format\":\"kworkshop-progress\",\n\"version\":4,\"lessons\":[]}", "2: \"version\" is not 1 to 3" },
		{ "{\"format\":\"kworkshop-progress\"}", "1: \"version\" is not" },
		{ FORMAT_1 "{}}", "1: \"lessons\" is not a list" },
		{ FORMAT_1 "[\n1]}", "2: a number is not a lesson" },
		{ FORMAT_1 "[{" LESSON_1 ",\n\"inputs\":[1]}]}", "2: \"inputs\" is a list of lines" },
		{ FORMAT_1 "[{" LESSON_1 "}]}", "1: \"inputs\" is missing" },
		{ FORMAT_1 "[{" LESSON_1 ",\n\"inputs\":[],\n\"answers\":[{\"question\":1}]}]}", "3: \"question\" is a number" },
		{ HEAD "\n[]" TAIL, "2: an array is not an object" },
		{ HEAD "\n" ATTEMPT(0, true, "", "") TAIL, "2: \"n\" is not a whole number from 1" },
		{ HEAD "\n" ATTEMPT(1, 1, "", "") TAIL, "2: \"ended\" is not true or false" },
		{ HEAD "\n" ATTEMPT(1, true, "\"jump 3\"", "") TAIL, "2: inputs:1: an input begins with" },
		{ HEAD "\n" ATTEMPT(1, true, "", "\n{}") TAIL, "3: \"question\" is missing" },
		{ HEAD "{\"more\": 1}" TAIL, "1: \"course\" is missing" },
		{ "{\"format\": \"kworkshop-progress\", \"version\": 2, \"attempts\": [], \"earlier\": [], \"marks\": [],\n"
		  "\"log\": [{\"what\": \"reset\", \"course\": \"k\", \"lesson\": \"l\", \"when\": 1}]}",
		  "2: the member \"when\" is unknown" },
		{ "{\"format\": \"kworkshop-progress\", \"version\": 3, \"attempts\": [],\n\"earlier\": [], \"marks\": [], \"log\": []}",
		  "1: \"practice\" is missing" },
		{ "{\"format\": \"kworkshop-progress\", \"version\": 3, \"attempts\": [],\n\"practice\": [{\"course\": \"k\", \"lesson\": \"\"}],"
		  "\"earlier\": [], \"marks\": [], \"log\": []}", "2: \"lesson\" is empty" },
		{ HEAD TAIL " x", "1: " },
	};
	char err[256], *before, *after;
	struct progress *p;
	size_t i;

	progress_folder_make();
	p = progress_folder_open();
	fill(p);
	before = progress_export_text(p);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int got = progress_import(p, wrong[i].json, strlen(wrong[i].json), err, sizeof(err));

		if (got != -EINVAL || strncmp(err, wrong[i].says, strlen(wrong[i].says)) || strlen(err) < 6)
			test_note("import of %s: %d \"%s\"", wrong[i].json, got, err);
		CHECK_INT(got, -EINVAL);
		CHECK_STARTS(err, wrong[i].says);
		CHECK_GT(strlen(err), 5);
	}
	after = progress_export_text(p);
	CHECK_STR(after, before);
	free(before);
	free(after);
	progress_close(p);
	progress_folder_remove();
}

const struct test_case suite_unit_progress_json[] = {
	T(an_export_read_elsewhere_exports_the_same),
	T(an_export_file_appears_whole_or_not_at_all),
	T(an_attempt_that_goes_on_where_ours_stopped_continues_it),
	T(an_attempt_that_ours_has_left_behind_adds_nothing),
	T(another_attempt_is_a_further_one),
	T(two_attempts_of_one_export_stay_two),
	T(version_1_is_read_and_can_be_read_twice),
	T(an_import_that_is_wrong_changes_nothing),
	{ NULL, NULL }
};
