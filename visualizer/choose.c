/*
 * visualizer/choose.c - see choose.h.   Licence: MIT.
 */
#include "visualizer/choose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/width.h"
#include "base/wrap.h"
#include "model/choosing.h"
#include "model/exercise.h"
#include "visualizer/commands.h"
#include "visualizer/styled.h"
#include "words/choosing_text.h"
#include "words/lesson_text.h"
#include "words/texts.h"

#define LABEL_COLUMNS 13
#define SIDE_FROM 56			/* columns of a line with room for a place behind the code */
#define PATH_STEPS 12
#define LINES_MAX 32

static struct choosing now;		/* large, and the screen has one thread */

static const struct choosing *read_now(const struct ui *u)
{
	choosing_read(u->scene->store, u->scene->store->nr, &now);
	return &now;
}

bool choose_on(const struct ui *u)
{
	return !u->at_home && !u->work && u->scene && u->scene->run && !u->kept && !u->reading && run_is_at_choice(u->scene->run) &&
	       u->scene->playback.passed >= run_fence(u->scene->run);
}

bool choose_over(const struct ui *u)
{
	return choose_on(u) && !run_waits_for_choice(u->scene->run);
}

/* ---- choosing ------------------------------------------------------------------------- */

/* Place of the thing under the cursor among those that can go on. */
static unsigned int cursor(const struct ui *u, const struct choosing *c)
{
	return u->choose.asked == c->asked && u->choose.at < c->can ? u->choose.at : 0;
}

static unsigned int select_at(struct ui *u, const struct choosing *c, unsigned int at)
{
	u->choose.asked = c->asked;
	u->choose.at = at;
	u->talk_scroll = 0;		/* the things are at the top */
	return EFF_DRAW;
}

static unsigned int go_on(struct ui *u, const struct choosing *c, unsigned int at)
{
	uint64_t fence = run_fence(u->scene->run);
	int i = choosing_able(c, at);

	if (i < 0 || run_choose(u->scene->run, c->thing[i].name)) {
		ui_say(u, "%s", W(CHOOSE_NOT_THIS));
		return EFF_DRAW;
	}
	u->looking = false;
	u->talk_scroll = 0;
	u->view = VIEW_MACHINE;
	u->seen = fence;
	playback_seek(&u->scene->playback, fence);
	playback_play(&u->scene->playback);
	return EFF_DRAW | EFF_RUN;
}

static unsigned int take_back(struct ui *u)
{
	struct scene *s = u->scene;
	uint64_t at = run_before_last_choice(s->run);
	struct run *other;
	char err[300] = "";

	if (u->what_if)
		return EFF_DRAW;
	if (run_undo_choice(s->run, &other, err, sizeof(err))) {
		ui_say(u, "%s", at ? err : W(CHOOSE_NOTHING_BACK));
		return EFF_DRAW;
	}
	return what_if_comes(u, other, at) ? EFF_DRAW | EFF_RUN : EFF_DRAW;
}

static unsigned int begin_again(struct ui *u)
{
	static struct run_spec spec;	/* large; copied by run_open() */

	spec = *run_get_spec(u->scene->run);
	memset(&spec.inputs, 0, sizeof(spec.inputs));
	return ui_open_spec(u, &spec, u->scene->id);
}

static struct exercise_facts *facts_of(const struct ui *u)
{
	struct exercise_facts *facts = calloc(1, sizeof(*facts));

	if (facts)
		exercise_facts_read(u->scene->store, facts);
	return facts;
}

unsigned int choose_hints(struct ui *u)
{
	struct exercise_facts *facts = facts_of(u);
	unsigned int left = facts && facts->nr_hints > u->choose.hints ? facts->nr_hints - u->choose.hints : 0;

	free(facts);
	return left;
}

static unsigned int hint(struct ui *u)
{
	if (choose_hints(u))
		u->choose.hints++;
	else
		ui_say(u, "%s", W(LAST_HINT));
	u->talk_scroll = LINES_MAX;	/* the last hint is at the end */
	return EFF_DRAW;
}

/* Behind the last choice: from home its page follows; otherwise the screen closes, and the program goes on with the second part. */
static unsigned int finish(struct ui *u)
{
	command_report_progress(u);
	if (u->opts->spec)
		return EFF_LEAVE;
	if (u->choosing)
		return ui_home(u);
	return run_go(u->scene->run) ? EFF_DRAW : EFF_DRAW | EFF_RUN;
}

