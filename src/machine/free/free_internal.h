/*
 * machine/free/free_internal.h - calls between the files of free mode.
 *
 * In free mode each task runs on a real thread, and a virtual CPU is a label of the task.  The
 * functions here are grouped by the file that defines them.  Code outside of src/machine/free/
 * uses machine.h and kapi.h.
 *
 * Lives here:   tasks and threads of the host, labels, timers, sampling, bottom halves, the log.
 * Never here:   the functions of mode.def (machine_internal.h declares them).
 * Licence: MIT.
 */
#ifndef KW_MACHINE_FREE_INTERNAL_H
#define KW_MACHINE_FREE_INTERNAL_H

#include "machine/machine_internal.h"

/* ---- task.c ------------------------------------------------------------------------------- */
static inline struct task *free_self(void)	/* the caller's task, NULL if it has none in this run */
{
	return likely(mach_self.run == mach_free_runs) ? mach_self.task : NULL;
}
void free_adopt(struct task *t);	/* the caller becomes @t */
void free_task_main(struct task *t);	/* the caller becomes @t and runs its function */
void free_tasks_stay(bool on);		/* between true and false no task is freed */
void free_tasks_start(void);
void free_tasks_end(void);		/* wakes all threads and joins them */
void free_tasks_stop(void);
void free_pause(void);			/* for a spinning loop */

/* ---- cpu.c: the virtual CPU of a task is a label ---------------------------------------------------- */
int free_label(const struct task *t);
void free_set_label(struct task *t, int cpu);
int free_relabel(struct task *t);	/* changes the label if it is offline or not allowed; returns it */

/* ---- host.c: the threads of the host -------------------------------------------------------- */
void free_hosts_start(void);
void free_hosts_stop(void);
void free_host_go(struct task *t);
void free_host_join(struct task *t);
uv_thread_t free_host_thread(const struct task *t);
void free_host_forget(struct task *t);

/* ---- pin.c ---------------------------------------------------------------------------------- */
void free_pin_start(void);
void free_pin(const struct task *t);	/* sets the affinity of the calling thread */
void free_short_turns(void);		/* shortens the time slice of the calling thread */

/* ---- timer.c, watch.c ----------------------------------------------------------------------- */
int free_timers_start(void);
void free_timers_stop(void);
void free_stir(void);			/* a worker was woken, or runs again: resume sampling */
uint64_t free_sample(void);		/* samples the workers; returns ns to the next call, NS_NEVER */
void free_sample_forget(struct task *t);

/* ---- softirq.c ------------------------------------------------------------------------------ */
void free_softirq_start(void);
void free_softirq_close(void);
void free_softirq_stop(void);
void free_softirq_retry(void);
void free_softirq_hold(int cpu, bool on);
void free_softirq_moved(int cpu);
_Noreturn void free_bottom_half_slept(const char *what);

/* ---- rcu.c, trace.c ------------------------------------------------------------------------- */
void free_rcu_boot(void);
int free_trace_start(void);		/* no effect without a trace */
void free_trace_stop(void);

#endif
