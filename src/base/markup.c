/*
 * base/markup.c - see markup.h.   Licence: MIT.
 */
#include "base/markup.h"

#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/utf8.h"

enum token_kind { TOKEN_END, TOKEN_CHAR, TOKEN_MARK, TOKEN_NAME, TOKEN_WRONG };

struct token {
	enum token_kind kind;
	const char *text;	/* CHAR: the byte; NAME: the name; WRONG: a sentence */
	size_t len;
	unsigned int mark;	/* MARK: the style bit that is toggled */
};

struct reader {
	const char *begin, *p, *end;
	unsigned int style;	/* MARKUP_BOLD, MARKUP_CODE */
	char before;		/* the byte before p that is shown, ' ' at the beginning */
};

static bool word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static bool blank_byte(char c)
{
	return c == ' ' || c == '\n';
}

static char after(const struct reader *r)
{
	return r->p + 1 < r->end ? r->p[1] : ' ';
}

/* Bytes of the name between braces at r->p, 0 if none is there. */
static size_t name_length(const struct reader *r)
{
	const char *p = r->p + 1;

	if (r->style & MARKUP_CODE && !(p < r->end && (word_byte(*p) || *p == '_')))
		return 0;
	while (p < r->end && *p != '}' && *p != '{' && *p != '\n') {
		if (r->style & MARKUP_CODE && !word_byte(*p) && *p != '_' && *p != '.' && *p != '-')
			return 0;
		p++;
	}
	return p < r->end && *p == '}' ? (size_t)(p - r->p - 1) : 0;
}

/* Does a star at r->p that could open have a star that closes it? */
static bool star_closes(const struct reader *r)
{
	bool code = false;

	for (const char *p = r->p + 2; p < r->end; p++) {
		if (*p == '`')
			code = !code;
		else if (*p == '*' && !code && p + 1 < r->end && p[1] == '*')
			p++;
		else if (*p == '*' && !code && !blank_byte(p[-1]))
			return true;
	}
	return false;
}

static bool star_is_mark(const struct reader *r)
{
	if (r->style & MARKUP_BOLD)
		return !blank_byte(r->before);
	return !word_byte(r->before) && !blank_byte(after(r)) && star_closes(r);
}

static struct token token_char(struct reader *r, size_t skip)
{
	struct token t = { TOKEN_CHAR, r->p, 1, 0 };

	r->before = *r->p;
	r->p += skip;
	return t;
}

static struct token token_mark(struct reader *r, unsigned int mark)
{
	r->style ^= mark;
	r->p++;
	return (struct token){ TOKEN_MARK, NULL, 0, mark };
}

static struct token token_brace(struct reader *r)
{
	struct token t = { TOKEN_NAME, r->p + 1, name_length(r), 0 };

	if (t.len > MARKUP_NAME_BYTES_MAX)
		return (struct token){ TOKEN_WRONG, "a name between { and } is too long", 0, 0 };
	if (!t.len && !(r->style & MARKUP_CODE))
		return (struct token){ TOKEN_WRONG, "'{' begins no {name} here; write {{ for a brace", 0, 0 };
	if (!t.len)
		return token_char(r, 1);
	r->before = 'x';
	r->p += t.len + 2;
	return t;
}

static struct token next_token(struct reader *r)
{
	if (r->p >= r->end)
		return (struct token){ TOKEN_END, NULL, 0, 0 };
	if ((*r->p == '{' || *r->p == '*' || *r->p == '`') && after(r) == *r->p &&
	    !(*r->p == '*' && r->style & MARKUP_CODE))
		return token_char(r, 2);
	if (*r->p == '`')
		return token_mark(r, MARKUP_CODE);
	if (*r->p == '*' && !(r->style & MARKUP_CODE) && star_is_mark(r))
		return token_mark(r, MARKUP_BOLD);
	if (*r->p == '{')
		return token_brace(r);
	return token_char(r, 1);
}

static struct reader reader_of(const char *text, size_t len)
{
	return (struct reader){ text, text, text + len, 0, ' ' };
}

static bool only_printable(const char *text, size_t len)
{
	uint32_t ch;
	size_t n;

	for (; (n = utf8_decode(text, len, &ch)) > 0; text += n, len -= n)
		if (!printable_char(ch) && ch != '\n')
			return false;
	return true;
}

