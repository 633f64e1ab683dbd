/*
 * run/client.c - the visible side of a run: starts the machine process, watches it, notes its end.
 *
 * A run is a process of its own whose events arrive through a shared log.  All
 * that is known about it is derived from three things: the log's head, the status
 * of waitpid(), and the time without a change.  Nothing that the process writes is
 * trusted: the store copies before it reads, the pipes only wake this process.
 *
 *   RUNNING --- LOG_WAITING, a wait we have not answered ---> WAITING
 *      ^------------------- an input was sent -------------------'
 *   RUNNING --- LOG_ENDED, or exit 0 --> ENDED   (FAULTY if a FAULT was among the events)
 *   any of the two --- any other end --> FAULTY  (the lesson's code never ends, or floods the trace: a
 *                                        `fault` event closes the log), or DIED (`ended_outside` does)
 *
 * Lives here:   processes, pipes, states.
 * Never here:   inputs (send_input.c), branches (branch.c), sentences about ends (exit_report.c),
 *               files (record.c), the meaning of events.
 * Context:      the thread that runs the loop; only run_close() blocks, for a moment.
 * Rules:        docs/time.md 1, docs/why/a-process-for-each-run.md.   Licence: MIT.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include "base/exit_status.h"
#include "base/shortage.h"
#include "base/strbuf.h"
#include "base/time.h"
#include "run/confine.h"
#include "run/run_internal.h"
#include "run/wire.h"

#define WATCH_MS 250		/* how often a computing run is looked at */
#define HANG_SECONDS 10u	/* nothing moved for that long: it will not */
#define STARVED_SECONDS 60	/* a busy computer gives it hardly any CPU: wait longer */
/* That much CPU time used up without moving is spinning; code with a sanitizer in it is slower. */
#define SPIN_CPU_MS (CONFINE_SANITIZED ? 20000u : 2000u)
#define STOP_CPU_MS 500u	/* that much more, if it was asked to stop and does not: killed */
#define CLOSE_WAIT_MS 200	/* longest wait for a killed process's end */

/* ---- the events of a run --------------------------------------------------------- */

/* An interrupt's time shows whether "after event n" still means the event it was fired at; 0 = unknown. */
static void check_irq_place(struct run *r, const struct trace_event *ev)
{
	size_t i;

	for (i = 0; i < r->spec.inputs.n; i++) {
		const struct run_input *in = &r->spec.inputs.v[i];

		if (in->kind == INPUT_IRQ && in->after == ev->n && in->time && in->time != ev->time)
			r->end.moved_at = ev->n;
	}
}

/* The answer in the form of the event, which names choices by id: numbers and letters were read too. */
static void name_choices(struct run *r, int64_t i, const struct trace_event *ev)
{
	struct ev_ANSWERED e;

	if (i >= 0 && trace_get_ANSWERED(ev, &e) && r->walk.choices && strlen(e.text) < sizeof(r->inputs.v[i].value))
		strcpy(r->inputs.v[i].value, e.text);
}

/* Threads of the student's calls in free play; they are named "you". */
static void note_call(struct run *r, const struct trace_event *ev)
{
	union {
		struct ev_TASK_NEW made; struct ev_TASK_EXIT ended;
	} e;
	unsigned int i;

	if (trace_get_TASK_NEW(ev, &e.made)) {
		if (strcmp(e.made.comm, "you") == 0 && r->nr_calls < FREE_CALLS_MAX)
			r->calls[r->nr_calls++] = e.made.task;
	} else if (r->nr_calls && trace_get_TASK_EXIT(ev, &e.ended)) {
		for (i = 0; i < r->nr_calls && r->calls[i] != e.ended.task; i++)
			;
		if (i < r->nr_calls)
			r->calls[i] = r->calls[--r->nr_calls];
	}
}

