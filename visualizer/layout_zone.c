/*
 * visualizer/layout_zone.c - the zone below the pools, or the second column: talk, help, code.
 *
 * The most important first: a card, question or verdict; help for a machine in which nothing
 * goes on (timers that expire, chains of threads that wait); the code of the function that
 * acts.  Two columns have room for all of it and for the events before.
 *
 * Lives here:   the parts of the zone and their rows.
 * Never here:   the words of a talk (words/lesson_text.h), of code (the caller).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <inttypes.h>

#include "base/time.h"
#include "base/width.h"
#include "base/wrap.h"
#include "visualizer/keys.h"
#include "words/sentence.h"
#include "words/texts.h"
#include "words/waits.h"

#define HELP_LINES 4
#define TALK_ROWS 17		/* of the second column */
#define CODE_ROWS 9
#define CODE_ROWS_TALK 7
#define HELP_ROWS 7
#define MAYDAY_FROM (NS_PER_MS * 3 / 10)	/* after it was armed, its bar is shown */

/* ---- help -------------------------------------------------------------------------------------- */

static struct strbuf help_line(struct layout_help *h)
{
	struct strbuf out;

	strbuf_init(&out, h->text[h->nr < LAYOUT_HELP_MAX ? h->nr : LAYOUT_HELP_MAX - 1], LAYOUT_HELP_BYTES);
	return out;
}

static void bar(struct layout_help *h, uint64_t part, uint64_t whole)
{
	uint64_t filled = whole ? part * LAYOUT_BAR_COLUMNS / whole : LAYOUT_BAR_COLUMNS;

	if (h->nr == h->max)
		return;
	h->bar[h->nr] = true;
	h->filled[h->nr] = filled > LAYOUT_BAR_COLUMNS ? LAYOUT_BAR_COLUMNS : (unsigned int)filled;
}

static void help_mayday(const struct lay *l, const struct model_pool *p, struct layout_help *h)
{
	bool rang = (l->ev.kind == EV_MAYDAY || l->ev.kind == EV_MAYDAY_NONE) && lay_field(&l->ev, "pool") == p->id;
	bool again = p->mayday_state == 3, armed = p->mayday_state == 1 || again;
	uint64_t left = p->mayday_expires > l->in->now ? p->mayday_expires - l->in->now : 0, whole;
	char pool[WORDS_NAME];
	struct strbuf out;

	if (h->nr == h->max || (!armed && !rang))
		return;
	whole = again ? 100 * NS_PER_MS : 10 * NS_PER_MS;
	if (whole < left)
		whole = left;
	if (!rang && !again && !l->m->creation_stalled && whole - left < MAYDAY_FROM)
		return;
	out = help_line(h);
	strbuf_printf(&out, W(LAY_MAYDAY), l->focus.nr > 1 ? lay_pool(l, p->id, pool) : "", l->focus.nr > 1 ? ": " : "");
	if (rang && l->ev.kind == EV_MAYDAY_NONE)
		strbuf_printf(&out, W(LAY_MAYDAY_NONE), lay_name(l, CLS_WQ, lay_field(&l->ev, "wq"), pool));
	else if (rang)
		strbuf_puts(&out, W(LAY_MAYDAY_RANG));
	else
		strbuf_printf(&out, again ? W(LAY_MAYDAY_AGAIN) : W(LAY_MAYDAY_LEFT), time_text_short(left).text);
	bar(h, rang ? 1 : whole - left, rang ? 1 : whole);
	h->nr++;
}

static void help_watchdog(const struct lay *l, const struct model_pool *p, struct layout_help *h)
{
	uint64_t since = p->watchdog_touched > p->watchdog_ts ? p->watchdog_touched : p->watchdog_ts;
	uint64_t waited = l->in->now > since ? l->in->now - since : 0, limit = l->m->watchdog_thresh;
	struct strbuf out;

	if (!limit || !p->worklist.count || waited * 50 < limit || h->nr == h->max)
		return;
	out = help_line(h);
	strbuf_printf(&out, W(LAY_WATCHDOG_BAR), (waited + NS_PER_MS / 2) / NS_PER_MS, waited < limit ? "<" : l->in->ascii ? ">=" : "≥",
		      limit / NS_PER_MS, waited < limit ? "" : W(LAY_WATCHDOG_STALL));
	bar(h, waited, limit);
	h->nr++;
}

