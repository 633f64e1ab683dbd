/*
 * workqueue/wq_internal.h - the engine's structures, and who may touch which field.
 *
 * Three objects and their joint: a workqueue_struct says what may run, a
 * worker_pool has the threads that run it, a worker is one thread, and a
 * pool_workqueue (pwq) joins one workqueue to one pool and keeps the accounts
 * of that pair.  Everything global is in struct wq_engine and is made anew by
 * workqueue_boot(), so that thousands of runs in one process start alike.
 *
 * Locks, outer to inner (R1.18): wq_pool_mutex, wq->mutex, then a pool's lock,
 * then a node's lock or the mayday lock; and wq_pool_mutex, attach mutex, pool
 * lock.  Never two pool locks at once.
 *
 * Letters beside fields (R1.4x of the specification use the same):
 *   I   set at init, then read-only        L   pool->lock
 *   K   written by the worker itself under L, so it alone may read it without
 *   S   written by the worker itself       A   wqe.attach_mutex
 *   PL  wqe.pool_mutex                     PR  PL to write, RCU to read
 *   PW  PL and WQ to write, either to read WQ  wq->mutex
 *   WR  WQ to write, RCU to read           WO  WQ to write, read atomically
 *   LN  L and node lock to write, either to read
 *   MD  wqe.mayday_lock                    WD  the watchdog only
 *
 * Lives here:   structs, constants, what one file of this room offers the others.
 * Never here:   anything seen outside workqueue/ (workqueue.h).
 * Rules:        R1.11..R1.22, section 13.
 * Licence: MIT.
 */
#ifndef KW_WORKQUEUE_WQ_INTERNAL_H
#define KW_WORKQUEUE_WQ_INTERNAL_H

#include "workqueue/workqueue.h"

#include <limits.h>

/* A predicate's values from a function, where TRACE_WHY() wants something with an address. */
#define WHY_OF(call) (((struct trace_why[1]){ call })[0])

/* ---- constants of 6.12 (section 13); times in jiffies ------------------------ */

#define NR_STD_WORKER_POOLS	2		/* normal, highpri */
#define POOL_IDS_PER_CPU	4		/* bh, bh-high, normal, high (R1.22) */
#define POOL_ID_NORMAL		2
#define BH_WORKER_RESTARTS	10		/* assignments of one softirq (R11.5) */
#define BH_WORKER_MS		2
#define POOLS_MAX		1024		/* 4 x 64 CPUs, and room for unbound ones */
#define UNBOUND_POOL_HASH	64
#define BUSY_WORKER_HASH	64
#define MAX_IDLE_WORKERS_RATIO	4
#define IDLE_WORKER_TIMEOUT	(300 * HZ)
#define MAYDAY_INITIAL_TIMEOUT	(HZ / 100 >= 2 ? HZ / 100 : 2)
#define MAYDAY_INTERVAL		(HZ / 10)
#define CREATE_COOLDOWN		HZ
#define RESCUER_BATCH		16
#define RESCUER_NICE_LEVEL	(-20)
#define HIGHPRI_NICE_LEVEL	(-20)
#define WCI_MAX_ENTS		128		/* functions that hog reports can follow */
#define SYSTEM_FLUSH_SITES	64		/* call sites that are told to avoid it; more are not */
#define INBOX_BATCH		32		/* what a worker takes from the inbox at once */
#define WORKER_IDS_MAX		1024		/* ids in use at once in one pool */
#define WORKER_ID_LEN		42
#define NUMA_NO_NODE		(-1)

enum pool_flags {
	POOL_BH = 1, POOL_MANAGER_ACTIVE = 2, POOL_DISASSOCIATED = 4, POOL_BH_DRAINING = 8,
	POOL_LEGACY = 16		/* the one thread of a workqueue of before cmwq (legacy.c) */
};

enum worker_flags {			/* a set, not a counter (R3.3, R3.4) */
	WORKER_DIE = 2, WORKER_IDLE = 4, WORKER_PREP = 8, WORKER_CPU_INTENSIVE = 64,
	WORKER_UNBOUND = 128, WORKER_REBOUND = 256,
	WORKER_BLOCKED = 512,		/* ours: the monitor found it waiting (blocked_workers.c) */
	WORKER_NOT_RUNNING = WORKER_PREP | WORKER_CPU_INTENSIVE | WORKER_UNBOUND | WORKER_REBOUND |
			     WORKER_BLOCKED
};

