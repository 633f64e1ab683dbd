/*
 * tests/unit_commands.c - run, play, export, doctor: the program's output and exit codes.
 *
 * Lives here:   commands from the outside, without a terminal.
 * Never here:   options in general (unit_cli.c), plain mode's lines (unit_plain.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/shell.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/width.h"

/* A folder of its own with state and files; lessons are found from where the tests are started. */
static char folder[64], program[4096], lessons[4096];

static void set_up(void)
{
	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	REQUIRE_NOT_NULL(realpath("lessons", lessons));
	strcpy(folder, "/tmp/kw-commands-XXXXXX");
	folder_make(folder);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
	setenv("KW", program, 1);
}

static void tear_down(void)
{
	folder_remove(folder);
}

/* Runs the program with @args (for a shell) in the folder; its output goes into @out.  Return: exit code. */
static int kworkshop(const char *args, char *out, size_t size)
{
	return shell_run(out, size, "cd '%s' && '%s' %s", folder, program, args);
}

static void misuse_has_an_exit_code_and_a_sentence(void)
{
	static const struct {
		const char *args;
		int code;
		const char *says;
	} rows[] = {
		{ "run", 2, "name a lesson" },
		{ "list --plan --names", 2, "--plan and --names exclude each other" },
		{ "run liffe", 3, "; did you mean life?" },
		{ "run nosuch", 3, "no lesson called \"nosuch\"" },
		{ "run ./nosuch.lua", 3, "./nosuch.lua: No such file" },
		{ "run life extra", 2, "too many" },
		{ "run life --cpus 65", 2, "not in 1..64" },
		{ "run life --variant 10000", 2, "not in 0..9999" },
		{ "run life --variant alice", 2, "expected a whole number, 0 or more, got" },
		{ "run ./bad.lua --student x", 2, "--student: a file belongs to no course" },
		{ "run life --jitter 2", 2, "2 is not in 0..0.9" },
		{ "run life --inputs ./nosuch", 3, "./nosuch: No such file" },
		{ "run life --inputs bad", 2, "bad:2: expected \"go CARD\"" },
		{ "run life --record /proc/no-folder/x.kwt", 3, "/proc/no-folder/x.kwt" },
		{ "play", 2, "name a recording" },
		{ "play ./nosuch.kwt", 3, "No such file" },
		{ "play bad", 3, "not a kworkshop recording" },
		{ "export bad", 3, "not a kworkshop recording" },
		{ "doctor now", 2, "unexpected argument" },
	};
	char out[4096], args[1200];
	size_t i;

	set_up();
	kworkshop("version >/dev/null; printf '# two\\ngo x\\n' >bad", out, sizeof(out));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(args, sizeof(args), "%s 2>&1 </dev/null", rows[i].args);
		CHECK_INT(kworkshop(args, out, sizeof(out)), rows[i].code);
		CHECK_HAS(out, rows[i].says);
		CHECK_STARTS(out, "kworkshop: ");
		if (!strstr(out, rows[i].says))
			test_note("%s: %s", rows[i].args, out);
	}
	tear_down();
}

