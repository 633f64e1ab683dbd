/*
 * machine/lockstep/blocked.c - the report of blocked threads when nothing more can happen.
 *
 * Lives here:   the text of a NO_FUTURE event, one line for each thread.
 * Never here:   detecting that nothing can happen (dispatch.c).
 * Rules:        docs/time.md "No future"; R2.14.   Licence: MIT.
 */
#include "base/strbuf.h"
#include "machine/lockstep/lockstep_internal.h"

/* A thread that waits for a lock, a completion or another thread; not one that waits for work. */
static bool is_stuck(const struct task *t)
{
	int state = atomic_load_explicit(&((struct task *)(uintptr_t)t)->state, memory_order_relaxed);

	if (!t->started || t->dead || t->is_idle)
		return false;
	return state == TASK_UNINTERRUPTIBLE || (cpu_of(t) && cpu_of(t)->curr == t && cpu_of(t)->spins_on);
}

static void one_line(struct task *t, struct strbuf *out)
{
	char what[160] = "";
	const struct cpu *c = cpu_of(t);

	if (mach.ops && mach.ops->blocked)
		mach.ops->blocked(t, what, sizeof(what));
	strbuf_printf(out, "%s%s", t->comm, what[0] ? " " : "");
	strbuf_puts(out, what);
	if (c && c->curr == t && c->spins_on)
		strbuf_printf(out, " spins for ever for the lock %s, held on CPU %d",
			      c->spins_on->name ? c->spins_on->name : "?", c->spins_on->owner_cpu);
	else if (t->waits_name)
		strbuf_printf(out, " waits for %s", t->waits_name);
	else if (t->where)
		strbuf_printf(out, " waits in %s", t->where);
	if (t->waits_owner)
		strbuf_printf(out, ", held by %s", t->waits_owner->comm);
	strbuf_putc(out, '\n');
}

void machine_blocked(struct strbuf *out)
{
	struct task *t;

	list_for_each_entry(t, &mach.tasks, all)
		if (is_stuck(t) && t->waits_name != mach.idle_wait_name)
			one_line(t, out);
}
