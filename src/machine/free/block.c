/*
 * machine/free/block.c - free mode: a thread says that it is going to wait for something.
 *
 * What blocks by the machine's own calls is seen in schedule().  A read(), a mutex of
 * the program's or a sleep of libc is not: who is about to do that says so, and the
 * engine's hooks are called as if the scheduler had seen it.
 *
 * Lives here:   the two ends of such a wait.
 * Never here:   finding out by oneself (free/watch.c), the calls that wait (lib/).
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

/* An item that forgot the end of its wait is over all the same. */
void free_mach_item_end(void)
{
	struct task *me = free_self();

	if (likely(!me || !me->free_blocking))
		return;
	printk(4, "kworkshop: an item returned without cmwq_blocking_end(), %u missing", me->free_blocking);
	me->free_blocking = 1;
	mach_blocking_end();
}
