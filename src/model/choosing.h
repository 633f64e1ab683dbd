/*
 * model/choosing.h - a student in the role of the scheduler: the open choice and the path to it.
 *
 * At a CHOOSE event the machine stands still, and one of the listed things goes on.  Its text has a
 * line for each thing, with tabs between the fields:
 *
 *   cannot  kind  name  label  place  code  left
 *
 * cannot: enum trace_cannot; kind: t a thread, w a work item, i an interrupt line; name: as inputs
 * have it; place: "remove.lua:3" or ""; code: the next statement; left: times, of an interrupt.
 *
 * Lives here:   the events CHOOSE, CHOSEN and CHOOSING_OVER, decoded.
 * Never here:   sentences (words/), what happens at a choice (lua/you_pick.c).
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_MODEL_CHOOSING_H
#define KW_MODEL_CHOOSING_H

#include "trace/trace.h"

#define CHOOSING_THINGS_MAX 9	/* eight of the exercise, and time */
#define CHOOSING_PATH_MAX 500	/* choices of a run */
#define CHOOSING_TIME "-"	/* the name in inputs of letting time pass */

struct choosing_thing {
	enum trace_cannot cannot;
	char kind;			/* 't', 'w', 'i'; '-': time passes */
	char name[64], label[64];
	char place[96], code[160];
	unsigned int left;
};

struct choosing_step {
	char label[64], name[64];
	char what[64];			/* the first word of its code: "cancel_work_sync"; "" = not known */
	char kind;
	uint64_t n;			/* its CHOSEN event */
	uint8_t cpu;			/* on which it went on, TRACE_NO_CPU = unknown */
};

struct choosing {
	bool begun;			/* a CHOOSE event was read */
	uint64_t asked;			/* the open choice's CHOOSE event, 0 = none is open */
	unsigned int ordinal, can;	/* of the last CHOOSE event */
	struct choosing_thing thing[CHOOSING_THINGS_MAX];
	unsigned int nr_things;
	struct choosing_step step[CHOOSING_PATH_MAX];	/* choices so far */
	unsigned int nr_steps;
	uint64_t over;			/* the CHOOSING_OVER event, 0 = not yet */
	bool reached;
	unsigned int choices, par;	/* of it; .par 0 = unknown */
	uint64_t evidence;
	unsigned int freed, used;	/* of a use after free: the choices in which it was freed and used, by number; 0 = unknown */
};

/* The things of a CHOOSE event; 0: @ev is another event. */
unsigned int choosing_things(const struct trace_event *ev, struct choosing_thing out[CHOOSING_THINGS_MAX]);
/* The choice of @t, NULL = time passes; without its event. */
void choosing_step_of(const struct choosing_thing *t, struct choosing_step *step);
/* Reads the events of @s up to @upto. */
void choosing_read(const struct trace_store *s, uint64_t upto, struct choosing *out);
/* The thing that can go on of that name, or NULL. */
const struct choosing_thing *choosing_find(const struct choosing *c, const char *name);
/* Index of the @i-th thing, from 0, that can go on; -1: there are not so many. */
int choosing_able(const struct choosing *c, unsigned int i);

#endif
