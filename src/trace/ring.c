/*
 * trace/ring.c - one single-producer ring a thread, and the collector that merges them.
 *
 * Who owns which end.  .head belongs to the emitting thread, .tail to the
 * collector; both only grow and are taken modulo the size.  A record lies in one
 * piece: where it would reach over the end, a filler (length 0) sends the reader
 * to the beginning.  The record is written first, then .head is released.
 *
 * Order.  A thread marks itself as busy (bit 0 of .last) before it reads the time
 * and as done after .head is out.  The collector takes what is older than a
 * millisecond, and of nothing what is later than the last event of a thread that
 * is still writing: an event not yet seen can then only be later.
 *
 * Time is the time stamp counter where it counts evenly, calibrated once against
 * the monotonic clock; this is the one file of trace/ that reads clocks.
 *
 * Lives here:   free mode's emitter, collecting.
 * Never here:   lockstep, what events mean.
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "trace/ring.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif

#include "base/check.h"
#include "trace/trace_internal.h"

#define RINGS_MAX 1024
#define SETTLE_NS 1000000u		/* what is older than this is on its way out of every core */
#define CALIBRATE_NS 5000000u
#define ID_RING_SHIFT 48

_Static_assert(sizeof(struct trace_why) == TRACE_WHY_BYTES, "a why is copied as it is");

struct ring {
	/* the thread's end */
	_Alignas(64) _Atomic uint64_t head;
	_Atomic uint64_t last;		/* time of the last record, ticks; bit 0: writing the next */
	uint64_t tail_seen;		/* last look at .tail */
	uint64_t last_id;		/* of the last record: ring << 48 | index + 1 */
	uint64_t dropped;		/* since the last record */
	_Atomic uint64_t dropped_all;
	/* the collector's end */
	_Alignas(64) _Atomic uint64_t tail;
	uint64_t *numbers;		/* log number of record i */
	uint64_t nr, cap;
	/* neither changes */
	_Alignas(64) uint8_t *bytes;
	uint64_t size;
};

static struct {
	/* what each event asks for, in one line of the cache */
	_Alignas(64) _Atomic uint32_t generation;	/* of start(): rings of an earlier one are gone */
	_Atomic bool closed;		/* the log is full */
	void (*stamp)(void *arg, struct trace_event *head);	/* hooks.stamp, at hand */
	void *stamp_arg;
	/* the rest */
	struct trace *trace;
	_Atomic uint32_t nr;
	size_t ring_bytes;
	uint64_t origin_ns;
	uint64_t last_ns;		/* of the log */
	_Atomic uint64_t homeless;	/* events of threads beyond RINGS_MAX */
	pthread_mutex_t mutex;		/* a new thread's registration */
	struct ring *ring[RINGS_MAX];
} rings = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static __thread struct ring *my_ring;
static __thread uint32_t my_generation;

/* ---- time ---------------------------------------------------------------------------- */

static struct {
	bool known, counter;
	uint64_t ticks0, ns0;
	uint64_t mult;			/* ns = ticks * mult >> 32 */
} ticker;

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

#ifdef __x86_64__
static inline uint64_t ticks_now(void)
{
	return likely(ticker.counter) ? __builtin_ia32_rdtsc() : clock_ns();
}

