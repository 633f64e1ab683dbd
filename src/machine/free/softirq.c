/*
 * machine/free/softirq.c - bottom halves of free mode: a thread for each virtual CPU.
 *
 * In free mode there is no interrupt exit at which softirqs could run.  So a virtual CPU gets
 * a thread ksoftirqd/N when its first softirq is raised.  Only this thread serves the vectors
 * of that CPU; meanwhile it counts as in a bottom half.  A CPU goes offline between two
 * rounds of its thread.  Until it is back, the thread of the first online CPU serves its
 * vectors too, one CPU after the other, as the kernel moves the bottom halves of a dead CPU.
 * So vectors raised for an offline CPU are served, and no two bottom halves run for one CPU
 * at the same time.
 *
 * A bottom half that sleeps would continue without the lock or the result that it asked for.
 * This is reported, and the program is aborted.
 *
 * Lives here:   raising, the threads, the locks of tasklet lists.
 * Never here:   the functions of a vector (machine/softirq.c, the engine's BH pools).
 * Rules:        R11.2, R11.3, R11.7, R11.8.   Licence: MIT.
 */
#include "machine/free/free_internal.h"

#include <stdio.h>
#include <stdlib.h>

static struct bottom {
	_Atomic uint32_t pending;	/* bit = raised vector */
	struct task *_Atomic thread;
	uv_mutex_t round;		/* held by .thread for a round; its CPU stays online meanwhile */
	uv_mutex_t serving;		/* held by the thread that serves these vectors, inside a .round */
	uv_mutex_t tasklets;		/* guards the two lists of tasklets of this CPU */
} bottoms[CPUS_MAX];
static uv_mutex_t start_mu;		/* at most one thread for each CPU */

static int cpu_number(const struct bottom *b)
{
	return (int)(b - bottoms);
}

/* The CPU whose thread serves @b: itself, or the first online one. */
static struct bottom *server_of(struct bottom *b)
{
	return likely(cpu_online(cpu_number(b))) ? b : &bottoms[cpumask_first(cpu_online_mask())];
}

/* Serves the pending vectors of @b.  The caller holds the .round of its own CPU. */
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

/* True if vectors are pending that the thread of @own has to serve; @serves: serves them. */
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
		look_round(own, true);	/* checks again: this CPU may have gone offline meanwhile */
		uv_mutex_unlock(&own->round);
	}
}

/* Any context.  Creating the thread is slow, but happens once for each CPU. */
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
	smp_mb_after_atomic();		/* before server_of() reads the online mask */
	TRACE(SOFTIRQ_RAISE, .vec = vec);
	wake(b);
}

void free_raise_softirq(enum softirq_vec vec)
{
	free_raise_softirq_on(smp_processor_id(), vec);
}

/* Called by the sampling thread: tries again to create the threads that the host refused. */
void free_softirq_retry(void)
{
	for (int i = 0; i < mach.nr_cpus; i++)
		if (unlikely(atomic_load(&bottoms[i].pending) && !atomic_load(&server_of(&bottoms[i])->thread)))
			start_thread(server_of(&bottoms[i]));
}

/* Hotplug: while @on, no round of the thread of @cpu is active or begins. */
void free_softirq_hold(int cpu, bool on)
{
	if (on)
		uv_mutex_lock(&bottoms[cpu].round);
	else
		uv_mutex_unlock(&bottoms[cpu].round);
}

/*
 * The online mask has changed: wakes the threads that now serve the pending vectors.
 * free_raise_softirq_on() sets .pending before it reads the mask, so either it sees the new
 * mask or this function sees its vector.
 */
void free_softirq_moved(int cpu)
{
	struct task *t = atomic_load(&bottoms[cpu].thread);

	if (t && cpu_online(cpu))
		free_set_label(t, cpu);		/* its label may have changed while the CPU was offline */
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

/* mach.stopping is set: returns when no thread can be created any more. */
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
