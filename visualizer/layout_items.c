/*
 * visualizer/layout_items.c - the list of the items, in rows that no pool needs.
 *
 * Row 4 is about one item.  A screen of two columns whose machine has few CPUs has rows left: there
 * each item that was queued has a row with its lamps, its place and its workqueue, in the order of
 * the items' numbers.  If they are more than the rows, the last row counts the others.
 *
 * Lives here:   which items have a row, and its words.
 * Never here:   the item that is talked about (layout_item.c).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>

#include "words/texts.h"

#define NAME_COLUMNS 12

/* Columns of the list; the lamps stand in the middle of their titles. */
struct columns {
	int pending, running, place, runs;
};

static struct columns columns(const struct lay *l)
{
	return (struct columns){ .pending = 16, .running = 24, .place = l->b.field, .runs = l->b.right - 6 };
}

static bool is_listed(const struct model_item *it)
{
	return it->id && !it->freed && it->kind != ITEM_KIND_BARRIER && (it->queued || it->pending || it->runs);
}

static bool is_busy(const struct model_item *it)
{
	return it->pending || it->runner;
}

/* The items with a row: all of them, or those that are pending or run before the others. */
static unsigned int choose(const struct lay *l, unsigned int rows, uint32_t *item, unsigned int *all)
{
	unsigned int nr = 0, busy = 0, room = rows, quiet;

	*all = 0;
	for (uint32_t i = 1; i <= l->m->nr_items; i++) {
		*all += is_listed(&l->m->items[i]);
		busy += is_listed(&l->m->items[i]) && is_busy(&l->m->items[i]);
	}
	if (*all > rows)
		room = rows - 1;
	quiet = busy < room ? room - busy : 0;
	for (uint32_t i = 1; i <= l->m->nr_items && nr < room; i++) {
		const struct model_item *it = &l->m->items[i];

		if (!is_listed(it) || (!is_busy(it) && !quiet))
			continue;
		quiet -= !is_busy(it);
		item[nr++] = i;
	}
	return nr;
}

static void place_words(const struct lay *l, const struct model_item *it, struct strbuf *out)
{
	char name[WORDS_NAME];

	if (it->runner)
		strbuf_printf(out, W(LAY_ITEM_RUNS_IN), lay_worker(l, it->runner, name), lay_runner_state(l, it));
	if (it->runner && (it->pending || it->timer_armed))
		strbuf_puts(out, " · ");
	if (!it->runner || it->pending || it->timer_armed)
		lay_item_place(l, it, out);
	if (!it->wq)
		return;
	strbuf_printf(out, "%s%s%s", out->len ? " · " : "", W(LAY_ON), lay_name(l, CLS_WQ, it->wq, name));
}

static const char *lamp(bool on)
{
	return on ? "■" : "□";
}

static void put_item(struct lay *l, const struct model_item *it, const struct columns *c, int y)
{
	enum theme_style style = is_busy(it) ? ST_NORMAL : ST_DIM;
	bool talked = it->id == l->e->item;
	char name[WORDS_NAME];
	STRBUF(place, 256);

	place_words(l, it, &place);
	lay_thing(l, 2, y, NAME_COLUMNS, talked ? ST_NAME : style, ROLE_OVERVIEW, CLS_ITEM, it->id, "%s",
		  lay_item(l, it->id, NAME_COLUMNS, name));
	lay_put(l, c->pending + 2, y, 1, style, "%s", lamp(it->pending));
	lay_put(l, c->running + 3, y, 1, style, "%s", lamp(it->runner != 0));
	lay_put(l, c->place, y, c->runs - c->place - 1, style, "%s", place.buf);
	lay_put(l, c->runs, y, 5, style, "%4" PRIu32, it->runs);
}

void lay_draw_items(struct lay *l)
{
	const struct columns c = columns(l);
	uint32_t item[LAY_ROWS_MAX];
	unsigned int rows = l->b.items_h > LAY_ROWS_MAX ? LAY_ROWS_MAX : (unsigned int)l->b.items_h, all, nr;
	int y = l->b.items;

	if (!rows)
		return;
	lay_border(l, 0, l->b.right + 1, y);
	lay_title(l, 1, y, 12, ST_TITLE, "%s", W(LAY_ITEMS));
	rows--;
	nr = choose(l, rows, item, &all);
	if (!all)
		return;
	lay_title(l, c.pending - 2, y, 9, ST_DIM, "PENDING");
	lay_title(l, c.running - 1, y, 9, ST_DIM, "RUNNING");
	lay_title(l, c.place - 1, y, c.runs - c.place, ST_DIM, "%s", W(LAY_ITEMS_PLACE));
	lay_title(l, c.runs - 1, y, 6, ST_DIM, "%s", W(LAY_ITEMS_RUNS));
	for (unsigned int i = 0; i < nr; i++)
		put_item(l, &l->m->items[item[i]], &c, y + 1 + (int)i);
	if (nr < all)
		lay_put(l, 2, y + 1 + (int)nr, l->b.right - 3, ST_DIM, W(LAY_ITEMS_MORE), all - nr);
}
