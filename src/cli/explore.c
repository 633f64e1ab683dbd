/*
 * cli/explore.c - `kworkshop explore`: a lesson, scenario or C test under many schedules.
 *
 * On a terminal a line shows how far it is; in a pipe nothing but the result.
 * Ctrl-C ends it with what was found so far.
 *
 * Lives here:   that command.
 * Never here:   exploring (explore/).   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cpumask.h"
#include "base/strbuf.h"
#include "base/workers.h"
#include "cli/explore.h"

#define REPLAY_BYTES ((size_t)512 << 10)	/* text of a schedule */
#define RUNS_USUAL 10000u

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

void explore_listen(struct wish *w, bool on)
{
	static struct sigaction before;
	struct sigaction act = { .sa_handler = on_interrupt };

	w->opts.stop = &interrupted;
	sigaction(SIGINT, on ? &act : &before, on ? &before : NULL);
}

/* ---- what is asked for ----------------------------------------------------------------- */

static int check_strategy(struct wish *w)
{
	int s = 0;

	while (s < STRATEGY_NR && strcmp(w->strategy, explore_strategy_word[s]))
		s++;
	w->opts.strategy = (enum explore_strategy)s;
	return s < STRATEGY_NR ? 0 :
	       cli_misuse("explore", "--strategy is random, pct or dfs, not \"%s\"", w->strategy);
}

static int check_wish(struct wish *w, int argc, char **argv)
{
	struct explore_opts *o = &w->opts;

	if (argc < 2)
		return cli_misuse("explore", "explore what? a lesson (.lua), a scenario (.kws) or a C test (.c, .so)");
	if (argc > 2 && (w->strategy || w->replay || w->save))
		return cli_misuse("explore", "--strategy, --replay and --save are for one file, \"%s\" is too many", argv[2]);
	if (w->strategy && check_strategy(w))
		return EXIT_MISUSE;
	if (!w->runs || w->runs > 1000000000)
		return cli_misuse("explore", "--runs is 1 to 1000000000");
	if (w->depth < 1 || w->depth > EXPLORE_DEPTH_MAX)
		return cli_misuse("explore", "--depth is 1 to %d", EXPLORE_DEPTH_MAX);
	if (w->jobs < 1)
		return cli_misuse("explore", "--jobs is 1 to %d", WORKERS_MAX);
	if (o->on.jitter != -1 && !(o->on.jitter >= 0 && o->on.jitter <= 0.9))
		return cli_misuse("explore", "--jitter is a share from 0 to 0.9");
	if (w->cpus != CLI_UNSET && (w->cpus < 1 || w->cpus > CPUS_MAX))
		return cli_misuse("explore", "--cpus: %d is not in 1..%d", w->cpus, CPUS_MAX);
	if (w->window_us > 1000000)
		return cli_misuse("explore", "--window is at most 1000000 us");
	if (w->reach_ms < -1 || w->reach_ms > 1000000)
		return cli_misuse("explore", "--reach is 0 to 1000000 ms");
	o->runs = w->runs;
	o->depth = (unsigned int)w->depth;
	o->jobs = (unsigned int)(w->jobs > WORKERS_MAX ? WORKERS_MAX : w->jobs);
	o->on.cpus = w->cpus == CLI_UNSET ? 0 : w->cpus;
	o->on.script = cli_script;
	o->window_ns = w->window_us * 1000;
	o->reach_ns = w->reach_ms < 0 ? EXPLORE_REACH_USUAL : (uint64_t)w->reach_ms * 1000000;
	return 0;
}

/* The options that the machine depends on, as they were given. */
static void conditions(const struct wish *w, uint64_t seed, struct strbuf *out)
{
	if (w->opts.on.jitter >= 0)
		strbuf_printf(out, " --jitter %g", w->opts.on.jitter);
	if (w->opts.on.cpus)
		strbuf_printf(out, " --cpus %d", w->opts.on.cpus);
	if (w->opts.on.census)
		strbuf_puts(out, " --census");
	if (w->opts.window_ns != EXPLORE_WINDOW_NS)	/* what is longer is a liberty */
		strbuf_printf(out, " --window %llu", (unsigned long long)w->window_us);
	if (w->explained)
		strbuf_printf(out, " --explained %s", w->explained);
	if (seed != 1)
		strbuf_printf(out, " --seed %llu", (unsigned long long)seed);
}

