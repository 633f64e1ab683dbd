/*
 * tests/support/pictures.c - see pictures.h.   Licence: MIT.
 */
#include "tests/support/pictures.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/worlds.h"
#include "tests/support/pupil.h"
#include "model/translation.h"
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

/* "DIR/LESSON" */
static void stem_of(char *stem, size_t size, const char *dir, const char *lesson)
{
	const char *slash = strrchr(lesson, '/'), *name = slash ? slash + 1 : lesson;

	snprintf(stem, size, "%s/%.*s", dir, (int)strcspn(name, "."), name);
}

static int write_both(const char *stem, struct picture *p, const char *title)
{
	char path[2200];
	int err;

	snprintf(path, sizeof(path), "%s.txt", stem);
	err = write_file(path, p, NULL);
	snprintf(path, sizeof(path), "%s.svg", stem);
	return err ? err : write_file(path, p, title);
}

/* The picture of the end, and both worlds of each question that has a wrong choice with a second run. */
static int pages(struct picture *picture, struct pupil *p, const char *dir, const char *lesson, int w, int h)
{
	char stem[1024], file[1200], title[600];
	static struct pupil other;
	int err, nr = 1;

	stem_of(stem, sizeof(stem), dir, lesson);
	picture_end(picture);
	snprintf(file, sizeof(file), "%s-end-%dx%d", stem, w, h);
	snprintf(title, sizeof(title), "%s: the end", p->lesson.title);
	err = write_both(file, picture, title);
	for (size_t i = 1; i < p->lesson.nr_questions && !err; i++) {
		const struct lesson_question *q = &p->lesson.question[i], *x;
		unsigned int k = 0;
		struct world_run real, run;
		struct worlds worlds;

		while (k < q->nr_choices && !q->choice[k].world)
			k++;
		if (!q->asked || k == q->nr_choices)
			continue;
		err = pupil_run_world(&other, p, lesson, (uint32_t)i, k + 1);
		x = err ? NULL : lesson_question_by_id(&other.lesson, q->id);
		if (x && x->asked) {
			real = (struct world_run){ &p->store, q->asked };
			run = (struct world_run){ &other.store, x->asked };
			err = worlds_compare(&worlds, &real, 0, &run);
			if (!err)
				err = picture_worlds(picture, &other.store, q->id, q->choice[k].text, worlds_last_change(&worlds) / 3);
			worlds_fini(&worlds);
			snprintf(file, sizeof(file), "%s-%05llu-worlds-%dx%d", stem, (unsigned long long)q->asked, w, h);
			snprintf(title, sizeof(title), "%s, question %zu: both worlds", p->lesson.title, i);
			err = err ? err : write_both(file, picture, title);
			nr++;
		}
		pupil_close(&other);
	}
	return err ? err : nr;
}

static int lesson_pictures(const char *dir, const char *lesson, const struct picture_opts *opts)
{
	struct picture *picture = NULL;
	static struct pupil p;
	struct trace_event ev;
	char stem[1024];
	int nr = 0, err = pupil_run_lesson(&p, lesson, 0, false), more = 0;

	stem_of(stem, sizeof(stem), dir, lesson);
	if (!err)
		picture = picture_open(&p.store, opts);
	if (!picture)
		err = err ? err : -ENOMEM;
	for (uint64_t n = 1; !err && n <= p.store.nr; n++) {
		const char *kind = trace_store_event(&p.store, n, &ev) ? kind_of(&p, &ev) : NULL;
		char file[1200], title[600];

		if (!kind)
			continue;
		snprintf(file, sizeof(file), "%s-%05llu-%s-%dx%d", stem, (unsigned long long)n, kind, opts->w, opts->h);
		snprintf(title, sizeof(title), "%s, event %llu: %s", p.lesson.title, (unsigned long long)n, kind);
		picture_seek(picture, n);
		err = write_both(file, picture, title);
		nr++;
	}
	if (!err)
		more = pages(picture, &p, dir, lesson, opts->w, opts->h);
	if (more < 0)
		err = more;
	if (err)
		fprintf(stderr, "%s: %s\n", lesson, err < 0 ? strerror(-err) : "the lesson does not run");
	picture_close(picture);
	pupil_close(&p);
	return err < 0 ? err : err ? -EINVAL : nr + more;
}

int pictures_of_lessons(const char *dir, const struct picture_opts *opts)
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
		const char *path = found.gl_pathv[i];
		int made = translation_is_name(strrchr(path, '/') + 1, NULL) ? 0 : lesson_pictures(dir, path, opts);

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
