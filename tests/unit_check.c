/*
 * tests/unit_check.c - `kworkshop check`: planted faults are found, the lessons have none.
 *
 * Each plant is a copy of a lesson or of an exercise's folder with one text replaced.  The copy lies
 * among copies of the others, as it would in a course.  Quick runs plant every fourth fault, another
 * fourth with each SEED.
 *
 * Lives here:   plants, exit statuses, formats.
 * Never here:   options in general (unit_cli.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/files.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "check/check_internal.h"
#include "model/translation.h"

#define OUT_BYTES 65536

static char folder[64], program[4096];
static char out[OUT_BYTES];

static void set_up(void)
{
	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	strcpy(folder, "/tmp/kw-check-XXXXXX");
	folder_make(folder);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
	REQUIRE_INT(shell_run(out, sizeof(out), "cp lessons/*.lua '%s'", folder), 0);
}

static void tear_down(void)
{
	folder_remove(folder);
}

/* `kworkshop check` with @args in the folder.  Return: exit status. */
static int check(const char *args)
{
	return shell_run(out, sizeof(out), "cd '%s' && '%s' check %s 2>&1", folder, program, args);
}

/* ---- plants ------------------------------------------------------------------------------- */

struct plant {
	const char *file;		/* NULL = 02-life.lua; of an exercise NN-NAME/FILE */
	const char *old, *now;		/* the first @old of the file is replaced */
	const char *code;		/* of the finding */
	const char *text;		/* that it contains */
	const char *at;			/* text of the line that the finding names, or FILE|TEXT; NULL = .now's first line */
	const char *options;		/* NULL = --fast, of an exercise in two variants */
};

#define ASK_LAST "    ask { \"Your driver has this line"
#define FIVE "Ein Satz einer Karte. Ein Satz einer Karte. Ein Satz einer Karte. Ein Satz einer Karte. Ein Satz einer Karte. "
#define SENTENCES FIVE FIVE FIVE FIVE FIVE
#define CORRECT "correct = \"nothing\","

