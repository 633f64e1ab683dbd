/*
 * tests/support/pictures.c - see pictures.h.   Licence: MIT.
 */
#include "tests/support/pictures.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/pupil.h"
#include "visualizer/picture.h"

/* A card, a question, a verdict, or a decision of the lesson's machine; NULL = no picture is made of it. */
static const char *kind_of(const struct pupil *p, const struct trace_event *ev)
{
	if (ev->n < p->lesson.begun || ev->kind >= EV_NR)
		return NULL;
	if (ev->kind == EV_WAIT_INPUT && lesson_card_waiting(&p->lesson, ev->n))
		return lesson_card_waiting(&p->lesson, ev->n)->kind == CARD_ASK ? "question" : "card";
	if (trace_is_verdict(ev->kind))
		return "verdict";
	if (ev->why.pred != WHY_NONE && trace_event_level(ev) == TRACE_STORY && !trace_is_lesson(ev->kind))
		return "decision";
	return NULL;
}

/* ---- all of them ---------------------------------------------------------------------------- */

static int write_file(const char *path, struct picture *p, const char *title)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -errno;
	if (title)
		picture_svg(p, title, f);
	else
		picture_text(p, f);
	return fclose(f) ? -errno : 0;
}

static int write_event(const char *stem, struct picture *p, const struct trace_event *ev, const char *title)
{
	char path[2200];
	int err;

	picture_seek(p, ev->n);
	snprintf(path, sizeof(path), "%s.txt", stem);
	err = write_file(path, p, NULL);
	snprintf(path, sizeof(path), "%s.svg", stem);
	return err ? err : write_file(path, p, title);
}

static int lesson_pictures(const char *dir, const char *lesson, int w, int h)
{
	const struct picture_opts opts = { .w = w, .h = h };
	const char *slash = strrchr(lesson, '/'), *name = slash ? slash + 1 : lesson;
	struct picture *picture = NULL;
	static struct pupil p;
	struct trace_event ev;
	int nr = 0, err = pupil_run_lesson(&p, lesson, 0, false);

	if (!err)
		picture = picture_open(&p.store, &opts);
	if (!picture)
		err = err ? err : -ENOMEM;
	for (uint64_t n = 1; !err && n <= p.store.nr; n++) {
		const char *kind = trace_store_event(&p.store, n, &ev) ? kind_of(&p, &ev) : NULL;
		char stem[2048], title[600];

		if (!kind)
			continue;
		snprintf(stem, sizeof(stem), "%s/%.*s-%05llu-%s-%dx%d", dir, (int)strcspn(name, "."), name,
			 (unsigned long long)n, kind, w, h);
		snprintf(title, sizeof(title), "%s, event %llu: %s", p.lesson.title, (unsigned long long)n, kind);
		err = write_event(stem, picture, &ev, title);
		nr++;
	}
	if (err)
		fprintf(stderr, "%s: %s\n", lesson, err < 0 ? strerror(-err) : "the lesson does not run");
	picture_close(picture);
	pupil_close(&p);
	return err < 0 ? err : err ? -EINVAL : nr;
}

int pictures_of_lessons(const char *dir, int w, int h)
{
	glob_t found;
	int nr = 0;

	if (mkdir(dir, 0777) && errno != EEXIST) {
		fprintf(stderr, "%s: %s\n", dir, strerror(errno));
		return -errno;
	}
	if (glob("lessons/[0-9]*.lua", 0, NULL, &found))
		return -ENOENT;
	for (size_t i = 0; i < found.gl_pathc && nr >= 0; i++) {
		int made = lesson_pictures(dir, found.gl_pathv[i], w, h);

		nr = made < 0 ? made : nr + made;
	}
	globfree(&found);
	return nr;
}

/* ---- those of README.md ------------------------------------------------------------------------ */

const struct readme_picture readme_pictures[] = {
	{ "question.svg", "lessons/05-one-runnable.lua", "question", 1, 80, 24,
	  "A question: a worker sleeps, two items wait, and the lesson asks for the next event" },
	{ "verdict.svg", "lessons/05-one-runnable.lua", "verdict", 1, 80, 24,
	  "The verdict: the event that decided, with its reason and its trail" },
	{ "wide.svg", "lessons/02-life.lua", "decision", 12, 120, 40,
	  "A decision on a screen of 120 columns: the machine at the left, text and events at the right" },
};
const unsigned int nr_readme_pictures = sizeof(readme_pictures) / sizeof(readme_pictures[0]);

int pictures_readme(const struct readme_picture *picture, FILE *out)
{
	const struct picture_opts opts = { .w = picture->w, .h = picture->h };
	struct picture *drawn = NULL;
	static struct pupil p;
	struct trace_event ev;
	unsigned int nr = 0;
	int err = pupil_run_lesson(&p, picture->lesson, 0, false);

	if (!err)
		drawn = picture_open(&p.store, &opts);
	if (!drawn)
		err = err ? err : -ENOMEM;
	for (uint64_t n = 1; !err && n <= p.store.nr && nr < picture->nr; n++) {
		const char *kind = trace_store_event(&p.store, n, &ev) ? kind_of(&p, &ev) : NULL;

		if (kind && !strcmp(kind, picture->kind) && ++nr == picture->nr)
			picture_seek(drawn, n);
	}
	if (!err && nr < picture->nr)
		err = -ENOENT;
	if (!err)
		picture_svg(drawn, picture->title, out);
	picture_close(drawn);
	pupil_close(&p);
	return err;
}
