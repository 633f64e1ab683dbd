/*
 * tests/unit_trace.c - events are written in the format of trace.h and read back unchanged;
 * bytes that are no events are refused.   Licence: MIT.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/rng.h"
#include "tests/test.h"
#include "trace/trace.h"

struct probe {
	struct trace *t;
	uint64_t before_n, after_n;
	unsigned int stamps, fulls, befores;
	bool intrude;			/* write another event from inside before() */
};

static void probe_stamp(void *arg, struct trace_event *head)
{
	struct probe *p = arg;
	uint64_t n = p->t->events + 1;

	p->stamps++;
	head->time = 1000 * n;
	head->cpu = 3;
	head->ctx = CTX_TASK;
	head->task = 7;
	head->cause = n - 1;
}

static void probe_before(void *arg, const struct trace_event *ev)
{
	struct probe *p = arg;

	p->befores++;
	p->before_n = ev->n;
	if (p->intrude) {
		p->intrude = false;
		TRACE(RECAP, .text = "from the director");
	}
}

static void probe_after(void *arg, const struct trace_event *ev)
{
	((struct probe *)arg)->after_n = ev->n;
}

static void probe_full(void *arg)
{
	((struct probe *)arg)->fulls++;
}

static void open_log(struct trace *t, struct probe *p, size_t bytes, uint64_t events_max)
{
	REQUIRE_INT(trace_open(t, -1, bytes, events_max), 0);
	*p = (struct probe){ .t = t };
	t->hooks = (struct trace_hooks){ probe_stamp, probe_before, probe_after, probe_full, p };
	trace_current = t;
}

static void an_event_comes_back_as_it_was_written(void)
{
	struct trace_store s;
	struct trace_event ev;
	struct ev_QUEUE_WORK q = { 0 };
	struct trace_value v;
	struct trace t;
	struct probe p;

	open_log(&t, &p, 1 << 16, 0);
	CHECK_INT(TRACE(QUEUE_WORK, .item = 4, .func = 2, .wq = 1, .pwq = 9, .pool = 3, .req_cpu = -1, .cpu = 2, .color = 15),
		  1);
	CHECK_INT(TRACE_WHY(KICK, BECAUSE(NEED_MORE_WORKER, 1, 2, 0, -3), .pool = 3, .worker = 8), 2);
	CHECK_INT(p.stamps, 2);
	CHECK_INT(p.before_n, 2);
	CHECK_INT(p.after_n, 2);
	CHECK_INT(trace_store_borrow(&s, &t), 0);
	CHECK_INT(s.nr, 2);
	CHECK_TRUE(trace_store_event(&s, 1, &ev));
	CHECK_TRUE(trace_get_QUEUE_WORK(&ev, &q));
	CHECK_INT(q.item, 4);
	CHECK_INT(q.req_cpu, -1);
	CHECK_INT(q.color, 15);
	CHECK_INT(ev.time, 1000);
	CHECK_INT(ev.cpu, 3);
	CHECK_INT(ev.task, 7);
	CHECK_INT(ev.why.pred, WHY_NONE);
	CHECK_TRUE(trace_event_get(&ev, "req_cpu", &v));
	CHECK_INT(v.num, -1);
	CHECK_FALSE(trace_event_get(&ev, "worker", &v));
	CHECK_TRUE(trace_store_event(&s, 2, &ev));
	CHECK_INT(ev.why.pred, WHY_NEED_MORE_WORKER);
	CHECK_INT(ev.why.v[3], -3);
	CHECK_INT(ev.cause, 1);
	CHECK_FALSE(trace_get_QUEUE_WORK(&ev, &q));
	CHECK_FALSE(trace_store_event(&s, 3, &ev));
	trace_store_close(&s);
	trace_close(&t);
	CHECK_NULL(trace_current);
}

