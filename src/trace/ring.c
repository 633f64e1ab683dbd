/*
 * trace/ring.c - free mode: one single-producer ring per thread, and the collector that merges them.
 *
 * Ownership.  .head belongs to the emitting thread, .tail to the collector; both only
 * grow.  The bytes between them are in chunks, in any order within the ring's memory: the
 * thread continues in the chunk that was emptied last, or in one never used if none is
 * empty.  So a ring can be large for bad times, and in good times the same few chunks are
 * rewritten and stay in the cache.  A record never crosses the end of a chunk: a filler
 * (length 0) sends the reader to the next chunk.  The record is written first, then .head
 * is released.
 *
 * A record holds one event, or a batch (trace.h).
 *
 *    0  u32 bytes of the record, 0 = filler    8  u64 time in ticks
 *    4  u16 task, u8 cpu, u8 context          16  u64 cause of events without their own
 *   24  events, back to back: u16 kind, 12 bits words of fields, bits for cause and why;
 *       u64 cause; fields; why.  Kind 0 fills up to a multiple of 8.  Kind TIME_EXTEND:
 *       u32 ticks since the record's time, u64 cause; both hold for the events after it.
 *
 * A timestamp group is the events of a record that share one time.
 *
 * Records are small because the collector, on another core, reads each cache line that is
 * written here.  In a program that does other work, the cost of an event is mostly
 * getting these lines back.  So lines are prefetched, and events share heads and times.
 *
 * Order.  A thread sets bit 0 of .last before it reads the time, and clears it after .head
 * is released.  The collector takes events older than SETTLE_NS, and none later than the
 * last record of a thread that is still writing: an event that it has not seen can then
 * only be later.
 *
 * Time is the time stamp counter if that is invariant, calibrated once against the
 * monotonic clock; only this file of trace/ reads clocks.
 *
 * Lives here:   free mode's emitter, collecting.
 * Never here:   lockstep, the meaning of events.
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "trace/ring.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "base/check.h"
#include "base/time.h"
#include "trace/trace_internal.h"

#define RINGS_MAX 1024
#define SETTLE_NS 50000u		/* an older event is visible to every core */
#define CALIBRATE_NS 5000000u
#define ID_RING_SHIFT 48
#define RECORD_HEAD 24
#define RECORD_ROOM 1024u		/* room for a record: most batches have about 200 bytes */
#define TIME_EXTEND 0xffffu
#define TIME_EXTEND_BYTES 16u
#define LONE_BYTES_MAX 512u
#define CHUNK_SHIFT_MIN 14
#define CHUNKS_MAX 64u			/* per ring */
#define CALL_CHUNKS 16u			/* the collector is called when this fraction of the chunks is full */
#define FILL_PART 4			/* this fraction of a busy ring's memory is populated in advance */
#define LINE 64u
#define LINES_AHEAD 16u			/* prefetch distance */
#define NUMBERS 65536u			/* per block of a ring's log numbers */

_Static_assert(sizeof(struct trace_why) == TRACE_WHY_BYTES, "a why is copied as it is");
_Static_assert(TRACE_EVENT_BYTES_MAX / 4 <= TRACE_BATCH_WORDS, "an event's words fit their bits");
_Static_assert(TRACE_EVENT_BYTES_MAX + RECORD_HEAD + 64 < 1 << CHUNK_SHIFT_MIN, "a record of any event fits a chunk");
_Static_assert(EV_NR <= UINT16_MAX && EV_NONE == 0, "a kind of 0 fills up");

