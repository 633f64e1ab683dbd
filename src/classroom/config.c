/*
 * classroom/config.c - reads `key = value` lines.
 *
 * A key is a row of the table `keys`: its name, the place of its value, and the
 * function that checks it.  A wrong value is an error with file and line; an
 * unknown key is a warning, because a newer version may know it.
 *
 * `key.NAME` lines are kept as they are: the names belong to the screen program.
 *
 * Lives here:   the table of keys, the reader.
 * Never here:   the effect of a setting.
 * Licence: MIT.
 */
#include "classroom/config.h"
#include "base/infile.h"
#include "words/texts.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 2048	/* longer than any value a key accepts */
#define UNKNOWN_MAX 32		/* unknown keys beyond this number are not reported */

/* ---- path ----------------------------------------------------------------------- */

static const char *env(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

int config_path(char *path, size_t size)
{
	const char *own = env("KWORKSHOP_CONFIG_DIR"), *xdg = env("XDG_CONFIG_HOME"), *home = env("HOME");
	int n;

	if (own)
		n = snprintf(path, size, "%s/config", own);
	else if (xdg && xdg[0] == '/')	/* XDG: relative paths are ignored */
		n = snprintf(path, size, "%s/kworkshop/config", xdg);
	else if (home)
		n = snprintf(path, size, "%s/.config/kworkshop/config", home);
	else
		return -ENOENT;
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* ---- values ----------------------------------------------------------------------- */

/* Each function returns 0, or -EINVAL with a sentence about @text in @err. */
typedef int (*set_fn)(void *to, size_t size, const char *text, char *err, size_t err_size);

int config_check_id(const char *text, char id[CONFIG_ID_BYTES], char *err, size_t err_size)
{
	size_t len, i;

	text += strspn(text, " \t\r\n");
	len = strlen(text);
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	if (!len || len >= CONFIG_ID_BYTES) {
		snprintf(err, err_size, len ? W(CONFIG_ID_LONG) : W(CONFIG_ID_EMPTY),
			 CONFIG_ID_BYTES - 1);
		return -EINVAL;
	}
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f) {
			snprintf(err, err_size, W(CONFIG_ID_CONTROL));
			return -EINVAL;
		}
		id[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	id[len] = '\0';
	return 0;
}

static int set_id(void *to, size_t size, const char *text, char *err, size_t err_size)
{
	(void)size;
	return config_check_id(text, to, err, err_size);
}

static int set_bool(void *to, size_t size, const char *text, char *err, size_t err_size)
{
	(void)size;
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
		snprintf(err, err_size, W(CONFIG_BOOL));
		return -EINVAL;
	}
	*(bool *)to = text[0] == 't';
	return 0;
}

/* "~/x" is below $HOME, as in a shell. */
static int set_folder(void *to, size_t size, const char *text, char *err, size_t err_size)
{
	const char *home = env("HOME");
	bool below = text[0] == '~' && (text[1] == '/' || !text[1]) && home;
	int n = snprintf(to, size, "%s%s", below ? home : "", below ? text + 1 : text);

	if (!text[0] || n < 0 || (size_t)n >= size) {
		*(char *)to = '\0';
		snprintf(err, err_size, text[0] ? W(CONFIG_PATH_LONG) : W(CONFIG_PATH_MISSING));
		return -EINVAL;
	}
	return 0;
}

static int set_lang(void *to, size_t size, const char *text, char *err, size_t err_size)
{
	size_t len = strlen(text);

	if (len < 2 || len >= size || strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-@.0123456789") != len) {
		snprintf(err, err_size, W(CONFIG_LANG));
		return -EINVAL;
	}
	memcpy(to, text, len + 1);
	return 0;
}

static const struct key {
	const char *name;
	size_t offset, size;
	set_fn set;
} keys[] = {
#define KEY(name, set) { #name, offsetof(struct config, name), sizeof(((struct config *)0)->name), set }
	KEY(id, set_id),
	KEY(work, set_folder),
	KEY(lang, set_lang),
	KEY(record_times, set_bool),
#undef KEY
};
#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

/* ---- lines ------------------------------------------------------------------------- */

struct reader {
	struct config *to;
	const char *path;
	unsigned int line;
	unsigned int set_at[NR_KEYS];	/* line of each key, 0 = not set */
	char unknown[UNKNOWN_MAX][40];
	unsigned int nr_unknown;
	void (*warn)(void *arg, const char *sentence);
	void *arg;
	char *err;
	size_t err_size;
};

static int fail(const struct reader *r, const char *what)
{
	snprintf(r->err, r->err_size, "%s:%u: %s", r->path, r->line, what);
	return -EINVAL;
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len && strchr(" \t\r\n", text[len - 1]))
		text[--len] = '\0';
	return text;
}

