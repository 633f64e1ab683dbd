/*
 * base/futex.h - sleeping on a 32-bit word until another thread changes it: futex(2), one process.
 *
 * @word points to an atomic of 4 bytes.  A waiter sleeps only if the word still holds
 * @value when the kernel looks; each wait may also return early, so the caller checks
 * its condition in a loop.  The waker changes the word first and then calls futex_wake().
 *
 * Lives here:   the four calls that the program uses.
 * Never here:   locks built on them (machine/kapi.h).
 * Licence: MIT.
 */
#ifndef KW_BASE_FUTEX_H
#define KW_BASE_FUTEX_H

#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/time.h"

static inline struct timespec futex_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S) };
}

static inline void futex_wait(void *word, uint32_t value)
{
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

/* At most @ns long. */
static inline void futex_wait_ns(void *word, uint32_t value, uint64_t ns)
{
	struct timespec timeout = futex_timespec(ns);

	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &timeout, NULL, 0);
}

/* Until CLOCK_MONOTONIC reads @ns at the latest. */
static inline void futex_wait_until(void *word, uint32_t value, uint64_t ns)
{
	struct timespec at = futex_timespec(ns);

	syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value, &at, NULL, FUTEX_BITSET_MATCH_ANY);
}

/* Wakes one waiter.  Uses only the address: the word may be gone already. */
static inline void futex_wake(void *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

#endif
