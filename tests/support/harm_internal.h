/*
 * tests/support/harm_internal.h - what harm.c and harm_accept.c share.
 *
 * Lives here:   the folder's names.
 * Never here:   declarations for suites (harm.h).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_HARM_INTERNAL_H
#define KW_TESTS_SUPPORT_HARM_INTERNAL_H

#include <limits.h>
#include <sys/types.h>

#include "tests/support/harm.h"

struct harm_room {
	char all[64];			/* the folder of the test: the person's, a copy of that as it was at first, outputs */
	char folder[80];		/* the person's */
	char program[PATH_MAX], preload[PATH_MAX], here[PATH_MAX];
	uid_t user;			/* 0 = the test's own */
};
extern struct harm_room harm;

#endif
