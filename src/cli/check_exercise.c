/*
 * cli/check_exercise.c - `kworkshop check EXERCISE`: the proof that an exercise is right and fair.
 *
 * In each variant that is tried the solution holds every check and the starter does not; each
 * wrong solution fails the check that its first line names.  Then each statement of the solution
 * is deleted in turn: a deletion that fails no check is a statement that no check asks for, and
 * the author lists it as harmless.  A check that nothing of all this has failed is unproven.
 *
 * Lives here:   the proofs.
 * Never here:   running checks (exercise/), the places of findings (proof.c), printing them (check_print.c).   Licence: MIT.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/wholefile.h"
#include "classroom/identity.h"
#include "cli/check.h"
#include "cli/proof.h"
#include "words/texts.h"

#define FAST_SCHEDULES 10		/* of each check */
#define FAST_WAYS 500			/* of choosing, and schedules of a check, of a scheduler exercise */

/* ---- a try -------------------------------------------------------------------------------------- */

static void show_runs(void *arg, const struct exercise_result *now)
{
	proof_show(arg, now->runs);
}

static void show_ways(void *arg, const struct exercise_depth *now)
{
	proof_show(arg, now->schedules);
}

/* How files are tried, unless a proof needs it otherwise.  @files NULL: the form's defaults. */
static struct exercise_checking trial_of(struct proof *p, const struct run_files *files)
{
	return (struct exercise_checking){ .files = files, .seed = 1, .jitter = -1, .jobs = p->o->jobs, .schedules = p->schedules,
					   .verdicts = true, .progress = p->o->progress ? show_runs : NULL, .arg = p };
}

/* Runs the checks; the files are those of @folder.  False: there is a finding. */
static bool try_files(struct proof *p, const struct exercise_checking *how, const char *folder)
{
	char err[1500] = "";
	int rc = exercise_check(p->x, how, p->result, err, sizeof(err));

	snprintf(p->trying, sizeof(p->trying), "%s", folder);
	p->seed = how->seed;
	p->out->runs += p->result->runs;
	if (rc)
		proof_fault(p, folder, *err ? err : strerror(-rc));
	for (unsigned int k = 1; !rc && k <= p->result->nr; k++)
		p->failed[k] |= p->result->check[k].state == CHECK_STATE_FAILS;
	return rc == 0;
}

static uint64_t bit(unsigned int number)
{
	return UINT64_C(1) << (number - 1);
}

/* The first check that does not hold, 0 = all of them do. */
static unsigned int first_failure(const struct proof *p)
{
	for (unsigned int k = 1; k <= p->result->nr; k++)
		if (p->result->check[k].state != CHECK_STATE_HOLDS && p->x->about.check[k].form != CHECK_REACH)
			return k;
	return 0;
}

/* The files in @folder of the exercise; NULL: there is a finding. */
static struct run_files *read_folder(struct proof *p, const char *folder)
{
	char dir[1200], path[1400], *paths[] = { path };
	struct run_files *files = NULL;
	char err[1500] = "";
	int rc;

	p->trying[0] = '\0';
	snprintf(dir, sizeof(dir), "%s/%s", p->x->at.dir, folder);
	snprintf(path, sizeof(path), "%s/settings.lua", dir);
	if (p->x->about.nr_files)
		rc = exercise_read(p->x, dir, &files, err, sizeof(err));
	else
		rc = exercise_read_paths(p->x, paths, 1, &files, err, sizeof(err));
	if (rc)
		proof_fault(p, folder, *err ? err : folder);
	return rc ? NULL : files;
}

/* ---- the proofs ------------------------------------------------------------------------------------ */

/* Check @k fails for the solution: at the line of the solution that is at fault, or at the check. */
static void find_failing_solution(struct proof *p, unsigned int k)
{
	const struct exercise_outcome *o = &p->result->check[k];
	const char *text = k && o->state == CHECK_STATE_FAILS ? o->text : p->result->fault[0] ? p->result->fault : o->text;
	struct spot at = proof_spot_of_check(p, &p->x->about.check[k]);

	proof_spot_in_text("solution", &text, &at);
	proof_find(p, CHECK_SOLUTION_FAILS, at, W(CHECK_FIX_SOLUTION_FAILS), W(CHECK_SOLUTION), p->x->about.check[k].name,
	     (unsigned long long)p->x->variant, (unsigned long long)o->seed, text);
}

