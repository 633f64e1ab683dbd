/*
 * tests/free_machine.c - the machine's services on real threads: clean under TSan.
 *
 * These tests run in every build.  Under SAN=thread they show that the functions of
 * kapi.h in free mode have the memory order that their comments state.   Licence: MIT.
 */
#include "machine/machine.h"
#include "tests/test.h"
#include "trace/ring.h"

#define THREADS 4
#define ROUNDS 2000

static void free_machine(void)
{
	REQUIRE_INT(machine_start(&(struct machine_config){ .mode = MACH_FREE, .nr_cpus = 2 }, NULL, NULL), 0);
}

static struct raw_spinlock lock;
static long counter;

static int count_under_lock(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		raw_spin_lock(&lock);
		counter++;
		raw_spin_unlock(&lock);
	}
	return 0;
}

static void run_threads(int (*fn)(void *), void *arg)
{
	struct task *t[THREADS];

	for (int i = 0; i < THREADS; i++)
		t[i] = machine_task("t", fn, arg, &(struct mach_task_opts){ .cpu = i % 2 });
	for (int i = 0; i < THREADS; i++)
		kthread_wait_exit(t[i]);
}

static void spin_locks_exclude_on_real_threads(void)
{
	counter = 0;
	raw_spin_lock_init(&lock, "l");
	free_machine();
	run_threads(count_under_lock, NULL);
	CHECK_INT(counter, THREADS * ROUNDS);
	machine_stop();
}

static struct mutex mutex;

static int count_under_mutex(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		mutex_lock(&mutex);
		counter++;
		mutex_unlock(&mutex);
	}
	return 0;
}

static void mutexes_exclude_on_real_threads(void)
{
	counter = 0;
	mutex_init(&mutex, "m");
	free_machine();
	run_threads(count_under_mutex, NULL);
	CHECK_INT(counter, THREADS * ROUNDS);
	machine_stop();
}

/* A completion on the waiter's stack may be gone as soon as wait_for_completion() returns. */
struct ping {
	struct completion ping;
	struct completion *pong;
};

static int ponger(void *arg)
{
	struct ping *p = arg;

	for (int i = 0; i < ROUNDS / 4; i++) {
		wait_for_completion(&p->ping);
		complete(p->pong);
	}
	return 0;
}

static void a_completion_may_live_on_the_waiters_stack(void)
{
	struct ping p;
	struct task *t;

	free_machine();
	init_completion(&p.ping, "ping");
	t = machine_task("ponger", ponger, &p, &(struct mach_task_opts){ .cpu = 1 });
	for (int i = 0; i < ROUNDS / 4; i++) {
		struct completion pong;

		init_completion(&pong, "pong");
		p.pong = &pong;
		complete(&p.ping);
		wait_for_completion(&pong);
	}
	kthread_wait_exit(t);
	machine_stop();
}

struct ticking {
	struct timer_list timer;
	struct completion fired;
	_Atomic int times;
};

static void tick_fires(struct timer_list *t)
{
	struct ticking *k = container_of(t, struct ticking, timer);

	if (atomic_fetch_add(&k->times, 1) == 4)
		complete(&k->fired);
	else
		mod_timer(t, jiffies + 1);
}

static void timers_fire_and_can_be_deleted(void)
{
	struct ticking k = { .times = 0 };
	struct timer_list other;

	free_machine();
	init_completion(&k.fired, "fired");
	timer_setup(&k.timer, tick_fires, 0);
	timer_setup(&other, tick_fires, 0);
	CHECK_FALSE(mod_timer(&other, jiffies + 100000));
	CHECK_TRUE(mod_timer(&other, jiffies + 200000));
	CHECK_TRUE(del_timer_sync(&other));
	CHECK_FALSE(del_timer_sync(&other));
	mod_timer(&k.timer, jiffies + 1);
	wait_for_completion(&k.fired);
	CHECK_INT(atomic_load(&k.times), 5);
	CHECK_FALSE(del_timer_sync(&k.timer));
	machine_stop();
}

static _Atomic int reclaimed;
static struct { struct rcu_head head; int *_Atomic slot; } grave[64];
static int *_Atomic published;

static void reclaim(struct rcu_head *head)
{
	int *p = atomic_load(&container_of(head, __typeof__(grave[0]), head)->slot);

	*p = -1;	/* a reader that still looks would see it (and TSan would see the race) */
	atomic_fetch_add(&reclaimed, 1);
}

static int reader(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		rcu_read_lock();
		CHECK_GE(*atomic_load(&published), 0);
		rcu_read_unlock();
	}
	return 0;
}

