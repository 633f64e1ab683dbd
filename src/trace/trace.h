/*
 * trace/trace.h - the event vocabulary, the emitter, and the log that readers index.
 *
 * Writers (machine, workqueue, lua) call  TRACE(KICK, .pool = p->id, .worker = w->id)
 * and know nothing of readers.  Readers (model, visualizer, checks, exporters) see
 * struct trace_event and never a structure of the engine: events carry small ids, no
 * pointers and no wall-clock time.
 *
 * An event in bytes (little-endian, padded to 8):
 *
 *    0  u16 exact length, without padding 8  u64 virtual time in ns
 *    2  u16 kind (enum trace_kind)       16  u64 cause: number of an event, 0 none
 *    4  u8  cpu, 255 none                24  the row's fields, in table order
 *    5  u8  context, bit 7 = has a why    .  then, with a why: u32 predicate, 4 x i32 values
 *    6  u16 task (id of the thread)
 *
 * u32/i32/bool/id take 4 bytes, u64/ns/mask 8 (4-aligned), ids a u32 count and
 * count x u32, text a u32 length, the bytes and a NUL, padded to 4.  A reader skips
 * unknown kinds, and bytes after the fields that it knows.
 * Events are numbered from 1 in the order of the log.
 *
 * Lives here:   the vocabulary, emitting, reading one event, the log in memory.
 * Never here:   the meaning of events (model/), files (kwt.c), other formats (export_*.c).
 * Licence: MIT.
 */
#ifndef KW_TRACE_TRACE_H
#define KW_TRACE_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "events are written little-endian");

/* ---- vocabulary ---------------------------------------------------------- */

enum trace_level { TRACE_STORY, TRACE_DETAIL, TRACE_MACHINE, TRACE_LEVEL_NR };

#define F(type, name)
#define EV(ID, name, level, fields, meaning) EV_##ID,
enum trace_kind {
	EV_NONE,
#include "trace/trace_events.def"
	EV_NR
};
#undef EV
#undef F

#define WHY(ID, name, a, b, c, d, ret_yes, ret_no, yes, no) WHY_##ID,
enum trace_why_id {
#include "trace/trace_why.def"
	WHY_NR
};
#undef WHY

/* The class of an id (DEF events, name lookup). */
enum trace_class {
	CLS_NONE, CLS_ITEM, CLS_WQ, CLS_PWQ, CLS_POOL, CLS_WORKER, CLS_TASK, CLS_FUNC,
	CLS_LINE, CLS_OBJ, CLS_FN /* aux: TRACE_FN_BOOL */, CLS_LOCK, CLS_CPU /* id: number + 1; needs no def */,
	CLS_SOURCE /* text of a lesson's function, a row a line; aux: file line of row 1; owner: CLS_FUNC of a work function */, CLS_NR
};

#define TRACE_SOURCE_ONE_LINE (1u << 31)	/* in .aux of a source: its rows are statements of one line */
#define TRACE_SOURCE_FILE_SHIFT 24	/* above the line: number of the student's file, 0 = the lesson's own */
#define TRACE_SOURCE_LINE(aux) ((aux) & ((1u << TRACE_SOURCE_FILE_SHIFT) - 1))
#define TRACE_SOURCE_FILE(aux) ((aux) >> TRACE_SOURCE_FILE_SHIFT & 31)
#define TRACE_FN_BOOL 1u	/* .aux of a function that returns true or false; recordings from before have 0 */

enum trace_ctx { CTX_TASK, CTX_SOFTIRQ, CTX_HARDIRQ, CTX_DIRECTOR, CTX_NR };

enum trace_task_state { TSK_RUNNING, TSK_SLEEPING, TSK_IDLE, TSK_DEAD, TSK_PREEMPTED };

enum trace_bug {
	BUG_ATOMIC_SLEEP = 1,	/* a function that sleeps was called in atomic context */
	BUG_USE_AFTER_FREE, BUG_FREE_ACTIVE, BUG_UNLOADED_CODE, BUG_LEAK,
	BUG_LOCK_RECURSION, BUG_LOCK_CYCLE, BUG_LOCK_LEAK, BUG_WQ_WARN, BUG_WAIT_CYCLE,
	BUG_DOUBLE_FREE,
	BUG_LOCK_ORDER,		/* locks of the engine taken in an order against R1.18 */
	BUG_REQUEUE_STORM,	/* an item ran more often than its exercise allows: the run ends */
	BUG_NR
};

/* .owner of a CLS_LOCK name: the item that completes it, 0 = unknown.  .aux: the kind of lock.  SLEEPING: from a recording made before there were kinds. */
enum trace_lock_kind { LOCK_KIND_SPIN, LOCK_KIND_SLEEPING, LOCK_KIND_MUTEX, LOCK_KIND_COMPLETION };

