/*
 * machine/lockstep/sched.c - the scheduler: chooses the kernel thread that a CPU runs.
 *
 * There are two classes: fifo (priority 1..99, no throttling) before fair.  The fair class
 * resembles EEVDF: each thread has a virtual runtime weighted by nice; among the threads
 * whose virtual runtime is at most the mean, the one with the earliest virtual deadline runs.
 * A thread keeps its lag while it sleeps and gets no bonus for it; a thread that wakes up
 * does not end the slice of the running one.  With sched=fifo, fair threads run until they
 * block, in the order of their wake-ups.
 *
 * Lives here:   run queues, schedule(), wake_up_process(), tick, placement, balancing.
 * Never here:   choosing the CPU that acts next (dispatch.c), creating threads (kthread.c).
 * Rules:        docs/time.md "The scheduler"; R4.6, R4.7 (hooks).   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/shortage.h"

/* Weight of each nice level: 1024 at nice 0, a factor of about 1.25 for each step (the kernel's values). */
static const uint32_t nice_weight[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
	110, 87, 70, 56, 45, 36, 29, 23, 18, 15
};

static uint32_t weight_of(const struct task *t)
{
	return nice_weight[t->nice + 20];
}

static int64_t weighted(uint64_t ns, const struct task *t)
{
	return (int64_t)(ns * 1024 / weight_of(t));
}

static bool is_fair(const struct task *t)
{
	return !t->rt_prio && !t->is_idle;
}

static bool textbook(void)
{
	return mach.cfg.sched == SCHED_FIFO_TEXTBOOK;
}

/* ---- CPU time ------------------------------------------------------------------ */

uint64_t exec_now(const struct task *t)
{
	const struct cpu *c = cpu_of(t);

	return t->exec_ns + (c && c->curr == t ? c->now - c->exec_start : 0);
}

static void sched_account(struct cpu *c)
{
	struct task *t = c->curr;
	uint64_t ns = c->now - c->exec_start;

	c->exec_start = c->now;
	t->exec_ns += ns;
	if (is_fair(t))
		t->vruntime += weighted(ns, t);
}

uint64_t lockstep_task_cpu_time_ns(const struct task *t)
{
	return exec_now(t);
}

/* Weighted mean of the virtual runtimes of all fair threads of @c, the running one included. */
static int64_t mean_vruntime(const struct cpu *c, uint64_t *load)
{
	const struct task *t;
	int64_t base = 0, sum = 0, w = 0;
	bool any = false;

	if (is_fair(c->curr) && c->curr->on_rq && list_empty(&c->curr->rq_entry)) {
		base = c->curr->vruntime;
		w = weight_of(c->curr);
		any = true;
	}
	list_for_each_entry(t, &c->fair, rq_entry) {
		if (!any) {
			base = t->vruntime;
			any = true;
		}
		sum += (t->vruntime - base) * (int64_t)weight_of(t);
		w += weight_of(t);
	}
	if (load)
		*load = (uint64_t)w;
	return w ? base + sum / w : c->curr->vruntime;
}

/* ---- queues ----------------------------------------------------------------------- */

static void fair_place(struct cpu *c, struct task *t)
{
	uint64_t load;
	int64_t mean = mean_vruntime(c, &load), lag = t->vlag;

	/* enqueueing @t moves the mean by @t's weight: scale the lag so that it is the same afterwards */
	if (load)
		lag = lag * (int64_t)(load + weight_of(t)) / (int64_t)load;
	else
		lag = 0;
	t->vruntime = mean - lag;
	t->deadline = t->vruntime + weighted(SLICE_NS, t);
}

static void enqueue(struct cpu *c, struct task *t, bool place)
{
	struct list_head *at;

	t->on_rq = true;
	c->nr_queued++;
	if (t->rt_prio) {
		/* behind all threads of the same priority */
		at = &c->rt;
		while (at->next != &c->rt && list_entry(at->next, struct task, rq_entry)->rt_prio >= t->rt_prio)
			at = at->next;
		list_add(&t->rq_entry, at);
		return;
	}
	t->queued_ns = c->now;
	if (place)
		fair_place(c, t);
	list_add_tail(&t->rq_entry, &c->fair);
}

static void unqueue(struct cpu *c, struct task *t)
{
	list_del_init(&t->rq_entry);
	c->nr_queued--;
}