enum pwq_stat {
	PWQ_STAT_STARTED, PWQ_STAT_COMPLETED, PWQ_STAT_CPU_TIME, PWQ_STAT_CPU_INTENSIVE,
	PWQ_STAT_CM_WAKEUP, PWQ_STAT_REPATRIATED, PWQ_STAT_MAYDAY, PWQ_STAT_RESCUED, PWQ_NR_STATS
};

/* R1.18: outer locks first.  (The attach mutex inside a wq's: only the engine of before cmwq.) */
enum lock_ranks {
	RANK_POOL_MUTEX = 1, RANK_WQ_MUTEX, RANK_ATTACH_MUTEX, RANK_POOL,
	RANK_INNER		/* a node's, or the mayday lock */
};

/* ---- structures ---------------------------------------------------------------- */

/*
 * Fields that one core writes all the time keep away from those that others read.
 * Room and no alignment, for the same reason as below.
 */
#define OTHER_CACHE_LINE(name) char name[64]

struct worker_pool {
	/* read by whoever queues, seldom written */
	int cpu;			/* I: -1 = unbound */
	int node;			/* I: NUMA_NO_NODE = several */
	int id;				/* I: the kernel's number, in names and dumps */
	uint32_t tid;			/* I: in the trace */
	uint64_t offq;			/* I: the data word of an item that ran here last */
	_Atomic int nr_running;		/* up: the worker on its CPU; down, reset: L there */
	OTHER_CACHE_LINE(gap1);
	/* written by whoever queues (inbox.c) */
	struct katomic inbox;		/* entry posted last */
	struct list_head inbox_stub;	/* posted behind the last item, so that it may go */
	OTHER_CACHE_LINE(gap2);
	/* written by who holds the lock */
	struct raw_spinlock lock;
	_Atomic unsigned int flags;	/* L, read also under A: enum pool_flags */
	struct list_head *oldest;	/* L: of what was posted, or the stub */
	unsigned long watchdog_ts;	/* L: jiffies of the last progress */
	bool cpu_stall;			/* WD */
	struct task *waking;		/* L: set out when the lock is let go (pool_unlock()) */
	struct trace_clock last_event;	/* L: time of the last event emitted under the lock (trace_batch_begin()) */
	struct list_head worklist;	/* L: items to run, and rescuers' cursors */
	int nr_workers, nr_idle;	/* L */
	int nr_blocked;			/* L: workers with WORKER_BLOCKED */
	struct list_head idle_list;	/* L: newest first */
	struct timer_list idle_timer;	/* L: arming */
	struct work_struct idle_cull_work;
	struct timer_list mayday_timer;	/* the manager's */
	struct hlist_head busy_hash[BUSY_WORKER_HASH];	/* L: by item address */
	struct worker *manager;		/* L: information only */
	struct list_head workers;	/* A: attached ones, rescuers too */
	uint64_t worker_ids[WORKER_IDS_MAX / 64];	/* L: bit = in use */
	struct workqueue_attrs attrs;	/* I */
	struct hlist_node hash_node;	/* PL */
	int refcnt;			/* PL: pwqs on an unbound pool */
	struct workqueue_struct *legacy_wq;	/* I: POOL_LEGACY: whose thread, else NULL */
	struct rcu_head rcu;
	struct list_head dirty_pwqs, dirty_workers;	/* L: changed since the last census */
};

struct worker {
	struct list_head entry;		/* L: on pool->idle_list while idle, else empty */
	struct hlist_node hentry;	/* L: in pool->busy_hash while busy */
	struct work_struct *current_work;	/* K, as are the next: an item may be gone */
	work_func_t current_func;
	uintptr_t current_tag;
	const char *current_func_name, *current_name;
	uint32_t current_id, current_func_id;
	struct pool_workqueue *current_pwq;
	uint64_t current_at;		/* K: CPU time used so far at start or wake-up, ns (worker_clock_start()) */
	unsigned int current_color;	/* K */
	work_func_t last_func;		/* K */
	bool sleeping;			/* S: between the two hooks */
	struct list_head scheduled;	/* L: taken from the worklist, to run next */
	struct task *task;		/* I */
	struct worker_pool *pool;	/* A; rescuers: L */
	struct list_head node;		/* A: on pool->workers */
	unsigned long last_active;	/* K: jiffies of entering idle */
	unsigned int flags;		/* L: enum worker_flags */
	int id;				/* I: inside the pool; -1 rescuer */
	uint32_t tid;			/* I: in the trace */
	char desc[WORKER_DESC_LEN];	/* K: shown behind the name */
	struct workqueue_struct *rescue_wq;	/* I: rescuers only */
	struct list_head dirty_node;	/* L */
};

