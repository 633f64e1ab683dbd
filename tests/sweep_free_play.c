/*
 * tests/sweep_free_play.c - free play under random acts: repeatable, within the invariants, never an internal fault.
 *
 * A sequence of acts is made at random from what there is, some of them wrong.  Each runs in this
 * process, or in a machine process of the program where an act is given to a run before its fence.
 *
 * Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/datadir.h"
#include "base/rng.h"
#include "lua/script.h"
#include "model/invariant.h"
#include "run/free_play.h"
#include "run/run.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define LOG_BYTES ((size_t)64 << 20)
#define ACTS 24
#define CPUS 4

static uint64_t seed;

static uint64_t chance(uint64_t round, uint64_t n, uint64_t below)
{
	return below ? rng_below(rng_hash4(seed, round, n, 0), below) : 0;
}

/* ---- acts at random -------------------------------------------------------------------- */

struct maker {
	struct free_play fp;
	uint64_t round, drawn;
	unsigned int taken, refused;
};

static uint64_t draw(struct maker *m, uint64_t below)
{
	return chance(m->round, m->drawn++, below);
}

static const char *some_item(struct maker *m)
{
	return m->fp.item[draw(m, (uint64_t)m->fp.nr_items)].name;
}

static const char *some_wq(struct maker *m)
{
	return m->fp.wq[draw(m, (uint64_t)m->fp.nr_wqs)].name;
}

static void some_steps(struct maker *m, struct strbuf *out)
{
	bool locked = false;

	for (uint64_t i = 0, n = 1 + draw(m, 5); i < n; i++)
		switch (draw(m, 6)) {
		case 0:
		case 1: strbuf_printf(out, " burn %d.%d", (int)draw(m, 4), (int)draw(m, 10)); break;
		case 2: strbuf_printf(out, " sleep %d", (int)draw(m, 12)); break;
		case 3:
			strbuf_puts(out, locked ? " unlock m" : " lock m");
			locked = !locked;
			break;
		case 4: strbuf_printf(out, " queue %s %s", some_item(m), some_wq(m)); break;
		default: strbuf_printf(out, " delay %s %d", some_item(m), (int)draw(m, 20)); break;
		}
	if (locked)
		strbuf_puts(out, " unlock m");
}

static void some_act(struct maker *m, struct strbuf *out)
{
	static const char *const calls[] = { "cancel", "flush", "cancel_work", "flush_work", "schedule_work", "cancel_work_sync" };
	static const char *const flags[] = { "", " unbound", " highpri", " cpu_intensive", " ordered", " mem_reclaim", " bh", " freezable" };

	switch (draw(m, 16)) {
	case 0: strbuf_printf(out, "item i%d", (int)draw(m, 20)); some_steps(m, out); break;
	case 1: strbuf_printf(out, "delayed d%d", (int)draw(m, 20)); some_steps(m, out); break;
	case 2: strbuf_printf(out, "wq q%d%s%s", (int)draw(m, 20), flags[draw(m, 8)], draw(m, 2) ? " 3" : ""); break;
	case 3: strbuf_printf(out, "line l%d %d %s %s", (int)draw(m, 9), (int)draw(m, CPUS), some_item(m), some_item(m)); break;
	case 4:
	case 5:
	case 6: strbuf_printf(out, "queue %s %s %d", some_item(m), some_wq(m), (int)draw(m, CPUS)); break;
	case 7: strbuf_printf(out, "delay %s %d %s", some_item(m), (int)draw(m, 30), some_wq(m)); break;
	case 8: strbuf_printf(out, "mod %s %d", some_item(m), (int)draw(m, 30)); break;
	case 9: strbuf_printf(out, "irq %s", m->fp.line[draw(m, (uint64_t)m->fp.nr_lines)].name); break;
	case 10: strbuf_printf(out, "%s %s", calls[draw(m, 6)], some_item(m)); break;
	case 11: strbuf_printf(out, "%s %s", draw(m, 2) ? "flush" : "drain", some_wq(m)); break;
	case 12: strbuf_printf(out, "max %s %d", some_wq(m), 1 + (int)draw(m, 5)); break;
	case 13: strbuf_printf(out, "%s %d", draw(m, 2) ? "off" : "on", (int)draw(m, CPUS)); break;
	case 14: strbuf_printf(out, "threads %s", draw(m, 2) ? "off" : "on"); break;
	default: strbuf_printf(out, draw(m, 2) ? "run" : "run %d.%03d", (int)draw(m, 20), (int)draw(m, 1000)); break;
	}
}

