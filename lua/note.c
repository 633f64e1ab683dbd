/*
 * lua/note.c - note("text", value, ...): lines of text that a lesson writes for its author.
 *
 * The text is made in every run, so that a lesson does the same whether its notes are shown or
 * not.  It becomes a NOTE event if the run has spec.notes, and a note of kind "wrote" for the
 * checks of authors.  No event may be emitted while a judge looks at the trace, which can
 * happen in the middle of another event: such notes wait until the judge is done.
 *
 * Lives here:   the text of a note, its way to the trace and to a check.
 * Never here:   showing it (words/sentence.def, cli/check_print.c).
 * Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "lua/script_internal.h"

#define NOTE_KEYS_MAX 12		/* elements of a table that are shown */

static void add_value(lua_State *L, int index, struct strbuf *out)
{
	sandbox_tostring(L, index);
	strbuf_puts(out, lua_tostring(L, -1));
	lua_pop(L, 1);
}

/* "{1, 2, 3}"; of other keys the number only: they have no order. */
static void add_table(lua_State *L, int index, struct strbuf *out)
{
	lua_Integer n = (lua_Integer)lua_rawlen(L, index), others = 0;

	strbuf_puts(out, "{");
	for (lua_Integer i = 1; i <= n && i <= NOTE_KEYS_MAX; i++) {
		strbuf_puts(out, i > 1 ? ", " : "");
		lua_rawgeti(L, index, i);
		add_value(L, lua_gettop(L), out);
		lua_pop(L, 1);
	}
	if (n > NOTE_KEYS_MAX)
		strbuf_puts(out, ", ...");
	for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
		others += !(lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= n);
	if (others)
		strbuf_printf(out, "%s%lld named", n ? ", " : "", (long long)others);
	strbuf_puts(out, "}");
}

static void put(struct script *s, const struct script_note *n)
{
	const struct script_notes *to = s->opts->notes;
	STRBUF(text, SCRIPT_NOTE_BYTES + 16);

	if (s->opts->spec->notes)
		TRACE(NOTE, .line = n->line, .text = n->text);
	if (!to || s->seeking_world || s->notes.reported >= SCRIPT_NOTES_REPORTED)
		return;
	s->notes.reported++;
	strbuf_printf(&text, "%u %s", (unsigned int)n->line, n->text);
	to->note(to->arg, "wrote", "", text.buf);
}

/* A judge is called again and again: the same text of the same line is noted once in a row. */
static bool said_before(struct script *s, const struct script_note *n)
{
	for (unsigned int i = 0; i < s->notes.nr_last; i++) {
		struct script_note *last = &s->notes.last[i];

		if (last->line != n->line)
			continue;
		if (!strcmp(last->text, n->text))
			return true;
		*last = *n;
		return false;
	}
	if (s->notes.nr_last < SCRIPT_NOTES_LATER)
		s->notes.last[s->notes.nr_last++] = *n;
	return false;
}

void note_flush(struct script *s)
{
	unsigned int n = s->notes.nr_later;

	s->notes.nr_later = 0;
	for (unsigned int i = 0; i < n; i++)
		put(s, &s->notes.later[i]);
}

int api_note(lua_State *L)
{
	struct script *s = script_now;
	struct script_note note = { .line = 0 };
	struct strbuf text;
	char where[160];
	const char *colon;

	strbuf_init(&text, note.text, sizeof(note.text));
	luaL_checkstring(L, 1);
	for (int i = 1; i <= lua_gettop(L); i++) {
		strbuf_puts(&text, i > 1 ? " " : "");
		if (lua_type(L, i) == LUA_TTABLE && luaL_getmetafield(L, i, "__tostring") == LUA_TNIL)
			add_table(L, i, &text);
		else
			add_value(L, i, &text);
	}
	script_where(L, where, sizeof(where));
	colon = strrchr(where, ':');	/* "FILE:LINE: " */
	while (colon && colon > where && *--colon != ':')
		;
	if (colon && *colon == ':')
		sscanf(colon + 1, "%u", &note.line);
	if (!s->judging) {
		put(s, &note);
	} else if (!said_before(s, &note) && s->notes.nr_later < SCRIPT_NOTES_LATER) {
		s->notes.later[s->notes.nr_later++] = note;
	}
	return 0;
}
