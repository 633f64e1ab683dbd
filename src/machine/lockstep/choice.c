/*
 * machine/lockstep/choice.c - asking: forced choices first, then whoever was named, then the seed.
 *
 * Between CPUs: at each shared step (lock, shared atomic, wake-up) of a CPU that
 * may be held up until others have acted, who are due within the window; its own
 * next interrupt is one of them.  On one CPU: where it may be preempted by an equal
 * thread, which of equal threads comes next, where a woken thread goes.  Ranges
 * (lengths of burns, arrivals, expiries) are whatever draw() is asked for.
 * Holding up is only a longer step: the trace stays sorted by construction.
 *
 * Lives here:   finding the ways on, asking, the text of a choice.
 * Never here:   what is done with the answer on a queue (sched.c), strategies (explore/).
 * Read before:  dispatch.c.   Rules: docs/time.md "Choices".   Licence: MIT.
 */
#include "machine/machine_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

#define TURNS_AT_ONE_STEP 16	/* a step is held up that often at most: everybody gets on */

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

unsigned int mach_liberties(void)
{
	return mach.liberties;
}

/* ---- asking ----------------------------------------------------------------------- */

/* Return: the value to go by. */
static uint64_t ask(const struct mach_question *q)
{
	struct mach_choice key = { .site = q->site, .context = q->context, .ordinal = q->ordinal };
	const struct mach_choice *f = nr_forced ? bsearch(&key, forced, nr_forced, sizeof(key), by_address) : NULL;
	uint32_t way = q->usual;

	if (f)
		return f->value;
	if (q->n > 1 && mach.choosing->choose)
		way = mach.choosing->choose(mach.choosing->arg, q);
	bug_on(way >= q->n);
	return q->value ? q->value[way] : way;
}

static void tell(enum mach_site site, uint64_t value, uint32_t n)
{
	TRACE(CHOICE, .site = site, .picked = (uint32_t)value, .among = n, .wait = site == SITE_TURN ? value : 0);
}

void choice_late(uint64_t ns)
{
	TRACE(CHOICE, .site = SITE_TIMER, .among = CHOICE_LEVELS, .wait = ns);
}

uint64_t choice_level(enum mach_site site, uint64_t context, uint64_t ordinal, uint64_t hash)
{
	struct mach_question q = { .site = site, .context = context, .ordinal = ordinal, .n = CHOICE_LEVELS,
				   .usual = (uint32_t)rng_below(hash, CHOICE_LEVELS) };
	uint64_t level;

	if (site == SITE_COST || site == SITE_TIE || (!mach.choices_on && site != SITE_TICK))
		return hash;
	level = ask(&q);
	if (level == q.usual || level >= CHOICE_LEVELS)
		return hash;
	return level == CHOICE_LEVELS - 1 ? UINT64_MAX : level * (UINT64_MAX / (CHOICE_LEVELS - 1));
}

/* As long as it is said to be, unless somebody wants it otherwise.  @only_later: not before that is promised (R8.1). */
uint64_t choice_stretched(enum mach_site site, uint64_t context, uint64_t *ordinal, uint64_t ns, bool only_later)
{
	uint64_t span = (uint64_t)((double)ns * mach.choosing->stretch), level;
	struct mach_question q = { .site = site, .context = context, .n = CHOICE_LEVELS,
				   .usual = only_later ? 0 : CHOICE_LEVELS / 2, .stretched = true };

	if (!span || !mach.choices_on)
		return ns;
	q.ordinal = (*ordinal)++;
	level = ask(&q);
	if (level == q.usual || level >= CHOICE_LEVELS)
		return ns;
	mach.liberties++;
	return (only_later ? ns : ns - span) + (only_later ? 1 : 2) * span * level / (CHOICE_LEVELS - 1);
}

/* ---- between CPUs ------------------------------------------------------------------ */

struct ways {
	uint64_t value[CHOICE_WAYS_MAX], who[CHOICE_WAYS_MAX];
	bool liberty[CHOICE_WAYS_MAX];
	uint32_t n;
};

