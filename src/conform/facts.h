/*
 * conform/facts.h - facts: one line each, what held when a scenario ran.
 *
 *   runs w0 = 2                     hard: holds for every seed
 *   ~ at start(w0#1) = 40 ms        soft: times within 12 ms; workers may differ
 *
 * A facts file stands beside its scenario and was measured on a real kernel.
 *
 * Lives here:   reading such files, judging a record by them, writing one's own.
 * Never here:   how the record came to be (record.h).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_FACTS_H
#define KW_CONFORM_FACTS_H

#include <stdio.h>

#include "conform/klog.h"
#include "conform/record.h"

#define FACT_TOLERANCE_NS 12000000	/* of a soft time */
#define FACT_GROUP_NS 5000000		/* points of a timeline this far apart are ordered */
#define FACT_OVERLAP_NS 2000000		/* two runs open together for this long overlap */

enum fact_result {
	FACT_HOLDS,
	FACT_FAILS,
	FACT_DIFFERS,		/* soft and no time: a right implementation may differ */
	FACT_LEFT_OUT,		/* a time that the sharing of a CPU decides */
	FACT_MALFORMED
};

struct fact {
	int line;
	bool soft;
	const char *text;	/* without "~ "; points into struct facts */
};

struct facts {
	const struct kws *k;	/* borrowed */
	char *text;		/* owned */
	struct fact *v;
	size_t nr;
	int64_t slack_ns;	/* `seq` holds while two runs are open together for less; 0 = not at all */
	int64_t shared_from_ns;	/* from here on two items share a CPU; INT64_MAX = never */
};

/*
 * facts_parse - read a facts file and check the form of every line
 * Return: 0, -EINVAL with "FILE:LINE: sentence" in @err, -ENOMEM.
 */
int facts_parse(struct facts *f, const struct kws *k, const char *path, const char *text, size_t len, char *err,
		size_t err_size);
int facts_load(struct facts *f, const struct kws *k, const char *path, char *err, size_t err_size);
void facts_fini(struct facts *f);

/* Does fact @i hold?  @seen: what was there instead (may stay empty). */
enum fact_result fact_check(const struct facts *f, size_t i, const struct record *r, const struct klog *log,
			    struct strbuf *seen);
/* A warning in the kernel log that no fact speaks of: its number + 1, or 0. */
size_t facts_unspoken_warning(const struct facts *f, const struct record *r);

/* All facts of a record, as a facts file would have them. */
void facts_print(const struct record *r, const struct klog *log, FILE *out);

/* ---- between the files of this room --------------------------------------------------- */

/* One fact being read: every form parses all of its text before it looks at the record. */
struct fact_form {
	const struct facts *f;
	const struct kws *k;
	const struct record *r;		/* NULL: only the form is checked */
	const struct klog *log;
	const char *whole;		/* the fact's text */
	const char *p;			/* still to be read */
	struct strbuf *seen;
};
/* The form's row by its first words; FACT_MALFORMED if there is none. */
enum fact_result fact_judge(struct fact_form *c);
/* A point of a timeline by its text "start(w0#1)"; false if it is malformed.  n = 0: did not happen. */
bool fact_point(struct fact_form *c, struct rec_point *out);

#endif
