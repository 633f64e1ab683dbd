/*
 * tests/support/checks.c - see checks.h.
 *
 * CUnit keeps its failures in a plain list, so one mutex guards the calls into
 * it: tests of free mode check from several threads.
 *
 * Lives here:   comparing, printing values, handing failures to CUnit.
 * Never here:   anything about the program under test.   Licence: MIT.
 */
#include "tests/support/checks.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <ctype.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 1000		/* of one failure */
#define BEFORE_MAX 24		/* bytes of a string shown before its first difference ... */
#define SHOWN_MAX 96		/* ... and in all */

static pthread_mutex_t cunit_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic uint64_t made;

uint64_t checks_made(void)
{
	return atomic_load(&made);
}

static bool passed(void)
{
	atomic_fetch_add(&made, 1);
	return true;
}

/* CUnit copies the text.  The jump of a REQUIRE_ must not take the mutex along. */
static bool failed(const struct checks_at *at, const char *text)
{
	CU_pTest test;

	atomic_fetch_add(&made, 1);
	pthread_mutex_lock(&cunit_lock);
	/* a header found through -I. has "./" in front */
	CU_assertImplementation(CU_FALSE, (unsigned int)at->line, text,
				at->file + (strncmp(at->file, "./", 2) ? 0 : 2), "", CU_FALSE);
	test = CU_get_current_test();
	pthread_mutex_unlock(&cunit_lock);
	if (at->required && test && test->pJumpBuf)
		longjmp(*test->pJumpBuf, 1);
	return false;
}

/* ---- numbers --------------------------------------------------------------------- */

struct checks_number checks_signed(long long value)
{
	return (struct checks_number){ .kind = CHECKS_SIGNED, .i = value };
}

struct checks_number checks_unsigned(unsigned long long value)
{
	return (struct checks_number){ .kind = CHECKS_UNSIGNED, .u = value };
}

struct checks_number checks_real(double value)
{
	return (struct checks_number){ .kind = CHECKS_REAL, .d = value };
}

static double as_real(struct checks_number n)
{
	return n.kind == CHECKS_REAL ? n.d : n.kind == CHECKS_SIGNED ? (double)n.i : (double)n.u;
}

static bool negative(struct checks_number n)
{
	return n.kind == CHECKS_SIGNED && n.i < 0;
}

/* The bits of two integers of the same sign are ordered like the integers. */
static bool less(struct checks_number a, struct checks_number b)
{
	if (a.kind == CHECKS_REAL || b.kind == CHECKS_REAL)
		return as_real(a) < as_real(b);
	if (negative(a) != negative(b))
		return negative(a);
	return a.u < b.u;
}

static bool equal_numbers(struct checks_number a, struct checks_number b)
{
	if (a.kind == CHECKS_REAL || b.kind == CHECKS_REAL)
		return as_real(a) == as_real(b);
	return negative(a) == negative(b) && a.u == b.u;
}

static bool holds(struct checks_number have, enum checks_op op, struct checks_number want)
{
	switch (op) {
	case CHECKS_EQ: return equal_numbers(have, want);
	case CHECKS_NE: return !equal_numbers(have, want);
	case CHECKS_LT: return less(have, want);
	case CHECKS_LE: return less(have, want) || equal_numbers(have, want);
	case CHECKS_GT: return less(want, have);
	case CHECKS_GE: return less(want, have) || equal_numbers(have, want);
	}
	return false;
}

struct shown {
	char text[40];
};

static struct shown show(struct checks_number n)
{
	struct shown s;

	if (n.kind == CHECKS_REAL)
		snprintf(s.text, sizeof(s.text), "%.9g", n.d);
	else if (n.kind == CHECKS_SIGNED)
		snprintf(s.text, sizeof(s.text), "%lld", (long long)n.i);
	else
		snprintf(s.text, sizeof(s.text), "%llu", (unsigned long long)n.u);
	return s;
}

/* A name or an expression is shown beside its value; a plain number is not repeated. */
static bool plain_number(const char *text)
{
	return isdigit((unsigned char)text[0]) || (text[0] == '-' && isdigit((unsigned char)text[1]));
}

bool checks_compare(const struct checks_at *at, struct checks_number have, enum checks_op op,
		    struct checks_number want, const char *have_text, const char *want_text)
{
	static const char *const ops[] = {
		[CHECKS_EQ] = "", [CHECKS_NE] = "anything but ", [CHECKS_LT] = "< ",
		[CHECKS_LE] = "<= ", [CHECKS_GT] = "> ", [CHECKS_GE] = ">= ",
	};
	bool named = !plain_number(want_text);
	char text[TEXT_MAX];

	if (holds(have, op, want))
		return passed();
	snprintf(text, sizeof(text), "%s: have %s, want %s%s%s%s%s", have_text, show(have).text, ops[op],
		 show(want).text, named ? " (" : "", named ? want_text : "", named ? ")" : "");
	return failed(at, text);
}

bool checks_word(const struct checks_at *at, uint64_t have, uint64_t want, const char *have_text)
{
	char text[TEXT_MAX];

	if (have == want)
		return passed();
	snprintf(text, sizeof(text), "%s: have %llu (0x%llx), want %llu (0x%llx)", have_text,
		 (unsigned long long)have, (unsigned long long)have, (unsigned long long)want,
		 (unsigned long long)want);
	return failed(at, text);
}

