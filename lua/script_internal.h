/*
 * lua/script_internal.h - state and limits shared by the files of lua/; not for other rooms.
 *
 * One Lua state, many Lua threads: the director's (the main one) and one for
 * every kernel context that is inside a lesson's function right now.  A kernel
 * context keeps its Lua thread from entry to return, so that an interrupt never
 * runs on the Lua stack of what it interrupted.  Only the baton's holder is ever
 * inside Lua.  Every Lua thread has its own protected call: an error never jumps
 * from one OS thread's stack to another's.
 *
 * Lives here:   the script's state, the kinds of things, limits.
 * Never here:   anything the engine or the machine could want.
 * Licence: MIT.
 */
#ifndef KW_LUA_SCRIPT_INTERNAL_H
#define KW_LUA_SCRIPT_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "lua/script.h"
#include "machine/machine.h"
#include "model/model.h"
#include "model/query.h"
#include "workqueue/workqueue.h"

/* ---- limits (unit, reason) ------------------------------------------------ */

#define SCRIPT_MEMORY_MAX ((size_t)64 << 20)	/* bytes of Lua objects; a lesson uses about 1 MiB */
#define SCRIPT_MEMORY_FAULT "not enough memory: a lesson may use %zu MiB"
#define SCRIPT_HOST_MEMORY_FAULT "this computer has no memory left for the run"
#define SCRIPT_TEXT_MAX ((size_t)1 << 20)	/* bytes of a lesson file */
#define SCRIPT_STRING_MAX ((size_t)1 << 20)	/* bytes a string function may build in one call */
#define SCRIPT_RANGE_MAX 1000000		/* elements a table function may walk in one call */
#define SCRIPT_UNPACK_MAX 2000			/* values table.unpack may return: all go on the stack */
#define SCRIPT_HOOK_STEP 1000			/* instructions between two looks: 1 us of virtual time */
#define SCRIPT_INSTR_RUN 4000000000u		/* instructions of a whole run, about 30 s of a real core */
#define SCRIPT_INSTR_DIRECTOR 50000000u	/* of the lesson's own code */
#define SCRIPT_INSTR_ENTRY 200000000u		/* of one call of a work function or handler: 200 virtual ms */
#define SCRIPT_INSTR_JUDGE 10000000u		/* of one look of an answer at the trace */
#define SCRIPT_REFUSED_KEYS 3			/* __gc and its like (sandbox.c) */
#define SCRIPT_CARDS_MAX 1000
#define SCRIPT_QUESTIONS_MAX 200

#define SCRIPT_OWN_TASK "the lesson's task"	/* makes the calls of the director that need a CPU */

/* ---- where Lua code runs ---------------------------------------------------- */

enum script_place { IN_FILE, IN_DIRECTOR, IN_KERNEL };

/* Reached from a Lua thread through lua_getextraspace(). */
struct script_thread {
	lua_State *L;
	enum script_place place;
	uint64_t instr;			/* since it was entered */
	uint64_t bytes;			/* of texts made and compared, to be charged */
	uint32_t module;		/* whose code runs here, 0 = the lesson's own */
	uint64_t entry;			/* number of this entry: another one is another context */
	unsigned int preempt_off;	/* preempt_disable() since it was entered */
	char what[64];			/* "work function 'reset'", for messages */
	uint32_t source, row;		/* of the last SOURCE_AT; 0 = none yet */
	const struct script_item *item;	/* whose function it is inside of, NULL = another kind of context */
	struct script_thread *next;	/* while spare */
};

static inline struct script_thread *script_thread_of(lua_State *L)
{
	return *(struct script_thread **)lua_getextraspace(L);
}

/* ---- things of a lesson -------------------------------------------------------- */

enum thing_kind {
	THING_ITEM, THING_WQ, THING_TASK, THING_LINE, THING_OBJ, THING_POOL, THING_WORKER, THING_CPU,
	THING_MODULE, THING_MUTEX, THING_SPIN, THING_COMPLETION, THING_TASKLET, THING_TIMER, THING_KINDS
};

#define THING_NAME_MAX 64
/*
 * Userdata of what a lesson has made (or that a pattern, a look or {name} can
 * mean).  .body is what the kernel side knows; it lives outside Lua until the run
 * is over, because engine and machine keep pointers to it.
 */
