/*
 * tests/sweep_truth.c - the scenes of the lessons against the facts of a real kernel.
 *
 * A lesson names the scenarios behind it: covers.scenarios = { double_queue = { w0 = "reset" } }.
 * The test runs the lesson, makes the record of that scenario from the lesson's trace, with the
 * lesson's names in place of the scenario's, and checks the facts about return values, executors,
 * order and counts.  Times are left out: the lesson's burns and sleeps are others.
 *
 * Besides names of the scenario a row may have
 *   from, to   ids of cards or questions: the scene is between them (the whole lesson otherwise);
 *              "second.verdict" is the verdict of that question
 *   world      QUESTION/CHOICE: the run as a believer of that choice sees it
 *   only       first words of facts: the others are left out
 * A row without names is background: no scene of the lesson is compared with it.
 *
 * Times are compared with a *twin*: a scenario of tests/twins/ that does what a scene of the lesson
 * does in variant 0, with the scene's own times.  To add one:
 *   1. Write tests/twins/NAME.kws.  Its items and workqueues have the names that they have in the
 *      lesson; `param kernel=custom` gives it HZ 1000, as lessons have.  Its first line names the scene:
 *          # twin of LESSON: [from=PLACE] [to=PLACE] [world=QUESTION/CHOICE] [NAME=NAME_IN_THE_LESSON] [within=MS]
 *      with from, to and world as above.  An item without a name in the lesson is NAME=- (it is not compared).
 *      Times may differ by a tick, or by within: up to 5 where the time slices of a shared CPU are part of
 *      a time, for a thread's share depends on what it did before the scene.
 *   2. Read the numbers of variant 0 in `kworkshop run LESSON --variant 0 --answers right --plain`.
 *   3. `kworkshop conform tests/twins/NAME.kws --print > tests/twins/NAME.facts`; read the facts, and make
 *      the first line "# facts of NAME, not yet measured on a real kernel: this engine's".  When a
 *      real kernel has run the twin, its facts replace them.
 * The zero of time is the first call for an item of the scene, in both.  The facts must hold in the twin,
 * and each start and end of a run and each return of a call that waits must be at the same time in the lesson.
 *
 * Lives here:   lesson + row -> record, and which facts are checked; lesson and twin -> their times.
 * Never here:   forms of facts (conform/facts.h), the lessons' questions (sweep_lessons.c).
 * Licence: MIT.
 */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "base/strbuf.h"
#include "conform/facts.h"
#include "conform/runner.h"
#include "conform/seed_run.h"
#include "lua/course.h"
#include "lua/script.h"
#include "model/lesson.h"
#include "model/model.h"
#include "run/course.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define LOG_BYTES ((size_t)32 << 20)
#define ROWS_MAX 24
#define TWIN_WITHIN_MS 1	/* a tick: the phase of the tick is not that of the lesson */

/* ---- one run of a lesson ------------------------------------------------------------------ */

struct play {
	struct trace trace;
	struct trace_store store;
	struct lesson lesson;
	struct run_inputs inputs;
	char rows[ROWS_MAX][600];		/* "double_queue w0=reset" */
	size_t nr_rows;
};

static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct play *p = arg;
	const struct lesson_question *q;
	struct strbuf value;

	memset(in, 0, sizeof(*in));
	if (what != WAIT_ANSWER)
		return what == WAIT_END ? -EPIPE : run_inputs_add(&p->inputs, in);
	snprintf(in->id, sizeof(in->id), "%s", id);
	in->kind = INPUT_ANSWER;
	trace_store_poll(&p->store);
	if (lesson_grow(&p->lesson) || !(q = lesson_question_by_id(&p->lesson, id)))
		return -ENOENT;
	strbuf_init(&value, in->value, sizeof(in->value));
	lesson_some_answer(q, 0, &value);
	return run_inputs_add(&p->inputs, in);
}

static void note(void *arg, const char *kind, const char *question, const char *text)
{
	struct play *p = arg;

	(void)question;
	if (strcmp(kind, "scenario-row"))
		return;
	REQUIRE_LT(p->nr_rows, ROWS_MAX);
	snprintf(p->rows[p->nr_rows++], sizeof(p->rows[0]), "%s", text);
}

