/*
 * tests/unit_events_page.c - docs/events.md agrees with the event table.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "trace/table_page.h"
#include "trace/trace.h"

static char *made_page(void)
{
	static char *text;	/* the stream keeps its address */
	size_t n;
	FILE *f = open_memstream(&text, &n);

	trace_table_page(f);
	fclose(f);
	return text;
}

static void the_page_that_is_checked_in_is_the_page_that_is_made(void)
{
	char *made = made_page(), *kept = calloc(1, 1 << 20);
	FILE *f = fopen("docs/events.md", "r");
	size_t n;

	REQUIRE_NOT_NULL(f);
	n = fread(kept, 1, (1 << 20) - 1, f);
	fclose(f);
	CHECK_GT(n, 10000);
	if (strcmp(made, kept))
		test_note("docs/events.md is out of date: run `make docs`");
	CHECK_STR(made, kept);
	free(made);
	free(kept);
}

static void every_kind_and_field_is_on_the_page(void)
{
	char *made = made_page(), want[80];

	for (int k = 1; k < EV_NR; k++) {
		const char *row;

		snprintf(want, sizeof(want), "| `%s` | %s |", trace_rows[k].name,
			 trace_level_name(trace_rows[k].level));
		row = strstr(made, want);
		REQUIRE_NOT_NULL(row);
		for (unsigned int i = 0; i < trace_rows[k].nr_fields; i++) {
			const char *field;

			snprintf(want, sizeof(want), "`%s`", trace_rows[k].fields[i].name);
			field = strstr(row, want);
			CHECK_TRUE(field && field < strchr(row, '\n'));
		}
	}
	free(made);
}

const struct test_case suite_unit_events_page[] = {
	T(the_page_that_is_checked_in_is_the_page_that_is_made),
	T(every_kind_and_field_is_on_the_page),
	{ NULL, NULL }
};
