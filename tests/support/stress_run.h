/*
 * tests/support/stress_run.h - randomized stress run for the invariant checks.
 *
 * Ten items on six workqueues (bound, with a rescuer, unbound, ordered, CPU_INTENSIVE,
 * freezable); actor threads on four CPUs queue, move, cancel, flush, drain and
 * destroy.  A hash of the seed chooses each operation.  Meanwhile one thread takes a CPU
 * off-line, changes attributes, freezes, and stalls the creation of threads.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_STRESS_RUN_H
#define KW_TESTS_SUPPORT_STRESS_RUN_H

#include "tests/support/world.h"

/* Starts the machine (census on) and the actor threads.  Follow with stress_run(). */
void stress_start(struct world *w, uint64_t seed);
/* Runs to the end.  Fails the test if a thread waits for ever. */
void stress_run(struct world *w);
/* Like stress_start(); @watch is called for each lock operation after boot. */
void stress_start_watched(struct world *w, uint64_t seed, const struct mach_lock_watch *watch);

#endif
