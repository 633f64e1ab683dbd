/*
 * tests/unit_help.c - `kworkshop help` explains every kind of word, from a clone and installed.
 *
 * Lives here:   finding words, the command's output, required contents of the pages.
 * Never here:   whether an explanation is true.   Licence: MIT.
 */
#include "tests/support/shell.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "words/topics.h"

static const char *program;	/* the one that help() starts */

static int help(const char *args, char *out, size_t size)
{
	return shell_run(out, size, "%s help %s 2>&1 </dev/null", program, args);
}

static const struct {
	const char *word, *part;
} words[] = {
	{ "max_active", "max_active (glossary)" },
	{ "MAX_ACTIVE", "max_active (glossary)" },
	{ "max_active", "L7: max_active (checklist)" },
	{ "max_active", "max_active (setting)" },
	{ "max_active", "See also: R4.14, R5.12" },
	{ "queue_work", "ok = queue_work(wq, w)" },
	{ "'queue_work()'", "ok = queue_work(wq, w)" },
	{ "WQ_UNBOUND", "WQ_UNBOUND (glossary)" },
	{ "wq_unbound", "WQ_UNBOUND (lesson function or constant)" },
	{ "R4.3", "R4.3 (rule)" },
	{ "r43", "R4.3 (rule)" },
	{ "E1.20", "E1.20: A worker that wakes up (erratum)" },
	{ "e12", "E1.2: Numbers of high-priority workers (erratum)" },
	{ "L7", "    Understand: max_active limits" },
	{ "i", "i (key)" },
	{ "j", "Down / j (key)" },
	{ "Enter", "Enter (key)" },
	{ "idle list", "idle list (glossary)" },
	{ "workers", "worker / kworker (glossary)" },
	{ "keep_working", "keep_working (predicate of the engine)" },
	{ "pending_set", "pending_set (event)" },
	{ "watchdog_thresh", "watchdog_thresh (setting)" },
	{ "record_times", "record_times (setting)" },
	{ "run", "usage: kworkshop run NAME|FILE [FILES] [OPTIONS]" },
	{ "--seed", "seed: --seed N of run, free (option)" },
	{ "plain", "plain: --plain of home, run, free, play, practise, restart, watch (option)" },
	{ "rules", "  R14.3" },
	{ "errata", "  E2.68              The announced future" },
	{ "", "R1.1 .. R14.3" },
	{ "", "E1.1 .. E2.68" },
	{ "", "L1 .. L45" },
	{ "", "queue_work_on" },
};

static void every_kind_of_word_is_explained(void)
{
	static char out[1 << 18];

	program = test_binary();
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!CHECK_INT(help(words[i].word, out, sizeof(out)), EXIT_RIGHT) || !CHECK_HAS(out, words[i].part))
			test_note("help %s: %s", words[i].word, out);
	}
}

static void keys_are_found_by_their_case(void)
{
	char out[4096];

	program = test_binary();
	CHECK_INT(help("r", out, sizeof(out)), EXIT_RIGHT);
	CHECK_HAS(out, "r (key)");
	CHECK_LACKS(out, "R (key)");
	CHECK_INT(help("R", out, sizeof(out)), EXIT_RIGHT);
	CHECK_LACKS(out, "r (key)");
}

static void a_word_that_is_only_mentioned_shows_where(void)
{
	char out[8192];

	program = test_binary();
	CHECK_INT(help("jbd2", out, sizeof(out)), EXIT_RIGHT);
	CHECK_HAS(out, "\"jbd2\" has no entry of its own");
	CHECK_HAS(out, "E2.39: The journal of ext4 (erratum)");
}

static void an_unknown_word_names_the_nearest(void)
{
	static const struct {
		const char *word, *says;
	} rows[] = {
		{ "quue_work", "kworkshop: help: there is no entry for \"quue_work\"; did you mean queue_work" },
		{ "R4.99", "did you mean R4." },
		{ "L46", "did you mean L4, " },
		{ "execute_start", "workqueue_execute_start" },
		{ "xyzzyxyzzy", "kworkshop: help: there is no entry for \"xyzzyxyzzy\"; `kworkshop help` lists the words" },
	};
	char out[4096];

	program = test_binary();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(help(rows[i].word, out, sizeof(out)), EXIT_WRONG);
		CHECK_HAS(out, rows[i].says);
	}
}

static void no_line_is_longer_than_80_columns(void)
{
	static char out[1 << 18];
	char *line, *rest = out;

	program = test_binary();
	CHECK_INT(help("", out, sizeof(out)), EXIT_RIGHT);
	for (; (line = strsep(&rest, "\n")) != NULL;)
		if (!CHECK_LE(strlen(line), 80))
			test_note("%s", line);
}