void choose_footer(struct ui *u, struct strbuf *out)
{
	if (!choose_over(u))
		strbuf_puts(out, W(FOOTER_GOES_ON));
	else if (!u->opts->spec && !u->choosing)
		strbuf_puts(out, W(FOOTER_GO_ON_OVER));
	else
		strbuf_puts(out, (u->choosing || u->opts->part_two) && read_now(u)->reached ? W(FOOTER_PART_TWO) : W(FOOTER_LEAVES));
}

/* a to h, 1 to 9 */
static unsigned int choose_letter(struct ui *u, uint32_t key)
{
	return choose_over(u) ? EFF_DRAW : go_on(u, read_now(u), key >= 'a' ? key - 'a' : key - '1');
}

unsigned int choose_command(struct ui *u, enum action a)
{
	const struct choosing *c;
	unsigned int at;

	if (!choose_on(u) || (u->looking && a != ACT_UNDO && a != ACT_RETRY))
		return 0;
	c = read_now(u);
	at = cursor(u, c);
	switch (a) {
	case ACT_CHOOSE: return choose_letter(u, u->digit + '0');
	case ACT_UNDO: return take_back(u);
	case ACT_RETRY: return begin_again(u);
	case ACT_HINT: return hint(u);
	case ACT_UP: return c->over ? EFF_DRAW : select_at(u, c, at ? at - 1 : 0);
	case ACT_DOWN: return c->over ? EFF_DRAW : select_at(u, c, at + 1 < c->can ? at + 1 : at);
	case ACT_COMMIT: return c->over ? finish(u) : go_on(u, c, at);
	default: return 0;
	}
}

unsigned int choose_click(struct ui *u, unsigned int at)
{
	const struct choosing *c;

	if (!choose_on(u) || choose_over(u))
		return 0;
	c = read_now(u);
	u->looking = false;
	return at == cursor(u, c) ? go_on(u, c, at) : select_at(u, c, at);
}

bool choose_idle(struct ui *u, enum action a)
{
	switch (a) {
	case ACT_COMMIT: case ACT_WHY: case ACT_DECISION_BACK: case ACT_LEAVE: case ACT_RETRY: case ACT_CODE:
		return false;
	case ACT_UNDO:
		return !read_now(u)->nr_steps;
	case ACT_HINT:
		return choose_over(u) || !choose_hints(u);
	default:
		return true;
	}
}

/* ---- the zone ------------------------------------------------------------------------------ */

struct zone {
	struct styled_room room;
	struct layout_line line[LINES_MAX];
	unsigned int nr;
	int width;
};

static struct zone shown;

static void put(struct zone *z, enum theme_style style, const char *text, int choice, bool bar)
{
	struct styled_line lines[8];
	struct words_payload p;
	STRBUF(payload, TRACE_TEXT_BYTES_MAX);
	unsigned int n;

	words_payload_begin(&p, &payload);
	words_payload_literal(&p, text);
	words_payload_end(&p);
	n = styled_wrap(&z->room, payload.buf, z->width, lines, 8);
	for (unsigned int i = 0; i < n && z->nr < LINES_MAX; i++)
		z->line[z->nr++] = (struct layout_line){ .text = lines[i], .style = style, .choice = choice, .bar = bar };
}

/* In a narrow zone: the code is wrapped beside the label. */
static void put_narrow(struct zone *z, const char *label, const char *code, enum theme_style style, bool here)
{
	int used = width_text(label, strlen(label));
	struct wrap_line line;
	struct wrap wrap;
	bool more = false;

	wrap_begin(&wrap, code, strlen(code), z->width - used);
	for (; wrap_next(&wrap, &line); more = true) {
		STRBUF(row, 700);

		strbuf_printf(&row, "%s%.*s", more ? "" : label, (int)(line.to - line.from), code + line.from);
		put(z, style, row.buf, -1, here);
		if (more && z->nr)
			z->line[z->nr - 1].indent = used;
	}
}

/* Columns of the labels: in a narrow zone those of the longest one. */
static int label_columns(const struct zone *z, const struct choosing *c)
{
	int most = 0;

	for (unsigned int i = 0; i < c->nr_things; i++) {
		const char *label = words_choosing_label(&c->thing[i]);
		int w = width_text(label, strlen(label));

		most = w > most ? w : most;
	}
	return z->width >= SIDE_FROM || most > LABEL_COLUMNS ? LABEL_COLUMNS : most;
}