/* @t leaves the queue: saves its lag, limited to two slices. */
static void fair_leave(struct cpu *c, struct task *t)
{
	int64_t limit = weighted(2 * (uint64_t)SLICE_NS, t), lag = mean_vruntime(c, NULL) - t->vruntime;

	t->vlag = lag > limit ? limit : lag < -limit ? -limit : lag;
}

static struct task *pick_fair(struct cpu *c)
{
	struct task *t, *best = NULL;
	int64_t mean;

	if (textbook())
		return list_first_entry_or_null(&c->fair, struct task, rq_entry);
	mean = mean_vruntime(c, NULL);
	list_for_each_entry(t, &c->fair, rq_entry) {
		if (t->vruntime > mean)
			continue;	/* has had more than its share: not eligible */
		if (!best || t->deadline < best->deadline ||
		    (t->deadline == best->deadline && t->id < best->id))
			best = t;
	}
	if (best)
		return best;
	list_for_each_entry(t, &c->fair, rq_entry)	/* none is eligible, because of rounding: the smallest runtime */
		if (!best || t->vruntime < best->vruntime)
			best = t;
	return best;
}

/* Same weight and eligible: the deadlines are close enough that either may run. */
bool sched_equal(struct cpu *c, const struct task *t, const struct task *default_task)
{
	return t->nice == default_task->nice && t->vruntime <= mean_vruntime(c, NULL);
}

static struct task *pick_next(struct cpu *c)
{
	struct task *t = list_first_entry_or_null(&c->rt, struct task, rq_entry);

	if (t)
		return t;
	if (unlikely(c->goes_first))
		list_for_each_entry(t, &c->fair, rq_entry)
			if (t->id == c->goes_first)
				return t;
	return pick_fair(c);
}

/* True if @t, just queued, must preempt the current thread of @c. */
static bool more_urgent(const struct cpu *c, const struct task *t)
{
	if (c->curr->is_idle)
		return true;
	return t->rt_prio > c->curr->rt_prio;	/* a fair thread never ends the slice of another */
}

/* ---- other CPUs ------------------------------------------------------------------------ */

static void resched_arrives(struct mach_event *ev)
{
	struct cpu *c = ev->arg;

	c->need_resched = true;
}

static struct mach_event resched_events[CPUS_MAX];

static void resched_cpu(struct cpu *c)
{
	struct cpu *me = this_cpu();
	uint64_t delay = mach.booting ? 0 : mach_cost_ns(COST_IPI);

	if (c == me) {
		c->need_resched = true;
		return;
	}
	if (event_pending(&resched_events[c->id]))
		return;
	if (mach.cfg.vary_costs && delay)	/* latency of a wake-up on another CPU: 1 to 200 us */
		delay = (uint64_t)rng_between(draw(c, SITE_WAKE), 1000, 200000);
	event_post(&resched_events[c->id], c->id, (me ? me->now : mach.time) + delay);
}

bool is_resched_event(const struct mach_event *ev)
{
	return ev->fn == resched_arrives;
}

static bool cpu_is_idle(const struct cpu *c)
{
	return c->online && c->curr->is_idle && !c->nr_queued;
}

/*
 * A CPU in the course of hotplug runs only threads bound to it.  A thread whose CPUs are all
 * offline may run on any CPU from now on, even when they come back, as in the kernel.
 */
static struct cpumask usable_cpus(struct task *t)
{
	struct cpumask may = cpumask_and(t->allowed, mach.active);

	if (cpumask_empty(may))
		may = cpumask_and(t->allowed, mach.online);
	if (cpumask_empty(may)) {
		may = mach.active;
		if (t != cpu_of(t)->ksoftirqd)	/* the kernel parks ksoftirqd */
			t->allowed = cpu_possible_mask();
	}
	return may;
}

#define BALANCE_NS 50000000u	/* as measured on a real kernel */

/*
 * True if real-time threads run on all CPUs of @prev's cache.  An ordinary thread then
 * stays there: a wake-up does not look beyond the cache, only load balancing does, now
 * and then.
 */
static bool cache_is_realtime(const struct task *t, int prev, struct cpumask may)
{
	int cpu;

	if (textbook() || !is_fair(t))
		return false;
	for_each_cpu(cpu, cpumask_and(may, cpu_llc_mask(prev)))
		if (!mach.cpus[cpu].curr->rt_prio)
			return false;
	return true;
}

unsigned int sched_load(const struct cpu *c)
{
	return c->nr_queued + !c->curr->is_idle;
}

