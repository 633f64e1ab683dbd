/*
 * conform/runner.c - runs the actors and items of a scenario on the engine.
 *
 * Each step is a CALL event, the kernel function, and a RETURN event.  Facts are read from
 * these and from the engine's own events, so the runner keeps no other notes.
 * Before t=0 each normal pool runs one trivial item.  That leaves it with two idle
 * workers, the least that the measured kernel had.
 *
 * Lives here:   bodies and steps, the warm-up, detecting the end.
 * Never here:   the effect of steps on workqueues (workqueue/), judging.
 * Licence: MIT.
 */
#include "conform/runner.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "conform/conform_internal.h"
#include "machine/machine.h"
#include "trace/trace.h"
#include "workqueue/workqueue.h"

#define MS 1000000ull
#define ACTOR_PRIO 50		/* an actor's steps run on time even when workers burn its CPU */
#define SPINNER_PRIO 60		/* above the actors: nothing runs on its CPU */
#define WARM_UP_NS (1000 * MS)	/* far more than a trivial item needs */
#define WARM_QUEUES 3		/* normal, unbound and highpri pools */
#define PATIENCE 3		/* the timeout is extended so many times after unfair choices */
#define TEAR_DOWN_NS (60000 * MS)	/* far more than destroying an idle queue needs */

struct item {
	union {			/* first member: a work function gets its address */
		struct work_struct work;
		struct delayed_work dwork;
		struct rcu_work rwork;
	} u;
	const struct kws_decl *decl;
	struct runner *rn;
	unsigned int runs;
	bool freed;
};

/* An irq, a tasklet, a timer or a func. */
struct handler {
	struct tasklet_struct tasklet;
	struct timer_list timer;
	const struct kws_decl *decl;
	struct runner *rn;
	unsigned int runs;
	uint32_t enter_fn, leave_fn;	/* ids of class FN */
};

struct actor {
	const struct kws_decl *decl;
	struct runner *rn;
	struct task *task;
};

struct runner {
	const struct kws *k;
	struct trace *t;
	uint64_t t0;
	uint32_t step_fn[KWS_STEPS_MAX];	/* ids of class FN */
	struct workqueue_struct *wq[KWS_DECLS_MAX];
	bool destroyed[KWS_DECLS_MAX];
	struct item item[KWS_DECLS_MAX];
	struct handler handler[KWS_DECLS_MAX];
	struct actor actor[KWS_DECLS_MAX];
	struct mutex mutex[KWS_DECLS_MAX];
	struct completion completion[KWS_DECLS_MAX];
	struct work_struct warm[WARM_QUEUES][CPUS_MAX];	/* per-CPU, unbound */
	unsigned int actors_left;
	int pending[KWS_DECLS_MAX], running[KWS_DECLS_MAX];	/* counted from events, to detect the end */
	bool torn_down;
	bool misuse;		/* an active item was freed or initialized again: lists may be broken */
};

/* A running body: an actor's, or one run of an item. */
struct body {
	struct runner *rn;
	const struct kws_decl *decl;
	unsigned int run;	/* of an item; 0 = actor */
	unsigned int preempt_off;	/* steps preempt_off without their preempt_on */
	unsigned int rcu;		/* steps rcu_lock without their rcu_unlock */
};

/* ---- marks ------------------------------------------------------------------------- */

static uint32_t fn_id(struct runner *rn, const char *name)
{
	uint32_t id = trace_new_id(rn->t, CLS_FN);

	trace_def(CLS_FN, id, 0, 0, name);
	return id;
}

static void mark(struct runner *rn, const char *name)
{
	uint32_t id = fn_id(rn, name);

	TRACE(CALL, .fn = id);
}

/* One id per text: equal steps are the same call. */
static void name_steps(struct runner *rn)
{
	for (unsigned int i = 0; i < rn->k->nr_steps; i++) {
		unsigned int same = 0;

		while (strcmp(rn->k->steps[same].text, rn->k->steps[i].text))
			same++;
		rn->step_fn[i] = same < i ? rn->step_fn[same] : fn_id(rn, rn->k->steps[i].text);
	}
}

/* ---- steps --------------------------------------------------------------------------- */

struct result {
	bool has;		/* it returned a value */
	bool none;		/* the call was not made: there is no such queue */
	int64_t value;
};

#define VALUE(v) ((struct result){ .has = true, .value = (v) })
#define NOTHING ((struct result){ 0 })

static struct item *item_of(struct body *b, const struct kws_step *s, int arg)
{
	return &b->rn->item[s->arg[arg].num];
}

static struct work_struct *work_of(struct body *b, const struct kws_step *s, int arg)
{
	return &item_of(b, s, arg)->u.work;
}

static struct delayed_work *dwork_of(struct body *b, const struct kws_step *s, int arg)
{
	return &item_of(b, s, arg)->u.dwork;
}

static struct workqueue_struct *wq_of(struct body *b, const struct kws_step *s, int arg)
{
	return b->rn->wq[s->arg[arg].num];
}

