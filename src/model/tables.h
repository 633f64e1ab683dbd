/*
 * model/tables.h - the state of the machine as the tables of the kernel's own tools.
 *
 * A student can compare these tables with a real system.  The functions print the output
 * of wq_monitor, wq_dump, ps and ls in /sys, with their columns, widths and words, from
 * the state at one time.
 *
 * Lives here:   text of tables, line by line.
 * Never here:   computing the state (model.h), files, options of commands.
 * Rules: R3.13, R3.14, R12.10, R12.11, R12.15, R12.16.   Licence: MIT.
 */
#ifndef KW_MODEL_TABLES_H
#define KW_MODEL_TABLES_H

#include "base/strbuf.h"
#include "model/model.h"

/* Output of lines, without the newline; @text is borrowed for the call. */
struct table_out {
	void (*line)(void *arg, const char *text);
	void *arg;
};

/* NULL = every workqueue; else returns true for the workqueues to print. */
struct table_filter {
	bool (*wants)(void *arg, const char *name);
	void *arg;
};

/* Pool number as in the kernel (wq_dump, dmesg, kworker/uNUMBER:..); the trace's ids are by age. */
uint32_t table_pool_number(const struct trace_store *s, uint32_t pool);
/* Stores the ids of existing pools in @ids, ordered by these numbers (room for .nr_pools + 1).  Return: their number. */
uint32_t table_pools(const struct model *m, const struct trace_store *s, uint32_t *ids);

/* A set of CPUs as the kernel prints it: "0000000f", "00000001,ffffffff". */
void table_mask(const struct model *m, uint64_t cpus, struct strbuf *out);

/* Sum of a workqueue's counters over its current pwqs; as on a real machine it decreases if some are replaced. */
struct wq_sum {
	uint64_t started, completed, cpu_time /* us */, cpu_intensive, cm_wakeups, repatriated, maydays, rescued;
};
struct wq_sum table_wq_sum(const struct model *m, uint32_t wq);

/* A blank line, the header, a row per workqueue; counters since the start (R12.15). */
void table_wq_monitor(const struct model *m, const struct trace_store *s, const struct table_filter *filter,
		      const struct table_out *out);
/* JSON objects instead, one per line, with the tool's keys; timestamp in virtual seconds. */
void table_wq_monitor_json(const struct model *m, const struct trace_store *s,
			   const struct table_filter *filter, const struct table_out *out);
/* All five sections (R12.16).  Pools of bottom halves appear once a run has used them. */
void table_wq_dump(const struct model *m, const struct trace_store *s, const struct table_out *out);
/* ps -e -o pid,psr,ni,stat,comm */
void table_ps(const struct model *m, const struct trace_store *s, const struct table_out *out);
/* Each file below /sys/devices/virtual/workqueue with its content, in the form of `grep .`. */
void table_sysfs(const struct model *m, const struct trace_store *s, const struct table_out *out);

#endif
