/*
 * lua/embed_main.c - writes the Lua library as C arrays of compiled chunks, at build time.
 *
 *   kw-embed FILE.lua... >script_libs.c
 *
 * The machine process opens no file and compiles none of its own library.  That took a third of the time
 * until the first frame.
 *
 * Lives here:   one `struct script_lib` row per file; the row has the file's name without .lua.
 * Never here:   the list of files (LUA_lib in the Makefile), loading them (sandbox.c).   Licence: MIT.
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 60

/* "question" of "lua/lib/question.lua" */
static int name_of(const char *path, char *name)
{
	const char *base = strrchr(path, '/'), *dot;

	base = base ? base + 1 : path;
	dot = strrchr(base, '.');
	return snprintf(name, NAME_MAX_BYTES, "%.*s", dot ? (int)(dot - base) : (int)strlen(base), base) < NAME_MAX_BYTES;
}

static int put_bytes(lua_State *L, const void *bytes, size_t size, void *arg)
{
	const unsigned char *p = bytes;
	unsigned int *column = arg;

	(void)L;
	for (size_t i = 0; i < size; i++)
		printf("%u,%s", p[i], ++*column % 24 ? "" : "\n");
	return ferror(stdout) != 0;
}

/* Its source is named "question": messages name the line as if the text had been loaded. */
static int embed(lua_State *L, const char *path)
{
	char name[NAME_MAX_BYTES], text[256 << 10], chunk[NAME_MAX_BYTES + 1];
	FILE *f = fopen(path, "rb");
	unsigned int column = 0;
	size_t len;

	if (!f || !name_of(path, name))
		return -1;
	len = fread(text, 1, sizeof(text), f);
	fclose(f);
	snprintf(chunk, sizeof(chunk), "=%s", name);
	if (len == sizeof(text) || luaL_loadbufferx(L, text, len, chunk, "t")) {
		fprintf(stderr, "kw-embed: %s\n", len == sizeof(text) ? "too long" : lua_tostring(L, -1));
		return -1;
	}
	printf("static const unsigned char code_%s[] = {\n", name);
	if (lua_dump(L, put_bytes, &column, 0))
		return -1;
	printf("0 };\n");
	lua_pop(L, 1);
	return 0;
}

int main(int argc, char **argv)
{
	lua_State *L = luaL_newstate();
	char name[NAME_MAX_BYTES];
	int i;

	printf("/* made by lua/embed_main.c */\n#include \"lua/script.h\"\n");
	for (i = 1; L && i < argc; i++)
		if (embed(L, argv[i])) {
			fprintf(stderr, "kw-embed: %s cannot be compiled\n", argv[i]);
			return 1;
		}
	printf("const struct script_lib script_libs[] = {\n");
	for (i = 1; i < argc && name_of(argv[i], name); i++)
		printf("\t{ \"%s\", code_%s, sizeof(code_%s) - 1 },\n", name, name, name);
	printf("\t{ NULL, NULL, 0 }\n};\n");
	if (L)
		lua_close(L);
	return !L || fflush(stdout) || ferror(stdout);
}
