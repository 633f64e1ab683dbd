/*
 * cli/docs_main.c - writes the files that are made from the commands' tables, for `make docs`.
 *
 * Lives here:   main() of kw-cli-docs: kw-cli-docs DIR writes DIR/man/kworkshop.1 and the others.
 * Never here:   their texts (page_*.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/outfile.h"
#include "cli/pages.h"

int main(int argc, char **argv)
{
	for (const struct cli_page *p = cli_pages; argc == 2 && p->path; p++) {
		struct outfile out;
		char path[4096];
		int err;

		snprintf(path, sizeof(path), "%s/%s", argv[1], p->path);
		err = outfile_open(&out, path);
		if (!err) {
			p->print(out.f);
			err = outfile_close(&out, 0);
		}
		if (err) {
			fprintf(stderr, "kworkshop: %s: %s\n", path, strerror(-err));
			return 1;
		}
	}
	return argc == 2 ? 0 : 2;
}
