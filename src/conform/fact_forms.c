/*
 * conform/fact_forms.c - the forms of facts: the grammar of each, and its check.
 *
 * One function per form.  It parses its whole text first (need(), word(), number()...),
 * returns there if there is no record (only the form is checked), and then looks at the
 * record.
 *
 * Lives here:   the forms.
 * Never here:   forms that count (fact_numbers.c), files (facts.c), producing facts (facts_print.c).
 * Licence: MIT.
 */
#include "conform/fact_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/time.h"

/* ---- the outcome -------------------------------------------------------------------------- */

/* A file that lists unfinished items lists all of them; an actor may end or not, as the last step's time decides. */
static bool all_unfinished_listed(struct fact_form *c)
{
	bool any = false;

	for (size_t i = 0; i < c->f->nr; i++)
		any |= !strncmp(c->f->v[i].text, "unfinished ", 11);
	for (unsigned int d = 0; any && d < c->k->nr_decls; d++) {
		const char *name = c->k->decls[d].name;
		size_t n = strlen(name);
		bool listed = !c->r->busy[d];

		for (size_t i = 0; i < c->f->nr && !listed; i++)
			listed = !strncmp(c->f->v[i].text, "unfinished ", 11) &&
				 !strncmp(c->f->v[i].text + 11, name, n) && c->f->v[i].text[11 + n] == ' ';
		if (!listed) {
			strbuf_printf(c->seen, "timeout; %s is unfinished too", name);
			return false;
		}
	}
	return true;
}

static enum fact_result form_outcome(struct fact_form *c)
{
	bool timeout = lit(c, "timeout");

	MUST(timeout || lit(c, "ok"), "the outcome is ok or timeout");
	ENDS;
	if (timeout != c->r->timeout) {
		strbuf_puts(c->seen, c->r->timeout ? "timeout; unfinished:" : "ok");
		for (unsigned int i = 0; c->r->timeout && i < c->k->nr_decls; i++)
			if (c->r->unfinished[i])
				strbuf_printf(c->seen, " %s busy=%d", c->k->decls[i].name, c->r->busy[i]);
		return FACT_FAILS;
	}
	return verdict(all_unfinished_listed(c));
}

static enum fact_result form_unfinished(struct fact_form *c)
{
	int w = name(c);
	int64_t busy;

	MUST(w >= 0 && (kws_is_item(c->k->decls[w].kind) || c->k->decls[w].kind == KWS_ACTOR) && lit(c, " busy=") &&
	     number(c, &busy), "unfinished W busy=N, or unfinished ACTOR busy=0");
	ENDS;
	strbuf_printf(c->seen, c->r->unfinished[w] ? "busy=%d" : "it has ended", c->r->busy[w]);
	return verdict(c->r->timeout && c->r->unfinished[w] && c->r->busy[w] == busy);
}

static enum fact_result form_runs(struct fact_form *c)
{
	int w = name(c);
	int64_t n;

	MUST(w >= 0 && (kws_is_item(c->k->decls[w].kind) || kws_is_handler(c->k->decls[w].kind)) && lit(c, " = ") &&
	     number(c, &n), "runs W = N");
	ENDS;
	strbuf_printf(c->seen, "%u", record_runs_of(c->r, w));
	return verdict(record_runs_of(c->r, w) == n);
}

/* ---- calls --------------------------------------------------------------------------------- */

static const struct rec_call *find_call(struct fact_form *c, struct rec_who w, const char *text, unsigned int nth)
{
	const struct rec_call *call = record_nth_call(c->r, w, text, nth);

	if (!call)
		strbuf_puts(c->seen, "there was no such call");
	return call;
}

static enum fact_result form_ret(struct fact_form *c)
{
	const struct rec_call *call;
	const char *text;
	unsigned int nth;
	struct rec_who w;
	int64_t value;

