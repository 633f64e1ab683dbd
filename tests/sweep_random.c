/*
 * tests/sweep_random.c - random well-formed scenarios, whose runs must keep all invariants.
 *
 * Each program is drawn from the scenario language and run with the census on.  The test
 * requires no crash, no hang, no contradiction between trace and engine, no broken
 * invariant, and that the workqueues can be destroyed afterwards.  It expects no other
 * result.  It ignores a program that floods the trace.
 *
 * Lives here:   drawing programs, running them.
 * Never here:   facts (sweep_conform.c).
 * Rules:        I1..I55 through model/invariant.h.   Licence: MIT.
 */
#include "tests/test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/strbuf.h"
#include "conform/seed_run.h"

#define PROGRAM_BYTES 16000
#define ITEMS_MAX 8
#define PROGRAMS_MAX 64

struct draw {
	uint64_t seed, n;
	struct strbuf out;
	unsigned int queues, items, mutexes, cpus;
	char kind[ITEMS_MAX];		/* 'w', 'd', 'r' */
};

static unsigned int below(struct draw *d, unsigned int n)
{
	return (unsigned int)rng_below(rng_hash4(d->seed, 0x72616e64, 0, d->n++), n);
}

static bool chance(struct draw *d, unsigned int percent)
{
	return below(d, 100) < percent;
}

/* An item of that kind, or any with 0; -1 if there is none. */
static int item(struct draw *d, char kind)
{
	unsigned int from = below(d, d->items);

	for (unsigned int i = 0; i < d->items; i++)
		if (!kind || d->kind[(from + i) % d->items] == kind)
			return (int)((from + i) % d->items);
	return -1;
}

/*
 * Steps by shape: %Q a queue, %W any item, %D a delayed one, %R an RCU one, %C a CPU,
 * %N a node, %S a short time, %L up to 20 ms, %A a limit.
 */
static const char *const shapes[] = {
	"burn:%S", "burn:%S", "sleep:%S", "sleep:%S", "hog:%S", "queue:%Q:%W", "queue:%Q:%W", "queue:%Q:%W",
	"queue_on:%C:%Q:%W", "queue_node:%N:%Q:%W", "irq_queue:%Q:%W", "flush:%W", "flush_wq:%Q", "drain:%Q",
	"cancel:%W", "cancel_sync:%W", "disable:%W", "disable_sync:%W", "enable:%W", "busy:%W", "pending:%W",
	"congested:%C:%Q", "max_active:%Q:%A", "census", "sysrq:t", "rcu_hold:%S",
	"queue_delayed:%Q:%D:%L", "queue_delayed_on:%C:%Q:%D:%L", "mod_delayed:%Q:%D:%L",
	"cancel_delayed:%D", "cancel_delayed_sync:%D", "flush_delayed:%D", "queue_rcu:%Q:%R", "flush_rcu:%R",
	/* of actors only: */
	"until:%L", "until:%L", "until:%L", "stall_kthreadd:%C:%L", "destroy:%Q", "init:%W",
};
#define SHAPES (sizeof(shapes) / sizeof(shapes[0]))
#define SHAPES_ITEM (SHAPES - 6)

static bool fill(struct draw *d, char what)
{
	int i;

	switch (what) {
	case 'Q':
		strbuf_printf(&d->out, "q%u", below(d, d->queues));
		return true;
	case 'C':
		strbuf_printf(&d->out, "%u", below(d, d->cpus));
		return true;
	case 'N':
		strbuf_printf(&d->out, "%u", below(d, 2));
		return true;
	case 'S':
		strbuf_printf(&d->out, "%u", below(d, 12));
		return true;
	case 'L':
		strbuf_printf(&d->out, "%u", below(d, 40));
		return true;
	case 'A':
		strbuf_printf(&d->out, "%u", 1 + below(d, 4));
		return true;
	default:
		i = item(d, what == 'D' ? 'd' : what == 'R' ? 'r' : 0);
		strbuf_printf(&d->out, "w%d", i);
		return i >= 0;
	}
}

static void step(struct draw *d, bool actor)
{
	const char *p = shapes[below(d, actor ? SHAPES : SHAPES_ITEM)];
	size_t start = d->out.len;

	for (strbuf_putc(&d->out, ' '); *p; p++) {
		if (*p != '%') {
			strbuf_putc(&d->out, *p);
		} else if (!fill(d, *++p)) {
			d->out.len = start;	/* no item of that kind: no step */
			d->out.buf[start] = '\0';
			return;
		}
	}
}

static void body(struct draw *d, bool actor)
{
	unsigned int n = below(d, actor ? 12 : 6);

	/* checked first, so that no program runs for ever */
	if (!actor)
		strbuf_printf(&d->out, " upto:%u", 1 + below(d, 5));
	for (unsigned int i = 0; i < n; i++) {
		unsigned int m = d->mutexes && chance(d, 12) ? 1 + below(d, d->mutexes) : 0;

		if (m)
			strbuf_printf(&d->out, " lock:m%u", m - 1);
		step(d, actor);
		if (m)
			strbuf_printf(&d->out, " unlock:m%u", m - 1);
	}
	strbuf_putc(&d->out, '\n');
}

