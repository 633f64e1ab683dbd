/*
 * visualizer/ui.c - one frame: header, boxes, footer, and functions for the views.
 *
 * Never here:   keys' effects (commands.c), the loop (app.c).   Licence: MIT.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "base/width.h"
#include "model/flags.h"
#include "visualizer/choose.h"
#include "visualizer/commands.h"
#include "visualizer/free_play.h"
#include "visualizer/home.h"
#include "visualizer/view.h"
#include "visualizer/work.h"
#include "words/end_text.h"
#include "words/lesson_words.h"

static const struct view view_machine = { "machine", NULL, NULL, false };	/* drawn by the layout */
static const struct view *const views[VIEW_NR] = {
	[VIEW_MACHINE] = &view_machine, [VIEW_TIMELINE] = &view_timeline, [VIEW_EVENTS] = &view_events,
	[VIEW_DMESG] = &view_dmesg, [VIEW_WQS] = &view_wqs, [VIEW_POOLS] = &view_pools, [VIEW_PS] = &view_ps,
	[VIEW_WHY] = &view_why, [VIEW_WORLDS] = &view_worlds, [VIEW_ABOUT] = &view_about,
	[VIEW_CODE] = &view_code, [VIEW_HELP] = &view_help, [VIEW_KEYS] = &view_keys, [VIEW_END] = &view_end, [VIEW_WAITS] = &view_waits,
};

const struct view *view_by_id(enum view_id id)
{
	return views[id];
}

/* ---- scenes --------------------------------------------------------------------------- */

static struct scene *scene_open(struct trace_store *store, struct run *run, const char *id)
{
	struct scene *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->store = store;
	s->run = run;
	snprintf(s->id, sizeof(s->id), "%s", id ? id : "");
	words_lesson_init(&s->lesson, store, run ? run_get_spec(run)->lesson : "");
	if (model_replay_init(&s->replay, store) || layout_story_init(&s->story, store)) {
		scene_close(s);
		return NULL;
	}
	playback_init(&s->playback, &s->replay);
	return s;
}

struct scene *scene_open_run(struct run *run, const char *id)
{
	return scene_open(run_store(run), run, id);
}

struct scene *scene_open_store(struct trace_store *store, const char *id)
{
	return scene_open(store, NULL, id);
}

void scene_close(struct scene *s)
{
	if (!s)
		return;
	layout_story_fini(&s->story);
	lesson_fini(&s->lesson);
	model_replay_fini(&s->replay);
	if (s->run)
		run_close(s->run);
	free(s);
}

int scene_grow(struct scene *s)
{
	int err = model_replay_grow(&s->replay);

	if (!err)
		err = lesson_grow(&s->lesson);
	return err;
}

/* ---- queries --------------------------------------------------------------------------- */

static const char *trouble_of(const struct scene *s)
{
	static char sentence[2048];	/* the screen has one thread, and shows one run's end */
	struct strbuf out;

	if (!s->run)
		return NULL;
	strbuf_init(&out, sentence, sizeof(sentence));
	if (run_get_state(s->run) == RUN_FAULTY)
		words_fault(run_exit_report(s->run), &out);
	else if (run_get_state(s->run) == RUN_DIED)
		words_over(run_exit_report(s->run), &out);
	return out.len ? sentence : NULL;
}

static unsigned int question_context(const struct lesson_question *q)
{
	return q->kind == ASK_TEXT || (q->kind == ASK_PICK && !q->nr_candidates) ? IN_TYPE : IN_ASK;
}

struct open_text ui_open_text(struct ui *u)
{
	static struct lesson_question room;	/* the screen has one thread */
	const struct scene *s = u->scene;
	struct open_text o = { .trouble = trouble_of(s) };
	uint64_t fence = s->run ? run_fence(s->run) : 0;
	struct trace_event ev;
	struct ev_WAIT_INPUT wait;

