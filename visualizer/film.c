/*
 * visualizer/film.c - see film.h.   Licence: MIT.
 */
#include "visualizer/film.h"

#define NS_PER_MS 1000000ull

static const struct {
	uint64_t rate;		/* virtual ns per second of film */
	double hold;		/* how much of the holding times remains at this speed */
	const char *text;
} speeds[FILM_SPEEDS] = {
	{ NS_PER_MS / 100, 1.0, "10 µs = 1 s" },
	{ NS_PER_MS / 10, 1.0, "100 µs = 1 s" },
	{ NS_PER_MS, 1.0, "1 ms = 1 s" },
	{ NS_PER_MS * 10, 0.5, "10 ms = 1 s" },
	{ NS_PER_MS * 1000, 0.1, "1 s = 1 s" },
};

void film_init(struct film *f, struct model_film *mf)
{
	*f = (struct film){ .mf = mf, .speed = FILM_SPEED_DEFAULT, .level = TRACE_STORY };
}

uint64_t film_rate(const struct film *f)
{
	return speeds[f->speed].rate;
}

const char *film_rate_text(const struct film *f)
{
	return speeds[f->speed].text;
}

bool film_playing(const struct film *f)
{
	return f->state == FILM_PLAYING || f->state == FILM_AT_END;
}

void film_play(struct film *f)
{
	f->state = FILM_PLAYING;
	f->hold = 0;
}

void film_pause(struct film *f)
{
	f->state = FILM_PAUSED;
	f->gap_left = 0;
}

void film_faster(struct film *f)
{
	if (f->speed + 1 < FILM_SPEEDS)
		f->speed++;
	f->gap_left = 0;
}

void film_slower(struct film *f)
{
	if (f->speed)
		f->speed--;
	f->gap_left = 0;
}

bool film_stops_at(const struct trace_event *ev)
{
	switch (ev->kind) {
	case EV_WAIT_INPUT:
	case EV_VERDICT:
	case EV_RECAP:
	case EV_FAULT:
	case EV_LESSON_END:
	case EV_OUTSIDE:
		return true;
	}
	return false;
}

static void move_to(struct film *f, uint64_t n)
{
	model_film_seek(f->mf, n);
	f->clock = f->mf->at.time;
	f->gap_left = 0;
	if (n > f->passed)
		f->passed = n;
}

/* How long this event stays on screen; lesson's words have no time of their own. */
static double hold_of(const struct film *f, const struct trace_event *ev)
{
	double scale = speeds[f->speed].hold;

	if (ev->kind >= EV_NR || trace_rows[ev->kind].level != TRACE_STORY)
		return 0;
	if (ev->kind >= EV_LESSON && ev->kind <= EV_LESSON_END)
		return 0;
	if (model_is_decision(ev))
		return FILM_HOLD_DECISION * scale;
	return FILM_HOLD_STORY * scale;
}

/* The event to be shown next: a story event, or the log's last one. */
static uint64_t next_stop(const struct film *f)
{
	uint64_t n = model_film_next(f->mf, f->mf->at.n, f->level < TRACE_STORY ? TRACE_STORY : f->level);

	return n ? n : f->mf->store->nr;
}

/* Seconds of film from the clock to @time; a long one is cut, and announced. */
static double seconds_to(struct film *f, uint64_t time)
{
	double s;

	if (time <= f->clock)
		return 0;
	if (f->gap_left > 0 && f->gap_end == time)
		return f->gap_left;
	s = (double)(time - f->clock) / (double)film_rate(f);
	if (s <= FILM_GAP_MAX) {
		f->gap_left = 0;
		return s;
	}
	f->gap_left = FILM_GAP_CUT;
	f->gap_ns = time - f->clock;
	f->gap_end = time;
	return f->gap_left;
}