/* Every row of the table, filled with a pattern by type, keeps every field. */
static void every_kind_keeps_every_field(void)
{
	uint32_t many[3] = { 1, 0xffffffffu, 7 };
	struct trace_store s;
	struct trace t;
	struct probe p;

	open_log(&t, &p, 1 << 20, 0);
	for (int k = 1; k < EV_NR; k++) {
		uint8_t buf[256], *at = buf;

		for (unsigned int i = 0; i < trace_rows[k].nr_fields; i++) {
			switch (trace_rows[k].fields[i].type) {
			case TY_u64: case TY_ns: case TY_mask:
				at = trace_enc_u64(at, 0x8000000000000001u + i);
				break;
			case TY_ids:
				at = trace_enc_ids(at, (struct trace_ids){ many, 3 });
				break;
			case TY_text:
				at = trace_enc_text(at, "Grüße");
				break;
			default:
				at = trace_enc_u32(at, 100 + i);
			}
		}
		if (k == EV_DEF) {	/* its class must be one */
			at = buf;
			at = trace_enc_u32(at, CLS_ITEM);
			at = trace_enc_u32(at, 101);
			at = trace_enc_u32(at, 102);
			at = trace_enc_u32(at, 103);
			at = trace_enc_text(at, "Grüße");
		}
		CHECK_INT(trace_emit((enum trace_kind)k, 0, NULL, buf, (size_t)(at - buf)), (uint64_t)k);
	}
	CHECK_INT(trace_store_borrow(&s, &t), 0);
	CHECK_FALSE(s.bad);
	CHECK_INT(s.nr, EV_NR - 1);
	for (int k = 2; k < EV_NR; k++) {
		struct trace_event ev;
		struct trace_value v;

		REQUIRE_TRUE(trace_store_event(&s, (uint64_t)k, &ev));
		CHECK_INT(trace_kind_by_name(trace_rows[k].name), (enum trace_kind)k);
		for (unsigned int i = 0; i < trace_rows[k].nr_fields; i++) {
			REQUIRE_TRUE(trace_event_field(&ev, i, &v));
			switch (v.type) {
			case TY_u64: case TY_ns: case TY_mask:
				CHECK_U64((uint64_t)v.num, 0x8000000000000001u + i);
				break;
			case TY_ids:
				CHECK_INT(v.ids.n, 3);
				CHECK_U64(v.ids.v[1], 0xffffffffu);
				break;
			case TY_text:
				CHECK_STR(v.text, "Grüße");
				CHECK_INT(v.text_len, strlen("Grüße"));
				break;
			default:
				CHECK_INT(v.num, 100 + i);
			}
		}
		CHECK_FALSE(trace_event_field(&ev, trace_rows[k].nr_fields, &v));
	}
	trace_store_close(&s);
	trace_close(&t);
}

static void long_text_is_cut_between_characters(void)
{
	char text[TRACE_TEXT_BYTES_MAX + 10];
	struct trace_store s;
	struct trace_event ev;
	struct trace_value v;
	struct trace t;
	struct probe p;

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memcpy(text + TRACE_TEXT_BYTES_MAX - 1, "\xe2\x82\xac", 3);	/* would be cut in the middle */
	CHECK_INT(trace_text_len(text), TRACE_TEXT_BYTES_MAX - 1);
	CHECK_INT(trace_text_len(NULL), 0);
	open_log(&t, &p, 1 << 16, 0);
	TRACE(PRINTK, .level = 3, .text = text);
	TRACE(PRINTK, .level = 3, .text = NULL);
	CHECK_INT(trace_store_borrow(&s, &t), 0);
	CHECK_TRUE(trace_store_event(&s, 1, &ev));
	CHECK_TRUE(trace_event_get(&ev, "text", &v));
	CHECK_INT(v.text_len, TRACE_TEXT_BYTES_MAX - 1);
	CHECK_TRUE(trace_store_event(&s, 2, &ev));
	CHECK_TRUE(trace_event_get(&ev, "text", &v));
	CHECK_STR(v.text, "");
	trace_store_close(&s);
	trace_close(&t);
}

