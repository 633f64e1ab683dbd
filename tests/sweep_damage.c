/*
 * tests/sweep_damage.c - recordings by others: memory and time of reading them are bounded by their size.
 *
 * A recording is damaged at random places, also with numbers that are far too large, and read as
 * `play`, `inspect` and `export` read it.  The checksum of a frame is right in such a file, so the damage
 * reaches the events.  A child process with little memory and CPU time makes many of these.
 *
 * Lives here:   damaged events, and their bounds.
 * Never here:   damaged frames (unit_kwt.c), bytes without any form (fuzz/).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "model/tables.h"
#include "run/confine.h"
#include "trace/export.h"
#include "trace/kwt.h"

#define MEMORY_BYTES ((rlim_t)160 << 20)	/* beyond that of the test before it begins */
#define CPU_SECONDS (CONFINE_SANITIZED ? 400 : 20)	/* of a child, which makes hundreds of readings */

static void no_line(void *arg, const char *text)
{
	*(size_t *)arg += strlen(text);
}

/* All readers of a store that has these bytes; takes over @bytes.  False: not enough memory. */
static bool read_events(uint8_t *bytes, size_t n, FILE *nowhere)
{
	size_t printed = 0;
	const struct table_out out = { no_line, &printed };
	struct trace_store s;
	struct model_replay r;
	bool enough;

	if (trace_store_bytes(&s, bytes, n))
		return false;
	enough = model_replay_init(&r, &s) != -ENOMEM;
	for (uint64_t part = 0; enough && part <= 4; part++) {
		model_replay_seek(&r, s.nr * (4 - part) / 4);
		table_wq_monitor(&r.at, &s, NULL, &out);
		table_wq_dump(&r.at, &s, &out);
		table_ps(&r.at, &s, &out);
		table_sysfs(&r.at, &s, &out);
	}
	if (enough)
		model_replay_fini(&r);
	for (int i = 0; i < 3; i++)
		trace_export(&s, ((const char *const[]){ "text", "ndjson", "ftrace" })[i], nowhere);
	trace_store_close(&s);
	return enough;
}

/* One to four damages of a copy; malloc'ed. */
static uint8_t *damage(const uint8_t *from, size_t n, uint64_t round)
{
	static const uint32_t large[] = { 4000, 100000, (1u << 20) - 1, 1u << 20, 1u << 24, INT32_MAX, UINT32_MAX };
	uint8_t *bytes = malloc(n);
	unsigned int places = 1 + round % 4;

	for (unsigned int i = 0; bytes && i < places; i++) {
		uint64_t h = rng_hash4(round, i, 1, 0);
		size_t at = (size_t)rng_below(rng_hash4(round, i, 2, 0), n / 4) * 4;

		if (!i)
			memcpy(bytes, from, n);
		if (h % 3)
			memcpy(bytes + at, &large[h / 3 % (sizeof(large) / sizeof(large[0]))], 4);
		else
			bytes[at + h / 3 % 4] ^= (uint8_t)(1u << (h / 16 % 8));
	}
	return bytes;
}

static rlim_t address_space(void)
{
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

struct shared {
	uint64_t round;
	bool short_of_memory;
};

static void child(const struct trace_store *s, uint64_t rounds, struct shared *sh)
{
	struct rlimit cpu = { CPU_SECONDS, CPU_SECONDS }, memory = { address_space() + MEMORY_BYTES, RLIM_INFINITY };
	FILE *nowhere = fopen("/dev/null", "w");

	if (!CONFINE_SANITIZED)
		setrlimit(RLIMIT_AS, &memory);
	setrlimit(RLIMIT_CPU, &cpu);
	for (; sh->round < rounds; sh->round++) {
		uint8_t *bytes = damage(s->base, s->bytes, sh->round);

		if (!nowhere || !bytes || !read_events(bytes, s->bytes, nowhere)) {
			sh->short_of_memory = true;
			_exit(1);
		}
	}
	_exit(0);
}

static void a_damaged_recording_costs_no_more_than_its_size(void)
{
	struct shared *sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct kwt_recording rec;
	int status = -1;
	char err[300];
	pid_t pid;

	REQUIRE_TRUE(sh != MAP_FAILED);
	REQUIRE_INT(kwt_load("tests/recordings/version-1.kwt", &rec, err, sizeof(err)), 0);
	CHECK_GT(rec.store.nr, 100);
	pid = fork();
	if (pid == 0)
		child(&rec.store, (uint64_t)test_rounds(1500, 150), sh);
	REQUIRE_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
	CHECK_FALSE(sh->short_of_memory);
	if (status)
		test_note("round %lu: status %#x", (unsigned long)sh->round, (unsigned int)status);
	kwt_fini(&rec);
	munmap(sh, sizeof(*sh));
}

/* An id beyond its bound makes no row; the events around it count. */
static void large_ids_are_bounded_by_the_number_of_events(void)
{
	struct kwt_recording rec;
	struct trace_event ev;
	struct model m;
	char err[300];

	REQUIRE_INT(kwt_load("tests/recordings/version-1.kwt", &rec, err, sizeof(err)), 0);
	REQUIRE_INT(model_init(&m), 0);
	for (uint64_t n = 1; trace_store_event(&rec.store, n, &ev); n++) {
		if (n == 50)
			ev.task = (uint32_t)n + TRACE_IDS_AHEAD + 1;
		CHECK_INT(model_apply(&m, &ev), 0);
	}
	CHECK_INT(m.fault_n, 50);
	CHECK_HAS(m.fault, "there can't be so many");
	CHECK_LE(m.nr_tasks, 100);
	model_fini(&m);
	kwt_fini(&rec);
}

const struct test_case suite_sweep_damage[] = {
	T(a_damaged_recording_costs_no_more_than_its_size),
	T(large_ids_are_bounded_by_the_number_of_events),
	{ NULL, NULL }
};
