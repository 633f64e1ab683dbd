/*
 * bench/seek.c - the time to load a recording of a million events, and to seek in it.
 *
 * The recording is made here: items of two workqueues burn, sleep and requeue
 * themselves on four virtual CPUs until the run reaches its bound of events.  The
 * recording is written, loaded and indexed, and model_replay_seek() goes to random events.
 *
 * Lives here:   recording, loading, seeking (target: the slowest seek within one 60 Hz frame).
 * Never here:   the correctness of the state after a seek (tests).   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"
#include "machine/machine.h"
#include "model/model.h"
#include "trace/kwt.h"
#include "workqueue/workqueue.h"

#define EVENTS 1000000
#define ITEMS 24
#define SEEKS 1000
#define FRAME_MS (1000.0 / 60)

static struct workqueue_struct *queues[2];
static struct work_struct items[ITEMS];

static void busy(struct work_struct *w)
{
	int i = (int)(w - items);

	mach_burn(20000 + 1000 * (uint64_t)i);
	if (i % 3 == 0)
		mach_sleep_ns(300000);
	queue_work(queues[i % 2], w);
}

static void setup(void *arg)
{
	int i;

	(void)arg;
	queues[0] = alloc_workqueue("bound", 0, 0);
	queues[1] = alloc_workqueue("unbound", WQ_UNBOUND, 4);
	for (i = 0; i < ITEMS; i++) {
		INIT_WORK(&items[i], busy);
		queue_work_on(i % 4, queues[i % 2], &items[i]);
	}
}

/* Runs until the bound of events; the caller owns @t. */
static int record(struct trace *t)
{
	struct machine_config cfg = { .mode = MACH_LOCKSTEP, .nr_cpus = 4, .seed = 1 };
	struct mach_run run = { .until_ns = UINT64_MAX / 2 };
	int err = trace_open(t, -1, 0, EVENTS);

	if (err)
		return err;
	err = machine_start(&cfg, t, workqueue_boot);
	if (err) {
		trace_close(t);
		return err;
	}
	machine_call(setup, NULL);
	machine_run(&run);
	machine_stop();
	return 0;
}

static void measure_seeks(struct model_replay *replay)
{
	static double ms[SEEKS];
	uint64_t began;
	double worst = 0;
	int i;

	for (i = 0; i < SEEKS; i++) {
		uint64_t n = rng_below(rng_hash4(1, 0, 0, (uint64_t)i), replay->store->nr) + 1;

		began = bench_now_ns();
		if (model_replay_seek(replay, n)) {
			bench_failed("seek", "no memory");
			return;
		}
		ms[i] = (double)(bench_now_ns() - began) / 1e6;
		if (ms[i] > worst)
			worst = ms[i];
	}
	bench_figure("a seek to anywhere, median of 1000", bench_median(ms, SEEKS), "ms");
	bench_at_most("a seek to anywhere, slowest of 1000", worst, FRAME_MS, "ms");
}

static void measure_recording(const char *path)
{
	struct kwt_recording rec;
	struct model_replay replay;
	struct stat st;
	char err[256] = "";
	uint64_t began = bench_now_ns();

	if (kwt_load(path, &rec, err, sizeof(err))) {
		bench_failed("load", err);
		return;
	}
	bench_figure("loading it", (double)(bench_now_ns() - began) / 1e6, "ms");
	bench_figure("events in it", (double)rec.store.nr, "");
	bench_figure("bytes of events", (double)rec.store.bytes / 1e6, "MB");
	bench_figure("bytes of its file", stat(path, &st) ? -1 : (double)st.st_size / 1e6, "MB");
	began = bench_now_ns();
	if (model_replay_init(&replay, &rec.store) || model_replay_grow(&replay)) {
		bench_failed("index", "no memory");
	} else {
		bench_figure("folding all of it once, with snapshots", (double)(bench_now_ns() - began) / 1e6, "ms");
		measure_seeks(&replay);
	}
	model_replay_fini(&replay);
	kwt_fini(&rec);
}

static void seek_run(void)
{
	char path[] = P_tmpdir "/kw-bench-XXXXXX", err[256] = "";
	struct kwt_header head = { .engine = "bench", .lesson = "bench", .seed = 1 };
	struct trace_store store;
	struct trace t;
	uint64_t began = bench_now_ns();
	int fd = mkstemp(path);

	if (fd < 0 || record(&t)) {
		bench_failed("record", "no file, or this computer cannot host the threads");
		return;
	}
	close(fd);
	bench_figure("running until the bound, lockstep", (double)(bench_now_ns() - began) / 1e6, "ms");
	if (trace_store_borrow(&store, &t) || trace_store_poll(&store) < 0 ||
	    kwt_write(path, &head, &store, err, sizeof(err)))
		bench_failed("write", err);
	else
		measure_recording(path);
	trace_store_close(&store);
	trace_close(&t);
	unlink(path);
}

const struct bench bench_seek = {
	.name = "seek",
	.question = "loading a recording of a million events, and seeking in it",
	.run = seek_run,
};