/* The previous CPU if idle, else an idle one of its cache, else an idle one, else the shortest queue. */
static int default_cpu(struct task *t, struct cpumask may)
{
	int prev = t->wake_cpu >= 0 ? t->wake_cpu : t->cpu, cpu, best = -1;
	unsigned int shortest = ~0u;

	t->wake_cpu = -1;
	if (!cpumask_test_cpu(prev, may))
		prev = cpumask_first(may);
	if (cpumask_weight(may) == 1 || cpu_is_idle(&mach.cpus[prev]))
		return prev;
	for_each_cpu(cpu, cpumask_and(may, cpu_llc_mask(prev)))
		if (cpu_is_idle(&mach.cpus[cpu]))
			return cpu;
	if (cache_is_realtime(t, prev, may))
		return prev;
	for_each_cpu(cpu, may)
		if (cpu_is_idle(&mach.cpus[cpu]))
			return cpu;
	for_each_cpu(cpu, may) {
		struct cpu *c = &mach.cpus[cpu];
		unsigned int n = sched_load(c);

		if (n < shortest || (n == shortest && cpu == prev)) {
			shortest = n;
			best = cpu;
		}
	}
	return best;
}

static int select_cpu(struct task *t)
{
	struct cpumask may = usable_cpus(t);
	int cpu = default_cpu(t, may);

	return unlikely(mach.choosing) ? choice_place(t, cpu, may) : cpu;
}

/* @t waits behind a real-time thread on @from, @to has another cache, and the balancing time is not over. */
static bool not_yet_for(const struct cpu *to, const struct cpu *from, const struct task *t)
{
	return from->curr->rt_prio && !cpumask_test_cpu(to->id, cpu_llc_mask(from->id)) &&
	       to->now < t->queued_ns + BALANCE_NS;
}

/* @to is about to go idle: moves a waiting thread from the longest queue to it. */
static bool pull(struct cpu *to)
{
	struct cpu *from, *longest = NULL;
	struct task *t, *take = NULL;

	for_each_mach_cpu(from)
		if (from != to && from->nr_queued && (!longest || from->nr_queued > longest->nr_queued)) {
			list_for_each_entry(t, &from->fair, rq_entry)
				if (cpumask_test_cpu(to->id, t->allowed) && !not_yet_for(to, from, t)) {
					longest = from;
					take = t;
					break;
				}
		}
	if (!take)
		return false;
	unqueue(longest, take);
	fair_leave(longest, take);
	take->cpu = to->id;
	TRACE(SCHED_MIGRATE, .task = take->id, .orig_cpu = longest->id, .dest_cpu = to->id);
	enqueue(to, take, true);
	return true;
}

/* ---- waking ------------------------------------------------------------------------------ */

static void make_runnable(struct task *t, int cpu)
{
	struct cpu *c = &mach.cpus[cpu];

	t->cpu = cpu;
	enqueue(c, t, !textbook());
	t->wake_cause = TRACE(SCHED_WAKEUP, .task = t->id, .target_cpu = cpu);
	if (more_urgent(c, t))
		resched_cpu(c);
}

static void start_on(struct task *t, int cpu)
{
	t->started = true;
	atomic_store_explicit(&t->state, TASK_RUNNING, memory_order_relaxed);
	make_runnable(t, cpu);
}

void lockstep_task_start(struct task *t)
{
	start_on(t, t->cpu);
}

/* The wake-up is complete: returns NULL, so wake_up_end() is not called. */
struct task *lockstep_wake_up_begin(struct task *t)
{
	lockstep_wake_up_process(t);
	return NULL;
}

bool lockstep_wake_up_process(struct task *t)
{
	int state;

	mach_sync();
	state = atomic_load_explicit(&t->state, memory_order_relaxed);
	if (state == TASK_RUNNING || state == TASK_DEAD)
		return false;
	if (!t->started) {
		start_on(t, select_cpu(t));
		mach_charge(COST_WAKE);
		return true;
	}
	atomic_store_explicit(&t->state, TASK_RUNNING, memory_order_relaxed);
	if (!t->on_rq)		/* else it has not blocked yet, and its schedule() returns at once */
		make_runnable(t, select_cpu(t));
	mach_charge(COST_WAKE);
	return true;
}

/* ---- switching ------------------------------------------------------------------------------ */

static enum trace_task_state leaving_state(const struct task *t, bool preempted)
{
	switch (atomic_load_explicit(&t->state, memory_order_relaxed)) {
	case TASK_RUNNING:	return preempted ? TSK_PREEMPTED : TSK_RUNNING;
	case TASK_IDLE:		return TSK_IDLE;
	case TASK_DEAD:		return TSK_DEAD;
	default:		return TSK_SLEEPING;
	}
}

