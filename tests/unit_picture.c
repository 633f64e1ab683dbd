/*
 * tests/unit_picture.c - SVG of cells, and the pictures of README.md.
 *
 * The pictures in docs/pictures are written by `make pictures`; the generator is deterministic, so
 * they change only with a lesson, a text or the layout.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/pictures.h"
#include "tests/support/sample_trace.h"
#include "tests/support/shell.h"
#include "tests/test.h"
#include "visualizer/picture.h"
#include "visualizer/svg.h"

/* The SVG of one row of text. */
static char *svg_of(const char *text, enum theme_style style, unsigned int attr)
{
	struct cells c = { 0 };
	char *got = NULL;
	size_t n;
	FILE *f = open_memstream(&got, &n);

	REQUIRE_INT(cells_size(&c, 40, 1), 0);
	cells_put(&c, 0, 0, 40, style, attr, text, strlen(text), false);
	svg_write(f, &c, 0, "<a & b>");
	fclose(f);
	free(c.v);
	return got;
}

/* Elements are closed in the order in which they were opened; @elements counts them. */
static void check_elements(const char *svg, unsigned int *elements)
{
	char open[16][16];
	unsigned int depth = 0;

	*elements = 0;
	for (const char *p = svg; (p = strchr(p, '<')) != NULL; p++) {
		const char *end = strchr(p, '>');
		int len = (int)strcspn(p + 1, " />");

		REQUIRE_NOT_NULL(end);
		if (p[1] == '/') {
			REQUIRE_GT(depth, 0);
			depth--;
			CHECK_INT(strncmp(p + 2, open[depth], strlen(open[depth])), 0);
			continue;
		}
		++*elements;
		if (end[-1] == '/')
			continue;
		REQUIRE_LT(depth, 16);
		snprintf(open[depth++], sizeof(open[0]), "%.*s", len, p + 1);
	}
	CHECK_INT(depth, 0);
}

static void text_is_text_and_lines_are_shapes(void)
{
	unsigned int elements;
	char *svg = svg_of("ab <c> & d ──┐█░", ST_NORMAL, 0);

	check_elements(svg, &elements);
	CHECK_HAS(svg, "<title>&lt;a &amp; b&gt;</title>");
	CHECK_HAS(svg, ">ab &lt;c&gt; &amp; d</text>");
	CHECK_HAS(svg, "textLength=\"90\"");
	CHECK_LACKS(svg, "─");
	CHECK_LACKS(svg, "█");
	CHECK_HAS(svg, "<path stroke=");
	CHECK_HAS(svg, "fill-opacity=\"0.25\"");
	free(svg);
}

static void a_sign_stands_in_its_own_column(void)
{
	char *svg = svg_of("x●●y", ST_NORMAL, 0);

	CHECK_HAS(svg, "<text x=\"19\" y=\"25\" textLength=\"9\"");
	CHECK_HAS(svg, "<text x=\"28\" y=\"25\" textLength=\"9\"");
	CHECK_HAS(svg, "<text x=\"37\"");
	free(svg);
}

static void colours_are_those_of_the_theme(void)
{
	char *plain = svg_of("x", ST_RUNNING, 0), *reverse = svg_of("x", ST_RUNNING, ATTR_REVERSE);

	CHECK_HAS(plain, "fill=\"#00b880\" font-weight=\"bold\">x<");
	CHECK_HAS(reverse, "fill=\"#00b880\"/>");
	CHECK_HAS(reverse, "fill=\"#000000\" font-weight=\"bold\">x<");
	free(plain);
	free(reverse);
}

/* ---- the screen of a recording ------------------------------------------------------------------ */

