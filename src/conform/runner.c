/*
 * conform/runner.c - runs the actors and items of a scenario on the engine.
 *
 * Before t=0 each normal pool runs one trivial item.  That leaves it with two idle
 * workers, the least that the measured kernel had.
 *
 * Lives here:   making the objects, the warm-up, detecting the end.
 * Never here:   steps (steps.c), the effect of steps on workqueues (workqueue/), judging.
 * Licence: MIT.
 */
#include "conform/runner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "base/shortage.h"
#include "conform/conform_internal.h"
#include "conform/runner_internal.h"
#include "trace/trace.h"

#define ACTOR_PRIO 50		/* an actor's steps run on time even when workers burn its CPU */
#define WARM_UP_NS (1000 * MS)	/* far more than a trivial item needs */
#define PATIENCE 3		/* the timeout is extended so many times after unfair choices */
#define TEAR_DOWN_NS (60000 * MS)	/* far more than destroying an idle queue needs */

static bool has_files(const struct kws *k)
{
	for (unsigned int i = 0; i < k->nr_decls; i++)
		if (k->decls[i].kind == KWS_WQ && k->decls[i].flags & KWS_SYSFS)
			return true;
	return false;
}

/* Marks the CPUs and the nice level of this run's worker: files in /sys change both. */
static void mark_allowed(struct runner *rn)
{
	char name[64];

	snprintf(name, sizeof(name), MARK_ALLOWED "%" PRIx64 " %d", task_cpus_allowed(current).bits,
		 task_nice(current));
	runner_mark(rn, name);
}

static void item_fn(struct work_struct *work)
{
	struct item *it = container_of(work, struct item, u.work);
	struct body b = { .rn = it->rn, .decl = it->decl, .run = ++it->runs };

	if (has_files(b.rn->k))
		mark_allowed(b.rn);
	runner_body(&b);
}

static int actor_fn(void *data)
{
	struct actor *a = data;
	struct body b = { .rn = a->rn, .decl = a->decl };

	runner_body(&b);
	a->rn->actors_left--;
	return 0;
}

/* ---- before and after --------------------------------------------------------------------- */

static struct workqueue_struct *system_queue(enum kws_system which)
{
	switch (which) {
#define SYSTEM(pointer, name, flags) \
	case KWS_##pointer:          \
		return pointer;
	KWS_SYSTEM_WQS(SYSTEM)
#undef SYSTEM
	default:
		return NULL;
	}
}

static void make_queue(struct runner *rn, unsigned int i)
{
	static const unsigned int flags[][2] = {
		{ KWS_UNBOUND, WQ_UNBOUND }, { KWS_HIGHPRI, WQ_HIGHPRI }, { KWS_MEM_RECLAIM, WQ_MEM_RECLAIM },
		{ KWS_CPU_INTENSIVE, WQ_CPU_INTENSIVE }, { KWS_FREEZABLE, WQ_FREEZABLE }, { KWS_BH, WQ_BH },
		{ KWS_SYSFS, WQ_SYSFS }, { KWS_POWER_EFFICIENT, WQ_POWER_EFFICIENT },
	};
	const struct kws_decl *d = &rn->k->decls[i];
	unsigned int wq_flags = 0;

	rn->wq[i] = system_queue(d->system);
	if (rn->wq[i])
		return;
	for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]); f++)
		if (d->flags & flags[f][0])
			wq_flags |= flags[f][1];
	if (d->flags & KWS_ORDERED)
		rn->wq[i] = alloc_ordered_workqueue("%s", wq_flags & ~(unsigned int)WQ_UNBOUND, d->name);
	else
		rn->wq[i] = alloc_workqueue("%s", wq_flags, (int)d->max_active, d->name);
}

static void make_item(struct runner *rn, unsigned int i)
{
	const struct kws_decl *d = &rn->k->decls[i];
	const char *func = rn->k->decls[d->fn].name;
	struct item *it = &rn->item[i];
	uintptr_t tag = (uintptr_t)d->fn + 1;

	it->decl = d;
	it->rn = rn;
	if (d->kind == KWS_WORK)
		init_work(&it->u.work, item_fn, d->name, func, tag);
	else if (d->kind == KWS_DWORK)
		init_delayed_work(&it->u.dwork, item_fn, d->name, func, tag, 0);
	else
		init_rcu_work(&it->u.rwork, item_fn, d->name, func, tag);
}