	MUST(who(c, &w) && lit(c, " ") && step(c, ' ', &text, &nth) && lit(c, " = ") && number(c, &value),
	     "ret WHO STEP [@n] = V");
	ENDS;
	call = find_call(c, w, text, nth);
	if (!call)
		return FACT_FAILS;
	if (!call->ret.n || !call->has_value)
		strbuf_puts(c->seen, call->ret.n ? "it returned nothing" : "it did not return");
	else
		strbuf_printf(c->seen, "%lld", (long long)call->value);
	return verdict(call->ret.n && call->has_value && call->value == value);
}

static enum fact_result form_called_in(struct fact_form *c)
{
	const struct rec_call *call;
	const char *text;
	unsigned int nth;
	struct rec_who w;
	bool soft = false;

	MUST(who(c, &w) && lit(c, " ") && step(c, ' ', &text, &nth) && (lit(c, " hardirq") || (soft = lit(c, " softirq"))),
	     "called_in WHO STEP [@n] hardirq|softirq");
	ENDS;
	call = find_call(c, w, text, nth);
	if (call)
		strbuf_printf(c->seen, "called in a %s", call->hardirq ? "hardirq" : call->softirq ? "softirq" : "task");
	return verdict(call && (soft ? call->softirq : call->hardirq));
}

static enum fact_result check_time(struct fact_form *c, int64_t seen_ns, int64_t want_ms, int64_t when_ns,
				   int64_t tolerance)
{
	int64_t off = seen_ns - want_ms * 1000000;

	strbuf_printf(c->seen, "%.3f ms", (double)seen_ns / 1e6);
	if (off <= tolerance && off >= -tolerance)
		return FACT_HOLDS;
	return when_ns > c->f->shared_from_ns ? FACT_LEFT_OUT : FACT_FAILS;
}

static enum fact_result form_elapsed(struct fact_form *c)
{
	const struct rec_call *call;
	const char *text;
	unsigned int nth;
	struct rec_who w;
	int64_t ms;

	MUST(who(c, &w) && lit(c, " ") && step(c, ' ', &text, &nth) && lit(c, " = ") && number(c, &ms) && lit(c, " ms"),
	     "elapsed WHO STEP [@n] = T ms");
	ENDS;
	call = find_call(c, w, text, nth);
	if (!call || !call->ret.n) {
		if (call)
			strbuf_puts(c->seen, "it did not return");
		return FACT_FAILS;
	}
	return check_time(c, call->ret.ns - call->call.ns, ms, call->ret.ns, FACT_TOLERANCE_NS);
}

/* ---- where a run was ------------------------------------------------------------------------- */

static enum fact_result form_executor(struct fact_form *c)
{
	const struct rec_run *run;
	unsigned int allowed = 0;
	struct rec_who w;

	MUST(run_name(c, &w) && lit(c, " = "), "executor W#k = KIND");
	do {
		int kind = EXEC_NR;
		size_t n = strcspn(c->p, ",");

		while (kind-- > 0)
			if (strlen(rec_exec_names[kind]) == n && !strncmp(rec_exec_names[kind], c->p, n))
				break;
		MUST(kind >= 0, "an executor is percpu, highpri, unbound, unbound-highpri, rescuer or bh");
		allowed |= 1u << kind;
		c->p += n;
	} while (lit(c, ", "));
	ENDS;
	run = find_run(c, w);
	if (run)
		strbuf_puts(c->seen, rec_exec_names[run->exec]);
	return verdict(run && (allowed & (1u << run->exec)));
}

static enum fact_result form_ran(struct fact_form *c)
{
	const struct rec_run *run;
	struct rec_who w;
	int64_t cpu = 0, pool = 0;
	bool away;

	MUST(run_name(c, &w) && lit(c, " cpu"), "ran W#k cpu=N or ran W#k cpu!=N pool_cpu=N");
	away = lit(c, "!");
	MUST(lit(c, "=") && number(c, &cpu) && (!away || (lit(c, " pool_cpu=") && number(c, &pool))),
	     "ran W#k cpu=N or ran W#k cpu!=N pool_cpu=N");
	ENDS;
	run = find_run(c, w);
	if (!run)
		return FACT_FAILS;
	strbuf_printf(c->seen, "cpu=%d pool_cpu=%d", run->cpu_start, run->pool_cpu);
	if (away)
		return verdict(run->cpu_start != cpu && run->pool_cpu == pool);
	return verdict(run->cpu_start == cpu);
}

