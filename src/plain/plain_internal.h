/*
 * plain/plain_internal.h - the state of the line mode, shared by its files.
 *
 * plain.c runs a lesson, practice.c a question of one, print.c prints what is new, look.c answers commands that look
 * around.  All functions run on the thread of plain_run().
 *
 * Never here:   functions for other rooms (plain.h).   Licence: MIT.
 */
#ifndef KW_PLAIN_PLAIN_INTERNAL_H
#define KW_PLAIN_PLAIN_INTERNAL_H

#include "model/lesson.h"
#include "model/model.h"
#include "plain/plain.h"

struct plain {
	const struct plain_opts *opts;
	FILE *in, *out;
	int columns;
	struct run *run;		/* NULL: a recording */
	struct trace_store *store;
	struct model_replay replay;
	uint64_t printed;			/* last event printed */
	uint64_t from;			/* the lesson begins here; looking back ends here */
	uint64_t last_n, last_time;	/* number and time (ns) of the last machine event printed */
	uint64_t looking;		/* where , and . are; 0 = at the end */
	uint64_t pointed;		/* where the card just printed points back to, 0 = nowhere */
	uint64_t dmesg_from;		/* lines of the log after this event have not been shown */
	char last[512];			/* the last sentence, and how often it came again */
	unsigned int again;
	unsigned int changes;		/* of the machine since the last card or question */
	uint64_t again_time;
	struct lesson lesson;		/* as of .printed */
	size_t listed;			/* candidates of the open question that have been printed */
	uint64_t put_at;		/* the ASK that is on the screen, 0 = put the question again */
	void *loop;			/* uv_loop_t */
	unsigned int hints;		/* of a scheduler exercise, shown so far */
	unsigned int sure;		/* of the answer to come, 0 = not given */
	bool what_if;			/* .run is a what-if: nothing is saved */
	bool typed;			/* the answer to come was typed here, below its question */
	bool kept;			/* the answers so far are in the progress */
	bool chooses;			/* a choice of the scheduler has been printed */
	bool fault_shown;		/* of the student's files, with the first check that cannot be judged */
	bool begun, blank, quit;
	bool end_printed;			/* the end of the run has been printed */
	char *line;			/* getline()'s */
	size_t line_size;
};

void plain_blank(struct plain *p);
void plain_put(struct plain *p, const char *first, const char *text);
/* Begins p->lesson for p->store, in the language of the texts. */
void plain_lesson_init(struct plain *p);
const struct model *plain_state_at(struct plain *p, uint64_t n);
void plain_put_sentence(struct plain *p, const struct trace_event *ev, struct strbuf *out);
void plain_put_timed(struct plain *p, uint64_t time, const char *sentence);
bool plain_print_dmesg(struct plain *p, uint64_t upto);
void plain_save_progress(struct plain *p);
void plain_put_question(struct plain *p, const struct lesson_question *q);
void plain_put_candidates(struct plain *p, const struct lesson_question *q);	/* the next ones; nothing if nothing is picked */
const char *plain_last_rule(const struct plain *p);
void plain_print_new(struct plain *p);
uint64_t plain_here(const struct plain *p);
void plain_print_machine(struct plain *p);
void plain_print_word(struct plain *p, const char *word);
void plain_print_why(struct plain *p);
void plain_step(struct plain *p, int by, bool decisions);
bool plain_bookmark_command(struct plain *p, const char *text);
bool plain_report_command(struct plain *p, const char *text);
void plain_print_code(struct plain *p);
uint64_t plain_event_here(struct plain *p);	/* the machine's story event at the cursor, 0 = none */
/* A view as text: machine, timeline, events, dmesg, source, pools, waits.  false: there is none of that name. */
bool plain_show(struct plain *p, const char *view);
/* practice.c: one question, instead of play_to_the_end(); the exit status. */
int plain_practise(struct plain *p);
/* Its verdict has been printed, and it is not asked again. */
bool plain_practised(struct plain *p);
/* May these words of the lesson be printed?  In practice only those of the question. */
bool plain_speaks(const struct plain *p, const struct trace_event *ev);
int plain_leave(struct plain *p);		/* prints how the run ended; the exit status */
void plain_meet_fence(struct plain *p);
void plain_put_card(struct plain *p, const struct lesson_card *card);
int plain_no_memory(void);
bool plain_read_line(struct plain *p, const char *prompt);
/* A command, with or without its colon.  true: it was one. */
bool plain_command(struct plain *p, const struct lesson_question *q, const char *text);
void plain_wait(struct plain *p);		/* until the run waits or has ended */
void plain_no_line(struct plain *p, const char *name);	/* there is no interrupt line @name; "" = none at all */
/* @other in the place of the run; its events up to the present count as printed. */
void plain_swap_run(struct plain *p, struct run *other);
void plain_skip_new(struct plain *p);		/* the events so far count as printed */
void plain_choose(struct plain *p);		/* one line at the fence of a choice, or behind the last one */
void plain_print_chosen(struct plain *p, const struct trace_event *ev);	/* CHOSEN, CHOOSING_OVER */
void plain_free_play(struct plain *p);		/* one line at the fence of an act */
/* Both worlds of the verdict that was printed last, or after the lesson of each question that has them. */
void plain_print_worlds(struct plain *p);
bool plain_offers_worlds(struct plain *p);
/* After the lesson: asks until both worlds are not wanted (any more). */
void plain_end_worlds(struct plain *p);
/* A what-if: an interrupt of @line on @cpu after event @after.  *p is as before when it returns. */
void plain_what_if(struct plain *p, uint64_t after, int cpu, const char *line);

#endif
