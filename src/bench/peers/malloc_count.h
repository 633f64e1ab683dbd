/*
 * bench/peers/malloc_count.h - the number of allocations of a thread.
 *
 * For programs that are linked with malloc_count.c.   Licence: MIT.
 */
#ifndef KW_BENCH_PEERS_MALLOC_COUNT_H
#define KW_BENCH_PEERS_MALLOC_COUNT_H

/* allocations of this thread since mallocs_begin(); -1: not counted in this build */
void mallocs_begin(void);
long mallocs_end(void);

#endif
