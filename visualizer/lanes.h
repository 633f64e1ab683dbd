/*
 * visualizer/lanes.h - the timeline: states of each CPU and worker, as stretches of time.
 *
 * lanes_grow() folds each event of the store once into a model of its own, and records
 * the state of its worker and CPU afterwards.  So only the reducer (model/) knows the
 * effect of an event.
 *
 * Lives here:   stretches, and finding the one at a time.
 * Never here:   drawing (view_timeline.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_LANES_H
#define KW_VISUALIZER_LANES_H

#include "model/model.h"

enum lane_state {
	LANE_NONE, LANE_IDLE, LANE_RUNNING, LANE_READY, LANE_SLEEPING, LANE_MANAGER, LANE_DYING,
	LANE_IRQ, LANE_OTHER,
	LANE_AWAKE,		/* a worker that has the CPU or wants it, without an item */
	LANE_SOFTIRQ, LANE_OFF,	/* of CPUs */
	LANE_STATES
};

struct lane_part {
	uint64_t from;		/* ns; lasts until the next part */
	uint64_t n;		/* event it began with */
	uint8_t state;		/* enum lane_state */
	uint32_t what;		/* item (workers, running CPUs), line (IRQ) or task (OTHER), 0 = none */
	uint32_t run;		/* differs between two runs of one item, 0 = no run */
};

/* Events of an interrupt line. */
enum lane_mark { MARK_HANDLER = '!', MARK_RAISED = '+', MARK_LOST = 'x' };

struct lane {
	struct lane_part *v;
	size_t nr, cap;
};

struct lanes {
	const struct trace_store *store;
	struct model m;		/* after event .n */
	uint64_t n;
	struct lane *worker;	/* [1..nr_workers - 1], by id */
	uint32_t nr_workers;
	struct lane cpu[CPUS_MAX];
	struct lane line;	/* marks of all interrupt lines: .state enum lane_mark, .what the line */
	bool changed;		/* the last event that was read began a part */
	bool cut;		/* memory was short: parts are missing */
};

int lanes_init(struct lanes *l, const struct trace_store *store);
void lanes_fini(struct lanes *l);
/* Folds at most @max new events; return: true if there are more. */
bool lanes_grow(struct lanes *l, uint64_t max);
/* The part that holds @time, NULL before the first. */
const struct lane_part *lane_at(const struct lane *lane, uint64_t time);
/* The state of a worker in this moment of a model. */
enum lane_state lane_worker_state(const struct model *m, const struct model_worker *w);

#endif
