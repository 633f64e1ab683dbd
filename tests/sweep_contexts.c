/*
 * tests/sweep_contexts.c - every call of a lesson, in every context that it can be made in.
 *
 * No call of a lesson aborts the machine: the machine reports it, or refuses the file with its line.
 * support/api_calls.def has the calls; the tables below have the contexts: threads, interrupts, softirqs, one inside the other, each also
 * under a spin lock, and beside a CPU that holds the engine's mutexes most of the time.
 *
 * Each call is a run of its own.  A child process makes many of them; a run that ends the child is a
 * failure, and the next child continues after it.
 *
 * The last two tests make each call again and again, and refuse the first allocation in it, then the second,
 * until one run needs no further one: memory that ends is a fault of the file wherever it ends.
 *
 * Lives here:   contexts, calls, how a run may end.
 * Never here:   the text of a report (authors/, unit_lua_api.c).
 * Rules:        R11 context table.   Licence: MIT.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "lua/api_where.h"
#include "lua/script.h"
#include "machine/choice.h"
#include "tests/support/lua_harness.h"

#define RUN_SECONDS 10		/* of a run: it takes milliseconds */

/* ---- the calls --------------------------------------------------------------------- */

struct call {
	const char *name, *code, *fault;
};
static const struct call calls[] = {
#define CALL(name, code, fault) { #name, code, fault },
#include "tests/support/api_calls.def"
#undef CALL
};
#define NR_CALLS ((int)(sizeof(calls) / sizeof(calls[0])))

static const struct {
	const char *name;
	unsigned int where;
} rows[] = {
#define API(n, w, lo, hi, sig, txt, rl) { #n, w },
#define LUA(n, w, lo, hi, sig, txt, rl) { #n, w },
#define VALUE(n, txt)
#define GROUP(title, txt)
#include "lua/api.def"
#undef API
#undef LUA
#undef VALUE
#undef GROUP
};
#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static void every_call_of_kernel_code_has_arguments(void)
{
	for (size_t i = 0; i < NR_ROWS; i++) {
		bool found = !(rows[i].where & K);

		for (int c = 0; c < NR_CALLS && !found; c++)
			found = strcmp(rows[i].name, calls[c].name) == 0;
		CHECK_TRUE(found);
		if (!found)
			test_note("tests/support/api_calls.def has no row for %s()", rows[i].name);
	}
}

static bool takes_mutexes(const struct call *call)
{
	for (size_t i = 0; i < NR_ROWS; i++)
		if (strcmp(rows[i].name, call->name) == 0)
			return rows[i].where & MUTEX;
	return false;
}

/* ---- the contexts ------------------------------------------------------------------ */

/* The objects of each run: a workqueue of each kind, an item that runs, a mutex that is held. */
static const char prelude[] =
	"return lesson { title = 'T', machine = { cpus = 3 }, function(p)\n"
	"offline(2)\n"
	"local q, u, b = alloc_workqueue 'q', alloc_workqueue('u', WQ_UNBOUND), alloc_workqueue('b', WQ_BH)\n"
	"local r, s = alloc_workqueue('r', WQ_MEM_RECLAIM), alloc_workqueue('s', WQ_UNBOUND | WQ_SYSFS)\n"
	"local f = alloc_workqueue('f', WQ_FREEZABLE)\n"
	"local function w_fn() end\n"
	"local w, d, rw = work('w', w_fn), delayed_work('d', function() end), rcu_work('rw', function() end)\n"
	"local busy, m, taken, l, k = work('busy', function() sleep_ms(3) end), mutex 'm', mutex 'taken', spinlock 'l', spinlock 'k'\n"
	"local c, t, tm = completion 'c', tasklet('t', function() end), timer('tm', function() end)\n"
	"local line, line2, line3 = irq_line(0, 'line', function() end), irq_line(1, 'line2'), irq_line(1, 'line3')\n"
	"open_softirq(NET_TX_SOFTIRQ, function() end)\n"
	"local o = object('o', { w = work('embedded', function() end) })\n"
	"local mod = insmod('mod', { probe = function() end, remove = function() end })\n"
	"task(1, 'owner', function() queue_work_on(1, q, busy) mutex_lock(taken) sleep_ms(4) mutex_unlock(taken) end)\n"
	"run(0.5)\n";

