/*
 * cli/session.c - see session.h.   Licence: MIT.
 */
#include "cli/session_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/infile.h"
#include "base/shortage.h"
#include "base/time.h"
#include "base/nearest.h"
#include "classroom/attempt.h"
#include "classroom/day.h"
#include "words/texts.h"
#include "words/words.h"

/* ---- opening ---------------------------------------------------------------------- */

/* On standard error; while the screen is shown, after it, and the screen shows it too. */
static void complain(void *arg, const char *sentence)
{
	struct session *s = arg;
	size_t used = strlen(s->complaints);

	snprintf(s->newest, sizeof(s->newest), "%s", sentence);
	s->newest_shown = false;
	if (!s->on_screen)
		cli_say("%s", sentence);
	else if (used + strlen(sentence) + 2 < sizeof(s->complaints))
		snprintf(s->complaints + used, sizeof(s->complaints) - used, "%s\n", sentence);
}

/* One sentence, and nothing is kept any more: each further try would fail, and might wait for a lock. */
void session_lose_progress(struct session *s, int err)
{
	const char *why = progress_error(s->progress);
	char text[600];

	snprintf(text, sizeof(text), W(SESSION_PROGRESS), *why ? why : strerror(-err));
	complain(s, text);
	progress_close(s->progress);
	s->progress = NULL;
	s->no_progress = err;
}

void session_on_screen(struct session *s, bool on)
{
	char *line, *rest = s->complaints;

	s->on_screen = on;
	if (on)
		return;
	while ((line = strsep(&rest, "\n")) && (*line || rest))
		cli_say("%s", line);
	s->complaints[0] = '\0';
}

/* Config file and id: an error in them ends the program, as another id would give other numbers. */
static int read_identity(struct session *s, const char *flag, char *err, size_t err_size)
{
	int status = config_read(&s->config, NULL, complain, s, err, err_size);

	return status ? status : identity_settle(&s->who, flag, &s->config, err, err_size);
}

