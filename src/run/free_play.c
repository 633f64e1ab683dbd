/*
 * run/free_play.c - see free_play.h.   Licence: MIT.
 */
#include "run/free_play.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/time.h"

#define BURN_MS_MAX 1000u
#define DELAY_MS_MAX 60000u
#define RUN_MS_MAX 60000u
#define ACTIVE_MAX 2048u

static const struct free_row {
	enum free_op op;
	const char *word, *args, *usage, *line;
} rows[] = {
#define FREE_ACT(op, word, args, usage, line) { FREE_##op, word, args, usage, line },
#include "run/free_play.def"
#undef FREE_ACT
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name;
	unsigned int flags;
} system_wqs[] = { { "system_wq", 0 }, { "system_highpri_wq", FREE_WQ_HIGHPRI }, { "system_unbound_wq", FREE_WQ_UNBOUND } };
static const char *const flag_words[] = { "unbound", "highpri", "cpu_intensive", "freezable", "mem_reclaim", "bh", "ordered" };
#define FLAG_WORDS (sizeof(flag_words) / sizeof(flag_words[0]))

static const struct {
	const char *word;
	bool time, lock, item;
} step_rows[FREE_STEP_KINDS] = {
	[FREE_BURN] = { "burn", .time = true }, [FREE_SLEEP] = { "sleep", .time = true },
	[FREE_LOCK] = { "lock", .lock = true }, [FREE_UNLOCK] = { "unlock", .lock = true },
	[FREE_STEP_QUEUE] = { "queue", .item = true }, [FREE_STEP_DELAY] = { "delay", .time = true, .item = true },
};

/* Names that the text of a function could not have: Lua's words and those of its calls. */
static const char *const reserved[] = {
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
	"or", "repeat", "return", "then", "true", "until", "while", "w", "burn", "sleep_ms", "mutex_lock", "mutex_unlock",
	"queue_work", "on", "off", NULL
};

/* ---- looking things up ------------------------------------------------------------------ */

static int find_item(const struct free_play *fp, const char *name)
{
	for (int i = 0; i < fp->nr_items; i++)
		if (strcmp(fp->item[i].name, name) == 0)
			return i;
	return FREE_NONE;
}

static int find_wq(const struct free_play *fp, const char *name)
{
	for (int i = 0; i < fp->nr_wqs; i++)
		if (strcmp(fp->wq[i].name, name) == 0)
			return i;
	return FREE_NONE;
}

static int find_line(const struct free_play *fp, const char *name)
{
	for (int i = 0; i < fp->nr_lines; i++)
		if (strcmp(fp->line[i].name, name) == 0)
			return i;
	return FREE_NONE;
}

/* Locks are made by the steps that name them. */
static bool is_lock(const struct free_play *fp, const char *name)
{
	for (int i = 0; i < fp->nr_items; i++)
		for (unsigned int k = 0; k < fp->item[i].steps.nr; k++)
			if (strcmp(fp->item[i].steps.v[k].lock, name) == 0)
				return true;
	return false;
}

bool free_play_online(const struct free_play *fp, int cpu)
{
	return cpu >= 0 && cpu < fp->nr_cpus && (fp->online >> cpu & 1);
}

int free_play_default_wq(const struct free_play *fp)
{
	return fp->wq[fp->nr_wqs - 1].system ? 0 : fp->nr_wqs - 1;
}

static enum free_step_kind step_kind(const char *word)
{
	enum free_step_kind kind = FREE_BURN;

	while (kind < FREE_STEP_KINDS && strcmp(step_rows[kind].word, word))
		kind++;
	return kind;
}

static bool is_reserved(const char *name)
{
	for (const char *const *r = reserved; *r; r++)
		if (strcmp(*r, name) == 0)
			return true;
	return step_kind(name) < FREE_STEP_KINDS;
}

/* ---- reading ------------------------------------------------------------------------------- */

struct reader {
	const struct free_play *fp;
	struct free_act *act;
	char *word[FREE_LINE_BYTES / 2];	/* of the line */
	unsigned int nr, at;
	char *err;
	size_t err_size;
};

