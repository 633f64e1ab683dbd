/*
 * check/plan.c - the runs of a check: planning, playing them in worker processes, collecting.
 *
 *   1. one run alone: a lesson that cannot be played to its end is not played 200 times
 *   2. each variant once; the answers take turns, so every choice is given
 *   3. right and wrong answers throughout; further turns, if a question has many choices;
 *      some variants under many seeds, with ties only and with jitter
 *   4. the other worlds, which need the answers up to their question; variants that seem
 *      unequal once more, with right answers
 *
 * Lives here:   the list of runs, processes.
 * Never here:   a run (play.c), comparing (judge.c).   Licence: MIT.
 */
#include "check/check_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/wholefile.h"
#include "base/workers.h"
#include "run/confine.h"
#include "words/texts.h"

#define PROBED_VARIANTS 20		/* in which every answer is judged */
#define RIGHT_VARIANTS 5		/* played with right answers, and in the other worlds */
#define SEED_VARIANTS 2			/* played under many seeds */
#define UNEQUAL_MAX 20			/* variants that are played again */
#define PLAY_SECONDS 30			/* CPU time of one run */
#define SLOW_MS (CONFINE_SANITIZED ? 60000u : 3000u)	/* CPU time of the first run */
#define SOURCE_MAX ((size_t)1 << 20)

const struct check_code_row check_codes[CHECK_NR] = {
#define CODE(ID, word, level) [CHECK_##ID] = { word, CHECK_##level },
#include "check/codes.def"
#undef CODE
};

/* ---- the list of runs ---------------------------------------------------------------- */

int64_t check_plan(struct check *c, const struct check_run *run)
{
	if (c->nr_runs == c->cap_runs) {
		size_t cap = c->cap_runs ? 2 * c->cap_runs : 256;
		struct check_run *runs = realloc(c->run, cap * sizeof(*runs));
		char **reports = runs ? realloc(c->report, cap * sizeof(*reports)) : NULL;

		if (runs)
			c->run = runs;
		if (!reports)
			return -ENOMEM;
		c->report = reports;
		c->cap_runs = cap;
	}
	c->run[c->nr_runs] = *run;
	c->report[c->nr_runs] = NULL;
	return (int64_t)c->nr_runs++;
}

/* ---- playing --------------------------------------------------------------------------- */

static bool play(void *arg, unsigned int job, uint64_t run, void *result)
{
	struct check *c = arg;

	check_play(c->o, c->path, &c->run[c->played + run], c->spin ? &c->spin[job] : NULL, result);
	return true;
}

static void done(void *arg, uint64_t run, const void *result)
{
	struct check *c = arg;
	const struct check_report *r = result;

	c->report[c->played + run] = strndup(r->text, r->len);
	c->result->runs++;
}

/* A fault at the line that the worker wrote before it ended. */
static void put_spin(const struct check *c, const struct spin_place *spin, struct strbuf *out)
{
	const char *slash = strrchr(c->path, '/');

	strbuf_printf(out, "%s:%u: ", slash ? slash + 1 : c->path, spin->line ? spin->line : 1);
	if (spin->call[0])
		strbuf_printf(out, W(CHECK_CALL_SPINS), spin->call);
	else
		strbuf_puts(out, W(CHECK_SPINS));
}

static void lost(void *arg, unsigned int job, uint64_t run, int status)
{
	struct check *c = arg;
	bool spins = WIFEXITED(status) && WEXITSTATUS(status) == SPIN_EXIT && c->spin;
	STRBUF(why, 320);

	if (spins)
		put_spin(c, &c->spin[job], &why);
	else if (workers_timed_out(status))
		strbuf_printf(&why, W(CHECK_ENDLESS), PLAY_SECONDS);
	else if (WIFSIGNALED(status))
		strbuf_printf(&why, W(CHECK_KILLED), strsignal(WTERMSIG(status)));
	else
		strbuf_puts(&why, W(CHECK_EXITED));
	check_lost(&c->room, spins ? "fault" : "died", why.buf);
	done(c, run, &c->room);
}

static void report_progress(void *arg)
{
	struct check *c = arg;

	c->o->progress(c->o->arg, c->result->runs, c->nr_runs);
}

