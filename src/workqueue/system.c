/*
 * workqueue/system.c - starting the engine: pools, first workers, the system workqueues.
 *
 * The kernel does this in three stages, because parts are needed before threads and topology
 * exist.  Here the machine is complete when the engine starts, so the stages follow one
 * another: pools and workqueues, their workers, the watchdog.  All global state is cleared, so
 * no run depends on an earlier one.
 *
 * Lives here:   workqueue_boot(), the system workqueues, parameters.
 * Never here:   the work cycle of these objects after the boot.
 * Read before:  wq_internal.h.      Rules: R1.22, R3.1, R4.18, R14.1..R14.3, 12.6.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

struct wq_engine wqe;

struct workqueue_struct *system_wq, *system_percpu_wq, *system_highpri_wq, *system_long_wq;
struct workqueue_struct *system_unbound_wq, *system_dfl_wq, *system_freezable_wq;
struct workqueue_struct *system_power_efficient_wq, *system_freezable_power_efficient_wq;
struct workqueue_struct *system_bh_wq, *system_bh_highpri_wq;

/* Section 14.  Two workqueues have the same name (R14.1). */
static const struct {
	struct workqueue_struct **wq;
	const char *name;
	unsigned int flags;
	int max_active;
} system_wqs[] = {
	{ &system_wq, "events", 0, 0 },
	{ &system_percpu_wq, "events", 0, 0 },
	{ &system_highpri_wq, "events_highpri", WQ_HIGHPRI, 0 },
	{ &system_long_wq, "events_long", 0, 0 },
	{ &system_unbound_wq, "events_unbound", WQ_UNBOUND, WQ_UNBOUND_MAX_ACTIVE },
	{ &system_dfl_wq, "events_unbound", WQ_UNBOUND, WQ_UNBOUND_MAX_ACTIVE },
	{ &system_freezable_wq, "events_freezable", WQ_FREEZABLE, 0 },
	{ &system_power_efficient_wq, "events_power_efficient", WQ_POWER_EFFICIENT, 0 },
	{ &system_freezable_power_efficient_wq, "events_freezable_pwr_efficient",
	  WQ_FREEZABLE | WQ_POWER_EFFICIENT, 0 },
};
#define NR_SYSTEM_WQS (sizeof(system_wqs) / sizeof(system_wqs[0]))

bool wq_is_system(const struct workqueue_struct *wq)
{
	size_t i;

	for (i = 0; i < NR_SYSTEM_WQS; i++)
		if (wq == *system_wqs[i].wq)
			return true;
	return wq == system_bh_wq || wq == system_bh_highpri_wq;
}

/* ---- parameters ---------------------------------------------------------------------- */

static long boot_param(const char *name, long standard)
{
	long value = mach_boot_param(name);

	return value < 0 ? standard : value;
}

static void init_params(void)
{
	wqe.cpu_intensive_thresh_us = (unsigned long)boot_param("cpu_intensive_thresh_us", 10000);
	wqe.cpu_intensive_warning_thresh = boot_param("cpu_intensive_warning_thresh", 4);
	wqe.watchdog_thresh = (unsigned long)boot_param("watchdog_thresh", 30);
	wqe.panic_on_stall = boot_param("panic_on_stall", 0);
	/* Keep bound work away from CPUs without a tick where it may run on other CPUs. */
	wqe.power_efficient = housekeeping_enabled(HK_TYPE_TIMER) ? 1 : boot_param("power_efficient", 0);
	wqe.debug_force_rr_cpu = boot_param("debug_force_rr_cpu", 0);
	wqe.default_scope = (enum wq_affn_scope)boot_param("default_affinity_scope", WQ_AFFN_CACHE);
	wqe.legacy = boot_param("legacy", 0);
	wqe.inbox = boot_param("inbox", !mach_lockstep) && !wqe.legacy;
}

int workqueue_param(const char *name, long value)
{
	if (!strcmp(name, "power_efficient") || !strcmp(name, "legacy"))
		return -EACCES;
	if (workqueue_param_get(name) < 0)
		return -ENOENT;
	if (value < 0)
		return -EINVAL;
	if (!strcmp(name, "cpu_intensive_thresh_us"))
		wqe.cpu_intensive_thresh_us = (unsigned long)value;
	else if (!strcmp(name, "cpu_intensive_warning_thresh"))
		wqe.cpu_intensive_warning_thresh = value;
	else if (!strcmp(name, "watchdog_thresh"))
		wq_watchdog_set_thresh((unsigned long)value);
	else if (!strcmp(name, "panic_on_stall"))
		wqe.panic_on_stall = value;
	else if (!strcmp(name, "debug_force_rr_cpu"))
		wqe.debug_force_rr_cpu = value;
	else
		return wq_set_default_scope((enum wq_affn_scope)value);
	return 0;
}

