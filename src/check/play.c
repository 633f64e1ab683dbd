/*
 * check/play.c - one run of a lesson in this process, and the report on it.
 *
 * The answers come from a rule (enum check_answers), so a lesson plays to its end without a
 * person.  The report contains facts, not opinions: the judge compares the reports of many
 * runs.
 *
 * Lives here:   answering, the lines of a report.
 * Never here:   which runs are made (plan.c), findings (judge.c).   Licence: MIT.
 */
#include "check/check_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/time.h"
#include "base/wrap.h"
#include "machine/choice.h"
#include "model/lesson.h"
#include "plain/plain.h"
#include "words/lesson_text.h"
#include "words/report_text.h"
#include "words/texts.h"

#define PLAY_LOG_BYTES ((size_t)192 << 20)
#define FAR_OFF 1000			/* a number this much too large is wrong */

struct player {
	const struct check_opts *o;
	const struct check_run *run;
	const char *path;		/* the lesson's file */
	struct strbuf *out;		/* the report */
	struct trace_store store;
	struct lesson lesson;
};

/* ---- answers ---------------------------------------------------------------------------- */

static void take_note(void *arg, const char *kind, const char *question, const char *text)
{
	struct player *p = arg;

	report_put(p->out, kind, question, text);
}

static uint32_t item_of(const struct trace_event *ev)
{
	struct trace_value v;

	return trace_event_get(ev, "item", &v) ? (uint32_t)v.num : 0;
}

/* The event that put_event() has described, 0 = this run has none. */
static uint64_t find_event(const struct player *p, const char *described)
{
	unsigned int nth, seen = 0;
	struct trace_event ev;
	char kind[48];
	uint32_t item;

	if (sscanf(described, "%47s %" SCNu32 " %u", kind, &item, &nth) != 3)
		return 0;
	for (uint64_t n = p->lesson.begun + 1; n <= p->store.nr; n++)
		if (trace_store_event(&p->store, n, &ev) && !strcmp(trace_rows[ev.kind].name, kind) && item_of(&ev) == item && ++seen == nth)
			return n;
	return 0;
}

/* The events of the line "same", by their numbers in this run: other answers before the question move them. */
static void same_events(const struct player *p, const struct report_line *line, struct strbuf *out)
{
	char text[500], *rest = text, *one;

	snprintf(text, sizeof(text), "%.*s", (int)line->len, line->text);
	while ((one = strsep(&rest, ",")))
		strbuf_printf(out, "%s%" PRIu64, out->len ? " " : "", find_event(p, one));
}

/* The right answer that the base run found; "" = it found none. */
static void right_answer(const struct player *p, const struct lesson_question *q, struct strbuf *out)
{
	struct report_line line;

	if (!p->run->base || !report_find(p->run->base, "answer", q->id, &line))
		return;
	if (q->pick == PICK_EVENT && report_find(p->run->base, "same", q->id, &line))
		same_events(p, &line, out);
	else
		strbuf_printf(out, "%.*s", (int)line.len, line.text);
}

/* Other things than @right, at each try others; in an order the same things, the first one last. */
static void wrong_picks(const struct lesson_question *q, const char *right, struct strbuf *value)
{
	unsigned int which[LESSON_PICKS_MAX], nr = lesson_picked(q, right, which, LESSON_PICKS_MAX);
	char word[LESSON_WORD_MAX];

	if (q->pick_ordered && nr == q->pick_count) {
		for (unsigned int i = 1; i <= nr; i++)
			strbuf_printf(value, "%s%s", i > 1 ? " " : "", lesson_candidate_word(&q->candidate[which[i % nr]], word));
		return;
	}
	lesson_some_answer(q, (nr ? which[nr - 1] : 0) + lesson_try(q), value);
}

/* Another answer than @right, of the same form. */
static void wrong_answer(const struct lesson_question *q, const char *right, struct strbuf *value)
{
	unsigned int order[LESSON_FLAGS_MAX] = { 0 };
	uint32_t mask = lesson_chosen(q, right, order);
	char id[16];

	switch (lesson_form(q)) {
	case FORM_NUMBER:
		strbuf_printf(value, "%.15g", strtod(right, NULL) + q->within + FAR_OFF);
		return;
	case FORM_SEVERAL:
		if (mask)
			strbuf_puts(value, "none");
		else
			lesson_some_answer(q, 0, value);
		return;
	case FORM_ORDER:	/* the first thing comes last */
		for (unsigned int i = 1; i <= q->nr_choices; i++)
			strbuf_printf(value, "%s%s", i > 1 ? " " : "", lesson_choice_id(q, order[i % q->nr_choices], id));
		return;
	case FORM_PICK:
		wrong_picks(q, right, value);
		return;
	default:
		lesson_some_answer(q, mask ? order[0] + 1 : 0, value);
	}
}

