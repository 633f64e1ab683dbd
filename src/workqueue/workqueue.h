/*
 * workqueue/workqueue.h - the public API of the engine, under the kernel's names, and its manual.
 *
 * A work item is a request to call a function once, later, in a worker thread.  The caller owns
 * its memory; queueing does not allocate.  Workqueues are named domains of items (limits,
 * flushing, a rescuer); worker pools own the threads; a pool_workqueue connects one workqueue
 * with one pool.
 *
 * Each function is described by the same six labels.  Contexts: "any" includes hard interrupts;
 * "task" may sleep.  Kernel names with two leading underscores have none here; a comment names
 * the original.
 *
 * Lives here:   all that a user of workqueues may call or read.
 * Never here:   pools, workers, locks (wq_internal.h); threads and time (machine/kapi.h).
 * Rules:        R1..R14 of the specification, as cited.
 * Licence: MIT.
 */
#ifndef KW_WORKQUEUE_WORKQUEUE_H
#define KW_WORKQUEUE_WORKQUEUE_H

#include "machine/kapi.h"

/* [cmwq.h item */
#pragma GCC visibility push(default)
struct workqueue_struct;
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);	/* the kernel's own typedef */

#define WQ_SITE_TEXT(line) __FILE__ ":" #line
#define WQ_SITE(line) WQ_SITE_TEXT(line)	/* "FILE.c:12" */

/* ---- a work item ----------------------------------------------------------- */

enum work_kind { WORK_PLAIN, WORK_DELAYED, WORK_RCU, WORK_BARRIER };

/*
 * The owner of its PENDING bit owns the item (R1.2).  Its own function may free it (R1.3).
 * Where the kernel compares functions by address, (func, tag) is compared here: many Lua
 * functions share one C address and differ by tag.  Names are borrowed and must outlive the run.
 */
struct work_struct {
	struct katomic data;		/* the data word, below; atomic */
	struct list_head entry;		/* pool lock: worklist, inactive_works or scheduled; one at a time */
	work_func_t func;		/* written by the owner */
	uintptr_t tag;			/* written by the owner; distinguishes functions with the same address */
	uint64_t cause;			/* event of the last queueing or activation */
	const char *name;		/* of the item, in lessons and dumps */
	const char *func_name;
	uint32_t id, func_id;		/* in the trace; 0 = not registered yet */
	uint32_t epoch;			/* the run in which it is registered; a static item outlives runs */
	uint32_t kind;			/* enum work_kind */
};

struct delayed_work {
	struct work_struct work;
	struct timer_list timer;
	struct workqueue_struct *wq;	/* where the timer queues it */
	int cpu;
};

struct rcu_work {
	struct work_struct work;
	struct rcu_head rcu;
	struct workqueue_struct *wq;
};

#pragma GCC visibility pop
/* cmwq.h] */

/*
 * The data word (R1.5..R1.10).  Only these accessors and workqueue/ shift it.
 *
 *   queued (PWQ = 1)                      off queue (PWQ = 0)
 *    0      PENDING                        0      PENDING
 *    1      INACTIVE                       1      0
 *    2      PWQ = 1                        2      PWQ = 0
 *    3      LINKED to the next entry       3      0
 *    4..7   flush colour                   4      OFFQ_BH: last pool was a BH pool
 *    8..63  address of the                 5..20  disable depth
 *           pool_workqueue                21..51  id of the last pool, all ones = none
 */
#define WORK_STRUCT_PENDING	((uint64_t)1 << 0)
#define WORK_STRUCT_INACTIVE	((uint64_t)1 << 1)
#define WORK_STRUCT_PWQ		((uint64_t)1 << 2)
#define WORK_STRUCT_LINKED	((uint64_t)1 << 3)
#define WORK_STRUCT_COLOR_SHIFT	4
#define WORK_STRUCT_COLOR_BITS	4
#define WORK_NR_COLORS		(1 << WORK_STRUCT_COLOR_BITS)
#define WORK_STRUCT_PWQ_SHIFT	(WORK_STRUCT_COLOR_SHIFT + WORK_STRUCT_COLOR_BITS)
#define WORK_STRUCT_PWQ_MASK	(~(((uint64_t)1 << WORK_STRUCT_PWQ_SHIFT) - 1))
#define WORK_OFFQ_BH		((uint64_t)1 << 4)
#define WORK_OFFQ_DISABLE_SHIFT	5
#define WORK_OFFQ_DISABLE_BITS	16
#define WORK_OFFQ_DISABLE_MAX	((1u << WORK_OFFQ_DISABLE_BITS) - 1)
#define WORK_OFFQ_DISABLE_MASK	((uint64_t)WORK_OFFQ_DISABLE_MAX << WORK_OFFQ_DISABLE_SHIFT)
#define WORK_OFFQ_POOL_SHIFT	(WORK_OFFQ_DISABLE_SHIFT + WORK_OFFQ_DISABLE_BITS)
#define WORK_OFFQ_POOL_BITS	31
#define WORK_OFFQ_POOL_NONE	(((uint64_t)1 << WORK_OFFQ_POOL_BITS) - 1)
#define WORK_STRUCT_NO_POOL	(WORK_OFFQ_POOL_NONE << WORK_OFFQ_POOL_SHIFT)

