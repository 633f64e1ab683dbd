/*
 * machine/free/softirq.c - bottom halves of free mode: one thread a virtual CPU serves its vectors.
 *
 * Real threads have no moment "at the exit of an interrupt".  So each virtual CPU
 * that has softirqs at all gets a thread, ksoftirqd/N, made when the first is
 * raised; it alone serves that CPU's vectors, with a mark that says "in a bottom
 * half".  A CPU goes off line between two rounds of its thread.  Until it is back the
 * first CPU on line serves its vectors, one after the other with its own, as a
 * kernel hands a dead CPU's bottom halves to another one; so what is raised or queued
 * there is served all the same, and under no label do two bottom halves run at once.
 *
 * A bottom half that sleeps would go on without the lock or the result it asked
 * for, on real threads: that is reported, and the program ends there.
 *
 * Lives here:   raising, the threads, the locks of tasklet lists.
 * Never here:   what a vector does (softirq.c, the engine's BH pools).
 * Rules:        R11.2, R11.3, R11.7, R11.8.   Licence: MIT.
 */
#include "machine/free/free_internal.h"

#include <stdio.h>
#include <stdlib.h>

static struct bottom {
	_Atomic uint32_t pending;	/* vectors */
	struct task *_Atomic thread;
	uv_mutex_t round;		/* the thread's, for a round: its CPU stays on line */
	uv_mutex_t serving;		/* whoever serves the vectors, inside .round */
	uv_mutex_t tasklets;		/* guards the CPU's two lists */
} bottoms[CPUS_MAX];
static uv_mutex_t start_mu;		/* one thread a CPU */

static int cpu_number(const struct bottom *b)
{
	return (int)(b - bottoms);
}

/* Whose thread serves it: a CPU that is on line. */
static struct bottom *server_of(struct bottom *b)
{
	return likely(cpu_online(cpu_number(b))) ? b : &bottoms[cpumask_first(cpu_online_mask())];
}

/* In a round. */
static void serve(struct bottom *b)
{
	struct task *me = current;
	uint32_t now;

	uv_mutex_lock(&b->serving);
	me->free_bottom = cpu_number(b);
	me->free_softirq++;
	now = atomic_exchange(&b->pending, 0);
	while (now) {
		unsigned int vec = (unsigned int)__builtin_ctz(now);

		now &= now - 1;
		TRACE(SOFTIRQ_ENTRY, .vec = vec);
		if (mach.softirq_first[vec])
			mach.softirq_first[vec]();
		if (mach.softirq[vec])
			mach.softirq[vec]();
		TRACE(SOFTIRQ_EXIT, .vec = vec);
	}
	me->free_softirq--;
	uv_mutex_unlock(&b->serving);
}

/* Is there anything for @own's thread?  @serves: do it. */
static bool look_round(struct bottom *own, bool serves)
{
	struct cpumask absent = cpumask_andnot(cpu_possible_mask(), cpu_online_mask());
	bool found = false;
	int cpu;

	cpumask_set_cpu(cpu_number(own), &absent);
	for_each_cpu(cpu, absent) {
		struct bottom *b = &bottoms[cpu];

		if (!atomic_load(&b->pending) || server_of(b) != own)
			continue;
		found = true;
		if (serves)
			serve(b);
	}
	return found;
}

static int ksoftirqd(void *arg)
{
	struct bottom *own = arg;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			return 0;
		if (!look_round(own, false)) {
			schedule();
			continue;
		}
		set_current_state(TASK_RUNNING);
		uv_mutex_lock(&own->round);
		look_round(own, true);	/* again: this CPU may have gone meanwhile */
		uv_mutex_unlock(&own->round);
	}
}

