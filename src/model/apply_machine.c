/*
 * model/apply_machine.c - applies events about threads, CPUs, interrupt lines and memory.
 *
 * A burn makes progress only while its thread has a CPU.  .burn_done is the progress up to
 * the last switch away; the rest counts from .burn_from.  An interrupt stops a burn.  When
 * the interrupt is over, its length counts as burnt, because a busy loop watches its CPU
 * clock (docs/time.md, "Burning").  For a computation it does not count.
 *
 * Lives here:   one small handler per kind; the progress of a burn.
 * Never here:   workqueues.
 * Licence: MIT.
 */
#include "model/model_internal.h"

#include <stdio.h>

static struct model_cpu *cpu_of(struct model *m, const struct trace_event *ev)
{
	return ev->cpu < CPUS_MAX ? &m->cpus[ev->cpu] : NULL;
}

/* ---- the machine ------------------------------------------------------------------------ */

static void on_task_prio(struct model *m, const struct trace_event *ev)
{
	GET(TASK_PRIO);

	m->tasks[e.task].nice = e.nice;
	m->tasks[e.task].rt_prio = e.rt_prio;
}

static void on_task_allowed(struct model *m, const struct trace_event *ev)
{
	GET(TASK_ALLOWED);

	m->tasks[e.task].allowed = e.cpus;
}

/* R4.17: the whole tick is charged to the item that it interrupts. */
static void on_tick(struct model *m, const struct trace_event *ev)
{
	const struct model_worker *w = &m->workers[m->tasks[ev->task].worker];

	if (w->id && w->pwq && m->hz)
		m->pwqs[w->pwq].cpu_time += 1000000 / m->hz;
}

static void on_machine(struct model *m, const struct trace_event *ev)
{
	GET(MACHINE);

	m->nr_cpus = e.cpus <= CPUS_MAX ? e.cpus : CPUS_MAX;
	m->nr_nodes = e.nodes <= CPUS_MAX ? e.nodes : CPUS_MAX;
	m->hz = e.hz;
	m->seed = e.seed;
	m->variant = e.variant;
	m->mode = e.mode;
	m->preempt = e.preempt;
	m->sched = e.sched;
	m->jitter = e.jitter;
	for (uint32_t c = 0; c < m->nr_cpus; c++) {
		m->cpus[c].id = c;
		m->cpus[c].exists = m->cpus[c].online = true;
	}
}

static void on_choice(struct model *m, const struct trace_event *ev)
{
	GET(CHOICE);

	m->held_ns += e.wait;
}

static void on_cpu_topology(struct model *m, const struct trace_event *ev)
{
	GET(CPU_TOPOLOGY);
	struct model_cpu *c;

	if (e.cpu >= CPUS_MAX)
		return;
	c = &m->cpus[e.cpu];
	if (!c->exists)
		c->online = true;
	c->exists = true;
	c->id = e.cpu;
	c->node = e.node;
	c->llc = e.llc;
	c->core = e.core;
}

static void on_cpu_state(struct model *m, const struct trace_event *ev)
{
	GET(CPU_STATE);

	if (e.cpu < CPUS_MAX)
		m->cpus[e.cpu].online = e.online;
}

static void on_create_stall(struct model *m, const struct trace_event *ev)
{
	GET(CREATE_STALL);

	m->creation_stalled = e.on;
}

static void on_freeze(struct model *m, const struct trace_event *ev)
{
	GET(FREEZE);

	m->frozen = e.state;
}

/* ---- threads -------------------------------------------------------------------------------- */

static void enter_state(struct model_task *t, enum model_task_state state, uint64_t now)
{
	if (t->state != state)
		t->since = now;
	t->state = state;
}

/* A copy without printf: there are hundreds of threads per run and thousands of runs. */
static void name_task(struct model_task *t, const char *name)
{
	size_t n = strnlen(name, sizeof(t->comm) - 1);

	memcpy(t->comm, name, n);
	memset(t->comm + n, 0, sizeof(t->comm) - n);
}

