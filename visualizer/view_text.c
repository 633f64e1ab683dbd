/*
 * visualizer/view_text.c - the lesson's text: cards, questions, verdicts, and trouble.
 *
 * First the panel's lines are made for a width, so that the layout can ask how
 * many there are; then they are drawn.  The panel never hides.
 *
 * Never here:   judging, keys (commands.c), what a verdict says (the run did).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "visualizer/markup.h"
#include "visualizer/view.h"

#define PANEL_LINES 64
#define PANEL_TEXT 12288

struct panel_line {
	struct markup_line text;
	enum theme_style style;
	int indent, choice;		/* choice: 0.. for the mouse, -1 = none */
	bool bar;			/* the chosen one */
	const char *mark;		/* in front of it, two columns */
};

struct panel {
	int width;
	unsigned int nr;
	struct panel_line v[PANEL_LINES];
	size_t used;
	char text[PANEL_TEXT];
};

/* Text that lives as long as the panel. */
static const char *keep(struct panel *p, const char *fmt, ...)
{
	char *at = p->text + p->used;
	size_t room = sizeof(p->text) - p->used;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(at, room, fmt, ap);
	va_end(ap);
	if (n < 0 || room < 2)
		return "";
	p->used += (size_t)n < room ? (size_t)n + 1 : room;
	return at;
}

static struct panel_line *put(struct panel *p, enum theme_style style, int indent, const char *text)
{
	struct markup_line lines[MARKUP_LINES_MAX];
	unsigned int n = markup_wrap(text, p->width - indent, lines, MARKUP_LINES_MAX);
	struct panel_line *first = NULL;

	for (unsigned int i = 0; i < n && p->nr < PANEL_LINES; i++) {
		struct panel_line *l = &p->v[p->nr++];

		*l = (struct panel_line){ .text = lines[i], .style = style, .indent = indent, .choice = -1 };
		if (!first)
			first = l;
	}
	return first;
}

/* ---- questions -------------------------------------------------------------------- */

static bool ordered(const struct answer *a, unsigned int choice, unsigned int *place)
{
	for (unsigned int i = 0; i < a->nr_order; i++) {
		if (a->order[i] != choice)
			continue;
		*place = i + 1;
		return true;
	}
	return false;
}

static bool live(const struct ui *u, const struct card_question *q)
{
	return u->answer.asked == q->asked && !u->answer.sent;
}

/* Was it answered by what has been on the screen?  Looking back knows no future. */
static bool said(const struct ui *u, const struct card_question *q)
{
	return q->answered && q->answered <= u->scene->playback.passed;
}

static void put_choice(struct ui *u, struct panel *p, const struct card_question *q, unsigned int i, bool interactive)
{
	static const struct answer none = { .sel = -1 };
	const struct answer *a = live(u, q) ? &u->answer : &none;
	bool here = interactive && a->sel == (int)i;
	bool given = said(u, q) && cards_choice(q, q->given) == (int)i;
	unsigned int place = 0, from = p->nr;
	const char *lead = "";

	if (q->kind == ASK_FLAGS)
		lead = a->flags >> i & 1 ? "[x] " : "[ ] ";
	else if (q->kind == ASK_ORDER && ordered(a, i, &place))
		lead = keep(p, "%u. ", place);
	put(p, here ? ST_CHOSEN : ST_CHOICE, 2, keep(p, "%c  %s%s", 'a' + i, lead, q->choice[i]));
	for (unsigned int l = from; l < p->nr; l++) {
		p->v[l].choice = (int)i;
		p->v[l].bar = here;
	}
	if (from < p->nr)
		p->v[from].mark = here || given ? "▸" : NULL;
}

static void put_field(struct ui *u, struct panel *p, const struct card_question *q)
{
	const char *label = q->kind == ASK_NUMBER ? "number" : q->kind == ASK_PICK ? "which" : "in your words";

	put(p, ST_QUESTION, 2, keep(p, "%s: %s_", label, live(u, q) ? u->answer.text : said(u, q) ? q->given : ""));
}

/* "b" -> "b, wakes one idle worker" where the question had choices. */
static const char *in_words(struct panel *p, const struct card_question *q, const char *value)
{
	int i = q ? cards_choice(q, value) : -1;

	return i >= 0 ? keep(p, "%c, %s", 'a' + i, q->choice[i]) : keep(p, "%s", value);
}

