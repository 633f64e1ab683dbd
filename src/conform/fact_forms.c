/*
 * conform/fact_forms.c - every form of a fact: its grammar, and the check of it.
 *
 * One function per form.  It parses its whole text first (need(), word(), number()...),
 * returns there if there is no record (only the form is checked), and then looks at the
 * record.
 *
 * Lives here:   the forms.
 * Never here:   files (facts.c), producing facts (facts_print.c).
 * Licence: MIT.
 */
#include "conform/facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/time.h"

/* ---- reading --------------------------------------------------------------------------- */

static bool lit(struct fact_form *c, const char *text)
{
	size_t n = strlen(text);

	if (strncmp(c->p, text, n))
		return false;
	c->p += n;
	return true;
}

static bool number(struct fact_form *c, int64_t *out)
{
	char *end;
	const char *p = c->p + (*c->p == '-');

	if (*p < '0' || *p > '9' || strlen(c->p) > 4000)
		return false;
	*out = strtoll(c->p, &end, 10);
	c->p = end;
	return true;
}

static bool at_end(const struct fact_form *c)
{
	return !*c->p;
}

static bool name_letter(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') || ch == '_';
}

/* Parses a declared name.  Return: its index, or -1. */
static int name(struct fact_form *c)
{
	char buf[KWS_NAME_MAX + 1];
	size_t n = 0;
	int i;

	while (name_letter(c->p[n]))
		n++;
	if (!n || n > KWS_NAME_MAX)
		return -1;
	memcpy(buf, c->p, n);
	buf[n] = '\0';
	i = kws_find(c->k, buf);
	if (i >= 0)
		c->p += n;
	return i;
}

static int item(struct fact_form *c)
{
	int i = name(c);

	return i >= 0 && kws_is_item(c->k->decls[i].kind) ? i : -1;
}

static int queue(struct fact_form *c)
{
	int i = name(c);

	return i >= 0 && c->k->decls[i].kind == KWS_WQ ? i : -1;
}

/* "w0#1" */
static bool run_name(struct fact_form *c, struct rec_who *out)
{
	int64_t k;

	out->decl = item(c);
	if (out->decl < 0 || !lit(c, "#") || !number(c, &k) || k < 1)
		return false;
	out->k = (unsigned int)k;
	return true;
}

/* "a0" or "w0#1" */
static bool who(struct fact_form *c, struct rec_who *out)
{
	const char *start = c->p;

	out->decl = name(c);
	out->k = 0;
	if (out->decl >= 0 && (c->k->decls[out->decl].kind == KWS_ACTOR || kws_is_handler(c->k->decls[out->decl].kind)))
		return true;
	c->p = start;
	return run_name(c, out);
}

/* Parses a step of the scenario as written, up to a space or @stop; then " @n". */
static bool step(struct fact_form *c, char stop, const char **text, unsigned int *nth)
{
	size_t n = 0;
	int64_t k = 1;

	while (c->p[n] && c->p[n] != ' ' && c->p[n] != stop)
		n++;
	*text = NULL;
	for (unsigned int i = 0; i < c->k->nr_steps && !*text; i++)
		if (strlen(c->k->steps[i].text) == n && !strncmp(c->k->steps[i].text, c->p, n))
			*text = c->k->steps[i].text;
	if (!*text)
		return false;
	c->p += n;
	if (lit(c, " @") && (!number(c, &k) || k < 1))
		return false;
	*nth = (unsigned int)k;
	return true;
}

static enum fact_result malformed(struct fact_form *c, const char *what)
{
	c->seen->len = 0;
	strbuf_printf(c->seen, "%s: '%.120s'", what, c->whole);
	return FACT_MALFORMED;
}

#define MUST(cond, what)                               \
	do {                                           \
		if (!(cond))                           \
			return malformed(c, what);     \
	} while (0)
/* The end of the text.  Returns here if there is no record. */
#define ENDS                                                                   \
	do {                                                                   \
		if (!at_end(c))                                                \
			return malformed(c, "unexpected text at the end of this fact");     \
		if (!c->r)                                                     \
			return FACT_HOLDS;                                     \
	} while (0)

static enum fact_result verdict(bool holds)
{
	return holds ? FACT_HOLDS : FACT_FAILS;
}

/* The run, or NULL with what was found instead. */
static const struct rec_run *find_run(struct fact_form *c, struct rec_who w)
{
	const struct rec_run *run = record_run(c->r, w.decl, w.k);

	if (!run)
		strbuf_printf(c->seen, "%s ran %u times", c->k->decls[w.decl].name, record_runs_of(c->r, w.decl));
	return run;
}

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

/* ---- numbers ------------------------------------------------------------------------------------- */

struct match {
	int wq, cpu;		/* cpu -1 = any */
	bool of_pool;
	uint32_t pool;
};

static bool matches(const struct rec_run *run, const void *arg)
{
	const struct match *m = arg;
	int cpu = run->pool_cpu >= 0 ? run->pool_cpu : run->cpu_start;

	return run->wq == m->wq && (m->cpu < 0 || cpu == m->cpu) && (!m->of_pool || run->pool == m->pool);
}

static enum fact_result form_max_concurrency(struct fact_form *c)
{
	struct match m = { .wq = queue(c), .cpu = -1 };
	int64_t n, cpu = -1;
	struct rec_who a;
	unsigned int most;

