/*
 * machine/start.c - starting and stopping the machine.
 *
 * Lives here:   machine_start(), machine_stop(), tasks that the director waits for.
 * Never here:   starting and stopping one mode (lockstep/start.c, free/start.c).
 * Rules:        docs/time.md "A run's life".   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct machine mach;
struct task *mach_cur;

static bool config_ok(const struct machine_config *cfg)
{
	return cfg->nr_cpus >= 1 && cfg->nr_cpus <= CPUS_MAX && cfg->nr_nodes >= 0 &&
	       cfg->nr_nodes <= cfg->nr_cpus && cfg->cpus_per_llc >= 0 && cfg->smt >= 0 && cfg->smt <= 2 &&
	       cfg->hz <= 10000 && cfg->jitter >= 0 && cfg->jitter <= 0.9;
}

/* maxcpus=: number of CPUs online after boot; cpu_up() brings up the others. */
static int cpus_at_boot(void)
{
	long most = mach_boot_param("maxcpus");

	return most < 1 || most > mach.cfg.nr_cpus || mach.cfg.mode == MACH_FREE ? mach.cfg.nr_cpus : (int)most;
}

static void topology(void)
{
	int per_node, per_llc, smt = mach.cfg.smt > 1 ? mach.cfg.smt : 1;

	mach.nr_cpus = mach.cfg.nr_cpus;
	mach.nr_nodes = mach.cfg.nr_nodes ? mach.cfg.nr_nodes : 1;
	per_node = (mach.nr_cpus + mach.nr_nodes - 1) / mach.nr_nodes;
	per_llc = mach.cfg.cpus_per_llc ? mach.cfg.cpus_per_llc : per_node;
	for (int i = 0; i < mach.nr_cpus; i++) {
		struct cpu *c = &mach.cpus[i];

		c->id = i;
		c->node = i / per_node;
		c->llc = i / per_llc;
		c->core = i / smt;
		c->online = i < cpus_at_boot();
		c->next_event = NS_NEVER;
		INIT_LIST_HEAD(&c->events);
		INIT_LIST_HEAD(&c->tasklets[0]);
		INIT_LIST_HEAD(&c->tasklets[1]);
		INIT_LIST_HEAD(&c->timers);
	}
	mach.online = mach.active = cpumask_first_n(cpus_at_boot());
	mutex_init(&mach.cpu_maps, "cpu_add_remove_lock");
	mutex_init(&mach.hotplug, "cpu_hotplug_lock");
	init_waitqueue_head(&mach.cpus_wait, "cpu_hotplug_lock");
	housekeeping_boot();
}

void machine_announce(void)
{
	TRACE(MACHINE, .cpus = (uint32_t)mach.nr_cpus, .nodes = (uint32_t)mach.nr_nodes,
	      .hz = (uint32_t)mach.cfg.hz, .seed = mach.cfg.seed, .variant = mach.cfg.variant,
	      .mode = mach.cfg.mode, .preempt = mach.cfg.preempt, .sched = mach.cfg.sched,
	      .jitter = (uint32_t)(mach.cfg.jitter * 1000 + 0.5), .text = mach.cfg.profile);
	for (int i = 0; i < mach.nr_cpus; i++)
		TRACE(CPU_TOPOLOGY, .cpu = (uint32_t)i, .node = (uint32_t)mach.cpus[i].node,
		      .llc = (uint32_t)mach.cpus[i].llc, .core = (uint32_t)mach.cpus[i].core);
	for (int i = cpus_at_boot(); i < mach.nr_cpus; i++)
		TRACE(CPU_STATE, .cpu = (uint32_t)i, .online = false);
}

struct director_call {
	void (*fn)(void *arg);
	void *arg;
	bool done;
};

static int director_call_main(void *arg)
{
	struct director_call *call = arg;

	call->fn(call->arg);
	call->done = true;
	mach_request_stop();
	return 0;
}

int call_in_task(const char *comm, void (*fn)(void *arg), void *arg)
{
	struct director_call call = { fn, arg, false };
	struct mach_task_opts opts = { .cpu = cpumask_first(cpu_online_mask()) };
	struct task *t = machine_task(comm, director_call_main, &call, &opts);

	return t ? MODE(call_wait)(t, &call.done) : -EAGAIN;
}

void machine_call(void (*fn)(void *arg), void *arg)
{
	call_in_task("lesson", fn, arg);
}

static void defaults(const struct machine_config *cfg)
{
	mach.cfg = *cfg;
	if (!mach.cfg.hz)
		mach.cfg.hz = 1000;
	if (!mach.cfg.profile)
		mach.cfg.profile = "6.12";
	mach.tick_ns = 1000000000u / mach.cfg.hz;
	if (!mach.cfg.threads_max)
		mach.cfg.threads_max = MACH_THREADS_BASE + 4 * (unsigned int)cfg->nr_cpus;
	mach.threads_max = mach.cfg.threads_max;
	mach.memory_max = cfg->memory_max ? cfg->memory_max : (size_t)256 << 20;
}

static void director_init(void)
{
	struct task *d = &mach.director;

	snprintf(d->comm, sizeof(d->comm), "director");
	d->cpu = -1;
	d->wake_cpu = -1;
	d->is_director = true;
	d->started = true;
	INIT_LIST_HEAD(&d->rq_entry);
	INIT_LIST_HEAD(&d->all);
}

/* Only the CPUs of the last run are not zero: most machines have a few of the 64. */
static void clear(void)
{
	size_t after = offsetof(struct machine, cpus) + sizeof(mach.cpus);

	memset(mach.cpus, 0, (size_t)mach.nr_cpus * sizeof(mach.cpus[0]));
	memset(&mach, 0, offsetof(struct machine, cpus));
	memset((char *)&mach + after, 0, sizeof(mach) - after);
}

int machine_start(const struct machine_config *cfg, struct trace *t, void (*boot)(void))
{
	int err;

	bug_on(mach.running);
	if (!config_ok(cfg))
		return -EINVAL;
	clear();
	defaults(cfg);
	uv_mutex_init(&mach.lock);
	INIT_LIST_HEAD(&mach.tasks);
	memory_boot();
	irq_boot();
	init_waitqueue_head(&mach.creation_wait, "creation of a kernel thread");
	topology();
	director_init();
	mach.trace = t;
	mach.running = true;
	mode_select(cfg->mode);
	err = MODE(start)(boot);
	if (err)
		machine_stop();
	return err;
}

void machine_stop(void)
{
	struct task *t, *n;

	if (!mach.running)
		return;
	MODE(stop)();
	trace_current = NULL;
	if (mach.trace)
		memset(&mach.trace->hooks, 0, sizeof(mach.trace->hooks));
	list_for_each_entry_safe(t, n, &mach.tasks, all)
		task_free(t);
	memory_stop();
	free(mach.funcs);
	mach.funcs = NULL;
	uv_mutex_destroy(&mach.lock);
	mach.running = false;
	mach.ops = NULL;
	mach_cur = NULL;
	mode_select(MACH_FREE);
}

bool machine_running(void)
{
	return mach.running;
}

const struct machine_config *machine_config(void)
{
	return &mach.cfg;
}
