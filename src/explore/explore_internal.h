/*
 * explore/explore_internal.h - declarations shared by the files of src/explore/ only.
 *
 * A target is a scenario, a lesson or a C test whose schedules are explored.  Each kind of
 * target opens, plays and judges its runs by the functions of one struct target_kind.
 * Strategies and campaigns do not depend on the kind.
 *
 * Lives here:   memory shared by workers and their parent, tables of strategies and targets.
 * Licence: MIT.
 */
#ifndef KW_EXPLORE_EXPLORE_INTERNAL_H
#define KW_EXPLORE_EXPLORE_INTERNAL_H

#include "explore/explore.h"

/* ---- targets -------------------------------------------------------------------- */

struct target_kind {
	const char *suffix;
	uint64_t max_delay_ns;	/* default of opts.max_delay_ns */
	int (*open)(struct explore_target *t, char *err, size_t err_size);
	void (*close)(struct explore_target *t);
	/* Plays a run and checks what only this kind can check; calls verdict_fail() on failure. */
	void (*play)(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
		     struct expectation *expect, struct trace *trace, struct verdict *v);
	/* Judges the events of the run; may be NULL. */
	void (*judge)(struct explore_target *t, struct expectation *expect, const struct trace_store *s,
		      struct verdict *v);
};
extern const struct target_kind target_scenario, target_lesson, target_c, target_so;

struct explore_target {
	const struct target_kind *kind;
	char path[1024];
	struct explore_conditions on;
	bool misuse;		/* this run broke an item, so invariants are not checked */
	uint64_t bugs_expected;	/* declared by the target itself */
	uint64_t bugs_known;	/* that some schedules may show: each has a row of known deviations, */
	uint8_t bug_row[64];	/* this one */
	void *own;
};

/* ---- choosing ------------------------------------------------------------------------ */

/* Choices of one run, in memory that outlives its process. */
struct choice_log {
	size_t nr;			/* choices other than the default */
	size_t nr_levels;		/* values of ranges at their default; stored from the end of .v backwards */
	uint64_t decisions;
	struct mach_choice v[EXPLORE_FORCED_MAX];
};

struct chooser {
	const struct explore_opts *opts;
	struct choice_log *log;
	/* Return: index of the alternative. */
	uint32_t (*choose)(struct chooser *c, const struct mach_decision *d);
	uint64_t run;
	uint64_t turns;			/* decisions between CPUs so far */
	uint64_t expected_turns;	/* per run, as counted in the default run */
	/* used by pct */
	uint64_t change[EXPLORE_DEPTH_MAX];
	unsigned int nr_lowered;
	struct {
		uint64_t context;
		unsigned int rank;
	} lowered[256];
	/* used by dfs */
	const struct mach_choice *path;
	size_t nr_path, matched;
	struct mach_choice *alternatives;	/* choices that can follow the path */
	size_t nr_alternatives, cap_alternatives;
};

/* Prepare run @run of a random or pct exploration; set @c->choose and *@seed. */
void strategy_random(struct chooser *c, uint64_t run, uint64_t *seed);
void strategy_pct(struct chooser *c, uint64_t run, uint64_t *seed);
/* Follows @path and stores the choices that can follow it in .alternatives. */
void strategy_path(struct chooser *c, const struct mach_choice *path, size_t nr);
uint32_t strategy_default(struct chooser *c, const struct mach_decision *d);
/* For struct mach_choosing.choose, with a struct chooser. */
uint32_t strategy_choose(void *chooser, const struct mach_decision *d);

/* ---- one run --------------------------------------------------------------------------- */

/* Plays and judges a run in this process; @keep: gets the trace, still open; may be NULL. */
void play_one(struct explore_target *t, const struct explore_opts *opts, uint64_t seed, struct chooser *c,
	      const struct mach_choice *forced, size_t nr, struct expectation *expect, struct verdict *v,
	      struct trace *keep);

/* Zeroed memory shared with processes forked later, or NULL. */
void *shared_alloc(size_t size);
void shared_free(void *p, size_t size);

/* ---- dfs.c ------------------------------------------------------------------------------- */

/* All sets of at most @depth deviations, smallest first; process @job has every jobs'th first choice. */
struct dfs;
struct dfs *dfs_new(unsigned int depth, unsigned int job, unsigned int jobs);
/* Lists the choices that can follow @path; none if its run fails or dies.  False: no memory. */
typedef bool (*dfs_expand)(void *arg, const struct mach_choice *path, size_t nr, struct mach_choice **alternatives,
			   size_t *nr_alternatives);
/* Return: 1 and the next set in *@path, 0 no more, -ENOMEM. */
int dfs_next(struct dfs *d, dfs_expand expand, void *arg, const struct mach_choice **path, size_t *nr);
void dfs_free(struct dfs *d);

#endif
