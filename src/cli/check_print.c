/*
 * cli/check_print.c - the findings of `kworkshop check` as text, JSON, TAP and JUnit.
 *
 * Lives here:   the four formats.
 * Never here:   the sentences of findings (check/judge.c), exit statuses (check.c).   Licence: MIT.
 */
#include "cli/check.h"

#include <inttypes.h>
#include <string.h>

#include "base/infile.h"
#include "base/json.h"
#include "base/printable.h"
#include "base/quantity.h"
#include "base/strbuf.h"
#include "base/width.h"
#include "words/texts.h"

#define SOURCE_BYTES 400		/* of a line that is quoted */

/* The file of a finding: of an exercise it may be one in its folder, of a lesson a translation. */
static const char *path_of(const struct check_result *r, const struct check_finding *f, char *buf, size_t size)
{
	const char *slash = strrchr(r->path, '/');

	if (!f->file[0])
		return r->path;
	snprintf(buf, size, "%.*s%s", slash ? (int)(slash + 1 - r->path) : 0, r->path, f->file);
	return buf;
}

static const char *level_word(enum check_level level)
{
	return level == CHECK_ERROR ? "error" : "warning";	/* also in JSON */
}

/* ---- text -------------------------------------------------------------------------------- */

/* Line @number of the file, without blanks at its end; false: there is none. */
static bool read_line(const char *path, unsigned int number, char *buf, size_t size)
{
	FILE *f = infile_open(path);
	bool ok = false;

	for (unsigned int i = 0; f && i < number; i++) {
		ok = fgets(buf, (int)size, f) != NULL;
		if (!ok)
			break;
		if (!strchr(buf, '\n'))		/* a long line: the rest of it is passed */
			for (int c = fgetc(f); c != EOF && c != '\n'; c = fgetc(f))
				;
	}
	if (f)
		fclose(f);
	if (ok)
		buf[strcspn(buf, "\r\n")] = '\0';
	return ok;
}

/* The line of the file with a mark under the column. */
static void quote_line(FILE *out, const char *path, const struct check_finding *f)
{
	char line[SOURCE_BYTES];

	if (!read_line(path, f->line, line, sizeof(line)) || !line[strspn(line, " \t")])
		return;
	printable_printf(out, "%6u | %.100s\n", f->line, line);
	fprintf(out, "       | ");
	for (unsigned int i = 1; i < f->col && line[i - 1]; i++)
		fputc(line[i - 1] == '\t' ? '\t' : ' ', out);
	fprintf(out, "^\n");
}

static void print_finding(FILE *out, const struct check_result *r, const struct check_finding *f)
{
	enum check_level level = check_codes[f->code].level;
	char buf[1300];
	const char *path = path_of(r, f, buf, sizeof(buf));

	printable_printf(out, W(CHECK_FINDING), path, f->line, f->col,
			 level == CHECK_ERROR ? W(CHECK_ERROR) : W(CHECK_WARNING), f->text, check_codes[f->code].word);
	quote_line(out, path, f);
	printable_printf(out, W(CHECK_WRITE), f->fix);
	if (f->runs > 1)
		fprintf(out, W(CHECK_RUNS), f->runs);
	if (f->tested)
		printable_printf(out, W(CHECK_TEST_AGAIN), r->path, f->again);
	else if (f->again[0])
		printable_printf(out, W(CHECK_AGAIN), r->path, f->again);
}

static void answers_text(const struct check_question *q, struct strbuf *out)
{
	bool letters = false;

	for (unsigned int i = 0; i < q->nr_answers && i < CHECK_ANSWERS_MAX; i++)
		strbuf_printf(out, W(CHECK_ANSWER_COUNT), i ? ", " : "", q->answer[i].text,
			      (unsigned long long)q->answer[i].variants);
	if (q->nr_answers > CHECK_ANSWERS_MAX)
		strbuf_puts(out, W(CHECK_ANSWERS_MORE));
	for (unsigned int i = 0; i < q->nr_choices && i < LESSON_FLAGS_MAX; i++) {
		if (!q->letter[i])
			continue;
		strbuf_printf(out, W(CHECK_LETTER_COUNT), letters ? " " : W(CHECK_LETTERS), 'a' + (int)i,
			      (unsigned long long)q->letter[i]);
		letters = true;
	}
}