/* The pages that `make install` copies are those that the command reads. */
static void help_works_from_an_installed_prefix(void)
{
	static char out[1 << 18], prefix[] = "/tmp/kw-help-XXXXXX";
	char command[2048], bin[128];

	REQUIRE_NOT_NULL(mkdtemp(prefix));
	snprintf(command, sizeof(command),
		 "p=%s/share/kworkshop; mkdir -p %s/bin $p/docs && cp %s %s/bin/kworkshop && "
		 "cp $(sed -n 's/^HELP_PAGES := //p' Makefile) $p/docs/", prefix, prefix, test_binary(), prefix);
	CHECK_INT(system(command), 0);
	snprintf(bin, sizeof(bin), "%s/bin/kworkshop", prefix);
	program = bin;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		CHECK_INT(help(words[i].word, out, sizeof(out)), EXIT_RIGHT);
		CHECK_HAS(out, words[i].part);
	}
	snprintf(command, sizeof(command), "rm %s/share/kworkshop/docs/rules.md", prefix);
	CHECK_INT(system(command), 0);
	CHECK_INT(help("R4.3", out, sizeof(out)), EXIT_MISSING);
	CHECK_HAS(out, "docs/rules.md: not found");
	CHECK_INT(help("pwq", out, sizeof(out)), EXIT_RIGHT);	/* the other pages are there */
	snprintf(command, sizeof(command), "rm -r %s", prefix);
	CHECK_INT(system(command), 0);
}

/* ---- required contents of the pages -------------------------------------------------------- */

static bool is_explained(enum topic_kind kind, const char *name)
{
	const struct topic *found[8];
	size_t nr = topics_find(name, found, 8);

	for (size_t i = 0; i < nr && i < 8; i++)
		if (found[i]->kind == kind)
			return true;
	test_note("%s is no %s", name, topic_kind_name(kind));
	return false;
}

/* Each name that @path has as @form (one %[..] for scanf) is a setting.  Return: how many. */
static int check_settings(const char *path, const char *form)
{
	char line[512], name[64];
	FILE *f = fopen(path, "r");
	int nr = 0;

	REQUIRE_NOT_NULL(f);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, form, name) == 1 && strcmp(name, "name") != 0) {
			CHECK_TRUE(is_explained(TOPIC_SETTING, name));
			nr++;
		}
	fclose(f);
	return nr;
}

static void every_setting_is_explained(void)
{
	CHECK_GE(check_settings("src/workqueue/bootarg.c", " { \"workqueue.%63[a-z_]\""), 8);
	CHECK_GE(check_settings("src/workqueue/sysfs.c", " { \"%63[a-z_]\","), 9);
	CHECK_GE(check_settings("src/classroom/config.c", " KEY(%63[a-z_],"), 4);
	CHECK_TRUE(is_explained(TOPIC_SETTING, "isolcpus"));
	CHECK_TRUE(is_explained(TOPIC_SETTING, "nohz_full"));
	CHECK_TRUE(is_explained(TOPIC_SETTING, "maxcpus"));
}

static void every_page_gives_topics(void)
{
	static const int least[TOPIC_KINDS] = {
		[TOPIC_GLOSSARY] = 40, [TOPIC_FUNCTION] = 200, [TOPIC_SETTING] = 20, [TOPIC_EVENT] = 150,
		[TOPIC_PREDICATE] = 15, [TOPIC_KEY] = 40, [TOPIC_RULE] = 190, [TOPIC_ERRATUM] = 108, [TOPIC_POINT] = 45,
	};
	int have[TOPIC_KINDS] = { 0 };
	size_t nr;
	const struct topic *t = topics_all(&nr);

	for (size_t i = 0; i < nr; i++) {
		have[t[i].kind]++;
		if (!CHECK_NE(*t[i].text, '\0') || !CHECK_NE(*t[i].names, '\0'))
			test_note("an empty entry: %s", t[i].names);
	}
	for (int kind = 0; kind < TOPIC_KINDS; kind++)
		if (!CHECK_GE(have[kind], least[kind]))
			test_note("%s", topic_kind_plural((enum topic_kind)kind));
	CHECK_NULL(topics_missing(0));
}

const struct test_case suite_unit_help[] = {
	T(every_kind_of_word_is_explained),
	T(keys_are_found_by_their_case),
	T(a_word_that_is_only_mentioned_shows_where),
	T(an_unknown_word_names_the_nearest),
	T(no_line_is_longer_than_80_columns),
	T(help_works_from_an_installed_prefix),
	T(every_setting_is_explained),
	T(every_page_gives_topics),
	{ NULL, NULL }
};
