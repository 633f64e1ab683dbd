/*
 * tests/free_timer.c - free mode's timers: never early, never lost, deleted by any thread.
 *
 * Lives here:   wheels on real threads, as delayed items and as plain timers.
 * Never here:   virtual time (unit_machine.c), what delayed items promise (conf_delayed.c).
 * Rules:        R8.1, R8.3, R8.8.   Licence: MIT.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "machine/machine.h"
#include "tests/test.h"
#include "workqueue/workqueue.h"

#define TIMERS 600

struct alarm {
	struct timer_list timer;
	unsigned long due, fired;
	_Atomic int times;
};

static struct alarm *alarms;
static _Atomic int fired;

static void rings(struct timer_list *t)
{
	struct alarm *a = container_of(t, struct alarm, timer);

	a->fired = jiffies_now();
	atomic_fetch_add(&a->times, 1);
	atomic_fetch_add(&fired, 1);
}

static void start(int nr_cpus)
{
	REQUIRE_INT(cmwq_start(&(struct cmwq_config){ .nr_cpus = nr_cpus }), 0);
	alarms = calloc(TIMERS, sizeof(*alarms));
	REQUIRE_NOT_NULL(alarms);
	for (int i = 0; i < TIMERS; i++)
		timer_setup(&alarms[i].timer, rings, 0);
	atomic_store(&fired, 0);
}

static void stop(void)
{
	CHECK_INT(cmwq_stop(), 0);
	free(alarms);
}

/* RULE(R8.1).  Timers on three levels of the wheel and their boundaries: each fires once, none early. */
static void a_timer_fires_once_and_never_early(void)
{
	int wait = 0;

	start(3);
	for (int i = 0; i < TIMERS; i++) {
		unsigned long delay = (unsigned long)i % 61 ? (unsigned long)i : 504 + (unsigned long)i / 2;

		alarms[i].due = jiffies_now() + delay;
		if (i % 3 == 2)
			add_timer_on((alarms[i].timer.expires = alarms[i].due, &alarms[i].timer), i % 2);
		else
			mod_timer(&alarms[i].timer, alarms[i].due);
	}
	while (atomic_load(&fired) < TIMERS && wait++ < 3000)
		cmwq_usleep(10000);
	CHECK_INT(atomic_load(&fired), TIMERS);
	for (int i = 0; i < TIMERS; i++) {
		CHECK_INT(atomic_load(&alarms[i].times), 1);
		CHECK_TRUE(time_after(alarms[i].fired, alarms[i].due));
		CHECK_FALSE(timer_pending(&alarms[i].timer));
	}
	stop();
}

/* RULE(R8.1).  A timer beyond the last level of the wheel waits there and does not fire early. */
static void a_timer_of_years_does_not_fire(void)
{
	static const unsigned long delays[] = { 1ul << 29, 1ul << 30, 1ul << 31, 1ul << 40, 1ul << 62 };

	start(1);
	for (size_t i = 0; i < 5; i++)
		mod_timer(&alarms[i].timer, jiffies_now() + delays[i]);
	mod_timer(&alarms[5].timer, jiffies_now() + 5);
	while (atomic_load(&fired) < 1)
		cmwq_usleep(1000);
	cmwq_usleep(20000);
	CHECK_INT(atomic_load(&fired), 1);
	for (size_t i = 0; i < 5; i++) {
		CHECK_TRUE(timer_pending(&alarms[i].timer));
		CHECK_TRUE(del_timer(&alarms[i].timer));
		CHECK_FALSE(del_timer(&alarms[i].timer));
	}
	stop();
}

/*
 * The timer that expires first is armed last: the timer thread, which sleeps until another one,
 * must be woken.
 */
static void a_nearer_timer_overtakes(void)
{
	start(2);
	for (int i = 0; i < 50; i++) {
		mod_timer(&alarms[0].timer, jiffies_now() + 100000);
		mod_timer(&alarms[1].timer, jiffies_now() + 1);
		for (int wait = 0; atomic_load(&alarms[1].times) <= i && wait < 10000; wait++)
			cmwq_usleep(1000);
		CHECK_INT(atomic_load(&alarms[1].times), i + 1);
	}
	stop();
}

#define HANDS 4
static _Atomic long armed_by_us, taken_off;