static void note_event(struct run *r, const struct trace_event *ev)
{
	struct ev_WAIT_INPUT wait;
	struct ev_TRACE_FULL full;
	struct ev_FAULT fault;
	struct ev_CHOOSING_OVER over;

	name_choices(r, inputs_walk(&r->walk, &r->inputs, ev), ev);
	note_call(r, ev);
	if (r->has_irqs)
		check_irq_place(r, ev);
	if (trace_get_WAIT_INPUT(ev, &wait)) {
		r->fence = ev->n;
		r->fence_what = wait.what;
		if (wait.what == WAIT_ACT)
			r->act_fence[r->act_fences++ % (RUN_ACT_TIMES + 1)] = ev->time;
		r->fence_question = wait.question;
	} else if (ev->kind == EV_CHOOSE || ev->kind == EV_CHOSEN) {
		r->choices = true;
		r->choice_open = ev->kind == EV_CHOOSE;
	} else if (trace_get_CHOOSING_OVER(ev, &over)) {
		r->choices = true;
		r->choice_open = false;
		r->reached = over.reached;
	} else if (trace_get_TRACE_FULL(ev, &full)) {
		r->end.full_at = ev->n;
	} else if (trace_get_FAULT(ev, &fault)) {
		r->fault_event = true;
		r->fault_code = fault.code;
		snprintf(r->exit_report, sizeof(r->exit_report), "%s", fault.text);
	}
}

static void note_new_events(struct run *r)
{
	struct trace_event ev;

	for (; r->seen < r->store.nr; r->seen++)
		if (trace_store_event(&r->store, r->seen + 1, &ev))
			note_event(r, &ev);
}

/* ---- the end ------------------------------------------------------------------------ */

run_write_end_fn run_write_end;

/*
 * Closes a dead process's log with how it ended, so that a recording holds that too:
 * an event of @kind with the fields from TRACE_HEAD_BYTES to @end of @buf.
 */
static void append_event(struct run *r, enum trace_kind kind, uint8_t *buf, const uint8_t *end)
{
	uint64_t at = r->store.bytes, events = r->store.nr, time = 0, total;
	uint16_t number = (uint16_t)kind, length = (uint16_t)(end - buf);
	struct trace_event last;

	if (events && trace_store_event(&r->store, events, &last))
		time = last.time;
	total = ((uint64_t)length + 7) & ~(uint64_t)7;
	if (r->store.bad || at + total > r->spec.log_bytes)
		return;
	memcpy(buf, &length, 2);
	memcpy(buf + 2, &number, 2);
	buf[4] = TRACE_NO_CPU;
	buf[5] = CTX_DIRECTOR;
	memcpy(buf + 8, &time, 8);
	memcpy(buf + 16, &events, 8);
	memcpy((uint8_t *)(r->head + 1) + at, buf, total);
	atomic_store(&r->head->events, events + 1);
	atomic_store(&r->head->bytes, at + total);
	trace_store_poll(&r->store);
	note_new_events(r);
}

static void append_end(struct run *r)
{
	uint8_t buf[TRACE_HEAD_BYTES + sizeof(r->exit_report) + 32] = { 0 }, *p = buf + TRACE_HEAD_BYTES;
	bool fault = r->state == RUN_FAULTY;

	p = fault ? trace_enc_u32(p, EXIT_MISUSE) : trace_enc_i32(p, r->end.signal);
	p = trace_enc_text(p, r->exit_report);
	append_event(r, fault ? EV_FAULT : EV_OUTSIDE, buf, p);
}

/*
 * Of a process that is gone.  An exit status alone is no proof of a good end:
 * a lesson's code may have called exit(), a sanitizer ends with 1.
 */
static bool ended_well(const struct run *r)
{
	return r->end.reason == ENDED_BY_ITSELF && !r->end.full_at &&
	       atomic_load(&r->head->state) == LOG_ENDED &&	/* even if it failed while it exited */
	       (r->end.signal || r->end.status <= 1);
}

