/*
 * run/send_input.c - what a person does at a fence is sent to the run, and logged.
 *
 * Lives here:   go, answer, hint: is it waited for, what is its address.
 * Never here:   the text form (inputs.c), the pipe (client.c), branches (branch.c).
 * Rules:        docs/time.md 1, docs/inputs.md.   Licence: MIT.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "run/inputs.h"
#include "run/run_internal.h"

/* Logs @in and sends it; the run is computing again. */
static int send_input(struct run *r, const struct run_input *in)
{
	STRBUF(line, INPUT_LINE_MAX + 1);
	char *text;
	int rc;

	input_format(&line, in);
	strbuf_putc(&line, '\n');
	text = strdup(line.buf);
	if (!text)
		return -ENOMEM;
	rc = run_inputs_add(&r->inputs, in);
	if (rc) {
		free(text);
		return rc;
	}
	rc = run_send(r, text);
	if (rc) {
		r->inputs.n--;
		return rc;
	}
	r->sent++;
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

/* Is the question that is open called @id?  Its id is the first line of its ASK event. */
static bool question_open(const struct run *r, const char *id)
{
	size_t len = strlen(id);
	struct trace_event ev;
	struct ev_ASK ask;
	uint64_t n;

	for (n = r->fence; n; n--)
		if (trace_store_event(&r->store, n, &ev) && trace_get_ASK(&ev, &ask) &&
		    ask.question == r->fence_question)
			return strncmp(ask.text, id, len) == 0 &&
			       (ask.text[len] == '\n' || ask.text[len] == '\0');
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

	if (r->state != RUN_WAITING || r->fence_what == WAITS_FOR_ANSWER)
		return -EAGAIN;
	if (r->fence_what == WAITS_FOR_GO)
		in.number = card_shown(r);
	return send_input(r, &in);
}

static int send_to_question(struct run *r, enum run_input_kind kind, const char *id, const char *value)
{
	struct run_input in = { .kind = kind };

	if (r->state != RUN_WAITING || r->fence_what != WAITS_FOR_ANSWER || !question_open(r, id))
		return -EAGAIN;
	if (strlen(id) >= sizeof(in.id) || strlen(value) >= sizeof(in.value))
		return -EINVAL;
	strcpy(in.id, id);
	strcpy(in.value, value);
	in.number = sent_before(r, kind, id) + 1;
	return send_input(r, &in);
}

int run_answer(struct run *r, const char *question_id, const char *value)
{
	return send_to_question(r, INPUT_ANSWER, question_id, value);
}

int run_hint(struct run *r, const char *question_id)
{
	return send_to_question(r, INPUT_HINT, question_id, "");
}
