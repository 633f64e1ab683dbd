/*
 * tests/unit_progress.c - attempts, answers and bookmarks: nothing is overwritten, nothing is lost.
 *
 * Lives here:   rows; several programs at once; the state folder.
 * Never here:   the file's damage and versions (unit_progress_file.c), JSON (unit_progress_json.c).
 * Licence: MIT.
 */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "classroom/day.h"
#include "classroom/progress.h"
#include "tests/support/files.h"
#include "tests/support/progress_folder.h"
#include "tests/test.h"

/* RULE(design: progress).  Own variable before XDG before home; a relative XDG folder is ignored. */
static void state_folder_follows_own_variable_then_xdg_then_home(void)
{
	struct kept own = env_keep("KWORKSHOP_STATE_DIR"), xdg = env_keep("XDG_STATE_HOME"), home = env_keep("HOME");
	char path[256];

	setenv("KWORKSHOP_STATE_DIR", "/a", 1);
	setenv("XDG_STATE_HOME", "/b", 1);
	setenv("HOME", "/c", 1);
	CHECK_INT(progress_dir(path, sizeof(path)), 0);
	CHECK_STR(path, "/a");
	unsetenv("KWORKSHOP_STATE_DIR");
	CHECK_INT(progress_dir(path, sizeof(path)), 0);
	CHECK_STR(path, "/b/kworkshop");
	setenv("XDG_STATE_HOME", "b", 1);
	CHECK_INT(progress_dir(path, sizeof(path)), 0);
	CHECK_STR(path, "/c/.local/state/kworkshop");
	CHECK_INT(progress_dir(path, 5), -ENAMETOOLONG);
	env_give_back(&own);
	env_give_back(&xdg);
	env_give_back(&home);
}

static void a_day_begins_at_local_midnight(void)
{
	struct kept zone = env_keep("TZ");

	setenv("TZ", "UTC", 1);
	CHECK_INT(day_of(0), 0);
	CHECK_INT(day_of(86399), 0);
	CHECK_INT(day_of(86400), 1);
	CHECK_INT(day_of(1709164800), 19782);	/* 2024-02-29 */
	CHECK_INT(day_of(1709251200), 19783);	/* 2024-03-01 */
	CHECK_INT(day_of(951782400), 11016);	/* 2000-02-29 */
	setenv("TZ", "EST5", 1);
	CHECK_INT(day_of(86400), 0);
	CHECK_INT(day_of(86400 + 5 * 3600), 1);
	setenv("TZ", "JST-9", 1);
	CHECK_INT(day_of(15 * 3600 - 1), 0);
	CHECK_INT(day_of(15 * 3600), 1);
	env_give_back(&zone);
}

