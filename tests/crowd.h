/*
 * tests/crowd.h - threads that do to items what a hash of the seed says.
 *
 * A sweep makes some items and workqueues, says which operations there are and how
 * often each comes (a menu), and lets a few actors choose from it.  An item stays on
 * its workqueue, the one whose number it has (R2.9).
 *
 * Lives here:   the operations, actors, items that queue themselves again.
 * Never here:   what happens to the machine meanwhile, what must hold (sweep_*.c, rich.c).   Licence: MIT.
 */
#ifndef KW_TESTS_CROWD_H
#define KW_TESTS_CROWD_H

#include "tests/helpers.h"

enum crowd_op {
	CROWD_QUEUE,		/* from where the actor is */
	CROWD_QUEUE_ITS_CPU,	/* the CPU that has the item's number */
	CROWD_QUEUE_ANY_CPU,
	CROWD_QUEUE_NODE,	/* an item of workqueue 2 or 3, which must be unbound */
	CROWD_DELAY,
	CROWD_MOD,
	CROWD_MOD_ANY_CPU,
	CROWD_CANCEL,
	CROWD_CANCEL_SYNC,
	CROWD_FLUSH,
	CROWD_FLUSH_WQ,
	CROWD_LIMIT,		/* of the first .nr_limits workqueues */
	CROWD_DISABLE,		/* and enable */
	CROWD_BRIEF_WQ,		/* made, and destroyed */
};

#define CROWD_ITEMS_MAX 10
#define CROWD_MENU_MAX 16

struct crowd {
	uint64_t seed;
	int nr_items;
	struct item items[CROWD_ITEMS_MAX];
	int nr_wqs, nr_limits;
	struct workqueue_struct *wqs[8];
	int nr_menu;
	enum crowd_op menu[CROWD_MENU_MAX];
	int rounds;		/* operations of one actor */
	uint64_t pause_ns;	/* at most, between two of them */
	uint64_t ordinal;	/* of draws by items */
};
extern struct crowd crowd;	/* one run at a time */

/* For items: queues the one that runs again, one time in four. */
void crowd_requeue(void);
/* Named w0, w1, ...; @kinds in turn, another one first in each round of them. */
void crowd_items(int nr_kinds, const struct step kinds[][4]);
/* Named q0, q1, ... */
void crowd_wqs(const unsigned int *flags, const int *max_active);
/* One actor, @me its number. */
void crowd_actor(const char *name, int me, const struct mach_task_opts *opts);
/* Everything runs to its end within @ms; says which seed if somebody waits for ever. */
void crowd_run(struct world *w, double ms);

#endif
