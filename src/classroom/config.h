/*
 * classroom/config.h - the user's settings: $XDG_CONFIG_HOME/kworkshop/config.
 *
 * Lines of `key = value`; empty lines and lines that begin with `#` are skipped.
 * The folder is $KWORKSHOP_CONFIG_DIR, else $XDG_CONFIG_HOME/kworkshop, else
 * ~/.config/kworkshop.  If the file does not exist, the defaults apply.
 *
 * Lives here:   the keys, their checks, the path of the file.
 * Never here:   flags and environment, which override the file (identity.h, cli/).
 * Context:      one thread; reads the file once.   Licence: MIT.
 */
#ifndef KW_CLASSROOM_CONFIG_H
#define KW_CLASSROOM_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#define CONFIG_KEYS_MAX 64	/* lines that set a key of the screen */
#define CONFIG_ID_BYTES 64	/* a student's id, the NUL included */

/* A line `key.NAME = KEYS`; the screen program checks it. */
struct config_key {
	char name[32], keys[64];
	unsigned int line;
};

struct config {
	char path[1024];		/* of the file, whether it exists or not; "" = no folder */
	char id[CONFIG_ID_BYTES];	/* "" = none; trimmed, lower case */
	char work[1024];		/* folder of the student's files, "" = the default */
	char lang[32];			/* language of the texts, "" = the locale's */
	bool record_times;		/* keep clock times beside the days */
	struct config_key key[CONFIG_KEYS_MAX];	/* [0 .. nr_keys - 1] in the order of the lines */
	unsigned int nr_keys;
};

/* Path of the file, which need not exist: 0, -ENOENT (HOME is not set), -ENAMETOOLONG. */
int config_path(char *path, size_t size);

/*
 * config_read - read the settings of @path
 * @path: NULL = config_path()
 * @warn: called once for each unknown key with a sentence that names file and line; may be NULL
 * Return: 0, also if the file does not exist; -EINVAL with "FILE:LINE: sentence" in @err;
 *         another -errno, with a sentence in @err, if it cannot be read.  After an error
 *         *out has the defaults.
 */
int config_read(struct config *out, const char *path, void (*warn)(void *arg, const char *sentence), void *arg,
		char *err, size_t err_size);

/*
 * config_check_id - copy @text as an id: trimmed, ASCII letters in lower case
 * Return: 0; -EINVAL (empty, too long, a control character) with the reason in @err.
 */
int config_check_id(const char *text, char id[CONFIG_ID_BYTES], char *err, size_t err_size);

#endif
