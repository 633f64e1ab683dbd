/*
 * visualizer/playback.h - the event of a trace that is on the screen, and its timing.
 *
 * Playback time is not virtual time: by default 1 virtual ms lasts 1 s, a decision
 * stays for at least 0.6 s, and a stretch in which nothing happens that would last more
 * than 2 s lasts 1 s and is announced.  The caller passes the real time that has
 * passed; no function here reads a clock.  The cursor never passes the last event of
 * the store.  At an open question the run has stopped, so no later event exists.
 *
 * Lives here:   playing, speed, stepping, seeking.
 * Never here:   folding events (model/), drawing, real clocks.
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_PLAYBACK_H
#define KW_VISUALIZER_PLAYBACK_H

#include "model/model.h"

#define PLAYBACK_SPEEDS 5
#define PLAYBACK_SPEED_DEFAULT 2
#define PLAYBACK_HOLD_DECISION 0.6	/* seconds */
#define PLAYBACK_HOLD_STORY 0.15
#define PLAYBACK_GAP_MAX 2.0	/* a longer gap is cut .. */
#define PLAYBACK_GAP_CUT 1.0	/* .. to this, with a mark */

enum playback_state {
	PLAYBACK_PAUSED,
	PLAYBACK_PLAYING,
	PLAYBACK_AT_END,		/* playing, and the last event is on screen: the fence, or more is to come */
	PLAYBACK_STOPPED		/* came to an event that wants to be read (verdict, recap, a card) */
};

struct playback {
	struct model_replay *replay;	/* borrowed */
	enum playback_state state;
	unsigned int speed;	/* 0 .. PLAYBACK_SPEEDS - 1 */
	uint64_t clock;		/* virtual ns on screen: at.time .. time of the next event */
	double hold;		/* s that the present event still stays */
	double gap_left;	/* s of a cut gap still to go, 0 = in none */
	uint64_t gap_ns;	/* its length in virtual time */
	uint64_t gap_end;
	uint64_t passed;	/* the furthest event that was on the screen */
	enum trace_level level;	/* level of the events that . and , step over */
};

void playback_init(struct playback *f, struct model_replay *replay);
/* Virtual ns per second of playback; text such as "1 ms = 1 s". */
uint64_t playback_rate(const struct playback *f);
const char *playback_rate_text(const struct playback *f);
void playback_play(struct playback *f);
void playback_pause(struct playback *f);
bool playback_playing(const struct playback *f);
void playback_faster(struct playback *f);
void playback_slower(struct playback *f);
/* Lets @seconds of real time pass; true if the picture may have changed. */
bool playback_advance(struct playback *f, double seconds);
/* Seconds until playback_advance() would change anything but a bar's length; for a lazy timer. */
void playback_seek(struct playback *f, uint64_t n);		/* pauses */
void playback_step(struct playback *f, int direction);		/* +1, -1: next or previous event of .level */
void playback_decision(struct playback *f, int direction);	/* next or previous decision */
void playback_seek_part(struct playback *f, unsigned int permille);	/* of the story events there are */
void playback_seek_time(struct playback *f, int64_t delta_ns);
/* Position among the events of .level: 0..1000. */
unsigned int playback_part(const struct playback *f);
/* An event at which playing stops for the reader. */
bool playback_stops_at(const struct trace_event *ev);

#endif
