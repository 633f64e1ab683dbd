/*
 * tests/support/citations.h - file names in comments and documents.
 *
 * Lives here:   finding names, resolving them against the tree.
 * Never here:   which texts are checked (unit_layers.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_CITATIONS_H
#define KW_TESTS_SUPPORT_CITATIONS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The next name of a file in @text[*at..@n): a path or a plain name with an ending
 * that the tree's own files have.  Names between angle brackets belong to the system.
 * Return: false = none; otherwise *@at is behind the name.
 */
bool citation_next(const char *text, size_t n, size_t *at, char *name, size_t size);

/*
 * Does @name, cited in the file @from, stand for a file of the tree, for one that the
 * build makes, for one of the kernel's ("kernel/workqueue.c"), or for any file (FILE.c)?
 * A path is looked for from the top, src/, tests/, docs/, and @from's folder and the one
 * above; a plain name anywhere.
 */
bool citation_resolves(const char *name, const char *from);

#endif
