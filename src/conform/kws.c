/*
 * conform/kws.c - parses the scenario language.
 *
 * There are two passes, since a name may be used before the line that declares it.  The
 * first pass reads lines, names and the form of each step.  The second looks up names
 * and checks kinds and numbers.  The first error ends it: "FILE:LINE: sentence".
 *
 * Lives here:   the parser.
 * Never here:   memory beyond one copy of the text, running, facts.
 * Licence: MIT.
 */
#include "conform/kws.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct kws_op_row kws_ops[OP_NR] = {
#define OP(ID, name, a, b, c, d, value, blocks, where) \
	[OP_##ID] = { name, { ARG_##a, ARG_##b, ARG_##c, ARG_##d }, value, blocks, WHERE_##where },
#include "conform/kws_ops.def"
#undef OP
};

static const char *const arg_words[] = {
	[ARG_MS] = "a time in ms", [ARG_NUM] = "a number", [ARG_ONE] = "the number 1", [ARG_CPU] = "a CPU",
	[ARG_NODE] = "a node", [ARG_WQ] = "a workqueue", [ARG_ITEM] = "a work item",
	[ARG_DWORK] = "a delayed item (dwork)", [ARG_RWORK] = "an RCU item (rwork)", [ARG_MUTEX] = "a mutex",
	[ARG_COMPLETION] = "a completion", [ARG_IRQ] = "an interrupt (irq)", [ARG_TASKLET] = "a tasklet",
	[ARG_TIMER] = "a timer", [ARG_FUNC] = "a function (func)", [ARG_WORD] = "a word", [ARG_KEY] = "a SysRq key", [ARG_TEXT] = "a text",
};

const struct kws_system_row kws_system_wqs[KWS_SYSTEM_NR] = {
#define SYSTEM(pointer, name, flags) [KWS_##pointer] = { #pointer, name, flags },
	KWS_SYSTEM_WQS(SYSTEM)
#undef SYSTEM
};

static const struct {
	const char *name;
	unsigned int bit;
} flag_rows[] = {
	{ "UNBOUND", KWS_UNBOUND }, { "HIGHPRI", KWS_HIGHPRI }, { "MEM_RECLAIM", KWS_MEM_RECLAIM },
	{ "CPU_INTENSIVE", KWS_CPU_INTENSIVE }, { "FREEZABLE", KWS_FREEZABLE }, { "BH", KWS_BH },
	{ "ORDERED", KWS_ORDERED }, { "SYSFS", KWS_SYSFS }, { "POWER_EFFICIENT", KWS_POWER_EFFICIENT },
};

struct parser {
	struct kws *k;
	const char *path;
	int line;
	char *err;
	size_t err_size;
	bool named;				/* a "scenario" line was read */
	unsigned int params_seen;		/* bits of param rows */
	const char *fn_names[KWS_DECLS_MAX];	/* fn=W, resolved in the second pass */
};

__attribute__((format(printf, 2, 3)))
static int fail(const struct parser *p, const char *fmt, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(p->err, p->err_size, "%s:%d: %s", p->path, p->line, what);
	return -EINVAL;
}

/* Arguments for %.*s: a word, cut so that a message stays one line. */
#define W(s) (int)(strlen(s) > 60 ? 60 : strlen(s)), (s)

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static int check_name(const struct parser *p, const char *name)
{
	size_t n = strlen(name);

	if (n == 0)
		return fail(p, "a name is missing");
	if (n > KWS_NAME_MAX)
		return fail(p, "the name '%.*s' is longer than %d characters", W(name), KWS_NAME_MAX);
	for (size_t i = 0; i < n; i++)
		if (!name_char(name[i]))
			return fail(p, "the name '%.*s' has a character that is no letter, digit or underscore",
				    W(name));
	return 0;
}

/* Decimal digits only; @max included. */
static int read_number(const struct parser *p, const char *s, long min, long max, long *out)
{
	long v = 0;

	if (!*s)
		return fail(p, "a number is missing");
	for (const char *c = s; *c; c++) {
		if (*c < '0' || *c > '9')
			return fail(p, "expected a whole number, got '%.*s'", W(s));
		v = v * 10 + (*c - '0');
		if (v > 1000000000)
			return fail(p, "the number %.*s is too large", W(s));
	}
	if (v < min || v > max)
		return fail(p, "%ld is not between %ld and %ld", v, min, max);
	*out = v;
	return 0;
}

