/*
 * conform/klog.h - what the kernel log of a run says, in the words of facts.
 *
 * Warnings are compared as normal lines (no file:line, .part.N, .isra.N, +0x.., [module],
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
	bool no_memory;
};

/* One line in comparable form. */
void klog_normal(const char *line, struct strbuf *out);
/* A line that warns: a WARNING, a BUG, or the workqueue code speaking. */
bool klog_is_warning(const char *normal);
/* A line of ours that proves a wait for oneself: "WARNING: possible recursive locking detected: ..." */
bool klog_is_lock_report(const char *normal);
/* Facts out of the whole log.  klog_fini() afterwards. */
void klog_read(struct klog *log, const struct record *r);
void klog_fini(struct klog *log);

#endif
