/*
 * machine/machine_internal.h - the structures of the machine, and the table of its two modes.
 *
 * Guards (lockstep): everything here belongs to the holder of the baton.
 * Guards (free):     letters beside the fields.
 *   I  set at init, then read-only    T  the thread itself only
 *   ML mach.lock (registries)         A  atomic
 *
 * Lives here:   struct machine, cpu, task, irq_line, mach_mode; calls between the files of machine/.
 * Never here:   anything another room may see; what one mode has for itself
 *               (lockstep/lockstep_internal.h, free/free_internal.h).   Rules: docs/time.md.
 * Licence: MIT.
 */
#ifndef KW_MACHINE_INTERNAL_H
#define KW_MACHINE_INTERNAL_H

#include <uv.h>

#include "base/rng.h"
#include "machine/machine.h"

#define NS_NEVER UINT64_MAX
#define SLICE_NS 3000000u		/* fair class: base slice */
#define LOCKDEP_HELD_MAX 24		/* more at once are not followed */

/* Something that will happen on a CPU at a time: delivered as a hard interrupt. */
struct mach_event {
	struct list_head entry;		/* on cpu->events, sorted by (time, seq), else empty */
	uint64_t time, seq;
	uint64_t cause;
	void (*fn)(struct mach_event *ev);	/* in hardirq context; may free *ev */
	void *arg;
	int cpu;
	bool housekeeping;		/* does not count as a future */
};

enum cpu_mode {
	CPU_CODE,	/* its context wants the baton now, at cpu->now */
	CPU_BURN,	/* uses time until wait_until, or an interrupt */
	CPU_IDLE,	/* waits for an interrupt */
	CPU_SPIN,	/* waits for a spin lock */
	CPU_OFF
};

struct cpu {
	int id, node, llc, core;	/* I */
	bool online;
	enum cpu_mode mode;
	uint64_t now;			/* local time, ns */
	uint64_t wait_until;		/* CPU_BURN */
	uint64_t next_event;		/* time of the first of .events, NS_NEVER */
	struct list_head events;
	struct task *curr, *idle;
	/* run queue: without the one on the CPU */
	struct list_head rt, fair;
	unsigned int nr_queued;
	uint64_t exec_start;		/* when curr's time was last accounted */
	bool need_resched;
	bool migrate_curr;		/* curr may no longer run here */
	uint32_t goes_first;		/* id of the thread chosen to take over, 0 = none (choice.c) */
	/* context */
	unsigned int irq_depth, softirq_depth, irq_off, bh_off, preempt_off;
	uint64_t irq_cause;		/* cause of the interrupt or softirq being served */
	uint32_t softirq_pending;
	uint64_t softirq_cause[SOFTIRQ_NR];
	struct task *ksoftirqd;
	struct raw_spinlock *spins_on;
	uint8_t ranks[LOCK_RANKS_MAX];	/* ranked spin locks it holds, checked runs */
	uint64_t spin_ticket;
	/* tick and timers */
	struct mach_event tick;
	uint64_t tick_phase;
	struct mach_event timer_irq;
	struct list_head timers;	/* pending, by (fires_ns, seq) */
	struct list_head tasklets[2];	/* normal, high */
	struct timer_list *timer_running;
	/* chance: ordinals of this CPU's draws */
	uint64_t draws[SITE_NR];
};

struct baton_thread;
struct baton_stack;