/*
 * Its address shares a word with 8 flag bits, so it lies at a multiple of 256
 * (1.2).  Said at its allocation and not of the type: a list's end, looked at as
 * if it were an entry, lies anywhere.
 */
struct pool_workqueue {
	struct worker_pool *pool;	/* I */
	struct workqueue_struct *wq;	/* I */
	uint32_t tid;			/* I */
	int cpu;			/* I: slot, -1 default */
	OTHER_CACHE_LINE(gap);
	unsigned int work_color;	/* L: stamped on new items */
	int flush_color;		/* L: colour waited for, -1 none */
	int refcnt;			/* L */
	int nr_in_flight[WORK_NR_COLORS];	/* L: queued or running, barriers too */
	bool plugged;			/* L: ordered, waits for older pwqs */
	int nr_active;			/* L */
	int retiring;			/* L: accounts being closed with the lock let go (active.c) */
	struct list_head inactive_works;	/* L */
	struct list_head pending_node;	/* LN: on node's pending_pwqs */
	bool waits_on_node;		/* LN: the same, without a look at its neighbours' node */
	struct list_head pwqs_node;	/* WR: on wq->pwqs, oldest first */
	struct list_head mayday_node;	/* MD: on wq->maydays */
	struct work_struct mayday_cursor;	/* L: the rescuer's place in the worklist */
	uint32_t mayday_round;		/* L: MAYDAY_NONE once a round */
	uint64_t stats[PWQ_NR_STATS];	/* L */
	struct list_head release_node;	/* wqe.release_lock */
	struct rcu_head rcu;
	struct list_head dirty_node;	/* L */
};

/* One per node, the last for "no single node"; unbound workqueues only (R1.15). */
struct wq_node_nr_active {
	_Atomic int max;		/* WO */
	struct katomic nr;
	struct raw_spinlock lock;
	struct list_head pending_pwqs;	/* LN */
	_Atomic int nr_pending;		/* LN to write: how many are listed */
};

struct wq_flusher {
	struct list_head list;		/* WQ: flusher_queue or flusher_overflow */
	int color;			/* WQ: -1 = none yet */
	struct completion done;
};

struct workqueue_struct {
	struct list_head pwqs;		/* WR: oldest first */
	struct list_head list;		/* PR: on wqe.workqueues */
	struct mutex mutex;
	unsigned int work_color, flush_color;	/* WQ */
	struct katomic nr_pwqs_to_flush;
	struct wq_flusher *_Atomic first_flusher;	/* WO */
	struct list_head flusher_queue, flusher_overflow;	/* WQ */
	struct list_head maydays;	/* MD */
	struct worker *rescuer;		/* MD */
	int nr_drainers;		/* WQ */
	bool in_sysfs;			/* PL: has a directory */
	_Atomic int max_active, min_active;	/* WO: in force */
	_Atomic int saved_max_active, saved_min_active;	/* WO: asked for */
	struct workqueue_attrs *unbound_attrs;	/* PW: as asked for */
	struct pool_workqueue *_Atomic dfl_pwq;	/* PW */
	_Atomic unsigned int flags;	/* WO: enum wq_flags */
	struct pool_workqueue *_Atomic cpu_pwq[CPUS_MAX];	/* RCU-published */
	struct wq_node_nr_active *node_nr_active;	/* I: nr_node_ids() + 1 of them */
	struct rcu_head rcu;
	uint32_t tid;			/* I */
	char name[WQ_NAME_LEN];		/* I */
};

/* On the waiter's stack (R1.13). */
struct wq_barrier {
	struct work_struct work;
	struct completion done;
	struct task *task;		/* information only */
};

/* Who waits for what, for no_future and for cycle reports; on the waiter's stack. */
struct wq_wait {
	struct list_head node;		/* wqe.wait_lock */
	struct task *task;
	const char *what;		/* "flush_work" */
	const char *name;		/* of item or workqueue */
	const struct work_struct *work;	/* NULL for a workqueue */
};

