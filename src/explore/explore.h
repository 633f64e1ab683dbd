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
 * Never here:   where several things can happen (machine/lockstep/choice.c), output (cli/explore.c).
 * Licence: MIT.
 */
#ifndef KW_EXPLORE_EXPLORE_H
#define KW_EXPLORE_EXPLORE_H

#include <signal.h>

#include "machine/choice.h"
#include "run/director.h"
#include "trace/kwt.h"

#define EXPLORE_WINDOW_NS 50000u
#define EXPLORE_MAX_DELAY_NS 100000000u
#define EXPLORE_MAX_DELAY_DEFAULT UINT64_MAX	/* EXPLORE_MAX_DELAY_NS, but for lessons: their story has its times */
#define EXPLORE_DEPTH_MAX 16
#define EXPLORE_FORCED_MAX 65536u	/* choices kept of one run */
#define EXPLORE_SECONDS 60		/* of CPU time for one run */
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

#define KNOWN_DEVIATIONS_MAX 64

struct verdict {
	enum explore_end end;
	int signal;		/* the process died of it */
	char kind[48];		/* failures of one kind are told once: "I24", "bug use-after-free" */
	char text[400];
	uint64_t order;		/* mach_order_hash() */
	uint64_t events;
	uint64_t known_deviations;	/* rows of the table whose facts did not hold, a bit each */
};

void verdict_fail(struct verdict *v, const char *kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What the run as usual shows: not a failure in others. */
#define EXPECT_QUESTIONS_MAX 64
struct expectation {
	bool filled;
	uint64_t bugs;			/* bit of enum trace_bug */
	char warning[256];		/* of a scenario: one that no fact speaks of */
	char answer[EXPECT_QUESTIONS_MAX][96];	/* of a lesson: the right ones */
};

/* ---- known deviations ------------------------------------------------------------- */

/*
 * Facts that name one outcome of what a kernel leaves open as well.  They fail under
 * some schedules and are no failures: counted, and told with the reason.
 */
struct known_deviations {
	char path[1024];
	struct known_deviation {
		int line;
		char scenario[64], fact[200], why[300];
		bool met;	/* its scenario was opened */
	} v[KNOWN_DEVIATIONS_MAX];
	unsigned int nr;
};

/* Return: 0, or -errno with "FILE:LINE: sentence" in @err. */
int known_deviations_load(struct known_deviations *e, const char *path, char *err, size_t err_size);

/* ---- a target --------------------------------------------------------------------- */

struct explore_target;

struct explore_conditions {
	double jitter;		/* < 0: as the target says */
	int cpus;		/* 0: as the target says */
	bool census;
	script_fn script;	/* what runs a lesson */
	struct known_deviations *known_deviations;	/* NULL = nothing is */
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
 * @expect: what may be there; not .filled: this run is the usual one, and fills it
 * @t:      open and empty; afterwards the run
 */
void target_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
		 struct expectation *expect, struct trace *trace, struct verdict *v);

/* ---- schedule sets ---------------------------------------------------------------------------- */

/* A set of numbers; {0} is an empty one. */
struct schedule_set {
	uint64_t *v;		/* owned; open addressing, 0 = free */
	size_t cap, nr;
};
/* Return: it was not there before. */
bool schedule_set_add(struct schedule_set *s, uint64_t order);
void schedule_set_fini(struct schedule_set *s);

/* ---- strategies ---------------------------------------------------------------------- */

enum explore_strategy { STRATEGY_RANDOM, STRATEGY_PCT, STRATEGY_DFS, STRATEGY_NR };
extern const char *const explore_strategy_word[STRATEGY_NR];

struct explore_opts {
	struct explore_conditions on;
	enum explore_strategy strategy;
	uint64_t runs, seed;
	unsigned int depth, jobs;
	uint64_t window_ns, max_delay_ns;	/* struct mach_choosing; EXPLORE_MAX_DELAY_DEFAULT: as the target says */
	bool all;			/* go on after a failure */
	const volatile sig_atomic_t *stop;
	void (*progress)(void *arg);	/* now and then; may be NULL */
	void *arg;
	void (*order)(void *arg, uint64_t order);	/* of each run; may be NULL */
	void *order_arg;
	bool (*reported)(void *arg, const char *kind);	/* true: do not shrink and report it again; may be NULL */
	void *reported_arg;
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
	uint64_t runs, distinct, failed;	/* runs; distinct schedules; failed runs */
	bool exhausted;				/* dfs: there are no further schedules */
	bool stopped;				/* by @stop */
	uint64_t known_deviations[KNOWN_DEVIATIONS_MAX];	/* runs in which this row's fact did not hold */
	uint64_t decisions;			/* choice points of the usual run */
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

/* ---- campaigns -------------------------------------------------------------------- */

struct campaign_row {
	uint64_t runs, distinct, failed;
	struct schedule_set schedules;
};

struct campaign_file {
	struct explore_target *t;
	struct campaign_row row;
	char kind[EXPLORE_FAILURES_MAX][48];	/* failures told already */
	unsigned int nr_kinds;
};

struct campaign {
	struct campaign_file *files;	/* borrowed; .t filled in */
	size_t nr;
	struct explore_opts opts;	/* .runs of all, .seed the first; .strategy is not looked at */
	/* A failure, shrunk, of files[@file]. */
	void (*failed)(void *arg, size_t file, const struct explore_opts *opts, const struct explore_failure *f);
	void (*turned)(void *arg);	/* a turn has ended */
	void *arg;
	/* out */
	struct campaign_row strategy[STRATEGY_NR], all;
	uint64_t known_deviations[KNOWN_DEVIATIONS_MAX];
	uint64_t rounds, next_seed;	/* seeds below it were looked at */
	bool stopped;
};

/*
 * explore_campaign - the files in turns, each with every strategy, until @m->opts.runs are done
 *
 * A round goes by seeds of its own, so two campaigns with other first seeds see other schedules.
 * Return: 0, or -errno with a sentence in @err.  Owner: explore_campaign_fini().
 */
int explore_campaign(struct campaign *m, char *err, size_t err_size);
void explore_campaign_fini(struct campaign *m);

/*
 * explore_replay - the run of one schedule, in a process of its own
 * @save: the recording of it, or NULL; @head: what is said of it there
 * Return: 0 (see @v), or -errno with a sentence in @err.
 */
int explore_replay(struct explore_target *t, const struct explore_opts *opts, const struct schedule *s,
		   struct verdict *v, const char *save, struct kwt_header *head, char *err, size_t err_size);

#endif
