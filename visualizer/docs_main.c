/*
 * visualizer/docs_main.c - prints docs/keys.md; `make docs` keeps it.
 *
 * A program of its own: not linked into kworkshop.   Licence: MIT.
 */
#include "visualizer/keys.h"

int main(void)
{
	keys_write_page(stdout);
	return fflush(stdout) ? 4 : 0;
}
