/*
 * workqueue/rescuer.c - rescuers: run items while no worker can be created.
 *
 * Creating a thread needs memory, and freeing memory may need an item to run for which there is
 * no worker.  So a workqueue with WQ_MEM_RECLAIM has a thread in reserve, its rescuer.  While
 * the manager of a pool is blocked in creating a worker, the mayday timer calls the rescuers of
 * all pwqs that have items on the pool.  Each rescuer runs the items of its own workqueue, one
 * at a time, as long as the pool needs a worker.
 *
 * A cursor marks the rescuer's position in a worklist: an entry that is not an item.  A worker
 * that finds it removes it.
 *
 * Lives here:   the mayday timer, mayday lists, rescuer threads.
 * Never here:   creating workers (worker.c).
 * Read before:  worker.c.      Rules: R7.1..R7.10.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

/* ---- calling for help ------------------------------------------------------------- */

static void mayday_timer_event(struct worker_pool *pool, unsigned int state)
{
	TRACE(MAYDAY_TIMER, .pool = pool->tid, .state = state,
	      .expires = state ? jiffies_to_ns(pool->mayday_timer.expires) : 0);
}

/* Called by the manager before it creates a worker. */
void mayday_timer_start(struct worker_pool *pool)
{
	/* The first expiry can cause something; the repeated ones are housekeeping. */
	timer_set_housekeeping(&pool->mayday_timer, false);
	mod_timer(&pool->mayday_timer, jiffies + MAYDAY_INITIAL_TIMEOUT);
	mayday_timer_event(pool, 1);
}

void mayday_timer_stop(struct worker_pool *pool)
{
	timer_delete_sync(&pool->mayday_timer);
	mayday_timer_event(pool, 0);
}

/* Pool and mayday lock held.  Adds the pwq to the list unless it is on it (R7.3). */
static void send_mayday(struct pool_workqueue *pwq)
{
	struct workqueue_struct *wq = pwq->wq;
	bool listed = !list_empty(&pwq->mayday_node), first = pwq->mayday_round != wqe.mayday_round;
	struct trace_why why = BECAUSE(MAYDAY, wq->rescuer && !listed, !!wq->rescuer, listed);

	pwq->mayday_round = wqe.mayday_round;
	if (!wq->rescuer) {
		if (first)	/* emitted once for each round, not for each item */
			TRACE_WHY(MAYDAY_NONE, why, .pwq = pwq->tid, .wq = wq->tid, .pool = pwq->pool->tid);
		return;
	}
	if (listed)
		return;
	get_pwq(pwq);
	list_add_tail(&pwq->mayday_node, &wq->maydays);
	pwq->stats[PWQ_STAT_MAYDAY]++;
	TRACE_WHY(MAYDAY, why, .pwq = pwq->tid, .wq = wq->tid, .pool = pwq->pool->tid);
	wake_up_process(wq->rescuer->task);
}

/* Pool and mayday lock held. */
static void send_maydays(struct worker_pool *pool, bool quiet)
{
	struct work_struct *work;

	wqe.mayday_round++;
	list_for_each_entry(work, &pool->worklist, entry) {
		struct pool_workqueue *pwq = get_work_pwq(work);

		if (!quiet || pwq->wq->rescuer)
			send_mayday(pwq);
	}
}

void call_rescuers(struct worker_pool *pool)
{
	raw_spin_lock(&wqe.mayday_lock);
	send_maydays(pool, true);
	raw_spin_unlock(&wqe.mayday_lock);
}

/* Softirq.  The manager has not created a worker in time. */
void pool_mayday_timeout(struct timer_list *t)
{
	struct worker_pool *pool = container_of(t, struct worker_pool, mayday_timer);
	unsigned long flags;

	pool_lock_irqsave(pool, &flags);
	raw_spin_lock(&wqe.mayday_lock);
	mayday_timer_event(pool, 2);
	if (need_to_create_worker(pool))
		send_maydays(pool, false);
	raw_spin_unlock(&wqe.mayday_lock);
	pool_unlock_irqrestore(pool, flags);
	timer_set_housekeeping(&pool->mayday_timer, true);
	mod_timer(&pool->mayday_timer, jiffies + MAYDAY_INTERVAL);
	mayday_timer_event(pool, 3);
}

