/*
 * workqueue/belief.c - beliefs: the engine with one rule changed, to show where a wrong idea leads.
 *
 * wq_believe() turns a belief on for the rest of the run; at that moment the run stops being
 * evidence of anything but the belief, so bug_on() is suspended too.  A belief whose branch is
 * one condition is written at the place of the rule; longer steps are functions of this file.
 * Workers can be made and ended only by a thread, so these beliefs post an item of the system's
 * unbound workqueue, as the culling of idle workers does.
 *
 * Lives here:   names of beliefs, turning one on, the steps of beliefs.
 * Never here:   which choice of a lesson has which belief (lua/lib/question.lua).
 * Read before:  beliefs.def.   Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#ifndef KW_FREE_ONLY

#include <string.h>

#include "base/check.h"

static const struct {
	const char *name, *line;
} beliefs[WQ_BELIEF_NR] = {
	[WQ_BELIEF_NONE] = { "", "" },
#define BELIEF(id, name, what, line) [WQ_BELIEF_##id] = { name, line },
#include "workqueue/beliefs.def"
#undef BELIEF
};

/* Queueings of a pending item that count-calls still owes a run. */
#define CALLS_MAX 64

static struct owed {
	struct work_struct *work;
	struct workqueue_struct *wq;
	int cpu;
} owed[CALLS_MAX];
static unsigned int nr_owed;

static struct work_struct helper;	/* create-at-queue, exact-workers */
static bool helper_posted;

enum wq_belief wq_belief_find(const char *name)
{
	for (int i = WQ_BELIEF_NONE + 1; i < WQ_BELIEF_NR; i++)
		if (!strcmp(beliefs[i].name, name))
			return (enum wq_belief)i;
	return WQ_BELIEF_NONE;
}

const char *wq_belief_name(enum wq_belief belief)
{
	return beliefs[belief].name;
}

const char *wq_belief_line(enum wq_belief belief)
{
	return beliefs[belief].line;
}

/* ---- conditions: pool lock held ------------------------------------------------------ */

static bool runs_an_item(struct worker_pool *pool)
{
	for (int i = 0; i < BUSY_WORKER_HASH; i++)
		if (pool->busy_hash[i].first)
			return true;
	return false;
}

/* The first of the pool's workers that put-back-to-sleep has stopped, NULL = none. */
static struct worker *put_back_worker(struct worker_pool *pool)
{
	struct worker *worker;

	list_for_each_entry(worker, &pool->workers, node)
		if (worker->put_back)
			return worker;
	return NULL;
}

bool belief_needs_more(struct worker_pool *pool)
{
	bool real = !list_empty(&pool->worklist) && !nr_running(pool);

	switch (wqe.belief) {
	case WQ_BELIEF_WAKE_ALL: return !list_empty(&pool->worklist);
	case WQ_BELIEF_WAKE_NONE: return real && !runs_an_item(pool);
	case WQ_BELIEF_PUT_BACK_TO_SLEEP: return real && !put_back_worker(pool);
	default: return real;
	}
}

bool belief_no_reserve(const struct worker_pool *pool)
{
	return pool->cpu >= 0 && (believes(CREATE_AT_QUEUE) || believes(EXACT_WORKERS));
}

int belief_nr_active(struct workqueue_struct *wq)
{
	int cpu, n = 0;

	for_each_cpu(cpu, cpu_possible_mask())
		n += atomic_load(&wq->cpu_pwq[cpu])->nr_active;
	return n;
}

/* Lock of @pwq's pool held; it is released in between.  one-limit: gives the free slot to an item of any CPU. */
void belief_hand_slot_on(struct pool_workqueue *pwq, uint64_t cause)
{
	struct workqueue_struct *wq = pwq->wq;
	int cpu;

	if (pwq_activate_first_inactive(pwq, false, cause))
		return;
	pwq->retiring++;
	for_each_cpu(cpu, cpu_possible_mask()) {
		struct pool_workqueue *other = atomic_load(&wq->cpu_pwq[cpu]);
		bool done;

		if (other == pwq || list_empty(&other->inactive_works))
			continue;
		pool_unlock(pwq->pool);
		pool_lock(other->pool);
		done = pwq_activate_first_inactive(other, false, cause);
		if (done)
			kick_pool(other->pool, cause);
		pool_unlock(other->pool);
		pool_lock(pwq->pool);
		if (done)
			break;
	}
	pwq->retiring--;
}

/* ---- count-calls, pending-until-return, put-back-to-sleep, cancel-kills ------------------ */

bool belief_count_call(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	if (nr_owed < CALLS_MAX)
		owed[nr_owed++] = (struct owed){ work, wq, cpu };
	return true;
}

/* No lock held; @work has just started, so it can be queued again. */
void belief_call_again(struct work_struct *work)
{
	for (unsigned int i = 0; i < nr_owed; i++) {
		struct owed o = owed[i];

		if (o.work != work)
			continue;
		nr_owed--;
		memmove(&owed[i], &owed[i + 1], (nr_owed - i) * sizeof(owed[0]));
		queue_work_on(o.cpu, o.wq, work);
		return;
	}
}

