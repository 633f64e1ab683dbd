/*
 * tests/free_blocking.c - items that wait outside the engine: announced waits, and detected ones.
 *
 * Each test makes items of one CPU's pool wait until others of the same pool have run,
 * which never happens if the pool believes that its worker runs.  The only limits on time are
 * generous: a test fails by hanging.
 *
 * Lives here:   cmwq_blocking_begin() and the calls beside it; the monitor.
 * Never here:   waiting by the engine's own calls (free_workqueue.c).
 * Rules:        R4.6, R4.7, R4.20.   Licence: MIT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/lib.h"
#include "machine/machine.h"
#include "tests/test.h"
#include "workqueue/workqueue.h"

#define WAITERS 64

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static struct workqueue_struct *wq;

/* One CPU, so one pool; @monitor: are waits detected? */
static void start(bool monitor)
{
	REQUIRE_INT(cmwq_start(&(struct cmwq_config){ .nr_cpus = 1, .no_monitor = !monitor }), 0);
	wq = alloc_workqueue("waits", 0, 0);
	REQUIRE_NOT_NULL(wq);
}

static void stop(void)
{
	destroy_workqueue(wq);
	CHECK_INT(cmwq_stop(), 0);
}

/* ---- announced -------------------------------------------------------------------------------- */

/* The objects that an item waits for, and the item that makes them ready. */
static struct {
	int pipe[2], pair[2];
	sem_t sem;
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool flag;
} on;

struct way {
	const char *name;
	void (*wait)(void);
	void (*end)(void);
};

static void wait_begin_end(void)
{
	char c;

	cmwq_blocking_begin();
	cmwq_blocking_begin();	/* they nest */
	cmwq_blocking_end();
	CHECK_INT(read(on.pipe[0], &c, 1), 1);
	cmwq_blocking_end();
}

static void wait_expression(void)
{
	char c;

	CHECK_INT(CMWQ_BLOCKING(read(on.pipe[0], &c, 1)), 1);
}

static void wait_read(void)
{
	char c;

	CHECK_INT(cmwq_read(on.pipe[0], &c, 1), 1);
}

static void wait_poll(void)
{
	struct pollfd p = { .fd = on.pipe[0], .events = POLLIN };
	char c;

	CHECK_INT(cmwq_poll(&p, 1, -1), 1);
	CHECK_INT(cmwq_read(on.pipe[0], &c, 1), 1);	/* the data is there: nothing is announced */
}

static void wait_recv(void)
{
	char c;

	CHECK_INT(cmwq_recv(on.pair[0], &c, 1, 0), 1);
}

static void wait_sem(void)
{
	CHECK_INT(cmwq_sem_wait(&on.sem), 0);
}

static void wait_sem_timed(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 60;
	CHECK_INT(cmwq_sem_timedwait(&on.sem, &end), 0);
}

static void wait_mutex(void)
{
	CHECK_INT(cmwq_mutex_lock(&on.mutex), 0);
	pthread_mutex_unlock(&on.mutex);
}

static void wait_cond(void)
{
	pthread_mutex_lock(&on.mutex);
	while (!on.flag)
		CHECK_INT(cmwq_cond_wait(&on.cond, &on.mutex), 0);
	pthread_mutex_unlock(&on.mutex);
}

static void wait_sleep(void)
{
	while (!__atomic_load_n(&on.flag, __ATOMIC_ACQUIRE))
		CHECK_INT(cmwq_usleep(1000), 0);
}

static void end_pipe(void)
{
	CHECK_INT(cmwq_write(on.pipe[1], "x", 1), 1);
}

static void end_pair(void)
{
	CHECK_INT(cmwq_send(on.pair[1], "x", 1, 0), 1);
}

static void end_sem(void)
{
	sem_post(&on.sem);
}

static void end_cond(void)
{
	pthread_mutex_lock(&on.mutex);
	on.flag = true;
	pthread_cond_broadcast(&on.cond);
	pthread_mutex_unlock(&on.mutex);
}

