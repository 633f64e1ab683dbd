/*
 * run/director.c - the machine process: from its first line to its exit status.
 *
 * It is this program again, with four descriptors (wire.h) and nothing else: no
 * terminal, no session shared with one, no environment to speak of.  It reads
 * the spec of its run, makes the log, and hands over to the script, which asks
 * for inputs here.  Inputs that came with the spec are used up first; then the
 * machine really stops (LOG_WAITING) until a line arrives.
 *
 * Lives here:   waiting for input, the line a crash prints, exit statuses.
 * Never here:   Lua, limits (confine.c), the other side (client.c).
 * Rules:        docs/time.md 1, 9, docs/why/a-process-for-each-run.md.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "run/director.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/shortage.h"
#include "run/confine.h"
#include "model/choosing.h"
#include "model/lesson.h"
#include "run/inputs.h"
#include "run/wire.h"

/* Address space beside the log: code, Lua's and the machine's memory, and what threads reserve. */
#define MEMORY_BASE_BYTES ((size_t)1 << 30)
#define THREADS_MAX 320u			/* 64, and 4 for each of 64 CPUs */
#define THREAD_BYTES ((size_t)2 << 20)		/* its stack and a guard */

/* ---- inputs from a list ------------------------------------------------------ */

int director_list_wait(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct director_list *list = arg;
	int64_t i = inputs_use(&list->use, list->inputs, what, id, (uint32_t)strtoul(id, NULL, 10));

	if (i == USE_NONE)
		return -EPIPE;
	if (i == USE_OTHER)
		return -EINVAL;
	*in = i == USE_PASS ? (struct run_input){ .kind = INPUT_GO } : list->inputs->v[i];
	return 0;
}

int director_first_choice(const struct trace_store *s, const char *id, struct run_input *in)
{
	struct choosing_thing thing[CHOOSING_THINGS_MAX];
	struct trace_event ev;
	unsigned int nr = 0, i;
	uint64_t n;

	if (!strcmp(id, "0"))
		return 0;
	for (n = s->nr; n && !nr; n--)
		if (trace_store_event(s, n, &ev))
			nr = choosing_things(&ev, thing);
	for (i = 0; i < nr && thing[i].cannot; i++)
		;
	if (i == nr)
		return -EPIPE;
	in->kind = INPUT_CHOOSE;
	in->number = (uint32_t)strtoul(id, NULL, 10);
	snprintf(in->id, sizeof(in->id), "%s", thing[i].name);
	return 0;
}

int director_question(struct trace_store *s, struct lesson *l, enum run_wait what, const char *id, struct run_input *in,
		      const struct lesson_question **q)
{
	memset(in, 0, sizeof(*in));	/* zeros: go */
	*q = NULL;
	if (what == WAIT_END)
		return -EPIPE;
	trace_store_poll(s);
	if (what == WAIT_CHOOSE)
		return director_first_choice(s, id, in);
	if (lesson_grow(l))
		return -ENOMEM;
	if (what != WAIT_ANSWER)
		return 0;
	*q = lesson_question_by_id(l, id);
	if (!*q)
		return -ENOENT;
	in->kind = lesson_form(*q) == FORM_PICK ? INPUT_PICK : INPUT_ANSWER;
	snprintf(in->id, sizeof(in->id), "%.60s", id);
	return 0;
}

/* ---- inputs from the visible process ------------------------------------------- */

struct machine_process {
	struct run_spec spec;
	struct trace log;
	struct director_list recorded;
	struct wire_reader commands;
	bool ran_on;			/* a what-if: it is past its last fence */
	bool asked_for_acts;
};

/* Only wakes the reader; a full pipe means that it has been woken already. */
static void announce(char what)
{
	ssize_t n;

	do
		n = write(WIRE_CHANGE_FD, &what, 1);
	while (n < 0 && errno == EINTR);
}

static bool fits(enum run_wait what, const struct run_input *in)
{
	switch (what) {
	case WAIT_ANSWER:
		return input_has_question(in);
	case WAIT_ACT:
		return in->kind == INPUT_ACT || in->kind == INPUT_GO;
	case WAIT_CHOOSE:
		return in->kind == INPUT_CHOOSE || in->kind == INPUT_GO;
	default:
		return in->kind == INPUT_GO;
	}
}

/* A line that is no input, or not for this, is a mistake of the sender: it goes on waiting. */
static int wait_for_line(struct machine_process *s, enum run_wait what, struct run_input *in)
{
	char err[160];

	for (;;) {
		const char *line = wire_read_line(&s->commands);

		if (!line)
			return -EPIPE;
		if (input_parse(line, in, err, sizeof(err)) == 0 && fits(what, in))
			return 0;
	}
}

