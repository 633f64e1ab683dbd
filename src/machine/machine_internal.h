/*
 * machine/machine_internal.h - the structures of the machine, and the table of its two modes.
 *
 * Guards in lockstep: the holder of the baton may access everything.
 * Guards in free mode: the letters beside the fields.
 *   I  is set at init, then read-only.   T  Only the thread itself accesses it.
 *   ML is guarded by mach.lock.          A  is atomic.
 *
 * Lives here:   struct machine, cpu, task, irq_line, mach_mode; calls between the files of machine/.
 * Never here:   the interface for other rooms (machine.h, kapi.h), the internals of one mode
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
#define LOCKDEP_HELD_MAX 24		/* locks held by one task; lockdep ignores further ones */

/* Lockstep: something that will happen on a CPU at a given time, delivered as a hard interrupt. */
struct mach_event {
	struct list_head entry;		/* on cpu->events, which is sorted by (time, seq), else empty */
	uint64_t time, seq;
	uint64_t cause;
	void (*fn)(struct mach_event *ev);	/* in hardirq context; may free *ev */
	void *arg;
	int cpu;
	bool housekeeping;		/* does not prevent STOP_NO_FUTURE */
};

enum cpu_mode {
	CPU_CODE,	/* runs code: needs the baton at cpu->now */
	CPU_BURN,	/* uses time until .wait_until or an interrupt */
	CPU_IDLE,	/* waits for an interrupt */
	CPU_SPIN,	/* waits for the spin lock .spins_on */
	CPU_OFF
};

struct cpu {
	int id, node, llc, core;	/* I */
	bool online;
	enum cpu_mode mode;
	uint64_t now;			/* local time, ns */
	uint64_t wait_until;		/* CPU_BURN */
	uint64_t next_event;		/* time of the first of .events, or NS_NEVER */
	struct list_head events;
	struct task *curr, *idle;
	/* run queue, without .curr */
	struct list_head rt, fair;
	unsigned int nr_queued;
	uint64_t exec_start;		/* .curr's CPU time is accounted up to here */
	bool need_resched;
	bool migrate_curr;		/* .curr may no longer run here */
	uint32_t goes_first;		/* id of the queued thread that choice_preempt() chose, 0 = none */
	/* context */
	unsigned int irq_depth, softirq_depth, irq_off, bh_off, preempt_off;
	uint64_t irq_cause;		/* cause of the interrupt or softirq being served */
	uint64_t relaxed_at;		/* end of the last turn of a busy-wait loop */
	uint32_t relax_turns;		/* of the loop that it is in */
	uint32_t softirq_pending;
	uint64_t softirq_cause[SOFTIRQ_NR];
	struct task *ksoftirqd;
	struct raw_spinlock *spins_on;
	uint8_t ranks[LOCK_RANKS_MAX];	/* checked runs: number of spin locks held of each rank */
	uint64_t spin_ticket;		/* order of arrival at .spins_on */
	/* tick and timers */
	struct mach_event tick;
	uint64_t tick_phase;
	struct mach_event timer_irq;
	struct list_head timers;	/* pending, by (fires_ns, seq) */
	struct list_head dead_timers;	/* armed while it was offline: they do not fire */
	struct list_head waiting_calls;	/* irq_work_on() while it was offline */
	struct list_head tasklets[2];	/* normal, high */
	struct timer_list *timer_running;
	uint64_t draws[SITE_NR];	/* random numbers drawn so far at each site */
	uint64_t chance[SITE_NR];	/* lockstep: hash of the seed, the site and the CPU */
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
	bool yields;			/* textbook scheduler: an item has ended, queued threads run first */
	bool aside;			/* lockstep: set aside by mach_hold(), on no queue */
	int wake_cpu;			/* preferred CPU of the next wake-up, -1 = the last one */
	struct cpumask allowed;
	int nice, rt_prio;
	uint8_t ranks[LOCK_RANKS_MAX];	/* checked runs: number of mutexes held of each rank */
	struct list_head rq_entry;	/* on cpu->rt or cpu->fair while queued */
	/* fair class, in weighted ns */
	int64_t vruntime, deadline, vlag;
	uint64_t queued_ns;		/* when it was queued on its CPU */
	uint64_t exec_ns;		/* CPU time used */
	/* context */
	uint64_t wake_cause;		/* event of the wake-up that made it runnable */
	bool memalloc;
	const char *where;
	uint32_t waits_lock;		/* id of the mutex or completion it sleeps for, 0 = none */
	struct task *waits_owner;
	const char *waits_name;
	unsigned int rcu_nesting, rcu_index;
	_Atomic unsigned int rcu_reads;		/* free: index it reads under, plus one; 0 = not reading */
	unsigned int mutexes;		/* number of mutexes held */
	unsigned int nr_held;		/* lockdep: locks held, in the order they were taken */
	uint16_t held[LOCKDEP_HELD_MAX];
	uint64_t draws[SITE_NR];
	_Atomic bool should_stop;
	_Atomic bool exited;
	struct wait_queue_head exit_wait;
	struct list_head all;		/* ML: mach.tasks */
	union {				/* lockstep: its thread or stack (lockstep/baton_internal.h) */
		struct baton_thread *thread;
		struct baton_stack *stack;
	};
	/* free mode */
	struct host *host;		/* ML, then I: free/host.c; NULL = the machine did not create the thread */
	_Atomic bool never_started;
	_Atomic bool free_running;	/* inside .fn: its CPU clock may be read */
	int tid;			/* T: writes; the id that the host gave the thread */
	/* under tick_lock (free/watch.c) */
	uint64_t tick_at_ns;		/* CPU time at the last tick */
	uint64_t sample_used_ns, sample_since_ns;	/* CPU time at the last sample, and when it last changed */
	int stat_fd;			/* descriptor of its stat file in /proc, plus 1; 0 = not open */
	int free_bottom;		/* T: the CPU whose softirqs it is serving */
	_Atomic int pins;		/* A: wakers that still use *t after releasing the lock (mutex_unlock()) */
	bool joined;			/* ML: a thread has joined it, or is about to */
	uv_mutex_t tick_lock;		/* guards .worker against the sampling thread; taken before all other locks */
};