static void a_day_has_one_date_and_a_date_one_day(void)
{
	static const char *const wrong[] = {
		"", "2026", "2026-2-3", "2026-02-30", "2025-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "1970-01-01",
		"1969-12-31", "2026-12-05 ", " 2026-12-05", "20261205--", "-026-12-05", "2026-12-0x",
	};
	char text[DAY_DATE_BYTES];

	CHECK_INT(day_of_date("1970-01-02"), 1);
	CHECK_INT(day_of_date("2000-02-29"), 11016);
	CHECK_INT(day_of_date("2024-03-01"), 19783);
	for (int64_t day = 1; day < 100000; day += 13) {
		day_date(day, text);
		CHECK_INT(day_of_date(text), day);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_INT(day_of_date(wrong[i]), 0);
}

/* ---- an attempt ------------------------------------------------------------------------ */

/* Argument of progress_resume(): the run of progress_sample(). */
static struct progress_attempt wanted(void)
{
	struct progress_attempt a = { .course = "kworkshop", .lesson = "life", .variant = 7, .seed = 3 };

	return a;
}

static enum progress_found resume(struct progress *p, const struct progress_attempt *want, struct progress_attempt *got)
{
	enum progress_found found = PROGRESS_NONE;

	CHECK_INT(progress_resume(p, want, got, &found), 0);
	return found;
}

static void saved_progress_is_resumed_after_closing(void)
{
	struct progress_attempt a = progress_sample("go 1\nanswer second 1 once\n", false), want = wanted(), got;
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	CHECK_INT(resume(p, &want, &got), PROGRESS_NONE);
	snprintf(a.options, sizeof(a.options), "--cpus 4");
	a.time = 1728000000;
	CHECK_INT(progress_save(p, &a, NULL, 0), 0);
	CHECK_INT(a.n, 1);
	progress_close(p);
	p = progress_folder_open();
	snprintf(want.options, sizeof(want.options), "--cpus 4");
	REQUIRE_INT(resume(p, &want, &got), PROGRESS_RESUMED);
	CHECK_STR(got.inputs, a.inputs);
	CHECK_STR(got.hash, a.hash);
	CHECK_STR(got.options, "--cpus 4");
	CHECK_INT(got.variant, 7);
	CHECK_INT(got.seed, 3);
	CHECK_INT(got.n, 1);
	CHECK_INT(got.total, 5);
	CHECK_INT(got.day, 20000);
	CHECK_INT(got.time, 1728000000);
	CHECK_FALSE(got.ended);
	progress_attempt_fini(&got);
	progress_attempt_fini(&a);
	progress_close(p);
	progress_folder_remove();
}

/* Another variant, seed or machine is another run: its attempt is not this one's. */
static void an_attempt_is_resumed_only_by_the_same_run(void)
{
	struct progress_attempt other[3] = { wanted(), wanted(), wanted() }, want = wanted(), got;
	struct progress *p;
	int i;

	progress_folder_make();
	p = progress_folder_open();
	progress_add(p, "life", "answer second 1 once\n", false, 1);
	other[0].variant = 8;
	other[1].seed = 4;
	snprintf(other[2].options, sizeof(other[2].options), "--cpus 2");
	for (i = 0; i < 3; i++)
		CHECK_INT(resume(p, &other[i], &got), PROGRESS_OTHER_RUN);
	REQUIRE_INT(resume(p, &want, &got), PROGRESS_RESUMED);
	progress_attempt_fini(&got);
	progress_close(p);
	progress_folder_remove();
}

/*
 * An attempt that was begun anew and left before its first answer does not hide the
 * unfinished one; an attempt that was completed closes all earlier ones.
 */
static void the_last_unfinished_attempt_with_an_answer_is_resumed(void)
{
	struct progress_attempt want = wanted(), got;
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	progress_add(p, "life", "go 1\nanswer second 1 once\n", false, 1);
	progress_add(p, "life", "go 1\n", false, -1);
	REQUIRE_INT(resume(p, &want, &got), PROGRESS_RESUMED);
	CHECK_INT(got.n, 1);
	progress_release(p, &got);
	progress_attempt_fini(&got);
	progress_add(p, "life", "answer second 1 once\n", true, 1);
	CHECK_INT(resume(p, &want, &got), PROGRESS_NONE);
	progress_add(p, "life", "go 1\n", false, -1);
	REQUIRE_INT(resume(p, &want, &got), PROGRESS_RESUMED);
	CHECK_INT(got.n, 4);
	progress_attempt_fini(&got);
	progress_close(p);
	progress_folder_remove();
}

static int keep_last(void *arg, const struct progress_answer *a)
{
	*(struct progress_answer *)arg = *a;
	return 0;
}

static int count_answer(void *arg, const struct progress_answer *a)
{
	(void)a;
	++*(int *)arg;
	return 0;
}

static void the_first_answer_stays(void)
{
	struct progress_attempt a = progress_sample("answer second 1 once\n", false);
	struct progress_answer first = progress_sample_answer("second", 1, 0, "once"), got = { 0 };
	struct progress_answer again = progress_sample_answer("second", 1, 1, "twice");
	struct progress *p;
	int n = 0;

	progress_folder_make();
	p = progress_folder_open();
	CHECK_INT(progress_save(p, &a, &first, 1), 0);
	CHECK_INT(progress_save(p, &a, &again, 1), 0);
	CHECK_INT(progress_answers(p, a.row, count_answer, &n), 0);
	CHECK_INT(n, 1);
	CHECK_INT(progress_answers(p, a.row, keep_last, &got), 0);
	CHECK_STR(got.value, "once");
	CHECK_INT(got.right, 0);
	CHECK_INT(got.sure, 2);
	CHECK_INT(got.day, 20000);
	progress_attempt_fini(&a);
	progress_close(p);
	progress_folder_remove();
}

static void a_second_run_is_a_second_attempt_and_the_best_counts(void)
{
	struct progress_summary s;
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), -ENOENT);
	progress_add(p, "life", "answer second 1 once\n", true, 1);
	progress_add(p, "life", "answer second 1 twice\n", true, 0);
	progress_add(p, "life", "", false, -1);
	progress_add(p, "rescuer", "answer second 1 once\n", true, 1);
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), 0);
	CHECK_INT(s.attempts, 3);
	CHECK_INT(s.finished, 2);
	CHECK_INT(s.best, 1);
	CHECK_INT(s.answered, 1);
	CHECK_INT(s.total, 5);
	progress_close(p);
	progress_folder_remove();
}