struct hog_ent {
	work_func_t func;
	uintptr_t tag;
	uint32_t count;
};

/* Everything global.  One machine a process, so one of these. */
struct wq_engine {
	_Atomic uint32_t epoch;		/* this run; never reset, so it stays first */
	bool online;			/* workers exist (R2.15) */
	bool legacy;			/* this run has the engine of before cmwq (legacy.c) */
	bool census;
	bool inbox;			/* items may be posted (inbox.c) */
	struct raw_spinlock sight_lock;	/* first sight of static items */
	struct mutex pool_mutex, attach_mutex;
	struct raw_spinlock mayday_lock, release_lock, wait_lock;
	struct wait_queue_head manager_wait;
	struct list_head workqueues;	/* PR */
	struct worker_pool *_Atomic pools[POOLS_MAX];	/* PR: by id */
	struct worker_pool *cpu_pools[CPUS_MAX][NR_STD_WORKER_POOLS];	/* I */
	struct worker_pool *bh_pools[CPUS_MAX][NR_STD_WORKER_POOLS];	/* I */
	bool bh_seen;			/* sight_lock: bottom halves were used, so they are in the trace */
	struct hlist_head unbound_hash[UNBOUND_POOL_HASH];	/* PL */
	struct workqueue_attrs std_attrs[NR_STD_WORKER_POOLS];	/* I: unbound, by priority */
	struct cpumask unbound_cpumask;	/* PL and A */
	struct cpumask requested_cpumask;	/* PL: the last that was asked for */
	struct cpumask isolated_cpumask;	/* PL: what partitions took from it (R9.15) */
	struct cpumask online_cpumask;	/* PL */
	_Atomic bool freezing;		/* PL */
	struct list_head waits;		/* wait_lock */
	struct list_head release_list;	/* release_lock: pwqs without references */
	struct task *releaser;
	_Atomic int rr_cpu[CPUS_MAX];	/* round robin cursors (R5.3), one a CPU */
	_Atomic int distribute;		/* rotating choice of R4.13 */
	uint32_t mayday_round;
	/* watchdog.c */
	struct timer_list watchdog_timer;
	_Atomic unsigned long touched, touched_cpu[CPUS_MAX];
	int panic_rounds;
	/* blocked_workers.c: the timers' thread only */
	unsigned int sample_from, sample_hurries;
	/* hog.c */
	struct raw_spinlock hog_lock;
	struct hog_ent hogs[WCI_MAX_ENTS];
	unsigned int nr_hogs;
	/* parameters (12.6) */
	_Atomic unsigned long cpu_intensive_thresh_us, watchdog_thresh;
	long cpu_intensive_warning_thresh, panic_on_stall, power_efficient, debug_force_rr_cpu;
	_Atomic int default_scope;	/* enum wq_affn_scope */
	/* "once" warnings of this run */
	bool warned_drain, warned_dependency, warned_name, warned_rr, warned_create;
	uint64_t system_flush_sites[SYSTEM_FLUSH_SITES];	/* wait_lock: hashes of who was told (R6.14) */
};
extern struct wq_engine wqe;

/* ---- pool.c: locks with their census, lookup -------------------------------------- */

void pool_census(struct worker_pool *pool);	/* lock held: what changed since the last */
void wq_census(struct workqueue_struct *wq);	/* mutex held */
uint32_t workqueue_census(void);		/* quiescence */
struct worker_pool *pool_alloc(int cpu, int node, const struct workqueue_attrs *attrs, int id);
void pool_init(struct worker_pool *pool, int cpu, int node, const struct workqueue_attrs *attrs, int id);
void pool_announce(struct worker_pool *pool);
int pool_id_alloc(struct worker_pool *pool);	/* unbound: the lowest free id, PL */
unsigned int worklist_len(const struct list_head *list);	/* for a why; stops counting at 999, free: 8 */

/* ---- inbox.c: items on their way to a pool ------------------------------------------- */

/*
 * PENDING held.  False: not now, take the lock.  No reference, no RCU: the pwq of
 * a CPU's pool lives as long as the workqueue.
 */
