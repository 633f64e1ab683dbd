/*
 * machine/memory.c - the memory of a run.
 *
 * A run may end while its threads are anywhere (deadlock, end of an exploration), so they
 * cannot free their memory.  All blocks are on one list, and machine_stop() frees them.
 *
 * Lives here:   kzalloc(), kfree(), the limit of simulated memory.
 * Never here:   memory that outlives a run.   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdlib.h>

struct block {
	struct list_head entry;
	size_t size;
	void *raw;		/* start of the allocation */
};

void *kzalloc_aligned(size_t size, size_t align)
{
	size_t room = sizeof(struct block) + align;
	char *raw;
	struct block *b;
	uintptr_t at;

	charge(COST_ALLOC);
	raw = calloc(1, size + room);
	if (!raw) {
		MODE(memory_refused)(size);
		return NULL;
	}
	at = ((uintptr_t)raw + room - 1) & ~((uintptr_t)align - 1);
	b = (struct block *)(at - sizeof(*b));
	b->size = size;
	b->raw = raw;
	uv_mutex_lock(&mach.lock);
	if (mach.memory_used + size > mach.memory_max) {
		uv_mutex_unlock(&mach.lock);
		free(raw);
		return NULL;
	}
	mach.memory_used += size;
	list_add_tail(&b->entry, &mach.memory);
	uv_mutex_unlock(&mach.lock);
	return (void *)at;
}

void *kzalloc(size_t size)
{
	return kzalloc_aligned(size, _Alignof(max_align_t));
}

void kfree(void *p)
{
	struct block *b;

	if (!p)
		return;
	charge(COST_ALLOC);
	b = (struct block *)((uintptr_t)p - sizeof(*b));
	uv_mutex_lock(&mach.lock);
	list_del(&b->entry);
	mach.memory_used -= b->size;
	uv_mutex_unlock(&mach.lock);
	MODE(memory_freed)(p, b->size);
	free(b->raw);
}

void memory_boot(void)
{
	INIT_LIST_HEAD(&mach.memory);
	mach.memory_used = 0;
}

void memory_stop(void)
{
	struct block *b, *n;

	list_for_each_entry_safe(b, n, &mach.memory, entry)
		free(b->raw);
	INIT_LIST_HEAD(&mach.memory);
}
