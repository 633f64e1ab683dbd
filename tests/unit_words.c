/*
 * tests/unit_words.c - names, sentences and states in words.   Licence: MIT.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "model/flags.h"
#include "tests/support/fake_trace.h"
#include "tests/support/shell.h"
#include "words/machine_text.h"
#include "words/name.h"
#include "words/sentence.h"
#include "words/texts.h"
#include "words/translate.h"
#include "words/why.h"

static struct model m;
static uint64_t folded;

static void begin(void)
{
	fake_open();
	memset(&m, 0, sizeof(m));
	REQUIRE_INT(model_init(&m), 0);
	folded = 0;
}

static void fold(void)
{
	struct trace_event ev;

	fake_read();
	while (trace_store_event(&fake.s, folded + 1, &ev)) {
		model_apply(&m, &ev);
		folded++;
	}
}

static void end(void)
{
	model_fini(&m);
	fake_close();
}

/* The sentence of the last event written. */
static const char *last(void)
{
	static STRBUF(text, 512);
	struct trace_event ev;

	fold();
	strbuf_init(&text, text_bytes, sizeof(text_bytes));
	REQUIRE_TRUE(trace_store_event(&fake.s, folded, &ev));
	words_event(&fake.s, &m, &ev, &text);
	return text.buf;
}

static const char *context(void)
{
	static STRBUF(text, 512);
	struct trace_event ev;

	fold();
	strbuf_init(&text, text_bytes, sizeof(text_bytes));
	REQUIRE_TRUE(trace_store_event(&fake.s, folded, &ev));
	words_context(&fake.s, &m, &ev, &text);
	return text.buf;
}

/* One CPU with its idle thread 1, a thread "app" 2, and a worker 1 with thread 3. */
static void boot(void)
{
	TRACE(MACHINE, .cpus = 1, .nodes = 1, .hz = 1000);
	TRACE(TASK_NEW, .task = 1, .cpu = 0, .comm = "swapper/0");
	TRACE(TASK_NEW, .task = 2, .cpu = 0, .comm = "app");
	TRACE(TASK_NEW, .task = 3, .cpu = 0, .comm = "kworker/0:0");
	trace_def(CLS_POOL, 1, 0, 2, "cpu 0 normal");
	TRACE(POOL_NEW, .pool = 1, .cpu = 0);
	trace_def(CLS_WORKER, 1, 0, 0, "kworker/0:0");
	TRACE(WORKER_CREATE, .worker = 1, .pool = 1, .kthread = 3, .nr_workers = 1);
	trace_def(CLS_ITEM, 1, 0, 0, "w0");
	trace_def(CLS_WQ, 1, 0, 0, "events");
	TRACE(PWQ_NEW, .pwq = 1, .wq = 1, .pool = 1);
}

/* ---- the table ------------------------------------------------------------------------ */

#define SENTENCE(KIND, text) { EV_##KIND, text },
static const struct row {
	enum trace_kind kind;
	const char *text;
} rows[] = {
#include "words/sentence.def"
};
#undef SENTENCE

static void every_row_of_the_table_fits_its_event(void)
{
	const char *bad;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!words_event_text_ok(rows[i].kind, rows[i].text, &bad))
			test_note("%s: \"%s\" is wrong from \"%s\" on", trace_rows[rows[i].kind].name, rows[i].text, bad);
		CHECK_TRUE(words_event_text_ok(rows[i].kind, rows[i].text, &bad));
		CHECK_TRUE(rows[i].text[0] == '{' || strchr(rows[i].text, '(') ||
			   (rows[i].text[0] >= 'A' && rows[i].text[0] <= 'Z') || !strncmp(rows[i].text, "max_active", 10));
		CHECK_NE(rows[i].text[strlen(rows[i].text) - 1], '.');
	}
}

static void every_event_a_reader_meets_has_a_sentence(void)
{
	for (int kind = 1; kind < EV_NR; kind++) {
		size_t i = 0;

		while (i < sizeof(rows) / sizeof(rows[0]) && rows[i].kind != (enum trace_kind)kind)
			i++;
		if (i == sizeof(rows) / sizeof(rows[0]) && trace_rows[kind].level != TRACE_MACHINE)
			test_note("no sentence for %s", trace_rows[kind].name);
		CHECK_TRUE(i < sizeof(rows) / sizeof(rows[0]) || trace_rows[kind].level == TRACE_MACHINE);
	}
}

static void a_row_with_a_wrong_brace_is_refused(void)
{
	static const char *const wrong[] = {
		"{thing}", "{item", "item}", "{worker?yes}", "{pool#pools}", "{task?a|b}", "{barrier}", "{item=1}", "{}",
		"{worker?{nothing}|b}", "{cpu#a|b}",
	};
	const char *bad;

	CHECK_TRUE(words_event_text_ok(EV_KICK, "{pool} {worker?wakes {worker}|{worker=2?is|sleeps}} {cpu}", &bad));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (words_event_text_ok(EV_KICK, wrong[i], &bad))
			test_note("accepted: %s", wrong[i]);
		CHECK_FALSE(words_event_text_ok(EV_KICK, wrong[i], &bad));
	}
}

