/*
 * visualizer/commands.c - the effects of keys: on time, views and the run.
 *
 * Handlers return effect bits and never draw.  Answers, Enter, hints and interrupts
 * go to the run (run/run.h); their results arrive as events.
 *
 * Never here:   the command line (prompt.c), the mouse (mouse.c), effects of time (update.c), pictures (view_*.c).
 * Licence: MIT.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/worlds.h"
#include "visualizer/commands.h"
#include "visualizer/free_play.h"
#include "visualizer/home.h"
#include "visualizer/work.h"

/* ---- scenes come and go ----------------------------------------------------------- */

void command_world_close(struct ui *u)
{
	scene_close(u->world);
	u->world = NULL;
	if (u->view == VIEW_WORLDS)
		u->view = VIEW_MACHINE;
}

static void forget_scene_state(struct ui *u)
{
	u->reading = 0;
	u->seen = 0;
	u->looking = false;
	u->list_cursor = u->why_n = 0;
	u->film_n = 0;
	u->film_left = 0;
	u->nr_looks = 0;
	u->from_end = false;
	u->talk_scroll = 0;
	u->mark_n = 0;
	u->saved_at = 0;
	u->shown = 0;
	u->pick_back = 0;
	u->shown_view = false;
	u->world_belief = NULL;
	u->go_when_there = false;
	u->search[0] = u->filter[0] = '\0';	/* words of the page that was left */
	memset(&u->answer, 0, sizeof(u->answer));
	memset(u->scroll, 0, sizeof(u->scroll));
	u->nr_dead = 0;
	u->bookmarks_known = false;
	memset(&u->practice, 0, sizeof(u->practice));
}

void ui_set_scene(struct ui *u, struct scene *s)
{
	what_if_leave(u);
	command_world_close(u);
	scene_close(u->what_if);
	u->what_if = NULL;
	if (u->scene != s)
		scene_close(u->scene);
	u->scene = s;
	u->at_home = !s;
	u->view = VIEW_MACHINE;
	forget_scene_state(u);
	if (s) {
		scene_grow(s);
		playback_play(&s->playback);
	}
}

static struct scene *open_scene(struct ui *u, const struct run_spec *spec, const char *id)
{
	struct run *run;
	struct scene *s;
	char err[400] = "";

	if (run_open(&run, u->loop, u->opts->exe, spec, err, sizeof(err))) {
		ui_say(u, "%s", *err ? err : W(SAY_NO_MACHINE));
		return NULL;
	}
	s = scene_open_run(run, id);
	if (!s) {
		run_close(run);
		ui_say(u, W(SAY_NO_MEMORY));
	}
	return s;
}

unsigned int ui_open_spec(struct ui *u, const struct run_spec *spec, const char *id)
{
	struct scene *s = open_scene(u, spec, id);

	if (s)
		ui_set_scene(u, s);
	return EFF_DRAW | EFF_RUN;
}

unsigned int ui_open_lesson(struct ui *u, const char *id, enum app_open how)
{
	static struct run_spec spec;	/* large; copied by run_open() */
	char err[400] = "";
	unsigned int eff;

	memset(&spec, 0, sizeof(spec));
	if (!u->opts->cb.open || u->opts->cb.open(u->opts->cb.arg, id, how, &spec, err, sizeof(err))) {
		ui_say(u, "%s", *err ? err : W(SAY_LESSON_CLOSED));
		return EFF_DRAW;
	}
	eff = ui_open_spec(u, &spec, id);
	/* events up to the last answer are not played again: seek to the waiting question */
	if (spec.inputs.n && u->scene && u->scene->run)
		u->seen = UINT64_MAX;
	run_inputs_fini(&spec.inputs);
	if (err[0])
		ui_say(u, "%s", err);
	return eff;
}

void command_report_progress(struct ui *u)
{
	const struct scene *s = ui_run_scene(u);

	if (s && s->run && u->opts->cb.save)
		u->opts->cb.save(u->opts->cb.arg, s->id, s->run);
	command_show_complaint(u);
}

void command_show_complaint(struct ui *u)
{
	const char *text = u->opts->cb.complaint ? u->opts->cb.complaint(u->opts->cb.arg) : NULL;

	if (text)
		ui_say(u, "%s", text);
}