static void rcu_waits_for_its_readers(void)
{
	static int value[65];
	struct task *t;

	for (int i = 0; i < 65; i++)
		value[i] = i;
	free_machine();
	atomic_store(&reclaimed, 0);
	atomic_store(&published, &value[0]);
	t = machine_task("reader", reader, NULL, &(struct mach_task_opts){ .cpu = 1 });
	for (int i = 0; i < 64; i++) {
		atomic_store(&grave[i].slot, &value[i]);
		atomic_store(&published, &value[i + 1]);
		call_rcu(&grave[i].head, reclaim);
	}
	kthread_wait_exit(t);
	rcu_barrier();
	CHECK_INT(atomic_load(&reclaimed), 64);
	machine_stop();
}

static _Atomic bool first_may_end, second_began, second_ended;

static int first_reader(void *arg)
{
	(void)arg;
	rcu_read_lock();
	while (!atomic_load(&first_may_end))
		mach_sleep_ns(1000000);
	rcu_read_unlock();
	return 0;
}

static int second_reader(void *arg)
{
	(void)arg;
	rcu_read_lock();
	atomic_store(&second_began, true);
	mach_sleep_ns(60000000);
	atomic_store(&second_ended, true);
	rcu_read_unlock();
	return 0;
}

static int wait_one_grace_period(void *arg)
{
	(void)arg;
	synchronize_rcu();
	return 0;
}

/* A reader that begins during a grace period holds up the next one, whichever index it has. */
static void a_reader_of_the_other_index_is_waited_for(void)
{
	const struct mach_task_opts anywhere = { .cpu = -1 };
	struct task *first, *second, *updater;

	atomic_store(&first_may_end, false);
	atomic_store(&second_began, false);
	atomic_store(&second_ended, false);
	free_machine();
	first = machine_task("first", first_reader, NULL, &anywhere);
	mach_sleep_ns(5000000);
	updater = machine_task("updater", wait_one_grace_period, NULL, &anywhere);
	mach_sleep_ns(10000000);	/* its first turn waits for the first reader */
	second = machine_task("second", second_reader, NULL, &anywhere);
	while (!atomic_load(&second_began))
		mach_sleep_ns(1000000);
	atomic_store(&first_may_end, true);
	synchronize_rcu();
	CHECK_TRUE(atomic_load(&second_ended));
	kthread_wait_exit(first);
	kthread_wait_exit(second);
	kthread_wait_exit(updater);
	machine_stop();
}

/* If another log is being written, machine_on() fails and that log continues. */
static void a_machine_without_its_log_does_not_start(void)
{
	struct machine_config cfg = { .mode = MACH_FREE, .nr_cpus = 2 };
	struct trace first, second;

	REQUIRE_INT(trace_open(&first, -1, 1 << 20, 1000), 0);
	REQUIRE_INT(trace_open(&second, -1, 1 << 20, 1000), 0);
	REQUIRE_INT(trace_ring_start(&first, 0, 0), 0);
	CHECK_INT(machine_start(&cfg, &second, NULL), -EBUSY);
	CHECK_FALSE(machine_running());
	CHECK_INT(trace_ring_start(&second, 0, 0), -EBUSY);
	trace_ring_stop();
	CHECK_INT(machine_start(&cfg, &second, NULL), 0);
	machine_stop();
	trace_close(&first);
	trace_close(&second);
}

static struct completion end_of_fillers;

static int fills_a_thread(void *arg)
{
	(void)arg;
	wait_for_completion(&end_of_fillers);
	return 0;
}

/* Without a thread for its last step, cpu_up() fails and the CPU stays offline; with one it comes. */
static void cpu_does_not_come_up_without_a_thread(void)
{
	struct task *fillers[64];
	int n = 0;

	REQUIRE_INT(machine_start(&(struct machine_config){ .mode = MACH_FREE, .nr_cpus = 2, .threads_max = 24 }, NULL,
				  NULL), 0);
	init_completion(&end_of_fillers, "end");
	CHECK_INT(cpu_down(1), 0);
	while (n < 64 && (fillers[n] = machine_task("filler", fills_a_thread, NULL, &(struct mach_task_opts){ .cpu = 0 })))
		n++;
	CHECK_LT(n, 64);
	CHECK_INT(cpu_up(1), -EAGAIN);
	CHECK_FALSE(cpu_online(1));
	complete_all(&end_of_fillers);
	while (n-- > 0)
		kthread_stop(fillers[n]);
	CHECK_INT(cpu_up(1), 0);
	CHECK_TRUE(cpu_online(1));
	machine_stop();
}

const struct test_case suite_free_machine[] = {
	T(spin_locks_exclude_on_real_threads),
	T(mutexes_exclude_on_real_threads),
	T(a_completion_may_live_on_the_waiters_stack),
	T(timers_fire_and_can_be_deleted),
	T(rcu_waits_for_its_readers),
	T(a_reader_of_the_other_index_is_waited_for),
	T(a_machine_without_its_log_does_not_start),
	T(cpu_does_not_come_up_without_a_thread),
	{ NULL, NULL }
};
