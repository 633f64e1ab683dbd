/*
 * cli/explore_campaign.c - `kworkshop explore` with several files: a campaign.
 *
 * Prints a line of progress now and then on standard error, each failure when it is found,
 * and one table at the end.  Ctrl-C ends it, and the results so far are printed.
 *
 * Lives here:   opening the files, printing.
 * Never here:   the order of turns (explore/campaign.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/explore.h"
#include "words/texts.h"

#define PROGRESS_S 15		/* seconds between two lines of progress, if standard error is not a terminal */

struct printing {
	struct explore_options *opt;
	struct campaign m;
	uint64_t begin, last;		/* ns of time_now_ns() */
};

static void clear_line(struct explore_options *opt)
{
	if (opt->progress_shown)
		fputs("\r\033[K", stderr);
	opt->progress_shown = false;
}

static void failed(void *arg, size_t file, const struct explore_opts *opts, const struct explore_failure *f)
{
	struct printing *t = arg;
	const char *path = target_path(t->m.files[file].t);

	clear_line(t->opt);
	printf("%s, %s:\n", path, explore_strategy_word[opts->strategy]);
	explore_print_failure(t->opt, opts, path, f);
	fflush(stdout);		/* or each forked process would write it again */
}

static void turned(void *arg)
{
	struct printing *t = arg;
	bool watched = isatty(STDERR_FILENO);
	uint64_t now = time_now_ns();

	if (now - t->last < (watched ? 1 : PROGRESS_S) * NS_PER_S)
		return;
	t->last = now;
	fputs(watched ? "\r" : "", stderr);
	fprintf(stderr, W(CAMPAIGN_PROGRESS), (unsigned long long)t->m.all.runs, (unsigned long long)t->m.opts.runs,
		(unsigned long long)t->m.all.failed, (unsigned long long)t->m.rounds + 1,
		(unsigned long long)((now - t->begin) / NS_PER_S));
	fputs(watched ? " " : "\n", stderr);
	fflush(stderr);
	t->opt->progress_shown = watched;
}

/* ---- the table ------------------------------------------------------------------------- */

static void print_row(const char *name, const struct campaign_row *r)
{
	printf("%-10s %10llu %10llu %10llu\n", name, (unsigned long long)r->runs, (unsigned long long)r->distinct,
	       (unsigned long long)r->failed);
}

static int by_distinct(const void *a, const void *b)
{
	uint64_t x = ((const struct campaign_file *)a)->row.distinct, y = ((const struct campaign_file *)b)->row.distinct;

	return x < y ? -1 : x > y;
}

#define FEWEST 5

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Prints the number of files, and those with the fewest distinct schedules. */
static void print_files(struct campaign *m)
{
	qsort(m->files, m->nr, sizeof(*m->files), by_distinct);
	printf(W(CAMPAIGN_FILES), m->nr);
	for (size_t i = 0; i < m->nr && i < FEWEST; i++)
		printf("%s %s %llu", i ? "," : "", base_name(target_path(m->files[i].t)),
		       (unsigned long long)m->files[i].row.distinct);
	putchar('\n');
}

static void print_end(struct printing *t)
{
	struct campaign *m = &t->m;
	unsigned long long seconds = (time_now_ns() - t->begin) / NS_PER_S;

	clear_line(t->opt);
	explore_print_known(t->opt, m->known_deviations, m->all.runs);
	printf("%-10s %10s %10s %10s\n", W(CAMPAIGN_STRATEGY), W(CAMPAIGN_RUNS), W(CAMPAIGN_DISTINCT),
	       W(CAMPAIGN_FAILURES));
	for (int s = 0; s < STRATEGY_NR; s++)
		print_row(explore_strategy_word[s], &m->strategy[s]);
	print_row(W(CAMPAIGN_ALL), &m->all);
	print_files(m);
	printf(m->rounds == 1 ? W(CAMPAIGN_ROUNDS_ONE) : W(CAMPAIGN_ROUNDS), (unsigned long long)m->rounds,
	       (unsigned long long)m->opts.seed, (unsigned long long)m->next_seed - 1, (unsigned long long)m->next_seed);
	printf(W(CAMPAIGN_SPEED), seconds, (double)m->all.runs / (double)(seconds ? seconds : 1),
	       m->stopped ? W(EXPLORE_INTERRUPTED) : "");
}

/* ---- all of it --------------------------------------------------------------------------- */

static int open_all(struct campaign *m, const struct explore_options *opt, int nr, char **paths)
{
	for (int i = 0; i < nr; i++) {
		char err[1300] = "";
		int ret = target_open(&m->files[i].t, paths[i], &opt->opts.on, err, sizeof(err));

		if (ret)
			return explore_say(ret, paths[i], err);
		m->nr++;
	}
	return 0;
}

static int run_campaign(struct printing *t)
{
	char err[1300] = "";
	int ret;

	t->m.opts = t->opt->opts;
	t->begin = t->last = time_now_ns();
	fflush(NULL);
	ret = explore_campaign(&t->m, err, sizeof(err));
	print_end(t);
	if (ret)
		return explore_say(ret, "explore", err);
	return t->m.all.failed ? EXIT_WRONG : EXIT_RIGHT;
}

int explore_campaign_main(struct explore_options *opt, int nr, char **paths)
{
	struct printing t = { .opt = opt, .m = { .failed = failed, .turned = turned } };
	int ret;

	t.m.arg = &t;
	t.m.files = calloc((size_t)nr, sizeof(*t.m.files));
	if (!t.m.files)
		return cli_no_memory();
	ret = open_all(&t.m, opt, nr, paths);
	if (!ret) {
		explore_listen(opt, true);
		ret = run_campaign(&t);
		explore_listen(opt, false);
	}
	explore_campaign_fini(&t.m);
	for (size_t i = 0; i < t.m.nr; i++)
		target_close(t.m.files[i].t);
	free(t.m.files);
	return ret;
}
