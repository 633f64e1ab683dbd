/*
 * explore/explore.h - runs one target under many schedules and reports failures.
 *
 * A target (lesson, scenario, C test) is played under a schedule: a seed and forced
 * choices; every other decision takes its default (machine/choice.h).  The default run,
 * without forced choices, shows the expected bugs and answers, since a lesson may teach a
 * bug.  Anything more that another schedule shows is a failure.
 *
 * Exploration covers sequentially consistent orders only: steps of different CPUs
 * interleave, but no CPU sees another's stores late or reordered.
 *
 * Lives here:   schedules, verdicts, the interface of each part of this room.
 * Never here:   decisions of the machine (machine/lockstep/choice.c), output (cli/explore.c).
 * Licence: MIT.
 */
#ifndef KW_EXPLORE_EXPLORE_H
#define KW_EXPLORE_EXPLORE_H

#include <signal.h>

#include "machine/choice.h"
#include "model/lesson_limits.h"
#include "run/director.h"
#include "trace/kwt.h"

#define EXPLORE_WINDOW_NS 50000u
#define EXPLORE_MAX_DELAY_NS 100000000u
#define EXPLORE_MAX_DELAY_DEFAULT UINT64_MAX	/* EXPLORE_MAX_DELAY_NS, but 0 for lessons, whose texts name times */
#define EXPLORE_DEPTH_MAX 16
#define EXPLORE_FORCED_MAX 65536u	/* largest number of choices kept per run */
#define EXPLORE_SECONDS 60		/* CPU time limit of one run */
#define EXPLORE_LOG_BYTES ((size_t)192 << 20)

/* ---- a schedule ---------------------------------------------------------------- */

struct schedule {
	uint64_t seed;
	const struct mach_choice *v;
	size_t nr;
};

/* "17:turn/t9/3=2031,burn/t9/0=1023"; "17:" without choices */
struct strbuf;
void schedule_format(struct strbuf *out, const struct schedule *s);
/* Return: number of choices read into @v, or -EINVAL with a sentence in @err. */
int schedule_parse(const char *text, uint64_t *seed, struct mach_choice *v, size_t max, char *err, size_t err_size);

/* ---- the verdict on a run ------------------------------------------------------------- */

enum explore_end {
	END_HOLDS,
	END_FAILS,
	END_BROKEN		/* the run was impossible: .text has the reason */
};

#define KNOWN_DEVIATIONS_MAX 64

struct verdict {
	enum explore_end end;
	int signal;		/* that killed the process, or 0 */
	char kind[48];		/* one failure of each kind is reported: "I24", "bug use-after-free" */
	char text[400];
	uint64_t order;		/* mach_order_hash() */
	uint64_t events;
	uint64_t known_deviations;	/* bitmap of the table's rows whose facts did not hold */
};

void verdict_fail(struct verdict *v, const char *kind, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Findings of the default run, which are not failures in other runs. */
struct expectation {
	bool filled;
	uint64_t bugs;			/* bitmap of enum trace_bug */
	char warning[256];		/* of a scenario: a warning that no fact mentions */
	char answer[LESSON_QUESTIONS_MAX][LESSON_FLAGS_MAX * (LESSON_CHOICE_ID_BYTES_MAX + 1)];	/* of a lesson; "" = none */
};

/* ---- shrinking ------------------------------------------------------------------------ */

#define SHRINK_TRIES_MAX 5000u

/* Runs @s.  Return: 1 if it fails with the same kind, 0, or -errno, which ends the shrinking. */
typedef int (*shrink_try)(void *arg, const struct schedule *s);
/*
 * shrink - remove choices from @v until each is needed, or @tries_max tries are made
 * *@nr: the number of choices; afterwards of those that are left, which fail
 * Return: tries, or -errno.
 */
int shrink(struct mach_choice *v, size_t *nr, uint64_t seed, uint64_t window_ns, unsigned int tries_max, shrink_try try,
	   void *arg);

/* ---- known deviations ------------------------------------------------------------- */

/*
 * Facts that name one of several outcomes that a kernel allows.  They may fail under some
 * schedules.  Such a run is not a failure: it is counted, and reported with the reason.
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
	double jitter;		/* < 0: the target's own value */
	int cpus;		/* 0: the target's own value */
	uint64_t variant;	/* of a lesson */
	bool census;
	script_fn script;	/* runs a lesson */
	struct known_deviations *known_deviations;	/* NULL = none */
};