static const struct plant plants[] = {
	{ NULL, "Look at {reset} after the first call", "Look at {nosuch} after the first call", "fault",
	  "'{nosuch}' is neither a parameter nor a declared name", "predict { \"The handler calls", NULL },
	/* only after a wrong answer */
	{ NULL, "look = reset, at = collides(reset), id = \"collide\" }", "look = reset, at = stalls(pool(0)), id = \"collide\" }", "fault", "stalls", "Here a second worker took", NULL },
	/* only in the verdict on one choice */
	{ NULL, "See \"\n          .. \"which worker has {reset}.\"", "See {event.nosuch}.\"", "fault", "nosuch", "run_until(starts(reset))\n    if", NULL },
	/* no run gives this feedback: it is found by judging every answer */
	{ NULL, "It starts when the first run ends: after", "{event.nosuch} after", "fault", "feedback to '",
	  "predict { \"It is {work} ms into", NULL },
	{ NULL, CORRECT, "answer = function() return math.random(2) == 1 and \"nothing\" or \"avoid\" end,", "answer-moves",
	  "the right answer to 'test-first'", ASK_LAST, "--fast --seeds 20 --jitter 0" },
	{ NULL, CORRECT,
	  "answer = function(t) local s = t:first(starts(reset)) return t:first(ends(reset)).ms - s.ms > 2 * p.work + p.rest "
	  "and \"nothing\" or \"avoid\" end,", "answer-jitter", "with jitter", ASK_LAST, "--fast --seeds 20" },
	{ NULL, "return second.ret and \"both\" or \"once\", second", "return p.work == 5 and \"both\" or \"once\", second",
	  "distractor-right", "choice 'both' of 'second'", "id = \"both\"", "--fast --variants 20" },
	{ NULL, "local second = t:nth(2, returns(queue_work, reset))\n        return second.ret and \"both\" or \"once\", second",
	  "return t:count(starts(reset)) > 1 and \"both\" or \"once\"", "answer-known", "\"once\" before the question", "predict { \"The handler calls", NULL },
	{ NULL, "world = { belief = \"count-calls\" }", "world = { belief = \"fifo-idle\" }", "belief-differs",
	  "choice 'both' of 'second'", NULL, NULL },
	{ NULL, "rules = { \"R2.1\"", "rules = { \"R99.1\"", "no-such-name", "there is no such rule: 'R99.1'", NULL, NULL },
	{ NULL, "rule = \"R2.2\"", "rule = \"R99.2\"", "no-such-name", "'R99.2'", NULL, NULL },
	{ NULL, "\"E2.10\"", "\"E99.1\"", "no-such-name", "there is no such erratum: 'E99.1'", NULL, NULL },
	{ NULL, "double_queue = {", "nosuch = {", "no-such-name",
	  "there is no such scenario: 'nosuch'", NULL, NULL },
	{ NULL, "needs = { \"why-defer\" }", "needs = { \"why-deferr\" }", "no-such-lesson", "'why-deferr'", NULL, NULL },
	{ NULL, "{ \"{reset} sleeps for {rest} ms.", "{ (\"A sentence of a card. \"):rep(60) .. \"{reset} sleeps for {rest} ms.",
	  "too-long", "the screen of 80x24 has room for", "", NULL },
	{ NULL, ASK_LAST, "    local ask = p.work == 5 and function() end or ask\n" ASK_LAST, "unequal", "asks", "", "--fast --variants 20" },
	{ NULL, ASK_LAST, "    if p.work == 5 then every(1, 40, function() irq(0, \"nic\", nic) end) run(60) end\n" ASK_LAST, "unequal",
	  "story events", "", "--fast --variants 20" },
	{ NULL, "atomically\", id = \"nothing\"", "atomically\", \"No.\", id = \"nothing\"", "feedback-unused",
	  "the feedback of choice 'nothing'", NULL, NULL },
	{ NULL, "wrong = {", "wrong = { { function(_, v) return v < -5000 end, \"Never.\" },", "feedback-unused", "entry 1 of wrong", NULL, NULL },
	{ NULL, "why = \"The test is unnecessary", "notes = \"The test is unnecessary", "no-why", "'test-first'", ASK_LAST, NULL },
	{ NULL, "hints = { \"What did the second call", "notes = { \"What did the second call", "no-hints", "'test-first'", ASK_LAST, NULL },
	{ NULL, CORRECT, CORRECT " moves = true,", "idle-field", "'moves'", NULL, NULL },
	{ NULL, "return { work = pick(4, 6)", "return { spare = pick(1, 2), work = pick(4, 6)", "idle-field", "the parameter 'spare'", NULL, NULL },
	{ NULL, "    run_idle()\n\n" ASK_LAST, "    while true do end\n" ASK_LAST, "fault", "an endless loop?", NULL, NULL },
	{ NULL, "    run_idle()\n\n" ASK_LAST, "    local s = (\"x\"):rep(100000):gsub(\"x*y\", \"\")\n" ASK_LAST, "fault",
	  "one call of string.gsub has used more than 2 s of CPU time", NULL, NULL },
	{ NULL, ASK_LAST,
	  "    local w w = work(\"w\", function() queue_work(system_wq, w) end)\n    irq(0, \"d\", function() queue_work(system_wq, w) end)\n"
	  "    run(1000)\n" ASK_LAST, "fault", "'w' was queued", "", NULL },
	{ NULL, ASK_LAST, "    irq(0, \"x\", function() schedule_delayed_work(delayed_work(\"late\", function() end), 50) end)  -- f(x, 50)\n    run_idle()\n" ASK_LAST,
	  "bare-jiffies", "the delay 50 is a number of jiffies", NULL, NULL },
	{ NULL, "local second = t:nth(2, returns(queue_work, reset))", "local second = t:nth(2, returns(queue_work, reset)) local _ = second.ms == 5",
	  "exact-time", "two times are compared", NULL, NULL },
	{ NULL, "title    =", "titel    =", "fault", "unknown field 'titel'", "", NULL },
	/* translations of the lesson: the check of 02-life.lua finds them */
	{ "02-life.de.lua", "asleep  = ", "asleeep = ", "translation", "the lesson has no text 'cards/asleeep'", NULL, NULL },
	{ "02-life.de.lua", "{rest} ms lang", "{rset} ms lang", "translation", "has the name {rset}", NULL, NULL },
	{ "02-life.de.lua", "unit = \"ms\",", "unit = ms,", "translation", "expected a text in quotes", NULL, NULL },
	{ "02-life.de.lua", "unit = \"ms\",", "", "untranslated", "texts have no translation; the first is 'questions/second-run/unit'",
	  "-- 02-life.de.lua", NULL },
	{ "02-life.de.lua", "{ \"nichts: {reset} l", "{ \"nichts: {reset l", "translation", "{", NULL, NULL },
	{ "02-life.de.lua", "Jetzt unterbricht die Karte *CPU 1*.", SENTENCES SENTENCES SENTENCES, "too-long", "'cards/asleep'", "asleep  =", NULL },
	{ "11-rescuer.lua", "run_until(stalls(pool(0)), 3000)", "run_until(stalls(pool(0)), 30)", "fault", "not seen within 30 ms", NULL, NULL },
	{ "05-one-runnable.lua", "covers   =", "cover    =", "fault", "unknown field 'cover'", "", NULL },
	{ NULL, "checklist = { \"L", "checklist = { \"L99", "no-such-name", "the checklist has no such row", NULL, NULL },
	/* exercises that ask: the same checks as of a lesson */
	{ "02-lost-packets/exercise.lua", "accept = event(\"irq_lost\"):nth(1)", "accept = event(\"irq_lost\"):nth(50)", "fault",
	  "holds for 0 of 1 things", "ask { \"Point at the event in which the first", NULL },
	{ "02-lost-packets/exercise.lua", "needs   = { \"why-defer\" }", "needs   = { \"why-deferr\" }", "no-such-lesson", "'why-deferr'", NULL, NULL },
	{ "04-how-many-runs/exercise.lua", "reveal(runs)", "reveal(run)", "fault", "reveal", NULL, NULL },
	{ "09-by-hand/exercise.lua", "answer = end_of(a),", "answer = function() return 12 end,", "answer-known", "prediction 'end-a'",
	  "predict { numbers .. \"At which time does {a} end?", NULL },
	{ "08-eight-names/exercise.lua", "accept = \"kworker/R%-mail\"", "accept = \"kworker/R%-nail\"", "fault", "holds for 0 of 1 things",
	  "ask { \"Which thread waits at home", NULL },
	{ "08-eight-names/exercise.lua", "{ { \"%+\", \"The + means", "{ { \"nosuch\", \"The + means", "feedback-unused", "entry 1 of wrong in 'last'",
	  NULL, NULL },
	{ "09-by-hand/exercise.lua", "answer = end_of(a), why = why,", "answer = end_of(a),", "no-why", "'end-a'", "predict { numbers .. \"At which time does {a} end?", NULL },
	{ "10-who-is-woken/exercise.lua", "hints = { \"The first one is inside {x}", "notes = { \"The first one is inside {x}", "no-hints", "'second'",
	  "local second = predict", NULL },
	{ "30-mayday/exercise.lua", "count = 6, ordered = true", "count = 5, ordered = true", "fault", "accept is a pattern, or a list of 5", "ask { \"Point, in their order", NULL },
	/* exercises that are proved by their files or settings */
	{ "13-flags/exercise.lua", "kind = \"flags\", of = { \"HIGHPRI\", \"CPU_INTENSIVE\" }, default = {} },\n    log", "kind = \"flags\", of = { \"HIGHPRI\" }, default = {} },\n    log",
	  "wrong-passes", "crypt is flags of: HIGHPRI", "13-flags/wrong/intensive/settings.lua|-- fails: items of ui", NULL },
	{ "13-flags/solution/settings.lua", "ui = { \"HIGHPRI\" }", "ui = {}", "solution-fails", "the check \"items of ui start within 5 ms\"",
	  "13-flags/exercise.lua|{ \"items of ui start within 5 ms\"", NULL },
	{ "16-max-active/exercise.lua", "points = 10,", "points = 11,", "fault", "points = 11, but its checks have 10 together", NULL, NULL },
	{ "16-max-active/exercise.lua", "  hints = {", "  hints = {} or {", "no-hints", "the exercise has no hints", "return exercise", NULL },
	{ "16-max-active/wrong/one/settings.lua", "max_active = 1 }", "max_active = 99 }", "wrong-passes", "max_active is a whole number from 1 to", "-- fails:", NULL },
	{ "23-storm/solution/driver.lua", "  cancel_delayed_work_sync(dev.poll)\n", "", "solution-fails", "unloading leaves nothing behind",
	  "23-storm/exercise.lua|{ \"unloading leaves nothing behind\"", NULL },
	{ "23-storm/solution/driver.lua", "local dev = container_of(w)", "local dev = container_of(w", "solution-fails", "')' expected", "dev.look()", NULL },
	{ "23-storm/starter/driver.lua", "  queue_work(system_wq, dev.poll)\t-- TODO: at once, again and again\nend\n\nlocal function probe(dev, opt)\n  dev.look = opt.look\n  dev.poll = work(\"poll\", poll)\n"
	  "  queue_work(system_wq, dev.poll)\nend\n\nlocal function remove(dev)\n  cancel_work_sync(dev.poll)",
	  "  queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(10))\nend\n\nlocal function probe(dev, opt)\n  dev.look = opt.look\n"
	  "  dev.poll = delayed_work(\"poll\", poll)\n  queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(10))\nend\n\nlocal function remove(dev)\n"
	  "  cancel_delayed_work_sync(dev.poll)", "starter-passes", "the starter holds every check", "-- driver.lua", NULL },
	{ "23-storm/wrong/too-slow/driver.lua", "-- fails: news is seen", "-- fails: news are seen", "wrong-passes", "there is no check \"news are seen",
	  NULL, NULL },
	{ "23-storm/wrong/still-armed/driver.lua", "flush_delayed_work(dev.poll)", "cancel_delayed_work_sync(dev.poll)", "wrong-passes",
	  "wrong/still-armed does not fail the check", "-- fails:", NULL },
	{ "23-storm/wrong/too-often/driver.lua", "-- fails: at most one poll in 8 ms", "-- fails: news is seen within 12 ms, in any of 40 schedules",
	  "wrong-passes", "wrong/too-often does not fail the check", NULL, NULL },
	{ "23-storm/exercise.lua", "#all <= p.most, {", "#all <= 1000, {", "wrong-passes", "wrong/too-often does not fail",
	  "23-storm/wrong/too-often/driver.lua|-- fails: at most one poll", NULL },
	{ "23-storm/exercise.lua", "At {event.ms} ms the item had run", "At {event.mss} ms the item had run", "fault", "event bug has no field 'mss'",
	  "{ \"the item does not queue itself in a storm\"", NULL },
	{ "23-storm/exercise.lua", "At {event.ms} ms the item had run", "At {event.freed.ms} ms the item had run", "fault",
	  "'{event.freed.ms}': the event that decided (bug) has no such field", "{ \"the item does not queue itself in a storm\"", NULL },
	{ "16-max-active/exercise.lua", "\"{workers} workers were busy", "\"{busy} workers were busy", "fault",
	  "'{busy}' is neither a parameter nor a declared name; the check has measured {workers}", "{ \"no more workers are busy than allowed\"", NULL },
	{ "23-storm/exercise.lua", "schedules = { 40, jitter = 0.1 }", "schedules = { 40, jiter = 0.1 }", "fault", "schedules has an unknown field 'jiter'", "", NULL },
	{ "23-storm/exercise.lua", "rules = { \"R8.1\" }", "rules = { \"R8.99\" }", "no-such-name", "there is no such rule: 'R8.99'", NULL, NULL },
	{ "23-storm/solution/driver.lua", "  dev.look()\n", "  dev.look()\n  dev.polls = 1\n", "harmless", "no check fails without \"dev.polls = 1\"", "dev.polls = 1", NULL },
	{ "22-schedule/exercise.lua", "par = 5", "par = 4", "par", "par = 4, but the fewest choices are 5", NULL, NULL },
	{ "22-schedule/exercise.lua", "free_irq(line)\n      kfree(dev)", "free_irq(line)", "not-reached", "no choices of the student reach", "reach = bug", NULL },
	{ "22-schedule/solution/remove.lua", "  free_irq(line)\n", "", "solution-fails", "no choice reaches the crash", "22-schedule/exercise.lua|", NULL },
	{ "23-storm/exercise.lua", "bug(\"free-active\") + bug(\"unloaded-code\") + bug(\"use-after-free\") + bug(\"leak\")", "bug(\"stack-overflow\")",
	  "fault", "no such kind of bug", NULL, NULL },
};
#define NR_PLANTS (sizeof(plants) / sizeof(plants[0]))

