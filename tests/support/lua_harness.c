/*
 * tests/support/lua_harness.c - see lua_harness.h.   Licence: MIT.
 */
#include "tests/support/lua_harness.h"

#include "base/markup.h"
#include "model/lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"

struct answers {
	const char *text;
	char id[64];			/* of the last answer, and the answers to it so far */
	unsigned int given;
};

/* The value behind "id=" in "a=1;b=2;*=3", else 1; of "a=1|2|3" alternative @given, or the last one. */
static void answer_for(const char *answers, const char *id, unsigned int given, char *value, size_t size)
{
	const char *best = NULL;

	for (const char *p = answers ? answers : ""; *p; p += strcspn(p, ";"), p += *p == ';') {
		size_t len = strcspn(p, "=");

		if ((len == strlen(id) && memcmp(p, id, len) == 0) || (len == 1 && *p == '*' && !best))
			best = p + len + 1;
	}
	while (best && given-- && best[strcspn(best, ";|")] == '|')
		best += strcspn(best, "|") + 1;
	if (best)
		snprintf(value, size, "%.*s", (int)strcspn(best, ";|"), best);
	else
		snprintf(value, size, "1");
}

static int wait_always(void *arg, enum run_wait what, const char *id, struct run_input *in)
{
	struct answers *a = arg;

	*in = (struct run_input){ .kind = what == WAIT_ANSWER ? INPUT_ANSWER : INPUT_GO };
	snprintf(in->id, sizeof(in->id), "%s", id);
	a->given = strcmp(a->id, id) ? 0 : a->given + 1;
	snprintf(a->id, sizeof(a->id), "%s", id);
	answer_for(a->text, id, a->given, in->value, sizeof(in->value));
	return 0;
}

static void note_cost(void *arg, const char *code, const char *id, const char *text)
{
	struct lua_harness *t = arg;

	(void)id;
	if (strcmp(code, "cost") == 0)
		sscanf(text, "%llu", &t->instructions);
}

void lua_harness_file(struct lua_harness *t, const char *text, size_t size, const char *answers, uint64_t seed, uint64_t variant)
{
	struct run_spec spec = { .seed = seed, .variant = variant, .jitter = -1 };
	struct answers a = { .text = answers };
	struct script_notes notes = { note_cost, t, false };
	struct script_opts opts = { .spec = &spec, .trace = &t->trace, .io = { wait_always, &a }, .notes = &notes };
	const char *tmp = getenv("TMPDIR");
	char dir[900];
	FILE *f;

	memset(t, 0, sizeof(*t));
	snprintf(dir, sizeof(dir), "%s/kw-lua-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	REQUIRE_NOT_NULL(mkdtemp(dir));
	snprintf(spec.lesson, sizeof(spec.lesson), "%s/07-try.lua", dir);
	f = fopen(spec.lesson, "wb");
	REQUIRE_NOT_NULL(f);
	fwrite(text, 1, size, f);
	fclose(f);
	REQUIRE_INT(trace_open(&t->trace, -1, (size_t)64 << 20, 0), 0);
	t->status = script_run(&opts);
	remove(spec.lesson);
	rmdir(dir);
	REQUIRE_INT(trace_store_borrow(&t->store, &t->trace), 0);
	trace_store_poll(&t->store);
	snprintf(t->fault, sizeof(t->fault), "%s", lua_harness_text(t, EV_FAULT, 1));
}

void lua_harness(struct lua_harness *t, const char *text, const char *answers)
{
	lua_harness_file(t, text, strlen(text), answers, 1, 0);
}

void lua_harness_body(struct lua_harness *t, const char *body, const char *answers)
{
	char *text = malloc(strlen(body) + 200);

	REQUIRE_NOT_NULL(text);
	/* one line of frame: the body's first line is the file's second */
	sprintf(text, "return lesson { title = \"try\", machine = { cpus = 2 }, function(p)\n%s\nend }\n", body);
	lua_harness(t, text, answers);
	free(text);
}

void lua_harness_done(struct lua_harness *t)
{
	trace_store_close(&t->store);
	trace_close(&t->trace);
}

const char *lua_harness_text(const struct lua_harness *t, enum trace_kind kind, int nth)
{
	struct trace_event ev;
	struct trace_value v;

	for (uint64_t n = 1; n <= t->store.nr; n++)
		if (trace_store_event(&t->store, n, &ev) && ev.kind == kind && --nth == 0)
			return trace_event_get(&ev, "text", &v) ? v.text : "";
	return "";
}

const char *lua_harness_shown(const struct lua_harness *t, enum trace_kind kind, int nth)
{
	static char texts[4][TRACE_TEXT_BYTES_MAX];
	static unsigned int next;
	struct strbuf out;

	next = (next + 1) % 4;
	strbuf_init(&out, texts[next], sizeof(texts[next]));
	markup_expand(lua_harness_text(t, kind, nth), &out, NULL, 0);
	return out.buf;
}

const char *lua_harness_verdict(const struct lua_harness *t)
{
	static const char *const results[] = { "wrong", "right", "none" };
	static char text[8192];
	const struct lesson_question *q;
	struct strbuf out;
	struct lesson l;

	strbuf_init(&out, text, sizeof(text));
	lesson_init(&l, &t->store);
	REQUIRE_INT(lesson_grow(&l), 0);
	q = lesson_question(&l, 1);
	if (q && q->verdict.n) {
		strbuf_printf(&out, "result=%s\ngiven=%s\nhappened=%s\n", results[q->verdict.result], q->given, q->verdict.happened);
		for (unsigned int i = 0; i < q->verdict.nr_feedback; i++) {
			strbuf_puts(&out, "feedback=");
			markup_expand(q->verdict.feedback[i], &out, NULL, 0);
			strbuf_putc(&out, '\n');
		}
		strbuf_puts(&out, "why=");
		markup_expand(q->verdict.why, &out, NULL, 0);
		strbuf_printf(&out, "\nrule=%s\n", q->verdict.rule);
	}
	lesson_fini(&l);
	return text;
}

uint64_t lua_harness_count(const struct lua_harness *t, enum trace_kind kind)
{
	struct trace_event ev;
	uint64_t found = 0;

	for (uint64_t n = 1; n <= t->store.nr; n++)
		found += trace_store_event(&t->store, n, &ev) && ev.kind == kind;
	return found;
}

void lua_harness_cases(const struct lua_case *cases)
{
	struct lua_harness t;

	for (; cases->body; cases++) {
		bool as_expected;

		lua_harness_body(&t, cases->body, NULL);
		as_expected = cases->words ? t.status == 2 && strstr(t.fault, cases->words) &&
					 strncmp(t.fault, "07-try.lua:", 11) == 0
				       : t.status == 0 && !t.fault[0];
		CHECK_TRUE(as_expected);
		if (!as_expected)
			test_note("%s\n    status %d, fault: %s\n    expected: %s", cases->body, t.status, t.fault,
				  cases->words ? cases->words : "(none)");
		lua_harness_done(&t);
	}
}
