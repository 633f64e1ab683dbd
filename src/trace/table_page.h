/*
 * trace/table_page.h - the event table as a page to read: docs/events.md.
 *
 * The event table (trace_events.def) is the only description of all events. trace_table_page()
 * prints it as Markdown, so the page and the code cannot differ.
 *
 * Licence: MIT.
 */
#ifndef KW_TRACE_TABLE_PAGE_H
#define KW_TRACE_TABLE_PAGE_H

#include <stdio.h>

/* Markdown of every kind of event and every predicate; the same bytes every time. */
void trace_table_page(FILE *out);

#endif
