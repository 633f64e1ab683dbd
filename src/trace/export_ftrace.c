/*
 * trace/export_ftrace.c - a trace in the format of the kernel's tracing directory.
 *
 *      kworker/2:0-34      [002] .....    99.224236: workqueue_execute_start: work struct ffffc90000835228: function reset
 *
 * Any program that reads /sys/kernel/tracing/trace can read the result: awk, Perfetto, or
 * a person who will look at a real machine next.  The four workqueue events are written
 * as their tracepoints print them, together with scheduling and interrupts, from which
 * viewers draw the tracks of CPUs.  Events that no kernel has are left out.
 *
 * Three values that a kernel has and we do not have are synthesized, always in the same
 * way: addresses (from the item's number), the need-resched flags (never set) and the
 * preemption depth (as measured at the same place of a real kernel).
 *
 * Lives here:   the text of ftrace, its header.
 * Never here:   other formats, meaning.   Rules: R12.12, R12.13, section 12.4.
 * Licence: MIT.
 */
#include "trace/export.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/cpumask.h"
#include "base/printable.h"
#include "base/strbuf.h"

struct ftrace_task {
	char comm[64];
	int prio;		/* in the scheduler's scale: 99 - rt_prio, 120 + nice */
};

struct ftrace {
	const struct trace_store *s;
	struct ftrace_task *tasks;
	size_t nr;
	uint32_t cpus;
	uint64_t lines;
	FILE *out;		/* NULL: count only */
};

static const struct ftrace_task *task_of(const struct ftrace *f, uint32_t id)
{
	static const struct ftrace_task unknown = { "<...>", 120 };

	return id < f->nr && f->tasks[id].comm[0] ? &f->tasks[id] : &unknown;
}

static bool is_idle(const struct ftrace_task *t)
{
	return strncmp(t->comm, "swapper/", 8) == 0;
}

static int note_task(struct ftrace *f, uint32_t id, const char *comm)
{
	if (id >= f->nr) {
		size_t nr = id + 64;
		struct ftrace_task *more = realloc(f->tasks, nr * sizeof(*more));

		if (!more)
			return -ENOMEM;
		memset(more + f->nr, 0, (nr - f->nr) * sizeof(*more));
		f->tasks = more;
		f->nr = nr;
	}
	snprintf(f->tasks[id].comm, sizeof(f->tasks[id].comm), "%s", comm);
	return 0;
}

static int prio_of(int nice, uint32_t rt_prio)
{
	return rt_prio ? 99 - (int)rt_prio : 120 + nice;
}

static int note(struct ftrace *f, const struct trace_event *ev)
{
	struct ev_TASK_RENAME name;
	struct ev_MACHINE machine;
	struct ev_TASK_PRIO prio;
	struct ev_TASK_NEW task;
	int err;

	if (trace_get_MACHINE(ev, &machine))
		f->cpus = machine.cpus;
	if (trace_get_TASK_RENAME(ev, &name))
		return note_task(f, name.task, name.comm);
	if (trace_get_TASK_PRIO(ev, &prio) && prio.task < f->nr)
		f->tasks[prio.task].prio = prio_of(prio.nice, prio.rt_prio);
	if (!trace_get_TASK_NEW(ev, &task))
		return 0;
	err = note_task(f, task.task, task.comm);
	if (!err)
		f->tasks[task.task].prio = prio_of(task.nice, task.rt_prio);
	return err;
}

/* ---- payloads -------------------------------------------------------------------------- */

static const char *name_of(const struct ftrace *f, enum trace_class cls, uint32_t id)
{
	const char *name = trace_store_name(f->s, cls, id);

	return name ? name : "?";
}

/* A synthetic address of an item, always the same for one item. */
static uint64_t address(uint32_t item)
{
	return UINT64_C(0xffff888100000000) + (uint64_t)item * 64;
}

