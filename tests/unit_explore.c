/*
 * tests/unit_explore.c - exploring: rare bugs are found, shrunk and repeated.
 *
 * The small programs of tests/explore/ have one bug each, or none; the real program
 * is driven from the outside, parts of it from within.
 *
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/files.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/workers.h"
#include "explore/explore_internal.h"

#define OUT_BYTES 65536

/* Runs `kworkshop explore` with @args (for a shell).  Return: exit code. */
static int explore_cli(const char *args, char *out)
{
	return shell_run(out, OUT_BYTES, "'%s' explore %s 2>&1", test_binary(), args);
}

static bool has(const char *out, const char *text)
{
	if (strstr(out, text))
		return true;
	test_note("no \"%s\" in: %s", text, out);
	return false;
}

/* The arguments after "again: kworkshop explore ", without the newline. */
static void again_line(const char *out, char *args, size_t size)
{
	const char *mark = "again: kworkshop explore ", *p = strstr(out, mark);

	REQUIRE_NOT_NULL(p);
	p += strlen(mark);
	snprintf(args, size, "%.*s", (int)strcspn(p, "\n"), p);
}

/* The number after @word at the beginning of a line, @nth of that line. */
static unsigned long in_table(const char *out, const char *word, int nth)
{
	unsigned long n[3] = { 0, 0, 0 };
	char line[32];
	const char *p;

	snprintf(line, sizeof(line), "\n%s ", word);
	p = strstr(out, line);
	if (!p || sscanf(p + strlen(line), "%lu %lu %lu", &n[0], &n[1], &n[2]) != 3)
		test_note("no row \"%s\" in: %s", word, out);
	return n[nth];
}

/* ---- found ------------------------------------------------------------------------------- */

static const struct {
	const char *file, *options, *says;
	int nr_max;		/* forced choices that are known to be enough */
} bugs[] = {
	{ "lost_wakeup.c", "", "no future: explore_main() has not returned", 1 },
	{ "counter.c", "", "explore_check(katomic_read(&count) == 2) does not hold", 1 },
	{ "crash.c", "", "the process of the run", 1 },
	{ "free-before-timer.lua", "--jitter 0.3", "bug use-after-free", 2 },
};
#define NR_BUGS (sizeof(bugs) / sizeof(bugs[0]))

/*
 * A strategy finds the bug within @runs and shrinks it to the known choices; its line repeats it,
 * and without them the run passes.
 */
static void finds_all(const char *strategy, unsigned int runs)
{
	char *out = malloc(OUT_BYTES), args[2048], forced[64], again[2048];

	for (size_t i = 0; i < NR_BUGS; i++) {
		bool few = false;

		snprintf(args, sizeof(args), "tests/explore/%s %s --strategy %s --runs %u --depth 2", bugs[i].file,
			 bugs[i].options, strategy, runs);
		CHECK_INT(explore_cli(args, out), 1);
		CHECK_TRUE(has(out, bugs[i].says));
		for (int n = 1; n <= bugs[i].nr_max; n++) {
			snprintf(forced, sizeof(forced), "with %d forced choice%s", n, n == 1 ? "" : "s");
			few |= strstr(out, forced) != NULL;
		}
		if (!few)
			test_note("%s %s: %s", bugs[i].file, strategy, out);
		CHECK_TRUE(few);
		again_line(out, again, sizeof(again));
		CHECK_INT(explore_cli(again, out), 1);
		CHECK_TRUE(has(out, bugs[i].says));
		snprintf(args, sizeof(args), "tests/explore/%s %s --replay=1:", bugs[i].file, bugs[i].options);
		CHECK_INT(explore_cli(args, out), 0);
	}
	free(out);
}

static void chance_finds_each_seeded_bug(void)
{
	finds_all("random", 200);
}

static void priorities_find_each_seeded_bug(void)
{
	finds_all("pct", 200);
}

static void going_through_all_finds_each_seeded_bug(void)
{
	finds_all("dfs", 2000);
}

