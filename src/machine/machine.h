/*
 * machine/machine.h - starting a machine, driving its time, changing its hardware.
 *
 * The thread that calls machine_start() becomes the *director*: it is outside the
 * virtual CPUs, its code costs no virtual time, and virtual time passes only inside
 * machine_run().  Each comment below states whether the director (D) or code on a
 * virtual CPU (K) calls the function.
 *
 * A process runs one machine at a time; machine_stop() frees everything, so that
 * thousands of runs fit in one process.  docs/time.md defines how time passes.
 *
 * Lives here:   configuration, the director's calls, interrupts, burning, hotplug.
 * Never here:   workqueues, Lua, files, terminals.
 * Licence: MIT.
 */
#ifndef KW_MACHINE_MACHINE_H
#define KW_MACHINE_MACHINE_H

#include "machine/choice.h"
#include "machine/kapi.h"

enum mach_mode_id { MACH_LOCKSTEP, MACH_FREE };
enum mach_preempt { PREEMPT_VOLUNTARY, PREEMPT_FULL };
/* The two implementations of kernel threads in lockstep.  Both give the same events. */
enum mach_baton { BATON_THREADS /* of the operating system */, BATON_STACKS /* switched inside one such thread: faster */ };
enum mach_sched { SCHED_FAIR_CLASS, SCHED_FIFO_TEXTBOOK /* a thread runs until it blocks */ };

#define MACH_THREADS_BASE 64	/* a run may have this many threads, plus 4 for each virtual CPU */
#define MACH_PARAMS_MAX 16
#define MACH_INPUTS_MAX 4096

/* An interrupt that a person fired, after event @after was written. */
struct mach_input {
	uint64_t after;		/* event number; 0 = at the start */
	uint64_t time;		/* of that event, for checking; 0 = unknown */
	int cpu;
	char line[32];
};

struct mach_param {
	const char *name;	/* the kernel's name; borrowed */
	long value;
};

struct machine_config {
	enum mach_mode_id mode;
	int nr_cpus;			/* 1..64 */
	int nr_nodes;			/* 0 = 1; each gets an equal block of CPUs */
	int cpus_per_llc;		/* 0 = one last-level cache for each node */
	int smt;			/* threads of a core: 2; 0 or 1 = no SMT */
	unsigned long hz;		/* 0 = 1000 */
	enum mach_preempt preempt;
	enum mach_sched sched;
	uint64_t seed;			/* determines the schedule */
	uint64_t variant;		/* recorded, without effect on the machine */
	double jitter;			/* 0..0.9: burns, arrivals, expiries vary by this share */
	bool vary_costs;		/* conformance: costs +-50 %, wake latency 1..200 us, tick phase, creation 50..300 us */
	const char *profile;		/* "6.12" */
	enum mach_baton baton;		/* threads if stacks do not work here (machine_baton_works()) */
	bool census;			/* emit CENSUS_* at checkpoints */
	unsigned int threads_max;	/* 0 = MACH_THREADS_BASE + 4 * nr_cpus */
	size_t memory_max;		/* simulated memory of a run, 0 = 256 MiB */
	struct mach_param params[MACH_PARAMS_MAX];	/* up to the first with .name == NULL */
	const struct mach_input *inputs;	/* sorted by .after; borrowed for the run */
	size_t nr_inputs;
	const struct mach_choosing *choosing;	/* makes the decisions; NULL = the seed does */
	/* free mode */
	bool monitor;			/* workers that block without cmwq_blocking_begin() leave concurrency management */
	bool pin;			/* threads bound to one virtual CPU stay on one CPU of the host */
	void (*log)(int level, const char *line, void *arg);	/* gets each line of the kernel log; any thread */
	void *log_arg;
};

/*
 * machine_start - start CPUs and idle threads, then run @boot in a kernel thread on CPU 0
 * @cfg:  copied (the names in .params and the array .inputs are borrowed)
 * @t:    receives the events, NULL = none; borrowed until machine_stop()
 * @boot: runs in task context before machine_start() returns (workqueue_init()); may be NULL
 * Return: 0; -EINVAL: bad configuration; -EAGAIN: this computer cannot host the threads.
 * Context: an ordinary thread while no machine runs.
 */
