/*
 * bench/handover.c - the cost of a hand-over of the baton, compared with bare semaphores.
 *
 * N threads form a ring, and each wakes the next one.  The bare ring uses semaphores
 * on one core.  The ring of this program consists of kernel threads of one virtual CPU,
 * each of which wakes the next and calls schedule(), so the figure includes scheduler,
 * costs and dispatcher.  Short rounds of both alternate.  The CPU time of this process
 * is the measure: a thread of the ring always runs, so it equals the real time without
 * the time that other programs took from the core.
 *
 * Lives here:   this comparison (target: at least 0.9 for 2, 16 and 128 threads).
 * Never here:   the correctness of hand-overs (tests).   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "machine/machine.h"

#define THREADS_MAX 128
#define ROUNDS 11
#define HANDOVERS 40000		/* per round; about 0.1 s */
#define TARGET 0.9

/* ---- bare ------------------------------------------------------------------------- */

static struct bare {
	uv_thread_t thread;
	uv_sem_t sem;
	struct bare *next;
	int turns;
} bare[THREADS_MAX];

static void bare_main(void *arg)
{
	struct bare *me = arg;
	int i;

	for (i = 0; i < me->turns; i++) {
		uv_sem_wait(&me->sem);
		uv_sem_post(&me->next->sem);
	}
}

/* Hand-overs per second. */
static double bare_round(int n)
{
	uint64_t began;
	int i;

	bench_one_core(true);
	for (i = 0; i < n; i++) {
		bare[i].next = &bare[(i + 1) % n];
		bare[i].turns = HANDOVERS / n;
		uv_sem_init(&bare[i].sem, 0);
	}
	for (i = 0; i < n; i++)
		uv_thread_create(&bare[i].thread, bare_main, &bare[i]);
	began = bench_cpu_ns();
	uv_sem_post(&bare[0].sem);
	for (i = 0; i < n; i++)
		uv_thread_join(&bare[i].thread);
	began = bench_cpu_ns() - began;
	for (i = 0; i < n; i++)
		uv_sem_destroy(&bare[i].sem);
	bench_one_core(false);
	return (double)(HANDOVERS / n * n) * 1e9 / (double)began;
}

/* ---- this program ---------------------------------------------------------------------------- */

static struct ring {
	struct task *task[THREADS_MAX];
	bool turn[THREADS_MAX];
	int n, turns;
} ring;

static int ring_main(void *data)
{
	int me = (int)(intptr_t)data, next = (me + 1) % ring.n, i;

	for (i = 0; i < ring.turns; i++) {
		for (;;) {
			set_current_state(TASK_UNINTERRUPTIBLE);
			if (ring.turn[me])
				break;
			schedule();
		}
		set_current_state(TASK_RUNNING);
		ring.turn[me] = false;
		ring.turn[next] = true;
		wake_up_process(ring.task[next]);
	}
	return 0;
}

/* Hand-overs per second; 0 if the threads could not be created. */
static double machine_round(int n, enum mach_baton baton)
{
	struct machine_config cfg = {
		.mode = MACH_LOCKSTEP, .nr_cpus = 1, .sched = SCHED_FIFO_TEXTBOOK, .seed = 1,
		.threads_max = (unsigned int)n + 8, .baton = baton,
	};
	struct mach_run run = { .until_ns = 3600ull * 1000000000u };
	struct mach_task_opts opts = { .cpu = 0, .rt_prio = 50 };
	uint64_t began, before;
	char comm[16];
	int i;

	if (machine_start(&cfg, NULL, NULL))
		return 0;
	ring.n = n;
	ring.turns = HANDOVERS / n;
	for (i = 0; i < n; i++) {
		snprintf(comm, sizeof(comm), "ring/%d", i);
		ring.turn[i] = i == 0;
		ring.task[i] = machine_task(comm, ring_main, (void *)(intptr_t)i, &opts);
		if (!ring.task[i]) {
			machine_stop();
			return 0;
		}
	}
	before = mach_handovers();
	began = bench_cpu_ns();
	machine_run(&run);
	began = bench_cpu_ns() - began;
	before = mach_handovers() - before;
	machine_stop();
	return (double)before * 1e9 / (double)began;
}

static void compare(int n)
{
	double bare_rate[ROUNDS], our_rate[ROUNDS], ratio[ROUNDS], stack_rate[ROUNDS];
	char what[80];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		bare_rate[i] = bare_round(n);
		our_rate[i] = machine_round(n, BATON_THREADS);
		stack_rate[i] = machine_round(n, BATON_STACKS);
		ratio[i] = our_rate[i] / bare_rate[i];
		if (our_rate[i] <= 0) {
			bench_failed("threads", "this computer cannot host them");
			return;
		}
	}
	snprintf(what, sizeof(what), "%d threads, bare ring of semaphores", n);
	bench_figure(what, bench_median(bare_rate, ROUNDS), "/s");
	snprintf(what, sizeof(what), "%d threads, kernel threads of the machine", n);
	bench_figure(what, bench_median(our_rate, ROUNDS), "/s");
	snprintf(what, sizeof(what), "%d threads, ours / bare", n);
	bench_at_least(what, bench_median(ratio, ROUNDS), TARGET, "x");
	snprintf(what, sizeof(what), "%d stacks in their place", n);
	bench_figure(what, bench_median(stack_rate, ROUNDS), "/s");
}

static void handover_run(void)
{
	compare(2);
	compare(16);
	compare(128);
}

const struct bench bench_handover = {
	.name = "handover",
	.question = "hand-overs of the baton per second, on one core",
	.run = handover_run,
};
