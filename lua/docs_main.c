/*
 * lua/docs_main.c - prints a page made from api.def, for `make docs`.   Licence: MIT.
 */
#include <stdio.h>

#include "lua/api_where.h"

int main(int argc, char **argv)
{
	if (argc == 2 && api_page(stdout, argv[1]) == 0)
		return 0;
	fprintf(stderr, "usage: kw-lua-docs lua.md | calls.lua | .luacheckrc | .luarc.json\n");
	return 2;
}
