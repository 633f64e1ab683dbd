/*
 * exercise/play.c - one run of an exercise in a worker process.
 *
 * The process is confined before the first run: a student's file that breaks out of its sandbox
 * finds no files, sockets or other processes.  Where the kernel has no seccomp it runs all the
 * same; `doctor` reports that.
 *
 * Lives here:   confinement of a worker, its log, the end of a process as a sentence.
 * Never here:   which runs are made (check.c), judging.   Licence: MIT.
 */
#include "exercise/exercise_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/exit_status.h"
#include "base/strbuf.h"
#include "machine/choice.h"
#include "model/choosing.h"
#include "words/texts.h"

#define PLAY_LOG_BYTES ((size_t)128 << 20)
#define PLAY_INSTRUCTIONS 100u		/* of Lua: about as long as an event */
#define PLAY_MEMORY_BYTES ((size_t)4 << 30)	/* address space: the parent's, stacks, the log */

void *shared_memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void shared_memory_free(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

/* Memory that is reused for each run of this process. */
static struct {
	bool confined;
	struct trace trace;
	struct trace_store store;
} room;

/* The script has read the exercise's file.  Files of later runs of this process may be read: the filter allows reading. */
static void confine(void *arg)
{
	const struct confine_opts opts = { .memory_bytes = PLAY_MEMORY_BYTES, .timers = true };
	const char *missing;

	(void)arg;
	if (room.confined)
		return;
	room.confined = true;
	(void)director_confine(&opts, &missing);
}

/*
 * Answers and choices are those of the run's inputs.  Cards are left; the run ends at the first question without an
 * answer.  Without a choice the first thing goes on if there are no choices at all, else the run ends.
 */
static int given_inputs(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	if (director_list_wait(arg, what, id, in) == 0)
		return 0;
	memset(in, 0, sizeof(*in));
	if (what == WAIT_CHOOSE && !((struct director_list *)arg)->inputs->n) {
		trace_store_poll(&room.store);
		return director_first_choice(&room.store, id, in);
	}
	return what == WAIT_GO ? 0 : -EPIPE;
}

/* "rmmod cancel_work_sync, the card" */
static void put_step(struct strbuf *out, const struct choosing_thing *t)
{
	struct choosing_step step;

	choosing_step_of(t, &step);
	strbuf_printf(out, "%s%s", out->len ? ", " : "", t->kind == '-' ? W(CHOOSE_NOBODY) : step.label);
	if (step.what[0])
		strbuf_printf(out, " %s", step.what);
}

/* Behind the choices that are given the first thing that can goes on. */
static int choose(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct play_choices *c = arg;
	struct choosing_thing thing[CHOOSING_THINGS_MAX];
	struct trace_event ev;
	unsigned int nr = 0, take, at = 0;

	memset(in, 0, sizeof(*in));	/* zeros: go */
	if (what != WAIT_CHOOSE || !strcmp(id, "0"))
		return what == WAIT_GO || what == WAIT_CHOOSE ? 0 : -EPIPE;
	trace_store_poll(&room.store);
	for (uint64_t n = room.store.nr; n && !nr; n--)
		if (trace_store_event(&room.store, n, &ev))
			nr = choosing_things(&ev, thing);
	take = c->nr < c->nr_given ? c->given[c->nr] : 0;
	while (at < nr && (thing[at].cannot || take--))
		at++;
	if (at == nr || c->nr == PLAY_CHOICES_MAX) {
		c->cut = true;
		return -EPIPE;
	}
	c->can[c->nr] = 0;
	for (unsigned int i = 0; i < nr; i++)
		c->can[c->nr] += thing[i].cannot == CANNOT_NOT;
	if (c->names)
		strbuf_printf(c->names, "%s%s", c->nr ? "," : "", thing[at].name);
	if (c->way)
		put_step(c->way, &thing[at]);
	c->nr++;
	in->kind = INPUT_CHOOSE;
	in->number = c->nr;
	snprintf(in->id, sizeof(in->id), "%s", thing[at].name);
	return 0;
}

/* Whether the wanted event was reached, and its text. */
static void read_end(struct play_choices *c)
{
	struct ev_CHOOSING_OVER over;
	struct trace_event ev;
	struct trace_value text;

	for (uint64_t n = room.store.nr; n; n--) {
		if (!trace_store_event(&room.store, n, &ev) || !trace_get_CHOOSING_OVER(&ev, &over))
			continue;
		c->over = true;
		c->reached = over.reached;
		if (c->text && over.evidence && trace_store_event(&room.store, over.evidence, &ev) &&
		    trace_event_get(&ev, "text", &text))
			strbuf_putn(c->text, text.text, text.text_len);
		return;
	}
}

/* Without a callback it changes no decision; a machine with it runs on stacks, which is faster. */
static const struct mach_choosing by_the_seed = { .choose = NULL };

/* The differences between kinds of runs; each member may be NULL. */
struct playing {
	const struct mach_choosing *choosing;
	struct play_choices *choices;
	uint64_t *work;
};

static int play_with(script_fn script, const struct run_spec *spec, struct spin_place *spin, const struct playing *how,
		     struct exercise_facts *out)
{
	struct director_list given = { .inputs = &spec->inputs };
	uint64_t instructions = 0;
	struct script_opts opts = { .spec = spec, .trace = &room.trace, .io = { given_inputs, &given },
				    .choosing = how->choosing ? how->choosing : &by_the_seed, .confine = confine,
				    .instructions = &instructions };
	int status;

	if (how->choices)
		opts.io = (struct director_io){ choose, how->choices };
	if (trace_again(&room.trace, &room.store, PLAY_LOG_BYTES))
		return -ENOMEM;
	trace_current = NULL;
	spin_limit_begin(room.trace.shared, spin);
	status = script(&opts);
	spin_limit_end();
	trace_current = NULL;
	trace_store_poll(&room.store);
	exercise_facts_read(&room.store, out);
	if (how->choices)
		read_end(how->choices);
	if (how->work)
		*how->work += out->events + instructions / PLAY_INSTRUCTIONS;
	return status == EXIT_INTERNAL ? -EIO : 0;
}

int play_spec(script_fn script, const struct run_spec *spec, struct spin_place *spin, struct exercise_facts *out)
{
	return play_with(script, spec, spin, &(struct playing){ .work = NULL }, out);
}

int play_forced(script_fn script, const struct run_spec *spec, struct spin_place *spin, const struct mach_choosing *choosing,
		uint64_t *work, struct exercise_facts *out)
{
	return play_with(script, spec, spin, &(struct playing){ .choosing = choosing, .work = work }, out);
}

int play_choosing(script_fn script, const struct run_spec *spec, struct spin_place *spin, struct play_choices *choices,
		  struct exercise_facts *out)
{
	return play_with(script, spec, spin, &(struct playing){ .choices = choices }, out);
}

/* ---- a process of its own ------------------------------------------------------------------ */

struct alone {
	script_fn script;
	const struct run_spec *spec;
	struct shared {
		struct spin_place spin;
		int rc;
		struct exercise_facts facts;
	} *shared;
};

static void run_alone(void *arg)
{
	struct alone *a = arg;

	a->shared->rc = play_spec(a->script, a->spec, &a->shared->spin, &a->shared->facts);
}

void death_text(int status, const struct spin_place *spin, const char *file, char *buf, size_t size)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == SPIN_EXIT && spin->call[0])
		snprintf(buf, size, W(EXERCISE_CALL_SPINS), file, spin->line, spin->call);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == SPIN_EXIT)
		snprintf(buf, size, W(EXERCISE_SPINS), file, spin->line);
	else if (workers_timed_out(status))
		snprintf(buf, size, W(EXERCISE_ENDLESS), EXERCISE_RUN_SECONDS);
	else if (WIFSIGNALED(status))
		snprintf(buf, size, W(EXERCISE_KILLED), strsignal(WTERMSIG(status)));
	else
		snprintf(buf, size, "%s", W(EXERCISE_EXITED));
}

/* The file that a spinning run is in: the student's only one, or else the exercise. */
static const char *file_of(const struct run_spec *spec)
{
	return spec->files && spec->files->n && !spec->files->v[0].hidden ? spec->files->v[0].name : "exercise.lua";
}

int play_alone(script_fn script, const struct run_spec *spec, struct exercise_facts *out)
{
	struct alone a = { script, spec, shared_memory(sizeof(*a.shared)) };
	int status, rc;

	if (!a.shared)
		return -ENOMEM;
	a.shared->rc = -EIO;
	fflush(NULL);
	status = workers_alone(run_alone, &a, EXERCISE_RUN_SECONDS);
	if (status < 0) {
		rc = status;
	} else if (WIFEXITED(status) && !WEXITSTATUS(status)) {
		*out = a.shared->facts;
		rc = a.shared->rc;
	} else {
		memset(out, 0, sizeof(*out));
		death_text(status, &a.shared->spin, file_of(spec), out->fault, sizeof(out->fault));
		rc = 1;
	}
	shared_memory_free(a.shared, sizeof(*a.shared));
	return rc;
}
