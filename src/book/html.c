/*
 * book/html.c - the review book as one HTML page without any other file.
 *
 * The page is well-formed XML too: every element is closed and every attribute quoted.  It can be
 * read without its style sheet, which adds colours for a light and a dark screen, and page breaks.
 *
 * Lives here:   escapes, elements, the style sheet.
 * Never here:   the contents (book.c), lanes (svg.c).   Licence: MIT.
 */
#include "book/book_internal.h"

#include <string.h>

#include "base/markup.h"
#include "base/printable.h"
#include "base/time.h"
#include "base/utf8.h"
#include "words/texts.h"

#define SPANS_MAX 256
#define PLAIN_MAX (2 * TRACE_TEXT_BYTES_MAX)

/* ---- escapes ---------------------------------------------------------------------------------------- */

static const struct {
	char c;
	const char *entity;
} entities[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" } };

static const char *entity_of(char c)
{
	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++)
		if (entities[i].c == c)
			return entities[i].entity;
	return NULL;
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool may_stand(uint32_t ch)
{
	return ch == '\n' || (printable_char(ch) && (ch & 0xfffe) != 0xfffe);
}

static void put_text(FILE *out, const char *text, size_t n)
{
	while (n) {
		uint32_t ch;
		size_t len = utf8_decode(text, n, &ch);
		const char *entity = len == 1 ? entity_of(*text) : NULL;
		char bytes[UTF8_BYTES_MAX];

		if (entity)
			fputs(entity, out);
		else if (ch == '\t')
			fputc(' ', out);
		else
			fwrite(bytes, 1, utf8_encode(may_stand(ch) ? ch : UTF8_REPLACEMENT, bytes), out);
		text += len;
		n -= len;
	}
}

void book_html_text(FILE *out, const char *text)
{
	put_text(out, text, strlen(text));
}

/* A name for id and href: letters, digits and "-". */
static void put_anchor(FILE *out, const char *anchor)
{
	fputs("q-", out);
	for (; *anchor; anchor++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", *anchor))
			fputc(*anchor, out);
		else
			fprintf(out, ".%02x", (unsigned char)*anchor);
}

/* ---- payloads ------------------------------------------------------------------------------------------ */

/* Newlines break lines, and blanks that begin a line stay. */
static void put_lines(FILE *out, const char *text, size_t n, bool line)
{
	while (n) {
		size_t blanks = line ? strspn(text, " ") : 0, len;

		blanks = blanks < n ? blanks : n;
		for (size_t i = 0; i < blanks; i++)
			fputs("&#160;", out);
		text += blanks;
		n -= blanks;
		len = n ? strcspn(text, "\n") : 0;
		len = len < n ? len : n;
		put_text(out, text, len);
		text += len;
		n -= len;
		if (!n)
			return;
		fputs("<br/>\n", out);
		line = true;
		text++;
		n--;
	}
}

static void put_payload(FILE *out, const char *payload)
{
	STRBUF(plain, PLAIN_MAX);
	struct markup_span span[SPANS_MAX];
	unsigned int nr = markup_expand(payload, &plain, span, SPANS_MAX);

	while (plain.len && plain.buf[plain.len - 1] == '\n')
		plain.buf[--plain.len] = '\0';
	for (unsigned int i = 0; i < nr; i++) {
		size_t from = span[i].from, end = nr == SPANS_MAX && i + 1 == nr ? plain.len : span[i].to;

		end = end < plain.len ? end : plain.len;
		if (from >= end)
			continue;
		fputs(span[i].style & MARKUP_BOLD ? "<strong>" : "", out);
		fputs(span[i].style & MARKUP_CODE ? "<code>" : "", out);
		put_lines(out, plain.buf + from, end - from, !from || plain.buf[from - 1] == '\n');
		fputs(span[i].style & MARKUP_CODE ? "</code>" : "", out);
		fputs(span[i].style & MARKUP_BOLD ? "</strong>" : "", out);
	}
}

/* ---- the page --------------------------------------------------------------------------------------------- */

/* The colours have a contrast of at least 4.5 to what they stand on. */
static const char style_sheet[] =
	":root{color-scheme:light dark;--ground:#fdfdfb;--ink:#1c1e21;--soft:#5a6069;--rule:#d5d8dc;--box:#f1f3f5;"
	"--right:#1b6e3c;--wrong:#a8231c;--link:#0b5aa6;--run:#1f5fa8;--on:#ffffff;--irq:#a8231c;--manager:#6d3a92;"
	"--other:#5a6069;--awake:#8f5600;--sleep:#1f5fa8}\n"
	"@media screen and (prefers-color-scheme:dark){:root{--ground:#14171b;--ink:#e6e8eb;--soft:#a3abb5;--rule:#3a4048;"
	"--box:#1f242a;--right:#6fd08c;--wrong:#ff9a90;--link:#86bdf5;--run:#86bdf5;--on:#0d1117;--irq:#ff9a90;"
	"--manager:#cfa6ee;--other:#a3abb5;--awake:#f0b95a;--sleep:#86bdf5}}\n"
	"body{margin:0 auto;padding:1rem 1rem 4rem;max-width:52rem;background:var(--ground);color:var(--ink);"
	"font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
	"h1,h2,h3{line-height:1.25}h2{margin-top:3rem;border-top:2px solid var(--rule);padding-top:1rem}"
	"h3{margin-top:2rem}a{color:var(--link)}\n"
	"code{background:var(--box);padding:0 .2em;border-radius:.2em;font-family:ui-monospace,monospace;font-size:.95em}\n"
	"pre{background:var(--box);padding:.5rem .8rem;overflow-x:auto;font-size:.85rem;line-height:1.35}\n"
	"p.lead{font-size:1.1rem;color:var(--soft)}p.small,figcaption{font-size:.9rem;color:var(--soft)}\n"
	"blockquote{margin:.8rem 0;padding:.4rem .9rem;border-left:4px solid var(--rule);background:var(--box)}"
	"blockquote p{margin:.2rem 0}blockquote.asked{border-color:var(--link)}\n"
	".right strong:first-child{color:var(--right)}.wrong strong:first-child{color:var(--wrong)}\n"
	"figure{margin:1rem 0;break-inside:avoid}figure div{overflow-x:auto}figcaption p{margin:.2rem 0}svg{display:block}\n"
	".run{fill:var(--run)}.irq{fill:var(--irq)}.manager{fill:var(--manager)}.other{fill:var(--other)}"
	".awake{fill:var(--awake)}.on{fill:var(--on)}.name{fill:var(--ink)}.soft{fill:var(--soft)}"
	".thin{stroke:var(--soft)}.dash{stroke:var(--sleep)}.ready{fill:none;stroke:var(--run)}.cross{stroke:var(--ink)}"
	".asked,.decided{stroke:var(--ink)}.halo{stroke:var(--ground)}\n"
	"ul.legend{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.2rem}"
	"ul.legend li{display:flex;align-items:center;gap:.6rem}ul.legend svg{flex:none}\n"
	"@media print{:root{--ground:#ffffff}body{max-width:none;padding:0;font-size:10.5pt}section section{break-inside:auto}"
	"h2,h3{break-after:avoid}figure div{overflow:visible}figure svg{max-width:100%;height:auto}a{color:inherit}}\n";

static void begin(FILE *out, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"", out);
	book_html_text(out, W(BOOK_LANGUAGE));
	fputs("\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>", out);
	put_payload(out, title);
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style_sheet);
	put_payload(out, title);
	fputs("</h1>\n", out);
}

