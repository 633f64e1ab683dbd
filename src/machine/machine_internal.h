/*
 * machine/machine_internal.h - the structures of the machine, seen only inside machine/.
 *
 * Guards (lockstep): everything here belongs to the holder of the baton.
 * Guards (free):     letters beside the fields.
 *   I  set at init, then read-only    T  the thread itself only
 *   ML mach.lock (registries)         A  atomic
 *
 * Lives here:   struct machine, cpu, task, event and the calls between the files of machine/.
 * Never here:   anything another room may see.   Rules: docs/time.md.
 * Licence: MIT.
 */
#ifndef KW_MACHINE_INTERNAL_H
#define KW_MACHINE_INTERNAL_H

#include <setjmp.h>
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
	bool quiet;			/* no entry/exit cost of its own */
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

struct irq_action;

struct machine {
	struct machine_config cfg;	/* I */
	bool running;
	_Atomic bool stopping;		/* free mode: every thread is asked to stop, also those yet to come */
	bool booting;			/* nothing costs anything yet: a run begins at 0 */
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
	_Atomic uint32_t free_ids[CLS_NR];	/* free mode, and lockstep without a trace */
	struct mach_lock_watch lock_watch;
	const char *idle_wait_name;	/* the wait of helper threads that have nothing to do */
	/* choice.c */
	const struct mach_choosing *choosing;	/* NULL = the seed decides */
	bool choices_on;
	uint64_t order_hash;
	unsigned int unfair_choices;
};

extern struct machine mach;

/* ---- who ------------------------------------------------------------------- */
static inline struct cpu *cpu_of(const struct task *t)
{
	return t->cpu >= 0 ? &mach.cpus[t->cpu] : NULL;
}
/* lockstep: the CPU of the baton's holder; NULL in the director */
static inline struct cpu *this_cpu(void)
{
	return mach_cur ? cpu_of(mach_cur) : NULL;
}
#define for_each_mach_cpu(c) for ((c) = mach.cpus; (c) < mach.cpus + mach.nr_cpus; (c)++)

/* ---- baton.c: five functions over one of two ways (baton_internal.h) -------------------- */
void baton_adopt(struct task *t, enum mach_baton which);	/* the calling thread becomes @t (director) */
int baton_create(struct task *t);		/* a thread (parked or new) that will run @t; -EAGAIN */
void baton_switch(struct task *from, struct task *to);	/* returns when @from has it again */
_Noreturn void baton_exit(struct task *next);	/* the holder's task is over; @next goes on */
void baton_abort_all(void);			/* every task's thread goes back to its pool */

/* ---- dispatch.c ------------------------------------------------------------------ */
void dispatch_hooks(struct trace *t);
void dispatch(void);		/* give the baton to the earliest; returns when this CPU is */
void dispatch_exit(void) __attribute__((noreturn));
void give_way(void);		/* mach_sync() that is no choice point */
void horizon_at_most(uint64_t time);		/* someone else acts at @time at the latest */
void event_post(struct mach_event *ev, int cpu, uint64_t time);
void event_cancel(struct mach_event *ev);
static inline bool event_pending(const struct mach_event *ev)
{
	return !list_empty(&ev->entry);
}
void event_init(struct mach_event *ev, void (*fn)(struct mach_event *ev), void *arg);
uint64_t draw(struct cpu *c, enum mach_site site);	/* chance of this CPU */
uint64_t draw_task(struct task *t, enum mach_site site);
uint64_t jittered(uint64_t ns, uint64_t chance);	/* +-cfg.jitter */

/* ---- choice.c: all only while mach.choosing ---------------------------------------- */
int choice_boot(void);
void choice_stop(void);
uint64_t choice_level(enum mach_site site, uint64_t context, uint64_t ordinal, uint64_t hash);
uint64_t choice_stretched(enum mach_site site, uint64_t context, uint64_t *ordinal, uint64_t ns, bool only_later);
void choice_late(uint64_t ns);		/* something promised in a bounded time takes that much longer */
void choice_turn(bool relaxing);	/* @relaxing: the caller spins until another context makes progress */
void choice_preempt(void);
struct task *choice_pick(struct cpu *c, struct task *default_task);
int choice_place(struct task *t, int default_cpu, struct cpumask may);

/* ---- irq.c, softirq.c -------------------------------------------------------------- */
bool irqs_on(const struct cpu *c);
void irqs_run(struct cpu *c);	/* deliver what is due; softirqs; reschedule at its exit */
void softirqs_run(struct cpu *c);
void raise_softirq_on_cpu(struct cpu *c, enum softirq_vec vec);
void irq_boot(void);
void softirq_boot(void);
void housekeeping_boot(void);
void softirq_move_from(struct cpu *dead, struct cpu *to);