static unsigned int line_of(const char *text, const char *at)
{
	unsigned int line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

/* Of NN-NAME/FILE: its place in the folder of copies. */
static void place_of(const char *file, char *path, size_t size)
{
	snprintf(path, size, "%s%s", !file || !strchr(file, '/') ? "" : "exercises/", file ? file : "02-life.lua");
}

/* The number of the line of @file in which @text begins; 0: it does not have it. */
static unsigned int find_line(const char *file, const char *text)
{
	char path[300], place[200];
	unsigned int line = 0;
	const char *hit;
	char *all;
	size_t n;

	place_of(file, place, sizeof(place));
	snprintf(path, sizeof(path), "%s/%s", folder, place);
	all = file_read(path, &n);
	hit = all ? strstr(all, text) : NULL;
	if (hit)
		line = line_of(all, hit + strspn(hit, " \n"));
	free(all);
	return line;
}

/* The file that the finding names. */
static void file_of_finding(const struct plant *p, char *file, size_t size)
{
	const char *end = p->at ? strstr(p->at, ".lua|") : NULL;

	if (end)
		snprintf(file, size, "%.*s", (int)(end + 4 - p->at), p->at);
	else
		snprintf(file, size, "%s", p->file ? p->file : "02-life.lua");
}

/* Plants the fault in the copy; @line: where the finding should be, 0 = anywhere. */
static bool plant(const struct plant *p, unsigned int *line)
{
	char path[300], place[200], file[160];
	const char *at = p->at && strstr(p->at, ".lua|") ? strchr(p->at, '|') + 1 : p->at;
	char *text, *hit;
	FILE *f;
	size_t n;

	place_of(p->file, place, sizeof(place));
	snprintf(path, sizeof(path), "%s/%s", folder, place);
	text = file_read(path, &n);
	hit = text ? strstr(text, p->old) : NULL;
	f = hit ? fopen(path, "w") : NULL;
	if (!f) {
		test_note("\"%s\" is not in %s", p->old, path);
		free(text);
		return false;
	}
	fprintf(f, "%.*s%s%s", (int)(hit - text), text, p->now, hit + strlen(p->old));
	fclose(f);
	free(text);
	file_of_finding(p, file, sizeof(file));
	*line = !at ? find_line(p->file, p->now) : *at ? find_line(file, at) : 0;
	if (at && *at && !*line)
		test_note("\"%s\" is in no line", at);
	return *line || (at && !*at);
}

/* Is there a line "FILE:LINE:... TEXT ... [CODE]"? */
static bool finds(const struct plant *p, unsigned int line)
{
	char place[300], file[200], of[160], code[40];

	file_of_finding(p, of, sizeof(of));
	place_of(of, file, sizeof(file));
	snprintf(place, sizeof(place), "%s:%u:", file, line);
	snprintf(code, sizeof(code), "[%s]", p->code);
	for (const char *at = out; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		char *one = strndup(at, strcspn(at, "\n"));
		bool hit = strstr(one, code) && strstr(one, p->text) && (!line || strstr(one, place));

		free(one);
		if (hit)
			return true;
	}
	test_note("[%s] \"%s\" at line %u is not in: %s", p->code, p->text, line, out);
	return false;
}

static void check_plant(const struct plant *p)
{
	bool warning = false;
	char args[300], file[200];
	unsigned int line;
	int code;

	REQUIRE_INT(shell_run(out, sizeof(out), "cp lessons/*.lua '%s' && rm -rf '%s/exercises'", folder, folder), 0);
	place_of(p->file, file, sizeof(file));
	if (strchr(file, '/')) {		/* the folder of the exercise */
		char *end = strchr(strchr(file, '/') + 1, '/');

		*end = '\0';
		REQUIRE_INT(shell_run(out, sizeof(out), "mkdir '%s/exercises' && cp -r %s '%s/exercises'", folder, file, folder), 0);
		strcat(file, "/exercise.lua");
	}
	if (!plant(p, &line)) {
		CHECK_FAIL("the plant has no place");
		return;
	}
	if (translation_is_name(file, NULL))	/* the check of the lesson finds it */
		strcpy(file, "02-life.lua");
	else				/* of a lesson with other texts, the translation has faults too */
		REQUIRE_INT(shell_run(out, sizeof(out), "rm '%s'/*.de.lua", folder), 0);
	snprintf(args, sizeof(args), "./%s --strict %s", file,
		 p->options ? p->options : strchr(file, '/') ? "--fast --variants 2" : "--fast");
	code = check(args);
	for (int k = 0; k < CHECK_NR; k++)
		warning |= !strcmp(check_codes[k].word, p->code) && check_codes[k].level == CHECK_WARNING;
	CHECK_INT(code, warning ? 1 : 2);
	CHECK_TRUE(finds(p, line));
}

static void every_planted_fault_is_found_at_its_line(void)
{
	size_t step = (size_t)test_rounds(1, 4);

	set_up();
	for (size_t i = seed_from_env(0) % step; i < NR_PLANTS; i += step)
		check_plant(&plants[i]);
	tear_down();
}

static void every_code_has_a_plant(void)
{
	static const enum check_code elsewhere[] = {	/* other tests of this suite, of unit_authoring and of unit_proofs cause them */
		CHECK_DIES, CHECK_SLOW, CHECK_NO_END, CHECK_RENDERING, CHECK_NO_SUCH_QUESTION, CHECK_CHECK_UNPROVEN, CHECK_MANY_PASS, CHECK_DEPTH, CHECK_LETTER_BIAS, CHECK_PLANNED,
	};

	CHECK_RANGE(NR_PLANTS, 40, 1000);
	for (int k = 0; k < CHECK_NR; k++) {
		bool found = false;

		for (size_t i = 0; i < NR_PLANTS; i++)
			found |= !strcmp(plants[i].code, check_codes[k].word);
		for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
			found |= k == (int)elsewhere[i];
		if (!CHECK_TRUE(found))
			test_note("%s", check_codes[k].word);
	}
}

/* ---- the lessons -------------------------------------------------------------------------- */

static void the_lessons_have_no_finding(void)
{
	set_up();
	CHECK_INT(check(test_rounds(true, false) ? ". --fast --strict" : "./0[0-5]*.lua --fast --strict"), 0);
	if (strstr(out, "[") || !strstr(out, "02-life.lua: 0 errors, 0 warnings"))
		test_note("%s", out);
	CHECK_LACKS(out, "[");
	CHECK_HAS(out, "02-life.lua: 0 errors, 0 warnings");
	tear_down();
}

/* ---- statuses and formats -------------------------------------------------------------------- */

static void exit_statuses_follow_the_worst_finding(void)
{
	static const struct {
		const char *args;
		int code;
		const char *says;
	} rows[] = {
		{ "./nosuch.lua", 3, "./nosuch.lua: No such file" },
		{ "liffe", 3, "did you mean life?" },
		{ "./02-life.lua --fast --question nosuch", 2, "the lesson asks no question 'nosuch'" },
		{ "./02-life.lua --variants none", 2, "expected a number from 1 to 10000, or all" },
		{ "./02-life.lua --fast --variants 2", 0, "0 errors" },
		{ "10-who-is-woken/ --fast", 0, "10-who-is-woken/exercise.lua: 0 errors" },
	};

	set_up();
	REQUIRE_INT(shell_run(out, sizeof(out), "cp -r exercises/10-who-is-woken '%s'", folder), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(check(rows[i].args), rows[i].code);
		if (!strstr(out, rows[i].says))
			test_note("no \"%s\" in: %s", rows[i].says, out);
		CHECK_HAS(out, rows[i].says);
	}
	tear_down();
}

static void findings_are_json_and_tap_and_junit(void)
{
	static const struct json_limits limits = { OUT_BYTES, 4000, 8 };
	const struct json_value *first;
	struct json_error err;
	struct json *doc = NULL;
	unsigned int line;
	uint64_t at = 0;

	set_up();
	REQUIRE_TRUE(plant(&plants[0], &line));
	CHECK_INT(check("./02-life.lua --fast --format json"), 2);
	REQUIRE_INT(json_parse(&doc, out, strlen(out), &limits, &err), 0);
	first = json_first(json_root(doc));
	REQUIRE_NOT_NULL(first);
	CHECK_STR(json_get_text(json_member(first, "code")), "fault");
	CHECK_STR(json_get_text(json_member(first, "level")), "error");
	CHECK_TRUE(json_get_uint(json_member(first, "line"), UINT64_MAX, &at));
	CHECK_U64(at, line);
	json_free(doc);
	CHECK_INT(check("./02-life.lua ./01-why-defer.lua --fast --format tap"), 2);
	CHECK_HAS(out, "1..2\nnot ok 1 - ./02-life.lua\n# ./02-life.lua:");
	CHECK_HAS(out, "\nok 2 - ./01-why-defer.lua\n");
	CHECK_INT(check("./02-life.lua --fast --format junit"), 2);
	CHECK_HAS(out, "tests=\"1\"");
	CHECK_HAS(out, "<failure type=\"fault\">./02-life.lua:");
	tear_down();
}

/* A fault that many runs have, with other numbers in each, is one finding. */
static void a_finding_of_many_runs_is_one(void)
{
	const struct plant *belief = plants;
	const char *at, *next;
	unsigned int line;

	while (strcmp(belief->code, "belief-differs"))
		belief++;
	set_up();
	REQUIRE_TRUE(plant(belief, &line));
	CHECK_INT(check("./02-life.lua --fast"), 2);
	at = strstr(out, "[belief-differs]");
	REQUIRE_NOT_NULL(at);
	next = strstr(at + 1, "[belief-differs]");
	CHECK_NULL(next);
	CHECK_HAS(out, "  so in 5 runs\n");
	CHECK_INT(check("./02-life.lua --fast --question second-run"), 0);
	CHECK_HAS(out, "\n  second-run ");
	CHECK_LACKS(out, "\n  cancel ");
	tear_down();
}

/* ---- run --answers, --question ---------------------------------------------------------------- */

static int run(const char *args)
{
	return shell_run(out, sizeof(out), "cd '%s' && '%s' run %s --plain 2>&1 </dev/null", folder, program, args);
}

static void answers_play_a_lesson_without_typing(void)
{
	static const struct {
		const char *args;
		int code;
		const char *says;
	} rows[] = {
		{ "./02-life.lua --answers right", 0, "You got 8 of 8 right." },
		{ "./02-life.lua --answers wrong --variant 7", 1, "You got 0 of 8 right." },
		{ "./02-life.lua --answers wrong,pending=maybe", 2, "question 'pending' cannot be answered with \"maybe\"" },
		{ "./02-life.lua --answers wrong,pending=false", 1, "You got 1 of 8 right." },
		{ "./02-life.lua --answers cancel=all", 1, "You got 7 of 8 right." },
		{ "./02-life.lua --answers second-run=3 --jitter 0.2 --seed 9", 1, "You answered: 3 ms." },
		{ "./05-one-runnable.lua --answers right --cpus 4", 0, "You got 6 of 6 right." },
		{ "./02-life.lua --answers cansel=all", 2, "asks no question 'cansel'; did you mean cancel?" },
		{ "./02-life.lua --answers maybe", 2, "expected right, wrong or ID=VALUE, got \"maybe\"" },
		{ "./02-life.lua --answers right --inputs x", 2, "--inputs cannot be combined" },
		{ "./02-life.lua --question cancel", 1, "cancel_work() take back?" },
		{ "./02-life.lua --question nosuch", 2, "the lesson asks no question 'nosuch'" },
	};

	set_up();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(run(rows[i].args), rows[i].code);
		CHECK_HAS(out, rows[i].says);
	}
	tear_down();
}

