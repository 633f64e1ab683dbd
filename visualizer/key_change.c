/*
 * visualizer/key_change.c - keys of the student's own: `key.NAME = KEY` of the config file.
 *
 * The keys of a line replace all keys that the action has, in all places of the action.  Two
 * actions with one key in one place are refused; so is a key that an answer needs.
 *
 * Lives here:   reading names of keys, the checks, their messages.
 * Never here:   the table (keys.def), the file (classroom/config.c).   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "visualizer/app.h"
#include "visualizer/keys.h"

/* The code of a key's name, KEYC_NONE if there is no such key. */
static uint32_t code_of(const char *name, size_t len)
{
	unsigned int number;
	int used = 0;

	for (unsigned int i = 0; i < key_rows_nr; i++)
		if (key_rows[i].shown && strlen(key_rows[i].shown) == len && !memcmp(key_rows[i].shown, name, len))
			return key_rows[i].code == KEYC_LETTERS || key_rows[i].code == KEYC_DIGITS ? KEYC_NONE : key_rows[i].code;
	if (len == 1 && *name > ' ' && *name < 0x7f)
		return (uint32_t)*name;
	if (len == 6 && !memcmp(name, "Ctrl-", 5) && name[5] >= 'A' && name[5] <= 'Z')
		return (uint32_t)(name[5] - '@');
	if (sscanf(name, "F%2u%n", &number, &used) == 1 && (size_t)used == len && number >= 1 && number <= 12)
		return KEYC_F1 + number - 1;
	return KEYC_NONE;
}

/* Where the table has the action; 0 if its keys cannot be changed. */
static unsigned int places_of(enum action action)
{
	unsigned int contexts = 0;

	for (unsigned int i = 0; i < key_rows_nr; i++) {
		if (key_rows[i].action != action)
			continue;
		if (key_rows[i].code == KEYC_LETTERS || key_rows[i].code == KEYC_DIGITS)
			return 0;
		contexts |= key_rows[i].contexts;
	}
	return contexts;
}

static bool is_printable(uint32_t code)
{
	return code >= ' ' && code < KEYC_UP && code != KEYC_BACKSPACE;
}

struct change {
	const struct app_keys *from;
	const struct app_key *line;
	char *err;
	size_t err_size;
};

static int refuse(const struct change *c, const char *why)
{
	snprintf(c->err, c->err_size, "%s:%u: key.%s = %s: %s", c->from->file, c->line->line, c->line->name, c->line->keys, why);
	return -EINVAL;
}

/* Gives the keys of one line to its action. */
static int bind_line(const struct change *c, enum action action)
{
	unsigned int contexts = places_of(action), nr = 0, typing = contexts & IN_TYPE;
	const char *key = c->line->keys;
	size_t len;

	if (!contexts)
		return refuse(c, W(KEY_FIXED));
	for (key += strspn(key, " \t"); *key; key += len + strspn(key + len, " \t"), nr++) {
		uint32_t code;

		len = strcspn(key, " \t");
		code = code_of(key, len);
		if (code == KEYC_NONE)
			return refuse(c, W(KEY_NO_SUCH));
		if (!is_printable(code))
			typing = 0;
		if (!key_bind(action, code, is_printable(code) ? contexts & ~(unsigned int)IN_TYPE : contexts))
			return refuse(c, W(KEY_TOO_MANY));
	}
	if (!nr)
		return refuse(c, W(KEY_MISSING));
	return typing ? refuse(c, W(KEY_TYPES)) : 0;
}

/* The line of the config that sets @action, NULL = none. */
static const struct app_key *line_of(const struct app_keys *from, enum action action)
{
	for (size_t i = 0; i < from->nr; i++)
		if (key_named(from->v[i].name, strlen(from->v[i].name)) == action)
			return &from->v[i];
	return NULL;
}

static int clash(const struct change *c, uint32_t code, enum action other, unsigned int context)
{
	const struct app_key *line = line_of(c->from, other);
	STRBUF(name, 40);
	STRBUF(key, 24);
	STRBUF(why, 200);

	for (unsigned int i = 0; i < key_rows_nr && !name.len; i++)
		if (key_rows[i].action == other)
			key_put_name(i, &name);
	key_put_code(code, &key);
	if (line)
		strbuf_printf(&why, W(KEY_CLASH_LINE), key.buf, c->line->name, name.buf, key_place(context), line->line);
	else
		strbuf_printf(&why, W(KEY_CLASH), key.buf, c->line->name, name.buf, key_place(context));
	return refuse(c, why.buf);
}

/* Is a key of @action also the key of another action? */
static int check_line(const struct change *c, enum action action)
{
	struct key_binding own, other;

	for (unsigned int i = 0; key_bound(i, &own); i++) {
		if (own.action != action)
			continue;
		for (unsigned int k = 0; key_bound(k, &other); k++) {
			unsigned int both = own.contexts & other.contexts;

			if (other.action != action && both && key_is_among(other.code, own.code))
				return clash(c, own.code, other.action, both);
		}
	}
	return 0;
}

static int change_all(struct change *c, void (*warn)(void *arg, const char *sentence), void *arg)
{
	char text[400];
	int rc = 0;

	for (size_t i = 0; i < c->from->nr && !rc; i++) {
		enum action action;

		c->line = &c->from->v[i];
		action = key_named(c->line->name, strlen(c->line->name));
		if (action != ACT_NONE) {
			rc = bind_line(c, action);
			continue;
		}
		snprintf(text, sizeof(text), W(KEY_UNKNOWN), c->from->file, c->line->line, c->line->name);
		if (warn)
			warn(arg, text);
	}
	for (size_t i = 0; i < c->from->nr && !rc; i++) {
		enum action action;

		c->line = &c->from->v[i];
		action = key_named(c->line->name, strlen(c->line->name));
		if (action != ACT_NONE)
			rc = check_line(c, action);
	}
	return rc;
}

int app_change_keys(const struct app_keys *keys, void (*warn)(void *arg, const char *sentence), void *arg, char *err,
		    size_t err_size)
{
	struct change c = { .from = keys, .err = err, .err_size = err_size };
	int rc;

	keys_reset();
	rc = change_all(&c, warn, arg);
	if (rc)
		keys_reset();
	return rc;
}
