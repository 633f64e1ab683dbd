/*
 * explore/orders.c - which orders of steps have been seen: a set of numbers.
 *
 * Lives here:   that set.
 * Never here:   what an order is (machine/lockstep/choice.c).   Licence: MIT.
 */
#include "explore/explore.h"

#include <stdlib.h>

#define CAP_FIRST 4096u

static bool grow(struct orders *o)
{
	size_t cap = o->cap ? o->cap * 2 : CAP_FIRST;
	uint64_t *v = calloc(cap, sizeof(*v));

	if (!v)
		return false;
	for (size_t i = 0; i < o->cap; i++)
		if (o->v[i]) {
			size_t at = o->v[i] & (cap - 1);

			while (v[at])
				at = (at + 1) & (cap - 1);
			v[at] = o->v[i];
		}
	free(o->v);
	o->v = v;
	o->cap = cap;
	return true;
}

bool orders_add(struct orders *o, uint64_t order)
{
	size_t at;

	order += !order;
	if (o->nr * 2 >= o->cap && !grow(o))
		return false;
	at = order & (o->cap - 1);
	while (o->v[at] && o->v[at] != order)
		at = (at + 1) & (o->cap - 1);
	if (o->v[at])
		return false;
	o->v[at] = order;
	o->nr++;
	return true;
}

void orders_fini(struct orders *o)
{
	free(o->v);
	*o = (struct orders){ .cap = 0 };
}
