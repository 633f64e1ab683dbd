/*
 * workqueue/flush.c - waiting for one item (barriers) and for a workqueue (colours).
 *
 * flush_work() inserts a barrier right behind the item that it waits for: an item whose
 * function wakes the waiter.  A queued target is LINKED to its barrier, so that both move
 * together and the same worker runs both.
 *
 * flush_workqueue() must not wait for items queued after its start, and cannot insert a
 * barrier behind each of a million items.  So each item is stamped with the current colour of
 * the workqueue.  A flush takes this colour, advances the workqueue to the next one, and waits
 * until no pwq has items of its colour in flight.  There are sixteen colours; if all are in
 * use, further flushers share the next one.  The first flusher does the accounting for the
 * flushers that wait behind it.
 *
 * Lives here:   barriers, flush_work(), flush_workqueue(), drain_workqueue(), the list of waits.
 * Never here:   cancelling (cancel.c); counting items in flight (active.c).
 * Read before:  active.c.      Rules: R1.13, R1.14, R2.14, R2.15, R5.27, R6.1..R6.17.
 * Licence: MIT.
 */
#include "workqueue/wq_internal.h"

#include <stdio.h>

#include "base/rng.h"
#include "base/strbuf.h"

/* ---- waits, for reports -------------------------------------------------------------- */

void wq_wait_begin(struct wq_wait *wait, const char *what, const char *name, const struct work_struct *work)
{
	unsigned long flags;

	*wait = (struct wq_wait){ .task = current, .what = what, .name = name, .work = work };
	task_set_where(wait->task, what);
	raw_spin_lock_irqsave(&wqe.wait_lock, &flags);
	list_add_tail(&wait->node, &wqe.waits);
	raw_spin_unlock_irqrestore(&wqe.wait_lock, flags);
}

void wq_wait_end(struct wq_wait *wait)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wqe.wait_lock, &flags);
	list_del_init(&wait->node);
	raw_spin_unlock_irqrestore(&wqe.wait_lock, flags);
	task_set_where(wait->task, NULL);
}

static void describe_place(const struct wq_wait *wait, struct strbuf *out)
{
	uint64_t data = work_data(wait->work);
	struct pool_workqueue *pwq = data_pwq(data);

	if (pwq && data & WORK_STRUCT_INACTIVE)
		strbuf_printf(out, ", held back by max_active=%d of %s", pwq->wq->max_active,
			      pwq->wq->name);
	else if (pwq)
		strbuf_printf(out, ", queued on %s", pwq->wq->name);
	else if (data & WORK_STRUCT_PENDING)
		strbuf_puts(out, ", pending but on no list");
}

/* For NO_FUTURE: one line about the wait of @t; empty if the engine has no record of one. */
void wq_describe_blocked(struct task *t, char *buf, size_t size)
{
	struct worker *worker = task_worker(t);
	struct strbuf out;
	struct wq_wait *wait;

	strbuf_init(&out, buf, size);
	if (worker && worker->current_work)
		strbuf_printf(&out, "runs %s (%s)", worker->current_name, worker->current_pwq->wq->name);
	else if (worker && worker->pool && worker->pool->manager == worker)
		strbuf_puts(&out, "makes a worker for its pool");
	list_for_each_entry(wait, &wqe.waits, node) {
		if (wait->task != t)
			continue;
		strbuf_printf(&out, "%s in %s(%s)", out.len ? ", waits" : "waits", wait->what, wait->name);
		if (wait->work)
			describe_place(wait, &out);
	}
}

/* ---- barriers ---------------------------------------------------------------------------- */

void wq_barrier_func(struct work_struct *work)
{
	complete(&container_of(work, struct wq_barrier, work)->done);
}

void insert_wq_barrier(struct pool_workqueue *pwq, struct wq_barrier *barr, struct work_struct *target,
		       struct worker *worker)
{
	uint64_t flags = WORK_STRUCT_INACTIVE;	/* a barrier is never counted in nr_active (R1.7) */
	struct list_head *head;
	unsigned int color;

