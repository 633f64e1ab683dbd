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

static int write_out(const struct kwt_recording *rec, const char *format)
{
	int rc = trace_export(&rec->store, format, stdout);

	if (rc == -EINVAL)
		return cli_misuse("export", "--to: \"%s\" is none of %s", format, trace_export_formats());
	if (rc || fflush(stdout) != 0) {
		cli_say("standard output: %s", strerror(errno ? errno : EIO));
		return EXIT_MISSING;
	}
	return EXIT_RIGHT;
}

static int export_main(int argc, char **argv)
{
	const char *format = "text";
	const struct cli_option options[] = { { "to", CLI_TEXT, &format }, { NULL, CLI_FLAG, NULL } };
	struct kwt_recording rec;
	char err[1300] = "";
	int code = cli_parse(&argc, argv, options), rc;

	if (!code && argc != 2)
		code = cli_misuse("export", argc < 2 ? "which recording?" : "one recording at a time");
	if (code)
		return code;
	rc = kwt_load(argv[1], &rec, err, sizeof(err));
	if (rc) {
		cli_say("%s", err);
		return rc == -EBADMSG || rc == -ENOTSUP ? EXIT_MISSING : exit_status_for(rc);
	}
	if (rec.cut)
		cli_say("%s", rec.note);
	code = write_out(&rec, format);
	kwt_fini(&rec);
	return code;
}

const struct cli_command cmd_export = {
	.name = "export",
	.args = "FILE.kwt [--to text|ndjson|ftrace]",
	.summary = "a recording for other programs: text, JSON lines, ftrace",
	.help = "  --to FORMAT        text (default): an event a line; ndjson: a JSON object a line;\n"
		"                     ftrace: what a kernel has too, as its trace file prints it\n",
	.main = export_main,
};
