/*
 * machine/lockstep/baton.c - the baton: only the kernel thread that holds it runs.
 *
 * One of two implementations (baton_internal.h) is selected when the machine starts.
 *
 * Lives here:   that selection, the count of hand-overs, setting mach_cur.
 * Never here:   choosing the next task (dispatch.c), virtual time, the hand-over itself
 *               (baton_thread.c, baton_stack.c).   Rules: docs/time.md "The baton".
 * Licence: MIT.
 */
#include "machine/lockstep/baton_internal.h"

#include <string.h>

static const struct baton *const ways[] = {
	[BATON_THREADS] = &baton_threads, [BATON_STACKS] = &baton_stacks,
};
static const char *const way_names[] = { [BATON_THREADS] = "threads", [BATON_STACKS] = "stacks" };
#define WAYS_NR (sizeof(ways) / sizeof(ways[0]))

static int wish = -1;			/* machine_baton_wish(): overrides the configuration; -1 = no */
static const struct baton *way;		/* the implementation of this run */

bool machine_baton_wish(const char *name)
{
	wish = -1;
	for (size_t i = 0; name && i < WAYS_NR; i++)
		if (!strcmp(name, way_names[i]))
			wish = (int)i;
	return wish >= 0;
}

bool machine_baton_works(enum mach_baton which)
{
	return (size_t)which < WAYS_NR && ways[which]->works();
}

void baton_adopt(struct task *t, enum mach_baton which)
{
	if (wish >= 0)
		which = (enum mach_baton)wish;
	way = machine_baton_works(which) ? ways[which] : &baton_threads;
	way->adopt(t);
	mach_cur = t;
}

int baton_create(struct task *t)
{
	return way->create(t);
}

void baton_switch(struct task *from, struct task *to)
{
	if (from == to)
		return;
	mach.handovers++;
	mach_cur = to;
	way->pass(from, to);
}

_Noreturn void baton_exit(struct task *next)
{
	struct task *me = mach_cur;

	mach.handovers++;
	mach_cur = next;
	way->leave(me, next);
	__builtin_unreachable();
}

void baton_abort_all(void)
{
	way->abort_all();
}