	init_barrier_work(&barr->work);
	init_completion(&barr->done, "wq_barrier");
	barr->task = current;
	if (worker) {
		head = worker->scheduled.next;
		color = worker->current_color;
		worker_mark_dirty(worker);
	} else {
		uint64_t data = work_data(target);

		head = target->entry.next;
		flags |= data & WORK_STRUCT_LINKED;	/* other barriers are behind it already */
		color = work_data_color(data);
		work_set_linked(target);
	}
	pwq->nr_in_flight[color]++;
	insert_work(pwq, &barr->work, head, flags | (uint64_t)color << WORK_STRUCT_COLOR_SHIFT);
	barr->work.cause = TRACE(BARRIER, .barrier = barr->work.id, .target = target->id,
				 .worker = worker ? worker->tid : 0, .pwq = pwq->tid,
				 .pool = pwq->pool->tid, .color = color,
				 .waiter = task_id(barr->task));
}

/*
 * R6.16: a thread that is needed to free memory must not wait for an item that may be
 * waiting for memory.  Two warnings, each printed once; a worker can cause both.
 */
static void check_flush_dependency(struct workqueue_struct *target_wq, struct work_struct *target)
{
	struct worker *worker = current_worker();
	const char *name = target ? target->func_name : "0x0";

	if (target_wq->flags & WQ_MEM_RECLAIM)
		return;
	if (task_memalloc(current) && !wqe.warned_memalloc_flush) {
		wqe.warned_memalloc_flush = true;
		mach_warn(BUG_WQ_WARN, "check_flush_dependency", target ? target->id : 0,
			  "workqueue: PF_MEMALLOC task %u(%s) is flushing !WQ_MEM_RECLAIM %s:%s",
			  task_id(current), task_comm(current), target_wq->name, name);
	}
	if (worker && worker->current_pwq && !wqe.warned_reclaim_flush &&
	    (worker->current_pwq->wq->flags & (WQ_MEM_RECLAIM | WQ_INT_LEGACY)) == WQ_MEM_RECLAIM) {
		wqe.warned_reclaim_flush = true;
		mach_warn(BUG_WQ_WARN, "check_flush_dependency", target ? target->id : 0,
			  "workqueue: WQ_MEM_RECLAIM %s:%s is flushing !WQ_MEM_RECLAIM %s:%s",
			  worker->current_pwq->wq->name, worker->current_func_name, target_wq->name, name);
	}
}

/*
 * R2.14, R6.7: reports an item that waits for itself, which lockdep detects in the kernel.
 * @item: the flushed item or NULL; @wq: the flushed workqueue, or one whose only context the
 * caller occupies, or NULL.
 */
static void check_self_flush(const char *where, struct work_struct *item, struct workqueue_struct *wq)
{
	struct worker *worker = current_worker();

	/* lockdep, if enabled, reports this and more */
	if (!worker || !worker->current_pwq || mach_lockdep)
		return;
	if (item && worker->current_work == item)
		mach_warn(BUG_WAIT_CYCLE, where, item->id,
			  "WARNING: possible recursive locking detected: %s waits for (work_completion)(%s), which is itself",
			  worker->current_name, item->name);
	else if (wq && worker->current_pwq->wq == wq)
		mach_warn(BUG_WAIT_CYCLE, where, worker->current_id,
			  "WARNING: possible recursive locking detected: %s waits for (wq_completion)%s, on which it runs",
			  worker->current_name, wq->name);
}

static bool one_context(struct workqueue_struct *wq)
{
	return wq->saved_max_active == 1 || wq->rescuer;
}

/* ---- flush_work ------------------------------------------------------------------------------ */

