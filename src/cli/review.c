/*
 * cli/review.c - `kworkshop review`: the student's review book, as Markdown or HTML.
 *
 * Lives here:   options, the output file.
 * Never here:   the contents of the book (book/).   Licence: MIT.
 */
#include "cli/session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/outfile.h"
#include "book/book.h"
#include "classroom/progress.h"
#include "words/texts.h"

struct review {
	struct cli_look look;
	const char *format, *out;
};

static int no_such_lesson(const struct course *c, const char *id)
{
	struct nearest near = { .typed = id };
	const char *best;

	for (size_t i = 0; i < c->nr + c->nr_exercises; i++)
		nearest_offer(&near, course_slug(&c->lessons[i]));
	best = nearest_best(&near);
	if (best)
		cli_say(W(SESSION_NO_LESSON_NEAR), id, c->dir, best);
	else
		cli_say(W(SESSION_NO_LESSON), id, c->dir);
	return EXIT_MISSING;
}

/* An exercise that asks is also named by its number, and by its slug where no lesson has it. */
static const char *id_of(const struct course *c, const char *name)
{
	if (course_find(c, name))
		return name;
	for (size_t i = c->nr; i < c->nr + c->nr_exercises; i++)
		if (!strcmp(c->lessons[i].label, name) || !strcmp(course_slug(&c->lessons[i]), name))
			return c->lessons[i].id;
	return name;
}

/* @err of book_write(), or of the file if it is not 0; @died: its sentence. */
static int report(const struct book_opts *o, const char *path, int err, int file_err, const struct strbuf *died)
{
	if (died->len)
		cli_say("%s", died->buf);
	else if (err)
		cli_fail(progress_error(o->progress), err);
	else if (file_err)
		cli_say("%s: %s", path, strerror(-file_err));
	return died->len ? EXIT_INTERNAL : exit_status_for(err ? err : file_err);
}

static int write_file(const struct book_opts *o, const char *path)
{
	STRBUF(died, 600);
	struct outfile out;
	int file_err = outfile_open(&out, path), err = 0;

	if (!file_err) {
		err = book_write(o, out.f, &died);
		file_err = outfile_close(&out, err);
	}
	return report(o, path, err, file_err, &died);
}

/* An error of standard output is reported at the end of the program. */
static int write_stdout(const struct book_opts *o)
{
	STRBUF(died, 600);
	int err = book_write(o, stdout, &died);

	return report(o, "", err, 0, &died);
}

static int review(const struct review *r, const char **lessons, size_t nr)
{
	struct session *s;
	int code = session_open(&s, &r->look, NULL);
	struct book_opts o = { .exe = cli_program(), .lesson = lessons, .nr_lessons = nr,
			       .format = strcmp(r->format, "html") ? BOOK_MARKDOWN : BOOK_HTML };

	if (code)
		return code;
	if (!session_progress(s)) {	/* reported: a book without the answers that there may be would be wrong */
		code = exit_status_for(session_no_progress(s));
		session_close(s);
		return code;
	}
	o.course = session_course(s);
	o.progress = session_progress(s);
	o.student = session_student(s);
	for (size_t i = 0; i < nr; i++)
		lessons[i] = id_of(o.course, lessons[i]);
	for (size_t i = 0; i < nr && !code; i++)
		if (!book_has(&o, lessons[i]))
			code = no_such_lesson(o.course, lessons[i]);
	if (!code)
		code = r->out && strcmp(r->out, "-") ? write_file(&o, r->out) : write_stdout(&o);
	session_close(s);
	return code;
}

static const struct cli_argument review_arguments[] = {
	{ "LESSON", "names of lessons, or of exercises that ask questions; without one, all that have an answer or a bookmark", 1, TAKES_LESSON, NULL },
	{ .name = NULL }
};

static const struct cli_option review_options[] = {
	{ "format", "FORMAT", "the format of the book", .def = "md", .values = "md|html", CLI_INTO(struct review, format) },
	{ "output", "FILE", "the book's file, - is standard output", .takes = TAKES_FILE, .endings = "md|html", .letter = 'o',
	  .def = "-", CLI_INTO(struct review, out) },
	CLI_COURSE_OPTION(struct review, look),
	CLI_STUDENT_OPTION(struct review, look),
	{ .name = NULL }
};

static int review_main(int argc, char **argv)
{
	struct review r = { 0 };
	const char *lesson[COURSE_LESSONS_MAX];
	size_t nr = 0;
	int code = cli_parse(&argc, argv, review_options, &r);

	for (; !code && argc > (int)nr + 1 && nr < COURSE_LESSONS_MAX; nr++)
		lesson[nr] = argv[nr + 1];
	return code ? code : review(&r, lesson, nr);
}

const struct cli_command cmd_review = {
	.name = "review",
	.args = "[LESSON..]",
	.summary = "write your review book: questions, answers, reasons, lanes, notes",
	.arguments = review_arguments,
	.options = review_options,
	.notes = "For each question that you answered: the question, your first answer and how sure you were, the right answer and "
		 "why, the hints that you used, and the lanes of the machine around the event that decided. Then your bookmarks "
		 "and notes. Questions that are still open are counted, not shown.\n"
		 "The book is made by replaying your attempts. An attempt at a lesson whose text has changed since is listed as it "
		 "was stored.",
	.main = review_main,
};
