/*
 * cli/explore.c - `kworkshop explore`: a lesson, scenario or C test under many schedules.
 *
 * On a terminal one line shows the progress; a pipe gets only the result.  Ctrl-C ends
 * the exploration, and the results so far are printed.
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

#include "base/check.h"
#include "base/cpumask.h"
#include "base/printable.h"
#include "base/shortage.h"
#include "base/strbuf.h"
#include "base/workers.h"
#include "classroom/identity.h"
#include "cli/explore.h"
#include "words/texts.h"

#define REPLAY_BYTES ((size_t)512 << 10)	/* text of a schedule */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

void explore_listen(struct explore_options *opt, bool on)
{
	static struct sigaction before;
	struct sigaction act = { .sa_handler = on_interrupt };

	opt->opts.stop = &interrupted;
	sigaction(SIGINT, on ? &act : &before, on ? &before : NULL);
}

/* ---- options ----------------------------------------------------------------- */

/* The table of options has refused any other word. */
static enum explore_strategy strategy_of(const char *word)
{
	int s = 0;

	while (strcmp(word, explore_strategy_word[s]) != 0) {
		s++;
		bug_on(s == STRATEGY_NR);
	}
	return (enum explore_strategy)s;
}

static int check_options(struct explore_options *opt, int argc, char **argv)
{
	struct explore_opts *o = &opt->opts;

	if (argc < 2)
		return cli_misuse("explore", W(EXPLORE_NOTHING));
	if (argc > 2 && (opt->strategy || opt->replay || opt->save))
		return cli_misuse("explore", W(EXPLORE_ONE_FILE), argv[2]);
	if (opt->strategy)
		o->strategy = strategy_of(opt->strategy);
	o->runs = opt->runs;
	o->depth = (unsigned int)opt->depth;
	o->jobs = (unsigned int)(opt->jobs > WORKERS_MAX ? WORKERS_MAX : opt->jobs);
	o->on.cpus = opt->cpus == CLI_UNSET ? 0 : opt->cpus;
	o->on.script = cli_script;
	o->window_ns = opt->window_us * 1000;
	o->max_delay_ns = opt->max_delay_ms < 0 ? EXPLORE_MAX_DELAY_DEFAULT : (uint64_t)opt->max_delay_ms * 1000000;
	return 0;
}

/* Appends the options that change the machine, as given. */
static void conditions(const struct explore_options *opt, uint64_t seed, struct strbuf *out)
{
	if (opt->opts.on.jitter >= 0)
		strbuf_printf(out, " --jitter %g", opt->opts.on.jitter);
	if (opt->opts.on.cpus)
		strbuf_printf(out, " --cpus %d", opt->opts.on.cpus);
	if (opt->opts.on.variant)
		strbuf_printf(out, " --variant %llu", (unsigned long long)opt->opts.on.variant);
	if (opt->opts.on.census)
		strbuf_puts(out, " --census");
	if (opt->opts.window_ns != EXPLORE_WINDOW_NS)	/* a longer delay is an unfair choice */
		strbuf_printf(out, " --window %llu", (unsigned long long)opt->window_us);
	if (opt->known_deviations)
		strbuf_printf(out, " --known-deviations %s", opt->known_deviations);
	if (seed != 1)
		strbuf_printf(out, " --seed %llu", (unsigned long long)seed);
}

/* Command that repeats a run; @seed: of the default run that it is compared with */
static void replay_line(const struct explore_options *opt, uint64_t seed, const char *path, const struct schedule *s,
			struct strbuf *out)
{
	strbuf_printf(out, "kworkshop explore %s", path);
	conditions(opt, seed, out);
	strbuf_puts(out, " --replay='");
	schedule_format(out, s);
	strbuf_putc(out, '\'');
}

/* ---- a recording ------------------------------------------------------------------------- */

