/*
 * conform/seed_run.h - runs a set of scenarios under many seeds, in several processes.
 *
 * Worker processes are forked while the caller has no thread.  Each plays one run after
 * another and reports through a pipe.  A run that crashes or never ends kills only its
 * worker: it is reported as such, and the other runs continue.
 *
 * Lives here:   distributing runs, collecting verdicts.
 * Never here:   printing them (cli/conform.c).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_SEED_RUN_H
#define KW_CONFORM_SEED_RUN_H

#include "conform/facts.h"

#define SEED_RUN_FACTS_MAX 1024	/* of one file */
#define SEED_RUN_TEXT_BYTES 6144
#define SEED_RUN_SECONDS 120	/* limit of real time per run */
#define SEED_RUN_JOBS_MAX 64	/* WORKERS_MAX */

struct seed_run_file {
	const struct kws *k;
	const struct facts *f;
};

/* Verdict of one run.  .text: for each fact that failed or differed  "INDEX\tSEEN\n". */
struct seed_run_result {
	size_t file;
	uint64_t seed;
	uint64_t events;		/* of the run */
	int err;			/* 0; -errno of the run; see .text */
	int signal;			/* that killed the process, else 0 */
	unsigned int failed;		/* hard facts, times, lines of the log, invariants */
	unsigned int differ, left_out, held;
	unsigned char fact[SEED_RUN_FACTS_MAX];	/* enum fact_result */
	char extra[256];		/* a failure that is not a fact: an invariant, an error of the run */
	char unspoken[256];		/* a line or report of the kernel log that no fact mentions: a failure too */
	char text[SEED_RUN_TEXT_BYTES];
};

/* Plays and judges one run in this process. */
void seed_run_one(const struct seed_run_file *file, uint64_t seed, bool census, struct seed_run_result *res);

/*
 * seed_run_all - run all files under seeds first .. first + nr - 1
 * @report: called once per run, in any order
 * Return: 0, or -errno if no process or pipe can be created.
 * Context: a process without threads.
 */
int seed_run_all(const struct seed_run_file *files, size_t nr_files, uint64_t first, uint64_t nr, unsigned int jobs,
		 bool census, void (*report)(void *arg, const struct seed_run_result *res), void *arg);

#endif
