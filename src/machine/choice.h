/*
 * machine/choice.h - who decides where more than one thing can happen.
 *
 * By default the seed decides, by a hash (docs/time.md, "Chance").  A run may be
 * given somebody else to ask (`explore`'s strategies) and choices that are forced.
 * A choice is addressed by (site, context, own ordinal) and written
 *
 *   turn/t12/17=2031	the 17th shared step of thread 12 is held up by 2,031 ns
 *   preempt/t9/4=11	the 4th time thread 9 may be preempted, thread 11 goes on
 *   pick/cpu1/3=9	the 3rd time CPU 1 has several equal threads, it takes thread 9
 *   place/t11/2=3	the 2nd time thread 11 is woken it goes to CPU 3
 *   burn/t9/1=1023	numbers drawn from a range: 0 its least .. 1023 its most
 *
 * Values are times, threads and CPUs, not numbers of alternatives: a choice keeps
 * its meaning when others around it are taken away.
 *
 * Lives here:   sites, questions, forced choices, their text.
 * Never here:   strategies (explore/), the hash (base/rng.h).
 * Rules:        joints.md 1, 2.   Licence: MIT.
 */
#ifndef KW_MACHINE_CHOICE_H
#define KW_MACHINE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strbuf;

/* SITE(ID, word, what): the words of the text form. */
enum mach_site {
	SITE_NONE,
#define SITE(ID, word, what) SITE_##ID,
#include "machine/choice.def"
#undef SITE
	SITE_NR
};

#define CHOICE_LEVELS 1024u	/* steps of a range */
#define CHOICE_WAYS_MAX 72	/* of one question that is no range */

/* A context: a CPU's number (below 256), or a thread's id << 8. */
struct mach_choice {
	enum mach_site site;
	uint64_t context, ordinal;	/* ordinals count from 0 */
	uint64_t value;
};

/* One place where somebody is asked.  Way 0 is what would happen unasked, but in a range. */
struct mach_question {
	enum mach_site site;
	uint64_t context, ordinal;
	uint32_t n;			/* ways; a range: CHOICE_LEVELS */
	uint32_t usual;			/* the way that would be taken unasked */
	const uint64_t *value;		/* of each way, as it is written; NULL = its number (a range) */
	const uint64_t *who;		/* which context each way lets go first; NULL = a range */
	const bool *liberty;		/* of each way: no scheduler would; NULL = none is.  SITE_TURN: these come last */
	bool stretched;			/* a range of which all but the usual are liberties */
	bool relaxing;			/* it spins, and waits for others to get on */
};

struct mach_choosing {
	const struct mach_choice *forced;	/* borrowed for the run; any order */
	size_t nr_forced;
	uint64_t window_ns;		/* who acts within that time may be let go first */
	uint64_t reach_ns;		/* who acts within that, by a liberty; not above window_ns: nobody */
	double stretch;			/* without jitter: burns, sleeps and timers may vary by that share, by a liberty */
	/* Return: the way to take.  Called with the baton.  NULL = always the usual one. */
	uint32_t (*choose)(void *arg, const struct mach_question *q);
	void *arg;
	bool later;			/* ask only after mach_choices(true) */
};

/* From here on (not) ask, where the run has somebody to ask.  Any context. */
void mach_choices(bool on);
/* Of the order in which contexts have taken their shared steps so far: equal orders, equal numbers. */
uint64_t mach_order_hash(void);
/*
 * Choices so far that no kernel's scheduler would have made, or only one whose computer
 * stood still for a while: what was measured need not hold any more, what is promised
 * still must.
 */
unsigned int mach_liberties(void);

void mach_choice_format(struct strbuf *out, const struct mach_choice *choice);
/* One choice at @text; @end: behind it.  False: this is none. */
bool mach_choice_parse(const char *text, struct mach_choice *choice, const char **end);

#endif
