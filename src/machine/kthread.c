/*
 * machine/kthread.c - kernel threads: creation, end, attributes.
 *
 * Creation takes time and sleeps.  Lessons simulate memory pressure by stalling it or
 * letting it fail with -ENOMEM (R7.10).  -EAGAIN is different: the host refused a thread.
 *
 * Lives here:   tasks as objects: allocation, creation, stopping, attributes.
 * Never here:   scheduling them (lockstep/sched.c), threads of the host (lockstep/baton.c, free/host.c).
 * Rules:        R3.2, R3.9.   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

static void comm_copy(struct task *t, const char *comm)
{
	size_t len = strnlen(comm, sizeof(t->comm) - 1);

	memcpy(t->comm, comm, len);
	t->comm[len] = '\0';
}

struct task *task_alloc(const char *comm, int (*fn)(void *), void *data)
{
	struct task *t = calloc(1, sizeof(*t));
	struct list_head *at;

	if (!t) {
		MODE(memory_refused)(sizeof(*t));
		return NULL;
	}
	comm_copy(t, comm);
	t->fn = fn;
	t->data = data;
	t->wake_cpu = -1;
	t->allowed = cpu_possible_mask();
	atomic_init(&t->state, TASK_UNINTERRUPTIBLE);
	INIT_LIST_HEAD(&t->rq_entry);
	init_waitqueue_head(&t->exit_wait, "thread exit");
	uv_mutex_init(&t->tick_lock);
	uv_mutex_lock(&mach.lock);
	t->id = mach_new_id(CLS_TASK);
	mach.nr_tasks++;
	/* The list is sorted by id, so that no order depends on addresses.  Ids grow: search from the end. */
	for (at = mach.tasks.prev; at != &mach.tasks; at = at->prev)
		if (list_entry(at, struct task, all)->id < t->id)
			break;
	list_add(&t->all, at);
	uv_mutex_unlock(&mach.lock);
	trace_def(CLS_TASK, t->id, 0, 0, t->comm);
	return t;
}

void task_free(struct task *t)
{
	list_del(&t->all);
	MODE(task_forget)(t);
	uv_mutex_destroy(&t->tick_lock);
	free(t);
}

struct mach_held mach_held(void)
{
	const struct task *me = current;

	return (struct mach_held){ MODE(preempt_count)(), me->mutexes, me->rcu_nesting };
}

/* The lines of 6.12's do_exit().  The locks stay held, for ever. */
void task_report_leaks(void)
{
	struct task *me = current;
	STRBUF(text, 120);

	if (likely(!in_atomic() && !me->mutexes))
		return;
	strbuf_printf(&text, "BUG: %s/%u still has locks held!", me->comm, me->id);
	TRACE(BUG, .kind = BUG_LOCK_LEAK, .who = me->id, .text = text.buf);
	printk(4, "WARNING: %s/%u still has locks held!", me->comm, me->id);
	if (in_atomic())
		printk(6, "note: %s[%u] exited with preempt_count %u", me->comm, me->id, MODE(preempt_count)());
	me->mutexes = 0;
	mach_atomic_reset();	/* else no other task could run on this CPU */
}

static void announce(const struct task *t)
{
	TRACE(TASK_NEW, .task = t->id, .cpu = t->cpu, .nice = t->nice, .rt_prio = (uint32_t)t->rt_prio,
	      .allowed = t->allowed.bits, .comm = t->comm);
}

static struct task *host_refuses(const char *comm)
{
	pr_err("kworkshop: this computer cannot host %u threads (%s)", mach.nr_tasks + 1, comm);
	return NULL;
}

static struct task *create(const char *comm, int (*fn)(void *), void *data)
{
	struct task *t;

	if (mach.nr_tasks >= mach.threads_max)
		return host_refuses(comm);
	t = task_alloc(comm, fn, data);
	if (!t)
		return NULL;
	if (MODE(task_create)(t)) {
		uv_mutex_lock(&mach.lock);
		mach.nr_tasks--;
		task_free(t);
		uv_mutex_unlock(&mach.lock);
		return host_refuses(comm);
	}
	return t;
}

struct task *machine_task(const char *comm, int (*fn)(void *data), void *data,
			  const struct mach_task_opts *opts)
{
	struct task *t = create(comm, fn, data);

	if (!t)
		return NULL;
	t->nice = opts->nice;
	t->rt_prio = opts->rt_prio;
	t->cpu = opts->cpu >= 0 ? opts->cpu : 0;
	if (opts->cpu >= 0)
		t->allowed = cpumask_of(opts->cpu);
	announce(t);
	MODE(task_start)(t);
	return t;
}

