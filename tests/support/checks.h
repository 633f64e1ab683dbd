/*
 * tests/support/checks.h - asserts that print both values.
 *
 *   CHECK_INT(have, want)      integers of any width, compared by value: -1 is not UINT64_MAX
 *   CHECK_U64(have, want)      64-bit words, printed in hexadecimal too
 *   CHECK_NE(have, unwanted)   CHECK_LT LE GT GE(have, bound)   integers or doubles
 *   CHECK_RANGE(have, low, high)                                both ends included
 *   CHECK_NEAR(have, want, tolerance)                           doubles
 *   CHECK_TRUE(condition)      CHECK_FALSE(condition)
 *   CHECK_PTR(have, want)      CHECK_NOT_PTR(have, unwanted)
 *   CHECK_NULL(have)           CHECK_NOT_NULL(have)
 *   CHECK_STR(have, want)      CHECK_NOT_STR(have, unwanted)
 *   CHECK_HAS(text, part)      CHECK_LACKS(text, part)    CHECK_STARTS(text, start)
 *   CHECK_MEM(have, want, size)
 *   CHECK_FAIL(text)           always fails
 *
 * A CHECK_ that fails is recorded with file, line and both values, and the test
 * goes on; a REQUIRE_ of the same name ends the test.  Each returns true if it
 * held, each evaluates its arguments once, @have before @want, and all may be called from any thread
 * (a REQUIRE_ only from the thread that runs the test: it jumps).
 *
 * Lives here:   comparing, printing values, handing failures to CUnit.
 * Never here:   anything about the program under test.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_CHECKS_H
#define KW_TESTS_SUPPORT_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a check stands. */
struct checks_at {
	const char *file;
	int line;
	bool required;
};

enum checks_kind { CHECKS_SIGNED, CHECKS_UNSIGNED, CHECKS_REAL };

struct checks_number {
	enum checks_kind kind;
	union {
		int64_t i;
		uint64_t u;
		double d;
	};
};

enum checks_op { CHECKS_EQ, CHECKS_NE, CHECKS_LT, CHECKS_LE, CHECKS_GT, CHECKS_GE };

/* An address is compared, never followed: gcc warns about passing a pointer to memory not yet written. */
static inline uintptr_t checks_address(const volatile void *pointer)
{
	return (uintptr_t)pointer;
}

struct checks_number checks_signed(long long value);
struct checks_number checks_unsigned(unsigned long long value);
struct checks_number checks_real(double value);

/* @have_text and @want_text are the arguments as they stand in the source. */
bool checks_compare(const struct checks_at *at, struct checks_number have, enum checks_op op,
		    struct checks_number want, const char *have_text, const char *want_text);
bool checks_word(const struct checks_at *at, uint64_t have, uint64_t want, const char *have_text);
bool checks_range(const struct checks_at *at, struct checks_number have, struct checks_number low,
		  struct checks_number high, const char *have_text);
bool checks_near(const struct checks_at *at, double have, double want, double tolerance, const char *have_text);
bool checks_condition(const struct checks_at *at, bool have, bool want, const char *have_text);
bool checks_pointer(const struct checks_at *at, uintptr_t have, uintptr_t want, bool equal,
		    const char *have_text, const char *want_text);
bool checks_string(const struct checks_at *at, const char *have, const char *want, bool equal,
		   const char *have_text);
bool checks_part(const struct checks_at *at, const char *text, const char *part, bool present,
		 const char *have_text);
bool checks_start(const struct checks_at *at, const char *text, const char *start, const char *have_text);
bool checks_memory(const struct checks_at *at, const void *have, const void *want, size_t size,
		   const char *have_text);
bool checks_fail(const struct checks_at *at, const char *text);

/* Checks made by this process so far, those that held included. */
uint64_t checks_made(void);