static void a_run_up_to_a_question_stops_there_with_all_before_it_right(void)
{
	set_up();
	CHECK_INT(run("./02-life.lua --question second-run"), 1);
	CHECK_HAS(out, "Right: true, then false.");
	CHECK_HAS(out, "A number (ms)> ");
	CHECK_LACKS(out, "take back?");
	CHECK_INT(run("./02-life.lua --question second-run --answers wrong"), 1);
	CHECK_LACKS(out, "Right: ");
	CHECK_HAS(out, "A number (ms)> ");
	tear_down();
}

/* The command that a finding prints ends in the fault that it reports. */
static void the_command_of_a_finding_shows_it(void)
{
	unsigned int line;
	char command[1000];
	const char *at;

	set_up();
	REQUIRE_TRUE(plant(&plants[1], &line));
	CHECK_INT(check("./02-life.lua --fast"), 2);
	at = strstr(out, "to see it: kworkshop run ");
	REQUIRE_NOT_NULL(at);
	at += strlen("to see it: kworkshop run ");
	snprintf(command, sizeof(command), "%.*s", (int)strcspn(at, "\n"), at);
	CHECK_HAS(command, "--answers second=");
	CHECK_INT(run(command), 2);
	CHECK_HAS(out, "stalls(pool 0) was not seen");
	tear_down();
}

