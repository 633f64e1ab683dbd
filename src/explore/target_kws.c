/*
 * explore/target_kws.c - a scenario: its facts must hold under every fair schedule.
 *
 * Facts were measured on a real kernel.  After an unfair choice times and orders may
 * differ, and only guarantees (invariants) must hold.  Without a facts file the
 * invariants must hold, and the scenario must end as in the default schedule.
 *
 * Lives here:   scenarios as targets.
 * Never here:   playing them (conform/runner.c), forms of facts.   Licence: MIT.
 */
#include "explore/explore_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/strbuf.h"
#include "conform/facts.h"
#include "conform/runner.h"

#define STRETCH 0.9	/* share by which times may vary; then facts are not checked */

struct scenario {
	struct kws k;
	struct facts f;
	bool has_facts;
	signed char *row;	/* of each fact: its row in the table of known deviations, or -1 */
};

static int load_facts(struct scenario *sc, const char *path, char *err, size_t err_size)
{
	char facts[1100];
	int ret;

	snprintf(facts, sizeof(facts), "%.*s.facts", (int)(strlen(path) - 4), path);
	ret = facts_load(&sc->f, &sc->k, facts, err, err_size);
	if (ret && ret != -ENOENT)
		return ret;
	if (ret)
		sc->f = (struct facts){ .k = &sc->k, .shared_from_ns = INT64_MAX };
	sc->has_facts = !ret;
	sc->f.slack_ns = FACT_OVERLAP_NS;	/* a delay may change the order of an end and a begin */
	return 0;
}

static size_t fact_with(const struct facts *f, const char *text)
{
	size_t i = 0;

	while (i < f->nr && strcmp(f->v[i].text, text))
		i++;
	return i;
}

/* "bug warning" in place of a fact: a report that some schedules may show.  False: @text is none. */
static bool take_bug(struct explore_target *t, const char *text, unsigned int row)
{
	for (int kind = 1; kind < BUG_NR; kind++)
		if (!strncmp(text, "bug ", 4) && !strcmp(text + 4, trace_bug_name((enum trace_bug)kind))) {
			t->bugs_known |= UINT64_C(1) << kind;
			t->bug_row[kind] = (uint8_t)row;
			return true;
		}
	return false;
}

/* A row whose fact is not in this file is an error of the table; "*" is all facts. */
static int take_known_deviations(struct explore_target *t, struct scenario *sc, char *err, size_t err_size)
{
	struct known_deviations *e = t->on.known_deviations;

	sc->row = malloc(sc->f.nr + 1);
	if (!sc->row)
		return -ENOMEM;
	memset(sc->row, -1, sc->f.nr + 1);
	for (unsigned int i = 0; e && i < e->nr; i++) {
		size_t fact;

		if (strcmp(e->v[i].scenario, sc->k.name))
			continue;
		e->v[i].met = true;
		if (take_bug(t, e->v[i].fact, i))
			continue;
		if (!strcmp(e->v[i].fact, "*")) {
			memset(sc->row, (int)i, sc->f.nr);
			continue;
		}
		fact = fact_with(&sc->f, e->v[i].fact);
		if (fact == sc->f.nr) {
			snprintf(err, err_size, "%s:%d: %s has no fact \"%s\"", e->path, e->v[i].line, sc->k.name,
				 e->v[i].fact);
			return -EINVAL;
		}
		sc->row[fact] = (signed char)i;
	}
	return 0;
}

static void scenario_free(struct scenario *sc)
{
	if (sc->has_facts)
		facts_fini(&sc->f);
	kws_fini(&sc->k);
	free(sc->row);
	free(sc);
}