/* ---- the playback ------------------------------------------------------------------------ */

/* Shows another time than that of the open text. */
unsigned int command_look(struct ui *u)
{
	unsigned int context = ui_open_text(u).context;

	/* the keys stay with a question: its answer can be given while the past is on the screen */
	if (context && context != IN_ASK)
		u->looking = true;
	u->mark_left = MARK_SECONDS;
	return EFF_DRAW;
}

/* Returns to the event of the open text. */
static unsigned int back_to_text(struct ui *u)
{
	uint64_t fence = u->scene->run ? run_fence(u->scene->run) : 0;

	u->looking = false;
	u->view = VIEW_MACHINE;
	if (ui_open_text(u).free)
		return EFF_DRAW;	/* acts are possible at any time */
	if (u->reading)
		playback_seek(&u->scene->playback, u->reading);
	else if (fence)
		playback_seek(&u->scene->playback, fence);
	return EFF_DRAW;
}

static unsigned int play(struct ui *u)
{
	struct playback *f = &u->scene->playback;
	struct open_text o = ui_open_text(u);

	if (playback_playing(f)) {
		playback_pause(f);
		return EFF_DRAW;
	}
	if (o.context && f->replay->at.n >= f->replay->store->nr) {
		ui_say(u, W(SAY_NOTHING_LATER));
		return EFF_DRAW;
	}
	command_look(u);
	playback_play(f);
	return EFF_DRAW | EFF_RUN;
}

/* A card or question that the run waits at; not an act of free play, and none that was answered. */
static bool waits_at(const struct run *run, const struct trace_event *ev)
{
	struct ev_WAIT_INPUT wait;

	return ev->n == run_fence(run) && trace_get_WAIT_INPUT(ev, &wait) && wait.what != WAIT_ACT;
}

/* The first event in (@from, the cursor] that the playback would have stopped at; 0 = none. */
static uint64_t unread(const struct ui *u, uint64_t from)
{
	const struct scene *s = u->scene;
	struct trace_event ev;

	if (!s->run || u->kept || u->reading)
		return 0;
	for (uint64_t n = (from > u->seen ? from : u->seen) + 1; n <= s->replay.at.n; n++)
		if (trace_store_event(s->store, n, &ev) && playback_stops_at(&ev) && !practice_passes(u, &ev) &&
		    (ev.kind != EV_WAIT_INPUT || waits_at(s->run, &ev)))
			return n;
	return 0;
}

/* A key that goes forward does not jump over a verdict: the playback stops there, as if it had come there. */
static unsigned int stop_at_unread(struct ui *u, uint64_t passed)
{
	struct playback *f = &u->scene->playback;
	uint64_t n = unread(u, passed);

	if (!n)
		return 0;
	f->passed = passed;
	playback_seek(f, n);
	f->state = PLAYBACK_STOPPED;
	u->looking = false;
	return EFF_RUN;
}

/* A key that goes back from event @from stops at the beginning of the lesson: the boot is not its story. */
static void stop_at_begin(struct ui *u, uint64_t from)
{
	uint64_t begun = u->scene->lesson.begun;

	if (from > begun && u->scene->replay.at.n < begun)
		playback_seek(&u->scene->playback, begun);
}

/* The last event there is; a run that computes more is played from there. */
static unsigned int to_end(struct ui *u)
{
	struct scene *s = u->scene;
	unsigned int effects;

	playback_seek(&s->playback, s->store->nr);
	effects = command_look(u);
	if (!s->run || (run_get_state(s->run) != RUN_RUNNING && run_fence(s->run) <= s->store->nr))
		return effects;
	playback_play(&s->playback);
	return effects | EFF_RUN;
}

