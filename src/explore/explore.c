/*
 * explore/explore.c - an exploration: the default run, many others, shrinking of failures.
 *
 * Processes must be forked before any thread exists, and a machine has threads, so this
 * process never plays a run itself.  Workers each play one run after another.  The
 * default run, each try of shrinking and each replay have a process of their own.  So a
 * crash of a run is only one more kind of failure.
 *
 * Lives here:   distributing runs, collecting and counting results, repeating failures.
 * Never here:   choosing alternatives (strategy.c, dfs.c), judging (target.c), output.
 * Rules:        docs/why/a-process-for-each-run.md.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "explore/explore_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "base/workers.h"

#define SINGLE_ONES_MAX 1000
#define DEAD_MAX 256		/* paths known to kill the process */

/* Result of one run. */
struct report {
	struct verdict verdict;
	uint64_t seed;
	size_t nr_path;		/* dfs: size of the set */
	struct mach_choice path[EXPLORE_DEPTH_MAX];
};

/* Shared by one worker and its parent, so it outlives the worker. */
struct bench {
	struct choice_log log;
	struct report now;	/* the current run; its verdict is not filled in */
	uint64_t dead[DEAD_MAX];
	unsigned int nr_dead;
	bool exhausted;
};

struct found {
	struct mach_choice *v;		/* choices, then the values of ranges */
	size_t nr, nr_levels;
	uint64_t run;
	struct report report;
};

struct exploration {
	struct explore_target *t;
	const struct explore_opts *opts;
	struct explore_summary *sum;
	struct workers workers;
	struct bench *bench;		/* one per worker; shared */
	struct expectation *expect;	/* shared */
	struct verdict *verdict;	/* of a run in a process of its own; shared */
	uint64_t expected_turns;
	struct found found[EXPLORE_FAILURES_MAX];
	unsigned int nr_found;
	struct schedule_set schedules;
	/* used in a worker */
	struct dfs *dfs;
	struct chooser chooser;
	/* of a run in a process of its own */
	const struct schedule *alone;
	struct choice_log *alone_log;
	uint64_t again;
	const char *save;
	struct kwt_header *head;
	char *save_err;			/* shared */
};