/* "a  rmmod         free_irq(line)              exercise.lua:23"; in a narrow zone the place is left out. */
static void put_thing(struct zone *z, const struct choosing_thing *t, char letter, int label_w, bool here)
{
	enum theme_style style = here ? ST_CHOSEN : t->cannot ? ST_DIM : ST_CHOICE;
	STRBUF(row, 700);
	STRBUF(next, 300);
	STRBUF(side, 120);
	const char *label = words_choosing_label(t);
	int used, room;

	words_choosing_next(t, &next);
	words_choosing_side(t, &side);
	strbuf_printf(&row, "%c  ", letter ? letter : '-');
	width_put_padded(&row, label, strlen(label), label_w);
	strbuf_puts(&row, " ");
	if (z->width < SIDE_FROM) {
		if (t->kind == 'i' && side.len)
			strbuf_printf(&next, ", %s", side.buf);
		put_narrow(z, row.buf, next.buf, style, here);
		return;
	}
	used = width_text(row.buf, row.len);
	room = z->width - used - (side.len ? width_text(side.buf, side.len) + 2 : 0);
	if (side.len) {
		STRBUF(code, 300);

		width_put_cut(&code, next.buf, strlen(next.buf), room);
		width_put_padded(&row, code.buf, code.len, room);
		strbuf_printf(&row, "  %s", side.buf);
	} else {
		strbuf_puts(&row, next.buf);	/* wrapped */
	}
	put(z, style, row.buf, -1, here);
}

static void put_things(struct zone *z, const struct choosing *c, unsigned int at, bool focus)
{
	unsigned int able = 0;
	int label_w = label_columns(z, c);

	for (unsigned int i = 0; i < c->nr_things; i++) {
		unsigned int first = z->nr;

		if (c->thing[i].cannot)
			continue;
		put_thing(z, &c->thing[i], (char)('a' + able), label_w, focus && able == at);
		for (; first < z->nr; first++)
			z->line[first].choice = (int)able;
		able++;
	}
	for (unsigned int i = 0; i < c->nr_things; i++)
		if (c->thing[i].cannot)
			put_thing(z, &c->thing[i], 0, label_w, false);
}

static void put_path(struct zone *z, const struct choosing *c)
{
	STRBUF(path, 1200);
	STRBUF(text, 1300);

	words_choosing_path(c, PATH_STEPS, &path);
	if (path.len)
		strbuf_printf(&text, c->over ? W(CHOOSE_WAY) : W(CHOOSE_SO_FAR), path.buf);
	else
		strbuf_puts(&text, W(CHOOSE_NOTHING_BACK));
	put(z, ST_DIM, text.buf, -1, false);
}

static void put_hints(struct zone *z, const struct ui *u)
{
	struct exercise_facts *facts = u->choose.hints ? facts_of(u) : NULL;

	for (unsigned int i = 0; facts && i < u->choose.hints && i < facts->nr_hints; i++) {
		STRBUF(text, EXERCISE_TEXT_BYTES + 40);

		strbuf_printf(&text, W(CARD_HINT), i + 1);
		strbuf_puts(&text, facts->hint[i]);
		put(z, ST_NORMAL, text.buf, -1, false);
	}
	free(facts);
}

/* The text of the event that was reached. */
static void put_evidence(struct zone *z, const struct ui *u, const struct choosing *c)
{
	struct trace_event ev;
	struct trace_value text;

	if (c->evidence && trace_store_event(u->scene->store, c->evidence, &ev) && trace_event_get(&ev, "text", &text))
		put(z, ST_NORMAL, text.text, -1, false);
}

const struct layout_talk *choose_talk(struct ui *u, int width)
{
	static struct layout_talk talk;
	static char title[80];
	const struct choosing *c = read_now(u);
	struct zone *z = &shown;

	styled_clear(&z->room);
	z->nr = 0;
	z->width = width < 20 ? 20 : width;
	if (c->over) {
		STRBUF(result, 300);

		snprintf(title, sizeof(title), "%s", c->reached ? W(CHOOSE_TITLE_REACHED) : W(CHOOSE_TITLE_OVER));
		words_choosing_result(c, &result);
		put(z, c->reached ? ST_RIGHT : ST_NORMAL, result.buf, -1, false);
		put_evidence(z, u, c);
	} else {
		snprintf(title, sizeof(title), W(CHOOSE_TITLE), c->ordinal);
		put_things(z, c, cursor(u, c), !u->looking);
		put_hints(z, u);
	}
	put_path(z, c);
	talk = (struct layout_talk){ .title = title, .style = u->looking ? ST_TITLE : ST_FOCUS, .line = z->line, .nr = z->nr,
				     .first = u->talk_scroll };
	return &talk;
}