/* ---- names ------------------------------------------------------------------------------ */

static void a_pool_has_the_kernels_number_everywhere(void)
{
	char buf[WORDS_NAME];

	begin();
	boot();
	trace_def(CLS_POOL, 9, 0, 16, "unbound 16");
	TRACE(POOL_NEW, .pool = 9, .cpu = -1);
	trace_def(CLS_POOL, 2, 0, 3, "cpu 0 highpri");
	TRACE(POOL_NEW, .pool = 2, .cpu = 0, .nice = -20);
	trace_def(CLS_POOL, 3, 0, 0, "cpu 0 bh normal");
	TRACE(POOL_NEW, .pool = 3, .cpu = 0, .flags = POOL_BH);
	fold();
	CHECK_STR(words_name(&fake.s, &m, CLS_POOL, 9, buf), "unbound pool u16");
	CHECK_STR(words_name(&fake.s, &m, CLS_POOL, 1, buf), "CPU 0's pool");
	CHECK_STR(words_name(&fake.s, &m, CLS_POOL, 2, buf), "CPU 0's highpri pool");
	CHECK_STR(words_name(&fake.s, &m, CLS_POOL, 3, buf), "CPU 0's BH pool");
	TRACE(WORKER_CREATE_BEGIN, .pool = 9);
	CHECK_STR(last(), "Unbound pool u16 asks for a new worker");
	end();
}

static void a_thing_without_a_name_is_called_by_its_number(void)
{
	char buf[WORDS_NAME];

	begin();
	fold();
	CHECK_STR(words_name(&fake.s, &m, CLS_ITEM, 5, buf), "item 5");
	CHECK_STR(words_name(&fake.s, &m, CLS_WORKER, 0, buf), "no worker");
	CHECK_STR(words_name(&fake.s, &m, CLS_CPU, 1, buf), "CPU 0");
	end();
}

/* ---- sentences ------------------------------------------------------------------------------ */

/* A flush makes an item of its own; no lesson wrote a function for it. */
static void a_barrier_is_not_described_as_an_item(void)
{
	begin();
	boot();
	TRACE(ITEM_INIT, .item = 2, .kind = ITEM_KIND_BARRIER);
	TRACE(BARRIER, .barrier = 2, .target = 1, .worker = 1, .pwq = 1, .pool = 1, .waiter = 2);
	CHECK_STR(last(), "app puts a barrier behind w0");
	TRACE(EXECUTE_START, .item = 2, .worker = 1);
	CHECK_STR(last(), "kworker/0:0 reaches the barrier behind w0 and wakes app");
	TRACE(EXECUTE_END, .item = 2, .worker = 1);
	CHECK_STR(last(), "kworker/0:0 has passed the barrier behind w0");
	TRACE(EXECUTE_START, .item = 1, .worker = 1);
	CHECK_STR(last(), "kworker/0:0 calls the function of w0");
	end();
}

static void the_limit_that_held_an_item_back_is_named(void)
{
	begin();
	boot();
	TRACE_WHY(INACTIVE, BECAUSE(NODE_MAX, 0, 2, 2, 0), .item = 1, .pwq = 1, .nr_active = 0, .max_active = 2);
	CHECK_STR(last(), "w0 is held back: its node has 2 of at most 2 active items");
	TRACE_WHY(INACTIVE, BECAUSE(MAX_ACTIVE, 0, 1, 1, 3), .item = 1, .pwq = 1, .nr_active = 1, .max_active = 1);
	CHECK_STR(last(), "w0 is held back: nr_active is 1, max_active is 1");
	TRACE_WHY(INACTIVE, BECAUSE(MAX_ACTIVE, 0, 1, 2, 3), .item = 1, .pwq = 1, .nr_active = 1, .max_active = 2);
	CHECK_STR(last(), "w0 is held back: 3 items are already waiting");
	TRACE_WHY(INACTIVE, BECAUSE(NODE_MAX, 0, 0, 1, 0), .item = 1, .pwq = 1, .nr_active = 0, .max_active = 1);
	CHECK_STR(last(), "w0 is held back: older items of its workqueue come first");
	end();
}

static void a_timer_shows_the_time_that_is_left(void)
{
	begin();
	boot();
	at(200000000, 0, 2);
	TRACE(DELAYED_ARM, .item = 1, .expires = 212000000, .delay = 10);
	CHECK_STR(last(), "The timer of w0 is started: it expires in 12.000 ms");
	TRACE(SLEEP, .until = 203500000);
	CHECK_STR(last(), "app sleeps for 3.500 ms");
	end();
}

