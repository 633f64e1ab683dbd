/*
 * tests/unit_cli.c - the command line: options, --help, exit codes, where files are.
 *
 * Lives here:   what all commands share (cli.c, look.c, base/datadir.c).
 * Never here:   what one command does.   Licence: MIT.
 */
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/datadir.h"
#include "cli/cli.h"
#include "words/words.h"

/* Complaints of the calls below are expected: keep them out of the test's output. */
static int parse_quietly(int *argc, char **argv, const struct cli_option *options)
{
	int saved = dup(STDERR_FILENO), status;

	fflush(stderr);
	REQUIRE_NOT_NULL(freopen("/dev/null", "w", stderr));
	status = cli_parse(argc, argv, options);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return status;
}

struct values {
	bool flag;
	int number;
	uint64_t seed;
	double share;
	const char *text;
};

static int parse(struct values *v, int *argc, char **argv)
{
	const struct cli_option options[] = {
		{ "flag", CLI_FLAG, &v->flag }, { "number", CLI_INT, &v->number },
		{ "seed", CLI_U64, &v->seed }, { "share", CLI_REAL, &v->share },
		{ "text", CLI_TEXT, &v->text }, { NULL, CLI_FLAG, NULL },
	};

	memset(v, 0, sizeof(*v));
	return parse_quietly(argc, argv, options);
}

static void options_are_taken_out_from_between_arguments(void)
{
	char *argv[] = { "run", "--seed", "7", "life", "--flag", "--number=-3", "--share", "0.5",
			 "--text=", "-", "--", "--flag", NULL };
	int argc = 12;
	struct values v;

	CHECK_INT(parse(&v, &argc, argv), 0);
	CHECK_TRUE(v.flag);
	CHECK_INT(v.number, -3);
	CHECK_INT(v.seed, 7);
	CHECK_NEAR(v.share, 0.5, 0);
	CHECK_STR(v.text, "");
	REQUIRE_INT(argc, 4);
	CHECK_STR(argv[1], "life");
	CHECK_STR(argv[2], "-");
	CHECK_STR(argv[3], "--flag");
	CHECK_NULL(argv[4]);
}

