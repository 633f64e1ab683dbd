/*
 * tests/unit_runner.c - kw-tests itself: outcomes, text, TAP, JUnit XML, options.
 *
 * The runner runs suites that fail on purpose (support/demo_suites.c).
 *
 * Lives here:   support/suite_runner, support/report, main.c.
 * Never here:   the texts of failed checks (unit_checks.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define OUT_MAX (256 * 1024)

static char out[OUT_MAX], xml[OUT_MAX];
static char dir[] = "/tmp/kworkshop-runner-XXXXXX";

/* Runs this program with @args into @out; return: its exit status. */
static int kw_tests(const char *args)
{
	return shell_run(out, sizeof(out), "cd %s && KW_TEST_SECONDS=%s '%s' %s 2>&1", dir,
			 strstr(args, "demo_hang") ? "2" : "60", shell_self(), args);
}

static void read_xml(void)
{
	char path[64], *text;

	snprintf(path, sizeof(path), "%s/r.xml", dir);
	text = file_read(path, NULL);
	REQUIRE_NOT_NULL(text);
	snprintf(xml, sizeof(xml), "%s", text);
	free(text);
}

static void begin(void)
{
	strcpy(strchr(dir, '-') + 1, "runner-XXXXXX");
	folder_make(dir);
}

static void end(void)
{
	folder_remove(dir);
}

/* Each number behind @mark becomes "T": times differ from run to run. */
static void blank_times(char *text, const char *mark)
{
	for (char *p = strstr(text, mark); p; p = strstr(p, mark)) {
		char *to = p += strlen(mark);

		while (isdigit((unsigned char)*p) || *p == '.')
			p++;
		*to++ = 'T';
		memmove(to, p, strlen(p) + 1);
		p = to;
	}
}

/* ---- text ----------------------------------------------------------------------------- */

static void every_outcome_is_counted_and_explained(void)
{
	begin();
	CHECK_INT(kw_tests("demo_outcomes"), 1);
	blank_times(out, "skipped  (");
	CHECK_STR(out,
		  "FAIL demo_outcomes                  2 passed, 5 failed, 1 skipped  (T s)\n"
		  "  FAIL demo_outcomes.fails_with_odd_output\n"
		  "    tests/support/demo_suites.c:48: \"<a href=\\\"x\\\">\": have \"<a href=\\\"x\\\">\", want \"&amp;\"\n"
		  "    tests/support/demo_suites.c:49: two: have 2, want 3\n"
		  "    <&>\"' ]]> \\x1b[31m\\x07 \\u0085 \\xff\\xfe \\uffff caf\303\251 # \\ 1..2\n"
		  "  FAIL demo_outcomes.makes_no_check\n"
		  "    no check was made, so this test cannot fail\n"
		  "    nothing is checked\n"
		  "  skip demo_outcomes.is_skipped\n"
		  "    no # such thing here\n"
		  "  FAIL demo_outcomes.is_skipped_and_fails\n"
		  "    tests/support/demo_suites.c:65: it failed before\n"
		  "  FAIL demo_outcomes.crashes\n"
		  "    killed by signal 6 (Aborted)\n"
		  "    the last words\n"
		  "  FAIL demo_outcomes.ends_its_process\n"
		  "    its process ended with status 3\n"
		  "  again: make test T=demo_outcomes.fails_with_odd_output\n"
		  "  again: make test T=demo_outcomes.makes_no_check\n"
		  "  again: make test T=demo_outcomes.is_skipped_and_fails\n"
		  "  again: make test T=demo_outcomes.crashes\n"
		  "  again: make test T=demo_outcomes.ends_its_process\n"
		  "2 passed, 5 failed, 1 skipped\n");
	end();
}

/* The time that the report has behind @mark. */
static double reported_time(const char *mark)
{
	const char *at = strstr(xml, mark);

	at = at ? strstr(at, "time=\"") : NULL;
	return at ? atof(at + strlen("time=\"")) : -1;
}

