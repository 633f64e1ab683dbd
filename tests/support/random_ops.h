/*
 * tests/support/random_ops.h - threads that apply random operations to items.
 *
 * A sweep makes some items and workqueues and fills a menu of operations, where an
 * operation listed twice is twice as likely.  Actor threads choose from the menu by a hash
 * of the seed.  An item is always queued on the workqueue of its own number (R2.9).
 *
 * Lives here:   the operations, actors, items that queue themselves again.
 * Never here:   other changes of the machine, checks (sweep_*.c, stress_run.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_RANDOM_OPS_H
#define KW_TESTS_SUPPORT_RANDOM_OPS_H

#include "tests/support/world.h"

enum random_op {
	RANDOM_OP_QUEUE,	/* from the actor's CPU */
	RANDOM_OP_QUEUE_ITS_CPU,	/* on the CPU that has the item's number */
	RANDOM_OP_QUEUE_ANY_CPU,
	RANDOM_OP_QUEUE_NODE,	/* an item of workqueue 2 or 3, which must be unbound */
	RANDOM_OP_DELAY,
	RANDOM_OP_MOD,
	RANDOM_OP_MOD_ANY_CPU,
	RANDOM_OP_CANCEL,
	RANDOM_OP_CANCEL_SYNC,
	RANDOM_OP_FLUSH,
	RANDOM_OP_FLUSH_WQ,
	RANDOM_OP_LIMIT,	/* set max_active of one of the first .nr_limits workqueues */
	RANDOM_OP_DISABLE,	/* and enable again */
	RANDOM_OP_BRIEF_WQ,	/* allocate a workqueue and destroy it */
};

#define RANDOM_ITEMS_MAX 10
#define RANDOM_MENU_MAX 16

struct random_ops {
	uint64_t seed;
	int nr_items;
	struct item items[RANDOM_ITEMS_MAX];
	int nr_wqs, nr_limits;
	struct workqueue_struct *wqs[8];
	int nr_menu;
	enum random_op menu[RANDOM_MENU_MAX];
	int rounds;		/* operations per actor */
	uint64_t pause_ns;	/* longest pause between two operations */
	uint64_t ordinal;	/* number of random draws made by items */
};
extern struct random_ops random_ops;	/* one run at a time */

/* A step of an item: requeues the running item, one time in four. */
void random_ops_requeue(void);
/* Makes items w0, w1, ...; each takes the next of @kinds, and each round starts one kind later. */
void random_ops_items(int nr_kinds, const struct step kinds[][4]);
/* Makes workqueues q0, q1, ... */
void random_ops_wqs(const unsigned int *flags, const int *max_active);
/* Starts one actor thread; @me is its number. */
void random_ops_actor(const char *name, int me, const struct mach_task_opts *opts);
/* Runs until idle, @ms at most.  Otherwise fails the test and prints the seed. */
void random_ops_run(struct world *w, double ms);

#endif
