/*
 * visualizer/layout_trail.c - the move of an event, as a line from a row to a row.
 *
 * The line leaves its row behind the last word, goes along the gutter and ends with an arrow
 * behind the last word of its goal.  It covers blanks and borders only.  A full line is an
 * item that moves, a dotted one is a thread that is woken.  A refused queueing ends at a wall.
 *
 * In the film of a move the line grows and the item is at its head; it is drawn at its goal
 * in the last frame only (lay_travels()).
 *
 * Lives here:   which events have a trail, its cells, its film.
 * Never here:   rows and their words.   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include "words/texts.h"

#define TRAIL_CELLS_MAX 512

enum trail_end { END_NONE, END_ACTOR, END_LIST, END_WORKER, END_RECEIVER, END_QUEUE, END_CPU, END_POOL, END_TAKER };

enum trail_line { LINE_FULL, LINE_DOTTED, LINE_WALL, LINE_STILL /* full, without a film */ };

static const struct trail {
	uint16_t kind;
	enum trail_end from, to;
	enum trail_line line;
	enum words_key word;	/* on the line; may name the item */
} trails[] = {
	{ EV_QUEUE_WORK, END_ACTOR, END_QUEUE, LINE_STILL, W_NONE },
	{ EV_ACTIVATE_WORK, END_ACTOR, END_LIST, LINE_FULL, W_LAY_MOVE_QUEUES },
	{ EV_INACTIVE, END_ACTOR, END_QUEUE, LINE_FULL, W_LAY_MOVE_HELD },
	{ EV_QUEUE_REDIRECT, END_ACTOR, END_LIST, LINE_FULL, W_NONE },
	{ EV_PENDING_CLEAR, END_LIST, END_TAKER, LINE_FULL, W_LAY_MOVE_TAKEN },
	{ EV_EXECUTE_START, END_LIST, END_TAKER, LINE_FULL, W_LAY_MOVE_TAKEN },
	{ EV_RESCUE, END_LIST, END_WORKER, LINE_FULL, W_LAY_MOVE_TAKEN },
	{ EV_COLLIDE, END_WORKER, END_RECEIVER, LINE_FULL, W_LAY_MOVE_HANDED },
	{ EV_STEAL, END_LIST, END_QUEUE, LINE_FULL, W_LAY_MOVE_BACK },
	{ EV_DELAYED_FIRE, END_QUEUE, END_CPU, LINE_FULL, W_NONE },
	{ EV_RESCUER_BEGIN, END_QUEUE, END_WORKER, LINE_FULL, W_LAY_MOVE_COMES },
	{ EV_RESCUER_END, END_POOL, END_QUEUE, LINE_FULL, W_LAY_MOVE_HOME },
	{ EV_KICK, END_ACTOR, END_WORKER, LINE_DOTTED, W_LAY_MOVE_WAKES },
	{ EV_MAYDAY, END_POOL, END_QUEUE, LINE_DOTTED, W_LAY_MOVE_CALLS },
	{ EV_PENDING_BUSY, END_ACTOR, END_NONE, LINE_WALL, W_NONE },
	{ EV_DRAIN_REFUSED, END_ACTOR, END_NONE, LINE_WALL, W_NONE },
};

static const struct trail *trail_of(uint16_t kind)
{
	for (size_t i = 0; i < sizeof(trails) / sizeof(trails[0]); i++)
		if (trails[i].kind == kind)
			return &trails[i];
	return NULL;
}

bool layout_kind_moves(uint16_t kind)
{
	const struct trail *t = trail_of(kind);

	return t && (t->line == LINE_FULL || t->line == LINE_DOTTED);
}

#define TAKE_EVENTS 64		/* between assign_work() and the call of the function */

/*
 * assign_work() is no event of the story: the first one behind it shows the take.  An item that
 * was handed over, or that a rescuer has taken, comes from no list.
 */
uint32_t lay_taker(const struct lay *l)
{
	uint32_t item = lay_field(&l->ev, "item");
	struct trace_event ev;

	if (l->ev.kind == EV_RESCUE)
		return lay_field(&l->ev, "worker");
	if (l->ev.kind != EV_PENDING_CLEAR && l->ev.kind != EV_EXECUTE_START)
		return 0;
	for (uint64_t n = l->ev.n - 1; n && n + TAKE_EVENTS > l->ev.n; n--) {
		if (!trace_store_event(l->store, n, &ev) || lay_field(&ev, "item") != item)
			continue;
		if (ev.kind == EV_ASSIGN_WORK)
			return lay_field(&ev, "worker");
		if (ev.kind == EV_PENDING_CLEAR || ev.kind == EV_COLLIDE || ev.kind == EV_RESCUE || ev.kind == EV_EXECUTE_END)
			return 0;
	}
	return 0;
}

