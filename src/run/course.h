/*
 * run/course.h - a course: its contents page and the headings of its lessons and exercises.
 *
 * Reading them is Lua (lua/course.c, in the sandbox, without a machine); showing
 * and remembering them is not.  This is what passes between the two: main.c hands
 * the reader to those who may not include lua/.
 *
 * Lives here:   the headings of lessons, in the order of the course, and of exercises, by number.
 * Never here:   Lua, running anything, answers and progress.
 * Licence: MIT.
 */
#ifndef KW_RUN_COURSE_H
#define KW_RUN_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COURSE_LESSONS_MAX 256
#define COURSE_EXERCISES_MAX 256
#define COURSE_EXERCISE "exercises/"	/* the id of an exercise begins with it: a lesson may have the same slug */

/* A card or a question, in the order of the lesson's text. */
struct course_step {
	bool question, predict;	/* .predict: a question that is answered before it happens */
	unsigned int halves;	/* of a question of an exercise: its own points, in halves; 0 = an equal share */
	char id[64];		/* of a question; "q3" = its number, where the author gave none */
	char text[480];		/* of a question: the author's short text, else the end of its text; a template (base/markup.h) */
};

struct course_lesson {
	char id[64];		/* slug: "one-runnable"; of an exercise "exercises/how-many-runs" */
	char label[8];		/* the number in its file's name, "05"; of an exercise "E04"; "" = none */
	char kind[16];		/* of an exercise: "predict"; "" = a lesson */
	char course[64];	/* id of the course that it comes from: its progress is kept under that id */
	bool own;		/* of a course made of another one's lessons: its file is beside course.lua */
	char path[1024];
	char title[128];
	char question[256];
	char part[96];		/* heading of the contents page, "" = none */
	char needs[256];	/* slugs, ", " between them */
	char fault[512];	/* "FILE:LINE: the fault", "" = it can be read */
	char hash[17];		/* of the file's bytes, in hex */
	unsigned int minutes;
	unsigned int halves, hint_halves;	/* of an exercise: its points, and the cost of a hint, in halves */
	unsigned int questions;	/* predict and ask written in it */
	unsigned int cards;	/* cards written in it, the recap included; an exercise's story is one */
	struct course_step *step;	/* questions + cards of them; malloc'ed */
};

/*
 * A lab of a plan: the lessons and exercises of one meeting.  Labs of one plan follow each other.
 * Where the contents page names no exercises, they are those that need one of the lessons, and
 * none of a later lab of the plan.
 */
#define COURSE_LABS_MAX 64
struct course_lab {
	char plan[96];		/* title of its plan */
	char title[96];
	char lessons[1024];	/* slugs, ", " between them */
	char exercises[1024];	/* slugs likewise */
	bool exercises_by_need;
};

struct course {
	char id[64];
	char title[128];
	char dir[1024];
	int version;
	char from[128];		/* the course that lessons without a file here are of: an id or a folder; "" = none */
	char planned[1024];	/* slugs of lessons that do not exist yet, ", " between them */
	struct course_lesson *lessons;	/* malloc'ed; the exercises behind the lessons */
	size_t nr, nr_exercises;
	struct course_lab *labs;	/* malloc'ed */
	size_t nr_labs;
};

/*
 * Reads DIR/course.lua, the lessons beside it, and the folders of exercises in `exercises` beside DIR.
 * A lesson or exercise that cannot be read is still listed, with its fault.
 * @only: the id of a lesson: if the course has it, of the others only ids and paths are found; NULL = all are read.
 * Return: 0; -ENOENT no such folder; -EINVAL a faulty contents page; -ENOMEM;
 *         with a sentence in @err.  Owner: course_free().
 */
typedef int (*course_read_fn)(const char *dir, const char *only, struct course *out, char *err, size_t err_size);

void course_free(struct course *c);
/* A lesson or an exercise; NULL: there is none. */
const struct course_lesson *course_find(const struct course *c, const char *id);
/* "how-many-runs": the name from which the variant of a student follows. */
const char *course_slug(const struct course_lesson *l);
/* Is it an exercise that asks questions and has nothing else: of kind predict, observe or dump? */
bool course_asks(const struct course_lesson *l);
/*
 * course_follows - the lesson that exercise @x follows: of those that it needs, the last one in the order of the course
 * Return: its number in .lessons; .nr: the course has none of them.
 */
size_t course_follows(const struct course *c, const struct course_lesson *x);
/* Is @slug in @list, "life, unload"? */
bool course_list_has(const char *list, const char *slug);
/* Reads the next slug of *@list into @slug and moves on; false: there are no more. */
bool course_list_next(const char **list, char slug[64]);
/* Id of the course that progress of lesson or exercise @id is kept under. */
const char *course_id_of(const struct course *c, const char *id);

#endif
