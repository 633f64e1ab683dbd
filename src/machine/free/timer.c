/*
 * machine/free/timer.c - free mode: timer wheels, and the timer thread.
 *
 * Each virtual CPU has a wheel of nine levels with 64 buckets each.  Each level is eight times
 * coarser than the one before, so the cost of arming and deleting does not depend on the
 * number of timers.  A timer stays in its bucket: its expiry is rounded up when it is armed,
 * as in lockstep (lockstep/timer.c), so it never fires early.
 *
 * The timer thread sleeps until the earliest bucket of all wheels is due.  Arming a timer
 * wakes the thread only if this timer is due before the thread would wake up.  So timeouts
 * that are armed and deleted again cause no wake-ups.
 *
 * timer->where encodes the timer's current (or last) wheel and bucket.  It changes only under
 * the lock of that wheel.  While the timer moves to another wheel, its slot is MOVES, and other
 * threads spin until the move is done.  A timer that was never armed has no wheel and so no
 * lock: .where is 0, and the thread whose compare-and-exchange succeeds arms it.
 *
 * Lives here:   wheels, the timer thread, the intervals at which it samples workers.
 * Never here:   the functions of timers; sampling itself (watch.c).
 * Rules:        R8.1, R8.3, R12.2; docs/time.md 11.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "base/futex.h"
#include "machine/free/free_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>


#define BUCKETS 64u
#define LEVEL_SHIFT 3u		/* a level is 8 times coarser than the one before */
#define LEVELS 9u
#define LONGEST ((unsigned long)(BUCKETS - 1) << ((LEVELS - 1) * LEVEL_SHIFT))	/* 12 days if a jiffy is 1 ms */
#define WHEEL_BITS 16u		/* the wheel + 1 is in the bits of .where above these; 0 = none yet */
#define SLOT 0xffffu		/* mask of .where: bucket + 1, 0 = not armed */
#define MOVES 0xffffu		/* value of the slot: is being moved to another wheel */
#define NEVER (~0ul)		/* later than any jiffy, because they start at 0 */

#define SAMPLE_NS 4000000u	/* between two samples of running workers: costs less than 0.1 % of a core */
#define QUIET_NS 1000000000u	/* after so long without a running worker, samples are as rare as this */

struct wheel {
	_Alignas(64) struct raw_spinlock lock;
	unsigned long clk;		/* L: every bucket before this jiffy is empty */
	_Atomic unsigned long next;	/* L: writes; nothing is due before this jiffy */
	unsigned long armed;		/* L: number of timers */
	bool firing;			/* L: .clk must not change, because it gives the buckets their meaning */
	uint64_t filled[LEVELS];	/* L: one bit for each bucket */
	struct timer_list *bucket[LEVELS * BUCKETS];	/* L: lists through .entry, with NULL at both ends */
};

static struct {
	struct wheel *wheels;		/* I: one for each CPU */
	struct task *task;
	uv_thread_t thread;
	bool made;
	_Atomic bool stop;
	_Atomic uint32_t word;		/* futex: a change wakes the thread */
	_Atomic unsigned long wakes_at;	/* it sleeps until this jiffy; 0 = it is awake */
	_Atomic bool quiet;		/* samples are rare: free_stir() must wake the thread */
	struct timer_list *_Atomic running;
} timers;

/* ---- the word .where ------------------------------------------------------------------ */

static uint32_t where_is(const struct timer_list *t)
{
	return atomic_load_explicit(&((struct timer_list *)(uintptr_t)t)->where, memory_order_acquire);
}

/* NULL: the timer is being armed for the first time. */
static struct wheel *wheel_of(uint32_t where)
{
	return likely(where >> WHEEL_BITS) ? &timers.wheels[(where >> WHEEL_BITS) - 1] : NULL;
}

