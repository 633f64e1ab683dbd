/*
 * tests/unit_question_report.c - `!` at a verdict, and `run --from-report`.
 *
 * Lives here:   the file as both front ends write it, the run that it opens, files with mistakes.
 * Never here:   inputs in general (unit_inputs.c).   Licence: MIT.
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

#include "run/question_report.h"

#define WAIT_MS 10000

static char folder[64], program[4096], out[65536];

static void make_room(void)
{
	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	strcpy(folder, "/tmp/kw-report-XXXXXX");
	folder_make(folder);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
}

static int plain(const char *args, const char *typed)
{
	return shell_run(out, sizeof(out), "cd '%s' && printf '%s' | '%s' run %s --plain 2>&1", folder, typed, program, args);
}

static char *read_report(const char *name)
{
	char path[200], *text;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	text = file_read(path, NULL);
	REQUIRE_NOT_NULL(text);
	return text;
}

static void plain_mode_writes_a_report_and_run_opens_it_at_the_verdict(void)
{
	char *text;

	make_room();
	CHECK_INT(plain("life --variant 7", "! too early\\n\\n1\\n! I thought\\nq\\n"), 1);
	CHECK_HAS(out, "there is none yet");
	CHECK_HAS(out, "written: report-life-second.txt");
	text = read_report("report-life-second.txt");
	CHECK_HAS(text, "kworkshop question report 1\nlesson life\nquestion second\nvariant 7 seed 1\nreplay kworkshop run life ");
	CHECK_HAS(text, "\ninput go 1\ninput answer second 1 ");
	CHECK_HAS(text, "\nwords\n    I thought\nend\n");
	CHECK_NULL(strstr(text, "too early"));
	free(text);
	CHECK_INT(plain("--from-report report-life-second.txt", ""), 1);
	CHECK_HAS(out, "report of question 'second', variant 7, seed 1: I thought");
	CHECK_HAS(out, "(variant 7)");
	CHECK_HAS(out, "You answered: ");
	CHECK_HAS(out, "Will reset");			/* the question behind the verdict is the first one that is open */
	folder_remove(folder);
}

static void a_second_report_of_a_question_has_another_name(void)
{
	char *text;

	make_room();
	CHECK_INT(plain("life --cpus 3 --jitter 0.25", "\\n1\\n! one\\n!\\nasked for\\nq\\n"), 1);
	text = read_report("report-life-second-2.txt");
	CHECK_HAS(text, "\noptions --cpus 3 --jitter 0.25\n");
	CHECK_HAS(text, "    asked for\n");
	free(text);
	CHECK_INT(plain("--from-report report-life-second-2.txt", ""), 1);
	CHECK_HAS(out, ": asked for");
	folder_remove(folder);
}

static void wait_to_see(struct pty *p, const char *text)
{
	for (int i = 0; i < WAIT_MS / 20 && !pty_shows(p, text); i++)
		pty_read(p, 20);
	if (!pty_shows(p, text))
		test_note("never seen: %s", text);
	CHECK_TRUE(pty_shows(p, text));
}

static void the_screen_writes_the_same_report(void)
{
	char lesson[200], state[100], where[5000];
	char *argv[] = { "/bin/sh", "-c", where, NULL };
	char *env[] = { "TERM=xterm-256color", "LANG=C.UTF-8", state, NULL };
	struct pty p;
	char *text;

	make_room();
	snprintf(state, sizeof(state), "KWORKSHOP_STATE_DIR=%s", folder);
	snprintf(lesson, sizeof(lesson), "%s/try.lua", folder);
	file_write(NULL, lesson,
		   "return lesson { title = 'T', function() ask { 'Which one?', id = 'one', choices = { { 'yes', id = 'yes' }, "
		   "{ 'no', 'No.', id = 'no' } }, correct = 'yes' } recap { 'The end.' } end }\n");
	snprintf(where, sizeof(where), "cd '%s' && exec '%s' run try.lua --answers right", folder, program);
	REQUIRE_INT(pty_start(&p, 80, 24, argv, env), 0);
	wait_to_see(&p, "Enter go on");
	pty_type(&p, "!");
	wait_to_see(&p, "to the author:");
	pty_type(&p, "yes and no\r");
	wait_to_see(&p, "written: report-try-one.txt");
	pty_type(&p, "q");
	CHECK_TRUE(pty_gone(&p, WAIT_MS));
	pty_stop(&p);
	text = read_report("report-try-one.txt");
	CHECK_HAS(text, "\nlesson try.lua\nquestion one\n");
	CHECK_HAS(text, "    yes and no\nend\n");
	free(text);
	folder_remove(folder);
}

static void a_file_with_a_mistake_gets_its_line(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "hello\n", "r.txt:1: no report of a question" },
		{ "kworkshop question report 1\nlesson life\nend\n", "r.txt:4: the report is not complete" },
		{ "kworkshop question report 1\nlesson life\nquestion one\n", "the report is not complete" },
		{ "kworkshop question report 1\nlesson life\ncolour red\n", "r.txt:3: not a line of a report: \"colour red\"" },
		{ "kworkshop question report 1\nlesson life\noptions --cpus 900\n", "r.txt:3: not a line of a report" },
		{ "kworkshop question report 1\nlesson life\nquestion one\ninput jump 3\nend\n", "jump" },
		{ "kworkshop question report 1\nlesson nosuch\nquestion one\nend\n", "nosuch" },
	};
	char path[200];

	make_room();
	snprintf(path, sizeof(path), "%s/r.txt", folder);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		file_write(NULL, path, rows[i].text);
		CHECK_INT(plain("--from-report r.txt", ""), i < 6 ? 2 : 3);
		CHECK_HAS(out, rows[i].says);
	}
	CHECK_INT(plain("--from-report none.txt", ""), 3);
	CHECK_HAS(out, "none.txt: No such file or directory");
	CHECK_INT(plain("--from-report r.txt --answers right", ""), 2);
	CHECK_HAS(out, "--from-report has the answers already");
	folder_remove(folder);
}

const struct test_case suite_unit_question_report[] = {
	T(plain_mode_writes_a_report_and_run_opens_it_at_the_verdict),
	T(a_second_report_of_a_question_has_another_name),
	T(the_screen_writes_the_same_report),
	T(a_file_with_a_mistake_gets_its_line),
	{ NULL, NULL }
};
