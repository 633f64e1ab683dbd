/*
 * visualizer/update.c - the effects of passing time: the playback moves, runs are polled, branches arrive.
 *
 * Never here:   clocks (app.c passes the time that has passed), keys (commands.c).   Licence: MIT.
 */
#include "visualizer/commands.h"
#include "visualizer/work.h"

/* ---- time passes ------------------------------------------------------------------------------------ */

static void stop_to_read(struct ui *u)
{
	struct scene *s = u->scene;
	uint64_t n = s->replay.at.n;
	struct trace_event ev;
	struct ev_WAIT_INPUT wait;

	if (s->playback.state != PLAYBACK_STOPPED)
		return;
	if (!trace_store_event(s->store, n, &ev) || n <= u->seen || u->kept) {
		playback_play(&s->playback);		/* read before, or answered before: go on */
		return;
	}
	if (ev.kind == EV_WAIT_INPUT && s->run && n == run_fence(s->run)) {
		const struct lesson_card *card = lesson_card_waiting(&s->lesson, n);

		u->seen = n;
		playback_pause(&s->playback);
		if (card && card->kind == CARD_SAY && card->at && card->at < n)
			playback_seek(&s->playback, card->at);
		if (run_asks_anew(s->run))
			ui_say(u, W(SAY_ASKED_ANEW));
		return;
	}
	if (ev.kind == EV_WAIT_INPUT && s->run && u->answer.sent) {
		playback_play(&s->playback);		/* between "sure" and its answer, which have both been sent */
		return;
	}
	if (trace_get_WAIT_INPUT(&ev, &wait) && (wait.what == WAIT_ACT || wait.what == WAIT_CHOOSE)) {
		u->seen = n;		/* a fence that an act or a choice has passed */
		playback_play(&s->playback);
		return;
	}
	if (practice_passes(u, &ev)) {
		playback_play(&s->playback);
		return;
	}
	if (trace_is_verdict(ev.kind))
		command_report_progress(u);
	if (ev.kind == EV_LESSON_END) {
		command_report_progress(u);
		u->seen = n;
		playback_pause(&s->playback);
		if (s->run && !u->work && !u->practice.nr)
			end_open(u);
		return;
	}
	u->reading = n;
	playback_pause(&s->playback);
}

/* Return: true if it has new events. */
static bool poll_world(struct ui *u)
{
	uint64_t had;

	if (!u->world || !u->world->run)
		return false;
	had = u->world->story.lanes.n;
	run_poll(u->world->run);
	scene_grow(u->world);
	layout_story_grow(&u->world->story, UINT64_MAX);
	/* its cards were read in the real world */
	if (run_get_state(u->world->run) == RUN_WAITING)
		run_go(u->world->run);
	return u->world->story.lanes.n != had;
}

/* Of a dump the report is shown, and not the events before it: straight to the next verdict or to where the run waits. */
static void pass_film(struct ui *u)
{
	struct scene *s = u->scene;
	uint64_t to = s->playback.passed + 1;
	struct trace_event ev;

	if (!playback_playing(&s->playback))
		return;
	while (to < s->store->nr && trace_store_event(s->store, to, &ev) && !trace_is_verdict(ev.kind))
		to++;
	if (to <= s->playback.passed + 1)
		return;
	playback_seek(&s->playback, to - 1);
	playback_play(&s->playback);
}

static bool poll_run(struct ui *u)
{
	struct scene *s = u->scene;
	enum run_state before = s->run ? run_get_state(s->run) : RUN_ENDED;
	bool news = s->run && run_poll(s->run) > 0;

	/* read before the events are fetched: a run that waits now may have written more */
	news |= s->state_seen != (int)before;
	s->state_seen = (int)before;

	if (news || s->lesson.n < s->store->nr)
		scene_grow(s);
	layout_story_grow(&s->story, 50000);
	/* events before the beginning of the lesson are not part of its story */
	if (s->lesson.begun && s->playback.passed < s->lesson.begun) {
		bool playing = playback_playing(&s->playback);

		playback_seek(&s->playback, s->lesson.begun);
		if (playing)
			playback_play(&s->playback);
	}
	/* resuming: straight to where it waits */
	if (u->seen == UINT64_MAX && s->run && before != RUN_RUNNING) {
		playback_seek(&s->playback, s->store->nr);
		u->seen = s->store->nr ? s->store->nr - 1 : 0;
		s->playback.state = PLAYBACK_STOPPED;	/* at the fence, as if the playback had come there */
	}
	if (report_is_all(u) && before != RUN_RUNNING && !u->kept)
		pass_film(u);
	return news;
}

/* The hint that keys wait for has come, its question is open again, or it takes too long. */
static void await_hint(struct ui *u, double seconds)
{
	struct open_text o = ui_open_text(u);

	u->hint_left -= seconds;
	if (u->hint_left < 0 || !o.q || (o.context & (IN_ASK | IN_TYPE) && o.q->hints_shown >= u->hint_nr))
		u->hint_left = 0;
}

unsigned int ui_update(struct ui *u, double seconds)
{
	struct scene *s = u->scene;
	unsigned int effects = u->work ? work_update(u, seconds) : 0;
	bool changed;

	s = u->scene;
	if (u->at_home || !s)
		return effects;
	changed = poll_run(u);
	if (u->work && !u->kept)
		work_run_update(u);
	what_if_update(u);
	command_go_when_there(u);
	changed |= poll_world(u);
	s = u->scene;
	if (ui_open_text(u).trouble == NULL && s->run &&
	    (run_get_state(s->run) == RUN_DIED || run_get_state(s->run) == RUN_FAULTY)) {
		playback_seek(&s->playback, s->store->nr);	/* the last events show why the run ended */
		changed = true;
	}
	changed |= playback_advance(&s->playback, seconds);
	command_open_shown(u);
	changed |= s->playback.state == PLAYBACK_STOPPED;	/* a key may have stopped it */
	stop_to_read(u);
	changed |= pick_return(u);
	if (u->hint_left > 0)
		await_hint(u, seconds);
	if (s->replay.at.n != u->mark_n) {
		u->mark_n = s->replay.at.n;
		u->mark_left = MARK_SECONDS;
	}
	if (u->mark_left > 0) {
		u->mark_left -= seconds;
		changed |= u->mark_left <= 0;
	}
	if (u->film_left > 0) {
		u->film_left -= seconds;
		changed = true;
	}
	return effects | (changed || playback_playing(&s->playback) ? EFF_DRAW : 0);
}

bool ui_busy(const struct ui *u)
{
	const struct scene *s = u->scene;

	if (u->work && work_is_checking(u))
		return true;
	if (u->at_home || !s)
		return false;
	if (u->hint_left > 0)
		return true;
	if (s->run && (s->state_seen == RUN_RUNNING || s->state_seen != (int)run_get_state(s->run)))
		return true;
	if (u->what_if || u->film_left > 0 || s->lesson.n < s->store->nr || s->story.lanes.n < s->store->nr)
		return true;
	if (s->playback.state == PLAYBACK_PLAYING || s->playback.state == PLAYBACK_STOPPED)
		return true;
	if (s->playback.state == PLAYBACK_AT_END)
		return s->run && run_get_state(s->run) == RUN_RUNNING;
	if (u->world && u->world->run && run_get_state(u->world->run) == RUN_RUNNING)
		return true;
	return s->run && run_get_state(s->run) == RUN_RUNNING;
}
