/*
 * visualizer/playback.c - see playback.h.   Licence: MIT.
 */
#include "visualizer/playback.h"

#include "base/time.h"
#include "visualizer/layout.h"


static const struct {
	uint64_t rate;		/* virtual ns per second of playback */
	double hold;		/* how much of the holding times remains at this speed */
	const char *text;
} speeds[PLAYBACK_SPEEDS] = {
	{ NS_PER_MS / 100, 1.0, "10 µs = 1 s" },
	{ NS_PER_MS / 10, 1.0, "100 µs = 1 s" },
	{ NS_PER_MS, 1.0, "1 ms = 1 s" },
	{ NS_PER_MS * 10, 0.5, "10 ms = 1 s" },
	{ NS_PER_MS * 1000, 0.1, "1 s = 1 s" },
};

void playback_init(struct playback *f, struct model_replay *replay)
{
	*f = (struct playback){ .replay = replay, .speed = PLAYBACK_SPEED_DEFAULT, .level = TRACE_STORY };
}

uint64_t playback_rate(const struct playback *f)
{
	return speeds[f->speed].rate;
}

const char *playback_rate_text(const struct playback *f)
{
	return speeds[f->speed].text;
}

bool playback_playing(const struct playback *f)
{
	return f->state == PLAYBACK_PLAYING || f->state == PLAYBACK_AT_END;
}

void playback_play(struct playback *f)
{
	f->state = PLAYBACK_PLAYING;
	f->hold = 0;
}

void playback_pause(struct playback *f)
{
	f->state = PLAYBACK_PAUSED;
	f->gap_left = 0;
}

void playback_faster(struct playback *f)
{
	if (f->speed + 1 < PLAYBACK_SPEEDS)
		f->speed++;
	f->gap_left = 0;
}

void playback_slower(struct playback *f)
{
	if (f->speed)
		f->speed--;
	f->gap_left = 0;
}

bool playback_stops_at(const struct trace_event *ev)
{
	switch (ev->kind) {
	case EV_WAIT_INPUT:
	case EV_VERDICT:
	case EV_JUDGED:
	case EV_RECAP:
	case EV_FAULT:
	case EV_LESSON_END:
	case EV_OUTSIDE:
		return true;
	}
	return false;
}

static void move_to(struct playback *f, uint64_t n)
{
	model_replay_seek(f->replay, n);
	f->clock = f->replay->at.time;
	f->gap_left = 0;
	if (n > f->passed)
		f->passed = n;
}

/* The seconds that this event stays on screen; events of the lesson's texts stay for none. */
static double hold_of(const struct playback *f, const struct trace_event *ev)
{
	double scale = speeds[f->speed].hold;

	if (ev->kind >= EV_NR || trace_event_level(ev) != TRACE_STORY)
		return 0;
	if (trace_is_lesson(ev->kind))
		return 0;
	if (model_is_decision(ev) || layout_kind_moves(ev->kind))
		return PLAYBACK_HOLD_DECISION * scale;
	return PLAYBACK_HOLD_STORY * scale;
}

/* The event to be shown next: a story event, or the log's last one. */
static uint64_t next_stop(const struct playback *f)
{
	uint64_t n = model_replay_next(f->replay, f->replay->at.n, f->level < TRACE_STORY ? TRACE_STORY : f->level);

	return n ? n : f->replay->store->nr;
}

/* Seconds of playback from the clock to @time; a long one is cut, and announced. */
static double seconds_to(struct playback *f, uint64_t time)
{
	double s;

	if (time <= f->clock)
		return 0;
	if (f->gap_left > 0 && f->gap_end == time)
		return f->gap_left;
	s = (double)(time - f->clock) / (double)playback_rate(f);
	if (s <= PLAYBACK_GAP_MAX) {
		f->gap_left = 0;
		return s;
	}
	f->gap_left = PLAYBACK_GAP_CUT;
	f->gap_ns = time - f->clock;
	f->gap_end = time;
	return f->gap_left;
}

/* Moves the clock a part of the way to @time, past the small events before it. */
static void glide(struct playback *f, uint64_t time, double part)
{
	uint64_t n = f->replay->at.n;
	struct trace_event ev;

	f->clock += (uint64_t)((double)(time - f->clock) * part);
	while (n < f->replay->store->nr && trace_store_event(f->replay->store, n + 1, &ev) && ev.time <= f->clock)
		n++;
	if (n != f->replay->at.n) {
		uint64_t clock = f->clock;

		model_replay_seek(f->replay, n);
		f->clock = clock;
		if (n > f->passed)
			f->passed = n;
	}
}