static bool is_delayed(struct body *b, const struct kws_step *s)
{
	return item_of(b, s, 0)->decl->kind == KWS_DWORK;
}

static unsigned long delay_of(const struct kws_step *s, int arg)
{
	return msecs_to_jiffies((unsigned int)s->arg[arg].num);
}

struct irq_call {
	struct workqueue_struct *wq;
	struct work_struct *work;
	bool ret;
	struct katomic done;
};

static void queue_in_irq(void *arg)
{
	struct irq_call *call = arg;

	call->ret = queue_work(call->wq, call->work);
	katomic_set(&call->done, 1);
}

static struct result irq_queue(struct body *b, const struct kws_step *s)
{
	struct irq_call call = { .wq = wq_of(b, s, 0), .work = work_of(b, s, 1) };

	preempt_disable();
	irq_work_on(smp_processor_id(), queue_in_irq, &call);
	while (!katomic_read(&call.done))
		cpu_relax();
	preempt_enable();
	return VALUE(call.ret);
}

/* ---- handlers -------------------------------------------------------------------------- */

static void run_body(struct body *b);

/* The record takes calls between the two marks, in this context, for calls of this handler. */
static unsigned int run_handler(struct handler *h)
{
	struct body b = { .rn = h->rn, .decl = h->decl, .run = ++h->runs };

	TRACE(CALL, .fn = h->enter_fn);
	run_body(&b);
	TRACE(CALL, .fn = h->leave_fn);
	return b.run;
}

static void irq_fires(void *arg)
{
	run_handler(arg);
}

static void tasklet_runs(struct tasklet_struct *t)
{
	run_handler(container_of(t, struct handler, tasklet));
}

static void timer_expires(struct timer_list *t)
{
	run_handler(container_of(t, struct handler, timer));
}

static long runs_there(void *arg)
{
	return run_handler(arg);
}

/* schedule_on_each_cpu() makes the items itself; only the tag leads back to the handler. */
static void runs_on_each(struct work_struct *work)
{
	run_handler((struct handler *)work->tag);
}

static struct handler *handler_of(struct body *b, const struct kws_step *s, int arg)
{
	return &b->rn->handler[s->arg[arg].num];
}

static struct result handler_step(struct body *b, const struct kws_step *s)
{
	struct handler *h;

	switch (s->op) {
	case OP_RAISE:
		irq_work_on((int)s->arg[0].num, irq_fires, handler_of(b, s, 1));
		return NOTHING;
	case OP_SCHEDULE:
		h = handler_of(b, s, 0);
		if (h->decl->high)
			tasklet_hi_schedule(&h->tasklet);
		else
			tasklet_schedule(&h->tasklet);
		return NOTHING;
	case OP_ARM:
		return VALUE(mod_timer(&handler_of(b, s, 0)->timer, jiffies + delay_of(s, 1)));
	case OP_DISARM:
		return VALUE(timer_delete(&handler_of(b, s, 0)->timer));
	case OP_WORK_ON_CPU:
		return VALUE(work_on_cpu((int)s->arg[0].num, runs_there, handler_of(b, s, 1)));
	default:
		h = handler_of(b, s, 0);
		return VALUE(schedule_on_each_cpu_named(runs_on_each, h->decl->name, (uintptr_t)h));
	}
}

/* ---- the machine ----------------------------------------------------------------------- */

/* No kernel thread can be created while kthreadd is pinned under a spinner. */
static int spin(void *data)
{
	mach_hog((uint64_t)(uintptr_t)data * MS);
	mach_stall_creation(false);
	return 0;
}

static struct result stall_kthreadd(struct body *b, const struct kws_step *s)
{
	struct mach_task_opts opts = { .cpu = (int)s->arg[0].num, .rt_prio = SPINNER_PRIO };

	(void)b;
	mach_stall_creation(true);
	machine_task("kws-spin", spin, (void *)(uintptr_t)s->arg[1].num, &opts);
	return NOTHING;
}

static struct result wq_param(const struct kws_step *s)
{
	const char *text = s->arg[1].text;
	char *end;
	long value = strtol(text, &end, 10);

	if (!strcmp(s->arg[0].text, "default_affinity_scope")) {
		int scope = workqueue_parse_scope(text);

		return VALUE(scope < 0 ? scope : workqueue_param(s->arg[0].text, scope));
	}
	return VALUE(*end ? -EINVAL : workqueue_param(s->arg[0].text, value));
}

/* As a driver of the kernel does it: all attributes at once, NICE, CPUS and SCOPE. */
static struct result apply_attrs(struct body *b, const struct kws_step *s)
{
	struct workqueue_attrs *attrs = alloc_workqueue_attrs();
	int scope = workqueue_parse_scope(s->arg[3].text), err = -ENOMEM;

	if (!attrs)
		return VALUE(err);
	attrs->nice = (int)strtol(s->arg[1].text, NULL, 10);
	attrs->cpumask.bits = strtoull(s->arg[2].text, NULL, 16);
	attrs->affn_scope = scope < 0 ? WQ_AFFN_NR_TYPES : (enum wq_affn_scope)scope;
	err = apply_workqueue_attrs(wq_of(b, s, 0), attrs);
	free_workqueue_attrs(attrs);
	return VALUE(err);
}

