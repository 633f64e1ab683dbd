/*
 * machine/machine.h - switching a machine on, driving its time, and what happens to it.
 *
 * The thread that calls machine_start() becomes the *director*: it stands outside
 * the virtual CPUs, its code costs no virtual time, and time moves only inside
 * machine_run().  Everything else here is called either by the director (D) or
 * from kernel context on a virtual CPU (K), as each comment says.
 *
 * One machine a process at a time; machine_stop() leaves nothing behind, so that
 * thousands of runs fit in one process.  docs/time.md is the law of this room.
 *
 * Lives here:   configuration, the director's door, interrupts, burning, hotplug.
 * Never here:   workqueues, Lua, files, terminals.
 * Licence: MIT.
 */
#ifndef KW_MACHINE_MACHINE_H
#define KW_MACHINE_MACHINE_H

#include "machine/choice.h"
#include "machine/kapi.h"

enum mach_mode_id { MACH_LOCKSTEP, MACH_FREE };
enum mach_preempt { PREEMPT_VOLUNTARY, PREEMPT_FULL };
/* What kernel threads are made of in lockstep: no event tells the difference. */
enum mach_baton { BATON_THREADS /* of the operating system */, BATON_STACKS /* of one such thread: many runs, fast */ };
enum mach_sched { SCHED_FAIR_CLASS, SCHED_FIFO_TEXTBOOK /* run to block */ };

#define MACH_THREADS_BASE 64	/* threads a run may have: this plus 4 for each virtual CPU */
#define MACH_PARAMS_MAX 16
#define MACH_INPUTS_MAX 4096

/* An interrupt fired by hand: after event @after has been written. */
struct mach_input {
	uint64_t after;		/* event number; 0 = at the start */
	uint64_t time;		/* its time, as a check; 0 = unknown */
	int cpu;
	char line[32];
};

struct mach_param {
	const char *name;	/* kernel's name, borrowed */
	long value;
};

struct machine_config {
	enum mach_mode_id mode;
	int nr_cpus;			/* 1..64 */
	int nr_nodes;			/* 0 = 1; CPUs are dealt in equal blocks */
	int cpus_per_llc;		/* 0 = one cache a node */
	int smt;			/* threads a core: 0 or 1 = none, 2 */
	unsigned long hz;		/* 0 = 1000 */
	enum mach_preempt preempt;
	enum mach_sched sched;
	uint64_t seed;			/* which schedule */
	uint64_t variant;		/* only recorded here */
	double jitter;			/* 0..0.9: burns, arrivals, expiries vary by this share */
	bool vary_costs;		/* conformance: costs +-50 %, wake latency 1..200 us, tick phase, creation 50..300 us */
	const char *profile;		/* "6.12" */
	enum mach_baton baton;		/* threads where the other does not work (machine_baton_works) */
	bool census;			/* emit CENSUS_* at checkpoints */
	unsigned int threads_max;	/* 0 = MACH_THREADS_BASE + 4 * nr_cpus */
	size_t memory_max;		/* simulated memory of a run, 0 = 256 MiB */
	struct mach_param params[MACH_PARAMS_MAX];	/* ends at name == NULL */
	const struct mach_input *inputs;	/* sorted by .after; borrowed for the run */
	size_t nr_inputs;
	const struct mach_choosing *choosing;	/* who is asked where several things can happen; NULL = the seed */
	/* free mode, for programs of one's own */
	bool monitor;			/* workers that block untold leave concurrency management */
	bool pin;			/* threads bound to virtual CPU n stay on one host CPU */
	void (*log)(int level, const char *line, void *arg);	/* each line of the kernel log; any thread */
	void *log_arg;
};

/*
 * machine_start - switch it on: CPUs, idle threads, then @boot in a kernel thread on CPU 0
 * @cfg:  copied (params' names and inputs borrowed)
 * @t:    where events go, or NULL for none; borrowed until machine_stop()
 * @boot: runs in task context before the director returns (workqueue_init); may be NULL
 * Return: 0; -EINVAL bad configuration; -EAGAIN this computer cannot host the threads.
 * Context: a plain thread with no machine running.
 */
int machine_start(const struct machine_config *cfg, struct trace *t, void (*boot)(void));
/* Ends every thread wherever it is, frees what the run left.  D. */
void machine_stop(void);
bool machine_running(void);
/*
 * "threads" or "stacks" for every run of this process from now on, whatever its
 * configuration says (tests: KW_BATON); anything else takes the wish back.
 */
bool machine_baton_wish(const char *name);
bool machine_baton_works(enum mach_baton which);	/* in a program built like this, on this computer */
/* Free: the calling thread is one the machine made.  Any. */
bool machine_owns_thread(void);
const struct machine_config *machine_config(void);

/* ---- the director ---------------------------------------------------------- */

enum mach_stop {
	STOP_TIME,		/* until_ns reached */
	STOP_WATCH,		/* the watch said so */
	STOP_IDLE,		/* nothing pending, running or armed */
	STOP_NO_FUTURE,		/* nothing else can happen before until_ns */
	STOP_FULL,		/* the trace's bound */
	STOP_CPU_DEAD		/* every CPU spins for ever (deadlock) */
};