static void a_completion_is_not_a_lock(void)
{
	begin();
	boot();
	at(1000, 0, 2);
	trace_def(CLS_LOCK, 1, 0, LOCK_KIND_COMPLETION, "written");
	TRACE(LOCK_WAIT, .lock = 1);
	CHECK_STR(last(), "app waits for the completion written");
	TRACE(LOCK_GOT, .lock = 1);
	CHECK_STR(last(), "app no longer waits for the completion written");
	trace_def(CLS_LOCK, 2, 0, LOCK_KIND_MUTEX, "state");
	TRACE(LOCK_WAIT, .lock = 2, .owner = 3);
	CHECK_STR(last(), "app waits for the mutex state, which kworker/0:0 holds");
	TRACE(LOCK_GOT, .lock = 2);
	CHECK_STR(last(), "app has the mutex state");
	trace_def(CLS_LOCK, 3, 0, LOCK_KIND_SLEEPING, "old");	/* a recording from before the kinds */
	TRACE(LOCK_WAIT, .lock = 3);
	CHECK_STR(last(), "app waits for the lock old");
	end();
}

static void a_softirq_has_its_name(void)
{
	begin();
	boot();
	TRACE(SOFTIRQ_ENTRY, .vec = 6);
	CHECK_STR(last(), "CPU 0 runs the TASKLET softirq");
	TRACE(SOFTIRQ_EXIT, .vec = 1);
	CHECK_STR(last(), "The TIMER softirq of CPU 0 has ended");
	end();
}

static void an_idle_thread_is_an_idle_cpu(void)
{
	begin();
	boot();
	TRACE(SCHED_SWITCH, .prev = 1, .next = 2);
	CHECK_STR(last(), "CPU 0 runs app");
	TRACE(SCHED_SWITCH, .prev = 2, .next = 3);
	CHECK_STR(last(), "CPU 0 runs kworker/0:0 instead of app");
	TRACE(SCHED_SWITCH, .prev = 3, .next = 1);
	CHECK_STR(last(), "CPU 0 goes idle: kworker/0:0 leaves it");
	end();
}

static void plain_english_with_the_right_number(void)
{
	begin();
	boot();
	TRACE(WORKER_IDLE, .worker = 1, .pool = 1, .nr_idle = 1);
	CHECK_STR(last(), "kworker/0:0 goes idle, first in line to be woken");
	TRACE(WORKER_BUSY, .worker = 1, .pool = 1, .nr_idle = 1);
	CHECK_STR(last(), "kworker/0:0 woke up; 1 worker still idle");
	TRACE(WORKER_BUSY, .worker = 1, .pool = 1, .nr_idle = 2);
	CHECK_STR(last(), "kworker/0:0 woke up; 2 workers still idle");
	TRACE(WORKER_BUSY, .worker = 1, .pool = 1, .nr_idle = 0);
	CHECK_STR(last(), "kworker/0:0 woke up; no other worker is idle");
	TRACE(MANAGE_END, .worker = 1, .pool = 1);
	CHECK_STR(last(), "kworker/0:0 is no longer the manager");
	TRACE(KICK, .pool = 1);
	CHECK_STR(last(), "CPU 0's pool wakes no worker");
	TRACE(KICK, .pool = 1, .worker = 1);
	CHECK_STR(last(), "CPU 0's pool wakes kworker/0:0");
	TRACE(KICK, .pool = 1, .worker = 1);
	CHECK_STR(last(), "CPU 0's pool wakes kworker/0:0 again: it has not run yet");
	TRACE(WORKER_BUSY, .worker = 1, .pool = 1);
	TRACE(KICK, .pool = 1, .worker = 1);
	CHECK_STR(last(), "CPU 0's pool wakes kworker/0:0");
	TRACE(WORKER_FLAGS, .worker = 1, .pool = 1, .flags = WORKER_PREP | WORKER_UNBOUND, .nr_running = 0);
	CHECK_STR(last(), "kworker/0:0 has new flags: PREP UNBOUND; nr_running is 0 now");
	TRACE(NO_FUTURE, .text = "a waits for b\nb waits for a\n");
	CHECK_STR(last(), "Nothing else can happen: a waits for b; b waits for a");
	TRACE(CENSUS_QUIET, .objects = 3);
	CHECK_STR(last(), "census_quiet objects=3");
	end();
}