/* The current data word, for viewers: not a choice point, no cost.  Any context. */
static inline uint64_t work_data(const struct work_struct *work)
{
	return (uint64_t)atomic_load_explicit(&((struct work_struct *)(uintptr_t)work)->data.v,
					      memory_order_acquire);
}
static inline unsigned int work_data_color(uint64_t data)	/* queued */
{
	return (data >> WORK_STRUCT_COLOR_SHIFT) & (WORK_NR_COLORS - 1);
}
static inline unsigned int work_data_depth(uint64_t data)	/* off queue */
{
	return data & WORK_STRUCT_PWQ ? 0 : (data >> WORK_OFFQ_DISABLE_SHIFT) & WORK_OFFQ_DISABLE_MAX;
}
static inline int work_data_pool(uint64_t data)	/* off queue: the kernel's pool id, -1 none */
{
	uint64_t id = (data >> WORK_OFFQ_POOL_SHIFT) & WORK_OFFQ_POOL_NONE;

	return data & WORK_STRUCT_PWQ || id == WORK_OFFQ_POOL_NONE ? -1 : (int)id;
}

/* [cmwq.h init */
#pragma GCC visibility push(default)
#define to_delayed_work(w) container_of(w, struct delayed_work, work)
#define to_rcu_work(w) container_of(w, struct rcu_work, work)
#define from_work(var, w, field) container_of(w, __typeof__(*var), field)

/**
 * init_work, init_delayed_work, init_rcu_work - make an item idle
 * @tag: distinguishes functions that share the address @fn; 0 in C
 *
 * Context: any, the director included.
 * Locks:   none.
 * Owner:   the memory stays the caller's; names are borrowed for the run.
 * Return:  n/a.  In the trace it is a new item.
 * Emits:   item_init, def.
 * Rules:   R1.1, R1.10.
 */
void init_work(struct work_struct *work, work_func_t fn, const char *item_name,
	       const char *func_name, uintptr_t tag);
void init_delayed_work(struct delayed_work *dwork, work_func_t fn, const char *item_name,
		       const char *func_name, uintptr_t tag, unsigned int timer_flags);
void init_rcu_work(struct rcu_work *rwork, work_func_t fn, const char *item_name,
		   const char *func_name, uintptr_t tag);

/**
 * work_reinit - INIT_WORK() again on memory that is an item already
 *
 * Context: any.
 * Locks:   takes the pool's, if it was queued.
 * Owner:   the item keeps its id and names.
 * Return:  n/a.  If it was pending: reported as debug objects does ("init active"), and taken off its list.
 * Emits:   item_init; bug, steal.
 * Rules:   R1.4 (a running item loses its pool id: a later flush does not wait for that run).
 */
void work_reinit(struct work_struct *work);

/**
 * work_debug_free - the item's memory is about to be freed
 *
 * Context: any.
 * Locks:   takes the pool's, if it was queued.
 * Owner:   the item must not be used afterwards.
 * Return:  work_busy() bits, plus 4 if its timer was armed.  Pending or armed: reported as
 *          debug objects does ("ODEBUG: free active ...") and taken off its list.
 *          Freeing a merely running item is legal (R1.3).
 * Emits:   item_free; bug, steal, delayed_off.
 * Rules:   R1.3.
 */
uint32_t work_debug_free(struct work_struct *work);