/* ---- the rescuer at work ------------------------------------------------------------- */

void mayday_cursor_func(struct work_struct *work)
{
	(void)work;
	bug_on(true);		/* never assigned, so never called */
}

/*
 * Pool lock held.  Takes the next item of @pwq from its pool's worklist, if the pool still
 * needs a worker; the cursor then marks where to continue (R7.5).
 */
static bool assign_rescuer_work(struct pool_workqueue *pwq, struct worker *rescuer)
{
	struct worker_pool *pool = pwq->pool;
	struct work_struct *cursor = &pwq->mayday_cursor, *work, *next;
	struct trace_why why = BECAUSE(RESCUE, 1, pwq->nr_active, 1);

	if (!pwq->nr_active || !(believes(FAST_LANE) || need_to_create_worker(pool)))
		return false;
	if (list_empty(&cursor->entry)) {
		work = list_first_entry(&pool->worklist, struct work_struct, entry);
	} else {
		work = list_next_entry(cursor, entry);
		list_del_init(&cursor->entry);
	}
	list_for_each_entry_safe_from(work, next, &pool->worklist, entry) {
		if (get_work_pwq(work) != pwq || work->func == mayday_cursor_func)
			continue;
		if (!assign_work(work, rescuer, &next))
			continue;	/* a worker still runs it: that worker runs it again */
		TRACE_WHY(RESCUE, why, .worker = rescuer->tid, .item = work->id, .pwq = pwq->tid);
		pwq->stats[PWQ_STAT_RESCUED]++;
		list_add_tail(&cursor->entry, &next->entry);
		return true;
	}
	return false;
}

/*
 * Pool lock held, mayday lock not.  Return: the batch is over, and the rescuer turns to the
 * first pwq on the list.  @pwq itself is on the list then: a mayday may have listed it
 * meanwhile, and that entry alone ends the batch too (R7.5).
 */
static bool batch_is_over(struct pool_workqueue *pwq, unsigned int done)
{
	struct workqueue_struct *wq = pwq->wq;
	bool over = false;

	if (done <= RESCUER_BATCH)
		return false;
	raw_spin_lock(&wqe.mayday_lock);
	if (!list_empty(&wq->maydays) && pwq->nr_active && need_to_create_worker(pwq->pool)) {
		wqe.mayday_round++;
		send_mayday(pwq);
		over = true;
	}
	raw_spin_unlock(&wqe.mayday_lock);
	return over;
}

/* No lock held.  @pwq was removed from the list, whose reference the caller holds. */
static void rescue_pwq(struct worker *rescuer, struct pool_workqueue *pwq)
{
	struct worker_pool *pool = pwq->pool;
	unsigned int done = 0;

	worker_attach_to_pool(rescuer, pool);
	pool_lock_irq(pool);
	while (assign_rescuer_work(pwq, rescuer)) {
		process_scheduled_works(rescuer);
		if (batch_is_over(pwq, ++done))
			break;
	}
	if (list_empty(&pwq->mayday_node))
		list_del_init(&pwq->mayday_cursor.entry);
	/* The rescuer leaves the pool, and no worker of it may be running: wake one (R7.6). */
	kick_pool(pool, 0);
	worker_mark_dirty(rescuer);
	pool_unlock_irq(pool);
	worker_detach_from_pool(rescuer);
	TRACE(RESCUER_END, .worker = rescuer->tid, .wq = pwq->wq->tid, .pool = pool->tid);
	put_pwq_unlocked(pwq);
}

static struct pool_workqueue *next_mayday(struct worker *rescuer)
{
	struct workqueue_struct *wq = rescuer->rescue_wq;
	struct pool_workqueue *pwq;

