/*
 * run/free_save.c - the acts of free play in a file: a lesson in Lua, or a list of inputs.
 *
 * The lesson carries the same acts out on a machine of the same size, so its machine does the same.
 * Its author can go on behind them: with cards, questions, and calls of the kernel.
 *
 * Lives here:   the text of that lesson.
 * Never here:   the format of inputs (inputs.c), carrying acts out (lua/lib/free_play.lua).
 * Rules:        docs/free-play.md.   Licence: MIT.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/outfile.h"
#include "run/free_play.h"
#include "run/run.h"

bool run_free_saves_lesson(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && !strcmp(path + len - 4, ".lua");
}

static void put_act(FILE *f, const char *text)
{
	fputs("      \"", f);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', f);
		putc(*text, f);
	}
	fputs("\",\n", f);
}

static int put_lesson(FILE *f, const struct run *r)
{
	const struct run_inputs *in = run_get_inputs(r);
	struct free_play fp;

	run_free_play(r, &fp);
	fprintf(f, "-- Acts of free play, written by kworkshop.  More of the lesson may follow behind them.\n"
		   "return lesson {\n"
		   "  title    = \"Free play\",\n"
		   "  question = \"What happens in this machine?\",\n"
		   "  machine  = { cpus = %d },\n\n"
		   "  function()\n"
		   "    free_play {\n", fp.nr_cpus);
	for (size_t i = 0; i < in->n; i++)
		if (in->v[i].kind == INPUT_ACT)
			put_act(f, in->v[i].value);
	fputs("    }\n"
	      "  end }\n", f);
	return ferror(f) ? -EIO : 0;
}

int run_free_save(const struct run *r, const char *path)
{
	struct outfile out;
	int err;

	if (!run_free_saves_lesson(path))
		return run_inputs_save(run_get_inputs(r), path);
	err = outfile_open(&out, path);
	return err ? err : outfile_close(&out, put_lesson(out.f, r));
}