/* Marks the text of a file as the measuring rig did: the step, then "Q:FILE = TEXT". */
static struct result show_sysfs(struct body *b, const struct kws_step *s)
{
	const char *wq = b->rn->k->decls[s->arg[0].num].name;
	char text[64], name[160];
	int ret = wq_sysfs_read(wq, s->arg[1].text, text, sizeof(text));

	if (ret < 0)
		snprintf(text, sizeof(text), "%d", ret);
	snprintf(name, sizeof(name), MARK_SYSFS "%s:%s = %s", wq, s->arg[1].text, text);
	mark(b->rn, name);
	return NOTHING;
}

static struct result sysfs(struct body *b, const struct kws_step *s)
{
	switch (s->op) {
	case OP_SYSFS:
		return VALUE(wq_sysfs_write(b->rn->k->decls[s->arg[0].num].name, s->arg[1].text, s->arg[2].text));
	case OP_WQ_SYSFS:
		return VALUE(wq_sysfs_write(NULL, s->arg[0].text, s->arg[1].text));
	default:
		return show_sysfs(b, s);
	}
}

static struct result free_item(struct body *b, const struct kws_step *s)
{
	struct item *it = item_of(b, s, 0);

	work_debug_free(&it->u.work);
	it->freed = true;
	return NOTHING;
}

static struct result rcu_hold(const struct kws_step *s)
{
	rcu_read_lock();
	mach_hog((uint64_t)s->arg[0].num * MS);
	rcu_read_unlock();
	return NOTHING;
}

static struct result destroy(struct body *b, const struct kws_step *s)
{
	long i = s->arg[0].num;

	/* gone for all later steps, also while this one still waits */
	b->rn->destroyed[i] = true;
	destroy_workqueue(b->rn->wq[i]);
	b->rn->wq[i] = NULL;
	return NOTHING;
}

/* A step is skipped if its queue could not be created, or is gone. */
static bool lacks_queue(struct body *b, const struct kws_step *s)
{
	for (int a = 0; a < KWS_ARGS_MAX; a++)
		if (kws_ops[s->op].args[a] == ARG_WQ &&
		    (!b->rn->wq[s->arg[a].num] || (s->op == OP_DESTROY && b->rn->destroyed[s->arg[a].num])))
			return true;
	return false;
}

static struct result time_step(struct body *b, const struct kws_step *s)
{
	uint64_t ns = (uint64_t)s->arg[0].num * MS, us = (uint64_t)s->arg[0].num * 1000;

	switch (s->op) {
	case OP_BURN:
		mach_burn(ns);
		break;
	case OP_HOG:
		mach_hog(ns);
		break;
	case OP_SLEEP:
		mach_sleep_ns(ns);
		break;
	case OP_BURN_US:
		mach_burn(us);
		break;
	case OP_HOG_US:
		mach_hog(us);
		break;
	case OP_SLEEP_US:
		mach_sleep_ns(us);
		break;
	default:
		mach_sleep_until_ns(b->rn->t0 + ns);
	}
	return NOTHING;
}

static struct result lock_step(struct body *b, const struct kws_step *s)
{
	long i = s->arg[0].num;

	switch (s->op) {
	case OP_LOCK:
		mutex_lock(&b->rn->mutex[i]);
		break;
	case OP_UNLOCK:
		mutex_unlock(&b->rn->mutex[i]);
		break;
	case OP_WAIT:
		wait_for_completion(&b->rn->completion[i]);
		break;
	case OP_COMPLETE:
		complete(&b->rn->completion[i]);
		break;
	default:
		complete_all(&b->rn->completion[i]);
	}
	return NOTHING;
}

static struct result wq_step(struct body *b, const struct kws_step *s)
{
	switch (s->op) {
	case OP_FLUSH_WQ:
		flush_workqueue_at(wq_of(b, s, 0), b->decl->name);
		break;
	case OP_DRAIN:
		drain_workqueue(wq_of(b, s, 0));
		break;
	case OP_MIN_ACTIVE:
		workqueue_set_min_active(wq_of(b, s, 0), (int)s->arg[1].num);
		break;
	default:
		workqueue_set_max_active(wq_of(b, s, 0), (int)s->arg[1].num);
	}
	return NOTHING;
}

static struct result item_step(struct body *b, const struct kws_step *s)
{
	struct work_struct *w = work_of(b, s, 0);
	struct delayed_work *d = dwork_of(b, s, 0);	/* only used if it is one */

