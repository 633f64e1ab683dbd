/*
 * tests/support/suite_runner.c - see suite_runner.h.
 *
 * A report of the child is one line.  "run I AT" begins test I; AT is the size of
 * the output file then.  "ok I AT REASON_AT NANOSECONDS", "no ..." and "skip ..."
 * end it: the output lies before AT, the reasons for the outcome lie behind it,
 * up to REASON_AT.  "end" follows the last test.   Licence: MIT.
 */
#include "tests/support/suite_runner.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REPORT_FD 3			/* the child's end of its pipe */
#define OUTPUT_MAX (64 * 1024)		/* bytes kept of one test's output, for reports of sane size */

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* ---- the child: one suite ----------------------------------------------------------- */

static long long output_size(void)
{
	struct stat st;

	fflush(NULL);
	return fstat(STDOUT_FILENO, &st) == 0 ? (long long)st.st_size : 0;
}

/* CUnit keeps the failures of the last test run only. */
static void print_failures(void)
{
	const struct CU_FailureRecord *f;

	for (f = CU_get_failure_list(); f; f = f->pNext)
		printf("%s:%u: %s\n", f->strFileName ? f->strFileName : "?", f->uiLineNumber,
		       f->strCondition ? f->strCondition : "?");
}

/* Runs @t and prints the reasons of its outcome; return: the word to report. */
static const char *run_test(CU_pSuite into, const struct test_case *t, long long *at, int64_t *ns)
{
	CU_pTest test = CU_add_test(into, t->name, t->fn);
	uint64_t checks_before = checks_made();
	bool ran;

	*ns = now_ns();
	ran = test && CU_run_test(into, test) == CUE_SUCCESS;
	*ns = now_ns() - *ns;
	*at = output_size();
	if (!ran) {
		printf("CUnit: %s\n", CU_get_error_msg());
		return "no";
	}
	if (CU_get_number_of_failures()) {
		print_failures();
		return "no";
	}
	if (test_skip_reason()) {
		printf("%s\n", test_skip_reason());
		return "skip";
	}
	if (checks_made() == checks_before) {
		printf("no check was made, so this test cannot fail\n");
		return "no";
	}
	return "ok";
}

int suites_run_child(const struct suite *s, int from, const char *only)
{
	FILE *report = fdopen(REPORT_FD, "w");
	CU_pSuite into;

	if (!s || !s->tests || !report || CU_initialize_registry() != CUE_SUCCESS)
		return 4;
	fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC);
	into = CU_add_suite(s->name, NULL, NULL);
	for (int i = from; into && s->tests[i].name; i++) {
		long long at;
		int64_t ns;
		const char *word;

		if (only && strcmp(only, s->tests[i].name) != 0)
			continue;
		test_skip_forget();
		fprintf(report, "run %d %lld\n", i, output_size());
		fflush(report);
		word = run_test(into, &s->tests[i], &at, &ns);
		fprintf(report, "%s %d %lld %lld %lld\n", word, i, at, output_size(), (long long)ns);
		fflush(report);
	}
	fprintf(report, "end\n");
	fclose(report);
	CU_cleanup_registry();
	return 0;
}

/* ---- the parent ------------------------------------------------------------------------ */

struct job {
	const struct selection *what;
	pid_t pid;
	int fd;			/* reports come here */
	FILE *output;		/* of the suite's processes, stdout and stderr */
	char line[128];		/* an unfinished report */
	size_t line_len;
	int running;		/* the test that runs, -1 = none */
	int next;		/* where a new child would go on */
	long long begins_at;	/* where the output of the next result begins */
	int64_t began_ns, test_began_ns;
	bool ended;		/* "end" was reported */
	struct suite_result result;
};

static const char *program_path;
static int64_t limit_ns;
static struct report *report;

static _Noreturn void give_up(const char *call)
{
	fprintf(stderr, "kw-tests: %s: %s\n", call, strerror(errno));
	exit(4);
}

/* Bytes from..to of @f as a string, NULL if there are none; of a long output its beginning. */
static char *slice(FILE *f, long long from, long long to)
{
	static const char cut[] = "\n(the rest of the output is left out)\n";
	size_t n = to > from ? (size_t)(to - from) : 0, kept = n < OUTPUT_MAX ? n : OUTPUT_MAX;
	char *text;

	if (!n)
		return NULL;
	text = calloc(1, kept + sizeof(cut));
	if (!text)
		give_up("calloc");
	if (pread(fileno(f), text, kept, from) < 0)
		give_up("pread");
	for (size_t i = 0; i < kept; i++)
		if (!text[i])
			text[i] = ' ';	/* a NUL would end the string */
	if (kept < n)
		strcpy(text + kept, cut);
	return text;
}

static long long size_of(FILE *f)
{
	struct stat st;

	return fstat(fileno(f), &st) == 0 ? (long long)st.st_size : 0;
}

