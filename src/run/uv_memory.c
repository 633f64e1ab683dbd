/*
 * run/uv_memory.c - see uv_memory.h.   Licence: MIT.
 */
#include "run/uv_memory.h"

#include <stdlib.h>
#include <uv.h>

#include "base/shortage.h"

static void *get(size_t size)
{
	return size ? shortage_need(malloc(size)) : NULL;
}

static void *get_more(void *p, size_t size)
{
	if (size)
		return shortage_need(realloc(p, size));
	free(p);
	return NULL;
}

static void *get_zeroed(size_t n, size_t size)
{
	return n && size ? shortage_need(calloc(n, size)) : NULL;
}

void uv_memory_begin(void)
{
	uv_replace_allocator(get, get_more, get_zeroed, free);
}
