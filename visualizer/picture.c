/*
 * visualizer/picture.c - see picture.h.   Licence: MIT.
 */
#include "visualizer/picture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "visualizer/svg.h"
#include "visualizer/view.h"

_Static_assert(PICTURE_W_MIN == LAYOUT_MIN_W && PICTURE_H_MIN == LAYOUT_MIN_H, "frame");

struct picture {
	struct ui ui;
	struct app_opts app;
};

struct picture *picture_open(struct trace_store *store, const struct picture_opts *opts)
{
	struct picture *p = calloc(1, sizeof(*p));
	int theme = opts->theme ? theme_by_name(opts->theme) : 0;
	const struct term_opts to = { .headless = true, .width = opts->w, .height = opts->h, .depth_max = DEPTH_TRUE,
				      .theme = theme < 0 ? 0 : (unsigned int)theme, .ascii = opts->ascii };
	struct scene *scene;
	char err[200];

	if (!p || term_open(&p->ui.term, &to, err, sizeof(err))) {
		free(p);
		return NULL;
	}
	p->app = (struct app_opts){ .title = opts->title, .no_animation = true };
	p->ui.opts = &p->app;
	p->ui.theme = to.theme;
	scene = scene_open_store(store, "");
	if (!scene || scene_grow(scene)) {
		scene_close(scene);
		picture_close(p);
		return NULL;
	}
	layout_story_grow(&scene->story, UINT64_MAX);
	ui_set_scene(&p->ui, scene);
	return p;
}

void picture_close(struct picture *p)
{
	if (!p)
		return;
	scene_close(p->ui.scene);
	layout_free(p->ui.layout);
	term_close(p->ui.term);
	free(p);
}

void picture_seek(struct picture *p, uint64_t n)
{
	struct trace_event ev;

	playback_seek(&p->ui.scene->playback, n);
	/* as after playing up to there: a card or question that stops the playback has the zone */
	p->ui.reading = trace_store_event(p->ui.scene->store, n, &ev) && playback_stops_at(&ev) ? n : 0;
	ui_draw(&p->ui);
}

void picture_end(struct picture *p)
{
	playback_seek(&p->ui.scene->playback, p->ui.scene->store->nr);
	p->ui.view = VIEW_END;
	ui_draw(&p->ui);
	p->ui.view = VIEW_MACHINE;
}

int picture_worlds(struct picture *p, struct trace_store *other, const char *question, const char *answer, uint64_t at)
{
	struct scene *world = scene_open_store(other, "");
	int err = world ? scene_grow(world) : -ENOMEM;

	if (!err) {
		p->ui.world = world;
		p->ui.world_belief = answer;
		p->ui.world_at = at;
		snprintf(p->ui.world_question, sizeof(p->ui.world_question), "%s", question);
		p->ui.view = VIEW_WORLDS;
		ui_draw(&p->ui);
		p->ui.world = NULL;
		p->ui.view = VIEW_MACHINE;
	}
	scene_close(world);
	return err;
}

void picture_text(struct picture *p, FILE *out)
{
	char row[4096];

	for (int y = 0; y < term_height(p->ui.term); y++) {
		term_row_text(p->ui.term, y, row, sizeof(row));
		fprintf(out, "%s\n", row);
	}
}

void picture_svg(struct picture *p, const char *title, FILE *out)
{
	svg_write(out, term_frame(p->ui.term), p->ui.theme, title);
}
