/*
 * machine/kapi.h - the machine's services for the engine, under the kernel's names.
 *
 * The engine runs in two modes.  Locks, atomics and other frequent operations are static
 * inline with one predictable branch: lockstep calls a function (the operation costs virtual
 * time and is a choice point), free mode does the plain operation on real threads.  Other
 * services that differ call the function of the current mode through a table (mode.def).
 * libcmwq.a is built with KW_FREE_ONLY: there the branch is a constant and the call direct.
 *
 * Contexts: "any" includes hard interrupts; "task" means that the service may sleep.  If it
 * is called in atomic context, it reports that (BUG event, kernel log) and returns at once.
 *
 * Lives here:   locks, atomics, threads, sleeping and waking, timers, RCU, the kernel log.
 * Never here:   workqueues; services for lessons only (machine.h).
 * Licence: MIT.
 */
#ifndef KW_MACHINE_KAPI_H
#define KW_MACHINE_KAPI_H

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/param.h>	/* also defines HZ: include it before the definition below */
#include <time.h>	/* also declares timer_delete(): include it before the macro below */

#include "base/check.h"
#include "base/cpumask.h"
#include "base/list.h"
#include "trace/trace.h"

#ifdef KW_FREE_ONLY
#define mach_lockstep false
#else
extern bool mach_lockstep;
#endif

struct task;

/* ---- the current task and CPU ---------------------------------------------- */

/*
 * The first members of struct task (machine_internal.h), which the inline services access.
 * They access only the caller's own task, except for .worker.
 */
#define MACH_TASK_HEAD                                                               \
	int cpu;			/* current or last CPU */                     \
	unsigned int free_atomic;	/* free: preempt/bh/irq depth */              \
	unsigned int free_hardirq, free_softirq;	/* free */                    \
	unsigned int free_blocking;	/* free: depth of mach_blocking_begin() */    \
	void *worker;                                                                \
	uint64_t cause;			/* event that made its task context act */
struct mach_task_head {
	MACH_TASK_HEAD
};
extern struct task *mach_cur;			/* lockstep: the baton's holder */
struct mach_self {
	struct task *task;
	uint32_t run;		/* .task belongs to this run: a program's threads outlive runs */
};
extern __thread struct mach_self mach_self;	/* free: this thread */
extern uint32_t mach_free_runs;			/* number of the run; changes only while none is active */
struct task *mach_current_free(void);		/* this thread's task, allocated on first use */
static inline __attribute__((always_inline)) struct task *mach_current(void)
{
	if (mach_lockstep)
		return mach_cur;
	if (likely(mach_self.run == mach_free_runs && mach_self.task))
		return mach_self.task;
	return mach_current_free();
}
#define current mach_current()
static inline struct mach_task_head *mach_head(const struct task *t)
{
	return (struct mach_task_head *)(uintptr_t)t;
}

extern _Atomic bool mach_cpus_missing;		/* free: a CPU is offline, maybe this one */
int mach_cpu_free(void);			/* free: gives this thread another CPU if its own is offline */
static inline int smp_processor_id(void)	/* -1 in the director */
{
	if (!mach_lockstep && unlikely(atomic_load_explicit(&mach_cpus_missing, memory_order_relaxed)))
		return mach_cpu_free();
	return __atomic_load_n(&mach_head(current)->cpu, __ATOMIC_RELAXED);
}
#define raw_smp_processor_id() smp_processor_id()	/* the kernel warns about the former if preemption is on */
int nr_cpu_ids(void);			/* possible CPUs: 0..n-1 */
struct cpumask cpu_possible_mask(void);
struct cpumask cpu_online_mask(void);
struct cpumask cpu_active_mask(void);	/* online, and not being taken down or brought up */
static inline bool cpu_online(int cpu)
{
	return cpumask_test_cpu(cpu, cpu_online_mask());
}
/* Between the two no CPU goes offline or comes online.  Readers share it, and wait for a change in progress.  Task. */
void cpus_read_lock(void);
void cpus_read_unlock(void);
int nr_node_ids(void);
int cpu_to_node(int cpu);
struct cpumask cpumask_of_node(int node);
struct cpumask cpu_llc_mask(int cpu);	/* CPUs that share the last-level cache of @cpu */
struct cpumask cpu_smt_mask(int cpu);	/* CPUs of the physical core of @cpu */

