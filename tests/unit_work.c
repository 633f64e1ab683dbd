/*
 * tests/unit_work.c - the page about the work on an exercise: its rows at several sizes, its sentences, the values of a form.
 *
 * The exercises and their results are made by hand.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/width.h"
#include "tests/test.h"
#include "visualizer/work_form.h"

static struct exercise x;
static struct exercise_result result, running;
static struct worksheet sheet;
static struct run_files *files;
static struct work_frame frame;

static const char driver[] =
	"local function probe(dev, opt)\n  dev.period = opt.period\nend\n\nfunction link_poll(w)\n  local dev = container_of(w)\n"
	"  burn(dev.burn)\n  queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(dev.period))\nend\n\nlocal function remove(dev)\n"
	"  cancel_delayed_work(dev.poll)   -- TODO\n  free_irq(dev.line, dev)\n  kfree(dev)\nend\n";

static void add_check(const char *name, unsigned int halves, unsigned int schedules)
{
	struct exercise_check *c = &x.about.check[++x.about.nr_checks];

	*c = (struct exercise_check){ .number = x.about.nr_checks, .form = CHECK_NEVER, .halves = halves, .schedules = schedules, .show = CHECK_SHOW_FULL,
				      .jitter = schedules > 1 ? 0.3 : 0 };
	snprintf(c->name, sizeof(c->name), "%s", name);
}

static void begin(const char *title)
{
	memset(&x, 0, sizeof(x));
	memset(&result, 0, sizeof(result));
	memset(&running, 0, sizeof(running));
	memset(&sheet, 0, sizeof(sheet));
	snprintf(x.about.title, sizeof(x.about.title), "%s", title);
	snprintf(x.at.name, sizeof(x.at.name), "E21");
	x.variant = 4711;
	sheet.x = &x;
	sheet.result = &result;
	snprintf(sheet.folder, sizeof(sheet.folder), "kworkshop-work/unload");
}

/* A driver whose remove() leaves a timer. */
static void make_repair(void)
{
	begin("Unload without a bang");
	x.about.kind = EXERCISE_REPAIR;
	x.about.halves = 20;
	x.about.hidden_halves = 4;
	x.about.nr_files = 1;
	snprintf(x.about.file[0], sizeof(x.about.file[0]), "driver.lua");
	snprintf(x.about.story, sizeof(x.about.story), "ethx polls its link every 7 ms from a delayed work item that arms itself again. "
		 "rmmod ethx sometimes crashes. Repair remove(). Keep the polling.");
	snprintf(x.about.why, sizeof(x.about.why), "A run arms the timer again.");
	add_check("polls while loaded", 4, 1);
	add_check("no use after free, in any of 200 schedules", 8, 200);
	add_check("remove() frees what probe() allocated", 2, 1);
	add_check("remove() returns within 20 ms", 2, 1);
	files = run_files_new();
	REQUIRE_INT(run_files_add(files, "driver.lua", driver, strlen(driver), false), 0);
	sheet.present = files;
	sheet.starter = files;
}

static void hold(unsigned int k, const char *values)
{
	result.check[k].state = CHECK_STATE_HOLDS;
	result.check[k].done = x.about.check[k].schedules;
	snprintf(result.check[k].values, sizeof(result.check[k].values), "%s", values);
}

/* Check 2 fails in its second schedule. */
static void check_repair(void)
{
	result.nr = x.about.nr_checks;
	hold(1, "5 times");
	hold(3, "");
	hold(4, "0.001 ms");
	result.check[2] = (struct exercise_outcome){ .state = CHECK_STATE_FAILS, .done = 2, .seed = 2, .jitter = 0.3, .schedule = 2, .evidence = 431 };
	snprintf(result.check[2].text, sizeof(result.check[2].text), "kworker/0:1 touched ethx_dev at 42.450 ms. remove() had freed it at 41.006 ms.");
	snprintf(result.check[2].place, sizeof(result.check[2].place), "driver.lua:8");
	exercise_count_points(&x, &result);
	sheet.checked = true;
	sheet.nr_tries = 3;
	sheet.how.files = files;
	sheet.hints = sheet.hints_ever = 1;
}

