/*
 * visualizer/commands.h - the effects of keys, of the command line and of passing time.
 *
 * A key, a line after `:` or the passing of time calls a function that changes the state of
 * the screen (struct ui).  The function returns bits for its effects, such as drawing anew,
 * which the caller carries out.
 *
 * Lives here:   the pieces that commands.c, prompt.c and update.c share; each returns effect bits.
 * Never here:   drawing.   Licence: MIT.
 */
#ifndef KW_VISUALIZER_COMMANDS_H
#define KW_VISUALIZER_COMMANDS_H

#include "visualizer/choose.h"
#include "visualizer/view.h"

void command_world_close(struct ui *u);
/* The question whose given, wrong choice has a world that can be shown now; NULL = none. */
const struct lesson_question *command_world_choice(struct ui *u);
/* Lets the caller's save() keep what was given so far. */
void command_report_progress(struct ui *u);
/* The sentence about config or progress that the person has not read yet, if there is one. */
void command_show_complaint(struct ui *u);
void command_open_shown(struct ui *u);			/* the view that the lesson opened, once */
void command_close_shown(struct ui *u);			/* .. closes as the lesson goes on */
unsigned int command_look_at(struct ui *u, uint32_t pool);	/* brings a pool into view; 0 = none */
unsigned int command_zoom(struct ui *u, int by);		/* @by > 0: closer */
unsigned int command_mouse(struct ui *u, const struct term_event *ev);
unsigned int command_open_view(struct ui *u, enum view_id id);
unsigned int command_look(struct ui *u);		/* leaves the open text for another time */
unsigned int command_code(struct ui *u);		/* C: folds the code, or opens it as a view */
unsigned int command_leave(struct ui *u);		/* one level back */
unsigned int command_irq(struct ui *u, const char *line, int cpu);	/* @line NULL, @cpu -1: run_irq_line() decides */
/*
 * what_if.c: @branch, which leaves the run at event @at, is on its way; it takes the run's place when it has come so far.
 * Owner: this function, also after an error, which it reports.  Return: false without memory.
 */
bool what_if_comes(struct ui *u, struct run *branch, uint64_t at);
/* what_if.c: the branch on its way; back to the run (false: we are in it) */
void what_if_update(struct ui *u);
void command_go_when_there(struct ui *u);
bool what_if_leave(struct ui *u);
unsigned int command_prompt(struct ui *u, enum prompt_kind kind);
/* Command number @i of the prompt: its name, NULL if it does not work here.  False: there are no more. */
bool prompt_command(const struct ui *u, unsigned int i, const char **name);
void prompt_complete(struct ui *u);				/* Tab on the command line */
void prompt_complete_draw(struct ui *u);			/* the candidates that it lists */
unsigned int command_bookmark(struct ui *u);		/* asks for the note of a bookmark at the cursor */
unsigned int command_bookmark_set(struct ui *u, const char *note);	/* NULL = remove it */
const char *bookmark_at(struct ui *u, uint64_t event);	/* its note, "" = without one; NULL = there is none */
unsigned int command_report_ask(struct ui *u);		/* asks for the words of a report of the last verdict's question */
unsigned int command_report(struct ui *u, const char *words);
unsigned int command_bookmark_next(struct ui *u);
unsigned int command_bookmark_list(struct ui *u);
unsigned int command_prompt_key(struct ui *u, uint32_t key);
bool command_prompt_confirms(enum prompt_kind kind);	/* y or n */
unsigned int command_next_lesson(struct ui *u);		/* without asking */
/* practice.c: the next question of @which; without one home, or the end of the program, with the result */
unsigned int practice_open(struct ui *u, enum app_practise which);
/* Is @ev of another question than the one that is practised?  The playback passes over it. */
bool practice_passes(const struct ui *u, const struct trace_event *ev);
/* In practice the keys that leave for a lesson do nothing: it explains that, and returns true. */
bool practice_refuses(struct ui *u);
bool practice_is_over(const struct ui *u);		/* the verdict was read, and the question is not asked again */
/* view_end.c: the page of a lesson's end; the question under its cursor; the next lesson, or home */
unsigned int end_open(struct ui *u);
const struct lesson_question *end_question(const struct ui *u);
void end_select(struct ui *u, size_t row);
unsigned int end_enter(struct ui *u);
bool end_has_next(const struct ui *u);		/* a lesson follows this one */

#endif