/* Cuts the next word off *@rest (single spaces).  NULL at the end. */
static char *next_word(char **rest)
{
	char *word = *rest, *space;

	if (!word)
		return NULL;
	space = strchr(word, ' ');
	if (space)
		*space++ = '\0';
	*rest = space;
	return word;
}

int kws_find(const struct kws *k, const char *name)
{
	for (unsigned int i = 0; i < k->nr_decls; i++)
		if (!strcmp(k->decls[i].name, name))
			return (int)i;
	return -1;
}

int kws_nodes(const struct kws *k)
{
	(void)k;
	return 2;	/* both measured machines have two nodes */
}

/* ---- first pass -------------------------------------------------------------- */

static int read_step(struct parser *p, char *word, enum kws_kind body)
{
	struct kws_step *s = &p->k->steps[p->k->nr_steps];
	char *colon = strchr(word, ':'), *star = strchr(word, '*');
	long times = 1;
	size_t n;

	if (star && (!colon || star < colon)) {
		*star = '\0';
		if (read_number(p, word, 1, KWS_TIMES_MAX, &times))
			return -EINVAL;
		word = star + 1;
	}
	n = colon ? (size_t)(colon - word) : strlen(word);

	if (!*word)
		return fail(p, "a step is missing (words are separated by single spaces)");
	if (p->k->nr_steps == KWS_STEPS_MAX)
		return fail(p, "a scenario has at most %d steps", KWS_STEPS_MAX);
	for (int op = 0; op < OP_NR; op++) {
		if (strlen(kws_ops[op].name) != n || strncmp(kws_ops[op].name, word, n))
			continue;
		if (kws_ops[op].where == WHERE_ITEM && !kws_is_item(body))
			return fail(p, "'%s' belongs in an item's steps only", kws_ops[op].name);
		if (kws_ops[op].where == WHERE_TASK && kws_is_handler(body) && body != KWS_FUNC)
			return fail(p, "'%s' belongs in a body that may sleep, not in an irq, a tasklet or a timer",
				    kws_ops[op].name);
		s->op = (enum kws_op)op;
		s->line = p->line;
		s->times = (unsigned int)times;
		s->text = word;
		p->k->nr_steps++;
		return 0;
	}
	return fail(p, "there is no step '%.*s'", (int)(n > 60 ? 60 : n), word);
}

static int read_steps(struct parser *p, struct kws_decl *d, char *first, char **rest)
{
	int err;

	d->first = p->k->nr_steps;
	for (char *word = first; word; word = next_word(rest)) {
		err = read_step(p, word, d->kind);
		if (err)
			return err;
		d->nr++;
	}
	return 0;
}

static int read_flags(struct parser *p, struct kws_decl *d, char *list)
{
	for (char *word = list, *next; word; word = next) {
		unsigned int bit = 0;

		next = strchr(word, '|');
		if (next)
			*next++ = '\0';
		for (size_t i = 0; i < sizeof(flag_rows) / sizeof(flag_rows[0]); i++)
			if (!strcmp(word, flag_rows[i].name))
				bit = flag_rows[i].bit;
		if (!bit)
			return fail(p, "there is no workqueue flag '%.*s'", W(word));
		if (d->flags & bit)
			return fail(p, "flag %.*s is given twice", W(word));
		d->flags |= bit;
	}
	return 0;
}

static int read_system(struct parser *p, struct kws_decl *d, const char *pointer)
{
	for (int i = KWS_NOT_SYSTEM + 1; i < KWS_SYSTEM_NR; i++)
		if (!strcmp(kws_system_wqs[i].pointer, pointer))
			d->system = (enum kws_system)i;
	if (!d->system)
		return fail(p, "the kernel has no workqueue '%.*s'", W(pointer));
	for (const struct kws_decl *other = p->k->decls; other < d; other++)
		if (other->kind == KWS_WQ && other->system == d->system)
			return fail(p, "%s has the name %s since line %d", pointer, other->name, other->line);
	d->flags = kws_system_wqs[d->system].flags;
	return 0;
}

