/*
 * tests/free_softirq.c - bottom halves on real threads while CPUs go and come.
 *
 * On real threads a CPU is a label (machine/free/cpu.c).  The items themselves check
 * the guarantees of a label: counts, never times (and under SAN=thread).   Licence: MIT.
 */
#include "machine/machine.h"
#include "tests/test.h"
#include "workqueue/workqueue.h"

#include <uv.h>

#define ITEMS 16
#define ROUNDS 400

static struct workqueue_struct *bottom[2];	/* normal, highpri */
static struct work_struct items[ITEMS];
static _Atomic int inside[CPUS_MAX], overlaps, strays;
static _Atomic long accepted, runs;

/* Long enough that two runs at the same time would overlap. */
static void look_about(struct work_struct *work)
{
	int cpu = smp_processor_id();

	(void)work;
	if (atomic_fetch_add(&inside[cpu], 1))
		atomic_fetch_add(&overlaps, 1);
	if (!in_softirq() || !cpu_online(cpu))
		atomic_fetch_add(&strays, 1);
	for (int i = 0; i < 20; i++)
		cpu_relax();
	if (smp_processor_id() != cpu)
		atomic_fetch_add(&strays, 1);
	atomic_fetch_sub(&inside[cpu], 1);
	atomic_fetch_add(&runs, 1);
}

static void machine_on(int cpus)
{
	REQUIRE_INT(machine_start(&(struct machine_config){ .mode = MACH_FREE, .nr_cpus = cpus, .threads_max = 256 }, NULL, workqueue_boot),
		    0);
	bottom[0] = alloc_workqueue("bottom", WQ_BH, 0);
	bottom[1] = alloc_workqueue("bottom-hi", WQ_BH | WQ_HIGHPRI, 0);
	for (int i = 0; i < ITEMS; i++)
		INIT_WORK(&items[i], look_about);
	accepted = runs = 0;
	overlaps = strays = 0;
}

static void all_done(void)
{
	flush_workqueue(bottom[0]);
	flush_workqueue(bottom[1]);
	CHECK_INT(runs, accepted);
	CHECK_INT(overlaps, 0);
	CHECK_INT(strays, 0);
	destroy_workqueue(bottom[0]);
	destroy_workqueue(bottom[1]);
	machine_stop();
}

/* Queues to every CPU, online or not; each item always to the same CPU and workqueue (R2.9). */
static void queue_round(int r)
{
	for (int i = 0; i < ITEMS; i++)
		accepted += queue_work_on(i / 2 % nr_cpu_ids(), bottom[i % 2], &items[i]);
	if (r % 8 == 0)
		uv_sleep(0);
}

/* RULE(R11.3, R11.7). Another CPU serves the vectors of an absent CPU in turn with its own. */
static void an_absent_cpus_bottom_halves_take_turns_with_anothers(void)
{
	machine_on(3);
	CHECK_INT(cpu_down(1), 0);
	CHECK_INT(cpu_down(2), 0);
	for (int r = 0; r < ROUNDS; r++)
		queue_round(r);
	all_done();
}

static _Atomic bool stop;

static int plug(void *arg)
{
	(void)arg;
	for (int i = 0; !stop; i++) {
		int cpu = i % 3;	/* also the one that serves for the absent */

		if (!cpu_down(cpu)) {
			mach_sleep_ns(200000);
			cpu_up(cpu);
		}
	}
	return 0;
}

/*
 * RULE(R11.3, R11.7, R10.1). CPUs go offline and online meanwhile: no item is lost, and no CPU
 * goes offline during a run.
 */
static void bottom_halves_outlive_the_coming_and_going_of_cpus(void)
{
	struct task *t;

	machine_on(3);
	stop = false;
	t = machine_task("plug", plug, NULL, &(struct mach_task_opts){ .cpu = -1 });
	for (int r = 0; r < ROUNDS; r++)
		queue_round(r);
	stop = true;
	kthread_stop(t);
	all_done();
}

const struct test_case suite_free_softirq[] = {
	T(an_absent_cpus_bottom_halves_take_turns_with_anothers),
	T(bottom_halves_outlive_the_coming_and_going_of_cpus),
	{ NULL, NULL }
};