/* Seeds of one try are apart by as many schedules as a check has, so that each makes other runs. */
static uint64_t seed_step(const struct proof *p)
{
	unsigned int most = 1;

	for (unsigned int k = 1; k <= p->x->about.nr_checks; k++)
		if (p->x->about.check[k].schedules > most)
			most = p->x->about.check[k].schedules;
	return most;
}

static void note(struct proof *p, struct spot at, const char *text)
{
	struct check_note *n = &p->out->note[p->out->nr_notes];

	if (p->out->nr_notes == CHECK_NOTES_MAX)
		return;
	n->line = at.line;
	snprintf(n->text, sizeof(n->text), "%s", text);
	p->out->nr_notes++;
}

/* Of the solution, as it has just been checked. */
static void note_depth(struct proof *p)
{
	unsigned int k = p->result->nr;
	const struct exercise_outcome *r = &p->result->check[k];
	char text[240];

	if (!k || p->x->about.check[k].form != CHECK_AFTER || r->state != CHECK_STATE_HOLDS)
		return;
	snprintf(text, sizeof(text), W(CHECK_NOTE_AFTER), r->values);
	note(p, proof_spot(p, 1, "after ="), text);
	if (r->depth && !strcmp(p->x->about.after_depth, "all") && !p->fast)
		proof_find(p, CHECK_DEPTH, proof_spot(p, 1, "after ="), W(CHECK_FIX_DEPTH), W(CHECK_DEPTH_ONLY), r->depth, (unsigned long long)r->done);
}

/* The first seed of an exercise with very many schedules, or ways of choosing, has to do. */
static bool is_costly(const struct proof *p)
{
	return p->o->seed_runs_max && p->out->runs - p->begun > p->o->seed_runs_max;
}

static void prove_solution(struct proof *p)
{
	struct run_files *files = read_folder(p, "solution");
	struct exercise_checking how = trial_of(p, files);
	bool failed_before[EXERCISE_CHECKS_MAX + 1];

	memcpy(failed_before, p->failed, sizeof(failed_before));
	for (unsigned int i = 0; files && i < proof_seeds(p, p->tried) && (!i || !is_costly(p)); i++) {
		how.seed = 1 + i * seed_step(p);
		if (!try_files(p, &how, "solution"))
			continue;
		p->usual = p->result->runs;
		memcpy(p->reference, p->result->value, sizeof(p->reference));
		if (first_failure(p) || !exercise_holds(p->x, p->result))
			find_failing_solution(p, first_failure(p));
		if (!i && !p->tried && p->x->about.kind == EXERCISE_SCHEDULER)
			note_depth(p);
	}
	memcpy(p->failed, failed_before, sizeof(failed_before));	/* that proves nothing */
	run_files_put(files);
}

/* The check of the variant before is tried first, or few schedules; if the starter holds there, all checks and schedules are. */
static bool starter_holds(struct proof *p, const struct run_files *files)
{
	struct exercise_checking how = trial_of(p, files);
	unsigned int k;

	if (p->tried >= WHOLE_VARIANTS)
		how.checks = p->starter_fails;
	if (!try_files(p, &how, "starter"))
		return false;
	if (exercise_holds(p->x, p->result) && (how.checks || how.schedules)) {
		how.checks = how.schedules = 0;
		if (!try_files(p, &how, "starter"))
			return false;
	}
	k = first_failure(p);
	p->starter_fails = k ? bit(k) : 0;
	return exercise_holds(p->x, p->result);
}

static void prove_starter(struct proof *p)
{
	struct run_files *files = p->x->about.nr_files ? read_folder(p, "starter") : NULL;

	if ((files || !p->x->about.nr_files) && starter_holds(p, files))
		proof_find(p, CHECK_STARTER_PASSES, files ? proof_spot_at("starter", files->v[0].name, 1) : proof_spot_of_form(p),
		     files ? W(CHECK_FIX_STARTER_PASSES) : W(CHECK_FIX_DEFAULTS), files ? W(CHECK_STARTER) : W(CHECK_DEFAULTS), (unsigned long long)p->x->variant);
	run_files_put(files);
}

/* As starter_holds(), with the check that the file names.  False: there is a finding. */
static bool try_wrong(struct proof *p, const struct run_files *files, unsigned int k, const char *folder)
{
	struct exercise_checking how = trial_of(p, files);

	if (p->tried >= WHOLE_VARIANTS)
		how.checks = bit(k);
	if (!try_files(p, &how, folder))
		return false;
	if (p->result->check[k].state != CHECK_STATE_HOLDS || !how.schedules)
		return true;
	how.checks = bit(k);
	how.schedules = 0;
	return try_files(p, &how, folder);
}

