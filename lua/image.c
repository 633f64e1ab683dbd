/*
 * lua/image.c - a script as it is once its library and its file are loaded, for each further run of the process.
 *
 * `explore` plays a lesson thousands of times in one process, and most of the time of a run
 * was that of compiling the library.  Here the script and all memory of its Lua state lie in one block.
 * When everything is loaded, and before a line of the lesson runs, the used part of the block
 * is copied.  A further run begins with that copy at the same address, so it begins with the same bytes,
 * and a run that ends leaves nothing to be freed.
 *
 * Memory that is allocated before the copy must be in the block (script_zalloc()), or no run may change it:
 * .text, of which runs write only the part behind .text_len.  A static variable of lua/ is set anew by each run.
 *
 * Lives here:   the block, its allocator, the copy.
 * Never here:   what is loaded (script.c), the limit of memory (sandbox.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lua/script_internal.h"

#define BLOCK_BYTES ((size_t)512 << 20)	/* of addresses, not of memory; a script uses 64 MiB at most, in pieces */
#define KEEPS_BYTES ((size_t)8 << 20)	/* pages beyond, which a run has used, are returned */
#define SMALL 512			/* sizes up to this are multiples of 16, larger ones have four steps to the double */
#define SMALL_CLASSES (SMALL / 16 + 1)
#define CLASSES (SMALL_CLASSES + 4 * 32)

/* At the begin of the block. */
struct heap {
	struct script script;
	size_t used;			/* bytes of the block, this struct included */
	void *spare[CLASSES];		/* freed pieces of each size, linked by their first word */
};

static struct heap *heap;		/* the block; NULL = there is none */
static struct {
	void *bytes;			/* NULL = nothing is loaded yet */
	size_t size;
	char lesson[sizeof(((struct run_spec *)0)->lesson)];
} copy;

/* ---- the allocator -------------------------------------------------------------- */

/* The size of a piece of at least @size bytes, and the number of its class. */
static size_t round_up(size_t size, unsigned int *class)
{
	unsigned int log, shift;
	size_t last = size - 1;

	if (size <= SMALL) {
		*class = (unsigned int)((size + 15) / 16);
		return (size + 15) & ~(size_t)15;
	}
	log = 63 - (unsigned int)__builtin_clzl(last);
	shift = log - 2;
	*class = SMALL_CLASSES + 4 * (log - 9) + (unsigned int)(last >> shift & 3);
	return ((last >> shift) + 1) << shift;
}

static void *take(size_t size)
{
	unsigned int class;
	size_t bytes = round_up(size, &class);
	void *p = heap->spare[class];

	if (p) {
		memcpy(&heap->spare[class], p, sizeof(p));
		return p;
	}
	if (bytes > BLOCK_BYTES - heap->used)
		return NULL;
	p = (char *)heap + heap->used;
	heap->used += bytes;
	return p;
}

static void put(void *p, size_t size)
{
	unsigned int class;

	round_up(size, &class);
	memcpy(p, &heap->spare[class], sizeof(p));
	heap->spare[class] = p;
}

void *image_realloc(void *p, size_t old, size_t size)
{
	unsigned int had, wants;
	void *to;

	if (p && size && round_up(old, &had) && round_up(size, &wants) && had == wants)
		return p;
	to = size ? take(size) : NULL;
	if (p && (to || !size)) {
		if (to)
			memcpy(to, p, old < size ? old : size);
		put(p, old);
	}
	return to;
}

bool image_has(const struct script *s)
{
	return heap && s == &heap->script;
}

void *script_zalloc(const struct script *s, size_t size)
{
	void *p;

	if (!image_has(s))
		return calloc(1, size);
	p = take(size);
	if (p)
		memset(p, 0, size);
	return p;
}

void script_free(const struct script *s, void *p)
{
	if (!image_has(s))
		free(p);
}

/* ---- the copy --------------------------------------------------------------------- */

static bool make_block(void)
{
	void *map = mmap(NULL, BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (map == MAP_FAILED)
		return false;
	heap = map;
	return true;
}

static void return_pages(size_t kept)
{
	if (heap->used > kept)
		(void)madvise((char *)heap + kept, BLOCK_BYTES - kept, MADV_DONTNEED);
}

/* Does the file still have the text that was loaded?  Its times are too coarse to show that. */
static bool is_unchanged(const char *lesson)
{
	const struct script *kept = &((struct heap *)copy.bytes)->script;
	size_t at = 0;
	char piece[4096];
	ssize_t n;
	int fd = open(lesson, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		if ((size_t)n > kept->text_len - at || memcmp(piece, kept->text + at, (size_t)n))
			break;
		at += (size_t)n;
	}
	close(fd);
	return n == 0 && at == kept->text_len;
}

struct script *image_open(const char *lesson)
{
	if (copy.bytes && strcmp(copy.lesson, lesson) == 0 && is_unchanged(lesson)) {
		return_pages(KEEPS_BYTES);
		memcpy(heap, copy.bytes, copy.size);
		return &heap->script;
	}
	if (!heap && !make_block())
		return NULL;
	if (copy.bytes) {
		free(((struct heap *)copy.bytes)->script.text);
		free(copy.bytes);
		copy.bytes = NULL;
	}
	return_pages(0);
	heap->used = (sizeof(*heap) + 15) & ~(size_t)15;
	return &heap->script;
}

void image_keep(struct script *s)
{
	if (!image_has(s) || copy.bytes || heap->used > KEEPS_BYTES)
		return;
	copy.bytes = malloc(heap->used);
	if (!copy.bytes)
		return;
	s->loaded = true;
	copy.size = heap->used;
	memcpy(copy.bytes, heap, heap->used);
	strcpy(copy.lesson, s->opts->spec->lesson);
}

bool image_is_kept(const struct script *s)
{
	return image_has(s) && s->loaded;
}
