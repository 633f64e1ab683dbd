/*
 * tests/main.c - runs the suites of suites.def, each in a process of its own.
 *
 *   kw-tests [--list] [--jobs N] [--verbose] [SUITE[.TEST]...]
 *
 * The parent starts one child a suite (this program again, so that nothing is
 * inherited) and reads one short line for each test from it.  A test that
 * crashes or hangs fails alone: the child is ended and a new one goes on with
 * the test after it.  What a suite printed is shown only if it failed.
 *
 * Lives here:   processes, time limits, counting, and what test.h offers to tests.
 * Never here:   a test.
 * Environment:  KW_SEED, KW_QUICK, KW_BINARY, KW_TEST_SECONDS (limit of one test, 120),
 *               KW_BATON (threads or stacks: what every machine runs on).
 * Licence: MIT.
 */
#include "tests/test.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "machine/machine.h"

#define JOBS_MAX 16
#define REPORT_FD 3	/* the child's end of its pipe */

static const struct suite {
	const char *name;
	const struct test_case *tests;
} suites[] = {
#define SUITE(name) { #name, suite_##name },
#include "tests/suites.def"
#undef SUITE
	{ NULL, NULL }
};

/* ---- what test.h offers --------------------------------------------------------- */

uint64_t seed_from_env(uint64_t def)
{
	const char *text = getenv("KW_SEED");

	return text && *text ? strtoull(text, NULL, 0) : def;
}

int test_rounds(int full, int quick)
{
	const char *text = getenv("KW_QUICK");

	return text && *text && strcmp(text, "0") != 0 ? quick : full;
}

const char *test_binary(void)
{
	const char *path = getenv("KW_BINARY");

	return path && *path ? path : "build/kworkshop";
}

void test_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("    ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	fflush(stdout);
}

static double now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

/* ---- the child: one suite ----------------------------------------------------------- */

/* CUnit keeps only the failures of the last test run: print them while they are there. */
static void print_failures(const char *suite, const char *test)
{
	const struct CU_FailureRecord *f;

	printf("  FAIL %s.%s\n", suite, test);
	for (f = CU_get_failure_list(); f; f = f->pNext)
		printf("    %s:%u: %s\n", f->strFileName ? f->strFileName : "?",
		       f->uiLineNumber, f->strCondition ? f->strCondition : "?");
	fflush(stdout);
}

static bool run_one(const char *suite, CU_pSuite into, const struct test_case *t)
{
	CU_pTest test = CU_add_test(into, t->name, t->fn);
	bool ok;

	if (!test || CU_run_test(into, test) != CUE_SUCCESS) {
		printf("  FAIL %s.%s\n    CUnit: %s\n", suite, t->name, CU_get_error_msg());
		return false;
	}
	ok = CU_get_number_of_failures() == 0;
	if (!ok)
		print_failures(suite, t->name);
	return ok;
}

/*
 * Tests @from.. of @s, of these @only (NULL: all).  Reports "run I", then
 * "ok I" or "no I", and "end" when it got there.
 */
static int run_suite(const struct suite *s, int from, const char *only)
{
	FILE *report = fdopen(REPORT_FD, "w");
	CU_pSuite into;
	int i;

	if (!report || CU_initialize_registry() != CUE_SUCCESS)
		return 4;
	fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC);
	into = CU_add_suite(s->name, NULL, NULL);
	for (i = from; into && s->tests[i].name; i++) {
		if (only && strcmp(only, s->tests[i].name) != 0)
			continue;
		fprintf(report, "run %d\n", i);
		fflush(report);
		fprintf(report, "%s %d\n", run_one(s->name, into, &s->tests[i]) ? "ok" : "no", i);
		fflush(report);
	}
	fprintf(report, "end\n");
	fclose(report);
	CU_cleanup_registry();
	return 0;
}

/* ---- the parent ------------------------------------------------------------------------ */

struct job {
	const struct suite *s;
	const char *only;	/* name of the one test to run, or NULL */
	pid_t pid;
	int fd;			/* reports come here */
	FILE *said;		/* what the suite printed */
	char line[128];		/* an unfinished report */
	size_t line_len;
	int at;		/* test that runs, -1 = none */
	int next;		/* where a new child would go on */
	double began, test_began;
	bool ended;		/* "end" was reported */
	int passed, failed;
	char failed_names[2048];	/* lines for repeating them */
};

static int total_passed, total_failed;
static double limit_seconds = 120;
static bool verbose;
static char self_path[4096];