	raw_spin_lock_irq(&wqe.mayday_lock);
	pwq = list_first_entry_or_null(&wq->maydays, struct pool_workqueue, mayday_node);
	if (pwq) {
		list_del_init(&pwq->mayday_node);
		TRACE(RESCUER_BEGIN, .worker = rescuer->tid, .wq = wq->tid, .pwq = pwq->tid,
		      .pool = pwq->pool->tid);
	}
	raw_spin_unlock_irq(&wqe.mayday_lock);
	return pwq;
}

static int rescuer_thread(void *data)
{
	struct worker *rescuer = data;

	for (;;) {
		struct pool_workqueue *pwq;
		bool stop, rescued = false;

		set_current_state(TASK_IDLE);
		/* Read this before the list is checked once more, so that the list is empty at exit. */
		stop = kthread_should_stop();
		while ((pwq = next_mayday(rescuer))) {
			set_current_state(TASK_RUNNING);
			rescue_pwq(rescuer, pwq);
			rescued = true;
		}
		if (stop)
			break;
		/* kthread_stop() did not wake us if we were busy: check again before sleeping. */
		if (!rescued)
			schedule();
	}
	set_current_state(TASK_RUNNING);
	task_set_worker(rescuer->task, NULL);
	TRACE(WORKER_DIE, .worker = rescuer->tid);
	return 0;
}

/* ---- making one, ending one -------------------------------------------------------------- */

/*
 * New attributes are applied to the rescuer too, under the workqueue's mutex, so it must not be
 * created or stopped meanwhile.  In lockstep no time passes while this would be held.
 */
static void attrs_lock(struct workqueue_struct *wq, bool on)
{
	if (mach_lockstep)
		return;
	if (on)
		wq_lock(wq);
	else
		wq_unlock(wq);
}

int init_rescuer(struct workqueue_struct *wq)
{
	struct worker *rescuer = alloc_worker();
	char name[WORKER_ID_LEN];
	struct cpumask mask;

	if (!rescuer)
		return -ENOMEM;
	snprintf(name, sizeof(name), "kworker/R-%s", wq->name);
	rescuer->id = -1;
	rescuer->rescue_wq = wq;
	rescuer->task = kthread_create_on_node(rescuer_thread, rescuer, NUMA_NO_NODE, "%s", name);
	if (IS_ERR(rescuer->task)) {
		int err = (int)PTR_ERR(rescuer->task);

		pr_err("workqueue: Failed to create a rescuer kthread for wq \"%s\": %d", wq->name, err);
		kfree(rescuer);
		return err;
	}
	attrs_lock(wq, true);
	mask = wq->flags & WQ_UNBOUND ? wq_effective_cpumask(wq) : cpu_possible_mask();
	set_user_nice(rescuer->task, RESCUER_NICE_LEVEL);
	set_cpus_allowed(rescuer->task, mask);
	task_set_worker(rescuer->task, rescuer);
	rescuer->tid = mach_new_id(CLS_WORKER);
	trace_def(CLS_WORKER, rescuer->tid, 0, 0, name);
	TRACE(RESCUER_NEW, .worker = rescuer->tid, .wq = wq->tid, .kthread = task_id(rescuer->task));
	raw_spin_lock_irq(&wqe.mayday_lock);
	wq->rescuer = rescuer;
	raw_spin_unlock_irq(&wqe.mayday_lock);
	attrs_lock(wq, false);
	wake_up_process(rescuer->task);
	return 0;
}

void stop_rescuer(struct workqueue_struct *wq)
{
	struct worker *rescuer = wq->rescuer;

	if (!rescuer)
		return;
	attrs_lock(wq, true);
	raw_spin_lock_irq(&wqe.mayday_lock);
	wq->rescuer = NULL;		/* no more maydays */
	raw_spin_unlock_irq(&wqe.mayday_lock);
	attrs_lock(wq, false);
	kthread_stop(rescuer->task);
	kfree(rescuer);
}