/*
 * Boot parameters can isolate CPUs for a few threads of the user: nohz_full= keeps timers
 * (TIMER) and unbound work (WQ) away from them, isolcpus= excludes them from load balancing
 * (DOMAIN).  Both parameters are masks; the other CPUs do the housekeeping.
 */
enum hk_type { HK_TYPE_TIMER, HK_TYPE_WQ, HK_TYPE_DOMAIN };
bool housekeeping_enabled(enum hk_type type);	/* a CPU is isolated */
struct cpumask housekeeping_cpumask(enum hk_type type);
int housekeeping_any_cpu(enum hk_type type);	/* an online one: this CPU, else one of its node, else any */

bool in_hardirq(void);
bool in_softirq(void);			/* serving a softirq, or bottom halves are disabled */
bool mach_in_task(void);		/* lockstep */
bool mach_in_atomic(void);
void mach_irq_disable(void);
void mach_irq_enable(void);
static inline bool in_task(void)
{
	const struct mach_task_head *me;

	if (unlikely(mach_lockstep))
		return mach_in_task();
	me = mach_head(current);
	return !me->free_hardirq && !me->free_softirq;
}
static inline bool in_atomic(void)	/* sleeping is not allowed here */
{
	const struct mach_task_head *me;

	if (unlikely(mach_lockstep))
		return mach_in_atomic();
	me = mach_head(current);
	return me->free_hardirq || me->free_softirq || me->free_atomic;
}
void preempt_disable(void);
void preempt_enable(void);
/* Free mode has no interrupts: a depth in the task records that they count as disabled. */
static inline void local_irq_save(unsigned long *flags)
{
	struct mach_task_head *me;

	*flags = 0;
	if (unlikely(mach_lockstep)) {
		mach_irq_disable();
		return;
	}
	me = mach_head(current);
	me->free_atomic++;
	*flags = (uintptr_t)me;
}
static inline void local_irq_restore(unsigned long flags)
{
	if (unlikely(mach_lockstep))
		mach_irq_enable();
	else
		((struct mach_task_head *)flags)->free_atomic--;
}
void local_bh_disable(void);
void local_bh_enable(void);
/* Resets the depths of this context after a function that left one raised (R3.16). */
void mach_atomic_reset(void);

/* The engine sets it; the machine only tests it. */
static inline void *task_worker(const struct task *t)	/* NULL = not a worker */
{
	return mach_head(t)->worker;
}
void task_set_worker(struct task *t, void *worker);
bool task_memalloc(const struct task *t);	/* PF_MEMALLOC: may use emergency memory (R6.17) */
void task_set_memalloc(struct task *t, bool on);
uint32_t task_id(const struct task *t);		/* shown as its pid */
const char *task_comm(const struct task *t);
bool task_is_running(const struct task *t);	/* runnable or on a CPU */
int task_cpu(const struct task *t);		/* last CPU it ran on */
uint64_t task_cpu_time_ns(const struct task *t);	/* CPU time used (R4.7) */
/* The function that it blocks or runs in ("burn", "flush_work", ...), for backtraces; @where is borrowed. */
void task_set_where(struct task *t, const char *where);
const char *task_where(const struct task *t);

/*
 * Free mode, called by ops->sample() only: the state of a running worker since the previous sample.
 * task_sample_begin() returns false if the task is not a running worker any more; between
 * begin and end its thread cannot exit.
 */
enum task_sample {
	TASK_SAMPLE_RAN,	/* it used CPU time */
	TASK_SAMPLE_RAN_ASLEEP,	/* it used CPU time, and is asleep now */
	TASK_SAMPLE_TICK,	/* it used a whole tick of CPU time since the last sample that returned this */
	TASK_SAMPLE_UNDECIDED,	/* it used none, but for less than @patience_ns, or it is not asleep */
	TASK_SAMPLE_BLOCKED	/* it used none for @patience_ns, and is asleep */
};
bool task_sample_begin(struct task *t);
/* @state: distinguish RAN_ASLEEP from RAN, which costs 4 us */
enum task_sample task_sample(struct task *t, uint64_t patience_ns, bool state);
void task_sample_end(struct task *t);
bool mach_monitor(void);	/* free: machine_config.monitor, act on TASK_SAMPLE_BLOCKED */