static void put_question(struct ui *u, struct panel *p, const struct card_question *q, bool interactive)
{
	put(p, ST_NORMAL, 0, q->text);
	for (unsigned int i = 0; i < q->nr_choices; i++)
		put_choice(u, p, q, i, interactive);
	if (q->kind == ASK_NUMBER || q->kind == ASK_TEXT || (q->kind == ASK_PICK && !q->nr_choices))
		put_field(u, p, q);
	if (q->hints_shown && q->hint_ev[q->hints_shown - 1] <= u->scene->playback.passed)
		put(p, ST_WHY, 0, keep(p, "Hint %u: %s", q->hints_shown, q->hint[q->hints_shown - 1]));
	if (said(u, q) && !interactive)
		put(p, ST_DIM, 0, keep(p, "You said %s. Now the engine decides.", in_words(p, q, q->given ? q->given : "")));
}

/* ---- verdicts ----------------------------------------------------------------------- */

static void put_part(struct panel *p, const char *text, const char *key, enum theme_style style, const char *lead)
{
	char value[1024];

	if (cards_verdict_get(text, key, value, sizeof(value)))
		put(p, style, 0, keep(p, "%s%s", lead, value));
}

/* The predicate's part of the generated sentence; what was said and happened stands above. */
static void put_generated(struct panel *p, const char *text)
{
	char value[1024];
	const char *rest;

	if (!cards_verdict_get(text, "generated", value, sizeof(value)))
		return;
	rest = strstr(value, "(event ");
	rest = rest ? strstr(rest, "). ") : NULL;
	if (rest)
		put(p, ST_WHY, 0, keep(p, "%s", rest + 3));
}

static void put_verdict(struct ui *u, struct panel *p, const struct card *card, const struct card_question *q)
{
	bool wide = layout_is_wide(term_width(u->term), term_height(u->term));
	char given[512] = "", happened[512] = "", event[32] = "", ms[32] = "";
	const char *where = "";

	cards_verdict_get(card->text, "given", given, sizeof(given));
	cards_verdict_get(card->text, "happened", happened, sizeof(happened));
	if (cards_verdict_get(card->text, "event", event, sizeof(event)) &&
	    cards_verdict_get(card->text, "ms", ms, sizeof(ms)))
		where = keep(p, "   (event %s, %s ms)", event, ms);
	if (*given)
		put(p, card->right ? ST_RIGHT : ST_WRONG, 0, keep(p, "You said: %s", in_words(p, q, given)));
	if (*happened)
		put(p, ST_NORMAL, 0, keep(p, "What happened: *%s*%s", in_words(p, q, happened), where));
	put_part(p, card->text, "feedback", ST_NORMAL, "");
	/* the author's own words are better; where room is short they are enough */
	if (wide || !cards_verdict_get(card->text, "feedback", happened, sizeof(happened)))
		put_generated(p, card->text);
	put_part(p, card->text, "why", ST_NORMAL, "");
	put_part(p, card->text, "rule", ST_RULE, "Rule: ");
}

/* ---- trouble --------------------------------------------------------------------------- */

static void put_trouble(struct ui *u, struct panel *p, const char *sentence)
{
	const struct scene *s = u->scene;
	uint64_t n = s->store->nr;
	unsigned int shown = 0;
	uint64_t list[4];
	struct trace_event ev;

	put(p, ST_ERROR, 0, sentence);
	for (; n && shown < 4; n--)
		if (trace_store_event(s->store, n, &ev) && ev.kind < EV_NR &&
		    trace_event_level(&ev) == TRACE_STORY && ev.kind < EV_LESSON)
			list[shown++] = n;
	if (shown)
		put(p, ST_DIM, 0, "The last that happened:");
	while (shown--) {
		STRBUF(text, 256);

		if (!trace_store_event(s->store, list[shown], &ev))
			continue;
		sentence_event(s->store, &s->replay.head, &ev, &text);
		put(p, ST_NORMAL, 0, keep(p, "%9.3f ms  %s", (double)ev.time / 1e6, text.buf));
	}
	put(p, ST_KEY, 0, "r  run it again        q  back to the course");
}

