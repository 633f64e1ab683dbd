/*
 * visualizer/free_play.c - see free_play.h.   Licence: MIT.
 */
#include "visualizer/free_play.h"

#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "run/free_play.h"
#include "visualizer/commands.h"
#include "visualizer/styled.h"

#define LEAD_COLUMNS 9			/* of "items" and the like in front of a row */
#define DONE_LINES 8			/* of the acts, where there is room for them; at most RUN_ACT_TIMES */
#define TALL_ZONE 17			/* lines of the zone in the large layout */
#define LISTED_MAX 10			/* things that have a line each there */
#define LINES_MAX 32

bool free_play_on(const struct ui *u)
{
	return !u->at_home && u->scene && u->scene->run && run_is_free_play(u->scene->run);
}

unsigned int free_play_enter(struct ui *u)
{
	static struct run_spec spec;	/* large; copied by run_open() */
	char err[400] = "";

	if (!u->opts->cb.free_play || u->opts->cb.free_play(u->opts->cb.arg, &spec, err, sizeof(err))) {
		ui_say(u, "%s", *err ? err : W(SAY_LESSON_CLOSED));
		return EFF_DRAW;
	}
	return ui_open_spec(u, &spec, "");
}

/* ---- the things ------------------------------------------------------------------------ */

struct things {
	struct free_play fp;
	struct free_choice v[FREE_CHOICES_MAX];
	unsigned int nr, at;		/* .at: the one under the cursor */
	int wq;				/* the workqueue that items are queued on */
	const struct model *m;		/* at the event on the screen: off and on take their time */
};

static void read_things(struct ui *u, struct things *t)
{
	run_free_play(u->scene->run, &t->fp);
	t->m = &u->scene->replay.at;
	t->nr = free_play_choices(&t->fp, t->v);
	t->at = 0;
	for (unsigned int i = 0; i < t->nr; i++)
		if ((int)t->v[i].kind == u->free.kind && (t->v[i].index == u->free.index || (int)t->v[t->at].kind != u->free.kind))
			t->at = i;
	t->wq = u->free.wq > 0 && u->free.wq <= t->fp.nr_wqs ? u->free.wq - 1 : free_play_default_wq(&t->fp);
}

/* Rows of the zone: items; workqueues; lines; CPUs. */
static bool first_of_kind(const struct things *t, enum free_thing kind, unsigned int *first, unsigned int *nr)
{
	*nr = 0;
	for (unsigned int i = 0; i < t->nr; i++) {
		if (t->v[i].kind != kind)
			continue;
		if (!(*nr)++)
			*first = i;
	}
	return *nr > 0;
}

/* The same place, as far as there is one, in the next row that has things. */
static unsigned int other_row(const struct things *t, int by)
{
	unsigned int first = 0, nr, from = 0, count;
	int kind = (int)t->v[t->at].kind;

	first_of_kind(t, (enum free_thing)kind, &from, &count);
	for (kind += by; kind >= FREE_THING_ITEM && kind <= FREE_THING_CPU; kind += by)
		if (first_of_kind(t, (enum free_thing)kind, &first, &nr))
			return first + (t->at - from < nr ? t->at - from : nr - 1);
	return t->at;
}

/* ---- acting --------------------------------------------------------------------------------- */

static bool at_fence(const struct ui *u)
{
	const struct scene *s = u->scene;

	return run_waits_for_act(s->run) && s->replay.at.n >= run_fence(s->run);
}

/* The event behind which an act is done: the one on the screen, but the last act has begun once it plays. */
static uint64_t event_of_act(const struct ui *u)
{
	const struct scene *s = u->scene;
	uint64_t n = s->replay.at.n;

	return n == run_before_last_act(s->run) && playback_playing(&s->playback) ? n + 1 : n;
}

