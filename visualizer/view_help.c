/*
 * visualizer/view_help.c - the explanation of a word, as `kworkshop help WORD` prints it.
 *
 * Never here:   the explanations (docs/, src/cli/help.c).   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "visualizer/commands.h"
#include "visualizer/rows.h"

void ui_forget_help(struct ui *u)
{
	free(u->help_text);
	u->help_text = NULL;
}

unsigned int ui_help(struct ui *u, const char *word)
{
	if (!u->opts->help) {
		ui_say(u, W(SAY_NO_HELP));
		return EFF_DRAW;
	}
	snprintf(u->help_word, sizeof(u->help_word), "%s", word);
	ui_forget_help(u);
	return command_open_view(u, VIEW_HELP);
}

static unsigned int count_lines(const char *text)
{
	unsigned int nr = 0;

	for (; *text; text++)
		nr += *text == '\n';
	return nr;
}

/* A resize makes the text anew. */
static void make_text(struct ui *u, int width)
{
	if (u->help_text && u->help_width == width)
		return;
	ui_forget_help(u);
	u->help_text = u->opts->help(u->help_word, width);
	u->help_width = width;
}

static void help_draw(struct ui *u, struct rect box)
{
	unsigned int nr, first, most;
	struct key_span span[KEY_SPANS_MAX];
	const char *line;
	STRBUF(plain, 128);
	STRBUF(title, 128);

	make_text(u, box.w - 2);
	if (!u->help_text)
		return;
	nr = count_lines(u->help_text);
	most = nr > (unsigned int)box.h ? nr - (unsigned int)box.h : 0;
	if (u->scroll[VIEW_HELP] > most)
		u->scroll[VIEW_HELP] = most;
	strbuf_printf(&plain, most ? W(SCROLL_MORE) : "%s", *u->help_word ? u->help_word : W(VIEW_HELP_ALL));
	key_expand(plain.buf, IN_VIEW, &title, span);
	layout_box(u->term, box, title.buf, ST_TITLE);
	first = u->scroll[VIEW_HELP];
	line = u->help_text;
	for (unsigned int i = 0; i < nr && i < first + (unsigned int)box.h; i++) {
		size_t len = strcspn(line, "\n");

		if (i >= first)
			term_put(u->term, box.x + 1, box.y + (int)(i - first), box.w - 1, *line == ' ' ? ST_NORMAL : ST_TITLE, 0, line, len);
		line += len + 1;
	}
}

const struct view view_help = { "help", help_draw, rows_command, false };