static void take_report(struct job *j, const char *line)
{
	static const struct {
		const char *word;
		enum test_outcome outcome;
	} ends[] = { { "ok", TEST_PASSED }, { "no", TEST_FAILED }, { "skip", TEST_SKIPPED } };
	const struct test_case *tests = j->what->suite->tests;
	long long at, reason_at, ns;
	char word[8];
	int i;

	if (!strcmp(line, "end")) {
		j->ended = true;
	} else if (sscanf(line, "run %d %lld", &i, &at) == 2) {
		j->running = i;
		j->next = i + 1;
		j->begins_at = at;
		j->test_began_ns = now_ns();
	} else if (sscanf(line, "%7s %d %lld %lld %lld", word, &i, &at, &reason_at, &ns) == 5) {
		for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++)
			if (!strcmp(word, ends[k].word))
				suite_result_add(&j->result, tests[i].name, ends[k].outcome, (double)ns * 1e-9,
						 slice(j->output, at, reason_at), slice(j->output, j->begins_at, at));
		j->begins_at = reason_at;
		j->running = -1;
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

static void child_exec(const struct job *j, int fd)
{
	char from[16];
	int output = fileno(j->output);

	setpgid(0, 0);	/* so that a hanging test's own children can be ended with it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* a runner that is killed leaves no test behind */
	snprintf(from, sizeof(from), "%d", j->next);
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0 ||
	    (fd != REPORT_FD && dup2(fd, REPORT_FD) < 0))
		_exit(4);
	fcntl(REPORT_FD, F_SETFD, 0);
	execl(program_path, program_path, "--child", j->what->suite->name, from, j->what->only, (char *)NULL);
	_exit(4);
}

static void start_child(struct job *j)
{
	int fds[2];

	if (pipe(fds) != 0)
		give_up("pipe");
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fflush(NULL);
	j->pid = fork();
	if (j->pid < 0)
		give_up("fork");
	if (j->pid == 0)
		child_exec(j, fds[1]);
	setpgid(j->pid, j->pid);
	close(fds[1]);
	j->fd = fds[0];
	j->line_len = 0;
	j->running = -1;
	j->ended = false;
	j->test_began_ns = now_ns();
}

/* False: a row of suites.def without its file, which is a failure at once. */
static bool job_start(struct job *j, const struct selection *what)
{
	*j = (struct job){ .what = what, .began_ns = now_ns(), .result.name = what->suite->name };
	if (!what->suite->tests) {
		suite_result_add(&j->result, NULL, TEST_DIED, 0,
				 strdup("listed in tests/suites.def, not linked in\n"), NULL);
		report_suite(report, &j->result);
		return false;
	}
	j->output = tmpfile();
	if (!j->output)
		give_up("tmpfile");
	fcntl(fileno(j->output), F_SETFL, O_APPEND | O_RDWR);
	start_child(j);
	return true;
}

static void job_end(struct job *j)
{
	j->result.seconds = (double)(now_ns() - j->began_ns) * 1e-9;
	report_suite(report, &j->result);
	fclose(j->output);
}

/* A result that no report of the child stands for. */
static void add_death(struct job *j, const char *test, const char *why)
{
	long long end = size_of(j->output);

	suite_result_add(&j->result, test, TEST_DIED, (double)(now_ns() - j->test_began_ns) * 1e-9, strdup(why),
			 slice(j->output, j->begins_at, end));
	j->begins_at = end;
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
		snprintf(why, sizeof(why), "no end after %.3g s\n", (double)limit_ns * 1e-9);
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "killed by signal %d (%s)\n", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "its process ended with status %d\n", WEXITSTATUS(status));
	if (j->ended || j->running < 0) {
		/* after the last test (a leak report, an exit handler), or between tests: it would happen again */
		add_death(j, NULL, why);
		return false;
	}
	add_death(j, j->what->suite->tests[j->running].name, why);
	if (j->what->only)
		return false;
	start_child(j);
	return true;
}

/* Suites that take the place of a CPU. */
static int nr_busy(const struct job *jobs, int running)
{
	int n = 0;

	for (int i = 0; i < running; i++)
		n += !jobs[i].what->suite->waits;
	return n;
}

void suites_run(const struct selection *v, size_t n, const char *program, int jobs_max, double limit_seconds,
		struct report *r)
{
	struct job jobs[SUITES_JOBS_MAX];
	struct pollfd polls[SUITES_JOBS_MAX];
	int running = 0;
	size_t next = 0;

	program_path = program;
	limit_ns = (int64_t)(limit_seconds * 1e9);
	report = r;
	while (running || next < n) {
		for (; nr_busy(jobs, running) < jobs_max && running < SUITES_JOBS_MAX && next < n; next++)
			running += job_start(&jobs[running], &v[next]);
		for (int i = 0; i < running; i++)
			polls[i] = (struct pollfd){ .fd = jobs[i].fd, .events = POLLIN };
		poll(polls, (nfds_t)running, 100);
		for (int i = running - 1; i >= 0; i--) {
			bool hung = now_ns() - jobs[i].test_began_ns > limit_ns;
			bool gone = polls[i].revents && !take_reports(&jobs[i]);

			if ((!gone && !hung) || job_child_gone(&jobs[i], hung && !gone))
				continue;
			job_end(&jobs[i]);
			jobs[i] = jobs[--running];
		}
	}
}
