/*
 * trace/trace.c - writes events into the log, and decodes one event's bytes.
 *
 * Emitting in lockstep does these steps: give way to CPUs with an earlier time, and
 * fill in time and context (stamp); call the hook that may stop before the event
 * (before); write the event; publish it with release; call the hook that may stop after
 * it (after).  While the emitter is held inside `before`, the director may write events
 * of its own.  The held event then gets the next free number and a new time.
 *
 * The u16 length in an event's head is exact (a multiple of 4); the next event begins at
 * the next multiple of 8.  A why takes the last 20 bytes of that length, so a reader finds
 * it after fields that it does not know.
 *
 * Lives here:   the log's memory, emitting (lockstep), decoding, field access.
 * Never here:   free mode (ring.c), indexes and names (store.c), files (kwt.c).
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "trace/trace_internal.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/utf8.h"

#define RESET_KEEPS_BYTES (((size_t)4 << 20) - sizeof(struct trace_shared))	/* memory beyond this, used by a flood, is returned */

struct trace *trace_current;
uint64_t (*trace_emit_free)(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
			    const uint8_t *fields, size_t size);

/* ---- texts ------------------------------------------------------------------ */

/* Cuts at a character boundary, never inside a character. */
size_t trace_text_len(const char *text)
{
	size_t len = text ? strnlen(text, TRACE_TEXT_BYTES_MAX + UTF8_BYTES_MAX) : 0;

	return utf8_cut(text, len, TRACE_TEXT_BYTES_MAX);
}

uint8_t *trace_enc_text(uint8_t *p, const char *text)
{
	uint32_t len = (uint32_t)trace_text_len(text);
	size_t room = trace_text_room(len);

	memset(p + room - 4, 0, 4);	/* NUL and padding */
	memcpy(p, &len, 4);
	if (len)
		memcpy(p + 4, text, len);
	return p + room;
}

/* ---- the log ---------------------------------------------------------------- */