static void note_failure(struct job *j, const char *test, const char *why)
{
	size_t used = strlen(j->failed_names);
	const char *seed = getenv("KW_SEED");

	j->failed++;
	if (why)
		fprintf(j->said, "  FAIL %s.%s\n    %s\n", j->s->name, test, why);
	snprintf(j->failed_names + used, sizeof(j->failed_names) - used,
		 "  again: make test T=%s.%s%s%s\n", j->s->name, test,
		 seed && *seed ? " SEED=" : "", seed ? seed : "");
}

static void take_report(struct job *j, const char *line)
{
	int i;

	if (sscanf(line, "run %d", &i) == 1) {
		j->at = i;
		j->next = i + 1;
		j->test_began = now_seconds();
	} else if (sscanf(line, "ok %d", &i) == 1) {
		j->passed++;
		j->at = -1;
	} else if (sscanf(line, "no %d", &i) == 1) {
		note_failure(j, j->s->tests[i].name, NULL);
		j->at = -1;
	} else if (strcmp(line, "end") == 0) {
		j->ended = true;
	}
}

/* False: the child has closed its end. */
static bool take_reports(struct job *j)
{
	char buf[512];
	ssize_t n = read(j->fd, buf, sizeof(buf)), i;

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	for (i = 0; i < n; i++) {
		if (buf[i] == '\n') {
			j->line[j->line_len] = '\0';
			take_report(j, j->line);
			j->line_len = 0;
		} else if (j->line_len + 1 < sizeof(j->line)) {
			j->line[j->line_len++] = buf[i];
		}
	}
	return n > 0;
}

static void child_exec(const struct job *j, int report)
{
	char from[16];
	int said = fileno(j->said);

	setpgid(0, 0);	/* so that a hanging test's own children can be ended with it */
	snprintf(from, sizeof(from), "%d", j->next);
	if (dup2(said, STDOUT_FILENO) < 0 || dup2(said, STDERR_FILENO) < 0 ||
	    (report != REPORT_FD && dup2(report, REPORT_FD) < 0))
		_exit(4);
	fcntl(REPORT_FD, F_SETFD, 0);
	execl(self_path, self_path, "--child", j->s->name, from, j->only, (char *)NULL);
	_exit(4);
}

static void start_child(struct job *j)
{
	int fds[2];

	if (pipe(fds) != 0) {
		perror("kw-tests: pipe");
		exit(4);
	}
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fflush(NULL);
	j->pid = fork();
	if (j->pid < 0) {
		perror("kw-tests: fork");
		exit(4);
	}
	if (j->pid == 0)
		child_exec(j, fds[1]);
	setpgid(j->pid, j->pid);
	close(fds[1]);
	j->fd = fds[0];
	j->line_len = 0;
	j->at = -1;
	j->ended = false;
	j->test_began = now_seconds();
}

/* A row of suites.def without its file must be seen, not skipped. */
static bool linked_in(const struct suite *s)
{
	if (s->tests)
		return true;
	printf("FAIL %-28s listed in tests/suites.def, not linked in\n", s->name);
	total_failed++;
	return false;
}

static void job_start(struct job *j, const struct suite *s, const char *only)
{
	memset(j, 0, sizeof(*j));
	j->s = s;
	j->only = only;
	j->said = tmpfile();
	if (!j->said) {
		perror("kw-tests: tmpfile");
		exit(4);
	}
	fcntl(fileno(j->said), F_SETFL, O_APPEND | O_RDWR);
	j->began = now_seconds();
	start_child(j);
}

static void copy_out(FILE *from)
{
	char buf[4096];
	size_t n;

	rewind(from);
	while ((n = fread(buf, 1, sizeof(buf), from)) > 0)
		fwrite(buf, 1, n, stdout);
}

static void job_print(struct job *j)
{
	printf("%-4s %-28s %3d passed", j->failed ? "FAIL" : "ok", j->s->name, j->passed);
	if (j->failed)
		printf(", %d failed", j->failed);
	printf("  (%.1f s)\n", now_seconds() - j->began);
	fflush(j->said);
	if (j->failed || verbose)
		copy_out(j->said);
	fputs(j->failed_names, stdout);
	fflush(stdout);
	fclose(j->said);
	total_passed += j->passed;
	total_failed += j->failed;
}