/* The words that the process published last are copied once: they are not to be trusted. */
static void note_code(struct run *r)
{
	const char *slash = strrchr(r->spec.lesson, '/');

	r->end.in_code = atomic_load(&r->head->in_code) == 1;
	r->end.code_line = atomic_load(&r->head->code_line);
	snprintf(r->end.code_call, sizeof(r->end.code_call), "%.*s", (int)sizeof(r->head->code_call) - 1,
		 r->head->code_call);
	snprintf(r->end.file, sizeof(r->end.file), "%.120s", slash ? slash + 1 : r->spec.lesson);
}

/* The process is gone and its last events are here. */
static void settle_end(struct run *r)
{
	struct strbuf out;

	if (r->end.reason == ENDED_BY_ITSELF && !r->end.signal && r->store.bad)
		r->end.reason = ENDED_BAD_LOG;
	if (r->end.reason == ENDED_BY_ITSELF && r->end.differs_at)
		r->end.reason = ENDED_BRANCH_DIFFERS;
	if (r->end.reason == ENDED_BY_ITSELF && r->end.moved_at)
		r->end.reason = ENDED_OTHER_VERSION;
	note_code(r);
	if (r->fault_event && r->end.reason == ENDED_BY_ITSELF && !r->end.signal) {
		r->state = RUN_FAULTY;
	} else if (ended_well(r)) {
		r->state = RUN_ENDED;
	} else {
		r->state = exit_report_is_fault(&r->end) ? RUN_FAULTY : RUN_DIED;
		strbuf_init(&out, r->exit_report, sizeof(r->exit_report));
		if (run_write_end)
			run_write_end(&r->end, r->last_said, &out);
		append_end(r);
	}
}

static void end_it(struct run *r, enum exit_report_reason why)
{
	if (r->exited)
		return;
	if (r->end.reason == ENDED_BY_ITSELF)
		r->end.reason = why;
	uv_process_kill(&r->process, SIGKILL);
}

/* ---- the state now ------------------------------------------------------------------ */

/*
 * The head's words are read before the events, so that the events written before
 * a wait are seen with it.
 */
static int64_t look(struct run *r)
{
	uint32_t log_state = atomic_load(&r->head->state);
	uint32_t waits = atomic_load(&r->head->waits);
	int64_t fresh = trace_store_poll(&r->store);

	if (fresh == -ENOMEM)
		shortage_end(-ENOMEM, "the events");
	note_new_events(r);
	if (r->store.bad)
		end_it(r, ENDED_BAD_LOG);
	else if (r->end.moved_at)
		end_it(r, ENDED_OTHER_VERSION);
	else if (!run_branch_agrees(r))
		end_it(r, ENDED_BRANCH_DIFFERS);
	if (r->exited)
		return fresh;
	if (r->end.reason != ENDED_BY_ITSELF)
		r->state = RUN_RUNNING;		/* killed: its end is reported when it is gone */
	else if (log_state == LOG_ENDED && !r->end.full_at)
		r->state = r->fault_event ? RUN_FAULTY : RUN_ENDED;
	else if (log_state == LOG_WAITING && (int32_t)(waits - r->sent) > 0 && r->fence)
		r->state = RUN_WAITING;
	else
		r->state = RUN_RUNNING;
	return fresh;
}

/* A computing run is watched; one that waits for a person costs nothing. */
static void on_watch(uv_timer_t *timer);
void run_keep_watch(struct run *r)
{
	if (r->closing)
		return;
	if (r->state != RUN_RUNNING || r->exited) {
		uv_timer_stop(&r->watch);
	} else if (!uv_is_active((const uv_handle_t *)&r->watch)) {
		r->moved_at_ns = 0;
		uv_timer_start(&r->watch, on_watch, WATCH_MS, WATCH_MS);
	}
}

static void notify(struct run *r, enum run_state before)
{
	run_keep_watch(r);
	if (r->state != before && r->on_change && !r->closing)
		r->on_change(r->on_change_arg);
}