static void print_row(FILE *out, const char *id, const char *kind, const char *numbers, const char *answers)
{
	STRBUF(line, 2048);

	strbuf_puts(&line, "  ");
	width_put_padded(&line, id, strlen(id), 18);
	strbuf_putc(&line, ' ');
	width_put_padded(&line, kind, strlen(kind), 8);
	strbuf_printf(&line, " %s  %s", numbers, answers);
	printable_printf(out, "%s\n", line.buf);
}

static void print_table(FILE *out, const struct check_result *r)
{
	STRBUF(numbers, 120);

	if (!r->nr_questions)
		return;
	strbuf_printf(&numbers, "%8s %6s %6s", W(CHECK_HEAD_VARIANTS), W(CHECK_HEAD_SEEDS), W(CHECK_HEAD_JITTER));
	print_row(out, W(CHECK_HEAD_QUESTION), W(CHECK_HEAD_KIND), numbers.buf, W(CHECK_HEAD_ANSWERS));
	for (size_t i = 0; i < r->nr_questions; i++) {
		const struct check_question *q = &r->question[i];
		STRBUF(row, 120);
		STRBUF(answers, 1400);

		strbuf_printf(&row, "%8" PRIu64 " %6" PRIu64 " %6" PRIu64, q->variants, q->seeds, q->jitters);
		answers_text(q, &answers);
		print_row(out, q->id, q->kind, row.buf, answers.buf);
	}
}

/* ---- the settings of a form ---- */

#define FORM_ROWS 100			/* of the table in text */

/* "combinations that pass in variant 0: 8 of 64; in 50 variants 8 to 9" */
static void form_text(const struct check_form *f, struct strbuf *out)
{
	unsigned long long variant = f->variant;

	if (f->all == f->tried)
		strbuf_printf(out, W(CHECK_FORM_ALL), variant, f->passed, f->tried);
	else if (f->all == UINT64_MAX)
		strbuf_printf(out, W(CHECK_FORM_HUGE), variant, f->passed, f->tried);
	else
		strbuf_printf(out, W(CHECK_FORM_SAMPLE), variant, f->passed, f->tried, (unsigned long long)f->all);
	if (f->variants > 1 && f->least == f->most)
		strbuf_printf(out, W(CHECK_FORM_EACH), f->variants);
	else if (f->variants > 1)
		strbuf_printf(out, W(CHECK_FORM_VARIANTS), f->variants, f->least, f->most);
}

/* "crypt=none ui=HIGHPRI" */
static void form_row_text(const struct check_form *f, const struct check_form_row *row, struct strbuf *out)
{
	for (unsigned int i = 0; i < f->nr; i++)
		strbuf_printf(out, "%s%s=%s", i ? " " : "", f->name[i], row->value[i]);
}

static int form_columns(const struct check_form *f, unsigned int i)
{
	int most = width_text(f->name[i], strlen(f->name[i]));

	for (size_t k = 0; k < f->passed && k < FORM_ROWS; k++) {
		int w = width_text(f->row[k].value[i], strlen(f->row[k].value[i]));

		most = w > most ? w : most;
	}
	return most;
}

static void print_form_line(FILE *out, const struct check_form *f, const int *columns, const struct check_form_row *row)
{
	STRBUF(line, 2400);

	for (unsigned int i = 0; i < f->nr; i++) {
		const char *cell = row ? row->value[i] : f->name[i];

		strbuf_puts(&line, "  ");
		if (i + 1 == f->nr && !(row && row->solution))
			strbuf_puts(&line, cell);
		else
			width_put_padded(&line, cell, strlen(cell), columns[i]);
	}
	printable_printf(out, "%s%s%s\n", line.buf, row && row->solution ? "  " : "", row && row->solution ? W(CHECK_FORM_SOLUTION) : "");
}

static void print_form(FILE *out, const struct check_form *f)
{
	int columns[EXERCISE_SETTINGS_MAX];
	STRBUF(head, 240);

	if (!f->nr)
		return;
	form_text(f, &head);
	printable_printf(out, "  %s\n", head.buf);
	for (unsigned int i = 0; i < f->nr; i++)
		columns[i] = form_columns(f, i);
	if (f->passed)
		print_form_line(out, f, columns, NULL);
	for (size_t k = 0; k < f->passed && k < FORM_ROWS; k++)
		print_form_line(out, f, columns, &f->row[k]);
	if (f->passed > FORM_ROWS)
		fprintf(out, W(CHECK_FORM_MORE), f->passed - FORM_ROWS);
}

