/*
 * conform/seed_run.c - distributes runs over processes and collects their verdicts.
 *
 * Lives here:   judging one run; the file and seed of each run number.
 * Never here:   processes (base/workers.c), output for people.
 * Licence: MIT.
 */
#include "conform/seed_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/shortage.h"
#include "base/strbuf.h"
#include "base/workers.h"
#include "conform/runner.h"
#include "model/invariant.h"
#include "trace/trace.h"

struct seed_run {
	const struct seed_run_file *files;
	size_t nr_files;
	uint64_t first;
	bool census;
	void (*done)(void *arg, const struct seed_run_result *res);
	void *arg;
	struct seed_run_result lost;	/* too large for the stack */
};

/* ---- one run ---------------------------------------------------------------------- */

static void judge(const struct facts *f, const struct record *r, struct seed_run_result *res)
{
	struct strbuf text;
	const char *report;
	struct klog log;
	size_t warning;

	strbuf_init(&text, res->text, sizeof(res->text));
	klog_read(&log, r);
	for (size_t i = 0; i < f->nr; i++) {
		STRBUF(seen, 400);
		enum fact_result verdict = fact_check(f, i, r, &log, &seen);

		res->fact[i] = (unsigned char)verdict;
		res->held += verdict == FACT_HOLDS;
		res->differ += verdict == FACT_DIFFERS;
		res->left_out += verdict == FACT_LEFT_OUT;
		res->failed += verdict == FACT_FAILS;
		if (verdict == FACT_FAILS || verdict == FACT_DIFFERS)
			strbuf_printf(&text, "%zu\t%s\n", i, seen.buf);
	}
	warning = facts_unspoken_warning(f, r);
	report = warning ? r->log.v[warning - 1].text : facts_unlisted_report(f, &log);
	if (report && f->nr) {		/* without facts nothing was measured */
		snprintf(res->unspoken, sizeof(res->unspoken), "%.250s", report);
		res->failed++;
	}
	klog_fini(&log);
}

/* Broken invariants of the current run; not reported if the scenario misused an item. */
struct breaches {
	unsigned int nr;
	struct invariant_breach first;
};

static void note_breach(void *arg, const struct invariant_breach *b)
{
	struct breaches *to = arg;

	if (!to->nr++)
		to->first = *b;
}

/* Memory that is reused for each run. */
static struct {
	bool open;
	struct trace trace;
	struct trace_store store;
	struct inv *inv;
} room;

static int room_open(void)
{
	if (!room.open) {
		int err = trace_open(&room.trace, -1, RUNNER_LOG_BYTES, 0);

		if (err)
			return err;
		room.open = true;
	}
	if (!room.inv)
		room.inv = invariant_open();
	trace_reset(&room.trace);
	return room.inv ? 0 : -ENOMEM;
}

/* Reads facts and checks invariants in one pass over the trace, with one model. */
static int read_run(const struct kws *k, struct record *rec, struct breaches *breaches, char *err, size_t err_size)
{
	struct record_reader *rd = record_open(rec, k, &room.store);
	const struct invariant_breach *fault;
	uint64_t fault_n = 0, n;
	struct trace_event ev;
	int ret = 0;

	if (!rd)
		return -ENOMEM;
	invariant_begin(room.inv, &room.store, note_breach, breaches);
	for (n = 1; !ret && trace_store_event(&room.store, n, &ev); n++) {
		ret = invariant_step(room.inv, &ev);
		if (!ret && !record_ended(rd)) {
			record_event(rd, invariant_model(room.inv), &ev);
			fault_n = n;
		}
	}
	if (!ret && invariant_end(room.inv) < 0)
		ret = -ENOMEM;
	rec->no_memory |= ret != 0;
	fault = invariant_fault(room.inv);
	if (fault && fault->n <= fault_n)	/* facts read after the fault are meaningless */
		return record_close(rd, fault->n, fault->text, err, err_size);
	return record_close(rd, 0, "", err, err_size);
}

static void judge_run(const struct seed_run_file *file, struct seed_run_result *res)
{
	struct breaches breaches = { .nr = 0 };
	struct record rec;

	res->err = read_run(file->k, &rec, &breaches, res->extra, sizeof(res->extra));
	if (res->err)
		return;
	judge(file->f, &rec, res);
	if (!rec.misuse && breaches.nr) {
		res->failed += breaches.nr;
		if (!res->extra[0])
			snprintf(res->extra, sizeof(res->extra), "%s does not hold at event %llu: %.180s",
				 breaches.first.id, (unsigned long long)breaches.first.n, breaches.first.text);
	}
	record_fini(&rec);
}

void seed_run_one(const struct seed_run_file *file, uint64_t seed, bool census, struct seed_run_result *res)
{
	struct runner_opts opts = { .seed = seed, .census = census };

	res->seed = seed;
	if (file->f->nr > SEED_RUN_FACTS_MAX) {
		res->err = -E2BIG;
		return;
	}
	res->err = room_open();
	if (!res->err)
		res->err = runner_run(file->k, &opts, &room.trace, res->extra, sizeof(res->extra));
	if (!res->err)
		res->err = trace_store_again(&room.store, &room.trace);
	if (!res->err) {
		res->events = room.store.nr;
		judge_run(file, res);
	}
}

/* ---- all runs --------------------------------------------------------------------------------- */

static size_t file_of(const struct seed_run *c, uint64_t run)
{
	return run % c->nr_files;
}

static uint64_t seed_of(const struct seed_run *c, uint64_t run)
{
	return c->first + run / c->nr_files;
}

static bool play(void *arg, unsigned int job, uint64_t run, void *result)
{
	const struct seed_run *c = arg;
	struct seed_run_result *res = result;

	(void)job;
	res->file = file_of(c, run);
	seed_run_one(&c->files[res->file], seed_of(c, run), c->census, res);
	if (res->err == -ENOMEM)
		shortage_end(res->err, "a run");	/* no result of the run: workers_run() reports it */
	return true;
}

static void done(void *arg, uint64_t run, const void *result)
{
	const struct seed_run *c = arg;

	(void)run;
	c->done(c->arg, result);
}

/* The process died in this run, or exceeded the time limit. */
static void lost(void *arg, unsigned int job, uint64_t run, int status)
{
	struct seed_run *c = arg;

	(void)job;
	memset(&c->lost, 0, sizeof(c->lost));
	c->lost.file = file_of(c, run);
	c->lost.seed = seed_of(c, run);
	c->lost.err = -EIO;
	c->lost.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	c->done(c->arg, &c->lost);
}

int seed_run_all(const struct seed_run_file *files, size_t nr_files, uint64_t first, uint64_t nr, unsigned int jobs,
		 bool census, void (*report)(void *arg, const struct seed_run_result *res), void *arg)
{
	struct seed_run *c = calloc(1, sizeof(*c));
	struct workers w = {
		.jobs = jobs, .runs = nr_files * nr, .result_bytes = sizeof(struct seed_run_result),
		.seconds = SEED_RUN_SECONDS, .play = play, .done = done, .lost = lost, .arg = c,
	};
	int err;

	if (!c)
		return -ENOMEM;
	*c = (struct seed_run){ .files = files, .nr_files = nr_files, .first = first, .census = census, .done = report,
				.arg = arg };
	err = workers_run(&w);
	free(c);
	return err;
}
