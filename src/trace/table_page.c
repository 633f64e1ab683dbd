/*
 * trace/table_page.c - writes docs/events.md from trace_events.def and trace_why.def.
 *
 * `make docs` writes the page and a test compares it with the tables.
 *
 * Lives here:   the page's introduction and its tables.
 * Never here:   facts about events that are not in the table.
 * Licence: MIT.
 */
#include "trace/table_page.h"

#include "trace/trace.h"

/* The heading goes before the first kind of its group. */
static const struct {
	enum trace_kind first;
	const char *heading;
} groups[] = {
	{ EV_DEF, "Names" },
	{ EV_ITEM_INIT, "The life of an item" },
	{ EV_POOL_NEW, "Pools and workers" },
	{ EV_MAYDAY_TIMER, "Rescue" },
	{ EV_WQ_NEW, "Workqueues" },
	{ EV_BARRIER, "Flushing, draining, cancelling" },
	{ EV_HOG, "Hogs, watchdog, warnings" },
	{ EV_MACHINE, "The machine" },
	{ EV_LESSON, "The lesson" },
	{ EV_CENSUS_POOL, "The engine's own state" },
	{ EV_SOURCE_AT, "The lesson's code" },
	{ EV_QUESTION_TEXT, "The lesson's questions, typed" },
	{ EV_EXERCISE, "Exercises" },
};

static const char intro[] =
	"# Events\n"
	"\n"
	"<!-- made by `make docs` from src/trace/trace_events.def and trace_why.def; don't edit -->\n"
	"\n"
	"Everything a run does is an event; views, checks, recordings and exports read nothing else.\n"
	"Where the kernel has a tracepoint for the thing, the event has its name and fields.\n"
	"\n"
	"Every event also has a number (from 1, in the order of the log), a virtual time in ns, a CPU\n"
	"(none for the director), a context (task, softirq, hardirq, director), the thread on whose stack\n"
	"it happened, a *cause* (the number of the event that led to it) and, where the engine decided\n"
	"something, a *why* (see [Predicates](#predicates)).\n"
	"\n"
	"Levels: **story** events are counted and stepped through on the screen, **detail** is shown on demand,\n"
	"**machine** is the computer underneath. Types: `ns` is virtual nanoseconds, `mask` a set of CPUs,\n"
	"`ids` a list of numbers; `item`, `wq`, `pwq`, `pool`, `worker`, `task`, `func`, `line` and `obj` are\n"
	"ids of such things, 0 for none; their names come in `def` events.\n";

static const char *const type_names[] = {
	[TY_u32] = "u32", [TY_i32] = "i32", [TY_u64] = "u64", [TY_bool] = "bool", [TY_ns] = "ns",
	[TY_mask] = "mask", [TY_item] = "item", [TY_wq] = "wq", [TY_pwq] = "pwq", [TY_pool] = "pool",
	[TY_worker] = "worker", [TY_task] = "task", [TY_func] = "func", [TY_line] = "line",
	[TY_obj] = "obj", [TY_ids] = "ids", [TY_text] = "text",
};

/* Escapes bars, which would end a table's cell. */
static void put_cell(FILE *out, const char *text)
{
	for (; *text; text++)
		fprintf(out, *text == '|' ? "\\|" : "%c", *text);
}

static void put_row(FILE *out, const struct trace_row *row)
{
	fprintf(out, "| `%s` | %s | ", row->name, trace_level_name(row->level));
	for (unsigned int i = 0; i < row->nr_fields; i++) {
		const struct trace_field *f = &row->fields[i];

		fprintf(out, "%s`%s`", i ? ", " : "", f->name);
		if (strcmp(f->name, type_names[f->type]))
			fprintf(out, " %s", type_names[f->type]);
	}
	fputs(" | ", out);
	put_cell(out, row->meaning);
	fputs(" |\n", out);
}

static void put_events(FILE *out)
{
	for (int kind = 1; kind < EV_NR; kind++) {
		for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++)
			if ((int)groups[g].first == kind)
				fprintf(out, "\n## %s\n\n| event | level | fields | meaning |\n|---|---|---|---|\n",
					groups[g].heading);
		put_row(out, &trace_rows[kind]);
	}
}

static void put_predicates(FILE *out)
{
	fputs("\n## Predicates\n\n"
	      "A why names the kernel's function that decided, with the values it saw; `{1}`..`{3}` stand for them.\n"
	      "*Returned* is what the function returns if the step is taken, and if not. In text, a function that\n"
	      "returned false or NULL is written `!function`.\n\n"
	      "| function | values | returned | reason if the step is taken | if not |\n|---|---|---|---|---|\n", out);
	for (int w = 1; w < WHY_NR; w++) {
		const struct trace_why_row *row = &trace_why_rows[w];

		fprintf(out, "| `%s` | ", row->name);
		for (int i = 1; i < 4 && *row->values[i]; i++)
			fprintf(out, "%s`%s`", i > 1 ? ", " : "", row->values[i]);
		if (*row->returned[1])
			fprintf(out, " | %s, %s", row->returned[1], row->returned[0]);
		else
			fputs(" | nothing", out);
		fputs(" | ", out);
		put_cell(out, row->yes);
		fputs(" | ", out);
		put_cell(out, row->no);
		fputs(" |\n", out);
	}
}

void trace_table_page(FILE *out)
{
	fputs(intro, out);
	put_events(out);
	put_predicates(out);
}