/* A run without the question, the form or the role that @in is for. */
static void refuse_input(const struct machine_process *s, const struct run_input *in)
{
	static const char *const asks[] = {
		[INPUT_PICK] = "something picked from the run",
		[INPUT_CHOOSE] = "the scheduler's choices", [INPUT_ACT] = "acts of free play",
	};
	STRBUF(line, INPUT_LINE_MAX);
	STRBUF(text, 1536);

	input_format(&line, in);
	strbuf_printf(&text, "%s:1: this run does not ask for %s, but its inputs have \"%s\"", s->spec.lesson,
		      asks[in->kind], line.buf);
	TRACE(FAULT, .code = EXIT_MISUSE, .text = text.buf);
}

/* Recorded for another version: an answer is never guessed to belong to another question. */
static void refuse_recording(const struct machine_process *s, const char *id)
{
	const struct run_inputs *in = &s->spec.inputs;
	STRBUF(text, 1536);
	size_t i;

	for (i = 0; i < in->n && (inputs_is_used(&s->recorded.use, i) || !input_has_question(&in->v[i])); i++)
		;
	if (i < in->n && in->v[i].kind == INPUT_PICK) {
		refuse_input(s, &in->v[i]);
		return;
	}
	strbuf_printf(&text, "%s:1: these inputs were recorded for another version of the lesson: "
		      "it asks \"%s\", the next recorded answer is to \"%s\"",
		      s->spec.lesson, id, i < in->n ? in->v[i].id : "");
	TRACE(FAULT, .code = EXIT_MISUSE, .text = text.buf);
}

/*
 * After the run: acts in one without free play, and picks and choices that nothing has asked for.  Return: false after having reported one.
 */
static bool all_asked_for(const struct machine_process *s)
{
	const struct run_inputs *in = &s->spec.inputs;

	for (size_t i = 0; i < in->n; i++) {
		enum run_input_kind kind = in->v[i].kind;

		if (!(kind == INPUT_ACT && !s->asked_for_acts) &&
		    !((kind == INPUT_PICK || kind == INPUT_CHOOSE) && !inputs_is_used(&s->recorded.use, i)))
			continue;
		refuse_input(s, &in->v[i]);
		return false;
	}
	return true;
}

static int process_wait(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct machine_process *s = arg;
	struct trace_shared *head = s->log.shared;
	int rc = director_list_wait(&s->recorded, what, id, in);

	s->asked_for_acts |= what == WAIT_ACT;
	if (rc == 0)
		return 0;
	if (rc == -EINVAL && !s->spec.resumed && !s->spec.practice) {
		refuse_recording(s, id);
		return -EPIPE;
	}
	if (s->spec.what_if && !s->ran_on) {
		s->ran_on = true;
		return -EAGAIN;
	}
	/* in this order: a reader that sees LOG_WAITING and the new count also sees the fence's event */
	atomic_fetch_add(&head->waits, 1);
	atomic_store(&head->state, LOG_WAITING);
	announce('w');
	rc = wait_for_line(s, what, in);
	atomic_store(&head->state, LOG_RUNNING);
	return rc;
}

/* ---- last words ------------------------------------------------------------------- */

#if !CONFINE_SANITIZED

static unsigned char crash_stack[32768] __attribute__((aligned(16)));

static size_t put_text(char *buf, size_t at, const char *text)
{
	while (*text)
		buf[at++] = *text++;
	return at;
}

static size_t put_hex(char *buf, size_t at, uintptr_t n)
{
	int shift = 60;

	at = put_text(buf, at, "0x");
	while (shift > 0 && !((n >> shift) & 15))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		buf[at++] = "0123456789abcdef"[(n >> shift) & 15];
	return at;
}

/* Async-signal-safe: one write, then the death it would have died anyway. */
static void say_where(int sig, siginfo_t *info, void *context)
{
	uintptr_t address = (uintptr_t)info->si_addr;
	char buf[128];
	size_t n = 0;

	(void)context;
	if (info->si_code > 0 && (sig == SIGSEGV || sig == SIGBUS)) {
		n = put_text(buf, n, "kworkshop: access to address ");
		n = put_hex(buf, n, address);
		n = put_text(buf, n, address < 4096 ? ", through a NULL pointer\n"
						    : ", which is not mapped\n");
		if (write(STDERR_FILENO, buf, n) < 0)
			n = 0;	/* no reader is left; the process ends in any case */
	}
	raise(sig);		/* SA_RESETHAND: the default action */
}

static void catch_crashes(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS };
	stack_t stack = { .ss_sp = crash_stack, .ss_size = sizeof(crash_stack) };
	struct sigaction act = { .sa_sigaction = say_where,
				 .sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESETHAND) };
	size_t i;

	sigaltstack(&stack, NULL);
	sigemptyset(&act.sa_mask);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &act, NULL);
}