/* Return: false if the item is neither queued nor running.  R6.1, R6.5. */
static bool start_flush_work(struct work_struct *work, struct wq_barrier *barr, bool from_cancel)
{
	struct worker *worker = NULL;
	struct pool_workqueue *pwq;
	struct worker_pool *pool;

	rcu_read_lock();
	pool = get_work_pool(work);
	if (!pool) {
		rcu_read_unlock();
		return false;
	}
	pool_lock_irq(pool);
	pwq = get_work_pwq(work);
	if (pwq) {
		if (pwq->pool != pool)	/* it has moved: the item queued here has run or was stolen */
			pwq = NULL;
	} else {
		worker = find_worker_executing_work(pool, work);
		pwq = worker ? worker->current_pwq : NULL;
	}
	if (pwq)
		insert_wq_barrier(pwq, barr, work, worker);
	pool_unlock_irq(pool);
	if (pwq && !from_cancel)
		check_flush_dependency(pwq->wq, work);
	if (pwq) {
		check_self_flush(from_cancel ? "__cancel_work_sync" : "__flush_work", work,
				 !from_cancel && one_context(pwq->wq) ? pwq->wq : NULL);
		lock_map_touch(work, LOCK_MAP_WORK, work->name);
		if (!from_cancel && one_context(pwq->wq))
			lock_map_touch(pwq->wq, LOCK_MAP_WQ, pwq->wq->name);
	}
	rcu_read_unlock();
	return pwq;
}

bool flush_work_common(struct work_struct *work, bool from_cancel)
{
	struct wq_barrier barr;
	struct wq_wait wait;
	const char *what = from_cancel ? "cancel_work_sync" : "flush_work";
	bool waits, spins;

	work_register(work);
	if (!wqe.online) {
		mach_warn_on(BUG_WQ_WARN, "__flush_work", work->id, "workqueue: not up yet");
		return false;
	}
	spins = from_cancel && work_data(work) & WORK_OFFQ_BH && !(work_data(work) & WORK_STRUCT_PWQ);
	/* Reported and refused: the barrier is on this stack, so we would have to wait for it. */
	if (!spins && might_sleep(what))
		return false;
	waits = start_flush_work(work, &barr, from_cancel);
	if (!waits && from_cancel && unlikely(wqe.legacy))
		waits = legacy_wait_for_one(work, &barr);
	if (!from_cancel)
		TRACE(FLUSH_WORK, .item = work->id, .waits = waits);
	if (!waits)
		return false;
	if (spins) {		/* R2.13: a BH item runs for a short time, and the caller may not sleep */
		while (!try_wait_for_completion(&barr.done))
			cpu_relax();
		return true;
	}
	wq_wait_begin(&wait, what, work->name, work);
	wait_for_completion(&barr.done);
	wq_wait_end(&wait);
	if (!from_cancel)
		TRACE(FLUSH_WORK_END, .item = work->id);
	else if (unlikely(wqe.legacy))
		flush_work_common(work, true);	/* it may run on several CPUs */
	return true;
}

bool flush_work(struct work_struct *work)
{
	return flush_work_common(work, false);
}

/* ---- flush_workqueue: colours ------------------------------------------------------------------ */

static unsigned int work_next_color(unsigned int color)
{
	return (color + 1) % WORK_NR_COLORS;
}

/*
 * wq->mutex held.  For all pwqs: if @flush_color >= 0, a pwq with items of this colour in
 * flight will report their end; if @work_color >= 0, it stamps this colour on new items
 * (R6.8).  Return: false if no item is in flight; then the first flusher has been completed.
 */
static bool flush_workqueue_prep_pwqs(struct workqueue_struct *wq, int flush_color, int work_color)
{
	struct pool_workqueue *pwq;
	bool waits = false;
	int64_t left = 0;

	/* Starts at 1, so that it cannot reach 0 before the loop has ended. */
	if (flush_color >= 0)
		katomic_set(&wq->nr_pwqs_to_flush, 1);
	list_for_each_entry(pwq, &wq->pwqs, pwqs_node) {
		struct worker_pool *pool = pwq->pool;

		pool_lock_irq(pool);
		if (flush_color >= 0 && pwq->nr_in_flight[flush_color]) {
			pwq->flush_color = flush_color;
			katomic_add_return(&wq->nr_pwqs_to_flush, 1);
			waits = true;
		}
		if (work_color >= 0)
			pwq->work_color = (unsigned int)work_color;
		pwq_mark_dirty(pwq);
		TRACE(PWQ_COLOR, .pwq = pwq->tid, .work_color = pwq->work_color,
		      .flush_color = pwq->flush_color);
		pool_unlock_irq(pool);
	}
	if (flush_color >= 0) {
		left = katomic_add_return(&wq->nr_pwqs_to_flush, -1);
		if (!left)
			complete(&wq->first_flusher->done);
	} else {
		left = katomic_read(&wq->nr_pwqs_to_flush);
	}
	TRACE(FLUSH_COLOR, .wq = wq->tid, .work_color = wq->work_color, .flush_color = wq->flush_color,
	      .nr_pwqs = (uint32_t)left);
	return waits;
}

