/*
 * machine/lockstep/lockstep_internal.h - calls between the files of lockstep mode.
 *
 * In lockstep one thread of the machine runs at a time, the holder of the baton.  Only the
 * holder may call these functions, so they need no locks.
 *
 * Lives here:   the baton, events of a CPU, its contexts, its run queue, choices.
 * Never here:   the functions of mode.def (machine_internal.h declares them).
 * Read before:  docs/time.md.   Licence: MIT.
 */
#ifndef KW_MACHINE_LOCKSTEP_INTERNAL_H
#define KW_MACHINE_LOCKSTEP_INTERNAL_H

#include "machine/machine_internal.h"

/* The CPU of the caller; NULL in the director. */
static inline struct cpu *this_cpu(void)
{
	return mach_cur ? cpu_of(mach_cur) : NULL;
}

/* ---- baton.c ---------------------------------------------------------------------------- */
void baton_adopt(struct task *t, enum mach_baton which);	/* the calling thread becomes @t, the director */
int baton_create(struct task *t);		/* a thread (parked or new) that will run @t; -EAGAIN */
/* Obtains threads from the host ahead of baton_create().  Return: how many of @n there are now. */
unsigned int baton_reserve(unsigned int n);
void baton_switch(struct task *from, struct task *to);	/* returns when @from has the baton again */
_Noreturn void baton_exit(struct task *next);	/* the caller's task has ended; passes the baton to @next */
void baton_abort_all(void);			/* all threads abandon their tasks and are parked */

/* ---- dispatch.c ------------------------------------------------------------------ */
void chance_boot(void);		/* before the first draw() and the first choice of a CPU */
void dispatch_hooks(struct trace *t);
void dispatch(void);		/* passes the baton to the earliest CPU; returns when the caller has it again */
void dispatch_exit(void) __attribute__((noreturn));
void give_way_now(void);	/* give_way() if an interrupt is due or another CPU may be earlier */
/* Lets CPUs act whose time is earlier; mach_sync() without the choice point. */
static inline void give_way(void)
{
	struct cpu *c = this_cpu();

	if (unlikely(!c || c->next_event <= c->now || c->now >= mach.horizon)) {
		give_way_now();
		return;
	}
	if (c->now > mach.time)
		mach.time = c->now;
}
uint64_t others_act_at(const struct cpu *c);	/* the earliest action of another CPU; NS_NEVER: none */
void horizon_at_most(uint64_t time);		/* another CPU acts at @time at the latest */
void event_post(struct mach_event *ev, int cpu, uint64_t time);
void event_cancel(struct mach_event *ev);
static inline bool event_pending(const struct mach_event *ev)
{
	return !list_empty(&ev->entry);
}
void event_init(struct mach_event *ev, void (*fn)(struct mach_event *ev), void *arg);
uint64_t draw(struct cpu *c, enum mach_site site);	/* the next random number of @c at @site */
uint64_t draw_task(struct task *t, enum mach_site site);
uint64_t jittered(uint64_t ns, uint64_t chance);	/* @ns +- cfg.jitter, by the random number @chance */

/* ---- choice.c: only while mach.choosing is set ------------------------------------- */
int choice_boot(void);
void choice_stop(void);
uint64_t choice_level(enum mach_site site, uint64_t context, uint64_t ordinal, uint64_t hash);
uint64_t choice_stretched(enum mach_site site, uint64_t context, uint64_t *ordinal, uint64_t ns, bool only_later);
void choice_late(uint64_t ns);		/* emits that something with a time limit was delayed by @ns */
void choice_turn(bool relaxing);	/* @relaxing: the caller spins until another context makes progress */
void choice_preempt(void);
struct task *choice_pick(struct cpu *c, struct task *default_task);
int choice_place(struct task *t, int default_cpu, struct cpumask may);

/* ---- irq.c, softirq.c -------------------------------------------------------------- */
bool irqs_on(const struct cpu *c);
void irq_works_run(struct cpu *dying);	/* runs the calls that are on their way to it, before it goes offline */
void irq_works_deliver(struct cpu *c);	/* it is back: delivers the calls that waited for it */
void irqs_run(struct cpu *c);	/* delivers the events that are due, runs softirqs, reschedules */
void softirqs_run(struct cpu *c);
void raise_softirq_on_cpu(struct cpu *c, enum softirq_vec vec);

/* ---- sched.c ------------------------------------------------------------------------ */
void sched_boot_cpu(struct cpu *c);
bool sched_equal(struct cpu *c, const struct task *t, const struct task *default_task);	/* @t may as well run next */
unsigned int sched_load(const struct cpu *c);		/* runnable threads; 0 = idle */
void sched_block(bool preempted);			/* __schedule(): runs the next task; returns when this one runs again */
bool is_resched_event(const struct mach_event *ev);
int idle_main(void *cpu);
_Noreturn void task_main_end(void);
void sched_migrate_all(struct cpu *dead);
uint64_t exec_now(const struct task *t);

/* ---- timer.c, rcu.c, lockdep.c ------------------------------------------------------ */
void timer_boot(void);
void timers_look(struct cpu *c);		/* raises TIMER_SOFTIRQ if a timer is due; hardirq */
void timers_move(struct cpu *dead, struct cpu *to);
bool timers_have_future(const struct cpu *c);
void lockstep_rcu_boot(void);
void lockdep_start(bool on);			/* enables it with an empty graph, or disables it */

#endif
