/*
 * explore/target.c - targets by file suffix, and the checks that all kinds share.
 *
 * Lives here:   opening, playing one run, invariants, BUG events.
 * Never here:   checks of one kind only (target_*.c).   Licence: MIT.
 */
#include "explore/explore_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "model/invariant.h"

static const struct target_kind *const kinds[] = { &target_scenario, &target_lesson, &target_c, &target_so };

static const struct target_kind *kind_of(const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t n = strlen(kinds[i]->suffix);

		if (len > n && !strcmp(path + len - n, kinds[i]->suffix))
			return kinds[i];
	}
	return NULL;
}

int target_open(struct explore_target **out, const char *path, const struct explore_conditions *c, char *err,
		size_t err_size)
{
	const struct target_kind *kind = kind_of(path);
	struct explore_target *t;
	int ret;

	if (!kind) {
		snprintf(err, err_size, "%s: not a lesson (.lua), scenario (.kws) or C test (.c, .so)", path);
		return -EINVAL;
	}
	if (strlen(path) >= sizeof(t->path)) {
		snprintf(err, err_size, "%s: %s", path, strerror(ENAMETOOLONG));
		return -ENAMETOOLONG;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->kind = kind;
	t->on = *c;
	strcpy(t->path, path);
	ret = kind->open(t, err, err_size);
	if (ret)
		free(t);
	else
		*out = t;
	return ret;
}

void target_close(struct explore_target *t)
{
	t->kind->close(t);
	free(t);
}

const char *target_path(const struct explore_target *t)
{
	return t->path;
}

/* ---- verdicts ------------------------------------------------------------------------ */

/* Keeps the first failure; later ones are mostly consequences of it. */
void verdict_fail(struct verdict *v, const char *kind, const char *fmt, ...)
{
	va_list ap;

	if (v->end != END_HOLDS)
		return;
	v->end = END_FAILS;
	snprintf(v->kind, sizeof(v->kind), "%s", kind);
	va_start(ap, fmt);
	vsnprintf(v->text, sizeof(v->text), fmt, ap);
	va_end(ap);
}

static void breach(void *arg, const struct invariant_breach *b)
{
	verdict_fail(arg, b->id, "%s does not hold at event %llu: %s", b->id, (unsigned long long)b->n, b->text);
}

static void judge_bugs(const struct explore_target *t, struct expectation *expect, const struct trace_store *s,
		       struct verdict *v)
{
	uint64_t allowed = expect->bugs | t->bugs_expected;
	struct trace_event ev;
	struct ev_BUG bug;

	for (uint64_t n = 1; n <= s->nr; n++) {
		char kind[48];

		if (!trace_store_event(s, n, &ev) || !trace_get_BUG(&ev, &bug))
			continue;
		if (!expect->filled)
			expect->bugs |= UINT64_C(1) << (bug.kind & 63);
		else if (allowed >> (bug.kind & 63) & 1)
			continue;
		else if (t->bugs_known >> (bug.kind & 63) & 1)
			v->known_deviations |= UINT64_C(1) << t->bug_row[bug.kind & 63];
		else {
			snprintf(kind, sizeof(kind), "bug %s", trace_bug_name((enum trace_bug)bug.kind));
			verdict_fail(v, kind, "%s at event %llu, which the default schedule does not show: %.200s", kind,
				     (unsigned long long)n, bug.text ? bug.text : "");
		}
	}
}

/* Memory that is reused for each run. */
static struct {
	bool open;
	struct trace trace;
	struct trace_store store;
	struct inv *inv;
} room;

static int64_t check_invariants(const struct trace_store *s, struct verdict *v)
{
	struct trace_event ev;

	if (!room.inv)
		room.inv = invariant_open();
	if (!room.inv)
		return -ENOMEM;
	invariant_begin(room.inv, s, breach, v);
	for (uint64_t n = 1; trace_store_event(s, n, &ev) && !invariant_step(room.inv, &ev); n++)
		;
	return invariant_end(room.inv);
}

static void judge(struct explore_target *t, struct expectation *expect, const struct trace_store *s, struct verdict *v)
{
	v->events = s->nr;
	judge_bugs(t, expect, s, v);
	if (t->kind->judge)
		t->kind->judge(t, expect, s, v);
	if (!t->misuse && check_invariants(s, v) < 0)
		shortage_end(-ENOMEM, "a run");
}

/* ---- one run ----------------------------------------------------------------------------- */

void target_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
		 struct expectation *expect, struct trace *trace, struct verdict *v)
{
	int err;

	t->misuse = false;
	t->kind->play(t, seed, choosing, expect, trace, v);
	v->order = mach_order_hash();
	if (v->end == END_BROKEN)
		return;
	err = trace_store_again(&room.store, trace);
	if (err == -ENOMEM)
		shortage_end(err, "a run");
	if (err) {
		v->end = END_BROKEN;
		snprintf(v->text, sizeof(v->text), "the run's events cannot be read: %s", strerror(-err));
	} else {
		judge(t, expect, &room.store, v);
	}
}

/* Opens an empty log: @keep, which the caller owns, or the one that is reused for each run. */
static int open_log(struct trace *keep)
{
	int err;

	if (!keep && room.open) {
		trace_reset(&room.trace);
		return 0;
	}
	err = trace_open(keep ? keep : &room.trace, -1, EXPLORE_LOG_BYTES, 0);
	room.open |= !keep && !err;
	return err;
}

void play_one(struct explore_target *t, const struct explore_opts *opts, uint64_t seed, struct chooser *c,
	      const struct mach_choice *forced, size_t nr, struct expectation *expect, struct verdict *v,
	      struct trace *keep)
{
	struct mach_choosing choosing = {
		.forced = forced, .nr_forced = nr, .window_ns = opts->window_ns,
		.max_delay_ns = opts->max_delay_ns == EXPLORE_MAX_DELAY_DEFAULT ? t->kind->max_delay_ns : opts->max_delay_ns,
		.choose = c ? strategy_choose : NULL, .arg = c,
	};
	int err = open_log(keep);

	memset(v, 0, sizeof(*v));
	if (err == -ENOMEM)
		shortage_end(err, "a run");
	if (err) {
		v->end = END_BROKEN;
		snprintf(v->text, sizeof(v->text), "no memory for the events: %s", strerror(-err));
		return;
	}
	if (c)
		c->log->nr = c->log->nr_levels = c->log->decisions = 0;
	target_play(t, seed, &choosing, expect, keep ? keep : &room.trace, v);
}