	switch (s->op) {
	case OP_FLUSH:
		return VALUE(flush_work(w));
	case OP_FLUSH_DELAYED:
		return VALUE(flush_delayed_work(d));
	case OP_FLUSH_RCU:
		return VALUE(flush_rcu_work(&item_of(b, s, 0)->u.rwork));
	case OP_CANCEL:
		return VALUE(cancel_work(w));
	case OP_CANCEL_SYNC:
		return VALUE(cancel_work_sync(w));
	case OP_CANCEL_DELAYED:
		return VALUE(cancel_delayed_work(d));
	case OP_CANCEL_DELAYED_SYNC:
		return VALUE(cancel_delayed_work_sync(d));
	case OP_DISABLE:
		return VALUE(is_delayed(b, s) ? disable_delayed_work(d) : disable_work(w));
	case OP_DISABLE_SYNC:
		return VALUE(is_delayed(b, s) ? disable_delayed_work_sync(d) : disable_work_sync(w));
	case OP_ENABLE:
		return VALUE(is_delayed(b, s) ? enable_delayed_work(d) : enable_work(w));
	case OP_BUSY:
		return VALUE(work_busy(w));
	case OP_PENDING:
		return VALUE(work_pending(w));
	default:
		work_reinit(w);
		return NOTHING;
	}
}

static struct result queue_step(struct body *b, const struct kws_step *s)
{
	switch (s->op) {
	case OP_QUEUE:
		return VALUE(queue_work(wq_of(b, s, 0), work_of(b, s, 1)));
	case OP_QUEUE_ON:
		return VALUE(queue_work_on((int)s->arg[0].num, wq_of(b, s, 1), work_of(b, s, 2)));
	case OP_QUEUE_NODE:
		return VALUE(queue_work_node((int)s->arg[0].num, wq_of(b, s, 1), work_of(b, s, 2)));
	case OP_QUEUE_DELAYED:
		return VALUE(queue_delayed_work(wq_of(b, s, 0), dwork_of(b, s, 1), delay_of(s, 2)));
	case OP_QUEUE_DELAYED_ON:
		return VALUE(queue_delayed_work_on((int)s->arg[0].num, wq_of(b, s, 1), dwork_of(b, s, 2),
						   delay_of(s, 3)));
	case OP_MOD_DELAYED_ON:
		return VALUE(mod_delayed_work_on((int)s->arg[0].num, wq_of(b, s, 1), dwork_of(b, s, 2), delay_of(s, 3)));
	case OP_ENABLE_QUEUE:
		return VALUE(enable_and_queue_work(wq_of(b, s, 0), work_of(b, s, 1)));
	case OP_MOD_DELAYED:
		return VALUE(mod_delayed_work(wq_of(b, s, 0), dwork_of(b, s, 1), delay_of(s, 2)));
	default:
		return VALUE(queue_rcu_work(wq_of(b, s, 0), &item_of(b, s, 1)->u.rwork));
	}
}

/* Steps of a driver or of the memory management: on its own thread, on the machine. */
static struct result thread_step(struct body *b, const struct kws_step *s)
{
	switch (s->op) {
	case OP_TOUCH_WATCHDOG:
		wq_watchdog_touch((int)s->arg[0].num);
		break;
	case OP_MEMALLOC:
		task_set_memalloc(current, true);
		break;
	case OP_FAIL_KTHREAD:
		mach_fail_creation((unsigned int)s->arg[0].num);
		break;
	case OP_PREEMPT_OFF:
		b->preempt_off++;
		preempt_disable();
		break;
	case OP_RCU_LOCK:
		b->rcu++;
		rcu_read_lock();
		break;
	case OP_RCU_UNLOCK:	/* without its counterpart this step and the next have no effect */
		if (!b->rcu)
			break;
		b->rcu--;
		rcu_read_unlock();
		break;
	case OP_FAIL_PWQ:
		workqueue_fail_pwqs((unsigned int)s->arg[0].num);
		break;
	default:
		if (!b->preempt_off)
			break;
		b->preempt_off--;
		preempt_enable();
	}
	return NOTHING;
}

/* Like a write to cpuN/online: the first CPU of a PC stays, and no change is no error. */
static struct result hotplug(const struct kws_step *s)
{
	int cpu = (int)s->arg[0].num;
	bool up = s->op == OP_ONLINE;

	if (!cpu)
		return VALUE(-EPERM);
	if (cpu_online(cpu) == up)
		return VALUE(0);
	return VALUE(up ? cpu_up(cpu) : cpu_down(cpu));
}

/* Like a suspend with pm_test=freezer: freezes for a second, then thaws. */
static struct result freeze_for_a_second(unsigned int within_ms)
{
	int err = workqueue_freeze(within_ms);

	if (!err) {
		mach_sleep_ns(1000 * (uint64_t)MS);
		thaw_workqueues();
	}
	return VALUE(err);
}

