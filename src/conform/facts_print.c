/*
 * conform/facts_print.c - prints all facts of one record, in the form of a facts file.
 *
 * A measured file has only the facts that were the same in every run.  One run has more:
 * the place of each start, the line of each warning.
 *
 * Lives here:   record -> text.
 * Never here:   judging (fact_forms.c).
 * Licence: MIT.
 */
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/strbuf.h"
#include "conform/facts.h"

#define NAME_BYTES 64
#define MANY_RUNS 9	/* with more runs, helper items named s0 s1 ... are left out */
#define FLOOD_RUNS 200	/* with more runs, pairs of runs are left out: too many to read */

struct printer {
	const struct record *r;
	FILE *out;
};

static const char *run_name(const struct printer *p, const struct rec_run *run, char *buf)
{
	snprintf(buf, NAME_BYTES, "%s#%u", p->r->k->decls[run->item].name, run->k);
	return buf;
}

static const char *who_name(const struct printer *p, struct rec_who who, char *buf)
{
	struct strbuf b;

	strbuf_init(&b, buf, NAME_BYTES);
	record_who_name(p->r, who, &b);
	return buf;
}

static bool is_helper(const struct printer *p, const struct rec_run *run)
{
	const char *name = p->r->k->decls[run->item].name;

	return p->r->nr_runs > MANY_RUNS && name[0] == 's' && name[1] >= '0' && name[1] <= '9';
}

static long ms(int64_t ns)
{
	return (long)((ns + (ns >= 0 ? 500000 : -500000)) / 1000000);
}

static void print_outcome(const struct printer *p)
{
	const struct kws *k = p->r->k;

	fprintf(p->out, "outcome %s\n", p->r->timeout ? "timeout" : "ok");
	for (unsigned int i = 0; p->r->timeout && i < k->nr_decls; i++)
		if (p->r->unfinished[i])
			fprintf(p->out, "unfinished %s busy=%d\n", k->decls[i].name, p->r->busy[i]);
	for (unsigned int i = 0; i < k->nr_decls; i++)
		if (kws_is_item(k->decls[i].kind) || kws_is_handler(k->decls[i].kind))
			fprintf(p->out, "runs %s = %u\n", k->decls[i].name, record_runs_of(p->r, (int)i));
}

static void print_call_name(const struct printer *p, const struct rec_call *c)
{
	char who[NAME_BYTES];

	fprintf(p->out, "%s %s", who_name(p, c->who, who), c->step);
	if (c->nth > 1)
		fprintf(p->out, " @%u", c->nth);
}

static void print_calls(const struct printer *p)
{
	for (size_t i = 0; i < p->r->nr_calls; i++) {
		const struct rec_call *c = &p->r->calls[i];

		if (!c->ret.n || !c->has_value)
			continue;
		fputs("ret ", p->out);
		print_call_name(p, c);
		fprintf(p->out, " = %lld\n", (long long)c->value);
	}
	for (size_t i = 0; i < p->r->nr_calls; i++)
		if (p->r->calls[i].hardirq || (p->r->calls[i].softirq && p->r->calls[i].has_value)) {
			fputs("called_in ", p->out);
			print_call_name(p, &p->r->calls[i]);
			fputs(p->r->calls[i].hardirq ? " hardirq\n" : " softirq\n", p->out);
		}
}

static bool is_unbound(const struct rec_run *run)
{
	return run->exec == EXEC_UNBOUND || run->exec == EXEC_UNBOUND_HIGHPRI;
}

