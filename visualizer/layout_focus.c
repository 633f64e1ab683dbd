/*
 * visualizer/layout_focus.c - which pools are in view: read from the story's beginning.
 *
 * An event names the pools that it is about.  The first of them comes into view; if the view
 * is full, the pool that was used longest ago goes.  A pool that left the view a moment ago
 * does not come back by taking another's place: the view takes one more pool instead, in
 * smaller blocks (mode 2) or as rows of a table (mode 3).  A table that is full keeps its last
 * row for guests: pools that come and go while all others are in use.
 *
 * Lives here:   the modes, the view, who leaves it.
 * Never here:   how a block is drawn.   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#define POOLS_MAX 1024
#define MOMENT 24		/* story events: a pool that left so few ago takes no other's place */
#define RECENT 48		/* story events: pools used in them are in use */

struct focus {
	struct lay_focus *f;
	const struct model *m;
	const struct lay_budget *b;
	uint32_t now;			/* story events so far */
	uint32_t used[POOLS_MAX];	/* .now of the last use, 0 = never */
	uint32_t left[POOLS_MAX];	/* .now of when it left the view, 0 = did not */
};

static bool in_view(const struct lay_focus *f, uint32_t pool)
{
	for (unsigned int i = 0; i < f->nr; i++)
		if (f->pool[i] == pool)
			return true;
	return false;
}

static void append(struct lay_focus *f, uint32_t pool)
{
	if (f->nr < LAY_POOLS_MAX && !in_view(f, pool))
		f->pool[f->nr++] = pool;
}

static bool full(const struct focus *t)
{
	return t->f->nr >= lay_capacity(t->b, t->f->mode);
}

/* ---- the table ------------------------------------------------------------------------ */

/* CPUs in their order, a CPU's normal pool first; unbound pools last. */
static uint64_t table_rank(const struct model_pool *p)
{
	if (p->cpu < 0)
		return (uint64_t)1 << 40 | p->id;
	return (uint64_t)p->cpu << 20 | (p->nice < 0 ? 1u : 0u) << 18 | (p->flags & POOL_BH ? 1u : 0u) << 17 | p->id;
}

static void sort_table(const struct model *m, struct lay_focus *f)
{
	for (unsigned int i = 1; i < f->nr; i++) {
		uint32_t id = f->pool[i];
		unsigned int k = i;

		for (; k && table_rank(&m->pools[f->pool[k - 1]]) > table_rank(&m->pools[id]); k--)
			f->pool[k] = f->pool[k - 1];
		f->pool[k] = id;
	}
}

static void enter_table(struct focus *t)
{
	unsigned int room = lay_capacity(t->b, 3), normal = 0;
	struct lay_focus *f = t->f;

	for (uint32_t p = 1; p <= t->m->nr_pools && p < POOLS_MAX && f->nr < room; p++)
		if (t->used[p] && model_pool(t->m, p))
			append(f, p);
	for (uint32_t c = 0; c < CPUS_MAX; c++) {
		const struct model_pool *p = t->m->cpus[c].exists ? model_cpu_pool(t->m, (int)c, 0) : NULL;

		normal += p && !in_view(f, p->id);
	}
	for (uint32_t c = 0; c < CPUS_MAX && f->nr + normal <= room && normal; c++) {
		const struct model_pool *p = t->m->cpus[c].exists ? model_cpu_pool(t->m, (int)c, 0) : NULL;

		if (!p || in_view(f, p->id))
			continue;
		append(f, p->id);
		normal--;
	}
	sort_table(t->m, f);
}

/* ---- coming and going -------------------------------------------------------------------- */

static bool needed(const struct story_event *e, uint32_t pool)
{
	for (unsigned int i = 0; e && i < STORY_POOLS_MAX; i++)
		if (e->need[i] == pool)
			return true;
	return false;
}

static bool just_left(const struct focus *t, uint32_t pool)
{
	return t->left[pool] && t->now - t->left[pool] < MOMENT;
}

/* Has a row of the table been out of use for a moment?  The guest's row is no pool's own. */
static bool idle_row(const struct focus *t, const struct story_event *e)
{
	const struct lay_focus *f = t->f;

	for (unsigned int i = 0; i < f->nr; i++)
		if (f->pool[i] != f->guest && !needed(e, f->pool[i]) && t->now - t->used[f->pool[i]] >= MOMENT)
			return true;
	return false;
}

static void be_guest(struct focus *t, uint32_t pool)
{
	struct lay_focus *f = t->f;
	uint32_t last = f->pool[f->nr - 1];

	if (last != f->guest)
		t->left[last] = t->now;		/* it had a row of its own */
	f->pool[f->nr - 1] = pool;
	f->guest = pool;
}

