/*
 * model/invariant.c - runs all checks over a trace.
 *
 * For each event, in this order: the checks of the state before it, the model, the notes
 * for checks, the checks of the state after it.  A dispatch table by kind limits most
 * events to a few checks.
 *
 * Lives here:   the pass, the side rows, the sentences.
 * Never here:   the checks themselves (inv_*.c).
 * Licence: MIT.
 */
#include "model/invariant_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

/* ---- sentences (spec section 18) ------------------------------------- */

static const struct {
	const char *id, *sentence;
} sentences[] = {
	{ "census", "the engine's own state equals the state computed from its events" },
	{ "time", "events are sorted by time, and each comes after its cause" },
	{ "I1", "an item is executed by at most one worker at a time, unless it changed function or workqueue or was initialized again" },
	{ "I2", "an item is on at most one list, and that list belongs to its pwq's pool" },
	{ "I3", "a queued item is PENDING" },
	{ "I4", "an item has INACTIVE exactly while it is on its pwq's inactive list" },
	{ "I5", "a barrier of the same pwq follows a LINKED item" },
	{ "I6", "an item is PENDING without a list, a timer or a grace period for at most 100 ms" },
	{ "I7", "a disabled item is not queued, and its timer is not armed" },
	{ "I8", "an item waits only for a running worker, a limit, a freeze, the creation of a thread or one of 6.12's three missing wake-ups" },
	{ "I9", "each queueing ends in one start or one steal, or is still queued" },
	{ "I10", "a worker's starts and ends alternate, with the same item and function" },
	{ "I11", "a delayed item is not queued before its timer expires" },
	{ "I12", "PENDING is cleared between taking an item and calling its function" },
	{ "I13", "a worker that is neither idle nor busy has PREP" },
	{ "I14", "nr_idle is the length of the idle list, nr_workers the number of live workers" },
	{ "I15", "nr_idle is at most nr_workers" },
	{ "I16", "an idle worker has no item and nothing scheduled; a busy one has item and pwq" },
	{ "I17", "a pool has at most one manager, and MANAGER_ACTIVE exactly while it has one" },
	{ "I18", "nr_running of a CPU's pool counts its workers that are managed and not asleep" },
	{ "I19", "nr_running is 0 in a pool without managed workers, and never below 0" },
	{ "I20", "nr_running is 0 if all workers are idle" },
	{ "I21", "a pool is bound to no CPU exactly while all its workers have UNBOUND" },
	{ "I22", "REBOUND is set only when a CPU comes back, and cleared at the worker's next cycle" },
	{ "I23", "no worker starts an item if no other is idle and the pool has no manager" },
	{ "I24", "in a per-CPU pool an item starts only if no other worker is running" },
	{ "I25", "if items wait, no worker runs and one is idle, then a worker has been woken, except for work that a removal brought to the list" },
	{ "I26", "a pool that needs a worker for more than 10 ms calls for help" },
	{ "I27", "worker ids are unique in a pool, and the worker's name contains its id" },
	{ "I28", "the idle list is sorted by time, the latest first" },
	{ "I29", "no worker that was idle for less than 300 s is culled, and culling continues while too many are older" },
	{ "I30", "a culled worker runs nothing" },
	{ "I31", "a CPU's managed workers execute on that CPU" },
	{ "I32", "a strict pool's workers execute inside its pod" },
	{ "I33", "nr_active counts the pwq's active items" },
	{ "I34", "a per-CPU pwq activates nothing beyond max_active" },
	{ "I35", "a node's counter is the sum over its pwqs and does not rise beyond its limit" },
	{ "I36", "min_active <= a node's limit <= max_active" },
	{ "I37", "items are inactive only if no slot is free" },
	{ "I38", "nr_in_flight counts the pwq's queued and running items, barriers included" },
	{ "I39", "a pwq has a reference for every slot, item and mayday, no other in an idle machine, and is freed only when empty" },
	{ "I40", "an ordered workqueue runs one item at a time, in queueing order" },
	{ "I41", "a BH pool runs one item at a time" },
	{ "I42", "no more runs completed than started" },
	{ "I43", "CPU_INTENSIVE is clear between items" },
	{ "I44", "nr_pwqs_to_flush counts the pwqs that are waited for, all of the flushed colour" },
	{ "I45", "colours are equal if there is no flusher; a pwq has the work colour of its workqueue" },
	{ "I46", "flush_workqueue returns after all items queued before it have ended, and, unless it found no free colour, waits for nothing else" },
	{ "I47", "flush_work returns after the flushed queueing has ended" },
	{ "I48", "after a synchronous cancel no older run and no older queueing is left" },
	{ "I49", "a drained workqueue is empty" },
	{ "I50", "nothing starts on a destroyed workqueue or a released pwq" },
	{ "I51", "a pwq is on the mayday list once, only with a rescuer, which runs only its workqueue's items and is not managed" },
	{ "I52", "between freezing and thaw no waiting item of a freezable workqueue is activated; frozen means none is active" },
	{ "I53", "a stall is reported if, and only if, a pool made no progress for that long" },
	{ "I54", "queued, activated, started, ended: in this order" },
	{ "I55", "hog reports come at counts T, T+1, T+3, T+7, ..." },
	{ "I56", "locks are taken in their order, and one pool's at a time" },
};