/* So does that of a proof: of a wrong solution that passes, and of a file that a check of `test` has failed. */
static void the_command_of_a_proof_has_its_files(void)
{
	char command[1000];
	const char *at;

	set_up();
	CHECK_INT(shell_run(out, sizeof(out), "cp -r exercises/21-unload '%s/e' && cd '%s/e' && (sed -n 1p wrong/leak/driver.lua; sed 1d solution/driver.lua) "
			    "> w && mv w wrong/leak/driver.lua", folder, folder), 0);
	CHECK_INT(check("e --fast"), 2);
	at = strstr(out, "  to see it: kworkshop ");
	REQUIRE_NOT_NULL(at);
	at += strlen("  to see it: kworkshop ");
	snprintf(command, sizeof(command), "%.*s", (int)strcspn(at, "\n"), at);
	CHECK_HAS(command, "test e/exercise.lua e/wrong/leak/driver.lua --variant 0 --seed 1");
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && '%s' %s 2>&1", folder, program, command), 0);
	CHECK_HAS(out, "10 of 10 points");
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && '%s' test ./e e/starter/driver.lua --variant 0 2>&1", folder, program), 1);
	at = strstr(out, "again: kworkshop ");
	REQUIRE_NOT_NULL(at);
	at += strlen("again: kworkshop ");
	snprintf(command, sizeof(command), "%.*s", (int)strcspn(at, "\n"), at);
	CHECK_HAS(command, "run ./e e/starter/driver.lua --seed 1");
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && '%s' %s --plain 2>&1", folder, program, command), 0);
	CHECK_HAS(out, " fails. ");
	CHECK_HAS(out, " holds.\n");
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && sed -i '5s/^/(/' e/starter/driver.lua && '%s' run ./e e/starter/driver.lua --plain 2>&1", folder, program), 0);
	CHECK_HAS(out, "Check 1 cannot be judged. driver.lua:");
	CHECK_HAS(out, "\nCheck 2 cannot be judged.\n");
	tear_down();
}