/* CPU 1 changes attributes again and again: the engine's mutexes are held, and workers and pools come and go. */
static const char holder[] =
	"task(1, 'holder', function() for i = 1, 40 do apply_workqueue_attrs(s, { nice = i % 3 }) end end)\n"
	"run(0.02)\n";

enum lock { LOCK_NONE, LOCK_INSIDE, LOCK_IRQSAVE, LOCK_OUTSIDE, LOCKS };
#define PLAIN (1 << LOCK_NONE | 1 << LOCK_INSIDE)
#define NESTED (1 << LOCK_NONE | 1 << LOCK_OUTSIDE)
#define IRQSAVE (1 << LOCK_IRQSAVE)

/* The code of a context: HERE is the call, IN and OUT are replaced by a lock of the outer context. */
struct context {
	const char *name, *code;
	unsigned int locks;		/* 1 << enum lock: each is a context of its own */
};

static const struct context threads[] = {
	{ "task", "task(0, 'x', function() HERE end)", PLAIN | IRQSAVE },
	{ "work", "local x = work('x', function() HERE end) task(0, 'y', function() queue_work(q, x) end)", PLAIN },
	{ "unbound work", "local x = work('x', function() HERE end) task(0, 'y', function() queue_work(u, x) end)", PLAIN },
	{ "irq thread", "request_threaded_irq(line2, function() return IRQ_WAKE_THREAD end, function() HERE end, IRQF_SHARED) raise(line2)", PLAIN },
	{ NULL, NULL, 0 }
};
static const struct context atomics[] = {
	{ "interrupt", "irq(0, 'x', function() HERE end)", PLAIN | IRQSAVE },
	{ "tasklet", "local x = tasklet('x', function() HERE end) irq(0, 'y', function() tasklet_schedule(x) end)", PLAIN },
	{ "ksoftirqd", "local x = tasklet('x', function() HERE end) task(0, 'y', function() tasklet_schedule(x) end)", PLAIN },
	{ "softirq", "open_softirq(NET_RX_SOFTIRQ, function() HERE end) irq(0, 'y', function() raise_softirq(NET_RX_SOFTIRQ) end)", PLAIN },
	{ "timer", "local x = timer('x', function() HERE end) task(0, 'y', function() mod_timer(x, jiffies() + 1) end)", PLAIN },
	{ "BH work", "local x = work('x', function() HERE end) task(0, 'y', function() queue_work(b, x) end)", PLAIN },
	{ NULL, NULL, 0 }
};
#define INTERRUPT "irq(0, 'x', function() HERE end) udelay(200)"
static const struct context interrupts[] = {
	{ "interrupt in task", "task(0, 'y', function() IN " INTERRUPT " OUT end)", NESTED },
	{ "interrupt in tasklet", "local y = tasklet('y', function() IN " INTERRUPT " OUT end) irq(0, 'z', function() tasklet_schedule(y) end)", NESTED },
	{ "interrupt in timer", "local y = timer('y', function() IN " INTERRUPT " OUT end) task(0, 'z', function() mod_timer(y, jiffies() + 1) end)", NESTED },
	{ "interrupt in BH work", "local y = work('y', function() IN " INTERRUPT " OUT end) task(0, 'z', function() queue_work(b, y) end)", NESTED },
	{ "interrupt in work", "local y = work('y', function() IN " INTERRUPT " OUT end) task(0, 'z', function() queue_work(q, y) end)", NESTED },
	{ NULL, NULL, 0 }
};
#define SOFTIRQ "irq(0, 'v', function() tasklet_schedule(x) end) udelay(200)"
static const struct context softirqs[] = {
	{ "softirq in task", "local x = tasklet('x', function() HERE end) task(0, 'y', function() IN " SOFTIRQ " OUT end)", NESTED },
	{ "softirq in work", "local x = tasklet('x', function() HERE end) local y = work('y', function() IN " SOFTIRQ " OUT end) "
	  "task(0, 'z', function() queue_work(q, y) end)", NESTED },
	{ NULL, NULL, 0 }
};

