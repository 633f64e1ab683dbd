/*
 * tests/support/fault_lessons.c - lessons in C that crash, hang, lie and flood.
 *
 * This program, started again with --machine-process, takes a C function by the
 * lesson's name ("null", "abort", ...) instead of a Lua file.
 *
 * Lives here:   the machine process's side.
 * Never here:   runs (fault.c), what must come of them (fault_run.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/fault.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"

static volatile int zero;
static int *volatile nowhere;

/* Three events, so that there is something to be read afterwards. */
static void begin(const struct script_opts *o)
{
	TRACE(LESSON, .questions = 1, .text = "fault\nfault\nfault");
	TRACE(PRINTK, .level = 6, .text = "one");
	TRACE(PRINTK, .level = 6, .text = "two");
	o->confine(o->confine_arg);
}

/* The reader has certainly seen the first events when it sends "go". */
static void begin_and_wait(const struct script_opts *o)
{
	begin(o);
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	o->io.wait(o->io.arg, WAIT_GO, "", &(struct run_input){ 0 });
}

static int lesson_ends(const struct script_opts *o)
{
	begin(o);
	TRACE(LESSON_END, .right = 0);
	return 0;
}

/* the test needs the crash, not the sanitizer's report of the line before it */
#define NO_UBSAN __attribute__((no_sanitize("undefined")))

NO_UBSAN static int lesson_null(const struct script_opts *o)
{
	begin(o);
	*nowhere = 1;
	return 0;
}

NO_UBSAN static void *thread_null(void *arg)
{
	(void)arg;
	*nowhere = 1;
	return NULL;
}

static int lesson_thread_null(const struct script_opts *o)
{
	pthread_t t;

	begin(o);
	if (pthread_create(&t, NULL, thread_null, NULL) != 0)
		return 4;
	pthread_join(t, NULL);
	return 0;
}

static int lesson_abort(const struct script_opts *o)
{
	begin(o);
	abort();
}

static int lesson_asserts(const struct script_opts *o)
{
	begin(o);
	fprintf(stderr, "kworkshop: worker.c:12: internal error: \033[31mnr_running\a >= 0\n");
	abort();
}

static int lesson_divides(const struct script_opts *o)
{
	begin(o);
	raise(SIGFPE);		/* division by zero raises no signal on arm64; raise it on every machine */
	return 0;
}

static volatile int depth_sink;
static int recurse(int n)
{
	volatile char frame[4096];

	frame[0] = (char)n;
	depth_sink = n;
	return n == INT32_MAX ? frame[0] : recurse(n + 1) + frame[0];
}

static int lesson_recurses(const struct script_opts *o)
{
	begin(o);
	return recurse(0);
}

static int lesson_spins(const struct script_opts *o)
{
	begin(o);
	while (!nowhere)
		zero ^= 1;
	return 0;
}

static void enter_code(const struct script_opts *o)
{
	struct trace_shared *head = o->trace->shared;

	begin(o);
	strcpy(head->code_call, "string.find");
	atomic_store(&head->code_line, 7);
	atomic_store(&head->in_code, 1);
}

static int lesson_spins_in_code(const struct script_opts *o)
{
	enter_code(o);
	while (!nowhere)
		zero ^= 1;
	return 0;
}

static int lesson_stops_when_asked(const struct script_opts *o)
{
	uint32_t seconds;
	char text[64];

	enter_code(o);
	while (!(seconds = atomic_load(&o->trace->shared->stop_code)))
		zero ^= 1;
	snprintf(text, sizeof(text), "stops-when-asked:7: asked to stop after %u s", seconds);
	TRACE(FAULT, .code = 2, .text = text);
	return 2;
}

static int lesson_deadlocks(const struct script_opts *o)
{
	sem_t never;

	begin_and_wait(o);
	sem_init(&never, 0, 0);
	while (sem_wait(&never) != 0)
		;
	return 0;
}

static int lesson_allocates(const struct script_opts *o)
{
	size_t piece = (size_t)64 << 20, i;

	begin(o);
	for (i = 0; i < 4096; i++) {
		char *p = malloc(piece);

		if (!p) {
			fprintf(stderr, "kworkshop: no more memory after %zu MiB\n", i * 64);
			abort();
		}
		p[0] = 1;
		TRACE(PRINTK, .level = 6, .text = "64 MiB more");
	}
	return 0;
}

static int lesson_floods(const struct script_opts *o)
{
	begin(o);
	while (TRACE(PRINTK, .level = 6, .text = "more and more and more"))
		;
	return 0;
}

static int lesson_killed(const struct script_opts *o)
{
	char pid[32];

	begin(o);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	TRACE(PRINTK, .level = 6, .text = pid);
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	o->io.wait(o->io.arg, WAIT_GO, "", &(struct run_input){ 0 });
	return 0;
}

/* Writes half an event behind the last complete one, then exits. */
static int lesson_half_event(const struct script_opts *o)
{
	begin(o);
	memset(o->trace->base + o->trace->used, 0xa5, 100);
	abort();
}

static int lesson_scribbles(const struct script_opts *o)
{
	begin_and_wait(o);
	memset(o->trace->base, 0xff, 4096);
	memset(o->trace->base + o->trace->used, 0xff, 4096);
	atomic_store(&o->trace->shared->bytes, o->trace->used + 4096);
	while (!nowhere)
		pause();
	return 0;
}

static int lesson_lies_about_size(const struct script_opts *o)
{
	begin_and_wait(o);
	atomic_store(&o->trace->shared->bytes, UINT64_MAX - 7);
	while (!nowhere)
		pause();
	return 0;
}

