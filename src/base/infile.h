/*
 * base/infile.h - opening files that were found in a folder, and not named by a person.
 *
 * fopen() of a pipe without a writer waits for ever, and a device has no end.  infile_open() opens
 * regular files only, and never waits.
 *
 * Lives here:   files of a course, settings, texts.
 * Never here:   files that a command line names, which may be pipes.   Licence: MIT.
 */
#ifndef KW_BASE_INFILE_H
#define KW_BASE_INFILE_H

#include <stdio.h>

/* A stream for reading, or NULL and errno; ENOTSUP: it is a pipe, a device or a socket. */
FILE *infile_open(const char *path);
/* Why infile_open() failed with @err, negative or not. */
const char *infile_reason(int err);

#endif