static void put_work(const struct ftrace *f, const struct trace_event *ev, struct strbuf *out)
{
	struct ev_QUEUE_WORK queue;
	struct ev_ACTIVATE_WORK activate;
	struct ev_EXECUTE_START start;
	struct ev_EXECUTE_END end;

	if (trace_get_QUEUE_WORK(ev, &queue))
		strbuf_printf(out, "work struct=%016" PRIx64 " function=%s workqueue=%s req_cpu=%d cpu=%d",
			      address(queue.item), name_of(f, CLS_FUNC, queue.func), name_of(f, CLS_WQ, queue.wq),
			      queue.req_cpu < 0 ? CPUS_MAX : queue.req_cpu, queue.cpu);
	else if (trace_get_ACTIVATE_WORK(ev, &activate))
		strbuf_printf(out, "work struct %016" PRIx64 " function=%s ", address(activate.item),
			      name_of(f, CLS_FUNC, activate.func));
	else if (trace_get_EXECUTE_START(ev, &start))
		strbuf_printf(out, "work struct %016" PRIx64 ": function %s", address(start.item),
			      name_of(f, CLS_FUNC, start.func));
	else if (trace_get_EXECUTE_END(ev, &end))
		strbuf_printf(out, "work struct %016" PRIx64 ": function %s", address(end.item),
			      name_of(f, CLS_FUNC, end.func));
}

static void put_pid(const struct ftrace *f, const char *prefix, uint32_t id, struct strbuf *out)
{
	const struct ftrace_task *t = task_of(f, id);

	strbuf_printf(out, "%scomm=%s %spid=%" PRIu32 " %sprio=%d", prefix, t->comm, prefix,
		      is_idle(t) ? 0 : id, prefix, t->prio);
}

static void put_sched(const struct ftrace *f, const struct trace_event *ev, struct strbuf *out)
{
	static const char *const states[] = {
		[TSK_RUNNING] = "R", [TSK_SLEEPING] = "D", [TSK_IDLE] = "I", [TSK_DEAD] = "X",
		[TSK_PREEMPTED] = "R+",
	};
	struct ev_SCHED_SWITCH sw;
	struct ev_SCHED_WAKEUP wake;
	struct ev_SCHED_MIGRATE mig;

	if (trace_get_SCHED_SWITCH(ev, &sw)) {
		put_pid(f, "prev_", sw.prev, out);
		strbuf_printf(out, " prev_state=%s ==> ", is_idle(task_of(f, sw.prev)) || sw.prev_state > TSK_PREEMPTED
			      ? "R" : states[sw.prev_state]);
		put_pid(f, "next_", sw.next, out);
	} else if (trace_get_SCHED_WAKEUP(ev, &wake)) {
		put_pid(f, "", wake.task, out);
		strbuf_printf(out, " target_cpu=%03d", wake.target_cpu);
	} else if (trace_get_SCHED_MIGRATE(ev, &mig)) {
		put_pid(f, "", mig.task, out);
		strbuf_printf(out, " orig_cpu=%d dest_cpu=%d", mig.orig_cpu, mig.dest_cpu);
	}
}

static void put_irq(const struct ftrace *f, const struct trace_event *ev, struct strbuf *out)
{
	struct ev_SOFTIRQ_ENTRY soft;
	struct ev_SOFTIRQ_EXIT softx;
	struct ev_IRQ_ENTRY irq;
	struct ev_IRQ_EXIT irqx;
	uint32_t vec;

	if (trace_get_IRQ_ENTRY(ev, &irq)) {
		strbuf_printf(out, "irq=%" PRIu32 " name=%s", irq.line, name_of(f, CLS_LINE, irq.line));
	} else if (trace_get_IRQ_EXIT(ev, &irqx)) {
		strbuf_printf(out, "irq=%" PRIu32 " ret=%s", irqx.line, irqx.handled ? "handled" : "unhandled");
	} else if (trace_get_SOFTIRQ_ENTRY(ev, &soft) || trace_get_SOFTIRQ_EXIT(ev, &softx)) {
		vec = ev->kind == EV_SOFTIRQ_ENTRY ? soft.vec : softx.vec;
		strbuf_printf(out, "vec=%" PRIu32 " [action=%s]", vec, trace_softirq_name(vec));
	}
}

/* ---- lines -------------------------------------------------------------------------------- */

