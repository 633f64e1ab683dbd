/*
 * tests/unit_kwt.c - a recording loads completely, or up to its last complete frame, and reports which.
 * Licence: MIT.
 */
#define _GNU_SOURCE	/* memmem */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"
#include "tests/support/fake_trace.h"
#include "tests/test.h"
#include "trace/kwt_internal.h"

enum { EVENTS = 9000 };		/* several frames */

static char path[64];
static char err[512];

static struct kwt_header header(void)
{
	static char inputs[] = "go 1\nanswer q1 1 true\n";

	return (struct kwt_header){ .engine = "0.1 (6.12)", .lesson = "life", .path = "lessons/02-life.lua",
				    .lesson_hash = 0xabcdef0123456789u, .variant = 7, .seed = 41, .cpus = 2,
				    .replay = "kworkshop run life --seed 41", .inputs = inputs };
}

static void fake_and_write(void)
{
	struct kwt_header h = header();

	snprintf(path, sizeof(path), "build/unit_kwt-%d.kwt", (int)getpid());
	if (access("build", W_OK))
		snprintf(path, sizeof(path), "unit_kwt-%d.kwt", (int)getpid());
	fake_open_sized(4 << 20, 0);
	for (uint32_t i = 0; i < EVENTS; i++) {
		at(i * 1000, 0, 3);
		TRACE_WHY(PRINTK, BECAUSE(STALLED, 1, 2, 3), .level = i, .text = "some line of the kernel's log");
	}
	fake_read();
	REQUIRE_INT(kwt_write_frames(path, &h, &fake.s, (size_t)128 << 10, err, sizeof(err)), 0);
}

static void done(void)
{
	unlink(path);
	fake_close();
}

static uint8_t *whole_file(size_t *n)
{
	FILE *f = fopen(path, "rb");
	uint8_t *b;

	fseek(f, 0, SEEK_END);
	*n = (size_t)ftell(f);
	rewind(f);
	b = malloc(*n);
	CHECK_INT(fread(b, 1, *n, f), *n);
	fclose(f);
	return b;
}

static void a_recording_comes_back_with_everything(void)
{
	struct kwt_recording r;

	fake_and_write();
	REQUIRE_INT(kwt_load(path, &r, err, sizeof(err)), 0);
	CHECK_FALSE(r.cut);
	CHECK_STR(r.note, "");
	CHECK_INT(r.store.nr, EVENTS);
	CHECK_INT(r.store.bytes, fake.s.bytes);
	CHECK_MEM(r.store.base, fake.s.base, r.store.bytes);
	CHECK_STR(r.head.lesson, "life");
	CHECK_STR(r.head.path, "lessons/02-life.lua");
	CHECK_STR(r.head.inputs, "go 1\nanswer q1 1 true\n");
	CHECK_STR(r.head.replay, "kworkshop run life --seed 41");
	CHECK_U64(r.head.lesson_hash, 0xabcdef0123456789u);
	CHECK_INT(r.head.variant, 7);
	CHECK_INT(r.head.seed, 41);
	CHECK_INT(r.head.cpus, 2);
	CHECK_FALSE(r.head.other_table);
	kwt_fini(&r);
	done();
}

static void equal_traces_give_equal_files(void)
{
	struct kwt_header h = header();
	uint8_t *a, *b;
	size_t na, nb;

	fake_and_write();
	a = whole_file(&na);
	CHECK_INT(kwt_write_frames(path, &h, &fake.s, (size_t)128 << 10, err, sizeof(err)), 0);
	b = whole_file(&nb);
	CHECK_INT(na, nb);
	CHECK_MEM(a, b, na);
	free(a);
	free(b);
	done();
}

/* A file cut at any byte loads its complete frames, never more, and the loss is reported. */
static void a_file_cut_off_anywhere_loads_up_to_its_last_whole_frame(void)
{
	uint64_t last = 0, steps = 0;
	uint8_t *bytes;
	size_t n;

	fake_and_write();
	bytes = whole_file(&n);
	for (size_t cut = 0; cut < n; cut += cut < 64 || cut > n - 64 ? 1 : cut < 4000 || cut > n - 1400 ? 23 : 997) {
		struct kwt_recording r;
		int ret = kwt_load_bytes(bytes, cut, "x.kwt", &r, err, sizeof(err));

		if (ret) {
			CHECK_INT(ret, -EBADMSG);
			REQUIRE_STARTS(err, "x.kwt: ");
			CHECK_INT(last, 0);
			continue;
		}
		CHECK_TRUE(r.cut);
		REQUIRE_STARTS(r.note, "x.kwt: cut off at byte ");
		CHECK_RANGE(r.store.nr, last, EVENTS);
		CHECK_MEM(r.store.base, fake.s.base, r.store.bytes);
		steps += r.store.nr > last;
		last = r.store.nr;
		kwt_fini(&r);
	}
	CHECK_INT(last, EVENTS);
	CHECK_GT(steps, 3);
	free(bytes);
	done();
}