int machine_start(const struct machine_config *cfg, struct trace *t, void (*boot)(void));
/* Ends all threads, wherever they are, and frees all memory of the run.  D. */
void machine_stop(void);
bool machine_running(void);
/*
 * @name "threads" or "stacks": overrides .baton for all following runs of this process
 * (tests set it from KW_BATON).  Any other @name removes the override.  Return: it was one of the two.
 */
bool machine_baton_override(const char *name);
bool machine_baton_works(enum mach_baton which);	/* in this build, on this computer */
/* Free mode: the machine created the calling thread.  Any context. */
bool machine_owns_thread(void);
const struct machine_config *machine_config(void);

/* ---- the director ---------------------------------------------------------- */

enum mach_stop {
	STOP_TIME,		/* until_ns reached */
	STOP_WATCH,		/* the watch returned true, or mach_request_stop() */
	STOP_IDLE,		/* nothing pending, running or armed */
	STOP_NO_FUTURE,		/* nothing else can happen before until_ns */
	STOP_FULL,		/* the trace is full */
	STOP_CPU_DEAD		/* every CPU spins for ever (deadlock) */
};

/*
 * Called for each event, with the baton, on the stack of the emitting context: must not
 * block, must not emit.  If it returns true, machine_run() returns STOP_WATCH; the
 * emitter waits inside TRACE() until the next machine_run().
 */
struct mach_watch {
	bool (*before)(void *arg, const struct trace_event *ev);	/* the event is not in the log yet */
	bool (*after)(void *arg, const struct trace_event *ev);
	void *arg;
};

struct mach_run {
	uint64_t until_ns;	/* absolute virtual time */
	bool pass_time;		/* if nothing can happen any more, let time pass to until_ns */
	bool idle;		/* return STOP_IDLE when the machine is idle */
	struct mach_watch watch;
};
/* Lets virtual time pass until one of enum mach_stop.  D only. */
enum mach_stop machine_run(const struct mach_run *run);
uint64_t machine_now(void);	/* virtual time of the last action, ns.  D */
/* Lockstep: @ns +- the jitter, for a time that the scene of an exercise sets (SITE_SCENE).  D. */
uint64_t machine_jittered(uint64_t ns);
/* Runs @fn to its end in a task "lesson" on CPU 0, for calls that may sleep.  D. */
void machine_call(void (*fn)(void *arg), void *arg);

/* Creates a kernel thread that starts at once.  NULL: no thread to be had.  D or K. */
struct mach_task_opts {
	int cpu;		/* the task is bound to it; -1 = to none */
	int nice;
	int rt_prio;		/* 1..99: fifo class, 0: fair class */
};
struct task *machine_task(const char *comm, int (*fn)(void *data), void *data,
			  const struct mach_task_opts *opts);
bool machine_task_done(const struct task *t);

/* ---- using time.  K ------------------------------------------------------------ */
void mach_burn(uint64_t ns);		/* uses CPU time, and calls cond_resched() all the time */
void mach_hog(uint64_t ns);		/* uses CPU time without cond_resched() */
void mach_burn_own(uint64_t ns);	/* as mach_burn(), but interrupts do not count */
void mach_sleep_ns(uint64_t ns);	/* exact, not rounded to jiffies; task */
void mach_sleep_until_ns(uint64_t when);
void msleep(unsigned int ms);		/* in jiffies, as the kernel: 10 ms take 10 to 11 */
void mdelay(unsigned long ms);		/* busy wait, any context */
void udelay(unsigned long us);
/* accounts @ns of computing that was done elsewhere (Lua); a preemption point */
void mach_compute(uint64_t ns);

/* ---- blocking that the machine cannot see.  Free mode; no effect in lockstep ---------- */

/*
 * Between begin and end a worker counts as asleep (R4.6, R4.7).  Pairs may nest; waits
 * inside them that the machine sees have no further effect.  Any thread.
 */
void mach_blocking_begin(void);
void mach_blocking_end(void);
bool mach_blocking_matters(void);	/* this thread is a worker, outside of such a pair */

/* ---- interrupts ------------------------------------------------------------------ */
struct irq_line;
enum irq_return { IRQ_NONE, IRQ_HANDLED, IRQ_WAKE_THREAD };
typedef enum irq_return (*irq_handler)(struct irq_line *line, void *dev);
#define IRQF_ONESHOT 1u
#define IRQF_SHARED 2u