/* The two steps are milliseconds apart: the explorer must vary times, or delay a thread for that long. */
static void steps_far_apart_need_jitter_or_max_delay(void)
{
	char *out = malloc(OUT_BYTES);

	CHECK_INT(explore_cli("tests/explore/free-before-timer.lua --runs 200", out), 0);
	CHECK_TRUE(has(out, "0 failures"));
	CHECK_INT(explore_cli("tests/explore/free-before-timer.lua --runs 200 --max-delay 10", out), 1);
	CHECK_TRUE(has(out, "bug use-after-free"));
	free(out);
}

/* The number of orders of steps that @args finds. */
static unsigned int distinct(const char *args)
{
	char *out = malloc(OUT_BYTES), *p;
	unsigned int n = 0;

	CHECK_INT(explore_cli(args, out), 0);
	p = strstr(out, "runs, ");
	if (CHECK_TRUE(p))
		CHECK_INT(sscanf(p, "runs, %u distinct", &n), 1);
	free(out);
	return n;
}

/*
 * The program runs on one CPU, with milliseconds between the steps of two threads.  Within 50 us
 * no two steps can change their order, so each run is the same.
 */
static void one_cpu_has_more_than_one_schedule(void)
{
	static const char *const rows[] = { "double_queue.kws --strategy pct", "double_queue.kws --strategy random",
					    "bh_basic.kws --strategy pct", "irq_queue.kws --strategy pct" };
	char args[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned int near, far;

		snprintf(args, sizeof(args), "tests/scenarios/%s --runs 500 --all --max-delay 0 --jitter 0", rows[i]);
		near = distinct(args);
		snprintf(args, sizeof(args), "tests/scenarios/%s --runs 500 --all", rows[i]);
		far = distinct(args);
		if (far <= 40 || far < 5 * near)
			test_note("%s: %u distinct schedules, %u without --max-delay", rows[i], far, near);
		CHECK_GT(far, 40);
		CHECK_GE(far, 5 * near);
	}
}

/*
 * A delay beyond the window is an unfair choice, also where it is forced: facts are not checked.
 * (This one names one outcome of a race of some 100 us: tests/explore/known_deviations.)
 */
static void facts_do_not_bind_a_thread_delayed_for_long(void)
{
	char *out = malloc(OUT_BYTES), again[2048], args[2100];

	CHECK_INT(explore_cli("tests/scenarios/unbound_offline.kws --seed 7001 --strategy pct", out), 1);
	again_line(out, again, sizeof(again));
	CHECK_INT(explore_cli(again, out), 1);
	CHECK_TRUE(has(out, ": allowed w"));
	snprintf(args, sizeof(args), "%s --window 2", again);
	CHECK_INT(explore_cli(args, out), 0);
	CHECK_TRUE(has(out, "holds"));
	free(out);
}

/*
 * The schedule decides which worker runs w1, and when.  Under every schedule all items run, and
 * none twice at once.
 */
static void unfair_choices_break_measured_facts_only(void)
{
	char *out = malloc(OUT_BYTES), args[256];

	/* by one slice: it ends before the other, which the facts deny */
	CHECK_INT(explore_cli("tests/scenarios/cpu_intensive.kws --replay=1:preempt/t10/0=22", out), 0);
	for (int i = 0; i < 2; i++) {
		snprintf(args, sizeof(args), "tests/scenarios/%s --strategy pct --runs %d",
			 i ? "highpri.kws" : "cpu_intensive.kws", test_rounds(200, 40));
		CHECK_INT(explore_cli(args, out), 0);
		CHECK_TRUE(has(out, "0 failures"));
	}
	free(out);
}

/* An interrupt raised while its CPU is delayed is not handled before the raise. */
static void a_handler_runs_after_its_raise_under_any_schedule(void)
{
	char *out = malloc(OUT_BYTES), args[128];

	snprintf(args, sizeof(args), "tests/explore/raise.c --runs %d", test_rounds(2000, 400));
	CHECK_INT(explore_cli(args, out), 0);
	CHECK_TRUE(has(out, "0 failures"));
	free(out);
}

static void a_right_program_fails_under_no_schedule(void)
{
	static const char *const strategies[] = { "random", "pct", "dfs" };
	char *out = malloc(OUT_BYTES), args[256];

	for (int i = 0; i < 3; i++) {
		snprintf(args, sizeof(args), "tests/explore/right.c --strategy %s --runs %d --depth 2", strategies[i],
			 test_rounds(500, 100));
		CHECK_INT(explore_cli(args, out), 0);
		CHECK_TRUE(has(out, "0 failures"));
	}
	free(out);
}