static void end(FILE *out)
{
	fputs("</body>\n</html>\n", out);
}

static void section(FILE *out, unsigned int level, const char *anchor, const char *payload)
{
	fputs("<section", out);
	if (*anchor) {
		fputs(" id=\"", out);
		put_anchor(out, anchor);
		fputs("\"", out);
	}
	fprintf(out, ">\n<h%u>", level);
	put_payload(out, payload);
	fprintf(out, "</h%u>\n", level);
}

static void section_end(FILE *out)
{
	fputs("</section>\n", out);
}

static const char *const classes[] = {
	[BOOK_PLAIN] = "", [BOOK_LEAD] = " class=\"lead\"", [BOOK_ASKED] = "", [BOOK_RIGHT] = " class=\"right\"",
	[BOOK_WRONG] = " class=\"wrong\"", [BOOK_NOTE] = "", [BOOK_SMALL] = " class=\"small\"",
};

static void para(FILE *out, enum book_style style, const char *payload)
{
	bool quote = style == BOOK_ASKED || style == BOOK_NOTE;

	fputs(!quote ? "" : style == BOOK_ASKED ? "<blockquote class=\"asked\">" : "<blockquote>", out);
	fprintf(out, "<p%s>", classes[style]);
	put_payload(out, payload);
	fprintf(out, "</p>%s\n", quote ? "</blockquote>" : "");
}