struct ring {
	/* written by the thread */
	_Alignas(64) _Atomic uint64_t head;
	_Atomic uint64_t last;		/* time of the last record, ticks; bit 0: writing one */
	uint8_t *base;			/* .base + a position in the current chunk is its address */
	uint64_t end;			/* position of that chunk's end */
	uint64_t start;			/* position of the open record */
	uint64_t dropped;		/* events since the last record */
	_Atomic uint64_t dropped_all;
	uint64_t freed;			/* number of chunks of the sequence that were put on .free so far */
	uint8_t free[CHUNKS_MAX];	/* stack of emptied chunks */
	uint8_t nr_free, nr_used;	/* .nr_used: chunks that were ever used */
	bool called;			/* the collector was called, since it last caught up */
	/* written by the collector */
	_Alignas(64) _Atomic uint64_t tail;
	uint32_t **numbers;		/* log numbers of the ring's events, in blocks */
	uint64_t nr, pieces;
	uint64_t seen_head;		/* .head at the start of this collection */
	const uint8_t *record;		/* the record being read, NULL: none before the limit */
	const uint8_t *next;		/* next event of .record */
	uint64_t time, cause;		/* of the events from .next on */
	bool filled;			/* its memory is populated */
	/* chunk of each position, modulo CHUNKS_MAX; written by the thread before .head gets there */
	_Alignas(64) uint8_t chunk[CHUNKS_MAX];
	/* constant */
	_Alignas(64) uint8_t *bytes;
	unsigned int shift;		/* a chunk has 1 << shift bytes */
	uint32_t nr_chunks;
	uint64_t ids;			/* the ring's number << 48: base of its event ids */
};

static struct {
	/* read by each event, in one cache line */
	_Alignas(64) _Atomic uint32_t generation;	/* of rings; start() and stop() increment it */
	_Atomic bool closed;		/* the log is full */
	void (*stamp)(void *arg, struct trace_event *head);	/* copy of hooks.stamp */
	void *stamp_arg;
	/* read less often */
	struct trace *trace;
	_Atomic uint32_t nr;
	size_t ring_bytes;
	unsigned int chunk_shift;
	uint64_t origin_ns;
	uint64_t last_ns;		/* time of the last event in the log */
	void (*call)(void);		/* called when a ring gets full */
	_Atomic uint64_t lost_no_ring;	/* events of threads without a ring (more than RINGS_MAX threads) */
	pthread_mutex_t mutex;		/* protects the registration of a new thread */
	struct ring *ring[RINGS_MAX];
} rings = { .mutex = PTHREAD_MUTEX_INITIALIZER };

__thread struct trace_batch trace_batch;
static __thread struct ring *my_ring;
static __thread uint32_t my_generation;

/* ---- time ---------------------------------------------------------------------------- */

static struct {
	bool known, counter;
	uint64_t ticks0, ns0;
	uint64_t mult;			/* ns = ticks * mult >> 32 */
} ticker;

#ifdef __x86_64__
static inline uint64_t ticks_now(void)
{
	return likely(ticker.counter) ? __builtin_ia32_rdtsc() : time_now_ns();
}

static bool counter_is_even(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & (1u << 8);
}
#else
static inline uint64_t ticks_now(void)
{
	return time_now_ns();
}

static bool counter_is_even(void)
{
	return false;
}
#endif

static void calibrate(void)
{
	uint64_t ticks, ns;

	if (ticker.known)
		return;
	ticker.counter = counter_is_even();
	ticker.ns0 = time_now_ns();
	ticker.ticks0 = ticks_now();
	do {
		ns = time_now_ns() - ticker.ns0;
		ticks = ticks_now() - ticker.ticks0;
	} while (ns < CALIBRATE_NS);
	ticker.mult = ticker.counter ? (uint64_t)(((unsigned __int128)ns << 32) / ticks) : 0;
	ticker.known = true;
}

static uint64_t ticks_to_ns(uint64_t ticks)
{
	int64_t since = (int64_t)(ticks - ticker.ticks0);

	if (!ticker.counter)
		return ticks;
	return ticker.ns0 + (uint64_t)(((__int128)since * (int64_t)ticker.mult) >> 32);
}

static uint64_t ns_to_ticks(uint64_t ns)
{
	return ticker.counter ? (uint64_t)(((unsigned __int128)ns << 32) / ticker.mult) : ns;
}

const char *trace_ring_clock(void)
{
	calibrate();
	return ticker.counter ? "time stamp counter" : "clock_gettime";
}

/* ---- the emitting thread ------------------------------------------------------------------- */

