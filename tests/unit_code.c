/*
 * tests/unit_code.c - the code in view: the function that acts, its line, what its calls returned;
 * and that no text of an answer, a hint or the director is in it.
 *
 * Licence: MIT.
 */
#include "tests/support/lua_harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"
#include "lua/course.h"
#include "model/lesson.h"
#include "run/course.h"
#include "trace/kwt.h"
#include "visualizer/layout.h"
#include "words/lesson_text.h"
#include "words/source_text.h"

/* ---- the line at an event ---------------------------------------------------------------------- */

/* "title|row that is executed|row of a value: value" at the @nth event of @kind; "" = no code. */
static const char *code_at(struct trace_store *store, enum trace_kind kind, int nth)
{
	static char text[1024];
	struct model_replay replay;
	struct words_source src;
	struct trace_event ev;
	uint64_t n = 0;
	size_t len;

	text[0] = '\0';
	while (++n <= store->nr)
		if (trace_store_event(store, n, &ev) && ev.kind == kind && --nth == 0)
			break;
	CHECK_LE(n, store->nr);
	REQUIRE_INT(model_replay_init(&replay, store), 0);
	REQUIRE_INT(model_replay_seek(&replay, n), 0);
	if (words_source(store, &replay.at, &ev, &src)) {
		const char *row = src.row <= src.rows ? words_source_row(&src, src.row, &len) : (len = 6, "return");

		snprintf(text, sizeof(text), "%s|%.*s|", src.title, (int)len, row);
		if (*src.returned)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%u: %s", src.returned_row, src.returned);
	}
	model_replay_fini(&replay);
	return text;
}

static const char handler[] =
	"local w = work('w', function() burn(1) sleep_ms(1) burn(1) end)\n"
	"irq(0, 'nic', function() queue_work(system_wq, w) queue_work(system_wq, w) end) run(9)";

