/*
 * tests/unit_facts.c - facts judged on records of a real kernel, and falsified ones refused.
 *
 * tests/scenarios/kernel has event logs of a real kernel.  The facts measured from
 * them must hold for these logs, and each changed fact must fail.  So the judge is
 * tested without our engine.
 *
 * Lives here:   forms of facts, kernel log lines, printing.
 * Never here:   running scenarios (sweep_conform.c).
 * Rules:        n/a.   Licence: MIT.
 */
#include "tests/test.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "conform/facts.h"
#include "tests/support/kernel_log.h"

struct subject {
	struct kws k;
	struct facts f;
	struct record r;
	struct klog log;
};

static struct subject *load(const char *log_path)
{
	struct subject *s = calloc(1, sizeof(*s));
	const char *base = strrchr(log_path, '/') + 1;
	int n = (int)(strrchr(log_path, '.') - base);
	char path[300], err[300] = "";

	REQUIRE_NOT_NULL(s);
	snprintf(path, sizeof(path), "tests/scenarios/%.*s.kws", n, base);
	REQUIRE_INT(kws_load(&s->k, path, err, sizeof(err)), 0);
	snprintf(path, sizeof(path), "tests/scenarios/%.*s.facts", n, base);
	REQUIRE_INT(facts_load(&s->f, &s->k, path, err, sizeof(err)), 0);
	snprintf(path, sizeof(path), "tests/scenarios/kernel/%.*s.dmesg", n, base);
	REQUIRE_INT(kernel_log_record(&s->r, &s->k, log_path, path), 0);
	klog_read(&s->log, &s->r);
	return s;
}

static void unload(struct subject *s)
{
	klog_fini(&s->log);
	record_fini(&s->r);
	facts_fini(&s->f);
	kws_fini(&s->k);
	free(s);
}

static void each_log(void (*fn)(struct subject *s))
{
	glob_t g;

	REQUIRE_INT(glob("tests/scenarios/kernel/*.log", 0, NULL, &g), 0);
	CHECK_GE(g.gl_pathc, 10);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct subject *s = load(g.gl_pathv[i]);

		fn(s);
		unload(s);
	}
	globfree(&g);
}

/* The time of a lockup line is known to 50 ms only, because the log has two clocks. */
static bool clock_differs(const char *fact)
{
	return !strncmp(fact, "at lockup", 9);
}

static void expect_all(struct subject *s)
{
	for (size_t i = 0; i < s->f.nr; i++) {
		STRBUF(seen, 300);
		enum fact_result res = fact_check(&s->f, i, &s->r, &s->log, &seen);

		if (res != FACT_HOLDS && !clock_differs(s->f.v[i].text))
			test_note("%s: %s (seen: %s)", s->k.name, s->f.v[i].text, seen.buf);
		CHECK_TRUE(res == FACT_HOLDS || clock_differs(s->f.v[i].text));
	}
}

static void measured_facts_hold_on_the_kernels_own_log(void)
{
	each_log(expect_all);
}

/* ---- falsifying ---------------------------------------------------------------------- */

static void swap_text(const char *fact, const char *from, const char *to, char *out, size_t size)
{
	const char *at = strstr(fact, from);

	snprintf(out, size, "%.*s%s%s", (int)(at - fact), fact, to, at + strlen(from));
}

/* The last number of the fact, larger by @by. */
static void bump(const char *fact, long by, char *out, size_t size)
{
	const char *end = fact + strlen(fact), *p;

	while (end > fact && !isdigit((unsigned char)end[-1]))
		end--;
	for (p = end; p > fact && isdigit((unsigned char)p[-1]); p--)
		;
	snprintf(out, size, "%.*s%ld%s", (int)(p - fact), fact, strtol(p, NULL, 10) + by, end);
}