/* Feedback to the first question moves the numbers of later events: the right event has another number in a run with other answers. */
static void an_event_is_found_again_after_other_answers(void)
{
	static const char text[] =
		"return lesson { title = 'Point', question = 'Which?', params = function(pick) return { n = pick(2, 6) } end, function(p)\n"
		"  local job = work('job', function() burn(p.n) end)\n"
		"  predict { 'Will {job} run?', id = 'run', choices = { { 'yes', id = true }, { 'no', 'It will.', id = false } },\n"
		"            answer = function(t) return true, t:first(starts(job)) end, hints = { '?' }, why = 'It was queued.' }\n"
		"  irq(0, 'card', function() queue_work(system_wq, job) end)\n"
		"  run_idle()\n"
		"  irq(0, 'card', function() queue_work(system_wq, job) end)\n"
		"  run_idle()\n"
		"  ask { 'Point at the second start.', id = 'start', pick = 'event', accept = starts(job):nth(2), hints = { '?' }, why = 'There.' }\n"
		"end }\n";

	set_up();
	file_write(folder, "point.lua", text);
	CHECK_INT(check("./point.lua --fast"), 0);
	CHECK_HAS(out, "workqueue_execute_start 1 2 5\n");
	for (unsigned int v = 0; v < 2; v++) {
		CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && '%s' run ./point.lua --variant %u --answers run=false --plain 2>&1", folder, program, v), 1);
		CHECK_HAS(out, "You got 1 of 2 right.");
		CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && '%s' run ./point.lua --variant %u --answers right --plain 2>&1", folder, program, v), 0);
	}
	tear_down();
}

