/*
 * tests/unit_screen.c - the screen without a device: cells, text, playback, lanes, keys.
 *
 * The headless terminal shows frames as text.  The scene is the sample trace (sample_trace.h).
 * Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/utf8.h"
#include "base/width.h"
#include "tests/support/sample_trace.h"
#include "visualizer/cells.h"
#include "visualizer/styled.h"
#include "visualizer/view.h"

static struct ui ui;
static struct app_opts opts;

static void open_sized(int w, int h, bool ascii)
{
	struct term_opts to = { .headless = true, .width = w, .height = h, .depth_max = DEPTH_256, .ascii = ascii };
	char err[100];

	memset(&ui, 0, sizeof(ui));
	memset(&opts, 0, sizeof(opts));
	REQUIRE_INT(term_open(&ui.term, &to, err, sizeof(err)), 0);
	ui.opts = &opts;
	fake_open();
	sample_boot();
	sample_question();
	sample_verdict();
	sample_rescue();
	fake_read();
	ui_set_scene(&ui, scene_open_store(&fake.s, ""));
}

/* The booted machine and what @more writes, at its last event. */
static void open_at_end_of(void (*more)(void))
{
	open_sized(200, 40, false);
	ui_set_scene(&ui, NULL);
	fake_close();
	fake_open();
	sample_boot();
	more();
	fake_read();
	ui_set_scene(&ui, scene_open_store(&fake.s, ""));
	playback_seek(&ui.scene->playback, fake.s.nr);
}

static void shut(void)
{
	ui_set_scene(&ui, NULL);
	layout_free(ui.layout);
	term_close(ui.term);
	fake_close();
}

static void pass(double seconds)
{
	for (; seconds > 0; seconds -= 0.033)
		ui_update(&ui, 0.033);
}

static void press(uint32_t key)
{
	struct term_event ev = { .key = key };

	ui_key(&ui, &ev);
}

static void draw(void)
{
	ui_draw(&ui);
	term_flush(ui.term);
}

static bool shows(const char *text)
{
	char row[1024];

	draw();
	for (int y = 0; y < term_height(ui.term); y++) {
		term_row_text(ui.term, y, row, sizeof(row));
		if (strstr(row, text))
			return true;
	}
	return false;
}

/* ---- states of CPUs and workers -------------------------------------------------------- */

static void app_is_woken(void)
{
	us(10, 0, TASK_SWAPPER0);
	TRACE(TASK_NEW, .task = 60, .cpu = 0, .comm = "app");
	TRACE(SCHED_WAKEUP, .task = 60, .target_cpu = 0);
}

static void app_burns_and_a_softirq_runs(void)
{
	app_is_woken();
	TRACE(SCHED_SWITCH, .prev = TASK_SWAPPER0, .next = 60);
	us(10, 0, 60);
	TRACE(BURN, .length = 4000000);
	us(1010, 0, 60);
	TRACE(SOFTIRQ_ENTRY, .vec = 1);
}

static void a_worker_waits_for_a_completion(void)
{
	us(10, 0, TASK_SWAPPER0);
	sample_queue(ITEM_W0, 1);
	sample_take(20, 3, TASK_W4, ITEM_W0, 2);
	us(30, 0, TASK_W4);
	trace_def(CLS_LOCK, 1, 0, LOCK_KIND_COMPLETION, "written");
	TRACE(LOCK_WAIT, .lock = 1);
	TRACE(WORKER_SLEEP, .worker = 3, .pool = 1, .item = ITEM_W0);
	TRACE(SCHED_SWITCH, .prev = TASK_W4, .prev_state = TSK_SLEEPING, .next = TASK_SWAPPER0);
}

static void the_machine_is_shown_as_it_is(void)
{
	open_at_end_of(app_is_woken);
	CHECK_TRUE(shows("CPU 0 idle, app is ready"));
	shut();
	open_at_end_of(app_burns_and_a_softirq_runs);
	CHECK_TRUE(shows("CPU 0 ~ timers"));
	ui.scene->playback.clock += 500000;	/* the thread stands still meanwhile */
	CHECK_INT(model_burn_done(&ui.scene->replay.at, model_task(&ui.scene->replay.at, 60), ui.scene->playback.clock),
		  1000000);
	shut();
	open_at_end_of(a_worker_waits_for_a_completion);
	CHECK_TRUE(shows("w0 falls asleep"));
	shut();
}

