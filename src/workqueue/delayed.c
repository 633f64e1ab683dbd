/*
 * workqueue/delayed.c - items that are queued after a delay or after a grace period.
 *
 * While its timer is armed, a delayed item is pending but not on a list; only the timer points
 * to it.  When the timer fires, the item is queued like any other, on the CPU where the timer
 * fired.
 *
 * Lives here:   queue_delayed_work*(), mod_delayed_work*(), rcu work, their flushes, one-shot helpers.
 * Never here:   the timers themselves (machine/lockstep/timer.c), cancelling (cancel.c).
 * Read before:  queue.c, cancel.c.      Rules: R6.6, R8.1..R8.9.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <stdio.h>

/*
 * A workqueue was destroyed while a timer or a grace period still had an item for it.  On a real
 * machine the result is undefined.  Lockstep does not access the freed memory, and reports the
 * item and the workqueue (R5.29).
 */
static bool wq_is_gone(struct workqueue_struct *wq, struct work_struct *work, const char *where)
{
	struct workqueue_struct *at;

	if (!mach_lockstep)
		return false;
	list_for_each_entry(at, &wqe.workqueues, list)
		if (at == wq)
			return false;
	mach_warn(BUG_USE_AFTER_FREE, where, work->id,
		  "BUG: KASAN: slab-use-after-free in %s: the workqueue that %s was meant for is gone", where,
		  work->func_name);
	return true;
}

/* ---- delayed ---------------------------------------------------------------------- */

/* Timer softirq.  The callback owns PENDING, which the armed timer has held. */
void delayed_work_timer_fn(struct timer_list *t)
{
	struct delayed_work *dwork = container_of(t, struct delayed_work, timer);
	unsigned long flags;
	uint64_t ev;

	if (unlikely(wq_is_gone(dwork->wq, &dwork->work, "delayed_work_timer_fn"))) {
		TRACE(DELAYED_FIRE, .item = dwork->work.id);
		return;
	}
	local_irq_save(&flags);
	ev = TRACE(DELAYED_FIRE, .item = dwork->work.id, .wq = dwork->wq->tid);
	mach_set_cause(ev ? ev : mach_cause());
	queue_work_irqoff(dwork->cpu, dwork->wq, &dwork->work);
	local_irq_restore(flags);
}

static bool timer_sane(struct delayed_work *dwork, struct workqueue_struct *wq)
{
	const char *bad = !wq ? "no workqueue"
		: dwork->timer.function != delayed_work_timer_fn ? "its timer was never set up"
		: timer_pending(&dwork->timer) ? "its timer is armed already"
		: !list_empty(&dwork->work.entry) ? "its entry is on a list already" : NULL;

	if (likely(!bad))
		return true;
	mach_warn_on(BUG_WQ_WARN, "__queue_delayed_work", dwork->work.id, "workqueue: %s: %s",
		     dwork->work.func_name, bad);
	return false;
}

/* kernel: __queue_delayed_work().  Interrupts off, PENDING held. */
static void queue_delayed_irqoff(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
				 unsigned long delay)
{
	struct timer_list *timer = &dwork->timer;
	uint64_t old = mach_cause(), ev;

	if (!timer_sane(dwork, wq))
		return;
	if (!delay) {		/* no timer: it would be up to a tick late (R8.1) */
		queue_work_irqoff(cpu, wq, &dwork->work);
		return;
	}
	dwork->wq = wq;
	dwork->cpu = cpu;
	timer->expires = jiffies + delay;
	/* Emit the event before arming: the timer may be armed on another CPU, whose softirq may
	 * run before this CPU continues. */
	ev = TRACE(DELAYED_ARM, .item = dwork->work.id, .wq = wq->tid,
		   .cpu = cpu == WORK_CPU_UNBOUND ? -1 : cpu,
		   .expires = jiffies_to_ns(timer->expires), .delay = delay);
	if (ev)
		mach_set_cause(ev);
	/* R8.3: a CPU that is isolated from timers does not get this one. */
	if (unlikely(housekeeping_enabled(HK_TYPE_TIMER)))
		add_timer_on(timer, housekeeping_any_cpu(HK_TYPE_TIMER));
	else if (cpu != WORK_CPU_UNBOUND)
		add_timer_on(timer, cpu);
	else
		add_timer_global(timer);
	mach_set_cause(old);
}

bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay)
{
	unsigned long flags;
	bool ret = false;

	work_register(&dwork->work);
	local_irq_save(&flags);
	if (work_test_and_set_pending(&dwork->work)) {
		if (believes(MOVES_THE_TIMER) && timer_pending(&dwork->timer))
			ret = mod_delayed_work_on(cpu, wq, dwork, delay);
		else
			TRACE_WHY(PENDING_BUSY, BECAUSE(PENDING, 0), .item = dwork->work.id);
	} else if (!clear_pending_if_disabled(&dwork->work)) {
		queue_delayed_irqoff(cpu, wq, dwork, delay);
		ret = true;
	}
	local_irq_restore(flags);
	return ret;
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay)
{
	unsigned long flags;
	bool ret;

	work_register(&dwork->work);
	ret = work_grab_pending(&dwork->work, true, &flags);
	if (!clear_pending_if_disabled(&dwork->work))
		queue_delayed_irqoff(cpu, wq, dwork, delay);
	local_irq_restore(flags);
	return ret;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	unsigned long flags;

	work_register(&dwork->work);
	local_irq_save(&flags);
	if (timer_delete_sync(&dwork->timer)) {
		TRACE(DELAYED_OFF, .item = dwork->work.id);
		queue_work_irqoff(dwork->cpu, dwork->wq, &dwork->work);
	}
	local_irq_restore(flags);
	return flush_work(&dwork->work);
}

/* ---- after a grace period ------------------------------------------------------------ */

static void rcu_work_rcufn(struct rcu_head *head)
{
	struct rcu_work *rwork = container_of(head, struct rcu_work, rcu);
	unsigned long flags;

	if (unlikely(wq_is_gone(rwork->wq, &rwork->work, "rcu_work_rcufn")))
		return;
	local_irq_save(&flags);
	queue_work_irqoff(WORK_CPU_UNBOUND, rwork->wq, &rwork->work);
	local_irq_restore(flags);
}

bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork)
{
	struct work_struct *work = &rwork->work;

	work_register(work);
	if (work_test_and_set_pending(work)) {
		TRACE_WHY(PENDING_BUSY, BECAUSE(PENDING, 0), .item = work->id);
		return false;
	}
	if (clear_pending_if_disabled(work)) {
		mach_warn_on(BUG_WQ_WARN, "queue_rcu_work", work->id, "workqueue: an rcu_work cannot be disabled");
		return false;
	}
	rwork->wq = wq;
	rwork->rcu.cause = TRACE(RCU_QUEUE, .item = work->id);
	call_rcu(&rwork->rcu, rcu_work_rcufn);
	return true;
}

bool flush_rcu_work(struct rcu_work *rwork)
{
	work_register(&rwork->work);
	if (!work_pending(&rwork->work))
		return flush_work(&rwork->work);
	rcu_barrier();
	flush_work(&rwork->work);
	return true;
}

/* ---- one-shot helpers ------------------------------------------------------------------- */

int schedule_on_each_cpu_named(work_func_t fn, const char *func_name, uintptr_t tag)
{
	struct work_struct *works;
	struct cpumask online;
	int cpu;

	/* If we cannot wait, the items would run after their memory is freed; refuse. */
	if (might_sleep("schedule_on_each_cpu"))
		return -EINVAL;
	works = kzalloc((size_t)nr_cpu_ids() * sizeof(*works));
	if (!works)
		return -ENOMEM;
	cpus_read_lock();
	online = cpu_online_mask();
	for_each_cpu(cpu, online) {
		init_work(&works[cpu], fn, func_name, func_name, tag);
		schedule_work_on(cpu, &works[cpu]);
	}
	for_each_cpu(cpu, online) {
		flush_work(&works[cpu]);
		work_debug_free(&works[cpu]);
	}
	cpus_read_unlock();
	kfree(works);
	return 0;
}

struct work_for_cpu {
	struct work_struct work;
	long (*fn)(void *arg);
	void *arg;
	long ret;
};

static void work_for_cpu_fn(struct work_struct *work)
{
	struct work_for_cpu *wfc = container_of(work, struct work_for_cpu, work);

	wfc->ret = wfc->fn(wfc->arg);
}

int execute_in_process_context_named(work_func_t fn, const char *func_name, struct execute_work *ew)
{
	if (!in_atomic()) {
		fn(&ew->work);
		return 0;
	}
	init_work(&ew->work, fn, func_name, func_name, 0);
	schedule_work(&ew->work);
	return 1;
}

long work_on_cpu(int cpu, long (*fn)(void *arg), void *arg)
{
	struct work_for_cpu wfc = { .fn = fn, .arg = arg };

	if (might_sleep("work_on_cpu"))
		return -EINVAL;
	INIT_WORK_ONSTACK(&wfc.work, work_for_cpu_fn);
	schedule_work_on(cpu, &wfc.work);
	flush_work(&wfc.work);
	destroy_work_on_stack(&wfc.work);
	return wfc.ret;
}

long work_on_cpu_safe(int cpu, long (*fn)(void *arg), void *arg)
{
	long ret = -ENODEV;

	if (might_sleep("work_on_cpu_safe"))
		return -EINVAL;
	cpus_read_lock();
	if (cpu_online(cpu))
		ret = work_on_cpu(cpu, fn, arg);
	cpus_read_unlock();
	return ret;
}
