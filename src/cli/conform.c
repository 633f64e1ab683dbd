/*
 * cli/conform.c - `kworkshop conform`: compares scenarios on our engine with a real kernel.
 *
 * Prints one line per file: ok, or FAILED with the seed, each fact that did not hold, the
 * value found, and the command that repeats it.  Soft facts about workers may differ;
 * --soft prints these.
 *
 * Lives here:   that command.
 * Never here:   running (conform/runner.c), judging (conform/fact_forms.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/shortage.h"
#include "base/strbuf.h"
#include "conform/seed_run.h"
#include "conform/runner.h"
#include "trace/kwt.h"
#include "words/texts.h"

#define PRINTED_MAX 12	/* facts printed of one failing run */

struct file {
	const char *path;
	struct kws k;
	struct facts f;
	bool has_facts;
	uint64_t runs, bad;
	unsigned int *differ;		/* by fact: number of runs in which it differs */
	struct seed_run_result *first;	/* the failing run with the smallest seed */
};

struct conform {
	struct file *files;
	size_t nr;			/* number of files to show without comparing */
	uint64_t seed, seeds;
	int jobs;
	bool print, soft, census, internal;
	const char *record;		/* FILE.kwt */
};

static int worse(int a, int b)
{
	return a > b ? a : b;
}

/* ---- reading -------------------------------------------------------------------------- */

/* "DIR/NAME.kws" -> "DIR/NAME.facts" */
static void facts_path(const char *path, char *out, size_t size)
{
	size_t n = strlen(path);

	if (n > 4 && !strcmp(path + n - 4, ".kws"))
		n -= 4;
	snprintf(out, size, "%.*s.facts", (int)n, path);
}

static int load(struct file *file, const char *path)
{
	char err[400] = "", facts[4096], sentence[120];
	int ret, line;

	file->path = path;
	ret = kws_load(&file->k, path, err, sizeof(err));
	if (ret) {
		cli_say("%s", err[0] ? err : shortage_reason(ret));
		return exit_status_for(ret);
	}
	line = runner_lacks(&file->k, sentence, sizeof(sentence));
	if (line) {
		cli_say("%s:%d: %s", path, line, sentence);
		return EXIT_MISUSE;
	}
	facts_path(path, facts, sizeof(facts));
	ret = facts_load(&file->f, &file->k, facts, err, sizeof(err));
	if (ret && ret != -ENOENT) {
		cli_say("%s", err[0] ? err : shortage_reason(ret));
		return exit_status_for(ret);
	}
	file->has_facts = !ret;
	if (file->has_facts && file->f.nr > SEED_RUN_FACTS_MAX) {
		cli_say(W(CONFORM_FACTS_MAX), facts, SEED_RUN_FACTS_MAX);
		return EXIT_MISUSE;
	}
	file->differ = calloc(file->f.nr + 1, sizeof(*file->differ));
	return file->differ ? EXIT_RIGHT : cli_no_memory();
}

static void unload(struct file *file)
{
	free(file->first);
	free(file->differ);
	if (file->has_facts)
		facts_fini(&file->f);
	if (file->k.text)
		kws_fini(&file->k);
}

/* ---- one run here: its own facts, its recording ---------------------------------------------- */

struct one_run {
	struct trace t;
	struct trace_store store;
	char err[300];
};

/* Plays a run in this process.  On 0, call close_run() afterwards. */
static int open_run(struct one_run *run, const struct file *file, const struct conform *c)
{
	struct runner_opts opts = { .seed = c->seed, .census = c->census };
	int64_t polled;
	int ret = trace_open(&run->t, -1, RUNNER_LOG_BYTES, 0);

	if (ret)
		return ret;
	ret = runner_run(&file->k, &opts, &run->t, run->err, sizeof(run->err));
	if (!ret)
		ret = trace_store_borrow(&run->store, &run->t);
	if (ret) {
		trace_close(&run->t);
		return ret;
	}
	polled = trace_store_poll(&run->store);
	return polled < 0 ? (int)polled : 0;
}

static void close_run(struct one_run *run)
{
	trace_store_close(&run->store);
	trace_close(&run->t);
}

static int print_facts(struct one_run *run, const struct file *file, uint64_t seed)
{
	struct record rec;
	struct klog log;
	int ret = record_trace(&rec, &file->k, &run->store, run->err, sizeof(run->err));

	if (ret)
		return ret;
	klog_read(&log, &rec);
	printf(W(CONFORM_FACTS_OF), file->k.name, (unsigned long long)seed);
	facts_print(&rec, &log, stdout);
	klog_fini(&log);
	record_fini(&rec);
	return 0;
}

