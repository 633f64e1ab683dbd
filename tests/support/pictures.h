/*
 * tests/support/pictures.h - pictures of the lessons' screens, for reviewers and for README.md.
 *
 * Lives here:   which lesson, which event, which size; the names of the files.
 * Never here:   the picture of an event (visualizer/picture.h).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_PICTURES_H
#define KW_TESTS_SUPPORT_PICTURES_H

#include <stdio.h>

struct picture_opts;

/*
 * pictures_of_lessons - DIR/LESSON-EVENT-KIND-WxH.txt and .svg for each card, question, verdict, decision,
 * DIR/LESSON-EVENT-worlds-WxH for both worlds of a question, DIR/LESSON-end-WxH
 * Return: how many pictures, or -errno after a message on standard error.
 */
int pictures_of_lessons(const char *dir, const struct picture_opts *opts);

/* The pictures that README.md shows. */
extern const struct readme_picture {
	const char *file;		/* in docs/pictures/ */
	const char *lesson;		/* in lessons/ */
	const char *kind;		/* "card", "question", "verdict" or "decision" */
	unsigned int nr;		/* the first, second, ... of that kind */
	int w, h;
	const char *title;
} readme_pictures[];
extern const unsigned int nr_readme_pictures;
/* Writes one of them.  Return: 0 or -errno. */
int pictures_readme(const struct readme_picture *picture, FILE *out);

#endif
