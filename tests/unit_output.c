/*
 * tests/unit_output.c - files and streams that the program writes: complete, or an error with its reason.
 *
 * Lives here:   output files beside old ones, links, devices; each command before a full disk, a closed
 *               pipe and a limit of file size; a recording that cannot be written; a machine process that dies.
 * Never here:   the contents (unit_export.c, unit_progress_json.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/shell.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/outfile.h"
#include "classroom/handin.h"

static char folder[64], program[4096], before[4096];

static void set_up(void)
{
	REQUIRE_NOT_NULL(realpath(test_binary(), program));
	REQUIRE_NOT_NULL(getcwd(before, sizeof(before)));
	strcpy(folder, "/tmp/kw-output-XXXXXX");
	folder_make(folder);
	setenv("KWORKSHOP_STATE_DIR", folder, 1);
}

static void tear_down(void)
{
	REQUIRE_INT(chdir(before), 0);
	folder_remove(folder);
	unsetenv("KWORKSHOP_STATE_DIR");
}

static int files_here(void)
{
	char out[32];

	shell_run(out, sizeof(out), "ls -A | wc -l");
	return atoi(out);
}

/* Writes @text into the file @path; @err: as if the contents could not be made.  Return: outfile_close()'s. */
static int put_file(const char *path, const char *text, int err)
{
	struct outfile out;
	int rc = outfile_open(&out, path);

	if (rc)
		return rc;
	fputs(text, out.f);
	return outfile_close(&out, err);
}

static void check_contents(const char *path, const char *want)
{
	char *text = file_read(path, NULL);

	CHECK_STR(text ? text : "(no file)", want);
	free(text);
}

/* ---- one file ------------------------------------------------------------------------- */

static void a_file_is_replaced_as_a_whole_or_not_at_all(void)
{
	struct stat st;

	set_up();
	REQUIRE_INT(chdir(folder), 0);
	umask(027);
	CHECK_INT(put_file("a", "one\n", 0), 0);
	check_contents("a", "one\n");
	CHECK_INT(stat("a", &st), 0);
	CHECK_INT((int)(st.st_mode & 07777), 0640);
	umask(022);
	CHECK_INT(put_file("a", "two\n", -EINVAL), -EINVAL);
	check_contents("a", "one\n");
	CHECK_INT(put_file("./a", "two\n", 0), 0);
	check_contents("a", "two\n");
	CHECK_INT(put_file("none/a", "x", 0), -ENOENT);
	CHECK_INT(put_file("a/b", "x", 0), -ENOTDIR);
	CHECK_INT(put_file(".", "x", 0), -EISDIR);
	CHECK_INT(files_here(), 1);
	tear_down();
}

static void a_link_stays_a_link(void)
{
	struct stat st;

	set_up();
	REQUIRE_INT(chdir(folder), 0);
	REQUIRE_INT(mkdir("there", 0700), 0);
	CHECK_INT(put_file("there/file", "old", 0), 0);
	REQUIRE_INT(symlink("there/file", "link"), 0);
	REQUIRE_INT(symlink("there/fresh", "dangling"), 0);
	CHECK_INT(put_file("link", "new", 0), 0);
	check_contents("there/file", "new");
	CHECK_INT(put_file("dangling", "made", 0), 0);
	check_contents("there/fresh", "made");
	CHECK_TRUE(lstat("link", &st) == 0 && S_ISLNK(st.st_mode));
	CHECK_TRUE(lstat("dangling", &st) == 0 && S_ISLNK(st.st_mode));
	CHECK_INT(files_here(), 3);
	tear_down();
}

