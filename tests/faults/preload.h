/*
 * tests/faults/preload.h - what the library of failing calls and the tests share.
 *
 * Lives here:   the counts in the file KW_FAULT_COUNTS.
 * Never here:   the interposed functions (preload.c).   Licence: MIT.
 */
#ifndef KW_TESTS_FAULTS_PRELOAD_H
#define KW_TESTS_FAULTS_PRELOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum fault_call { FAULT_MEMORY, FAULT_WRITE, FAULT_CALLS };

struct fault_counts {
	_Atomic uint64_t calls[2][FAULT_CALLS];		/* [0] of the visible process, [1] of the machine process */
	_Atomic uint64_t hits;				/* calls that failed, or a kill */
};

#endif