static void poll_and_notify(struct run *r)
{
	enum run_state before = r->state;

	look(r);
	notify(r, before);
}

/* ---- progress ----------------------------------------------------------------------- */

/*
 * Nothing has moved.  A process that has used CPU time spins: the lesson's code is
 * asked to fail, at a line that it knows itself, and killed if it does not.  One
 * that has used none in spec.hang_seconds of real time waits for ever.  In between the
 * computer is merely busy.
 */
static void judge_stillness(struct run *r, uint64_t now)
{
	uint64_t still_s = (now - r->moved_at_ns) / NS_PER_S;
	uint64_t used_ms = (time_cpu_ns_of(r->process.pid) - r->moved_cpu_ns) / 1000000u;

	if (used_ms >= r->spec.spin_cpu_ms) {
		r->end.stuck_seconds = (unsigned int)(used_ms / 1000);
		if (atomic_load(&r->head->in_code) == 1 && used_ms < r->spec.spin_cpu_ms + STOP_CPU_MS)
			atomic_store(&r->head->stop_code, r->end.stuck_seconds);
		else
			end_it(r, ENDED_SPINS);
	} else if (still_s >= r->spec.hang_seconds && (used_ms <= 50 || still_s >= STARVED_SECONDS)) {
		r->end.stuck_seconds = (unsigned int)still_s;
		end_it(r, ENDED_HANGS);
	}
}

static void on_watch(uv_timer_t *timer)
{
	struct run *r = timer->data;
	uint64_t events = atomic_load(&r->head->events), now_virtual = atomic_load(&r->head->now);
	uint64_t now = time_now_ns();

	poll_and_notify(r);
	if (r->closing || r->state != RUN_RUNNING)
		return;
	if (!r->moved_at_ns || events != r->moved_events || now_virtual != r->moved_now) {
		atomic_store(&r->head->stop_code, 0);
		r->moved_events = events;
		r->moved_now = now_virtual;
		r->moved_at_ns = now;
		r->moved_cpu_ns = time_cpu_ns_of(r->process.pid);
		return;
	}
	judge_stillness(r, now);
}

/* ---- its standard error --------------------------------------------------------------------------- */

static void keep_said(struct run *r, const char *bytes, size_t n)
{
	size_t keep;

	if (n > RUN_SAID_BYTES) {
		bytes += n - RUN_SAID_BYTES;
		n = RUN_SAID_BYTES;
	}
	keep = r->said_len + n > RUN_SAID_BYTES ? RUN_SAID_BYTES - n : r->said_len;
	memmove(r->last_said, r->last_said + r->said_len - keep, keep);
	memcpy(r->last_said + keep, bytes, n);
	r->said_len = keep + n;
	r->last_said[r->said_len] = '\0';
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct run *r = handle->data;

	(void)suggested;
	*buf = uv_buf_init(r->read_buf, sizeof(r->read_buf));
}

static void on_said(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct run *r = stream->data;

	if (n > 0)
		keep_said(r, buf->base, (size_t)n);
	else if (n < 0)
		uv_read_stop(stream);
}

static void on_changed(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct run *r = stream->data;

	(void)buf;
	if (n < 0)
		uv_read_stop(stream);
	else if (!r->closing)
		poll_and_notify(r);
}

/* The process has ended: all that it wrote is in the pipe now. */
static void drain_said(struct run *r)
{
	int fd, rounds = 256;
	ssize_t n;

	if (uv_fileno((const uv_handle_t *)&r->said, &fd) != 0)
		return;
	while (rounds-- && (n = read(fd, r->read_buf, sizeof(r->read_buf))) > 0)
		keep_said(r, r->read_buf, (size_t)n);
}