static struct task *next_or_idle(struct cpu *c)
{
	struct task *next = pick_next(c);

	if (!next && cpumask_test_cpu(c->id, mach.active) && !textbook() && pull(c))
		next = pick_next(c);
	if (unlikely(mach.choosing) && !c->goes_first)
		next = choice_pick(c, next);
	return next ? next : c->idle;
}

/* True if @me continues to run because no queued thread is better. */
static bool goes_on(struct cpu *c, struct task *me, bool preempted)
{
	struct task *next;

	if (me->aside)
		return false;
	if (c->migrate_curr || (!preempted && atomic_load_explicit(&me->state, memory_order_relaxed) != TASK_RUNNING))
		return false;
	next = pick_next(c);
	if (!next)
		return true;
	if (me->is_idle)
		return false;
	if (next->rt_prio != me->rt_prio)
		return next->rt_prio < me->rt_prio;
	if (next->id == c->goes_first)
		return false;
	if (me->rt_prio || textbook())
		return !me->yields;	/* fifo: runs until it blocks */
	/* its slice is protected; after it pick_fair() decides */
	if (me->vruntime < me->deadline)
		return true;
	return false;
}

/* An idle CPU has no tick. */
static void tick_start(struct cpu *c)
{
	uint64_t n;

	if (event_pending(&c->tick) || c->curr->is_idle)
		return;
	n = c->now > c->tick_phase ? (c->now - c->tick_phase) / mach.tick_ns + 1 : 1;
	c->tick.housekeeping = true;
	c->tick.cause = 0;
	event_post(&c->tick, c->id, n * mach.tick_ns + c->tick_phase);
}

static void tick_stop(struct cpu *c)
{
	event_cancel(&c->tick);
}

static void switch_to(struct cpu *c, struct task *me, struct task *next, bool preempted)
{
	/* No virtual time has passed since give_way() in sched_block(), so no other CPU can act here. */
	TRACE(SCHED_SWITCH, .prev = me->id, .prev_state = leaving_state(me, preempted), .next = next->id);
	me->on_cpu = false;
	next->on_cpu = true;
	next->on_rq = true;
	c->curr = next;
	if (next->wake_cause) {
		next->cause = next->wake_cause;
		next->wake_cause = 0;
	}
	c->exec_start = c->now;
	if (next->is_idle)
		tick_stop(c);
	else
		tick_start(c);
	mach_charge(COST_SWITCH);
}

/*
 * The running thread @me may not stay on @c: queues it on a CPU where it may run.  The caller
 * changes me->cpu after the switch, because @me acts on @c until then.
 */
static int move_running(struct cpu *c, struct task *me)
{
	int to;

	c->migrate_curr = false;
	c->curr = c->idle;	/* so that select_cpu() does not count @me here */
	to = select_cpu(me);
	c->curr = me;
	enqueue(&mach.cpus[to], me, !textbook());
	TRACE(SCHED_MIGRATE, .task = me->id, .orig_cpu = c->id, .dest_cpu = to);
	if (more_urgent(&mach.cpus[to], me))
		resched_cpu(&mach.cpus[to]);
	return to;
}

/* Switches to the next thread; returns when this one runs again. */
void sched_block(bool preempted)
{
	struct task *me = mach_cur, *next;
	struct cpu *c;
	int to = -1;

	give_way();
	c = this_cpu();
	c->irq_off++;		/* no interrupt until the hand-over */
	sched_account(c);
	c->need_resched = false;
	if (goes_on(c, me, preempted)) {
		c->irq_off--;
		return;
	}
	if (!me->is_idle) {
		if (is_fair(me))
			fair_leave(c, me);
		me->on_rq = false;
		if (me->aside) {
			/* on no queue until mach_release() */
		} else if (preempted || atomic_load_explicit(&me->state, memory_order_relaxed) == TASK_RUNNING) {
			if (is_fair(me) && me->vruntime >= me->deadline)
				me->deadline = me->vruntime + weighted(SLICE_NS, me);
			if (c->migrate_curr)
				to = move_running(c, me);
			else
				enqueue(c, me, false);
		}
	}
	c->migrate_curr = false;
	next = next_or_idle(c);
	if (next != c->idle)
		unqueue(c, next);
	if (next == me) {
		next->on_rq = true;
		c->irq_off--;
		return;
	}
	switch_to(c, me, next, preempted);
	if (to >= 0)
		me->cpu = to;
	c->irq_off--;
	c->mode = CPU_CODE;
	if (atomic_load_explicit(&me->state, memory_order_relaxed) == TASK_DEAD)
		dispatch_exit();
	dispatch();
}

