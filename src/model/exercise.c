/*
 * model/exercise.c - see exercise.h.   Licence: MIT.
 */
#include "model/exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/strbuf.h"

#define SHOW_MASK 15u		/* of CHECK.show; above it: */
#define SHOW_HIDDEN 16u
#define SHOW_OWN_SCENE 32u

/* A payload as it is shown. */
static void take_text(char *buf, size_t size, const char *payload)
{
	struct strbuf out;

	strbuf_init(&out, buf, size);
	markup_expand(payload, &out, NULL, 0);
}

/* The next line of *@at; "" behind the last. */
static void take_line(const char **at, char *buf, size_t size)
{
	size_t len = strcspn(*at, "\n");

	snprintf(buf, size, "%.*s", (int)len, *at);
	*at += len + ((*at)[len] == '\n');
}

static struct exercise_check *check_of(struct exercise_facts *x, uint32_t number)
{
	return number >= 1 && number <= EXERCISE_CHECKS_MAX ? &x->check[number] : NULL;
}

/* ---- one event ---------------------------------------------------------------------- */

static void take_setting(struct exercise_facts *x, const struct ev_EXERCISE_TEXT *e)
{
	struct exercise_setting *s = &x->setting[e->index - 1];
	char from[32], to[32];
	const char *at = e->text;

	take_line(&at, s->name, sizeof(s->name));
	take_line(&at, s->kind, sizeof(s->kind));
	take_line(&at, s->of, sizeof(s->of));
	take_line(&at, from, sizeof(from));
	take_line(&at, to, sizeof(to));
	take_line(&at, s->by_default, sizeof(s->by_default));
	s->from = strtol(from, NULL, 10);
	s->to = strtol(to, NULL, 10);
	x->nr_settings = e->index > x->nr_settings ? e->index : x->nr_settings;
}

static void take_after(struct exercise_facts *x, const char *text)
{
	char halves[16];

	take_line(&text, x->after_file, sizeof(x->after_file));
	take_line(&text, halves, sizeof(halves));
	take_line(&text, x->after_depth, sizeof(x->after_depth));
	take_text(x->after_prompt, sizeof(x->after_prompt), text);
	x->after_halves = (unsigned int)strtoul(halves, NULL, 10);
}

/* "count=5" is shown as "count 5". */
static void add_value(struct exercise_check *c, const char *text)
{
	size_t used = strlen(c->values), name = strcspn(text, "=");

	if (!strncmp(text, "ms=", 3) && strchr("0123456789", text[3]))		/* not "never" */
		snprintf(c->values + used, sizeof(c->values) - used, "%s%s ms", used ? ", " : "", text + 3);
	else
		snprintf(c->values + used, sizeof(c->values) - used, "%s%.*s %s", used ? ", " : "", (int)name, text,
			 text[name] ? text + name + 1 : "");
}

static void take_check_file(struct exercise_facts *x, struct exercise_check *c, const char *name)
{
	for (unsigned int i = 0; i < x->nr_files; i++)
		if (strcmp(x->file[i], name) == 0)
			c->files |= 1u << i;
}

static void take_fault(struct exercise_facts *x, const struct ev_EXERCISE_TEXT *e)
{
	if (e->index >= 1 && e->index <= EXERCISE_FILES_MAX)
		take_text(x->file_fault[e->index - 1], sizeof(x->file_fault[0]), e->text);
	if (!x->fault[0])
		take_text(x->fault, sizeof(x->fault), e->text);
}

static void on_check_text(struct exercise_facts *x, const struct ev_EXERCISE_TEXT *e)
{
	struct exercise_check *c = check_of(x, e->check);

	if (!c)
		return;
	if (e->part == XPART_VALUE)
		add_value(c, e->text);
	else
		take_check_file(x, c, e->text);
}

static void take_set(struct exercise_facts *x, const struct ev_EXERCISE_TEXT *e)
{
	const char *value = strchr(e->text, '=');

	if (value && e->index >= 1 && e->index <= EXERCISE_SETTINGS_MAX)
		snprintf(x->setting[e->index - 1].value, sizeof(x->setting[0].value), "%s", value + 1);
}

