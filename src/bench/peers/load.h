/*
 * bench/peers/load.h - the interface of a load: a function that gives work to one peer, and its rows.
 *
 * The benchmark compares thread pools, the peers, under several loads.  Each load runs in a
 * process of its own for each peer and repetition.  Its rows name the figures, with their units
 * and lower bounds.
 *
 * Lives here:   struct load, for main.c and targets.c; helpers of loads.
 * Never here:   a particular load or peer.   Licence: MIT.
 */
#ifndef KW_BENCH_PEERS_LOAD_H
#define KW_BENCH_PEERS_LOAD_H

#include "bench/peers/peer.h"

#define LOAD_ROWS_MAX 5

struct load_row {
	const char *label;
	const char *unit;
	/* The ideal, if it can be computed, is floor + floor_cpu / CPUs. */
	double floor;
	double floor_cpu;
};

#define ROW(text, in) { .label = text, .unit = in }

/*
 * run() is called in a new process and writes one figure per row.
 * Return: NULL, or the reason why there are no figures.  A process that takes longer than
 * .limit_s is killed, and its figure is "for ever".
 */
struct load {
	const char *name;
	const char *(*run)(const struct peer *p, double *out);
	bool (*suits)(const struct peer *p);	/* NULL: the load is for every pool */
	double limit_s;
	bool empty;		/* its items do nothing, so peer_bare is its floor */
	struct load_row row[LOAD_ROWS_MAX];	/* the last row has no label */
};

#define LOAD(name) extern const struct load load_##name;
#include "bench/peers/loads.def"
#undef LOAD

/* @n items for a measurement, a tenth with --quick, a few with --check. */
extern int bench_scale;
static inline long scaled(long n)
{
	return n / bench_scale > 8 ? n / bench_scale : 8;
}

/* Allocates @n items together and initialises them; exits if there is no memory. */
char *items_new(const struct peer *p, long n, void (*fn)(struct item *it));
struct item *item_at(const struct peer *p, char *items, long i);
/* Allocates one item, which the peer frees. */
struct item *item_malloc(const struct peer *p, void (*fn)(struct item *it));

/* NULL if @total items have been counted, otherwise the reason for `why`. */
const char *all_counted(long total);


/* A number of /proc/self/status, such as "RssAnon:" or "Threads:"; -1 if it is missing. */
long proc_status(const char *field);

#endif
