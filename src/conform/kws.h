/*
 * conform/kws.h - the scenario language: small workqueue programs, one declaration per line.
 *
 *   scenario NAME | doc TEXT | param KEY=VALUE
 *   wq NAME [flags=F|F...] [max_active=N] | wq NAME system=POINTER
 *   work|dwork|rwork NAME [fn=W] STEP...
 *   actor NAME [cpu=N] [prio=fifo|normal] STEP...
 *   irq|timer|func NAME STEP... | tasklet NAME [prio=hi] STEP...
 *   mutex NAME | completion NAME
 *
 * A step is  op  or  op:arg:arg  (kws_ops.def), and  N*  before it repeats it.  The same files were run on a real
 * kernel.  docs/conform.md describes the language for authors of scenarios.
 *
 * Lives here:   text -> struct kws, and all checks of the text.
 * Never here:   running it (runner.h), facts (facts.h).
 * Licence: MIT.
 */
#ifndef KW_CONFORM_KWS_H
#define KW_CONFORM_KWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KWS_NAME_MAX 31		/* letters in a name */
#define KWS_DECLS_MAX 128	/* declarations in a file */
#define KWS_STEPS_MAX 512	/* steps in a file, in all bodies */
#define KWS_ARGS_MAX 4
#define KWS_TIMES_MAX 10000	/* of one step */
#define KWS_PARAM_MAX 63	/* characters in a param's value */
#define KWS_DEMOTED_MAX 32	/* "# soft" comments */
#define KWS_BYTES_MAX 65536	/* of a file */
#define KWS_MS_MAX 100000000	/* a bit more than a day */

enum kws_kind {
	KWS_WQ, KWS_WORK, KWS_DWORK, KWS_RWORK, KWS_ACTOR, KWS_MUTEX, KWS_COMPLETION,
	/* handlers: bodies that run on behalf of another step, and have neither a thread nor an item */
	KWS_IRQ, KWS_TASKLET, KWS_TIMER, KWS_FUNC
};

enum kws_op {
#define OP(ID, name, a, b, c, d, value, blocks, where) OP_##ID,
#include "conform/kws_ops.def"
#undef OP
	OP_NR
};

enum kws_arg {
	ARG_NONE, ARG_MS, ARG_NUM, ARG_ONE, ARG_CPU, ARG_NODE, ARG_WQ, ARG_ITEM, ARG_DWORK, ARG_RWORK,
	ARG_MUTEX, ARG_COMPLETION, ARG_IRQ, ARG_TASKLET, ARG_TIMER, ARG_FUNC, ARG_WORD, ARG_KEY, ARG_TEXT
};

/* The bodies that a step may be in: every one; those that may sleep (not irq, tasklet, timer); an item's. */
enum kws_where { WHERE_BODY, WHERE_TASK, WHERE_ITEM };

struct kws_op_row {
	const char *name;
	enum kws_arg args[KWS_ARGS_MAX];
	bool value, blocks;
	enum kws_where where;
};
extern const struct kws_op_row kws_ops[OP_NR];

/* bits of struct kws_decl.flags: flags of the language, not the kernel's values */
enum {
	KWS_UNBOUND = 1, KWS_HIGHPRI = 2, KWS_MEM_RECLAIM = 4, KWS_CPU_INTENSIVE = 8, KWS_FREEZABLE = 16,
	KWS_BH = 32, KWS_ORDERED = 64, KWS_SYSFS = 128, KWS_POWER_EFFICIENT = 256
};

/* The kernel's own workqueues: SYSTEM(pointer, name, flags of the language). */
#define KWS_SYSTEM_WQS(SYSTEM)                                                             \
	SYSTEM(system_wq, "events", 0)                                                     \
	SYSTEM(system_percpu_wq, "events", 0)                                              \
	SYSTEM(system_highpri_wq, "events_highpri", KWS_HIGHPRI)                           \
	SYSTEM(system_long_wq, "events_long", 0)                                           \
	SYSTEM(system_unbound_wq, "events_unbound", KWS_UNBOUND)                           \
	SYSTEM(system_dfl_wq, "events_unbound", KWS_UNBOUND)                               \
	SYSTEM(system_freezable_wq, "events_freezable", KWS_FREEZABLE)                     \
	SYSTEM(system_power_efficient_wq, "events_power_efficient", KWS_POWER_EFFICIENT)   \
	SYSTEM(system_freezable_power_efficient_wq, "events_freezable_pwr_efficient",      \
	       KWS_FREEZABLE | KWS_POWER_EFFICIENT)                                        \
	SYSTEM(system_bh_wq, "events_bh", KWS_BH)                                          \
	SYSTEM(system_bh_highpri_wq, "events_bh_highpri", KWS_BH | KWS_HIGHPRI)

