/*
 * run/run.h - the one door for inputs: a run is a pure function, its value a trace.
 *
 *   trace = run(lesson, machine, variant, seed, inputs)
 *
 * The visible process opens a run: a machine process of its own is spawned
 * (libuv), writes events into a memfd that both map, and takes commands over a
 * pipe.  A lesson may crash that process: the events it completed stay, and this
 * process goes on.  Answers, Enter, hints and interrupts by hand
 * are *inputs*: logged with where they belong, enough to repeat the run.
 *
 * Lives here:   starting, talking to, ending and repeating runs; the inputs.
 * Never here:   the meaning of events, drawing, Lua.
 * Context:      the visible process's only thread; only run_close() blocks, for a moment.
 * Licence: MIT.
 */
#ifndef KW_RUN_RUN_H
#define KW_RUN_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "run/files.h"
#include "trace/trace.h"

/* One thing a person did.  Text form, one a line (docs/inputs.md):
 *   go CARD | answer QUESTION-ID ORDINAL VALUE | sure QUESTION-ID 1|2|3 | hint QUESTION-ID RUNG |
 *   pick QUESTION-ID NAME.. | set NAME VALUE | choose ORDINAL THING | irq EVENT TIME CPU LINE |
 *   choice SITE/CONTEXT/ORDINAL=VALUE | act ORDINAL TEXT */
enum run_input_kind {
	INPUT_GO, INPUT_ANSWER, INPUT_HINT, INPUT_IRQ, INPUT_CHOICE, INPUT_SURE, INPUT_PICK, INPUT_SET, INPUT_CHOOSE, INPUT_ACT,
};
#define RUN_INPUTS_MAX 65536u
struct run_input {
	enum run_input_kind kind;
	uint32_t number;	/* card, ordinal of this answer, choice or act, rung, cpu; sure: 1 to 3 */
	uint64_t after, time;	/* irq: event it follows, its time as a check */
	char id[64];		/* question id, name of the line, the setting or the thing, the choice's text */
	char value[512];	/* answer: choice ids, a number or words; setting; act; pick: words as in the text form */
};
struct run_inputs {
	struct run_input *v;
	size_t n, cap;
};
void run_inputs_fini(struct run_inputs *in);
int run_inputs_add(struct run_inputs *in, const struct run_input *one);
int run_inputs_copy(struct run_inputs *to, const struct run_inputs *from);
/* "FILE:LINE: the mistake" in @err on -EINVAL; -ENOENT when unreadable */
int run_inputs_load(struct run_inputs *in, const char *path, char *err, size_t err_size);
int run_inputs_save(const struct run_inputs *in, const char *path);
int run_inputs_format(const struct run_inputs *in, char **text /* malloc'ed */);
int run_inputs_parse(struct run_inputs *in, const char *text, const char *name, char *err, size_t err_size);

struct run_spec {
	char lesson[1024];	/* path of the .lua file, or of an exercise's folder */
	uint64_t seed;		/* --seed, default 1 */
	uint64_t variant;	/* --variant, default 0 */
	int cpus;		/* --cpus, 0 = the lesson's */
	double jitter;		/* < 0 = the lesson's */
	bool calm;		/* jitter changes only what a choice among .inputs names (struct mach_choosing) */
	bool census;		/* --census */
	bool free;		/* --free */
	bool notes;		/* --notes: note() of the lesson's code makes events */
	size_t log_bytes;	/* 0 = default */
	uint64_t events_max;	/* 0 = default */
	unsigned int cpu_seconds;	/* limit of the machine process, 0 = 60 */
	/* Limits of a process without an event or virtual time; 0 = the usual ones: */
	unsigned int spin_cpu_ms;	/* CPU time used, 2000 */
	unsigned int hang_seconds;	/* real time passed, 10 */
	struct run_inputs inputs;	/* to be played before the person is asked */
	/*
	 * The inputs are an earlier attempt's, and the lesson's text may have changed: a
	 * question without one is asked.  Else that is a fault: they are of another version.
	 */
	bool resumed;
	/* Practice: the inputs play the lesson to its end, but for the answer to one question, which is asked. */
	bool practice;
	/*
	 * The same scene under other conditions: alloc_workqueue() uses the `world` of
	 * choice @world_choice (1, 2, .. as shown) of question @world_question (number of its
	 * ASK event).  0 = the real world.
	 */
	uint32_t world_question, world_choice;
	/*
	 * A what-if: at the first wait that .inputs do not answer, the machine runs on until the
	 * work that the interrupts by hand started has slept or ended, at most 1 ms, and stops before
	 * the event that the open question asks for.  Then it waits and takes no input.
	 */
	bool what_if;
	/*
	 * Of an exercise.  .files: the student's files and hidden checks; borrowed here, a run takes a
	 * reference of its own.  .checks: bit n of check n + 1 that this run is to be judged by; 0 = all of
	 * .part.  .part: number of the check whose own scene or parameters are played, 0 = the exercise's.
	 * .heading: only report what the exercise is; its scene is not played.
	 */
	struct run_files *files;
	uint64_t checks;
	uint32_t part;
	bool heading;
};

