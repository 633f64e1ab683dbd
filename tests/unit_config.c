/*
 * tests/unit_config.c - the config file, the student's id, and the variant that follows from it.
 *
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "classroom/config.h"
#include "classroom/identity.h"
#include "tests/support/files.h"
#include "tests/test.h"

static char warned[1400];
static int warnings;

static void note_warning(void *arg, const char *sentence)
{
	(void)arg;
	warnings++;
	snprintf(warned, sizeof(warned), "%s", sentence);
}

/* Reads @text as a config file; @path receives its name. */
static int read_text(const char *text, struct config *c, char *path, size_t path_size, char *err, size_t err_size)
{
	const char *tmp = getenv("TMPDIR");
	FILE *f;
	int fd, rc;

	snprintf(path, path_size, "%s/kw-config-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	fd = mkstemp(path);
	REQUIRE_GE(fd, 0);
	f = fdopen(fd, "w");
	REQUIRE_NOT_NULL(f);
	fputs(text, f);
	fclose(f);
	warnings = 0;
	warned[0] = '\0';
	rc = config_read(c, path, note_warning, NULL, err, err_size);
	unlink(path);
	return rc;
}

static void a_file_sets_each_key_and_skips_comments(void)
{
	char path[256], err[256];
	struct config c;
	int rc = read_text("\xef\xbb\xbf# mine\n\n  id =  S1234@Example.ORG \r\nrecord_times=true\n"
			   "work = /srv/kw # 1\nlang = pt_BR\n", &c, path, sizeof(path), err, sizeof(err));

	CHECK_INT(rc, 0);
	CHECK_STR(err, "");
	CHECK_STR(c.path, path);
	CHECK_STR(c.id, "s1234@example.org");
	CHECK_STR(c.work, "/srv/kw # 1");	/* a comment has its own line */
	CHECK_STR(c.lang, "pt_BR");
	CHECK_TRUE(c.record_times);
	CHECK_INT(warnings, 0);
}

static void a_wrong_line_is_reported_with_file_and_line_and_sets_nothing(void)
{
	static const struct { const char *text; int line; const char *says; } wrong[] = {
		{ "id = a\nid = b\n", 2, "already set in line 1" },
		{ "\n\nid\n", 3, "key = value" },
		{ "id =\n", 1, "at least one character" },
		{ "id = a\tb\n", 1, "control characters" },
		{ "id = 0123456789012345678901234567890123456789012345678901234567890123\n", 1, "at most 63 bytes" },
		{ "id = a\nrecord_times = yes\n", 2, "true or false" },
		{ "lang = ../uk\n", 1, "a code such as" },
		{ "work =\n", 1, "the path is missing" },
		{ "= 3\n", 1, "not a key" },
		{ "two words = 3\n", 1, "not a key" },
	};
	char path[256], err[400], where[300];
	struct config c;
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int rc = read_text(wrong[i].text, &c, path, sizeof(path), err, sizeof(err));

		snprintf(where, sizeof(where), "%s:%d: ", path, wrong[i].line);
		if (rc != -EINVAL || strncmp(err, where, strlen(where)) || !strstr(err, wrong[i].says))
			test_note("%s gave %d \"%s\"", wrong[i].text, rc, err);
		CHECK_INT(rc, -EINVAL);
		CHECK_STARTS(err, where);
		CHECK_HAS(err, wrong[i].says);
		CHECK_STR(c.id, "");
	}
}

static void a_line_without_an_end_is_refused_before_it_fills_memory(void)
{
	char path[256], err[400], *text = malloc(9000);
	struct config c;

	REQUIRE_NOT_NULL(text);
	memset(text, 'a', 8999);
	text[8999] = '\0';
	CHECK_INT(read_text(text, &c, path, sizeof(path), err, sizeof(err)), -EINVAL);
	CHECK_HAS(err, ":1: the line is too long");
	free(text);
}

static void an_unknown_key_is_a_warning_and_is_given_once(void)
{
	char path[256], err[256];
	struct config c;
	int rc = read_text("colour = red\ncolour = green\nid = x\n", &c, path, sizeof(path), err, sizeof(err));

	CHECK_INT(rc, 0);
	CHECK_STR(c.id, "x");
	CHECK_INT(warnings, 1);
	CHECK_HAS(warned, ":1: the key \"colour\"");
}

