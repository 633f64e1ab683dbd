/*
 * tests/support/report.h - results of tests, and the forms in which they are written.
 *
 * Results arrive suite by suite, in the order in which suites end.  The text and
 * TAP forms are written at once, JUnit XML when all suites have ended, because
 * its first line has the totals.
 *
 * Lives here:   counting, text, TAP 13, JUnit XML, escaping of what tests print.
 * Never here:   processes (suite_runner.c), options (main.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_REPORT_H
#define KW_TESTS_SUPPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum test_outcome {
	TEST_PASSED,
	TEST_FAILED,	/* a check failed, or none was made */
	TEST_DIED,	/* it crashed, hung, or its process ended */
	TEST_SKIPPED,	/* test_skip() */
	TEST_OUTCOMES
};

struct test_result {
	const char *name;	/* lives as long as the program; "process" if the fault is no test's */
	bool of_process;
	enum test_outcome outcome;
	double seconds;
	char *reason;		/* why it did not pass, line by line; NULL if it passed */
	char *output;		/* its other output; NULL if there is none */
};

struct suite_result {
	const char *name;
	double seconds;		/* the processes included, so more than its tests' sum */
	struct test_result *tests;
	size_t nr;
	unsigned int count[TEST_OUTCOMES];
};

struct report {
	bool tap;		/* instead of text */
	bool verbose;		/* text: tests that passed, too */
	FILE *junit;		/* or NULL */
	struct suite_result *suites;
	size_t nr;
	unsigned int count[TEST_OUTCOMES];
};

void report_begin(struct report *r);
/* Takes over @s, with its tests and texts, and writes what can be written. */
void report_suite(struct report *r, struct suite_result *s);
/* Writes the totals and the JUnit file, and frees everything.  False: the file could not be written. */
bool report_end(struct report *r);
/* 0 if all tests passed, otherwise 1; before report_end(). */
int report_exit_status(const struct report *r);

/* Appends a result to @s; @name NULL: of its process; @reason and @output are taken over. */
void suite_result_add(struct suite_result *s, const char *name, enum test_outcome outcome, double seconds,
		      char *reason, char *output);

#endif
