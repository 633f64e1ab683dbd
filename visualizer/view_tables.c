/*
 * visualizer/view_tables.c - workqueues, pools, threads, this run: one line a thing.
 *
 * The columns are those of the kernel's own tools (wq_monitor, wq_dump, ps), so
 * students can read those tools afterwards.
 * Rules: R3.13, R3.14, R12.15, R12.16.   Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model/table_columns.h"
#include "visualizer/rows.h"

static const struct model *at(struct ui *u)
{
	return &u->scene->replay.at;
}

/* ---- workqueues, pools, threads: the columns of model/table_columns.h ------------------ */

#define NAME_CELLS_MIN 14	/* minimum width of a workqueue's name */

/* Cells of a line with the columns of these ranks. */
static int columns_width(const struct table *t, const struct table_row *row, unsigned int ranks)
{
	STRBUF(cell, 256);
	int width = 0;

	for (unsigned int i = 0; i < t->nr; i++) {
		if (!(ranks >> t->columns[i].rank & 1))
			continue;
		cell.len = 0;
		table_cell(&t->columns[i], row, &cell);
		width += (int)cell.len + (i ? 1 : 0);
	}
	return width;
}

/* The ranks that fit: all, then without the tool's less important ones, then without ours. */
static unsigned int ranks_for(const struct table *t, const struct table_row *row, int room)
{
	static const unsigned int sets[] = {
		1u << COLUMN_KEY | 1u << COLUMN_REST | 1u << COLUMN_OURS, 1u << COLUMN_KEY | 1u << COLUMN_OURS,
	};

	for (unsigned int i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (columns_width(t, row, sets[i]) <= room)
			return sets[i];
	return 1u << COLUMN_KEY | 1u << COLUMN_REST;
}

/* Which style a cell has: the pool's busy columns stand out. */
static enum theme_style cell_style(const struct table *t, const struct table_column *c, const struct table_row *row)
{
	const struct model_pool *p = t->cls == CLS_POOL && row ? model_pool(row->m, row->id) : NULL;

	if (!row)
		return ST_TITLE;
	if (c->rank != COLUMN_OURS)
		return ST_NORMAL;
	return p && (p->nr_running || p->worklist.count) ? ST_RUNNING : ST_DIM;
}

static void table_row_add(struct rows *r, const struct table *t, const struct table_row *row, int room)
{
	unsigned int ranks = ranks_for(t, row, room);
	int over = columns_width(t, row, ranks) - room;

	rows_begin(r, 0);
	for (unsigned int i = 0; i < t->nr; i++) {
		const struct table_column *c = &t->columns[i];
		struct table_column narrow = *c;
		STRBUF(cell, 256);

		if (!(ranks >> c->rank & 1))
			continue;
		if (!i && over > 0 && c->width < -NAME_CELLS_MIN)
			narrow.width = c->width + over < -NAME_CELLS_MIN ? c->width + over : -NAME_CELLS_MIN;
		table_cell(&narrow, row, &cell);
		if (!i && row)
			rows_thing(r, ST_NORMAL, t->cls, row->id, "%.*s", narrow.width < 0 ? -narrow.width : 256, cell.buf);
		else
			rows_add(r, cell_style(t, c, row), "%s%s", i ? " " : "", cell.buf);
	}
}

static void columns_draw(struct ui *u, struct rect box, const struct table *t, const char *title, enum view_id id)
{
	uint32_t *ids = calloc(table_rows_max(t, at(u)), sizeof(*ids)), nr;
	struct rows *r = rows_new(u);
	struct table_row row;

	if (r && ids) {
		table_row_init(&row, t, at(u), u->scene->store);
		if (t->heading)
			table_row_add(r, t, NULL, box.w - 2);
		nr = table_rows(t, at(u), u->scene->store, ids);
		for (uint32_t i = 0; i < nr; i++) {
			row.id = ids[i];
			table_row_add(r, t, &row, box.w - 2);
		}
		rows_show(r, box, title, id);
	} else if (r) {
		rows_free(r);
	}
	free(ids);
}

static void wqs_draw(struct ui *u, struct rect box)
{
	columns_draw(u, box, &table_of_wqs, W(TABLE_WQS), VIEW_WQS);
}

const struct view view_wqs = { "workqueues", wqs_draw, rows_command, false };

static void pools_draw(struct ui *u, struct rect box)
{
	columns_draw(u, box, &table_of_pools, W(TABLE_POOLS), VIEW_POOLS);
}

const struct view view_pools = { "pools", pools_draw, rows_command, false };

static void ps_draw(struct ui *u, struct rect box)
{
	columns_draw(u, box, &table_of_threads, W(TABLE_PS), VIEW_PS);
}

const struct view view_ps = { "ps", ps_draw, rows_command, false };

/* ---- about this run ---------------------------------------------------------------------- */

static void about_counts(struct rows *r)
{
	const struct trace_store *s = r->u->scene->store;
	uint64_t count[TRACE_LEVEL_NR] = { 0 };
	struct trace_event ev;

	for (uint64_t n = 1; n <= s->nr; n++)
		if (trace_store_event(s, n, &ev) && ev.kind < EV_NR)
			count[trace_event_level(&ev)]++;
	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, W(ABOUT_EVENTS), s->nr);
	for (int l = 0; l < TRACE_LEVEL_NR; l++)
		rows_add(r, ST_NORMAL, W(ABOUT_COUNT), count[l], words_level((enum trace_level)l));
}

static void about_machine(struct rows *r)
{
	const struct model *m = &r->u->scene->replay.head;

	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, W(ABOUT_MACHINE), m->nr_cpus,
		 m->nr_nodes, m->hz, m->mode == 2 ? W(ABOUT_CLOCK_REAL) : m->jitter ? W(ABOUT_CLOCK_JITTER) : W(ABOUT_CLOCK_VIRTUAL));
	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, W(ABOUT_VARIANT), m->variant, m->seed);
}

static void about_draw(struct ui *u, struct rect box)
{
	struct rows *r = rows_new(u);
	char line[1200] = "";

	if (!r)
		return;
	if (u->scene->run)
		run_replay_line(u->scene->run, line, sizeof(line));
	else if (u->opts->replay_line)
		snprintf(line, sizeof(line), "%s", u->opts->replay_line);
	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, W(ABOUT_LESSON));
	rows_add(r, ST_TITLE, "%s", u->scene->lesson.title[0] ? u->scene->lesson.title : W(ABOUT_RECORDING));
	about_machine(r);
	about_counts(r);
	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, W(ABOUT_TIME), time_text(u->scene->replay.head.time).text);
	rows_begin(r, 0);
	rows_begin(r, 0);
	rows_add(r, ST_DIM, W(ABOUT_REPEAT));
	/* in pieces, so that a long one can be copied whole */
	for (size_t i = 0, n = strlen(line), w = box.w > 4 ? (size_t)box.w - 2 : 2; i < n; i += w) {
		rows_begin(r, 0);
		rows_add(r, ST_CODE, "%.*s", (int)(n - i < w ? n - i : w), line + i);
	}
	if (!*line) {
		rows_begin(r, 0);
		rows_add(r, ST_DIM, W(ABOUT_NO_REPEAT));
	}
	rows_show(r, box, W(VIEW_ABOUT), VIEW_ABOUT);
}

const struct view view_about = { "about", about_draw, rows_command, false };