static void print_cost(FILE *out, const struct check_result *r)
{
	STRBUF(instructions, 40);
	STRBUF(memory, 40);
	STRBUF(time, 40);

	strbuf_printf(&instructions, "%.2f", (double)r->instructions / 1e6);
	strbuf_printf(&memory, "%.1f", (double)r->memory / (1 << 20));
	quantity_number(&time, (double)r->time_ns / 1e6);
	fprintf(out, W(CHECK_COST), instructions.buf, memory.buf, time.buf);
}

static void text_lesson(FILE *out, const struct check_result *r, size_t number)
{
	(void)number;
	for (size_t i = 0; i < r->nr_findings; i++)
		print_finding(out, r, &r->finding[i]);
	for (unsigned int i = 0; i < r->nr_notes; i++)
		printable_printf(out, W(CHECK_NOTE), r->path, r->note[i].line, r->note[i].text);
	if (r->more)
		printable_printf(out, W(CHECK_MORE), r->path, r->more);
	printable_printf(out, W(CHECK_SUMMARY), r->path, r->errors, r->warnings, (unsigned long long)r->runs);
	print_table(out, r);
	if (r->variants && r->schedules)
		fprintf(out, W(CHECK_TRIED_FAST), r->variants, r->schedules);
	else if (r->variants)
		fprintf(out, W(CHECK_TRIED), r->variants);
	print_form(out, &r->form);
	if (r->instructions)		/* of an exercise with files no single run is measured */
		print_cost(out, r);
	fflush(out);
}

static void nothing_to_begin(FILE *out, size_t lessons)
{
	(void)out;
	(void)lessons;
}

static void nothing_to_end(FILE *out)
{
	(void)out;
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static struct json_writer json;

static void json_begin(FILE *out, size_t lessons)
{
	(void)lessons;
	json_to_file(&json, out);
	json_begin_array(&json, JSON_LINES);
}

static void json_form_row(const struct check_form *f, const struct check_form_row *row)
{
	json_begin_object(&json, JSON_LINE);
	json_key(&json, "values");
	json_begin_object(&json, JSON_LINE);
	for (unsigned int i = 0; i < f->nr; i++)
		json_put_text(&json, f->name[i], row->value[i]);
	json_end(&json);
	json_put_bool(&json, "solution", row->solution);
	json_end(&json);
}

/* No finding: its level is "note". */
static void json_form(const struct check_result *r)
{
	const struct check_form *f = &r->form;
	STRBUF(text, 240);

	form_text(f, &text);
	json_begin_object(&json, JSON_LINES);
	json_put_text(&json, "file", r->path);
	json_put_uint(&json, "line", f->line);
	json_put_uint(&json, "col", 1);
	json_put_text(&json, "code", "settings");
	json_put_text(&json, "level", "note");
	json_put_text(&json, "text", text.buf);
	json_put_uint(&json, "variant", f->variant);
	json_key(&json, "all");
	if (f->all == UINT64_MAX)
		json_null(&json);
	else
		json_uint(&json, f->all);
	json_put_uint(&json, "tried", f->tried);
	json_put_uint(&json, "passed", f->passed);
	json_put_uint(&json, "variants", f->variants);
	json_put_uint(&json, "least", f->least);
	json_put_uint(&json, "most", f->most);
	json_key(&json, "settings");
	json_begin_array(&json, JSON_LINES);
	for (size_t i = 0; i < f->passed; i++)
		json_form_row(f, &f->row[i]);
	json_end(&json);
	json_end(&json);
}

static void json_lesson(FILE *out, const struct check_result *r, size_t number)
{
	(void)out;
	(void)number;
	for (size_t i = 0; i < r->nr_findings; i++) {
		const struct check_finding *f = &r->finding[i];
		char path[1300];

		json_begin_object(&json, JSON_LINE);
		json_put_text(&json, "file", path_of(r, f, path, sizeof(path)));
		json_put_uint(&json, "line", f->line);
		json_put_uint(&json, "col", f->col);
		json_put_text(&json, "code", check_codes[f->code].word);
		json_put_text(&json, "level", level_word(check_codes[f->code].level));
		json_put_text(&json, "question", f->question);
		json_put_text(&json, "text", f->text);
		json_put_text(&json, "fix", f->fix);
		json_put_uint(&json, "runs", f->runs);
		json_put_text(&json, "again", f->again);
		json_end(&json);
	}
	if (r->form.nr)
		json_form(r);
}

static void json_finish(FILE *out)
{
	json_end(&json);
	fputc('\n', out);
}

/* ---- TAP ------------------------------------------------------------------------------------- */

static void tap_begin(FILE *out, size_t lessons)
{
	fprintf(out, "TAP version 13\n1..%zu\n", lessons);
}

static void tap_form(FILE *out, const struct check_result *r)
{
	STRBUF(head, 240);

	if (!r->form.nr)
		return;
	form_text(&r->form, &head);
	printable_printf(out, "# %s:%u: note: %s\n", r->path, r->form.line, head.buf);
	for (size_t i = 0; i < r->form.passed; i++) {
		STRBUF(row, 2600);

		form_row_text(&r->form, &r->form.row[i], &row);
		printable_printf(out, "#   %s%s%s\n", row.buf, r->form.row[i].solution ? ", " : "",
				 r->form.row[i].solution ? W(CHECK_FORM_SOLUTION) : "");
	}
}

static void tap_lesson(FILE *out, const struct check_result *r, size_t number)
{
	printable_printf(out, "%sok %zu - %s\n", r->errors ? "not " : "", number, r->path);
	for (size_t i = 0; i < r->nr_findings; i++) {
		const struct check_finding *f = &r->finding[i];
		char path[1300];

		printable_printf(out, "# %s:%u:%u: %s: %s [%s]\n", path_of(r, f, path, sizeof(path)), f->line, f->col,
				 level_word(check_codes[f->code].level), f->text, check_codes[f->code].word);
	}
	for (unsigned int i = 0; i < r->nr_notes; i++)
		printable_printf(out, "# %s:%u: note: %s\n", r->path, r->note[i].line, r->note[i].text);
	tap_form(out, r);
}

/* ---- JUnit ------------------------------------------------------------------------------------ */

static void put_xml(FILE *out, const char *text)
{
	STRBUF(clean, 4096);

	printable_text(&clean, text, strlen(text));
	for (const char *p = clean.buf; *p; p++) {
		switch (*p) {
		case '&': fputs("&amp;", out); break;
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '"': fputs("&quot;", out); break;
		default: fputc(*p, out);
		}
	}
}

static void junit_begin(FILE *out, size_t lessons)
{
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"kworkshop check\" tests=\"%zu\">\n", lessons);
}

