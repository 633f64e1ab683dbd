/*
 * machine/sync.c - locks that sleep: mutexes, completions, wait queues.
 *
 * Both modes share this code: a spin lock, a list of waiters on their stacks, schedule()
 * and wake_up_process().  The waker removes a waiter from the list and sets its flag
 * .granted; a waiter that wakes up without it sleeps again.
 *
 * Lives here:   struct mutex, struct completion, wait queues.
 * Never here:   scheduling.   Rules: R4.6 (blocking calls the hooks).   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <string.h>

struct waiter {
	struct list_head entry;
	struct task *task;
	_Atomic bool granted;
};

static uint32_t sync_id(uint32_t *id, enum trace_lock_kind kind, uint32_t by, const char *name)
{
	uint32_t none = 0, fresh;

	if (!trace_on() || __atomic_load_n(id, __ATOMIC_RELAXED))
		return __atomic_load_n(id, __ATOMIC_RELAXED);
	fresh = mach_new_id(CLS_LOCK);
	if (__atomic_compare_exchange_n(id, &none, fresh, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		trace_def(CLS_LOCK, fresh, by, kind, name ? name : "lock");
	return __atomic_load_n(id, __ATOMIC_RELAXED);
}

static void waiter_sleep(struct waiter *w, uint32_t id, struct task *owner, const char *name)
{
	struct task *me = current;

	TRACE(LOCK_WAIT, .lock = id, .owner = owner ? owner->id : 0);
	me->waits_lock = id;
	me->waits_owner = owner;
	me->waits_name = name;
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (atomic_load_explicit(&w->granted, memory_order_acquire))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	me->waits_lock = 0;
	me->waits_owner = NULL;
	me->waits_name = NULL;
	TRACE(LOCK_GOT, .lock = id);
}

/* Removes the first waiter and returns its task, NULL if there is none.  Caller holds the object's lock. */
static struct task *grant_first(struct list_head *waiters)
{
	struct waiter *w = list_first_entry_or_null(waiters, struct waiter, entry);
	struct task *t;

	if (!w)
		return NULL;
	t = w->task;
	list_del_init(&w->entry);
	atomic_store_explicit(&w->granted, true, memory_order_release);	/* *w may not exist after this */
	return t;
}

/* ---- mutex ------------------------------------------------------------------------ */

void mutex_init(struct mutex *m, const char *name)
{
	memset(m, 0, sizeof(*m));
	raw_spin_lock_init(&m->wait_lock, name);
	INIT_LIST_HEAD(&m->waiters);
	m->name = name;
	lock_map_forget(m);
}

bool mutex_trylock(struct mutex *m)
{
	unsigned long flags;
	bool got;

	raw_spin_lock_irqsave(&m->wait_lock, &flags);
	got = !m->owner;
	if (got)
		m->owner = current;
	raw_spin_unlock_irqrestore(&m->wait_lock, flags);
	if (got && unlikely(mach_lockdep))
		mach_lock_map_acquire(m, LOCK_MAP_MUTEX, m->name, true);
	if (got) {
		lock_seen(LOCK_TRY, m, m->name, true);
		current->mutexes++;
	}
	return got;
}

/* ---- a mutex in atomic context ----------------------------------------------------- */

/* CPU and depth of the call that has taken mutexes ahead; .cpu < 0: none. */
static struct {
	int cpu;
	unsigned int depth;
} ahead = { .cpu = -1 };

static bool is_ahead_here(void)
{
	return ahead.cpu >= 0 && ahead.cpu == raw_smp_processor_id() && ahead.depth == MODE(preempt_count)() >> 8;
}

void mutex_ahead_here(bool on)
{
	ahead.cpu = on ? raw_smp_processor_id() : -1;
	ahead.depth = MODE(preempt_count)() >> 8;
}

bool mutex_take_ahead(struct mutex *m)
{
	bool got = mutex_trylock(m);

	if (got)
		m->ahead = 1;
	return got;
}

void mutex_release_ahead(struct mutex *m)
{
	if (!m->ahead)		/* a mutex of an object that the call has made */
		return;
	m->ahead = 0;
	mutex_unlock(m);
}

static bool lock_in_atomic(struct mutex *m)
{
	if (m->ahead && m->owner == current) {
		m->ahead++;
		return true;
	}
	if (!is_ahead_here())
		might_sleep("mutex_lock");
	if (mutex_trylock(m))
		return true;
	schedule();	/* in atomic context it reports that, and returns */
	return false;
}

/* ------------------------------------------------------------------------------------ */

/* It waits for itself: for ever, as in the kernel. */
static void report_recursion(const struct mutex *m)
{
	if (!mach_lockdep)	/* else lock_map_acquire() has reported it */
		mach_warn(BUG_WAIT_CYCLE, "mutex_lock", 0,
			  "WARNING: possible recursive locking detected: %s waits for %s, which it holds",
			  current->comm, m->name ? m->name : "a mutex");
}

bool mutex_lock_took(struct mutex *m)
{
	struct waiter w = { .task = current };
	struct task *owner;

	if (unlikely(in_atomic()))
		return lock_in_atomic(m);
	if (might_sleep("mutex_lock"))
		return false;
	lock_map_acquire(m, LOCK_MAP_MUTEX, m->name);
	if (unlikely(m->rank) && mach_census())
		rank_check(m->rank, m->name, true);
	raw_spin_lock_irq(&m->wait_lock);
	owner = m->owner;
	if (!owner)
		m->owner = current;
	else
		list_add_tail(&w.entry, &m->waiters);
	raw_spin_unlock_irq(&m->wait_lock);
	if (unlikely(owner == current))
		report_recursion(m);
	if (owner)
		waiter_sleep(&w, sync_id(&m->id, LOCK_KIND_MUTEX, 0, m->name), owner, m->name);
	lock_seen(LOCK_TAKE, m, m->name, true);
	current->ranks[m->rank]++;
	current->mutexes++;
	return true;
}