/* RULE(docs/time.md 4). A handler's actions are not those of the interrupted thread, its return included. */
static void an_interrupt_has_a_context_of_its_own(void)
{
	begin();
	boot();
	trace_def(CLS_LINE, 1, 0, 0, "nic");
	at(1000, 0, 2);
	TRACE(PENDING_SET, .item = 1);
	CHECK_STR(context(), "CPU 0, in app");
	fake.ctx = CTX_HARDIRQ;
	TRACE(IRQ_ENTRY, .line = 1);
	TRACE(PENDING_SET, .item = 1);
	CHECK_STR(context(), "CPU 0, in the interrupt handler of nic");
	TRACE(FLUSH_WQ, .wq = 1);
	CHECK_STR(last(), "An interrupt on CPU 0 calls flush_workqueue(events)");
	TRACE(IRQ_EXIT, .line = 1);
	CHECK_STR(context(), "CPU 0, in the interrupt handler of nic");
	TRACE(HOG, .item = 1);			/* a tick has no line */
	CHECK_STR(context(), "CPU 0, in an interrupt");
	fake.ctx = CTX_TASK;
	fake.task = 1;
	TRACE(KICK, .pool = 1);
	CHECK_STR(context(), "CPU 0, idle");
	fake.ctx = CTX_DIRECTOR;
	TRACE(KICK, .pool = 1);
	CHECK_STR(context(), "the lesson");
	end();
}

static void a_decision_has_the_result_of_its_function(void)
{
	static const struct {
		struct trace_why why;
		const char *text;
	} whys[] = {
		{ { WHY_NEED_MORE_WORKER, { 1, 2, 0, 1 } }, "need_more_worker() returned true: worklist has 2, nr_running 0" },
		{ { WHY_PENDING, { 0, 0, 0, 0 } }, "test_and_set_bit(PENDING) returned true: PENDING was already set" },
		{ { WHY_PENDING, { 1, 0, 0, 0 } }, "test_and_set_bit(PENDING) returned false: PENDING was clear" },
		{ { WHY_HOG, { 1, 5, 4, 0 } }, "wq_worker_tick(): 5 us on the CPU since it started or woke, threshold 4 us" },
		{ { WHY_NONE, { 0, 0, 0, 0 } }, "" },
	};

	for (size_t i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		STRBUF(text, 256);

		words_why(&whys[i].why, &text);
		CHECK_STR(text.buf, whys[i].text);
	}
}

/* ---- states ------------------------------------------------------------------------------------ */

static const char *machine(void)
{
	static STRBUF(text, 8192);

	fold();
	strbuf_init(&text, text_bytes, sizeof(text_bytes));
	words_machine(&fake.s, &m, &text);
	return text.buf;
}

static void a_cpu_that_is_about_to_switch_is_not_called_idle(void)
{
	begin();
	boot();
	at(1000, 0, 1);
	TRACE(SCHED_SWITCH, .prev = 2, .prev_state = TSK_SLEEPING, .next = 1);
	CHECK_HAS(machine(), "CPU 0 is idle.");
	TRACE(SCHED_WAKEUP, .task = 2, .target_cpu = 0);
	CHECK_HAS(machine(), "CPU 0 is about to run app.");
	TRACE(SCHED_SWITCH, .prev = 1, .next = 2);
	CHECK_HAS(machine(), "CPU 0 runs app.");
	TRACE(SOFTIRQ_ENTRY, .vec = 1);
	CHECK_HAS(machine(), "CPU 0 is in the TIMER softirq.");
	end();
}

/* kworker/0:0 runs w0: it burns 4 ms, waits for a completion, is woken, and gets the CPU. */
static void a_busy_worker_is_shown_with_its_item(void)
{
	begin();
	boot();
	at(1000000, 0, 3);
	TRACE(SCHED_SWITCH, .prev = 1, .next = 3);
	TRACE(ACTIVATE_WORK, .item = 1, .pwq = 1, .pool = 1, .nr_active = 1);
	TRACE(ASSIGN_WORK, .item = 1, .worker = 1, .pool = 1);
	TRACE(WORK_START, .item = 1, .worker = 1, .pool = 1, .pwq = 1);
	TRACE(BURN, .length = 4000000);
	at(3000000, 0, 3);
	TRACE(TICK, .count = 1);
	CHECK_HAS(machine(), " Running: kworker/0:0 in w0, has used 2.0 ms of 4.0 ms.");
	TRACE(BURN_END, .length = 4000000);
	trace_def(CLS_LOCK, 1, 0, LOCK_KIND_COMPLETION, "written");
	TRACE(LOCK_WAIT, .lock = 1);
	TRACE(WORKER_SLEEP, .worker = 1, .pool = 1, .item = 1);
	CHECK_HAS(machine(), " Sleeping: kworker/0:0 in w0, is about to leave the CPU.");
	TRACE(SCHED_SWITCH, .prev = 3, .prev_state = TSK_SLEEPING, .next = 1);
	CHECK_HAS(machine(), " Sleeping: kworker/0:0 in w0, waits for the completion written.");
	TRACE(SCHED_WAKEUP, .task = 3, .target_cpu = 0);
	CHECK_HAS(machine(), " Ready to run: kworker/0:0 in w0.");
	CHECK_LACKS(machine(), "Sleeping");
	at(4000000, 0, 3);
	TRACE(SCHED_SWITCH, .prev = 1, .next = 3);	/* nr_running does not count it before WORKER_WAKE */
	CHECK_HAS(machine(), " Sleeping: kworker/0:0 in w0, has the CPU again.");
	end();
}

