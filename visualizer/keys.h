/*
 * visualizer/keys.h - keys.def as a table, and its words.
 *
 * keys.def has a row for each key, with its action and the contexts in which it is valid.
 * The functions look up the action of a key and the keys of an action, and print docs/keys.md.
 *
 * Lives here:   the action of a key in a context; names of keys; the page docs/keys.md.
 * Never here:   the effects of actions (commands.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_KEYS_H
#define KW_VISUALIZER_KEYS_H

#include <stdarg.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "visualizer/term.h"
#include "words/texts.h"

/* Where a key may mean something. */
enum key_context {
	IN_HOME = 1u << 0,
	IN_CARD = 1u << 1,	/* a card waits for Enter */
	IN_ASK = 1u << 2,	/* a question is open and has the keys */
	IN_TYPE = 1u << 3,	/* the open question takes text: every printable key */
	IN_PLAY = 1u << 4,	/* nothing is open: the playback has the keys */
	IN_LOOK = 1u << 5,	/* something is open, but we look around */
	IN_LIST = 1u << 6,	/* a view with a cursor is on the stage */
	IN_VIEW = 1u << 7,	/* a view without one */
	IN_WHAT_IF = 1u << 8,	/* a branch made by hand is shown */
	IN_END = 1u << 9,	/* the page of a lesson's end */
	IN_FREE = 1u << 10,	/* free play: its rows first, then the rows of IN_PLAY */
	IN_REPORT = 1u << 11,	/* a question or verdict has a report: its rows first, then those of IN_ASK or IN_CARD */
	IN_PICK = 1u << 12,	/* the open question is one in which the student points: the same */
	IN_WORK = 1u << 13,	/* the page of a repair exercise */
	IN_FORM = 1u << 14,	/* the page of a configure exercise */
	IN_FAILING = 1u << 15,	/* the run of a check, opened from such a page */
	IN_CHOICE = 1u << 16,	/* the student is the scheduler: the same as IN_PICK */
	IN_STAGE = IN_PLAY | IN_LOOK | IN_LIST | IN_VIEW | IN_WHAT_IF | IN_END | IN_FAILING,
	IN_LESSON = IN_STAGE | IN_CARD | IN_ASK | IN_TYPE | IN_FREE | IN_REPORT | IN_PICK | IN_CHOICE,
	IN_ANY = (1u << 17) - 1
};

enum action {
	ACT_NONE,
	ACT_KEYS, ACT_REDRAW, ACT_SUSPEND, ACT_QUIT, ACT_LEAVE, ACT_THEME, ACT_COMMAND,
	ACT_UP, ACT_DOWN, ACT_HOME, ACT_END, ACT_OPEN, ACT_FINISH, ACT_RESTART, ACT_AGAIN, ACT_RESET, ACT_NUMBER,
	ACT_UNFOLD, ACT_FOLD, ACT_NEXT_PART, ACT_PREV_PART,
	ACT_CHOOSE, ACT_COMMIT, ACT_GO, ACT_HINT, ACT_UNDO, ACT_LOOK, ACT_BACK_TO_TEXT, ACT_BACK_TO_RUN,
	ACT_SELECT, ACT_CLOSE, ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_TOP, ACT_BOTTOM,
	ACT_PLAY, ACT_STEP, ACT_STEP_BACK, ACT_DECISION, ACT_DECISION_BACK, ACT_FASTER, ACT_SLOWER, ACT_CLOSER, ACT_FURTHER,
	ACT_BACK_SMALL, ACT_ON_SMALL, ACT_BACK_TENTH, ACT_ON_TENTH, ACT_TO_START, ACT_TO_END, ACT_SEEK,
	ACT_WHY, ACT_IRQ, ACT_WORLDS, ACT_RULE, ACT_WORD, ACT_RETRY, ACT_NEXT,
	ACT_BOOKMARK, ACT_NEXT_BOOKMARK, ACT_REPORT,
	ACT_VIEW_MACHINE, ACT_VIEW_TIMELINE, ACT_VIEW_EVENTS, ACT_VIEW_DMESG, ACT_VIEW_WQS,
	ACT_VIEW_POOLS, ACT_VIEW_PS, ACT_VIEW_WAITS, ACT_VIEW_ABOUT, ACT_CODE, ACT_NEXT_VIEW, ACT_PREV_VIEW, ACT_OTHER_CPU,
	ACT_PRACTISE, ACT_FREE_PLAY, ACT_FREE_LEFT, ACT_FREE_RIGHT, ACT_FREE_DO, ACT_FREE_NEW, ACT_FREE_EDIT, ACT_FREE_SAVE,
	ACT_WORK_EDIT, ACT_WORK_CHECK, ACT_WORK_STOP, ACT_WORK_OPEN, ACT_WORK_STORY, ACT_WORK_REPLAY, ACT_WORK_HINT, ACT_WORK_UP,
	ACT_WORK_DOWN, ACT_WORK_FLAG, ACT_WORK_LESS, ACT_WORK_MORE, ACT_WORK_DIGIT, ACT_WORK_WHY, ACT_WORK_BACK,
	ACT_SEARCH, ACT_MATCH, ACT_MATCH_BACK, ACT_FILTER, ACT_TIMES, ACT_TURN,
	ACT_NR
};