static void draw(const struct work_in *with, int w, int h)
{
	struct work_in in = *with;

	in.sheet = &sheet;
	in.err = in.err ? in.err : "";
	in.width = w;
	in.height = h;
	REQUIRE_INT(work_layout(&frame, &in), 0);
}

static void row_of(int y, char *buf, size_t size)
{
	const struct cells *c = &frame.page.cells;
	struct strbuf row;

	strbuf_init(&row, buf, size);
	for (int x0 = 0; x0 < c->w; x0++) {
		char bytes[8];

		if (c->v[y * c->w + x0].ch)
			strbuf_putn(&row, bytes, utf8_encode(c->v[y * c->w + x0].ch, bytes));
	}
	while (row.len && row.buf[row.len - 1] == ' ')
		row.buf[--row.len] = '\0';
}

static bool shows(const char *text)
{
	char row[1200];

	for (int y = 0; y < frame.page.cells.h; y++) {
		row_of(y, row, sizeof(row));
		if (strstr(row, text))
			return true;
	}
	return false;
}

/* The rows of the page, the footer's left out. */
static void check_rows(const char *const *rows, int nr)
{
	char row[1200];

	for (int y = 0; y < nr; y++) {
		row_of(y, row, sizeof(row));
		if (!CHECK_STR(row, rows[y]))
			test_note("row %d", y);
	}
}

/* ---- a repair ------------------------------------------------------------------------------ */

static void the_page_of_a_checked_repair_is_that_of_the_layout(void)
{
	static const char *const rows[] = {
		" Unload without a bang · repair                                   4 of 8 points",
		"┌ the last check · number 3 ───────────────────────────────────────────────────┐",
		"│ 3 of 4 checks hold. \"no use after free, in any of 200 schedules\" fails in    │",
		"│ schedule 2 of 200: seed 2, jitter 0.3. Later ones were not run.              │",
		"├ your file: kworkshop-work/unload/driver.lua ──────────────────────── e edit ─┤",
		"│ 15 lines, unchanged since check 3 · 1 hint used                              │",
		"├ checks ───────────────────────────────────────────────────────────── points ─┤",
		"│ ✔ polls while loaded                                            5 times  2   │",
		"│▸✗ no use after free, in any of 200 schedules           schedule 2 fails  4   │",
		"│ ✔ remove() frees what probe() allocated                                  1   │",
		"│ ✔ remove() returns within 20 ms                                0.001 ms  1   │",
		"│ ? hidden checks, run by your instructor                                  2   │",
		"├ why it fails ────────────────────────────────────────────────────── s story ─┤",
		"│ kworker/0:1 touched ethx_dev at 42.450 ms. remove() had freed it at 41.006   │",
		"│ ms. driver.lua:8                                                             │",
		"│ o opens this run in the machine view.                                        │",
		"├ driver.lua:8 ────────────────────────────────────────────────────────────────┤",
		"│    6    local dev = container_of(w)                                          │",
		"│    7    burn(dev.burn)                                                       │",
		"│ ▶  8    queue_delayed_work(system_wq, dev.poll, msecs_to_jiffies(dev.period… │",
		"│    9  end                                                                    │",
		"│   10                                                                         │",
		"└──────────────────────────────────────────────────────────────────────────────┘",
	};

	make_repair();
	check_repair();
	draw(&(struct work_in){ .sel = 1 }, 80, 24);
	check_rows(rows, 23);
	run_files_put(files);
}

static void a_repair_begins_with_its_story_and_the_line_to_change(void)
{
	make_repair();
	draw(&(struct work_in){ .sel = 0 }, 80, 24);
	CHECK_TRUE(shows("not checked yet, 10 points"));
	CHECK_TRUE(shows("Press e to edit it, then"));
	CHECK_TRUE(shows("15 lines, as it was given"));
	CHECK_TRUE(shows("▸· polls while loaded"));
	CHECK_TRUE(shows("├ story ─"));
	CHECK_TRUE(shows("▶ 12    cancel_delayed_work(dev.poll)   -- TODO"));
	run_files_put(files);
}

