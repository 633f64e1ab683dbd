/*
 * tests/unit_translation.c - lessons in another language: the file, the texts of a run, the program.
 *
 * Lives here:   the grammar of a translation, the reducer with one, both front ends and a recording with German.
 * Never here:   the program's own texts (unit_words.c), findings about translations (unit_check.c).
 * Licence: MIT.
 */
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/markup.h"
#include "base/width.h"
#include "model/lesson.h"
#include "model/translation.h"
#include "words/texts.h"
#include "words/translate.h"

/* ---- the file ------------------------------------------------------------------------- */

static void a_file_is_a_table_of_texts(void)
{
	static const char file[] = "-- a comment\n"
		"return translation {\n"
		"  title = \"T\\\"\\n\", cards = { nic = 'one ' .. \"two\" .. -- more\n 'three' },\n"
		"  questions = { [\"second-run\"] = { \"When?\"; choices = { [\"true\"] = { \"yes\", \"no\" } } } },\n"
		"  recap = { \"a\", \"b\", },\n"
		"}\n";
	static const struct {
		const char *key, *text;
		unsigned int line;
	} rows[] = {
		{ "title", "T\"\n", 3 }, { "cards/nic", "one twothree", 3 }, { "questions/second-run/1", "When?", 5 },
		{ "questions/second-run/choices/true/1", "yes", 5 }, { "questions/second-run/choices/true/2", "no", 5 },
		{ "recap/1", "a", 6 }, { "recap/2", "b", 6 },
	};
	struct translation_fault fault;
	struct translation t;

	REQUIRE_INT(translation_parse(&t, file, strlen(file), &fault), 0);
	REQUIRE_INT(t.nr, sizeof(rows) / sizeof(rows[0]));
	for (size_t i = 0; i < t.nr; i++) {
		CHECK_STR(t.row[i].key, rows[i].key);
		CHECK_STR(t.row[i].text, rows[i].text);
		CHECK_INT(t.row[i].line, rows[i].line);
	}
	CHECK_NULL(translation_find(&t, "recap/3"));
	CHECK_STR(translation_text(&t, "questions/%s/%d", "second-run", 1), "When?");
	translation_fini(&t);
}

static void a_mistake_in_a_file_has_a_line_and_a_column(void)
{
#define BEGIN "return translation {\n"
	static const struct {
		const char *file, *says;
		unsigned int line, col;
	} bad[] = {
		{ "", "expected: return translation { ... }", 1, 1 },
		{ "return lesson {}", "expected: return translation { ... }", 1, 8 },
		{ "return translation { a = \"x\" }\nprint(1)", "nothing may follow the table", 2, 1 },
		{ BEGIN "  a = print(1),\n}", "expected a text in quotes, or a table of texts", 2, 7 },
		{ BEGIN "  a = function() end,\n}", "expected a text in quotes, or a table of texts", 2, 7 },
		{ BEGIN "  a = 5 }", "expected a text in quotes, or a table of texts", 2, 7 },
		{ BEGIN "  a = \"x\" .. b }", "expected a text in quotes after ..", 2, 14 },
		{ BEGIN "  a = \"x\n\" }", "the text has no closing \" in its line", 2, 7 },
		{ BEGIN "  a = \"x", "the text has no closing \" in its line", 2, 7 },
		{ BEGIN "  a = \"\\x41\" }", "a backslash stands before n, a quote or a backslash", 2, 8 },
		{ BEGIN "  a = \"\x1b\" }", "a text has no control characters", 2, 8 },
		{ BEGIN "  a = \"\xff\" }", "the text is not valid UTF-8", 2, 7 },
		{ BEGIN "  a = \"x\" b = \"y\" }", "expected , or } after the text", 2, 11 },
		{ BEGIN "  a = \"x\",\n", "the table has no closing }", 3, 1 },
		{ BEGIN "  a = \"x\", a = \"y\" }", "a was already translated in line 2", 2, 16 },
		{ BEGIN "  true = \"x\" }", "true is a word of Lua: write [\"true\"] = ", 2, 3 },
		{ BEGIN "  [\"a/b\"] = \"x\" }", "a name has at least one character, and no /", 2, 3 },
		{ BEGIN "  [a] = \"x\" }", "expected a name in quotes: [\"name\"] = ", 2, 4 },
		{ BEGIN "  a \"x\" }", "expected = after the name", 2, 5 },
		{ BEGIN "  a = { b = { c = { d = { e = { \"x\" } } } } } }", "tables in tables, more than 5 deep", 2, 31 },
		{ BEGIN "  a = \"{reset\" }", "{", 2, 7 },
	};
#undef BEGIN
	struct translation_fault fault;
	struct translation t;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!CHECK_INT(translation_parse(&t, bad[i].file, strlen(bad[i].file), &fault), -EINVAL) ||
		    !CHECK_HAS(fault.text, bad[i].says) || !CHECK_INT(fault.line, bad[i].line) || !CHECK_INT(fault.col, bad[i].col))
			test_note("%s", bad[i].file);
		translation_fini(&t);
	}
	CHECK_INT(translation_parse(&t, "return\0translation", 18, &fault), -EINVAL);
	CHECK_INT(translation_read(&t, "/nonexistent/a.de.lua", &fault), -ENOENT);
	CHECK_INT(translation_read(&t, "lessons", &fault) < 0, true);
}