/* A wrong solution that is no program, or that ends its run, fails no check: the check could not be judged. */
static void find_passing_wrong(struct proof *p, unsigned int k, const char *base, struct spot at, const char *folder)
{
	const struct exercise_outcome *o = &p->result->check[k];
	const char *name = p->x->about.check[k].name, *text = o->text[0] ? o->text : p->result->fault;

	if (o->state != CHECK_STATE_CANNOT || !*text) {
		proof_find(p, CHECK_WRONG_PASSES, at, W(CHECK_FIX_WRONG_PASSES), W(CHECK_WRONG_HOLDS), base, name, (unsigned long long)p->x->variant);
		return;
	}
	proof_spot_in_text(folder, &text, &at);
	proof_find(p, CHECK_WRONG_PASSES, at, W(CHECK_FIX_WRONG_CANNOT), W(CHECK_WRONG_CANNOT), base, name, text);
}

static void prove_wrong(struct proof *p, const char *base)
{
	char folder[160], name[200] = "";
	struct run_files *files;
	struct spot at;
	unsigned int k = 0;

	snprintf(folder, sizeof(folder), "wrong/%.150s", base);
	files = read_folder(p, folder);
	if (!files)
		return;
	at = proof_spot_at(folder, files->v[0].name, 1);
	if (sscanf(files->v[0].text, "-- fails: %199[^\n]", name) == 1)
		for (k = 1; k <= p->x->about.nr_checks && strcmp(p->x->about.check[k].name, name); k++)
			;
	if (!k || k > p->x->about.nr_checks)
		proof_find(p, CHECK_WRONG_PASSES, at, W(CHECK_FIX_WRONG_NAME), W(CHECK_WRONG_NAME), base, name);
	else if (try_wrong(p, files, k, folder) && p->result->check[k].state != CHECK_STATE_FAILS)
		find_passing_wrong(p, k, base, at, folder);
	run_files_put(files);
}

static void prove_all_wrong(struct proof *p)
{
	char pattern[1200];
	glob_t all = { 0 };

	snprintf(pattern, sizeof(pattern), "%s/wrong/*", p->x->at.dir);
	if (glob(pattern, 0, NULL, &all) == 0)
		for (size_t i = 0; i < all.gl_pathc; i++)
			prove_wrong(p, strrchr(all.gl_pathv[i], '/') + 1);
	globfree(&all);
}

/* ---- deleting statements ------------------------------------------------------------------------------ */

/* The statement of a line, without blanks and comment.  False: the line opens or ends a block, or has no statement. */
static bool statement_of(const char *line, size_t len, char *out, size_t size)
{
	static const char *const blocks[] = { "function", "local function", "if ", "for ", "while ", "repeat", "until", "else",
					      "end", "return", "do", "}", ")" };
	int depth = 0;
	size_t n;

	while (len && isspace((unsigned char)*line)) {
		line++;
		len--;
	}
	for (n = 0; n + 1 < len && strncmp(line + n, "--", 2); n++)
		;
	n = n + 1 >= len ? len : n;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	if (!n || n >= size)
		return false;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		if (!strncmp(line, blocks[i], strlen(blocks[i])))
			return false;
	for (size_t i = 0; i < n; i++)
		depth += strchr("({[", line[i]) ? 1 : strchr(")}]", line[i]) ? -1 : 0;
	snprintf(out, size, "%.*s", (int)n, line);
	return depth == 0 && !strstr(out, "function(") && (strchr(out, '(') || strchr(out, '=')) && out[n - 1] != ',' &&
	       strncmp(out, "local ", 6);	/* without its declaration a name is a fault, which no check has found */
}

static bool listed_as_harmless(const struct proof *p, const char *statement)
{
	const char *list = strstr(p->source, "harmless");
	char quoted[400];

	snprintf(quoted, sizeof(quoted), "\"%s\"", statement);
	return list && strstr(list, quoted);
}

/* @files without bytes [@from, @to) of file @which. */
static struct run_files *without(const struct run_files *files, size_t which, size_t from, size_t to)
{
	struct run_files *less = run_files_new();
	int rc = less ? 0 : -ENOMEM;

	for (size_t i = 0; i < files->n && !rc; i++) {
		const struct run_file *f = &files->v[i];
		char *text = strdup(f->text);
		size_t len = f->len;

		if (!text) {
			rc = -ENOMEM;
			break;
		}
		if (i == which)
			for (size_t k = from; k < to; k++)	/* blanks, so that lines keep their numbers */
				text[k] = ' ';
		rc = run_files_add(less, f->name, text, len, f->hidden);
		free(text);
	}
	if (rc)
		run_files_put(less);
	return rc ? NULL : less;
}