/* Locks and returns the current (or last) wheel of @t. */
static struct wheel *lock_its_wheel(struct timer_list *t)
{
	for (int i = 0;; i++) {
		uint32_t where = where_is(t);
		struct wheel *w = wheel_of(where);

		if (unlikely((where & SLOT) == MOVES)) {
			if (i < 1000)
				free_pause();
			else
				uv_sleep(0);
			continue;
		}
		raw_spin_lock(&w->lock);
		where = atomic_load_explicit(&t->where, memory_order_relaxed);
		if (likely(wheel_of(where) == w && (where & SLOT) != MOVES))
			return w;
		raw_spin_unlock(&w->lock);	/* another thread has moved it meanwhile */
	}
}

/* Caller of the next three holds the lock of the wheel. */
static bool is_on(const struct timer_list *t)
{
	return atomic_load_explicit(&((struct timer_list *)(uintptr_t)t)->where, memory_order_relaxed) & SLOT;
}

/* @slot: the new value of the slot, 0 or MOVES. */
static void detach(struct wheel *w, struct timer_list *t, uint32_t slot)
{
	uint32_t where = atomic_load_explicit(&t->where, memory_order_relaxed);
	unsigned int at = (where & SLOT) - 1;
	struct list_head *next = t->entry.next, *prev = t->entry.prev;

	if (prev)
		prev->next = next;
	else
		w->bucket[at] = next ? list_entry(next, struct timer_list, entry) : NULL;
	if (next)
		next->prev = prev;
	/* Many timers are deleted in the order in which they were armed: prefetch for the next one. */
	if (prev && prev->prev)
		__builtin_prefetch(prev->prev, 1);
	if (!w->bucket[at])
		w->filled[at / BUCKETS] &= ~((uint64_t)1 << at % BUCKETS);
	w->armed--;
	atomic_store_explicit(&t->where, (where & ~SLOT) | slot, memory_order_release);
}

/* Advances .clk even if nothing fires, because the level of a timer depends on its distance from .clk. */
static void forward(struct wheel *w, unsigned long now)
{
	unsigned long next = w->armed ? atomic_load_explicit(&w->next, memory_order_relaxed) : NEVER;

	if (w->firing)
		return;
	if (now > next)
		now = next;
	if (now > w->clk)
		w->clk = now;
}

/* Returns the bucket for @expires; *@due: the jiffy in which that bucket fires. */
static unsigned int bucket_for(const struct wheel *w, unsigned long expires, unsigned long *due)
{
	unsigned long delta = time_after(expires, w->clk) ? expires - w->clk : 0;
	unsigned int level = 0;

	if (delta > LONGEST - 1)
		delta = LONGEST - 1;	/* fires() then arms it again */
	expires = w->clk + delta;
	while (delta >= (unsigned long)(BUCKETS - 1) << (level * LEVEL_SHIFT))
		level++;
	*due = ((expires >> (level * LEVEL_SHIFT)) + 1) << (level * LEVEL_SHIFT);
	return level * BUCKETS + (unsigned int)((*due >> (level * LEVEL_SHIFT)) % BUCKETS);
}

/* Caller holds the lock.  Return: the jiffy in which the timer will fire. */
static unsigned long attach(struct wheel *w, struct timer_list *t, unsigned long expires, unsigned long now)
{
	struct timer_list *first;
	unsigned long due;
	unsigned int at;

	forward(w, now);
	at = bucket_for(w, expires, &due);
	first = w->bucket[at];
	t->expires = expires;
	t->entry.prev = NULL;
	t->entry.next = first ? &first->entry : NULL;
	if (first)
		first->entry.prev = &t->entry;
	w->bucket[at] = t;
	w->filled[at / BUCKETS] |= (uint64_t)1 << at % BUCKETS;
	w->armed++;
	if (w->armed == 1 || due < atomic_load_explicit(&w->next, memory_order_relaxed))
		atomic_store(&w->next, due);	/* store .next, then load .wakes_at: keeper_sleep() does the reverse */
	t->cpu = (int)(w - timers.wheels);
	atomic_store_explicit(&t->where, ((uint32_t)(t->cpu + 1) << WHEEL_BITS) + at + 1, memory_order_release);
	return due;
}

