/*
 * visualizer/picture.h - the screen of a run or recording without a terminal, as text or SVG.
 *
 *	struct picture *p = picture_open(store, &opts);
 *	picture_seek(p, n);		as `.` and `,` would
 *	picture_svg(p, "Title", out);
 *
 * It is the screen program's own frame: header, machine, card or question, footer.
 *
 * Lives here:   a headless screen at an event.
 * Never here:   which events (callers), the SVG itself (svg.h).
 * Context:      one picture at a time; one thread.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_PICTURE_H
#define KW_VISUALIZER_PICTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct trace_store;
struct picture;

#define PICTURE_W_MIN 60		/* of a frame, as LAYOUT_MIN_W and LAYOUT_MIN_H */
#define PICTURE_H_MIN 20

struct picture_opts {
	int w, h;
	const char *theme;		/* name; NULL = the first one */
	bool ascii;
	const char *title;		/* of a recording without a lesson, NULL = none */
};

struct picture *picture_open(struct trace_store *store, const struct picture_opts *opts);	/* NULL without memory */
void picture_close(struct picture *p);
void picture_seek(struct picture *p, uint64_t n);
/* The page of the lesson's end, with the first question under the cursor. */
void picture_end(struct picture *p);
/*
 * picture_worlds - both worlds: the run beside @other, which has the same inputs and the conditions of a wrong answer
 * @question: id of the question; @answer: that answer's text; @at: ns after the question
 * Return: 0 or -ENOMEM.
 */
int picture_worlds(struct picture *p, struct trace_store *other, const char *question, const char *answer, uint64_t at);
void picture_text(struct picture *p, FILE *out);		/* rows without trailing blanks */
void picture_svg(struct picture *p, const char *title, FILE *out);

#endif
