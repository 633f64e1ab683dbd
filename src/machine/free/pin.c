/*
 * machine/free/pin.c - free mode: what a thread asks of the host's scheduler.
 *
 * Which CPU of the computer a virtual CPU is: a wish of the configuration, off by
 * default, since the scheduler knows better unless the program has the CPUs to itself.
 * And short turns: a woken thread then need not wait until its waker's turn is over,
 * which is most of what an item that finds everybody asleep waits for.
 *
 * Lives here:   the n-th CPU that the process may use, and staying there; the length of a turn.
 * Never here:   the one core a lockstep run stays on (baton_thread.c).
 * Rules:        n/a.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/free/free_internal.h"

#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/* ---- turns ------------------------------------------------------------------------- */

/*
 * Of two threads that may run, Linux lets the one go first whose turn would be over
 * first; a turn is 0.7 ms and more unless a thread asks for another, down to 0.1 ms.
 * What share of the CPU it has in the end does not depend on that.  Threads that an
 * item makes inherit it.
 */
#define TURN_NS 500000u

/* linux/sched/types.h, which cannot be included beside sched.h. */
struct turn {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t length_ns, deadline, period;
};

/* The calling thread's.  Where that cannot be had (before 6.12, or refused) all is as it was. */
void free_short_turns(void)
{
	struct turn t = { .size = sizeof(t) };

	if (syscall(SYS_sched_getattr, 0, &t, sizeof(t), 0) || t.policy != SCHED_OTHER ||
	    t.length_ns <= TURN_NS)
		return;
	t.length_ns = TURN_NS;
	syscall(SYS_sched_setattr, 0, &t, 0);
}