/*
 * Looks at each event, with the baton, on the emitting context's stack: no
 * blocking, no emitting.  Returning true stops the director there; the emitter
 * waits inside its emit until the next machine_run().
 */
struct mach_watch {
	bool (*before)(void *arg, const struct trace_event *ev);	/* the event is not in the log yet */
	bool (*after)(void *arg, const struct trace_event *ev);
	void *arg;
};

struct mach_run {
	uint64_t until_ns;	/* absolute virtual time */
	bool pass_time;		/* plain run(ms): with no future, time just passes to until_ns */
	bool idle;		/* stop when idle */
	struct mach_watch watch;
};
/* Lets time move.  D only. */
enum mach_stop machine_run(const struct mach_run *run);
uint64_t machine_now(void);	/* D: time of the machine as a whole */
/* Runs @fn as task "lesson" on CPU 0 to its end (calls of the director that may sleep).  D. */
void machine_call(void (*fn)(void *arg), void *arg);

/* A kernel thread that starts now.  D or K. */
struct mach_task_opts {
	int cpu;		/* bound to it; -1 = any */
	int nice;
	int rt_prio;		/* 1..99 = fifo class, 0 = fair */
};
struct task *machine_task(const char *comm, int (*fn)(void *data), void *data,
			  const struct mach_task_opts *opts);
bool machine_task_done(const struct task *t);

/* ---- using time.  K ------------------------------------------------------------ */
void mach_burn(uint64_t ns);		/* CPU time, offering cond_resched() all the time */
void mach_hog(uint64_t ns);		/* CPU time, never offering */
void mach_burn_own(uint64_t ns);	/* as mach_burn(), and an interrupt moves the end by its length */
void mach_sleep_ns(uint64_t ns);	/* exact; task */
void mach_sleep_until_ns(uint64_t when);
void msleep(unsigned int ms);		/* jiffies, as the kernel: 10 takes 10 to 11 */
void mdelay(unsigned long ms);		/* busy wait, any context */
void udelay(unsigned long us);
/* time used by code that only computes (Lua): @ns, and a preemption point */
void mach_compute(uint64_t ns);

/* ---- blocking that only the caller knows of.  Free mode; elsewhere nothing ------------ */

/*
 * Between the two a worker counts as asleep (R4.6, R4.7), whatever it does; they
 * nest, and the machine's own waits inside them change nothing.  Any thread.
 */
void mach_blocking_begin(void);
void mach_blocking_end(void);
bool mach_blocking_matters(void);	/* this thread is a worker, and not inside already */

/* ---- interrupts ------------------------------------------------------------------ */
struct irq_line;
enum irq_return { IRQ_NONE, IRQ_HANDLED, IRQ_WAKE_THREAD };
typedef enum irq_return (*irq_handler)(struct irq_line *line, void *dev);
#define IRQF_ONESHOT 1u
#define IRQF_SHARED 2u

struct irq_line *irq_line_new(int cpu, const char *name);	/* D or K; freed with the run */
uint32_t irq_line_id(const struct irq_line *line);
struct irq_line *irq_line_find(const char *name);
/* 0, -EBUSY (held and not shared), -EINVAL.  D or K. */
int request_irq(struct irq_line *line, irq_handler handler, unsigned int flags, const char *name, void *dev);
/* with a thread: handler may return IRQ_WAKE_THREAD; task "irq/<n>-<name>", fifo 50 */
int request_threaded_irq(struct irq_line *line, irq_handler handler, irq_handler thread_fn,
			 unsigned int flags, const char *name, void *dev);
void free_irq(struct irq_line *line, void *dev);	/* waits for a running handler; K task or D */
/* Raises it now on @cpu (-1 = its own).  D or K, any context. */
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

/* ---- what happens to the machine ---------------------------------------------------- */
int cpu_down(int cpu);		/* K task: 0, -EBUSY (the last one), -EINVAL */
int cpu_up(int cpu);		/* K task */
/* thread creation blocks from now on (or works again); D or K */
void mach_stall_creation(bool on);
/* the next @n creations fail with -ENOMEM */
void mach_fail_creation(unsigned int n);
void mach_request_stop(void);	/* K: the director stops as soon as it can (STOP_WATCH) */

/*
 * Who waits for whom, a thread a line: the text of a NO_FUTURE event.  D.
 */
struct strbuf;
void machine_blocked(struct strbuf *out);

/*
 * Looks at each lock as it is taken, tried with success and let go, by the context
 * that does it (lockstep): no blocking, no emitting.  For checkers of lock order
 * (R1.18); @mutex: one that sleeps.  Ends with the machine.  D.
 */
enum mach_lock_op { LOCK_TAKE, LOCK_TRY, LOCK_RELEASE };
struct mach_lock_watch {
	void (*fn)(void *arg, enum mach_lock_op op, const void *lock, const char *name, bool mutex);
	void *arg;
};
void machine_watch_locks(const struct mach_lock_watch *watch);

/* ---- looking, for `ps` and censuses (D) ---------------------------------------------- */
struct task *mach_next_task(struct task *prev);	/* NULL starts; by id */
/* counters for `make bench`: hand-overs of the baton so far */
uint64_t mach_handovers(void);

#endif