static void the_name_of_a_file_has_the_language(void)
{
	static const struct {
		const char *name, *lang;	/* NULL = it is no translation */
	} rows[] = {
		{ "02-life.de.lua", "de" }, { "lessons/02-life.pt_BR.lua", "pt_BR" }, { "course.uk.lua", "uk" },
		{ "02-life.lua", NULL }, { "my.lesson.lua", NULL }, { "a.b/02-life.lua", NULL }, { "02-life.DE.lua", NULL },
		{ ".de.lua", NULL }, { "02-life.de.def", NULL }, { "02-life.de.old.lua", NULL },
	};
	char lang[TRANSLATION_LANG_MAX], path[40];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!CHECK_INT(translation_is_name(rows[i].name, lang), rows[i].lang != NULL))
			test_note("%s", rows[i].name);
		else if (rows[i].lang)
			CHECK_STR(lang, rows[i].lang);
	}
	CHECK_TRUE(translation_path("lessons/02-life.lua", "de", path, sizeof(path)));
	CHECK_STR(path, "lessons/02-life.de.lua");
	CHECK_FALSE(translation_path("lessons/02-life.txt", "de", path, sizeof(path)));
	CHECK_FALSE(translation_path("a/long/path/of/a/lesson/02-life.lua", "de", path, 30));
}

/* ---- the texts of a run ------------------------------------------------------------------ */

static const char *file_of_run;

static bool find_file(const char *path, const char *id, struct translation *out)
{
	struct translation_fault fault;

	CHECK_STR(path, "x.lua");
	CHECK_STR(id, "life");
	REQUIRE_INT(translation_parse(out, file_of_run, strlen(file_of_run), &fault), 0);
	return true;
}

static struct trace trace;
static struct trace_store store;
static struct lesson lesson;

static void emit_lesson(void)
{
	TRACE(LESSON, .questions = 1, .text = "life\nA life\nWhat happens?");
	TRACE(SAY, .card = 1, .text = "{n} ms of {w}.\x1fn\x1e" "5\x1fw\x1ereset\x1e" "2:7");
	TRACE(QUESTION_TEXT, .part = PART_CARD_ID, .index = 1, .text = "nic");
	TRACE(ASK, .question = 1, .kind = ASK_CHOICES, .predict = 1, .choices = 2, .hints = 1, .text = "when\nWhen?");
	TRACE(CHOICE_TEXT, .question = 1, .choice = 1, .text = "*now*");
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_CHOICE_ID, .index = 1, .text = "now");
	TRACE(CHOICE_TEXT, .question = 1, .choice = 2, .text = "later");
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_CHOICE_ID, .index = 2, .text = "later");
	TRACE(HINT, .question = 1, .rung = 1, .text = "think");
	TRACE(ANSWERED, .question = 1, .ordinal = 1, .scored = 1, .text = "later");
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_FEEDBACK, .index = 2,
	      .text = "not {given}, {right}\x1fgiven\x1elater\x1fright\x1enow");
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_FEEDBACK, .index = LESSON_WRONG_FROM + 1, .text = "and no");
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_WHY, .text = "so it is");
	TRACE(JUDGED, .question = 1, .result = RESULT_WRONG, .text = "now");
	TRACE(RECAP, .text = "one\ntwo");
}

