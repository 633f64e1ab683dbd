/*
 * tests/unit_handin.c - hand-ins: writing and reading, damage, `submit` and `grade`.
 *
 * Lives here:   classroom/handin.c, classroom/digest.c, and the two commands.
 * Never here:   checks of exercises.   Licence: MIT.
 */
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classroom/handin.h"

/* ---- the text ------------------------------------------------------------------------- */

static const char *const contents[] = {
	"return {}\n", "no newline at the end", "", "\n", "\n\n\nblank lines\n\n", "    four blanks\n        eight\n",
	"end\nsum 00000000\nexercise x\n", "\tTab, \xd0\x9a\xd0\xb8\xd1\x97\xd0\xb2, \xe2\x88\x9e\n",
};
#define CONTENTS_NR (sizeof(contents) / sizeof(contents[0]))

static struct handin *one_handin(void)
{
	struct handin *h = calloc(1, sizeof(*h));
	struct run_input in = { .kind = INPUT_ANSWER, .number = 1 };
	struct handin_block *b;

	REQUIRE_NOT_NULL(h);
	strcpy(h->course, "kworkshop");
	strcpy(h->course_hash, "00ff");
	strcpy(h->engine, "0.9.0");
	strcpy(h->profile, "6.12");
	strcpy(h->student, "s 12\xc3\xa4");
	h->course_version = 3;
	b = handin_add(h);
	strcpy(b->slug, "unload");
	strcpy(b->hash, "abcd");
	b->variant = 4711;
	b->seed = 1;
	b->hints = 2;
	strcpy(in.id, "second");
	strcpy(in.value, "once");
	REQUIRE_INT(run_inputs_add(&b->inputs, &in), 0);
	b->files = run_files_new();
	for (size_t i = 0; i < CONTENTS_NR; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%zu.lua", i);
		REQUIRE_INT(run_files_add(b->files, name, contents[i], strlen(contents[i]), false), 0);
	}
	REQUIRE_INT(run_files_add(b->files, "hidden.lua", "secret", 6, true), 0);
	b = handin_add(h);
	b->lesson = true;
	strcpy(b->slug, "life");
	strcpy(b->hash, "-");
	return h;
}

static void drop(struct handin *h)
{
	handin_fini(h);
	free(h);
}

/* The text of one_handin(); malloc'ed. */
static char *one_text(size_t *len)
{
	struct handin *h = one_handin();
	char *text = NULL;
	FILE *f = open_memstream(&text, len);

	REQUIRE_NOT_NULL(f);
	CHECK_INT(handin_write(h, f), 0);
	fclose(f);
	drop(h);
	return text;
}

static int read_it(const char *text, size_t len, struct handin **out, char *err, size_t size)
{
	*out = calloc(1, sizeof(**out));
	REQUIRE_NOT_NULL(*out);
	return handin_read(text, len, *out, NULL, NULL, err, size);
}

static void compare_with_one(const struct handin *h)
{
	const struct handin_block *b = &h->block[0];

	CHECK_STR(h->course, "kworkshop");
	CHECK_INT(h->course_version, 3);
	CHECK_STR(h->student, "s 12\xc3\xa4");
	REQUIRE_INT(h->nr, 2);
	CHECK_STR(b->slug, "unload");
	CHECK_INT((int)b->variant, 4711);
	CHECK_INT(b->hints, 2);
	REQUIRE_INT(b->inputs.n, 1);
	CHECK_STR(b->inputs.v[0].value, "once");
	REQUIRE_INT(b->files->n, CONTENTS_NR);
	for (size_t i = 0; i < CONTENTS_NR; i++) {
		CHECK_INT(b->files->v[i].len, strlen(contents[i]));
		CHECK_STR(b->files->v[i].text, contents[i]);
	}
	CHECK_TRUE(h->block[1].lesson);
	CHECK_STR(h->block[1].slug, "life");
}

static void a_hand_in_survives_writing_and_reading(void)
{
	size_t len = 0;
	char *text = one_text(&len), err[400];
	struct handin *h;

	REQUIRE_NOT_NULL(text);
	CHECK_NULL(strstr(text, "secret"));		/* hidden checks are never handed in */
	CHECK_INT(read_it(text, len, &h, err, sizeof(err)), 0);
	compare_with_one(h);
	drop(h);
	free(text);
}