enum kws_system {
	KWS_NOT_SYSTEM,
#define SYSTEM(pointer, name, flags) KWS_##pointer,
	KWS_SYSTEM_WQS(SYSTEM)
#undef SYSTEM
	KWS_SYSTEM_NR
};
struct kws_system_row {
	const char *pointer, *name;
	unsigned int flags;
};
extern const struct kws_system_row kws_system_wqs[KWS_SYSTEM_NR];

struct kws_value {
	long num;		/* MS, NUM, CPU, NODE; else index of the declaration */
	const char *text;	/* WORD, KEY, TEXT; points into struct kws */
};

struct kws_step {
	enum kws_op op;
	int line;
	unsigned int times;	/* 1 unless N* stands before it */
	const char *text;	/* as written, without N*; points into struct kws */
	struct kws_value arg[KWS_ARGS_MAX];
};

struct kws_decl {
	enum kws_kind kind;
	int line;
	char name[KWS_NAME_MAX + 1];
	unsigned int flags, max_active;	/* wq */
	enum kws_system system;		/* wq: which of the kernel's own it stands for */
	int fn;				/* of an item: index of the item whose work function it uses (its own by default) */
	int cpu;			/* actor */
	bool fifo;			/* actor */
	bool high;			/* tasklet */
	unsigned int first, nr;		/* its steps */
};

enum kws_kernel { KERNEL_DEBIAN, KERNEL_CUSTOM, KERNEL_LOCKDEP };

struct kws {
	char name[KWS_NAME_MAX + 1];
	const char *doc;		/* "" if none */
	struct kws_decl decls[KWS_DECLS_MAX];
	unsigned int nr_decls;
	struct kws_step steps[KWS_STEPS_MAX];
	unsigned int nr_steps;
	long timeout_ms;		/* 3000 */
	long cpu_intensive_thresh_us;	/* 0 = no detection */
	long settle_ms;
	bool slow, fresh;
	enum kws_kernel kernel;
	int topo;			/* CPUs: 4 or 16 */
	char boot[KWS_PARAM_MAX + 1];	/* "" = none */
	int boot_line;
	const char *demoted[KWS_DEMOTED_MAX];	/* facts that a comment makes soft */
	unsigned int nr_demoted;
	char *text;			/* owned: the pointers above point into it */
};

/*
 * kws_parse - parse a scenario
 * @path:  for messages; its base name must be the scenario's name (with .kws)
 * @text:  @len bytes, need not end in NUL
 * @err:   "FILE:LINE: sentence" on failure
 * Return: 0, -EINVAL, -ENOMEM.  Owner: caller; kws_fini() after success only.
 */
int kws_parse(struct kws *k, const char *path, const char *text, size_t len, char *err, size_t err_size);
/* Reads a file, then calls kws_parse(); -ENOENT and the like if it cannot be read. */
int kws_load(struct kws *k, const char *path, char *err, size_t err_size);
void kws_fini(struct kws *k);

static inline bool kws_is_item(enum kws_kind kind)
{
	return kind == KWS_WORK || kind == KWS_DWORK || kind == KWS_RWORK;
}
static inline bool kws_is_handler(enum kws_kind kind)
{
	return kind == KWS_IRQ || kind == KWS_TASKLET || kind == KWS_TIMER || kind == KWS_FUNC;
}
/* Index of the declaration with that name, or -1. */
int kws_find(const struct kws *k, const char *name);
int kws_nodes(const struct kws *k);
/* Reads a whole file; *@text is malloc'ed and ends in NUL.  Return: 0 or -errno. */
int kws_read_file(const char *path, char **text, size_t *len);

#endif
