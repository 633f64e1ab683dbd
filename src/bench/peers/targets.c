/*
 * bench/peers/marks.c - what was promised, as ratios of figures of one run.
 *
 * The peers took turns, so a ratio is taken within each repetition and the
 * median of the ratios is compared with the mark.
 *
 * Lives here:   every mark of the comparison, one row each.
 * Never here:   measuring, the table (main.c).   Licence: MIT.
 */
#include "bench/bench.h"
#include "bench/peers/result.h"

#include <math.h>
#include <stdio.h>

enum against {
	PEER,		/* @other's figure / ours must be at least the mark */
	BEST,		/* ours / the best peer's: at most */
	FLOOR,		/* ours / the floor: at most */
	PLAIN		/* our figure itself: at most */
};

static const struct mark {
	const char *what;
	const struct load *load;
	int row;
	const struct peer *ours;
	enum against against;
	const struct peer *other;
	double mark;
	const char *unit;
} marks[] = {
	{ "items it owns: libuv's cost / ours", &load_owned, 0, &peer_cmwq, PEER, &peer_uv, 4, "x" },
	{ "items it owns: oneTBB's cost / ours", &load_owned, 0, &peer_cmwq, PEER, &peer_tbb, 3, "x" },
	{ "queues itself again: ours / the best peer's", &load_chain, 0, &peer_cmwq, BEST, NULL, 1, "x" },
	{ "fan-out: ours / the best peer's", &load_tree, 0, &peer_cmwq, BEST, NULL, 1, "x" },
	{ "start from idle, p50: ours / a bare futex wake", &load_start, 0, &peer_cmwq, FLOOR, &peer_futex, 1.4, "x" },
	{ "mixed work, unbound: ours / the ideal", &load_mixed, 0, &peer_cmwq_unbound, FLOOR, NULL, 1.6, "x" },
	{ "mixed work: libuv's time / ours, unbound", &load_mixed, 0, &peer_cmwq_unbound, PEER, &peer_uv, 4, "x" },
	{ "behind sleepers, unbound: ours / the ideal", &load_sleepers, 1, &peer_cmwq_unbound, FLOOR, NULL, 1.5, "x" },
	{ "items that wait, told: longest stall", &load_waits, 0, &peer_cmwq, PLAIN, NULL, 1, "ms" },
	{ "items that wait, not told: longest stall", &load_waits_untold, 0, &peer_cmwq, PLAIN, NULL, 20, "ms" },
	{ "mallocs for a queued item", &load_memory, 3, &peer_cmwq, PLAIN, NULL, 0, "" },
	{ "delayed, arm and cancel: uv_timer's cost / ours", &load_delayed, 2, &peer_cmwq, PEER, &peer_uv, 3, "x" },
};

/* Another pool, that is: neither ours nor a floor. */
static bool is_pool(const struct peer *p)
{
	return p == &peer_uv || p == &peer_glib || p == &peer_tbb || p == &peer_plain;
}

static double best_peer(const struct mark *m, int rep)
{
	const struct peer *const *p;
	double best = INFINITY;

	for (p = peers; *p; p++) {
		const struct result *r = result_of(m->load, *p);

		if (!is_pool(*p) || rep >= r->reps)
			continue;
		if (r->value[m->row][rep] < best)
			best = r->value[m->row][rep];
	}
	return best;
}

/* What to compare with in repetition @rep; a peer that is slow had fewer. */
static double compared_with(const struct mark *m, int rep)
{
	const struct result *r;

	if (m->against == BEST)
		return best_peer(m, rep);
	if (m->against == PLAIN)
		return 1;
	if (!m->other)
		return row_floor(&m->load->row[m->row]);
	r = result_of(m->load, m->other);
	return r->reps > rep ? r->value[m->row][rep] : result_median(m->load, m->row, m->other);
}

/* NAN: nothing to compare with. */
static double ratio(const struct mark *m)
{
	const struct result *r = result_of(m->load, m->ours);
	double ratios[REPS_MAX];
	int i;

	for (i = 0; i < r->reps; i++) {
		double other = compared_with(m, i), own = r->value[m->row][i];

		if (isnan(other) || isinf(other))
			return NAN;
		ratios[i] = m->against == PEER ? other / own : own / other;
	}
	return bench_median(ratios, r->reps);
}

static void judge(const struct mark *m)
{
	const struct result *r = result_of(m->load, m->ours);
	double x;

	if (r->outcome == NOT_RUN) {
		if (m->load->suits && !m->load->suits(m->ours))
			bench_failed(m->what, "cannot be done");
		return;		/* or was not asked for */
	}
	if (r->outcome != RAN) {
		bench_failed(m->what, r->outcome == FOR_EVER ? "for ever" : r->why);
		return;
	}
	x = ratio(m);
	if (isnan(x))
		printf("  %-52s no such peer here\n", m->what);
	else if (m->against == PEER)
		bench_at_least(m->what, x, m->mark, m->unit);
	else
		bench_at_most(m->what, x, m->mark, m->unit);
}

void marks_judge(void)
{
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		judge(&marks[i]);
}