static void a_recording_can_be_exported_and_played(void)
{
	static char out[1 << 20], more[1 << 20];
	char args[9000];

	set_up();
	snprintf(args, sizeof(args), "run '%s/02-life.lua' --plain --record a.kwt </dev/null", lessons);
	CHECK_INT(kworkshop(args, out, sizeof(out)), 1);	/* left before its end */
	CHECK_INT(kworkshop("export a.kwt", out, sizeof(out)), 0);
	CHECK_STARTS(out + strspn(out, " "), "1 ");
	CHECK_HAS(out, "wait_input");
	CHECK_INT(kworkshop("export a.kwt --to ndjson", more, sizeof(more)), 0);
	CHECK_STARTS(more, "{\"n\":1,");
	CHECK_INT(kworkshop("export a.kwt --to xml 2>&1", more, sizeof(more)), 2);
	CHECK_HAS(more, "expected text, ndjson, ftrace or svg, got \"xml\"");
	CHECK_INT(kworkshop("play a.kwt --plain </dev/null", more, sizeof(more)), 0);
	CHECK_HAS(more, "network card");
	CHECK_INT(kworkshop("export a.kwt --to ftrace", more, sizeof(more)), 0);
	CHECK_STARTS(more, "# tracer: nop\n");
	CHECK_INT(kworkshop("inspect a.kwt wq_monitor --interval 0.001 '^events$'", more, sizeof(more)), 0);
	CHECK_HAS(more, "\nevents                  ");
	CHECK_LACKS(more, "\nevents_unbound ");
	CHECK_INT(kworkshop("inspect a.kwt ps --at 0.5", more, sizeof(more)), 0);
	CHECK_HAS(more, "kworker/0:0");
	/* cut off in the middle: complete frames are shown, and the loss is reported */
	CHECK_INT(kworkshop("version >/dev/null; head -c 3000 a.kwt >b.kwt", more, sizeof(more)), 0);
	kworkshop("export b.kwt 2>&1 >/dev/null", more, sizeof(more));
	CHECK_HAS(more, "b.kwt");
	tear_down();
}

/*
 * The id gives the variant, in the order flag, environment, file; the heading and the
 * recording's replay line name it.  7392, 2109: computed from the formula by another program.
 */
static void an_id_is_a_variant(void)
{
	static const struct { const char *set, *flag, *variant; } rows[] = {
		{ "", "", "" },
		{ "printf 'id = S1234\n' >config;", "", "7392" },
		{ "export KWORKSHOP_ID=s1235;", "", "2109" },
		{ "export KWORKSHOP_ID=s1235;", "--student ' s1234 '", "7392" },
		{ "export KWORKSHOP_ID=s1235;", "--variant 7", "7" },
	};
	char args[9000], want[64], out[16384];
	size_t i;

	set_up();
	setenv("KWORKSHOP_CONFIG_DIR", folder, 1);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(args, sizeof(args), "version >/dev/null; %s '%s' run life --plain %s --record a.kwt </dev/null; grep -a '^replay' a.kwt",
			 rows[i].set, program, rows[i].flag);
		kworkshop(args, out, sizeof(out));
		snprintf(want, sizeof(want), "A work item has a life%s%s%s\n", *rows[i].variant ? " (variant " : "",
			 rows[i].variant, *rows[i].variant ? ")" : "");
		CHECK_HAS(out, want);
		snprintf(want, sizeof(want), "kworkshop run life --seed 1 --variant %s", *rows[i].variant ? rows[i].variant : "0");
		CHECK_HAS(out, want);
	}
	CHECK_INT(kworkshop("run life --plain --student '' </dev/null 2>&1", out, sizeof(out)), 2);
	CHECK_HAS(out, "kworkshop: --student: an id has");
	CHECK_INT(kworkshop("version >/dev/null; printf 'id = x\nid\n' >config; \"$KW\" list 2>&1", out, sizeof(out)), 2);
	CHECK_HAS(out, "/config:2: expected a line \"key = value\"");
	setenv("KWORKSHOP_CONFIG_DIR", "/proc/no-folder", 1);
	tear_down();
}

/* Each check of doctor has a line; on a computer that can run the tests, all succeed. */
static void doctor_tries_everything(void)
{
	static const char *const things[] = {
		"system", "libraries", "locale", "terminal", "threads", "memfd", "seccomp", "lessons",
		"config", "state folder", "progress", "journal_mode=", "course", "begins, ",
	};
	char out[8192], root[4096], args[4200];
	size_t i;

	REQUIRE_NOT_NULL(realpath(".", root));
	set_up();
	CHECK_INT(kworkshop("doctor 2>&1", out, sizeof(out)), 0);
	for (i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		CHECK_HAS(out, things[i]);
		if (!strstr(out, things[i]))
			test_note("no \"%s\" in: %s", things[i], out);
	}
	/* without lessons there is nothing to be run: a "no", and exit status 1 */
	CHECK_NULL(strstr(out, "for authors"));
	snprintf(args, sizeof(args), "doctor --course '%s' 2>&1", root);
	CHECK_INT(kworkshop(args, out, sizeof(out)), 0);
	CHECK_HAS(out, "ok  for authors");
	CHECK_HAS(out, "docs/authoring.md, ");
	CHECK_HAS(out, "/lua/editor, ");
	CHECK_HAS(out, "/.luacheckrc\n");
	CHECK_INT(kworkshop("doctor --course /nonexistent 2>&1", out, sizeof(out)), 1);
	CHECK_HAS(out, "\nno  lessons");
	tear_down();
}

