/*
 * book/lanes.c - the lanes around a decision: the window of time, the rows, the marks; as text.
 *
 * Lives here:   layout, which the text and the SVG share, and the text.
 * Never here:   the SVG (svg.c), folding events into lanes (visualizer/lanes.c).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "words/sentence.h"
#include "words/texts.h"

#define AROUND_NS 1000000u		/* shown before and after at least, where so much has happened */

/* ---- the window ----------------------------------------------------------------------------------- */

/* The shortest of 1, 2, 5, 10, .. us for which @columns of it last @ns. */
static uint64_t column_time(uint64_t ns, uint64_t columns)
{
	static const uint64_t steps[] = { 1, 2, 5 };
	uint64_t unit = 1000;

	for (unsigned int i = 0;; i = (i + 1) % 3) {
		if (steps[i] * unit * columns >= ns)
			return steps[i] * unit;
		if (i == 2)
			unit *= 10;
	}
}

/* Both times with some room around them; not later than two columns behind @until. */
static void lay_window(struct timeline_window *w, uint64_t first, uint64_t last, uint64_t until)
{
	uint64_t around = (last - first) / 4 > AROUND_NS ? (last - first) / 4 : AROUND_NS, length;

	*w = (struct timeline_window){ .until = until, .width = BOOK_LANES_COLUMNS, .bar = -1 };
	w->cell = column_time(last - first + 2 * around, BOOK_LANES_COLUMNS);
	length = w->cell * BOOK_LANES_COLUMNS;
	around = (length - (last - first)) / 2;
	w->from = first > around ? first - around : 0;
	if (w->from + length > until + 2 * w->cell)
		w->from = until + 2 * w->cell > length ? until + 2 * w->cell - length : 0;
	w->from -= w->from % w->cell;
}

int book_lanes_tick(const struct book_lanes *l, int x)
{
	int phase = (int)(l->w.from / l->w.cell % BOOK_TICK_COLUMNS);
	int next = x + (BOOK_TICK_COLUMNS - (phase + x) % BOOK_TICK_COLUMNS) % BOOK_TICK_COLUMNS;

	return next + BOOK_TICK_ROOM <= l->w.width ? next : -1;
}

static int column_of(const struct timeline_window *w, uint64_t time)
{
	uint64_t x = time < w->from ? UINT64_MAX : (time - w->from) / w->cell;

	return x < (uint64_t)w->width ? (int)x : -1;
}

static bool lay_mark(struct book_lanes_mark *mark, const struct book_replay *r, uint64_t n)
{
	struct trace_event ev;

	mark->x = -1;
	mark->time = 0;
	mark->text[0] = '\0';
	if (!n || !trace_store_event(r->store, n, &ev))
		return false;
	mark->x = 0;
	mark->time = ev.time;
	return true;
}

static void describe(struct book_lanes *out, const struct book_replay *r, uint64_t decided)
{
	struct strbuf text;
	struct trace_event ev;

	if (out->asked.x >= 0)
		snprintf(out->asked.text, sizeof(out->asked.text), "%s", W(BOOK_MARK_ASKED));
	if (out->decided.x < 0 || !trace_store_event(r->store, decided, &ev))
		return;
	strbuf_init(&text, out->decided.text, sizeof(out->decided.text));
	words_event(r->store, &r->lanes.m, &ev, &text);
}

void book_lanes_lay(struct book_lanes *out, const struct book_replay *r, uint64_t asked, uint64_t decided)
{
	bool has_asked = lay_mark(&out->asked, r, asked), has_decided = lay_mark(&out->decided, r, decided);
	uint64_t a = has_asked ? out->asked.time : out->decided.time, b = has_decided ? out->decided.time : a;
	struct trace_event last;

	out->store = r->store;
	out->m = &r->lanes.m;
	lay_window(&out->w, a < b ? a : b, a < b ? b : a,
		   r->store->nr && trace_store_event(r->store, r->store->nr, &last) ? last.time : 0);
	if (has_asked)
		out->asked.x = column_of(&out->w, out->asked.time);
	if (has_decided)
		out->w.bar = out->decided.x = column_of(&out->w, out->decided.time);
	describe(out, r, decided);
	out->nr = timeline_busy_rows(&r->lanes, &out->w, out->row, BOOK_LANES_ROWS, &out->hidden);
	snprintf(out->from, sizeof(out->from), "%s", time_text(out->w.from).text);
	snprintf(out->to, sizeof(out->to), "%s", time_text(out->w.from + out->w.cell * BOOK_LANES_COLUMNS).text);
}

const char *book_lanes_name(const struct book_lanes *l, const struct timeline_row *row, char buf[WORDS_NAME])
{
	if (row->cls != CLS_CPU)
		return words_name(l->store, l->m, CLS_WORKER, row->id, buf);
	snprintf(buf, WORDS_NAME, W(LANE_CPU), row->id);
	return buf;
}

/* ---- as text ------------------------------------------------------------------------------------------ */

static int widest_name(const struct book_lanes *l)
{
	int widest = 0;

	for (unsigned int i = 0; i < l->nr; i++) {
		char buf[WORDS_NAME];
		const char *name = book_lanes_name(l, &l->row[i], buf);
		int columns = width_text(name, strlen(name));

		widest = columns > widest ? columns : widest;
	}
	return widest > 24 ? 24 : widest;
}

static void put_signs(const char *first, const char *sign, int n, struct strbuf *out)
{
	for (int i = 0; i < n; i++)
		strbuf_puts(out, i ? sign : first);
}