static void on_task_new(struct model *m, const struct trace_event *ev)
{
	GET(TASK_NEW);
	struct model_task *t = &m->tasks[e.task];
	unsigned int cpu;

	t->cpu = e.cpu;
	t->nice = e.nice;
	t->rt_prio = e.rt_prio;
	t->allowed = e.allowed;
	t->since = ev->time;
	name_task(t, e.comm);
	if (!strncmp(e.comm, "swapper/", 8) && sscanf(e.comm + 8, "%u", &cpu) == 1 && cpu < CPUS_MAX) {
		m->cpus[cpu].idle_task = e.task;
		if (!m->cpus[cpu].task)
			m->cpus[cpu].task = e.task;
	}
}

static void on_task_rename(struct model *m, const struct trace_event *ev)
{
	GET(TASK_RENAME);

	name_task(&m->tasks[e.task], e.comm);
}

static void on_task_exit(struct model *m, const struct trace_event *ev)
{
	GET(TASK_EXIT);

	enter_state(&m->tasks[e.task], MT_DEAD, ev->time);
}

static enum model_task_state state_after(uint32_t prev_state)
{
	switch (prev_state) {
	case TSK_RUNNING:
	case TSK_PREEMPTED:
		return MT_RUNNABLE;
	case TSK_DEAD:
		return MT_DEAD;
	default:
		return MT_BLOCKED;
	}
}

static void on_sched_switch(struct model *m, const struct trace_event *ev)
{
	GET(SCHED_SWITCH);
	struct model_task *prev = &m->tasks[e.prev], *next = &m->tasks[e.next];
	struct model_cpu *c = cpu_of(m, ev);

	if (e.prev) {
		if (prev->burning && prev->state == MT_ON_CPU)
			prev->burn_done += ev->time - prev->burn_from;
		enter_state(prev, state_after(e.prev_state), ev->time);
		prev->sleeps_idle = e.prev_state == TSK_IDLE;
	}
	if (e.next) {
		enter_state(next, MT_ON_CPU, ev->time);
		next->cpu = ev->cpu;
		next->burn_from = ev->time;
		next->sleep_until = 0;
	}
	if (c)
		c->task = e.next;
}

static void on_sched_wakeup(struct model *m, const struct trace_event *ev)
{
	GET(SCHED_WAKEUP);
	struct model_task *t = &m->tasks[e.task];

	if (t->state != MT_ON_CPU) {	/* else: woken before it had blocked */
		enter_state(t, MT_RUNNABLE, ev->time);
		t->cpu = e.target_cpu;
	}
	t->sleep_until = 0;
	t->cause = ev->n;
}

static void on_sched_migrate(struct model *m, const struct trace_event *ev)
{
	GET(SCHED_MIGRATE);

	m->tasks[e.task].cpu = e.dest_cpu;
}

/* A burn in an interrupt belongs to the interrupt, not to the interrupted thread. */
static void burn_begins(struct model *m, const struct trace_event *ev, uint64_t length, bool hog, bool own)
{
	struct model_task *t = &m->tasks[ev->task];

	if (ev->ctx != CTX_TASK)
		return;
	t->burning = true;
	t->hogging = hog;
	t->computing = own;
	t->burn_length = length;
	t->burn_done = 0;
	t->burn_from = ev->time;
}

static void on_burn(struct model *m, const struct trace_event *ev)
{
	GET(BURN);

	burn_begins(m, ev, e.length, e.hog, false);
}

static void on_compute(struct model *m, const struct trace_event *ev)
{
	GET(COMPUTE);

	burn_begins(m, ev, e.length, false, true);
}

static void on_burn_end(struct model *m, const struct trace_event *ev)
{
	if (ev->ctx == CTX_TASK)
		m->tasks[ev->task].burning = m->tasks[ev->task].hogging = false;
}

static void on_sleep(struct model *m, const struct trace_event *ev)
{
	GET(SLEEP);

	m->tasks[ev->task].sleep_until = e.until;
}

