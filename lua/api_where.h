/*
 * lua/api_where.h - the letters of api.def's second column, and the pages made from it.
 *
 * api.def has a row for each function of the lessons' API. The letters of its second column
 * name the contexts that may call the function and the kind of its result. api_page() prints
 * the tables of docs/lua.md and the files for editors from the same rows.
 *
 * Licence: MIT.
 */
#ifndef KW_LUA_API_WHERE_H
#define KW_LUA_API_WHERE_H

#include <stdio.h>

enum { F = 1, D = 2, K = 4, J = 8, TASK = 16, EVENT = 32, BOOL = 64, MUTEX = 128 };

/* "lua.md" (the tables of docs/lua.md), "calls.lua", ".luacheckrc", ".luarc.json"; 0, or -1: no such page. */
int api_page(FILE *out, const char *page);

/* Files for editors (api_editor.c). */
void api_put_calls(FILE *out);		/* each call with its types */
void api_put_luacheck(FILE *out);
void api_put_luarc(FILE *out, const char *library);	/* the folder with the calls and their types */

#endif