static void an_unbound_workqueue_shows_its_nodes_limit(void)
{
	begin();
	boot();
	trace_def(CLS_POOL, 9, 0, 16, "unbound 16");
	TRACE(POOL_NEW, .pool = 9, .cpu = -1, .node = 0);
	trace_def(CLS_WQ, 2, 0, 0, "u");
	TRACE(WQ_NEW, .wq = 2, .max_active = 4);
	TRACE(PWQ_NEW, .pwq = 2, .wq = 2, .pool = 9, .cpu = 0);
	TRACE(NODE_ACTIVE, .wq = 2, .node = 0, .nr = 2, .max = 2);
	TRACE(INACTIVE, .item = 1, .pwq = 2, .nr_active = 0, .max_active = 4);
	CHECK_HAS(machine(), "Workqueue u in unbound pool u16: 0 active; its node has 2 of at most 2. Held back: w0.");
	end();
}

static void the_whole_machine_has_its_timers(void)
{
	begin();
	boot();
	at(1000000, 0, 2);
	TRACE(DELAYED_ARM, .item = 1, .expires = 11000000, .delay = 10);
	CHECK_HAS(machine(), "The timer of w0 expires in 10.000 ms.\n");
	end();
}

static const char *pause_until(uint64_t until)
{
	static STRBUF(text, 512);

	strbuf_init(&text, text_bytes, sizeof(text_bytes));
	words_pause(&fake.s, &m, m.time, until, &text);
	return text.buf;
}

/* "nothing happens" is printed only if every CPU is idle all the time. */
static void a_pause_names_what_uses_the_cpus(void)
{
	begin();
	boot();
	at(1000000, 0, 1);
	TRACE(SCHED_SWITCH, .prev = 2, .prev_state = TSK_SLEEPING, .next = 1);
	fold();
	CHECK_STR(pause_until(21000000), "20.0 ms pass, every CPU is idle");
	at(5000000, 0, 2);
	TRACE(SCHED_SWITCH, .prev = 1, .next = 2);
	fake_read();				/* not folded: it happens in the pause */
	CHECK_STR(pause_until(21000000), "20.0 ms pass: app runs");
	CHECK_STR(pause_until(4000000), "3.0 ms pass, every CPU is idle");
	fold();
	TRACE(SCHED_SWITCH, .prev = 2, .prev_state = TSK_SLEEPING, .next = 3);
	TRACE(ACTIVATE_WORK, .item = 1, .pwq = 1, .pool = 1, .nr_active = 1);
	TRACE(ASSIGN_WORK, .item = 1, .worker = 1, .pool = 1);
	TRACE(WORK_START, .item = 1, .worker = 1, .pool = 1, .pwq = 1);
	fold();
	CHECK_STR(pause_until(25000000), "20.0 ms pass: kworker/0:0 runs w0");
	at(5003000, 0, 3);			/* the thread only goes to sleep, which takes no part of the 20 ms */
	TRACE(SCHED_SWITCH, .prev = 3, .prev_state = TSK_SLEEPING, .next = 1);
	fake_read();
	CHECK_STR(pause_until(25000000), "20.0 ms pass, every CPU is idle");
	end();
}

/* ---- texts by key, translations ---------------------------------------------------------------------- */

static int replace(const char *key, const char *text)
{
	char err[160] = "";
	int rc = words_replace(key, text, err, sizeof(err));

	CHECK_INT(err[0] != '\0', rc != 0);
	return rc;
}

static void every_text_can_be_translated(void)
{
	for (enum words_key key = 0; key < W_NR; key++) {
		if (replace(words_key_name(key), words_key_english(key)))
			test_note("%s: \"%s\" is no format", words_key_name(key), words_key_english(key));
		CHECK_STR(words_fixed(key), words_key_english(key));
	}
	words_replace_none();
}

static void a_translation_takes_the_same_arguments(void)
{
	char text[128];

	CHECK_INT(replace("SMALL_NEEDS", "kworkshop потребує %dx%d, а є %dx%d"), 0);
	snprintf(text, sizeof(text), W(SMALL_NEEDS), 60, 20, 40, 12);
	CHECK_STR(text, "kworkshop потребує 60x20, а є 40x12");
	CHECK_INT(replace("SAY_NOT_WRITTEN", "%2$s (%1$s)"), 0);
	snprintf(text, sizeof(text), W(SAY_NOT_WRITTEN), "a.kwt", "no room");
	CHECK_STR(text, "no room (a.kwt)");
	CHECK_INT(replace("CPU_LINE", "CPU %-4u:"), 0);		/* width is the translator's */
	CHECK_INT(replace("VIEW_WHY", "100 %%"), 0);
	words_replace_none();
	CHECK_STR(W(VIEW_WHY), "Why");
}

