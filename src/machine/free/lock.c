/*
 * machine/free/lock.c - spin locks of free mode: a three-state futex lock.
 *
 * .word is 0 free, 1 held, 2 held and threads may sleep on it.  The uncontended paths are
 * inline (kapi.h).
 *
 * Lives here:   waiting for a lock (a short spin, then sleep), waking a sleeper.
 * Never here:   mutexes and the like (machine/sync.c).   Rules: R1.18.   Licence: MIT.
 */
#include "base/futex.h"
#include "machine/free/free_internal.h"

#define FREE_SPINS 100		/* spin this often (less than 1 us) before sleeping */
#define FREE_NAP_NS 200000	/* longest sleep before trying again */

/*
 * raw_spin_unlock_kept() stores .word and then loads .sleepers without a fence, so it may
 * load before our store to .sleepers and store after our exchange of .word.  Then it wakes no
 * thread.  The window is some ten nanoseconds; the timeout limits the delay to FREE_NAP_NS.
 * A thread that has slept sets .sleepers and .word = 2 again before it gets the lock, because
 * other threads may still sleep.
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
