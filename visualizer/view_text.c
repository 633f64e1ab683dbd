/*
 * visualizer/view_text.c - the lesson's text: cards, questions, verdicts, and trouble.
 *
 * First the panel's lines are made for a width, so that the layout can ask how
 * many there are; then they are drawn.  The panel never hides.
 *
 * Never here:   judging, keys (commands.c), verdicts (the run judges).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "visualizer/styled.h"
#include "visualizer/view.h"
#include "words/end_text.h"
#include "words/lesson_text.h"
#include "words/pick_text.h"
#include "words/report_text.h"

#define PANEL_LINES 64
#define PANEL_TEXT 12288
#define TITLE_MARGIN 20		/* columns of a title's border, and of the number of lines that do not fit */

struct panel_line {
	struct styled_line text;
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
	char text[PANEL_TEXT];		/* payloads made here */
	struct styled_room room;
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

/* @text with the keys in force for its {name}s. */
static const char *keyed(struct panel *p, const char *text)
{
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(out, 400);

	key_expand(text, IN_PLAY, &out, span);
	return keep(p, "%s", out.buf);
}

static void put(struct panel *p, enum theme_style style, int indent, const char *payload)
{
	struct styled_line lines[STYLED_LINES_MAX];
	unsigned int n = styled_wrap(&p->room, payload, p->width - indent, lines, STYLED_LINES_MAX);

	for (unsigned int i = 0; i < n && p->nr < PANEL_LINES; i++)
		p->v[p->nr++] = (struct panel_line){ .text = lines[i], .style = style, .indent = indent, .choice = -1 };
}

/* @lead and an author's text, as one payload that lives as long as the panel. */
static const char *joined(struct panel *p, const char *lead, const char *payload)
{
	struct words_payload made;
	struct strbuf text;

	if (sizeof(p->text) - p->used < 2)
		return "";
	strbuf_init(&text, p->text + p->used, sizeof(p->text) - p->used);
	words_payload_begin(&made, &text);
	words_payload_literal(&made, lead);
	words_payload_add(&made, payload);
	words_payload_end(&made);
	p->used += text.len + 1;
	return text.buf;
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

static bool live(const struct ui *u, const struct lesson_question *q)
{
	return u->answer.asked == q->asked && !u->answer.sent;
}

/*
 * Is the answer at or before the last event on the screen?  A later answer is not shown while
 * looking back.
 */
static bool said(const struct ui *u, const struct lesson_question *q)
{
	return q->answered && q->answered <= u->scene->playback.passed;
}

static void put_choice(struct ui *u, struct panel *p, const struct lesson_question *q, unsigned int i, bool interactive)
{
	static const struct answer none = { .sel = -1 };
	const struct answer *a = live(u, q) ? &u->answer : &none;
	bool here = interactive && a->sel == (int)i;
	bool given = said(u, q) && lesson_chosen(q, q->given, NULL) >> i & 1;
	unsigned int place = 0, from = p->nr;
	char lead[32];

	snprintf(lead, sizeof(lead), "%c  ", 'a' + i);
	if (lesson_form(q) == FORM_SEVERAL)
		snprintf(lead + 3, sizeof(lead) - 3, "[%c] ", a->flags >> i & 1 ? 'x' : ' ');
	else if (lesson_form(q) == FORM_ORDER && ordered(a, i, &place))
		snprintf(lead + 3, sizeof(lead) - 3, "%u. ", place);
	put(p, here ? ST_CHOSEN : ST_CHOICE, 2, joined(p, lead, q->choice[i].text));
	for (unsigned int l = from; l < p->nr; l++) {
		p->v[l].choice = (int)i;
		p->v[l].bar = here;
	}
	if (from < p->nr)
		p->v[from].mark = here || given ? "▸" : NULL;
}

/* "_" where the next character is typed: in front of the last @behind bytes. */
static void put_cursor(struct strbuf *line, size_t behind)
{
	strbuf_putc(line, '_');
	if (!behind || behind + 1 > line->len)
		return;
	memmove(line->buf + line->len - behind, line->buf + line->len - behind - 1, behind);
	line->buf[line->len - behind - 1] = '_';
}

static void put_field(struct ui *u, struct panel *p, const struct lesson_question *q)
{
	const char *typed = live(u, q) ? u->answer.text : said(u, q) ? q->given : "";
	STRBUF(line, 400);

	if (lesson_form(q) != FORM_NUMBER)
		strbuf_printf(&line, W(CARD_WORDS), typed);
	else if (*q->unit)
		strbuf_printf(&line, W(CARD_NUMBER_UNIT), q->unit, typed);
	else
		strbuf_printf(&line, W(CARD_NUMBER), typed);
	put_cursor(&line, live(u, q) ? u->answer.behind : 0);
	put(p, ST_QUESTION, 2, joined(p, line.buf, ""));
}

/* The list below a question in which the student points. */
static void put_pick(struct ui *u, struct panel *p, const struct lesson_question *q)
{
	int candidate, at = pick_at(u, q);

	for (unsigned int i = 0;; i++) {
		unsigned int from = p->nr;
		STRBUF(line, 1024);

		if (!pick_line(u, q, i, p->width, &line, &candidate))
			return;
		put(p, candidate >= 0 && candidate == at ? ST_CHOSEN : ST_CHOICE, 0, joined(p, line.buf, ""));
		for (unsigned int l = from; l < p->nr; l++)
			p->v[l].choice = candidate;
	}
}

static void put_question(struct ui *u, struct panel *p, const struct lesson_question *q, bool interactive)
{
	put(p, ST_NORMAL, 0, q->text);
	for (unsigned int i = 0; i < q->nr_choices; i++)
		put_choice(u, p, q, i, interactive);
	if (lesson_form(q) == FORM_NUMBER || lesson_form(q) == FORM_WORDS)
		put_field(u, p, q);
	if (lesson_form(q) == FORM_PICK && interactive)
		put_pick(u, p, q);
	for (unsigned int i = 0; i < q->hints_shown; i++)
		if (q->hint_ev[i] <= u->scene->playback.passed)
			put(p, ST_WHY, 0, joined(p, keep(p, W(CARD_HINT), i + 1), q->hint[i]));
	if (said(u, q) && !interactive) {
		STRBUF(given, 1024);

		words_answer(q, q->given, &given);
		put(p, ST_DIM, 0, joined(p, W(CARD_ANSWERED), given.buf));
	}
}

/* ---- verdicts ----------------------------------------------------------------------- */

static enum theme_style verdict_style(enum words_verdict_part part, enum trace_result result)
{
	switch (part) {
	case VERDICT_RESULT: return result == RESULT_WRONG ? ST_WRONG : result == RESULT_RIGHT ? ST_RIGHT : ST_NORMAL;
	case VERDICT_PREDICATE: return ST_WHY;
	case VERDICT_RULE: return ST_RULE;
	default: return ST_NORMAL;
	}
}

/* The line of @part as plain text; "" if the verdict has none. */
static void verdict_line(const struct scene *s, const struct lesson_question *q, enum words_verdict_part wanted,
			 struct strbuf *out)
{
	enum words_verdict_part part;

	for (unsigned int i = 0;; i++) {
		STRBUF(line, TRACE_TEXT_BYTES_MAX + 1024);

		if (!words_verdict(s->store, q, true, i, &part, &line))
			return;
		if (part != wanted)
			continue;
		words_plain(line.buf, out);
		return;
	}
}

/* "✖ Not quite · You answered: wakes both": an answer that fits into the title takes no row. */
static bool verdict_title(const struct scene *s, const struct lesson_question *q, int width, struct strbuf *out)
{
	static const char *const marks[] = { [RESULT_WRONG] = "✗ ", [RESULT_RIGHT] = "✔ ", [RESULT_NONE] = "" };
	STRBUF(answer, TRACE_TEXT_BYTES_MAX);
	STRBUF(title, TRACE_TEXT_BYTES_MAX);

	verdict_line(s, q, VERDICT_RESULT, &answer);
	strbuf_printf(&title, "%s%s", marks[q->verdict.result], words_result(q->verdict.result));
	if (answer.len)
		strbuf_printf(&title, " · %.*s", (int)answer.len - (answer.buf[answer.len - 1] == '.'), answer.buf);
	if (width_text(title.buf, title.len) > width - TITLE_MARGIN) {
		strbuf_printf(out, "%s%s", marks[q->verdict.result], words_result(q->verdict.result));
		return false;
	}
	strbuf_puts(out, title.buf);
	return true;
}

/* The lines that were pointed at, beside the machine; Tab shows the report. */
static void put_lines(struct ui *u, struct panel *p, const struct lesson_question *q)
{
	unsigned int which[LESSON_PICKS_MAX], nr = lesson_picked(q, q->given, which, LESSON_PICKS_MAX);

	for (unsigned int i = 0; i < nr && q->pick == PICK_LINE; i++) {
		uint64_t n = q->candidate[which[i]].n;

		for (uint64_t k = n; k < n + 2 && k <= q->report.nr; k++) {
			STRBUF(line, 1024);
			STRBUF(cut, 1024);

			strbuf_printf(&line, "%s %3llu  %s", k > n ? " " : term_ascii(u->term) ? ">" : "▶", (unsigned long long)k,
				      words_untimed(q->report.line[k - 1]));
			width_put_cut(&cut, line.buf, line.len, p->width);
			put(p, ST_CODE, 0, joined(p, cut.buf, ""));
		}
	}
}

static void put_verdict(struct ui *u, struct panel *p, const struct lesson_question *q)
{
	STRBUF(title, TRACE_TEXT_BYTES_MAX);
	bool titled = verdict_title(u->scene, q, p->width, &title);
	enum words_verdict_part part;

	for (unsigned int i = 0;; i++) {
		STRBUF(line, TRACE_TEXT_BYTES_MAX + 1024);

		if (!words_verdict(u->scene->store, q, true, i, &part, &line))
			break;
		if (part != VERDICT_RULE && !(titled && part == VERDICT_RESULT))
			put(p, verdict_style(part, q->verdict.result), 0, joined(p, "", line.buf));
	}
	if (!report_shown(u))
		put_lines(u, p, q);
	if (!p->nr)			/* all of it stands in the title, which a zone without lines would not have */
		put(p, ST_NORMAL, 0, " ");
}

/* ---- trouble --------------------------------------------------------------------------- */

static void put_trouble(struct ui *u, struct panel *p, const char *sentence)
{
	const struct scene *s = u->scene;
	uint64_t n = s->store->nr;
	unsigned int shown = 0;
	uint64_t list[4];
	struct trace_event ev;

	put(p, ST_ERROR, 0, joined(p, sentence, ""));
	for (; n && shown < 4; n--)
		if (trace_store_event(s->store, n, &ev) && ev.kind < EV_NR &&
		    trace_event_level(&ev) == TRACE_STORY && !trace_is_lesson(ev.kind) && ev.kind != EV_OUTSIDE)
			list[shown++] = n;
	if (shown)
		put(p, ST_DIM, 0, W(CARD_LAST_EVENTS));
	while (shown--) {
		STRBUF(text, 256);

		if (!trace_store_event(s->store, list[shown], &ev))
			continue;
		words_event(s->store, &s->replay.head, &ev, &text);
		put(p, ST_NORMAL, 0, joined(p, keep(p, "%12s  %s", time_text_ms(ev.time).text, text.buf), ""));
	}
	put(p, ST_KEY, 0, keyed(p, W(CARD_TROUBLE_KEYS)));
}

static void put_fault(struct panel *p, const char *text)
{
	STRBUF(line, 2048);

	words_fault(text, &line);
	put(p, ST_ERROR, 0, joined(p, line.buf, ""));
}

static void put_end(struct ui *u, struct panel *p)
{
	const struct lesson *c = &u->scene->lesson;
	const struct lesson_card *recap = NULL;
	unsigned int judged, right;
	STRBUF(points, 160);
	STRBUF(score, 200);

	for (size_t i = 0; i < c->nr_cards; i++)
		if (c->card[i].kind == CARD_RECAP)
			recap = &c->card[i];
	lesson_score(c, UINT64_MAX, &judged, &right);
	words_ended(c, right, judged, &score);
	words_points(c, &points);
	put(p, ST_TITLE, 0, keep(p, points.len ? "%s %s" : "%s%s", score.buf, points.buf));
	if (recap)
		put(p, ST_NORMAL, 0, recap->text);
	put(p, ST_DIM, 0, keyed(p, u->scene->run ? W(CARD_OVER_RESULTS) : W(CARD_OVER_KEYS_RECORDING)));
}

static void put_what_if(struct ui *u, struct panel *p)
{
	for (unsigned int i = 0;; i++) {
		STRBUF(line, 512);

		if (!what_if_line(u, i, &line))
			return;
		put(p, ST_NORMAL, 0, joined(p, line.buf, ""));
	}
}

/* ---- the panel ---------------------------------------------------------------------------- */

static void title_of(struct ui *u, const struct open_text *o, int width, char *buf, size_t size)
{
	static const enum words_key titles[] = {
		[CARD_SAY] = W_CARD_TEXT, [CARD_ASK] = W_CARD_QUESTION, [CARD_VERDICT] = W_NONE,
		[CARD_RECAP] = W_CARD_REMEMBER, [CARD_FAULT] = W_CARD_FAULTY, [CARD_END] = W_CARD_END,
		[CARD_OUTSIDE] = W_CARD_OUTSIDE,
	};
	struct strbuf out;

	strbuf_init(&out, buf, size);
	if (o->trouble)
		strbuf_puts(&out, W(CARD_TROUBLE));
	else if (o->what_if)
		strbuf_puts(&out, W(WHAT_IF_CARD));
	else if (!o->card)
		strbuf_puts(&out, W(CARD_TEXT));
	else if (o->card->kind == CARD_ASK && o->q && pick_question(u) == o->q)
		words_pick_title(o->q, (unsigned int)pick_at(u, o->q) + 1, &out);
	else if (o->card->kind == CARD_ASK && o->q)
		words_question_title(&u->scene->lesson, o->q, &out);
	else if (o->card->kind == CARD_VERDICT && o->q)
		verdict_title(u->scene, o->q, width, &out);
	else
		strbuf_puts(&out, words_fixed(titles[o->card->kind]));
}

static void panel_make(struct ui *u, struct panel *p, int width, const struct open_text *o)
{
	p->width = width < 10 ? 10 : width;
	p->nr = 0;
	p->used = 0;
	styled_clear(&p->room);
	if (o->trouble) {
		put_trouble(u, p, o->trouble);
		return;
	}
	if (o->what_if) {
		put_what_if(u, p);
		return;
	}
	if (!o->card) {
		put(p, ST_DIM, 0, keyed(p, u->scene->run ? W(CARD_STARTS) : W(CARD_RECORDING)));
		return;
	}
	switch (o->card->kind) {
	case CARD_ASK:
		if (o->q)
			put_question(u, p, o->q, o->context != 0);
		break;
	case CARD_VERDICT:
		if (o->q)
			put_verdict(u, p, o->q);
		break;
	case CARD_END:
		put_end(u, p);
		break;
	case CARD_FAULT:
		put_fault(p, o->card->text);
		break;
	case CARD_OUTSIDE:
		put(p, ST_ERROR, 0, joined(p, o->card->text, ""));
		break;
	default:
		put(p, ST_NORMAL, 0, o->card->text);
		break;
	}
}

static enum theme_style title_style(const struct ui *u, const struct open_text *o)
{
	if (o->trouble)
		return ST_ERROR;
	if (o->card && o->card->kind == CARD_VERDICT)
		return o->q ? verdict_style(VERDICT_RESULT, o->q->verdict.result) : ST_TITLE;
	if (o->context && !u->looking)
		return ST_FOCUS;
	return ST_TITLE;
}

/* A text is open, the run cannot go on, or nothing has happened yet. */
static bool is_talk(const struct open_text *o)
{
	return o->trouble || o->context || !o->card || o->card->kind == CARD_END || o->card->kind == CARD_FAULT ||
	       o->card->kind == CARD_OUTSIDE;
}

/* The pinned question that was answered last and has no verdict yet at the cursor, NULL = none. */
static const struct lesson_question *pinned_question(const struct ui *u)
{
	const struct lesson *l = &u->scene->lesson;
	const struct lesson_question *found = NULL;

	for (size_t i = 1; i < l->nr_questions; i++) {
		const struct lesson_question *q = &l->question[i];
		bool over = q->verdict.n && q->verdict.n <= u->scene->playback.passed;

		if (q->asked && q->pin && said(u, q) && !over && (!found || q->asked > found->asked))
			found = q;
	}
	return found;
}

/* A pinned question and its answer stand in the lower border until its verdict; the question may be cut. */
static void pinned(struct ui *u, struct panel *p, struct layout_talk *talk)
{
	const struct lesson_question *q = pinned_question(u);
	STRBUF(given, 1024);
	STRBUF(plain, 1024);
	STRBUF(text, TRACE_TEXT_BYTES_MAX);

	if (!q)
		return;
	words_answer(q, q->given, &given);
	words_plain(given.buf, &plain);
	words_plain(*q->brief ? q->brief : q->text, &text);
	text.buf[strcspn(text.buf, "\n")] = '\0';
	talk->foot = keep(p, W(CARD_SAID_PINNED), plain.buf, text.buf);
}

const struct layout_talk *text_talk(struct ui *u, int width, const struct open_text *o)
{
	static struct panel p;		/* large, and the screen has one thread */
	static struct layout_line line[PANEL_LINES];
	static struct layout_talk talk;
	static char title[512];

	panel_make(u, &p, width, o);
	memset(&talk, 0, sizeof(talk));
	talk.title = title;
	talk.style = title_style(u, o);
	talk.line = line;
	pinned(u, &p, &talk);
	if (!is_talk(o))
		return &talk;
	title_of(u, o, width, title, sizeof(title));
	if (o->card && o->card->kind == CARD_VERDICT && o->q && !o->trouble) {
		STRBUF(rule, 256);

		verdict_line(u->scene, o->q, VERDICT_RULE, &rule);
		talk.foot = keep(&p, "%s", rule.buf);
	}
	if (o->q && pick_question(u) == o->q) {
		STRBUF(attempt, 120);

		words_pick_try(o->q, &attempt);
		talk.right = attempt.len ? keep(&p, "%s", attempt.buf) : NULL;
	}
	talk.nr = p.nr;
	for (unsigned int i = 0; i < p.nr; i++)
		line[i] = (struct layout_line){ p.v[i].text, p.v[i].style, p.v[i].indent, p.v[i].choice, p.v[i].bar, p.v[i].mark };
	/* choices and fields stand last: they are seen first */
	if (u->talk_n != (o->card ? o->card->n : 0)) {
		u->talk_n = o->card ? o->card->n : 0;
		u->talk_scroll = o->card && o->card->kind == CARD_ASK ? PANEL_LINES : 0;
	}
	talk.first = u->talk_scroll;
	return &talk;
}