/*
 * RULE(R2.1, R2.5, R2.12, R5.8, R5.13, R6.8, R8.3, R5.29). Steps of different CPUs lie close together in these
 * programs, as in the soak of free mode, but the schedules can be repeated.
 */
static void the_engine_is_right_where_much_happens_at_once(void)
{
	char *out = malloc(OUT_BYTES), args[256];

	snprintf(args, sizeof(args), "tests/explore/cancel.c tests/explore/node.c tests/explore/delayed.c "
		 "tests/explore/flush.c tests/explore/gone.c --runs %d", test_rounds(7200, 900));
	CHECK_INT(explore_cli(args, out), 0);
	CHECK_INT(in_table(out, "all", 2), 0);
	free(out);
}

/* ---- again ----------------------------------------------------------------------------------- */

static void a_replay_has_the_same_bytes(void)
{
	char *out = malloc(OUT_BYTES), args[2400], again[2048], *a, *b;
	size_t na, nb;
	int code;

	CHECK_INT(explore_cli("tests/explore/counter.c --save /tmp/kw-explore-a.kwt", out), 1);
	CHECK_TRUE(has(out, "look: kworkshop play /tmp/kw-explore-a.kwt"));
	again_line(out, again, sizeof(again));
	snprintf(args, sizeof(args), "%s --save /tmp/kw-explore-b.kwt", again);
	CHECK_INT(explore_cli(args, out), 1);
	a = file_read("/tmp/kw-explore-a.kwt", &na);
	b = file_read("/tmp/kw-explore-b.kwt", &nb);
	CHECK_INT(na, nb);
	CHECK_GT(na, 1000);
	CHECK_MEM(a, b, na);
	snprintf(args, sizeof(args), "'%s' play --plain /tmp/kw-explore-a.kwt >/dev/null 2>&1 </dev/null", test_binary());
	code = system(args);
	CHECK_INT(code, 0);
	unlink("/tmp/kw-explore-a.kwt");
	unlink("/tmp/kw-explore-b.kwt");
	free(a);
	free(b);
	free(out);
}

/* As an input of an ordinary run: the same events as when it was found. */
static void a_schedule_is_an_input_of_a_lesson(void)
{
	char *out = malloc(OUT_BYTES), again[2048], args[1200], *p, *end;
	FILE *f = fopen("/tmp/kw-explore.in", "w"), *run;

	REQUIRE_NOT_NULL(f);
	CHECK_INT(explore_cli("tests/explore/free-before-timer.lua --jitter 0.3", out), 1);
	again_line(out, again, sizeof(again));
	p = strstr(again, "1:");
	REQUIRE_NOT_NULL(p);
	for (p += 2; *p && *p != '\''; p = end + (*end == ',')) {
		end = p + strcspn(p, ",'");
		fprintf(f, "choice %.*s\n", (int)(end - p), p);
	}
	fclose(f);
	snprintf(args, sizeof(args), "'%s' run --plain tests/explore/free-before-timer.lua --jitter 0.3 "
		 "--inputs /tmp/kw-explore.in 2>&1 </dev/null", test_binary());
	run = popen(args, "r");
	REQUIRE_NOT_NULL(run);
	out[fread(out, 1, OUT_BYTES - 1, run)] = '\0';
	pclose(run);
	CHECK_TRUE(has(out, "use-after-free"));
	unlink("/tmp/kw-explore.in");
	free(out);
}

/* RULE(R5.8). 6.12 wakes no worker for the slot of a cancelled item; docs/why/wake-ups-that-the-kernel-forgets.md. */
static void the_wake_up_that_6_12_forgets_is_found(void)
{
	char *out = malloc(OUT_BYTES);

	CHECK_INT(explore_cli("tests/explore/slots.c --runs 3000", out), 1);
	CHECK_TRUE(has(out, "no future: explore_main() has not returned"));
	CHECK_TRUE(has(out, "flush_work(&gives), held back by max_active=2 of q"));
	free(out);
}

