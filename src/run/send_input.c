/*
 * run/send_input.c - sends a person's input at a fence to the run, and logs it.
 *
 * Lives here:   go, answer, hint, act: whether the run waits for it, and its address.
 * Never here:   the text form (inputs.c), the pipe (client.c), branches (branch.c).
 * Rules:        docs/time.md 1, docs/inputs.md.   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "model/choosing.h"
#include "run/free_play.h"
#include "run/inputs_use.h"
#include "run/run_internal.h"

/* Logs inputs and sends them, one for each wait that follows; the run is computing again. */
static int send_inputs(struct run *r, const struct run_input *in, unsigned int nr)
{
	STRBUF(lines, 2 * (INPUT_LINE_MAX + 1));
	size_t before = r->inputs.n;
	char *text;
	unsigned int i;
	int rc = 0;

	for (i = 0; i < nr && !rc; i++) {
		input_format(&lines, &in[i]);
		strbuf_putc(&lines, '\n');
		rc = run_inputs_add(&r->inputs, &in[i]);
	}
	text = rc ? NULL : strdup(lines.buf);
	if (!rc)
		rc = text ? run_send(r, text) : -ENOMEM;
	if (rc) {
		r->inputs.n = before;
		return rc;
	}
	r->sent += nr;
	r->state = RUN_RUNNING;
	run_keep_watch(r);
	return 0;
}

/* Number of the last card before the fence. */
static uint32_t card_shown(const struct run *r)
{
	struct trace_event ev;
	struct ev_SAY say;
	uint64_t n;

	for (n = r->fence; n; n--)
		if (trace_store_event(&r->store, n, &ev) && trace_get_SAY(&ev, &say))
			return say.card;
	return 0;
}

/* Is the question that is open called @id?  Its id is the first line of its ASK event.  *@kind: enum trace_ask. */
static bool question_open(const struct run *r, const char *id, uint32_t *kind)
{
	size_t len = strlen(id);
	struct trace_event ev;
	struct ev_ASK ask;
	uint64_t n;

	for (n = r->fence; n; n--)
		if (trace_store_event(&r->store, n, &ev) && trace_get_ASK(&ev, &ask) &&
		    ask.question == r->fence_question) {
			*kind = ask.kind;
			return strncmp(ask.text, id, len) == 0 &&
			       (ask.text[len] == '\n' || ask.text[len] == '\0');
		}
	return false;
}

/* How many inputs of that kind and question there are. */
static uint32_t sent_before(const struct run *r, enum run_input_kind kind, const char *id)
{
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < r->inputs.n; i++)
		if (r->inputs.v[i].kind == kind && strcmp(r->inputs.v[i].id, id) == 0)
			count++;
	return count;
}

int run_go(struct run *r)
{
	struct run_input in = { .kind = INPUT_GO };

	if (r->spec.what_if || r->state != RUN_WAITING || r->fence_what == WAIT_ANSWER ||
	    (r->fence_what == WAIT_CHOOSE && r->choice_open))
		return -EAGAIN;
	if (r->fence_what == WAIT_GO)
		in.number = card_shown(r);
	return send_inputs(r, &in, 1);
}

/* Fills *in.  -EAGAIN: this question is not open. */
static int for_question(const struct run *r, enum run_input_kind kind, const char *id, const char *value, struct run_input *in)
{
	uint32_t asks;

	memset(in, 0, sizeof(*in));
	if (r->spec.what_if || r->state != RUN_WAITING || r->fence_what != WAIT_ANSWER || !question_open(r, id, &asks))
		return -EAGAIN;
	if (strlen(id) >= sizeof(in->id) || strlen(value) >= sizeof(in->value))
		return -EINVAL;
	in->kind = kind == INPUT_ANSWER && asks == ASK_PICK ? INPUT_PICK : kind;
	strcpy(in->id, id);
	strcpy(in->value, value);
	in->number = sent_before(r, kind, id) + 1;
	return 0;
}

int run_answer_sure(struct run *r, const char *question_id, const char *value, unsigned int sure)
{
	struct run_input in[2];
	int rc = for_question(r, INPUT_SURE, question_id, "", &in[0]);

	if (!rc)
		rc = for_question(r, INPUT_ANSWER, question_id, value, &in[1]);
	if (rc || sure > 3)
		return rc ? rc : -EINVAL;
	in[0].number = sure;
	return sure ? send_inputs(r, in, 2) : send_inputs(r, &in[1], 1);
}

int run_answer(struct run *r, const char *question_id, const char *value)
{
	return run_answer_sure(r, question_id, value, 0);
}

int run_hint(struct run *r, const char *question_id)
{
	struct run_input in;
	int rc = for_question(r, INPUT_HINT, question_id, "", &in);

	return rc ? rc : send_inputs(r, &in, 1);
}

/* ---- free play ----------------------------------------------------------------------- */

static int cpus_of(const struct run *r)
{
	struct ev_MACHINE machine;
	struct trace_event ev;
	uint64_t n;

	for (n = 1; n <= r->store.nr; n++)
		if (trace_store_event(&r->store, n, &ev) && trace_get_MACHINE(&ev, &machine))
			return (int)machine.cpus;
	return 1;
}