/* ---- arming, deleting --------------------------------------------------------------- */

static void keeper_wake(void)
{
	atomic_fetch_add(&timers.word, 1);
	futex_wake(&timers.word);
}

static int wheel_for(const struct timer_list *t)
{
	return t->flags & TIMER_PINNED && t->cpu >= 0 ? t->cpu : raw_smp_processor_id();
}

/* Detaches @t and locks @to; until attach() no other thread can change @t.  Return: it was armed. */
static bool claim(struct timer_list *t, struct wheel *to)
{
	uint32_t never = 0;
	struct wheel *w;
	bool was;

	if (unlikely(!where_is(t)) && atomic_compare_exchange_strong(&t->where, &never, MOVES)) {
		raw_spin_lock(&to->lock);
		return false;
	}
	w = lock_its_wheel(t);
	was = is_on(t);
	if (was)
		detach(w, t, MOVES);
	if (likely(w == to))
		return was;
	if (!was)
		atomic_store_explicit(&t->where, (uint32_t)(w - timers.wheels + 1) << WHEEL_BITS | MOVES,
				      memory_order_release);
	raw_spin_unlock(&w->lock);
	raw_spin_lock(&to->lock);
	return was;
}

/* @cpu: -1 = the caller's CPU, or the timer's own if it is pinned.  Return: it was armed. */
static bool arm(struct timer_list *t, unsigned long expires, int cpu)
{
	struct wheel *to = &timers.wheels[cpu >= 0 ? cpu : wheel_for(t)];
	/* Coarse jiffies suffice: the caller just read them, and an error matters only at a level boundary. */
	unsigned long now = jiffies_coarse(), due;
	bool was = claim(t, to);

	due = attach(to, t, expires, now);
	raw_spin_unlock(&to->lock);
	if (unlikely(due < atomic_load(&timers.wakes_at)))
		keeper_wake();
	return was;
}

bool free_mod_timer(struct timer_list *t, unsigned long expires)
{
	return arm(t, expires, -1);
}

void free_add_timer_on(struct timer_list *t, int cpu)
{
	bug_on(free_timer_pending(t));
	arm(t, t->expires, cpu);
}

bool free_del_timer(struct timer_list *t)
{
	struct wheel *w;
	bool was;

	if (!(where_is(t) & SLOT))
		return false;
	w = lock_its_wheel(t);
	was = is_on(t);
	if (was)
		detach(w, t, 0);
	raw_spin_unlock(&w->lock);
	return was;
}

/* Its function runs, and the caller is not called by it. */
static bool runs(const struct timer_list *t)
{
	return atomic_load(&timers.running) == t && free_self() != timers.task;
}

static void wait_for_function(const struct timer_list *t)
{
	for (int i = 0; runs(t); i++)
		if (i < 1000)
			free_pause();
		else
			uv_sleep(0);
}

/* Tries until @t is neither running nor armed: its function may have armed it again. */
bool free_del_timer_sync(struct timer_list *t)
{
	bool was = false;

	do {
		struct wheel *w;

		wait_for_function(t);
		if (!(where_is(t) & SLOT))
			continue;
		w = lock_its_wheel(t);
		was = is_on(t) && !runs(t);
		if (was)
			detach(w, t, 0);
		raw_spin_unlock(&w->lock);
	} while (!was && (runs(t) || (where_is(t) & SLOT)));
	return was;
}

bool free_timer_pending(const struct timer_list *t)
{
	return where_is(t) & SLOT;
}

