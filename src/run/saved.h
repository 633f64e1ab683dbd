/*
 * run/saved.h - notices that an editor has saved a file.
 *
 * Editors save in different ways: some write into the file, some truncate it first, some write
 * a second file and rename it.  So the name is looked up anew at each look; a save counts when
 * two looks in a row find the same size and time, the file has a text, and the text is another one.
 *
 * Lives here:   one look (saved_look), looks at each change of the folder (saved_watch).
 * Never here:   what is done after a save.
 * Context:      the visible process's only thread; no look blocks for longer than a small file's read.
 * Licence: MIT.
 */
#ifndef KW_RUN_SAVED_H
#define KW_RUN_SAVED_H

#include <stdbool.h>
#include <stdint.h>

struct saved_stamp {
	int64_t sec, nsec, size;
	uint64_t inode;			/* 0 = there is no such file */
};

struct saved {
	char path[1024];
	struct saved_stamp last, seen;	/* of the text that is known; of the look before */
	uint64_t hash;			/* of the text that is known */
};

/* The text that is there now is known.  Return: 0 or -errno; without a file the first save counts. */
int saved_init(struct saved *s, const char *path);
/* Return: true if another text has been saved, once for each save. */
bool saved_look(struct saved *s);
/* Return: true if the last look found a change that the next look will settle. */
bool saved_is_changing(const struct saved *s);

/*
 * saved_watch_open - calls @fn in @loop (a uv_loop_t) after each save of @path
 * The folder is watched; where that does not work, on some network file systems, the file is
 * looked at every half second.
 * Return: NULL without memory.  Owner: saved_watch_close(); the loop has to run once more after it.
 */
struct saved_watch *saved_watch_open(void *loop, const char *path, void (*fn)(void *arg), void *arg);
void saved_watch_close(struct saved_watch *w);

#endif