static enum fact_result form_moved(struct fact_form *c)
{
	const struct rec_run *run;
	struct rec_who w;
	int64_t cpu;

	MUST(run_name(c, &w) && lit(c, " off cpu") && number(c, &cpu), "moved W#k off cpuN");
	ENDS;
	run = find_run(c, w);
	if (run)
		strbuf_printf(c->seen, "from %d to %d", run->cpu_start, run->end.n ? run->cpu_end : run->cpu_start);
	return verdict(run && run->cpu_start == cpu && run->end.n && run->cpu_end != cpu);
}

static enum fact_result form_allowed(struct fact_form *c)
{
	const struct rec_run *run;
	struct rec_who w;
	char list[200];

	MUST(run_name(c, &w) && lit(c, " cpus=") && *c->p && strspn(c->p, "0123456789,-") == strlen(c->p),
	     "allowed W#k cpus=LIST");
	if (!c->r)
		return FACT_HOLDS;
	run = find_run(c, w);
	if (!run || !run->has_allowed)
		return FACT_FAILS;
	cpumask_list(run->allowed, list, sizeof(list));
	strbuf_puts(c->seen, list);
	return verdict(!strcmp(list, c->p));
}

static enum fact_result form_nice(struct fact_form *c)
{
	const struct rec_run *run;
	struct rec_who w;
	int64_t nice;

	MUST(run_name(c, &w) && lit(c, " = ") && number(c, &nice), "nice W#k = N");
	ENDS;
	run = find_run(c, w);
	if (run)
		strbuf_printf(c->seen, "%d", run->nice);
	return verdict(run && run->has_allowed && run->nice == nice);
}

/* ---- two runs ---------------------------------------------------------------------------------- */

static bool two_runs(struct fact_form *c, struct rec_who *a, struct rec_who *b)
{
	return run_name(c, a) && lit(c, " ") && run_name(c, b);
}

static bool find_two(struct fact_form *c, struct rec_who a, struct rec_who b, const struct rec_run **ra,
		     const struct rec_run **rb)
{
	*ra = find_run(c, a);
	*rb = *ra ? find_run(c, b) : NULL;
	return *ra && *rb;
}

#define TWO_RUNS(what)                                 \
	const struct rec_run *ra, *rb;                 \
	struct rec_who a, b;                           \
	MUST(two_runs(c, &a, &b), what);               \
	ENDS;                                          \
	if (!find_two(c, a, b, &ra, &rb))              \
		return FACT_FAILS

static enum fact_result form_same_pool(struct fact_form *c)
{
	TWO_RUNS("same_pool A B");
	strbuf_printf(c->seen, "pools %u and %u", ra->pool, rb->pool);
	return verdict(ra->pool == rb->pool);
}

static enum fact_result form_distinct_pool(struct fact_form *c)
{
	TWO_RUNS("distinct_pool A B");
	strbuf_printf(c->seen, "both pool %u", ra->pool);
	return verdict(ra->pool != rb->pool);
}

static enum fact_result form_same_worker(struct fact_form *c)
{
	TWO_RUNS("same_worker A B");
	strbuf_printf(c->seen, "workers %u and %u", ra->worker, rb->worker);
	return verdict(ra->worker == rb->worker);
}

static enum fact_result form_distinct_workers(struct fact_form *c)
{
	TWO_RUNS("distinct_workers A B");
	strbuf_printf(c->seen, "both worker %u", ra->worker);
	return verdict(ra->worker != rb->worker);
}

static enum fact_result form_seq(struct fact_form *c)
{
	TWO_RUNS("seq A B");
	strbuf_printf(c->seen, "the first ended at %.3f ms, the second began at %.3f ms",
		      (double)ra->end.ns / 1e6, (double)rb->start.ns / 1e6);
	return verdict(rec_before(ra->end, rb->start) || ra->end.ns - rb->start.ns < c->f->slack_ns);
}