static const char *link_sign(const struct lay *l)
{
	return l->in->ascii ? " -> " : " ─▸ ";
}

/* A chain at whose end there is no memory, or that leads back to itself: nothing goes on by itself. */
static bool is_stuck(const struct waits_chain *c)
{
	return c->circle || !strcmp(c->link[c->nr - 1].text, W(WAITS_MEMORY));
}

/* Chains of threads that wait, the event's own thread first: save2 ─▸ a worker ─▸ 1:0 makes one ─▸ a thread ─▸ memory */
static void help_waits(const struct lay *l, struct layout_help *h)
{
	static struct waits_chain chain[LAYOUT_HELP_MAX];	/* large; the layout has one thread */
	unsigned int more, nr = words_waits(l->store, l->m, l->ev.ctx == CTX_TASK ? l->ev.task : 0, chain, h->max, &more);
	unsigned int room = h->max - h->nr;

	for (unsigned int i = 0; i < nr && i < room; i++) {
		struct strbuf out = help_line(h);

		strbuf_puts(&out, is_stuck(&chain[i]) ? W(LAY_HELP_STUCK) : W(LAY_HELP_WAITS));
		words_waits_put(&chain[i], link_sign(l), link_sign(l), &out);
		for (char *at; (at = strstr(out.buf, "kworker/")) != NULL;)
			memmove(at, at + 8, strlen(at + 8) + 1);
		h->bar[h->nr++] = false;
	}
	h->more = more + (nr > room ? nr - room : 0);
}

static void help_threads(const struct lay *l, struct layout_help *h)
{
	struct strbuf out = help_line(h);

	if (l->ev.kind != EV_CREATE_STALL)
		return;
	strbuf_puts(&out, lay_field(&l->ev, "on") ? W(LAY_HELP_NO_THREADS) : W(LAY_HELP_THREADS));
	h->nr++;
}

/* A sign that is in a lane for the first time in the lesson is explained, at that event only. */
static void help_signs(const struct lay *l, struct layout_help *h)
{
	static const enum words_key words[STORY_SIGNS] = {
		[LANE_RUNNING] = W_SIGN_RUNNING, [LANE_READY] = W_SIGN_READY, [LANE_SLEEPING] = W_SIGN_SLEEPING,
		[LANE_MANAGER] = W_SIGN_MANAGER, [LANE_IRQ] = W_SIGN_IRQ, [LANE_OTHER] = W_SIGN_OTHER,
		[LANE_AWAKE] = W_SIGN_AWAKE, [LANE_SOFTIRQ] = W_SIGN_SOFTIRQ, [LANE_OFF] = W_SIGN_OFF,
		[SIGN_RAISED] = W_SIGN_RAISED, [SIGN_LOST] = W_SIGN_LOST,
	};
	size_t at = layout_story_count(l->s, l->e->n);
	uint64_t before = at > 1 ? l->s->v[at - 2].n : 0;
	struct strbuf out;
	bool any = false;

	if (h->nr == h->max || !l->s->lesson || !l->e->n)
		return;
	out = help_line(h);
	strbuf_puts(&out, W(LAY_HELP_SIGN));
	for (unsigned int i = 0; i < STORY_SIGNS; i++) {
		if (words[i] == W_NONE || l->s->first_sign[i] <= before || l->s->first_sign[i] > l->m->n)
			continue;
		strbuf_printf(&out, "%s%s", any ? " · " : "", words_fixed(words[i]));
		any = true;
	}
	h->nr += any;
}

/* Calls @add for each pool that there is, or for those in view. */
static void for_pools(const struct lay *l, bool every, struct layout_help *h,
		      void (*add)(const struct lay *l, const struct model_pool *p, struct layout_help *h))
{
	unsigned int nr = every ? l->m->nr_pools : l->focus.nr;

	for (unsigned int i = 0; i < nr; i++) {
		const struct model_pool *p = model_pool(l->m, every ? i + 1 : l->focus.pool[i]);

		if (p && !p->freed)
			add(l, p, h);
	}
}

