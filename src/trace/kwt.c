/*
 * trace/kwt.c - checksums and hashes of recordings (the format: kwt.h).
 *
 * Lives here:   functions shared by kwt_write.c and kwt_load.c.
 * Licence: MIT.
 */
#include "trace/kwt_internal.h"

#include <string.h>

#include "base/rng.h"

/* ---- CRC-32 ---------------------------------------------------------------------------- */

static uint32_t crc_step(uint32_t c)
{
	return c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
}

uint32_t kwt_crc32(uint32_t crc, const void *data, size_t n)
{
	static uint32_t table[256];
	const uint8_t *p = data;

	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;

			for (int bit = 0; bit < 8; bit++)
				c = crc_step(c);
			table[i] = c;
		}
	crc = ~crc;
	while (n--)
		crc = table[(crc ^ *p++) & 0xff] ^ (crc >> 8);
	return ~crc;
}

/* ---- hashes of the table's rows -------------------------------------------------------------- */

uint32_t kwt_row_hash(int kind)
{
	const struct trace_row *r = &trace_rows[kind];
	uint64_t h = rng_hash_bytes(r->name, strlen(r->name));

	for (unsigned int i = 0; i < r->nr_fields; i++) {
		h = rng_mix(h ^ rng_hash_bytes(r->fields[i].name, strlen(r->fields[i].name)));
		h = rng_mix(h ^ r->fields[i].type);
	}
	return (uint32_t)h;
}

uint32_t kwt_why_hash(int pred)
{
	const struct trace_why_row *r = &trace_why_rows[pred];
	uint64_t h = rng_hash_bytes(r->name, strlen(r->name));

	for (int i = 0; i < 4; i++)
		h = rng_mix(h ^ rng_hash_bytes(r->values[i], strlen(r->values[i])));
	return (uint32_t)h;
}
