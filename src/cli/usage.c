/*
 * cli/usage.c - --help: a command's tables as lines of at most 80 columns.
 *
 * Lives here:   the layout of --help.
 * Never here:   the man page and completion (page_man.c, page_completion.c), single commands.   Licence: MIT.
 */
#include "cli/cli.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/width.h"
#include "base/wrap.h"
#include "words/texts.h"

#define COLUMNS 80
#define LABEL_COLUMNS 19	/* "  --record FILE.kwt  " is two wider */

const char *cli_exit_meaning(int status)
{
	static const enum words_key meanings[] = {
		[EXIT_RIGHT] = W_EXIT_IS_RIGHT, [EXIT_WRONG] = W_EXIT_IS_WRONG, [EXIT_MISUSE] = W_EXIT_IS_MISUSE,
		[EXIT_MISSING] = W_EXIT_IS_MISSING, [EXIT_INTERNAL] = W_EXIT_IS_INTERNAL,
	};

	return words_fixed(meanings[status]);
}

/* "  LABEL   text", the text in lines that begin under each other. */
static void put_row(FILE *out, const char *label, const char *text)
{
	char first[64];

	snprintf(first, sizeof(first), "  %-*s", LABEL_COLUMNS, label);
	if (strlen(label) >= LABEL_COLUMNS) {
		fprintf(out, "  %s\n", label);
		snprintf(first, sizeof(first), "  %-*s", LABEL_COLUMNS, "");
	}
	wrap_print(out, COLUMNS, first, text);
}

static void put_option(FILE *out, const struct cli_option *o)
{
	STRBUF(text, 1024);
	char label[64], letter[8] = "";

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(label, sizeof(label), "%s--%s%s%s", letter, o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	cli_option_text(o, &text);
	put_row(out, label, text.buf);
}

/* "auto, always or never" */
static void put_values(const char *values, struct strbuf *out)
{
	for (const char *v = values; *v;) {
		size_t n = strcspn(v, "|");

		strbuf_printf(out, "%s%.*s", v == values ? "" : strchr(v, '|') ? W(CLI_COMMA) : W(CLI_OR),
			      (int)n, v);
		v += n + (v[n] != '\0');
	}
}

void cli_option_text(const struct cli_option *o, struct strbuf *out)
{
	bool bounds = o->lo != o->hi;

	strbuf_puts(out, cli_option_help(o));
	if (!o->values && !bounds && !o->def)
		return;
	strbuf_puts(out, " (");
	if (o->values)
		put_values(o->values, out);
	if (bounds)
		strbuf_printf(out, "%.10g..%.10g", o->lo, o->hi);
	if (o->def && (o->values || bounds))
		strbuf_puts(out, "; ");
	if (o->def)
		strbuf_printf(out, W(USAGE_DEFAULT), o->def);
	strbuf_putc(out, ')');
}

void cli_usage(FILE *out, const struct cli_command *c)
{
	fprintf(out, W(USAGE), c->name, *c->args ? " " : "", c->args, c->options ? W(USAGE_OPTIONS) : "",
		cli_summary(c));
	if (c->arguments)
		fputc('\n', out);
	for (const struct cli_argument *a = c->arguments; a && a->name; a++)
		if (a->help)
			put_row(out, a->name, cli_argument_help(c, a));
	if (c->options)
		fputc('\n', out);
	for (const struct cli_option *o = c->options; o && o->name; o++)
		put_option(out, o);
	if (c->notes) {
		fputc('\n', out);
		wrap_print(out, COLUMNS, "", cli_notes(c));
	}
}

void cli_usage_all(FILE *out)
{
	fputs(W(USAGE_ALL), out);
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		fprintf(out, "  %-10s %s\n", (*c)->name, cli_summary(*c));
	fputs(W(USAGE_ALL_END), out);
	for (int status = 0; status <= EXIT_INTERNAL; status++) {
		const char *lead = W(USAGE_STATUS);

		if (status)
			fprintf(out, "%*s", width_text(lead, strlen(lead)), "");
		fprintf(out, "%s%d  %s\n", status ? "" : lead, status, cli_exit_meaning(status));
	}
}
