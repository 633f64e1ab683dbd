/*
 * visualizer/report.c - `!`: a report of the question that was judged last, for its author.
 *
 * Never here:   the file (run/question_report.h), the prompt for the words (prompt.c).
 * Licence: MIT.
 */
#include <string.h>

#include "run/question_report.h"
#include "visualizer/commands.h"

/* NULL: no verdict has been given in this run. */
static const struct lesson_question *reported(struct ui *u)
{
	struct scene *s = ui_run_scene(u);

	return s && s->run ? lesson_last_judged(&s->lesson) : NULL;
}

unsigned int command_report_ask(struct ui *u)
{
	if (reported(u))
		return command_prompt(u, PROMPT_REPORT);
	ui_say(u, W(REPORT_NO_VERDICT));
	return EFF_DRAW;
}

unsigned int command_report(struct ui *u, const char *words)
{
	const struct lesson_question *q = reported(u);
	char path[160];
	int err = q ? question_report_write(ui_run_scene(u)->run, q->id, words, path, sizeof(path)) : 0;

	if (!q)
		ui_say(u, W(REPORT_NO_VERDICT));
	else if (err)
		ui_say(u, W(SAY_NOT_WRITTEN), path, strerror(-err));
	else
		ui_say(u, W(REPORT_WRITTEN), path);
	return EFF_DRAW;
}