struct irq_line {
	struct list_head entry;		/* mach.lines */
	uint32_t id;
	char name[32];
	int cpu;
	struct list_head actions;
	struct mach_event event;	/* lockstep: raised, not yet delivered */
	bool in_progress;
	_Atomic unsigned int masked;	/* threads of IRQF_ONESHOT actions that have not ended */
	_Atomic bool latched;		/* raised while it was masked */
};

struct machine {
	struct machine_config cfg;	/* I */
	bool running;
	_Atomic bool stopping;		/* free mode: all threads must exit, also those not created yet */
	bool booting;			/* lockstep: no operation costs time until the boot has ended, at time 0 */
	bool census;			/* lockstep: emit CENSUS_* at checkpoints */
	struct trace *trace;
	struct cpu cpus[CPUS_MAX];
	int nr_cpus, nr_nodes;		/* I */
	uint64_t tick_ns;		/* I */
	uint64_t time;			/* of the last action, ns */
	/* no other CPU than the baton holder's acts before this time, nor at it with a smaller tie() than this */
	uint64_t horizon, horizon_tie;
	uint64_t chance[SITE_NR];	/* lockstep: hash of the seed and the site */
	uint64_t seq;			/* of the last event posted */
	unsigned int nr_spinning;	/* CPUs with .spins_on */
	uint64_t tickets;		/* given out so far: spin locks, timers */
	struct task director;
	/* machine_run() */
	bool in_run, stop_now;
	enum mach_stop stop;
	struct mach_run run;
	struct list_head tasks;		/* by id */
	struct list_head lines;
	_Atomic unsigned int nr_tasks;
	_Atomic unsigned int threads_max;
	size_t memory_used, memory_max;
	bool creation_stalled;
	_Atomic unsigned int creations_fail;
	struct wait_queue_head creation_wait;
	const struct mach_wq_ops *ops;
	void (*softirq[SOFTIRQ_NR])(void);
	void (*softirq_first[SOFTIRQ_NR])(void);	/* called before .softirq */
	struct list_head memory;	/* ML: all blocks of kzalloc() */
	uv_mutex_t lock;		/* ML: see above */
	size_t next_input;		/* index into .cfg.inputs */
	uint64_t handovers;
	struct cpumask online, active;	/* active: online, and not being taken down or brought up */
	_Atomic int cpus_readers;	/* number of threads inside cpus_read_lock() */
	struct wait_queue_head cpus_wait;
	uint64_t census_at;		/* number of events at the last census of everything */
	struct cpumask housekeeping[HK_TYPE_DOMAIN + 1];
	struct mutex hotplug;		/* serializes hotplug */
	struct mutex cpu_maps;		/* held by a caller of hotplug while another CPU's worker takes the CPU down */
	bool warned_call;		/* lockstep: irq_work_queue_on() has warned */
	/* RCU (rcu.c) */
	_Atomic int rcu_index;
	_Atomic int64_t rcu_readers[2];
	struct raw_spinlock rcu_lock;
	struct rcu_head *rcu_next, *rcu_done;
	/* names of functions (log.c) */
	struct mach_func *funcs;
	uint32_t nr_funcs, cap_funcs;
	uint64_t free_start_ns;
	_Atomic uint32_t ids[CLS_NR];	/* last ids given out: free mode, and lockstep without a trace */
	struct mach_lock_watch lock_watch;
	const char *idle_wait_name;	/* .waits_name of helper threads that have nothing to do */
	void (*worker_woken)(void);	/* lockstep: see mach_on_worker_woken(); NULL = none */
	/* lockstep/choice.c */
	const struct mach_choosing *choosing;	/* NULL = the seed decides */
	bool choices_on;
	uint64_t order_hash;
	uint64_t delayed_ns;		/* by unfair choices, all together */
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

/* Each of these expands the rows of mode.def. */
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
extern const struct mach_mode *mach_mode;	/* the mode of this run; free mode while no machine runs */
#define MODE(name) mach_mode->name
void mode_select(enum mach_mode_id id);
#endif

#undef SERVICE

/* ---- start.c -------------------------------------------------------------------------- */
void machine_announce(void);	/* the first events of a run */
/* Runs @fn to its end in a task @comm.  -EAGAIN: no thread to be had; -EDEADLK: it can never end.  Director. */
int call_in_task(const char *comm, void (*fn)(void *arg), void *arg);

/* ---- kthread.c ------------------------------------------------------------------------ */
/* The current task's function has ended: reports what it left locked or disabled, and enables it. */
void task_report_leaks(void);
struct task *task_alloc(const char *comm, int (*fn)(void *), void *data);	/* no thread yet */
void task_free(struct task *t);

/* ---- cpu.c ---------------------------------------------------------------------------- */
int on_cpu(int cpu, void (*step)(int cpu));	/* runs @step in a thread of fifo class on @cpu; task; -EAGAIN */
/* a thread made before it is needed, so that the step cannot fail for want of one */
struct hotplug {
	int cpu;
	void (*step)(int cpu);
	bool ahead;
	struct task *thread;
	struct completion go;
};
int on_cpu_ahead(struct hotplug *h, int cpu, void (*step)(int cpu));
void on_cpu_go(struct hotplug *h);
void housekeeping_boot(void);

/* ---- irq.c, softirq.c ------------------------------------------------------------------- */
void irq_boot(void);
void irq_line_handle(struct irq_line *l);	/* calls the handlers of @l; hardirq */
void softirq_boot(void);

/* ---- lock.c ------------------------------------------------------------------------------ */
static inline void lock_seen(enum mach_lock_op op, const void *lock, const char *name, bool mutex)
{
	if (unlikely(mach.lock_watch.fn))
		mach.lock_watch.fn(mach.lock_watch.arg, op, lock, name, mutex);
}
/* Checked runs of lockstep: reports if a lock of this rank may not be taken here.  @waits: false for a trylock. */
void rank_check(unsigned int rank, const char *name, bool waits);

/* ---- the rest -------------------------------------------------------------------------- */
void memory_boot(void);
void memory_stop(void);
void rcu_boot(void);
void atomic_report(const char *what);

#endif