/* Kinds of questions; trace_asks[] has their rows. */
#define ASK_KIND(ID, name, form) ASK_##ID,
enum trace_ask {
#include "trace/trace_ask.def"
	ASK_NR
};
#undef ASK_KIND

/* How a question is answered: the front ends and the judge go by the form. */
enum trace_ask_form {
	FORM_ONE,	/* one of the choices */
	FORM_SEVERAL,	/* any number of the choices, none included */
	FORM_ORDER,	/* all choices, in an order */
	FORM_NUMBER,
	FORM_WORDS,	/* the student's own words: never right or wrong */
	FORM_PICK,	/* things of the run, by name; events and lines by number */
};

/* QUESTION_TEXT.part.  FEEDBACK, WHY and RULE belong to the verdict, CARD_ID to a card, the others to the question. */
enum trace_question_part {
	PART_UNIT = 1,		/* of a number */
	PART_SHORT,		/* the question in a few words, for lists */
	PART_CHOICE_ID,		/* the id that inputs and answers name choice .index by */
	PART_FEEDBACK,		/* feedback to this answer; .index: of that choice, or LESSON_WRONG_FROM + place in wrong = */
	PART_WHY,		/* the author's explanation; of FORM_WORDS: the author's answer */
	PART_RULE,		/* number of the rule behind it, "R4.3" */
	PART_CARD_ID,		/* the id of card .index; .question is 0 */
	PART_WITHIN,		/* a number is right within this distance; none: 0 */
	PART_MOVES,		/* "yes": the right answer may differ between schedules */
	PART_WORLD_SHOWS,	/* "threads": the number that the world of choice .index shows first */
	PART_WORLD_AT_END,	/* the world of choice .index shows what a later question asks */
	PART_CARD_PRESS,	/* card .index asks for interrupts by hand: they are inputs of the run */
	PART_PICK,		/* "event", "item", "worker", "cpu" or "line": the things that can be picked; .index: how many of them */
	PART_PICK_ORDERED,	/* "yes": they are picked in their order */
	PART_PICK_STORY,	/* "yes": every event of the story since the lesson began can be picked */
	PART_CANDIDATE,		/* thing .index that can be picked: the word that inputs name it by, newline, its text */
	PART_REPORT,		/* title of the report whose lines can be picked; .index: lines of its heading */
	PART_REPORT_LINE,	/* line .index of it */
	PART_TRIES,		/* .index: number of tries at most */
	PART_POINTS,		/* .index: half points for a right answer at the first try; for a prediction that was made */
	PART_HINT_COST,		/* .index: half points less for each hint */
	PART_REPORT_NAME,	/* "fn2=w0": a name of the report, and of the same thing in the run */
	PART_NR
};

enum trace_result { RESULT_WRONG, RESULT_RIGHT, RESULT_NONE /* FORM_WORDS: not judged */ };

/* ---- exercises ---- */

enum trace_exercise_kind {
	EXERCISE_PREDICT = 1, EXERCISE_OBSERVE, EXERCISE_CONFIGURE, EXERCISE_REPAIR, EXERCISE_SCHEDULER, EXERCISE_DUMP,
	EXERCISE_KINDS
};

/* EXERCISE_TEXT.part.  Those from XPART_HINT on are only in a run that reads the exercise and plays nothing; hints are in a scheduler exercise too. */
enum trace_exercise_part {
	XPART_FILE = 1,		/* name of the student's file .index */
	XPART_FILE_TEXT,	/* the next piece of its text */
	XPART_FILE_FAULT,	/* the fault of file .index, "FILE:LINE: sentence"; .index 0 = of the whole run */
	XPART_SET,		/* setting .index, "NAME=VALUE", as this run has it */
	XPART_VALUE,		/* "NAME=VALUE" that .check measured */
	XPART_HINT,		/* hint .index */
	XPART_WHY,
	XPART_SETTING,		/* field of the form: NAME, kind, values, least, most and default, a line each */
	XPART_CHECK_FILE,	/* .check needs this file; without any, it needs all */
	XPART_HARMLESS,
	XPART_AFTER,		/* file, halves, depth and prompt of the second part, a line each */
	XPART_PAR,
	XPART_REPORT,		/* the report that a dump exercise shows */
	XPART_MAP,		/* "NAME=NAME": a name of the report, and of the same thing in the run */
	XPART_NR
};

enum trace_check_form {
	CHECK_TEST = 1, CHECK_NEVER, CHECK_EVENTUALLY, CHECK_WITHIN, CHECK_ORDER, CHECK_ONCE, CHECK_GOAL, CHECK_REACH,
	CHECK_AFTER,
	CHECK_FORMS
};