struct task {
	MACH_TASK_HEAD		/* first (kapi.h) */
	uint32_t id;			/* I */
	char comm[64];
	int (*fn)(void *data);		/* I */
	void *data;			/* I */
	_Atomic int state;		/* enum task_state; A */
	bool on_rq, on_cpu, dead, is_idle, is_director;
	_Atomic bool started;
	bool yields;			/* textbook: an item has ended, whoever waits goes first */
	int wake_cpu;			/* -1, or where to wake next */
	struct cpumask allowed;
	int nice, rt_prio;
	uint8_t ranks[LOCK_RANKS_MAX];	/* ranked mutexes it holds, checked runs */
	struct list_head rq_entry;	/* on cpu->rt or ->fair while queued */
	/* fair class, in weighted ns */
	int64_t vruntime, deadline, vlag;
	uint64_t queued_ns;	/* when it began to wait for its CPU */
	uint64_t exec_ns;		/* CPU time used */
	/* context */
	uint64_t wake_cause;		/* the wake-up that made it runnable */
	bool memalloc;
	const char *where;
	uint32_t waits_lock;		/* mutex/completion it sleeps for */
	struct task *waits_owner;
	const char *waits_name;
	unsigned int rcu_nesting, rcu_index;
	_Atomic unsigned int rcu_reads;		/* free: index it reads under, plus one; 0 = none */
	unsigned int nr_held;		/* lockdep.c: what it holds, first taken first */
	uint16_t held[LOCKDEP_HELD_MAX];
	uint64_t draws[SITE_NR];
	_Atomic bool should_stop;
	_Atomic bool exited;
	struct wait_queue_head exit_wait;
	struct list_head all;		/* ML: mach.tasks */
	union {				/* lockstep: what it is made of (baton_internal.h) */
		struct baton_thread *thread;
		struct baton_stack *stack;
	};
	/* free mode */
	struct host *host;		/* ML, then I: free/host.c; NULL = the thread is not of our making */
	_Atomic bool never_started;
	_Atomic bool free_running;	/* inside fn: its CPU clock may be read */
	int tid;			/* T to write: the host's id of the thread */
	/* under tick_lock (free/watch.c) */
	uint64_t tick_at_ns;		/* CPU time at the last tick */
	uint64_t sample_used_ns, sample_since_ns;	/* CPU time at the last look, and when that was new */
	int stat_fd;			/* its file in /proc, plus 1; 0 = not open */
	int free_bottom;		/* T: the CPU whose softirqs it serves just now */
	_Atomic int pins;		/* A: who is about to wake it, after letting its lock go */
	bool joined;			/* ML: somebody has waited for its thread, or is about to */
	uv_mutex_t tick_lock;		/* guards .worker against the sampler; outside every other lock */
};

struct irq_line {
	struct list_head entry;		/* mach.lines */
	uint32_t id;
	char name[32];
	int cpu;
	struct list_head actions;
	struct mach_event event;	/* lockstep: raised, not yet delivered */
	bool in_progress, masked;
};

struct machine {
	struct machine_config cfg;	/* I */
	bool running;
	_Atomic bool stopping;		/* free mode: every thread is asked to stop, also those yet to come */
	bool booting;			/* lockstep: nothing costs anything yet, a run begins at 0 */
	bool census;			/* lockstep: emit CENSUS_* at checkpoints */
	struct trace *trace;
	struct cpu cpus[CPUS_MAX];
	int nr_cpus, nr_nodes;		/* I */
	uint64_t tick_ns;		/* I */
	uint64_t time;			/* of the last action, ns */
	uint64_t horizon;		/* earliest action of anybody but the baton's holder's CPU */
	uint64_t seq;			/* of events posted */
	uint64_t tickets;
	struct task director;
	/* the director's wait */
	bool in_run, stop_now;
	enum mach_stop stop;
	struct mach_run run;
	struct list_head tasks;		/* by id */
	struct list_head lines;
	_Atomic unsigned int nr_tasks;
	unsigned int threads_max;
	size_t memory_used, memory_max;
	bool creation_stalled;
	unsigned int creations_fail;
	struct wait_queue_head creation_wait;
	const struct mach_wq_ops *ops;
	void (*softirq[SOFTIRQ_NR])(void);
	void (*softirq_first[SOFTIRQ_NR])(void);	/* before it */
	struct list_head memory;	/* ML: every kzalloc block */
	uv_mutex_t lock;		/* free mode */
	size_t next_input;
	uint64_t handovers;
	struct cpumask online, active;	/* active: online, not coming nor going */
	_Atomic int cpus_readers;	/* who hold cpus_read_lock() */
	struct wait_queue_head cpus_wait;
	uint64_t census_at;		/* events when all was last looked at */
	struct cpumask housekeeping[HK_TYPE_DOMAIN + 1];
	struct mutex hotplug;		/* one CPU at a time */
	/* RCU (rcu.c) */
	_Atomic int rcu_index;
	_Atomic int64_t rcu_readers[2];
	struct raw_spinlock rcu_lock;
	struct rcu_head *rcu_next, *rcu_done;
	/* interned functions */
	struct mach_func *funcs;
	uint32_t nr_funcs, cap_funcs;
	uint64_t free_start_ns;
	_Atomic uint32_t ids[CLS_NR];	/* used so far: free mode, and lockstep without a trace */
	struct mach_lock_watch lock_watch;
	const char *idle_wait_name;	/* the wait of helper threads that have nothing to do */
	/* choice.c */
	const struct mach_choosing *choosing;	/* NULL = the seed decides */
	bool choices_on;
	uint64_t order_hash;
	unsigned int unfair_choices;
};

