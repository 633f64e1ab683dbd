/*
 * explore/schedule_set.c - the set of distinct schedules seen, by their order hashes.
 *
 * Lives here:   that set.
 * Never here:   the hash of an order (machine/lockstep/choice.c).   Licence: MIT.
 */
#include "explore/explore.h"
#include "base/shortage.h"

#include <stdlib.h>

#define CAP_FIRST 4096u

static void grow(struct schedule_set *s)
{
	size_t cap = s->cap ? s->cap * 2 : CAP_FIRST;
	uint64_t *v = shortage_need(calloc(cap, sizeof(*v)));

	for (size_t i = 0; i < s->cap; i++)
		if (s->v[i]) {
			size_t at = s->v[i] & (cap - 1);

			while (v[at])
				at = (at + 1) & (cap - 1);
			v[at] = s->v[i];
		}
	free(s->v);
	s->v = v;
	s->cap = cap;
}

bool schedule_set_add(struct schedule_set *s, uint64_t order)
{
	size_t at;

	order += !order;
	if (s->nr * 2 >= s->cap)
		grow(s);
	at = order & (s->cap - 1);
	while (s->v[at] && s->v[at] != order)
		at = (at + 1) & (s->cap - 1);
	if (s->v[at])
		return false;
	s->v[at] = order;
	s->nr++;
	return true;
}

void schedule_set_fini(struct schedule_set *s)
{
	free(s->v);
	*s = (struct schedule_set){ .cap = 0 };
}
