/*
 * tests/fault_shortage.c - the program on a computer with too few threads, descriptors or memory.
 *
 * Each limit is lowered step by step.  A run under a limit prints the lines of the run without it,
 * or their beginning and one sentence about the computer; it never blames the lesson, and no event of
 * it differs.  The limits hold for an unprivileged user only, so the tests become one.
 *
 * Lives here:   limits of the host (RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_AS).
 * Never here:   failures that a lesson simulates (conf_worker.c), full disks (unit_output.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/shell.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/confine.h"

static char folder[64], program[4096];

/* Items that sleep: the engine makes workers after the boot.  A second lesson only shows a card. */
static const char sleepers[] =
	"return lesson { title = 'T', machine = { cpus = 2 }, function()\n"
	"local w = {} for i = 1, 5 do w[i] = work('w' .. i, function() sleep_ms(3) end) end\n"
	"task(0, 't', function() for i = 1, 5 do queue_work(system_wq, w[i]) sleep_ms(0.1) end end) run(20) end }\n";

static void put(const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	REQUIRE_NOT_NULL(f);
	fputs(text, f);
	fclose(f);
}

static void set_up(void)
{
	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	strcpy(folder, "/tmp/kw-shortage-XXXXXX");
	folder_make(folder);
	REQUIRE_INT(chmod(folder, 0777), 0);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
	put("sleepers.lua", sleepers);
}

static void tear_down(void)
{
	folder_remove(folder);
	unsetenv("KWORKSHOP_STATE_DIR");
}

/* A user without processes, so that a limit of processes counts those of the run alone. */
#define USER_BASE 2000000u

/*
 * Runs the lesson as that user under a limit (@which < 0: none) of @n; its output goes into @out.
 * Return: exit status, minus a signal, or 126: that user cannot execute the program.
 */
static int run_limited(int which, rlim_t n, const char *lesson, char *out, size_t size)
{
	struct rlimit limit = { n, n };
	uid_t user = USER_BASE + (uid_t)getpid();
	char path[200], *text;
	int status = 0;
	pid_t child;

	snprintf(path, sizeof(path), "%s/out", folder);
	unlink(path);
	child = fork();
	if (child == 0) {
		int to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666), from = open("/dev/null", O_RDONLY);

		if (to < 0 || from < 0 || dup2(from, 0) < 0 || dup2(to, 1) < 0 || dup2(to, 2) < 0 || close_range(3, ~0u, 0))
			_exit(125);
		snprintf(path, sizeof(path), "%s/%s", folder, lesson);
		if (setgid(user) || setuid(user) || access(program, X_OK) || access("lessons/course.lua", R_OK))
			_exit(126);
		if (which >= 0 && setrlimit((__rlimit_resource_t)which, &limit))
			_exit(125);
		execl(program, program, "run", path, "--plain", (char *)NULL);
		_exit(126);
	}
	REQUIRE_INT(waitpid(child, &status, 0), child);
	text = file_read(path, NULL);
	snprintf(out, size, "%s", text ? text : "");
	free(text);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Bytes that two texts have in common, at their beginning and in whole lines. */
static size_t common_lines(const char *a, const char *b)
{
	size_t n = 0, line = 0;

	for (; a[n] && a[n] == b[n]; n++)
		if (a[n] == '\n')
			line = n + 1;
	return line;
}

/* @out is @whole, or a beginning of it and then sentences without an event's time. */
static void check_end(const char *limit, rlim_t n, int code, const char *out, const char *whole)
{
	size_t same = common_lines(out, whole);
	bool right;

	if (code == 0) {
		right = strcmp(out, whole) == 0;
	} else {
		right = (code == 3 || code == 4) && (strstr(out, "kworkshop: ") || strstr(out, "this computer")) &&
			!strstr(out, "faulty") && !strstr(out, "Assertion") && !strstr(out, "internal error") &&
			!strstr(out, "kworkshop: \n") && !strstr(out + same, " ms  k");
	}
	CHECK_TRUE(right);
	if (!right)
		test_note("%s %lu: status %d: %s", limit, (unsigned long)n, code, out);
}

/* False: the test is skipped. */
static bool can_drop(char *whole, size_t size)
{
	int code;

	if (CONFINE_SANITIZED) {
		test_skip("a sanitizer needs threads, descriptors and address space of its own");
		return false;
	}
	if (geteuid() != 0) {
		test_skip("only root can become a user without other processes");
		return false;
	}
	set_up();
	code = run_limited(-1, 0, "sleepers.lua", whole, size);
	if (code != 0) {
		tear_down();
		test_skip(code == 126 ? "an unprivileged user cannot read this folder" : "another user cannot run the program here");
		return false;
	}
	return true;
}

static void steps(int which, const char *name, rlim_t from, rlim_t to, rlim_t step)
{
	static char whole[65536], out[65536];
	int refused = 0, done = 0;

	if (!can_drop(whole, sizeof(whole)))
		return;
	for (rlim_t n = from; n <= to; n += step) {
		int code = run_limited(which, n, "sleepers.lua", out, sizeof(out));

		check_end(name, n, code, out, whole);
		refused += code != 0;
		done += code == 0;
	}
	CHECK_GT(refused, 0);
	CHECK_GT(done, 0);
	tear_down();
}

static void too_few_threads_end_the_run_or_keep_it_from_beginning(void)
{
	steps(RLIMIT_NPROC, "processes", 1, 22, 1);
}

static void too_few_descriptors_are_reported(void)
{
	steps(RLIMIT_NOFILE, "descriptors", 4, 34, 2);
}

static void too_little_memory_is_reported(void)
{
	steps(RLIMIT_AS, "address space", (rlim_t)40 << 20, (rlim_t)1840 << 20, (rlim_t)120 << 20);
}

/* ---- the number of threads that a machine begins with -------------------------------------------- */

/* src/machine/lockstep/start.c obtains so many threads before the first event: 4 for each CPU and 4, beside its own. */
static void a_machine_begins_with_as_many_threads_as_are_obtained_ahead(void)
{
	char out[64];

	if (CONFINE_SANITIZED) {
		test_skip("a sanitizer has threads of its own");
		return;
	}
	set_up();
	for (int cpus = 1; cpus <= 16; cpus *= 4) {
		CHECK_INT(shell_run(out, sizeof(out), "mkfifo '%s/keys'; ('%s' run tests/authors/star.lua --cpus %d --plain <'%s/keys' >'%s/out' 2>&1 & "
				    "echo $! >'%s/pid'; exec 3>'%s/keys'; n=0; until grep -q Enter '%s/out' || [ $n = 500 ]; do sleep 0.01; "
				    "n=$((n+1)); done; read -r c </proc/$(cat '%s/pid')/task/$(cat '%s/pid')/children; set -- $c; "
				    "ls /proc/$1/task | wc -l; exec 3>&-; wait); rm -f '%s/keys' '%s/out'", folder, program, cpus, folder, folder,
				    folder, folder, folder, folder, folder, folder, folder), 0);
		CHECK_INT(atoi(out), 4 * cpus + 4 + 1);
	}
	tear_down();
}

const struct test_case suite_fault_shortage[] = {
	T(too_few_threads_end_the_run_or_keep_it_from_beginning),
	T(too_few_descriptors_are_reported),
	T(too_little_memory_is_reported),
	T(a_machine_begins_with_as_many_threads_as_are_obtained_ahead),
	{ NULL, NULL }
};
