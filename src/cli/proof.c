/*
 * cli/proof.c - the findings of the proofs of an exercise, with their places, and their progress.
 *
 * Lives here:   see proof.h.
 * Never here:   the proofs (check_exercise.c), printing (check_print.c).   Licence: MIT.
 */
#include "cli/proof.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "base/wholefile.h"
#include "words/texts.h"

#define SHOW_NS (100 * NS_PER_MS)

/* ---- findings -------------------------------------------------------------------------------- */

struct spot proof_spot_at(const char *folder, const char *name, unsigned int line)
{
	struct spot s = { .line = line ? line : 1, .col = 1 };

	snprintf(s.file, sizeof(s.file), "%.80s%s%.70s", folder, *folder ? "/" : "", name);
	return s;
}

struct spot proof_spot(const struct proof *p, unsigned int from, const char *text)
{
	struct spot s = { .line = 1, .col = 1 };

	check_place(p->source, from, text, &s.line, &s.col);
	return s;
}

/* A comment may have the word too. */
struct spot proof_spot_of_form(const struct proof *p)
{
	static const char *const beginnings[] = { "settings =", "settings=", "settings" };
	struct spot s = { .line = 1, .col = 1 };

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]) && s.line == 1; i++)
		s = proof_spot(p, 1, beginnings[i]);
	return s;
}

struct spot proof_spot_of_check(const struct proof *p, const struct exercise_check *k)
{
	struct spot list = proof_spot(p, 1, "checks");
	char name[140];

	if (k->form == CHECK_AFTER)
		return proof_spot(p, 1, "after =");
	snprintf(name, sizeof(name), "{ \"%s\"", k->name);
	return proof_spot(p, list.line, name);
}

bool proof_spot_in_text(const char *folder, const char **text, struct spot *s)
{
	size_t name = strcspn(*text, ":");
	char file[70], *end;
	unsigned long line;

	if (name < 4 || name >= sizeof(file) || strncmp(*text + name - 4, ".lua", 4) || (*text)[name] != ':')
		return false;
	line = strtoul(*text + name + 1, &end, 10);
	if (!line || *end != ':')
		return false;
	snprintf(file, sizeof(file), "%.*s", (int)name, *text);
	*s = !strcmp(file, "exercise.lua") ? proof_spot_at("", "", (unsigned int)line) : proof_spot_at(folder, file, (unsigned int)line);
	*text = end + 1 + strspn(end + 1, " ");
	return true;
}

/* The column of the line's first character that is not blank. */
static void find_column(const struct proof *p, struct spot *s)
{
	char path[1400];
	char *text;
	size_t at = 0;

	if (s->col > 1)
		return;
	snprintf(path, sizeof(path), "%.1000s/%s", p->dir, s->file[0] ? s->file : "exercise.lua");
	text = wholefile_read(path, PROOF_BYTES, NULL);
	for (unsigned int line = 1; text && line < s->line; line++) {
		at += strcspn(text + at, "\n");
		at += text[at] == '\n';
	}
	s->col = text ? (unsigned int)strspn(text + at, " \t") + 1 : 1;
	free(text);
}

/* The files and options of `kworkshop test` for the last try.  A form's defaults need no file. */
static void put_again(const struct proof *p, struct check_finding *f)
{
	STRBUF(out, sizeof(f->again));
	bool defaults = !p->x->about.nr_files && !strcmp(p->trying, "starter");

	for (unsigned int i = 0; i < p->x->about.nr_files; i++)
		strbuf_printf(&out, "%s/%s/%s ", p->dir, p->trying, p->x->about.file[i]);
	if (!p->x->about.nr_files && !defaults)
		strbuf_printf(&out, "%s/%s/settings.lua ", p->dir, p->trying);
	strbuf_printf(&out, "--variant %" PRIu64 " --seed %" PRIu64, p->x->variant, p->seed);
	snprintf(f->again, sizeof(f->again), "%s", out.buf);
	f->tested = true;
}

void proof_find(struct proof *p, enum check_code code, struct spot at, const char *fix, const char *fmt, ...)
{
	struct check_result *r = p->out;
	struct check_finding *f;
	char text[sizeof(f->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (size_t i = 0; i < r->nr_findings; i++) {
		bool there = !strcmp(r->finding[i].file, at.file) && r->finding[i].line == at.line;

		if (r->finding[i].code == code && there && (at.line > 1 || at.file[0] || !strcmp(r->finding[i].text, text))) {
			r->finding[i].runs++;
			return;
		}
	}
	if (r->nr_findings == CHECK_FINDINGS_MAX) {
		r->more++;
		return;
	}
	f = &r->finding[r->nr_findings++];
	f->code = code;
	snprintf(f->file, sizeof(f->file), "%s", at.file);
	find_column(p, &at);
	f->line = at.line;
	f->col = at.col;
	f->runs = 1;
	snprintf(f->text, sizeof(f->text), "%s", text);
	snprintf(f->fix, sizeof(f->fix), "%s", fix);
	if (p->x && p->trying[0] && (code == CHECK_FAULT || code == CHECK_SOLUTION_FAILS || code == CHECK_STARTER_PASSES || code == CHECK_WRONG_PASSES))
		put_again(p, f);
	if (check_codes[code].level == CHECK_ERROR)
		r->errors++;
	else
		r->warnings++;
}

/* "check 'NAME': feedback: ..": the place of the check. */
static struct spot spot_of_named_check(const struct proof *p, const char *text)
{
	for (unsigned int k = 1; p->x && k <= p->x->about.nr_checks; k++) {
		const char *name = p->x->about.check[k].name;

		if (!strncmp(text, "check '", 7) && !strncmp(text + 7, name, strlen(name)) && text[7 + strlen(name)] == '\'')
			return proof_spot_of_check(p, &p->x->about.check[k]);
	}
	return (struct spot){ .line = 1, .col = 1 };
}

void proof_fault(struct proof *p, const char *folder, const char *text)
{
	struct spot at = { .line = 1, .col = 1 };

	if (proof_spot_in_text(folder, &text, &at) && !at.file[0] && at.line == 1)
		at = spot_of_named_check(p, text);
	proof_find(p, CHECK_FAULT, at, W(CHECK_FIX_EXERCISE), "%s", text);
}

/* ---- progress ---------------------------------------------------------------------------------- */

unsigned int proof_seeds(const struct proof *p, unsigned int tried)
{
	return tried < WHOLE_VARIANTS ? p->o->seeds : 1;
}

/* Of the variant with @tried others before it: the starter and the wrong solutions end at their first failure. */
static uint64_t runs_of_variant(const struct proof *p, unsigned int tried)
{
	return proof_seeds(p, tried) * p->usual + p->par_ways + p->form_runs;
}

bool proof_has_runs(const struct proof *p)
{
	return !p->o->runs_max || !p->tried || p->out->runs + runs_of_variant(p, p->tried) <= p->o->runs_max;
}

void proof_show(struct proof *p, uint64_t now)
{
	uint64_t done = p->out->runs + now, planned = p->begun + runs_of_variant(p, p->tried), at = time_now_ns();

	if (p->shown_ns && at - p->shown_ns < SHOW_NS)
		return;
	p->shown_ns = at;
	planned = planned > done ? planned : done;
	for (unsigned int i = p->tried + 1; i < p->o->variants; i++)
		planned += runs_of_variant(p, i);
	if (p->o->runs_max && planned > p->o->runs_max)
		planned = done > p->o->runs_max ? done : p->o->runs_max;
	p->o->progress(p->o->arg, done, planned);
}
