/*
 * conform/record.h - the record of one run of a scenario: the data that facts are about.
 *
 * Runs of items, calls and returns of steps, lines of the kernel log, numbers of workers:
 * all have a time since t=0 and a place in one order.  record_trace.c makes it from a
 * trace by replaying the model.  A test makes one from the event log of a real kernel,
 * so the same code judges both.
 *
 * Lives here:   the record, and lookups in it.
 * Never here:   the engine, forms of facts (facts.h).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_RECORD_H
#define KW_CONFORM_RECORD_H

#include "base/cpumask.h"
#include "conform/kws.h"

struct model;
struct strbuf;
struct trace_event;
struct trace_store;

enum rec_exec { EXEC_PERCPU, EXEC_HIGHPRI, EXEC_UNBOUND, EXEC_UNBOUND_HIGHPRI, EXEC_RESCUER, EXEC_BH, EXEC_NR };
extern const char *const rec_exec_names[EXEC_NR];

#define REC_THREAD 96

/* wq_monitor's counters of a workqueue, with the names of its JSON form. */
enum rec_counter {
	REC_STARTED, REC_COMPLETED, REC_CPU_TIME, REC_CPU_INTENSIVE, REC_CM_WAKEUP, REC_REPATRIATED, REC_MAYDAY,
	REC_RESCUED, REC_COUNTERS
};
struct rec_counter_row {
	const char *name;
	bool soft;		/* depends on the scheduler's time slices */
};
extern const struct rec_counter_row rec_counters[REC_COUNTERS];

struct rec_point {
	int64_t ns;		/* since t=0 */
	uint64_t n;		/* place in the order of events; 0 = never happened */
};

struct rec_run {
	int item;		/* index of its declaration */
	unsigned int k;		/* run number, from 1 */
	int wq;			/* index of its workqueue's declaration */
	struct rec_point start, end;
	int cpu_start, cpu_end;
	uint32_t task, worker, pool;
	int pool_cpu;		/* -1 = unbound */
	enum rec_exec exec;
	bool has_allowed;	/* the next two are valid */
	struct cpumask allowed;
	int nice;
	char thread[REC_THREAD];	/* "kworker/1:0+q0", as ps shows it at the end; "" for a bottom half */
	size_t last_call;	/* its latest call + 1 in the record's list; 0 = none */
};

struct rec_who {
	int decl;		/* actor or item, -1 = not of the scenario */
	unsigned int k;		/* run, for an item */
};

struct rec_call {
	struct rec_who who;
	const char *step;	/* as written; borrowed from the scenario */
	enum kws_op op;
	unsigned int nth;	/* number of this call among equal ones of the same caller, from 1 */
	uint32_t task;
	struct rec_point call, ret;
	bool has_value, hardirq, softirq;
	int64_t value;
	size_t prev;		/* the previous call by the same caller + 1; 0 = none */
};

struct rec_text {		/* a census, a sysfs file's text, a line of the kernel log */
	struct rec_who who;
	struct rec_point at;
	char *text;		/* owned */
};

struct rec_texts {
	struct rec_text *v;
	size_t nr, cap;
};

#define REC_POOLS_MAX 64
struct rec_workers {		/* workers of a kind of pool, before and after */
	char pool[16];		/* "cpu1", "cpu1H", "unbound" */
	unsigned int before, after;
};

struct record {
	const struct kws *k;	/* borrowed */
	bool timeout;
	struct rec_run *runs;
	size_t nr_runs, cap_runs;
	struct rec_call *calls;
	size_t nr_calls, cap_calls;
	unsigned int nr_runs_of[KWS_DECLS_MAX];
	size_t last_call[KWS_DECLS_MAX];	/* of an actor + 1 */
	struct rec_texts census, sysfs, log;
	struct rec_workers workers[REC_POOLS_MAX];
	size_t nr_workers;
	int busy[KWS_DECLS_MAX];	/* items at the end: work_busy() bits */
	uint64_t counter[KWS_DECLS_MAX][REC_COUNTERS];	/* of workqueues at the end */
	bool counted[KWS_DECLS_MAX];	/* the row above is valid: the workqueue exists at the end */
	bool unfinished[KWS_DECLS_MAX];	/* items at the end that are busy, actors that have not ended */
	bool no_memory;			/* the record is incomplete */
	bool misuse;			/* an active item was freed or initialized again: guarantees do not hold */
};

void record_init(struct record *r, const struct kws *k);
void record_fini(struct record *r);

/* ---- filling it ---------------------------------------------------------------- */
struct rec_run *record_start(struct record *r, int item, struct rec_point at);
struct rec_call *record_call(struct record *r, struct rec_who who, int step, struct rec_point at);
/* The latest call of that step by @who that has not returned, or NULL. */
struct rec_call *record_open_call(struct record *r, struct rec_who who, const char *step);
/* The open run of that item on that task, else its latest open run, or NULL. */
struct rec_run *record_running(struct record *r, int item, uint32_t task);
void record_text(struct rec_texts *to, struct rec_who who, struct rec_point at, const char *text);
struct rec_workers *record_workers(struct record *r, const char *pool);
/* Index of a step with that text, or -1. */
int record_step(const struct kws *k, const char *text);

/*
 * record_trace - make the record of a run from its trace
 * @s:  polled to the end; must hold the runner's marks (conform_internal.h)
 * Return: 0, -ENOMEM, -EBADMSG: the trace contradicts itself; @err has the place.
 */
int record_trace(struct record *r, const struct kws *k, const struct trace_store *s, char *err, size_t err_size);

/*
 * The same work event by event, for a caller that already has a model: call
 * record_event() after the model has applied each event.  record_open() is NULL without
 * memory.  record_close() takes the model's first contradiction before record_ended(),
 * 0 = none, and returns the value of record_trace().
 */
struct record_reader;
struct record_reader *record_open(struct record *r, const struct kws *k, const struct trace_store *s);
void record_event(struct record_reader *rd, const struct model *m, const struct trace_event *ev);
bool record_ended(const struct record_reader *rd);	/* the scenario is over: later events are ignored */
int record_close(struct record_reader *rd, uint64_t fault_n, const char *fault, char *err, size_t err_size);

/* ---- lookups ------------------------------------------------------------------- */
const struct rec_run *record_run(const struct record *r, int item, unsigned int k);
const struct rec_call *record_nth_call(const struct record *r, struct rec_who who, const char *step, unsigned int nth);
unsigned int record_runs_of(const struct record *r, int item);
/* The caller on task @task at @at: a run if one is open there, else an actor. */
struct rec_who record_who_at(const struct record *r, uint32_t task, struct rec_point at);
void record_who_name(const struct record *r, struct rec_who who, struct strbuf *out);
static inline bool rec_before(struct rec_point a, struct rec_point b)
{
	return a.n && b.n && a.n < b.n;
}
/* Largest number of runs accepted by @match that are open at one time. */
unsigned int record_max_open(const struct record *r, bool (*match)(const struct rec_run *run, const void *arg),
			     const void *arg);
/* Time that both were open, ns; 0 if never. */
int64_t record_overlap(const struct rec_run *a, const struct rec_run *b);

#endif
