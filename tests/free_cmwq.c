/*
 * tests/free_cmwq.c - starting and stopping the library.
 *
 * Lives here:   cmwq_start(), cmwq_stop(), who may call; that cmwq.h is what the engine is.
 * Never here:   what blocks (free_blocking.c), the engine itself (free_workqueue.c).
 * Rules:        as cited.   Licence: MIT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/lib.h"
#include "machine/machine.h"
#include "tests/test.h"
#include "trace/kwt.h"
#include "workqueue/workqueue.h"

#pragma GCC diagnostic ignored "-Wattribute-warning"	/* it flushes system workqueues, which callers should not */

static _Atomic int runs;

static void count_run(struct work_struct *work)
{
	(void)work;
	atomic_fetch_add(&runs, 1);
}

static void start(int nr_cpus)
{
	REQUIRE_INT(cmwq_start(&(struct cmwq_config){ .nr_cpus = nr_cpus }), 0);
}

/* RULE(R1.22).  Each start finds the same state as the first one; the sanitizers detect leaks. */
static void a_thousand_starts_are_alike(void)
{
	static struct work_struct again;
	int i, n = test_rounds(1000, 60);

	INIT_WORK(&again, count_run);	/* initialised once: an item can be used after every start */
	atomic_store(&runs, 0);
	for (i = 0; i < n; i++) {
		struct workqueue_struct *wq;

		start(1 + i % 3);
		CHECK_INT(cmwq_nr_cpus(), 1 + i % 3);
		wq = alloc_workqueue("again", i % 2 ? WQ_UNBOUND : 0, 0);
		REQUIRE_NOT_NULL(wq);
		CHECK_TRUE(queue_work(wq, &again));
		if (i % 4)
			flush_workqueue(wq);
		if (i % 5)
			destroy_workqueue(wq);	/* else cmwq_stop() does */
		CHECK_INT(cmwq_stop(), 0);
		CHECK_FALSE(work_pending(&again));
	}
	CHECK_INT(atomic_load(&runs), n);
}

/* RULE(R1.22). */
static void misuse_of_start_and_stop_is_reported(void)
{
	struct cmwq_config cfg = { .nr_cpus = 65 };

	CHECK_INT(cmwq_stop(), -ESRCH);
	CHECK_INT(cmwq_start(&cfg), -EINVAL);
	cfg.nr_cpus = -1;
	CHECK_INT(cmwq_start(&cfg), -EINVAL);
	cfg = (struct cmwq_config){ .record = "/nowhere/at/all.kwt" };
	CHECK_INT(cmwq_start(&cfg), -ENOENT);
	CHECK_INT(cmwq_start_checked(NULL, CMWQ_ABI + 8), -EPROTO);
	CHECK_FALSE(cmwq_running());
	CHECK_INT(cmwq_start(NULL), 0);
	CHECK_GE(cmwq_nr_cpus(), 1);
	CHECK_INT(cmwq_start(NULL), -EBUSY);
	CHECK_INT(cmwq_stop(), 0);
	CHECK_FALSE(cmwq_running());
}

static int stop_said;

static void stop_from_inside(struct work_struct *work)
{
	(void)work;
	stop_said = cmwq_stop();
}

/* RULE(R2.14).  It would wait for itself. */
static void an_item_cannot_stop_the_engine(void)
{
	struct work_struct work;

	start(2);
	INIT_WORK(&work, stop_from_inside);
	queue_work(system_unbound_wq, &work);
	flush_work(&work);
	CHECK_INT(stop_said, -EDEADLK);
	CHECK_INT(cmwq_stop(), 0);
}

static struct delayed_work later, chained;

static void arm_chained(struct work_struct *work)
{
	(void)work;
	atomic_fetch_add(&runs, 1);
	queue_delayed_work(system_wq, &chained, 1000 * mach_hz());
	usleep(2000);
}

/*
 * RULE(R8.1).  Delayed items belong to the program again after cmwq_stop(), also those that the
 * last items armed.
 */
static void stopping_cancels_items_that_wait_for_a_timer(void)
{
	struct work_struct last;

	atomic_store(&runs, 0);
	INIT_DELAYED_WORK(&later, count_run);
	INIT_DELAYED_WORK(&chained, count_run);
	for (int i = 0; i < 2; i++) {
		start(2);
		INIT_WORK(&last, arm_chained);
		CHECK_TRUE(queue_delayed_work(system_wq, &later, 1000 * mach_hz()));
		CHECK_TRUE(delayed_work_pending(&later));
		CHECK_TRUE(queue_work(system_wq, &last));
		CHECK_INT(cmwq_stop(), 0);
		CHECK_FALSE(delayed_work_pending(&later));
		CHECK_FALSE(delayed_work_pending(&chained));
	}
	CHECK_INT(atomic_load(&runs), 2);
}

#define CALLERS 6
static pthread_barrier_t turn;