static void queue(struct draw *d, unsigned int i)
{
	static const char *const flags[] = {
		"HIGHPRI", "UNBOUND", "MEM_RECLAIM", "CPU_INTENSIVE", "FREEZABLE", "POWER_EFFICIENT",
	};
	bool ordered = chance(d, 15), any = ordered;

	strbuf_printf(&d->out, "wq q%u%s", i, ordered ? " flags=ORDERED" : "");
	for (unsigned int f = 0; f < 6; f++) {
		if ((ordered && f != 2) || !chance(d, 20))	/* ordered: only a rescuer beside it */
			continue;
		strbuf_printf(&d->out, "%s%s", any ? "|" : " flags=", flags[f]);
		any = true;
	}
	if (chance(d, 50))
		strbuf_printf(&d->out, " max_active=%u", 1 + below(d, 4));
	strbuf_putc(&d->out, '\n');
}

static void program(struct draw *d)
{
	static const char *const kinds[] = { "work", "work", "work", "work", "dwork", "dwork", "rwork" };

	d->cpus = chance(d, 15) ? 16 : 4;
	d->queues = 1 + below(d, 3);
	d->items = 1 + below(d, ITEMS_MAX);
	d->mutexes = below(d, 3);
	strbuf_printf(&d->out, "scenario r\nparam timeout_ms=1000\nparam topo=%u\n", d->cpus);
	if (chance(d, 40))
		strbuf_printf(&d->out, "param cpu_intensive_thresh_us=%u\n", 5000 * (1 + below(d, 3)));
	if (chance(d, 20))
		strbuf_puts(&d->out, "param kernel=custom\n");
	for (unsigned int i = 0; i < d->queues; i++)
		queue(d, i);
	for (unsigned int i = 0; i < d->mutexes; i++)
		strbuf_printf(&d->out, "mutex m%u\n", i);
	for (unsigned int i = 0; i < d->items; i++)
		d->kind[i] = kinds[below(d, 7)][0];
	for (unsigned int i = 0; i < d->items; i++) {
		strbuf_printf(&d->out, "%s w%u", d->kind[i] == 'w' ? "work" : d->kind[i] == 'd' ? "dwork" : "rwork", i);
		body(d, false);
	}
	for (unsigned int i = 1 + below(d, 4); i-- > 0;) {
		strbuf_printf(&d->out, "actor a%u cpu=%u%s", i, below(d, d->cpus), chance(d, 20) ? " prio=normal" : "");
		body(d, true);
	}
}

struct drawn {
	struct kws k;
	struct facts f;
	char text[PROGRAM_BYTES];
	uint64_t seed;
};

static struct drawn *draw_one(uint64_t seed)
{
	struct drawn *p = calloc(1, sizeof(*p));
	struct draw d = { .seed = seed };
	char err[300] = "";

	REQUIRE_NOT_NULL(p);
	p->seed = seed;
	strbuf_init(&d.out, p->text, sizeof(p->text));
	program(&d);
	REQUIRE_FALSE(d.out.cut);
	if (kws_parse(&p->k, "r.kws", p->text, strlen(p->text), err, sizeof(err)))
		test_note("%s in\n%s", err, p->text);
	REQUIRE_INT(err[0], '\0');
	REQUIRE_INT(facts_parse(&p->f, &p->k, "none", "", 0, err, sizeof(err)), 0);
	return p;
}

struct tally {
	struct drawn **all;
	unsigned int runs, bad, floods;
};

static void count(void *arg, const struct seed_run_result *res)
{
	struct tally *t = arg;

	t->runs++;
	if (res->err == -EOVERFLOW)
		t->floods++;
	/* a report of the kernel log is no failure here: no kernel has run the program */
	else if ((res->err || res->extra[0] || (res->failed && !res->unspoken[0])) && t->bad++ < 2)
		test_note("SEED=%llu, seed %llu: %s%s\n%s", (unsigned long long)t->all[res->file]->seed,
			  (unsigned long long)res->seed, res->extra,
			  res->signal ? strsignal(res->signal) : res->err ? strerror(-res->err) : "",
			  t->all[res->file]->text);
}

static void any_program_runs_soundly(void)
{
	unsigned int n = (unsigned int)test_rounds(40, 10);
	struct seed_run_file files[PROGRAMS_MAX];
	struct drawn *all[PROGRAMS_MAX];
	struct tally t = { .all = all };

	for (unsigned int i = 0; i < n; i++) {
		all[i] = draw_one(seed_from_env(1) + i);
		files[i] = (struct seed_run_file){ &all[i]->k, &all[i]->f };
	}
	CHECK_INT(seed_run_all(files, n, 1, 2, 2, true, count, &t), 0);
	CHECK_INT(t.runs, 2 * n);
	CHECK_INT(t.bad, 0);
	CHECK_LT(t.floods, n / 2);
	for (unsigned int i = 0; i < n; i++) {
		facts_fini(&all[i]->f);
		kws_fini(&all[i]->k);
		free(all[i]);
	}
}

const struct test_case suite_sweep_random[] = {
	T(any_program_runs_soundly),
	{ NULL, NULL }
};