void lockstep_schedule(void)
{
	struct task *me = mach_cur;
	bool worker, idle;

	if (me->is_director)
		return;
	if (mach_in_atomic()) {
		atomic_report("schedule");
		atomic_store_explicit(&me->state, TASK_RUNNING, memory_order_relaxed);
		return;
	}
	worker = me->worker && mach.ops;
	idle = atomic_load_explicit(&me->state, memory_order_relaxed) == TASK_IDLE;
	if (worker && atomic_load_explicit(&me->state, memory_order_relaxed) != TASK_RUNNING &&
	    mach.ops->worker_sleeping)
		mach.ops->worker_sleeping(me);
	sched_block(false);
	if (unlikely(mach.worker_woken) && worker && idle)
		mach.worker_woken();
	if (worker && mach.ops->worker_running)
		mach.ops->worker_running(me);
}

void lockstep_cond_resched(void)
{
	struct cpu *c;

	mach_sync();
	c = this_cpu();
	if (c && c->need_resched && !mach_in_atomic())
		sched_block(true);
	else if (unlikely(mach.choosing))
		choice_preempt();
}

void lockstep_mach_item_end(void)
{
	struct cpu *c;

	lockstep_cond_resched();
	c = this_cpu();
	if (!c || !textbook() || !c->nr_queued || mach_in_atomic())
		return;
	mach_cur->yields = true;
	sched_block(true);
	mach_cur->yields = false;
}

/* ---- threads that are set aside --------------------------------------------------------------- */

void mach_hold(void)
{
	struct task *me = mach_cur;

	if (me->is_director || me->is_idle || mach_in_atomic())
		return;
	me->aside = true;
	while (me->aside)
		sched_block(true);
}

void mach_release(struct task *t)
{
	struct cpu *c;

	if (!t->aside)
		return;
	t->aside = false;
	t->cpu = select_cpu(t);		/* its CPU may have gone off line */
	c = cpu_of(t);
	enqueue(c, t, !textbook());
	if (more_urgent(c, t))
		resched_cpu(c);
}

bool mach_is_held(const struct task *t)
{
	return t->aside;
}

bool mach_is_runnable(const struct task *t)
{
	return !t->aside && !t->dead && t->started && (t->on_rq || t->on_cpu);
}

void mach_on_worker_woken(void (*fn)(void))
{
	mach.worker_woken = fn;
}

/* ---- the tick --------------------------------------------------------------------------------- */

/* Tick of a real-time thread: moves a fair thread that has waited for BALANCE_NS to an idle CPU. */
static void balance(struct cpu *c)
{
	struct task *t;
	int cpu;

	list_for_each_entry(t, &c->fair, rq_entry) {
		if (c->now < t->queued_ns + BALANCE_NS)
			continue;
		for_each_cpu(cpu, cpumask_and(t->allowed, mach.online))
			if (cpu_is_idle(&mach.cpus[cpu])) {
				unqueue(c, t);
				fair_leave(c, t);
				TRACE(SCHED_MIGRATE, .task = t->id, .orig_cpu = c->id, .dest_cpu = cpu);
				t->cpu = cpu;
				enqueue(&mach.cpus[cpu], t, true);
				resched_cpu(&mach.cpus[cpu]);
				return;
			}
	}
}

static void sched_tick(struct cpu *c)
{
	sched_account(c);
	if (c->curr->rt_prio && !textbook())
		balance(c);
	if (!is_fair(c->curr) || textbook() || list_empty(&c->fair))
		return;
	if (c->curr->vruntime >= c->curr->deadline)
		c->need_resched = true;
}

static void tick_fires(struct mach_event *ev)
{
	struct cpu *c = ev->arg;
	struct task *t = c->curr;

	mach_charge(COST_TICK);
	TRACE(TICK, .count = lockstep_jiffies_now());
	timers_look(c);
	sched_tick(c);
	if (t->worker && mach.ops && mach.ops->worker_tick)
		mach.ops->worker_tick(t);
	tick_start(c);
}

/* ---- the idle thread ------------------------------------------------------------------------------ */