static void end_sleep(void)
{
	__atomic_store_n(&on.flag, true, __ATOMIC_RELEASE);
}

static const struct way ways[] = {
	{ "blocking_begin", wait_begin_end, end_pipe },
	{ "CMWQ_BLOCKING", wait_expression, end_pipe },
	{ "read", wait_read, end_pipe },
	{ "poll", wait_poll, end_pipe },
	{ "recv", wait_recv, end_pair },
	{ "sem_wait", wait_sem, end_sem },
	{ "sem_timedwait", wait_sem_timed, end_sem },
	{ "mutex_lock", wait_mutex, end_sem },
	{ "cond_wait", wait_cond, end_cond },
	{ "usleep", wait_sleep, end_sleep },
};

static const struct way *way;

static void waits(struct work_struct *work)
{
	(void)work;
	errno = 0;
	way->wait();
	CHECK_INT(errno, 0);
}

static void ends_it(struct work_struct *work)
{
	(void)work;
	way->end();
}

/* Two items in the pool's order: the first waits for the effect of the second. */
static void pass_one(const struct way *w)
{
	struct work_struct first, second;

	way = w;
	on.flag = false;
	if (w->wait == wait_mutex)
		pthread_mutex_lock(&on.mutex);
	INIT_WORK(&first, waits);
	INIT_WORK(&second, ends_it);
	queue_work_on(0, wq, &first);
	queue_work_on(0, wq, &second);
	if (w->wait == wait_mutex) {
		while (sem_wait(&on.sem))
			;
		pthread_mutex_unlock(&on.mutex);	/* by who locked it */
	}
	flush_work(&first);
	flush_work(&second);
}

static void open_all(void)
{
	REQUIRE_INT(pipe(on.pipe), 0);
	REQUIRE_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, on.pair), 0);
	sem_init(&on.sem, 0, 0);
	pthread_mutex_init(&on.mutex, NULL);
	pthread_cond_init(&on.cond, NULL);
}

static void close_all(void)
{
	for (int i = 0; i < 2; i++) {
		close(on.pipe[i]);
		close(on.pair[i]);
	}
	sem_destroy(&on.sem);
	pthread_mutex_destroy(&on.mutex);
	pthread_cond_destroy(&on.cond);
}

/* RULE(R4.6, R4.7).  Without a monitor only the announcement starts the second item. */
static void an_announced_wait_lets_the_next_item_run(void)
{
	open_all();
	start(false);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		for (int round = 0; round < 5; round++)
			pass_one(&ways[i]);
	stop();
	close_all();
}

static _Atomic int inside, most;

static void computes(struct work_struct *work)
{
	int n = atomic_fetch_add(&inside, 1) + 1, seen = atomic_load(&most);

	(void)work;
	while (n > seen && !atomic_compare_exchange_weak(&most, &seen, n))
		;
	mach_burn(200000);
	atomic_fetch_sub(&inside, 1);
	cmwq_usleep(200);
}

/*
 * RULE(R4.6, R4.10).  A worker back from an announced wait counts again: in the long run one
 * item computes at a time.  Two may meet for a moment (back from waiting beside the one started
 * meanwhile), and a third if both are preempted at the wrong time; all of them never.
 */
static void worker_back_from_a_wait_counts_again(void)
{
	static struct work_struct items[40];

	atomic_store(&most, 0);
	start(false);
	for (int i = 0; i < 40; i++) {
		INIT_WORK(&items[i], computes);
		queue_work_on(0, wq, &items[i]);
	}
	flush_workqueue(wq);
	CHECK_LT(atomic_load(&most), 10);
	stop();
}

static void forgets_the_end(struct work_struct *work)
{
	(void)work;
	cmwq_blocking_begin();
	cmwq_blocking_begin();
}

static int complaints;

static void count_complaints(int level, const char *line, void *arg)
{
	(void)level;
	(void)arg;
	complaints += strstr(line, "without cmwq_blocking_end(), 2 missing") != NULL;
}