static bool same_bytes(const char *path, const char *before, size_t len)
{
	size_t now;
	char *text = progress_slurp(path, &now);
	bool same = now == len && !memcmp(text, before, len);

	free(text);
	return same;
}

/* Neither resuming nor saving an unchanged attempt changes a byte of the file. */
static void looking_writes_nothing(void)
{
	struct progress_attempt want = wanted(), got;
	struct progress_answer answer = progress_sample_answer("second", 1, 1, "once");
	struct progress_summary s;
	char path[512], *before;
	struct progress *p;
	size_t len;

	progress_folder_make();
	p = progress_folder_open();
	progress_add(p, "life", "answer second 1 once\n", false, 1);
	snprintf(path, sizeof(path), "%s", progress_path(p));
	progress_close(p);
	before = progress_slurp(path, &len);
	p = progress_folder_open();
	REQUIRE_INT(resume(p, &want, &got), PROGRESS_RESUMED);
	CHECK_INT(progress_save(p, &got, &answer, 1), 0);
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), 0);
	progress_attempt_fini(&got);
	progress_close(p);
	CHECK_TRUE(same_bytes(path, before, len));
	free(before);
	progress_folder_remove();
}

/* ---- several programs ------------------------------------------------------------------------ */

#define WRITERS 3
#define WRITES 40

/* A program that opens the lesson, answers question after question, and leaves when all have finished. */
static int answer_many(int who, int finished, int leave)
{
	struct progress_attempt want = wanted(), a;
	enum progress_found found;
	struct progress *p;
	char note[512];
	int i;

	if (progress_open(&p, progress_folder, note, sizeof(note)) || progress_resume(p, &want, &a, &found))
		return 1;
	if (found != PROGRESS_RESUMED)
		a = progress_sample("", false);
	for (i = 0; i < WRITES; i++) {
		char question[64], line[128], *longer = NULL;
		struct progress_answer answer;

		snprintf(question, sizeof(question), "q%d-%d", who, i);
		snprintf(line, sizeof(line), "answer %s 1 x\n", question);
		longer = calloc(1, strlen(a.inputs) + strlen(line) + 1);
		if (!longer)
			return 2;
		strcpy(longer, a.inputs);
		strcpy(longer + strlen(longer), line);
		free(a.inputs);
		a.inputs = longer;
		answer = progress_sample_answer(question, 1, 1, "x");
		if (progress_save(p, &a, &answer, 1))
			return 3;
	}
	if (write(finished, "f", 1) != 1 || read(leave, note, 1) != 0)
		return 4;
	progress_attempt_fini(&a);
	progress_close(p);
	return 0;
}

struct tally {
	struct progress *p;
	int attempts, answers;
	bool mixed;			/* an attempt lacks answers, or has those of two programs */
};

static int tally_attempt(void *arg, const struct progress_attempt *a)
{
	struct tally *t = arg;
	const char *line;
	int n = 0, lines = 0;

	progress_answers(t->p, a->row, count_answer, &n);
	for (line = a->inputs; (line = strstr(line, "answer q")); line++)
		lines += line[8] == a->inputs[8];
	t->attempts++;
	t->answers += n;
	t->mixed |= n != WRITES || lines != WRITES;
	return 0;
}

