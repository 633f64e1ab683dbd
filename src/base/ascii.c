/*
 * base/ascii.c - see ascii.h.   Licence: MIT.
 */
#include "base/ascii.h"

#include <string.h>

static const struct {
	const char *letter, *ascii;
} letters[] = {
	{ "ä", "ae" }, { "ö", "oe" }, { "ü", "ue" }, { "Ä", "Ae" }, { "Ö", "Oe" }, { "Ü", "Ue" }, { "ß", "ss" },
	{ "à", "a" }, { "á", "a" }, { "â", "a" }, { "å", "a" }, { "ç", "c" }, { "è", "e" }, { "é", "e" }, { "ê", "e" },
	{ "í", "i" }, { "ñ", "n" }, { "ó", "o" }, { "ô", "o" }, { "ú", "u" }, { "û", "u" },
	{ "„", "\"" }, { "“", "\"" }, { "”", "\"" }, { "‚", "'" }, { "‘", "'" }, { "’", "'" },
};

void ascii_put(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t len = 1, i;

		for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
			len = strlen(letters[i].letter);
			if (!strncmp(text, letters[i].letter, len))
				break;
		}
		if (i < sizeof(letters) / sizeof(letters[0]))
			strbuf_puts(out, letters[i].ascii);
		else
			strbuf_putc(out, *text);
		text += i < sizeof(letters) / sizeof(letters[0]) ? len : 1;
	}
}