bool post_work(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu);
void pool_inbox_init(struct worker_pool *pool);
static inline bool pool_has_post(struct worker_pool *pool)
{
	struct list_head *stub = &pool->inbox_stub;

	return (struct list_head *)(uintptr_t)katomic_peek(&pool->inbox) != stub ||
	       __atomic_load_n(&pool->oldest, __ATOMIC_RELAXED) != stub;
}
/* Lock held: what was posted is queued, in its order, @max items.  False: there are none. */
bool pool_collect_some(struct worker_pool *pool, int max);
static inline void pool_collect(struct worker_pool *pool)
{
	if (unlikely(pool_has_post(pool)))
		pool_collect_some(pool, INT_MAX);
}
/* Lock held, after nr_running went down: the other half of post_work()'s promise. */
static inline void pool_recheck(struct worker_pool *pool)
{
	if (wqe.inbox) {
		smp_mb_after_atomic();
		pool_collect(pool);
	}
}

/* Whoever takes a pool's lock finds queued what was queued before. */
static inline void pool_after_lock(struct worker_pool *pool)
{
	trace_batch_begin(&pool->last_event);
	pool_collect(pool);
}
static inline void pool_lock(struct worker_pool *pool)
{
	raw_spin_lock(&pool->lock);
	pool_after_lock(pool);
}
/*
 * Lock held.  Who is woken wants this lock at once, and the call that wakes takes as
 * long as the way to it: so free mode makes it after the lock.
 */
static inline void pool_wake(struct worker_pool *pool, struct task *t)
{
	t = wake_up_begin(t);
	if (unlikely(t && pool->waking))
		wake_up_end(pool->waking);
	if (t)
		pool->waking = t;
}
/* Pools go only when no reader of RCU is left, so their lock may be looked at afterwards. */
static inline struct task *pool_before_unlock(struct worker_pool *pool)
{
	struct task *waking = pool->waking;

	if (unlikely(wqe.census))
		pool_census(pool);
	if (unlikely(waking != NULL))
		pool->waking = NULL;
	trace_batch_set_last_event(&pool->last_event);
	return waking;
}
static inline void pool_after_unlock(struct task *waking)
{
	if (unlikely(waking != NULL))
		wake_up_end(waking);
}
static inline void pool_unlock(struct worker_pool *pool)
{
	struct task *waking = pool_before_unlock(pool);

	raw_spin_unlock_kept(&pool->lock);
	trace_batch_end();
	pool_after_unlock(waking);
}
static inline void pool_lock_irq(struct worker_pool *pool)
{
	raw_spin_lock_irq(&pool->lock);
	pool_after_lock(pool);
}
/* Who looks at workers and not at items: what was posted stays. */
static inline void pool_lock_workers(struct worker_pool *pool)
{
	raw_spin_lock(&pool->lock);
	trace_batch_begin(&pool->last_event);
}
/* The running worker, after an item: it looks when it has nothing else to do. */
static inline void pool_relock_irq(struct worker_pool *pool)
{
	raw_spin_lock_irq(&pool->lock);
	trace_batch_begin(&pool->last_event);
}
static inline void pool_unlock_irq(struct worker_pool *pool)
{
	struct task *waking = pool_before_unlock(pool);

	raw_spin_unlock_irq_kept(&pool->lock);
	trace_batch_end();
	pool_after_unlock(waking);
}
/* The same, and what is told next belongs to it. */
static inline void pool_unlock_irq_telling(struct worker_pool *pool)
{
	struct task *waking = pool_before_unlock(pool);

	raw_spin_unlock_irq_kept(&pool->lock);
	pool_after_unlock(waking);
}
static inline void pool_lock_irqsave(struct worker_pool *pool, unsigned long *flags)
{
	raw_spin_lock_irqsave(&pool->lock, flags);
	pool_after_lock(pool);
}
static inline void pool_unlock_irqrestore(struct worker_pool *pool, unsigned long flags)
{
	struct task *waking = pool_before_unlock(pool);

	raw_spin_unlock_irqrestore_kept(&pool->lock, flags);
	trace_batch_end();
	pool_after_unlock(waking);
}
static inline void wq_lock(struct workqueue_struct *wq)
{
	mutex_lock(&wq->mutex);
}
static inline void wq_unlock(struct workqueue_struct *wq)
{
	if (unlikely(wqe.census))
		wq_census(wq);
	mutex_unlock(&wq->mutex);
}
/* lock held: this one belongs into the next census */
static inline void pwq_mark_dirty(struct pool_workqueue *pwq)
{
	if (unlikely(wqe.census) && list_empty(&pwq->dirty_node))
		list_add_tail(&pwq->dirty_node, &pwq->pool->dirty_pwqs);
}
static inline void worker_mark_dirty(struct worker *worker)
{
	if (unlikely(wqe.census) && list_empty(&worker->dirty_node))
		list_add_tail(&worker->dirty_node, &worker->pool->dirty_workers);
}
static inline void get_pwq(struct pool_workqueue *pwq)
{
	assert_held(&pwq->pool->lock);
	bug_on(pwq->refcnt <= 0);
	pwq->refcnt++;
	pwq_mark_dirty(pwq);
}