static unsigned int act_now(struct ui *u, const char *text)
{
	struct scene *s = u->scene;
	char err[300] = "";
	struct run *other;

	if (at_fence(u)) {
		if (run_act(s->run, text, err, sizeof(err))) {
			ui_say(u, "%s", err);
			return EFF_DRAW;
		}
		u->looking = false;
		u->view = VIEW_MACHINE;
		playback_seek(&s->playback, s->store->nr);
		playback_play(&s->playback);
		return EFF_DRAW | EFF_RUN;
	}
	if (run_act_at(s->run, event_of_act(u), s->playback.clock, text, &other, err, sizeof(err))) {
		ui_say(u, "%s", err);
		return EFF_DRAW;
	}
	u->looking = false;
	return what_if_comes(u, other, s->replay.at.n) ? EFF_DRAW | EFF_RUN : EFF_DRAW;
}

/* Acts that came later are dropped only after a question. */
static unsigned int act(struct ui *u, const char *text)
{
	if (u->what_if || !run_waits_for_act(u->scene->run)) {
		ui_say(u, W(FREE_WAIT));
		return EFF_DRAW;
	}
	if (!at_fence(u) && run_acts_after(u->scene->run, event_of_act(u))) {
		snprintf(u->free.waiting, sizeof(u->free.waiting), "%s", text);
		playback_pause(&u->scene->playback);
		return command_prompt(u, PROMPT_DROP);
	}
	return act_now(u, text);
}

unsigned int free_play_drop(struct ui *u)
{
	return free_play_on(u) && !u->what_if ? act_now(u, u->free.waiting) : EFF_DRAW;
}

static unsigned int undo(struct ui *u)
{
	char err[300] = "";
	struct run *other;

	if (u->what_if || !run_waits_for_act(u->scene->run))
		ui_say(u, W(FREE_WAIT));
	else if (run_undo_act(u->scene->run, &other, err, sizeof(err)))
		ui_say(u, "%s", err);
	else
		return what_if_comes(u, other, run_before_last_act(u->scene->run)) ? EFF_DRAW | EFF_RUN : EFF_DRAW;
	return EFF_DRAW;
}

static unsigned int do_chosen(struct ui *u)
{
	struct things t;
	STRBUF(text, 100);

	read_things(u, &t);
	if (t.v[t.at].kind == FREE_THING_WQ) {
		u->free.wq = t.v[t.at].index + 1;
		ui_say(u, W(FREE_TARGET), t.fp.wq[t.v[t.at].index].name);
		return EFF_DRAW;
	}
	free_play_choice_act(&t.fp, &t.v[t.at], t.wq, &text);
	return act(u, text.buf);
}

/* Space: the film goes on or stands; at the fence the machine runs on. */
static unsigned int space(struct ui *u)
{
	struct playback *f = &u->scene->playback;

	if (playback_playing(f)) {
		playback_pause(f);
		return EFF_DRAW;
	}
	if (at_fence(u))
		return act(u, "run");
	playback_play(f);
	return EFF_DRAW | EFF_RUN;
}

static unsigned int interrupt(struct ui *u)
{
	const struct trace_name *line = run_irq_line(u->scene->store, u->scene->replay.at.n, NULL);
	char text[80];

	if (!line) {
		ui_say(u, W(SAY_NO_LINE));
		return EFF_DRAW;
	}
	snprintf(text, sizeof(text), "irq %s", line->text);
	return act(u, text);
}

static unsigned int type(struct ui *u, const char *text)
{
	command_prompt(u, PROMPT_COMMAND);
	snprintf(u->prompt_text, sizeof(u->prompt_text), "%s", text);
	return EFF_DRAW;
}

/* The command that made the item under the cursor, to be changed. */
static unsigned int edit(struct ui *u)
{
	struct things t;
	const struct free_item *it;
	STRBUF(steps, 160);
	STRBUF(text, 200);

	read_things(u, &t);
	if (t.v[t.at].kind != FREE_THING_ITEM) {
		ui_say(u, W(FREE_NO_EDIT));
		return EFF_DRAW;
	}
	it = &t.fp.item[t.v[t.at].index];
	free_play_put_steps(&t.fp, it, &steps);
	strbuf_printf(&text, "%s %s ", it->delayed ? "delayed" : "item", it->name);
	for (const char *p = steps.buf; *p; p++)
		if (*p != ',')
			strbuf_putc(&text, *p);
	return type(u, text.buf);
}

