/*
 * visualizer/answer.c - an unfinished answer: choosing, typing, ordering, ticking.
 *
 * run_answer() gets choice ids, "none" where nothing is ticked, a number as typed, or words.
 *
 * Never here:   judging, sending (commands.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/width.h"
#include "visualizer/cells.h"
#include "visualizer/view.h"

/* A question seen for the first time starts with an empty answer. */
static struct answer *answer_of(struct ui *u, const struct lesson_question *q)
{
	if (u->answer.asked != q->asked || (u->answer.sent && q->verdict.n)) {
		memset(&u->answer, 0, sizeof(u->answer));
		u->answer.asked = q->asked;
		u->answer.sel = -1;
	}
	return &u->answer;
}

/* Left, Right, Home and End move the place where words are typed. */
static bool cursor_key(struct answer *a, uint32_t key)
{
	size_t len = strlen(a->text);

	switch (key) {
	case KEYC_LEFT: a->behind = len - width_before_last(a->text, len - a->behind); return true;
	case KEYC_RIGHT:
		while (a->behind && utf8_continues(a->text[len - --a->behind]))
			;
		return true;
	case KEYC_HOME: a->behind = len; return true;
	case KEYC_END: a->behind = 0; return true;
	default: return false;
	}
}

static bool type_key(struct answer *a, uint32_t key, bool number)
{
	size_t len = strlen(a->text), at = len - a->behind;
	char bytes[UTF8_BYTES_MAX];
	size_t n;

	if (key == KEYC_BACKSPACE) {
		n = width_before_last(a->text, at);
		memmove(a->text + n, a->text + at, a->behind + 1);
		return true;
	}
	if (!number && cursor_key(a, key))
		return true;
	if (number && key == '.' && !len)	/* steps forward, as `,` steps back */
		return false;
	if (number ? !(key >= '0' && key <= '9') && key != '.' && !(key == '-' && !len) :
		     key < ' ' || key >= 0x110000)
		return false;
	n = utf8_encode(key, bytes);
	if (len + n < sizeof(a->text)) {
		memmove(a->text + at + n, a->text + at, a->behind + 1);
		memcpy(a->text + at, bytes, n);
	}
	return true;
}

/* J and K move the choice under the bar later and earlier in the order; it enters the order at its end. */
static bool move_in_order(struct answer *a, uint32_t key)
{
	unsigned int at, to;

	for (at = 0; at < a->nr_order && a->order[at] != (unsigned int)a->sel; at++)
		;
	if (a->sel < 0)
		return true;
	if (at == a->nr_order) {
		a->order[a->nr_order++] = (unsigned int)a->sel;
		return true;
	}
	to = key == 'J' ? at + 1 : at - 1;	/* before the first one: wraps, and is no place */
	if (to < a->nr_order) {
		a->order[at] = a->order[to];
		a->order[to] = (unsigned int)a->sel;
	}
	return true;
}

static bool order_key(struct answer *a, const struct lesson_question *q, uint32_t key)
{
	unsigned int choice = key - 'a';

	if (key == KEYC_BACKSPACE) {
		if (a->nr_order)
			a->nr_order--;
		return true;
	}
	if (key == 'J' || key == 'K')
		return move_in_order(a, key);
	if (key < 'a' || choice >= q->nr_choices)
		return false;
	a->sel = (int)choice;
	for (unsigned int i = 0; i < a->nr_order; i++)
		if (a->order[i] == choice)
			return true;
	a->order[a->nr_order++] = choice;
	return true;
}

static bool choose_key(struct answer *a, const struct lesson_question *q, uint32_t key)
{
	if (key == ' ' && lesson_form(q) == FORM_SEVERAL && a->sel >= 0)
		key = (uint32_t)('a' + a->sel);
	if (key < 'a' || key - 'a' >= q->nr_choices)
		return false;
	a->sel = (int)(key - 'a');
	if (lesson_form(q) == FORM_SEVERAL)
		a->flags ^= 1u << a->sel;
	return true;
}

bool answer_key(struct ui *u, const struct lesson_question *q, uint32_t key)
{
	struct answer *a = answer_of(u, q);

	switch (lesson_form(q)) {
	case FORM_NUMBER:
		return type_key(a, key, true);
	case FORM_WORDS:
		return type_key(a, key, false);
	case FORM_ORDER:
		return order_key(a, q, key);
	case FORM_ONE:
	case FORM_SEVERAL:
		return choose_key(a, q, key);
	case FORM_PICK:
		return false;		/* pick.c */
	}
	return false;
}

void answer_select(struct ui *u, const struct lesson_question *q, int choice)
{
	answer_of(u, q)->sel = choice;
}

bool answer_ready(const struct answer *a, const struct lesson_question *q)
{
	if (a->asked != q->asked)
		return false;
	switch (lesson_form(q)) {
	case FORM_ONE:
		return a->sel >= 0;
	case FORM_ORDER:
		return a->nr_order == q->nr_choices;
	case FORM_SEVERAL:
		return true;		/* "none of them" is an answer */
	case FORM_NUMBER:
	case FORM_WORDS:
		return a->text[0] != '\0';
	case FORM_PICK:
		return a->nr_order == q->pick_count;
	}
	return false;
}

static void put_choice_id(struct strbuf *out, const struct lesson_question *q, unsigned int choice)
{
	char id[16];

	strbuf_printf(out, "%s%s", out->len ? " " : "", lesson_choice_id(q, choice, id));
}

void answer_value(const struct ui *u, const struct lesson_question *q, char *buf, size_t size)
{
	const struct answer *a = &u->answer;
	struct strbuf out;

	strbuf_init(&out, buf, size);
	switch (lesson_form(q)) {
	case FORM_ONE:
		put_choice_id(&out, q, (unsigned int)a->sel);
		break;
	case FORM_ORDER:
		for (unsigned int i = 0; i < a->nr_order; i++)
			put_choice_id(&out, q, a->order[i]);
		break;
	case FORM_SEVERAL:
		for (unsigned int i = 0; i < q->nr_choices; i++)
			if (a->flags >> i & 1)
				put_choice_id(&out, q, i);
		if (!out.len)
			strbuf_puts(&out, "none");
		break;
	case FORM_NUMBER:
	case FORM_WORDS:
		strbuf_puts(&out, a->text);
		break;
	case FORM_PICK:
		for (unsigned int i = 0; i < a->nr_order && a->order[i] < q->nr_candidates; i++) {
			char word[LESSON_WORD_MAX];

			strbuf_printf(&out, "%s%s", i ? " " : "", lesson_candidate_word(&q->candidate[a->order[i]], word));
		}
		break;
	}
}