/* tests/explore/moves.lua without its fields "moves" and "within", explored with @args.  Return: exit code. */
static int explore_strict(const char *args, char *out)
{
	char shell[400];

	snprintf(shell, sizeof(shell), "/tmp/kw-moves.lua --runs 100 --all %s", args);
	REQUIRE_INT(shell_run(out, OUT_BYTES, "sed 's/moves = true, //; s/, within = 0.2//' tests/explore/moves.lua >/tmp/kw-moves.lua"), 0);
	return explore_cli(shell, out);
}

static void an_answer_that_moves_is_compared_unless_declared(void)
{
	char *out = malloc(OUT_BYTES);

	CHECK_INT(explore_cli("tests/explore/moves.lua --runs 100 --all --variant 3", out), 0);
	CHECK_INT(explore_cli("tests/explore/moves.lua --runs 100 --all --jitter 0.3", out), 0);
	CHECK_INT(explore_strict("--variant 3", out), 1);
	CHECK_TRUE(has(out, "the right answer to question 'race' is \"v\"; under the default schedule it is \"w\""));
	CHECK_TRUE(has(out, "the right answer to question 'when' is"));
	CHECK_TRUE(has(out, "again: kworkshop explore /tmp/kw-moves.lua --variant 3 --replay="));
	CHECK_TRUE(!strstr(out, "'sorted'") && !strstr(out, "'many'") && !strstr(out, "'ticks'"));
	CHECK_INT(explore_strict("--jitter 0.3", out), 1);
	CHECK_TRUE(has(out, "question 'race'"));
	CHECK_TRUE(!strstr(out, "question 'when'"));	/* a time */
	unlink("/tmp/kw-moves.lua");
	free(out);
}

/* ---- all of a small space --------------------------------------------------------------------- */

static void a_tiny_space_is_gone_through_exactly(void)
{
	/* tiny.c: two more alternatives at one step; after each of them, two more at the other step */
	static const struct {
		int depth, runs;
	} rows[] = { { 1, 3 }, { 2, 7 } };
	char *out = malloc(OUT_BYTES), args[256], says[128];

	for (int i = 0; i < 2; i++)
		for (int jobs = 1; jobs <= 3; jobs += 2) {
			snprintf(args, sizeof(args), "tests/explore/tiny.c --strategy dfs --max-delay 0 --depth %d --jobs %d",
				 rows[i].depth, jobs);
			CHECK_INT(explore_cli(args, out), 0);
			snprintf(says, sizeof(says), "%d runs,", rows[i].runs);
			CHECK_TRUE(has(out, says));
			CHECK_TRUE(has(out, "no further schedules"));
		}
	free(out);
}

/* After a path of k choices there are 4 - k more, each after the one before it: sets of a set of 4. */
static bool subsets(void *arg, const struct mach_choice *path, size_t nr, struct mach_choice **alternatives, size_t *nr_alternatives)
{
	uint64_t from = nr ? path[nr - 1].ordinal + 1 : 0;

	(*(unsigned int *)arg)++;
	*alternatives = calloc(4, sizeof(**alternatives));
	for (*nr_alternatives = 0; from < 4; from++)
		(*alternatives)[(*nr_alternatives)++].ordinal = from;
	return *alternatives != NULL;
}

static void each_set_of_deviations_comes_once_smaller_ones_first(void)
{
	static const unsigned int sets[5] = { 1, 5, 11, 15, 16 };	/* at most k of 4 */

	for (unsigned int depth = 0; depth < 5; depth++)
		for (unsigned int jobs = 1; jobs < 4; jobs++) {
			unsigned int seen = 0, all = 0, expanded = 0;

			for (unsigned int job = 0; job < jobs; job++) {
				struct dfs *d = dfs_new(depth, job, jobs);
				const struct mach_choice *path;
				size_t nr, before = 0;

				REQUIRE_NOT_NULL(d);
				while (dfs_next(d, subsets, &expanded, &path, &nr) > 0) {
					unsigned int set = 0;

					for (size_t i = 0; i < nr; i++)
						set |= 1u << path[i].ordinal;
					CHECK_FALSE(seen >> set & 1);
					CHECK_GE(nr, before);
					seen |= 1u << set;
					before = nr;
					all++;
				}
				dfs_free(d);
			}
			CHECK_INT(all, sets[depth]);
		}
}

/* ---- shrinking ------------------------------------------------------------------------------------ */