	/* a check of the lesson may fail with one interrupt more */
	o.what_if = u->kept != NULL;
	if (o.trouble && !o.what_if && s->playback.passed >= s->store->nr)
		return o;
	o.trouble = NULL;
	if (o.what_if)
		return o;
	if (free_play_on(u) && !u->reading && !s->lesson.ended) {
		o.free = true;
		o.context = IN_FREE;
		return o;
	}
	if (choose_on(u)) {
		o.choose = true;
		o.context = IN_ASK;
		return o;
	}
	if (u->reading) {
		o.card = lesson_card_at(&s->lesson, u->reading);
		o.context = IN_CARD;
	} else if (fence && s->playback.passed >= fence && trace_store_event(s->store, fence, &ev) &&
		   trace_get_WAIT_INPUT(&ev, &wait) && wait.what != WAIT_CHOOSE) {
		o.card = lesson_card_waiting(&s->lesson, fence);
		o.context = IN_CARD;
		/* a question that is asked again after its verdict shows its own card, not a later one */
		o.q = wait.what == 2 ? lesson_question(&s->lesson, wait.question) : NULL;
		if (o.q) {
			o.card = lesson_card_at(&s->lesson, o.q->asked);
			o.context = question_context(o.q);
		}
	} else {
		o.card = lesson_card_at(&s->lesson, s->replay.at.n);
	}
	if (o.card && !o.q)
		o.q = lesson_question_of(&s->lesson, o.card, &room);
	return o;
}

/* True if the event on the screen is before the fence: the student looks back. */
bool ui_is_away(const struct ui *u)
{
	const struct scene *s = u->scene;

	return s->run && s->replay.at.n < run_fence(s->run);
}

uint64_t ui_until(const struct ui *u)
{
	const struct scene *s = u->scene;
	const struct lesson_card *card = !s->run && u->reading ? lesson_card_at(&s->lesson, u->reading) : NULL;

	return s->run || (card && card->kind == CARD_ASK) ? s->playback.passed : s->store->nr;
}

unsigned int ui_contexts(struct ui *u)
{
	struct open_text o;
	unsigned int stage;

	if (u->at_home)
		return u->view == VIEW_KEYS || u->view == VIEW_HELP ? IN_VIEW : !u->work ? IN_HOME :
			sheet_is_form(u->work->sheet) ? IN_FORM : IN_WORK;
	o = ui_open_text(u);
	if (u->view == VIEW_END)
		return IN_END;
	stage = u->view == VIEW_MACHINE || u->view == VIEW_TIMELINE ? 0 : views[u->view]->list ? IN_LIST : IN_VIEW;
	if (o.context && !u->looking)
		return o.context | (o.free ? IN_PLAY : 0) | (report_there_is(u) ? IN_REPORT : 0) | (pick_question(u) ? IN_PICK : 0) |
		       (o.choose ? IN_CHOICE : 0);
	return stage ? stage : u->kept ? IN_WHAT_IF : o.context ? IN_LOOK : u->work ? IN_FAILING : IN_PLAY;
}

const char *ui_name(struct ui *u, enum trace_class cls, uint32_t id, char buf[WORDS_NAME])
{
	return words_name(u->scene->store, &u->scene->replay.at, cls, id, buf);
}

const char *ui_short(const char *name)
{
	return !strncmp(name, "kworker/", 8) ? name + 8 : name;
}

bool ui_touched(const struct ui *u, enum trace_class cls, uint32_t id)
{
	const struct model *m = &u->scene->replay.at;

	if (u->mark_left <= 0 && playback_playing(&u->scene->playback))
		return false;
	for (uint32_t i = 0; i < m->nr_touched && i < 4; i++)
		if (m->touched_cls[i] == (uint32_t)cls && m->touched_id[i] == id)
			return true;
	return false;
}

bool ui_looks(struct ui *u)
{
	struct open_text o;

	if (u->at_home)
		return false;
	o = ui_open_text(u);
	return o.context == IN_CARD && !u->looking && o.card && o.card->kind == CARD_SAY && o.card->nr_looks > 0;
}

bool ui_looked_at(struct ui *u, enum trace_class cls, uint32_t id)
{
	struct open_text o = ui_open_text(u);

	for (uint32_t i = 0; o.card && i < o.card->nr_looks; i++)
		if (o.card->look[i].cls == (uint32_t)cls && o.card->look[i].id == id)
			return true;
	return false;
}

/* ---- small drawing ---------------------------------------------------------------------------- */

int ui_put(struct ui *u, int x, int y, int max, enum theme_style style, unsigned int attr, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return 0;
	return term_put(u->term, x, y, max, style, attr, text, strlen(text));
}