#define WORK_INITIALIZER(n, f)                                                               \
	{ .data = { WORK_STRUCT_NO_POOL }, .entry = LIST_HEAD_INIT((n).entry), .func = (f), \
	  .name = #n, .func_name = #f }
#define DECLARE_WORK(n, f) struct work_struct n = WORK_INITIALIZER(n, f)
#define DECLARE_DELAYED_WORK(n, f) \
	struct delayed_work n = { .work = { .data = { WORK_STRUCT_NO_POOL },                  \
		.entry = LIST_HEAD_INIT((n).work.entry), .func = (f), .name = #n,             \
		.func_name = #f, .kind = WORK_DELAYED } }
/* R8.7: its timer does not wake an idle CPU */
#define DECLARE_DEFERRABLE_WORK(n, f) \
	struct delayed_work n = { .work = { .data = { WORK_STRUCT_NO_POOL },                  \
		.entry = LIST_HEAD_INIT((n).work.entry), .func = (f), .name = #n,             \
		.func_name = #f, .kind = WORK_DELAYED }, .timer = { .flags = TIMER_DEFERRABLE } }
#define INIT_WORK(w, f) init_work((w), (f), #w, #f, 0)
#define INIT_DELAYED_WORK(w, f) init_delayed_work((w), (f), #w, #f, 0, 0)
#define INIT_DEFERRABLE_WORK(w, f) init_delayed_work((w), (f), #w, #f, 0, TIMER_DEFERRABLE)
#define INIT_RCU_WORK(w, f) init_rcu_work((w), (f), #w, #f, 0)
#define INIT_WORK_ONSTACK(w, f) INIT_WORK(w, f)
#define INIT_DELAYED_WORK_ONSTACK(w, f) INIT_DELAYED_WORK(w, f)
#define INIT_DEFERRABLE_WORK_ONSTACK(w, f) INIT_DEFERRABLE_WORK(w, f)
#define INIT_RCU_WORK_ONSTACK(w, f) INIT_RCU_WORK(w, f)
#define destroy_work_on_stack(w) ((void)work_debug_free(w))
#define destroy_delayed_work_on_stack(d) destroy_work_on_stack(&(d)->work)

/*
 * Queries about an item.  Context: any.  Locks: work_busy() takes the last pool's.
 * Owner: the item stays the caller's.  Return: hints, stale at once (2.2 of the specification).
 * Emits: nothing.  Rules: R2.
 */
#define WORK_BUSY_PENDING 1u
#define WORK_BUSY_RUNNING 2u
bool work_pending(const struct work_struct *work);
#define delayed_work_pending(d) work_pending(&(d)->work)
unsigned int work_busy(struct work_struct *work);	/* OR of the two above */
struct work_struct *current_work(void);			/* item of this worker, or NULL */
bool current_is_workqueue_rescuer(void);
bool current_is_workqueue_mem_reclaim(void);	/* runs an item of a WQ_MEM_RECLAIM workqueue (7.x) */
/* W: names the worker for the rest of this item; at most 31 characters (R3.14) */
void set_worker_desc(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- workqueues --------------------------------------------------------------- */

enum wq_flags {
	WQ_BH			= 1 << 0,	/* items run in softirq context */
	WQ_UNBOUND		= 1 << 1,	/* not bound to a CPU, no concurrency management */
	WQ_FREEZABLE		= 1 << 2,	/* stops while the system is frozen */
	WQ_MEM_RECLAIM		= 1 << 3,	/* has a rescuer */
	WQ_HIGHPRI		= 1 << 4,	/* nice -20 */
	WQ_CPU_INTENSIVE	= 1 << 5,	/* its running items do not count */
	WQ_SYSFS		= 1 << 6,	/* visible as files */
	WQ_POWER_EFFICIENT	= 1 << 7,	/* unbound if the parameter power_efficient is set */
	WQ_PERCPU		= 1 << 8,	/* bound, which is the default */
	WQ_INT_DESTROYING	= 1 << 15,	/* kernel: __WQ_DESTROYING, and so on */
	WQ_INT_DRAINING		= 1 << 16,
	WQ_INT_ORDERED		= 1 << 17,
	WQ_INT_LEGACY		= 1 << 18
};

#define WORK_CPU_UNBOUND	CPUS_MAX	/* "no CPU asked for"; prints as this number */
#define WQ_MAX_ACTIVE		512
#define WQ_UNBOUND_MAX_ACTIVE	WQ_MAX_ACTIVE
#define WQ_DFL_ACTIVE		(WQ_MAX_ACTIVE / 2)
#define WQ_DFL_MIN_ACTIVE	8
#define WQ_NAME_LEN		32
#define WORKER_DESC_LEN		32

/**
 * alloc_workqueue - a domain for items
 * @fmt:        printf format of its name (31 characters are kept)
 * @max_active: items that may be active at once, per CPU (bound) or in all (unbound); 0 = 256
 *
 * Context: task (the director: through machine_call()).
 * Locks:   none held; takes wq_pool_mutex and the wq mutex.
 * Owner:   the caller's until destroy_workqueue().
 * Return:  the workqueue, or NULL (flags that exclude each other, no memory, no rescuer).
 * Emits:   wq_new, pwq_new, rescuer_new; wq_refused.
 * Rules:   R5.18, R5.25, R7.1, R11.1.
 */
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
	__attribute__((format(printf, 1, 4)));
#define alloc_ordered_workqueue(fmt, flags, ...) \
	alloc_workqueue(fmt, WQ_UNBOUND | WQ_INT_ORDERED | (flags), 1, ##__VA_ARGS__)
#define create_workqueue(name) alloc_workqueue("%s", WQ_INT_LEGACY | WQ_MEM_RECLAIM, 1, (name))
#define create_freezable_workqueue(name)                                                         \
	alloc_workqueue("%s", WQ_INT_LEGACY | WQ_FREEZABLE | WQ_UNBOUND | WQ_MEM_RECLAIM, 1, \
			(name))
#define create_singlethread_workqueue(name) \
	alloc_ordered_workqueue("%s", WQ_INT_LEGACY | WQ_MEM_RECLAIM, (name))

/**
 * destroy_workqueue - drain it and free it
 *
 * Context: task.
 * Locks:   none held.
 * Owner:   @wq is freed, unless it is still in use: then it leaks, with a warning.
 * Return:  n/a.
 * Emits:   wq_flags, drain_workqueue*, pwq_free, wq_free.
 * Rules:   R5.29.  All sources (timers!) must have been stopped.
 */
void destroy_workqueue(struct workqueue_struct *wq);

/*
 * Limits.  Context: task.  Locks: the wq mutex and pool locks inside.  Owner: n/a.
 * Return: n/a; warned about and ignored on BH and ordered queues.
 * Emits: wq_max_active, workqueue_activate_work.  Rules: R5.19..R5.21.
 */
void workqueue_set_max_active(struct workqueue_struct *wq, int max_active);
void workqueue_set_min_active(struct workqueue_struct *wq, int min_active);
/* R5.22; any context; @cpu or WORK_CPU_UNBOUND for this one */
bool workqueue_congested(int cpu, struct workqueue_struct *wq);

/* ---- attributes of unbound workqueues ----------------------------------------- */

enum wq_affn_scope {
	WQ_AFFN_DFL, WQ_AFFN_CPU, WQ_AFFN_SMT, WQ_AFFN_CACHE, WQ_AFFN_NUMA, WQ_AFFN_SYSTEM,
	WQ_AFFN_NR_TYPES
};

struct workqueue_attrs {
	int nice;
	struct cpumask cpumask;		/* allowed CPUs */
	struct cpumask pod_cpumask;	/* internal: .cpumask within one pod; kernel: __pod_cpumask */
	bool affn_strict;		/* workers never leave the pod */
	enum wq_affn_scope affn_scope;	/* this member and .ordered: of workqueues; pools ignore them */
	bool ordered;
};

/*
 * Context: task.  Locks: wq_pool_mutex, wq mutex inside.  Owner: attrs are the caller's, copied.
 * Return: attrs or NULL; 0, -EINVAL (bound wq, bad scope; warned), -ENOMEM.
 * Emits: pwq_new, pwq_free, pool_new, node_active.  Rules: R9.1..R9.8.
 */
struct workqueue_attrs *alloc_workqueue_attrs(void);
void free_workqueue_attrs(struct workqueue_attrs *attrs);
int apply_workqueue_attrs(struct workqueue_struct *wq, const struct workqueue_attrs *attrs);

/*
 * Which CPUs all unbound work may use.  Context: task.  Locks: wq_pool_mutex, each wq mutex.
 * Owner: n/a.  Return: 0, -ENOMEM: then nothing changed.
 * Emits: as apply_workqueue_attrs().  Rules: R9.15 (what isolation calls; R9.14's file: wq_sysfs_write()).
 */
int workqueue_unbound_exclude_cpumask(struct cpumask exclude);

/* ---- queueing -------------------------------------------------------------------- */

/**
 * queue_work_on, queue_work, queue_work_node - request one run
 * @cpu: the CPU whose pool runs it; WORK_CPU_UNBOUND = the caller's (bound) or near it (unbound)
 *
 * Context: any.
 * Locks:   pool locks inside.
 * Owner:   the engine owns the item until its function is called.
 * Return:  true = newly queued; false = it was pending already, or is disabled.
 * Emits:   pending_set, workqueue_queue_work, workqueue_activate_work or inactive, kick_pool; or pending_busy.
 * Rules:   R2.1..R2.10, R5.1..R5.10.
 */
bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work);
static inline bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	return queue_work_on(WORK_CPU_UNBOUND, wq, work);
}

/**
 * queue_delayed_work[_on], mod_delayed_work[_on] - request a run after @delay jiffies
 *
 * Context: any.
 * Locks:   pool locks inside.
 * Owner:   as queue_work(), timer included.
 * Return:  queue: true = newly armed or queued.  mod: true = it WAS pending (and was moved).
 * Emits:   pending_set, delayed_arm (or as queue_work() when @delay is 0); mod: delayed_off, steal.
 * Rules:   R8.1..R8.8.
 */
bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay);
bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay);
static inline bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
				      unsigned long delay)
{
	return queue_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}
static inline bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
				    unsigned long delay)
{
	return mod_delayed_work_on(WORK_CPU_UNBOUND, wq, dwork, delay);
}
/* after a grace period; R8.9.  Context: any.  Return: newly accepted. */
bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork);