static void play_close(struct play *p)
{
	lesson_fini(&p->lesson);
	trace_store_close(&p->store);
	trace_close(&p->trace);
	run_inputs_fini(&p->inputs);
	free(p);
}

/* Runs the lesson; @real and a choice: the same answers in the world of that choice. */
static struct play *play(const char *path, const struct play *real, uint32_t question, uint32_t choice)
{
	struct play *p = calloc(1, sizeof(*p));
	struct run_spec spec = { .seed = 1, .jitter = -1, .world_question = question, .world_choice = choice };
	struct director_list list = { .inputs = real ? &real->inputs : NULL };
	struct script_notes notes = { note, p, false };
	struct script_opts opts = { .spec = &spec, .trace = &p->trace, .notes = real ? NULL : &notes };

	REQUIRE_NOT_NULL(p);
	if (real) {
		spec.inputs = real->inputs;
		opts.io = (struct director_io){ director_list_wait, &list };
	} else {
		opts.io = (struct director_io){ answer, p };
	}
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	REQUIRE_INT(trace_open(&p->trace, -1, LOG_BYTES, 0), 0);
	REQUIRE_INT(trace_store_borrow(&p->store, &p->trace), 0);
	lesson_init(&p->lesson, &p->store);
	trace_current = NULL;
	script_run(&opts);
	trace_current = NULL;
	trace_store_poll(&p->store);
	REQUIRE_INT(lesson_grow(&p->lesson), 0);
	return p;
}

/* ---- one row of covers.scenarios ------------------------------------------------------------ */

struct row {
	const struct kws *k;
	char scenario[KWS_NAME_MAX + 1];
	char of[KWS_DECLS_MAX][64];		/* the lesson's name of a declaration; "" = it has none */
	char from[64], to[64], world[96], only[160];
	unsigned int names;
};

static void read_pair(struct row *row, const char *key, const char *value)
{
	static const struct { const char *key; size_t at, size; } words[] = {
		{ "from", offsetof(struct row, from), sizeof(row->from) }, { "to", offsetof(struct row, to), sizeof(row->to) },
		{ "world", offsetof(struct row, world), sizeof(row->world) },
		{ "only", offsetof(struct row, only), sizeof(row->only) },
	};
	int decl = kws_find(row->k, key);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].key, key)) {
			snprintf((char *)row + words[i].at, words[i].size, "%s", value);
			return;
		}
	if (decl < 0)
		test_note("scenario %s has no '%s'", row->scenario, key);
	CHECK_GE(decl, 0);
	if (decl < 0)
		return;
	snprintf(row->of[decl], sizeof(row->of[0]), "%s", value);
	row->names++;
}

/* @text: "double_queue\tw0=reset\tfrom=second" */
static void read_row(struct row *row, const struct kws *k, const char *text)
{
	char copy[600], *save = NULL, *word;

	memset(row, 0, sizeof(*row));
	row->k = k;
	snprintf(copy, sizeof(copy), "%s", text);
	word = strtok_r(copy, "\t", &save);
	snprintf(row->scenario, sizeof(row->scenario), "%s", word);
	while ((word = strtok_r(NULL, "\t", &save))) {
		char *is = strchr(word, '=');

		REQUIRE_NOT_NULL(is);
		*is = '\0';
		read_pair(row, word, is + 1);
	}
}

/* The event of the card or question with that id, of the verdict if ".verdict" stands behind it. */
static uint64_t fence(const struct lesson *l, const char *place)
{
	const struct lesson_question *q;
	const char *dot = strchr(place, '.');
	char id[64];

	snprintf(id, sizeof(id), "%.*s", dot ? (int)(dot - place) : (int)sizeof(id) - 1, place);
	q = lesson_question_by_id(l, id);
	if (q)
		return dot ? q->verdict.n : q->asked;
	for (size_t i = 0; i < l->nr_cards; i++)
		if (!strcmp(l->card[i].id, id))
			return l->card[i].n;
	test_note("no card and no question '%s'", id);
	CHECK_FAIL("the scene has no such place");
	return 0;
}

