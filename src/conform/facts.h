/*
 * conform/facts.h - facts: one per line, each true of the runs of a scenario.
 *
 *   runs w0 = 2                     hard: holds for every seed
 *   ~ at start(w0#1) = 40 ms        soft: times within 12 ms; workers may differ
 *
 * A facts file is beside its scenario and was measured on a real kernel.
 *
 * Lives here:   reading such files, checking a record against them, printing a record's facts.
 * Never here:   making the record (record.h).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_FACTS_H
#define KW_CONFORM_FACTS_H

#include <stdio.h>

#include "conform/klog.h"
#include "conform/record.h"

#define FACT_TOLERANCE_NS 12000000	/* of a soft time */
#define FACT_GROUP_NS 5000000		/* points of a timeline this far apart are ordered */
#define FACT_OVERLAP_NS 2000000		/* two runs that are open together for this long overlap */

enum fact_result {
	FACT_HOLDS,
	FACT_FAILS,
	FACT_DIFFERS,		/* soft and not a time: a correct implementation may differ */
	FACT_LEFT_OUT,		/* a time that depends on the sharing of a CPU */
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
	int64_t slack_ns;	/* `seq` allows two runs to be open together for less than this; 0 = not at all */
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

/* Checks fact @i.  @seen: gets what was found instead (may stay empty). */
enum fact_result fact_check(const struct facts *f, size_t i, const struct record *r, const struct klog *log,
			    struct strbuf *seen);
/* Number + 1 of a warning in the kernel log that no fact mentions, or 0. */
size_t facts_unspoken_warning(const struct facts *f, const struct record *r);
/* A hard fact of the log's reports that is not in @f, or NULL: a report that the kernel did not print. */
const char *facts_unlisted_report(const struct facts *f, const struct klog *log);

/* Prints all facts of a record in the form of a facts file. */
void facts_print(const struct record *r, const struct klog *log, FILE *out);

/* ---- between the files of this room --------------------------------------------------- */

/* Parser state of one fact: every form parses all of its text before it looks at the record. */
struct fact_form {
	const struct facts *f;
	const struct kws *k;
	const struct record *r;		/* NULL: only the form is checked */
	const struct klog *log;
	const char *whole;		/* the fact's text */
	const char *p;			/* rest of the text */
	struct strbuf *seen;
};
/* Judges the fact by the form that its first words select; FACT_MALFORMED if there is none. */
enum fact_result fact_judge(struct fact_form *c);
/* Parses a point of a timeline, "start(w0#1)"; false if malformed.  n = 0: it did not happen. */
bool fact_point(struct fact_form *c, struct rec_point *out);

#endif