#else

/* A sanitizer prints more than this file could. */
static void catch_crashes(void)
{
}

#endif

/* ---- the process ------------------------------------------------------------------- */

static void confine_process(void *arg)
{
	const struct machine_process *s = arg;
	const char *what = NULL;
	struct confine_opts opts = {
		.cpu_seconds = s->spec.cpu_seconds ? s->spec.cpu_seconds : WIRE_CPU_SECONDS,
		.memory_bytes = MEMORY_BASE_BYTES + s->log.map_bytes + THREADS_MAX * THREAD_BYTES,
		.threads_max = THREADS_MAX,
	};

	/* a lesson runs unconfined where seccomp is missing; `doctor` reports that */
	if (director_confine(&opts, &what) != 0)
		fprintf(stderr, "kworkshop: the machine process is not confined: %s\n", what);
}

/* Descriptors that the visible process inherited are closed: a lesson must not reach them. */
static void close_strays(void)
{
	int fd;

	if (close_range(WIRE_CHANGE_FD + 1, ~0u, 0) == 0)
		return;
	for (fd = WIRE_CHANGE_FD + 1; fd < 1024; fd++)	/* a kernel before 5.9 */
		close(fd);
}

/* Before anything else: die with the parent, be the same everywhere. */
static void settle(void)
{
	close_strays();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setlocale(LC_ALL, "C");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);	/* a write over RLIMIT_FSIZE is an error, not a death */
	catch_crashes();
}

/* The machine takes interrupts in the order of their events; a file may name them in any. */
static void sort_irqs(struct run_inputs *in)
{
	size_t i, k;

	for (i = 1; i < in->n; i++) {
		struct run_input one = in->v[i];

		for (k = i; one.kind == INPUT_IRQ && k && in->v[k - 1].kind == INPUT_IRQ &&
		     in->v[k - 1].after > one.after; k--)
			in->v[k] = in->v[k - 1];
		in->v[k] = one;
	}
}

/* Interrupts to the front, whatever stands between them; the others keep their order. */
static void irqs_first(struct run_inputs *in)
{
	size_t i, k, irqs = 0;

	for (i = 0; i < in->n; i++) {
		struct run_input one = in->v[i];

		if (one.kind != INPUT_IRQ)
			continue;
		for (k = i; k > irqs; k--)
			in->v[k] = in->v[k - 1];
		in->v[irqs++] = one;
	}
	sort_irqs(in);
}

static int open_process(struct machine_process *s)
{
	struct stat st;
	int rc;

	if (fstat(WIRE_LOG_FD, &st) != 0 || fcntl(WIRE_COMMAND_FD, F_GETFD) < 0) {
		fprintf(stderr, "kworkshop: %s is how the program starts its own machine process\n",
			WIRE_FLAG);
		return EXIT_MISUSE;
	}
	fcntl(WIRE_COMMAND_FD, F_SETFL, fcntl(WIRE_COMMAND_FD, F_GETFL) & ~O_NONBLOCK);
	s->commands.fd = WIRE_COMMAND_FD;
	rc = wire_read_spec(&s->commands, &s->spec);
	if (rc == -EPIPE)
		_exit(EXIT_INTERNAL);	/* the parent process has ended already */
	if (!rc)
		rc = trace_open(&s->log, WIRE_LOG_FD, 0, s->spec.events_max);
	if (rc == -ENOMEM)
		shortage_end(rc, "the run");
	if (rc) {
		fprintf(stderr, "kworkshop: the machine process cannot start: %s\n", strerror(-rc));
		return EXIT_INTERNAL;
	}
	irqs_first(&s->spec.inputs);
	s->recorded.inputs = &s->spec.inputs;
	return 0;
}

int director_main(int argc, char **argv, script_fn script)
{
	static struct machine_process process;
	struct script_opts opts = {
		.spec = &process.spec, .trace = &process.log,
		.io = { process_wait, &process },
		.confine = confine_process, .confine_arg = &process,
	};
	int rc;

	(void)argc;
	(void)argv;
	settle();
	rc = open_process(&process);
	if (rc)
		_exit(rc);
	if (!process.spec.free)
		mallopt(M_ARENA_MAX, 1);	/* one thread runs at a time: keep the address space small */
	trace_current = &process.log;
	rc = script(&opts);
	if (rc == 0 && !all_asked_for(&process))
		rc = EXIT_MISUSE;
	if (rc == 0 || rc == 1) {	/* the exit status alone reports anything else */
		atomic_store(&process.log.shared->state, LOG_ENDED);
		announce('e');
	}
	fflush(stderr);
	_exit(rc < 0 ? EXIT_INTERNAL : rc);	/* no exit handlers: lesson code may have left some */
}
