/*
 * tests/rich.h - a run in which everything happens, for checks that hold always.
 *
 * Ten items on six workqueues (bound, with a rescuer, unbound, ordered, CPU_INTENSIVE,
 * freezable); actors on four CPUs queue, move, cancel, flush, drain and destroy as a
 * hash of the seed says, while one thread takes CPUs away, changes attributes, freezes,
 * and stalls the creation of threads.   Licence: MIT.
 */
#ifndef KW_TESTS_RICH_H
#define KW_TESTS_RICH_H

#include "tests/helpers.h"

/* Starts the machine (census on) and who acts in it; then world_run() it to its end. */
void rich_start(struct world *w, uint64_t seed);
/* Runs to the end and fails the test if somebody waits for ever. */
void rich_run(struct world *w);
/* The same as rich_start(), told of each lock from the end of the boot on. */
void rich_start_watched(struct world *w, uint64_t seed, const struct mach_lock_watch *watch);

#endif