/* RULE(R4.7). */
static void an_item_that_forgets_the_end_is_named_and_does_no_harm(void)
{
	struct work_struct bad;

	open_all();
	REQUIRE_INT(cmwq_start(&(struct cmwq_config){ .nr_cpus = 1, .no_monitor = true, .log = count_complaints }),
		    0);
	wq = alloc_workqueue("waits", 0, 0);
	INIT_WORK(&bad, forgets_the_end);
	complaints = 0;
	for (int i = 1; i <= 3; i++) {
		queue_work_on(0, wq, &bad);
		flush_work(&bad);
		CHECK_INT(complaints, i);
		pass_one(&ways[0]);
	}
	stop();
	close_all();
}

static void flushes_inside(struct work_struct *work)
{
	struct work_struct other;

	(void)work;
	cmwq_blocking_begin();
	INIT_WORK(&other, computes);
	queue_work_on(0, wq, &other);
	flush_work(&other);	/* the engine's own wait inside: announced once */
	cmwq_blocking_end();
}

/* RULE(R4.6, R4.7).  A plain thread, an unbound item, and a wait inside a wait. */
static void telling_where_it_does_not_matter_does_nothing(void)
{
	struct work_struct w;

	start(false);
	cmwq_blocking_begin();
	cmwq_blocking_end();
	cmwq_blocking_end();
	CHECK_INT(cmwq_usleep(10), 0);
	INIT_WORK(&w, flushes_inside);
	queue_work_on(0, wq, &w);
	flush_work(&w);
	queue_work(system_unbound_wq, &w);
	flush_work(&w);
	stop();
}

/* RULE(R4.6).  Each wrapper returns what the call in its name returns. */
static void the_calls_are_the_calls_they_are_named_after(void)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST }, *found = NULL;
	char c, path[] = "/tmp/kw-blocking-XXXXXX";
	int status, fd = mkstemp(path);
	pid_t pid;

	CHECK_INT(cmwq_read(-1, &c, 1), -1);
	CHECK_INT(errno, EBADF);
	CHECK_INT(cmwq_pwrite(fd, "ab", 2, 1), 2);
	CHECK_INT(cmwq_pread(fd, &c, 1, 2), 1);
	CHECK_INT(c, 'b');
	CHECK_INT(cmwq_fsync(fd), 0);
	close(fd);
	unlink(path);
	CHECK_INT(cmwq_accept(0, NULL, NULL), -1);
	CHECK_INT(cmwq_connect(-1, NULL, 0), -1);
	CHECK_INT(errno, EBADF);
	CHECK_INT(cmwq_getaddrinfo("127.0.0.1", NULL, &hints, &found), 0);
	freeaddrinfo(found);
	pid = fork();
	if (!pid)
		_exit(7);
	CHECK_INT(cmwq_waitpid(pid, &status, 0), pid);
	CHECK_INT(WEXITSTATUS(status), 7);
}

/* ---- not announced ---------------------------------------------------------------------------- */

struct waiter {
	struct work_struct work;
	sem_t sem;
	int i;
};

static struct waiter waiters[WAITERS];

/* Each waits for the one behind it; the last waits for none. */
static void waits_for_the_next(struct work_struct *work)
{
	struct waiter *w = container_of(work, struct waiter, work);

	if (w->i + 1 < WAITERS)
		while (sem_wait(&waiters[w->i + 1].sem))
			;
	sem_post(&w->sem);
}

static double chain(void)
{
	double began;

	for (int i = 0; i < WAITERS; i++) {
		waiters[i].i = i;
		sem_init(&waiters[i].sem, 0, 0);
		INIT_WORK(&waiters[i].work, waits_for_the_next);
	}
	began = seconds();
	for (int i = 0; i < WAITERS; i++)
		queue_work_on(0, wq, &waiters[i].work);
	flush_workqueue(wq);
	began = seconds() - began;
	for (int i = 0; i < WAITERS; i++)
		sem_destroy(&waiters[i].sem);
	return began;
}

