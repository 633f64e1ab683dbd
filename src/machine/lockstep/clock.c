/*
 * machine/lockstep/clock.c - virtual time: reading it, the costs of operations, burning it.
 *
 * Lives here:   the local time of a CPU, costs, burning, exact sleeps, busy waits.
 * Never here:   timers (timer.c), choosing the next CPU or task (dispatch.c, sched.c), real clocks.
 * Rules:        docs/time.md "Costs", "Burning".   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

static const uint32_t cost_ns[COST_NR] = {
#define COST(ID, ns, what) [COST_##ID] = ns,
#include "machine/cost.def"
#undef COST
};

/* ---- reading -------------------------------------------------------------------- */

uint64_t lockstep_ktime_get_ns(void)
{
	struct cpu *c = this_cpu();

	return c ? c->now : mach.time;
}

unsigned long lockstep_jiffies_now(void)
{
	return (unsigned long)(lockstep_ktime_get_ns() / mach.tick_ns);
}

unsigned long lockstep_ticks_now(void)
{
	struct cpu *c = this_cpu();

	if (!c)
		return lockstep_jiffies_now();
	return (unsigned long)(c->now < c->tick_phase ? 0 : (c->now - c->tick_phase) / mach.tick_ns);
}

uint64_t mach_cost_ns(enum mach_cost cost)
{
	return cost_ns[cost];
}

/* ---- costs ------------------------------------------------------------------------- */

void mach_charge(enum mach_cost cost)
{
	struct cpu *c = this_cpu();
	uint64_t ns = cost_ns[cost];

	if (!c || mach.booting)
		return;	/* the director's code costs no time */
	if (mach.cfg.vary_costs)	/* 0.5 to 1.5 times, by draw(), which no explorer replaces at this site */
		ns = ns / 2 + rng_below(rng_mix(c->chance[SITE_COST] ^ c->draws[SITE_COST]++), ns + 1);
	c->now += ns;
}

void lockstep_mach_compute(uint64_t ns)
{
	struct cpu *c = this_cpu();

	if (!c)
		return;
	c->now += ns;
	give_way();
	if (!mach_in_atomic())
		lockstep_cond_resched();
}

/* ---- burning -------------------------------------------------------------------------- */

/*
 * Uses @ns of the thread's account, which includes interrupts of its CPU and
 * excludes time switched out.  @own: an interrupt moves the end by its length,
 * so that @ns is time in the thread's own code.
 */
static void use_cpu(uint64_t ns, bool offer, bool own)
{
	struct task *me = mach_cur;
	uint64_t end = exec_now(me) + ns, have;

	if (offer)
		lockstep_cond_resched();	/* a more urgent thread may have been woken before this */
	while ((have = exec_now(me)) < end) {
		struct cpu *c = cpu_of(me);

		c->mode = CPU_BURN;
		c->wait_until = c->now + (end - have);
		if (c->wait_until < mach.horizon && (c->next_event > c->wait_until || !irqs_on(c))) {
			c->now = c->wait_until;		/* no other CPU acts before that: dispatch() is not needed */
			if (c->now > mach.time)
				mach.time = c->now;
			c->mode = CPU_CODE;
			continue;
		}
		dispatch();
		c->mode = CPU_CODE;
		if (c->next_event <= c->wait_until && irqs_on(c)) {
			if (c->next_event > c->now)
				c->now = c->next_event;
			have = exec_now(me);
			irqs_run(c);
			if (own)
				end += exec_now(me) - have;
		} else {
			c->now = c->wait_until;
		}
		if (offer)
			lockstep_cond_resched();
	}
}

static const char *const burn_names[] = {
	[BURN_OFFERING] = "burn", [BURN_HOGGING] = "hog", [BURN_OWN] = "compute",
};

void lockstep_burn(uint64_t ns, enum burn_kind kind)
{
	struct task *me = mach_cur;

	if (me->is_director)
		return;
	if (mach.cfg.jitter > 0)
		ns = jittered(ns, draw_task(me, SITE_BURN));
	else if (unlikely(mach.choosing))
		ns = choice_stretched(SITE_BURN, (uint64_t)me->id << 8, &me->draws[SITE_BURN], ns, false);
	task_set_where(me, burn_names[kind]);
	trace_burn(ns, kind);
	use_cpu(ns, kind != BURN_HOGGING, kind == BURN_OWN);
	TRACE(BURN_END, .length = ns);
	task_set_where(me, NULL);
}

#define RELAX_LONG 200000u	/* turns of a loop that may wait for ever: 10 ms */
#define RELAX_NEAR_NS 50000u	/* between two turns of one loop: an interrupt */

/*
 * @c has been in a busy-wait loop for long.  Until another CPU acts, or until an interrupt of
 * its own, no turn can see a change.  So time moves there at once;
 * a handler that waits for itself would else compute millions of turns.
 */
static void skip_turns(struct cpu *c)
{
	uint64_t to = others_act_at(c);

	if (irqs_on(c) && c->next_event < to)
		to = c->next_event;
	if (mach.in_run && to > mach.run.until_ns)
		to = mach.run.until_ns + 1;
	if (to != NS_NEVER && to > c->now)
		c->now = to;
}

static void count_turn(struct cpu *c)
{
	c->relax_turns = c->now < c->relaxed_at + RELAX_NEAR_NS ? c->relax_turns + 1 : 0;
	if (unlikely(c->relax_turns > RELAX_LONG))
		skip_turns(c);
	c->relaxed_at = c->now;
}

void lockstep_cpu_relax(void)
{
	mach_charge(COST_RELAX);
	give_way();
	if (this_cpu())
		count_turn(this_cpu());
	if (unlikely(mach.choosing))
		choice_turn(true);
	if (!mach_in_atomic())
		lockstep_cond_resched();
}

/* ---- sleeping -------------------------------------------------------------------------- */

struct sleeper {
	struct mach_event event;
	struct task *task;
	bool fired;
};

static void sleeper_wakes(struct mach_event *ev)
{
	struct sleeper *s = container_of(ev, struct sleeper, event);

	s->fired = true;
	lockstep_wake_up_process(s->task);
}

void lockstep_mach_sleep_until_ns(uint64_t when)
{
	struct sleeper s;
	struct task *me = mach_cur;
	uint64_t now = lockstep_ktime_get_ns();

	if (lockstep_might_sleep("sleep_ms"))
		return;
	if (when <= now)
		return;
	if (unlikely(mach.choosing) && !(mach.cfg.jitter > 0))
		when = now + choice_stretched(SITE_TIMER, (uint64_t)me->id << 8, &me->draws[SITE_TIMER], when - now,
					      false);
	TRACE(SLEEP, .until = when);
	event_init(&s.event, sleeper_wakes, NULL);
	s.task = me;
	s.fired = false;
	task_set_where(me, "sleep");
	mach_sync();
	event_post(&s.event, me->cpu, when);
	while (!s.fired) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!s.fired)
			lockstep_schedule();
	}
	set_current_state(TASK_RUNNING);
	task_set_where(me, NULL);
}

void lockstep_mach_sleep_ns(uint64_t ns)
{
	if (mach.cfg.jitter > 0 && !mach_cur->is_director)
		ns = jittered(ns, draw_task(mach_cur, SITE_TIMER));
	lockstep_mach_sleep_until_ns(lockstep_ktime_get_ns() + ns);
}
