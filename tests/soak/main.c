/*
 * tests/soak/main.c - the program of `make soak`.
 *
 *   kw-soak [--seconds N] [--seed N] [--seeds N] [--threads N] [--phase NAME]
 *
 * Lives here:   its options.
 * Never here:   what it does (soak.c).   Licence: MIT.
 */
#include "tests/soak/soak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int usage(void)
{
	fprintf(stderr, "kworkshop: usage: kw-soak [--seconds N] [--seed N] [--seeds N] [--threads 1..24] [--phase NAME]\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct soak_config cfg = { .seconds = 120, .seed = 1 };

	for (int i = 1; i < argc; i += 2) {
		if (i + 1 >= argc)
			return usage();
		if (!strcmp(argv[i], "--seconds"))
			cfg.seconds = atof(argv[i + 1]);
		else if (!strcmp(argv[i], "--seed"))
			cfg.seed = strtoull(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--seeds"))
			cfg.seeds = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--threads"))
			cfg.threads = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--phase"))
			cfg.only = argv[i + 1];
		else
			return usage();
	}
	if (cfg.seconds <= 0 || cfg.seeds < 0 || cfg.threads < 0 || cfg.threads > 24)
		return usage();
	return soak_run(&cfg) ? 1 : 0;
}