static void a_damaged_byte_ends_the_recording_before_its_frame(void)
{
	uint8_t *bytes;
	size_t n;
	unsigned int early = 0;

	fake_and_write();
	bytes = whole_file(&n);
	for (uint64_t i = 0; i < 300; i++) {
		size_t at_byte = rng_below(rng_hash4(3, 0, 0, i), n);
		uint8_t was = bytes[at_byte];
		struct kwt_recording r;

		bytes[at_byte] ^= (uint8_t)(1u << (i % 8));
		if (kwt_load_bytes(bytes, n, "x.kwt", &r, err, sizeof(err)) == 0) {
			CHECK_MEM(r.store.base, fake.s.base, r.store.bytes);
			CHECK_TRUE(r.cut || r.store.nr == EVENTS);	/* padding may go unseen */
			early += r.cut && r.store.nr < EVENTS;
			kwt_fini(&r);
		}
		bytes[at_byte] = was;
	}
	CHECK_GT(early, 50);
	free(bytes);
	done();
}

/* Written by the program before recordings were compressed; the table has grown since. */
static void a_recording_of_version_1_is_still_read(void)
{
	struct kwt_recording r;
	struct trace_event ev;

	REQUIRE_INT(kwt_load("tests/recordings/version-1.kwt", &r, err, sizeof(err)), 0);
	CHECK_FALSE(r.cut);
	CHECK_INT(r.head.version, 1);
	CHECK_STR(r.head.lesson, "life");
	CHECK_INT(r.head.seed, 3);
	CHECK_INT(r.head.variant, 7);
	CHECK_STARTS(r.head.inputs, "go 1\n");
	CHECK_INT(r.store.nr, 460);
	REQUIRE_TRUE(trace_store_event(&r.store, 460, &ev));
	CHECK_INT(ev.kind, EV_LESSON_END);
	CHECK_INT(ev.time, 72022570);
	kwt_fini(&r);
}

/* Written by the program before events were stored in columns. */
static void a_recording_of_version_2_is_still_read(void)
{
	struct kwt_recording r;
	struct trace_event ev;

	REQUIRE_INT(kwt_load("tests/recordings/version-2.kwt", &r, err, sizeof(err)), 0);
	CHECK_FALSE(r.cut);
	CHECK_INT(r.head.version, 2);
	CHECK_STR(r.head.lesson, "double_queue");
	CHECK_INT(r.store.nr, 977);
	REQUIRE_TRUE(trace_store_event(&r.store, 977, &ev));
	CHECK_INT(ev.time, 136918919);
	kwt_fini(&r);
}

/* Runs of random events: columns and back give the same bytes, and no other number of events fits them. */
static void columns_give_back_the_events(void)
{
	static uint8_t columns[1 << 16], back[1 << 16];

	fake_and_write();
	for (uint64_t i = 0; i < 200; i++) {
		uint64_t from = rng_below(rng_hash4(6, 0, 0, i), fake.s.nr - 100), nr = 1 + rng_below(rng_hash4(6, 1, 0, i), 90);
		const uint8_t *events = fake.s.base + fake.s.offset[from];
		size_t n = fake.s.offset[from + nr] - fake.s.offset[from];

		REQUIRE_LE(n, sizeof(columns));
		CHECK_INT(kwt_count_events(events, n), nr);
		kwt_to_columns(events, (uint32_t)nr, columns);
		REQUIRE_TRUE(kwt_from_columns(columns, n, (uint32_t)nr, back));
		CHECK_MEM(back, events, n);
		CHECK_FALSE(kwt_from_columns(columns, n - 8, (uint32_t)nr, back));
		CHECK_FALSE(kwt_from_columns(columns, n, UINT32_MAX, back));
		CHECK_INT(kwt_count_events(events, n - 8), 0);
	}
	done();
}

