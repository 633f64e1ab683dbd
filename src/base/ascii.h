/*
 * base/ascii.h - letters that ASCII does not have, as people write them without a keyboard for them.
 *
 * A text is changed before it is measured and broken into lines, as it gets longer: Läufe, Laeufe.
 *
 * Lives here:   the letters of translations.
 * Never here:   signs of the screen (visualizer/cells.c), other characters: they stay.
 * Licence: MIT.
 */
#ifndef KW_BASE_ASCII_H
#define KW_BASE_ASCII_H

#include "base/strbuf.h"

/* Appends @text to @out with the letters replaced. */
void ascii_put(struct strbuf *out, const char *text);

#endif