/* ---- cause: the event that made this context act -------------------------- */
uint64_t *mach_cause_slot(void);	/* lockstep */
static inline uint64_t mach_cause(void)
{
	return unlikely(mach_lockstep) ? *mach_cause_slot() : mach_head(current)->cause;
}
static inline void mach_set_cause(uint64_t event)
{
	if (unlikely(mach_lockstep)) {
		*mach_cause_slot() = event;
		return;
	}
	trace_batch_cause(event);
	mach_head(current)->cause = event;
}

/* ---- time -------------------------------------------------------------------- */
uint64_t ktime_get_ns(void);		/* virtual ns (lockstep) or ns since start (free) */
uint64_t mach_delayed_ns(void);		/* lockstep: by which the explorer has delayed contexts; extends limits of time */
#define jiffies jiffies_now()
unsigned long mach_hz(void);		/* jiffies in a second */
#undef HZ
#define HZ mach_hz()
/* [cmwq.h jiffies */
#pragma GCC visibility push(default)
unsigned long jiffies_now(void);
unsigned long msecs_to_jiffies(unsigned int ms);	/* rounded up */
unsigned int jiffies_to_msecs(unsigned long j);
#pragma GCC visibility pop
#define time_after(a, b) ((long)((b) - (a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
/* cmwq.h] */
uint64_t jiffies_to_ns(unsigned long j);
/*
 * Jiffies as the ticks of this CPU count them, for loops in softirqs that end at a tick.  In a
 * kernel both are the same; here each CPU has its own phase.
 */
unsigned long ticks_now(void);
/* For comparisons over seconds.  Free mode: the last value that any thread has read. */
extern _Atomic unsigned long mach_tick_jiffies;
static inline unsigned long jiffies_coarse(void)
{
	return mach_lockstep ? jiffies_now() : atomic_load_explicit(&mach_tick_jiffies, memory_order_relaxed);
}

/* Costs of machine/cost.def; no effect in free mode. */
enum mach_cost {
#define COST(ID, ns, what) COST_##ID,
#include "machine/cost.def"
#undef COST
	COST_NR
};
void mach_charge(enum mach_cost cost);
uint64_t mach_cost_ns(enum mach_cost cost);	/* of the table, without variation */
static inline void charge(enum mach_cost cost)
{
	if (unlikely(mach_lockstep))
		mach_charge(cost);
}

/* ---- atomics: choice points in lockstep ------------------------------------ */

void mach_sync(void);	/* lockstep: lets CPUs act whose time is earlier; a choice point */
static inline void sync_point(void)
{
	if (unlikely(mach_lockstep))
		mach_sync();
}
static inline void choice_point(void)
{
	if (unlikely(mach_lockstep)) {
		mach_charge(COST_ATOMIC);
		mach_sync();
	}
}

struct katomic {
	_Atomic int64_t v;
};
static inline int64_t katomic_read(const struct katomic *a)	/* READ_ONCE */
{
	choice_point();
	return atomic_load_explicit(&((struct katomic *)(uintptr_t)a)->v, memory_order_acquire);
}
static inline int64_t katomic_peek(const struct katomic *a)	/* no choice point: dumps, checks */
{
	return atomic_load_explicit(&((struct katomic *)(uintptr_t)a)->v, memory_order_relaxed);
}
static inline void katomic_set(struct katomic *a, int64_t v)	/* WRITE_ONCE, release */
{
	choice_point();
	atomic_store_explicit(&a->v, v, memory_order_release);
}
static inline int64_t katomic_fetch_or(struct katomic *a, int64_t bits)
{
	choice_point();
	return atomic_fetch_or_explicit(&a->v, bits, memory_order_acq_rel);
}
static inline int64_t katomic_fetch_and(struct katomic *a, int64_t bits)
{
	choice_point();
	return atomic_fetch_and_explicit(&a->v, bits, memory_order_acq_rel);
}
static inline int64_t katomic_add_return(struct katomic *a, int64_t n)
{
	choice_point();
	return atomic_fetch_add_explicit(&a->v, n, memory_order_acq_rel) + n;
}
static inline int64_t katomic_xchg(struct katomic *a, int64_t v)
{
	choice_point();
	return atomic_exchange_explicit(&a->v, v, memory_order_acq_rel);
}
static inline bool katomic_try_cmpxchg(struct katomic *a, int64_t *old, int64_t v)
{
	choice_point();
	return atomic_compare_exchange_strong_explicit(&a->v, old, v, memory_order_acq_rel,
						       memory_order_acquire);
}
/* full fence (R1.19) */
static inline void smp_mb(void)
{
#if defined(__SANITIZE_THREAD__)	/* gcc's TSan does not model fences, but it models this */
	static _Atomic int fence;

	atomic_fetch_add_explicit(&fence, 0, memory_order_seq_cst);
#else
	atomic_thread_fence(memory_order_seq_cst);
#endif
}
/* smp_mb() right after an atomic read-modify-write, which is a full fence on x86 */
static inline void smp_mb_after_atomic(void)
{
#if (defined(__x86_64__) || defined(__i386__)) && !defined(__SANITIZE_THREAD__)
	atomic_signal_fence(memory_order_seq_cst);
#else
	smp_mb();
#endif
}
/* one turn of a busy-wait loop: costs time, and lets others run */
void cpu_relax(void);