/* Pool lock held, the function has returned.  Clears PENDING unless the item was queued anew. */
void belief_returned(struct work_struct *work)
{
	uint64_t data = work_data(work);

	if (data & WORK_STRUCT_PENDING && !(data & WORK_STRUCT_PWQ))
		set_work_pool_and_clear_pending(work, work_data_pool(data), work_data_depth(data));
}

/* The worker's own thread, after a sleep inside its item; no lock held. */
void belief_put_back(struct worker *worker)
{
	if (nr_running(worker->pool) <= 1)
		return;
	worker->put_back = true;
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	worker->put_back = false;
}

/* Pool lock held, nr_running has become 0. */
void belief_wake_put_back(struct worker_pool *pool)
{
	struct worker *worker = put_back_worker(pool);

	if (worker)
		pool_wake(pool, worker->task);
}

void belief_kill(struct work_struct *work)
{
	struct worker_pool *pool;
	struct worker *worker;

	rcu_read_lock();
	pool = get_work_pool(work);
	if (pool) {
		pool_lock_irq(pool);
		worker = find_worker_executing_work(pool, work);
		if (worker)
			worker->killed = true;
		pool_unlock_irq(pool);
	}
	rcu_read_unlock();
}

bool wq_current_is_killed(void)
{
	struct worker *worker = believes(CANCEL_KILLS) ? current_worker() : NULL;

	return worker && worker->killed;
}

/* ---- flush-waits-timers -------------------------------------------------------------------- */

static bool waits_for(const struct timer_list *t, const void *wq)
{
	return t->function == delayed_work_timer_fn &&
	       container_of(t, struct delayed_work, timer)->wq == wq;
}

void belief_wait_for_timers(struct workqueue_struct *wq)
{
	struct timer_list *t;

	while ((t = mach_timer_find(waits_for, wq))) {
		long left = (long)(t->expires - jiffies);

		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(left > 0 ? left : 1);
	}
}

/* ---- create-at-queue, exact-workers: with the help of an item ---------------------- */

static void help_pool(struct worker_pool *pool)
{
	bool create;

	pool_lock_irq(pool);
	create = !pool->nr_idle && (believes(CREATE_AT_QUEUE) || need_more_worker(pool));
	pool_unlock_irq(pool);
	if (create)
		create_worker(pool);
	else if (believes(EXACT_WORKERS))
		idle_cull_fn(&pool->idle_cull_work);
}

static void helper_fn(struct work_struct *work)
{
	int cpu;

	(void)work;
	helper_posted = false;
	for_each_cpu(cpu, cpu_online_mask())
		for (int prio = 0; prio < NR_STD_WORKER_POOLS; prio++)
			if (wqe.cpu_pools[cpu][prio]->belief_helps) {
				wqe.cpu_pools[cpu][prio]->belief_helps = false;
				help_pool(wqe.cpu_pools[cpu][prio]);
			}
}

static void post_helper(void *arg)
{
	(void)arg;
	queue_work(system_unbound_wq, &helper);
}

/* Any context, also with the pool's lock held: therefore the item is queued by an interrupt. */
void belief_help(struct worker_pool *pool)
{
	if (pool->cpu < 0)
		return;
	pool->belief_helps = true;
	if (helper_posted)
		return;
	helper_posted = true;
	irq_work_on(pool->cpu, post_helper, NULL);
}

/* ---- turning one on ------------------------------------------------------------------------------ */

void belief_boot(void)
{
	wqe.belief = WQ_BELIEF_NONE;
	check_suspended = false;
	nr_owed = 0;
	helper_posted = false;
}

static void rescue_pool(void *arg)
{
	struct worker_pool *pool = arg;
	unsigned long flags;

	pool_lock_irqsave(pool, &flags);
	call_rescuers(pool);
	pool_unlock_irqrestore(pool, flags);
}

void wq_believe(enum wq_belief belief)
{
	bug_on(!mach_lockstep);
	wqe.belief = belief;
	check_suspended = belief != WQ_BELIEF_NONE;
	work_init_quiet(&helper, helper_fn, "belief_helper");
	if (belief == WQ_BELIEF_FAST_LANE)	/* items that wait already */
		for (int cpu = 0; cpu < nr_cpu_ids(); cpu++)
			for (int prio = 0; prio < NR_STD_WORKER_POOLS; prio++)
				if (cpu_online(cpu) && !list_empty(&wqe.cpu_pools[cpu][prio]->worklist))
					irq_work_on(cpu, rescue_pool, wqe.cpu_pools[cpu][prio]);
}

/* Hard interrupt. */
static void fill_believed(void *arg)
{
	struct workqueue_struct *wq = arg;

	rcu_read_lock();
	wq_fill(wq, 0);
	rcu_read_unlock();
}

void wq_believe_max_active(struct workqueue_struct *wq, int max_active)
{
	bool raised = max_active > wq->max_active;

	bug_on(!mach_lockstep);
	wq->saved_max_active = wq->max_active = max_active;
	wq_update_node_max_active(wq, -1);
	TRACE(WQ_MAX_ACTIVE, .wq = wq->tid, .max_active = (uint32_t)max_active, .min_active = (uint32_t)wq->min_active);
	if (raised)			/* the director has no CPU that could take the pools' locks */
		irq_work_on(cpumask_first(cpu_online_mask()), fill_believed, wq);
}

#endif
