/*
 * workqueue/wq_internal.h - the engine's structures, and the lock that guards each field.
 *
 * A workqueue_struct limits how many of its items may run.  A worker_pool owns the threads
 * that run items; a worker is one such thread.  A pool_workqueue (pwq) connects one workqueue
 * with one pool and counts the items of that pair.  All global state is in struct wq_engine;
 * workqueue_boot() initializes it, so that thousands of runs in one process start alike.
 *
 * Locks, outer to inner (R1.18): wq_pool_mutex, wq->mutex, then a pool's lock,
 * then a node's lock or the mayday lock; and wq_pool_mutex, attach mutex, pool
 * lock.  Never two pool locks at once.
 *
 * Letters beside fields name their guard:
 *   I   set at init, then read-only        L   pool->lock
 *   K   written by the worker itself under L; only the worker may read it without L
 *   S   written by the worker itself       A   wqe.attach_mutex
 *   PL  wqe.pool_mutex                     PR  PL to write, RCU to read
 *   PW  PL and WQ to write, either to read WQ  wq->mutex
 *   WR  WQ to write, RCU to read           WO  WQ to write, read atomically
 *   LN  L and node lock to write, either to read
 *   MD  wqe.mayday_lock                    WD  the watchdog only
 *
 * Lives here:   structs, constants, calls between the files of workqueue/.
 * Never here:   the interface for other rooms (workqueue.h).
 * Rules:        R1.11..R1.22, section 13.
 * Licence: MIT.
 */
#ifndef KW_WORKQUEUE_WQ_INTERNAL_H
#define KW_WORKQUEUE_WQ_INTERNAL_H

#include "workqueue/workqueue.h"

#include <limits.h>
#include <stddef.h>

/* Makes the result of a function addressable, as TRACE_WHY() needs it. */
#define WHY_OF(call) (((struct trace_why[1]){ call })[0])

/* ---- constants of 6.12 (section 13); times in jiffies ------------------------ */

#define NR_STD_WORKER_POOLS	2		/* normal, highpri */
#define POOL_IDS_PER_CPU	4		/* bh, bh-high, normal, high (R1.22) */
#define POOL_ID_NORMAL		2
#define BH_WORKER_RESTARTS	10		/* assignments of one softirq (R11.5) */
#define BH_WORKER_JIFFIES	msecs_to_jiffies(2)	/* 1 with 250 Hz: a round ends at the next tick */
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
#define SYSTEM_FLUSH_SITES	64		/* call sites that get a warning; further ones do not */
#define INBOX_BATCH		32		/* items that a worker takes from the inbox at once */
#define WORKER_IDS_MAX		1024		/* ids in use at once in one pool */
#define WORKER_ID_LEN		42
#define NUMA_NO_NODE		(-1)

enum pool_flags {
	POOL_BH = 1, POOL_MANAGER_ACTIVE = 2, POOL_DISASSOCIATED = 4, POOL_BH_DRAINING = 8,
	POOL_LEGACY = 16		/* the single thread of a pre-cmwq workqueue (legacy.c) */
};

enum worker_flags {			/* a set, not a counter (R3.3, R3.4) */
	WORKER_DIE = 2, WORKER_IDLE = 4, WORKER_PREP = 8, WORKER_CPU_INTENSIVE = 64,
	WORKER_UNBOUND = 128, WORKER_REBOUND = 256,
	WORKER_BLOCKED = 512,		/* not in the kernel: a sample found it blocked (blocked_workers.c) */
	WORKER_NOT_RUNNING = WORKER_PREP | WORKER_CPU_INTENSIVE | WORKER_UNBOUND | WORKER_REBOUND |
			     WORKER_BLOCKED
};

enum pwq_stat {
	PWQ_STAT_STARTED, PWQ_STAT_COMPLETED, PWQ_STAT_CPU_TIME, PWQ_STAT_CPU_INTENSIVE,
	PWQ_STAT_CM_WAKEUP, PWQ_STAT_REPATRIATED, PWQ_STAT_MAYDAY, PWQ_STAT_RESCUED, PWQ_NR_STATS
};

