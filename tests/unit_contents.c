/*
 * tests/unit_contents.c - `list` and home of a course in a folder: exercises by lesson, their points, faults.
 *
 * Lives here:   runs of the program with a course of this test.
 * Never here:   the picture of home and its keys (unit_home.c), exercises of this tree.   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/files.h"
#include "tests/support/one_lesson.h"
#include "tests/support/shell.h"
#include "tests/test.h"

static char folder[ONE_LESSON_FOLDER_BYTES], program[ONE_LESSON_PROGRAM_BYTES], out[1 << 15];

static const char asks[] =
	"return exercise { kind = 'observe', title = 'Sums', points = 4, minutes = 3, question = 'How much is it?', needs = { 'one' },\n"
	"  scene = function()\n"
	"    ask { 'One and one?', id = 'first', number = 'ms', correct = 2, points = 3 }\n"
	"    ask { 'Two and two?', id = 'second', number = 'ms', correct = 4 }\n"
	"  end }\n";
static const char form[] =
	"return exercise { kind = 'configure', title = 'A number', points = 2, needs = { 'not-yet' },\n"
	"  settings = { n = { kind = 'number', from = 1, to = 9, default = 1 } },\n"
	"  scene = function(p, student) end,\n"
	"  checks = { { 'n is 3', points = 1, test = function(t, p) return true end },\n"
	"             { 'n is 4', points = 1, test = function(t, p) return false end, feedback = 'It is not.' } } }\n";

static void set_up(void)
{
	one_lesson_make(folder, program, "Course", "one", "return lesson { title = 'One', function() recap 'A card.' end }\n");
}

static void add_exercise(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/exercises", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/exercises/%s", folder, name);
	REQUIRE_INT(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "exercises/%s/exercise.lua", name);
	file_write(folder, path, text);
}

static int run(const char *args, const char *typed)
{
	return one_lesson_run(folder, program, args, typed, out, sizeof(out));
}

static void a_course_without_exercises_mentions_none(void)
{
	set_up();
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_LACKS(out, "ercise");
	CHECK_INT(run("home --plain --course .", "l\nE1\nq\n"), 0);
	CHECK_HAS(out, "Course · 0 of 1 lessons done");
	CHECK_LACKS(out, "exercises");
	CHECK_HAS(out, "There is no lesson or exercise \"E1\".");
	folder_remove(folder);
}

static void exercises_stand_below_their_lesson_or_at_the_end(void)
{
	set_up();
	add_exercise("01-sums", asks);
	add_exercise("02-number", form);
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_HAS(out, "new     \n      E01  sums           Sums                         observe   4 points  new\n");
	CHECK_HAS(out, "\nMore exercises\n      E02  number         A number                     configure 2 points  new\n");
	CHECK_INT(run("list --json --course .", ""), 0);
	CHECK_HAS(out, "\"title\": \"Sums\", \"follows\": \"one\", \"fault\": \"\", \"kind\": \"observe\", \"state\": \"new\"");
	CHECK_HAS(out, "\"title\": \"A number\", \"follows\": \"\"");
	CHECK_INT(run("home --plain --course .", "l\nq\n"), 0);
	CHECK_HAS(out, "Course · 0 of 1 lessons · 0 of 2 exercises");
	CHECK_HAS(out, "    E01 Sums (observe, new, 4 points, about 3 min)\nMore exercises\n    E02 A number (configure, new, 2 points)\n");
	folder_remove(folder);
}

/* A right answer at the second try has half of its points; `test` computes the same from a run. */
static void answers_at_home_have_the_points_of_a_run(void)
{
	set_up();
	add_exercise("01-sums", asks);
	CHECK_INT(run("home --plain --course .", "E1\n\n5\n\n2\n\nq\nq\n"), 0);
	CHECK_HAS(out, "One and one?");
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_HAS(out, "1½ of 4 points  begun 1 of 2 answered");
	CHECK_INT(run("home --plain --course .", "e01\n4\n\n\n\nq\n"), 0);
	CHECK_HAS(out, "1 of 1 exercises");
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_HAS(out, "3½ of 4 points  done");
	CHECK_INT(run("test E01 --course .", ""), 1);
	CHECK_HAS(out, "3½ of 4 points");
	/* a later attempt takes nothing away */
	CHECK_INT(run("home --plain --course .", "R E1\n\n7\n\nq\nq\n"), 0);
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_HAS(out, "3½ of 4 points  done");
	CHECK_INT(run("home --plain --course .", "r E1\ny\nq\n"), 0);
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_HAS(out, "4 points  new\n");
	folder_remove(folder);
}