static int record_run_of(struct one_run *run, const struct file *file, const struct conform *c)
{
	struct kwt_header head = { .seed = c->seed, .cpus = (uint32_t)file->k.topo };

	snprintf(head.engine, sizeof(head.engine), "kworkshop %s, Linux 6.12 profile", KW_VERSION);
	snprintf(head.lesson, sizeof(head.lesson), "%s", file->k.name);
	snprintf(head.path, sizeof(head.path), "%s", file->path);
	snprintf(head.replay, sizeof(head.replay), "kworkshop conform %.1500s --seed %llu", file->path,
		 (unsigned long long)c->seed);
	return kwt_write(c->record, &head, &run->store, run->err, sizeof(run->err));
}

static int show_run(const struct file *file, const struct conform *c)
{
	struct one_run *run = calloc(1, sizeof(*run));
	int ret = run ? open_run(run, file, c) : -ENOMEM;

	if (!ret) {
		if (c->record)
			ret = record_run_of(run, file, c);
		if (!ret && (c->print || !c->record))
			ret = print_facts(run, file, c->seed);
		close_run(run);
	}
	if (ret)
		cli_say("%s: %s", file->path, run && run->err[0] ? run->err : strerror(-ret));
	free(run);
	return ret == -EOVERFLOW ? EXIT_WRONG : exit_status_for(ret);
}

/* ---- comparing ----------------------------------------------------------------------------- */

static void count(void *arg, const struct seed_run_result *res)
{
	struct conform *c = arg;
	struct file *file = &c->files[res->file];

	file->runs++;
	for (size_t i = 0; i < file->f.nr; i++)
		file->differ[i] += res->fact[i] == FACT_DIFFERS;
	if (!res->err && !res->failed)
		return;
	c->internal |= res->err == -EIO || res->err == -EBADMSG;
	file->bad++;
	if (!file->first)
		file->first = shortage_need(malloc(sizeof(*file->first)));
	else if (file->first->seed < res->seed)
		return;
	if (file->first)
		*file->first = *res;
}

static void print_fact(const struct file *file, const char *facts, const char *line, size_t len)
{
	size_t i = strtoul(line, NULL, 10);
	const char *tab = memchr(line, '\t', len);
	const struct fact *fact = &file->f.v[i];

	if (i >= file->f.nr || !tab)
		return;
	printf("        %s:%d: %s%s\n", facts, fact->line, fact->soft ? "~ " : "", fact->text);
	printf(W(CONFORM_HERE), (int)(len - (size_t)(tab + 1 - line)), tab + 1);
}

static void print_failure(const struct file *file)
{
	const struct seed_run_result *r = file->first;
	char facts[4096];
	unsigned int printed = 0;

	facts_path(file->path, facts, sizeof(facts));
	if (r->signal)
		printf(r->signal == SIGALRM || r->signal == SIGPROF ? W(CONFORM_SIGNAL_TIME) : W(CONFORM_SIGNAL), r->signal);
	else if (r->err)
		printf("        %s\n", r->extra[0] ? r->extra : strerror(-r->err));
	else if (r->extra[0])
		printf("        %s\n", r->extra);
	if (r->unspoken[0])
		printf(W(CONFORM_NO_FACT), r->unspoken);
	for (const char *p = r->text; *p;) {
		size_t len = strcspn(p, "\n");
		size_t i = strtoul(p, NULL, 10);

		if (i < file->f.nr && r->fact[i] == FACT_FAILS && printed++ < PRINTED_MAX)
			print_fact(file, facts, p, len);
		p += len + (p[len] == '\n');
	}
	if (printed > PRINTED_MAX)
		printf(W(CONFORM_MORE), printed - PRINTED_MAX);
	printf(W(CONFORM_AGAIN), file->path, (unsigned long long)r->seed);
}

static void print_soft(const struct file *file)
{
	for (size_t i = 0; i < file->f.nr; i++)
		if (file->differ[i])
			printf(W(CONFORM_DIFFERS), file->differ[i],
			       (unsigned long long)file->runs, file->f.v[i].text);
}

static void print_file(const struct conform *c, const struct file *file)
{
	unsigned int differ = 0;

	for (size_t i = 0; i < file->f.nr; i++)
		differ += file->differ[i] != 0;
	if (file->bad)
		printf(W(CONFORM_FAILED), file->k.name, (unsigned long long)file->bad,
		       (unsigned long long)file->runs, (unsigned long long)file->first->seed);
	else
		printf(file->runs == 1 ? W(CONFORM_OK_ONE) : W(CONFORM_OK), file->k.name, file->f.nr,
		       (unsigned long long)file->runs);
	if (!file->bad && differ)
		printf(W(CONFORM_SOFT), differ);
	if (!file->bad)
		putchar('\n');
	if (file->bad)
		print_failure(file);
	if (c->soft)
		print_soft(file);
	fflush(stdout);
}

