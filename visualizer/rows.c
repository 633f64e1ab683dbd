/*
 * visualizer/rows.c - see rows.h.   Licence: MIT.
 */
#include "visualizer/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "base/wrap.h"

struct rows *rows_new(struct ui *u)
{
	struct rows *r = malloc(sizeof(*r));

	if (!r)
		return NULL;
	r->u = u;
	r->cpu = 0;
	r->nr = 0;
	r->used = 0;
	return r;
}

void rows_free(struct rows *r)
{
	free(r);
}

void rows_begin(struct rows *r, unsigned int rank)
{
	if (r->nr == ROWS_MAX)
		return;
	r->v[r->nr].rank = rank;
	r->v[r->nr].nr = 0;
	r->v[r->nr].alarm = false;
	r->nr++;
}

static struct row_span *span_new(struct rows *r, enum theme_style style, const char *fmt, va_list ap)
{
	struct row *row = r->nr ? &r->v[r->nr - 1] : NULL;
	size_t room = sizeof(r->text) - r->used;
	struct row_span *s;
	int n;

	if (!row || row->nr == ROW_SPANS_MAX || room < 2)
		return NULL;
	n = vsnprintf(r->text + r->used, room, fmt, ap);
	if (n <= 0)
		return NULL;
	if ((size_t)n >= room)
		n = (int)room - 1;
	s = &row->span[row->nr++];
	*s = (struct row_span){ .style = style, .at = (uint16_t)r->used, .len = (uint16_t)n };
	r->used += (size_t)n;
	return s;
}

void rows_add(struct rows *r, enum theme_style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	span_new(r, style, fmt, ap);
	va_end(ap);
}

void rows_thing(struct rows *r, enum theme_style style, enum trace_class cls, uint32_t id,
		const char *fmt, ...)
{
	struct row_span *s;
	va_list ap;

	va_start(ap, fmt);
	s = span_new(r, style, fmt, ap);
	va_end(ap);
	if (!s)
		return;
	s->cls = (uint32_t)cls;
	s->id = id;
}

void rows_bar(struct rows *r, enum theme_style style, unsigned int width, uint64_t part, uint64_t whole)
{
	unsigned int full = whole ? (unsigned int)((double)part / (double)whole * width + 0.5) : 0;

	if (full > width)
		full = width;
	for (unsigned int i = 0; i < width; i++)
		rows_add(r, i < full ? style : ST_DIM, "%s", i < full ? "▓" : "░");
}

/* Highest rank that is still shown when @room lines are there. */
static unsigned int rank_limit(const struct rows *r, unsigned int room)
{
	for (unsigned int limit = 9; limit > 0; limit--) {
		unsigned int n = 0;

		for (unsigned int i = 0; i < r->nr; i++)
			n += r->v[i].rank <= limit;
		if (n <= room)
			return limit;
	}
	return 0;
}

unsigned int rows_count(const struct rows *r, unsigned int room)
{
	unsigned int limit = rank_limit(r, room), n = 0;

	for (unsigned int i = 0; i < r->nr; i++)
		n += r->v[i].rank <= limit;
	return n < room ? n : room;
}

static int draw_span(struct rows *r, const struct row_span *s, int x, int y, int max, bool alarm)
{
	struct ui *u = r->u;
	enum theme_style style = s->style;
	unsigned int attr = s->attr;
	int used;

	if (alarm) {
		style = ST_STALL;
	} else if (s->cls && ui_touched(u, (enum trace_class)s->cls, s->id)) {
		style = ST_CHANGED;
		attr |= ATTR_BOLD;
	} else if (ui_looks(u) && !(r->cpu && ui_looked_at(u, CLS_CPU, r->cpu))) {
		if (s->cls && ui_looked_at(u, (enum trace_class)s->cls, s->id))
			attr |= ATTR_BOLD | ATTR_REVERSE;
		else
			style = ST_DIM;
	}
	used = term_put(u->term, x, y, max, style, attr, r->text + s->at, s->len);
	if (s->cls && used)
		ui_hit_region(u, &(struct hit_region){ .kind = HIT_THING, .x = x, .y = y, .w = used, .cls = s->cls, .id = s->id });
	return used;
}

static void draw_row(struct rows *r, const struct row *row, struct rect box, int y)
{
	int used = 1;

	for (unsigned int i = 0; i < row->nr; i++) {
		const struct row_span *s = &row->span[i];

		if (s->cls && ui_touched(r->u, (enum trace_class)s->cls, s->id))
			ui_put(r->u, box.x, y, 1, ST_CHANGED, 0, "»");
		used += draw_span(r, s, box.x + used, y, box.w - used, row->alarm);
	}
}

