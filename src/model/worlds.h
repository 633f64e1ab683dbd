/*
 * model/worlds.h - two runs of one scene, compared item by item from a question on.
 *
 * Workers have other names in the other run; items are the same in both, so an item is the
 * unit: its states over time, its end, and the first difference.  Times are ns after the
 * question.  Nothing that happens after the bound is read, in neither run, so a result for
 * an open question cannot contain its answer.
 *
 * Lives here:   states of items over time, where two runs part, counts.
 * Never here:   starting the second run, words, cells.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_MODEL_WORLDS_H
#define KW_MODEL_WORLDS_H

#include "model/model.h"

#define WORLDS_NEVER UINT64_MAX
#define WORLDS_SAME_NS 20000u		/* a change at most this much later is no difference */
#define WORLDS_LITTLE_NS 150000u	/* an end that differs by less is the same: making a worker takes 70 us */

enum world_state { WORLD_NONE, WORLD_WAITS, WORLD_HELD, WORLD_RUNS, WORLD_WANTS_CPU, WORLD_ASLEEP, WORLD_DONE };
enum { WORLD_REAL, WORLD_OTHER };

struct world_span {
	uint64_t from;
	enum world_state state;
	uint32_t worker;		/* of this run's trace; 0 = none */
	int32_t cpu;			/* of the worker, -1 = none */
};

/* One item in one run. */
struct world_track {
	struct world_span *v;		/* by time; the first one is at 0 */
	size_t nr, cap;
	uint64_t end;			/* of its last run, if it is done at the bound; WORLDS_NEVER = it is not */
};

struct world_item {
	char name[48];
	uint64_t queued;		/* first time in the real run, for the order */
	struct world_track run[2];
};

struct world_counts {
	uint64_t until;			/* the run was read up to here */
	uint64_t last_end;		/* WORLDS_NEVER: an item is not done */
	unsigned int not_done;
	unsigned int workers, at_once, threads, switches;
};

struct worlds {
	struct world_item *item;	/* in the order of queueing */
	size_t nr, cap;
	struct world_counts count[2];
	bool bounded;			/* the real run stands at a fence: ends behind it are not known */
	uint64_t bound;
	uint64_t parts;			/* WORLDS_NEVER: they have not parted */
	size_t parts_item;
	enum world_state parts_state[2];
};

/* A run and the event of the question in it. */
struct world_run {
	struct trace_store *store;
	uint64_t asked;
};

/*
 * worlds_compare - read both runs from the question on
 * @fence: last event of the real run that may be read, if a question is open; 0 = read all
 * Return: 0 or -ENOMEM.  worlds_fini() frees the result in both cases.
 */
int worlds_compare(struct worlds *w, const struct world_run *real, uint64_t fence, const struct world_run *other);
void worlds_fini(struct worlds *w);

/* The state at @time. */
enum world_state worlds_state(const struct world_track *t, uint64_t time);
/* The last change of an item in either run. */
uint64_t worlds_last_change(const struct worlds *w);

#endif