/* A trial of a process that has ended is removed with its files; that of a running one, and a link, stay. */
static void doctor_removes_trials_of_killed_ones(void)
{
	char out[8192];

	set_up();
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && mkdir t; true & wait $!; mkdir .kworkshop-doctor-$!-abcdef && "
			    "touch .kworkshop-doctor-$!-abcdef/progress.db-wal t/mine && ln -s t .kworkshop-doctor-$!-fedcba", folder), 0);
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && sleep 100 & p=$!; mkdir '%s'/.kworkshop-doctor-$p-abcdef; "
			    "'%s' doctor >/dev/null 2>&1; kill $p; ls -A '%s'", folder, folder, program, folder), 0);
	CHECK_NULL(strstr(out, "progress"));
	CHECK_HAS(out, "-fedcba");
	CHECK_NOT_NULL(strstr(out, "-abcdef"));
	if (strstr(out, "-abcdef"))
		CHECK_NULL(strstr(strstr(out, "-abcdef") + 1, "-abcdef"));
	CHECK_INT(shell_run(out, sizeof(out), "ls '%s'/t", folder), 0);
	CHECK_STR(out, "mine\n");
	tear_down();
}

/* Every command that writes JSON, one JSON text a line or one in all. */
static void commands_write_json_that_a_strict_parser_reads(void)
{
	static const struct { const char *args; bool lines; } rows[] = {
		{ "list --json --course \"$KW_COURSE\"", false },
		{ "list --plan --json --course \"$KW_COURSE\"", false },
		{ "progress export", false },
		{ "export a.kwt --to ndjson", true },
		{ "inspect a.kwt wq_monitor --json --interval 0.001", true },
	};
	static char out[4 << 20];
	char args[9000];

	set_up();
	snprintf(args, sizeof(args), "%s/..", lessons);
	setenv("KW_COURSE", args, 1);
	snprintf(args, sizeof(args), "run '%s/02-life.lua' --plain --record a.kwt </dev/null", lessons);
	CHECK_INT(kworkshop(args, out, sizeof(out)), 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int texts = 0;

		CHECK_INT(kworkshop(rows[i].args, out, sizeof(out)), 0);
		for (char *at = out; *at; texts++) {
			size_t n = rows[i].lines ? strcspn(at, "\n") + 1 : strlen(at);
			struct json_error e;
			struct json *json;
			int err = json_parse(&json, at, n, NULL, &e);

			if (err)
				test_note("%s: %u:%u: %s", rows[i].args, e.line, e.column, e.text);
			REQUIRE_INT(err, 0);
			CHECK_INT(json_root(json)->type, JSON_OBJECT);
			json_free(json);
			at += n;
		}
		CHECK_TRUE(rows[i].lines ? texts > 5 : texts == 1);
	}
	tear_down();
}