static bool counter_is_even(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid(0x80000007, &a, &b, &c, &d) && d & (1u << 8);
}
#else
static inline uint64_t ticks_now(void)
{
	return clock_ns();
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
	ticker.ns0 = clock_ns();
	ticker.ticks0 = ticks_now();
	do {
		ns = clock_ns() - ticker.ns0;
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
		r->size = rings.ring_bytes;
		r->last_id = (uint64_t)nr << ID_RING_SHIFT;
		r->bytes = mmap(NULL, r->size, PROT_READ | PROT_WRITE,
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
	return my_ring;
}

/* Room for @bytes in one piece, or NULL; *@start: where its record begins. */
static inline uint8_t *ring_room(struct ring *r, size_t bytes, uint64_t *start)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t at = head & (r->size - 1), skip = at + bytes > r->size ? r->size - at : 0;

	if (unlikely(head + skip + bytes - r->tail_seen > r->size)) {
		r->tail_seen = atomic_load_explicit(&r->tail, memory_order_acquire);
		if (head + skip + bytes - r->tail_seen > r->size)
			return NULL;
	}
	if (unlikely(skip)) {
		memset(r->bytes + at, 0, 8);	/* filler */
		at = 0;
	}
	*start = head + skip;
	return r->bytes + at;
}

/*
 * trace_event_encode() for the hot path: whole words, no call.  The head is three
 * stores; fields are a multiple of 4 bytes.
 */
static inline void encode_words(uint8_t *to, const struct trace_event *ev)
{
	size_t bytes = trace_event_bytes(ev);
	uint64_t head = bytes | (uint64_t)ev->kind << 16 | (uint64_t)ev->cpu << 32 |
			(uint64_t)(ev->ctx | (ev->why.pred ? TRACE_CTX_WHY : 0)) << 40 |
			(uint64_t)ev->task << 48;
	uint8_t *p = to + TRACE_HEAD_BYTES;
	uint32_t word;

	memcpy(to, &head, 8);
	memcpy(to + 8, &ev->time, 8);
	memcpy(to + 16, &ev->cause, 8);
	for (size_t i = 0; i < ev->size; i += 4, p += 4) {
		memcpy(&word, ev->data + i, 4);
		memcpy(p, &word, 4);
	}
	if (ev->why.pred) {
		memcpy(p, &ev->why, TRACE_WHY_BYTES);
		p += TRACE_WHY_BYTES;
	}
	word = 0;
	if (bytes % 8)
		memcpy(p, &word, 4);
}

static inline __attribute__((always_inline)) uint64_t put_record(struct ring *r, struct trace_event *ev)
{
	size_t bytes = TRACE_ROUND8(trace_event_bytes(ev));
	uint64_t start;
	uint8_t *at = ring_room(r, bytes, &start);

	if (unlikely(!at))
		return 0;
	atomic_store_explicit(&r->last, atomic_load_explicit(&r->last, memory_order_relaxed) | 1,
			      memory_order_relaxed);
	ev->time = ticks_now();
	encode_words(at, ev);
	atomic_store_explicit(&r->head, start + bytes, memory_order_release);
	atomic_store_explicit(&r->last, ev->time & ~(uint64_t)1, memory_order_release);
	return ++r->last_id;
}

static __attribute__((noinline, cold)) void report_drops(struct ring *r, const struct trace_event *like)
{
	struct trace_event ev = *like;
	uint8_t fields[8];

	memcpy(fields, &r->dropped, 8);
	ev.kind = EV_DROPPED;
	ev.data = fields;
	ev.size = sizeof(fields);
	ev.why.pred = WHY_NONE;
	ev.cause = 0;
	if (put_record(r, &ev))
		r->dropped = 0;
}

static __attribute__((noinline, cold)) void lose_event(struct ring *r)
{
	if (!r) {
		atomic_fetch_add_explicit(&rings.homeless, 1, memory_order_relaxed);
		return;
	}
	r->dropped++;
	atomic_fetch_add_explicit(&r->dropped_all, 1, memory_order_relaxed);
}

static uint64_t emit_free(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
			  const uint8_t *fields, size_t size)
{
	struct ring *r = ring_of_thread();
	struct trace_event ev;	/* each member is set below but .n, which rings give */
	uint64_t id = 0;

	if (unlikely(atomic_load_explicit(&rings.closed, memory_order_relaxed)))
		return 0;
	ev.kind = (uint16_t)kind;
	ev.cause = 0;
	ev.task = 0;
	ev.cpu = TRACE_NO_CPU;
	ev.ctx = CTX_DIRECTOR;
	ev.size = (uint16_t)size;
	ev.data = fields;
	ev.why.pred = WHY_NONE;
	if (why && why->v[0])
		ev.why = *why;
	if (likely(rings.stamp != NULL))
		rings.stamp(rings.stamp_arg, &ev);
	if (cause)
		ev.cause = cause;
	if (unlikely(r && r->dropped))
		report_drops(r, &ev);
	if (likely(r && !r->dropped && size <= TRACE_EVENT_BYTES_MAX - TRACE_HEAD_BYTES - TRACE_WHY_BYTES))
		id = put_record(r, &ev);
	if (unlikely(!id))
		lose_event(r);
	return id;
}

/* ---- the collector ----------------------------------------------------------------------------- */

/* The next record of @r, or NULL; steps over a filler. */
static uint8_t *next_record(struct ring *r)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint64_t head = atomic_load_explicit(&r->head, memory_order_acquire);
	uint8_t *p;

	if (tail == head)
		return NULL;
	p = r->bytes + (tail & (r->size - 1));
	if (p[0] || p[1])
		return p;
	tail += r->size - (tail & (r->size - 1));
	atomic_store_explicit(&r->tail, tail, memory_order_release);
	return tail == head ? NULL : r->bytes + (tail & (r->size - 1));
}

/* Nothing that is still to come can be earlier than this (ticks). */
static uint64_t horizon(uint32_t nr)
{
	uint64_t limit = ticks_now() - ns_to_ticks(SETTLE_NS);

	for (uint32_t i = 0; i < nr; i++) {
		uint64_t last = atomic_load_explicit(&rings.ring[i]->last, memory_order_acquire);

		/* Writing: that event is later than its last. */
		if (last & 1 && last < limit)
			limit = last & ~(uint64_t)1;
	}
	return limit;
}

static struct ring *earliest(uint32_t nr, uint64_t limit, uint8_t **record)
{
	struct ring *best = NULL;
	uint64_t best_time = limit;

	for (uint32_t i = 0; i < nr; i++) {
		uint8_t *p = next_record(rings.ring[i]);

		if (p && trace_rd64(p + 8) < best_time) {
			best = rings.ring[i];
			best_time = trace_rd64(p + 8);
			*record = p;
		}
	}
	return best;
}

