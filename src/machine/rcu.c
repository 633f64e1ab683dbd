/*
 * machine/rcu.c - read-copy-update: readers never wait; memory is freed after they have left.
 *
 * A reader enters under the current index, 0 or 1.  A grace period flips the index and waits
 * until no reader of the old one is left.  It does so twice, because a reader may have loaded
 * the index just before the flip and be counted just after it.  A helper thread waits for
 * grace periods and then has the callbacks run.
 *
 * Lives here:   rcu_read_lock(), call_rcu(), synchronize_rcu(), grace periods.
 * Never here:   counting readers, running callbacks (lockstep/rcu.c, free/rcu.c).
 * Rules:        R1.20, R8.9.   Licence: MIT.
 */
#include "machine/machine_internal.h"

static struct task *rcu_task;
static struct wait_queue_head rcu_wait;

void rcu_read_lock(void)
{
	struct task *me = current;

	if (me->rcu_nesting++)
		return;
	MODE(rcu_enter)(me, (unsigned int)atomic_load_explicit(&mach.rcu_index, memory_order_seq_cst) & 1);
}

void rcu_read_unlock(void)
{
	struct task *me = current;

	bug_on(!me->rcu_nesting);
	if (--me->rcu_nesting)
		return;
	MODE(rcu_leave)(me);
}

static void wait_for_readers(unsigned int idx)
{
	while (MODE(rcu_has_readers)(idx))
		mach_sleep_ns(1000000);
}

static void grace_period(void)
{
	for (int turn = 0; turn < 2; turn++) {
		int old = atomic_fetch_add_explicit(&mach.rcu_index, 1, memory_order_seq_cst);

		wait_for_readers((unsigned int)old & 1);
	}
}

void synchronize_rcu(void)
{
	if (might_sleep("synchronize_rcu"))
		return;
	mach_sleep_ns(1000000);
	grace_period();
}

static bool rcu_has_work(void *arg)
{
	bool has;

	(void)arg;
	raw_spin_lock_irq(&mach.rcu_lock);
	has = mach.rcu_next != NULL;
	raw_spin_unlock_irq(&mach.rcu_lock);
	return has || kthread_should_stop();
}

/* ---- callbacks --------------------------------------------------------------------- */

static int rcu_main(void *arg)
{
	(void)arg;
	for (;;) {
		struct rcu_head *list, *h, *in_order = NULL;

		wait_event(&rcu_wait, rcu_has_work, NULL);
		if (kthread_should_stop())
			return 0;
		mach_sleep_ns(2000000);		/* collect a batch of callbacks */
		raw_spin_lock_irq(&mach.rcu_lock);
		list = mach.rcu_next;
		mach.rcu_next = NULL;
		raw_spin_unlock_irq(&mach.rcu_lock);
		grace_period();
		while ((h = list)) {
			list = h->next;
			h->next = in_order;
			in_order = h;
		}
		MODE(rcu_run)(in_order);
	}
}

static void call_rcu_on(int cpu, struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	unsigned long flags;

	head->func = func;
	head->cause = mach_cause();
	head->cpu = cpu;
	charge(COST_RCU);
	raw_spin_lock_irqsave(&mach.rcu_lock, &flags);
	head->next = mach.rcu_next;
	mach.rcu_next = head;
	raw_spin_unlock_irqrestore(&mach.rcu_lock, flags);
	if (rcu_task)
		wake_up(&rcu_wait);
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	int cpu = raw_smp_processor_id();

	call_rcu_on(cpu < 0 || cpu >= MODE(rcu_cpus)() ? 0 : cpu, head, func);
}

/* One callback for each CPU, behind those already queued; the last one completes .done. */
struct barrier {
	struct rcu_head head[CPUS_MAX];
	_Atomic int left;
	struct completion done;
};

static void barrier_reached(struct rcu_head *head)
{
	struct barrier *b = container_of(head - head->cpu, struct barrier, head[0]);

	if (atomic_fetch_sub(&b->left, 1) == 1)
		complete(&b->done);
}

void rcu_barrier(void)
{
	int cpu, cpus = MODE(rcu_cpus)();
	struct barrier b;

	if (might_sleep("rcu_barrier"))
		return;
	atomic_init(&b.left, cpus);
	init_completion(&b.done, "rcu_barrier");
	for (cpu = 0; cpu < cpus; cpu++)
		call_rcu_on(cpu, &b.head[cpu], barrier_reached);
	wait_for_completion(&b.done);
}

void rcu_boot(void)
{
	struct mach_task_opts opts = { .cpu = -1 };

	mach.rcu_next = NULL;
	mach.rcu_done = NULL;
	atomic_store(&mach.rcu_index, 0);
	raw_spin_lock_init(&mach.rcu_lock, "rcu");
	mach.idle_wait_name = "callbacks";
	init_waitqueue_head(&rcu_wait, mach.idle_wait_name);
	rcu_task = machine_task("rcu_sched", rcu_main, NULL, &opts);
}
