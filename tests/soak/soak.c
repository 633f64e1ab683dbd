/*
 * tests/soak/soak.c - phases, threads, and the watchdog of the soak.
 *
 * A phase starts a machine, lets its threads choose operations from the table for its
 * share of the time, waits until all items are idle and compares the counts.  Half of
 * the threads are the machine's, half the program's own.  The last phase stops
 * machines while operations run.
 *
 * Lives here:   soak_run() and what it is made of.
 * Never here:   an operation (ops_*.c), the accounts (items.c).   Licence: MIT.
 */
#include "tests/soak/soak.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/strbuf.h"

#define THREADS_MAX 24
#define HANG_SECONDS 30		/* sanitizers and a busy computer included */
#define WRONG_LINES 20

static const struct phase {
	const char *name;
	unsigned int groups;
	int share;			/* of the time, in all 100 */
	bool cut_short;			/* switched off again and again, as things are */
} phases[] = {
	{ "items", G_ITEMS, 10, false },
	{ "limits, freezing", G_ITEMS | G_LIMITS | G_FREEZE, 8, false },
	{ "attributes", G_ITEMS | G_ATTRS | G_LIMITS, 9, false },
	{ "hotplug", G_ITEMS | G_HOTPLUG | G_ATTRS, 9, false },
	{ "bottom halves", G_ITEMS | G_BH | G_HOTPLUG, 9, false },
	{ "lives", G_ITEMS | G_LIVES | G_LOOK | G_BH, 8, false },
	{ "short of threads", G_ITEMS | G_HOTPLUG | G_LIVES | G_ATTRS | G_SHORT, 25, false },
	{ "everything", G_ALL & ~G_SHORT, 17, false },
	{ "switched off", G_ALL & ~G_SHORT, 5, true },
};

_Atomic bool soak_over;
static _Atomic unsigned long nr_wrong;
static struct soak_thread threads[THREADS_MAX];
static int nr_threads;
static bool log_shown;		/* the kernel log goes to standard error, because a thread hangs */
static _Atomic unsigned long nr_refused;	/* threads that the host did not give, by the kernel log */

/* ---- failures -------------------------------------------------------------------- */

void wrong(const char *fmt, ...)
{
	char line[256];
	va_list ap;

	if (atomic_fetch_add(&nr_wrong, 1) >= WRONG_LINES)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "soak: WRONG: %s\n", line);
}

static void kernel_log(int level, const char *line, void *arg)
{
	(void)arg;
	nr_refused += strstr(line, "this computer cannot host") != NULL;
	if (log_shown || level < 1)
		fprintf(stderr, "<%d>%s\n", level, line);
}

/* ---- the watchdog -------------------------------------------------------------------- */

static uv_thread_t watchdog;
static _Atomic bool watchdog_stop;

/* Only the last lines may wait for a thread that hangs; an alarm limits that wait. */
static _Noreturn void hang(int who)
{
	static char text[1 << 16];
	struct strbuf out;

	alarm(20);
	fprintf(stderr, "soak: HANG: thread %d makes no step for %d s\n", who, HANG_SECONDS);
	for (int i = 0; i < nr_threads; i++)
		fprintf(stderr, "  thread %d: %s, operation %llu\n", i, threads[i].doing ? threads[i].doing : "(none)",
			(unsigned long long)threads[i].beats);
	items_print();
	strbuf_init(&out, text, sizeof(text));
	machine_blocked(&out);
	fprintf(stderr, "%s", text);
	log_shown = true;
	show_all_workqueues();
	fflush(stderr);
	_exit(1);
}

static void watch(void *arg)
{
	uint64_t seen[THREADS_MAX] = { 0 };
	int still[THREADS_MAX] = { 0 };

	(void)arg;
	while (!atomic_load(&watchdog_stop)) {
		uv_sleep(500);
		for (int i = 0; i < nr_threads; i++) {
			uint64_t now = atomic_load(&threads[i].beats);

			still[i] = now != seen[i] || !atomic_load(&threads[i].doing) ? 0 : still[i] + 1;
			seen[i] = now;
			if (still[i] > 2 * HANG_SECONDS)
				hang(i);
		}
	}
}

/* ---- a thread -------------------------------------------------------------------------- */

static unsigned int groups_now;
static unsigned int weights;

static const struct soak_op *choose_op(struct soak_thread *me)
{
	uint64_t at = choose(me, weights);
	const struct soak_op *op;

	for (op = soak_ops; op->name; op++) {
		if (!(op->group & groups_now))
			continue;
		if (at < op->weight)
			break;
		at -= op->weight;
	}
	return op;
}

static int fire(void *arg)
{
	struct soak_thread *me = arg;

	while (!atomic_load(&soak_over)) {
		const struct soak_op *op = choose_op(me);

		atomic_store(&me->doing, op->name);
		atomic_fetch_add(&me->beats, 1);
		op->fn(me);
		me->done++;
	}
	atomic_store(&me->doing, NULL);
	return 0;
}

static void fire_plain(void *arg)
{
	fire(arg);
}

/* ---- a phase ----------------------------------------------------------------------------- */

