/*
 * visualizer/answer.c - an answer while it is made: choosing, typing, ordering, ticking.
 *
 * What is sent (run_answer()): a choice's number as shown ("2"); a number as typed;
 * an order or ticks as such numbers ("2 1 3"), a picked thing likewise; words.
 *
 * Never here:   judging, sending (commands.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "visualizer/cells.h"
#include "visualizer/view.h"

/* A question seen for the first time starts with an empty answer. */
static struct answer *answer_of(struct ui *u, const struct card_question *q)
{
	if (u->answer.asked != q->asked || (u->answer.sent && q->judged)) {
		memset(&u->answer, 0, sizeof(u->answer));
		u->answer.asked = q->asked;
		u->answer.sel = -1;
	}
	return &u->answer;
}

static bool type_key(struct answer *a, uint32_t key, bool number)
{
	size_t len = strlen(a->text);
	char bytes[4];
	size_t n;

	if (key == KEYC_BACKSPACE) {
		while (len && (a->text[--len] & 0xc0) == 0x80)
			;
		a->text[len] = '\0';
		return true;
	}
	if (number ? !(key >= '0' && key <= '9') && key != '.' && !(key == '-' && !len) :
		     key < ' ' || key >= 0x110000)
		return false;
	n = cells_encode(key, bytes);
	if (len + n < sizeof(a->text)) {
		memcpy(a->text + len, bytes, n);
		a->text[len + n] = '\0';
	}
	return true;
}

static bool order_key(struct answer *a, const struct card_question *q, uint32_t key)
{
	unsigned int choice = key - 'a';

	if (key == KEYC_BACKSPACE) {
		if (a->nr_order)
			a->nr_order--;
		return true;
	}
	if (key < 'a' || choice >= q->nr_choices)
		return false;
	for (unsigned int i = 0; i < a->nr_order; i++)
		if (a->order[i] == choice)
			return true;
	a->order[a->nr_order++] = choice;
	return true;
}

static bool choose_key(struct answer *a, const struct card_question *q, uint32_t key)
{
	if (key < 'a' || key - 'a' >= q->nr_choices)
		return false;
	a->sel = (int)(key - 'a');
	if (q->kind == ASK_FLAGS)
		a->flags ^= 1u << a->sel;
	return true;
}

bool answer_key(struct ui *u, const struct card_question *q, uint32_t key)
{
	struct answer *a = answer_of(u, q);

	switch (q->kind) {
	case ASK_NUMBER:
		return type_key(a, key, true);
	case ASK_TEXT:
		return type_key(a, key, false);
	case ASK_ORDER:
		return order_key(a, q, key);
	case ASK_PICK:
		return q->nr_choices ? choose_key(a, q, key) : type_key(a, key, false);
	case ASK_CHOICES:
	case ASK_FLAGS:
		return choose_key(a, q, key);
	}
	return false;
}

bool answer_ready(const struct answer *a, const struct card_question *q)
{
	if (a->asked != q->asked)
		return false;
	switch (q->kind) {
	case ASK_CHOICES:
		return a->sel >= 0;
	case ASK_PICK:
		return q->nr_choices ? a->sel >= 0 : a->text[0];
	case ASK_ORDER:
		return a->nr_order == q->nr_choices;
	case ASK_FLAGS:
		return true;		/* "none of them" is an answer */
	case ASK_NUMBER:
	case ASK_TEXT:
		return a->text[0] != '\0';
	}
	return false;
}

void answer_value(const struct ui *u, const struct card_question *q, char *buf, size_t size)
{
	const struct answer *a = &u->answer;
	struct strbuf out;

	strbuf_init(&out, buf, size);
	switch (q->kind) {
	case ASK_CHOICES:
		strbuf_printf(&out, "%d", a->sel + 1);
		break;
	case ASK_PICK:
		if (q->nr_choices)
			strbuf_printf(&out, "%d", a->sel + 1);
		else
			strbuf_puts(&out, a->text);
		break;
	case ASK_ORDER:
		for (unsigned int i = 0; i < a->nr_order; i++)
			strbuf_printf(&out, "%s%u", i ? " " : "", a->order[i] + 1);
		break;
	case ASK_FLAGS:
		for (unsigned int i = 0; i < q->nr_choices; i++)
			if (a->flags >> i & 1)
				strbuf_printf(&out, "%s%u", out.len ? " " : "", i + 1);
		break;
	case ASK_NUMBER:
	case ASK_TEXT:
		strbuf_puts(&out, a->text);
		break;
	}
}
