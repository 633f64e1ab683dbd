/*
 * machine/lockstep/baton_stack.c - the baton between stacks of one thread, without a system call.
 *
 * Each kernel thread is a stack inside the thread of the operating system that started the
 * machine.  A hand-over saves the callee-saved registers, switches to the other stack and
 * restores the registers saved there.  This takes a few nanoseconds; a pair of semaphores
 * takes microseconds.  So thousands of schedules can be explored in seconds.
 *
 * Stacks outlive tasks, as threads do in baton_thread.c: a stack whose task has ended, or
 * whose run was abandoned, is parked; when it gets another task it returns to its first
 * function by longjmp().  The page below each stack is not accessible.
 *
 * Kernel threads share what belongs to one thread of the operating system: errno (saved and
 * restored here), thread-local variables (lockstep uses none), the signal stack.
 *
 * Lives here:   switching stacks on x86-64, on aarch64, and (slowly) on other processors.
 * Never here:   choosing the next task (dispatch.c).   Rules: docs/time.md "The baton".
 * Licence: MIT.
 */
#define _GNU_SOURCE
#include "machine/lockstep/baton_internal.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if BATON_ASAN
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

/* ThreadSanitizer cannot follow a switch of stacks: under it only threads work. */
#if defined(__SANITIZE_THREAD__)
#define STACKS_WORK 0
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define STACKS_WORK 0
#endif
#endif
#ifndef STACKS_WORK
#define STACKS_WORK 1
#endif

struct baton_stack;
static _Noreturn void stack_main(void);

/* ---- the switch itself ----------------------------------------------------------- */

#if (defined(__x86_64__) || defined(__aarch64__)) && !defined(KW_BATON_UCONTEXT)

/*
 * Pushes the callee-saved registers and stores the stack pointer in *@keep; then loads the
 * stack pointer @take and pops the registers.  In assembly below.
 */
extern void stack_swap(void **keep, void *take);

struct place {
	void *sp;
};

static void place_swap(struct place *from, struct place *to)
{
	stack_swap(&from->sp, to->sp);
}

#else

/* Other processors.  Slow: swapcontext() saves the signal mask with a system call. */
#include <ucontext.h>

struct place {
	ucontext_t at;
};

static void place_swap(struct place *from, struct place *to)
{
	bug_on(swapcontext(&from->at, &to->at));
}

#endif

#if defined(__x86_64__) && !defined(KW_BATON_UCONTEXT)

/* The control bits of mxcsr and the x87 control word are callee-saved too. */
__asm__(".text\n"
	".p2align 4\n"
	".type stack_swap, @function\n"
	"stack_swap:\n"
	"	.cfi_startproc\n"
	"	endbr64\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	subq $8, %rsp\n"
	"	stmxcsr (%rsp)\n"
	"	fnstcw 4(%rsp)\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	ldmxcsr (%rsp)\n"
	"	fldcw 4(%rsp)\n"
	"	addq $8, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size stack_swap, . - stack_swap\n");
/* Prepares the stack so that the first switch to it returns into stack_main(). */
static void place_begin(struct place *at, char *low, size_t bytes)
{
	uint64_t *top = (uint64_t *)(void *)(low + bytes);
	uint32_t control[2] = { 0 };

	__asm__ volatile("stmxcsr %0" : "=m"(control[0]));
	__asm__ volatile("fnstcw %0" : "=m"(control[1]));
	memset(top - 9, 0, 9 * sizeof(*top));
	top[-2] = (uint64_t)(uintptr_t)stack_main;	/* return address; top[-1], the return address of stack_main(), is 0 */
	memcpy(top - 9, control, sizeof(control));
	at->sp = top - 9;
}

/* A hardware shadow stack of return addresses would have to be switched too, which we cannot do. */
static bool has_shadow_stack(void)
{
	unsigned long at = 0;

	__asm__ volatile("rdsspq %0" : "+r"(at));	/* a no-op without shadow stacks */
	return at != 0;
}

#elif defined(__aarch64__) && !defined(KW_BATON_UCONTEXT)

/* Callee-saved: x19 to x30, the low halves of v8 to v15, fpcr. */
__asm__(".text\n"
	".p2align 4\n"
	".type stack_swap, %function\n"
	"stack_swap:\n"
	"	.cfi_startproc\n"
	"	hint #34\n"		/* bti c */
	"	sub sp, sp, #176\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mrs x9, fpcr\n"
	"	str x9, [sp, #160]\n"
	"	mov x10, sp\n"
	"	str x10, [x0]\n"
	"	mov sp, x1\n"
	"	ldr x10, [sp, #160]\n"
	"	cmp x9, x10\n"
	"	b.eq 1f\n"
	"	msr fpcr, x10\n"
	"1:\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #176\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size stack_swap, . - stack_swap\n");
static void place_begin(struct place *at, char *low, size_t bytes)
{
	uint64_t *sp = (uint64_t *)(void *)(low + bytes - 176);
	uint64_t control;

	__asm__ volatile("mrs %0, fpcr" : "=r"(control));
	memset(sp, 0, 176);
	sp[11] = (uint64_t)(uintptr_t)stack_main;	/* x30 */
	sp[20] = control;
	at->sp = sp;
}