/* Fails if it holds ordinals 3 and 70 of 100. */
static int needs_two(void *arg, const struct schedule *s)
{
	unsigned int found = 0;

	(*(unsigned int *)arg)++;
	for (size_t i = 0; i < s->nr; i++)
		found += s->v[i].ordinal == 3 || s->v[i].ordinal == 70;
	return found == 2;
}

static void shrinking_keeps_the_necessary_choices(void)
{
	struct mach_choice v[100] = { { .site = SITE_BURN } };
	unsigned int tries = 0;
	size_t nr = 100;

	for (unsigned int i = 0; i < 100; i++)
		v[i] = (struct mach_choice){ .site = SITE_BURN, .context = 256, .ordinal = i, .value = 5 };
	CHECK_GT(shrink(v, &nr, 1, 1000, SHRINK_TRIES_MAX, needs_two, &tries), 0);
	REQUIRE_INT(nr, 2);
	CHECK_INT(v[0].ordinal, 3);
	CHECK_INT(v[1].ordinal, 70);
	CHECK_LT(tries, 100);
}

/* Fails if one context is held up by 1,000 ns in all. */
static int needs_time(void *arg, const struct schedule *s)
{
	uint64_t sum = 0;

	(void)arg;
	for (size_t i = 0; i < s->nr; i++)
		sum += s->v[i].value;
	return sum >= 1000;
}

static void many_short_hold_ups_become_one(void)
{
	struct mach_choice v[5];
	size_t nr = 5;

	for (unsigned int i = 0; i < 5; i++)
		v[i] = (struct mach_choice){ .site = SITE_TURN, .context = 256, .ordinal = i, .value = 200 };
	CHECK_GT(shrink(v, &nr, 1, 100, SHRINK_TRIES_MAX, needs_time, NULL), 0);
	REQUIRE_INT(nr, 1);
	CHECK_GE(v[0].value, 1000);
}

/* ---- text -------------------------------------------------------------------------------------------- */

static void a_schedule_survives_its_text(void)
{
	static const struct mach_choice v[] = {
		{ SITE_TURN, 9 << 8, 17, 2031 }, { SITE_PREEMPT, 9 << 8, 0, 11 }, { SITE_PICK, 63, 3, 9 },
		{ SITE_PLACE, 11 << 8, 2, 3 }, { SITE_BURN, 9 << 8, 1, 1023 }, { SITE_TIMER, 0, 5, 0 },
		{ SITE_SCENE, CHOICE_DIRECTOR, 2, 7 },
	};
	struct schedule s = { 18446744073709551615u, v, 7 };
	struct mach_choice back[7];
	uint64_t seed;
	STRBUF(text, 512);
	char err[200];

	schedule_format(&text, &s);
	CHECK_STR(text.buf,
		  "18446744073709551615:turn/t9/17=2031,preempt/t9/0=11,pick/cpu63/3=9," "place/t11/2=3,burn/t9/1=1023,timer/cpu0/5=0,"
		  "scene/director/2=7");
	CHECK_INT(schedule_parse(text.buf, &seed, back, 7, err, sizeof(err)), 7);
	CHECK_INT(seed, s.seed);
	for (int i = 0; i < 7; i++) {
		CHECK_INT(back[i].site, v[i].site);
		CHECK_INT(back[i].context, v[i].context);
		CHECK_INT(back[i].ordinal, v[i].ordinal);
		CHECK_INT(back[i].value, v[i].value);
	}
	CHECK_INT(schedule_parse("7:", &seed, back, 6, err, sizeof(err)), 0);
	CHECK_INT(seed, 7);
}

static void a_malformed_schedule_is_refused(void)
{
	static const char *const bad[] = {
		"", "7", ":", "x:", "-1:", "1:turn", "1:turn/t9/1", "1:turn/9/1=2", "1:turn/t9/1=2,", "1:turn/t9/1=2 ",
		"1:nosuch/t9/1=2", "1:turn/cpu64/1=2", "1:turn/t0/1=2", "1:turn/t9/-1=2", "1:cost/cpu0/1=2",
		"1:turn/t9/1=99999999999999999999", "99999999999999999999:", "1:turn/t4294967296/1=2",
		"1:scene/director=2", "1:scene/directort/1=2", "1:scene//1=2", "1:scene",
	};
	struct mach_choice v[4];
	uint64_t seed;
	char err[200];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err[0] = '\0';
		if (schedule_parse(bad[i], &seed, v, 4, err, sizeof(err)) != -EINVAL)
			test_note("taken: %s", bad[i]);
		CHECK_NE(err[0], '\0');
	}
	CHECK_INT(schedule_parse("1:turn/t9/1=2,turn/t9/2=2,turn/t9/3=2", &seed, v, 2, err, sizeof(err)), -EINVAL);
}

