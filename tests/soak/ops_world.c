/*
 * tests/soak/ops_world.c - operations on limits, attributes, CPUs and short-lived workqueues.
 *
 * Lives here:   one function an operation, and putting the world in order again.
 * Never here:   items' operations and the table (ops_items.c).
 * Rules:        R1.3, R5.9, R5.10, R5.20, R5.21, R5.29, R7.1, R9.5, R9.13, R9.14, R10.1..R10.8.
 * Licence: MIT.
 */
#include "tests/soak/ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static struct gate hotplug, suspend;	/* one thread at a time */
static _Atomic bool cpus_move;		/* a CPU was taken down in this phase */

/* ---- too few threads -------------------------------------------------------------------- */

static struct gate shortage;
static _Atomic unsigned int shortages;	/* begun and ended: odd while there is one */
static _Atomic uint64_t next_shortage;	/* ns; seldom, since after a failure the manager of a pool waits for a second */
#define SHORTAGE_EVERY_NS 150000000

static struct work_struct dozing[8];	/* .shortage is closed: one thread uses them */

static void dozes(struct work_struct *w)
{
	(void)w;
	mach_sleep_ns(2000000);
}

/* A workqueue with a rescuer: its thread can be had or not. */
static void need_a_thread(void)
{
	struct workqueue_struct *wq = alloc_workqueue("short", WQ_MEM_RECLAIM, 0);

	if (wq)
		destroy_workqueue(wq);
}

/*
 * A short time without new threads, as the host refuses them (-EAGAIN) or has no memory for them,
 * in which workers and rescuers are needed.  Meanwhile this thread must not wait for an item: if no
 * worker can be created, it waits for ever.
 */
void op_shortage(struct soak_thread *me)
{
	int cpus = nr_cpu_ids();

	if (ktime_get_ns() < atomic_load(&next_shortage) || !gate_close(&shortage))
		return;
	atomic_fetch_add(&shortages, 1);
	if (choose(me, 2))
		mach_spare_threads((unsigned int)choose(me, 2));
	else
		mach_fail_creation(1 + (unsigned int)choose(me, 8));
	for (int cpu = 0; cpu < cpus; cpu++)
		schedule_work_on(cpu, &dozing[cpu]);
	for (uint64_t turns = 1 + choose(me, 8); turns-- && !atomic_load(&soak_over);) {
		need_a_thread();
		mach_sleep_ns(1000000);
	}
	mach_spare_threads(UINT32_MAX);
	mach_fail_creation(0);
	atomic_fetch_add(&shortages, 1);
	for (int cpu = 0; cpu < cpus; cpu++)
		flush_work(&dozing[cpu]);
	atomic_store(&next_shortage, ktime_get_ns() + SHORTAGE_EVERY_NS);
	gate_open(&shortage);
}

/* Calls that make a thread may fail if threads were short at any time since @before was read. */
static bool threads_short_since(unsigned int before)
{
	return before % 2 || before != atomic_load(&shortages);
}

/* ---- limits, attributes ------------------------------------------------------------- */

void op_max_active(struct soak_thread *me)
{
	struct soak_queue *q = choose_queue(me, 0, WQ_BH | WQ_INT_ORDERED);

	if (q)
		workqueue_set_max_active(q->wq, 1 + (int)choose(me, 8));
}

/*
 * Never 0: a node without CPUs then has no slot, and an item that waits for one there waits for
 * ever (in 6.12 too).
 */
void op_min_active(struct soak_thread *me)
{
	struct soak_queue *q = choose_queue(me, WQ_UNBOUND, WQ_INT_ORDERED);

	if (q)
		workqueue_set_min_active(q->wq, 1 + (int)choose(me, 4));
}

void op_attrs(struct soak_thread *me)
{
	struct soak_queue *q = choose_queue(me, WQ_UNBOUND, 0);
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();
	unsigned int before = atomic_load(&shortages);

	if (q && attrs) {
		attrs->nice = (int)choose(me, 3) * 5;
		attrs->affn_scope = (enum wq_affn_scope)choose(me, WQ_AFFN_NR_TYPES);
		attrs->affn_strict = choose(me, 2);
		attrs->cpumask.bits = 1 + choose(me, 15);
		if (apply_workqueue_attrs(q->wq, attrs) && !threads_short_since(before))
			wrong("apply_workqueue_attrs() refused what it must take");
	}
	free_workqueue_attrs(attrs);
}

void op_mask(struct soak_thread *me)
{
	unsigned int before = atomic_load(&shortages);
	char mask[16];

	snprintf(mask, sizeof(mask), "%x", 1 + (unsigned int)choose(me, 15));
	if (wq_sysfs_write(NULL, "cpumask", mask) && !threads_short_since(before))
		wrong("the mask of unbound work cannot be %s", mask);
}

