/*
 * conform/fact_numbers.c - the forms of facts that count: runs at one time, workers, counters, names of threads.
 *
 * Lives here:   one function a form, as in fact_forms.c.
 * Never here:   the table of forms (fact_forms.c).   Licence: MIT.
 */
#include "conform/fact_read.h"

#include <stdio.h>

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

enum fact_result fact_form_max_concurrency(struct fact_form *c)
{
	struct match m = { .wq = queue(c), .cpu = -1 };
	int64_t n, cpu = -1;
	struct rec_who a = { -1, 0 };
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

enum fact_result fact_form_reentered(struct fact_form *c)
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

enum fact_result fact_form_census(struct fact_form *c)
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

enum fact_result fact_form_new_workers(struct fact_form *c)
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
enum fact_result fact_form_counter(struct fact_form *c)
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

enum fact_result fact_form_thread(struct fact_form *c)
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