static void junit_property(FILE *out, const char *name, const char *value)
{
	fprintf(out, "      <property name=\"%s\" value=\"", name);
	put_xml(out, value);
	fputs("\"/>\n", out);
}

static void junit_form(FILE *out, const struct check_form *f)
{
	STRBUF(head, 240);

	if (!f->nr)
		return;
	form_text(f, &head);
	fputs("    <properties>\n", out);
	junit_property(out, "settings", head.buf);
	for (size_t i = 0; i < f->passed; i++) {
		STRBUF(row, 2600);

		form_row_text(f, &f->row[i], &row);
		junit_property(out, f->row[i].solution ? "passes, solution" : "passes", row.buf);
	}
	fputs("    </properties>\n", out);
}

static void junit_lesson(FILE *out, const struct check_result *r, size_t number)
{
	(void)number;
	fputs("  <testcase classname=\"lessons\" name=\"", out);
	put_xml(out, r->path);
	fputs("\">\n", out);
	junit_form(out, &r->form);
	for (size_t i = 0; i < r->nr_findings; i++) {
		const struct check_finding *f = &r->finding[i];
		const char *element = check_codes[f->code].level == CHECK_ERROR ? "failure" : "system-out";
		char path[1300];

		fprintf(out, "    <%s%s%s%s>", element, f->code < CHECK_NR && *element == 'f' ? " type=\"" : "",
			*element == 'f' ? check_codes[f->code].word : "", *element == 'f' ? "\"" : "");
		put_xml(out, path_of(r, f, path, sizeof(path)));
		fprintf(out, ":%u:%u: ", f->line, f->col);
		put_xml(out, f->text);
		fprintf(out, "</%s>\n", element);
	}
	fputs("  </testcase>\n", out);
}

static void junit_end(FILE *out)
{
	fputs("</testsuite>\n", out);
}

/* ---- the table ---------------------------------------------------------------------------------- */

static const struct check_format formats[] = {
	{ "text", nothing_to_begin, text_lesson, nothing_to_end },
	{ "json", json_begin, json_lesson, json_finish },
	{ "tap", tap_begin, tap_lesson, nothing_to_end },
	{ "junit", junit_begin, junit_lesson, junit_end },
};

const struct check_format *check_format_find(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return &formats[0];
}
