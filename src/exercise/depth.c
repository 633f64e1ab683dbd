/*
 * exercise/depth.c - all ways of choosing in a scheduler exercise.
 *
 * A run is named by its choices.  Behind a list of given choices a run takes the first thing that can
 * go on, and reports at each choice how many could: each of the others gives a longer list, which no
 * other run gives.  Lists are played by their length, so when the search is ended early, all lists up
 * to one length have been played; and the first list that reaches the wanted event is among the
 * shortest ways to it or becomes one by no more choices than it was given.
 *
 * Lives here:   the fewest choices that reach the event, the proof that none does.
 * Never here:   one run (play.c), what a choice is (lua/you_pick.c).   Licence: MIT.
 */
#include "exercise/exercise_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "words/texts.h"

#define JOBS_MAX 8u

struct path {
	uint8_t v[PLAY_CHOICES_MAX];
};

struct report {
	int rc;
	uint8_t nr, can[PLAY_CHOICES_MAX];
	bool reached, cut, fault;
};

struct search {
	const struct exercise *x;
	const struct exercise_depth_opts *how;
	struct exercise_depth *out;
	struct exercise_facts *facts;
	struct run_files *files;
	struct spin_place *spin;
	struct report *report;		/* of each run of the round */
	/* lists to be played, by their length */
	struct {
		struct path *v;
		size_t n, cap;
	} lists[PLAY_CHOICES_MAX + 1];
	size_t from;			/* the round plays those from here on */
	unsigned int length;
	int rc;
};

static void spec_of(const struct search *s, struct run_spec *spec)
{
	*spec = (struct run_spec){ .seed = s->how->seed, .variant = s->x->variant, .jitter = -1, .files = s->files };
	snprintf(spec->lesson, sizeof(spec->lesson), "%.1023s", s->x->path);
}

/* ---- rounds --------------------------------------------------------------------------------- */

static bool play(void *arg, unsigned int job, uint64_t run, void *result)
{
	struct search *s = arg;
	struct report *r = result;
	struct play_choices c = { .given = s->lists[s->length].v[s->from + run].v, .nr_given = s->length };
	struct run_spec spec;

	spec_of(s, &spec);
	r->rc = play_choosing(s->x->script, &spec, &s->spin[job], &c, s->facts);
	r->nr = (uint8_t)c.nr;
	memcpy(r->can, c.can, sizeof(r->can));
	r->reached = c.reached;
	r->cut = c.cut;
	r->fault = s->facts->faulty || s->facts->fault[0];
	return true;
}

static void done(void *arg, uint64_t run, const void *result)
{
	struct search *s = arg;

	s->report[run] = *(const struct report *)result;
	s->out->schedules++;
}

static void lost(void *arg, unsigned int job, uint64_t run, int status)
{
	struct search *s = arg;

	(void)job;
	(void)status;
	s->report[run] = (struct report){ .fault = true };
	s->out->schedules++;
}

static void pause_now(void *arg)
{
	struct search *s = arg;

	if (s->how->progress)
		s->how->progress(s->how->arg, s->out);
}

static bool stopped(const struct search *s)
{
	return s->how->stop && *s->how->stop;
}

static int add_list(struct search *s, const struct path *taken, unsigned int length, uint8_t last)
{
	struct path *v = s->lists[length].v;

	if (s->lists[length].n == s->lists[length].cap) {
		s->lists[length].cap = s->lists[length].cap ? 2 * s->lists[length].cap : 64;
		v = realloc(v, s->lists[length].cap * sizeof(*v));
		if (!v)
			return -ENOMEM;
		s->lists[length].v = v;
	}
	v += s->lists[length].n++;
	*v = *taken;
	v->v[length - 1] = last;
	return 0;
}

/* The lists that a run gives: at each choice behind the given ones, each thing but the first. */
static int add_lists(struct search *s, const struct path *given, const struct report *r)
{
	int rc = 0;

	for (unsigned int at = s->length; at < r->nr && !rc; at++)
		for (uint8_t k = 1; k < r->can[at] && !rc; k++)
			rc = add_list(s, given, at + 1, k);	/* behind .length all others are 0: the first */
	return rc;
}

