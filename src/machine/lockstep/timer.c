/*
 * machine/lockstep/timer.c - timers in lockstep; their functions run in the TIMER softirq.
 *
 * A timer never fires early: its expiry is rounded up, by one jiffy for short delays and
 * by 8, 64 ... jiffies for longer ones, as the levels of the kernel's wheel do.  So a short
 * delay of n ticks takes n to n+1 ticks, and a timer of 1 s can be up to 64 ms late.
 *
 * Lives here:   arming, deleting, expiring timers; waiting for one.
 * Never here:   the functions of timers (delayed work, watchdog); exact sleeps (clock.c).
 * Rules:        R8.1, R8.3, R8.7, R12.2.   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

#define WHEEL_SLOTS 64u
#define WHEEL_SHIFT 3u		/* each level is 8 times coarser */
#define WHEEL_LEVELS 9u
#define DEFER_SLACK_NS 1000000000u	/* a deferrable timer wakes an idle CPU so late at most */

/* The jiffy in which the timer fires: @expires rounded up to the bucket of its level. */
static unsigned long wheel_expiry(unsigned long expires, unsigned long now)
{
	unsigned long delta = time_after(expires, now) ? expires - now : 0;
	unsigned int level = 0;

	while (level < WHEEL_LEVELS - 1 &&
	       delta >= (unsigned long)(WHEEL_SLOTS - 1) << (level * WHEEL_SHIFT))
		level++;
	if (!time_after(expires, now))
		expires = now;
	return ((expires >> (level * WHEEL_SHIFT)) + 1) << (level * WHEEL_SHIFT);
}

bool lockstep_timer_pending(const struct timer_list *t)
{
	return t->entry.next && t->entry.next != &t->entry;
}

struct timer_list *mach_timer_find(bool (*match)(const struct timer_list *t, const void *arg), const void *arg)
{
	struct timer_list *t;

	for (int cpu = 0; cpu < nr_cpu_ids(); cpu++)
		list_for_each_entry(t, &mach.cpus[cpu].timers, entry)
			if (match(t, arg))
				return t;
	return NULL;
}

bool timers_have_future(const struct cpu *c)
{
	struct timer_list *t;

	list_for_each_entry(t, &c->timers, entry)
		if (!(t->flags & TIMER_HOUSEKEEPING))
			return true;
	return false;
}

static bool all_housekeeping(const struct cpu *c)
{
	return !timers_have_future(c);
}

/*
 * The time at which the timer wakes its CPU if that is idle.  A deferrable timer does so a
 * second late, as if something else had woken the CPU by then (R8.7).  The tick of a busy
 * CPU fires it in time.
 */
static uint64_t wakes_at(const struct timer_list *t)
{
	bool late = t->flags & TIMER_DEFERRABLE && !(t->flags & TIMER_HOUSEKEEPING);

	return t->fires_ns + (late ? DEFER_SLACK_NS : 0);
}

/* The timer for which the CPU's timer interrupt has to be programmed, NULL = none. */
static struct timer_list *next_to_wake(struct cpu *c)
{
	struct timer_list *t, *first = NULL;

	list_for_each_entry(t, &c->timers, entry) {
		if (first && t->fires_ns >= wakes_at(first))
			break;
		if (!first || wakes_at(t) < wakes_at(first))
			first = t;
	}
	return first;
}

/* Programs the timer interrupt of @c for the earliest wakes_at() of its timers. */
static void program(struct cpu *c)
{
	struct timer_list *first = next_to_wake(c);

	if (first && event_pending(&c->timer_irq) && c->timer_irq.time == wakes_at(first)) {
		c->timer_irq.housekeeping = all_housekeeping(c);
		return;
	}
	event_cancel(&c->timer_irq);
	if (!first)
		return;
	c->timer_irq.housekeeping = all_housekeeping(c);
	c->timer_irq.cause = first->cause;
	event_post(&c->timer_irq, c->id, wakes_at(first));
}

static void enqueue_timer(struct timer_list *t, struct cpu *c)
{
	struct list_head *at = c->timers.prev;

	while (at != &c->timers && list_entry(at, struct timer_list, entry)->fires_ns > t->fires_ns)
		at = at->prev;
	list_add(&t->entry, at);
	t->cpu = c->id;
}

/* Changes t->fires_ns by jitter, or as the explorer decides.  Return: the delay that the explorer added. */
static uint64_t vary(struct timer_list *t, struct cpu *c)
{
	uint64_t now = lockstep_ktime_get_ns(), left = t->fires_ns > now ? t->fires_ns - now : 0, late;

	if (mach.cfg.jitter > 0) {
		t->fires_ns = now + jittered(left, draw(c, SITE_TIMER));
		return 0;
	}
	late = choice_stretched(SITE_TIMER, (uint64_t)c->id, &c->draws[SITE_TIMER], left, true) - left;
	t->fires_ns += late;
	return late;
}

/*
 * As in the kernel: the timer is on the wheel of a CPU that is offline.  It does not fire, not
 * even when the CPU is back, since the wheel then starts at a later jiffy.  Only the next time
 * that the CPU goes offline, timers_move() finds it.
 */
static void arm_in_vain(struct timer_list *t, struct cpu *c)
{
	t->fires_ns = NS_NEVER;
	t->cpu = c->id;
	list_add_tail(&t->entry, &c->dead_timers);
	t->cause = TRACE(TIMER_START, .timer = t->id, .expires = jiffies_to_ns(t->expires),
			 .housekeeping = !!(t->flags & TIMER_HOUSEKEEPING));
	mach_charge(COST_TIMER);
}