void ui_hit_region(struct ui *u, const struct hit_region *s)
{
	if (u->hit_regions.nr < HIT_REGIONS_MAX)
		u->hit_regions.v[u->hit_regions.nr++] = *s;
}

void ui_say(struct ui *u, const char *fmt, ...)
{
	struct strbuf out;
	va_list ap;

	strbuf_init(&out, u->message, sizeof(u->message));
	va_start(ap, fmt);
	key_vprintf(&out, u->at_home || u->scene ? ui_contexts(u) : IN_ANY, fmt, ap);
	va_end(ap);
}

/* ---- header and footer -------------------------------------------------------------------------- */

static const char *state_word(struct ui *u, const struct open_text *o, enum theme_style *style)
{
	const struct playback *f = &u->scene->playback;

	*style = ST_PAUSED;
	if (o->trouble)
		return W(STATE_STOPPED);
	if (u->what_if)
		return W(STATE_BRANCHING);
	if (o->choose && !u->looking && !ui_is_away(u))
		return W(STATE_AT_CHOICE);
	if (o->context && !u->looking && o->card && !(o->context == IN_ASK && ui_is_away(u) && !pick_question(u)))
		return o->context != IN_CARD || o->card->kind == CARD_ASK ? W(STATE_AT_QUESTION) :
		       o->card->kind == CARD_VERDICT ? W(STATE_AT_VERDICT) : W(STATE_AT_CARD);
	if (o->context && (!o->free || u->looking) && !(o->context == IN_ASK && f->state == PLAYBACK_PLAYING))
		return W(STATE_LOOKING);
	if (f->state == PLAYBACK_PLAYING)
		*style = ST_RUNNING;
	if (f->state == PLAYBACK_PLAYING)
		return W(STATE_PLAYING);
	if (f->state == PLAYBACK_AT_END && u->scene->run && run_get_state(u->scene->run) == RUN_RUNNING) {
		*style = ST_WAITING;
		return W(STATE_COMPUTING);
	}
	return W(STATE_PAUSED);
}

/* "05 " where the course numbers it. */
static const char *lesson_label(const struct ui *u)
{
	static char label[16];
	const struct app_lesson *l = NULL;
	unsigned int exercise;
	size_t lesson;

	label[0] = '\0';
	if (u->scene->id[0] && app_home_find(&u->home, u->scene->id, &lesson, &exercise))
		l = app_home_at(&u->home, lesson, exercise);
	if (l && l->label)
		snprintf(label, sizeof(label), "%.12s ", l->label);
	return label;
}

/* At the right: the speed, the state and the time, as many of them as fit. */
static void header_right(struct ui *u, const struct open_text *o, int left)
{
	const struct playback *f = &u->scene->playback;
	const struct time_text now = time_text(f->clock);
	const char *rate = playback_rate_text(f);
	enum theme_style style;
	const char *word = state_word(u, o, &style);
	int word_w = width_text(word, strlen(word)), rate_w = width_text(rate, strlen(rate));
	int x = term_width(u->term) - 1 - (int)strlen(now.text);

	ui_put(u, x, 0, 32, ST_TITLE, 0, "%s", now.text);
	x -= 2 + word_w;
	if (x <= left)
		return;
	ui_put(u, x, 0, word_w, style, 0, "%s", word);
	if (rate_w && x - 2 - rate_w > left)
		ui_put(u, x - 2 - rate_w, 0, rate_w, ST_DIM, 0, "%s", rate);
}

static const char *lesson_title(const struct ui *u)
{
	const struct lesson *c = &u->scene->lesson;

	return c->title[0] ? c->title : u->opts->title ? u->opts->title : "kworkshop";
}

/* "05 One runnable worker · both worlds          12.000 ms after the question" */
static void worlds_header(struct ui *u, int w)
{
	char title[320], clock[64];
	int columns;

	snprintf(title, sizeof(title), W(WORLDS_HEADER), lesson_title(u));
	snprintf(clock, sizeof(clock), W(WORLDS_CLOCK), (double)u->world_at / 1e6);
	columns = width_text(clock, strlen(clock));
	ui_put(u, 1, 0, w - columns - 3, ST_HEADER, 0, "%s%s", lesson_label(u), title);
	ui_put(u, w - 1 - columns, 0, columns, ST_TITLE, 0, "%s", clock);
}

