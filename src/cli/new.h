/*
 * cli/new.h - shared by the files of `kworkshop new`.
 *
 * Lives here:   the state of one command, names, writing a text.
 * Licence: MIT.
 */
#ifndef KW_CLI_NEW_H
#define KW_CLI_NEW_H

#include "cli/cli.h"

struct new {
	struct cli_look look;
	const char *name, *kind, *from;
	const char *where;		/* the course's folder */
	char dir[900];			/* of the lessons or exercises */
	char page[1024], path[1024];
	unsigned int label;
};

/* "my-lesson" -> "My lesson" */
void new_title(const char *name, char *title, size_t size);
/* Return: 0, or EXIT_MISSING after a message. */
int new_write(const char *path, const char *text);
int new_make_folder(const char *path);
/* The folder of lessons with a contents page, if there is none; sets .dir and .page to it. */
int new_make_course(struct new *n);
/* .label: the next number after those of the folder; EXIT_WRONG after a message if .name is taken. */
int new_find_label(struct new *n);
int new_write_editor_files(const char *where);
int new_exercise(struct new *n);

/* The kinds that new_exercise() has a text for. */
#define NEW_KINDS "repair|configure|predict|observe|dump"

#endif
