/*
 * visualizer/layout_pools.c - the pools: large blocks, small blocks, or a table.
 *
 * A large block has a title, its worklist and a row for each worker; the last row counts those
 * that have none.  A small block has the worklist in its title.  A row of the table is a pool,
 * its workers are cells.
 *
 * Lives here:   titles, worklists, rows of workers.
 * Never here:   which pools (layout_focus.c), which row (layout_rows.c).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>

#include "words/texts.h"

#define CELL_COLUMNS 14
#define FOLD_FROM 4		/* rows of a block from which on the last one counts the hidden workers */

/* ---- titles ----------------------------------------------------------------------------------- */

/* A worker of the pool was woken, and takes no item yet. */
static bool has_woken(const struct lay *l, const struct model_pool *p)
{
	for (uint32_t i = 1; i <= l->m->nr_workers; i++) {
		const struct model_worker *w = model_worker(l->m, i);
		const struct model_task *t = w ? model_task(l->m, w->task) : NULL;

		if (!w || w->pool != p->id || w->manager)
			continue;
		if ((w->place == WK_IDLE && w->woken) || (w->place == WK_BETWEEN && t && t->state == MT_ON_CPU))
			return true;	/* a new worker goes idle first */
	}
	return false;
}

static const char *gloss(const struct lay *l, const struct model_pool *p)
{
	if (!l->gloss || !p->worklist.count || p->flags & (POOL_BH | POOL_LEGACY))
		return "";
	if (l->ev.kind == EV_KICK && !lay_field(&l->ev, "worker") && lay_field(&l->ev, "pool") == p->id)
		return W(LAY_WAKES_NOBODY);	/* it was decided in this event */
	if (p->nr_running)
		return W(LAY_WAKE_NOBODY);
	if (has_woken(l, p))
		return W(LAY_ONE_WOKEN);
	if (p->manager && p->idle.count)
		return "";		/* it is awake, and takes the item */
	return p->idle.count ? W(LAY_WAKE_ONE) : W(LAY_NOBODY_IDLE);
}

static bool was_running(const struct lay *l, uint32_t pool, uint32_t *was)
{
	for (unsigned int i = 0; i < STORY_POOLS_MAX; i++)
		if (l->e->changed[i] == pool) {
			*was = l->e->was_running[i];
			return true;
		}
	return false;
}

static void counters(const struct lay *l, const struct model_pool *p, bool with_gloss, bool brief, struct strbuf *out)
{
	uint32_t was;
	const char *text = with_gloss ? gloss(l, p) : "";

	if (!brief)
		strbuf_puts(out, "nr_running ");
	if (was_running(l, p->id, &was) && was != p->nr_running)
		strbuf_printf(out, brief ? "%" PRIu32 "→" : "%" PRIu32 " → ", was);
	strbuf_printf(out, "%" PRIu32 "%s", p->nr_running, text);
	strbuf_printf(out, brief ? W(LAY_IDLE_BRIEF) : W(LAY_IDLE_OF), p->nr_idle, p->nr_workers);
}

static enum theme_style counters_style(const struct lay *l, const struct model_pool *p)
{
	uint32_t was;

	bool decided = l->ev.kind == EV_KICK && lay_field(&l->ev, "pool") == p->id;

	return decided || (was_running(l, p->id, &was) && was != p->nr_running) ? ST_CHANGED : ST_NORMAL;
}

/* The right end of a title, right of @left: loses its gloss first, then its words. */
static void title_counters(struct lay *l, const struct model_pool *p, int left, int y)
{
	int right = l->b.right - 1, room;
	STRBUF(text, 128);

	if (left <= l->b.gutter)
		left = l->b.gutter + 1;
	room = right - left - 1;
	counters(l, p, true, false, &text);
	if (lay_columns(l, text.buf) > room) {
		text.len = 0;
		counters(l, p, false, false, &text);
	}
	if (lay_columns(l, text.buf) > room) {
		text.len = 0;
		counters(l, p, false, true, &text);
	}
	lay_title_right(l, left, right, y, counters_style(l, p), text.buf);
}

/* ---- a worklist -------------------------------------------------------------------------------------- */