/* "Unload without a bang · check 2                ▶ 42.450 ms  seed 2" */
static void work_header(struct ui *u, int w)
{
	const struct time_text now = time_text(u->scene->playback.clock);
	STRBUF(left, 400);
	STRBUF(right, 40);
	int x;

	work_run_header(u, &left, &right);
	x = w - 1 - width_text(right.buf, right.len);
	ui_put(u, x, 0, w - x, ST_DIM, 0, "%s", right.buf);
	x -= 2 + (int)strlen(now.text);
	ui_put(u, x, 0, 32, ST_TITLE, 0, "%s", now.text);
	ui_put(u, 1, 0, x - 3, ST_HEADER, 0, "%s", left.buf);
}

static void header_draw(struct ui *u, const struct open_text *o)
{
	const struct lesson *c = &u->scene->lesson;
	int w = term_width(u->term), x = 1;
	unsigned int judged, right;

	if (u->view == VIEW_WORLDS) {
		worlds_header(u, w);
		return;
	}
	if (u->kept) {
		struct key_span span[KEY_SPANS_MAX];
		STRBUF(back, 40);

		key_expand(W(WHAT_IF_ESC), IN_WHAT_IF, &back, span);
		x += ui_put(u, x, 0, w - 2, ST_QUESTION, 0, "%s", u->what_if_title);
		x += ui_put(u, x + 3, 0, w - x - 3, ST_KEY, 0, "%s", back.buf) + 3;
		header_right(u, o, x + 1);
		return;
	}
	if (u->work) {
		work_header(u, w);
		return;
	}
	x += ui_put(u, x, 0, w / 2 - 6, ST_HEADER, 0, "%s%s", lesson_label(u), lesson_title(u));
	if (u->scene->replay.at.variant)
		x += ui_put(u, x, 0, 15, ST_DIM, 0, W(HEADER_VARIANT), u->scene->replay.at.variant);
	lesson_score(c, u->scene->playback.passed, &judged, &right);
	if (u->practice.nr)
		x += ui_put(u, x, 0, 30, ST_NORMAL, 0, W(PRACTICE_HEADER), u->practice.number, u->practice.nr);
	else if (c->questions)
		x += ui_put(u, x, 0, 24, ST_NORMAL, 0, W(HEADER_QUESTIONS), judged, c->questions);
	header_right(u, o, x + 1);
}

#define FOOTER_GAP 3

/*
 * "Enter commit": the keys bold, the words plain.  Each key can be clicked; a click on the words
 * counts as @action, or as the first key.  Return: columns used; 0 = there is no room.
 */
static int footer_item(struct ui *u, int x, int y, int max, const char *text, enum action action)
{
	struct key_span span[KEY_SPANS_MAX] = { { action, 0, strcspn(text, " ") } };
	struct hit_region region = { .kind = HIT_KEY, .y = y };
	STRBUF(line, 96);
	unsigned int nr = key_expand(text, ui_contexts(u), &line, span);
	size_t at = 0;
	int used = 0;

	if (!nr)
		span[nr++] = (struct key_span){ action, 0, strcspn(text, " ") };
	if (width_text(line.buf, line.len) > max)
		return 0;
	for (unsigned int i = 0; i < nr; i++) {
		used += term_put(u->term, x + used, y, max - used, ST_NORMAL, 0, line.buf + at, span[i].from - at);
		region.x = x + used;
		region.w = term_put(u->term, x + used, y, max - used, ST_KEY, 0, line.buf + span[i].from, span[i].to - span[i].from);
		region.id = span[i].action;
		ui_hit_region(u, &region);
		used += region.w;
		at = span[i].to;
	}
	region.x = x + used;
	region.w = term_put(u->term, x + used, y, max - used, ST_NORMAL, 0, line.buf + at, line.len - at);
	region.id = action ? action : span[0].action;
	ui_hit_region(u, &region);
	return used + region.w;
}