static void on_lock_spin(struct model *m, const struct trace_event *ev)
{
	GET(LOCK_SPIN);
	struct model_cpu *c = cpu_of(m, ev);

	if (c)
		c->spins_lock = e.lock;
}

static void on_lock_wait(struct model *m, const struct trace_event *ev)
{
	GET(LOCK_WAIT);

	m->tasks[ev->task].waits_lock = e.lock;
	m->tasks[ev->task].waits_for = e.owner;
}

static void on_lock_got(struct model *m, const struct trace_event *ev)
{
	GET(LOCK_GOT);
	struct model_task *t = &m->tasks[ev->task];
	struct model_cpu *c = cpu_of(m, ev);

	if (t->waits_lock == e.lock)
		t->waits_lock = t->waits_for = 0;
	if (c && c->spins_lock == e.lock)
		c->spins_lock = 0;
}

uint64_t model_burn_done(const struct model *m, const struct model_task *t, uint64_t now)
{
	uint64_t done = t->burn_done;
	const struct model_cpu *c = t->cpu >= 0 && t->cpu < CPUS_MAX ? &m->cpus[t->cpu] : NULL;

	if (!t->burning)
		return 0;
	if (c && c->task == t->id && model_cpu_interrupted(c) && now > c->interrupted_at)
		now = c->interrupted_at;
	if (t->state == MT_ON_CPU && now > t->burn_from)
		done += now - t->burn_from;
	return done < t->burn_length ? done : t->burn_length;
}

uint32_t model_cpu_ready(const struct model *m, uint32_t cpu)
{
	for (uint32_t i = 1; i <= m->nr_tasks; i++) {
		const struct model_task *t = model_task(m, i);

		if (t && t->state == MT_RUNNABLE && t->cpu == (int32_t)cpu && i != m->cpus[cpu].idle_task)
			return i;
	}
	return 0;
}

/* ---- interrupts, memory ------------------------------------------------------------------------- */

/* Call before .irq_line or .softirq of @c is set. */
static void interrupt_begins(struct model_cpu *c, const struct trace_event *ev)
{
	if (!model_cpu_interrupted(c))
		c->interrupted_at = ev->time;
}

/* Call after one of them was cleared.  The interrupted thread continues if both are clear. */
static void interrupt_ends(struct model *m, const struct model_cpu *c, const struct trace_event *ev)
{
	struct model_task *t = &m->tasks[c->task];
	uint64_t from = c->interrupted_at;

	if (model_cpu_interrupted(c) || !t->id || !t->burning || !t->computing)
		return;
	if (from < t->burn_from)
		from = t->burn_from;
	t->burn_from += ev->time - from;
}

static void on_irq_entry(struct model *m, const struct trace_event *ev)
{
	GET(IRQ_ENTRY);
	struct model_cpu *c = cpu_of(m, ev);

	m->lines[e.line].count++;
	if (c) {
		interrupt_begins(c, ev);
		c->irq_line = e.line;
		c->hard = (struct model_source){ 0 };
	}
}

static void on_irq_exit(struct model *m, const struct trace_event *ev)
{
	struct model_cpu *c = cpu_of(m, ev);

	if (c && c->irq_line) {
		c->irq_line = 0;
		c->hard.row = MODEL_ROW_END;
		c->hard.n = ev->n;
		interrupt_ends(m, c, ev);
	}
}

static void on_irq_lost(struct model *m, const struct trace_event *ev)
{
	GET(IRQ_LOST);

	m->lines[e.line].lost++;
}

static void on_softirq_entry(struct model *m, const struct trace_event *ev)
{
	GET(SOFTIRQ_ENTRY);
	struct model_cpu *c = cpu_of(m, ev);

	if (c) {
		interrupt_begins(c, ev);
		c->softirq = e.vec + 1;
	}
}

static void on_softirq_exit(struct model *m, const struct trace_event *ev)
{
	struct model_cpu *c = cpu_of(m, ev);

	if (c && c->softirq) {
		c->softirq = 0;
		c->soft = (struct model_source){ 0 };
		interrupt_ends(m, c, ev);
	}
}