#define REFUSE(r, ...) (snprintf((r)->err, (r)->err_size, __VA_ARGS__), false)

static const char *next_word(struct reader *r)
{
	return r->at < r->nr ? r->word[r->at++] : NULL;
}

/* Decimal milliseconds, at most six digits behind the point. */
static bool read_ms(struct reader *r, const char *word, unsigned int max, bool whole, uint64_t *ns)
{
	uint64_t n = 0, unit = NS_PER_MS;
	const char *p = word;

	for (; isdigit((unsigned char)*p) && n <= max; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	n *= NS_PER_MS;
	if (*p == '.' && p > word && !whole)
		for (p++; isdigit((unsigned char)*p) && unit >= 10; p++)
			n += (uint64_t)(*p - '0') * (unit /= 10);
	if (*p || p == word || n > max * NS_PER_MS)
		return REFUSE(r, "\"%s\": %s of milliseconds is expected, at most %u", word, whole ? "a whole number" : "a number", max);
	*ns = n;
	return true;
}

static bool read_number(struct reader *r, const char *word, unsigned int lo, unsigned int hi, const char *what, unsigned int *out)
{
	unsigned long n = 0;
	const char *p = word;

	for (; isdigit((unsigned char)*p) && n <= hi; p++)
		n = n * 10 + (unsigned long)(*p - '0');
	if (*p || p == word || n < lo || n > hi)
		return REFUSE(r, "\"%s\": %s from %u to %u is expected", word, what, lo, hi);
	*out = (unsigned int)n;
	return true;
}

static bool read_new_name(struct reader *r, const char *word)
{
	const struct free_play *fp = r->fp;
	bool item = r->act->op == FREE_ITEM || r->act->op == FREE_DELAYED;
	size_t len = strlen(word);

	if (len >= FREE_NAME_MAX || !(islower((unsigned char)*word) || *word == '_') ||
	    strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
		return REFUSE(r, "\"%s\": a name has 1 to %d small letters, digits or _, and begins with a letter", word, FREE_NAME_MAX - 1);
	if (is_reserved(word))
		return REFUSE(r, "\"%s\" is no name: it is a word of the language", word);
	r->act->item = item ? find_item(fp, word) : FREE_NONE;
	if (r->act->item >= 0 && fp->item[r->act->item].delayed != (r->act->op == FREE_DELAYED))
		return REFUSE(r, "%s exists, and it is %s", word, fp->item[r->act->item].delayed ? "delayed" : "not delayed");
	if ((!item && find_item(fp, word) >= 0) || find_wq(fp, word) >= 0 || find_line(fp, word) >= 0 || is_lock(fp, word))
		return REFUSE(r, "there is a thing named %s already", word);
	if (item && r->act->item < 0 && fp->nr_items == FREE_ITEMS_MAX)
		return REFUSE(r, "there are %d items, and there is room for no more", FREE_ITEMS_MAX);
	if ((r->act->op == FREE_WQ || r->act->op == FREE_ORDERED) && fp->nr_wqs == FREE_WQS_MAX)
		return REFUSE(r, "there are %d workqueues, and there is room for no more", FREE_WQS_MAX);
	if (r->act->op == FREE_LINE && fp->nr_lines == FREE_LINES_MAX)
		return REFUSE(r, "there are %d interrupt lines, and there is room for no more", FREE_LINES_MAX);
	strcpy(r->act->name, word);
	if (item && r->act->item < 0)
		r->act->item = fp->nr_items;
	return true;
}

static bool no_such(struct reader *r, const char *word, const char *what)
{
	STRBUF(names, 160);

	if (strcmp(what, "item") == 0)
		for (int i = 0; i < r->fp->nr_items; i++)
			strbuf_printf(&names, "%s%s", names.len ? ", " : "", r->fp->item[i].name);
	else if (strcmp(what, "workqueue") == 0)
		for (int i = 0; i < r->fp->nr_wqs; i++)
			strbuf_printf(&names, "%s%s", names.len ? ", " : "", r->fp->wq[i].name);
	else
		for (int i = 0; i < r->fp->nr_lines; i++)
			strbuf_printf(&names, "%s%s", names.len ? ", " : "", r->fp->line[i].name);
	return REFUSE(r, "there is no %s \"%s\"; there is: %s", what, word, names.len ? names.buf : "none");
}

static bool read_item(struct reader *r, const char *word, bool delayed)
{
	r->act->item = find_item(r->fp, word);
	if (r->act->item < 0)
		return no_such(r, word, "item");
	if (delayed && !r->fp->item[r->act->item].delayed)
		return REFUSE(r, "%s has no timer: `delayed NAME STEP..` makes an item with one", word);
	return true;
}

static bool read_wq(struct reader *r, const char *word)
{
	r->act->wq = find_wq(r->fp, word);
	return r->act->wq >= 0 || no_such(r, word, "workqueue");
}

static bool read_line(struct reader *r, const char *word)
{
	r->act->line = find_line(r->fp, word);
	return r->act->line >= 0 || no_such(r, word, "interrupt line");
}

static bool read_cpu(struct reader *r, const char *word, bool online)
{
	unsigned int cpu;

	if (!read_number(r, word, 0, (unsigned int)r->fp->nr_cpus - 1, "the number of a CPU", &cpu))
		return false;
	if (free_play_online(r->fp, (int)cpu) != online)
		return REFUSE(r, "CPU %u is %s line", cpu, online ? "off" : "on");
	r->act->cpu = (int)cpu;
	return true;
}

/* ---- steps of a function -------------------------------------------------------------------- */

/* A workqueue may follow the item; the words of steps are no names of workqueues. */
static bool read_step_item(struct reader *r, struct free_step *s, const char *word)
{
	const struct free_play *fp = r->fp;
	bool self = strcmp(word, r->act->name) == 0;
	bool delayed;

	s->item = self ? r->act->item : find_item(fp, word);
	if (s->item < 0)
		return no_such(r, word, "item");
	delayed = self ? r->act->op == FREE_DELAYED : fp->item[s->item].delayed;
	if (s->kind == FREE_STEP_DELAY && !delayed)
		return REFUSE(r, "%s has no timer: `delayed NAME STEP..` makes an item with one", word);
	if (s->kind == FREE_STEP_DELAY) {
		const char *ms = next_word(r);

		if (!ms || !read_ms(r, ms, DELAY_MS_MAX, true, &s->ns))
			return ms ? false : REFUSE(r, "the step `delay %s` has no milliseconds", word);
	}
	s->wq = free_play_default_wq(fp);
	if (r->at < r->nr && find_wq(fp, r->word[r->at]) >= 0)
		s->wq = find_wq(fp, next_word(r));
	return true;
}

static bool read_lock_name(struct reader *r, struct free_step *s, const char *word)
{
	const struct free_play *fp = r->fp;
	size_t len = strlen(word);

	if (len >= FREE_NAME_MAX || strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != len || isdigit((unsigned char)*word) ||
	    is_reserved(word))
		return REFUSE(r, "\"%s\" is no name of a lock", word);
	if (find_item(fp, word) >= 0 || find_wq(fp, word) >= 0 || find_line(fp, word) >= 0 || strcmp(word, r->act->name) == 0)
		return REFUSE(r, "%s is the name of something that is no lock", word);
	strcpy(s->lock, word);
	return true;
}

/* A function releases each lock that it takes: an item that kept one would be a bug of another kind. */
static bool check_locks(struct reader *r)
{
	const struct free_steps *f = &r->act->steps;

	for (unsigned int i = 0; i < f->nr; i++) {
		bool held = false;

		for (unsigned int k = 0; *f->v[i].lock && k <= i; k++) {
			if (strcmp(f->v[k].lock, f->v[i].lock))
				continue;
			if (held == (f->v[k].kind == FREE_LOCK))
				return REFUSE(r, held ? "%s takes lock %s, which it holds" : "%s releases lock %s, which it does not hold",
					      r->act->name, f->v[i].lock);
			held = f->v[k].kind == FREE_LOCK;
		}
		for (unsigned int k = i + 1; held && k < f->nr; k++)
			held = strcmp(f->v[k].lock, f->v[i].lock) != 0;
		if (held)
			return REFUSE(r, "%s ends with lock %s: `unlock %s` is missing", r->act->name, f->v[i].lock, f->v[i].lock);
	}
	return true;
}

static bool read_steps(struct reader *r)
{
	struct free_steps *f = &r->act->steps;
	const char *word, *arg;

	while ((word = next_word(r))) {
		struct free_step *s = &f->v[f->nr];
		enum free_step_kind kind = step_kind(word);

		if (kind == FREE_STEP_KINDS)
			return REFUSE(r, "\"%s\" is no step: burn MS, sleep MS, lock NAME, unlock NAME, queue ITEM [WQ], delay ITEM MS [WQ]", word);
		if (f->nr == FREE_STEPS_MAX)
			return REFUSE(r, "a function has at most %d steps", FREE_STEPS_MAX);
		*s = (struct free_step){ .kind = kind, .item = FREE_NONE, .wq = FREE_NONE };
		arg = next_word(r);
		if (!arg)
			return REFUSE(r, "the step `%s` needs one word more", word);
		if (step_rows[kind].item ? !read_step_item(r, s, arg) :
		    step_rows[kind].lock ? !read_lock_name(r, s, arg) : !read_ms(r, arg, BURN_MS_MAX, false, &s->ns))
			return false;
		f->nr++;
	}
	return f->nr ? check_locks(r) : REFUSE(r, "%s has no steps", r->act->name);
}

/* ---- workqueues and lines --------------------------------------------------------------------- */

static bool read_flags(struct reader *r)
{
	struct free_act *act = r->act;
	const char *word;

	while ((word = next_word(r))) {
		size_t i = 0;

		while (i < FLAG_WORDS && strcmp(flag_words[i], word))
			i++;
		if (i < FLAG_WORDS)
			act->flags |= 1u << i;
		else if (isdigit((unsigned char)*word) ? !read_number(r, word, 1, ACTIVE_MAX, "max_active", &act->number) :
			 !REFUSE(r, "\"%s\" is neither a flag nor a number", word))
			return false;
	}
	if (act->flags & FREE_WQ_BH && (act->flags & ~(unsigned int)(FREE_WQ_BH | FREE_WQ_HIGHPRI) || act->number))
		return REFUSE(r, "with bh only highpri is possible, and no max_active");
	if (act->flags & FREE_WQ_ORDERED && (act->number > 1 || act->flags & (FREE_WQ_HIGHPRI | FREE_WQ_INTENSIVE)))
		return REFUSE(r, "an ordered workqueue runs one item at a time, and is neither highpri nor cpu_intensive");
	if (act->flags & FREE_WQ_ORDERED)
		act->number = 0;
	return true;
}

static bool read_items(struct reader *r)
{
	const char *word;

	while ((word = next_word(r))) {
		if (!read_item(r, word, false))
			return false;
		if (r->act->nr_items == FREE_ITEMS_MAX)
			return REFUSE(r, "a handler queues at most %d items", FREE_ITEMS_MAX);
		r->act->items[r->act->nr_items++] = r->act->item;
	}
	return r->act->nr_items || REFUSE(r, "the handler of %s queues no item", r->act->name);
}

/* ---- a line -------------------------------------------------------------------------------------- */

static bool read_argument(struct reader *r, char letter, const char *word)
{
	struct free_act *act = r->act;

	switch (letter) {
	case 'n': return read_new_name(r, word);
	case 'i': return read_item(r, word, false);
	case 'd': return read_item(r, word, true);
	case 'x':
		if (find_wq(r->fp, word) >= 0)
			return read_wq(r, word);
		return read_item(r, word, false);
	case 'w': return read_wq(r, word);
	case 'l': return read_line(r, word);
	case 'c': return read_cpu(r, word, true);
	case 'o': return read_cpu(r, word, false);
	case 'm':
	case 'j':
		act->has_time = true;
		return read_ms(r, word, act->op == FREE_RUN ? RUN_MS_MAX : DELAY_MS_MAX, letter == 'j', &act->ns);
	case 'u': return read_number(r, word, 1, ACTIVE_MAX, "a number", &act->number);
	default:
		act->on = strcmp(word, "on") == 0;
		return act->on || strcmp(word, "off") == 0 || REFUSE(r, "\"%s\" is neither on nor off", word);
	}
}

/* Refuses acts that the engine could not carry out. */
static bool check_act(struct reader *r)
{
	const struct free_play *fp = r->fp;
	const struct free_act *act = r->act;
	bool makes_threads = act->op == FREE_WQ || act->op == FREE_ORDERED || act->op == FREE_OFF || act->op == FREE_ON;

	if (makes_threads && fp->no_threads)
		return REFUSE(r, "the creation of threads blocks: `threads on` first");
	if (act->op == FREE_OFF && fp->online == UINT64_C(1) << act->cpu)
		return REFUSE(r, "CPU %d is the last one on line", act->cpu);
	if (act->op == FREE_MAX && (fp->wq[act->wq].system || fp->wq[act->wq].flags & (FREE_WQ_ORDERED | FREE_WQ_BH)))
		return REFUSE(r, "max_active of %s is fixed", fp->wq[act->wq].name);
	return true;
}

static void split(struct reader *r, char *text)
{
	const size_t max = sizeof(r->word) / sizeof(r->word[0]);
	char *rest = NULL;

	for (char *word = strtok_r(text, " \t", &rest); word && r->nr < max; word = strtok_r(NULL, " \t", &rest))
		r->word[r->nr++] = word;
}

static const struct free_row *find_row(struct reader *r, const char *word)
{
	struct nearest near = { .typed = word };
	const char *best;

	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].word, word) == 0)
			return &rows[i];
		nearest_offer(&near, rows[i].word);
	}
	best = nearest_best(&near);
	snprintf(r->err, r->err_size, best ? "free play has no \"%.40s\"; near it: %s" : "free play has no \"%.40s\"", word, best);
	return NULL;
}