/* WAIT_INPUT.what: Enter at a card, an answer, Enter at the end, an act of free play, the scheduler's choice. */
enum run_wait { WAIT_GO = 1, WAIT_ANSWER = 2, WAIT_END = 3, WAIT_ACT = 4, WAIT_CHOOSE = 5 };

enum run_state {
	RUN_RUNNING,		/* computing (or about to start) */
	RUN_WAITING,		/* stopped at a WAIT_INPUT event: the fence */
	RUN_ENDED,		/* LESSON_END was reached; process gone or going */
	RUN_FAULTY,		/* the lesson is at fault: its last FAULT event, see run_exit_report() */
	RUN_DIED		/* crashed, killed, over its limits: see run_exit_report() */
};

struct run;

/*
 * run_open - start a machine process for @spec
 * @loop: a uv_loop_t that the caller runs (void * so that readers need no <uv.h>)
 * @exe:  path of this program
 * Return: 0, or -errno with a sentence in @err.  Owner: run_close().
 */
int run_open(struct run **out, void *loop, const char *exe, const struct run_spec *spec, char *err, size_t err_size);
void run_close(struct run *r);			/* ends the process if it lives; waits at most a moment */
const struct run_spec *run_get_spec(const struct run *r);
struct trace_store *run_store(struct run *r);	/* the run's events; grows in run_poll() */
/* Picks up new events and the process's state; return: new events.  Cheap; call it at frame rate. */
int64_t run_poll(struct run *r);
enum run_state run_get_state(const struct run *r);
/* Called (from the loop) when the state changes, so that a paused screen need not poll. */
void run_on_change(struct run *r, void (*fn)(void *arg), void *arg);
/* The WAIT_INPUT event it is stopped at, 0 if it is not waiting. */
uint64_t run_fence(const struct run *r);
struct exit_report;
struct strbuf;
/*
 * Makes the sentence of run_exit_report() from the code and values of an end: words/end_text.h has
 * it.  Set once, before the first run is opened; without it the sentence is empty.
 */
typedef void (*run_write_end_fn)(const struct exit_report *e, const char *written, struct strbuf *out);
extern run_write_end_fn run_write_end;
/* RUN_FAULTY: "FILE:LINE: text"; RUN_DIED: "the machine process was killed by SIGSEGV ..."; else "". */
const char *run_exit_report(const struct run *r);

/* Inputs; -EAGAIN if the run does not wait for that. */
int run_go(struct run *r);						/* Enter at a card */
int run_answer(struct run *r, const char *question_id, const char *value);
/* @sure: 1 a guess, 2 fairly, 3 certain; 0 = unknown, as run_answer() */
int run_answer_sure(struct run *r, const char *question_id, const char *value, unsigned int sure);
int run_hint(struct run *r, const char *question_id);
/*
 * A branch: a new run with this one's inputs up to event @after, plus an
 * interrupt there.  The old run stays as it is; the caller swaps when the new
 * one has reached the cursor (its events up to @after are equal: asserted).
 */
int run_branch_irq(struct run *r, uint64_t after, int cpu, const char *line, struct run **out, char *err, size_t err_size);
/*
 * run_what_if_irq - a branch to look at: run_branch_irq() with spec.what_if
 * run_what_if_done() is true once it has come to its end.  Its inputs are no attempt's.
 */
int run_what_if_irq(struct run *r, uint64_t after, int cpu, const char *line, struct run **out, char *err, size_t err_size);
bool run_what_if_done(const struct run *r);
/* ---- free play (free_play.h) ---- */
struct free_play;
/* The things of the student, as the inputs given so far make them. */
void run_free_play(const struct run *r, struct free_play *fp);
/*
 * run_free_save - writes the acts to @path: a lesson that carries them out if its name ends in ".lua", else a list of inputs
 * Return: 0 or -errno.
 */