static void a_check_that_runs_has_a_bar(void)
{
	make_repair();
	check_repair();
	running = result;
	running.check[2] = (struct exercise_outcome){ .state = CHECK_STATE_RUNS, .done = 137 };
	running.check[3].state = running.check[4].state = CHECK_STATE_WAITS;
	draw(&(struct work_in){ .sel = 1, .now = &running, .seconds = 3 }, 80, 24);
	CHECK_TRUE(shows("check 4 is running"));
	CHECK_TRUE(shows("check 4, for 3 s"));
	CHECK_TRUE(shows("137 of 200 schedules of check 2. About 2 s more."));
	CHECK_TRUE(shows("│▸▶ no use after free, in any of 200 schedules  ▓▓▓▓▓▓▓▓▓░░░░░ 137 of 200  4   │"));
	CHECK_TRUE(shows("├ checks · Esc stops ─"));
	CHECK_TRUE(shows("15 lines, being checked"));
	CHECK_TRUE(shows("│ · remove() frees what probe() allocated"));
	CHECK_TRUE(shows("├ story ─"));	/* an old failure is no news */
	run_files_put(files);
}

static void full_points_are_explained(void)
{
	make_repair();
	check_repair();
	hold(2, "");
	exercise_count_points(&x, &result);
	draw(&(struct work_in){ .sel = 1, .zone = WORK_EXPLAINS }, 80, 24);
	CHECK_TRUE(shows("8 of 8 points"));
	CHECK_TRUE(shows("All checks hold"));
	CHECK_TRUE(shows("A run arms the timer again."));
	run_files_put(files);
}

static void an_author_decides_how_much_is_shown(void)
{
	make_repair();
	check_repair();
	x.about.check[2].show = CHECK_SHOW_VERDICT;
	x.about.check[1].show = CHECK_SHOW_NONE;
	draw(&(struct work_in){ .sel = 1 }, 80, 24);
	CHECK_FALSE(shows("kworker/0:1"));
	CHECK_FALSE(shows("driver.lua:8"));
	CHECK_FALSE(shows("5 times"));
	CHECK_TRUE(shows("│ · polls while loaded"));
	CHECK_TRUE(shows("The author shows no more of this check than its result."));
	run_files_put(files);
}

/* At each size and with each row under the cursor the row is on the screen, whole borders are there, and nothing is beside them. */
static void the_row_under_the_cursor_is_on_the_screen_at_each_size(void)
{
	static const char *const names[] = { "suspend() and resume() keep the order of the two queues", "no packet is lost for any burst of at most 16",
					     "the second device goes on polling after the first is unloaded",
					     "mean latency below 1.5 ms and the p99 below 4.0 ms", "nothing sleeps in atomic context" };

	make_repair();
	for (size_t i = 0; i < 5; i++)
		add_check(names[i], 2, 1);
	x.about.nr_files = 3;
	snprintf(x.about.file[1], sizeof(x.about.file[1]), "power.lua");
	snprintf(x.about.file[2], sizeof(x.about.file[2]), "remove.lua");
	check_repair();
	for (int w = 60; w <= 140; w += 10)
		for (int h = 20; h <= 44; h += 2)
			for (unsigned int sel = 0, top = 0; sel < 10; sel++) {
				char row[1200];

				draw(&(struct work_in){ .sel = sel, .top = top }, w, h);
				top = frame.top;
				row_of(frame.list_y + (int)(sel - top), row, sizeof(row));
				if (!CHECK_TRUE(sel >= top && (int)(sel - top) < frame.list_rows) || !CHECK_TRUE(strncmp(row, "│▸", 6) == 0))
					test_note("%dx%d, row %u, from %u", w, h, sel, top);
				for (int y = 2; y < h - 2; y++) {
					uint32_t left = frame.page.cells.v[y * w].ch, right = frame.page.cells.v[y * w + w - 1].ch;

					if (!CHECK_TRUE(left == 0x2502 || left == 0x251c) || !CHECK_TRUE(right == 0x2502 || right == 0x2524))
						test_note("%dx%d, row %d", w, h, y);
				}
			}
	run_files_put(files);
}

static void nine_checks_and_three_files_fit_at_80x24(void)
{
	make_repair();
	for (int i = 0; i < 4; i++)
		add_check("one more check", 2, 1);
	x.about.nr_files = 3;
	check_repair();
	draw(&(struct work_in){ .sel = 1 }, 80, 24);
	CHECK_INT(frame.list_rows, 9);
	CHECK_GT(frame.zone_rows, 1);
	run_files_put(files);
}

