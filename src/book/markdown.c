/*
 * book/markdown.c - the review book as Markdown (CommonMark).
 *
 * Every character that Markdown could read as a mark has a backslash, so texts of lessons and of
 * students are shown as they are.
 *
 * Lives here:   escapes, headings, lists, code blocks.
 * Never here:   the contents (book.c).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/printable.h"
#include "base/shortage.h"
#include "base/utf8.h"
#include "words/texts.h"

#define SPANS_MAX 256
#define PLAIN_MAX (2 * TRACE_TEXT_BYTES_MAX)

/* ---- escapes -------------------------------------------------------------------------------------- */

/* A mark anywhere in a text. */
static bool is_mark(char c)
{
	return c && strchr("\\`*_[]<>&#|~$", c);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Are there only digits from @line to @at, which has a mark that would make them the number of a list? */
static bool ends_number(const char *text, size_t line, size_t at)
{
	size_t i = line;

	while (i < at && is_digit(text[i]))
		i++;
	return i == at && i > line && strchr(".)", text[at]);
}

/* A mark that means something at the beginning of a line only. */
static bool is_line_mark(const char *text, size_t line, size_t at)
{
	return line <= at && text[at] && ((at == line && strchr("+-=", text[at])) || ends_number(text, line, at));
}

static size_t put_char(FILE *out, const char *text, size_t n)
{
	uint32_t ch;
	size_t len = utf8_decode(text, n, &ch);
	char bytes[UTF8_BYTES_MAX];

	if (!printable_char(ch))
		ch = UTF8_REPLACEMENT;
	if (len == 1 && is_mark(*text))
		fputc('\\', out);
	fwrite(bytes, 1, utf8_encode(ch, bytes), out);
	return len;
}

/* Bytes [@from, @to) of @text; its line begins at @line, SIZE_MAX = marks stand before it. */
static void put_text(FILE *out, const char *text, size_t from, size_t to, size_t line)
{
	size_t at = from;

	for (; at == line && at < to && (text[at] == ' ' || text[at] == '\t'); at++, line++)
		fputs("&nbsp;", out);		/* blanks that begin a line would be dropped, or begin code */
	while (at < to) {
		if (is_line_mark(text, line, at))
			fputc('\\', out);
		if (text[at] == '\t') {
			fputc(' ', out);
			at++;
		} else {
			at += put_char(out, text + at, to - at);
		}
	}
}

void book_markdown_text(FILE *out, const char *text)
{
	put_text(out, text, 0, strlen(text), 0);
}

/* The longest row of backquotes in @text. */
static size_t backquotes(const char *text, size_t n)
{
	size_t most = 0, run = 0;

	for (size_t i = 0; i < n; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

static void put_fence(FILE *out, size_t n)
{
	while (n--)
		fputc('`', out);
}

static void put_code(FILE *out, const char *text, size_t n)
{
	size_t fence = backquotes(text, n) + 1;
	bool pad = n && (text[0] == '`' || text[n - 1] == '`' || (text[0] == ' ' && text[n - 1] == ' '));

	if (!n)
		return;
	put_fence(out, fence);
	fputs(pad ? " " : "", out);
	printable_write(out, text, n);
	fputs(pad ? " " : "", out);
	put_fence(out, fence);
}

/* ---- payloads ----------------------------------------------------------------------------------------- */

static bool is_word(const char *text, size_t n, size_t at)
{
	unsigned char c = at < n ? (unsigned char)text[at] : ' ';

	return c >= 0x80 || is_digit((char)c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Two stars beside these bytes open and close by the rules of flanking delimiters; else HTML does. */
static bool stars_work(const char *text, size_t n, size_t from, size_t to)
{
	bool before = from && is_word(text, n, from - 1), after = is_word(text, n, to);

	return (!before || is_word(text, n, from)) && (!after || is_word(text, n, to - 1));
}

/* Bytes [@from, @to) of one span; put_bold() stands before and after bold ones. */
static void put_span(FILE *out, const char *text, size_t from, size_t to, unsigned int style, size_t line)
{
	if (style & MARKUP_CODE)
		put_code(out, text + from, to - from);
	else
		put_text(out, text, from, to, style & MARKUP_BOLD ? SIZE_MAX : line);
}

/* A row of bold spans in one line. */
struct bold {
	size_t end;			/* where it ends; 0 = there is none */
	bool stars;
};

static void put_bold(FILE *out, struct bold *b, bool begins)
{
	fputs(b->stars ? "**" : begins ? "<strong>" : "</strong>", out);
	if (!begins)
		b->end = 0;
}

/* Bold letters begin at @at, in span @i. */
static void begin_bold(FILE *out, struct bold *b, const char *text, size_t n, const struct markup_span *span, unsigned int i,
		       unsigned int nr, size_t at)
{
	size_t line = at + strcspn(text + at, "\n");

	for (b->end = span[i].to; i + 1 < nr && span[i + 1].style & MARKUP_BOLD; i++)
		b->end = span[i + 1].to;
	b->end = b->end < line ? b->end : line;
	b->stars = stars_work(text, n, at, b->end);
	put_bold(out, b, true);
}

/* A newline of a text: one breaks the line, two begin a paragraph.  Return: bytes. */
static size_t put_break(FILE *out, const char *text, size_t n, const char *indent)
{
	size_t len = 0;

	while (len < n && text[len] == '\n')
		len++;
	if (len == n)
		return len;		/* at its end */
	if (len > 1)
		fprintf(out, "\n%s\n%s", indent, indent);
	else
		fprintf(out, "\\\n%s", indent);
	return len;
}

/* @indent stands before each further line. */
static void put_payload(FILE *out, const char *payload, const char *indent)
{
	STRBUF(plain, PLAIN_MAX);
	struct markup_span span[SPANS_MAX];
	unsigned int nr = markup_expand(payload, &plain, span, SPANS_MAX);
	const char *text = plain.buf;
	size_t line = 0, at = 0;
	struct bold bold = { 0 };

	for (unsigned int i = 0; i < nr; i++) {
		size_t end = nr == SPANS_MAX && i + 1 == nr ? plain.len : span[i].to;

		while (at < end) {
			size_t to = at + strcspn(text + at, "\n");

			to = to < end ? to : end;
			if (to > at && !bold.end && span[i].style & MARKUP_BOLD)
				begin_bold(out, &bold, text, plain.len, span, i, nr, at);
			put_span(out, text, at, to, span[i].style, line);
			at = to;
			if (bold.end && at >= bold.end)
				put_bold(out, &bold, false);
			if (at < end) {
				at += at ? put_break(out, text + at, plain.len - at, indent) : 1;
				line = at;
			}
		}
	}
}

/* ---- the parts of the book ------------------------------------------------------------------------------- */

static void section(FILE *out, unsigned int level, const char *anchor, const char *payload)
{
	(void)anchor;
	fprintf(out, "%.*s ", (int)level, "######");
	put_payload(out, payload, "");
	fputs("\n\n", out);
}

static void begin(FILE *out, const char *title)
{
	section(out, 1, "", title);
}

static void nothing(FILE *out)
{
	(void)out;
}

static void para(FILE *out, enum book_style style, const char *payload)
{
	const char *indent = style == BOOK_NOTE || style == BOOK_ASKED ? "> " : "";

	fputs(indent, out);
	put_payload(out, payload, indent);
	fputs("\n\n", out);
}

static void list(FILE *out, bool begins)
{
	if (!begins)
		fputc('\n', out);
}

static void item(FILE *out, enum book_style style, const char *link, const char *payload)
{
	(void)style;
	(void)link;
	fputs("- ", out);
	put_payload(out, payload, "  ");
	fputc('\n', out);
}

static void put_block(FILE *out, const char *text, size_t n)
{
	size_t fence = backquotes(text, n) + 1;

	fence = fence < 3 ? 3 : fence;
	put_fence(out, fence);
	fputs("text\n", out);
	printable_write(out, text, n);
	put_fence(out, fence);
	fputs("\n\n", out);
}

static void block(FILE *out, const char *text)
{
	put_block(out, text, strlen(text));
}

static void lanes(FILE *out, const struct book_lanes *l, const char *name)
{
	struct strbuf text;
	char *bytes = shortage_need(malloc(BOOK_LANES_TEXT_MAX));

	(void)name;
	strbuf_init(&text, bytes, BOOK_LANES_TEXT_MAX);
	book_lanes_text(l, &text);
	put_block(out, text.buf, text.len);
	free(bytes);
}

static void legend(FILE *out)
{
	STRBUF(text, 2048);

	for (int state = 0; state < LANE_STATES; state++)
		if (book_state_words((enum lane_state)state))
			strbuf_printf(&text, "%s  %s\n", timeline_sign((enum lane_state)state),
				      book_state_words((enum lane_state)state));
	strbuf_printf(&text, "?  %s\n^  %s\n", W(BOOK_SIGN_ASKED), W(BOOK_SIGN_DECIDED));
	put_block(out, text.buf, text.len);
}

const struct book_form book_markdown = {
	.begin = begin, .end = nothing, .section = section, .section_end = nothing, .para = para, .list = list, .item = item,
	.block = block, .lanes = lanes, .legend = legend,
};