static void footer_question(struct ui *u, const struct open_text *o, int *x, int y, int w)
{
	char text[64], last = (char)('a' + (int)o->q->nr_choices - 1);
	int used;

	if (lesson_form(o->q) == FORM_PICK)
		snprintf(text, sizeof(text), "%s", o->q->pick == PICK_EVENT ? W(FOOTER_PICK_EVENT) :
			 o->q->pick == PICK_LINE ? W(FOOTER_PICK_LINE) : W(FOOTER_PICK));
	else if (o->q->nr_choices > 1)
		snprintf(text, sizeof(text), o->q->kind == ASK_ORDER ? W(FOOTER_IN_TURN) :
			 o->q->kind == ASK_FLAGS ? W(FOOTER_TICK) : W(FOOTER_CHOOSE), last);
	else
		snprintf(text, sizeof(text), "%s", o->q->kind == ASK_NUMBER ? W(FOOTER_NUMBER) : W(FOOTER_WORDS));
	used = footer_item(u, *x, y, w - *x, text, ACT_NONE);
	*x += used ? used + FOOTER_GAP : 0;
}

/* Rows whose key would do nothing here are left out. */
static bool footer_idle(struct ui *u, const struct open_text *o, enum action a)
{
	if (u->work && (u->at_home ? u->view == VIEW_MACHINE : a == ACT_WORK_HINT || a == ACT_WORK_EDIT))
		return work_footer_idle(u, a);
	if (u->at_home && u->view != VIEW_MACHINE)
		return a != ACT_CLOSE && a != ACT_LEAVE && a != ACT_THEME;
	if (ui_contexts(u) & IN_END && a != ACT_FINISH && a != ACT_WORLDS && a != ACT_AGAIN && a != ACT_NEXT && a != ACT_CLOSE && a != ACT_LEAVE)
		return true;
	if (ui_contexts(u) & IN_END && a == ACT_NEXT)
		return !u->end_missed || !end_has_next(u);
	if (ui_contexts(u) & IN_END && a == ACT_AGAIN)
		return !u->scene->id[0];
	if (a == ACT_PRACTISE)
		return !u->home.due;
	if (a == ACT_TURN)
		return report_seals(u);
	if (ui_contexts(u) & IN_HOME && (a == ACT_RESTART || a == ACT_AGAIN))
		return !home_at(u) || home_at(u)->works || home_at(u)->state != (a == ACT_AGAIN ? APP_LESSON_DONE : APP_LESSON_STARTED);
	if (a == ACT_UNFOLD)
		return u->home_sel >= u->home.nr || !u->home.lessons[u->home_sel].nr_exercises;
	if (o->choose && !u->looking)
		return choose_idle(u, a);
	if (a == ACT_HINT)
		return !o->q || o->q->hints_shown >= o->q->hints;
	if (a == ACT_UNDO && !o->free)
		return !o->q || u->answer.asked != o->q->asked || (lesson_form(o->q) == FORM_PICK && !u->answer.nr_order) ||
		       (u->answer.sel < 0 && !u->answer.nr_order && !u->answer.flags && !u->answer.text[0]);
	if (a == ACT_WORLDS)
		return !command_world_choice(u) || u->view == VIEW_WORLDS;
	if (a == ACT_RULE)
		return !(o->card && o->card->kind == CARD_VERDICT);
	if (a == ACT_IRQ)
		return !u->scene || !u->scene->run;
	if (a == ACT_BACK_TO_TEXT)
		return !o->context;
	return false;
}

/* True if free play binds the key of this row to another action. */
static bool shadowed(unsigned int row, unsigned int contexts)
{
	return contexts & IN_FREE && !(key_rows[row].contexts & IN_FREE) && key_action(key_rows[row].code, IN_FREE) != ACT_NONE;
}

/* Draws as many entries as fit.  Return: the column behind them. */
static int footer_worlds(struct ui *u, int x, int y, int room)
{
	const char *text;

	for (unsigned int i = 0; (text = view_worlds_footer(u, i)) != NULL; i++) {
		int used = footer_item(u, x, y, room - x, text, ACT_NONE);

		if (!used)
			break;
		x += used + FOOTER_GAP;
	}
	return x;
}

