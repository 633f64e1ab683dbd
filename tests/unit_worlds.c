/*
 * tests/unit_worlds.c - the picture of two runs: rows, cursor, fence, at four sizes.
 *
 * The runs are made by hand, with 1 to 40 items.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "tests/test.h"
#include "visualizer/worlds_layout.h"
#include "words/worlds.h"

#define MS UINT64_C(1000000)

static const struct size {
	int w, h;
} sizes[] = { { 60, 20 }, { 80, 24 }, { 120, 40 }, { 200, 50 } };
#define NR_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static struct trace_store store;	/* empty: workers have no names */

static void add(struct world_track *t, uint64_t from, enum world_state state, uint32_t worker)
{
	t->v = realloc(t->v, (t->nr + 1) * sizeof(*t->v));
	t->v[t->nr++] = (struct world_span){ .from = from, .state = state, .worker = worker, .cpu = 0 };
}

/* Item i waits i ms (in the other run: 3 i ms), runs 5 ms, sleeps 10 and is done; the last one never, if @never. */
static void make(struct worlds *w, size_t nr, uint64_t bound, bool never)
{
	*w = (struct worlds){ .nr = nr, .bounded = bound != WORLDS_NEVER, .bound = bound, .parts = 1 * MS, .parts_item = nr / 2,
			      .parts_state = { WORLD_RUNS, WORLD_HELD } };
	w->item = calloc(nr, sizeof(*w->item));
	for (size_t i = 0; i < nr; i++) {
		snprintf(w->item[i].name, sizeof(w->item[i].name), "i%zu", i);
		for (unsigned int run = 0; run < 2; run++) {
			struct world_track *t = &w->item[i].run[run];
			uint64_t start = (uint64_t)i * MS * (run ? 3 : 1);
			const struct world_span spans[] = {
				{ 0, run ? WORLD_HELD : WORLD_WAITS, 0, -1 }, { start + 1, WORLD_RUNS, 1 + (uint32_t)i, 0 },
				{ start + 5 * MS, WORLD_ASLEEP, 1 + (uint32_t)i, 0 }, { start + 15 * MS, WORLD_DONE, 0, -1 },
			};

			t->end = WORLDS_NEVER;
			for (size_t k = 0; k < 4 && spans[k].from <= bound && !(never && i + 1 == nr && k == 3); k++) {
				add(t, spans[k].from, spans[k].state, spans[k].worker);
				if (k == 3)
					t->end = spans[k].from;
			}
		}
	}
	for (int run = 0; run < 2; run++) {
		w->count[run] = (struct world_counts){ .workers = run ? 1 : 3, .at_once = 2, .threads = 7, .switches = 9 };
		for (size_t i = 0; i < nr; i++)
			if (w->item[i].run[run].end == WORLDS_NEVER)
				w->count[run].not_done++;
			else if (w->item[i].run[run].end > w->count[run].last_end)
				w->count[run].last_end = w->item[i].run[run].end;
		if (w->count[run].not_done)
			w->count[run].last_end = WORLDS_NEVER;
	}
}

static void draw(struct worlds_frame *f, const struct worlds *w, struct size size, uint64_t cursor, bool ascii)
{
	struct worlds_in in = {
		.w = w, .store = { &store, &store }, .width = size.w, .height = size.h, .ascii = ascii, .cursor = cursor,
		.event = { "real", "other" }, .said = "nothing until w0 wakes", .was = "wakes one idle worker",
		.more = { "The list is not empty and nr_running is 0. One worker was woken.", NULL },
	};

	REQUIRE_INT(worlds_layout(f, &in), 0);
}

static uint32_t cell(const struct worlds_frame *f, int x, int y)
{
	return f->cells.v[y * f->cells.w + x].ch;
}

/* The row from column @x on as text. */
static const char *row_text(const struct worlds_frame *f, int x, int to, int y)
{
	static char text[1200];
	size_t n = 0;

	for (; x < to && n + 8 < sizeof(text); x++) {
		uint32_t ch = cell(f, x, y);

		text[n++] = ch < 128 ? (char)(ch ? ch : ' ') : '?';
	}
	text[n] = '\0';
	return text;
}

/* The row of the screen of row @r of items. */
static int row_of(const struct worlds_frame *f, int run, int r)
{
	return f->block[run] + 1 + (int)f->cpus + r;
}