/* ---- spin locks ------------------------------------------------------------ */

/*
 * Not recursive.  Lockstep records the owner: it reports recursion and ABBA cycles as BUG
 * events, and the CPU spins for ever, as in the kernel.
 * Free mode: .word is 0 free, 1 held, 2 held and threads may sleep on it (free/lock.c).
 */
struct raw_spinlock {
	_Atomic uint32_t word;
	_Atomic uint32_t sleepers;	/* free: for raw_spin_unlock_kept() */
	uint32_t id;			/* CLS_LOCK; 0 = never contended so far */
	struct task *owner;		/* lockstep */
	int owner_cpu;
	uint8_t rank;			/* lock_rank(); 0 = none */
	const char *name;
};
#define RAW_SPIN_LOCK_INIT(lockname) { .owner_cpu = -1, .name = lockname }
void raw_spin_lock_init(struct raw_spinlock *l, const char *name);
void mach_spin_lock(struct raw_spinlock *l);		/* lockstep */
void mach_spin_unlock(struct raw_spinlock *l);
bool mach_spin_trylock(struct raw_spinlock *l);
void mach_spin_lock_slow(struct raw_spinlock *l);	/* free, contended */
void mach_spin_unlock_slow(struct raw_spinlock *l);
void mach_spin_unlock_kept_slow(struct raw_spinlock *l);
void mach_assert_held(const struct raw_spinlock *l);	/* lockstep: bug_on() */

static inline void raw_spin_lock(struct raw_spinlock *l)
{
	uint32_t zero = 0;

	if (unlikely(mach_lockstep))
		mach_spin_lock(l);
	else if (unlikely(!atomic_compare_exchange_strong_explicit(&l->word, &zero, 1,
				memory_order_acquire, memory_order_relaxed)))
		mach_spin_lock_slow(l);
}
static inline void raw_spin_unlock(struct raw_spinlock *l)
{
	if (unlikely(mach_lockstep))
		mach_spin_unlock(l);
	else if (unlikely(atomic_exchange_explicit(&l->word, 0, memory_order_release) == 2))
		mach_spin_unlock_slow(l);
}
/*
 * Unlock without an atomic read-modify-write.  It reads .sleepers after the release, so the
 * caller must ensure that the lock's memory still exists then: not for a lock on the stack of
 * the next holder.  A sleeper may miss this wake-up and wake up late; see free/lock.c.
 */
