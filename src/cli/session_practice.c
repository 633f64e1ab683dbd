/*
 * cli/session_practice.c - asks questions again that were missed, each in a run of its own.
 *
 * A list is made once, when practice begins: of the questions that are due on the day, or of those
 * that were missed in one lesson.  Each is asked in a run with other numbers, whose inputs
 * answer all other questions rightly.  The first answer is a row of progress; nothing else of such a run is
 * kept, so practice that ends early leaves the other questions as they were.
 *
 * Lives here:   the list, the numbers of a run, its answer, the number of questions that are due.
 * Never here:   the rule (classroom/practice.h), the inputs (check/answers.c), drawing.   Licence: MIT.
 */
#include "cli/session_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "classroom/attempt.h"
#include "classroom/day.h"
#include "classroom/practice.h"
#include "words/texts.h"

#define TRIES 5			/* variants that may turn out to ask the same as the student's own */

static int64_t today(const struct session *s)
{
	int64_t day, moment;

	session_stamp(s, &day, &moment);
	return day;
}

/* ---- the list ------------------------------------------------------------------------------- */

/* The place of a question among the steps of the lesson, from 1; 0 = its text has no such question. */
static size_t step_of(const struct course_lesson *l, const char *question)
{
	for (unsigned int i = 0; l->step && i < l->questions + l->cards; i++)
		if (l->step[i].question && !strcmp(l->step[i].id, question))
			return i + 1;
	return 0;
}

/* Calls @fn for each question of @l that returns. */
static int each_question(struct session *s, const struct course_lesson *l,
			 int (*fn)(void *arg, const struct course_lesson *l, const struct practice_question *q), void *arg)
{
	struct practice_question *v;
	size_t nr;
	int err = practice_read(s->progress, course_id_of(&s->course, l->id), l->id, &v, &nr);

	for (size_t i = 0; i < nr && !err; i++)
		if (step_of(l, v[i].question))
			err = fn(arg, l, &v[i]);
	free(v);
	return err;
}

/* The same for all lessons that can be read. */
static int each_lesson(struct session *s, int (*fn)(void *arg, const struct course_lesson *l, const struct practice_question *q),
		       void *arg)
{
	char reason[1400];
	int err = 0;

	(void)session_read_all(s, reason, sizeof(reason));	/* without the others this lesson counts alone */
	for (size_t i = 0; i < s->course.nr && !err; i++)
		if (!s->course.lessons[i].fault[0])
			err = each_question(s, &s->course.lessons[i], fn, arg);
	return err;
}

static int add_item(struct session *s, const struct course_lesson *l, const struct practice_question *q)
{
	struct session_practice *p = &s->practice;
	struct practice_item *v = realloc(p->v, (p->nr + 1) * sizeof(*v));

	if (!v)
		return -ENOMEM;
	p->v = v;
	v = &v[p->nr++];
	memcpy(v->lesson, l->id, sizeof(v->lesson));
	memcpy(v->question, q->question, sizeof(v->question));
	v->due = q->due;
	v->place = (size_t)(l - s->course.lessons) * 1000 + step_of(l, q->question);
	return 0;
}

static int add_due(void *arg, const struct course_lesson *l, const struct practice_question *q)
{
	return q->due <= today(arg) ? add_item(arg, l, q) : 0;
}

/* Missed today and not asked again since, or due in any case. */
static bool is_missed(const struct session *s, const struct practice_question *q)
{
	return q->due <= today(s) || (q->missed == today(s) && q->practised != today(s));
}

static int add_missed(void *arg, const struct course_lesson *l, const struct practice_question *q)
{
	return is_missed(arg, q) ? add_item(arg, l, q) : 0;
}

/* The oldest first; those of one day in the order of the course. */
static int by_day(const void *a, const void *b)
{
	const struct practice_item *one = a, *two = b;

	if (one->due != two->due)
		return one->due < two->due ? -1 : 1;
	return one->place < two->place ? -1 : one->place > two->place;
}

static int make_list(struct session *s, enum app_practise which)
{
	struct session_practice *p = &s->practice;
	const struct course_lesson *l = course_find(&s->course, s->now.lesson);
	int err = 0;

	p->nr = p->next = 0;
	p->answered = p->right = 0;
	if (which == APP_PRACTISE_DUE)
		err = each_lesson(s, add_due, s);
	else if (l && !l->kind[0])
		err = each_question(s, l, add_missed, s);
	if (!err && p->nr)
		qsort(p->v, p->nr, sizeof(*p->v), by_day);
	return err;
}