/* A thing that this run does not have to point at would be asked for again and again. */
static bool can_give(const struct lesson_question *q, const char *answer)
{
	STRBUF(value, 512);

	return lesson_form(q) != FORM_PICK || lesson_read_answer(q, answer, &value);
}

static void choose_answer(const struct player *p, const struct lesson_question *q, struct strbuf *value)
{
	STRBUF(right, 512);

	const char *typed = answer_list_find(p->run->list, q->id);

	if (*q->shown) {		/* retry = true: asked until the answer is right */
		strbuf_puts(value, q->shown);
		return;
	}
	if (typed && lesson_read_answer(q, typed, value))
		return;
	if (typed)
		report_put(p->out, "misfit", q->id, typed);
	if (p->run->answers != ANSWER_TURN)
		right_answer(p, q, &right);
	if (!right.len || !can_give(q, right.buf))
		lesson_some_answer(q, p->run->turn + q->number + q->nr_answers, value);
	else if (p->run->answers == ANSWER_RIGHT)
		strbuf_puts(value, right.buf);
	else
		wrong_answer(q, right.buf, value);
}

static int answer(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct player *p = arg;
	const struct lesson_question *q;
	struct strbuf value;
	int rc = director_question(&p->store, &p->lesson, what, id, in, &q);

	if (!rc && !q)
		report_put(p->out, "go", "", id);
	if (rc || !q)
		return rc;
	if (p->run->hints && q->hints_shown < q->hints) {
		in->kind = INPUT_HINT;
		return 0;
	}
	strbuf_init(&value, in->value, sizeof(in->value));
	choose_answer(p, q, &value);
	report_put(p->out, "given", id, in->value);
	return 0;
}

/* ---- the size of cards ---------------------------------------------------------------------- */

static unsigned int lines_of(const char *payload, int columns)
{
	STRBUF(plain, TRACE_TEXT_BYTES_MAX);
	struct wrap_line line;
	struct wrap wrap;
	unsigned int n = 0;

	words_plain(payload, &plain);
	wrap_begin(&wrap, plain.buf, plain.len, columns);
	while (wrap_next(&wrap, &line))
		n++;
	return n;
}

/* A choice stands behind a mark and its letter. */
static unsigned int lines_of_choice(const char *payload, int columns)
{
	STRBUF(text, TRACE_TEXT_BYTES_MAX);

	strbuf_printf(&text, "a  %s", payload);
	return lines_of(text.buf, columns - 2);
}

static unsigned int lines_of_card(const struct lesson_card *card, const struct lesson_question *q, int columns)
{
	unsigned int lines = lines_of(card->text, columns);

	for (unsigned int i = 0; q && i < q->nr_choices; i++)
		lines += lines_of_choice(q->choice[i].text, columns);
	return lines + (q && !q->nr_choices);		/* the field for a number or words */
}

static void measure_card(struct player *p, const struct lesson *l, const struct lesson_card *card, const char *lang,
			 int columns, unsigned int most)
{
	const struct lesson_question *q = card->kind == CARD_ASK ? lesson_question(l, card->question) : NULL;
	unsigned int lines = lines_of_card(card, q, columns);
	STRBUF(text, 160);
	STRBUF(plain, TRACE_TEXT_BYTES_MAX);

	if (lines <= most)
		return;
	if (lang) {
		strbuf_printf(&text, "%s %s%s%s %u %u", lang, q ? "questions/" : card->kind == CARD_SAY ? "cards/" : "recap/1",
			      q ? q->id : card->id, q ? "/1" : "", lines, most);
		report_put(p->out, "long-in", "", text.buf);
		return;
	}
	words_plain(card->text, &plain);
	strbuf_printf(&text, "%u %u %.80s", lines, most, plain.buf);
	report_put(p->out, "long", q ? q->id : "", text.buf);
}

/* @lang: NULL = as the lesson is written. */
static void measure_cards(struct player *p, const struct lesson *l, const char *lang)
{
	unsigned int most = 0, cpus = 1;
	struct trace_event ev;
	struct ev_MACHINE machine;
	int columns = 0;

	for (uint64_t n = 1; n <= p->store.nr; n++) {
		if (trace_store_event(&p->store, n, &ev) && trace_get_MACHINE(&ev, &machine)) {
			cpus = machine.cpus;
			break;
		}
	}
	p->o->talk_room(cpus, &columns, &most);
	for (size_t i = 0; i < l->nr_cards; i++) {
		const struct lesson_card *card = &l->card[i];

		if (card->kind == CARD_SAY || card->kind == CARD_ASK || card->kind == CARD_RECAP)
			measure_card(p, l, card, lang, columns, most);
	}
}