static void the_line_is_the_one_that_is_executed_and_a_value_is_that_of_its_call(void)
{
	static const struct {
		enum trace_kind kind;
		int nth;
		const char *code;
	} rows[] = {
		{ EV_IRQ_ENTRY, 1, "the code of the handler of nic|queue_work(system_wq, w)|" },
		{ EV_QUEUE_WORK, 1, "the code of the handler of nic|queue_work(system_wq, w)|" },
		{ EV_PENDING_BUSY, 1, "the code of the handler of nic|queue_work(system_wq, w)|2: false: PENDING is set" },
		{ EV_IRQ_EXIT, 1, "the code of the handler of nic|return|2: false" },
		{ EV_EXECUTE_START, 1, "the code of w|burn(1)|" },
		{ EV_WORKER_SLEEP, 1, "the code of w|sleep_ms(1)|" },
		{ EV_WORKER_WAKE, 1, "the code of w|burn(1)|" },
		{ EV_EXECUTE_END, 1, "the code of w|return|" },
		{ EV_WORKER_IDLE, 1, "" },
	};
	struct lua_harness t;

	lua_harness_body(&t, handler, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(code_at(&t.store, rows[i].kind, rows[i].nth), rows[i].code);
	lua_harness_done(&t);
}

/* A run that waits at the call of a function has no event of the function yet. */
static void a_function_is_known_before_its_first_event(void)
{
	struct lua_harness t;
	struct trace_event ev;
	uint64_t all, n = 0;

	lua_harness_body(&t, handler, NULL);
	while (++n <= t.store.nr)
		if (trace_store_event(&t.store, n, &ev) && ev.kind == EV_EXECUTE_START)
			break;
	all = t.store.nr;
	t.store.nr = n;
	CHECK_STR(code_at(&t.store, EV_EXECUTE_START, 1), "the code of w|burn(1)|");
	t.store.nr = all;
	lua_harness_done(&t);
}

/* A call through a helper stands at the helper's line; called again, it has not returned yet. */
static void a_second_call_at_one_line_has_not_returned(void)
{
	struct lua_harness t;

	lua_harness_body(&t, "local w = work('w', function() burn(1) end)\n"
			     "local function nic() queue_work(system_wq, w) end\n"
			     "local v = work('v', function() burn(1) end)\n"
			     "irq(0, 'nic', function() nic() queue_work(system_wq, v) nic() end) run(9)", NULL);
	CHECK_STR(code_at(&t.store, EV_QUEUE_WORK, 2), "the code of the handler of nic|queue_work(system_wq, v)|");
	CHECK_STR(code_at(&t.store, EV_PENDING_BUSY, 1), "the code of the handler of nic|queue_work(system_wq, w)|1: false: PENDING is set");
	lua_harness_done(&t);
}

/* Two functions that begin and end on one line: the one that makes the call, or none. */
static void an_answer_on_the_same_line_is_not_taken_for_the_code(void)
{
	struct lua_harness t;

	lua_harness_body(&t, "local a = { f = function(t) return t:first(returns(burn, 1)) end, "
			     "g = function() burn(1) end } task(0, 'a', a.g) run(3)", NULL);
	CHECK_STR(t.fault, "");
	for (uint32_t id = 1; trace_store_def(&t.store, CLS_SOURCE, id); id++)
		CHECK_STR(trace_store_def(&t.store, CLS_SOURCE, id)->text, "burn(1)");
	CHECK_NOT_NULL(trace_store_def(&t.store, CLS_SOURCE, 1));
	lua_harness_done(&t);
}

/* ---- a recording --------------------------------------------------------------------------------- */

static void a_recording_has_the_code(void)
{
	struct kwt_header head = { .engine = "0", .lesson = "try", .cpus = 2 };
	struct kwt_recording r;
	struct lua_harness t;
	char path[64], err[400] = "";

	snprintf(path, sizeof(path), "/tmp/unit_code-%d.kwt", (int)getpid());
	lua_harness_body(&t, handler, NULL);
	REQUIRE_INT(kwt_write(path, &head, &t.store, err, sizeof(err)), 0);
	lua_harness_done(&t);
	REQUIRE_INT(kwt_load(path, &r, err, sizeof(err)), 0);
	CHECK_STR(code_at(&r.store, EV_WORKER_SLEEP, 1), "the code of w|sleep_ms(1)|");
	CHECK_STR(code_at(&r.store, EV_IRQ_EXIT, 1), "the code of the handler of nic|return|2: false");
	kwt_fini(&r);
	unlink(path);
}

/* ---- in the layout ---------------------------------------------------------------------------------- */

static void the_layout_gets_its_lines(void)
{
	struct layout_code_text text;
	struct layout_story story;
	struct model_replay replay;
	struct lua_harness t;
	struct layout_in in = { 0 };
	struct trace_event ev;
	uint64_t n = 1;

	lua_harness_body(&t, handler, NULL);
	REQUIRE_INT(layout_story_init(&story, &t.store), 0);
	layout_story_grow(&story, UINT64_MAX);
	REQUIRE_INT(model_replay_init(&replay, &t.store), 0);
	while (n <= t.store.nr && !(trace_store_event(&t.store, n, &ev) && ev.kind == EV_IRQ_EXIT))
		n++;
	REQUIRE_INT(model_replay_seek(&replay, n), 0);
	in = (struct layout_in){ .store = &t.store, .story = &story, .m = &replay.at };
	REQUIRE_TRUE(layout_code_at(&in, &text));
	CHECK_INT(text.code.nr, 3);
	CHECK_INT(text.code.now, 2);
	CHECK_INT(text.code.returned_at, 1);
	CHECK_STR(text.code.line[0], "queue_work(system_wq, w)");
	CHECK_STR(text.code.line[2], "return");
	CHECK_STR(text.code.returned, "false");
	model_replay_fini(&replay);
	layout_story_fini(&story);
	lua_harness_done(&t);
}

/* ---- no text of an answer or a hint -------------------------------------------------------------------- */

struct pupil {
	struct trace trace;
	struct trace_store store;
	struct lesson lesson;
	unsigned int hints;		/* asked for at this question so far */
	bool wrong;
};

static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct pupil *p = arg;
	const struct lesson_question *q;
	struct strbuf value;

	memset(in, 0, sizeof(*in));
	in->kind = INPUT_GO;
	if (what == WAIT_END)
		return -EPIPE;
	if (what != WAIT_ANSWER)
		return 0;
	snprintf(in->id, sizeof(in->id), "%s", id);
	trace_store_poll(&p->store);
	if (lesson_grow(&p->lesson) || !(q = lesson_question_by_id(&p->lesson, id)))
		return -ENOENT;
	if (q->hints_shown < q->hints) {
		in->kind = INPUT_HINT;
		return 0;
	}
	in->kind = INPUT_ANSWER;
	strbuf_init(&value, in->value, sizeof(in->value));
	lesson_some_answer(q, p->wrong && q->nr_choices ? q->nr_choices - 1 : 0, &value);
	return 0;
}