static inline void raw_spin_unlock_kept(struct raw_spinlock *l)
{
	if (unlikely(mach_lockstep)) {
		mach_spin_unlock(l);
		return;
	}
	atomic_store_explicit(&l->word, 0, memory_order_release);
	if (unlikely(atomic_load_explicit(&l->sleepers, memory_order_relaxed)))
		mach_spin_unlock_kept_slow(l);
}
static inline bool raw_spin_trylock(struct raw_spinlock *l)
{
	uint32_t zero = 0;

	if (unlikely(mach_lockstep))
		return mach_spin_trylock(l);
	return atomic_compare_exchange_strong_explicit(&l->word, &zero, 1, memory_order_acquire,
						       memory_order_relaxed);
}
/* Lockstep: the irq forms also disable interrupts of this CPU. */
static inline void raw_spin_lock_irq(struct raw_spinlock *l)
{
	if (unlikely(mach_lockstep))
		mach_irq_disable();
	raw_spin_lock(l);
}
static inline void raw_spin_unlock_irq(struct raw_spinlock *l)
{
	raw_spin_unlock(l);
	if (unlikely(mach_lockstep))
		mach_irq_enable();
}
static inline void raw_spin_unlock_irq_kept(struct raw_spinlock *l)
{
	raw_spin_unlock_kept(l);
	if (unlikely(mach_lockstep))
		mach_irq_enable();
}
static inline void raw_spin_lock_irqsave(struct raw_spinlock *l, unsigned long *flags)
{
	if (unlikely(mach_lockstep))
		local_irq_save(flags);
	raw_spin_lock(l);
}
static inline void raw_spin_unlock_irqrestore(struct raw_spinlock *l, unsigned long flags)
{
	raw_spin_unlock(l);
	if (unlikely(mach_lockstep))
		local_irq_restore(flags);
}
static inline void raw_spin_unlock_irqrestore_kept(struct raw_spinlock *l, unsigned long flags)
{
	raw_spin_unlock_kept(l);
	if (unlikely(mach_lockstep))
		local_irq_restore(flags);
}
static inline void assert_held(const struct raw_spinlock *l)
{
	if (unlikely(mach_lockstep))
		mach_assert_held(l);
}

/*
 * In checked runs (census on) a context that holds a ranked lock may only take locks of a
 * higher rank; otherwise a BUG event of kind lock-order is emitted (I56).  A trylock cannot
 * wait, so it only must not be of a rank that is held.  Call after the lock's init.
 */
#define LOCK_RANKS_MAX 8
#define lock_rank(l, r) ((void)((l)->rank = (r)))

/* ---- sleeping and waking ----------------------------------------------------- */

enum task_state {
	TASK_RUNNING, TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_IDLE /* idle worker */, TASK_DEAD
};
/*
 * The kernel's pattern: set_current_state(S); test the condition; schedule();
 * A wake-up after set_current_state() makes schedule() return at once.  If the thread really
 * blocks, schedule() calls ops->worker_sleeping() and ops->worker_running() (R4.6, R4.7).
 */
void set_current_state(enum task_state s);
void schedule(void);					/* task context */
long schedule_timeout(long timeout_jiffies);		/* returns jiffies left; the caller has set the state */
/* the same, but this wait does not prevent STOP_NO_FUTURE */
long schedule_timeout_housekeeping(long timeout_jiffies);
bool wake_up_process(struct task *t);			/* any; true = it was asleep */
/*
 * Split wake-up, for a waker that holds a lock which the woken thread will take first.
 * wake_up_begin() makes the task runnable under the lock; wake_up_end() issues the futex
 * wake after it.  NULL: the wake-up is complete; always so in lockstep.
 */
struct task *wake_up_begin(struct task *t);
void wake_up_end(struct task *t);
void cond_resched(void);
/* The end of a work item: cond_resched().  Under sched=fifo it counts as blocking, so
 * threads that wait for the CPU run first. */
void mach_item_end(void);
static inline void item_end(void)
{
	if (mach_lockstep || unlikely(mach_head(current)->free_blocking))
		mach_item_end();
}
/* true if sleeping is not allowed here, which it reports as a call of @what */
bool might_sleep(const char *what);

/*
 * Lockdep (lockstep, parameter "lockdep"): proves the order in which sleeping locks are taken.
 * Mutexes call it themselves; the engine calls these functions for workqueues and items.
 * @key: an address, never dereferenced.  Any context.  Emits BUG.
 */