static unsigned int move(struct ui *u, enum action a)
{
	struct playback *f = &u->scene->playback;
	int64_t second = (int64_t)playback_rate(f);
	unsigned int part = playback_part(f);

	switch (a) {
	case ACT_STEP: playback_step(f, 1); return command_look(u);
	case ACT_STEP_BACK: playback_step(f, -1); return command_look(u);
	case ACT_DECISION: playback_decision(f, 1); return command_look(u);
	case ACT_DECISION_BACK: playback_decision(f, -1); return command_look(u);
	case ACT_BACK_SMALL: playback_seek_time(f, -second); return command_look(u);
	case ACT_ON_SMALL: playback_seek_time(f, second); return command_look(u);
	case ACT_BACK_TENTH: playback_seek_part(f, part > 100 ? part - 100 : 0); return command_look(u);
	case ACT_ON_TENTH: playback_seek_part(f, part < 900 ? part + 100 : 1000); return command_look(u);
	case ACT_TO_START: playback_seek(f, 0); return command_look(u);
	case ACT_TO_END: return to_end(u);
	case ACT_FASTER: playback_faster(f); return EFF_DRAW;
	case ACT_SLOWER: playback_slower(f); return EFF_DRAW;
	case ACT_CLOSER: return command_zoom(u, 1);
	case ACT_FURTHER: return command_zoom(u, -1);
	case ACT_SEEK: playback_seek_part(f, u->digit * 100); return command_look(u);
	case ACT_PLAY: return play(u);
	default: return 0;
	}
}

static unsigned int playback_command(struct ui *u, enum action a)
{
	uint64_t passed = u->scene->playback.passed, from = u->scene->replay.at.n;
	uint64_t clock = u->scene->playback.clock;
	bool looking = u->looking;
	unsigned int effects = move(u, a);

	if (effects)
		stop_at_begin(u, from);
	/* a key without an effect on the time leaves the text open; the things of free play are no text */
	if (a != ACT_PLAY && !ui_open_text(u).free && u->scene->replay.at.n == from && u->scene->playback.clock == clock)
		u->looking = looking;
	return effects ? effects | stop_at_unread(u, passed) : 0;
}

/* ---- pools in view ------------------------------------------------------------------------ */

/* The student asks for a pool at the event on the screen; requests at later events are dropped. */
unsigned int command_look_at(struct ui *u, uint32_t pool)
{
	uint64_t n = u->scene->replay.at.n;

	if (!pool)
		return EFF_DRAW;
	while (u->nr_looks && u->looks[u->nr_looks - 1].n > n)
		u->nr_looks--;
	if (u->nr_looks == LOOKS_MAX)
		memmove(u->looks, u->looks + 1, (--u->nr_looks) * sizeof(*u->looks));
	u->looks[u->nr_looks++] = (struct layout_look){ n, pool };
	return EFF_DRAW;
}

/* The next pool, by number, that is not in view and has workers. */
static unsigned int other_pool(struct ui *u)
{
	const struct model *m = &u->scene->replay.at;
	const struct layout *l = u->layout;
	uint32_t from = u->nr_looks ? u->looks[u->nr_looks - 1].pool : 0;

	for (uint32_t i = 1; l && i <= m->nr_pools; i++) {
		uint32_t pool = (from + i - 1) % m->nr_pools + 1;
		bool shown = !model_pool(m, pool) || m->pools[pool].freed || !m->pools[pool].nr_workers;

		for (unsigned int k = 0; k < l->nr_pools; k++)
			shown |= l->pool[k] == pool;
		if (!shown)
			return command_look_at(u, pool);
	}
	ui_say(u, W(SAY_ALL_POOLS));
	return EFF_DRAW;
}

/* A card, question or verdict that is longer than its zone. */
static unsigned int scroll_talk(struct ui *u, bool down)
{
	const struct layout *l = u->layout;

	if (!l || !l->talk_hidden)
		return EFF_DRAW;
	if (down)
		u->talk_scroll = l->talk_first + 3 < l->talk_hidden ? l->talk_first + 3 : l->talk_hidden;
	else
		u->talk_scroll = l->talk_first > 3 ? l->talk_first - 3 : 0;
	return EFF_DRAW;
}

/* ---- views that the lesson opens -------------------------------------------------------- */

/* Is event @n in the past of the card that the run waits at? */
static bool answered_since(const struct lesson *l, uint64_t n, uint64_t passed)
{
	for (size_t i = 0; i < l->nr_cards; i++)
		if (l->card[i].wait > n && l->card[i].wait < passed)
			return true;
	return false;
}

