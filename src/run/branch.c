/*
 * run/branch.c - "what if the card interrupted here?": the same run up to there, then another.
 *
 * A branch is a run of its own with the inputs whose effect was seen by then, plus
 * one.  That it is the same up to there is not hoped but compared, byte for byte,
 * while its events arrive.
 *
 * Lives here:   choosing the inputs, starting the branch, comparing.
 * Never here:   which of two runs is on the screen.
 * Rules:        docs/time.md 1, docs/inputs.md "Branches".   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "run/free_play.h"
#include "run/run_internal.h"

/* ---- branches: the same up to where they part --------------------------------------- */

static uint64_t bytes_up_to(const struct trace_store *s, uint64_t n)
{
	return n < s->nr ? s->offset[n] : s->bytes;
}

/* docs/inputs.md, "Branches".  A difference is a bug of this program, but the screen stays usable. */
bool run_branch_agrees(struct run *r)
{
	uint64_t have, n;

	if (!r->prefix)
		return true;
	have = bytes_up_to(&r->store, r->prefix_events < r->store.nr ? r->prefix_events : r->store.nr);
	if (have > r->prefix_bytes)
		have = r->prefix_bytes;
	if (memcmp(r->prefix, r->store.base, have) != 0) {
		for (n = 1; n < r->store.nr && bytes_up_to(&r->store, n) <= have &&
		     memcmp(r->prefix, r->store.base, bytes_up_to(&r->store, n)) == 0; n++)
			;
		r->end.differs_at = n;
		return false;
	}
	if (r->store.nr >= r->prefix_events) {
		free(r->prefix);
		r->prefix = NULL;
	}
	return true;
}

/* ---- which inputs ------------------------------------------------------------------ */

/*
 * Inputs whose effect is among the first @after events: a card that was left, an
 * answer or a hint that stands in the trace, an interrupt that has been fired.
 */
static int inputs_up_to(const struct run *r, uint64_t after, struct run_inputs *to)
{
	struct inputs_walk walk = { .waits = false };
	struct trace_event ev;
	int rc = 0;
	uint64_t n;
	size_t i;

	for (n = 1; !rc && n <= after; n++) {
		struct run_input go = { .kind = INPUT_GO, .number = walk.card };
		int64_t used;

		if (!trace_store_event(&r->store, n, &ev))
			return -EINVAL;
		used = inputs_walk(&walk, &r->inputs, &ev);
		if (used >= 0)
			rc = run_inputs_add(to, &r->inputs.v[used]);
		else if (used == USE_PASS)	/* the input after it may not be among these */
			rc = run_inputs_add(to, &go);
	}
	for (i = 0; !rc && i < r->inputs.n; i++)
		if ((r->inputs.v[i].kind == INPUT_IRQ && r->inputs.v[i].after <= after) ||
		    r->inputs.v[i].kind == INPUT_CHOICE)
			rc = run_inputs_add(to, &r->inputs.v[i]);
	return rc;
}

static int branch_spec(const struct run *r, uint64_t after, int cpu, const char *line,
		       struct run_spec *spec)
{
	struct run_input irq = { .kind = INPUT_IRQ, .after = after, .number = (uint32_t)cpu };
	struct trace_event ev;
	int rc;

	if (!after || after > r->store.nr || cpu < 0 || strlen(line) >= sizeof(irq.id) ||
	    !trace_store_event(&r->store, after, &ev))
		return -EINVAL;
	irq.time = ev.time;
	strcpy(irq.id, line);
	*spec = r->spec;
	memset(&spec->inputs, 0, sizeof(spec->inputs));
	rc = inputs_up_to(r, after, &spec->inputs);
	if (!rc)
		rc = run_inputs_add(&spec->inputs, &irq);
	if (rc)
		run_inputs_fini(&spec->inputs);
	return rc;
}

static int keep_prefix(struct run *branch, const struct run *r, uint64_t after)
{
	uint64_t bytes = bytes_up_to(&r->store, after);

	branch->prefix = malloc(bytes);
	if (!branch->prefix)
		return -ENOMEM;
	memcpy(branch->prefix, r->store.base, bytes);
	branch->prefix_bytes = bytes;
	branch->prefix_events = after;
	return 0;
}

/* Starts the run of *spec, which equals @r up to event @after.  Frees the inputs of *spec. */
static int open_branch(struct run *r, struct run_spec *spec, uint64_t after, struct run **out, char *err, size_t err_size)
{
	int rc = run_open(out, r->loop, r->exe, spec, err, err_size);

	run_inputs_fini(&spec->inputs);
	if (rc)
		return rc;
	rc = keep_prefix(*out, r, after);
	if (rc) {
		run_close(*out);
		*out = NULL;
		snprintf(err, err_size, "out of memory");
	}
	return rc;
}

static int branch(struct run *r, uint64_t after, int cpu, const char *line, bool what_if, struct run **out,
		  char *err, size_t err_size)
{
	struct run_spec spec;
	int rc = branch_spec(r, after, cpu, line, &spec);

	if (rc) {
		snprintf(err, err_size, "there is no branching after event %llu: %s",
			 (unsigned long long)after, strerror(-rc));
		return rc;
	}
	spec.what_if = what_if;
	return open_branch(r, &spec, after, out, err, err_size);
}

int run_branch_irq(struct run *r, uint64_t after, int cpu, const char *line, struct run **out,
		   char *err, size_t err_size)
{
	return branch(r, after, cpu, line, false, out, err, err_size);
}