static void a_test_that_hangs_is_ended_and_the_next_one_runs(void)
{
	begin();
	CHECK_INT(kw_tests("--junit r.xml demo_hang"), 1);
	CHECK_HAS(out, "FAIL demo_hang                      1 passed, 1 failed");
	CHECK_HAS(out, "  FAIL demo_hang.hangs\n    no end after 2 s\n    before it hangs\n");
	read_xml();
	CHECK_GE(reported_time("name=\"hangs\""), 2);
	CHECK_RANGE(reported_time("name=\"passes_afterwards\""), 0, 2);
	CHECK_GE(reported_time("<testsuite name=\"demo_hang\""), 2);
	end();
}

static void a_process_that_fails_behind_its_last_test_is_a_failure(void)
{
	begin();
	CHECK_INT(kw_tests("demo_exit"), 1);
	CHECK_HAS(out, "  FAIL demo_exit.process\n    its process ended with status 5\n    found at exit\n"
		       "  again: make test T=demo_exit\n1 passed, 1 failed\n");
	CHECK_INT(kw_tests("demo_missing"), 1);
	CHECK_HAS(out, "  FAIL demo_missing.process\n    listed in tests/suites.def, not linked in\n");
	end();
}

static void passing_tests_are_quiet_unless_asked(void)
{
	begin();
	CHECK_INT(kw_tests("demo_outcomes.passes"), 0);
	CHECK_LACKS(out, "a note");
	CHECK_HAS(out, "1 passed, 0 failed\n");
	CHECK_INT(kw_tests("--verbose demo_outcomes.passes"), 0);
	CHECK_HAS(out, "\n  ok demo_outcomes.passes  (0.");
	CHECK_HAS(out, "\n    a note of a test that passes\n");
	end();
}

/* ---- TAP ---------------------------------------------------------------------------------- */

static void tap_has_a_line_for_each_test_and_a_plan(void)
{
	begin();
	CHECK_INT(kw_tests("--tap --jobs 1 demo_outcomes demo_exit"), 1);
	blank_times(out, "duration_ms: ");
	CHECK_STR(out,
		  "TAP version 13\n"
		  "ok 1 - demo_outcomes.passes\n  ---\n  duration_ms: T\n  ...\n"
		  "not ok 2 - demo_outcomes.fails_with_odd_output\n  ---\n  duration_ms: T\n"
		  "  message: \"tests/support/demo_suites.c:48: \\\"<a href=\\\\\\\"x\\\\\\\">\\\": have \\\"<a href=\\\\\\\"x\\\\\\\">\\\", "
		  "want \\\"&amp;\\\"\\ntests/support/demo_suites.c:49: two: have 2, want 3\\n\"\n  ...\n"
		  "# <&>\"' ]]> \\x1b[31m\\x07 \\u0085 \\xff\\xfe \\uffff caf\303\251 # \\ 1..2\n"
		  "not ok 3 - demo_outcomes.makes_no_check\n  ---\n  duration_ms: T\n"
		  "  message: \"no check was made, so this test cannot fail\\n\"\n  ...\n# nothing is checked\n"
		  "ok 4 - demo_outcomes.is_skipped # SKIP no # such thing here\n  ---\n  duration_ms: T\n  ...\n"
		  "not ok 5 - demo_outcomes.is_skipped_and_fails\n  ---\n  duration_ms: T\n"
		  "  message: \"tests/support/demo_suites.c:65: it failed before\\n\"\n  ...\n"
		  "not ok 6 - demo_outcomes.crashes\n  ---\n  duration_ms: T\n"
		  "  message: \"killed by signal 6 (Aborted)\\n\"\n  ...\n# the last words\n"
		  "not ok 7 - demo_outcomes.ends_its_process\n  ---\n  duration_ms: T\n"
		  "  message: \"its process ended with status 3\\n\"\n  ...\n"
		  "ok 8 - demo_outcomes.passes_afterwards\n  ---\n  duration_ms: T\n  ...\n"
		  "ok 9 - demo_exit.passes_but_leaves_a_handler\n  ---\n  duration_ms: T\n  ...\n"
		  "not ok 10 - demo_exit.process\n  ---\n  duration_ms: T\n"
		  "  message: \"its process ended with status 5\\n\"\n  ...\n# found at exit\n"
		  "1..10\n");
	end();
}

