/*
 * conform/runner_internal.h - a running scenario: its items, handlers, actors and bodies.
 *
 * Lives here:   the structures that runner.c makes and steps.c uses.
 * Never here:   a function of another file of this room.   Licence: MIT.
 */
#ifndef KW_CONFORM_RUNNER_INTERNAL_H
#define KW_CONFORM_RUNNER_INTERNAL_H

#include "conform/kws.h"
#include "machine/machine.h"
#include "workqueue/workqueue.h"

#define MS 1000000ull
#define WARM_QUEUES 3		/* normal, unbound and highpri pools */

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

/* Runs the steps of a body to its end.  Context: the body's. */
void runner_body(struct body *b);
/* The functions of tasklets and timers among the handlers. */
void runner_tasklet(struct tasklet_struct *t);
void runner_timer(struct timer_list *t);

uint32_t runner_fn_id(struct runner *rn, const char *name);	/* a new id of class FN */
void runner_mark(struct runner *rn, const char *name);		/* a CALL event of that name */
void runner_name_steps(struct runner *rn);			/* before the first body runs */

#endif