static bool read_arguments(struct reader *r, const struct free_row *row)
{
	bool optional = false;

	for (const char *a = row->args; *a; a++) {
		const char *word;

		if (*a == '?') {
			optional = true;
			continue;
		}
		if (*a == 's' || *a == 'f' || *a == 'h') {
			if (*a == 's' ? !read_steps(r) : *a == 'f' ? !read_flags(r) : !read_items(r))
				return false;
			continue;
		}
		word = next_word(r);
		if (!word)
			return optional || REFUSE(r, "expected \"%s\"", row->usage);
		if (!read_argument(r, *a, word))
			return false;
	}
	return r->at == r->nr || REFUSE(r, "expected \"%s\"", row->usage);
}

bool free_play_read(const struct free_play *fp, const char *text, struct free_act *act, char *err, size_t err_size)
{
	struct reader r = { .fp = fp, .act = act, .err = err, .err_size = err_size };
	char copy[FREE_LINE_BYTES];
	const struct free_row *row;

	memset(act, 0, sizeof(*act));
	act->item = act->wq = act->line = act->cpu = FREE_NONE;
	if (strlen(text) >= sizeof(copy))
		return REFUSE(&r, "the line has more than %d bytes", FREE_LINE_BYTES - 1);
	strcpy(copy, text);
	split(&r, copy);
	if (!r.nr)
		return REFUSE(&r, "the line is empty");
	row = find_row(&r, next_word(&r));
	if (!row)
		return false;
	act->op = row->op;
	return read_arguments(&r, row) && check_act(&r);
}