/* As libcmwq writes it: version 1, and the same events come back. */
static void a_stored_recording_differs_in_size_only(void)
{
	struct kwt_header h = header();
	struct kwt_recording r;
	uint8_t *packed, *stored;
	size_t packed_n, stored_n;

	fake_and_write();
	packed = whole_file(&packed_n);
	REQUIRE_INT(kwt_write_stored(path, &h, &fake.s, err, sizeof(err)), 0);
	stored = whole_file(&stored_n);
	CHECK_LT(packed_n * 5, stored_n);
	REQUIRE_INT(kwt_load_bytes(packed, packed_n, "x.kwt", &r, err, sizeof(err)), 0);
	CHECK_INT(r.head.version, 3);
	kwt_fini(&r);
	REQUIRE_INT(kwt_load_bytes(stored, stored_n, "x.kwt", &r, err, sizeof(err)), 0);
	CHECK_INT(r.head.version, 1);
	CHECK_FALSE(r.cut);
	REQUIRE_INT(r.store.bytes, fake.s.bytes);
	CHECK_MEM(r.store.base, fake.s.base, r.store.bytes);
	kwt_fini(&r);
	free(packed);
	free(stored);
	done();
}

/* The first 'C' frame of a file: its payload begins 16 bytes behind it. */
static uint8_t *packed_frame(uint8_t *bytes, size_t n, uint32_t *payload_bytes)
{
	size_t at = 8;

	while (at < n && trace_rd32(bytes + at) != 'C')
		at += 16 + (trace_rd32(bytes + at + 4) + 7) / 8 * 8;
	REQUIRE_LT(at, n);
	*payload_bytes = trace_rd32(bytes + at + 4);
	return bytes + at;
}

/* A frame with a right checksum that claims more events than it has, or than any frame may have. */
static void a_frame_that_claims_too_much_is_damaged_and_costs_no_memory(void)
{
	static const uint32_t claims[] = { 0, 8, 12, 1 << 20, (1 << 20) + 8, 0x7ffffff8, 0xfffffff8 };
	uint8_t *bytes, *frame;
	uint32_t n, crc;
	size_t size;

	fake_and_write();
	bytes = whole_file(&size);
	frame = packed_frame(bytes, size, &n);
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		struct kwt_recording r;

		memcpy(frame + 16, &claims[i], 4);
		crc = kwt_crc32(kwt_crc32(0, frame, 8), frame + 16, n);
		memcpy(frame + 8, &crc, 4);
		CHECK_INT(kwt_load_bytes(bytes, size, "x.kwt", &r, err, sizeof(err)), -EBADMSG);
		CHECK_STR(err, "x.kwt: no event of the recording is whole");
	}
	free(bytes);
	done();
}

/*
 * Damage at any compressed byte, with a right checksum: the reader writes nothing beyond the
 * buffer of the events.
 */
static void a_forged_frame_is_refused_or_read_within_its_bounds(void)
{
	uint8_t *bytes, *frame;
	uint32_t n, crc;
	size_t size;

	fake_and_write();
	bytes = whole_file(&size);
	frame = packed_frame(bytes, size, &n);
	for (uint64_t i = 0; i < 2000; i++) {
		uint8_t *hit = frame + 16 + 8 + rng_below(rng_hash4(5, 0, 0, i), i % 2 ? 24 : n - 8), was = *hit;
		struct kwt_recording r;

		*hit = (uint8_t)rng_hash4(5, 1, 0, i);
		crc = kwt_crc32(kwt_crc32(0, frame, 8), frame + 16, n);
		memcpy(frame + 8, &crc, 4);
		if (kwt_load_bytes(bytes, size, "x.kwt", &r, err, sizeof(err)) == 0) {
			CHECK_LE(r.store.bytes, fake.s.bytes);
			kwt_fini(&r);
		}
		*hit = was;
	}
	free(bytes);
	done();
}

