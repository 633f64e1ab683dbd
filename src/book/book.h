/*
 * book/book.h - the review book: a student's questions, answers and notes as one document.
 *
 * For each question that was answered the book has the question, the first answer and how sure
 * the student was, the verdict with its reasons, the hints, and the lanes of the machine around
 * the event that decided.  The verdict and the lanes come from a replay of the attempt: same
 * lesson, machine, variant, seed and inputs.  An attempt whose lesson has changed since cannot be
 * replayed; its answers are listed as they were stored.
 *
 * Questions that were not answered are counted and never shown.  No clock is read: the same
 * progress gives the same bytes.
 *
 * Lives here:   the contents of the book, its two formats.
 * Never here:   options, the name of the output file (cli/review.c), SQL, the drawing of the screen.
 * Context:      one thread; book_write() starts machine processes, one after another.   Licence: MIT.
 */
#ifndef KW_BOOK_BOOK_H
#define KW_BOOK_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/strbuf.h"
#include "classroom/progress.h"
#include "run/course.h"

enum book_format { BOOK_MARKDOWN, BOOK_HTML };

struct book_opts {
	const struct course *course;
	struct progress *progress;
	const char *exe;		/* path of this program, for run_open() */
	const char *student;		/* the id, "" = none */
	const char *const *lesson;	/* ids; only these .. */
	size_t nr_lessons;		/* .. unless it is 0 */
	enum book_format format;
};

/*
 * book_has - is there an attempt or a bookmark of this lesson, or is it in the course?
 * For a message about a misspelt name.
 */
bool book_has(const struct book_opts *o, const char *lesson);
/*
 * book_write - write the book
 * @died: gets the sentence about the first replay whose machine process died; the book lists the stored
 *        answers of such an attempt
 * Errors of the stream are the caller's to look for (ferror()).
 * Return: 0; -ENOMEM with @died: a machine process lacked memory or threads, and nothing was written;
 *         another -errno of the progress file (progress_error() has the sentence).  A shortage of memory
 *         in this process ends it.
 */
int book_write(const struct book_opts *o, FILE *out, struct strbuf *died);

#endif
