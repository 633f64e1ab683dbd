/*
 * tests/screens_main.c - kw-screens: pictures of the lessons' screens, for `make screens`.
 *
 *	kw-screens [--ascii] [--theme NAME] DIR [WxH]...	all lessons, at 80x24 and 120x40 if no size is given
 *	kw-screens --readme DIR		the pictures that README.md shows
 *
 * Lives here:   the command line.
 * Never here:   the pictures (support/pictures.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/pictures.h"
#include "visualizer/layout.h"
#include "visualizer/picture.h"
#include "visualizer/theme.h"

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

static int lessons(const char *dir, const char *size, struct picture_opts *opts)
{
	int nr;

	if (sscanf(size, "%dx%d", &opts->w, &opts->h) != 2 || opts->w < LAYOUT_MIN_W || opts->h < LAYOUT_MIN_H ||
	    opts->w > 400 || opts->h > 200) {
		fprintf(stderr, "kw-screens: %s is no size from %dx%d to 400x200\n", size, LAYOUT_MIN_W, LAYOUT_MIN_H);
		return 2;
	}
	nr = pictures_of_lessons(dir, opts);
	if (nr < 0)
		return 3;
	printf("%s: %d screens of %s\n", dir, nr, size);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const sizes[] = { "80x24", "120x40" };
	struct picture_opts opts = { 0 };
	int status = 0, at = 1;

	if (argc == 3 && !strcmp(argv[1], "--readme"))
		return readme(argv[2]);
	for (; at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--ascii"))
			opts.ascii = true;
		else if (!strcmp(argv[at], "--theme") && at + 1 < argc)
			opts.theme = argv[++at];
		else
			break;
	}
	if (at >= argc || argv[at][0] == '-' || (opts.theme && theme_by_name(opts.theme) < 0)) {
		fprintf(stderr, "usage: kw-screens [--ascii] [--theme NAME] DIR [WxH]... | kw-screens --readme DIR\n");
		return 2;
	}
	for (int i = 0; i < 2 && at + 1 == argc && !status; i++)
		status = lessons(argv[at], sizes[i], &opts);
	for (int i = at + 1; i < argc && !status; i++)
		status = lessons(argv[at], argv[i], &opts);
	return status;
}