static void way(struct ways *w, uint64_t value, uint64_t who, bool liberty)
{
	for (uint32_t i = 0; i < w->n; i++)
		if (w->value[i] == value)
			return;
	if (w->n == CHOICE_WAYS_MAX)
		return;
	w->value[w->n] = value;
	w->liberty[w->n] = liberty;
	w->who[w->n++] = who;
}

/* Who acts here: a thread, or the CPU while it serves an interrupt. */
static uint64_t context_of(const struct cpu *c)
{
	return c->irq_depth || c->softirq_depth || c->curr->is_idle ? (uint64_t)c->id : (uint64_t)c->curr->id << 8;
}

/* The next interrupt that is no mere tick, NS_NEVER = none. */
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

/* Those who act more than @from and at most @to ahead; UINT64_MAX: who is due already counts as well. */
static void turns_between(struct cpu *c, uint64_t from, uint64_t to, bool liberty, struct ways *w)
{
	struct cpu *o;

	for_each_mach_cpu(o) {
		uint64_t t = o == c ? next_arrival(o) : next_act(o), ahead = t > c->now ? t - c->now : 0;

		if (t != NS_NEVER && ahead <= to && (from == UINT64_MAX || ahead > from))
			way(w, o == c ? ahead : ahead + 1, o == c ? (uint64_t)c->id : context_of(o), liberty);
	}
}

static void find_turns(struct cpu *c, struct ways *w)
{
	uint64_t window = mach.choosing->window_ns, reach = mach.choosing->reach_ns;

	w->n = 0;
	way(w, 0, context_of(c), false);
	turns_between(c, UINT64_MAX, window, false, w);
	if (w->n > 1)
		way(w, window, w->who[1], false);
	if (reach > window)
		turns_between(c, window, reach, true, w);
}

static bool held_up(struct cpu *c, bool relaxing)
{
	uint64_t context = context_of(c), *ordinal, wait;
	struct ways w = { .n = 1 };
	struct mach_question q = { .site = SITE_TURN, .context = context, .value = w.value, .who = w.who,
				   .liberty = w.liberty, .relaxing = relaxing };

	ordinal = context < 256 ? &c->draws[SITE_TURN] : &mach_cur->draws[SITE_TURN];
	q.ordinal = (*ordinal)++;
	if (mach.choosing->choose)
		find_turns(c, &w);
	q.n = w.n;
	wait = ask(&q);
	if (!wait)
		return false;
	mach.liberties += wait > mach.choosing->window_ns + 1;	/* forced ones as well, whoever is near */
	tell(SITE_TURN, wait, w.n);
	c->now += wait;
	return true;
}

/*
 * At a shared step of this CPU, which is the earliest: may others come first?  What
 * is asked again once they have is a question of its own.
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

/* The threads that wait for @c; @usual NULL: none of them would come now. */
static void waiting_for(struct cpu *c, const struct task *usual, struct ways *w)
{
	struct task *t;

	list_for_each_entry(t, &c->fair, rq_entry)
		way(w, t->id, (uint64_t)t->id << 8, !usual || !sched_equal(c, t, usual));
}

