/*
 * cli/export.c - `kworkshop export FILE.kwt --to FORMAT`: a recording for other programs.
 *
 * Lives here:   from a file to standard output.
 * Never here:   the formats (trace/export_*.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "trace/export.h"
#include "trace/kwt.h"
#include "words/texts.h"

static int write_out(const struct kwt_recording *rec, const char *format)
{
	int rc = trace_export(&rec->store, format, stdout);

	if (!rc || ferror(stdout))	/* an error of the stream is reported at the end of the program */
		return EXIT_RIGHT;
	cli_say(W(CLI_STDOUT), strerror(-rc));
	return exit_status_for(rc);
}

struct export {
	const char *format;
};

static const struct cli_argument export_arguments[] = {
	{ "FILE.kwt", "a recording, as `run --record` writes it", 1, TAKES_FILE, "kwt" }, { .name = NULL }
};

static const struct cli_option export_options[] = {
	{ "to", "FORMAT", "the format", .def = "text", .values = CLI_FORMATS, CLI_INTO(struct export, format) },
	{ .name = NULL }
};

static int export_main(int argc, char **argv)
{
	struct export e = { 0 };
	struct kwt_recording rec;
	char err[1300] = "";
	int code = cli_parse(&argc, argv, export_options, &e), rc;

	if (!code && argc != 2)
		code = cli_misuse("export", argc < 2 ? W(CLI_NAME_RECORDING) : W(CLI_ONE_RECORDING));
	if (code)
		return code;
	rc = kwt_load(argv[1], &rec, err, sizeof(err));
	if (rc) {
		cli_say("%s", err);
		return rc == -EBADMSG || rc == -ENOTSUP ? EXIT_MISSING : exit_status_for(rc);
	}
	if (rec.cut)
		cli_say("%s", rec.note);
	code = write_out(&rec, e.format);
	kwt_fini(&rec);
	return code;
}

const struct cli_command cmd_export = {
	.name = "export",
	.args = "FILE.kwt",
	.summary = "print a recording for other programs: text, JSON lines, ftrace",
	.arguments = export_arguments,
	.options = export_options,
	.notes = "text: one event a line.  ndjson: one JSON object a line.  ftrace: the events that a kernel "
		 "has too, as its trace file prints them.\n",
	.main = export_main,
};