void lay_help(const struct lay *l, bool every_pool, unsigned int max, struct layout_help *h)
{
	memset(h, 0, sizeof(*h));
	h->max = max;
	help_threads(l, h);
	for_pools(l, every_pool, h, help_mayday);
	for_pools(l, every_pool, h, help_watchdog);
	help_waits(l, h);
	help_signs(l, h);
}

/* A text in at most @rows rows, at least one; the last one is cut.  Return: rows. */
static int put_wrapped(struct lay *l, const char *text, int x, int y, int w, int rows)
{
	struct wrap_line line;
	struct wrap wrap;
	int n = 0;

	wrap_begin(&wrap, text, strlen(text), w);
	while (n + 1 < rows && wrap_next(&wrap, &line)) {
		lay_put(l, x, y + n, w, ST_NORMAL, "%.*s", (int)(line.to - line.from), text + line.from);
		n++;
	}
	if (n < 1 || wrap.at < strlen(text))
		lay_put(l, x, y + n, w, ST_NORMAL, "%s", text + (n ? wrap.at : 0));
	return n < 1 || wrap.at < strlen(text) ? n + 1 : n;
}

/* The bar, as wide as the words beside it let it be; return: its columns with the gap behind it. */
static int put_bar(struct lay *l, unsigned int filled, int x, int y, int room, const char *words)
{
	int columns = room - LAYOUT_BAR_COLUMNS - 2 < lay_columns(l, words) ? LAYOUT_BAR_COLUMNS / 2 : LAYOUT_BAR_COLUMNS;

	filled = filled * (unsigned int)columns / LAYOUT_BAR_COLUMNS;
	for (int k = 0; k < columns; k++)
		lay_put(l, x + k, y, 1, ST_ALARM, k < (int)filled ? "▓" : "░");
	return columns + 2;
}

static int draw_help(struct lay *l, const struct layout_help *h, int x, int y, int w, int rows)
{
	int drawn = 0;

	for (unsigned int i = 0; i < h->nr && drawn < rows; i++) {
		const char *text = h->text[i], *words = strchr(text, '|');
		int used = lay_put(l, x, y + drawn, 10, ST_TITLE, "%.*s", words ? (int)(words - text) : 0, text);

		words = words ? words + 1 : text;
		used = used > 10 ? used : 10;
		if (h->bar[i])
			used += put_bar(l, h->filled[i], x + used, y + drawn, w - used, words);
		/* a row for each line below has to be left */
		drawn += put_wrapped(l, words, x + used, y + drawn, w - used, rows - drawn - (int)(h->nr - i - 1));
	}
	if (h->more && drawn < rows)
		drawn += lay_put(l, x + 10, y + drawn, w - 10, ST_DIM, W(LAY_HELP_MORE), h->more) > 0;
	return drawn;
}

/* ---- code ------------------------------------------------------------------------------------------- */

static bool has_code(const struct lay *l)
{
	return l->in->code && l->in->code->nr;
}

#define CODE_PIECES 6		/* rows of one line at most */

/* Rows of a line of code; those behind the first one are indented. */
struct code_line {
	const char *text, *returned;	/* "" = none */
	struct wrap_line row[CODE_PIECES];
	int rows;
	bool below;			/* the returned value has a row of its own */
};

static void cut_code(const struct lay *l, int n, int w, struct code_line *out)
{
	const struct layout_code *c = l->in->code;
	struct wrap wrap;
	int used;

	*out = (struct code_line){ .text = c->line[n], .returned = n == (int)c->returned_at ? c->returned : "" };
	wrap_begin(&wrap, out->text, strlen(out->text), w - 6);
	if (lay_columns(l, out->text) <= w - 2) {
		out->row[out->rows++] = (struct wrap_line){ .to = strlen(out->text) };
		used = 2 + lay_columns(l, out->text);
	} else {
		while (out->rows + 1 < CODE_PIECES && wrap_next(&wrap, &out->row[out->rows]))
			out->rows++;
		used = 6 + out->row[out->rows - 1].columns;
	}
	out->below = *out->returned && used + 6 + lay_columns(l, out->returned) > w;
	out->rows += out->below;
}

