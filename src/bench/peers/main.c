/*
 * bench/peers/main.c - compares this engine with other thread pools: `kw-bench-peers [OPTION] [LOAD...] [PEER...]`.
 *
 * Each measurement is a separate process, so that pools do not share threads or memory
 * and a pool that hangs can be killed.  Each repetition measures all pools in turn, so that
 * other load of the machine affects them equally.  The table shows medians.
 *
 *	--json		one line per figure: median, minimum, maximum
 *	--quick		a tenth of the items, once (also QUICK=1)
 *	--check		a few items, no figures: exit 1 if one is lost
 *
 * Lives here:   the processes, the repetitions, the table, the JSON lines.
 * Never here:   loads (loads_*.c), pools (peer_*.c), targets (targets.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "bench/bench.h"
#include "bench/peers/result.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"

#define REPS 7
#define REPS_QUICK 1
#define BUDGET_S 2.4		/* seconds for one load with one peer; after that no more repetitions */
#define DIGITS 4		/* significant digits of a figure in JSON */

const struct load *const loads[] = {
#define LOAD(name) &load_##name,
#include "bench/peers/loads.def"
#undef LOAD
	NULL
};

const struct peer *const peers[] = {
#define PEER(name) &peer_##name,
#include "bench/peers/peers.def"
#undef PEER
	NULL
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]) - 1)
static struct result results[COUNT(loads)][COUNT(peers)];
static bool json, check;
static bool chosen[COUNT(peers)];	/* no peer chosen = all */

struct result *result_of(const struct load *l, const struct peer *p)
{
	size_t i = 0, j = 0;

	while (loads[i] != l)
		i++;
	while (peers[j] != p)
		j++;
	return &results[i][j];
}

double result_median(const struct load *l, int row, const struct peer *p)
{
	const struct result *r = result_of(l, p);
	double values[REPS_MAX];

	if (!r->reps)
		return NAN;
	memcpy(values, r->value[row], sizeof(values));
	return bench_median(values, r->reps);
}

double row_floor(const struct load_row *row)
{
	return row->floor + row->floor_cpu / bench_cpus();
}

/* ---- one measurement --------------------------------------------------------------- */

struct answer {
	char why[96];		/* empty: .value is valid */
	double value[LOAD_ROWS_MAX];
};

static void measure(const struct load *l, const struct peer *p, int out)
{
	struct answer a = { .why = "" };
	const char *why;
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	why = l->run(p, a.value);
	if (why)
		snprintf(a.why, sizeof(a.why), "%s", why);
	n = write(out, &a, sizeof(a));
	_exit(n == (ssize_t)sizeof(a) ? 0 : 1);
}

/* False: there was no answer in time, or the process died. */
static bool answered(int in, double limit_s, struct answer *a, enum outcome *otherwise)
{
	struct pollfd fd = { .fd = in, .events = POLLIN };
	int n;

	do
		n = poll(&fd, 1, (int)(limit_s * 1000));
	while (n < 0 && errno == EINTR);
	*otherwise = n == 0 ? FOR_EVER : FAILED;
	return n > 0 && read(in, a, sizeof(*a)) == (ssize_t)sizeof(*a);
}