static void the_declared_bound_ends_with_one_trace_full(void)
{
	struct trace_store s;
	struct trace_event ev;
	struct ev_TRACE_FULL full = { 0 };
	struct trace t;
	struct probe p;

	for (int by_bytes = 0; by_bytes < 2; by_bytes++) {
		uint64_t last = 0;

		open_log(&t, &p, by_bytes ? 1024 : 1 << 16, by_bytes ? 0 : 10);
		for (int i = 0; i < 100; i++) {
			uint64_t n = TRACE(TICK, .count = 1);

			last = n ? n : last;
		}
		CHECK_INT(last, by_bytes ? 31 : 9);
		CHECK_TRUE(t.full);
		CHECK_INT(p.fulls, 1);
		CHECK_INT(p.after_n, last + 1);
		CHECK_INT(trace_store_borrow(&s, &t), 0);
		CHECK_INT(s.nr, last + 1);
		CHECK_TRUE(trace_store_event(&s, last + 1, &ev));
		CHECK_TRUE(trace_get_TRACE_FULL(&ev, &full));
		CHECK_INT(full.events, last + 1);	/* itself included: the bound */
		trace_store_close(&s);
		trace_close(&t);
	}
}

static void an_event_held_by_before_gets_the_next_free_number(void)
{
	struct trace_store s;
	struct trace_event ev;
	struct trace t;
	struct probe p;

	open_log(&t, &p, 1 << 16, 0);
	p.intrude = true;
	CHECK_INT(TRACE(TICK, .count = 5), 2);
	CHECK_INT(trace_store_borrow(&s, &t), 0);
	CHECK_TRUE(trace_store_event(&s, 1, &ev));
	CHECK_INT(ev.kind, EV_RECAP);
	CHECK_TRUE(trace_store_event(&s, 2, &ev));
	CHECK_INT(ev.kind, EV_TICK);
	CHECK_INT(ev.time, 2000);
	CHECK_INT(p.befores, 2);		/* asked once for each event */
	trace_store_close(&s);
	trace_close(&t);
}

static void a_given_cause_overrides_the_contexts(void)
{
	struct trace_store s;
	struct trace_event ev;
	struct trace t;
	struct probe p;

	open_log(&t, &p, 1 << 16, 0);
	TRACE(TICK, .count = 1);
	TRACE(TICK, .count = 2);
	TRACE_CAUSED(1, TICK, .count = 3);
	trace_store_borrow(&s, &t);
	trace_store_event(&s, 3, &ev);
	CHECK_INT(ev.cause, 1);
	trace_store_close(&s);
	trace_close(&t);
}

static void an_event_too_long_for_the_log_is_counted_not_lost_silently(void)
{
	struct trace_store s;
	struct trace_event ev;
	uint32_t *ids = calloc(4096, 4);
	struct trace t;
	struct probe p;

	open_log(&t, &p, 1 << 16, 0);
	CHECK_INT(TRACE(CENSUS_POOL, .pool = 1, .worklist = { ids, 4096 }), 0);
	trace_store_borrow(&s, &t);
	CHECK_TRUE(trace_store_event(&s, 1, &ev));
	CHECK_INT(ev.kind, EV_DROPPED);
	trace_store_close(&s);
	trace_close(&t);
	free(ids);
}

static void nothing_is_emitted_when_tracing_is_off(void)
{
	struct trace t;
	struct probe p;

	CHECK_FALSE(trace_on());
	CHECK_INT(TRACE(TICK, .count = 1), 0);
	open_log(&t, &p, 1 << 16, 0);
	t.quiet = true;
	CHECK_INT(TRACE(TICK, .count = 1), 0);
	CHECK_INT(t.events, 0);
	trace_close(&t);
}

/* ---- bytes that are no event ---------------------------------------------------- */

struct raw {
	_Alignas(8) uint8_t b[256];
	size_t n;
};