static __attribute__((noinline, cold)) struct ring *new_ring(void)
{
	struct ring *r = NULL;
	uint32_t nr;

	pthread_mutex_lock(&rings.mutex);
	nr = atomic_load_explicit(&rings.nr, memory_order_relaxed);
	if (nr < RINGS_MAX && !posix_memalign((void **)&r, 64, sizeof(*r))) {
		memset(r, 0, sizeof(*r));
		r->shift = rings.chunk_shift;
		r->nr_chunks = (uint32_t)(rings.ring_bytes >> r->shift);
		r->ids = (uint64_t)nr << ID_RING_SHIFT;
		r->bytes = mmap(NULL, rings.ring_bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (r->bytes == MAP_FAILED) {
			free(r);
			r = NULL;
		} else {
			rings.ring[nr] = r;
			atomic_store_explicit(&rings.nr, nr + 1, memory_order_release);
		}
	}
	pthread_mutex_unlock(&rings.mutex);
	return r;
}

static inline struct ring *ring_of_thread(void)
{
	uint32_t generation = atomic_load_explicit(&rings.generation, memory_order_relaxed);

	if (likely(my_generation == generation))
		return my_ring;
	my_ring = new_ring();
	my_generation = generation;
	trace_batch.at = trace_batch.end = NULL;
	trace_batch.id = my_ring ? my_ring->ids : 0;
	return my_ring;
}

/* A write to a cache line last read by another core stalls; prefetch it for writing. */
static inline void ask_for_line(const uint8_t *p)
{
#ifdef __x86_64__
	__asm__ volatile("prefetchw %0" : : "m"(*p));
#else
	__builtin_prefetch(p, 1);
#endif
}

/* Prefetch, LINES_AHEAD lines ahead, as many lines as were just written.  Running past the chunk is harmless. */
static inline void ask_ahead(const struct ring *r, uint64_t from, uint64_t to)
{
	for (from = (from + LINE - 1) & ~(uint64_t)(LINE - 1); from < to; from += LINE)
		ask_for_line(r->base + from + LINES_AHEAD * LINE);
}

static uint32_t chunks_filled(struct ring *r, uint64_t next)
{
	uint64_t emptied = atomic_load_explicit(&r->tail, memory_order_acquire) >> r->shift;

	for (; r->freed < emptied; r->freed++)
		r->free[r->nr_free++] = r->chunk[r->freed % CHUNKS_MAX];
	return (uint32_t)(next - r->freed);
}

/* Starts a new chunk: the record does not fit into this one, or there is none.  False: all are full. */
static __attribute__((noinline, cold)) bool next_chunk(struct ring *r)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed), next = r->end >> r->shift;
	bool many = r->nr_used == 1 || chunks_filled(r, next) > r->nr_chunks / CALL_CHUNKS;
	uint8_t chunk;

	if (many && !r->called && rings.call)
		rings.call();
	r->called = many;
	if (r->nr_free)
		chunk = r->free[--r->nr_free];
	else if (r->nr_used < r->nr_chunks)
		chunk = r->nr_used++;
	else
		return false;
	if (head != r->end)
		memset(r->base + head, 0, 8);	/* filler */
	r->chunk[next % CHUNKS_MAX] = chunk;
	r->base = r->bytes + ((uint64_t)chunk << r->shift) - r->end;
	r->end += (uint64_t)1 << r->shift;
	r->start = r->end - ((uint64_t)1 << r->shift);
	ask_ahead(r, r->start - LINES_AHEAD * LINE, r->start);
	return true;
}

/* @bytes of contiguous room, or NULL. */
static inline uint8_t *ring_room(struct ring *r, size_t bytes)
{
	r->start = atomic_load_explicit(&r->head, memory_order_relaxed);
	if (unlikely(r->start + bytes > r->end) && !next_chunk(r))
		return NULL;
	return r->base + r->start;
}

static inline void ask_who(struct trace_event *who)
{
	who->cpu = TRACE_NO_CPU;
	who->ctx = CTX_DIRECTOR;
	who->task = 0;
	who->cause = 0;
	if (likely(rings.stamp != NULL))
		rings.stamp(rings.stamp_arg, who);
}

/*
 * The core may read the counter before it has acquired the lock.  Then the time of the
 * lock's previous event is later, and the new time must be greater than that.
 */
static inline uint64_t batch_time(void)
{
	uint64_t now = ticks_now();

	return likely(now > trace_batch.after) ? now : trace_batch.after + 1;
}

/*
 * Opens a record and stores time and context.  .last is marked "writing" before the clock
 * is read.  False: no room for an event of @bytes.
 */