/* Runs @fn once on each online CPU and waits for all.  Task (else -EINVAL, reported).  0 or -ENOMEM. */
int schedule_on_each_cpu_named(work_func_t fn, const char *func_name, uintptr_t tag);
#define schedule_on_each_cpu(f) schedule_on_each_cpu_named((f), #f, 0)
/* Runs @fn(@arg) on @cpu in a work item, waits, returns its value.  Task (else -EINVAL, reported). */
long work_on_cpu(int cpu, long (*fn)(void *arg), void *arg);
/* The same with the CPU held on line; -ENODEV if it is not.  Gone from the kernel since 6.17. */
long work_on_cpu_safe(int cpu, long (*fn)(void *arg), void *arg);

struct execute_work {
	struct work_struct work;
};
/*
 * Calls @fn now if sleeping is allowed here, else from a work item.  Context: any.  Locks: none.
 * Owner: if 1 is returned, the engine owns @ew until its function runs.  Return: 0 = ran, 1 = queued.
 * Emits: as queue_work().  Rules: section 15.3 of the specification.
 */
int execute_in_process_context_named(work_func_t fn, const char *func_name, struct execute_work *ew);
#define execute_in_process_context(f, ew) execute_in_process_context_named((f), #f, (ew))

/* ---- waiting, cancelling, disabling ---------------------------------------------- */