/* ---- the record of a scene ------------------------------------------------------------------- */

struct scene {
	const struct row *row;
	const struct trace_store *s;
	const struct model *m;
	struct record r;
	uint64_t from, to;
};

static int decl_called(const struct scene *sc, enum trace_class cls, uint32_t id)
{
	const char *name = id ? trace_store_name(sc->s, cls, id) : NULL;

	for (unsigned int i = 0; name && i < sc->row->k->nr_decls; i++)
		if (!strcmp(sc->row->of[i], name) && kws_is_item(sc->row->k->decls[i].kind) == (cls == CLS_ITEM))
			return (int)i;
	return -1;
}

static struct rec_point point(const struct trace_event *ev)
{
	return (struct rec_point){ (int64_t)ev->time, ev->n };
}

static void read_start(struct scene *sc, const struct trace_event *ev)
{
	const struct model_worker *w;
	const struct model_pool *p;
	struct ev_EXECUTE_START e;
	struct rec_run *run;
	int item;

	trace_get_EXECUTE_START(ev, &e);
	item = decl_called(sc, CLS_ITEM, e.item);
	run = item >= 0 ? record_start(&sc->r, item, point(ev)) : NULL;
	if (!run)
		return;
	w = model_worker(sc->m, e.worker);
	p = w ? model_pool(sc->m, w->pool) : NULL;
	run->wq = decl_called(sc, CLS_WQ, e.wq);
	run->cpu_start = run->cpu_end = ev->cpu;
	run->task = ev->task;
	run->worker = e.worker;
	run->pool_cpu = p ? p->cpu : -1;
	run->exec = w && w->rescuer_of ? EXEC_RESCUER : p && (p->flags & 1) ? EXEC_BH :
		    p && p->cpu >= 0 ? p->nice < 0 ? EXEC_HIGHPRI : EXEC_PERCPU :
		    p && p->nice < 0 ? EXEC_UNBOUND_HIGHPRI : EXEC_UNBOUND;
}

static void read_end(struct scene *sc, const struct trace_event *ev)
{
	struct ev_EXECUTE_END e;
	int item;

	trace_get_EXECUTE_END(ev, &e);
	item = decl_called(sc, CLS_ITEM, e.item);
	for (size_t i = sc->r.nr_runs; item >= 0 && i-- > 0;)
		if (sc->r.runs[i].item == item && sc->r.runs[i].worker == e.worker && !sc->r.runs[i].end.n) {
			sc->r.runs[i].end = point(ev);
			return;
		}
}

static const struct { const char *fn; enum kws_op op[3]; } calls[] = {
	{ "queue_work", { OP_QUEUE, OP_IRQ_QUEUE, OP_QUEUE_ON } }, { "schedule_work", { OP_QUEUE } },
	{ "queue_work_on", { OP_QUEUE_ON, OP_QUEUE } }, { "queue_delayed_work", { OP_QUEUE_DELAYED } },
	{ "mod_delayed_work", { OP_MOD_DELAYED } }, { "flush_work", { OP_FLUSH } },
	{ "cancel_work", { OP_CANCEL } }, { "cancel_work_sync", { OP_CANCEL_SYNC } },
	{ "cancel_delayed_work", { OP_CANCEL_DELAYED } }, { "cancel_delayed_work_sync", { OP_CANCEL_DELAYED_SYNC } },
	{ "disable_work", { OP_DISABLE } }, { "disable_work_sync", { OP_DISABLE_SYNC } }, { "enable_work", { OP_ENABLE } },
	{ "work_pending", { OP_PENDING } }, { "work_busy", { OP_BUSY } },
	{ "queue_delayed_work_on", { OP_QUEUE_DELAYED_ON } }, { "mod_delayed_work_on", { OP_MOD_DELAYED_ON } },
	{ "flush_delayed_work", { OP_FLUSH_DELAYED } }, { "flush_workqueue", { OP_FLUSH_WQ } },
	{ "drain_workqueue", { OP_DRAIN } }, { "destroy_workqueue", { OP_DESTROY } },
};