static void on_exit_of_process(uv_process_t *process, int64_t status, int signal)
{
	struct run *r = process->data;
	enum run_state before = r->state;

	if (r->closing)
		return;
	r->exited = true;
	look(r);
	drain_said(r);
	r->end.status = status;
	r->end.signal = signal;
	settle_end(r);
	notify(r, before);
}

/* ---- closing ------------------------------------------------------------------------------------ */

static void run_free(struct run *r)
{
	trace_store_close(&r->store);
	if (r->head)
		munmap(r->head, sizeof(struct trace_shared) + r->spec.log_bytes);
	if (r->fd >= 0)
		close(r->fd);
	run_inputs_fini(&r->inputs);
	run_inputs_fini(&r->spec.inputs);
	run_files_put(r->spec.files);
	free(r->prefix);
	free(r->exe);
	free(r);
}

static void forget_handle(struct run *r, unsigned int which)
{
	r->handles &= ~which;
	if (!r->handles)
		run_free(r);
}

#define ON_CLOSED(name, which)                          \
	static void on_##name##_closed(uv_handle_t *h)  \
	{                                               \
		forget_handle(h->data, which);          \
	}
ON_CLOSED(process, HANDLE_PROCESS)
ON_CLOSED(commands, HANDLE_COMMANDS)
ON_CLOSED(changes, HANDLE_CHANGES)
ON_CLOSED(said, HANDLE_SAID)
ON_CLOSED(watch, HANDLE_WATCH)

static void close_handles(struct run *r)
{
	unsigned int open = r->handles;

	if (!open) {
		run_free(r);
		return;
	}
	if (open & HANDLE_PROCESS)
		uv_close((uv_handle_t *)&r->process, on_process_closed);
	if (open & HANDLE_COMMANDS)
		uv_close((uv_handle_t *)&r->commands, on_commands_closed);
	if (open & HANDLE_CHANGES)
		uv_close((uv_handle_t *)&r->changes, on_changes_closed);
	if (open & HANDLE_SAID)
		uv_close((uv_handle_t *)&r->said, on_said_closed);
	if (open & HANDLE_WATCH)
		uv_close((uv_handle_t *)&r->watch, on_watch_closed);
}

/* A killed process is gone in a moment; it is reaped here, because its handle is closed next. */
static void reap(struct run *r)
{
	int pid = r->process.pid, ms;

	if (r->exited || pid <= 0)
		return;
	kill(pid, SIGKILL);
	for (ms = 0; ms < CLOSE_WAIT_MS && waitpid(pid, NULL, WNOHANG) == 0; ms++)
		time_sleep_ns(NS_PER_MS);
}

void run_close(struct run *r)
{
	if (!r || r->closing)
		return;
	r->closing = true;
	if (r->handles & HANDLE_PROCESS)
		reap(r);
	close_handles(r);
}

/* ---- opening --------------------------------------------------------------------------------------- */