	MUST(m.wq >= 0, "max_concurrency Q = N");
	if (lit(c, " pool_of ")) {
		MUST(run_name(c, &a), "max_concurrency Q pool_of A = N");
		m.of_pool = true;
	} else if (lit(c, " cpu")) {
		MUST(number(c, &cpu), "max_concurrency Q cpuC = N");
	}
	MUST(lit(c, " = ") && number(c, &n), "max_concurrency Q [cpuC | pool_of A] = N");
	ENDS;
	m.cpu = (int)cpu;
	if (m.of_pool) {
		const struct rec_run *run = find_run(c, a);

		if (!run)
			return FACT_FAILS;
		m.pool = run->pool;
	}
	most = record_max_open(c->r, matches, &m);
	strbuf_printf(c->seen, "%u", most);
	return verdict(most == n);
}

static enum fact_result form_reentered(struct fact_form *c)
{
	int w = item(c);
	bool yes = false;

	MUST(w >= 0, "reentered W");
	ENDS;
	for (size_t i = 0; i < c->r->nr_runs; i++)
		for (size_t j = 0; j < i; j++)
			if (c->r->runs[i].item == w && c->r->runs[j].item == w &&
			    (!c->r->runs[j].end.n || rec_before(c->r->runs[i].start, c->r->runs[j].end)))
				yes = true;
	strbuf_puts(c->seen, "no two runs overlapped");
	return verdict(yes);
}

static enum fact_result form_census(struct fact_form *c)
{
	struct rec_who w;
	const char *p;
	int64_t i;
	unsigned int n = 0;

	MUST(who(c, &w) && lit(c, " @") && number(c, &i) && i > 0 && lit(c, " cpu"), "census WHO @i cpu0=a/b ...");
	if (!c->r)
		return FACT_HOLDS;
	p = c->p - 3;
	for (size_t t = 0; t < c->r->census.nr; t++) {
		const struct rec_text *text = &c->r->census.v[t];
		char copy[512], *save, *word;
		bool all = true;

		if (text->who.decl != w.decl || text->who.k != w.k || ++n != i)
			continue;
		strbuf_puts(c->seen, text->text);
		/* every pair that the fact names must be among those counted */
		snprintf(copy, sizeof(copy), "%s", p);
		for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
			const char *found = strstr(text->text, word);

			all &= found && (found == text->text || found[-1] == ' ') &&
			       (found[strlen(word)] == ' ' || !found[strlen(word)]);
		}
		return verdict(all);
	}
	strbuf_puts(c->seen, "there was no such census");
	return FACT_FAILS;
}

static enum fact_result form_new_workers(struct fact_form *c)
{
	size_t n = strcspn(c->p, " ");
	const char *pool = c->p;
	int64_t want, seen = 0;

	c->p += n;
	MUST(n && n < 16 && lit(c, " = ") && number(c, &want), "new_workers POOL = N");
	ENDS;
	for (size_t i = 0; i < c->r->nr_workers; i++)
		if (strlen(c->r->workers[i].pool) == n && !strncmp(c->r->workers[i].pool, pool, n))
			seen = (int64_t)c->r->workers[i].after - c->r->workers[i].before;
	strbuf_printf(c->seen, "%lld", (long long)seen);
	return verdict(seen == want);
}

/* The counters that wq_monitor sums, by the names of its JSON form. */
static enum fact_result form_counter(struct fact_form *c)
{
	int q = queue(c), which = REC_COUNTERS;
	int64_t n;

	MUST(q >= 0 && lit(c, " "), "counter Q NAME = N");
	while (which-- > 0) {
		size_t len = strlen(rec_counters[which].name);

		if (!strncmp(c->p, rec_counters[which].name, len) && c->p[len] == ' ')
			break;
	}
	MUST(which >= 0, "a counter is started, completed, cpu_time, cpu_intensive, cm_wakeup, repatriated, mayday or rescued");
	c->p += strlen(rec_counters[which].name);
	MUST(lit(c, " = ") && number(c, &n), "counter Q NAME = N");
	ENDS;
	if (!c->r->counted[q]) {
		strbuf_puts(c->seen, "the workqueue is gone");
		return FACT_FAILS;
	}
	strbuf_printf(c->seen, "%llu", (unsigned long long)c->r->counter[q][which]);
	return verdict((int64_t)c->r->counter[q][which] == n);
}

static enum fact_result form_thread(struct fact_form *c)
{
	const struct rec_run *run;
	struct rec_who w;

	MUST(run_name(c, &w) && lit(c, " = ") && *c->p, "thread W#k = NAME");
	if (!c->r)
		return FACT_HOLDS;
	run = find_run(c, w);
	if (run)
		strbuf_puts(c->seen, run->thread[0] ? run->thread : "a bottom half has no thread");
	return verdict(run && !strcmp(run->thread, c->p));
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
	{ "max_concurrency ", form_max_concurrency }, { "reentered ", form_reentered },
	{ "census ", form_census }, { "new_workers ", form_new_workers },
	{ "order start: ", form_order }, { "timeline: ", form_timeline }, { "at ", form_at },
	{ "elapsed ", form_elapsed }, { "kernel_log ", form_kernel_log }, { "lockdep ", form_said },
	{ "lockups ", form_lockups }, { "lockup @", form_said }, { "report @", form_said },
	{ "sysfs ", form_sysfs }, { "counter ", form_counter }, { "thread ", form_thread },
};

enum fact_result fact_judge(struct fact_form *c)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (lit(c, rows[i].words))
			return rows[i].check(c);
	return malformed(c, "there is no such form of fact");
}