/* Why a thing of you_pick{} cannot go on. */
enum trace_cannot {
	CANNOT_NOT,		/* it can */
	CANNOT_ENDED,		/* its function has returned */
	CANNOT_ASLEEP,		/* it waits in a call or sleeps */
	CANNOT_NOT_QUEUED,
	CANNOT_ARMED,		/* its timer runs */
	CANNOT_NO_WORKER,	/* on the worklist, and no worker is on its way to it */
	CANNOT_INACTIVE,	/* it waits for max_active */
	CANNOT_USED_UP,		/* an interrupt: none left */
	CANNOT_NR
};

/* How much a student is shown of a failing check. */
enum trace_check_show { CHECK_SHOW_FULL = 1, CHECK_SHOW_FIRST, CHECK_SHOW_VERDICT, CHECK_SHOW_NONE };

/* CHECKED_CANNOT: a fault of the student's file, or of the scene, ended the run before the check could judge it. */
enum trace_check_result { CHECKED_FAILS, CHECKED_HOLDS, CHECKED_CANNOT };

/* Bits of CENSUS_ITEM.state, below (pool + 1) << 8. */
enum trace_item_state {
	ITEM_PENDING = 1, ITEM_QUEUED = 2, ITEM_INACTIVE = 4, ITEM_RUNNING = 8, ITEM_TIMER = 16
};

/* How a field is stored and shown. */
enum trace_type {
	TY_u32, TY_i32, TY_u64, TY_bool, TY_ns, TY_mask,
	TY_item, TY_wq, TY_pwq, TY_pool, TY_worker, TY_task, TY_func, TY_line, TY_obj,
	TY_ids, TY_text
};

struct trace_ids {
	const uint32_t *v;	/* borrowed; 4-aligned in the log after decoding */
	uint32_t n;
};

#define TRACE_C_u32 uint32_t
#define TRACE_C_i32 int32_t
#define TRACE_C_u64 uint64_t
#define TRACE_C_bool uint32_t
#define TRACE_C_ns uint64_t
#define TRACE_C_mask uint64_t
#define TRACE_C_item uint32_t
#define TRACE_C_wq uint32_t
#define TRACE_C_pwq uint32_t
#define TRACE_C_pool uint32_t
#define TRACE_C_worker uint32_t
#define TRACE_C_task uint32_t
#define TRACE_C_func uint32_t
#define TRACE_C_line uint32_t
#define TRACE_C_obj uint32_t
#define TRACE_C_ids struct trace_ids
#define TRACE_C_text const char *

/* One struct per row: struct ev_QUEUE_WORK { uint32_t item; ... }. */
#define F(type, name) TRACE_C_##type name;
#define EV(ID, name, level, fields, meaning) struct ev_##ID { fields };
#include "trace/trace_events.def"
#undef EV
#undef F

struct trace_field {
	const char *name;
	enum trace_type type;
};

struct trace_row {
	const char *id;		/* "QUEUE_WORK" */
	const char *name;	/* "workqueue_queue_work" */
	enum trace_level level;
	unsigned int nr_fields;
	const struct trace_field *fields;
	const char *meaning;
};

extern const struct trace_row trace_rows[EV_NR];

/*
 * Offsets of a row's fields, for readers of many events.  All fields before the first
 * ids or text field have the same offset in every event of a kind.
 */
#define TRACE_FIELDS_MAX 24
struct trace_layout {
	uint16_t fixed;			/* bytes of the fields with a fixed offset */
	uint8_t nr_fixed;		/* number of such fields */
	uint8_t nr_ids;
	bool all_fixed;			/* these are all fields of the row */
	uint8_t at[TRACE_FIELDS_MAX];
	struct {
		uint8_t cls, at;	/* enum trace_class */
	} id[TRACE_FIELDS_MAX];		/* the ids among them */
	uint8_t of[CLS_NR];		/* offset of the field named as its class ("item", "pool"), plus 1; 0 = the row has none */
};

extern const struct trace_layout *const trace_layouts;	/* [EV_NR], filled before main() */

struct trace_why_row {
	const char *name;		/* the kernel's function */
	const char *values[4];		/* labels, "" = unused */
	const char *returned[2];	/* for the decision no, yes; "" = it returns nothing */
	const char *yes, *no;		/* reasons with {1}..{3} */
};

extern const struct trace_why_row trace_why_rows[WHY_NR];

const char *trace_level_name(enum trace_level level);
const char *trace_class_name(enum trace_class cls);
const char *trace_ctx_name(enum trace_ctx ctx);
const char *trace_softirq_name(uint32_t vec);	/* "TIMER", as in /proc/softirqs */
const char *trace_bug_name(enum trace_bug kind);	/* "use-after-free" */

struct trace_ask_row {
	const char *name;	/* the field of ask{} and predict{} that makes a question one of this kind */
	enum trace_ask_form form;
};
extern const struct trace_ask_row trace_asks[ASK_NR];

