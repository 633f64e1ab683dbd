/*
 * machine/clock.c - conversion of jiffies, and the calls that use or wait for time.
 *
 * Lives here:   conversions, mach_burn() and the like, msleep().
 * Never here:   reading the clock, using CPU time (lockstep/clock.c, free/task.c).
 * Rules:        docs/time.md "Costs", "Burning".   Licence: MIT.
 */
#include "machine/machine_internal.h"

unsigned long mach_hz(void)
{
	return mach.cfg.hz;
}

unsigned long msecs_to_jiffies(unsigned int ms)
{
	return (unsigned long)(((uint64_t)ms * mach.cfg.hz + 999) / 1000);
}

unsigned int jiffies_to_msecs(unsigned long j)
{
	return (unsigned int)(j * 1000 / mach.cfg.hz);
}

uint64_t jiffies_to_ns(unsigned long j)
{
	return (uint64_t)j * mach.tick_ns;
}

/* ---- using CPU time ------------------------------------------------------------------------- */

void trace_burn(uint64_t ns, enum burn_kind kind)
{
	if (kind == BURN_OWN)
		TRACE(COMPUTE, .length = ns);
	else
		TRACE(BURN, .length = ns, .hog = kind == BURN_HOGGING);
}

void mach_burn(uint64_t ns)
{
	MODE(burn)(ns, BURN_OFFERING);
}

void mach_hog(uint64_t ns)
{
	MODE(burn)(ns, BURN_HOGGING);
}

void mach_burn_own(uint64_t ns)
{
	MODE(burn)(ns, BURN_OWN);
}

void udelay(unsigned long us)
{
	MODE(burn)((uint64_t)us * 1000, BURN_HOGGING);
}

void mdelay(unsigned long ms)
{
	MODE(burn)((uint64_t)ms * 1000000, BURN_HOGGING);
}

/* ---- sleeping -------------------------------------------------------------------------- */

void msleep(unsigned int ms)
{
	unsigned long left = msecs_to_jiffies(ms);

	if (might_sleep("msleep"))
		return;
	task_set_where(current, "msleep");
	while (left) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		left = (unsigned long)schedule_timeout((long)left);
	}
	task_set_where(current, NULL);
}
