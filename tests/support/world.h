/*
 * tests/support/world.h - a machine with the engine in it, for tests: start, let run, look.
 *
 * A world is one run in lockstep with the census on.  Items and actors (kernel
 * threads) follow short lists of steps.  Tests read events from the trace only.
 * world_stop() checks every invariant, compares the engine's census with the
 * state that its events give, and fails the test if they differ.
 *
 * Lives here:   worlds, items and actors made of steps, finding events.
 * Never here:   expectations (conf_*.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_WORLD_H
#define KW_TESTS_SUPPORT_WORLD_H

#include "machine/machine.h"
#include "model/model.h"
#include "tests/test.h"
#include "workqueue/workqueue.h"

#define MS UINT64_C(1000000)

struct world {
	struct trace trace;
	struct trace_store store;
	bool borrowed;
	const char *excused;	/* an invariant that the test breaks on purpose ("I54"), or NULL */
	bool believed;		/* the engine breaks rules on purpose: no invariant is checked */
};

/* A machine of @cpus CPUs, run to block, seed from the environment; change what you like. */
struct machine_config world_config(int cpus);
void world_start(struct world *w, const struct machine_config *cfg);
/* Until @ms of virtual time, or sooner when nothing is left to happen. */
enum mach_stop world_run(struct world *w, double ms);
/* world_run(), but a thread that waits for ever ends it with STOP_NO_FUTURE. */
enum mach_stop world_run_out(struct world *w, double ms);
/* Until @ms of virtual time, whatever happens. */
void world_pass(struct world *w, double ms);
/* Switches off, checks invariants and census, forgets. */
void world_stop(struct world *w);

/* ---- steps ------------------------------------------------------------------- */

enum step_op { STEP_END, STEP_BURN, STEP_HOG, STEP_SLEEP, STEP_UNTIL, STEP_CALL };
struct step {
	enum step_op op;
	double ms;
	void (*call)(void);
};
#define BURN(x) { STEP_BURN, x, NULL }
#define HOG(x) { STEP_HOG, x, NULL }
#define SLEEP(x) { STEP_SLEEP, x, NULL }
#define UNTIL(x) { STEP_UNTIL, x, NULL }
#define CALL(fn) { STEP_CALL, 0, fn }
#define STEPS(...) ((const struct step[]){ __VA_ARGS__, { STEP_END, 0, NULL } })

#define STEPS_MAX 12	/* of one item or actor, the end included */

/* Its function runs the steps; each item counts as a function of its own. */
struct item {
	struct delayed_work d;
	struct step steps[STEPS_MAX];
};
#define WORK(it) (&(it)->d.work)
/* After world_start().  @name outlives the run; the function is named like the item. */
void item_init(struct item *it, const char *name, const struct step *steps);
/* A fifo thread on @cpu that runs the steps (actor_nice: a fair one). */
void actor(const char *name, int cpu, const struct step *steps);
void actor_nice(const char *name, int cpu, int nice, const struct step *steps);
/* alloc_workqueue() from the director. */
struct workqueue_struct *make_wq(const char *name, unsigned int flags, int max_active);
/* Each CPU's normal pool has exactly two idle workers afterwards. */
void settle(struct world *w);
/* CPU 0's normal pool has at least @workers idle workers: none must be made for a while. */
void warm_up(struct world *w, int workers);

/* ---- looking -------------------------------------------------------------------- */

/* The @nth event (from 1) of @kind about the thing called @name (NULL: any); false = there is none. */
bool find(struct world *w, enum trace_kind kind, const char *name, unsigned int nth, struct trace_event *ev);
unsigned int count(struct world *w, enum trace_kind kind, const char *name);
/* Its number, 0 = none. */
uint64_t nth(struct world *w, enum trace_kind kind, const char *name, unsigned int n);
/* Its time in ms, -1 = none. */
double when(struct world *w, enum trace_kind kind, const char *name, unsigned int n);
/* A field of it, -1 = no such event or field. */
int64_t field(struct world *w, enum trace_kind kind, const char *name, unsigned int n, const char *field_name);
/* Does a line of the kernel log contain @text?  How often? */
unsigned int printed(struct world *w, const char *text);
unsigned int reported(struct world *w, const char *text);	/* BUG events whose text has @text */
/* Names of the items of EXECUTE_START in order, barriers left out: "w0 w1 w0". */
const char *starts(struct world *w);

/* Did event @a lead to event @b (causes and program order)? */
bool query_led(struct world *w, uint64_t a, uint64_t b);

#endif
