/*
 * lib/blocking.c - the calls that programs wait in, told to the engine.
 *
 * Telling costs a lock and, if items wait, another worker's wake-up: so a call that
 * would not wait is tried first where trying is cheaper than that.
 *
 * Lives here:   wrappers; nothing but the call and its two ends.
 * Never here:   what telling does (machine/free/block.c).
 * Rules:        R4.6, R4.7.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "lib/lib.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/machine.h"

void cmwq_blocking_begin(void)
{
	int err = errno;

	mach_blocking_begin();
	errno = err;
}

void cmwq_blocking_end(void)
{
	int err = errno;

	mach_blocking_end();
	errno = err;
}

/* A thread that is cancelled inside the call is no worker: nothing is left open. */
#define TOLD(expression) CMWQ_BLOCKING(expression)

/* Nothing to tell, or it would not wait. */
static bool ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	int err = errno, n;

	if (!mach_blocking_matters())
		return true;
	n = poll(&p, 1, 0);
	errno = err;
	return n != 0;
}

/* ---- descriptors ---------------------------------------------------------------------------- */

ssize_t cmwq_read(int fd, void *buf, size_t size)
{
	return ready(fd, POLLIN) ? read(fd, buf, size) : TOLD(read(fd, buf, size));
}

/* A pipe that is ready takes PIPE_BUF bytes at once, not any number: more is told. */
ssize_t cmwq_write(int fd, const void *buf, size_t size)
{
	return size <= 512 && ready(fd, POLLOUT) ? write(fd, buf, size) : TOLD(write(fd, buf, size));
}

ssize_t cmwq_pread(int fd, void *buf, size_t size, off_t offset)
{
	return TOLD(pread(fd, buf, size, offset));
}

ssize_t cmwq_pwrite(int fd, const void *buf, size_t size, off_t offset)
{
	return TOLD(pwrite(fd, buf, size, offset));
}

ssize_t cmwq_recv(int fd, void *buf, size_t size, int flags)
{
	return !(flags & MSG_WAITALL) && ready(fd, POLLIN) ? recv(fd, buf, size, flags)
							   : TOLD(recv(fd, buf, size, flags));
}

ssize_t cmwq_send(int fd, const void *buf, size_t size, int flags)
{
	return TOLD(send(fd, buf, size, flags));
}

int cmwq_accept(int fd, struct sockaddr *addr, unsigned int *addr_size)
{
	return ready(fd, POLLIN) ? accept(fd, addr, addr_size) : TOLD(accept(fd, addr, addr_size));
}

int cmwq_connect(int fd, const struct sockaddr *addr, unsigned int addr_size)
{
	return TOLD(connect(fd, addr, addr_size));
}

int cmwq_poll(struct pollfd *fds, unsigned long nr_fds, int timeout_ms)
{
	int n = poll(fds, nr_fds, timeout_ms && mach_blocking_matters() ? 0 : timeout_ms);

	if (n || !timeout_ms || !mach_blocking_matters())
		return n;
	return TOLD(poll(fds, nr_fds, timeout_ms));
}

int cmwq_fsync(int fd)
{
	return TOLD(fsync(fd));
}

/* ---- time, processes, names ------------------------------------------------------------------- */

int cmwq_nanosleep(const struct timespec *length, struct timespec *left)
{
	return TOLD(nanosleep(length, left));
}

int cmwq_usleep(unsigned int us)
{
	struct timespec length = { us / 1000000, (long)(us % 1000000) * 1000 };

	return TOLD(nanosleep(&length, NULL));
}

pid_t cmwq_waitpid(pid_t pid, int *status, int options)
{
	return options & WNOHANG ? waitpid(pid, status, options) : TOLD(waitpid(pid, status, options));
}

int cmwq_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		     struct addrinfo **found)
{
	return TOLD(getaddrinfo(node, service, hints, found));
}

/* ---- threads ----------------------------------------------------------------------------------- */

int cmwq_mutex_lock(pthread_mutex_t *mutex)
{
	int err = pthread_mutex_trylock(mutex);

	/* what else it can say, it says of the lock and not of waiting */
	return err == EBUSY ? TOLD(pthread_mutex_lock(mutex)) : err;
}

int cmwq_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	return TOLD(pthread_cond_wait(cond, mutex));
}

int cmwq_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
	return TOLD(pthread_cond_timedwait(cond, mutex, until));
}

int cmwq_sem_wait(sem_t *sem)
{
	int err = errno;

	if (!sem_trywait(sem))
		return 0;
	errno = err;
	return TOLD(sem_wait(sem));
}

int cmwq_sem_timedwait(sem_t *sem, const struct timespec *until)
{
	int err = errno;

	if (!sem_trywait(sem))
		return 0;
	errno = err;
	return TOLD(sem_timedwait(sem, until));
}

int cmwq_thread_join(pthread_t thread, void **value)
{
	return TOLD(pthread_join(thread, value));
}