/* ---- sched.c ------------------------------------------------------------------------ */
void sched_boot_cpu(struct cpu *c);
struct task *task_alloc(const char *comm, int (*fn)(void *), void *data);	/* no thread yet */
void task_free(struct task *t);
void task_start(struct task *t, int cpu);		/* first wake-up, from anywhere */
bool sched_equal(struct cpu *c, const struct task *t, const struct task *default_task);	/* @t may as well run next */
unsigned int sched_load(const struct cpu *c);		/* 0 = idle */
void sched_account(struct cpu *c);			/* charge curr for its time until c->now */
void sched_tick(struct cpu *c);
void sched_block(bool preempted);			/* __schedule */
void resched_cpu(struct cpu *c);			/* make @c look at its queue */
bool is_resched_event(const struct mach_event *ev);
int on_cpu(int cpu, void (*step)(int cpu));	/* by an urgent thread of @cpu's; task; -EAGAIN */
void tick_start(struct cpu *c);
void tick_stop(struct cpu *c);
int idle_main(void *cpu);
_Noreturn void task_main_end(void);
void sched_migrate_all(struct cpu *dead);
uint64_t exec_now(const struct task *t);

/* ---- timer.c -------------------------------------------------------------------------- */
void timer_boot(void);
/* checked runs: a lock of this rank is asked for, taken, given back */
void rank_check(unsigned int rank, const char *name, bool waits);
void timers_look(struct cpu *c);		/* hardirq: raise TIMER_SOFTIRQ if one is due */
void timers_move(struct cpu *dead, struct cpu *to);
bool timers_have_future(const struct cpu *c);

/* ---- lock.c ------------------------------------------------------------------------------ */
static inline void lock_seen(enum mach_lock_op op, const void *lock, const char *name, bool mutex)
{
	if (unlikely(mach.lock_watch.fn))
		mach.lock_watch.fn(mach.lock_watch.arg, op, lock, name, mutex);
}

/* ---- the rest -------------------------------------------------------------------------- */
void memory_boot(void);
void memory_stop(void);
void rcu_boot(void);
bool atomic_report(const char *what);
/* lockdep.c: a run begins */
#ifdef KW_FREE_ONLY
static inline void lockdep_start(bool on)
{
	(void)on;
}
#else
void lockdep_start(bool on);
#endif
void trace_stamp_hook(void *arg, struct trace_event *ev);

/* ---- free/task.c ------------------------------------------------------------------------------ */
void machine_announce(void);
int free_start(void (*boot)(void));
void free_stop(void);
enum mach_stop free_run(const struct mach_run *run);
void free_schedule(void);
bool free_wake(struct task *t);
struct task *free_wake_begin(struct task *t);	/* NULL: nothing is left to be done */
void free_wake_end(struct task *t);
void free_task_main(struct task *t);	/* the calling thread is its, from now on to its end */
void free_task_start(struct task *t);
void free_sleep_ns(uint64_t ns);
uint64_t free_now_ns(void);
void free_burn(uint64_t ns);
bool free_timer_arm(struct timer_list *t, unsigned long expires, int cpu);
bool free_timer_pending(const struct timer_list *t);
int free_timers_start(void);
void free_timers_stop(void);
int free_trace_start(void);	/* where there is a log */
void free_trace_stop(void);
void free_stir(void);		/* a worker was woken, or is back: looks may have ended */
uint64_t free_sample(void);	/* in how many ns to look again */
void free_sample_forget(struct task *t);
void free_adopt(struct task *t);	/* the calling thread is @t */
void free_pause(void);		/* a moment of spinning */
void free_pin_start(void);
void free_short_turns(void);	/* the calling thread */
void free_pin(const struct task *t);	/* the calling thread, to the host's CPUs it is to use */
bool free_timer_delete(struct timer_list *t);
void free_timer_delete_sync(struct timer_list *t);
void free_irq_work(int cpu, void (*fn)(void *), void *arg);
uint64_t free_cpu_time_ns(const struct task *t);
long free_schedule_timeout(long timeout);
void free_item_end(void);
static inline struct task *free_self(void)	/* this thread's task, NULL if it has none in this run */
{
	return likely(mach_self.run == mach_free_runs) ? mach_self.task : NULL;
}
void free_tasks_stay(bool on);
void free_task_reap(struct task *t);	/* its thread has ended: *t is gone */

/* ---- free/cpu.c: the CPU of a task is a label ------------------------------------------------ */
int free_label(const struct task *t);
void free_set_label(struct task *t, int cpu);
int free_relabel(struct task *t);	/* one that is on line and allowed; the one it has if it may */
int free_set_allowed(struct task *t, struct cpumask mask);
int free_take_down(int cpu);
int free_bring_up(int cpu);

/* ---- free/host.c: the threads of the host ---------------------------------------------------- */
void free_hosts_start(void);
void free_hosts_stop(void);
int free_task_create(struct task *t);		/* a thread for it, which waits; -EAGAIN */
void free_host_go(struct task *t);
void free_host_join(struct task *t);
uv_thread_t free_host_thread(const struct task *t);
void free_host_forget(struct task *t);

/* ---- free/softirq.c -------------------------------------------------------------------------- */
void free_softirq_start(void);
void free_softirq_close(void);
void free_softirq_stop(void);
void free_softirq_raise(int cpu, enum softirq_vec vec);
void free_softirq_retry(void);
void free_softirq_hold(int cpu, bool on);
void free_softirq_moved(int cpu);
int free_softirq_cpu(void);
void free_tasklets_lock(int cpu, bool on);
_Noreturn void free_bottom_half_slept(const char *what);

#endif