int trace_open(struct trace *t, int fd, size_t bytes, uint64_t events_max)
{
	size_t head = sizeof(struct trace_shared);
	size_t room = bytes ? bytes : TRACE_LOG_BYTES_DEFAULT;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
	struct stat st;
	void *map;

	memset(t, 0, sizeof(*t));
	t->fd = fd;
	if (fd >= 0) {
		if (fstat(fd, &st) < 0)
			return -errno;
		if ((uint64_t)st.st_size <= head + TRACE_FULL_BYTES)
			return -EINVAL;
		if (!bytes)
			room = (size_t)st.st_size - head;
		if ((uint64_t)st.st_size < head + room)
			return -EINVAL;
		flags = MAP_SHARED;
	}
	room &= ~(size_t)7;
	if (room < TRACE_FULL_BYTES)
		return -EINVAL;
	map = mmap(NULL, head + room, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	t->shared = map;
	t->base = (uint8_t *)map + head;
	t->map_bytes = head + room;
	t->owns_map = true;
	t->events_max = events_max ? events_max : TRACE_EVENTS_DEFAULT;
	for (int c = 0; c < CLS_NR; c++)
		t->next_id[c] = 1;
	t->shared->version = TRACE_LOG_VERSION;
	t->shared->table_hash = trace_table_hash();
	t->shared->size = room;
	atomic_store(&t->shared->state, LOG_RUNNING);
	/* last: a reader that sees the magic sees the whole head */
	__atomic_store_n(&t->shared->magic, TRACE_LOG_MAGIC, __ATOMIC_RELEASE);
	return 0;
}

void trace_reset(struct trace *t)
{
	size_t kept = sizeof(struct trace_shared) + RESET_KEEPS_BYTES;

	if (t->fd < 0 && t->used > RESET_KEEPS_BYTES)
		(void)madvise((uint8_t *)t->shared + kept, t->map_bytes - kept, MADV_DONTNEED);
	t->used = t->events = 0;
	t->full = t->quiet = false;
	memset(&t->hooks, 0, sizeof(t->hooks));
	for (int c = 0; c < CLS_NR; c++)
		t->next_id[c] = 1;
	atomic_store(&t->shared->bytes, 0);
	atomic_store(&t->shared->events, 0);
	atomic_store(&t->shared->now, 0);
	atomic_store(&t->shared->waits, 0);
	atomic_store(&t->shared->state, LOG_RUNNING);
}

void trace_close(struct trace *t)
{
	if (trace_current == t)
		trace_current = NULL;
	if (t->owns_map) {
		atomic_store_explicit(&t->shared->state, LOG_ENDED, memory_order_release);
		munmap(t->shared, t->map_bytes);
	}
	memset(t, 0, sizeof(*t));
	t->fd = -1;
}

uint32_t trace_new_id(struct trace *t, enum trace_class cls)
{
	bug_on(cls <= CLS_NONE || cls >= CLS_NR);
	return __atomic_fetch_add(&t->next_id[cls], 1, __ATOMIC_RELAXED);
}

/* ---- emitting ----------------------------------------------------------------- */

/* Appends @ev and publishes it; its .data then points into the log. */
static inline void write_event(struct trace *t, struct trace_event *ev)
{
	uint8_t *start = t->base + t->used;

	trace_event_encode(start, ev);
	ev->data = start + TRACE_HEAD_BYTES;
	t->used += TRACE_ROUND8(trace_event_bytes(ev));
	t->events++;
	trace_publish(t, ev->time);
}

/*
 * Appends the one TRACE_FULL for which room is reserved.  Its field counts the event
 * itself, so it equals the bound that the end of the run reports.
 */
void trace_append_full(struct trace *t, const struct trace_event *refused)
{
	struct trace_event ev = *refused;
	uint64_t count = t->events + 1;
	uint8_t fields[8];

	memcpy(fields, &count, 8);
	ev.n = t->events + 1;
	ev.kind = EV_TRACE_FULL;
	ev.cause = t->events;
	ev.data = fields;
	ev.size = sizeof(fields);
	ev.why.pred = WHY_NONE;
	t->full = true;
	write_event(t, &ev);
	if (t->hooks.after)
		t->hooks.after(t->hooks.arg, &ev);
	if (t->hooks.full)
		t->hooks.full(t->hooks.arg);
}

static inline bool append(struct trace *t, struct trace_event *ev)
{
	if (t->full)		/* became full since this event was begun */
		return false;
	if (unlikely(!trace_fits(t, trace_event_bytes(ev)))) {
		trace_append_full(t, ev);
		return false;
	}
	write_event(t, ev);
	return true;
}

bool trace_append(struct trace *t, struct trace_event *ev)
{
	return append(t, ev);
}

static inline void stamp_event(struct trace *t, struct trace_event *ev, uint64_t cause)
{
	ev->cause = 0;
	if (t->hooks.stamp)
		t->hooks.stamp(t->hooks.arg, ev);
	ev->n = t->events + 1;
	if (cause)
		ev->cause = cause;
	bug_on(ev->cause >= ev->n);	/* a cause is always an earlier event */
}

static inline uint64_t emit_lockstep(struct trace *t, enum trace_kind kind, uint64_t cause,
				     const struct trace_why *why, const uint8_t *fields, size_t size)
{
	struct trace_event ev = { .kind = (uint16_t)kind, .cpu = TRACE_NO_CPU, .ctx = CTX_DIRECTOR,
				  .data = fields, .size = (uint16_t)size };

	if (why)
		ev.why = *why;
	stamp_event(t, &ev, cause);
	if (t->hooks.before) {
		t->hooks.before(t->hooks.arg, &ev);
		if (ev.n != t->events + 1)	/* the director emitted events while this one was held */
			stamp_event(t, &ev, cause);
	}
	if (!append(t, &ev))
		return 0;
	if (t->hooks.after)
		t->hooks.after(t->hooks.arg, &ev);
	return ev.n;
}

uint64_t trace_emit(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
		    const uint8_t *fields, size_t size)
{
	struct trace *t = trace_current;

	if (unlikely(trace_emit_free != NULL))
		return trace_emit_free(kind, cause, why, fields, size);
	if (!t || t->quiet || t->full)
		return 0;
	if (unlikely(size > TRACE_EVENT_BYTES_MAX - TRACE_HEAD_BYTES - TRACE_WHY_BYTES)) {
		TRACE(DROPPED, .events = 1);	/* a census of thousands of items: count it as dropped */
		return 0;
	}
	return emit_lockstep(t, kind, cause, why, fields, size);
}

void trace_def(enum trace_class cls, uint32_t id, uint32_t owner, uint32_t aux, const char *text)
{
	TRACE(DEF, .cls = (uint32_t)cls, .id = id, .owner = owner, .aux = aux, .text = text);
}

/* ---- decoding an event ------------------------------------------------------------ */

/* Size of the field at @p, with @avail bytes left; 0 = it does not fit or is malformed. */
static size_t field_bytes(enum trace_type type, const uint8_t *p, size_t avail)
{
	size_t n;

	switch (type) {
	case TY_u64: case TY_ns: case TY_mask:
		return avail >= 8 ? 8 : 0;
	case TY_ids:
		if (avail < 4)
			return 0;
		n = 4 + 4 * (size_t)trace_rd32(p);
		return n <= avail ? n : 0;
	case TY_text:
		if (avail < 8)
			return 0;
		n = trace_rd32(p);
		if (n > TRACE_TEXT_BYTES_MAX || trace_text_room(n) > avail)
			return 0;
		return p[4 + n] == '\0' && !memchr(p + 4, '\0', n) ? trace_text_room(n) : 0;
	default:
		return avail >= 4 ? 4 : 0;
	}
}

static bool fields_ok(const struct trace_event *ev)
{
	const struct trace_layout *l = &trace_layouts[ev->kind];
	const struct trace_row *row;
	size_t at = l->fixed;

	if (ev->size < at)
		return false;
	if (l->all_fixed)
		return true;
	row = &trace_rows[ev->kind];
	for (unsigned int i = l->nr_fixed; i < row->nr_fields; i++) {
		size_t n = field_bytes(row->fields[i].type, ev->data + at, ev->size - at);

		if (!n)
			return false;
		at += n;
	}
	return true;	/* the remaining bytes are fields of a newer table */
}

int trace_event_decode(const uint8_t *bytes, size_t avail, uint64_t n, struct trace_event *out)
{
	size_t length, tail;

	if (avail < TRACE_HEAD_BYTES)
		return 0;
	length = (size_t)(bytes[0] | bytes[1] << 8);
	tail = bytes[5] & TRACE_CTX_WHY ? TRACE_WHY_BYTES : 0;
	if (length < TRACE_HEAD_BYTES + tail || length % 4 || length > TRACE_EVENT_BYTES_MAX)
		return -EBADMSG;
	if (avail < TRACE_ROUND8(length)) {
		*out = (struct trace_event){ .kind = (uint16_t)(bytes[2] | bytes[3] << 8),
					     .ctx = bytes[5] & (uint8_t)~TRACE_CTX_WHY,
					     .cause = trace_rd64(bytes + 16) };
		return !out->kind || out->ctx >= CTX_NR || (n && out->cause >= n) ? -EBADMSG : 0;
	}
	trace_event_parts(bytes, n, out);
	if (!out->kind || out->ctx >= CTX_NR || (n && out->cause >= n))
		return -EBADMSG;
	if (length % 8 && trace_rd32(bytes + length))
		return -EBADMSG;
	if (out->kind < EV_NR && !fields_ok(out))
		return -EBADMSG;
	return (int)TRACE_ROUND8(length);
}

bool trace_event_field(const struct trace_event *ev, unsigned int index, struct trace_value *out)
{
	const struct trace_row *row = &trace_rows[ev->kind < EV_NR ? ev->kind : EV_NONE];
	const struct trace_layout *l = &trace_layouts[ev->kind < EV_NR ? ev->kind : EV_NONE];
	const uint8_t *p = ev->data;

	if (index >= row->nr_fields)
		return false;
	p += index < l->nr_fixed ? l->at[index] : l->fixed;
	for (unsigned int i = l->nr_fixed; i < index; i++)
		p += field_bytes(row->fields[i].type, p, (size_t)(ev->data + ev->size - p));
	*out = (struct trace_value){ .type = row->fields[index].type };
	switch (out->type) {
	case TY_u64: case TY_ns: case TY_mask:
		out->num = (int64_t)trace_rd64(p);
		break;
	case TY_i32:
		out->num = (int32_t)trace_rd32(p);
		break;
	case TY_ids:
		trace_dec_ids(p, &out->ids);
		out->num = out->ids.n;
		break;
	case TY_text:
		out->text_len = trace_rd32(p);
		out->text = (const char *)p + 4;
		break;
	default:
		out->num = trace_rd32(p);
	}
	return true;
}

bool trace_event_get(const struct trace_event *ev, const char *field, struct trace_value *out)
{
	const struct trace_row *row = &trace_rows[ev->kind < EV_NR ? ev->kind : EV_NONE];

	/* invariants call this for most events, and most names differ in the first letter */
	for (unsigned int i = 0; i < row->nr_fields; i++)
		if (row->fields[i].name[0] == field[0] && !strcmp(row->fields[i].name, field))
			return trace_event_field(ev, i, out);
	return false;
}
