/*
 * exercise/space.c - all combinations of the values of a form, each checked.
 *
 * A combination is a list of places: for each setting, which of its values.  Counted in that order, with
 * the last setting first, each has a number.  Of a form with more than EXERCISE_SPACE_MAX of them the
 * numbers are divided into that many equal parts, and one of each part is tried, always the same one.
 *
 * Lives here:   the combinations, what their checks give.
 * Never here:   one combination's checks (check.c), the value of one setting in a text (model/exercise.h).
 * Licence: MIT.
 */
#include "exercise/exercise_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "words/texts.h"

#define SETS_MAX 62u			/* words of a set of flags or CPUs: their combinations fit 64 bits */
#define SAMPLE_SITE 0x7370616365u	/* "space" */

/* ---- the values of a setting ------------------------------------------------------------- */

static bool is_kind(const struct exercise_setting *s, const char *kind)
{
	return strcmp(s->kind, kind) == 0;
}

static unsigned int nr_words(const struct exercise_setting *s)
{
	unsigned int nr = 0;
	char word[64];

	while (nr < SETS_MAX && exercise_setting_word(s, nr, word, sizeof(word)))
		nr++;
	return nr;
}

/* A set of CPUs is never empty, so that its place is one less than its bits. */
static uint64_t nr_values(const struct exercise_setting *s)
{
	if (is_kind(s, "number"))
		return (uint64_t)s->to - (uint64_t)s->from + 1;
	if (is_kind(s, "flags"))
		return UINT64_C(1) << nr_words(s);
	if (is_kind(s, "cpumask"))
		return (UINT64_C(1) << nr_words(s)) - 1;
	return nr_words(s);
}

void exercise_space_value(const struct exercise_setting *s, uint64_t place, struct strbuf *out)
{
	bool cpus = is_kind(s, "cpumask");
	uint64_t bits = place + cpus;
	const char *sep = "";
	char word[64];

	if (is_kind(s, "number")) {
		strbuf_printf(out, "%ld", s->from + (long)place);
	} else if (!cpus && !is_kind(s, "flags")) {
		if (exercise_setting_word(s, (unsigned int)place, word, sizeof(word)))
			strbuf_puts(out, word);
	} else if (!bits) {
		strbuf_puts(out, "none");
	} else {
		for (unsigned int i = 0; bits >> i && exercise_setting_word(s, i, word, sizeof(word)); i++) {
			if (!(bits >> i & 1))
				continue;
			strbuf_printf(out, "%s%s", sep, word);
			sep = cpus ? "," : "|";
		}
	}
}

bool exercise_space_is(const struct exercise_setting *s, uint64_t place, const char *value)
{
	bool cpus = is_kind(s, "cpumask");
	uint64_t bits = place + cpus;
	STRBUF(own, 160);
	char word[64];

	if (cpus || is_kind(s, "flags")) {
		for (unsigned int i = 0; exercise_setting_word(s, i, word, sizeof(word)); i++)
			if (exercise_setting_has(s, value, word) != (bits >> i & 1))
				return false;
		return true;
	}
	exercise_space_value(s, place, &own);
	return !strcmp(own.buf, value);
}

/* ---- the combinations ---------------------------------------------------------------------- */

static uint64_t count_all(const struct exercise_facts *x)
{
	uint64_t all = 1;

	for (unsigned int i = 0; i < x->nr_settings; i++)
		if (__builtin_mul_overflow(all, nr_values(&x->setting[i]), &all))
			return UINT64_MAX;
	return all;
}

static void set_places(const struct exercise_facts *x, uint64_t number, struct exercise_point *out)
{
	for (unsigned int i = x->nr_settings; i-- > 0;) {
		uint64_t n = nr_values(&x->setting[i]);

		out->place[i] = number % n;
		number /= n;
	}
}

/* The numbers of a form with more than 2^64 combinations have no room for the first settings. */
static void draw_places(const struct exercise_facts *x, uint64_t number, struct exercise_point *out)
{
	for (unsigned int i = 0; i < x->nr_settings; i++)
		out->place[i] = rng_below(rng_hash4(0, SAMPLE_SITE, i, number), nr_values(&x->setting[i]));
}

/* One of part @part. */
static uint64_t number_in_part(uint64_t all, uint64_t part)
{
	uint64_t from = (uint64_t)((unsigned __int128)all * part / EXERCISE_SPACE_MAX);
	uint64_t to = (uint64_t)((unsigned __int128)all * (part + 1) / EXERCISE_SPACE_MAX);

	return from + rng_below(rng_hash4(0, SAMPLE_SITE, 0, part), to - from);
}

