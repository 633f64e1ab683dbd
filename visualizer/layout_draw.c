/*
 * visualizer/layout_draw.c - a frame: the parts in their order.
 *
 * Lives here:   finding the event, the outer frame, calling the parts.
 * Never here:   the contents of a part.   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include <errno.h>
#include <stdlib.h>

struct layout *layout_new(void)
{
	return calloc(1, sizeof(struct layout));
}

void layout_free(struct layout *l)
{
	if (!l)
		return;
	free(l->cells.v);
	free(l);
}

/* ---- the event ------------------------------------------------------------------------------ */

static bool is_listed(const struct lay *l, const struct trace_event *ev)
{
	if (ev->kind >= EV_NR || trace_event_level(ev) > l->in->level)
		return false;
	return !trace_is_lesson(ev->kind) && ev->kind != EV_OUTSIDE;
}

static void find_event(struct lay *l)
{
	static const struct story_event nothing;
	struct trace_event ev;
	size_t i;

	l->stories = layout_story_count(l->s, l->m->n);
	l->e = &nothing;
	for (i = l->stories; i > 0; i--)
		if (!trace_is_lesson(l->s->v[i - 1].kind) && l->s->v[i - 1].kind != EV_OUTSIDE)
			break;
	if (i)
		l->e = &l->s->v[i - 1];
	/* the boot is not the lesson's story */
	if (l->m->n >= l->s->lesson && l->e->n < l->s->lesson) {
		l->e = &nothing;
		return;
	}
	for (uint64_t n = l->m->n; n >= l->e->n && n; n--)
		if (trace_store_event(l->store, n, &ev) && is_listed(l, &ev)) {
			l->ev = ev;
			l->taker = lay_taker(l);
			return;
		}
}

/* ---- the frame ------------------------------------------------------------------------------------ */

static void rule(struct lay *l, int y, enum theme_style style, const char *left, const char *line, const char *right)
{
	lay_cell(l, 0, y, style, left);
	for (int x = 1; x < l->b.w - 1; x++)
		lay_cell(l, x, y, style, line);
	lay_cell(l, l->b.w - 1, y, style, right);
}

/* The frame of a what-if has a double line above and a colour of its own. */
void lay_frame(struct lay *l)
{
	int bottom = l->b.h - 2;
	bool branch = l->in->what_if;
	enum theme_style style = branch ? ST_QUESTION : ST_BORDER;

	rule(l, 1, style, branch ? "╒" : "┌", branch ? "═" : "─", branch ? "╕" : "┐");
	for (int y = 2; y < bottom; y++) {
		lay_cell(l, 0, y, style, "│");
		lay_cell(l, l->b.w - 1, y, style, "│");
		if (l->b.wide)
			lay_cell(l, l->b.right + 1, y, ST_BORDER, "│");
	}
	rule(l, bottom, style, "└", "─", "┘");
	if (l->b.wide) {
		lay_cell(l, l->b.right + 1, 1, style, branch ? "╤" : "┬");
		lay_cell(l, l->b.right + 1, bottom, style, "┴");
	}
	lay_border(l, 0, l->b.right + 1, 4);
	if (l->in->talk && l->in->talk->foot && *l->in->talk->foot)
		lay_title(l, l->b.wide ? l->b.right + 2 : 1, bottom, l->b.wide ? l->b.w - l->b.right - 4 : l->b.w - 4, ST_QUESTION,
			  "%s", l->in->talk->foot);
}

static void report(struct lay *l)
{
	struct layout *o = l->out;

	o->mode = l->focus.mode;
	o->nr_pools = l->focus.nr;
	o->guest = l->focus.guest;
	memcpy(o->pool, l->focus.pool, sizeof(o->pool));
	o->zone = l->b.zone;
	o->strip = l->b.strip;
	o->wide = l->b.wide;
	o->middle = (struct layout_rect){ 1, l->b.strip + 1, l->b.right,
					  l->b.zone - l->b.strip - 1 };
}

static void prepare(struct lay *l, struct layout *out, const struct layout_in *in)
{
	unsigned int lines = in->talk ? in->talk->nr + (in->code_below ? CODE_BELOW_ROWS + 1 : 0) : 0;
	unsigned int cpus = lay_count_cpus(in->m);

	memset(l, 0, sizeof(*l));
	l->out = out;
	l->in = in;
	l->m = in->m;
	l->s = in->story;
	l->store = in->store;
	l->gloss = !in->question;
	find_event(l);
	l->b = lay_budget(in->w, in->h, cpus, lines, 1, 0);
	lay_focus(&l->focus, in, &l->b, l->stories);
	l->b = lay_budget(in->w, in->h, cpus, lines, l->focus.mode, l->focus.nr);
	lay_window(&l->window, in, l->b.field_w, l->stories);
}

int layout_draw(struct layout *out, const struct layout_in *in)
{
	static struct lay l;		/* large; the layout has one thread */

	out->nr_things = 0;
	out->talk_first = out->talk_hidden = out->crossed = 0;
	out->talk = (struct layout_rect){ 0 };
	out->moves = false;
	if (out->cells.w != in->w || out->cells.h != in->h) {
		if (cells_size(&out->cells, in->w, in->h))
			return -ENOMEM;
	} else {
		cells_clear(&out->cells);
	}
	if (in->w < LAYOUT_MIN_W || in->h < LAYOUT_MIN_H)
		return 0;
	prepare(&l, out, in);
	lay_frame(&l);
	lay_draw_sentence(&l);
	lay_draw_item(&l);
	if (in->middle_free) {
		lay_border(&l, 0, l.b.right + 1, l.b.strip);
	} else {
		lay_draw_strip(&l);
		lay_draw_pools(&l);
		lay_draw_items(&l);
	}
	lay_draw_zone(&l);
	if (!in->picking)
		lay_draw_trail(&l);
	report(&l);
	return 0;
}

uint64_t layout_time_at(const struct layout_in *in, int x)
{
	struct lay_budget b = lay_budget(in->w, in->h, lay_count_cpus(in->m), 0, 1, 0);
	struct lay_window w;

	lay_window(&w, in, b.field_w, layout_story_count(in->story, in->m->n));
	return lay_time(&w, x - b.field);
}

void layout_help(const struct layout_in *in, struct layout_help *out)
{
	static struct lay l;		/* large */

	prepare(&l, NULL, in);
	lay_help(&l, true, LAYOUT_HELP_MAX, out);
}
