/*
 * conform/campaign.c - runs shared out over processes, verdicts collected.
 *
 * Process j of n plays runs j, j + n, j + 2n, ...: no queue to share, and when one
 * dies it is known which run it was in: the one after its last report.
 *
 * Lives here:   fork, pipes, poll, and judging one run.
 * Never here:   threads of the parent, output for people.
 * Licence: MIT.
 */
#include "conform/campaign.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "conform/runner.h"
#include "model/invariant.h"
#include "trace/trace.h"

struct job {
	pid_t pid;
	int fd;			/* reports come here; -1 = done */
	uint64_t next;		/* the run it is in */
	size_t got;		/* bytes of the report being read */
	struct campaign_result res;
};

struct campaign {
	const struct campaign_file *files;
	size_t nr_files;
	uint64_t first, runs;
	unsigned int jobs;
	bool census;
	void (*done)(void *arg, const struct campaign_result *res);
	void *arg;
	struct job *job;
};

/* ---- one run ---------------------------------------------------------------------- */

static void judge(const struct facts *f, const struct record *r, struct campaign_result *res)
{
	struct strbuf text;
	struct klog log;
	size_t warning;

	strbuf_init(&text, res->text, sizeof(res->text));
	klog_read(&log, r);
	for (size_t i = 0; i < f->nr; i++) {
		STRBUF(seen, 400);
		enum fact_result verdict = fact_check(f, i, r, &log, &seen);

		res->fact[i] = (unsigned char)verdict;
		res->held += verdict == FACT_HOLDS;
		res->differ += verdict == FACT_DIFFERS;
		res->left_out += verdict == FACT_LEFT_OUT;
		res->failed += verdict == FACT_FAILS;
		if (verdict == FACT_FAILS || verdict == FACT_DIFFERS)
			strbuf_printf(&text, "%zu\t%s\n", i, seen.buf);
	}
	warning = facts_unspoken_warning(f, r);
	if (warning)
		snprintf(res->unspoken, sizeof(res->unspoken), "%.250s", r->log.v[warning - 1].text);
	klog_fini(&log);
}

/* Breaches of the run being judged; told only if the scenario did not misuse an item. */
struct breaches {
	unsigned int nr;
	struct invariant_breach first;
};

static void note_breach(void *arg, const struct invariant_breach *b)
{
	struct breaches *to = arg;

	if (!to->nr++)
		to->first = *b;
}

/* What each run needs and the next one may use again. */
static struct {
	bool open;
	struct trace trace;
	struct trace_store store;
	struct inv *inv;
} room;

static int room_open(void)
{
	if (!room.open) {
		int err = trace_open(&room.trace, -1, RUNNER_LOG_BYTES, 0);

		if (err)
			return err;
		room.open = true;
	}
	if (!room.inv)
		room.inv = invariant_open();
	trace_reset(&room.trace);
	return room.inv ? 0 : -ENOMEM;
}

/* One pass over the trace: facts are read and invariants checked on the same model. */
static int read_run(const struct kws *k, struct record *rec, struct breaches *breaches, char *err, size_t err_size)
{
	struct record_reader *rd = record_open(rec, k, &room.store);
	const struct invariant_breach *fault;
	uint64_t fault_n = 0, n;
	struct trace_event ev;
	int ret = 0;

	if (!rd)
		return -ENOMEM;
	invariant_begin(room.inv, &room.store, note_breach, breaches);
	for (n = 1; !ret && trace_store_event(&room.store, n, &ev); n++) {
		ret = invariant_step(room.inv, &ev);
		if (!ret && !record_ended(rd)) {
			record_event(rd, invariant_model(room.inv), &ev);
			fault_n = n;
		}
	}
	if (!ret && invariant_end(room.inv) < 0)
		ret = -ENOMEM;
	rec->no_memory |= ret != 0;
	fault = invariant_fault(room.inv);
	if (fault && fault->n <= fault_n)	/* what was read after it means nothing */
		return record_close(rd, fault->n, fault->text, err, err_size);
	return record_close(rd, 0, "", err, err_size);
}

static void judge_run(const struct campaign_file *file, struct campaign_result *res)
{
	struct breaches breaches = { .nr = 0 };
	struct record rec;

	res->err = read_run(file->k, &rec, &breaches, res->extra, sizeof(res->extra));
	if (res->err)
		return;
	judge(file->f, &rec, res);
	if (!rec.misuse && breaches.nr) {
		res->failed += breaches.nr;
		if (!res->extra[0])
			snprintf(res->extra, sizeof(res->extra), "%s does not hold at event %llu: %.180s",
				 breaches.first.id, (unsigned long long)breaches.first.n, breaches.first.text);
	}
	record_fini(&rec);
}