/* Copies @from to @out with HERE, IN and OUT replaced. */
static void put_context(struct strbuf *out, const struct context *context, enum lock lock, const char *code)
{
	static const char *const before[] = { "", "spin_lock(k) ", "spin_lock_irqsave(k) ", "" };
	static const char *const after[] = { "", " spin_unlock(k)", " spin_unlock_irqrestore(k)", "" };

	for (const char *p = context->code; *p; p++) {
		if (strncmp(p, "HERE", 4) == 0) {
			strbuf_printf(out, "%s%s%s", before[lock], code, after[lock]);
			p += 3;
		} else if (strncmp(p, "IN ", 3) == 0) {
			strbuf_puts(out, lock == LOCK_OUTSIDE ? "spin_lock(k) " : "");
			p += 2;
		} else if (strncmp(p, "OUT ", 4) == 0) {
			strbuf_puts(out, lock == LOCK_OUTSIDE ? "spin_unlock(k) " : "");
			p += 3;
		} else {
			strbuf_putc(out, *p);
		}
	}
}

/* ---- one run ----------------------------------------------------------------------- */

static char folder[900];		/* of the lesson's file */

struct trial {
	const struct context *context;
	enum lock lock;
	const struct call *call;
	bool held;			/* beside the holder */
	bool refused;			/* allocations are refused, one after the other */
};

static void write_lesson(const struct trial *t, struct strbuf *out)
{
	strbuf_puts(out, prelude);
	if (t->held)
		strbuf_puts(out, holder);
	put_context(out, t->context, t->lock, t->call->code);
	strbuf_puts(out, "\nrun(8)\nend }\n");
}

static void print_trial(const struct trial *t, const char *what)
{
	static const char *const locks[] = { "", ", spin_lock()", ", spin_lock_irqsave()", ", outer spin_lock()" };

	test_note("%s%s%s%s: %s: %s", t->context->name, locks[t->lock], t->held ? ", mutexes held" : "",
		  t->refused ? ", allocations refused" : "", t->call->code, what);
}

static int go(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	(void)arg, (void)what, (void)id;
	*in = (struct run_input){ .kind = INPUT_GO };
	return 0;
}

/* As lua_harness(), but on stacks: there are thousands of runs.  @refuse: number of an allocation in 'x', 0 = none. */
static void run_here(struct lua_harness *h, const char *text, uint64_t refuse)
{
	static const struct mach_choosing stacks;
	struct run_spec spec = { .seed = 1, .jitter = -1 };
	struct script_opts opts = { .spec = &spec, .trace = &h->trace, .io = { go, NULL }, .choosing = &stacks,
				    .refuse_alloc = refuse, .refuse_in = "x" };
	FILE *f;

	memset(h, 0, sizeof(*h));
	snprintf(spec.lesson, sizeof(spec.lesson), "%s/07-try.lua", folder);
	f = fopen(spec.lesson, "wb");
	REQUIRE_NOT_NULL(f);
	fputs(text, f);
	fclose(f);
	REQUIRE_INT(trace_open(&h->trace, -1, (size_t)2 << 20, 0), 0);
	h->status = script_run(&opts);
	REQUIRE_INT(trace_store_borrow(&h->store, &h->trace), 0);
	trace_store_poll(&h->store);
	snprintf(h->fault, sizeof(h->fault), "%s", lua_harness_text(h, EV_FAULT, 1));
}

static bool ends_as_usual(const struct trial *t, const struct lua_harness *h)
{
	const char *fault = t->call->fault;

	if (*fault && !(t->held && !*h->fault))	/* a call that is not made finds no fault */
		return h->status == 2 && strstr(h->fault, fault);
	return h->status == 0 && !*h->fault;
}

/* In the child.  NULL, or what is wrong with the end of the run. */
static const char *try_call(const struct trial *t, int *refused)
{
	static char wrong[1500];
	STRBUF(text, 8192);
	struct lua_harness h;
	uint64_t refuse = t->refused;
	bool right, short_of_memory;

	write_lesson(t, &text);
	do {
		run_here(&h, text.buf, refuse);
		short_of_memory = refuse && strstr(h.fault, "not enough memory: a lesson may use 64 MiB");
		right = short_of_memory ? h.status == 2 : ends_as_usual(t, &h);
		right = right && (!*h.fault || strncmp(h.fault, "07-try.lua:", 11) == 0);
		snprintf(wrong, sizeof(wrong), "allocation %d, exit %d, fault: %s", (int)refuse, h.status, h.fault);
		lua_harness_done(&h);
		*refused += short_of_memory;
		refuse++;
	} while (right && short_of_memory);
	return right ? NULL : wrong;
}