static inline __attribute__((always_inline)) bool batch_open(struct ring *r, size_t bytes)
{
	size_t room = RECORD_HEAD + (bytes > RECORD_ROOM ? bytes : RECORD_ROOM);
	uint8_t *p = ring_room(r, room + 8);
	struct trace_event who;
	uint64_t head;

	if (unlikely(!p))
		return false;
	atomic_store_explicit(&r->last, atomic_load_explicit(&r->last, memory_order_relaxed) | 1,
			      memory_order_relaxed);
	trace_batch.began = trace_batch.time = batch_time();
	ask_who(&who);
	head = (uint64_t)who.task << 32 | (uint64_t)who.cpu << 48 | (uint64_t)who.ctx << 56;
	memcpy(p, &head, 8);
	memcpy(p + 8, &trace_batch.began, 8);
	memcpy(p + 16, &who.cause, 8);
	trace_batch.at = p + RECORD_HEAD;
	trace_batch.cause = p + 16;
	trace_batch.lent = false;
	trace_batch.end = trace_batch.room = p + room;
	trace_batch.stale = 0;
	return true;
}

/* Adds a TIME_EXTEND for a new time or cause to the open record.  False: open a new record instead. */
static bool batch_extend(size_t bytes)
{
	uint64_t time = trace_batch.stale & TRACE_BATCH_NEW_TIME ? batch_time() : trace_batch.time;
	uint64_t head = TIME_EXTEND | (time - trace_batch.began) << 32;
	struct trace_event who;

	if (!trace_batch.stale || TIME_EXTEND_BYTES + bytes > (size_t)(trace_batch.room - trace_batch.at) ||
	    time - trace_batch.began > UINT32_MAX)
		return false;
	if (trace_batch.stale & TRACE_BATCH_NEW_CAUSE)
		ask_who(&who);
	else
		memcpy(&who.cause, trace_batch.cause, 8);
	memcpy(trace_batch.at, &head, 8);
	memcpy(trace_batch.at + 8, &who.cause, 8);
	trace_batch.cause = trace_batch.at + 8;
	trace_batch.lent = false;
	trace_batch.at += TIME_EXTEND_BYTES;
	trace_batch.end = trace_batch.room;
	trace_batch.time = time;
	trace_batch.stale = 0;
	return true;
}

static inline __attribute__((always_inline)) void batch_close(struct ring *r)
{
	uint8_t *p = r->base + r->start;
	size_t bytes = TRACE_ROUND8((size_t)(trace_batch.at - p));
	uint32_t length = (uint32_t)bytes, none = EV_NONE;

	memcpy(trace_batch.at, &none, 4);	/* terminator, needed if not 8-aligned; there is room */
	memcpy(p, &length, 4);
	trace_batch.at = trace_batch.end = NULL;
	ask_ahead(r, r->start, r->start + bytes);
	atomic_store_explicit(&r->head, r->start + bytes, memory_order_release);
	atomic_store_explicit(&r->last, trace_batch.time & ~(uint64_t)1, memory_order_release);
}

void trace_batch_publish(void)
{
	batch_close(my_ring);
}

/* First in its record, so that it is at the place of the gap. */
static __attribute__((noinline, cold)) void report_drops(struct ring *r)
{
	memcpy(trace_batch_write(EV_DROPPED, 0, NULL, 8), &r->dropped, 8);
	r->dropped = 0;
}

static __attribute__((noinline, cold)) void lose_event(struct ring *r)
{
	if (!r) {
		atomic_fetch_add_explicit(&rings.lost_no_ring, 1, memory_order_relaxed);
		return;
	}
	r->dropped++;
	atomic_fetch_add_explicit(&r->dropped_all, 1, memory_order_relaxed);
}

/* Inline copy of a few words. */
static inline void copy_words(uint8_t *to, const uint8_t *from, size_t bytes)
{
	uint64_t two;
	uint32_t word;

	for (; bytes >= 8; bytes -= 8, from += 8, to += 8) {
		memcpy(&two, from, 8);
		memcpy(to, &two, 8);
	}
	if (bytes) {
		memcpy(&word, from, 4);
		memcpy(to, &word, 4);
	}
}

