/*
 * tests/unit_kws.c - the scenario language: accepted and refused texts, with the reason.
 *
 * Lives here:   text in, declarations or one complaint out.
 * Never here:   running scenarios (sweep_conform.c), facts (unit_facts.c).
 * Rules:        n/a.   Licence: MIT.
 */
#include "tests/test.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform/kws.h"

static struct kws kws;
static char complaint[300];

static int parse(const char *text)
{
	complaint[0] = '\0';
	return kws_parse(&kws, "some/where/s.kws", text, strlen(text), complaint, sizeof(complaint));
}

static void a_scenario_is_read_as_written(void)
{
	static const char text[] =
		"# a comment\n\nscenario s\ndoc two words\nparam timeout_ms=500\nparam topo=16\nparam kernel=custom\n"
		"actor a0 cpu=15 prio=normal queue:q0:w0 mark:a*b 2*until:60\n"	/* names used before their lines */
		"wq q0 flags=UNBOUND|HIGHPRI max_active=3\nwork w0 burn:5 upto:1 sleep:7\ndwork d0 fn=w0\n"
		"mutex m\ncompletion c\nrwork r0\n# soft runs w0 = 2 // not always";

	REQUIRE_INT(parse(text), 0);
	CHECK_STR(kws.doc, "two words");
	CHECK_INT(kws.timeout_ms, 500);
	CHECK_INT(kws.topo, 16);
	CHECK_INT(kws.kernel, KERNEL_CUSTOM);
	CHECK_INT(kws.nr_decls, 7);
	CHECK_INT(kws.nr_steps, 6);
	CHECK_INT(kws.decls[0].cpu, 15);
	CHECK_FALSE(kws.decls[0].fifo);
	CHECK_INT(kws.decls[1].flags, KWS_UNBOUND | KWS_HIGHPRI);
	CHECK_INT(kws.decls[1].max_active, 3);
	CHECK_INT(kws.decls[3].fn, 2);
	CHECK_INT(kws.decls[2].fn, 2);
	CHECK_INT(kws.steps[0].op, OP_QUEUE);
	CHECK_INT(kws.steps[0].arg[0].num, 1);
	CHECK_INT(kws.steps[0].arg[1].num, 2);
	CHECK_STR(kws.steps[0].text, "queue:q0:w0");
	CHECK_STR(kws.steps[1].arg[0].text, "a*b");
	CHECK_INT(kws.steps[1].times, 1);
	CHECK_INT(kws.steps[2].times, 2);
	CHECK_STR(kws.steps[2].text, "until:60");
	CHECK_INT(kws.steps[5].arg[0].num, 7);
	CHECK_INT(kws.nr_demoted, 1);
	CHECK_STR(kws.demoted[0], "runs w0 = 2");
	kws_fini(&kws);
}