static void make_handler(struct runner *rn, unsigned int i)
{
	const struct kws_decl *d = &rn->k->decls[i];
	struct handler *h = &rn->handler[i];
	char name[sizeof(MARK_ENTER) + KWS_NAME_MAX];

	h->decl = d;
	h->rn = rn;
	snprintf(name, sizeof(name), MARK_ENTER "%s", d->name);
	h->enter_fn = runner_fn_id(rn, name);
	snprintf(name, sizeof(name), MARK_LEAVE "%s", d->name);
	h->leave_fn = runner_fn_id(rn, name);
	tasklet_setup(&h->tasklet, runner_tasklet);
	timer_setup(&h->timer, runner_timer, 0);
}

static void nothing(struct work_struct *work)
{
	(void)work;
}

/* One item in each pool, so that it has two idle workers at t=0, as measured. */
static void prepare(void *arg)
{
	struct workqueue_struct *const queues[WARM_QUEUES] = { system_wq, system_unbound_wq, system_highpri_wq };
	struct runner *rn = arg;

	for (unsigned int i = 0; i < rn->k->nr_decls; i++) {
		const struct kws_decl *d = &rn->k->decls[i];

		if (d->kind == KWS_WQ)
			make_queue(rn, i);
		else if (kws_is_item(d->kind))
			make_item(rn, i);
		else if (kws_is_handler(d->kind))
			make_handler(rn, i);
		else if (d->kind == KWS_MUTEX)
			mutex_init(&rn->mutex[i], d->name);
		else if (d->kind == KWS_COMPLETION)
			init_completion(&rn->completion[i], d->name);
	}
	for (int cpu = 0; cpu < nr_cpu_ids(); cpu++) {
		for (int i = 0; i < WARM_QUEUES; i++) {
			init_work(&rn->warm[i][cpu], nothing, "(warm-up)", "(warm-up)", 1);
			queue_work_on(cpu, queues[i], &rn->warm[i][cpu]);
		}
	}
}

/* Destroys the queues that the scenario left.  They must be empty, so this must end. */
static int tear_down(void *data)
{
	struct runner *rn = data;

	for (unsigned int i = 0; i < rn->k->nr_decls; i++)
		if (rn->k->decls[i].kind == KWS_TIMER)
			timer_delete_sync(&rn->handler[i].timer);
	for (unsigned int i = 0; i < rn->k->nr_decls; i++)
		if (rn->wq[i] && !rn->k->decls[i].system)
			destroy_workqueue(rn->wq[i]);
	rn->torn_down = true;
	return 0;
}

/* ---- detecting the end ------------------------------------------------------------------------------ */

static int slot_of(const struct runner *rn, uint32_t id)
{
	for (unsigned int i = 0; id && i < rn->k->nr_decls; i++)
		if (rn->item[i].decl && rn->item[i].u.work.id == id)
			return (int)i;
	return -1;
}

/* True for events after which the scenario may be over; *@item: the item concerned, or 0. */
static bool counts(const struct trace_event *ev, uint32_t *item, int *pending, int *running)
{
	struct trace_value v;

	*pending = ev->kind == EV_PENDING_SET ? 1 : ev->kind == EV_PENDING_CLEAR || ev->kind == EV_FREE_ITEM ? -1 : 0;
	*running = ev->kind == EV_WORK_START ? 1 : ev->kind == EV_EXECUTE_END ? -1 : 0;
	*item = 0;
	if ((*pending || *running) && trace_event_get(ev, "item", &v))
		*item = (uint32_t)v.num;
	return *item || ev->kind == EV_TASK_EXIT;
}