void mutex_lock(struct mutex *m)
{
	(void)mutex_lock_took(m);
}

void mutex_unlock(struct mutex *m)
{
	struct task *next;

	if (unlikely(m->ahead > 1)) {
		m->ahead--;
		return;
	}
	current->ranks[m->rank] -= current->ranks[m->rank] > 0;
	lock_map_release(m);
	lock_seen(LOCK_RELEASE, m, m->name, true);
	raw_spin_lock_irq(&m->wait_lock);
	bug_on(!m->owner);
	m->owner->mutexes -= m->owner->mutexes > 0;	/* 0: its function ended and was reported */
	next = list_empty(&m->waiters) ? NULL : list_first_entry(&m->waiters, struct waiter, entry)->task;
	m->owner = next;	/* handed over: no other thread can take it first, whatever the seed */
	/* Free mode: @next may see that it owns the mutex before it sleeps, continue, and exit. */
	if (next)
		atomic_fetch_add(&next->pins, 1);
	grant_first(&m->waiters);
	raw_spin_unlock_irq(&m->wait_lock);
	if (!next)
		return;
	wake_up_process(next);
	atomic_fetch_sub(&next->pins, 1);
}

bool mutex_is_locked(const struct mutex *m)
{
	return m->owner != NULL;
}

/* ---- completion ----------------------------------------------------------------------- */

void init_completion(struct completion *c, const char *name)
{
	memset(c, 0, sizeof(*c));
	raw_spin_lock_init(&c->lock, name);
	INIT_LIST_HEAD(&c->waiters);
	c->name = name;
}

bool try_wait_for_completion(struct completion *c)
{
	unsigned long flags;
	bool got;

	raw_spin_lock_irqsave(&c->lock, &flags);
	got = c->done > 0;
	if (got && c->done != COMPLETION_ALL)
		c->done--;
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return got;
}

void wait_for_completion(struct completion *c)
{
	struct waiter w = { .task = current };

	if (might_sleep("wait_for_completion")) {
		try_wait_for_completion(c);	/* 6.12 takes one that is there */
		return;
	}
	raw_spin_lock_irq(&c->lock);
	if (c->done) {
		if (c->done != COMPLETION_ALL)
			c->done--;
		raw_spin_unlock_irq(&c->lock);
		return;
	}
	list_add_tail(&w.entry, &c->waiters);
	raw_spin_unlock_irq(&c->lock);
	waiter_sleep(&w, sync_id(&c->id, LOCK_KIND_COMPLETION, c->by, c->name), NULL, c->name);
	/* Wait until complete() has released the lock: the caller may free *c right after this. */
	raw_spin_lock_irq(&c->lock);
	raw_spin_unlock_irq(&c->lock);
}

void complete(struct completion *c)
{
	struct task *next;
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, &flags);
	next = list_empty(&c->waiters) ? NULL : list_first_entry(&c->waiters, struct waiter, entry)->task;
	if (!next && c->done != COMPLETION_ALL)
		c->done++;
	if (next) {	/* wake up under the lock: the waiter takes it once more before it returns */
		grant_first(&c->waiters);
		wake_up_process(next);
	}
	raw_spin_unlock_irqrestore(&c->lock, flags);
}

void complete_all(struct completion *c)
{
	struct task *next;
	unsigned long flags;

	raw_spin_lock_irqsave(&c->lock, &flags);
	c->done = COMPLETION_ALL;
	while (!list_empty(&c->waiters)) {
		next = list_first_entry(&c->waiters, struct waiter, entry)->task;
		grant_first(&c->waiters);
		wake_up_process(next);
	}
	raw_spin_unlock_irqrestore(&c->lock, flags);
}

bool completion_done(struct completion *c)
{
	unsigned long flags;
	bool done;

	raw_spin_lock_irqsave(&c->lock, &flags);
	done = c->done > 0;
	raw_spin_unlock_irqrestore(&c->lock, flags);
	return done;
}

/* ---- wait queues -------------------------------------------------------------------------- */

void init_waitqueue_head(struct wait_queue_head *q, const char *name)
{
	memset(q, 0, sizeof(*q));
	raw_spin_lock_init(&q->lock, name);
	INIT_LIST_HEAD(&q->waiters);
	q->name = name;
}

void wake_up(struct wait_queue_head *q)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&q->lock, &flags);
	for (struct list_head *e = q->waiters.next; e != &q->waiters; e = e->next)
		wake_up_process(list_entry(e, struct waiter, entry)->task);
	raw_spin_unlock_irqrestore(&q->lock, flags);
}

void wait_event(struct wait_queue_head *q, bool (*cond)(void *arg), void *arg)
{
	struct waiter w = { .task = current };

	if (might_sleep("wait_event"))
		return;
	raw_spin_lock_irq(&q->lock);
	list_add_tail(&w.entry, &q->waiters);
	raw_spin_unlock_irq(&q->lock);
	current->waits_name = q->name;
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (cond(arg))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	current->waits_name = NULL;
	raw_spin_lock_irq(&q->lock);
	list_unlink(&w.entry);
	raw_spin_unlock_irq(&q->lock);
}