/* Rows of CPUs stand above the items, the same ones in both blocks. */
static void check_cpus(const struct worlds_frame *f)
{
	for (unsigned int i = 0; i < f->cpus; i++)
		for (int run = 0; run < 2; run++) {
			int y = f->block[run] + 1 + (int)i;
			char name[16];

			snprintf(name, sizeof(name), "CPU %d ", (int)f->cpu[i]);
			CHECK_INT(strncmp(row_text(f, 2, f->lane_x, y), name, strlen(name)), 0);
			CHECK_INT(cell(f, f->cursor_x, y), 0x2503);
		}
}

/* 30.1: each item has a row or is counted, in both blocks in the same order; the cursor is in one column. */
static void check_rows(const struct worlds_frame *f, const struct worlds *w)
{
	unsigned int shown = 0;

	check_cpus(f);
	CHECK_GE(f->zone_rows, 3);
	CHECK_INT(f->zone + f->zone_rows + 1, f->cells.h - 2);
	for (int r = 0; r < f->rows; r++) {
		int y = row_of(f, 0, r), z = row_of(f, 1, r);
		char name[16];

		if (f->item[r] == (size_t)-1) {
			snprintf(name, sizeof(name), " %u more", f->folded);
			CHECK_HAS(row_text(f, 1, f->cells.w, y), name);
			CHECK_HAS(row_text(f, 1, f->cells.w, z), name);
			continue;
		}
		shown++;
		CHECK_TRUE(r == 0 || f->item[r] > f->item[r - 1]);
		snprintf(name, sizeof(name), "i%zu ", f->item[r]);
		CHECK_INT(strncmp(row_text(f, 2, 8, y), name, strlen(name)), 0);
		CHECK_INT(strncmp(row_text(f, 2, 8, z), name, strlen(name)), 0);
		for (int x = f->lane_x; x < f->lane_x + f->lane_w; x++) {
			CHECK_INT(cell(f, x, y) == 0x2503, x == f->cursor_x);
			CHECK_INT(cell(f, x, z) == 0x2503, x == f->cursor_x);
		}
	}
	CHECK_INT(shown + f->folded, w->nr);
}

static void every_item_has_a_row_or_is_counted(void)
{
	static const size_t numbers[] = { 1, 2, 3, 4, 6, 7, 12, 14, 40 };
	struct worlds_frame f = { 0 };

	for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
		struct worlds w;

		for (int kind = 0; kind < 3; kind++) {
			make(&w, numbers[k], kind == 1 ? 2 * MS : WORLDS_NEVER, kind == 2);
			for (size_t s = 0; s < NR_SIZES; s++)
				for (uint64_t at = 0; at <= 24; at++) {
					draw(&f, &w, sizes[s], at * 6 * MS, false);
					check_rows(&f, &w);
				}
			worlds_fini(&w);
		}
	}
	free(f.cells.v);
}

/* The largest difference stays when rows are folded, and so does the item at which the runs part. */
static void the_most_important_items_stay(void)
{
	struct worlds_frame f = { 0 };
	struct worlds w;
	bool part = false, last = false;

	make(&w, 20, WORLDS_NEVER, false);
	draw(&f, &w, sizes[1], 0, false);
	CHECK_GT(f.folded, 0);
	for (int r = 0; r < f.rows; r++) {
		part |= f.item[r] == w.parts_item;
		last |= f.item[r] == w.nr - 1;
	}
	CHECK_TRUE(part);
	CHECK_TRUE(last);
	worlds_fini(&w);
	free(f.cells.v);
}

/* 30.2: right of the fence's column a lane is blank, and each number is "later" or from before it. */
static void nothing_behind_the_fence_is_drawn(void)
{
	static const uint64_t bounds[] = { MS / 5, 2 * MS, 7 * MS, 16 * MS, 30 * MS };
	struct worlds_frame f = { 0 };

	for (size_t b = 0; b < sizeof(bounds) / sizeof(bounds[0]); b++) {
		struct worlds w;

		make(&w, 6, bounds[b], false);
		for (size_t s = 0; s < NR_SIZES; s++)
			for (uint64_t at = 0; at <= 24; at++) {
				draw(&f, &w, sizes[s], at * 3 * MS, false);
				CHECK_GE(f.fence_x, f.lane_x + 2);
				CHECK_LE(f.cursor_x, f.fence_x);
				for (int run = 0; run < 2; run++)
					for (int r = 0; r < f.rows; r++) {
						int y = row_of(&f, run, r);
						uint64_t end = f.item[r] == (size_t)-1 ? 0 : w.item[f.item[r]].run[run].end;

						if (f.item[r] == (size_t)-1)
							continue;
						for (int x = f.fence_x + 1; x < f.lane_x + f.lane_w; x++)
							CHECK_INT(cell(&f, x, y), ' ');
						if (end == WORLDS_NEVER)
							CHECK_HAS(row_text(&f, f.lane_x + f.lane_w, f.cells.w, y), "later");
						else
							CHECK_LE(end, bounds[b]);
					}
			}
		worlds_fini(&w);
	}
	free(f.cells.v);
}