void op_scope(struct soak_thread *me)
{
	workqueue_param("default_affinity_scope", 1 + (long)choose(me, WQ_AFFN_NR_TYPES - 1));
}

/* ---- CPUs --------------------------------------------------------------------------------- */

void op_hotplug(struct soak_thread *me)
{
	int cpu = (int)choose(me, (uint64_t)nr_cpu_ids()), err;
	unsigned int before = atomic_load(&shortages);
	bool down = cpu_online(cpu);

	if (!gate_close(&hotplug))
		return;
	atomic_store(&cpus_move, true);
	err = down ? cpu_down(cpu) : cpu_up(cpu);
	if (err && err != -EBUSY && !threads_short_since(before))
		wrong("CPU %d %s: error %d", cpu, down ? "down" : "up", err);
	gate_open(&hotplug);
}

static long where(void *arg)
{
	(void)arg;
	return smp_processor_id();
}

void op_on_cpu(struct soak_thread *me)
{
	int cpu = (int)choose(me, (uint64_t)nr_cpu_ids());
	long was = work_on_cpu(cpu, where, NULL);

	if (was != cpu && !atomic_load(&cpus_move))
		wrong("work_on_cpu(%d) ran on CPU %ld", cpu, was);
}

static void nothing(struct work_struct *w)
{
	(void)w;
}

void op_each_cpu(struct soak_thread *me)
{
	(void)me;
	if (schedule_on_each_cpu(nothing))
		wrong("schedule_on_each_cpu() failed");
}

/* An item that was idle runs where it was queued, unless that CPU goes (R5.10). */
void op_place(struct soak_thread *me)
{
	struct soak_item *it = take_item(me, ITEM_PLAIN, WQ_UNBOUND);
	int cpu = (int)choose(me, (uint64_t)nr_cpu_ids());
	long ended;

	if (!it)
		return;
	ended = atomic_load(&it->ended);
	if (queue_taken(it, cpu, 0)) {
		flush_work(&it->d.work);
		if (!atomic_load(&cpus_move) && ended != atomic_load(&it->ended) && it->ran_on != cpu)
			wrong("item %u of %s was queued on CPU %d and ran on CPU %d", it->id, it->q->name, cpu, it->ran_on);
	}
	give_item(it);
}

/* ---- timers and tasklets beside ------------------------------------------------------------- */

struct beside {
	struct timer_list timer;
	struct tasklet_struct tasklet;
	_Atomic int inside;
	_Atomic long ran;
};

static void beside_ran(struct beside *b)
{
	if (atomic_fetch_add(&b->inside, 1))
		wrong("a timer or tasklet runs twice at once");
	if (!in_softirq())
		wrong("a timer or tasklet runs outside a softirq");
	atomic_fetch_add(&b->ran, 1);
	atomic_fetch_sub(&b->inside, 1);
}

static void timer_fires(struct timer_list *t)
{
	beside_ran(container_of(t, struct beside, timer));
}

static void tasklet_runs(struct tasklet_struct *t)
{
	beside_ran(container_of(t, struct beside, tasklet));
}

/* The timer is on the stack, so the sanitizers find every later access to it. */
void op_timer(struct soak_thread *me)
{
	struct beside b = { .inside = 0 };
	long ran;

	timer_setup(&b.timer, timer_fires, choose(me, 2) ? TIMER_DEFERRABLE : 0);
	mod_timer(&b.timer, jiffies + choose(me, 4));
	if (choose(me, 2))
		nap(me);
	mod_timer(&b.timer, jiffies + choose(me, 4));
	del_timer_sync(&b.timer);
	ran = atomic_load(&b.ran);
	if (atomic_load(&b.inside) || ran > 2)
		wrong("a timer ran %ld times of 2, or runs after del_timer_sync()", ran);
}

void op_tasklet(struct soak_thread *me)
{
	struct beside b = { .inside = 0 };

	tasklet_setup(&b.tasklet, tasklet_runs);
	for (uint64_t i = 0; i < 1 + choose(me, 3); i++) {
		if (choose(me, 2))
			tasklet_hi_schedule(&b.tasklet);
		else
			tasklet_schedule(&b.tasklet);
	}
	tasklet_kill(&b.tasklet);
	if (!atomic_load(&b.ran) || atomic_load(&b.inside))
		wrong("a tasklet was scheduled and did not run before tasklet_kill() returned");
}

/* ---- freezing ---------------------------------------------------------------------------------- */

static void look_while_frozen(struct soak_thread *me, struct soak_item *it)
{
	long started = atomic_load(&it->started);
	bool queued = queue_taken(it, WORK_CPU_UNBOUND, 0);

	nap(me);
	if (started != atomic_load(&it->started))
		wrong("item %u of %s started while frozen", it->id, it->q->name);
	thaw_workqueues();
	if (queued) {
		struct soak_wait begun = wait_begins(it);

		flush_work(&it->d.work);
		check_flushed(it, begun, "flush_work() after the thaw");
	}
}

