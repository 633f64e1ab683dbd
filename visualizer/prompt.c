/*
 * visualizer/prompt.c - the bottom line: commands, searches, yes or no.
 *
 * Never here:   effects of the commands (commands.c), completion (complete.c).   Licence: MIT.
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "visualizer/commands.h"
#include "visualizer/free_play.h"
#include "visualizer/home.h"
#include "visualizer/work.h"

/* ---- the command line -------------------------------------------------------------------------- */

enum command_kind { COM_LEVEL, COM_THEME, COM_QUIT, COM_IRQ, COM_GO, COM_WORD, COM_RECORD, COM_VIEW, COM_MARKS, COM_UNMARK, COM_SET, COM_HELP };

static const struct {
	const char *name;
	enum command_kind kind;
	int value;
} commands[] = {
	{ "story", COM_LEVEL, TRACE_STORY }, { "detail", COM_LEVEL, TRACE_DETAIL },
	{ "all", COM_LEVEL, TRACE_MACHINE }, { "theme", COM_THEME, 0 }, { "q", COM_QUIT, 0 }, { "quit", COM_QUIT, 0 },
	{ "irq", COM_IRQ, 0 }, { "goto", COM_GO, 0 }, { "word", COM_WORD, 0 }, { "record", COM_RECORD, 0 },
	{ "marks", COM_MARKS, 0 }, { "unmark", COM_UNMARK, 0 }, { "set", COM_SET, 0 },
	{ "machine", COM_VIEW, VIEW_MACHINE }, { "timeline", COM_VIEW, VIEW_TIMELINE },
	{ "events", COM_VIEW, VIEW_EVENTS }, { "dmesg", COM_VIEW, VIEW_DMESG }, { "workqueues", COM_VIEW, VIEW_WQS },
	{ "pools", COM_VIEW, VIEW_POOLS }, { "ps", COM_VIEW, VIEW_PS }, { "waits", COM_VIEW, VIEW_WAITS }, { "why", COM_VIEW, VIEW_WHY },
	{ "worlds", COM_VIEW, VIEW_WORLDS }, { "about", COM_VIEW, VIEW_ABOUT }, { "source", COM_VIEW, VIEW_CODE },
	{ "keys", COM_VIEW, VIEW_KEYS }, { "help", COM_HELP, 0 },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static unsigned int typed_theme(struct ui *u, const char *arg)
{
	int theme = theme_by_name(arg);

	if (theme < 0) {
		ui_say(u, W(SAY_THEMES), theme_names());
		return EFF_DRAW;
	}
	u->theme = (unsigned int)theme;
	term_set_theme(u->term, u->theme);
	return EFF_DRAW;
}

/* "5.2" goes to that many ms, "#31" to that event. */
static unsigned int typed_goto(struct ui *u, const char *arg)
{
	char *end;
	double ms;

	if (*arg == '#') {
		playback_seek(&u->scene->playback, strtoull(arg + 1, NULL, 10));
		return command_look(u);
	}
	ms = strtod(arg, &end);
	if (end == arg || ms < 0) {
		ui_say(u, W(SAY_GOTO));
		return EFF_DRAW;
	}
	playback_seek_time(&u->scene->playback, (int64_t)(ms * 1e6) - (int64_t)u->scene->playback.clock);
	return command_look(u);
}

static unsigned int typed_irq(struct ui *u, const char *arg)
{
	char line[64] = "", number[16] = "", *end;
	long cpu = -1;
	int words = sscanf(arg, "%63s %15s", line, number);

	if (words > 1) {
		cpu = strtol(number, &end, 10);
		if (*end || cpu < 0 || cpu > INT_MAX) {
			ui_say(u, W(SAY_IRQ_CPU), number);
			return EFF_DRAW;
		}
	}
	return command_irq(u, words > 0 ? line : NULL, (int)cpu);
}

static unsigned int typed_record(struct ui *u, const char *arg)
{
	int err;

	if (!u->scene->run || !*arg) {
		ui_say(u, W(SAY_RECORD));
		return EFF_DRAW;
	}
	err = run_record(u->scene->run, arg);
	if (err)
		ui_say(u, W(SAY_NOT_WRITTEN), arg, strerror(-err));
	else
		ui_say(u, W(SAY_WRITTEN), arg);
	return EFF_DRAW;
}

static unsigned int typed_word(struct ui *u, const char *arg)
{
	const char *text = u->opts->cb.word && *arg ? u->opts->cb.word(u->opts->cb.arg, arg) : NULL;

	ui_say(u, "%s", text ? text : *arg ? W(SAY_NO_WORD) : W(SAY_WORD));
	return EFF_DRAW;
}

/* `set` needs a form; some commands need no lesson, the others one that is open. */
static bool works_here(const struct ui *u, unsigned int i)
{
	enum command_kind kind = commands[i].kind;

	if (kind == COM_SET)
		return u->at_home && u->work && sheet_is_form(u->work->sheet);
	return !u->at_home || kind == COM_THEME || kind == COM_QUIT || kind == COM_WORD || kind == COM_HELP ||
	       (kind == COM_VIEW && commands[i].value == VIEW_KEYS);
}

bool prompt_command(const struct ui *u, unsigned int i, const char **name)
{
	if (i >= COMMANDS) {
		const char *word = free_play_on(u) ? free_play_command_word(i - COMMANDS) : NULL;

		if (name)
			*name = word && strcmp(word, "irq") ? word : NULL;	/* irq is in both tables */
		return word != NULL;
	}
	if (name)
		*name = works_here(u, i) ? commands[i].name : NULL;
	return true;
}

unsigned int ui_command(struct ui *u, const char *text)
{
	size_t n = strcspn(text, " ");
	const char *arg = text + n + strspn(text + n, " ");
	unsigned int eff = free_play_typed(u, text);

	if (eff)
		return eff;
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strncmp(commands[i].name, text, n) || commands[i].name[n])
			continue;
		if (!works_here(u, (unsigned int)i))
			break;
		if (commands[i].kind == COM_QUIT)
			return command_leave(u);
		if (commands[i].kind == COM_HELP)
			return ui_help(u, arg);
		if (commands[i].kind == COM_THEME)
			return typed_theme(u, arg);
		if (commands[i].kind == COM_SET)
			return work_typed(u, arg);
		if (commands[i].kind == COM_WORD)
			return typed_word(u, arg);
		if (commands[i].kind == COM_VIEW)
			return command_open_view(u, (enum view_id)commands[i].value);
		if ((commands[i].kind == COM_GO || commands[i].kind == COM_IRQ) && report_hides(u))
			return EFF_DRAW;
		switch (commands[i].kind) {
		case COM_LEVEL:
			u->scene->playback.level = (enum trace_level)commands[i].value;
			ui_say(u, W(SAY_LEVEL), commands[i].name);
			return EFF_DRAW;
		case COM_IRQ: return typed_irq(u, arg);
		case COM_GO: return typed_goto(u, arg);
		case COM_RECORD: return typed_record(u, arg);
		case COM_MARKS: return command_bookmark_list(u);
		case COM_UNMARK: return command_bookmark_set(u, NULL);
		default: break;
		}
	}
	ui_say(u, W(SAY_NO_COMMAND), text);
	return EFF_DRAW;
}