static int skip_gutter(const struct lay *l, int x, int w)
{
	return !l->table && x <= l->b.gutter && x + w >= l->b.gutter ? l->b.gutter + 2 : x;
}

/* Is it drawn at the head although it has left, in the first frame of its move? */
static uint32_t leaving(const struct lay *l, uint32_t pool)
{
	const struct model_worker *w = model_worker(l->m, l->taker);

	if (l->in->film != 1 || !w || w->pool != pool)
		return 0;
	return lay_field(&l->ev, "item");
}

static int put_token(struct lay *l, uint32_t id, int x, int y, int end, const char *after)
{
	bool pointed = l->in->pick_cls == CLS_ITEM && l->in->pick_id == id;
	char name[WORDS_NAME];
	const char *text = lay_item(l, id, 12, name);

	x = skip_gutter(l, x, (pointed ? 2 : 1) + lay_columns(l, text) + lay_columns(l, after));
	if (x + (pointed ? 2 : 1) + lay_columns(l, text) + lay_columns(l, after) > end)
		after = "";
	return x + lay_thing(l, x, y, end - x, pointed ? ST_CHOSEN : id == l->e->item ? ST_NAME : ST_WAITING, ROLE_LIST, CLS_ITEM, id,
			     pointed ? "[%s]%s" : "▸%s%s", text, after);
}

static int token_columns(const struct lay *l, uint32_t id)
{
	char name[WORDS_NAME];

	return 2 + lay_columns(l, lay_item(l, id, 12, name)) + (l->in->pick_cls == CLS_ITEM && l->in->pick_id == id);
}

/* " +4", or the talked item and its number where it stands further behind. */
static int put_rest(struct lay *l, const struct model_pool *p, uint32_t left, bool talked_seen, int x, int y, int end)
{
	const struct model_item *it = model_item(l->m, lay_talked(l));
	uint32_t n = 1;
	STRBUF(after, 48);

	if (talked_seen || !it || it->place != AT_WORKLIST || it->where != p->id)
		return x + lay_put(l, x, y, end - x, ST_WAITING, "+%" PRIu32, left);
	for (uint32_t id = p->worklist.first; id && id != it->id; id = l->m->items[id].next)
		n++;
	strbuf_printf(&after, W(LAY_OF_LIST), n, p->worklist.count);
	x = skip_gutter(l, x, 4);
	x += lay_put(l, x, y, end - x, ST_WAITING, "… ");
	return put_token(l, it->id, x, y, end, after.buf);
}

/* An item is on its way to a list, or the line that leaves the list has its name: the list is not called empty. */
static bool is_moving(const struct lay *l)
{
	bool film = l->in->film && l->in->film < LAYOUT_FILM_FRAMES;

	if (l->in->picking)
		return false;
	return (film && l->ev.kind == EV_ACTIVATE_WORK) || (!l->table && l->taker);
}

/* Tokens from @x; return: column behind the last one. */
static int put_list(struct lay *l, const struct model_pool *p, int x, int y, int end)
{
	const struct model_item *it = model_item(l->m, lay_talked(l));
	bool talked = it && it->place == AT_WORKLIST && it->where == p->id, seen = false;
	uint32_t id = p->worklist.first, left = p->worklist.count, gone = leaving(l, p->id);
	int last = x, keep = talked ? token_columns(l, it->id) + 16 : 5;

	if (gone)
		last = put_token(l, gone, x, y, end, "");
	for (; id && left; id = l->m->items[id].next, left--) {
		int need = token_columns(l, id), at = last == x && !gone ? x : last + 1;

		if (lay_travels(l, CLS_ITEM, id))
			continue;
		at = skip_gutter(l, at, need);
		if (at + need + (left < 2 ? 0 : !talked || seen || id == it->id ? 5 : keep) > end)
			break;
		last = put_token(l, id, at, y, end, "");
		seen |= talked && id == it->id;
	}
	if (left && id)
		last = put_rest(l, p, left, seen || !talked, last == x ? x : last + 1, y, end);
	else if (last == x)
		last += lay_put(l, x, y, 1, ST_DIM, is_moving(l) ? " " : "–");
	return last;
}

