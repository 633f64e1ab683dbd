/*
 * exercise/check.c - the checks of an exercise, each under its schedules.
 *
 * Checks with the same jitter and the same scene share their runs: a group.  The first run of a
 * group is made alone and in full: it gives the measured values and the faults of files.  The
 * others report only which checks fail.  After a run that failed a check, no more runs of that
 * check are made; that run is then repeated alone for its feedback.  Schedule n has the seed of
 * the first plus n - 1, so the outcome does not depend on the number of processes.  At the end the
 * failing runs with jitter are shrunk, each in one process.
 *
 * Lives here:   groups, their runs, what is kept of each check.
 * Never here:   one run (play.c), points of a course (classroom/).   Licence: MIT.
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

/* Of one run in a group; bit n is check n + 1. */
struct report {
	uint64_t holds, judged;
	int rc;
};

struct checking {
	const struct exercise *x;
	const struct exercise_checking *how;
	struct exercise_result *out;
	struct exercise_facts *facts;	/* room for a run in full */
	struct run_files *files;	/* the student's and the hidden checks */
	struct spin_place *spin;	/* of each worker; shared */
	char *err;
	size_t err_size;
	/* the group that is run */
	double jitter;
	uint32_t part;
	unsigned int depth_check;	/* see play_depth() .. */
	uint64_t runs_before;		/* .. and the runs before it */
	uint64_t members;		/* checks of it that have not failed */
	struct workers workers;
	uint64_t first_fail[EXERCISE_CHECKS_MAX + 1];	/* run in which it failed, UINT64_MAX = in none */
	uint64_t lost_mask;		/* of checks whose first failing run ended its process .. */
	int lost_status[EXERCISE_CHECKS_MAX + 1];
	unsigned int lost_job[EXERCISE_CHECKS_MAX + 1];	/* .. in this worker */
	unsigned int shrinks[EXERCISE_CHECKS_MAX], nr_shrinks;	/* checks whose runs are shrunk */
	struct shrunk *shrunk;		/* of each of these */
	int rc;
};

static uint64_t bit(unsigned int number)
{
	return UINT64_C(1) << (number - 1);
}

/* ---- which checks, under what ------------------------------------------------------------ */

static bool wanted(const struct checking *c, unsigned int number)
{
	const struct exercise_check *k = &c->x->about.check[number];

	return k->number && k->form != CHECK_REACH && k->form != CHECK_AFTER && (!c->how->checks || c->how->checks & bit(number));
}

static unsigned int schedules_of(const struct checking *c, unsigned int number)
{
	unsigned int n = c->x->about.check[number].schedules;

	return c->how->schedules && n > c->how->schedules ? c->how->schedules : n;
}

static double jitter_of(const struct checking *c, unsigned int number)
{
	const struct exercise_check *k = &c->x->about.check[number];

	if (c->how->jitter >= 0)
		return c->how->jitter;
	return k->jitter > 0 ? k->jitter : -1;
}

static uint32_t part_of(const struct checking *c, unsigned int number)
{
	return c->x->about.check[number].own_scene ? number : 0;
}

static bool same_group(const struct checking *c, unsigned int a, unsigned int b)
{
	return part_of(c, a) == part_of(c, b) && !(jitter_of(c, a) < jitter_of(c, b)) && !(jitter_of(c, b) < jitter_of(c, a));
}

/* Of a check among those of the group that run @run is for. */
static uint64_t members_of_run(const struct checking *c, uint64_t run)
{
	uint64_t mask = 0;

	for (unsigned int k = 1; k <= c->x->about.nr_checks; k++)
		if (c->members & bit(k) && run < schedules_of(c, k))
			mask |= bit(k);
	return mask;
}

static void make_spec(const struct checking *c, uint64_t run, uint64_t mask, struct run_spec *spec)
{
	*spec = (struct run_spec){
		.seed = c->how->seed + run, .variant = c->x->variant, .jitter = c->jitter, .files = c->files,
		.checks = mask, .part = c->part,
	};
	snprintf(spec->lesson, sizeof(spec->lesson), "%.1023s", c->x->path);
	if (c->how->settings && c->x->about.kind != EXERCISE_SCHEDULER)
		spec->inputs = *c->how->settings;	/* borrowed */
}