/* R1.18: outer locks first.  Only the pre-cmwq engine takes the attach mutex inside wq->mutex. */
enum lock_ranks {
	RANK_POOL_MUTEX = 1, RANK_WQ_MUTEX, RANK_ATTACH_MUTEX, RANK_POOL,
	RANK_INNER		/* a node's lock, or the mayday lock */
};

/* ---- structures ---------------------------------------------------------------- */

/*
 * Separates fields that one core writes all the time from fields that other cores read.
 * Padding instead of an alignment attribute; see struct pool_workqueue for why.
 */
#define CACHE_LINE_BYTES 64
#define OTHER_CACHE_LINE(name) char name[CACHE_LINE_BYTES]

/*
 * For the structures that every item uses: else the addresses decide which of their fields share a
 * cache line, and whether another thread's data shares it too, and one run is slower than the next.
 */
static inline void *kzalloc_lines(size_t size)
{
	return kzalloc_aligned(size, CACHE_LINE_BYTES);
}

struct worker_pool {
	/* read when an item is queued, seldom written */
	int cpu;			/* I: -1 = unbound */
	int node;			/* I: NUMA_NO_NODE = several */
	int id;				/* I: the kernel's number, in names and dumps */
	uint32_t tid;			/* I: id in the trace */
	uint64_t offq;			/* I: data word of an item that last ran in this pool */
	_Atomic int nr_running;		/* incremented by a worker on its CPU; decremented and reset under L */
	OTHER_CACHE_LINE(gap1);
	/* written when an item is posted (inbox.c) */
	struct katomic inbox;		/* last entry posted */
	struct list_head inbox_stub;	/* posted behind the last item, so that the item can be removed */
	OTHER_CACHE_LINE(gap2);
	/* written under the lock */
	struct raw_spinlock lock;
	_Atomic unsigned int flags;	/* L, read also under A: enum pool_flags */
	struct list_head *oldest;	/* L: the oldest posted entry, or the stub */
	unsigned long watchdog_ts;	/* L: jiffies of the last progress */
	bool cpu_stall;			/* WD */
	bool belief_helps;		/* belief.c has work to do for it */
	struct task *waking;		/* L: pool_unlock() calls wake_up_end() for it */
	struct trace_clock last_event;	/* L: time of the last event emitted under the lock (trace_batch_begin()) */
	struct list_head worklist;	/* L: items to run, and rescuers' cursors */
	int nr_workers, nr_idle;	/* L */
	int nr_blocked;			/* L: workers with WORKER_BLOCKED */
	struct list_head idle_list;	/* L: newest first */
	struct timer_list idle_timer;	/* L: arming */
	struct work_struct idle_cull_work;
	struct timer_list mayday_timer;	/* armed by the manager */
	struct hlist_head busy_hash[BUSY_WORKER_HASH];	/* L: by item address */
	struct worker *manager;		/* L: information only */
	struct list_head workers;	/* A: attached ones, rescuers too */
	uint64_t worker_ids[WORKER_IDS_MAX / 64];	/* L: bit = in use */
	struct workqueue_attrs attrs;	/* I */
	struct hlist_node hash_node;	/* PL */
	int refcnt;			/* PL: pwqs on an unbound pool */
	struct workqueue_struct *legacy_wq;	/* I: POOL_LEGACY: its workqueue, else NULL */
	struct rcu_head rcu;
	struct list_head dirty_pwqs, dirty_workers;	/* L: changed since the last census */
};