/* Row @i of the line, in the row @y. */
static void put_code_row(struct lay *l, const struct code_line *c, int i, int x, int y, int w, bool now)
{
	bool value = *c->returned && i == c->rows - 1;
	int used = i ? 6 : 2;

	if (now && !i)
		lay_put(l, x, y, 2, ST_KEY, l->in->ascii ? "->" : "▶");
	if (!value || !c->below) {
		const struct wrap_line *row = &c->row[i];

		used += i ? 0 : row->indent;
		used += lay_put(l, x + used, y, w - used, now ? ST_CODE : ST_NORMAL, "%.*s", (int)(row->to - row->from),
				c->text + row->from) + 4;
	}
	if (value)
		lay_put(l, x + used, y, w - used, ST_WHY, "%s %s", l->in->ascii ? "->" : "→", c->returned);
}

/* The first line to show: the one that is executed in the middle, with all of its rows. */
static int first_code_line(const struct lay *l, int w, int rows)
{
	const struct layout_code *c = l->in->code;
	int first = (int)c->now, above, below = 0, total = 0;
	struct code_line line;

	for (int i = (int)c->now; i < (int)c->nr; i++) {
		cut_code(l, i, w, &line);
		below += line.rows;
		if (i == (int)c->now)
			total = line.rows;
	}
	above = rows / 2 < rows - total ? rows / 2 : rows - total;
	/* rows that the end of the function leaves free are for the lines above */
	if (rows - below > above)
		above = rows - below;
	while (first > 0) {
		cut_code(l, first - 1, w, &line);
		if (line.rows > above)
			break;
		above -= line.rows;
		first--;
	}
	return first;
}

/* Return: rows drawn. */
static int draw_code(struct lay *l, int x, int y, int w, int rows)
{
	const struct layout_code *c = l->in->code;
	int drawn = 0;

	if (!has_code(l) || rows < 1)
		return 0;
	for (int n = first_code_line(l, w, rows); n < (int)c->nr && drawn < rows; n++) {
		struct code_line line;

		cut_code(l, n, w, &line);
		for (int i = 0; i < line.rows && drawn < rows; i++)
			put_code_row(l, &line, i, x, y + drawn++, w, n == (int)c->now && !c->rests);
	}
	return drawn;
}

/* ---- talk ---------------------------------------------------------------------------------------------- */

static void draw_line(struct lay *l, const struct layout_line *line, int x, int y, int w)
{
	if (line->mark)
		lay_put(l, x, y, 1, ST_KEY, "%s", line->mark);
	styled_put_cells(&l->out->cells, l->in->ascii, x + line->indent, y, w - line->indent, line->style, &line->text);
	for (int i = x + line->indent; line->bar && i < x + w; i++)
		l->out->cells.v[y * l->out->cells.w + i].attr |= ATTR_REVERSE;
	if (line->choice >= 0)
		lay_mark(l, ROLE_CHOICE, x, y, w, CLS_NONE, (uint32_t)line->choice);
}

/* The first line of the talk that is shown in @fit rows. */
static unsigned int talk_first(const struct layout_talk *t, unsigned int fit)
{
	if (t->first + fit <= t->nr)
		return t->first;
	return t->nr > fit ? t->nr - fit : 0;
}

static void draw_talk(struct lay *l, int x, int y, int w, int rows)
{
	const struct layout_talk *t = l->in->talk;
	unsigned int fit = rows > 0 ? (unsigned int)rows : 0, first = talk_first(t, fit);

	for (unsigned int i = 0; i < fit && first + i < t->nr; i++)
		draw_line(l, &t->line[first + i], x, y + (int)i, w);
	l->out->talk = (struct layout_rect){ x, y, w, (int)fit };
	l->out->talk_first = first;
	l->out->talk_hidden = t->nr > fit ? t->nr - fit : 0;
}