/* @thing: the declaration of the item, or of the workqueue if the call has no item. */
static bool is_call(const struct kws_step *s, const char *fn, int thing)
{
	const struct kws_op_row *op = &kws_ops[s->op];
	bool hit = false;

	for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++)
		for (size_t o = 0; !strcmp(calls[c].fn, fn) && o < 3; o++)
			hit |= s->op == calls[c].op[o];
	for (int a = 0; hit && a < KWS_ARGS_MAX; a++)
		if ((op->args[a] == ARG_ITEM || op->args[a] == ARG_DWORK || op->args[a] == ARG_WQ) && s->arg[a].num == thing)
			return true;
	return false;
}

/* The step of @who that is this call of @fn for @thing, one that was not made yet if there is one, or -1. */
static int step_of(const struct scene *sc, struct rec_who who, const char *fn, int thing)
{
	const struct kws *k = sc->row->k;
	const struct kws_decl *d = &k->decls[who.decl];
	int step = -1;

	for (unsigned int i = d->first; i < d->first + d->nr; i++) {
		if (!is_call(&k->steps[i], fn, thing))
			continue;
		if (!record_nth_call(&sc->r, who, k->steps[i].text, 1))
			return (int)i;
		if (step < 0)
			step = (int)i;
	}
	return step;
}

/* Whether the thread of @ev has the actor's name. */
static bool is_the_actor(const struct scene *sc, const struct kws_decl *actor, const struct trace_event *ev)
{
	const char *name = trace_store_name(sc->s, CLS_TASK, ev->task);

	return name && !strcmp(name, actor->name);
}

/* The caller in the scenario: the run on that thread, else the actor of its name, else the first one that has such a step. */
static int caller(const struct scene *sc, const struct trace_event *ev, const char *fn, int thing, struct rec_who *who)
{
	const struct kws *k = sc->row->k;
	int step = -1;

	for (size_t i = sc->r.nr_runs; ev->ctx == CTX_TASK && i-- > 0;) {
		const struct rec_run *run = &sc->r.runs[i];

		if (run->task != ev->task || run->end.n)
			continue;
		*who = (struct rec_who){ run->item, run->k };
		return step_of(sc, *who, fn, thing);
	}
	for (unsigned int i = 0; i < 2 * k->nr_decls && step < 0; i++) {
		unsigned int d = i % k->nr_decls;

		if (k->decls[d].kind != KWS_ACTOR || (i < k->nr_decls && !is_the_actor(sc, &k->decls[d], ev)))
			continue;
		*who = (struct rec_who){ (int)d, 0 };
		step = step_of(sc, *who, fn, thing);
	}
	return step;
}

static void read_call(struct scene *sc, const struct trace_event *ev)
{
	struct rec_call *call;
	struct ev_RETURN e;
	struct rec_who who;
	const char *fn;
	int thing, step;

	trace_get_RETURN(ev, &e);
	thing = e.item ? decl_called(sc, CLS_ITEM, e.item) : decl_called(sc, CLS_WQ, e.wq);
	fn = trace_store_name(sc->s, CLS_FN, e.fn);
	step = thing >= 0 && fn ? caller(sc, ev, fn, thing, &who) : -1;
	call = step >= 0 && e.call > sc->from ? record_call(&sc->r, who, step, point(ev)) : NULL;
	if (!call)
		return;
	call->ret = point(ev);
	call->has_value = e.has_ret;
	call->value = (int64_t)e.ret;
}

static void record_scene(struct scene *sc, struct model *m)
{
	struct trace_event ev;

	record_init(&sc->r, sc->row->k);
	sc->m = m;
	REQUIRE_INT(model_init(m), 0);
	for (uint64_t n = 1; n < sc->to && trace_store_event(sc->s, n, &ev); n++) {
		REQUIRE_INT(model_apply(m, &ev), 0);
		if (n <= sc->from)
			continue;
		if (ev.kind == EV_EXECUTE_START)
			read_start(sc, &ev);
		else if (ev.kind == EV_EXECUTE_END)
			read_end(sc, &ev);
		else if (ev.kind == EV_RETURN)
			read_call(sc, &ev);
	}
	CHECK_FALSE(sc->r.no_memory);
}