static void print_places(const struct printer *p)
{
	char name[NAME_BYTES], list[200];

	for (size_t i = 0; i < p->r->nr_runs; i++) {
		const struct rec_run *run = &p->r->runs[i];

		run_name(p, run, name);
		fprintf(p->out, "executor %s = %s\n", name, rec_exec_names[run->exec]);
		if (run->pool_cpu >= 0 && run->cpu_start == run->pool_cpu)
			fprintf(p->out, "ran %s cpu=%d\n", name, run->cpu_start);
		else if (run->pool_cpu >= 0)
			fprintf(p->out, "ran %s cpu!=%d pool_cpu=%d\n", name, run->pool_cpu, run->pool_cpu);
		if (run->pool_cpu >= 0 && run->end.n && run->cpu_end != run->cpu_start)
			fprintf(p->out, "moved %s off cpu%d\n", name, run->cpu_start);
		if (run->has_allowed) {
			cpumask_list(run->allowed, list, sizeof(list));
			fprintf(p->out, "allowed %s cpus=%s\nnice %s = %d\n", name, list, name, run->nice);
		}
	}
}

static void print_pools(const struct printer *p)
{
	char a[NAME_BYTES], b[NAME_BYTES];
	size_t unbound = 0;

	for (size_t i = 0; i < p->r->nr_runs; i++)
		unbound += is_unbound(&p->r->runs[i]);
	for (size_t i = 0; unbound <= MANY_RUNS && i < p->r->nr_runs; i++)
		for (size_t j = i + 1; j < p->r->nr_runs; j++)
			if (is_unbound(&p->r->runs[i]) && is_unbound(&p->r->runs[j]))
				fprintf(p->out, "%s_pool %s %s\n",
					p->r->runs[i].pool == p->r->runs[j].pool ? "same" : "distinct",
					run_name(p, &p->r->runs[i], a), run_name(p, &p->r->runs[j], b));
	if (unbound <= MANY_RUNS || p->r->nr_runs > FLOOD_RUNS)
		return;
	fputs("pools", p->out);
	for (size_t i = 0; i < p->r->nr_runs; i++) {
		const struct rec_run *first = &p->r->runs[i];
		bool seen = !is_unbound(first);

		for (size_t j = 0; j < i; j++)
			seen |= is_unbound(&p->r->runs[j]) && p->r->runs[j].pool == first->pool;
		for (size_t j = i; !seen && j < p->r->nr_runs; j++)
			if (is_unbound(&p->r->runs[j]) && p->r->runs[j].pool == first->pool)
				fprintf(p->out, "%s%s", j == i ? " {" : " ", run_name(p, &p->r->runs[j], a));
		if (!seen)
			fputs("}", p->out);
	}
	fputs("\n", p->out);
}

struct match {
	int wq, cpu;
};

static bool matches(const struct rec_run *run, const void *arg)
{
	const struct match *m = arg;
	int cpu = run->pool_cpu >= 0 ? run->pool_cpu : run->cpu_start;

	return run->wq == m->wq && (m->cpu < 0 || cpu == m->cpu);
}

static void print_concurrency(const struct printer *p)
{
	const struct kws *k = p->r->k;

	for (unsigned int i = 0; i < k->nr_decls; i++) {
		struct match m = { (int)i, -1 };
		unsigned int most = record_max_open(p->r, matches, &m), cpus = 0;

		if (k->decls[i].kind != KWS_WQ || !most)
			continue;
		fprintf(p->out, "max_concurrency %s = %u\n", k->decls[i].name, most);
		for (m.cpu = 0; m.cpu < k->topo; m.cpu++)
			cpus += record_max_open(p->r, matches, &m) > 0;
		for (m.cpu = 0; cpus > 1 && !(k->decls[i].flags & (KWS_UNBOUND | KWS_ORDERED)) && m.cpu < k->topo; m.cpu++)
			if (record_max_open(p->r, matches, &m))
				fprintf(p->out, "max_concurrency %s cpu%d = %u\n", k->decls[i].name, m.cpu,
					record_max_open(p->r, matches, &m));
	}
	for (unsigned int i = 0; i < k->nr_decls; i++) {
		bool again = false;

		for (size_t a = 0; a < p->r->nr_runs && p->r->nr_runs <= FLOOD_RUNS; a++)
			for (size_t b = 0; b < a; b++)
				again |= p->r->runs[a].item == (int)i && p->r->runs[b].item == (int)i &&
					 (!p->r->runs[b].end.n || rec_before(p->r->runs[a].start, p->r->runs[b].end));
		if (again)
			fprintf(p->out, "reentered %s\n", k->decls[i].name);
	}
}