static bool read_translation(const char *path, const char *id, struct translation *out)
{
	struct translation_fault fault;

	(void)id;
	if (translation_read(out, path, &fault) == 0)
		return true;
	translation_fini(out);		/* translations.c reports the mistake */
	return false;
}

/* The cards of the same run in another language. */
static void measure_translation(void *arg, const char *path, const char *lang)
{
	struct player *p = arg;
	struct lesson l;

	lesson_init(&l, &p->store);
	lesson_in_language(&l, read_translation, path);
	if (lesson_grow(&l) == 0 && l.translation.nr)
		measure_cards(p, &l, lang);
	lesson_fini(&l);
}

/* ---- plain mode ------------------------------------------------------------------------------ */

/* Prints the run as lines.  Control characters in them would reach a terminal. */
static void print_plain(struct player *p)
{
	struct plain_opts opts = { .columns = 80 };
	char *text = NULL;
	size_t size = 0;

	opts.out = open_memstream(&text, &size);
	if (!opts.out)
		return;
	plain_play(&p->store, "", &opts);
	fclose(opts.out);
	for (size_t i = 0; i < size; i++) {
		if ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t') {
			report_put(p->out, "plain", "", W(CHECK_PLAIN_CONTROL));
			break;
		}
	}
	free(text);
}

/* ---- the report -------------------------------------------------------------------------------- */

static void report_worlds(struct player *p, const struct lesson_question *q)
{
	STRBUF(text, 160);
	char id[16];

	for (unsigned int i = 0; i < q->nr_choices; i++) {
		if (!q->choice[i].world)
			continue;
		text.len = 0;
		strbuf_printf(&text, "%u %u %s", q->number, i + 1, lesson_choice_id(q, i, id));
		report_put(p->out, "world", q->id, text.buf);
	}
}

/* "workqueue_execute_start 3 2": the kind, the item, and how many such events there are up to this one. */
static void put_event(struct player *p, uint64_t n, struct strbuf *out)
{
	struct trace_event ev, other;
	unsigned int nth = 0;

	if (!trace_store_event(&p->store, n, &ev))
		return;
	for (uint64_t i = p->lesson.begun + 1; i <= n; i++)
		nth += trace_store_event(&p->store, i, &other) && other.kind == ev.kind && item_of(&other) == item_of(&ev);
	strbuf_printf(out, "%s%s %" PRIu32 " %u", out->len ? ", " : "", trace_rows[ev.kind].name, item_of(&ev), nth);
}

/* The line's last word; of the log the text without its time. */
static void put_line(const char *line, struct strbuf *out)
{
	const char *text = words_untimed(line), *word = strrchr(text, ' ');

	strbuf_printf(out, "%s%s", out->len ? ", " : "", text == line && word ? word + 1 : text);
}

/* The numbers of events and lines differ between schedules, although they are the same. */
static void report_same(struct player *p, const struct lesson_question *q)
{
	unsigned int which[LESSON_PICKS_MAX], nr = lesson_picked(q, q->verdict.happened, which, LESSON_PICKS_MAX);
	STRBUF(text, 500);

	for (unsigned int i = 0; i < nr; i++) {
		if (q->pick == PICK_EVENT)
			put_event(p, q->candidate[which[i]].n, &text);
		else
			put_line(q->candidate[which[i]].text, &text);
	}
	report_put(p->out, "same", q->id, text.buf);
}

static void report_question(struct player *p, const struct lesson_question *q)
{
	bool decided = q->verdict.n && q->verdict.result != RESULT_NONE;
	unsigned int order[LESSON_FLAGS_MAX];
	STRBUF(text, 160);

	strbuf_printf(&text, "%u %u %u", (unsigned int)q->kind, q->nr_choices, q->hints);
	report_put(p->out, "asked", q->id, text.buf);
	if (q->moves)
		report_put(p->out, "moves", q->id, "");
	report_worlds(p, q);
	if (!decided)
		return;
	report_put(p->out, "answer", q->id, q->verdict.happened);
	if (q->pick == PICK_EVENT || q->pick == PICK_LINE)
		report_same(p, q);
	text.len = 0;
	strbuf_printf(&text, "%.15g %s", q->within, q->unit);
	if (lesson_form(q) == FORM_NUMBER)
		report_put(p->out, "within", q->id, text.buf);
	text.len = 0;
	if (lesson_form(q) == FORM_ONE && lesson_chosen(q, q->verdict.happened, order)) {
		strbuf_printf(&text, "%u", order[0]);
		report_put(p->out, "letter", q->id, text.buf);
	}
}

