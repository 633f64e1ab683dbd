/*
 * visualizer/mouse.c - the effects of clicks and of the wheel.
 *
 * The frame leaves regions of cells that do something (struct hit_region); a click acts on the
 * smallest one that holds its cell.
 *
 * Never here:   keys (commands.c), the regions (ui.c and the views).   Licence: MIT.
 */
#include "visualizer/choose.h"
#include "visualizer/commands.h"
#include "visualizer/free_play.h"
#include "visualizer/home.h"
#include "visualizer/work.h"
#include "words/machine_text.h"

static uint32_t pool_shown_by(const struct ui *u, uint32_t cls, uint32_t id)
{
	const struct model *m = &u->scene->replay.at;
	const struct model_pool *p = cls == CLS_CPU && id ? model_cpu_pool(m, (int)id - 1, 0) : NULL;
	const struct model_worker *w = cls == CLS_WORKER ? model_worker(m, id) : NULL;
	const struct model_item *it = cls == CLS_ITEM ? model_item(m, id) : NULL;

	return p ? p->id : w ? w->pool : it && it->place == AT_WORKLIST ? it->where : cls == CLS_POOL ? id : 0;
}

/* A click on a lane goes to that time, if the playback has been there. */
static unsigned int click_lane(struct ui *u, int x)
{
	struct playback *f = &u->scene->playback;
	struct layout_in in;
	uint64_t time;

	ui_layout_input(u, &in);
	time = layout_time_at(&in, x);
	playback_seek_time(f, (int64_t)time - (int64_t)f->clock);
	return command_look(u);
}

/* Its state in one sentence: row labels of a narrow screen have no room for it. */
static void say_worker(struct ui *u, const struct model_worker *w)
{
	const struct model *m = &u->scene->replay.at;
	const struct model_task *t = model_task(m, w->task);
	char buf[WORDS_NAME], item[WORDS_NAME];
	const char *name = ui_name(u, CLS_WORKER, w->id, buf);
	STRBUF(doing, 200);

	if (!w->item) {
		ui_say(u, w->manager ? W(CLICK_MANAGER) : w->place == WK_IDLE ? W(CLICK_IDLE) : W(CLICK_AWAKE), name, w->runs);
		return;
	}
	if (t)
		words_doing(u->scene->store, m, t, u->scene->playback.clock, &doing);
	ui_say(u, W(CLICK_RUNS), name, ui_name(u, CLS_ITEM, w->item, item), doing.len ? ": " : "", doing.buf);
}

static void say_item(struct ui *u, const struct model_item *it)
{
	char buf[WORDS_NAME], worker[WORDS_NAME];
	const char *name = ui_name(u, CLS_ITEM, it->id, buf);

	if (it->runner)
		ui_say(u, it->pending ? W(CLICK_ITEM_RUNS_PENDING) : W(CLICK_ITEM_RUNS), name, ui_name(u, CLS_WORKER, it->runner, worker));
	else
		ui_say(u, it->place == AT_SCHEDULED ? W(CLICK_ITEM_TAKEN) : it->place == AT_WORKLIST ? W(CLICK_ITEM_WAITS) : it->place == AT_INACTIVE ? W(CLICK_ITEM_INACTIVE) :
		       it->pending ? W(CLICK_ITEM_PENDING) : W(CLICK_ITEM_NOWHERE), name);
}

/* A click on a worker, item, CPU or pool brings its pool into view, and names the state of the first two. */
static unsigned int click_thing(struct ui *u, uint32_t cls, uint32_t id)
{
	const struct model *m = &u->scene->replay.at;
	const struct model_worker *w = cls == CLS_WORKER ? model_worker(m, id) : NULL;
	const struct model_item *it = cls == CLS_ITEM ? model_item(m, id) : NULL;

	if (pick_select_thing(u, cls, id))
		return EFF_DRAW;
	if (w)
		say_worker(u, w);
	else if (it)
		say_item(u, it);
	return command_look_at(u, pool_shown_by(u, cls, id));
}

static unsigned int mouse_wheel(struct ui *u, bool up)
{
	unsigned int contexts = ui_contexts(u);

	if (contexts & (IN_HOME | IN_LIST | IN_VIEW | IN_ASK | IN_END))
		return ui_do(u, up ? ACT_UP : ACT_DOWN);
	if (contexts & (IN_WORK | IN_FORM))
		return ui_do(u, up ? ACT_WORK_UP : ACT_WORK_DOWN);
	return ui_do(u, up ? ACT_STEP_BACK : ACT_STEP);
}

/* The region of a cell: small things lie on larger ones. */
static const struct hit_region *region_at(const struct ui *u, int x, int y)
{
	const struct hit_region *best = NULL;

	for (unsigned int i = 0; i < u->hit_regions.nr; i++) {
		const struct hit_region *s = &u->hit_regions.v[i];

		if (s->y == y && x >= s->x && x < s->x + s->w && (!best || s->w < best->w))
			best = s;
	}
	return best;
}

static unsigned int click_choice(struct ui *u, unsigned int choice)
{
	struct open_text o = ui_open_text(u);

	if (o.choose)
		return choose_click(u, choice);
	u->looking = false;
	if (pick_question(u))
		pick_select(u, o.q, choice);
	else if (o.q && o.context == IN_ASK)
		answer_key(u, o.q, 'a' + choice);
	return EFF_DRAW;
}

static unsigned int mouse_click(struct ui *u, int x, int y)
{
	const struct hit_region *s = region_at(u, x, y);

	if (!s)
		return 0;
	switch (s->kind) {
	case HIT_LESSON:
		return home_click(u, s->id, s->cls);
	case HIT_QUESTION:
		end_select(u, s->id);
		return EFF_DRAW;
	case HIT_EVENT:
		playback_seek(&u->scene->playback, s->n);
		return command_look(u);
	case HIT_CHOICE:
		return click_choice(u, s->id);
	case HIT_LANE:
		return click_lane(u, x);
	case HIT_KEY:
		return ui_do(u, (enum action)s->id);
	case HIT_WORK:
		return work_click(u, s->id);
	case HIT_FREE:
		return free_play_click(u, s->id);
	case HIT_THING:
		return click_thing(u, s->cls, s->id);
	}
	return 0;
}

unsigned int command_mouse(struct ui *u, const struct term_event *ev)
{
	return EFF_DRAW |
	       (ev->button == BUTTON_LEFT ? mouse_click(u, ev->x, ev->y) : mouse_wheel(u, ev->button == BUTTON_WHEEL_UP));
}
