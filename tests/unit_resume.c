/*
 * tests/unit_resume.c - leaving and resuming a lesson in plain mode, with a course of the test.
 *
 * Lives here:   the runs that are kept, the answers that survive a changed text.
 * Never here:   rows and files of progress (unit_progress*.c), inputs as text (unit_inputs.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/files.h"
#include "tests/support/one_lesson.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char folder[ONE_LESSON_FOLDER_BYTES], program[ONE_LESSON_PROGRAM_BYTES], out[1 << 16];

#define FIRST "  ask { \"A?\", id = \"first\", choices = { { \"yes\", id = \"y\" }, { \"no\", id = \"n\" } }, correct = \"y\", fixed = true }\n"
#define SECOND "  ask { \"B?\", id = \"second\", number = \"ms\", correct = 3 }\n"
#define THIRD "  ask { \"C?\", id = \"third\", number = \"ms\", correct = 5 }\n"
#define LESSON(body) "return lesson { title = \"T\", function(p)\n" body "end }\n"
#define WHOLE LESSON("  say \"one\"\n" FIRST "  say \"two\"\n" SECOND THIRD)

static void set_up(void)
{
	one_lesson_make(folder, program, "T", "one", WHOLE);
}

static void tear_down(void)
{
	folder_remove(folder);
}

/* Runs `kworkshop ARGS` with @typed on standard input; `out` has both outputs.  Return: exit code. */
static int kworkshop(const char *args, const char *typed)
{
	return one_lesson_run(folder, program, args, typed, out, sizeof(out));
}

static int run(const char *options, const char *typed)
{
	char args[512];

	snprintf(args, sizeof(args), "run one --plain --course . %s", options);
	return kworkshop(args, typed);
}

static const char *exported(void)
{
	static char text[1 << 16];

	CHECK_INT(kworkshop("progress export", ""), 0);
	memcpy(text, out, sizeof(text));
	return text;
}

static int count(const char *text, const char *part)
{
	int n = 0;

	while ((text = strstr(text, part))) {
		n++;
		text += strlen(part);
	}
	return n;
}