static void a_translation_with_other_arguments_is_refused(void)
{
	static const char *const wrong[][2] = {
		{ "SAY_NOT_FOUND", "not found" }, { "SAY_NOT_FOUND", "%d" }, { "SAY_NOT_FOUND", "%s %s" },
		{ "SAY_NOT_FOUND", "%n" }, { "SAY_NOT_FOUND", "%2$s" }, { "SAY_NOT_FOUND", "%" }, { "SAY_NOT_FOUND", "%9$s" },
		{ "SAY_NOT_WRITTEN", "%2$s" }, { "SAY_BRANCH", "%s %d %d" }, { "VIEW_WHY", "%s" }, { "CPU_LINE", "%*u" },
		{ "NO_SUCH_KEY", "x" }, { "event.no_such_event", "x" }, { "event.kick_pool", "{thing}" }, { "why.no_such.yes", "x" }, { "why.need_more_worker", "x" },
		{ "why.need_more_worker.maybe", "x" }, { "why.need_more_worker.no", "{4}" },
		{ "why.is_chained_work.yes", "{1}" }, { "why.need_more_worker.no", "}" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (!replace(wrong[i][0], wrong[i][1]))
			test_note("accepted for %s: \"%s\"", wrong[i][0], wrong[i][1]);
		CHECK_NE(replace(wrong[i][0], wrong[i][1]), 0);
	}
	CHECK_STR(W(VIEW_WHY), "Why");
}

static void a_sentence_can_be_translated(void)
{
	STRBUF(why, 128);
	const struct trace_why decision = { WHY_NEED_MORE_WORKER, { 1, 2, 0, 1 } };

	begin();
	boot();

	CHECK_INT(replace("event.kick_pool", "{worker} wird von {pool} geweckt"), 0);
	TRACE(KICK, .pool = 1, .worker = 1);
	CHECK_STR(last(), "kworker/0:0 wird von CPU 0's pool geweckt");
	CHECK_INT(replace("why.need_more_worker.yes", "nr_running {2}, wartend {1}"), 0);
	words_reason(&decision, &why);
	CHECK_STR(why.buf, "nr_running 0, wartend 2");
	words_replace_none();
	why.len = 0;
	words_reason(&decision, &why);
	CHECK_STR(why.buf, "worklist has 2, nr_running 0");
	CHECK_STR(last(), "CPU 0's pool wakes kworker/0:0");
	end();
}

/* ---- files of translations ------------------------------------------------------------------------------ */

static bool any_table_key(const char *key)
{
	(void)key;
	return true;
}

static int load(const char *text, char *err, size_t size)
{
	char folder[] = "/tmp/kw-words-XXXXXX", path[64];
	FILE *f;
	int rc;

	folder_make(folder);
	snprintf(path, sizeof(path), "%s/a.def", folder);
	f = fopen(path, "w");
	REQUIRE_NOT_NULL(f);
	fputs(text, f);
	fclose(f);
	rc = words_load(path, err, size);
	if (rc && CHECK_STARTS(err, path))
		memmove(err, err + strlen(path) + 1, strlen(err) - strlen(path));
	folder_remove(folder);
	return rc;
}

static void a_file_of_translations_replaces_its_texts(void)
{
	char err[400];

	words_table_keys(any_table_key);
	CHECK_INT(words_load("tests/words/xx.def", err, sizeof(err)), 0);
	CHECK_STR(err, "");
	CHECK_STR(W(VIEW_WHY), "Warum");
	CHECK_STR(W(VERSION_PROFILE), "Kern: Linux 6.12\n");
	CHECK_STR(W(VIEW_KEYS), "Keys");		/* has no row */
	CHECK_STR(words_table_text("option.run.seed", ""), "der Ablauf: gleiche Zahl, gleicher Lauf");
	words_replace_none();
	CHECK_STR(W(VIEW_WHY), "Why");
	CHECK_STR(words_table_text("option.run.seed", "x"), "x");
	CHECK_INT(load("\xef\xbb\xbfTEXT(VIEW_WHY, \"a\\t\\\"\\\\\" )\r\n", err, sizeof(err)), 0);
	CHECK_STR(W(VIEW_WHY), "a\t\"\\");
	CHECK_INT(load("", err, sizeof(err)), 0);
	words_replace_none();
	words_table_keys(NULL);
}

/* A language of the tree: each row fits. */
static void german_has_nearly_all_events_and_most_texts(void)
{
	char err[400], english[2][40] = { "" };
	unsigned int translated = 0, missing = 0;

	words_table_keys(any_table_key);
	CHECK_INT(words_load("src/words/de.def", err, sizeof(err)), 0);
	CHECK_STR(err, "");
	for (enum words_key i = 0; i < W_NR; i++) {
		const char *was = words_key_set(i, NULL);

		translated += was != NULL;
		words_key_set(i, was);
	}
	CHECK_RANGE(translated, 900, W_NR);
	for (int kind = 1; kind < EV_NR; kind++) {
		if (words_event_is_english((enum trace_kind)kind) && missing++ < 2)
			snprintf(english[missing - 1], sizeof(english[0]), "%s", trace_rows[kind].name);
	}
	if (!CHECK_RANGE(missing, 0, 9))		/* a new event is English until it is translated */
		test_note("%s, %s", english[0], english[1]);
	words_replace_none();
	words_table_keys(NULL);
}

static void a_bad_row_is_reported_with_its_line(void)
{
	static const char *const bad[][2] = {
		{ "\nTEXT(VIEW_WHY \"a\")", "2: expected TEXT(KEY, \"text\")" },
		{ "TEXT(VIEW_WHY, a)", "1: expected TEXT(KEY, \"text\")" },
		{ "TEXT(VIEW_WHY, \"a\"", "1: expected TEXT(KEY, \"text\")" },
		{ "text", "1: expected TEXT(KEY, \"text\")" },
		{ "TEXT(, \"a\")", "1: expected TEXT(KEY, \"text\")" },
		{ "TEXT(VIEW_WHY, \"a\n\")", "1: this text has no end in its line" },
		{ "TEXT(VIEW_WHY, \"a", "1: this text has no end in its line" },
		{ "\n\n/* a", "3: this comment has no end" },
		{ "TEXT(VIEW_WHY,\n \"\\a\")", "2: only \\n, \\t, \\r, \\\" and \\\\ may follow a backslash" },
		{ "TEXT(VIEW_WHY, \"\x1b[2J\")", "1: this text has a control character or is not UTF-8" },
		{ "TEXT(VIEW_WHY, \"\xff\")", "1: this text has a control character or is not UTF-8" },
		{ "TEXT(VIEW_WHY, \"a\")\n\nTEXT(VIEW_WHY, \"a\")", "3: VIEW_WHY is in line 1 already" },
		{ "/*\n*/TEXT(NO_SUCH,\n\"a\")", "2: there is no text NO_SUCH" },
		{ "TEXT(SAY_NOT_FOUND, \"a\")", "1: SAY_NOT_FOUND: its arguments are not those of \"not found: %s\"" },
		{ "TEXT(event.kick_pool, \"{nothing}\")",
		  "1: event.kick_pool: \"nothing}\" is no field of this event and no fact" },
	};
	char err[400], longer[5000];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!CHECK_INT(load(bad[i][0], err, sizeof(err)), -EINVAL) || !CHECK_STR(err, bad[i][1]))
			test_note("%s", bad[i][0]);
		CHECK_STR(W(VIEW_WHY), "Why");
	}
	snprintf(longer, sizeof(longer), "TEXT(VIEW_WHY, \"%04500d\")", 0);
	CHECK_INT(load(longer, err, sizeof(err)), -EINVAL);
	CHECK_STR(err, "1: this text is longer than 4095 bytes");
	CHECK_INT(words_load("/nonexistent/a.def", err, sizeof(err)), -ENOENT);
	CHECK_STR(err, "/nonexistent/a.def: No such file or directory");
}

