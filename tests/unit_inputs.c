/*
 * tests/unit_inputs.c - inputs as lines, and the wait that each belongs to.
 *
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "run/inputs_use.h"
#include "tests/test.h"

static struct run_inputs parse(const char *text)
{
	struct run_inputs in = { 0 };
	char err[200] = "";

	CHECK_INT(run_inputs_parse(&in, text, "t", err, sizeof(err)), 0);
	CHECK_STR(err, "");
	return in;
}

static void every_line_is_written_back_as_it_was_read(void)
{
	static const char text[] =
		"go 1\nanswer second 1 once\nsure second 3\nhint second 2\npick who w0 a\\sb \\0\nset max_active a b\n"
		"choose 3 worker\\s0:1\nirq 5 100 1 nic\nchoice turn/t14/3=2031\nact 2 queue scan mine 1\n";
	struct run_inputs in = parse(text);
	char *back;

	REQUIRE_INT(in.n, 10);
	CHECK_INT(in.v[2].kind, INPUT_SURE);
	CHECK_INT(in.v[2].number, 3);
	CHECK_INT(in.v[4].kind, INPUT_PICK);
	CHECK_STR(in.v[4].id, "who");
	CHECK_STR(in.v[4].value, "w0 a\\sb \\0");
	CHECK_INT(in.v[5].kind, INPUT_SET);
	CHECK_STR(in.v[5].value, "a b");
	CHECK_INT(in.v[6].kind, INPUT_CHOOSE);
	CHECK_INT(in.v[6].number, 3);
	CHECK_STR(in.v[6].id, "worker 0:1");
	CHECK_INT(in.v[9].kind, INPUT_ACT);
	CHECK_INT(in.v[9].number, 2);
	CHECK_STR(in.v[9].value, "queue scan mine 1");
	CHECK_INT(run_inputs_format(&in, &back), 0);
	CHECK_STR(back, text);
	free(back);
	run_inputs_fini(&in);
}

static void a_line_that_cannot_be_read_is_refused_with_its_usage(void)
{
	static const char *const wrong[][2] = {
		{ "sure second 0\n", "t:1: expected \"sure QUESTION-ID 1|2|3\"" },
		{ "sure second 4\n", "t:1: expected \"sure QUESTION-ID 1|2|3\"" },
		{ "sure second\n", "t:1: expected \"sure QUESTION-ID 1|2|3\"" },
		{ "\n\npick who\n", "t:3: expected \"pick QUESTION-ID NAME..\"" },
		{ "pick who a  b\n", "t:1: expected \"pick" }, { "pick who a\\xb\n", "t:1: expected \"pick" },
		{ "set name\n", "t:1: expected \"set NAME VALUE\"" },
		{ "choose w0\n", "t:1: expected \"choose ORDINAL THING\"" },
		{ "choose 1 w0 w1\n", "t:1: expected \"choose ORDINAL THING\"" },
		{ "act\n", "t:1: expected \"act ORDINAL TEXT\"" }, { "act x run\n", "t:1: expected \"act" },
		{ "jump 3\n", "t:1: an input begins with" },
	};
	struct run_inputs in = { 0 };
	char err[300];
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_INT(run_inputs_parse(&in, wrong[i][0], "t", err, sizeof(err)), -EINVAL);
		CHECK_STARTS(err, wrong[i][1]);
	}
	CHECK_INT(in.n, 0);
}

static void expect_inputs(const struct run_inputs *in, const char *want)
{
	char *text = NULL;

	REQUIRE_INT(run_inputs_format(in, &text), 0);
	CHECK_STR(text, want);
	free(text);
}

static void inputs_survive_their_text_form(void)
{
	static const char text[] = "go 3\nanswer a\\sb 2  two  words\\nand a \\\\ line\n"
				   "answer q 1 \\0\nhint q 1\nirq 12 5000000 1 nic\n";
	struct run_inputs in = { 0 }, copy = { 0 };
	char err[128] = "";

	CHECK_INT(run_inputs_parse(&in, text, "t", err, sizeof(err)), 0);
	REQUIRE_INT(in.n, 5);
	CHECK_STR(in.v[1].id, "a b");
	CHECK_STR(in.v[1].value, " two  words\nand a \\ line");
	CHECK_STR(in.v[2].value, "");
	CHECK_INT(in.v[4].after, 12);
	CHECK_INT(in.v[4].time, 5000000);
	CHECK_INT(in.v[4].number, 1);
	expect_inputs(&in, text);
	CHECK_INT(run_inputs_copy(&copy, &in), 0);
	run_inputs_fini(&in);
	expect_inputs(&copy, text);
	run_inputs_fini(&copy);
}

static void bad_inputs_are_reported_with_file_and_line(void)
{
	static const struct {
		const char *text, *complaint;
	} bad[] = {
		{ "go 1\n\n# fine\nrun 1\n", "f:4: an input begins with" },
		{ "go\n", "f:1: expected \"go CARD\"" },
		{ "go x\n", "f:1: expected" },
		{ "go -1\n", "f:1: expected" },
		{ "go 4294967296\n", "f:1: expected" },
		{ "go 1 2\n", "f:1: expected" },
		{ "answer q 1\n", "f:1: expected \"answer" },
		{ "answer q 1 a\\x\n", "f:1: expected" },
		{ "answer q 1 a\\\n", "f:1: expected" },
		{ "hint q\n", "f:1: expected" },
		{ "irq 18446744073709551616 0 0 nic\n", "f:1: expected" },
		{ "irq 1 0 64 nic\n", "f:1: expected \"irq EVENT TIME CPU LINE\"" },
	};
	struct run_inputs in = { 0 };
	char err[256];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_INT(run_inputs_parse(&in, bad[i].text, "f", err, sizeof(err)), -EINVAL);
		CHECK_STARTS(err, bad[i].complaint);
		CHECK_INT(in.n, 0);	/* all or nothing */
	}
	CHECK_INT(run_inputs_load(&in, "/nonexistent/inputs", err, sizeof(err)), -ENOENT);
	CHECK_HAS(err, "/nonexistent/inputs");
	run_inputs_fini(&in);
}