static void warn_unknown(struct reader *r, const char *name)
{
	char text[1200];
	unsigned int i;

	for (i = 0; i < r->nr_unknown; i++)
		if (strncmp(r->unknown[i], name, sizeof(r->unknown[0]) - 1) == 0)
			return;
	if (r->nr_unknown == UNKNOWN_MAX)
		return;
	snprintf(r->unknown[r->nr_unknown++], sizeof(r->unknown[0]), "%s", name);
	snprintf(text, sizeof(text), W(CONFIG_UNKNOWN), r->path, r->line, name);
	if (r->warn)
		r->warn(r->arg, text);
}

/* key.NAME = KEYS */
static int take_key(struct reader *r, const char *name, const char *value)
{
	struct config *c = r->to;
	struct config_key *key;
	char text[260];

	for (unsigned int i = 0; i < c->nr_keys; i++)
		if (strcmp(c->key[i].name, name) == 0) {
			snprintf(text, sizeof(text), W(CONFIG_KEY_TWICE), name, c->key[i].line);
			return fail(r, text);
		}
	if (c->nr_keys == CONFIG_KEYS_MAX)
		return fail(r, W(CONFIG_KEYS_MANY));
	key = &c->key[c->nr_keys];
	if (strlen(name) >= sizeof(key->name) || strlen(value) >= sizeof(key->keys))
		return fail(r, W(CONFIG_KEY_LONG));
	strcpy(key->name, name);
	strcpy(key->keys, value);
	key->line = r->line;
	c->nr_keys++;
	return 0;
}

static int take_pair(struct reader *r, const char *name, const char *value)
{
	char why[160], text[260];
	size_t i;
	int rc;

	if (strncmp(name, "key.", 4) == 0)
		return take_key(r, name + 4, value);
	for (i = 0; i < NR_KEYS && strcmp(keys[i].name, name) != 0; i++)
		;
	if (i == NR_KEYS) {
		warn_unknown(r, name);
		return 0;
	}
	if (r->set_at[i]) {
		snprintf(text, sizeof(text), W(CONFIG_TWICE), name, r->set_at[i]);
		return fail(r, text);
	}
	rc = keys[i].set((char *)r->to + keys[i].offset, keys[i].size, value, why, sizeof(why));
	if (rc) {
		snprintf(text, sizeof(text), "%s: %s", name, why);
		return fail(r, text);
	}
	r->set_at[i] = r->line;
	return 0;
}

/* A name is a word of letters, digits, `.`, `_` and `-`. */
static bool is_name(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("._-", name[i]))
			return false;
	return i > 0;
}

static int take_line(struct reader *r, char *line)
{
	char *text = trim(line), *equals;

	if (r->line == 1 && strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text = trim(text + 3);	/* a byte order mark */
	if (!*text || *text == '#')
		return 0;
	equals = strchr(text, '=');
	if (!equals)
		return fail(r, W(CONFIG_LINE));
	*equals = '\0';
	text = trim(text);
	if (!is_name(text))
		return fail(r, W(CONFIG_NAME));
	return take_pair(r, text, trim(equals + 1));
}

static int take_lines(struct reader *r, FILE *f)
{
	char line[LINE_BYTES_MAX];
	int rc = 0;

	while (!rc && fgets(line, sizeof(line), f)) {
		r->line++;
		if (!strchr(line, '\n') && !feof(f))
			rc = fail(r, W(CONFIG_LINE_LONG));
		else
			rc = take_line(r, line);
	}
	if (!rc && ferror(f)) {
		rc = errno ? -errno : -EIO;
		snprintf(r->err, r->err_size, "%s: %s", r->path, strerror(-rc));
	}
	return rc;
}

int config_read(struct config *out, const char *path, void (*warn)(void *arg, const char *sentence), void *arg,
		char *err, size_t err_size)
{
	struct config c = { .path = "" };
	struct reader r = { .to = &c, .path = c.path, .warn = warn, .arg = arg, .err = err, .err_size = err_size };
	FILE *f;
	int rc;

	memset(out, 0, sizeof(*out));
	err[0] = '\0';
	if (path)
		rc = snprintf(c.path, sizeof(c.path), "%s", path) >= (int)sizeof(c.path) ? -ENAMETOOLONG : 0;
	else
		rc = config_path(c.path, sizeof(c.path));
	if (rc == -ENOENT)
		return 0;		/* no home, so no file */
	if (rc) {
		snprintf(err, err_size, W(CONFIG_FILE_LONG));
		return rc;
	}
	memcpy(out->path, c.path, sizeof(c.path));
	f = infile_open(c.path);
	if (!f && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!f) {
		rc = -errno;
		snprintf(err, err_size, "%s: %s", c.path, infile_reason(rc));
		return rc;
	}
	rc = take_lines(&r, f);
	fclose(f);
	if (!rc)
		*out = c;
	return rc;
}
