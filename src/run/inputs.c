/*
 * run/inputs.c - the inputs of a run: a list, and its text form.
 *
 * A few hundred bytes of text repeat a session, so people will read and edit
 * them: one input a line, words apart by spaces, '#' begins a comment line.
 *
 *   go CARD                            irq EVENT TIME CPU LINE
 *   answer QUESTION-ID ORDINAL VALUE   hint QUESTION-ID RUNG
 *   sure QUESTION-ID 1|2|3             pick QUESTION-ID NAME..
 *   set NAME VALUE                     choose ORDINAL THING
 *   choice SITE/CONTEXT/ORDINAL=VALUE  act ORDINAL TEXT
 *
 * VALUE is the rest of the line.  Within words a space is "\s"; newline, tab,
 * carriage return and backslash are "\n", "\t", "\r", "\\"; nothing at all is "\0".
 *
 * Lives here:   keeping, reading and writing inputs.
 * Never here:   when an input is due (director.c), who gave it (client.c).
 * Rules:        docs/time.md 1, docs/inputs.md.   Licence: MIT.
 */
#include "run/inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpumask.h"
#include "base/outfile.h"

/* The longest file that hands and answers can make; a longer one is no inputs file. */
#define INPUTS_FILE_MAX ((size_t)4 << 20)

/* ---- words ------------------------------------------------------------------- */

static const struct {
	char raw, code;
} escapes[] = { { '\\', '\\' }, { '\n', 'n' }, { '\t', 't' }, { '\r', 'r' }, { ' ', 's' } };

void input_escape(struct strbuf *out, const char *text, bool spaces)
{
	if (!*text)
		strbuf_puts(out, "\\0");
	for (; *text; text++) {
		size_t i, n = sizeof(escapes) / sizeof(escapes[0]);

		for (i = 0; i < n && escapes[i].raw != *text; i++)
			;
		if (i == n || (*text == ' ' && !spaces)) {
			strbuf_putc(out, *text);
		} else {
			strbuf_putc(out, '\\');
			strbuf_putc(out, escapes[i].code);
		}
	}
}

bool input_unescape(const char *in, char *out, size_t size)
{
	size_t len = 0;

	if (strcmp(in, "\\0") == 0)
		in = "";
	for (; *in; in++) {
		char c = *in;

		if (c == '\\') {
			size_t i, n = sizeof(escapes) / sizeof(escapes[0]);

			in++;
			for (i = 0; i < n && escapes[i].code != *in; i++)
				;
			if (i == n)
				return false;	/* a lone backslash at the end too */
			c = escapes[i].raw;
		}
		if (len + 1 >= size)
			return false;
		out[len++] = c;
	}
	out[len] = '\0';
	return true;
}