struct thing {
	enum thing_kind kind;
	enum trace_class cls;		/* CLS_NONE: nothing of the trace */
	uint32_t id;			/* 0 = ask thing_id() */
	void *body;
	char name[THING_NAME_MAX];
};

struct script_item {			/* body of THING_ITEM */
	struct script_item *next;	/* all of the run */
	union {
		struct work_struct work;
		struct delayed_work dwork;
		struct rcu_work rwork;
	};
	enum work_kind kind;
	bool freed;
	unsigned int running;		/* workers inside its function */
	uint64_t runs;			/* counted where a run has a limit of them */
	int fn_ref, self_ref;		/* registry: its function, its userdata */
	uint32_t owner;			/* id of the object it is embedded in, 0 = the lesson */
	uint32_t module;		/* whose code it runs, 0 = the lesson's own */
	char name[THING_NAME_MAX], func_name[THING_NAME_MAX];
};

struct script_wq {			/* body of THING_WQ */
	struct workqueue_struct *wq;
	struct workqueue_struct **system;	/* one of the system's own: known after boot */
	bool destroying;			/* destroy_workqueue() was called */
	uint64_t looked, freed_ev;		/* then: events that were searched for its WQ_FREE, and that event */
	struct script_wq *next;		/* the one made before it by the lesson */
};

struct script_line;
struct script_block;
struct script_obj;
struct script_module;
struct script_scan;

#define SCRIPT_PARAMS_MAX (MACH_PARAMS_MAX - 2)	/* a lesson's own; one is ours, one ends the list */

/* The belief behind a choice.  Flags and legacy hold from the beginning, the others from the question on. */
#define WORLD_WQS_MAX 8
#define WORLD_NS_MAX 10000000000u	/* virtual time after the question, at most */
struct script_world {
	bool found;
	bool has_flags;
	unsigned int flags;		/* of each alloc_workqueue() */
	bool has_legacy;
	bool legacy;			/* machine = { legacy = } */
	enum wq_belief belief;
	unsigned int nr_wqs;
	struct {
		char name[THING_NAME_MAX];
		int max_active;
	} wq[WORLD_WQS_MAX];
	uint64_t ends;			/* virtual time at which the run ends; 0 = the question has not come yet */
};

#define SCRIPT_NOTE_BYTES 240
#define SCRIPT_NOTES_LATER 16
#define SCRIPT_NOTES_REPORTED 50	/* of a run, to a check */
struct script_note {
	uint32_t line;
	char text[SCRIPT_NOTE_BYTES];
};

/* ---- the script -------------------------------------------------------------------- */

struct script {
	const struct script_opts *opts;
	struct trace_shared *head;	/* of the log that the visible process reads, or ... */
	struct trace_shared no_head;	/* ... of none, where a file is only read */
	bool seeking_world;		/* this run ends where the choice that has one is read */
	struct script_world world;
	bool legacy;			/* the lesson wants the engine of before cmwq */
	lua_State *L;			/* the director's Lua thread */
	struct script_thread main;
	uint64_t entries;		/* of kernel contexts into the lesson */
	struct script_thread *spare;	/* Lua threads waiting for a kernel context; at least one */
	char id[64];			/* "life" of 02-life.lua */
	char file[128];			/* "02-life.lua": how messages name it */
	char *text;			/* the lesson's file, and what source_add() has added */
	size_t own_len;			/* bytes of the lesson's own file in .text */
	size_t text_len, text_room;	/* room: bytes of .text, 0 = nothing can be added */
	struct source *source;		/* its functions; NULL without memory: no SOURCE_AT */

	size_t memory;			/* bytes Lua holds */
	size_t memory_most;		/* .. at most so far */
	unsigned int refused;		/* allocations in a row */
	bool host_refused;		/* an allocation within the bound failed: the computer's shortage */
	bool count_allocs;		/* a test refuses one (script_opts.refuse_alloc) */
	uint64_t allocs;
	char code_file[64];		/* of the line in head->code_line */
	char memory_fault[400];		/* of the first memory error, with its line */
	const void *refused_keys[SCRIPT_REFUSED_KEYS];
	bool loading;			/* the compiler runs */
	lua_State *last;		/* Lua thread that ran last, about */
	uint64_t instr, instr_director, instr_judge;
	bool judging;			/* answer, test or pattern:with() code is running */
	bool tripped;			/* a budget is used up: every instruction from now on is an error */
	char trip[192];
	bool fixed;			/* the sandbox is complete, the lesson's own code may run */
	bool loaded;			/* image.c: further runs begin with the library and the file loaded */

