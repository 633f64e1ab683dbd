/*
 * exercise/shrink.c - the fewest changed times with which a run with jitter still fails a check.
 *
 * Jitter changes each time of a run, and a failure needs few of these changes.  The run is played
 * once to list its numbers as choices, then many times in a calm machine (machine/choice.h) with a
 * part of the list forced.  Nothing else changes a time there, so the run with an empty list is the
 * run without jitter.  Ties and costs are the seed's all the time.  A part counts if the same check
 * fails with the same words.  Tries and work are counted, never time, so each computer finds the same.
 *
 * Lives here:   listing and trying the numbers, the result as a schedule and as a sentence.
 * Never here:   choosing the next part to try (explore/shrink.c), which runs are shrunk (check.c).   Licence: MIT.
 */
#include "exercise/exercise_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/strbuf.h"
#include "explore/explore.h"
#include "words/texts.h"

#define DRAWS_MAX 20000u		/* a run that draws more numbers is not shrunk */
#define TRIES_MAX 500u			/* of parts of the list */
#define SINGLE_TRIES_MAX 1500u		/* of other values of one number */
#define SINGLE_STEPS_MAX 32u		/* of the values above the middle, and below */
#define WORK_MAX 1000000u		/* of all tries, in events: less than a second */
#define LISTED_MAX 3u			/* changes that the sentence lists */
#define MIDDLE (CHOICE_LEVELS / 2)

/* ---- the numbers of a run ---------------------------------------------------------------------- */

struct draws {
	struct mach_choice *v;		/* room for DRAWS_MAX */
	size_t nr;			/* may be larger: then some are missing */
};

static uint32_t note_draw(void *arg, const struct mach_decision *d)
{
	struct draws *l = arg;

	if (mach_site_is_jitter(d->site)) {
		if (l->nr < DRAWS_MAX)
			l->v[l->nr] = (struct mach_choice){ d->site, d->context, d->ordinal, d->default_alt };
		l->nr++;
	}
	return d->default_alt;
}

/* Numbers differ from run to run: times, CPUs, counts. */
static bool same_words(const char *a, const char *b)
{
	static const char numbers[] = "0123456789.";

	for (;; a++, b++) {
		a += strspn(a, numbers);
		b += strspn(b, numbers);
		if (*a != *b || !*a)
			return *a == *b;
	}
}

bool fails_as(const struct exercise_facts *facts, unsigned int check, const char *text)
{
	const struct exercise_check *k = &facts->check[check];

	return k->number && k->result == CHECKED_FAILS && !facts->faulty && same_words(k->feedback, text);
}

/* ---- tries ---------------------------------------------------------------------------------------- */

struct shrinking {
	const struct failing_run *f;
	struct spin_place *spin;
	struct exercise_facts *facts;	/* of the last run */
	uint64_t work;
};

/* Without memory the result would be another one, so the process ends.  Return: 0, or -EIO. */
static int play(struct shrinking *sh, const struct mach_choosing *choosing)
{
	int rc = play_forced(sh->f->script, sh->f->spec, sh->spin, choosing, &sh->work, sh->facts);

	if (rc == -ENOMEM)
		shortage_end(rc, "a run");
	return rc;
}

/* -EDQUOT: enough work has been done. */
static int try_schedule(void *arg, const struct schedule *s)
{
	struct shrinking *sh = arg;
	const struct mach_choosing calm = { .forced = s->v, .nr_forced = s->nr, .calm = true };
	int rc;

	if (sh->work > WORK_MAX)
		return -EDQUOT;
	rc = play(sh, &calm);
	return rc ? rc : fails_as(sh->facts, sh->f->check, sh->f->text);
}

/* Repeats the run as it was found.  False: it does not fail as it did, or it is too long to be shrunk. */
static bool list_draws(struct shrinking *sh, struct draws *draws)
{
	const struct mach_choosing note = { .choose = note_draw, .arg = draws };

	return !play(sh, &note) && fails_as(sh->facts, sh->f->check, sh->f->text) && draws->nr <= DRAWS_MAX &&
	       sh->work < WORK_MAX / 2;
}

/*
 * Several numbers are needed with the values that they have, but one number with another value may do.
 * Tries each of @draws with values on both sides of its middle, the nearest first.
 */
static bool find_one(struct shrinking *sh, const struct draws *draws, struct mach_choice *one)
{
	const struct schedule s = { sh->f->spec->seed, one, 1 };
	size_t steps = SINGLE_TRIES_MAX / (2 * draws->nr);

	if (steps > SINGLE_STEPS_MAX)
		steps = SINGLE_STEPS_MAX;
	for (size_t step = 1; step <= steps; step++)
		for (size_t i = 0; i < 2 * draws->nr; i++) {
			uint64_t by = (MIDDLE - 1) * step / steps;
			int fails;

			*one = draws->v[i / 2];
			one->value = i % 2 ? MIDDLE + by : MIDDLE - by;
			fails = try_schedule(sh, &s);
			if (fails)
				return fails > 0;
		}
	return false;
}