/* The way with that value was taken, and is not the usual one. */
static void taken(enum mach_site site, uint64_t value, const struct ways *w)
{
	for (uint32_t i = 0; i < w->n; i++)
		mach.liberties += w->value[i] == value && w->liberty[i];
	tell(site, value, w->n);
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

/* Run to block is run to block. */
static bool slices(void)
{
	return mach.cfg.sched != SCHED_FIFO_TEXTBOOK;
}

/* Where this thread may be preempted: may one of its equals go on instead? */
void choice_preempt(void)
{
	struct cpu *c = this_cpu();
	struct ways w = { .n = 0 };
	struct mach_question q = { .site = SITE_PREEMPT, .value = w.value, .who = w.who, .liberty = w.liberty };
	uint64_t id;

	if (!c || !mach.choices_on || mach.booting || !slices() || in_atomic() || !is_fair_thread(c->curr) ||
	    list_empty(&c->fair))
		return;
	q.context = (uint64_t)c->curr->id << 8;
	q.ordinal = c->curr->draws[SITE_PREEMPT]++;
	way(&w, c->curr->id, q.context, false);
	waiting_for(c, NULL, &w);	/* its slice is not used up */
	q.n = w.n;
	id = ask(&q);
	if (id == c->curr->id || !queued_with_id(c, id))
		return;
	taken(SITE_PREEMPT, id, &w);
	c->goes_first = (uint32_t)id;
	sched_block(true);
	c->goes_first = 0;
}

/* @usual would be next; another of the queue may be. */
struct task *choice_pick(struct cpu *c, struct task *usual)
{
	struct ways w = { .n = 0 };
	struct mach_question q = { .site = SITE_PICK, .context = (uint64_t)c->id, .value = w.value, .who = w.who,
				   .liberty = w.liberty };
	struct task *t;
	uint64_t id;

	if (!mach.choices_on || mach.booting || !slices() || !usual || !is_fair_thread(usual) || c->nr_queued < 2)
		return usual;
	q.ordinal = c->draws[SITE_PICK]++;
	way(&w, usual->id, (uint64_t)usual->id << 8, false);
	waiting_for(c, usual, &w);
	q.n = w.n;
	id = ask(&q);
	t = id == usual->id ? NULL : queued_with_id(c, id);
	if (!t)
		return usual;
	taken(SITE_PICK, id, &w);
	return t;
}

int choice_place(struct task *t, int usual, struct cpumask may)
{
	struct ways w = { .n = 0 };
	struct mach_question q = { .site = SITE_PLACE, .context = (uint64_t)t->id << 8, .value = w.value, .who = w.who,
				   .liberty = w.liberty };
	uint64_t cpu;
	int other;

	if (!mach.choices_on || mach.booting || cpumask_weight(may) < 2)
		return usual;
	q.ordinal = t->draws[SITE_PLACE]++;
	way(&w, (uint64_t)usual, (uint64_t)usual, false);
	for_each_cpu(other, may)	/* a wake-up looks no further than a cache if it need not */
		way(&w, (uint64_t)other, (uint64_t)other,
		    sched_load(&mach.cpus[other]) != sched_load(&mach.cpus[usual]) ||
		    !cpumask_test_cpu(other, cpu_llc_mask(usual)));
	q.n = w.n;
	cpu = ask(&q);
	if (cpu == (uint64_t)usual || cpu >= (uint64_t)mach.nr_cpus || !cpumask_test_cpu((int)cpu, may))
		return usual;
	taken(SITE_PLACE, cpu, &w);
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
	strbuf_printf(out, "%s/%s%llu/%llu=%llu", words[ch->site], ch->context < 256 ? "cpu" : "t",
		      (unsigned long long)(ch->context < 256 ? ch->context : ch->context >> 8),
		      (unsigned long long)ch->ordinal, (unsigned long long)ch->value);
}

/* Digits at *@p, then @after (0: whatever). */
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

bool mach_choice_parse(const char *p, struct mach_choice *ch, const char **end)
{
	size_t len = strcspn(p, "/");
	unsigned int site;
	bool cpu;

	for (site = SITE_NONE + 1; site < SITE_NR; site++)
		if (strlen(words[site]) == len && !strncmp(p, words[site], len))
			break;
	if (site == SITE_NR || p[len] != '/' || site == SITE_TIE || site == SITE_COST)
		return false;
	p += len + 1;
	cpu = !strncmp(p, "cpu", 3);
	if (!cpu && *p != 't')
		return false;
	p += cpu ? 3 : 1;
	if (!number(&p, '/', cpu ? CPUS_MAX - 1 : UINT32_MAX, &ch->context) ||
	    !number(&p, '=', UINT64_MAX, &ch->ordinal) ||
	    !number(&p, 0, (uint64_t)1 << 40, &ch->value))
		return false;
	if (!cpu)
		ch->context <<= 8;
	ch->site = (enum mach_site)site;
	*end = p;
	return cpu || ch->context;
}
