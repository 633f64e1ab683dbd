/*
 * classroom/handin.c - see handin.h.
 *
 * Both directions go through one table of line kinds: a word, the place where it may stand, its
 * reader.  Licence: MIT.
 */
#include "classroom/handin.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "run/inputs.h"
#include "trace/kwt.h"
#include "words/texts.h"

#define INDENT "    "

struct handin_block *handin_add(struct handin *h)
{
	struct handin_block *b = &h->block[h->nr];

	if (h->nr == HANDIN_BLOCKS_MAX)
		return NULL;
	memset(b, 0, sizeof(*b));
	h->nr++;
	return b;
}

void handin_fini(struct handin *h)
{
	for (unsigned int i = 0; i < h->nr; i++) {
		run_inputs_fini(&h->block[i].inputs);
		run_files_put(h->block[i].files);
	}
	h->nr = 0;
}

/* ---- writing ---------------------------------------------------------------------------- */

static void put_file(const struct run_file *file, FILE *f)
{
	const char *at = file->text, *end = file->text + file->len;

	fprintf(f, "file %s %zu\n", file->name, file->len);
	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((line ? line : end) - at);

		fprintf(f, "%s%.*s\n", len ? INDENT : "", (int)len, at);
		at += len + 1;
	}
}

static void put_block(const struct handin_block *b, FILE *f)
{
	fprintf(f, "%s %s %s variant %" PRIu64 " seed %" PRIu64 "\n", b->lesson ? "lesson" : "exercise", b->slug, b->hash,
		b->variant, b->seed);
	for (size_t i = 0; i < b->inputs.n; i++) {
		STRBUF(line, INPUT_LINE_MAX);

		input_format(&line, &b->inputs.v[i]);
		fprintf(f, "input %s\n", line.buf);
	}
	if (b->hints)
		fprintf(f, "hints %u\n", b->hints);
	for (size_t i = 0; b->files && i < b->files->n; i++)
		if (!b->files->v[i].hidden)
			put_file(&b->files->v[i], f);
	fputs("end\n", f);
}

