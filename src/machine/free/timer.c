/*
 * machine/free/timer.c - free mode: timers, and the one thread that keeps them.
 *
 * Each virtual CPU has a wheel of its own: nine levels of 64 buckets, each level
 * eight times coarser than the one before, so that arming and taking off cost the
 * same however many timers there are.  A timer is never moved from level to level:
 * its bucket is rounded up when it is armed, as in lockstep (timer.c), and never fires early.
 *
 * One thread sleeps until the earliest bucket of all wheels is due.  Who arms a
 * timer wakes it only if that one is due before it would wake by itself, so what is
 * armed to be cancelled again (timeouts) wakes nobody.
 *
 * Where a timer is says its own word, .where: the wheel it is on, or was on last, and the
 * bucket; it changes under that wheel's lock only.  While it goes to another wheel the
 * word says so, and whoever wants the timer waits for a moment.  One that has never been
 * on any has no lock yet: the first to arm it is who changes its word from 0.
 *
 * Lives here:   wheels, the thread, when it looks at running workers.
 * Never here:   what fires; what such a look finds (free/watch.c).
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
#define LONGEST ((unsigned long)(BUCKETS - 1) << ((LEVELS - 1) * LEVEL_SHIFT))	/* 12 days of 1 ms */
#define WHEEL_BITS 16u		/* of .where, above: wheel + 1, 0 = none yet */
#define SLOT 0xffffu		/* of .where: bucket + 1, 0 = none */
#define MOVES 0xffffu		/* in the slot: on its way to another wheel */
#define NEVER (~0ul)		/* later than any jiffy: they begin at 0 with the run */

#define SAMPLE_NS 4000000u	/* looks at running workers: below 0.1 % of a core */
#define QUIET_NS 1000000000u	/* nothing has run for so long: looks as rare as that, until something does */

struct wheel {
	_Alignas(64) struct raw_spinlock lock;
	unsigned long clk;		/* L: every bucket before this jiffy is empty */
	_Atomic unsigned long next;	/* L to write: nothing is due before this jiffy */
	unsigned long armed;		/* L */
	bool firing;			/* L: .clk stands still, and buckets mean what they meant */
	uint64_t filled[LEVELS];	/* L: a bit a bucket */
	struct timer_list *bucket[LEVELS * BUCKETS];	/* L: a list through .entry, NULL at both ends */
};

static struct {
	struct wheel *wheels;		/* I: one a CPU */
	struct task *task;
	uv_thread_t thread;
	bool made;
	_Atomic bool stop;
	_Atomic uint32_t word;		/* futex: changes when the thread is to look again */
	_Atomic unsigned long wakes_at;	/* jiffy until which it sleeps */
	_Atomic bool quiet;		/* looks are rare: who wakes a worker says so */
	struct timer_list *_Atomic running;
} timers;

/* ---- where a timer is ----------------------------------------------------------------- */

static uint32_t where_is(const struct timer_list *t)
{
	return atomic_load_explicit(&((struct timer_list *)(uintptr_t)t)->where, memory_order_acquire);
}

/* NULL: it is on its way to its first. */
static struct wheel *wheel_of(uint32_t where)
{
	return likely(where >> WHEEL_BITS) ? &timers.wheels[(where >> WHEEL_BITS) - 1] : NULL;
}

/* Its wheel, locked: the one it is on, or was on last. */
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
		raw_spin_unlock(&w->lock);	/* somebody else was quicker */
	}
}

/* The next three: lock held. */
static bool is_on(const struct timer_list *t)
{
	return atomic_load_explicit(&((struct timer_list *)(uintptr_t)t)->where, memory_order_relaxed) & SLOT;
}

/* @slot: what it says from now on, 0 or MOVES. */
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
	/* Many are taken off in the order they were armed in: the next one's neighbour. */
	if (prev && prev->prev)
		__builtin_prefetch(prev->prev, 1);
	if (!w->bucket[at])
		w->filled[at / BUCKETS] &= ~((uint64_t)1 << at % BUCKETS);
	w->armed--;
	atomic_store_explicit(&t->where, (where & ~SLOT) | slot, memory_order_release);
}

/* Time goes on also where nothing fires: a timer's level depends on its distance from now. */
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