static enum fact_result form_overlap(struct fact_form *c)
{
	TWO_RUNS("overlap A B");
	strbuf_printf(c->seen, "together for %s", time_text_ms((uint64_t)record_overlap(ra, rb)).text);
	return verdict(record_overlap(ra, rb) >= FACT_OVERLAP_NS);
}

static enum fact_result form_cpu_shared(struct fact_form *c)
{
	int64_t cpu;

	MUST(lit(c, "cpu=") && number(c, &cpu) && lit(c, " "), "cpu_shared cpu=C A B");
	TWO_RUNS("cpu_shared cpu=C A B");
	strbuf_printf(c->seen, "on %d and %d, together for %s", ra->cpu_start, rb->cpu_start,
		      time_text_ms((uint64_t)record_overlap(ra, rb)).text);
	return verdict(ra->cpu_start == cpu && rb->cpu_start == cpu &&
			    record_overlap(ra, rb) >= FACT_OVERLAP_NS);
}

/* ---- orders ---------------------------------------------------------------------------------------- */

/* "start(w0#1)", "end(w0#1)", "ret(a0 flush:w0 @2)" */
bool fact_point(struct fact_form *c, struct rec_point *out)
{
	bool start = lit(c, "start("), end = !start && lit(c, "end(");
	const char *text;
	unsigned int nth;
	struct rec_who w;

	memset(out, 0, sizeof(*out));
	if (start || end) {
		const struct rec_run *run;

		if (!run_name(c, &w) || !lit(c, ")"))
			return false;
		run = c->r ? record_run(c->r, w.decl, w.k) : NULL;
		if (run)
			*out = start ? run->start : run->end;
		return true;
	}
	if (!lit(c, "ret(") || !who(c, &w) || !lit(c, " ") || !step(c, ')', &text, &nth) || !lit(c, ")"))
		return false;
	if (c->r) {
		const struct rec_call *call = record_nth_call(c->r, w, text, nth);

		if (call)
			*out = call->ret;
	}
	return true;
}

static bool start_point(struct fact_form *c, struct rec_point *out)
{
	const struct rec_run *run;
	struct rec_who w;

	memset(out, 0, sizeof(*out));
	if (!run_name(c, &w))
		return false;
	run = c->r ? record_run(c->r, w.decl, w.k) : NULL;
	if (run)
		*out = run->start;
	return true;
}

/*
 * Ordered groups, without an order inside braces: "A {B C} D" or "a < {b, c} < d".
 * Each point of a group comes before each point of the next group.
 */
static enum fact_result check_groups(struct fact_form *c, const char *between, const char *within,
				     bool (*point)(struct fact_form *c, struct rec_point *out))
{
	struct rec_point last = { 0, 0 }, latest = { 0, 0 }, p;
	enum fact_result result = FACT_HOLDS;

	do {
		bool group = lit(c, "{");

		do {
			const char *from = c->p;

			MUST(point(c, &p), "no such point");
			if (!c->r || result != FACT_HOLDS)
				continue;
			if (!p.n || (last.n && !rec_before(last, p))) {
				strbuf_printf(c->seen, "%.*s %s", (int)(c->p - from), from,
					      p.n ? "came too early, at" : "never came");
				if (p.n)
					strbuf_printf(c->seen, " %.3f ms (before it: %.3f ms)",
						      (double)p.ns / 1e6, (double)last.ns / 1e6);
				result = FACT_FAILS;
			}
			if (!latest.n || rec_before(latest, p))
				latest = p;
		} while (group && lit(c, within));
		MUST(!group || lit(c, "}"), "a brace is not closed");
		last = latest;
	} while (lit(c, between));
	MUST(at_end(c), "unexpected text at the end of this fact");
	return result;
}

static enum fact_result form_order(struct fact_form *c)
{
	return check_groups(c, " ", " ", start_point);
}