static void replace_oldest(struct focus *t, const struct story_event *e, uint32_t pool)
{
	struct lay_focus *f = t->f;
	int oldest = -1;

	for (unsigned int i = 0; i < f->nr; i++)
		if (!needed(e, f->pool[i]) && (f->pool[i] != f->guest || f->nr == 1) && (oldest < 0 || t->used[f->pool[i]] < t->used[f->pool[oldest]]))
			oldest = (int)i;
	if (oldest < 0)
		oldest = (int)f->nr - 1;
	t->left[f->pool[oldest]] = t->now;
	if (f->pool[oldest] == f->guest)
		f->guest = 0;
	f->pool[oldest] = pool;
}

static void show(struct focus *t, const struct story_event *e, uint32_t pool)
{
	while (full(t) && t->f->mode < 3 && just_left(t, pool)) {
		t->f->mode++;
		if (t->f->mode == 3)
			enter_table(t);
	}
	if (in_view(t->f, pool))
		return;
	if (!full(t))
		append(t->f, pool);
	else if (t->f->mode == 3 && (just_left(t, pool) || !idle_row(t, e)))
		be_guest(t, pool);
	else
		replace_oldest(t, e, pool);
	if (t->f->guest != pool)
		t->left[pool] = 0;
}

static bool recent(const struct focus *t, uint32_t pool)
{
	return t->used[pool] && t->now - t->used[pool] < RECENT;
}

/* Fewer pools in larger blocks, when the view of now would fit into them for a while. */
static void shrink(struct focus *t, bool quiet)
{
	struct lay_focus *f = t->f;
	unsigned int nr = 0, mode = 1;

	if (f->mode == 1)
		return;
	for (unsigned int i = 0; i < f->nr; i++)
		nr += recent(t, f->pool[i]);
	if (!nr || (!quiet && nr > 1))
		return;
	while (mode < f->mode && nr > lay_capacity(t->b, mode))
		mode++;
	if (mode >= f->mode)
		return;
	nr = 0;
	for (unsigned int i = 0; i < f->nr; i++) {
		if (recent(t, f->pool[i]))
			f->pool[nr++] = f->pool[i];
		else
			t->left[f->pool[i]] = 0;	/* it may come back: the mode has changed */
	}
	f->nr = nr;
	f->mode = mode;
	f->guest = 0;
}

/* ---- the story -------------------------------------------------------------------------------- */

static bool view_is_quiet(const struct story_event *e)
{
	return e->quiet;
}

static void follow(struct focus *t, const struct story_event *e)
{
	unsigned int mode = t->f->mode;
	bool any = false;

	t->now++;
	if (e->timer_only && !view_is_quiet(e))
		return;
	for (unsigned int i = 0; i < STORY_POOLS_MAX; i++)
		if (e->need[i] && e->need[i] < POOLS_MAX) {
			t->used[e->need[i]] = t->now;
			any = true;
		}
	if (any && e->need[0] < POOLS_MAX && !in_view(t->f, e->need[0]))
		show(t, e, e->need[0]);
	if (t->f->mode == mode)		/* not in the event that needed the larger one */
		shrink(t, e->quiet);
}

static void begin(struct focus *t)
{
	t->f->mode = 1;
	for (uint32_t c = 0; c < CPUS_MAX && !full(t); c++) {
		const struct model_pool *p = t->m->cpus[c].exists ? model_cpu_pool(t->m, (int)c, 0) : NULL;

		if (p)
			append(t->f, p->id);
	}
}

void lay_focus(struct lay_focus *f, const struct layout_in *in, const struct lay_budget *b, size_t stories)
{
	static struct focus t;		/* large; the layout has one thread */
	const struct layout_story *s = in->story;
	size_t look = 0;

	memset(f, 0, sizeof(*f));
	memset(&t, 0, sizeof(t));
	t.f = f;
	t.m = in->m;
	t.b = b;
	begin(&t);
	for (size_t i = s->begun ? s->begin : stories; i < stories; i++) {
		for (; look < in->nr_looks && in->look[look].n < s->v[i].n; look++) {
			t.used[in->look[look].pool % POOLS_MAX] = t.now + 1;
			show(&t, NULL, in->look[look].pool % POOLS_MAX);
		}
		follow(&t, &s->v[i]);
	}
	for (; look < in->nr_looks && in->look[look].n <= in->m->n; look++) {
		t.used[in->look[look].pool % POOLS_MAX] = t.now + 1;
		show(&t, NULL, in->look[look].pool % POOLS_MAX);
	}
	f->at = stories;
}