static void a_file_that_does_not_exist_means_the_defaults(void)
{
	struct config c;
	char err[256];

	CHECK_INT(config_read(&c, "/proc/no-such-folder/config", NULL, NULL, err, sizeof(err)), 0);
	CHECK_STR(c.id, "");
	CHECK_FALSE(c.record_times);
	/* a folder is no file */
	CHECK_INT(config_read(&c, "/proc", NULL, NULL, err, sizeof(err)), -EISDIR);
	CHECK_HAS(err, "/proc: ");
}

static void the_config_folder_follows_own_variable_then_xdg_then_home(void)
{
	struct kept own = env_keep("KWORKSHOP_CONFIG_DIR"), xdg = env_keep("XDG_CONFIG_HOME"), home = env_keep("HOME");
	char path[256];

	setenv("KWORKSHOP_CONFIG_DIR", "/a", 1);
	setenv("XDG_CONFIG_HOME", "/b", 1);
	setenv("HOME", "/c", 1);
	CHECK_INT(config_path(path, sizeof(path)), 0);
	CHECK_STR(path, "/a/config");
	unsetenv("KWORKSHOP_CONFIG_DIR");
	CHECK_INT(config_path(path, sizeof(path)), 0);
	CHECK_STR(path, "/b/kworkshop/config");
	setenv("XDG_CONFIG_HOME", "b", 1);
	CHECK_INT(config_path(path, sizeof(path)), 0);
	CHECK_STR(path, "/c/.config/kworkshop/config");
	CHECK_INT(config_path(path, 5), -ENAMETOOLONG);
	unsetenv("HOME");
	CHECK_INT(config_path(path, sizeof(path)), -ENOENT);
	env_give_back(&own);
	env_give_back(&xdg);
	env_give_back(&home);
}

static void the_flag_wins_over_the_variable_over_the_file(void)
{
	struct kept variable = env_keep("KWORKSHOP_ID");
	struct config c = { .id = "from-file" }, none = { .id = "" };
	struct identity who;
	char err[256];

	setenv("KWORKSHOP_ID", " FROM-env ", 1);
	CHECK_INT(identity_settle(&who, "Flag", &c, err, sizeof(err)), 0);
	CHECK_STR(who.id, "flag");
	CHECK_STR(who.from, "--student");
	CHECK_INT(identity_settle(&who, NULL, &c, err, sizeof(err)), 0);
	CHECK_STR(who.id, "from-env");
	CHECK_INT(identity_settle(&who, "", &c, err, sizeof(err)), -EINVAL);
	CHECK_HAS(err, "--student: ");
	unsetenv("KWORKSHOP_ID");
	CHECK_INT(identity_settle(&who, NULL, &c, err, sizeof(err)), 0);
	CHECK_STR(who.id, "from-file");
	CHECK_INT(identity_settle(&who, NULL, &none, err, sizeof(err)), 0);
	CHECK_STR(who.id, "");
	CHECK_NULL(who.from);
	env_give_back(&variable);
}

/* The numbers were computed with another program from the formula of docs/progress.md. */
static void the_variant_is_fnv_1a_of_course_id_and_slug(void)
{
	CHECK_INT(identity_variant("kworkshop", "s1234", "life"), 7392);
	CHECK_INT(identity_variant("kworkshop", "s1234", "unload"), 4693);
	CHECK_INT(identity_variant("kworkshop", "ada@example.org", "why-defer"), 5250);
	CHECK_INT(identity_variant("kworkshop", "s1235", "life"), 2109);
	CHECK_INT(identity_variant("kworkshop", "", "life"), 0);
}

const struct test_case suite_unit_config[] = {
	T(a_file_sets_each_key_and_skips_comments),
	T(a_wrong_line_is_reported_with_file_and_line_and_sets_nothing),
	T(a_line_without_an_end_is_refused_before_it_fills_memory),
	T(an_unknown_key_is_a_warning_and_is_given_once),
	T(a_file_that_does_not_exist_means_the_defaults),
	T(the_config_folder_follows_own_variable_then_xdg_then_home),
	T(the_flag_wins_over_the_variable_over_the_file),
	T(the_variant_is_fnv_1a_of_course_id_and_slug),
	{ NULL, NULL }
};