static enum fact_result form_timeline(struct fact_form *c)
{
	return check_groups(c, " < ", ", ", fact_point);
}

/*
 * Tolerance of a lockup's time.  The watchdog checks every watchdog_thresh seconds; each
 * check may be up to 64 jiffies late (the granularity of the timer wheel for a second
 * and more), and the delays add up.
 */
static int64_t looks_late(const struct kws *k, int64_t ms)
{
	long thresh = 1;
	int64_t jiffy_ns = k->kernel == KERNEL_DEBIAN ? 4000000 : 1000000;

	for (unsigned int i = 0; i < k->nr_steps; i++)
		if (k->steps[i].op == OP_WQ_PARAM && !strcmp(k->steps[i].arg[0].text, "watchdog_thresh") &&
		    atol(k->steps[i].arg[1].text) > 0)
			thresh = atol(k->steps[i].arg[1].text);
	return FACT_TOLERANCE_NS + (ms / (thresh * 1000) + 1) * 64 * jiffy_ns;
}

static enum fact_result form_at(struct fact_form *c)
{
	struct rec_point p;
	const char *lockup = c->p;
	int64_t n = 0, ms;
	bool is_lockup = lit(c, "lockup @");

	memset(&p, 0, sizeof(p));
	MUST((is_lockup ? number(c, &n) : fact_point(c, &p)) && lit(c, " = ") && number(c, &ms) && lit(c, " ms"),
	     "at EVENT = T ms");
	ENDS;
	for (size_t i = 0; is_lockup && i < c->log->nr; i++) {
		size_t len = (size_t)(strstr(lockup, " = ") - lockup);

		if (!strncmp(c->log->v[i].text, lockup, len) && c->log->v[i].text[len] == ' ')
			p = c->log->v[i].at;
	}
	if (!p.n) {
		strbuf_puts(c->seen, "it never came");
		return FACT_FAILS;
	}
	return check_time(c, p.ns, ms, p.ns, is_lockup ? looks_late(c->k, ms) : FACT_TOLERANCE_NS);
}

/* ---- pools of many runs ------------------------------------------------------------------------------ */

static enum fact_result form_pools(struct fact_form *c)
{
	uint32_t seen[KWS_DECLS_MAX], pool;
	unsigned int nr = 0;
	bool holds = true;

	do {
		bool first = true;

		MUST(lit(c, "{") && nr < KWS_DECLS_MAX, "pools {A B} {C}");
		do {
			const struct rec_run *run;
			struct rec_who w;

			MUST(run_name(c, &w), "pools {A B} {C}");
			run = c->r && holds ? find_run(c, w) : NULL;
			if (!run) {
				holds = holds && !c->r;
				continue;
			}
			pool = run->pool;
			for (unsigned int i = 0; first && i < nr; i++)
				holds &= seen[i] != pool;	/* another group has that pool */
			if (first)
				seen[nr++] = pool;
			else
				holds &= seen[nr - 1] == pool;
			first = false;
			if (!holds)
				strbuf_printf(c->seen, "%s#%u in pool %u", c->k->decls[w.decl].name, w.k, pool);
		} while (lit(c, " "));
		MUST(lit(c, "}"), "pools {A B} {C}");
	} while (lit(c, " "));
	MUST(at_end(c), "unexpected text at the end of this fact");
	return verdict(holds);
}

/* ---- the kernel log ------------------------------------------------------------------------------ */

/* For lock reports only the kind is compared: ours is a single line. */
static bool same_lock_report(const struct kws *k, const char *line, const char *want)
{
	return k->kernel == KERNEL_LOCKDEP && klog_is_lock_report(line) &&
	       (!strncmp(line, want, strlen(want)) || !strcmp(want, "*** DEADLOCK ***"));
}

static enum fact_result form_kernel_log(struct fact_form *c)
{
	STRBUF(want, 512);
	const char *near = "nothing like it";
	STRBUF(line, 512);

