/*
 * cli/table_text.c - the texts of the commands' tables, in English or translated.
 *
 * A row of a table has its English text beside its name, so that an option is added in one
 * place.  The key of the text is made from the names: an option that several commands share with
 * one text is translated once, under the first of them.
 *
 * Lives here:   the keys of these texts.
 * Never here:   the tables (each command's file), the layout (usage.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "words/translate.h"

#define KEY_BYTES 128

/* "option.run.seed"; without the last part if @name is NULL. */
static const char *key_of(char key[KEY_BYTES], const char *kind, const char *command, const char *name)
{
	snprintf(key, KEY_BYTES, "%s.%s%s%s", kind, command, name ? "." : "", name ? name : "");
	return key;
}

bool cli_same_option(const struct cli_option *a, const struct cli_option *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->help, b->help) == 0;
}

static const struct cli_command *first_with(const struct cli_option *o)
{
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		for (const struct cli_option *p = (*c)->options; p && p->name; p++)
			if (cli_same_option(o, p))
				return *c;
	return NULL;
}

const char *cli_summary(const struct cli_command *c)
{
	char key[KEY_BYTES];

	return words_table_text(key_of(key, "command", c->name, NULL), c->summary);
}

const char *cli_notes(const struct cli_command *c)
{
	char key[KEY_BYTES];

	return c->notes ? words_table_text(key_of(key, "notes", c->name, NULL), c->notes) : NULL;
}

const char *cli_argument_help(const struct cli_command *c, const struct cli_argument *a)
{
	char key[KEY_BYTES];

	return a->help ? words_table_text(key_of(key, "argument", c->name, a->name), a->help) : NULL;
}

const char *cli_option_help(const struct cli_option *o)
{
	const struct cli_command *c = first_with(o);
	char key[KEY_BYTES];

	return c ? words_table_text(key_of(key, "option", c->name, o->name), o->help) : o->help;
}

static bool is_key_of(const char *key, const struct cli_command *c)
{
	char one[KEY_BYTES];

	if (!strcmp(key, key_of(one, "command", c->name, NULL)) ||
	    (c->notes && !strcmp(key, key_of(one, "notes", c->name, NULL))))
		return true;
	for (const struct cli_argument *a = c->arguments; a && a->name; a++)
		if (a->help && !strcmp(key, key_of(one, "argument", c->name, a->name)))
			return true;
	for (const struct cli_option *o = c->options; o && o->name; o++)
		if (first_with(o) == c && !strcmp(key, key_of(one, "option", c->name, o->name)))
			return true;
	return false;
}

bool cli_table_key_exists(const char *key)
{
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		if (is_key_of(key, *c))
			return true;
	return false;
}
