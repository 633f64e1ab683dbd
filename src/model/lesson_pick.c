/*
 * model/lesson_pick.c - questions in which the student points: candidates, tries, points.
 *
 * An event is named by its number and a line by its number in the report; an item, a worker
 * and a CPU have a word without blanks.  The candidates of a question stand in its
 * QUESTION_TEXT events, but for events of the story: these are read from the store.
 *
 * Never here:   sentences of events (words/), right or wrong (the Lua library).   Licence: MIT.
 */
#include "model/lesson.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- candidates ---------------------------------------------------------------------- */

bool lesson_tells(const struct trace_event *ev)
{
	return ev->kind != EV_NONE && ev->kind < EV_NR && trace_event_level(ev) == TRACE_STORY && !trace_is_lesson(ev->kind) &&
	       ev->kind != EV_OUTSIDE;
}

static int add_candidate(struct lesson_question *q, const struct lesson_candidate *c)
{
	if (q->nr_candidates == q->cap_candidates) {
		size_t cap = q->cap_candidates ? 2 * q->cap_candidates : 32;
		struct lesson_candidate *v = realloc(q->candidate, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		q->candidate = v;
		q->cap_candidates = cap;
	}
	q->candidate[q->nr_candidates++] = *c;
	return 0;
}

static int add_story(struct lesson_question *q, const struct trace_store *s, uint64_t begun)
{
	struct trace_event ev;
	int err = 0;

	for (uint64_t n = begun + 1; n < q->asked && !err; n++)
		if (trace_store_event(s, n, &ev) && lesson_tells(&ev))
			err = add_candidate(q, &(struct lesson_candidate){ .word = "", .n = n, .time = ev.time, .text = "" });
	return err;
}

/* The thing that a payload of one name stands for: "..\x1e4:7". */
static void read_thing(const char *payload, struct lesson_candidate *c)
{
	const char *thing = strrchr(payload, '\x1e');

	if (!thing || sscanf(thing + 1, "%" SCNu32 ":%" SCNu32, &c->cls, &c->id) != 2)
		c->cls = c->id = 0;
}

/* "WORD\nPAYLOAD"; the word of an event and of a line is its number. */
static int read_candidate(struct lesson_question *q, const struct trace_store *s, const char *text)
{
	struct trace_event ev;
	size_t len = strcspn(text, "\n");
	struct lesson_candidate c = { .word = text, .word_len = (unsigned int)len, .text = text[len] ? text + len + 1 : text + len };

	if (q->pick == PICK_EVENT)
		c.n = strtoull(text, NULL, 10);
	else
		read_thing(c.text, &c);
	if (c.n && trace_store_event(s, c.n, &ev))
		c.time = ev.time;
	return len && len < LESSON_WORD_MAX ? add_candidate(q, &c) : 0;
}

/* A line without a character to point at is shown only. */
static int add_line(struct lesson_question *q, uint32_t number, const char *text)
{
	struct lesson_report *r = &q->report;

	if (number != r->nr + 1)
		return 0;		/* another version of the program has written it */
	if (r->nr == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		const char **v = realloc(r->line, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		r->line = v;
		r->cap = cap;
	}
	r->line[r->nr++] = text;
	if (q->pick != PICK_LINE || number <= r->heading || !text[strspn(text, " \t")])
		return 0;
	return add_candidate(q, &(struct lesson_candidate){ .word = "", .n = number, .text = text });
}

static enum lesson_pick pick_named(const char *name)
{
	static const char *const names[PICK_NR] = {
		[PICK_NONE] = "", [PICK_EVENT] = "event", [PICK_ITEM] = "item", [PICK_WORKER] = "worker", [PICK_CPU] = "cpu",
		[PICK_LINE] = "line",
	};

	for (int i = 0; i < PICK_NR; i++)
		if (!strcmp(names[i], name))
			return (enum lesson_pick)i;
	return PICK_NONE;
}

int lesson_pick_part(struct lesson_question *q, const struct trace_store *s, uint64_t begun, enum trace_question_part part,
		     uint32_t index, const char *text)
{
	switch (part) {
	case PART_PICK:
		q->pick = pick_named(text);
		q->pick_count = index && index <= LESSON_PICKS_MAX ? index : 1;
		return 0;
	case PART_PICK_ORDERED: q->pick_ordered = true; return 0;
	case PART_PICK_STORY: return add_story(q, s, begun);
	case PART_CANDIDATE: return read_candidate(q, s, text);
	case PART_REPORT:
		q->report.title = text;
		q->report.heading = index;
		return 0;
	case PART_REPORT_LINE: return add_line(q, index, text);
	case PART_TRIES: q->tries = index; return 0;
	case PART_POINTS: q->half_points = index; return 0;
	case PART_HINT_COST: q->hint_halves = index; return 0;
	case PART_REPORT_NAME:
		if (q->report.nr_names < LESSON_REPORT_NAMES_MAX)
			q->report.name[q->report.nr_names++] = text;
		return 0;
	default: return 0;
	}
}

void lesson_pick_fini(struct lesson_question *q)
{
	free(q->candidate);
	free(q->report.line);
	q->candidate = NULL;
	q->report.line = NULL;
	q->nr_candidates = q->cap_candidates = q->report.nr = q->report.cap = 0;
	q->report.nr_names = 0;
}

/* ---- words and places ------------------------------------------------------------------- */

const char *lesson_candidate_word(const struct lesson_candidate *c, char buf[LESSON_WORD_MAX])
{
	if (c->word_len)
		snprintf(buf, LESSON_WORD_MAX, "%.*s", (int)c->word_len, c->word);
	else
		snprintf(buf, LESSON_WORD_MAX, "%" PRIu64, c->n);
	return buf;
}

static bool number_of(const char *word, size_t len, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < len; i++) {
		if (!isdigit((unsigned char)word[i]) || len > 15)
			return false;
		*n = 10 * *n + (uint64_t)(word[i] - '0');
	}
	return len != 0;
}

static int by_number(const struct lesson_question *q, uint64_t n)
{
	size_t lo = 0, hi = q->nr_candidates;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (q->candidate[mid].n < n)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < q->nr_candidates && q->candidate[lo].n == n ? (int)lo : -1;
}

static bool has_word(const struct lesson_candidate *c, const char *word, size_t len, size_t from)
{
	return c->word_len >= from && c->word_len - from == len && !memcmp(c->word + from, word, len);
}

int lesson_candidate(const struct lesson_question *q, const char *word, size_t len, bool places)
{
	bool numbered = q->pick == PICK_EVENT || q->pick == PICK_LINE;
	uint64_t n;

	for (size_t i = 0; !numbered && i < q->nr_candidates; i++)
		if (has_word(&q->candidate[i], word, len, 0))
			return (int)i;
	if (number_of(word, len, &n)) {
		if (places && q->pick != PICK_LINE && n >= 1 && n <= q->nr_candidates)
			return (int)n - 1;
		return numbered ? by_number(q, n) : -1;
	}
	for (size_t i = 0; places && q->pick == PICK_WORKER && i < q->nr_candidates; i++)
		if (!strncmp(q->candidate[i].word, "kworker/", 8) && has_word(&q->candidate[i], word, len, 8))
			return (int)i;
	return -1;
}

unsigned int lesson_picked(const struct lesson_question *q, const char *given, unsigned int *which, unsigned int max)
{
	unsigned int nr = 0;

	while (*(given += strspn(given, " ")) && nr < max) {
		size_t len = strcspn(given, " ");
		int i = lesson_candidate(q, given, len, false);

		if (i >= 0)
			which[nr++] = (unsigned int)i;
		given += len;
	}
	return nr;
}

/* ---- tries and points --------------------------------------------------------------------- */

unsigned int lesson_try(const struct lesson_question *q)
{
	bool open = !q->answered || q->answered < q->asked;

	return q->nr_answers + (open ? 1 : 0);
}

unsigned int lesson_half_points(unsigned int halves, unsigned int attempt, unsigned int cost)
{
	unsigned int given = attempt <= 1 ? halves : attempt == 2 ? (halves + 1) / 2 : 0;

	return given > cost ? given - cost : 0;
}