/* ---- the effect of an act ------------------------------------------------------------------------------ */

static void add_item(struct free_play *fp, const struct free_act *act)
{
	struct free_item *it = &fp->item[act->item];

	if (act->item == fp->nr_items)
		fp->nr_items++;
	strcpy(it->name, act->name);
	it->delayed = act->op == FREE_DELAYED;
	it->steps = act->steps;
}

static void add_wq(struct free_play *fp, const struct free_act *act)
{
	struct free_wq *wq = &fp->wq[fp->nr_wqs++];

	*wq = (struct free_wq){ .flags = act->flags | (act->op == FREE_ORDERED ? FREE_WQ_ORDERED : 0), .max_active = act->number };
	strcpy(wq->name, act->name);
}

static void add_line(struct free_play *fp, const struct free_act *act)
{
	struct free_line *line = &fp->line[fp->nr_lines++];

	*line = (struct free_line){ .cpu = act->cpu, .wq = free_play_default_wq(fp), .nr_items = act->nr_items };
	strcpy(line->name, act->name);
	memcpy(line->item, act->items, sizeof(line->item));
}

void free_play_apply(struct free_play *fp, const struct free_act *act)
{
	switch (act->op) {
	case FREE_ITEM:
	case FREE_DELAYED:
		add_item(fp, act);
		break;
	case FREE_WQ:
	case FREE_ORDERED:
		add_wq(fp, act);
		break;
	case FREE_LINE:
		add_line(fp, act);
		break;
	case FREE_MAX:
		fp->wq[act->wq].max_active = act->number;
		break;
	case FREE_OFF:
		fp->online &= ~(UINT64_C(1) << act->cpu);
		break;
	case FREE_ON:
		fp->online |= UINT64_C(1) << act->cpu;
		break;
	case FREE_THREADS:
		fp->no_threads = !act->on;
		break;
	default:
		break;
	}
}