static void repeat(const struct load *l, const struct peer *p)
{
	struct result *r = result_of(l, p);
	uint64_t began = bench_now_ns();
	enum outcome otherwise;
	struct answer a;
	int pipes[2], i;
	pid_t pid;

	if (pipe(pipes))
		abort();
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		measure(l, p, pipes[1]);
	close(pipes[1]);
	if (pid > 0 && answered(pipes[0], l->limit_s, &a, &otherwise)) {
		r->outcome = a.why[0] ? FAILED : RAN;
		memcpy(r->why, a.why, sizeof(r->why));
	} else {
		r->outcome = pid > 0 ? otherwise : FAILED;
		snprintf(r->why, sizeof(r->why), "its process died");
	}
	close(pipes[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	for (i = 0; i < LOAD_ROWS_MAX && r->outcome == RAN; i++)
		r->value[i][r->reps] = a.value[i];
	r->reps += r->outcome == RAN;
	r->seconds += (double)(bench_now_ns() - began) / 1e9;
}

static bool is_chosen(const struct peer *p)
{
	bool any = false;
	size_t i;

	for (i = 0; i < COUNT(peers); i++) {
		any |= chosen[i];
		if (chosen[i] && peers[i] == p)
			return true;
	}
	return !any;
}

/* peer_futex is only for load_start; peer_bare is only for loads of empty items. */
static bool suits(const struct load *l, const struct peer *p)
{
	if (p->missing || !is_chosen(p) || (p == &peer_futex && l != &load_start) ||
	    (p == &peer_bare && !l->empty))
		return false;
	return !l->suits || l->suits(p);
}

static void take_turns(const struct load *l)
{
	const struct peer *const *p;
	int i, reps = bench_scale > 1 ? REPS_QUICK : REPS;

	for (i = 0; i < reps; i++)
		for (p = peers; *p; p++) {
			const struct result *r = result_of(l, *p);

			if (!suits(l, *p) || (r->outcome != NOT_RUN && r->outcome != RAN) ||
			    r->seconds > BUDGET_S)
				continue;
			repeat(l, *p);
		}
}

/* ---- the table ------------------------------------------------------------------------ */

static void print_head(void)
{
	const struct peer *const *p;

	printf("%-41s", "");
	for (p = peers; *p; p++)
		printf(" %9s", (*p)->name);
	printf("\n");
}

static void print_value(double value)
{
	if (isnan(value))
		printf(" %9s", "-");
	else
		printf(" %9.*f", value >= 100 || value == 0 ? 0 : value >= 10 ? 1 : 2, value);
}

static void print_cell(const struct load *l, int row, const struct peer *p)
{
	const struct result *r = result_of(l, p);

	if (p == &peer_futex && row_floor(&l->row[row]) > 0)
		print_value(row_floor(&l->row[row]));
	else if (r->outcome == FOR_EVER)
		printf(" %9s", "for ever");
	else if (r->outcome == FAILED)
		printf(" %9s", "failed");
	else
		print_value(result_median(l, row, p));
}

static void print_rows(const struct load *l)
{
	const struct peer *const *p;
	int row;

	for (row = 0; row < LOAD_ROWS_MAX && l->row[row].label; row++) {
		printf("%-38s %-2s", l->row[row].label, l->row[row].unit);
		for (p = peers; *p; p++)
			print_cell(l, row, *p);
		printf("\n");
	}
	for (p = peers; *p; p++)
		if (result_of(l, *p)->outcome == FAILED)
			printf("  %s, %s: %s\n", l->name, (*p)->name, result_of(l, *p)->why);
	fflush(stdout);
}

static void print_json_value(const struct load *l, int row, const struct peer *p)
{
	const struct result *r = result_of(l, p);
	double lo = INFINITY, hi = -INFINITY;
	struct json_writer w;
	int i;

	for (i = 0; i < r->reps; i++) {
		lo = fmin(lo, r->value[row][i]);
		hi = fmax(hi, r->value[row][i]);
	}
	json_to_file(&w, stdout);
	json_begin_object(&w, JSON_COMPACT);
	json_put_text(&w, "load", l->name);
	json_put_text(&w, "row", l->row[row].label);
	json_put_text(&w, "peer", p->name);
	json_put_text(&w, "unit", l->row[row].unit);
	json_key(&w, "median");
	if (r->outcome == RAN) {
		json_real(&w, result_median(l, row, p), DIGITS);
		json_key(&w, "min");
		json_real(&w, lo, DIGITS);
		json_key(&w, "max");
		json_real(&w, hi, DIGITS);
		json_put_int(&w, "runs", r->reps);
	} else {
		json_null(&w);
		json_put_text(&w, "why", r->outcome == FOR_EVER ? "for ever" : r->why);
	}
	json_end(&w);
	putchar('\n');
}

static void print_json(const struct load *l)
{
	const struct peer *const *p;
	int row;

	for (row = 0; row < LOAD_ROWS_MAX && l->row[row].label; row++)
		for (p = peers; *p; p++)
			if (result_of(l, *p)->outcome != NOT_RUN)
				print_json_value(l, row, *p);
	fflush(stdout);
}

static void print_missing(void)
{
	const struct peer *const *p;

	for (p = peers; *p; p++)
		if ((*p)->missing && !json)
			printf("%s is not here: %s\n", (*p)->name, (*p)->missing);
}

/* ---- which --------------------------------------------------------------------------------- */

static const struct load *load_by_name(const char *name)
{
	const struct load *const *l;

	for (l = loads; *l; l++)
		if (strcmp((*l)->name, name) == 0)
			return *l;
	return NULL;
}

static bool choose_peer(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(peers); i++)
		if (strcmp(peers[i]->name, name) == 0)
			return chosen[i] = true;
	return false;
}

static int misuse(const char *arg)
{
	const struct load *const *l;
	const struct peer *const *p;

	fprintf(stderr, "kw-bench-peers: %s: no such load or peer; there are:", arg);
	for (l = loads; *l; l++)
		fprintf(stderr, " %s", (*l)->name);
	for (p = peers; *p; p++)
		fprintf(stderr, " %s", (*p)->name);
	fprintf(stderr, "; options: --json --quick --check\n");
	return 2;
}

static bool option(const char *arg)
{
	if (strcmp(arg, "--json") == 0)
		json = true;
	else if (strcmp(arg, "--quick") == 0)
		bench_scale = 10;
	else if (strcmp(arg, "--check") == 0)
		check = true, bench_scale = 100;
	else
		return false;
	return true;
}

/* For --check: the number of pools that lost an item or did not end. */
static int lost(void)
{
	const struct load *const *l;
	const struct peer *const *p;
	int n = 0;

	for (l = loads; *l; l++)
		for (p = peers; *p; p++)
			n += result_of(*l, *p)->outcome == FAILED || result_of(*l, *p)->outcome == FOR_EVER;
	return n;
}

static void run(const struct load *l)
{
	take_turns(l);
	if (json)
		print_json(l);
	else
		print_rows(l);
}

int main(int argc, char **argv)
{
	const char *quick = getenv("QUICK");
	const struct load *const *l;
	int i, named = 0;

	bench_scale = quick && *quick && strcmp(quick, "0") != 0 ? 10 : 1;
	for (i = 1; i < argc; i++) {
		if (load_by_name(argv[i]))
			named++;
		else if (!option(argv[i]) && !choose_peer(argv[i]))
			return misuse(argv[i]);
	}
	print_missing();
	if (!json)
		print_head();
	for (l = loads; *l && !named; l++)
		run(*l);
	for (i = 1; i < argc && named; i++)
		if (load_by_name(argv[i]))
			run(load_by_name(argv[i]));
	if (check)
		return lost() ? 1 : 0;
	if (!json)
		targets_check();
	return bench_missed() ? 1 : 0;
}