void command_open_shown(struct ui *u)
{
	const struct scene *s = u->scene;
	const struct lesson_show *show = lesson_show_at(&s->lesson, s->playback.passed);

	if (!show || show->n <= u->shown || u->kept)
		return;
	u->shown = show->n;
	/* a lesson that is resumed: the view was closed at a card */
	if (answered_since(&s->lesson, show->n, s->playback.passed))
		return;
	for (int id = 0; id < VIEW_NR; id++) {
		if (strcmp(view_by_id((enum view_id)id)->name, show->view))
			continue;
		u->view = (enum view_id)id;
		u->scroll[id] = 0;
		u->list_cursor = 0;
		u->shown_view = id != VIEW_MACHINE;
	}
}

void command_close_shown(struct ui *u)
{
	if (u->shown_view)
		u->view = VIEW_MACHINE;
	u->shown_view = false;
}

/* ---- talking to the run ---------------------------------------------------------------- */

static unsigned int sent(struct ui *u, int err, const char *what)
{
	if (err) {
		ui_say(u, W(SAY_NOT_WAITING), what);
		return EFF_DRAW;
	}
	command_close_shown(u);
	u->looking = false;
	playback_seek(&u->scene->playback, u->scene->store->nr);
	playback_play(&u->scene->playback);
	return EFF_DRAW | EFF_RUN;
}

static unsigned int go_on(struct ui *u)
{
	struct open_text o = ui_open_text(u);

	if (u->reading && practice_is_over(u))
		return practice_open(u, APP_PRACTISE_NEXT);
	if (u->reading) {
		command_close_shown(u);
		u->seen = u->reading;
		u->reading = 0;
		u->looking = false;
		playback_seek(&u->scene->playback, u->seen);
		playback_play(&u->scene->playback);
		return EFF_DRAW | EFF_RUN;
	}
	if (!o.card || !u->scene->run)
		return EFF_DRAW;
	if (u->what_if && o.card->press) {
		u->go_when_there = true;
		return EFF_DRAW | EFF_RUN;
	}
	return sent(u, run_go(u->scene->run), W(SAY_SENT_ENTER));
}

/* Enter that was pressed before the branch had come. */
void command_go_when_there(struct ui *u)
{
	if (!u->go_when_there || u->what_if)
		return;
	if (u->scene->run && run_get_state(u->scene->run) == RUN_RUNNING)
		return;
	u->go_when_there = false;
	if (u->scene->run && run_get_state(u->scene->run) == RUN_WAITING)
		sent(u, run_go(u->scene->run), W(SAY_SENT_ENTER));
}

/* @sure: 1 a guess, 2 fairly, 3 certain; 0 = not given */
static unsigned int send_answer(struct ui *u, const struct lesson_question *q, unsigned int sure)
{
	char value[300];
	int err;

	answer_value(u, q, value, sizeof(value));
	pick_keep(u, q);
	err = run_answer_sure(u->scene->run, q->id, value, sure);
	u->answer.asks_sure = false;
	u->answer.sent = !err;
	return sent(u, err, W(SAY_SENT_ANSWER));
}

/* The question did not take this letter. */
static unsigned int no_such_choice(struct ui *u)
{
	struct open_text o = ui_open_text(u);

	if (pick_question(u))
		ui_say(u, W(SAY_POINT));
	else if (o.q && o.q->nr_choices)
		ui_say(u, W(SAY_CHOICES), (int)('a' + o.q->nr_choices - 1));
	else
		ui_say(u, W(SAY_TYPE_FIRST));
	return EFF_DRAW;
}

static unsigned int commit(struct ui *u)
{
	struct open_text o = ui_open_text(u);

	if (!o.q || !u->scene->run)
		return EFF_DRAW;
	if (u->answer.sent && u->answer.asked == o.q->asked && !o.q->verdict.n)
		return EFF_DRAW;
	if (lesson_form(o.q) == FORM_PICK)
		return pick_take(u, o.q) ? send_answer(u, o.q, 0) : EFF_DRAW;
	if (!answer_ready(&u->answer, o.q) || u->answer.sent) {
		ui_say(u, o.q->nr_choices ? W(SAY_CHOOSE_FIRST) : W(SAY_TYPE_FIRST));
		return EFF_DRAW;
	}
	if (!u->answer.asks_sure && o.q->kind != ASK_TEXT) {
		u->answer.asks_sure = true;
		return EFF_DRAW;
	}
	return send_answer(u, o.q, 0);
}

