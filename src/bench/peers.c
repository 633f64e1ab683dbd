/*
 * bench/peers.c - runs kw-bench-peers, which compares this engine with other thread pools.
 *
 * The comparison is a separate program because it measures libcmwq.a, as users link
 * it; kw-bench contains the whole engine.
 *
 * Lives here:   the start of kw-bench-peers from the folder of this program.
 * Never here:   the comparison (peers/).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "bench/bench.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void peers_run(void)
{
	char self[PATH_MAX] = "", program[PATH_MAX + 32];
	int status = -1;
	pid_t pid;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
		bench_failed("peers", "this program does not know where it lies");
		return;
	}
	snprintf(program, sizeof(program), "%s/kw-bench-peers", dirname(self));
	pid = fork();
	if (pid == 0) {
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
		bench_failed("peers", "kw-bench-peers did not run to its end");
	else if (WEXITSTATUS(status))
		bench_failed("peers", "targets missed above");
}

const struct bench bench_peers = {
	.name = "peers",
	.question = "this engine and other thread pools, measured in turn; medians",
	.run = peers_run,
};
