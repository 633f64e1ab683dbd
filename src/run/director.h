/*
 * run/director.h - the machine process's side of a run.
 *
 * The lesson's script runs in the machine process and asks for inputs through
 * struct director_io: from the command pipe of the visible process, from a list
 * (replay, `check`, tests), or there are none.
 *
 * Lives here:   waiting for input at a fence, confinement, the machine process's main.
 * Never here:   Lua (lua/ implements script_fn), terminals.
 * Licence: MIT.
 */
#ifndef KW_RUN_DIRECTOR_H
#define KW_RUN_DIRECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "run/inputs_use.h"
#include "run/run.h"

struct mach_choosing;

struct director_io {
	/*
	 * Blocks (really: the machine has stopped) until the person acts.
	 * @id: question id, or the card's number, "0" = the end.  0 = *in is filled (go, answer, sure, hint);
	 * -EAGAIN, once, in a what-if: run on from here, then wait again;
	 * any other value (-EPIPE) = no more input will come: end the lesson.
	 */
	int (*wait)(void *arg, enum run_wait what, const char *id, struct run_input *in);
	void *arg;
};

/*
 * Facts about a lesson that are not among its events, for the checks of authors: fields of a
 * question, feedback that an answer would get, memory.  docs/authoring.md lists the checks; the kinds are
 * the words of lua/lib/probe.lua and of script_run().
 */
struct script_notes {
	/* @question: its id, "" = the lesson; @text: never NULL */
	void (*note)(void *arg, const char *kind, const char *question, const char *text);
	void *arg;
	bool probe;			/* judge every answer to each question, not only the given one */
};

struct script_opts {
	const struct run_spec *spec;	/* borrowed */
	struct trace *trace;
	struct director_io io;
	const struct mach_choosing *choosing;	/* decides where several things can happen; NULL = the seed */
	const struct script_notes *notes;	/* NULL = none are made */
	/* the lesson has been read, nothing of it has run: confine the process now; may be NULL */
	void (*confine)(void *arg);
	void *confine_arg;
	uint64_t *instructions;			/* out: of the lesson's code in this run; may be NULL */
	/*
	 * Tests: the allocation of Lua's of that number (0 = none) and each one after it is refused,
	 * counted from the first call of the function @refuse_in of the lesson.
	 */
	uint64_t refuse_alloc;
	const char *refuse_in;
};

/* lua/script.c provides it, main.c passes it down: 0 right through, 2 faulty lesson, 4 ours. */
typedef int (*script_fn)(const struct script_opts *opts);

/*
 * Inputs from a list (inputs_use.h), then -EPIPE (tests, replay without a person).
 * -EINVAL: the list has no answer to this question, but one to another, so it was
 * recorded for another version of the lesson.
 */
struct director_list {
	const struct run_inputs *inputs;
	struct inputs_use use;		/* zeros at first */
};
int director_list_wait(void *arg, enum run_wait what, const char *id, struct run_input *in);

struct lesson;
struct lesson_question;
/*
 * director_question - the question of a wait, for a program that answers in a person's place
 * @s, @l: the run so far; both are brought up to the present
 * @in:    filled but for an answer's value; for any other wait it is complete: go
 * @q:     set to the question, NULL = the wait is for no answer
 * Return: 0; -EPIPE at the end, -ENOENT, -ENOMEM: results of director_io.wait().
 */
int director_question(struct trace_store *s, struct lesson *l, enum run_wait what, const char *id, struct run_input *in,
		      const struct lesson_question **q);

/*
 * director_first_choice - lets the first thing go on that can, at WAIT_CHOOSE @id of a run whose events are in @s; at the end: go
 * Return: 0; -EPIPE: @s has no open choice.
 */
int director_first_choice(const struct trace_store *s, const char *id, struct run_input *in);

/* main() of the machine process: fds 3 (memfd of the log) and 4 (commands); never returns to lesson code. */
int director_main(int argc, char **argv, script_fn script);

/*
 * Limits and seccomp for this process (joints: no new threads but ours, no exec,
 * no sockets, no files).  Return: 0, or -errno with the missing piece in *@what.
 */
struct confine_opts {
	unsigned int cpu_seconds;
	size_t memory_bytes;		/* RLIMIT_AS; 0 = none (sanitizers) */
	unsigned int threads_max;
	bool timers;			/* it may set timers of its own: a worker limits each of its runs */
};
int director_confine(const struct confine_opts *opts, const char **what);

#endif
