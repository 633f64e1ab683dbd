/*
 * cli/cli.c - the command line: selection of the command, --help, --version.
 *
 * Lives here:   the table of commands, error messages, exit statuses.
 * Never here:   single commands; the screen.   Licence: MIT.
 */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/nearest.h"
#include "base/outfile.h"
#include "base/printable.h"
#include "base/shortage.h"
#include "run/run.h"
#include "words/end_text.h"
#include "words/texts.h"
#include "words/translate.h"

#define STACK_KIB_MIN 512ul	/* the texts of a screen and the frames of Lua */
#define DESCRIPTORS_MIN 24	/* a run has 19 at once: streams, a log, pipes, a loop, the database */

static const struct cli_command *const commands[] = {
#define COMMAND(name) &cmd_##name,
#include "cli/commands.def"
#undef COMMAND
	NULL
};

script_fn cli_script;
course_read_fn cli_read_course;
void (*cli_put_luacheck)(FILE *out);
void (*cli_put_luarc)(FILE *out, const char *library);

const char *cli_program(void)
{
	static char path[4096];	/* the same for the whole life of the process */

	if (!path[0] && datadir_program(path, sizeof(path)) != 0)
		snprintf(path, sizeof(path), "kworkshop");
	return path;
}

/* ---- complaints ------------------------------------------------------------------------ */

static void say(const char *command, const char *fmt, va_list ap)
{
	fprintf(stderr, "kworkshop: %s%s", command ? command : "", command ? ": " : "");
	printable_vprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void cli_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(NULL, fmt, ap);
	va_end(ap);
}

void cli_fail(const char *sentence, int err)
{
	cli_say("%s", *sentence ? sentence : shortage_reason(err));
}

int cli_check_record(const char *path)
{
	int err = outfile_check(path);

	if (err)
		cli_say("%s: %s", path, shortage_reason(err));
	return exit_status_for(err);
}

int cli_no_memory(void)
{
	cli_say("%s", shortage_reason(-ENOMEM));
	return EXIT_INTERNAL;
}

int cli_misuse(const char *command, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(*command ? command : NULL, fmt, ap);
	va_end(ap);
	fprintf(stderr, W(CLI_TRY), command, *command ? " " : "");
	return EXIT_MISUSE;
}

/* ---- which command ---------------------------------------------------------------------------- */

const struct cli_command *const *cli_commands(void)
{
	return commands;
}

const struct cli_command *cli_find_command(const char *name)
{
	const struct cli_command *const *c;

	for (c = commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static int unknown_command(const char *name)
{
	struct nearest near = { .typed = name };
	const struct cli_command *const *c;

	for (c = commands; *c; c++)
		nearest_offer(&near, (*c)->name);
	if (nearest_best(&near))
		return cli_misuse("", W(CLI_NO_COMMAND_NEAR), name, nearest_best(&near));
	return cli_misuse("", W(CLI_NO_COMMAND), name);
}

/* Is there a "--help" or "-h" before a "--"?  Every command has both, so no table lists them. */
static bool asks_for_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

/*
 * Descriptors 0, 1 and 2 are open, so that no file, and no pipe to the machine process, gets one
 * of these numbers.  A closed output stays one that cannot be written to.
 */
static void settle_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/*
 * libuv calls abort() when it gets no descriptor, and the kernel ends a process that has no stack left.
 * Return: EXIT_RIGHT, or another status after a sentence.
 */
static int check_limits(void)
{
	struct rlimit limit;

	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < DESCRIPTORS_MIN) {
		cli_say(W(CLI_DESCRIPTORS), (unsigned long)limit.rlim_cur, DESCRIPTORS_MIN);
		return EXIT_INTERNAL;
	}
	if (!getrlimit(RLIMIT_STACK, &limit) && limit.rlim_cur < STACK_KIB_MIN * 1024) {
		cli_say(W(CLI_STACK), (unsigned long)(limit.rlim_cur / 1024), STACK_KIB_MIN);
		return EXIT_INTERNAL;
	}
	return EXIT_RIGHT;
}

/* A closed pipe and a full disk are errors of a write, and are reported; input is read as it comes. */
static void settle_streams(void)
{
	settle_descriptors();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	setvbuf(stdin, NULL, _IONBF, 0);
}

/* Return: @code, or EXIT_MISSING if what was printed has not all arrived. */
static int settle_output(int code)
{
	int err = fflush(stdout) ? errno : 0;

	if (!err && !ferror(stdout))
		return code;
	/* an earlier write failed, and its errno is lost: the next one most likely fails for the same reason */
	if (!err && write(STDOUT_FILENO, "\n", 1) < 0)
		err = errno;
	cli_say(W(CLI_STDOUT), err ? strerror(err) : W(CLI_STDOUT_FAILED));
	return code <= EXIT_WRONG ? EXIT_MISSING : code;
}

static int run_command(int argc, char **argv)
{
	const struct cli_command *c;
	int code;

	words_table_keys(cli_table_key_exists);
	run_write_end = words_exit_report;
	code = cli_language(&argc, argv);
	if (code)
		return code;
	c = argc > 1 ? cli_find_command(argv[1]) : NULL;
	if (c && asks_for_help(argc - 1, argv + 1)) {
		cli_usage(stdout, c);
		return EXIT_RIGHT;
	}
	if (c)
		return c->main(argc - 1, argv + 1);
	if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return cmd_version.main(1, argv);
	if (argc > 1 && argv[1][0] != '-')	/* before --help: an unknown command has none */
		return unknown_command(argv[1]);
	if (asks_for_help(argc, argv)) {
		cli_usage_all(stdout);
		return EXIT_RIGHT;
	}
	return cmd_home.main(argc, argv);
}

int cli_main(int argc, char **argv)
{
	int code;

	settle_streams();
	code = check_limits();
	return code ? code : settle_output(run_command(argc, argv));
}