/* While "sure?" is asked: 1, 2, 3 or the key that commits sends the answer; any other key goes back to it. */
static bool sure_key(struct ui *u, uint32_t key, unsigned int *effects)
{
	struct open_text o = ui_open_text(u);

	if (!u->answer.asks_sure || !o.q || u->answer.asked != o.q->asked)
		return false;
	if ((key >= '1' && key <= '3') || key_action(key, IN_ASK) == ACT_COMMIT) {
		*effects = send_answer(u, o.q, key >= '1' && key <= '3' ? key - '0' : 0);
		return true;
	}
	u->answer.asks_sure = false;
	*effects = EFF_DRAW;
	return key_action(key, IN_ASK) == ACT_LOOK;
}

/* The question is open again when the hint has come; a key before that would be one during playback. */
static unsigned int send_hint(struct ui *u, const struct lesson_question *q)
{
	int err = run_hint(u->scene->run, q->id);

	u->hint_left = err ? 0 : HINT_SECONDS_MAX;
	u->hint_nr = q->hints_shown + 1;
	return sent(u, err, W(SAY_SENT_HINT));
}

bool ui_holds_keys(const struct ui *u)
{
	return u->hint_left > 0 && !u->at_home && u->scene;
}

static unsigned int hint(struct ui *u)
{
	struct open_text o = ui_open_text(u);

	if (!o.q || !u->scene->run)
		return EFF_DRAW;
	pick_keep(u, o.q);
	if (o.q->hints_shown >= o.q->hints)
		ui_say(u, o.q->hints ? W(SAY_LAST_HINT) : W(SAY_NO_HINTS));
	else
		return send_hint(u, o.q);
	return EFF_DRAW;
}

static unsigned int undo(struct ui *u)
{
	uint64_t asked = u->answer.asked;

	if (u->answer.sent)
		return EFF_DRAW;
	if (pick_question(u)) {
		u->answer.nr_order -= u->answer.nr_order > 0;
		return EFF_DRAW;
	}
	memset(&u->answer, 0, sizeof(u->answer));
	u->answer.asked = asked;
	u->answer.sel = -1;
	return EFF_DRAW;
}

const struct lesson_question *command_world_choice(struct ui *u)
{
	struct open_text o = ui_open_text(u);

	if (!u->scene->run || !u->opts->cb.world)
		return NULL;
	if (u->view == VIEW_END || u->from_end) {
		const struct lesson_question *q = end_question(u);

		return q && worlds_choice(q) ? q : NULL;
	}
	return worlds_offered(&u->scene->lesson, o.card);
}

static unsigned int worlds(struct ui *u)
{
	static struct run_spec spec;
	const struct lesson_question *q = command_world_choice(u);
	unsigned int choice = q ? worlds_choice(q) : 0;
	char err[300] = "";

	if (!q) {
		struct open_text o = ui_open_text(u);

		ui_say(u, o.q && worlds_choice(o.q) ? W(WORLDS_LATER) : W(SAY_NO_WORLD));
		return EFF_DRAW;
	}
	u->from_end |= u->view == VIEW_END;
	if (u->view == VIEW_WORLDS && u->scene->lesson.ended) {
		q = worlds_next(&u->scene->lesson, lesson_question_by_id(&u->scene->lesson, u->world_question));
		choice = q ? worlds_choice(q) : 0;
	}
	if (u->world && !strcmp(u->world_question, q->id)) {
		u->view = VIEW_WORLDS;
		return command_look(u);
	}
	command_world_close(u);
	memset(&spec, 0, sizeof(spec));
	if (u->opts->cb.world(u->opts->cb.arg, u->scene->run, q->id, choice, &spec, err, sizeof(err))) {
		ui_say(u, "%s", *err ? err : W(SAY_WORLD_CLOSED));
		return EFF_DRAW;
	}
	u->world = open_scene(u, &spec, "");
	run_inputs_fini(&spec.inputs);
	if (!u->world)
		return EFF_DRAW;
	u->world_belief = q->choice[choice - 1].text;
	snprintf(u->world_question, sizeof(u->world_question), "%s", q->id);
	u->world_threads = q->choice[choice - 1].shows_threads;
	u->world_at = 0;
	u->world_first = 0;
	u->scroll[VIEW_WORLDS] = 0;
	u->view = VIEW_WORLDS;
	return command_look(u) | EFF_RUN;
}

