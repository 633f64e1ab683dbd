/*
 * explore/shrink.c - shrinks a failing schedule to the fewest forced choices.
 *
 * Delta debugging: removes parts of the list, large ones first, as long as the rest still
 * fails.  At the end no single choice can be removed, and no two delays of one context
 * can be replaced by one longer delay.
 *
 * Lives here:   choosing the part to remove next.
 * Never here:   running a schedule.   Licence: MIT.
 */
#include "explore/explore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct shrinking {
	struct mach_choice *v, *less;
	size_t nr;
	uint64_t seed;
	shrink_try try;
	void *arg;
	unsigned int tries, tries_max;
};

/* Tries the list without v[from .. from + n). */
static int without(struct shrinking *s, size_t from, size_t n)
{
	struct schedule less = { s->seed, s->less, s->nr - n };
	int fails;

	memcpy(s->less, s->v, from * sizeof(*s->v));
	memcpy(s->less + from, s->v + from + n, (s->nr - from - n) * sizeof(*s->v));
	s->tries++;
	fails = s->try(s->arg, &less);
	if (fails > 0) {
		s->nr -= n;
		memcpy(s->v, s->less, s->nr * sizeof(*s->v));
	}
	return fails;
}

/* Removes parts of @size one after another.  Return: 1 a part was removed, 0, -errno. */
static int drop_parts(struct shrinking *s, size_t size)
{
	int any = 0;

	for (size_t from = 0; from < s->nr && s->tries < s->tries_max;) {
		size_t n = s->nr - from < size ? s->nr - from : size;
		int gone = without(s, from, n);

		if (gone < 0)
			return gone;
		any |= gone;
		if (!gone)
			from += n;
	}
	return any;
}

/* Tries one delay of a context instead of two, at the place of the first or the second, as long as both. */
static int join_two(struct shrinking *s, size_t i, size_t k)
{
	for (size_t keep = i; keep <= k; keep += k - i) {
		struct schedule less = { s->seed, s->less, 0 };
		int fails;

		for (size_t n = 0; n < s->nr; n++)
			if (n != (keep == i ? k : i))
				s->less[less.nr++] = s->v[n];
		s->less[keep == i ? i : k - 1].value = s->v[i].value + s->v[k].value;
		s->tries++;
		fails = s->try(s->arg, &less);
		if (fails > 0) {
			s->nr--;
			memcpy(s->v, s->less, s->nr * sizeof(*s->v));
		}
		if (fails)
			return fails;
	}
	return 0;
}

static int join(struct shrinking *s)
{
	for (size_t i = 0; i + 1 < s->nr && s->tries < s->tries_max; i++)
		for (size_t k = i + 1; k < s->nr; k++) {
			int joined;

			if (s->v[i].site != SITE_TURN || s->v[k].site != SITE_TURN || s->v[i].context != s->v[k].context)
				continue;
			joined = join_two(s, i, k);
			if (joined)
				return joined;
		}
	return 0;
}

/* Tries one long delay of one context instead of all choices, at each place. */
static int try_one_long(struct shrinking *s, uint64_t window_ns)
{
	uint64_t all = window_ns;
	size_t i;

	for (i = 0; i < s->nr; i++)
		all += s->v[i].site == SITE_TURN ? s->v[i].value : 0;
	for (i = 0; i < s->nr && s->tries < s->tries_max; i++) {
		struct schedule one = { s->seed, s->less, 1 };
		int fails;

		if (s->v[i].site != SITE_TURN)
			continue;
		for (uint64_t wait = window_ns; wait; wait = wait == window_ns && all > wait ? all : 0) {
			s->less[0] = s->v[i];
			s->less[0].value = wait;
			s->tries++;
			fails = s->try(s->arg, &one);
			if (fails > 0) {
				s->v[0] = s->less[0];
				s->nr = 1;
			}
			if (fails)
				return fails;
		}
	}
	return 0;
}

int shrink(struct mach_choice *v, size_t *nr, uint64_t seed, uint64_t window_ns, unsigned int tries_max, shrink_try try,
	   void *arg)
{
	struct shrinking s = { .v = v, .nr = *nr, .seed = seed, .try = try, .arg = arg, .tries_max = tries_max };
	size_t size = *nr;
	int any = 0;

	s.less = malloc((*nr + 1) * sizeof(*v));
	if (!s.less)
		return -ENOMEM;
	while (size && s.nr && any >= 0 && s.tries < s.tries_max) {
		any = drop_parts(&s, size);
		if (size == 1 && any > 0)
			continue;	/* another choice may have become unnecessary */
		size = size > s.nr ? s.nr / 2 : size / 2;
		if (!size && any > 0 && s.nr)
			size = 1;
	}
	if (any >= 0 && s.nr > 1)
		any = try_one_long(&s, window_ns);
	while (any >= 0 && s.nr > 1 && (any = join(&s)) > 0)
		;
	free(s.less);
	*nr = s.nr;
	return any < 0 ? any : (int)s.tries;
}