/*
 * Like batch_open(), the event and batch_close(), for an event outside a batch; keeps its
 * values in registers.  Return: the event's id, 0: no room.
 */
static inline __attribute__((always_inline)) uint64_t put_lone(struct ring *r, enum trace_kind kind,
							       uint64_t cause, const struct trace_why *why,
							       const uint8_t *fields, size_t size)
{
	size_t bytes = TRACE_ROUND8(RECORD_HEAD + trace_batch_bytes(cause, why, size));
	uint8_t *p = ring_room(r, bytes + 8);
	uint64_t head, time, start = r->start;
	struct trace_event who;

	if (unlikely(!p))
		return 0;
	atomic_store_explicit(&r->last, atomic_load_explicit(&r->last, memory_order_relaxed) | 1,
			      memory_order_relaxed);
	time = ticks_now();
	ask_who(&who);
	head = bytes | (uint64_t)who.task << 32 | (uint64_t)who.cpu << 48 | (uint64_t)who.ctx << 56;
	memcpy(p, &head, 8);
	memcpy(p + 8, &time, 8);
	memcpy(p + 16, &who.cause, 8);
	p = trace_batch_put_event(p + RECORD_HEAD, kind, cause, why, size);
	copy_words(p, fields, size);
	p += size + (why ? TRACE_WHY_BYTES : 0);
	memcpy(p, &(uint32_t){ EV_NONE }, 4);	/* terminator, needed if not 8-aligned; there is room */
	if ((start & (LINE - 1)) + bytes > LINE)
		ask_for_line(r->base + start + LINES_AHEAD * LINE);
	atomic_store_explicit(&r->head, start + bytes, memory_order_release);
	atomic_store_explicit(&r->last, time & ~(uint64_t)1, memory_order_release);
	trace_batch.time = time;
	return ++trace_batch.id;
}

static uint64_t emit_free(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
			  const uint8_t *fields, size_t size)
{
	size_t bytes;
	struct ring *r = my_ring;
	uint64_t id;

	if (why && !why->v[0])
		why = NULL;
	/* check the generation first: a ring of an earlier one is freed */
	if (likely(my_generation == atomic_load_explicit(&rings.generation, memory_order_relaxed) &&
		   !trace_batch.hold && r && !r->dropped && size <= LONE_BYTES_MAX) &&
	    likely(!atomic_load_explicit(&rings.closed, memory_order_relaxed))) {
		id = put_lone(r, kind, cause, why, fields, size);
		if (likely(id))
			return id;
	}
	bytes = trace_batch_bytes(0, false, 8) + trace_batch_bytes(cause, why, size);	/* plus a DROPPED */
	if (!trace_batch.at || !batch_extend(bytes)) {
		if (trace_batch.at)
			batch_close(my_ring);
		if (unlikely(atomic_load_explicit(&rings.closed, memory_order_relaxed)))
			return 0;
		r = ring_of_thread();
		if (unlikely(!r || size > TRACE_EVENT_BYTES_MAX - TRACE_HEAD_BYTES - TRACE_WHY_BYTES) ||
		    unlikely(!batch_open(r, bytes))) {
			lose_event(r);
			return 0;
		}
	}
	r = my_ring;
	if (unlikely(r->dropped))
		report_drops(r);
	copy_words(trace_batch_write(kind, cause, why, size), fields, size);
	if (!trace_batch.hold)
		batch_close(r);
	return trace_batch.id;
}

/* ---- the collector ----------------------------------------------------------------------------- */

/* Time in ticks before which no event can still arrive. */
static uint64_t horizon(uint32_t nr)
{
	uint64_t limit = ticks_now() - ns_to_ticks(SETTLE_NS);

	for (uint32_t i = 0; i < nr; i++) {
		uint64_t last = atomic_load_explicit(&rings.ring[i]->last, memory_order_acquire);

		/* writing: its event is later than .last */
		if (last & 1 && last < limit)
			limit = last & ~(uint64_t)1;
	}
	return limit;
}