/* Before the fence no sentence has an end or a count; without a fence they are there. */
static void sentences_before_the_fence_have_no_end(void)
{
	STRBUF(text, 2000);
	struct worlds w;

	make(&w, 3, 2 * MS, false);
	words_worlds(&w, false, &text);
	CHECK_HAS(text.buf, "has not come further yet");
	CHECK_HAS(text.buf, "1.0 ms after the question: i1 runs; with your answer: held back.");
	CHECK_TRUE(!strstr(text.buf, "instead of"));
	CHECK_TRUE(!strstr(text.buf, "Last one done"));
	worlds_fini(&w);
	make(&w, 3, WORLDS_NEVER, false);
	text.len = 0;
	text.buf[0] = '\0';
	words_worlds(&w, false, &text);
	CHECK_HAS(text.buf, "Last one done: 17.0 ms; with your answer: 21.0 ms (4.0 ms later).");
	CHECK_HAS(text.buf, "With your answer: workers 1 instead of 3.");
	text.len = 0;
	text.buf[0] = '\0';
	words_worlds_plain(&w, false, &text);
	CHECK_HAS(text.buf, "i2                    17.0       21.0");
	worlds_fini(&w);
	make(&w, 3, WORLDS_NEVER, true);
	text.len = 0;
	text.buf[0] = '\0';
	words_worlds(&w, false, &text);
	CHECK_HAS(text.buf, "Not done at the end: 1; with your answer: 1.");
	worlds_fini(&w);
}

/* Of four questions the second and the fourth were answered wrong with a choice that has a second run. */
static void after_the_lesson_questions_with_a_second_run_come_in_turn(void)
{
	struct lesson_question q[5] = { { 0 } };
	struct lesson l = { .question = q, .nr_questions = 5, .store = &store };

	for (uint32_t n = 1; n < 5; n++) {
		q[n] = (struct lesson_question){ .number = n, .asked = n, .kind = ASK_CHOICES, .nr_choices = 2, .given = "no" };
		q[n].choice[0] = (struct lesson_choice){ .text = "yes", .id = "yes" };
		q[n].choice[1] = (struct lesson_choice){ .text = "no", .id = "no", .world = n != 3 };
		q[n].verdict = (struct lesson_verdict){ .n = 1, .result = n == 1 ? RESULT_RIGHT : RESULT_WRONG };
	}
	CHECK_INT(worlds_choice(&q[1]), 0);
	CHECK_INT(worlds_choice(&q[2]), 2);
	CHECK_INT(worlds_choice(&q[3]), 0);
	CHECK_NULL(worlds_offered(&l, NULL));
	CHECK_PTR(worlds_next(&l, NULL), &q[2]);
	CHECK_PTR(worlds_next(&l, &q[2]), &q[4]);
	CHECK_PTR(worlds_next(&l, &q[4]), &q[2]);
	l.ended = true;
	CHECK_PTR(worlds_offered(&l, NULL), &q[2]);
	CHECK_INT(worlds_fence(&l), 0);
}

/* Without the box characters each cell is ASCII. */
static void ascii_has_no_other_character(void)
{
	struct worlds_frame f = { 0 };
	struct worlds w;

	make(&w, 12, WORLDS_NEVER, true);
	draw(&f, &w, sizes[1], 3 * MS, true);
	for (int y = 1; y < f.cells.h - 1; y++)
		for (int x = 0; x < f.cells.w; x++)
			CHECK_LT(cell(&f, x, y), 128);
	worlds_fini(&w);
	free(f.cells.v);
}

