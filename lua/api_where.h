/*
 * lua/api_where.h - the letters of api.def's second column, and the pages made from it.
 *
 * api.def has a row for each function of the lessons' API. The letters of its second column
 * name the contexts that may call the function and the kind of its result. api_page() prints
 * the tables of docs/lua.md and two files for editors from the same rows.
 *
 * Licence: MIT.
 */
#ifndef KW_LUA_API_WHERE_H
#define KW_LUA_API_WHERE_H

#include <stdio.h>

enum { F = 1, D = 2, K = 4, J = 8, TASK = 16, EVENT = 32, BOOL = 64, MUTEX = 128 };

/* "lua.md" (the tables of docs/lua.md), "meta.lua", ".luacheckrc"; 0, or -1: no such page. */
int api_page(FILE *out, const char *page);

#endif
