/*
 * visualizer/work_form.h - the form of a configure exercise, within the page of work_layout.h.
 *
 * Lives here:   the rows of settings and of tries; which values a key gives to a setting.
 * Never here:   terminals, keys, struct ui; the page around it (work_layout.c).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_WORK_FORM_H
#define KW_VISUALIZER_WORK_FORM_H

#include "visualizer/work_layout.h"

/* Settings and tries in rows [@y, @end).  Return: the first row that they leave free. */
int work_form(struct work_frame *f, const struct work_in *in, int y, int end);

/* Columns of a form's row, for the mouse. */
#define WORK_NAME_X 2

struct strbuf;
/* The value that follows that of setting @i, @by steps on; of flags: the value with flag @flag set or cleared. */
void form_step(const struct worksheet *d, unsigned int i, int by, struct strbuf *out);
void form_flag(const struct worksheet *d, unsigned int i, unsigned int flag, struct strbuf *out);
/* Is setting @i a row of flags or of CPUs, and how many are there? */
bool form_has_flags(const struct worksheet *d, unsigned int i, unsigned int *nr);
/* Is flag @flag set in the value of setting @i? */
bool form_flag_set(const struct worksheet *d, unsigned int i, unsigned int flag);

/* Of work_layout.c. */
void work_border(struct work_frame *f, int x0, int x1, int y, const char *left, const char *right);
void work_title(struct work_frame *f, int y, const char *title, const char *right);
void work_check(struct work_frame *f, const struct work_in *in, uint32_t number, int y, bool here);
void work_scroll(struct work_frame *f, const struct work_in *in);

#endif