int handin_write(const struct handin *h, FILE *f)
{
	char *text = NULL;
	size_t len = 0;
	FILE *m = open_memstream(&text, &len);
	int err = m ? 0 : -ENOMEM;

	if (m) {
		fprintf(m, "kworkshop hand-in %d\n", HANDIN_VERSION);
		fprintf(m, "course %s %u %s\n", h->course, h->course_version, h->course_hash);
		fprintf(m, "engine %s profile %s\n", h->engine, h->profile);
		if (h->student[0])
			fprintf(m, "student %s\n", h->student);
		for (unsigned int i = 0; i < h->nr; i++)
			put_block(&h->block[i], m);
		if (fclose(m))
			err = -ENOMEM;
	}
	if (!err && len > HANDIN_BYTES_MAX)
		err = -EFBIG;
	if (!err && (fwrite(text, 1, len, f) != len || fprintf(f, "sum %08" PRIx32 "\n", kwt_crc32(0, text, len)) < 0))
		err = -EIO;
	free(text);
	return err;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reader {
	struct handin *h;
	struct handin_block *block;		/* open, or NULL */
	char *at, *end;
	unsigned int line;
	char *err;
	size_t err_size;
	bool summed;
};

static int wrong(struct reader *r, const char *sentence)
{
	snprintf(r->err, r->err_size, "%u: %s", r->line, sentence);
	return -EINVAL;
}

/* The next line, ended by a NUL instead of its newline; NULL at the end. */
static char *next_line(struct reader *r, size_t *len)
{
	char *line = r->at, *nl;

	if (line >= r->end)
		return NULL;
	nl = memchr(line, '\n', (size_t)(r->end - line));
	if (!nl)
		nl = r->end;		/* the caller's copy has a byte behind it */
	*nl = '\0';
	*len = (size_t)(nl - line);
	r->at = nl + 1;
	r->line++;
	return line;
}

/* The next word of *@at, which moves on; "" at the end. */
static char *word(char **at)
{
	char *from = *at + strspn(*at, " "), *to = from + strcspn(from, " ");

	*at = *to ? to + 1 : to;
	*to = '\0';
	return from;
}

static bool copy(char *to, size_t size, const char *from)
{
	if (!*from || strlen(from) >= size)
		return false;
	strcpy(to, from);
	return true;
}

static int read_course(struct reader *r, char *rest)
{
	uint64_t version;

	if (!copy(r->h->course, sizeof(r->h->course), word(&rest)) || !input_number(word(&rest), UINT32_MAX, &version) ||
	    !copy(r->h->course_hash, sizeof(r->h->course_hash), word(&rest)))
		return wrong(r, W(HANDIN_COURSE));
	r->h->course_version = (unsigned int)version;
	return 0;
}

static int read_engine(struct reader *r, char *rest)
{
	if (!copy(r->h->engine, sizeof(r->h->engine), word(&rest)) || strcmp(word(&rest), "profile") ||
	    !copy(r->h->profile, sizeof(r->h->profile), word(&rest)))
		return wrong(r, W(HANDIN_ENGINE));
	return 0;
}

static int read_student(struct reader *r, char *rest)
{
	char why[200];

	if (config_check_id(rest, r->h->student, why, sizeof(why)))
		return wrong(r, why);
	return 0;
}

static int open_block(struct reader *r, char *rest, bool lesson)
{
	struct handin_block *b = handin_add(r->h);

	if (!b)
		return wrong(r, W(HANDIN_BLOCKS));
	b->lesson = lesson;
	b->line = r->line;
	if (!copy(b->slug, sizeof(b->slug), word(&rest)) || strpbrk(b->slug, "/.") ||
	    !copy(b->hash, sizeof(b->hash), word(&rest)) || strcmp(word(&rest), "variant") ||
	    !input_number(word(&rest), INT64_MAX, &b->variant) || strcmp(word(&rest), "seed") ||
	    !input_number(word(&rest), INT64_MAX, &b->seed))
		return wrong(r, W(HANDIN_BLOCK));
	r->block = b;
	return 0;
}

static int read_exercise(struct reader *r, char *rest)
{
	return open_block(r, rest, false);
}

static int read_lesson(struct reader *r, char *rest)
{
	return open_block(r, rest, true);
}

static int read_input(struct reader *r, char *rest)
{
	struct run_input in;
	char why[300];

	if (input_parse(rest, &in, why, sizeof(why)))
		return wrong(r, why);
	return run_inputs_add(&r->block->inputs, &in);
}

static int read_hints(struct reader *r, char *rest)
{
	uint64_t n;

	if (!input_number(rest, 1000, &n))
		return wrong(r, W(HANDIN_HINTS));
	r->block->hints = (unsigned int)n;
	return 0;
}

/* The lines of a file, without their four blanks, until @bytes are complete. */
static int take_lines(struct reader *r, uint64_t bytes, struct strbuf *out)
{
	while (out->len < bytes) {
		size_t len = 0;
		char *line = next_line(r, &len);

		if (!line || (len && strncmp(line, INDENT, sizeof(INDENT) - 1)))
			return wrong(r, W(HANDIN_FILE_SHORT));
		strbuf_putn(out, len ? line + sizeof(INDENT) - 1 : line, len ? len - (sizeof(INDENT) - 1) : 0);
		if (out->len < bytes)
			strbuf_putn(out, "\n", 1);
	}
	return out->len == bytes && !out->cut ? 0 : wrong(r, W(HANDIN_FILE_SHORT));
}

static int read_file(struct reader *r, char *rest)
{
	char *name = word(&rest), *buf;
	struct strbuf out;
	uint64_t bytes;
	int err;

	if (!input_number(word(&rest), RUN_FILE_BYTES_MAX, &bytes))
		return wrong(r, W(HANDIN_FILE));
	if (!r->block->files)
		r->block->files = run_files_new();
	buf = malloc(RUN_FILE_BYTES_MAX + 2);
	if (!r->block->files || !buf) {
		free(buf);
		return -ENOMEM;
	}
	strbuf_init(&out, buf, RUN_FILE_BYTES_MAX + 2);
	err = run_files_find(r->block->files, name) ? wrong(r, W(HANDIN_FILE_TWICE)) : take_lines(r, bytes, &out);
	if (!err) {
		err = run_files_add(r->block->files, name, buf, (size_t)bytes, false);
		if (err && err != -ENOMEM)
			err = wrong(r, W(HANDIN_FILE));
	}
	free(buf);
	return err;
}

static int read_end(struct reader *r, char *rest)
{
	(void)rest;
	r->block = NULL;
	return 0;
}

enum { OUTSIDE = 1, INSIDE = 2 };

static const struct {
	const char *word;
	int where;
	int (*read)(struct reader *r, char *rest);
} kinds[] = {
	{ "course", OUTSIDE, read_course },
	{ "engine", OUTSIDE, read_engine },
	{ "student", OUTSIDE, read_student },
	{ "exercise", OUTSIDE, read_exercise },
	{ "lesson", OUTSIDE, read_lesson },
	{ "input", INSIDE, read_input },
	{ "hints", INSIDE, read_hints },
	{ "file", INSIDE, read_file },
	{ "end", INSIDE, read_end },
};

static int read_line(struct reader *r, char *line, void (*warn)(void *arg, const char *sentence), void *arg)
{
	char *rest = line, *first = word(&rest), sentence[200];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].word, first))
			continue;
		if (kinds[i].where != (r->block ? INSIDE : OUTSIDE))
			return wrong(r, r->block ? W(HANDIN_NOT_ENDED) : W(HANDIN_NO_BLOCK));
		return kinds[i].read(r, rest);
	}
	if (warn && *first) {
		snprintf(sentence, sizeof(sentence), W(HANDIN_UNKNOWN), r->line, first);
		warn(arg, sentence);
	}
	return 0;
}

