/*
 * machine/lock.c - spin locks: what does not depend on the mode.
 *
 * Taking and releasing are inline (kapi.h); what is not inline differs so much between
 * the modes that each has a file of its own.
 *
 * Lives here:   a lock's init, the watcher of all locks.
 * Never here:   waiting (lockstep/lock.c, free/lock.c), locks that sleep (sync.c).
 * Rules:        R1.18.   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <string.h>

void raw_spin_lock_init(struct raw_spinlock *l, const char *name)
{
	memset(l, 0, sizeof(*l));
	l->owner_cpu = -1;
	l->name = name;
}

void machine_watch_locks(const struct mach_lock_watch *watch)
{
	mach.lock_watch = *watch;
}