int session_open(struct session **out, const struct cli_look *look, const char *only)
{
	char dir[1024], err[1400] = "";
	struct session *s;
	int code = cli_lessons_dir(look, dir, sizeof(dir)), status;

	if (code)
		return code;
	s = calloc(1, sizeof(*s));
	if (!s) {
		return cli_no_memory();
	}
	status = read_identity(s, look->student, err, sizeof(err));
	if (!status && look->date && !(s->date = day_of_date(look->date))) {
		snprintf(err, sizeof(err), W(SESSION_DATE), look->date);
		status = -EINVAL;
	}
	if (!status)
		status = cli_read_course(dir, only, &s->course, err, sizeof(err));
	if (status) {
		cli_fail(err, status);
		free(s);
		return exit_status_for(status);
	}
	status = progress_open(&s->progress, NULL, err, sizeof(err));
	if (err[0])
		complain(s, err);
	s->no_progress = status;
	if (status)
		s->progress = NULL;	/* reported above; lessons run without it */
	else
		progress_on_damage(s->progress, complain, s);
	s->other_course = look->course != NULL;
	s->course_state = only ? COURSE_IN_PART : COURSE_READ_NOW;
	s->options = (struct session_options){ .seed = 1, .variant = SESSION_VARIANT_OF_ID, .jitter = -1 };
	*out = s;
	return EXIT_RIGHT;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	progress_attempt_fini(&s->now);
	session_work_done(s);
	if (s->progress)
		progress_close(s->progress);
	course_free(&s->course);
	free(s->rows);
	free(s->asked);
	free(s->needs);
	free(s->practice.v);
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

int session_no_progress(const struct session *s)
{
	return s->no_progress;
}

const char *session_student(const struct session *s)
{
	return s->who.id;
}

int session_reread(struct session *s, char *err, size_t err_size)
{
	struct course fresh;
	int status;

	if (s->course_state == COURSE_READ_NOW) {
		s->course_state = COURSE_READ;
		return 0;
	}
	status = cli_read_course(s->course.dir, NULL, &fresh, err, err_size);
	if (status)
		return status;
	course_free(&s->course);
	s->course = fresh;
	s->course_state = COURSE_READ;
	return 0;
}

int session_read_all(struct session *s, char *err, size_t err_size)
{
	return s->course_state == COURSE_IN_PART ? session_reread(s, err, err_size) : 0;
}

void session_translate(struct session *s)
{
	cli_course_words(&s->course);
}

/* ---- the run of a lesson ------------------------------------------------------------- */

/* The attempt that was open is another program's to resume. */
void session_leave(struct session *s)
{
	if (s->progress && s->now.row)
		progress_release(s->progress, &s->now);
	progress_attempt_fini(&s->now);
	memset(&s->now, 0, sizeof(s->now));
	s->now_inputs = 0;
	s->practice.now.question[0] = '\0';
}

static void note_found(enum progress_found found, char *note, size_t size)
{
	if (found == PROGRESS_IN_USE)
		snprintf(note, size, "%s", W(SESSION_IN_USE));
	else if (found == PROGRESS_OTHER_RUN)
		snprintf(note, size, "%s", W(SESSION_OTHER_RUN));
}

/* The whole file, malloc'ed; NULL if it cannot be read. */
static char *read_text(const char *path)
{
	FILE *f = infile_open(path);
	char *text = NULL;
	size_t size = 0;

	if (f && getdelim(&text, &size, '\0', f) < 0) {
		if (errno == ENOMEM)
			shortage_end(-ENOMEM, NULL);	/* answers whose questions exist would be dropped */
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

/* The text of the lesson has changed since the attempt was kept: drops the answers whose questions are gone. */
static void adapt_inputs(const struct course_lesson *l, struct run_inputs *in, char *note, size_t size)
{
	STRBUF(gone, 400);
	char *text = read_text(l->path);

	if (text)
		attempt_drop_gone(in, text, &gone);
	free(text);
	if (gone.len)
		snprintf(note, size, W(SESSION_CHANGED_GONE), gone.buf);
	else
		snprintf(note, size, "%s", W(SESSION_CHANGED));
}

/* The inputs of the unfinished attempt at this run. */
static int resume_attempt(struct session *s, const struct course_lesson *l, struct run_spec *spec, char *err,
			  size_t err_size)
{
	struct progress_attempt kept;
	enum progress_found found;
	int status = progress_resume(s->progress, &s->now, &kept, &found);

	if (status) {
		session_lose_progress(s, status);
		return 0;		/* the lesson can be taken all the same */
	}
	note_found(found, err, err_size);
	if (found != PROGRESS_RESUMED)
		return 0;
	status = run_inputs_parse(&spec->inputs, kept.inputs, "progress", err, err_size);
	s->now = kept;
	spec->resumed = true;
	if (!status && strcmp(kept.hash, l->hash) != 0)
		adapt_inputs(l, &spec->inputs, err, err_size);
	s->now_inputs = spec->inputs.n;
	return status;
}

uint64_t session_variant(const struct session *s, const struct course_lesson *l)
{
	return s->options.variant != SESSION_VARIANT_OF_ID ? s->options.variant :
	       identity_variant(course_id_of(&s->course, l->id), s->who.id, course_slug(l));
}

void session_apply_options(const struct session *s, const struct course_lesson *l, struct run_spec *spec)
{
	const struct session_options *o = &s->options;

	spec->seed = o->seed;
	spec->cpus = o->cpus;
	spec->jitter = o->jitter;
	spec->census = o->census;
	spec->variant = session_variant(s, l);
}

static void no_such_lesson(const struct session *s, const char *id, char *err, size_t err_size)
{
	struct nearest near = { .typed = id };
	const char *best;

	for (size_t i = 0; i < s->course.nr; i++)
		nearest_offer(&near, s->course.lessons[i].id);
	best = nearest_best(&near);
	if (best)
		snprintf(err, err_size, W(SESSION_NO_LESSON_NEAR), id, s->course.dir, best);
	else
		snprintf(err, err_size, W(SESSION_NO_LESSON), id, s->course.dir);
}

/* 1, 2, .. for one lesson, each time that it is played again. */
static uint64_t further_variant(struct session *s, const struct course_lesson *l)
{
	if (strcmp(s->again, l->id) != 0)
		s->nr_again = 0;
	snprintf(s->again, sizeof(s->again), "%s", l->id);
	return ++s->nr_again;
}

/* The lesson @id as its file is; NULL: there is none.  session_open() may have read one lesson alone. */
static const struct course_lesson *lesson_as_read(struct session *s, const char *id, char *err, size_t err_size)
{
	const struct course_lesson *l = course_find(&s->course, id);

	if (!l || l->hash[0] || l->fault[0])
		return l;
	return session_read_all(s, err, err_size) ? NULL : course_find(&s->course, id);
}

int session_spec(struct session *s, const char *id, enum app_open how, struct run_spec *spec, char *err, size_t err_size)
{
	const struct course_lesson *l;

	memset(spec, 0, sizeof(*spec));
	if (err_size)
		err[0] = '\0';
	l = lesson_as_read(s, id, err, err_size);
	session_leave(s);
	if (!l) {
		if (!err_size || !err[0])
			no_such_lesson(s, id, err, err_size);
		return -ENOENT;
	}
	if (l->fault[0]) {
		snprintf(err, err_size, "%s", l->fault);
		return -EINVAL;
	}
	snprintf(spec->lesson, sizeof(spec->lesson), "%s", l->path);
	session_apply_options(s, l, spec);
	if (how == APP_OPEN_AGAIN) {
		spec->variant += further_variant(s, l);
		return 0;		/* no attempt of the session: session_save() keeps nothing */
	}
	if (!s->progress)
		return 0;
	snprintf(s->now.course, sizeof(s->now.course), "%s", course_id_of(&s->course, l->id));
	snprintf(s->now.lesson, sizeof(s->now.lesson), "%s", l->id);
	attempt_of_spec(&s->now, spec);
	return how == APP_OPEN_RESUME ? resume_attempt(s, l, spec, err, err_size) : 0;
}

int session_free_play(struct session *s, struct run_spec *spec, char *err, size_t err_size)
{
	int n;

	session_leave(s);
	*spec = (struct run_spec){ .seed = 1, .jitter = -1 };
	n = snprintf(spec->lesson, sizeof(spec->lesson), "%s/free-play.lua", s->course.dir);
	if (n > 0 && (size_t)n < sizeof(spec->lesson) && access(spec->lesson, R_OK) == 0)
		return 0;
	snprintf(err, err_size, "%s: %s", spec->lesson, strerror(errno));
	return -ENOENT;
}

void session_set_options(struct session *s, const struct session_options *o)
{
	s->options = *o;
}

/* Today, and the time if the person wants it kept. */
void session_stamp(const struct session *s, int64_t *day, int64_t *moment)
{
	time_t now = (time_t)(time_read_ns(CLOCK_REALTIME) / NS_PER_S);

	*day = s->date ? s->date : day_of(now);
	*moment = s->config.record_times ? (int64_t)now : 0;
}

/* Keeps the inputs since the run was opened or saved; an attempt without new inputs stays as it is. */
static int save_attempt(struct session *s, const struct course_lesson *l, struct run *run)
{
	struct progress_attempt now = s->now;
	struct progress_answer *answers = NULL;
	int64_t nr, i;
	int err;

	now.inputs = NULL;
	nr = attempt_read(&now, run, &answers);
	if (nr < 0)
		return (int)nr;
	for (i = 0; i < nr; i++)
		session_stamp(s, &answers[i].day, &answers[i].time);
	if (run_get_inputs(run)->n != s->now_inputs || now.ended != s->now.ended) {
		snprintf(now.hash, sizeof(now.hash), "%s", l->hash);
		session_stamp(s, &now.day, &now.time);
		progress_attempt_fini(&s->now);
		s->now = now;
	} else {
		progress_attempt_fini(&now);
	}
	err = progress_save(s->progress, &s->now, answers, (size_t)nr);
	if (!err)
		s->now_inputs = run_get_inputs(run)->n;
	free(answers);
	return err;
}

void session_keep_by(struct session *s, void (*keep)(void *arg, struct run *run), void *arg)
{
	s->keep = keep;
	s->keep_arg = arg;
}

bool session_keeps(const struct session *s)
{
	return s->keep != NULL;
}

bool session_save(struct session *s, const char *id, struct run *run)
{
	const struct course_lesson *l = s->keep ? NULL : course_find(&s->course, id);
	int err;

	if (s->keep)
		s->keep(s->keep_arg, run);
	else if (s->practice.now.question[0])
		return session_save_practice(s, run);
	if (!s->progress || !l || strcmp(id, s->now.lesson) != 0)
		return false;
	if (!s->now.row && !run_get_inputs(run)->n)
		return false;		/* opening a lesson writes nothing */
	snprintf(s->last, sizeof(s->last), "%s", id);
	err = save_attempt(s, l, run);
	if (err)
		session_lose_progress(s, err);
	return !err;
}

/* ---- bookmarks ---------------------------------------------------------------------------- */

/* The run that session_spec() opened last; false: another one, which is not kept. */
static bool mark_of_run(const struct session *s, const struct run *run, struct progress_mark *m)
{
	const struct course_lesson *l = course_find(&s->course, s->now.lesson);

	memset(m, 0, sizeof(*m));
	if (!s->progress || !l || strcmp(run_get_spec(run)->lesson, l->path) != 0)
		return false;
	memcpy(m->course, s->now.course, sizeof(m->course));
	memcpy(m->lesson, s->now.lesson, sizeof(m->lesson));
	memcpy(m->options, s->now.options, sizeof(m->options));
	memcpy(m->hash, l->hash, sizeof(m->hash));
	m->variant = s->now.variant;
	m->seed = s->now.seed;
	return true;
}

struct bookmarks {
	const struct progress_mark *of;
	struct run_bookmark *out;
	size_t nr, max;
	uint64_t sought;		/* event whose row is looked for */
	int64_t row;
};

static int take_mark(void *arg, const struct progress_mark *m)
{
	struct bookmarks *b = arg;

	if (m->variant != b->of->variant || m->seed != b->of->seed || strcmp(m->options, b->of->options) != 0 ||
	    strcmp(m->hash, b->of->hash) != 0)
		return 0;
	if (m->event == b->sought)
		b->row = m->row;
	if (b->nr == b->max)
		return 0;
	b->out[b->nr].event = m->event;
	memcpy(b->out[b->nr].text, m->text, sizeof(m->text));
	b->nr++;
	return 0;
}

static size_t get_bookmarks(void *arg, const struct run *run, struct run_bookmark *out, size_t max)
{
	struct session *s = arg;
	struct progress_mark of;
	struct bookmarks b = { .of = &of, .out = out, .max = max };
	int err = mark_of_run(s, run, &of) ? progress_marks(s->progress, of.course, of.lesson, take_mark, &b) : 0;

	if (err)
		session_lose_progress(s, err);
	return b.nr;
}

static int set_bookmark(void *arg, const struct run *run, uint64_t event, const char *text)
{
	struct session *s = arg;
	struct progress_mark m;
	struct bookmarks b = { .of = &m, .sought = event };
	int err;

	if (!mark_of_run(s, run, &m))
		return -ENOTSUP;
	if (text) {
		m.event = event;
		snprintf(m.text, sizeof(m.text), "%s", text);
		session_stamp(s, &m.day, &m.time);
		return progress_mark(s->progress, &m);
	}
	err = progress_marks(s->progress, m.course, m.lesson, take_mark, &b);
	return err ? err : b.row ? progress_unmark(s->progress, b.row) : -ENOENT;
}

struct run_bookmarks session_bookmarks(struct session *s)
{
	return (struct run_bookmarks){ s, set_bookmark, get_bookmarks };
}

int session_reset(struct session *s, const char *id)
{
	return s->progress ? progress_reset(s->progress, course_id_of(&s->course, id), id) : 0;
}

/* ---- callbacks of the screen ---------------------------------------------------------------- */

static int ask_open(void *arg, const char *id, enum app_open how, struct run_spec *spec, char *err, size_t err_size)
{
	return session_spec(arg, id, how, spec, err, err_size);
}

static void ask_save(void *arg, const char *id, struct run *run)
{
	session_save(arg, id, run);
}

static const char *ask_complaint(void *arg)
{
	struct session *s = arg;

	if (!s->newest[0] || s->newest_shown)
		return NULL;
	s->newest_shown = true;
	return s->newest;
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

/* Number of the question with this id in the run; 0 = it was not asked. */
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

static int ask_practise(void *arg, enum app_practise which, struct run_spec *spec, struct app_practice *out, char *err,
			size_t err_size)
{
	return session_practise(arg, which, spec, out, err, err_size);
}

static unsigned int ask_missed(void *arg)
{
	return session_missed(arg);
}

static int ask_work(void *arg, const char *id, enum app_open how, struct app_work *out, char *err, size_t err_size)
{
	return session_work_open(arg, id, how, out, err, err_size);
}

static bool ask_work_done(void *arg)
{
	return session_work_done(arg);
}

static int ask_free_play(void *arg, struct run_spec *spec, char *err, size_t err_size)
{
	return session_free_play(arg, spec, err, err_size);
}

int session_world(void *arg, const struct run *base, const char *question, unsigned int choice, struct run_spec *spec,
		  char *err, size_t err_size)
{
	int status;

	(void)arg;
	*spec = *run_get_spec(base);
	memset(&spec->inputs, 0, sizeof(spec->inputs));
	spec->world_question = question_number(base, question);
	spec->world_choice = choice;
	status = spec->world_question ? run_inputs_copy(&spec->inputs, run_get_inputs(base)) : -ENOENT;
	if (status)
		snprintf(err, err_size, W(SESSION_NO_WORLD), strerror(-status));
	return status;
}

void session_callbacks(struct session *s, struct app_callbacks *cb)
{
	*cb = (struct app_callbacks){
		.arg = s, .home = ask_home, .open = ask_open, .practise = ask_practise, .missed = ask_missed, .free_play = ask_free_play,
		.work = ask_work, .work_done = ask_work_done, .save = ask_save, .complaint = ask_complaint,
		.bookmarks = session_bookmarks(s), .reset = ask_reset, .next = ask_next, .world = session_world, .rule = ask_rule, .word = ask_word,
	};
}
