/*
 * machine/free_pin.c - free mode: which CPU of the computer a virtual CPU is.
 *
 * A wish of the configuration, off by default: the host's scheduler knows better,
 * unless the program has the CPUs to itself.
 *
 * Lives here:   the n-th CPU that the process may use, and staying there.
 * Never here:   the one core a lockstep run stays on (baton_thread.c).
 * Rules:        n/a.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/mach.h"

#include <pthread.h>
#include <sched.h>

static cpu_set_t host;	/* what the process may use, when the machine was started */

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

/* The calling thread, as it starts: to the CPUs it is allowed, if those are not all. */
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