/* ---- many ------------------------------------------------------------------------------- */

static void several_files_share_the_runs(void)
{
	static const char *const strategies[] = { "random", "pct", "dfs" };
	char *out = malloc(OUT_BYTES), args[300];
	unsigned long runs = 0, jobs_1 = 0;

	for (int jobs = 1; jobs <= 2; jobs++) {
		snprintf(args, sizeof(args), "tests/explore/right.c tests/scenarios/single.kws tests/scenarios/ordered.kws "
			 "--runs 401 --seed 9 --jobs %d", jobs);
		CHECK_INT(explore_cli(args, out), 0);
		CHECK_INT(in_table(out, "all", 0), 401);
		runs = 0;
		for (int i = 0; i < 3; i++) {
			CHECK_GT(in_table(out, strategies[i], 0), 50);
			CHECK_GT(in_table(out, strategies[i], 1), 5);
			runs += in_table(out, strategies[i], 0);
		}
		CHECK_INT(runs, 401);
		CHECK_TRUE(has(out, "3 files; fewest schedules: single.kws"));
		/* a run depends on its number only, so more processes find the same ones (except dfs) */
		CHECK_TRUE(jobs == 1 || in_table(out, "random", 1) == jobs_1);
		jobs_1 = in_table(out, "random", 1);
	}
	free(out);
}

static void a_campaign_continues_after_a_failure_and_prints_it_once(void)
{
	char *out = malloc(OUT_BYTES), again[2048], *p;
	unsigned int lines = 0;

	CHECK_INT(explore_cli("tests/explore/counter.c tests/explore/crash.c tests/explore/right.c --runs 300", out),
		  1);
	for (p = out; (p = strstr(p, "FAILED")); p++)
		lines++;
	CHECK_INT(lines, 2);
	CHECK_INT(in_table(out, "all", 0), 300);
	CHECK_GT(in_table(out, "all", 2), 2);
	again_line(out, again, sizeof(again));
	CHECK_INT(explore_cli(again, out), 1);
	free(out);
}

/*
 * Schedules with one long delay that a campaign found: a CPU comes up while the thread that took it
 * down has not reached the idle loop, and a canceller waits for the owner of a delayed item.
 */
static void long_delays_are_no_deadlocks(void)
{
	static const char *const replays[] = {
		"mix_offline_ordered.kws --seed 7000601 --replay='7000601:turn/t34/4=81449534'",
		"mix_mod_storm.kws --seed 7001201 --replay='7001201:turn/t31/14=158042203'",
	};
	char *out = malloc(OUT_BYTES), args[200];

	for (size_t i = 0; i < sizeof(replays) / sizeof(replays[0]); i++) {
		snprintf(args, sizeof(args), "tests/scenarios/%s", replays[i]);
		CHECK_INT(explore_cli(args, out), 0);
		CHECK_TRUE(has(out, "holds"));
	}
	free(out);
}

/* "bug KIND" and "*" stand for a report and for all facts of a scenario. */
static void known_deviations_name_reports_and_all_facts(void)
{
	char *out = malloc(OUT_BYTES);
	const char *run = "tests/scenarios/mix_drain_two.kws --runs 100 --all --known-deviations /tmp/kw-known-deviations";

	file_write(NULL, "/tmp/kw-known-deviations", "mix_drain_two: bug warning: so\n");
	CHECK_INT(explore_cli(run, out), 1);
	CHECK_TRUE(has(out, "outcome timeout; here: ok"));
	file_write(NULL, "/tmp/kw-known-deviations", "mix_drain_two: *: so\n");
	CHECK_INT(explore_cli(run, out), 0);
	CHECK_TRUE(has(out, "known deviation  mix_drain_two: *: otherwise in "));
	file_write(NULL, "/tmp/kw-known-deviations", "mix_drain_two: bug typo: so\n");
	CHECK_INT(explore_cli(run, out), 2);
	CHECK_TRUE(has(out, "mix_drain_two has no fact \"bug typo\""));
	remove("/tmp/kw-known-deviations");
	free(out);
}

