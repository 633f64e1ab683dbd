/*
 * tests/sweep_replay.c - a seek to any event gives the state that playing gives, down to the last byte.
 *
 * The state is compared whole: all tables, the rows beyond the highest id, which must be zero, and
 * the fields beside them.  "Happens before" is compared with a closure that is computed from its
 * definition: the order within each context, and causes.
 *
 * Lives here:   random runs, seeks in any order, snapshots, pairs of events.
 * Never here:   the effect of single events (unit_model.c), patterns (unit_query.c).   Licence: MIT.
 */
#include "model/query.h"
#include "tests/support/fake_trace.h"
#include "tests/support/stress_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define SEEDS 4
#define SEEKS 60

/* ---- whole states ---------------------------------------------------------------------- */

struct rows {
	const char *name;
	const uint8_t *rows;
	size_t bytes;		/* of a row */
	uint32_t nr, cap;
};
#define TABLES 8

static void tables_of(const struct model *m, struct rows out[TABLES])
{
	struct rows rows[TABLES] = {
		{ "items", (const uint8_t *)m->items, sizeof(*m->items), m->nr_items, m->cap_items },
		{ "workers", (const uint8_t *)m->workers, sizeof(*m->workers), m->nr_workers, m->cap_workers },
		{ "pools", (const uint8_t *)m->pools, sizeof(*m->pools), m->nr_pools, m->cap_pools },
		{ "pwqs", (const uint8_t *)m->pwqs, sizeof(*m->pwqs), m->nr_pwqs, m->cap_pwqs },
		{ "wqs", (const uint8_t *)m->wqs, sizeof(*m->wqs), m->nr_wqs, m->cap_wqs },
		{ "tasks", (const uint8_t *)m->tasks, sizeof(*m->tasks), m->nr_tasks, m->cap_tasks },
		{ "lines", (const uint8_t *)m->lines, sizeof(*m->lines), m->nr_lines, m->cap_lines },
		{ "objs", (const uint8_t *)m->objs, sizeof(*m->objs), m->nr_objs, m->cap_objs },
	};

	memcpy(out, rows, sizeof(rows));
}

/* The fields beside the tables. */
static struct model bare(const struct model *m)
{
	struct model b;

	memcpy(&b, m, sizeof(b));
	b.items = NULL, b.workers = NULL, b.pools = NULL, b.pwqs = NULL;
	b.wqs = NULL, b.tasks = NULL, b.lines = NULL, b.objs = NULL;
	b.cap_items = b.cap_workers = b.cap_pools = b.cap_pwqs = 0;
	b.cap_wqs = b.cap_tasks = b.cap_lines = b.cap_objs = 0;
	return b;
}

static bool all_zero(const uint8_t *p, size_t bytes)
{
	while (bytes && !*p)
		p++, bytes--;
	return !bytes;
}

/* NULL, or the part that differs. */
static const char *difference(const struct model *have, const struct model *want)
{
	struct model a = bare(have), b = bare(want);
	struct rows x[TABLES], y[TABLES];

	if (memcmp(&a, &b, sizeof(a)) != 0)
		return "the fields beside the tables";
	tables_of(have, x);
	tables_of(want, y);
	for (int i = 0; i < TABLES; i++) {
		size_t used = ((size_t)x[i].nr + 1) * x[i].bytes;

		if (memcmp(x[i].rows, y[i].rows, used) != 0)
			return x[i].name;
		if (x[i].cap > x[i].nr && !all_zero(x[i].rows + used, (size_t)(x[i].cap - x[i].nr - 1) * x[i].bytes))
			return "rows beyond the highest id";
	}
	return NULL;
}

/* ---- seeking ------------------------------------------------------------------------------- */

static void play_to(struct model *m, const struct trace_store *s, uint64_t n)
{
	struct trace_event ev;

	model_reset(m);
	while (m->n < n && trace_store_event(s, m->n + 1, &ev))
		REQUIRE_INT(model_apply(m, &ev), 0);
}

/* Far, to a neighbour, to the ends and to the distances at which snapshots are taken. */
static uint64_t place(const struct model_replay *f, uint64_t seed, uint64_t k)
{
	uint64_t nr = f->store->nr, far = rng_below(rng_hash4(seed, 1, 0, k), nr + 1);

	switch (k % 6) {
	case 0:
		return f->at.n ? f->at.n - 1 : 0;
	case 1:
		return f->at.n + 1;
	case 2:
		return far / f->every * f->every;
	case 3:
		return k % 4 ? nr : 0;
	default:
		return far;
	}
}

static void check_snapshots(const struct model_replay *f)
{
	CHECK_INT(f->nr_snaps, f->head.n / f->every);
	for (uint64_t i = 0; i < f->nr_snaps; i++)
		CHECK_INT(f->snaps[i].n, (i + 1) * f->every);
}

