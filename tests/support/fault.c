/*
 * tests/support/fault.c - see fault.h.   Licence: MIT.
 */
#include "tests/support/fault.h"

#include <stdio.h>
#include <string.h>

#include "tests/test.h"

uv_loop_t fault_loop;
bool fault_changed;

static void on_change(void *arg)
{
	(void)arg;
	fault_changed = true;
}

static void on_tick(uv_timer_t *t)
{
	*(int *)t->data -= 1;
}

/* Runs the loop until the run is no longer computing, or @seconds have passed. */
enum run_state fault_settle(struct run *r, int seconds)
{
	uv_timer_t bound;
	int ticks = seconds * 20;

	uv_timer_init(&fault_loop, &bound);
	bound.data = &ticks;
	uv_timer_start(&bound, on_tick, 50, 50);
	run_poll(r);
	while (ticks > 0 && run_get_state(r) == RUN_RUNNING) {
		uv_run(&fault_loop, UV_RUN_ONCE);
		run_poll(r);
	}
	uv_close((uv_handle_t *)&bound, NULL);
	uv_run(&fault_loop, UV_RUN_NOWAIT);
	return run_get_state(r);
}

struct run *fault_open(const char *lesson, const struct run_spec *like)
{
	struct run_spec spec = { .seed = 1, .jitter = -1, .log_bytes = 1 << 20 };
	struct run *r = NULL;
	char err[256] = "";

	if (like)
		spec = *like;
	snprintf(spec.lesson, sizeof(spec.lesson), "%s", lesson);
	REQUIRE_INT(run_open(&r, &fault_loop, "/proc/self/exe", &spec, err, sizeof(err)), 0);
	run_on_change(r, on_change, NULL);
	return r;
}

void fault_close(struct run *r)
{
	run_close(r);
	uv_run(&fault_loop, UV_RUN_NOWAIT);	/* its handles' last callbacks; other runs go on */
}

void fault_loop_begin(void)
{
	fault_changed = false;
	REQUIRE_INT(uv_loop_init(&fault_loop), 0);
}

void fault_loop_end(void)
{
	CHECK_INT(uv_loop_close(&fault_loop), 0);
}

const char *fault_said(struct run *r, uint64_t n)
{
	static struct ev_PRINTK p;	/* its text lives in the store */
	struct trace_event ev;

	return trace_store_event(run_store(r), n, &ev) && trace_get_PRINTK(&ev, &p) ? p.text : "";
}
