/*
 * visualizer/work_layout.h - the work on an exercise as a page of cells: files or a form, checks, why one fails.
 *
 * The order from the top: the header, the result of the last check, the student's files (repair) or the
 * form (configure), the checks or the tries, and a zone with the text that matters now and the
 * code.  On a large screen the text, the story and the earlier checks have a second column.
 * If room is short, the code gives way first, then lines of the text; the list of checks scrolls last.
 *
 * Lives here:   rows, columns, which text is shown where.
 * Never here:   terminals, keys, struct ui, running checks (exercise/).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_WORK_LAYOUT_H
#define KW_VISUALIZER_WORK_LAYOUT_H

#include "exercise/worksheet.h"
#include "visualizer/lanes.h"
#include "visualizer/page.h"

#define WORK_ROWS_MAX (EXERCISE_CHECKS_MAX + 2)
#define WORK_HIDDEN_ROW 0u		/* in .check: the row about hidden checks */

/* The text in the zone. */
enum work_zone { WORK_RESULT, WORK_STORY, WORK_HINT, WORK_REPLAY, WORK_EXPLAINS };

struct work_in {
	const struct worksheet *sheet;
	const struct exercise_result *now;	/* of a check that is under way; NULL = none is */
	double seconds;				/* that it has taken */
	const char *err;			/* no check could be made: a sentence; "" = it could */
	unsigned int sel, top;			/* row of the list under the cursor; the first one shown last */
	unsigned int flag;			/* of a row of flags: the one under the cursor */
	const struct lanes *tried;		/* of a form: the whole run of the last try, NULL = none */
	enum work_zone zone;
	const char *hint;			/* the last one, NULL = none was shown */
	int scroll;				/* lines of the text above its window */
	int width, height;			/* of the screen; row height - 1 is left blank */
	bool ascii;
};

struct work_frame {
	struct page page;
	int right;				/* column of the border right of the first column */
	int list_y, list_rows;			/* the list with the cursor: checks, or settings */
	unsigned int nr, top;			/* rows of the whole list, the first one shown */
	uint32_t check[WORK_ROWS_MAX];		/* of repair, by row of the whole list: its number */
	int zone_y, zone_rows;			/* the text */
	int hidden;				/* lines of it that do not fit */
	int code_y, code_rows;			/* 0 rows = no code is shown */
	unsigned int code_line, code_file;	/* the line that is marked, the file's number */
};

/* The numbers of the checks that a student sees, in order; WORK_HIDDEN_ROW last, if there are hidden ones.  Return: how many. */
unsigned int work_rows(const struct exercise *x, uint32_t check[WORK_ROWS_MAX]);
/* Draws into @f->page, which it sizes.  Return: 0 or -ENOMEM. */
int work_layout(struct work_frame *f, const struct work_in *in);

/* ---- its texts (work_text.c) ---- */

/* The result of the last check, or the state of the one under way, in one or two sentences. */
void work_news(const struct work_in *in, struct strbuf *out);
void work_news_title(const struct work_in *in, struct strbuf *out);
/* "4 of 10 points" */
void work_score(const struct work_in *in, struct strbuf *out);
/* "36 lines, changed since check 3" */
void work_file(const struct work_in *in, unsigned int file, struct strbuf *out);
/* The state of check @number: of the one under way, else of the last one. */
const struct exercise_outcome *work_outcome(const struct work_in *in, unsigned int number);
/* "schedule 2 fails", "count 5"; "" = nothing was measured, or its author does not show it. */
void work_value(const struct work_in *in, unsigned int number, struct strbuf *out);
/* The text of the zone, and its title. */
void work_text(const struct work_in *in, unsigned int number, struct strbuf *title, struct strbuf *out);
/* The line of a file that matters: of the failing check, else the first TODO; *@file its number.  0 = none. */
unsigned int work_line(const struct work_in *in, unsigned int number, unsigned int *file);

#endif
