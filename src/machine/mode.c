/*
 * machine/mode.c - the two tables of functions, and the services that call through them.
 *
 * libcmwq contains free mode only: there MODE(name) is the function itself, and no table exists.
 *
 * Lives here:   both tables, the pointer to the current one.
 * Never here:   the functions themselves (lockstep/, free/).   Licence: MIT.
 */
#include "machine/machine_internal.h"

#ifndef KW_FREE_ONLY

bool mach_lockstep;
const struct mach_mode *mach_mode = &mach_mode_free;

const struct mach_mode mach_mode_lockstep = {
#define STEP(ret, name, params) .name = lockstep_##name,
#define SERVICE(ret, name, params, args) .name = lockstep_##name,
#include "machine/mode.def"
#undef STEP
#undef SERVICE
};

const struct mach_mode mach_mode_free = {
#define STEP(ret, name, params) .name = free_##name,
#define SERVICE(ret, name, params, args) .name = free_##name,
#include "machine/mode.def"
#undef STEP
#undef SERVICE
};

void mode_select(enum mach_mode_id id)
{
	mach_lockstep = id == MACH_LOCKSTEP;
	mach_mode = mach_lockstep ? &mach_mode_lockstep : &mach_mode_free;
}

#endif

#define STEP(ret, name, params)
#define SERVICE(ret, name, params, args)	\
	ret name params				\
	{					\
		return MODE(name) args;		\
	}
#include "machine/mode.def"
#undef STEP
#undef SERVICE