static void list(FILE *out, bool begins)
{
	fputs(begins ? "<ul>\n" : "</ul>\n", out);
}

static void item(FILE *out, enum book_style style, const char *link, const char *payload)
{
	fprintf(out, "<li%s>", classes[style]);
	if (link) {
		fputs("<a href=\"#", out);
		put_anchor(out, link);
		fputs("\">", out);
	}
	put_payload(out, payload);
	fprintf(out, "%s</li>\n", link ? "</a>" : "");
}

static void block(FILE *out, const char *text)
{
	fputs("<pre tabindex=\"0\">", out);
	book_html_text(out, text);
	fputs("</pre>\n", out);
}

static void put_mark(FILE *out, const struct book_lanes_mark *m, const char *sign)
{
	if (!*m->text)
		return;
	fprintf(out, "<p>%s %s · ", sign, time_text(m->time).text);
	book_html_text(out, m->text);
	fputs("</p>\n", out);
}

static void lanes(FILE *out, const struct book_lanes *l, const char *name)
{
	char hidden[200];

	fputs("<figure>\n<div tabindex=\"0\" role=\"group\" aria-labelledby=\"t-", out);
	book_html_text(out, name);
	fputs("\">\n", out);
	book_svg(out, l, name);
	fputs("</div>\n<figcaption>\n", out);
	put_mark(out, &l->asked, "?");
	put_mark(out, &l->decided, "▲");
	if (l->hidden) {
		snprintf(hidden, sizeof(hidden), W(BOOK_HIDDEN), l->hidden);
		fputs("<p>", out);
		book_html_text(out, l->hidden == 1 ? W(BOOK_HIDDEN_ONE) : hidden);
		fputs("</p>\n", out);
	}
	fputs("</figcaption>\n</figure>\n", out);
}

static void put_sign(FILE *out, const char *sign, const char *words)
{
	fprintf(out, "<li><span aria-hidden=\"true\">%s</span> ", sign);
	book_html_text(out, words);
	fputs("</li>\n", out);
}

static void legend(FILE *out)
{
	fputs("<ul class=\"legend\">\n", out);
	for (int state = 0; state < LANE_STATES; state++) {
		if (!book_state_words((enum lane_state)state))
			continue;
		fputs("<li>", out);
		book_svg_sign(out, (enum lane_state)state);
		book_html_text(out, book_state_words((enum lane_state)state));
		fputs("</li>\n", out);
	}
	put_sign(out, "?", W(BOOK_SIGN_ASKED));
	put_sign(out, "▲", W(BOOK_SIGN_DECIDED));
	fputs("</ul>\n", out);
}

const struct book_form book_html = {
	.begin = begin, .end = end, .section = section, .section_end = section_end, .para = para, .list = list, .item = item,
	.block = block, .lanes = lanes, .legend = legend,
};