/* Each ignored failure is reported: its count, its reason, and listed deviations that did not occur. */
static void known_deviations_are_counted_and_printed(void)
{
	const char *run = "tests/scenarios/unbound_offline.kws --seed 7001 --strategy pct --runs 100 --all --known-deviations ";
	char *out = malloc(OUT_BYTES), args[300];

	snprintf(args, sizeof(args), "%stests/explore/known_deviations", run);
	CHECK_INT(explore_cli(args, out), 0);
	CHECK_TRUE(has(out, "known deviation  unbound_offline: allowed w2#1 cpus=0-3: otherwise in "));
	CHECK_TRUE(has(out, "a race a kernel leaves open too"));

	/* one of the two facts is not soft: it counts, and the facts that always hold are printed too */
	file_write(NULL, "/tmp/kw-known-deviations", "unbound_offline: allowed w2#1 cpus=0-3: so\nunbound_offline: runs w0 = 1: so\n");
	snprintf(args, sizeof(args), "%s/tmp/kw-known-deviations", run);
	CHECK_INT(explore_cli(args, out), 1);
	CHECK_TRUE(has(out, "allowed w3#1 cpus=0-3; here:"));
	CHECK_TRUE(has(out, "known deviation  unbound_offline: runs w0 = 1: held in all of 100 runs; is line 2 of "));

	file_write(NULL, "/tmp/kw-known-deviations", "# no such fact\nunbound_offline: runs w0 = 2: so\n");
	CHECK_INT(explore_cli(args, out), 2);
	CHECK_TRUE(has(out, "/tmp/kw-known-deviations:2: unbound_offline has no fact \"runs w0 = 2\""));
	unlink("/tmp/kw-known-deviations");
	free(out);
}

/* ---- one run's time ---------------------------------------------------------------------- */

static void rests(void *arg)
{
	(void)arg;
	usleep(1500000);
}

static void spins(void *arg)
{
	(void)arg;
	for (;;)
		;
}