enum lock_map { LOCK_MAP_MUTEX, LOCK_MAP_WQ, LOCK_MAP_WORK };
#ifdef KW_FREE_ONLY
#define mach_lockdep false
#else
extern bool mach_lockdep;
#endif
void mach_lock_map_acquire(const void *key, enum lock_map map, const char *name, bool tried);
void mach_lock_map_release(const void *key);
void mach_lock_map_forget(const void *key);
static inline void lock_map_acquire(const void *key, enum lock_map map, const char *name)
{
	if (unlikely(mach_lockdep))
		mach_lock_map_acquire(key, map, name, false);
}
static inline void lock_map_release(const void *key)
{
	if (unlikely(mach_lockdep))
		mach_lock_map_release(key);
}
/* a wait for it: acquire and release */
static inline void lock_map_touch(const void *key, enum lock_map map, const char *name)
{
	lock_map_acquire(key, map, name);
	lock_map_release(key);
}
/* the object at this address is initialized again */
static inline void lock_map_forget(const void *key)
{
	if (unlikely(mach_lockdep))
		mach_lock_map_forget(key);
}

struct mutex {
	struct raw_spinlock wait_lock;
	struct task *owner;
	struct list_head waiters;
	uint32_t id;
	uint64_t cause;
	uint8_t rank;
	unsigned int ahead;		/* lockstep: mutex_take_ahead(), and mutex_lock() since */
	const char *name;
};
#define MUTEX_INIT(m, lockname)                                                       \
	{ .wait_lock = RAW_SPIN_LOCK_INIT(lockname ".wait_lock"),                    \
	  .waiters = LIST_HEAD_INIT((m).waiters), .name = lockname }
void mutex_init(struct mutex *m, const char *name);
/*
 * Task.  In atomic context mutex_lock() reports that, and takes a mutex that is free; a held one it
 * leaves alone with one more report.  mutex_lock_took() is the same; false: the mutex was not taken.
 */
void mutex_lock(struct mutex *m);
bool mutex_lock_took(struct mutex *m);
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
/*
 * For a call in atomic context that must not begin unless it gets all of its mutexes: it takes them
 * with mutex_take_ahead(), calls mutex_ahead_here(true), and mutex_lock() only counts until it releases
 * them.  One call of the machine at a time.
 */
bool mutex_take_ahead(struct mutex *m);		/* false: held */
void mutex_release_ahead(struct mutex *m);
void mutex_ahead_here(bool on);			/* mutex_lock() in this context does not report: the call has done so */
bool mutex_is_locked(const struct mutex *m);
void mach_assert_mutex_held(const struct mutex *m);	/* lockstep: bug_on() */
static inline void assert_mutex_held(const struct mutex *m)
{
	if (unlikely(mach_lockstep))
		mach_assert_mutex_held(m);
}

struct completion {
	struct raw_spinlock lock;
	unsigned int done;
	struct list_head waiters;
	uint32_t id;
	uint32_t by;			/* for the trace: item whose function completes it, 0 = unknown */
	uint64_t cause;
	const char *name;
};
#define COMPLETION_ALL (~0u)		/* complete_all() */
void init_completion(struct completion *c, const char *name);
void wait_for_completion(struct completion *c);		/* task */
bool try_wait_for_completion(struct completion *c);	/* any */
void complete(struct completion *c);			/* any */
void complete_all(struct completion *c);		/* any */
bool completion_done(struct completion *c);

struct wait_queue_head {
	struct raw_spinlock lock;
	struct list_head waiters;
	const char *name;
};
void init_waitqueue_head(struct wait_queue_head *q, const char *name);
void wake_up(struct wait_queue_head *q);		/* any; wakes all */
/* sleeps until @cond(@arg) returns true; called again at each wake_up(); task */
void wait_event(struct wait_queue_head *q, bool (*cond)(void *arg), void *arg);

/* ---- kernel threads ---------------------------------------------------------- */

static inline void *ERR_PTR(long err)
{
	return (void *)(intptr_t)err;
}
static inline long PTR_ERR(const void *p)
{
	return (long)(intptr_t)p;
}
static inline bool IS_ERR(const void *p)
{
	return (uintptr_t)p >= (uintptr_t)-4095;
}
/*
 * Creates a thread; wake_up_process() starts it.  Sleeps as long as a creation takes, or is
 * stalled.  Return: the task, or ERR_PTR of -EAGAIN: this computer cannot host more threads;
 * -ENOMEM: simulated failure.  Context: task.
 */
struct task *kthread_create_on_node(int (*fn)(void *data), void *data, int node,
				    const char *namefmt, ...) __attribute__((format(printf, 4, 5)));