/* ---- cells and text ------------------------------------------------------------------ */

static void wide_characters_take_two_cells_and_are_never_halved(void)
{
	struct cells c = { 0 };

	REQUIRE_INT(cells_size(&c, 4, 1), 0);
	CHECK_INT(cells_put(&c, 0, 0, 4, ST_NORMAL, 0, "日本語", 9, false), 4);
	CHECK_INT(c.v[1].ch, 0);
	/* one more would need a cell that is not there: left out */
	CHECK_U64(c.v[2].ch, 0x672c);
	/* writing over its right half takes the left half away */
	cells_put(&c, 1, 0, 1, ST_NORMAL, 0, "x", 1, false);
	CHECK_INT(c.v[0].ch, ' ');
	CHECK_INT(c.v[1].ch, 'x');
	free(c.v);
}

static void a_text_cannot_steer_the_terminal(void)
{
	struct cells c = { 0 };

	REQUIRE_INT(cells_size(&c, 20, 1), 0);
	cells_put(&c, 0, 0, 20, ST_NORMAL, 0, "a\033[2Jb\007\xc2\x9b" "c", 10, false);
	for (int x = 0; x < 20; x++) {
		CHECK_GE(c.v[x].ch, ' ');
		CHECK_NE(c.v[x].ch, 127);
		CHECK_FALSE(c.v[x].ch >= 0x80 && c.v[x].ch < 0xa0);
	}
	free(c.v);
}

static void every_glyph_has_an_ascii_twin(void)
{
	static const char glyphs[] = "●◌○◆✚✖▸⊘»█▓░┄·┃…→–×µ✔▶";
	const char *p = glyphs;
	uint32_t ch;
	size_t n;

	while ((n = utf8_decode(p, strlen(p), &ch)) > 0) {
		CHECK_NE(cells_twin(ch), '?');
		p += n;
	}
}

static void text_wraps_at_words_and_keeps_its_markup(void)
{
	static const char text[] = "one *two three* `f(*p)` {w0} 5 * 3";
	static struct styled_room room;
	struct styled_line lines[8];
	struct term_opts to = { .headless = true, .width = 30, .height = 4 };
	struct term *t;
	char err[64], row[200];
	unsigned int n = styled_wrap(&room, text, 10, lines, 8);

	REQUIRE_INT(term_open(&t, &to, err, sizeof(err)), 0);
	REQUIRE_INT(n, 4);
	for (unsigned int i = 0; i < n; i++)
		styled_put(t, 0, (int)i, 30, ST_NORMAL, &lines[i]);
	term_row_text(t, 0, row, sizeof(row));
	CHECK_STR(row, "one two");
	term_row_text(t, 1, row, sizeof(row));
	CHECK_STR(row, "three");
	CHECK_INT(term_cell(t, 0, 1)->attr, ATTR_BOLD);
	term_row_text(t, 2, row, sizeof(row));
	CHECK_STR(row, "f(*p) w0 5");
	CHECK_INT(term_cell(t, 0, 2)->style, ST_CODE);
	CHECK_INT(term_cell(t, 6, 2)->style, ST_NAME);
	term_row_text(t, 3, row, sizeof(row));
	CHECK_STR(row, "* 3");
	term_close(t);
}

static void themes_differ_and_each_depth_of_colour_has_its_own_numbers(void)
{
	CHECK_INT(theme_look(0, ST_RUNNING, DEPTH_MONO, true).fg, -1);
	CHECK_LT(theme_look(0, ST_RUNNING, DEPTH_8, true).fg, 8);
	CHECK_GE(theme_look(0, ST_RUNNING, DEPTH_8, true).fg, 0);
	CHECK_LT(theme_look(0, ST_RUNNING, DEPTH_16, true).fg, 16);
	CHECK_GE(theme_look(0, ST_RUNNING, DEPTH_16, true).fg, 8);
	CHECK_GE(theme_look(0, ST_RUNNING, DEPTH_256, false).fg, 16);
	CHECK_GT(theme_look(0, ST_RUNNING, DEPTH_TRUE, false).fg, 255);
	CHECK_INT(theme_rgb_to_256(0xff0000), 196);
	CHECK_INT(theme_rgb_to_256(0x808080), 244);
	CHECK_INT(theme_look((unsigned int)theme_by_name("mono"), ST_RUNNING, DEPTH_TRUE, true).fg, -1);
	CHECK_INT(theme_by_name("beige"), -1);
}