static unsigned int prompt_done(struct ui *u)
{
	enum prompt_kind kind = u->prompt;
	char text[sizeof(u->prompt_text)];

	memcpy(text, u->prompt_text, sizeof(text));
	while (*text && isspace((unsigned char)text[strlen(text) - 1]))
		text[strlen(text) - 1] = '\0';
	u->prompt = PROMPT_NONE;
	switch (kind) {
	case PROMPT_COMMAND:
		return *text ? ui_command(u, text) : EFF_DRAW;
	case PROMPT_SEARCH:
		if (*text)	/* an empty one is the last one again */
			snprintf(u->search, sizeof(u->search), "%.60s", text);
		return ui_do(u, ACT_MATCH);
	case PROMPT_FILTER:
		snprintf(u->filter, sizeof(u->filter), "%.60s", text);
		return u->at_home ? EFF_DRAW : command_open_view(u, VIEW_EVENTS);
	case PROMPT_NOTE:
		return command_bookmark_set(u, text);
	case PROMPT_REPORT:
		return command_report(u, text);
	default:
		return EFF_DRAW;
	}
}

/* Removes the last character of the line. */
static void erase_one(char *text)
{
	size_t len = strlen(text);

	while (len && ((unsigned char)text[--len] & 0xc0) == 0x80)
		;
	text[len] = '\0';
}

bool command_prompt_confirms(enum prompt_kind kind)
{
	return kind == PROMPT_RESET || kind == PROMPT_RETRY || kind == PROMPT_NEXT || kind == PROMPT_RESTART || kind == PROMPT_DROP;
}

static unsigned int confirm(struct ui *u, uint32_t key)
{
	enum prompt_kind kind = u->prompt;

	u->prompt = PROMPT_NONE;
	if (key != 'y' && key != 'Y')
		return EFF_DRAW;
	if (kind == PROMPT_RESET) {
		if (u->opts->cb.reset)
			u->opts->cb.reset(u->opts->cb.arg, home_at(u)->id);
		return ui_home(u);
	}
	if (kind == PROMPT_RESTART)
		return home_enter(u, APP_OPEN_FRESH);
	if (kind == PROMPT_DROP)
		return free_play_drop(u);
	if (kind == PROMPT_NEXT)
		return command_next_lesson(u);
	if (free_play_on(u) && !u->opts->spec)
		return free_play_enter(u);
	if (u->choosing) {
		work_enter(u, u->work_id, APP_OPEN_FRESH);
		return EFF_DRAW | EFF_RUN;
	}
	if (u->scene->id[0])
		return ui_open_lesson(u, u->scene->id, APP_OPEN_FRESH);
	if (u->opts->spec)
		return ui_open_spec(u, u->opts->spec, "");
	return EFF_DRAW;
}

unsigned int command_prompt_key(struct ui *u, uint32_t key)
{
	size_t len = strlen(u->prompt_text);

	if (command_prompt_confirms(u->prompt))
		return confirm(u, key);
	if (key != KEYC_TAB)
		u->offer[0] = '\0';
	if (key == KEYC_ESC || (key == KEYC_BACKSPACE && !len)) {
		u->prompt = PROMPT_NONE;
	} else if (key == KEYC_ENTER) {
		return prompt_done(u);
	} else if (key == KEYC_BACKSPACE) {
		erase_one(u->prompt_text);
	} else if (key == KEYC_TAB && u->prompt == PROMPT_COMMAND) {
		prompt_complete(u);
	} else if (key >= ' ' && key < 127 && len + 1 < sizeof(u->prompt_text)) {
		u->prompt_text[len] = (char)key;
		u->prompt_text[len + 1] = '\0';
	} else if (key >= 0xa0 && key < KEYC_UP &&
		   len + UTF8_BYTES_MAX < sizeof(u->prompt_text)) {
		u->prompt_text[len + utf8_encode(key, u->prompt_text + len)] = '\0';
	}
	return EFF_DRAW;
}
