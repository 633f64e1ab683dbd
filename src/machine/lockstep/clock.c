/*
 * machine/lockstep/clock.c - virtual time: reading it, paying for things, using it up.
 *
 * Lives here:   jiffies, costs, burn and hog, exact and jiffy sleeps, busy waits.
 * Never here:   the wheel (timer.c), choosing who runs (dispatch.c, sched.c), the real clock.
 * Rules:        docs/time.md "Costs", "Burning".   Licence: MIT.
 */
#include "machine/machine_internal.h"

static const uint32_t cost_ns[COST_NR] = {
#define COST(ID, ns, what) [COST_##ID] = ns,
#include "machine/cost.def"
#undef COST
};

/* ---- reading -------------------------------------------------------------------- */

uint64_t ktime_get_ns(void)
{
	struct cpu *c;

	if (!mach_lockstep)
		return free_now_ns();
	c = this_cpu();
	return c ? c->now : mach.time;
}

unsigned long mach_hz(void)
{
	return mach.cfg.hz;
}

unsigned long jiffies_now(void)
{
	unsigned long now = (unsigned long)(ktime_get_ns() / mach.tick_ns);

	/* free: whoever looked last has looked for those who need not know exactly */
	if (!mach_lockstep && now > atomic_load_explicit(&mach_tick_jiffies, memory_order_relaxed))
		atomic_store_explicit(&mach_tick_jiffies, now, memory_order_relaxed);
	return now;
}

unsigned long msecs_to_jiffies(unsigned int ms)
{
	return (unsigned long)(((uint64_t)ms * mach.cfg.hz + 999) / 1000);
}

unsigned int jiffies_to_msecs(unsigned long j)
{
	return (unsigned int)(j * 1000 / mach.cfg.hz);
}

uint64_t jiffies_to_ns(unsigned long j)
{
	return (uint64_t)j * mach.tick_ns;
}

uint64_t mach_cost_ns(enum mach_cost cost)
{
	return cost_ns[cost];
}

/* ---- paying ------------------------------------------------------------------------ */

void mach_charge(enum mach_cost cost)
{
	struct cpu *c = this_cpu();
	uint64_t ns = cost_ns[cost];

	if (!c || mach.booting)
		return;	/* the director costs nothing */
	if (mach.cfg.vary_costs)	/* 0.5 to 1.5 times, this CPU's own sequence */
		ns = ns / 2 + rng_below(draw(c, SITE_COST), ns + 1);
	c->now += ns;
}

void mach_compute(uint64_t ns)
{
	struct cpu *c;

	if (!mach_lockstep)
		return;
	c = this_cpu();
	if (!c)
		return;
	c->now += ns;
	give_way();
	if (!in_atomic())
		cond_resched();
}

/* ---- using up ------------------------------------------------------------------------- */

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
		cond_resched();		/* somebody more urgent may have been woken on the way here */
	while ((have = exec_now(me)) < end) {
		struct cpu *c = cpu_of(me);

		c->mode = CPU_BURN;
		c->wait_until = c->now + (end - have);
		if (c->wait_until < mach.horizon && (c->next_event > c->wait_until || !irqs_on(c))) {
			c->now = c->wait_until;		/* nobody is earlier: no need to ask */
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
			cond_resched();
	}
}

enum burn_kind { BURN_OFFERING, BURN_HOGGING, BURN_OWN };

static const char *const burn_names[] = {
	[BURN_OFFERING] = "burn", [BURN_HOGGING] = "hog", [BURN_OWN] = "compute",
};

static void burn_begins(uint64_t ns, enum burn_kind kind)
{
	if (kind == BURN_OWN)
		TRACE(COMPUTE, .length = ns);
	else
		TRACE(BURN, .length = ns, .hog = kind == BURN_HOGGING);
}

static void burn(uint64_t ns, enum burn_kind kind)
{
	struct task *me = current;

	if (!mach_lockstep) {
		burn_begins(ns, kind);
		free_burn(ns);
		TRACE(BURN_END, .length = ns);
		return;
	}
	if (me->is_director)
		return;
	if (mach.cfg.jitter > 0)
		ns = jittered(ns, draw_task(me, SITE_BURN));
	else if (unlikely(mach.choosing))
		ns = choice_stretched(SITE_BURN, (uint64_t)me->id << 8, &me->draws[SITE_BURN], ns, false);
	task_set_where(me, burn_names[kind]);
	burn_begins(ns, kind);
	use_cpu(ns, kind != BURN_HOGGING, kind == BURN_OWN);
	TRACE(BURN_END, .length = ns);
	task_set_where(me, NULL);
}

void mach_burn(uint64_t ns)
{
	burn(ns, BURN_OFFERING);
}

void mach_hog(uint64_t ns)
{
	burn(ns, BURN_HOGGING);
}

void mach_burn_own(uint64_t ns)
{
	burn(ns, BURN_OWN);
}

void udelay(unsigned long us)
{
	burn((uint64_t)us * 1000, BURN_HOGGING);
}

void mdelay(unsigned long ms)
{
	burn((uint64_t)ms * 1000000, BURN_HOGGING);
}

void cpu_relax(void)
{
	if (!mach_lockstep) {
		uv_sleep(0);
		return;
	}
	mach_charge(COST_RELAX);
	give_way();
	if (unlikely(mach.choosing))
		choice_turn(true);
	if (!in_atomic())
		cond_resched();
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
	wake_up_process(s->task);
}

void mach_sleep_until_ns(uint64_t when)
{
	struct sleeper s;
	struct task *me = current;

	if (might_sleep("sleep_ms"))
		return;
	if (!mach_lockstep) {
		uint64_t now = free_now_ns();

		TRACE(SLEEP, .until = when);
		if (when > now)
			free_sleep_ns(when - now);
		return;
	}
	if (me->is_director || when <= ktime_get_ns())
		return;
	if (unlikely(mach.choosing) && !(mach.cfg.jitter > 0))
		when = ktime_get_ns() + choice_stretched(SITE_TIMER, (uint64_t)me->id << 8, &me->draws[SITE_TIMER],
							 when - ktime_get_ns(), false);
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
			schedule();
	}
	set_current_state(TASK_RUNNING);
	task_set_where(me, NULL);
}

void mach_sleep_ns(uint64_t ns)
{
	if (mach_lockstep && mach.cfg.jitter > 0 && !current->is_director)
		ns = jittered(ns, draw_task(current, SITE_TIMER));
	mach_sleep_until_ns(ktime_get_ns() + ns);
}

void msleep(unsigned int ms)
{
	unsigned long left = msecs_to_jiffies(ms);

	if (might_sleep("msleep"))
		return;
	task_set_where(current, "msleep");
	while (left) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		left = (unsigned long)schedule_timeout((long)left);
	}
	task_set_where(current, NULL);
}
