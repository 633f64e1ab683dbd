/*
 * trace/export.h - a trace for other programs' eyes.
 *
 * Lives here:   the door to the formats; one file a format (export_*.c).
 * Never here:   our own recording format (kwt.h).
 * Licence: MIT.
 */
#ifndef KW_TRACE_EXPORT_H
#define KW_TRACE_EXPORT_H

#include <stdio.h>

#include "trace/trace.h"

/* "text, ndjson, ftrace": what trace_export() knows, for messages */
const char *trace_export_formats(void);
/*
 * Writes all events of @s in @format ("text": one event a line; "ndjson": one
 * JSON object a line; "ftrace": as the kernel's own trace file).
 * Return: 0; -EINVAL no such format; -EIO @out took no more.
 */
int trace_export(const struct trace_store *s, const char *format, FILE *out);

/* The kernel's text of what a kernel also has (export_ftrace.c).  0, -ENOMEM, -EIO. */
int trace_export_ftrace(const struct trace_store *s, FILE *out);

/* One event as a JSON object, without the newline (export_ndjson.c). */
struct strbuf;
void trace_format_json(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out);

#endif
