/*
 * run/inputs.h - one input as one line of text, for the file and for the pipe.
 *
 * An input is a person's action: leaving a card, an answer, a hint, an interrupt.  Each has one
 * line of text, which the progress file, the command line and the pipe to the machine process
 * use. docs/inputs.md describes the lines.
 *
 * Lives here:   writing and reading a line.
 * Never here:   lists of inputs (run.h), their effects.
 * Licence: MIT.
 */
#ifndef KW_RUN_INPUTS_H
#define KW_RUN_INPUTS_H

#include "base/strbuf.h"
#include "run/run.h"

/* An id and a value with every character doubled by its escape, the word, the numbers. */
#define INPUT_LINE_MAX 1400

/* A word: as it is but for \\ \n \t \r and \s (space); an empty one is "\0". */
void input_escape(struct strbuf *out, const char *text, bool spaces);
/* Undoes it; false: @in holds something else, or does not fit. */
bool input_unescape(const char *in, char *out, size_t size);

/* Without the newline.  @out->cut cannot happen in INPUT_LINE_MAX bytes. */
void input_format(struct strbuf *out, const struct run_input *in);
/* @line without its newline.  Return: 0, or -EINVAL with a sentence in @err. */
int input_parse(const char *line, struct run_input *in, char *err, size_t err_size);
/* Decimal digits and nothing else, up to @max. */
bool input_number(const char *text, uint64_t max, uint64_t *out);

#endif
