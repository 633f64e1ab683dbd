/*
 * tests/soak/soak.h - types and functions shared by the files of the soak test of free mode.
 *
 * Many real threads call operations from a table, each in the order that its own
 * seeded generator gives.  Every item counts its queueings and runs.  At the end, and
 * wherever a guarantee can be checked at once, the counts must agree:
 *
 *     queueings that were accepted = runs + queueings that were taken back
 *
 * A gate gives one thread exclusive use of an item or workqueue.  A queueing enters
 * the gate and leaves it.  gate_close() waits until no thread is inside.
 *
 * Lives here:   items, workqueues, gates, the table's row.
 * Never here:   what an operation does (ops_*.c), phases and threads (soak.c).
 * Licence: MIT.
 */
#ifndef KW_TESTS_SOAK_H
#define KW_TESTS_SOAK_H

#include "base/rng.h"
#include "machine/machine.h"
#include "workqueue/workqueue.h"

struct gate {
	_Atomic int users;
	_Atomic bool closed;
};
bool gate_enter(struct gate *g);	/* false: closed */
void gate_leave(struct gate *g);
bool gate_close(struct gate *g);	/* false: another thread has closed it */
void gate_open(struct gate *g);

struct soak_queue {
	const char *name;
	unsigned int flags;
	int max_active;
	unsigned int groups;		/* operations' groups that it belongs to; 0 = always there */
	struct workqueue_struct *wq;	/* NULL: not in this phase */
	struct gate gate;		/* closed while it is drained: only chained work comes in */
	_Atomic int running;
};
#define SOAK_ORDERED(q) ((q)->flags & WQ_INT_ORDERED)
#define SOAK_QUEUES_MAX 16

enum item_kind {
	ITEM_PLAIN,	/* queued, flushed, cancelled, disabled */
	ITEM_DELAYED,	/* the same, after a delay */
	ITEM_MOVED,	/* delayed, and mod_delayed_work() (never disabled: its result does not show a refusal) */
	ITEM_GRACE,	/* after a grace period; never cancelled */
	ITEM_KINDS
};

struct soak_item {
	struct delayed_work d;
	struct rcu_work r;
	enum item_kind kind;
	struct soak_queue *q;
	unsigned int id;
	struct gate gate;		/* closed: only its holder and its own runs queue it */
	_Atomic int chain;		/* how often it still queues itself */
	/* counts, which only grow */
	_Atomic long queued, taken, started, ended;
	_Atomic long cancels_begun, cancels_done;
	_Atomic int inside;
	/* of its last run */
	_Atomic long start_stamp, end_stamp;
	_Atomic int ran_on;
};
#define SOAK_WORK(it) ((it)->kind == ITEM_GRACE ? &(it)->r.work : &(it)->d.work)
#define SOAK_ITEMS 8		/* of each workqueue */

struct soak_thread {
	int index;
	uint64_t seed, ordinal;		/* the chooser */
	_Atomic uint64_t beats;		/* operations begun */
	const char *_Atomic doing;
	uint64_t done;
};

/* One row: an operation, what phases it belongs to, how often it is chosen. */
enum soak_group {
	G_ITEMS = 1, G_LIMITS = 2, G_ATTRS = 4, G_HOTPLUG = 8, G_BH = 16, G_LIVES = 32, G_FREEZE = 64, G_LOOK = 128,
	G_SHORT = 256,
	G_ALL = 511
};
struct soak_op {
	const char *name;
	unsigned int group, weight;
	void (*fn)(struct soak_thread *me);
};
extern const struct soak_op soak_ops[];

struct soak_config {
	double seconds;			/* of all phases together */
	uint64_t seed;
	int threads;			/* 0: three a core, 4 to 24 */
	bool quiet;			/* nothing on standard output */
	int seeds;			/* 0 or 1: one; N: the time is shared by the seeds from .seed on */
	const char *only;		/* a phase's name, or NULL */
};
/* Runs the soak.  Return: the number of discrepancies. */
unsigned long soak_run(const struct soak_config *cfg);

/* ---- items.c -------------------------------------------------------------------- */

extern struct soak_queue soak_queues[];
extern const int soak_nr_queues;

uint64_t choose(struct soak_thread *me, uint64_t n);	/* 0..n-1 */
struct soak_item *choose_item(struct soak_thread *me);
/* One of that kind whose gate is closed by us now and that is idle, or NULL. */
struct soak_item *take_item(struct soak_thread *me, enum item_kind kind, unsigned int no_flags);
/* Another plain one of the same workqueue. */
struct soak_item *take_neighbour(struct soak_thread *me, struct soak_item *it);
void give_item(struct soak_item *it);
/* Does a cancel of the item wait for its run?  items.c describes the exception. */
bool cancel_waits(const struct soak_item *it);
struct soak_queue *choose_queue(struct soak_thread *me, unsigned int flags, unsigned int no_flags);

bool queue_item(struct soak_item *it, int cpu, unsigned long delay);	/* through both gates */
bool queue_taken(struct soak_item *it, int cpu, unsigned long delay);	/* ours: through the workqueue's */
/* Calls the cancel function of the item's kind and counts the cancelled queueing.  Return: its result. */
bool take_back(struct soak_item *it, bool (*cancel)(struct work_struct *), bool (*cancel_delayed)(struct delayed_work *));
/*
 * For flush_work(): if another thread cancels the pending queueing, the flush has
 * nothing to wait for, even if an earlier run continues.  So the check applies only if
 * no queueing was cancelled meanwhile.
 */
struct soak_wait {
	long queued, taken_back;
};
struct soak_wait wait_begins(struct soak_item *it);
void check_flushed(struct soak_item *it, struct soak_wait begun, const char *after);
/* Waits for @queued of the item's queueings: it must have ended or been taken back. */
void check_waited(struct soak_item *it, long queued, const char *after);
void queue_flush_delayed(struct soak_queue *q);
long queue_snapshot(struct soak_queue *q, long queued[SOAK_ITEMS]);
void queue_check_waited(struct soak_queue *q, const long queued[SOAK_ITEMS], const char *after);
void items_start(unsigned int groups, uint64_t seed);
void items_check_idle(void);	/* all queues have been flushed: the counts agree */
long items_runs(void);
void items_print(void);		/* prints the pending and running items of a hang */
void queues_start(unsigned int groups);
void queues_stop(void);
void nap(struct soak_thread *me);	/* a short sleep, so that other threads run */

/* ---- ops_world.c ------------------------------------------------------------------ */
void world_ops_start(void);
void world_ops_stop(struct soak_thread *me);	/* all CPUs online, nothing frozen, full masks */

/* Once for each kind of discrepancy seen; counts. */
void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
extern _Atomic bool soak_over;

#endif
