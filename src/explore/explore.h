/*
 * explore/explore.h - one thing driven through many schedules, and what went wrong.
 *
 * A target (lesson, scenario, C test) is played under a schedule: a seed and
 * forced choices, everything else as usual (machine/choice.h).  A first run as
 * usual shows what belongs to it: a lesson may teach a bug.  What another
 * schedule then shows beyond that is a failure.
 *
 * Exploration covers sequentially consistent orders only: steps of different CPUs
 * interleave, but no CPU sees another's stores late or reordered.
 *
 * Lives here:   schedules, verdicts, the door of each part of this room.
 * Never here:   where several things can happen (machine/choice.c), output (cli/explore.c).
 * Licence: MIT.
 */
#ifndef KW_EXPLORE_EXPLORE_H
#define KW_EXPLORE_EXPLORE_H

#include <signal.h>

#include "machine/choice.h"
#include "run/director.h"
#include "trace/kwt.h"

#define EXPLORE_WINDOW_NS 50000u
#define EXPLORE_DEPTH_MAX 16
#define EXPLORE_FORCED_MAX 65536u	/* choices kept of one run */
#define EXPLORE_SECONDS 60		/* of real time for one run */
#define EXPLORE_LOG_BYTES ((size_t)192 << 20)

/* ---- a schedule ---------------------------------------------------------------- */

struct schedule {
	uint64_t seed;
	const struct mach_choice *v;
	size_t nr;
};

/* "17:turn/t9/3=2031,burn/t9/0=1023", ",": none */
struct strbuf;
void schedule_format(struct strbuf *out, const struct schedule *s);
/* Return: choices read into @v, or -EINVAL with a sentence in @err. */
int schedule_parse(const char *text, uint64_t *seed, struct mach_choice *v, size_t max, char *err, size_t err_size);

/* ---- what a run was ------------------------------------------------------------- */

enum explore_end {
	END_HOLDS,
	END_FAILS,
	END_BROKEN		/* the run could not be made: .text says why */
};

struct verdict {
	enum explore_end end;
	int signal;		/* the process died of it */
	char kind[48];		/* failures of one kind are told once: "I24", "bug use-after-free" */
	char text[400];
	uint64_t order;		/* mach_order_hash() */
	uint64_t events;
};

void verdict_fail(struct verdict *v, const char *kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What the run as usual shows: not a failure in others. */
#define EXPECT_QUESTIONS_MAX 64
struct expectation {
	bool known;
	uint64_t bugs;			/* bit of enum trace_bug */
	char warning[256];		/* of a scenario: one that no fact speaks of */
	char answer[EXPECT_QUESTIONS_MAX][96];	/* of a lesson: the right ones */
};

/* ---- a target --------------------------------------------------------------------- */

struct explore_target;

struct explore_conditions {
	double jitter;		/* < 0: as the target says */
	int cpus;		/* 0: as the target says */
	bool census;
	script_fn script;	/* what runs a lesson */
};

/*
 * target_open - by the name's end: .kws, .lua, .c, .so
 * Return: 0, or -errno with a sentence in @err (-EINVAL: at fault; -ENOENT and the like;
 *         -ENOEXEC: no compiler).  Owner: target_close().
 */
int target_open(struct explore_target **out, const char *path, const struct explore_conditions *c, char *err,
		size_t err_size);
void target_close(struct explore_target *t);
const char *target_path(const struct explore_target *t);
/*
 * target_play - one run in this process
 * @expect: what may be there; not .known: this run is the usual one, and fills it
 * @t:      open and empty; afterwards the run
 */
void target_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
		 struct expectation *expect, struct trace *trace, struct verdict *v);

/* ---- strategies ---------------------------------------------------------------------- */

enum explore_strategy { STRATEGY_RANDOM, STRATEGY_PCT, STRATEGY_DFS };

struct explore_opts {
	struct explore_conditions on;
	enum explore_strategy strategy;
	uint64_t runs, seed;
	unsigned int depth, jobs;
	uint64_t window_ns;
	bool all;			/* go on after a failure */
	const volatile sig_atomic_t *stop;
	void (*progress)(void *arg);	/* now and then; may be NULL */
	void *arg;
};

/* A failing run, shrunk. */
struct explore_failure {
	uint64_t run;			/* number, from 0 */
	struct verdict verdict;		/* of the shrunk schedule */
	uint64_t seed;
	struct mach_choice *v;		/* owned by the summary */
	size_t nr, nr_before;		/* forced choices: now, and when it was found */
	unsigned int tries;		/* runs spent on shrinking */
};

#define EXPLORE_FAILURES_MAX 16
struct explore_summary {
	uint64_t runs, distinct, failed;	/* runs; orders seen; runs that failed */
	bool exhausted;				/* dfs: there are no further schedules */
	bool stopped;				/* by @stop */
	uint64_t questions;			/* choice points of the usual run */
	struct explore_failure failure[EXPLORE_FAILURES_MAX];	/* one a kind */
	unsigned int nr_failures;
	double seconds;
};

/*
 * explore - drive it
 * Return: 0, or -errno with a sentence in @err: the usual run cannot be made, or no
 *         process can be had.  Owner: explore_fini().  Context: a process without threads.
 */
int explore(struct explore_target *t, const struct explore_opts *opts, struct explore_summary *sum, char *err,
	    size_t err_size);
void explore_fini(struct explore_summary *sum);

/*
 * explore_replay - the run of one schedule, in a process of its own
 * @save: the recording of it, or NULL; @head: what is said of it there
 * Return: 0 (see @v), or -errno with a sentence in @err.
 */
int explore_replay(struct explore_target *t, const struct explore_opts *opts, const struct schedule *s,
		   struct verdict *v, const char *save, struct kwt_header *head, char *err, size_t err_size);

#endif
