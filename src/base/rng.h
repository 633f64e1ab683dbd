/*
 * base/rng.h - the only source of randomness: a hash of (seed, site, context, ordinal).
 *
 * Every random decision of a run is a hash, so a run with the same seed repeats it.  There
 * is no shared stream of numbers, because one more draw at one place must not change the
 * draws at other places (docs/time.md, "Chance").
 *
 * Lives here:   the mixing function, bounded numbers from a hash.
 * Never here:   the real clock, rand(), state.
 * Licence: MIT.
 */
#ifndef KW_BASE_RNG_H
#define KW_BASE_RNG_H

#include <stdint.h>

static inline uint64_t rng_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static inline uint64_t rng_hash4(uint64_t seed, uint64_t site, uint64_t context, uint64_t ordinal)
{
	return rng_mix(rng_mix(rng_mix(rng_mix(seed) ^ site) ^ context) ^ ordinal);
}

/* 0..n-1 from a hash (n > 0); the bias is below 2^-32 for n < 2^32. */
static inline uint64_t rng_below(uint64_t hash, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)hash * n) >> 64);
}

/* lo..hi, both included */
static inline int64_t rng_between(uint64_t hash, int64_t lo, int64_t hi)
{
	return lo + (int64_t)rng_below(hash, (uint64_t)(hi - lo) + 1);
}

/* FNV-1a-64 of @len more bytes; @hash is RNG_FNV_BEGIN or the result for the bytes before. */
#define RNG_FNV_BEGIN 0xcbf29ce484222325u
static inline uint64_t rng_fnv(uint64_t hash, const void *data, unsigned long len)
{
	const unsigned char *p = data;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3u;
	return hash;
}

/* For names and file contents: FNV-1a-64, mixed so that every bit depends on all input. */
static inline uint64_t rng_hash_bytes(const void *data, unsigned long len)
{
	return rng_mix(rng_fnv(RNG_FNV_BEGIN, data, len));
}

#endif
