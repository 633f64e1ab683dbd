/*
 * lua/api_page.c - the reference of the API, from api.def.
 *
 * Lives here:   printing the table; `make docs` writes the pages, a test compares.
 * Never here:   Lua, the files for editors (api_editor.c).   Licence: MIT.
 */
#include "lua/api_where.h"

#include <stdbool.h>
#include <string.h>

struct row {
	const char *name;
	unsigned int where;
	int min, max;
	const char *signature, *text, *rule;
	const char *group, *note;	/* a heading */
	bool value;
};

static const struct row rows[] = {
#define API(n, w, lo, hi, sig, txt, rl) { #n, (w), lo, hi, sig, txt, rl, NULL, NULL, false },
#define LUA API
#define VALUE(n, txt) { #n, 0, 0, 0, "", txt, "", NULL, NULL, true },
#define GROUP(title, txt) { NULL, 0, 0, 0, "", "", "", title, txt, false },
#include "lua/api.def"
#undef API
#undef LUA
#undef VALUE
#undef GROUP
};
#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static void put(FILE *out, const char *text)
{
	fputs(text, out);
}

static void put_char(FILE *out, char c)
{
	fputc(c, out);
}

static void where_text(unsigned int where, FILE *out)
{
	static const struct {
		unsigned int bit;
		char letter;
	} letters[] = { { F, 'F' }, { D, 'D' }, { K, 'K' }, { J, 'J' } };

	for (unsigned int i = 0; i < 4; i++)
		if (where & letters[i].bit)
			put_char(out, letters[i].letter);
	if (where & TASK)
		put_char(out, '*');
}

/* A cell of a table must not end early. */
static void put_cell(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			put_char(out, '\\');
		put_char(out, *text);
	}
}

static void page_reference(FILE *out)
{
	bool table = false, values = false;

	for (unsigned int i = 0; i < NR_ROWS; i++) {
		const struct row *r = &rows[i];

		if (r->group) {
			fprintf(out, "\n### %s\n\n", r->group);
			if (r->note[0])
				fprintf(out, "%s\n\n", r->note);
			table = false;
		} else if (r->value) {
			if (!values)
				put(out, "\n### Constants\n\n| name | meaning |\n|---|---|\n");
			values = true;
			fprintf(out, "| `%s` | %s |\n", r->name, r->text);
		} else {
			if (!table)
				put(out, "| call | where | meaning | rule |\n|---|---|---|---|\n");
			table = true;
			put(out, "| `");
			put_cell(out, r->signature);
			put(out, "` | ");
			where_text(r->where, out);
			put(out, " | ");
			put_cell(out, r->text);
			fprintf(out, " | %s |\n", r->rule);
		}
	}
}

static void page_luarc(FILE *out)
{
	api_put_luarc(out, "lua/editor");	/* in this folder */
}

int api_page(FILE *out, const char *page)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} pages[] = { { "lua.md", page_reference }, { "calls.lua", api_put_calls },
		      { ".luacheckrc", api_put_luacheck }, { ".luarc.json", page_luarc } };

	for (unsigned int i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (strcmp(page, pages[i].name))
			continue;
		pages[i].print(out);
		return 0;
	}
	return -1;
}
