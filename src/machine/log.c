/*
 * machine/log.c - the kernel log, warnings, and the report of a sleep in atomic context.
 *
 * Lives here:   printk(), mach_warn(), atomic_report(), ids of functions and objects, boot parameters.
 * Never here:   the engine's own warnings.   Rules: docs/time.md "Contexts".   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void printk(int level, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	TRACE(PRINTK, .level = (uint32_t)level, .text = line);
	if (mach.cfg.log)
		mach.cfg.log(level, line, mach.cfg.log_arg);
	charge(COST_PRINTK);
}

/* The number that ps shows: 0 for the idle thread of each CPU. */
static uint32_t pid_of(const struct task *t)
{
	return t->is_idle ? 0 : t->id;
}

static void bug_event(enum trace_bug kind, uint32_t item, const char *fmt, va_list ap, char *line, size_t size)
{
	vsnprintf(line, size, fmt, ap);
	TRACE(BUG, .kind = kind, .who = current->id, .item = item, .text = line);
}

static void warning_line(const char *where)
{
	int cpu = raw_smp_processor_id();

	printk(4, "WARNING: CPU: %d PID: %u at %s", cpu < 0 ? 0 : cpu, pid_of(current), where);
}

void mach_warn(enum trace_bug kind, const char *where, uint32_t item, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	bug_event(kind, item, fmt, ap, line, sizeof(line));
	va_end(ap);
	printk(4, "%s", line);
	if (kind != BUG_WAIT_CYCLE)	/* the text of lockdep has a headline of its own */
		warning_line(where);
}

void mach_warn_on(enum trace_bug kind, const char *where, uint32_t item, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	bug_event(kind, item, fmt, ap, line, sizeof(line));
	va_end(ap);
	warning_line(where);
}

/* True for calls without a might_sleep() in the kernel: it reports them in schedule(). */
static bool only_schedules(const char *what)
{
	static const char *const names[] = { "schedule", "msleep", "sleep_ms", "schedule_timeout" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(what, names[i]))
			return true;
	return false;
}

/* Reports a sleep in atomic context in the kernel's words, once for each offending call. */
void atomic_report(const char *what)
{
	struct task *me = current;

	if (only_schedules(what))
		printk(3, "BUG: scheduling while atomic: %s/%u/0x%08x", me->comm, pid_of(me), MODE(preempt_count)());
	else
		printk(3, "BUG: sleeping function called from invalid context: %s()", what);
	printk(3, "in_atomic(): %d, irqs_disabled(): %d, pid: %u, name: %s%s", in_atomic(),
	       MODE(irqs_disabled)(), pid_of(me), me->comm,
	       in_hardirq() ? " (interrupted by a hard interrupt)" : in_softirq() ? " (in softirq)" : "");
	TRACE(BUG, .kind = BUG_ATOMIC_SLEEP, .who = me->id, .text = what);
}

/* ---- names of functions ------------------------------------------------------------ */

struct mach_func {
	const void *func;
	uintptr_t tag;
};

uint32_t mach_func_id(const void *func, uintptr_t tag, const char *name)
{
	uint32_t id = 0;

	uv_mutex_lock(&mach.lock);
	for (uint32_t i = 0; i < mach.nr_funcs; i++)
		if (mach.funcs[i].func == func && mach.funcs[i].tag == tag) {
			id = i + 1;
			break;
		}
	if (id || !mach.trace) {
		uv_mutex_unlock(&mach.lock);
		return id;
	}
	if (mach.nr_funcs == mach.cap_funcs) {
		uint32_t cap = mach.cap_funcs ? mach.cap_funcs * 2 : 64;
		struct mach_func *grown = realloc(mach.funcs, cap * sizeof(*grown));

		if (!grown)
			MODE(memory_refused)(cap * sizeof(*grown));	/* in lockstep another number would be another run */
		bug_on(!grown);
		mach.funcs = grown;
		mach.cap_funcs = cap;
	}
	mach.funcs[mach.nr_funcs++] = (struct mach_func){ func, tag };
	id = mach.nr_funcs;
	uv_mutex_unlock(&mach.lock);
	trace_def(CLS_FUNC, id, 0, 0, name ? name : "?");
	return id;
}

#ifndef KW_FREE_ONLY
bool mach_census(void)
{
	return mach.census && trace_on();
}
#endif

long mach_boot_param(const char *name)
{
	for (int i = 0; i < MACH_PARAMS_MAX && mach.cfg.params[i].name; i++)
		if (!strcmp(mach.cfg.params[i].name, name))
			return mach.cfg.params[i].value;
	return -1;
}

void mach_set_wq_ops(const struct mach_wq_ops *ops)
{
	__atomic_store_n(&mach.ops, ops, __ATOMIC_RELEASE);	/* free mode's sampling thread runs already */
}
