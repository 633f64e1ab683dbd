/*
 * tests/forged.h - each check of spec section 18 fails when it should, and only then.
 *
 * Every test forges a small consistent run and one deviation: without it no check
 * may complain at all, with it the one that is named must.  A file of such tests lists
 * them as CHECKS(X), a row X(invariant, deviation) each, and says FORGED_SUITE(name).
 *
 * Lives here:   trying a deviation, the tests made of such a list.
 * Never here:   the deviations (unit_invariant*.c), small steps that agree (books.h).   Licence: MIT.
 */
#ifndef KW_TESTS_FORGED_H
#define KW_TESTS_FORGED_H

#include <stdio.h>
#include <string.h>

#include "model/invariant.h"
#include "tests/books.h"
#include "tests/test.h"

struct heard {
	const char *id;
	unsigned int named, all;
	char first[300];
};

static void hear(void *arg, const struct invariant_breach *b)
{
	struct heard *h = arg;

	if (!h->all++)
		snprintf(h->first, sizeof(h->first), "%s at #%llu: %s", b->id, (unsigned long long)b->n, b->text);
	h->named += !strcmp(b->id, h->id);
}

static void try_check(const char *id, void (*forge_run)(bool broken))
{
	for (int broken = 0; broken < 2; broken++) {
		struct heard h = { .id = id };

		prologue();
		forge_run(broken);
		forge_read();
		CU_ASSERT_EQUAL(invariant_check(&forge.s, hear, &h), h.all);
		if (!broken && h.all)
			test_note("%s complains without reason: %s", id, h.first);
		CU_ASSERT_EQUAL(h.named > 0, broken);
		CU_ASSERT_TRUE(broken || !h.all);
		forge_close();
	}
	CU_ASSERT_PTR_NOT_NULL(invariant_sentence(id));
}

#define FORGED_TEST(id, name)           \
	static void name##_test(void)   \
	{                               \
		try_check(#id, name);   \
	}
#define FORGED_ID(id, name) #id,
#define FORGED_CASE(id, name) { #id "_" #name, name##_test },
#define FORGED_TESTS(suite)                                     \
	CHECKS(FORGED_TEST)                                     \
	const char *const forged_##suite[] = { CHECKS(FORGED_ID) NULL };

extern const char *const forged_unit_invariant[], *const forged_unit_invariant_pools[],
	*const forged_unit_invariant_accounts[], *const forged_unit_invariant_flush[];

#endif
