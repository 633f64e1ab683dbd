/*
 * run/run_internal.h - struct run, shared by the files of the visible process.
 *
 * The visible process starts a machine process for each run, sends it inputs and reads its
 * events. struct run has the process, the pipe, the log and the inputs given so far.
 *
 * Lives here:   struct run, and the functions that client.c, send_input.c and branch.c share.
 * Never here:   functions for other rooms (run.h).
 * Licence: MIT.
 */
#ifndef KW_RUN_RUN_INTERNAL_H
#define KW_RUN_RUN_INTERNAL_H

#include <uv.h>

#include "run/exit_report.h"
#include "run/free_play.h"
#include "run/inputs_use.h"
#include "run/run.h"

#define RUN_SAID_BYTES 4096	/* of its standard error, the last are kept */


enum { HANDLE_PROCESS = 1, HANDLE_COMMANDS = 2, HANDLE_CHANGES = 4, HANDLE_SAID = 8, HANDLE_WATCH = 16 };

struct run {
	struct run_spec spec;
	struct run_inputs inputs;	/* all given so far, the spec's included */
	char *exe;			/* the program that it runs; a branch runs the same */

	uv_loop_t *loop;
	uv_process_t process;
	uv_pipe_t commands, changes, said;
	uv_timer_t watch;
	unsigned int handles;		/* open ones, by HANDLE_ */
	bool closing;			/* run_close() was called: freed with the last handle */
	bool exited;

	int fd;				/* the log; we keep it to close it with `ended_outside` */
	struct trace_shared *head;
	struct trace_store store;
	enum run_state state;
	uint32_t sent;			/* waits that we have answered */
	uint64_t seen;			/* events looked at by note_event() */
	uint64_t fence;			/* last WAIT_INPUT */
	struct inputs_walk walk;	/* of .inputs, up to .seen */
	uint32_t fence_what, fence_question;
	uint64_t act_fence[RUN_ACT_TIMES + 1];	/* times of the last fences of acts, a ring */
	size_t act_fences;
	bool choices, choice_open, reached;	/* the scheduler's: there were some, one is open, the event was reached */
	uint32_t calls[FREE_CALLS_MAX];		/* threads of the student's calls that have not returned */
	unsigned int nr_calls;
	bool fault_event, has_irqs;
	uint32_t fault_code;		/* of the FAULT event: EXIT_WRONG, a student's file is faulty */

	/* does it move? */
	uint64_t moved_events, moved_now, moved_at_ns, moved_cpu_ns;

	struct exit_report end;
	char exit_report[1536];	/* a FAULT event's text fits */
	char last_said[RUN_SAID_BYTES + 1];
	size_t said_len;
	char read_buf[4096];

	/* a branch: the events up to where it parted, as the old run had them */
	uint8_t *prefix;
	uint64_t prefix_bytes, prefix_events;

	void (*on_change)(void *arg);
	void *on_change_arg;
};

/* client.c: takes over @text (malloc'ed): whole lines for the machine process.  -EPIPE: it is dead. */
int run_send(struct run *r, char *text);
/* After a change of state: a run that computes is watched, others cost nothing. */
void run_keep_watch(struct run *r);

/* send_input.c: the things that the acts among @in make. */
struct free_play;
void run_free_play_of(const struct run *r, const struct run_inputs *in, struct free_play *fp);
/* .. *in is the act @text, which comes after @before. */
void run_act_input(const struct run_inputs *before, const char *text, struct run_input *in);

/* branch.c: false: an event before the point where @r parted differs; which one is in r->end.differs_at. */
bool run_branch_agrees(struct run *r);

#endif
