/*
 * model/snapshot.c - the state at any time of a trace: the nearest snapshot, and the events after it.
 *
 * A snapshot is taken every .every events.  If the snapshots together exceed
 * SNAPS_BYTES_MAX, every other one is dropped and the distance doubles.  So memory is
 * bounded, and a seek applies fewer than EVERY_MAX events; with states of megabytes, which a damaged
 * recording can have, it applies more.
 *
 * Lives here:   replays: growing, seeking, steps by level.
 * Never here:   the effect of an event (model.c, apply_*.c).
 * Licence: MIT.
 */
#include "model/model.h"

#include <errno.h>
#include <stdlib.h>

#define EVERY_MIN 2048
#define EVERY_MAX 32768			/* applied in less than the time of a screen's frame */
#define SNAPS_BYTES_MAX ((size_t)64 << 20)
#define SNAPS_BYTES_LIMIT ((size_t)256 << 20)	/* from here on seeks take longer instead */

int model_replay_init(struct model_replay *f, struct trace_store *store)
{
	memset(f, 0, sizeof(*f));
	f->store = store;
	f->every = EVERY_MIN;
	if (model_init(&f->at))
		return -ENOMEM;
	if (model_init(&f->head)) {
		model_fini(&f->at);
		return -ENOMEM;
	}
	return model_replay_grow(f);
}

void model_replay_fini(struct model_replay *f)
{
	for (uint64_t i = 0; i < f->nr_snaps; i++)
		model_fini(&f->snaps[i]);
	free(f->snaps);
	model_fini(&f->at);
	model_fini(&f->head);
	memset(f, 0, sizeof(*f));
}

static size_t snapshot_bytes(const struct model *m)
{
	return sizeof(*m) + m->nr_items * sizeof(*m->items) + m->nr_workers * sizeof(*m->workers) +
	       m->nr_pools * sizeof(*m->pools) + m->nr_pwqs * sizeof(*m->pwqs) +
	       m->nr_wqs * sizeof(*m->wqs) + m->nr_tasks * sizeof(*m->tasks) +
	       m->nr_lines * sizeof(*m->lines) + m->nr_objs * sizeof(*m->objs);
}

/* Keeps the snapshots at even multiples of the old distance. */
static void thin_out(struct model_replay *f)
{
	uint64_t kept = 0;

	for (uint64_t i = 0; i < f->nr_snaps; i++) {
		if (i % 2)
			f->snaps[kept++] = f->snaps[i];
		else
			model_fini(&f->snaps[i]);
	}
	f->nr_snaps = kept;
	f->every *= 2;
}

static int take_snapshot(struct model_replay *f)
{
	size_t bytes = (f->nr_snaps + 1) * snapshot_bytes(&f->head);

	if (bytes > (f->every < EVERY_MAX ? SNAPS_BYTES_MAX : SNAPS_BYTES_LIMIT)) {
		thin_out(f);
		if (f->head.n % f->every)
			return 0;
	}
	if (f->nr_snaps == f->cap_snaps) {
		uint64_t cap = f->cap_snaps ? f->cap_snaps * 2 : 16;
		struct model *v = realloc(f->snaps, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		f->snaps = v;
		f->cap_snaps = cap;
	}
	memset(&f->snaps[f->nr_snaps], 0, sizeof(*f->snaps));
	if (model_copy(&f->snaps[f->nr_snaps], &f->head)) {
		model_fini(&f->snaps[f->nr_snaps]);
		return -ENOMEM;
	}
	f->nr_snaps++;
	return 0;
}

int model_replay_grow(struct model_replay *f)
{
	struct trace_event ev;

	while (trace_store_event(f->store, f->head.n + 1, &ev)) {
		int err = model_apply(&f->head, &ev);

		if (!err && f->head.n / f->every == f->nr_snaps + 1)
			err = take_snapshot(f);
		if (err)
			return err;
	}
	return 0;
}

/* The latest stored state not after @n, or NULL for the beginning. */
static const struct model *nearest(const struct model_replay *f, uint64_t n)
{
	uint64_t i = n / f->every;

	if (n >= f->head.n)
		return &f->head;
	if (i > f->nr_snaps)
		i = f->nr_snaps;
	return i ? &f->snaps[i - 1] : NULL;
}

int model_replay_seek(struct model_replay *f, uint64_t n)
{
	const struct model *from;
	struct trace_event ev;
	int err = 0;

	if (n > f->store->nr)
		n = f->store->nr;
	from = nearest(f, n);
	if (f->at.n > n || (from && from->n > f->at.n)) {
		if (from)
			err = model_copy(&f->at, from);
		else
			model_reset(&f->at);
	}
	while (!err && f->at.n < n && trace_store_event(f->store, f->at.n + 1, &ev))
		err = model_apply(&f->at, &ev);
	return err;
}

static bool up_to_level(const struct model_replay *f, uint64_t n, enum trace_level level)
{
	struct trace_event ev;

	return trace_store_event(f->store, n, &ev) && ev.kind < EV_NR &&
	       trace_event_level(&ev) <= level;
}

uint64_t model_replay_next(const struct model_replay *f, uint64_t n, enum trace_level level)
{
	for (n++; n <= f->store->nr; n++)
		if (up_to_level(f, n, level))
			return n;
	return 0;
}

uint64_t model_replay_prev(const struct model_replay *f, uint64_t n, enum trace_level level)
{
	for (n = n > f->store->nr ? f->store->nr + 1 : n; n-- > 1;)
		if (up_to_level(f, n, level))
			return n;
	return 0;
}

bool model_is_decision(const struct trace_event *ev)
{
	return ev->why.pred != WHY_NONE || ev->kind == EV_ASK;
}