/* Any context: what costs a call to the host here costs it once a CPU. */
static void start_thread(struct bottom *b)
{
	int cpu = cpu_number(b);
	char comm[64];

	snprintf(comm, sizeof(comm), "ksoftirqd/%d", cpu);
	uv_mutex_lock(&start_mu);
	if (!atomic_load(&b->thread) && !atomic_load(&mach.stopping))
		atomic_store(&b->thread, machine_task(comm, ksoftirqd, b,
						      &(struct mach_task_opts){ .cpu = cpu }));
	uv_mutex_unlock(&start_mu);
}

static void wake(struct bottom *b)
{
	struct bottom *server = server_of(b);
	struct task *t = atomic_load(&server->thread);

	if (likely(t != NULL))
		free_wake_up_process(t);
	else
		start_thread(server);
}

void free_raise_softirq_on(int cpu, enum softirq_vec vec)
{
	struct bottom *b = &bottoms[cpu];
	uint32_t bit = 1u << vec;

	if (atomic_fetch_or(&b->pending, bit) & bit)
		return;
	smp_mb_after_atomic();		/* before the look at who serves it */
	TRACE(SOFTIRQ_RAISE, .vec = vec);
	wake(b);
}

void free_raise_softirq(enum softirq_vec vec)
{
	free_raise_softirq_on(smp_processor_id(), vec);
}

/* The sampler's: the host refused a thread when one was needed; ask again. */
void free_softirq_retry(void)
{
	for (int i = 0; i < mach.nr_cpus; i++)
		if (unlikely(atomic_load(&bottoms[i].pending) && !atomic_load(&server_of(&bottoms[i])->thread)))
			start_thread(server_of(&bottoms[i]));
}

/* Hotplug: while @cpu is held no round of its thread is under way, nor begins. */
void free_softirq_hold(int cpu, bool on)
{
	if (on)
		uv_mutex_lock(&bottoms[cpu].round);
	else
		uv_mutex_unlock(&bottoms[cpu].round);
}

/*
 * A CPU went or came: whoever serves now what was raised is told.  Who raises looks at
 * the mask after saying what is pending, so one of the two sees the other.
 */
void free_softirq_moved(int cpu)
{
	struct task *t = atomic_load(&bottoms[cpu].thread);

	if (t && cpu_online(cpu))
		free_set_label(t, cpu);		/* it may have looked about under another one */
	for (int i = 0; i < mach.nr_cpus; i++)
		if (atomic_load(&bottoms[i].pending))
			wake(&bottoms[i]);
}

int free_softirq_cpu(void)
{
	return current->free_bottom;
}

void free_tasklets_lock(int cpu)
{
	uv_mutex_lock(&bottoms[cpu].tasklets);
}

void free_tasklets_unlock(int cpu)
{
	uv_mutex_unlock(&bottoms[cpu].tasklets);
}

/* R11.8 */
void free_bottom_half_slept(const char *what)
{
	const struct task *me = current;

	fprintf(stderr, "kworkshop: BUG: %s() in a bottom half: %s/%u must not sleep there\n", what, me->comm, me->id);
	fflush(stderr);
	abort();
}

void free_softirq_start(void)
{
	uv_mutex_init(&start_mu);
	for (int i = 0; i < mach.nr_cpus; i++) {
		atomic_store(&bottoms[i].pending, 0);
		atomic_store(&bottoms[i].thread, NULL);
		uv_mutex_init(&bottoms[i].tasklets);
		uv_mutex_init(&bottoms[i].round);
		uv_mutex_init(&bottoms[i].serving);
	}
}

/* The machine is stopping: from here on no thread is made. */
void free_softirq_close(void)
{
	uv_mutex_lock(&start_mu);
	uv_mutex_unlock(&start_mu);
}

void free_softirq_stop(void)
{
	for (int i = 0; i < mach.nr_cpus; i++) {
		uv_mutex_destroy(&bottoms[i].tasklets);
		uv_mutex_destroy(&bottoms[i].round);
		uv_mutex_destroy(&bottoms[i].serving);
	}
	uv_mutex_destroy(&start_mu);
}
