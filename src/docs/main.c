/*
 * docs/main.c - writes the pages of docs/ that are made from tables: `kw-docs events`.
 *
 * Lives here:   which pages there are.
 * Never here:   what is on them (each beside its table).
 * Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "trace/table_page.h"

static const struct {
	const char *name;
	void (*write)(FILE *out);
} pages[] = {
	{ "events", trace_table_page },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(pages) / sizeof(pages[0]); i++)
		if (!strcmp(argv[1], pages[i].name)) {
			pages[i].write(stdout);
			return fflush(stdout) ? 4 : 0;
		}
	fputs("usage: kw-docs events > docs/events.md\n", stderr);
	return 2;
}