/* ---- the playback -------------------------------------------------------------------------- */

static void a_decision_stays_on_the_screen_for_six_tenths_of_a_second(void)
{
	struct playback *f;
	struct trace_event ev = { 0 };

	open_sized(80, 24, true);
	f = &ui.scene->playback;
	pass(0.1);
	press(KEYC_ENTER);
	for (int i = 0; i < 500 && !ev.why.pred; i++) {
		ui_update(&ui, 0.01);
		trace_store_event(&fake.s, ui.scene->replay.at.n, &ev);
	}
	CHECK_INT(ev.kind, EV_KICK);
	CHECK_FALSE(playback_advance(f, 0.55));
	CHECK_INT(ui.scene->replay.at.n, ev.n);
	CHECK_TRUE(playback_advance(f, 0.1));
	CHECK_GT(ui.scene->replay.at.n, ev.n);
	shut();
}

static void a_long_gap_takes_one_second_and_is_marked(void)
{
	open_sized(80, 24, false);
	pass(0.1);
	press(KEYC_ENTER);
	for (int i = 0; i < 500 && ui.scene->playback.gap_left <= 0; i++)
		ui_update(&ui, 0.033);
	CHECK_TRUE(shows("… 5.0 ms pass: kworker/0:2 runs w0 …"));
	pass(1.1);
	CHECK_INT(ui.scene->playback.clock, 5110000);
	shut();
}

static void the_playback_stops_at_a_question_and_shows_nothing_later(void)
{
	open_sized(80, 24, false);
	pass(0.1);
	press(KEYC_ENTER);
	pass(20);
	CHECK_TRUE(shows("PAUSED at a question"));
	CHECK_TRUE(shows("d  creates a new worker"));
	CHECK_FALSE(shows("▸ c"));		/* the recording has the answer, at a later event */
	CHECK_FALSE(shows("You answered"));
	CHECK_TRUE(shows("0 of 2"));
	shut();
}

/* Steps and seeks give the picture that playing gave. */
static void the_picture_of_an_event_is_the_same_from_both_sides(void)
{
	char forth[40][512], back[512];
	uint64_t n;

	open_sized(80, 24, false);
	opts.no_animation = true;
	playback_seek(&ui.scene->playback, 60);
	layout_story_grow(&ui.scene->story, UINT64_MAX);
	ui.scene->playback.passed = fake.s.nr;
	n = ui.scene->replay.at.n;
	draw();
	for (int y = 1; y < 9; y++)
		term_row_text(ui.term, y, forth[y], sizeof(forth[y]));
	playback_seek(&ui.scene->playback, fake.s.nr);
	draw();
	playback_seek(&ui.scene->playback, n);
	draw();
	for (int y = 1; y < 9; y++) {
		term_row_text(ui.term, y, back, sizeof(back));
		CHECK_STR(back, forth[y]);
	}
	shut();
}

/* ---- the zoom of the lanes --------------------------------------------------------------------- */

/* Row of the pool's worker 0:2, which has the item of the question. */
static void lane_row(char *row, size_t size)
{
	draw();
	for (int y = 0; y < term_height(ui.term); y++) {
		term_row_text(ui.term, y, row, size);
		if (strstr(row, "0:2   "))
			return;
	}
	row[0] = '\0';
}

static int column_of(const char *row, const char *sign)
{
	const char *at = strstr(row, sign);

	return at ? width_text(row, (size_t)(at - row)) : -1;
}