/* Events that a kernel has.  flags: in a thread, in a softirq, in a hard interrupt. */
static const struct ftrace_row {
	enum trace_kind kind;
	void (*payload)(const struct ftrace *f, const struct trace_event *ev, struct strbuf *out);
	const char *flags[3];
} rows[] = {
	{ EV_QUEUE_WORK, put_work, { "d..1.", "d.s2.", "d.h2." } },
	{ EV_ACTIVATE_WORK, put_work, { "d..1.", "d.s2.", "d.h2." } },
	{ EV_EXECUTE_START, put_work, { ".....", "..s..", "..h.." } },
	{ EV_EXECUTE_END, put_work, { ".....", "..s..", "..h.." } },
	{ EV_SCHED_SWITCH, put_sched, { "d..2.", "d..2.", "d..2." } },
	{ EV_SCHED_WAKEUP, put_sched, { "d..2.", "d.s3.", "d.h3." } },
	{ EV_SCHED_MIGRATE, put_sched, { "d..2.", "d.s3.", "d.h3." } },
	{ EV_IRQ_ENTRY, put_irq, { "d.h1.", "d.h1.", "d.h1." } },
	{ EV_IRQ_EXIT, put_irq, { "d.h1.", "d.h1.", "d.h1." } },
	{ EV_SOFTIRQ_ENTRY, put_irq, { "..s1.", "..s1.", "..s1." } },
	{ EV_SOFTIRQ_EXIT, put_irq, { "..s1.", "..s1.", "..s1." } },
};

static const struct ftrace_row *row_of(enum trace_kind kind)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].kind == kind)
			return &rows[i];
	return NULL;
}

/* Skips events of the director, which has no CPU and no thread. */
static int line(struct ftrace *f, const struct trace_event *ev)
{
	const struct ftrace_row *row = row_of(ev->kind);
	const struct ftrace_task *t = task_of(f, ev->task);
	unsigned int context = ev->ctx == CTX_HARDIRQ ? 2 : ev->ctx == CTX_SOFTIRQ ? 1 : 0;
	STRBUF(payload, 400);
	STRBUF(text, 600);

	if (!row || ev->cpu == TRACE_NO_CPU || ev->ctx == CTX_DIRECTOR)
		return 0;
	f->lines++;
	if (!f->out)
		return 0;
	row->payload(f, ev, &payload);
	strbuf_printf(&text, "%16.16s-%-7" PRIu32 " [%03d] %s %5" PRIu64 ".%06" PRIu64 ": %s: %s\n",
		       is_idle(t) ? "<idle>" : t->comm, is_idle(t) ? 0 : ev->task, ev->cpu, row->flags[context],
		       ev->time / 1000000000, ev->time / 1000 % 1000000, trace_rows[ev->kind].name,
		       payload.buf);
	printable_write(f->out, text.buf, text.len);
	return ferror(f->out) ? -EIO : 0;
}

static int all_lines(struct ftrace *f)
{
	struct trace_event ev;
	int err = 0;

	for (uint64_t n = 1; !err && trace_store_event(f->s, n, &ev); n++) {
		err = note(f, &ev);
		if (!err)
			err = line(f, &ev);
	}
	return err;
}

static void header(const struct ftrace *f, uint64_t lines)
{
	fprintf(f->out, "# tracer: nop\n#\n# entries-in-buffer/entries-written: %" PRIu64 "/%" PRIu64 "   #P:%" PRIu32 "\n#\n",
		lines, lines, f->cpus);
	fputs("#                                _-----=> irqs-off/BH-disabled\n"
	      "#                               / _----=> need-resched\n"
	      "#                              | / _---=> hardirq/softirq\n"
	      "#                              || / _--=> preempt-depth\n"
	      "#                              ||| / _-=> migrate-disable\n"
	      "#                              |||| /     delay\n"
	      "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION\n"
	      "#              | |         |   |||||     |         |\n", f->out);
}

int trace_export_ftrace(const struct trace_store *s, FILE *out)
{
	struct ftrace f = { .s = s };
	int err = all_lines(&f);	/* first pass: the header contains the number of lines */

	if (!err) {
		f.out = out;
		header(&f, f.lines);
		err = all_lines(&f);
	}
	free(f.tasks);
	return err;
}
