/*
 * conform/fact_read.h - reading the text of a fact: words, names, numbers, steps.
 *
 * Lives here:   the parts of the grammar that several forms use; the ends of a form.
 * Never here:   a form (fact_forms.c, fact_numbers.c).   Licence: MIT.
 */
#ifndef KW_CONFORM_FACT_READ_H
#define KW_CONFORM_FACT_READ_H

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "conform/facts.h"

/* ---- reading --------------------------------------------------------------------------- */

static inline bool lit(struct fact_form *c, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(c->p, text, n))
		return false;
	c->p += n;
	return true;
}

static inline bool number(struct fact_form *c, int64_t *out)
{
	char *end;
	const char *p = c->p + (*c->p == '-');

	if (*p < '0' || *p > '9' || strlen(c->p) > 4000)
		return false;
	*out = strtoll(c->p, &end, 10);
	c->p = end;
	return true;
}

static inline bool at_end(const struct fact_form *c)
{
	return !*c->p;
}

static inline bool name_letter(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_';
}

/* Parses a declared name.  Return: its index, or -1. */
static inline int name(struct fact_form *c)
{
	char buf[KWS_NAME_MAX + 1];
	size_t n = 0;
	int i;

	while (name_letter(c->p[n]))
		n++;
	if (!n || n > KWS_NAME_MAX)
		return -1;
	memcpy(buf, c->p, n);
	buf[n] = '\0';
	i = kws_find(c->k, buf);
	if (i >= 0)
		c->p += n;
	return i;
}

static inline int item(struct fact_form *c)
{
	int i = name(c);

	return i >= 0 && kws_is_item(c->k->decls[i].kind) ? i : -1;
}

static inline int queue(struct fact_form *c)
{
	int i = name(c);

	return i >= 0 && c->k->decls[i].kind == KWS_WQ ? i : -1;
}

/* "w0#1" */
static inline bool run_name(struct fact_form *c, struct rec_who *out)
{
	int64_t k;

	out->decl = item(c);
	if (out->decl < 0 || !lit(c, "#") || !number(c, &k) || k < 1)
		return false;
	out->k = (unsigned int)k;
	return true;
}

/* "a0" or "w0#1" */
static inline bool who(struct fact_form *c, struct rec_who *out)
{
	const char *start = c->p;

	out->decl = name(c);
	out->k = 0;
	if (out->decl >= 0 && (c->k->decls[out->decl].kind == KWS_ACTOR || kws_is_handler(c->k->decls[out->decl].kind)))
		return true;
	c->p = start;
	return run_name(c, out);
}

/* Parses a step of the scenario as written, up to a space or @stop; then " @n". */
static inline bool step(struct fact_form *c, char stop, const char **text, unsigned int *nth)
{
	size_t n = 0;
	int64_t k = 1;

	while (c->p[n] && c->p[n] != ' ' && c->p[n] != stop)
		n++;
	*text = NULL;
	for (unsigned int i = 0; i < c->k->nr_steps && !*text; i++)
		if (strlen(c->k->steps[i].text) == n && !strncmp(c->k->steps[i].text, c->p, n))
			*text = c->k->steps[i].text;
	if (!*text)
		return false;
	c->p += n;
	if (lit(c, " @") && (!number(c, &k) || k < 1))
		return false;
	*nth = (unsigned int)k;
	return true;
}

static inline enum fact_result malformed(struct fact_form *c, const char *what)
{
	c->seen->len = 0;
	strbuf_printf(c->seen, "%s: '%.120s'", what, c->whole);
	return FACT_MALFORMED;
}

#define MUST(cond, what)                               \
	do {                                           \
		if (!(cond))                           \
			return malformed(c, what);     \
	} while (0)
/* The end of the text.  Returns here if there is no record. */
#define ENDS                                                                   \
	do {                                                                   \
		if (!at_end(c))                                                \
			return malformed(c, "unexpected text at the end of this fact");     \
		if (!c->r)                                                     \
			return FACT_HOLDS;                                     \
	} while (0)

static inline enum fact_result verdict(bool holds)
{
	return holds ? FACT_HOLDS : FACT_FAILS;
}

/* The run, or NULL with what was found instead. */
static inline const struct rec_run *find_run(struct fact_form *c, struct rec_who w)
{
	const struct rec_run *run = record_run(c->r, w.decl, w.k);

	if (!run)
		strbuf_printf(c->seen, "%s ran %u times", c->k->decls[w.decl].name, record_runs_of(c->r, w.decl));
	return run;
}

/* ---- fact_numbers.c --------------------------------------------------------------------- */

enum fact_result fact_form_max_concurrency(struct fact_form *c);
enum fact_result fact_form_reentered(struct fact_form *c);
enum fact_result fact_form_census(struct fact_form *c);
enum fact_result fact_form_new_workers(struct fact_form *c);
enum fact_result fact_form_counter(struct fact_form *c);
enum fact_result fact_form_thread(struct fact_form *c);

#endif