/* ---- no text beside the table ----------------------------------------------------------------------- */

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "two words": a blank between two words of at least two letters. */
static bool is_prose(const char *p, const char *end)
{
	for (const char *q = p + 2; q + 2 < end; q++)
		if (*q == ' ' && is_letter(q[-1]) && is_letter(q[-2]) && is_letter(q[1]) && is_letter(q[2]))
			return true;
	return false;
}

/* The end of a table of the command line that begins at @p, or NULL.  Its texts have keys: see cli/table_text.c. */
static const char *end_of_table(const char *p)
{
	static const char *const begins[] = { "struct cli_option ", "struct cli_argument ", "struct cli_command cmd_" };

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		const char *line = p + strcspn(p, "\n"), *open = strstr(p, " = {");

		if (!strncmp(p, begins[i], strlen(begins[i])) && open && open < line)
			return strstr(open, "};");
	}
	return NULL;
}

/* Literals of @text with prose in them, comments left out; listed under @path, unless it is NULL. */
static int count_prose(const char *path, const char *text)
{
	int hits = 0;

	for (const char *p = text; *p; p++) {
		const char *end;

		if (p[0] == '/' && p[1] == '*') {
			p = strstr(p, "*/");
			REQUIRE_NOT_NULL(p);
			continue;
		}
		if (end_of_table(p)) {
			p = end_of_table(p);
			continue;
		}
		if (p[0] == '\'' && p[1] && p[2]) {
			p += p[1] == '\\' ? 3 : 2;
			continue;
		}
		if (*p != '"')
			continue;
		for (end = p + 1; *end && *end != '"'; end++)
			end += *end == '\\';
		if (is_prose(p + 1, end)) {
			if (path)
				test_note("%s: %.*s", path, (int)(end + 1 - p), p);
			hits++;
		}
		p = end;
	}
	return hits;
}

