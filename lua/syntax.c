/*
 * lua/syntax.c - syntax errors that Lua words by bytes, in the words of a reader.
 *
 * Lua names a character outside of ASCII by its first byte, "near '<\226>'", and the C stack where
 * brackets are nested too deep, without a line.  Editors and web pages write such characters into a
 * program: quotation marks, blanks, letters of other languages.
 *
 * Lives here:   such a message with the character, or with the line.
 * Never here:   loading (sandbox.c), errors of a program that runs.   Licence: MIT.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "lua/script_internal.h"

/* The first @byte of a line that stands in no text and no comment; NULL: there is none. */
static const char *find_byte(const char *line, const char *end, unsigned char byte)
{
	char quote = 0;

	for (const char *p = line; p < end && *p != '\n'; p++) {
		if (!quote && (unsigned char)*p == byte)
			return p;
		if (!quote && p + 1 < end && p[0] == '-' && p[1] == '-')
			return NULL;
		if (quote && *p == '\\' && p + 1 < end)
			p++;
		else if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? 0 : *p;
	}
	return NULL;
}

static const char *line_at(const char *text, const char *end, unsigned long line)
{
	while (--line && text) {
		text = memchr(text, '\n', (size_t)(end - text));
		text = text ? text + 1 : NULL;
	}
	return text;
}

/* "driver.lua:29: unexpected symbol near '<\226>'" */
static void name_character(lua_State *L, const char *text, const char *end)
{
	const char *message = lua_tostring(L, -1), *mark = strstr(message, " near '<\\"), *colon = strchr(message, ':');
	unsigned long byte = mark ? strtoul(mark + strlen(" near '<\\"), NULL, 10) : 0;
	const char *line = colon && byte ? line_at(text, end, strtoul(colon + 1, NULL, 10)) : NULL;
	const char *at = line ? find_byte(line, end, (unsigned char)byte) : NULL;
	char what[60];
	uint32_t ch;
	size_t n;

	if (!at)
		return;
	n = utf8_decode(at, (size_t)(end - at), &ch);
	if (byte < 0x80)
		snprintf(what, sizeof(what), "near the control character 0x%02lX", byte);
	else if (ch == UTF8_REPLACEMENT)
		snprintf(what, sizeof(what), "near the byte 0x%02lX, which is not UTF-8", byte);
	else
		snprintf(what, sizeof(what), "near '%.*s' (U+%04X)", (int)n, at, (unsigned int)ch);
	lua_pushlstring(L, message, (size_t)(mark - message));
	lua_pushfstring(L, "%s %s: only texts and comments have other characters than ASCII", lua_tostring(L, -1), what);
	lua_replace(L, -3);
	lua_pop(L, 1);
}

/* The line in which the most brackets are open.  Those in texts and comments count too: it is a hint. */
static unsigned int deepest_line(const char *text, const char *end)
{
	unsigned int line = 1, found = 1;
	int depth = 0, most = 0;

	for (; text < end; text++) {
		line += *text == '\n';
		depth += strchr("({[", *text) ? 1 : strchr(")}]", *text) ? -1 : 0;
		if (depth > most) {
			most = depth;
			found = line;
		}
	}
	return found;
}

void syntax_explain(lua_State *L, const char *text, size_t size, const char *chunk)
{
	const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";

	if (strstr(message, " near '<\\")) {
		name_character(L, text, text + size);
	} else if (strstr(message, "C stack overflow")) {
		lua_pushfstring(L, "%s:%d: brackets or functions are nested too deep", chunk + (*chunk == '@'),
				(int)deepest_line(text, text + size));
		lua_replace(L, -2);
	}
}