static int compare(struct conform *c, size_t nr)
{
	struct seed_run_file *files = calloc(nr, sizeof(*files));
	int ret = EXIT_RIGHT, err;

	if (!files)
		return cli_no_memory();
	for (size_t i = 0; i < nr; i++)
		files[i] = (struct seed_run_file){ &c->files[i].k, &c->files[i].f };
	fflush(stdout);
	err = seed_run_all(files, nr, c->seed, c->seeds, (unsigned int)c->jobs, c->census, count, c);
	free(files);
	if (err) {
		cli_say("conform: %s", shortage_reason(err));
		return EXIT_INTERNAL;
	}
	for (size_t i = 0; i < nr; i++) {
		print_file(c, &c->files[i]);
		if (c->files[i].bad)
			ret = EXIT_WRONG;
	}
	return c->internal ? EXIT_INTERNAL : ret;
}

/* ---- the command ------------------------------------------------------------------------------ */

/* Shows the runs that are not compared.  Called last, since they leave threads in this process. */
static int show(const struct conform *c, const struct file *file)
{
	if (!c->print && !c->record)
		cli_say(W(CONFORM_NO_FACTS), file->path);
	return show_run(file, c);
}

static int run_all(struct conform *c, int argc, char **argv)
{
	struct file *compared = c->files;
	size_t nr_compared = 0;
	int ret = EXIT_RIGHT;

	/* files with facts first in the array, the others from its end */
	for (int i = 1; i < argc; i++) {
		struct file file = { 0 }, *to;
		int one = load(&file, argv[i]);

		ret = worse(ret, one);
		if (one != EXIT_RIGHT) {
			unload(&file);
			continue;
		}
		to = file.has_facts && !c->print && !c->record ? &compared[nr_compared++] : &c->files[argc - 1 - c->nr++];
		*to = file;
		to->f.k = &to->k;
	}
	if (nr_compared)
		ret = worse(ret, compare(c, nr_compared));
	for (size_t i = 0; i < c->nr; i++)
		ret = worse(ret, show(c, &c->files[argc - 1 - i]));
	for (size_t i = 0; i < nr_compared; i++)
		unload(&compared[i]);
	for (size_t i = 0; i < c->nr; i++)
		unload(&c->files[argc - 1 - i]);
	return ret;
}

static const struct cli_argument conform_arguments[] = {
	{ "FILE.kws", "a scenario (docs/conform.md); its facts are in FILE.facts", 1, TAKES_FILE, "kws" }, { .name = NULL }
};

static const struct cli_option conform_options[] = {
	{ "seeds", "N", "the number of seeds", .def = "1", .lo = 1, .hi = 1000000, CLI_INTO(struct conform, seeds) },
	{ "seed", "N", "the first seed", .def = "1", CLI_INTO(struct conform, seed) },
	{ "jobs", "N", "parallel processes; one for each CPU if not given", .lo = 1, .hi = SEED_RUN_JOBS_MAX,
	  CLI_INTO(struct conform, jobs) },
	{ "soft", NULL, "list the soft facts that differ, with the number of runs", CLI_INTO(struct conform, soft) },
	{ "census", NULL, "also compare the model with the engine's own state", CLI_INTO(struct conform, census) },
	{ "print", NULL, "print the facts of the run; a file without facts does so anyway",
	  CLI_INTO(struct conform, print) },
	{ "record", "FILE.kwt", "write a recording of the run, for `play`", .takes = TAKES_FILE, .endings = "kwt",
	  CLI_INTO(struct conform, record) },
	{ .name = NULL }
};

static int conform_main(int argc, char **argv)
{
	struct conform c = { .jobs = (int)sysconf(_SC_NPROCESSORS_ONLN) };
	int ret = cli_parse(&argc, argv, conform_options, &c);

	if (ret)
		return ret;
	if (argc < 2)
		return cli_misuse("conform", W(CONFORM_NAME));
	if (c.record && argc > 2)
		return cli_misuse("conform", W(CONFORM_RECORD_ONE));
	if (c.jobs > SEED_RUN_JOBS_MAX)		/* a host may have so many CPUs */
		c.jobs = SEED_RUN_JOBS_MAX;
	c.files = calloc((size_t)argc + 1, sizeof(*c.files));
	if (!c.files)
		return cli_no_memory();
	ret = run_all(&c, argc, argv);
	free(c.files);
	return ret;
}

const struct cli_command cmd_conform = {
	.name = "conform",
	.args = "FILE.kws...",
	.summary = "compare scenarios with the facts of a real kernel",
	.arguments = conform_arguments,
	.options = conform_options,
	.notes = "Exit status 1 if a fact does not hold; 2 also for a feature that this engine does not have; 4 for a "
		 "run that failed.\n",
	.main = conform_main,
};