/* Plays up to the next event.  Return: seconds used. */
static double leg(struct playback *f, double seconds)
{
	uint64_t n = next_stop(f);
	struct trace_event ev;
	double need;

	if (n == f->replay->at.n || !trace_store_event(f->replay->store, n, &ev)) {
		f->state = PLAYBACK_AT_END;
		return seconds;
	}
	need = seconds_to(f, ev.time);
	if (need > seconds) {
		glide(f, ev.time, seconds / need);
		if (f->gap_left > 0)
			f->gap_left -= seconds;
		return seconds;
	}
	move_to(f, n);
	f->hold = hold_of(f, &ev);
	if (playback_stops_at(&ev))
		f->state = PLAYBACK_STOPPED;
	return need;
}

bool playback_advance(struct playback *f, double seconds)
{
	bool moved = false;

	if (f->state == PLAYBACK_AT_END && f->replay->at.n < f->replay->store->nr)
		f->state = PLAYBACK_PLAYING;
	while (seconds > 0 && f->state == PLAYBACK_PLAYING) {
		double now = f->hold < seconds ? f->hold : seconds;

		f->hold -= now;
		seconds -= now;
		if (f->hold > 0)
			break;
		seconds -= leg(f, seconds);
		moved = true;
	}
	return moved;
}

void playback_seek(struct playback *f, uint64_t n)
{
	if (n > f->replay->store->nr)
		n = f->replay->store->nr;
	playback_pause(f);
	move_to(f, n);
}

/* Events of the lesson's texts change nothing on the machine, so steps skip them. */
static bool is_word(const struct playback *f, uint64_t n)
{
	struct trace_event ev;

	return trace_store_event(f->replay->store, n, &ev) && trace_is_lesson(ev.kind) && !trace_is_verdict(ev.kind);
}

/* Next event to step to from @n, 0 = none. */
static uint64_t step_from(const struct playback *f, uint64_t n, int direction)
{
	do {
		n = direction > 0 ? model_replay_next(f->replay, n, f->level) : model_replay_prev(f->replay, n, f->level);
	} while (n && f->level == TRACE_STORY && is_word(f, n));
	return n;
}

void playback_step(struct playback *f, int direction)
{
	uint64_t n = step_from(f, f->replay->at.n, direction);

	/* from behind the lesson's words: the picture before them is this one already */
	if (n && direction < 0 && is_word(f, f->replay->at.n) && step_from(f, n, direction))
		n = step_from(f, n, direction);
	if (n)
		playback_seek(f, n);
	else if (direction > 0)
		playback_seek(f, f->replay->store->nr);
	else
		playback_seek(f, 0);
}

void playback_decision(struct playback *f, int direction)
{
	uint64_t n = f->replay->at.n;
	struct trace_event ev;

	while ((n = step_from(f, n, direction)) != 0)
		if (trace_store_event(f->replay->store, n, &ev) && model_is_decision(&ev))
			break;
	if (n)
		playback_seek(f, n);
	else
		playback_seek(f, direction > 0 ? f->replay->store->nr : 0);
}

unsigned int playback_part(const struct playback *f)
{
	uint64_t all = f->replay->head.stories;

	return all ? (unsigned int)(f->replay->at.stories * 1000 / all) : 0;
}

/* Binary search by number; stories are counted by the model as it goes. */
void playback_seek_part(struct playback *f, unsigned int permille)
{
	uint64_t want = f->replay->head.stories * permille / 1000;
	uint64_t lo = 0, hi = f->replay->store->nr;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		model_replay_seek(f->replay, mid);
		if (f->replay->at.stories < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	playback_seek(f, lo);
}

void playback_seek_time(struct playback *f, int64_t delta_ns)
{
	uint64_t to = delta_ns < 0 && f->clock < (uint64_t)-delta_ns ? 0 : f->clock + (uint64_t)delta_ns;
	uint64_t n = trace_store_seek(f->replay->store, to + 1);

	playback_seek(f, n ? n - 1 : 0);
	if (delta_ns > 0 && f->replay->at.n < f->replay->store->nr)
		f->clock = to;
}