/* "head A<sep>B<sep>C" -> "head C<sep>B<sep>A"-ish: first and last piece change places. */
static bool swap_ends(const char *fact, const char *head, const char *sep, char *out, size_t size)
{
	const char *body = fact + strlen(head), *first_end = strstr(body, sep), *last = NULL;

	for (const char *p = first_end; p; p = strstr(p + 1, sep))
		last = p + strlen(sep);
	if (!first_end)
		return false;
	snprintf(out, size, "%s%s%.*s%.*s", head, last, (int)(last - first_end), first_end,
		 (int)(first_end - body), body);
	return true;
}

static const char *const opposites[][2] = {
	{ "outcome ok", "outcome timeout" }, { "outcome timeout", "outcome ok" },
	{ "same_pool ", "distinct_pool " }, { "distinct_pool ", "same_pool " },
	{ "same_worker ", "distinct_workers " }, { "distinct_workers ", "same_worker " },
	{ "overlap ", "seq " }, { "seq ", "overlap " },
	{ "= percpu", "= unbound" }, { "= rescuer", "= percpu" }, { "= unbound", "= highpri" },
	{ "= highpri", "= percpu" }, { "= bh", "= rescuer" },
	{ "pools {", "pools {zz " }, { "called_in a0 irq_queue:q0:w0", "called_in a0 queue:q0:w0" },
};

/* A fact that must not hold if @fact does; false if there is none of that kind. */
static bool falsify(const char *fact, char *out, size_t size)
{
	static const char *const appended[] = { "kernel_log ", "lockdep ", "lockup @", "report @" };

	for (size_t i = 0; i < sizeof(opposites) / sizeof(opposites[0]); i++)
		if (strstr(fact, opposites[i][0])) {
			swap_text(fact, opposites[i][0], opposites[i][1], out, size);
			return true;
		}
	for (size_t i = 0; i < sizeof(appended) / sizeof(appended[0]); i++)
		if (!strncmp(fact, appended[i], strlen(appended[i]))) {
			snprintf(out, size, "%s.", fact);
			return true;
		}
	if (!strncmp(fact, "timeline: ", 10))
		return swap_ends(fact, "timeline: ", " < ", out, size);
	if (!strncmp(fact, "order start: ", 13))
		return !strchr(fact, '{') && swap_ends(fact, "order start: ", " ", out, size);
	bump(fact, !strncmp(fact, "at ", 3) || !strncmp(fact, "elapsed ", 8) ? 60 : 1, out, size);
	return true;
}

static unsigned int falsified;

static void expect_refusal(struct subject *s)
{
	for (size_t i = 0; i < s->f.nr; i++) {
		char text[9000], err[300];
		struct facts one;
		STRBUF(seen, 300);
		enum fact_result res;

		if (clock_differs(s->f.v[i].text) || !falsify(s->f.v[i].text, text, sizeof(text)))
			continue;
		falsified++;
		if (facts_parse(&one, &s->k, "x.facts", text, strlen(text), err, sizeof(err)))
			continue;	/* an unknown name: refused before it is judged */
		res = fact_check(&one, 0, &s->r, &s->log, &seen);
		if (res == FACT_HOLDS)
			test_note("%s: believed: %s", s->k.name, text);
		CHECK_NE(res, FACT_HOLDS);
		facts_fini(&one);
	}
}

static void a_falsified_fact_is_refused(void)
{
	falsified = 0;
	each_log(expect_refusal);
	CHECK_GT(falsified, 400);
}

/* A timeline holds for its groups and for no other division of them. */
static void each_two_neighbours_of_a_timeline_matter(void)
{
	struct subject *s = load("tests/scenarios/kernel/doc_max2.log");
	static const char *const texts[] = {
		"timeline: end(w0#1) < start(w0#1)", "timeline: {start(w0#1), end(w2#1)} < start(w1#1)",
		"order start: w0#1 w2#1 w1#1", "order start: {w2#1 w1#1} w0#1", "timeline: start(w0#2)",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct facts one;
		char err[300];
		STRBUF(seen, 300);

		REQUIRE_INT(facts_parse(&one, &s->k, "x", texts[i], strlen(texts[i]), err, sizeof(err)), 0);
		CHECK_INT(fact_check(&one, 0, &s->r, &s->log, &seen), FACT_FAILS);
		facts_fini(&one);
	}
	unload(s);
}