/* Programs of mail write CR LF. */
static void line_ends_of_mail_are_read(void)
{
	size_t len = 0, to = 0;
	char *text = one_text(&len), *mail = malloc(2 * len + 1), err[400];
	struct handin *h;

	REQUIRE_NOT_NULL(mail);
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n')
			mail[to++] = '\r';
		mail[to++] = text[i];
	}
	CHECK_INT(read_it(mail, to, &h, err, sizeof(err)), 0);
	compare_with_one(h);
	drop(h);
	free(mail);
	free(text);
}

/* Every byte that is changed, and every end that is missing, is noticed. */
static void damage_is_reported_with_its_line(void)
{
	size_t len = 0;
	char *text = one_text(&len), err[400];
	struct handin *h;

	for (size_t i = 0; i < len; i++) {
		text[i] ^= 4;
		if (!CHECK_INT(read_it(text, len, &h, err, sizeof(err)), -EINVAL))
			test_note("byte %zu", i);
		CHECK_RANGE(strspn(err, "0123456789"), 1, 3);
		text[i] ^= 4;
		drop(h);
	}
	for (size_t n = 0; n + 1 < len; n++) {
		if (!CHECK_INT(read_it(text, n, &h, err, sizeof(err)), -EINVAL))
			test_note("cut to %zu bytes", n);
		drop(h);
	}
	free(text);
}

#define HEAD "kworkshop hand-in 1\n"

static void a_wrong_line_is_named(void)
{
	static const struct { const char *text, *err; } rows[] = {
		{ "", "1: this is not a hand-in" },
		{ "return {}\n", "1: this is not a hand-in" },
		{ "kworkshop hand-in 2\n", "1: this hand-in was made by a newer" },
		{ HEAD "course kworkshop\n", "2: expected \"course" },
		{ HEAD "exercise a b variant x seed 1\n", "2: expected \"exercise" },
		{ HEAD "exercise ../a b variant 1 seed 1\n", "2: expected \"exercise" },
		{ HEAD "input answer a 1 b\n", "2: this line belongs to an exercise" },
		{ HEAD "exercise a b variant 1 seed 1\nexercise c b variant 1 seed 1\n", "3: the exercise before this line" },
		{ HEAD "exercise a b variant 1 seed 1\ninput dance\n", "3: " },
		{ HEAD "exercise a b variant 1 seed 1\nfile x.lua 99999999\n", "3: expected \"file" },
		{ HEAD "exercise a b variant 1 seed 1\nfile ../x 1\n    y\n", "4: expected \"file" },
		{ HEAD "exercise a b variant 1 seed 1\nfile x 5\nabcde\n", "4: the file has fewer lines" },
		{ HEAD "exercise a b variant 1 seed 1\nfile x 1\n    y\nfile x 1\n    y\n", "5: the exercise has this file already" },
		{ HEAD "exercise a b variant 1 seed 1\n", "2: the exercise before this line" },
		{ HEAD "student s\x01\n", "2: an id has no control" },
		{ HEAD, "1: the last line is not" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct handin *h;
		char err[400];

		CHECK_INT(read_it(rows[i].text, strlen(rows[i].text), &h, err, sizeof(err)), -EINVAL);
		if (!CHECK_STARTS(err, rows[i].err))
			test_note("row %zu", i);
		drop(h);
	}
}

static int warnings;

static void count_warning(void *arg, const char *sentence)
{
	(void)arg;
	warnings++;
	CHECK_STARTS(sentence, "2: the line \"colour\" is unknown");
}

static void an_unknown_line_is_a_warning(void)
{
	static const char text[] = HEAD "colour blue\n";
	struct handin *h = calloc(1, sizeof(*h));
	char err[400];

	REQUIRE_NOT_NULL(h);
	warnings = 0;
	CHECK_INT(handin_read(text, strlen(text), h, count_warning, NULL, err, sizeof(err)), -EINVAL);	/* no sum */
	CHECK_INT(warnings, 1);
	drop(h);
}

/* ---- the commands -------------------------------------------------------------------------- */

static char folder[64], program[4096], before[4096];

static void set_up(void)
{
	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	REQUIRE_NOT_NULL(getcwd(before, sizeof(before)));
	strcpy(folder, "/tmp/kw-handin-XXXXXX");
	folder_make(folder);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
	setenv("KWORKSHOP_CONFIG_DIR", folder, 1);
}

static void tear_down(void)
{
	REQUIRE_INT(chdir(before), 0);
	folder_remove(folder);
	unsetenv("KWORKSHOP_STATE_DIR");
	unsetenv("KWORKSHOP_CONFIG_DIR");
}

/* Runs the program with @args in the folder of the test. */
static int call(char *out, size_t size, const char *args)
{
	return shell_run(out, size, "cd %s && %s %s 2>&1", folder, program, args);
}

static void put_work(const char *kind)
{
	char out[200];

	REQUIRE_INT(shell_run(out, sizeof(out), "mkdir -p %s/kworkshop-work/unload && cp %s/exercises/21-unload/%s/driver.lua %s/kworkshop-work/unload",
			      folder, before, kind, folder), 0);
}

static void a_hand_in_is_graded_by_running_it_again(void)
{
	char out[8192];

	set_up();
	put_work("solution");
	CHECK_INT(call(out, sizeof(out), "submit unload --student S1"), 0);
	CHECK_HAS(out, "student s1");
	CHECK_INT(call(out, sizeof(out), "grade kworkshop-s1.kwh"), 0);
	CHECK_HAS(out, "In all: 10 of 10 points.");
	CHECK_INT(call(out, sizeof(out), "grade kworkshop-s1.kwh --student s2"), 1);	/* the roster's id decides */
	CHECK_HAS(out, "needs a decision: the hand-in names the student 's1', not 's2'");
	CHECK_HAS(out, "unload: needs a decision: the file has variant");
	put_work("starter");
	CHECK_INT(call(out, sizeof(out), "submit unload --check --student s1"), 1);
	CHECK_HAS(out, "FAILS");
	CHECK_INT(call(out, sizeof(out), "submit unload --student s1 -o other.kwh"), 0);
	CHECK_INT(call(out, sizeof(out), "grade other.kwh"), 1);
	tear_down();
}

static void misuse_is_one_sentence(void)
{
	static const struct { const char *args; int status; const char *text; } rows[] = {
		{ "submit", 2, "name the exercises, or write --all" },
		{ "submit --all", 2, "no exercise of the course has been begun" },
		{ "submit unload", 2, "nothing to hand in: unload has no files in" },
		{ "submit nosuch", 3, "there is no exercise 'nosuch'" },
		{ "submit unload -o", 2, "--output needs a value" },
		{ "submit unload -x", 2, "unknown option -x" },
		{ "grade", 2, "name a hand-in" },
		{ "grade a b", 2, "grade takes one hand-in" },
		{ "grade nosuch.kwh", 3, "nosuch.kwh: No such file" },
		{ "grade /dev/null", 2, "/dev/null:1: this is not a hand-in" },
		{ "grade .", 3, ".: Is a directory" },
	};
	char out[8192];

	set_up();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!CHECK_INT(call(out, sizeof(out), rows[i].args), rows[i].status) || !CHECK_HAS(out, rows[i].text))
			test_note("%s: %s", rows[i].args, out);
	}
	tear_down();
}