/* Is @kind one of the lesson's own (cards, questions, verdicts, its end), not the machine's? */
bool trace_is_lesson(unsigned int kind);
/* Is @kind a verdict: JUDGED, or an old recording's VERDICT? */
bool trace_is_verdict(unsigned int kind);
/* Kind by table name ("kick_pool"), or EV_NONE. */
enum trace_kind trace_kind_by_name(const char *name);
/* Hash of the whole table; every recording stores it. */
uint64_t trace_table_hash(void);

/* ---- one event, for readers ------------------------------------------------ */

#define TRACE_NO_CPU 255
#define TRACE_HEAD_BYTES 24
#define TRACE_CTX_WHY 0x80
#define TRACE_EVENT_BYTES_MAX 8192	/* a writer splits longer text into chunks */
#define TRACE_TEXT_BYTES_MAX 4096	/* of one text field, without the NUL; longer text is cut at a UTF-8 boundary */

struct trace_why {
	uint32_t pred;		/* enum trace_why_id; WHY_NONE = no why */
	int32_t v[4];
};

struct trace_event {
	uint64_t n;		/* number, from 1 */
	uint64_t time;		/* virtual ns */
	uint64_t cause;		/* number of the event that caused it, 0 = none */
	uint16_t kind;
	uint16_t task;		/* id of the thread on whose stack it happened, 0 = none */
	uint8_t cpu;		/* TRACE_NO_CPU = none (director) */
	uint8_t ctx;		/* enum trace_ctx */
	uint16_t size;		/* bytes of the fields, without the why */
	const uint8_t *data;	/* the fields; borrowed from the log */
	struct trace_why why;
};

/* A field's value by position; text/ids point into the log. */
struct trace_value {
	enum trace_type type;
	int64_t num;		/* all number-like types; u64 as its bits */
	struct trace_ids ids;
	const char *text;
	uint32_t text_len;
};

/*
 * trace_event_decode - decode the bytes of one event
 * Return: its whole length (a multiple of 8), 0 if more bytes are needed,
 *         -EBADMSG if these bytes cannot be an event.  Checks the bounds of every known
 *         field and the NUL after each text, so that typed getters need no checks.
 * Context: any; no locks, no memory.
 */
int trace_event_decode(const uint8_t *bytes, size_t avail, uint64_t n, struct trace_event *out);
bool trace_event_field(const struct trace_event *ev, unsigned int index, struct trace_value *out);
/* By field name; false if the row has no such field. */
bool trace_event_get(const struct trace_event *ev, const char *field, struct trace_value *out);
enum trace_class trace_type_class(enum trace_type type);	/* TY_item -> CLS_ITEM; CLS_NONE */

/* The field named as its class, of a kind that this program knows: trace_event_get(ev, "item") without a search. */
static inline bool trace_event_id(const struct trace_event *ev, enum trace_class cls, uint32_t *id)
{
	uint8_t of = trace_layouts[ev->kind].of[cls];

	if (of)
		memcpy(id, ev->data + of - 1, sizeof(*id));
	return of;
}

/* ---- typed getters: bool trace_get_QUEUE_WORK(const struct trace_event *, struct ev_QUEUE_WORK *) */

static inline uint32_t trace_rd32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

static inline uint64_t trace_rd64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

#define TRACE_RD4(T, C)                                                           \
	static inline const uint8_t *trace_dec_##T(const uint8_t *p, C *out)      \
	{                                                                         \
		*out = (C)trace_rd32(p);                                          \
		return p + 4;                                                     \
	}                                                                         \
	static inline uint8_t *trace_enc_##T(uint8_t *p, C v)                     \
	{                                                                         \
		uint32_t u = (uint32_t)v;                                         \
		memcpy(p, &u, 4);                                                 \
		return p + 4;                                                     \
	}                                                                         \
	static inline size_t trace_sz_##T(C v)                                    \
	{                                                                         \
		(void)v;                                                          \
		return 4;                                                         \
	}
#define TRACE_RD8(T)                                                              \
	static inline const uint8_t *trace_dec_##T(const uint8_t *p, uint64_t *out) \
	{                                                                         \
		*out = trace_rd64(p);                                             \
		return p + 8;                                                     \
	}                                                                         \
	static inline uint8_t *trace_enc_##T(uint8_t *p, uint64_t v)              \
	{                                                                         \
		memcpy(p, &v, 8);                                                 \
		return p + 8;                                                     \
	}                                                                         \
	static inline size_t trace_sz_##T(uint64_t v)                             \
	{                                                                         \
		(void)v;                                                          \
		return 8;                                                         \
	}
