/*
 * words/choosing_text.c - see choosing_text.h.   Licence: MIT.
 */
#include "words/choosing_text.h"

#include "words/texts.h"

static const enum words_key cannot[CANNOT_NR] = {
	[CANNOT_ENDED] = W_CANNOT_ENDED, [CANNOT_ASLEEP] = W_CANNOT_ASLEEP, [CANNOT_NOT_QUEUED] = W_CANNOT_NOT_QUEUED,
	[CANNOT_ARMED] = W_CANNOT_ARMED, [CANNOT_NO_WORKER] = W_CANNOT_NO_WORKER, [CANNOT_INACTIVE] = W_CANNOT_INACTIVE,
	[CANNOT_USED_UP] = W_CANNOT_USED_UP,
};

void words_choosing_next(const struct choosing_thing *t, struct strbuf *out)
{
	if (t->cannot)
		strbuf_printf(out, W(CHOOSE_CANNOT), words_fixed(cannot[t->cannot]));
	else if (t->kind == '-')
		strbuf_puts(out, W(CHOOSE_TIME_PASSES));
	else if (t->kind == 'i' && t->code[0])
		strbuf_printf(out, W(CHOOSE_INTERRUPTS), t->code);
	else if (t->kind == 'i')
		strbuf_puts(out, W(CHOOSE_INTERRUPTS_NOBODY));
	else
		strbuf_puts(out, t->code);
}

void words_choosing_side(const struct choosing_thing *t, struct strbuf *out)
{
	if (t->cannot)
		return;
	if (t->kind == 'i')
		strbuf_printf(out, t->left == 1 ? W(CHOOSE_LEFT_ONE) : W(CHOOSE_LEFT), t->left);
	else
		strbuf_puts(out, t->place);
}

const char *words_choosing_label(const struct choosing_thing *t)
{
	return t->kind == '-' ? W(CHOOSE_NOBODY) : t->label;
}

void words_choosing_step(const struct choosing_step *s, struct strbuf *out)
{
	strbuf_puts(out, s->kind == '-' ? W(CHOOSE_NOBODY) : s->label);
	if (s->what[0])
		strbuf_printf(out, " %s", s->what);
}

void words_choosing_path(const struct choosing *c, unsigned int most, struct strbuf *out)
{
	unsigned int from = c->nr_steps > most ? c->nr_steps - most : 0;

	if (from)
		strbuf_puts(out, "\xe2\x80\xa6, ");
	for (unsigned int i = from; i < c->nr_steps; i++) {
		strbuf_puts(out, i > from ? ", " : "");
		words_choosing_step(&c->step[i], out);
	}
}

void words_choosing_result(const struct choosing *c, struct strbuf *out)
{
	if (!c->reached) {
		strbuf_printf(out, W(CHOOSE_NOT_REACHED), c->choices);
		return;
	}
	strbuf_printf(out, W(CHOOSE_REACHED), c->choices);
	if (c->par && c->par < c->choices)
		strbuf_printf(out, W(CHOOSE_PAR), c->par);
	else if (c->par)
		strbuf_puts(out, W(CHOOSE_PAR_MET));
	if (c->freed && c->freed != c->used)
		strbuf_printf(out, W(CHOOSE_FREED), c->used, c->freed);
}
