/*
 * model/worlds.h - two runs of one scene, compared item by item from a question on.
 *
 * Workers have other names in the other run; items are the same in both, so an item is the
 * unit: its states over time, its end, and the first difference.  Times are ns after the
 * question.  Nothing that happens after the bound is read, in neither run, so a result for
 * an open question cannot contain its answer.
 *
 * Lives here:   states of items over time, where two runs part, counts; which question has a second run.
 * Never here:   starting the second run, words, cells.
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_MODEL_WORLDS_H
#define KW_MODEL_WORLDS_H

#include "model/lesson.h"
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
	uint64_t *step;			/* times of the story events of both runs, in order, each once */
	size_t nr_steps, cap_steps;
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
/* The time of the next (@on) or previous story event of either run; @at if there is none. */
uint64_t worlds_step(const struct worlds *w, uint64_t at, bool on);
/* CPUs on which an item ran in either run, at most @max of them, those with most runs; return: how many, in order. */
unsigned int worlds_cpus(const struct worlds *w, int32_t *cpu, unsigned int max);

/* The given choice of @q, 1, 2, ... as shown, if it was wrong and has a second run; 0 = it has none. */
unsigned int worlds_choice(const struct lesson_question *q);
/*
 * The question whose second run can be shown now: at the verdict @card that of the card (NULL: not
 * yet, a comparison would show too little or answer a later question), after the lesson the first one.
 */
const struct lesson_question *worlds_offered(const struct lesson *l, const struct lesson_card *card);
/* The next question after @after (NULL: the first one) with a second run; after the last one comes the first one again. */
const struct lesson_question *worlds_next(const struct lesson *l, const struct lesson_question *after);
/* The last event of the real run that may be compared; 0 = all of it, since no question is left. */
uint64_t worlds_fence(const struct lesson *l);

#endif