/* Each run of blanks and newlines becomes one blank. */
static void unwrap(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (!strchr(" \n", *text))
			*to++ = *text;
		else if (to > out && to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
}

/* ---- runs that are kept ------------------------------------------------------------------ */

static void choices_are_kept_by_their_ids_however_they_were_typed(void)
{
	static const char *const typed[] = { "\n1\n", "\na\n", "\ny\n" };
	size_t i;

	for (i = 0; i < 3; i++) {
		set_up();
		CHECK_INT(run("", typed[i]), 1);
		CHECK_HAS(exported(), "\"answer first 1 y\"");
		CHECK_HAS(exported(), "\"question\": \"first\", \"ordinal\": 1, \"value\": \"y\"");
		tear_down();
	}
}

static void opening_a_lesson_writes_nothing(void)
{
	char before[1 << 16];

	set_up();
	CHECK_INT(run("", ""), 1);
	CHECK_HAS(exported(), "\"attempts\": [],");
	CHECK_INT(run("", "\n1\n"), 1);
	strcpy(before, exported());
	CHECK_INT(count(before, "\"lesson\": \"one\""), 1);
	CHECK_INT(run("", ""), 1);		/* resumed, and left at once */
	CHECK_STR(exported(), before);
	CHECK_INT(run("--fresh", ""), 1);	/* begun anew, and left at once */
	CHECK_STR(exported(), before);
	CHECK_INT(run("--fresh", "\n"), 1);	/* one card further: a second attempt, the first one stays */
	CHECK_INT(count(exported(), "\"lesson\": \"one\""), 2);
	CHECK_HAS(exported(), "\"answer first 1 y\"");
	tear_down();
}

static void a_run_goes_on_where_it_stopped_until_the_end(void)
{
	set_up();
	CHECK_INT(run("", "\n1\n"), 1);
	CHECK_INT(run("", "\n3\n"), 1);		/* the card "two", then the second question */
	CHECK_LACKS(out, "A?\n  1  yes\n  2  no\nYour choice");
	CHECK_HAS(exported(), "\"answer second 1 3\"");
	CHECK_INT(run("", "5\n"), 0);
	CHECK_INT(count(exported(), "\"lesson\": \"one\""), 1);
	CHECK_HAS(exported(), "\"ended\": true");
	CHECK_INT(run("", "\n2\n"), 1);		/* done: another attempt, from the beginning */
	CHECK_INT(count(exported(), "\"lesson\": \"one\""), 2);
	CHECK_HAS(exported(), "\"answer first 1 n\"");
	CHECK_HAS(exported(), "\"answer first 1 y\"");
	CHECK_INT(kworkshop("list --course .", ""), 0);
	CHECK_HAS(out, "best 3 of 3 right");
	tear_down();
}

/* Another seed, another variant, another machine: its own attempt; a message reports it. */
static void a_run_under_other_conditions_is_an_attempt_of_its_own(void)
{
	static const char *const options[] = { "--seed 2", "--variant 9", "--cpus 3", "--student x" };
	size_t i;

	set_up();
	CHECK_INT(run("", "\n1\n"), 1);
	for (i = 0; i < 4; i++) {
		CHECK_INT(run(options[i], "\n2\n"), 1);
		CHECK_HAS(out, "your unfinished attempt has another variant, seed or machine");
		CHECK_INT(count(exported(), "\"lesson\": \"one\""), (int)i + 2);
	}
	CHECK_HAS(exported(), "\"options\": \"--cpus 3\"");
	CHECK_INT(run("--cpus 3", "\n3\n"), 1);
	CHECK_LACKS(out, "another variant");
	CHECK_INT(count(exported(), "\"lesson\": \"one\""), 5);
	tear_down();
}

static void a_run_with_recorded_inputs_is_not_kept(void)
{
	set_up();
	file_write(folder, "inputs", "answer first 1 1\n");
	CHECK_INT(run("--inputs inputs", "\n3\n"), 1);
	CHECK_HAS(exported(), "\"attempts\": [],");
	tear_down();
}

/* ---- a text that has changed ------------------------------------------------------------- */

static void a_changed_text_keeps_the_answers_of_remaining_questions(void)
{
	set_up();
	CHECK_INT(run("", "\n1\n\n3\n"), 1);	/* first and second; the third is open */
	file_write(folder, "lessons/01-one.lua",
		   LESSON("  ask { \"New?\", id = \"new\", number = \"ms\", correct = 1 }\n" SECOND THIRD));
	CHECK_INT(run("", "1\n"), 1);
	CHECK_HAS(out, "the text of this lesson has changed since you stopped");
	CHECK_HAS(out, "(gone: first)");
	CHECK_HAS(out, "this question is asked anew.\nQuestion: New?");
	CHECK_HAS(exported(), "\"answer second 1 3\"");
	CHECK_HAS(exported(), "\"answer new 1 1\"");
	CHECK_LACKS(exported(), "\"answer first 1 y\"");
	CHECK_HAS(exported(), "\"question\": \"first\"");	/* the row of the answer stays */
	CHECK_INT(run("", "5\n"), 0);		/* one answer: only the third question was open */
	CHECK_LACKS(out, "has changed");
	CHECK_INT(count(exported(), "\"lesson\": \"one\""), 1);
	tear_down();
}

static void a_choice_that_is_gone_is_asked_anew(void)
{
	set_up();
	CHECK_INT(run("", "\n1\n\n3\n"), 1);
	file_write(folder, "lessons/01-one.lua",
		   LESSON("  say \"one\"\n  ask { \"A?\", id = \"first\", choices = { { \"often\", id = \"often\" }, "
			  "{ \"never\", id = \"never\" } }, correct = \"often\", fixed = true }\n" SECOND THIRD));
	CHECK_INT(run("", "2\n"), 1);
	CHECK_HAS(out, "this question is asked anew.\nQuestion: A?");
	CHECK_HAS(exported(), "\"answer first 2 never\"");
	CHECK_HAS(exported(), "\"question\": \"first\", \"ordinal\": 1, \"value\": \"y\"");	/* the first answer stays */
	CHECK_INT(run("", "5\n"), 1);
	CHECK_HAS(exported(), "\"ended\": true");
	CHECK_HAS(exported(), "\"answer second 1 3\"");
	tear_down();
}

/* Cards that were moved or added ask for Enter; answers are found all the same. */
static void questions_in_another_order_keep_their_answers(void)
{
	set_up();
	CHECK_INT(run("", "\n1\n\n3\n"), 1);
	file_write(folder, "lessons/01-one.lua", LESSON(SECOND "  say \"more\"\n  say \"and more\"\n" FIRST THIRD));
	CHECK_INT(run("", "5\n"), 0);
	CHECK_LACKS(out, "asked anew.");
	tear_down();
}

/* ---- bookmarks ------------------------------------------------------------------------ */

static void a_bookmark_with_its_note_is_found_in_the_next_run(void)
{
	set_up();
	file_write(folder, "lessons/01-one.lua", LESSON("  local w = work(\"w\", function() burn(1) end)\n"
						"  irq(0, \"nic\", function() queue_work(system_wq, w) end)\n  run(5)\n" FIRST));
	CHECK_INT(run("", ",\nmark  why \xc3\xbc?\n,\n,\nmark\nmarks\n"), 1);
	CHECK_INT(count(out, "Bookmarked."), 2);
	unwrap(out);
	CHECK_HAS(out, "Your note: why \xc3\xbc?");
	CHECK_HAS(exported(), "\"text\": \"why \xc3\xbc?\"");
	CHECK_HAS(exported(), "\"attempts\": [],");	/* a bookmark is no input */
	CHECK_INT(run("", "marks 2\nunmark\nunmark\nmarks\nmarks 7\n"), 1);
	CHECK_HAS(out, "The bookmark is removed.");
	CHECK_HAS(out, "There is no bookmark here.");
	CHECK_HAS(out, "There are fewer bookmarks.");
	CHECK_INT(count(exported(), "\"event\": "), 1);
	CHECK_LACKS(exported(), "why");
	CHECK_INT(run("--seed 2", "marks\n"), 1);	/* another run: its events are others */
	CHECK_HAS(out, "There is no bookmark (mark TEXT sets one).");
	CHECK_INT(kworkshop("run lessons/01-one.lua --plain", "mark x\n"), 1);
	CHECK_HAS(out, "Bookmarks belong to lessons of the course");
	tear_down();
}

/* ---- the command `progress` -------------------------------------------------------------- */

static void progress_is_taken_along_and_forgotten_by_command(void)
{
	set_up();
	CHECK_INT(run("", "\n2\n"), 1);
	CHECK_INT(kworkshop("progress show", ""), 0);
	CHECK_HAS(out, "t/one, attempt 1: variant 0, seed 1, unfinished\n    first          try 1: wrong  (n)\n");
	CHECK_INT(kworkshop("progress export a.json", ""), 0);
	CHECK_INT(kworkshop("progress reset two", ""), 1);
	CHECK_INT(kworkshop("progress reset one", ""), 0);
	CHECK_INT(kworkshop("progress show", ""), 0);
	CHECK_LACKS(out, "attempt 1");
	CHECK_INT(kworkshop("progress import a.json", ""), 0);
	CHECK_INT(kworkshop("progress show", ""), 0);
	CHECK_HAS(out, "try 1: wrong  (n)");
	file_write(folder, "b.json", "{\"format\": \"kworkshop-progress\",\n \"version\": 7}\n");
	CHECK_INT(kworkshop("progress import b.json", ""), 2);
	CHECK_STARTS(out, "kworkshop: b.json:2: \"version\" is not 1 to 3");
	CHECK_INT(kworkshop("progress import c.json", ""), 3);
	CHECK_INT(kworkshop("progress erase", "no\n"), 1);
	CHECK_INT(kworkshop("progress erase --yes", ""), 0);
	CHECK_INT(kworkshop("progress show", ""), 0);
	CHECK_LACKS(out, "t/one");
	tear_down();
}

/* Every command that reads a damaged row names it, and the lesson continues without it. */
static void a_damaged_row_is_named_and_does_not_count(void)
{
	char path[128];
	sqlite3 *db;

	set_up();
	CHECK_INT(run("", "\n2\n"), 1);
	snprintf(path, sizeof(path), "%s/progress.db", folder);
	REQUIRE_INT(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_INT(sqlite3_exec(db, "UPDATE answer SET right = 1", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	CHECK_INT(kworkshop("progress show", ""), 0);
	CHECK_HAS(out, "progress.db: row 1 of table answer is damaged and was skipped");
	CHECK_LACKS(out, "try 1");
	CHECK_INT(kworkshop("list --course .", ""), 0);
	CHECK_HAS(out, "row 1 of table answer is damaged");
	CHECK_HAS(out, "0 of 3 answered");
	CHECK_INT(run("", "\n3\n"), 1);
	CHECK_HAS(exported(), "\"answer second 1 3\"");
	tear_down();
}

/* ---- inputs ----------------------------------------------------------------------------------- */

static void inputs_that_nothing_asks_for_are_refused(void)
{
	static const char *const lines[][2] = {
		{ "set max_active 3", "settings" },
		{ "pick first w0 w1", "something picked" },
		{ "choose 1 w0", "the scheduler's choices" },
	};
	char want[128];
	size_t i;

	set_up();
	for (i = 0; i < 3; i++) {
		file_write(folder, "inputs", lines[i][0]);
		CHECK_INT(run("--inputs inputs", "\n"), 2);
		snprintf(want, sizeof(want), "but its inputs have \"%s\"", lines[i][0]);
		unwrap(out);
		CHECK_HAS(out, "this run does not ask for");
		CHECK_HAS(out, lines[i][1]);
		CHECK_HAS(out, want);
	}
	tear_down();
}

/* The order of the two lines does not matter; the event has both. */
static void how_sure_a_student_was_belongs_to_the_answer(void)
{
	static const char *const files[] = { "answer first 1 2\nsure first 3\n", "sure first 3\nanswer first 1 b\n" };
	size_t i;

	set_up();
	for (i = 0; i < 2; i++) {
		file_write(folder, "inputs", files[i]);
		CHECK_INT(run("--inputs inputs --record a.kwt", ""), 1);
		CHECK_INT(kworkshop("export a.kwt --to ndjson", ""), 0);
		CHECK_HAS(out, "\"sure\":3,\"text\":\"n\"");
	}
	tear_down();
}

/* Enter, a number, R, a, w at home; `one` is left behind its first question. */
static void home_in_lines_goes_on_starts_over_and_plays_again(void)
{
	static char kept[1 << 16];

	set_up();
	CHECK_INT(kworkshop("--plain --course .", "1\n\ny\nq\nq\n"), 0);
	CHECK_HAS(out, "No lesson has been opened yet. Enter opens T.");
	CHECK_HAS(out, "T, at step 3 of 5: Enter goes on.\n1 of 1 predicted right.");
	strcpy(kept, exported());
	CHECK_INT(kworkshop("--plain --course .", "\nq\nw\nq\n"), 0);
	CHECK_HAS(out, "Right: yes");
	CHECK_HAS(out, "No question was missed.");
	CHECK_INT(kworkshop("--plain --course .", "R 1\nn\n7\nq\n"), 0);
	CHECK_HAS(out, "Run this lesson again from its beginning? (y/n)");
	CHECK_HAS(out, "There is no lesson or exercise \"7\".");
	CHECK_STR(exported(), kept);
	/* the same lesson with other numbers: nothing of it is kept */
	CHECK_INT(kworkshop("--plain --course .", "a 1\n\nn\n\n7\nq\nq\n"), 0);
	CHECK_HAS(out, "variant 1");
	CHECK_STR(exported(), kept);
	CHECK_INT(kworkshop("--plain --course .", "R 1\ny\n\nn\n\nq\nr 1\nn\nq\n"), 0);
	CHECK_INT(count(exported(), "\"answer first 1"), 2);
	CHECK_INT(kworkshop("--plain --course .", "r 1\ny\nq\n"), 0);
	CHECK_INT(count(exported(), "\"answer first 1"), 0);
	tear_down();
}

/* The end lists missed questions: with both answers, or as missed at first if a later try was right. */
static void the_end_lists_the_missed_questions(void)
{
	set_up();
	file_write(folder, "lessons/01-one.lua", LESSON(FIRST "  ask { \"Which?\", id = \"again\", choices = { { \"this\", id = \"t\" }, "
						"{ \"that\", id = \"u\" } }, correct = \"t\", fixed = true, retry = true }\n"));
	CHECK_INT(run("", "n\nu\nt\n\n"), 1);
	unwrap(out);
	CHECK_HAS(out, "Missed: A? You answered: no. It was: yes.");
	CHECK_HAS(out, "Missed at first: Which? It was: this.");
	tear_down();
}

const struct test_case suite_unit_resume[] = {
	T(choices_are_kept_by_their_ids_however_they_were_typed),
	T(opening_a_lesson_writes_nothing),
	T(a_run_goes_on_where_it_stopped_until_the_end),
	T(a_run_under_other_conditions_is_an_attempt_of_its_own),
	T(a_run_with_recorded_inputs_is_not_kept),
	T(a_changed_text_keeps_the_answers_of_remaining_questions),
	T(a_choice_that_is_gone_is_asked_anew),
	T(questions_in_another_order_keep_their_answers),
	T(a_bookmark_with_its_note_is_found_in_the_next_run),
	T(progress_is_taken_along_and_forgotten_by_command),
	T(a_damaged_row_is_named_and_does_not_count),
	T(inputs_that_nothing_asks_for_are_refused),
	T(how_sure_a_student_was_belongs_to_the_answer),
	T(home_in_lines_goes_on_starts_over_and_plays_again),
	T(the_end_lists_the_missed_questions),
	{ NULL, NULL }
};