static void drive(struct pupil *p, const char *path, bool wrong)
{
	struct run_spec spec = { .seed = 1, .jitter = -1 };
	struct script_opts opts = { .spec = &spec, .trace = &p->trace, .io = { answer, p } };

	memset(p, 0, sizeof(*p));
	p->wrong = wrong;
	REQUIRE_INT(trace_open(&p->trace, -1, (size_t)64 << 20, 0), 0);
	REQUIRE_INT(trace_store_borrow(&p->store, &p->trace), 0);
	lesson_init(&p->lesson, &p->store);
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	CHECK_INT(script_run(&opts), 0);
	trace_current = NULL;
	trace_store_poll(&p->store);
	REQUIRE_INT(lesson_grow(&p->lesson), 0);
}

static void leave(struct pupil *p)
{
	lesson_fini(&p->lesson);
	trace_store_close(&p->store);
	trace_close(&p->trace);
}

static bool in_code(const struct pupil *p, const char *text)
{
	const struct trace_name *def;

	for (uint32_t id = 1; (def = trace_store_def(&p->store, CLS_SOURCE, id)) != NULL; id++)
		if (def->text && strstr(def->text, text))
			return true;
	return false;
}

static unsigned int check_words(const struct pupil *p, const char *payload)
{
	STRBUF(plain, 16384);

	words_plain(payload, &plain);
	if (plain.len < 20)
		return 0;
	plain.buf[20] = '\0';		/* a text is broken into strings in the file */
	if (!CHECK_FALSE(in_code(p, plain.buf)))
		test_note("in the code: %s", plain.buf);
	return 1;
}

static unsigned int check_question(const struct pupil *p, const struct lesson_question *q)
{
	unsigned int nr = check_words(p, q->text);

	for (unsigned int i = 0; i < q->nr_choices; i++)
		nr += check_words(p, q->choice[i].text);
	for (unsigned int i = 0; i < q->hints_shown; i++)
		nr += check_words(p, q->hint[i]);
	for (unsigned int i = 0; i < q->verdict.nr_feedback; i++)
		nr += check_words(p, q->verdict.feedback[i]);
	return nr + check_words(p, q->verdict.why);
}

/* Lines of `answer = function(t) ... end` in the file.  Return: their number. */
static unsigned int check_answers(const struct pupil *p, const char *path)
{
	char line[1024];
	unsigned int nr = 0;
	bool inside = false;
	FILE *f = fopen(path, "r");

	REQUIRE_NOT_NULL(f);
	while (fgets(line, sizeof(line), f)) {
		char *text = line + strspn(line, " \t");

		text[strcspn(text, "\n")] = '\0';
		if (inside && strncmp(text, "end", 3) && strlen(text) > 8) {
			CHECK_FALSE(in_code(p, text));
			nr++;
		}
		if (strstr(text, "answer = function"))
			inside = !strstr(text, " end");
		else if (!strncmp(text, "end", 3))
			inside = false;
	}
	fclose(f);
	return nr;
}

static void check_lesson(const char *path, bool wrong)
{
	static const char *const never[] = { "t:first", "t:nth", "t:at", "t:count", "predict", "hints", "answer", "run_until", "recap" };
	unsigned int texts = 0;
	struct pupil p;

	drive(&p, path, wrong);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		CHECK_FALSE(in_code(&p, never[i]));
	for (size_t i = 1; i < p.lesson.nr_questions; i++)
		if (p.lesson.question[i].asked)
			texts += check_question(&p, &p.lesson.question[i]);
	CHECK_GT(texts, 5);
	CHECK_GT(check_answers(&p, path), 0);
	CHECK_NOT_NULL(trace_store_def(&p.store, CLS_SOURCE, 1));
	leave(&p);
}

static void no_lesson_shows_an_answer_or_a_hint_as_code(void)
{
	static struct course course;
	char dir[1024], err[600];

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, &course, err, sizeof(err)), 0);
	CHECK_GT(course.nr, 0);
	for (size_t i = 0; i < course.nr; i++)
		for (int wrong = 0; wrong < 2; wrong++)
			check_lesson(course.lessons[i].path, wrong);
	course_free(&course);
}

const struct test_case suite_unit_code[] = {
	T(the_line_is_the_one_that_is_executed_and_a_value_is_that_of_its_call),
	T(a_function_is_known_before_its_first_event),
	T(a_second_call_at_one_line_has_not_returned),
	T(an_answer_on_the_same_line_is_not_taken_for_the_code),
	T(a_recording_has_the_code),
	T(the_layout_gets_its_lines),
	T(no_lesson_shows_an_answer_or_a_hint_as_code),
	{ NULL, NULL },
};