static void color_event(struct workqueue_struct *wq)
{
	TRACE(FLUSH_COLOR, .wq = wq->tid, .work_color = wq->work_color, .flush_color = wq->flush_color,
	      .nr_pwqs = (uint32_t)katomic_peek(&wq->nr_pwqs_to_flush));
}

/* wq->mutex held.  Return: false if there is nothing to wait for (R6.9). */
static bool flush_start(struct workqueue_struct *wq, struct wq_flusher *me)
{
	unsigned int next = work_next_color(wq->work_color);

	if (next == wq->flush_color) {
		/* All colours are in use: wait for one. */
		list_add_tail(&me->list, &wq->flusher_overflow);
		TRACE(FLUSH_WQ, .wq = wq->tid, .color = -1);
		return true;
	}
	me->color = (int)wq->work_color;
	wq->work_color = next;
	TRACE(FLUSH_WQ, .wq = wq->tid, .color = me->color);
	if (wq->first_flusher) {
		list_add_tail(&me->list, &wq->flusher_queue);
		flush_workqueue_prep_pwqs(wq, -1, (int)wq->work_color);
		return true;
	}
	bug_on(wq->flush_color != (unsigned int)me->color);
	wq->first_flusher = me;
	if (flush_workqueue_prep_pwqs(wq, (int)wq->flush_color, (int)wq->work_color))
		return true;
	wq->flush_color = next;
	wq->first_flusher = NULL;
	color_event(wq);
	return false;
}

/* Completes the flushers whose colour has just been flushed. */
static void complete_flushers(struct workqueue_struct *wq)
{
	struct wq_flusher *f, *next;

	list_for_each_entry_safe(f, next, &wq->flusher_queue, list) {
		if ((unsigned int)f->color != wq->flush_color)
			break;
		list_del_init(&f->list);
		complete(&f->done);
	}
}

/* A colour is free again: all flushers without one share the current colour. */
static void color_overflow(struct workqueue_struct *wq)
{
	struct wq_flusher *f;

	if (list_empty(&wq->flusher_overflow))
		return;
	list_for_each_entry(f, &wq->flusher_overflow, list) {
		f->color = (int)wq->work_color;
		TRACE(FLUSH_WQ, .wq = wq->tid, .color = f->color);
	}
	wq->work_color = work_next_color(wq->work_color);
	list_splice_tail_init(&wq->flusher_overflow, &wq->flusher_queue);
	flush_workqueue_prep_pwqs(wq, -1, (int)wq->work_color);
}

/* wq->mutex held; called by the first flusher once its colour has ended (R6.11). */
static void flush_cascade(struct workqueue_struct *wq)
{
	for (;;) {
		wq->first_flusher = NULL;
		complete_flushers(wq);
		bug_on(!list_empty(&wq->flusher_overflow) &&
		       wq->flush_color != work_next_color(wq->work_color));
		wq->flush_color = work_next_color(wq->flush_color);
		color_event(wq);
		color_overflow(wq);
		if (list_empty(&wq->flusher_queue)) {
			bug_on(wq->flush_color != wq->work_color);
			return;
		}
		wq->first_flusher = list_first_entry(&wq->flusher_queue, struct wq_flusher, list);
		bug_on(wq->flush_color != (unsigned int)wq->first_flusher->color);
		list_del_init(&wq->first_flusher->list);
		if (flush_workqueue_prep_pwqs(wq, (int)wq->flush_color, -1))
			return;
		/* no item of that colour: flush_workqueue_prep_pwqs() has completed that flusher, continue for it */
	}
}