static double now_s(void)
{
	return (double)uv_hrtime() * 1e-9;
}

static void machine_on(uint64_t seed)
{
	struct machine_config cfg = {
		.mode = MACH_FREE, .nr_cpus = 4, .nr_nodes = 2, .threads_max = 2000, .seed = seed, .log = kernel_log,
	};

	if (machine_start(&cfg, NULL, workqueue_boot)) {
		fprintf(stderr, "kworkshop: soak: this computer cannot host the threads\n");
		exit(1);
	}
}

static void threads_init(const struct phase *p, uint64_t seed)
{
	groups_now = p->groups;
	weights = 0;
	for (const struct soak_op *op = soak_ops; op->name; op++)
		weights += op->group & groups_now ? op->weight : 0;
	atomic_store(&soak_over, false);
	for (int i = 0; i < nr_threads; i++) {
		threads[i].index = i;
		threads[i].seed = rng_hash4(seed, (uint64_t)(p - phases), 0, 3);
		threads[i].ordinal = threads[i].done = 0;
	}
}

/* Runs the operations for @seconds; afterwards no thread is inside one. */
static uint64_t fire_for(double seconds)
{
	uv_thread_t own[THREADS_MAX];
	struct task *tasks[THREADS_MAX] = { NULL };
	double end = now_s() + seconds;
	uint64_t done = 0;

	for (int i = 0; i < nr_threads; i++) {
		if (i % 2 == 0)
			tasks[i] = machine_task("fire", fire, &threads[i], &(struct mach_task_opts){ .cpu = -1 });
		if (!tasks[i])		/* also if an earlier one has already used up the threads of the machine */
			uv_thread_create(&own[i], fire_plain, &threads[i]);
	}
	while (now_s() < end && !nr_wrong)
		uv_sleep(10);
	atomic_store(&soak_over, true);
	for (int i = 0; i < nr_threads; i++) {
		if (tasks[i])
			kthread_wait_exit(tasks[i]);
		else
			uv_thread_join(&own[i]);
		done += threads[i].done;
	}
	return done;
}

static uint64_t run_phase(const struct phase *p, double seconds, uint64_t seed, long *runs)
{
	uint64_t done;

	machine_on(seed);
	queues_start(p->groups);
	items_start(p->groups, seed);
	world_ops_start();
	threads_init(p, seed);
	done = fire_for(seconds);
	if (!p->cut_short) {
		world_ops_stop(&threads[0]);
		queues_stop();
	}
	*runs += items_runs();
	machine_stop();
	return done;
}

static uint64_t run_share(const struct phase *p, double seconds, uint64_t seed, long *runs)
{
	double end = now_s() + seconds;
	uint64_t done = 0;

	if (!p->cut_short)
		return run_phase(p, seconds, seed, runs);
	for (uint64_t i = 0; now_s() < end && !nr_wrong; i++)
		done += run_phase(p, 0.05, seed + i, runs);
	return done;
}

/* ---- all of it ------------------------------------------------------------------------------ */

static int threads_for_this_computer(void)
{
	long n = 3 * sysconf(_SC_NPROCESSORS_ONLN);

	return n < 4 ? 4 : n > THREADS_MAX ? THREADS_MAX : (int)n;
}

static void run_seed(const struct soak_config *cfg, uint64_t seed, double all_seconds)
{
	uint64_t total = 0;
	long all_runs = 0;

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]) && !nr_wrong; i++) {
		const struct phase *p = &phases[i];
		double began = now_s(), seconds = cfg->only ? all_seconds : all_seconds * p->share / 100;
		long runs = 0;
		uint64_t done;

		if (cfg->only && strcmp(cfg->only, p->name) != 0)
			continue;
		done = run_share(p, seconds, seed + i * 1000003, &runs);
		total += done;
		all_runs += runs;
		if (!cfg->quiet)
			printf("soak: %-16s %6.1f s, %9llu operations, %9ld runs, %3lu threads refused%s\n", p->name,
			       now_s() - began, (unsigned long long)done, runs, atomic_exchange(&nr_refused, 0),
			       nr_wrong ? ": WRONG" : "");
		fflush(stdout);
	}
	if (!cfg->quiet)
		printf("soak: %llu operations by %d threads, %ld runs, %lu wrong (seed %llu)\n", (unsigned long long)total,
		       nr_threads, all_runs, nr_wrong, (unsigned long long)seed);
	fflush(stdout);
}

unsigned long soak_run(const struct soak_config *cfg)
{
	int seeds = cfg->seeds > 1 ? cfg->seeds : 1;

	nr_threads = cfg->threads ? cfg->threads : threads_for_this_computer();
	atomic_store(&nr_wrong, 0);
	atomic_store(&watchdog_stop, false);
	memset(threads, 0, sizeof(threads));
	uv_thread_create(&watchdog, watch, NULL);
	for (int i = 0; i < seeds && !nr_wrong; i++)
		run_seed(cfg, cfg->seed + (uint64_t)i, cfg->seconds / seeds);
	atomic_store(&watchdog_stop, true);
	uv_thread_join(&watchdog);
	return nr_wrong;
}
