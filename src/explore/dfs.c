/*
 * explore/dfs.c - enumerates every set of at most d deviations from the default schedule, once.
 *
 * A set is a path: in a run, each choice comes after the one before it.  The choices that
 * can follow a path are known only after a run of that path.  Smaller sets come before
 * larger ones, so that the first failure found is small.  A path is run again to find
 * the choices that can follow it; these extra runs are few.
 *
 * Process j takes every n-th first choice, beginning with the j-th, and all paths below
 * these.  So the processes need no communication.
 *
 * Lives here:   computing the next set.
 * Never here:   running it.   Licence: MIT.
 */
#include "explore/explore_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Choices that can follow the first k choices of the path; .at is the current one. */
struct level {
	struct mach_choice *alternatives;
	size_t nr, at;
};

struct dfs {
	unsigned int depth, job, jobs;
	unsigned int size;		/* of the sets being enumerated */
	bool begun;			/* the enumeration of this size has begun */
	bool any;			/* a set of this size exists */
	struct level level[EXPLORE_DEPTH_MAX];
	struct mach_choice path[EXPLORE_DEPTH_MAX];
};

struct dfs *dfs_new(unsigned int depth, unsigned int job, unsigned int jobs)
{
	struct dfs *d = calloc(1, sizeof(*d));

	if (d) {
		d->depth = depth;
		d->job = job;
		d->jobs = jobs;
	}
	return d;
}

void dfs_free(struct dfs *d)
{
	if (!d)
		return;
	for (unsigned int k = 0; k < EXPLORE_DEPTH_MAX; k++)
		free(d->level[k].alternatives);
	free(d);
}

static size_t step(const struct dfs *d, unsigned int k)
{
	return k ? 1 : d->jobs;
}

/* Fills level @k for the path's first @k choices, and selects its first alternative. */
static int load(struct dfs *d, unsigned int k, dfs_expand expand, void *arg)
{
	struct level *l = &d->level[k];

	free(l->alternatives);
	memset(l, 0, sizeof(*l));
	l->at = k ? 0 : d->job;
	return expand(arg, d->path, k, &l->alternatives, &l->nr) ? 0 : -ENOMEM;
}

/*
 * Extends the path from level @k, whose current alternative may be past the last one, to
 * .size choices.  Return: 1 there is one, 0 no more of this size, -ENOMEM.
 */
static int descend(struct dfs *d, unsigned int k, dfs_expand expand, void *arg)
{
	for (;;) {
		struct level *l = &d->level[k];

		if (l->at >= l->nr) {
			if (k == 0)
				return 0;
			k--;
			d->level[k].at += step(d, k);
			continue;
		}
		d->path[k] = l->alternatives[l->at];
		if (++k == d->size)
			return 1;
		if (load(d, k, expand, arg))
			return -ENOMEM;
	}
}

static int next_of_size(struct dfs *d, dfs_expand expand, void *arg)
{
	if (!d->begun) {
		d->begun = true;
		if (d->size == 0)
			return d->job == 0;
		return load(d, 0, expand, arg) ? -ENOMEM : descend(d, 0, expand, arg);
	}
	if (d->size == 0)
		return 0;
	d->level[d->size - 1].at += step(d, d->size - 1);
	return descend(d, d->size - 1, expand, arg);
}

int dfs_next(struct dfs *d, dfs_expand expand, void *arg, const struct mach_choice **path, size_t *nr)
{
	for (;;) {
		int got = next_of_size(d, expand, arg);

		if (got < 0)
			return got;
		if (got) {
			d->any = true;
			*path = d->path;
			*nr = d->size;
			return 1;
		}
		if (d->size == d->depth || (d->size && !d->any))
			return 0;
		d->size++;
		d->begun = d->any = false;
	}
}
