/*
 * tests/support/sample_trace.h - a small synthetic trace for tests of the screen: two CPUs, three
 * items, one of which sleeps, a question with answer and verdict, a rescuer, a stall.
 *
 * Needs fake_trace.h.  Times in microseconds.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_SAMPLE_TRACE_H
#define KW_TESTS_SUPPORT_SAMPLE_TRACE_H

#include "tests/support/fake_trace.h"

enum {
	TASK_SWAPPER0 = 1, TASK_SWAPPER1, TASK_W1 = 11, TASK_W2, TASK_W3, TASK_W4, TASK_RESCUER,
	ITEM_W0 = 1, ITEM_W1, ITEM_W2, WQ_EVENTS = 1, WQ_WRITEBACK
};

static inline void us(uint64_t time, uint8_t cpu, uint16_t task)
{
	at(time * 1000, cpu, task);
}

static inline void sample_thread(uint32_t task, int cpu, const char *comm)
{
	TRACE(TASK_NEW, .task = task, .cpu = cpu, .allowed = 1u << cpu, .comm = comm);
}

static inline void sample_worker(uint32_t w, uint32_t pool, uint32_t number, uint32_t task, uint32_t nr, const char *name)
{
	trace_def(CLS_WORKER, w, pool, 0, name);
	sample_thread(task, pool > 2, name);
	TRACE(WORKER_ATTACH, .worker = w, .pool = pool, .flags = 8);
	TRACE(WORKER_CREATE, .worker = w, .pool = pool, .id = number, .kthread = task, .nr_workers = nr);
	TRACE(WORKER_IDLE, .worker = w, .pool = pool, .nr_idle = nr);
	TRACE(SCHED_SWITCH, .prev = task, .prev_state = TSK_SLEEPING, .next = 0);
}

static inline void sample_boot(void)
{
	static const char *const items[] = { "w0", "w1", "w2" };

	at(0, TRACE_NO_CPU, 0);
	TRACE(MACHINE, .cpus = 2, .nodes = 1, .hz = 1000, .seed = 1, .text = "6.12");
	for (uint32_t c = 0; c < 2; c++)
		TRACE(CPU_TOPOLOGY, .cpu = c);
	sample_thread(TASK_SWAPPER0, 0, "swapper/0");
	sample_thread(TASK_SWAPPER1, 1, "swapper/1");
	for (uint32_t p = 0; p < 4; p++) {
		trace_def(CLS_POOL, p + 1, 0, p / 2 * 4 + 2 + p % 2, p % 2 ? "highpri" : "normal");
		TRACE(POOL_NEW, .pool = p + 1, .cpu = (int)p / 2, .nice = p % 2 ? -20 : 0, .cpus = 1u << p / 2);
	}
	trace_def(CLS_WQ, WQ_EVENTS, 0, 0, "events");
	TRACE(WQ_NEW, .wq = WQ_EVENTS, .max_active = 256, .min_active = 8);
	TRACE(PWQ_NEW, .pwq = 1, .wq = WQ_EVENTS, .pool = 1, .cpu = 0);
	trace_def(CLS_LINE, 1, 0, 0, "nic");
	for (uint32_t i = 0; i < 3; i++) {
		trace_def(CLS_ITEM, i + 1, 0, 0, items[i]);
		TRACE(ITEM_INIT, .item = i + 1);
	}
	sample_worker(1, 1, 0, TASK_W1, 1, "kworker/0:0");
	sample_worker(2, 1, 1, TASK_W2, 2, "kworker/0:1");
	sample_worker(3, 1, 2, TASK_W4, 3, "kworker/0:2");
	sample_worker(4, 3, 0, TASK_W3, 1, "kworker/1:0");
	at(0, 0, TASK_SWAPPER0);
	TRACE(SCHED_SWITCH, .prev = TASK_W2, .prev_state = TSK_IDLE, .next = TASK_SWAPPER0);
	at(0, 1, TASK_SWAPPER1);
	TRACE(SCHED_SWITCH, .prev = TASK_W3, .prev_state = TSK_IDLE, .next = TASK_SWAPPER1);
}

static inline void sample_queue(uint32_t item, uint32_t nr_active)
{
	TRACE(PENDING_SET, .item = item);
	TRACE(QUEUE_WORK, .item = item, .wq = WQ_EVENTS, .pwq = 1, .pool = 1, .req_cpu = 0);
	TRACE(ACTIVATE_WORK, .item = item, .pwq = 1, .pool = 1, .nr_active = nr_active);
}

/* The worker at the head of the idle list gets the CPU and takes @item. */
static inline void sample_take(uint64_t time, uint32_t worker, uint32_t task, uint32_t item, uint32_t nr_idle)
{
	us(time, 0, TASK_SWAPPER0);
	TRACE(SCHED_SWITCH, .prev = TASK_SWAPPER0, .prev_state = TSK_IDLE, .next = task);
	us(time, 0, (uint16_t)task);
	TRACE(WORKER_BUSY, .worker = worker, .pool = 1, .nr_idle = nr_idle, .nr_running = 1);
	TRACE(ASSIGN_WORK, .item = item, .worker = worker, .pool = 1);
	TRACE(WORK_START, .item = item, .worker = worker, .pool = 1, .pwq = 1);
	TRACE(PENDING_CLEAR, .item = item, .pool = 1);
	TRACE(EXECUTE_START, .item = item, .worker = worker, .wq = WQ_EVENTS);
	TRACE(BURN, .length = 5000000);
}

