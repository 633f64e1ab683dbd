/*
 * cli/keys.c - the keys of the screen, as the student's config sets them.
 *
 * Lives here:   handing the lines `key.NAME = KEYS` to the screen program.
 * Never here:   reading the file (classroom/config.c), the names (visualizer/keys.def).   Licence: MIT.
 */
#include "cli/cli.h"

#include <stdio.h>

#include "classroom/config.h"
#include "visualizer/app.h"

int cli_keys_take(const struct config *c, void (*warn)(void *arg, const char *sentence), void *arg, char *err,
		  size_t err_size)
{
	struct app_key line[CONFIG_KEYS_MAX];
	struct app_keys all = { c->path, line, c->nr_keys };

	for (unsigned int i = 0; i < c->nr_keys; i++)
		line[i] = (struct app_key){ c->key[i].name, c->key[i].keys, c->key[i].line };
	return app_change_keys(&all, warn, arg, err, err_size);
}

static void say(void *arg, const char *sentence)
{
	(void)arg;
	cli_say("%s", sentence);
}

int cli_keys_apply(void)
{
	static struct config c;		/* large */
	char err[1400];
	int rc = config_read(&c, NULL, NULL, NULL, err, sizeof(err));

	if (!rc)
		rc = cli_keys_take(&c, say, NULL, err, sizeof(err));
	if (!rc)
		return EXIT_RIGHT;
	cli_fail(err, rc);
	return exit_status_for(rc);
}
