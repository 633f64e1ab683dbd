/*
 * model/query.h - queries on a trace: matching events, and causes.
 *
 * A pattern is a small tree, owned by the caller.  Its leaves describe an event; the other
 * nodes combine them.
 *
 *   QUERY_EVENT    an event like this (every constraint that is set must hold)
 *   QUERY_EITHER   a or b                                       p + q
 *   QUERY_BOTH     the event matches a and also b               p:on(2), p:with(f)
 *   QUERY_NTH      only the n-th match of a                     p:nth(2)
 *   QUERY_AFTER    matches of a after the first match of b      p:after(q)
 *   QUERY_BEFORE   matches of a before the first match of b     p:before(q)
 *
 * NTH, AFTER and BEFORE depend on earlier events, so matching is a scan: it sees each event
 * once, in order, from its start ("from now on" for run_until).  Patterns and the data
 * that they point to must outlive their scans.
 *
 *   struct query_pattern p = query_event();
 *   uint32_t item = 7;
 *   query_kind(&p, EV_EXECUTE_START);
 *   query_thing(&p, CLS_ITEM, &item, 1);
 *   n = query_first(store, &p, 1, store->nr);
 *
 * Lives here:   matching, counting, happened-before.
 * Never here:   state at a time (model.h), verdicts (lua/), rules (invariant.h).
 * Licence: MIT.
 */
#ifndef KW_MODEL_QUERY_H
#define KW_MODEL_QUERY_H

#include "trace/trace.h"

#define QUERY_KIND_WORDS ((EV_NR + 63) / 64)
#define QUERY_THINGS_MAX 4
#define QUERY_FIELDS_MAX 8
#define QUERY_NODES_MAX 64	/* per tree */

enum query_op { QUERY_EVENT, QUERY_EITHER, QUERY_BOTH, QUERY_NTH, QUERY_AFTER, QUERY_BEFORE };

/*
 * One of these ids is in the event: in the field named @field, or in any field of that
 * class if @field is NULL.  CLS_WQ also looks through a pwq field to its workqueue, CLS_POOL
 * through a pwq field to its pool.
 */
struct query_thing {
	enum trace_class cls;
	const char *field;
	const uint32_t *ids;
	uint32_t nr_ids;	/* 0 = matches nothing */
};

enum query_cmp {
	QUERY_EQ, QUERY_NE, QUERY_LT, QUERY_LE, QUERY_GT, QUERY_GE,	/* .num */
	QUERY_TEXT,	/* the field's text, or the name of the field's id, equals .text */
	QUERY_HAS	/* ... contains .text */
};

struct query_field {
	const char *name;	/* a field of the row; a row without it does not match */
	enum query_cmp cmp;
	int64_t num;
	const char *text;
};

struct query_pattern {
	enum query_op op;
	/* QUERY_EVENT */
	uint64_t kinds[QUERY_KIND_WORDS];	/* a set; empty = any kind */
	struct query_thing things[QUERY_THINGS_MAX];	/* all must hold */
	uint32_t nr_things;
	struct query_field fields[QUERY_FIELDS_MAX];	/* all must hold */
	uint32_t nr_fields;
	int cpu;				/* head's CPU; -1 = any */
	int ctx;				/* head's enum trace_ctx; -1 = any */
	const uint32_t *tasks;			/* head's thread is one of these */
	uint32_t nr_tasks;			/* 0 = any thread */
	uint64_t after_n, before_n;		/* event number in (after_n, before_n); 0 = open */
	uint64_t after_ns, before_ns;		/* time > after_ns, < before_ns; 0 = open */
	bool (*with)(void *arg, const struct trace_event *ev);	/* called last; NULL = true */
	void *with_arg;
	/* the other nodes */
	const struct query_pattern *a, *b;
	uint64_t nth;				/* from 1 */
};

/* A leaf that matches every event. */
struct query_pattern query_event(void);
void query_kind(struct query_pattern *p, enum trace_kind kind);
/* -ENOSPC if the leaf is full.  @ids is borrowed. */
int query_thing(struct query_pattern *p, enum trace_class cls, const uint32_t *ids, uint32_t nr_ids);
int query_field_num(struct query_pattern *p, const char *field, enum query_cmp cmp, int64_t num);
int query_field_text(struct query_pattern *p, const char *field, enum query_cmp cmp, const char *text);
/* True if @ev matches leaf @p, without regard to earlier events. */
bool query_leaf_matches(const struct query_pattern *p, const struct trace_store *s,
			const struct trace_event *ev);

/* ---- scanning ------------------------------------------------------------------ */

struct query_scan {
	const struct query_pattern *pattern;
	const struct trace_store *store;	/* names and pwqs; may be behind the event being matched */
	uint32_t nr_nodes;
	uint64_t seen[QUERY_NODES_MAX];		/* matches of each node so far, in pre-order */
};

/* 0, or -E2BIG for more than QUERY_NODES_MAX nodes. */
int query_scan_init(struct query_scan *q, const struct query_pattern *p, const struct trace_store *s);
/* Matches the next event.  An event that is not in the log yet (run_before) is
 * passed in the same way, and not again once it is. */
bool query_scan_step(struct query_scan *q, const struct trace_event *ev);

/*
 * Matches among the events from..to, both included, that are in the store; nth() and
 * after() count from @from.  Return: number of an event, 0 = none.
 */
uint64_t query_first(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to);
uint64_t query_last(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to);
uint64_t query_nth(const struct trace_store *s, const struct query_pattern *p, uint64_t nth, uint64_t from, uint64_t to);
uint64_t query_count(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to);
/* Stores at most @max numbers in @out.  Return: number of all matches. */
uint64_t query_all(const struct trace_store *s, const struct query_pattern *p, uint64_t from, uint64_t to,
		   uint64_t *out, uint64_t max);

/* ---- happened before ------------------------------------------------------------ */

/*
 * True if event @a led to event @b: a chain goes from b back to a whose every step is a
 * cause or "earlier in the same thread (or the same CPU's interrupt, softirq; or the
 * director)".  a == b: false.
 */
bool query_happens_before(const struct trace_store *s, uint64_t a, uint64_t b);
/* True if @a is among b's causes, their causes, and so on. */
bool query_caused(const struct trace_store *s, uint64_t a, uint64_t b);

/* ---- names ------------------------------------------------------------------------- */

/*
 * The ids of @cls whose name is @name, ascending; @owner != 0: only those with that owner
 * in their DEF.  Stores at most @max in @out.  Return: number of all.
 */
uint32_t query_named(const struct trace_store *s, enum trace_class cls, const char *name, uint32_t owner,
		     uint32_t *out, uint32_t max);

#endif