static inline void sample_kick(uint32_t worker, uint32_t waiting, uint32_t running, uint32_t idle)
{
	TRACE_WHY(KICK, BECAUSE(NEED_MORE_WORKER, worker != 0, (int)waiting, (int)running, (int)idle),
		  .pool = 1, .worker = worker);
}

static inline void sample_choice(uint32_t choice, bool world, const char *id, const char *text)
{
	TRACE(CHOICE_TEXT, .question = 1, .choice = choice, .world = world, .text = text);
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_CHOICE_ID, .index = choice, .text = id);
}

/* Up to the open question: an interrupt queues w0, it burns 5 ms and sleeps; w1, w2 wait. */
static inline void sample_question(void)
{
	at(0, TRACE_NO_CPU, 0);
	TRACE(LESSON, .questions = 2, .text = "one-runnable\nOne runnable worker\nWhy one, and never two?");
	TRACE(SAY, .card = 1, .text = "The network card on CPU 0 interrupts. Its handler queues *three* items with `queue_work()`: {w0}, {w1} and {w2}.");
	TRACE(WAIT_INPUT, .what = 1);
	us(100, 0, TASK_SWAPPER0);
	TRACE(IRQ_ENTRY, .line = 1);
	sample_queue(ITEM_W0, 1);
	sample_kick(3, 1, 0, 3);
	sample_queue(ITEM_W1, 2);
	sample_queue(ITEM_W2, 3);
	TRACE(IRQ_EXIT, .line = 1, .handled = 1);
	sample_take(110, 3, TASK_W4, ITEM_W0, 2);
	us(5110, 0, TASK_W4);
	TRACE(BURN_END, .length = 5000000);
	TRACE(SLEEP, .until = 15110000);
	TRACE(WORKER_SLEEP, .worker = 3, .pool = 1, .item = ITEM_W0, .nr_running = 0);
	at(5110000, TRACE_NO_CPU, 0);
	TRACE(ASK, .question = 1, .kind = ASK_CHOICES, .predict = 1, .choices = 4, .hints = 3, .pin = 1,
	      .text = "wakes\nkworker/0:2 sleeps in w0; w1 and w2 wait; two workers are idle. What does the pool do next?");
	sample_choice(1, 0, "nothing", "nothing until w0 wakes: the item has not finished");
	sample_choice(2, 0, "one", "wakes one idle worker");
	sample_choice(3, 1, "both", "wakes both: there are two items");
	sample_choice(4, 0, "creates", "creates a new worker");
	TRACE(WAIT_INPUT, .what = 2, .question = 1);
}

/* The answer "both", what happens, and the verdict at its evidence. */
static inline void sample_verdict(void)
{
	uint64_t evidence;

	at(5110000, TRACE_NO_CPU, 0);
	TRACE(ANSWERED, .question = 1, .ordinal = 1, .scored = 1, .text = "both");
	us(5111, 0, TASK_W4);
	sample_kick(2, 2, 0, 2);
	at(5111000, TRACE_NO_CPU, 0);
	evidence = fake.t.events;
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_FEEDBACK, .text = "For \"both\", nr_running would have had to stay 0.");
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_WHY, .text = "A bound pool keeps *one* worker runnable while it has work.");
	TRACE(QUESTION_TEXT, .question = 1, .part = PART_RULE, .text = "R4.1");
	TRACE(JUDGED, .question = 1, .result = RESULT_WRONG, .evidence = evidence, .text = "one");
	us(5112, 0, TASK_W4);
	TRACE(SCHED_SWITCH, .prev = TASK_W4, .prev_state = TSK_SLEEPING, .next = TASK_SWAPPER0);
	sample_take(5115, 2, TASK_W2, ITEM_W1, 1);
}

/* The pool cannot make a worker: mayday, a rescuer comes; then a report of the watchdog. */
static inline void sample_rescue(void)
{
	us(6000, 0, TASK_W2);
	trace_def(CLS_WQ, WQ_WRITEBACK, 0, 0, "writeback");
	trace_def(CLS_WORKER, 5, 0, 0, "kworker/R-writeback");
	sample_thread(TASK_RESCUER, 0, "kworker/R-writeback");
	TRACE(WQ_NEW, .wq = WQ_WRITEBACK, .flags = 8, .max_active = 1, .min_active = 1);
	TRACE(RESCUER_NEW, .worker = 5, .wq = WQ_WRITEBACK, .kthread = TASK_RESCUER);
	TRACE(PWQ_NEW, .pwq = 2, .wq = WQ_WRITEBACK, .pool = 1, .cpu = 0);
	TRACE(CREATE_STALL, .on = 1);
	TRACE(MANAGE_BEGIN, .worker = 1, .pool = 1);
	TRACE(MAYDAY_TIMER, .pool = 1, .state = 1, .expires = 16000000);
	us(16000, 0, TASK_W2);
	TRACE(MAYDAY, .pwq = 2, .wq = WQ_WRITEBACK, .pool = 1);
	us(16100, 0, TASK_RESCUER);
	TRACE(RESCUER_BEGIN, .worker = 5, .wq = WQ_WRITEBACK, .pwq = 2, .pool = 1);
	TRACE(WATCHDOG_SET, .thresh = 1000000000, .next = 2000000000);
	us(2000000, 0, TASK_SWAPPER0);
	TRACE_WHY(STALL, BECAUSE(STALLED, 1, 1995, 1000, 1), .pool = 1, .stuck = 1995000000);
	TRACE(PRINTK, .level = 0, .text = "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 1s!");
	at(2000000000, TRACE_NO_CPU, 0);
	TRACE(RECAP, .text = "One runnable worker a pool.\nSleeping makes room for the next.");
	TRACE(LESSON_END, .right = 0, .wrong = 1, .made = 1);
}

#endif
