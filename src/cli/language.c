/*
 * cli/language.c - the language of the texts: --lang, the config file, the locale.
 *
 * Lives here:   the order of the three, and the file that belongs to a language.
 * Never here:   reading the file (words/translate_file.c).   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/datadir.h"
#include "classroom/config.h"
#include "words/lesson_words.h"
#include "words/texts.h"
#include "words/translate.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define CODE_BYTES 32

const struct cli_option cli_every_command[] = {
	{ "lang", "LANG", "the language of the texts, such as uk, or the path of a translation; otherwise the configuration "
	  "file's, then the locale's", .kind = CLI_TEXT },
	{ .name = NULL }
};

/* Takes "--lang X" and "--lang=X" out of argv; the last one counts.  Return: 0, or EXIT_MISUSE after a message. */
static int take_option(int *argc, char **argv, const char **lang)
{
	bool only_arguments = false;
	int kept = 1;

	for (int i = 1; i < *argc; i++) {
		only_arguments |= strcmp(argv[i], "--") == 0;
		if (!only_arguments && strncmp(argv[i], "--lang=", 7) == 0)
			*lang = argv[i] + 7;
		else if (only_arguments || strcmp(argv[i], "--lang") != 0)
			argv[kept++] = argv[i];
		else if (i + 1 < *argc)
			*lang = argv[++i];
		else
			return cli_misuse("", W(LANG_NEEDS_VALUE));
	}
	if (kept < *argc) {
		*argc = kept;
		argv[kept] = NULL;
	}
	return 0;
}

/* "uk", "pt_BR": two or three small letters, then perhaps a country. */
static bool is_code(const char *code)
{
	size_t n = strspn(code, LOWER);

	return (n == 2 || n == 3) && (!code[n] || (code[n] == '_' && code[n + 1] && !strpbrk(code + n + 1, "/.")));
}

/* "uk_UA.UTF-8" -> "uk_UA"; false: it is no code. */
static bool code_of(const char *lang, char code[CODE_BYTES])
{
	snprintf(code, CODE_BYTES, "%.*s", (int)strcspn(lang, ".@"), lang);
	return is_code(code);
}

/* "uk_UA.UTF-8" is looked for as "uk_UA", then as "uk".  Return: 0, -EINVAL: no code, -ENOENT: no such file. */
static int find_file(const char *lang, char *path, size_t size)
{
	char code[CODE_BYTES], what[CODE_BYTES + 20], *country;

	if (!code_of(lang, code))
		return -EINVAL;
	snprintf(what, sizeof(what), "src/words/%s.def", code);
	country = strchr(code, '_');
	if (datadir_find("kworkshop", what, path, size) == 0)
		return 0;
	if (country) {
		*country = '\0';
		snprintf(what, sizeof(what), "src/words/%s.def", code);
	}
	return country && datadir_find("kworkshop", what, path, size) == 0 ? 0 : -ENOENT;
}

static bool is_english(const char *lang)
{
	return !*lang || !strcmp(lang, "C") || !strncmp(lang, "C.", 2) || !strcmp(lang, "POSIX") ||
	       (!strncmp(lang, "en", 2) && (!lang[2] || strchr("_.@", lang[2])));
}

/* Loads the texts of the program, and takes the lessons' texts in language @lang.  Return: 0, or an exit status after a message. */
static int load(const char *path, const char *lang)
{
	char err[8192], code[CODE_BYTES];
	int rc = words_load(path, err, sizeof(err));

	if (rc)
		cli_fail(err, rc);
	else if (code_of(lang, code))
		words_lesson_language(code);
	return rc ? exit_status_for(rc) : 0;
}

/* The language of the config file or the locale: without texts of the program there may be lessons in it. */
static void take_if_known(const char *lang)
{
	char path[4096], code[CODE_BYTES];

	if (find_file(lang, path, sizeof(path)) == 0)
		load(path, lang);
	else if (code_of(lang, code))
		words_lesson_language(code);
}

static int take_lang(const char *lang)
{
	char path[4096];
	int rc;

	if (strchr(lang, '/'))
		return load(lang, strrchr(lang, '/') + 1);
	if (is_english(lang))
		return *lang ? 0 : cli_misuse("", W(LANG_BAD_CODE), lang);
	rc = find_file(lang, path, sizeof(path));
	if (rc == -EINVAL)
		return cli_misuse("", W(LANG_BAD_CODE), lang);
	if (rc) {
		cli_say(W(LANG_NOT_HERE), lang);
		return EXIT_MISSING;
	}
	return load(path, lang);
}

/* The locale's language for messages; "" = English. */
static const char *locale_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "";
}

/* As the screen decides it: --ascii, or a terminal of a locale without UTF-8.  Lines for files and pipes are UTF-8. */
static bool wants_ascii(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--ascii"))
			return true;
	return isatty(STDOUT_FILENO) && (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
}

int cli_language(int *argc, char **argv)
{
	char path[4096], err[1400];
	const char *lang = NULL;
	static struct config config;	/* large */
	int code = take_option(argc, argv, &lang);

	words_use_ascii(wants_ascii(*argc, argv));
	if (code || lang)
		return code ? code : take_lang(lang);
	/* a wrong config file is reported by the commands that need it */
	if (config_read(&config, NULL, NULL, NULL, err, sizeof(err)) == 0 && config.lang[0]) {
		if (!is_english(config.lang) && find_file(config.lang, path, sizeof(path)))
			cli_say(W(LANG_NOT_HERE), config.lang);
		if (!is_english(config.lang))
			take_if_known(config.lang);
		return 0;
	}
	lang = locale_language();
	if (!is_english(lang))
		take_if_known(lang);
	return 0;
}