/* The words of row @i in the footer. */
static void footer_text(struct ui *u, const struct open_text *o, const struct key_row *row, struct strbuf *out)
{
	if (row->action == ACT_WORK_HINT)
		strbuf_printf(out, W(FOOTER_WORK_HINT), u->work->sheet->x->about.nr_hints - u->work->sheet->hints);
	else if (row->action == ACT_FINISH && u->view == VIEW_END && u->end_missed)
		strbuf_puts(out, W(FOOT_MISSED));
	else if (o->choose && row->action == ACT_HINT)
		strbuf_printf(out, W(FOOTER_HINT), choose_hints(u));
	else if (o->choose && row->action == ACT_COMMIT)
		choose_footer(u, out);
	else if (o->choose && row->action == ACT_UNDO)
		strbuf_puts(out, W(FOOT_CHOOSE_BACK));
	else if (row->action == ACT_HINT)
		strbuf_printf(out, W(FOOTER_HINT), o->q->hints - o->q->hints_shown);
	else if (row->action == ACT_TURN && !report_shown(u))
		strbuf_puts(out, W(FOOTER_TURN_BACK));
	else if (row->action == ACT_COMMIT && lesson_form(o->q) == FORM_PICK)
		strbuf_puts(out, W(FOOTER_PICK_THIS));
	else if (row->action == ACT_PLAY && playback_playing(&u->scene->playback))
		strbuf_puts(out, W(FOOTER_PAUSE));
	else
		strbuf_puts(out, words_fixed(row->footer));
}

/* A card that asks for an interrupt has its key first. */
static int footer_press(struct ui *u, int x, int y, int room)
{
	int used = footer_item(u, x, y, room - x, W(FOOT_PRESS), ACT_IRQ);

	return x + (used ? used + FOOTER_GAP : 0);
}

static void footer_keys(struct ui *u, const struct open_text *o, int y, int w)
{
	unsigned int contexts = ui_contexts(u);
	bool press = contexts & IN_CARD && o->card && o->card->press;
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(keys, 64);
	int x = 1, room;

	/* "? keys" always has room: its page lists the entries that are cut */
	key_expand(W(FOOTER_KEYS), contexts, &keys, span);
	room = w - width_text(keys.buf, keys.len) - FOOTER_GAP;
	if (o->q && contexts & (IN_ASK | IN_TYPE))
		footer_question(u, o, &x, y, room);
	if (press)
		x = footer_press(u, x, y, room);
	if (u->view == VIEW_WORLDS)
		x = footer_worlds(u, x, y, room);
	for (unsigned int i = 0; u->view != VIEW_WORLDS && i < key_rows_nr; i++) {
		const struct key_row *row = &key_rows[i];
		STRBUF(text, 64);
		int used;

		if (row->footer == W_NONE || !(row->contexts & contexts) || shadowed(i, contexts) ||
		    footer_idle(u, o, row->action) || (press && row->action == ACT_IRQ))
			continue;
		footer_text(u, o, row, &text);
		used = footer_item(u, x, y, room - x, text.buf, row->action);
		if (!used)
			break;		/* entries are in the order of their weight */
		x += used + FOOTER_GAP;
	}
	footer_item(u, x, y, w - x, W(FOOTER_KEYS), ACT_KEYS);
}

static void footer_sure(struct ui *u, int x, int y, int w)
{
	STRBUF(text, 200);

	key_printf(&text, IN_ASK, W(ASK_SURE));
	ui_put(u, x, y, w, ST_QUESTION, 0, "%s", text.buf);
}

static void footer_draw(struct ui *u, const struct open_text *o)
{
	int w = term_width(u->term) - 1, y = term_height(u->term) - 1, x = 1;

	if (u->prompt) {
		const char *const marks[] = { "", ":", "/", "\\", W(ASK_RESET), W(ASK_AFRESH), W(ASK_NOTE), W(ASK_NEXT), W(ASK_AFRESH), W(ASK_DROP),
						W(ASK_REPORT) };

		x += ui_put(u, x, y, w, command_prompt_confirms(u->prompt) ? ST_QUESTION : ST_KEY, 0, "%s", marks[u->prompt]);
		x += ui_put(u, x, y, w - x, ST_NORMAL, 0, "%s", u->prompt_text);
		term_cursor(u->term, x, y);
		prompt_complete_draw(u);
		return;
	}
	if (*u->message) {
		STRBUF(cut, sizeof(u->message) + 8);

		width_put_cut(&cut, u->message, strlen(u->message), w - x);
		ui_put(u, x, y, w, ST_QUESTION, 0, "%s", cut.buf);
	} else if (o->q && ui_contexts(u) & (IN_ASK | IN_TYPE) && u->answer.asks_sure && u->answer.asked == o->q->asked)
		footer_sure(u, x, y, w);
	else
		footer_keys(u, o, y, w);
}

