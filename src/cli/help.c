/*
 * cli/help.c - `kworkshop help [WORD]`: explains a word, a rule, a function, a key, a command.
 *
 * All answers come from files of the program, so no network is needed.  A word
 * with several meanings gets all of them; after them stand the rules, errata and points
 * of the checklist that mention it.
 *
 * Lives here:   what is printed, and the nearest words if there is no such word.
 * Never here:   the explanations (docs/), finding them (words/topics.h).   Licence: MIT.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/nearest.h"
#include "base/shortage.h"
#include "base/wrap.h"
#include "words/texts.h"
#include "words/topics.h"

#define COLUMNS 80
#define FOUND_MAX 40
#define MENTIONS_MAX 20		/* names listed after an answer */
#define SHOWN_MAX 5		/* texts shown for a word that is only mentioned */

struct help {
	bool names;
};

static FILE *to;		/* the output, with lines of this width */
static int columns = COLUMNS;

/* Markdown without its marks: **bold**, `code`, [text](link). */
static void put_plain(const char *md, struct strbuf *out)
{
	for (; *md; md++) {
		if (*md == '`' || (md[0] == '*' && md[1] == '*')) {
			md += *md == '*';
		} else if (md[0] == ']' && md[1] == '(' && strchr(md, ')')) {
			md = strchr(md, ')');
		} else if (*md == '[' && strstr(md, "](")) {
			;
		} else {
			strbuf_putc(out, *md);
		}
	}
}

/* @text in lines that begin at the same column. */
static void put_text(const char *first, const char *text)
{
	STRBUF(plain, 4096);

	put_plain(text, &plain);
	wrap_print(to, columns, first, plain.buf);
}

static void put_topic(const struct topic *t)
{
	STRBUF(head, 512);
	STRBUF(plain, 512);
	char *text = shortage_need(strdup(t->text)), *rest = text, *line;

	put_plain(t->title, &plain);
	strbuf_printf(&head, "%s%s%s (%s)", t->names, *t->title ? ": " : "", plain.buf, topic_kind_name(t->kind));
	wrap_print(to, columns, "", head.buf);
	while (text && (line = strsep(&rest, "\n")) != NULL)
		put_text("    ", strncmp(line, "- ", 2) == 0 ? line + 2 : line);
	free(text);
}

static void put_topics(const struct topic *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (i)
			fputc('\n', to);
		put_topic(list[i]);
	}
}

/* ---- lists ------------------------------------------------------------------------------ */

/* Those whose whole list of names is worth a line; the others are numbered. */
static bool is_numbered(enum topic_kind kind)
{
	return kind == TOPIC_RULE || kind == TOPIC_ERRATUM || kind == TOPIC_POINT;
}

/* Has a topic before @i the names and the kind of number @i? */
static bool is_listed(const struct topic *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t[k].kind == t[i].kind && strcmp(t[k].names, t[i].names) == 0)
			return true;
	return false;
}

static void put_names(enum topic_kind kind)
{
	size_t nr;
	const struct topic *t = topics_all(&nr);
	const char *joint = "";
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	if (!f)
		return;
	for (size_t i = 0; i < nr; i++)
		if (t[i].kind == kind && !is_listed(t, i)) {
			fprintf(f, "%s%s", joint, t[i].names);
			joint = ", ";
		}
	fclose(f);
	if (text)
		put_text("    ", text);
	free(text);
}

/* "R1.1 .. R14.3" */
static void put_range(enum topic_kind kind)
{
	size_t nr, first, last;
	const struct topic *t = topics_all(&nr);

	for (first = 0; first < nr && t[first].kind != kind; first++)
		;
	for (last = nr; last > first + 1 && t[last - 1].kind != kind; last--)
		;
	if (first < nr)
		fprintf(to, "    %s .. %s\n", t[first].names, t[last - 1].names);
}

static void put_overview(void)
{
	wrap_print(to, columns, "", W(HELP_OVERVIEW));
	for (int kind = 0; kind < TOPIC_KINDS; kind++) {
		fprintf(to, "\n%s\n", topic_kind_plural((enum topic_kind)kind));
		if (is_numbered((enum topic_kind)kind))
			put_range((enum topic_kind)kind);
		else
			put_names((enum topic_kind)kind);
	}
}

