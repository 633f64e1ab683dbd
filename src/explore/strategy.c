/*
 * explore/strategy.c - the strategies: which alternative is taken at each decision.
 *
 * random: another seed each run.  Three of four runs also take other alternatives than
 *         the default at some decisions; each of the three has its own probability.
 * pct:    probabilistic concurrency testing: draws a priority for each context; at a
 *         shared step the context of the highest priority goes first.  At d - 1 steps
 *         drawn beforehand the acting context falls below all others, and so does a
 *         context that spins.
 * Both:   every other group of four runs makes no unfair choices.  In the others a
 *         context is delayed for long now and then: at a few steps per run (random), or
 *         where it falls below all others (pct).  In virtual time most steps are far
 *         apart, and without long delays they could never change places.
 * path:   exactly these choices; collects the choices that can follow them (dfs.c).
 *
 * Random numbers are hashes of the run's number: run 17 is the same run in any process.
 *
 * Lives here:   choosing alternatives.
 * Never here:   the machine's own randomness (base/rng.h), the list of runs (explore.c, dfs.c).
 * Rules:        docs/explore.md "Strategies".   Licence: MIT.
 */
#include "explore/explore_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/shortage.h"

#define RANGE_CHANCE 2		/* one range in so many takes another value than the default */
#define FAR_TURNS 3		/* long delays in a run as long as the default run */

/* ---- random -------------------------------------------------------------------------- */

static uint64_t chance_of(const struct chooser *c, const struct mach_decision *d, uint64_t salt)
{
	return rng_mix(rng_hash4(c->opts->seed ^ salt, c->run, ((uint64_t)d->site << 48) ^ d->context, d->ordinal));
}

static uint32_t other_alternative(const struct mach_decision *d, uint64_t hash)
{
	uint32_t alt = (uint32_t)rng_below(hash, d->n - 1);

	return alt + (alt >= d->default_alt);
}

/* Every other group of four runs makes no unfair choices. */
static bool may_be_unfair(const struct chooser *c)
{
	return c->run / 4 % 2;
}

/* Half of the unfair runs also stretch times that do not vary by themselves. */
static bool stretches(const struct chooser *c)
{
	return c->run / 8 % 2 && may_be_unfair(c);
}

static uint32_t unless_unfair(const struct chooser *c, const struct mach_decision *d, uint32_t alt)
{
	return d->unfair && d->unfair[alt] && !may_be_unfair(c) ? d->default_alt : alt;
}

/* Number of a turn's alternatives that end within the window; these come first. */
static uint32_t nr_near(const struct mach_decision *d)
{
	uint32_t n = 0;

	while (n < d->n && !d->unfair[n])
		n++;
	return n;
}

/* An alternative with a long delay, a few times per run, or 0. */
static uint32_t far_turn(const struct chooser *c, const struct mach_decision *d, uint32_t near)
{
	if (near == d->n || !may_be_unfair(c) || rng_below(chance_of(c, d, 3), c->expected_turns / FAR_TURNS + 1))
		return 0;
	return near + (uint32_t)rng_below(chance_of(c, d, 4), d->n - near);
}

static uint32_t choose_random(struct chooser *c, const struct mach_decision *d)
{
	static const uint64_t one_in[4] = { 0, 4, 16, 64 };
	uint64_t in = d->who ? one_in[c->run % 4] : RANGE_CHANCE;
	struct mach_decision near = *d;
	uint32_t far;

	if (!one_in[c->run % 4] || (d->stretched && !stretches(c)))
		return d->default_alt;
	if (d->site == SITE_TURN) {
		near.n = nr_near(d);
		far = far_turn(c, d, near.n);
		if (far || near.n == 1)
			return far;
	}
	if (rng_below(chance_of(c, d, 1), in))
		return d->default_alt;
	return unless_unfair(c, d, other_alternative(&near, chance_of(c, d, 2)));
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
			return UINT16_MAX - c->lowered[i].rank;	/* lowered later: lower priority */
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

/* The alternative, of the first @n, whose context has the highest priority. */
static uint32_t most_urgent(const struct chooser *c, const struct mach_decision *d, uint32_t n)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < n; i++)
		if (unless_unfair(c, d, i) == i && priority(c, d->who[i]) > priority(c, d->who[best]))
			best = i;
	return best;
}

