/*
 * visualizer/view_end.c - the end of a lesson: its page opens when the playback comes there.
 *
 * Lives here:   what Enter does there, the question under the cursor, the page's keys.
 * Never here:   the picture (end_layout.c), the second run of `b` (commands.c).
 * Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "visualizer/commands.h"
#include "visualizer/end_layout.h"
#include "visualizer/home.h"

static const struct app_lesson *lesson_of(const struct ui *u, const char *id)
{
	size_t lesson;
	unsigned int exercise;

	return id && app_home_find(&u->home, id, &lesson, &exercise) ? app_home_at(&u->home, lesson, exercise) : NULL;
}

/* The introduction ends at home. */
static bool is_intro(const struct ui *u)
{
	return u->home.intro && !strcmp(u->home.intro, u->scene->id);
}

/* The next lesson; NULL: Enter leaves for home, as after the introduction. */
static const char *end_next(const struct ui *u)
{
	const struct scene *s = u->scene;

	if (!s->id[0] || !u->opts->cb.next || is_intro(u))
		return NULL;
	return u->opts->cb.next(u->opts->cb.arg, s->id);
}

bool end_has_next(const struct ui *u)
{
	return end_next(u) != NULL;
}

static void next_sentence(struct ui *u, struct strbuf *out)
{
	const char *id = end_next(u);
	const struct app_lesson *next = lesson_of(u, id), *here = lesson_of(u, u->scene->id);

	if (u->end_missed)
		key_printf(out, IN_END, u->end_missed == 1 ? W(END_ENTER_MISSED_ONE) : W(END_ENTER_MISSED), u->end_missed);
	else if (!id)
		key_printf(out, IN_END, W(END_ENTER_BACK));
	else if (next && next->minutes)
		key_printf(out, IN_END, W(END_ENTER_NEXT_MINUTES), next->title, next->minutes);
	else
		key_printf(out, IN_END, W(END_ENTER_NEXT), next ? next->title : id);
	if (here && here->nr_exercises && id && !u->end_missed && !u->opts->lesson)
		key_printf(out, IN_END, here->nr_exercises == 1 ? W(END_EXERCISE) : W(END_EXERCISES), here->nr_exercises);
}

/* Enter on the page: the next lesson; or home, with the next one under the cursor. */
unsigned int end_enter(struct ui *u)
{
	const char *behind = u->opts->cb.next ? u->opts->cb.next(u->opts->cb.arg, u->scene->id) : NULL;
	char next[sizeof(u->scene->id)];
	unsigned int effects;

	if (u->end_missed)
		return practice_open(u, APP_PRACTISE_MISSED);
	if (end_next(u))
		return command_next_lesson(u);
	snprintf(next, sizeof(next), "%s", behind ? behind : "");
	effects = ui_home(u);
	if (u->at_home && *next)
		home_select(u, next);
	return effects;
}

unsigned int end_open(struct ui *u)
{
	home_read(u);
	u->end_missed = u->opts->cb.missed && !is_intro(u) ? u->opts->cb.missed(u->opts->cb.arg) : 0;
	u->view = VIEW_END;
	u->looking = false;
	u->end_sel = u->end_top = 0;
	u->scroll[VIEW_END] = 0;
	return EFF_DRAW;
}

const struct lesson_question *end_question(const struct ui *u)
{
	uint32_t question[END_QUESTIONS_MAX];
	size_t nr = end_questions(&u->scene->lesson, question);

	return u->end_sel < nr ? &u->scene->lesson.question[question[u->end_sel]] : NULL;
}

static void end_draw(struct ui *u, struct rect r)
{
	static struct end_frame f;	/* large, and the screen has one thread */
	const struct app_lesson *row = lesson_of(u, u->scene->id);
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(worlds, 64);
	STRBUF(next, 400);
	struct end_in in = {
		.l = &u->scene->lesson, .title = u->scene->lesson.title, .minutes = row ? row->minutes : 0,
		.sel = u->end_sel, .top = u->end_top, .scroll = (int)u->scroll[VIEW_END], 
		.width = term_width(u->term), .height = term_height(u->term), .ascii = term_ascii(u->term),
	};

	(void)r;
	key_expand(W(FOOT_WORLDS), IN_END, &worlds, span);
	if (command_world_choice(u))
		in.world = worlds.buf;
	next_sentence(u, &next);
	in.next = next.buf;
	if (end_layout(&f, &in))
		return;
	u->end_top = (unsigned int)f.top;
	if ((int)u->scroll[VIEW_END] > f.hidden)
		u->scroll[VIEW_END] = (unsigned int)f.hidden;
	ui_show_page(u, &f.page.cells);
	for (int i = 0; i < f.list_rows && f.top + (size_t)i < f.nr; i++)
		ui_hit_region(u, &(struct hit_region){ .kind = HIT_QUESTION, .x = 1, .y = f.list_y + i,
						       .w = in.width - 2, .id = (uint32_t)f.top + (uint32_t)i });
}

void end_select(struct ui *u, size_t row)
{
	uint32_t question[END_QUESTIONS_MAX];
	size_t nr = end_questions(&u->scene->lesson, question);

	if (row < nr) {
		u->end_sel = (unsigned int)row;
		u->scroll[VIEW_END] = 0;
	}
}

static int end_command(struct ui *u, enum action a)
{
	unsigned int *scroll = &u->scroll[VIEW_END];

	switch (a) {
	case ACT_UP: end_select(u, u->end_sel - (size_t)(u->end_sel > 0)); break;
	case ACT_DOWN: end_select(u, u->end_sel + (size_t)1); break;
	case ACT_TOP: end_select(u, 0); break;
	case ACT_BOTTOM: end_select(u, end_questions(&u->scene->lesson, (uint32_t[END_QUESTIONS_MAX]){ 0 }) - 1); break;
	case ACT_PAGE_DOWN: *scroll += 3; break;
	case ACT_PAGE_UP: *scroll = *scroll > 3 ? *scroll - 3 : 0; break;
	default: return -1;
	}
	return EFF_DRAW;
}

const struct view view_end = { "end", end_draw, end_command, true };