/* ---- --preview -------------------------------------------------------------------------------- */

static void a_preview_has_answer_and_evidence_of_each_variant(void)
{
	set_up();
	CHECK_INT(check("./02-life.lua --preview second-run --variants 2"), 0);
	CHECK_HAS(out, "Variant 0  a = 2, b = 5, c = 29, rest = 8, work = 5\n  Predict (3 of 8): It is 5 ms into the first run.");
	CHECK_HAS(out, "\n  the answer: 18.005 ms\n  decided by event ");
	CHECK_HAS(out, "calls the function of reset: run 2\nVariant 1  a = 2, b = 6, c = 26, rest = 9, work = 6\n");
	CHECK_INT(check("./02-life.lua --preview test-first"), 0);
	CHECK_HAS(out, "\n  * ");
	CHECK_HAS(out, "nothing: queue_work() does it itself, atomically (nothing)\n");
	CHECK_HAS(out, "\nVariant 7  ");
	CHECK_LACKS(out, "decided by");	/* a rule decides it, no event */
	CHECK_INT(check("./02-life.lua --preview nosuch"), 2);
	CHECK_HAS(out, "the lesson asks no question 'nosuch'");
	CHECK_INT(shell_run(out, sizeof(out), "cp -r exercises/08-eight-names '%s'", folder), 0);
	CHECK_INT(check("08-eight-names --preview rescuer --variants 1"), 0);
	CHECK_HAS(out, "\n     1  ");	/* the report's lines */
	CHECK_INT(shell_run(out, sizeof(out), "sed -i 's/R%%-mail/R%%-nail/' '%s/08-eight-names/exercise.lua'", folder), 0);
	CHECK_INT(check("08-eight-names --preview rescuer --variants 1"), 2);
	CHECK_HAS(out, "no line of the report matches \"kworker/R%-nail\"");
	CHECK_LACKS(out, "the lesson asks no question");
	CHECK_INT(check(". --preview cancel"), 2);
	CHECK_HAS(out, "--preview needs one lesson");
	tear_down();
}

