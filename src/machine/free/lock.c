/*
 * machine/free/lock.c - spin locks of free mode: a three-state futex lock.
 *
 * 0 free, 1 held, 2 held and somebody may sleep.  The quick paths are inline (kapi.h).
 *
 * Lives here:   waiting: a short spin, then sleep; waking.
 * Never here:   locks that sleep at once (machine/sync.c).   Rules: R1.18.   Licence: MIT.
 */
#include "base/futex.h"
#include "machine/free/free_internal.h"

#define FREE_SPINS 100		/* pauses, below 1 us; then sleep */
#define FREE_NAP_NS 200000	/* at most, before looking again */

/*
 * Who lets a lock go with raw_spin_unlock_kept() looks at ->sleepers afterwards, but
 * without a fence in between, so it may look a moment before we say that we sleep, and
 * let go a moment after we looked.  That moment is some ten nanoseconds, and what it
 * costs is one nap.  Who has slept says so again before it has the lock, in both
 * ways: others may sleep still.
 */
static void sleep_for(struct raw_spinlock *l)
{
	for (;;) {
		atomic_store_explicit(&l->sleepers, 1, memory_order_relaxed);
		if (!atomic_exchange_explicit(&l->word, 2, memory_order_acq_rel))
			return;
		futex_wait_ns(&l->word, 2, FREE_NAP_NS);
	}
}

void mach_spin_lock_slow(struct raw_spinlock *l)
{
	for (int i = 0; i < FREE_SPINS; i++) {
		uint32_t zero = 0;

		if (!atomic_load_explicit(&l->word, memory_order_relaxed) &&
		    atomic_compare_exchange_weak_explicit(&l->word, &zero, 1, memory_order_acquire,
							  memory_order_relaxed))
			return;
#if defined(__x86_64__) || defined(__i386__)
		__builtin_ia32_pause();
#endif
	}
	sleep_for(l);
}

void mach_spin_unlock_slow(struct raw_spinlock *l)
{
	futex_wake(&l->word);
}

void mach_spin_unlock_kept_slow(struct raw_spinlock *l)
{
	atomic_store_explicit(&l->sleepers, 0, memory_order_relaxed);
	mach_spin_unlock_slow(l);
}
