/*
 * visualizer/layout_rows.c - the row of each worker: the same for as long as its block is as high.
 *
 * A worker's home is its number modulo the rows, so one that is hidden and shown again comes
 * back to the same row.  If all rows are taken, a worker that an event names takes its home
 * from the worker there; if that one is named as well, from the one named longest ago.
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

static int seat_of(const struct seats *t, uint32_t worker)
{
	for (unsigned int i = 0; i < t->rows; i++)
		if (t->worker[i] == worker)
			return (int)i;
	return -1;
}

static unsigned int home_of(const struct seats *t, uint32_t worker)
{
	const struct model_worker *w = &t->m->workers[worker];

	return w->rescuer_of ? t->rows - 1 : w->number % t->rows;
}

/* The free row nearest to its home; -1 if there is none. */
static int free_seat(const struct seats *t, uint32_t worker)
{
	int home = (int)home_of(t, worker), rows = (int)t->rows;

	for (int away = 0; away < rows; away++) {
		if (home + away < rows && !t->worker[home + away])
			return home + away;
		if (home - away >= 0 && !t->worker[home - away])
			return home - away;
	}
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
	unsigned int home = home_of(t, worker), oldest = home;

	if (!names(e, t->worker[home]))
		return home;
	for (unsigned int i = 0; i < t->rows; i++)
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
