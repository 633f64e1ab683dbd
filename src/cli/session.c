/*
 * cli/session.c - see session.h.   Licence: MIT.
 */
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/config.h"
#include "classroom/identity.h"
#include "classroom/progress.h"
#include "words/words.h"

struct session {
	struct course course;
	struct config config;
	struct identity who;
	struct progress *progress;	/* NULL: nothing is kept */
	struct app_lesson *rows;	/* one for each lesson, as home shows them */
	char (*needs)[256];		/* labels, beside rows */
	char title[256];
};

/* ---- opening ---------------------------------------------------------------------- */

static void print_warning(void *arg, const char *sentence)
{
	(void)arg;
	cli_say("%s", sentence);
}

/* Config file and id: an error in them ends the program, or it would give somebody else's numbers. */
static int read_identity(struct session *s, const char *flag, char *err, size_t err_size)
{
	int status = config_read(&s->config, NULL, print_warning, NULL, err, err_size);

	return status ? status : identity_settle(&s->who, flag, &s->config, err, err_size);
}

int session_open(struct session **out, const struct cli_look *look)
{
	char dir[1024], err[1400] = "";
	struct session *s;
	int code = cli_lessons_dir(look, dir, sizeof(dir)), status;

	if (code)
		return code;
	s = calloc(1, sizeof(*s));
	if (!s)
		return EXIT_INTERNAL;
	status = read_identity(s, look->student, err, sizeof(err));
	if (!status)
		status = cli_read_course(dir, &s->course, err, sizeof(err));
	if (status) {
		cli_say("%s", err);
		free(s);
		return exit_status_for(status);
	}
	status = progress_open(&s->progress, NULL, err, sizeof(err));
	if (err[0])
		cli_say("%s", err);
	if (status)
		s->progress = NULL;	/* said above; a lesson can be taken all the same */
	*out = s;
	return EXIT_RIGHT;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	if (s->progress)
		progress_close(s->progress);
	course_free(&s->course);
	free(s->rows);
	free(s->needs);
	free(s);
}

const struct course *session_course(const struct session *s)
{
	return &s->course;
}

struct progress *session_progress(struct session *s)
{
	return s->progress;
}

const char *session_student(const struct session *s)
{
	return s->who.id;
}

int session_reread(struct session *s, char *err, size_t err_size)
{
	struct course fresh;
	int status = cli_read_course(s->course.dir, &fresh, err, err_size);

	if (status)
		return status;
	course_free(&s->course);
	s->course = fresh;
	return 0;
}

/* ---- the run of a lesson ------------------------------------------------------------- */

/* What was given so far; a lesson whose file changed since begins anew. */
static int take_up(struct session *s, const struct course_lesson *l, struct run_spec *spec,
		   char *err, size_t err_size)
{
	struct progress_lesson kept;
	int status = 0;

	if (!s->progress || progress_load(s->progress, s->course.id, l->id, &kept))
		return 0;
	if (strcmp(kept.hash, l->hash) == 0 && !kept.ended) {
		spec->seed = kept.seed;
		spec->variant = kept.variant;
		status = run_inputs_parse(&spec->inputs, kept.inputs, "progress", err, err_size);
	}
	progress_lesson_fini(&kept);
	return status;
}

int session_spec(struct session *s, const char *id, bool resume, struct run_spec *spec, char *err, size_t err_size)
{
	const struct course_lesson *l = course_find(&s->course, id);

	memset(spec, 0, sizeof(*spec));
	spec->seed = 1;
	spec->jitter = -1;
	if (!l) {
		snprintf(err, err_size, "no lesson called \"%s\" in %s", id, s->course.dir);
		return -ENOENT;
	}
	if (l->fault[0]) {
		snprintf(err, err_size, "%s", l->fault);
		return -EINVAL;
	}
	snprintf(spec->lesson, sizeof(spec->lesson), "%s", l->path);
	spec->variant = identity_variant(s->course.id, s->who.id, l->id);
	return resume ? take_up(s, l, spec, err, err_size) : 0;
}