struct worker {
	struct list_head entry;		/* L: on pool->idle_list while idle, else empty */
	struct hlist_node hentry;	/* L: in pool->busy_hash while busy */
	struct work_struct *current_work;	/* K, as the next ones, which are copies: the item may be freed */
	work_func_t current_func;
	uintptr_t current_tag;
	const char *current_func_name, *current_name;
	uint32_t current_id, current_func_id;
	struct pool_workqueue *current_pwq;
	uint64_t current_at;		/* K: CPU time at start or wake-up, ns (worker_clock_start()) */
	unsigned int current_color;	/* K */
	work_func_t last_func;		/* K */
	bool sleeping;			/* S: between wq_worker_sleeping() and wq_worker_running() */
	bool put_back, killed;		/* belief.c */
	struct list_head scheduled;	/* L: items taken from the worklist, to run next */
	struct task *task;		/* I */
	struct worker_pool *pool;	/* A; rescuers: L */
	struct list_head node;		/* A: on pool->workers */
	unsigned long last_active;	/* K: jiffies when it became idle */
	unsigned int flags;		/* L: enum worker_flags */
	int id;				/* I: inside the pool; -1 = rescuer */
	uint32_t tid;			/* I: id in the trace */
	char before_desc[4];		/* it then begins at 16 bytes; as an attribute that would hold for the ends of lists too */
	char desc[WORKER_DESC_LEN];	/* K: shown behind the name; each item copies it */
	struct workqueue_struct *rescue_wq;	/* I: rescuers only */
	struct list_head dirty_node;	/* L */
};
_Static_assert(offsetof(struct worker, desc) % 16 == 0, "copied 16 bytes at a time");

/*
 * work->data holds the address of a pwq and 8 flag bits, so a pwq is allocated at a multiple
 * of 256.  The type has no alignment attribute: list_entry() of a list head yields a pointer
 * of this type to an address that is not aligned.
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
	int retiring;			/* L: items whose accounting continues without the lock (active.c) */
	struct list_head inactive_works;	/* L */
	struct list_head pending_node;	/* LN: on node's pending_pwqs */
	bool waits_on_node;		/* LN: .pending_node is on a list */
	struct list_head pwqs_node;	/* WR: on wq->pwqs, oldest first */
	struct list_head mayday_node;	/* MD: on wq->maydays */
	struct work_struct mayday_cursor;	/* L: the rescuer's place in the worklist */
	uint32_t mayday_round;		/* L: last round in which MAYDAY_NONE was emitted */
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
	_Atomic int nr_pending;		/* LN to write: length of .pending_pwqs */
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
	_Atomic int max_active, min_active;	/* WO: in effect */
	_Atomic int saved_max_active, saved_min_active;	/* WO: as configured */
	struct workqueue_attrs *unbound_attrs;	/* PW: as configured */
	struct pool_workqueue *_Atomic dfl_pwq;	/* PW */
	_Atomic unsigned int flags;	/* WO: enum wq_flags */
	struct pool_workqueue *_Atomic cpu_pwq[CPUS_MAX];	/* RCU-published */
	struct wq_node_nr_active *node_nr_active;	/* I: nr_node_ids() + 1 of them */
	struct rcu_head rcu;
	uint32_t tid;			/* I */
	char before_name[4];		/* as .before_desc */
	char name[WQ_NAME_LEN];		/* I */
};
_Static_assert(offsetof(struct workqueue_struct, name) % 16 == 0, "copied 16 bytes at a time");

/* On the waiter's stack (R1.13). */
struct wq_barrier {
	struct work_struct work;
	struct completion done;
	struct task *task;		/* information only */
};

/* One wait of a task, for NO_FUTURE and for reports of cycles; on the waiter's stack. */
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