int run_free_save(const struct run *r, const char *path);
bool run_free_saves_lesson(const char *path);
bool run_is_free_play(const struct run *r);		/* its last fence waited for an act */
bool run_waits_for_act(const struct run *r);
/* ---- the scheduler's choices (model/choosing.h) ---- */
bool run_chooses(const struct run *r);			/* its last fence waited for a choice, or behind the last one */
bool run_waits_for_choice(const struct run *r);
bool run_is_at_choice(const struct run *r);		/* it waits for one, or for Enter or a choice taken back behind the last one */
/* @thing goes on; "-": none does, time passes.  -EAGAIN: it waits for none; -EINVAL: that thing cannot go on. */
int run_choose(struct run *r, const char *thing);
/* Another run without the last choice.  -ENOENT: there is none. */
int run_undo_choice(struct run *r, struct run **out, char *err, size_t err_size);
uint64_t run_before_last_choice(const struct run *r);	/* the fence that it was made at, 0 = there was none */
/* -EAGAIN: it does not wait for one; -EINVAL: it cannot be carried out.  With a sentence in @err. */
int run_act(struct run *r, const char *text, char *err, size_t err_size);
#define RUN_ACT_TIMES 32
/* When act @i, from 0, was given; 0 = it is not among the last RUN_ACT_TIMES. */
uint64_t run_act_time(const struct run *r, size_t i);
/*
 * run_act_at - another run, in which @text is done at @time, after event @after
 * A `run` that goes on there is cut short, and later acts are dropped.  Up to @after both runs
 * are equal, as with run_branch_irq().
 */
int run_act_at(struct run *r, uint64_t after, uint64_t time, const char *text, struct run **out, char *err, size_t err_size);
unsigned int run_acts_after(const struct run *r, uint64_t after);	/* that began after event @after */
uint64_t run_before_last_act(const struct run *r);	/* the fence that it was given at, 0 = there was none */
/* Another run without the last act.  -ENOENT: there is none. */
int run_undo_act(struct run *r, struct run **out, char *err, size_t err_size);
/* It waits for an answer that an earlier attempt would have had, had the lesson's text not changed. */
bool run_asks_anew(const struct run *r);
/* Inputs given so far including those this run was opened with; choices are named by their ids. */
const struct run_inputs *run_get_inputs(const struct run *r);
/* The machine options of @spec as they are typed: "--cpus 4 --jitter 0.1", "" = the lesson's machine. */
void run_machine_options(const struct run_spec *spec, char *buf, size_t size);
/* Takes them into @spec again.  False: there is one that cannot be repeated (--free), or is out of bounds. */
bool run_machine_options_read(struct run_spec *spec, const char *text);
/* "lessons/05-one-runnable.lua" is named one-runnable, as in the course; other paths as they are. */
void run_lesson_name(const char *path, char *name, size_t size);
/* "kworkshop run life --seed 7 --variant 0 --inputs FILE": the line that repeats it */
void run_replay_line(const struct run *r, char *buf, size_t size);
/*
 * Bookmarks at events of a run, as a front end asks its caller for them.
 * They belong to runs that are kept: @set returns -ENOTSUP for others.
 */
struct run_bookmark {
	uint64_t event;
	char text[512];			/* a note; "" = none */
};
struct run_bookmarks {
	void *arg;
	/* @text: the note, "" = none; NULL = remove it (-ENOENT: there is none).  0 or -errno. */
	int (*set)(void *arg, const struct run *r, uint64_t event, const char *text);
	/* Those of this run, in the order of events.  Return: how many were filled in. */
	size_t (*get)(void *arg, const struct run *r, struct run_bookmark *out, size_t max);
};
#define RUN_BOOKMARKS_MAX 64		/* that a front end shows */

/* Writes the recording (.kwt) of what is here. */
int run_record(const struct run *r, const char *path);

/* ---- decisions that both front ends share (end.c) ------------------------------ */

struct lesson;
/* The exit status of a front end that leaves @r, whose lesson's events are in @l, now: enum exit_status. */
int run_exit_status(const struct run *r, const struct lesson *l);
/*
 * RUN_FAULTY and RUN_DIED: a line on standard error, "FILE:LINE: text" or "kworkshop: ...", for
 * scripts and editors.  Nothing where standard error is what @shown_fd is: it has been shown there.
 */
void run_report_end(const struct run *r, int shown_fd);
/*
 * The interrupt line that a person fires at event @n.  @name NULL: the line whose
 * interrupt was the last up to there, else the first one.  .owner is its CPU.  NULL: there is none.
 */
const struct trace_name *run_irq_line(const struct trace_store *s, uint64_t n, const char *name);
/* "nic, disk": all lines */
void run_irq_names(const struct trace_store *s, struct strbuf *out);

#endif