	bool machine_on;
	bool faulted;			/* a kernel context found the lesson faulty */
	char fault[1024];
	bool over;			/* the input has ended (-EPIPE) */

	uint32_t stable_ids;		/* tostring() of tables and functions */
	uint64_t *random_ordinals;	/* of numbers drawn, by context (sandbox_lib.c); freed with the script */
	uint32_t nr_random_ordinals;

	struct script_item *items;
	struct script_wq *wqs;		/* of the lesson, the last one first */
	struct script_line *lines;
	unsigned int irq_lines, irqs_waiting;	/* made by irq(); those whose interrupt has not been handled */
	struct script_obj *objs;
	struct script_module *modules;
	struct script_block *blocks;	/* script_keep() */

	struct trace_store store;	/* the run so far, for judges */
	struct found_all *found;	/* their searches in it; NULL = none yet */
	struct model_replay replay;
	bool store_on, replay_on;

	struct machine_config config;	/* from the lesson's table */
	char boot_names[MACH_PARAMS_MAX][40];
	struct mach_input *inputs;
	struct mach_choice *choices;		/* forced ones, from the inputs */
	struct mach_choosing choosing;

	/* conditions that the director waits for (core.c) */
	struct script_scan *scans;
	uint64_t shown;			/* last event shown to the scans */
	bool retry_any;			/* open predictions: tried after every event, or after these kinds */
	uint64_t retry_kinds[QUERY_KIND_WORDS];
	bool predictions, retry;	/* any open; one is worth another try */

	/* events that the judge has read since it was called (judge.c) */
	char not_yet[256];		/* the last error that means "not seen yet" */
	bool looked_any;
	uint64_t looked_kinds[QUERY_KIND_WORDS];

	/* a what-if behind its last fence; patterns that judges do not find are noted (what_if.c) */
	bool what_if, asking, rehearsing;
	uint64_t stop_before;		/* event in which the open answer shows, as a rehearsal found it; 0 = none */
	bool stopped;			/* .. it would be the next one */

	/* an exercise (student.c) */
	bool loading_student;		/* a student's file is being loaded */
	bool is_exercise, is_scheduler;	/* the file declares exercise { ... }, of that kind */
	bool stormed;			/* an item has run more often than .runs_max */
	uint64_t runs_max;		/* 0 = no limit */
	int file_line[RUN_FILES_MAX];	/* line of .text at which a student's file begins, 0 = it is not there */

	struct script_pick *pick;	/* the student chooses who goes on; NULL = the seed does (you_pick.c) */
	struct free_play *free_play;	/* the student's things; NULL = it has not begun (free_play.c) */

	struct {				/* of the author (note.c) */
		unsigned int reported, nr_later, nr_last;
		struct script_note later[SCRIPT_NOTES_LATER];	/* of judges, to be put behind them */
		struct script_note last[SCRIPT_NOTES_LATER];	/* of judges, by line */
	} notes;
};

extern struct script *script_now;	/* one machine a process at a time */

/* ---- sandbox.c ------------------------------------------------------------------------ */