static unsigned int choose(struct ui *u, const struct things *t, unsigned int at)
{
	u->free.kind = (int)t->v[at].kind;
	u->free.index = t->v[at].index;
	return EFF_DRAW;
}

unsigned int free_play_command(struct ui *u, enum action a)
{
	struct things t;

	/* an interrupt is an act in each view: there are no what-ifs here */
	if (!free_play_on(u) || (a != ACT_IRQ && (u->view != VIEW_MACHINE || (u->looking && a != ACT_UNDO))))
		return 0;
	read_things(u, &t);
	switch (a) {
	case ACT_FREE_LEFT: return choose(u, &t, t.at ? t.at - 1 : 0);
	case ACT_FREE_RIGHT: return choose(u, &t, t.at + 1 < t.nr ? t.at + 1 : t.at);
	case ACT_UP: return choose(u, &t, other_row(&t, -1));
	case ACT_DOWN: return choose(u, &t, other_row(&t, 1));
	case ACT_FREE_DO: return do_chosen(u);
	case ACT_FREE_NEW: return type(u, "item ");
	case ACT_FREE_EDIT: return edit(u);
	case ACT_FREE_SAVE: return type(u, W(FREE_SAVE_AS));
	case ACT_UNDO: return undo(u);
	case ACT_IRQ: return interrupt(u);
	case ACT_PLAY: return space(u);
	default: return 0;
	}
}

/* ---- the command line --------------------------------------------------------------------------- */

static unsigned int save(struct ui *u, const char *path)
{
	int err = *path ? run_free_save(u->scene->run, path) : 0;

	if (!*path)
		ui_say(u, "%s", W(FREE_SAVE_NAME));
	else if (err)
		ui_say(u, W(SAY_NOT_WRITTEN), path, strerror(-err));
	else
		ui_say(u, run_free_saves_lesson(path) ? W(FREE_SAVED_LESSON) : W(FREE_SAVED), path, path);
	return EFF_DRAW;
}

const char *free_play_command_word(unsigned int i)
{
	static const char *const own[] = { "undo", "save" };
	const size_t nr = sizeof(own) / sizeof(own[0]);

	return i < nr ? own[i] : free_play_word(i - (unsigned int)nr);
}

unsigned int free_play_typed(struct ui *u, const char *text)
{
	size_t n = strcspn(text, " ");
	const char *arg = text + n + strspn(text + n, " "), *word;

	if (!free_play_on(u))
		return 0;
	if (n == 4 && !strncmp(text, "undo", n))
		return undo(u);
	if (n == 4 && !strncmp(text, "save", n))
		return save(u, arg);
	for (unsigned int i = 0; (word = free_play_word(i)); i++)
		if (strlen(word) == n && !strncmp(word, text, n))
			return act(u, text);
	return 0;
}

/* ---- the zone --------------------------------------------------------------------------------------- */

struct zone {
	struct styled_room room;
	struct layout_line line[LINES_MAX];
	unsigned int nr;
	int width;
	struct {
		unsigned int line, thing;	/* .thing: index of struct things */
		int x, w;
	} place[FREE_CHOICES_MAX];		/* of the things, for the mouse */
	unsigned int nr_places;
};

static struct zone shown;			/* large, and the screen has one thread */

/* A thing stands in the next line, from column @x on. */
static void note_place(struct zone *z, unsigned int thing, int x, int w)
{
	if (z->nr_places < FREE_CHOICES_MAX) {
		z->place[z->nr_places].line = z->nr;
		z->place[z->nr_places].thing = thing;
		z->place[z->nr_places].x = x;
		z->place[z->nr_places++].w = w;
	}
}

static void put_line(struct zone *z, enum theme_style style, const char *text)
{
	struct styled_line lines[4];
	unsigned int n = styled_wrap(&z->room, text, z->width, lines, 4);

	for (unsigned int i = 0; i < n && z->nr < LINES_MAX; i++)
		z->line[z->nr++] = (struct layout_line){ .text = lines[i], .style = style, .choice = -1 };
}

/* The state of the CPU, or the change that is under way. */
static enum words_key cpu_state(const struct things *t, int cpu)
{
	bool wanted = free_play_online(&t->fp, cpu);
	bool online = (uint32_t)cpu >= t->m->nr_cpus || t->m->cpus[cpu].online;