static unsigned int rule(struct ui *u)
{
	struct open_text o = ui_open_text(u);
	const char *number = o.card && o.card->kind == CARD_VERDICT && o.q ? o.q->verdict.rule : "";
	const char *more = NULL;

	if (!*number)
		ui_say(u, W(SAY_NO_RULE));
	else if (u->opts->cb.rule && (more = u->opts->cb.rule(u->opts->cb.arg, number)) != NULL)
		ui_say(u, "%s", more);
	else
		ui_say(u, "%s", number);
	return EFF_DRAW;
}

/* ---- views ---------------------------------------------------------------------------------- */

unsigned int command_open_view(struct ui *u, enum view_id id)
{
	if (id != VIEW_MACHINE && id != VIEW_KEYS && id != VIEW_HELP && report_hides(u))
		return EFF_DRAW;
	if (id == VIEW_KEYS && u->view != VIEW_KEYS)
		u->keys_for = ui_contexts(u);
	u->from_end = id != VIEW_MACHINE && (u->from_end || u->view == VIEW_END);
	u->view = id;
	u->shown_view = false;
	u->why_n = 0;
	u->list_cursor = 0;
	u->scroll[id] = 0;
	if (id == VIEW_WHY)
		playback_pause(&u->scene->playback);
	/* the keys are the view's now; the text stays in sight */
	u->looking = !u->at_home && ui_open_text(u).context != 0 && id != VIEW_MACHINE;
	return EFF_DRAW;
}

/* Back to where the view was opened: the end of the lesson, the open text, the machine. */
static unsigned int close_view(struct ui *u)
{
	unsigned int effects = EFF_DRAW;

	u->view = VIEW_MACHINE;
	u->looking = false;
	if (ui_open_text(u).context != IN_ASK)
		effects = back_to_text(u);	/* a question keeps the time that was looked at */
	if (u->from_end)
		u->view = VIEW_END;
	u->from_end = false;
	return effects;
}

static unsigned int next_view(struct ui *u, int by)
{
	int id = (int)u->view;

	do {
		id = (id + by + VIEW_NR) % VIEW_NR;
	} while (id == VIEW_KEYS || id == VIEW_HELP || id == VIEW_END || (id == VIEW_WORLDS && !u->world));
	return command_open_view(u, (enum view_id)id);
}

unsigned int command_leave(struct ui *u)
{
	if (u->view == VIEW_END)
		return ui_home(u);
	if (u->at_home && u->work && u->view == VIEW_MACHINE && work_stop(u))
		return EFF_DRAW;
	if (u->view != VIEW_MACHINE && u->at_home) {
		u->view = VIEW_MACHINE;
		return EFF_DRAW;
	}
	if (u->view != VIEW_MACHINE)
		return close_view(u);
	if (what_if_leave(u))
		return EFF_DRAW;
	return u->at_home && !(u->work && !u->opts->sheet) ? EFF_LEAVE : ui_home(u);
}

unsigned int command_next_lesson(struct ui *u)
{
	const char *id = u->opts->cb.next ? u->opts->cb.next(u->opts->cb.arg, u->scene->id) : NULL;

	command_report_progress(u);
	return id ? ui_open_lesson(u, id, APP_OPEN_RESUME) : EFF_DRAW;
}

/* An unfinished lesson is left only after a question. */
static unsigned int next_lesson(struct ui *u)
{
	if (u->at_home)
		return home_command(u, ACT_DOWN);
	if (u->kept)
		ui_say(u, W(SAY_ESC_FIRST));
	else if (practice_refuses(u))
		return EFF_DRAW;
	else if (!u->scene->id[0] || !u->opts->cb.next || !u->opts->cb.next(u->opts->cb.arg, u->scene->id))
		ui_say(u, W(SAY_LAST_LESSON));
	else if (!u->scene->lesson.ended)
		return command_prompt(u, PROMPT_NEXT);
	else
		return command_next_lesson(u);
	return EFF_DRAW;
}