extern struct machine mach;

static inline struct cpu *cpu_of(const struct task *t)
{
	return t->cpu >= 0 ? &mach.cpus[t->cpu] : NULL;
}
#define for_each_mach_cpu(c) for ((c) = mach.cpus; (c) < mach.cpus + mach.nr_cpus; (c)++)

/* clock.c */
enum burn_kind { BURN_OFFERING, BURN_HOGGING, BURN_OWN };
void trace_burn(uint64_t ns, enum burn_kind kind);	/* the event of its start */

/* ---- mode.c ------------------------------------------------------------------------ */

/* One row of mode.def each. */
#define SERVICE(ret, name, params, args) STEP(ret, name, params)

#define STEP(ret, name, params) ret free_##name params;
#include "machine/mode.def"
#undef STEP

#ifdef KW_FREE_ONLY
#define MODE(name) free_##name
#define mode_select(id) ((void)(id))
#else

#define STEP(ret, name, params) ret lockstep_##name params;
#include "machine/mode.def"
#undef STEP

struct mach_mode {
#define STEP(ret, name, params) ret (*name) params;
#include "machine/mode.def"
#undef STEP
};

extern const struct mach_mode mach_mode_lockstep, mach_mode_free;
extern const struct mach_mode *mach_mode;	/* of this run; free mode's while there is none */
#define MODE(name) mach_mode->name
void mode_select(enum mach_mode_id id);
#endif

#undef SERVICE

/* ---- start.c -------------------------------------------------------------------------- */
void machine_announce(void);	/* the first events of a run */
/* runs @fn as task @comm to its end; director.  -EAGAIN: no thread to be had, -EDEADLK: it will never end */
int call_in_task(const char *comm, void (*fn)(void *arg), void *arg);

/* ---- kthread.c ------------------------------------------------------------------------ */
struct task *task_alloc(const char *comm, int (*fn)(void *), void *data);	/* no thread yet */
void task_free(struct task *t);

/* ---- cpu.c ---------------------------------------------------------------------------- */
int on_cpu(int cpu, void (*step)(int cpu));	/* by an urgent thread of @cpu's; task; -EAGAIN */
void housekeeping_boot(void);

/* ---- irq.c, softirq.c ------------------------------------------------------------------- */
void irq_boot(void);
void irq_line_handle(struct irq_line *l);	/* calls its handlers; hardirq */
void softirq_boot(void);

/* ---- lock.c ------------------------------------------------------------------------------ */
static inline void lock_seen(enum mach_lock_op op, const void *lock, const char *name, bool mutex)
{
	if (unlikely(mach.lock_watch.fn))
		mach.lock_watch.fn(mach.lock_watch.arg, op, lock, name, mutex);
}
/* checked runs of lockstep (lockstep/lock.c): a lock of this rank is taken; @waits: no trylock */
void rank_check(unsigned int rank, const char *name, bool waits);

/* ---- the rest -------------------------------------------------------------------------- */
void memory_boot(void);
void memory_stop(void);
void rcu_boot(void);
void atomic_report(const char *what);

#endif