static void on_text(struct exercise_facts *x, const struct trace_event *ev)
{
	struct ev_EXERCISE_TEXT e;

	if (!trace_get_EXERCISE_TEXT(ev, &e))
		return;
	switch (e.part) {
	case XPART_FILE:
		if (e.index < 1 || e.index > EXERCISE_FILES_MAX)
			break;
		snprintf(x->file[e.index - 1], sizeof(x->file[0]), "%s", e.text);
		x->nr_files = e.index > x->nr_files ? e.index : x->nr_files;
		break;
	case XPART_FILE_FAULT:
		take_fault(x, &e);
		break;
	case XPART_SET:
		take_set(x, &e);
		break;
	case XPART_VALUE: case XPART_CHECK_FILE:
		on_check_text(x, &e);
		break;
	case XPART_HINT:
		if (e.index < 1 || e.index > EXERCISE_HINTS_MAX)
			break;
		take_text(x->hint[e.index - 1], sizeof(x->hint[0]), e.text);
		x->nr_hints = e.index > x->nr_hints ? e.index : x->nr_hints;
		break;
	case XPART_WHY:
		take_text(x->why, sizeof(x->why), e.text);
		break;
	case XPART_SETTING:
		if (e.index >= 1 && e.index <= EXERCISE_SETTINGS_MAX)
			take_setting(x, &e);
		break;
	case XPART_AFTER:
		take_after(x, e.text);
		break;
	case XPART_PAR:
		x->par = (unsigned int)strtoul(e.text, NULL, 10);
		break;
	case XPART_REPORT:
		snprintf(x->report, sizeof(x->report), "%s", e.text);
		break;
	default:
		break;			/* texts of files and the like: their readers look at the events */
	}
}

static void on_check(struct exercise_facts *x, const struct trace_event *ev)
{
	struct exercise_check *c;
	struct ev_CHECK e;

	if (!trace_get_CHECK(ev, &e) || !(c = check_of(x, e.check)))
		return;
	*c = (struct exercise_check){
		.number = e.check, .form = (enum trace_check_form)e.form, .halves = e.halves, .schedules = e.schedules,
		.jitter = e.jitter / 1000.0, .show = (enum trace_check_show)(e.show & SHOW_MASK),
		.hidden = e.show & SHOW_HIDDEN, .own_scene = e.show & SHOW_OWN_SCENE, .result = EXERCISE_NOT_JUDGED,
	};
	snprintf(c->name, sizeof(c->name), "%s", e.text);
	x->nr_checks = e.check > x->nr_checks ? e.check : x->nr_checks;
}

/*
 * The text of a bug has the line itself: "ethx_dev.poll at driver.lua:20: ..".  The last SOURCE_AT may be
 * a line before it, because it is emitted at calls only.
 */
static bool place_in_bug(const struct exercise_facts *x, const struct trace_event *ev, struct strbuf *out)
{
	struct ev_BUG bug;

	if (!trace_get_BUG(ev, &bug) || !bug.text)
		return false;
	for (unsigned int i = 0; i < x->nr_files; i++) {
		size_t len = strlen(x->file[i]);
		const char *at = strstr(bug.text, x->file[i]);

		if (!at || at[len] != ':' || at[len + 1] < '0' || at[len + 1] > '9')
			continue;
		strbuf_printf(out, "%s:%lu", x->file[i], strtoul(at + len + 1, NULL, 10));
		return true;
	}
	return false;
}

/* The student's line in the context of event @n: the last one that it went on at. */
static void find_place(const struct exercise_facts *x, const struct trace_store *s, uint64_t n, struct strbuf *out)
{
	struct trace_event at, ev;
	struct ev_SOURCE_AT e;
	const struct trace_name *def;
	uint32_t line, file;

	if (!n || !trace_store_event(s, n, &at) || place_in_bug(x, &at, out))
		return;
	while (--n && trace_store_event(s, n, &ev)) {
		if (ev.task != at.task || ev.ctx != at.ctx || ev.cpu != at.cpu || !trace_get_SOURCE_AT(&ev, &e))
			continue;
		def = trace_store_def(s, CLS_SOURCE, e.source);
		file = def ? TRACE_SOURCE_FILE(def->aux) : 0;
		if (!file || file > x->nr_files)
			return;
		line = TRACE_SOURCE_LINE(def->aux);
		if (!(def->aux & TRACE_SOURCE_ONE_LINE) && e.row)
			line += e.row - 1;
		strbuf_printf(out, "%s:%u", x->file[file - 1], line);
		return;
	}
}

static void on_checked(struct exercise_facts *x, const struct trace_store *s, const struct trace_event *ev)
{
	struct exercise_check *c;
	struct ev_CHECKED e;
	STRBUF(place, sizeof(c->place));

	if (!trace_get_CHECKED(ev, &e) || !(c = check_of(x, e.check)))
		return;
	c->result = e.result;
	c->n = ev->n;
	c->evidence = e.evidence;
	take_text(c->feedback, sizeof(c->feedback), e.text);
	find_place(x, s, e.evidence, &place);
	memcpy(c->place, place.buf, place.len + 1);
}

static void on_exercise(struct exercise_facts *x, const struct trace_event *ev)
{
	struct ev_EXERCISE e;

	if (!trace_get_EXERCISE(ev, &e))
		return;
	x->begun = true;
	x->kind = (enum trace_exercise_kind)e.kind;
	x->halves = e.halves;
	x->hidden_halves = e.hidden;
	x->visible = e.checks;
	take_text(x->story, sizeof(x->story), e.text);
}