void set_task_comm(struct task *t, const char *comm);
void set_user_nice(struct task *t, int nice);
int task_nice(const struct task *t);
/*
 * Return: 0; -EINVAL: @mask has no possible CPU.  If the caller may sleep, a thread on a
 * forbidden CPU has left it when this returns.  A thread whose CPUs are all offline may run
 * on any CPU.
 */
int set_cpus_allowed(struct task *t, struct cpumask mask);
struct cpumask task_cpus_allowed(const struct task *t);
/* @cpu is preferred at the next wake-up of @t (R4.13) */
void task_set_wake_cpu(struct task *t, int cpu);
int kthread_stop(struct task *t);		/* asks it to exit, wakes it, waits for its end; task */
bool kthread_should_stop(void);
void kthread_wait_exit(struct task *t);		/* only waits for its end; task */

/* ---- timers (per-CPU wheel; functions run in the TIMER softirq) ---------------- */

enum {
	TIMER_DEFERRABLE = 1,	/* does not wake an idle CPU */
	TIMER_PINNED = 2,	/* fires on its own CPU */
	TIMER_IRQSAFE = 4,
	TIMER_HOUSEKEEPING = 8	/* not in the kernel: does not prevent STOP_NO_FUTURE */
};
/* [cmwq.h timer */
struct timer_list {
	struct list_head entry;		/* on a CPU's list while pending, else empty */
	_Atomic uint32_t where;		/* free mode: wheel + 1 << 16 | bucket + 1; 0 = never armed */
	int cpu;
	unsigned long expires;		/* jiffies */
	void (*function)(struct timer_list *t);
	uint32_t flags;
	uint32_t id;
	uint64_t fires_ns;		/* time of expiry, rounded to the bucket of the wheel */
	uint64_t cause;
};
/* cmwq.h] */
void timer_setup(struct timer_list *t, void (*fn)(struct timer_list *t), unsigned int flags);
bool mod_timer(struct timer_list *t, unsigned long expires);	/* any; true = was pending */
void add_timer(struct timer_list *t);				/* any; uses t->expires */
void add_timer_on(struct timer_list *t, int cpu);
void add_timer_global(struct timer_list *t);
bool del_timer(struct timer_list *t);				/* any; true = was pending */
bool del_timer_sync(struct timer_list *t);			/* task; waits for a running function */
/* the newer names of these two; macros, because <time.h> declares a timer_delete() too */
#define timer_delete(t) del_timer(t)
#define timer_delete_sync(t) del_timer_sync(t)
bool timer_pending(const struct timer_list *t);
/* free: removes one armed timer with function @fn from its wheel; NULL = there is none */
struct timer_list *mach_timer_take(void (*fn)(struct timer_list *t));
/* lockstep: an armed timer for which @match holds; NULL = there is none */
struct timer_list *mach_timer_find(bool (*match)(const struct timer_list *t, const void *arg), const void *arg);
void timer_set_housekeeping(struct timer_list *t, bool on);

/* ---- softirqs, cross-CPU calls -------------------------------------------------- */

enum softirq_vec {
	HI_SOFTIRQ, TIMER_SOFTIRQ, NET_TX_SOFTIRQ, NET_RX_SOFTIRQ, BLOCK_SOFTIRQ,
	IRQ_POLL_SOFTIRQ, TASKLET_SOFTIRQ, SCHED_SOFTIRQ, HRTIMER_SOFTIRQ, RCU_SOFTIRQ, SOFTIRQ_NR
};
void raise_softirq(enum softirq_vec vec);		/* this CPU; any */
/* In a vector's function: the CPU whose vector it is.  Free mode: it may be offline, its vectors served by another. */
int softirq_cpu(void);
/* Free mode: the vector of any CPU, even an offline one.  Lockstep: @cpu must be this CPU. */
void raise_softirq_on(int cpu, enum softirq_vec vec);
void open_softirq(enum softirq_vec vec, void (*fn)(void));
/* @fn is called before the function of open_softirq(): items of BH workqueues before tasklets (R11.2) */
void open_softirq_first(enum softirq_vec vec, void (*fn)(void));
/* calls @fn(@arg) in a hard interrupt of @cpu; @fn must not sleep */
void irq_work_on(int cpu, void (*fn)(void *arg), void *arg);