static struct result do_step(struct body *b, const struct kws_step *s)
{
	switch (s->op) {
	case OP_BURN: case OP_HOG: case OP_SLEEP: case OP_UNTIL: case OP_BURN_US: case OP_HOG_US: case OP_SLEEP_US:
		return time_step(b, s);
	case OP_QUEUE: case OP_QUEUE_ON: case OP_QUEUE_NODE: case OP_QUEUE_DELAYED:
	case OP_QUEUE_DELAYED_ON: case OP_MOD_DELAYED: case OP_MOD_DELAYED_ON: case OP_ENABLE_QUEUE: case OP_QUEUE_RCU:
		return queue_step(b, s);
	case OP_IRQ_QUEUE:
		return irq_queue(b, s);
	case OP_FLUSH: case OP_FLUSH_DELAYED: case OP_FLUSH_RCU: case OP_CANCEL: case OP_CANCEL_SYNC:
	case OP_CANCEL_DELAYED: case OP_CANCEL_DELAYED_SYNC: case OP_DISABLE: case OP_DISABLE_SYNC:
	case OP_ENABLE: case OP_BUSY: case OP_PENDING: case OP_INIT:
		return item_step(b, s);
	case OP_FLUSH_WQ: case OP_DRAIN: case OP_MAX_ACTIVE: case OP_MIN_ACTIVE:
		return wq_step(b, s);
	case OP_TOUCH_WATCHDOG: case OP_MEMALLOC: case OP_FAIL_KTHREAD: case OP_FAIL_PWQ:
	case OP_PREEMPT_OFF: case OP_PREEMPT_ON: case OP_RCU_LOCK: case OP_RCU_UNLOCK:
		return thread_step(b, s);
	case OP_RAISE: case OP_SCHEDULE: case OP_ARM: case OP_DISARM: case OP_WORK_ON_CPU: case OP_ON_EACH_CPU:
		return handler_step(b, s);
	case OP_DESTROY:
		return destroy(b, s);
	case OP_CONGESTED:
		return VALUE(workqueue_congested((int)s->arg[0].num, wq_of(b, s, 1)));
	case OP_LOCK: case OP_UNLOCK: case OP_WAIT: case OP_COMPLETE: case OP_COMPLETE_ALL:
		return lock_step(b, s);
	case OP_STALL_KTHREADD:
		return stall_kthreadd(b, s);
	case OP_WQ_PARAM:
		return wq_param(s);
	case OP_ATTRS:
		return apply_attrs(b, s);
	case OP_SYSFS: case OP_SHOW_SYSFS: case OP_WQ_SYSFS:
		return sysfs(b, s);
	case OP_DESC:
		set_worker_desc("%s", s->arg[0].text);
		return NOTHING;
	case OP_SYSRQ:
		show_all_workqueues();
		return NOTHING;
	case OP_RCU_HOLD:
		return rcu_hold(s);
	case OP_FREE:
		return free_item(b, s);
	case OP_OFFLINE: case OP_ONLINE:
		return hotplug(s);
	case OP_FREEZE:
		return freeze_for_a_second(FREEZE_TIMEOUT_MS);
	case OP_FREEZE_WITHIN:
		return freeze_for_a_second((unsigned int)s->arg[0].num);
	default:		/* census, mark: the CALL event is enough; others were refused */
		return NOTHING;
	}
}

/* A freed item no longer exists; the parser refuses the cases that it can detect. */
static bool names_freed(struct body *b, const struct kws_step *s)
{
	for (int a = 0; a < KWS_ARGS_MAX; a++) {
		enum kws_arg arg = kws_ops[s->op].args[a];

		if ((arg == ARG_ITEM || arg == ARG_DWORK || arg == ARG_RWORK) && b->rn->item[s->arg[a].num].freed)
			return true;
	}
	return false;
}

/* The kernel's name of a step that needs mutexes of the engine, NULL = it needs none or is refused in atomic context. */
static const char *takes_mutexes(enum kws_op op)
{
	switch (op) {
	case OP_MAX_ACTIVE:
		return "workqueue_set_max_active";
	case OP_MIN_ACTIVE:
		return "workqueue_set_min_active";
	case OP_ATTRS:
		return "apply_workqueue_attrs";
	case OP_SYSFS: case OP_SHOW_SYSFS: case OP_WQ_SYSFS:
		return "sysfs";
	case OP_WQ_PARAM:
		return "param";
	default:
		return NULL;
	}
}

/* A bottom half or a body with preemption off may be anything: there such a step gets all mutexes, or is not done. */
static struct result do_step_anywhere(struct body *b, const struct kws_step *s)
{
	const char *what = in_atomic() ? takes_mutexes(s->op) : NULL;
	struct result res;

	if (!what)
		return do_step(b, s);
	if (!workqueue_take_mutexes_ahead(what))
		return kws_ops[s->op].value ? VALUE(-EBUSY) : NOTHING;
	res = do_step(b, s);
	workqueue_release_mutexes_ahead();
	return res;
}

static void run_step(struct body *b, unsigned int i)
{
	const struct kws_step *s = &b->rn->k->steps[i];
	struct result res;
	uint64_t call;

	if (lacks_queue(b, s) || names_freed(b, s)) {
		mark(b->rn, MARK_NO_QUEUE);
		return;
	}
	charge(COST_CALL);
	call = TRACE(CALL, .fn = b->rn->step_fn[i]);
	res = do_step_anywhere(b, s);
	TRACE(RETURN, .fn = b->rn->step_fn[i], .ret = (uint64_t)res.value, .has_ret = res.has, .call = call);
}