/* @seed: of the usual run that it is compared with */
static void replay_line(const struct wish *w, uint64_t seed, const char *path, const struct schedule *s,
			struct strbuf *out)
{
	strbuf_printf(out, "kworkshop explore %s", path);
	conditions(w, seed, out);
	strbuf_puts(out, " --replay='");
	schedule_format(out, s);
	strbuf_putc(out, '\'');
}

/* ---- a recording ------------------------------------------------------------------------- */

/* As inputs of a run: a choice a line.  NULL: none, or no memory. */
static char *input_lines(const struct schedule *s)
{
	char *text = s->nr ? malloc(REPLAY_BYTES) : NULL;
	struct strbuf out;

	if (!text)
		return NULL;
	strbuf_init(&out, text, REPLAY_BYTES);
	for (size_t i = 0; i < s->nr; i++) {
		strbuf_puts(&out, "choice ");
		mach_choice_format(&out, &s->v[i]);
		strbuf_putc(&out, '\n');
	}
	return text;
}

static void fill_head(const struct wish *w, const char *path, const struct schedule *s, struct kwt_header *head)
{
	const char *slash = strrchr(path, '/');
	struct strbuf line;

	memset(head, 0, sizeof(*head));
	head->seed = s->seed;
	head->inputs = input_lines(s);
	head->cpus = (uint32_t)w->opts.on.cpus;
	snprintf(head->engine, sizeof(head->engine), "kworkshop %s, Linux 6.12 profile", KW_VERSION);
	snprintf(head->lesson, sizeof(head->lesson), "%.120s", slash ? slash + 1 : path);
	snprintf(head->path, sizeof(head->path), "%.1000s", path);
	strbuf_init(&line, head->replay, sizeof(head->replay));
	replay_line(w, w->opts.seed, path, s, &line);
	if (line.cut)	/* half a schedule would repeat another run */
		snprintf(head->replay, sizeof(head->replay), "kworkshop explore %.1000s", path);
}

int explore_say(int ret, const char *path, const char *err)
{
	cli_say("%s%s%s", err[0] ? "" : path, err[0] ? "" : ": ", err[0] ? err : strerror(-ret));
	return ret == -ENOEXEC ? EXIT_MISSING : exit_status_for(ret);
}

/* ---- again --------------------------------------------------------------------------------- */

static int replay(struct wish *w, struct explore_target *t, const struct schedule *s, struct verdict *v)
{
	struct kwt_header head;
	char err[600] = "";
	int ret;

	fill_head(w, target_path(t), s, &head);
	ret = explore_replay(t, &w->opts, s, v, w->save, &head, err, sizeof(err));
	free(head.inputs);
	return ret ? explore_say(ret, target_path(t), err) : 0;
}

static int replay_text(struct wish *w, struct explore_target *t)
{
	struct mach_choice *v = malloc(EXPLORE_FORCED_MAX * sizeof(*v));
	struct schedule s = { .v = v };
	struct verdict verdict;
	char err[200];
	int n = v ? schedule_parse(w->replay, &s.seed, v, EXPLORE_FORCED_MAX, err, sizeof(err)) : -ENOMEM, ret;

	if (n < 0) {
		free(v);
		return n == -EINVAL ? cli_misuse("explore", "--replay: %s", err) : EXIT_INTERNAL;
	}
	s.nr = (size_t)n;
	ret = replay(w, t, &s, &verdict);
	if (!ret) {
		printf("%s\n", verdict.end == END_FAILS ? verdict.text : "holds");
		if (w->save)
			printf("look: kworkshop play %s\n", w->save);
		ret = verdict.end == END_FAILS ? EXIT_WRONG : EXIT_RIGHT;
	}
	free(v);
	return ret;
}

/* ---- telling ---------------------------------------------------------------------------------- */

