/*
 * machine/lockstep/lock.c - spin locks in lockstep.
 *
 * A CPU that finds a lock held waits in CPU_SPIN until the holder hands the lock over; CPUs
 * get it in the order of arrival.  If the CPU itself holds the lock, or a cycle of CPUs wait
 * for each other, that is reported once, and these CPUs spin for ever, as real ones do.
 *
 * Lives here:   raw_spinlock in lockstep, checking the order of ranked locks.
 * Never here:   locks that sleep (sync.c).   Rules: R1.18, I56.   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

static uint32_t lock_id(struct raw_spinlock *l)
{
	if (!l->id) {
		l->id = mach_new_id(CLS_LOCK);
		trace_def(CLS_LOCK, l->id, 0, LOCK_KIND_SPIN, l->name ? l->name : "spin lock");
	}
	return l->id;
}

/* True if @c would spin for @l for ever. */
static bool closes_circle(const struct cpu *c, const struct raw_spinlock *l)
{
	for (int hops = 0; l && hops <= mach.nr_cpus; hops++) {
		if (l->owner_cpu == c->id)
			return true;
		l = l->owner_cpu >= 0 ? mach.cpus[l->owner_cpu].spins_on : NULL;
	}
	return false;
}

static void report_deadlock(struct cpu *c, struct raw_spinlock *l)
{
	const char *owner = l->owner ? l->owner->comm : "?";
	bool same = l->owner_cpu == c->id;

	printk(0, same ? "BUG: spinlock recursion on CPU#%d, %s/%u" : "BUG: spinlock lockup suspected on CPU#%d, %s/%u",
	       c->id, mach_cur->comm, mach_cur->id);
	printk(0, " lock: %s, .owner: %s/%u, .owner_cpu: %d", l->name ? l->name : "?", owner,
	       l->owner ? l->owner->id : 0, l->owner_cpu);
	TRACE(BUG, .kind = same ? BUG_LOCK_RECURSION : BUG_LOCK_CYCLE, .who = mach_cur->id,
	      .text = l->name ? l->name : "spin lock");
}

static void take(struct raw_spinlock *l, struct cpu *c)
{
	l->word = 1;
	l->owner = c->curr;
	l->owner_cpu = c->id;
}

static void spin(struct raw_spinlock *l, struct cpu *c)
{
	TRACE(LOCK_SPIN, .lock = lock_id(l), .owner = l->owner ? l->owner->id : 0, .owner_cpu = l->owner_cpu);
	if (closes_circle(c, l))
		report_deadlock(c, l);
	if (!l->word) {		/* released while TRACE() let other CPUs act */
		take(l, c);
		return;
	}
	c->spins_on = l;
	mach.nr_spinning++;
	c->spin_ticket = ++mach.tickets;
	while (c->spins_on) {
		c->mode = CPU_SPIN;
		dispatch();
		c->mode = CPU_CODE;
		if (!c->spins_on)
			break;
		if (c->next_event > c->now)
			c->now = c->next_event;
		irqs_run(c);
	}
	TRACE(LOCK_GOT, .lock = l->id);
}

/* I56: all locks that this thread and its CPU hold must be of a lower rank. */
void rank_check(unsigned int rank, const char *name, bool waits)
{
	const struct cpu *c = this_cpu();

	for (unsigned int r = rank; c && r < LOCK_RANKS_MAX; r++) {
		if (!c->ranks[r] && !mach_cur->ranks[r])
			continue;
		if (!waits && r != rank)
			continue;
		TRACE(BUG, .kind = BUG_LOCK_ORDER, .who = mach_cur->id, .text = name ? name : "lock");
		return;
	}
}

static inline bool ranked(const struct raw_spinlock *l)
{
	return unlikely(l->rank) && mach.cfg.census;
}

void mach_spin_lock(struct raw_spinlock *l)
{
	struct cpu *c = this_cpu();

	if (!c) {
		bug_on(l->word);	/* the director must not wait; docs/time.md "The director" */
		l->word = 1;
		l->owner = mach_cur;
		l->owner_cpu = -1;
		return;
	}
	if (ranked(l))
		rank_check(l->rank, l->name, true);
	c->preempt_off++;
	mach_charge(COST_LOCK);
	mach_sync();
	if (likely(!l->word))
		take(l, c);
	else
		spin(l, c);
	lock_seen(LOCK_TAKE, l, l->name, false);
	if (ranked(l))
		c->ranks[l->rank]++;
}

bool mach_spin_trylock(struct raw_spinlock *l)
{
	struct cpu *c;

	if (this_cpu()) {
		mach_charge(COST_LOCK);
		mach_sync();
	}
	if (l->word)
		return false;
	c = this_cpu();		/* not before mach_sync(): the thread may have migrated */
	if (c) {
		if (ranked(l))
			rank_check(l->rank, l->name, false);
		c->preempt_off++;
		take(l, c);
		lock_seen(LOCK_TRY, l, l->name, false);
		c->ranks[l->rank] += ranked(l);
	} else {
		l->word = 1;
		l->owner = mach_cur;
	}
	return true;
}

/* Makes the CPU that has waited longest the owner, at the time of the release. */
static void hand_over(struct raw_spinlock *l, struct cpu *from)
{
	struct cpu *c, *next = NULL;
	uint64_t at;

	if (likely(!mach.nr_spinning))
		return;
	at = from->now + (mach.booting ? 0 : mach_cost_ns(COST_LOCK_HANDOFF));
	for_each_mach_cpu(c)
		if (c->spins_on == l && (!next || c->spin_ticket < next->spin_ticket))
			next = c;
	if (!next)
		return;
	next->spins_on = NULL;
	mach.nr_spinning--;
	next->mode = CPU_CODE;
	if (next->now < at)
		next->now = at;
	take(l, next);
	horizon_at_most(next->now);
}

void mach_spin_unlock(struct raw_spinlock *l)
{
	struct cpu *c = this_cpu();

	bug_on(!l->word);
	if (!c) {
		l->word = 0;
		l->owner = NULL;
		return;
	}
	give_way();
	bug_on(l->owner_cpu != c->id);
	lock_seen(LOCK_RELEASE, l, l->name, false);
	c->ranks[l->rank] -= ranked(l) && c->ranks[l->rank];
	l->word = 0;
	l->owner = NULL;
	l->owner_cpu = -1;
	hand_over(l, c);
	c->preempt_off -= c->preempt_off > 0;	/* 0 after mach_atomic_reset(): an item had left a lock held */
	if (!c->preempt_off && c->need_resched && mach.cfg.preempt == PREEMPT_FULL && irqs_on(c))
		lockstep_cond_resched();
}

void mach_assert_held(const struct raw_spinlock *l)
{
	bug_on(!l->word || (this_cpu() && l->owner_cpu != this_cpu()->id));
}

void mach_assert_mutex_held(const struct mutex *m)
{
	bug_on(m->owner != mach_cur);
}
