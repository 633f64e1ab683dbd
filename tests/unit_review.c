/*
 * tests/unit_review.c - the review book: escapes, lanes, contents, with a course of the test.
 *
 * Lives here:   both formats of the book, from outside; the escapes and the lanes as functions.
 * Never here:   rows of progress (unit_progress*.c), going on with an attempt (unit_resume.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/files.h"
#include "tests/support/one_lesson.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "book/book_internal.h"
#include "run/run.h"

#define OUT_BYTES (1u << 20)

static char folder[ONE_LESSON_FOLDER_BYTES], program[ONE_LESSON_PROGRAM_BYTES], out[OUT_BYTES];

/* Texts of a lesson that mean something in Markdown or HTML. */
#define TITLE "One <b>bold</b> & *star* [link](x) #"
#define LESSON_BEGIN "return lesson { title = \"" TITLE "\", question = \"Why _this_?\", machine = { cpus = 1 }, function(p)\n"
#define SCENE \
	"  local w = work('w', function() burn(2) end)\n" \
	"  local line = irq_line(0, 'nic', function() queue_work(system_wq, w) end)\n" \
	"  irq(0, 'disk', function() queue_work(system_wq, work('v', function() burn(1) end)) end) run_idle() run(2)\n" \
	"  say 'one'\n"
#define WHO \
	"  predict { 'Some words before.\\n- no list <script>alert(1)</script>.\\n\\n1. no number. Does {w} run in a handler then?',\n" \
	"    id = 'runner', fixed = true, rule = 'R4.3', why = 'Because of R&D.',\n" \
	"    choices = { { 'a *worker* of `system_wq`', id = 'worker' },\n" \
	"                { 'the handler <i>', 'Handlers | do not \\\\ sleep.', id = 'handler' } },\n" \
	"    hints = { 'Look at [it](x).', 'The second hint.' },\n" \
	"    answer = function(t) return 'worker', t:first(starts(w)) end }\n" \
	"  raise(line) run_idle()\n"
#define OWN "  ask { 'Is it a good idea?', id = 'own', text = true, why = 'The reason of the author.' }\n"
#define LATER "  ask { 'The text of the third question?', id = 'later', number = 'ms', correct = 4242, why = 'Reason three.' }\n"
#define WHOLE LESSON_BEGIN SCENE WHO OWN LATER "end }\n"

static void set_up(void)
{
	one_lesson_make(folder, program, "A <course>", "one", WHOLE);
}

static void tear_down(void)
{
	folder_remove(folder);
}

/* Runs `kworkshop ARGS` with @typed on standard input; `out` has both outputs.  Return: exit code. */
static int kworkshop(const char *args, const char *typed)
{
	return one_lesson_run(folder, program, args, typed, out, sizeof(out));
}

static void play(const char *options, const char *typed)
{
	char args[512];

	snprintf(args, sizeof(args), "run one --plain --course . %s", options);
	CHECK_LE(kworkshop(args, typed), 1);
}

/* The book in `out`. */
static const char *book(const char *format)
{
	char args[200];

	snprintf(args, sizeof(args), "review --course . --format %s", format);
	CHECK_INT(kworkshop(args, ""), 0);
	return out;
}

/* ---- escapes ------------------------------------------------------------------------------------- */

static const char *escaped(void (*put)(FILE *out, const char *text), const char *text)
{
	static char got[4096];
	FILE *f = fmemopen(got, sizeof(got), "w");

	REQUIRE_NOT_NULL(f);
	put(f, text);
	fclose(f);
	return got;
}