static void begin(struct maker *m, uint64_t round)
{
	struct free_act act;
	const char *first;
	char err[300];

	*m = (struct maker){ .round = round };
	free_play_begin(&m->fp, CPUS);
	for (unsigned int i = 0; (first = free_play_first_act(&m->fp, i)); i++) {
		REQUIRE_TRUE(free_play_read(&m->fp, first, &act, err, sizeof(err)));
		free_play_apply(&m->fp, &act);
	}
}

/* Acts that can be carried out; each refusal has its sentence. */
static void make_acts(struct maker *m, uint64_t round, struct run_inputs *in)
{
	begin(m, round);
	while (in->n < ACTS) {
		struct run_input one = { .kind = INPUT_ACT, .number = (uint32_t)in->n + 1 };
		struct free_act act;
		STRBUF(text, 400);
		char err[300] = "";

		some_act(m, &text);
		if (!free_play_read(&m->fp, text.buf, &act, err, sizeof(err))) {
			CHECK_TRUE(strlen(err) > 10 && !strchr(err, '\n'));
			m->refused++;
			continue;
		}
		free_play_apply(&m->fp, &act);
		snprintf(one.value, sizeof(one.value), "%s", text.buf);
		REQUIRE_INT(run_inputs_add(in, &one), 0);
		m->taken++;
	}
}

/* ---- one run ------------------------------------------------------------------------------- */

static void tell_breach(void *arg, const struct invariant_breach *b)
{
	(void)arg;
	test_note("%s at event %llu: %s", b->id, (unsigned long long)b->n, b->text);
}

/* Return: a hash of all bytes of its events. */
static uint64_t run_acts(const struct run_inputs *in, uint64_t schedule, double jitter, bool check)
{
	struct director_list list = { .inputs = in };
	struct run_spec spec = { .seed = schedule, .jitter = jitter, .census = true, .inputs = *in };
	struct script_opts opts = { .spec = &spec, .io = { director_list_wait, &list } };
	struct trace trace;
	struct trace_store store = { 0 };
	uint64_t hash;
	int status;

	snprintf(spec.lesson, sizeof(spec.lesson), "lessons/free-play.lua");
	REQUIRE_INT(trace_open(&trace, -1, LOG_BYTES, 0), 0);
	opts.trace = &trace;
	trace_current = NULL;
	status = script_run(&opts);
	trace_current = NULL;
	REQUIRE_INT(trace_store_borrow(&store, &trace), 0);
	trace_store_poll(&store);
	CHECK_INT(status, 0);
	if (status) {
		struct trace_event ev;
		struct ev_FAULT fault;

		for (uint64_t n = 1; n <= store.nr; n++)
			if (trace_store_event(&store, n, &ev) && trace_get_FAULT(&ev, &fault))
				test_note("%s", fault.text);
		for (size_t i = 0; i < in->n; i++)
			test_note("act %zu %s", i + 1, in->v[i].value);
	}
	if (check)
		CHECK_INT(invariant_check(&store, tell_breach, NULL), 0);
	hash = rng_hash_bytes((const char *)store.base, store.bytes);
	trace_store_close(&store);
	trace_close(&trace);
	return hash;
}

static void random_acts_leave_the_invariants_intact(void)
{
	int rounds = test_rounds(200, 20);
	unsigned int taken = 0, refused = 0;

	seed = seed_from_env(1);
	for (int i = 0; i < rounds; i++) {
		struct run_inputs in = { 0 };
		static struct maker m;

		make_acts(&m, (uint64_t)i, &in);
		taken += m.taken;
		refused += m.refused;
		run_acts(&in, (uint64_t)i % 7 + 1, i % 3 ? -1 : 0.2, true);
		run_inputs_fini(&in);
	}
	CHECK_GT(taken, 10u * (unsigned int)rounds);
	CHECK_GT(refused, (unsigned int)rounds);
}