static int scenario_open(struct explore_target *t, char *err, size_t err_size)
{
	struct scenario *sc = calloc(1, sizeof(*sc));
	char sentence[120];
	int ret = sc ? kws_load(&sc->k, t->path, err, err_size) : -ENOMEM, line;

	if (ret) {
		free(sc);
		return ret;
	}
	line = runner_lacks(&sc->k, sentence, sizeof(sentence));
	if (line) {
		snprintf(err, err_size, "%s:%d: %s", t->path, line, sentence);
		ret = -EINVAL;
	}
	if (!ret)
		ret = load_facts(sc, t->path, err, err_size);
	if (!ret)
		ret = take_known_deviations(t, sc, err, err_size);
	if (ret) {
		scenario_free(sc);
		return ret;
	}
	t->own = sc;
	return 0;
}

static void scenario_close(struct explore_target *t)
{
	scenario_free(t->own);
}

static void scenario_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
			  struct expectation *expect, struct trace *trace, struct verdict *v)
{
	struct scenario *sc = t->own;
	struct mach_choosing stretching = *choosing;
	struct runner_opts opts = { .seed = seed, .census = t->on.census, .choosing = &stretching };
	int err;

	(void)expect;
	stretching.stretch = t->on.jitter >= 0 ? t->on.jitter : STRETCH;
	err = runner_run(&sc->k, &opts, trace, v->text, sizeof(v->text));
	if (!err)
		return;
	if (err == -EOVERFLOW || err == -EIO) {
		char text[sizeof(v->text)];

		memcpy(text, v->text, sizeof(text));
		verdict_fail(v, err == -EIO ? "does not end" : "flood", "%s", text);
		return;
	}
	if (err == -ENOMEM)
		shortage_end(err, "a run");
	v->end = END_BROKEN;
	if (!v->text[0])
		snprintf(v->text, sizeof(v->text), "%s", strerror(-err));
}

static void judge_facts(const struct scenario *sc, struct expectation *expect, const struct record *rec,
			struct verdict *v)
{
	struct klog log;
	size_t warning;

	if (mach_unfair_choices())
		return;
	klog_read(&log, rec);
	for (size_t i = 0; i < sc->f.nr && v->end == END_HOLDS; i++) {
		STRBUF(seen, 200);
		char kind[48];

		if (fact_check(&sc->f, i, rec, &log, &seen) != FACT_FAILS)
			continue;
		if (sc->row[i] >= 0) {
			v->known_deviations |= UINT64_C(1) << sc->row[i];
			continue;
		}
		snprintf(kind, sizeof(kind), "fact, line %d", sc->f.v[i].line);
		verdict_fail(v, kind, "%s.facts:%d: %s; here: %s", sc->k.name, sc->f.v[i].line, sc->f.v[i].text, seen.buf);
	}
	klog_fini(&log);
	warning = facts_unspoken_warning(&sc->f, rec);
	if (!warning)
		return;
	if (!expect->filled)
		snprintf(expect->warning, sizeof(expect->warning), "%s", rec->log.v[warning - 1].text);
	else if (!expect->warning[0])
		verdict_fail(v, "warning", "the kernel log has a warning that no fact mentions: %.250s",
			     rec->log.v[warning - 1].text);
}

static void scenario_judge(struct explore_target *t, struct expectation *expect, const struct trace_store *s,
			   struct verdict *v)
{
	struct scenario *sc = t->own;
	struct record rec;
	char err[200] = "";
	int ret = record_trace(&rec, &sc->k, s, err, sizeof(err));

	if (ret == -ENOMEM)
		shortage_end(ret, "a run");
	if (ret) {
		verdict_fail(v, "trace", "the trace contradicts itself: %s", err);
		return;
	}
	t->misuse = rec.misuse;
	/* a wait without an end, which the facts describe, may end under another schedule; not the other way round */
	if (!expect->filled)
		snprintf(expect->answer[0], sizeof(expect->answer[0]), "%s", rec.timeout ? "times out" : "ends");
	else if (rec.timeout && strcmp(expect->answer[0], "times out"))
		verdict_fail(v, "end", "it times out; under the default schedule it ends");
	judge_facts(sc, expect, &rec, v);
	record_fini(&rec);
}

const struct target_kind target_scenario = { ".kws", EXPLORE_MAX_DELAY_NS, scenario_open, scenario_close, scenario_play, scenario_judge };