/* Several programs create, open and write the same file at once: each has an attempt of its own. */
static void programs_at_once_have_an_attempt_each_and_lose_nothing(void)
{
	struct tally t = { 0 };
	pid_t pid[WRITERS];
	int i, status, finished[2], leave[2];
	char byte;

	progress_folder_make();
	REQUIRE_INT(pipe(finished), 0);
	REQUIRE_INT(pipe(leave), 0);
	for (i = 0; i < WRITERS; i++) {
		pid[i] = fork();
		REQUIRE_GE(pid[i], 0);
		if (!pid[i]) {
			close(leave[1]);
			_exit(answer_many(i, finished[1], leave[0]));
		}
	}
	close(finished[1]);
	for (i = 0; i < WRITERS; i++)
		CHECK_INT(read(finished[0], &byte, 1), 1);
	close(leave[1]);
	close(leave[0]);
	close(finished[0]);
	for (i = 0; i < WRITERS; i++) {
		CHECK_INT(waitpid(pid[i], &status, 0), pid[i]);
		CHECK_INT(status, 0);
	}
	t.p = progress_folder_open();
	CHECK_INT(progress_attempts(t.p, "kworkshop", "life", tally_attempt, &t), 0);
	CHECK_INT(t.attempts, WRITERS);
	CHECK_INT(t.answers, WRITERS * WRITES);
	CHECK_FALSE(t.mixed);
	progress_close(t.p);
	progress_folder_remove();
}

/*
 * Program A has the unfinished attempt open.  Program B cannot resume it and gets a new one.
 * After any end of A the attempt can be resumed again.
 */
static void an_attempt_open_in_one_program_is_not_resumed_by_another(void)
{
	struct progress_attempt want = wanted(), got;
	struct progress *p;
	int ready[2], leave[2], status;
	char byte;
	pid_t pid;

	progress_folder_make();
	p = progress_folder_open();
	progress_add(p, "life", "answer second 1 once\n", false, 1);
	REQUIRE_INT(pipe(ready), 0);
	REQUIRE_INT(pipe(leave), 0);
	pid = fork();
	REQUIRE_GE(pid, 0);
	if (!pid) {
		struct progress *theirs;
		enum progress_found found;
		char note[512];
		bool ok = !progress_open(&theirs, progress_folder, note, sizeof(note)) &&
			  !progress_resume(theirs, &want, &got, &found) && found == PROGRESS_RESUMED;

		ok = write(ready[1], "r", 1) == 1 && read(leave[0], &byte, 1) == 1 && ok;
		_exit(ok ? 0 : 1);	/* no file is closed, as after a crash */
	}
	CHECK_INT(read(ready[0], &byte, 1), 1);
	CHECK_INT(resume(p, &want, &got), PROGRESS_IN_USE);
	CHECK_INT(write(leave[1], "l", 1), 1);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_INT(resume(p, &want, &got), PROGRESS_RESUMED);
	progress_attempt_fini(&got);
	progress_close(p);
	progress_folder_remove();
	close(ready[0]);
	close(ready[1]);
	close(leave[0]);
	close(leave[1]);
}

/*
 * Where there are no locks two programs may have the same attempt.  A saves; B's next
 * save finds another checksum in the row and becomes a further attempt, with the
 * answers that both had; so too when the row has been removed.
 */
static void a_row_that_another_program_changed_is_not_overwritten(void)
{
	struct progress_attempt a = progress_sample("answer second 1 once\n", false), b;
	struct progress_answer first = progress_sample_answer("second", 1, 1, "once");
	struct progress_answer next = progress_sample_answer("third", 1, 0, "b");
	struct progress *p;
	int n = 0;

	progress_folder_make();
	p = progress_folder_open();
	CHECK_INT(progress_save(p, &a, &first, 1), 0);
	b = a;
	b.inputs = strdup("answer second 1 once\nanswer third 1 b\n");
	free(a.inputs);
	a.inputs = strdup("answer second 1 once\nanswer third 1 a\n");
	CHECK_INT(progress_save(p, &a, NULL, 0), 0);
	CHECK_INT(progress_save(p, &b, &next, 1), 0);
	CHECK_INT(a.n, 1);
	CHECK_INT(b.n, 2);
	CHECK_NE(b.row, a.row);
	CHECK_INT(progress_answers(p, b.row, count_answer, &n), 0);
	CHECK_INT(n, 2);
	CHECK_INT(progress_reset(p, "kworkshop", "life"), 0);
	free(a.inputs);
	a.inputs = strdup("answer second 1 twice\n");
	CHECK_INT(progress_save(p, &a, NULL, 0), 0);
	CHECK_INT(a.n, 1);
	progress_attempt_fini(&a);
	progress_attempt_fini(&b);
	progress_close(p);
	progress_folder_remove();
}