static int read_wq(struct parser *p, struct kws_decl *d, char **rest)
{
	bool flags = false, max = false;
	long n;
	int err;

	for (char *word; (word = next_word(rest));) {
		if (!strncmp(word, "system=", 7) && !flags && !max && !d->system) {
			err = *rest ? fail(p, "nothing may follow system= here, but '%.*s' does", W(*rest)) :
			      read_system(p, d, word + 7);
		} else if (!strncmp(word, "flags=", 6) && !flags) {
			flags = true;
			err = read_flags(p, d, word + 6);
		} else if (!strncmp(word, "max_active=", 11) && !max) {
			max = true;
			err = read_number(p, word + 11, 0, 1000000, &n);
			d->max_active = err ? 0 : (unsigned int)n;
		} else {
			err = fail(p, "a wq takes flags= and max_active=, each once, or system=, not '%.*s'", W(word));
		}
		if (err)
			return err;
	}
	return 0;
}

static int read_item(struct parser *p, struct kws_decl *d, char **rest)
{
	char *word = next_word(rest);

	if (word && !strncmp(word, "fn=", 3)) {
		p->fn_names[d - p->k->decls] = word + 3;
		word = next_word(rest);
	}
	return read_steps(p, d, word, rest);
}

static int read_actor(struct parser *p, struct kws_decl *d, char **rest)
{
	bool cpu = false, prio = false;
	char *word;
	long n;
	int err;

	d->fifo = true;
	while ((word = next_word(rest))) {
		if (!strncmp(word, "cpu=", 4) && !cpu) {
			cpu = true;
			err = read_number(p, word + 4, 0, 1000, &n);
			if (err)
				return err;
			d->cpu = (int)n;
		} else if (!strncmp(word, "prio=", 5) && !prio) {
			prio = true;
			if (strcmp(word + 5, "fifo") && strcmp(word + 5, "normal"))
				return fail(p, "prio is fifo or normal, not '%.*s'", W(word + 5));
			d->fifo = !strcmp(word + 5, "fifo");
		} else {
			break;
		}
	}
	return read_steps(p, d, word, rest);
}

static int read_handler(struct parser *p, struct kws_decl *d, char **rest)
{
	char *word = next_word(rest);

	if (word && d->kind == KWS_TASKLET && !strncmp(word, "prio=", 5)) {
		if (strcmp(word + 5, "hi"))
			return fail(p, "the prio of a tasklet is hi, or not given, not '%.*s'", W(word + 5));
		d->high = true;
		word = next_word(rest);
	}
	return read_steps(p, d, word, rest);
}

static int read_bare(struct parser *p, struct kws_decl *d, char **rest)
{
	(void)d;
	return *rest ? fail(p, "nothing may follow the name here, but '%.*s' does", W(*rest)) : 0;
}

static int read_param(struct parser *p, char *rest)
{
	struct kws *k = p->k;
	long slow = k->slow, fresh = k->fresh, topo = k->topo;
	const struct {
		const char *key;
		long *to, min, max;
	} rows[] = {
		{ "timeout_ms", &k->timeout_ms, 1, KWS_MS_MAX },
		{ "cpu_intensive_thresh_us", &k->cpu_intensive_thresh_us, 0, 1000000000 },
		{ "settle_ms", &k->settle_ms, 0, KWS_MS_MAX },
		{ "slow", &slow, 0, 1 }, { "fresh", &fresh, 0, 1 }, { "topo", &topo, 4, 16 },
		{ "kernel", NULL, 0, 0 }, { "boot", NULL, 0, 0 },
	};
	char *value = rest ? strchr(rest, '=') : NULL;
	int err = 0;

	if (!value || strchr(rest, ' '))
		return fail(p, "param takes one KEY=VALUE");
	*value++ = '\0';
	if (!*value || strlen(value) > KWS_PARAM_MAX)
		return fail(p, "the value of param %.*s is %s", W(rest), *value ? "too long" : "missing");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rest, rows[i].key))
			continue;
		if (p->params_seen & (1u << i))
			return fail(p, "param %s is given twice", rows[i].key);
		p->params_seen |= 1u << i;
		if (rows[i].to)
			err = read_number(p, value, rows[i].min, rows[i].max, rows[i].to);
		else if (!strcmp(rest, "boot"))
			k->boot_line = snprintf(k->boot, sizeof(k->boot), "%s", value) ? p->line : 0;
		else if (!strcmp(value, "custom") || !strcmp(value, "lockdep"))
			k->kernel = *value == 'c' ? KERNEL_CUSTOM : KERNEL_LOCKDEP;
		else
			err = fail(p, "kernel is custom or lockdep, not '%.*s'", W(value));
		if (!err && topo != 4 && topo != 16)
			err = fail(p, "topo is 4 or 16, not %ld", topo);
		k->slow = slow;
		k->fresh = fresh;
		k->topo = (int)topo;
		return err;
	}
	return fail(p, "there is no param '%.*s'", W(rest));
}