/* True if the call site has got the warning in this run (R6.14); NULL: the engine itself, which gets none. */
static bool already_reported(const char *site)
{
	uint64_t hash = site ? rng_hash_bytes(site, strlen(site)) : 0;
	unsigned long flags;
	unsigned int i;
	bool reported = true;

	if (!site)
		return true;
	raw_spin_lock_irqsave(&wqe.wait_lock, &flags);
	for (i = 0; i < SYSTEM_FLUSH_SITES; i++) {
		if (wqe.system_flush_sites[i] && wqe.system_flush_sites[i] != hash)
			continue;
		reported = wqe.system_flush_sites[i];
		wqe.system_flush_sites[i] = hash;
		break;
	}
	raw_spin_unlock_irqrestore(&wqe.wait_lock, flags);
	return reported;
}

void flush_workqueue_at(struct workqueue_struct *wq, const char *site)
{
	struct wq_flusher me = { .list = LIST_HEAD_INIT(me.list), .color = -1 };
	struct wq_wait wait;
	bool waits;

	if (!wqe.online) {
		mach_warn_on(BUG_WQ_WARN, "__flush_workqueue", 0, "workqueue: not up yet");
		return;
	}
	wq_see(wq);
	if (might_sleep("flush_workqueue"))
		return;
	if (believes(FLUSH_WAITS_TIMERS))
		belief_wait_for_timers(wq);
	if (wq_is_system(wq) && !already_reported(site))
		pr_warn("WARNING: Flushing system-wide workqueues will be prohibited in near future. (%s at %s)",
			wq->name, site);
	check_self_flush("__flush_workqueue", NULL, wq);
	lock_map_touch(wq, LOCK_MAP_WQ, wq->name);
	init_completion(&me.done, "flush_workqueue");
	wq_lock(wq);
	waits = flush_start(wq, &me);
	if (waits)
		check_flush_dependency(wq, NULL);
	wq_unlock(wq);
	if (waits) {
		wq_wait_begin(&wait, "flush_workqueue", wq->name, NULL);
		wait_for_completion(&me.done);
		wq_wait_end(&wait);
		/* Only the first flusher continues (R6.10).  Recheck under the mutex: the
		 * cascade may have made us first after completing us. */
		if (wq->first_flusher == &me) {
			wq_lock(wq);
			if (wq->first_flusher == &me)
				flush_cascade(wq);
			wq_unlock(wq);
		}
	}
	TRACE(FLUSH_WQ_END, .wq = wq->tid, .color = me.color);
}

void flushes_a_system_workqueue(void)
{
}

/* ---- draining -------------------------------------------------------------------------------------- */

/* wq->mutex held. */
bool wq_drained(struct workqueue_struct *wq)
{
	struct pool_workqueue *pwq;
	bool drained = true;

	list_for_each_entry(pwq, &wq->pwqs, pwqs_node) {
		pool_lock_irq(pwq->pool);
		drained = !pwq->nr_active && !pwq->retiring && list_empty(&pwq->inactive_works);
		pool_unlock_irq(pwq->pool);
		if (!drained)
			break;
	}
	return drained;
}

static void drain_end(struct workqueue_struct *wq)
{
	wq_lock(wq);
	if (!--wq->nr_drainers) {
		wq->flags &= ~(unsigned int)WQ_INT_DRAINING;
		TRACE(WQ_FLAGS, .wq = wq->tid, .flags = wq->flags);
	}
	wq_unlock(wq);
	TRACE(DRAIN_END, .wq = wq->tid);
}

void drain_workqueue(struct workqueue_struct *wq)
{
	unsigned int tries = 0;
	bool drained;

	wq_see(wq);
	if (might_sleep("drain_workqueue"))
		return;
	TRACE(DRAIN, .wq = wq->tid);
	wq_lock(wq);
	if (!wq->nr_drainers++) {
		wq->flags |= WQ_INT_DRAINING;
		TRACE(WQ_FLAGS, .wq = wq->tid, .flags = wq->flags);
	}
	wq_unlock(wq);
	for (;;) {
		flush_workqueue_at(wq, NULL);
		wq_lock(wq);
		drained = wq_drained(wq);
		wq_unlock(wq);
		if (drained)
			break;
		tries++;
		if (tries == 10 || (tries % 100 == 0 && tries <= 1000))
			pr_warn("workqueue %s: %s() isn't complete after %u tries", wq->name,
				"drain_workqueue", tries);
	}
	drain_end(wq);
}
