/*
 * trace/store.c - an index over a log for readers, and the names defined so far.
 *
 * The writer of a log may be another process that a lesson has damaged.  So bytes from
 * that process are first copied into our own memory and then checked.  A log that is
 * overwritten at any time can end early (.bad), and can do no other harm.
 *
 * Lives here:   indexing, names, seeking by time.
 * Never here:   the meaning of events (model/), files (kwt.c).
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "trace/trace_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* ---- the bytes of a log --------------------------------------------------------- */

int trace_store_attach(struct trace_store *s, int fd)
{
	struct stat st;
	void *shared, *copy;

	memset(s, 0, sizeof(*s));
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size < sizeof(struct trace_shared))
		return -EINVAL;
	/* a file cut short under our mapping would raise SIGBUS; a plain file has no seals */
	(void)fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
	shared = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (shared == MAP_FAILED)
		return -errno;
	copy = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (copy == MAP_FAILED) {
		int err = -errno;

		munmap(shared, (size_t)st.st_size);
		return err;
	}
	/* a core dump needs the events at most once, and they are in the file */
	(void)madvise(shared, (size_t)st.st_size, MADV_DONTDUMP);
	(void)madvise(copy, (size_t)st.st_size, MADV_DONTDUMP);
	s->shared = shared;
	s->shared_bytes = (size_t)st.st_size;
	s->map = copy;
	s->map_bytes = (size_t)st.st_size;
	s->map_is_mmap = true;
	s->base = copy;
	return 0;
}

int trace_store_borrow(struct trace_store *s, const struct trace *t)
{
	memset(s, 0, sizeof(*s));
	s->shared = t->shared;
	s->base = t->base;
	return (int)trace_store_poll(s) < 0 ? -ENOMEM : 0;
}

int trace_store_again(struct trace_store *s, const struct trace *t)
{
	for (int c = 0; c < CLS_NR; c++)
		if (s->names[c])
			memset(s->names[c], 0, s->names_cap[c] * sizeof(*s->names[c]));
	s->shared = t->shared;
	s->base = t->base;
	s->bytes = s->nr = 0;
	s->nr_renames = 0;
	s->nr_defs = 0;
	s->bad = false;
	return (int)trace_store_poll(s) < 0 ? -ENOMEM : 0;
}

int trace_again(struct trace *t, struct trace_store *s, size_t log_bytes)
{
	int err = 0;

	if (t->shared)
		trace_reset(t);
	else
		err = trace_open(t, -1, log_bytes, 0);
	return err ? err : trace_store_again(s, t);
}

int trace_store_bytes(struct trace_store *s, uint8_t *bytes, size_t n)
{
	int64_t err;

	memset(s, 0, sizeof(*s));
	s->map = bytes;
	s->map_bytes = n;
	s->base = bytes;
	err = trace_store_poll(s);
	return err < 0 ? (int)err : 0;
}

void trace_store_close(struct trace_store *s)
{
	for (int c = 0; c < CLS_NR; c++)
		free(s->names[c]);
	free(s->offset);
	free(s->renames);
	if (s->shared_bytes)
		munmap((void *)(uintptr_t)s->shared, s->shared_bytes);
	if (s->map_is_mmap)
		munmap(s->map, s->map_bytes);
	else
		free(s->map);
	memset(s, 0, sizeof(*s));
}

/*
 * Copies the bytes that the writer has completed (another process only).
 * Return: the end of complete bytes; *@bad is set if the head is not that of a log.
 */
static uint64_t complete_bytes(struct trace_store *s, bool *bad)
{
	uint64_t end, room;
	uint32_t magic;

	if (!s->shared)
		return s->map_bytes;
	magic = __atomic_load_n(&s->shared->magic, __ATOMIC_ACQUIRE);
	if (magic != TRACE_LOG_MAGIC || s->shared->version != TRACE_LOG_VERSION ||
	    s->shared->table_hash != trace_table_hash()) {
		*bad = magic != 0;	/* 0: the writer has not begun */
		return s->bytes;
	}
	end = atomic_load_explicit(&((struct trace_shared *)(uintptr_t)s->shared)->bytes,
				   memory_order_acquire);
	if (!s->shared_bytes)
		return end;
	room = s->shared_bytes - sizeof(struct trace_shared);
	if (end < s->bytes || end > room) {
		*bad = true;
		return s->bytes;
	}
	memcpy((uint8_t *)s->map + s->bytes,
	       (const uint8_t *)(s->shared + 1) + s->bytes, end - s->bytes);
	return end;
}

/* ---- names ----------------------------------------------------------------------- */