/* The child is gone.  True: the suite goes on in a new one. */
static bool job_child_gone(struct job *j, bool hung)
{
	char why[128];
	int status = 0;

	kill(-j->pid, SIGKILL);
	while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(j->fd);
	if (j->ended && status == 0)
		return false;
	if (hung)
		snprintf(why, sizeof(why), "no end after %.0f s", limit_seconds);
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "its process ended with status %d", WEXITSTATUS(status));
	if (j->ended) {		/* after the last test: a leak report, an exit handler */
		note_failure(j, "exit", why);
		return false;
	}
	if (j->at < 0) {	/* between tests: it would only happen again */
		note_failure(j, "start", why);
		return false;
	}
	fflush(j->said);
	note_failure(j, j->s->tests[j->at].name, why);
	fflush(j->said);
	if (j->only)
		return false;
	start_child(j);
	return true;
}

/* ---- which tests, and in which order ------------------------------------------------------ */

struct wish {
	const struct suite *s;
	const char *only;
};

static const struct suite *find_suite(const char *name, size_t len)
{
	const struct suite *s;

	for (s = suites; s->name; s++)
		if (strlen(s->name) == len && strncmp(s->name, name, len) == 0)
			return s;
	return NULL;
}

static const char *find_test(const struct suite *s, const char *name)
{
	const struct test_case *t;

	for (t = s->tests; t && t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t->name;
	return NULL;
}

static bool wish_parse(struct wish *w, const char *text)
{
	const char *dot = strchr(text, '.');

	w->s = find_suite(text, dot ? (size_t)(dot - text) : strlen(text));
	w->only = NULL;
	if (w->s && dot)
		w->only = find_test(w->s, dot + 1);
	if (w->s && (!dot || w->only))
		return true;
	fprintf(stderr, "kw-tests: no test called \"%s\" (--list names them)\n", text);
	return false;
}

static void list_tests(void)
{
	const struct suite *s;
	const struct test_case *t;

	for (s = suites; s->name; s++)
		for (t = s->tests; t && t->name; t++)
			printf("%s.%s\n", s->name, t->name);
}

/* Keeps @jobs_max children busy until every wish is done. */
static void run_all(const struct wish *wishes, int nr, int jobs_max)
{
	struct job jobs[JOBS_MAX];
	struct pollfd polls[JOBS_MAX];
	int running = 0, next = 0, i;

	while (running || next < nr) {
		while (running < jobs_max && next < nr) {
			if (linked_in(wishes[next].s))
				job_start(&jobs[running++], wishes[next].s, wishes[next].only);
			next++;
		}
		for (i = 0; i < running; i++)
			polls[i] = (struct pollfd){ .fd = jobs[i].fd, .events = POLLIN };
		poll(polls, (nfds_t)running, 500);
		for (i = running - 1; i >= 0; i--) {
			bool hung = now_seconds() - jobs[i].test_began > limit_seconds;
			bool gone = polls[i].revents && !take_reports(&jobs[i]);

			if ((!gone && !hung) || job_child_gone(&jobs[i], hung && !gone))
				continue;
			job_print(&jobs[i]);
			jobs[i] = jobs[--running];
		}
	}
}

static int usage(void)
{
	fprintf(stderr, "usage: kw-tests [--list] [--jobs N] [--verbose] [SUITE[.TEST]...]\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct wish wishes[512];
	const char *text = getenv("KW_TEST_SECONDS");
	int nr = 0, jobs = 2, i;

	(void)machine_baton_wish(getenv("KW_BATON"));
	if (argc == 2 && strcmp(argv[1], "--machine-process") == 0)
		return fault_machine_process(argc, argv);
	if (argc >= 4 && strcmp(argv[1], "--child") == 0)
		return run_suite(find_suite(argv[2], strlen(argv[2])), atoi(argv[3]),
				 argc > 4 ? argv[4] : NULL);
	/* the settings of the person at this computer do not count */
	setenv("KWORKSHOP_CONFIG_DIR", "/proc/no-folder", 1);
	unsetenv("KWORKSHOP_ID");
	if (readlink("/proc/self/exe", self_path, sizeof(self_path) - 1) < 0)
		return 4;
	if (text && atof(text) > 0)
		limit_seconds = atof(text);
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--list") == 0) {
			list_tests();
			return 0;
		} else if (strcmp(argv[i], "--verbose") == 0) {
			verbose = true;
		} else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc) {
			jobs = atoi(argv[++i]);
		} else if (argv[i][0] == '-' || nr == 512) {
			return usage();
		} else if (!wish_parse(&wishes[nr++], argv[i])) {
			return 2;
		}
	}
	if (jobs < 1 || jobs > JOBS_MAX)
		return usage();
	if (!nr)
		for (i = 0; suites[i].name && nr < 512; i++)
			wishes[nr++] = (struct wish){ &suites[i], NULL };
	run_all(wishes, nr, jobs);
	printf("%d passed, %d failed\n", total_passed, total_failed);
	return total_failed ? 1 : 0;
}
