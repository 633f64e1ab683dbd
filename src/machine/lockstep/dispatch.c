/*
 * machine/lockstep/dispatch.c - chooses the CPU that acts next.
 *
 * Each virtual CPU has a local time.  Before a CPU does something that other CPUs can
 * observe, it calls give_way(), which lets all CPUs act whose time is earlier.  So effects
 * happen, and events are written, in the order of (time, hash of the seed, CPU).
 * dispatch() is not a thread: the task that gives way calls it.
 *
 * Lives here:   choosing the next CPU, giving way, the events of a CPU, machine_run().
 * Never here:   choosing the task of a CPU (sched.c), threads of the host (baton.c).
 * Read before:  docs/time.md.   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

#include <string.h>

/* ---- chance -------------------------------------------------------------------- */

/* The seed, the sites and the CPUs do not change during a run, so this part of each hash is computed once. */
void chance_boot(void)
{
	struct cpu *c;

	for (int site = 0; site < SITE_NR; site++) {
		mach.chance[site] = rng_mix(rng_mix(mach.cfg.seed) ^ (uint64_t)site);
		for_each_mach_cpu(c)
			c->chance[site] = rng_mix(mach.chance[site] ^ (uint64_t)c->id);
	}
}

/* Of CPUs that act at @time, the one with the smallest value is first. */
static uint64_t tie(const struct cpu *c, uint64_t time)
{
	return rng_mix(c->chance[SITE_TIE] ^ time);
}

uint64_t draw(struct cpu *c, enum mach_site site)
{
	uint64_t n = c->draws[site]++, hash = rng_mix(c->chance[site] ^ n);

	return unlikely(mach.choosing) ? choice_level(site, (uint64_t)c->id, n, hash) : hash;
}

uint64_t draw_task(struct task *t, enum mach_site site)
{
	uint64_t n = t->draws[site]++, hash = rng_mix(rng_mix(mach.chance[site] ^ (uint64_t)t->id << 8) ^ n);

	return unlikely(mach.choosing) ? choice_level(site, (uint64_t)t->id << 8, n, hash) : hash;
}

uint64_t jittered(uint64_t ns, uint64_t chance)
{
	int64_t span = (int64_t)((double)ns * mach.cfg.jitter);

	if (span <= 0)
		return ns;
	return (uint64_t)((int64_t)ns + rng_between(chance, -span, span));
}

#define SCENE_CHANCE 0x44697265u	/* "Dire": its numbers are older than the row of SITE_SCENE */

uint64_t machine_jittered(uint64_t ns)
{
	uint64_t n, chance;

	if ((double)ns * mach.cfg.jitter < 1)
		return ns;
	n = mach.director.draws[SITE_SCENE]++;
	chance = rng_hash4(mach.cfg.seed, SCENE_CHANCE, n + 1, 0);
	if (unlikely(mach.choosing))
		chance = choice_level(SITE_SCENE, CHOICE_DIRECTOR, n, chance);
	return jittered(ns, chance);
}

/* ---- events of a CPU --------------------------------------------------------------- */

void event_init(struct mach_event *ev, void (*fn)(struct mach_event *ev), void *arg)
{
	memset(ev, 0, sizeof(*ev));
	INIT_LIST_HEAD(&ev->entry);
	ev->fn = fn;
	ev->arg = arg;
}

static void next_event_update(struct cpu *c)
{
	struct mach_event *first = list_first_entry_or_null(&c->events, struct mach_event, entry);

	c->next_event = first ? first->time : NS_NEVER;
}

static void set_horizon(uint64_t time, uint64_t horizon_tie)
{
	mach.horizon = time;
	mach.horizon_tie = horizon_tie;
}

void horizon_at_most(uint64_t time)
{
	if (time <= mach.horizon)
		set_horizon(time, 0);
}

/*
 * Posts @ev for @time, or for now if that is later: the caller may have computed @time before
 * a step at which other CPUs acted, and no event may be earlier than the code that posts it.
 * If @ev has no cause, it gets the cause of the caller's context.
 */
void event_post(struct mach_event *ev, int cpu, uint64_t time)
{
	struct cpu *c = &mach.cpus[cpu], *me = this_cpu();
	uint64_t now = me ? me->now : mach.time;
	struct list_head *at = c->events.prev;

	bug_on(event_pending(ev));
	if (time < now)
		time = now;
	ev->cpu = cpu;
	ev->time = time;
	ev->seq = ++mach.seq;
	if (!ev->cause)
		ev->cause = mach_cause();
	/* most events come last: search from the end */
	while (at != &c->events && list_entry(at, struct mach_event, entry)->time > time)
		at = at->prev;
	list_add(&ev->entry, at);
	next_event_update(c);
	if (c != me)
		horizon_at_most(time > c->now ? time : c->now);
}