/* ---- bookmarks, forgetting ----------------------------------------------------------------------- */

struct marks {
	int n;
	struct progress_mark last;
};

static int keep_mark(void *arg, const struct progress_mark *m)
{
	struct marks *marks = arg;

	marks->n++;
	marks->last = *m;
	return 0;
}

static void a_mark_at_the_same_event_gets_the_new_text(void)
{
	struct progress_mark m = { .course = "kworkshop", .lesson = "life", .variant = 7, .seed = 3, .event = 41,
				   .text = "here", .hash = "0123456789abcdef", .day = 20000 };
	struct marks marks = { 0 };
	struct progress *p;

	progress_folder_make();
	p = progress_folder_open();
	CHECK_INT(progress_mark(p, &m), 0);
	snprintf(m.text, sizeof(m.text), "why here?");
	CHECK_INT(progress_mark(p, &m), 0);
	CHECK_INT(progress_marks(p, "kworkshop", "life", keep_mark, &marks), 0);
	CHECK_INT(marks.n, 1);
	CHECK_STR(marks.last.text, "why here?");
	CHECK_INT(marks.last.event, 41);
	m.event = 40;
	CHECK_INT(progress_mark(p, &m), 0);
	m.variant = 8;
	CHECK_INT(progress_mark(p, &m), 0);
	marks.n = 0;
	CHECK_INT(progress_marks(p, "kworkshop", NULL, keep_mark, &marks), 0);
	CHECK_INT(marks.n, 3);
	CHECK_INT(marks.last.event, 41);	/* in the order of events */
	CHECK_INT(progress_unmark(p, marks.last.row), 0);
	CHECK_INT(progress_unmark(p, marks.last.row), -ENOENT);
	m.event = 0;
	CHECK_INT(progress_mark(p, &m), -EINVAL);
	progress_close(p);
	progress_folder_remove();
}

static void reset_forgets_one_lesson_and_keeps_its_bookmarks(void)
{
	struct progress_mark m = { .course = "kworkshop", .lesson = "life", .event = 41, .text = "mine" };
	struct progress_practice again = { .course = "kworkshop", .lesson = "life", .question = "second" };
	struct progress_summary s;
	struct marks marks = { 0 };
	struct progress *p;
	char *text;

	progress_folder_make();
	p = progress_folder_open();
	progress_add(p, "life", "answer second 1 once\n", true, 1);
	progress_add(p, "rescuer", "answer second 1 once\n", true, 1);
	CHECK_INT(progress_mark(p, &m), 0);
	CHECK_INT(progress_add_practice(p, &again), 0);
	CHECK_INT(progress_reset(p, "kworkshop", "life"), 0);
	CHECK_INT(progress_reset(p, "kworkshop", "life"), -ENOENT);
	CHECK_INT(progress_summarize(p, "kworkshop", "life", &s), -ENOENT);
	CHECK_INT(progress_summarize(p, "kworkshop", "rescuer", &s), 0);
	CHECK_INT(progress_marks(p, "kworkshop", "life", keep_mark, &marks), 0);
	CHECK_INT(marks.n, 1);
	text = progress_export_text(p);
	CHECK_HAS(text, "{\"what\": \"reset\", \"course\": \"kworkshop\", \"lesson\": \"life\"}");
	CHECK_HAS(text, "\"practice\": [],");
	free(text);
	progress_close(p);
	progress_folder_remove();
}

const struct test_case suite_unit_progress[] = {
	T(state_folder_follows_own_variable_then_xdg_then_home),
	T(a_day_begins_at_local_midnight),
	T(a_day_has_one_date_and_a_date_one_day),
	T(saved_progress_is_resumed_after_closing),
	T(an_attempt_is_resumed_only_by_the_same_run),
	T(the_last_unfinished_attempt_with_an_answer_is_resumed),
	T(the_first_answer_stays),
	T(a_second_run_is_a_second_attempt_and_the_best_counts),
	T(looking_writes_nothing),
	T(programs_at_once_have_an_attempt_each_and_lose_nothing),
	T(an_attempt_open_in_one_program_is_not_resumed_by_another),
	T(a_row_that_another_program_changed_is_not_overwritten),
	T(a_mark_at_the_same_event_gets_the_new_text),
	T(reset_forgets_one_lesson_and_keeps_its_bookmarks),
	{ NULL, NULL }
};
