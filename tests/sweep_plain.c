/*
 * tests/sweep_plain.c - every lesson runs through a pipe, with right and with wrong answers.
 *
 * The test runs the program in plain mode with two pipes.  It answers each question like
 * a person: it learns from the verdicts and takes the lesson again.
 *
 * Licence: MIT.
 */
#define _GNU_SOURCE	/* memmem() */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/datadir.h"
#include "lua/course.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define QUESTIONS_MAX 16
#define TEXT_MAX ((size_t)1 << 20)
#define RUNS_MAX 8		/* 5 choices at most, and one attempt more */

struct child {
	pid_t pid;
	int to, from;
	char *text;		/* all its output */
	size_t len;
	int status;
};

/* The answers, in the order of the questions. */
struct plan {
	uint32_t choice[QUESTIONS_MAX];		/* from 1 */
	char number[QUESTIONS_MAX][32];
	uint32_t nr;				/* questions met */
	bool is_number[QUESTIONS_MAX], is_order[QUESTIONS_MAX], right[QUESTIONS_MAX];
	size_t prompt[QUESTIONS_MAX];		/* where in the text the question's prompt is */
};

/* A lesson by name; NULL: home. */
static void start(struct child *c, const char *lesson, const char *state)
{
	int in[2], out[2];

	memset(c, 0, sizeof(*c));
	c->text = calloc(1, TEXT_MAX);
	REQUIRE_INT(pipe(in), 0);
	REQUIRE_INT(pipe(out), 0);
	fflush(NULL);
	c->pid = fork();
	REQUIRE_GE(c->pid, 0);
	if (!c->pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		setenv("KWORKSHOP_STATE_DIR", state, 1);
		setenv("COLUMNS", "80", 1);
		if (lesson)
			execl(test_binary(), "kworkshop", "run", "--plain", lesson, (char *)NULL);
		else
			execl(test_binary(), "kworkshop", "--plain", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	c->to = in[1];
	c->from = out[0];
}

static const char *last_line(const struct child *c)
{
	const char *line = c->text ? strrchr(c->text, '\n') : NULL;

	return line ? line + 1 : c->text ? c->text : "";
}

static bool ends_with(const struct child *c, const char *tail)
{
	size_t n = strlen(tail);

	return c->len >= n && !memcmp(c->text + c->len - n, tail, n);
}

/* A card, a verdict or the end waits for Enter. */
static bool waits_for_enter(const struct child *c)
{
	return ends_with(c, "[Enter] ") || ends_with(c, "b both worlds] ");
}

/* Reads until it asks for a line (true) or is done (false). */
static bool wait_for_prompt(struct child *c)
{
	while (c->len < TEXT_MAX - 1) {
		ssize_t n = read(c->from, c->text + c->len, TEXT_MAX - 1 - c->len);

		if (n <= 0)
			return false;
		c->len += (size_t)n;
		if (waits_for_enter(c) || ends_with(c, "> "))
			return true;
	}
	return false;
}

static void type(struct child *c, const char *line)
{
	ssize_t n = write(c->to, line, strlen(line));

	CHECK_INT(n, (ssize_t)strlen(line));
	n = write(c->to, "\n", 1);
	CHECK_INT(n, 1);
}

static int finish(struct child *c)
{
	close(c->to);
	while (wait_for_prompt(c))
		;
	close(c->from);
	CHECK_INT(waitpid(c->pid, &c->status, 0), c->pid);
	return WIFEXITED(c->status) ? WEXITSTATUS(c->status) : 128 + WTERMSIG(c->status);
}

#define THINGS_MAX 6

/* The things that stand above the prompt of an order, each in a line "  1  NAME".  Return: how many. */
static uint32_t things_above(const struct child *c, size_t prompt, char things[THINGS_MAX][80])
{
	uint32_t n = 0;

	for (uint32_t k = 1; k <= THINGS_MAX; k++) {
		char head[16];
		const char *line = NULL;

		snprintf(head, sizeof(head), "\n  %u  ", k);
		for (const char *p = c->text; (p = strstr(p, head)) && p < c->text + prompt; p++)
			line = p + strlen(head);
		if (!line || (n && line < c->text + prompt - 600))
			break;
		snprintf(things[n++], 80, "%.*s", (int)strcspn(line, "\n"), line);
	}
	return n;
}

/* The numbers of the things in the order in which @verdict names them; as listed if it is NULL. */
static void order_of(const struct child *c, size_t prompt, const char *verdict, char *out, size_t size)
{
	char things[THINGS_MAX][80], text[400] = "";
	uint32_t n = things_above(c, prompt, things);
	const char *at[THINGS_MAX];

	if (verdict)
		snprintf(text, sizeof(text), "%.399s", verdict);
	for (char *p = text; (p = strchr(p, '\n')); )
		*p = ' ';
	for (uint32_t i = 0; i < n; i++)
		at[i] = verdict ? strstr(text, things[i]) : text + i;
	*out = '\0';
	for (uint32_t k = 0; k < n; k++) {
		uint32_t first = 0;

		for (uint32_t i = 1; i < n; i++)
			if (at[i] && (!at[first] || at[i] < at[first]))
				first = i;
		at[first] = NULL;
		snprintf(out + strlen(out), size - strlen(out), "%u ", first + 1);
	}
}

/* One lesson, by the plan.  Return: its exit code. */
static int take(struct child *c, const char *lesson, const char *state, struct plan *plan)
{
	char line[64];

	start(c, lesson, state);
	plan->nr = 0;
	while (wait_for_prompt(c)) {
		uint32_t q = plan->nr;

		if (strstr(last_line(c), "q leaves it.")) {	/* missed questions once more: unit_practise */
			type(c, "q");
			continue;
		}
		if (waits_for_enter(c)) {
			type(c, "");
			continue;
		}
		if (q == QUESTIONS_MAX)
			break;
		plan->is_number[q] = strncmp(last_line(c), "A number", 8) == 0;
		plan->prompt[q] = c->len;
		if (!strncmp(last_line(c), "The order", 9) && !plan->is_order[q]) {
			plan->is_order[q] = true;
			order_of(c, c->len, NULL, plan->number[q], sizeof(plan->number[q]));
		}
		snprintf(line, sizeof(line), "%u", plan->choice[q] + 1);
		type(c, plan->is_number[q] || plan->is_order[q] ? plan->number[q] : line);
		plan->nr++;
	}
	return finish(c);
}

/* The next verdict at or behind @p; NULL = none. */
static const char *next_verdict(const char *p)
{
	for (; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
		if (!strncmp(p, "Right", 5) || !strncmp(p, "Not quite.", 10))
			return p;
	return NULL;
}

/* Learns from a verdict: another choice after a wrong one, or the number in the verdict. */
static void learn(const struct child *c, struct plan *plan)
{
	const char *p = c->text, *digits, *answer;
	uint32_t q;

	for (q = 0; q < plan->nr; q++, p++) {
		p = next_verdict(p);
		CHECK_NOT_NULL(p);
		if (!p)
			return;
		plan->right[q] = *p == 'R';
		if (plan->right[q])
			continue;
		plan->choice[q]++;
		digits = strstr(p, "In the run: ");	/* of a prediction; of a question about a rule: */
		answer = strstr(p, "The answer: ");
		if (!digits || (answer && answer < digits))
			digits = answer;
		if (plan->is_order[q] && digits) {
			order_of(c, plan->prompt[q], digits, plan->number[q], sizeof(plan->number[q]));
			continue;
		}
		digits = digits ? strpbrk(digits, "0123456789") : NULL;
		if (plan->is_number[q] && digits)
			snprintf(plan->number[q], sizeof(plan->number[q]), "%.*s",
				 (int)strspn(digits, "0123456789."), digits);
	}
}

static void begin(struct course *course, char *state)
{
	char dir[1024], err[600];

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, course, err, sizeof(err)), 0);
	strcpy(state, "/tmp/kw-plain-XXXXXX");
	REQUIRE_NOT_NULL(mkdtemp(state));
	signal(SIGPIPE, SIG_IGN);
}

static void end(struct course *course, const char *state)
{
	char command[128];

	course_free(course);
	snprintf(command, sizeof(command), "rm -r '%s'", state);
	CHECK_INT(system(command), 0);
}

static void check_manners(const struct child *c, const char *lesson)
{
	const char *p, *line = c->text;

	if (strncmp(c->text, "kworkshop, plain mode (--plain)", 31))
		test_note("%s: the first line is: %.60s", lesson, c->text);
	CHECK_STARTS(c->text, "kworkshop, plain mode (--plain)");
	for (p = c->text; *p; p++) {
		if (*p == '\n') {
			if (p - line > 80 + 8 && !memmem(line, (size_t)(p - line), "> ", 2))
				test_note("%s: a long line: %.*s", lesson, (int)(p - line), line);
			line = p + 1;
		}
		CHECK_TRUE((unsigned char)*p >= ' ' || *p == '\n');	/* no terminal control at all */
	}
}

static void every_lesson_can_be_taken_wrong_and_then_learnt(void)
{
	struct course course;
	char state[64];
	size_t i;

	begin(&course, state);
	for (i = 0; i < course.nr; i++) {
		const char *id = course.lessons[i].id;
		struct plan plan = { .nr = 0 };
		struct child c;
		int code = 1, run;
		uint32_t q;

		for (q = 0; q < QUESTIONS_MAX; q++)
			snprintf(plan.number[q], sizeof(plan.number[q]), "123456");
		for (run = 0; run < RUNS_MAX && code == 1; run++) {
			code = take(&c, id, state, &plan);
			check_manners(&c, id);
			CHECK_HAS(c.text, "The lesson is over");
			CHECK_INT(plan.nr, course.lessons[i].questions);
			CHECK_INT(code, strstr(c.text, "\nNot quite.") ? 1 : 0);
			if (code == 1)
				learn(&c, &plan);
			else if (code)
				test_note("%s: exit %d\n%s", id, code, c.text);
			free(c.text);
		}
		if (code)
			test_note("%s: still exit %d after %d runs", id, code, run);
		CHECK_INT(code, 0);
	}
	end(&course, state);
}

/* Without any input the program exits with 1 and prints why. */
static void the_end_of_input_ends_every_lesson(void)
{
	struct course course;
	char state[64];
	size_t i;

	begin(&course, state);
	for (i = 0; i < course.nr; i++) {
		struct child c;

		start(&c, course.lessons[i].id, state);
		CHECK_INT(finish(&c), 1);
		CHECK_HAS(c.text, "You left before the end");
		CHECK_LACKS(c.text, "The lesson is over");
		free(c.text);
	}
	end(&course, state);
}

/* `life`, left after its first answer, resumes behind it: it prints the answer and asks the next question. */
static void a_lesson_that_was_left_goes_on_where_it_stopped(void)
{
	struct course course;
	const struct course_lesson *life;
	struct child c;
	char state[64], step[80], *said;

	begin(&course, state);
	life = course_find(&course, "life");
	snprintf(step, sizeof(step), "at step 3 of %u: Enter goes on.", life->cards + life->questions);
	start(&c, "life", state);
	CHECK_TRUE(wait_for_prompt(&c));
	type(&c, "");
	CHECK_TRUE(wait_for_prompt(&c));
	type(&c, "2");
	CHECK_TRUE(wait_for_prompt(&c));
	CHECK_INT(finish(&c), 1);
	free(c.text);

	start(&c, NULL, state);
	CHECK_TRUE(wait_for_prompt(&c));
	CHECK_HAS(c.text, step);
	type(&c, life->label);
	CHECK_TRUE(wait_for_prompt(&c));
	said = strstr(c.text, "You answered: ");
	CHECK_NOT_NULL(said);
	CHECK_NOT_NULL(said ? strstr(said, "A worker has taken reset") : NULL);
	finish(&c);
	free(c.text);
	end(&course, state);
}

/* Each step starts at the position of the last one, in both directions, and changes no state. */
static void looking_back_goes_further_and_returns(void)
{
	static const char *const keys[] = { ",", ",", ".", "m", "w", "d" };
	char state[64], printed[6][400];
	struct course course;
	struct child c;
	size_t i, before;

	begin(&course, state);
	start(&c, "first-minute", state);
	CHECK_TRUE(wait_for_prompt(&c));
	type(&c, "");
	CHECK_TRUE(wait_for_prompt(&c));
	for (i = 0; i < 6; i++) {
		before = c.len;
		type(&c, keys[i]);
		CHECK_TRUE(wait_for_prompt(&c));
		snprintf(printed[i], sizeof(printed[i]), "%.390s", c.text + before);
	}
	CHECK_NOT_STR(printed[0], printed[1]);
	CHECK_STR(printed[0], printed[2]);
	CHECK_HAS(printed[3], "nr_running");
	CHECK_HAS(printed[4], " returned ");
	CHECK_HAS(printed[5], "log is empty");
	CHECK_INT(finish(&c), 1);
	free(c.text);
	end(&course, state);
}

/* `b` at a wrong answer compares up to the verdict, and at the end of the lesson to the end. */
static void both_worlds_are_printed_as_lines(void)
{
	struct course course;
	struct child c;
	char state[64];

	begin(&course, state);
	start(&c, "first-minute", state);
	while (wait_for_prompt(&c) && waits_for_enter(&c))
		type(&c, "");
	type(&c, "1");
	CHECK_TRUE(wait_for_prompt(&c));
	CHECK_TRUE(ends_with(&c, "[Enter, b both worlds] "));
	type(&c, "b");
	CHECK_TRUE(wait_for_prompt(&c));
	CHECK_HAS(c.text, "Both worlds, times in ms after the question.");
	CHECK_HAS(c.text, "The run has not come further yet.");
	CHECK_LACKS(c.text, "Last one done:");
	while (!ends_with(&c, "[Enter ends, b both worlds] ")) {
		type(&c, "");
		if (!wait_for_prompt(&c))
			break;
	}
	CHECK_HAS(c.text, "The lesson is over");
	type(&c, "b");
	CHECK_TRUE(wait_for_prompt(&c));
	CHECK_HAS(c.text, "Last one done:");
	CHECK_INT(finish(&c), 1);
	free(c.text);
	end(&course, state);
}

static void a_lesson_taken_is_listed_as_done(void)
{
	struct plan plan = { .nr = 0 };
	struct course course;
	char state[64], out[8192], *line;
	struct child c;

	begin(&course, state);
	CHECK_LE(take(&c, "first-minute", state, &plan), 1);
	learn(&c, &plan);
	free(c.text);
	CHECK_INT(shell_run(out, sizeof(out), "KWORKSHOP_STATE_DIR='%s' '%s' list", state, test_binary()), 0);
	line = strstr(out, "first-minute");
	REQUIRE_NOT_NULL(line);
	line[strcspn(line, "\n")] = '\0';
	CHECK_HAS(line, "done");
	CHECK_HAS(line, plan.right[0] ? "best 1 of 1 right" : "best 0 of 1 right");
	end(&course, state);
}

const struct test_case suite_sweep_plain[] = {
	T(every_lesson_can_be_taken_wrong_and_then_learnt),
	T(the_end_of_input_ends_every_lesson),
	T(a_lesson_that_was_left_goes_on_where_it_stopped),
	T(looking_back_goes_further_and_returns),
	T(both_worlds_are_printed_as_lines),
	T(a_lesson_taken_is_listed_as_done),
	{ NULL, NULL }
};