static void zoom_changes_the_scale_of_the_lanes_and_not_the_speed(void)
{
	char plain[512], row[512];
	int now;

	open_sized(80, 24, false);
	opts.no_animation = true;
	pass(0.1);
	press(KEYC_ENTER);
	pass(20);
	CHECK_TRUE(shows("on each CPU ──"));
	lane_row(plain, sizeof(plain));
	now = column_of(plain, "┃");
	CHECK_GT(now, 30);
	press('Z');
	CHECK_TRUE(shows("on each CPU · zoom -1"));
	CHECK_TRUE(shows("1 ms = 1 s"));
	lane_row(row, sizeof(row));
	CHECK_GT(column_of(row, "┃"), 30);
	CHECK_LT(column_of(row, "┃"), now);
	press('z');
	lane_row(row, sizeof(row));
	CHECK_STR(row, plain);
	press('z');
	CHECK_TRUE(shows("on each CPU · zoom +1"));
	/* now stays in the lanes at every zoom */
	for (int zoom = LAYOUT_ZOOM_MAX; zoom >= -LAYOUT_ZOOM_MAX; zoom--) {
		ui.zooms[0].zoom = zoom;
		lane_row(row, sizeof(row));
		if (!CHECK_GT(column_of(row, "┃"), 30))
			test_note("zoom %d: %s", zoom, row);
	}
	press('Z');
	CHECK_TRUE(shows("the lanes show as much as they can"));
	shut();
}

/* Steps and seeks give one picture with a zoom as well: it is an input of the layout. */
static void the_zoom_of_an_event_is_the_same_from_both_sides(void)
{
	char forth[512], back[512];

	open_sized(80, 24, false);
	opts.no_animation = true;
	layout_story_grow(&ui.scene->story, UINT64_MAX);
	ui.scene->playback.passed = fake.s.nr;
	playback_seek(&ui.scene->playback, 80);
	press('z');
	press('z');
	lane_row(forth, sizeof(forth));
	playback_seek(&ui.scene->playback, fake.s.nr);
	draw();
	playback_seek(&ui.scene->playback, 80);
	lane_row(back, sizeof(back));
	CHECK_STR(back, forth);
	CHECK_GT(column_of(back, "┃"), 30);
	shut();
}

/* ---- moves -------------------------------------------------------------------------------- */

static void a_move_is_shown_in_five_frames(void)
{
	unsigned int seen = 0;

	open_sized(80, 24, false);
	pass(0.1);
	draw();
	press(KEYC_ENTER);
	for (int i = 0; i < 400 && seen != 0x1e; i++) {
		ui_update(&ui, 0.02);
		draw();
		if (ui.film_left > 0)
			seen |= 1u << (4 - (unsigned int)(ui.film_left / FILM_FRAME_SECONDS * 0.999));
	}
	CHECK_U64(seen, 0x1e);
	shut();
}

static void without_animation_no_film_runs_and_nothing_needs_a_timer_when_paused(void)
{
	bool trail = false;

	open_sized(80, 24, false);
	opts.no_animation = true;
	pass(0.1);
	draw();
	press(KEYC_ENTER);
	for (int i = 0; i < 200; i++) {
		ui_update(&ui, 0.02);
		draw();
		CHECK_TRUE(ui.film_left <= 0);
		trail |= ui.layout->moves;
	}
	CHECK_TRUE(trail);
	pass(20);
	CHECK_TRUE(shows("PAUSED at a question"));
	CHECK_FALSE(ui_busy(&ui));
	shut();
}

static void a_still_picture_sends_no_cell(void)
{
	open_sized(120, 40, false);
	pass(3);
	draw();
	ui_draw(ui.term ? &ui : NULL);
	CHECK_INT(term_flush(ui.term), 0);
	shut();
}

/* ---- anything at all -------------------------------------------------------------------------- */

static const uint32_t odd_keys[] = {
	KEYC_UP, KEYC_DOWN, KEYC_LEFT, KEYC_RIGHT, KEYC_SLEFT, KEYC_SRIGHT, KEYC_HOME, KEYC_END, KEYC_PGUP,
	KEYC_PGDN, KEYC_BTAB, KEYC_TAB, KEYC_ENTER, KEYC_ESC, KEYC_BACKSPACE, KEYC_F1, 0x10ffff, 1, 4, 12, 21,
};