/* Enter where nothing is open: at the end its page, and on that page the next lesson. */
static unsigned int finish(struct ui *u)
{
	const struct scene *s = u->scene;

	if (u->view == VIEW_END)
		return end_enter(u);
	if (practice_is_over(u))
		return practice_open(u, APP_PRACTISE_NEXT);
	if (s->run && s->lesson.ended && s->playback.passed >= s->store->nr)
		return end_open(u);
	ui_say(u, W(SAY_NOTHING_WAITS));
	return EFF_DRAW;
}

/* At the end of a lesson: once more, with other numbers. */
static unsigned int again(struct ui *u)
{
	if (practice_refuses(u))
		return EFF_DRAW;
	if (u->kept || !u->scene->lesson.ended || !u->scene->id[0]) {
		ui_say(u, u->kept ? W(SAY_ESC_FIRST) : W(SAY_AGAIN_AT_END));
		return EFF_DRAW;
	}
	command_report_progress(u);
	return ui_open_lesson(u, u->scene->id, APP_OPEN_AGAIN);
}

static unsigned int choose(struct ui *u, int by)
{
	struct open_text o = ui_open_text(u);
	int sel;

	if (pick_question(u))
		return pick_move(u, o.q, by);
	if (!o.q || !o.q->nr_choices)
		return EFF_DRAW;
	sel = u->answer.asked == o.q->asked ? u->answer.sel : -1;
	sel = sel < 0 ? (by > 0 ? 0 : (int)o.q->nr_choices - 1) : sel + by;
	if (sel < 0 || sel >= (int)o.q->nr_choices)
		return EFF_DRAW;
	answer_select(u, o.q, sel);
	return EFF_DRAW;
}

unsigned int command_prompt(struct ui *u, enum prompt_kind kind)
{
	u->prompt = kind;
	u->prompt_text[0] = u->offer[0] = '\0';
	return EFF_DRAW;
}

static const struct {
	enum action action;
	enum view_id view;
} view_keys_map[] = {
	{ ACT_VIEW_MACHINE, VIEW_MACHINE }, { ACT_VIEW_TIMELINE, VIEW_TIMELINE }, { ACT_VIEW_EVENTS, VIEW_EVENTS },
	{ ACT_VIEW_DMESG, VIEW_DMESG }, { ACT_VIEW_WQS, VIEW_WQS }, { ACT_VIEW_POOLS, VIEW_POOLS },
	{ ACT_VIEW_PS, VIEW_PS }, { ACT_VIEW_WAITS, VIEW_WAITS }, { ACT_VIEW_ABOUT, VIEW_ABOUT }, { ACT_WHY, VIEW_WHY }, { ACT_KEYS, VIEW_KEYS },
};

static unsigned int common_command(struct ui *u, enum action a)
{
	switch (a) {
	case ACT_CODE: return u->at_home ? EFF_DRAW : command_code(u);
	case ACT_REDRAW: term_repaint(u->term); return EFF_DRAW;
	case ACT_SUSPEND: term_suspend(u->term); return EFF_DRAW;
	case ACT_QUIT:
		if (work_stop(u))
			return EFF_DRAW;
		ui_home(u);
		return EFF_LEAVE;
	case ACT_LEAVE: return command_leave(u);
	case ACT_COMMAND: return command_prompt(u, PROMPT_COMMAND);
	case ACT_SEARCH: return command_prompt(u, PROMPT_SEARCH);
	case ACT_FILTER: return command_prompt(u, PROMPT_FILTER);
	case ACT_NEXT: return next_lesson(u);
	case ACT_THEME:
		u->theme = (u->theme + 1) % theme_count();
		term_set_theme(u->term, u->theme);
		ui_say(u, W(SAY_THEME), theme_name(u->theme));
		return EFF_DRAW;
	default: return 0;
	}
}