/* A state with the environment of lessons, and nothing else in reach.  0 or -ENOMEM. */
int sandbox_open(struct script *s);
void sandbox_close(struct script *s);
/* Loads text as a chunk in the lesson's (or the library's) environment; leaves it or a message. */
int sandbox_load(lua_State *L, const char *text, size_t size, const char *chunk, bool library);
void syntax_explain(lua_State *L, const char *text, size_t size, const char *chunk);	/* the message of such a failure */
/* Pushes a chunk of the library that this program was built with. */
int sandbox_load_library(lua_State *L, const struct script_lib *lib);
/* The instruction hook, on a fresh or reused Lua thread. */
void sandbox_watch(lua_State *L);
/* All instructions from now on fail, through every pcall. */
void sandbox_trip(lua_State *L, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* A C function of the sandbox that may compute for long begins: its name and the line are published. */
void sandbox_long_call(lua_State *L, const char *name);
/* Fails if the visible process wants the lesson's code to end. */
void sandbox_check_stop(lua_State *L);
/* The lesson's code computes from here on, or the program that it called: so in the log's head. */
void sandbox_in_code(bool yes);
/* Accounts for work done inside one C call. */
void sandbox_charge(lua_State *L, uint64_t instructions);
/* The same for @steps of which one instruction's time has @per_instr; few steps are free. */
void sandbox_charge_steps(lua_State *L, uint64_t steps, unsigned int per_instr);
/* Bytes of a text that was made or compared; may be called from inside of Lua's library. */
void sandbox_note_bytes(size_t bytes);
/* Return: instructions for the bytes noted on @t, which are noted no longer. */
uint64_t sandbox_take_bytes(struct script_thread *t);
/* Raises an error if @key, the text object of a new key, is one that no table may have. */
void sandbox_check_key(lua_State *L, const void *key);
/* A memory error is about to be raised: notes its line and its cause. */
void sandbox_note_memory(lua_State *L);
/* Text of the error that a protected call left on top; for a memory error the noted one. */
const char *sandbox_error_text(lua_State *L, int status);
/* Pushes the table that all lessons see (allow-list), to add the API to. */
void sandbox_push_api(lua_State *L);
/* Replaces the table on top by a read-only view of it; @on_write reports a write. */
void sandbox_protect(lua_State *L, lua_CFunction on_write);
void sandbox_protect_library(lua_State *L);	/* the same, of a table of functions */
void sandbox_push_library(lua_State *L);	/* the library's own globals */
int sandbox_seal(lua_State *L);			/* the API is in: library tables become read-only */
void sandbox_open_libs(lua_State *L);		/* sandbox_lib.c: capped string and table, pairs, tostring ... */
void sandbox_tostring(lua_State *L, int index);	/* pushes; stable, never calls the lesson's code twice */
/* Raises an error at the lesson's own line, however deep in the library we are. */
int script_fail(lua_State *L, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));
/*
 * Fails with "WHAT 'NAME'", the nearest of @names (ended by NULL) and the list of them; returns if
 * @name is one of them.
 */
void script_check_name(lua_State *L, const char *what, const char *name, const char *const *names);
int script_nearest(lua_State *L);
/* The same for each key of the table at @index; a key that is not a text fails. */
void script_check_keys(lua_State *L, int index, const char *what, const char *const *names);
/* "02-life.lua:12: " of the innermost line of the lesson, or "". */
void script_where(lua_State *L, char *buf, size_t size);
int script_traceback(lua_State *L);	/* message handler: text with file:line, never calls __tostring */

/* ---- script.c --------------------------------------------------------------------------- */

/* Enters the lesson from a kernel context: a Lua thread of its own, or NULL (the run is ending). */
struct script_thread *script_enter(const char *kind, const char *name, uint32_t module);
/*
 * Calls the function below its @nargs arguments on @t, for @nresults.  Faults are
 * recorded, stop the run and never come back here.  Leave with script_leave().
 */
void script_call(struct script_thread *t, int nargs, int nresults);
/* Pushes on @t what @fn returns for @arg.  @fn may allocate: it runs in protected mode, its errors are faults. */
void script_push(struct script_thread *t, lua_CFunction fn, void *arg);
/* The address is the error that ends a work function which was killed (wq_current_is_killed()). */
extern const char script_killed;
void script_leave(struct script_thread *t);
/* Records the fault once and wakes the director.  The calling context never continues. */
_Noreturn void script_fault_here(const char *text);
void script_note_fault(const char *text);	/* records it without blocking, and returns */
int script_raise_fault(lua_State *L);		/* D: raises the fault that was noted */
/* Calls the function at 1 with the arguments above it in the task "lesson"; its results replace all.  Return: how many. */
int script_in_task(lua_State *L, const char *name /* for messages */);

/* ---- image.c ----------------------------------------------------------------------------- */

