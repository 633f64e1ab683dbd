/*
 * cli/usage.c - --help: a command's tables as lines of at most 80 columns.
 *
 * Lives here:   the layout of --help.
 * Never here:   the man page and completion (page_man.c, page_completion.c), what a command does.   Licence: MIT.
 */
#include "cli/cli.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/wrap.h"

#define COLUMNS 80
#define LABEL_COLUMNS 19	/* "  --record FILE.kwt  " is two wider */

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
	char label[64];

	snprintf(label, sizeof(label), "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	cli_option_text(o, &text);
	put_row(out, label, text.buf);
}

/* "auto, always or never" */
static void put_values(const char *values, struct strbuf *out)
{
	for (const char *v = values; *v;) {
		size_t n = strcspn(v, "|");

		strbuf_printf(out, "%s%.*s", v == values ? "" : strchr(v, '|') ? ", " : " or ", (int)n, v);
		v += n + (v[n] != '\0');
	}
}

void cli_option_text(const struct cli_option *o, struct strbuf *out)
{
	bool bounds = o->lo != o->hi;

	strbuf_puts(out, o->help);
	if (!o->values && !bounds && !o->def)
		return;
	strbuf_puts(out, " (");
	if (o->values)
		put_values(o->values, out);
	if (bounds)
		strbuf_printf(out, "%.10g..%.10g", o->lo, o->hi);
	if (o->def)
		strbuf_printf(out, "%sdefault %s", o->values || bounds ? "; " : "", o->def);
	strbuf_putc(out, ')');
}

void cli_usage(FILE *out, const struct cli_command *c)
{
	fprintf(out, "usage: kworkshop %s%s%s%s\n\n%s\n", c->name, *c->args ? " " : "", c->args,
		c->options ? " [OPTIONS]" : "", c->summary);
	if (c->arguments)
		fputc('\n', out);
	for (const struct cli_argument *a = c->arguments; a && a->name; a++)
		if (a->help)
			put_row(out, a->name, a->help);
	if (c->options)
		fputc('\n', out);
	for (const struct cli_option *o = c->options; o && o->name; o++)
		put_option(out, o);
	if (c->notes) {
		fputc('\n', out);
		wrap_print(out, COLUMNS, "", c->notes);
	}
}

void cli_usage_all(FILE *out)
{
	fprintf(out, "kworkshop: run Linux's workqueues and see why each thing happens\n\n"
		     "usage: kworkshop [OPTIONS]       home: lessons, exercises, progress\n"
		     "       kworkshop COMMAND ...\n\n");
	for (const struct cli_command *const *c = cli_commands(); *c; c++)
		fprintf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	fprintf(out, "\n`kworkshop COMMAND --help` lists the options of a command,\n"
		     "`kworkshop help WORD` explains a word, a rule, a function or a key.\n\n");
	for (int status = 0; status <= EXIT_INTERNAL; status++)
		fprintf(out, "%s%d  %s\n", status ? "             " : "exit status: ", status,
			exit_status_meaning(status));
}