/* @joins: the piece before it ends here and has the same sign, so that the first sign is half a one. */
static void put_piece(const struct book_lanes *l, const struct timeline_piece *p, bool joins, struct strbuf *out)
{
	char buf[WORDS_NAME];
	const char *label = timeline_label(l->store, l->m, p->part, buf), *sign = timeline_sign(p->part->state);
	const char *first = joins && p->part->state == LANE_RUNNING ? "▌" : sign;
	int columns = width_text(label, strlen(label)), before = (p->w - columns) / 2 - 1;

	if (!*label || columns + 4 > p->w) {
		put_signs(first, sign, p->w, out);
		return;
	}
	put_signs(first, sign, before, out);
	strbuf_printf(out, " %s ", label);
	put_signs(sign, sign, p->w - before - columns - 2, out);
}

static void put_blanks(struct strbuf *out, int n)
{
	while (n-- > 0)
		strbuf_putc(out, ' ');
}

/* Blanks at the end of a line are dropped. */
static void end_line(struct strbuf *out)
{
	while (out->len && out->buf[out->len - 1] == ' ')
		out->buf[--out->len] = '\0';
	strbuf_putc(out, '\n');
}

static void put_row(const struct book_lanes *l, const struct timeline_row *row, int names, struct strbuf *out)
{
	struct timeline_piece p = { 0 };
	char buf[WORDS_NAME];
	const char *name = book_lanes_name(l, row, buf);
	int x = 0, state = LANE_NONE;

	width_put_padded(out, name, strlen(name), names + 2);
	while (timeline_next(row->lane, &l->w, &p)) {
		put_blanks(out, p.x - x);
		put_piece(l, &p, p.x == x && p.part->state == state, out);
		x = p.x + p.w;
		state = p.part->state;
	}
	end_line(out);
}

static void put_axis(const struct book_lanes *l, int names, struct strbuf *out)
{
	int at = 0;

	width_put_padded(out, W(BOOK_AXIS), strlen(W(BOOK_AXIS)), names + 2);
	for (int x = book_lanes_tick(l, 0); x >= 0; x = book_lanes_tick(l, x + 1)) {
		STRBUF(text, 40);

		put_blanks(out, x - at);
		strbuf_putc(&text, '|');
		timeline_axis(&l->w, x, &text);
		width_put_padded(out, text.buf, text.len, BOOK_TICK_ROOM);
		at = x + BOOK_TICK_ROOM;
	}
	end_line(out);
}

static void put_mark_line(const struct book_lanes_mark *m, char sign, struct strbuf *out)
{
	if (*m->text)
		strbuf_printf(out, "%c %s  %s\n", sign, time_text(m->time).text, m->text);
}

void book_lanes_text(const struct book_lanes *l, struct strbuf *out)
{
	int names = widest_name(l), first = l->asked.x, last = l->decided.x;

	put_axis(l, names, out);
	for (unsigned int i = 0; i < l->nr; i++)
		put_row(l, &l->row[i], names, out);
	for (int x = -names - 2; x < l->w.width; x++)
		strbuf_putc(out, x >= 0 && x == last ? '^' : x >= 0 && x == first ? '?' : ' ');
	end_line(out);
	put_mark_line(&l->asked, '?', out);
	put_mark_line(&l->decided, '^', out);
	if (l->hidden == 1)
		strbuf_puts(out, W(BOOK_HIDDEN_ONE));
	else if (l->hidden)
		strbuf_printf(out, W(BOOK_HIDDEN), l->hidden);
}

/* ---- in words --------------------------------------------------------------------------------------------- */

static const enum words_key state_words[LANE_STATES] = {
	[LANE_IDLE] = W_BOOK_STATE_IDLE, [LANE_RUNNING] = W_BOOK_STATE_RUNNING, [LANE_READY] = W_BOOK_STATE_READY,
	[LANE_SLEEPING] = W_BOOK_STATE_SLEEPING, [LANE_MANAGER] = W_BOOK_STATE_MANAGER, [LANE_DYING] = W_BOOK_STATE_DYING,
	[LANE_IRQ] = W_BOOK_STATE_IRQ, [LANE_OTHER] = W_BOOK_STATE_OTHER, [LANE_AWAKE] = W_BOOK_STATE_AWAKE,
	[LANE_SOFTIRQ] = W_BOOK_STATE_SOFTIRQ, [LANE_OFF] = W_BOOK_STATE_OFF,
};

const char *book_state_words(enum lane_state state)
{
	return state_words[state] == W_NONE ? NULL : words_fixed(state_words[state]);
}

static void speak_piece(const struct book_lanes *l, const struct timeline_piece *p, struct strbuf *out)
{
	uint64_t from = l->w.from + l->w.cell * (uint64_t)p->x;
	char buf[WORDS_NAME];
	const char *label = timeline_label(l->store, l->m, p->part, buf), *words = book_state_words(p->part->state);

	if (!words)
		return;
	strbuf_printf(out, W(BOOK_SPOKEN), time_text(from).text, words);
	if (p->part->what && *label)
		strbuf_printf(out, W(BOOK_SPOKEN_WHAT), label);
}

void book_lanes_spoken(const struct book_lanes *l, struct strbuf *out)
{
	for (unsigned int i = 0; i < l->nr; i++) {
		struct timeline_piece p = { 0 };
		char buf[WORDS_NAME];
		bool any = false;

		strbuf_printf(out, "%s: ", book_lanes_name(l, &l->row[i], buf));
		for (; timeline_next(l->row[i].lane, &l->w, &p); any = true) {
			strbuf_puts(out, any ? "; " : "");
			speak_piece(l, &p, out);
		}
		strbuf_puts(out, ".\n");
	}
}