/* ---- a form -------------------------------------------------------------------------------------- */

static void add_setting(const char *name, const char *kind, const char *of, long from, long to, const char *by_default)
{
	struct exercise_setting *s = &x.about.setting[x.about.nr_settings++];

	*s = (struct exercise_setting){ .from = from, .to = to };
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->kind, sizeof(s->kind), "%s", kind);
	snprintf(s->of, sizeof(s->of), "%s", of);
	snprintf(s->by_default, sizeof(s->by_default), "%s", by_default);
}

static void make_form(void)
{
	begin("A limit for the disk scan");
	x.about.kind = EXERCISE_CONFIGURE;
	x.about.halves = 20;
	snprintf(x.about.story, sizeof(x.about.story), "Twelve scans come at once.");
	add_check("done in 27 ms", 12, 1);
	add_check("6 workers at most", 8, 1);
}

static void step(unsigned int i, int by, const char *expected)
{
	STRBUF(value, 200);

	form_step(&sheet, i, by, &value);
	CHECK_STR(value.buf, expected);
}

static void flag(unsigned int i, unsigned int n, const char *expected)
{
	STRBUF(value, 200);

	form_flag(&sheet, i, n, &value);
	CHECK_STR(value.buf, expected);
}

static void a_key_gives_each_kind_of_setting_its_next_value(void)
{
	make_form();
	add_setting("max_active", "number", "", 1, 12, "11");
	add_setting("strict", "choice", "no yes", 0, 0, "no");
	add_setting("log", "flags", "MEM_RECLAIM HIGHPRI UNBOUND", 0, 0, "HIGHPRI");
	add_setting("mask", "cpumask", "0 1 2 3", 0, 0, "0-1,3");
	add_setting("scope", "scope", "default cpu smt cache numa system", 0, 0, "system");
	step(0, 1, "12");
	step(0, 2, "12");
	step(0, -20, "1");
	step(1, 1, "yes");
	step(1, -1, "no");
	step(4, 1, "system");
	step(4, -1, "numa");
	flag(2, 0, "MEM_RECLAIM|HIGHPRI");
	flag(2, 1, "none");
	flag(3, 2, "0,1,2,3");
	flag(3, 0, "1,3");
	snprintf(x.about.setting[3].by_default, sizeof(x.about.setting[3].by_default), "2");
	flag(3, 2, "2");		/* a set of CPUs is never empty */
	CHECK_FALSE(form_flag_set(&sheet, 3, 1));
	CHECK_TRUE(form_flag_set(&sheet, 2, 1));
	snprintf(x.about.setting[2].by_default, sizeof(x.about.setting[2].by_default), "WQ_UNBOUND|WQ_HIGHPRI");
	CHECK_TRUE(form_flag_set(&sheet, 2, 2));
	CHECK_FALSE(form_flag_set(&sheet, 2, 0));
	CHECK_TRUE(exercise_setting_takes(&x.about.setting[0], "12"));
	CHECK_FALSE(exercise_setting_takes(&x.about.setting[0], "13"));
	CHECK_FALSE(exercise_setting_takes(&x.about.setting[0], "1x"));
	CHECK_FALSE(exercise_setting_takes(&x.about.setting[0], ""));
	CHECK_TRUE(exercise_setting_takes(&x.about.setting[1], "yes"));
	CHECK_FALSE(exercise_setting_takes(&x.about.setting[1], "yes|no"));
	CHECK_TRUE(exercise_setting_takes(&x.about.setting[2], "WQ_UNBOUND|HIGHPRI"));
	CHECK_TRUE(exercise_setting_takes(&x.about.setting[2], "none"));
	CHECK_FALSE(exercise_setting_takes(&x.about.setting[2], "HIPRI"));
	CHECK_TRUE(exercise_setting_takes(&x.about.setting[3], "0-1,3"));
	CHECK_FALSE(exercise_setting_takes(&x.about.setting[3], "0-4"));
}