void free_play_begin(struct free_play *fp, int nr_cpus)
{
	memset(fp, 0, sizeof(*fp));
	fp->nr_cpus = nr_cpus;
	fp->online = nr_cpus >= 64 ? UINT64_MAX : (UINT64_C(1) << nr_cpus) - 1;
	for (size_t i = 0; i < sizeof(system_wqs) / sizeof(system_wqs[0]); i++) {
		struct free_wq *wq = &fp->wq[fp->nr_wqs++];

		wq->system = true;
		wq->flags = system_wqs[i].flags;
		strcpy(wq->name, system_wqs[i].name);
	}
}

const char *free_play_first_act(const struct free_play *fp, unsigned int i)
{
	static const char *const one_cpu[] = { "wq mine 2", "item scan burn 3 sleep 8 burn 1", "item save burn 2 sleep 4", "item log burn 6",
					       "line disk 0 scan save log" };
	static const char *const two_cpus[] = { "line nic 1 scan" };
	const unsigned int nr = sizeof(one_cpu) / sizeof(one_cpu[0]);

	if (i < nr)
		return one_cpu[i];
	return i == nr && fp->nr_cpus > 1 ? two_cpus[0] : NULL;
}

/* ---- as text ------------------------------------------------------------------------------------------ */

void free_play_put_ms(uint64_t ns, struct strbuf *out)
{
	char part[16];
	size_t len;

	strbuf_printf(out, "%llu", (unsigned long long)(ns / NS_PER_MS));
	snprintf(part, sizeof(part), ".%06llu", (unsigned long long)(ns % NS_PER_MS));
	for (len = strlen(part); len > 1 && part[len - 1] == '0'; len--)
		;
	if (len > 1)
		strbuf_putn(out, part, len);
}