void event_cancel(struct mach_event *ev)
{
	if (!event_pending(ev))
		return;
	list_del_init(&ev->entry);
	ev->cause = 0;
	next_event_update(&mach.cpus[ev->cpu]);
}

/* ---- the choice ------------------------------------------------------------------------ */

/* The time at which @c acts next if no other CPU does something to it. */
static uint64_t action_time(const struct cpu *c)
{
	uint64_t t = c->mode == CPU_BURN ? c->wait_until : NS_NEVER;

	if (c->mode == CPU_CODE)
		return c->now;
	if (c->mode == CPU_OFF)
		return NS_NEVER;
	if (c->next_event < t && irqs_on(c))
		t = c->next_event;
	return t < c->now ? c->now : t;
}

uint64_t others_act_at(const struct cpu *c)
{
	uint64_t first = NS_NEVER;
	struct cpu *o;

	for_each_mach_cpu(o)
		if (o != c && action_time(o) < first)
			first = action_time(o);
	return first;
}

static bool earlier(const struct cpu *a, uint64_t ta, const struct cpu *b, uint64_t tb)
{
	uint64_t ha, hb;

	if (ta != tb)
		return ta < tb;
	ha = tie(a, ta);
	hb = tie(b, tb);
	return ha != hb ? ha < hb : a->id < b->id;
}

/* Something other than housekeeping will happen. */
static bool has_future(void)
{
	struct cpu *c;
	struct mach_event *ev;

	for_each_mach_cpu(c) {
		if (c->mode == CPU_CODE || c->mode == CPU_BURN)
			return true;
		if (!irqs_on(c))
			continue;	/* spins with interrupts off: no event is delivered to it */
		list_for_each_entry(ev, &c->events, entry)
			if (!ev->housekeeping)
				return true;
		if (timers_have_future(c))
			return true;
	}
	return false;
}

static bool all_spin(void)
{
	struct cpu *c;
	bool any = false;

	for_each_mach_cpu(c) {
		if (c->mode == CPU_SPIN)
			any = true;
		else if (c->mode != CPU_OFF)
			return false;
	}
	return any;
}

/* machine_run() has to return; sets mach.stop.  @earliest: time of the next action of any CPU. */
static bool director_due(uint64_t earliest)
{
	if (!mach.in_run)
		return true;	/* the boot or a call of the director has ended (start.c) */
	if (mach.stop_now)
		return true;
	if (mach.trace && mach.trace->full) {
		mach.stop = STOP_FULL;
		return true;
	}
	if (earliest > mach.run.until_ns) {
		mach.stop = STOP_TIME;
		if (!mach.run.pass_time && !has_future())
			mach.stop = mach.run.idle ? STOP_IDLE : all_spin() ? STOP_CPU_DEAD : STOP_NO_FUTURE;
		return true;
	}
	if (mach.run.pass_time || has_future())
		return false;
	mach.stop = mach.run.idle ? STOP_IDLE : all_spin() ? STOP_CPU_DEAD : STOP_NO_FUTURE;
	return true;
}

/* Returns the task that acts next, and sets the horizon: no other CPU acts before that time and tie. */
static struct task *choose(void)
{
	struct cpu *c, *best = NULL;
	uint64_t t, h, best_t = NS_NEVER, best_h = 0, second = NS_NEVER, second_h = 0;

	for_each_mach_cpu(c) {
		t = action_time(c);
		if (t == NS_NEVER)
			continue;
		h = tie(c, t);
		if (!best || t < best_t || (t == best_t && h < best_h)) {	/* equal values: the CPU with the smaller number */
			second = best_t;
			second_h = best_h;
			best = c;
			best_t = t;
			best_h = h;
		} else if (t < second || (t == second && h < second_h)) {
			second = t;
			second_h = h;
		}
	}
	if (director_due(best_t)) {
		set_horizon(0, 0);
		return &mach.director;
	}
	if (mach.in_run && mach.run.until_ns != NS_NEVER && mach.run.until_ns < second) {
		second = mach.run.until_ns + 1;
		second_h = 0;
	}
	set_horizon(second, second_h);
	mach.time = best_t;
	if (mach.trace && mach.trace->shared)
		atomic_store_explicit(&mach.trace->shared->now, best_t, memory_order_relaxed);
	return best->curr;
}

void dispatch(void)
{
	baton_switch(mach_cur, choose());
}

void dispatch_exit(void)
{
	baton_exit(choose());
}

/* No other CPU acts before the local time of @c. */
static bool is_earliest(struct cpu *c)
{
	struct cpu *o;

	if (c->now < mach.horizon || (c->now == mach.horizon && tie(c, c->now) < mach.horizon_tie))
		return true;
	if (mach.stop_now || (mach.in_run && c->now > mach.run.until_ns))
		return false;
	for_each_mach_cpu(o) {
		uint64_t t;

		if (o == c)
			continue;
		t = action_time(o);
		if (t != NS_NEVER && earlier(o, t, c, c->now))
			return false;
	}
	return true;
}