static void add_try(const char *value, const char *ms, bool fast, const char *workers, bool few)
{
	struct sheet_try *t = &sheet.tries[sheet.nr_tries];

	t->number = ++sheet.nr_tries;
	t->state[1] = fast ? CHECK_STATE_HOLDS : CHECK_STATE_FAILS;
	t->state[2] = few ? CHECK_STATE_HOLDS : CHECK_STATE_FAILS;
	snprintf(t->value[0], sizeof(t->value[0]), "%s", value);
	snprintf(t->values[1], sizeof(t->values[1]), "%s", ms);
	snprintf(t->values[2], sizeof(t->values[2]), "%s", workers);
}

static void the_tries_of_a_form_are_rows(void)
{
	make_form();
	add_setting("max_active", "number", "", 1, 12, "6");
	add_try("4", "30.0 ms", false, "4", true);
	add_try("12", "24.5 ms", true, "9", false);
	add_try("6", "26.0 ms", true, "6", true);
	result.nr = 2;
	hold(1, "26.0 ms");
	hold(2, "6");
	sheet.checked = true;
	exercise_count_points(&x, &result);
	draw(&(struct work_in){ .sel = 0 }, 80, 24);
	CHECK_TRUE(shows("A limit for the disk scan · configure                          10 of 10 points"));
	CHECK_TRUE(shows("│▸max_active   ◂    6 ▸    1 to 12"));
	CHECK_TRUE(shows("│ ✔ done in 27 ms                                                 26.0 ms  6   │"));
	CHECK_TRUE(shows("│   3  max_active 6    ✔ 26.0 ms                    ✔ 6"));
	CHECK_TRUE(shows("│   2  max_active 12   ✔ 24.5 ms                    ✗ 9"));
	CHECK_TRUE(shows("│   1  max_active 4    ✗ 30.0 ms                    ✔ 4"));
	CHECK_TRUE(shows("Twelve scans come at once."));
}

static void twelve_settings_fit_with_two_tries(void)
{
	char name[24];

	make_form();
	for (int i = 1; i <= EXERCISE_SETTINGS_MAX; i++) {
		snprintf(name, sizeof(name), "setting%d", i);
		add_setting(name, i % 2 ? "flags" : "number", i % 2 ? "MEM_RECLAIM HIGHPRI UNBOUND CPU_INTENSIVE" : "", 1, 9, i % 2 ? "none" : "3");
	}
	add_try("none", "30.0 ms", false, "4", true);
	add_try("HIGHPRI", "24.5 ms", true, "9", false);
	draw(&(struct work_in){ .sel = 11 }, 80, 24);
	CHECK_INT(frame.list_rows, 12);
	CHECK_TRUE(shows("  2  setting1 HIGHPRI"));
	CHECK_TRUE(shows("  1  "));
	CHECK_TRUE(shows("[ ] MEM_RECLAIM  [ ] HIGHPRI  [ ] UNBOUND  [ ] CPU_INTENSIVE"));
	draw(&(struct work_in){ .sel = 11 }, 60, 20);	/* the settings scroll, the tries keep two rows */
	CHECK_TRUE(shows("▸setting12"));
	CHECK_TRUE(shows("settings · "));
	CHECK_TRUE(shows("  1  "));
}

static void ascii_pages_have_ascii_only(void)
{
	make_repair();
	check_repair();
	draw(&(struct work_in){ .sel = 1, .ascii = true }, 80, 24);
	for (int i = 0; i < 80 * 23; i++)
		if (!CHECK_TRUE(frame.page.cells.v[i].ch < 0x80))
			test_note("row %d, column %d", i / 80, i % 80);
	CHECK_TRUE(shows("|>X no use after free"));
	CHECK_TRUE(shows("| v polls while loaded"));
	run_files_put(files);
}

const struct test_case suite_unit_work[] = {
	T(the_page_of_a_checked_repair_is_that_of_the_layout),
	T(a_repair_begins_with_its_story_and_the_line_to_change),
	T(a_check_that_runs_has_a_bar),
	T(full_points_are_explained),
	T(an_author_decides_how_much_is_shown),
	T(the_row_under_the_cursor_is_on_the_screen_at_each_size),
	T(nine_checks_and_three_files_fit_at_80x24),
	T(a_key_gives_each_kind_of_setting_its_next_value),
	T(the_tries_of_a_form_are_rows),
	T(twelve_settings_fit_with_two_tries),
	T(ascii_pages_have_ascii_only),
	{ NULL, NULL }
};
