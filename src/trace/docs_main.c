/*
 * trace/docs_main.c - program kw-docs: writes docs/events.md to standard output.
 *
 * Lives here:   main() of kw-docs (`make docs`).
 * Never here:   the page (table_page.c).
 * Licence: MIT.
 */
#include "trace/table_page.h"

int main(void)
{
	trace_table_page(stdout);
	return fflush(stdout) ? 4 : 0;
}
