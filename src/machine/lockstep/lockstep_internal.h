/*
 * machine/lockstep/lockstep_internal.h - calls between the files of lockstep mode.
 *
 * Everything here belongs to the holder of the baton.
 *
 * Lives here:   whose turn it is, events of a CPU, its contexts, its run queue, choices.
 * Never here:   the functions of mode.def (machine_internal.h declares them).
 * Read before:  docs/time.md.   Licence: MIT.
 */
#ifndef KW_MACHINE_LOCKSTEP_INTERNAL_H
#define KW_MACHINE_LOCKSTEP_INTERNAL_H

#include "machine/machine_internal.h"

/* the CPU of the baton's holder; NULL in the director */
static inline struct cpu *this_cpu(void)
{
	return mach_cur ? cpu_of(mach_cur) : NULL;
}

/* ---- baton.c: five functions over one of two ways (baton_internal.h) -------------------- */
void baton_adopt(struct task *t, enum mach_baton which);	/* the calling thread becomes @t (director) */
int baton_create(struct task *t);		/* a thread (parked or new) that will run @t; -EAGAIN */
void baton_switch(struct task *from, struct task *to);	/* returns when @from has it again */
_Noreturn void baton_exit(struct task *next);	/* the holder's task is over; @next goes on */
void baton_abort_all(void);			/* every task's thread goes back to its pool */

/* ---- dispatch.c ------------------------------------------------------------------ */
void dispatch_hooks(struct trace *t);
void dispatch(void);		/* give the baton to the earliest; returns when this CPU is */
void dispatch_exit(void) __attribute__((noreturn));
void give_way(void);		/* mach_sync() that is no choice point */
void horizon_at_most(uint64_t time);		/* someone else acts at @time at the latest */
void event_post(struct mach_event *ev, int cpu, uint64_t time);
void event_cancel(struct mach_event *ev);
static inline bool event_pending(const struct mach_event *ev)
{
	return !list_empty(&ev->entry);
}
void event_init(struct mach_event *ev, void (*fn)(struct mach_event *ev), void *arg);
uint64_t draw(struct cpu *c, enum mach_site site);	/* chance of this CPU */
uint64_t draw_task(struct task *t, enum mach_site site);
uint64_t jittered(uint64_t ns, uint64_t chance);	/* +-cfg.jitter */

/* ---- choice.c: all only while mach.choosing ---------------------------------------- */
int choice_boot(void);
void choice_stop(void);
uint64_t choice_level(enum mach_site site, uint64_t context, uint64_t ordinal, uint64_t hash);
uint64_t choice_stretched(enum mach_site site, uint64_t context, uint64_t *ordinal, uint64_t ns, bool only_later);
void choice_late(uint64_t ns);		/* something promised in a bounded time takes that much longer */
void choice_turn(bool relaxing);	/* @relaxing: the caller spins until another context makes progress */
void choice_preempt(void);
struct task *choice_pick(struct cpu *c, struct task *default_task);
int choice_place(struct task *t, int default_cpu, struct cpumask may);

/* ---- irq.c, softirq.c -------------------------------------------------------------- */
bool irqs_on(const struct cpu *c);
void irqs_run(struct cpu *c);	/* deliver what is due; softirqs; reschedule at its exit */
void softirqs_run(struct cpu *c);
void raise_softirq_on_cpu(struct cpu *c, enum softirq_vec vec);

/* ---- sched.c ------------------------------------------------------------------------ */
void sched_boot_cpu(struct cpu *c);
bool sched_equal(struct cpu *c, const struct task *t, const struct task *default_task);	/* @t may as well run next */
unsigned int sched_load(const struct cpu *c);		/* 0 = idle */
void sched_block(bool preempted);			/* __schedule */
bool is_resched_event(const struct mach_event *ev);
int idle_main(void *cpu);
_Noreturn void task_main_end(void);
void sched_migrate_all(struct cpu *dead);
uint64_t exec_now(const struct task *t);

/* ---- timer.c, rcu.c, lockdep.c ------------------------------------------------------ */
void timer_boot(void);
void timers_look(struct cpu *c);		/* hardirq: raise TIMER_SOFTIRQ if one is due */
void timers_move(struct cpu *dead, struct cpu *to);
bool timers_have_future(const struct cpu *c);
void lockstep_rcu_boot(void);
void lockdep_start(bool on);			/* a run begins, or ends (false) */

#endif
