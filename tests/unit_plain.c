/*
 * tests/unit_plain.c - plain mode's words, and how it reads an answer.
 *
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wrap.h"
#include "plain/plain.h"
#include "tests/test.h"

/* ---- text ------------------------------------------------------------------------ */

static char *put(int columns, const char *first, const char *text)
{
	char *got = NULL;
	size_t n;
	FILE *f = open_memstream(&got, &n);

	wrap_print(f, columns, first, text);
	fclose(f);
	return got;
}

static void lines_keep_to_the_width_and_words_stay_whole(void)
{
	static const char text[] = "A work item is pending, then running, and may be both at once; "
				   "naïve readers deny it.\nSecond line.";
	int columns;

	for (columns = 20; columns <= 90; columns += 7) {
		char *got = put(columns, "  1  ", text), *line, *rest = got, *flat = strdup(text), *p;

		while ((line = strsep(&rest, "\n")))
			CHECK_LE((int)strlen(line), columns + 1);	/* one letter has two bytes */
		for (p = flat; *p; p++)
			if (*p == '\n')
				*p = ' ';
		free(got);
		got = put(1000, "", flat);
		CHECK_STARTS(got, flat);
		free(got);
		free(flat);
	}
}

static void later_lines_are_indented_under_the_first(void)
{
	char *got = put(16, "ab: ", "one two three\nfour");

	CHECK_STR(got, "ab: one two\n    three\n    four\n");
	free(got);
}

/* ---- a synthetic recording --------------------------------------------------------------- */

static struct trace fake;
static struct trace_store store;

static void begin(void)
{
	memset(&fake, 0, sizeof(fake));
	memset(&store, 0, sizeof(store));
	REQUIRE_INT(trace_open(&fake, -1, 1 << 20, 0), 0);
	trace_current = &fake;
}

static void finish(void)
{
	trace_current = NULL;
	CHECK_INT(trace_store_borrow(&store, &fake), 0);
	trace_store_poll(&store);
}

static void drop(void)
{
	trace_store_close(&store);
	trace_close(&fake);
}

static char *played(void)
{
	struct plain_opts opts = { .why = "--plain", .columns = 72 };
	char *got = NULL;
	size_t n;

	opts.out = open_memstream(&got, &n);
	plain_play(&store, "fake.kwt", &opts);
	fclose(opts.out);
	return got;
}

/* The offset of @what in @text behind @from; fails the test when it is not there. */
static size_t find(const char *text, size_t from, const char *what)
{
	const char *p = strstr(text + from, what);

	if (!p)
		test_note("not found: \"%s\" in:\n%s", what, text + from);
	CHECK_NOT_NULL(p);
	return p ? (size_t)(p - text) : from;
}

static void a_recording_is_printed_in_order_without_terminal_control(void)
{
	char *got, *p;
	size_t at = 0;

	begin();
	trace_def(CLS_ITEM, 1, 0, 0, "reset");
	TRACE(LESSON, .questions = 1, .text = "life\nA work item has a life\nWhat happens?");
	TRACE(SAY, .card = 1, .text = "The card *interrupts*.");
	TRACE(ASK, .question = 1, .kind = ASK_CHOICES, .predict = 1, .choices = 2, .text = "second\nTwice?");
	TRACE(CHOICE_TEXT, .question = 1, .choice = 1, .text = "first choice");
	TRACE(CHOICE_TEXT, .question = 1, .choice = 2, .text = "second choice");
	TRACE(WAIT_INPUT, .what = 2, .question = 1);
	TRACE(ANSWER, .question = 1, .scored = 1, .text = "2");
	TRACE(PENDING_SET, .item = 1);
	TRACE(PENDING_BUSY, .item = 1);
	TRACE(VERDICT, .question = 1, .right = 1, .evidence = 10, .text = "");
	TRACE(LESSON_END, .right = 1);
	finish();
	got = played();
	at = find(got, 0, "plain mode (--plain)");
	at = find(got, at, "A work item has a life");
	at = find(got, at, "The card interrupts.");
	at = find(got, at, "Predict: Twice?");
	at = find(got, at, "1  first choice");
	at = find(got, at, "2  second choice");
	at = find(got, at, "PENDING of reset was clear and is set now.");
	at = find(got, at, "PENDING of reset was already set: nothing is queued.");
	at = find(got, at, "Right");
	find(got, at, "You got 1 of 1 right.");
	for (p = got; *p; p++)
		CHECK_TRUE(*p == '\n' || (unsigned char)*p >= ' ');
	free(got);
	drop();
}

static void repeated_lines_are_counted(void)
{
	char *got;
	int i;

	begin();
	trace_def(CLS_ITEM, 1, 0, 0, "reset");
	for (i = 0; i < 5; i++)
		TRACE(PENDING_BUSY, .item = 1);
	TRACE(PENDING_CLEAR, .item = 1);
	finish();
	got = played();
	find(got, find(got, 0, "PENDING of reset was already set: nothing is queued."), "The same 4 more times");
	free(got);
	drop();
}

const struct test_case suite_unit_plain[] = {
	T(lines_keep_to_the_width_and_words_stay_whole),
	T(later_lines_are_indented_under_the_first),
	T(a_recording_is_printed_in_order_without_terminal_control),
	T(repeated_lines_are_counted),
	{ NULL, NULL }
};