struct irq_line *irq_line_new(int cpu, const char *name);	/* freed when the run ends.  D or K */
uint32_t irq_line_id(const struct irq_line *line);
struct irq_line *irq_line_find(const char *name);
/* Return: 0; -EBUSY: the line has a handler and is not shared; -EINVAL; -ENOMEM.  D or K. */
int request_irq(struct irq_line *line, irq_handler handler, unsigned int flags, const char *name, void *dev);
/* @handler may return IRQ_WAKE_THREAD: then task "irq/<n>-<name>" (fifo 50) calls @thread_fn */
int request_threaded_irq(struct irq_line *line, irq_handler handler, irq_handler thread_fn,
			 unsigned int flags, const char *name, void *dev);
void free_irq(struct irq_line *line, void *dev);	/* waits for a running handler.  K task or D */
/* Raises the line now on @cpu, -1 = the line's CPU.  D or K, any context. */
void irq_raise(struct irq_line *line, int cpu);

struct tasklet_struct {
	struct list_head entry;
	struct katomic state;		/* 1 scheduled, 2 running */
	_Atomic int disabled;
	void (*func)(struct tasklet_struct *t);
	uint64_t cause;
};
void tasklet_setup(struct tasklet_struct *t, void (*func)(struct tasklet_struct *t));
void tasklet_schedule(struct tasklet_struct *t);
void tasklet_hi_schedule(struct tasklet_struct *t);
void tasklet_kill(struct tasklet_struct *t);

/* It is raised and not handled yet, or its handler runs.  Lockstep; D. */
bool mach_irq_underway(const struct irq_line *line);

/* ---- changes of the machine ----------------------------------------------------------- */
int cpu_down(int cpu);		/* Return: 0; -EBUSY: the last CPU; -EINVAL; -EAGAIN: no thread to be had.  K task */
int cpu_up(int cpu);		/* the same.  K task */
/* @on: creating a thread blocks until this is called with false.  D or K. */
void mach_stall_creation(bool on);
/* The next @n creations of a thread fail with -ENOMEM. */
void mach_fail_creation(unsigned int n);
/* From now on only @n more threads can be created, as on a computer at its limit; UINT_MAX: up to .threads_max again. */
void mach_spare_threads(unsigned int n);
void mach_request_stop(void);	/* machine_run() returns STOP_WATCH as soon as it can.  K */

/* Writes one line for each thread that waits for another: the text of a NO_FUTURE event.  D. */
struct strbuf;
void machine_blocked(struct strbuf *out);

/*
 * Lockstep: .fn is called by the context that takes a lock, tries one with success, or
 * releases one; it must not block, must not emit.  For checkers of lock order (R1.18).
 * @mutex: a lock that sleeps.  Valid until machine_stop().  D.
 */
enum mach_lock_op { LOCK_TAKE, LOCK_TRY, LOCK_RELEASE };
struct mach_lock_watch {
	void (*fn)(void *arg, enum mach_lock_op op, const void *lock, const char *name, bool mutex);
	void *arg;
};
void machine_watch_locks(const struct mach_lock_watch *watch);

/* ---- threads that are set aside (lockstep) --------------------------------------------- */

/*
 * mach_hold - set the calling thread aside as if it had been preempted, until mach_release()
 * Other threads have its CPU meanwhile, and no hook of the workqueues is called.  In atomic context
 * it does nothing.  K task.
 */
void mach_hold(void);
void mach_release(struct task *t);	/* D; nothing if it is not set aside */
bool mach_is_held(const struct task *t);
/* It has the CPU, or waits for one; a thread that is set aside does not. */
bool mach_is_runnable(const struct task *t);
/*
 * @fn is called by a worker that has been woken from its idle sleep, before it takes a lock: it may
 * call mach_hold().  NULL: none.  Until the run ends.  D.
 */
void mach_on_worker_woken(void (*fn)(void));

/* ---- inspection, for `ps` and censuses (D) -------------------------------------------- */
struct task *mach_next_task(struct task *prev);	/* in the order of ids; NULL: the first, and at the end */
/* hand-overs of the baton so far, for `make bench` */
uint64_t mach_handovers(void);

#endif