static char *picture_of(uint64_t n, bool svg)
{
	const struct picture_opts opts = { .w = 80, .h = 24, .title = "sample.kwt" };
	struct picture *p;
	char *got = NULL;
	size_t size;
	FILE *f = open_memstream(&got, &size);

	fake_open();
	sample_boot();
	sample_question();
	fake_read();
	p = picture_open(&fake.s, &opts);
	REQUIRE_NOT_NULL(p);
	picture_seek(p, n ? n : fake.s.nr);
	if (svg)
		picture_svg(p, "a title", f);
	else
		picture_text(p, f);
	picture_close(p);
	fake_close();
	fclose(f);
	return got;
}

static void a_recording_has_a_picture(void)
{
	unsigned int elements;
	char *text = picture_of(0, false), *svg = picture_of(0, true), *again = picture_of(0, true), *earlier = picture_of(20, true);

	CHECK_HAS(text, "CPU 0");
	CHECK_HAS(text, "the last event");
	check_elements(svg, &elements);
	CHECK_GT(elements, 100);
	CHECK_HAS(svg, "the last event");
	CHECK_STR(svg, again);
	CHECK_NOT_STR(svg, earlier);
	free(text);
	free(svg);
	free(again);
	free(earlier);
}

/* The command, on a recording of an earlier format: two times, two pictures; a size that no frame has. */
static void the_command_exports_a_picture(void)
{
	static char early[200000], late[200000], refused[2000];
	unsigned int elements;

	CHECK_INT(shell_run(early, sizeof(early), "%s export tests/recordings/version-1.kwt --to svg --at 0.01 --theme light", test_binary()),
		  0);
	CHECK_INT(shell_run(late, sizeof(late), "%s export tests/recordings/version-1.kwt --to svg --width 120 --height 40", test_binary()),
		  0);
	CHECK_STARTS(early, "<svg ");
	CHECK_HAS(early, "fill=\"#ffffff\"");
	check_elements(early, &elements);
	CHECK_GT(elements, 50);
	CHECK_STARTS(late, "<svg ");
	CHECK_HAS(late, "width=\"1100\"");
	CHECK_NOT_STR(early, late);
	CHECK_INT(shell_run(refused, sizeof(refused), "%s export tests/recordings/version-1.kwt --to svg --height 10 2>&1", test_binary()), 2);
	CHECK_HAS(refused, "10 is not in 20..200");
}

/* ---- README.md ------------------------------------------------------------------------------------- */

static char *file_text(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!f)
		test_note("%s is missing: make pictures", path);
	REQUIRE_NOT_NULL(f);
	REQUIRE_GT(getdelim(&text, &size, '\0', f), 0);
	fclose(f);
	return text;
}

static char *readme_picture(const struct readme_picture *picture)
{
	char *got = NULL;
	size_t n;
	FILE *f = open_memstream(&got, &n);

	REQUIRE_INT(pictures_readme(picture, f), 0);
	fclose(f);
	return got;
}

static void the_readme_shows_three_pictures(void)
{
	char *readme = file_text("README.md");

	CHECK_INT(nr_readme_pictures, 3);
	for (unsigned int i = 0; i < nr_readme_pictures; i++) {
		char path[200];
		unsigned int elements;
		char *kept, *made = readme_picture(&readme_pictures[i]), *again = readme_picture(&readme_pictures[i]);

		snprintf(path, sizeof(path), "docs/pictures/%s", readme_pictures[i].file);
		CHECK_HAS(readme, path);
		kept = file_text(path);
		check_elements(kept, &elements);
		CHECK_GT(elements, 100);
		CHECK_HAS(kept, readme_pictures[i].title);
		CHECK_STR(made, again);
		if (strcmp(kept, made))
			test_note("%s is older than the screen it shows: make pictures", path);
		free(kept);
		free(made);
		free(again);
	}
	free(readme);
}

const struct test_case suite_unit_picture[] = {
	T(text_is_text_and_lines_are_shapes),
	T(a_sign_stands_in_its_own_column),
	T(colours_are_those_of_the_theme),
	T(a_recording_has_a_picture),
	T(the_command_exports_a_picture),
	T(the_readme_shows_three_pictures),
	{ NULL, NULL }
};