/* Part of the way to @time: the clock moves on, and small events become true. */
static void glide(struct film *f, uint64_t time, double part)
{
	uint64_t n = f->mf->at.n;
	struct trace_event ev;

	f->clock += (uint64_t)((double)(time - f->clock) * part);
	while (n < f->mf->store->nr && trace_store_event(f->mf->store, n + 1, &ev) && ev.time <= f->clock)
		n++;
	if (n != f->mf->at.n) {
		uint64_t clock = f->clock;

		model_film_seek(f->mf, n);
		f->clock = clock;
		if (n > f->passed)
			f->passed = n;
	}
}

/* One leg of the way; return: seconds used. */
static double leg(struct film *f, double seconds)
{
	uint64_t n = next_stop(f);
	struct trace_event ev;
	double need;

	if (n == f->mf->at.n || !trace_store_event(f->mf->store, n, &ev)) {
		f->state = FILM_AT_END;
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
	if (film_stops_at(&ev))
		f->state = FILM_STOPPED;
	return need;
}

bool film_advance(struct film *f, double seconds)
{
	bool moved = false;

	if (f->state == FILM_AT_END && f->mf->at.n < f->mf->store->nr)
		f->state = FILM_PLAYING;
	while (seconds > 0 && f->state == FILM_PLAYING) {
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

void film_seek(struct film *f, uint64_t n)
{
	if (n > f->mf->store->nr)
		n = f->mf->store->nr;
	film_pause(f);
	move_to(f, n);
}

/* The lesson's words change nothing on the machine: steps pass over them. */
static bool is_word(const struct film *f, uint64_t n)
{
	struct trace_event ev;

	return trace_store_event(f->mf->store, n, &ev) && ev.kind >= EV_LESSON && ev.kind <= EV_LESSON_END &&
	       ev.kind != EV_VERDICT;
}

/* Next event to step to from @n, 0 = none. */
static uint64_t step_from(const struct film *f, uint64_t n, int direction)
{
	do {
		n = direction > 0 ? model_film_next(f->mf, n, f->level) : model_film_prev(f->mf, n, f->level);
	} while (n && f->level == TRACE_STORY && is_word(f, n));
	return n;
}

void film_step(struct film *f, int direction)
{
	uint64_t n = step_from(f, f->mf->at.n, direction);

	/* from behind the lesson's words: the picture before them is this one already */
	if (n && direction < 0 && is_word(f, f->mf->at.n) && step_from(f, n, direction))
		n = step_from(f, n, direction);
	if (n)
		film_seek(f, n);
	else if (direction > 0)
		film_seek(f, f->mf->store->nr);
	else
		film_seek(f, 0);
}

void film_decision(struct film *f, int direction)
{
	uint64_t n = f->mf->at.n;
	struct trace_event ev;

	while ((n = step_from(f, n, direction)) != 0)
		if (trace_store_event(f->mf->store, n, &ev) && model_is_decision(&ev))
			break;
	if (n)
		film_seek(f, n);
	else
		film_seek(f, direction > 0 ? f->mf->store->nr : 0);
}

unsigned int film_part(const struct film *f)
{
	uint64_t all = f->mf->head.stories;

	return all ? (unsigned int)(f->mf->at.stories * 1000 / all) : 0;
}

/* Binary search by number; stories are counted by the model as it goes. */
void film_seek_part(struct film *f, unsigned int permille)
{
	uint64_t want = f->mf->head.stories * permille / 1000;
	uint64_t lo = 0, hi = f->mf->store->nr;

	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;

		model_film_seek(f->mf, mid);
		if (f->mf->at.stories < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	film_seek(f, lo);
}

void film_seek_time(struct film *f, int64_t delta_ns)
{
	uint64_t to = delta_ns < 0 && f->clock < (uint64_t)-delta_ns ? 0 : f->clock + (uint64_t)delta_ns;
	uint64_t n = trace_store_seek(f->mf->store, to + 1);

	film_seek(f, n ? n - 1 : 0);
	if (delta_ns > 0 && f->mf->at.n < f->mf->store->nr)
		f->clock = to;
}