/* All global state.  A process runs one machine at a time, so there is one. */
struct wq_engine {
	_Atomic uint32_t epoch;		/* number of the run; first, because workqueue_boot() clears what follows */
	bool online;			/* workers exist (R2.15) */
	bool legacy;			/* this run uses the pre-cmwq engine (legacy.c) */
	bool census;
	bool inbox;			/* items may be posted (inbox.c) */
	enum wq_belief belief;		/* the rule that is changed (belief.c) */
	struct raw_spinlock sight_lock;	/* registration of static items */
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
	struct cpumask requested_cpumask;	/* PL: the last one configured */
	struct cpumask isolated_cpumask;	/* PL: CPUs that partitions have removed from it (R9.15) */
	struct cpumask online_cpumask;	/* PL */
	_Atomic bool freezing;		/* PL */
	struct list_head waits;		/* wait_lock */
	struct list_head release_list;	/* release_lock: pwqs without references */
	struct task *releaser;
	_Atomic unsigned int nr_releasing;	/* free mode: pwqs without references that are not freed yet */
	struct wait_queue_head release_wait;
	_Atomic int rr_cpu[CPUS_MAX];	/* round-robin cursors (R5.3), one for each CPU */
	_Atomic int distribute;		/* rotating choice of R4.13 */
	uint32_t mayday_round;
	/* watchdog.c */
	struct timer_list watchdog_timer;
	_Atomic unsigned long touched, touched_cpu[CPUS_MAX];
	int panic_rounds;
	/* blocked_workers.c: only the timer thread */
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
	_Atomic bool warned_drain, warned_memalloc_flush, warned_reclaim_flush, warned_overflow,
		     warned_underflow[2];	/* enable_work(), enable_delayed_work() */
	_Atomic bool warned_create;
	bool warned_name, warned_rr;
	_Atomic unsigned int pwqs_fail;	/* allocations of a pwq that are to fail */
	uint64_t system_flush_sites[SYSTEM_FLUSH_SITES];	/* wait_lock: hashes of call sites that got the warning (R6.14) */
};
extern struct wq_engine wqe;

/* ---- belief.c: a wrong idea in place of a rule ------------------------------------- */

#ifdef KW_FREE_ONLY
#define believing() false
#define believes(id) false
#else
#define believing() unlikely(wqe.belief != WQ_BELIEF_NONE)
#define believes(id) unlikely(wqe.belief == WQ_BELIEF_##id)
#endif
void belief_boot(void);
bool belief_needs_more(struct worker_pool *pool);		/* lock held */
bool belief_no_reserve(const struct worker_pool *pool);
int belief_nr_active(struct workqueue_struct *wq);
void belief_hand_slot_on(struct pool_workqueue *pwq, uint64_t cause);
bool belief_count_call(int cpu, struct workqueue_struct *wq, struct work_struct *work);
void belief_call_again(struct work_struct *work);
void belief_returned(struct work_struct *work);
void belief_put_back(struct worker *worker);
void belief_wake_put_back(struct worker_pool *pool);
void belief_kill(struct work_struct *work);
void belief_wait_for_timers(struct workqueue_struct *wq);
void belief_help(struct worker_pool *pool);

/* ---- pool.c: locks with their census, lookup -------------------------------------- */

void pool_census(struct worker_pool *pool);	/* objects changed since the last one; lock held */
void wq_census(struct workqueue_struct *wq);	/* mutex held */
uint32_t workqueue_census(void);		/* all objects; the machine is idle */
struct worker_pool *pool_alloc(int cpu, int node, const struct workqueue_attrs *attrs, int id);
void pool_init(struct worker_pool *pool, int cpu, int node, const struct workqueue_attrs *attrs, int id);
void pool_announce(struct worker_pool *pool);
int pool_id_alloc(struct worker_pool *pool);	/* unbound: the lowest free id, PL */
unsigned int worklist_len(const struct list_head *list);	/* for a why; counts to 999, free mode: to 1 */

/* ---- inbox.c: items on their way to a pool ------------------------------------------- */

/*
 * Caller holds PENDING.  False: the caller must take the lock and queue the item.  Needs no
 * reference and no RCU: the pwq of a CPU's pool lives as long as the workqueue.
 */
bool post_work(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu);
void pool_inbox_init(struct worker_pool *pool);
static inline bool pool_has_post(struct worker_pool *pool)
{
	struct list_head *stub = &pool->inbox_stub;

	return (struct list_head *)(uintptr_t)katomic_peek(&pool->inbox) != stub ||
	       __atomic_load_n(&pool->oldest, __ATOMIC_RELAXED) != stub;
}
/* Lock held.  Queues posted items in order, @max at most.  False: there was none. */
bool pool_collect_some(struct worker_pool *pool, int max);
static inline void pool_collect(struct worker_pool *pool)
{
	if (unlikely(pool_has_post(pool)))
		pool_collect_some(pool, INT_MAX);
}
/* Lock held, after nr_running was decremented: sees each item that post_work() has posted before. */
static inline void pool_recheck(struct worker_pool *pool)
{
	if (wqe.inbox) {
		smp_mb_after_atomic();
		pool_collect(pool);
	}
}