bool lay_travels(const struct lay *l, enum trace_class cls, uint32_t id)
{
	if (l->in->film < 1 || l->in->film >= LAYOUT_FILM_FRAMES)
		return false;
	switch (l->ev.kind) {
	case EV_ACTIVATE_WORK:
	case EV_INACTIVE:
		return cls == CLS_ITEM && lay_field(&l->ev, "item") == id;
	case EV_RESCUER_BEGIN:
		return cls == CLS_WORKER && lay_field(&l->ev, "worker") == id;
	case EV_PENDING_CLEAR:
	case EV_EXECUTE_START:
	case EV_RESCUE:
		return cls == CLS_WORKER && l->taker == id;
	default:
		return false;
	}
}

/* ---- places ----------------------------------------------------------------------------------- */

struct place {
	int y, end;		/* row; first column behind its last word, in the field of labels */
	int tail;		/* end of a list that goes on right of the gutter, 0 = none */
	bool line;		/* a line can begin or end here */
};

static bool is_border_row(const struct lay *l, int y)
{
	uint32_t ch = lay_char(l, 0, y);

	return ch == 0x251c || ch == '+';
}

static bool is_free(const struct lay *l, int x, int y)
{
	uint32_t ch = lay_char(l, x, y);

	return ch == ' ' || ch == 0x2500 || (ch == '-' && is_border_row(l, y));
}

static int last_word(const struct lay *l, int y)
{
	int x = l->b.gutter - 1;

	while (x > 1 && is_free(l, x, y))
		x--;
	return x + 1;
}

static bool place_of_row(const struct lay *l, int y, bool line, struct place *p)
{
	*p = (struct place){ .y = y, .end = last_word(l, y), .line = line };
	return true;
}

static bool place_of_thing(const struct lay *l, const struct layout_thing *t, bool line, struct place *p)
{
	if (!t)
		return false;
	place_of_row(l, t->y, line, p);
	if (!line)
		p->end = t->x + t->w;
	return true;
}

static bool worker_place(const struct lay *l, uint32_t id, struct place *p)
{
	return id && place_of_thing(l, lay_find(l, ROLE_LABEL, CLS_WORKER, id), !l->table, p);
}

static bool cpu_place(const struct lay *l, uint32_t cpu, struct place *p)
{
	return cpu < CPUS_MAX && place_of_thing(l, lay_find(l, ROLE_CPU, CLS_CPU, cpu + 1), l->b.strip_cols == 1, p);
}

static bool list_place(const struct lay *l, uint32_t pool, struct place *p)
{
	for (unsigned int i = 0; i < l->nr_lists; i++) {
		if (l->list_pool[i] != pool)
			continue;
		place_of_row(l, l->list_y[i], !l->table, p);
		if (l->list_end[i] > l->b.gutter)
			p->tail = l->list_end[i];
		return true;
	}
	return false;
}

/* The thread that acts: its worker's row if it has one, else its CPU's. */
static bool actor_place(const struct lay *l, struct place *p)
{
	const struct model_task *t = l->ev.ctx == CTX_TASK ? model_task(l->m, l->ev.task) : NULL;

	if (t && t->worker && worker_place(l, t->worker, p))
		return true;
	return l->ev.ctx != CTX_DIRECTOR && cpu_place(l, l->ev.cpu, p);
}

static uint32_t event_pool(const struct lay *l)
{
	const struct model_worker *w = model_worker(l->m, l->taker ? l->taker : lay_field(&l->ev, "worker"));

	if (l->taker && w)
		return w->pool;
	if (lay_has(&l->ev, "to"))
		return lay_field(&l->ev, "to");
	if (lay_has(&l->ev, "pool"))
		return lay_field(&l->ev, "pool");
	return w ? w->pool : 0;
}

static bool find_place(const struct lay *l, enum trail_end end, struct place *p)
{
	switch (end) {
	case END_ACTOR: return actor_place(l, p);
	case END_LIST: return list_place(l, event_pool(l), p);
	case END_WORKER: return worker_place(l, lay_field(&l->ev, "worker"), p);
	case END_TAKER: return worker_place(l, l->taker, p);
	case END_RECEIVER: return worker_place(l, lay_field(&l->ev, "runner"), p);
	case END_QUEUE: return place_of_row(l, 5, true, p);
	case END_CPU: return cpu_place(l, l->ev.cpu, p);
	case END_POOL: return place_of_thing(l, lay_find(l, ROLE_POOL, CLS_POOL, event_pool(l)), !l->table, p);
	default: return false;
	}
}

/* ---- the line ------------------------------------------------------------------------------------- */

