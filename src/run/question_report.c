/*
 * run/question_report.c - see question_report.h.   Licence: MIT.
 */
#include "run/question_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/wholefile.h"

#define HEAD "kworkshop question report 1"
#define FILE_MAX ((size_t)1 << 20)
#define FILES_MAX 99			/* of one question in one folder */
#define INDENT "    "

/* ---- writing --------------------------------------------------------------------------- */

/* The last part of a lesson's name, as far as it can stand in a file's name. */
static void plain_name(const char *name, char *out, size_t size)
{
	const char *base = strrchr(name, '/');
	size_t n = 0;

	for (base = base ? base + 1 : name; *base && n + 1 < size && strcmp(base, ".lua"); base++)
		out[n++] = strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *base) ? *base : '-';
	out[n] = '\0';
}

static bool find_free_name(const char *lesson, const char *question, char *path, size_t size)
{
	char a[48], b[48];

	plain_name(lesson, a, sizeof(a));
	plain_name(question, b, sizeof(b));
	for (int i = 1; i <= FILES_MAX; i++) {
		char number[8] = "";

		if (i > 1)
			snprintf(number, sizeof(number), "-%d", i);
		snprintf(path, size, "report-%s-%s%s.txt", a, b, number);
		if (access(path, F_OK) != 0)
			return true;
	}
	return false;
}

/* Each line with @before in front of it. */
static void put_lines(FILE *f, const char *before, const char *text)
{
	while (*text) {
		int n = (int)strcspn(text, "\n");

		fprintf(f, "%s%.*s\n", before, n, text);
		text += n + (text[n] == '\n');
	}
}

static void put_report(FILE *f, const struct run *r, const char *lesson, const char *question, const char *words,
		       const char *inputs)
{
	const struct run_spec *spec = run_get_spec(r);
	char options[64], replay[1400];

	run_machine_options(spec, options, sizeof(options));
	run_replay_line(r, replay, sizeof(replay));
	fprintf(f, HEAD "\nlesson %s\nquestion %s\nvariant %llu seed %llu\n", lesson, question,
		(unsigned long long)spec->variant, (unsigned long long)spec->seed);
	if (options[0])
		fprintf(f, "options %s\n", options);
	fprintf(f, "replay %s\n", replay);
	put_lines(f, "input ", inputs);
	fputs("words\n", f);
	put_lines(f, INDENT, words);
	fputs("end\n", f);
}

int question_report_write(const struct run *r, const char *question, const char *words, char *path, size_t size)
{
	char lesson[sizeof(run_get_spec(r)->lesson)], *inputs;
	struct outfile out;
	int err;

	run_lesson_name(run_get_spec(r)->lesson, lesson, sizeof(lesson));
	if (!find_free_name(lesson, question, path, size))
		return -EEXIST;
	err = run_inputs_format(run_get_inputs(r), &inputs);
	if (err)
		return err;
	err = outfile_open(&out, path);
	if (!err) {
		put_report(out.f, r, lesson, question, words, inputs);
		err = outfile_close(&out, ferror(out.f) ? -EIO : 0);
	}
	free(inputs);
	return err;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct reader {
	struct question_report *out;
	char *inputs;			/* lines of docs/inputs.md so far */
	size_t inputs_len, inputs_room;	/* room: as large as the file, which has each line */
	bool in_words, ended;
};

static bool read_words(struct reader *rd, const char *line)
{
	char *words = rd->out->words;
	size_t len = strlen(words);

	if (strncmp(line, INDENT, strlen(INDENT)))
		return false;
	snprintf(words + len, QUESTION_REPORT_WORDS - len, "%s%s", len ? "\n" : "", line + strlen(INDENT));
	return true;
}

static bool read_line(struct reader *rd, const char *line)
{
	struct run_spec *spec = &rd->out->spec;
	unsigned long long variant, seed;
	char end;

	if (!strcmp(line, "end"))
		return rd->ended = true;
	if (rd->in_words)
		return read_words(rd, line);
	if (!strcmp(line, "words"))
		return rd->in_words = true;
	if (!strncmp(line, "lesson ", 7) && strlen(line + 7) < sizeof(spec->lesson))
		return strcpy(spec->lesson, line + 7);
	if (!strncmp(line, "question ", 9) && strlen(line + 9) < sizeof(rd->out->question))
		return strcpy(rd->out->question, line + 9);
	if (!strncmp(line, "replay ", 7))	/* for the reader of the file */
		return true;
	if (!strncmp(line, "options ", 8))
		return run_machine_options_read(spec, line + 8);
	if (sscanf(line, "variant %llu seed %llu%c", &variant, &seed, &end) == 2) {
		spec->variant = variant;
		spec->seed = seed;
		return true;
	}
	if (strncmp(line, "input ", 6))
		return false;
	rd->inputs_len += (size_t)snprintf(rd->inputs + rd->inputs_len, rd->inputs_room - rd->inputs_len, "%s\n", line + 6);
	return true;
}

static int read_lines(struct reader *rd, char *text, const char *path, char *err, size_t err_size)
{
	unsigned int number = 1;
	char *line = text, *next;

	for (; line && *line && !rd->ended; line = next, number++) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (number == 1 ? strcmp(line, HEAD) != 0 : !read_line(rd, line)) {
			snprintf(err, err_size, number == 1 ? "%s:%u: no report of a question: the first line is not \"" HEAD "\"" :
				 "%s:%u: not a line of a report: \"%.60s\"", path, number, line);
			return -EINVAL;
		}
	}
	if (rd->ended && rd->out->spec.lesson[0] && rd->out->question[0])
		return 0;
	snprintf(err, err_size, "%s:%u: the report is not complete: it has a lesson, a question and an end", path, number);
	return -EINVAL;
}

int question_report_read(struct question_report *out, const char *path, char *err, size_t err_size)
{
	struct reader rd = { .out = out };
	char *text;
	int rc;

	memset(out, 0, sizeof(*out));
	out->spec.seed = 1;
	out->spec.jitter = -1;
	out->spec.resumed = true;	/* the lesson's text may have been corrected */
	text = wholefile_read(path, FILE_MAX, NULL);
	rc = text ? 0 : -errno;
	rd.inputs_room = text ? strlen(text) + 2 : 0;
	rd.inputs = text ? calloc(1, rd.inputs_room) : NULL;
	if (!rc && !rd.inputs)
		rc = -ENOMEM;
	if (!rc)
		rc = read_lines(&rd, text, path, err, err_size);
	if (!rc)
		rc = run_inputs_parse(&out->spec.inputs, rd.inputs, path, err, err_size);
	if (rc && rc != -EINVAL)
		snprintf(err, err_size, "%s: %s", path, strerror(-rc));
	free(rd.inputs);
	free(text);
	return rc;
}