static int make_log(struct run *r)
{
	size_t bytes;

	if (!r->spec.log_bytes)
		r->spec.log_bytes = TRACE_LOG_BYTES_DEFAULT;
	bytes = sizeof(struct trace_shared) + r->spec.log_bytes;
	r->fd = memfd_create("kworkshop-log", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (r->fd < 0)
		return -errno;
	if (ftruncate(r->fd, (off_t)bytes) != 0)
		return -errno;
	/* a log that shrinks under our mapping would kill us by SIGBUS; an old kernel may refuse */
	(void)fcntl(r->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
	r->head = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, 0);
	if (r->head == MAP_FAILED) {
		r->head = NULL;
		return -errno;
	}
	(void)madvise(r->head, bytes, MADV_DONTDUMP);	/* a core of the visible process needs no copy of the log */
	return trace_store_attach(&r->store, r->fd);
}

static int open_handles(struct run *r)
{
	uv_timer_init(r->loop, &r->watch);
	r->watch.data = r;
	r->handles |= HANDLE_WATCH;
	uv_unref((uv_handle_t *)&r->watch);	/* watching is no reason for a loop to go on */
	if (uv_pipe_init(r->loop, &r->commands, 0) != 0)
		return -ENOMEM;
	r->commands.data = r;
	r->handles |= HANDLE_COMMANDS;
	if (uv_pipe_init(r->loop, &r->changes, 0) != 0)
		return -ENOMEM;
	r->changes.data = r;
	r->handles |= HANDLE_CHANGES;
	if (uv_pipe_init(r->loop, &r->said, 0) != 0)
		return -ENOMEM;
	r->said.data = r;
	r->handles |= HANDLE_SAID;
	return 0;
}

/* The few variables that name the folders of libraries and set sanitizers; nothing else reaches a run. */
#define ENV_MAX 8
static void make_env(char *env[ENV_MAX], char *room, size_t size)
{
	static const char *const keep[] = { "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS",
					    "TSAN_OPTIONS", "LSAN_OPTIONS", "KW_BATON" };
	size_t i, n = 0, used = 0;

	env[n++] = (char *)(uintptr_t)"LC_ALL=C";
	for (i = 0; i < sizeof(keep) / sizeof(keep[0]); i++) {
		const char *value = getenv(keep[i]);
		int len;

		if (!value)
			continue;
		len = snprintf(room + used, size - used, "%s=%s", keep[i], value);
		if (len < 0 || (size_t)len >= size - used)
			continue;
		env[n++] = room + used;
		used += (size_t)len + 1;
	}
	env[n] = NULL;
}

static int spawn(struct run *r, const char *exe)
{
	char *args[] = { (char *)(uintptr_t)exe, (char *)(uintptr_t)WIRE_FLAG, NULL };
	char *env[ENV_MAX], room[8192];
	uv_stdio_container_t stdio[] = {
		{ .flags = UV_IGNORE },
		{ .flags = UV_IGNORE },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&r->said },
		{ .flags = UV_INHERIT_FD, .data.fd = r->fd },
		{ .flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&r->commands },
		{ .flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&r->changes },
	};
	uv_process_options_t opts = {
		.file = exe, .args = args, .env = env, .exit_cb = on_exit_of_process,
		/* a session of its own: no terminal, and no Ctrl-C meant for us */
		.flags = UV_PROCESS_DETACHED,
		.stdio = stdio, .stdio_count = sizeof(stdio) / sizeof(stdio[0]),
	};
	int rc;

	make_env(env, room, sizeof(room));
	r->process.data = r;
	rc = uv_spawn(r->loop, &r->process, &opts);
	r->handles |= HANDLE_PROCESS;	/* even a failed one wants to be closed */
	r->exited = rc != 0;
	if (rc)
		return rc;
	rc = uv_read_start((uv_stream_t *)&r->said, on_alloc, on_said);
	if (!rc)
		rc = uv_read_start((uv_stream_t *)&r->changes, on_alloc, on_changed);
	return rc;
}

static void on_written(uv_write_t *req, int status)
{
	(void)status;		/* a dead reader is noticed by its exit */
	free(req->data);
	free(req);
}

