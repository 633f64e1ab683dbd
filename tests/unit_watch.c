/*
 * tests/unit_watch.c - `kworkshop watch`, and noticing the save of a file.
 *
 * Lives here:   the ways in which editors save; rounds, keys, the screen that comes back.
 * Never here:   findings (unit_check.c), the options of a command (unit_cli.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/files.h"
#include "tests/support/pty.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "run/saved.h"

#define WAIT_MS 10000
#define STEP_MS 20

static char folder[64], file[100];

static void make_room(void)
{
	strcpy(folder, "/tmp/kw-watch-XXXXXX");
	folder_make(folder);
	snprintf(file, sizeof(file), "%s/try.lua", folder);
}

/* A lesson with two questions; @title is in the question, @line is code of the director. */
static void write_lesson(const char *title, const char *line)
{
	char text[1200];

	snprintf(text, sizeof(text),
		 "return lesson { title = 'T', params = function(pick) return { n = pick(2, 9) } end, function(p)\n"
		 "  note('n is', p.n)\n  %s\n"
		 "  ask { '%s: which one?', id = 'one', choices = { { 'yes', id = 'yes' }, { 'no', 'No.', id = 'no' } },\n"
		 "    correct = 'yes', why = 'x', hints = { 'x' } }\n"
		 "  ask { '%s: how many is {n}?', id = 'two', number = 'items', correct = p.n, why = 'x', hints = { 'x' } }\n"
		 "end }\n", line, title, title);
	file_write(NULL, file, text);
}

/* ---- a look ------------------------------------------------------------------------------- */

static int looks_until_saved(struct saved *s)
{
	for (int i = 1; i <= 5; i++)
		if (saved_look(s))
			return i;
	return 0;
}

static void a_save_counts_when_it_is_complete_and_brings_another_text(void)
{
	struct saved s;
	char line[800];

	make_room();
	file_write(NULL, file, "one\n");
	CHECK_INT(saved_init(&s, file), 0);
	CHECK_INT(looks_until_saved(&s), 0);
	file_write(NULL, file, "two\n");		/* into the file: the second look finds it as the first did */
	CHECK_INT(looks_until_saved(&s), 2);
	CHECK_INT(looks_until_saved(&s), 0);
	file_write(NULL, file, "");			/* truncated: the text is to come */
	CHECK_INT(looks_until_saved(&s), 0);
	file_write(NULL, file, "three\n");
	CHECK_INT(looks_until_saved(&s), 2);
	snprintf(line, sizeof(line), "cp '%s' '%s.swp' && echo four > '%s.swp' && mv '%s.swp' '%s'", file, file, file, file, file);
	CHECK_INT(system(line), 0);			/* a second file gets the name */
	CHECK_INT(looks_until_saved(&s), 2);
	unlink(file);
	CHECK_INT(looks_until_saved(&s), 0);
	file_write(NULL, file, "four\n");		/* the text is the known one */
	CHECK_INT(looks_until_saved(&s), 0);
	CHECK_INT(saved_init(&s, "/nonexistent/x"), -ENOENT);
	folder_remove(folder);
}

static int saves;

static void count_save(void *arg)
{
	saves++;
	uv_stop(arg);
}

static void a_watch_calls_in_the_loop(void)
{
	struct saved_watch *w;
	uv_loop_t loop;

	make_room();
	file_write(NULL, file, "one\n");
	saves = 0;
	REQUIRE_INT(uv_loop_init(&loop), 0);
	w = saved_watch_open(&loop, file, count_save, &loop);
	REQUIRE_NOT_NULL(w);
	file_write(NULL, file, "two\n");
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_INT(saves, 1);
	saved_watch_close(w);
	uv_run(&loop, UV_RUN_DEFAULT);
	CHECK_INT(uv_loop_close(&loop), 0);
	folder_remove(folder);
}

/* ---- as lines ------------------------------------------------------------------------------- */

static FILE *keys;
static char printed[100];

static void start(const char *args)
{
	char line[5000];

	snprintf(printed, sizeof(printed), "%s/printed", folder);
	snprintf(line, sizeof(line), "exec '%s' watch '%s' --plain %s > '%s' 2>&1", test_binary(), file, args, printed);
	keys = popen(line, "w");
	REQUIRE_NOT_NULL(keys);
}

/* Waits until @text stands @times times in the output. */
static void wait_for(const char *text, int times)
{
	char *out = NULL;
	int n = 0;

	for (int waited = 0; waited < WAIT_MS && n < times; waited += STEP_MS) {
		free(out);
		out = file_read(printed, NULL);
		n = 0;
		for (const char *p = out; p && (p = strstr(p, text)); p++)
			n++;
		if (n < times)
			usleep(STEP_MS * 1000);
	}
	if (n < times)
		test_note("\"%s\" not %d times in:\n%s", text, times, out ? out : "(nothing)");
	CHECK_INT(n, times);
	free(out);
}

static void press(const char *key)
{
	fprintf(keys, "%s\n", key);
	fflush(keys);
}

#define DONE "q quit]\n"

static void a_save_is_checked_and_the_question_stays(void)
{
	make_room();
	write_lesson("First", "");
	start("--question two");
	wait_for(DONE, 1);
	wait_for("0 errors, 0 warnings", 1);
	wait_for("First: how many is ", 1);
	wait_for("note, line 2: n is ", 1);
	write_lesson("Second", "");
	wait_for(DONE, 2);
	wait_for("Second: how many is ", 1);
	write_lesson("Third", "look('typo')");
	wait_for(DONE, 3);
	wait_for("error: look: 'typo' is not a declared name", 1);
	wait_for("try.lua:3: look: 'typo' is not", 1);		/* in place of the question */
	write_lesson("Fourth", "");
	wait_for(DONE, 4);
	wait_for("Fourth: how many is ", 1);
	press("q");
	CHECK_INT(pclose(keys), 0);
	folder_remove(folder);
}