bool machine_task_done(const struct task *t)
{
	return atomic_load_explicit(&((struct task *)(uintptr_t)t)->exited, memory_order_acquire);
}

static bool creation_fails(void)
{
	unsigned int n = atomic_load(&mach.creations_fail);

	while (n && !atomic_compare_exchange_weak(&mach.creations_fail, &n, n - 1))
		;
	return n;
}

struct task *kthread_create_on_node(int (*fn)(void *data), void *data, int node, const char *namefmt, ...)
{
	struct task *t, *me = current;
	char comm[64];
	va_list ap;

	(void)node;
	va_start(ap, namefmt);
	vsnprintf(comm, sizeof(comm), namefmt, ap);
	va_end(ap);
	if (might_sleep("kthread_create"))
		return ERR_PTR(-EWOULDBLOCK);
	MODE(creation_wait)();
	if (creation_fails())
		return ERR_PTR(-ENOMEM);
	t = create(comm, fn, data);
	if (!t)
		return ERR_PTR(-EAGAIN);
	t->cpu = task_cpu(me) >= 0 ? task_cpu(me) : 0;
	announce(t);
	return t;
}

void mach_stall_creation(bool on)
{
	mach.creation_stalled = on;
	TRACE(CREATE_STALL, .on = on);
	if (!on)
		wake_up(&mach.creation_wait);
}

void mach_fail_creation(unsigned int n)
{
	atomic_store(&mach.creations_fail, n);
}

void mach_spare_threads(unsigned int n)
{
	unsigned int all = mach.cfg.threads_max, now = mach.nr_tasks;

	atomic_store(&mach.threads_max, n > all - now || now > all ? all : now + n);
}

static bool has_exited(void *arg)
{
	return machine_task_done(arg);
}

void kthread_wait_exit(struct task *t)
{
	wait_event(&t->exit_wait, has_exited, t);
}

int kthread_stop(struct task *t)
{
	atomic_store_explicit(&t->should_stop, true, memory_order_release);
	wake_up_process(t);
	kthread_wait_exit(t);
	MODE(task_reap)(t);
	return 0;
}

bool kthread_should_stop(void)
{
	return atomic_load_explicit(&current->should_stop, memory_order_acquire) ||
	       atomic_load_explicit(&mach.stopping, memory_order_acquire);
}

/* ---- attributes ------------------------------------------------------------------- */

void set_task_comm(struct task *t, const char *comm)
{
	comm_copy(t, comm);
	TRACE(TASK_RENAME, .task = t->id, .comm = t->comm);
}

bool task_memalloc(const struct task *t)
{
	return t->memalloc;
}

void task_set_memalloc(struct task *t, bool on)
{
	t->memalloc = on;
}

uint32_t task_id(const struct task *t)
{
	return t->id;
}

const char *task_comm(const struct task *t)
{
	return t->comm;
}

void set_user_nice(struct task *t, int nice)
{
	t->nice = nice < -20 ? -20 : nice > 19 ? 19 : nice;
	TRACE(TASK_PRIO, .task = t->id, .nice = t->nice, .rt_prio = (uint32_t)t->rt_prio);
}

int task_nice(const struct task *t)
{
	return t->nice;
}

int task_cpu(const struct task *t)
{
	return __atomic_load_n(&t->cpu, __ATOMIC_RELAXED);
}

struct cpumask task_cpus_allowed(const struct task *t)
{
	return (struct cpumask){ __atomic_load_n(&t->allowed.bits, __ATOMIC_RELAXED) };
}

int set_cpus_allowed(struct task *t, struct cpumask mask)
{
	mask = cpumask_and(mask, cpu_possible_mask());
	return cpumask_empty(mask) ? -EINVAL : MODE(allow_cpus)(t, mask);
}

void set_current_state(enum task_state s)
{
	sync_point();
	atomic_store_explicit(&current->state, (int)s, memory_order_seq_cst);
}

bool task_is_running(const struct task *t)
{
	return atomic_load_explicit(&((struct task *)(uintptr_t)t)->state, memory_order_relaxed) == TASK_RUNNING;
}

void task_set_where(struct task *t, const char *where)
{
	t->where = where;
}

const char *task_where(const struct task *t)
{
	return t->where ? t->where : t->waits_name ? t->waits_name : "";
}

struct task *mach_next_task(struct task *prev)
{
	struct list_head *next = prev ? prev->all.next : mach.tasks.next;

	return next == &mach.tasks ? NULL : list_entry(next, struct task, all);
}