/* Their number; listed, unless @quiet. */
static int prose_of(const char *path, bool quiet)
{
	static char text[1 << 17];
	FILE *f = fopen(path, "r");
	size_t n;

	REQUIRE_NOT_NULL(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return count_prose(quiet ? NULL : path, text);
}

/* Files with prose that no person reads in another language. */
static const struct {
	const char *path, *reason;
	int hits;			/* 0 = any number */
} exceptions[] = {
	{ "visualizer/keys.c", "writes docs/keys.md", 0 },
	{ "src/cli/page_man.c", "the man page, which is made in English", 0 },
	{ "src/cli/page_completion.c", "scripts for shells", 0 },
	{ "src/classroom/progress_file.c", "SQL", 0 },
	{ "src/classroom/progress_import.c", "SQL", 0 },
	{ "src/classroom/progress_rows.c", "SQL", 0 },
	{ "src/classroom/progress_schema.c", "SQL", 0 },
	{ "src/classroom/progress.c", "SQL", 0 },
	{ "visualizer/svg.c", "SVG", 0 },
	{ "src/classroom/handin.c", "the first line of a hand-in", 2 },
	{ "src/words/report_text.c", "beginnings of the kernel's lines", 2 },
	{ "src/cli/check_print.c", "TAP and JUnit XML", 0 },
	{ "src/cli/new.c", "Lua of a new course", 2 },
	{ "src/cli/check_exercise.c", "the beginning of a statement in Lua", 1 },
	{ "src/cli/conform.c", "a command to type", 1 },
	{ "src/cli/explore.c", "a command to type, whole and shortened", 2 },
};

/* Prose that @path may have; -1 = any. */
static int prose_allowed(const char *path)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (!strcmp(exceptions[i].path, path))
			return exceptions[i].hits ? exceptions[i].hits : -1;
	return 0;
}

static void check_prose(const char *path)
{
	int allowed = prose_allowed(path);

	if (allowed < 0)
		CHECK_GT(prose_of(path, true), 0);	/* an exception that is still needed */
	else if (prose_of(path, true) != allowed)
		CHECK_INT(prose_of(path, false), allowed);
}

static void front_ends_have_no_texts_of_their_own(void)
{
	static const char *const patterns[] = { "visualizer/*.c", "src/plain/*.c", "src/cli/*.c", "src/words/*.c", "src/classroom/*.c" };

	CHECK_INT(count_prose(NULL, "/* \"two words\" */ f('\"', \"two words\"); g(\"%s: word\")"), 1);
	CHECK_INT(count_prose(NULL, "struct cli_option o[] = {\n\t{ \"a\", \"two words\" },\n};\nf(\"two words\")"), 1);
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		glob_t found;

		REQUIRE_INT(glob(patterns[i], 0, NULL, &found), 0);
		for (size_t k = 0; k < found.gl_pathc; k++)
			check_prose(found.gl_pathv[k]);
		globfree(&found);
	}
}

const struct test_case suite_unit_words[] = {
	T(every_row_of_the_table_fits_its_event),
	T(every_event_a_reader_meets_has_a_sentence),
	T(a_row_with_a_wrong_brace_is_refused),
	T(a_pool_has_the_kernels_number_everywhere),
	T(a_thing_without_a_name_is_called_by_its_number),
	T(a_barrier_is_not_described_as_an_item),
	T(the_limit_that_held_an_item_back_is_named),
	T(a_timer_shows_the_time_that_is_left),
	T(a_completion_is_not_a_lock),
	T(a_softirq_has_its_name),
	T(an_idle_thread_is_an_idle_cpu),
	T(plain_english_with_the_right_number),
	T(an_interrupt_has_a_context_of_its_own),
	T(a_decision_has_the_result_of_its_function),
	T(a_cpu_that_is_about_to_switch_is_not_called_idle),
	T(a_busy_worker_is_shown_with_its_item),
	T(an_unbound_workqueue_shows_its_nodes_limit),
	T(the_whole_machine_has_its_timers),
	T(a_pause_names_what_uses_the_cpus),
	T(every_text_can_be_translated),
	T(a_translation_takes_the_same_arguments),
	T(a_translation_with_other_arguments_is_refused),
	T(a_sentence_can_be_translated),
	T(a_file_of_translations_replaces_its_texts),
	T(german_has_nearly_all_events_and_most_texts),
	T(a_bad_row_is_reported_with_its_line),
	T(front_ends_have_no_texts_of_their_own),
	{ NULL, NULL }
};