/* "help rules", "help errata": a line for each.  False if @word is not a kind. */
static bool put_kind(const char *word)
{
	size_t nr;
	const struct topic *t = topics_all(&nr);
	int kind = 0;

	while (kind < TOPIC_KINDS && strcasecmp(word, topic_kind_plural((enum topic_kind)kind)) != 0)
		kind++;
	if (kind == TOPIC_KINDS)
		return false;
	for (size_t i = 0; i < nr; i++)
		if ((int)t[i].kind == kind) {
			char first[64];
			STRBUF(line, 2048);

			snprintf(first, sizeof(first), "  %-18s ", t[i].names);
			strbuf_printf(&line, "%.*s", (int)strcspn(t[i].text, "\n"), t[i].text);
			put_text(first, *t[i].title ? t[i].title : line.buf);
		}
	return true;
}

/* ---- one word ---------------------------------------------------------------------------- */

static bool is_among(const struct topic *t, const struct topic *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (list[i] == t)
			return true;
	return false;
}

/* The numbered topics that mention @word and are none of @shown. */
static void put_mentions(const char *word, const struct topic *const *shown, size_t nr_shown)
{
	const struct topic *found[FOUND_MAX];
	size_t nr = topics_mentioning(word, found, FOUND_MAX), listed = 0;
	STRBUF(line, 1024);

	for (size_t i = 0; i < nr && i < FOUND_MAX; i++) {
		if (!is_numbered(found[i]->kind) || is_among(found[i], shown, nr_shown))
			continue;
		if (++listed > MENTIONS_MAX)
			break;
		strbuf_printf(&line, "%s%s", listed > 1 ? ", " : "", found[i]->names);
	}
	if (listed) {
		fputc('\n', to);
		wrap_print(to, columns, W(HELP_SEE_ALSO), line.buf);
	}
}

static bool put_found(const char *word)
{
	const struct topic *found[FOUND_MAX];
	size_t nr = topics_find(word, found, FOUND_MAX), from = 0;
	const struct cli_command *c = cli_find_command(word);

	nr = nr < FOUND_MAX ? nr : FOUND_MAX;
	if (c) {		/* its first topic is the command, in one line */
		cli_usage(to, c);
		from = 1;
		if (nr > from)
			fputc('\n', to);
	}
	put_topics(found + from, nr - from);
	if (nr && !c && !is_numbered(found[0]->kind))
		put_mentions(word, found, nr);
	return nr > 0;
}

/* A word that has no entry but stands in some: the first of them. */
static bool put_mentioning(const char *word)
{
	const struct topic *found[FOUND_MAX];
	size_t nr = topics_mentioning(word, found, FOUND_MAX), shown = nr < SHOWN_MAX ? nr : SHOWN_MAX;

	if (!nr)
		return false;
	fprintf(to, W(HELP_MENTIONED), word);
	put_topics(found, shown);
	put_mentions(word, found, shown);
	return true;
}

static void unknown_word(const char *word, struct strbuf *out)
{
	struct nearest near = { .typed = word };
	STRBUF(list, 512);

	topics_offer(&near);
	for (int i = 0; i < near.nr; i++)
		strbuf_printf(&list, "%s%s", i == 0 ? "" : i + 1 < near.nr ? W(CLI_COMMA) : W(CLI_OR), near.name[i]);
	if (near.nr)
		strbuf_printf(out, W(HELP_NO_WORD_NEAR), word, list.buf);
	else
		strbuf_printf(out, W(HELP_NO_WORD), word);
}

/* ---- the command ------------------------------------------------------------------------- */


static bool has_option(const struct cli_command *c, const struct cli_option *wanted)
{
	for (const struct cli_option *o = c->options; o && o->name; o++)
		if (cli_same_option(o, wanted))
			return true;
	return false;
}