static unsigned int lesson_command(struct ui *u, enum action a)
{
	unsigned int eff = choose_on(u) ? choose_command(u, a) : free_play_command(u, a);

	if (!eff)
		eff = report_command(u, a);
	if (eff)
		return eff;
	switch (a) {
	case ACT_GO: return go_on(u);
	case ACT_COMMIT: return commit(u);
	case ACT_HINT: return hint(u);
	case ACT_CHOOSE: return no_such_choice(u);
	case ACT_UNDO: return undo(u);
	case ACT_UP: return choose(u, -1);
	case ACT_DOWN: return choose(u, 1);
	case ACT_LOOK: u->looking = true; return EFF_DRAW;
	case ACT_BACK_TO_TEXT: return ui_open_text(u).context ? back_to_text(u) : EFF_DRAW;
	case ACT_CLOSE: return close_view(u);
	case ACT_BACK_TO_RUN: what_if_leave(u); return EFF_DRAW;
	case ACT_IRQ: return command_irq(u, NULL, -1);
	case ACT_WORLDS: return worlds(u);
	case ACT_RULE: return rule(u);
	case ACT_WORD:
		command_prompt(u, PROMPT_COMMAND);
		memcpy(u->prompt_text, "word ", sizeof("word "));
		return EFF_DRAW;
	case ACT_BOOKMARK: return command_bookmark(u);
	case ACT_NEXT_BOOKMARK: return command_bookmark_next(u);
	case ACT_REPORT: return command_report_ask(u);
	case ACT_FINISH: return finish(u);
	case ACT_AGAIN: return again(u);
	case ACT_RETRY: return u->scene->run && !u->kept && !practice_refuses(u) ? command_prompt(u, PROMPT_RETRY) : EFF_DRAW;
	case ACT_NEXT_VIEW: return next_view(u, 1);
	case ACT_PREV_VIEW: return next_view(u, -1);
	case ACT_PAGE_UP:
	case ACT_PAGE_DOWN: return scroll_talk(u, a == ACT_PAGE_DOWN);
	case ACT_OTHER_CPU: return other_pool(u);
	case ACT_MATCH:
	case ACT_MATCH_BACK:
		if (pick_question(u)) {
			if (!pick_find(u, a == ACT_MATCH_BACK))
				ui_say(u, W(SAY_NOT_FOUND), u->search);
			return EFF_DRAW;
		}
		if (u->view != VIEW_EVENTS)
			command_open_view(u, VIEW_EVENTS);
		return (unsigned int)view_events.command(u, a);
	default:
		if (u->view == VIEW_END)	/* another time is shown by the machine */
			u->view = VIEW_MACHINE;
		return playback_command(u, a);
	}
}

unsigned int ui_do(struct ui *u, enum action a)
{
	unsigned int eff = report_refuses(u, a) ? EFF_DRAW : common_command(u, a);
	int mine;

	if (eff || a == ACT_NONE)
		return eff;
	for (size_t i = 0; i < sizeof(view_keys_map) / sizeof(view_keys_map[0]); i++)
		if (view_keys_map[i].action == a && (!u->at_home || a == ACT_KEYS))
			return u->view == view_keys_map[i].view && u->view != VIEW_MACHINE ? command_leave(u) :
				command_open_view(u, view_keys_map[i].view);
	if (u->view != VIEW_MACHINE && view_by_id(u->view)->command) {
		mine = view_by_id(u->view)->command(u, a);
		if (mine >= 0)
			return (unsigned int)mine;
	}
	eff = work_command(u, a);
	if (eff)
		return eff;
	if (u->at_home && a == ACT_CLOSE)
		u->view = VIEW_MACHINE;
	if (u->at_home && u->work)
		return EFF_DRAW;
	if (u->at_home)
		return home_command(u, a) | EFF_DRAW;
	return lesson_command(u, a);
}

/* ---- keys -------------------------------------------------------------------------------------- */

unsigned int ui_key(struct ui *u, const struct term_event *ev)
{
	unsigned int contexts, effects;
	struct open_text o;
	enum action a;

	u->message[0] = '\0';
	if (small_window(u))
		return small_key(u, ev->key);
	if (ev->key == KEYC_MOUSE)
		return command_mouse(u, ev);
	if (u->prompt)
		return command_prompt_key(u, ev->key);
	contexts = ui_contexts(u);
	if (contexts & (IN_ASK | IN_TYPE)) {
		if (sure_key(u, ev->key, &effects))
			return effects;
		o = ui_open_text(u);
		if (o.q && answer_key(u, o.q, ev->key))
			return EFF_DRAW;
	}
	a = key_action(ev->key, contexts);
	u->digit = ev->key - '0';
	if (a == ACT_NONE)
		ui_dead_key(u, ev->key, contexts);
	return ui_do(u, a) | EFF_DRAW;
}
