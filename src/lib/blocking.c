/*
 * lib/blocking.c - wrappers that announce the waits of system and libc calls.
 *
 * An announcement costs a lock and, if items wait, the wake-up of another worker.  So a
 * wrapper first tries the call without waiting, if the attempt is cheaper.
 *
 * Lives here:   wrappers: cmwq_blocking_begin(), the call, cmwq_blocking_end().
 * Never here:   the effect of an announcement (machine/free/block.c).
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

/* Workers are never cancelled, so a cancelled call leaves no announcement open. */
#define ANNOUNCED(expression) CMWQ_BLOCKING(expression)

/* True if @fd is ready, or if an announcement would have no effect in this thread. */
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
	return ready(fd, POLLIN) ? read(fd, buf, size) : ANNOUNCED(read(fd, buf, size));
}

/* A ready pipe takes up to PIPE_BUF bytes without waiting.  Longer writes are announced. */
ssize_t cmwq_write(int fd, const void *buf, size_t size)
{
	return size <= 512 && ready(fd, POLLOUT) ? write(fd, buf, size) : ANNOUNCED(write(fd, buf, size));
}

ssize_t cmwq_pread(int fd, void *buf, size_t size, off_t offset)
{
	return ANNOUNCED(pread(fd, buf, size, offset));
}

ssize_t cmwq_pwrite(int fd, const void *buf, size_t size, off_t offset)
{
	return ANNOUNCED(pwrite(fd, buf, size, offset));
}

ssize_t cmwq_recv(int fd, void *buf, size_t size, int flags)
{
	return !(flags & MSG_WAITALL) && ready(fd, POLLIN) ? recv(fd, buf, size, flags)
							   : ANNOUNCED(recv(fd, buf, size, flags));
}

ssize_t cmwq_send(int fd, const void *buf, size_t size, int flags)
{
	return ANNOUNCED(send(fd, buf, size, flags));
}

int cmwq_accept(int fd, struct sockaddr *addr, unsigned int *addr_size)
{
	return ready(fd, POLLIN) ? accept(fd, addr, addr_size) : ANNOUNCED(accept(fd, addr, addr_size));
}

int cmwq_connect(int fd, const struct sockaddr *addr, unsigned int addr_size)
{
	return ANNOUNCED(connect(fd, addr, addr_size));
}

int cmwq_poll(struct pollfd *fds, unsigned long nr_fds, int timeout_ms)
{
	int n = poll(fds, nr_fds, timeout_ms && mach_blocking_matters() ? 0 : timeout_ms);

	if (n || !timeout_ms || !mach_blocking_matters())
		return n;
	return ANNOUNCED(poll(fds, nr_fds, timeout_ms));
}

int cmwq_fsync(int fd)
{
	return ANNOUNCED(fsync(fd));
}

/* ---- time, processes, names ------------------------------------------------------------------- */

int cmwq_nanosleep(const struct timespec *length, struct timespec *left)
{
	return ANNOUNCED(nanosleep(length, left));
}

int cmwq_usleep(unsigned int us)
{
	struct timespec length = { us / 1000000, (long)(us % 1000000) * 1000 };

	return ANNOUNCED(nanosleep(&length, NULL));
}

pid_t cmwq_waitpid(pid_t pid, int *status, int options)
{
	return options & WNOHANG ? waitpid(pid, status, options) : ANNOUNCED(waitpid(pid, status, options));
}

int cmwq_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		     struct addrinfo **found)
{
	return ANNOUNCED(getaddrinfo(node, service, hints, found));
}

/* ---- threads ----------------------------------------------------------------------------------- */

int cmwq_mutex_lock(pthread_mutex_t *mutex)
{
	int err = pthread_mutex_trylock(mutex);

	/* any other error describes the mutex, so the call would not wait */
	return err == EBUSY ? ANNOUNCED(pthread_mutex_lock(mutex)) : err;
}

int cmwq_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	return ANNOUNCED(pthread_cond_wait(cond, mutex));
}

int cmwq_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *until)
{
	return ANNOUNCED(pthread_cond_timedwait(cond, mutex, until));
}

int cmwq_sem_wait(sem_t *sem)
{
	int err = errno;

	if (!sem_trywait(sem))
		return 0;
	errno = err;
	return ANNOUNCED(sem_wait(sem));
}

int cmwq_sem_timedwait(sem_t *sem, const struct timespec *until)
{
	int err = errno;

	if (!sem_trywait(sem))
		return 0;
	errno = err;
	return ANNOUNCED(sem_timedwait(sem, until));
}

int cmwq_thread_join(pthread_t thread, void **value)
{
	return ANNOUNCED(pthread_join(thread, value));
}