int exercise_space_open(const struct exercise *x, struct exercise_space *out)
{
	memset(out, 0, sizeof(*out));
	out->all = count_all(&x->about);
	out->nr = out->all > EXERCISE_SPACE_MAX ? EXERCISE_SPACE_MAX : (size_t)out->all;
	out->point = calloc(out->nr + 1, sizeof(*out->point));
	for (size_t i = 0; out->point && i < out->nr; i++) {
		if (out->all == UINT64_MAX)
			draw_places(&x->about, i, &out->point[i]);
		else
			set_places(&x->about, out->all > out->nr ? number_in_part(out->all, i) : i, &out->point[i]);
	}
	return out->point ? 0 : -ENOMEM;
}

void exercise_space_close(struct exercise_space *s)
{
	free(s->point);
	memset(s, 0, sizeof(*s));
}

/* ---- trying them ------------------------------------------------------------------------------ */

struct report {
	int rc;				/* of exercise_check() */
	bool passes;
	uint64_t runs;
	char err[EXERCISE_TEXT_BYTES];
};

struct tries {
	const struct exercise *x;
	const struct exercise_space_opts *how;
	struct exercise_space *out;
	struct exercise_result *result;
	struct spin_place *spin;	/* of each worker; shared */
	int rc;
};

static int add_values(const struct exercise *x, const struct exercise_point *at, struct run_inputs *in)
{
	int rc = 0;

	for (unsigned int i = 0; i < x->about.nr_settings && !rc; i++) {
		const struct exercise_setting *s = &x->about.setting[i];
		struct run_input one = { .kind = INPUT_SET };
		struct strbuf value;

		snprintf(one.id, sizeof(one.id), "%s", s->name);
		strbuf_init(&value, one.value, sizeof(one.value));
		exercise_space_value(s, at->place[i], &value);
		rc = run_inputs_add(in, &one);
	}
	return rc;
}

static bool play(void *arg, unsigned int job, uint64_t run, void *result)
{
	struct tries *t = arg;
	struct report *r = result;
	struct run_inputs in = { 0 };
	struct exercise_checking how = { .settings = &in, .seed = t->how->seed, .jitter = -1, .jobs = 1,
					 .schedules = t->how->schedules, .here = &t->spin[job] };

	r->rc = add_values(t->x, &t->out->point[run], &in);
	if (!r->rc)
		r->rc = exercise_check(t->x, &how, t->result, r->err, sizeof(r->err));
	r->passes = !r->rc && exercise_holds(t->x, t->result);
	r->runs = t->result->runs;
	run_inputs_fini(&in);
	return true;
}

/* The first combination with a fault is kept, in whichever order they are reported. */
static void keep_fault(struct tries *t, uint64_t run, const char *text)
{
	if (t->out->fault[0] && t->out->faulty < run)
		return;
	t->out->faulty = run;
	snprintf(t->out->fault, sizeof(t->out->fault), "%s", text);
}

static void done(void *arg, uint64_t run, const void *result)
{
	struct tries *t = arg;
	const struct report *r = result;

	t->out->runs += r->runs;
	t->out->point[run].passes = r->passes;
	t->out->passed += r->passes;
	if (r->rc == -EINVAL)
		keep_fault(t, run, r->err);
	else if (r->rc && !t->rc)
		t->rc = r->rc;
}

static void lost(void *arg, unsigned int job, uint64_t run, int status)
{
	struct tries *t = arg;
	char text[400];

	death_text(status, &t->spin[job], "exercise.lua", text, sizeof(text));
	keep_fault(t, run, text);
}

static void pause_now(void *arg)
{
	struct tries *t = arg;

	t->how->progress(t->how->arg, t->out);
}

int exercise_space_try(const struct exercise *x, const struct exercise_space_opts *how, struct exercise_space *s, char *err,
		       size_t err_size)
{
	struct tries t = { .x = x, .how = how, .out = s, .result = calloc(1, sizeof(*t.result)),
			   .spin = shared_memory(WORKERS_MAX * sizeof(*t.spin)) };
	struct workers w = {
		.jobs = how->jobs, .runs = s->nr, .result_bytes = sizeof(struct report), .seconds = EXERCISE_RUN_SECONDS,
		.play = play, .done = done, .lost = lost, .pause = how->progress ? pause_now : NULL, .arg = &t,
	};
	int rc = t.result && t.spin ? 0 : -ENOMEM;

	fflush(NULL);
	if (!rc)
		rc = workers_run(&w);
	if (!rc)
		rc = t.rc;
	if (rc)
		snprintf(err, err_size, W(EXERCISE_NO_RUN), strerror(-rc));
	shared_memory_free(t.spin, WORKERS_MAX * sizeof(*t.spin));
	free(t.result);
	return rc;
}