static bool try_without(struct proof *p, const struct run_files *less)
{
	struct exercise_checking how = trial_of(p, less);

	how.schedules = 0;
	return try_files(p, &how, "solution");
}

static void delete_statements(struct proof *p, const struct run_files *files, size_t which)
{
	const char *text = files->v[which].text;
	unsigned int number = 1;
	char statement[300];

	for (size_t at = 0; text[at]; number++) {
		size_t len = strcspn(text + at, "\n");
		struct run_files *less = NULL;

		if (statement_of(text + at, len, statement, sizeof(statement)) && !listed_as_harmless(p, statement))
			less = without(files, which, at, at + len);
		if (less && try_without(p, less) && exercise_holds(p->x, p->result))
			proof_find(p, CHECK_HARMLESS, proof_spot_at("solution", files->v[which].name, number), W(CHECK_FIX_HARMLESS), W(CHECK_STATEMENT), files->v[which].name, number, statement);
		run_files_put(less);
		at += len + (text[at + len] == '\n');
	}
}

static void prove_statements(struct proof *p)
{
	struct run_files *files = p->x->about.nr_files ? read_folder(p, "solution") : NULL;

	for (size_t i = 0; files && i < files->n; i++)
		delete_statements(p, files, i);
	run_files_put(files);
}

/* A check that neither the starter nor a wrong solution nor a deletion fails may hold always. */
static void find_unproven(struct proof *p)
{
	for (unsigned int k = 1; k <= p->x->about.nr_checks; k++) {
		const struct exercise_check *c = &p->x->about.check[k];

		if (c->number && !c->hidden && c->form != CHECK_REACH && !p->failed[k])
			proof_find(p, CHECK_CHECK_UNPROVEN, proof_spot_of_check(p, c), W(CHECK_FIX_CHECK_UNPROVEN), W(CHECK_UNPROVEN), c->name);
	}
}

/* ---- the scheduler's choices ------------------------------------------------------------------------------ */

/* The choices end a run with a fault, whose text may have a place in exercise.lua. */
static void find_way_fault(struct proof *p, const struct exercise_depth *d)
{
	struct spot at = proof_spot(p, 1, "scene");
	const char *text = d->text;

	proof_spot_in_text("", &text, &at);
	proof_find(p, CHECK_FAULT, at, W(CHECK_FIX_EXERCISE), W(CHECK_WAY_FAULT), d->moves, (unsigned long long)p->x->variant, text);
}

/* With --fast the search ends early, which is no finding. */
static void find_no_way(struct proof *p, const struct exercise_depth *d)
{
	unsigned long long variant = p->x->variant, ways = d->schedules;
	struct spot at = proof_spot(p, 1, "reach =");

	if (d->exact)
		proof_find(p, CHECK_NOT_REACHED, at, W(CHECK_FIX_NOT_REACHED), W(CHECK_NO_WAY), variant, ways);
	else if (!p->fast)
		proof_find(p, CHECK_DEPTH, at, W(CHECK_FIX_DEEP_WAY), W(CHECK_NO_WAY_TO), d->depth, variant, ways);
}

/* A search that has ended early may prove that a number is too small or too large. */
static void judge_par(struct proof *p, const struct exercise_depth *d)
{
	unsigned int par = p->x->about.par;
	unsigned long long variant = p->x->variant;
	struct spot at = proof_spot(p, 1, "par =");

	if (!par || par == d->par)
		return;
	if (d->fewest)
		proof_find(p, CHECK_PAR, at, W(CHECK_FIX_PAR), W(CHECK_PAR_DIFFERS), par, d->par, variant, d->moves);
	else if (par > d->par)
		proof_find(p, CHECK_PAR, at, W(CHECK_FIX_PAR), W(CHECK_PAR_LARGE), par, d->par, variant, d->moves);
	else if (par <= d->depth)
		proof_find(p, CHECK_PAR, at, W(CHECK_FIX_PAR_SMALL), W(CHECK_PAR_SMALL), par, d->depth, variant);
	else if (!p->fast)
		proof_find(p, CHECK_DEPTH, at, W(CHECK_FIX_DEEP_WAY), W(CHECK_PAR_UNPROVED), par, d->depth, d->par, variant);
}