int rows_draw(struct rows *r, struct rect box, unsigned int first)
{
	unsigned int limit = first ? 9 : rank_limit(r, (unsigned int)box.h);
	int y = 0;

	for (unsigned int i = first; i < r->nr && y < box.h; i++)
		if (r->v[i].rank <= limit)
			draw_row(r, &r->v[i], box, box.y + y++);
	return y;
}

/* ---- lines wider than the box --------------------------------------------------------------- */

#define FOLD_INDENT 6

/* Bytes of a piece that fit into @room columns: whole words, or as many letters if @hard. */
static size_t part_that_fits(const char *text, size_t len, int room, bool hard)
{
	size_t fit = room > 0 ? width_fit(text, len, room) : 0, blank = fit;

	while (blank && text[blank - 1] != ' ')
		blank--;
	return fit == len ? len : blank ? blank : hard ? fit : 0;
}

/* The rest of a line stands in a row of its own. */
static void fold_begin(struct rows *to, const struct row *row)
{
	rows_begin(to, row->rank);
	to->v[to->nr - 1].alarm = row->alarm;
	rows_add(to, ST_NORMAL, "%*s", FOLD_INDENT, "");
}

static void fold_row(struct rows *to, const struct rows *from, const struct row *row, int width)
{
	int used = 0;

	rows_begin(to, row->rank);
	to->v[to->nr - 1].alarm = row->alarm;
	for (unsigned int i = 0; i < row->nr; i++) {
		const struct row_span *s = &row->span[i];
		const char *text = from->text + s->at;
		size_t len = s->len;

		while (len && to->nr < ROWS_MAX) {
			size_t part = part_that_fits(text, len, width - used, used <= FOLD_INDENT);
			struct row *now = &to->v[to->nr - 1];

			rows_add(to, s->style, "%.*s", (int)part, text);
			if (part && now->nr) {
				now->span[now->nr - 1].attr = s->attr;
				now->span[now->nr - 1].cls = s->cls;
				now->span[now->nr - 1].id = s->id;
			}
			used += width_text(text, part);
			text += part;
			len -= part;
			if (len) {
				fold_begin(to, row);
				used = FOLD_INDENT;
			}
		}
	}
}

/* The same lines in rows of at most @width columns; frees @r.  NULL without memory. */
static struct rows *rows_fold(struct rows *r, int width)
{
	struct rows *to = rows_new(r->u);

	for (unsigned int i = 0; to && i < r->nr; i++)
		fold_row(to, r, &r->v[i], width > 2 * FOLD_INDENT ? width : 2 * FOLD_INDENT);
	if (to)
		to->cpu = r->cpu;
	rows_free(r);
	return to;
}

/* ---- a view that is such lines ------------------------------------------------------------ */

void rows_show(struct rows *r, struct rect box, const char *title, enum view_id id)
{
	struct key_span span[KEY_SPANS_MAX];
	struct ui *u = r->u;
	unsigned int most;
	char plain[128];
	STRBUF(text, 128);

	r = rows_fold(r, box.w - 1);
	if (!r)
		return;
	most = r->nr > (unsigned int)box.h ? r->nr - (unsigned int)box.h : 0;
	if (u->scroll[id] > most)
		u->scroll[id] = most;
	snprintf(plain, sizeof(plain), most ? W(SCROLL_MORE) : "%s", title);
	key_expand(plain, IN_VIEW, &text, span);
	layout_box(u->term, box, text.buf, ST_TITLE);
	rows_draw(r, box, u->scroll[id]);
	rows_free(r);
}

int rows_command(struct ui *u, enum action a)
{
	unsigned int *s = &u->scroll[u->view];

	switch (a) {
	case ACT_UP: *s = *s ? *s - 1 : 0; break;
	case ACT_DOWN: ++*s; break;
	case ACT_PAGE_UP: *s = *s > 10 ? *s - 10 : 0; break;
	case ACT_PAGE_DOWN: *s += 10; break;
	case ACT_TOP: *s = 0; break;
	case ACT_BOTTOM: *s = 10000; break;
	default: return -1;
	}
	return EFF_DRAW;
}

void rows_wrap(struct rows *r, struct rect box, int indent, enum theme_style style, const char *text)
{
	struct wrap_line line;
	struct wrap wrap;

	wrap_begin(&wrap, text, strlen(text), box.w - 2 - indent);
	for (bool first = true; wrap_next(&wrap, &line); first = false) {
		if (!first) {
			rows_begin(r, 0);
			rows_add(r, ST_NORMAL, "%*s", indent, "");
		}
		rows_add(r, style, "%.*s", (int)(line.to - line.from), text + line.from);
	}
}