int run_what_if_irq(struct run *r, uint64_t after, int cpu, const char *line, struct run **out,
		    char *err, size_t err_size)
{
	return branch(r, after, cpu, line, true, out, err, err_size);
}

bool run_what_if_done(const struct run *r)
{
	return r->spec.what_if && r->state != RUN_RUNNING;
}

/* ---- free play ---------------------------------------------------------------------- */

static bool is_act_fence(const struct run *r, uint64_t n)
{
	struct trace_event ev;
	struct ev_WAIT_INPUT wait;

	return trace_store_event(&r->store, n, &ev) && trace_get_WAIT_INPUT(&ev, &wait) && wait.what == WAIT_ACT;
}

/* Nothing can be done before free play has begun. */
static uint64_t after_beginning(const struct run *r, uint64_t after)
{
	uint64_t n = 1;

	while (n <= r->store.nr && !is_act_fence(r, n))
		n++;
	return after > n ? after : n;
}

/* The time of the fence behind which event @after comes; UINT64_MAX: @after is a fence itself. */
static uint64_t fence_before(const struct run *r, uint64_t after)
{
	struct trace_event ev;
	uint64_t n;

	for (n = after; n; n--)
		if (trace_store_event(&r->store, n, &ev) && ev.kind == EV_WAIT_INPUT)
			return n == after ? UINT64_MAX : ev.time;
	return UINT64_MAX;
}

/* The last act goes on at @time: if it is a `run`, it ends there. */
static void cut_run(const struct run *r, struct run_inputs *in, uint64_t after, uint64_t time)
{
	struct run_input *last = in->n ? &in->v[in->n - 1] : NULL;
	uint64_t since = fence_before(r, after);
	struct strbuf text;

	if (!last || since == UINT64_MAX || last->kind != INPUT_ACT || strncmp(last->value, "run", 3) != 0)
		return;
	strbuf_init(&text, last->value, sizeof(last->value));
	strbuf_puts(&text, "run ");
	free_play_put_ms(time - since + 1, &text);	/* the events at @time are behind it */
}

int run_act_at(struct run *r, uint64_t after, uint64_t time, const char *text, struct run **out, char *err, size_t err_size)
{
	struct run_spec spec = r->spec;
	struct free_play fp;
	struct free_act act;
	struct run_input in;
	struct trace_event ev;
	int rc;

	after = after_beginning(r, after);
	memset(&spec.inputs, 0, sizeof(spec.inputs));
	rc = trace_store_event(&r->store, after, &ev) ? inputs_up_to(r, after, &spec.inputs) : -EINVAL;
	if (rc) {
		run_inputs_fini(&spec.inputs);
		snprintf(err, err_size, "nothing can be done at event %llu: %s", (unsigned long long)after, strerror(-rc));
		return rc;
	}
	cut_run(r, &spec.inputs, after, time > ev.time ? time : ev.time);
	run_free_play_of(r, &spec.inputs, &fp);
	rc = free_play_read(&fp, text, &act, err, err_size) ? 0 : -EINVAL;
	run_act_input(&spec.inputs, text, &in);
	if (!rc)
		rc = run_inputs_add(&spec.inputs, &in);
	if (!rc)
		return open_branch(r, &spec, after, out, err, err_size);
	run_inputs_fini(&spec.inputs);
	return rc;
}

unsigned int run_acts_after(const struct run *r, uint64_t after)
{
	unsigned int nr = 0;
	uint64_t n;

	for (n = after_beginning(r, after); n < r->store.nr; n++)	/* the last fence has no act yet */
		nr += is_act_fence(r, n);
	return nr;
}

uint64_t run_before_last_act(const struct run *r)
{
	unsigned int fences = 0;
	uint64_t n;

	for (n = r->store.nr; n; n--)
		if (is_act_fence(r, n) && fences++)
			return n;
	return 0;
}

/* The run from @after on, without its later inputs; @after 0: there is nothing to take back, which @nothing reports. */
static int take_back(struct run *r, uint64_t after, const char *nothing, struct run **out, char *err, size_t err_size)
{
	struct run_spec spec = r->spec;
	int rc;

	if (!after) {
		snprintf(err, err_size, "%s", nothing);
		return -ENOENT;
	}
	memset(&spec.inputs, 0, sizeof(spec.inputs));
	rc = inputs_up_to(r, after, &spec.inputs);
	if (!rc)
		return open_branch(r, &spec, after, out, err, err_size);
	run_inputs_fini(&spec.inputs);
	return rc;
}

int run_undo_act(struct run *r, struct run **out, char *err, size_t err_size)
{
	return take_back(r, run_waits_for_act(r) ? run_before_last_act(r) : 0, "nothing has been done that could be taken back", out,
			 err, err_size);
}

/* ---- the scheduler's choices ------------------------------------------------------------- */

uint64_t run_before_last_choice(const struct run *r)
{
	struct trace_event ev;
	bool chosen = false;
	uint64_t n;

	for (n = r->store.nr; n; n--) {
		if (!trace_store_event(&r->store, n, &ev))
			continue;
		chosen |= ev.kind == EV_CHOSEN;
		if (chosen && ev.kind == EV_WAIT_INPUT)
			return n;
	}
	return 0;
}

int run_undo_choice(struct run *r, struct run **out, char *err, size_t err_size)
{
	return take_back(r, run_before_last_choice(r), "nothing has been chosen yet", out, err, err_size);
}
