/*
 * run/spin_limit.c - ends a run that computes without an event and without virtual time.
 *
 * `run` does this from its visible process (run/client.c).  A worker process has none,
 * so a timer of its own CPU time looks at the head of the log: first it asks the lesson's code to
 * fail at its line; if a single call goes on after that, it writes the line where the parent
 * can read it and ends the worker.
 *
 * Context:      the handler runs on a stack of its own, and touches atomics and plain memory only.
 * Never here:   the limit of all CPU time of a run (base/workers.h).   Licence: MIT.
 */
#include "run/spin_limit.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "run/confine.h"
#include "trace/trace.h"

#define TICK_MS 250
#define TICKS_ASK ((CONFINE_SANITIZED ? 20u : 2u) * 1000 / TICK_MS)
#define TICKS_END (TICKS_ASK + 2)

static struct {
	struct trace_shared *volatile head;	/* NULL = no run */
	struct spin_place *where;
	uint64_t events, now;
	unsigned int ticks;		/* without a change */
	bool armed;
} watched;

static unsigned char stack[65536] __attribute__((aligned(16)));

static void on_tick(int sig)
{
	struct trace_shared *head = watched.head;
	uint64_t events, now;

	(void)sig;
	if (!head)
		return;
	events = atomic_load(&head->events);
	now = atomic_load(&head->now);
	if (events != watched.events || now != watched.now) {
		watched.events = events;
		watched.now = now;
		watched.ticks = 0;
		return;
	}
	if (++watched.ticks == TICKS_ASK && atomic_load(&head->in_code) == 1)
		atomic_store(&head->stop_code, TICKS_ASK * TICK_MS / 1000);
	if (watched.ticks < TICKS_END)
		return;
	watched.where->line = atomic_load(&head->code_line);
	memcpy(watched.where->call, head->code_call, sizeof(watched.where->call));
	watched.where->call[sizeof(watched.where->call) - 1] = '\0';
	_exit(SPIN_EXIT);
}

void spin_limit_arm(void)
{
	stack_t own = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction act = { .sa_handler = on_tick, .sa_flags = SA_ONSTACK | SA_RESTART };
	struct timeval every = { 0, TICK_MS * 1000 };
	struct itimerval timer = { every, every };

	if (watched.armed)
		return;
	watched.armed = true;
	sigaltstack(&own, NULL);
	sigaction(SIGVTALRM, &act, NULL);
	setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

void spin_limit_begin(struct trace_shared *head, struct spin_place *where)
{
	if (!where)
		return;
	watched.head = NULL;
	watched.where = where;
	watched.events = watched.now = 0;
	watched.ticks = 0;
	spin_limit_arm();
	watched.head = head;
}

void spin_limit_end(void)
{
	watched.head = NULL;
}
