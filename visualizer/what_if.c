/*
 * visualizer/what_if.c - an interrupt by hand: a what-if, a place of its own; or an input at a card that asks for it.
 *
 * In a what-if u->scene is the branch, and u->kept is the run with all that belongs to
 * it: nothing that is pressed there can reach the run.  Esc puts it back whole.
 *
 * Lives here:   opening, entering and leaving a what-if; its sentences.
 * Never here:   the run of the branch (run/branch.c), drawing.
 * Licence: MIT.
 */
#include "visualizer/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

struct scene *ui_run_scene(const struct ui *u)
{
	return u->kept ? u->kept->scene : u->scene;
}

/* ---- opening ------------------------------------------------------------------------- */

bool what_if_comes(struct ui *u, struct run *branch, uint64_t at)
{
	u->what_if = scene_open_run(branch, u->scene->id);
	if (!u->what_if) {
		run_close(branch);
		ui_say(u, W(SAY_NO_MEMORY));
		return false;
	}
	u->what_if_at = at;
	return true;
}

static void say_no_line(struct ui *u, const char *name)
{
	STRBUF(names, 120);

	run_irq_names(u->scene->store, &names);
	if (name && names.len)
		ui_say(u, W(SAY_NO_SUCH_LINE), name, names.buf);
	else
		ui_say(u, W(SAY_NO_LINE));
}

/* A card that asks for interrupts by hand waits, and has the cursor. */
static bool at_press_card(struct ui *u)
{
	struct open_text o = ui_open_text(u);

	return !u->kept && o.context == IN_CARD && !u->looking && o.card && o.card->press;
}

unsigned int command_irq(struct ui *u, const char *name, int cpu)
{
	struct scene *s = u->scene;
	const struct trace_name *line;
	bool press = at_press_card(u);
	uint64_t at = s->replay.at.n;
	struct run *run;
	char err[300] = "";

	if (!s->run || u->what_if) {
		ui_say(u, s->run ? W(SAY_BRANCH_COMES) : W(SAY_NO_MACHINE_HERE));
		return EFF_DRAW;
	}
	line = run_irq_line(s->store, at, name);
	if (!line) {
		say_no_line(u, name);
		return EFF_DRAW;
	}
	cpu = cpu < 0 ? (int)line->owner : cpu;
	if (cpu >= (int)s->replay.at.nr_cpus) {
		ui_say(u, W(SAY_NO_CPU), cpu, s->replay.at.nr_cpus);
		return EFF_DRAW;
	}
	if ((press ? run_branch_irq : run_what_if_irq)(s->run, at, cpu, line->text, &run, err, sizeof(err))) {
		ui_say(u, W(SAY_NO_INTERRUPT), *err ? err : W(SAY_NO_BRANCH));
		return EFF_DRAW;
	}
	if (!what_if_comes(u, run, at))
		return EFF_DRAW;
	u->what_if_time = s->replay.at.time;
	snprintf(u->what_if_added, sizeof(u->what_if_added), W(WHAT_IF_ADDED), line->text, cpu, time_text(s->replay.at.time).text);
	snprintf(u->what_if_title, sizeof(u->what_if_title), W(WHAT_IF_TITLE), u->what_if_added);
	if (press)
		ui_say(u, W(SAY_INPUT_IRQ), line->text, cpu);
	return EFF_DRAW | EFF_RUN;
}

/* ---- entering and leaving ----------------------------------------------------------------- */

