/*
 * lua/found.c - searches of the trace that go on where they stopped.
 *
 * A judge is called after each event that it might look for, and each time it asks for the same patterns.
 * A search that began at the first event each time would make a flood quadratic.  So the scans of the
 * patterns that were asked for last go on where they stopped.  A pattern is known again by its contents,
 * as judges make it anew.  Whether an event matches depends on the events before it alone, except for
 * names, which may be given later: after a new name such a scan begins again.
 *
 * Lives here:   the scans that judges used last.
 * Never here:   patterns with the author's own function or an owner: their results may change.
 * Licence: MIT.
 */
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "lua/script_internal.h"

#define FOUND_MAX 16		/* patterns */
#define KEPT_MAX 65536u		/* events of each, by number; the rest is counted */

struct found_scan {
	struct query_scan scan;
	int pattern_ref;		/* keeps the pattern of .scan alive */
	bool names;			/* it depends on names */
	uint64_t nr_defs;		/* .. of which there were so many */
	uint64_t next;			/* event that comes next */
	uint64_t used;			/* when it was asked for last */
	uint64_t nr, last;		/* matches */
	uint64_t *n, room;		/* the first of them */
};

struct found_all {
	struct found_scan v[FOUND_MAX];
	unsigned int nr;
	uint64_t clock;
};

static void begin(struct found_scan *f, const struct trace_store *s)
{
	const struct query_pattern *p = f->scan.pattern;

	(void)query_scan_init(&f->scan, p, s);
	f->nr = f->last = 0;
	f->next = 1;
	f->nr_defs = s->nr_defs;
}

static void keep(struct found_scan *f, uint64_t n)
{
	if (f->nr == f->room && f->room < KEPT_MAX) {
		f->room = f->room ? f->room * 2 : 64;
		f->n = shortage_need(realloc(f->n, f->room * sizeof(*f->n)));
	}
	if (f->nr < f->room)
		f->n[f->nr] = n;
	f->nr++;
	f->last = n;
}

static struct found_scan *known(struct found_all *all, const struct query_pattern *p)
{
	for (unsigned int i = 0; i < all->nr; i++)
		if (pattern_same(all->v[i].scan.pattern, p))
			return &all->v[i];
	return NULL;
}

/* A free place, or that of the pattern that was not asked for longest. */
static struct found_scan *place(lua_State *L, struct found_all *all)
{
	struct found_scan *oldest = &all->v[0];

	if (all->nr < FOUND_MAX) {
		all->v[all->nr].pattern_ref = LUA_NOREF;
		return &all->v[all->nr++];
	}
	for (unsigned int i = 1; i < all->nr; i++)
		if (all->v[i].used < oldest->used)
			oldest = &all->v[i];
	luaL_unref(L, LUA_REGISTRYINDEX, oldest->pattern_ref);
	return oldest;
}

static struct found_scan *add(lua_State *L, struct found_all *all, int index)
{
	const struct query_pattern *p = pattern_check(L, index);
	struct found_scan *f;
	int ref;

	lua_pushvalue(L, index);
	ref = luaL_ref(L, LUA_REGISTRYINDEX);	/* may fail: nothing has been changed yet */
	f = place(L, all);
	f->pattern_ref = ref;
	f->scan.pattern = p;
	f->names = pattern_has_names(p);
	begin(f, &script_now->store);
	return f;
}

bool found_so_far(lua_State *L, int index, struct found *out)
{
	const struct query_pattern *p = pattern_check(L, index);
	const struct trace_store *s = &script_now->store;
	struct found_scan *f;
	struct trace_event ev;
	uint64_t from;

	if (!pattern_is_fixed(p))
		return false;
	if (!script_now->found)
		script_now->found = shortage_need(calloc(1, sizeof(*script_now->found)));
	f = known(script_now->found, p);
	if (!f)
		f = add(L, script_now->found, index);
	if (f->names && f->nr_defs != s->nr_defs)
		begin(f, s);
	f->used = ++script_now->found->clock;
	for (from = f->next; f->next <= s->nr && trace_store_event(s, f->next, &ev); f->next++)
		if (query_scan_step(&f->scan, &ev))
			keep(f, f->next);
	sandbox_charge(L, (f->next - from) / 4);	/* a scan looks at every event */
	*out = (struct found){ .nr = f->nr, .last = f->last, .n = f->n, .kept = f->nr < f->room ? f->nr : f->room };
	return true;
}

void found_free(struct script *s)
{
	for (unsigned int i = 0; s->found && i < s->found->nr; i++)
		free(s->found->v[i].n);
	free(s->found);
	s->found = NULL;
}
