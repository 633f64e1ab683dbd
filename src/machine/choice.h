/*
 * machine/choice.h - decisions: places where more than one thing can happen next.
 *
 * By default a hash of the seed decides (docs/time.md, "Chance").  A run may be given a
 * callback (a strategy of `explore`) and forced choices, which go first.  A choice is
 * addressed by (site, context, ordinal of that context) and written
 *
 *   turn/t12/17=2031	the 17th shared step of thread 12 is delayed by 2,031 ns
 *   preempt/t9/4=11	the 4th time thread 9 may be preempted, thread 11 runs
 *   pick/cpu1/3=9	the 3rd time CPU 1 has several equal threads, it takes thread 9
 *   place/t11/2=3	the 2nd time thread 11 is woken it goes to CPU 3
 *   burn/t9/1=1023	a number from a range: 0 is its least .. 1023 its most
 *   scene/director/3=0	the 4th time that the scene of an exercise sets is its least
 *
 * Values are times, threads and CPUs, not indexes of alternatives, so a choice keeps
 * its meaning when other choices are removed.
 *
 * Lives here:   sites, decisions, forced choices, their text.
 * Never here:   strategies (explore/), the hash (base/rng.h).
 * Rules:        docs/time.md 10.   Licence: MIT.
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
#define CHOICE_DIRECTOR 255u	/* context of the director: no CPU has this number */
#define CHOICE_ALTERNATIVES_MAX 72	/* of one decision that is not a range */

/* A context: a CPU's number, CHOICE_DIRECTOR, or a thread's id << 8. */
struct mach_choice {
	enum mach_site site;
	uint64_t context, ordinal;	/* ordinals count from 0 */
	uint64_t value;
};

/* One decision.  Alternative 0 is the default, except in a range. */
struct mach_decision {
	enum mach_site site;
	uint64_t context, ordinal;
	uint32_t n;			/* alternatives; a range: CHOICE_LEVELS */
	uint32_t default_alt;		/* taken if there is no callback and no forced choice */
	const uint64_t *value;		/* of each alternative, as written; NULL = its index (a range) */
	const uint64_t *who;		/* context that each alternative lets run first; NULL = a range */
	/* of each alternative: no scheduler would choose it; NULL = none is.  SITE_TURN: these come last */
	const bool *unfair;
	bool stretched;			/* a range in which all but the default are unfair */
	bool relaxing;			/* the context spins until another one makes progress */
};

struct mach_choosing {
	const struct mach_choice *forced;	/* borrowed for the run; any order */
	size_t nr_forced;
	uint64_t window_ns;		/* contexts that act within this time may run first */
	uint64_t max_delay_ns;		/* the same, by an unfair choice; not above window_ns: none */
	/* without jitter: burns, sleeps and timers may vary by this share, by an unfair choice */
	double stretch;
	/* Return: index of the alternative.  Called with the baton.  NULL = always the default. */
	uint32_t (*choose)(void *arg, const struct mach_decision *d);
	void *arg;
	bool later;			/* call choose() only after mach_choices(true) */
	/* jitter changes only what a forced choice names; the rest of the run is that without jitter */
	bool calm;
};

/* Only jitter draws numbers at this site. */
bool mach_site_is_jitter(enum mach_site site);

/* Turns all decisions but those of the tick on or off.  Any context. */
void mach_choices(bool on);
/* Hash of the order in which contexts have taken their shared steps so far. */
uint64_t mach_order_hash(void);
/*
 * Number of unfair choices so far: those that no kernel's scheduler makes unless its
 * computer stops for a while.  After one, measured facts are not checked; guarantees
 * still are.
 */
unsigned int mach_unfair_choices(void);

void mach_choice_format(struct strbuf *out, const struct mach_choice *choice);
/* Reads one choice at @text; *@end is the first byte after it.  False: not a choice. */
bool mach_choice_parse(const char *text, struct mach_choice *choice, const char **end);

#endif
