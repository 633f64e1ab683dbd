/*
 * tests/support/report.c - see report.h.   Licence: MIT.
 */
#include "tests/support/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

void suite_result_add(struct suite_result *s, const char *name, enum test_outcome outcome, double seconds,
		      char *reason, char *output)
{
	struct test_result *v = realloc(s->tests, (s->nr + 1) * sizeof(*v));

	if (!v)
		abort();
	s->tests = v;
	v[s->nr++] = (struct test_result){
		.name = name ? name : "process", .of_process = !name, .outcome = outcome, .seconds = seconds,
		.reason = reason, .output = output,
	};
	s->count[outcome]++;
}

static unsigned int failures(const unsigned int *count)
{
	return count[TEST_FAILED] + count[TEST_DIED];
}

int report_exit_status(const struct report *r)
{
	return failures(r->count) ? 1 : 0;
}

/* ---- escaping ----------------------------------------------------------------------------- */

enum form {
	FORM_TEXT,	/* lines for a terminal or a log */
	FORM_QUOTED,	/* inside double quotes of YAML */
	FORM_ELEMENT,	/* between tags of XML */
	FORM_ATTRIBUTE,	/* inside double quotes of XML */
};

/* The replacement of a character in @form, or NULL if it is written as it is. */
static const char *entity(uint32_t ch, enum form form)
{
	bool xml = form == FORM_ELEMENT || form == FORM_ATTRIBUTE;

	switch (ch) {
	case '\n': return form == FORM_QUOTED ? "\\n" : form == FORM_ATTRIBUTE ? "&#10;" : NULL;
	case '"': return form == FORM_QUOTED ? "\\\"" : xml ? "&quot;" : NULL;
	case '\\': return form == FORM_QUOTED ? "\\\\" : NULL;
	case '&': return xml ? "&amp;" : NULL;
	case '<': return xml ? "&lt;" : NULL;
	case '>': return xml ? "&gt;" : NULL;
	}
	return NULL;
}

/*
 * Control characters, C1 included, two noncharacters that XML forbids, and bytes
 * that are no UTF-8 are written as \xNN or \uNNNN in every form: no XML entity may
 * stand for them.  Inside YAML's quotes the backslash is doubled.
 */
static void put_escaped(FILE *out, const char *text, enum form form)
{
	const char *slash = form == FORM_QUOTED ? "\\\\" : "\\";
	size_t n = strlen(text), i, step;

	for (i = 0; i < n; i += step) {
		uint32_t ch;
		const char *instead;

		step = utf8_decode(text + i, n - i, &ch);
		instead = entity(ch, form);
		if (instead)
			fputs(instead, out);
		else if (step == 1 && ch == UTF8_REPLACEMENT)
			fprintf(out, "%sx%02x", slash, (unsigned char)text[i]);
		else if ((ch < ' ' && ch != '\n' && ch != '\t') || (ch == '\t' && form == FORM_QUOTED) || ch == 0x7f)
			fprintf(out, "%sx%02x", slash, (unsigned int)ch);
		else if ((ch >= 0x80 && ch < 0xa0) || ch == 0xfffe || ch == 0xffff)
			fprintf(out, "%su%04x", slash, (unsigned int)ch);
		else
			fwrite(text + i, 1, step, out);
	}
}

static void put_first_line(FILE *out, const char *text, enum form form)
{
	char *first = strndup(text ? text : "", strcspn(text ? text : "", "\n"));

	put_escaped(out, first ? first : "", form);
	free(first);
}

/* Each line of @text behind @prefix. */
static void put_lines(FILE *out, const char *text, const char *prefix)
{
	char *copy = text ? strdup(text) : NULL, *rest = copy, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (!*line && !rest)
			break;
		fputs(prefix, out);
		put_escaped(out, line, FORM_TEXT);
		fputc('\n', out);
	}
	free(copy);
}

/* ---- text ----------------------------------------------------------------------------------- */

static void text_test(const struct suite_result *s, const struct test_result *t, bool verbose)
{
	static const char *const words[] = {
		[TEST_PASSED] = "ok", [TEST_FAILED] = "FAIL", [TEST_DIED] = "FAIL", [TEST_SKIPPED] = "skip",
	};

	if (t->outcome == TEST_PASSED && !verbose)
		return;
	printf("  %s %s.%s", words[t->outcome], s->name, t->name);
	if (verbose)
		printf("  (%.3f s)", t->seconds);
	putchar('\n');
	put_lines(stdout, t->reason, "    ");
	if (t->outcome != TEST_SKIPPED || verbose)
		put_lines(stdout, t->output, "    ");
}

/* A line that repeats what failed. */
static void text_again(const struct suite_result *s, const struct test_result *t)
{
	const char *seed = getenv("KW_SEED");

	if (t->outcome == TEST_FAILED || t->outcome == TEST_DIED)
		printf("  again: make test T=%s%s%s%s%s\n", s->name, t->of_process ? "" : ".",
		       t->of_process ? "" : t->name, seed && *seed ? " SEED=" : "", seed ? seed : "");
}

static void text_suite(const struct suite_result *s, bool verbose)
{
	printf("%-4s %-28s %3u passed", failures(s->count) ? "FAIL" : "ok", s->name, s->count[TEST_PASSED]);
	if (failures(s->count))
		printf(", %u failed", failures(s->count));
	if (s->count[TEST_SKIPPED])
		printf(", %u skipped", s->count[TEST_SKIPPED]);
	printf("  (%.1f s)\n", s->seconds);
	for (size_t i = 0; i < s->nr; i++)
		text_test(s, &s->tests[i], verbose);
	for (size_t i = 0; i < s->nr; i++)
		text_again(s, &s->tests[i]);
}

