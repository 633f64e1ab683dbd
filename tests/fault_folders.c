/*
 * tests/fault_folders.c - the commands that keep progress, with state folders in many conditions.
 *
 * The rows are conditions, made by a line of shell in the person's folder; the columns are calls.  A call
 * works without keeping progress, or with it, or ends with one sentence; files of the person stay.
 *
 * Lives here:   folders, links, permissions, damaged and foreign files in the place of progress.db.
 * Never here:   which damage is set aside, and how (unit_progress_file.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/harm.h"
#include "tests/test.h"

static const struct {
	const char *name, *make;	/* run in the person's folder */
} conditions[] = {
	{ "no folder", "rm -r state" },
	{ "an empty folder", "rm -r state && mkdir state" },
	{ "a file in its place", "rm -r state && echo mine >state" },
	{ "a link to a folder", "mv state there && ln -s there state" },
	{ "a link to nothing", "rm -r state && ln -s nowhere state" },
	{ "a link to itself", "rm -r state && ln -s state state" },
	{ "a folder that cannot be read", "chmod 300 state" },
	{ "a folder that cannot be written", "chmod 500 state" },
	{ "a folder that cannot be entered", "chmod 600 state" },
	{ "a folder without any permission", "chmod 0 state" },
	{ "a parent that cannot be written", "rm -r state && chmod 500 ." },
	{ "an empty database", ": >state/progress.db" },
	{ "a text instead of a database", "echo mine >state/progress.db" },
	{ "a database cut in half", "head -c 20000 state/progress.db >state/t && mv state/t state/progress.db" },
	{ "a database cut after its header", "head -c 100 state/progress.db >state/t && mv state/t state/progress.db" },
	{ "zeros instead of a database", "head -c 45056 /dev/zero >state/progress.db" },
	{ "a database that cannot be read", "chmod 0 state/progress.db" },
	{ "a database that cannot be written", "chmod 400 state/progress.db" },
	{ "a folder instead of the database", "rm state/progress.db && mkdir state/progress.db" },
	{ "a link instead of the database", "mv state/progress.db db && ln -s ../db state/progress.db" },
	{ "a pipe instead of the database", "rm state/progress.db && mkfifo state/progress.db" },
	{ "a link to a device instead of it", "ln -sf /dev/full state/progress.db" },
	{ "a journal of nothing", "echo mine >state/progress.db-journal" },
	{ "a damaged log", "head -c 5000 /dev/urandom >state/progress.db-wal" },
	{ "a folder in the place of the log", "mkdir state/progress.db-wal" },
	{ "claims that are a folder", "rm -f state/progress.db.claims && mkdir state/progress.db.claims" },
	{ "claims that are a pipe", "rm -f state/progress.db.claims && mkfifo state/progress.db.claims" },
	{ "claims that cannot be opened", "touch state/progress.db.claims && chmod 0 state/progress.db.claims" },
	{ "probes of earlier runs", "touch state/.wal-probe-1.db state/.wal-probe-1.db-wal" },
	{ "settings that are a pipe", "mkfifo config/config" },
	{ "settings that are a folder", "mkdir config/config" },
	{ "settings that cannot be read", "touch config/config && chmod 0 config/config" },
	{ "a temporary folder that is missing", "rm -r tmp" },
	{ "a temporary folder that cannot be written", "chmod 500 tmp" },
};
#define NR_CONDITIONS (sizeof(conditions) / sizeof(conditions[0]))

static const struct {
	const char *args, *input;
} calls[] = {
	{ "run life --plain", "\nb\n" }, { "list", NULL }, { "progress show", NULL }, { "home --plain", NULL },
};
#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

/* 1: the lesson was left before its end. */
#define STATUSES (HARM_STATUS(1) | HARM_STATUS(2) | HARM_STATUS(3) | HARM_STATUS(4))

static const char left[] = "You left before the end";