/* A process without CPU time is not reported as running for too long. */
static void time_counts_while_it_is_used(void)
{
	int status = workers_alone(rests, NULL, 1);

	CHECK_TRUE(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	status = workers_alone(spins, NULL, 1);
	CHECK_TRUE(workers_timed_out(status));
}

/* ---- interrupted --------------------------------------------------------------------------------------- */

static void ctrl_c_ends_with_the_sum(void)
{
	char *out = malloc(OUT_BYTES), command[9000];
	FILE *f;
	int status;

	for (int many = 0; many < 2; many++) {
		snprintf(command, sizeof(command), "timeout -s INT 2 '%s' explore tests/explore/right.c %s --runs 100000000 "
			 "2>&1", test_binary(), many ? "tests/scenarios/ordered.kws" : "");
		f = popen(command, "r");
		REQUIRE_NOT_NULL(f);
		out[fread(out, 1, OUT_BYTES - 1, f)] = '\0';
		status = pclose(f);
		CHECK_TRUE(WIFEXITED(status));
		CHECK_INT(WEXITSTATUS(status), 124);	/* timeout's: it was needed */
		CHECK_TRUE(has(out, "; interrupted\n"));
		if (many) {
			CHECK_GT(in_table(out, "all", 0), 0);
			CHECK_TRUE(has(out, "go on with --seed "));
			continue;
		}
		CHECK_TRUE(has(out, "0 failures"));
		CHECK_PTR(strchr(out, '\n'), strrchr(out, '\n'));	/* and no progress in a pipe */
	}
	free(out);
}

/* ---- mistakes ------------------------------------------------------------------------------------------- */

static void mistakes_have_an_exit_code_and_a_sentence(void)
{
	static const struct {
		const char *args;
		int code;
		const char *says;
	} rows[] = {
		{ "", 2, "nothing to explore given" },
		{ "tests/explore/right.c tests/explore/tiny.c --strategy pct", 2, "too many" },
		{ "tests/explore/right.c ./nosuch.c", 3, "./nosuch.c: No such file" },
		{ "tests/explore/right.c --known-deviations ./nosuch", 3, "./nosuch: No such file" },
		{ "tests/explore/right.c --known-deviations LICENSE", 2, "LICENSE:1: expected \"SCENARIO: FACT: REASON\"" },
		{ "tests/explore/right.c --strategy best", 2, "random, pct or dfs" },
		{ "tests/explore/right.c --runs 0", 2, "--runs: 0 is not in 1.." },
		{ "tests/explore/right.c --depth 17", 2, "--depth: 17 is not in 1..16" },
		{ "tests/explore/right.c --jitter 1", 2, "1 is not in 0..0.9" },
		{ "tests/explore/right.c --max-delay 1000001", 2, "--max-delay: 1000001 is not in 0.." },
		{ "tests/explore/right.c --jobs 0", 2, "--jobs: 0 is not in 1.." },
		{ "tests/explore/right.c --replay=1:x", 2, "expected SITE/CONTEXT/ORDINAL=VALUE" },
		{ "README.md", 2, "not a lesson (.lua), scenario (.kws) or C test" },
		{ "./nosuch.c", 3, "./nosuch.c: No such file" },
		{ "tests/explore/moves.lua --variant 10000", 2, "--variant" },
		{ "./nosuch.lua", 3, "./nosuch.lua: No such file" },
		{ "./nosuch.kws", 3, "./nosuch.kws: No such file" },
		{ "./nosuch.so", 3, "./nosuch.so: No such file" },
		{ "tests/support/world.c", 2, "tests/support/world.c: does not compile" },
		{ "tests/explore/none.c", 2, "there is no function explore_main()" },
	};
	char *out = malloc(OUT_BYTES);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int code = explore_cli(rows[i].args, out);

		if (code != rows[i].code)
			test_note("explore %s: exit %d: %s", rows[i].args, code, out);
		CHECK_INT(code, rows[i].code);
		CHECK_TRUE(has(out, rows[i].says));
	}
	free(out);
}

static void without_a_compiler_one_line_reports_it(void)
{
	char *out = malloc(OUT_BYTES);

	setenv("CC", "kworkshop-has-no-such-compiler", 1);
	CHECK_INT(explore_cli("tests/explore/right.c", out), 3);
	unsetenv("CC");
	CHECK_TRUE(has(out, "there is no C compiler called kworkshop-has-no-such-compiler"));
	CHECK_PTR(strchr(out, '\n'), strrchr(out, '\n'));
	free(out);
}

const struct test_case suite_unit_explore[] = {
	T(chance_finds_each_seeded_bug),
	T(priorities_find_each_seeded_bug),
	T(going_through_all_finds_each_seeded_bug),
	T(steps_far_apart_need_jitter_or_max_delay),
	T(one_cpu_has_more_than_one_schedule),
	T(facts_do_not_bind_a_thread_delayed_for_long),
	T(a_handler_runs_after_its_raise_under_any_schedule),
	T(a_right_program_fails_under_no_schedule),
	T(the_engine_is_right_where_much_happens_at_once),
	T(unfair_choices_break_measured_facts_only),
	T(a_replay_has_the_same_bytes),
	T(a_schedule_is_an_input_of_a_lesson),
	T(the_wake_up_that_6_12_forgets_is_found),
	T(an_answer_that_moves_is_compared_unless_declared),
	T(a_tiny_space_is_gone_through_exactly),
	T(each_set_of_deviations_comes_once_smaller_ones_first),
	T(shrinking_keeps_the_necessary_choices),
	T(many_short_hold_ups_become_one),
	T(a_schedule_survives_its_text),
	T(a_malformed_schedule_is_refused),
	T(several_files_share_the_runs),
	T(a_campaign_continues_after_a_failure_and_prints_it_once),
	T(known_deviations_are_counted_and_printed),
	T(known_deviations_name_reports_and_all_facts),
	T(long_delays_are_no_deadlocks),
	T(time_counts_while_it_is_used),
	T(ctrl_c_ends_with_the_sum),
	T(mistakes_have_an_exit_code_and_a_sentence),
	T(without_a_compiler_one_line_reports_it),
	{ NULL, NULL }
};