static void note_list(struct lay *l, uint32_t pool, int y, int end)
{
	if (l->nr_lists == LAY_POOLS_MAX)
		return;
	l->list_pool[l->nr_lists] = pool;
	l->list_y[l->nr_lists] = y;
	l->list_end[l->nr_lists++] = end;
}

/* ---- a worker's row ---------------------------------------------------------------------------------------- */

/* The sign that the event changed, for "○→●"; "" = none. */
static const char *sign_before(const struct lay *l, const struct model_worker *w)
{
	if (l->table && l->taker == w->id)
		return "▸";		/* a table has no lines from lists to workers */
	if (lay_field(&l->ev, "worker") != w->id)
		return "";
	switch (l->ev.kind) {
	case EV_WORKER_BUSY: return "○";
	case EV_WORKER_IDLE: return "●";
	case EV_WORKER_SLEEP: return "●";
	case EV_WORKER_WAKE: return "◌";
	case EV_MANAGE_BEGIN: return "●";
	case EV_MANAGE_END: return "◆";
	default: return "";
	}
}

static void mark_items(struct lay *l, const struct model_worker *w, const struct lay_words *words, int x, int y, int used)
{
	uint32_t next = w->scheduled.first;
	char name[WORDS_NAME];

	if (words->item)
		lay_mark(l, ROLE_WORK, x, y, used, CLS_ITEM, words->item);
	if (!next || next == words->item)
		return;
	if (l->m->items[next].kind == ITEM_KIND_BARRIER || strstr(words->text, lay_item(l, next, 12, name)))
		lay_mark(l, ROLE_WORK, x, y, used, CLS_ITEM, next);
}

/* "0:1   ◌ reset, 8.0 ms left" */
static void put_worker(struct lay *l, const struct model_worker *w, int x, int y, int room, int name_columns)
{
	const char *before = sign_before(l, w);
	char name[WORDS_NAME];
	const char *text = lay_worker(l, w->id, name);
	int name_w = lay_columns(l, text) > name_columns ? lay_columns(l, text) : name_columns, used = name_w + 1;
	struct lay_words words;
	bool hidden = lay_travels(l, CLS_WORKER, w->id);

	lay_thing(l, x, y, name_w, *before || lay_field(&l->ev, "worker") == w->id ? ST_TITLE : ST_NORMAL, ROLE_LABEL,
		  CLS_WORKER, w->id, "%s", text);
	lay_point(l, x - 1, y, CLS_WORKER, w->id);
	if (w->item)
		lay_point(l, x - 1, y, CLS_ITEM, w->item);
	if (hidden)
		return;
	if (*before)
		used += lay_put(l, x + used, y, 2, ST_DIM, "%s%s", before, l->in->ascii ? ">" : "→");
	words = lay_worker_words(l, w, room - used - 2);
	used += lay_put(l, x + used, y, 1, *before ? ST_CHANGED : words.style, "%s", words.sign) + 1;
	used += lay_put(l, x + used, y, room - used, words.style == ST_IDLE ? ST_IDLE : ST_NORMAL, "%s", words.text);
	mark_items(l, w, &words, x, y, used);
}

static void worker_row(struct lay *l, uint32_t id, int y)
{
	const struct model_worker *w = model_worker(l->m, id);

	if (!w)
		return;
	/* the arrow of a move to this row stands behind the words */
	put_worker(l, w, 2, y, l->b.label_w - (lay_field(&l->ev, "worker") == id && layout_kind_moves(l->ev.kind) ? 3 : 1), 5);
	if (id < l->s->lanes.nr_workers) {
		lay_lane(l, &l->s->lanes.worker[id], &l->window, l->b.field, y, false);
		lay_mark(l, ROLE_LANE, l->b.field, y, l->b.field_w, CLS_WORKER, id);
	}
}

/* ---- hidden workers ------------------------------------------------------------------------------------------- */

struct hidden {
	unsigned int all, asleep, idle, other;
};

static bool in_pool(const struct model_worker *w, uint32_t pool)
{
	return w && w->pool == pool && w->place != WK_DEAD && w->place != WK_NONE;
}

