/*
 * cli/look.c - the choice between the screen and plain lines.
 *
 * Lives here:   the order option, environment, terminal, and which of them decided.
 * Never here:   colours by themselves (visualizer/theme.c), lines of plain mode.
 * Licence: MIT.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"
#include "words/texts.h"

static const char *why_plain(const struct cli_look *look)
{
	const char *term = getenv("TERM"), *wish = getenv("KWORKSHOP_PLAIN");

	if (look->plain)
		return "--plain";
	if (wish && *wish)
		return strcmp(wish, "0") != 0 ? "KWORKSHOP_PLAIN" : NULL;
	if (!isatty(STDOUT_FILENO))
		return W(PLAIN_NO_STDOUT);
	if (!isatty(STDIN_FILENO))
		return W(PLAIN_NO_STDIN);
	if (!term || !*term)
		return W(PLAIN_NO_TERM);
	return strcmp(term, "dumb") == 0 ? "TERM=dumb" : NULL;
}

void cli_look_settle(struct cli_look *look)
{
	look->why_plain = why_plain(look);
	look->plain = look->why_plain != NULL;
}

int cli_lessons_dir(const struct cli_look *look, char *path, size_t size)
{
	int n;

	if (!look->course) {
		if (datadir_find("kworkshop", "lessons", path, size) == 0)
			return 0;
		cli_say(W(CLI_NOT_FOUND), "lessons");
		return EXIT_MISSING;
	}
	n = snprintf(path, size, "%s/lessons", look->course);
	if (n >= 0 && (size_t)n < size && access(path, R_OK | X_OK) == 0)
		return 0;
	cli_say(W(CLI_NO_FOLDER), path);
	return EXIT_MISSING;
}
