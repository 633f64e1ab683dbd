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
	N(census, bool)              \
	N(free, bool)                \
	N(notes, bool)               \
	N(log_bytes, size_t)         \
	N(events_max, uint64_t)      \
	N(cpu_seconds, unsigned int) \
	N(resumed, bool)             \
	N(world_question, uint32_t)  \
	N(world_choice, uint32_t)    \
	N(what_if, bool)

int wire_format_spec(const struct run_spec *spec, char **text)
{
	STRBUF(head, HEAD_LINES_BYTES);
	uint64_t jitter;
	char *inputs, *all;
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
	strbuf_printf(&head, "\njitter %llu\ninputs\n", (unsigned long long)jitter);
	size = head.len + strlen(inputs) + sizeof("end\n");
	all = malloc(size);
	if (all)
		snprintf(all, size, "%s%send\n", head.buf, inputs);
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

static bool take_head_line(struct run_spec *spec, const char *line)
{
	const char *space = strchr(line, ' ');
	size_t word = space ? (size_t)(space - line) : strlen(line);
	uint64_t n;

	if (!space)
		return false;
	if (strncmp(line, "lesson", word) == 0)
		return input_unescape(space + 1, spec->lesson, sizeof(spec->lesson));
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
		if (in_inputs ? input_parse(line, &one, err, sizeof(err)) != 0 ||
				run_inputs_add(&spec->inputs, &one) != 0
			      : !take_head_line(spec, line)) {
			run_inputs_fini(&spec->inputs);
			return -EINVAL;
		}
	}
}