static void put_end(struct ui *u, struct panel *p)
{
	const struct cards *c = &u->scene->cards;
	const struct card *recap = NULL;

	for (size_t i = 0; i < c->nr; i++)
		if (c->v[i].kind == CARD_RECAP)
			recap = &c->v[i];
	put(p, ST_TITLE, 0, keep(p, "The lesson is over.  %u right, %u not.", c->right, c->wrong));
	if (recap)
		put(p, ST_NORMAL, 0, recap->text);
	put(p, ST_DIM, 0, u->scene->run ? "`>` next lesson   `q` back to the course   `r` once more   `,` and `[` look back" :
					  "`q` back   `,` and `[` look back");
}

/* ---- the panel ---------------------------------------------------------------------------- */

static void title_of(struct ui *u, const struct open_text *o, char *buf, size_t size)
{
	const struct cards *c = &u->scene->cards;
	const char *word = "Text";

	if (o->trouble) {
		snprintf(buf, size, "Something went wrong");
		return;
	}
	if (o->card && o->card->kind == CARD_ASK && o->q) {
		snprintf(buf, size, c->questions ? "%s (%u of %u)" : "%s", o->q->predict ? "Predict" : "Question",
			 o->q->number, c->questions);
		return;
	}
	if (o->card)
		word = o->card->kind == CARD_VERDICT ? (o->card->right ? "✔ Right" : "✖ Not quite") :
		       o->card->kind == CARD_RECAP ? "To take home" : o->card->kind == CARD_END ? "The end" :
		       o->card->kind == CARD_FAULT ? "The lesson is at fault" : "Text";
	snprintf(buf, size, "%s", word);
}

static void panel_make(struct ui *u, struct panel *p, int width, const struct open_text *o)
{
	p->width = width < 10 ? 10 : width;
	p->nr = 0;
	p->used = 0;
	if (o->trouble) {
		put_trouble(u, p, o->trouble);
		return;
	}
	if (!o->card) {
		put(p, ST_DIM, 0, u->scene->run ? "The machine starts …" : "A recording: Space plays, . and , step.");
		return;
	}
	switch (o->card->kind) {
	case CARD_ASK:
		if (o->q)
			put_question(u, p, o->q, o->context != 0);
		break;
	case CARD_VERDICT:
		put_verdict(u, p, o->card, o->q);
		break;
	case CARD_END:
		put_end(u, p);
		break;
	default:
		put(p, o->card->kind == CARD_FAULT || o->card->kind == CARD_OUTSIDE ? ST_ERROR : ST_NORMAL, 0, o->card->text);
		break;
	}
}

int text_height(struct ui *u, int width, const struct open_text *o, char *title, size_t title_size)
{
	static struct panel p;		/* large, and the screen has one thread */

	panel_make(u, &p, width, o);
	title_of(u, o, title, title_size);
	return (int)p.nr;
}

static enum theme_style title_style(const struct ui *u, const struct open_text *o)
{
	if (o->trouble)
		return ST_ERROR;
	if (o->card && o->card->kind == CARD_VERDICT)
		return o->card->right ? ST_RIGHT : ST_WRONG;
	if (o->context && !u->looking)
		return ST_FOCUS;
	return ST_TITLE;
}

void text_draw(struct ui *u, struct rect r, const struct open_text *o)
{
	static struct panel p;
	char title[64];
	unsigned int first = 0;

	panel_make(u, &p, r.w - 2, o);
	title_of(u, o, title, sizeof(title));
	layout_box(u->term, r, title, title_style(u, o));
	/* choices and fields stand last: when it is too long, its beginning goes */
	if ((int)p.nr > r.h && o->card && o->card->kind == CARD_ASK)
		first = p.nr - (unsigned int)r.h;
	for (unsigned int i = first; i < p.nr && (int)(i - first) < r.h; i++) {
		const struct panel_line *l = &p.v[i];
		int y = r.y + (int)(i - first), x = r.x + 1 + l->indent;
		struct hit_region region = { .kind = HIT_CHOICE, .x = r.x, .y = y, .w = r.w, .id = (uint32_t)l->choice };

		if (l->mark)
			ui_put(u, r.x + 1, y, 1, ST_KEY, 0, "%s", l->mark);
		markup_put(u->term, x, y, r.x + r.w - x, l->style, &l->text);
		if (l->bar)
			term_attr(u->term, x, y, r.x + r.w - 1 - x, ATTR_REVERSE);
		if (l->choice >= 0)
			ui_hit_region(u, &region);
	}
	if ((int)p.nr > r.h)
		ui_put(u, r.x + r.w - 3, r.y + r.h - 1, 2, ST_DIM, 0, "…");
}