/* The unary plus turns bool, enums and bit-fields into int or unsigned int. */
#define CHECKS_INTEGER(x) _Generic(+(x), \
	int: checks_signed, long: checks_signed, long long: checks_signed, \
	unsigned int: checks_unsigned, unsigned long: checks_unsigned, unsigned long long: checks_unsigned)(x)
#define CHECKS_NUMBER(x) _Generic(+(x), \
	int: checks_signed, long: checks_signed, long long: checks_signed, \
	unsigned int: checks_unsigned, unsigned long: checks_unsigned, unsigned long long: checks_unsigned, \
	float: checks_real, double: checks_real)(x)
/* C leaves open which argument of a call comes first: the value that the test has must. */
#define CHECKS_IN_ORDER(type, at, fn, have, ...) ({ \
	type checks_have = have; \
	fn(at, checks_have, __VA_ARGS__); \
})
#define CHECKS_COMPARE(at, have, op, ...) ({ \
	struct checks_number checks_have = have; \
	checks_compare(at, checks_have, op, __VA_ARGS__); \
})
#define CHECKS_AT(required) (&(const struct checks_at){ __FILE__, __LINE__, required })

#define CHECK_INT(have, want) \
	CHECKS_COMPARE(CHECKS_AT(false), CHECKS_INTEGER(have), CHECKS_EQ, CHECKS_INTEGER(want), #have, #want)
#define CHECK_U64(have, want) CHECKS_IN_ORDER(uint64_t, CHECKS_AT(false), checks_word, have, want, #have)
#define CHECK_NE(have, unwanted) \
	CHECKS_COMPARE(CHECKS_AT(false), CHECKS_NUMBER(have), CHECKS_NE, CHECKS_NUMBER(unwanted), #have, #unwanted)
#define CHECK_LT(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(false), CHECKS_NUMBER(have), CHECKS_LT, CHECKS_NUMBER(bound), #have, #bound)
#define CHECK_LE(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(false), CHECKS_NUMBER(have), CHECKS_LE, CHECKS_NUMBER(bound), #have, #bound)
#define CHECK_GT(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(false), CHECKS_NUMBER(have), CHECKS_GT, CHECKS_NUMBER(bound), #have, #bound)
#define CHECK_GE(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(false), CHECKS_NUMBER(have), CHECKS_GE, CHECKS_NUMBER(bound), #have, #bound)
#define CHECK_RANGE(have, low, high) \
	CHECKS_IN_ORDER(struct checks_number, CHECKS_AT(false), checks_range, CHECKS_NUMBER(have), CHECKS_NUMBER(low), \
			CHECKS_NUMBER(high), #have)
#define CHECK_NEAR(have, want, tolerance) \
	CHECKS_IN_ORDER(double, CHECKS_AT(false), checks_near, have, want, tolerance, #have)
#define CHECK_TRUE(condition) checks_condition(CHECKS_AT(false), condition, true, #condition)
#define CHECK_FALSE(condition) checks_condition(CHECKS_AT(false), condition, false, #condition)
#define CHECK_PTR(have, want) \
	CHECKS_IN_ORDER(uintptr_t, CHECKS_AT(false), checks_pointer, checks_address(have), checks_address(want), true, \
			#have, #want)
#define CHECK_NOT_PTR(have, unwanted) \
	CHECKS_IN_ORDER(uintptr_t, CHECKS_AT(false), checks_pointer, checks_address(have), checks_address(unwanted), false, \
			#have, #unwanted)
#define CHECK_NULL(have) checks_pointer(CHECKS_AT(false), checks_address(have), 0, true, #have, "NULL")
#define CHECK_NOT_NULL(have) checks_pointer(CHECKS_AT(false), checks_address(have), 0, false, #have, "NULL")
#define CHECK_STR(have, want) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(false), checks_string, have, want, true, #have)
#define CHECK_NOT_STR(have, unwanted) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(false), checks_string, have, unwanted, false, #have)
#define CHECK_HAS(text, part) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(false), checks_part, text, part, true, #text)
#define CHECK_LACKS(text, part) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(false), checks_part, text, part, false, #text)
#define CHECK_STARTS(text, start) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(false), checks_start, text, start, #text)
#define CHECK_MEM(have, want, size) \
	CHECKS_IN_ORDER(const void *, CHECKS_AT(false), checks_memory, have, want, size, #have)
#define CHECK_FAIL(text) checks_fail(CHECKS_AT(false), text)

#define REQUIRE_INT(have, want) \
	CHECKS_COMPARE(CHECKS_AT(true), CHECKS_INTEGER(have), CHECKS_EQ, CHECKS_INTEGER(want), #have, #want)
#define REQUIRE_U64(have, want) CHECKS_IN_ORDER(uint64_t, CHECKS_AT(true), checks_word, have, want, #have)
#define REQUIRE_NE(have, unwanted) \
	CHECKS_COMPARE(CHECKS_AT(true), CHECKS_NUMBER(have), CHECKS_NE, CHECKS_NUMBER(unwanted), #have, #unwanted)
#define REQUIRE_LT(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(true), CHECKS_NUMBER(have), CHECKS_LT, CHECKS_NUMBER(bound), #have, #bound)
#define REQUIRE_LE(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(true), CHECKS_NUMBER(have), CHECKS_LE, CHECKS_NUMBER(bound), #have, #bound)
#define REQUIRE_GT(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(true), CHECKS_NUMBER(have), CHECKS_GT, CHECKS_NUMBER(bound), #have, #bound)
#define REQUIRE_GE(have, bound) \
	CHECKS_COMPARE(CHECKS_AT(true), CHECKS_NUMBER(have), CHECKS_GE, CHECKS_NUMBER(bound), #have, #bound)
#define REQUIRE_RANGE(have, low, high) \
	CHECKS_IN_ORDER(struct checks_number, CHECKS_AT(true), checks_range, CHECKS_NUMBER(have), CHECKS_NUMBER(low), \
			CHECKS_NUMBER(high), #have)
#define REQUIRE_NEAR(have, want, tolerance) \
	CHECKS_IN_ORDER(double, CHECKS_AT(true), checks_near, have, want, tolerance, #have)
#define REQUIRE_TRUE(condition) checks_condition(CHECKS_AT(true), condition, true, #condition)
#define REQUIRE_FALSE(condition) checks_condition(CHECKS_AT(true), condition, false, #condition)
#define REQUIRE_PTR(have, want) \
	CHECKS_IN_ORDER(uintptr_t, CHECKS_AT(true), checks_pointer, checks_address(have), checks_address(want), true, \
			#have, #want)
#define REQUIRE_NOT_PTR(have, unwanted) \
	CHECKS_IN_ORDER(uintptr_t, CHECKS_AT(true), checks_pointer, checks_address(have), checks_address(unwanted), false, \
			#have, #unwanted)
#define REQUIRE_NULL(have) checks_pointer(CHECKS_AT(true), checks_address(have), 0, true, #have, "NULL")
#define REQUIRE_NOT_NULL(have) checks_pointer(CHECKS_AT(true), checks_address(have), 0, false, #have, "NULL")
#define REQUIRE_STR(have, want) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(true), checks_string, have, want, true, #have)
#define REQUIRE_NOT_STR(have, unwanted) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(true), checks_string, have, unwanted, false, #have)
#define REQUIRE_HAS(text, part) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(true), checks_part, text, part, true, #text)
#define REQUIRE_LACKS(text, part) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(true), checks_part, text, part, false, #text)
#define REQUIRE_STARTS(text, start) \
	CHECKS_IN_ORDER(const char *, CHECKS_AT(true), checks_start, text, start, #text)
#define REQUIRE_MEM(have, want, size) \
	CHECKS_IN_ORDER(const void *, CHECKS_AT(true), checks_memory, have, want, size, #have)
#define REQUIRE_FAIL(text) checks_fail(CHECKS_AT(true), text)

#endif
