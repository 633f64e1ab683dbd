/*
 * model/flags.h - the bits and numbers that fields of events carry, with the kernel's values.
 *
 * The model and the views read flags and states from events, without the engine.  These
 * constants have the engine's names, so a file includes either this header or those of
 * src/workqueue/.
 *
 * Lives here:   flags of workers and pools, kinds of items.
 * Never here:   state (model.h).   Rules: R3.3.   Licence: MIT.
 */
#ifndef KW_MODEL_FLAGS_H
#define KW_MODEL_FLAGS_H

#define WORKER_DIE 2u
#define WORKER_IDLE 4u
#define WORKER_PREP 8u
#define WORKER_CPU_INTENSIVE 64u
#define WORKER_UNBOUND 128u
#define WORKER_REBOUND 256u
#define WORKER_BLOCKED 512u
#define WORKER_NOT_RUNNING \
	(WORKER_PREP | WORKER_CPU_INTENSIVE | WORKER_UNBOUND | WORKER_REBOUND | WORKER_BLOCKED)

#define POOL_BH 1u
#define POOL_MANAGER_ACTIVE 2u
#define POOL_DISASSOCIATED 4u
#define POOL_LEGACY 16u		/* one thread, of one workqueue only */

#define ITEM_KIND_BARRIER 3u	/* .kind of ITEM_INIT */

#endif
