/*
 * base/cpumask.h - sets of at most 64 CPUs, passed by value.
 *
 * Bit n of a mask stands for CPU n.  Every function is pure and inline, so a mask needs no
 * allocation and no lock.
 *
 * Lives here:   set operations and the kernel's "0-3,5" text form.
 * Never here:   which CPUs exist or are online (machine/cpu.c).
 * Licence: MIT.
 */
#ifndef KW_BASE_CPUMASK_H
#define KW_BASE_CPUMASK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CPUS_MAX 64 /* a set is one machine word */

struct cpumask {
	uint64_t bits;
};

static inline struct cpumask cpumask_none(void)
{
	return (struct cpumask){ 0 };
}

static inline struct cpumask cpumask_of(int cpu)
{
	return (struct cpumask){ (uint64_t)1 << cpu };
}

/* CPUs 0..n-1 */
static inline struct cpumask cpumask_first_n(int n)
{
	return (struct cpumask){ n >= CPUS_MAX ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1 };
}

static inline struct cpumask cpumask_and(struct cpumask a, struct cpumask b)
{
	return (struct cpumask){ a.bits & b.bits };
}

static inline struct cpumask cpumask_or(struct cpumask a, struct cpumask b)
{
	return (struct cpumask){ a.bits | b.bits };
}

static inline struct cpumask cpumask_andnot(struct cpumask a, struct cpumask b)
{
	return (struct cpumask){ a.bits & ~b.bits };
}

/* For a set that other threads write concurrently with cpumask_write_once(). */
static inline struct cpumask cpumask_read_once(const struct cpumask *a)
{
	return (struct cpumask){ __atomic_load_n(&a->bits, __ATOMIC_ACQUIRE) };
}

static inline void cpumask_write_once(struct cpumask *a, struct cpumask mask)
{
	__atomic_store_n(&a->bits, mask.bits, __ATOMIC_RELEASE);
}

static inline bool cpumask_empty(struct cpumask a)
{
	return a.bits == 0;
}

static inline bool cpumask_equal(struct cpumask a, struct cpumask b)
{
	return a.bits == b.bits;
}

static inline bool cpumask_subset(struct cpumask a, struct cpumask of)
{
	return (a.bits & ~of.bits) == 0;
}

static inline bool cpumask_test_cpu(int cpu, struct cpumask a)
{
	return cpu >= 0 && cpu < CPUS_MAX && ((a.bits >> cpu) & 1);
}

static inline void cpumask_set_cpu(int cpu, struct cpumask *a)
{
	a->bits |= (uint64_t)1 << cpu;
}

static inline void cpumask_clear_cpu(int cpu, struct cpumask *a)
{
	a->bits &= ~((uint64_t)1 << cpu);
}

static inline int cpumask_weight(struct cpumask a)
{
	return __builtin_popcountll(a.bits);
}

/* First member, or -1 when empty. */
static inline int cpumask_first(struct cpumask a)
{
	return a.bits ? __builtin_ctzll(a.bits) : -1;
}

/* First member after @cpu, or -1. */
static inline int cpumask_next(int cpu, struct cpumask a)
{
	if (cpu + 1 >= CPUS_MAX)
		return -1;
	return cpumask_first((struct cpumask){ a.bits & (~(uint64_t)0 << (cpu + 1)) });
}

#define for_each_cpu(cpu, mask) \
	for ((cpu) = cpumask_first(mask); (cpu) >= 0; (cpu) = cpumask_next(cpu, mask))

/* Writes the kernel's list format, "0-3,5".  Cuts and returns like snprintf(). */
static inline int cpumask_list(struct cpumask m, char *buf, size_t size)
{
	size_t used = 0;
	int cpu = cpumask_first(m);

	if (size)
		buf[0] = '\0';
	while (cpu >= 0) {
		int last = cpu, n;

		while (cpumask_test_cpu(last + 1, m))
			last++;
		n = snprintf(used < size ? buf + used : NULL, used < size ? size - used : 0,
			     last > cpu ? "%s%d-%d" : "%s%d", used ? "," : "", cpu, last);
		used += (size_t)n;
		cpu = cpumask_next(last, m);
	}
	return (int)used;
}

#endif