/* Random text is refused, or has the same meaning after it was written and read again. */
static void any_text_is_refused_or_survives(void)
{
	static const char alphabet[] = "goanswerhtiq 0123456789\\\\ns\n\n\t\r#\xff";
	uint64_t seed = seed_from_env(1), round, rounds = (uint64_t)test_rounds(20000, 2000);
	static const char *const begins[] = { "", "go ", "answer q 1 ", "hint q ", "irq 1 2 3 ", "sure q ", "pick q ",
					      "set x ", "choose 1 " };
	uint64_t accepted = 0;

	for (round = 0; round < rounds; round++) {
		struct run_inputs in = { 0 }, again = { 0 };
		char text[96], err[256], *one = NULL, *two = NULL;
		size_t len = (size_t)snprintf(text, sizeof(text), "%s", begins[round % 9]), i;
		size_t more = (size_t)rng_below(rng_hash4(seed, 1, round, 0), 40);

		for (i = 0; i < more; i++)
			text[len++] = alphabet[rng_below(rng_hash4(seed, 2, round, i), sizeof(alphabet) - 1)];
		text[len] = '\0';
		if (run_inputs_parse(&in, text, "t", err, sizeof(err)) != 0)
			continue;
		accepted += in.n;
		CHECK_INT(run_inputs_format(&in, &one), 0);
		CHECK_INT(run_inputs_parse(&again, one, "t", err, sizeof(err)), 0);
		CHECK_INT(run_inputs_format(&again, &two), 0);
		CHECK_STR(one, two);
		free(one);
		free(two);
		run_inputs_fini(&in);
		run_inputs_fini(&again);
	}
	CHECK_GT(accepted, rounds / 20);
}

/* ---- which input a wait uses -------------------------------------------------------- */

/* One wait: a question's id, "3" for a card, or "act"; and the line that it must get, "pass", "none" or "other". */
struct wait {
	const char *what, *gets;
};