/*
 * target_open - open a target; the file's suffix selects its kind: .kws, .lua, .c, .so
 * Return: 0, or -errno with a sentence in @err (-EINVAL: faulty file; -ENOENT and the like;
 *         -ENOEXEC: no compiler).  Owner: target_close().
 */
int target_open(struct explore_target **out, const char *path, const struct explore_conditions *c, char *err,
		size_t err_size);
void target_close(struct explore_target *t);
const char *target_path(const struct explore_target *t);
/*
 * target_play - play one run in this process
 * @expect: findings that are not failures; not .filled: this is the default run, which fills it
 * @trace:  open and empty; afterwards holds the run
 */
void target_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
		 struct expectation *expect, struct trace *trace, struct verdict *v);

/* ---- schedule sets ---------------------------------------------------------------------------- */

/* A set of order hashes; {0} is empty. */
struct schedule_set {
	uint64_t *v;		/* owned; open addressing, 0 = free */
	size_t cap, nr;
};
/* Return: true if it was not in the set. */
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
	uint64_t window_ns, max_delay_ns;	/* see struct mach_choosing; EXPLORE_MAX_DELAY_DEFAULT: the target's own value */
	bool all;			/* continue after a failure */
	const volatile sig_atomic_t *stop;
	void (*progress)(void *arg);	/* called now and then; may be NULL */
	void *arg;
	void (*order)(void *arg, uint64_t order);	/* called for each run; may be NULL */
	void *order_arg;
	bool (*reported)(void *arg, const char *kind);	/* true: do not shrink and report it again; may be NULL */
	void *reported_arg;
};

/* A failing run, after shrinking. */
struct explore_failure {
	uint64_t run;			/* number, from 0 */
	struct verdict verdict;		/* of the shrunk schedule */
	uint64_t seed;
	struct mach_choice *v;		/* owned by the summary */
	size_t nr, nr_before;		/* number of forced choices: after shrinking, and when found */
	unsigned int tries;		/* runs spent on shrinking */
};

#define EXPLORE_FAILURES_MAX 16
struct explore_summary {
	uint64_t runs, distinct, failed;	/* runs; distinct schedules; failed runs */
	bool exhausted;				/* dfs: all sets have been run */
	bool stopped;				/* by opts.stop */
	uint64_t known_deviations[KNOWN_DEVIATIONS_MAX];	/* runs in which this row's fact did not hold */
	uint64_t decisions;			/* decisions of the default run */
	struct explore_failure failure[EXPLORE_FAILURES_MAX];	/* one per kind */
	unsigned int nr_failures;
	double seconds;
};

/*
 * explore - explore one target
 * Return: 0, or -errno with a sentence in @err if the default run is impossible or no
 *         process can be created.  Owner: explore_fini().  Context: a process without threads.
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
	char kind[EXPLORE_FAILURES_MAX][48];	/* kinds already reported */
	unsigned int nr_kinds;
};

struct campaign {
	struct campaign_file *files;	/* borrowed; .t filled in */
	size_t nr;
	struct explore_opts opts;	/* .runs of all, .seed the first; .strategy is ignored */
	/* A failure of files[@file], after shrinking. */
	void (*failed)(void *arg, size_t file, const struct explore_opts *opts, const struct explore_failure *f);
	void (*turned)(void *arg);	/* a turn has ended */
	void *arg;
	/* out */
	struct campaign_row strategy[STRATEGY_NR], all;
	uint64_t known_deviations[KNOWN_DEVIATIONS_MAX];
	uint64_t rounds, next_seed;	/* seeds below .next_seed have been used */
	bool stopped;
};

/*
 * explore_campaign - explore the files in turn, with every strategy, until @m->opts.runs are done
 *
 * Each round uses new seeds, so two campaigns with different first seeds run different schedules.
 * Return: 0, or -errno with a sentence in @err.  Owner: explore_campaign_fini().
 */
int explore_campaign(struct campaign *m, char *err, size_t err_size);
void explore_campaign_fini(struct campaign *m);

/*
 * explore_replay - run one schedule, in a process of its own
 * @save: file for its recording, or NULL; @head: header of that recording
 * Return: 0 (see @v), or -errno with a sentence in @err.
 */
int explore_replay(struct explore_target *t, const struct explore_opts *opts, const struct schedule *s,
		   struct verdict *v, const char *save, struct kwt_header *head, char *err, size_t err_size);

#endif