/* ---- JUnit XML ------------------------------------------------------------------------------ */

/* Is @ch a character that XML 1.0 allows? */
static bool xml_char(uint32_t ch)
{
	return ch == 9 || ch == 10 || ch == 13 || (ch >= 0x20 && ch <= 0xd7ff) || (ch >= 0xe000 && ch <= 0xfffd) ||
	       (ch >= 0x10000 && ch <= 0x10ffff);
}

static bool xml_entity(const char *p)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#10;" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(p, known[i], strlen(known[i])))
			return true;
	return false;
}

/* Behind the element's name: attributes, then ">" or "/>".  Returns what follows, NULL if it is malformed. */
static const char *xml_attributes(const char *p, bool *empty)
{
	while (*p == ' ') {
		while (*p == ' ')
			p++;
		while (isalpha((unsigned char)*p))
			p++;
		if (p[0] != '=' || p[1] != '"')
			return NULL;
		for (p += 2; *p && *p != '"'; p++)
			if (*p == '<' || *p == '\n' || (*p == '&' && !xml_entity(p)))
				return NULL;
		if (*p++ != '"')
			return NULL;
	}
	*empty = *p == '/';
	p += *empty;
	return *p == '>' ? p + 1 : NULL;
}

/* Return: where @text stops being well-formed XML, or NULL if all of it is. */
static const char *xml_fault(const char *text)
{
	static const char prolog[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
	char open[8][32];
	size_t depth = 0, roots = 0, len = strlen(text);
	const char *p = text + strlen(prolog);

	for (size_t i = 0, step; i < len; i += step) {
		uint32_t ch;

		step = utf8_decode(text + i, len - i, &ch);
		if (!xml_char(ch) || (step == 1 && ch == UTF8_REPLACEMENT))
			return text + i;
	}
	if (strncmp(text, prolog, strlen(prolog)) != 0)
		return text;
	while (*p) {
		const char *at = p;
		bool empty;
		int n = 0;

		if (*p == '&' ? !xml_entity(p) : *p != '<' && !depth && !isspace((unsigned char)*p))
			return at;
		if (!strncmp(p, "]]>", 3))
			return at;
		if (*p != '<') {
			p++;
		} else if (p[1] == '/') {
			if (!depth || sscanf(p, "</%31[a-z-]>%n", open[7], &n) != 1 || !n || strcmp(open[7], open[--depth]) != 0)
				return at;
			p += n;
		} else {
			if (depth == 6 || sscanf(p, "<%31[a-z-]%n", open[depth], &n) != 1)
				return at;
			roots += !depth;
			p = xml_attributes(p + n, &empty);
			if (!p)
				return at;
			depth += !empty;
		}
	}
	return depth || roots != 1 ? p : NULL;
}

static void the_xml_check_finds_each_error(void)
{
	static const char *const bad[] = {
		"<a/>", "<a><b></a></b>", "<a>", "<a/><b/>", "<a>&nbsp;</a>", "<a>]]></a>", "<a x=y/>", "<a x=\"<\"/>",
		"<a>\033</a>", "<a>\xff</a>", "<a>\xef\xbf\xbf</a>", "x<a/>", "<a>&</a>",
	};
	char text[128];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "%s%s", i ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "", bad[i]);
		CHECK_NOT_NULL(xml_fault(text));
	}
	CHECK_NULL(xml_fault("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a x=\"1\" y=\"&lt;\"><b/>&amp;<b>\n</b></a>\n"));
}

