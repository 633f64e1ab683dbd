/*
 * lua/wrapped.c - functions inside Lua's library that the linker replaces (Makefile: LUA_WRAPPED).
 *
 * A run is a function of its inputs, and its budgets count all work.  Some functions of Lua
 * break one of the two, and no setting of Lua changes them:
 *
 *   luaH_getn        #t of a table with holes follows the layout of the table
 *   luaS_hash        makes the seed of a state from addresses and the time of day
 *   strcoll          a < b of texts follows the locale
 *   luaS_eqlngstr    a == b of long texts takes time by their length
 *   luaH_finishset   sets a key that a table did not have: the keys of garbage collection too
 *   luaD_throw       a memory error does not call the message handler, so its line is lost
 *
 * With `ld --wrap=NAME`, a call of NAME from another object of the library comes to
 * __wrap_NAME, and __real_NAME is the original.  This needs the static library (src/scripts/deps.sh).
 * Keys that are tables or functions still hash by their address.  Only the layout of their
 * table follows it, and with the layout, in rare cases, the moment at which memory ends.
 *
 * Lives here:   these replacements and the parts of Lua's structures that they read.
 * Never here:   budgets and messages (sandbox.c), replaced library functions (sandbox_lib.c).
 * Licence: MIT.
 */
#include <string.h>

#include "lua/script_internal.h"

struct Table;
struct TString {		/* the beginning of a text, as in all versions 5.4 */
	void *next;
	unsigned char head[4];
	unsigned int hash;
	size_t len;		/* of a long text */
};
struct TValue {
	void *value;
	unsigned char tag;	/* low four bits: LUA_T... */
};

/* The library's functions and their replacements; no header of Lua's declares them. */
const struct TValue *luaH_getint(struct Table *t, lua_Integer key);
lua_Unsigned __wrap_luaH_getn(struct Table *t);
unsigned int __wrap_luaS_hash(const char *text, size_t len, unsigned int seed);
int __wrap_strcoll(const char *a, const char *b);
int __real_luaS_eqlngstr(struct TString *a, struct TString *b);
int __wrap_luaS_eqlngstr(struct TString *a, struct TString *b);
void __real_luaH_finishset(lua_State *L, struct Table *t, const struct TValue *key, const struct TValue *slot,
			   struct TValue *value);
void __wrap_luaH_finishset(lua_State *L, struct Table *t, const struct TValue *key, const struct TValue *slot,
			   struct TValue *value);
_Noreturn void __real_luaD_throw(lua_State *L, int status);
_Noreturn void __wrap_luaD_throw(lua_State *L, int status);

/* ---- nothing but the inputs decides --------------------------------------------------- */

static bool present(struct Table *t, lua_Unsigned key)
{
	return (luaH_getint(t, (lua_Integer)key)->tag & 0x0f) != LUA_TNIL;
}

/*
 * A border: n with t[n] present (or n = 0) and t[n + 1] absent.  Doubles until a key is
 * absent, then halves: which keys are present decides, and nothing else.
 */
lua_Unsigned __wrap_luaH_getn(struct Table *t)
{
	lua_Unsigned here = 0, gone = 1;

	while (present(t, gone)) {
		here = gone;
		if (gone > LUA_MAXINTEGER / 2)
			return here;	/* no lesson fills a table that far: 62 keys, doubled on purpose */
		gone *= 2;
	}
	while (gone - here > 1) {
		lua_Unsigned mid = here + (gone - here) / 2;

		if (present(t, mid))
			here = mid;
		else
			gone = mid;
	}
	return here;
}

/* Only lua_newstate() calls it from outside of Lua's own file of texts: for the seed of the state. */
unsigned int __wrap_luaS_hash(const char *text, size_t len, unsigned int seed)
{
	(void)text;
	(void)len;
	(void)seed;
	return 0x6b776f72u;	/* "kwor": the same layout of tables in every run */
}

/* ---- work by bytes --------------------------------------------------------------------- */

/* Only Lua's comparison calls it: by bytes, as the machine process's locale "C" does. */
int __wrap_strcoll(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	sandbox_note_bytes(n);
	return (int)(unsigned char)a[n] - (int)(unsigned char)b[n];
}

int __wrap_luaS_eqlngstr(struct TString *a, struct TString *b)
{
	if (a != b && a->len == b->len)
		sandbox_note_bytes(a->len);
	return __real_luaS_eqlngstr(a, b);
}

/* ---- errors ------------------------------------------------------------------------------ */

void __wrap_luaH_finishset(lua_State *L, struct Table *t, const struct TValue *key, const struct TValue *slot,
			   struct TValue *value)
{
	if ((key->tag & 0x0f) == LUA_TSTRING && (value->tag & 0x0f) != LUA_TNIL)
		sandbox_check_key(L, key->value);
	__real_luaH_finishset(L, t, key, slot, value);
}

void __wrap_luaD_throw(lua_State *L, int status)
{
	if (status == LUA_ERRMEM)
		sandbox_note_memory(L);
	__real_luaD_throw(L, status);
}