void free_play_put_steps(const struct free_play *fp, const struct free_item *it, struct strbuf *out)
{
	for (unsigned int i = 0; i < it->steps.nr; i++) {
		const struct free_step *s = &it->steps.v[i];

		strbuf_printf(out, "%s%s ", i ? ", " : "", step_rows[s->kind].word);
		if (s->item >= 0)
			strbuf_printf(out, "%s%s", fp->item[s->item].name, s->kind == FREE_STEP_DELAY ? " " : "");
		strbuf_puts(out, s->lock);
		if (step_rows[s->kind].time)
			free_play_put_ms(s->ns, out);
		if (s->wq >= 0 && s->wq != free_play_default_wq(fp))
			strbuf_printf(out, " %s", fp->wq[s->wq].name);
	}
}

void free_play_put_wq(const struct free_wq *wq, struct strbuf *out)
{
	strbuf_puts(out, wq->flags & (FREE_WQ_UNBOUND | FREE_WQ_ORDERED) ? "" : "per CPU");
	for (size_t i = 0; i < FLAG_WORDS; i++)
		if (wq->flags >> i & 1)
			strbuf_printf(out, "%s%s", out->len ? ", " : "", flag_words[i]);
	if (wq->max_active)
		strbuf_printf(out, ", max_active %u", wq->max_active);
}