/* ---- the facts -------------------------------------------------------------------------------- */

static bool first_word_is(const char *fact, const char *words)
{
	size_t len = strcspn(fact, " ");

	for (const char *p = words; *p; p += strcspn(p, " "), p += *p == ' ')
		if (strcspn(p, " ") == len && !memcmp(p, fact, len))
			return true;
	return false;
}

/* All items that the fact names have a name in the lesson, and so does the workqueue that it counts for. */
static bool is_about_the_scene(const struct row *row, const char *fact)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
	bool counts = first_word_is(fact, "max_concurrency");

	for (const char *p = fact + strcspn(fact, " "); *(p += strcspn(p, letters)); p += strspn(p, letters)) {
		char name[KWS_NAME_MAX + 1];
		int decl;

		snprintf(name, sizeof(name), "%.*s", (int)strspn(p, letters), p);
		decl = kws_find(row->k, name);
		if (counts && !strncmp(name, "cpu", 3))
			return false;	/* the lesson has other CPUs */
		if (decl >= 0 && !*row->of[decl] &&
		    (kws_is_item(row->k->decls[decl].kind) || (counts && row->k->decls[decl].kind == KWS_WQ)))
			return false;
	}
	return true;
}

/* Return: how many facts were checked; @held gets how many of them hold. */
static unsigned int check_facts(struct scene *sc, const char *folder, const char *forms, const char *lesson,
				unsigned int *held)
{
	char path[200], err[300];
	struct klog log = { 0 };
	struct facts f;
	unsigned int n = 0;

	snprintf(path, sizeof(path), "%s/%s.facts", folder, sc->row->scenario);
	REQUIRE_INT(facts_load(&f, sc->row->k, path, err, sizeof(err)), 0);
	*held = 0;
	for (size_t i = 0; i < f.nr; i++) {
		STRBUF(seen, 200);
		enum fact_result res;

		if (f.v[i].soft || !first_word_is(f.v[i].text, *sc->row->only ? sc->row->only : forms) ||
		    !is_about_the_scene(sc->row, f.v[i].text))
			continue;
		res = fact_check(&f, i, &sc->r, &log, &seen);
		if (first_word_is(f.v[i].text, "ret") && res == FACT_FAILS && !strcmp(seen.buf, "there was no such call"))
			continue;	/* the lesson makes fewer calls than the scenario */
		n++;
		*held += res == FACT_HOLDS;
		if (!CHECK_INT(res, FACT_HOLDS))
			test_note("%s, %s: %s (the lesson: %s)", lesson, sc->row->scenario, f.v[i].text, seen.buf);
	}
	facts_fini(&f);
	return n;
}

/* The run in the world "QUESTION/CHOICE". */
static struct play *play_world(const struct play *real, const char *path, const char *world)
{
	const struct lesson_question *q;
	char id[96], *slash;
	int choice;

	snprintf(id, sizeof(id), "%s", world);
	slash = strchr(id, '/');
	REQUIRE_NOT_NULL(slash);
	*slash = '\0';
	q = lesson_question_by_id(&real->lesson, id);
	REQUIRE_NOT_NULL(q);
	choice = lesson_choice(q, slash + 1, strlen(slash + 1));
	REQUIRE_GE(choice, 0);
	return play(path, real, q->number, (uint32_t)choice + 1);
}

