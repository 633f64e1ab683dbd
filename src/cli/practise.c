/*
 * cli/practise.c - `kworkshop practise`: asks the questions again that were missed and are due today.
 *
 * Lives here:   its options, the sentence before or after it.
 * Never here:   which questions, and their runs (session_practice.c).   Licence: MIT.
 */
#include "cli/session.h"

#include "base/exit_status.h"
#include "base/printable.h"
#include "words/texts.h"

struct practise {
	struct cli_look look;
};

static const struct cli_option practise_options[] = {
	CLI_DATE_OPTION(struct practise, look), CLI_STUDENT_OPTION(struct practise, look),
	CLI_LOOK_OPTIONS(struct practise, look), { .name = NULL }
};

static int practise_main(int argc, char **argv)
{
	struct practise o = { .look = { .plain = false } };
	struct session_show show = { .practise = true };
	struct session *s;
	STRBUF(result, 300);
	bool right;
	int code = cli_parse(&argc, argv, practise_options, &o);

	if (code)
		return code;
	if (argc > 1)
		return cli_misuse("practise", W(CLI_ARGUMENT), argv[1]);
	cli_look_settle(&o.look);
	code = session_open(&s, &o.look, NULL);
	if (code)
		return code;
	if (session_due(s))
		code = session_show(s, &o.look, &show);
	right = session_practice_result(s, &result);
	if (session_no_progress(s))
		code = exit_status_for(session_no_progress(s));
	else if (code <= EXIT_WRONG)
		code = right ? EXIT_RIGHT : EXIT_WRONG;
	printable_printf(stdout, "%s\n", result.buf);
	session_close(s);
	return code;
}

const struct cli_command cmd_practise = {
	.name = "practise",
	.args = "",
	.summary = "ask the questions again that you missed and that are due today",
	.options = practise_options,
	.notes = "A missed question returns after 1 day, and after right answers 3 and 7 days later, with other numbers. "
		 "An answer here is never counted and never handed in.",
	.main = practise_main,
};