static struct spin_place *share_spins(void)
{
	void *p = mmap(NULL, WORKERS_MAX * sizeof(struct spin_place), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Frees what the runs of a check need. */
void check_free_runs(struct check *c)
{
	for (size_t i = 0; i < c->nr_runs; i++)
		free(c->report[i]);
	free(c->report);
	free(c->run);
	if (c->spin)
		munmap(c->spin, WORKERS_MAX * sizeof(*c->spin));
}

int check_play_all(struct check *c)
{
	struct workers w = {
		.jobs = c->o->jobs, .runs = c->nr_runs - c->played, .result_bytes = sizeof(struct check_report),
		.seconds = PLAY_SECONDS, .play = play, .done = done, .lost = lost,
		.pause = c->o->progress ? report_progress : NULL, .arg = c,
	};
	int err;

	if (!c->spin)
		c->spin = share_spins();
	if (w.jobs > w.runs)
		w.jobs = (unsigned int)w.runs;
	err = w.runs ? workers_run(&w) : 0;
	for (size_t i = c->played; !err && i < c->nr_runs; i++)
		if (!c->report[i])
			err = -ENOMEM;
	c->played = c->nr_runs;
	return err;
}

/* ---- the parts of the plan ---------------------------------------------------------------- */

static int plan_variant(struct check *c, unsigned int variant)
{
	struct check_run run = {
		.variant = variant, .seed = 1, .turn = variant, .hints = variant % 2, .probe = variant < PROBED_VARIANTS,
		.rendered = variant < RIGHT_VARIANTS,
	};

	return check_plan(c, &run) < 0 ? -ENOMEM : 0;
}

/* The largest number of choices of a question. */
static unsigned int most_choices(const struct check *c)
{
	unsigned int most = 0, kind, choices;
	struct report_line line;

	for (size_t i = 0; i < c->nr_runs; i++)
		for (const char *at = c->report[i]; report_next(&at, &line);)
			if (!strcmp(line.kind, "asked") && sscanf(line.text, "%u %u", &kind, &choices) == 2 && choices > most)
				most = choices;
	return most;
}

static int plan_answers(struct check *c)
{
	unsigned int right = c->o->variants < RIGHT_VARIANTS ? c->o->variants : RIGHT_VARIANTS, choices = most_choices(c);
	int err = 0;

	for (unsigned int v = 0; v < right && !err; v++) {
		struct check_run run = { .variant = v, .seed = 1, .answers = ANSWER_RIGHT, .base = c->report[v], .rendered = true };

		err = check_plan(c, &run) < 0;
		run.answers = ANSWER_WRONG;
		run.hints = true;
		if (!err && v < SEED_VARIANTS)
			err = check_plan(c, &run) < 0;
	}
	for (unsigned int turn = c->o->variants; turn < choices && !err; turn++) {
		struct check_run run = { .seed = 1, .turn = turn };

		err = check_plan(c, &run) < 0;
	}
	return err ? -ENOMEM : 0;
}

/* The answers are those of the run with seed 1, so that only the schedule differs. */
static int plan_seeds(struct check *c)
{
	for (unsigned int v = 0; v < SEED_VARIANTS && v < c->o->variants; v++) {
		struct check_run run = { .variant = v, .turn = v, .hints = v % 2, .base = c->report[v] };

		for (run.seed = 2; run.seed <= c->o->seeds; run.seed++)
			if (check_plan(c, &run) < 0)
				return -ENOMEM;
		run.jitter = c->o->jitter;
		for (run.seed = 1; c->o->jitter > 0 && run.seed <= c->o->seeds; run.seed++)
			if (check_plan(c, &run) < 0)
				return -ENOMEM;
	}
	return 0;
}

/* The other worlds that run @i offers. */
static int plan_worlds(struct check *c, size_t i)
{
	const char *at = c->report[i];
	struct report_line line;

	while (report_next(&at, &line)) {
		struct check_run run = { .variant = c->run[i].variant, .seed = 1, .answers = ANSWER_RIGHT, .base = c->report[i] };
		char word[LESSON_CHOICE_ID_BYTES_MAX + 1];

		if (strcmp(line.kind, "world") ||
		    sscanf(line.text, "%u %u %64[^\n]", &run.world_question, &run.world_choice, word) != 3)
			continue;
		snprintf(run.world, sizeof(run.world), "%s %s", line.question, word);
		if (check_plan(c, &run) < 0)
			return -ENOMEM;
	}
	return 0;
}

static unsigned int questions_asked(const char *report)
{
	struct report_line line;
	unsigned int n = 0;

	while (report_next(&report, &line))
		n += !strcmp(line.kind, "asked");
	return n;
}

/* A lesson may ask more after a wrong answer, so only runs with right answers are compared later. */
static int plan_unequal(struct check *c, size_t variants)
{
	unsigned int seen = 0, usual = questions_asked(c->report[0]);

	for (size_t v = RIGHT_VARIANTS; v < variants && seen < UNEQUAL_MAX; v++) {
		struct check_run run = { .variant = v, .seed = 1, .answers = ANSWER_RIGHT, .base = c->report[v] };

		if (questions_asked(c->report[v]) == usual)
			continue;
		seen++;
		if (check_plan(c, &run) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int play_rest(struct check *c)
{
	size_t right_from, right_to;
	int err = 0;

	for (unsigned int v = 1; v < c->o->variants && !err; v++)
		err = plan_variant(c, v);
	if (!err)
		err = check_play_all(c);
	right_from = c->nr_runs;
	if (!err)
		err = plan_answers(c);
	right_to = c->nr_runs;
	if (!err)
		err = plan_seeds(c);
	if (!err)
		err = check_play_all(c);
	for (size_t i = right_from; i < right_to && !err; i++)
		if (c->run[i].answers == ANSWER_RIGHT)
			err = plan_worlds(c, i);
	if (!err)
		err = plan_unequal(c, c->o->variants);
	return err ? err : check_play_all(c);
}

/* ---- findings ------------------------------------------------------------------------------- */

/* The options that repeat a run: the answers are those that were given. */
static void put_again(const struct check *c, size_t i, char *buf, size_t size)
{
	const struct check_run *run = &c->run[i];
	const char *at = run->world_question ? run->base : c->report[i], *sep = " --answers ";
	struct report_line line;
	struct strbuf out;

	strbuf_init(&out, buf, size);
	strbuf_printf(&out, "--variant %llu --seed %llu", (unsigned long long)run->variant, (unsigned long long)run->seed);
	if (run->jitter > 0)
		strbuf_printf(&out, " --jitter %g", run->jitter);
	while (report_next(&at, &line)) {
		if (strcmp(line.kind, "given"))
			continue;
		strbuf_printf(&out, "%s%s=", sep, line.question);
		for (size_t k = 0; k < line.len; k++)
			strbuf_putc(&out, line.text[k] == ' ' ? '+' : line.text[k]);
		sep = ",";
	}
	if (out.cut)		/* half a list of answers would be another run */
		snprintf(buf, size, "--variant %llu --seed %llu", (unsigned long long)run->variant,
			 (unsigned long long)run->seed);
}

/*
 * A finding that is there already: with the same text, or, if it comes from a run, at the same place.  The
 * text of a fault often has numbers of its run, so the first run is kept and the others are counted.
 */
static struct check_finding *found_before(const struct check_result *r, const struct check_finding *f, bool of_run)
{
	for (size_t i = 0; i < r->nr_findings; i++) {
		struct check_finding *old = &r->finding[i];

		if (old->code == f->code && !strcmp(old->question, f->question) && !strcmp(old->file, f->file) &&
		    (!strcmp(old->text, f->text) || (of_run && old->line == f->line && old->col == f->col)))
			return old;
	}
	return NULL;
}

static void add_finding(struct check *c, struct check_finding *f, int64_t run)
{
	struct check_result *r = c->result;
	struct check_finding *old = found_before(r, f, run >= 0);

	if (old) {
		old->runs += run >= 0;
		return;
	}
	if (check_codes[f->code].level == CHECK_ERROR)
		r->errors++;
	else
		r->warnings++;
	if (r->nr_findings == CHECK_FINDINGS_MAX) {
		r->more++;
		return;
	}
	if (run >= 0)
		put_again(c, (size_t)run, f->again, sizeof(f->again));
	r->finding[r->nr_findings++] = *f;
}

void check_find(struct check *c, enum check_code code, const char *question, unsigned int line, unsigned int col,
		int64_t run, const char *fix, const char *fmt, ...)
{
	struct check_finding f = { .code = code, .line = line, .col = col, .runs = run >= 0 };
	va_list ap;

	if (c->o->question && *question && strcmp(question, c->o->question))
		return;
	va_start(ap, fmt);
	vsnprintf(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	snprintf(f.question, sizeof(f.question), "%s", question);
	snprintf(f.fix, sizeof(f.fix), "%s", fix);
	add_finding(c, &f, run);
}

void check_find_in(struct check *c, enum check_code code, const char *path, unsigned int line, unsigned int col,
		   const char *fix, const char *fmt, ...)
{
	struct check_finding f = { .code = code, .line = line, .col = col };
	const char *slash = strrchr(path, '/');
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f.text, sizeof(f.text), fmt, ap);
	va_end(ap);
	snprintf(f.file, sizeof(f.file), "%s", slash ? slash + 1 : path);
	snprintf(f.fix, sizeof(f.fix), "%s", fix);
	add_finding(c, &f, -1);
}

static int by_line(const void *a, const void *b)
{
	const struct check_finding *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (int)x->code - (int)y->code;
}

/* ---- a lesson ---------------------------------------------------------------------------------- */

/* A lesson of which some hundred runs would take minutes is not played further. */
static bool is_slow(struct check *c)
{
	struct report_line line;
	unsigned long ms = report_find(c->report[0], "cpu", "", &line) ? strtoul(line.text, NULL, 10) : 0;

	if (ms < SLOW_MS)
		return false;
	check_find(c, CHECK_SLOW, "", 1, 1, -1, W(CHECK_FIX_SLOW), W(CHECK_IS_SLOW), ms / 1000);
	return true;
}

/* The table has only the question that the caller asked for. */
static void keep_question(struct check_result *r, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nr_questions; i++)
		if (!strcmp(r->question[i].id, id))
			r->question[n++] = r->question[i];
	r->nr_questions = n;
}

static int run_check(struct check *c)
{
	int err = plan_variant(c, 0);

	if (!err)
		err = check_play_all(c);
	if (!err && report_has(c->report[0], "ended", "", "") && !is_slow(c))
		err = play_rest(c);
	if (err)
		return err;
	check_judge(c);
	check_names(c);
	check_translations(c);
	check_habits(c);
	if (c->o->question)
		keep_question(c->result, c->o->question);
	qsort(c->result->finding, c->result->nr_findings, sizeof(*c->result->finding), by_line);
	return 0;
}

/* One run, for the notes that are written before the scene. */
static int run_heading(struct check *c)
{
	int err = plan_variant(c, 0);

	if (!err)
		err = check_play_all(c);
	if (err)
		return err;
	check_names(c);
	check_habits(c);
	return 0;
}

static int check_file(const struct check_opts *o, const char *path, int (*run)(struct check *c), struct check_result *out)
{
	struct check *c = calloc(1, sizeof(*c));
	const char *slash = strrchr(path, '/');
	int err = -ENOMEM;

	memset(out, 0, sizeof(*out));
	if (!c)
		return err;
	c->o = o;
	c->path = path;
	c->result = out;
	snprintf(out->path, sizeof(out->path), "%s", path);
	snprintf(out->file, sizeof(out->file), "%.127s", slash ? slash + 1 : path);
	out->finding = calloc(CHECK_FINDINGS_MAX, sizeof(*out->finding));
	out->question = calloc(LESSON_QUESTIONS_MAX, sizeof(*out->question));
	c->source = wholefile_read(path, SOURCE_MAX, NULL);
	if (out->finding && out->question && c->source)
		err = run(c);
	check_free_runs(c);
	free(c->source);
	free(c);
	return err;
}

int check_lesson(const struct check_opts *o, const char *path, struct check_result *out)
{
	return check_file(o, path, run_check, out);
}

int check_heading(const struct check_opts *o, const char *path, struct check_result *out)
{
	return check_file(o, path, run_heading, out);
}

void check_result_fini(struct check_result *r)
{
	free(r->finding);
	free(r->question);
	free(r->form.row);
	memset(r, 0, sizeof(*r));
}
