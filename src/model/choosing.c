/*
 * model/choosing.c - see choosing.h.   Licence: MIT.
 */
#include "model/choosing.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cuts the next field off *@line, which ends at a tab, a newline or the end of the text. */
static void field(const char **line, char *buf, size_t size)
{
	size_t len = strcspn(*line, "\t\n");

	snprintf(buf, size, "%.*s", (int)len, *line);
	*line += len;
	*line += **line == '\t';
}

static const char *read_thing(const char *line, struct choosing_thing *t)
{
	char number[16], kind[8];
	unsigned long cannot;

	field(&line, number, sizeof(number));
	cannot = strtoul(number, NULL, 10);
	t->cannot = cannot < CANNOT_NR ? (enum trace_cannot)cannot : CANNOT_ASLEEP;
	field(&line, kind, sizeof(kind));
	t->kind = kind[0];
	field(&line, t->name, sizeof(t->name));
	field(&line, t->label, sizeof(t->label));
	field(&line, t->place, sizeof(t->place));
	field(&line, t->code, sizeof(t->code));
	field(&line, number, sizeof(number));
	t->left = (unsigned int)strtoul(number, NULL, 10);
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

unsigned int choosing_things(const struct trace_event *ev, struct choosing_thing out[CHOOSING_THINGS_MAX])
{
	struct ev_CHOOSE e;
	const char *line;
	unsigned int nr = 0;

	if (!trace_get_CHOOSE(ev, &e))
		return 0;
	for (line = e.text; *line && nr < CHOOSING_THINGS_MAX; nr++)
		line = read_thing(line, &out[nr]);
	return nr;
}

static void read_choose(struct choosing *c, const struct trace_event *ev, const struct ev_CHOOSE *e)
{
	c->begun = true;
	c->asked = ev->n;
	c->ordinal = e->ordinal;
	c->can = e->can;
	c->nr_things = choosing_things(ev, c->thing);
}

/* "cancel_work_sync" of "cancel_work_sync(dev.reset)". */
static void first_word(const char *code, char *buf, size_t size)
{
	size_t n = 0;

	for (; n + 1 < size && (code[n] == '_' || isalnum((unsigned char)code[n])); n++)
		buf[n] = code[n];
	buf[n] = '\0';
}

void choosing_step_of(const struct choosing_thing *t, struct choosing_step *step)
{
	*step = (struct choosing_step){ .kind = t ? t->kind : '-', .cpu = TRACE_NO_CPU };
	if (!t) {
		strcpy(step->name, CHOOSING_TIME);
		return;
	}
	memcpy(step->name, t->name, sizeof(step->name));
	memcpy(step->label, t->label, sizeof(step->label));
	if (t->kind == 't')
		first_word(t->code, step->what, sizeof(step->what));
}

static void read_chosen(struct choosing *c, const struct trace_event *ev, const struct ev_CHOSEN *e)
{
	const struct choosing_thing *t = e->thing && e->thing <= c->nr_things ? &c->thing[e->thing - 1] : NULL;
	struct choosing_step *step = &c->step[c->nr_steps];

	c->asked = 0;
	if (c->nr_steps == CHOOSING_PATH_MAX)
		return;
	choosing_step_of(t, step);
	step->n = ev->n;
	c->nr_steps++;
}

/* The choice, from 1, that led to event @n; 0: none did. */
static unsigned int choice_before(const struct choosing *c, uint64_t n)
{
	unsigned int nr = 0;

	while (nr < c->nr_steps && c->step[nr].n < n)
		nr++;
	return nr;
}

static void read_use_after_free(const struct trace_store *s, struct choosing *c)
{
	struct trace_event ev;
	struct ev_BUG bug;

	if (!c->evidence || !trace_store_event(s, c->evidence, &ev) || !trace_get_BUG(&ev, &bug) || bug.kind != BUG_USE_AFTER_FREE || !bug.ref)
		return;
	c->freed = choice_before(c, bug.ref);
	c->used = choice_before(c, c->evidence);
}

void choosing_read(const struct trace_store *s, uint64_t upto, struct choosing *c)
{
	struct trace_event ev;
	union {
		struct ev_CHOOSE choose; struct ev_CHOSEN chosen; struct ev_CHOOSING_OVER over;
	} e;

	memset(c, 0, sizeof(*c));
	for (uint64_t n = 1; n <= upto && n <= s->nr; n++) {
		if (!trace_store_event(s, n, &ev))
			continue;
		if (trace_get_CHOOSE(&ev, &e.choose)) {
			read_choose(c, &ev, &e.choose);
		} else if (trace_get_CHOSEN(&ev, &e.chosen)) {
			read_chosen(c, &ev, &e.chosen);
		} else if (trace_get_CHOOSING_OVER(&ev, &e.over)) {
			c->over = n;
			c->reached = e.over.reached;
			c->choices = e.over.choices;
			c->par = e.over.par;
			c->evidence = e.over.evidence;
			read_use_after_free(s, c);
		} else if (c->nr_steps && ev.cpu != TRACE_NO_CPU && c->step[c->nr_steps - 1].cpu == TRACE_NO_CPU) {
			c->step[c->nr_steps - 1].cpu = ev.cpu;
		}
	}
}

const struct choosing_thing *choosing_find(const struct choosing *c, const char *name)
{
	for (unsigned int i = 0; i < c->nr_things; i++)
		if (c->thing[i].cannot == CANNOT_NOT && !strcmp(c->thing[i].name, name))
			return &c->thing[i];
	return NULL;
}

int choosing_able(const struct choosing *c, unsigned int i)
{
	for (unsigned int k = 0; k < c->nr_things; k++)
		if (c->thing[k].cannot == CANNOT_NOT && !i--)
			return (int)k;
	return -1;
}