static struct hidden count_hidden(const struct lay *l, uint32_t pool, const uint32_t *seat, unsigned int rows)
{
	struct hidden h = { 0 };

	for (uint32_t i = 1; i <= l->m->nr_workers; i++) {
		const struct model_worker *w = model_worker(l->m, i);
		bool shown = false;

		for (unsigned int r = 0; r < rows; r++)
			shown |= seat[r] == i;
		if (shown || !in_pool(w, pool))
			continue;
		h.all++;
		if (w->place == WK_IDLE)
			h.idle++;
		else if (lane_worker_state(l->m, w) == LANE_SLEEPING)
			h.asleep++;
		else
			h.other++;
	}
	return h;
}

/* "… 0:0 ○, 0:5 ◌": hidden workers by name, if there is room. */
static bool fold_names(struct lay *l, uint32_t pool, const uint32_t *seat, unsigned int rows, int y)
{
	char name[WORDS_NAME];
	STRBUF(text, 128);

	strbuf_puts(&text, "…");
	for (uint32_t i = 1; i <= l->m->nr_workers; i++) {
		const struct model_worker *w = model_worker(l->m, i);
		bool shown = false;

		for (unsigned int r = 0; r < rows; r++)
			shown |= seat[r] == i;
		if (!shown && in_pool(w, pool))
			strbuf_printf(&text, "%s %s %s", text.len > 3 ? "," : "", lay_worker(l, i, name),
				      lay_worker_words(l, w, 0).sign);
	}
	if (lay_columns(l, text.buf) > l->b.label_w - 1)
		return false;
	lay_put(l, 2, y, l->b.label_w - 1, ST_DIM, "%s", text.buf);
	return true;
}

static void fold_row(struct lay *l, const struct hidden *h, int y)
{
	STRBUF(text, 128);

	strbuf_printf(&text, W(LAY_MORE), h->all);
	if (h->asleep)
		strbuf_printf(&text, W(LAY_MORE_ASLEEP), h->asleep);
	if (h->idle)
		strbuf_printf(&text, W(LAY_MORE_IDLE), h->idle);
	if (h->other)
		strbuf_printf(&text, W(LAY_MORE_OTHER), h->other);
	lay_put(l, 2, y, l->b.label_w - 1, ST_DIM, "%s", text.buf);
}

/* A worker without a row that a pick points at takes the last one. */
static void seat_pointed(const struct lay *l, uint32_t pool, uint32_t *seat, unsigned int seats)
{
	const struct model_worker *w = l->in->pick_cls == CLS_WORKER ? model_worker(l->m, l->in->pick_id) : NULL;

	for (unsigned int r = 0; r < seats; r++)
		if (w && seat[r] == w->id)
			return;
	if (in_pool(w, pool) && seats)
		seat[seats - 1] = w->id;
}

