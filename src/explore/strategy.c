/*
 * explore/strategy.c - what is answered where several things can happen.
 *
 * random: another seed each run; three of four runs also take other ways than the
 *         usual ones, now and then, each quarter with a chance of its own.
 * pct:    probabilistic concurrency testing: each context has a priority drawn for
 *         the run; at a shared step whoever has a higher one goes first.  At d - 1
 *         steps drawn beforehand the one that acts falls below all.  So does who spins.
 * path:   exactly these choices; notes what else could have been chosen (dfs.c).
 *
 * A run's own chance is a hash of its number: run 17 is the same run in any process.
 *
 * Lives here:   answering questions.
 * Never here:   the machine's chance (base/rng.h seeds), which runs are made (explore.c, dfs.c).
 * Rules:        joints.md 2.   Licence: MIT.
 */
#include "explore/inner.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define RANGE_CHANCE 2		/* one in: a range gives another number than usual */

/* ---- random -------------------------------------------------------------------------- */

static uint64_t chance_of(const struct chooser *c, const struct mach_question *q, uint64_t salt)
{
	return rng_mix(rng_hash4(c->opts->seed ^ salt, c->run, ((uint64_t)q->site << 48) ^ q->context, q->ordinal));
}

static uint32_t other_way(const struct mach_question *q, uint64_t hash)
{
	uint32_t way = (uint32_t)rng_below(hash, q->n - 1);

	return way + (way >= q->usual);
}

/* Every other group of runs leaves out what no scheduler would do. */
static uint32_t unless_liberty(const struct chooser *c, const struct mach_question *q, uint32_t way)
{
	return q->liberty && q->liberty[way] && !(c->run / 4 % 2) ? q->usual : way;
}

static uint32_t choose_random(struct chooser *c, const struct mach_question *q)
{
	static const uint64_t one_in[4] = { 0, 4, 16, 64 };
	uint64_t in = q->who ? one_in[c->run % 4] : RANGE_CHANCE;

	if (!one_in[c->run % 4] || rng_below(chance_of(c, q, 1), in))
		return q->usual;
	return unless_liberty(c, q, other_way(q, chance_of(c, q, 2)));
}

void strategy_random(struct chooser *c, uint64_t run, uint64_t *seed)
{
	c->run = run;
	c->choose = choose_random;
	*seed = c->opts->seed + run;
}

/* ---- pct ---------------------------------------------------------------------------------- */

static uint64_t priority(const struct chooser *c, uint64_t context)
{
	for (unsigned int i = 0; i < c->nr_lowered; i++)
		if (c->lowered[i].context == context)
			return UINT16_MAX - c->lowered[i].rank;	/* the later, the lower */
	return UINT32_MAX + (rng_hash4(c->opts->seed, c->run, 3, context) >> 1);
}

static void lower(struct chooser *c, uint64_t context)
{
	static const unsigned int room = sizeof(c->lowered) / sizeof(c->lowered[0]);
	unsigned int i = 0, rank = 0;

	for (unsigned int k = 0; k < c->nr_lowered; k++)
		if (c->lowered[k].rank >= rank)
			rank = c->lowered[k].rank + 1;
	while (i < c->nr_lowered && c->lowered[i].context != context)
		i++;
	if (i == room || rank > UINT16_MAX)
		return;
	c->nr_lowered += i == c->nr_lowered;
	c->lowered[i].context = context;
	c->lowered[i].rank = rank;
}

static uint32_t most_urgent(const struct chooser *c, const struct mach_question *q)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < q->n; i++)
		if (unless_liberty(c, q, i) == i && priority(c, q->who[i]) > priority(c, q->who[best]))
			best = i;
	return best;
}

static uint32_t choose_pct(struct chooser *c, const struct mach_question *q)
{
	if (!q->who)
		return rng_below(chance_of(c, q, 1), RANGE_CHANCE) ? q->usual : other_way(q, chance_of(c, q, 2));
	if (q->site == SITE_PLACE)
		return rng_below(chance_of(c, q, 1), 16) ? q->usual :
		       unless_liberty(c, q, other_way(q, chance_of(c, q, 2)));
	if (q->site == SITE_TURN) {
		c->turns++;
		for (unsigned int i = 0; i + 1 < c->opts->depth; i++)
			if (c->change[i] == c->turns)
				lower(c, q->context);
		if (q->relaxing)
			lower(c, q->context);
	}
	return most_urgent(c, q);
}

void strategy_pct(struct chooser *c, uint64_t run, uint64_t *seed)
{
	c->run = run;
	c->choose = choose_pct;
	c->turns = 0;
	c->nr_lowered = 0;
	for (unsigned int i = 0; i + 1 < c->opts->depth; i++)
		c->change[i] = 1 + rng_below(rng_hash4(c->opts->seed, run, 4, i), c->expected_turns + 1);
	*seed = c->opts->seed;
}

/* ---- a path ----------------------------------------------------------------------------------- */

uint32_t strategy_usual(struct chooser *c, const struct mach_question *q)
{
	(void)c;
	return q->usual;
}

static void note_way(struct chooser *c, const struct mach_question *q, uint32_t way)
{
	if (c->nr_ways == c->cap_ways) {
		size_t cap = c->cap_ways ? c->cap_ways * 2 : 256;
		struct mach_choice *v = realloc(c->ways, cap * sizeof(*v));

		if (!v) {
			c->no_memory = true;
			return;
		}
		c->ways = v;
		c->cap_ways = cap;
	}
	c->ways[c->nr_ways++] = (struct mach_choice){ q->site, q->context, q->ordinal, q->value ? q->value[way] : way };
}

/* Of a range its two ends are enough to change places with others. */
static void note_ways(struct chooser *c, const struct mach_question *q)
{
	for (uint32_t way = 0; way < q->n; way += q->value ? 1 : q->n - 1)
		if (way != q->usual)
			note_way(c, q, way);
}

static uint32_t choose_path(struct chooser *c, const struct mach_question *q)
{
	const struct mach_choice *next = c->matched < c->nr_path ? &c->path[c->matched] : NULL;

	if (!next) {
		note_ways(c, q);
		return q->usual;
	}
	if (q->site != next->site || q->context != next->context || q->ordinal != next->ordinal)
		return q->usual;
	c->matched++;
	for (uint32_t way = 0; way < q->n; way++)
		if ((q->value ? q->value[way] : way) == next->value)
			return way;
	return q->usual;
}

void strategy_path(struct chooser *c, const struct mach_choice *path, size_t nr)
{
	c->choose = choose_path;
	c->path = path;
	c->nr_path = nr;
	c->matched = 0;
	c->nr_ways = 0;
}

/* ---- noting what was chosen --------------------------------------------------------------------- */

static void note(struct choice_log *log, const struct mach_question *q, uint32_t way)
{
	struct mach_choice choice = { q->site, q->context, q->ordinal, q->value ? q->value[way] : way };

	if (log->nr + log->nr_levels >= EXPLORE_FORCED_MAX)
		return;
	if (way != q->usual)
		log->v[log->nr++] = choice;
	else if (!q->who)
		log->v[EXPLORE_FORCED_MAX - ++log->nr_levels] = choice;
}

uint32_t strategy_choose(void *arg, const struct mach_question *q)
{
	struct chooser *c = arg;
	uint32_t way = c->choose(c, q);

	c->log->questions += q->site == SITE_TURN;
	note(c->log, q, way);
	return way;
}