static void talk_border(struct lay *l, int left, int right, int y, int rows)
{
	const struct layout_talk *t = l->in->talk;
	unsigned int fit = rows > 0 ? (unsigned int)rows : 0, above = talk_first(t, fit);
	STRBUF(more, 128);
	int used;

	if (t->right && t->nr <= fit)
		strbuf_puts(&more, t->right);
	if (t->nr > fit)
		key_more_lines(&more, IN_STAGE, above, t->nr - fit - above);
	used = lay_title(l, left, y, right - left - lay_columns(l, more.buf) - 2, t->style, "%s", t->title);
	if (more.len)
		lay_title_right(l, left + used, right, y, ST_DIM, more.buf);
}

/* ---- the zone of one column ------------------------------------------------------------------------------- */

/* ---- the events before ------------------------------------------------------------------------------- */

struct side {
	int x, w, y, end;		/* text columns; next free row; row of the lower border */
};

/* The events up to now, the last one at the bottom; a long one is wrapped.  @own: and the event of the sentence. */
static void draw_events(struct lay *l, const struct side *s, int y, int rows, bool own)
{
	size_t i = l->stories;
	int bottom = y + rows;

	while (i-- > 0 && bottom > y) {
		struct trace_event ev;
		struct wrap_line line[8];
		struct wrap wrap;
		int nr = 0, indent;
		STRBUF(time, 32);
		STRBUF(text, 512);

		if (trace_is_lesson(l->s->v[i].kind) || l->s->v[i].n < l->s->lesson || (!own && l->s->v[i].n >= l->ev.n) ||
		    !trace_store_event(l->store, l->s->v[i].n, &ev))
			continue;
		strbuf_printf(&time, "%.3f ", (double)ev.time / 1e6);
		words_event(l->store, l->m, &ev, &text);
		for (char *at; (at = strstr(text.buf, "kworker/")) != NULL;)
			memmove(at, at + 8, strlen(at + 8) + 1);
		indent = (int)time.len;
		wrap_begin(&wrap, text.buf, strlen(text.buf), s->w - indent);
		while (nr < 8 && wrap_next(&wrap, &line[nr]))
			nr++;
		if (bottom - nr < y)
			break;
		bottom -= nr;
		lay_put(l, s->x, bottom, indent, ST_DIM, "%s", time.buf);
		for (int k = 0; k < nr; k++)
			lay_put(l, s->x + indent, bottom + k, s->w - indent, ev.n == l->ev.n ? ST_CHANGED : ST_NORMAL, "%.*s",
				(int)(line[k].to - line[k].from), text.buf + line[k].from);
		if (l->out->nr_things < LAYOUT_THINGS_MAX)
			l->out->thing[l->out->nr_things++] = (struct layout_thing){ ROLE_EVENT, s->x, bottom, s->w, 0, 0, ev.n };
	}
}

/* ---- the zone of one column ------------------------------------------------------------------------------- */

static void zone_titles(struct lay *l, const struct layout_help *h, bool code)
{
	int used = 0;

	if (h->nr)
		used = lay_title(l, 1, l->b.zone, l->b.right - 1, ST_TITLE, "%s", W(LAY_HELP));
	if (code && h->nr)
		lay_title_right(l, 1 + used, l->b.right - 1, l->b.zone, ST_TITLE, l->in->code->title);
	else if (code)
		lay_title(l, 1, l->b.zone, l->b.right - 1, ST_TITLE, "%s", l->in->code->title);
	else if (!h->nr)
		lay_title(l, 1, l->b.zone, l->b.right - 1, ST_TITLE, "%s", W(LAY_BEFORE));
}

/* Rows that help and code leave free show the events before this one. */
static void draw_before(struct lay *l, int y)
{
	int end = l->b.zone + l->b.zone_h;
	struct side s = { 2, l->b.right - 2, y, end };

	if (y > l->b.zone + 1) {
		if (end - y < 2)
			return;
		lay_border(l, 0, l->b.w - 1, y);
		lay_title(l, 1, y, l->b.right - 1, ST_TITLE, "%s", W(LAY_BEFORE));
		y++;
	}
	draw_events(l, &s, y, end - y, false);
}