/* Every thread arms and deletes every timer, on every CPU. */
static int meddle(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg + 1;
	int n = test_rounds(30000, 6000);

	for (int i = 0; i < n; i++) {
		struct alarm *a;

		seed = seed * 1103515245u + 12345u;
		a = &alarms[(seed >> 16) % 32];
		switch ((seed >> 8) % 4) {
		case 0:
			if (!mod_timer(&a->timer, jiffies_now() + (seed >> 20) % 70))
				atomic_fetch_add(&armed_by_us, 1);
			break;
		case 1:
			if (!mod_timer(&a->timer, jiffies_now() + (seed >> 20) % 3))
				atomic_fetch_add(&armed_by_us, 1);
			break;
		case 2:
			atomic_fetch_add(&taken_off, del_timer(&a->timer));
			break;
		case 3:
			atomic_fetch_add(&taken_off, del_timer_sync(&a->timer));
			break;
		}
	}
	return 0;
}

/* RULE(R8.3, R8.8).  Each arming of an idle timer ends in one expiry or one deletion. */
static void every_arming_ends_once(void)
{
	struct task *t[HANDS];

	start(2);
	atomic_store(&armed_by_us, 0);
	atomic_store(&taken_off, 0);
	for (uintptr_t i = 0; i < HANDS; i++)
		t[i] = machine_task("hand", meddle, (void *)i, &(struct mach_task_opts){ .cpu = (int)(i % 2) });
	for (int i = 0; i < HANDS; i++)
		kthread_wait_exit(t[i]);
	for (int i = 0; i < 32; i++)
		atomic_fetch_add(&taken_off, del_timer_sync(&alarms[i].timer));
	CHECK_INT(atomic_load(&armed_by_us), atomic_load(&taken_off) + atomic_load(&fired));
	stop();
}

static _Atomic bool in_it, out_of_it;

static void slow(struct timer_list *t)
{
	(void)t;
	atomic_store(&in_it, true);
	mach_burn(20000000);
	atomic_store(&out_of_it, true);
}

/* RULE(R8.8). */
static void del_timer_sync_waits_for_the_function(void)
{
	start(2);
	timer_setup(&alarms[0].timer, slow, 0);
	atomic_store(&in_it, false);
	atomic_store(&out_of_it, false);
	mod_timer(&alarms[0].timer, jiffies_now());
	while (!atomic_load(&in_it))
		cmwq_usleep(100);
	CHECK_FALSE(del_timer_sync(&alarms[0].timer));
	CHECK_TRUE(atomic_load(&out_of_it));
	stop();
}

static void slow_again(struct timer_list *t)
{
	slow(t);
	mod_timer(t, jiffies_now() + 1000000);
}

/* The kernel's loop: the function arms its own timer again during the wait. */
static void del_timer_sync_ends_a_timer_that_arms_itself(void)
{
	start(2);
	timer_setup(&alarms[0].timer, slow_again, 0);
	atomic_store(&in_it, false);
	mod_timer(&alarms[0].timer, jiffies_now());
	while (!atomic_load(&in_it))
		cmwq_usleep(100);
	CHECK_TRUE(del_timer_sync(&alarms[0].timer));
	CHECK_FALSE(timer_pending(&alarms[0].timer));
	stop();
}

static _Atomic int runs;
static int ran_on;

static void note_cpu(struct work_struct *work)
{
	(void)work;
	ran_on = cmwq_cpu();
	atomic_fetch_add(&runs, 1);
}

/* RULE(R8.3).  A delayed item runs on the requested CPU, where its timer was. */
static void a_delayed_item_runs_on_the_cpu_asked_for(void)
{
	struct delayed_work d;

	start(3);
	INIT_DELAYED_WORK(&d, note_cpu);
	for (int i = 0; i < 9; i++) {
		atomic_store(&runs, 0);
		queue_delayed_work_on(i % 3, system_wq, &d, 2);
		for (int wait = 0; !atomic_load(&runs) && wait < 10000; wait++)
			cmwq_usleep(1000);
		flush_delayed_work(&d);
		CHECK_INT(ran_on, i % 3);
	}
	stop();
}

const struct test_case suite_free_timer[] = {
	T(a_timer_fires_once_and_never_early),
	T(a_timer_of_years_does_not_fire),
	T(a_nearer_timer_overtakes),
	T(every_arming_ends_once),
	T(del_timer_sync_waits_for_the_function),
	T(del_timer_sync_ends_a_timer_that_arms_itself),
	T(a_delayed_item_runs_on_the_cpu_asked_for),
	{ NULL, NULL }
};