/* ---- the result of a check ------------------------------------------------------------------ */

static void keep_text(struct exercise_outcome *r, enum check_state state, const char *text)
{
	r->state = state;
	snprintf(r->text, sizeof(r->text), "%s", text);
}

/* The result of check @number in a run, from the facts of that run. */
static void keep_facts(struct checking *c, unsigned int number)
{
	const struct exercise_check *k = &c->facts->check[number];
	struct exercise_outcome *r = &c->out->check[number];

	r->evidence = k->evidence;
	snprintf(r->values, sizeof(r->values), "%s", k->values);
	snprintf(r->place, sizeof(r->place), "%s", k->place);
	if (k->number && k->result == CHECKED_HOLDS)
		keep_text(r, CHECK_STATE_HOLDS, "");
	else if (k->number && k->result == CHECKED_FAILS)
		keep_text(r, CHECK_STATE_FAILS, k->feedback);
	else
		keep_text(r, CHECK_STATE_CANNOT, c->facts->faulty ? c->facts->faulty_text : c->facts->fault);
}

/* The same, of run @run of the group. */
static void keep(struct checking *c, unsigned int number, uint64_t run)
{
	struct exercise_outcome *r = &c->out->check[number];

	r->seed = c->how->seed + run;
	r->jitter = c->jitter;
	r->part = c->part;
	r->schedule = (unsigned int)run + 1;
	keep_facts(c, number);
}

static void keep_faults(struct checking *c)
{
	struct exercise_result *out = c->out;
	const struct exercise_facts *f = c->facts;

	if (!out->fault[0])
		snprintf(out->fault, sizeof(out->fault), "%s", f->faulty ? f->faulty_text : f->fault);
	for (unsigned int i = 0; i < f->nr_files; i++)	/* by the run's files, which need not be all of the exercise's */
		for (unsigned int k = 0; k < c->x->about.nr_files; k++)
			if (f->file_fault[i][0] && strcmp(f->file[i], c->x->about.file[k]) == 0)
				snprintf(out->file_fault[k], sizeof(out->file_fault[k]), "%s", f->file_fault[i]);
}

static void tell(struct checking *c)
{
	if (c->how->progress)
		c->how->progress(c->how->arg, c->out);
}

static bool stopped(const struct checking *c)
{
	return c->how->stop && *c->how->stop;
}

/* ---- a run in full ----------------------------------------------------------------------------- */

/* Return: 0 and its results in c->facts, or -errno with a sentence in c->err. */
static int play_full(struct checking *c, uint64_t run, uint64_t mask)
{
	struct run_spec spec;
	int rc;

	make_spec(c, run, mask, &spec);
	if (c->how->here)
		rc = play_spec(c->x->script, &spec, c->how->here, c->facts);
	else
		rc = play_alone(c->x->script, &spec, c->facts);
	c->out->runs++;
	if (rc < 0) {
		snprintf(c->err, c->err_size, W(EXERCISE_NO_RUN), strerror(-rc));
		return rc;
	}
	if (c->facts->faulty && !c->facts->by_student) {
		snprintf(c->err, c->err_size, "%s", c->facts->faulty_text);
		return -EINVAL;
	}
	keep_faults(c);
	return 0;
}

static void keep_values(struct checking *c)
{
	for (unsigned int i = 0; i < EXERCISE_SETTINGS_MAX; i++)
		if (!c->out->value[i][0])
			snprintf(c->out->value[i], sizeof(c->out->value[i]), "%s", c->facts->setting[i].value);
}

static int play_first(struct checking *c)
{
	uint64_t mask = c->members;
	int rc = play_full(c, 0, mask);

	if (!rc)
		keep_values(c);
	for (unsigned int k = 1; !rc && k <= c->x->about.nr_checks; k++) {
		if (!(mask & bit(k)))
			continue;
		keep(c, k, 0);
		c->out->check[k].done = 1;
		if (c->out->check[k].state != CHECK_STATE_HOLDS)
			c->members &= ~bit(k);
		else if (schedules_of(c, k) > 1)
			c->out->check[k].state = CHECK_STATE_RUNS;
	}
	return rc;
}

/* ---- the other runs of a group -------------------------------------------------------------------- */