/* ---- files ------------------------------------------------------------------------------ */

static void malformed_facts_are_refused_with_their_line(void)
{
	struct subject *s = load("tests/scenarios/kernel/doc_max2.log");
	static const char *const texts[] = {
		"bogus fact", "runs w9 = 1", "runs w0 = ", "runs w0 = 1 x", "runs w0 = one", "outcome maybe",
		"ret a0 queue:q0:w9 = 1", "executor w0#1 = magic", "executor w0 = percpu", "ran w0#1 cpu=",
		"timeline: start(w0#1) < ", "timeline: {start(w0#1), end(w0#1)", "order start: w0#1 ",
		"at start(w0#1) = 5", "max_concurrency w0 = 1", "seq w0#1", "elapsed a0 queue:q0:w0 @0 = 1 ms",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct facts one;
		char text[200], err[300] = "";
		int n = snprintf(text, sizeof(text), "# comment\noutcome ok\n%s\n", texts[i]);

		CHECK_NE(facts_parse(&one, &s->k, "dir/x.facts", text, (size_t)n, err, sizeof(err)), 0);
		if (strncmp(err, "dir/x.facts:3: ", 15))
			test_note("'%s' gives: %s", texts[i], err);
		CHECK_STARTS(err, "dir/x.facts:3: ");
	}
	unload(s);
}

static void soft_facts_that_differ_are_printed_but_times_fail(void)
{
	struct subject *s = load("tests/scenarios/kernel/doc_max2.log");
	static const struct {
		const char *text;
		enum fact_result want;
	} rows[] = {
		{ "~ runs w0 = 7", FACT_DIFFERS }, { "runs w0 = 7", FACT_FAILS },
		{ "~ at start(w0#1) = 11 ms", FACT_HOLDS }, { "~ at start(w0#1) = 14 ms", FACT_FAILS },
		{ "~ at start(w0#1) = 5 ms\n~ at start(w1#1) = 5 ms\n~ cpu_shared cpu=1 w0#1 w1#1", FACT_HOLDS },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct facts one;
		char err[300];
		STRBUF(seen, 300);

		REQUIRE_INT(facts_parse(&one, &s->k, "x", rows[i].text, strlen(rows[i].text), err, sizeof(err)),
			    0);
		CHECK_INT(fact_check(&one, 0, &s->r, &s->log, &seen), rows[i].want);
		facts_fini(&one);
	}
	unload(s);
}

static void times_are_left_out_once_a_cpu_is_shared(void)
{
	struct subject *s = load("tests/scenarios/kernel/doc_max2.log");
	static const char text[] =
		"~ at end(w2#1) = 1000 ms\n~ at start(w0#1) = 0 ms\n~ at start(w1#1) = 50 ms\n"
		"~ cpu_shared cpu=1 w0#1 w1#1\n~ at start(w0#1) = 100 ms\n";
	struct facts f;
	char err[300];
	STRBUF(seen, 300);

	REQUIRE_INT(facts_parse(&f, &s->k, "x", text, strlen(text), err, sizeof(err)), 0);
	CHECK_INT(f.shared_from_ns, 50000000);
	CHECK_INT(fact_check(&f, 0, &s->r, &s->log, &seen), FACT_LEFT_OUT);
	CHECK_INT(fact_check(&f, 4, &s->r, &s->log, &seen), FACT_FAILS);
	facts_fini(&f);
	unload(s);
}

