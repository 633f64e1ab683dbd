/*
 * tests/support/kernel_log.h - a record filled from the event log a real kernel left.
 *
 * Lives here:   reading .log and .dmesg files of the measurements.
 * Never here:   our own trace (src/conform/record_trace.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_KERNEL_LOG_H
#define KW_TESTS_SUPPORT_KERNEL_LOG_H

#include "conform/record.h"

/* 0, or -errno.  @dmesg may be NULL. */
int kernel_log_record(struct record *r, const struct kws *k, const char *log_path, const char *dmesg_path);

#endif