/* The same checks in JSON: every name of the lines, and whether lessons can run. */
static void doctor_writes_json(void)
{
	char out[8192], name[64];
	const struct json_value *check, *checks;
	struct json_error error;
	struct json *json;
	bool usable;
	int nr = 0;

	set_up();
	CHECK_INT(kworkshop("doctor --json 2>&1", out, sizeof(out)), 0);
	if (CHECK_INT(json_parse(&json, out, strlen(out), NULL, &error), 0)) {
		CHECK_STR(json_get_text(json_member(json_root(json), "format")), "kworkshop-doctor");
		CHECK_TRUE(json_get_bool(json_member(json_root(json), "usable"), &usable) && usable);
		checks = json_member(json_root(json), "checks");
		json_for_each(check, checks) {
			const char *verdict = json_get_text(json_member(check, "verdict"));

			REQUIRE_NOT_NULL(verdict);
			CHECK_TRUE(strcmp(verdict, "ok") == 0 || strcmp(verdict, "loss") == 0);
			CHECK_NOT_NULL(json_get_text(json_member(check, "text")));
			snprintf(name, sizeof(name), "%s", json_get_text(json_member(check, "check")));
			nr++;
		}
		CHECK_STR(name, "a lesson");
		CHECK_GE(nr, 12);
		json_free(json);
	} else {
		test_note("%u:%u: %s in %s", error.line, error.column, error.text, out);
	}
	CHECK_INT(kworkshop("doctor --json --course /nonexistent 2>&1", out, sizeof(out)), 1);
	CHECK_HAS(out, "\"usable\": false");
	tear_down();
}

/* Titles of one or two columns a character, and a letter with a mark: the column behind them is aligned. */
static void a_list_is_aligned_in_any_script(void)
{
	char out[4096], *line, *at;

	set_up();
	CHECK_INT(kworkshop("version >/dev/null; mkdir -p c/lessons; cd c/lessons; "
			    "printf 'return course { id = \"t\", title = \"T\", order = { \"a\", \"b\", \"c\" }, "
			    "parts = { { \"P\", { \"a\", \"b\", \"c\" } } } }' >course.lua; "
			    "l() { printf 'return lesson { title = \"%s\", question = \"Which one is it?\", minutes = 1, "
			    "function(p) end }' \"$2\" >$1.lua; }; "
			    "l 01-a Plain; l 02-b '\xe6\xbc\xa2\xe5\xad\x97 \xc3\xbc'; l 03-c 'e\xcc\x81'", out, sizeof(out)), 0);
	CHECK_INT(kworkshop("list --course c", out, sizeof(out)), 0);
	line = strstr(out, "\n  01 ");
	REQUIRE_NOT_NULL(line);
	for (int i = 0; i < 3; i++, line = strchr(line + 1, '\n')) {
		at = strstr(line, " new ");
		REQUIRE_NOT_NULL(at);
		CHECK_INT(width_text(line + 1, (size_t)(at - line - 1)), 50);
	}
	tear_down();
}

/* A line of the list, and the sum of the minutes in the lines below it, up to a blank line. */
static unsigned int minutes_below(const char *list, const char *heading)
{
	const char *at = strstr(list, heading);
	unsigned int sum = 0;

	REQUIRE_NOT_NULL(at);
	for (at = strchr(at, '\n'); at && at[1] && at[1] != '\n'; at = strchr(at + 1, '\n'))
		sum += (unsigned int)strtoul(at + 55, NULL, 10);
	return sum;
}

static void the_plans_of_the_course_add_up(void)
{
	static const char *const short_path[] = { "why-defer", "life", "one-runnable", "rescuer", "how-many-runs", "who-is-woken", "unload" };
	char out[16384], args[4200], line[120], *at;
	unsigned int all = 0, lessons_in_labs = 0;

	set_up();
	snprintf(args, sizeof(args), "list --plan --course '%s/..'", lessons);
	REQUIRE_INT(kworkshop(args, out, sizeof(out)), 0);
	at = strstr(out, "The short path, one lab of two hours (");
	REQUIRE_NOT_NULL(at);
	at = strstr(at, "\n  The idea in one lab (");
	for (size_t i = 0; at && i < sizeof(short_path) / sizeof(short_path[0]); i++) {
		snprintf(line, sizeof(line), " %s ", short_path[i]);
		at = strchr(at + 1, '\n');
		REQUIRE_NOT_NULL(at);
		CHECK_INT(strncmp(at + 8, line, strlen(line)), 0);
	}
	snprintf(line, sizeof(line), "The idea in one lab (%u min: ", minutes_below(out, "The idea in one lab"));
	CHECK_HAS(out, line);
	for (const char *lab = strstr(out, "\nFive labs"); (lab = strstr(lab, "\n  Lab ")) != NULL; lab++) {
		unsigned int sum = minutes_below(lab, "  Lab ");

		snprintf(line, sizeof(line), " (%u min: ", sum);
		CHECK_HAS(lab, line);
		all += sum;
	}
	snprintf(line, sizeof(line), "Five labs of two hours (%u min)\n", all);
	CHECK_HAS(out, line);
	/* each lesson stands in one of the five labs */
	at = strstr(out, "\nFive labs");
	for (char *row = at; (row = strstr(row, "\n    ")) != NULL; row++)
		lessons_in_labs += row[5] != 'E';
	snprintf(args, sizeof(args), "list --names --course '%s/..' | wc -l", lessons);
	CHECK_INT(kworkshop(args, line, sizeof(line)), 0);
	CHECK_INT(lessons_in_labs, strtoul(line, NULL, 10));
	tear_down();
}

