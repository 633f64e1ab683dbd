/*
 * visualizer/keys.h - keys.def as a table, and its words.
 *
 * keys.def has a row for each key, with its action and the contexts in which it is valid.
 * The functions look up the action of a key, and print the help and docs/keys.md.
 *
 * Lives here:   the action of a key in a context; the page docs/keys.md.
 * Never here:   the effects of actions (commands.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_KEYS_H
#define KW_VISUALIZER_KEYS_H

#include <stdio.h>

#include "visualizer/term.h"
#include "words/texts.h"

/* Where a key may mean something. */
enum key_context {
	IN_HOME = 1u << 0,
	IN_CARD = 1u << 1,	/* a card waits for Enter */
	IN_ASK = 1u << 2,	/* a question is open and has the keys */
	IN_TYPE = 1u << 3,	/* .. and takes words: every printable key */
	IN_PLAY = 1u << 4,	/* nothing is open: the playback has the keys */
	IN_LOOK = 1u << 5,	/* something is open, but we look around */
	IN_LIST = 1u << 6,	/* a view with a cursor is on the stage */
	IN_VIEW = 1u << 7,	/* a view without one */
	IN_WHAT_IF = 1u << 8,	/* a branch made by hand is shown */
	IN_STAGE = IN_PLAY | IN_LOOK | IN_LIST | IN_VIEW | IN_WHAT_IF,
	IN_ANY = (1u << 9) - 1
};

enum action {
	ACT_NONE,
	ACT_KEYS, ACT_REDRAW, ACT_SUSPEND, ACT_QUIT, ACT_LEAVE, ACT_THEME, ACT_COMMAND,
	ACT_UP, ACT_DOWN, ACT_HOME, ACT_END, ACT_OPEN, ACT_FINISH, ACT_RESTART, ACT_AGAIN, ACT_RESET, ACT_EXERCISES,
	ACT_COMMIT, ACT_GO, ACT_HINT, ACT_UNDO, ACT_LOOK, ACT_BACK_TO_TEXT, ACT_BACK_TO_RUN,
	ACT_SELECT, ACT_CLOSE, ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_TOP, ACT_BOTTOM,
	ACT_PLAY, ACT_STEP, ACT_STEP_BACK, ACT_DECISION, ACT_DECISION_BACK, ACT_FASTER, ACT_SLOWER,
	ACT_BACK_SMALL, ACT_ON_SMALL, ACT_BACK_TENTH, ACT_ON_TENTH, ACT_TO_START, ACT_TO_END,
	ACT_WHY, ACT_IRQ, ACT_WORLDS, ACT_RULE, ACT_WORD, ACT_RETRY, ACT_NEXT,
	ACT_BOOKMARK, ACT_NEXT_BOOKMARK,
	ACT_VIEW_MACHINE, ACT_VIEW_TIMELINE, ACT_VIEW_EVENTS, ACT_VIEW_DMESG, ACT_VIEW_WQS,
	ACT_VIEW_POOLS, ACT_VIEW_PS, ACT_VIEW_ABOUT, ACT_CODE, ACT_NEXT_VIEW, ACT_PREV_VIEW, ACT_OTHER_CPU,
	ACT_SEARCH, ACT_MATCH, ACT_MATCH_BACK, ACT_FILTER,
	ACT_NR
};

struct key_row {
	uint32_t code;		/* (uint32_t)-1: a note, no key */
	const char *shown;
	enum action action;
	unsigned int contexts;
	enum words_key footer, help;	/* W_NONE = none */
};

extern const struct key_row key_rows[];
extern const unsigned int key_rows_nr;

enum action key_action(uint32_t code, unsigned int contexts);
/* docs/keys.md, whole. */
void keys_write_page(FILE *out);

#endif