static void a_file_that_is_no_recording_is_refused_with_a_sentence(void)
{
	static const uint8_t text[] = "just a text file, longer than a header";
	struct kwt_recording r;
	uint8_t *bytes;
	size_t n;

	CHECK_INT(kwt_load_bytes(text, sizeof(text), "a.txt", &r, err, sizeof(err)), -EBADMSG);
	CHECK_STR(err, "a.txt: not a kworkshop recording");
	CHECK_INT(kwt_load("no/such.kwt", &r, err, sizeof(err)), -ENOENT);
	CHECK_STR(err, "no/such.kwt: cannot read: No such file or directory");
	fake_and_write();
	bytes = whole_file(&n);
	memmove(bytes + 6, bytes + 7, n - 7);	/* a transfer ate the carriage return */
	CHECK_INT(kwt_load_bytes(bytes, n - 1, "x.kwt", &r, err, sizeof(err)), -EBADMSG);
	CHECK_STR(err, "x.kwt: the recording was changed on its way (copied as text?)");
	free(bytes);
	done();
}

/* Writes a file whose header's line @key begins with other text, with right checksums. */
static uint8_t *with_header(const char *find, const char *replace, size_t *n)
{
	uint8_t *b = whole_file(n), *hit;
	uint32_t len, crc;

	len = trace_rd32(b + 12);
	hit = memmem(b + 24, len, find, strlen(find));
	REQUIRE_NOT_NULL(hit);
	memcpy(hit, replace, strlen(replace));
	crc = kwt_crc32(kwt_crc32(0, b + 8, 8), b + 24, len);
	memcpy(b + 16, &crc, 4);
	return b;
}

static void another_versions_recording_is_recognised(void)
{
	struct kwt_recording r;
	uint8_t *bytes;
	size_t n;

	fake_and_write();
	bytes = with_header("recording 3", "recording 9", &n);
	CHECK_INT(kwt_load_bytes(bytes, n, "x.kwt", &r, err, sizeof(err)), -ENOTSUP);
	CHECK_STR(err, "x.kwt: recorded by a newer version of this program");
	free(bytes);
	bytes = with_header("rows ", "rows 00000000", &n);
	CHECK_INT(kwt_load_bytes(bytes, n, "x.kwt", &r, err, sizeof(err)), -ENOTSUP);
	CHECK_STR(err, "x.kwt: recorded for another version: event kind 1 (def here) has another form");
	free(bytes);
	/* a table of another length is accepted */
	bytes = with_header("table ", "table 0000", &n);
	CHECK_INT(kwt_load_bytes(bytes, n, "x.kwt", &r, err, sizeof(err)), 0);
	CHECK_TRUE(r.head.other_table);
	CHECK_INT(r.store.nr, EVENTS);
	kwt_fini(&r);
	free(bytes);
	done();
}

static void a_recording_that_can_not_be_written_leaves_the_old_one(void)
{
	struct kwt_header h = header();
	struct kwt_recording r;

	fake_and_write();
	CHECK_INT(kwt_write("/dev/full", &h, &fake.s, err, sizeof(err)), -ENOSPC);
	CHECK_STR(err, "/dev/full: cannot write the recording: No space left on device");
	CHECK_INT(kwt_write("no/such/folder.kwt", &h, &fake.s, err, sizeof(err)), -ENOENT);
	CHECK_INT(kwt_load(path, &r, err, sizeof(err)), 0);
	kwt_fini(&r);
	done();
}

static void the_checksum_is_the_usual_crc32(void)
{
	CHECK_U64(kwt_crc32(0, "123456789", 9), 0xcbf43926u);
	CHECK_U64(kwt_crc32(kwt_crc32(0, "12345", 5), "6789", 4), 0xcbf43926u);
}

const struct test_case suite_unit_kwt[] = {
	T(a_recording_comes_back_with_everything),
	T(equal_traces_give_equal_files),
	T(a_file_cut_off_anywhere_loads_up_to_its_last_whole_frame),
	T(a_damaged_byte_ends_the_recording_before_its_frame),
	T(a_recording_of_version_1_is_still_read),
	T(a_recording_of_version_2_is_still_read),
	T(columns_give_back_the_events),
	T(a_stored_recording_differs_in_size_only),
	T(a_frame_that_claims_too_much_is_damaged_and_costs_no_memory),
	T(a_forged_frame_is_refused_or_read_within_its_bounds),
	T(a_file_that_is_no_recording_is_refused_with_a_sentence),
	T(another_versions_recording_is_recognised),
	T(a_recording_that_can_not_be_written_leaves_the_old_one),
	T(the_checksum_is_the_usual_crc32),
	{ NULL, NULL }
};
