/*
 * explore/explore_internal.h - declarations shared by the files of src/explore/ only.
 *
 * Lives here:   the memory workers share with their parent, strategies' and targets' tables.
 * Licence: MIT.
 */
#ifndef KW_EXPLORE_EXPLORE_INTERNAL_H
#define KW_EXPLORE_EXPLORE_INTERNAL_H

#include "explore/explore.h"

/* ---- targets -------------------------------------------------------------------- */

struct target_kind {
	const char *suffix;
	uint64_t max_delay_ns;	/* unless said otherwise */
	int (*open)(struct explore_target *t, char *err, size_t err_size);
	void (*close)(struct explore_target *t);
	/* Plays it and says what only this kind can know; verdict_fail() as needed. */
	void (*play)(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
		     struct expectation *expect, struct trace *trace, struct verdict *v);
	/* Given the run's events; may be NULL. */
	void (*judge)(struct explore_target *t, struct expectation *expect, const struct trace_store *s,
		      struct verdict *v);
};
extern const struct target_kind target_scenario, target_lesson, target_c, target_so;

struct explore_target {
	const struct target_kind *kind;
	char path[1024];
	struct explore_conditions on;
	bool misuse;		/* this run broke an item: what always holds need not */
	uint64_t bugs_expected;	/* said by the target itself */
	void *own;
};

/* ---- choosing ------------------------------------------------------------------------ */

/* What one run chose, in memory that outlives its process. */
struct choice_log {
	size_t nr;			/* choices that were not the usual ones */
	size_t nr_levels;		/* and what ranges gave, usual or not: from the end of .v backwards */
	uint64_t decisions;
	struct mach_choice v[EXPLORE_FORCED_MAX];
};

struct chooser {
	const struct explore_opts *opts;
	struct choice_log *log;
	/* Return: the way. */
	uint32_t (*choose)(struct chooser *c, const struct mach_decision *d);
	uint64_t run;
	uint64_t turns;			/* questions between CPUs so far */
	uint64_t expected_turns;	/* of a run: from the usual one */
	/* pct */
	uint64_t change[EXPLORE_DEPTH_MAX];
	unsigned int nr_lowered;
	struct {
		uint64_t context;
		unsigned int rank;
	} lowered[256];
	/* dfs */
	const struct mach_choice *path;
	size_t nr_path, matched;
	struct mach_choice *alternatives;	/* further deviations after the path's last */
	size_t nr_alternatives, cap_alternatives;
	bool no_memory;
};

/* Ready for run @run of a random or pct exploration; sets @c->choose and *@seed. */
void strategy_random(struct chooser *c, uint64_t run, uint64_t *seed);
void strategy_pct(struct chooser *c, uint64_t run, uint64_t *seed);
/* Follows @path, and notes in .alternatives what else could be chosen afterwards. */
void strategy_path(struct chooser *c, const struct mach_choice *path, size_t nr);
uint32_t strategy_default(struct chooser *c, const struct mach_decision *d);
/* For struct mach_choosing.choose, with a struct chooser. */
uint32_t strategy_choose(void *chooser, const struct mach_decision *d);

/* ---- one run --------------------------------------------------------------------------- */

/* Plays and judges in this process; @keep: the trace stays open in it, else NULL. */
void play_one(struct explore_target *t, const struct explore_opts *opts, uint64_t seed, struct chooser *c,
	      const struct mach_choice *forced, size_t nr, struct expectation *expect, struct verdict *v,
	      struct trace *keep);

/* Zeroed memory shared with processes forked later; NULL = none to be had. */
void *shared_alloc(size_t size);
void shared_free(void *p, size_t size);

/* ---- dfs.c ------------------------------------------------------------------------------- */

/* All sets of at most depth deviations, smallest first; process @job has every jobs'th of each first choice. */
struct dfs;
struct dfs *dfs_new(unsigned int depth, unsigned int job, unsigned int jobs);
/* The choices made so far lead to a run that fails or dies: nothing below it is worth a look. */
typedef bool (*dfs_expand)(void *arg, const struct mach_choice *path, size_t nr, struct mach_choice **alternatives,
			   size_t *nr_alternatives);
/* Return: 1 and the next set in *@path, 0 no more, -ENOMEM. */
int dfs_next(struct dfs *d, dfs_expand expand, void *arg, const struct mach_choice **path, size_t *nr);
void dfs_free(struct dfs *d);

/* ---- shrink.c ------------------------------------------------------------------------------ */

/* Does the schedule still fail in the same way?  Return: 1, 0, -errno. */
typedef int (*shrink_try)(void *arg, const struct schedule *s);
/* Takes choices away from @v until each is needed.  Return: tries, or -errno; *@nr is what is left. */
int shrink(struct mach_choice *v, size_t *nr, uint64_t seed, uint64_t window_ns, shrink_try try, void *arg);

#endif