	if (wanted == online)
		return online ? W_FREE_ON : W_FREE_CPU_OFF;
	return wanted ? W_FREE_COMING : W_FREE_GOING;
}

/* One thing; brackets around the one under the cursor, a point before the workqueue that items go to. */
static void put_thing(const struct things *t, unsigned int i, bool here, struct strbuf *out)
{
	const struct free_choice *c = &t->v[i];

	strbuf_puts(out, here ? "[" : " ");
	strbuf_puts(out, c->kind == FREE_THING_WQ && c->index == t->wq ? ">" : "");
	free_play_choice_name(&t->fp, c, out);
	if (c->kind == FREE_THING_CPU)
		strbuf_printf(out, " %s", words_fixed(cpu_state(t, c->index)));
	strbuf_puts(out, here ? "]" : " ");
}

/* A row of one kind; it scrolls sideways, so that the thing under the cursor is in it. */
static void put_row(struct zone *z, const struct things *t, enum free_thing kind, const char *lead, bool focus)
{
	unsigned int first = 0, nr, from = 0, places = z->nr_places;
	STRBUF(row, 400);

	if (!first_of_kind(t, kind, &first, &nr))
		return;
	for (;; from++) {
		bool seen = t->v[t->at].kind != kind, cut = false;

		z->nr_places = places;
		row.len = 0;
		row.buf[0] = '\0';
		strbuf_printf(&row, "%-*s%s", LEAD_COLUMNS - 1, lead, from ? "." : " ");
		for (unsigned int i = first + from; i < first + nr && !cut; i++) {
			STRBUF(thing, 64);

			put_thing(t, i, focus && i == t->at, &thing);
			cut = (int)(row.len + thing.len + 2) > z->width && i + 1 < first + nr;
			cut |= (int)(row.len + thing.len) > z->width;
			if (!cut) {
				note_place(z, i, width_text(row.buf, row.len), width_text(thing.buf, thing.len));
				strbuf_puts(&row, thing.buf);
			}
			seen |= !cut && i == t->at;
		}
		if (cut)
			strbuf_puts(&row, " .");
		if (seen || from + 1 >= nr)
			break;
	}
	put_line(z, ST_NORMAL, row.buf);
}

/* A line for each thing of one kind, with its text. */
static void put_list(struct zone *z, const struct things *t, enum free_thing kind, const char *lead, bool focus)
{
	unsigned int first = 0, nr;

	if (!first_of_kind(t, kind, &first, &nr))
		return;
	for (unsigned int i = first; i < first + nr; i++) {
		STRBUF(thing, 64);
		STRBUF(what, 200);
		STRBUF(line, 400);
		int used, room;

		put_thing(t, i, focus && i == t->at, &thing);
		free_play_choice_text(&t->fp, &t->v[i], &what);
		strbuf_printf(&line, "%-*s%-11s ", LEAD_COLUMNS, i == first ? lead : "", thing.buf);
		note_place(z, i, LEAD_COLUMNS, z->width - LEAD_COLUMNS);
		used = width_text(line.buf, line.len);
		room = z->width - used;
		if (room > 2 && (int)what.len > room)
			strbuf_printf(&line, "%.*s..", room - 2, what.buf);
		else if (room > 2)
			strbuf_puts(&line, what.buf);
		put_line(z, ST_NORMAL, line.buf);
	}
}

/* The thing under the cursor, and the effect of Enter on it. */
static void put_chosen(struct zone *z, const struct things *t)
{
	const struct free_choice *c = &t->v[t->at];
	STRBUF(text, 300);
	STRBUF(name, 40);
	STRBUF(what, 200);

	free_play_choice_name(&t->fp, c, &name);
	free_play_choice_text(&t->fp, c, &what);
	if (c->kind == FREE_THING_ITEM)
		key_printf(&text, IN_FREE, W(FREE_DOES_ITEM), name.buf, what.buf, name.buf, t->fp.wq[t->wq].name);
	else if (c->kind == FREE_THING_WQ)
		key_printf(&text, IN_FREE, W(FREE_DOES_WQ), name.buf, what.buf);
	else if (c->kind == FREE_THING_LINE)
		key_printf(&text, IN_FREE, W(FREE_DOES_LINE), name.buf, what.buf, name.buf);
	else
		key_printf(&text, IN_FREE, free_play_online(&t->fp, c->index) ? W(FREE_DOES_OFF) : W(FREE_DOES_ON), name.buf);
	put_line(z, ST_DIM, text.buf);
}