void op_freeze(struct soak_thread *me)
{
	struct soak_queue *q = choose_queue(me, WQ_FREEZABLE, 0);
	struct soak_item *it = take_item(me, ITEM_PLAIN, 0);

	if (!q || !gate_close(&suspend)) {
		if (it)
			give_item(it);
		return;
	}
	if (workqueue_freeze(40) == 0) {
		if (it && it->q->flags & WQ_FREEZABLE) {
			look_while_frozen(me, it);
		} else {
			nap(me);
			thaw_workqueues();
		}
	}
	gate_open(&suspend);
	if (it)
		give_item(it);
}

/* ---- whole lives ---------------------------------------------------------------------------------- */

#define LIFE_ITEMS 6
struct life {
	struct work_struct work[LIFE_ITEMS];
	struct delayed_work later;
	_Atomic long ran;
};

static void life_ran(struct work_struct *w)
{
	(*(_Atomic long *)w->tag)++;
}

void op_life(struct soak_thread *me)
{
	static const unsigned int kinds[] = {
		0, WQ_HIGHPRI, WQ_UNBOUND, WQ_UNBOUND | WQ_MEM_RECLAIM, WQ_MEM_RECLAIM, WQ_FREEZABLE,
		WQ_UNBOUND | WQ_INT_ORDERED, WQ_BH
	};
	unsigned int flags = kinds[choose(me, sizeof(kinds) / sizeof(kinds[0]))];
	struct life *life = calloc(1, sizeof(*life));
	unsigned int before = atomic_load(&shortages);
	struct workqueue_struct *wq = alloc_workqueue("life-%d", flags, flags & WQ_INT_ORDERED ? 1 : 0, me->index);
	long want = 0;

	if (!wq || !life) {
		if (!threads_short_since(before))
			wrong("alloc_workqueue(%#x) failed", flags);
		free(life);
		return;
	}
	for (int i = 0; i < LIFE_ITEMS; i++) {
		init_work(&life->work[i], life_ran, "life", "life_ran", (uintptr_t)&life->ran);
		want += queue_work(wq, &life->work[i]);
	}
	init_delayed_work(&life->later, life_ran, "later", "life_ran", (uintptr_t)&life->ran, 0);
	want += queue_delayed_work(wq, &life->later, 1 + choose(me, 3));
	if (choose(me, 2))
		want -= cancel_delayed_work_sync(&life->later);
	else
		flush_delayed_work(&life->later);
	if (choose(me, 2))
		flush_workqueue(wq);
	destroy_workqueue(wq);
	if (life->ran != want)
		wrong("a workqueue %#x died with %ld of %ld items run", flags, life->ran, want);
	free(life);
}

struct mayfly {
	struct work_struct work;
	_Atomic long *ran;
};

/* R1.3: the engine does not use the item after its run has begun, so the run may free it. */
static void mayfly_runs(struct work_struct *w)
{
	struct mayfly *m = container_of(w, struct mayfly, work);
	_Atomic long *ran = m->ran;

	free(m);
	(*ran)++;
}

void op_self_free(struct soak_thread *me)
{
	struct soak_queue *q = choose_queue(me, 0, 0);
	_Atomic long ran = 0;
	long want = 0;

	if (!gate_enter(&q->gate))
		return;
	for (int i = 0; i < 5; i++) {
		struct mayfly *m = calloc(1, sizeof(*m));

		m->ran = &ran;
		INIT_WORK(&m->work, mayfly_runs);
		want += queue_work(q->wq, &m->work);
	}
	flush_workqueue(q->wq);
	gate_leave(&q->gate);
	if (ran != want)
		wrong("%ld of %ld items that free themselves had run after flush_workqueue()", ran, want);
}

void op_show(struct soak_thread *me)
{
	(void)me;
	show_all_workqueues();
	show_freezable_workqueues();
}

/* ---- order again ------------------------------------------------------------------------------------ */

void world_ops_start(void)
{
	hotplug = suspend = shortage = (struct gate){ 0 };
	atomic_store(&shortages, 0);
	atomic_store(&next_shortage, 0);
	for (size_t i = 0; i < sizeof(dozing) / sizeof(dozing[0]); i++)
		INIT_WORK(&dozing[i], dozes);
	atomic_store(&cpus_move, false);
}

void world_ops_stop(struct soak_thread *me)
{
	char all[16];

	(void)me;
	for (int cpu = 0; cpu < nr_cpu_ids(); cpu++)
		if (!cpu_online(cpu) && cpu_up(cpu))
			wrong("CPU %d does not come back", cpu);
	snprintf(all, sizeof(all), "%x", (1u << nr_cpu_ids()) - 1);
	wq_sysfs_write(NULL, "cpumask", all);
}