static void try_one(size_t condition, size_t call)
{
	static struct harm_end end;
	struct harm h = { .args = calls[call].args, .input = calls[call].input, .limit = HARM_NO_LIMIT,
			  .makes = "state state/progress.db.damaged-1 state/progress.db.damaged-1-wal state/progress.db.damaged-1-journal "
				   "state/progress.db.damaged-1-shm there there/progress.db there/progress.db.claims "
				   "state/.wal-probe-1.db state/.wal-probe-1.db-wal" };
	bool right;

	harm_restore();
	harm_sh(conditions[condition].make);
	harm_run(&h, &end);
	if (end.status == 1 && strstr(end.out, left))
		end.status = 0;
	right = harm_accept(&h, &end, STATUSES & ~HARM_STATUS(1), NULL);
	if (!right || end.status == 4)
		test_note("condition: %s", conditions[condition].name);
	CHECK_TRUE(end.status != 4);
	if (strstr(end.out, "is kept") && !CHECK_FALSE(strstr(end.err, "not kept")))
		test_note("%s: \"kept\" and \"not kept\"", conditions[condition].name);
}

static void a_state_folder_in_any_condition_does_no_harm(void)
{
	if (!harm_begin())
		return;
	for (size_t i = 0; i < NR_CONDITIONS; i++)
		for (size_t c = 0; c < NR_CALLS; c++)
			if (harm_all() || (i + c) % 4 == 0 || c == 0)
				try_one(i, c);
	harm_restore();
	harm_keeps_answers();
	harm_finish();
}

/* ---- a course with a file that is none ----------------------------------------------------------- */

static const struct {
	const char *make, *reason;
} odd_files[] = {
	{ "mkfifo course/lessons/02-odd.lua", "it is not a regular file" },
	{ "ln -s /dev/zero course/lessons/02-odd.lua", "it is not a regular file" },
	{ "ln -s 02-odd.lua course/lessons/02-odd.lua", "Too many levels of symbolic links" },
	{ "mkdir course/lessons/02-odd.lua", "Is a directory" },
	{ "echo 'return lesson {}' >course/lessons/02-odd.lua && chmod 0 course/lessons/02-odd.lua", "Permission denied" },
	{ "ln -s nowhere course/lessons/02-odd.lua", "No such file or directory" },
};

static void a_lesson_that_is_no_file_blocks_nothing_and_is_named(void)
{
	static struct harm_end end;
	struct harm list = { .args = "list --course @/course", .limit = HARM_NO_LIMIT },
		    home = { .args = "home --plain --course @/course", .limit = HARM_NO_LIMIT };

	if (!harm_begin())
		return;
	for (size_t i = 0; i < sizeof(odd_files) / sizeof(odd_files[0]); i++) {
		harm_restore();
		harm_sh("mkdir -p course/lessons && cp try.lua course/lessons/01-try.lua && "
			"echo 'return course { id = \"c\", title = \"C\", order = { \"try\", \"odd\" } }' >course/lessons/course.lua");
		harm_sh(odd_files[i].make);
		harm_run(&list, &end);
		CHECK_FALSE(end.hung);
		CHECK_INT(end.status, 2);
		CHECK_HAS(end.out, odd_files[i].reason);
		harm_run(&home, &end);
		CHECK_FALSE(end.hung);
		CHECK_INT(end.status, 0);
		harm_restore();
		harm_sh("mkdir -p course/lessons && mkfifo course/lessons/course.lua");
		harm_run(&list, &end);
		CHECK_FALSE(end.hung);
		CHECK_INT(end.status, 3);
		CHECK_HAS(end.err, "course.lua: it is not a regular file");
	}
	harm_finish();
}

const struct test_case suite_fault_folders[] = {
	T(a_lesson_that_is_no_file_blocks_nothing_and_is_named),
	T(a_state_folder_in_any_condition_does_no_harm),
	{ NULL, NULL }
};