static void run_body(struct body *b)
{
	for (unsigned int i = b->decl->first; i < b->decl->first + b->decl->nr; i++) {
		const struct kws_step *s = &b->rn->k->steps[i];

		if (s->op == OP_UPTO) {
			if (b->run > (unsigned long)s->arg[0].num)
				return;
			continue;
		}
		for (unsigned int n = 0; n < s->times; n++)
			run_step(b, i);
	}
}

static bool has_files(const struct kws *k)
{
	for (unsigned int i = 0; i < k->nr_decls; i++)
		if (k->decls[i].kind == KWS_WQ && k->decls[i].flags & KWS_SYSFS)
			return true;
	return false;
}

/* Marks the CPUs and the nice level of this run's worker: files in /sys change both. */
static void mark_allowed(struct runner *rn)
{
	char name[64];

	snprintf(name, sizeof(name), MARK_ALLOWED "%" PRIx64 " %d", task_cpus_allowed(current).bits,
		 task_nice(current));
	mark(rn, name);
}

static void item_fn(struct work_struct *work)
{
	struct item *it = container_of(work, struct item, u.work);
	struct body b = { .rn = it->rn, .decl = it->decl, .run = ++it->runs };

	if (has_files(b.rn->k))
		mark_allowed(b.rn);
	run_body(&b);
}

static int actor_fn(void *data)
{
	struct actor *a = data;
	struct body b = { .rn = a->rn, .decl = a->decl };

	run_body(&b);
	a->rn->actors_left--;
	return 0;
}

/* ---- before and after --------------------------------------------------------------------- */

static struct workqueue_struct *system_queue(enum kws_system which)
{
	switch (which) {
#define SYSTEM(pointer, name, flags) \
	case KWS_##pointer:          \
		return pointer;
	KWS_SYSTEM_WQS(SYSTEM)
#undef SYSTEM
	default:
		return NULL;
	}
}

static void make_queue(struct runner *rn, unsigned int i)
{
	static const unsigned int flags[][2] = {
		{ KWS_UNBOUND, WQ_UNBOUND }, { KWS_HIGHPRI, WQ_HIGHPRI }, { KWS_MEM_RECLAIM, WQ_MEM_RECLAIM },
		{ KWS_CPU_INTENSIVE, WQ_CPU_INTENSIVE }, { KWS_FREEZABLE, WQ_FREEZABLE }, { KWS_BH, WQ_BH },
		{ KWS_SYSFS, WQ_SYSFS }, { KWS_POWER_EFFICIENT, WQ_POWER_EFFICIENT },
	};
	const struct kws_decl *d = &rn->k->decls[i];
	unsigned int wq_flags = 0;

	rn->wq[i] = system_queue(d->system);
	if (rn->wq[i])
		return;
	for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]); f++)
		if (d->flags & flags[f][0])
			wq_flags |= flags[f][1];
	if (d->flags & KWS_ORDERED)
		rn->wq[i] = alloc_ordered_workqueue("%s", wq_flags & ~(unsigned int)WQ_UNBOUND, d->name);
	else
		rn->wq[i] = alloc_workqueue("%s", wq_flags, (int)d->max_active, d->name);
}

static void make_item(struct runner *rn, unsigned int i)
{
	const struct kws_decl *d = &rn->k->decls[i];
	const char *func = rn->k->decls[d->fn].name;
	struct item *it = &rn->item[i];
	uintptr_t tag = (uintptr_t)d->fn + 1;

	it->decl = d;
	it->rn = rn;
	if (d->kind == KWS_WORK)
		init_work(&it->u.work, item_fn, d->name, func, tag);
	else if (d->kind == KWS_DWORK)
		init_delayed_work(&it->u.dwork, item_fn, d->name, func, tag, 0);
	else
		init_rcu_work(&it->u.rwork, item_fn, d->name, func, tag);
}

static void make_handler(struct runner *rn, unsigned int i)
{
	const struct kws_decl *d = &rn->k->decls[i];
	struct handler *h = &rn->handler[i];
	char name[sizeof(MARK_ENTER) + KWS_NAME_MAX];

	h->decl = d;
	h->rn = rn;
	snprintf(name, sizeof(name), MARK_ENTER "%s", d->name);
	h->enter_fn = fn_id(rn, name);
	snprintf(name, sizeof(name), MARK_LEAVE "%s", d->name);
	h->leave_fn = fn_id(rn, name);
	tasklet_setup(&h->tasklet, tasklet_runs);
	timer_setup(&h->timer, timer_expires, 0);
}

static void nothing(struct work_struct *work)
{
	(void)work;
}