TRACE_RD4(u32, uint32_t)
TRACE_RD4(i32, int32_t)
TRACE_RD4(bool, uint32_t)
TRACE_RD4(item, uint32_t)
TRACE_RD4(wq, uint32_t)
TRACE_RD4(pwq, uint32_t)
TRACE_RD4(pool, uint32_t)
TRACE_RD4(worker, uint32_t)
TRACE_RD4(task, uint32_t)
TRACE_RD4(func, uint32_t)
TRACE_RD4(line, uint32_t)
TRACE_RD4(obj, uint32_t)
TRACE_RD8(u64)
TRACE_RD8(ns)
TRACE_RD8(mask)
#undef TRACE_RD4
#undef TRACE_RD8

static inline const uint8_t *trace_dec_ids(const uint8_t *p, struct trace_ids *out)
{
	out->n = trace_rd32(p);
	out->v = (const uint32_t *)(const void *)(p + 4);
	return p + 4 + 4 * (size_t)out->n;
}

static inline uint8_t *trace_enc_ids(uint8_t *p, struct trace_ids ids)
{
	memcpy(p, &ids.n, 4);
	if (ids.n)
		memcpy(p + 4, ids.v, 4 * (size_t)ids.n);
	return p + 4 + 4 * (size_t)ids.n;
}

static inline size_t trace_sz_ids(struct trace_ids ids)
{
	return 4 + 4 * (size_t)ids.n;
}

static inline size_t trace_text_room(size_t len)
{
	return 4 + ((len + 1 + 3) & ~(size_t)3);
}

static inline const uint8_t *trace_dec_text(const uint8_t *p, const char **out)
{
	*out = (const char *)(p + 4);
	return p + trace_text_room(trace_rd32(p));
}

size_t trace_text_len(const char *text);	/* strlen cut to TRACE_TEXT_BYTES_MAX at a character */
uint8_t *trace_enc_text(uint8_t *p, const char *text);

static inline size_t trace_sz_text(const char *text)
{
	return trace_text_room(trace_text_len(text));
}