/* @file: NULL = the texts of the events. */
static void read_run(const char *file)
{
	memset(&trace, 0, sizeof(trace));
	memset(&store, 0, sizeof(store));
	REQUIRE_INT(trace_open(&trace, -1, 1 << 20, 0), 0);
	trace_current = &trace;
	emit_lesson();
	trace_current = NULL;
	REQUIRE_INT(trace_store_borrow(&store, &trace), 0);
	trace_store_poll(&store);
	lesson_init(&lesson, &store);
	file_of_run = file;
	if (file)
		lesson_in_language(&lesson, find_file, "x.lua");
	REQUIRE_INT(lesson_grow(&lesson), 0);
}

static void drop(void)
{
	lesson_fini(&lesson);
	trace_store_close(&store);
	trace_close(&trace);
}

static void check_text(const char *payload, const char *want)
{
	STRBUF(text, 400);

	markup_expand(payload, &text, NULL, 0);
	CHECK_STR(text.buf, want);
}

static void the_texts_of_a_run_are_those_of_the_translation(void)
{
	const struct lesson_question *q;

	read_run("return translation { title = 'Ein Leben', question = 'Was geschieht?', cards = { nic = '{w}: {n} ms' },\n"
		 "questions = { when = { 'Wann?', choices = { now = 'jetzt', later = { 'später', 'nicht {given}, sondern {right}' } },\n"
		 "hints = { 'denken' }, wrong = { 'auch nicht' }, why = 'so ist es' } }, recap = { 'eins', 'zwei' } }");
	q = lesson_question(&lesson, 1);
	REQUIRE_NOT_NULL(q);
	CHECK_STR(lesson.title, "Ein Leben");
	CHECK_STR(lesson.about, "Was geschieht?");
	check_text(lesson.card[0].text, "reset: 5 ms");
	check_text(q->text, "Wann?");
	check_text(lesson.card[1].text, "Wann?");
	check_text(q->choice[0].text, "jetzt");
	check_text(q->choice[1].text, "sp\xc3\xa4ter");
	check_text(q->hint[0], "denken");
	REQUIRE_INT(q->verdict.nr_feedback, 2);
	check_text(q->verdict.feedback[0], "nicht sp\xc3\xa4ter, sondern jetzt");
	check_text(q->verdict.feedback[1], "auch nicht");
	check_text(q->verdict.why, "so ist es");
	check_text(lesson.card[3].text, "eins\nzwei");
	/* the answers are those of the run */
	CHECK_STR(q->choice[1].id, "later");
	CHECK_STR(q->given, "later");
	CHECK_STR(q->verdict.happened, "now");
	drop();
}

static void a_text_without_a_translation_stays_as_it_is(void)
{
	const struct lesson_question *q;

	read_run("return translation { questions = { when = { choices = { now = { 'jetzt' } } } }, recap = { 'eins' } }");
	q = lesson_question(&lesson, 1);
	REQUIRE_NOT_NULL(q);
	CHECK_STR(lesson.title, "A life");
	check_text(lesson.card[0].text, "5 ms of reset.");
	check_text(q->text, "When?");
	check_text(q->choice[0].text, "jetzt");
	check_text(q->choice[1].text, "later");
	check_text(q->verdict.feedback[0], "not later, now");
	/* no recap is in two languages */
	check_text(lesson.card[3].text, "one\ntwo");
	drop();
	read_run(NULL);
	check_text(lesson_question(&lesson, 1)->choice[0].text, "now");
	drop();
}

/* ---- the program ------------------------------------------------------------------------------ */

static char folder[] = "/tmp/kw-lang-XXXXXX", said[200000];

static void set_up(void)
{
	strcpy(folder, "/tmp/kw-lang-XXXXXX");
	folder_make(folder);
}

/* The program with a clean environment, a state of its own, and @variables. */
static int speak(const char *variables, const char *args)
{
	return shell_run(said, sizeof(said), "env -u LC_ALL -u LC_MESSAGES -u LANG KWORKSHOP_CONFIG_DIR=%s KWORKSHOP_STATE_DIR=%s %s "
			 "%s %s 2>&1 </dev/null", folder, folder, variables, test_binary(), args);
}

static const char *const german[] = {
	"Ein Work-Item hat ein Leben", "Die Netzwerkkarte unterbricht CPU 0.", "Was geben die Aufrufe",
	"true, dann wartet der Aufruf", "PENDING wird gel\xc3\xb6scht, bevor", "Dann schl\xc3\xa4" "ft der erste Lauf noch",
	"Hier nahm ein zweiter Worker", "Ein Item hat h\xc3\xb6" "chstens einen laufenden",
};