static void raw_event(struct raw *r)
{
	struct trace t;

	trace_open(&t, -1, 4096, 0);
	trace_current = &t;
	TRACE_WHY(PRINTK, BECAUSE(HOG, 1, 2, 3), .level = 4, .text = "abc");
	r->n = t.used;
	memcpy(r->b, t.base, t.used);
	trace_close(&t);
}

static void bytes_that_cannot_be_an_event_are_refused(void)
{
	struct trace_event ev;
	struct raw good, r;

	raw_event(&good);
	CHECK_INT(trace_event_decode(good.b, good.n, 1, &ev), (int)good.n);
	for (size_t n = 0; n < good.n; n++)
		CHECK_INT(trace_event_decode(good.b, n, 1, &ev), 0);
	r = good, r.b[0] = 23;				/* shorter than a head */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[0] |= 1;				/* not a multiple of 4 */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[1] = 0xff;			/* longer than any event */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[2] = r.b[3] = 0;			/* no kind */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[5] = TRACE_CTX_WHY | CTX_NR;	/* no such context */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[16] = 1;				/* caused by itself */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[28] = 200;			/* text longer than its event */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[33] = '\0';			/* a NUL inside the text */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
	r = good, r.b[35] = 'x';			/* no NUL behind the text */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), -EBADMSG);
}

static void a_reader_skips_kinds_and_fields_it_does_not_know(void)
{
	struct trace_event ev;
	struct trace_value v;
	struct ev_TICK tick = { 0 };
	struct raw r = { .n = 48 };
	uint16_t length = 24 + 8 + 12, kind = EV_TICK;

	memcpy(r.b, &length, 2);
	memcpy(r.b + 2, &kind, 2);
	r.b[24] = 9;					/* jiffies, then 12 bytes of a later version */
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), 48);
	CHECK_TRUE(trace_get_TICK(&ev, &tick));
	CHECK_INT(tick.count, 9);
	kind = EV_NR + 5;
	memcpy(r.b + 2, &kind, 2);
	CHECK_INT(trace_event_decode(r.b, r.n, 1, &ev), 48);
	CHECK_FALSE(trace_event_field(&ev, 0, &v));
	CHECK_FALSE(trace_event_get(&ev, "count", &v));
}

/* With random damage no getter reads outside the event (run under ASan). */
static void random_damage_never_leads_outside_the_event(void)
{
	struct raw good;
	unsigned int kept = 0;

	raw_event(&good);
	for (uint64_t i = 0; i < 20000; i++) {
		uint8_t *copy = malloc(good.n);
		struct trace_event ev;
		struct trace_value v;

		memcpy(copy, good.b, good.n);
		for (uint64_t j = 0; j < 1 + i % 4; j++)
			copy[rng_below(rng_hash4(41, 1, i, j), good.n)] = (uint8_t)rng_hash4(41, 2, i, j);
		if (trace_event_decode(copy, good.n, 0, &ev) > 0) {
			kept++;
			for (unsigned int f = 0; trace_event_field(&ev, f, &v); f++)
				if (v.type == TY_text)
					REQUIRE_INT(strlen(v.text), v.text_len);
		}
		free(copy);
	}
	CHECK_GT(kept, 100);	/* or the test tests nothing */
}

const struct test_case suite_unit_trace[] = {
	T(an_event_comes_back_as_it_was_written),
	T(every_kind_keeps_every_field),
	T(long_text_is_cut_between_characters),
	T(the_declared_bound_ends_with_one_trace_full),
	T(an_event_held_by_before_gets_the_next_free_number),
	T(a_given_cause_overrides_the_contexts),
	T(an_event_too_long_for_the_log_is_counted_not_lost_silently),
	T(nothing_is_emitted_when_tracing_is_off),
	T(bytes_that_cannot_be_an_event_are_refused),
	T(a_reader_skips_kinds_and_fields_it_does_not_know),
	T(random_damage_never_leads_outside_the_event),
	{ NULL, NULL }
};