bool checks_range(const struct checks_at *at, struct checks_number have, struct checks_number low,
		  struct checks_number high, const char *have_text)
{
	char text[TEXT_MAX];

	if (holds(have, CHECKS_GE, low) && holds(have, CHECKS_LE, high))
		return passed();
	snprintf(text, sizeof(text), "%s: have %s, want %s .. %s", have_text, show(have).text, show(low).text,
		 show(high).text);
	return failed(at, text);
}

bool checks_near(const struct checks_at *at, double have, double want, double tolerance, const char *have_text)
{
	char text[TEXT_MAX];

	if (have >= want - tolerance && have <= want + tolerance)
		return passed();
	snprintf(text, sizeof(text), "%s: have %.9g, want %.9g within %.9g", have_text, have, want, tolerance);
	return failed(at, text);
}

bool checks_condition(const struct checks_at *at, bool have, bool want, const char *have_text)
{
	char text[TEXT_MAX];

	if (have == want)
		return passed();
	snprintf(text, sizeof(text), "%s: have %s, want %s", have_text, have ? "true" : "false",
		 want ? "true" : "false");
	return failed(at, text);
}

bool checks_fail(const struct checks_at *at, const char *text)
{
	return failed(at, text);
}

/* ---- pointers, strings, memory ------------------------------------------------------ */

static struct shown show_address(uintptr_t address)
{
	struct shown s = { "NULL" };

	if (address)
		snprintf(s.text, sizeof(s.text), "0x%llx", (unsigned long long)address);
	return s;
}

bool checks_pointer(const struct checks_at *at, uintptr_t have, uintptr_t want, bool equal,
		    const char *have_text, const char *want_text)
{
	bool named = strcmp(want_text, "NULL") != 0;
	char text[TEXT_MAX];

	if ((have == want) == equal)
		return passed();
	snprintf(text, sizeof(text), "%s: have %s, want %s%s%s%s%s", have_text, show_address(have).text,
		 equal ? "" : "anything but ", show_address(want).text, named ? " (" : "", named ? want_text : "",
		 named ? ")" : "");
	return failed(at, text);
}

struct quoted {
	char text[SHOWN_MAX * 4 + 16];
	size_t len;
};

static void put(struct quoted *q, const char *format, unsigned int c)
{
	int n = snprintf(q->text + q->len, sizeof(q->text) - q->len, format, c);

	q->len += n > 0 ? (size_t)n : 0;
}

/* In quotes, control characters and bytes above ASCII as escapes, at most SHOWN_MAX bytes from @from on. */
static struct quoted quote(const char *string, size_t from)
{
	struct quoted q = { .text = "NULL" };
	size_t i;

	if (!string)
		return q;
	put(&q, from ? "...\"" : "\"", 0);
	for (i = from; string[i] && i < from + SHOWN_MAX; i++) {
		unsigned char c = (unsigned char)string[i];

		if (c == '\n')
			put(&q, "\\n", 0);
		else if (c == '"' || c == '\\')
			put(&q, "\\%c", c);
		else
			put(&q, c < ' ' || c > '~' ? "\\x%02x" : "%c", c);
	}
	put(&q, string[i] ? "\"..." : "\"", 0);
	return q;
}

bool checks_string(const struct checks_at *at, const char *have, const char *want, bool equal,
		   const char *have_text)
{
	bool same = have && want ? !strcmp(have, want) : have == want;
	char text[TEXT_MAX], where[40] = "";
	size_t byte = 0, from;

	if (same == equal)
		return passed();
	while (equal && have && want && have[byte] && have[byte] == want[byte])
		byte++;
	from = byte > BEFORE_MAX ? byte - BEFORE_MAX : 0;
	if (from)
		snprintf(where, sizeof(where), "differs at byte %zu: ", byte);
	snprintf(text, sizeof(text), "%s: %shave %s, want %s%s", have_text, where, quote(have, from).text,
		 equal ? "" : "anything but ", quote(want, from).text);
	return failed(at, text);
}

bool checks_part(const struct checks_at *at, const char *text, const char *part, bool present,
		 const char *have_text)
{
	char out[TEXT_MAX];

	if (text && (strstr(text, part) != NULL) == present)
		return passed();
	snprintf(out, sizeof(out), "%s: have %s, want %s %s", have_text, quote(text, 0).text,
		 present ? "a text with" : "a text without", quote(part, 0).text);
	return failed(at, out);
}

bool checks_start(const struct checks_at *at, const char *text, const char *start, const char *have_text)
{
	char out[TEXT_MAX];

	if (text && strncmp(text, start, strlen(start)) == 0)
		return passed();
	snprintf(out, sizeof(out), "%s: have %s, want a text that starts with %s", have_text,
		 quote(text, 0).text, quote(start, 0).text);
	return failed(at, out);
}

bool checks_memory(const struct checks_at *at, const void *have, const void *want, size_t size,
		   const char *have_text)
{
	const unsigned char *a = have, *b = want;
	char text[TEXT_MAX];
	size_t byte = 0;

	while (byte < size && a[byte] == b[byte])
		byte++;
	if (byte == size)
		return passed();
	snprintf(text, sizeof(text), "%s: have 0x%02x, want 0x%02x in byte %zu of %zu", have_text, a[byte],
		 b[byte], byte, size);
	return failed(at, text);
}