/* All items and CPUs, else all items, else one CPU and the items that have room beside it. */
static void cpus_give_way_before_items(void)
{
	static const struct {
		size_t items, size;
		unsigned int cpus;
		int rows;
	} cases[] = {
		{ 3, 1, 1, 3 }, { 5, 1, 1, 5 }, { 6, 1, 0, 6 }, { 12, 1, 1, 5 }, { 3, 0, 1, 3 }, { 6, 0, 1, 3 },
		{ 12, 2, 1, 12 }, { 15, 2, 1, 15 }, { 16, 2, 0, 16 }, { 40, 2, 1, 15 },
	};
	struct worlds_frame f = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct worlds w;

		make(&w, cases[i].items, WORLDS_NEVER, false);
		draw(&f, &w, sizes[cases[i].size], 0, false);
		CHECK_INT(f.cpus, cases[i].cpus);
		CHECK_INT(f.rows, cases[i].rows);
		worlds_fini(&w);
	}
	free(f.cells.v);
}

/* The cursor moves neither a row nor a column, and both blocks have the rows of the same window. */
static void the_window_of_items_moves_in_both_blocks(void)
{
	struct worlds_frame f = { 0 };
	struct worlds w;
	struct worlds_in in;

	make(&w, 20, WORLDS_NEVER, false);
	for (size_t first = 1; first <= 20; first++) {
		in = (struct worlds_in){ .w = &w, .store = { &store, &store }, .width = 80, .height = 24, .first = first,
					 .event = { "real", "other" }, .said = "a", .was = "b" };
		REQUIRE_INT(worlds_layout(&f, &in), 0);
		check_rows(&f, &w);
		CHECK_U64(f.item[0], first < 17 ? first - 1 : 16);
		CHECK_INT(f.folded, 16);
	}
	worlds_fini(&w);
	free(f.cells.v);
}

static void a_cpu_shows_the_item_that_has_it(void)
{
	struct worlds_frame f = { 0 };
	struct worlds w;
	const char *lane;

	make(&w, 3, WORLDS_NEVER, false);
	draw(&f, &w, sizes[1], 60 * MS, false);
	REQUIRE_INT(f.cpus, 1);
	lane = row_text(&f, f.lane_x, f.lane_x + f.lane_w, f.block[1] + 1);
	CHECK_HAS(lane, " i0 ");
	CHECK_HAS(lane, " i2 ");
	CHECK_INT(cell(&f, f.lane_x, f.block[1] + 1), 0x258c);
	CHECK_INT(cell(&f, f.lane_x + f.lane_w - 2, f.block[1] + 1), 0xb7);
	worlds_fini(&w);
	free(f.cells.v);
}

static void steps_go_by_the_events_of_both_runs(void)
{
	uint64_t step[] = { 1, 5, 9 };
	struct worlds w = { .step = step, .nr_steps = 3 };

	CHECK_U64(worlds_step(&w, 0, true), 1);
	CHECK_U64(worlds_step(&w, 1, true), 5);
	CHECK_U64(worlds_step(&w, 9, true), 9);
	CHECK_U64(worlds_step(&w, 9, false), 5);
	CHECK_U64(worlds_step(&w, 1, false), 0);
	CHECK_U64(worlds_step(&w, WORLDS_NEVER, false), 9);
}

static void a_second_column_has_the_numbers(void)
{
	struct worlds_frame f = { 0 };
	struct worlds w;
	bool table = false, sentence = false;

	make(&w, 3, WORLDS_NEVER, false);
	draw(&f, &w, sizes[2], 0, false);
	CHECK_TRUE(f.wide);
	for (int y = 1; y < 39; y++) {
		const char *row = row_text(&f, f.right + 2, 120, y);

		table |= strstr(row, "workers ") && strstr(row, " 3 ") && strstr(row, " 1 ");
		sentence |= strstr(row, "1.0 ms after the question") != NULL;
		CHECK_INT(cell(&f, f.right + 1, y) != ' ', 1);
	}
	CHECK_TRUE(table);
	CHECK_TRUE(sentence);
	worlds_fini(&w);
	free(f.cells.v);
}

const struct test_case suite_unit_worlds[] = {
	T(cpus_give_way_before_items),
	T(the_window_of_items_moves_in_both_blocks),
	T(a_cpu_shows_the_item_that_has_it),
	T(steps_go_by_the_events_of_both_runs),
	T(a_second_column_has_the_numbers),
	T(after_the_lesson_questions_with_a_second_run_come_in_turn),
	T(every_item_has_a_row_or_is_counted),
	T(the_most_important_items_stay),
	T(nothing_behind_the_fence_is_drawn),
	T(sentences_before_the_fence_have_no_end),
	T(ascii_has_no_other_character),
	{ NULL, NULL }
};
