/*
 * book/put.c - paragraphs, items and headings out of words and payloads.
 *
 * Lives here:   words as payloads, for each of the forms of struct book_form.
 * Never here:   the contents (book.c, question.c, summary.c).   Licence: MIT.
 */
#include "book/book_internal.h"

#include "words/lesson_text.h"

void book_para(struct book *b, enum book_style style, const char *payload)
{
	b->form->para(b->out, style, payload);
}

/* Words that are no payload: marks in them stand for themselves. */
void book_para_words(struct book *b, enum book_style style, const char *text)
{
	STRBUF(payload, BOOK_TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &payload);
	words_payload_literal(&p, text);
	words_payload_end(&p);
	book_para(b, style, payload.buf);
}

void book_para_printf(struct book *b, enum book_style style, const char *fmt, ...)
{
	STRBUF(text, BOOK_TEXT_MAX);
	va_list ap;

	va_start(ap, fmt);
	strbuf_vprintf(&text, fmt, ap);
	va_end(ap);
	book_para_words(b, style, text.buf);
}

void book_item_words(struct book *b, const char *link, const char *text)
{
	STRBUF(payload, BOOK_TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &payload);
	words_payload_literal(&p, text);
	words_payload_end(&p);
	b->form->item(b->out, BOOK_PLAIN, link, payload.buf);
}

void book_section_words(struct book *b, unsigned int level, const char *anchor, const char *text)
{
	STRBUF(payload, BOOK_TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &payload);
	words_payload_literal(&p, text);
	words_payload_end(&p);
	b->form->section(b->out, level, anchor, payload.buf);
}

/* @lead in bold letters, then @payload, then @rest. */
void book_para_lead(struct book *b, enum book_style style, const char *lead, const char *payload, const char *rest)
{
	STRBUF(text, BOOK_TEXT_MAX);
	struct words_payload p;

	words_payload_begin(&p, &text);
	strbuf_putc(&text, '*');
	words_payload_literal(&p, lead);
	strbuf_puts(&text, *payload || (*rest && *rest != ' ') ? "* " : "*");
	words_payload_add(&p, payload);
	words_payload_literal(&p, rest);
	words_payload_end(&p);
	book_para(b, style, text.buf);
}