/* The answer just judged: which try it was, and how many hints came before it. */
static void save_answer(struct session *s, const struct run_progress *p)
{
	const struct run_inputs *in = run_get_inputs(p->run);
	struct progress_answer a = { .right = p->was_right };
	size_t i;

	for (i = 0; i < in->n; i++) {
		if (strcmp(in->v[i].id, p->question) != 0)
			continue;
		if (in->v[i].kind == INPUT_ANSWER)
			a.ordinal++;
		else if (in->v[i].kind == INPUT_HINT)
			a.hints++;
	}
	snprintf(a.question, sizeof(a.question), "%s", p->question);
	snprintf(a.value, sizeof(a.value), "%s", p->given ? p->given : "");
	if (progress_answer(s->progress, s->course.id, p->id, &a))
		cli_say("progress: %s", progress_error(s->progress));
}

void session_save(struct session *s, const struct run_progress *p)
{
	const struct course_lesson *l = course_find(&s->course, p->id);
	const struct run_spec *spec = run_get_spec(p->run);
	struct progress_lesson row = {
		.variant = spec->variant, .seed = spec->seed, .stopped_at = p->stopped_at,
		.answered = p->answered, .right = p->right, .total = p->total, .ended = p->ended,
	};

	if (!s->progress || !l || run_inputs_format(run_get_inputs(p->run), &row.inputs))
		return;
	snprintf(row.course, sizeof(row.course), "%s", s->course.id);
	snprintf(row.id, sizeof(row.id), "%s", p->id);
	snprintf(row.hash, sizeof(row.hash), "%s", l->hash);
	if (progress_save(s->progress, &row))
		cli_say("progress: %s", progress_error(s->progress));
	else if (p->question && p->question[0])
		save_answer(s, p);
	free(row.inputs);
}

int session_reset(struct session *s, const char *id)
{
	return s->progress ? progress_reset(s->progress, s->course.id, id) : 0;
}

/* ---- what the screen asks ---------------------------------------------------------------- */

static int ask_open(void *arg, const char *id, bool resume, struct run_spec *spec, char *err, size_t err_size)
{
	return session_spec(arg, id, resume, spec, err, err_size);
}

static void ask_save(void *arg, const struct run_progress *p)
{
	session_save(arg, p);
}

static void ask_reset(void *arg, const char *id)
{
	session_reset(arg, id);
}

static const char *ask_next(void *arg, const char *id)
{
	struct session *s = arg;
	const struct course_lesson *l = course_find(&s->course, id);

	return l && l + 1 < s->course.lessons + s->course.nr ? l[1].id : NULL;
}

/* "why-defer, life" as a person reads it: "01, 02". */
static void labels_of(const struct course *c, const char *slugs, char *out, size_t size)
{
	const struct course_lesson *l;
	char slug[64];
	size_t used = 0;

	out[0] = '\0';
	while (*slugs && used < size) {
		size_t n = strcspn(slugs, ", ");

		snprintf(slug, sizeof(slug), "%.*s", (int)n, slugs);
		slugs += n;
		slugs += strspn(slugs, ", ");
		if (!n)
			continue;
		l = course_find(c, slug);
		used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
					 l && l->label[0] ? l->label : slug);
	}
}

static void fill_row(struct session *s, struct app_lesson *row, const struct course_lesson *l, char *needs)
{
	struct progress_lesson kept;

	labels_of(&s->course, l->needs, needs, sizeof(s->needs[0]));
	*row = (struct app_lesson){
		.id = l->id, .label = l->label, .title = l->title, .question = l->question,
		.part = l->part[0] ? l->part : NULL, .needs = needs,
		.fault = l->fault[0] ? l->fault : NULL, .minutes = l->minutes,
		.steps = l->questions + l->cards, .total = l->questions, .state = APP_LESSON_NEW,
	};
	if (!s->progress || progress_load(s->progress, s->course.id, l->id, &kept))
		return;
	/* once done, a run begun again takes nothing away */
	row->done = !kept.finished && kept.answered < row->total ? kept.answered : row->total;
	row->state = kept.finished || kept.ended ? APP_LESSON_DONE : APP_LESSON_STARTED;
	progress_lesson_fini(&kept);
}

