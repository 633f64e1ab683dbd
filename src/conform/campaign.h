/*
 * conform/campaign.h - many runs: files times seeds, over a few processes.
 *
 * Processes are forked while the caller has no thread; each plays run after run in
 * itself and reports through a pipe.  A run that crashes or never ends costs its
 * process, is told as such, and the others go on.
 *
 * Lives here:   sharing runs out, collecting verdicts.
 * Never here:   how to say them (cli/conform.c).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_CAMPAIGN_H
#define KW_CONFORM_CAMPAIGN_H

#include "conform/facts.h"

#define CAMPAIGN_FACTS_MAX 1024	/* of one file */
#define CAMPAIGN_TEXT_BYTES 6144
#define CAMPAIGN_SECONDS 120	/* of real time for one run */
#define CAMPAIGN_JOBS_MAX 64	/* WORKERS_MAX */

struct campaign_file {
	const struct kws *k;
	const struct facts *f;
};

/* One run judged.  .text: for each fact that failed or differed  "INDEX\tSEEN\n". */
struct campaign_result {
	size_t file;
	uint64_t seed;
	int err;			/* 0; -errno of the run; see .text */
	int signal;			/* the process ended by it, else 0 */
	unsigned int failed;		/* hard facts, times, invariants */
	unsigned int differ, left_out, held;
	unsigned char fact[CAMPAIGN_FACTS_MAX];	/* enum fact_result */
	char extra[256];		/* a failure that is no fact: an invariant, the run went wrong */
	char unspoken[256];		/* a warning in the kernel log that no fact speaks of; no failure */
	char text[CAMPAIGN_TEXT_BYTES];
};

/* Plays and judges one run in this process. */
void campaign_one(const struct campaign_file *file, uint64_t seed, bool census, struct campaign_result *res);

/*
 * campaign_run - all files under seeds first .. first + nr - 1
 * @tell: called once a run, in no promised order
 * Return: 0, -errno if no process or pipe can be had.
 * Context: a process without threads.
 */
int campaign_run(const struct campaign_file *files, size_t nr_files, uint64_t first, uint64_t nr, unsigned int jobs,
		 bool census, void (*tell)(void *arg, const struct campaign_result *res), void *arg);

#endif