/* One item in each pool, so that it has two idle workers at t=0, as measured. */
static void prepare(void *arg)
{
	struct workqueue_struct *const queues[WARM_QUEUES] = { system_wq, system_unbound_wq, system_highpri_wq };
	struct runner *rn = arg;

	for (unsigned int i = 0; i < rn->k->nr_decls; i++) {
		const struct kws_decl *d = &rn->k->decls[i];

		if (d->kind == KWS_WQ)
			make_queue(rn, i);
		else if (kws_is_item(d->kind))
			make_item(rn, i);
		else if (kws_is_handler(d->kind))
			make_handler(rn, i);
		else if (d->kind == KWS_MUTEX)
			mutex_init(&rn->mutex[i], d->name);
		else if (d->kind == KWS_COMPLETION)
			init_completion(&rn->completion[i], d->name);
	}
	for (int cpu = 0; cpu < nr_cpu_ids(); cpu++) {
		for (int i = 0; i < WARM_QUEUES; i++) {
			init_work(&rn->warm[i][cpu], nothing, "(warm-up)", "(warm-up)", 1);
			queue_work_on(cpu, queues[i], &rn->warm[i][cpu]);
		}
	}
}

/* Destroys the queues that the scenario left.  They must be empty, so this must end. */
static int tear_down(void *data)
{
	struct runner *rn = data;

	for (unsigned int i = 0; i < rn->k->nr_decls; i++)
		if (rn->k->decls[i].kind == KWS_TIMER)
			timer_delete_sync(&rn->handler[i].timer);
	for (unsigned int i = 0; i < rn->k->nr_decls; i++)
		if (rn->wq[i] && !rn->k->decls[i].system)
			destroy_workqueue(rn->wq[i]);
	rn->torn_down = true;
	return 0;
}

/* ---- detecting the end ------------------------------------------------------------------------------ */

static int slot_of(const struct runner *rn, uint32_t id)
{
	for (unsigned int i = 0; id && i < rn->k->nr_decls; i++)
		if (rn->item[i].decl && rn->item[i].u.work.id == id)
			return (int)i;
	return -1;
}

/* True for events after which the scenario may be over; *@item: the item concerned, or 0. */
static bool counts(const struct trace_event *ev, uint32_t *item, int *pending, int *running)
{
	struct trace_value v;

	*pending = ev->kind == EV_PENDING_SET ? 1 : ev->kind == EV_PENDING_CLEAR || ev->kind == EV_FREE_ITEM ? -1 : 0;
	*running = ev->kind == EV_WORK_START ? 1 : ev->kind == EV_EXECUTE_END ? -1 : 0;
	*item = 0;
	if ((*pending || *running) && trace_event_get(ev, "item", &v))
		*item = (uint32_t)v.num;
	return *item || ev->kind == EV_TASK_EXIT;
}

static bool watch(void *arg, const struct trace_event *ev)
{
	struct runner *rn = arg;
	int pending, running, i;
	uint32_t item;
	struct ev_BUG bug;

	if (trace_get_BUG(ev, &bug))
		rn->misuse |= bug.kind == BUG_FREE_ACTIVE || bug.kind == BUG_USE_AFTER_FREE;
	if (!counts(ev, &item, &pending, &running))
		return false;
	i = slot_of(rn, item);
	if (i >= 0) {
		rn->pending[i] = pending > 0 ? 1 : pending < 0 ? 0 : rn->pending[i];
		rn->running[i] += running;
	}
	if (rn->actors_left)
		return false;
	for (unsigned int d = 0; d < rn->k->nr_decls; d++)
		if (rn->pending[d] || rn->running[d] > 0)
			return false;
	return true;
}

/* ---- the run ----------------------------------------------------------------------------------- */

int runner_lacks(const struct kws *k, char *sentence, size_t size)
{
	const char *name;
	long value;
	int err = k->boot[0] ? workqueue_boot_arg(k->boot, &name, &value) : 0;

	if (err)
		snprintf(sentence, size, err == -EINVAL ? "boot=%s has a value no kernel takes" :
			 "this engine does not know the boot argument %s", k->boot);
	return err ? k->boot_line : 0;
}

static struct machine_config config_of(const struct kws *k, const struct runner_opts *opts)
{
	struct machine_config cfg = {
		.mode = MACH_LOCKSTEP, .nr_cpus = k->topo, .nr_nodes = 2, .cpus_per_llc = k->topo == 16 ? 4 : 2,
		.smt = k->topo == 16 ? 2 : 1, .hz = k->kernel == KERNEL_DEBIAN ? 250 : 1000,
		.preempt = PREEMPT_VOLUNTARY, .sched = SCHED_FAIR_CLASS, .seed = opts->seed,
		.vary_costs = true, .profile = "6.12", .census = opts->census,
		.baton = BATON_STACKS,	/* thousands of runs per process */
		.params = {
			{ "cpu_intensive_thresh_us", k->cpu_intensive_thresh_us },
			{ "watchdog_thresh", 0 },
			{ "lockdep", k->kernel == KERNEL_LOCKDEP },
		},
	};

	return cfg;
}

/*
 * The measuring rig slept until a tick and then started the actors, so t=0 is right after
 * a tick of the first actor's CPU.  The ends of slices and timers depend on it.
 */
static int wait_for_tick(void *data)
{
	(void)data;
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(2);
	mach_request_stop();
	return 0;
}