/* Bucket and level for @expires; *due: the jiffy in which the bucket is looked at. */
static unsigned int bucket_for(const struct wheel *w, unsigned long expires, unsigned long *due)
{
	unsigned long delta = time_after(expires, w->clk) ? expires - w->clk : 0;
	unsigned int level = 0;

	if (delta > LONGEST - 1)
		delta = LONGEST - 1;	/* looked at then, and put off (fires()) */
	expires = w->clk + delta;
	while (delta >= (unsigned long)(BUCKETS - 1) << (level * LEVEL_SHIFT))
		level++;
	*due = ((expires >> (level * LEVEL_SHIFT)) + 1) << (level * LEVEL_SHIFT);
	return level * BUCKETS + (unsigned int)((*due >> (level * LEVEL_SHIFT)) % BUCKETS);
}

/* The lock is held.  Return: the jiffy in which it will fire. */
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
		atomic_store(&w->next, due);	/* before .wakes_at is read: keeper_sleep() does it the other way round */
	t->cpu = (int)(w - timers.wheels);
	atomic_store_explicit(&t->where, ((uint32_t)(t->cpu + 1) << WHEEL_BITS) + at + 1, memory_order_release);
	return due;
}

/* ---- arming, taking off --------------------------------------------------------------- */

static void keeper_wake(void)
{
	atomic_fetch_add(&timers.word, 1);
	futex_wake(&timers.word);
}

static int wheel_for(const struct timer_list *t)
{
	return t->flags & TIMER_PINNED && t->cpu >= 0 ? t->cpu : raw_smp_processor_id();
}

/* It is nobody else's from here to attach(), and @to is locked.  Return: it was armed. */
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

/* @cpu -1: the caller's, or the timer's own if it is pinned.  Return: it was armed. */
static bool arm(struct timer_list *t, unsigned long expires, int cpu)
{
	struct wheel *to = &timers.wheels[cpu >= 0 ? cpu : wheel_for(t)];
	/* who arms has just read jiffies; late, it only shows at the edge of two levels */
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

/* Its function has returned, if it was running; a function may wait for no other one. */
bool free_del_timer_sync(struct timer_list *t)
{
	bool was = free_del_timer(t);

	for (int i = 0; atomic_load(&timers.running) == t && free_self() != timers.task; i++)
		if (i < 1000)
			free_pause();
		else
			uv_sleep(0);
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

/* The first bucket not before .clk, over all levels. */
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

/* Lock held; let go during the call. */
static void fires(struct wheel *w, struct timer_list *t, unsigned long now)
{
	struct task *me = timers.task;
	int cpu = t->cpu;

	if (unlikely(time_after(t->expires, now))) {	/* beyond the longest level */
		detach(w, t, 0);
		attach(w, t, t->expires, now);
		return;
	}
	/* Running first: who finds it neither armed nor running may free it. */
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

/* ---- the thread ------------------------------------------------------------------------------ */

/* Is there a timer to fire before jiffy @until? */
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
	/* An arming CPU writes its wheel's .next, then reads this. */
	atomic_store(&timers.wakes_at, next);
	if (due_before(next) || atomic_load(&timers.stop) ||
	    (rests && !atomic_load(&timers.quiet)))
		return;
	futex_wait_until(&timers.word, word, until + mach.free_start_ns);
	atomic_store(&timers.wakes_at, 0);	/* awake: nobody needs to */
}

/*
 * When to look again.  Quiet: hardly ever, until somebody wakes a worker (free_stir()).
 * The flag is raised first and the last look comes after it, so either that look
 * sees the woken worker or its waker sees the flag.
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
	prctl(PR_SET_TIMERSLACK, 1000ul);	/* of this thread: a jiffy is short */
	while (!atomic_load(&timers.stop)) {
		unsigned long next = fire_all();
		uint64_t now = free_ktime_get_ns();

		tick_jiffies();
		if (now >= sample_ns || (rests && !atomic_load(&timers.quiet))) {
			sample_ns = sample(now, &active_ns);
			rests = atomic_load(&timers.quiet);
			continue;	/* what it took may have made a timer due */
		}
		keeper_sleep(next, sample_ns, rests);
	}
}

/* A worker was woken. */
void free_stir(void)
{
	if (likely(!atomic_load(&timers.quiet)) || !atomic_exchange(&timers.quiet, false))
		return;
	tick_jiffies();
	keeper_wake();
}

/* ---- on and off --------------------------------------------------------------------------------- */

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
