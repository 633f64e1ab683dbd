/*
 * visualizer/worlds_zone.c - the difference between both worlds in sentences and numbers.
 *
 * Below the blocks it is one part with the sentences.  In a second column it has parts: the
 * answer, the numbers, where the runs part, how the other run is made.
 *
 * Lives here:   the zone's titles, lines and table.
 * Never here:   the sentences (words/worlds.c), blocks (worlds_layout.c).   Licence: MIT.
 */
#include "visualizer/worlds_internal.h"

#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "base/wrap.h"
#include "visualizer/keys.h"
#include "words/texts.h"
#include "words/worlds.h"

/* Columns inside the zone, and the next free row. */
struct zone {
	struct worlds_frame *f;
	const struct worlds_in *in;
	int x, w, y, end;		/* .end: the row of the lower border */
	unsigned int skip, left;	/* lines that are still above the window; lines below it */
};

static void lines(struct zone *z, const char *text, size_t len)
{
	struct wrap_line line;
	struct wrap wrap;

	wrap_begin(&wrap, text, len, z->w);
	while (wrap_next(&wrap, &line)) {
		char row[600];

		if (z->skip) {
			z->skip--;
			continue;
		}
		if (z->y >= z->end) {
			z->left++;
			continue;
		}
		snprintf(row, sizeof(row), "%.*s", (int)(line.to - line.from), text + line.from);
		worlds_put(z->f, z->in, z->x, z->y++, z->w, ST_NORMAL, row);
	}
}

static void title(struct zone *z, int y, const char *text)
{
	worlds_putf(z->f, z->in, z->x - 1, y, z->w + 1, ST_TITLE, " %s ", text);
}

/* Lines that are not shown are counted in the border. */
static void put_more(const struct zone *z, int y)
{
	STRBUF(text, 64);
	char said[600];
	int columns;

	if (!z->left)
		return;
	/* a title that reaches the number of lines ends in an ellipsis before it */
	key_printf(&text, IN_VIEW, z->left == 1 ? W(LAY_MORE_LINE) : W(LAY_MORE_LINES), z->left);
	columns = width_text(text.buf, text.len) + 2;
	if (y == z->f->zone) {
		snprintf(said, sizeof(said), W(WORLDS_ZONE), z->in->said);
		worlds_putf(z->f, z->in, z->x - 1, y, z->w + 1 - columns, ST_TITLE, " %s", said);
	}
	worlds_putf(z->f, z->in, z->x + z->w - columns, y, columns, ST_DIM, " %s ", text.buf);
}

/* The given answer is in the title, and in a line of its own if the title has no room for all of it. */
static void answer_lines(struct zone *z, struct strbuf *text)
{
	char said[600];

	snprintf(said, sizeof(said), W(WORLDS_ZONE), z->in->said);
	title(z, z->f->zone, said);
	if (width_text(said, strlen(said)) > z->w - 1)
		strbuf_printf(text, "%s\n", said);
	strbuf_printf(text, W(WORLDS_WAS), z->in->was);
	strbuf_puts(text, "\n");
}

static void more_lines(const struct worlds_in *in, struct strbuf *text)
{
	for (int i = 0; i < 2; i++)
		if (in->more[i] && *in->more[i])
			strbuf_printf(text, "%s\n", in->more[i]);
}

static void below(struct worlds_frame *f, const struct worlds_in *in)
{
	struct zone z = { f, in, 2, in->width - 4, f->zone + 1, f->zone + 1 + f->zone_rows, in->scroll, 0 };
	STRBUF(text, 4000);

	worlds_border(f, in, 0, in->width - 1, f->zone, "├", "┤");
	answer_lines(&z, &text);
	words_worlds(in->w, in->threads_first, &text);
	more_lines(in, &text);
	lines(&z, text.buf, text.len);
	put_more(&z, f->zone);
}

/* ---- the second column ------------------------------------------------------------------------- */

static void part(struct zone *z, const char *text)
{
	if (z->y + 1 >= z->end)
		return;
	worlds_border(z->f, z->in, z->x - 2, z->in->width - 1, z->y, "├", "┤");
	title(z, z->y++, text);
}

static void table(struct zone *z)
{
	struct world_number number[WORLD_NUMBERS_MAX];
	unsigned int nr = words_world_numbers(z->in->w, number);
	int second = z->x + z->w - 10, first = second - 10;

	if (!nr)
		return;
	part(z, W(WORLDS_IN_NUMBERS));
	if (z->y < z->end) {
		worlds_putf(z->f, z->in, first, z->y, 10, ST_DIM, "%10s", W(WORLDS_REAL_RUN));
		worlds_putf(z->f, z->in, second, z->y++, 10, ST_DIM, "%10s", W(WORLDS_YOU_SAID));
	}
	for (unsigned int i = 0; i < nr && z->y < z->end; i++, z->y++) {
		bool same = !strcmp(number[i].run[WORLD_REAL], number[i].run[WORLD_OTHER]);

		worlds_put(z->f, z->in, z->x, z->y, first - z->x, ST_NORMAL, number[i].label);
		worlds_putf(z->f, z->in, first, z->y, 10, ST_NORMAL, "%10s", number[i].run[WORLD_REAL]);
		worlds_putf(z->f, z->in, second, z->y, 10, same ? ST_NORMAL : ST_CHANGED, "%10s", number[i].run[WORLD_OTHER]);
	}
}

static void beside(struct worlds_frame *f, const struct worlds_in *in)
{
	int x = f->right + 3;
	struct zone z = { f, in, x, in->width - 2 - x, f->zone + 1, f->zone + 1 + f->zone_rows, in->scroll, 0 };
	STRBUF(text, 4000);
	STRBUF(parting, 600);
	STRBUF(last, 600);

	answer_lines(&z, &text);
	more_lines(in, &text);
	lines(&z, text.buf, text.len);
	table(&z);
	part(&z, W(WORLDS_THEY_PART));
	words_world_parting(in->w, &parting);
	lines(&z, parting.buf, parting.len);
	words_world_last(in->w, &last);
	lines(&z, last.buf, last.len);
	part(&z, W(WORLDS_ITS_RUN));
	lines(&z, W(WORLDS_RUN_AGAIN), strlen(W(WORLDS_RUN_AGAIN)));
	put_more(&z, in->height - 2);
}

void worlds_zone(struct worlds_frame *f, const struct worlds_in *in)
{
	(f->wide ? beside : below)(f, in);
}
