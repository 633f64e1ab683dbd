/*
 * cli/docs_main.c - writes the files that are made from the commands' tables, for `make docs`.
 *
 * Lives here:   main() of kw-cli-docs: kw-cli-docs DIR writes DIR/man/kworkshop.1 and the others.
 * Never here:   their texts (page_*.c).   Licence: MIT.
 */
#include <stdio.h>

#include "cli/pages.h"

int main(int argc, char **argv)
{
	for (const struct cli_page *p = cli_pages; argc == 2 && p->path; p++) {
		char path[4096];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", argv[1], p->path);
		f = fopen(path, "w");
		if (!f) {
			perror(path);
			return 1;
		}
		p->print(f);
		if (fclose(f) != 0) {
			perror(path);
			return 1;
		}
	}
	return argc == 2 ? 0 : 2;
}
