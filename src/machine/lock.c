/*
 * machine/lock.c - spin locks: the calls that do not depend on the mode.
 *
 * Locking and unlocking are inline (kapi.h) and call the files named below where needed.
 *
 * Lives here:   raw_spin_lock_init(), setting the watcher of all locks.
 * Never here:   waiting for a lock (lockstep/lock.c, free/lock.c), locks that sleep (sync.c).
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