/* Moves posted items to the worklist, so that the holder of the lock sees all items queued so far. */
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
 * Holds the lock of another pool's pwq of the same node, or none.  Pools of unbound workqueues
 * have no posted items.
 */
static inline bool pool_trylock(struct worker_pool *pool)
{
	if (!raw_spin_trylock(&pool->lock))
		return false;
	trace_batch_begin(&pool->last_event);
	return true;
}
/*
 * Lock held.  The woken worker needs this lock immediately and a futex wake is slow, so in
 * free mode pool_unlock() issues the wake after the unlock.
 */
static inline void pool_wake(struct worker_pool *pool, struct task *t)
{
	t = wake_up_begin(t);
	if (unlikely(t && pool->waking))
		wake_up_end(pool->waking);
	if (t)
		pool->waking = t;
}
/* Pools are freed after an RCU grace period, so pool->lock may be read after the unlock. */
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
/* For code that accesses workers only: does not collect posted items. */
static inline void pool_lock_workers(struct worker_pool *pool)
{
	raw_spin_lock(&pool->lock);
	trace_batch_begin(&pool->last_event);
}
/* For the running worker after an item: it collects posted items when its worklist is empty. */
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
/* pool_unlock_irq() without the end of the batch: events emitted next belong to it. */
static inline void pool_unlock_irq_in_batch(struct worker_pool *pool)
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
/* Lock held.  The next census includes this object. */
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

/* Events that report no change are emitted in lockstep only: in free mode each event costs real time. */
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
/* an item of the engine: has a name, and is registered when it is first used */
void work_init_quiet(struct work_struct *work, work_func_t fn, const char *name);

void init_barrier_work(struct work_struct *work);

struct pool_workqueue *data_pwq(uint64_t data);		/* NULL off queue */
static inline struct pool_workqueue *get_work_pwq(struct work_struct *work)
{
	return data_pwq(work_data(work));
}
/* The pool that it is queued on, else the one it last ran on; NULL = none.  RCU. */
struct worker_pool *get_work_pool(struct work_struct *work);
bool work_test_and_set_pending(struct work_struct *work);	/* true = was set */
/* Lock held.  The item is off queue, last ran in @pool_id; PENDING is kept or cleared. */
void set_work_pool_and_keep_pending(struct work_struct *work, int pool_id, unsigned int depth);
void set_work_pool_and_clear_pending(struct work_struct *work, int pool_id, unsigned int depth);
uint64_t offq_data(int pool_id, unsigned int depth);
/* Lock held.  The item leaves the worklist and starts. */
void work_starts_in(struct work_struct *work, struct worker_pool *pool);
/* Caller holds PENDING: clears it and returns true if the item is disabled. */
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
/* Moves @work and the items LINKED behind it to the tail of @head; *@nextp: the next item of the walk. */
void move_linked_works(struct work_struct *work, struct list_head *head, struct work_struct **nextp);
/* Lock held.  Counts the item in the pwq and adds it to the worklist or to inactive_works.  @cause 0: of the context. */
void admit_work(struct pool_workqueue *pwq, struct work_struct *work, int req_cpu, uint64_t cause);
/* kernel: __queue_work().  Interrupts off, PENDING held. */
void queue_work_irqoff(int cpu, struct workqueue_struct *wq, struct work_struct *work);
bool same_function(const struct worker *worker, const struct work_struct *work);
struct worker *find_worker_executing_work(struct worker_pool *pool, struct work_struct *work);
struct worker *current_worker(void);	/* of this task; NULL = it is not a worker, or not in task context */

/* ---- concurrency.c: how many may run --------------------------------------------------- */