static bool watch(void *arg, const struct trace_event *ev)
{
	struct runner *rn = arg;
	int pending, running, i;
	uint32_t item;
	struct ev_BUG bug;

	if (trace_get_BUG(ev, &bug))
		rn->misuse |= bug.kind == BUG_FREE_ACTIVE || bug.kind == BUG_USE_AFTER_FREE;
	if (!counts(ev, &item, &pending, &running))
		return false;
	i = slot_of(rn, item);
	if (i >= 0) {
		rn->pending[i] = pending > 0 ? 1 : pending < 0 ? 0 : rn->pending[i];
		rn->running[i] += running;
	}
	if (rn->actors_left)
		return false;
	for (unsigned int d = 0; d < rn->k->nr_decls; d++)
		if (rn->pending[d] || rn->running[d] > 0)
			return false;
	return true;
}

/* ---- the run ----------------------------------------------------------------------------------- */

int runner_lacks(const struct kws *k, char *sentence, size_t size)
{
	const char *name;
	long value;
	int err = k->boot[0] ? workqueue_boot_arg(k->boot, &name, &value) : 0;

	if (err)
		snprintf(sentence, size, err == -EINVAL ? "boot=%s has a value no kernel takes" :
			 "this engine does not know the boot argument %s", k->boot);
	return err ? k->boot_line : 0;
}

static struct machine_config config_of(const struct kws *k, const struct runner_opts *opts)
{
	struct machine_config cfg = {
		.mode = MACH_LOCKSTEP, .nr_cpus = k->topo, .nr_nodes = 2, .cpus_per_llc = k->topo == 16 ? 4 : 2,
		.smt = k->topo == 16 ? 2 : 1, .hz = k->kernel == KERNEL_DEBIAN ? 250 : 1000,
		.preempt = PREEMPT_VOLUNTARY, .sched = SCHED_FAIR_CLASS, .seed = opts->seed,
		.vary_costs = true, .profile = "6.12", .census = opts->census,
		.baton = BATON_STACKS,	/* thousands of runs per process */
		.params = {
			{ "cpu_intensive_thresh_us", k->cpu_intensive_thresh_us },
			{ "watchdog_thresh", 0 },
			{ "lockdep", k->kernel == KERNEL_LOCKDEP },
		},
	};

	return cfg;
}

/*
 * The measuring rig slept until a tick and then started the actors, so t=0 is right after
 * a tick of the first actor's CPU.  The ends of slices and timers depend on it.
 */
static int wait_for_tick(void *data)
{
	(void)data;
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(2);
	mach_request_stop();
	return 0;
}

/* Runs until the workers of the warm-up are idle, then to the next tick. */
static void warm_up(const struct kws *k)
{
	struct mach_run run = { .until_ns = machine_now() + WARM_UP_NS, .idle = true };
	struct mach_task_opts opts = { .rt_prio = ACTOR_PRIO };

	machine_run(&run);
	run = (struct mach_run){ .until_ns = machine_now() + WARM_UP_NS };
	for (unsigned int i = k->nr_decls; i-- > 0;)
		if (k->decls[i].kind == KWS_ACTOR)
			opts.cpu = k->decls[i].cpu;
	machine_task("kws-rig", wait_for_tick, NULL, &opts);
	machine_run(&run);
}

static void start_actors(struct runner *rn)
{
	for (unsigned int i = 0; i < rn->k->nr_decls; i++)
		rn->actors_left += rn->k->decls[i].kind == KWS_ACTOR;
	for (unsigned int i = 0; i < rn->k->nr_decls; i++) {
		const struct kws_decl *d = &rn->k->decls[i];
		struct mach_task_opts opts = { .cpu = d->cpu, .rt_prio = d->fifo ? ACTOR_PRIO : 0 };
		char comm[KWS_NAME_MAX + 8];

		if (d->kind != KWS_ACTOR)
			continue;
		snprintf(comm, sizeof(comm), "kws-%s", d->name);
		rn->actor[i] = (struct actor){ .decl = d, .rn = rn };
		rn->actor[i].task = machine_task(comm, actor_fn, &rn->actor[i], &opts);
	}
}

/* Two of them have one name (R14.1), so the record gets their ids.  Those of bottom halves have an id from their first use. */
static void mark_system_queues(struct runner *rn)
{
	char name[sizeof(MARK_QUEUE) + KWS_NAME_MAX + 16];

	for (unsigned int i = 0; i < rn->k->nr_decls; i++) {
		const struct kws_decl *d = &rn->k->decls[i];

		if (d->kind != KWS_WQ || !d->system || !workqueue_id(rn->wq[i]))
			continue;
		snprintf(name, sizeof(name), MARK_QUEUE "%s %" PRIu32, d->name, workqueue_id(rn->wq[i]));
		runner_mark(rn, name);
	}
}

