/*
 * machine/timer.c - timers: the calls that do not depend on the mode.
 *
 * Lives here:   timer_setup(), add_timer(), schedule_timeout().
 * Never here:   wheels and expiry (lockstep/timer.c, free/timer.c).
 * Rules:        R8.1.   Licence: MIT.
 */
#include "machine/machine_internal.h"

void timer_setup(struct timer_list *t, void (*fn)(struct timer_list *t), unsigned int flags)
{
	*t = (struct timer_list){ .function = fn, .flags = flags, .cpu = -1 };
	INIT_LIST_HEAD(&t->entry);
}

void timer_set_housekeeping(struct timer_list *t, bool on)
{
	t->flags = on ? t->flags | TIMER_HOUSEKEEPING : t->flags & ~(uint32_t)TIMER_HOUSEKEEPING;
}

void add_timer(struct timer_list *t)
{
	bug_on(timer_pending(t));
	mod_timer(t, t->expires);
}

void add_timer_global(struct timer_list *t)
{
	add_timer(t);
}

long schedule_timeout(long timeout)
{
	return MODE(timeout_wait)(timeout, 0);
}

long schedule_timeout_housekeeping(long timeout)
{
	return MODE(timeout_wait)(timeout, TIMER_HOUSEKEEPING);
}
