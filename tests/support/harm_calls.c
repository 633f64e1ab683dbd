/*
 * tests/support/harm_calls.c - see harm_calls.h.   Licence: MIT.
 */
#include "tests/support/harm_calls.h"

#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

struct harm_call harm_calls[] = {
#define CALL(name, args_, input_, makes_) { .command = #name, .args = args_, .input = input_, .makes = makes_ },
#define VARYING(name, args_, input_, makes_, status_) \
	{ .command = #name, .args = args_, .input = input_, .makes = makes_, .varies = true, .status = status_ },
#include "tests/faults/calls.def"
#undef CALL
#undef VARYING
};
const size_t harm_nr_calls = sizeof(harm_calls) / sizeof(harm_calls[0]);

struct harm harm_of(const struct harm_call *c)
{
	return (struct harm){ .args = c->args, .input = c->input, .makes = c->makes, .limit = HARM_NO_LIMIT };
}

bool harm_calls_begin(void)
{
	static struct harm_end end;

	if (!harm_begin())
		return false;
	for (size_t i = 0; i < harm_nr_calls; i++) {
		struct harm_call *c = &harm_calls[i];
		struct harm h = harm_of(c);

		h.fault = harm_no_preload() ? NULL : "memory once 1000000000 both";
		harm_restore();
		harm_run(&h, &end);
		harm_accept(&h, &end, 0, NULL);
		free(c->whole);
		c->whole = c->varies ? NULL : strdup(end.out);
		memcpy(&c->counts, &end.counts, sizeof(c->counts));
	}
	return true;
}

void harm_calls_finish(void)
{
	for (size_t i = 0; i < harm_nr_calls; i++) {
		free(harm_calls[i].whole);
		harm_calls[i].whole = NULL;
	}
	harm_finish();
}
