/*
 * visualizer/layout_rows.c - the row of each worker: the same for as long as its block is as high.
 *
 * A worker takes the first free row when it arrives, so rows are in the order of arrival; a
 * rescuer takes the last free one.  That row is the worker's home: one that is hidden and shown
 * again comes back to it.  If all rows are taken, a worker that an event names takes its home
 * from the worker there; if that one is named as well, or the worker has no home, from the one
 * that was named longest ago.
 *
 * Lives here:   the worker of each row, read from the story's beginning.
 * Never here:   drawing it.   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

struct seats {
	const struct model *m;
	uint32_t *worker;
	unsigned int rows;
	size_t named[LAY_ROWS_MAX];	/* story event that named the worker of a row last */
};

#define HOMES_MAX 8192

/* The first row of each worker, from 1; 0 = none so far.  The layout has one thread. */
static uint8_t homes[HOMES_MAX];

static int home_of(uint32_t worker)
{
	return worker < HOMES_MAX ? (int)homes[worker] - 1 : -1;
}

static int seat_of(const struct seats *t, uint32_t worker)
{
	for (unsigned int i = 0; i < t->rows; i++)
		if (t->worker[i] == worker)
			return (int)i;
	return -1;
}

/* Its home if that is free, else the first free row, a rescuer's the last one; -1 if there is none. */
static int free_seat(const struct seats *t, uint32_t worker)
{
	int home = home_of(worker), rows = (int)t->rows;
	bool last = t->m->workers[worker].rescuer_of != 0;

	if (home >= 0 && !t->worker[home])
		return home;
	for (int i = 0; i < rows; i++)
		if (!t->worker[last ? rows - 1 - i : i])
			return last ? rows - 1 - i : i;
	return -1;
}

static bool names(const struct story_event *e, uint32_t worker)
{
	for (unsigned int i = 0; i < STORY_WORKERS_MAX; i++)
		if (e->worker[i] == worker)
			return true;
	return false;
}

static unsigned int seat_to_take(const struct seats *t, const struct story_event *e, uint32_t worker)
{
	int home = home_of(worker);
	unsigned int oldest = 0;

	if (home >= 0 && !names(e, t->worker[home]))
		return (unsigned int)home;
	for (unsigned int i = 1; i < t->rows; i++)
		if (!names(e, t->worker[i]) && (names(e, t->worker[oldest]) || t->named[i] < t->named[oldest]))
			oldest = i;
	return oldest;
}

static void seat(struct seats *t, const struct story_event *e, uint32_t worker, size_t at)
{
	int row = seat_of(t, worker);

	if (row < 0)
		row = free_seat(t, worker);
	if (row < 0)
		row = (int)seat_to_take(t, e, worker);
	t->worker[row] = worker;
	t->named[row] = at;
	if (worker < HOMES_MAX && !homes[worker])
		homes[worker] = (uint8_t)(row + 1);
}

static void leave(struct seats *t, uint32_t worker)
{
	int row = seat_of(t, worker);

	if (row >= 0)
		t->worker[row] = 0;
}

/* A rescuer is in a pool from one event to another; an ordinary worker has one pool for life. */
static bool belongs(const struct seats *t, const struct story_event *e, uint32_t worker, uint32_t pool)
{
	const struct model_worker *w = model_worker(t->m, worker);

	if (!w)
		return false;
	if (!w->rescuer_of)
		return w->pool == pool && worker != e->left;
	if (worker == e->came)
		return e->need[0] == pool;
	return seat_of(t, worker) >= 0 && worker != e->left;
}

/* A worker that has to end, or a rescuer that goes home, has its row in the event itself. */
static bool goes(const struct seats *t, const struct story_event *e, uint32_t worker, uint32_t pool)
{
	const struct model_worker *w = model_worker(t->m, worker);

	return w && worker == e->left && (w->pool == pool || (w->rescuer_of && e->need[0] == pool));
}

void lay_rows(const struct layout_story *s, const struct model *m, uint32_t pool, unsigned int rows, size_t stories,
	      uint32_t *worker)
{
	struct seats t = { .m = m, .worker = worker, .rows = rows };

	memset(worker, 0, rows * sizeof(*worker));
	if (!rows || rows > LAY_ROWS_MAX)
		return;
	memset(homes, 0, m->nr_workers < HOMES_MAX ? m->nr_workers + 1 : HOMES_MAX);
	for (size_t i = 0; i < stories; i++) {
		const struct story_event *e = &s->v[i];

		for (unsigned int k = 0; k < STORY_WORKERS_MAX && e->worker[k]; k++) {
			if (belongs(&t, e, e->worker[k], pool) || (i + 1 == stories && goes(&t, e, e->worker[k], pool)))
				seat(&t, e, e->worker[k], i + 1);
			else
				leave(&t, e->worker[k]);
		}
	}
}