static bool play(void *arg, unsigned int job, uint64_t run, void *result)
{
	struct checking *c = arg;
	struct report *r = result;
	uint64_t mask = members_of_run(c, run + 1);
	struct run_spec spec;

	make_spec(c, run + 1, mask, &spec);
	r->rc = play_spec(c->x->script, &spec, &c->spin[job], c->facts);
	r->judged = mask;
	for (unsigned int k = 1; k <= c->facts->nr_checks; k++)
		if (c->facts->check[k].number && c->facts->check[k].result == CHECKED_HOLDS)
			r->holds |= bit(k);
	return true;
}

/* When every check of the group has failed, no later run is needed. */
static void shorten(struct checking *c)
{
	uint64_t needed = 0;

	for (unsigned int k = 1; k <= c->x->about.nr_checks; k++) {
		uint64_t last = c->first_fail[k] != UINT64_MAX ? c->first_fail[k] + 1 : schedules_of(c, k) - 1u;

		if (c->members & bit(k) && last > needed)
			needed = last;
	}
	if (needed < c->workers.runs)
		c->workers.runs = needed;
}

static void note(struct checking *c, uint64_t run, uint64_t judged, uint64_t holds)
{
	bool fails = false;

	c->out->runs++;
	for (unsigned int k = 1; k <= c->x->about.nr_checks; k++) {
		if (!(judged & bit(k)))
			continue;
		if (run < c->first_fail[k])
			c->out->check[k].done++;
		if (holds & bit(k) || run >= c->first_fail[k])
			continue;
		c->first_fail[k] = run;
		c->lost_mask &= ~bit(k);
		fails = true;
	}
	if (fails)
		shorten(c);
}

static void done(void *arg, uint64_t run, const void *result)
{
	struct checking *c = arg;
	const struct report *r = result;

	if (r->rc && !c->rc)
		c->rc = r->rc;
	note(c, run, r->judged, r->holds);
}

static void lost(void *arg, unsigned int job, uint64_t run, int status)
{
	struct checking *c = arg;
	uint64_t judged = members_of_run(c, run + 1);

	note(c, run, judged, 0);
	for (unsigned int k = 1; k <= c->x->about.nr_checks; k++) {
		if (!(judged & bit(k)) || c->first_fail[k] != run)
			continue;
		c->lost_mask |= bit(k);
		c->lost_status[k] = status;
		c->lost_job[k] = job;
	}
}

static void pause_now(void *arg)
{
	tell(arg);
}

/* The first failing run of each check again, alone, for its feedback. */
static int explain(struct checking *c)
{
	int rc = 0;

	for (unsigned int k = 1; k <= c->x->about.nr_checks && !rc; k++) {
		struct exercise_outcome *r = &c->out->check[k];

		if (!(c->members & bit(k)))
			continue;
		if (c->first_fail[k] == UINT64_MAX) {
			r->state = stopped(c) && r->done < schedules_of(c, k) ? CHECK_STATE_WAITS : CHECK_STATE_HOLDS;
			continue;
		}
		if (c->lost_mask & bit(k)) {
			memset(c->facts, 0, sizeof(*c->facts));
			death_text(c->lost_status[k], &c->spin[c->lost_job[k]],
				   c->files && c->files->n ? c->files->v[0].name : "exercise.lua", c->facts->fault,
				   sizeof(c->facts->fault));
			keep_faults(c);
		} else {
			rc = play_full(c, c->first_fail[k] + 1, bit(k));
		}
		if (!rc)
			keep(c, k, c->first_fail[k] + 1);
		r->done = (unsigned int)c->first_fail[k] + 2;	/* of several processes some were further already */
	}
	return rc;
}

/* The runs of .workers in this process, one after another; note() lowers their number. */
static int play_here(struct checking *c)
{
	for (uint64_t run = 0; run < c->workers.runs && !stopped(c); run++) {
		struct report r = { 0 };

		play(c, 0, run, &r);
		done(c, run, &r);
	}
	return 0;
}