static inline int nr_running(struct worker_pool *pool)
{
	return atomic_load_explicit(&pool->nr_running, memory_order_acquire);
}
static inline bool need_more_worker(struct worker_pool *pool)
{
	if (believing())
		return belief_needs_more(pool);
	return !list_empty(&pool->worklist) && !nr_running(pool);
}
bool may_start_working(struct worker_pool *pool);
bool keep_working(struct worker *worker);	/* emits its event */
bool need_to_create_worker(struct worker_pool *pool);
bool too_many_workers(struct worker_pool *pool);
struct trace_why why_need_more(struct worker_pool *pool);
struct trace_why why_too_many(struct worker_pool *pool);
void worker_set_flags(struct worker *worker, unsigned int flags);
void worker_clr_flags(struct worker *worker, unsigned int flags);
bool kick_first_idle(struct worker_pool *pool, uint64_t cause);
/* Lock held.  Wakes a worker if one is needed; @cause 0: of the context. */
static inline bool kick_pool(struct worker_pool *pool, uint64_t cause)
{
	assert_held(&pool->lock);
	/* nr_running changes without the lock: let earlier CPUs act first, so that the
	 * event reports the values that were used here. */
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
struct worker *create_worker(struct worker_pool *pool);	/* NULL = failed */
void worker_attach_to_pool(struct worker *worker, struct worker_pool *pool);
void worker_detach_from_pool(struct worker *worker);
void process_scheduled_works(struct worker *worker);
bool assign_work(struct work_struct *work, struct worker *worker, struct work_struct **nextp);
void pool_touch_watchdog(struct worker_pool *pool);	/* R12.1 */
void idle_worker_timeout(struct timer_list *t);
void idle_cull_fn(struct work_struct *work);
void kill_idle_workers(struct worker_pool *pool);	/* destroying the pool; caller is its manager */

/* ---- active.c: max_active ----------------------------------------------------------------- */

bool pwq_tryinc_unbound(struct pool_workqueue *pwq, bool fill);
/* Lock held.  Takes a slot for one more item if max_active allows. */
static inline bool pwq_tryinc_nr_active(struct pool_workqueue *pwq, bool fill)
{
	assert_held(&pwq->pool->lock);
	if (pwq->wq->flags & WQ_UNBOUND)
		return pwq_tryinc_unbound(pwq, fill);
	if ((believes(ONE_LIMIT) ? belief_nr_active(pwq->wq) : pwq->nr_active) >= pwq->wq->max_active)
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
/* Activates what new slots permit.  Any context; wq->mutex held, or RCU; takes pool locks.  @cause: the event of the new limit. */
void wq_fill(struct workqueue_struct *wq, uint64_t cause);
void unplug_oldest_pwq(struct workqueue_struct *wq);
int wq_clamp_max_active(int max_active, const char *name);
struct wq_node_nr_active *wq_node_nr_active(struct workqueue_struct *wq, int node);

/* ---- alloc.c: workqueues and their pwqs ------------------------------------------------------ */

void put_pwq(struct pool_workqueue *pwq);		/* lock held */
void put_pwq_unlocked(struct pool_workqueue *pwq);	/* @pwq may be NULL */
struct pool_workqueue *pwq_alloc(struct workqueue_struct *wq, struct worker_pool *pool, int cpu);
void link_pwq(struct pool_workqueue *pwq);		/* wq->mutex held */
void pwq_init(struct pool_workqueue *pwq, struct workqueue_struct *wq, struct worker_pool *pool, int cpu);
void pwq_announce(struct pool_workqueue *pwq);
void wq_init(struct workqueue_struct *wq, unsigned int flags, int max_active);
void wq_announce(struct workqueue_struct *wq);
int pwq_releaser_start(void);
void pwq_releases_wait(void);	/* no lock held; before a change that replaces pwqs */

/* ---- flush.c, cancel.c, delayed.c ------------------------------------------------------------ */

void wq_barrier_func(struct work_struct *work);
/* Pool lock held.  @worker: it runs @target; NULL: @target is queued (R6.2). */
void insert_wq_barrier(struct pool_workqueue *pwq, struct wq_barrier *barr, struct work_struct *target,
		       struct worker *worker);
bool wq_drained(struct workqueue_struct *wq);	/* no item is queued or running; mutex held */
/* kernel: __flush_work() */
bool flush_work_common(struct work_struct *work, bool from_cancel);
void wq_wait_begin(struct wq_wait *wait, const char *what, const char *name, const struct work_struct *work);
void wq_wait_end(struct wq_wait *wait);
void wq_describe_blocked(struct task *t, char *buf, size_t size);
/* R2.5.  Returns 1 if it was pending, else 0, with interrupts disabled; *@irq_flags: to restore them */
bool work_grab_pending(struct work_struct *work, bool delayed, unsigned long *irq_flags);
void delayed_work_timer_fn(struct timer_list *t);

/* ---- rescuer.c ---------------------------------------------------------------------------------- */

void pool_mayday_timeout(struct timer_list *t);
int init_rescuer(struct workqueue_struct *wq);
void stop_rescuer(struct workqueue_struct *wq);
void mayday_cursor_func(struct work_struct *work);
/* Pool lock held.  fast-lane: calls the rescuers of all items on the worklist. */
void call_rescuers(struct worker_pool *pool);
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
void wq_emit_unbound_cpus(void);	/* emits UNBOUND_CPUS */
void wq_init_unbound_cpumask(void);		/* boot (R9.14) */

/* ---- bh.c ------------------------------------------------------------------------------------------ */

void bh_boot(void);
void bh_kick(struct worker_pool *pool);		/* lock held */
void bh_register(void);
/* The BH workqueues of the system are registered in the trace at their first use. */
static inline void wq_see(struct workqueue_struct *wq)
{
	if (unlikely(!wq->tid))
		bh_register();
}
static inline bool is_bh_pool_id(int id)	/* R1.22 */
{
	return id >= 0 && id < POOL_IDS_PER_CPU * nr_cpu_ids() && id % POOL_IDS_PER_CPU < POOL_ID_NORMAL;
}

struct cpumask wq_pod_of(struct workqueue_struct *wq, int cpu);	/* PL; empty if it has no pods */
void unbound_wq_update_pwq(struct workqueue_struct *wq, int cpu);	/* PL */

/* ---- hotplug.c ------------------------------------------------------------------------------------- */

void widen_worker(struct worker *worker);	/* attach mutex held */

/* ---- system.c ------------------------------------------------------------------------------- */

bool wq_is_system(const struct workqueue_struct *wq);	/* one of those of R14 */

/* ---- sysfs.c -------------------------------------------------------------------------------- */

void show_mask(struct cpumask mask, struct strbuf *out);	/* as %*pb */

/* ---- blocked_workers.c --------------------------------------------------------------------------------------- */

uint64_t wq_sample(void);
void worker_not_blocked(struct worker *worker);		/* lock held */

/* ---- hog.c, watchdog.c, dump.c ---------------------------------------------------------------------- */

void worker_clock_start(struct worker *worker);	/* K: an item starts, or runs again after a sleep */
void wq_worker_tick(struct task *t);
void wq_watchdog_init(void);
void wq_watchdog_set_thresh(unsigned long thresh_s);
void print_pool_info(struct worker_pool *pool, struct strbuf *out);
void show_pwq(struct pool_workqueue *pwq);
void show_cpu_pools_hogs(void);

/* ---- legacy.c: the pre-cmwq engine -------------------------------------- */

#define WQ_LEGACY_SINGLE (1u << 24)	/* one thread for all CPUs */

void legacy_boot(void);
unsigned int legacy_flags(unsigned int flags);
int legacy_alloc_pwqs(struct workqueue_struct *wq);	/* pool_mutex held */
void legacy_put_pool(struct worker_pool *pool);
void legacy_worker_name(char *buf, size_t size, const struct worker_pool *pool);
/* RCU.  Inserts @barr behind one run of @work on any CPU; false: @work is not running. */
bool legacy_wait_for_one(struct work_struct *work, struct wq_barrier *barr);
int legacy_prepare_cpu(int cpu);
void legacy_online_cpu(int cpu);
void legacy_offline_cpu(int cpu);

#endif