/* Takes the reports of a round in its order.  The first run that fails decides, on however many processes. */
static int take(struct search *s, uint64_t runs)
{
	struct exercise_depth *out = s->out;

	for (uint64_t i = 0; i < runs; i++) {
		const struct report *r = &s->report[i];
		const struct path *given = &s->lists[s->length].v[s->from + i];
		int rc = r->rc;

		out->cut |= r->cut;
		if ((r->reached || r->fault) && (!out->reached || r->nr < out->par)) {
			out->reached = true;
			out->par = r->nr;
			memcpy(out->path, given->v, sizeof(out->path));
			out->fault = r->fault;
		}
		if (!rc)
			rc = add_lists(s, given, r);
		if (rc)
			return rc;
	}
	return 0;
}

static int round_of(struct search *s, uint64_t runs)
{
	struct workers w = {
		.jobs = s->how->jobs, .runs = runs, .result_bytes = sizeof(struct report), .seconds = EXERCISE_RUN_SECONDS,
		.play = play, .done = done, .lost = lost, .pause = pause_now, .stop = s->how->stop, .arg = s,
	};
	int rc;

	s->report = calloc(runs, sizeof(*s->report));
	if (!s->report)
		return -ENOMEM;
	fflush(NULL);
	rc = workers_run(&w);
	if (!rc && !stopped(s))
		rc = take(s, runs);
	free(s->report);
	s->report = NULL;
	return rc;
}

/* A longer list cannot be a shorter way. */
static bool is_enough(const struct search *s)
{
	const struct exercise_depth *out = s->out;

	return out->reached && (out->fault || s->length + 1 >= out->par || out->schedules >= EXERCISE_PAR_SCHEDULES);
}

#define ROUND_RUNS 2000u	/* of a round: their reports are in memory */

/* All lists of one length.  Return: 1 the limit is reached, 0, -errno. */
static int play_length(struct search *s)
{
	size_t n = s->lists[s->length].n;
	int rc = 0;

	for (s->from = 0; s->from < n && !rc && !stopped(s);) {
		uint64_t left = s->how->schedules_max - s->out->schedules, runs = n - s->from;

		if (!left)
			return 1;
		runs = runs > left ? left : runs;
		runs = runs > ROUND_RUNS ? ROUND_RUNS : runs;
		rc = round_of(s, runs);
		s->from += runs;
	}
	return rc;
}

static int play_all(struct search *s)
{
	static const struct path none;
	unsigned int last = s->how->depth && s->how->depth < PLAY_CHOICES_MAX ? s->how->depth : PLAY_CHOICES_MAX, next = 0;
	int rc = 0;

	s->lists[0].v = malloc(sizeof(none));
	if (!s->lists[0].v)
		return -ENOMEM;
	s->lists[0].v[0] = none;
	s->lists[0].n = s->lists[0].cap = 1;
	s->out->exact = true;
	for (s->length = 0; s->length <= last && !rc; s->length++) {
		rc = play_length(s);
		if (rc || stopped(s))
			break;
		s->out->depth = s->length;
		next = s->length + 1;
		if (is_enough(s))
			break;
		free(s->lists[s->length].v);
		s->lists[s->length].v = NULL;
	}
	for (unsigned int i = next; i <= PLAY_CHOICES_MAX; i++)
		s->out->exact &= !s->lists[i].n;	/* the search has ended before, or the author wants no more than .depth */
	s->out->exact &= !s->out->cut;
	s->out->fewest = s->out->reached && (s->out->exact || s->out->depth + 1 >= s->out->par);	/* a shorter way has a shorter list */
	return rc < 0 ? rc : 0;
}

/* ---- the way, once more, for its names and its text ---------------------------------------------- */

struct once {
	struct search *s;
	struct shared {
		struct spin_place spin;
		int rc;
		char names[EXERCISE_MOVES_BYTES], way[EXERCISE_MOVES_BYTES], text[EXERCISE_TEXT_BYTES], fault[EXERCISE_TEXT_BYTES], place[96];
	} *shared;
};

