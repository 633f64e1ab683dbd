/*
 * plain/show.c - the views of the screen as text: machine, timeline, events, dmesg, source, pools, waits.
 *
 * show() in a lesson opens one; so does its name as a command.
 *
 * Lives here:   the list of views, the timeline as lines, the table of pools.
 * Never here:   the machine (words/machine_text.h), the code (look.c), the log (print.c).   Licence: MIT.
 */
#include "plain/plain_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/shortage.h"
#include "base/time.h"
#include "base/wrap.h"
#include "model/table_columns.h"
#include "words/name.h"
#include "words/texts.h"
#include "words/waits.h"

#define EVENTS_SHOWN 12
#define RUNS_SHOWN 40

/* ---- timeline: a line for each run of an item ------------------------------------------------ */

/* The event at which the run that began at @start ended, up to @upto; 0 = it goes on. */
static uint64_t end_of_run(const struct plain *p, const struct trace_event *start, uint64_t upto, struct trace_event *ev)
{
	struct trace_value item, worker, of;

	if (!trace_event_get(start, "item", &item) || !trace_event_get(start, "worker", &worker))
		return 0;
	for (uint64_t n = start->n + 1; n <= upto; n++)
		if (trace_store_event(p->store, n, ev) && ev->kind == EV_EXECUTE_END && trace_event_get(ev, "worker", &of) &&
		    of.num == worker.num && trace_event_get(ev, "item", &of) && of.num == item.num)
			return n;
	return 0;
}

static void print_run(struct plain *p, const struct trace_event *start, uint64_t upto)
{
	const struct model *m = plain_state_at(p, start->n);
	struct words_name item, worker;
	struct trace_value i, w;
	struct trace_event end;
	STRBUF(text, 512);

	if (!m || !trace_event_get(start, "item", &i) || !trace_event_get(start, "worker", &w))
		return;
	item = words_named(p->store, m, CLS_ITEM, (uint32_t)i.num);
	worker = words_named(p->store, m, CLS_WORKER, (uint32_t)w.num);
	if (end_of_run(p, start, upto, &end))
		strbuf_printf(&text, W(SHOW_RUN), time_text_ms(end.time).text, item.text, worker.text, start->cpu);
	else
		strbuf_printf(&text, W(SHOW_RUN_GOES_ON), item.text, worker.text, start->cpu);
	plain_put_timed(p, start->time, text.buf);
}

static void print_timeline(struct plain *p)
{
	uint64_t upto = plain_here(p), first = upto, runs = 0;
	struct trace_event ev;

	for (; first > p->from && runs < RUNS_SHOWN; first--)
		runs += trace_store_event(p->store, first, &ev) && ev.kind == EV_EXECUTE_START;
	plain_put(p, "", runs ? W(SHOW_TIMELINE) : W(SHOW_NO_RUN));
	for (uint64_t n = first; n <= upto && runs; n++)
		if (n > p->from && trace_store_event(p->store, n, &ev) && ev.kind == EV_EXECUTE_START)
			print_run(p, &ev, upto);
}

/* ---- events, pools ------------------------------------------------------------------------------ */

static bool is_listed(const struct trace_event *ev)
{
	return ev->kind < EV_NR && trace_event_level(ev) == TRACE_STORY && !trace_is_lesson(ev->kind);
}

static void print_events(struct plain *p)
{
	uint64_t upto = plain_here(p), first = upto, nr = 0;
	struct trace_event ev;

	for (; first > p->from && nr < EVENTS_SHOWN; first--)
		nr += trace_store_event(p->store, first, &ev) && is_listed(&ev);
	plain_put(p, "", nr ? W(SHOW_EVENTS) : W(SHOW_NO_EVENT));
	for (uint64_t n = first; n <= upto && nr; n++) {
		STRBUF(text, 1024);

		if (n <= p->from || !trace_store_event(p->store, n, &ev) || !is_listed(&ev))
			continue;
		plain_put_sentence(p, &ev, &text);
		plain_put_timed(p, ev.time, text.buf);
	}
}

static void print_pools(struct plain *p)
{
	const struct model *m = plain_state_at(p, plain_here(p));
	const struct table *t = &table_of_pools;
	uint32_t *ids = m ? shortage_need(malloc(table_rows_max(t, m) * sizeof(*ids))) : NULL;
	struct table_row row;
	uint32_t nr;

	if (!ids)
		return;
	nr = table_rows(t, m, p->store, ids);
	table_row_init(&row, t, m, p->store);
	for (uint32_t i = 0; i < nr; i++) {
		STRBUF(line, 512);

		row.id = ids[i];
		table_line(t, &row, &line);
		plain_put(p, "", line.buf);
	}
	free(ids);
}

static void print_waits(struct plain *p)
{
	const struct model *m = plain_state_at(p, plain_here(p));
	STRBUF(text, 8192);

	if (m && words_waits_lines(p->store, m, &text))
		plain_put(p, "", text.buf);
	else
		plain_put(p, "", W(NOBODY_WAITS));
}

static void print_log(struct plain *p)
{
	if (!plain_print_dmesg(p, plain_here(p)))
		plain_put(p, "", W(LOG_EMPTY));
}

bool plain_show(struct plain *p, const char *view)
{
	static const struct {
		const char *name;
		void (*print)(struct plain *p);
	} views[] = {
		{ "machine", plain_print_machine }, { "timeline", print_timeline }, { "events", print_events },
		{ "dmesg", print_log }, { "source", plain_print_code }, { "pools", print_pools },
		{ "waits", print_waits },
	};

	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		if (!strcmp(views[i].name, view)) {
			views[i].print(p);
			return true;
		}
	return false;
}