static void shrink_draws(struct shrinking *sh, const struct draws *draws, struct mach_choice *v, struct shrunk *out)
{
	size_t nr = draws->nr;

	memcpy(v, draws->v, nr * sizeof(*v));
	/* also when it ends early, without tries or because a run was impossible: the choices that are left fail */
	if (shrink(v, &nr, sh->f->spec->seed, 0, TRIES_MAX, try_schedule, sh) == -ENOMEM)
		shortage_end(-ENOMEM, "a run");
	if (nr > 1 && find_one(sh, draws, &out->v[0])) {
		nr = 1;
		v[0] = out->v[0];
	}
	if (nr == draws->nr || nr > SHRUNK_MAX)
		return;
	out->smaller = true;
	out->nr = (unsigned int)nr;
	out->of = (unsigned int)draws->nr;
	memcpy(out->v, v, nr * sizeof(*v));
}

void shrink_run(const struct failing_run *f, struct spin_place *spin, struct exercise_facts *room, struct shrunk *out)
{
	struct shrinking sh = { .f = f, .spin = spin, .facts = room };
	struct mach_choice *v = shortage_need(calloc(2 * DRAWS_MAX, sizeof(*v)));
	struct draws draws = { .v = v };

	memset(out, 0, sizeof(*out));
	if (list_draws(&sh, &draws))
		shrink_draws(&sh, &draws, v + DRAWS_MAX, out);
	free(v);
}

/* ---- the result ----------------------------------------------------------------------------------- */

/* "timer 3 of CPU 0 9.2 % later" */
static void put_change(struct strbuf *out, const struct mach_choice *c, double jitter)
{
	double share = (double)c->value / (CHOICE_LEVELS - 1), percent = 100 * jitter * (2 * share - 1);
	unsigned long long nth = c->ordinal + 1, cpu = c->context, thread = c->context >> 8;
	bool more = percent > 0;

	percent = more ? percent : -percent;
	if (c->site == SITE_ARRIVAL)
		strbuf_printf(out, W(CHANGE_ARRIVAL), nth, cpu, share * jitter);
	else if (c->site == SITE_SCENE)
		strbuf_printf(out, more ? W(CHANGE_SCENE_LATER) : W(CHANGE_SCENE_EARLIER), nth, percent);
	else if (c->site == SITE_BURN)
		strbuf_printf(out, more ? W(CHANGE_BURN_LONGER) : W(CHANGE_BURN_SHORTER), nth, thread, percent);
	else if (thread)
		strbuf_printf(out, more ? W(CHANGE_SLEEP_LONGER) : W(CHANGE_SLEEP_SHORTER), nth, thread, percent);
	else
		strbuf_printf(out, more ? W(CHANGE_TIMER_LATER) : W(CHANGE_TIMER_EARLIER), nth, cpu, percent);
}

static void put_sentence(const struct shrunk *s, double jitter, struct strbuf *out)
{
	if (!s->nr) {
		strbuf_puts(out, W(CHANGES_NONE));
		return;
	}
	strbuf_printf(out, s->nr == 1 ? W(CHANGES_ONE) : W(CHANGES), s->nr, s->of);
	for (unsigned int i = 0; i < s->nr && s->nr <= LISTED_MAX; i++) {
		strbuf_puts(out, i ? "; " : ": ");
		put_change(out, &s->v[i], jitter);
	}
	strbuf_putc(out, '.');
}

bool shrunk_keep(const struct shrunk *s, struct exercise_outcome *r)
{
	const struct schedule schedule = { r->seed, s->v, s->nr };
	struct strbuf out;

	strbuf_init(&out, r->changes, sizeof(r->changes));
	put_sentence(s, r->jitter, &out);
	strbuf_init(&out, r->replay, sizeof(r->replay));
	if (!s->nr) {
		r->jitter = -1;		/* it is not needed at all */
		return true;
	}
	schedule_format(&out, &schedule);
	return !out.cut;
}

int exercise_add_schedule(struct run_inputs *in, const char *text, uint64_t *seed, char *err, size_t err_size)
{
	struct mach_choice *v = malloc(EXPLORE_FORCED_MAX * sizeof(*v));
	int n = v ? schedule_parse(text, seed, v, EXPLORE_FORCED_MAX, err, err_size) : -ENOMEM, rc = n < 0 ? n : 0;

	for (int i = 0; i < n && !rc; i++) {
		struct run_input one = { .kind = INPUT_CHOICE };
		struct strbuf id;

		strbuf_init(&id, one.id, sizeof(one.id));
		mach_choice_format(&id, &v[i]);
		rc = run_inputs_add(in, &one);
	}
	free(v);
	return rc;
}