/* An exercise without a list of its own stands in the last lab that has a lesson it needs. */
static void an_instructor_has_plans_of_their_own(void)
{
	char out[4096];

	set_up();
	CHECK_INT(kworkshop("version >/dev/null; mkdir -p c/lessons c/exercises/03-x c/exercises/04-y; cd c/lessons; "
			    "printf 'return course { id = \"t\", title = \"T\", order = { \"a\", \"b\" }, parts = { { \"P\", { \"a\" } } }, plans = { "
			    "{ \"Two days\", { parts = { \"P\" } }, { \"Second\", lessons = { \"b\" } } }, "
			    "{ \"One\", { \"Only\", lessons = { \"b\", \"a\" }, exercises = { \"y\" } } } } }' >course.lua; "
			    "l() { printf 'return lesson { title = \"%s\", question = \"Which?\", minutes = 5, function(p) end }' $1 >$1.lua; }; "
			    "x() { printf 'return exercise { kind = \"predict\", title = \"%s\", points = 1, minutes = %s, needs = { %s }, "
			    "scene = function(p) end }' $1 $2 \"$3\" >../exercises/0$1/exercise.lua; }; "
			    "l a; l b; x 3-x 7 '\"a\"'; x 4-y 11 '\"a\", \"b\"'", out, sizeof(out)), 0);
	CHECK_INT(kworkshop("list --plan --course c", out, sizeof(out)), 0);
	CHECK_STR(out, "T\n\nTwo days (28 min)\n  P (12 min: lessons 5, exercises 7)\n"
		       "        a               a                                5 min\n"
		       "    E03 x               3-x                              7 min\n\n"
		       "  Second (16 min: lessons 5, exercises 11)\n"
		       "        b               b                                5 min\n"
		       "    E04 y               4-y                             11 min\n\n"
		       "One (21 min)\n  Only (21 min: lessons 10, exercises 11)\n"
		       "        b               b                                5 min\n"
		       "        a               a                                5 min\n"
		       "    E04 y               4-y                             11 min\n");
	CHECK_INT(kworkshop("version >/dev/null; rm -r c/exercises/04-y", out, sizeof(out)), 0);
	CHECK_INT(kworkshop("list --plan --course c", out, sizeof(out)), 2);
	CHECK_HAS(out, "there is no exercise \"y\"");
	CHECK_INT(kworkshop("version >/dev/null; cd c/lessons; sed -i 's/plans = .*/}/' course.lua", out, sizeof(out)), 0);
	CHECK_INT(kworkshop("list --plan --course c", out, sizeof(out)), 0);
	CHECK_HAS(out, "This course has no plans.");
	tear_down();
}

const struct test_case suite_unit_commands[] = {
	T(misuse_has_an_exit_code_and_a_sentence),
	T(a_recording_can_be_exported_and_played),
	T(commands_write_json_that_a_strict_parser_reads),
	T(a_list_is_aligned_in_any_script),
	T(an_instructor_has_plans_of_their_own),
	T(the_plans_of_the_course_add_up),
	T(an_id_is_a_variant),
	T(doctor_tries_everything),
	T(doctor_writes_json),
	T(doctor_removes_trials_of_killed_ones),
	{ NULL, NULL }
};
