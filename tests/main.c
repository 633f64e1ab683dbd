/*
 * tests/main.c - kw-tests: options, which suites, exit status.
 *
 * Lives here:   the command line.
 * Never here:   a test; processes (support/suite_runner.c), results (support/report.c).
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine/machine.h"
#include "run/run.h"
#include "tests/support/demo_suites.h"
#include "tests/support/suite_runner.h"
#include "words/end_text.h"

#define SELECTIONS_MAX 512

static const struct suite suites[] = {
#define SUITE(name) { #name, suite_##name, false },
#define SUITE_WAITS(name) { #name, suite_##name, true },
#include "tests/suites.def"
#undef SUITE
	{ NULL, NULL, false }
};

/* Run only when they are named; they fail on purpose. */
static const struct suite demo_suites[] = {
	{ "demo_checks", suite_demo_checks, false },
	{ "demo_outcomes", suite_demo_outcomes, false },
	{ "demo_hang", suite_demo_hang, false },
	{ "demo_exit", suite_demo_exit, false },
	{ "demo_missing", NULL, false },
	{ NULL, NULL, false }
};

static const char help[] =
	"usage: kw-tests [OPTIONS] [SUITE[.TEST]...]\n"
	"\n"
	"Runs the suites or tests that are named, by default all suites of tests/suites.def.\n"
	"Each suite has a process of its own.\n"
	"\n"
	"  --list         print the names of all tests\n"
	"  --jobs N       run N suites at once, 1 to 16 (default 2)\n"
	"  --verbose      print the time and the output of tests that pass, too\n"
	"  --tap          print results as TAP version 13 instead of text\n"
	"  --junit FILE   also write results to FILE as JUnit XML\n"
	"  --help         print this text\n"
	"\n"
	"Environment:\n"
	"  KW_BINARY        the kworkshop under test (default build/kworkshop)\n"
	"  KW_SEED          the seed of tests that draw one\n"
	"  KW_QUICK=1       fewer rounds of tests that repeat\n"
	"  KW_TEST_SECONDS  a test that takes longer is ended (default 120)\n"
	"  KW_BATON         threads or stacks: how the machine runs its threads\n"
	"\n"
	"Exit status: 0 all tests passed, 1 a test failed, 2 wrong usage, 3 FILE cannot be\n"
	"written, 4 the runner itself failed.\n";

static int usage_error(const char *what, const char *arg)
{
	fprintf(stderr, "kw-tests: %s%s%s%s (--help lists the options)\n", what, arg ? " \"" : "", arg ? arg : "",
		arg ? "\"" : "");
	return 2;
}

/* ---- which suites ------------------------------------------------------------------- */

static const struct suite *find_in(const struct suite *table, const char *name, size_t len)
{
	for (; table->name; table++)
		if (strlen(table->name) == len && strncmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

static const struct suite *find_suite(const char *name, size_t len)
{
	const struct suite *s = find_in(suites, name, len);

	return s ? s : find_in(demo_suites, name, len);
}

static const char *find_test(const struct suite *s, const char *name)
{
	const struct test_case *t;

	for (t = s->tests; t && t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t->name;
	return NULL;
}

/* SUITE or SUITE.TEST; false: there is none. */
static bool select_by_name(struct selection *to, const char *text)
{
	const char *dot = strchr(text, '.');

	to->suite = find_suite(text, dot ? (size_t)(dot - text) : strlen(text));
	to->only = to->suite && dot ? find_test(to->suite, dot + 1) : NULL;
	return to->suite && (!dot || to->only);
}

static int list_tests(void)
{
	const struct suite *s;
	const struct test_case *t;

	for (s = suites; s->name; s++)
		for (t = s->tests; t && t->name; t++)
			printf("%s.%s\n", s->name, t->name);
	return 0;
}

/* ---- options ---------------------------------------------------------------------------- */

struct options {
	struct selection selections[SELECTIONS_MAX];
	size_t nr;
	int jobs;
	double limit_seconds;
	bool list, help;
	const char *junit;
	struct report report;
};

/* Return: 0, or an exit status after a message. */
static int parse(struct options *o, int argc, char **argv)
{
	struct flag {
		const char *name;
		bool *set;
	} flags[] = {
		{ "--list", &o->list }, { "--help", &o->help }, { "--verbose", &o->report.verbose },
		{ "--tap", &o->report.tap },
	}, *end = flags + sizeof(flags) / sizeof(flags[0]);

	for (int i = 1; i < argc; i++) {
		struct flag *f = flags;

		while (f < end && strcmp(f->name, argv[i]) != 0)
			f++;
		if (f < end) {
			*f->set = true;
		} else if (strcmp(argv[i], "--jobs") == 0 || strcmp(argv[i], "--junit") == 0) {
			if (i + 1 == argc)
				return usage_error("a value is missing after", argv[i]);
			if (strcmp(argv[i], "--jobs") == 0)
				o->jobs = atoi(argv[++i]);
			else
				o->junit = argv[++i];
		} else if (argv[i][0] == '-') {
			return usage_error("unknown option", argv[i]);
		} else if (o->nr == SELECTIONS_MAX) {
			return usage_error("too many names", NULL);
		} else if (!select_by_name(&o->selections[o->nr++], argv[i])) {
			fprintf(stderr, "kw-tests: no test called \"%s\" (--list prints the names)\n", argv[i]);
			return 2;
		}
	}
	if (o->jobs < 1 || o->jobs > SUITES_JOBS_MAX)
		return usage_error("--jobs needs a number from 1 to 16", NULL);
	return 0;
}

static int run(struct options *o)
{
	static char self[4096];
	int status;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 4;
	if (o->junit) {
		o->report.junit = fopen(o->junit, "w");
		if (!o->report.junit) {
			fprintf(stderr, "kw-tests: %s: %s\n", o->junit, strerror(errno));
			return 3;
		}
	}
	if (!o->nr)
		for (; suites[o->nr].name; o->nr++)
			o->selections[o->nr] = (struct selection){ &suites[o->nr], NULL };
	report_begin(&o->report);
	suites_run(o->selections, o->nr, self, o->jobs, o->limit_seconds, &o->report);
	status = report_exit_status(&o->report);
	if (!report_end(&o->report)) {
		fprintf(stderr, "kw-tests: %s could not be written\n", o->junit);
		return 3;
	}
	return status;
}

int main(int argc, char **argv)
{
	static struct options o = { .jobs = 2, .limit_seconds = 120 };
	const char *text = getenv("KW_TEST_SECONDS");
	int status;

	(void)machine_baton_override(getenv("KW_BATON"));
	run_write_end = words_exit_report;
	if (argc == 2 && strcmp(argv[1], "--machine-process") == 0)
		return fault_machine_process(argc, argv);
	if (argc >= 4 && strcmp(argv[1], "--child") == 0)
		return suites_run_child(find_suite(argv[2], strlen(argv[2])), atoi(argv[3]), argc > 4 ? argv[4] : NULL);
	/* the settings of the person at this computer do not count */
	setenv("KWORKSHOP_CONFIG_DIR", "/proc/no-folder", 1);
	unsetenv("KWORKSHOP_ID");
	if (text && atof(text) > 0)
		o.limit_seconds = atof(text);
	status = parse(&o, argc, argv);
	if (status)
		return status;
	if (o.help) {
		fputs(help, stdout);
		return 0;
	}
	return o.list ? list_tests() : run(&o);
}