/* The log's number of an event known as (ring, index); 0 = not in the log (yet). */
static uint64_t log_number(uint64_t id)
{
	uint64_t ring = id >> ID_RING_SHIFT, index = id & (((uint64_t)1 << ID_RING_SHIFT) - 1);
	const struct ring *r;

	if (!id || ring >= atomic_load_explicit(&rings.nr, memory_order_acquire))
		return 0;
	r = rings.ring[ring];
	return index && index <= r->nr ? r->numbers[index - 1] : 0;
}

/* Fields that hold an event's number. */
static const struct {
	uint16_t kind;
	const char *field;
} references[] = {
	{ EV_BUG, "ref" }, { EV_RETURN, "call" }, { EV_CALL, "call" },
};

static void translate_field(uint8_t *data, uint16_t kind)
{
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++) {
		const struct trace_row *row = &trace_rows[kind];
		uint64_t number;

		for (unsigned int f = 0; references[i].kind == kind && f < row->nr_fields; f++) {
			if (!strcmp(row->fields[f].name, references[i].field)) {
				number = log_number(trace_rd64(data));
				memcpy(data, &number, 8);
				return;
			}
			data += row->fields[f].type == TY_u64 ? 8 : 4;
		}
	}
}

static int remember_number(struct ring *r, uint64_t n)
{
	if (r->nr == r->cap) {
		uint64_t cap = r->cap ? r->cap * 2 : 1024;
		uint64_t *v = realloc(r->numbers, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		r->numbers = v;
		r->cap = cap;
	}
	r->numbers[r->nr++] = n;
	return 0;
}

/* One record into the log: time in ns since the origin, numbers of the log. */
static int move_record(struct ring *r, uint8_t *p)
{
	size_t bytes = TRACE_ROUND8((size_t)(p[0] | p[1] << 8));
	struct trace *t = rings.trace;
	struct trace_event ev;
	uint64_t ns;

	bug_on(trace_event_decode(p, bytes, 0, &ev) <= 0);
	ns = ticks_to_ns(ev.time);
	ns = ns > rings.origin_ns ? ns - rings.origin_ns : 0;
	ev.time = rings.last_ns = ns > rings.last_ns ? ns : rings.last_ns;
	ev.cause = log_number(ev.cause);
	ev.n = t->events + 1;
	translate_field(p + TRACE_HEAD_BYTES, ev.kind);
	if (!trace_append(t, &ev))
		atomic_store_explicit(&rings.closed, true, memory_order_relaxed);
	atomic_store_explicit(&r->tail, atomic_load_explicit(&r->tail, memory_order_relaxed) + bytes,
			      memory_order_release);
	return remember_number(r, t->full ? 0 : ev.n);
}

static int64_t collect_until(uint64_t limit, uint32_t nr)
{
	uint8_t *record = NULL;
	struct ring *r;
	int64_t moved = 0;

	while ((r = earliest(nr, limit, &record))) {
		if (move_record(r, record))
			return -ENOMEM;
		moved++;
	}
	return moved;
}

int64_t trace_ring_collect(void)
{
	uint32_t nr = atomic_load_explicit(&rings.nr, memory_order_acquire);

	return rings.trace ? collect_until(horizon(nr), nr) : 0;
}

uint64_t trace_ring_dropped(void)
{
	uint64_t sum = atomic_load_explicit(&rings.homeless, memory_order_relaxed);
	uint32_t nr = atomic_load_explicit(&rings.nr, memory_order_acquire);

	for (uint32_t i = 0; i < nr; i++)
		sum += atomic_load_explicit(&rings.ring[i]->dropped_all, memory_order_relaxed);
	return sum;
}

/* ---- start and stop -------------------------------------------------------------------------------- */

int trace_ring_start(struct trace *t, size_t ring_bytes, uint64_t origin_ns)
{
	size_t size = 4 * TRACE_EVENT_BYTES_MAX;	/* one event must fit beside a filler */

	if (rings.trace)
		return -EBUSY;
	calibrate();
	while (size < (ring_bytes ? ring_bytes : TRACE_RING_BYTES_DEFAULT))
		size *= 2;
	rings.ring_bytes = size;
	rings.origin_ns = origin_ns;
	rings.last_ns = 0;
	rings.trace = t;
	rings.stamp = t->hooks.stamp;
	rings.stamp_arg = t->hooks.arg;
	atomic_store(&rings.closed, t->quiet);
	atomic_store(&rings.homeless, 0);
	atomic_fetch_add(&rings.generation, 1);
	trace_emit_free = emit_free;
	return 0;
}

/* What rings lost at the very end has no later event to say so. */
static void report_last_drops(void)
{
	uint64_t lost = atomic_load(&rings.homeless);
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
	(void)collect_until(UINT64_MAX, rings.nr);
	report_last_drops();
	atomic_fetch_add(&rings.generation, 1);
	for (uint32_t i = 0; i < rings.nr; i++) {
		munmap(rings.ring[i]->bytes, rings.ring[i]->size);
		free(rings.ring[i]->numbers);
		free(rings.ring[i]);
		rings.ring[i] = NULL;
	}
	atomic_store(&rings.nr, 0);
	rings.trace = NULL;
}