/* Row: the lines after "scenario s", and a part of the complaint. */
static const struct {
	const char *text, *says;
} wrong[] = {
	{ "bogus", ":2: a line begins with" },
	{ "work w0  burn:5", ":2: words are separated by single spaces" },
	{ "work w0 burn:5 ", ":2: words are separated by single spaces" },
	{ " work w0", ":2: words are separated by single spaces" },
	{ "work w0\tburn:5", ":2: a control character" },
	{ "work w0\r", ":2: a control character" },
	{ "work", ":2: work takes a name" },
	{ "work aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ":2: the name 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' is longer than 31" },
	{ "work w-0", ":2: the name 'w-0' has a character" },
	{ "work w0\nmutex w0", ":3: the name w0 is taken since line 2" },
	{ "work w0 fly:5", ":2: there is no step 'fly'" },
	{ "work w0 burn", ":2: 'burn' lacks a time in ms" },
	{ "work w0 burn:", ":2: a number is missing" },
	{ "work w0 burn:-5", ":2: expected a whole number, got '-5'" },
	{ "work w0 burn:5x", ":2: expected a whole number, got '5x'" },
	{ "work w0 burn:99999999999999999999", "is too large" },
	{ "work w0 burn:5:6", ":2: 'burn:5:6' has too many arguments" },
	{ "work w0 queue:q9:w0", ":2: nothing is called 'q9'" },
	{ "wq q0\nwork w0 queue:q0:q0", ":3: q0 is not a work item" },
	{ "wq q0\nwork w0 queue:w0:w0", ":3: w0 is not a workqueue" },
	{ "wq q0\nwork w0 queue_delayed:q0:w0:5", ":3: w0 is not a delayed item" },
	{ "wq q0\nwork w0 queue_rcu:q0:w0", ":3: w0 is not an RCU item" },
	{ "work w0 lock:w0", ":2: w0 is not a mutex" },
	{ "mutex m\nwork w0 wait:m", ":3: m is not a completion" },
	{ "wq q0\nwork w0 queue_on:4:q0:w0", ":3: 4 is not between 0 and 3" },
	{ "wq q0\nwork w0 queue_node:2:q0:w0", ":3: 2 is not between 0 and 1" },
	{ "actor a0 cpu=4", ":2: there is no CPU 4" },
	{ "actor a0 prio=high", ":2: prio is fifo or normal" },
	{ "actor a0 upto:3", ":2: 'upto' belongs in an item's steps" },
	{ "wq q0 flags=FAST", ":2: there is no workqueue flag 'FAST'" },
	{ "wq q0 flags=BH|BH", ":2: flag BH is given twice" },
	{ "wq q0 max_active=-1", "expected a whole number, got" },
	{ "wq q0 burn:5", ":2: a wq takes flags= and max_active=" },
	{ "mutex m burn:5", ":2: nothing may follow the name" },
	{ "param speed=3", ":2: there is no param 'speed'" },
	{ "param timeout_ms", ":2: param takes one KEY=VALUE" },
	{ "param timeout_ms=", "is missing" },
	{ "param timeout_ms=5\nparam timeout_ms=5", ":3: param timeout_ms is given twice" },
	{ "param topo=8", ":2: topo is 4 or 16" },
	{ "param kernel=mine", ":2: kernel is custom or lockdep" },
	{ "scenario s", ":2: the scenario has a name already" },
	{ "doc a\ndoc b", ":3: there is a doc line already" },
	{ "work w0 fn=w9", ":2: nothing is called 'w9'" },
	{ "work w0 fn=w1\nwork w1 fn=w0", "goes in a circle" },
	{ "work w0\nactor a0 free:w0 busy:w0", ":3: w0 has been freed by then" },
	{ "actor a0 sysrq:b", ":2: of the SysRq keys only t" },
	{ "actor a0 freeze:2", ":2: 2 is not between 1 and 1" },
	{ "actor a0 mark:", ":2: a text is missing" },
	{ "wq q0 system=system_fast_wq", ":2: the kernel has no workqueue 'system_fast_wq'" },
	{ "wq q0 system=system_wq max_active=1", ":2: nothing may follow system= here" },
	{ "wq q0 max_active=1 system=system_wq", ":2: a wq takes flags= and max_active=" },
	{ "wq q0 system=system_wq\nwq q1 system=system_wq", ":3: system_wq has the name q0 since line 2" },
	{ "wq q0 system=system_wq\nactor a0 destroy:q0", ":3: q0 is a system workqueue" },
	{ "actor a0 0*burn:1", ":2: 0 is not between 1 and 10000" },
	{ "actor a0 *burn:1", ":2: a number is missing" },
	{ "actor a0 2*3*burn:1", ":2: there is no step '3*burn'" },
	{ "irq i sleep:5", ":2: 'sleep' belongs in a body that may sleep" },
	{ "tasklet t prio=low", ":2: the prio of a tasklet is hi" },
	{ "timer t prio=hi", ":2: there is no step 'prio=hi'" },
	{ "timer t upto:1", ":2: 'upto' belongs in an item's steps" },
	{ "func f lock:f", ":2: f is not a mutex" },
	{ "irq i\nactor a0 schedule:i", ":3: i is not a tasklet" },
	{ "irq i\nactor a0 raise:4:i", ":3: 4 is not between 0 and 3" },
	{ "tasklet t\nactor a0 raise:0:t", ":3: t is not an interrupt" },
	{ "func f\nactor a0 arm:f:3", ":3: f is not a timer" },
	{ "timer t\nactor a0 work_on_cpu:1:t", ":3: t is not a function" },
	{ "# soft runs w0 = 1", ":2: '# soft FACT // REASON' lacks its reason" },
};

static void a_malformed_line_is_refused_with_its_number(void)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[400];

		snprintf(text, sizeof(text), "scenario s\n%s\n", wrong[i].text);
		CHECK_INT(parse(text), -EINVAL);
		CHECK_STARTS(complaint, "some/where/s.kws:");
		if (!strstr(complaint, wrong[i].says))
			test_note("'%s' gives: %s", wrong[i].text, complaint);
		CHECK_HAS(complaint, wrong[i].says);
	}
}