/* "sum CRC32": of everything before this line. */
static int check_sum(struct reader *r, const char *line, uint32_t sum)
{
	char want[24];

	snprintf(want, sizeof(want), "sum %08" PRIx32, sum);
	r->summed = true;
	return strcmp(line, want) ? wrong(r, W(HANDIN_SUM)) : 0;
}

/* Removes the CR of each line end, if the first line has one: some programs of mail add them. */
static size_t without_cr(char *text, size_t len)
{
	char *nl = memchr(text, '\n', len);
	size_t to = 0;

	if (!nl || nl == text || nl[-1] != '\r')
		return len;
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
			text[to++] = text[i];
	return to;
}

static int read_lines(struct reader *r, const char *original, void (*warn)(void *arg, const char *sentence), void *arg)
{
	char *line, *begin = r->at;
	size_t len;
	int err = 0, version;
	char more;

	line = next_line(r, &len);
	if (!line || sscanf(line, "kworkshop hand-in %d%c", &version, &more) != 1)
		return r->line = 1, wrong(r, W(HANDIN_NONE));
	if (version < 1 || version > HANDIN_VERSION)
		return wrong(r, W(HANDIN_NEWER));
	while (!err && !r->summed && (line = next_line(r, &len)) != NULL) {
		size_t before = (size_t)(line - begin);

		if (!strncmp(line, "sum ", 4) && !r->block)
			err = check_sum(r, line, kwt_crc32(0, original, before));
		else
			err = read_line(r, line, warn, arg);
	}
	if (!err && r->block)
		return wrong(r, W(HANDIN_NOT_ENDED));
	if (!err && !r->summed)
		return wrong(r, W(HANDIN_CUT));
	return err;
}

int handin_read(const char *text, size_t len, struct handin *out, void (*warn)(void *arg, const char *sentence), void *arg,
		char *err, size_t err_size)
{
	struct reader r = { .h = out, .err = err, .err_size = err_size };
	char *mine, *sums;
	int rc;

	err[0] = '\0';
	if (len > HANDIN_BYTES_MAX + 64 || memchr(text, '\0', len)) {
		r.line = 1;
		return wrong(&r, len > HANDIN_BYTES_MAX + 64 ? W(HANDIN_LARGE) : W(HANDIN_NONE));
	}
	mine = malloc(len + 1);
	sums = malloc(len + 1);
	if (!mine || !sums) {
		free(mine);
		free(sums);
		return -ENOMEM;
	}
	memcpy(mine, text, len);
	len = without_cr(mine, len);
	memcpy(sums, mine, len);
	mine[len] = '\0';
	r.at = mine;
	r.end = mine + len;
	rc = read_lines(&r, sums, warn, arg);
	free(mine);
	free(sums);
	return rc;
}