static int play_schedules(struct checking *c)
{
	unsigned int most = 0;
	uint64_t before = c->out->runs;
	int rc;

	for (unsigned int k = 1; k <= c->x->about.nr_checks; k++) {
		c->first_fail[k] = UINT64_MAX;
		if (c->members & bit(k) && schedules_of(c, k) > most)
			most = schedules_of(c, k);
	}
	if (most <= 1 || stopped(c))
		return explain(c);
	c->lost_mask = 0;
	c->rc = 0;
	c->workers = (struct workers){
		.jobs = c->how->jobs, .runs = most - 1, .result_bytes = sizeof(struct report), .seconds = EXERCISE_RUN_SECONDS,
		.play = play, .done = done, .lost = lost, .pause = pause_now, .stop = c->how->stop, .arg = c,
	};
	fflush(NULL);
	rc = c->how->here ? play_here(c) : workers_run(&c->workers);
	if (!rc)
		rc = c->rc;
	if (rc) {
		snprintf(c->err, c->err_size, W(EXERCISE_NO_RUN), strerror(-rc));
		return rc;
	}
	if (!stopped(c))
		c->out->runs = before + c->workers.runs;	/* not those that were further already when a check failed */
	return explain(c);
}

/* ---- the fewest changes ------------------------------------------------------------------------------ */

/* The run that check @number is shown by. */
static void make_shown_spec(struct checking *c, unsigned int number, struct run_spec *spec)
{
	const struct exercise_outcome *r = &c->out->check[number];

	c->jitter = r->jitter;
	c->part = r->part;
	make_spec(c, r->schedule - 1, bit(number), spec);
}

static bool play_shrink(void *arg, unsigned int job, uint64_t run, void *result)
{
	struct checking *c = arg;
	struct run_spec spec;
	struct failing_run f = { c->x->script, &spec, c->shrinks[run], c->out->check[c->shrinks[run]].text };

	make_shown_spec(c, f.check, &spec);
	shrink_run(&f, &c->spin[job], c->facts, result);
	return true;
}

static void done_shrink(void *arg, uint64_t run, const void *result)
{
	struct checking *c = arg;

	memcpy(&c->shrunk[run], result, sizeof(c->shrunk[run]));
}

/* A try has ended the process: the run stays as it was found. */
static void lost_shrink(void *arg, unsigned int job, uint64_t run, int status)
{
	(void)arg;
	(void)job;
	(void)run;
	(void)status;
}

/* Repeats the shrunk run of check @number in full: it is shown instead of the first one if it fails as that did. */
static int take_shrunk(struct checking *c, unsigned int number, const struct shrunk *s)
{
	struct exercise_outcome *r = &c->out->check[number], was = *r;
	struct run_inputs in = { 0 };
	struct run_spec spec;
	char err[200];
	int rc;

	if (!s->smaller || !shrunk_keep(s, r)) {
		*r = was;
		return 0;
	}
	make_shown_spec(c, number, &spec);
	rc = run_inputs_copy(&in, &spec.inputs);
	spec.calm = r->replay[0] != '\0';
	if (!rc && spec.calm)
		rc = exercise_add_schedule(&in, r->replay, &spec.seed, err, sizeof(err));
	spec.inputs = in;
	if (!rc)
		rc = play_alone(c->x->script, &spec, c->facts);
	run_inputs_fini(&in);
	if (!rc && fails_as(c->facts, number, was.text))
		keep_facts(c, number);
	else
		*r = was;
	c->out->runs++;
	return rc < 0 ? rc : 0;
}

/* Which runs are shrunk: those that failed under jitter, where the author lets a student see why. */
static void list_shrinks(struct checking *c)
{
	c->nr_shrinks = 0;
	for (unsigned int k = 1; k <= c->x->about.nr_checks; k++)
		if (c->out->check[k].state == CHECK_STATE_FAILS && c->out->check[k].jitter > 0 && exercise_may_show(c->x, c->out, k))
			c->shrinks[c->nr_shrinks++] = k;
}

static int shrink_all(struct checking *c)
{
	int rc;

	list_shrinks(c);
	if (!c->nr_shrinks || c->how->verdicts || c->how->here || stopped(c))
		return 0;
	c->shrunk = calloc(c->nr_shrinks, sizeof(*c->shrunk));
	if (!c->shrunk)
		return -ENOMEM;
	c->out->shrinks = true;
	tell(c);
	c->workers = (struct workers){
		.jobs = c->how->jobs, .runs = c->nr_shrinks, .result_bytes = sizeof(struct shrunk), .seconds = EXERCISE_RUN_SECONDS,
		.play = play_shrink, .done = done_shrink, .lost = lost_shrink, .pause = pause_now, .stop = c->how->stop, .arg = c,
	};
	fflush(NULL);
	rc = workers_run(&c->workers);
	for (unsigned int i = 0; i < c->nr_shrinks && !rc && !stopped(c); i++)
		rc = take_shrunk(c, c->shrinks[i], &c->shrunk[i]);
	free(c->shrunk);
	c->out->shrinks = false;
	tell(c);
	return rc;
}

