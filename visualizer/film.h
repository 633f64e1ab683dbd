/*
 * visualizer/film.h - the projector: which moment of a trace is on the screen.
 *
 * Film time is not virtual time: by default 1 virtual ms lasts 1 s, a decision
 * stays for at least 0.6 s, and a stretch in which nothing happens that would last more
 * than 2 s lasts 1 s and is announced.  The caller says how much real time has
 * passed; nothing here reads a clock.  The cursor never passes the last event of
 * the store: at an open question that is the fence, for nothing later exists.
 *
 * Lives here:   playing, speed, stepping, seeking.
 * Never here:   folding events (model/), drawing, real clocks.
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_FILM_H
#define KW_VISUALIZER_FILM_H

#include "model/model.h"

#define FILM_SPEEDS 5
#define FILM_SPEED_DEFAULT 2
#define FILM_HOLD_DECISION 0.6	/* seconds */
#define FILM_HOLD_STORY 0.15
#define FILM_GAP_MAX 2.0	/* a longer gap is cut .. */
#define FILM_GAP_CUT 1.0	/* .. to this, and says so */

enum film_state {
	FILM_PAUSED,
	FILM_PLAYING,
	FILM_AT_END,		/* playing, and the last event is on screen: the fence, or more is to come */
	FILM_STOPPED		/* came to an event that wants to be read (verdict, recap, a card) */
};

struct film {
	struct model_film *mf;	/* borrowed */
	enum film_state state;
	unsigned int speed;	/* 0 .. FILM_SPEEDS - 1 */
	uint64_t clock;		/* virtual ns on screen: at.time .. time of the next event */
	double hold;		/* s that the present event still stays */
	double gap_left;	/* s of a cut gap still to go, 0 = in none */
	uint64_t gap_ns;	/* its length in virtual time */
	uint64_t gap_end;
	uint64_t passed;	/* the furthest event that was on the screen */
	enum trace_level level;	/* what . and , step by */
};

void film_init(struct film *f, struct model_film *mf);
/* Virtual ns per second of film; text such as "1 ms = 1 s". */
uint64_t film_rate(const struct film *f);
const char *film_rate_text(const struct film *f);
void film_play(struct film *f);
void film_pause(struct film *f);
bool film_playing(const struct film *f);
void film_faster(struct film *f);
void film_slower(struct film *f);
/* Lets @seconds of real time pass; true if the picture may have changed. */
bool film_advance(struct film *f, double seconds);
/* Seconds until film_advance() would change anything but a bar's length; for a lazy timer. */
void film_seek(struct film *f, uint64_t n);		/* pauses */
void film_step(struct film *f, int direction);		/* +1, -1: next or previous event of .level */
void film_decision(struct film *f, int direction);	/* next or previous decision */
void film_seek_part(struct film *f, unsigned int permille);	/* of the story events there are */
void film_seek_time(struct film *f, int64_t delta_ns);
/* Position among the events of .level: 0..1000. */
unsigned int film_part(const struct film *f);
/* An event at which playing stops for the reader. */
bool film_stops_at(const struct trace_event *ev);

#endif
