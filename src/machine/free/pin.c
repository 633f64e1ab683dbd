/*
 * machine/free/pin.c - free mode: affinity and time slices of threads on the host.
 *
 * machine_config.pin binds each virtual CPU to a CPU of the host.  It is off by default,
 * because the host's scheduler decides better unless no other program uses these CPUs.
 * Threads also ask for short slices.  A woken thread then runs sooner on the CPU of its
 * waker, which is most of the latency of an item when all workers are asleep.
 *
 * Lives here:   mapping virtual CPUs to CPUs of the host, affinity, the length of a slice.
 * Never here:   the core of a lockstep run (lockstep/baton_thread.c).
 * Rules:        n/a.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/free/free_internal.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

static cpu_set_t host;	/* affinity of the process when the machine was started */

void free_pin_start(void)
{
	CPU_ZERO(&host);
	if (mach.cfg.pin && sched_getaffinity(0, sizeof(host), &host))
		CPU_ZERO(&host);
}

static int nth_host_cpu(int n)
{
	int count = CPU_COUNT(&host), cpu = -1;

	for (n %= count; n >= 0; n--)
		do
			cpu++;
		while (!CPU_ISSET(cpu, &host));
	return cpu;
}

/* The calling thread, at its start: binds it to the CPUs that @t is allowed, unless it is allowed all. */
void free_pin(const struct task *t)
{
	struct cpumask allowed = task_cpus_allowed(t);
	cpu_set_t set;
	int cpu;

	if (!mach.cfg.pin || !CPU_COUNT(&host) || cpumask_equal(allowed, cpu_possible_mask()))
		return;
	CPU_ZERO(&set);
	for_each_cpu(cpu, allowed)
		CPU_SET(nth_host_cpu(cpu), &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
}

/* ---- slices ------------------------------------------------------------------------ */

/*
 * Of two eligible threads, Linux runs the one whose slice would end first.  A slice is 0.7 ms
 * or more by default; a thread may ask for another length, 0.1 ms at least.  Its share of the
 * CPU does not depend on it.  Threads that an item creates inherit it.
 */
#define TURN_NS 500000u

/* struct sched_attr of <linux/sched/types.h>, which cannot be included together with <sched.h>. */
struct turn {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t length_ns, deadline, period;
};

/* Shortens the slice of the calling thread.  No effect before Linux 6.12, or if the host refuses. */
void free_short_turns(void)
{
	struct turn t = { .size = sizeof(t) };

	if (syscall(SYS_sched_getattr, 0, &t, sizeof(t), 0) || t.policy != SCHED_OTHER ||
	    t.length_ns <= TURN_NS)
		return;
	t.length_ns = TURN_NS;
	syscall(SYS_sched_setattr, 0, &t, 0);
}