/* Runs until the workers of the warm-up are idle, then to the next tick. */
static void warm_up(const struct kws *k)
{
	struct mach_run run = { .until_ns = machine_now() + WARM_UP_NS, .idle = true };
	struct mach_task_opts opts = { .rt_prio = ACTOR_PRIO };

	machine_run(&run);
	run = (struct mach_run){ .until_ns = machine_now() + WARM_UP_NS };
	for (unsigned int i = k->nr_decls; i-- > 0;)
		if (k->decls[i].kind == KWS_ACTOR)
			opts.cpu = k->decls[i].cpu;
	machine_task("kws-rig", wait_for_tick, NULL, &opts);
	machine_run(&run);
}

static void start_actors(struct runner *rn)
{
	for (unsigned int i = 0; i < rn->k->nr_decls; i++)
		rn->actors_left += rn->k->decls[i].kind == KWS_ACTOR;
	for (unsigned int i = 0; i < rn->k->nr_decls; i++) {
		const struct kws_decl *d = &rn->k->decls[i];
		struct mach_task_opts opts = { .cpu = d->cpu, .rt_prio = d->fifo ? ACTOR_PRIO : 0 };
		char comm[KWS_NAME_MAX + 8];

		if (d->kind != KWS_ACTOR)
			continue;
		snprintf(comm, sizeof(comm), "kws-%s", d->name);
		rn->actor[i] = (struct actor){ .decl = d, .rn = rn };
		rn->actor[i].task = machine_task(comm, actor_fn, &rn->actor[i], &opts);
	}
}

/* Two of them have one name (R14.1), so the record gets their ids.  Those of bottom halves have an id from their first use. */
static void mark_system_queues(struct runner *rn)
{
	char name[sizeof(MARK_QUEUE) + KWS_NAME_MAX + 16];

	for (unsigned int i = 0; i < rn->k->nr_decls; i++) {
		const struct kws_decl *d = &rn->k->decls[i];

		if (d->kind != KWS_WQ || !d->system || !workqueue_id(rn->wq[i]))
			continue;
		snprintf(name, sizeof(name), MARK_QUEUE "%s %" PRIu32, d->name, workqueue_id(rn->wq[i]));
		mark(rn, name);
	}
}

static int play(struct runner *rn, char *err, size_t err_size)
{
	struct mach_run run = { .watch = { .after = watch, .arg = rn } };
	struct mach_task_opts boss = { .cpu = 0 };
	enum mach_stop why;

	machine_call(prepare, rn);
	warm_up(rn->k);
	name_steps(rn);
	mark_system_queues(rn);
	rn->t0 = machine_now();
	mark(rn, MARK_BEGIN);
	mach_choices(true);
	start_actors(rn);
	run.until_ns = rn->t0 + (uint64_t)rn->k->timeout_ms * MS;
	why = rn->actors_left ? machine_run(&run) : STOP_WATCH;
	if (why == STOP_TIME && mach_unfair_choices()) {	/* delayed by the explorer, or stuck? */
		run.until_ns += PATIENCE * (uint64_t)rn->k->timeout_ms * MS;
		why = machine_run(&run);
	}
	mach_choices(false);
	if (why == STOP_FULL) {
		snprintf(err, err_size, "a flood: more events than a trace holds, by %s",
			 time_text_ms(machine_now() - rn->t0).text);
		return -EOVERFLOW;
	}
	mark(rn, why == STOP_WATCH ? MARK_END : MARK_TIMEOUT);
	if (why != STOP_WATCH)
		return 0;	/* a thread waits for ever, so the queues cannot be destroyed */
	machine_task("kws-end", tear_down, rn, &boss);
	run = (struct mach_run){ .until_ns = machine_now() + TEAR_DOWN_NS, .idle = true };
	machine_run(&run);
	if (!rn->torn_down && !rn->misuse) {
		snprintf(err, err_size, "destroying the workqueues afterwards does not end");
		return -EIO;
	}
	return 0;
}

int runner_run(const struct kws *k, const struct runner_opts *opts, struct trace *t, char *err, size_t err_size)
{
	struct machine_config cfg = config_of(k, opts);
	struct runner *rn = calloc(1, sizeof(*rn));
	struct mach_choosing later;
	int ret;

	if (!rn)
		return -ENOMEM;
	rn->k = k;
	rn->t = t;
	if (k->boot[0]) {	/* the first entry of a name is used */
		cfg.params[3] = cfg.params[0];
		workqueue_boot_arg(k->boot, &cfg.params[0].name, &cfg.params[0].value);
	}
	if (opts->choosing) {
		later = *opts->choosing;
		later.later = true;	/* not during the warm-up */
		cfg.choosing = &later;
	}
	ret = machine_start(&cfg, t, workqueue_boot);
	if (ret) {
		snprintf(err, err_size, "the machine does not start: %s", strerror(-ret));
	} else {
		ret = play(rn, err, err_size);
		machine_stop();
	}
	free(rn);
	return ret;
}