int idle_main(void *arg)
{
	struct cpu *c = arg;

	for (;;) {
		if (c->nr_queued) {
			sched_block(true);
			continue;
		}
		if (cpumask_test_cpu(c->id, mach.active) && !textbook() && pull(c))
			continue;
		if (c->next_event > c->now) {
			c->mode = c->online ? CPU_IDLE : CPU_OFF;
			dispatch();
			c->mode = CPU_CODE;
		}
		if (c->next_event != NS_NEVER && c->next_event > c->now)
			c->now = c->next_event;
		irqs_run(c);
	}
	return 0;
}

void sched_boot_cpu(struct cpu *c)
{
	INIT_LIST_HEAD(&c->rt);
	INIT_LIST_HEAD(&c->fair);
	event_init(&c->tick, tick_fires, c);
	event_init(&resched_events[c->id], resched_arrives, c);
	if (mach.cfg.vary_costs)
		c->tick_phase = rng_below(draw(c, SITE_TICK), mach.tick_ns);
}

/* ---- attributes ----------------------------------------------------------------------------------- */

static void requeue_elsewhere(struct cpu *c, struct task *t)
{
	unqueue(c, t);
	if (is_fair(t))
		fair_leave(c, t);
	t->on_rq = false;
	make_runnable(t, select_cpu(t));
}

int lockstep_allow_cpus(struct task *t, struct cpumask mask)
{
	struct cpu *c;

	mach_sync();
	if (t->started && !cpumask_equal(t->allowed, mask))
		TRACE(TASK_ALLOWED, .task = t->id, .cpus = mask.bits);
	t->allowed = mask;
	if (!t->started)
		return 0;
	c = cpu_of(t);
	if (cpumask_test_cpu(t->cpu, mask) || cpumask_empty(cpumask_and(mask, mach.online)))
		return 0;
	if (c->curr == t) {
		c->migrate_curr = true;
		resched_cpu(c);
		if (mach_in_atomic() || mach_cur->is_director)
			return 0;
		if (t == mach_cur)
			lockstep_cond_resched();
		else
			on_cpu(c->id, NULL);	/* @t has left when this thread has run on its CPU */
	} else if (t->on_rq) {
		requeue_elsewhere(c, t);
	}
	return 0;
}

void lockstep_task_set_wake_cpu(struct task *t, int cpu)
{
	t->wake_cpu = cpu;
}

void lockstep_task_set_worker(struct task *t, void *worker)
{
	t->worker = worker;
}

void sched_migrate_all(struct cpu *dead)
{
	struct task *t, *n;

	list_for_each_entry_safe(t, n, &dead->rt, rq_entry)
		requeue_elsewhere(dead, t);
	list_for_each_entry_safe(t, n, &dead->fair, rq_entry)
		requeue_elsewhere(dead, t);
}

/* ---- creation and end of a thread ----------------------------------------------------------------- */

int lockstep_task_create(struct task *t)
{
	int err = baton_create(t);

	if (!err)
		return 0;
	/*
	 * To go on would be another run: the engine would meet a failure that this run's inputs do not
	 * contain.  The lesson has no part in it, so the process ends here, without a further event.
	 */
	shortage_end(err, t->comm);
}

static bool creation_works(void *arg)
{
	(void)arg;
	return !mach.creation_stalled;
}

void lockstep_creation_wait(void)
{
	struct task *me = mach_cur;
	uint64_t took = mach.booting ? 0 : mach_cost_ns(COST_CREATE);

	if (me->is_director)
		return;
	if (mach.cfg.vary_costs && took)
		took = (uint64_t)rng_between(draw_task(me, SITE_CREATE), 50000, 300000);
	task_set_where(me, "kthread_create_on_node");
	lockstep_mach_sleep_until_ns(lockstep_ktime_get_ns() + took);
	task_set_where(me, "kthread_create_on_node");
	wait_event(&mach.creation_wait, creation_works, NULL);
	task_set_where(me, NULL);
}

/* Called when the function of the task has returned. */
_Noreturn void task_main_end(void)
{
	struct task *me = mach_cur;

	task_report_leaks();
	TRACE(TASK_EXIT, .task = me->id);
	atomic_store_explicit(&me->exited, true, memory_order_release);
	wake_up(&me->exit_wait);
	me->dead = true;
	mach.nr_tasks--;
	atomic_store_explicit(&me->state, TASK_DEAD, memory_order_relaxed);
	sched_block(false);
	abort();	/* not reached: a dead task never runs again */
}

/* Tasks stay allocated until the run ends. */
void lockstep_task_reap(struct task *t)
{
	(void)t;
}

void lockstep_task_forget(struct task *t)
{
	(void)t;
}
