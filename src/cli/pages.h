/*
 * cli/pages.h - the files that are made from the commands' tables.
 *
 * The man page and the shell completions are checked in below docs/. `make docs` writes them
 * from the tables of commands and options, and a test compares the files with the tables.
 *
 * Lives here:   the list of these files.
 * Never here:   which commands and options there are.   Licence: MIT.
 */
#ifndef KW_CLI_PAGES_H
#define KW_CLI_PAGES_H

#include <stdio.h>

struct cli_page {
	const char *path;		/* below docs/, as it is checked in */
	void (*print)(FILE *out);
};

extern const struct cli_page cli_pages[];	/* ends with a NULL path */

void page_man(FILE *out);	/* page_man.c */
void page_bash(FILE *out);	/* page_completion.c */
void page_zsh(FILE *out);
void page_fish(FILE *out);

#endif