/* The script of a further run if .loaded, else a zeroed one in the block; NULL: there is no block. */
struct script *image_open(const char *lesson);
/* Everything is loaded: further runs of this process begin here. */
void image_keep(struct script *s);
bool image_has(const struct script *s);		/* its memory is in the block */
bool image_is_kept(const struct script *s);	/* .. and .text, which is not, belongs to the copy */
void *image_realloc(void *p, size_t old, size_t size);	/* as Lua asks for it; size 0 frees */
void *script_zalloc(const struct script *s, size_t size);	/* in the block if @s is there; freed with it */
void script_free(const struct script *s, void *p);

/* ---- what_if.c ------------------------------------------------------------------------- */

void what_if_open(lua_State *L);	/* adds its functions to the table on top */
void student_open(lua_State *L);	/* the same; student.c */
void student_load_hidden(lua_State *L);
void student_prepare(lua_State *L);	/* makes the environment of their files; after sandbox_seal() */
const char *student_file(const struct script *s);	/* name of the first one, or of the lesson's file */
/* Is the error of @status a mistake of a student's file: at its line, or a budget that its code has used up? */
bool student_is_at_fault(const struct script *s, const char *text, int status);
/* Does a message begin with the lesson's file, or with a student's? */
bool script_names_file(const char *text);
/* Before each run of an item's function: ends the run if it is one too many. */
void script_count_run(struct script_item *it);
void free_play_open(lua_State *L);	/* the same */
void pick_open(lua_State *L);		/* pick.c: the same */
/* you_pick.c.  A listed thing waits here until the student lets it go on; others return at once. */
void you_pick_open(lua_State *L);	/* the same */
void pick_before_call(lua_State *L, const char *name, bool kernel);
void pick_before_access(lua_State *L, const char *field);
void pick_before_item(struct script_thread *t, const struct script_item *it);
bool pick_looks(const struct trace_event *ev);	/* behind this event a choice may be due */
struct irq_line *line_of_body(const void *body);	/* bind_machine.c: of a THING_LINE; the machine's line */
int line_handler_ref(const void *body);		/* registry: its first handler, LUA_NOREF = it has none */
bool script_what_if_looks(const struct trace_event *ev);
void script_what_if_note(lua_State *L, int index, uint64_t skip);

/* note.c: the notes of judges become events.  Call it where no judge runs. */
void note_flush(struct script *s);

/* found.c: the events of the run so far that match a pattern */
struct found {
	uint64_t nr, last;	/* how many; the number of the last one, 0 = none */
	const uint64_t *n;	/* numbers of the first .kept ones, until the next call */
	uint64_t kept;
};

/*
 * Looks for the pattern at @index and charges for the events that it has not seen before.
 * Return: false if the pattern is not fixed and must be searched from the first event.
 */
bool found_so_far(lua_State *L, int index, struct found *out);
void found_free(struct script *s);

/* flood.c: raises the fault of a lesson that has filled the trace. */
int script_fail_flood(lua_State *L);

/* Zeroed memory that lives until the run is over; never NULL (raises an error). */
void *script_keep(lua_State *L, size_t size);

/* ---- api.c --------------------------------------------------------------------------------- */

/* int api_queue_work(lua_State *L); and so on: bind_*.c, judge.c, pattern.c */
#define API(name, where, min, max, sig, text, rule) int api_##name(lua_State *L);
#define LUA(name, where, min, max, sig, text, rule)
#define VALUE(name, text)
#define GROUP(title, text)
#include "lua/api.def"
#undef API
#undef LUA
#undef VALUE
#undef GROUP
void api_register(lua_State *L);
unsigned int api_where_at(lua_State *L, int index);	/* letters of api_where.h; 0 = no function of the API */
void api_begin(void);		/* a run begins: no function has an id of the trace */
bool api_has_fn(const char *name);	/* leaves call and return events */
/* Name of the API function that this value is, or NULL. */
const char *api_name_of(lua_State *L, int index);
/* CLS_FN id of a kernel function or driver function by name (made on first use), 0 = no such. */
uint32_t api_fn_id(const char *name);
bool api_fn_is_bool(uint32_t fn_id);	/* its value is true or false, not a number */
void api_call_named(lua_State *L, const char *name, int nargs);

/* ---- things.c ------------------------------------------------------------------------------- */

