/*
 * conform/steps.c - what each step of a scenario does on the engine.
 *
 * Each step is a CALL event, the kernel function, and a RETURN event.  Facts are read from
 * these and from the engine's own events, so the runner keeps no other notes.
 *
 * Lives here:   steps, handlers, the bodies that consist of them.
 * Never here:   making the objects, the end of a run (runner.c), judging.
 * Licence: MIT.
 */
#include "conform/runner_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform/conform_internal.h"
#include "trace/trace.h"

#define SPINNER_PRIO 60		/* above the actors: nothing runs on its CPU */

/* ---- marks ------------------------------------------------------------------------- */

uint32_t runner_fn_id(struct runner *rn, const char *name)
{
	uint32_t id = trace_new_id(rn->t, CLS_FN);

	trace_def(CLS_FN, id, 0, 0, name);
	return id;
}

void runner_mark(struct runner *rn, const char *name)
{
	uint32_t id = runner_fn_id(rn, name);

	TRACE(CALL, .fn = id);
}

/* One id per text: equal steps are the same call. */
void runner_name_steps(struct runner *rn)
{
	for (unsigned int i = 0; i < rn->k->nr_steps; i++) {
		unsigned int same = 0;

		while (strcmp(rn->k->steps[same].text, rn->k->steps[i].text))
			same++;
		rn->step_fn[i] = same < i ? rn->step_fn[same] : runner_fn_id(rn, rn->k->steps[i].text);
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

/* The record takes calls between the two marks, in this context, for calls of this handler. */
static unsigned int run_handler(struct handler *h)
{
	struct body b = { .rn = h->rn, .decl = h->decl, .run = ++h->runs };

	TRACE(CALL, .fn = h->enter_fn);
	runner_body(&b);
	TRACE(CALL, .fn = h->leave_fn);
	return b.run;
}

static void irq_fires(void *arg)
{
	run_handler(arg);
}

void runner_tasklet(struct tasklet_struct *t)
{
	run_handler(container_of(t, struct handler, tasklet));
}

void runner_timer(struct timer_list *t)
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
	runner_mark(b->rn, name);
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
		runner_mark(b->rn, MARK_NO_QUEUE);
		return;
	}
	charge(COST_CALL);
	call = TRACE(CALL, .fn = b->rn->step_fn[i]);
	res = do_step_anywhere(b, s);
	TRACE(RETURN, .fn = b->rn->step_fn[i], .ret = (uint64_t)res.value, .has_ret = res.has, .call = call);
}

void runner_body(struct body *b)
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