static void the_same_acts_give_the_same_bytes(void)
{
	int rounds = test_rounds(40, 6);

	seed = seed_from_env(2);
	for (int i = 0; i < rounds; i++) {
		struct run_inputs in = { 0 };
		static struct maker m;
		uint64_t first;

		make_acts(&m, (uint64_t)i, &in);
		first = run_acts(&in, 1, -1, false);
		CHECK_TRUE(run_acts(&in, 1, -1, false) == first);
		in.n -= 1;
		CHECK_TRUE(run_acts(&in, 1, -1, false) != first);
		run_inputs_fini(&in);
	}
}

/* ---- an act before the fence ----------------------------------------------------------------- */

static enum run_state settle(struct run *r, uv_loop_t *loop)
{
	uint64_t until = uv_hrtime() + 60u * 1000000000u;

	for (run_poll(r); run_get_state(r) == RUN_RUNNING && uv_hrtime() < until; run_poll(r))
		uv_run(loop, UV_RUN_ONCE);
	run_poll(r);
	return run_get_state(r);
}

static void do_act(struct run *r, uv_loop_t *loop, const char *text)
{
	char err[300] = "";

	CHECK_INT(run_act(r, text, err, sizeof(err)), 0);
	CHECK_STR(err, "");
	CHECK_INT(settle(r, loop), RUN_WAITING);
}

static struct run *open_run(uv_loop_t *loop)
{
	struct run_spec spec = { .lesson = "lessons/free-play.lua", .seed = 1, .jitter = -1 };
	struct run *r = NULL;
	char err[300] = "";

	REQUIRE_INT(run_open(&r, loop, test_binary(), &spec, err, sizeof(err)), 0);
	REQUIRE_INT(settle(r, loop), RUN_WAITING);
	return r;
}

static bool same_up_to(struct run *a, struct run *b, uint64_t n)
{
	const struct trace_store *x = run_store(a), *y = run_store(b);

	return x->nr > n && y->nr > n && x->offset[n] == y->offset[n] && !memcmp(x->base, y->base, x->offset[n]);
}