/* ---- the first part of a scheduler exercise -------------------------------------------------------------- */

/* The number of the check of that form, among those that are wanted; 0 = there is none. */
static unsigned int check_of_form(const struct checking *c, enum trace_check_form form)
{
	for (unsigned int k = 1; k <= c->x->about.nr_checks; k++)
		if (c->x->about.check[k].form == form && (!c->how->checks || c->how->checks & bit(k)))
			return k;
	return 0;
}

/* One run with the student's choices, without the file of the second part. */
static int play_reach(struct checking *c)
{
	unsigned int k = check_of_form(c, CHECK_REACH), choices = c->how->settings ? (unsigned int)c->how->settings->n : 0;
	struct exercise_outcome *r = &c->out->check[k];
	struct run_spec spec = { .seed = c->how->seed, .variant = c->x->variant, .jitter = -1 };
	int rc;

	if (!k || stopped(c) || (!choices && !c->how->whole))
		return 0;
	r->seed = c->how->seed;
	r->jitter = -1;
	r->done = r->schedule = 1;
	keep_text(r, CHECK_STATE_FAILS, W(REACH_FAILS));
	if (!choices)
		return 0;
	snprintf(spec.lesson, sizeof(spec.lesson), "%.1023s", c->x->path);
	spec.inputs = *c->how->settings;	/* borrowed */
	rc = play_alone(c->x->script, &spec, c->facts);
	c->out->runs++;
	if (rc < 0)
		return rc;
	if (c->facts->check[k].number && c->facts->check[k].result == CHECKED_HOLDS && !c->facts->faulty) {
		keep_text(r, CHECK_STATE_HOLDS, "");
		r->evidence = c->facts->check[k].evidence;
		snprintf(r->values, sizeof(r->values), W(REACH_CHOICES), choices);
	}
	return 0;
}

/* ---- the second part of a scheduler exercise ------------------------------------------------------------- */

static void tell_depth(void *arg, const struct exercise_depth *now)
{
	struct checking *c = arg;

	c->out->check[c->depth_check].done = now->schedules > UINT32_MAX ? UINT32_MAX : (unsigned int)now->schedules;
	c->out->runs = c->runs_before + now->schedules;
	tell(c);
}

static void keep_depth(struct checking *c, const struct exercise_depth *d)
{
	struct exercise_outcome *r = &c->out->check[c->depth_check];
	char text[EXERCISE_TEXT_BYTES];

	r->seed = c->how->seed;
	r->jitter = -1;
	r->schedule = (unsigned int)d->schedules;
	r->done = d->schedules > UINT32_MAX ? UINT32_MAX : (unsigned int)d->schedules;
	c->out->runs = c->runs_before + d->schedules;
	snprintf(r->place, sizeof(r->place), "%s", d->place);
	snprintf(r->moves, sizeof(r->moves), "%s", d->moves);
	r->nr_moves = d->reached ? d->par : 0;
	r->depth = d->exact ? 0 : d->depth;
	if (d->exact)
		snprintf(r->values, sizeof(r->values), W(DEPTH_ALL), (unsigned long long)d->schedules);
	else
		snprintf(r->values, sizeof(r->values), W(DEPTH_TO), d->depth, (unsigned long long)d->schedules);
	if (!d->reached) {
		keep_text(r, CHECK_STATE_HOLDS, "");
		return;
	}
	r->values[0] = '\0';
	if (d->fault) {
		if (!c->out->fault[0])
			snprintf(c->out->fault, sizeof(c->out->fault), "%s", d->text);
		keep_text(r, CHECK_STATE_CANNOT, d->text);
		return;
	}
	snprintf(text, sizeof(text), W(DEPTH_REACHED), d->par, d->way, d->text);
	keep_text(r, CHECK_STATE_FAILS, text);
}