#define STEP_STORIES 4		/* more story events at once are a jump, which is not animated */

/* ---- the frame -------------------------------------------------------------------------------------- */

/* The frame of the film that is due, 0 = the move has ended. */
static unsigned int film_frame(struct ui *u)
{
	const struct model *m = &u->scene->replay.at;
	uint64_t n = layout_event(&u->scene->story, m->n);

	if (n != u->film_n) {
		/* a step or the playback, not a jump */
		bool forward = n > u->film_n && u->film_n && m->stories - u->film_stories <= STEP_STORIES;

		u->film_left = forward && !u->opts->no_animation ? FILM_FRAME_SECONDS * (LAYOUT_FILM_FRAMES - 1) : 0;
		u->film_n = n;
		u->film_stories = m->stories;
	}
	if (u->film_left <= 0)
		return 0;
	return LAYOUT_FILM_FRAMES - 1 - (unsigned int)(u->film_left / FILM_FRAME_SECONDS * 0.999);
}

/* The code in view, unless it is folded. */
static const struct layout_code *code_in_view(const struct ui *u, const struct layout_in *in)
{
	static struct layout_code_text text;	/* the screen has one thread */
	static const struct layout_code none;

	if (u->code_folded || !trace_store_def(in->store, CLS_SOURCE, 1))
		return NULL;
	return layout_code_at(in, &text) ? &text.code : &none;
}

/* The pool that a card's look asks for: a pool, or the threads of a workqueue before cmwq.  0 = none. */
static uint32_t look_pool(const struct model *m, const struct lesson_look *look)
{
	for (uint32_t i = 1; look->cls == CLS_WQ && i <= m->nr_pwqs; i++) {
		const struct model_pwq *q = model_pwq(m, i);
		const struct model_pool *p = q && q->wq == look->id && !q->freed ? model_pool(m, q->pool) : NULL;

		if (p && p->flags & POOL_LEGACY)
			return p->id;
	}
	return look->cls == CLS_POOL && model_pool(m, look->id) ? look->id : 0;
}

/* The pools that cards ask for and those that the student asked for, in the order of events; without room the first ones go. */
static void collect_looks(const struct ui *u, struct layout_in *in)
{
	static struct layout_look all[ALL_LOOKS_MAX];	/* the screen has one thread */
	const struct lesson *l = &u->scene->lesson;
	size_t n = 0, s = 0;

	for (size_t c = 0; c < l->nr_cards && l->card[c].n <= in->m->n; c++)
		for (uint32_t i = 0; l->card[c].kind == CARD_SAY && i < l->card[c].nr_looks; i++) {
			uint32_t pool = look_pool(in->m, &l->card[c].look[i]);

			if (n + u->nr_looks == ALL_LOOKS_MAX)
				memmove(all, all + 1, --n * sizeof(*all));
			for (; pool && s < u->nr_looks && u->looks[s].n <= l->card[c].n; s++)
				all[n++] = u->looks[s];
			if (pool)
				all[n++] = (struct layout_look){ l->card[c].n, pool };
		}
	for (; s < u->nr_looks; s++)
		all[n++] = u->looks[s];
	in->look = all;
	in->nr_looks = n;
}

void ui_layout_input(struct ui *u, struct layout_in *in)
{
	struct scene *s = u->scene;

	*in = (struct layout_in){
		.store = s->store, .story = &s->story, .m = &s->replay.at, .now = s->playback.clock,
		.w = term_width(u->term), .h = term_height(u->term), .ascii = term_ascii(u->term),
		.zoom = ui_zoom(u), .level = s->playback.level,
		.what_if = u->kept != NULL, .branch = u->kept ? u->kept->from_time : 0,
	};
	collect_looks(u, in);
	layout_story_grow(&s->story, s->replay.at.n > s->story.lanes.n ? s->replay.at.n - s->story.lanes.n : 0);
}