/* At any event of a run an act can be given; the events before it stay as they were. */
static void an_act_in_the_middle_of_a_run_cuts_it_there(void)
{
	int rounds = test_rounds(30, 5);
	uv_loop_t loop;
	struct run *r;
	char err[300] = "";
	uint64_t from, to;

	seed = seed_from_env(3);
	REQUIRE_INT(uv_loop_init(&loop), 0);
	r = open_run(&loop);
	do_act(r, &loop, "queue scan");
	from = run_fence(r);
	do_act(r, &loop, "run");
	to = run_fence(r);
	for (int i = 0; i < rounds; i++) {
		uint64_t n = from + 1 + chance((uint64_t)i, 0, to - from - 1);
		struct run *other = NULL;
		struct trace_event ev;

		CHECK_INT(run_act_at(r, n, 0, "irq disk", &other, err, sizeof(err)), 0);
		REQUIRE_NOT_NULL(other);
		CHECK_INT(settle(other, &loop), RUN_WAITING);
		CHECK_STR(run_exit_report(other), "");
		CHECK_INT(run_get_inputs(other)->n, 3);
		CHECK_STARTS(run_get_inputs(other)->v[1].value, "run ");
		CHECK_STR(run_get_inputs(other)->v[2].value, "irq disk");
		CHECK_TRUE(same_up_to(r, other, n));
		REQUIRE_TRUE(trace_store_event(run_store(r), n, &ev));
		CHECK_LE(run_act_time(other, 2), ev.time + 2);
		CHECK_GE(run_act_time(other, 2), ev.time);
		run_close(other);
	}
	CHECK_INT(run_acts_after(r, from), 1);
	CHECK_INT(run_acts_after(r, from + 1), 0);
	run_close(r);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

static void the_last_act_can_be_taken_back(void)
{
	uv_loop_t loop;
	struct run *r, *other = NULL;
	char err[300] = "";
	uint64_t before;

	REQUIRE_INT(uv_loop_init(&loop), 0);
	r = open_run(&loop);
	CHECK_INT(run_undo_act(r, &other, err, sizeof(err)), -ENOENT);
	CHECK_HAS(err, "nothing has been done");
	do_act(r, &loop, "off 3");
	before = run_fence(r);
	do_act(r, &loop, "queue scan mine 1");
	CHECK_INT(run_before_last_act(r), before);
	CHECK_INT(run_act(r, "off 3", err, sizeof(err)), -EINVAL);
	CHECK_STR(err, "CPU 3 is off line");
	CHECK_INT(run_undo_act(r, &other, err, sizeof(err)), 0);
	REQUIRE_NOT_NULL(other);
	CHECK_INT(settle(other, &loop), RUN_WAITING);
	CHECK_INT(run_store(other)->nr, before);
	CHECK_INT(run_get_inputs(other)->n, 1);
	run_close(other);
	run_close(r);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

/* ---- as lines ------------------------------------------------------------------------------------ */

static void lines_act_and_their_inputs_repeat_the_run(void)
{
	const char *tmp = getenv("TMPDIR");
	char dir[900], out[65536];

	snprintf(dir, sizeof(dir), "%s/kw-free-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	REQUIRE_NOT_NULL(mkdtemp(dir));
	CHECK_INT(shell_run(out, sizeof(out), "export KWORKSHOP_STATE_DIR='%s'; printf '%%s\\n' 'queue scan' '' 1 'i nic' quee 'off 1' undo things "
			    "'save %s/acts' '?' q | '%s' free --plain --record '%s/a.kwt' 2>&1", dir, dir, test_binary(), dir), 0);
	CHECK_HAS(out, "  1  queue scan mine                  burn 3, sleep 8, burn 1");
	CHECK_HAS(out, "scan is queued on mine, for CPU 0's pool.");
	CHECK_HAS(out, "scan is done: its function returned");
	CHECK_HAS(out, "nic interrupts CPU 1.");
	CHECK_HAS(out, "free play has no \"quee\"; near it: queue");
	CHECK_HAS(out, "Taken back: off 1.");
	CHECK_HAS(out, "wq NAME [unbound highpri");
	CHECK_INT(shell_run(out, sizeof(out), "cat '%s/acts'", dir), 0);
	CHECK_STR(out, "act 1 queue scan\nact 2 run\nact 3 queue scan mine\nact 4 irq nic\n");
	CHECK_INT(shell_run(out, sizeof(out), "export KWORKSHOP_STATE_DIR='%s'; for i in b c; do '%s' free --plain --inputs '%s/acts' --record "
			    "'%s/'$i.kwt </dev/null >'%s/'$i.out 2>&1 || exit 9; done; cmp '%s/b.out' '%s/c.out' && '%s' export '%s/b.kwt' --to text "
			    ">'%s/b.txt' && '%s' export '%s/c.kwt' --to text >'%s/c.txt' && cmp '%s/b.txt' '%s/c.txt' && grep -c queue_work '%s/b.txt'",
			    dir, test_binary(), dir, dir, dir, dir, dir, test_binary(), dir, dir, test_binary(), dir, dir, dir, dir, dir), 0);
	/* from home, and back */
	CHECK_INT(shell_run(out, sizeof(out), "printf 's\\nirq nic\\nq\\nq\\n' | KWORKSHOP_STATE_DIR='%s' '%s' --plain 2>&1", dir, test_binary()), 0);
	CHECK_HAS(out, "nic interrupts CPU 1.");
	shell_run(out, sizeof(out), "rm -r '%s'", dir);
}

/* A lesson made of the acts has the same events of the machine, at the same times. */
static void acts_saved_as_a_lesson_do_the_same(void)
{
	const char *tmp = getenv("TMPDIR");
	char dir[900], out[65536];

	snprintf(dir, sizeof(dir), "%s/kw-free-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	REQUIRE_NOT_NULL(mkdtemp(dir));
	CHECK_INT(shell_run(out, sizeof(out), "export KWORKSHOP_STATE_DIR='%s'; printf '%%s\\n' 'queue scan' 'irq nic' 'run 3.2' "
			    "'item poll burn 1 queue save' 'queue poll mine 1' 'off 2' run 'save %s/mine.lua' q | '%s' free --plain --cpus 3 "
			    "--record '%s/a.kwt' 2>&1", dir, dir, test_binary(), dir), 0);
	CHECK_HAS(out, "mine.lua` plays it.");
	CHECK_INT(shell_run(out, sizeof(out), "export KWORKSHOP_STATE_DIR='%s'; '%s' run '%s/mine.lua' --plain --record '%s/b.kwt' </dev/null 2>&1",
			    dir, test_binary(), dir, dir), 0);
	CHECK_HAS(out, "poll is done");
	CHECK_INT(shell_run(out, sizeof(out), "for i in a b; do '%s' play '%s/'$i.kwt --plain </dev/null 2>&1 | grep ' ms  ' >'%s/'$i.out; done; "
			    "cmp '%s/a.out' '%s/b.out' && wc -l <'%s/b.out'", test_binary(), dir, dir, dir, dir, dir), 0);
	CHECK_GT(atoi(out), 20);
	/* a list that is none, and an act that is none */
	CHECK_INT(shell_run(out, sizeof(out), "printf 'return lesson { title = \"T\", question = \"Q?\", function() free_play { \"queue foo\" } end }' "
			    ">'%s/c.lua'; '%s' run '%s/c.lua' --plain </dev/null 2>&1", dir, test_binary(), dir), 2);
	CHECK_HAS(out, "act 1, \"queue foo\": there is no item \"foo\"");
	CHECK_INT(shell_run(out, sizeof(out), "sed -i 's/{ .queue foo. }/(7)/' '%s/c.lua'; '%s' run '%s/c.lua' --plain </dev/null 2>&1", dir,
			    test_binary(), dir), 2);
	CHECK_HAS(out, "a list of acts is needed");
	shell_run(out, sizeof(out), "rm -r '%s'", dir);
}

/* Each call that waits has a thread, and the machine has not many. */
static void calls_that_never_return_have_a_bound(void)
{
	uv_loop_t loop;
	struct run *r;
	char err[300] = "";
	unsigned int made = 0;

	REQUIRE_INT(uv_loop_init(&loop), 0);
	r = open_run(&loop);
	do_act(r, &loop, "item a lock m sleep 5 lock n burn 1 unlock n unlock m");
	do_act(r, &loop, "item b lock n sleep 5 lock m burn 1 unlock m unlock n");
	do_act(r, &loop, "queue a mine 0");
	do_act(r, &loop, "queue b mine 1");
	do_act(r, &loop, "run");
	while (made < 100 && run_act(r, "flush a", err, sizeof(err)) == 0 && settle(r, &loop) == RUN_WAITING)
		made++;
	CHECK_INT(made, FREE_CALLS_MAX);
	CHECK_STARTS(err, "48 calls have not returned");
	do_act(r, &loop, "run 5");
	CHECK_INT(run_exit_status(r, NULL), 0);
	run_close(r);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
}

/* ---- reading ------------------------------------------------------------------------------------ */

static void a_line_that_cannot_be_an_act_is_refused_in_one_sentence(void)
{
	static const char *const wrong[][2] = {
		{ "", "the line is empty" },
		{ "quee scan", "free play has no \"quee\"; near it: queue" },
		{ "zzzzzz", "free play has no \"zzzzzz\"" },
		{ "queue", "expected \"queue ITEM [WQ [CPU]]\"" },
		{ "queue foo", "there is no item \"foo\"; there is: scan, save, log" },
		{ "queue scan nowhere", "there is no workqueue \"nowhere\"" },
		{ "queue scan mine 9", "\"9\": the number of a CPU from 0 to 3" },
		{ "queue scan mine 1 1", "expected" },
		{ "delay scan 5", "scan has no timer" },
		{ "irq foo", "there is no interrupt line \"foo\"; there is: disk, nic" },
		{ "on 1", "CPU 1 is on line" },
		{ "run x", "\"x\": a number of milliseconds" },
		{ "run 1.x", "\"1.x\": a number of milliseconds" },
		{ "run 60001", "\"60001\": a number of milliseconds" },
		{ "max system_wq 2", "max_active of system_wq is fixed" },
		{ "threads maybe", "\"maybe\" is neither on nor off" },
		{ "item", "expected" },
		{ "item Scan burn 1", "\"Scan\": a name has 1 to 12 small letters" },
		{ "item averyverylongname burn 1", "\"averyverylongname\": a name has" },
		{ "item end burn 1", "\"end\" is no name" },
		{ "item x", "x has no steps" },
		{ "item x jump 1", "\"jump\" is no step" },
		{ "item x burn", "the step `burn` needs one word more" },
		{ "item x lock m", "x ends with lock m" },
		{ "item x unlock m", "x releases lock m" },
		{ "item x lock m lock m", "x takes lock m, which it holds" },
		{ "item x lock scan unlock scan", "scan is the name of something that is no lock" },
		{ "delayed scan burn 1", "scan exists, and it is not delayed" },
		{ "wq mine", "there is a thing named mine already" },
		{ "wq x bh 3", "with bh only highpri is possible" },
		{ "wq x fast", "\"fast\" is neither a flag nor a number" },
		{ "wq x ordered 2", "an ordered workqueue" },
		{ "line x 0", "the handler of x queues no item" },
	};
	static struct maker m;
	struct free_act act;
	char err[300];

	begin(&m, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err[0] = '\0';
		CHECK_FALSE(free_play_read(&m.fp, wrong[i][0], &act, err, sizeof(err)));
		CHECK_STARTS(err, wrong[i][1]);
	}
}

static void short_words_and_the_kernels_names_are_one_act(void)
{
	static const char *const same[][2] = {
		{ "queue scan mine", "queue_work mine scan" }, { "queue scan mine 2", "queue_work_on 2 mine scan" },
		{ "cancel scan", "cancel_work_sync scan" }, { "flush mine", "flush_workqueue mine" }, { "flush scan", "flush_work scan" },
		{ "drain mine", "drain_workqueue mine" }, { "max mine 3", "workqueue_set_max_active mine 3" },
		{ "off 2", "cpu_down 2" }, { "irq nic", "raise nic" }, { "wq z unbound 4", "alloc_workqueue z unbound 4" },
	};
	static struct maker m;
	struct free_act a, b;
	char err[300];

	begin(&m, 0);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		CHECK_TRUE(free_play_read(&m.fp, same[i][0], &a, err, sizeof(err)));
		CHECK_TRUE(free_play_read(&m.fp, same[i][1], &b, err, sizeof(err)));
		CHECK_TRUE(memcmp(&a, &b, sizeof(a)) == 0);
	}
}

static void the_text_of_a_thing_is_what_made_it(void)
{
	static struct maker m;
	struct free_act act;
	char err[300];
	STRBUF(text, 200);

	begin(&m, 0);
	REQUIRE_TRUE(free_play_read(&m.fp, "delayed poll burn 0.25 lock m queue scan system_wq unlock m delay poll 20", &act, err,
				    sizeof(err)));
	free_play_apply(&m.fp, &act);
	free_play_put_steps(&m.fp, &m.fp.item[m.fp.nr_items - 1], &text);
	CHECK_STR(text.buf, "burn 0.25, lock m, queue scan system_wq, unlock m, delay poll 20");
	/* the item that exists gets new steps */
	REQUIRE_TRUE(free_play_read(&m.fp, "delayed poll burn 1", &act, err, sizeof(err)));
	free_play_apply(&m.fp, &act);
	CHECK_INT(m.fp.nr_items, 4);
	CHECK_INT(m.fp.item[3].steps.nr, 1);
}

const struct test_case suite_sweep_free_play[] = {
	T(a_line_that_cannot_be_an_act_is_refused_in_one_sentence),
	T(short_words_and_the_kernels_names_are_one_act),
	T(the_text_of_a_thing_is_what_made_it),
	T(an_act_in_the_middle_of_a_run_cuts_it_there),
	T(the_last_act_can_be_taken_back),
	T(lines_act_and_their_inputs_repeat_the_run),
	T(acts_saved_as_a_lesson_do_the_same),
	T(calls_that_never_return_have_a_bound),
	T(the_same_acts_give_the_same_bytes),
	T(random_acts_leave_the_invariants_intact),
	{ NULL, NULL }
};