/**
 * flush_work, flush_delayed_work, flush_rcu_work - wait for the last queueing so far
 *
 * Context: task.
 * Locks:   none held that the item needs.
 * Owner:   n/a.
 * Return:  true = waited, false = it was idle (rcu: R6.6).
 * Emits:   flush_work, barrier, flush_work_end; delayed_off.
 * Rules:   R6.1..R6.7.  From the item's own function it is a deadlock, reported (R2.14).
 */
bool flush_work(struct work_struct *work);
bool flush_delayed_work(struct delayed_work *dwork);
bool flush_rcu_work(struct rcu_work *rwork);

/**
 * flush_workqueue - wait for all items queued before the call (kernel: __flush_workqueue)
 *
 * Context: task.
 * Locks:   the wq mutex inside.
 * Owner:   n/a.
 * Return:  n/a.
 * Emits:   flush_workqueue, flush_color, pwq_color, flush_workqueue_end.
 * Rules:   R6.8..R6.15.  Do not flush the system's workqueues: the compiler warns where it
 *          can detect it, and the log once for each call site (R6.14).
 */
void flush_workqueue_at(struct workqueue_struct *wq, const char *site);
#define flush_workqueue(wq) (avoid_system_wq(wq), flush_workqueue_at((wq), WQ_SITE(__LINE__)))
/* R5.27: flush until empty, accept only chained work meanwhile.  Task. */
void drain_workqueue(struct workqueue_struct *wq);
#define flush_scheduled_work() flush_workqueue(system_percpu_wq)

