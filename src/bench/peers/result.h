/*
 * bench/peers/result.h - the figures of all repetitions of all loads with all peers.
 *
 * Each load has a result for each peer, with the values of all repetitions.  The table prints
 * the medians, and targets_check() compares ratios of them with the targets.
 *
 * Lives here:   the figures, for the table (main.c) and for the targets (targets.c).
 * Never here:   measurements.   Licence: MIT.
 */
#ifndef KW_BENCH_PEERS_RESULT_H
#define KW_BENCH_PEERS_RESULT_H

#include "bench/peers/load.h"

#define REPS_MAX 9

enum outcome { NOT_RUN, RAN, FOR_EVER, FAILED };

struct result {
	enum outcome outcome;
	char why[96];		/* if FAILED */
	int reps;
	double seconds;		/* spent on all repetitions so far */
	double value[LOAD_ROWS_MAX][REPS_MAX];
};

extern const struct load *const loads[];	/* of loads.def; the last is NULL */
extern const struct peer *const peers[];	/* of peers.def; the last is NULL */

/* not NULL for members of the two tables */
struct result *result_of(const struct load *l, const struct peer *p);
double result_median(const struct load *l, int row, const struct peer *p);	/* NAN: no figure */
double row_floor(const struct load_row *row);	/* 0: unknown */

/* Compares the figures with the targets (bench_at_least() and bench_at_most()). */
void targets_check(void);

#endif