/* Return: how many facts of the row hold in the lesson. */
static unsigned int check_row(const struct play *real, const struct course_lesson *l, const char *text)
{
	struct kws *k = calloc(1, sizeof(*k));
	struct row *row = calloc(1, sizeof(*row));
	struct scene *sc = calloc(1, sizeof(*sc));
	struct play *other = NULL;
	unsigned int checked = 0, held = 0;
	char path[200], err[300] = "";
	struct model m;

	snprintf(path, sizeof(path), "tests/scenarios/%.*s.kws", (int)strcspn(text, "\t"), text);
	if (!CHECK_INT(kws_load(k, path, err, sizeof(err)), 0))
		REQUIRE_FAIL(err);
	read_row(row, k, text);
	if (row->names) {
		other = *row->world ? play_world(real, l->path, row->world) : NULL;
		sc->row = row;
		sc->s = other ? &other->store : &real->store;
		sc->from = *row->from ? fence(&(other ? other : real)->lesson, row->from) : 0;
		sc->to = *row->to ? fence(&(other ? other : real)->lesson, row->to) : UINT64_MAX;
		record_scene(sc, &m);
		checked = check_facts(sc, "tests/scenarios", "runs ret executor max_concurrency reentered seq order", l->id, &held);
		if (!CHECK_GE(checked, 2))
			test_note("%s: of %s only %u facts are about the scene", l->id, row->scenario, checked);
		record_fini(&sc->r);
		model_fini(&m);
	}
	if (other)
		play_close(other);
	kws_fini(k);
	free(k);
	free(row);
	free(sc);
	return held;
}

static void open_course(struct course *course)
{
	char dir[1024], err[600];

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, course, err, sizeof(err)), 0);
}

/*
 * Each lesson names scenarios, and at least one of its scenes is compared.  The first minute names none.
 */
static void the_scenes_of_the_lessons_agree_with_a_real_kernel(void)
{
	struct course course;

	open_course(&course);
	for (size_t i = 0; i < course.nr; i++) {
		const struct course_lesson *l = &course.lessons[i];
		struct play *p = play(l->path, NULL, 0, 0);
		unsigned int held = 0;

		for (size_t r = 0; r < p->nr_rows; r++)
			held += check_row(p, l, p->rows[r]);
		if (strcmp(l->id, "first-minute") && !CHECK_GE(held, 3))
			test_note("%s: %zu scenarios, %u facts", l->id, p->nr_rows, held);
		play_close(p);
	}
	course_free(&course);
}

/* ---- twins -------------------------------------------------------------------------------------- */

struct twin {
	struct kws k;
	struct row row;
	char lesson[64];
	struct trace trace;
	struct trace_store store;
	struct record r;
	int64_t within_ns;
	int64_t shared_from_ns;		/* from here on the scheduler's time slices decide */
};

/* The twin's first line; names of the scenario are names of the lesson unless a pair gives another. */
static void read_twin_line(struct twin *t, const char *path)
{
	static const char begin[] = "# twin of ";
	char *text = file_read(path, NULL), *save = NULL, *word;
	struct row *row = &t->row;

	REQUIRE_NOT_NULL(text);
	if (strncmp(text, begin, strlen(begin)))
		test_note("%s: the first line names no lesson", path);
	REQUIRE_INT(strncmp(text, begin, strlen(begin)), 0);
	text[strcspn(text, "\n")] = '\0';
	word = strtok_r(text + strlen(begin), ": ", &save);
	REQUIRE_NOT_NULL(word);
	snprintf(t->lesson, sizeof(t->lesson), "%s", word);
	row->k = &t->k;
	snprintf(row->scenario, sizeof(row->scenario), "%s", t->k.name);
	for (unsigned int d = 0; d < t->k.nr_decls; d++)
		if (kws_is_item(t->k.decls[d].kind) || t->k.decls[d].kind == KWS_WQ)
			snprintf(row->of[d], sizeof(row->of[d]), "%s", t->k.decls[d].name);
	t->within_ns = TWIN_WITHIN_MS * 1000000;
	while ((word = strtok_r(NULL, " ", &save))) {
		char *is = strchr(word, '=');

		REQUIRE_NOT_NULL(is);
		*is = '\0';
		if (!strcmp(word, "within"))
			t->within_ns = strtol(is + 1, NULL, 10) * 1000000;
		else
			read_pair(row, word, strcmp(is + 1, "-") ? is + 1 : "");
	}
	CHECK_RANGE(t->within_ns, 1000000, 5000000);
	free(text);
}

static struct twin *twin_open(const char *path)
{
	struct twin *t = calloc(1, sizeof(*t));
	struct runner_opts opts = { .seed = 1 };
	char err[300] = "";