static void text_end(const struct report *r)
{
	printf("%u passed, %u failed", r->count[TEST_PASSED], failures(r->count));
	if (r->count[TEST_SKIPPED])
		printf(", %u skipped", r->count[TEST_SKIPPED]);
	putchar('\n');
}

/* ---- TAP 13 ------------------------------------------------------------------------------------ */

static void tap_suite(const struct report *r, const struct suite_result *s)
{
	size_t number = 0;

	for (size_t i = 0; i < r->nr; i++)
		number += r->suites[i].nr;
	for (size_t i = 0; i < s->nr; i++) {
		const struct test_result *t = &s->tests[i];
		bool passed = t->outcome == TEST_PASSED || t->outcome == TEST_SKIPPED;

		printf("%s %zu - %s.%s", passed ? "ok" : "not ok", ++number, s->name, t->name);
		if (t->outcome == TEST_SKIPPED) {
			fputs(" # SKIP ", stdout);
			put_first_line(stdout, t->reason, FORM_TEXT);
		}
		printf("\n  ---\n  duration_ms: %.3f\n", t->seconds * 1e3);
		if (!passed) {
			fputs("  message: \"", stdout);
			put_escaped(stdout, t->reason ? t->reason : "", FORM_QUOTED);
			puts("\"");
		}
		puts("  ...");
		if (!passed)
			put_lines(stdout, t->output, "# ");
	}
}

static void tap_end(const struct report *r)
{
	size_t number = 0;

	for (size_t i = 0; i < r->nr; i++)
		number += r->suites[i].nr;
	printf("1..%zu\n", number);
}

/* ---- JUnit XML ------------------------------------------------------------------------------------ */

static void put_attribute(FILE *out, const char *name, const char *value)
{
	fprintf(out, " %s=\"", name);
	put_escaped(out, value, FORM_ATTRIBUTE);
	fputc('"', out);
}

static void put_counts(FILE *out, const unsigned int *count, double seconds)
{
	fprintf(out, " tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"%u\" time=\"%.6f\"",
		count[TEST_PASSED] + failures(count) + count[TEST_SKIPPED], count[TEST_FAILED], count[TEST_DIED],
		count[TEST_SKIPPED], seconds);
}

/* The first line of the reason is the message, all of it the element's text. */
static void junit_reason(FILE *out, const char *element, const char *reason)
{
	fprintf(out, "      <%s message=\"", element);
	put_first_line(out, reason, FORM_ATTRIBUTE);
	fputs("\">", out);
	put_escaped(out, reason, FORM_ELEMENT);
	fprintf(out, "</%s>\n", element);
}

static void junit_test(FILE *out, const struct suite_result *s, const struct test_result *t)
{
	static const char *const elements[] = {
		[TEST_FAILED] = "failure", [TEST_DIED] = "error", [TEST_SKIPPED] = "skipped",
	};

	fputs("    <testcase", out);
	put_attribute(out, "classname", s->name);
	put_attribute(out, "name", t->name);
	fprintf(out, " time=\"%.6f\"", t->seconds);
	if (t->outcome == TEST_PASSED) {
		fputs("/>\n", out);
		return;
	}
	fputs(">\n", out);
	junit_reason(out, elements[t->outcome], t->reason ? t->reason : "");
	if (t->output && t->outcome != TEST_SKIPPED) {
		fputs("      <system-out>", out);
		put_escaped(out, t->output, FORM_ELEMENT);
		fputs("</system-out>\n", out);
	}
	fputs("    </testcase>\n", out);
}

static void junit(FILE *out, const struct report *r)
{
	double seconds = 0;

	for (size_t i = 0; i < r->nr; i++)
		seconds += r->suites[i].seconds;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"kworkshop\"", out);
	put_counts(out, r->count, seconds);
	fputs(">\n", out);
	for (size_t i = 0; i < r->nr; i++) {
		const struct suite_result *s = &r->suites[i];

		fputs("  <testsuite", out);
		put_attribute(out, "name", s->name);
		put_counts(out, s->count, s->seconds);
		fputs(">\n", out);
		for (size_t k = 0; k < s->nr; k++)
			junit_test(out, s, &s->tests[k]);
		fputs("  </testsuite>\n", out);
	}
	fputs("</testsuites>\n", out);
}

/* ---- the report ----------------------------------------------------------------------------------- */

void report_begin(struct report *r)
{
	if (r->tap)
		puts("TAP version 13");
	fflush(stdout);
}

void report_suite(struct report *r, struct suite_result *s)
{
	struct suite_result *v;

	if (r->tap)
		tap_suite(r, s);
	else
		text_suite(s, r->verbose);
	fflush(stdout);
	v = realloc(r->suites, (r->nr + 1) * sizeof(*v));
	if (!v)
		abort();
	r->suites = v;
	v[r->nr++] = *s;
	for (int i = 0; i < TEST_OUTCOMES; i++)
		r->count[i] += s->count[i];
}

static void free_suite(struct suite_result *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		free(s->tests[i].reason);
		free(s->tests[i].output);
	}
	free(s->tests);
}

bool report_end(struct report *r)
{
	bool written = true;

	if (r->tap)
		tap_end(r);
	else
		text_end(r);
	fflush(stdout);
	if (r->junit) {
		junit(r->junit, r);
		written = !ferror(r->junit);
		written &= fclose(r->junit) == 0;
	}
	for (size_t i = 0; i < r->nr; i++)
		free_suite(&r->suites[i]);
	free(r->suites);
	r->suites = NULL;
	r->nr = 0;
	return written;
}
