/*
 * tests/support/invariant_cases.h - each check of spec section 18 fails when it should, and only then.
 *
 * Each case emits a small consistent run with one deviation.  Without the deviation no
 * check may fail; with it the named check must fail.  A file of cases lists them as
 * CHECKS(X), one row X(invariant, deviation) each, and then uses INVARIANT_CASES(name).
 *
 * Lives here:   running a case both ways, the tests made from such a list.
 * Never here:   the deviations (unit_invariant*.c), consistent events (fake_trace_ops.h).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_INVARIANT_CASES_H
#define KW_TESTS_SUPPORT_INVARIANT_CASES_H

#include <stdio.h>
#include <string.h>

#include "model/invariant.h"
#include "tests/support/fake_trace_ops.h"
#include "tests/test.h"

struct breaches {
	const char *id;
	unsigned int named, all;
	char first[300];
};

static void count_breach(void *arg, const struct invariant_breach *b)
{
	struct breaches *h = arg;

	if (!h->all++)
		snprintf(h->first, sizeof(h->first), "%s at #%llu: %s", b->id, (unsigned long long)b->n, b->text);
	h->named += !strcmp(b->id, h->id);
}

static void try_check(const char *id, void (*fake_run)(bool broken))
{
	for (int broken = 0; broken < 2; broken++) {
		struct breaches h = { .id = id };

		prologue();
		fake_run(broken);
		fake_read();
		CHECK_INT(invariant_check(&fake.s, count_breach, &h), h.all);
		if (!broken && h.all)
			test_note("%s fails without a deviation: %s", id, h.first);
		CHECK_INT(h.named > 0, broken);
		CHECK_TRUE(broken || !h.all);
		fake_close();
	}
	CHECK_NOT_NULL(invariant_sentence(id));
}

#define INVARIANT_TEST(id, name)           \
	static void name##_test(void)   \
	{                               \
		try_check(#id, name);   \
	}
#define INVARIANT_ID(id, name) #id,
#define INVARIANT_CASE(id, name) { #id "_" #name, name##_test },
#define INVARIANT_CASES(suite)                                     \
	CHECKS(INVARIANT_TEST)                                     \
	const char *const cases_##suite[] = { CHECKS(INVARIANT_ID) NULL };

extern const char *const cases_unit_invariant[], *const cases_unit_invariant_pools[],
	*const cases_unit_invariant_accounts[], *const cases_unit_invariant_flush[];

#endif