/* Return: distance of the snapshots. */
static uint64_t seek_about(struct trace_store *s, uint64_t seed, unsigned int seeks)
{
	struct model_replay f;
	struct model played;
	uint64_t every;

	REQUIRE_INT(model_replay_init(&f, s), 0);
	REQUIRE_INT(model_init(&played), 0);
	check_snapshots(&f);
	for (uint64_t k = 0; k < seeks; k++) {
		uint64_t n = place(&f, seed, k);
		const char *what;

		CHECK_INT(model_replay_seek(&f, n), 0);
		n = n < s->nr ? n : s->nr;
		play_to(&played, s, n);
		what = difference(&f.at, &played);
		if (what)
			test_note("seed %llu, seek %llu to event %llu: %s", (unsigned long long)seed,
				  (unsigned long long)k, (unsigned long long)n, what);
		CHECK_TRUE(!what);
	}
	every = f.every;
	model_fini(&played);
	model_replay_fini(&f);
	return every;
}

static void a_seek_gives_the_whole_state_that_playing_gives(void)
{
	uint64_t first = seed_from_env(1);
	struct world w;

	for (uint64_t seed = first; seed < first + (uint64_t)test_rounds(SEEDS, 2); seed++) {
		stress_start(&w, seed);
		stress_run(&w);
		count(&w, EV_BUG, NULL);	/* opens and reads the store */
		CHECK_GT(w.store.nr, 2048);	/* there are snapshots */
		seek_about(&w.store, seed, SEEKS);
		world_stop(&w);
	}
}

/*
 * A state that grows to some MiB, since ids are dense: the snapshots do not fit, and every other one
 * is dropped, twice.
 */
static void snapshots_that_are_dropped_leave_the_right_ones(void)
{
	fake_open_sized((size_t)8 << 20, 0);
	at(1000, 0, 11);
	for (uint32_t i = 1; i <= 45000; i++)
		TRACE(ITEM_INIT, .item = i);
	for (uint32_t i = 0; i < 45000; i++)
		TRACE(FREE, .object = 1 + i);
	fake_read();
	CHECK_INT(seek_about(&fake.s, 1, 12), 4 * 2048);
	fake_close();
}

/* ---- happens before ------------------------------------------------------------------------- */

#define EVENTS 1500
#define PAIRS 3000

static uint8_t past[EVENTS + 1][EVENTS / 8 + 1];	/* bit a of past[b]: a happens before b */

static bool same_context(const struct trace_event *a, const struct trace_event *b)
{
	if (a->ctx != b->ctx)
		return false;
	if (a->ctx == CTX_TASK)
		return a->task == b->task;
	return (a->ctx != CTX_SOFTIRQ && a->ctx != CTX_HARDIRQ) || a->cpu == b->cpu;
}

static void add_past(uint64_t b, uint64_t a)
{
	past[b][a / 8] |= (uint8_t)(1u << a % 8);
	for (size_t i = 0; i < sizeof(past[0]); i++)
		past[b][i] |= past[a][i];
}

static void close_past(const struct trace_store *s)
{
	memset(past, 0, sizeof(past));
	for (uint64_t b = 2; b <= EVENTS && b <= s->nr; b++) {
		struct trace_event ev, other;

		REQUIRE_TRUE(trace_store_event(s, b, &ev));
		if (ev.cause)
			add_past(b, ev.cause);
		for (uint64_t a = b - 1; a; a--) {
			REQUIRE_TRUE(trace_store_event(s, a, &other));
			if (!same_context(&ev, &other))
				continue;
			add_past(b, a);
			break;
		}
	}
}

static void happens_before_is_the_closure_of_its_definition(void)
{
	unsigned int before = 0, bad = 0;
	struct world w;

	stress_start(&w, 1);
	stress_run(&w);
	count(&w, EV_BUG, NULL);
	close_past(&w.store);
	for (uint64_t k = 0; k < PAIRS; k++) {
		uint64_t a = rng_below(rng_hash4(7, 1, 0, k), EVENTS + 1), b = rng_below(rng_hash4(7, 2, 0, k), EVENTS + 1);
		bool want;

		if (k % 4 == 0)
			b = a;				/* no event happens before itself */
		else if (k % 4 == 1 && a < EVENTS)
			b = a + 1;
		want = past[b][a / 8] >> a % 8 & 1;
		before += want;
		if (query_happens_before(&w.store, a, b) != want && bad++ < 3)
			test_note("event %llu happens before event %llu: want %d", (unsigned long long)a, (unsigned long long)b, want);
	}
	CHECK_INT(bad, 0);
	CHECK_GT(before, 100);
	CHECK_LT(before, PAIRS);
	world_stop(&w);
}

const struct test_case suite_sweep_replay[] = {
	T(a_seek_gives_the_whole_state_that_playing_gives),
	T(snapshots_that_are_dropped_leave_the_right_ones),
	T(happens_before_is_the_closure_of_its_definition),
	{ NULL, NULL }
};
