/*
 * base/datadir.h - finds the files that are installed with this program.
 *
 * In a clone they lie next to the build folder (build/kworkshop: ../lessons,
 * build/clang/kworkshop: ../../lessons).  After `make install` they lie under the
 * prefix (bin/kworkshop: ../share/NAME/lessons).  No path is compiled in, so an
 * installed tree can be moved.
 *
 * Lives here:   paths relative to the program's own file.
 * Never here:   the contents of these files; the user's own files (XDG folders).
 * Licence: MIT.
 */
#ifndef KW_BASE_DATADIR_H
#define KW_BASE_DATADIR_H

#include <stddef.h>

/*
 * datadir_find - find the file or folder @what ("lessons", "lua/lib") of this program
 * @share: the program's folder under share/
 * Return: 0, or -ENOENT or -ENAMETOOLONG with an empty @path.
 */
int datadir_find(const char *share, const char *what, char *path, size_t size);

/* Path of the running program's file.  Return: 0 or -errno. */
int datadir_program(char *path, size_t size);

#endif
