/*
 * run/saved.c - see saved.h.   Licence: MIT.
 */
#include "run/saved.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "base/rng.h"
#include "base/wholefile.h"

#define FILE_MAX ((size_t)1 << 20)
#define SETTLE_MS 60			/* between the two looks that have to agree */
#define POLL_MS 500

/* ---- a look -------------------------------------------------------------------------- */

static struct saved_stamp stamp_of(const char *path)
{
	struct saved_stamp stamp = { 0 };
	struct stat st;

	if (stat(path, &st) == 0) {
		stamp.sec = st.st_mtim.tv_sec;
		stamp.nsec = st.st_mtim.tv_nsec;
		stamp.size = st.st_size;
		stamp.inode = st.st_ino;
	}
	return stamp;
}

static bool same(const struct saved_stamp *a, const struct saved_stamp *b)
{
	return a->sec == b->sec && a->nsec == b->nsec && a->size == b->size && a->inode == b->inode;
}

/* 0: it cannot be read, or has no text. */
static uint64_t hash_of(const char *path)
{
	size_t n = 0;
	char *text = wholefile_read(path, FILE_MAX, &n);
	uint64_t hash = text && n ? rng_hash_bytes(text, n) : 0;

	free(text);
	return hash;
}

int saved_init(struct saved *s, const char *path)
{
	memset(s, 0, sizeof(*s));
	if (snprintf(s->path, sizeof(s->path), "%s", path) >= (int)sizeof(s->path))
		return -ENAMETOOLONG;
	s->last = s->seen = stamp_of(path);
	s->hash = hash_of(path);
	return s->last.inode ? 0 : -ENOENT;
}

bool saved_look(struct saved *s)
{
	struct saved_stamp now = stamp_of(s->path);
	uint64_t hash;

	if (!same(&now, &s->seen)) {		/* a write may go on */
		s->seen = now;
		return false;
	}
	if (same(&now, &s->last) || !now.inode || !now.size)
		return false;
	hash = hash_of(s->path);
	s->last = now;
	if (!hash || hash == s->hash)
		return false;
	s->hash = hash;
	return true;
}

bool saved_is_changing(const struct saved *s)
{
	return !same(&s->seen, &s->last) && s->seen.size;
}

/* ---- in a loop ---------------------------------------------------------------------------- */

struct saved_watch {
	struct saved file;
	uv_fs_event_t events;
	uv_timer_t timer;
	void (*fn)(void *arg);
	void *arg;
	unsigned int open;		/* handles that the loop has not closed yet */
};

static void on_look(uv_timer_t *t)
{
	struct saved_watch *w = t->data;
	bool saved = saved_look(&w->file);

	uv_timer_start(&w->timer, on_look, saved_is_changing(&w->file) ? SETTLE_MS : POLL_MS, 0);
	if (saved)
		w->fn(w->arg);
}

static void on_event(uv_fs_event_t *e, const char *name, int events, int status)
{
	struct saved_watch *w = e->data;

	(void)name;		/* the name of any file of the folder, or of a second one that becomes ours */
	(void)events;
	if (status == 0)
		uv_timer_start(&w->timer, on_look, SETTLE_MS / 2, 0);
}

struct saved_watch *saved_watch_open(void *loop, const char *path, void (*fn)(void *arg), void *arg)
{
	struct saved_watch *w = calloc(1, sizeof(*w));
	const char *slash = strrchr(path, '/');
	char folder[1024];

	if (!w)
		return NULL;
	w->fn = fn;
	w->arg = arg;
	saved_init(&w->file, path);
	snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : slash ? (int)(slash - path) : 1, slash ? path : ".");
	uv_fs_event_init(loop, &w->events);
	uv_timer_init(loop, &w->timer);
	w->open = 2;
	w->events.data = w->timer.data = w;
	(void)uv_fs_event_start(&w->events, on_event, folder, 0);	/* without it the timer alone looks */
	uv_timer_start(&w->timer, on_look, POLL_MS, 0);
	return w;
}

static void on_closed(uv_handle_t *h)
{
	struct saved_watch *w = h->data;

	if (!--w->open)
		free(w);
}

void saved_watch_close(struct saved_watch *w)
{
	if (!w)
		return;
	uv_close((uv_handle_t *)&w->events, on_closed);
	uv_close((uv_handle_t *)&w->timer, on_closed);
}
