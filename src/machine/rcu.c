/*
 * machine/rcu.c - read-copy-update: readers that never wait, memory freed after them.
 *
 * Two sets of readers; a grace period turns the index and waits until the
 * readers of the old one are gone, twice, so that a reader that took the index
 * just before the turn is seen too.  A helper thread waits for it; a callback then
 * runs in the RCU softirq of the CPU that asked for it (free mode: in the helper).
 *
 * Lives here:   rcu_read_lock, call_rcu, synchronize_rcu.
 * Never here:   what is freed.   Rules: R1.20, R8.9.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/machine_internal.h"

#include <linux/membarrier.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct task *rcu_task;
static struct wait_queue_head rcu_wait;

/*
 * Free: each thread says for itself what it reads under, so that readers share no
 * line of the cache; who waits asks them all.  What a reader says must be out
 * before it reads: a fence for each section, or, where the host can do it, none,
 * and who waits has the host put one into every thread.
 */
static bool readers_fence;	/* free: the host cannot */

static bool host_fences(void)
{
	return !syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

static void fence_readers(void)
{
	smp_mb();
	if (!readers_fence)
		syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

void rcu_read_lock(void)
{
	struct task *me = current;
	unsigned int idx;

	if (me->rcu_nesting++)
		return;
	idx = (unsigned int)atomic_load_explicit(&mach.rcu_index, memory_order_seq_cst) & 1;
	if (!mach_lockstep) {
		atomic_store_explicit(&me->rcu_reads, idx + 1, memory_order_relaxed);
		atomic_signal_fence(memory_order_seq_cst);
		if (unlikely(readers_fence))
			smp_mb();
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
	fence_readers();
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

/* ---- callbacks --------------------------------------------------------------------- */

static void call_back(struct rcu_head *h)
{
	mach_set_cause(h->cause);
	h->func(h);
}

/* Of a CPU that has gone the first one has them all: in order, as everywhere. */
static bool is_mine(const struct rcu_head *h)
{
	int me = raw_smp_processor_id();

	return h->cpu == me || (!cpu_online(h->cpu) && me == cpumask_first(cpu_online_mask()));
}

/* The first of .rcu_done that is for this CPU; taken off. */
static struct rcu_head *next_done(void)
{
	struct rcu_head **at, *h;
	unsigned long flags;

	raw_spin_lock_irqsave(&mach.rcu_lock, &flags);
	for (at = &mach.rcu_done; (h = *at); at = &h->next)
		if (is_mine(h)) {
			*at = h->next;
			break;
		}
	raw_spin_unlock_irqrestore(&mach.rcu_lock, flags);
	return h;
}

static void rcu_softirq(void)
{
	struct rcu_head *h;

	while ((h = next_done()))
		call_back(h);
}

static void rcu_kick(void *arg)
{
	(void)arg;
	raise_softirq(RCU_SOFTIRQ);
}

/* @list, in order, is due: to the CPUs that asked.  Several may be waiting there already. */
static void hand_out(struct rcu_head *list)
{
	struct cpumask cpus = cpumask_none();
	struct rcu_head **end, *h;
	int cpu;

	for (h = list; h; h = h->next)
		cpumask_set_cpu(h->cpu, &cpus);
	raw_spin_lock_irq(&mach.rcu_lock);
	for (end = &mach.rcu_done; *end; end = &(*end)->next)
		;
	*end = list;
	raw_spin_unlock_irq(&mach.rcu_lock);
	for_each_cpu(cpu, cpus)
		irq_work_on(cpu, rcu_kick, NULL);
}

static void run_here(struct rcu_head *list)
{
	struct rcu_head *h;

	while ((h = list)) {
		list = h->next;
		local_bh_disable();	/* callbacks run in the RCU softirq's context */
		call_back(h);
		local_bh_enable();
	}
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
		raw_spin_unlock_irq(&mach.rcu_lock);
		grace_period();
		while ((h = list)) {
			list = h->next;
			h->next = in_order;
			in_order = h;
		}
		if (mach_lockstep)
			hand_out(in_order);
		else
			run_here(in_order);
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
	int cpu = mach_lockstep ? raw_smp_processor_id() : 0;

	call_rcu_on(cpu < 0 ? 0 : cpu, head, func);
}

/* One callback behind the others of each CPU; the last of them tells. */
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
	int cpu, cpus = mach_lockstep ? nr_cpu_ids() : 1;	/* free: one thread calls them all */
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

	readers_fence = !mach_lockstep && !host_fences();
	mach.rcu_next = NULL;
	mach.rcu_done = NULL;
	atomic_store(&mach.rcu_index, 0);
	atomic_store(&mach.rcu_readers[0], 0);
	atomic_store(&mach.rcu_readers[1], 0);
	raw_spin_lock_init(&mach.rcu_lock, "rcu");
	open_softirq(RCU_SOFTIRQ, rcu_softirq);
	mach.idle_wait_name = "callbacks";
	init_waitqueue_head(&rcu_wait, mach.idle_wait_name);
	rcu_task = machine_task("rcu_sched", rcu_main, NULL, &opts);
}