/* Keeps the run and its place on the screen. */
static bool keep(struct ui *u)
{
	struct open_text o = ui_open_text(u);
	struct ui_kept *k;

	if (u->kept) {			/* a further interrupt: the run is kept already */
		scene_close(u->scene);
		return true;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		return false;
	*k = (struct ui_kept){ .scene = u->scene, .world = u->world, .reading = u->reading, .seen = u->seen,
			       .looking = u->looking, .answer = u->answer, .view = u->view, .asks = o.context != 0 && o.card && o.card->kind == CARD_ASK,
			       .list_cursor = u->list_cursor, .why_n = u->why_n, .at = u->scene->replay.at.n };
	k->from = u->what_if_at;
	k->from_time = u->what_if_time;
	playback_pause(&u->scene->playback);
	u->kept = k;
	u->world = NULL;
	return true;
}

/* The list of the interrupts that led to this what-if. */
static void note_added(struct ui_kept *k, const char *what)
{
	size_t len = strlen(k->added);

	snprintf(k->added + len, sizeof(k->added) - len, "%s%s", len ? "; " : "", what);
	k->nr_added++;
}

static void arrive(struct ui *u, struct scene *b, bool place)
{
	b->playback.speed = u->scene->playback.speed;
	b->playback.level = u->scene->playback.level;
	if (place && !keep(u)) {
		scene_close(b);
		ui_say(u, W(SAY_NO_MEMORY));
		return;
	}
	if (place)
		note_added(u->kept, u->what_if_added);
	if (!place) {			/* the run with the interrupt takes the place of the one without */
		command_world_close(u);
		scene_close(u->scene);
	}
	u->scene = b;
	u->reading = 0;
	u->looking = false;
	u->view = VIEW_MACHINE;
	u->list_cursor = u->why_n = 0;
	u->seen = u->what_if_at;
	playback_seek(&b->playback, u->what_if_at);
	playback_play(&b->playback);
}

/* The branch on its way; it is shown once it is complete, or as far as the cursor. */
void what_if_update(struct ui *u)
{
	struct scene *b = u->what_if;
	enum run_state state;
	bool place;

	if (!b)
		return;
	run_poll(b->run);
	scene_grow(b);
	state = run_get_state(b->run);
	place = run_get_spec(b->run)->what_if;
	if (state == RUN_RUNNING && (place || b->store->nr <= u->what_if_at))
		return;
	u->what_if = NULL;
	if (b->store->nr < u->what_if_at) {
		ui_say(u, W(SAY_BRANCH_FAILED), run_exit_report(b->run));
		scene_close(b);
		return;
	}
	arrive(u, b, place);
}

/* Back in the run, as it was.  Return: there was a what-if. */
bool what_if_leave(struct ui *u)
{
	struct ui_kept *k = u->kept;

	if (!k)
		return false;
	scene_close(u->what_if);
	u->what_if = NULL;
	scene_close(u->scene);
	u->scene = k->scene;
	u->world = k->world;
	u->reading = k->reading;
	u->seen = k->seen;
	u->looking = k->looking;
	u->answer = k->answer;
	u->view = k->view;
	u->list_cursor = k->list_cursor;
	u->why_n = k->why_n;
	u->film_n = u->mark_n = 0;
	u->kept = NULL;
	free(k);
	return true;
}

/* ---- its sentences ------------------------------------------------------------------------------ */

/* The first event of the story of the machine after @n, up to @last; 0 = none. */
static uint64_t next_story(const struct trace_store *s, uint64_t n, uint64_t last)
{
	struct trace_event ev;

	for (n++; n <= last; n++)
		if (trace_store_event(s, n, &ev) && trace_event_level(&ev) == TRACE_STORY && !trace_is_lesson(ev.kind))
			return n;
	return 0;
}

static uint64_t last_story(const struct trace_store *s, uint64_t from)
{
	struct trace_event ev;

	for (uint64_t n = s->nr; n > from; n--)
		if (trace_store_event(s, n, &ev) && trace_event_level(&ev) == TRACE_STORY && !trace_is_lesson(ev.kind))
			return n;
	return 0;
}

static void put_event(const struct scene *s, uint64_t n, struct strbuf *out)
{
	struct trace_event ev;

	if (trace_store_event(s->store, n, &ev))
		words_event(s->store, &s->replay.head, &ev, out);
}

/* Line @i of what stands below the machine in a what-if; false: there is none. */
bool what_if_line(struct ui *u, unsigned int i, struct strbuf *out)
{
	const struct scene *run = u->kept->scene;
	uint64_t n;

	switch (i) {
	case 0:
		n = next_story(run->store, u->kept->from, run->playback.passed);
		strbuf_puts(out, W(WHAT_IF_IN_THE_RUN));
		if (n)
			put_event(run, n, out);
		else
			strbuf_puts(out, W(WHAT_IF_NOTHING));
		return true;
	case 1:
		n = last_story(u->scene->store, u->kept->from);
		strbuf_puts(out, W(WHAT_IF_HERE));
		if (n)
			put_event(u->scene, n, out);
		else
			strbuf_puts(out, W(WHAT_IF_NOTHING));
		return true;
	case 2:
		strbuf_printf(out, W(WHAT_IF_STOPS), time_text(u->scene->replay.head.time).text);
		return true;
	case 3:
		if (u->kept->nr_added > 1)	/* the title has a single one */
			strbuf_printf(out, W(WHAT_IF_ALL), u->kept->added);
		return u->kept->nr_added > 1;
	default:
		return false;
	}
}