struct model_source *model_source_slot(struct model *m, const struct trace_event *ev)
{
	if (ev->ctx == CTX_HARDIRQ || ev->ctx == CTX_SOFTIRQ)
		return ev->cpu >= CPUS_MAX ? NULL : ev->ctx == CTX_HARDIRQ ? &m->cpus[ev->cpu].hard : &m->cpus[ev->cpu].soft;
	return ev->ctx == CTX_TASK && ev->task <= m->nr_tasks ? &m->tasks[ev->task].source : NULL;
}

static void on_source_at(struct model *m, const struct trace_event *ev)
{
	GET(SOURCE_AT);
	struct model_source *slot = model_source_slot(m, ev);

	if (!slot)
		return;
	if (slot->source != e.source || !e.row)
		*slot = (struct model_source){ .source = e.source };
	slot->row = e.row;
	slot->n = ev->n;
}

static void on_call(struct model *m, const struct trace_event *ev)
{
	struct model_source *slot = model_source_slot(m, ev);

	if (slot && slot->returned_row == slot->row)
		slot->returned_row = 0;		/* called again: it has not returned yet */
}

static void on_return(struct model *m, const struct trace_event *ev)
{
	GET(RETURN);
	struct model_source *slot = model_source_slot(m, ev);

	if (!slot || !slot->source)
		return;
	slot->returned_row = slot->row;
	slot->fn = e.fn;
	slot->ret = e.ret;
	slot->has_ret = e.has_ret;
	slot->n = ev->n;
}

struct model_source model_source_of(const struct model *m, const struct trace_event *ev)
{
	const struct model_source *slot = model_source_slot((struct model *)m, ev);

	return slot ? *slot : (struct model_source){ 0 };
}

static void on_alloc(struct model *m, const struct trace_event *ev)
{
	GET(ALLOC);

	m->objs[e.object].allocated = true;
	m->objs[e.object].freed = false;
}

static void on_free(struct model *m, const struct trace_event *ev)
{
	GET(FREE);

	m->objs[e.object].freed = true;
	m->objs[e.object].freed_ev = ev->n;
}

model_handler *const model_machine_handlers[EV_NR] = {
	[EV_MACHINE] = on_machine,
	[EV_TASK_ALLOWED] = on_task_allowed,
	[EV_TASK_PRIO] = on_task_prio,
	[EV_TICK] = on_tick,
	[EV_CPU_TOPOLOGY] = on_cpu_topology,
	[EV_CPU_STATE] = on_cpu_state,
	[EV_CREATE_STALL] = on_create_stall,
	[EV_FREEZE] = on_freeze,
	[EV_TASK_NEW] = on_task_new,
	[EV_TASK_RENAME] = on_task_rename,
	[EV_TASK_EXIT] = on_task_exit,
	[EV_SCHED_SWITCH] = on_sched_switch,
	[EV_SCHED_WAKEUP] = on_sched_wakeup,
	[EV_SCHED_MIGRATE] = on_sched_migrate,
	[EV_BURN] = on_burn,
	[EV_COMPUTE] = on_compute,
	[EV_BURN_END] = on_burn_end,
	[EV_SLEEP] = on_sleep,
	[EV_LOCK_SPIN] = on_lock_spin,
	[EV_LOCK_WAIT] = on_lock_wait,
	[EV_LOCK_GOT] = on_lock_got,
	[EV_IRQ_ENTRY] = on_irq_entry,
	[EV_IRQ_EXIT] = on_irq_exit,
	[EV_IRQ_LOST] = on_irq_lost,
	[EV_SOFTIRQ_ENTRY] = on_softirq_entry,
	[EV_SOFTIRQ_EXIT] = on_softirq_exit,
	[EV_SOURCE_AT] = on_source_at,
	[EV_CALL] = on_call,
	[EV_RETURN] = on_return,
	[EV_ALLOC] = on_alloc,
	[EV_FREE] = on_free,
	[EV_CHOICE] = on_choice,
};
