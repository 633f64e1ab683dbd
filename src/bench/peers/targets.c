/*
 * bench/peers/targets.c - the targets of the comparison, as ratios of figures of one run.
 *
 * The peers run in turn.  Each repetition gives one ratio, and the median of the
 * ratios is compared with the target.
 *
 * Lives here:   every target, one row each.
 * Never here:   measurements, the table (main.c).   Licence: MIT.
 */
#include "bench/bench.h"
#include "bench/peers/result.h"

#include <math.h>
#include <stdio.h>

enum against {
	PEER,		/* @other's figure / ours must be at least the target */
	BEST,		/* ours / the best peer's: at most */
	FLOOR,		/* ours / the floor: at most */
	PLAIN		/* our figure itself: at most */
};

static const struct target {
	const char *what;
	const struct load *load;
	int row;
	const struct peer *ours;
	enum against against;
	const struct peer *other;
	double limit;
	const char *unit;
} targets[] = {
	{ "items it owns: libuv's cost / ours", &load_owned, 0, &peer_cmwq, PEER, &peer_uv, 4, "x" },
	{ "items it owns: oneTBB's cost / ours", &load_owned, 0, &peer_cmwq, PEER, &peer_tbb, 3, "x" },
	{ "queues itself again: ours / the best peer's", &load_chain, 0, &peer_cmwq, BEST, NULL, 1, "x" },
	{ "fan-out: ours / the best peer's", &load_tree, 0, &peer_cmwq, BEST, NULL, 1, "x" },
	{ "start from idle, p50: ours / a bare futex wake", &load_start, 0, &peer_cmwq, FLOOR, &peer_futex, 1.4, "x" },
	{ "mixed work, unbound: ours / the ideal", &load_mixed, 0, &peer_cmwq_unbound, FLOOR, NULL, 1.6, "x" },
	{ "mixed work: libuv's time / ours, unbound", &load_mixed, 0, &peer_cmwq_unbound, PEER, &peer_uv, 4, "x" },
	{ "behind sleepers, unbound: ours / the ideal", &load_sleepers, 1, &peer_cmwq_unbound, FLOOR, NULL, 1.5, "x" },
	{ "items that wait, announced: longest stall", &load_waits, 0, &peer_cmwq, PLAIN, NULL, 1, "ms" },
	{ "items that wait, not announced: longest stall", &load_waits_unannounced, 0, &peer_cmwq, PLAIN, NULL, 20, "ms" },
	{ "mallocs for a queued item", &load_memory, 3, &peer_cmwq, PLAIN, NULL, 0, "" },
	{ "delayed, arm and cancel: uv_timer's cost / ours", &load_delayed, 2, &peer_cmwq, PEER, &peer_uv, 3, "x" },
};

/* True for pools other than libcmwq and the floors. */
static bool is_pool(const struct peer *p)
{
	return p == &peer_uv || p == &peer_glib || p == &peer_tbb || p == &peer_plain;
}

static double best_peer(const struct target *t, int rep)
{
	const struct peer *const *p;
	double best = INFINITY;

	for (p = peers; *p; p++) {
		const struct result *r = result_of(t->load, *p);

		if (!is_pool(*p) || rep >= r->reps)
			continue;
		if (r->value[t->row][rep] < best)
			best = r->value[t->row][rep];
	}
	return best;
}

/* The reference in repetition @rep; for a slow peer with fewer repetitions its median. */
static double compared_with(const struct target *t, int rep)
{
	const struct result *r;

	if (t->against == BEST)
		return best_peer(t, rep);
	if (t->against == PLAIN)
		return 1;
	if (!t->other)
		return row_floor(&t->load->row[t->row]);
	r = result_of(t->load, t->other);
	return r->reps > rep ? r->value[t->row][rep] : result_median(t->load, t->row, t->other);
}

/* NAN: there is no reference. */
static double ratio(const struct target *t)
{
	const struct result *r = result_of(t->load, t->ours);
	double ratios[REPS_MAX];
	int i;

	for (i = 0; i < r->reps; i++) {
		double other = compared_with(t, i), own = r->value[t->row][i];

		if (isnan(other) || isinf(other))
			return NAN;
		ratios[i] = t->against == PEER ? other / own : own / other;
	}
	return bench_median(ratios, r->reps);
}

static void check(const struct target *t)
{
	const struct result *r = result_of(t->load, t->ours);
	double x;

	if (r->outcome == NOT_RUN) {
		if (t->load->suits && !t->load->suits(t->ours))
			bench_failed(t->what, "cannot be done");
		return;		/* the pool was not chosen */
	}
	if (r->outcome != RAN) {
		bench_failed(t->what, r->outcome == FOR_EVER ? "for ever" : r->why);
		return;
	}
	x = ratio(t);
	if (isnan(x))
		printf("  %-52s no such peer here\n", t->what);
	else if (t->against == PEER)
		bench_at_least(t->what, x, t->limit, t->unit);
	else
		bench_at_most(t->what, x, t->limit, t->unit);
}

void targets_check(void)
{
	size_t i;

	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		check(&targets[i]);
}
