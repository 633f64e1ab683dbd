/*
 * tests/screens_main.c - kw-screens: pictures of the lessons' screens, for `make screens`.
 *
 *	kw-screens DIR [WxH]...		all lessons, at 80x24 and 120x40 if no size is given
 *	kw-screens --readme DIR		the pictures that README.md shows
 *
 * Lives here:   the command line.
 * Never here:   the pictures (support/pictures.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/pictures.h"
#include "visualizer/layout.h"

static int readme(const char *dir)
{
	for (unsigned int i = 0; i < nr_readme_pictures; i++) {
		char path[2048];
		FILE *f;
		int err;

		snprintf(path, sizeof(path), "%s/%s", dir, readme_pictures[i].file);
		f = fopen(path, "w");
		if (!f) {
			perror(path);
			return 3;
		}
		err = pictures_readme(&readme_pictures[i], f);
		if (fclose(f) || err) {
			fprintf(stderr, "%s: %s\n", path, err < 0 ? strerror(-err) : "cannot be written");
			return 3;
		}
	}
	return 0;
}

static int lessons(const char *dir, const char *size)
{
	int w, h, nr;

	if (sscanf(size, "%dx%d", &w, &h) != 2 || w < LAYOUT_MIN_W || h < LAYOUT_MIN_H || w > 400 || h > 200) {
		fprintf(stderr, "kw-screens: %s is no size from %dx%d to 400x200\n", size, LAYOUT_MIN_W, LAYOUT_MIN_H);
		return 2;
	}
	nr = pictures_of_lessons(dir, w, h);
	if (nr < 0)
		return 3;
	printf("%s: %d screens of %s\n", dir, nr, size);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc == 3 && !strcmp(argv[1], "--readme"))
		return readme(argv[2]);
	if (argc < 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: kw-screens DIR [WxH]... | kw-screens --readme DIR\n");
		return 2;
	}
	if (argc == 2)
		status = lessons(argv[1], "80x24");
	for (int i = 2; i < argc && !status; i++)
		status = lessons(argv[1], argv[i]);
	return argc == 2 && !status ? lessons(argv[1], "120x40") : status;
}
