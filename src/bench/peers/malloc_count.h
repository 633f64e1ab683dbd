/*
 * bench/peers/malloc_count.h - how often a thread asks for memory.
 *
 * For any program that is linked with malloc_count.c.   Licence: MIT.
 */
#ifndef KW_BENCH_PEERS_MALLOC_COUNT_H
#define KW_BENCH_PEERS_MALLOC_COUNT_H

/* mallocs of this thread between the two; -1: cannot be counted here */
void mallocs_begin(void);
long mallocs_end(void);

#endif