/* ---- all of them ------------------------------------------------------------------- */

/* Shared with the children. */
struct progress {
	int at, failed, refused;
	char what[1600];
};

static int collect(const struct context *contexts, bool held, bool refused, struct trial *out)
{
	int n = 0, step = test_rounds(1, 3);	/* quick: every third call, another third in each context */

	for (const struct context *c = contexts; c->name; c++)
		for (int lock = 0; lock < LOCKS; lock++)
			for (int i = (lock + (int)(c - contexts)) % step; i < NR_CALLS && c->locks >> lock & 1; i += step)
				if (!held || takes_mutexes(&calls[i]))
					out[n++] = (struct trial){ c, (enum lock)lock, &calls[i], held, refused };
	return n;
}

static void child(const struct trial *trials, int n, struct progress *p)
{
	while (p->at < n) {
		const char *wrong;

		alarm(RUN_SECONDS);
		wrong = try_call(&trials[p->at], &p->refused);
		if (wrong) {
			snprintf(p->what, sizeof(p->what), "%s", wrong);
			_exit(1);
		}
		p->at++;
	}
	_exit(0);
}

static void make_folder(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/kw-contexts-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	REQUIRE_NOT_NULL(mkdtemp(folder));
}

static void remove_folder(void)
{
	char path[1000];

	snprintf(path, sizeof(path), "%s/07-try.lua", folder);
	remove(path);
	rmdir(folder);
}

static void sweep(const struct context *contexts, bool held, bool refused)
{
	struct trial *trials = calloc((size_t)NR_CALLS * 8 * 4, sizeof(*trials));
	struct progress *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int n, status;

	REQUIRE_NOT_NULL(trials);
	REQUIRE_TRUE(p != MAP_FAILED);
	make_folder();
	n = collect(contexts, held, refused, trials);
	while (p->at < n) {
		pid_t pid = fork();

		if (pid == 0)
			child(trials, n, p);
		REQUIRE_TRUE(pid > 0 && waitpid(pid, &status, 0) == pid);
		if (status == 0)
			break;
		if (WIFSIGNALED(status))
			snprintf(p->what, sizeof(p->what), "signal %d", WTERMSIG(status));
		print_trial(&trials[p->at], p->what);
		p->failed++;
		p->at++;
	}
	CHECK_INT(p->failed, 0);
	CHECK_GE(p->refused, refused ? n : 0);	/* each call allocates once at least, or its end does */
	remove_folder();
	munmap(p, sizeof(*p));
	free(trials);
}

static void no_call_aborts_in_a_thread(void)
{
	sweep(threads, false, false);
}

static void no_call_aborts_in_atomic_context(void)
{
	sweep(atomics, false, false);
}

static void no_call_aborts_in_a_nested_interrupt(void)
{
	sweep(interrupts, false, false);
}

static void no_call_aborts_in_a_nested_softirq(void)
{
	sweep(softirqs, false, false);
}

static void no_call_aborts_beside_a_holder_of_the_mutexes(void)
{
	sweep(atomics, true, false);
}

static const struct context a_task[] = {
	{ "task", "task(0, 'x', function() HERE end)", 1 << LOCK_NONE },
	{ NULL, NULL, 0 }
};
static const struct context a_handler[] = {
	{ "interrupt", "irq(0, 'x', function() HERE end)", 1 << LOCK_NONE },
	{ NULL, NULL, 0 }
};

static void memory_may_end_anywhere_in_a_task(void)
{
	sweep(a_task, false, true);
}

static void memory_may_end_anywhere_in_an_interrupt(void)
{
	sweep(a_handler, false, true);
}

const struct test_case suite_sweep_contexts[] = {
	T(every_call_of_kernel_code_has_arguments),
	T(no_call_aborts_in_a_thread),
	T(no_call_aborts_in_atomic_context),
	T(no_call_aborts_in_a_nested_interrupt),
	T(no_call_aborts_in_a_nested_softirq),
	T(no_call_aborts_beside_a_holder_of_the_mutexes),
	T(memory_may_end_anywhere_in_a_task),
	T(memory_may_end_anywhere_in_an_interrupt),
	{ NULL, NULL }
};