/* The choices as inputs of a run, one per line; malloc'ed.  NULL: no choices. */
static char *input_lines(const struct schedule *s)
{
	char *text = s->nr ? shortage_need(malloc(REPLAY_BYTES)) : NULL;
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

static void fill_head(const struct explore_options *opt, const char *path, const struct schedule *s, struct kwt_header *head)
{
	const char *slash = strrchr(path, '/');
	struct strbuf line;

	memset(head, 0, sizeof(*head));
	head->seed = s->seed;
	head->variant = opt->opts.on.variant;
	head->inputs = input_lines(s);
	head->cpus = (uint32_t)opt->opts.on.cpus;
	snprintf(head->engine, sizeof(head->engine), "kworkshop %s, Linux 6.12 profile", KW_VERSION);
	snprintf(head->lesson, sizeof(head->lesson), "%.120s", slash ? slash + 1 : path);
	snprintf(head->path, sizeof(head->path), "%.1000s", path);
	strbuf_init(&line, head->replay, sizeof(head->replay));
	replay_line(opt, opt->opts.seed, path, s, &line);
	if (line.cut)	/* a part of a schedule would repeat another run */
		snprintf(head->replay, sizeof(head->replay), "kworkshop explore %.1000s", path);
}

int explore_say(int ret, const char *path, const char *err)
{
	cli_say("%s%s%s", err[0] ? "" : path, err[0] ? "" : ": ", err[0] ? err : shortage_reason(ret));
	return ret == -ENOEXEC ? EXIT_MISSING : exit_status_for(ret);
}

/* ---- again --------------------------------------------------------------------------------- */

static int replay(struct explore_options *opt, struct explore_target *t, const struct schedule *s, struct verdict *v)
{
	struct kwt_header head;
	char err[600] = "";
	int ret;

	fill_head(opt, target_path(t), s, &head);
	ret = explore_replay(t, &opt->opts, s, v, opt->save, &head, err, sizeof(err));
	free(head.inputs);
	return ret ? explore_say(ret, target_path(t), err) : 0;
}

static int replay_text(struct explore_options *opt, struct explore_target *t)
{
	struct mach_choice *v = malloc(EXPLORE_FORCED_MAX * sizeof(*v));
	struct schedule s = { .v = v };
	struct verdict verdict;
	char err[200];
	int n = v ? schedule_parse(opt->replay, &s.seed, v, EXPLORE_FORCED_MAX, err, sizeof(err)) : -ENOMEM, ret;

	if (n < 0) {
		free(v);
		return n == -EINVAL ? cli_misuse("explore", "--replay: %s", err) : cli_no_memory();
	}
	s.nr = (size_t)n;
	ret = replay(opt, t, &s, &verdict);
	if (!ret) {
		printable_printf(stdout, "%s\n", verdict.end == END_FAILS ? verdict.text : W(EXPLORE_HOLDS));
		if (opt->save)
			printf(W(EXPLORE_LOOK), opt->save);
		ret = verdict.end == END_FAILS ? EXIT_WRONG : EXIT_RIGHT;
	}
	free(v);
	return ret;
}

/* ---- reports ---------------------------------------------------------------------------------- */

static void progress(void *arg)
{
	struct explore_options *opt = arg;

	fprintf(stderr, W(EXPLORE_PROGRESS), (unsigned long long)opt->sum.runs,
		(unsigned long long)opt->sum.distinct, (unsigned long long)opt->sum.failed);
	fflush(stderr);
	opt->progress_shown = true;
}

void explore_print_failure(const struct explore_options *opt, const struct explore_opts *opts, const char *path,
			  const struct explore_failure *f)
{
	struct schedule s = { f->seed, f->v, f->nr };
	char *text = shortage_need(malloc(REPLAY_BYTES));
	struct strbuf line;

	printable_printf(stdout, W(EXPLORE_FAILED), f->verdict.text);
	printf(f->nr == 1 ? W(EXPLORE_IN_RUN_ONE) : W(EXPLORE_IN_RUN), (unsigned long long)f->run, f->nr);
	if (f->nr_before != f->nr)
		printf(W(EXPLORE_SHRUNK), f->nr_before, f->tries);
	putchar('\n');
	if (!text)
		return;
	strbuf_init(&line, text, REPLAY_BYTES);
	replay_line(opt, opts->seed, path, &s, &line);
	printable_printf(stdout, W(EXPLORE_AGAIN), line.buf);
	free(text);
}

void explore_print_known(const struct explore_options *opt, const uint64_t *broken, uint64_t runs)
{
	for (unsigned int i = 0; i < opt->table.nr; i++) {
		const struct known_deviation *r = &opt->table.v[i];

		if (!r->met)
			continue;
		if (broken[i])
			printf(W(EXPLORE_KNOWN), r->scenario, r->fact,
			       (unsigned long long)broken[i], r->why);
		else
			printf(W(EXPLORE_KNOWN_HELD),
			       r->scenario, r->fact, (unsigned long long)runs, r->line, opt->table.path);
	}
}

static void print_sum(const struct explore_options *opt)
{
	const struct explore_summary *sum = &opt->sum;

	printf(sum->runs == 1 ? W(EXPLORE_RUNS_ONE) : W(EXPLORE_RUNS), (unsigned long long)sum->runs);
	printf(sum->distinct == 1 ? W(EXPLORE_SCHEDULES_ONE) : W(EXPLORE_SCHEDULES), (unsigned long long)sum->distinct);
	printf(sum->failed == 1 ? W(EXPLORE_FAILURES_ONE) : W(EXPLORE_FAILURES), (unsigned long long)sum->failed);
	if (opt->jobs > 1 && sum->failed)
		printf(W(EXPLORE_TIMING), opt->jobs);
	if (sum->seconds > 0)
		printf(W(EXPLORE_SPEED), (double)sum->runs / sum->seconds);
	if (sum->exhausted)
		printf(opt->depth == 1 ? W(EXPLORE_EXHAUSTED_ONE) : W(EXPLORE_EXHAUSTED), opt->depth);
	if (sum->stopped)
		fputs(W(EXPLORE_INTERRUPTED), stdout);
	putchar('\n');
}

static int run_all(struct explore_options *opt, struct explore_target *t)
{
	const char *path = target_path(t);
	char err[600] = "";
	int ret;

	if (isatty(STDERR_FILENO)) {
		opt->opts.progress = progress;
		opt->opts.arg = opt;
	}
	fflush(NULL);	/* or each forked process would write it again */
	explore_listen(opt, true);
	ret = explore(t, &opt->opts, &opt->sum, err, sizeof(err));
	explore_listen(opt, false);
	if (opt->progress_shown)
		fputs("\r\033[K", stderr);
	if (ret)
		return explore_say(ret, path, err);
	for (unsigned int i = 0; i < opt->sum.nr_failures; i++)
		explore_print_failure(opt, &opt->opts, path, &opt->sum.failure[i]);
	if (opt->save && opt->sum.nr_failures) {
		const struct explore_failure *f = &opt->sum.failure[0];
		struct schedule s = { f->seed, f->v, f->nr };
		struct verdict v;

		ret = replay(opt, t, &s, &v);
		if (!ret) {
			fputs("        ", stdout);
			printf(W(EXPLORE_LOOK), opt->save);
		}
	}
	explore_print_known(opt, opt->sum.known_deviations, opt->sum.runs);
	print_sum(opt);
	return ret ? ret : opt->sum.failed ? EXIT_WRONG : EXIT_RIGHT;
}

/* ---- the command ---------------------------------------------------------------------------------- */

static int load_table(struct explore_options *opt)
{
	char err[1300];
	int ret = known_deviations_load(&opt->table, opt->known_deviations, err, sizeof(err));

	opt->opts.on.known_deviations = &opt->table;
	return ret ? explore_say(ret, opt->known_deviations, err) : 0;
}

static const struct cli_argument explore_arguments[] = {
	{ "FILE", "a lesson (.lua), a scenario (.kws) or a C test (.c, .so); several files share the runs", 1,
	  TAKES_FILE, "lua|kws|c|so" },
	{ .name = NULL }
};

static const struct cli_option explore_options[] = {
	{ "strategy", "S", "how schedules are chosen; all in turns for several files (docs/explore.md)",
	  .values = "random|pct|dfs", CLI_INTO(struct explore_options, strategy) },
	{ "runs", "N", "the largest number of runs", .def = "10000", .lo = 1, .hi = 1000000000,
	  CLI_INTO(struct explore_options, runs) },
	{ "depth", "D", "pct: priorities with D - 1 changes; dfs: sets of at most D deviations", .def = "3", .lo = 1,
	  .hi = EXPLORE_DEPTH_MAX, CLI_INTO(struct explore_options, depth) },
	{ "jitter", "X", "vary burns, sleeps, interrupts and timers by that share; scenarios use 0.9 if it is not "
	  "given, in runs whose facts are not compared", .lo = 0, .hi = 0.9, CLI_INTO(struct explore_options, opts.on.jitter) },
	{ "seed", "N", "the first seed", .def = "1", CLI_INTO(struct explore_options, opts.seed) },
	{ "variant", "N", "which numbers a lesson uses", .def = "0", .lo = 0, .hi = IDENTITY_VARIANTS - 1,
	  CLI_INTO(struct explore_options, opts.on.variant) },
	{ "jobs", "N", "parallel processes; one for each CPU if not given", .lo = 1, .hi = 1000,
	  CLI_INTO(struct explore_options, jobs) },
	{ "window", "US", "at a shared step, tasks that act within this time may go first", .def = "50", .lo = 0,
	  .hi = 1000000, CLI_INTO(struct explore_options, window_us) },
	{ "max-delay", "MS", "at a few steps, tasks that act within this time may go first, and measured facts are not "
	  "compared; 100 if not given, for lessons 0", .lo = 0, .hi = 1000000, CLI_INTO(struct explore_options, max_delay_ms) },
	{ "cpus", "N", "virtual CPUs of a lesson or C test", .lo = 1, .hi = CPUS_MAX, CLI_INTO(struct explore_options, cpus) },
	{ "census", NULL, "also compare the model with the engine's own state",
	  CLI_INTO(struct explore_options, opts.on.census) },
	{ "all", NULL, "continue after a failure and report one of each kind", CLI_INTO(struct explore_options, opts.all) },
	{ "replay", "SCHEDULE", "one schedule, as a failure prints it", CLI_INTO(struct explore_options, replay) },
	{ "known-deviations", "TABLE", "facts that some schedules may break, with the reasons; counted, not failures",
	  .takes = TAKES_FILE, CLI_INTO(struct explore_options, known_deviations) },
	{ "save", "FILE.kwt", "write a recording of the failing or replayed run, for `play`", .takes = TAKES_FILE,
	  .endings = "kwt", CLI_INTO(struct explore_options, save) },
	{ .name = NULL }
};

static int explore_main(int argc, char **argv)
{
	static struct explore_options opt;
	struct explore_target *t;
	char err[1300] = "";
	int ret;

	opt = (struct explore_options){ .max_delay_ms = -1, .cpus = CLI_UNSET, .jobs = (int)sysconf(_SC_NPROCESSORS_ONLN),
			   .opts = { .on = { .jitter = -1 } } };
	ret = cli_parse(&argc, argv, explore_options, &opt);
	if (!ret)
		ret = check_options(&opt, argc, argv);
	if (!ret && opt.known_deviations)
		ret = load_table(&opt);
	if (ret)
		return ret;
	if (argc > 2)
		return explore_campaign_main(&opt, argc - 1, argv + 1);
	ret = target_open(&t, argv[1], &opt.opts.on, err, sizeof(err));
	if (ret)
		return explore_say(ret, argv[1], err);
	ret = opt.replay ? replay_text(&opt, t) : run_all(&opt, t);
	explore_fini(&opt.sum);
	target_close(t);
	return ret;
}

const struct cli_command cmd_explore = {
	.name = "explore",
	.args = "FILE...",
	.summary = "run a lesson, scenario or C test under many schedules",
	.arguments = explore_arguments,
	.options = explore_options,
	.notes = "A failing schedule is shrunk to the fewest forced choices.\n"
		 "Exit status 1 for a failure; 3 also if the compiler is missing; 4 for a run that could not be made.\n",
	.main = explore_main,
};
