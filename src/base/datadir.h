/*
 * base/datadir.h - where the files that belong to this program are.
 *
 * From a clone they lie beside the build folder (build/kworkshop: ../lessons,
 * build/clang/kworkshop: ../../lessons); installed, under the prefix
 * (bin/kworkshop: ../share/NAME/lessons).  Nothing is compiled in, so that an
 * installed tree may be moved.
 *
 * Lives here:   finding them from where the program itself lies.
 * Never here:   what is in them; a person's own files (XDG folders).
 * Licence: MIT.
 */
#ifndef KW_BASE_DATADIR_H
#define KW_BASE_DATADIR_H

#include <stddef.h>

/*
 * datadir_find - path of @what ("lessons", "lua/lib") that belongs to this program
 * @share: the program's folder under share/
 * Return: 0; -ENOENT, -ENAMETOOLONG; @path is "" then.
 */
int datadir_find(const char *share, const char *what, char *path, size_t size);

/* The file this program was started from; 0 or -errno. */
int datadir_program(char *path, size_t size);

#endif