#define F(type, name) p = trace_dec_##type(p, &out->name);
#define EV(ID, name_, level, fields, meaning)                                              \
	static inline bool trace_get_##ID(const struct trace_event *ev, struct ev_##ID *out) \
	{                                                                                  \
		const uint8_t *p = ev->data;                                               \
		if (ev->kind != EV_##ID)                                                   \
			return false;                                                      \
		fields (void)p;                                                            \
		return true;                                                               \
	}
#include "trace/trace_events.def"
#undef EV
#undef F

/* ---- the log: events of a run in memory ------------------------------------ */

/*
 * One area of memory (a memfd between two processes, or plain memory): this head, then
 * the events, back to back.  It never wraps, since its size is the declared bound of
 * the run; a page is only used once it is written.  If a writer dies, every event
 * before .bytes is complete.
 */
struct trace_shared {
	uint32_t magic;			/* TRACE_LOG_MAGIC */
	uint32_t version;
	uint64_t table_hash;
	uint64_t size;			/* bytes for events after this head */
	_Atomic uint64_t bytes;		/* written and complete; store-release after the event */
	_Atomic uint64_t events;
	_Atomic uint64_t now;		/* virtual time of the writer: shows that it is still busy */
	_Atomic uint32_t state;		/* enum trace_log_state */
	_Atomic uint32_t waits;		/* number of stops for input so far; identifies this LOG_WAITING */
	/*
	 * Where the lesson's code is, for a reader that has to end it; nothing else may
	 * rely on it.  @stop_code is the reader's: that code is to fail at its next check,
	 * the value is the seconds of CPU time it has used.
	 */
	_Atomic uint32_t code_line;	/* last line known, 0 = none */
	_Atomic uint32_t in_code;	/* 1: the lesson's code computes; 0: the program that it called */
	_Atomic uint32_t stop_code;
	char code_call[20];		/* "string.find": a call that may take long; "" = none */
	uint32_t pad[6];
};

enum trace_log_state { LOG_RUNNING, LOG_WAITING, LOG_ENDED };

#define TRACE_LOG_MAGIC 0x31474c4bu	/* "KLG1" */
#define TRACE_LOG_VERSION 1
#define TRACE_LOG_BYTES_DEFAULT ((size_t)256 << 20)
/*
 * Ids are dense, and each costs its writer an event, except for those of a boot that emits nothing: in
 * event n no id is larger than n + TRACE_IDS_AHEAD.  This bounds the memory of readers by the size of the log.
 */
#define TRACE_IDS_AHEAD 4096u
#define TRACE_EVENTS_DEFAULT 2000000u	/* a lesson has thousands; this bound stops a flood */

struct trace;

/* Callbacks of the machine; all optional.  Called with the baton, never in parallel. */
struct trace_hooks {
	/* gives way to CPUs with an earlier time, then fills time, cpu, ctx, task and cause; the event gets its number later */
	void (*stamp)(void *arg, struct trace_event *head);
	/* the event as it will be written, before it is in the log (run_before stops here) */
	void (*before)(void *arg, const struct trace_event *ev);
	/* the event is in the log */
	void (*after)(void *arg, const struct trace_event *ev);
	/* the bound is reached; does not return to the emitter in lockstep */
	void (*full)(void *arg);
	void *arg;
};

struct trace {
	struct trace_shared *shared;
	uint8_t *base;			/* first event */
	uint64_t used;			/* bytes */
	uint64_t events;		/* so far */
	uint64_t events_max;
	uint32_t next_id[CLS_NR];	/* next unused id of each class */
	struct trace_hooks hooks;
	int fd;				/* memfd, or -1 */
	size_t map_bytes;
	bool owns_map;
	bool full;
	bool quiet;			/* emit nothing (boot of exploration runs) */
};

/*
 * trace_open - create a log
 * @fd:     a memfd of the right size to write into, or -1 for private memory
 * @bytes:  room for events; 0 = TRACE_LOG_BYTES_DEFAULT
 * @events_max: declared bound; 0 = TRACE_EVENTS_DEFAULT
 * Return: 0 or -errno.  Owner: caller; trace_close().
 */
int trace_open(struct trace *t, int fd, size_t bytes, uint64_t events_max);
/* Empties the log, as if just opened, in the same memory.  No machine or reader may be using it. */
void trace_reset(struct trace *t);
void trace_close(struct trace *t);
uint32_t trace_new_id(struct trace *t, enum trace_class cls);	/* from 1, dense */

/* The trace that TRACE() writes to; NULL = off.  One machine per process at a time. */
extern struct trace *trace_current;
/* Emitter of free mode (ring.c); NULL in lockstep. */
extern uint64_t (*trace_emit_free)(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
				   const uint8_t *fields, size_t size);

static inline bool trace_on(void)
{
#ifndef KW_FREE_ONLY
	if (__builtin_expect(trace_current != NULL, 0))
		return true;
#endif
	return __builtin_expect(trace_emit_free != NULL, 0);
}

/* Writes one event; @fields are encoded bytes.  Return: its number, 0 if not written. */
uint64_t trace_emit(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
		    const uint8_t *fields, size_t size);

/*
 * Free mode.  All events that a thread emits between trace_batch_begin() and
 * trace_batch_end() form a batch: one head in the ring and one publication.  Within a
 * batch the clock is read only when ordering requires it.
 *
 * An event emitted under a lock must be later than those of the lock's previous holders.
 * So each such lock has a struct trace_clock with the time of the last event emitted
 * under it, and trace_batch_begin() compares it with the time of this thread.  A section
 * that reads state changed by others without that lock (under a nested lock, a counter,
 * posted items) calls trace_batch_later(), so that its next event gets a new time.
 */
struct trace_batch {
	uint8_t *at, *end;	/* room after the last event of the open record; both NULL: none is open */
	uint64_t id;		/* of the last event, as TRACE() returns it */
	uint64_t time;		/* time of the last event, in ticks of the ring's clock */
	uint8_t *room;		/* value to which .end is restored */
	uint8_t *cause;		/* where the cause of events without their own is stored */
	uint64_t began;		/* time of the open record */
	uint64_t after;		/* the next timestamp must be greater than this (rdtsc is not ordered) */
	bool hold;		/* between trace_batch_begin() and trace_batch_end() */
	bool lent;		/* an event uses the cause at .cause, which must not change any more */
	uint8_t stale;		/* nonzero: .end equals .at, for these reasons */
#define TRACE_BATCH_NEW_TIME 1u	/* the next event needs a new timestamp */
#define TRACE_BATCH_NEW_CAUSE 2u	/* the thread's cause has changed */
};

extern __thread struct trace_batch trace_batch;

/*
 * Of a lock: time of the last event emitted under it, and the emitting thread.  The
 * counter advances in steps, so events of two threads may have the same time.
 */
struct trace_clock {
	uint64_t time;
	const struct trace_batch *who;
};
void trace_batch_publish(void);	/* publishes the open record */

static inline void trace_batch_stale(uint8_t why)
{
	if (trace_batch.at) {
		trace_batch.end = trace_batch.at;
		trace_batch.stale |= why;
	}
}

static inline void trace_batch_later(void)
{
	if (__builtin_expect(trace_emit_free != NULL, 0))
		trace_batch_stale(TRACE_BATCH_NEW_TIME);
}

/* Sets the cause of this thread's next events. */
static inline void trace_batch_cause(uint64_t cause)
{
	if (__builtin_expect(trace_emit_free != NULL, 0) && trace_batch.at) {
		if (trace_batch.lent)
			trace_batch_stale(TRACE_BATCH_NEW_CAUSE);
		else
			memcpy(trace_batch.cause, &cause, sizeof(cause));
	}
}

/* @lock_clock: of the lock just taken, or NULL. */
static inline void trace_batch_begin(const struct trace_clock *lock_clock)
{
	if (__builtin_expect(trace_emit_free != NULL, 0)) {
		if (lock_clock && lock_clock->time >= trace_batch.time && lock_clock->who != &trace_batch) {
			trace_batch_stale(TRACE_BATCH_NEW_TIME);
			trace_batch.after = lock_clock->time;
		}
		trace_batch.hold = true;
	}
}

/* Call before unlocking.  Records the time of the last event emitted under the lock. */
static inline void trace_batch_set_last_event(struct trace_clock *lock_clock)
{
	if (__builtin_expect(trace_emit_free != NULL, 0) && trace_batch.time > lock_clock->time)
		*lock_clock = (struct trace_clock){ trace_batch.time, &trace_batch };
}

static inline void trace_batch_end(void)
{
	if (__builtin_expect(trace_emit_free != NULL, 0)) {
		if (trace_batch.at)
			trace_batch_publish();
		trace_batch.hold = false;
	}
}

/* An event in a record: kind, flags and words of fields in 4 bytes; cause; fields; why. */
#define TRACE_BATCH_HEAD 4
#define TRACE_BATCH_CAUSE (1u << 12)
#define TRACE_BATCH_WHY (1u << 13)
#define TRACE_BATCH_WORDS (TRACE_BATCH_CAUSE - 1)

static inline size_t trace_batch_bytes(uint64_t cause, bool why, size_t size)
{
	return TRACE_BATCH_HEAD + (cause ? 8 : 0) + size + (why ? sizeof(struct trace_why) : 0);
}

/* Writes everything but the fields at @to.  Return: where the fields go. */
static inline uint8_t *trace_batch_put_event(uint8_t *to, enum trace_kind kind, uint64_t cause,
					   const struct trace_why *why, size_t size)
{
	uint32_t head = (uint32_t)kind | ((uint32_t)size / 4 | (cause ? TRACE_BATCH_CAUSE : 0) |
					  (why ? TRACE_BATCH_WHY : 0)) << 16;

	memcpy(to, &head, 4);
	to += TRACE_BATCH_HEAD;
	if (cause) {
		memcpy(to, &cause, 8);
		to += 8;
	}
	if (why)
		memcpy(to + size, why, sizeof(*why));
	return to;
}

static inline uint8_t *trace_batch_write(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
				       size_t size)
{
	uint8_t *p = trace_batch_put_event(trace_batch.at, kind, cause, why, size);

	if (!cause)
		trace_batch.lent = true;
	trace_batch.at = p + size + (why ? sizeof(*why) : 0);
	trace_batch.id++;
	return p;
}

/* Appends an event to the open record.  Return: where its fields go, NULL if no record is open or it is full. */
static inline uint8_t *trace_batch_event(enum trace_kind kind, uint64_t cause, const struct trace_why *why,
				       size_t size)
{
	if (why && !why->v[0])
		why = NULL;	/* nothing changed */
	if (trace_batch_bytes(cause, why, size) > (size_t)(trace_batch.end - trace_batch.at))
		return NULL;
	return trace_batch_write(kind, cause, why, size);
}

#define F(type, name) size += trace_sz_##type(e->name);
#define EV(ID, name_, level, fields, meaning)                                    \
	static inline size_t trace_size_##ID(const struct ev_##ID *e)            \
	{                                                                        \
		size_t size = 0;                                                 \
		fields return size;                                              \
	}
#include "trace/trace_events.def"
#undef EV
#undef F

#define F(type, name) p = trace_enc_##type(p, e->name);
#define EV(ID, name_, level, fields, meaning)                                                    \
	static __attribute__((noinline, unused)) uint64_t                                        \
	trace_put_##ID(uint64_t cause, const struct trace_why *why, const struct ev_##ID *e)     \
	{                                                                                        \
		uint8_t buf[trace_size_##ID(e)];                                                 \
		uint8_t *room = trace_batch_event(EV_##ID, cause, why, sizeof(buf));             \
		uint8_t *p = room ? room : buf;                                                  \
		fields (void)p;                                                                  \
		return room ? trace_batch.id : trace_emit(EV_##ID, cause, why, buf, sizeof(buf)); \
	}
#include "trace/trace_events.def"
#undef EV
#undef F

/*
 * TRACE(KICK, .pool = 3, .worker = 0)            emits; value: the event's number
 * TRACE_WHY(KICK, YES_NO(...), .pool = 3)        with the predicate that decided
 * TRACE_CAUSED(n, KICK, ...)                     with a cause other than the context's
 * Context: any.  Locks: none taken (lockstep: may give way).  Memory: none.
 */
#define TRACE(KIND, ...) \
	(trace_on() ? trace_put_##KIND(0, NULL, &(struct ev_##KIND){ __VA_ARGS__ }) : (uint64_t)0)
#define TRACE_WHY(KIND, WHYV, ...) \
	(trace_on() ? trace_put_##KIND(0, &(WHYV), &(struct ev_##KIND){ __VA_ARGS__ }) : (uint64_t)0)
#define TRACE_CAUSED(CAUSE, KIND, ...) \
	(trace_on() ? trace_put_##KIND((CAUSE), NULL, &(struct ev_##KIND){ __VA_ARGS__ }) : (uint64_t)0)
#define TRACE_FULLY(CAUSE, WHYV, KIND, ...) \
	(trace_on() ? trace_put_##KIND((CAUSE), &(WHYV), &(struct ev_##KIND){ __VA_ARGS__ }) : (uint64_t)0)
/* A why: BECAUSE(NEED_MORE_WORKER, yes, worklist, nr_running, nr_idle) */
#define BECAUSE(ID, ...) ((struct trace_why){ WHY_##ID, { __VA_ARGS__ } })

/* Gives @id of @cls a name (DEF event).  Names never change. */
void trace_def(enum trace_class cls, uint32_t id, uint32_t owner, uint32_t aux, const char *text);

/* ---- the store: a log, indexed for readers ----------------------------------- */

/*
 * An index over the bytes of a log (shared with a running writer, or loaded from a
 * recording), and the names defined so far.  Single-threaded.
 */
struct trace_name {
	uint32_t owner, aux;
	const char *text;	/* points into the log */
};

struct trace_rename {
	uint64_t n;			/* event that renamed the thread */
	uint32_t task;
	const char *comm;
};

struct trace_store {
	const struct trace_shared *shared;	/* NULL for a recording */
	const uint8_t *base;
	uint64_t bytes;				/* indexed so far */
	uint64_t nr;				/* events indexed so far */
	uint64_t *offset;			/* offset[n - 1] */
	uint64_t cap;
	struct trace_name *names[CLS_NR];
	uint32_t names_cap[CLS_NR];
	uint64_t nr_defs;			/* names that were given so far, new names of threads too */
	struct trace_rename *renames;		/* in the order of the log */
	uint32_t nr_renames, cap_renames;
	void *map;				/* owned mapping or memory, NULL if borrowed */
	size_t map_bytes;
	bool map_is_mmap;
	bool bad;				/* the log holds bytes that are not an event: the index stops there */
	size_t shared_bytes;			/* size of the mapping at .shared, 0 if borrowed */
};

int trace_store_attach(struct trace_store *s, int fd);			/* maps a log read-only */
int trace_store_borrow(struct trace_store *s, const struct trace *t);	/* same process */
/* Like trace_store_borrow(), but reuses the memory of @s (all zero at first). */
int trace_store_again(struct trace_store *s, const struct trace *t);
/* The log and its store for the next of many runs in one process; both all zero at first.  Return: 0 or -errno. */
int trace_again(struct trace *t, struct trace_store *s, size_t log_bytes);
int trace_store_bytes(struct trace_store *s, uint8_t *bytes, size_t n);	/* takes malloc'ed bytes */
void trace_store_close(struct trace_store *s);
/* Indexes events completed since the last call.  Return: number of new events, or -errno. */
int64_t trace_store_poll(struct trace_store *s);
bool trace_store_event(const struct trace_store *s, uint64_t n, struct trace_event *out);
/* Name of an id, or NULL; valid as long as the store. */
const char *trace_store_name(const struct trace_store *s, enum trace_class cls, uint32_t id);
/* The same before event @n: a thread may have been renamed meanwhile. */
const char *trace_store_name_at(const struct trace_store *s, enum trace_class cls, uint32_t id, uint64_t n);
const struct trace_name *trace_store_def(const struct trace_store *s, enum trace_class cls, uint32_t id);
/* First event at or after @time_ns (binary search); nr+1 if none. */
uint64_t trace_store_seek(const struct trace_store *s, uint64_t time_ns);
/* Had this KICK something to decide? */
bool trace_kick_decides(const struct trace_event *ev);
/* The level of one event, of a kind that this program knows: its row's; DETAIL for a kick with nothing to decide. */
static inline enum trace_level trace_event_level(const struct trace_event *ev)
{
	return ev->kind == EV_KICK && !trace_kick_decides(ev) ? TRACE_DETAIL : trace_rows[ev->kind].level;
}
/* The return value of the function behind a decision: "true", "false", "NULL", ...; "" = it returns nothing. */
const char *trace_why_returned(const struct trace_why *why);
/* One event as a line of text (export_text.c); return: length, cut like snprintf. */
struct strbuf;
void trace_format(const struct trace_store *s, const struct trace_event *ev, struct strbuf *out);
/* "need_more_worker: worklist has 2, nr_running 0"; appends nothing if there is no why. */
void trace_format_why(const struct trace_why *why, struct strbuf *out);
/* "worklist has 2, nr_running 0": the values it saw. */
void trace_format_reason(const struct trace_why *why, struct strbuf *out);

#endif