static void on_lesson(struct exercise_facts *x, const struct trace_event *ev)
{
	struct ev_LESSON e;
	const char *at;

	if (!trace_get_LESSON(ev, &e))
		return;
	at = e.text;
	take_line(&at, x->id, sizeof(x->id));
	take_line(&at, x->title, sizeof(x->title));
}

static bool asks(enum trace_exercise_kind kind)
{
	return kind == EXERCISE_PREDICT || kind == EXERCISE_OBSERVE || kind == EXERCISE_DUMP;
}

static void count_answers(const struct trace_store *s, struct lesson_points *out)
{
	struct lesson l;

	lesson_init(&l, s);
	if (lesson_grow(&l) == 0)
		lesson_points(&l, out);
	lesson_fini(&l);
}

void exercise_facts_read(const struct trace_store *s, struct exercise_facts *out)
{
	struct trace_event ev;
	struct ev_FAULT fault;

	memset(out, 0, sizeof(*out));
	out->events = s->nr;
	for (uint64_t n = 1; n <= s->nr; n++) {
		if (!trace_store_event(s, n, &ev))
			continue;
		switch (ev.kind) {
		case EV_LESSON:
			on_lesson(out, &ev);
			break;
		case EV_EXERCISE:
			on_exercise(out, &ev);
			break;
		case EV_EXERCISE_TEXT:
			on_text(out, &ev);
			break;
		case EV_CHECK:
			on_check(out, &ev);
			break;
		case EV_CHECKED:
			on_checked(out, s, &ev);
			break;
		case EV_LESSON_END:
			out->ended = true;
			break;
		case EV_FAULT:
			if (trace_get_FAULT(&ev, &fault) && !out->faulty) {
				snprintf(out->faulty_text, sizeof(out->faulty_text), "%s", fault.text);
				out->by_student = fault.code == 1;
			}
			out->faulty = true;
			break;
		default:
			break;
		}
	}
	if (asks(out->kind))
		count_answers(s, &out->score);
}

bool exercise_setting_word(const struct exercise_setting *set, unsigned int i, char *word, size_t size)
{
	const char *at = set->of;

	for (; *at && i; i--) {
		at += strcspn(at, " ");
		at += *at == ' ';
	}
	if (!*at)
		return false;
	snprintf(word, size, "%.*s", (int)strcspn(at, " "), at);
	return true;
}

/* CPU @cpu is in "0-1,3". */
static bool has_cpu(const char *mask, unsigned long cpu)
{
	char *end;

	for (const char *p = mask; *p; p = *end == ',' ? end + 1 : end) {
		unsigned long from = strtoul(p, &end, 10), to = from;

		if (end == p)
			return false;
		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		if (from <= cpu && cpu <= to)
			return true;
	}
	return false;
}

/* @word is one of "HIGHPRI|WQ_UNBOUND". */
static bool has_word(const char *list, const char *word)
{
	for (const char *p = list; *p; p += strspn(p, "|, ")) {
		size_t len = strcspn(p, "|, ");
		const char *at = !strncmp(p, "WQ_", 3) ? p + 3 : p;

		if (strlen(word) == len - (size_t)(at - p) && !strncmp(at, word, strlen(word)))
			return true;
		p += len;
	}
	return false;
}

bool exercise_setting_has(const struct exercise_setting *set, const char *value, const char *word)
{
	return !strcmp(set->kind, "cpumask") ? has_cpu(value, strtoul(word, NULL, 10)) : has_word(value, word);
}

static bool is_kind(const struct exercise_setting *s, const char *kind)
{
	return strcmp(s->kind, kind) == 0;
}

/* Each word of "HIGHPRI|UNBOUND" or "0,2" is offered. */
static bool are_offered(const struct exercise_setting *s, const char *list)
{
	char word[64];

	for (const char *p = list; *p; p += strspn(p, "|,- ")) {
		size_t len = strcspn(p, "|,- ");
		const char *at = !strncmp(p, "WQ_", 3) ? p + 3 : p;
		bool known = false;

		for (unsigned int n = 0; !known && exercise_setting_word(s, n, word, sizeof(word)); n++)
			known = strlen(word) == len - (size_t)(at - p) && !strncmp(at, word, strlen(word));
		if (!known)
			return false;
		p += len;
	}
	return *list != '\0';
}

bool exercise_setting_takes(const struct exercise_setting *s, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (is_kind(s, "number"))
		return *value && !*end && n >= s->from && n <= s->to;
	if (is_kind(s, "flags") && !strcmp(value, "none"))
		return true;
	if (!is_kind(s, "flags") && !is_kind(s, "cpumask") && strpbrk(value, "|, "))
		return false;		/* of a choice one word */
	return are_offered(s, value);
}
