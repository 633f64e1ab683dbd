/*
 * base/markup.h - the one reader of marked-up text: cards, questions, hints, feedback, faults.
 *
 *   *bold*      a star opens where a word begins and closes where one ends; 2*3*4 has none
 *   `code`      everything up to the next ` as it is, but for {name}
 *   {name}      the value of a parameter, or a thing of the machine; inside `code` only
 *               letters, digits, _ . and - count as a name, so that C keeps its braces
 *   {{ ** ``    a brace, a star, a backquote
 *
 * A *template* is text as an author wrote it.  A *payload* is what an event carries: the
 * template, then for each name in it  \x1f NAME \x1e VALUE  or, for a thing of the machine,
 * \x1f NAME \x1e VALUE \x1e CLASS:ID.  Templates have no control characters but \n, so the
 * two cannot be confused.  A payload without values (an old recording) is valid.
 *
 * Lives here:   the grammar, names of a template, payload to text with styles.
 * Never here:   the meaning of a name (the Lua library), colours, lines (base/wrap).
 * Context:      any; allocates nothing.
 * Licence: MIT.
 */
#ifndef KW_BASE_MARKUP_H
#define KW_BASE_MARKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define MARKUP_NAME_BYTES_MAX 64	/* of one name, in bytes */
#define MARKUP_VALUES '\x1f'		/* before each name of a payload */
#define MARKUP_VALUE '\x1e'		/* before its value, and before CLASS:ID */

enum markup_style { MARKUP_BOLD = 1, MARKUP_CODE = 2, MARKUP_NAME = 4 };

/*
 * markup_names - check a template and list the names it uses
 * @name: called for each name, in order, repeated names included; may be NULL
 *
 * Return: NULL, or a static sentence about the first error in @text.
 */
const char *markup_names(const char *text, size_t len, void (*name)(void *arg, const char *name, size_t len), void *arg);

/* A stretch of expanded text with one style: bytes [from, to). */
struct markup_span {
	uint32_t from, to;
	unsigned int style;		/* enum markup_style bits */
	uint32_t cls, id;		/* the thing that a name stands for; 0 0 = none */
};

/*
 * markup_expand - a payload as text without marks
 * @out:   the text is appended; .cut is set if it did not fit
 * @spans: filled with up to @max spans that cover the appended text in order; may be NULL with @max 0
 *
 * A value that ends with a unit is not followed by the same unit again ("{right} ms").
 * A name without a value is shown as the name.
 * Return: number of spans.
 */
unsigned int markup_expand(const char *payload, struct strbuf *out, struct markup_span *spans, unsigned int max);

#endif
