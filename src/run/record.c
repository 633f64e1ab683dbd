/*
 * run/record.c - the lasting forms of a run: the line that repeats it, and the recording.
 *
 * Lives here:   naming a run so that it can be repeated elsewhere.
 * Never here:   the file's format (trace/kwt.c), processes.
 * Rules:        docs/time.md 1.   Licence: MIT.
 */
#include "run/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpumask.h"
#include "base/rng.h"
#include "base/strbuf.h"
#include "base/wholefile.h"
#include "trace/kwt.h"

#ifndef KW_VERSION
#define KW_VERSION "unknown"
#endif

#define LESSON_FILE_MAX ((size_t)4 << 20)

void run_lesson_name(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t len = strlen(base), digits = strspn(base, "0123456789");
	bool in_course = slash && slash - path >= 7 && strncmp(slash - 7, "lessons", 7) == 0;

	if (!in_course || len < 5 || strcmp(base + len - 4, ".lua") != 0)
		snprintf(name, size, "%s", path);
	else if (digits && base[digits] == '-')
		snprintf(name, size, "%.*s", (int)(len - digits - 5), base + digits + 1);
	else
		snprintf(name, size, "%.*s", (int)(len - 4), base);
}

/* The shortest of 15 to 17 digits that reads back as the same number. */
static void put_real(struct strbuf *out, double x)
{
	char text[40];
	int digits = 15;

	do
		snprintf(text, sizeof(text), "%.*g", digits, x);
	while (strtod(text, NULL) != x && digits++ < 17);
	strbuf_puts(out, text);
}

void run_machine_options(const struct run_spec *spec, char *buf, size_t size)
{
	struct strbuf out;

	strbuf_init(&out, buf, size);
	if (spec->cpus)
		strbuf_printf(&out, "--cpus %d ", spec->cpus);
	if (spec->jitter >= 0) {
		strbuf_puts(&out, "--jitter ");
		put_real(&out, spec->jitter);
		strbuf_putc(&out, ' ');
	}
	if (spec->census)
		strbuf_puts(&out, "--census ");
	if (spec->free)
		strbuf_puts(&out, "--free ");
	if (spec->notes)
		strbuf_puts(&out, "--notes ");
	if (out.len)
		buf[--out.len] = '\0';
}

bool run_machine_options_read(struct run_spec *spec, const char *text)
{
	for (; *text; text += strcspn(text, " "), text += strspn(text, " ")) {
		if (!strncmp(text, "--cpus ", 7)) {
			text += 7;
			spec->cpus = (int)strtol(text, NULL, 10);
			if (spec->cpus < 1 || spec->cpus > CPUS_MAX)
				return false;
		} else if (!strncmp(text, "--jitter ", 9)) {
			text += 9;
			spec->jitter = strtod(text, NULL);
			if (!(spec->jitter >= 0 && spec->jitter <= 1))
				return false;
		} else if (!strncmp(text, "--census", 8)) {
			spec->census = true;
		} else if (!strncmp(text, "--notes", 7)) {
			spec->notes = true;
		} else {
			return false;
		}
	}
	return true;
}

/* The schedule of a calm run: its seed and its choices.  Return: how many of the inputs are choices. */
static size_t put_schedule(const struct run_spec *spec, const struct run_inputs *in, struct strbuf *out)
{
	size_t n = 0;

	strbuf_printf(out, " --replay='%llu:", (unsigned long long)spec->seed);
	for (size_t i = 0; i < in->n; i++)
		if (in->v[i].kind == INPUT_CHOICE)
			strbuf_printf(out, "%s%s", n++ ? "," : "", in->v[i].id);
	strbuf_putc(out, '\'');
	return n;
}

void run_replay_line(const struct run *r, char *buf, size_t size)
{
	const struct run_spec *spec = run_get_spec(r);
	char name[sizeof(spec->lesson)], options[64];
	size_t in_schedule = 0;
	struct strbuf out;

	run_lesson_name(spec->lesson, name, sizeof(name));
	strbuf_init(&out, buf, size);
	strbuf_printf(&out, "kworkshop run %s", name);
	if (!spec->calm)	/* else its schedule has the seed */
		strbuf_printf(&out, " --seed %llu", (unsigned long long)spec->seed);
	strbuf_printf(&out, " --variant %llu", (unsigned long long)spec->variant);
	run_machine_options(spec, options, sizeof(options));
	if (options[0])
		strbuf_printf(&out, " %s", options);
	if (spec->calm)
		in_schedule = put_schedule(spec, run_get_inputs(r), &out);
	if (run_get_inputs(r)->n > in_schedule)
		strbuf_puts(&out, " --inputs FILE");
}

/* 0 when it cannot be read (any more): unknown, as kwt.h has it. */
static uint64_t hash_of_file(const char *path)
{
	size_t n;
	char *text = wholefile_read(path, LESSON_FILE_MAX, &n);
	uint64_t hash = text ? rng_hash_bytes(text, n) : 0;

	free(text);
	return hash;
}

int run_record(const struct run *r, const char *path)
{
	const struct run_spec *spec = run_get_spec(r);
	char name[sizeof(spec->lesson)], err[256];
	struct kwt_header head = { .variant = spec->variant, .seed = spec->seed,
				   .cpus = (uint32_t)spec->cpus };
	int rc;

	run_lesson_name(spec->lesson, name, sizeof(name));
	snprintf(head.engine, sizeof(head.engine), "kworkshop %s, Linux 6.12 profile", KW_VERSION);
	snprintf(head.lesson, sizeof(head.lesson), "%.*s", (int)sizeof(head.lesson) - 1, name);
	snprintf(head.path, sizeof(head.path), "%s", spec->lesson);
	head.lesson_hash = hash_of_file(spec->lesson);
	run_replay_line(r, head.replay, sizeof(head.replay));
	rc = run_inputs_format(run_get_inputs(r), &head.inputs);
	if (rc)
		return rc;
	rc = kwt_write(path, &head, run_store((struct run *)(uintptr_t)r), err, sizeof(err));
	free(head.inputs);
	return rc;
}