struct timer_list *mach_timer_take(void (*fn)(struct timer_list *t))
{
	for (int cpu = 0; cpu < mach.nr_cpus; cpu++) {
		struct wheel *w = &timers.wheels[cpu];

		raw_spin_lock(&w->lock);
		for (unsigned int at = 0; at < LEVELS * BUCKETS; at++)
			for (struct list_head *e = w->bucket[at] ? &w->bucket[at]->entry : NULL; e; e = e->next) {
				struct timer_list *t = list_entry(e, struct timer_list, entry);

				if (t->function != fn)
					continue;
				detach(w, t, 0);
				raw_spin_unlock(&w->lock);
				return t;
			}
		raw_spin_unlock(&w->lock);
	}
	return NULL;
}

/* ---- firing -------------------------------------------------------------------------------- */

/* The first jiffy, not before .clk, at which a non-empty bucket of any level is due. */
static unsigned long find_next(const struct wheel *w)
{
	unsigned long next = NEVER;

	for (unsigned int level = 0; w->armed && level < LEVELS; level++) {
		unsigned int shift = level * LEVEL_SHIFT;
		unsigned long first = (w->clk + (1ul << shift) - 1) >> shift, at;
		uint64_t bits = w->filled[level];

		if (!bits)
			continue;
		bits = bits >> first % BUCKETS | bits << (BUCKETS - first % BUCKETS) % BUCKETS;
		at = (first + (unsigned long)__builtin_ctzll(bits)) << shift;
		if (at < next)
			next = at;
	}
	return next;
}

/* Caller holds the lock; it is released during the call. */
static void fires(struct wheel *w, struct timer_list *t, unsigned long now)
{
	struct task *me = timers.task;
	int cpu = t->cpu;

	if (unlikely(time_after(t->expires, now))) {	/* armed for later than LONGEST */
		detach(w, t, 0);
		attach(w, t, t->expires, now);
		return;
	}
	/* Set .running before detach(): a thread that finds @t neither armed nor running may free it. */
	atomic_store(&timers.running, t);
	detach(w, t, 0);
	raw_spin_unlock(&w->lock);
	free_set_label(me, cpu_online(cpu) ? cpu : cpumask_first(cpu_online_mask()));
	me->free_softirq++;
	t->function(t);		/* may free *t */
	me->free_softirq--;
	atomic_store(&timers.running, NULL);
	raw_spin_lock(&w->lock);
}

static void fire_due(struct wheel *w, unsigned long now)
{
	raw_spin_lock(&w->lock);
	w->firing = true;
	for (;;) {
		unsigned long at = find_next(w);

		atomic_store_explicit(&w->next, at, memory_order_relaxed);
		if (at > now)
			break;
		w->clk = at;
		for (unsigned int level = 0; level < LEVELS; level++) {
			unsigned int shift = level * LEVEL_SHIFT, b;

			if (at & ((1ul << shift) - 1))
				break;
			b = level * BUCKETS + (unsigned int)((at >> shift) % BUCKETS);
			while (w->bucket[b])
				fires(w, w->bucket[b], now);
		}
		w->clk = at + 1;
	}
	w->firing = false;
	forward(w, now);
	raw_spin_unlock(&w->lock);
}

static unsigned long fire_all(void)
{
	unsigned long now = jiffies_now(), next = NEVER;

	for (int cpu = 0; cpu < mach.nr_cpus; cpu++) {
		unsigned long at = atomic_load(&timers.wheels[cpu].next);

		if (at <= now) {
			fire_due(&timers.wheels[cpu], now);
			at = atomic_load(&timers.wheels[cpu].next);
		}
		if (at < next)
			next = at;
	}
	return next;
}

/* ---- the timer thread ------------------------------------------------------------------------------ */

/* True if a timer is due before jiffy @until. */
static bool due_before(unsigned long until)
{
	for (int cpu = 0; cpu < mach.nr_cpus; cpu++)
		if (atomic_load(&timers.wheels[cpu].next) < until)
			return true;
	return false;
}

