/*
 * tests/unit_base.c - bounded text, CPU sets, lists and random numbers.
 *
 * Lives here:   tests of src/base.
 * Never here:   workqueues, the machine, lessons.   Licence: MIT.
 */
#include "tests/test.h"

#include <string.h>
#include <unistd.h>

#include "base/cpumask.h"
#include "base/list.h"
#include "base/nearest.h"
#include "base/rng.h"
#include "base/strbuf.h"
#include "base/time.h"

static void strbuf_remembers_that_it_was_cut(void)
{
	STRBUF(s, 8);

	strbuf_puts(&s, "1234567");
	CHECK_FALSE(s.cut);
	strbuf_putc(&s, '8');
	CHECK_TRUE(s.cut);
	CHECK_STR(s.buf, "1234567");
}

static void cpumask_lists_like_the_kernel(void)
{
	struct cpumask m = cpumask_first_n(4);
	char buf[64], small[4];

	cpumask_set_cpu(5, &m);
	cpumask_set_cpu(63, &m);
	CHECK_INT(cpumask_list(m, buf, sizeof(buf)), 8);
	CHECK_STR(buf, "0-3,5,63");
	CHECK_INT(cpumask_list(m, small, sizeof(small)), 8);
	CHECK_STR(small, "0-3");
	CHECK_INT(cpumask_next(5, m), 63);
	CHECK_INT(cpumask_next(63, m), -1);
}

struct thing {
	int id;
	struct list_head entry;
};

static void list_keeps_order_through_moves_and_splices(void)
{
	struct thing t[4] = { { .id = 0 }, { .id = 1 }, { .id = 2 }, { .id = 3 } };
	LIST_HEAD(a);
	LIST_HEAD(b);
	struct thing *pos;
	int i, seen = 0;

	for (i = 0; i < 4; i++)
		list_add_tail(&t[i].entry, i < 2 ? &a : &b);
	list_splice_tail_init(&a, &b);
	CHECK_TRUE(list_empty(&a));
	list_move(&t[1].entry, &b);
	list_for_each_entry(pos, &b, entry)
		seen = seen * 10 + pos->id;
	CHECK_INT(seen, 1230);
}

static void chance_depends_on_each_of_its_four_words(void)
{
	uint64_t h = rng_hash4(1, 2, 3, 4);

	CHECK_INT(h, rng_hash4(1, 2, 3, 4));
	CHECK_NE(h, rng_hash4(2, 2, 3, 4));
	CHECK_NE(h, rng_hash4(1, 3, 3, 4));
	CHECK_NE(h, rng_hash4(1, 2, 4, 4));
	CHECK_NE(h, rng_hash4(1, 2, 3, 5));
}

static void draws_stay_between_their_bounds(void)
{
	int i, low = 0, high = 0;

	for (i = 0; i < 1000; i++) {
		int64_t x = rng_between(rng_hash4(seed_from_env(1), 0, 0, (uint64_t)i), -2, 2);

		CHECK_RANGE(x, -2, 2);
		low += x == -2;
		high += x == 2;
	}
	CHECK_GT(low, 100);
	CHECK_GT(high, 100);
}

static void distances_count_single_mistakes(void)
{
	static const struct {
		const char *a, *b;
		unsigned int want;
	} rows[] = {
		{ "", "", 0 }, { "", "abc", 3 }, { "seed", "seed", 0 }, { "Seed", "sEED", 0 },
		{ "queue-work", "queue_work", 0 }, { "varient", "variant", 1 }, { "rnu", "run", 1 },
		{ "sed", "seed", 1 }, { "seeds", "seed", 1 }, { "kitten", "sitting", 3 }, { "ca", "abc", 3 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(nearest_distance(rows[i].a, rows[i].b), rows[i].want);
		CHECK_INT(nearest_distance(rows[i].b, rows[i].a), rows[i].want);
	}
}

static void the_nearest_names_come_first_and_far_ones_not_at_all(void)
{
	static const char *const offered[] = {
		"list", "explore", "export", "expect", "exp", "explore", "run",
	};
	struct nearest n = { .typed = "exprot" };
	char endless[NEAREST_LETTERS_MAX + 8];

	for (size_t i = 0; i < sizeof(offered) / sizeof(offered[0]); i++)
		nearest_offer(&n, offered[i]);
	memset(endless, 'x', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	nearest_offer(&n, endless);
	REQUIRE_INT(n.nr, 2);
	CHECK_STR(nearest_best(&n), "export");
	CHECK_STR(n.name[1], "expect");
	n = (struct nearest){ .typed = "queue" };
	nearest_offer(&n, "flush_work");
	nearest_offer(&n, "queue_delayed_work");	/* it begins so */
	nearest_offer(&n, "queues");
	REQUIRE_INT(n.nr, 2);
	CHECK_STR(nearest_best(&n), "queues");
	n = (struct nearest){ .typed = "x" };		/* nothing in common */
	nearest_offer(&n, "i");
	CHECK_NULL(nearest_best(&n));
}

static void a_duration_is_rounded_to_its_last_decimal(void)
{
	static const struct { uint64_t ns; const char *text, *brief, *ms; } rows[] = {
		{ 0, "0.000 ms", "0.0 ms", "0.000 ms" },
		{ 499, "0.000 ms", "0.0 ms", "0.000 ms" },
		{ 500, "0.001 ms", "0.0 ms", "0.001 ms" },
		{ 1005000, "1.005 ms", "1.0 ms", "1.005 ms" },
		{ 1949999, "1.950 ms", "1.9 ms", "1.950 ms" },
		{ 999999500, "1000.000 ms", "1000.0 ms", "1000.000 ms" },
		{ 9999999999, "10000.000 ms", "10000.0 ms", "10000.000 ms" },
		{ 10000000000, "10.000 s", "10.0 s", "10000.000 ms" },
		{ 12345678901, "12.346 s", "12.3 s", "12345.679 ms" },
		{ UINT64_MAX, "18446744073.710 s", "18446744073.7 s", "18446744073709.552 ms" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_STR(time_text(rows[i].ns).text, rows[i].text);
		CHECK_STR(time_text_short(rows[i].ns).text, rows[i].brief);
		CHECK_STR(time_text_ms(rows[i].ns).text, rows[i].ms);
	}
}

static void the_clocks_run(void)
{
	uint64_t now = time_now_ns(), cpu = time_thread_cpu_ns(), other;

	time_sleep_ns(2 * NS_PER_MS);
	CHECK_GE(time_now_ns() - now, 2 * NS_PER_MS);
	CHECK_LT(time_thread_cpu_ns() - cpu, time_now_ns() - now);
	CHECK_GE(time_process_cpu_ns(), cpu);
	other = time_cpu_ns_of((int)getpid());
	CHECK_GE(other, cpu);
	CHECK_INT(time_cpu_ns_of(-1), 0);
}

const struct test_case suite_unit_base[] = {
	T(strbuf_remembers_that_it_was_cut),
	T(cpumask_lists_like_the_kernel),
	T(list_keeps_order_through_moves_and_splices),
	T(chance_depends_on_each_of_its_four_words),
	T(draws_stay_between_their_bounds),
	T(a_duration_is_rounded_to_its_last_decimal),
	T(the_clocks_run),
	T(distances_count_single_mistakes),
	T(the_nearest_names_come_first_and_far_ones_not_at_all),
	{ NULL, NULL }
};