static void monkey(uint64_t seed, int w, int h)
{

	open_sized(w, h, seed & 1);
	for (int i = 0; i < test_rounds(1500, 300); i++) {
		uint32_t r = (uint32_t)rng_hash4(seed, 0, 0, (uint64_t)i);
		struct term_event ev = { .key = r & 256 ? odd_keys[(r >> 9) % (sizeof(odd_keys) / sizeof(odd_keys[0]))] :
						' ' + (r >> 9) % 95 };

		if (r % 23 == 0)
			ev = (struct term_event){ KEYC_MOUSE, (int)(r >> 9) % w, (int)(r >> 17) % h,
						  (enum term_button)(1 + (r >> 27) % 3) };
		if (r % 61 == 0)
			term_resize(ui.term, 20 + (int)(r >> 9) % 180, 3 + (int)(r >> 20) % 60);
		if (ui_key(&ui, &ev) & EFF_LEAVE)
			ui_set_scene(&ui, scene_open_store(&fake.s, ""));
		ui_update(&ui, (r >> 5) % 100 / 200.0);
		draw();
	}
	shut();
}

static void no_key_at_any_size_breaks_it(void)
{
	uint64_t seed = seed_from_env(1);

	monkey(seed, 80, 24);
	monkey(seed + 1, 120, 40);
	monkey(seed + 2, 60, 20);
	monkey(seed + 3, 200, 60);
}

static void the_keys_page_lists_every_key_with_a_help(void)
{
	char *page = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&page, &size);

	REQUIRE_NOT_NULL(f);
	keys_write_page(f);
	fclose(f);
	for (unsigned int i = 0; i < key_rows_nr; i++) {
		struct key_span span[KEY_SPANS_MAX];
		STRBUF(help, 256);

		key_expand(words_fixed(key_rows[i].help), key_rows[i].contexts, &help, span);
		CHECK_HAS(page, help.buf);
	}
	free(page);
}

static void the_keys_page_that_is_kept_is_the_one_that_is_made(void)
{
	char *made = NULL, *kept = calloc(1, 1 << 16);
	size_t size = 0;
	FILE *f = open_memstream(&made, &size);

	keys_write_page(f);
	fclose(f);
	f = fopen("docs/keys.md", "r");
	REQUIRE_NOT_NULL(f);
	size = fread(kept, 1, (1 << 16) - 1, f);
	fclose(f);
	if (size == 0 || strcmp(made, kept))
		test_note("docs/keys.md is out of date: run `make docs`");
	CHECK_STR(made, kept);
	free(made);
	free(kept);
}

/* No key has two actions in one context. */
static void no_key_stands_twice_in_one_context(void)
{
	for (unsigned int i = 0; i < key_rows_nr; i++)
		for (unsigned int k = i + 1; k < key_rows_nr; k++)
			CHECK_TRUE(key_rows[i].code != key_rows[k].code ||
				   !(key_rows[i].contexts & key_rows[k].contexts) ||
				   key_rows[i].action == key_rows[k].action);
}

const struct test_case suite_unit_screen[] = {
	T(the_machine_is_shown_as_it_is),
	T(wide_characters_take_two_cells_and_are_never_halved),
	T(a_text_cannot_steer_the_terminal),
	T(every_glyph_has_an_ascii_twin),
	T(text_wraps_at_words_and_keeps_its_markup),
	T(themes_differ_and_each_depth_of_colour_has_its_own_numbers),
	T(a_decision_stays_on_the_screen_for_six_tenths_of_a_second),
	T(a_long_gap_takes_one_second_and_is_marked),
	T(the_playback_stops_at_a_question_and_shows_nothing_later),
	T(the_picture_of_an_event_is_the_same_from_both_sides),
	T(zoom_changes_the_scale_of_the_lanes_and_not_the_speed),
	T(the_zoom_of_an_event_is_the_same_from_both_sides),
	T(a_move_is_shown_in_five_frames),
	T(without_animation_no_film_runs_and_nothing_needs_a_timer_when_paused),
	T(a_still_picture_sends_no_cell),
	T(no_key_at_any_size_breaks_it),
	T(the_keys_page_lists_every_key_with_a_help),
	T(the_keys_page_that_is_kept_is_the_one_that_is_made),
	T(no_key_stands_twice_in_one_context),
	{ NULL, NULL }
};