const char *markup_names(const char *text, size_t len, void (*name)(void *arg, const char *name, size_t len), void *arg)
{
	struct reader r = reader_of(text, len);
	struct token t;

	if (!only_printable(text, len))
		return "it has a control character";
	while ((t = next_token(&r)).kind != TOKEN_END) {
		if (t.kind == TOKEN_WRONG)
			return t.text;
		if (t.kind == TOKEN_NAME && name)
			name(arg, t.text, t.len);
	}
	return r.style & MARKUP_CODE ? "a ` has no ` that closes it; write `` for a backquote" : NULL;
}

/* ---- values ------------------------------------------------------------------------- */

struct value {
	const char *text;
	size_t len;
	uint32_t cls, id;
};

/* Finds @name among the values at @p ("\x1fNAME\x1eVALUE..."). */
static bool find_value(const char *p, const char *name, size_t len, struct value *out)
{
	while (*p == MARKUP_VALUES) {
		const char *mark = p + 1 + strcspn(p + 1, "\x1e\x1f");
		bool here = (size_t)(mark - p - 1) == len && memcmp(p + 1, name, len) == 0 && *mark == MARKUP_VALUE;
		const char *end = *mark == MARKUP_VALUE ? mark + 1 + strcspn(mark + 1, "\x1e\x1f") : mark;

		if (here) {
			*out = (struct value){ mark + 1, (size_t)(end - mark - 1), 0, 0 };
			if (*end == MARKUP_VALUE) {
				char *colon;

				out->cls = (uint32_t)strtoul(end + 1, &colon, 10);
				out->id = *colon == ':' ? (uint32_t)strtoul(colon + 1, NULL, 10) : 0;
			}
			return true;
		}
		p = end + strcspn(end, "\x1f");
	}
	return false;
}

/* Bytes of " ms" in the template at @p when @v ends with the same unit. */
static size_t repeated_unit(const struct value *v, const char *p, const char *end)
{
	size_t n = 0;

	while (n < v->len && v->text[v->len - n - 1] != ' ')
		n++;
	if (!n || n == v->len)
		return 0;
	n++;			/* the blank, too */
	if ((size_t)(end - p) < n || memcmp(p, v->text + v->len - n, n) != 0)
		return 0;
	return p + n < end && word_byte(p[n]) ? 0 : n;
}

/* ---- expanding ------------------------------------------------------------------------ */

struct spans {
	struct markup_span *v;
	unsigned int nr, max;
};

static void add_span(struct spans *s, size_t from, size_t to, unsigned int style, const struct value *v)
{
	struct markup_span *last = s->nr ? &s->v[s->nr - 1] : NULL;

	if (from == to || !s->max)
		return;
	if (last && last->to == from && last->style == style && !(style & MARKUP_NAME)) {
		last->to = (uint32_t)to;
		return;
	}
	if (s->nr == s->max) {		/* too many: the last one continues */
		last->to = (uint32_t)to;
		return;
	}
	s->v[s->nr++] = (struct markup_span){ (uint32_t)from, (uint32_t)to, style, v ? v->cls : 0, v ? v->id : 0 };
}

unsigned int markup_expand(const char *payload, struct strbuf *out, struct markup_span *spans, unsigned int max)
{
	const char *values = payload + strcspn(payload, "\x1f");
	struct reader r = reader_of(payload, (size_t)(values - payload));
	struct spans s = { spans, 0, spans ? max : 0 };
	struct token t;

	while ((t = next_token(&r)).kind != TOKEN_END) {
		size_t from = out->len;
		struct value v = { t.text, t.len, 0, 0 };

		switch (t.kind) {
		case TOKEN_CHAR:
			strbuf_putc(out, *t.text);
			add_span(&s, from, out->len, r.style, NULL);
			break;
		case TOKEN_NAME:
			find_value(values, t.text, t.len, &v);
			strbuf_putn(out, v.text, v.len);
			r.p += repeated_unit(&v, r.p, r.end);
			add_span(&s, from, out->len, r.style | (v.cls || v.text == t.text ? MARKUP_NAME : 0u), &v);
			break;
		case TOKEN_WRONG:	/* the text of an old recording, which is not checked */
			t = token_char(&r, 1);
			strbuf_putc(out, *t.text);
			add_span(&s, from, out->len, r.style, NULL);
			break;
		default:
			break;
		}
	}
	return s.nr;
}