	REQUIRE_NOT_NULL(t);
	if (!CHECK_INT(kws_load(&t->k, path, err, sizeof(err)), 0))
		REQUIRE_FAIL(err);
	read_twin_line(t, path);
	REQUIRE_INT(trace_open(&t->trace, -1, RUNNER_LOG_BYTES, 0), 0);
	if (!CHECK_INT(runner_run(&t->k, &opts, &t->trace, err, sizeof(err)), 0))
		REQUIRE_FAIL(err);
	REQUIRE_INT(trace_store_borrow(&t->store, &t->trace), 0);
	trace_store_poll(&t->store);
	if (!CHECK_INT(record_trace(&t->r, &t->k, &t->store, err, sizeof(err)), 0))
		REQUIRE_FAIL(err);
	return t;
}

static void twin_close(struct twin *t)
{
	record_fini(&t->r);
	trace_store_close(&t->store);
	trace_close(&t->trace);
	kws_fini(&t->k);
	free(t);
}

/* The facts were measured on a kernel, or their first line has "not yet measured"; they hold under three seeds. */
static void check_twins_facts(struct twin *t)
{
	struct seed_run_result *res = calloc(1, sizeof(*res));
	struct seed_run_file file = { .k = &t->k };
	char path[200], err[300] = "", *text;
	struct facts f;

	REQUIRE_NOT_NULL(res);
	snprintf(path, sizeof(path), "tests/twins/%s.facts", t->k.name);
	text = file_read(path, NULL);
	if (!text)
		test_note("there is no %s", path);
	REQUIRE_NOT_NULL(text);
	text[strcspn(text, "\n")] = '\0';
	if (!CHECK_TRUE(strstr(text, ", not yet measured on a real kernel") || strstr(text, ", measured on Linux ")))
		test_note("%s: %s", path, text);
	free(text);
	if (!CHECK_INT(facts_load(&f, &t->k, path, err, sizeof(err)), 0))
		REQUIRE_FAIL(err);
	file.f = &f;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		seed_run_one(&file, seed, false, res);
		if (!CHECK_INT(res->err ? res->err : (int)res->failed, 0))
			test_note("%s, seed %" PRIu64 ": %s %s %s", path, seed, res->extra, res->unspoken, res->text);
	}
	t->shared_from_ns = f.shared_from_ns;
	facts_fini(&f);
	free(res);
}

/* Times since the zero of each.  Return: 1 if they were compared, 0 if time slices decide. */
static unsigned int compare_time(const struct twin *t, const char *what, int decl, unsigned int k, int64_t twin_ns, int64_t lesson_ns)
{
	int64_t apart = twin_ns > lesson_ns ? twin_ns - lesson_ns : lesson_ns - twin_ns;

	if (twin_ns > t->shared_from_ns)
		return 0;
	if (!CHECK_LE(apart, t->within_ns))
		test_note("%s, %s(%s#%u): %.3f ms in the twin %s, %.3f ms in the lesson", t->lesson, what, t->k.decls[decl].name,
			  k, (double)twin_ns / 1e6, t->k.name, (double)lesson_ns / 1e6);
	return 1;
}

/* The first call for an item: steps such as wq_param are no part of the scene. */
static int64_t zero_of(const struct record *r)
{
	for (size_t i = 0; i < r->nr_calls; i++)
		for (int a = 0; a < KWS_ARGS_MAX; a++) {
			enum kws_arg arg = kws_ops[r->calls[i].op].args[a];

			if (arg == ARG_ITEM || arg == ARG_DWORK)
				return r->calls[i].call.ns;
		}
	return r->calls[0].call.ns;
}

/* All runs of the items that have a name in the lesson.  Return: how many times were compared. */
static unsigned int compare_runs(const struct twin *t, const struct record *lesson)
{
	int64_t zero_t = zero_of(&t->r), zero_l = zero_of(lesson);
	unsigned int n = 0;

	for (unsigned int d = 0; d < t->k.nr_decls; d++)
		if (kws_is_item(t->k.decls[d].kind) && *t->row.of[d])
			if (!CHECK_INT(record_runs_of(lesson, (int)d), record_runs_of(&t->r, (int)d)))
				test_note("%s: runs of %s, in the lesson and in %s", t->lesson, t->row.of[d], t->k.name);
	for (size_t i = 0; i < t->r.nr_runs; i++) {
		const struct rec_run *a = &t->r.runs[i], *b = record_run(lesson, a->item, a->k);

		if (!b || !*t->row.of[a->item])
			continue;
		n += compare_time(t, "start", a->item, a->k, a->start.ns - zero_t, b->start.ns - zero_l);
		if (a->end.n && b->end.n)	/* the scene may end inside a run */
			n += compare_time(t, "end", a->item, a->k, a->end.ns - zero_t, b->end.ns - zero_l);
	}
	return n;
}