void *shared_alloc(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void shared_free(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

/* ---- one run in its own process --------------------------------------------------------------------- */

#define SAVE_ERR_BYTES 512

static int save_trace(struct exploration *x, const struct trace *trace)
{
	struct trace_store store;
	int ret = trace_store_borrow(&store, trace);

	if (ret)
		return ret;
	trace_store_poll(&store);
	ret = kwt_write(x->save, x->head, &store, x->save_err, SAVE_ERR_BYTES);
	trace_store_close(&store);
	return ret;
}

/* In its own process.  Without a log only forced choices differ from the default. */
static void play_alone(void *arg)
{
	struct exploration *x = arg;
	struct chooser c = { .opts = x->opts, .log = x->alone_log, .choose = strategy_default };
	struct verdict v;
	struct trace keep;

	play_one(x->t, x->opts, x->alone->seed, x->alone_log ? &c : NULL, x->alone->v, x->alone->nr, x->expect, &v,
		 x->save ? &keep : NULL);
	if (x->save && save_trace(x, &keep) && !x->save_err[0])
		snprintf(x->save_err, SAVE_ERR_BYTES, "%s: cannot be written", x->save);
	*x->verdict = v;
}

static void report_death(struct verdict *v, int status)
{
	memset(v, 0, sizeof(*v));
	v->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	if (workers_timed_out(status))
		verdict_fail(v, "never ends", "the run does not end within %d s of CPU time", EXPLORE_SECONDS);
	else if (v->signal)
		verdict_fail(v, "crash", "the process of the run died by %s (signal %d)", strsignal(v->signal), v->signal);
	else
		verdict_fail(v, "crash", "the process of the run ended with status %d", WEXITSTATUS(status));
	if (v->signal && !workers_timed_out(status))
		snprintf(v->kind, sizeof(v->kind), "signal %d", v->signal);
}

/* Return: 0 and the verdict in x->verdict, or -errno. */
static int run_alone(struct exploration *x, const struct schedule *s, struct choice_log *log)
{
	int status;

	x->alone = s;
	x->alone_log = log;
	memset(x->verdict, 0, sizeof(*x->verdict));
	x->verdict->end = END_BROKEN;
	status = workers_alone(play_alone, x, EXPLORE_SECONDS);
	if (status < 0)
		return status;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		report_death(x->verdict, status);
	return 0;
}

/* ---- in a worker ----------------------------------------------------------------------------- */

static uint64_t path_hash(const struct mach_choice *path, size_t nr)
{
	uint64_t h = nr;

	for (size_t i = 0; i < nr; i++)
		h = rng_mix(h ^ rng_hash4(path[i].site, path[i].context, path[i].ordinal, path[i].value));
	return h;
}

struct expanding {
	struct exploration *x;
	struct bench *bench;
};

/* Finds the choices that can follow a path by playing the path again. */
static bool expand(void *arg, const struct mach_choice *path, size_t nr, struct mach_choice **alternatives, size_t *nr_alternatives)
{
	struct expanding *e = arg;
	struct exploration *x = e->x;
	struct verdict v;

	*alternatives = NULL;
	*nr_alternatives = 0;
	for (unsigned int i = 0; i < e->bench->nr_dead; i++)
		if (e->bench->dead[i] == path_hash(path, nr))
			return true;
	strategy_path(&x->chooser, path, nr);
	play_one(x->t, x->opts, x->opts->seed, &x->chooser, NULL, 0, x->expect, &v, NULL);
	if (v.end != END_HOLDS || !x->chooser.nr_alternatives)
		return true;
	*alternatives = malloc(x->chooser.nr_alternatives * sizeof(**alternatives));
	if (!*alternatives)
		return false;
	memcpy(*alternatives, x->chooser.alternatives, x->chooser.nr_alternatives * sizeof(**alternatives));
	*nr_alternatives = x->chooser.nr_alternatives;
	return true;
}

/* Advances to the next set.  After a worker died, skips the sets before its @nth.  False: no more. */
static bool next_set(struct exploration *x, unsigned int job, struct bench *b, uint64_t nth)
{
	struct expanding e = { x, b };
	const struct mach_choice *path;
	uint64_t skip = x->dfs ? 0 : nth;
	size_t nr;

	if (!x->dfs)
		x->dfs = dfs_new(x->opts->depth, job, x->opts->jobs);
	do {
		if (!x->dfs || dfs_next(x->dfs, expand, &e, &path, &nr) <= 0)
			return false;
	} while (skip--);
	/* stored before the run: if the run dies, this path is the cause */
	b->dead[b->nr_dead % DEAD_MAX] = path_hash(path, nr);
	b->now.nr_path = nr;
	memcpy(b->now.path, path, nr * sizeof(*path));
	strategy_path(&x->chooser, path, nr);
	return true;
}

static bool play(void *arg, unsigned int job, uint64_t run, void *result)
{
	struct exploration *x = arg;
	struct bench *b = &x->bench[job];
	struct report *r = result;

	x->chooser.opts = x->opts;
	x->chooser.log = &b->log;
	x->chooser.expected_turns = x->expected_turns;
	b->now.seed = x->opts->seed;
	if (x->opts->strategy == STRATEGY_DFS) {
		if (!next_set(x, job, b, run / x->opts->jobs)) {
			b->exhausted = true;
			return false;
		}
	} else if (x->opts->strategy == STRATEGY_PCT) {
		strategy_pct(&x->chooser, run, &b->now.seed);
	} else {
		strategy_random(&x->chooser, run, &b->now.seed);
	}
	*r = b->now;
	play_one(x->t, x->opts, r->seed, &x->chooser, NULL, 0, x->expect, &r->verdict, NULL);
	return true;
}

/* ---- in the parent ---------------------------------------------------------------------------------- */

/* A slot for a kind of failure not seen before, or seen only in a later run; NULL = none. */
static struct found *place_for(struct exploration *x, uint64_t run, const struct verdict *v)
{
	for (unsigned int i = 0; i < x->nr_found; i++)
		if (!strcmp(x->found[i].report.verdict.kind, v->kind))
			return run < x->found[i].run ? &x->found[i] : NULL;
	return x->nr_found < EXPLORE_FAILURES_MAX ? &x->found[x->nr_found++] : NULL;
}

static void note_failure(struct exploration *x, uint64_t run, const struct report *r)
{
	struct found *f = place_for(x, run, &r->verdict);

	x->sum->failed++;
	if (f) {
		f->run = run;
		f->report = *r;
	}
	if (!x->opts->all && run + 1 < x->workers.runs)
		x->workers.runs = run + 1;
}

static void done(void *arg, uint64_t run, const void *result)
{
	struct exploration *x = arg;
	const struct report *r = result;

	x->sum->runs++;
	x->sum->distinct += schedule_set_add(&x->schedules, r->verdict.order);
	if (x->opts->order)
		x->opts->order(x->opts->order_arg, r->verdict.order);
	for (unsigned int i = 0; i < KNOWN_DEVIATIONS_MAX; i++)
		x->sum->known_deviations[i] += r->verdict.known_deviations >> i & 1;
	if (r->verdict.end == END_FAILS)
		note_failure(x, run, r);
	else if (r->verdict.end == END_BROKEN && x->verdict->end != END_BROKEN)
		*x->verdict = r->verdict;
}

static void lost(void *arg, unsigned int job, uint64_t run, int status)
{
	struct exploration *x = arg;
	struct bench *b = &x->bench[job];
	struct report r = b->now;

	x->sum->runs++;
	report_death(&r.verdict, status);
	if (b->nr_dead < DEAD_MAX)
		b->nr_dead++;
	note_failure(x, run, &r);
}

/* ---- the choices of a failing run --------------------------------------------------------------------------- */

/* Repeats a run of random or pct in its own process, to get its choices. */
static void play_again(void *arg)
{
	struct exploration *x = arg;
	struct report r;

	play(x, 0, x->again, &r);
}

static int take_choices(struct exploration *x, struct found *f)
{
	const struct choice_log *log = &x->bench[0].log;
	bool dfs = x->opts->strategy == STRATEGY_DFS;
	int status = 0;

	if (!dfs) {
		x->again = f->run;
		status = workers_alone(play_again, x, EXPLORE_SECONDS);
	}
	if (status < 0)
		return status;
	f->nr = dfs ? f->report.nr_path : log->nr;
	f->nr_levels = dfs ? 0 : log->nr_levels;
	f->v = malloc((f->nr + f->nr_levels + 1) * sizeof(*f->v));
	if (!f->v)
		return -ENOMEM;
	memcpy(f->v, dfs ? f->report.path : log->v, f->nr * sizeof(*f->v));
	memcpy(f->v + f->nr, log->v + EXPLORE_FORCED_MAX - f->nr_levels, f->nr_levels * sizeof(*f->v));
	return 0;
}

/* ---- shrinking --------------------------------------------------------------------------------------- */

struct shrinking {
	struct exploration *x;
	const char *kind;
};

static int try_schedule(void *arg, const struct schedule *s)
{
	struct shrinking *sh = arg;
	int ret;

	if (sh->x->opts->stop && *sh->x->opts->stop)
		return 0;
	ret = run_alone(sh->x, s, NULL);
	return ret ? ret : sh->x->verdict->end == END_FAILS && !strcmp(sh->x->verdict->kind, sh->kind);
}

/*
 * A failure under another seed than the requested one is hard to read.  Tries whether the
 * choices, and the values of its ranges, also fail under the requested seed.
 */
static int try_first_seed(struct shrinking *sh, struct found *f)
{
	struct schedule s = { sh->x->opts->seed, f->v, f->nr };
	int fails;

	if (f->report.seed == s.seed)
		return 0;
	fails = try_schedule(sh, &s);
	if (!fails && f->nr_levels) {
		s.nr += f->nr_levels;
		fails = try_schedule(sh, &s);
	}
	if (fails > 0) {
		f->report.seed = s.seed;
		f->nr = s.nr;
	}
	return fails < 0 ? fails : 0;
}

/* In its own process: lists every single deviation within the window from the default schedule. */
static void list_single_ones(void *arg)
{
	struct exploration *x = arg;
	struct choice_log *log = &x->bench[0].log;
	struct explore_opts near = *x->opts;
	struct chooser c = { .opts = &near, .log = log };
	struct verdict v;

	near.max_delay_ns = 0;	/* long delays would make the list too long */
	strategy_path(&c, NULL, 0);
	play_one(x->t, &near, x->opts->seed, &c, NULL, 0, x->expect, &v, NULL);
	log->nr = c.nr_alternatives < EXPLORE_FORCED_MAX ? c.nr_alternatives : EXPLORE_FORCED_MAX;
	memcpy(log->v, c.alternatives, log->nr * sizeof(*c.alternatives));
}

/*
 * The remaining choices cannot be shrunk further, but one other choice may be enough.
 * Tries every one if the run has few.  Return: tries, or -errno.
 */
static int look_for_one(struct shrinking *sh, struct found *f)
{
	struct choice_log *log = &sh->x->bench[0].log;
	int fails = 0, tries = 0;

	if (f->nr < 2)
		return 0;
	log->nr = 0;
	fails = workers_alone(list_single_ones, sh->x, EXPLORE_SECONDS);
	if (fails || log->nr > SINGLE_ONES_MAX)
		return fails < 0 ? fails : 0;
	for (size_t i = 0; i < log->nr && !fails; i++, tries++) {
		struct schedule s = { sh->x->opts->seed, &log->v[i], 1 };

		fails = try_schedule(sh, &s);
		if (fails > 0) {
			f->v[0] = log->v[i];
			f->nr = 1;
			f->report.seed = s.seed;
		}
	}
	return fails < 0 ? fails : tries;
}

static int make_small(struct exploration *x, struct found *f)
{
	struct shrinking sh = { x, f->report.verdict.kind };
	struct explore_failure *out = &x->sum->failure[x->sum->nr_failures];
	struct schedule s;
	int ret = take_choices(x, f);

	if (ret)
		return ret;
	*out = (struct explore_failure){ .run = f->run, .nr_before = f->nr };
	ret = try_first_seed(&sh, f);
	if (!ret)
		ret = shrink(f->v, &f->nr, f->report.seed, x->opts->window_ns, SHRINK_TRIES_MAX, try_schedule, &sh);
	if (ret < 0)
		return ret;
	out->tries = (unsigned int)ret;
	ret = look_for_one(&sh, f);
	if (ret < 0)
		return ret;
	out->tries += (unsigned int)ret;
	s = (struct schedule){ f->report.seed, f->v, f->nr };
	ret = run_alone(x, &s, NULL);
	if (ret)
		return ret;
	out->verdict = *x->verdict;
	out->seed = f->report.seed;
	out->v = f->v;
	out->nr = f->nr;
	f->v = NULL;
	x->sum->nr_failures++;
	return 0;
}

/* ---- the exploration ----------------------------------------------------------------------------------------------- */

static void fini(struct exploration *x)
{
	for (unsigned int i = 0; i < x->nr_found; i++)
		free(x->found[i].v);
	schedule_set_fini(&x->schedules);
	shared_free(x->bench, x->opts->jobs * sizeof(*x->bench));
	shared_free(x->expect, sizeof(*x->expect));
	shared_free(x->verdict, sizeof(*x->verdict));
	shared_free(x->save_err, SAVE_ERR_BYTES);
}

static int init(struct exploration *x, struct explore_target *t, const struct explore_opts *opts)
{
	*x = (struct exploration){ .t = t, .opts = opts };
	x->bench = shared_alloc(opts->jobs * sizeof(*x->bench));
	x->expect = shared_alloc(sizeof(*x->expect));
	x->verdict = shared_alloc(sizeof(*x->verdict));
	x->save_err = shared_alloc(SAVE_ERR_BYTES);
	if (x->bench && x->expect && x->verdict && x->save_err)
		return 0;
	fini(x);
	return -ENOMEM;
}

/* Makes the default run: fills the expectation and counts the steps of a run. */
static int play_default(struct exploration *x, char *err, size_t err_size)
{
	struct schedule by_default = { x->opts->seed, NULL, 0 };
	int ret = run_alone(x, &by_default, &x->bench[0].log);

	if (!ret && x->verdict->end == END_BROKEN) {
		snprintf(err, err_size, "%s: %s", x->t->path, x->verdict->text);
		ret = -EIO;
	}
	x->expect->filled = true;
	x->expected_turns = x->bench[0].log.decisions;
	return ret;
}

/* The default run itself fails: no choice has to be forced. */
static void default_fails(struct exploration *x)
{
	struct explore_summary *sum = x->sum;

	sum->runs = sum->distinct = sum->failed = 1;
	sum->failure[0] = (struct explore_failure){ .verdict = *x->verdict, .seed = x->opts->seed };
	sum->nr_failures = 1;
}

static void pause_now(void *arg)
{
	struct exploration *x = arg;

	x->opts->progress(x->opts->arg);
}

static int play_all(struct exploration *x)
{
	const struct explore_opts *o = x->opts;
	int ret;

	x->workers = (struct workers){
		.jobs = o->jobs, .runs = o->runs, .result_bytes = sizeof(struct report), .seconds = EXPLORE_SECONDS,
		.play = play, .done = done, .lost = lost, .pause = o->progress ? pause_now : NULL, .stop = o->stop,
		.arg = x,
	};
	ret = workers_run(&x->workers);
	x->sum->stopped = o->stop && *o->stop;
	x->sum->exhausted = o->strategy == STRATEGY_DFS && !x->sum->stopped;
	for (unsigned int j = 0; j < o->jobs; j++)
		x->sum->exhausted &= x->bench[j].exhausted;
	return ret;
}

int explore(struct explore_target *t, const struct explore_opts *opts, struct explore_summary *sum, char *err,
	    size_t err_size)
{
	struct exploration x;
	uint64_t begin_ns = time_now_ns();
	int ret = init(&x, t, opts);

	memset(sum, 0, sizeof(*sum));
	err[0] = '\0';
	if (ret)
		return ret;
	x.sum = sum;
	ret = play_default(&x, err, err_size);
	sum->decisions = x.expected_turns;
	if (!ret && x.verdict->end == END_FAILS) {
		default_fails(&x);
	} else if (!ret) {
		ret = play_all(&x);
		sum->seconds = (double)(time_now_ns() - begin_ns) / 1e9;
		if (!ret && x.verdict->end == END_BROKEN) {
			snprintf(err, err_size, "%s: %s", t->path, x.verdict->text);
			ret = -EIO;
		}
		for (unsigned int i = 0; i < x.nr_found && !ret; i++)
			if (!opts->reported || !opts->reported(opts->reported_arg, x.found[i].report.verdict.kind))
				ret = make_small(&x, &x.found[i]);
	}
	fini(&x);
	return ret;
}

void explore_fini(struct explore_summary *sum)
{
	for (unsigned int i = 0; i < sum->nr_failures; i++)
		free(sum->failure[i].v);
}

/* ---- replay ------------------------------------------------------------------------------------------ */

int explore_replay(struct explore_target *t, const struct explore_opts *opts, const struct schedule *s,
		   struct verdict *v, const char *save, struct kwt_header *head, char *err, size_t err_size)
{
	struct exploration x;
	int ret = init(&x, t, opts);

	err[0] = '\0';
	if (ret)
		return ret;
	ret = play_default(&x, err, err_size);
	x.save = save;
	x.head = head;
	if (!ret)
		ret = run_alone(&x, s, NULL);
	*v = *x.verdict;
	if (!ret && x.save_err[0]) {
		snprintf(err, err_size, "%s", x.save_err);
		ret = -ENOENT;
	}
	if (!ret && v->end == END_BROKEN) {
		snprintf(err, err_size, "%s: %s", t->path, v->text);
		ret = -EIO;
	}
	fini(&x);
	return ret;
}