/* @first: the variant whose numbers are reported. */
static void prove_par(struct proof *p, bool first)
{
	struct exercise_depth_opts how = { .seed = 1, .jobs = p->o->jobs, .schedules_max = p->schedules,
					   .progress = p->o->progress ? show_ways : NULL, .arg = p };
	struct exercise_depth *d = calloc(1, sizeof(*d));
	char err[600] = "", text[240];
	int rc = d ? exercise_depth(p->x, &how, d, err, sizeof(err)) : -ENOMEM;

	if (rc) {
		proof_fault(p, "", *err ? err : strerror(-rc));
		free(d);
		return;
	}
	p->out->runs += d->schedules;
	p->par_ways = d->schedules;
	if (d->fault)
		find_way_fault(p, d);
	else if (!d->reached)
		find_no_way(p, d);
	else
		judge_par(p, d);
	if (first && d->reached && !d->fault) {
		snprintf(text, sizeof(text), d->fewest ? W(CHECK_NOTE_PAR) : W(CHECK_NOTE_PAR_AT_MOST), d->par, d->moves);
		note(p, proof_spot(p, 1, "reach ="), text);
	}
	free(d);
}

/* ---- an exercise ------------------------------------------------------------------------------------------ */

/* The proofs of the first variant alone. */
static void prove_once(struct proof *p)
{
	if (p->x->about.nr_hints == 0)
		proof_find(p, CHECK_NO_HINTS, proof_spot(p, 1, "exercise {"), W(CHECK_FIX_NO_HINTS), "%s", W(CHECK_EXERCISE_NO_HINTS));
	if (!p->x->about.why[0])
		proof_find(p, CHECK_NO_WHY, proof_spot(p, 1, "exercise {"), W(CHECK_FIX_NO_WHY), "%s", W(CHECK_EXERCISE_NO_WHY));
	if (!p->out->errors)	/* a solution that fails proves nothing by failing without a statement */
		prove_statements(p);
}

static void prove_variant(struct proof *p)
{
	bool scheduler = p->x->about.kind == EXERCISE_SCHEDULER;

	prove_solution(p);
	if (scheduler)
		prove_par(p, !p->tried);
	if (p->x->about.kind == EXERCISE_CONFIGURE)
		prove_settings(p);
	prove_starter(p);
	prove_all_wrong(p);
	if (!p->tried)
		prove_once(p);
}

static bool open_variant(struct proof *p, const struct exercise_place *at, uint64_t variant)
{
	char err[1500] = "";

	if (exercise_open(&p->x, at, variant, NULL, p->o->script, err, sizeof(err)) == 0)
		return true;
	proof_fault(p, "", err);
	return false;
}

/* Variants from all over their range.  The last one that could be opened stays open for find_unproven(). */
static void prove_variants(struct proof *p, const struct exercise_place *at)
{
	const struct check_opts *o = p->o;
	struct exercise *last = NULL;

	for (unsigned int i = 0; i < o->variants && proof_has_runs(p); i++) {
		if (!open_variant(p, at, i * (uint64_t)IDENTITY_VARIANTS / o->variants))
			continue;
		p->begun = p->out->runs;
		if (p->fast)
			p->schedules = p->x->about.kind == EXERCISE_SCHEDULER ? FAST_WAYS : FAST_SCHEDULES;
		prove_variant(p);
		p->tried++;
		exercise_close(last);
		last = p->x;
		p->x = NULL;
	}
	p->x = last;
	if (last && !p->out->errors)
		find_unproven(p);
	exercise_close(last);
	p->out->variants = p->tried;
	p->out->schedules = p->schedules;
}

static int by_place(const void *a, const void *b)
{
	const struct check_finding *x = a, *y = b;
	int k = strcmp(x->file, y->file);

	return k ? k : x->line != y->line ? (x->line < y->line ? -1 : 1) : (int)x->code - (int)y->code;
}

int check_exercise(const struct exercise_place *at, const struct check_opts *o, bool fast, struct check_result *out)
{
	struct proof p = { .out = out, .o = o, .dir = at->dir, .fast = fast };
	struct check_opts heading = *o;
	char path[1100];
	int rc;

	snprintf(path, sizeof(path), "%.1000s/exercise.lua", at->dir);
	heading.variants = heading.seeds = 1;
	rc = check_heading(&heading, path, out);
	p.result = calloc(1, sizeof(*p.result));
	p.source = wholefile_read(path, PROOF_BYTES, NULL);
	if (!rc)
		rc = !p.result ? -ENOMEM : !p.source ? -ENOENT : 0;
	if (!rc)
		prove_variants(&p, at);
	if (!rc)
		qsort(out->finding, out->nr_findings, sizeof(*out->finding), by_place);
	free(p.source);
	free(p.result);
	return rc;
}