struct path {
	struct {
		int x, y;
		const char *sign;
	} v[TRAIL_CELLS_MAX];
	unsigned int nr;
};

static void cell(struct path *p, int x, int y, const char *sign)
{
	if (p->nr == TRAIL_CELLS_MAX)
		return;
	p->v[p->nr].x = x;
	p->v[p->nr].y = y;
	p->v[p->nr++].sign = sign;
}

static void make_path(const struct lay *l, const struct place *from, const struct place *to, bool dotted, struct path *p)
{
	const char *across = dotted ? "╌" : "─", *down = dotted ? "╎" : "│";
	int gutter = l->b.gutter, step = to->y > from->y ? 1 : -1;

	p->nr = 0;
	for (int x = from->end + 1; x < gutter && !from->tail; x++)
		cell(p, x, from->y, across);
	cell(p, gutter, from->y, step > 0 ? "┐" : "┘");
	for (int y = from->y + step; y != to->y; y += step)
		cell(p, gutter, y, down);
	cell(p, gutter, to->y, step > 0 ? "┘" : "┐");
	if (to->tail) {
		cell(p, to->tail, to->y, "◀");
		return;
	}
	for (int x = gutter - 1; x > to->end + 1; x--)
		cell(p, x, to->y, across);
	if (to->end + 1 < gutter)
		cell(p, to->end + 1, to->y, "◀");
}

static void draw_path(struct lay *l, const struct path *p, unsigned int nr)
{
	for (unsigned int i = 0; i < nr && i < p->nr; i++) {
		if (is_free(l, p->v[i].x, p->v[i].y))
			lay_cell(l, p->v[i].x, p->v[i].y, ST_CHANGED, p->v[i].sign);
		else
			l->out->crossed++;
	}
}

/* A word on the line, in the row that it leaves: a verb, or the item if it is not drawn at its goal yet. */
static void trail_word(const struct lay *l, const struct trail *t, int room, struct strbuf *out)
{
	uint32_t id = lay_field(&l->ev, "item");
	char name[WORDS_NAME];

	if (t->word == W_NONE) {
		strbuf_puts(out, lay_item(l, id, 12, name));
		return;
	}
	/* the item has left the list, which may hold others */
	if (t->from == END_LIST && id)
		strbuf_printf(out, "%s %s", lay_item(l, id, 12, name), words_fixed(t->word));
	if (out->len && lay_columns(l, out->buf) <= room)
		return;
	out->len = 0;
	if (t->from == END_LIST && id && lay_columns(l, lay_item(l, id, 12, name)) <= room)
		strbuf_puts(out, lay_item(l, id, 12, name));
	else
		strbuf_puts(out, words_fixed(t->word));
}

/* The widest blank part of row @y left of the gutter: the count of waiting items may stand behind it.  Return: its width. */
static int widest_blank(const struct lay *l, int y, int *from)
{
	int best = 0, run = 0;

	for (int x = l->b.label; x < l->b.gutter; x++) {
		run = lay_char(l, x, y) == ' ' ? run + 1 : 0;
		if (run <= best)
			continue;
		best = run;
		*from = x - run + 1;
	}
	return best;
}

static void put_word(struct lay *l, const struct trail *t, const struct place *from)
{
	uint32_t id = lay_field(&l->ev, "item");
	int room = l->b.gutter - from->end - 4, columns, x = 0;
	STRBUF(text, WORDS_NAME);

	trail_word(l, t, room, &text);
	columns = lay_columns(l, text.buf);
	if (t->word == W_NONE && !from->tail && columns > room && widest_blank(l, from->y, &x) >= columns + 2) {
		/* the count of waiting items is between the name and the line */
		lay_thing(l, x + 1, from->y, columns, ST_NAME, ROLE_LIST, CLS_ITEM, id, "%s", text.buf);
		return;
	}
	if (from->tail || columns > room || !text.len)
		return;
	x = t->word == W_NONE ? l->b.gutter - columns - 2 : from->end + 1 + (l->b.gutter - from->end - 1 - columns - 2) / 2;
	lay_put(l, x, from->y, columns + 2, t->word == W_NONE ? ST_NAME : ST_CHANGED, " %s ", text.buf);
	if (t->word == W_NONE && id)
		lay_mark(l, ROLE_LIST, x + 1, from->y, columns, CLS_ITEM, id);
}