/* `run` goes on where the student stopped; `restart` begins anew, and nothing is lost. */
static void restart_asks_again_and_keeps_the_answers(void)
{
	set_up();
	add_exercise("01-sums", asks);
	CHECK_INT(run("run E01 --course . --plain", "\n2\n\n"), 1);
	CHECK_INT(run("run E01 --course . --plain", ""), 1);
	CHECK_INT(run("restart E01 --course . --plain", "\n9\n\n"), 1);
	CHECK_HAS(out, "One and one?");
	CHECK_INT(run("progress show", ""), 0);
	CHECK_HAS(out, "exercises/sums, attempt 1");
	CHECK_HAS(out, "exercises/sums, attempt 2");
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_HAS(out, "3 of 4 points");
	CHECK_INT(run("restart one --course .", ""), 2);
	CHECK_HAS(out, "'one' is a lesson, not an exercise; `kworkshop run one --fresh` begins it again");
	CHECK_INT(run("restart nothing --course .", ""), 3);
	CHECK_HAS(out, "there is no exercise 'nothing'");
	/* the exercise of a folder that is none of the course */
	CHECK_INT(run("restart exercises/01-sums", ""), 2);
	CHECK_HAS(out, "the exercise 'sums' is none of this course");
	folder_remove(folder);
}

static void a_form_has_the_points_of_its_last_check(void)
{
	char work[128];

	set_up();
	snprintf(work, sizeof(work), "work = %s/mine\n", folder);
	file_write(folder, "config", work);
	add_exercise("02-number", form);
	CHECK_INT(run("home --plain --course .", "number\nn 3\nrun\nq\nR E2\nq\n"), 0);
	CHECK_HAS(out, "A number, 2 points");
	CHECK_HAS(out, "its files stay");
	CHECK_INT(run("list --course .", ""), 0);
	CHECK_HAS(out, "1 of 2 points  begun\n");
	CHECK_INT(run("home --plain --course .", "l\nq\n"), 0);
	CHECK_HAS(out, "E02 A number (configure, begun, 1 of 2 points)");
	folder_remove(folder);
}

/* Files of exercises are read under the limits of lessons: a faulty one changes no other, and has one sentence. */
static void a_faulty_exercise_is_listed_with_its_fault(void)
{
	set_up();
	add_exercise("01-sums", asks);
	add_exercise("02-field", "return exercise { kind = 'observe', titel = 'x' }\n");
	add_exercise("03-loop", "while true do end\n");
	add_exercise("04-lesson", "return lesson { title = 'L', function() end }\n");
	CHECK_INT(run("list --course .", ""), 2);
	CHECK_HAS(out, "E01  sums           Sums                         observe   4 points  new\n");
	CHECK_HAS(out, "E02  field          field                        faulty\n          exercise.lua:1: exercise: unknown field 'titel'; did you mean title?\n");
	CHECK_HAS(out, "E03  loop           loop                         faulty\n          exercise.lua:1: ");
	CHECK_HAS(out, "E04  lesson         lesson                       faulty\n          exercise.lua:1: ");
	CHECK_INT(run("home --plain --course .", "E2\nR E3\nE1\n\n2\n\nq\nq\n"), 0);
	CHECK_HAS(out, "\nexercise.lua:1: exercise: unknown field 'titel'; did you mean title?\n");
	CHECK_HAS(out, "One and one?");
	folder_remove(folder);
}

const struct test_case suite_unit_contents[] = {
	T(a_course_without_exercises_mentions_none),
	T(exercises_stand_below_their_lesson_or_at_the_end),
	T(answers_at_home_have_the_points_of_a_run),
	T(restart_asks_again_and_keeps_the_answers),
	T(a_form_has_the_points_of_its_last_check),
	T(a_faulty_exercise_is_listed_with_its_fault),
	{ NULL, NULL }
};
