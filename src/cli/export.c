/*
 * cli/export.c - `kworkshop export FILE.kwt --to FORMAT`: a recording for other programs.
 *
 * Lives here:   from a file to standard output.
 * Never here:   the formats (trace/export_*.c, visualizer/svg.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "trace/export.h"
#include "trace/kwt.h"
#include "visualizer/picture.h"
#include "words/texts.h"

struct export {
	const char *format, *theme;
	double at_ms;			/* negative: the end */
	int width, height;
	bool ascii;
};

/* The last event at or before @ns. */
static uint64_t event_at(const struct trace_store *s, uint64_t ns)
{
	struct trace_event ev;
	uint64_t n = s->nr;

	while (n > 1 && trace_store_event(s, n, &ev) && ev.time > ns)
		n--;
	return n;
}

static int write_picture(struct kwt_recording *rec, const struct export *e, const char *file)
{
	const char *slash = strrchr(file, '/');
	struct picture_opts opts = { .w = e->width, .h = e->height, .ascii = e->ascii, .title = slash ? slash + 1 : file,
				     .theme = e->theme };
	struct picture *p = picture_open(&rec->store, &opts);

	if (!p)
		return -ENOMEM;
	picture_seek(p, e->at_ms < 0 ? rec->store.nr : event_at(&rec->store, (uint64_t)(e->at_ms * 1e6)));
	picture_svg(p, opts.title, stdout);
	picture_close(p);
	return 0;
}

static int write_out(struct kwt_recording *rec, const struct export *e, const char *file)
{
	bool svg = strcmp(e->format, "svg") == 0;
	int rc = svg ? write_picture(rec, e, file) : trace_export(&rec->store, e->format, stdout);

	if (!rc || ferror(stdout))	/* an error of the stream is reported at the end of the program */
		return EXIT_RIGHT;
	cli_say(W(CLI_STDOUT), strerror(-rc));
	return exit_status_for(rc);
}

static const struct cli_argument export_arguments[] = {
	{ "FILE.kwt", "a recording, as `run --record` writes it", 1, TAKES_FILE, "kwt" }, { .name = NULL }
};

static const struct cli_option export_options[] = {
	{ "to", "FORMAT", "the format", .def = "text", .values = CLI_FORMATS "|svg", CLI_INTO(struct export, format) },
	{ "at", "MS", "svg: the screen at this time instead of the end", .lo = 0, .hi = 1e12, CLI_INTO(struct export, at_ms) },
	{ "width", "COLUMNS", "svg: of the screen", .def = "80", .lo = PICTURE_W_MIN, .hi = 400, CLI_INTO(struct export, width) },
	{ "height", "ROWS", "svg: of the screen", .def = "24", .lo = PICTURE_H_MIN, .hi = 200, CLI_INTO(struct export, height) },
	{ "theme", "NAME", "svg: the colours", .def = "dark", .values = CLI_THEMES, CLI_INTO(struct export, theme) },
	{ "ascii", NULL, "svg: draw with ASCII characters only", CLI_INTO(struct export, ascii) },
	{ .name = NULL }
};

static int export_main(int argc, char **argv)
{
	struct export e = { .at_ms = -1 };
	struct kwt_recording rec;
	char err[1300] = "";
	int code = cli_parse(&argc, argv, export_options, &e), rc;

	if (!code && argc != 2)
		code = cli_misuse("export", argc < 2 ? W(CLI_NAME_RECORDING) : W(CLI_ONE_RECORDING));
	if (code)
		return code;
	rc = kwt_load(argv[1], &rec, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return rc == -EBADMSG || rc == -ENOTSUP ? EXIT_MISSING : exit_status_for(rc);
	}
	if (rec.cut)
		cli_say("%s", rec.note);
	code = write_out(&rec, &e, argv[1]);
	kwt_fini(&rec);
	return code;
}

const struct cli_command cmd_export = {
	.name = "export",
	.args = "FILE.kwt",
	.summary = "print a recording for other programs: text, JSON, ftrace, a picture",
	.arguments = export_arguments,
	.options = export_options,
	.notes = "text: one event a line.  ndjson: one JSON object a line.  ftrace: the events that a kernel "
		 "has too, as its trace file prints them.  svg: the screen at one time, as a picture.\n",
	.main = export_main,
};