	MUST(*c->p, "kernel_log TEXT");
	if (!c->r)
		return FACT_HOLDS;
	klog_normal(c->p, &want);
	for (size_t i = 0; i < c->r->log.nr; i++) {
		line.len = 0;
		klog_normal(c->r->log.v[i].text, &line);
		if (!strcmp(line.buf, want.buf) || same_lock_report(c->k, line.buf, want.buf))
			return FACT_HOLDS;
		if (!strncmp(line.buf, want.buf, 12))
			near = c->r->log.v[i].text;
	}
	strbuf_puts(c->seen, near);
	return FACT_FAILS;
}

/* Facts from klog_read(): exactly this line must be among them. */
static enum fact_result form_said(struct fact_form *c)
{
	const char *near = NULL;
	size_t alike = 0;

	MUST(*c->p, "something must follow");
	if (!c->r)
		return FACT_HOLDS;
	for (size_t i = 0; i < c->log->nr; i++) {
		const char *text = c->log->v[i].text;
		size_t n = 0;

		if (!strcmp(text, c->whole))
			return FACT_HOLDS;
		while (text[n] && text[n] == c->whole[n])
			n++;
		if (n > alike) {
			alike = n;
			near = text;
		}
	}
	strbuf_puts(c->seen, near ? near : "nothing of the kind");
	return verdict(false);
}

static enum fact_result form_lockups(struct fact_form *c)
{
	int64_t n;

	MUST(lit(c, "= ") && number(c, &n), "lockups = N");
	ENDS;
	strbuf_printf(c->seen, "%u", c->log->lockups);
	return verdict(c->log->lockups == n);
}

static enum fact_result form_sysfs(struct fact_form *c)
{
	struct rec_who w;
	int64_t i;

	MUST(who(c, &w) && lit(c, " @") && number(c, &i) && i > 0 && lit(c, " ") && strstr(c->p, " = "),
	     "sysfs WHO @i Q:FILE = TEXT");
	if (!c->r)
		return FACT_HOLDS;
	if ((size_t)i > c->r->sysfs.nr) {
		strbuf_puts(c->seen, "there was no such reading");
		return FACT_FAILS;
	}
	strbuf_puts(c->seen, c->r->sysfs.v[i - 1].text);
	return verdict(c->r->sysfs.v[i - 1].who.decl == w.decl && c->r->sysfs.v[i - 1].who.k == w.k &&
		       !strcmp(c->r->sysfs.v[i - 1].text, c->p));
}

/* ---- the table ------------------------------------------------------------------------------------------ */

static const struct {
	const char *words;
	enum fact_result (*check)(struct fact_form *c);
} rows[] = {
	{ "outcome ", form_outcome }, { "unfinished ", form_unfinished }, { "runs ", form_runs },
	{ "ret ", form_ret }, { "called_in ", form_called_in }, { "executor ", form_executor },
	{ "ran ", form_ran }, { "moved ", form_moved }, { "allowed ", form_allowed }, { "nice ", form_nice },
	{ "same_pool ", form_same_pool }, { "distinct_pool ", form_distinct_pool }, { "pools ", form_pools },
	{ "same_worker ", form_same_worker }, { "distinct_workers ", form_distinct_workers },
	{ "seq ", form_seq }, { "overlap ", form_overlap }, { "cpu_shared ", form_cpu_shared },
	{ "max_concurrency ", fact_form_max_concurrency }, { "reentered ", fact_form_reentered },
	{ "census ", fact_form_census }, { "new_workers ", fact_form_new_workers },
	{ "order start: ", form_order }, { "timeline: ", form_timeline }, { "at ", form_at },
	{ "elapsed ", form_elapsed }, { "kernel_log ", form_kernel_log }, { "lockdep ", form_said },
	{ "lockups ", form_lockups }, { "lockup @", form_said }, { "report @", form_said },
	{ "sysfs ", form_sysfs }, { "counter ", fact_form_counter }, { "thread ", fact_form_thread },
};

enum fact_result fact_judge(struct fact_form *c)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (lit(c, rows[i].words))
			return rows[i].check(c);
	return malformed(c, "there is no such form of fact");
}
