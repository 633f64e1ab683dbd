/*
 * cli/inspect.c - `kworkshop inspect FILE.kwt TABLE`: the tables of the kernel's tools for a recorded machine.
 *
 * Lives here:   which table of which moment, to standard output.
 * Never here:   the tables (model/tables.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/time.h"
#include "model/tables.h"
#include "trace/kwt.h"
#include "words/texts.h"

struct inspect {
	double at_ms, every_s;		/* negative: the end; once */
	bool json;
	regex_t names[16];
	int nr_names;
	struct model_replay replay;
};

static void print_line(void *arg, const char *text)
{
	(void)arg;
	printable_printf(stdout, "%s\n", text);
}

static const struct table_out to_stdout = { print_line, NULL };

static bool wants(void *arg, const char *name)
{
	const struct inspect *in = arg;

	for (int i = 0; i < in->nr_names; i++)
		if (regexec(&in->names[i], name, 0, NULL, 0) == 0)
			return true;
	return !in->nr_names;
}

static void show_monitor(struct inspect *in)
{
	const struct table_filter filter = { wants, in };

	(in->json ? table_wq_monitor_json : table_wq_monitor)(&in->replay.at, in->replay.store, &filter, &to_stdout);
}

static void show_dump(struct inspect *in)
{
	table_wq_dump(&in->replay.at, in->replay.store, &to_stdout);
}

static void show_ps(struct inspect *in)
{
	table_ps(&in->replay.at, in->replay.store, &to_stdout);
}

static void show_sysfs(struct inspect *in)
{
	table_sysfs(&in->replay.at, in->replay.store, &to_stdout);
}

static const struct {
	const char *name;
	void (*show)(struct inspect *in);
} tables[] = {
	{ "wq_monitor", show_monitor }, { "wq_dump", show_dump }, { "ps", show_ps }, { "sysfs", show_sysfs },
};
#define NR_TABLES (sizeof(tables) / sizeof(tables[0]))

/* The last event at or before @ns. */
static uint64_t event_at(const struct trace_store *s, uint64_t ns)
{
	uint64_t lo = 0, hi = s->nr;
	struct trace_event ev;

	while (lo < hi) {
		uint64_t mid = hi - (hi - lo) / 2;

		if (trace_store_event(s, mid, &ev) && ev.time <= ns)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

#define MOMENTS_MAX 100000	/* a recording of hours, or one with a damaged time */

static int show_moments(struct inspect *in, void (*show)(struct inspect *in))
{
	uint64_t end = in->replay.head.time, at, step = (uint64_t)(in->every_s * 1e9);

	if (in->every_s <= 0)
		step = 0;
	at = in->at_ms < 0 ? (step ? step : end) : (uint64_t)(in->at_ms * 1e6);
	if (step && at <= end && (end - at) / step >= MOMENTS_MAX)
		return cli_misuse("inspect", W(INSPECT_MOMENTS), MOMENTS_MAX, (unsigned long long)(end / NS_PER_MS));
	do {
		if (model_replay_seek(&in->replay, event_at(in->replay.store, at)))
			return cli_no_memory();
		show(in);
		at += step;
	} while (step && at <= end);
	return EXIT_RIGHT;
}

static int show_recording(struct inspect *in, const char *file, void (*show)(struct inspect *in))
{
	struct kwt_recording rec;
	char err[1300] = "";
	int code, rc = kwt_load(file, &rec, err, sizeof(err));

	if (rc) {
		cli_fail(err, rc);
		return rc == -EBADMSG || rc == -ENOTSUP ? EXIT_MISSING : exit_status_for(rc);
	}
	if (rec.cut)
		cli_say("%s", rec.note);
	if (model_replay_init(&in->replay, &rec.store)) {
		code = cli_no_memory();
	} else {
		code = model_replay_grow(&in->replay) ? cli_no_memory() : show_moments(in, show);
		model_replay_fini(&in->replay);
	}
	kwt_fini(&rec);
	return code;
}

static int read_names(struct inspect *in, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (in->nr_names == (int)(sizeof(in->names) / sizeof(in->names[0])))
			return cli_misuse("inspect", W(INSPECT_PATTERNS), in->nr_names);
		if (regcomp(&in->names[in->nr_names], argv[i], REG_EXTENDED | REG_NOSUB))
			return cli_misuse("inspect", W(INSPECT_REGEX), argv[i]);
		in->nr_names++;
	}
	return 0;
}

static const struct cli_argument inspect_arguments[] = {
	{ "FILE.kwt", "a recording, as `run --record` writes it", 1, TAKES_FILE, "kwt" },
	{ "wq_monitor", "a row for each workqueue, as tools/workqueue/wq_monitor.py prints it; with REGEX only "
	  "the matching ones", 2, TAKES_ITSELF, NULL },
	{ "wq_dump", "affinity scopes, pools, the pools of each workqueue, rescuers, limits of each node", 2,
	  TAKES_ITSELF, NULL },
	{ "ps", "kernel threads, as ps -e -o pid,psr,ni,stat,comm prints them", 2, TAKES_ITSELF, NULL },
	{ "sysfs", "the files of workqueues with WQ_SYSFS, as grep . prints them", 2, TAKES_ITSELF, NULL },
	{ "REGEX", NULL, 3, TAKES_ANY, NULL },
	{ .name = NULL }
};

static const struct cli_option inspect_options[] = {
	{ "at", "MS", "the state at this time instead of the end", CLI_INTO(struct inspect, at_ms) },
	{ "interval", "SECS", "the table again and again, in virtual seconds", CLI_INTO(struct inspect, every_s) },
	{ "json", NULL, "wq_monitor: one JSON object a line, with the keys of wq_monitor.py",
	  CLI_INTO(struct inspect, json) },
	{ .name = NULL }
};

static int inspect_main(int argc, char **argv)
{
	static struct inspect in;
	size_t t = 0;
	int code;

	in.at_ms = in.every_s = -1;
	code = cli_parse(&argc, argv, inspect_options, &in);
	if (code)
		return code;
	if (argc < 3)
		return cli_misuse("inspect", argc < 2 ? W(CLI_NAME_RECORDING) : W(INSPECT_NAME_TABLE));
	while (t < NR_TABLES && strcmp(tables[t].name, argv[2]))
		t++;
	if (t == NR_TABLES)
		return cli_misuse("inspect", W(INSPECT_EXPECTED), argv[2]);
	if (argc > 3 && t)
		return cli_misuse("inspect", W(INSPECT_ONLY_MONITOR));
	code = read_names(&in, argc - 3, argv + 3);
	if (!code)
		code = show_recording(&in, argv[1], tables[t].show);
	while (in.nr_names)
		regfree(&in.names[--in.nr_names]);
	return code;
}

const struct cli_command cmd_inspect = {
	.name = "inspect",
	.args = "FILE.kwt TABLE [REGEX...]",
	.summary = "print a recorded machine in the tables of the kernel's own tools",
	.arguments = inspect_arguments,
	.options = inspect_options,
	.main = inspect_main,
};