/**
 * cancel_*, disable_* - cancel a pending run (and refuse further queueing)
 *
 * Context: any; the _sync forms: task, and for a bottom half's item any but hardirq (R2.13).
 * Locks:   pool locks inside.
 * Owner:   after _sync, and if it is not queued again, the caller owns the item.
 * Return:  true = it was pending.  A run in progress is not stopped; _sync waits for it.
 * Emits:   steal or delayed_off, pending_clear, disable, cancel_work, cancel_work_end.
 * Rules:   R2.5..R2.8, R2.12..R2.14, R8.8.
 */
bool cancel_work(struct work_struct *work);
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work(struct delayed_work *dwork);
bool cancel_delayed_work_sync(struct delayed_work *dwork);
bool disable_work(struct work_struct *work);
bool disable_work_sync(struct work_struct *work);
bool disable_delayed_work(struct delayed_work *dwork);
bool disable_delayed_work_sync(struct delayed_work *dwork);
/* true = the depth is 0 now.  Any context.  R2.8: not allowed for a pending item. */
bool enable_work(struct work_struct *work);
bool enable_delayed_work(struct delayed_work *dwork);
bool enable_and_queue_work(struct workqueue_struct *wq, struct work_struct *work);

/* ---- the system's workqueues (R14) ---------------------------------------------- */

extern struct workqueue_struct *system_wq;		/* "events" */
extern struct workqueue_struct *system_percpu_wq;	/* also "events": a separate one (R14.1) */
extern struct workqueue_struct *system_highpri_wq;
extern struct workqueue_struct *system_long_wq;
extern struct workqueue_struct *system_unbound_wq;	/* "events_unbound" */
extern struct workqueue_struct *system_dfl_wq;		/* also "events_unbound" */
extern struct workqueue_struct *system_freezable_wq;
extern struct workqueue_struct *system_power_efficient_wq;
extern struct workqueue_struct *system_freezable_power_efficient_wq;
extern struct workqueue_struct *system_bh_wq;		/* "events_bh" */
extern struct workqueue_struct *system_bh_highpri_wq;	/* "events_bh_highpri" */

/* No effect: a call that the compiler cannot remove causes its warning (R6.14). */
void flushes_a_system_workqueue(void)
	__attribute__((warning("Please avoid flushing system-wide workqueues.")));
static inline __attribute__((always_inline)) void avoid_system_wq(const struct workqueue_struct *wq)
{
#define WQ_IS(which) (__builtin_constant_p(wq == (which)) && wq == (which))
	if (WQ_IS(system_wq) || WQ_IS(system_percpu_wq) || WQ_IS(system_highpri_wq) ||
	    WQ_IS(system_long_wq) || WQ_IS(system_unbound_wq) || WQ_IS(system_dfl_wq) ||
	    WQ_IS(system_freezable_wq) || WQ_IS(system_power_efficient_wq) ||
	    WQ_IS(system_freezable_power_efficient_wq))
		flushes_a_system_workqueue();
#undef WQ_IS
}

/* 6.12.117: schedule_work() uses system_percpu_wq */
static inline bool schedule_work_on(int cpu, struct work_struct *work)
{
	return queue_work_on(cpu, system_percpu_wq, work);
}
static inline bool schedule_work(struct work_struct *work)
{
	return queue_work(system_percpu_wq, work);
}
static inline bool schedule_delayed_work_on(int cpu, struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work_on(cpu, system_percpu_wq, dwork, delay);
}
static inline bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)
{
	return queue_delayed_work(system_percpu_wq, dwork, delay);
}

#pragma GCC visibility pop
/* cmwq.h] */

/* ---- start, parameters, queries ------------------------------------------------------ */

/**
 * workqueue_boot - the kernel's three init stages as one; the @boot of machine_start()
 *
 * Context: task on CPU 0, once a run.
 * Locks:   none.
 * Owner:   machine_stop() frees all that it allocates.
 * Return:  n/a.
 * Emits:   pool_new, wq_new, pwq_new, worker_create, ...
 * Rules:   R1.22, R3.1, R14, section 15.2.
 */