static void check_waits(const char *text, const struct wait *waits, size_t nr)
{
	struct run_inputs in = parse(text);
	struct inputs_use use = { 0 };
	size_t i;

	for (i = 0; i < nr; i++) {
		bool card = strspn(waits[i].what, "0123456789") == strlen(waits[i].what);
		enum run_wait what = !strcmp(waits[i].what, "act") ? WAIT_ACT : card ? WAIT_GO : WAIT_ANSWER;
		int64_t n = inputs_use(&use, &in, what, waits[i].what, (uint32_t)atoi(waits[i].what));
		STRBUF(line, INPUT_LINE_MAX);

		if (n >= 0)
			input_format(&line, &in.v[n]);
		else
			strbuf_puts(&line, n == USE_PASS ? "pass" : n == USE_NONE ? "none" : "other");
		CHECK_STR(line.buf, waits[i].gets);
	}
	run_inputs_fini(&in);
}
#define CHECK_WAITS(text, ...) do {                                             \
	static const struct wait waits[] = { __VA_ARGS__ };                     \
	check_waits(text, waits, sizeof(waits) / sizeof(waits[0]));             \
} while (0)

static void an_answer_is_found_by_its_question(void)
{
	CHECK_WAITS("answer a 1 x\nanswer b 1 y\nhint c 1\nanswer c 1 z\nanswer a 2 w\n",
		    { "b", "answer b 1 y" }, { "a", "answer a 1 x" }, { "c", "hint c 1" }, { "c", "answer c 1 z" },
		    { "a", "answer a 2 w" }, { "a", "none" });
}

static void a_question_without_an_input_differs_from_the_end_of_the_list(void)
{
	CHECK_WAITS("answer a 1 x\n", { "b", "other" }, { "a", "answer a 1 x" }, { "b", "none" });
	CHECK_WAITS("irq 3 0 0 nic\nset x 1\n", { "b", "none" }, { "1", "none" });
}

/* A card is left by its own `go`, and passed if a later input exists; the last card waits. */
static void a_card_is_left_by_its_own_go_or_passed(void)
{
	CHECK_WAITS("go 1\nanswer a 1 x\ngo 3\n", { "1", "go 1" }, { "2", "pass" }, { "a", "answer a 1 x" },
		    { "2", "pass" }, { "3", "go 3" }, { "4", "none" });
	CHECK_WAITS("answer a 1 x\n", { "1", "pass" }, { "2", "pass" }, { "a", "answer a 1 x" }, { "3", "none" });
	CHECK_WAITS("go 1\ngo 0\n", { "1", "go 1" }, { "2", "pass" }, { "0", "go 0" }, { "0", "none" });
	CHECK_WAITS("answer a 1 x\n", { "0", "none" });
}

static void how_sure_comes_before_its_answer(void)
{
	CHECK_WAITS("answer a 1 x\nsure a 2\nanswer a 2 y\nsure a 3\n", { "a", "sure a 2" }, { "a", "answer a 1 x" },
		    { "a", "sure a 3" }, { "a", "answer a 2 y" });
	CHECK_WAITS("sure a 2\nanswer a 1 x\nanswer b 1 y\nsure b 1\n", { "a", "sure a 2" }, { "a", "answer a 1 x" },
		    { "b", "sure b 1" }, { "b", "answer b 1 y" });
	CHECK_WAITS("answer a 1 x\nhint a 1\nsure a 2\n", { "a", "answer a 1 x" }, { "a", "hint a 1" }, { "a", "sure a 2" });
}

const struct test_case suite_unit_inputs[] = {
	T(every_line_is_written_back_as_it_was_read),
	T(a_line_that_cannot_be_read_is_refused_with_its_usage),
	T(inputs_survive_their_text_form),
	T(bad_inputs_are_reported_with_file_and_line),
	T(any_text_is_refused_or_survives),
	T(an_answer_is_found_by_its_question),
	T(a_question_without_an_input_differs_from_the_end_of_the_list),
	T(a_card_is_left_by_its_own_go_or_passed),
	T(how_sure_comes_before_its_answer),
	{ NULL, NULL }
};
