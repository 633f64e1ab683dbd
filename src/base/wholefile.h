/*
 * base/wholefile.h - a small text file in one piece.
 *
 * Lives here:   reading a file up to a bound, with a NUL behind it; a file of the command line, or standard input.
 * Never here:   writing (outfile.h), the meaning of a file.
 * Licence: MIT.
 */
#ifndef KW_BASE_WHOLEFILE_H
#define KW_BASE_WHOLEFILE_H

#include <stddef.h>

/*
 * wholefile_read - the first @max bytes of the file, with a NUL behind them
 * @n: set to the number of bytes; may be NULL
 * Return: malloc'ed text; NULL: it cannot be read (errno is set), or infile_open() refuses it.
 */
char *wholefile_read(const char *path, size_t max, size_t *n);

/*
 * wholefile_named - all of a file that a command line names, with a NUL behind it
 * @path: "-" is standard input; it may be a pipe
 * @out:  set to the malloc'ed text on success, to NULL otherwise
 * Return: 0; -EFBIG: it has more than @max bytes; -ENOMEM or -errno.
 */
int wholefile_named(const char *path, size_t max, char **out, size_t *n);

#endif