static int read_scenario(struct parser *p, char *name)
{
	const char *base = strrchr(p->path, '/');
	size_t n;

	if (p->named)
		return fail(p, "the scenario has a name already: %s", p->k->name);
	if (!name)
		return fail(p, "scenario takes a name");
	if (check_name(p, name))
		return -EINVAL;
	base = base ? base + 1 : p->path;
	n = strlen(base);
	if (n > 4 && !strcmp(base + n - 4, ".kws"))
		n -= 4;
	if (strlen(name) != n || strncmp(name, base, n))
		return fail(p, "the scenario is called %s, its file %.*s", name, W(base));
	strcpy(p->k->name, name);
	p->named = true;
	return 0;
}

static const struct {
	const char *word;
	enum kws_kind kind;
	int (*read)(struct parser *p, struct kws_decl *d, char **rest);
} decl_rows[] = {
	{ "wq", KWS_WQ, read_wq }, { "work", KWS_WORK, read_item }, { "dwork", KWS_DWORK, read_item },
	{ "rwork", KWS_RWORK, read_item }, { "actor", KWS_ACTOR, read_actor },
	{ "irq", KWS_IRQ, read_handler }, { "tasklet", KWS_TASKLET, read_handler },
	{ "timer", KWS_TIMER, read_handler }, { "func", KWS_FUNC, read_handler },
	{ "mutex", KWS_MUTEX, read_bare }, { "completion", KWS_COMPLETION, read_bare },
};

static int read_decl(struct parser *p, size_t row, char **rest)
{
	struct kws *k = p->k;
	struct kws_decl *d = &k->decls[k->nr_decls];
	char *name = next_word(rest);
	int other;

	if (!name)
		return fail(p, "%s takes a name", decl_rows[row].word);
	if (check_name(p, name))
		return -EINVAL;
	other = kws_find(k, name);
	if (other >= 0)
		return fail(p, "the name %s is taken since line %d", name, k->decls[other].line);
	if (k->nr_decls == KWS_DECLS_MAX)
		return fail(p, "a scenario has at most %d declarations", KWS_DECLS_MAX);
	strcpy(d->name, name);
	d->kind = decl_rows[row].kind;
	d->line = p->line;
	d->fn = (int)k->nr_decls;
	k->nr_decls++;
	return decl_rows[row].read(p, d, rest);
}

static int read_comment(struct parser *p, char *line)
{
	char *reason;

	if (strncmp(line, "# soft ", 7))
		return 0;
	reason = strstr(line + 7, " // ");
	if (!reason)
		return fail(p, "'# soft FACT // REASON' lacks its reason");
	if (p->k->nr_demoted == KWS_DEMOTED_MAX)
		return fail(p, "at most %d facts can be made soft", KWS_DEMOTED_MAX);
	*reason = '\0';
	p->k->demoted[p->k->nr_demoted++] = line + 7;
	return 0;
}

