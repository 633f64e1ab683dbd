/*
 * exercise/exercise_internal.h - declarations shared by the files of src/exercise/ only.
 *
 * Lives here:   one run of an exercise in a worker process.
 * Never here:   functions for other rooms (exercise.h).
 * Licence: MIT.
 */
#ifndef KW_EXERCISE_EXERCISE_INTERNAL_H
#define KW_EXERCISE_EXERCISE_INTERNAL_H

#include "base/workers.h"
#include "exercise/exercise.h"
#include "machine/choice.h"
#include "run/spin_limit.h"

#define EXERCISE_RUN_SECONDS 30u	/* CPU time of one run, at most */

/* Reads @path into the set as @name.  0, or -errno with a sentence in @err. */
int read_into(struct run_files *files, const char *path, const char *name, bool hidden, char *err, size_t err_size);

/* Plays a run in this process, which is confined before the first one.  @spin: in memory that the parent shares. */
int play_spec(script_fn script, const struct run_spec *spec, struct spin_place *spin, struct exercise_facts *out);
/* The same; @choosing forces choices, or looks at them.  *@work grows by its events and instructions, in events. */
int play_forced(script_fn script, const struct run_spec *spec, struct spin_place *spin, const struct mach_choosing *choosing,
		uint64_t *work, struct exercise_facts *out);
/* The scheduler's choices of one run: each is the number, from 0, of a thing among those that can go on. */
#define PLAY_CHOICES_MAX EXERCISE_PATH_MAX
struct strbuf;
struct play_choices {
	const uint8_t *given;		/* the first ones */
	unsigned int nr_given;
	unsigned int nr;		/* out: choices that were made */
	uint8_t can[PLAY_CHOICES_MAX];	/* out: how many things could go on at each */
	bool cut;			/* out: ended at a choice that is none of these, or behind the last one */
	bool over, reached;		/* out: it came to its end; the wanted event was reached */
	struct strbuf *names, *text;	/* out: the names joined by commas, the text of the wanted event; may be NULL */
	struct strbuf *way;		/* out: the choices in words, as at the end of choosing; may be NULL */
};
/* play_spec() of a scheduler exercise. */
int play_choosing(script_fn script, const struct run_spec *spec, struct spin_place *spin, struct play_choices *choices,
		  struct exercise_facts *out);
/* The same in a process of its own.  0; or 1 and the sentence of its death in out->fault; or -errno. */
int play_alone(script_fn script, const struct run_spec *spec, struct exercise_facts *out);
/* The sentence of a process that ended with @status (of waitpid()). */
void death_text(int status, const struct spin_place *spin, const char *file, char *buf, size_t size);

/* ---- shrink.c ---- */

struct failing_run {
	script_fn script;
	const struct run_spec *spec;
	unsigned int check;		/* that fails in it */
	const char *text;		/* the feedback */
};
/* The choices that are left of a run with jitter. */
#define SHRUNK_MAX 8
struct shrunk {
	bool smaller;			/* false: the run could not be shrunk, and nothing else is set */
	unsigned int nr, of;		/* choices that the failure needs; numbers that jitter drew */
	struct mach_choice v[SHRUNK_MAX];
};

/* The run of @facts fails @check as another run does: with the words of @text, but for numbers. */
bool fails_as(const struct exercise_facts *facts, unsigned int check, const char *text);
/*
 * shrink_run - find the fewest choices with which a run fails as @f does
 * Plays many runs in this process, as play_spec() does.  @room: for the facts of one run.
 */
void shrink_run(const struct failing_run *f, struct spin_place *spin, struct exercise_facts *room, struct shrunk *out);
/* The schedule and the sentence of @s into @r, of a run with @r->seed and @r->jitter.  False: the schedule is too long. */
bool shrunk_keep(const struct shrunk *s, struct exercise_outcome *r);

void *shared_memory(size_t size);	/* zeroed, shared with processes forked later; NULL = none */
void shared_memory_free(void *p, size_t size);

#endif
