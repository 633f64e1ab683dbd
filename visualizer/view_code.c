/*
 * visualizer/view_code.c - the code that runs at the cursor, as a view and folded in the machine view.
 *
 * The machine view has the code below the pools or in its second column.  In one column an open
 * text takes that place; then `C` opens the code in place of the pools.
 *
 * Lives here:   the view "source", and C.
 * Never here:   which function and row (layout_code.c).   Licence: MIT.
 */
#include "visualizer/commands.h"
#include "visualizer/rows.h"

static bool code_here(struct ui *u, struct layout_code_text *text)
{
	const struct scene *s = u->scene;
	struct layout_in in = { .store = s->store, .story = (struct layout_story *)&s->story, .m = &s->replay.at,
				.level = s->playback.level };

	return layout_code_at(&in, text);
}

/* The first row shown: the one that the student scrolled to, or the executed one in the middle. */
static unsigned int first_row(struct ui *u, const struct layout_code *c, unsigned int room)
{
	unsigned int most = c->nr > room ? c->nr - room : 0;
	unsigned int first = u->scroll[VIEW_CODE] ? u->scroll[VIEW_CODE] - 1 : c->now > room / 2 ? c->now - room / 2 : 0;

	return first < most ? first : most;
}

static void code_draw(struct ui *u, struct rect box)
{
	static struct layout_code_text text;	/* the screen has one thread */
	const struct layout_code *c = &text.code;
	struct rows *r = rows_new(u);

	if (!r)
		return;
	if (!code_here(u, &text)) {
		rows_begin(r, 0);
		rows_add(r, ST_DIM, "%s", W(NO_CODE));
		layout_box(u->term, box, W(VIEW_CODE), ST_TITLE);
		rows_draw(r, box, 0);
		rows_free(r);
		return;
	}
	for (unsigned int i = 0; i < c->nr; i++) {
		bool now = i == c->now;

		rows_begin(r, 0);
		rows_add(r, ST_KEY, "%s", !now ? "  " : term_ascii(u->term) ? "->" : "▶ ");
		rows_add(r, now ? ST_CODE : ST_NORMAL, "%s", c->line[i]);
		if (i == c->returned_at && *c->returned)
			rows_add(r, ST_WHY, "    %s %s", term_ascii(u->term) ? "->" : "→", c->returned);
	}
	layout_box(u->term, box, c->title, ST_TITLE);
	rows_draw(r, box, first_row(u, c, (unsigned int)box.h));
	rows_free(r);
}

static int code_command(struct ui *u, enum action a)
{
	static struct layout_code_text text;
	unsigned int *s = &u->scroll[VIEW_CODE];

	if (!*s && code_here(u, &text))
		*s = first_row(u, &text.code, u->layout ? (unsigned int)u->layout->middle.h : 1) + 1;
	switch (a) {
	case ACT_UP: *s = *s > 1 ? *s - 1 : 1; break;
	case ACT_DOWN: *s = *s < LAYOUT_CODE_LINES ? *s + 1 : *s; break;
	case ACT_TOP: *s = 1; break;
	case ACT_BOTTOM: *s = LAYOUT_CODE_LINES; break;
	default: *s = 0; return -1;
	}
	return EFF_DRAW;
}

const struct view view_code = { "source", code_draw, code_command, false };

unsigned int command_code(struct ui *u)
{
	bool room = layout_is_wide(term_width(u->term), term_height(u->term)) || !ui_open_text(u).context;

	if (u->view == VIEW_CODE)
		return command_leave(u);
	if (u->view != VIEW_MACHINE || !room)
		return command_open_view(u, VIEW_CODE);
	u->code_folded = !u->code_folded;
	return EFF_DRAW;
}
