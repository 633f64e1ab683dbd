/*
 * cli/free.c - `kworkshop free`: a machine of one's own.
 *
 * It is a run of a lesson file that is no part of the course, so nothing of it is kept; its
 * acts are inputs, and --inputs repeats them.
 *
 * Lives here:   from the command line to the run's spec.
 * Never here:   acts (run/free_play.h), showing them.   Licence: MIT.
 */
#include "cli/session.h"

#include <errno.h>

#include "base/cpumask.h"
#include "words/texts.h"

struct free_opts {
	struct cli_look look;
	uint64_t seed;
	const char *inputs, *record;
	int cpus;
	double jitter;
	bool census;
};

static int load_inputs(const char *path, struct run_spec *spec)
{
	char err[1300] = "";
	int rc = run_inputs_load(&spec->inputs, path, err, sizeof(err));

	if (rc)
		cli_say("%s", err);
	return rc == -ENOENT ? EXIT_MISSING : rc ? EXIT_MISUSE : 0;
}

static int show(struct session *s, const struct free_opts *o)
{
	struct run_spec spec;
	struct session_show what = { .spec = &spec, .record = o->record };
	char err[1400] = "";
	int rc = session_free_play(s, &spec, err, sizeof(err)), code = 0;

	if (rc) {
		cli_say("%s", err);
		return exit_status_for(rc);
	}
	spec.seed = o->seed;
	spec.cpus = o->cpus == CLI_UNSET ? 0 : o->cpus;
	spec.jitter = o->jitter;
	spec.census = o->census;
	if (o->inputs)
		code = load_inputs(o->inputs, &spec);
	if (!code)
		code = session_show(s, &o->look, &what);
	run_inputs_fini(&spec.inputs);
	return code;
}

static const struct cli_option free_options[] = {
	{ "seed", "N", "the schedule: equal seeds give equal runs", .def = "1", CLI_INTO(struct free_opts, seed) },
	{ "cpus", "N", "virtual CPUs, instead of 4", .lo = 1, .hi = CPUS_MAX, CLI_INTO(struct free_opts, cpus) },
	{ "jitter", "X", "vary burns, interrupts and timers by that share", .lo = 0, .hi = 0.9,
	  CLI_INTO(struct free_opts, jitter) },
	{ "inputs", "FILE", "acts that are carried out first, one input a line (docs/inputs.md)",
	  .takes = TAKES_FILE, CLI_INTO(struct free_opts, inputs) },
	{ "record", "FILE.kwt", "write a recording, for `play` and `export`", .takes = TAKES_FILE, .endings = "kwt",
	  CLI_INTO(struct free_opts, record) },
	{ "census", NULL, "record the engine's own state as events too, for checks", CLI_INTO(struct free_opts, census) },
	CLI_LOOK_OPTIONS(struct free_opts, look),
	{ .name = NULL }
};

static int free_main(int argc, char **argv)
{
	struct free_opts o = { .cpus = CLI_UNSET, .jitter = -1 };
	struct session *s;
	int code = cli_parse(&argc, argv, free_options, &o);

	if (!code && argc > 1)
		code = cli_misuse("free", W(CLI_ARGUMENT), argv[1]);
	if (!code && o.record)
		code = cli_check_record(o.record);
	if (code)
		return code;
	cli_look_settle(&o.look);
	code = session_open(&s, &o.look, NULL);
	if (code)
		return code;
	code = show(s, &o);
	session_close(s);
	return code;
}

const struct cli_command cmd_free = {
	.name = "free",
	.args = "",
	.summary = "a machine of your own: make items, fire interrupts, take CPUs away",
	.options = free_options,
	.main = free_main,
};