static int read_line(struct parser *p, char *line)
{
	char *rest = line, *word;

	if (!*line)
		return 0;
	if (*line == '#')
		return read_comment(p, line);
	if (!strncmp(line, "doc ", 4)) {
		if (*p->k->doc)
			return fail(p, "there is a doc line already");
		p->k->doc = line + 4;
		return 0;
	}
	for (const char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return fail(p, "a control character (words are separated by single spaces)");
	if (line[0] == ' ' || strstr(line, "  ") || line[strlen(line) - 1] == ' ')
		return fail(p, "words are separated by single spaces, none before or after");
	word = next_word(&rest);
	if (!strcmp(word, "scenario")) {
		char *name = next_word(&rest);

		return rest ? fail(p, "scenario takes one name") : read_scenario(p, name);
	}
	if (!strcmp(word, "param"))
		return read_param(p, rest);
	for (size_t i = 0; i < sizeof(decl_rows) / sizeof(decl_rows[0]); i++)
		if (!strcmp(word, decl_rows[i].word))
			return read_decl(p, i, &rest);
	return fail(p, "a line begins with scenario, doc, param, wq, work, dwork, rwork, actor, irq, tasklet, timer, func, "
		    "mutex or completion, not '%.*s'", W(word));
}

/* ---- second pass --------------------------------------------------------------- */

static bool kind_fits(enum kws_arg arg, enum kws_kind kind)
{
	switch (arg) {
	case ARG_WQ:
		return kind == KWS_WQ;
	case ARG_ITEM:
		return kws_is_item(kind);
	case ARG_DWORK:
		return kind == KWS_DWORK;
	case ARG_RWORK:
		return kind == KWS_RWORK;
	case ARG_MUTEX:
		return kind == KWS_MUTEX;
	case ARG_COMPLETION:
		return kind == KWS_COMPLETION;
	case ARG_IRQ:
		return kind == KWS_IRQ;
	case ARG_TASKLET:
		return kind == KWS_TASKLET;
	case ARG_TIMER:
		return kind == KWS_TIMER;
	case ARG_FUNC:
		return kind == KWS_FUNC;
	default:
		return false;
	}
}

static int link_name(struct parser *p, enum kws_arg arg, const char *word, struct kws_value *v)
{
	int i = kws_find(p->k, word);

	if (i < 0)
		return fail(p, "nothing is called '%.*s'", W(word));
	if (!kind_fits(arg, p->k->decls[i].kind))
		return fail(p, "%s is not %s", word, arg_words[arg]);
	v->num = i;
	return 0;
}

static int link_arg(struct parser *p, enum kws_arg arg, char *word, struct kws_value *v)
{
	switch (arg) {
	case ARG_MS:
		return read_number(p, word, 0, KWS_MS_MAX, &v->num);
	case ARG_NUM:
		return read_number(p, word, 0, 1000000, &v->num);
	case ARG_ONE:
		return read_number(p, word, 1, 1, &v->num);
	case ARG_CPU:
		return read_number(p, word, 0, p->k->topo - 1, &v->num);
	case ARG_NODE:
		return read_number(p, word, 0, kws_nodes(p->k) - 1, &v->num);
	case ARG_KEY:
		if (strcmp(word, "t"))
			return fail(p, "of the SysRq keys only t (tasks and workqueues) is known, not '%.*s'", W(word));
		v->text = word;
		return 0;
	case ARG_WORD:
	case ARG_TEXT:
		if (!*word)
			return fail(p, "%s is missing", arg_words[arg]);
		v->text = word;
		return 0;
	default:
		return link_name(p, arg, word, v);
	}
}

static int link_step(struct parser *p, struct kws_step *s, char **room)
{
	const struct kws_op_row *row = &kws_ops[s->op];
	char *rest = strchr(s->text, ':');
	size_t n = strlen(s->text) + 1;
	int given = 0, err;

	/* the step keeps its text; its arguments are cut from a copy */
	memcpy(*room, s->text, n);
	rest = rest ? *room + (rest - s->text) + 1 : NULL;
	*room += n;
	for (; rest; given++) {
		enum kws_arg arg = given < KWS_ARGS_MAX ? row->args[given] : ARG_NONE;
		char *next = arg == ARG_TEXT ? NULL : strchr(rest, ':');

		if (arg == ARG_NONE)
			return fail(p, "'%.*s' has too many arguments", W(s->text));
		if (next)
			*next++ = '\0';
		err = link_arg(p, arg, rest, &s->arg[given]);
		if (err)
			return err;
		rest = next;
	}
	if (given < KWS_ARGS_MAX && row->args[given] != ARG_NONE)
		return fail(p, "'%.*s' lacks %s", W(s->text), arg_words[row->args[given]]);
	return 0;
}

/* A scenario must not destroy a system workqueue. */
static int check_destroyed(struct parser *p, const struct kws_decl *d)
{
	for (unsigned int i = d->first; i < d->first + d->nr; i++) {
		const struct kws_step *s = &p->k->steps[i];

		p->line = s->line;
		if (s->op == OP_DESTROY && p->k->decls[s->arg[0].num].system)
			return fail(p, "%s is a system workqueue, which cannot be destroyed",
				    p->k->decls[s->arg[0].num].name);
	}
	return 0;
}

/* After free:W, no later step of the same body may name W. */
static int check_freed(struct parser *p, const struct kws_decl *d)
{
	bool freed[KWS_DECLS_MAX] = { false };

	for (unsigned int i = d->first; i < d->first + d->nr; i++) {
		const struct kws_step *s = &p->k->steps[i];

		p->line = s->line;
		for (int a = 0; a < KWS_ARGS_MAX; a++) {
			enum kws_arg arg = kws_ops[s->op].args[a];

			if (arg != ARG_ITEM && arg != ARG_DWORK && arg != ARG_RWORK)
				continue;
			if (freed[s->arg[a].num])
				return fail(p, "%s has been freed by then", p->k->decls[s->arg[a].num].name);
			freed[s->arg[a].num] = s->op == OP_FREE;
		}
	}
	return 0;
}

static int link_all(struct parser *p, char *room)
{
	struct kws *k = p->k;
	int err;

	for (unsigned int i = 0; i < k->nr_steps; i++) {
		p->line = k->steps[i].line;
		err = link_step(p, &k->steps[i], &room);
		if (err)
			return err;
	}
	for (unsigned int i = 0; i < k->nr_decls; i++) {
		struct kws_decl *d = &k->decls[i];

		p->line = d->line;
		if (d->kind == KWS_ACTOR && d->cpu >= k->topo)
			return fail(p, "there is no CPU %d: this machine has 0 to %d", d->cpu, k->topo - 1);
		if (p->fn_names[i]) {
			struct kws_value v = { 0, NULL };

			err = link_name(p, ARG_ITEM, p->fn_names[i], &v);
			if (err)
				return err;
			d->fn = (int)v.num;
		}
		err = check_destroyed(p, d);
		if (!err)
			err = check_freed(p, d);
		if (err)
			return err;
	}
	return 0;
}

/* fn=W may name an item that itself uses another's function: follows to the owner, refuses circles. */
static int resolve_functions(struct parser *p)
{
	struct kws *k = p->k;

	for (unsigned int i = 0; i < k->nr_decls; i++) {
		int at = k->decls[i].fn;
		unsigned int hops = 0;

		while (k->decls[at].fn != at && hops++ < k->nr_decls)
			at = k->decls[at].fn;
		p->line = k->decls[i].line;
		if (k->decls[at].fn != at)
			return fail(p, "fn= of %s goes in a circle", k->decls[i].name);
	}
	for (unsigned int i = 0; i < k->nr_decls; i++)
		while (k->decls[k->decls[i].fn].fn != k->decls[i].fn)
			k->decls[i].fn = k->decls[k->decls[i].fn].fn;
	return 0;
}

int kws_parse(struct kws *k, const char *path, const char *text, size_t len, char *err, size_t err_size)
{
	struct parser p = { .k = k, .path = path, .err = err, .err_size = err_size };
	char *line, *next;
	int ret = 0;

	memset(k, 0, sizeof(*k));
	k->timeout_ms = 3000;
	k->topo = 4;
	k->doc = "";
	if (len > KWS_BYTES_MAX || memchr(text, '\0', len)) {
		p.line = 1;
		return fail(&p, len > KWS_BYTES_MAX ? "a scenario has at most 65536 bytes" : "not a text file: it has a zero byte");
	}
	k->text = calloc(2, len + KWS_STEPS_MAX + 2);	/* the text, and a copy of the steps */
	if (!k->text)
		return -ENOMEM;
	memcpy(k->text, text, len);
	for (line = k->text; !ret && line; line = next) {
		p.line++;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		ret = read_line(&p, line);
	}
	if (!ret && !p.named)
		ret = fail(&p, "the scenario has no name: 'scenario NAME'");
	if (!ret)
		ret = link_all(&p, k->text + len + 1);
	if (!ret)
		ret = resolve_functions(&p);
	if (ret)
		kws_fini(k);
	return ret;
}

int kws_read_file(const char *path, char **text, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *buf = NULL;
	size_t cap = 0, n = 0, got;
	int err = 0;

	if (!f)
		return -errno;
	do {
		char *more = realloc(buf, cap + 65536);

		if (!more) {
			err = -ENOMEM;
			break;
		}
		buf = more;
		cap += 65536;
		errno = 0;
		got = fread(buf + n, 1, cap - n - 1, f);
		n += got;
		if (ferror(f))
			err = errno ? -errno : -EIO;
	} while (!err && n == cap - 1 && cap < (64u << 20));
	fclose(f);
	if (err) {
		free(buf);
		return err;
	}
	buf[n] = '\0';
	*text = buf;
	*len = n;
	return 0;
}

int kws_load(struct kws *k, const char *path, char *err, size_t err_size)
{
	char *text;
	size_t len;
	int ret = kws_read_file(path, &text, &len);

	if (ret) {
		snprintf(err, err_size, "%s: %s", path, strerror(-ret));
		return ret;
	}
	ret = kws_parse(k, path, text, len, err, err_size);
	free(text);
	return ret;
}

void kws_fini(struct kws *k)
{
	free(k->text);
	k->text = NULL;
}