static void report_events(struct player *p)
{
	uint64_t story = 0, time = 0;
	struct trace_event ev;
	struct ev_FAULT fault;
	STRBUF(text, 80);

	for (uint64_t n = 1; n <= p->store.nr; n++) {
		if (!trace_store_event(&p->store, n, &ev))
			continue;
		if (trace_get_FAULT(&ev, &fault))
			report_put(p->out, "fault", "", fault.text);
		story += ev.kind < EV_NR && trace_event_level(&ev) == TRACE_STORY;
		time = ev.time > time ? ev.time : time;
	}
	strbuf_printf(&text, "%" PRIu64 " %" PRIu64, story, time);
	report_put(p->out, "events", "", text.buf);
}

static void report_run(struct player *p)
{
	const struct lesson_question *q;

	report_events(p);
	for (size_t i = 1; i < p->lesson.nr_questions; i++)
		if (p->lesson.question[i].asked)
			report_question(p, &p->lesson.question[i]);
	if (p->lesson.ended)
		report_put(p->out, "ended", "", "");
	q = p->run->preview ? lesson_question_by_id(&p->lesson, p->run->preview) : NULL;
	if (q)
		preview_question(&p->store, &p->lesson, q, p->out);
	if (p->run->rendered && p->lesson.ended) {
		measure_cards(p, &p->lesson, NULL);
		check_languages(p->path, measure_translation, p);
		print_plain(p);
	}
}

/* ---- the run -------------------------------------------------------------------------------------- */

/* Memory that is reused for each run of this process. */
static struct {
	struct trace trace;
	struct player player;
} room;

/* The answers of the base run, from which script_run() finds the world's settings. */
static void add_answers(struct run_inputs *in, const char *base)
{
	struct run_input one = { .kind = INPUT_ANSWER, .number = 1 };
	struct report_line line;

	while (report_next(&base, &line)) {
		if (strcmp(line.kind, "given"))
			continue;
		snprintf(one.id, sizeof(one.id), "%s", line.question);
		snprintf(one.value, sizeof(one.value), "%.*s", (int)line.len, line.text);
		run_inputs_add(in, &one);
	}
}

void check_lost(struct check_report *out, const char *kind, const char *why)
{
	struct strbuf text;

	memset(out, 0, sizeof(*out));
	strbuf_init(&text, out->text, sizeof(out->text));
	report_put(&text, kind, "", why);
	out->len = (uint32_t)text.len;
}

void check_play(const struct check_opts *o, const char *path, const struct check_run *run, struct spin_place *spin,
		struct check_report *out)
{
	uint64_t began = time_read_ns(CLOCK_PROCESS_CPUTIME_ID);
	/* without a callback it changes no decision; a machine with it runs on stacks, which is faster */
	static const struct mach_choosing by_the_seed = { .choose = NULL };
	struct player *p = &room.player;
	struct script_notes notes = { take_note, p, run->probe };
	struct run_spec spec = { .seed = run->seed, .variant = run->variant, .cpus = run->cpus,
				 .jitter = run->jitter > 0 ? run->jitter : -1,
				 .world_question = run->world_question, .world_choice = run->world_choice };
	struct script_opts opts = { .spec = &spec, .trace = &room.trace, .io = { answer, p },
				    .choosing = &by_the_seed, .notes = &notes };
	struct strbuf text;
	char cpu[24];

	strbuf_init(&text, out->text, sizeof(out->text));
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", path);
	if (trace_again(&room.trace, &room.player.store, PLAY_LOG_BYTES)) {
		shortage_end(-ENOMEM, "a run");
		return;
	}
	p->o = o;
	p->run = run;
	p->path = path;
	p->out = &text;
	if (run->world_question && run->base)
		add_answers(&spec.inputs, run->base);
	lesson_init(&p->lesson, &p->store);
	trace_current = NULL;
	spin_limit_begin(room.trace.shared, spin);
	if (o->script(&opts) == 4)
		report_put(&text, "died", "", W(CHECK_NO_RUN));
	spin_limit_end();
	trace_current = NULL;
	trace_store_poll(&p->store);
	if (lesson_grow(&p->lesson) == 0)
		report_run(p);
	lesson_fini(&p->lesson);
	run_inputs_fini(&spec.inputs);
	snprintf(cpu, sizeof(cpu), "%" PRIu64, (time_read_ns(CLOCK_PROCESS_CPUTIME_ID) - began) / NS_PER_MS);
	report_put(&text, "cpu", "", cpu);
	out->len = (uint32_t)text.len;
	if (text.cut)			/* half a report would be judged wrongly */
		check_lost(out, "died", W(CHECK_REPORT_CUT));
}