static void print_said(const struct printer *p, const struct klog *log)
{
	for (size_t i = 0; i < p->r->log.nr; i++) {
		STRBUF(line, 512);

		klog_normal(p->r->log.v[i].text, &line);
		if (klog_is_warning(line.buf) && strncmp(line.buf, "BUG: workqueue lockup", 21))
			fprintf(p->out, "kernel_log %s\n", line.buf);
	}
	if (log->lockups)
		fprintf(p->out, "lockups = %u\n", log->lockups);
	for (int soft = 0; soft < 2; soft++)
		for (size_t i = 0; i < log->nr; i++)
			if (log->v[i].soft == soft)
				fprintf(p->out, "%s%s\n", soft ? "~ " : "", log->v[i].text);
	for (size_t i = 0; i < log->nr; i++)
		if (!strncmp(log->v[i].text, "lockup ", 7))
			fprintf(p->out, "~ at %.*s = %ld ms\n", 7 + (int)strcspn(log->v[i].text + 7, " "), log->v[i].text,
				ms(log->v[i].at.ns));
	for (size_t i = 0; i < p->r->sysfs.nr; i++) {
		char who[NAME_BYTES];

		fprintf(p->out, "sysfs %s @%zu %s\n", who_name(p, p->r->sysfs.v[i].who, who), i + 1,
			p->r->sysfs.v[i].text);
	}
}

/* ---- timelines ---------------------------------------------------------------------- */

struct point {
	struct rec_point at;
	char text[160];
};

static int by_order(const void *a, const void *b)
{
	uint64_t x = ((const struct point *)a)->at.n, y = ((const struct point *)b)->at.n;

	return x < y ? -1 : x > y;
}

/* Starts, ends and returns of blocking calls, in order; malloc'ed. */
static struct point *all_points(const struct printer *p, size_t *nr)
{
	struct point *v = shortage_need(calloc(2 * p->r->nr_runs + p->r->nr_calls + 1, sizeof(*v)));
	char name[NAME_BYTES];
	size_t n = 0;

	*nr = 0;
	for (size_t i = 0; i < p->r->nr_runs; i++) {
		const struct rec_run *run = &p->r->runs[i];

		if (is_helper(p, run))
			continue;
		run_name(p, run, name);
		v[n].at = run->start;
		snprintf(v[n++].text, sizeof(v->text), "start(%s)", name);
		if (run->end.n) {
			v[n].at = run->end;
			snprintf(v[n++].text, sizeof(v->text), "end(%s)", name);
		}
	}
	for (size_t i = 0; i < p->r->nr_calls; i++) {
		const struct rec_call *c = &p->r->calls[i];

		if (!c->ret.n || !kws_ops[c->op].blocks)
			continue;
		v[n].at = c->ret;
		who_name(p, c->who, name);
		if (c->nth > 1)
			snprintf(v[n++].text, sizeof(v->text), "ret(%s %s @%u)", name, c->step, c->nth);
		else
			snprintf(v[n++].text, sizeof(v->text), "ret(%s %s)", name, c->step);
	}
	qsort(v, n, sizeof(*v), by_order);
	*nr = n;
	return v;
}

