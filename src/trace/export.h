/*
 * trace/export.h - exports a trace to the formats of other programs.
 *
 * `kworkshop export` writes a recording as lines of text, as JSON lines, or in the format of
 * the kernel's ftrace.  Each format has a file of its own; trace_export() selects it by name.
 *
 * Lives here:   the interface of the formats; one file per format (export_*.c).
 * Never here:   our own recording format (kwt.h).
 * Licence: MIT.
 */
#ifndef KW_TRACE_EXPORT_H
#define KW_TRACE_EXPORT_H

#include <stdio.h>

#include "trace/trace.h"

/* "text, ndjson, ftrace": the formats of trace_export(), for messages */
const char *trace_export_formats(void);
/*
 * Writes all events of @s in @format ("text": one event per line; "ndjson": one JSON
 * object per line; "ftrace": as in the kernel's trace file).
 * Return: 0; -EINVAL no such format; -EIO writing to @out failed.
 */
int trace_export(const struct trace_store *s, const char *format, FILE *out);

/* Only the events that a kernel has, in the kernel's format (export_ftrace.c).  Return: 0, -ENOMEM, -EIO. */
int trace_export_ftrace(const struct trace_store *s, FILE *out);

/* One event as a JSON object, without the newline (export_ndjson.c). */
struct strbuf;
void trace_format_json(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out);

#endif
