/*
 * tests/unit_lesson.c - the lesson's state from its events; answers; verdicts in words; marks.
 *
 * Licence: MIT.
 */
#include <string.h>

#include "base/markup.h"
#include "base/quantity.h"
#include "model/lesson.h"
#include "tests/test.h"
#include "words/lesson_text.h"

/* ---- marks ------------------------------------------------------------------------- */

static void marks_are_taken_out_and_stars_of_c_are_not(void)
{
	static const char *const pairs[][2] = {
		{ "the *one* `queue_work(wq, w)` {reset}.", "the one queue_work(wq, w) reset." },
		{ "2 * 3 * 4", "2 * 3 * 4" },
		{ "2*3*4", "2*3*4" },
		{ "a *b", "a *b" },
		{ "`struct work_struct *w`", "struct work_struct *w" },
		{ "`if (x) { y(); }`", "if (x) { y(); }" },
		{ "a *{reset}* b", "a reset b" },
		{ "{{c}} **not bold** ``", "{c}} *not bold* `" },
		{ "{n} of {wq}\x1fn\x1e" "5\x1fwq\x1ejobs\x1e" "2:3", "5 of jobs" },
		{ "{right} ms, {right} msec\x1fright\x1e" "7 ms", "7 ms, 7 ms msec" },
		{ "{a\nb", "{a\nb" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		STRBUF(out, 256);

		markup_expand(pairs[i][0], &out, NULL, 0);
		CHECK_STR(out.buf, pairs[i][1]);
	}
}

static void spans_cover_the_text_with_its_styles(void)
{
	struct markup_span s[8];
	STRBUF(out, 64);
	unsigned int n = markup_expand("a *b {w}* `c`\x1fw\x1eitem\x1e" "1:7", &out, s, 8);

	CHECK_STR(out.buf, "a b item c");
	REQUIRE_INT(n, 5);
	CHECK_INT(s[0].style, 0);
	CHECK_INT(s[1].style, MARKUP_BOLD);
	CHECK_INT(s[2].style, MARKUP_BOLD | MARKUP_NAME);
	CHECK_INT(s[2].from, 4);
	CHECK_INT(s[2].to, 8);
	CHECK_INT(s[2].cls, 1);
	CHECK_INT(s[2].id, 7);
	CHECK_INT(s[3].style, 0);
	CHECK_INT(s[4].style, MARKUP_CODE);
}

static void a_wrong_template_is_refused_with_a_reason(void)
{
	static const char *const good[] = { "", "a {b} `x = {}`", "`{ .x = 1 }`", "{my item}", "} alone" };
	static const struct {
		const char *text, *reason;
	} bad[] = {
		{ "a {b", "{{ for a brace" }, { "{}", "{{ for a brace" }, { "a ` b", "closes it" },
		{ "a\tb", "control character" }, { "a\x1f" "b", "control character" },
		{ "{a name that is much longer than any name of a work item or a parameter can be}", "too long" },
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK_NULL(markup_names(good[i], strlen(good[i]), NULL, NULL));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *wrong = markup_names(bad[i].text, strlen(bad[i].text), NULL, NULL);

		if (CHECK_NOT_NULL(wrong))
			CHECK_HAS(wrong, bad[i].reason);
	}
	CHECK_NOT_NULL(markup_names("a\0b", 3, NULL, NULL));
}

static void a_quantity_has_its_unit_in_the_right_number(void)
{
	static const struct {
		double v;
		const char *unit, *text;
	} cases[] = {
		{ 1, "workers", "1 worker" }, { 2, "workers", "2 workers" }, { 1, "ms", "1 ms" }, { 0, "items", "0 items" },
		{ 1.005, "ms", "1.005 ms" }, { 0.5, "", "0.5" }, { 1, "switches", "1 switch" }, { 1, "times in a row", "1 time in a row" },
		{ 1e12, "ns", "1000000000000 ns" }, { -2, "ms", "-2 ms" }, { 1, "less", "1 less" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		STRBUF(out, 64);

		quantity(&out, cases[i].v, cases[i].unit);
		CHECK_STR(out.buf, cases[i].text);
	}
}

/* ---- answers ------------------------------------------------------------------------- */

static struct lesson_question asked(enum trace_ask kind, unsigned int choices)
{
	static const char *const ids[] = { "one", "two", "three" };
	struct lesson_question q = { .kind = kind, .number = 1, .asked = 1, .nr_choices = choices, .text = "", .unit = "", .brief = "", .given = "" };

	for (unsigned int i = 0; i < choices; i++)
		q.choice[i] = (struct lesson_choice){ .text = ids[i], .id = ids[i] };
	return q;
}

static bool reads(enum trace_ask kind, const char *typed, const char *want)
{
	struct lesson_question q = asked(kind, kind == ASK_NUMBER || kind == ASK_TEXT ? 0 : 3);
	STRBUF(value, 128);
	bool ok = lesson_read_answer(&q, typed, &value);

	if (ok && want)
		CHECK_STR(value.buf, want);
	else if (!ok)
		CHECK_INT(value.len, 0);
	return ok;
}

static void a_choice_is_a_number_a_letter_or_an_id(void)
{
	static const char *const wrong[] = { "", "0", "4", "d", "12", "1 2", "ab", "-1", "1x", "999999999999999999999" };

	CHECK_TRUE(reads(ASK_CHOICES, "2", "two"));
	CHECK_TRUE(reads(ASK_CHOICES, "b", "two"));
	CHECK_TRUE(reads(ASK_CHOICES, " B", "two"));
	CHECK_TRUE(reads(ASK_CHOICES, "three", "three"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_FALSE(reads(ASK_CHOICES, wrong[i], NULL));
}

static void an_order_names_all_choices_once(void)
{
	CHECK_TRUE(reads(ASK_ORDER, "2, 1 c", "two one three"));
	CHECK_FALSE(reads(ASK_ORDER, "1 2", NULL));
	CHECK_FALSE(reads(ASK_ORDER, "1 2 2", NULL));
	CHECK_FALSE(reads(ASK_ORDER, "", NULL));
	CHECK_TRUE(reads(ASK_FLAGS, "3 1", "three one"));
	CHECK_TRUE(reads(ASK_FLAGS, "0", "none"));
	CHECK_FALSE(reads(ASK_FLAGS, "", NULL));
}

static void a_number_may_have_its_unit_behind_it(void)
{
	static const char *const wrong[] = { "", "ms", "m", "1 2", "nan", "inf", "0x10 20", "1e99", "five" };

	CHECK_TRUE(reads(ASK_NUMBER, "25 ms", "25"));
	CHECK_TRUE(reads(ASK_NUMBER, "0.5", "0.5"));
	CHECK_TRUE(reads(ASK_NUMBER, "2,5", "2.5"));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_FALSE(reads(ASK_NUMBER, wrong[i], NULL));
}

static struct lesson_candidate things[] = {
	{ .word = "w0", .word_len = 2, .text = "w0" }, { .word = "w1", .word_len = 2, .text = "w1" },
	{ .word = "w2", .word_len = 2, .text = "w2" },
};

static void a_pick_is_a_word_or_a_place(void)
{
	static struct lesson_candidate workers[] = { { .word = "kworker/0:0", .word_len = 11, .text = "" },
						     { .word = "kworker/0:1", .word_len = 11, .text = "" } };
	static struct lesson_candidate events[] = { { .word = "", .n = 160, .text = "" }, { .word = "", .n = 188, .text = "" } };
	static const struct {
		enum lesson_pick pick;
		struct lesson_candidate *v;
		unsigned int count;
		const char *typed, *value;	/* NULL: refused */
	} cases[] = {
		{ PICK_ITEM, things, 1, "2", "w1" }, { PICK_ITEM, things, 1, "w0", "w0" }, { PICK_ITEM, things, 1, "4", NULL },
		{ PICK_ITEM, things, 1, "w", NULL }, { PICK_ITEM, things, 1, "1 2", NULL }, { PICK_ITEM, things, 2, "2, w0", "w1 w0" },
		{ PICK_ITEM, things, 2, "2 w1", NULL }, { PICK_ITEM, things, 1, "", NULL }, { PICK_WORKER, workers, 1, "0:1", "kworker/0:1" },
		{ PICK_WORKER, workers, 1, "kworker/0:0", "kworker/0:0" }, { PICK_WORKER, workers, 1, "2", "kworker/0:1" },
		{ PICK_EVENT, events, 1, "2", "188" }, { PICK_EVENT, events, 1, "160", "160" }, { PICK_EVENT, events, 1, "161", NULL },
		{ PICK_LINE, events, 1, "188", "188" }, { PICK_LINE, events, 1, "1", NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct lesson_question q = asked(ASK_PICK, 0);
		STRBUF(value, 128);

		q.pick = cases[i].pick;
		q.pick_count = cases[i].count;
		q.candidate = cases[i].v;
		q.nr_candidates = cases[i].v == things ? 3 : 2;
		CHECK_INT(lesson_read_answer(&q, cases[i].typed, &value), cases[i].value != NULL);
		if (cases[i].value)
			CHECK_STR(value.buf, cases[i].value);
	}
}

static void some_answer_is_always_an_answer(void)
{
	for (int kind = 0; kind < ASK_NR; kind++)
		for (uint64_t pick = 0; pick < 5; pick++) {
			struct lesson_question q = asked((enum trace_ask)kind, 3);
			STRBUF(made, 128);
			STRBUF(value, 128);

			if (kind == ASK_PICK) {
				q.pick = PICK_ITEM;
				q.pick_count = 2;
				q.candidate = things;
				q.nr_candidates = 3;
			}
			lesson_some_answer(&q, pick, &made);
			CHECK_TRUE(lesson_read_answer(&q, made.buf, &value));
			CHECK_STR(value.buf, made.buf);
		}
}

/* ---- a lesson's events ----------------------------------------------------------------- */

static struct trace trace;
static struct trace_store store;
static struct lesson lesson;

static void begin(void)
{
	memset(&trace, 0, sizeof(trace));
	memset(&store, 0, sizeof(store));
	REQUIRE_INT(trace_open(&trace, -1, 1 << 20, 0), 0);
	trace_current = &trace;
}

static void read_all(void)
{
	trace_current = NULL;
	REQUIRE_INT(trace_store_borrow(&store, &trace), 0);
	trace_store_poll(&store);
	lesson_init(&lesson, &store);
	REQUIRE_INT(lesson_grow(&lesson), 0);
}

static void drop(void)
{
	lesson_fini(&lesson);
	trace_store_close(&store);
	trace_close(&trace);
}

static void put_question(uint32_t number, uint32_t kind)
{
	TRACE(ASK, .question = number, .kind = kind, .predict = 1, .pin = 1, .choices = 2, .hints = 5, .text = "when\nWhen?");
	TRACE(QUESTION_TEXT, .question = number, .part = PART_UNIT, .text = "ms");
	TRACE(CHOICE_TEXT, .question = number, .choice = 1, .text = "*now*");
	TRACE(QUESTION_TEXT, .question = number, .part = PART_CHOICE_ID, .index = 1, .text = "now");
	TRACE(CHOICE_TEXT, .question = number, .choice = 2, .world = 1, .text = "later");
	TRACE(QUESTION_TEXT, .question = number, .part = PART_CHOICE_ID, .index = 2, .text = "later");
}

static void judge(uint32_t number, const char *given, enum trace_result result, const char *happened)
{
	TRACE(ANSWERED, .question = number, .ordinal = 1, .scored = 1, .sure = 2, .text = given);
	TRACE(QUESTION_TEXT, .question = number, .part = PART_FEEDBACK, .text = "no");
	TRACE(QUESTION_TEXT, .question = number, .part = PART_FEEDBACK, .text = "and no");
	TRACE(QUESTION_TEXT, .question = number, .part = PART_WHY, .text = "so it is");
	TRACE(JUDGED, .question = number, .result = result, .evidence = 2, .text = happened);
}

static void a_question_keeps_its_first_verdict_when_it_is_asked_again(void)
{
	const struct lesson_question *q;
	unsigned int judged, right;

	begin();
	put_question(1, ASK_CHOICES);
	for (uint32_t i = 1; i <= 5; i++)
		TRACE(HINT, .question = 1, .rung = i, .text = "think");
	judge(1, "later", RESULT_WRONG, "now");
	put_question(1, ASK_CHOICES);
	judge(1, "now", RESULT_RIGHT, "now");
	read_all();
	q = lesson_question_by_id(&lesson, "when");
	REQUIRE_NOT_NULL(q);
	CHECK_INT(q->hints_shown, 5);
	CHECK_INT(q->nr_answers, 2);
	CHECK_INT(q->sure, 2);
	CHECK_TRUE(q->pin);
	CHECK_INT(q->verdict.result, RESULT_RIGHT);
	CHECK_INT(q->verdict.nr_feedback, 2);
	CHECK_INT(lesson_chosen(q, q->given, NULL), 1);
	lesson_score(&lesson, store.nr, &judged, &right);
	CHECK_INT(judged, 1);
	CHECK_INT(right, 0);
	lesson_score(&lesson, 3, &judged, &right);
	CHECK_INT(judged, 0);
	drop();
}

/* All lines of the verdict on question 1, expanded. */
static void verdict_text(struct strbuf *out)
{
	enum words_verdict_part part;

	for (unsigned int i = 0;; i++) {
		STRBUF(line, 1024);

		if (!words_verdict(&store, lesson_question(&lesson, 1), false, i, &part, &line))
			break;
		words_plain(line.buf, out);
		strbuf_putc(out, '\n');
	}
}

static void check_verdict(uint32_t kind, const char *given, enum trace_result result, const char *happened, const char *want)
{
	STRBUF(text, 2048);

	begin();
	put_question(1, kind);
	judge(1, given, result, happened);
	read_all();
	verdict_text(&text);
	CHECK_STR(text.buf, want);
	drop();
}

static void a_verdict_has_the_answer_and_the_result_once(void)
{
	check_verdict(ASK_CHOICES, "later", RESULT_WRONG, "now",
		      "Not quite. You answered: later.\nIn the run: now, at 0 ms (event 2).\nno\nand no\nso it is\n");
	check_verdict(ASK_NUMBER, "1", RESULT_WRONG, "1.005",
		      "Not quite. You answered: 1 ms.\nIn the run: 1.005 ms (event 2).\nno\nand no\nso it is\n");
	check_verdict(ASK_FLAGS, "none", RESULT_WRONG, "now later",
		      "Not quite. You answered: none of them.\nIn the run: now, later, at 0 ms (event 2).\nno\nand no\nso it is\n");
	check_verdict(ASK_TEXT, "hm", RESULT_NONE, "", "The author's answer:\nno\nand no\nso it is\n");
}

/* Recordings of before the typed events. */
static void an_old_recording_is_read(void)
{
	const struct lesson_question *q;
	STRBUF(text, 1024);

	begin();
	TRACE(ASK, .question = 1, .kind = ASK_CHOICES, .choices = 2, .text = "second\nTwice?");
	TRACE(CHOICE_TEXT, .question = 1, .choice = 1, .text = "yes, twice");
	TRACE(CHOICE_TEXT, .question = 1, .choice = 2, .text = "no");
	TRACE(ANSWER, .question = 1, .scored = 1, .text = "yes, twice");
	TRACE(VERDICT, .question = 1, .right = 0, .evidence = 2, .text = "given=yes, twice\nhappened=no\nevent=2\nms=0\nfeedback=look\nwhy=because\nrule=R2.1");
	read_all();
	q = lesson_question(&lesson, 1);
	REQUIRE_NOT_NULL(q);
	CHECK_INT(lesson_chosen(q, q->given, NULL), 1);
	CHECK_STR(q->verdict.rule, "R2.1");
	verdict_text(&text);
	CHECK_STR(text.buf, "Not quite. You answered: yes, twice.\nIn the run: no, at 0 ms (event 2).\nlook\nbecause\nRule R2.1\n");
	drop();
}

const struct test_case suite_unit_lesson[] = {
	T(marks_are_taken_out_and_stars_of_c_are_not),
	T(spans_cover_the_text_with_its_styles),
	T(a_wrong_template_is_refused_with_a_reason),
	T(a_quantity_has_its_unit_in_the_right_number),
	T(a_choice_is_a_number_a_letter_or_an_id),
	T(an_order_names_all_choices_once),
	T(a_number_may_have_its_unit_behind_it),
	T(a_pick_is_a_word_or_a_place),
	T(some_answer_is_always_an_answer),
	T(a_question_keeps_its_first_verdict_when_it_is_asked_again),
	T(a_verdict_has_the_answer_and_the_result_once),
	T(an_old_recording_is_read),
	{ NULL, NULL }
};
