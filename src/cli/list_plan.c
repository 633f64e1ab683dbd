/*
 * cli/list_plan.c - `kworkshop list --plan`: labs, what is taken in each, and how long that is.
 *
 * The minutes are those of the lessons and exercises themselves, so a plan cannot disagree
 * with them.
 *
 * Lives here:   plans as text and as JSON, the exercises that a lab has by need.
 * Never here:   the contents page (lua/course.c), progress.   Licence: MIT.
 */
#include "cli/list_plan.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/printable.h"
#include "base/strbuf.h"
#include "base/width.h"
#include "words/texts.h"

#define PLAN_JSON_VERSION 1
#define TITLE_COLUMNS 30

struct plans {
	const struct course *c;
	bool sound;			/* so far: all lessons and exercises that were printed can be read */
};

/* ---- reading ----------------------------------------------------------------------------- */

/* A lesson, or an exercise for which the id begins with COURSE_EXERCISE; without one that exists a fault. */
static void find(const struct plans *p, const char *id, bool exercise, struct course_lesson *out)
{
	char name[sizeof(COURSE_EXERCISE) + 64];
	const struct course_lesson *l;

	snprintf(name, sizeof(name), "%s%s", exercise ? COURSE_EXERCISE : "", id);
	l = course_find(p->c, name);
	memset(out, 0, sizeof(*out));
	if (l)
		*out = *l;
	else
		snprintf(out->fault, sizeof(out->fault), exercise ? W(LIST_NO_EXERCISE) : W(LIST_NO_LESSON), id);
	snprintf(out->id, sizeof(out->id), "%s", id);
}

/* Does the lab have a lesson that the exercise needs? */
static bool has_needed(const struct course_lab *lab, const char *needs)
{
	char slug[64];

	while (course_list_next(&needs, slug))
		if (course_list_has(lab->lessons, slug))
			return true;
	return false;
}

/* An exercise belongs to the last lab of the plan that has a lesson it needs. */
static bool belongs(const struct plans *p, const struct course_lab *lab, const struct course_lesson *exercise)
{
	const struct course_lab *end = p->c->labs + p->c->nr_labs;

	if (!has_needed(lab, exercise->needs))
		return false;
	for (lab++; lab < end && !strcmp(lab->plan, lab[-1].plan); lab++)
		if (has_needed(lab, exercise->needs))
			return false;
	return true;
}

/* ---- one lab ------------------------------------------------------------------------------- */

/* Calls @fn for each exercise of the lab. */
static void each_exercise(struct plans *p, const struct course_lab *lab, void (*fn)(void *arg, const struct course_lesson *l), void *arg)
{
	const char *list = lab->exercises;
	struct course_lesson one;
	char slug[64];

	for (size_t i = p->c->nr; lab->exercises_by_need && i < p->c->nr + p->c->nr_exercises; i++) {
		if (!belongs(p, lab, &p->c->lessons[i]))
			continue;
		find(p, course_slug(&p->c->lessons[i]), true, &one);
		fn(arg, &one);
	}
	while (course_list_next(&list, slug)) {
		find(p, slug, true, &one);
		fn(arg, &one);
	}
}

static void each_lesson(struct plans *p, const struct course_lab *lab, void (*fn)(void *arg, const struct course_lesson *l), void *arg)
{
	const char *list = lab->lessons;
	struct course_lesson one;
	char slug[64];

	while (course_list_next(&list, slug)) {
		find(p, slug, false, &one);
		fn(arg, &one);
	}
}

static void add_minutes(void *arg, const struct course_lesson *l)
{
	*(unsigned int *)arg += l->minutes;
}

static unsigned int lesson_minutes(struct plans *p, const struct course_lab *lab)
{
	unsigned int sum = 0;

	each_lesson(p, lab, add_minutes, &sum);
	return sum;
}

static unsigned int exercise_minutes(struct plans *p, const struct course_lab *lab)
{
	unsigned int sum = 0;

	each_exercise(p, lab, add_minutes, &sum);
	return sum;
}

/* Of the plan that begins with @lab. */
static unsigned int plan_minutes(struct plans *p, const struct course_lab *lab)
{
	const struct course_lab *end = p->c->labs + p->c->nr_labs;
	const char *plan = lab->plan;
	unsigned int sum = 0;

	for (; lab < end && !strcmp(lab->plan, plan); lab++)
		sum += lesson_minutes(p, lab) + exercise_minutes(p, lab);
	return sum;
}