static void a_device_and_a_pipe_are_written_directly(void)
{
	struct stat st;
	char out[64];

	set_up();
	REQUIRE_INT(chdir(folder), 0);
	CHECK_INT(put_file("/dev/null", "x", 0), 0);
	CHECK_INT(put_file("/dev/full", "x", 0), -ENOSPC);
	REQUIRE_INT(mkfifo("pipe", 0600), 0);
	CHECK_INT(shell_run(out, sizeof(out), "(cat pipe >got; touch done) & '%s' progress export pipe; "
			    "while [ ! -e done ]; do sleep 0.01; done; head -c 1 got", program), 0);
	CHECK_STR(out, "{");
	CHECK_TRUE(lstat("pipe", &st) == 0 && S_ISFIFO(st.st_mode));
	CHECK_TRUE(lstat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
	tear_down();
}

/* Killed while it writes, by a signal that no handler can catch: the old file, and nothing beside it. */
static void a_killed_writer_leaves_nothing(void)
{
	int status;
	pid_t child;

	set_up();
	REQUIRE_INT(chdir(folder), 0);
	CHECK_INT(put_file("a", "old", 0), 0);
	child = fork();
	if (child == 0) {
		struct outfile out;

		if (outfile_open(&out, "a") == 0) {
			fputs("half", out.f);
			fflush(out.f);
		}
		raise(SIGKILL);
	}
	REQUIRE_INT(waitpid(child, &status, 0), child);
	check_contents("a", "old");
	CHECK_INT(files_here(), 1);
	tear_down();
}

/* A killed process cannot remove its temporary file: the next writer does, unless a live process holds it. */
static void the_next_file_removes_what_a_killed_writer_left(void)
{
	int fd;

	set_up();
	REQUIRE_INT(chdir(folder), 0);
	for (size_t i = 0; i < 3; i++)
		close(open((const char *const[]){ ".kworkshop-4000001-0", ".kworkshop-4000001-1", ".kworkshop-notes" }[i],
			   O_CREAT | O_WRONLY, 0600));
	fd = open(".kworkshop-4000001-1", O_RDONLY);
	REQUIRE_INT(flock(fd, LOCK_EX), 0);
	CHECK_INT(put_file("a", "new", 0), 0);
	CHECK_INT(access(".kworkshop-4000001-0", F_OK), -1);
	CHECK_INT(access(".kworkshop-4000001-1", F_OK), 0);
	CHECK_INT(access(".kworkshop-notes", F_OK), 0);
	close(fd);
	CHECK_INT(put_file("a", "newer", 0), 0);
	check_contents("a", "newer");
	CHECK_INT(files_here(), 2);
	tear_down();
}

/* ---- every command ------------------------------------------------------------------------ */

/* A call of each command that succeeds and prints something; @ is the folder. */
static const struct {
	const char *command, *args;
} calls[] = {
	{ "home", "home --plain </dev/null" },
	{ "run", "run @/try.lua --plain </dev/null" },
	{ "free", "free --plain </dev/null" },
	{ "play", "play @/one.kwt --plain </dev/null" },
	{ "practise", "practise --plain --date 2026-12-05" },
	{ "list", "list" },
	{ "new", "new lesson n-$(date +%N) --course @" },
	{ "check", "check @/try.lua --fast" },
	{ "watch", "watch @/try.lua --plain </dev/null" },
	{ "test", "test unload exercises/21-unload/solution/driver.lua --schedules 1" },
	{ "restart", "restart unload --work @/mine" },
	{ "history", "history unload --work @/mine" },
	{ "submit", "submit unload --work @/mine -o -" },
	{ "grade", "grade @/one.kwh" },
	{ "export", "export @/one.kwt" },
	{ "inspect", "inspect @/one.kwt ps" },
	{ "conform", "conform tests/scenarios/bh_basic.kws --seeds 1" },
	{ "explore", "explore tests/scenarios/bh_basic.kws --runs 2" },
	{ "progress", "progress show" },
	{ "progress", "progress export" },
	{ "review", "review" },
	{ "doctor", "doctor --json" },
	{ "help", "help life" },
	{ "help", "--help" },
	{ "version", "version" },
	{ "version", "--version" },
};
#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

static void every_command_has_a_call(void)
{
	static const char *const commands[] = {
#define COMMAND(name) #name,
#include "cli/commands.def"
#undef COMMAND
	};

	for (size_t c = 0; c < sizeof(commands) / sizeof(commands[0]); c++) {
		bool found = false;

		for (size_t i = 0; i < NR_CALLS; i++)
			found = found || strcmp(calls[i].command, commands[c]) == 0;
		CHECK_TRUE(found);
		if (!found)
			test_note("no call of `%s`", commands[c]);
	}
}

/* A hand-in that is graded at once: lessons have no points. */
static void put_handin(void)
{
	struct handin *h = calloc(1, sizeof(*h));
	struct outfile out;
	char path[100];

	REQUIRE_NOT_NULL(h);
	strcpy(h->course, "kworkshop");
	strcpy(h->course_hash, "-");
	strcpy(h->engine, "0");
	strcpy(h->profile, "6.12");
	*handin_add(h) = (struct handin_block){ .lesson = true, .slug = "life", .hash = "-", .seed = 1 };
	snprintf(path, sizeof(path), "%s/one.kwh", folder);
	REQUIRE_INT(outfile_open(&out, path), 0);
	CHECK_INT(outfile_close(&out, handin_write(h, out.f)), 0);
	free(h);
}

static void make_inputs(void)
{
	char out[400];

	set_up();
	CHECK_INT(shell_run(out, sizeof(out), "cd '%s' && printf 'return lesson { title = \"T\", machine = { cpus = 1 }, "
			    "function() run(3) end }' >try.lua && '%s' run ./try.lua --plain --record one.kwt </dev/null",
			    folder, program), 0);
	CHECK_INT(shell_run(out, sizeof(out), "mkdir -p '%s/mine/unload' && cp exercises/21-unload/starter/driver.lua '%s/mine/unload'",
			    folder, folder), 0);
	put_handin();
}

/* Runs the shell line @output for each call, which is CALL in it; it prints what comes to standard error. */
static void try_all(const char *output, bool other_files, const char *reason)
{
	make_inputs();
	for (size_t i = 0; i < NR_CALLS; i++) {
		char out[2000], args[400];
		const char *at = strchr(calls[i].args, '@');
		int code;

		snprintf(args, sizeof(args), "%.*s%s%s", (int)(at ? at - calls[i].args : 0), calls[i].args, at ? folder : "",
			 at ? at + 1 : calls[i].args);
		code = shell_run(out, sizeof(out), "CALL() { '%s' %s; }; T='%s'; %s", program, args, folder, output);
		CHECK_TRUE(code == 3 || (other_files && code == 4));
		CHECK_HAS(out, reason);
		CHECK_LACKS(out, "Success");
		CHECK_LACKS(out, "not an error");
		if (code != 3)
			test_note("%s: %s", args, out);
	}
	tear_down();
}

static void every_command_reports_a_full_disk(void)
{
	try_all("CALL 3>&1 1>/dev/full 2>&3", false, "kworkshop: standard output: No space left on device");
}

/* The reader of the pipe has gone before the first line is written. */
static void every_command_reports_a_closed_pipe(void)
{
	try_all("rm -f $T/gone; { until [ -e $T/gone ]; do sleep 0.005; done; CALL 2>$T/err; echo $? >$T/code; } | "
		"{ exec 0<&-; : >$T/gone; }; cat $T/err; exit $(cat $T/code)", false, "kworkshop: standard output: Broken pipe");
}

/* The database of progress and the memory that is shared with a machine process are files too. */
static void every_command_reports_a_limit_of_file_size(void)
{
	try_all("(ulimit -f 0; CALL 3>&1 1>$T/file 2>&3)", true, "File too large");
}

static void every_command_reports_a_closed_output(void)
{
	try_all("CALL 3>&1 1>&- 2>&3", false, "kworkshop: standard output: Bad file descriptor");
}

/* ---- recordings, machine processes ---------------------------------------------------------- */

static void a_recording_that_cannot_be_written_fails_the_run(void)
{
	char out[4000];

	make_inputs();
	CHECK_INT(shell_run(out, sizeof(out), "'%s' run '%s'/try.lua --plain --record /dev/full </dev/null 2>&1",
			    program, folder), 3);
	CHECK_HAS(out, "kworkshop: /dev/full: cannot write the recording: No space left on device");
	CHECK_HAS(out, "The lesson is over.");
	CHECK_INT(shell_run(out, sizeof(out), "'%s' run '%s'/try.lua --plain --record '%s' </dev/null 2>&1", program, folder,
			    folder), 3);
	CHECK_HAS(out, "Is a directory");
	CHECK_LACKS(out, "The lesson is over.");	/* it is known before the run */
	tear_down();
}

/* The first child of @pid, 0 = none yet. */
static pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%d", &child) != 1)
		child = 0;
	if (f)
		fclose(f);
	return child;
}