/* Codes of rows that stand for several keys. */
enum {
	KEYC_LETTERS = KEYC_OTHER + 1,	/* a to h */
	KEYC_DIGITS
};

struct key_row {
	uint32_t code;		/* KEYC_NONE: the heading of a group */
	const char *shown;
	const char *name;	/* of the action, "VIEW_EVENTS" */
	enum action action;
	unsigned int contexts;
	enum words_key footer, help;	/* W_NONE = none; of a group, .help is its heading */
};

extern const struct key_row key_rows[];
extern const unsigned int key_rows_nr;

enum action key_action(uint32_t code, unsigned int contexts);
/* The heading of the group that row @i belongs to. */
enum words_key key_group(unsigned int i);
/* "Up k": the keys of row @i's action in the contexts of the row. */
void key_put_all(unsigned int i, struct strbuf *out);
/* The key of an action that is shown in @contexts; false if it has none there. */
bool key_put_first(enum action action, unsigned int contexts, struct strbuf *out);
/* "view-events": the name of row @i's action, as in a config file; and back (ACT_NONE: there is none). */
void key_put_name(unsigned int i, struct strbuf *out);
enum action key_named(const char *name, size_t len);
/* "b" */
void key_put_code(uint32_t code, struct strbuf *out);
/* "at a question": the words for one context. */
const char *key_place(unsigned int context);

/* The bytes [from, to) of an expanded text name the key of @action. */
struct key_span {
	enum action action;
	size_t from, to;
};

#define KEY_SPANS_MAX 4
#define KEY_CHANGES_MAX 96	/* keys that a config may set */

/*
 * key_expand - @text with the key of the action NAME in place of each {name}
 * The key is the first one that has the action in @contexts, or else anywhere.
 * Return: the number of spans stored, at most KEY_SPANS_MAX.
 */
unsigned int key_expand(const char *text, unsigned int contexts, struct strbuf *out, struct key_span span[KEY_SPANS_MAX]);

/* As strbuf_printf(), with the keys in force in @contexts for each {name} of @fmt. */
void key_printf(struct strbuf *out, unsigned int contexts, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void key_vprintf(struct strbuf *out, unsigned int contexts, const char *fmt, va_list ap);
/* Of a text in a window: how many lines are below it, or without any how many are above, and the key that shows them. */
void key_more_lines(struct strbuf *out, unsigned int contexts, unsigned int above, unsigned int below);

struct key_binding {
	enum action action;
	uint32_t code;			/* KEYC_NONE: a key that was taken from its action */
	unsigned int contexts;
};

/* Binding number @i of those in force; false if there are no more. */
bool key_bound(unsigned int i, struct key_binding *out);
/* Does a row with code @own, which may stand for several keys, have the key @code? */
bool key_is_among(uint32_t own, uint32_t code);
/*
 * One more key for @action.  The keys that the table gives to the action have no effect from then on.
 * Return: false if there is no room.  keys_reset() returns to the table.
 */
bool key_bind(enum action action, uint32_t code, unsigned int contexts);
void keys_reset(void);
/* docs/keys.md, whole. */
void keys_write_page(FILE *out);

#endif
