/*
 * explore/campaign.c - a campaign: explores many targets in turn, with every strategy.
 *
 * One round gives each file a turn with each strategy.  Every round uses new seeds.  So
 * whenever the campaign ends, all files have had about the same number of runs.
 *
 * Lives here:   the order of turns, the sums.
 * Never here:   one exploration (explore.c), output (cli/explore_campaign.c).   Licence: MIT.
 */
#include "explore/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define TURN_RUNS 1200u		/* runs of one file in one round, with all strategies */

const char *const explore_strategy_word[STRATEGY_NR] = {
	[STRATEGY_RANDOM] = "random", [STRATEGY_PCT] = "pct", [STRATEGY_DFS] = "dfs",
};

/* Share of each strategy in a file's runs, in quarters. */
static const unsigned int quarters[STRATEGY_NR] = { [STRATEGY_RANDOM] = 2, [STRATEGY_PCT] = 1, [STRATEGY_DFS] = 1 };

struct turn {
	struct campaign *m;
	size_t file;
	enum explore_strategy strategy;
};

static void note_order(void *arg, uint64_t order)
{
	const struct turn *t = arg;
	uint64_t of_file = rng_mix(order ^ rng_mix(t->file + 1));	/* equal hashes of two files are not the same schedule */

	t->m->strategy[t->strategy].distinct += schedule_set_add(&t->m->strategy[t->strategy].schedules, of_file);
	t->m->files[t->file].row.distinct += schedule_set_add(&t->m->files[t->file].row.schedules, of_file);
}

static bool is_reported(void *arg, const char *kind)
{
	const struct turn *t = arg;
	const struct campaign_file *f = &t->m->files[t->file];

	for (unsigned int i = 0; i < f->nr_kinds; i++)
		if (!strcmp(f->kind[i], kind))
			return true;
	return f->nr_kinds == EXPLORE_FAILURES_MAX;
}

static void report_once(struct turn *t, const struct explore_opts *o, const struct explore_failure *f)
{
	struct campaign_file *file = &t->m->files[t->file];

	if (is_reported(t, f->verdict.kind))
		return;
	snprintf(file->kind[file->nr_kinds++], sizeof(file->kind[0]), "%s", f->verdict.kind);
	t->m->failed(t->m->arg, t->file, o, f);
}

static void add_row(struct campaign_row *r, const struct explore_summary *sum)
{
	r->runs += sum->runs;
	r->failed += sum->failed;
}

/* Return: number of runs, or -errno. */
static int take_turn(struct turn *t, uint64_t seed, uint64_t runs, char *err, size_t err_size)
{
	struct explore_opts o = t->m->opts;
	struct explore_summary sum;
	int ret;

	o.strategy = t->strategy;
	o.seed = seed;
	o.runs = runs;
	o.all = true;
	o.order = note_order;
	o.reported = is_reported;
	o.order_arg = o.reported_arg = t;
	ret = explore(t->m->files[t->file].t, &o, &sum, err, err_size);
	add_row(&t->m->all, &sum);
	add_row(&t->m->strategy[t->strategy], &sum);
	add_row(&t->m->files[t->file].row, &sum);
	for (unsigned int i = 0; i < KNOWN_DEVIATIONS_MAX; i++)
		t->m->known_deviations[i] += sum.known_deviations[i];
	for (unsigned int i = 0; i < sum.nr_failures; i++)
		report_once(t, &o, &sum.failure[i]);
	explore_fini(&sum);
	if (t->m->turned)
		t->m->turned(t->m->arg);
	return ret ? ret : (int)sum.runs;
}

static bool is_over(const struct campaign *m)
{
	return m->all.runs >= m->opts.runs || (m->opts.stop && *m->opts.stop);
}

/* Return: number of runs, or -errno. */
static int take_round(struct campaign *m, uint64_t of_file, char *err, size_t err_size)
{
	uint64_t before = m->all.runs;

	for (size_t i = 0; i < m->nr; i++)
		for (int s = 0; s < STRATEGY_NR && !is_over(m); s++) {
			struct turn t = { m, i, (enum explore_strategy)s };
			uint64_t left = m->opts.runs - m->all.runs, runs = of_file * quarters[s] / 4;
			int ret = take_turn(&t, m->next_seed, runs < left ? runs : left, err, err_size);

			if (ret < 0)
				return ret;
		}
	m->next_seed += of_file * quarters[STRATEGY_RANDOM] / 4;
	m->rounds++;
	return (int)(m->all.runs - before);
}

int explore_campaign(struct campaign *m, char *err, size_t err_size)
{
	uint64_t of_file = m->opts.runs / m->nr;
	int ret = 1;

	of_file = of_file > TURN_RUNS ? TURN_RUNS : of_file < 4 ? 4 : of_file;
	m->next_seed = m->opts.seed;
	while (ret > 0 && !is_over(m))
		ret = take_round(m, of_file, err, err_size);
	for (size_t i = 0; i < m->nr; i++)
		m->all.distinct += m->files[i].row.distinct;
	m->stopped = m->opts.stop && *m->opts.stop;
	return ret < 0 ? ret : 0;
}

void explore_campaign_fini(struct campaign *m)
{
	for (int s = 0; s < STRATEGY_NR; s++)
		schedule_set_fini(&m->strategy[s].schedules);
	for (size_t i = 0; i < m->nr; i++)
		schedule_set_fini(&m->files[i].row.schedules);
}
