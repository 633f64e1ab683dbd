/*
 * cli/explore.h - shared by the two files of `kworkshop explore`: one target, or a campaign.
 *
 * `kworkshop explore` searches for schedules under which a target fails.  With one target it
 * prints the failure at once; with several it takes turns and prints a table at the end.
 *
 * Lives here:   the options, printing a failure.
 * Licence: MIT.
 */
#ifndef KW_CLI_EXPLORE_H
#define KW_CLI_EXPLORE_H

#include "explore/explore.h"

struct explore_options {
	struct explore_opts opts;
	const char *strategy, *replay, *save, *known_deviations;	/* strategy NULL: random, or all in turn */
	uint64_t window_us, runs;
	int max_delay_ms, depth, jobs, cpus;	/* max_delay_ms < 0: the default */
	struct known_deviations table;
	struct explore_summary sum;
	bool progress_shown;
};

/* Prints a failure and the command that repeats it.  @opts: options of the failing exploration. */
void explore_print_failure(const struct explore_options *opt, const struct explore_opts *opts, const char *path,
			  const struct explore_failure *f);
/* Prints the rows of the table that were broken, with their reasons, and those that held in all @runs. */
void explore_print_known(const struct explore_options *opt, const uint64_t *broken, uint64_t runs);
/* Prints the error of a file.  Return: exit code. */
int explore_say(int ret, const char *path, const char *err);
/* true: Ctrl-C sets opt->opts.stop; false: restores the old handler. */
void explore_listen(struct explore_options *opt, bool on);

/* Several files.  Return: exit code. */
int explore_campaign_main(struct explore_options *opt, int nr, char **paths);

#endif