static int lesson_shrinks(const struct script_opts *o)
{
	TRACE(PRINTK, .level = 6, .text = "before");
	if (ftruncate(3, 0) == 0)	/* before confinement: the seal has to do it */
		return 4;
	return lesson_ends(o);
}

static int lesson_chatters(const struct script_opts *o)
{
	int i;

	begin(o);
	for (i = 0; i < 20000; i++)
		fprintf(stderr, "%d: a lesson's C code may print as much as it likes\n", i);
	fprintf(stderr, "these are the last words\n");
	return 4;
}

static int lesson_exits(const struct script_opts *o)
{
	begin(o);
	_exit(7);
}

static int lesson_faulty(const struct script_opts *o)
{
	begin(o);
	TRACE(FAULT, .code = 2, .text = "x.lua:3: no such thing");
	return 2;
}

/* A card, a question with hints, an end: as a Lua lesson would ask them. */
static int lesson_asks(const struct script_opts *o)
{
	struct run_input in;
	int right = 0;

	begin(o);
	TRACE(SAY, .card = 1, .text = "a card");
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	if (o->io.wait(o->io.arg, WAIT_GO, "1", &in) != 0)
		return 0;
	TRACE(ASK, .question = 1, .kind = ASK_NUMBER, .text = "how-many\nHow many?");
	for (;;) {
		TRACE(WAIT_INPUT, .what = WAIT_ANSWER, .question = 1);
		if (o->io.wait(o->io.arg, WAIT_ANSWER, "how-many", &in) != 0)
			return 0;
		if (in.kind != INPUT_HINT)
			break;
		TRACE(HINT, .question = 1, .rung = in.number, .text = "think");
	}
	TRACE(ANSWERED, .question = 1, .ordinal = 1, .scored = true, .text = in.value);
	right = strcmp(in.value, "4 or so") == 0;
	TRACE(JUDGED, .question = 1, .result = right ? RESULT_RIGHT : RESULT_WRONG, .text = "4");
	/* an interrupt by hand, as the machine would deliver it */
	for (size_t i = 0; i < o->spec->inputs.n; i++)
		if (o->spec->inputs.v[i].kind == INPUT_IRQ)
			TRACE(INPUT, .kind = INPUT_IRQ, .after = o->spec->inputs.v[i].after,
			      .text = o->spec->inputs.v[i].id);
	TRACE(LESSON_END, .right = (uint32_t)right, .wrong = (uint32_t)!right);
	TRACE(WAIT_INPUT, .what = WAIT_END);
	o->io.wait(o->io.arg, WAIT_END, "", &in);
	return 0;
}

/* Not a function of its inputs: a branch must detect it. */
static int lesson_unrepeatable(const struct script_opts *o)
{
	char pid[32];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	begin(o);
	TRACE(PRINTK, .level = 6, .text = pid);
	TRACE(PRINTK, .level = 6, .text = "after");
	TRACE(WAIT_INPUT, .what = WAIT_GO);
	o->io.wait(o->io.arg, WAIT_GO, "", &(struct run_input){ 0 });
	return 0;
}

/* What environment and descriptors does a lesson get? */
extern char **environ;
static int lesson_looks_around(const struct script_opts *o)
{
	bool tty = isatty(0) || isatty(1) || isatty(2), leads = getsid(0) == getpid();
	char text[128];
	int fd, open_fds = 0, vars = 0;

	begin(o);
	for (fd = 0; fd < 64; fd++)
		open_fds += lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
	while (environ[vars])
		vars++;
	snprintf(text, sizeof(text), "tty %d home %d vars<8 %d fds %d sid %d", tty,
		 getenv("HOME") != NULL, vars < 8, open_fds, leads);
	TRACE(PRINTK, .level = 6, .text = text);
	return 0;
}

static const struct {
	const char *name;
	script_fn script;
} lessons[] = {
	{ "ends", lesson_ends }, { "null", lesson_null }, { "thread-null", lesson_thread_null },
	{ "abort", lesson_abort }, { "asserts", lesson_asserts }, { "divides", lesson_divides },
	{ "recurses", lesson_recurses }, { "spins", lesson_spins },
	{ "spins-in-code", lesson_spins_in_code }, { "stops-when-asked", lesson_stops_when_asked },
	{ "deadlocks", lesson_deadlocks }, { "allocates", lesson_allocates },
	{ "floods", lesson_floods }, { "killed", lesson_killed },
	{ "half-event", lesson_half_event }, { "scribbles", lesson_scribbles },
	{ "lies-about-size", lesson_lies_about_size }, { "shrinks", lesson_shrinks },
	{ "chatters", lesson_chatters }, { "exits", lesson_exits }, { "faulty", lesson_faulty },
	{ "asks", lesson_asks }, { "unrepeatable", lesson_unrepeatable },
	{ "looks-around", lesson_looks_around }, { "calls", fault_lesson_calls },
};

static int any_lesson(const struct script_opts *o)
{
	size_t i;

	if (strncmp(o->spec->lesson, "machine:", 8) == 0)
		return fault_lesson_machine(o);
	for (i = 0; i < sizeof(lessons) / sizeof(lessons[0]); i++)
		if (strcmp(lessons[i].name, o->spec->lesson) == 0)
			return lessons[i].script(o);
	fprintf(stderr, "kworkshop: no such lesson\n");
	return 4;
}

int fault_machine_process(int argc, char **argv)
{
	return director_main(argc, argv, any_lesson);
}
