/*
 * cli/play.c - `kworkshop play FILE`: a recording, on the screen or as lines.
 *
 * Lives here:   loading it, and the message about a missing part.
 * Never here:   the format (trace/kwt.c), drawing.   Licence: MIT.
 */
#include "cli/session.h"

#include <errno.h>
#include <string.h>

#include "plain/plain.h"
#include "trace/kwt.h"
#include "words/texts.h"

static int show_recording(const struct cli_look *look, struct kwt_recording *rec, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct app_plain plain = { 0 };
	struct app_opts screen = {
		.store = &rec->store, .plain = &plain, .title = slash ? slash + 1 : path,
		.replay_line = rec->head.replay[0] ? rec->head.replay : NULL,
	};
	struct plain_opts lines = { .why = look->why_plain, .exe = cli_program() };
	int code = EXIT_RIGHT;

	if (!look->plain) {
		cli_look_apply(look, &screen);
		code = cli_keys_apply();
		if (code)
			return code;
		code = app_main(&screen);
		lines.why = W(SMALL_WINDOW);
	}
	if (!look->plain && !plain.wanted)
		return code;
	plain_play(&rec->store, screen.title, &lines);
	return EXIT_RIGHT;
}

struct play {
	struct cli_look look;
};

static const struct cli_argument play_arguments[] = {
	{ "FILE.kwt", "a recording, as `run --record` writes it", 1, TAKES_FILE, "kwt" }, { .name = NULL }
};

static const struct cli_option play_options[] = { CLI_LOOK_OPTIONS(struct play, look), { .name = NULL } };

static int play_main(int argc, char **argv)
{
	struct play p = { 0 };
	struct kwt_recording rec;
	char err[1300] = "";
	int code = cli_parse(&argc, argv, play_options, &p), rc;

	if (!code && argc != 2)
		code = cli_misuse("play", argc < 2 ? W(CLI_NAME_RECORDING) : W(CLI_ONE_RECORDING));
	if (code)
		return code;
	cli_look_settle(&p.look);
	rc = kwt_load(argv[1], &rec, err, sizeof(err));
	if (rc) {
		cli_fail(err, rc);
		return rc == -EBADMSG || rc == -ENOTSUP ? EXIT_MISSING : exit_status_for(rc);
	}
	if (rec.cut)
		cli_say("%s", rec.note);
	code = show_recording(&p.look, &rec, argv[1]);
	kwt_fini(&rec);
	return code;
}

const struct cli_command cmd_play = {
	.name = "play",
	.args = "FILE.kwt",
	.summary = "show a recording",
	.arguments = play_arguments,
	.options = play_options,
	.main = play_main,
};