/* One topic for all commands that have the option, at the first of them. */
static void add_option(const struct cli_command *const *first, const struct cli_option *o)
{
	STRBUF(title, 320);
	STRBUF(option, 80);
	STRBUF(commands, 200);
	STRBUF(text, 1024);

	for (const struct cli_command *const *c = cli_commands(); c < first; c++)
		if (has_option(*c, o))
			return;
	strbuf_printf(&option, "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	strbuf_puts(&commands, (*first)->name);
	for (const struct cli_command *const *c = first + 1; *c; c++)
		if (has_option(*c, o))
			strbuf_printf(&commands, ", %s", (*c)->name);
	strbuf_printf(&title, W(HELP_OPTION_OF), option.buf, commands.buf);
	cli_option_text(o, &text);
	topics_add(TOPIC_OPTION, o->name, shortage_need(strdup(title.buf)), shortage_need(strdup(text.buf)));
}

static void add_commands(void)
{
	static bool added;

	if (added)
		return;
	added = true;
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		topics_add(TOPIC_COMMAND, (*c)->name, "", cli_summary(*c));
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		for (const struct cli_option *o = (*c)->options; o && o->name; o++)
			add_option(c, o);
}

/* For completion: names without blanks. */
static void put_all_names(void)
{
	size_t nr;
	const struct topic *t = topics_all(&nr);
	char name[80];

	for (size_t i = 0; i < nr; i++)
		for (int k = 0; topic_name(&t[i], k, name, sizeof(name)); k++)
			if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == strlen(name))
				puts(name);
}

/* "help idle list" is one word. */
static void join_words(int argc, char **argv, struct strbuf *out)
{
	for (int i = 1; i < argc; i++)
		strbuf_printf(out, "%s%s", i > 1 ? " " : "", argv[i]);
}

/* The overview for an empty word.  False if there is no such word. */
static bool put_word(const char *word)
{
	if (!*word)
		put_overview();
	return !*word || put_found(word) || put_kind(word) || (!topics_missing(0) && put_mentioning(word));
}

char *cli_help_text(const char *word, int width)
{
	char *text = NULL;
	size_t bytes;
	STRBUF(sorry, 600);

	to = open_memstream(&text, &bytes);
	if (!to)
		return NULL;
	columns = width;
	add_commands();
	if (!put_word(word)) {
		unknown_word(word, &sorry);
		wrap_print(to, columns, "", sorry.buf);
	}
	fclose(to);
	return text;
}

static int help_main(int argc, char **argv)
{
	struct help h = { 0 };
	STRBUF(word, 256);
	STRBUF(sorry, 600);
	/* `help --seed` asks for a word that looks like an option */
	bool word_only = argc == 2 && strncmp(argv[1], "--", 2) == 0 && strcmp(argv[1], "--names") != 0;
	int code = word_only ? 0 : cli_parse(&argc, argv, cmd_help.options, &h);

	if (code)
		return code;
	add_commands();
	join_words(argc, argv, &word);
	for (int i = 0; topics_missing(i); i++)
		cli_say(W(CLI_NOT_FOUND), topics_missing(i));
	to = stdout;
	if (h.names)
		put_all_names();
	else if (!put_word(word.buf)) {
		unknown_word(word.buf, &sorry);
		if (!topics_missing(0))
			cli_say("%s", sorry.buf);
		return topics_missing(0) ? EXIT_MISSING : EXIT_WRONG;
	}
	return EXIT_RIGHT;
}

static const struct cli_argument help_arguments[] = {
	{ "WORD", "a word of the glossary, a rule (R4.3), an erratum (E1.20), a point of the checklist (L7), a function or "
	  "constant of lessons, an event, a setting, a key, a command or one of its options; without it, the list of all", 1,
	  TAKES_TOPIC, NULL },
	{ .name = NULL }
};

static const struct cli_option help_options[] = {
	{ "names", NULL, "print only the names, one a line", CLI_INTO(struct help, names) }, { .name = NULL }
};

const struct cli_command cmd_help = {
	.name = "help",
	.args = "[WORD]",
	.summary = "explain a word, a rule, a function, a key or a command",
	.arguments = help_arguments,
	.options = help_options,
	.notes = "Exit status 1 if there is no such word; the nearest words are named then.\n",
	.main = help_main,
};