/* Calls that may wait: when they returned. */
static unsigned int compare_calls(const struct twin *t, const struct record *lesson)
{
	int64_t zero_t = zero_of(&t->r), zero_l = zero_of(lesson);
	unsigned int n = 0;

	for (size_t i = 0; i < t->r.nr_calls; i++) {
		const struct rec_call *a = &t->r.calls[i], *b = record_nth_call(lesson, a->who, a->step, a->nth);

		if (!kws_ops[a->op].blocks || a->op == OP_LOCK || a->op == OP_WAIT || a->op == OP_OFFLINE || a->op == OP_ONLINE ||
		    !a->ret.n)
			continue;
		if (!CHECK_NOT_NULL(b))
			test_note("%s: the lesson does not call %s, as %s does", t->lesson, a->step, t->k.name);
		else
			n += compare_time(t, a->step, a->who.decl, a->nth, a->ret.ns - zero_t, b->ret.ns - zero_l);
	}
	return n;
}

static void compare_twin(const char *path, const struct course *course)
{
	struct twin *t = twin_open(path);
	struct scene *sc = calloc(1, sizeof(*sc));
	struct play *real = NULL, *other = NULL;
	unsigned int held = 0, n = 0;
	struct model m;

	REQUIRE_NOT_NULL(sc);
	check_twins_facts(t);
	for (size_t i = 0; i < course->nr; i++)
		if (!strcmp(course->lessons[i].id, t->lesson)) {
			real = play(course->lessons[i].path, NULL, 0, 0);
			other = *t->row.world ? play_world(real, course->lessons[i].path, t->row.world) : NULL;
		}
	if (!real)
		test_note("%s: there is no lesson '%s'", path, t->lesson);
	REQUIRE_NOT_NULL(real);
	sc->row = &t->row;
	sc->s = other ? &other->store : &real->store;
	sc->from = *t->row.from ? fence(&(other ? other : real)->lesson, t->row.from) : 0;
	sc->to = *t->row.to ? fence(&(other ? other : real)->lesson, t->row.to) : UINT64_MAX;
	record_scene(sc, &m);
	check_facts(sc, "tests/twins", "runs executor max_concurrency reentered seq order", t->lesson, &held);
	if (CHECK_GT(t->r.nr_calls, 0) && CHECK_GT(sc->r.nr_calls, 0))
		n = compare_runs(t, &sc->r) + compare_calls(t, &sc->r);
	if (!CHECK_GE(n, 2) || !CHECK_GE(held, 2))
		test_note("%s: %u times and %u facts are compared with %s", t->lesson, n, held, t->k.name);
	record_fini(&sc->r);
	model_fini(&m);
	if (other)
		play_close(other);
	play_close(real);
	free(sc);
	twin_close(t);
}

/* A module can run the scene of the lesson on a real kernel: its twin has the same times here. */
static void the_times_of_the_lessons_are_those_of_their_twins(void)
{
	struct course course;
	glob_t g;

	open_course(&course);
	REQUIRE_INT(glob("tests/twins/*.kws", 0, NULL, &g), 0);
	CHECK_GE(g.gl_pathc, 30);
	for (size_t i = 0; i < g.gl_pathc; i++)
		compare_twin(g.gl_pathv[i], &course);
	globfree(&g);
	course_free(&course);
}

const struct test_case suite_sweep_truth[] = {
	T(the_scenes_of_the_lessons_agree_with_a_real_kernel),
	T(the_times_of_the_lessons_are_those_of_their_twins),
	{ NULL, NULL }
};
