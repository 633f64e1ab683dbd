/*
 * cli/play.c - `kworkshop play FILE`: a recording, on the screen or as lines.
 *
 * Lives here:   loading it and saying what is missing of it.
 * Never here:   the format (trace/kwt.c), drawing.   Licence: MIT.
 */
#include "cli/session.h"

#include <errno.h>
#include <string.h>

#include "plain/plain.h"
#include "trace/kwt.h"

static int show_recording(const struct cli_look *look, struct kwt_recording *rec, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct app_opts screen = {
		.store = &rec->store, .title = slash ? slash + 1 : path,
		.replay_line = rec->head.replay[0] ? rec->head.replay : NULL,
	};
	struct plain_opts lines = { .why = look->why_plain, .exe = cli_program() };

	if (look->plain)
		return plain_play(&rec->store, screen.title, &lines);
	cli_look_apply(look, &screen);
	return app_main(&screen);
}

static int play_main(int argc, char **argv)
{
	struct cli_look look = { 0 };
	const struct cli_option options[] = { CLI_LOOK_OPTIONS(&look), { NULL, CLI_FLAG, NULL } };
	struct kwt_recording rec;
	char err[1300] = "";
	int code = cli_parse(&argc, argv, options), rc;

	if (!code && argc != 2)
		code = cli_misuse("play", argc < 2 ? "which recording?" : "one recording at a time");
	if (!code)
		code = cli_look_settle(&look);
	if (code)
		return code;
	rc = kwt_load(argv[1], &rec, err, sizeof(err));
	if (rc) {
		cli_say("%s", err);
		return rc == -EBADMSG || rc == -ENOTSUP ? EXIT_MISSING : exit_status_for(rc);
	}
	if (rec.cut)
		cli_say("%s", rec.note);
	code = show_recording(&look, &rec, argv[1]);
	kwt_fini(&rec);
	return code;
}

const struct cli_command cmd_play = {
	.name = "play",
	.args = "FILE.kwt " CLI_LOOK_USAGE,
	.summary = "a recording",
	.help = CLI_LOOK_HELP,
	.main = play_main,
};