/* Runs the program with @args and the lines of @typed. */
static int type(char *out, size_t size, const char *args, const char *typed)
{
	return shell_run(out, size, "cd %s && printf '%s' | %s %s --plain 2>&1", folder, typed, program, args);
}

/* The text of the hand-in that `submit` writes for @exercise. */
static void hand_in(char *out, size_t size, const char *exercise)
{
	char args[200];

	snprintf(args, sizeof(args), "submit %s -o - --student s1", exercise);
	CHECK_INT(call(out, size, args), 0);
}

static void answers_are_resumed_handed_in_and_graded(void)
{
	char out[32768];

	set_up();
	CHECK_INT(call(out, sizeof(out), "test E04 --student s1"), 1);
	CHECK_HAS(out, "no question has been answered yet: `kworkshop run E04` asks them");
	CHECK_INT(call(out, sizeof(out), "submit E04 --student s1"), 2);
	CHECK_INT(type(out, sizeof(out), "run E04 --student s1", "\\n10\\n"), 1);
	CHECK_HAS(out, "your answers are kept");
	/* left before the second prediction was made: it has no points */
	CHECK_INT(call(out, sizeof(out), "test E04 --student s1"), 1);
	CHECK_HAS(out, "2 of 4 points. Predictions made: 1, right: 0.");
	CHECK_INT(type(out, sizeof(out), "run how-many-runs --student s1", "10\\n\\n\\n"), 1);
	CHECK_LACKS(out, "[Enter]");	/* the story was read, and the first question answered */
	CHECK_HAS(out, "The exercise is over. You got 0 of 2 right.\nPoints: 4 of 4, for predictions that you made.");
	hand_in(out, sizeof(out), "E04");
	CHECK_HAS(out, "\ninput answer runs 1 10\ninput answer trues 1 10\nend\n");
	/* a later attempt takes nothing away and adds nothing */
	CHECK_INT(call(out, sizeof(out), "run E04 --student s1 --fresh --plain </dev/null"), 1);
	CHECK_INT(type(out, sizeof(out), "run E04 --student s1 --fresh", "\\n7\\n7\\n\\n\\n"), 1);
	hand_in(out, sizeof(out), "E04");
	CHECK_HAS(out, "\ninput answer runs 1 10\ninput answer trues 1 10\nend\n");
	CHECK_INT(call(out, sizeof(out), "submit E04 --student s1"), 0);
	CHECK_HAS(out, "answers and settings: 2");
	CHECK_INT(call(out, sizeof(out), "grade kworkshop-s1.kwh"), 0);
	CHECK_HAS(out, "4 of 4 points. Predictions made: 2, right: 0.");
	CHECK_INT(call(out, sizeof(out), "list"), 0);
	CHECK_HAS(out, "predict   4 points  done best");
	tear_down();
}

