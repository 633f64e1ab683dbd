/*
 * bench/peers/malloc_count.c - counts the allocations of a thread.
 *
 * The malloc() of the program replaces that of the C library in all libraries; it
 * calls glibc's function.  With another C library, or a sanitizer, it does not count.
 *
 * Lives here:   the counter.
 * Never here:   an allocator.   Licence: MIT.
 */
#include "bench/peers/malloc_count.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Per thread: the allocations of threads that a pool creates meanwhile are not counted. */
static __thread bool counting;
static __thread long mallocs;

void mallocs_begin(void)
{
	mallocs = 0;
	counting = true;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHERS_COUNT 1		/* the sanitizer replaces malloc() */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OTHERS_COUNT 1
#endif
#endif

#if !defined(__GLIBC__) || defined(OTHERS_COUNT)

long mallocs_end(void)
{
	return -1;
}

#else

long mallocs_end(void)
{
	counting = false;
	return mallocs;
}

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

static inline void count(void)
{
	if (__builtin_expect(counting, 0))
		mallocs++;
}

void *malloc(size_t size)
{
	count();
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	count();
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	count();
	return __libc_realloc(p, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	count();
	return __libc_memalign(align, size);
}

int posix_memalign(void **p, size_t align, size_t size)
{
	count();
	*p = __libc_memalign(align, size);
	return *p ? 0 : ENOMEM;
}

#endif