void workqueue_boot(void);
/*
 * The stages, for callers that do something between them: after the first, items may be queued
 * and cancelled, but no item runs and flushing is not allowed (R2.15).  The kernel's third
 * stage, workqueue_init_topology(), is not needed: the machine knows its caches and nodes from
 * the start.  Context, locks, owner as above.
 */
void workqueue_init_early(void);
void workqueue_init(void);
/*
 * workqueue_boot() for a machine that has been running for a while: the normal pool of each CPU
 * has the two idle workers that culling leaves (R3.10), so a first item starts at once.
 */
void workqueue_boot_settled(void);
/*
 * Call before machine_stop() in a program that continues: queued items run to their end,
 * delayed items become idle.  Free mode.  Context: a thread for which no item waits, while no
 * other thread calls the engine.
 */
void workqueue_shutdown(void);

/* [cmwq.h knobs */
#pragma GCC visibility push(default)
/**
 * workqueue_param - write a module parameter
 * @name: cpu_intensive_thresh_us, cpu_intensive_warning_thresh, watchdog_thresh (seconds),
 *        panic_on_stall, debug_force_rr_cpu, default_affinity_scope (enum wq_affn_scope)
 *
 * Context: task or director.
 * Locks:   wq_pool_mutex for the scope.
 * Owner:   n/a.  The boot reads the parameters of the run (mach_boot_param()); power_efficient only there.
 * Return:  0, -EINVAL (bad value), -EACCES (read-only), -ENOENT (no such parameter).
 * Emits:   watchdog_set.
 * Rules:   12.6 of the specification.
 */
int workqueue_param(const char *name, long value);
long workqueue_param_get(const char *name);	/* -1 = no such parameter */

/**
 * workqueue_boot_arg - an argument of the kernel's command line as a parameter of a run
 * @arg:   "workqueue.default_affinity_scope=cpu", "workqueue.unbound_cpus=0-2,5", "isolcpus=3", ...
 * @param: name for the machine's configuration; a constant
 *
 * Context: any, also without a machine.
 * Return:  0, -ENOENT (not an argument about workqueues), -EINVAL (bad value).
 * Rules:   R9.13..R9.15, R10.9, 12.6.
 */
int workqueue_boot_arg(const char *arg, const char **param, long *value);
/* The names of all parameters that a machine's configuration can have, ended by NULL. */
const char *const *workqueue_boot_params(void);

/* R9.12: a scope by its name, in any case; a longer text that begins with a name is valid too; -EINVAL. */
int workqueue_parse_scope(const char *text);

/**
 * wq_sysfs_write, wq_sysfs_read - the files in /sys/devices/virtual/workqueue
 * @name: the directory of a workqueue (workqueue_sysfs_register()); NULL = the files for all of them:
 *        cpumask, cpumask_requested, cpumask_isolated
 * @file: per_cpu, max_active; unbound: nice, cpumask, affinity_scope, affinity_strict
 *
 * Context: task.
 * Locks:   wq_pool_mutex, and the wq mutex inside.
 * Owner:   @buf is the caller's.
 * Return:  write: 0, -EINVAL (bad value), -EOVERFLOW (CPUs that do not exist), -EACCES
 *          (read-only), -ENOENT, -ENOMEM.  read: length of the one line (no newline), -ENOENT.
 * Emits:   as apply_workqueue_attrs() and workqueue_set_max_active().
 * Rules:   R5.26, R9.12..R9.14, R12.10, R12.11.
 */
int wq_sysfs_write(const char *name, const char *file, const char *value);
int wq_sysfs_read(const char *name, const char *file, char *buf, size_t size);
/**
 * workqueue_sysfs_register - create the directory of a workqueue; alloc_workqueue() does it for WQ_SYSFS
 *
 * Context: task.
 * Locks:   wq_pool_mutex.
 * Owner:   destroy_workqueue() first removes the directory.
 * Return:  0, -EINVAL (ordered: its limits must not be changed; warned), -EEXIST (another one of
 *          that name has one; warned).
 * Emits:   wq_sysfs.
 * Rules:   R5.26, R12.10.
 */
int workqueue_sysfs_register(struct workqueue_struct *wq);

/* ---- suspending ------------------------------------------------------------------------ */

