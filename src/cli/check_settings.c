/*
 * cli/check_settings.c - the proof of a form: all combinations of its settings, and which of them pass.
 *
 * A configure exercise whose checks hold for many settings is solved by guessing, and one whose scene
 * stops with a fault for some settings blames the student.  So each combination is checked in each
 * variant, in as many schedules as FORM_RUNS allows; the author reads the list of those that pass.
 *
 * Lives here:   that proof, the rows of the list.
 * Never here:   making the runs (exercise/space.c), printing the list (check_print.c).   Licence: MIT.
 */
#include "cli/proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "words/texts.h"

#define FORM_RUNS UINT64_C(100000)	/* of all combinations in all variants */
#define FORM_SCHEDULES 1000u		/* of each check, at most: a process has 30 s for a combination */
#define FAIR_PART 4			/* one setting in so many may pass */

/* "max_active=3 scope=numa" */
static void put_point(const struct exercise *x, const struct exercise_point *at, struct strbuf *out)
{
	for (unsigned int i = 0; i < x->about.nr_settings; i++) {
		strbuf_printf(out, "%s%s=", i ? " " : "", x->about.setting[i].name);
		exercise_space_value(&x->about.setting[i], at->place[i], out);
	}
}

static void keep_row(const struct proof *p, const struct exercise_point *at, struct check_form_row *row)
{
	row->solution = true;
	for (unsigned int i = 0; i < p->x->about.nr_settings; i++) {
		const struct exercise_setting *s = &p->x->about.setting[i];
		struct strbuf value;

		strbuf_init(&value, row->value[i], sizeof(row->value[i]));
		exercise_space_value(s, at->place[i], &value);
		row->solution &= exercise_space_is(s, at->place[i], p->reference[i]);
	}
}

/* The list is that of the first variant. */
static void keep_list(struct proof *p, const struct exercise_space *s)
{
	struct check_form *f = &p->out->form;
	struct check_form_row *row = calloc(s->passed + 1, sizeof(*row));

	if (!row)
		return;
	f->row = row;
	f->line = proof_spot_of_form(p).line;
	f->variant = p->x->variant;
	f->all = s->all;
	f->tried = s->nr;
	f->passed = s->passed;
	f->nr = p->x->about.nr_settings;
	for (unsigned int i = 0; i < f->nr; i++)
		snprintf(f->name[i], sizeof(f->name[i]), "%s", p->x->about.setting[i].name);
	for (size_t i = 0; i < s->nr; i++)
		if (s->point[i].passes)
			keep_row(p, &s->point[i], row++);
}

static void keep(struct proof *p, const struct exercise_space *s)
{
	struct check_form *f = &p->out->form;

	if (!f->variants++)
		keep_list(p, s);
	if (f->variants == 1 || s->passed < f->least)
		f->least = s->passed;
	if (s->passed > f->most)
		f->most = s->passed;
}

static void judge(struct proof *p, const struct exercise_space *s)
{
	struct spot at = proof_spot_of_form(p);
	const char *text = s->fault;
	STRBUF(point, 600);

	if (s->fault[0]) {
		put_point(p->x, &s->point[s->faulty], &point);
		proof_spot_in_text("", &text, &at);
		proof_find(p, CHECK_FAULT, at, W(CHECK_FIX_FORM_FAULT), W(CHECK_FORM_FAULT), point.buf, (unsigned long long)p->x->variant, text);
	}
	if (s->passed > 1 && s->passed * FAIR_PART > s->nr)
		proof_find(p, CHECK_MANY_PASS, proof_spot_of_form(p), W(CHECK_FIX_MANY_PASS), W(CHECK_FORM_MANY), s->passed, s->nr,
			   (unsigned long long)p->x->variant);
}

static void show_tries(void *arg, const struct exercise_space *now)
{
	proof_show(arg, now->runs);
}

/* Schedules of each check for each combination; 0 = no run is left for this variant. */
static unsigned int schedules_for(const struct proof *p, size_t nr)
{
	uint64_t variants = FORM_RUNS / nr, each;

	if (p->fast)			/* the first variant alone */
		variants = 1;
	variants = variants > p->o->variants ? p->o->variants : variants ? variants : 1;
	each = FORM_RUNS / nr / variants;
	return p->tried >= variants ? 0 : each > FORM_SCHEDULES ? FORM_SCHEDULES : each ? (unsigned int)each : 1;
}

void prove_settings(struct proof *p)
{
	struct exercise_space_opts how = { .seed = 1, .jobs = p->o->jobs, .progress = p->o->progress ? show_tries : NULL, .arg = p };
	struct exercise_space space;
	char err[600] = "";
	int rc = exercise_space_open(p->x, &space);

	how.schedules = rc ? 0 : schedules_for(p, space.nr);
	if (how.schedules)
		rc = exercise_space_try(p->x, &how, &space, err, sizeof(err));
	if (rc) {
		proof_fault(p, "", *err ? err : strerror(-rc));
	} else if (how.schedules) {
		p->out->runs += space.runs;
		p->form_runs = space.runs;
		keep(p, &space);
		judge(p, &space);
	}
	exercise_space_close(&space);
}