static bool has_shadow_stack(void)
{
	return false;
}

#else

static void place_begin(struct place *at, char *low, size_t bytes)
{
	bug_on(getcontext(&at->at));
	at->at.uc_stack.ss_sp = low;
	at->at.uc_stack.ss_size = bytes;
	at->at.uc_link = NULL;
	makecontext(&at->at, stack_main, 0);
}

static bool has_shadow_stack(void)
{
	return false;
}

#endif

/* ---- stacks and their tasks --------------------------------------------------------------- */

struct baton_stack {
	struct place place;		/* saved registers while it does not run */
	struct list_head parked;	/* on the free list while it has no task */
	struct task *task;
	jmp_buf home;
	bool abort;			/* return to .home at the next switch to it */
	char *low;			/* lowest byte, above the guard page */
	size_t bytes;
	void *fake;			/* AddressSanitizer's fake stack, while it does not run */
};

static LIST_HEAD(parked);
static struct baton_stack director;
static struct baton_stack *running;

static void switch_stack(struct baton_stack *to)
{
	struct baton_stack *from = running;
	int keep = errno;

	running = to;
#if BATON_ASAN
	__sanitizer_start_switch_fiber(&from->fake, to->low, to->bytes);
#endif
	place_swap(&from->place, &to->place);
#if BATON_ASAN
	__sanitizer_finish_switch_fiber(from->fake, NULL, NULL);
#endif
	errno = keep;
	if (unlikely(from->abort))
		longjmp(from->home, 1);
}

static _Noreturn void stack_main(void)
{
	struct baton_stack *me = running;

#if BATON_ASAN
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
#endif
	if (setjmp(me->home) == 1 || me->abort) {	/* aborted; 2: its task has ended, and there is a new one */
		me->abort = false;
		me->task = NULL;
		list_add(&me->parked, &parked);
		switch_stack(&director);	/* returns when there is a task */
	}
	me->task->fn(me->task->data);
	task_main_end();
}

/* Offsets stacks from each other: with equal page offsets they would use the same cache sets. */
static size_t colour(void)
{
	static unsigned int made;

	return made++ % 16 * 256;
}

static struct baton_stack *stack_new(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct baton_stack *bs = calloc(1, sizeof(*bs));
	char *map;

	if (!bs)
		return NULL;
	map = mmap(NULL, page + BATON_STACK_BYTES, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (map == MAP_FAILED) {
		free(bs);
		return NULL;
	}
	if (mprotect(map, page, PROT_NONE)) {
		munmap(map, page + BATON_STACK_BYTES);
		free(bs);
		return NULL;
	}
	INIT_LIST_HEAD(&bs->parked);
	bs->low = map + page;
	bs->bytes = BATON_STACK_BYTES - colour();
#if BATON_ASAN
	__lsan_register_root_region(bs->low, bs->bytes);
#endif
	place_begin(&bs->place, bs->low, bs->bytes);
	return bs;
}

/* ---- the functions of struct baton --------------------------------------------------------- */

static bool stacks_work(void)
{
	return STACKS_WORK && !has_shadow_stack();
}

static int stack_create(struct task *t)
{
	struct baton_stack *bs = list_first_entry_or_null(&parked, struct baton_stack, parked);

	if (bs)
		list_del_init(&bs->parked);
	else
		bs = stack_new();
	if (!bs)
		return -ENOMEM;
	bs->task = t;
	t->stack = bs;
	return 0;
}

static void stack_adopt(struct task *t)
{
#if BATON_ASAN
	pthread_attr_t attr;
	void *low;

	bug_on(pthread_getattr_np(pthread_self(), &attr));
	bug_on(pthread_attr_getstack(&attr, &low, &director.bytes));
	director.low = low;
	pthread_attr_destroy(&attr);
#endif
	director.task = t;
	t->stack = running = &director;
}

static void stack_pass(struct task *from, struct task *to)
{
	bug_on(running != from->stack);
	switch_stack(to->stack);
}

static void stack_leave(struct task *from, struct task *to)
{
	struct baton_stack *bs = from->stack;

	from->stack = NULL;
	bs->task = NULL;
	list_add(&bs->parked, &parked);
	switch_stack(to->stack);
	longjmp(bs->home, 2);	/* stack_create() has taken it for another task */
}

static void stack_abort_all(void)
{
	struct task *t;

	list_for_each_entry(t, &mach.tasks, all) {
		struct baton_stack *bs = t->stack;

		if (!bs)
			continue;
		t->stack = NULL;
		bs->abort = true;
		switch_stack(bs);	/* returns when it is parked */
	}
}

/* Stacks are memory: nothing is obtained ahead. */
static unsigned int stacks_reserve(unsigned int n)
{
	return n;
}

const struct baton baton_stacks = {
	.works = stacks_work, .adopt = stack_adopt, .create = stack_create, .reserve = stacks_reserve, .pass = stack_pass,
	.leave = stack_leave, .abort_all = stack_abort_all,
};