/* The printed facts of a record hold for it. */
static void expect_own_facts(struct subject *s)
{
	char *text = NULL, err[300] = "";
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct facts own;

	REQUIRE_NOT_NULL(out);
	facts_print(&s->r, &s->log, out);
	fclose(out);
	if (facts_parse(&own, &s->k, "own", text, len, err, sizeof(err)))
		test_note("%s: %s", s->k.name, err);
	REQUIRE_INT(err[0], '\0');
	CHECK_GT(own.nr, 5);
	for (size_t i = 0; i < own.nr; i++) {
		STRBUF(seen, 300);

		if (fact_check(&own, i, &s->r, &s->log, &seen) == FACT_HOLDS)
			continue;
		test_note("%s: printed but not true: %s (seen: %s)", s->k.name, own.v[i].text, seen.buf);
		CHECK_FAIL("a printed fact does not hold");
	}
	/* and the measured hard facts are among them, unless they name a choice */
	for (size_t i = 0; i < s->f.nr; i++) {
		const char *fact = s->f.v[i].text;
		bool found = s->f.v[i].soft || strchr(fact, '{') || !strncmp(fact, "kernel_log", 10) ||
			     !strncmp(fact, "timeline", 8) || strstr(fact, "pool_of") || strstr(fact, "cpu1 = ");

		for (size_t j = 0; j < own.nr && !found; j++)
			found = !strcmp(own.v[j].text, fact);
		if (!found)
			test_note("%s: true but not printed: %s", s->k.name, fact);
		CHECK_TRUE(found);
	}
	facts_fini(&own);
	free(text);
}

static void a_record_prints_the_facts_it_satisfies(void)
{
	each_log(expect_own_facts);
}

/* ---- the kernel log ------------------------------------------------------------------------ */

static void kernel_log_lines_compare_without_variable_parts(void)
{
	static const struct {
		const char *line, *normal;
	} rows[] = {
		{ "WARNING: CPU: 1 PID: 59 at kernel/workqueue.c:3767 check_flush_dependency.part.0+0x106/0x130",
		  "WARNING: at check_flush_dependency" },
		{ "WARNING: at check_flush_dependency", "WARNING: at check_flush_dependency" },
		{ "ODEBUG: free active (active state 0) object: (____ptrval____) object type: work_struct hint: fn2+0x0/0x10 [kws]",
		  "ODEBUG: free active (active state 0) object: ADDRESS object type: work_struct hint: fn2" },
		{ "object: ffff888005809d20 object", "object: ADDRESS object" },
		{ "  *** DEADLOCK ***", "*** DEADLOCK ***" },
		{ "workqueue: w0 hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND",
		  "workqueue: w0 hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND" },
		{ "foo.isra.3 bar.c:12 baz", "foo baz" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		STRBUF(out, 300);

		klog_normal(rows[i].line, &out);
		if (strcmp(out.buf, rows[i].normal))
			test_note("'%s' became '%s'", rows[i].line, out.buf);
		CHECK_STR(out.buf, rows[i].normal);
	}
}

static void a_warning_no_fact_speaks_of_is_found(void)
{
	struct subject *s = load("tests/scenarios/kernel/reclaim_flush_warn.log");
	struct rec_who nobody = { -1, 0 };
	struct rec_point now = { 5, 5 };

	CHECK_INT(facts_unspoken_warning(&s->f, &s->r), 0);
	record_text(&s->r.log, nobody, now, "something harmless");
	CHECK_INT(facts_unspoken_warning(&s->f, &s->r), 0);
	record_text(&s->r.log, nobody, now, "workqueue: w0 hogged CPU for >10000us 4 times");
	CHECK_INT(facts_unspoken_warning(&s->f, &s->r), s->r.log.nr);
	unload(s);
}

const struct test_case suite_unit_facts[] = {
	T(measured_facts_hold_on_the_kernels_own_log),
	T(a_falsified_fact_is_refused),
	T(each_two_neighbours_of_a_timeline_matter),
	T(malformed_facts_are_refused_with_their_line),
	T(soft_facts_that_differ_are_printed_but_times_fail),
	T(times_are_left_out_once_a_cpu_is_shared),
	T(a_record_prints_the_facts_it_satisfies),
	T(kernel_log_lines_compare_without_variable_parts),
	T(a_warning_no_fact_speaks_of_is_found),
	{ NULL, NULL }
};