void things_open(lua_State *L);
void thing_mark(lua_State *L);		/* the metatable on top belongs to things */
int core_named(lua_State *L);
/* Pushes a new thing. */
struct thing *thing_push(lua_State *L, enum thing_kind kind, uint32_t id, const char *name, void *body);
struct thing *thing_test(lua_State *L, int index);			/* NULL if it is none */
const char *thing_kind_words(enum thing_kind kind);	/* "work item" */
struct thing *thing_check(lua_State *L, int index, enum thing_kind kind);
uint32_t thing_id(struct thing *t);
/* The thing at @index is known by its name from now on ({name}, patterns, look). */
void thing_declare(lua_State *L, int index);
bool thing_declared(lua_State *L, enum thing_kind kind, const char *name);
/* Pushes the thing that an id of the trace stands for: the declared one, or a new one with its name. */
void thing_push_id(lua_State *L, enum trace_class cls, uint32_t id);
const char *thing_check_name(lua_State *L, int index);	/* 1..63 characters, no control characters */
/* Milliseconds, fractions allowed, 0 or more. */
uint64_t check_ms(lua_State *L, int index);
int check_cpu(lua_State *L, int index, bool any);

/* ---- bind_*.c, judge.c: globals beside the API's functions ------------------------------------- */

void bind_values(lua_State *L);		/* constants, the system's workqueues; bind_wq.c */
void bind_declare_system(lua_State *L);
/* Owner of an item by the trace's ids, 0 = the lesson. */
uint32_t object_of_item(uint32_t item);
uint32_t object_of_module(const struct thing *t);	/* its device */
/* A function of an unloaded module is about to be called: reported; true = do not. */
bool module_code_gone(uint32_t module, const char *func_name);
/* Memory that was freed is used: reported with who, where, when it was freed. */
void object_report_use(lua_State *L, uint32_t object, uint32_t item, const char *what);
/* A BUG event, and its line in the log. */
void script_report(enum trace_bug kind, uint32_t object, uint32_t item, uint64_t ref, const char *text);
void objects_open(lua_State *L);	/* bind_object.c */
void judge_open(lua_State *L);		/* patterns, t, events; judge.c, pattern.c */
void patterns_open(lua_State *L);
bool pattern_test(lua_State *L, int index);
const struct query_pattern *pattern_check(lua_State *L, int index);
const char *pattern_text(lua_State *L, int index);
const char *pattern_name(lua_State *L, int index);
/* An event matches @q or not, whatever is done later: no function of the author, no owner. */
bool pattern_is_fixed(const struct query_pattern *q);
/* Matches depend on names of the trace. */
bool pattern_has_names(const struct query_pattern *q);
/* Two patterns of fixed contents match the same events. */
bool pattern_same(const struct query_pattern *a, const struct query_pattern *b);
void pattern_kinds(const struct query_pattern *q, uint64_t kinds[QUERY_KIND_WORDS]);
void event_push(lua_State *L, const struct trace_event *ev);
void event_push_n(lua_State *L, uint64_t n);
const struct trace_event *event_test(lua_State *L, int index);
void trace_push(lua_State *L);		/* t */
void core_open(lua_State *L);		/* the library's table `core`; core.c */

/* ---- source.c: which line runs --------------------------------------------------------- */

void source_open(struct script *s);	/* after .text is read */
/* Adds functions to the lesson's text.  Return: the line at which @text stands; 1 = there was no room. */
void source_add_file(struct script *s, unsigned int file);	/* a student's */
int source_add(struct script *s, const char *text, size_t len);
void source_close(struct script *s);
/* Emits SOURCE_AT if the lesson's code that calls API function @name on a CPU stands at another row than before. */
void source_call(lua_State *L, const char *name);
/* Names the work function at stack index @function, whose CLS_FUNC id is @func, before it is called for the first time. */
void source_of_work(lua_State *L, int function, uint32_t func);
/* "driver.lua:7" and the statement that calls or uses @name there, of the Lua code that calls the C function running on @L. */
void source_here(lua_State *L, const char *name, char *place, size_t place_size, char *code, size_t code_size);
/* The same of a function's first statement; @ref: in the registry; @code may be NULL. */
void source_of_function(lua_State *L, int ref, char *place, size_t place_size, char *code, size_t code_size);
/* SOURCE_AT of the function at stack index @function, which is about to be called: row 0, its start. */
void source_start(struct script_thread *t, int function);

#endif
