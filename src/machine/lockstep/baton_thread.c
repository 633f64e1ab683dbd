/*
 * machine/lockstep/baton_thread.c - the baton between threads of the operating system.
 *
 * Each kernel thread is a libuv thread with a semaphore.  A hand-over posts the semaphore of
 * the next thread and waits on its own: two system calls.  Threads outlive tasks: a thread
 * whose task has ended returns by longjmp() to its trampoline and is parked for another task.
 * A thread whose run was abandoned is parked where it waits, and returns once it has another
 * task: the end of a run wakes no thread.
 *
 * Lives here:   the functions of struct baton with threads; keeping them on one core.
 * Never here:   choosing the next task (dispatch.c), virtual time.   Rules: docs/time.md "The baton".
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/lockstep/baton_internal.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct baton_thread {
	uv_thread_t uv;
	uv_sem_t sem;
	struct list_head parked;	/* on the free list while it has no task */
	struct task *task;
	jmp_buf home;
	bool abort;			/* it waits inside an abandoned task: return to .home before anything else */
	bool adopted;			/* the machine did not create it: the director */
	int core;			/* pinned to this core of the host, -1 = not pinned */
};

static LIST_HEAD(parked);
static bool director_ready;
static cpu_set_t pinned_from;
static bool pinned;
static int pinned_core = -1;

/*
 * Keeps all threads of a run on one core: only one of them runs at a time, and a hand-over
 * between cores costs several times as much as one within a core.  Selects the core on which
 * the caller is running.
 */
static void pin_current(bool on)
{
	cpu_set_t one;
	int core = sched_getcpu();

	if (!on) {
		if (pinned)
			pthread_setaffinity_np(pthread_self(), sizeof(pinned_from), &pinned_from);
		pinned = false;
		return;
	}
	if (pinned || core < 0 ||
	    pthread_getaffinity_np(pthread_self(), sizeof(pinned_from), &pinned_from))
		return;
	CPU_ZERO(&one);
	CPU_SET(core, &one);
	pinned = !pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
	pinned_core = core;
}

static void baton_wait(struct baton_thread *bt)
{
	uv_sem_wait(&bt->sem);
	if (unlikely(bt->abort))
		longjmp(bt->home, 1);
}

static void baton_trampoline(void *arg)
{
	struct baton_thread *bt = arg;
	struct task *t;

	switch (setjmp(bt->home)) {
	case 1:				/* its last task was abandoned, and it was posted for the next one */
		bt->abort = false;
		break;
	default:			/* it is new, or its task has ended */
		baton_wait(bt);
	}
	t = bt->task;
	t->fn(t->data);
	task_main_end();
}

static struct baton_thread *thread_new(void)
{
	struct baton_thread *bt = calloc(1, sizeof(*bt));
	uv_thread_options_t opts = { .flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = BATON_STACK_BYTES };

	if (!bt)
		return NULL;
	INIT_LIST_HEAD(&bt->parked);
	if (uv_sem_init(&bt->sem, 0)) {
		free(bt);
		return NULL;
	}
	if (uv_thread_create_ex(&bt->uv, &opts, baton_trampoline, bt)) {
		uv_sem_destroy(&bt->sem);
		free(bt);
		return NULL;
	}
	return bt;
}

static int thread_create(struct task *t)
{
	struct baton_thread *bt = list_first_entry_or_null(&parked, struct baton_thread, parked);

	if (bt) {
		list_del_init(&bt->parked);
		if (pinned && bt->core != pinned_core) {	/* created by a run on another core */
			cpu_set_t one;

			CPU_ZERO(&one);
			CPU_SET(pinned_core, &one);
			pthread_setaffinity_np((pthread_t)bt->uv, sizeof(one), &one);
		}
	} else {
		bt = thread_new();
	}
	if (!bt)
		return -EAGAIN;
	bt->core = pinned ? pinned_core : -1;
	bt->task = t;
	t->thread = bt;
	return 0;
}

static unsigned int threads_reserve(unsigned int n)
{
	struct baton_thread *bt;
	unsigned int have = 0;

	list_for_each_entry(bt, &parked, parked)
		have++;
	while (have < n && (bt = thread_new()) != NULL) {
		bt->core = pinned ? pinned_core : -1;
		list_add(&bt->parked, &parked);
		have++;
	}
	return have;
}

static bool threads_work(void)
{
	return true;
}

static void thread_adopt(struct task *t)
{
	static struct baton_thread director;

	if (!director_ready) {
		bug_on(uv_sem_init(&director.sem, 0));
		director_ready = true;
	}
	director.adopted = true;
	director.task = t;
	t->thread = &director;
	pin_current(true);
}

static void thread_pass(struct task *from, struct task *to)
{
	struct baton_thread *mine = from->thread;

	uv_sem_post(&to->thread->sem);
	baton_wait(mine);
}

static void thread_leave(struct task *from, struct task *to)
{
	struct baton_thread *bt = from->thread;

	from->thread = NULL;
	bt->task = NULL;
	list_add(&bt->parked, &parked);	/* before the post: only the baton's holder may access the list */
	uv_sem_post(&to->thread->sem);
	longjmp(bt->home, 2);
}

/* Director: all other threads wait.  Each one that has a task is parked with the task's stack. */
static void thread_abort_all(void)
{
	struct task *t;

	list_for_each_entry(t, &mach.tasks, all) {
		struct baton_thread *bt = t->thread;

		if (!bt || bt->adopted)
			continue;
		t->thread = NULL;
		bt->task = NULL;
		bt->abort = true;
		list_add(&bt->parked, &parked);
	}
	pin_current(false);
}

const struct baton baton_threads = {
	.works = threads_work, .adopt = thread_adopt, .create = thread_create, .reserve = threads_reserve,
	.pass = thread_pass,
	.leave = thread_leave, .abort_all = thread_abort_all,
};