static void layout_input(struct ui *u, const struct open_text *o, struct layout_in *in)
{
	static struct layout_look look[ALL_LOOKS_MAX + 1];	/* the screen has one thread */

	ui_layout_input(u, in);
	in->question = u->kept ? u->kept->asks : o->context && o->card && o->card->kind == CARD_ASK;
	in->middle_free = u->view != VIEW_MACHINE;
	in->film = film_frame(u);
	in->talk = o->free ? free_play_talk(u, layout_talk_width(in->w, in->h)) :
		   o->choose ? choose_talk(u, layout_talk_width(in->w, in->h)) :
		   u->work && !u->kept && (!o->trouble || work_explains(u)) ? work_talk(u, layout_talk_width(in->w, in->h)) :
		   text_talk(u, layout_talk_width(in->w, in->h), o);
	in->code = u->work ? work_code(u, in) : NULL;
	if (!in->code)
		in->code = code_in_view(u, in);
	in->code_below = u->work && u->work->sheet->x->about.nr_files && !u->code_folded && !u->kept;
	pick_layout(u, in, look);
}

static void show_layout(struct ui *u)
{
	static const enum hit_kind kinds[] = {
		[ROLE_CHOICE] = HIT_CHOICE, [ROLE_EVENT] = HIT_EVENT, [ROLE_LANE] = HIT_LANE,
	};
	const struct layout *l = u->layout;
	struct cells *to = term_frame(u->term);

	memcpy(to->v, l->cells.v, (size_t)to->w * (size_t)to->h * sizeof(*to->v));
	for (unsigned int i = 0; i < l->nr_things; i++) {
		const struct layout_thing *t = &l->thing[i];
		struct hit_region region = { .kind = (size_t)t->role < sizeof(kinds) / sizeof(kinds[0]) ? kinds[t->role] : HIT_THING,
					     .x = t->x, .y = t->y, .w = t->w, .cls = t->cls, .id = t->id, .n = t->n };

		ui_hit_region(u, &region);
	}
}

static void lesson_draw(struct ui *u)
{
	struct open_text o = ui_open_text(u);
	STRBUF(pause, 512);
	struct layout_in in;

	if (u->view == VIEW_END) {
		view_end.draw(u, (struct rect){ 0 });
		footer_draw(u, &o);
		return;
	}
	if (u->view == VIEW_WORLDS) {
		view_worlds.draw(u, (struct rect){ 1, 1, term_width(u->term) - 2, term_height(u->term) - 2 });
		header_draw(u, &o);
		footer_draw(u, &o);
		return;
	}
	if (report_shown(u)) {
		report_draw(u, report_shown(u));
		header_draw(u, &o);
		footer_draw(u, &o);
		return;
	}
	if (!u->layout)
		u->layout = layout_new();
	if (!u->layout)
		return;
	layout_input(u, &o, &in);
	if (u->scene->playback.gap_left > 0) {
		now_pause(u, &pause);
		in.pause = pause.buf;
	}
	layout_draw(u->layout, &in);
	if (in.film && !u->layout->moves) {
		u->film_left = 0;
		in.film = 0;
		layout_draw(u->layout, &in);
	}
	show_layout(u);
	if (o.free)
		free_play_regions(u);
	if (in.middle_free) {
		const struct layout_rect *m = &u->layout->middle;

		views[u->view]->draw(u, (struct rect){ m->x, m->y, m->w, m->h });
	}
	header_draw(u, &o);
	footer_draw(u, &o);
}

void ui_show_page(struct ui *u, const struct cells *page)
{
	struct cells *to = term_frame(u->term);

	if (to->w == page->w && to->h == page->h)
		memcpy(to->v, page->v, (size_t)to->w * (size_t)(to->h - 1) * sizeof(*to->v));
}

void ui_draw(struct ui *u)
{
	static const struct open_text nothing;

	term_begin(u->term);
	u->hit_regions.nr = 0;
	if (small_window(u)) {
		small_draw(u);
		return;
	}
	if (!u->at_home && u->scene) {
		lesson_draw(u);
		return;
	}
	if (u->view == VIEW_KEYS || u->view == VIEW_HELP)
		views[u->view]->draw(u, (struct rect){ 1, 2, term_width(u->term) - 2, term_height(u->term) - 4 });
	else if (u->work)
		work_draw(u);
	else
		home_draw(u);
	footer_draw(u, &nothing);
}