/* ---- RCU -------------------------------------------------------------------------- */

/* [cmwq.h rcu */
#pragma GCC visibility push(default)
/*
 * Read-copy-update: a grace period ends when all readers that were inside at its start have
 * left.  Context: any; synchronize_rcu() and rcu_barrier() task.  Locks: none.  Owner: the
 * engine owns the head until it calls its function, on a thread that must not wait.
 * Return: n/a.  Emits: nothing.  Rules: R1.20, R8.9.
 */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
	uint64_t cause;
	int cpu;			/* the callback runs on the CPU that called call_rcu() */
};
void rcu_read_lock(void);
void rcu_read_unlock(void);
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));	/* any */
void synchronize_rcu(void);							/* task */
void rcu_barrier(void);								/* task */
#pragma GCC visibility pop
/* cmwq.h] */

/* ---- memory, log ------------------------------------------------------------------- */
/* Zeroed memory; NULL if the simulated or real memory is used up.  machine_stop() frees the rest. */
void *kzalloc(size_t size);
void *kzalloc_aligned(size_t size, size_t align);
void kfree(void *p);		/* p may be NULL */
/* Writes one line to the kernel log; @level 0 emerg .. 3 err, 4 warning, 6 info. */
void printk(int level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define pr_emerg(...) printk(0, __VA_ARGS__)
#define pr_err(...) printk(3, __VA_ARGS__)
#define pr_warn(...) printk(4, __VA_ARGS__)
#define pr_info(...) printk(6, __VA_ARGS__)
/*
 * For conditions that the kernel reports with WARN(): emits a BUG event of @kind, and logs
 * the text and a line "WARNING: CPU: 0 PID: 7 at <where>".
 */
void mach_warn(enum trace_bug kind, const char *where, uint32_t item, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* what the calling thread holds, for the report of a function that leaves it held */
struct mach_held {
	unsigned int preempt, mutexes, rcu;
};
struct mach_held mach_held(void);
/* WARN_ON(): the text is in the BUG event only, the log has the line "WARNING: ... at @where" */
void mach_warn_on(enum trace_bug kind, const char *where, uint32_t item, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* ---- the run ---------------------------------------------------------------------------- */

uint32_t mach_new_id(enum trace_class cls);
/* The id (CLS_FUNC) of the pair (func, tag); the first call defines its @name. */
uint32_t mach_func_id(const void *func, uintptr_t tag, const char *name);
/* checked runs of lockstep: emit CENSUS_* at checkpoints */
#ifdef KW_FREE_ONLY
#define mach_census() false
#else
bool mach_census(void);
#endif
/* The value of a boot parameter by the kernel's name ("cpu_intensive_thresh_us"), -1 = not set. */
long mach_boot_param(const char *name);

/* Functions of the engine that the machine calls; each may be NULL. */
struct mach_wq_ops {
	void (*worker_sleeping)(struct task *t);	/* it is about to block (R4.6); called by the task itself */
	void (*worker_running)(struct task *t);		/* it has blocked, and runs again (R4.7); the same */
	void (*worker_tick)(struct task *t);		/* a tick interrupted it (R4.17); hardirq */
	/* free: samples running workers (R4.20); returns ns to the next call, UINT64_MAX = when one wakes up */
	uint64_t (*sample)(void);
	int (*prepare_cpu)(int cpu);			/* before it comes online (R10.5); task */
	void (*online_cpu)(int cpu);			/* on that CPU; task */
	void (*offline_cpu)(int cpu);			/* on that CPU; task */
	/* runs @fn in a worker of @cpu and waits for it; NULL = the engine has no such worker; task */
	long (*work_on_cpu)(int cpu, long (*fn)(void *arg), void *arg);
	void (*dead_cpu)(int cpu);			/* it is offline, its bottom halves are still queued; task */
	/* emits the census of all objects while the machine is idle; returns their number */
	uint32_t (*census)(void);
	/* writes what @t waits for, for the report of a NO_FUTURE event */
	void (*blocked)(struct task *t, char *buf, size_t size);
};
void mach_set_wq_ops(const struct mach_wq_ops *ops);

#endif