static void progress(void *arg)
{
	struct wish *w = arg;

	fprintf(stderr, "\r%llu runs, %llu orders, %llu failed ", (unsigned long long)w->sum.runs,
		(unsigned long long)w->sum.distinct, (unsigned long long)w->sum.failed);
	fflush(stderr);
	w->progress_shown = true;
}

void explore_tell_failure(const struct wish *w, const struct explore_opts *opts, const char *path,
			  const struct explore_failure *f)
{
	struct schedule s = { f->seed, f->v, f->nr };
	char *text = malloc(REPLAY_BYTES);
	struct strbuf line;

	printf("FAILED  %s\n", f->verdict.text);
	printf("        in run %llu, with %zu forced choice%s", (unsigned long long)f->run, f->nr, f->nr == 1 ? "" : "s");
	if (f->nr_before != f->nr)
		printf(" (found with %zu, shrunk in %u runs)", f->nr_before, f->tries);
	putchar('\n');
	if (!text)
		return;
	strbuf_init(&line, text, REPLAY_BYTES);
	replay_line(w, opts->seed, path, &s, &line);
	printf("        again: %s\n", line.buf);
	free(text);
}

void explore_tell_explained(const struct wish *w, const uint64_t *broken, uint64_t runs)
{
	for (unsigned int i = 0; i < w->table.nr; i++) {
		const struct explained_row *r = &w->table.v[i];

		if (!r->met)
			continue;
		if (broken[i])
			printf("explained  %s: %s: otherwise in %llu runs: %s\n", r->scenario, r->fact,
			       (unsigned long long)broken[i], r->why);
		else
			printf("explained  %s: %s: held in all of %llu runs; is line %d of %s still needed?\n",
			       r->scenario, r->fact, (unsigned long long)runs, r->line, w->table.path);
	}
}

static void tell_sum(const struct wish *w)
{
	const struct explore_summary *sum = &w->sum;

	printf("%llu run%s, %llu distinct schedule%s, %llu failure%s", (unsigned long long)sum->runs,
	       sum->runs == 1 ? "" : "s", (unsigned long long)sum->distinct, sum->distinct == 1 ? "" : "s",
	       (unsigned long long)sum->failed, sum->failed == 1 ? "" : "s");
	if (sum->seconds > 0)
		printf(", %.0f runs/s", (double)sum->runs / sum->seconds);
	if (sum->exhausted)
		printf("; no further schedules with at most %d deviation%s", w->depth, w->depth == 1 ? "" : "s");
	if (sum->stopped)
		printf("; interrupted");
	putchar('\n');
}

static int run_all(struct wish *w, struct explore_target *t)
{
	const char *path = target_path(t);
	char err[600] = "";
	int ret;

	if (isatty(STDERR_FILENO)) {
		w->opts.progress = progress;
		w->opts.arg = w;
	}
	fflush(NULL);	/* or each process would write it again */
	explore_listen(w, true);
	ret = explore(t, &w->opts, &w->sum, err, sizeof(err));
	explore_listen(w, false);
	if (w->progress_shown)
		fputs("\r\033[K", stderr);
	if (ret)
		return explore_say(ret, path, err);
	for (unsigned int i = 0; i < w->sum.nr_failures; i++)
		explore_tell_failure(w, &w->opts, path, &w->sum.failure[i]);
	if (w->save && w->sum.nr_failures) {
		const struct explore_failure *f = &w->sum.failure[0];
		struct schedule s = { f->seed, f->v, f->nr };
		struct verdict v;

		ret = replay(w, t, &s, &v);
		if (!ret)
			printf("        look: kworkshop play %s\n", w->save);
	}
	explore_tell_explained(w, w->sum.explained, w->sum.runs);
	tell_sum(w);
	return ret ? ret : w->sum.failed ? EXIT_WRONG : EXIT_RIGHT;
}

/* ---- the command ---------------------------------------------------------------------------------- */

static int load_table(struct wish *w)
{
	char err[1300];
	int ret = explained_load(&w->table, w->explained, err, sizeof(err));

	w->opts.on.explained = &w->table;
	return ret ? explore_say(ret, w->explained, err) : 0;
}

