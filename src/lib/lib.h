/*
 * lib/lib.h - the engine as a library: start, stop, and calls that announce a wait.
 *
 * src/scripts/cmwq_h.sh copies the lines between the marks into cmwq.h, the one header
 * that programs include.  The files of this tree include lib.h instead.  A call that
 * announces its wait lets the pool run another item meanwhile.
 *
 * Lives here:   cmwq_start(), cmwq_stop(), announced waits.
 * Never here:   workqueues (workqueue/workqueue.h), how the machine does it (machine/free/).
 * Rules:        R4.6, R4.7, R4.20; docs/why/finding-blocked-workers.md.   Licence: MIT.
 */
#ifndef KW_LIB_LIB_H
#define KW_LIB_LIB_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* [cmwq.h start */
#pragma GCC visibility push(default)
#define CMWQ_PARAMS_MAX 16

/* A parameter of the engine by the kernel's name; workqueue_param() lists them. */
struct cmwq_param {
	const char *name;		/* borrowed until cmwq_stop() */
	long value;
};

/* All zero is a good configuration; new fields will mean the old behaviour when zero. */
struct cmwq_config {
	int nr_cpus;			/* virtual CPUs, 1..64; 0 = as many as this process may use */
	bool pin;			/* workers of virtual CPU n stay on the n-th host CPU we may use */
	bool no_monitor;		/* do not search for workers whose waits are not announced */
	unsigned int threads_max;	/* of the engine, and of the program's that call it; 0 = 1024 */
	unsigned int hz;		/* jiffies in a second; 0 = 1000 */
	struct cmwq_param params[CMWQ_PARAMS_MAX];	/* up to the first without a name */
	const char *record;		/* write a recording here at cmwq_stop(); NULL = no tracing */
	uint64_t record_events_max;	/* 0 = 2,000,000; later events are not recorded */
	/* the engine's log, a line a call (0 emergency .. 3 error, 4 warning, 6 information);
	 * from any thread, maybe with locks held: it must not call the engine.
	 * NULL = warnings and worse to standard error */
	void (*log)(int level, const char *line, void *arg);
	void *log_arg;
};

/**
 * cmwq_start - start the engine
 * @cfg: copied, but for the names of parameters; NULL = all zero
 *
 * Context: a thread of the program, none of the engine's.
 * Locks:   none.
 * Owner:   the engine's threads and memory are its own until cmwq_stop().
 * Return:  0; -EINVAL a number out of range; -EBUSY it runs already; -EAGAIN this
 *          computer cannot host the threads; -ENOMEM; -EPROTO cmwq.h and libcmwq.a are of
 *          different versions; an error of open(2) if .record cannot be written.
 * Emits:   machine, pool_new, wq_new, worker_create, ...
 * Rules:   R1.22, R3.1, R14.
 */
#define cmwq_start(...) cmwq_start_checked((__VA_ARGS__), CMWQ_ABI)
/* the sizes of the structures in the caller's cmwq.h */
#define CMWQ_ABI (((uint64_t)sizeof(struct cmwq_config) << 48) |                            \
		  ((uint64_t)sizeof(struct delayed_work) << 32) |                          \
		  ((uint64_t)sizeof(struct rcu_work) << 16) | sizeof(struct work_struct))
int cmwq_start_checked(const struct cmwq_config *cfg, uint64_t abi);

/**
 * cmwq_stop - run the queued items, cancel the delayed ones, and stop the engine
 *
 * Context: a thread of the program that holds nothing an item needs; no other thread may
 *          be calling the engine.  Items that queue themselves for ever must have been cancelled.
 * Locks:   all of the engine's inside.
 * Owner:   workqueues that were not destroyed are gone too; items are the program's again,
 *          those with a timer as if cancelled.
 * Return:  0; -ESRCH it does not run; -EDEADLK called by a thread of the engine; or the error
 *          of writing the recording: the engine is stopped in this case too.
 * Emits:   delayed_off, pending_clear, drain_workqueue*.
 * Rules:   R5.27, R5.29.  Nothing of the engine is left: it can be started again.
 */
int cmwq_stop(void);
bool cmwq_running(void);

/* Virtual CPUs there are, and the one of the calling thread (sticky).  Any context. */
int cmwq_nr_cpus(void);
int cmwq_cpu(void);
unsigned long cmwq_hz(void);		/* jiffies in a second */

/* ---- announced waits ---------------------------------------------------------------- */

/**
 * cmwq_blocking_begin, cmwq_blocking_end - announce that the code between them may wait
 *
 * In an item of a CPU's pool, the pool may run another item meanwhile, as the kernel
 * does when a worker sleeps.  In any other place they do nothing, at next to no cost.
 * The engine's own calls (flush_work(), ...) announce their waits themselves.
 *
 * Context: any thread; they nest.  An item must end what it began.
 * Locks:   the pool's inside.
 * Owner:   n/a.
 * Return:  n/a; errno is kept.
 * Emits:   worker_sleep, worker_wake.
 * Rules:   R4.6, R4.7.
 */
void cmwq_blocking_begin(void);
void cmwq_blocking_end(void);
/* Announces the wait of one expression: n = CMWQ_BLOCKING(recv(fd, buf, size, 0)); */
#define CMWQ_BLOCKING(expression)                                   \
	__extension__({                                             \
		cmwq_blocking_begin();                              \
		__typeof__(expression) cmwq_value = (expression);   \
		cmwq_blocking_end();                                \
		cmwq_value;                                         \
	})

struct addrinfo;
struct pollfd;
struct sockaddr;

/*
 * Common calls that announce their waits.  Each has the arguments, value, errno and
 * cancellation of the call in its name.  A call that need not wait (a free mutex,
 * a descriptor that is ready) announces nothing.
 * Context: any thread.  Locks, Owner: as the call.  Return: as the call.
 * Emits: worker_sleep, worker_wake for an announced wait.  Rules: R4.6, R4.7.
 */
ssize_t cmwq_read(int fd, void *buf, size_t size);
ssize_t cmwq_write(int fd, const void *buf, size_t size);
ssize_t cmwq_pread(int fd, void *buf, size_t size, off_t offset);
ssize_t cmwq_pwrite(int fd, const void *buf, size_t size, off_t offset);
ssize_t cmwq_recv(int fd, void *buf, size_t size, int flags);
ssize_t cmwq_send(int fd, const void *buf, size_t size, int flags);
int cmwq_accept(int fd, struct sockaddr *addr, unsigned int *addr_size);
int cmwq_connect(int fd, const struct sockaddr *addr, unsigned int addr_size);
int cmwq_poll(struct pollfd *fds, unsigned long nr_fds, int timeout_ms);
int cmwq_fsync(int fd);
int cmwq_nanosleep(const struct timespec *length, struct timespec *left);
int cmwq_usleep(unsigned int us);
pid_t cmwq_waitpid(pid_t pid, int *status, int options);
int cmwq_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		     struct addrinfo **found);
int cmwq_mutex_lock(pthread_mutex_t *mutex);
int cmwq_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int cmwq_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until);
int cmwq_sem_wait(sem_t *sem);
int cmwq_sem_timedwait(sem_t *sem, const struct timespec *until);
int cmwq_thread_join(pthread_t thread, void **value);
#pragma GCC visibility pop
/* cmwq.h] */

#endif