static void markdown_shows_marks_as_they_are(void)
{
	static const char *const rows[][2] = {
		{ "plain words, 2.5 ms (event 7)!", "plain words, 2.5 ms (event 7)!" },
		{ "*a* _b_ `c` [d](e) <f> g\\h", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> g\\\\h" },
		{ "&amp; # | ~ $", "\\&amp; \\# \\| \\~ \\$" },
		{ "- a list", "\\- a list" }, { "+ a list", "\\+ a list" }, { "= a line", "\\= a line" },
		{ "12. a list", "12\\. a list" }, { "3) a list", "3\\) a list" }, { "1.5 ms", "1\\.5 ms" },
		{ "a - b = c + 1.", "a - b = c + 1." },
		{ "    no code", "&nbsp;&nbsp;&nbsp;&nbsp;no code" }, { "\t- no code", "&nbsp;\\- no code" },
		{ "a\tb", "a b" }, { "bell\a, \xe2\x80\xae, \xff", "bell\xef\xbf\xbd, \xef\xbf\xbd, \xef\xbf\xbd" },
		{ "ünï → ☃", "ünï → ☃" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(escaped(book_markdown_text, rows[i][0]), rows[i][1]);
}

static void html_shows_marks_as_they_are(void)
{
	static const char *const rows[][2] = {
		{ "plain words", "plain words" }, { "<b> & \"c\" 'd'", "&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;" },
		{ "&lt;", "&amp;lt;" }, { "-->]]>", "--&gt;]]&gt;" }, { "a\tb", "a b" },
		{ "bell\a, \xe2\x80\xae, \xff, \xef\xbf\xbe", "bell\xef\xbf\xbd, \xef\xbf\xbd, \xef\xbf\xbd, \xef\xbf\xbd" },
		{ "ünï → ☃", "ünï → ☃" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_STR(escaped(book_html_text, rows[i][0]), rows[i][1]);
}

static void markdown_payloads_keep_their_marks(void)
{
	static const char *const rows[][2] = {
		{ "a *bold* word", "a **bold** word\n\n" }, { "a `code` word", "a `code` word\n\n" },
		{ "1. one\n2) two", "1\\. one\\\n2\\) two\n\n" }, { "one\n\n- two", "one\n\n\\- two\n\n" },
		{ "`a_b*c`", "`a_b*c`\n\n" }, { "*a `b*` c*", "**a `b*` c**\n\n" }, { "x*y*", "x\\*y\\*\n\n" }, { "*a\nb* c", "**a**\\\n**b** c\n\n" },
		{ "{n}. one\x1fn\x1e" "12", "12\\. one\n\n" },
		{ "one\n", "one\n\n" },
	};
	char got[512];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		FILE *f = fmemopen(got, sizeof(got), "w");

		REQUIRE_NOT_NULL(f);
		book_markdown.para(f, BOOK_PLAIN, rows[i][0]);
		fclose(f);
		CHECK_STR(got, rows[i][1]);
	}
}

/* ---- well-formed HTML -------------------------------------------------------------------------------- */

#define DEPTH_MAX 32

struct page {
	char open[DEPTH_MAX][16];
	unsigned int depth, elements;
	const char *fault;		/* the first one, NULL = none */
};

static bool is_entity(const char *p)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;", "&#160;" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(p, known[i], strlen(known[i])))
			return true;
	return false;
}

/* name="value" up to @end; each value is quoted, and has no bare mark. */
static const char *attributes_fault(const char *p, const char *end)
{
	while (p < end && *p == ' ') {
		const char *close;

		p += 1 + strspn(p + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-");
		if (p[0] != '=' || p[1] != '"')
			return "an attribute without a quoted value";
		close = strchr(p + 2, '"');
		if (!close || close >= end)
			return "a value without an end";
		for (p += 2; p < close; p++)
			if (*p == '<' || (*p == '&' && !is_entity(p)))
				return "a bare mark in a value";
		p = close + 1;
	}
	return p == end || (*p == '/' && p + 1 == end) ? NULL : "a strange tag";
}

static const char *tag_fault(struct page *g, const char *p, const char *end)
{
	int len = (int)strcspn(p + 1, " />");

	if (p[1] == '/') {
		if (!g->depth || strlen(g->open[g->depth - 1]) != (size_t)(end - p - 2) ||
		    strncmp(p + 2, g->open[g->depth - 1], (size_t)(end - p - 2)) != 0)
			return "an element is closed that was not opened last";
		g->depth--;
		return NULL;
	}
	g->elements++;
	if (end[-1] != '/') {
		if (g->depth == DEPTH_MAX || len >= (int)sizeof(g->open[0]))
			return "too deep, or a long name";
		snprintf(g->open[g->depth++], sizeof(g->open[0]), "%.*s", len, p + 1);
	}
	return attributes_fault(p + 1 + len, end);
}

/* Strict: every element closed in order, every attribute quoted, every mark an entity. */
static struct page read_page(const char *html)
{
	static const char doctype[] = "<!DOCTYPE html>\n";
	struct page g = { .fault = strncmp(html, doctype, sizeof(doctype) - 1) ? "no doctype" : NULL };

	for (const char *p = html + (g.fault ? 0 : sizeof(doctype) - 1); *p && !g.fault; p++) {
		if (*p == '<') {
			const char *end = strchr(p, '>');

			g.fault = end ? tag_fault(&g, p, end) : "a tag without an end";
			p = end ? end : p + strlen(p) - 1;
		} else if (*p == '>' || (*p == '&' && !is_entity(p))) {
			g.fault = "a bare mark";
		}
		if (g.fault)
			test_note("%s: %.60s", g.fault, p);
	}
	if (!g.fault && g.depth)
		g.fault = "an element is not closed";
	return g;
}

/* Every id stands once, and every link has its id. */
static void check_links(const char *html)
{
	for (const char *p = html; (p = strstr(p, " id=\"")); p += 5) {
		char id[200];

		snprintf(id, sizeof(id), "%.*s", (int)strcspn(p + 5, "\"") + 6, p);
		CHECK_NULL(strstr(p + 5, id));
	}
	for (const char *p = html; (p = strstr(p, "href=\"#")); p += 7) {
		char id[200];

		snprintf(id, sizeof(id), " id=\"%.*s\"", (int)strcspn(p + 7, "\""), p + 7);
		CHECK_HAS(html, id);
	}
}

static void check_page(const char *html)
{
	struct page g = read_page(html);

	CHECK_NULL(g.fault);
	CHECK_GT(g.elements, 10);
	check_links(html);
	CHECK_LACKS(html, "src=");
	CHECK_LACKS(html, "url(");
	CHECK_LACKS(html, "@import");
	CHECK_LACKS(html, "href=\"h");
	CHECK_LACKS(html, "<script");
	CHECK_HAS(html, "<meta charset=\"utf-8\"/>");
	CHECK_HAS(html, "prefers-color-scheme:dark");
}

static void the_checker_of_pages_finds_faults(void)
{
	static const char *const faulty[] = {
		"<p>a</p>", "<!DOCTYPE html>\n<p>a", "<!DOCTYPE html>\n<p>a</b>", "<!DOCTYPE html>\n<p>a & b</p>",
		"<!DOCTYPE html>\n<p class=x>a</p>", "<!DOCTYPE html>\n<p class=\"<\">a</p>", "<!DOCTYPE html>\n<p>a > b</p>",
		"<!DOCTYPE html>\n<p>&nbsp;</p>", "<!DOCTYPE html>\n</p>", "<!DOCTYPE html>\n<p hidden>a</p>",
	};

	for (size_t i = 0; i < sizeof(faulty) / sizeof(faulty[0]); i++)
		CHECK_NOT_NULL(read_page(faulty[i]).fault);
	CHECK_NULL(read_page("<!DOCTYPE html>\n<p class=\"a\">a &amp; b<br/></p>").fault);
}

/* ---- lanes ---------------------------------------------------------------------------------------------- */

static void columns_with_one_state_are_one_piece(void)
{
	struct lane_part parts[] = {
		{ .from = 0, .state = LANE_IDLE }, { .from = 40, .state = LANE_RUNNING, .what = 1 },
		{ .from = 72, .state = LANE_IRQ, .what = 1 }, { .from = 73, .state = LANE_RUNNING, .what = 1 },
		{ .from = 90, .state = LANE_IDLE },
	};
	struct lane lane = { parts, sizeof(parts) / sizeof(parts[0]), 0 };
	struct timeline_window w = { .from = 0, .cell = 10, .until = 1000, .width = 12, .bar = -1 };
	static const struct { int x, w; enum lane_state state; } want[] = {
		{ 0, 4, LANE_IDLE }, { 4, 3, LANE_RUNNING }, { 7, 1, LANE_IRQ }, { 8, 1, LANE_RUNNING }, { 9, 3, LANE_IDLE },
	};
	struct timeline_piece p = { 0 };
	size_t n = 0;

	for (; timeline_next(&lane, &w, &p); n++) {
		REQUIRE_LT(n, sizeof(want) / sizeof(want[0]));
		CHECK_INT(p.x, want[n].x);
		CHECK_INT(p.w, want[n].w);
		CHECK_INT(p.part->state, want[n].state);
	}
	CHECK_U64(n, sizeof(want) / sizeof(want[0]));
}

static void a_bar_divides_a_piece_and_nothing_is_shown_after_the_last_time(void)
{
	struct lane_part parts[] = { { .from = 20, .state = LANE_IDLE }, { .from = 60, .state = LANE_RUNNING, .what = 1 } };
	struct lane lane = { parts, 2, 0 };
	struct timeline_window w = { .from = 0, .cell = 10, .until = 55, .width = 12, .bar = 4 };
	struct timeline_piece p = { 0 };

	REQUIRE_TRUE(timeline_next(&lane, &w, &p));
	CHECK_INT(p.x, 2);
	CHECK_INT(p.w, 2);
	REQUIRE_TRUE(timeline_next(&lane, &w, &p));
	CHECK_INT(p.x, 4);
	CHECK_INT(p.w, 2);
	CHECK_FALSE(timeline_next(&lane, &w, &p));
}

/* The line of @text that begins with @start, without its end. */
static const char *line_of(const char *text, const char *start)
{
	static char line[1024];
	const char *p = text;

	while (p && strncmp(p, start, strlen(start)) != 0)
		p = (p = strchr(p, '\n')) ? p + 1 : NULL;
	snprintf(line, sizeof(line), "%.*s", p ? (int)strcspn(p, "\n") : 0, p ? p : "");
	return line;
}

/* Columns before @part, whose line has characters of one column each. */
static int column_of(const char *line, const char *part)
{
	const char *at = strstr(line, part);
	int n = 0;

	for (const char *p = line; at && p < at; p++)
		n += (*p & 0xc0) != 0x80;
	return at ? n : -1;
}

/* Does column @x of @line begin with @sign? */
static bool has_at(const char *line, int x, const char *sign)
{
	for (; *line && x; line++)
		x -= (line[1] & 0xc0) != 0x80;
	return !strncmp(line, sign, strlen(sign));
}

static void the_lanes_change_where_the_event_that_decided_stands(void)
{
	const char *lanes;
	char worker[1024];
	int decided;

	set_up();
	play("", "\n2\n");
	lanes = strstr(book("md"), "```text\nms ");
	REQUIRE_NOT_NULL(lanes);
	snprintf(worker, sizeof(worker), "%s", line_of(lanes, "kworker/0:1"));
	CHECK_HAS(worker, " w ");
	decided = column_of(line_of(lanes, "       "), "^");
	CHECK_GT(decided, 12);
	CHECK_TRUE(has_at(worker, decided, "█"));
	CHECK_TRUE(has_at(worker, decided - 1, "·"));
	CHECK_TRUE(has_at(line_of(lanes, "CPU 0"), decided - 1, "!") || has_at(line_of(lanes, "CPU 0"), decided, "!"));
	CHECK_HAS(line_of(lanes, "^ "), "kworker/0:1 calls the function of w");
	CHECK_HAS(line_of(lanes, "? "), "you answered");
	tear_down();
}

static void the_svg_has_the_same_lanes_and_is_described(void)
{
	set_up();
	play("", "\n2\n");
	book("html");
	CHECK_HAS(out, "<title id=\"t-lanes-1\">The lanes from ");
	CHECK_HAS(out, "<desc id=\"d-lanes-1\">CPU 0: ");
	CHECK_HAS(out, " runs an item (w)");
	CHECK_HAS(out, "aria-labelledby=\"t-lanes-1\"");
	CHECK_HAS(out, ">kworker/0:1</text>");
	CHECK_HAS(out, ">w</text>");
	CHECK_HAS(out, ">▲</text>");
	CHECK_HAS(out, "class=\"irq\"");
	check_page(out);
	tear_down();
}

/* ---- contents ------------------------------------------------------------------------------------------------ */

static void without_answers_the_book_is_one_sentence(void)
{
	set_up();
	CHECK_HAS(book("md"), "Nothing has been answered yet");
	CHECK_LACKS(out, "##");
	CHECK_HAS(book("html"), "Nothing has been answered yet");
	check_page(out);
	CHECK_INT(kworkshop("review one --course .", ""), 0);
	CHECK_HAS(out, "Nothing has been answered in this lesson yet.");
	tear_down();
}

static void an_answer_stands_with_its_reasons(void)
{
	set_up();
	play("", "\nsure 3\nH\n2\n\nit <depends> on *me*\n");
	book("md");
	CHECK_HAS(out, "You have answered 1 question. Right at the first try: 0.");
	CHECK_HAS(out, "- certain: 0 right, 1 wrong");
	CHECK_HAS(out, "(you were certain)");
	CHECK_HAS(out, "- a **worker** of `system_wq` **(the right answer)**");
	CHECK_HAS(out, "- the handler \\<i\\> **(your answer)**");
	CHECK_HAS(out, "**Not quite.** You answered: the handler \\<i\\>. You were certain.");
	CHECK_HAS(out, "**About your answer:** Handlers \\| do not \\\\ sleep.");
	CHECK_HAS(out, "**Why:** Because of R\\&D.");
	CHECK_HAS(out, "**Rule R4.3:** Under the pool lock: `need_more_worker`");
	CHECK_HAS(out, "You asked for 1 hint before your first answer:");
	CHECK_HAS(out, "- Look at \\[it\\](x).");
	CHECK_LACKS(out, "The second hint.");
	CHECK_HAS(out, "**Your words:**");
	CHECK_HAS(out, "> it \\<depends\\> on \\*me\\*");
	CHECK_HAS(out, "The reason of the author.");
	CHECK_HAS(out, "## 01 One \\<b\\>bold\\</b\\> \\& \\*star\\* \\[link\\](x) \\#");
	CHECK_HAS(out, "\\- no list \\<script\\>");
	CHECK_HAS(out, "1\\. no number");
	book("html");
	check_page(out);
	CHECK_HAS(out, "<strong>Not quite.</strong> You answered: the handler &lt;i&gt;. You were certain.");
	CHECK_HAS(out, "it &lt;depends&gt; on *me*");
	tear_down();
}

static void an_open_question_is_counted_and_not_shown(void)
{
	static const char *const formats[] = { "md", "html" };

	set_up();
	play("", "\n1\n");
	for (size_t i = 0; i < 2; i++) {
		book(formats[i]);
		CHECK_HAS(out, "2 questions of this lesson are not answered yet.");
		CHECK_LACKS(out, "a good idea");
		CHECK_LACKS(out, "The reason of the author");
		CHECK_LACKS(out, "third question");
		CHECK_LACKS(out, "4242");
		CHECK_LACKS(out, "Worth another look");
	}
	tear_down();
}

/* A question of an exercise has three tries. */
#define TRIES \
	"return exercise { title = 'Tries', question = 'Which?', kind = 'observe', points = 2, minutes = 1, machine = { cpus = 3 },\n" \
	"  story = 'A story.', why = 'The end.', scene = function(p)\n" \
	"  local w = work('w', function() burn(2) end)\n" \
	"  irq(1, 'nic', function() queue_work(system_wq, w) end) run_idle()\n" \
	"  ask { 'Which CPU ran it?', id = 'cpu', pick = 'cpu', why = 'The reason.', hints = { 'A hint.' },\n" \
	"    answer = function(t) return 1, t:first(starts(w)) end }\nend }\n"

static void a_question_that_may_be_tried_again_shows_no_answer(void)
{
	char path[128];

	set_up();
	snprintf(path, sizeof(path), "%s/exercises", folder);
	REQUIRE_INT(mkdir(path, 0700), 0);
	strcat(path, "/02-tries");
	REQUIRE_INT(mkdir(path, 0700), 0);
	file_write(folder, "exercises/02-tries/exercise.lua", TRIES);
	CHECK_INT(kworkshop("run E02 --plain --course .", "\n1\n"), 1);
	book("md");
	CHECK_HAS(out, "## E02 Tries");
	CHECK_HAS(out, "**Not quite.** You answered: CPU 0.");
	CHECK_LACKS(out, "CPU 1");
	CHECK_LACKS(out, "The reason.");
	CHECK_LACKS(out, "```text\nms");
	CHECK_INT(kworkshop("run E02 --plain --course .", "3\n1\n\n"), 1);
	CHECK_INT(kworkshop("review E02 --course .", ""), 0);
	CHECK_HAS(out, "**Try 2: Not quite.** You answered: CPU 2.");
	CHECK_HAS(out, "CPU 1, at ");
	CHECK_HAS(out, "**Why:** The reason.");
	CHECK_HAS(out, "```text\nms");
	check_page(book("html"));
	tear_down();
}

/* The course's own exercise 08: eight questions about one report. */
static void a_report_stands_once_with_the_numbers_of_its_lines(void)
{
	const char *report;

	set_up();
	CHECK_INT(kworkshop("run E08 --plain", "\n3\n3\n3\n\n4\n4\n4\n"), 1);
	CHECK_INT(kworkshop("review E08", ""), 0);
	report = strstr(out, "```text\n  1      PID PSR  NI STAT COMMAND\n  2  ");
	REQUIRE_NOT_NULL(report);
	CHECK_LACKS(report + 12, "  1      PID");
	CHECK_HAS(report, "### Question (2 of 8)");
	CHECK_HAS(report, "You answered: line 3: ");
	CHECK_INT(kworkshop("review E08 --format html", ""), 0);
	CHECK_HAS(out, "<pre tabindex=\"0\">  1      PID PSR");
	check_page(out);
	tear_down();
}

static void several_lessons_are_listed_with_their_scores(void)
{
	set_up();
	file_write(folder, "lessons/course.lua", "return course { id = 't', title = 'T', order = { 'one', 'two' } }\n");
	file_write(folder, "lessons/02-two.lua", "return lesson { title = 'Two', function(p)\n" LATER "end }\n");
	play("", "\n1\n");
	book("md");
	CHECK_LACKS(out, "## Contents");
	CHECK_HAS(out, "## How to read the lanes");
	CHECK_LE(kworkshop("run two --plain --course .", "4242\n"), 1);
	CHECK_HAS(book("md"), "## Contents\n\n- 01 One ");
	CHECK_HAS(out, "\n- 02 Two · right at the first try: 1 of 1\n");
	check_page(book("html"));
	CHECK_INT(kworkshop("review two --course .", ""), 0);
	CHECK_LACKS(out, "How to read the lanes");	/* it has none */
	tear_down();
}

static void a_later_attempt_stands_under_the_first_answer(void)
{
	set_up();
	play("", "\n2\n\nmine\n4242\n");
	play("--fresh", "\n1\n");
	book("md");
	CHECK_HAS(out, "**Not quite.** You answered: the handler");
	CHECK_HAS(out, "**Attempt 2: Right.** a **worker** of `system_wq`");
	CHECK_HAS(out, "You have answered 2 questions. Right at the first try: 1.");
	CHECK_LACKS(out, "not answered yet");
	CHECK_INT(strstr(strstr(out, "\n### ") + 1, "### Predict (1 of 3)") != NULL, 1);
	tear_down();
}

static void another_variant_is_another_run(void)
{
	set_up();
	play("", "\n2\n");
	play("--variant 7 --cpus 2", "\n1\n");
	book("html");
	check_page(out);
	CHECK_HAS(out, "Attempt 1, variant 0, seed 1.");
	CHECK_HAS(out, "Attempt 2, variant 7, seed 1, machine --cpus 2.");
	CHECK_HAS(out, "id=\"q-one-runner\"");
	CHECK_HAS(out, "id=\"q-one-runner-2\"");
	CHECK_HAS(out, ">CPU 1</text>");
	tear_down();
}

#define PRACTICE \
	"{ \"format\": \"kworkshop-progress\", \"version\": 3, \"attempts\": [], \"practice\": [" \
	"{ \"course\": \"t\", \"lesson\": \"one\", \"question\": \"runner\", \"variant\": 5, \"seed\": 1, \"value\": \"worker\", " \
	"\"sure\": 2, \"right\": true, \"hints\": 0, \"day\": 20000, \"time\": 0 }], " \
	"\"earlier\": [], \"marks\": [], \"log\": [] }\n"

static void a_practised_question_has_its_results(void)
{
	set_up();
	play("", "\n2\n");
	file_write(folder, "practice.json", PRACTICE);
	CHECK_INT(kworkshop("progress import practice.json", ""), 0);
	book("md");
	CHECK_HAS(out, "**Practised with the numbers of variant 5:** Right. You were fairly sure.");
	CHECK_HAS(out, "You have answered 1 question. Right at the first try: 0.");
	tear_down();
}

static void a_changed_lesson_is_listed_as_it_was_stored(void)
{
	set_up();
	play("", "\nsure 1\n2\n");
	file_write(folder, "lessons/01-one.lua", WHOLE "-- changed\n");
	book("md");
	CHECK_HAS(out, "The text of this lesson has changed since you took it");
	CHECK_HAS(out, "### Does w run in a handler then?");
	CHECK_HAS(out, "**Not quite.** You answered: handler. It was a guess.");
	CHECK_LACKS(out, "```text\nms");
	check_page(book("html"));
	tear_down();
}

static void a_lesson_that_is_gone_is_listed_as_it_was_stored(void)
{
	set_up();
	play("", "\n2\n");
	file_write(folder, "lessons/course.lua", "return course { id = 't', title = 'T', order = { 'two' } }\n");
	file_write(folder, "lessons/01-two.lua", LESSON_BEGIN LATER "end }\n");
	book("md");
	CHECK_HAS(out, "## one\n");
	CHECK_HAS(out, "This course has no lesson of this name any more");
	CHECK_HAS(out, "### runner\n");
	CHECK_HAS(out, "You answered: handler.");
	CHECK_LACKS(out, "## 01");
	CHECK_INT(kworkshop("review one --course .", ""), 0);
	CHECK_HAS(out, "### runner\n");
	check_page(book("html"));
	tear_down();
}

static void bookmarks_and_notes_stand_with_their_lanes(void)
{
	set_up();
	play("", "\nmark *why* <here>?\n2\nmark\n");
	book("md");
	CHECK_HAS(out, "### Your bookmarks and notes");
	CHECK_HAS(out, "> \\*why\\* \\<here\\>?\n\n```text\nms ");
	CHECK_HAS(out, ":** kworker/0:1 goes idle, first in line to be woken.\n");
	check_page(book("html"));
	tear_down();
}

static void a_bookmark_without_an_answer_is_in_the_book(void)
{
	set_up();
	play("", "\nmark lonely\n2\n");
	CHECK_INT(kworkshop("progress reset one", ""), 0);	/* bookmarks stay */
	book("md");
	CHECK_HAS(out, "> lonely\n\n```text\nms ");
	CHECK_LACKS(out, "in a handler then");
	CHECK_LACKS(out, "not answered yet");
	check_page(book("html"));
	tear_down();
}

/* ---- the command ------------------------------------------------------------------------------------------------ */

static void the_same_progress_gives_the_same_bytes(void)
{
	static char first[OUT_BYTES];

	set_up();
	play("", "\n2\n\nmine\n");
	strcpy(first, book("html"));
	CHECK_STR(book("html"), first);
	CHECK_INT(kworkshop("review --course . --format html -o book.html && cat book.html", ""), 0);
	CHECK_STR(out, first);
	tear_down();
}

static void a_name_that_is_no_lesson_is_refused(void)
{
	set_up();
	CHECK_INT(kworkshop("review oen --course .", ""), 3);
	CHECK_HAS(out, "oen");
	CHECK_HAS(out, "one");
	CHECK_INT(kworkshop("review --format pdf --course .", ""), 2);
	tear_down();
}

/* A book without the answers would replace one that has them. */
static void a_progress_file_that_cannot_be_read_gives_no_book(void)
{
	char path[128];
	sqlite3 *db;

	set_up();
	play("", "\n2\n");
	CHECK_INT(kworkshop("review --course . -o book.md", ""), 0);
	snprintf(path, sizeof(path), "%s/progress.db", folder);
	REQUIRE_INT(sqlite3_open(path, &db), SQLITE_OK);
	CHECK_INT(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	CHECK_INT(kworkshop("review --course . -o book.md", ""), 3);
	CHECK_HAS(out, "made by a newer kworkshop");
	CHECK_INT(kworkshop("--version && cat book.md", ""), 0);
	CHECK_HAS(out, "Right at the first try: 0.");
	tear_down();
}

static void a_full_disk_is_reported(void)
{
	set_up();
	play("", "\n2\n");
	CHECK_INT(kworkshop("review --course . -o /dev/full", ""), 3);
	CHECK_HAS(out, "/dev/full: No space left on device");
	CHECK_INT(kworkshop("review --course . >/dev/full", ""), 3);
	CHECK_INT(kworkshop("review --course . -o nowhere/book.md", ""), 3);
	CHECK_HAS(out, "nowhere/book.md: No such file or directory");
	tear_down();
}

static void machine_options_are_read_as_they_are_written(void)
{
	struct run_spec spec = { .cpus = 8, .jitter = 0.25, .census = true, .notes = true }, got = { .jitter = -1 };
	char text[64];

	run_machine_options(&spec, text, sizeof(text));
	REQUIRE_TRUE(run_machine_options_read(&got, text));
	CHECK_INT(got.cpus, 8);
	CHECK_TRUE(got.jitter == 0.25);
	CHECK_TRUE(got.census && got.notes);
	CHECK_FALSE(run_machine_options_read(&got, "--free"));
	CHECK_FALSE(run_machine_options_read(&got, "--cpus 0"));
	CHECK_FALSE(run_machine_options_read(&got, "--jitter 7"));
	CHECK_TRUE(run_machine_options_read(&got, ""));
}

/* ---- in a browser -------------------------------------------------------------------------------------------------- */

static void a_browser_shows_every_question(void)
{
	static const char *const parts[] = {
		"<section id=\"q-one-runner\">", "<section id=\"q-one-own\">", "<section id=\"q-one-later\">", "</svg>",
		"4243 ms", "Because of R&amp;D.", "Predict (1 of 3): Does w run in a handler then?</h3>",
	};
	char line[2048];

	if (shell_run(line, sizeof(line), "command -v chromium >/dev/null") != 0) {
		test_skip("there is no chromium in PATH");
		return;
	}
	set_up();
	play("", "\n2\n\nmine\n4243\n");
	CHECK_INT(kworkshop("review --course . --format html -o book.html", ""), 0);
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && HOME='%s' timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-quic "
			    "--no-first-run --disable-background-networking --disable-component-update --disable-sync "
			    "--user-data-dir='%s/browser' --dump-dom 'file://%s/book.html' 2>/dev/null", folder, folder, folder, folder), 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		CHECK_HAS(out, parts[i]);
	tear_down();
}

const struct test_case suite_unit_review[] = {
	T(markdown_shows_marks_as_they_are),
	T(html_shows_marks_as_they_are),
	T(markdown_payloads_keep_their_marks),
	T(the_checker_of_pages_finds_faults),
	T(columns_with_one_state_are_one_piece),
	T(a_bar_divides_a_piece_and_nothing_is_shown_after_the_last_time),
	T(the_lanes_change_where_the_event_that_decided_stands),
	T(the_svg_has_the_same_lanes_and_is_described),
	T(without_answers_the_book_is_one_sentence),
	T(an_answer_stands_with_its_reasons),
	T(an_open_question_is_counted_and_not_shown),
	T(a_question_that_may_be_tried_again_shows_no_answer),
	T(a_report_stands_once_with_the_numbers_of_its_lines),
	T(several_lessons_are_listed_with_their_scores),
	T(a_later_attempt_stands_under_the_first_answer),
	T(another_variant_is_another_run),
	T(a_practised_question_has_its_results),
	T(a_changed_lesson_is_listed_as_it_was_stored),
	T(a_lesson_that_is_gone_is_listed_as_it_was_stored),
	T(bookmarks_and_notes_stand_with_their_lanes),
	T(a_bookmark_without_an_answer_is_in_the_book),
	T(the_same_progress_gives_the_same_bytes),
	T(a_name_that_is_no_lesson_is_refused),
	T(a_progress_file_that_cannot_be_read_gives_no_book),
	T(a_full_disk_is_reported),
	T(machine_options_are_read_as_they_are_written),
	T(a_browser_shows_every_question),
	{ NULL, NULL }
};