static void a_scenario_is_called_like_its_file(void)
{
	CHECK_INT(parse("scenario t\n"), -EINVAL);
	CHECK_HAS(complaint, ":1: the scenario is called t, its file s.kws");
	CHECK_INT(parse("work w0\n"), -EINVAL);
	CHECK_HAS(complaint, "the scenario has no name");
}

static void the_limits_of_the_language_are_exact(void)
{
	char *text = calloc(1, KWS_BYTES_MAX + 2);
	size_t n = (size_t)sprintf(text, "scenario s\n");

	REQUIRE_NOT_NULL(text);
	for (int i = 0; i < KWS_DECLS_MAX; i++)
		n += (size_t)sprintf(text + n, "mutex m%d\n", i);
	CHECK_INT(parse(text), 0);
	kws_fini(&kws);
	sprintf(text + n, "mutex one_more\n");
	CHECK_INT(parse(text), -EINVAL);
	CHECK_HAS(complaint, "at most 128 declarations");
	n = (size_t)sprintf(text, "scenario s\nwork w0");
	for (int i = 0; i < KWS_STEPS_MAX; i++)
		n += (size_t)sprintf(text + n, " burn:1");
	CHECK_INT(parse(text), 0);
	kws_fini(&kws);
	sprintf(text + n, " burn:1\n");
	CHECK_INT(parse(text), -EINVAL);
	CHECK_HAS(complaint, "at most 512 steps");
	CHECK_INT(kws_parse(&kws, "s.kws", "a\0b", 3, complaint, sizeof(complaint)), -EINVAL);
	memset(text, '#', KWS_BYTES_MAX + 1);
	CHECK_INT(parse(text), -EINVAL);
	free(text);
}

static void every_measured_scenario_is_read(void)
{
	glob_t g;

	REQUIRE_INT(glob("tests/scenarios/*.kws", 0, NULL, &g), 0);
	CHECK_GE(g.gl_pathc, 50);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		int err = kws_load(&kws, g.gl_pathv[i], complaint, sizeof(complaint));

		if (err)
			test_note("%s", complaint);
		CHECK_INT(err, 0);
		if (!err)
			kws_fini(&kws);
	}
	globfree(&g);
}

/* Damaged text is refused or accepted, without another effect: each byte of a scenario is changed in turn. */
static void damage_is_read_or_refused_but_never_worse(void)
{
	char *text;
	size_t len;

	REQUIRE_INT(kws_read_file("tests/scenarios/rcu_work.kws", &text, &len), 0);
	for (size_t i = 0; i < len; i++)
		for (unsigned int to = 0; to < 256; to += 7) {
			char old = text[i];

			text[i] = (char)to;
			if (!kws_parse(&kws, "rcu_work.kws", text, len, complaint, sizeof(complaint)))
				kws_fini(&kws);
			else
				CHECK_STARTS(complaint, "rcu_work.kws:");
			text[i] = old;
		}
	for (size_t i = 0; i < len; i++)
		if (!kws_parse(&kws, "rcu_work.kws", text, i, complaint, sizeof(complaint)))
			kws_fini(&kws);
	free(text);
}

const struct test_case suite_unit_kws[] = {
	T(a_scenario_is_read_as_written),
	T(a_malformed_line_is_refused_with_its_number),
	T(a_scenario_is_called_like_its_file),
	T(the_limits_of_the_language_are_exact),
	T(every_measured_scenario_is_read),
	T(damage_is_read_or_refused_but_never_worse),
	{ NULL, NULL }
};