static void plain_mode_and_a_recording_show_the_lesson_in_german(void)
{
	char args[300];

	set_up();
	snprintf(args, sizeof(args), "run life --plain --answers wrong,second-run=1 --record %s/de.kwt", folder);
	CHECK_INT(speak("LC_MESSAGES=de_DE.UTF-8", args), 1);
	for (size_t i = 0; i < sizeof(german) / sizeof(german[0]); i++)
		CHECK_HAS(said, german[i]);
	CHECK_LACKS(said, "The network card");
	snprintf(args, sizeof(args), "run life --plain --answers wrong,second-run=1 --record %s/en.kwt", folder);
	CHECK_INT(speak("", args), 1);
	CHECK_HAS(said, "The network card");
	/* the run knows of no language */
	CHECK_INT(shell_run(said, sizeof(said), "cmp %s/de.kwt %s/en.kwt", folder, folder), 0);
	snprintf(args, sizeof(args), "play %s/en.kwt --plain", folder);
	CHECK_INT(speak("LC_ALL=de_DE.UTF-8", args), 0);
	for (size_t i = 0; i < sizeof(german) / sizeof(german[0]); i++)
		CHECK_HAS(said, german[i]);
	folder_remove(folder);
}

/* Every row of the file fits its English text, and a student meets no English on the screen or in plain mode. */
static void the_program_speaks_german_beside_the_lesson(void)
{
	set_up();
	CHECK_INT(speak("", "--lang de run life --plain --answers right"), 0);
	CHECK_HAS(said, "Vorhersage: ");
	CHECK_HAS(said, "Richtig: true, dann false.\n");
	CHECK_HAS(said, "PENDING von reset war schon gesetzt: nichts wird eingereiht.");
	CHECK_HAS(said, "Sie hatten 8 von 8 richtig.");
	CHECK_HAS(said, "noch 1 Worker idle");
	CHECK_INT(speak("", "--lang de --help"), 0);
	CHECK_HAS(said, "  run        eine Lektion oder ");
	CHECK_INT(speak("LANG=de", "review"), 0);
	CHECK_HAS(said, "# R\xc3\xbc" "ckblick: ");
	CHECK_INT(speak("", "--lang de run life --plain --answers right"), 0);
	CHECK_LACKS(said, "Right");
	CHECK_LACKS(said, " is ");
	CHECK_INT(speak("LANG=de_AT.UTF-8", "--plain"), 0);
	CHECK_HAS(said, "Lektion, \303\234" "bung, l, p, s, q, ?>");
	folder_remove(folder);
}

static void letters_without_ascii_are_written_with_two(void)
{
	STRBUF(text, 100);

	ascii_put(&text, "L\xc3\xa4ufe: \xe2\x80\x9egr\xc3\xb6\xc3\x9f" "er\xe2\x80\x9c \xe2\x86\x92 \xc3\x9c" "ben");
	CHECK_STR(text.buf, "Laeufe: \"groesser\" \xe2\x86\x92 Ueben");
	set_up();
	CHECK_INT(speak("", "--lang de run life --plain --ascii --answers right"), 0);
	CHECK_HAS(said, "uebergibt die langsame");		/* of the lesson */
	CHECK_HAS(said, "kehrt zurueck.");			/* of the program */
	CHECK_LACKS(said, "\xc3");
	folder_remove(folder);
}

static void home_and_the_list_have_german_titles_and_json_has_none(void)
{
	set_up();
	CHECK_INT(speak("LANG=de_DE.UTF-8", "list"), 0);
	CHECK_HAS(said, "Ein Work-Item hat ein Leben");
	CHECK_HAS(said, "Labor 1: die Idee");
	CHECK_LACKS(said, "life.de");
	CHECK_INT(speak("LANG=de_DE.UTF-8", "--plain"), 0);
	CHECK_HAS(said, "Workqueues mit Concurrency-Management");
	CHECK_INT(speak("LANG=de_DE.UTF-8", "list --json"), 0);
	CHECK_HAS(said, "\"title\": \"A work item has a life\"");
	CHECK_LACKS(said, "life.de");
	folder_remove(folder);
}