/* Of the zone's rows those of the talk: the code below it has a border, and three rows before the talk has more than one. */
static int talk_rows_above(const struct lay *l, int rows)
{
	int most = rows - 1 - CODE_BELOW_MIN, lines = (int)l->in->talk->nr;

	return most < 1 ? rows : lines < most ? lines : most;
}

static void draw_code_below(struct lay *l, int y, int rows, int w)
{
	if (rows < 2)
		return;
	lay_border(l, 0, l->b.w - 1, y);
	lay_title(l, 1, y, l->b.right - 1, ST_TITLE, "%s", has_code(l) ? l->in->code->title : W(LAY_CODE));
	if (!draw_code(l, 2, y + 1, w, rows - 1))
		lay_put(l, 2, y + 1, w, ST_DIM, "%s", W(NO_CODE));
}

static void draw_below(struct lay *l)
{
	int y = l->b.zone + 1, rows = l->b.zone_h - 1, w = l->b.right - 2;
	struct layout_help h;

	lay_border(l, 0, l->b.w - 1, l->b.zone);
	if (l->in->talk && l->in->talk->nr) {
		if (l->in->code_below)
			rows = talk_rows_above(l, rows);
		talk_border(l, 1, l->b.right - 1, l->b.zone, rows);
		draw_talk(l, 2, y, w, rows);
		if (l->in->code_below)
			draw_code_below(l, y + rows, l->b.zone + l->b.zone_h - y - rows, w);
		return;
	}
	lay_help(l, false, HELP_LINES, &h);
	zone_titles(l, &h, has_code(l) && rows > (int)h.nr);
	y += draw_help(l, &h, 2, y, w, has_code(l) && rows > 2 ? rows - 1 : rows);
	y += draw_code(l, 2, y, w, l->b.zone + l->b.zone_h - y);
	draw_before(l, y);
}

/* ---- the second column ---------------------------------------------------------------------------------------- */

/* A part of @rows rows with a title in the border above it. */
static int part(struct lay *l, struct side *s, int rows, enum theme_style style, const char *title)
{
	int y = s->y;

	if (y > 1) {
		uint32_t before = lay_char(l, l->b.right + 1, y);

		lay_border(l, l->b.right + 1, l->b.w - 1, y);
		if (before == 0x2524)	/* the left column has a border here as well */
			lay_cell(l, l->b.right + 1, y, ST_BORDER, "┼");
	}
	lay_title(l, s->x - 1, y, s->w + 2, style, "%s", title);
	s->y += 1 + rows;
	return y + 1;
}

static void draw_aside(struct lay *l)
{
	struct side s = { l->b.right + 3, l->b.w - l->b.right - 5, 1, l->b.h - 2 };
	const struct layout_talk *t = l->in->talk;
	bool talk = t && t->nr;
	struct layout_help h;
	int y, rows;

	if (talk) {
		rows = (int)t->nr < TALK_ROWS ? (int)t->nr : TALK_ROWS;
		y = part(l, &s, rows, t->style, "");
		talk_border(l, s.x - 1, l->b.w - 2, y - 1, rows);
		draw_talk(l, s.x, y, s.w, rows);
	}
	if (l->in->code) {
		rows = talk ? CODE_ROWS_TALK : CODE_ROWS;
		y = part(l, &s, rows, ST_TITLE, has_code(l) ? l->in->code->title : W(LAY_CODE));
		if (!draw_code(l, s.x, y, s.w, rows))
			lay_put(l, s.x, y, s.w, ST_DIM, "%s", W(NO_CODE));
	}
	lay_help(l, false, HELP_LINES, &h);
	y = part(l, &s, HELP_ROWS, ST_TITLE, W(LAY_HELP_LONG));	/* also without help: the parts below stay where they are */
	draw_help(l, &h, s.x, y, s.w, HELP_ROWS);
	rows = s.end - s.y - 1;
	if (rows < 2)
		return;
	y = part(l, &s, rows, ST_TITLE, W(LAY_EVENTS));
	draw_events(l, &s, y, rows, true);
}

void lay_draw_zone(struct lay *l)
{
	if (l->b.wide)
		draw_aside(l);
	else
		draw_below(l);
}