/* ---- names ----------------------------------------------------------------------------------- */

/* covers.scenarios can name each of them, and no other. */
static void the_list_of_scenarios_is_the_folder(void)
{
	static const char *const names[] = {
#define SCENARIO(name) #name,
#include "check/scenarios.def"
#undef SCENARIO
	};
	size_t nr = sizeof(names) / sizeof(names[0]);
	glob_t files = { 0 };

	REQUIRE_INT(glob("tests/scenarios/*.kws", 0, NULL, &files), 0);
	CHECK_U64(files.gl_pathc, nr);
	for (size_t i = 0; i < files.gl_pathc && i < nr; i++) {
		char path[200];

		snprintf(path, sizeof(path), "tests/scenarios/%s.kws", names[i]);
		CHECK_STR(files.gl_pathv[i], path);
	}
	globfree(&files);
}

/* ---- letters ------------------------------------------------------------------------------------ */

/* The program shuffles fairly, so only reports written by hand have a bias. */
static void a_letter_that_is_right_too_often_is_reported(void)
{
	struct check_opts o = { .variants = 200, .seeds = 1 };
	struct check_result r = { .file = "x.lua" };
	struct check c = { .o = &o, .result = &r, .source = strdup("") };

	r.finding = calloc(CHECK_FINDINGS_MAX, sizeof(*r.finding));
	r.question = calloc(LESSON_QUESTIONS_MAX, sizeof(*r.question));
	for (unsigned int v = 0; v < o.variants; v++) {
		struct check_run run = { .variant = v, .seed = 1 };
		char text[200];

		REQUIRE_INT(check_plan(&c, &run), v);
		snprintf(text, sizeof(text), "ended\t\t\nasked\tq\t0 2 1\nhas\tq\twhy\nanswer\tq\tyes\nletter\tq\t%u\n", v % 10 == 0);
		c.report[v] = strdup(text);
	}
	check_judge(&c);
	CHECK_U64(r.nr_findings, 1);
	CHECK_INT(r.finding[0].code, CHECK_LETTER_BIAS);
	CHECK_STR(r.finding[0].text, "the right answer to 'q' is choice a in 180 of 200 variants");
	for (size_t i = 0; i < c.nr_runs; i++)
		free(c.report[i]);
	free(c.report);
	free(c.run);
	free(c.source);
	check_result_fini(&r);
}

const struct test_case suite_unit_check[] = {
	T(every_planted_fault_is_found_at_its_line),
	T(every_code_has_a_plant),
	T(the_lessons_have_no_finding),
	T(exit_statuses_follow_the_worst_finding),
	T(findings_are_json_and_tap_and_junit),
	T(a_finding_of_many_runs_is_one),
	T(answers_play_a_lesson_without_typing),
	T(a_run_up_to_a_question_stops_there_with_all_before_it_right),
	T(the_command_of_a_finding_shows_it),
	T(the_command_of_a_proof_has_its_files),
	T(an_event_is_found_again_after_other_answers),
	T(a_preview_has_answer_and_evidence_of_each_variant),
	T(the_list_of_scenarios_is_the_folder),
	T(a_letter_that_is_right_too_often_is_reported),
	{ NULL, NULL }
};
