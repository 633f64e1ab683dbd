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

static const struct baton *const backends[] = {
	[BATON_THREADS] = &baton_threads, [BATON_STACKS] = &baton_stacks,
};
static const char *const backend_names[] = { [BATON_THREADS] = "threads", [BATON_STACKS] = "stacks" };
#define BACKENDS_NR (sizeof(backends) / sizeof(backends[0]))

static int override = -1;			/* machine_baton_override(): overrides the configuration; -1 = no */
static const struct baton *backend;		/* the implementation of this run */

bool machine_baton_override(const char *name)
{
	override = -1;
	for (size_t i = 0; name && i < BACKENDS_NR; i++)
		if (!strcmp(name, backend_names[i]))
			override = (int)i;
	return override >= 0;
}

bool machine_baton_works(enum mach_baton which)
{
	return (size_t)which < BACKENDS_NR && backends[which]->works();
}

void baton_adopt(struct task *t, enum mach_baton which)
{
	if (override >= 0)
		which = (enum mach_baton)override;
	backend = machine_baton_works(which) ? backends[which] : &baton_threads;
	backend->adopt(t);
	mach_cur = t;
}

unsigned int baton_reserve(unsigned int n)
{
	return backend->reserve(n);
}

int baton_create(struct task *t)
{
	return backend->create(t);
}

void baton_switch(struct task *from, struct task *to)
{
	if (from == to)
		return;
	mach.handovers++;
	mach_cur = to;
	backend->pass(from, to);
}

_Noreturn void baton_exit(struct task *next)
{
	struct task *me = mach_cur;

	mach.handovers++;
	mach_cur = next;
	backend->leave(me, next);
	__builtin_unreachable();
}

void baton_abort_all(void)
{
	backend->abort_all();
}