/* Delays beyond the window only where the context is lowered: otherwise it would act after all others. */
static uint32_t turn_pct(struct chooser *c, const struct mach_decision *d)
{
	uint32_t n = nr_near(d);

	c->turns++;
	for (unsigned int i = 0; i + 1 < c->opts->depth; i++)
		if (c->change[i] == c->turns) {
			lower(c, d->context);
			n = d->n;
		}
	if (d->relaxing)
		lower(c, d->context);
	return most_urgent(c, d, n);
}

static uint32_t choose_pct(struct chooser *c, const struct mach_decision *d)
{
	if (d->stretched && !stretches(c))
		return d->default_alt;
	if (!d->who)
		return rng_below(chance_of(c, d, 1), RANGE_CHANCE) ? d->default_alt : other_alternative(d, chance_of(c, d, 2));
	if (d->site == SITE_PLACE)
		return rng_below(chance_of(c, d, 1), 16) ? d->default_alt :
		       unless_unfair(c, d, other_alternative(d, chance_of(c, d, 2)));
	return d->site == SITE_TURN ? turn_pct(c, d) : most_urgent(c, d, d->n);
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

uint32_t strategy_default(struct chooser *c, const struct mach_decision *d)
{
	(void)c;
	return d->default_alt;
}

static void note_alternative(struct chooser *c, const struct mach_decision *d, uint32_t alt)
{
	if (c->nr_alternatives == c->cap_alternatives) {
		size_t cap = c->cap_alternatives ? c->cap_alternatives * 2 : 256;
		struct mach_choice *v = shortage_need(realloc(c->alternatives, cap * sizeof(*v)));

		c->alternatives = v;
		c->cap_alternatives = cap;
	}
	c->alternatives[c->nr_alternatives++] = (struct mach_choice){ d->site, d->context, d->ordinal, d->value ? d->value[alt] : alt };
}

/* For a range, its two ends are enough to change the order of steps. */
static void note_alternatives(struct chooser *c, const struct mach_decision *d)
{
	for (uint32_t alt = 0; alt < d->n; alt += d->value ? 1 : d->n - 1)
		if (alt != d->default_alt)
			note_alternative(c, d, alt);
}

static uint32_t choose_path(struct chooser *c, const struct mach_decision *d)
{
	const struct mach_choice *next = c->matched < c->nr_path ? &c->path[c->matched] : NULL;

	if (!next) {
		note_alternatives(c, d);
		return d->default_alt;
	}
	if (d->site != next->site || d->context != next->context || d->ordinal != next->ordinal)
		return d->default_alt;
	c->matched++;
	for (uint32_t alt = 0; alt < d->n; alt++)
		if ((d->value ? d->value[alt] : alt) == next->value)
			return alt;
	return d->default_alt;
}

void strategy_path(struct chooser *c, const struct mach_choice *path, size_t nr)
{
	c->choose = choose_path;
	c->path = path;
	c->nr_path = nr;
	c->matched = 0;
	c->nr_alternatives = 0;
}

/* ---- logging choices --------------------------------------------------------------------- */

static void note(struct choice_log *log, const struct mach_decision *d, uint32_t alt)
{
	struct mach_choice choice = { d->site, d->context, d->ordinal, d->value ? d->value[alt] : alt };

	if (log->nr + log->nr_levels >= EXPLORE_FORCED_MAX)
		return;
	if (alt != d->default_alt)
		log->v[log->nr++] = choice;
	else if (!d->who)
		log->v[EXPLORE_FORCED_MAX - ++log->nr_levels] = choice;
}

uint32_t strategy_choose(void *arg, const struct mach_decision *d)
{
	struct chooser *c = arg;
	uint32_t alt = c->choose(c, d);

	c->log->decisions += d->site == SITE_TURN;
	note(c->log, d, alt);
	return alt;
}
