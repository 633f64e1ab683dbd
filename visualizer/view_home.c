/*
 * visualizer/view_home.c - the course: lessons with progress, and the one under the cursor.
 *
 * Never here:   reading the list of lessons (home() of app.h).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "visualizer/styled.h"
#include "visualizer/view.h"

#define PROGRESS_CELLS 4

static void lesson_glyph(const struct app_lesson *l, const char **glyph, enum theme_style *style)
{
	*glyph = l->fault ? "✖" : l->state == APP_LESSON_DONE ? "✔" : l->state == APP_LESSON_STARTED ? "▶" : "○";
	*style = l->fault ? ST_ERROR : l->state == APP_LESSON_DONE ? ST_RIGHT :
		 l->state == APP_LESSON_STARTED ? ST_WAITING : ST_NORMAL;
}

static void lesson_line(struct ui *u, struct rect r, int y, unsigned int index)
{
	const struct app_lesson *l = &u->home.lessons[index];
	struct hit_region region = { .kind = HIT_LESSON, .x = r.x, .y = y, .w = r.w, .id = index };
	enum theme_style style;
	const char *glyph;
	int used, right = r.x + r.w - 11;

	lesson_glyph(l, &glyph, &style);
	used = 2 + ui_put(u, r.x + 2, y, r.w - 2, style, 0, "%s ", glyph);
	used += ui_put(u, r.x + used, y, r.w - used - 12, ST_NORMAL, 0, "%-3s %s", l->label ? l->label : "",
		       l->title ? l->title : l->id);
	if (l->total) {
		ui_put(u, right, y, 6, ST_NORMAL, 0, "%u/%u", l->done, l->total);
		for (unsigned int i = 0; i < PROGRESS_CELLS && l->state == APP_LESSON_STARTED; i++)
			ui_put(u, right + 6 + (int)i, y, 1, i * l->total < l->done * PROGRESS_CELLS ? ST_RIGHT : ST_DIM, 0,
			       "%s", i * l->total < l->done * PROGRESS_CELLS ? "▓" : "░");
	}
	if (index == u->home_sel)
		term_attr(u->term, r.x + 1, y, r.w - 2, ATTR_REVERSE);
	ui_hit_region(u, &region);
}

/* Headings and lessons as lines; keeps the chosen one in sight. */
static void list_draw(struct ui *u, struct rect r)
{
	int line = 0, sel_line = 0, y;
	const char *part = NULL;

	for (int pass = 0; pass < 2; pass++) {
		line = 0;
		part = NULL;
		for (unsigned int i = 0; i < u->home.nr; i++) {
			const struct app_lesson *l = &u->home.lessons[i];
			bool heading = l->part && (!part || strcmp(part, l->part));

			y = r.y + line - (int)u->home_top;
			if (heading) {
				if (pass && y >= r.y && y < r.y + r.h)
					ui_put(u, r.x + 1, y, r.w - 2, ST_TITLE, 0, "%s", l->part);
				line++;
				y++;
				part = l->part;
			}
			if (i == u->home_sel)
				sel_line = line;
			if (pass && y >= r.y && y < r.y + r.h)
				lesson_line(u, r, y, i);
			line++;
		}
		if (sel_line < (int)u->home_top + 1)
			u->home_top = sel_line > 0 ? (unsigned int)sel_line - 1 : 0;
		if (sel_line >= (int)u->home_top + r.h)
			u->home_top = (unsigned int)(sel_line - r.h + 1);
	}
}

static int para(struct ui *u, struct rect r, int y, enum theme_style style, const char *text)
{
	static struct styled_room room;		/* large, and the screen has one thread */
	struct styled_line lines[STYLED_LINES_MAX];
	unsigned int n;

	styled_clear(&room);
	n = styled_wrap(&room, text, r.w - 2, lines, STYLED_LINES_MAX);

	for (unsigned int i = 0; i < n && y < r.y + r.h; i++, y++)
		styled_put(u->term, r.x + 1, y, r.w - 2, style, &lines[i]);
	return y;
}

static void detail_draw(struct ui *u, struct rect r)
{
	const struct app_lesson *l = &u->home.lessons[u->home_sel];
	char title[160], text[256];
	int y = r.y;

	snprintf(title, sizeof(title), "%s  %s", l->label ? l->label : "", l->title ? l->title : l->id);
	layout_box(u->term, r, title, ST_TITLE);
	if (l->question)
		y = para(u, r, y, ST_NORMAL, l->question) + 1;
	if (l->fault)
		y = para(u, r, y, ST_ERROR, l->fault) + 1;
	if (l->minutes) {
		snprintf(text, sizeof(text), W(HOME_LENGTH), l->minutes, l->steps);
		if (l->needs && *l->needs)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), W(HOME_NEEDS), l->needs);
		y = para(u, r, y, ST_DIM, text) + 1;
	}
	if (l->state == APP_LESSON_STARTED)
		y = para(u, r, y, ST_WAITING, W(HOME_STARTED)) + 1;
	if (l->state == APP_LESSON_DONE)
		y = para(u, r, y, ST_RIGHT, W(HOME_DONE)) + 1;
	para(u, r, y, ST_KEY, W(HOME_KEYS));
}

void home_draw(struct ui *u)
{
	int w = term_width(u->term), h = term_height(u->term);
	int left = w < 90 ? (w - 3) * 5 / 8 : (w - 3) / 2;
	struct rect list = { 1, 2, left, h - 4 }, detail = { left + 2, 2, w - left - 3, h - 4 };
	char right[160];
	int rw;

	snprintf(right, sizeof(right), W(HOME_HELP), u->home.profile ? u->home.profile : "");
	rw = width_text(right, strlen(right));
	ui_put(u, 1, 0, w - 2, ST_HEADER, 0, "kworkshop");
	ui_put(u, w - rw - 1, 0, rw, ST_DIM, 0, "%s", right);
	layout_box(u->term, list, u->home.title ? u->home.title : W(HOME_COURSE), ST_FOCUS);
	if (!u->home.nr) {
		layout_box(u->term, detail, "", ST_TITLE);
		para(u, list, list.y, ST_ERROR, *u->home_err ? u->home_err : W(HOME_EMPTY));
		return;
	}
	list_draw(u, list);
	detail_draw(u, detail);
}
