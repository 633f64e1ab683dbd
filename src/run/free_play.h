/*
 * run/free_play.h - the acts of free play: lines of text, and the things that they have made.
 *
 * In free play the student makes work items, workqueues and interrupt lines, and acts on them.
 * Each act is one line and one input of the run.  Both processes read it here and keep the
 * same list of things: the visible one to refuse a line before it is an input, the machine
 * process to carry it out.  The list is made from the acts alone.
 *
 * Lives here:   reading an act, the names and kinds of things, the things at the beginning.
 * Never here:   carrying acts out (lua/lib/free_play.lua), keys and rows.
 * Rules:        docs/free-play.md, docs/inputs.md.   Licence: MIT.
 */
#ifndef KW_RUN_FREE_PLAY_H
#define KW_RUN_FREE_PLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpumask.h"
#include "base/strbuf.h"

#define FREE_NAME_MAX 13		/* bytes of a name, with its NUL: the rows of the screen have room for it */
#define FREE_WQ_NAME_MAX 24		/* those of the system are longer */
#define FREE_ITEMS_MAX 16
#define FREE_WQS_MAX 16
#define FREE_LINES_MAX 8
#define FREE_STEPS_MAX 12
#define FREE_LINE_BYTES 200		/* of an act */
#define FREE_CALLS_MAX 48		/* calls that wait at one time: each has a thread of the machine */
#define FREE_NONE (-1)

enum free_op {
	FREE_ITEM, FREE_DELAYED, FREE_WQ, FREE_ORDERED, FREE_LINE, FREE_QUEUE, FREE_SCHEDULE, FREE_DELAY, FREE_MOD, FREE_IRQ,
	FREE_CANCEL, FREE_TAKE_BACK, FREE_FLUSH, FREE_DRAIN, FREE_MAX, FREE_OFF, FREE_ON, FREE_THREADS, FREE_RUN, FREE_OPS,
};

enum free_step_kind { FREE_BURN, FREE_SLEEP, FREE_LOCK, FREE_UNLOCK, FREE_STEP_QUEUE, FREE_STEP_DELAY, FREE_STEP_KINDS };

struct free_step {
	enum free_step_kind kind;
	uint64_t ns;			/* burn, sleep, delay */
	char lock[FREE_NAME_MAX];
	int item, wq;			/* queue, delay */
};

struct free_steps {
	struct free_step v[FREE_STEPS_MAX];
	unsigned int nr;
};

struct free_item {
	char name[FREE_NAME_MAX];
	bool delayed;
	struct free_steps steps;
};

/* Flags of a workqueue, in the order of the words in free_play.c. */
enum { FREE_WQ_UNBOUND = 1, FREE_WQ_HIGHPRI = 2, FREE_WQ_INTENSIVE = 4, FREE_WQ_FREEZABLE = 8, FREE_WQ_RECLAIM = 16,
       FREE_WQ_BH = 32, FREE_WQ_ORDERED = 64 };

struct free_wq {
	char name[FREE_WQ_NAME_MAX];
	unsigned int flags, max_active;	/* max_active 0: the kernel's default */
	bool system;
};

struct free_line {
	char name[FREE_NAME_MAX];
	int cpu, wq;
	int item[FREE_ITEMS_MAX];
	unsigned int nr_items;
};

/* All things at one time. */
struct free_play {
	int nr_cpus;
	uint64_t online;		/* a bit for each CPU */
	bool no_threads;
	struct free_item item[FREE_ITEMS_MAX];
	struct free_wq wq[FREE_WQS_MAX];
	struct free_line line[FREE_LINES_MAX];
	int nr_items, nr_wqs, nr_lines;
};

/* One act; numbers of things are indices of struct free_play, FREE_NONE = not named. */
struct free_act {
	enum free_op op;
	char name[FREE_NAME_MAX];	/* of what it makes */
	int item, wq, line, cpu;
	bool has_time, on;
	uint64_t ns;
	unsigned int number, flags;
	struct free_steps steps;
	int items[FREE_ITEMS_MAX];
	unsigned int nr_items;
};

/*
 * free_play_read - reads the line @text
 * Return: true and *act; false and a sentence in @err.
 * An item that exists may be given new steps; of an act that makes something new the
 * index is the one that free_play_apply() gives it.
 */
bool free_play_read(const struct free_play *fp, const char *text, struct free_act *act, char *err, size_t err_size);
void free_play_apply(struct free_play *fp, const struct free_act *act);
/* The system's workqueues, and the things that each run of free play begins with. */
void free_play_begin(struct free_play *fp, int nr_cpus);
/* Act @i, from 0, of those that make the things at the beginning; NULL = there are no more. */
const char *free_play_first_act(const struct free_play *fp, unsigned int i);

int free_play_default_wq(const struct free_play *fp);	/* of acts that name none: the one made last */
bool free_play_online(const struct free_play *fp, int cpu);
/* "burn 3, sleep 8, burn 1" */
void free_play_put_steps(const struct free_play *fp, const struct free_item *it, struct strbuf *out);
/* "per CPU, max_active 2" */
void free_play_put_wq(const struct free_wq *wq, struct strbuf *out);
void free_play_put_ms(uint64_t ns, struct strbuf *out);	/* "0.5" */

/* ---- things to choose from, as both front ends list them ---- */

enum free_thing { FREE_THING_ITEM, FREE_THING_WQ, FREE_THING_LINE, FREE_THING_CPU };
struct free_choice {
	enum free_thing kind;
	int index;
};
#define FREE_CHOICES_MAX (FREE_ITEMS_MAX + FREE_WQS_MAX + FREE_LINES_MAX + CPUS_MAX)
/* Items, workqueues, lines, CPUs.  Return: how many. */
unsigned int free_play_choices(const struct free_play *fp, struct free_choice *out);
/* The act that a choice stands for: "queue scan mine", with workqueue @wq. */
void free_play_choice_act(const struct free_play *fp, const struct free_choice *c, int wq, struct strbuf *out);
/* Its name; a CPU's is its number. */
void free_play_choice_name(const struct free_play *fp, const struct free_choice *c, struct strbuf *out);
/* Steps, attributes, "CPU 0: scan save log"; nothing for a CPU. */
void free_play_choice_text(const struct free_play *fp, const struct free_choice *c, struct strbuf *out);

/* The rows of help, the short words only: false = there is no row @i. */
bool free_play_help(unsigned int i, const char **usage, const char **line);
/* Any word of an act, by number, for completion; NULL = there are no more. */
const char *free_play_word(unsigned int i);

#endif