static bool was_met(struct session *s, const char *id)
{
	struct progress_lesson kept;

	if (!s->progress)
		return true;	/* nothing can be remembered: do not open with it every time */
	if (progress_load(s->progress, s->course.id, id, &kept))
		return false;
	progress_lesson_fini(&kept);
	return true;
}

int session_home(struct session *s, struct app_home *out, char *err, size_t err_size)
{
	const struct course *c = &s->course;
	int status = session_reread(s, err, err_size);
	size_t i;

	if (status)
		return status;
	free(s->rows);
	free(s->needs);
	s->rows = calloc(c->nr ? c->nr : 1, sizeof(*s->rows));
	s->needs = calloc(c->nr ? c->nr : 1, sizeof(*s->needs));
	if (!s->rows || !s->needs) {
		snprintf(err, err_size, "no memory for %zu lessons", c->nr);
		return -ENOMEM;
	}
	for (i = 0; i < c->nr; i++)
		fill_row(s, &s->rows[i], &c->lessons[i], s->needs[i]);
	snprintf(s->title, sizeof(s->title), "%s", c->title[0] ? c->title : "Course");
	*out = (struct app_home){
		.title = s->title, .profile = "virtual · Linux 6.12 profile",
		.lessons = s->rows, .nr = c->nr,
	};
	/* a course that opens with the first minute shows it once, before home */
	if (c->nr && strcmp(c->lessons[0].id, "first-minute") == 0 && !was_met(s, "first-minute"))
		out->first = c->lessons[0].id;
	return 0;
}

static int ask_home(void *arg, struct app_home *out, char *err, size_t err_size)
{
	return session_home(arg, out, err, err_size);
}

static const char *ask_rule(void *arg, const char *rule)
{
	(void)arg;
	return words_rule(rule);
}

static const char *ask_word(void *arg, const char *word)
{
	(void)arg;
	return words_explain(word);
}

/* Number of the question that goes by this id in the run; 0 = it was not asked. */
static uint32_t question_number(const struct run *run, const char *id)
{
	const struct trace_store *s = run_store((struct run *)run);
	size_t len = strlen(id);
	struct trace_event ev;
	struct ev_ASK ask;
	uint64_t n;

	for (n = s->nr; n; n--)
		if (trace_store_event(s, n, &ev) && trace_get_ASK(&ev, &ask) &&
		    !strncmp(ask.text, id, len) && ask.text[len] == '\n')
			return ask.question;
	return 0;
}

static int ask_world(void *arg, const struct run *base, const char *question, unsigned int choice,
		     struct run_spec *spec, char *err, size_t err_size)
{
	int status;

	(void)arg;
	*spec = *run_get_spec(base);
	memset(&spec->inputs, 0, sizeof(spec->inputs));
	spec->world_question = question_number(base, question);
	spec->world_choice = choice;
	status = spec->world_question ? run_inputs_copy(&spec->inputs, run_get_inputs(base)) : -ENOENT;
	if (status)
		snprintf(err, err_size, "the other world cannot be opened: %s", strerror(-status));
	return status;
}

void session_callbacks(struct session *s, struct app_callbacks *cb)
{
	*cb = (struct app_callbacks){
		.arg = s, .home = ask_home, .open = ask_open, .save = ask_save,
		.reset = ask_reset, .next = ask_next, .world = ask_world, .rule = ask_rule, .word = ask_word,
	};
}