bool free_play_help(unsigned int i, const char **usage, const char **line)
{
	if (i >= ROWS || !*rows[i].line)
		return false;
	*usage = rows[i].usage;
	*line = rows[i].line;
	return true;
}

const char *free_play_word(unsigned int i)
{
	return i < ROWS ? rows[i].word : NULL;
}

/* ---- things to choose from ---------------------------------------------------------------------------- */

static void add_choices(struct free_choice *out, unsigned int *nr, enum free_thing kind, int n)
{
	for (int i = 0; i < n; i++)
		out[(*nr)++] = (struct free_choice){ kind, i };
}

unsigned int free_play_choices(const struct free_play *fp, struct free_choice *out)
{
	unsigned int nr = 0;

	add_choices(out, &nr, FREE_THING_ITEM, fp->nr_items);
	for (int i = 0; i < fp->nr_wqs; i++)	/* the student's own first */
		if (!fp->wq[i].system)
			out[nr++] = (struct free_choice){ FREE_THING_WQ, i };
	for (int i = 0; i < fp->nr_wqs; i++)
		if (fp->wq[i].system)
			out[nr++] = (struct free_choice){ FREE_THING_WQ, i };
	add_choices(out, &nr, FREE_THING_LINE, fp->nr_lines);
	add_choices(out, &nr, FREE_THING_CPU, fp->nr_cpus);
	return nr;
}

void free_play_choice_act(const struct free_play *fp, const struct free_choice *c, int wq, struct strbuf *out)
{
	switch (c->kind) {
	case FREE_THING_ITEM:
		strbuf_printf(out, "queue %s %s", fp->item[c->index].name, fp->wq[wq].name);
		break;
	case FREE_THING_WQ:
		strbuf_printf(out, "flush %s", fp->wq[c->index].name);
		break;
	case FREE_THING_LINE:
		strbuf_printf(out, "irq %s", fp->line[c->index].name);
		break;
	case FREE_THING_CPU:
		strbuf_printf(out, "%s %d", free_play_online(fp, c->index) ? "off" : "on", c->index);
		break;
	}
}

void free_play_choice_name(const struct free_play *fp, const struct free_choice *c, struct strbuf *out)
{
	switch (c->kind) {
	case FREE_THING_ITEM:
		strbuf_puts(out, fp->item[c->index].name);
		break;
	case FREE_THING_WQ:
		strbuf_puts(out, fp->wq[c->index].name);
		break;
	case FREE_THING_LINE:
		strbuf_puts(out, fp->line[c->index].name);
		break;
	case FREE_THING_CPU:
		strbuf_printf(out, "%d", c->index);
		break;
	}
}

void free_play_choice_text(const struct free_play *fp, const struct free_choice *c, struct strbuf *out)
{
	const struct free_line *line = &fp->line[c->kind == FREE_THING_LINE ? c->index : 0];

	if (c->kind == FREE_THING_ITEM)
		free_play_put_steps(fp, &fp->item[c->index], out);
	else if (c->kind == FREE_THING_WQ)
		free_play_put_wq(&fp->wq[c->index], out);
	else if (c->kind == FREE_THING_LINE) {
		strbuf_printf(out, "CPU %d:", line->cpu);
		for (unsigned int i = 0; i < line->nr_items; i++)
			strbuf_printf(out, " %s", fp->item[line->item[i]].name);
	}
}