void campaign_one(const struct campaign_file *file, uint64_t seed, bool census, struct campaign_result *res)
{
	struct runner_opts opts = { .seed = seed, .census = census };

	res->seed = seed;
	if (file->f->nr > CAMPAIGN_FACTS_MAX) {
		res->err = -E2BIG;
		return;
	}
	res->err = room_open();
	if (!res->err)
		res->err = runner_run(file->k, &opts, &room.trace, res->extra, sizeof(res->extra));
	if (!res->err)
		res->err = trace_store_again(&room.store, &room.trace);
	if (!res->err)
		judge_run(file, res);
}

/* ---- the playing processes ----------------------------------------------------------- */

static bool write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static _Noreturn void play_runs(const struct campaign *c, uint64_t from, int fd)
{
	struct campaign_result *res = malloc(sizeof(*res));

	for (uint64_t i = from; res && i < c->runs; i += c->jobs) {
		memset(res, 0, sizeof(*res));
		res->file = i % c->nr_files;
		alarm(CAMPAIGN_SECONDS);
		campaign_one(&c->files[res->file], c->first + i / c->nr_files, c->census, res);
		alarm(0);
		if (!write_all(fd, res, sizeof(*res)))
			break;
	}
	_exit(0);
}

static int start_job(struct campaign *c, struct job *job)
{
	int fds[2];

	job->fd = -1;
	job->pid = 0;
	job->got = 0;
	if (job->next >= c->runs)
		return 0;
	if (pipe(fds))
		return -errno;
	job->pid = fork();
	if (job->pid < 0) {
		int err = -errno;

		close(fds[0]);
		close(fds[1]);
		return err;
	}
	if (job->pid == 0) {
		close(fds[0]);
		play_runs(c, job->next, fds[1]);
	}
	close(fds[1]);
	job->fd = fds[0];
	return 0;
}

/* The process is gone.  If it had runs left, the one it was in is lost: told, then on with the next. */
static int job_ended(struct campaign *c, struct job *job)
{
	int status = 0;

	close(job->fd);
	while (waitpid(job->pid, &status, 0) < 0 && errno == EINTR)
		;
	job->fd = -1;
	if (job->next >= c->runs)
		return 0;
	memset(&job->res, 0, sizeof(job->res));
	job->res.file = job->next % c->nr_files;
	job->res.seed = c->first + job->next / c->nr_files;
	job->res.err = -EIO;
	job->res.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	c->done(c->arg, &job->res);
	job->next += c->jobs;
	return start_job(c, job);
}

static int read_job(struct campaign *c, struct job *job)
{
	ssize_t n = read(job->fd, (char *)&job->res + job->got, sizeof(job->res) - job->got);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n == 0)
		return job_ended(c, job);
	job->got += (size_t)n;
	if (job->got == sizeof(job->res)) {
		job->got = 0;
		c->done(c->arg, &job->res);
		job->next += c->jobs;
	}
	return 0;
}

static int collect(struct campaign *c)
{
	for (;;) {
		struct pollfd fds[CAMPAIGN_JOBS_MAX];
		struct job *of[CAMPAIGN_JOBS_MAX];
		nfds_t n = 0;

		for (unsigned int j = 0; j < c->jobs; j++)
			if (c->job[j].fd >= 0) {
				of[n] = &c->job[j];
				fds[n++] = (struct pollfd){ .fd = c->job[j].fd, .events = POLLIN };
			}
		if (!n)
			return 0;
		if (poll(fds, n, -1) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		for (nfds_t i = 0; i < n; i++) {
			int err = fds[i].revents ? read_job(c, of[i]) : 0;

			if (err)
				return err;
		}
	}
}

int campaign_run(const struct campaign_file *files, size_t nr_files, uint64_t first, uint64_t nr, unsigned int jobs,
		 bool census, void (*done)(void *arg, const struct campaign_result *res), void *arg)
{
	struct campaign c = {
		.files = files, .nr_files = nr_files, .first = first, .runs = nr_files * nr, .jobs = jobs,
		.census = census, .done = done, .arg = arg,
	};
	int err = 0;

	if (!c.jobs || c.jobs > CAMPAIGN_JOBS_MAX)
		return -EINVAL;
	c.job = calloc(c.jobs, sizeof(*c.job));
	if (!c.job)
		return -ENOMEM;
	for (unsigned int j = 0; j < c.jobs; j++)
		c.job[j].fd = -1;
	for (unsigned int j = 0; j < c.jobs && !err; j++) {
		c.job[j].next = j;
		err = start_job(&c, &c.job[j]);
	}
	if (!err)
		err = collect(&c);
	for (unsigned int j = 0; j < c.jobs; j++)
		if (c.job[j].fd >= 0) {
			kill(c.job[j].pid, SIGKILL);
			close(c.job[j].fd);
			waitpid(c.job[j].pid, NULL, 0);
		}
	free(c.job);
	return err;
}