/* Log number of an event known as (ring, index); 0 = not in the log (yet). */
static uint64_t log_number(uint64_t id)
{
	uint64_t ring = id >> ID_RING_SHIFT, index = (id & (((uint64_t)1 << ID_RING_SHIFT) - 1)) - 1;
	const struct ring *r;

	if (!id || ring >= atomic_load_explicit(&rings.nr, memory_order_acquire))
		return 0;
	r = rings.ring[ring];
	return index < r->nr ? r->numbers[index / NUMBERS][index % NUMBERS] : 0;
}

/* Fields that contain the number of an event. */
static const struct {
	uint16_t kind;
	const char *field;
} references[] = {
	{ EV_BUG, "ref" }, { EV_RETURN, "call" }, { EV_CALL, "call" },
};

static uint8_t reference_at[EV_NR];	/* offset of that field plus one, 0 = the kind has none */

static void find_references(void)
{
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		const struct trace_row *row = &trace_rows[references[i].kind];

		for (unsigned int f = 0; f < row->nr_fields; f++)
			if (!strcmp(row->fields[f].name, references[i].field))
				reference_at[references[i].kind] = (uint8_t)(trace_layouts[references[i].kind].at[f] + 1);
	}
}

static void translate_field(uint8_t *fields, uint16_t kind)
{
	uint8_t *at = fields + reference_at[kind] - 1;
	uint64_t number = log_number(trace_rd64(at));

	memcpy(at, &number, 8);
}

static int remember_number(struct ring *r, uint64_t n)
{
	if (unlikely(r->nr == r->pieces * NUMBERS)) {
		uint32_t **v = realloc(r->numbers, (r->pieces + 1) * sizeof(*v));

		if (!v)
			return -ENOMEM;
		r->numbers = v;
		v[r->pieces] = malloc(NUMBERS * sizeof(**v));
		if (!v[r->pieces])
			return -ENOMEM;
		r->pieces++;
	}
	r->numbers[r->nr / NUMBERS][r->nr % NUMBERS] = (uint32_t)(n <= UINT32_MAX ? n : 0);
	r->nr++;
	return 0;
}

/* Values shared by the events of a timestamp group, in the log's form. */
struct common {
	uint64_t who;		/* task, cpu and context as in an event's head */
	uint64_t time, cause;
};

/*
 * Appends the event at @from to the log.
 * Return: its bytes in the record.
 */
static inline size_t move_event(struct trace *t, const struct common *c, const uint8_t *from)
{
	uint32_t form = trace_rd32(from);
	uint16_t kind = (uint16_t)form;
	size_t size = (form >> 16 & TRACE_BATCH_WORDS) * 4;
	size_t tail = form >> 16 & TRACE_BATCH_WHY ? TRACE_WHY_BYTES : 0;
	size_t bytes = TRACE_HEAD_BYTES + size + tail;
	uint64_t cause = c->cause, head = bytes | (uint64_t)kind << 16 | c->who;
	const uint8_t *p = from + TRACE_BATCH_HEAD;
	uint8_t *to = t->base + t->used;
	uint32_t none = 0;

	if (form >> 16 & TRACE_BATCH_CAUSE) {
		cause = log_number(trace_rd64(p));
		p += 8;
	}
	if (tail)
		head |= (uint64_t)TRACE_CTX_WHY << 40;
	memcpy(to, &head, 8);
	memcpy(to + 8, &c->time, 8);
	memcpy(to + 16, &cause, 8);
	to += TRACE_HEAD_BYTES;
	copy_words(to, p, size + tail);
	if (unlikely(reference_at[kind]))
		translate_field(to, kind);
	if (bytes % 8)
		memcpy(to + size + tail, &none, 4);
	t->used += TRACE_ROUND8(bytes);
	t->events++;
	return (size_t)(p - from) + size + tail;
}

/* The log is full: appends one TRACE_FULL and closes the log. */
static void close_log(const struct common *c)
{
	struct trace_event ev = { .time = c->time, .cpu = TRACE_NO_CPU, .ctx = CTX_DIRECTOR };

	if (!rings.trace->full)
		trace_append_full(rings.trace, &ev);
	atomic_store_explicit(&rings.closed, true, memory_order_relaxed);
}