/* What changes nothing is told in lockstep only: on real threads each event is paid for. */
static inline bool wq_verbose(void)
{
	return mach_lockstep && trace_on();
}

/* ---- queue.c: the data word, insertion ------------------------------------------------ */

void work_register_new(struct work_struct *work);
static inline void work_register(struct work_struct *work)
{
	if (unlikely(work->epoch != wqe.epoch))
		work_register_new(work);
}
/* an item of the engine's own: named, not announced until used */
void work_init_quiet(struct work_struct *work, work_func_t fn, const char *name);

void init_barrier_work(struct work_struct *work);

struct pool_workqueue *data_pwq(uint64_t data);		/* NULL off queue */
static inline struct pool_workqueue *get_work_pwq(struct work_struct *work)
{
	return data_pwq(work_data(work));
}
/* The pool it is queued on, or else last ran on; NULL none.  RCU. */
struct worker_pool *get_work_pool(struct work_struct *work);
bool work_test_and_set_pending(struct work_struct *work);	/* true = was set */
/* Lock held for the next two: off queue at @pool_id, PENDING kept or cleared. */
void set_work_pool_and_keep_pending(struct work_struct *work, int pool_id, unsigned int depth);
void set_work_pool_and_clear_pending(struct work_struct *work, int pool_id, unsigned int depth);
uint64_t offq_data(int pool_id, unsigned int depth);
/* Lock held: the item leaves the worklist for its run. */
void work_starts_in(struct work_struct *work, struct worker_pool *pool);
/* PENDING held: drops it if disabled */
bool clear_pending_slow(struct work_struct *work);
static inline bool clear_pending_if_disabled(struct work_struct *work)
{
	return unlikely(work_data_depth(work_data(work))) && clear_pending_slow(work);
}
void work_set_linked(struct work_struct *work);
static inline void insert_work(struct pool_workqueue *pwq, struct work_struct *work, struct list_head *head,
		 uint64_t extra_flags)
{
	assert_held(&pwq->pool->lock);
	katomic_set(&work->data, (int64_t)((uint64_t)(uintptr_t)pwq | WORK_STRUCT_PENDING |
					   WORK_STRUCT_PWQ | extra_flags));
	list_add_tail(&work->entry, head);
	get_pwq(pwq);
}
/* Moves @work and what is LINKED behind it to the tail of @head; @nextp: where the walk goes on. */
void move_linked_works(struct work_struct *work, struct list_head *head, struct work_struct **nextp);
/* Lock held: the item joins the pwq's accounts, and the worklist or those who wait.  @cause 0: the context's. */
void admit_work(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu, uint64_t cause);
/* kernel: __queue_work().  Interrupts off, PENDING held. */
void queue_work_irqoff(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool same_function(const struct worker *worker, const struct work_struct *work);
struct worker *find_worker_executing_work(struct worker_pool *pool, struct work_struct *work);
struct worker *current_worker(void);	/* executing or not; NULL = another kind of context */

/* ---- concurrency.c: how many may run --------------------------------------------------- */

static inline int nr_running(struct worker_pool *pool)
{
	return atomic_load_explicit(&pool->nr_running, memory_order_acquire);
}
static inline bool need_more_worker(struct worker_pool *pool)
{
	return !list_empty(&pool->worklist) && !nr_running(pool);
}
bool may_start_working(struct worker_pool *pool);
bool keep_working(struct worker *worker);	/* with its event */
bool need_to_create_worker(struct worker_pool *pool);
bool too_many_workers(struct worker_pool *pool);
struct trace_why why_need_more(struct worker_pool *pool);
struct trace_why why_too_many(struct worker_pool *pool);
void worker_set_flags(struct worker *worker, unsigned int flags);
void worker_clr_flags(struct worker *worker, unsigned int flags);
bool kick_first_idle(struct worker_pool *pool, uint64_t cause);
/* Lock held: wakes a worker if one is needed; @cause 0: the context's. */
static inline bool kick_pool(struct worker_pool *pool, uint64_t cause)
{
	assert_held(&pool->lock);
	/* nr_running moves without the lock: let whoever is earlier go first, so that
	 * what is decided here is what the event will say. */
	sync_point();
	if (likely(!need_more_worker(pool)) && !wq_verbose())
		return false;
	return kick_first_idle(pool, cause);
}
void wq_worker_sleeping(struct task *t);
void wq_worker_running(struct task *t);

/* ---- worker.c: threads ------------------------------------------------------------------ */

struct worker *alloc_worker(void);
void worker_init(struct worker *worker);
void worker_enter_idle(struct worker *worker, const struct trace_why *why);
void worker_leave_idle(struct worker *worker);
struct worker *create_worker(struct worker_pool *pool);	/* NULL = could not */
void worker_attach_to_pool(struct worker *worker, struct worker_pool *pool);
void worker_detach_from_pool(struct worker *worker);
void process_scheduled_works(struct worker *worker);
bool assign_work(struct work_struct *work, struct worker *worker, struct work_struct **nextp);
void pool_touch_watchdog(struct worker_pool *pool);	/* R12.1 */
void idle_worker_timeout(struct timer_list *t);
void idle_cull_fn(struct work_struct *work);
void kill_idle_workers(struct worker_pool *pool);	/* pool destruction: manager role held */

/* ---- active.c: max_active ----------------------------------------------------------------- */

bool pwq_tryinc_unbound(struct pool_workqueue *pwq, bool fill);
/* Lock held: a slot for one more item, if max_active allows. */
static inline bool pwq_tryinc_nr_active(struct pool_workqueue *pwq, bool fill)
{
	assert_held(&pwq->pool->lock);
	if (pwq->wq->flags & WQ_UNBOUND)
		return pwq_tryinc_unbound(pwq, fill);
	if (pwq->nr_active >= pwq->wq->max_active)
		return false;
	pwq->nr_active++;
	pwq_mark_dirty(pwq);
	return true;
}
struct trace_why why_max_active(struct pool_workqueue *pwq, bool yes);
bool pwq_activate_first_inactive(struct pool_workqueue *pwq, bool fill, uint64_t cause);
void pwq_dec_nr_in_flight(struct pool_workqueue *pwq, uint64_t work_data, uint32_t item, uint64_t cause);
void activate_work(struct pool_workqueue *pwq, struct work_struct *work, uint64_t cause);
void wq_update_node_max_active(struct workqueue_struct *wq, int off_cpu);
void wq_adjust_max_active(struct workqueue_struct *wq);
void unplug_oldest_pwq(struct workqueue_struct *wq);
int wq_clamp_max_active(int max_active, const char *name);
struct wq_node_nr_active *wq_node_nr_active(struct workqueue_struct *wq, int node);

/* ---- alloc.c: workqueues and their pwqs ------------------------------------------------------ */

void put_pwq(struct pool_workqueue *pwq);		/* lock held */
void put_pwq_unlocked(struct pool_workqueue *pwq);	/* NULL allowed */
struct pool_workqueue *pwq_alloc(struct workqueue_struct *wq, struct worker_pool *pool, int cpu);
void link_pwq(struct pool_workqueue *pwq);		/* wq->mutex held */
void pwq_init(struct pool_workqueue *pwq, struct workqueue_struct *wq, struct worker_pool *pool, int cpu);
void pwq_announce(struct pool_workqueue *pwq);
void wq_init(struct workqueue_struct *wq, unsigned int flags, int max_active);
void wq_announce(struct workqueue_struct *wq);
int pwq_releaser_start(void);

/* ---- flush.c, cancel.c, delayed.c ------------------------------------------------------------ */

void wq_barrier_func(struct work_struct *work);
/* Pool lock held.  @worker: the target's run if it is running, else it is queued (R6.2). */
void insert_wq_barrier(struct pool_workqueue *pwq, struct wq_barrier *barr, struct work_struct *target,
		       struct worker *worker);
bool wq_drained(struct workqueue_struct *wq);	/* mutex held: nothing queued, nothing running */
/* kernel: __flush_work() */
bool flush_work_common(struct work_struct *work, bool from_cancel);
void wq_wait_begin(struct wq_wait *wait, const char *what, const char *name, const struct work_struct *work);
void wq_wait_end(struct wq_wait *wait);
void wq_describe_blocked(struct task *t, char *buf, size_t size);
/* R2.5; interrupts off when it returns 0 or 1 (was pending); *irq_flags to restore */
bool work_grab_pending(struct work_struct *work, bool delayed, unsigned long *irq_flags);
void delayed_work_timer_fn(struct timer_list *t);

/* ---- rescuer.c ---------------------------------------------------------------------------------- */

void pool_mayday_timeout(struct timer_list *t);
int init_rescuer(struct workqueue_struct *wq);
void stop_rescuer(struct workqueue_struct *wq);
void mayday_cursor_func(struct work_struct *work);
void mayday_timer_start(struct worker_pool *pool);
void mayday_timer_stop(struct worker_pool *pool);

/* ---- unbound.c ------------------------------------------------------------------------------------ */

struct cpumask pool_allowed_cpus(const struct worker_pool *pool);
int alloc_unbound_pwqs(struct workqueue_struct *wq);
struct cpumask wq_effective_cpumask(struct workqueue_struct *wq);	/* E of R9.3 */
int wq_select_unbound_cpu(int cpu);
void put_unbound_pool(struct worker_pool *pool);	/* PL held */
int wq_set_default_scope(enum wq_affn_scope scope);
/* pool_mutex held */
int apply_workqueue_attrs_locked(struct workqueue_struct *wq, const struct workqueue_attrs *attrs);
int wq_set_unbound_cpumask_locked(struct cpumask mask);
void wq_tell_unbound_cpus(void);	/* their event */
void wq_init_unbound_cpumask(void);		/* boot (R9.14) */

/* ---- bh.c ------------------------------------------------------------------------------------------ */

void bh_boot(void);
void bh_kick(struct worker_pool *pool);		/* lock held */
void bh_register(void);
/* The system's own are not in the trace until somebody uses bottom halves. */
static inline void wq_see(struct workqueue_struct *wq)
{
	if (unlikely(!wq->tid))
		bh_register();
}
static inline bool is_bh_pool_id(int id)	/* R1.22 */
{
	return id >= 0 && id < POOL_IDS_PER_CPU * nr_cpu_ids() && id % POOL_IDS_PER_CPU < POOL_ID_NORMAL;
}

struct cpumask wq_pod_of(struct workqueue_struct *wq, int cpu);	/* PL; none if it has no pods */
void unbound_wq_update_pwq(struct workqueue_struct *wq, int cpu);	/* PL */

/* ---- hotplug.c ------------------------------------------------------------------------------------- */

void widen_worker(struct worker *worker);	/* attach mutex held */

/* ---- system.c ------------------------------------------------------------------------------- */

bool wq_is_system(const struct workqueue_struct *wq);	/* one of R14's */

/* ---- sysfs.c -------------------------------------------------------------------------------- */

void show_mask(struct cpumask mask, struct strbuf *out);	/* as %*pb */

/* ---- blocked_workers.c --------------------------------------------------------------------------------------- */

uint64_t wq_sample(void);
void worker_not_blocked(struct worker *worker);		/* lock held */

/* ---- hog.c, watchdog.c, dump.c ---------------------------------------------------------------------- */

void worker_clock_start(struct worker *worker);	/* K: an item starts, or goes on after a sleep */
void wq_worker_tick(struct task *t);
void wq_watchdog_init(void);
void wq_watchdog_set_thresh(unsigned long thresh_s);
void print_pool_info(struct worker_pool *pool, struct strbuf *out);
void show_cpu_pools_hogs(void);

/* ---- legacy.c: threads that belong to a workqueue -------------------------------------- */

#define WQ_LEGACY_SINGLE (1u << 24)	/* one thread for all CPUs */

void legacy_boot(void);
unsigned int legacy_flags(unsigned int flags);
int legacy_alloc_pwqs(struct workqueue_struct *wq);	/* pool_mutex held */
void legacy_put_pool(struct worker_pool *pool);
void legacy_worker_name(char *buf, size_t size, const struct worker_pool *pool);
/* RCU.  Behind a run of @work on any CPU; false: it runs nowhere. */
bool legacy_wait_for_one(struct work_struct *work, struct wq_barrier *barr);
int legacy_prepare_cpu(int cpu);
void legacy_online_cpu(int cpu);
void legacy_offline_cpu(int cpu);

#endif
