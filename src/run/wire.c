/*
 * run/wire.c - see wire.h.   Licence: MIT.
 */
#include "run/wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/inputs.h"

#define HEAD_LINES_BYTES 4096

/* One row a member: its word and how it is written.  jitter goes as its bits, so that it comes back exactly. */
#define WIRE_NUMBERS(N)              \
	N(seed, uint64_t)            \
	N(variant, uint64_t)         \
	N(cpus, int)                 \
	N(calm, bool)                \
	N(census, bool)              \
	N(free, bool)                \
	N(notes, bool)               \
	N(log_bytes, size_t)         \
	N(events_max, uint64_t)      \
	N(cpu_seconds, unsigned int) \
	N(resumed, bool)             \
	N(practice, bool)            \
	N(world_question, uint32_t)  \
	N(world_choice, uint32_t)    \
	N(what_if, bool)             \
	N(checks, uint64_t)          \
	N(part, uint32_t)            \
	N(heading, bool)

#define CHUNK_BYTES 2000		/* of a file's text: a line with each byte escaped fits into the reader */

/* "file NAME", then its text in pieces. */
static void put_file(FILE *out, const struct run_file *f)
{
	STRBUF(line, 2 * CHUNK_BYTES + 80);

	input_escape(&line, f->name, false);
	fprintf(out, "%s %s\n", f->hidden ? "hidden" : "file", line.buf);
	for (size_t at = 0; at < f->len; at += CHUNK_BYTES) {
		char piece[CHUNK_BYTES + 1];

		snprintf(piece, sizeof(piece), "%s", f->text + at);
		line.len = 0;
		input_escape(&line, piece, false);
		fprintf(out, "text %s\n", line.buf);
	}
}

/* The lines of all files, malloc'ed; NULL without memory. */
static char *format_files(const struct run_files *files)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; files && i < files->n; i++)
		put_file(out, &files->v[i]);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

int wire_format_spec(const struct run_spec *spec, char **text)
{
	STRBUF(head, HEAD_LINES_BYTES);
	uint64_t jitter;
	char *inputs, *files, *all;
	size_t size;
	int rc = run_inputs_format(&spec->inputs, &inputs);

	if (rc)
		return rc;
	memcpy(&jitter, &spec->jitter, sizeof(jitter));
	strbuf_puts(&head, "lesson ");
	input_escape(&head, spec->lesson, false);
#define N(name, type) strbuf_printf(&head, "\n" #name " %llu", (unsigned long long)spec->name);
	WIRE_NUMBERS(N)
#undef N
	strbuf_printf(&head, "\njitter %llu\n", (unsigned long long)jitter);
	files = format_files(spec->files);
	size = head.len + strlen(inputs) + (files ? strlen(files) : 0) + sizeof("inputs\nend\n");
	all = files ? malloc(size) : NULL;
	if (all)
		snprintf(all, size, "%s%sinputs\n%send\n", head.buf, files, inputs);
	free(files);
	free(inputs);
	*text = all;
	return all ? 0 : -ENOMEM;
}

const char *wire_read_line(struct wire_reader *r)
{
	for (;;) {
		char *start = r->buf + r->begin;
		char *newline = memchr(start, '\n', r->end - r->begin);
		ssize_t n;

		if (newline) {
			*newline = '\0';
			r->begin = (size_t)(newline + 1 - r->buf);
			return start;
		}
		memmove(r->buf, start, r->end - r->begin);
		r->end -= r->begin;
		r->begin = 0;
		if (r->end == sizeof(r->buf))
			return NULL;
		n = read(r->fd, r->buf + r->end, sizeof(r->buf) - r->end);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return NULL;
		r->end += (size_t)n;
	}
}

static bool begin_file(struct run_spec *spec, const char *text, bool hidden)
{
	char name[RUN_FILE_NAME_BYTES];

	if (!spec->files)
		spec->files = run_files_new();
	return spec->files && input_unescape(text, name, sizeof(name)) && !run_files_add(spec->files, name, "", 0, hidden);
}

static bool continue_file(struct run_spec *spec, const char *text)
{
	char piece[CHUNK_BYTES + 1];

	return spec->files && spec->files->n && input_unescape(text, piece, sizeof(piece)) &&
	       !run_files_append(spec->files, piece);
}

static bool take_head_line(struct run_spec *spec, const char *line)
{
	const char *space = strchr(line, ' ');
	size_t word = space ? (size_t)(space - line) : strlen(line);
	uint64_t n;

	if (!space)
		return false;
	if (strncmp(line, "lesson", word) == 0)
		return input_unescape(space + 1, spec->lesson, sizeof(spec->lesson));
	if (strncmp(line, "file ", 5) == 0 || strncmp(line, "hidden ", 7) == 0)
		return begin_file(spec, space + 1, *line == 'h');
	if (strncmp(line, "text ", 5) == 0)
		return continue_file(spec, space + 1);
	if (!input_number(space + 1, UINT64_MAX, &n))
		return false;
#define N(name, type)                                                      \
	if (word == strlen(#name) && strncmp(line, #name, word) == 0) {    \
		spec->name = (type)n;                                      \
		return true;                                               \
	}
	WIRE_NUMBERS(N)
#undef N
	if (strncmp(line, "jitter", word) != 0)
		return false;
	memcpy(&spec->jitter, &n, sizeof(n));
	return true;
}

int wire_read_spec(struct wire_reader *r, struct run_spec *spec)
{
	struct run_input one;
	bool in_inputs = false;
	char err[160];
	int rc;

	memset(spec, 0, sizeof(*spec));
	for (;;) {
		const char *line = wire_read_line(r);

		if (!line)
			return -EPIPE;
		if (strcmp(line, "end") == 0)
			return 0;
		if (!in_inputs && strcmp(line, "inputs") == 0) {
			in_inputs = true;
			continue;
		}
		if (in_inputs)
			rc = input_parse(line, &one, err, sizeof(err)) ? -EINVAL : run_inputs_add(&spec->inputs, &one);
		else
			rc = take_head_line(spec, line) ? 0 : -EINVAL;
		if (rc) {
			run_inputs_fini(&spec->inputs);
			run_files_put(spec->files);
			spec->files = NULL;
			return rc;
		}
	}
}
