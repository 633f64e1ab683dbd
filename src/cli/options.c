/*
 * cli/options.c - reads options by a command's table.
 *
 * Lives here:   defaults, values, bounds, the error messages about them.
 * Never here:   which options there are (each command's file), --help (usage.c).
 * Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/nearest.h"
#include "words/texts.h"

static const struct cli_option *find_option(const struct cli_option *o, const char *name, size_t len)
{
	for (; o && o->name; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

/* Is @text one of "a|b|c"? */
static bool is_listed(const char *list, const char *text)
{
	size_t n = strlen(text);

	for (;;) {
		size_t word = strcspn(list, "|");

		if (word == n && strncmp(list, text, n) == 0)
			return true;
		if (!list[word])
			return false;
		list += word + 1;
	}
}

/* A number is the whole text or nothing: "7x" and "" are refused. */
static bool store_value(const struct cli_option *o, const char *text, void *to)
{
	char *end = NULL;
	long n;

	errno = 0;
	switch (o->kind) {
	case CLI_INT:
		n = strtol(text, &end, 0);
		if (n < INT32_MIN || n > INT32_MAX)
			return false;
		*(int *)to = (int)n;
		break;
	case CLI_U64:
		if (strchr(text, '-'))
			return false;
		*(uint64_t *)to = strtoull(text, &end, 0);
		break;
	case CLI_REAL:
		*(double *)to = strtod(text, &end);
		break;
	case CLI_TEXT:
		*(const char **)to = text;
		return true;
	case CLI_FLAG:
		*(bool *)to = true;
		return true;
	}
	return errno == 0 && end != text && *end == '\0';
}

static bool within_bounds(const struct cli_option *o, const void *to)
{
	double x;

	if (o->lo == o->hi)
		return true;
	x = o->kind == CLI_INT ? *(const int *)to : o->kind == CLI_U64 ? (double)*(const uint64_t *)to :
	    *(const double *)to;
	return x >= o->lo && x <= o->hi;	/* false for NaN */
}

/* "auto|always|never" as "auto, always or never". */
static const char *listed_aloud(const char *list, char *out, size_t size)
{
	size_t used = 0;

	while (*list) {
		size_t word = strcspn(list, "|");
		const char *rest = list + word + (list[word] != '\0');
		const char *joint = !*rest ? "" : strchr(rest, '|') ? W(CLI_COMMA) : W(CLI_OR);
		int n = snprintf(out + used, size - used, "%.*s%s", (int)word, list, joint);

		if (n < 0 || (size_t)n >= size - used)
			break;
		used += (size_t)n;
		list = rest;
	}
	return out;
}

static int set_value(const char *command, const struct cli_option *o, const char *text, void *into)
{
	static const enum words_key expected[] = {	/* a text and a flag are always stored */
		[CLI_INT] = W_OPTION_WHOLE, [CLI_U64] = W_OPTION_WHOLE_FROM_0, [CLI_REAL] = W_OPTION_NUMBER,
		[CLI_TEXT] = W_NONE,
	};
	void *to = (char *)into + o->at;
	char list[256];

	if (o->values && !is_listed(o->values, text))
		return cli_misuse(command, W(OPTION_EXPECTED), o->name,
				  listed_aloud(o->values, list, sizeof(list)), text);
	if (!store_value(o, text, to))
		return cli_misuse(command, W(OPTION_EXPECTED), o->name, words_fixed(expected[o->kind]), text);
	if (!within_bounds(o, to))
		return cli_misuse(command, W(OPTION_BOUNDS), o->name, text, o->lo, o->hi);
	return 0;
}

static int unknown_option(const char *command, const struct cli_option *options, const char *typed, size_t len)
{
	char name[64];
	struct nearest near = { .typed = name };

	snprintf(name, sizeof(name), "%.*s", (int)len, typed);
	for (const struct cli_option *o = options; o && o->name; o++)
		nearest_offer(&near, o->name);
	if (nearest_best(&near))
		return cli_misuse(command, W(OPTION_UNKNOWN_NEAR), name, nearest_best(&near));
	return cli_misuse(command, W(OPTION_UNKNOWN), name);
}

/* Takes argv[*at], and the value after it where one is needed. */
static int take_option(const char *command, int argc, char **argv, int *at, const struct cli_option *options,
		       void *into)
{
	const char *name = argv[*at] + 2, *value = strchr(name, '=');
	size_t len = value ? (size_t)(value - name) : strlen(name);
	const struct cli_option *o = find_option(options, name, len);

	if (!o)
		return unknown_option(command, options, name, len);
	if (o->kind == CLI_FLAG && value)
		return cli_misuse(command, W(OPTION_NO_VALUE), o->name);
	if (value)
		value++;
	else if (o->kind == CLI_FLAG)
		value = "";
	else if (*at + 1 < argc)
		value = argv[++*at];
	else
		return cli_misuse(command, W(OPTION_NEEDS_VALUE), o->name, o->name, o->arg);
	return set_value(command, o, value, into);
}

/* Takes "-o" and the value after it: an option that has a letter. */
static int take_letter(const char *command, int argc, char **argv, int *at, const struct cli_option *o, void *into)
{
	const char *typed = argv[*at];

	for (; o && o->name; o++) {
		if (!o->letter || typed[1] != o->letter || typed[2])
			continue;
		if (o->kind == CLI_FLAG)
			return set_value(command, o, "", into);
		if (*at + 1 >= argc)
			return cli_misuse(command, W(OPTION_NEEDS_VALUE), o->name, o->name, o->arg);
		return set_value(command, o, argv[++*at], into);
	}
	return cli_misuse(command, W(OPTION_SHORT), typed);
}

static void set_defaults(const struct cli_option *o, void *into)
{
	for (; o && o->name; o++)
		if (o->def)
			bug_on(set_value("", o, o->def, into) != 0);
}

int cli_parse(int *argc, char **argv, const struct cli_option *options, void *into)
{
	bool only_arguments = false;
	int i, kept = 1, err;

	set_defaults(options, into);
	for (i = 1; i < *argc; i++) {
		if (!only_arguments && strcmp(argv[i], "--") == 0) {
			only_arguments = true;
		} else if (only_arguments || argv[i][0] != '-' || !argv[i][1]) {
			argv[kept++] = argv[i];
		} else {
			err = (argv[i][1] == '-' ? take_option : take_letter)(argv[0], *argc, argv, &i, options, into);
			if (err)
				return err;
		}
	}
	*argc = kept;
	argv[kept] = NULL;
	return 0;
}
