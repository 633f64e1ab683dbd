/*
 * trace/kwt_columns.c - the events of a frame column by column, and back.
 *
 * Neighbours in a column are alike: the time and the cause of an event differ little from those
 * of the event before.  The compressor therefore finds a third less to store than in the log.
 *
 * A frame in this form has four columns, one after the other: the first word of each event,
 * the differences of time, the differences of cause (modulo 2^64, the first one from 0), and
 * the rest of each event.
 *
 * Lives here:   the order of the bytes.
 * Never here:   compression (kwt_pack.c), the meaning of events.   Licence: MIT.
 */
#include "trace/kwt_internal.h"

#include <string.h>

#define WORD ((size_t)8)

/* Bytes of the event that begins with @word, 0 if there is no such event. */
static size_t event_bytes(const uint8_t *word)
{
	size_t n = KWT_ROUND8((size_t)(word[0] | word[1] << 8));

	return n >= TRACE_HEAD_BYTES ? n : 0;
}

uint32_t kwt_count_events(const uint8_t *events, size_t n)
{
	uint32_t nr = 0;

	while (n) {
		size_t one = n >= TRACE_HEAD_BYTES ? event_bytes(events) : 0;

		if (!one || one > n)
			return 0;
		events += one;
		n -= one;
		nr++;
	}
	return nr;
}

static void put_word(uint8_t *to, uint64_t v)
{
	memcpy(to, &v, WORD);
}

void kwt_to_columns(const uint8_t *events, uint32_t nr, uint8_t *to)
{
	uint8_t *time = to + nr * WORD, *cause = time + nr * WORD, *rest = cause + nr * WORD;
	uint64_t last_time = 0, last_cause = 0;

	for (uint32_t i = 0; i < nr; i++) {
		size_t n = event_bytes(events);
		uint64_t t = trace_rd64(events + WORD), c = trace_rd64(events + 2 * WORD);

		memcpy(to + i * WORD, events, WORD);
		put_word(time + i * WORD, t - last_time);
		put_word(cause + i * WORD, c - last_cause);
		memcpy(rest, events + TRACE_HEAD_BYTES, n - TRACE_HEAD_BYTES);
		rest += n - TRACE_HEAD_BYTES;
		events += n;
		last_time = t;
		last_cause = c;
	}
}

bool kwt_from_columns(const uint8_t *from, size_t n, uint32_t nr, uint8_t *events)
{
	const uint8_t *time, *cause, *rest, *end = from + n;
	uint64_t t = 0, c = 0;

	if (nr > n / TRACE_HEAD_BYTES)
		return false;
	time = from + nr * WORD;
	cause = time + nr * WORD;
	rest = cause + nr * WORD;
	for (uint32_t i = 0; i < nr; i++) {
		size_t one = event_bytes(from + i * WORD);

		if (!one || one - TRACE_HEAD_BYTES > (size_t)(end - rest))
			return false;
		t += trace_rd64(time + i * WORD);
		c += trace_rd64(cause + i * WORD);
		memcpy(events, from + i * WORD, WORD);
		put_word(events + WORD, t);
		put_word(events + 2 * WORD, c);
		memcpy(events + TRACE_HEAD_BYTES, rest, one - TRACE_HEAD_BYTES);
		rest += one - TRACE_HEAD_BYTES;
		events += one;
	}
	return rest == end;
}