#define SENTENCES_NR (sizeof(sentences) / sizeof(sentences[0]))

const char *invariant_sentence(const char *id)
{
	for (size_t i = 0; i < SENTENCES_NR; i++)
		if (!strcmp(sentences[i].id, id))
			return sentences[i].sentence;
	return NULL;
}

const char *invariant_id(unsigned int index)
{
	return index < SENTENCES_NR ? sentences[index].id : NULL;
}

void inv_breach(struct inv *c, const char *id, uint64_t n, const char *fmt, ...)
{
	struct invariant_breach b = { .id = id, .n = n };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(b.text, sizeof(b.text), fmt, ap);
	va_end(ap);
	c->breaches++;
	if (c->report)
		c->report(c->arg, &b);
}

/* ---- side rows ------------------------------------------------------------------------ */

static void side_grow(struct inv *c, void *table, uint32_t *cap, size_t row, uint32_t id)
{
	uint32_t want = *cap ? *cap : 32;
	void **rows = table;
	char *v;

	while (want <= id)
		want *= 2;
	v = realloc(*rows, want * row);
	if (!v) {
		c->no_memory = true;
		return;
	}
	memset(v + *cap * row, 0, (want - *cap) * row);
	*rows = v;
	*cap = want;
}

#define SIDE_ROOM(c, name, id)                                                              \
	do {                                                                                \
		if (unlikely((id) >= (c)->cap_##name))                                      \
			side_grow(c, &(c)->name, &(c)->cap_##name, sizeof(*(c)->name), id); \
	} while (0)

/* Every row of the model has a side row. */
static void side_rows(struct inv *c, const struct trace_event *ev)
{
	struct ev_HOG hog;

	SIDE_ROOM(c, items, c->m.nr_items);
	SIDE_ROOM(c, workers, c->m.nr_workers);
	SIDE_ROOM(c, pools, c->m.nr_pools);
	SIDE_ROOM(c, wqs, c->m.nr_wqs);
	SIDE_ROOM(c, pwqs, c->m.nr_pwqs);
	SIDE_ROOM(c, tasks, c->m.nr_tasks);
	if (trace_get_HOG(ev, &hog) && hog.func < 1 << 20)
		SIDE_ROOM(c, funcs, hog.func);
}

/* ---- dispatch of checks by kind ---------------------------------------------------------- */

static const struct inv_row *const files[] = { inv_item_rows, inv_pool_rows, inv_account_rows,
					       inv_flush_rows, inv_live_rows };
#define FILES_NR (sizeof(files) / sizeof(files[0]))
#define ROWS_MAX 1024

/* The checks of each kind, before and after it is applied; each list ends with NULL. */
static struct {
	inv_check *check[ROWS_MAX];
	unsigned int nr;
	uint16_t first[2][EV_NR];
} dispatch;

static bool row_wants(const struct inv_row *r, int kind)
{
	for (int i = 0; i < INV_KINDS_MAX && r->kinds[i]; i++)
		if (r->kinds[i] == kind)
			return true;
	return false;
}

/* Runs before main(), since any thread may check. */
__attribute__((constructor)) static void make_dispatch(void)
{
	dispatch.nr = 1;	/* [0] is the empty list */
	for (int i = 0; i < 2 * EV_NR; i++) {
		int kind = i / 2, phase = i % 2;
		unsigned int first = dispatch.nr;

		for (size_t f = 0; f < FILES_NR; f++)
			for (const struct inv_row *r = files[f]; r->id; r++)
				if (r->phase == (phase ? INV_AFTER : INV_BEFORE) && row_wants(r, kind))
					dispatch.check[dispatch.nr++] = r->check;
		bug_on(dispatch.nr > ROWS_MAX - 64);
		if (dispatch.nr == first)
			continue;
		dispatch.first[phase][kind] = (uint16_t)first;
		dispatch.nr++;
	}
}

static void run_checks(struct inv *c, int phase, const struct trace_event *ev)
{
	for (inv_check *const *check = &dispatch.check[dispatch.first[phase][ev->kind]]; *check; check++)
		(*check)(c, ev);
}

/* ---- the pass --------------------------------------------------------------------------- */

static void check_time(struct inv *c, const struct trace_event *ev)
{
	if (ev->time < c->last_time)
		inv_breach(c, "time", ev->n, "time goes back from %llu ns to %llu ns",
			   (unsigned long long)c->last_time, (unsigned long long)ev->time);
	if (ev->cause >= ev->n)
		inv_breach(c, "time", ev->n, "its cause is the later event %llu", (unsigned long long)ev->cause);
	c->last_time = ev->time;
	c->last_n = ev->n;
}

static void check_census(struct inv *c)
{
	if (likely(!c->m.fault_n))
		return;
	inv_breach(c, "census", c->m.fault_n, "%s", c->m.fault);
	if (!c->fault.n) {
		c->fault.n = c->m.fault_n;
		memcpy(c->fault.text, c->m.fault, sizeof(c->fault.text));
	}
	c->m.fault_n = 0;
	c->m.fault[0] = '\0';
}

int invariant_step(struct inv *c, const struct trace_event *ev)
{
	int err;

	check_time(c, ev);
	if (ev->kind >= EV_NR)
		return 0;
	/* Rows are created first, since checks of the state before may name new objects. */
	err = model_make_rows(&c->m, ev);
	side_rows(c, ev);
	if (err == -ENOMEM || c->no_memory) {
		c->no_memory = true;
		return -ENOMEM;
	}
	if (!err) {
		run_checks(c, 0, ev);
		model_apply_made(&c->m, ev, 0);
		inv_note(c, ev);
		run_checks(c, 1, ev);
	}
	check_census(c);
	return 0;
}

struct inv *invariant_open(void)
{
	struct inv *c = calloc(1, sizeof(*c));

	if (c && model_init(&c->m)) {
		free(c);
		return NULL;
	}
	return c;
}

void invariant_begin(struct inv *c, const struct trace_store *s, invariant_report report, void *arg)
{
	/* a table beyond the rows that the model has is zero */
#define CLEAR(name, nr) \
	if (c->name)    \
		memset(c->name, 0, ((nr) < c->cap_##name ? (nr) : c->cap_##name) * sizeof(*c->name))
	CLEAR(items, c->m.nr_items + 1);
	CLEAR(workers, c->m.nr_workers + 1);
	CLEAR(pools, c->m.nr_pools + 1);
	CLEAR(wqs, c->m.nr_wqs + 1);
	CLEAR(pwqs, c->m.nr_pwqs + 1);
	CLEAR(tasks, c->m.nr_tasks + 1);
	CLEAR(funcs, c->cap_funcs);
#undef CLEAR
	model_reset(&c->m);
	c->store = s;
	c->report = report;
	c->arg = arg;
	memset(&c->breaches, 0, sizeof(*c) - offsetof(struct inv, breaches));
}

int64_t invariant_end(struct inv *c)
{
	struct trace_event last = { .n = c->last_n, .time = c->last_time };

	for (size_t f = 0; f < FILES_NR && !c->no_memory; f++)
		for (const struct inv_row *r = files[f]; r->id; r++)
			if (r->phase == INV_END)
				r->check(c, &last);
	return c->no_memory ? -ENOMEM : c->breaches;
}

void invariant_close(struct inv *c)
{
	if (!c)
		return;
	model_fini(&c->m);
	free(c->items);
	free(c->workers);
	free(c->pools);
	free(c->wqs);
	free(c->pwqs);
	free(c->tasks);
	free(c->funcs);
	free(c);
}

const struct model *invariant_model(const struct inv *c)
{
	return &c->m;
}

const struct invariant_breach *invariant_fault(const struct inv *c)
{
	return c->fault.n ? &c->fault : NULL;
}

int64_t invariant_check(const struct trace_store *s, invariant_report report, void *arg)
{
	struct inv *c = invariant_open();
	struct trace_event ev;
	int64_t breaches;

	if (!c)
		return -ENOMEM;
	invariant_begin(c, s, report, arg);
	for (uint64_t n = 1; trace_store_event(s, n, &ev) && !invariant_step(c, &ev); n++)
		;
	breaches = invariant_end(c);
	invariant_close(c);
	return breaches;
}
