/*
 * machine/free/block.c - free mode: blocking that the caller announces.
 *
 * schedule() calls the engine's hooks for the machine's own waits.  It cannot see a read(), a
 * mutex of the program or a sleep of libc, so the program announces them, and these functions
 * call the same hooks.
 *
 * Lives here:   begin and end of such a wait.
 * Never here:   detecting unannounced waits (watch.c), the library's wrappers of calls that wait (lib/).
 * Rules:        R4.6, R4.7.   Licence: MIT.
 */
#include "machine/free/free_internal.h"

void mach_blocking_begin(void)
{
	struct task *me = free_self();

	if (!me || !me->worker || me->free_blocking++)
		return;
	if (!might_sleep("cmwq_blocking_begin") && mach.ops)
		mach.ops->worker_sleeping(me);
}

void mach_blocking_end(void)
{
	struct task *me = free_self();

	if (!me || !me->worker || !me->free_blocking || --me->free_blocking)
		return;
	if (!mach.ops)
		return;
	mach.ops->worker_running(me);
	free_stir();
}

bool mach_blocking_matters(void)
{
	struct task *me = free_self();

	return me && me->worker && !me->free_blocking;
}

/* The item has returned: ends a wait that it left open. */
void free_mach_item_end(void)
{
	struct task *me = free_self();

	if (likely(!me || !me->free_blocking))
		return;
	printk(4, "kworkshop: an item returned without cmwq_blocking_end(), %u missing", me->free_blocking);
	me->free_blocking = 1;
	mach_blocking_end();
}