/* Appends all events of a timestamp group to the log, converting ticks to ns and ids to log numbers. */
static int64_t move_group(struct ring *r)
{
	const uint8_t *p = r->next, *end = r->record + trace_rd32(r->record);
	uint32_t who = trace_rd32(r->record + 4);
	uint64_t ns = ticks_to_ns(r->time);
	struct trace *t = rings.trace;
	struct common c = { .who = (uint64_t)(who >> 16) << 32 | (uint64_t)(who & 0xffff) << 48,
			    .cause = log_number(r->cause) };
	int64_t moved = 0;

	ns = ns > rings.origin_ns ? ns - rings.origin_ns : 0;
	c.time = rings.last_ns = ns > rings.last_ns ? ns : rings.last_ns;
	for (; p < end; moved++) {
		uint32_t form = trace_rd32(p);

		if ((uint16_t)form == EV_NONE || (uint16_t)form == TIME_EXTEND)
			break;
		if (unlikely(t->full || !trace_fits(t, TRACE_HEAD_BYTES + TRACE_WHY_BYTES +
						       (form >> 16 & TRACE_BATCH_WORDS) * 4))) {
			close_log(&c);
			p = end;
			break;
		}
		if (remember_number(r, t->events + 1)) {
			r->next = p;	/* the events before it are in the log */
			return -ENOMEM;
		}
		p += move_event(t, &c, p);
	}
	r->next = p;
	return moved;
}

static inline const uint8_t *ring_at(const struct ring *r, uint64_t position)
{
	uint64_t nth = position >> r->shift, chunk = (uint64_t)1 << r->shift;

	return r->bytes + r->chunk[nth % CHUNKS_MAX] * chunk + (position & (chunk - 1));
}

/* Reads the next record if it is earlier than @limit; skips a filler. */
static inline void read_record(struct ring *r, uint64_t limit, uint64_t tail)
{
	const uint8_t *p = NULL;

	if (tail != r->seen_head) {
		p = ring_at(r, tail);
		if (!trace_rd32(p)) {
			tail = ((tail >> r->shift) + 1) << r->shift;
			p = ring_at(r, tail);
		}
	}
	r->record = NULL;
	atomic_store_explicit(&r->tail, tail, memory_order_release);
	if (!p)
		return;
	r->time = trace_rd64(p + 8);
	r->cause = trace_rd64(p + 16);
	if (r->time >= limit)
		return;
	r->record = p;
	r->next = p + RECORD_HEAD;
}

/*
 * Goes to the next timestamp group: of this record, or of the next record.  A group later
 * than @limit stays for the next collection, since other threads may have emitted earlier
 * events.
 */
static inline void read_next(struct ring *r, uint64_t limit)
{
	size_t bytes = trace_rd32(r->record);

	if (r->next + TIME_EXTEND_BYTES <= r->record + bytes && (uint16_t)trace_rd32(r->next) == TIME_EXTEND) {
		r->time = trace_rd64(r->record + 8) + trace_rd32(r->next + 4);
		r->cause = trace_rd64(r->next + 8);
		r->next += TIME_EXTEND_BYTES;
		return;
	}
	read_record(r, limit, atomic_load_explicit(&r->tail, memory_order_relaxed) + bytes);
}

/* The ring with the earliest record; *@until: time of the next ring's record. */
static struct ring *earliest(struct ring **live, uint32_t n, uint64_t limit, uint64_t *until)
{
	struct ring *best = NULL;

	*until = UINT64_MAX;
	for (uint32_t i = 0; i < n; i++) {
		struct ring *r = live[i];

		if (!r->record || r->time >= limit)
			continue;
		if (best && r->time >= best->time) {
			*until = r->time < *until ? r->time : *until;
			continue;
		}
		if (best)
			*until = best->time;
		best = r;
	}
	return best;
}

/*
 * The first access to a page takes as long as a hundred events.  For a thread that emits
 * much, the collector populates these pages in advance.
 */
static void fill_memory(struct ring *r)
{
	if (r->filled || r->seen_head < (uint64_t)1 << r->shift)
		return;
	r->filled = true;
#ifdef MADV_POPULATE_WRITE
	(void)madvise(r->bytes, rings.ring_bytes / FILL_PART, MADV_POPULATE_WRITE);
#endif
}