long workqueue_param_get(const char *name)
{
	const struct {
		const char *name;
		long value;
	} params[] = {
		{ "cpu_intensive_thresh_us", (long)wqe.cpu_intensive_thresh_us },
		{ "cpu_intensive_warning_thresh", wqe.cpu_intensive_warning_thresh },
		{ "watchdog_thresh", (long)wqe.watchdog_thresh },
		{ "panic_on_stall", wqe.panic_on_stall },
		{ "power_efficient", wqe.power_efficient },
		{ "debug_force_rr_cpu", wqe.debug_force_rr_cpu },
		{ "default_affinity_scope", wqe.default_scope },
		{ "legacy", wqe.legacy },
	};
	size_t i;

	for (i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		if (!strcmp(params[i].name, name))
			return params[i].value;
	return -1;
}

/* ---- the three stages ------------------------------------------------------------------- */

static void init_globals(void)
{
	int i;

	/* All but .epoch: other threads of the program may be initializing items meanwhile. */
	memset((char *)&wqe + sizeof(wqe.epoch), 0, sizeof(wqe) - sizeof(wqe.epoch));
	wqe.epoch++;
	wqe.census = mach_census();
#ifndef KW_FREE_ONLY
	belief_boot();
#endif
	raw_spin_lock_init(&wqe.sight_lock, "wq_sight_lock");
	raw_spin_lock_init(&wqe.mayday_lock, "wq_mayday_lock");
	raw_spin_lock_init(&wqe.release_lock, "wq_release_lock");
	raw_spin_lock_init(&wqe.wait_lock, "wq_wait_lock");
	raw_spin_lock_init(&wqe.hog_lock, "wci_lock");
	mutex_init(&wqe.pool_mutex, "wq_pool_mutex");
	mutex_init(&wqe.attach_mutex, "wq_pool_attach_mutex");
	lock_rank(&wqe.pool_mutex, RANK_POOL_MUTEX);
	lock_rank(&wqe.attach_mutex, RANK_ATTACH_MUTEX);
	lock_rank(&wqe.mayday_lock, RANK_INNER);
	init_waitqueue_head(&wqe.manager_wait, "wq_manager_wait");
	INIT_LIST_HEAD(&wqe.workqueues);
	INIT_LIST_HEAD(&wqe.waits);
	INIT_LIST_HEAD(&wqe.release_list);
	init_waitqueue_head(&wqe.release_wait, "pwq_release");
	wq_init_unbound_cpumask();
	wqe.online_cpumask = cpu_online_mask();
	wqe.distribute = -1;
	for (i = 0; i < NR_STD_WORKER_POOLS; i++)
		wqe.std_attrs[i] = (struct workqueue_attrs){
			.nice = i ? HIGHPRI_NICE_LEVEL : 0, .cpumask = cpu_possible_mask(),
			.pod_cpumask = cpu_possible_mask(), .affn_scope = WQ_AFFN_DFL
		};
}

static void init_cpu_pools(int cpu)
{
	int prio;

	for (prio = 0; prio < NR_STD_WORKER_POOLS; prio++) {
		struct workqueue_attrs attrs = {
			.nice = prio ? HIGHPRI_NICE_LEVEL : 0, .cpumask = cpumask_of(cpu),
			.pod_cpumask = cpumask_of(cpu), .affn_strict = true,
		};
		struct worker_pool *pool = pool_alloc(cpu, cpu_to_node(cpu), &attrs,
						      POOL_IDS_PER_CPU * cpu + POOL_ID_NORMAL + prio);

		bug_on(!pool);
		if (cpu_online(cpu))
			pool->flags &= ~(unsigned int)POOL_DISASSOCIATED;
		wqe.cpu_pools[cpu][prio] = pool;
		pool_announce(pool);
	}
}

static const struct mach_wq_ops wq_ops = {
	.worker_sleeping = wq_worker_sleeping,
	.worker_running = wq_worker_running,
	.worker_tick = wq_worker_tick,
	.sample = wq_sample,
	.prepare_cpu = workqueue_prepare_cpu,
	.online_cpu = workqueue_online_cpu,
	.offline_cpu = workqueue_offline_cpu,
	.work_on_cpu = work_on_cpu,
	.dead_cpu = workqueue_softirq_dead,
	.census = workqueue_census,
	.blocked = wq_describe_blocked,
};

static const struct mach_wq_ops legacy_ops = {
	.worker_sleeping = wq_worker_sleeping,	/* these two check whether the thread is a worker */
	.worker_running = wq_worker_running,
	.prepare_cpu = legacy_prepare_cpu,
	.online_cpu = legacy_online_cpu,
	.offline_cpu = legacy_offline_cpu,
	.census = workqueue_census,
	.blocked = wq_describe_blocked,
};

void workqueue_init_early(void)
{
	size_t i;
	int cpu;

	init_globals();
	init_params();
	bug_on(pwq_releaser_start());
	wq_emit_unbound_cpus();
	mach_set_wq_ops(wqe.legacy ? &legacy_ops : &wq_ops);
	if (wqe.legacy)
		return;		/* the pre-cmwq engine has one stage */
	for_each_cpu(cpu, cpu_possible_mask())
		init_cpu_pools(cpu);
	for (i = 0; i < NR_SYSTEM_WQS; i++) {
		*system_wqs[i].wq = alloc_workqueue("%s", system_wqs[i].flags, system_wqs[i].max_active,
						    system_wqs[i].name);
		bug_on(!*system_wqs[i].wq);
	}
	bh_boot();
}

/*
 * Creates one worker for each pool whose CPU is online, and the rescuers of workqueues that were
 * allocated before threads existed.  After this, pools create their workers themselves.
 */
void workqueue_init(void)
{
	struct workqueue_struct *wq;
	int id;

	if (wqe.legacy) {
		legacy_boot();
		return;
	}
	list_for_each_entry(wq, &wqe.workqueues, list)
		if (wq->flags & WQ_MEM_RECLAIM)
			bug_on(init_rescuer(wq));
	for (id = 0; id < POOLS_MAX; id++) {
		struct worker_pool *pool = atomic_load(&wqe.pools[id]);

		if (pool && !(pool->flags & POOL_BH) && (pool->cpu < 0 || cpu_online(pool->cpu)))
			create_worker(pool);
	}
	wqe.online = true;
	wq_watchdog_init();
}

void workqueue_boot(void)
{
	workqueue_init_early();
	workqueue_init();
}

void workqueue_boot_settled(void)
{
	int cpu;

	workqueue_boot();
	if (wqe.legacy)
		return;
	for_each_cpu(cpu, cpu_online_mask())
		create_worker(system_wq->cpu_pwq[cpu]->pool);
}
