/*
 * bench/main.c - runs benchmarks and prints their figures: `kw-bench [NAME...]`.
 *
 * Lives here:   the choice of benchmarks, the exit status.
 * Never here:   measurements, the form of a line (report.c).   Licence: MIT.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <string.h>

static const struct bench *const benches[] = {
#define BENCH(name) &bench_##name,
#include "bench/benches.def"
#undef BENCH
	NULL
};

static bool wanted(const struct bench *b, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], b->name) == 0)
			return true;
	return argc == 1;
}

int main(int argc, char **argv)
{
	const struct bench *const *b;
	int ran = 0;

	for (b = benches; *b; b++) {
		if (!wanted(*b, argc, argv))
			continue;
		printf("%s: %s\n", (*b)->name, (*b)->question);
		fflush(stdout);
		(*b)->run();
		ran++;
	}
	if (!ran) {
		fprintf(stderr, "kw-bench: no benchmark of that name; there are:");
		for (b = benches; *b; b++)
			fprintf(stderr, " %s", (*b)->name);
		fputc('\n', stderr);
		return 2;
	}
	return bench_missed() ? 1 : 0;
}