/* An id keeps the first name that it gets; trace_store_name_at() knows the later ones of threads. */
static int add_name(struct trace_store *s, uint32_t cls, uint32_t id, const struct trace_name *name)
{
	if (cls >= CLS_NR || id > s->nr + TRACE_IDS_AHEAD)
		return -EBADMSG;
	if (id >= s->names_cap[cls]) {
		uint32_t cap = s->names_cap[cls] ? s->names_cap[cls] : 32;
		struct trace_name *v;

		while (cap <= id)
			cap *= 2;
		v = realloc(s->names[cls], cap * sizeof(*v));
		if (!v)
			return -ENOMEM;
		memset(v + s->names_cap[cls], 0, (cap - s->names_cap[cls]) * sizeof(*v));
		s->names[cls] = v;
		s->names_cap[cls] = cap;
	}
	if (!s->names[cls][id].text) {
		s->names[cls][id] = *name;
		s->nr_defs++;
	}
	return 0;
}

static int add_rename(struct trace_store *s, const struct ev_TASK_RENAME *e, uint64_t n)
{
	if (s->nr_renames == s->cap_renames) {
		uint32_t cap = s->cap_renames ? s->cap_renames * 2 : 16;
		struct trace_rename *v = realloc(s->renames, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		s->renames = v;
		s->cap_renames = cap;
	}
	s->nr_defs++;
	s->renames[s->nr_renames++] = (struct trace_rename){ n, e->task, e->comm };
	return 0;
}

static int learn_name(struct trace_store *s, const struct trace_event *ev)
{
	struct ev_TASK_RENAME rename;
	struct ev_TASK_NEW task;
	struct ev_PWQ_NEW pwq;
	struct ev_DEF def;

	if (trace_get_DEF(ev, &def))
		return add_name(s, def.cls, def.id,
				&(struct trace_name){ def.owner, def.aux, def.text });
	if (trace_get_TASK_NEW(ev, &task))
		return add_name(s, CLS_TASK, task.task, &(struct trace_name){ .text = task.comm });
	if (trace_get_TASK_RENAME(ev, &rename))
		return add_rename(s, &rename, ev->n);
	if (trace_get_PWQ_NEW(ev, &pwq))	/* has no name; readers need its workqueue and pool */
		return add_name(s, CLS_PWQ, pwq.pwq, &(struct trace_name){ pwq.wq, pwq.pool, "" });
	return 0;
}

const struct trace_name *trace_store_def(const struct trace_store *s, enum trace_class cls, uint32_t id)
{
	if (cls >= CLS_NR || id >= s->names_cap[cls] || !s->names[cls][id].text)
		return NULL;
	return &s->names[cls][id];
}

const char *trace_store_name(const struct trace_store *s, enum trace_class cls, uint32_t id)
{
	const struct trace_name *name = trace_store_def(s, cls, id);

	return name ? name->text : NULL;
}

const char *trace_store_name_at(const struct trace_store *s, enum trace_class cls, uint32_t id, uint64_t n)
{
	if (cls == CLS_TASK)
		for (uint32_t i = s->nr_renames; i-- > 0;)
			if (s->renames[i].task == id && s->renames[i].n < n)
				return s->renames[i].comm;
	return trace_store_name(s, cls, id);
}

/* ---- the index --------------------------------------------------------------------- */

static int add_offset(struct trace_store *s, uint64_t offset)
{
	if (s->nr == s->cap) {
		uint64_t cap = s->cap ? s->cap * 2 : 1024;
		uint64_t *v = realloc(s->offset, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		s->offset = v;
		s->cap = cap;
	}
	s->offset[s->nr++] = offset;
	return 0;
}

int64_t trace_store_poll(struct trace_store *s)
{
	uint64_t before = s->nr, end;
	struct trace_event ev;
	bool bad = s->bad;

	if (bad)
		return 0;
	end = complete_bytes(s, &bad);
	while (!bad && s->bytes < end) {
		int n = trace_event_decode(s->base + s->bytes, end - s->bytes, s->nr + 1, &ev);
		int err = n > 0 ? learn_name(s, &ev) : -EBADMSG;

		if (!err)
			err = add_offset(s, s->bytes);
		if (err == -ENOMEM)
			return err;	/* no event is lost: the next poll continues here */
		if (err)
			bad = true;
		else
			s->bytes += (uint64_t)n;
	}
	s->bad = bad;
	return (int64_t)(s->nr - before);
}

bool trace_store_event(const struct trace_store *s, uint64_t n, struct trace_event *out)
{
	if (!n || n > s->nr)
		return false;
	trace_event_parts(s->base + s->offset[n - 1], n, out);	/* its bytes were checked when it was indexed */
	return true;
}

uint64_t trace_store_seek(const struct trace_store *s, uint64_t time_ns)
{
	uint64_t lo = 0, hi = s->nr;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		if (trace_rd64(s->base + s->offset[mid] + 8) < time_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo + 1;
}