/* Rows @y .. @y + @rows - 1; @keep: the last one is kept to count those that have none. */
static void worker_rows(struct lay *l, uint32_t pool, int y, unsigned int rows, bool keep)
{
	uint32_t seat[LAY_ROWS_MAX];
	unsigned int seats = keep ? rows - 1 : rows;
	struct hidden h;

	if (!rows)
		return;
	if (seats > LAY_ROWS_MAX)
		seats = LAY_ROWS_MAX;
	lay_rows(l->s, l->m, pool, seats, l->stories, seat);
	seat_pointed(l, pool, seat, seats);
	h = count_hidden(l, pool, seat, seats);
	for (unsigned int i = 0; i < seats; i++) {
		const struct model_worker *w = model_worker(l->m, seat[i]);
		bool named = l->e->left == seat[i] && seat[i];

		if (w && (in_pool(w, pool) || named))
			worker_row(l, seat[i], y + (int)i);
	}
	if (keep && h.all && !fold_names(l, pool, seat, seats, y + (int)seats))
		fold_row(l, &h, y + (int)seats);
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

static const char *title_name(struct lay *l, uint32_t pool, char buf[WORDS_NAME])
{
	const char *name = lay_pool_long(l, pool, buf);

	return lay_columns(l, name) <= l->b.label_w - 2 && !l->b.narrow ? name : lay_pool(l, pool, buf);
}

static void large_block(struct lay *l, const struct model_pool *p, int y, int h)
{
	char name[WORDS_NAME];
	int x = 1, end;

	x += lay_title(l, 1, y, l->b.label_w, ST_TITLE, "%s", title_name(l, p->id, name));
	lay_mark(l, ROLE_POOL, 2, y, x - 2, CLS_POOL, p->id);
	title_counters(l, p, x, y);
	x = 2 + lay_put(l, 2, y + 1, 9, ST_DIM, "%s", W(LAY_WORKLIST));
	end = put_list(l, p, x + 1, y + 1, l->b.right - 1);
	note_list(l, p->id, y + 1, end);
	worker_rows(l, p->id, y + 2, (unsigned int)(h - 2), h - 2 >= FOLD_FROM);
}

static void small_block(struct lay *l, const struct model_pool *p, int y, int h)
{
	char name[WORDS_NAME];
	int x = 1, end, right = l->b.right - 20;

	x += lay_title(l, 1, y, l->b.label_w, ST_TITLE, "%s", lay_pool(l, p->id, name));
	lay_mark(l, ROLE_POOL, 2, y, x - 2, CLS_POOL, p->id);
	x += lay_put(l, x, y, 2, ST_BORDER, l->in->ascii ? "- " : "─ ");
	/* a long title leaves no room for the words in front of the gutter */
	if (!l->b.narrow && x + 9 + lay_columns(l, W(LAY_NO_ITEM)) < l->b.gutter)
		x += lay_put(l, x, y, 9, ST_DIM, "%s ", W(LAY_WORKLIST));
	if (p->worklist.count || leaving(l, p->id)) {
		end = put_list(l, p, x, y, right);
	} else {		/* in a border a dash would be a part of the line */
		x = skip_gutter(l, x, lay_columns(l, W(LAY_NO_ITEM)));
		end = x + lay_put(l, x, y, right - x, ST_DIM, "%s", W(LAY_NO_ITEM));
	}
	lay_cell(l, end, y, ST_NORMAL, " ");
	if (lay_char(l, x - 1, y) != ' ')
		lay_cell(l, x - 1, y, ST_NORMAL, " ");
	note_list(l, p->id, y, end);
	title_counters(l, p, end + 1, y);
	worker_rows(l, p->id, y + 1, (unsigned int)(h - 1), false);
}

/* ---- the table -------------------------------------------------------------------------------------------------------- */

struct columns {
	int run, idle, list, cells;
	unsigned int nr_cells;
};

static struct columns table_columns(const struct lay *l)
{
	struct columns c = { .run = 9, .idle = 12, .list = l->b.narrow ? 17 : 18, .cells = l->b.narrow ? 29 : 36 };

	c.nr_cells = (unsigned int)((l->b.right - c.cells) / CELL_COLUMNS);
	if (c.nr_cells > LAY_ROWS_MAX)
		c.nr_cells = LAY_ROWS_MAX;
	return c;
}

static void table_row(struct lay *l, const struct model_pool *p, int y, const struct columns *c)
{
	uint32_t seat[LAY_ROWS_MAX], was;
	char name[WORDS_NAME];
	const char *text = lay_pool(l, p->id, name);
	int end;
	STRBUF(run, 24);

	if (lay_columns(l, text) > 6 && !strncmp(text, "CPU ", 4))
		text += 4;
	if (p->flags & POOL_LEGACY && trace_store_name(l->store, CLS_POOL, p->id))
		text = trace_store_name(l->store, CLS_POOL, p->id);	/* its thread: there is no room for more */
	if (p->id == l->focus.guest)
		lay_put(l, 1, y, 1, ST_DIM, "…");
	lay_thing(l, 2, y, 6, ST_TITLE, ROLE_POOL, CLS_POOL, p->id, "%s", text);
	if (was_running(l, p->id, &was) && was != p->nr_running)
		strbuf_printf(&run, "%" PRIu32 "→%" PRIu32, was, p->nr_running);
	else
		strbuf_printf(&run, "%" PRIu32, p->nr_running);
	lay_put(l, run.len > 3 ? c->run - 1 : c->run, y, c->idle - c->run, counters_style(l, p), "%s", run.buf);
	lay_put(l, c->idle, y, 5, ST_NORMAL, "%" PRIu32 "/%" PRIu32, p->nr_idle, p->nr_workers);
	end = put_list(l, p, c->list, y, c->cells - 1);
	note_list(l, p->id, y, end);
	lay_rows(l->s, l->m, p->id, c->nr_cells, l->stories, seat);
	seat_pointed(l, p->id, seat, c->nr_cells);
	for (unsigned int i = 0; i < c->nr_cells; i++) {
		const struct model_worker *w = model_worker(l->m, seat[i]);

		if (w && (in_pool(w, p->id) || l->e->left == w->id))
			put_worker(l, w, c->cells + (int)i * CELL_COLUMNS, y, CELL_COLUMNS - 1, 3);
	}
}

static void table_border(struct lay *l, const struct columns *c)
{
	int y = l->b.pools;

	lay_title(l, 1, y, 9, ST_TITLE, "%s", W(LAY_TABLE_POOL));
	lay_title(l, c->run - 2, y, 5, ST_TITLE, "%s", W(LAY_TABLE_RUN));
	lay_title(l, c->idle - 1, y, 6, ST_TITLE, "%s", W(LAY_TABLE_IDLE));
	lay_title(l, c->list - 1, y, c->cells - c->list, ST_TITLE, "%s", W(LAY_WORKLIST));
	lay_title(l, c->cells - 1, y, l->b.right - c->cells, ST_TITLE, "%s", W(LAY_TABLE_WORKERS));
}

/* The pools that have a row, when a talk leaves room for fewer: those of the event first. */
static unsigned int rows_in_view(const struct lay *l, unsigned int room, uint32_t *pool)
{
	const struct lay_focus *f = &l->focus;
	unsigned int nr = 0, skip = f->nr > room ? f->nr - room : 0;

	for (unsigned int i = f->nr; i-- > 0;) {
		bool needed = false;

		for (unsigned int k = 0; k < STORY_POOLS_MAX; k++)
			needed |= l->e->need[k] == f->pool[i];
		if (skip && !needed)
			skip--;
		else
			pool[nr++] = f->pool[i];
	}
	for (unsigned int i = 0; i < nr / 2; i++) {
		uint32_t swap = pool[i];

		pool[i] = pool[nr - 1 - i];
		pool[nr - 1 - i] = swap;
	}
	return nr < room ? nr : room;
}

static void draw_table(struct lay *l)
{
	struct columns c = table_columns(l);
	uint32_t pool[LAY_POOLS_MAX];
	unsigned int nr = rows_in_view(l, (unsigned int)(l->b.pools_h - 1), pool);

	table_border(l, &c);
	for (unsigned int i = 0; i < nr; i++)
		if (model_pool(l->m, pool[i]))
			table_row(l, model_pool(l->m, pool[i]), l->b.pools + 1 + (int)i, &c);
}

/* ---- all of them --------------------------------------------------------------------------------------------------------- */

void lay_draw_pools(struct lay *l)
{
	unsigned int slots = lay_capacity(&l->b, l->focus.mode);
	int h, rows, y = l->b.pools;

	lay_border(l, 0, l->b.right + 1, y);
	h = l->focus.mode < 3 ? l->b.pools_h / (int)slots : 0;
	l->table = l->focus.mode == 3 || (l->focus.mode == 2 && h < 3) || h < 2;
	if (l->table) {
		draw_table(l);
		return;
	}
	for (unsigned int i = 0; i < slots && i < l->focus.nr; i++, y += rows) {
		const struct model_pool *p = model_pool(l->m, l->focus.pool[i]);

		/* the last block of one column takes the rows that are left over */
		rows = !l->b.wide && i + 1 == slots ? l->b.pools + l->b.pools_h - y : h;

		lay_border(l, 0, l->b.right + 1, y);
		if (!p)
			continue;
		if (l->focus.mode == 1 && rows >= (l->b.narrow ? 5 : 4))
			large_block(l, p, y, rows);
		else
			small_block(l, p, y, rows);
	}
	if (y < l->b.pools + l->b.pools_h)
		lay_border(l, 0, l->b.right + 1, y);
}