static int explore_main(int argc, char **argv)
{
	static struct wish w;
	const struct cli_option options[] = {
		{ "strategy", CLI_TEXT, &w.strategy }, { "runs", CLI_U64, &w.runs }, { "depth", CLI_INT, &w.depth },
		{ "jitter", CLI_REAL, &w.opts.on.jitter }, { "seed", CLI_U64, &w.opts.seed },
		{ "jobs", CLI_INT, &w.jobs }, { "window", CLI_U64, &w.window_us }, { "reach", CLI_INT, &w.reach_ms },
		{ "cpus", CLI_INT, &w.cpus },
		{ "census", CLI_FLAG, &w.opts.on.census }, { "all", CLI_FLAG, &w.opts.all },
		{ "replay", CLI_TEXT, &w.replay }, { "save", CLI_TEXT, &w.save },
		{ "explained", CLI_TEXT, &w.explained }, { NULL, CLI_FLAG, NULL }
	};
	struct explore_target *t;
	char err[1300] = "";
	int ret;

	w = (struct wish){ .runs = RUNS_USUAL, .depth = 3, .window_us = EXPLORE_WINDOW_NS / 1000,
			   .reach_ms = -1, .cpus = CLI_UNSET,
			   .jobs = (int)sysconf(_SC_NPROCESSORS_ONLN), .opts = { .seed = 1, .on = { .jitter = -1 } } };
	ret = cli_parse(&argc, argv, options);
	if (!ret)
		ret = check_wish(&w, argc, argv);
	if (!ret && w.explained)
		ret = load_table(&w);
	if (ret)
		return ret;
	if (argc > 2)
		return explore_many_main(&w, argc - 1, argv + 1);
	ret = target_open(&t, argv[1], &w.opts.on, err, sizeof(err));
	if (ret)
		return explore_say(ret, argv[1], err);
	ret = w.replay ? replay_text(&w, t) : run_all(&w, t);
	explore_fini(&w.sum);
	target_close(t);
	return ret;
}

const struct cli_command cmd_explore = {
	.name = "explore",
	.args = "FILE.. [--strategy random|pct|dfs] [--runs N] [--depth D] [--jitter X]\n"
		"                         [--seed N] [--jobs N] [--window US] [--reach MS] [--all]\n"
		"                         [--save FILE.kwt] [--explained TABLE]",
	.summary = "a lesson, scenario or C test under many schedules",
	.help =
		"Several FILEs are gone through in turns, with each strategy, and share the runs.\n"
		"Drives FILE (.lua, .kws, .c, .so) through schedules and shrinks what fails to the\n"
		"fewest forced choices (docs/explore.md).\n"
		"  --strategy S       random (default): other seeds, other ways now and then;\n"
		"                     pct: priorities with D - 1 changes; dfs: every set of at most\n"
		"                     D deviations from the usual schedule\n"
		"  --runs N           at most that many (default 10000)\n"
		"  --depth D          of pct and dfs (default 3)\n"
		"  --jitter X         burns, sleeps, interrupts and timers vary by that share, 0..0.9\n"
		"                     (scenarios: 0.9, in runs in which facts do not count)\n"
		"  --seed N           the first seed (default 1)\n"
		"  --jobs N           processes (default: one a CPU)\n"
		"  --window US        at a shared step others may go first who act within that time\n"
		"                     (default 50)\n"
		"  --reach MS         now and then, also those who act within that time (default 100,\n"
		"                     lessons 0); then only what is promised counts, not what was measured\n"
		"  --cpus N           virtual CPUs instead of what a lesson or C test says\n"
		"  --census           check the model against the engine's own beliefs as well\n"
		"  --all              go on after a failure; tell one of each kind\n"
		"  --replay='S'       one schedule, as a failure prints it\n"
		"  --explained TABLE  facts that schedules may break, with the reasons; no failures\n"
		"  --save FILE.kwt    write a recording of the failing (or replayed) run, for play\n"
		"Exit: 0 nothing found, 1 a failure, 2 misuse or a faulty file, 3 a file or the\n"
		"compiler is missing, 4 a run that could not be made.\n",
	.main = explore_main,
};