/* ---- the numbers ------------------------------------------------------------------------------ */

/* A question in one variant, as check_preview() writes it. */
struct shown {
	char *text;			/* malloc'ed; NULL: it cannot be made */
	char *values;			/* the line of the parameters, in .text */
	char *asked;			/* the question, its choices and its answer */
};

static struct shown show(const struct practice_item *it, const struct run_spec *spec, uint64_t variant)
{
	struct check_opts o = { .script = cli_script, .variants = 1, .jobs = 1, .question = it->question, .first_variant = variant,
				.seed = spec->seed };
	struct shown s = { .text = NULL };
	struct check_preview p;
	int err = check_preview(&o, spec->lesson, &p);
	char *end;

	s.text = p.text;
	if (err || !p.shown || !(end = strchr(s.text, '\n'))) {
		free(s.text);
		return (struct shown){ .text = NULL };
	}
	*end = '\0';
	s.values = strstr(s.text, "  ");	/* behind the number of the variant */
	s.asked = end + 1;
	end = s.asked + strlen(s.asked);
	if (end > s.asked)		/* the last line is the evidence, whose event may differ in any variant */
		end[-1] = '\0';
	end = strrchr(s.asked, '\n');
	if (end)
		*end = '\0';
	return s;
}

static bool is_same(const char *a, const char *b)
{
	return !a || !b || !strcmp(a, b);
}

/*
 * The next variant in which the question is another one than in the student's own: few parameters have
 * many values, so the variant behind it often has the same ones.  If each of TRIES variants asks
 * the same, the first with other parameters is taken.
 */
static int next_variant(struct session *s, const struct practice_item *it, struct run_spec *spec)
{
	const char *course = course_id_of(&s->course, it->lesson);
	struct shown own = show(it, spec, spec->variant);
	uint64_t variant = spec->variant, best = variant;
	int rank = -1, err = 0;

	for (unsigned int i = 0; i < TRIES && rank < 2 && !err; i++) {
		struct shown other;
		int is;

		err = practice_variant(s->progress, course, it->lesson, it->question, variant, IDENTITY_VARIANTS, &variant);
		if (err)
			break;
		other = show(it, spec, variant);
		is = !is_same(own.asked, other.asked) ? 2 : !is_same(own.values, other.values) ? 1 : 0;
		if (is > rank) {
			rank = is;
			best = variant;
		}
		free(other.text);
	}
	free(own.text);
	spec->variant = best;
	return err;
}

/* ---- a run -------------------------------------------------------------------------------------- */

static int open_item(struct session *s, const struct practice_item *it, struct run_spec *spec, char *err, size_t err_size)
{
	const struct course_lesson *l = course_find(&s->course, it->lesson);
	struct session_practice *p = &s->practice;
	int status;

	memset(spec, 0, sizeof(*spec));
	if (!l || l->fault[0])
		return -EINVAL;
	memcpy(spec->lesson, l->path, sizeof(l->path));
	session_apply_options(s, l, spec);
	status = next_variant(s, it, spec);
	if (!status)
		status = check_practice(cli_script, it->question, spec, err, err_size);
	if (status)
		return status;
	p->now = (struct progress_practice){ .variant = spec->variant, .seed = spec->seed };
	snprintf(p->now.course, sizeof(p->now.course), "%s", course_id_of(&s->course, l->id));
	memcpy(p->now.lesson, it->lesson, sizeof(p->now.lesson));
	memcpy(p->now.question, it->question, sizeof(p->now.question));
	p->kept = false;
	return 0;
}

int session_practise(struct session *s, enum app_practise which, struct run_spec *spec, struct app_practice *out, char *err,
		     size_t err_size)
{
	struct session_practice *p = &s->practice;
	STRBUF(result, 300);
	int status = 0;

	if (which != APP_PRACTISE_NEXT && s->progress)
		status = make_list(s, which);
	session_leave(s);
	if (status) {
		session_lose_progress(s, status);
		p->nr = p->next = 0;
	}
	while (s->progress && p->next < p->nr) {
		const struct practice_item *it = &p->v[p->next++];

		status = open_item(s, it, spec, err, err_size);
		if (!status) {
			*out = (struct app_practice){ .number = (unsigned int)p->next, .nr = (unsigned int)p->nr };
			memcpy(out->lesson, it->lesson, sizeof(out->lesson));
			memcpy(out->question, it->question, sizeof(out->question));
			return 0;
		}
		run_inputs_fini(&spec->inputs);
		if (status == -ENOMEM)
			return status;
	}
	session_practice_result(s, &result);
	snprintf(err, err_size, "%s", result.buf);
	return -ENOENT;
}