static bool shows(const char *path, const char *text)
{
	char *have = file_read(path, NULL);
	bool yes = have && strstr(have, text);

	free(have);
	return yes;
}

/* A prompt waits, the machine process is killed: the run ends at once, with its sentence and status. */
static void a_machine_process_that_dies_behind_a_prompt_is_noticed(void)
{
	int keys[2], status = 0, tries;
	char lesson[4200];
	pid_t pid;

	set_up();
	snprintf(lesson, sizeof(lesson), "%s/tests/authors/star.lua", before);
	REQUIRE_INT(chdir(folder), 0);
	REQUIRE_INT(pipe(keys), 0);
	pid = fork();
	if (pid == 0) {
		if (dup2(keys[0], 0) < 0 || !freopen("out", "w", stdout) || dup2(1, 2) < 0)
			_exit(99);
		close(keys[1]);
		execl(program, program, "run", lesson, "--plain", (char *)NULL);
		_exit(98);
	}
	close(keys[0]);
	for (tries = 0; tries < 1000 && !shows("out", "[Enter]"); tries++)
		usleep(10000);
	if (child_of(pid) > 0)
		kill(child_of(pid), SIGKILL);
	for (tries = 0; tries < 1000 && waitpid(pid, &status, WNOHANG) == 0; tries++)
		usleep(10000);
	CHECK_LT(tries, 1000);
	if (tries == 1000)
		kill(pid, SIGKILL);
	CHECK_TRUE(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 4);
	CHECK_TRUE(shows("out", "SIGKILL"));
	close(keys[1]);
	tear_down();
}

const struct test_case suite_unit_output[] = {
	T(a_file_is_replaced_as_a_whole_or_not_at_all),
	T(a_link_stays_a_link),
	T(a_device_and_a_pipe_are_written_directly),
	T(a_killed_writer_leaves_nothing),
	T(the_next_file_removes_what_a_killed_writer_left),
	T(every_command_has_a_call),
	T(every_command_reports_a_full_disk),
	T(every_command_reports_a_closed_pipe),
	T(every_command_reports_a_limit_of_file_size),
	T(every_command_reports_a_closed_output),
	T(a_recording_that_cannot_be_written_fails_the_run),
	T(a_machine_process_that_dies_behind_a_prompt_is_noticed),
	{ NULL, NULL }
};