/* The loop writes the rest when there is room.  It would die of SIGPIPE if the reader did before. */
static int queue_text(struct run *r, char *text, size_t from)
{
	uv_buf_t buf = uv_buf_init(text + from, (unsigned int)strlen(text + from));
	uv_write_t *req = malloc(sizeof(*req));
	struct sigaction act;
	int rc;

	if (!req) {
		free(text);
		return -ENOMEM;
	}
	if (sigaction(SIGPIPE, NULL, &act) == 0 && act.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
	req->data = text;
	rc = uv_write(req, (uv_stream_t *)&r->commands, &buf, 1, on_written);
	if (rc) {
		free(text);
		free(req);
	}
	return rc;
}

/*
 * Takes over @text (malloc'ed).  Nearly always it fits at once; sent without the
 * signal that a pipe without a reader raises: the process may have ended already.
 */
int run_send(struct run *r, char *text)
{
	size_t size = strlen(text), done = 0;
	ssize_t n = 0;
	int fd;

	if (!uv_stream_get_write_queue_size((uv_stream_t *)&r->commands) &&
	    uv_fileno((uv_handle_t *)&r->commands, &fd) == 0)
		n = send(fd, text, size, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
		free(text);
		return -EPIPE;
	}
	if (n > 0)
		done = (size_t)n;
	if (done < size)
		return queue_text(r, text, done);
	free(text);
	return 0;
}

static int send_spec(struct run *r)
{
	char *text;
	int rc = wire_format_spec(&r->spec, &text);

	return rc ? rc : run_send(r, text);
}

static int copy_spec(struct run *r, const struct run_spec *spec)
{
	size_t i;

	r->spec = *spec;
	memset(&r->spec.inputs, 0, sizeof(r->spec.inputs));
	if (!r->spec.cpu_seconds)
		r->spec.cpu_seconds = WIRE_CPU_SECONDS;
	if (!r->spec.spin_cpu_ms)
		r->spec.spin_cpu_ms = SPIN_CPU_MS;
	if (!r->spec.hang_seconds)
		r->spec.hang_seconds = HANG_SECONDS;
	r->end.cpu_seconds = r->spec.cpu_seconds;
	r->spec.files = run_files_get(spec->files);
	if (run_inputs_copy(&r->spec.inputs, &spec->inputs) != 0)
		return -ENOMEM;
	for (i = 0; i < spec->inputs.n; i++)
		r->has_irqs |= spec->inputs.v[i].kind == INPUT_IRQ;
	return run_inputs_copy(&r->inputs, &spec->inputs);
}

static int fail_open(struct run *r, int rc, const char *step, char *err, size_t err_size)
{
	snprintf(err, err_size, "%s: %s", step, shortage_reason(rc));
	run_close(r);
	return rc;
}

int run_open(struct run **out, void *loop, const char *exe, const struct run_spec *spec, char *err,
	     size_t err_size)
{
	struct run *r = calloc(1, sizeof(*r));
	int rc;

	if (!r) {
		snprintf(err, err_size, "out of memory");
		return -ENOMEM;
	}
	r->fd = -1;
	r->loop = loop;
	r->exe = strdup(exe);
	rc = copy_spec(r, spec);
	if (rc || !r->exe)
		return fail_open(r, -ENOMEM, "a run", err, err_size);
	rc = make_log(r);
	if (rc)
		return fail_open(r, rc, "no memory can be shared with a machine process (memfd)", err,
				 err_size);
	rc = open_handles(r);
	if (!rc)
		rc = spawn(r, exe);
	if (rc)
		return fail_open(r, rc, "the machine process cannot be started", err, err_size);
	rc = send_spec(r);
	if (rc && rc != -EPIPE)		/* ended already: its exit will be reported */
		return fail_open(r, rc, "the machine process does not listen", err, err_size);
	run_keep_watch(r);
	*out = r;
	return 0;
}

/* ---- looking ------------------------------------------------------------------------------------------ */

const struct run_spec *run_get_spec(const struct run *r)
{
	return &r->spec;
}

struct trace_store *run_store(struct run *r)
{
	return &r->store;
}

int64_t run_poll(struct run *r)
{
	int64_t fresh = look(r);

	run_keep_watch(r);
	return fresh;
}

enum run_state run_get_state(const struct run *r)
{
	return r->state;
}

void run_on_change(struct run *r, void (*fn)(void *arg), void *arg)
{
	r->on_change = fn;
	r->on_change_arg = arg;
}

uint64_t run_fence(const struct run *r)
{
	return r->state == RUN_WAITING ? r->fence : 0;
}

const char *run_exit_report(const struct run *r)
{
	return r->exit_report;
}

const struct run_inputs *run_get_inputs(const struct run *r)
{
	return &r->inputs;
}