static int play(struct runner *rn, char *err, size_t err_size)
{
	struct mach_run run = { .watch = { .after = watch, .arg = rn } };
	struct mach_task_opts boss = { .cpu = 0 };
	enum mach_stop why;

	machine_call(prepare, rn);
	warm_up(rn->k);
	runner_name_steps(rn);
	mark_system_queues(rn);
	rn->t0 = machine_now();
	runner_mark(rn, MARK_BEGIN);
	mach_choices(true);
	start_actors(rn);
	run.until_ns = rn->t0 + (uint64_t)rn->k->timeout_ms * MS;
	why = rn->actors_left ? machine_run(&run) : STOP_WATCH;
	if (why == STOP_TIME && mach_unfair_choices()) {	/* delayed by the explorer, or stuck? */
		run.until_ns += PATIENCE * (uint64_t)rn->k->timeout_ms * MS;
		why = machine_run(&run);
	}
	mach_choices(false);
	if (why == STOP_FULL) {
		snprintf(err, err_size, "a flood: more events than a trace holds, by %s",
			 time_text_ms(machine_now() - rn->t0).text);
		return -EOVERFLOW;
	}
	runner_mark(rn, why == STOP_WATCH ? MARK_END : MARK_TIMEOUT);
	if (why != STOP_WATCH)
		return 0;	/* a thread waits for ever, so the queues cannot be destroyed */
	machine_task("kws-end", tear_down, rn, &boss);
	run = (struct mach_run){ .until_ns = machine_now() + TEAR_DOWN_NS, .idle = true };
	machine_run(&run);
	if (!rn->torn_down && !rn->misuse) {
		snprintf(err, err_size, "destroying the workqueues afterwards does not end");
		return -EIO;
	}
	return 0;
}

/* Zeroes the rows of the declarations that @k has, and not the rest of the large arrays. */
static struct runner *runner_new(const struct kws *k, struct trace *t)
{
	struct runner *rn = malloc(sizeof(*rn));
	size_t n = k->nr_decls, cpus = (size_t)k->topo;

	if (!rn)
		return NULL;
#define CLEAR(rows, nr) memset(rn->rows, 0, (nr) * sizeof(rn->rows[0]))
	CLEAR(step_fn, k->nr_steps);
	CLEAR(wq, n);
	CLEAR(destroyed, n);
	CLEAR(item, n);
	CLEAR(handler, n);
	CLEAR(actor, n);
	CLEAR(mutex, n);
	CLEAR(completion, n);
	for (int i = 0; i < WARM_QUEUES; i++)
		CLEAR(warm[i], cpus);
	CLEAR(pending, n);
	CLEAR(running, n);
#undef CLEAR
	rn->k = k;
	rn->t = t;
	rn->t0 = 0;
	rn->actors_left = 0;
	rn->torn_down = rn->misuse = false;
	return rn;
}

int runner_run(const struct kws *k, const struct runner_opts *opts, struct trace *t, char *err, size_t err_size)
{
	struct machine_config cfg = config_of(k, opts);
	struct runner *rn = runner_new(k, t);
	struct mach_choosing later;
	int ret;

	if (!rn)
		return -ENOMEM;
	if (k->boot[0]) {	/* the first entry of a name is used */
		cfg.params[3] = cfg.params[0];
		workqueue_boot_arg(k->boot, &cfg.params[0].name, &cfg.params[0].value);
	}
	if (opts->choosing) {
		later = *opts->choosing;
		later.later = true;	/* not during the warm-up */
		cfg.choosing = &later;
	}
	ret = machine_start(&cfg, t, workqueue_boot);
	if (ret == -EAGAIN || ret == -ENOMEM)
		shortage_end(ret, "the machine");	/* no fault of the scenario */
	if (ret) {
		snprintf(err, err_size, "the machine does not start: %s", strerror(-ret));
	} else {
		ret = play(rn, err, err_size);
		machine_stop();
	}
	free(rn);
	return ret;
}