static void keeper_sleep(unsigned long next, uint64_t sample_ns, bool rests)
{
	uint32_t word = atomic_load(&timers.word);
	uint64_t until = next == NEVER ? NS_NEVER : jiffies_to_ns(next);

	if (sample_ns < until) {
		until = sample_ns;
		next = (unsigned long)((sample_ns + mach.tick_ns - 1) / mach.tick_ns);
	}
	/* attach() stores .next before arm() loads this. */
	atomic_store(&timers.wakes_at, next);
	if (due_before(next) || atomic_load(&timers.stop) ||
	    (rests && !atomic_load(&timers.quiet)))
		return;
	futex_wait_until(&timers.word, word, until + mach.free_start_ns);
	atomic_store(&timers.wakes_at, 0);	/* awake: arm() need not wake it */
}

/*
 * Samples the workers; returns the time of the next sample.  After QUIET_NS without a running
 * worker, sampling almost stops until a worker is woken (free_stir()).  The flag .quiet is set
 * first and one more sample is taken after that, so either the sample sees the woken worker
 * or its waker sees the flag.
 */
static uint64_t sample(uint64_t now, uint64_t *active_ns)
{
	uint64_t again = free_sample();

	if (again != NS_NEVER) {
		*active_ns = now;
		atomic_store(&timers.quiet, false);
		return now + again;
	}
	if (now - *active_ns < QUIET_NS)
		return now + SAMPLE_NS;
	if (!atomic_exchange(&timers.quiet, true))
		return sample(now, active_ns);
	return now + QUIET_NS;
}

static void tick_jiffies(void)
{
	atomic_store_explicit(&mach_tick_jiffies, jiffies_now(), memory_order_relaxed);
}

static void keeper_main(void *arg)
{
	uint64_t sample_ns = 0, active_ns = 0;
	bool rests = false;

	free_adopt(arg);
	prctl(PR_SET_TIMERSLACK, 1000ul);	/* for this thread: the default slack is too long compared with a jiffy */
	while (!atomic_load(&timers.stop)) {
		unsigned long next = fire_all();
		uint64_t now = free_ktime_get_ns();

		tick_jiffies();
		if (now >= sample_ns || (rests && !atomic_load(&timers.quiet))) {
			sample_ns = sample(now, &active_ns);
			rests = atomic_load(&timers.quiet);
			continue;	/* a timer may be due by now */
		}
		keeper_sleep(next, sample_ns, rests);
	}
}

/* A worker was woken, or runs again: resumes sampling if it has stopped. */
void free_stir(void)
{
	if (likely(!atomic_load(&timers.quiet)) || !atomic_exchange(&timers.quiet, false))
		return;
	tick_jiffies();
	keeper_wake();
}

/* ---- start and stop --------------------------------------------------------------------------------- */

int free_timers_start(void)
{
	size_t size = (size_t)mach.nr_cpus * sizeof(struct wheel);

	timers.wheels = aligned_alloc(_Alignof(struct wheel), size);
	timers.task = timers.wheels ? task_alloc("timers", NULL, NULL) : NULL;
	if (!timers.task)
		return -ENOMEM;
	memset(timers.wheels, 0, size);
	for (int cpu = 0; cpu < mach.nr_cpus; cpu++) {
		raw_spin_lock_init(&timers.wheels[cpu].lock, "timers");
		timers.wheels[cpu].next = NEVER;
	}
	timers.task->cpu = 0;
	atomic_store(&timers.stop, false);
	atomic_store(&timers.quiet, false);
	atomic_store(&timers.running, NULL);
	atomic_store(&timers.wakes_at, 0);
	timers.made = !uv_thread_create(&timers.thread, keeper_main, timers.task);
	return timers.made ? 0 : -EAGAIN;
}

void free_timers_stop(void)
{
	if (timers.made) {
		atomic_store(&timers.stop, true);
		keeper_wake();
		uv_thread_join(&timers.thread);
		timers.made = false;
	}
	free(timers.wheels);
	timers.wheels = NULL;
}