/* RULE(R4.20).  Sixty-four items that wait for each other without an announcement. */
static void a_wait_without_announcement_is_detected(void)
{
	double took;

	start(true);
	for (int round = 0; round < 3; round++) {
		took = chain();
		test_note("%d waits found out in %.1f ms", WAITERS, took * 1000);
		CHECK_LT(took, 30);
	}
	stop();
}

static _Atomic bool may_end;

static void sleeps_then_computes(struct work_struct *work)
{
	(void)work;
	usleep(30000);
	while (!atomic_load(&may_end))
		;
}

static void ends_soon(struct work_struct *work)
{
	(void)work;
	mach_burn(1000000);
	atomic_store(&may_end, true);
}

static _Atomic bool next_ran;
static bool found_out;

/* With at most 4 ms between two samples this takes about ten of them; without the monitor, four hundred. */
static void waits_again_and_again(struct work_struct *w)
{
	(void)w;
	for (int i = 0; i < 200 && !atomic_load(&next_ran); i++)
		usleep(500);
	found_out = atomic_load(&next_ran);
}

static void runs_next(struct work_struct *w)
{
	(void)w;
	atomic_store(&next_ran, true);
}

/*
 * RULE(R4.6).  Each sample, 4 ms after the last, finds that the item has used some CPU time,
 * although it sleeps.
 */
static void waits_shorter_than_a_look_are_found_out(void)
{
	struct work_struct first, next;

	start(true);
	INIT_WORK(&first, waits_again_and_again);
	INIT_WORK(&next, runs_next);
	found_out = false;
	/* on a loaded computer a sample may be late, but not each one */
	for (int i = 0; i < 10 && !found_out; i++) {
		atomic_store(&next_ran, false);
		queue_work_on(0, wq, &first);
		queue_work_on(0, wq, &next);
		flush_work(&first);
		flush_work(&next);
	}
	CHECK_TRUE(found_out);
	stop();
}

/*
 * RULE(R4.7, R4.20).  The first item, found waiting, does not count in nr_running.  It computes again and
 * counts before its end.  worker_enter_idle() checks that nr_running is consistent.
 */
static void worker_found_waiting_counts_again_when_it_runs(void)
{
	struct work_struct first, second;

	start(true);
	for (int i = 0; i < test_rounds(10, 4); i++) {
		atomic_store(&may_end, false);
		INIT_WORK(&first, sleeps_then_computes);
		INIT_WORK(&second, ends_soon);
		queue_work_on(0, wq, &first);
		queue_work_on(0, wq, &second);
		flush_workqueue(wq);
	}
	stop();
}

static void nothing(struct work_struct *work)
{
	(void)work;
}

/* How often threads of this process went to sleep by themselves. */
static long switches(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_nvcsw;
}

/* RULE(R4.20).  The monitor stops while no item runs, and starts again by itself. */
static void an_engine_with_nothing_to_do_sleeps(void)
{
	struct work_struct w;
	long woke = 1000000;

	start(true);
	INIT_WORK(&w, nothing);
	queue_work_on(0, wq, &w);
	flush_work(&w);
	/* 250 samples a second while an item runs; on a loaded computer the monitor may stop late */
	for (int i = 0; i < 60 && woke > 20; i++) {
		long before = switches();

		usleep(500000);
		woke = switches() - before;
	}
	CHECK_LE(woke, 20);
	CHECK_LT(chain(), 30);
	stop();
}

const struct test_case suite_free_blocking[] = {
	T(an_announced_wait_lets_the_next_item_run),
	T(worker_back_from_a_wait_counts_again),
	T(an_item_that_forgets_the_end_is_named_and_does_no_harm),
	T(telling_where_it_does_not_matter_does_nothing),
	T(the_calls_are_the_calls_they_are_named_after),
	T(a_wait_without_announcement_is_detected),
	T(waits_shorter_than_a_look_are_found_out),
	T(worker_found_waiting_counts_again_when_it_runs),
	T(an_engine_with_nothing_to_do_sleeps),
	{ NULL, NULL }
};
