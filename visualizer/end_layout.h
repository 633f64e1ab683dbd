/*
 * visualizer/end_layout.h - the end of a lesson as a page of cells.
 *
 * The order from the top: the score and what comes next, the lesson's recap, a row for each
 * question with the given and the right answer, and the verdict of the question under the
 * cursor.  If room is short the recap gives way first, then the list scrolls.
 *
 * Lives here:   rows, columns, which question is shown where.
 * Never here:   terminals, keys, struct ui, verdicts (words/lesson_text.h).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_END_LAYOUT_H
#define KW_VISUALIZER_END_LAYOUT_H

#include "model/lesson.h"
#include "visualizer/page.h"

#define END_QUESTIONS_MAX 256

struct end_in {
	const struct lesson *l;
	const char *title;
	const char *next;			/* a sentence: the effect of Enter */
	unsigned int minutes;			/* of the lesson, 0 = unknown */
	size_t sel, top;			/* row of the list under the cursor; the first one shown last */
	int scroll;				/* lines of the verdict above its window */
	const char *world;			/* "b both worlds": there are two for the question under the cursor; NULL = not */
	int width, height;			/* of the screen; row height - 1 is left blank */
	bool ascii;
};

struct end_frame {
	struct page page;
	int recap_rows, list_y, list_rows, zone_y, zone_rows;
	size_t nr, top;				/* rows of the whole list, the first one shown */
	uint32_t question[END_QUESTIONS_MAX];	/* by row of the whole list: its number */
	int answers_end;			/* column behind the answers: near the questions, on a wide screen */
	int hidden;				/* lines of the verdict that do not fit */
};

/* The questions that were asked, in order.  Return: how many; fills at most END_QUESTIONS_MAX. */
size_t end_questions(const struct lesson *l, uint32_t *question);
/* Draws into @f->page, which it sizes.  Return: 0 or -ENOMEM. */
int end_layout(struct end_frame *f, const struct end_in *in);

#endif