void give_way_now(void)
{
	struct cpu *c;

	while ((c = this_cpu())) {
		if (c->next_event <= c->now && irqs_on(c)) {
			irqs_run(c);
			continue;
		}
		if (is_earliest(c)) {
			if (c->now > mach.time)
				mach.time = c->now;
			return;
		}
		dispatch();
	}
}

void mach_sync(void)
{
	give_way();
	if (unlikely(mach.choosing))
		choice_turn(false);
}

/* ---- hooks of the trace ------------------------------------------------------------------- */

static void hook_stamp(void *arg, struct trace_event *head)
{
	struct cpu *c;

	(void)arg;
	give_way();	/* not mach_sync(): emitting an event is not a choice point */
	c = this_cpu();
	head->task = (uint16_t)mach_cur->id;
	head->cause = mach_cause();
	if (!c) {
		head->time = mach.time;
		head->cpu = TRACE_NO_CPU;
		head->ctx = CTX_DIRECTOR;
		return;
	}
	head->time = c->now;
	head->cpu = (uint8_t)c->id;
	head->ctx = c->irq_depth ? CTX_HARDIRQ : c->softirq_depth ? CTX_SOFTIRQ : CTX_TASK;
}

/* Returns to the director; the emitting task waits here until the next machine_run(). */
static void stop_for_director(void)
{
	mach.stop = STOP_WATCH;
	mach.stop_now = true;
	set_horizon(0, 0);
	while (mach.stop_now)
		dispatch();
}

static void hook_before(void *arg, const struct trace_event *ev)
{
	(void)arg;
	if (this_cpu() && mach.in_run && mach.run.watch.before(mach.run.watch.arg, ev))
		stop_for_director();
}

/* Raises the interrupts that a person fired after event @n. */
static void inputs_due(uint64_t n)
{
	while (mach.next_input < mach.cfg.nr_inputs && mach.cfg.inputs[mach.next_input].after <= n) {
		const struct mach_input *in = &mach.cfg.inputs[mach.next_input++];
		struct irq_line *line = irq_line_find(in->line);

		if (!line)
			line = irq_line_new(in->cpu, in->line);
		if (line)
			lockstep_irq_raise(line, in->cpu);
	}
}

static void hook_after(void *arg, const struct trace_event *ev)
{
	(void)arg;
	if (unlikely(mach.next_input < mach.cfg.nr_inputs))
		inputs_due(ev->n);
	if (this_cpu() && mach.in_run && mach.run.watch.after &&
	    mach.run.watch.after(mach.run.watch.arg, ev))
		stop_for_director();
}

static void hook_full(void *arg)
{
	(void)arg;
	set_horizon(0, 0);	/* the next give_way() calls dispatch() */
	if (!this_cpu())
		return;
	mach.stop = STOP_FULL;
	mach.stop_now = true;
	while (this_cpu())	/* this context does not continue */
		dispatch();
}

/* Hooks that this run does not need are not called for every event. */
void dispatch_hooks(struct trace *t)
{
	t->hooks = (struct trace_hooks){ .stamp = hook_stamp, .full = hook_full };
	if (mach.run.watch.before)
		t->hooks.before = hook_before;
	if (mach.run.watch.after || mach.cfg.nr_inputs)
		t->hooks.after = hook_after;
}

/* ---- the director ------------------------------------------------------------------------------ */

enum mach_stop lockstep_machine_run(const struct mach_run *run)
{
	bug_on(!mach.running || this_cpu());
	if (mach.trace && mach.trace->full)
		return STOP_FULL;
	mach.run = *run;
	if (mach.trace)
		dispatch_hooks(mach.trace);
	mach.in_run = true;
	mach.stop_now = false;
	dispatch();
	mach.in_run = false;
	mach.stop_now = false;
	if (mach.stop == STOP_TIME && run->until_ns > mach.time)
		mach.time = run->until_ns;
	/* The machine is idle and holds no locks: take a full census, once per idle period. */
	if (mach.stop == STOP_IDLE && mach_census() && mach.ops && mach.ops->census &&
	    mach.trace->events != mach.census_at) {
		mach.ops->census();
		mach.census_at = mach.trace->events;
	}
	return mach.stop;
}

void lockstep_mach_request_stop(void)
{
	mach.stop = STOP_WATCH;
	mach.stop_now = true;
	set_horizon(0, 0);
}

uint64_t lockstep_machine_now(void)
{
	return mach.time;
}

uint64_t mach_handovers(void)
{
	return mach.handovers;
}