static void arm(struct timer_list *t, int cpu)
{
	struct cpu *c = &mach.cpus[cpu];
	uint64_t late = 0;

	if (!t->id)
		t->id = (uint32_t)++mach.tickets;
	if (unlikely(!c->online)) {
		arm_in_vain(t, c);
		return;
	}
	t->fires_ns = jiffies_to_ns(wheel_expiry(t->expires, lockstep_jiffies_now())) + c->tick_phase;
	if (!(t->flags & TIMER_HOUSEKEEPING) && (mach.cfg.jitter > 0 || unlikely(mach.choosing)))
		late = vary(t, c);
	enqueue_timer(t, c);
	t->cause = TRACE(TIMER_START, .timer = t->id, .expires = t->fires_ns,
			 .housekeeping = !!(t->flags & TIMER_HOUSEKEEPING));
	program(c);
	mach_charge(COST_TIMER);
	if (unlikely(late))
		choice_late(late);
}

static bool detach(struct timer_list *t)
{
	struct cpu *c;

	if (!lockstep_timer_pending(t))
		return false;
	c = &mach.cpus[t->cpu];
	list_del_init(&t->entry);
	TRACE(TIMER_CANCEL, .timer = t->id);
	program(c);
	return true;
}

/* mod_timer() uses the caller's CPU; the director, which has none, the first one online. */
static int target_cpu(void)
{
	struct cpu *c = this_cpu();

	return c ? c->id : cpumask_first(mach.online);
}

bool lockstep_mod_timer(struct timer_list *t, unsigned long expires)
{
	bool was;

	mach_sync();
	was = detach(t);
	t->expires = expires;
	arm(t, target_cpu());
	return was;
}

void lockstep_add_timer_on(struct timer_list *t, int cpu)
{
	bug_on(lockstep_timer_pending(t));
	mach_sync();
	arm(t, cpu);
}

static bool take_off(struct timer_list *t)
{
	bool was = detach(t);

	mach_charge(COST_TIMER);
	return was;
}

bool lockstep_del_timer(struct timer_list *t)
{
	mach_sync();
	return take_off(t);
}

/* Compares addresses only: the function may have freed *t. */
static bool running_somewhere(const struct timer_list *t)
{
	struct cpu *c;

	for_each_mach_cpu(c)
		if (c->timer_running == t && c != this_cpu())
			return true;
	return false;
}

/* Deletes after the wait: a function that arms its own timer again does so while this thread waits. */
bool lockstep_del_timer_sync(struct timer_list *t)
{
	mach_sync();
	while (running_somewhere(t))
		lockstep_cpu_relax();
	return take_off(t);
}

/* ---- expiry ------------------------------------------------------------------------- */

void timers_look(struct cpu *c)
{
	struct timer_list *first = list_first_entry_or_null(&c->timers, struct timer_list, entry);

	if (first && first->fires_ns <= c->now) {
		mach_set_cause(first->cause);
		raise_softirq_on_cpu(c, TIMER_SOFTIRQ);
	}
}

static void timer_irq_fires(struct mach_event *ev)
{
	timers_look(ev->arg);
}

static void timer_softirq(void)
{
	struct cpu *c = this_cpu();
	struct timer_list *t;

	while ((t = list_first_entry_or_null(&c->timers, struct timer_list, entry)) &&
	       t->fires_ns <= c->now) {
		list_del_init(&t->entry);
		mach_set_cause(t->cause);
		mach_set_cause(TRACE(TIMER_EXPIRE, .timer = t->id));
		mach_charge(COST_TIMER);
		c->timer_running = t;
		t->function(t);		/* may free or re-arm *t */
		c->timer_running = NULL;
	}
	program(c);
}

void timers_move(struct cpu *dead, struct cpu *to)
{
	struct timer_list *t, *n;

	list_for_each_entry_safe(t, n, &dead->timers, entry) {
		list_del_init(&t->entry);
		enqueue_timer(t, to);
	}
	list_for_each_entry_safe(t, n, &dead->dead_timers, entry) {
		list_del_init(&t->entry);
		t->fires_ns = jiffies_to_ns(wheel_expiry(t->expires, lockstep_jiffies_now())) + to->tick_phase;
		enqueue_timer(t, to);
	}
	program(dead);
	program(to);
}

void timer_boot(void)
{
	struct cpu *c;

	for_each_mach_cpu(c) {
		INIT_LIST_HEAD(&c->timers);
		INIT_LIST_HEAD(&c->dead_timers);
		INIT_LIST_HEAD(&c->waiting_calls);
		event_init(&c->timer_irq, timer_irq_fires, c);
	}
	open_softirq(TIMER_SOFTIRQ, timer_softirq);
}

/* ---- sleeping for jiffies --------------------------------------------------------------- */

struct timeout {
	struct timer_list timer;
	struct task *task;
};

static void timeout_fires(struct timer_list *t)
{
	lockstep_wake_up_process(container_of(t, struct timeout, timer)->task);
}

long lockstep_timeout_wait(long timeout, unsigned int flags)
{
	struct timeout to;
	unsigned long end = lockstep_jiffies_now() + (unsigned long)timeout;
	long left;

	timer_setup(&to.timer, timeout_fires, flags);
	to.task = mach_cur;
	lockstep_mod_timer(&to.timer, end);
	lockstep_schedule();
	lockstep_del_timer_sync(&to.timer);
	left = (long)(end - lockstep_jiffies_now());
	return left < 0 ? 0 : left;
}