static void keys_change_question_variant_and_seed(void)
{
	make_room();
	write_lesson("Q", "");
	start("");
	wait_for(DONE, 1);
	wait_for("Q: which one?", 1);
	press("n");
	wait_for(DONE, 2);
	wait_for("Q: how many is ", 1);
	press("n");
	wait_for(DONE, 3);
	wait_for("Q: which one?", 2);
	press("v");
	wait_for(DONE, 4);
	wait_for("v variant 1, s seed 1", 1);
	wait_for("Variant 1  n = ", 1);
	press("s");
	wait_for("v variant 1, s seed 2", 1);
	press("r");
	wait_for(DONE, 6);
	press("f");
	wait_for(DONE, 7);
	wait_for("two                number        200", 1);
	press("x");
	wait_for("the keys of watch are r, n, v, s, f, o and q", 1);
	CHECK_INT(pclose(keys), 0);				/* the end of the input ends it */
	folder_remove(folder);
}

/* Each file of an exercise is watched, and the results are those of the set that was saved. */
static void a_save_of_any_file_of_an_exercise_is_checked(void)
{
	char out[400], solution[200];

	make_room();
	REQUIRE_INT(shell_run(out, sizeof(out), "cp -r exercises/16-max-active '%s'", folder), 0);
	snprintf(file, sizeof(file), "%s/16-max-active", folder);
	snprintf(solution, sizeof(solution), "%s/solution/settings.lua", file);
	start("");
	wait_for(DONE, 1);
	wait_for("exercise.lua: 0 errors, 0 warnings", 1);
	wait_for("The checks on the form's defaults, variant 0:", 1);
	press("n");
	wait_for(DONE, 2);
	wait_for("The checks on solution, variant 0:\nAs few workers as will do: 10 of 10 points.", 1);
	press("n");
	wait_for(DONE, 3);
	wait_for("The checks on wrong/no-limit, variant 0:", 1);
	wait_for("/16-max-active/wrong/no-limit/settings.lua --seed 1 --variant 0", 1);	/* the command of the failing run has the set's file */
	file_write(NULL, solution, "return { max_active = 1 }\n");
	wait_for(DONE, 4);
	wait_for("error: the solution fails the check \"all items are done in time\"", 1);
	wait_for("The checks on solution, variant 0:\nAs few workers as will do: 4 of 10 points.", 1);
	press("o");
	wait_for(" opens the exercise", 1);
	press("q");
	CHECK_INT(pclose(keys), 0);
	folder_remove(folder);
}

static void a_file_that_is_not_there_is_missing(void)
{
	char out[1000];

	CHECK_INT(shell_run(out, sizeof(out), "'%s' watch /nonexistent/a.lua --plain 2>&1 </dev/null", test_binary()), 3);
	CHECK_HAS(out, "/nonexistent/a.lua: No such file or directory");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' watch nosuch --plain 2>&1 </dev/null", test_binary()), 3);
	CHECK_HAS(out, "no lesson called \"nosuch\"");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' watch 2>&1 </dev/null", test_binary()), 2);
}

/* ---- on the screen ----------------------------------------------------------------------------- */

static void wait_to_see(struct pty *p, const char *text)
{
	for (int i = 0; i < WAIT_MS / STEP_MS && !pty_shows(p, text); i++)
		pty_read(p, STEP_MS);
	if (!pty_shows(p, text))
		test_note("never seen: %s", text);
	CHECK_TRUE(pty_shows(p, text));
}

static void the_screen_comes_back_to_the_question_after_a_save(void)
{
	char program[4096], state[100];
	char *argv[] = { program, "watch", file, "--question", "two", NULL };
	char *env[] = { "TERM=xterm-256color", "LANG=C.UTF-8", state, NULL };
	struct pty p;

	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	make_room();
	snprintf(state, sizeof(state), "KWORKSHOP_STATE_DIR=%s", folder);
	write_lesson("First", "");
	REQUIRE_INT(pty_start(&p, 80, 24, argv, env), 0);
	wait_to_see(&p, "q quit]");
	CHECK_TRUE(pty_shows(&p, "First: how many is"));
	pty_type(&p, "o");
	wait_to_see(&p, "Question (2 of 2)");
	CHECK_TRUE(pty_shows(&p, "First: how many is"));
	wait_to_see(&p, "check: 0 errors, 0 warnings");
	write_lesson("Second", "");
	wait_to_see(&p, "Second: how many is");
	CHECK_TRUE(pty_shows(&p, "Second: how many is"));
	CHECK_TRUE(pty_shows(&p, "Question (2 of 2)"));
	pty_type(&p, "q");
	wait_to_see(&p, "q quit]");
	CHECK_TRUE(pty_shows(&p, "q quit]"));
	pty_type(&p, "q");
	CHECK_TRUE(pty_gone(&p, WAIT_MS));
	CHECK_INT(p.status, 0);
	CHECK_TRUE(pty_sane(&p));
	pty_stop(&p);
	folder_remove(folder);
}

const struct test_case suite_unit_watch[] = {
	T(a_save_counts_when_it_is_complete_and_brings_another_text),
	T(a_watch_calls_in_the_loop),
	T(a_save_is_checked_and_the_question_stays),
	T(keys_change_question_variant_and_seed),
	T(a_save_of_any_file_of_an_exercise_is_checked),
	T(a_file_that_is_not_there_is_missing),
	T(the_screen_comes_back_to_the_question_after_a_save),
	{ NULL, NULL }
};