static int count_missed(void *arg, const struct course_lesson *l, const struct practice_question *q)
{
	struct session *s = arg;

	(void)l;
	s->practice.missed += is_missed(s, q);
	return 0;
}

unsigned int session_missed(struct session *s)
{
	const struct course_lesson *l = course_find(&s->course, s->now.lesson);

	s->practice.missed = 0;
	if (s->progress && s->now.ended && l && !l->kind[0])
		each_question(s, l, count_missed, s);
	return s->practice.missed;
}

/* ---- its answer -------------------------------------------------------------------------------- */

bool session_save_practice(struct session *s, struct run *run)
{
	struct session_practice *p = &s->practice;
	struct progress_attempt all = { .row = 0 };
	struct progress_answer *answers = NULL;
	int64_t nr;
	int err;

	if (p->kept || !s->progress)
		return p->kept;
	nr = attempt_read(&all, run, &answers);
	err = nr < 0 ? (int)nr : 0;
	for (int64_t i = 0; i < nr && !p->kept && !err; i++) {
		const struct progress_answer *a = &answers[i];

		if (strcmp(a->question, p->now.question) != 0 || a->ordinal != 1 || a->right < 0)
			continue;
		memcpy(p->now.value, a->value, sizeof(p->now.value));
		p->now.sure = a->sure;
		p->now.right = a->right;
		p->now.hints = a->hints;
		session_stamp(s, &p->now.day, &p->now.time);
		err = progress_add_practice(s->progress, &p->now);
		p->kept = !err;
		p->answered += !err;
		p->right += !err && a->right == 1;
	}
	free(answers);
	progress_attempt_fini(&all);
	if (err)
		session_lose_progress(s, err);
	return p->kept;
}

/* ---- the days ----------------------------------------------------------------------------------- */

struct outlook {
	int64_t today, next;		/* .next: 0 = no question returns later */
	unsigned int due;
};

static int look_at(void *arg, const struct course_lesson *l, const struct practice_question *q)
{
	struct outlook *o = arg;

	(void)l;
	if (q->due <= o->today)
		o->due++;
	else if (!o->next || q->due < o->next)
		o->next = q->due;
	return 0;
}

static struct outlook look(struct session *s)
{
	struct outlook o = { .today = today(s) };
	int err = s->progress ? each_lesson(s, look_at, &o) : 0;

	if (err)
		session_lose_progress(s, err);
	return o;
}

void session_practice_home(struct session *s, struct app_home *out)
{
	struct outlook o = look(s);

	out->due = o.due;
	out->returns[0] = '\0';
	if (o.next)
		day_date(o.next, out->returns);
}

bool session_practice_result(struct session *s, struct strbuf *out)
{
	const struct session_practice *p = &s->practice;
	struct outlook o = look(s);
	char date[DAY_DATE_BYTES] = "";
	STRBUF(days, 40);

	strbuf_printf(&days, o.next - o.today == 1 ? W(PRACTICE_IN_DAY) : W(PRACTICE_IN_DAYS), (unsigned int)(o.next - o.today));
	if (o.next)
		day_date(o.next, date);
	if (p->answered)
		strbuf_printf(out, W(PRACTICE_RIGHT), p->right, p->answered);
	if (!s->progress)
		strbuf_puts(out, W(PRACTICE_NOT_KEPT));
	else if (o.due)
		strbuf_printf(out, o.due == 1 ? W(PRACTICE_MORE_ONE) : W(PRACTICE_MORE), o.due);
	else if (o.next)
		strbuf_printf(out, p->answered ? W(PRACTICE_RETURNS) : W(PRACTICE_LATER), date, days.buf);
	else
		strbuf_puts(out, p->answered ? W(PRACTICE_DONE) : W(PRACTICE_NONE));
	return p->right == p->answered;
}

unsigned int session_due(struct session *s)
{
	return look(s).due;
}