static void apply_line(struct free_play *fp, const char *text)
{
	struct free_act act;
	char err[300];

	if (free_play_read(fp, text, &act, err, sizeof(err)))
		free_play_apply(fp, &act);
}

void run_free_play_of(const struct run *r, const struct run_inputs *in, struct free_play *fp)
{
	const char *first;
	size_t i;

	free_play_begin(fp, cpus_of(r));
	for (i = 0; (first = free_play_first_act(fp, (unsigned int)i)); i++)
		apply_line(fp, first);
	for (i = 0; i < in->n; i++)
		if (in->v[i].kind == INPUT_ACT)
			apply_line(fp, in->v[i].value);
}

void run_free_play(const struct run *r, struct free_play *fp)
{
	run_free_play_of(r, &r->inputs, fp);
}

bool run_is_free_play(const struct run *r)
{
	return r->fence && r->fence_what == WAIT_ACT;
}

bool run_waits_for_act(const struct run *r)
{
	return r->state == RUN_WAITING && r->fence_what == WAIT_ACT;
}

uint64_t run_act_time(const struct run *r, size_t i)
{
	if (i >= r->act_fences || r->act_fences - i > RUN_ACT_TIMES + 1)
		return 0;
	return r->act_fence[i % (RUN_ACT_TIMES + 1)];
}

/* Number of acts among @in. */
static uint32_t acts_of(const struct run_inputs *in)
{
	uint32_t nr = 0;
	size_t i;

	for (i = 0; i < in->n; i++)
		nr += in->v[i].kind == INPUT_ACT;
	return nr;
}

void run_act_input(const struct run_inputs *before, const char *text, struct run_input *in)
{
	*in = (struct run_input){ .kind = INPUT_ACT, .number = acts_of(before) + 1 };
	snprintf(in->value, sizeof(in->value), "%s", text);
}

int run_act(struct run *r, const char *text, char *err, size_t err_size)
{
	struct free_play fp;
	struct free_act act;
	struct run_input in;

	if (!run_waits_for_act(r) || r->spec.what_if) {
		snprintf(err, err_size, "the machine does not wait for an act");
		return -EAGAIN;
	}
	if (r->store.nr > TRACE_EVENTS_DEFAULT / 2) {
		snprintf(err, err_size, "this machine has run for %llu events: begin with a new one", (unsigned long long)r->store.nr);
		return -EINVAL;
	}
	run_free_play(r, &fp);
	if (!free_play_read(&fp, text, &act, err, err_size))
		return -EINVAL;
	if (r->nr_calls == FREE_CALLS_MAX && act.op != FREE_RUN && act.op != FREE_IRQ) {
		snprintf(err, err_size, "%d calls have not returned: let the machine run, or begin with a new one", FREE_CALLS_MAX);
		return -EINVAL;
	}
	run_act_input(&r->inputs, text, &in);
	return send_inputs(r, &in, 1);
}

/* ---- the scheduler's choices ------------------------------------------------------------ */

bool run_chooses(const struct run *r)
{
	return r->choices;
}

bool run_waits_for_choice(const struct run *r)
{
	return r->state == RUN_WAITING && r->fence_what == WAIT_CHOOSE && r->choice_open;
}

bool run_is_at_choice(const struct run *r)
{
	return r->state == RUN_WAITING && r->fence_what == WAIT_CHOOSE;
}

/* Of the open choice, which can go on.  false: none of that name can. */
static bool can_go_on(const struct run *r, const char *name, uint32_t *ordinal)
{
	struct choosing_thing thing[CHOOSING_THINGS_MAX];
	unsigned int nr = 0;
	struct trace_event ev;
	struct ev_CHOOSE e;
	uint64_t n;

	for (n = r->fence; n && !nr; n--)
		if (trace_store_event(&r->store, n, &ev))
			nr = choosing_things(&ev, thing);
	if (!nr || !trace_get_CHOOSE(&ev, &e))
		return false;
	*ordinal = e.ordinal;
	for (n = 0; n < nr; n++)
		if (thing[n].cannot == CANNOT_NOT && !strcmp(thing[n].name, name))
			return true;
	return false;
}

int run_choose(struct run *r, const char *thing)
{
	struct run_input in = { .kind = INPUT_CHOOSE };

	if (!run_waits_for_choice(r) || r->spec.what_if)
		return -EAGAIN;
	if (strlen(thing) >= sizeof(in.id) || !can_go_on(r, thing, &in.number))
		return -EINVAL;
	strcpy(in.id, thing);
	return send_inputs(r, &in, 1);
}

bool run_asks_anew(const struct run *r)
{
	const struct run_inputs *in = &r->spec.inputs;
	size_t i;

	if (!r->spec.resumed || r->state != RUN_WAITING || r->fence_what != WAIT_ANSWER)
		return false;
	for (i = 0; i < in->n; i++)
		if (input_has_question(&in->v[i]) &&
		    (!inputs_is_used(&r->walk.use, i) || !strcmp(in->v[i].id, r->walk.question)))
			return true;
	return false;
}