/* A thread that lives longer than one run and calls the engine in each. */
static void *calls_in_every_run(void *arg)
{
	static struct work_struct items[CALLERS];
	struct work_struct *mine = &items[(intptr_t)arg];

	INIT_WORK(mine, count_run);
	for (int i = 0; i < 3; i++) {
		pthread_barrier_wait(&turn);
		queue_work(i % 2 ? system_unbound_wq : system_wq, mine);
		flush_work(mine);
		CHECK_GE(cmwq_cpu(), 0);
		CHECK_LT(cmwq_cpu(), 2);
		pthread_barrier_wait(&turn);
	}
	return NULL;
}

/* RULE(R4.13). */
static void a_plain_thread_may_call_in_every_run(void)
{
	pthread_t t[CALLERS];

	atomic_store(&runs, 0);
	pthread_barrier_init(&turn, NULL, CALLERS + 1);
	for (intptr_t i = 0; i < CALLERS; i++)
		pthread_create(&t[i], NULL, calls_in_every_run, (void *)i);
	for (int i = 0; i < 3; i++) {
		start(2);
		pthread_barrier_wait(&turn);
		pthread_barrier_wait(&turn);
		CHECK_INT(cmwq_stop(), 0);
	}
	for (int i = 0; i < CALLERS; i++)
		pthread_join(t[i], NULL);
	pthread_barrier_destroy(&turn);
	CHECK_INT(atomic_load(&runs), 3 * CALLERS);
}

/* RULE(R12.4).  A recording of a program's own run can be played. */
static void a_recording_is_written_at_the_end(void)
{
	char path[] = "/tmp/kw-cmwq-XXXXXX", err[256];
	int fd = mkstemp(path);
	struct kwt_recording rec;
	struct trace_event ev;
	int starts = 0;
	struct work_struct work;

	REQUIRE_GE(fd, 0);
	close(fd);
	REQUIRE_INT(cmwq_start(&(struct cmwq_config){ .nr_cpus = 2, .record = path }), 0);
	INIT_WORK(&work, count_run);
	for (int i = 0; i < 10; i++) {
		queue_work(system_wq, &work);
		flush_work(&work);
	}
	CHECK_INT(cmwq_stop(), 0);
	REQUIRE_INT(kwt_load(path, &rec, err, sizeof(err)), 0);
	CHECK_FALSE(rec.cut);
	for (uint64_t n = 1; n <= rec.store.nr; n++) {
		struct ev_EXECUTE_START s;

		trace_store_event(&rec.store, n, &ev);
		if (trace_get_EXECUTE_START(&ev, &s) &&
		    !strcmp(trace_store_name(&rec.store, CLS_FUNC, s.func), "count_run"))
			starts++;
	}
	CHECK_INT(starts, 10);
	kwt_fini(&rec);
	unlink(path);
}

static _Atomic int strayed;

static void check_where(struct work_struct *work)
{
	cpu_set_t may, all;
	int n = 0, want = cmwq_cpu(), cpu;

	(void)work;
	sched_getaffinity(0, sizeof(may), &may);
	sched_getaffinity(getpid(), sizeof(all), &all);		/* the first thread's: as it was */
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &all) && n++ == want % CPU_COUNT(&all))
			break;
	if (CPU_COUNT(&may) != 1 || !CPU_ISSET(cpu, &may))
		atomic_fetch_add(&strayed, 1);
}

/* RULE(R4.13).  Workers of a CPU's pools stay on their host CPUs if the configuration pins them. */
static void pinned_workers_stay(void)
{
	struct work_struct w;

	REQUIRE_INT(cmwq_start(&(struct cmwq_config){ .nr_cpus = 4, .pin = true }), 0);
	INIT_WORK(&w, check_where);
	for (int cpu = 0; cpu < 4; cpu++) {
		queue_work_on(cpu, system_wq, &w);
		flush_work(&w);
	}
	CHECK_INT(atomic_load(&strayed), 0);
	CHECK_INT(cmwq_stop(), 0);
}

static char logged[512];

static void keep_line(int level, const char *line, void *arg)
{
	(void)level;
	snprintf(arg, sizeof(logged), "%s", line);
}

/* RULE(R6.14). */
static void the_log_is_the_programs(void)
{
	REQUIRE_INT(cmwq_start(&(struct cmwq_config){ .nr_cpus = 1, .log = keep_line, .log_arg = logged }), 0);
	logged[0] = '\0';
	flush_scheduled_work();
	CHECK_HAS(logged, "Flushing system-wide workqueues will be prohibited in near future.");
	logged[0] = '\0';
	CHECK_INT(cmwq_stop(), 0);
	CHECK_STR(logged, "");	/* cmwq_stop() flushes them too, without a warning */
}

const struct test_case suite_free_cmwq[] = {
	T(a_thousand_starts_are_alike),
	T(misuse_of_start_and_stop_is_reported),
	T(an_item_cannot_stop_the_engine),
	T(stopping_cancels_items_that_wait_for_a_timer),
	T(a_plain_thread_may_call_in_every_run),
	T(a_recording_is_written_at_the_end),
	T(pinned_workers_stay),
	T(the_log_is_the_programs),
	{ NULL, NULL }
};
