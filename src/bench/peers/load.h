/*
 * bench/peers/load.h - what a load is: a function that makes one peer work, and its rows.
 *
 * Lives here:   the row of loads.def as seen by main.c and targets.c, helpers of loads.
 * Never here:   any one load, any one peer.   Licence: MIT.
 */
#ifndef KW_BENCH_PEERS_LOAD_H
#define KW_BENCH_PEERS_LOAD_H

#include "bench/peers/peer.h"

#define LOAD_ROWS_MAX 5

struct load_row {
	const char *label;
	const char *unit;
	/* What nothing can beat, if it can be counted: a part that is the same everywhere, */
	double floor;
	double floor_cpu;	/* and one that is spread over the CPUs */
};

#define ROW(text, in) { .label = text, .unit = in }

/*
 * @run works in a process that was made for it and fills one figure a row.
 * Return: NULL, or why there are none.  Longer than @limit_s: it is ended, and
 * counts as never coming to an end.
 */
struct load {
	const char *name;
	const char *(*run)(const struct peer *p, double *out);
	bool (*suits)(const struct peer *p);	/* NULL: every pool */
	double limit_s;
	bool empty;		/* its items do nothing, so a bare lock and list are its floor */
	struct load_row row[LOAD_ROWS_MAX];	/* ends at label == NULL */
};

#define LOAD(name) extern const struct load load_##name;
#include "bench/peers/loads.def"
#undef LOAD

/* @n items in earnest, a tenth of them for a try, a few to see that all of them run. */
extern int bench_scale;
static inline long scaled(long n)
{
	return n / bench_scale > 8 ? n / bench_scale : 8;
}

/* @n items in one piece of memory, made ready to be queued; exits if there is no memory. */
char *items_new(const struct peer *p, long n, void (*fn)(struct item *it));
struct item *item_at(const struct peer *p, char *items, long i);
/* The same alone, in memory of its own, for the peer to free. */
struct item *item_malloc(const struct peer *p, void (*fn)(struct item *it));

/* NULL if as many items have been counted as should have been, else what to say. */
const char *all_counted(long total);


/* "RssAnon:", "Threads:", .. of this process; -1 if it does not say */
long proc_status(const char *field);

#endif