/* The item at the head of the line that has @nr cells. */
static void put_head(struct lay *l, const struct path *p, unsigned int nr)
{
	uint32_t id = lay_field(&l->ev, "item");
	char name[WORDS_NAME];
	const char *text = lay_item(l, id, 12, name);
	int x = p->v[nr - 1].x, y = p->v[nr - 1].y, columns = 1 + lay_columns(l, text);

	if (!id || x >= l->b.gutter) {
		lay_cell(l, x, y, ST_NAME, "▸");
		return;
	}
	if (x + columns > l->b.gutter)
		x = l->b.gutter - columns;
	for (int i = x; i < x + columns; i++)
		if (!is_free(l, i, y) && (i < p->v[0].x || y != p->v[0].y) && i < p->v[nr - 1].x)
			return;
	lay_put(l, x, y, columns, ST_NAME, "▸%s", text);
}

static void draw_line(struct lay *l, const struct trail *t, const struct place *from, const struct place *to)
{
	static const unsigned int grown[LAYOUT_FILM_FRAMES] = { 100, 0, 35, 60, 90 };
	unsigned int film = l->in->film < LAYOUT_FILM_FRAMES ? l->in->film : 0, nr;
	struct path p;

	make_path(l, from, to, t->line == LINE_DOTTED, &p);
	if (t->line == LINE_STILL)
		film = 0;
	l->out->moves |= t->line != LINE_STILL;
	nr = p.nr * grown[film] / 100;
	draw_path(l, &p, nr);
	if (!film)
		put_word(l, t, from);
	if (film && nr && t->line == LINE_FULL)
		put_head(l, &p, nr);
}

/* No room for a line: an arrow behind the one and at the other. */
static void draw_arrows(struct lay *l, const struct place *from, const struct place *to)
{
	if (is_free(l, from->end, from->y) && is_free(l, from->end + 1, from->y) && is_free(l, from->end + 2, from->y))
		lay_put(l, from->end + 1, from->y, 2, ST_CHANGED, l->in->ascii ? "->" : "─▸");
	if (is_free(l, to->end, to->y) && is_free(l, to->end + 1, to->y))
		lay_put(l, to->end + (to->line ? 1 : 0), to->y, 1, ST_CHANGED, "◀");
}

static void draw_wall(struct lay *l, const struct place *from)
{
	uint32_t id = lay_field(&l->ev, "item");
	char name[WORDS_NAME];
	int x = 0, room = widest_blank(l, from->y, &x) - 4;
	const char *text = room > 4 ? lay_item(l, id, room < 12 ? room : 12, name) : "";

	if (!from->line || !*text)
		return;
	x++;
	lay_thing(l, x, from->y, room, ST_NAME, ROLE_ON_CPU, CLS_ITEM, id, "%s", text);
	lay_put(l, x + lay_columns(l, text), from->y, 2, ST_CHANGED, l->in->ascii ? "-|" : "─┤");
}

/* An item that was held back comes out of its workqueue's row. */
static bool was_held(const struct lay *l)
{
	struct trace_event ev;

	if (l->ev.kind != EV_ACTIVATE_WORK)
		return false;
	for (uint64_t n = l->ev.n - 1; n && n + 64 > l->ev.n; n--) {
		if (!trace_store_event(l->store, n, &ev) || lay_field(&ev, "item") != lay_field(&l->ev, "item"))
			continue;
		return ev.kind != EV_QUEUE_WORK && ev.kind != EV_QUEUE_REDIRECT;
	}
	return true;
}

#define LIST_EVENTS 4096	/* in which the item came to its list */

/* The worker that an item was handed to before it was stolen, 0 = it is taken off a worklist. */
static uint32_t waited_in(const struct lay *l)
{
	uint32_t item = lay_field(&l->ev, "item");
	struct trace_event ev;

	for (uint64_t n = l->ev.n - 1; l->ev.kind == EV_STEAL && n && n + LIST_EVENTS > l->ev.n; n--) {
		if (!trace_store_event(l->store, n, &ev) || (ev.kind != EV_COLLIDE && ev.kind != EV_ACTIVATE_WORK))
			continue;
		if (lay_field(&ev, "item") == item)
			return ev.kind == EV_COLLIDE ? lay_field(&ev, "runner") : 0;
	}
	return 0;
}

static bool begin_place(const struct lay *l, const struct trail *t, struct place *p)
{
	uint32_t worker = waited_in(l);

	if (worker)
		return worker_place(l, worker, p);
	return find_place(l, was_held(l) ? END_QUEUE : t->from, p);
}

void lay_draw_trail(struct lay *l)
{
	const struct trail *t = trail_of(l->ev.kind);
	struct place from, to;

	if (!t || l->in->middle_free)
		return;
	if (!begin_place(l, t, &from))
		return;
	if (t->line == LINE_WALL) {
		draw_wall(l, &from);
		return;
	}
	if (!find_place(l, t->to, &to) || from.y == to.y)
		return;
	if (from.line && to.line)
		draw_line(l, t, &from, &to);
	else
		draw_arrows(l, &from, &to);
}