static void options_that_make_no_sense_are_refused(void)
{
	static char *const bad[][3] = {
		{ "--seed", NULL }, { "--seed=", NULL }, { "--seed", "7x", NULL }, { "--seed=-1", NULL },
		{ "--number", "99999999999", NULL }, { "--flag=1", NULL }, { "--nonsense", NULL }, { "-f", NULL },
		{ "--share", "half", NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *argv[] = { "run", bad[i][0], bad[i][1], NULL };
		int argc = bad[i][1] ? 3 : 2;
		struct values v;

		if (parse(&v, &argc, argv) != EXIT_MISUSE) {
			test_note("%s %s was taken", bad[i][0], bad[i][1] ? bad[i][1] : "");
			CHECK_FAIL("a senseless option was taken");
		}
	}
}

/* ---- the program itself ------------------------------------------------------------- */

/* Exit code of "kworkshop ARGS"; what it printed (both streams) in @said. */
static int kworkshop(const char *args, char *said, size_t size)
{
	char command[1024];
	size_t n;
	FILE *f;
	int status;

	snprintf(command, sizeof(command), "%s %s 2>&1 </dev/null", test_binary(), args);
	f = popen(command, "r");
	REQUIRE_NOT_NULL(f);
	n = fread(said, 1, size - 1, f);
	said[n] = '\0';
	while (fgetc(f) != EOF)		/* what did not fit: let it finish */
		;
	status = pclose(f);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void every_command_explains_itself(void)
{
	static const char *const names[] = {
#define COMMAND(name) #name,
#include "cli/commands.def"
#undef COMMAND
		NULL
	};
	char args[64], said[8192], usage[64], all[8192];
	int i;

	CHECK_INT(kworkshop("--help", all, sizeof(all)), EXIT_RIGHT);
	for (i = 0; names[i]; i++) {
		snprintf(args, sizeof(args), "%s --help", names[i]);
		snprintf(usage, sizeof(usage), "usage: kworkshop %s", names[i]);
		CHECK_INT(kworkshop(args, said, sizeof(said)), EXIT_RIGHT);
		CHECK_HAS(said, usage);
		snprintf(usage, sizeof(usage), "\n  %s ", names[i]);
		CHECK_HAS(all, usage);
	}
}

static void misuse_is_told_and_exits_with_two(void)
{
	char said[4096];

	CHECK_INT(kworkshop("nonsense", said, sizeof(said)), EXIT_MISUSE);
	CHECK_HAS(said, "kworkshop: no command called \"nonsense\"");
	CHECK_INT(kworkshop("nonsense --help", said, sizeof(said)), EXIT_MISUSE);
	CHECK_HAS(said, "kworkshop: no command called \"nonsense\"");
	CHECK_INT(kworkshop("version --nonsense", said, sizeof(said)), EXIT_MISUSE);
	CHECK_HAS(said, "kworkshop: version: ");
	CHECK_INT(kworkshop("version extra", said, sizeof(said)), EXIT_MISUSE);
}

static void a_number_of_cpus_outside_the_bounds_is_refused(void)
{
	static const char *const bad[] = { "run life --cpus 0", "run life --cpus -1", "run life --cpus 65",
					   "explore lessons/02-life.lua --cpus 0", NULL };
	char said[4096];

	for (int i = 0; bad[i]; i++) {
		CHECK_INT(kworkshop(bad[i], said, sizeof(said)), EXIT_MISUSE);
		CHECK_HAS(said, "is not in 1..64");
	}
}

static void version_names_the_kernel_it_imitates(void)
{
	char said[4096];

	CHECK_INT(kworkshop("version", said, sizeof(said)), EXIT_RIGHT);
	CHECK_HAS(said, "Linux 6.12");
	CHECK_INT(kworkshop("--version", said, sizeof(said)), EXIT_RIGHT);
}

static void files_are_found_beside_the_build_folder(void)
{
	char path[4096];

	CHECK_INT(datadir_find("kworkshop", "no/such/thing", path, sizeof(path)), -ENOENT);
	CHECK_STR(path, "");
	CHECK_INT(datadir_find("kworkshop", "lessons", path, sizeof(path)), 0);
	CHECK_INT(access(path, R_OK), 0);
	CHECK_INT(datadir_program(path, 4), -ENAMETOOLONG);
}

static bool explains(const char *said, const char *begins, const char *holds)
{
	return said && strncmp(said, begins, strlen(begins)) == 0 && strstr(said, holds);
}

static void words_and_rules_are_explained(void)
{
	CHECK_TRUE(explains(words_rule("R4.1"), "R4.1: ", "nr_running"));
	CHECK_TRUE(explains(words_explain("pwq"), "pwq / pool_workqueue: ", "one workqueue and one pool"));
	CHECK_TRUE(explains(words_explain("Pools"), "pool / ", "workers"));
	CHECK_TRUE(explains(words_explain("pool_workqueue"), "pwq / ", ""));
	CHECK_NULL(words_rule("R99.1"));
	CHECK_NULL(words_rule("R4"));
	CHECK_NULL(words_explain("pw"));
	CHECK_NULL(words_explain(""));
}

const struct test_case suite_unit_cli[] = {
	T(options_are_taken_out_from_between_arguments),
	T(options_that_make_no_sense_are_refused),
	T(every_command_explains_itself),
	T(misuse_is_told_and_exits_with_two),
	T(a_number_of_cpus_outside_the_bounds_is_refused),
	T(version_names_the_kernel_it_imitates),
	T(files_are_found_beside_the_build_folder),
	T(words_and_rules_are_explained),
	{ NULL, NULL }
};
