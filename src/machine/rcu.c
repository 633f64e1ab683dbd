/*
 * machine/rcu.c - read-copy-update: readers that never wait, memory freed after them.
 *
 * Two sets of readers; a grace period turns the index and waits until the
 * readers of the old one are gone, twice, so that a reader that took the index
 * just before the turn is seen too.  A helper thread runs the callbacks.
 *
 * Lives here:   rcu_read_lock, call_rcu, synchronize_rcu.
 * Never here:   what is freed.   Rules: R1.20, R8.9.   Licence: MIT.
 */
#include "machine/mach.h"

#include <string.h>

static struct task *rcu_task;
static struct wait_queue_head rcu_wait;

/*
 * Free: each thread says for itself what it reads under, so that readers share no
 * line of the cache; who waits asks them all.
 */
void rcu_read_lock(void)
{
	struct task *me = current;
	unsigned int idx;

	if (me->rcu_nesting++)
		return;
	idx = (unsigned int)atomic_load_explicit(&mach.rcu_index, memory_order_seq_cst) & 1;
	if (!mach_lockstep) {
		atomic_store_explicit(&me->rcu_reads, idx + 1, memory_order_seq_cst);
		return;
	}
	me->rcu_index = idx;
	atomic_fetch_add_explicit(&mach.rcu_readers[idx], 1, memory_order_seq_cst);
}

void rcu_read_unlock(void)
{
	struct task *me = current;

	bug_on(!me->rcu_nesting);
	if (--me->rcu_nesting)
		return;
	if (!mach_lockstep)
		atomic_store_explicit(&me->rcu_reads, 0, memory_order_release);
	else
		atomic_fetch_sub_explicit(&mach.rcu_readers[me->rcu_index], 1, memory_order_seq_cst);
}

static bool has_readers(int idx)
{
	struct task *t;
	bool found = false;

	if (mach_lockstep)
		return atomic_load_explicit(&mach.rcu_readers[idx], memory_order_seq_cst);
	uv_mutex_lock(&mach.lock);
	list_for_each_entry(t, &mach.tasks, all)
		found |= atomic_load_explicit(&t->rcu_reads, memory_order_seq_cst) == (unsigned int)idx + 1;
	uv_mutex_unlock(&mach.lock);
	return found;
}

static void wait_for_readers(int idx)
{
	while (has_readers(idx))
		mach_sleep_ns(1000000);
}

static void grace_period(void)
{
	for (int turn = 0; turn < 2; turn++) {
		int old = atomic_fetch_add_explicit(&mach.rcu_index, 1, memory_order_seq_cst) & 1;

		wait_for_readers(old);
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

static int rcu_main(void *arg)
{
	(void)arg;
	for (;;) {
		struct rcu_head *list, *h, *in_order = NULL;

		wait_event(&rcu_wait, rcu_has_work, NULL);
		if (kthread_should_stop())
			return 0;
		mach_sleep_ns(2000000);		/* callbacks are batched */
		raw_spin_lock_irq(&mach.rcu_lock);
		list = mach.rcu_next;
		mach.rcu_next = NULL;
		mach.rcu_running = true;
		raw_spin_unlock_irq(&mach.rcu_lock);
		grace_period();
		while ((h = list)) {
			list = h->next;
			h->next = in_order;
			in_order = h;
		}
		while ((h = in_order)) {
			in_order = h->next;
			mach_set_cause(h->cause);
			local_bh_disable();	/* callbacks run in the RCU softirq's context */
			h->func(h);
			local_bh_enable();
		}
		mach.rcu_running = false;
	}
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	unsigned long flags;

	head->func = func;
	head->cause = mach_cause();
	charge(COST_RCU);
	raw_spin_lock_irqsave(&mach.rcu_lock, &flags);
	head->next = mach.rcu_next;
	mach.rcu_next = head;
	raw_spin_unlock_irqrestore(&mach.rcu_lock, flags);
	if (rcu_task)
		wake_up(&rcu_wait);
}

static void barrier_reached(struct rcu_head *head)
{
	struct {
		struct rcu_head head;
		struct completion done;
	} *b = (void *)head;

	complete(&b->done);
}

void rcu_barrier(void)
{
	struct {
		struct rcu_head head;
		struct completion done;
	} b;

	if (might_sleep("rcu_barrier"))
		return;
	init_completion(&b.done, "rcu_barrier");
	call_rcu(&b.head, barrier_reached);
	wait_for_completion(&b.done);
}

void rcu_boot(void)
{
	struct mach_task_opts opts = { .cpu = -1 };

	mach.rcu_next = NULL;
	mach.rcu_running = false;
	atomic_store(&mach.rcu_index, 0);
	atomic_store(&mach.rcu_readers[0], 0);
	atomic_store(&mach.rcu_readers[1], 0);
	raw_spin_lock_init(&mach.rcu_lock, "rcu");
	mach.idle_wait_name = "callbacks";
	init_waitqueue_head(&rcu_wait, mach.idle_wait_name);
	rcu_task = machine_task("rcu_sched", rcu_main, NULL, &opts);
}