static void print_orders(const struct printer *p)
{
	size_t n;
	struct point *v = all_points(p, &n);
	char name[NAME_BYTES];

	if (p->r->nr_runs > 1) {
		fputs("order start:", p->out);
		for (size_t i = 0; i < p->r->nr_runs; i++)
			fprintf(p->out, " %s", run_name(p, &p->r->runs[i], name));
		fputs("\n", p->out);
	}
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && v[j].at.ns - v[j - 1].at.ns < FACT_GROUP_NS; j++)
			;
		fputs(i ? " < " : "timeline: ", p->out);
		for (size_t at = i; at < j; at++)
			fprintf(p->out, "%s%s", at > i ? ", " : j - i > 1 ? "{" : "", v[at].text);
		fprintf(p->out, "%s%s", j - i > 1 ? "}" : "", j == n ? "\n" : "");
	}
	for (size_t i = 0; i < n; i++)
		fprintf(p->out, "~ at %s = %ld ms\n", v[i].text, ms(v[i].at.ns));
	free(v);
	for (size_t i = 0; i < p->r->nr_calls; i++)
		if (p->r->calls[i].ret.n && kws_ops[p->r->calls[i].op].blocks) {
			fputs("~ elapsed ", p->out);
			print_call_name(p, &p->r->calls[i]);
			fprintf(p->out, " = %ld ms\n", ms(p->r->calls[i].ret.ns - p->r->calls[i].call.ns));
		}
}

static void print_pairs(const struct printer *p)
{
	char a[NAME_BYTES], b[NAME_BYTES];

	for (int soft = 0; soft < 2 && p->r->nr_runs <= FLOOD_RUNS; soft++)
		for (size_t i = 0; i < p->r->nr_runs; i++)
			for (size_t j = i + 1; j < p->r->nr_runs; j++) {
				const struct rec_run *x = &p->r->runs[i], *y = &p->r->runs[j];

				if (is_helper(p, x) || is_helper(p, y))
					continue;
				run_name(p, x, a);
				run_name(p, y, b);
				if (soft)
					fprintf(p->out, "~ %s %s %s\n",
						x->worker == y->worker ? "same_worker" : "distinct_workers", a, b);
				else if (rec_before(x->end, y->start))
					fprintf(p->out, "seq %s %s\n", a, b);
				else if (record_overlap(x, y) >= FACT_OVERLAP_NS)
					fprintf(p->out, "overlap %s %s\n", a, b);
			}
}

static void print_workers(const struct printer *p)
{
	char who[NAME_BYTES];

	for (size_t i = 0; i < p->r->census.nr; i++) {
		unsigned int nth = 1;

		for (size_t j = 0; j < i; j++)
			nth += p->r->census.v[j].who.decl == p->r->census.v[i].who.decl &&
			       p->r->census.v[j].who.k == p->r->census.v[i].who.k;
		fprintf(p->out, "~ census %s @%u %s\n", who_name(p, p->r->census.v[i].who, who), nth,
			p->r->census.v[i].text);
	}
	for (size_t i = 0; i < p->r->nr_workers; i++)
		if (p->r->workers[i].after > p->r->workers[i].before)
			fprintf(p->out, "~ new_workers %s = %u\n", p->r->workers[i].pool,
				p->r->workers[i].after - p->r->workers[i].before);
}

/* Zeros are left out. */
static void print_counters(const struct printer *p)
{
	for (unsigned int i = 0; i < p->r->k->nr_decls; i++)
		for (int c = 0; p->r->counted[i] && c < REC_COUNTERS; c++)
			if (p->r->counter[i][c])
				fprintf(p->out, "%scounter %s %s = %llu\n", rec_counters[c].soft ? "~ " : "",
					p->r->k->decls[i].name, rec_counters[c].name,
					(unsigned long long)p->r->counter[i][c]);
}

static void print_threads(const struct printer *p)
{
	char name[NAME_BYTES];

	for (size_t i = 0; i < p->r->nr_runs && p->r->nr_runs <= FLOOD_RUNS; i++)
		if (p->r->runs[i].thread[0])
			fprintf(p->out, "~ thread %s = %s\n", run_name(p, &p->r->runs[i], name), p->r->runs[i].thread);
}

void facts_print(const struct record *r, const struct klog *log, FILE *out)
{
	struct printer p = { r, out };

	print_outcome(&p);
	print_calls(&p);
	print_places(&p);
	print_pools(&p);
	print_concurrency(&p);
	print_said(&p, log);
	print_orders(&p);
	print_pairs(&p);
	print_workers(&p);
	print_counters(&p);
	print_threads(&p);
}