static int play_depth(struct checking *c)
{
	const char *depth = c->x->about.after_depth;
	struct exercise_depth_opts how = {
		.files = c->how->files, .seed = c->how->seed, .proof = true, .schedules_max = c->how->schedules,
		.jobs = c->how->jobs, .progress = tell_depth, .arg = c, .stop = c->how->stop,
		.depth = strcmp(depth, "all") ? (unsigned int)strtoul(depth, NULL, 10) : 0,
	};
	struct exercise_depth *d;
	int rc;

	c->depth_check = check_of_form(c, CHECK_AFTER);
	if (!c->depth_check || !c->how->files || !c->how->files->n || stopped(c))
		return 0;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	c->out->check[c->depth_check].state = CHECK_STATE_RUNS;
	c->runs_before = c->out->runs;
	tell(c);
	rc = exercise_depth(c->x, &how, d, c->err, c->err_size);
	if (!rc && stopped(c) && !d->reached)
		c->out->check[c->depth_check].state = CHECK_STATE_WAITS;
	else if (!rc)
		keep_depth(c, d);
	c->out->stopped = stopped(c);
	free(d);
	tell(c);
	return rc;
}

/* ---- all groups -------------------------------------------------------------------------------------- */

static int play_group(struct checking *c, unsigned int first)
{
	int rc;

	c->jitter = jitter_of(c, first);
	c->part = part_of(c, first);
	c->members = 0;
	for (unsigned int k = first; k <= c->x->about.nr_checks; k++)
		if (wanted(c, k) && same_group(c, first, k)) {
			c->members |= bit(k);
			c->out->check[k].state = CHECK_STATE_RUNS;
		}
	tell(c);
	rc = play_first(c);
	if (!rc)
		rc = play_schedules(c);
	tell(c);
	return rc;
}

static int play_groups(struct checking *c)
{
	int rc = 0;

	for (unsigned int k = 1; k <= c->x->about.nr_checks && !rc; k++) {
		if (!wanted(c, k) || c->out->check[k].state != CHECK_STATE_WAITS || c->out->check[k].done)
			continue;
		if (stopped(c))
			break;
		rc = play_group(c, k);
	}
	c->out->stopped = stopped(c);
	return rc;
}

void exercise_count_points(const struct exercise *x, struct exercise_result *out)
{
	out->halves = out->of = 0;
	for (unsigned int k = 1; k <= x->about.nr_checks; k++) {
		const struct exercise_check *about = &x->about.check[k];

		if (!about->number || about->hidden ||
		    (about->form == CHECK_REACH && out->check[k].state == CHECK_STATE_WAITS))
			continue;
		out->of += about->halves;
		if (out->check[k].state == CHECK_STATE_HOLDS)
			out->halves += about->halves;
	}
}

static int prepare(struct checking *c)
{
	int rc = 0;

	c->facts = calloc(1, sizeof(*c->facts));
	c->spin = c->how->here ? c->how->here : shared_memory(WORKERS_MAX * sizeof(*c->spin));
	c->files = run_files_new();
	if (!c->facts || !c->spin || !c->files)
		return -ENOMEM;
	for (size_t i = 0; c->how->files && i < c->how->files->n && !rc; i++) {
		const struct run_file *f = &c->how->files->v[i];

		rc = run_files_add(c->files, f->name, f->text, f->len, false);
	}
	return rc ? rc : exercise_add_hidden(c->x, c->files);
}

int exercise_check(const struct exercise *x, const struct exercise_checking *how, struct exercise_result *out, char *err,
		   size_t err_size)
{
	struct exercise_checking own = *how;
	struct checking c = { .x = x, .how = &own, .out = out, .err = err, .err_size = err_size };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int rc;

	memset(out, 0, sizeof(*out));
	err[0] = '\0';
	out->nr = x->about.nr_checks;
	if (!own.jobs)
		own.jobs = cores < 1 ? 1 : cores > (long)JOBS_MAX ? JOBS_MAX : (unsigned int)cores;
	rc = prepare(&c);
	if (!rc)
		rc = play_groups(&c);
	if (!rc)
		rc = shrink_all(&c);
	if (!rc)
		rc = play_reach(&c);
	if (!rc)
		rc = play_depth(&c);
	exercise_count_points(x, out);
	if (rc && !err[0])
		snprintf(err, err_size, W(EXERCISE_NO_RUN), strerror(-rc));
	run_files_put(c.files);
	if (!own.here)
		shared_memory_free(c.spin, WORKERS_MAX * sizeof(*c.spin));
	free(c.facts);
	return rc;
}

