/*
 * machine/lockstep/choice.c - makes decisions: forced choices first, then the callback, then the seed.
 *
 * Between CPUs: at each shared step (lock, shared atomic, wake-up) a CPU may be delayed
 * until other CPUs, due within the window, have acted; its own next interrupt counts as
 * one of these.  On one CPU: whether an equal thread preempts, which of equal threads
 * runs next, on which CPU a woken thread goes.  Ranges (lengths of burns, arrivals,
 * expiries) come from draw().  A delay is only a longer step, so the trace stays sorted.
 *
 * Lives here:   listing the alternatives, deciding, the text of a choice.
 * Never here:   applying a choice to a run queue (sched.c), strategies (explore/).
 * Read before:  dispatch.c.   Rules: docs/time.md "Choices".   Licence: MIT.
 */
#include "machine/lockstep/lockstep_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

#define DIRECTOR "director"		/* its context in the text of a choice */
#define TURNS_AT_ONE_STEP 16	/* longest chain of delays at one step, so that each CPU makes progress */

/* ---- forced choices ------------------------------------------------------------ */

static struct mach_choice *forced;	/* sorted */
static size_t nr_forced;

static int by_address(const void *a, const void *b)
{
	const struct mach_choice *x = a, *y = b;

	if (x->site != y->site)
		return x->site < y->site ? -1 : 1;
	if (x->context != y->context)
		return x->context < y->context ? -1 : 1;
	return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

int choice_boot(void)
{
	const struct mach_choosing *ch = mach.cfg.choosing;

	nr_forced = 0;
	if (!ch)
		return 0;
	if (ch->nr_forced) {
		forced = malloc(ch->nr_forced * sizeof(*forced));
		if (!forced)
			return -ENOMEM;
		memcpy(forced, ch->forced, ch->nr_forced * sizeof(*forced));
		nr_forced = ch->nr_forced;
		qsort(forced, nr_forced, sizeof(*forced), by_address);
	}
	mach.choosing = ch;
	mach.choices_on = !ch->later;
	return 0;
}

void choice_stop(void)
{
	free(forced);
	forced = NULL;
	nr_forced = 0;
}

void mach_choices(bool on)
{
	mach.choices_on = on;
}

uint64_t mach_order_hash(void)
{
	return mach.order_hash;
}

unsigned int mach_unfair_choices(void)
{
	return mach.unfair_choices;
}

uint64_t mach_delayed_ns(void)
{
	return mach.delayed_ns;
}

/* ---- deciding ----------------------------------------------------------------------- */

/* NULL: the choice at this address is not forced. */
static const struct mach_choice *forced_at(enum mach_site site, uint64_t context, uint64_t ordinal)
{
	struct mach_choice key = { .site = site, .context = context, .ordinal = ordinal };

	return nr_forced ? bsearch(&key, forced, nr_forced, sizeof(key), by_address) : NULL;
}

/* Return: the value chosen. */
static uint64_t decide(const struct mach_decision *d)
{
	const struct mach_choice *f = forced_at(d->site, d->context, d->ordinal);
	uint32_t alt = d->default_alt;

	if (f)
		return f->value;
	if (d->n > 1 && mach.choosing->choose)
		alt = mach.choosing->choose(mach.choosing->arg, d);
	bug_on(alt >= d->n);
	return d->value ? d->value[alt] : alt;
}

static void emit_choice(enum mach_site site, uint64_t value, uint32_t n)
{
	TRACE(CHOICE, .site = site, .picked = (uint32_t)value, .among = n, .wait = site == SITE_TURN ? value : 0);
}

void choice_late(uint64_t ns)
{
	TRACE(CHOICE, .site = SITE_TIMER, .among = CHOICE_LEVELS, .wait = ns);
}

bool mach_site_is_jitter(enum mach_site site)
{
	return site == SITE_BURN || site == SITE_TIMER || site == SITE_ARRIVAL || site == SITE_SCENE;
}

/* The number with which jitter changes nothing: arrivals are only delayed, other times vary both ways. */
static uint64_t without_jitter(enum mach_site site)
{
	return site == SITE_ARRIVAL ? 0 : UINT64_MAX / 2;
}

uint64_t choice_level(enum mach_site site, uint64_t context, uint64_t ordinal, uint64_t hash)
{
	struct mach_decision d = { .site = site, .context = context, .ordinal = ordinal, .n = CHOICE_LEVELS,
				   .default_alt = (uint32_t)rng_below(hash, CHOICE_LEVELS) };
	uint64_t level;

	if (site == SITE_COST || site == SITE_TIE || (!mach.choices_on && site != SITE_TICK))
		return hash;
	if (mach.choosing->calm && mach_site_is_jitter(site) && !forced_at(site, context, ordinal))
		return without_jitter(site);
	level = decide(&d);
	if (level == d.default_alt || level >= CHOICE_LEVELS)
		return hash;
	return level == CHOICE_LEVELS - 1 ? UINT64_MAX : level * (UINT64_MAX / (CHOICE_LEVELS - 1));
}

/* Returns @ns, or a stretched value chosen by the explorer.  @only_later: never shorter (R8.1). */
uint64_t choice_stretched(enum mach_site site, uint64_t context, uint64_t *ordinal, uint64_t ns, bool only_later)
{
	uint64_t span = (uint64_t)((double)ns * mach.choosing->stretch), level;
	struct mach_decision d = { .site = site, .context = context, .n = CHOICE_LEVELS,
				   .default_alt = only_later ? 0 : CHOICE_LEVELS / 2, .stretched = true };

	if (!span || !mach.choices_on)
		return ns;
	d.ordinal = (*ordinal)++;
	level = decide(&d);
	if (level == d.default_alt || level >= CHOICE_LEVELS)
		return ns;
	mach.unfair_choices++;
	return (only_later ? ns : ns - span) + (only_later ? 1 : 2) * span * level / (CHOICE_LEVELS - 1);
}

/* ---- between CPUs ------------------------------------------------------------------ */

struct alternatives {
	uint64_t value[CHOICE_ALTERNATIVES_MAX], who[CHOICE_ALTERNATIVES_MAX];
	bool unfair[CHOICE_ALTERNATIVES_MAX];
	uint32_t n;
};

static void add_alternative(struct alternatives *a, uint64_t value, uint64_t who, bool unfair)
{
	for (uint32_t i = 0; i < a->n; i++)
		if (a->value[i] == value)
			return;
	if (a->n == CHOICE_ALTERNATIVES_MAX)
		return;
	a->value[a->n] = value;
	a->unfair[a->n] = unfair;
	a->who[a->n++] = who;
}

/* The acting context: a thread, or the CPU while it serves an interrupt. */
static uint64_t context_of(const struct cpu *c)
{
	return c->irq_depth || c->softirq_depth || c->curr->is_idle ? (uint64_t)c->id : (uint64_t)c->curr->id << 8;
}

/* Time of the next interrupt other than the tick, NS_NEVER = none. */
static uint64_t next_arrival(const struct cpu *c)
{
	struct mach_event *ev;

	if (!irqs_on(c))
		return NS_NEVER;
	list_for_each_entry(ev, &c->events, entry)
		if (ev != &c->tick)
			return ev->time;
	return NS_NEVER;
}

static uint64_t next_act(const struct cpu *c)
{
	uint64_t t = next_arrival(c);

	if (c->mode == CPU_CODE || (c->mode == CPU_BURN && c->wait_until < t))
		t = c->mode == CPU_CODE ? c->now : c->wait_until;
	return c->mode == CPU_OFF ? NS_NEVER : t;
}

/* Adds the CPUs that act later than @from and at most @to ahead.  @from UINT64_MAX: includes CPUs already due. */
static void turns_between(struct cpu *c, uint64_t from, uint64_t to, bool unfair, struct alternatives *a)
{
	struct cpu *o;

	for_each_mach_cpu(o) {
		uint64_t t = o == c ? next_arrival(o) : next_act(o), ahead = t > c->now ? t - c->now : 0;

		if (t != NS_NEVER && ahead <= to && (from == UINT64_MAX || ahead > from))
			add_alternative(a, o == c ? ahead : ahead + 1, o == c ? (uint64_t)c->id : context_of(o), unfair);
	}
}

static void find_turns(struct cpu *c, struct alternatives *a)
{
	uint64_t window = mach.choosing->window_ns, max_delay = mach.choosing->max_delay_ns;

	a->n = 0;
	add_alternative(a, 0, context_of(c), false);
	turns_between(c, UINT64_MAX, window, false, a);
	if (a->n > 1)
		add_alternative(a, window, a->who[1], false);
	if (max_delay > window)
		turns_between(c, window, max_delay, true, a);
}

static bool held_up(struct cpu *c, bool relaxing)
{
	uint64_t context = context_of(c), *ordinal, wait;
	struct alternatives a = { .n = 1 };
	struct mach_decision d = { .site = SITE_TURN, .context = context, .value = a.value, .who = a.who,
				   .unfair = a.unfair, .relaxing = relaxing };

	ordinal = context < 256 ? &c->draws[SITE_TURN] : &mach_cur->draws[SITE_TURN];
	d.ordinal = (*ordinal)++;
	if (mach.choosing->choose)
		find_turns(c, &a);
	d.n = a.n;
	wait = decide(&d);
	if (!wait)
		return false;
	mach.unfair_choices += wait > mach.choosing->window_ns + 1;	/* also for a forced delay, whatever CPU is due */
	emit_choice(SITE_TURN, wait, a.n);
	c->now += wait;
	mach.delayed_ns += wait;
	return true;
}

/*
 * At a shared step of this CPU, which is the earliest one: decides whether other CPUs
 * act first.  After they have, this step is a new decision, with an ordinal of its own.
 */
void choice_turn(bool relaxing)
{
	for (int i = 0; i < TURNS_AT_ONE_STEP; i++) {
		struct cpu *c = this_cpu();

		if (!c || mach.booting || !mach.choices_on || (c->curr->is_idle && !c->irq_depth && !c->softirq_depth))
			return;
		mach.order_hash = rng_mix(mach.order_hash ^ context_of(c));
		if (!held_up(c, relaxing))
			break;
		give_way();
	}
	if (mach.cfg.preempt == PREEMPT_FULL)
		choice_preempt();
}

/* ---- on one CPU ------------------------------------------------------------------------ */

/* Adds the threads queued on @c.  @default_task NULL: all of them are unfair. */
static void waiting_for(struct cpu *c, const struct task *default_task, struct alternatives *a)
{
	struct task *t;

	list_for_each_entry(t, &c->fair, rq_entry)
		add_alternative(a, t->id, (uint64_t)t->id << 8, !default_task || !sched_equal(c, t, default_task));
}

/* Counts and emits the choice of @value, which is not the default. */
static void account(enum mach_site site, uint64_t value, const struct alternatives *a)
{
	for (uint32_t i = 0; i < a->n; i++)
		mach.unfair_choices += a->value[i] == value && a->unfair[i];
	emit_choice(site, value, a->n);
}

static struct task *queued_with_id(const struct cpu *c, uint64_t id)
{
	struct task *t;

	list_for_each_entry(t, &c->fair, rq_entry)
		if (t->id == id)
			return t;
	return NULL;
}

static bool is_fair_thread(const struct task *t)
{
	return !t->rt_prio && !t->is_idle;
}

/* The textbook FIFO scheduler has no time slices: a thread runs until it blocks. */
static bool slices(void)
{
	return mach.cfg.sched != SCHED_FIFO_TEXTBOOK;
}

/* At a preemption point: decides whether an equal thread runs instead. */
void choice_preempt(void)
{
	struct cpu *c = this_cpu();
	struct alternatives a = { .n = 0 };
	struct mach_decision d = { .site = SITE_PREEMPT, .value = a.value, .who = a.who, .unfair = a.unfair };
	uint64_t id;

	if (!c || !mach.choices_on || mach.booting || !slices() || mach_in_atomic() || !is_fair_thread(c->curr) ||
	    list_empty(&c->fair))
		return;
	d.context = (uint64_t)c->curr->id << 8;
	d.ordinal = c->curr->draws[SITE_PREEMPT]++;
	add_alternative(&a, c->curr->id, d.context, false);
	waiting_for(c, NULL, &a);	/* unfair: the slice of the current thread is not used up */
	d.n = a.n;
	id = decide(&d);
	if (id == c->curr->id || !queued_with_id(c, id))
		return;
	account(SITE_PREEMPT, id, &a);
	c->goes_first = (uint32_t)id;
	sched_block(true);
	c->goes_first = 0;
}

/* Decides which queued thread runs next; @default_task by default. */
struct task *choice_pick(struct cpu *c, struct task *default_task)
{
	struct alternatives a = { .n = 0 };
	struct mach_decision d = { .site = SITE_PICK, .context = (uint64_t)c->id, .value = a.value, .who = a.who,
				   .unfair = a.unfair };
	struct task *t;
	uint64_t id;

	if (!mach.choices_on || mach.booting || !slices() || !default_task || !is_fair_thread(default_task) ||
	    c->nr_queued < 2)
		return default_task;
	d.ordinal = c->draws[SITE_PICK]++;
	add_alternative(&a, default_task->id, (uint64_t)default_task->id << 8, false);
	waiting_for(c, default_task, &a);
	d.n = a.n;
	id = decide(&d);
	t = id == default_task->id ? NULL : queued_with_id(c, id);
	if (!t)
		return default_task;
	account(SITE_PICK, id, &a);
	return t;
}

int choice_place(struct task *t, int default_cpu, struct cpumask may)
{
	struct alternatives a = { .n = 0 };
	struct mach_decision d = { .site = SITE_PLACE, .context = (uint64_t)t->id << 8, .value = a.value, .who = a.who,
				   .unfair = a.unfair };
	uint64_t cpu;
	int other;

	if (!mach.choices_on || mach.booting || cpumask_weight(may) < 2)
		return default_cpu;
	d.ordinal = t->draws[SITE_PLACE]++;
	add_alternative(&a, (uint64_t)default_cpu, (uint64_t)default_cpu, false);
	for_each_cpu(other, may)	/* unfair: more load, or another cache; a wake-up stays in the cache if it can */
		add_alternative(&a, (uint64_t)other, (uint64_t)other,
				sched_load(&mach.cpus[other]) != sched_load(&mach.cpus[default_cpu]) ||
				!cpumask_test_cpu(other, cpu_llc_mask(default_cpu)));
	d.n = a.n;
	cpu = decide(&d);
	if (cpu == (uint64_t)default_cpu || cpu >= (uint64_t)mach.nr_cpus || !cpumask_test_cpu((int)cpu, may))
		return default_cpu;
	account(SITE_PLACE, cpu, &a);
	return (int)cpu;
}

/* ---- text --------------------------------------------------------------------------------- */

static const char *const words[SITE_NR] = {
#define SITE(ID, word, what) [SITE_##ID] = word,
#include "machine/choice.def"
#undef SITE
};

void mach_choice_format(struct strbuf *out, const struct mach_choice *ch)
{
	strbuf_printf(out, "%s/", words[ch->site]);
	if (ch->context == CHOICE_DIRECTOR)
		strbuf_puts(out, DIRECTOR);
	else if (ch->context < 256)
		strbuf_printf(out, "cpu%llu", (unsigned long long)ch->context);
	else
		strbuf_printf(out, "t%llu", (unsigned long long)ch->context >> 8);
	strbuf_printf(out, "/%llu=%llu", (unsigned long long)ch->ordinal, (unsigned long long)ch->value);
}

/* Reads digits at *@p, then the character @after (0: any). */
static bool number(const char **p, char after, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		uint64_t digit = (uint64_t)(**p - '0');

		if (n > (max - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return !after || *(*p)++ == after;
}

/* Reads "cpu0/", "t9/" or "director/" at *@p. */
static bool context_at(const char **p, uint64_t *context)
{
	if (!strncmp(*p, DIRECTOR "/", sizeof(DIRECTOR))) {
		*p += sizeof(DIRECTOR);
		*context = CHOICE_DIRECTOR;
		return true;
	}
	if (!strncmp(*p, "cpu", 3)) {
		*p += 3;
		return number(p, '/', CPUS_MAX - 1, context);
	}
	if (*(*p)++ != 't' || !number(p, '/', UINT32_MAX, context))
		return false;
	*context <<= 8;
	return *context != 0;
}

bool mach_choice_parse(const char *p, struct mach_choice *ch, const char **end)
{
	size_t len = strcspn(p, "/");
	unsigned int site;

	for (site = SITE_NONE + 1; site < SITE_NR; site++)
		if (strlen(words[site]) == len && !strncmp(p, words[site], len))
			break;
	if (site == SITE_NR || p[len] != '/' || site == SITE_TIE || site == SITE_COST)
		return false;
	p += len + 1;
	if (!context_at(&p, &ch->context) || !number(&p, '=', UINT64_MAX, &ch->ordinal) ||
	    !number(&p, 0, (uint64_t)1 << 40, &ch->value))
		return false;
	ch->site = (enum mach_site)site;
	*end = p;
	return true;
}
