/*
 * bench/screen.c - the cost of the screen: until its first frame, paused, playing.
 *
 * Starts the program in a pseudo-terminal of 120x36 and measures from outside: the
 * bytes that it writes, and the CPU time that the kernel reports for all threads of the
 * program and of its machine process.
 *
 * Lives here:   these figures (targets: 150 ms; 0.2 %, 0 B/s; 5 %, 20 kB/s).
 * Never here:   the contents of the screen (tests/ui).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "bench/bench.h"

#include <dirent.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME_BYTES 1000	/* the first frame has more bytes than the queries to the terminal before it */
#define QUIET_MS 25		/* a frame has ended if no byte arrives for this time */

static struct watched {
	pid_t pid;
	int fd;
	uint64_t bytes;
	char state[64];		/* a temporary state folder, so that the user's progress is not changed */
} shown;

/* ---- CPU time, in ns, of all threads of a process and its children --------------------- */

static uint64_t thread_ns(pid_t pid, const char *tid)
{
	char path[512];
	unsigned long long ns = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", (int)pid, tid);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	fclose(f);
	return ns;
}

static uint64_t cpu_ns(pid_t pid);

static uint64_t children_ns(pid_t pid, const char *tid)
{
	char path[512];
	uint64_t sum = 0;
	int child;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/children", (int)pid, tid);
	f = fopen(path, "r");
	while (f && fscanf(f, "%d", &child) == 1)
		sum += cpu_ns(child);
	if (f)
		fclose(f);
	return sum;
}

static uint64_t cpu_ns(pid_t pid)
{
	char path[64];
	struct dirent *e;
	uint64_t sum = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	while (d && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			sum += thread_ns(pid, e->d_name) + children_ns(pid, e->d_name);
	if (d)
		closedir(d);
	return sum;
}

/* ---- the program in a pseudo-terminal -------------------------------------------------------- */

static const char *program(void)
{
	const char *path = getenv("KW_BINARY");

	return path && *path ? path : "build/kworkshop";
}

static bool start(const char *lesson)
{
	struct winsize size = { .ws_row = 36, .ws_col = 120 };

	snprintf(shown.state, sizeof(shown.state), "%s/kw-bench-XXXXXX", P_tmpdir);
	if (!mkdtemp(shown.state))
		return false;
	shown.bytes = 0;
	shown.pid = forkpty(&shown.fd, NULL, NULL, &size);
	if (shown.pid == 0) {
		setenv("TERM", "xterm-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		setenv("KWORKSHOP_STATE_DIR", shown.state, 1);
		execl(program(), "kworkshop", "run", lesson, (char *)NULL);
		_exit(127);
	}
	return shown.pid > 0;
}

static void end(void)
{
	char command[128];

	kill(shown.pid, SIGTERM);
	waitpid(shown.pid, NULL, 0);
	close(shown.fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", shown.state);
	if (system(command) != 0)
		fprintf(stderr, "kw-bench: could not remove %s\n", shown.state);
}

/* Reads output for @ms, or until none arrives for @quiet_ms.  Return: time of the last byte in ns. */
static uint64_t swallow(int ms, int quiet_ms)
{
	uint64_t until = bench_now_ns() + (uint64_t)ms * 1000000u, last = 0;
	struct pollfd p = { .fd = shown.fd, .events = POLLIN };
	char buf[65536];
	ssize_t n;

	while (bench_now_ns() < until) {
		int left = (int)((until - bench_now_ns()) / 1000000u) + 1;
		int wait = quiet_ms && last && quiet_ms < left ? quiet_ms : left;

		if (poll(&p, 1, wait) <= 0) {
			if (quiet_ms && last)
				break;
			continue;
		}
		n = read(shown.fd, buf, sizeof(buf));
		if (n <= 0)
			break;
		shown.bytes += (uint64_t)n;
		last = bench_now_ns();
	}
	return last;
}

/* ms from the start of the program to the last byte of its first frame; < 0: there was none. */
static double first_frame(const char *lesson)
{
	uint64_t began = bench_now_ns(), last = 0;

	if (!start(lesson))
		return -1;
	while (shown.bytes < FRAME_BYTES && bench_now_ns() - began < 5000000000u)
		last = swallow(2000, QUIET_MS);
	return shown.bytes < FRAME_BYTES ? -1 : (double)(last - began) / 1e6;
}

/* Measures the share of a core and the bytes per second over @seconds. */
static void watch(int seconds, double *percent, double *bytes_a_second)
{
	uint64_t cpu = cpu_ns(shown.pid), bytes = shown.bytes, began = bench_now_ns();

	swallow(seconds * 1000, 0);
	began = bench_now_ns() - began;
	*percent = 100.0 * (double)(cpu_ns(shown.pid) - cpu) / (double)began;
	*bytes_a_second = (double)(shown.bytes - bytes) * 1e9 / (double)began;
}

static void screen_run(void)
{
	const char *lesson = "one-runnable";
	double frames[5], percent, rate;
	int i;

	for (i = 0; i < 5; i++) {
		frames[i] = first_frame(lesson);
		if (frames[i] < 0) {
			bench_failed("first frame", "the program showed nothing (is it built?)");
			return;
		}
		if (i < 4)
			end();
	}
	bench_at_most("first frame after start, 120x36, median of 5", bench_median(frames, 5), 150, "ms");
	swallow(700, 0);
	watch(3, &percent, &rate);
	bench_at_most("paused at a card, all threads", percent, 0.2, "%");
	bench_at_most("paused at a card, written", rate, 0, "B/s");
	if (write(shown.fd, "\r", 1) != 1)
		bench_failed("playing", "the terminal is gone");
	swallow(300, 0);
	watch(4, &percent, &rate);
	if (rate <= 0)
		bench_failed("playing", "nothing moved");
	bench_at_most("playing, all threads", percent, 5, "%");
	bench_at_most("playing, written", rate / 1000, 20, "kB/s");
	end();
}

const struct bench bench_screen = {
	.name = "screen",
	.question = "the screen program in a terminal of 120x36",
	.run = screen_run,
};