/* Of an attempt that was left, what a later one has of further questions is handed in too. */
static void later_attempts_add_only_questions_without_an_answer(void)
{
	char out[32768];

	set_up();
	CHECK_INT(type(out, sizeof(out), "run E04 --student s1", "\\n10\\n"), 1);
	CHECK_INT(type(out, sizeof(out), "run E04 --student s1 --fresh", "\\n9\\n8\\n\\n\\n"), 1);
	hand_in(out, sizeof(out), "E04");
	CHECK_HAS(out, "\ninput answer runs 1 10\n");
	CHECK_HAS(out, "\ninput answer trues 1 8\n");
	CHECK_LACKS(out, "runs 1 9");
	tear_down();
}

/* The lesson `unload` has the same name as exercise E21. */
static void a_lesson_is_not_handed_in_as_an_exercise_of_its_name(void)
{
	char out[32768];

	set_up();
	CHECK_INT(type(out, sizeof(out), "run unload --student s1", "\\n\\n\\n1\\n1\\n"), 1);
	CHECK_INT(call(out, sizeof(out), "submit E21 --student s1"), 2);
	CHECK_HAS(out, "nothing to hand in: unload has no files in");
	tear_down();
}

/* All, half and none of a question's points for the first, second and third try. */
static void later_tries_are_graded_as_they_were_shown(void)
{
	static const struct { const char *typed, *points; } rows[] = {
		{ "\\n8\\n", "2 of 6 points. Questions answered: 1, right at the first try: 1." },
		{ "\\n1\\n8\\n", "1 of 6 points. Questions answered: 1, right at the first try: 0." },
		{ "\\n1\\n2\\n8\\n", "0 of 6 points. Questions answered: 1, right at the first try: 0." },
	};
	char out[32768];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up();
		CHECK_INT(type(out, sizeof(out), "run E02", rows[i].typed), 1);
		CHECK_HAS(out, "Question: Point at the event in which CPU 0 becomes free");	/* the next one */
		CHECK_INT(call(out, sizeof(out), "test E02"), 1);
		if (!CHECK_HAS(out, rows[i].points))
			test_note("row %zu", i);
		CHECK_INT(call(out, sizeof(out), "submit E02 --check"), 1);
		CHECK_HAS(out, rows[i].points);
		tear_down();
	}
}

/* SHA-256 of "abc", from the standard that defines it. */
static void a_digest_is_that_of_the_standard(void)
{
	char sum[DIGEST_BYTES], path[200];

	set_up();
	snprintf(path, sizeof(path), "%s/abc", folder);
	REQUIRE_INT(shell_run(sum, sizeof(sum), "printf abc >%s", path), 0);
	CHECK_INT(digest_file(path, sum), 0);
	CHECK_STR(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_INT(digest_file(folder, sum), -EINVAL);
	CHECK_INT(digest_file("/nonexistent", sum), -ENOENT);
	tear_down();
}

const struct test_case suite_unit_handin[] = {
	T(a_hand_in_survives_writing_and_reading),
	T(line_ends_of_mail_are_read),
	T(damage_is_reported_with_its_line),
	T(a_wrong_line_is_named),
	T(an_unknown_line_is_a_warning),
	T(a_hand_in_is_graded_by_running_it_again),
	T(answers_are_resumed_handed_in_and_graded),
	T(later_attempts_add_only_questions_without_an_answer),
	T(a_lesson_is_not_handed_in_as_an_exercise_of_its_name),
	T(later_tries_are_graded_as_they_were_shown),
	T(misuse_is_one_sentence),
	T(a_digest_is_that_of_the_standard),
	{ NULL, NULL }
};