static void play_once(void *arg)
{
	struct once *a = arg;
	struct search *s = a->s;
	struct strbuf names, way, text;
	struct play_choices c = { .given = s->out->path, .nr_given = s->out->par, .names = &names, .way = &way, .text = &text };
	struct run_spec spec;

	strbuf_init(&names, a->shared->names, sizeof(a->shared->names));
	strbuf_init(&way, a->shared->way, sizeof(a->shared->way));
	strbuf_init(&text, a->shared->text, sizeof(a->shared->text));
	spec_of(s, &spec);
	a->shared->rc = play_choosing(s->x->script, &spec, &a->shared->spin, &c, s->facts);
	snprintf(a->shared->fault, sizeof(a->shared->fault), "%s", s->facts->faulty ? s->facts->faulty_text : s->facts->fault);
	for (unsigned int k = 1; k <= s->facts->nr_checks; k++)
		if (s->facts->check[k].form == CHECK_REACH)
			snprintf(a->shared->place, sizeof(a->shared->place), "%s", s->facts->check[k].place);
}

static int describe(struct search *s)
{
	struct once a = { s, shared_memory(sizeof(*a.shared)) };
	struct exercise_depth *out = s->out;
	int status;

	if (!a.shared)
		return -ENOMEM;
	fflush(NULL);
	status = workers_alone(play_once, &a, EXERCISE_RUN_SECONDS);
	if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		snprintf(out->moves, sizeof(out->moves), "%s", a.shared->names);
		snprintf(out->way, sizeof(out->way), "%s", a.shared->way);
		snprintf(out->text, sizeof(out->text), "%s", out->fault ? a.shared->fault : a.shared->text);
		snprintf(out->place, sizeof(out->place), "%s", a.shared->place);
	} else if (status >= 0) {
		death_text(status, &a.shared->spin, s->files && s->files->n ? s->files->v[0].name : "exercise.lua", out->text,
			   sizeof(out->text));
	}
	shared_memory_free(a.shared, sizeof(*a.shared));
	return status < 0 ? status : 0;
}

/* ---- the search ------------------------------------------------------------------------------------ */

static int prepare(struct search *s)
{
	int rc = 0;

	s->facts = calloc(1, sizeof(*s->facts));
	s->spin = shared_memory(WORKERS_MAX * sizeof(*s->spin));
	s->files = run_files_new();
	if (!s->facts || !s->spin || !s->files)
		return -ENOMEM;
	for (size_t i = 0; s->how->files && i < s->how->files->n && !rc; i++)
		rc = run_files_add(s->files, s->how->files->v[i].name, s->how->files->v[i].text, s->how->files->v[i].len, false);
	return rc;
}

int exercise_depth(const struct exercise *x, const struct exercise_depth_opts *opts, struct exercise_depth *out, char *err,
		   size_t err_size)
{
	struct exercise_depth_opts how = *opts;
	struct search s = { .x = x, .how = &how, .out = out };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int rc;

	memset(out, 0, sizeof(*out));
	err[0] = '\0';
	if (!how.jobs)
		how.jobs = cores < 1 ? 1 : cores > (long)JOBS_MAX ? JOBS_MAX : (unsigned int)cores;
	if (!how.schedules_max)
		how.schedules_max = how.proof ? EXERCISE_PROOF_SCHEDULES : EXERCISE_PAR_SCHEDULES;
	rc = prepare(&s);
	if (!rc)
		rc = play_all(&s);
	if (!rc && out->reached)
		rc = describe(&s);
	if (rc)
		snprintf(err, err_size, W(EXERCISE_NO_RUN), strerror(-rc));
	for (unsigned int i = 0; i <= PLAY_CHOICES_MAX; i++)
		free(s.lists[i].v);
	run_files_put(s.files);
	shared_memory_free(s.spin, WORKERS_MAX * sizeof(*s.spin));
	free(s.facts);
	return rc;
}