/* A language that nothing in the program knows: two files beside the lesson's. */
static void a_further_language_needs_files_only(void)
{
	char args[200];

	set_up();
	CHECK_INT(shell_run(said, sizeof(said), "mkdir %s/lessons && cp lessons/*.lua %s/lessons && "
			    "printf 'return translation { title = \"Neko\", cards = { handler = \"{reset} nya {work}\" } }' >%s/lessons/02-life.xq.lua && "
			    "printf 'TEXT(HOME_MINUTES, \"%%%%u xq\")' >%s/xq.def", folder, folder, folder, folder), 0);
	snprintf(args, sizeof(args), "--lang %s/xq.def run life --plain --course %s --answers right", folder, folder);
	CHECK_INT(speak("", args), 0);
	CHECK_HAS(said, "\nNeko\n");
	CHECK_HAS(said, "reset nya ");
	CHECK_HAS(said, "The handler calls");
	/* texts of the lesson alone */
	snprintf(args, sizeof(args), "list --course %s", folder);
	CHECK_INT(speak("LANG=xq_XQ.UTF-8", args), 0);
	CHECK_HAS(said, "Neko");
	CHECK_INT(speak("LANG=xr", args), 0);
	CHECK_LACKS(said, "Neko");
	/* a mistake leaves the lesson's own texts, and `check` reports it */
	CHECK_INT(shell_run(said, sizeof(said), "echo 'return os.exit()' >%s/lessons/02-life.xq.lua", folder), 0);
	CHECK_INT(speak("LANG=xq", args), 0);
	CHECK_HAS(said, "A work item has a life");
	snprintf(args, sizeof(args), "check %s/lessons/02-life.lua --fast --variants 1", folder);
	CHECK_INT(speak("", args), 2);
	CHECK_HAS(said, "02-life.xq.lua:1:8: error: expected: return translation { ... } [translation]");
	folder_remove(folder);
}

/* The file of the course's headings has no run to be checked by. */
static void each_translation_of_the_tree_can_be_read(void)
{
	struct translation_fault fault;
	struct translation t;

	CHECK_INT(translation_read(&t, "lessons/course.de.lua", &fault), 0);
	CHECK_STR(fault.text, "");
	CHECK_NOT_NULL(translation_find(&t, "parts/6"));
	CHECK_NULL(translation_find(&t, "parts/7"));
	translation_fini(&t);
	CHECK_INT(translation_read(&t, "lessons/free-play.de.lua", &fault), 0);
	CHECK_NOT_NULL(translation_find(&t, "title"));
	translation_fini(&t);
}

static bool any_key(const char *key)
{
	return *key != '\0';
}

/* A title or a name that is longer than in English must not lose its end. */
static void no_title_of_the_german_screen_is_cut(void)
{
	static const struct {
		enum words_key key;
		int columns;		/* that the layout has at 80x24 */
	} rows[] = {
		{ W_WORLDS_HAPPENED, 18 }, { W_WORLDS_AS_SAID, 18 }, { W_WORLDS_REAL_RUN, 12 }, { W_WORLDS_YOU_SAID, 12 },
		{ W_FREE_ITEMS, 8 }, { W_FREE_QUEUES, 8 }, { W_FREE_LINES, 8 }, { W_FREE_CPUS, 8 }, { W_CPU_ON, 9 }, { W_CPU_READY, 9 },
		{ W_TIMERS, 9 }, { W_POOL_WAITING, 11 }, { W_POOL_RUNNING, 11 }, { W_POOL_SLEEPING, 11 }, { W_POOL_IDLE, 11 },
	};
	char err[400];

	words_table_keys(any_key);
	REQUIRE_INT(words_load("src/words/de.def", err, sizeof(err)), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = words_fixed(rows[i].key);

		if (!CHECK_RANGE(width_text(text, strlen(text)), 1, rows[i].columns))
			test_note("%s: %s", words_key_name(rows[i].key), text);
	}
	words_replace_none();
	words_table_keys(NULL);
}

const struct test_case suite_unit_translation[] = {
	T(a_file_is_a_table_of_texts),
	T(a_mistake_in_a_file_has_a_line_and_a_column),
	T(the_name_of_a_file_has_the_language),
	T(the_texts_of_a_run_are_those_of_the_translation),
	T(a_text_without_a_translation_stays_as_it_is),
	T(plain_mode_and_a_recording_show_the_lesson_in_german),
	T(the_program_speaks_german_beside_the_lesson),
	T(letters_without_ascii_are_written_with_two),
	T(home_and_the_list_have_german_titles_and_json_has_none),
	T(a_further_language_needs_files_only),
	T(each_translation_of_the_tree_can_be_read),
	T(no_title_of_the_german_screen_is_cut),
	{ NULL, NULL }
};
