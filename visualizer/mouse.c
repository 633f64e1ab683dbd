/*
 * visualizer/mouse.c - the effects of clicks and of the wheel.
 *
 * The frame leaves regions of cells that do something (struct hit_region); a click acts on the
 * first one that holds its cell.
 *
 * Never here:   keys (commands.c), the regions (ui.c and the views).   Licence: MIT.
 */
#include "visualizer/commands.h"

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

static unsigned int mouse_wheel(struct ui *u, bool up)
{
	unsigned int contexts = ui_contexts(u);

	if (contexts & (IN_HOME | IN_LIST | IN_VIEW | IN_ASK))
		return ui_do(u, up ? ACT_UP : ACT_DOWN);
	return ui_do(u, up ? ACT_STEP_BACK : ACT_STEP);
}

static unsigned int mouse_click(struct ui *u, int x, int y)
{
	for (unsigned int i = 0; i < u->hit_regions.nr; i++) {
		const struct hit_region *s = &u->hit_regions.v[i];
		struct open_text o;

		if (s->y != y || x < s->x || x >= s->x + s->w)
			continue;
		switch (s->kind) {
		case HIT_LESSON:
			if (u->home_sel == s->id)
				return ui_do(u, ACT_OPEN);
			u->home_sel = s->id;
			return EFF_DRAW;
		case HIT_EVENT:
			playback_seek(&u->scene->playback, s->n);
			return command_look(u);
		case HIT_CHOICE:
			o = ui_open_text(u);
			u->looking = false;
			if (o.q && o.context == IN_ASK)
				answer_key(u, o.q, 'a' + s->id);
			return EFF_DRAW;
		case HIT_LANE:
			return click_lane(u, x);
		case HIT_KEY:
			return ui_do(u, (enum action)s->id);
		case HIT_THING:
			return command_look_at(u, pool_shown_by(u, s->cls, s->id));
		default:
			break;
		}
	}
	return 0;
}

unsigned int command_mouse(struct ui *u, const struct term_event *ev)
{
	return ev->button == BUTTON_LEFT ? mouse_click(u, ev->x, ev->y) : mouse_wheel(u, ev->button == BUTTON_WHEEL_UP);
}