static void junit_xml_is_well_formed_and_complete(void)
{
	begin();
	CHECK_INT(kw_tests("--junit r.xml --jobs 1 demo_outcomes demo_exit"), 1);
	CHECK_HAS(out, "3 passed, 6 failed, 1 skipped\n");
	read_xml();
	if (!CHECK_NULL(xml_fault(xml)))
		test_note("here: %s", xml_fault(xml));
	blank_times(xml, "time=\"");
	CHECK_HAS(xml, "<testsuites name=\"kworkshop\" tests=\"10\" failures=\"3\" errors=\"3\" skipped=\"1\" time=\"T\">\n");
	CHECK_HAS(xml, "<testsuite name=\"demo_outcomes\" tests=\"8\" failures=\"3\" errors=\"2\" skipped=\"1\" time=\"T\">\n");
	CHECK_HAS(xml, "<testsuite name=\"demo_exit\" tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"0\" time=\"T\">\n");
	CHECK_HAS(xml, "<testcase classname=\"demo_outcomes\" name=\"passes\" time=\"T\"/>\n");
	CHECK_HAS(xml, "<failure message=\"tests/support/demo_suites.c:48: &quot;&lt;a href=\\&quot;x\\&quot;&gt;&quot;: have ");
	CHECK_HAS(xml, "\ntests/support/demo_suites.c:49: two: have 2, want 3\n</failure>\n");
	CHECK_HAS(xml, "<system-out>&lt;&amp;&gt;&quot;' ]]&gt; \\x1b[31m\\x07 \\u0085 \\xff\\xfe \\uffff caf\303\251 # \\ 1..2\n"
		       "</system-out>\n");
	CHECK_HAS(xml, "<skipped message=\"no # such thing here\">");
	CHECK_HAS(xml, "<error message=\"killed by signal 6 (Aborted)\">");
	CHECK_HAS(xml, "name=\"process\"");
	end();
}

/* ---- options -------------------------------------------------------------------------------------- */

static void misuse_is_refused_with_a_sentence(void)
{
	static const struct {
		const char *args;
		int status;
		const char *says;
	} rows[] = {
		{ "--nonsense", 2, "kw-tests: unknown option \"--nonsense\"" },
		{ "--jobs", 2, "kw-tests: a value is missing after \"--jobs\"" },
		{ "--junit", 2, "kw-tests: a value is missing after \"--junit\"" },
		{ "--jobs 0", 2, "kw-tests: --jobs needs a number from 1 to 16" },
		{ "--jobs 17", 2, "kw-tests: --jobs needs" },
		{ "nosuch", 2, "kw-tests: no test called \"nosuch\"" },
		{ "demo_outcomes.nosuch", 2, "kw-tests: no test called \"demo_outcomes.nosuch\"" },
		{ "--junit . demo_outcomes.passes", 3, "kw-tests: .: Is a directory" },
		{ "--junit /dev/full demo_outcomes.passes", 3, "kw-tests: /dev/full could not be written" },
	};

	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(kw_tests(rows[i].args), rows[i].status);
		if (!CHECK_HAS(out, rows[i].says))
			test_note("%s: %s", rows[i].args, out);
	}
	end();
}

static void the_help_names_every_option(void)
{
	static const char *const names[] = {
		"--list", "--jobs N", "--verbose", "--tap", "--junit FILE", "--help", "KW_BINARY", "KW_SEED",
		"KW_QUICK", "KW_TEST_SECONDS", "KW_BATON",
	};

	begin();
	CHECK_INT(kw_tests("--help"), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK_HAS(out, names[i]);
	CHECK_INT(kw_tests("--list"), 0);
	CHECK_HAS(out, "unit_base.");
	CHECK_LACKS(out, "demo_");
	end();
}

const struct test_case suite_unit_runner[] = {
	T(every_outcome_is_counted_and_explained),
	T(a_test_that_hangs_is_ended_and_the_next_one_runs),
	T(a_process_that_fails_behind_its_last_test_is_a_failure),
	T(passing_tests_are_quiet_unless_asked),
	T(tap_has_a_line_for_each_test_and_a_plan),
	T(the_xml_check_finds_each_error),
	T(junit_xml_is_well_formed_and_complete),
	T(misuse_is_refused_with_a_sentence),
	T(the_help_names_every_option),
	{ NULL, NULL }
};
