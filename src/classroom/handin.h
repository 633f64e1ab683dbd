/*
 * classroom/handin.h - a hand-in: a student's answers, settings and files for an instructor, as one text file (.kwh).
 *
 *   kworkshop hand-in 1
 *   course kworkshop 3 SHA256
 *   engine 0.9.0 profile 6.12
 *   student s1234
 *   exercise unload SHA256 variant 4711 seed 1
 *   input set q HIGHPRI
 *   hints 2
 *   file driver.lua 812
 *       (its lines, each behind four blanks; an empty line has none)
 *   end
 *   sum CRC32
 *
 * A block begins with `exercise` or `lesson` and ends with `end`.  The sum detects damage.  It
 * proves nothing: a grader runs everything again.
 *
 * Lives here:   writing and reading the text.
 * Never here:   which exercises are handed in (cli/submit.c), their checks (exercise/).
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_CLASSROOM_HANDIN_H
#define KW_CLASSROOM_HANDIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "classroom/config.h"
#include "classroom/digest.h"
#include "run/files.h"
#include "run/run.h"

#define HANDIN_VERSION 1
#define HANDIN_BYTES_MAX ((size_t)1 << 20)
#define HANDIN_BLOCKS_MAX 64

struct handin_block {
	bool lesson;			/* else an exercise */
	unsigned int line;		/* in the file; 0 = not read from one */
	char slug[64];
	char hash[DIGEST_BYTES];	/* of its file */
	uint64_t variant, seed;
	struct run_inputs inputs;	/* owned */
	unsigned int hints;
	struct run_files *files;	/* owned; NULL = none */
};

struct handin {
	char course[64], course_hash[DIGEST_BYTES];
	unsigned int course_version;
	char engine[32], profile[16];
	char student[CONFIG_ID_BYTES];	/* "" = none */
	struct handin_block block[HANDIN_BLOCKS_MAX];
	unsigned int nr;
};

/* A new block of @h, zeroed, or NULL: HANDIN_BLOCKS_MAX. */
struct handin_block *handin_add(struct handin *h);
void handin_fini(struct handin *h);

/* handin_write - the whole text.  0; -EFBIG: more than HANDIN_BYTES_MAX; -errno of @f. */
int handin_write(const struct handin *h, FILE *f);

/*
 * handin_read - a hand-in from @len bytes of text
 * @out:  calloc'ed by the caller (it is large), handin_fini() in every case
 * @warn: called for each line that is unknown, with "LINE: sentence"; may be NULL
 * Return: 0; -EINVAL with "LINE: sentence" in @err (no hand-in, a newer version, damage, a limit); -ENOMEM.
 */
int handin_read(const char *text, size_t len, struct handin *out, void (*warn)(void *arg, const char *sentence), void *arg,
		char *err, size_t err_size);

#endif