bool exercise_holds(const struct exercise *x, const struct exercise_result *r)
{
	for (unsigned int k = 1; k <= r->nr; k++)
		if (x->about.check[k].number && x->about.check[k].form != CHECK_REACH && r->check[k].done &&
		    r->check[k].state != CHECK_STATE_HOLDS)
			return false;
	return !r->fault[0];
}

/* ---- choices as a list of names ----------------------------------------------------------------------------- */

int exercise_add_choices(struct run_inputs *in, const char *names)
{
	struct run_input one = { .kind = INPUT_CHOOSE };
	int rc = 0;

	for (; *names && !rc; one.number++) {
		size_t len = strcspn(names, ",");

		if (!len || len >= sizeof(one.id) || (names[len] == ',' && !names[len + 1]))
			return -EINVAL;
		one.number += one.number == 0;
		memcpy(one.id, names, len);
		one.id[len] = '\0';
		rc = run_inputs_add(in, &one);
		names += len + (names[len] == ',');
	}
	return rc;
}

/* ---- a failing run again --------------------------------------------------------------------------------- */

int exercise_replay(const struct exercise *x, const struct exercise_checking *how, const struct exercise_result *r,
		    unsigned int number, struct run_spec *spec)
{
	const struct exercise_outcome *k = &r->check[number];
	char err[200];
	int rc = 0;

	*spec = (struct run_spec){ .seed = k->seed, .variant = x->variant, .jitter = k->jitter, .calm = k->replay[0] != '\0',
				    .part = k->part };
	snprintf(spec->lesson, sizeof(spec->lesson), "%.1023s", x->path);
	spec->files = run_files_new();
	if (!spec->files)
		return -ENOMEM;
	for (size_t i = 0; how->files && i < how->files->n && !rc; i++)
		rc = run_files_add(spec->files, how->files->v[i].name, how->files->v[i].text, how->files->v[i].len, false);
	if (!rc && k->part)
		rc = exercise_add_hidden(x, spec->files);
	if (!rc && how->settings && x->about.kind != EXERCISE_SCHEDULER)	/* there they are choices of the first part */
		rc = run_inputs_copy(&spec->inputs, how->settings);
	if (!rc && x->about.kind == EXERCISE_SCHEDULER)
		rc = exercise_add_choices(&spec->inputs, k->moves);
	if (!rc && k->replay[0])
		rc = exercise_add_schedule(&spec->inputs, k->replay, &spec->seed, err, sizeof(err));
	return rc;
}

/* All that differ from their defaults; if none does, one all the same: else the run takes the values that are kept. */
static void put_settings(const struct exercise *x, const struct exercise_result *r, struct strbuf *out)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < x->about.nr_settings; i++) {
		const struct exercise_setting *set = &x->about.setting[i];
		bool is_default = !strcmp(r->value[i], set->by_default);

		if (!r->value[i][0] || (is_default && (nr || i + 1 < x->about.nr_settings)))
			continue;
		strbuf_printf(out, " --set %s='%s'", set->name, r->value[i]);
		nr++;
	}
}

void exercise_replay_line(const struct exercise *x, const struct exercise_result *r, const struct exercise_outcome *c, char *buf,
			  size_t size)
{
	struct strbuf out;

	strbuf_init(&out, buf, size);
	strbuf_printf(&out, "kworkshop run %s%s", x->at.name, x->named);
	if (!c->replay[0])	/* else it has the seed */
		strbuf_printf(&out, " --seed %llu", (unsigned long long)c->seed);
	strbuf_printf(&out, " --variant %llu", (unsigned long long)x->variant);
	if (c->jitter >= 0)
		strbuf_printf(&out, " --jitter %g", c->jitter);
	if (c->replay[0])
		strbuf_printf(&out, " --replay='%s'", c->replay);
	if (c->moves[0])
		strbuf_printf(&out, " --choose %s", c->moves);
	put_settings(x, r, &out);
}
