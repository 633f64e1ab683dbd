/*
 * visualizer/small.c - a window too small for a frame: one sentence, and the way to plain mode.
 *
 * A braille display has 40 columns, a phone fewer than 60.  The screen does not draw a part of
 * a frame there: Enter leaves it, and the caller goes on in lines with the same run.
 *
 * Lives here:   the sentence, its keys, what the caller needs to go on.
 * Never here:   lines (plain/), frames (ui.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/wrap.h"
#include "visualizer/commands.h"
#include "visualizer/view.h"

bool small_window(const struct ui *u)
{
	return term_width(u->term) < LAYOUT_MIN_W || term_height(u->term) < LAYOUT_MIN_H;
}

void small_draw(struct ui *u)
{
	char text[300];
	struct wrap wrap;
	struct wrap_line line;

	snprintf(text, sizeof(text), W(SMALL_NEEDS), LAYOUT_MIN_W, LAYOUT_MIN_H, term_width(u->term), term_height(u->term));
	wrap_begin(&wrap, text, strlen(text), term_width(u->term));
	for (int y = 0; wrap_next(&wrap, &line); y++)
		ui_put(u, 0, y, term_width(u->term), ST_NORMAL, 0, "%.*s", (int)(line.to - line.from), text + line.from);
}

unsigned int small_key(struct ui *u, uint32_t key)
{
	switch (key) {
	case KEYC_ENTER:
		u->to_plain = u->opts->plain != NULL;
		break;
	case 'q':
	case KEYC_ESC:
		break;
	case 3:				/* Ctrl-C, Ctrl-Z and Ctrl-L, as at every size */
	case 26:
	case 12:
		return ui_do(u, key_action(key, ui_contexts(u))) | EFF_DRAW;
	default:
		return 0;
	}
	command_report_progress(u);
	return EFF_LEAVE;
}

void small_leave(struct ui *u)
{
	const struct scene *s = ui_run_scene(u);
	struct app_plain *out = u->opts->plain;

	if (!u->to_plain)
		return;
	out->wanted = true;
	if (u->at_home || !s || !s->run || u->practice.nr)	/* a question in practice is asked anew, in lines */
		return;
	snprintf(out->id, sizeof(out->id), "%s", s->id);
	out->spec = *run_get_spec(s->run);
	memset(&out->spec.inputs, 0, sizeof(out->spec.inputs));
	out->spec.resumed = true;
	run_files_get(out->spec.files);
	out->has_run = !run_inputs_copy(&out->spec.inputs, run_get_inputs(s->run));
}