/* The last acts, with the times at which the machine waited for them. */
static void put_done(struct zone *z, struct ui *u)
{
	const struct run_inputs *in = run_get_inputs(u->scene->run);

	size_t room = z->nr + 2 < TALL_ZONE ? TALL_ZONE - z->nr - 1 : 1;

	if (!in->n)
		return;
	put_line(z, ST_TITLE, W(FREE_DONE));
	room = room < DONE_LINES ? room : DONE_LINES;
	for (size_t i = in->n > room ? in->n - room : 0; i < in->n; i++) {
		STRBUF(text, 300);

		strbuf_printf(&text, "%s  %s", time_text(run_act_time(u->scene->run, i)).text, in->v[i].value);
		put_line(z, ST_NORMAL, text.buf);
	}
}

const struct layout_talk *free_play_talk(struct ui *u, int width)
{
	struct zone *z = &shown;
	static struct layout_talk talk;
	static const enum words_key leads[] = {
		[FREE_THING_ITEM] = W_FREE_ITEMS, [FREE_THING_WQ] = W_FREE_QUEUES, [FREE_THING_LINE] = W_FREE_LINES,
		[FREE_THING_CPU] = W_FREE_CPUS,
	};
	void (*put)(struct zone *z, const struct things *t, enum free_thing kind, const char *lead, bool focus);
	bool wide = layout_is_wide(term_width(u->term), term_height(u->term));
	bool small = term_height(u->term) < 24;	/* the row of the cursor and its sentence come first */
	enum free_thing kind;
	struct things t;
	bool focus = !u->looking;

	read_things(u, &t);
	styled_clear(&z->room);
	z->nr = z->nr_places = 0;
	z->width = width < 20 ? 20 : width;
	put = wide && t.nr - (unsigned int)t.fp.nr_cpus <= LISTED_MAX ? put_list : put_row;
	for (kind = FREE_THING_ITEM; kind <= FREE_THING_CPU; kind++) {
		bool mine = t.v[t.at].kind == kind;

		if (small && !mine)
			continue;
		(kind == FREE_THING_CPU ? put_row : put)(z, &t, kind, words_fixed(leads[kind]), focus);
	}
	put_chosen(z, &t);
	for (kind = FREE_THING_ITEM; small && kind <= FREE_THING_CPU; kind++)
		if (t.v[t.at].kind != kind)
			put_row(z, &t, kind, words_fixed(leads[kind]), focus);
	if (wide)
		put_done(z, u);
	talk = (struct layout_talk){ .title = W(FREE_TITLE), .style = focus ? ST_FOCUS : ST_TITLE, .line = z->line, .nr = z->nr };
	return &talk;
}

/* ---- the mouse --------------------------------------------------------------------------------------- */

void free_play_regions(struct ui *u)
{
	const struct layout *l = u->layout;

	for (unsigned int i = 0; i < shown.nr_places; i++) {
		int row = (int)shown.place[i].line - (int)l->talk_first;

		if (row >= 0 && row < l->talk.h)
			ui_hit_region(u, &(struct hit_region){ .kind = HIT_FREE, .x = l->talk.x + shown.place[i].x, .y = l->talk.y + row,
							       .w = shown.place[i].w, .id = shown.place[i].thing });
	}
}

/* The first click chooses a thing, as the arrows do; a click on the chosen one is Enter. */
unsigned int free_play_click(struct ui *u, unsigned int thing)
{
	struct things t;

	if (!free_play_on(u))
		return 0;
	read_things(u, &t);
	if (thing >= t.nr)
		return 0;
	u->looking = false;
	return thing == t.at ? do_chosen(u) : choose(u, &t, thing);
}