/* The lab is the first one of its plan. */
static bool is_first(const struct plans *p, size_t lab)
{
	return lab == 0 || strcmp(p->c->labs[lab].plan, p->c->labs[lab - 1].plan) != 0;
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_taken(void *arg, const struct course_lesson *l)
{
	struct plans *p = arg;
	STRBUF(title, sizeof(l->fault) + TITLE_COLUMNS);
	const char *text = l->fault[0] ? l->fault : l->title;

	p->sound &= !l->fault[0];
	width_put_padded(&title, text, strlen(text), l->fault[0] ? width_text(text, strlen(text)) : TITLE_COLUMNS);
	printable_printf(stdout, W(LIST_LAB_ROW), l->label, l->id, title.buf, l->minutes);
}

static void print_text(struct plans *p)
{
	printable_printf(stdout, "%s\n", p->c->title);
	for (size_t i = 0; i < p->c->nr_labs; i++) {
		const struct course_lab *lab = &p->c->labs[i];
		unsigned int lessons = lesson_minutes(p, lab), exercises = exercise_minutes(p, lab);

		putchar('\n');
		if (is_first(p, i))
			printable_printf(stdout, W(LIST_PLAN), lab->plan, plan_minutes(p, lab));
		printable_printf(stdout, W(LIST_LAB), lab->title, lessons + exercises, lessons, exercises);
		each_lesson(p, lab, print_taken, p);
		each_exercise(p, lab, print_taken, p);
	}
	if (!p->c->nr_labs)
		printable_printf(stdout, "%s", W(LIST_PLAN_NONE));
}

/* ---- JSON ------------------------------------------------------------------------------------- */

struct out {
	struct json_writer w;
	struct plans *p;
};

static void put_taken(void *arg, const struct course_lesson *l)
{
	struct out *o = arg;

	o->p->sound &= !l->fault[0];
	json_begin_object(&o->w, JSON_LINE);
	json_put_text(&o->w, "id", l->id);
	json_put_text(&o->w, "label", l->label);
	json_put_text(&o->w, "title", l->title);
	json_put_text(&o->w, "fault", l->fault);
	json_put_uint(&o->w, "minutes", l->minutes);
	json_end(&o->w);
}

static void put_lab(struct out *o, const struct course_lab *lab)
{
	json_begin_object(&o->w, JSON_LINES);
	json_put_text(&o->w, "title", lab->title);
	json_put_uint(&o->w, "minutes", lesson_minutes(o->p, lab) + exercise_minutes(o->p, lab));
	json_key(&o->w, "lessons");
	json_begin_array(&o->w, JSON_LINES);
	each_lesson(o->p, lab, put_taken, o);
	json_end(&o->w);
	json_key(&o->w, "exercises");
	json_begin_array(&o->w, JSON_LINES);
	each_exercise(o->p, lab, put_taken, o);
	json_end(&o->w);
	json_end(&o->w);
}

static void print_json(struct plans *p)
{
	struct out o = { .p = p };

	json_to_file(&o.w, stdout);
	json_begin_object(&o.w, JSON_LINES);
	json_put_text(&o.w, "format", "kworkshop-plans");
	json_put_uint(&o.w, "version", PLAN_JSON_VERSION);
	json_put_text(&o.w, "course", p->c->id);
	json_key(&o.w, "plans");
	json_begin_array(&o.w, JSON_LINES);
	for (size_t i = 0; i < p->c->nr_labs;) {
		const char *plan = p->c->labs[i].plan;

		json_begin_object(&o.w, JSON_LINES);
		json_put_text(&o.w, "title", plan);
		json_put_uint(&o.w, "minutes", plan_minutes(p, &p->c->labs[i]));
		json_key(&o.w, "labs");
		json_begin_array(&o.w, JSON_LINES);
		for (; i < p->c->nr_labs && !strcmp(p->c->labs[i].plan, plan); i++)
			put_lab(&o, &p->c->labs[i]);
		json_end(&o.w);
		json_end(&o.w);
	}
	json_end(&o.w);
	json_end(&o.w);
	putchar('\n');
}

bool list_plan(const struct course *c, bool json)
{
	struct plans p = { .c = c, .sound = true };

	if (json)
		print_json(&p);
	else
		print_text(&p);
	return p.sound;
}