bool input_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (*text < '0' || *text > '9' || digit > max || n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

/* ---- a line ------------------------------------------------------------------ */

/* The fields after the word, in order: Number, Sure, Id, Value (rest), Words (rest), After, Time, Cpu. */
static const struct input_row {
	const char *word, *fields, *usage;
} input_rows[] = {
	[INPUT_GO] = { "go", "N", "go CARD" },
	[INPUT_ANSWER] = { "answer", "INV", "answer QUESTION-ID ORDINAL VALUE" },
	[INPUT_HINT] = { "hint", "IN", "hint QUESTION-ID RUNG" },
	[INPUT_IRQ] = { "irq", "ATCI", "irq EVENT TIME CPU LINE" },
	[INPUT_CHOICE] = { "choice", "I", "choice SITE/CONTEXT/ORDINAL=VALUE" },
	[INPUT_SURE] = { "sure", "IS", "sure QUESTION-ID 1|2|3" },
	[INPUT_PICK] = { "pick", "IW", "pick QUESTION-ID NAME.." },
	[INPUT_SET] = { "set", "IV", "set NAME VALUE" },
	[INPUT_CHOOSE] = { "choose", "NI", "choose ORDINAL THING" },
	[INPUT_ACT] = { "act", "NV", "act ORDINAL TEXT" },
};
#define INPUT_KINDS (sizeof(input_rows) / sizeof(input_rows[0]))

void input_format(struct strbuf *out, const struct run_input *in)
{
	const struct input_row *row = &input_rows[in->kind];
	const char *f;

	strbuf_puts(out, row->word);
	for (f = row->fields; *f; f++) {
		strbuf_putc(out, ' ');
		switch (*f) {
		case 'I':
			input_escape(out, in->id, true);
			break;
		case 'V':
			input_escape(out, in->value, false);
			break;
		case 'W':
			strbuf_puts(out, in->value);
			break;
		case 'A':
			strbuf_printf(out, "%llu", (unsigned long long)in->after);
			break;
		case 'T':
			strbuf_printf(out, "%llu", (unsigned long long)in->time);
			break;
		default:
			strbuf_printf(out, "%u", in->number);
		}
	}
}

/* Cuts the next word off *@rest, or takes all that is left. */
static char *next_word(char **rest, bool all)
{
	char *word = *rest, *end;

	if (!word)
		return NULL;
	if (all) {
		*rest = NULL;
		return word;
	}
	end = word + strcspn(word, " ");
	*rest = *end ? end + 1 : NULL;
	*end = '\0';
	return *word ? word : NULL;
}

/* Words with one blank between them, each of them escaped: kept so, each in its one escaped form. */
static bool parse_words(const char *words, struct run_input *in)
{
	char one[INPUT_LINE_MAX], plain[sizeof(in->value)];
	struct strbuf out;
	size_t len;

	strbuf_init(&out, in->value, sizeof(in->value));
	for (;; words += len + 1) {
		len = strcspn(words, " ");
		snprintf(one, sizeof(one), "%.*s", (int)len, words);
		if (!len || !input_unescape(one, plain, sizeof(plain)))
			return false;
		input_escape(&out, plain, true);
		if (!words[len])
			return !out.cut;
		strbuf_putc(&out, ' ');
	}
}

static bool parse_field(char field, const char *word, struct run_input *in)
{
	uint64_t n = 0;

	switch (field) {
	case 'I':
		return input_unescape(word, in->id, sizeof(in->id));
	case 'V':
		return input_unescape(word, in->value, sizeof(in->value));
	case 'W':
		return parse_words(word, in);
	case 'S':
		if (!input_number(word, 3, &n) || !n)
			return false;
		in->number = (uint32_t)n;
		return true;
	case 'A':
		return input_number(word, UINT64_MAX, &in->after);
	case 'T':
		return input_number(word, UINT64_MAX, &in->time);
	default:
		if (!input_number(word, field == 'C' ? CPUS_MAX - 1 : UINT32_MAX, &n))
			return false;
		in->number = (uint32_t)n;
		return true;
	}
}

int input_parse(const char *line, struct run_input *in, char *err, size_t err_size)
{
	char copy[INPUT_LINE_MAX], *rest = copy, *word;
	const struct input_row *row;
	const char *f;
	size_t kind;

	if (strlen(line) >= sizeof(copy)) {
		snprintf(err, err_size, "the line has more than %d bytes", INPUT_LINE_MAX - 1);
		return -EINVAL;
	}
	strcpy(copy, line);
	memset(in, 0, sizeof(*in));
	word = next_word(&rest, false);
	for (kind = 0; kind < INPUT_KINDS && (!word || strcmp(word, input_rows[kind].word)); kind++)
		;
	if (kind == INPUT_KINDS) {
		snprintf(err, err_size, "an input begins with go, answer, sure, hint, pick, set, choose, act, irq or choice, "
			 "not with \"%.40s\"", word ? word : "");
		return -EINVAL;
	}
	row = &input_rows[kind];
	in->kind = (enum run_input_kind)kind;
	for (f = row->fields; *f; f++) {
		word = next_word(&rest, *f == 'V' || *f == 'W');
		if (!word || !parse_field(*f, word, in))
			break;
	}
	if (*f || rest) {
		snprintf(err, err_size, "expected \"%s\"", row->usage);
		return -EINVAL;
	}
	return 0;
}

/* ---- the list ------------------------------------------------------------------ */

void run_inputs_fini(struct run_inputs *in)
{
	free(in->v);
	memset(in, 0, sizeof(*in));
}

int run_inputs_add(struct run_inputs *in, const struct run_input *one)
{
	if (in->n >= RUN_INPUTS_MAX)
		return -ENOSPC;
	if (in->n == in->cap) {
		size_t cap = in->cap ? in->cap * 2 : 16;
		struct run_input *v = realloc(in->v, cap * sizeof(*v));

		if (!v)
			return -ENOMEM;
		in->v = v;
		in->cap = cap;
	}
	in->v[in->n++] = *one;
	return 0;
}

/* @to is initialised (zeroed) or holds a list, which is freed; unchanged on failure. */
int run_inputs_copy(struct run_inputs *to, const struct run_inputs *from)
{
	struct run_input *v = NULL;

	if (from->n) {
		v = malloc(from->n * sizeof(*v));
		if (!v)
			return -ENOMEM;
		memcpy(v, from->v, from->n * sizeof(*v));
	}
	free(to->v);
	to->v = v;
	to->n = to->cap = from->n;
	return 0;
}

/* ---- text ------------------------------------------------------------------------ */

int run_inputs_format(const struct run_inputs *in, char **text)
{
	size_t size = in->n * (INPUT_LINE_MAX + 1) + 1, i;
	char *buf = malloc(size), *fit;
	struct strbuf out;

	if (!buf)
		return -ENOMEM;
	strbuf_init(&out, buf, size);
	for (i = 0; i < in->n; i++) {
		input_format(&out, &in->v[i]);
		strbuf_putc(&out, '\n');
	}
	fit = realloc(buf, out.len + 1);
	*text = fit ? fit : buf;
	return 0;
}

static int parse_lines(struct run_inputs *in, const char *text, const char *name, char *err,
		       size_t err_size)
{
	char line[INPUT_LINE_MAX + 1], why[160];
	struct run_input one;
	unsigned int number = 1;

	for (; *text; number++) {
		size_t len = strcspn(text, "\n"), keep = len;
		int rc;

		if (keep && text[keep - 1] == '\r')
			keep--;
		if (keep > INPUT_LINE_MAX)
			keep = INPUT_LINE_MAX;	/* too long to be one: input_parse() refuses it */
		memcpy(line, text, keep);
		line[keep] = '\0';
		text += len + (text[len] == '\n');
		if (line[strspn(line, " \t")] == '\0' || line[0] == '#')
			continue;
		rc = input_parse(line, &one, why, sizeof(why));
		if (rc) {
			snprintf(err, err_size, "%s:%u: %s", name, number, why);
			return rc;
		}
		rc = run_inputs_add(in, &one);
		if (rc) {
			snprintf(err, err_size, "%s:%u: %s", name, number,
				 rc == -ENOSPC ? "more inputs than a run can have" : "out of memory");
			return rc;
		}
	}
	return 0;
}

/* Appends to @in only when all of @text can be read. */
int run_inputs_parse(struct run_inputs *in, const char *text, const char *name, char *err,
		     size_t err_size)
{
	struct run_inputs all = { 0 };
	int rc = run_inputs_copy(&all, in);

	if (rc)
		snprintf(err, err_size, "%s: out of memory", name);
	else
		rc = parse_lines(&all, text, name, err, err_size);
	if (rc) {
		run_inputs_fini(&all);
		return rc;
	}
	run_inputs_fini(in);
	*in = all;
	return 0;
}

/* ---- files ------------------------------------------------------------------------ */

static int read_all(FILE *f, char **text)
{
	char *buf = malloc(INPUTS_FILE_MAX + 1), *fit;
	size_t n;

	if (!buf)
		return -ENOMEM;
	n = fread(buf, 1, INPUTS_FILE_MAX + 1, f);
	if (ferror(f) || n > INPUTS_FILE_MAX || memchr(buf, '\0', n)) {
		int err = ferror(f) ? -EIO : -EINVAL;

		free(buf);
		return err;
	}
	buf[n] = '\0';
	fit = realloc(buf, n + 1);
	*text = fit ? fit : buf;
	return 0;
}

int run_inputs_load(struct run_inputs *in, const char *path, char *err, size_t err_size)
{
	FILE *f = fopen(path, "re");
	char *text;
	int rc;

	if (!f) {
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
		return -ENOENT;
	}
	rc = read_all(f, &text);
	fclose(f);
	if (rc == -EINVAL)
		snprintf(err, err_size, "%s:1: not a file of inputs", path);
	else if (rc)
		snprintf(err, err_size, "%s: %s", path, strerror(-rc));
	if (rc)
		return rc == -EINVAL ? rc : -ENOENT;
	rc = run_inputs_parse(in, text, path, err, err_size);
	free(text);
	return rc;
}

int run_inputs_save(const struct run_inputs *in, const char *path)
{
	struct outfile out;
	char *text;
	int rc = run_inputs_format(in, &text);

	if (rc)
		return rc;
	rc = outfile_open(&out, path);
	if (!rc)
		rc = outfile_close(&out, fputs(text, out.f) == EOF ? -errno : 0);
	free(text);
	return rc;
}
