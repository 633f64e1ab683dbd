/*
 * machine/start.c - switching the machine on and off.
 *
 * Lives here:   machine_start, machine_stop, tasks the director runs to their end,
 *               who waits for whom when nothing more can happen.
 * Never here:   driving time (dispatch.c).   Rules: docs/time.md "A run's life".   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

struct machine mach;
struct task *mach_cur;
#ifndef KW_FREE_ONLY
bool mach_lockstep;
#endif

static bool config_ok(const struct machine_config *cfg)
{
	return cfg->nr_cpus >= 1 && cfg->nr_cpus <= CPUS_MAX && cfg->nr_nodes >= 0 &&
	       cfg->nr_nodes <= cfg->nr_cpus && cfg->cpus_per_llc >= 0 && cfg->smt >= 0 && cfg->smt <= 2 &&
	       cfg->hz <= 10000 && cfg->jitter >= 0 && cfg->jitter <= 0.9;
}

/* maxcpus=: how many are brought up at boot; the others wait for cpu_up(). */
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
	mutex_init(&mach.hotplug, "cpu_add_remove_lock");
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

#ifndef KW_FREE_ONLY
/* What a checked failure adds: where we are in virtual time and how to come back. */
static void failure_context(void)
{
	fprintf(stderr, "kworkshop: at %llu ns, event %llu, seed %llu, thread %s\n",
		(unsigned long long)mach.time,
		(unsigned long long)(mach.trace ? mach.trace->events : 0),
		(unsigned long long)mach.cfg.seed, mach_cur ? mach_cur->comm : "?");
}

/* Idle threads are no kernel threads one could create: they count as the CPU's. */
static int idle_threads(void)
{
	struct cpu *c;

	for_each_mach_cpu(c) {
		char comm[32];

		snprintf(comm, sizeof(comm), "swapper/%d", c->id);
		c->idle = task_alloc(comm, idle_main, c);
		if (!c->idle || baton_create(c->idle))
			return -EAGAIN;
		mach.nr_tasks--;
		c->idle->cpu = c->id;
		c->idle->is_idle = true;
		c->idle->started = true;
		c->idle->on_cpu = true;
		c->idle->allowed = cpumask_of(c->id);
		atomic_store(&c->idle->state, TASK_RUNNING);
		c->curr = c->idle;
		c->mode = CPU_IDLE;
		sched_boot_cpu(c);
		TRACE(TASK_NEW, .task = c->idle->id, .cpu = c->id, .allowed = cpumask_of(c->id).bits, .comm = comm);
	}
	/* their first turn: into the idle loop */
	for_each_mach_cpu(c)
		c->mode = CPU_CODE;
	return 0;
}
#endif

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
	if (mach_lockstep)
		mach_request_stop();
	return 0;
}

/* Runs @fn in a kernel thread on CPU 0 until it is over.  -EAGAIN: no thread to be had. */
static int call_in_task(const char *comm, void (*fn)(void *arg), void *arg)
{
	struct director_call call = { fn, arg, false };
	struct mach_task_opts opts = { .cpu = cpumask_first(cpu_online_mask()) };
	struct mach_run run = { .until_ns = NS_NEVER };
	struct task *t = machine_task(comm, director_call_main, &call, &opts);

	if (!t)
		return -EAGAIN;
	if (!mach_lockstep) {
		kthread_wait_exit(t);
		free_task_reap(t);
		return 0;
	}
	while (!call.done) {
		enum mach_stop stop = machine_run(&run);

		if (stop != STOP_WATCH && !call.done)
			return -EDEADLK;	/* it waits for what cannot happen */
	}
	return 0;
}

void machine_call(void (*fn)(void *arg), void *arg)
{
	call_in_task("lesson", fn, arg);
}

static void boot_main(void *arg)
{
	void (*boot)(void) = *(void (**)(void))arg;

	boot();
}

/*
 * The boot happens at time 0 and takes none, so that what a lesson does begins
 * there; then every thread gets to where it waits for something to do.
 */
static int boot_lockstep(void (*boot)(void))
{
	int err = boot ? call_in_task("swapper/init", boot_main, &boot) : 0;

	if (!err)
		machine_run(&(struct mach_run){ .until_ns = 0 });
	mach.booting = false;
	return err;
}

static void defaults(const struct machine_config *cfg)
{
	mach.cfg = *cfg;
	if (!mach.cfg.hz)
		mach.cfg.hz = 1000;
	if (!mach.cfg.profile)
		mach.cfg.profile = "6.12";
	mach.tick_ns = 1000000000u / mach.cfg.hz;
	mach.threads_max = cfg->threads_max ? cfg->threads_max :
			   MACH_THREADS_BASE + 4 * (unsigned int)cfg->nr_cpus;
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

static int start_lockstep(void)
{
#ifndef KW_FREE_ONLY
	int err;

	check_context = failure_context;
	baton_adopt(&mach.director, mach.cfg.baton);
	if (mach.trace) {
		dispatch_hooks(mach.trace);
		trace_current = mach.trace;
	}
	machine_announce();
	err = idle_threads();
	if (err)
		return err;
	timer_boot();
	softirq_boot();
	rcu_boot();
	return 0;
#else
	return -EINVAL;
#endif
}

int machine_start(const struct machine_config *cfg, struct trace *t, void (*boot)(void))
{
	int err;

	bug_on(mach.running);
	if (!config_ok(cfg))
		return -EINVAL;
	memset(&mach, 0, sizeof(mach));
	defaults(cfg);
	uv_mutex_init(&mach.lock);
	INIT_LIST_HEAD(&mach.tasks);
	memory_boot();
	irq_boot();
	init_waitqueue_head(&mach.creation_wait, "creation of a kernel thread");
	topology();
	director_init();
	if (choice_boot())
		return -ENOMEM;
	mach.trace = t;
	mach.running = true;
#ifndef KW_FREE_ONLY
	mach_lockstep = cfg->mode == MACH_LOCKSTEP;
#endif
	lockdep_start(mach_lockstep && mach_boot_param("lockdep") > 0);
	mach.booting = mach_lockstep;
	err = mach_lockstep ? start_lockstep() : free_start(boot);
	if (!err && mach_lockstep)
		err = boot_lockstep(boot);
	if (err)
		machine_stop();
	return err;
}

void machine_stop(void)
{
	struct task *t, *n;

	if (!mach.running)
		return;
	if (mach_lockstep) {
#ifndef KW_FREE_ONLY
		baton_abort_all();
		check_context = NULL;
#endif
	} else {
		free_stop();
	}
	trace_current = NULL;
	if (mach.trace)
		memset(&mach.trace->hooks, 0, sizeof(mach.trace->hooks));
	list_for_each_entry_safe(t, n, &mach.tasks, all)
		task_free(t);
	memory_stop();
	choice_stop();
	free(mach.funcs);
	mach.funcs = NULL;
	uv_mutex_destroy(&mach.lock);
	mach.running = false;
	mach.ops = NULL;
	mach_cur = NULL;
#ifndef KW_FREE_ONLY
	mach_lockstep = false;
#endif
}

bool machine_running(void)
{
	return mach.running;
}

const struct machine_config *machine_config(void)
{
	return &mach.cfg;
}
