/*
 * conform/klog.h - converts the kernel log of a run to facts.
 *
 * Warnings are compared in a normal form (no file:line, .part.N, .isra.N, +0x.., [module],
 * CPU, PID, address).  Lockup lines and the lists of busy workqueues become facts of their
 * own, reduced to the scenario's queues.
 *
 * Lives here:   reading log lines.
 * Never here:   printing them (workqueue/), comparing facts (facts.h).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_KLOG_H
#define KW_CONFORM_KLOG_H

#include "conform/record.h"

struct strbuf;

struct klog_fact {
	char *text;		/* "report @1 q0 flags=0x0", "lockup @1 pool ... stuck for 1s"; owned */
	bool soft;
	struct rec_point at;
};

struct klog {
	struct klog_fact *v;
	size_t nr, cap;
	unsigned int lockups, reports;
};

/* Appends one line in normal form. */
void klog_normal(const char *line, struct strbuf *out);
/* True for a line that a fact must mention: a warning, with its second line, or a line of the workqueue code. */
bool klog_is_warning(const char *normal);
/* True for a line of our engine that proves a deadlock: "WARNING: possible recursive locking detected: ..." */
bool klog_is_lock_report(const char *normal);
/* Makes facts from the whole log.  Call klog_fini() afterwards. */
void klog_read(struct klog *log, const struct record *r);
void klog_fini(struct klog *log);

#endif