/* Moves at most about @most events, in whole timestamp groups. */
static int64_t collect_until(uint64_t limit, uint32_t nr, int64_t most)
{
	static struct ring *live[RINGS_MAX];	/* only one thread collects */
	uint64_t until;
	int64_t moved = 0, n;
	uint32_t lives = 0;
	struct ring *r;

	for (uint32_t i = 0; i < nr; i++) {
		r = rings.ring[i];
		r->seen_head = atomic_load_explicit(&r->head, memory_order_acquire);
		fill_memory(r);
		if (!r->record)		/* else a record is partly read */
			read_record(r, limit, atomic_load_explicit(&r->tail, memory_order_relaxed));
		if (r->record)
			live[lives++] = r;
	}
	while (moved < most && (r = earliest(live, lives, limit, &until))) {
		do {
			n = move_group(r);
			if (n < 0)
				return n;
			moved += n;
			read_next(r, limit);
		} while (r->record && r->time < limit && r->time <= until && moved < most);
		trace_publish(rings.trace, rings.last_ns);
	}
	return moved;
}

int64_t trace_ring_collect_some(int64_t most)
{
	uint32_t nr = atomic_load_explicit(&rings.nr, memory_order_acquire);

	return rings.trace ? collect_until(horizon(nr), nr, most) : 0;
}

int64_t trace_ring_collect(void)
{
	return trace_ring_collect_some(INT64_MAX);
}

uint64_t trace_ring_dropped(void)
{
	uint64_t sum = atomic_load_explicit(&rings.lost_no_ring, memory_order_relaxed);
	uint32_t nr = atomic_load_explicit(&rings.nr, memory_order_acquire);

	for (uint32_t i = 0; i < nr; i++)
		sum += atomic_load_explicit(&rings.ring[i]->dropped_all, memory_order_relaxed);
	return sum;
}

/* ---- start and stop -------------------------------------------------------------------------------- */

void trace_ring_on_call(void (*fn)(void))
{
	rings.call = fn;
}

int trace_ring_start(struct trace *t, size_t ring_bytes, uint64_t origin_ns)
{
	size_t size = 2 << CHUNK_SHIFT_MIN;

	if (rings.trace)
		return -EBUSY;
	calibrate();
	find_references();
	while (size < (ring_bytes ? ring_bytes : TRACE_RING_BYTES_DEFAULT))
		size *= 2;
	rings.ring_bytes = size;
	rings.chunk_shift = CHUNK_SHIFT_MIN;
	while (size >> rings.chunk_shift > CHUNKS_MAX)
		rings.chunk_shift++;
	rings.origin_ns = origin_ns;
	rings.last_ns = 0;
	rings.trace = t;
	rings.call = NULL;
	rings.stamp = t->hooks.stamp;
	rings.stamp_arg = t->hooks.arg;
	atomic_store(&rings.closed, t->quiet);
	atomic_store(&rings.lost_no_ring, 0);
	atomic_fetch_add(&rings.generation, 1);
	trace_emit_free = emit_free;
	return 0;
}

/* Events lost at the very end have no later event that could report them. */
static void report_last_drops(void)
{
	uint64_t lost = atomic_load(&rings.lost_no_ring);
	struct trace_event ev = { .n = rings.trace->events + 1, .kind = EV_DROPPED, .cpu = TRACE_NO_CPU,
				  .ctx = CTX_DIRECTOR, .time = rings.last_ns, .size = sizeof(lost),
				  .data = (const uint8_t *)&lost };

	for (uint32_t i = 0; i < rings.nr; i++)
		lost += rings.ring[i]->dropped;
	if (lost)
		(void)trace_append(rings.trace, &ev);
}

void trace_ring_stop(void)
{
	if (!rings.trace)
		return;
	trace_emit_free = NULL;
	(void)collect_until(UINT64_MAX, rings.nr, INT64_MAX);
	report_last_drops();
	atomic_fetch_add(&rings.generation, 1);
	for (uint32_t i = 0; i < rings.nr; i++) {
		munmap(rings.ring[i]->bytes, rings.ring_bytes);
		for (uint64_t n = 0; n < rings.ring[i]->pieces; n++)
			free(rings.ring[i]->numbers[n]);
		free(rings.ring[i]->numbers);
		free(rings.ring[i]);
		rings.ring[i] = NULL;
	}
	atomic_store(&rings.nr, 0);
	rings.trace = NULL;
}
