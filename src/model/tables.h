/*
 * model/tables.h - the machine as the tables of the kernel's own tools.
 *
 * What a person types on a real machine - wq_monitor, wq_dump, ps, ls in /sys -
 * with the columns, widths and words those print, from the state of one moment.
 *
 * Lives here:   text of tables, a line at a time.
 * Never here:   how a state came about (model.h), files, options of commands.
 * Rules: R3.13, R3.14, R12.10, R12.11, R12.15, R12.16.   Licence: MIT.
 */
#ifndef KW_MODEL_TABLES_H
#define KW_MODEL_TABLES_H

#include "model/model.h"

/* Where lines go: without their newline; @text is borrowed for the call. */
struct table_out {
	void (*line)(void *arg, const char *text);
	void *arg;
};

/* NULL = every workqueue; else whether the one with that name is wanted. */
struct table_filter {
	bool (*wants)(void *arg, const char *name);
	void *arg;
};

/* The number that the kernel gives a pool: of wq_dump, dmesg and kworker/uNUMBER:..; the trace's ids go by age. */
uint32_t table_pool_number(const struct trace_store *s, uint32_t pool);
/* The ids of the pools there are, by those numbers, into @ids (room for .nr_pools + 1); return: how many. */
uint32_t table_pools(const struct model *m, const struct trace_store *s, uint32_t *ids);

/* A workqueue's counters, over the pwqs it has now: they go down when some are replaced, as on a real machine. */
struct wq_sum {
	uint64_t started, completed, cpu_time /* us */, cpu_intensive, cm_wakeups, repatriated, maydays, rescued;
};
struct wq_sum table_wq_sum(const struct model *m, uint32_t wq);

/* A blank line, the header, a row a workqueue; counters since the start (R12.15). */
void table_wq_monitor(const struct model *m, const struct trace_store *s, const struct table_filter *filter,
		      const struct table_out *out);
/* The same as JSON objects, a line each, with the tool's keys; timestamp in virtual seconds. */
void table_wq_monitor_json(const struct model *m, const struct trace_store *s,
			   const struct table_filter *filter, const struct table_out *out);
/* All five sections (R12.16).  Pools of bottom halves appear once a run has used them. */
void table_wq_dump(const struct model *m, const struct trace_store *s, const struct table_out *out);
/* ps -e -o pid,psr,ni,stat,comm */
void table_ps(const struct model *m, const struct trace_store *s, const struct table_out *out);
/* Each file below /sys/devices/virtual/workqueue with its content, as `grep .` prints them. */
void table_sysfs(const struct model *m, const struct trace_store *s, const struct table_out *out);

#endif
