/*
 * tests/free_lib.c - the engine as a library: tests/lib/example.c, built against libcmwq.a only.
 *
 * Lives here:   that the library links by itself, runs, and leaves.
 * Never here:   what the engine does (free_workqueue.c).
 * Rules:        n/a.   Licence: MIT.
 */
#include "tests/test.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* The sum of the first thousand squares, however the items were spread over threads. */
static void a_program_of_ones_own_runs_on_the_library_alone(void)
{
	char binary[1024], command[1200], said[256] = "";
	int status, i;

	snprintf(binary, sizeof(binary), "%s", test_binary());
	snprintf(command, sizeof(command), "timeout 20 %s/kw-example 2>&1", dirname(binary));
	for (i = 0; i < test_rounds(20, 5); i++) {
		FILE *f = popen(command, "r");
		size_t n;

		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		n = fread(said, 1, sizeof(said) - 1, f);
		said[n] = '\0';
		status = pclose(f);
		if (strcmp(said, "1000 items, sum 333833500\n") != 0)
			test_note("it said \"%s\"", said);
		CU_ASSERT_STRING_EQUAL(said, "1000 items, sum 333833500\n");
		CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

const struct test_case suite_free_lib[] = {
	T(a_program_of_ones_own_runs_on_the_library_alone),
	{ NULL, NULL }
};
