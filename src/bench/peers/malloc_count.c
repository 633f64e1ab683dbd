/*
 * bench/peers/malloc_count.c - counts what is allocated, by standing before the C library.
 *
 * The program's own malloc() comes first in every library it loads; it passes on
 * to glibc's.  With another C library, or a sanitizer, nothing is counted.
 *
 * Lives here:   that counter.
 * Never here:   allocating.   Licence: MIT.
 */
#include "bench/peers/load.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

static _Atomic bool counting;
static _Atomic long mallocs;

void mallocs_begin(void)
{
	atomic_store(&mallocs, 0);
	atomic_store(&counting, true);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OTHERS_COUNT 1		/* a sanitizer stands here already */
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
	atomic_store(&counting, false);
	return atomic_load(&mallocs);
}

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t align, size_t size);

static inline void count(void)
{
	if (__builtin_expect(atomic_load_explicit(&counting, memory_order_relaxed), 0))
		atomic_fetch_add(&mallocs, 1);
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
