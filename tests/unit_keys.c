/*
 * tests/unit_keys.c - the table of keys, and keys of the student's own.
 *
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/test.h"
#include "visualizer/app.h"
#include "visualizer/keys.h"

static char warned[400];

static void note_warning(void *arg, const char *sentence)
{
	(void)arg;
	snprintf(warned, sizeof(warned), "%s", sentence);
}

/* Takes up to two lines "name = keys". */
static int change(const char *name1, const char *keys1, const char *name2, const char *keys2, char *err, size_t size)
{
	struct app_key line[2] = { { name1, keys1, 3 }, { name2, keys2, 7 } };
	struct app_keys keys = { "my/config", line, name2 ? 2 : 1 };

	warned[0] = err[0] = '\0';
	return app_change_keys(&keys, note_warning, NULL, err, size);
}

static void an_action_can_have_other_keys_in_all_its_places(void)
{
	char err[400];
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(text, 80);

	CHECK_INT(change("why", "y F10", NULL, NULL, err, sizeof(err)), 0);
	CHECK_STR(err, "");
	CHECK_INT(key_action('y', IN_CARD), ACT_WHY);
	CHECK_INT(key_action('y', IN_ASK), ACT_WHY);
	CHECK_INT(key_action(KEYC_F10, IN_PLAY), ACT_WHY);
	CHECK_INT(key_action('w', IN_CARD), ACT_NONE);
	CHECK_INT(key_expand("press {why} or {play}", IN_PLAY, &text, span), 2);
	CHECK_STR(text.buf, "press y or Space");
	CHECK_INT(span[0].action, ACT_WHY);
	CHECK_INT(span[0].from, 6);
	CHECK_INT(span[0].to, 7);
	keys_reset();
	CHECK_INT(key_action('w', IN_CARD), ACT_WHY);
	CHECK_INT(key_action('y', IN_CARD), ACT_NONE);
}

static void two_actions_can_swap_their_keys(void)
{
	char err[400];

	CHECK_INT(change("why", "i", "irq", "w", err, sizeof(err)), 0);
	CHECK_INT(key_action('i', IN_CARD), ACT_WHY);
	CHECK_INT(key_action('w', IN_CARD), ACT_IRQ);
	keys_reset();
}

static void a_wrong_line_is_refused_with_file_and_line(void)
{
	static const struct {
		const char *name1, *keys1, *name2, *keys2, *says;
	} wrong[] = {
		{ "why", "t", NULL, NULL, "my/config:3: key.why = t: t would be the key of why and of theme" },
		{ "why", "y", "irq", "y", "my/config:3: key.why = y: y would be the key of why and of irq at a card (line 7)" },
		{ "hint", "b", NULL, NULL, "b would be the key of hint and of choose at a question" },
		{ "why", "7", NULL, NULL, "7 would be the key of why and of seek" },
		{ "commit", "y", NULL, NULL, "it works where words are typed" },
		{ "why", "Strg-A", NULL, NULL, "there is no such key" },
		{ "why", "a-h", NULL, NULL, "there is no such key" },
		{ "why", "F13", NULL, NULL, "there is no such key" },
		{ "why", "", NULL, NULL, "the key is missing" },
		{ "choose", "y", NULL, NULL, "part of an answer" },
		{ "play", "Space", "why", "Space", "Space would be the key of play and of why" },
	};
	char err[400];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		CHECK_INT(change(wrong[i].name1, wrong[i].keys1, wrong[i].name2, wrong[i].keys2, err, sizeof(err)), -EINVAL);
		if (!CHECK_HAS(err, wrong[i].says))
			test_note("row %zu", i);
		/* nothing is changed */
		CHECK_INT(key_action('w', IN_CARD), ACT_WHY);
		CHECK_INT(key_action('i', IN_CARD), ACT_IRQ);
	}
}

static void an_unknown_name_is_a_warning(void)
{
	char err[400];

	CHECK_INT(change("fly", "y", "why", "y", err, sizeof(err)), 0);
	CHECK_STR(warned, "my/config:3: there is no action \"fly\"; docs/keys.md has the names");
	CHECK_INT(key_action('y', IN_CARD), ACT_WHY);
	keys_reset();
}

/* A footer that named its key itself would be wrong once the key is changed. */
static void footers_name_keys_by_their_actions(void)
{
	for (unsigned int i = 0; i < key_rows_nr; i++)
		if (key_rows[i].footer != W_NONE && !CHECK_INT(words_fixed(key_rows[i].footer)[0], '{'))
			test_note("%s", words_fixed(key_rows[i].footer));
}

/* Each view has a function key, also where letters are part of an answer. */
static void function_keys_work_wherever_a_lesson_is_open(void)
{
	static const enum action actions[] = { ACT_KEYS, ACT_VIEW_EVENTS, ACT_VIEW_TIMELINE, ACT_VIEW_WQS, ACT_VIEW_POOLS,
					       ACT_VIEW_PS, ACT_VIEW_DMESG, ACT_VIEW_WAITS, ACT_CODE };

	for (unsigned int i = 0; i < 9; i++)
		for (unsigned int context = IN_CARD; context < IN_ANY; context <<= 1)
			if (context & IN_LESSON || !i)		/* the page of an exercise has no views */
				CHECK_INT(key_action(KEYC_F1 + i, context), actions[i]);
}

const struct test_case suite_unit_keys[] = {
	T(an_action_can_have_other_keys_in_all_its_places),
	T(two_actions_can_swap_their_keys),
	T(a_wrong_line_is_refused_with_file_and_line),
	T(an_unknown_name_is_a_warning),
	T(footers_name_keys_by_their_actions),
	T(function_keys_work_wherever_a_lesson_is_open),
	{ NULL, NULL }
};