/*
 * The kernel's three functions.  Context: task.  Locks: wq_pool_mutex, each wq mutex.  Owner: n/a.
 * Return: busy: a freezable workqueue has an active item.  Emits: freeze, wq_max_active,
 * workqueue_activate_work.  Rules: R10.7, R10.8.  Out of sequence they warn.
 */
void freeze_workqueues_begin(void);
bool freeze_workqueues_busy(void);
void thaw_workqueues(void);
#define FREEZE_TIMEOUT_MS 20000u
/**
 * workqueue_freeze - begin, and check until no freezable item is active
 * @within_ms: FREEZE_TIMEOUT_MS, or as /sys/power/pm_freeze_timeout
 *
 * Context: task.
 * Locks:   none held.
 * Owner:   n/a.  thaw_workqueues() ends it.
 * Return:  0; -EBUSY: not in time (the log shows the busy workqueues, all are thawed), or already frozen.
 * Emits:   freeze, printk.
 * Rules:   R10.7.
 */
int workqueue_freeze(unsigned int within_ms);
/*
 * For a caller in atomic context that is about to make a call that takes mutexes of the engine: reports
 * that it may sleep, under the name @what, and takes all of them, before the change begins.
 * Return:  false: one is held, which is reported too; the call must not be made.
 * Context: atomic, lockstep.
 * Rules:   R11 context table.
 */
bool workqueue_take_mutexes_ahead(const char *what);
void workqueue_release_mutexes_ahead(void);
void show_freezable_workqueues(void);	/* R12.9; any context */

void show_all_workqueues(void);		/* R12.8, to the kernel log; any context */
void show_one_workqueue(struct workqueue_struct *wq);
/* R12.5: stamps progress for @cpu, and at times for the unbound pools; -1: only for these.  Any context. */
void wq_watchdog_touch(int cpu);

/*
 * Callbacks of the machine's hotplug.  Context: task; online and offline on that CPU itself.
 * Locks: wq_pool_mutex, attach mutex.  Owner: n/a.  Return: prepare: 0, or -ENOMEM and the CPU
 * stays off line.  Emits: pool_flags, worker_flags, pwq_new.  Rules: R10.1..R10.6, R11.7.
 */
int workqueue_prepare_cpu(int cpu);
void workqueue_online_cpu(int cpu);
void workqueue_offline_cpu(int cpu);
void workqueue_softirq_dead(int cpu);
void workqueue_softirq_action(bool highpri);	/* this CPU serves a vector (R11.2) */

const char *workqueue_name(const struct workqueue_struct *wq);
uint32_t workqueue_id(const struct workqueue_struct *wq);
unsigned int workqueue_flags(const struct workqueue_struct *wq);
/* In the order of allocation; NULL = none.  Task or director. */
struct workqueue_struct *workqueue_by_name(const char *name);
#pragma GCC visibility pop
/* cmwq.h] */

/*
 * Wrong ideas that the engine can follow (beliefs.def).  wq_believe(): from now on, to the end of
 * the run, and bug_on() is suspended.  Context: director, lockstep.  wq_belief_find(): NONE = no
 * such name.
 */
enum wq_belief {
	WQ_BELIEF_NONE,
#define BELIEF(id, name, what, line) WQ_BELIEF_##id,
#include "workqueue/beliefs.def"
#undef BELIEF
	WQ_BELIEF_NR
};
enum wq_belief wq_belief_find(const char *name);
const char *wq_belief_name(enum wq_belief belief);
const char *wq_belief_line(enum wq_belief belief);	/* for the student */
void wq_believe(enum wq_belief belief);
/* Director: sets max_active without a mutex and at once.  Active items stay active; new slots are used by an interrupt. */
void wq_believe_max_active(struct workqueue_struct *wq, int max_active);
/* Task.  The item's function must return at once: cancel-kills. */
bool wq_current_is_killed(void);

/* The next @n allocations of a pool_workqueue fail, as injected faults of the kernel's slab do.  Any context. */
void workqueue_fail_pwqs(unsigned int n);

/* The name that ps shows: "kworker/0:1+events" (R3.14); the comm if it is not a worker. */
void wq_worker_comm(char *buf, size_t size, const struct task *t);
/*
 * Logs one line about a worker, as in a list of tasks: "Workqueue: events poll_fn (desc)"; none
 * if @t is not a worker.  Context: any, without pool locks; @t must exist meanwhile.  Rules: R12.9.
 */
void print_worker_info(int level, const struct task *t);

#endif
