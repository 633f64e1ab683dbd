/*
 * visualizer/view_tables.c - workqueues, pools, threads, this run, keys: one line a thing.
 *
 * Columns are those of the kernel's own tools (wq_monitor, wq_dump, ps), so that
 * what is learnt here is known there.
 * Rules: R3.13, R3.14, R12.15, R12.16.   Licence: MIT.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "model/tables.h"
#include "visualizer/rows.h"

static const struct model *at(struct ui *u)
{
	return &u->scene->replay.at;
}

static void table_draw(struct ui *u, struct rect box, struct rows *r, const char *title, enum view_id id)
{
	unsigned int most = r->nr > (unsigned int)box.h ? r->nr - (unsigned int)box.h : 0;
	char text[128];

	if (u->scroll[id] > most)
		u->scroll[id] = most;
	snprintf(text, sizeof(text), most ? "%s   (j k: more)" : "%s", title);
	layout_box(u->term, box, text, ST_TITLE);
	rows_draw(r, box, u->scroll[id]);
	rows_free(r);
}

static int table_command(struct ui *u, enum action a)
{
	unsigned int *s = &u->scroll[u->view];

	switch (a) {
	case ACT_UP: *s = *s ? *s - 1 : 0; break;
	case ACT_DOWN: ++*s; break;
	case ACT_PAGE_UP: *s = *s > 10 ? *s - 10 : 0; break;
	case ACT_PAGE_DOWN: *s += 10; break;
	case ACT_TOP: *s = 0; break;
	case ACT_BOTTOM: *s = 10000; break;
	default: return -1;
	}
	return EFF_DRAW;
}

/* ---- workqueues: wq_monitor --------------------------------------------------------- */

#define WQ_UNBOUND_BIT (1u << 1)
#define WQ_MEM_RECLAIM_BIT (1u << 3)

/* Seven columns of the tool are 56 cells wide; its names give way, down to 14, and our own column first. */
#define MONITOR_CELLS 56

static int monitor_name_width(struct rect box)
{
	int room = box.w - 2 - MONITOR_CELLS;

	return room < 14 ? 14 : room > 24 ? 24 : room;
}

static bool monitor_shows_limit(struct rect box)
{
	return box.w >= 24 + MONITOR_CELLS + 14;
}

static void wq_row(struct rows *r, const struct model_wq *q, struct rect box)
{
	int width = monitor_name_width(box);
	struct wq_sum sum = table_wq_sum(at(r->u), q->id);
	char name[SENTENCE_NAME];

	rows_begin(r, 0);
	rows_thing(r, ST_NORMAL, false, CLS_WQ, q->id, "%-*.*s", width, width, ui_name(r->u, CLS_WQ, q->id, name));
	rows_add(r, ST_NORMAL, " %8" PRIu64 " %5" PRIu64 " %8.1f", sum.started,
		 sum.started > sum.completed ? sum.started - sum.completed : 0, (double)sum.cpu_time / 1e6);
	if (q->flags & WQ_UNBOUND_BIT)
		rows_add(r, ST_NORMAL, " %7s %7" PRIu64, "-", sum.repatriated);
	else
		rows_add(r, ST_NORMAL, " %7" PRIu64 " %7" PRIu64, sum.cpu_intensive, sum.cm_wakeups);
	if (q->flags & WQ_MEM_RECLAIM_BIT)
		rows_add(r, ST_NORMAL, " %7" PRIu64 " %7" PRIu64, sum.maydays, sum.rescued);
	else
		rows_add(r, ST_DIM, " %7s %7s", "-", "-");
	if (monitor_shows_limit(box))
		rows_add(r, ST_DIM, "  %" PRIu32, q->max_active);
}

static void wqs_draw(struct ui *u, struct rect box)
{
	struct rows *r = rows_new(u);

	if (!r)
		return;
	rows_begin(r, 0);
	rows_add(r, ST_TITLE, "%*s %8s %5s %8s %7s %7s %7s %7s%s", monitor_name_width(box), "", "total", "infl", "CPUtime",
		 "CPUitsv", "CMW/RPR", "mayday", "rescued", monitor_shows_limit(box) ? "  max_active" : "");
	for (uint32_t i = 1; i <= at(u)->nr_wqs; i++) {
		const struct model_wq *q = model_wq(at(u), i);

		if (q && !q->freed)
			wq_row(r, q, box);
	}
	table_draw(u, box, r, "Workqueues (as wq_monitor)", VIEW_WQS);
}

const struct view view_wqs = { "workqueues", "Workqueues", wqs_draw, table_command, false };

/* ---- pools: wq_dump ------------------------------------------------------------------- */

static void pool_row(struct rows *r, const struct model_pool *p)
{
	char cpus[64];

	rows_begin(r, 0);
	rows_thing(r, ST_NORMAL, false, CLS_POOL, p->id, "pool[%02" PRIu32 "]",
		   table_pool_number(r->u->scene->store, p->id));
	rows_add(r, ST_NORMAL, " flags=0x%-2" PRIx32 " nice=%3" PRId32 " idle/workers=%3" PRIu32 "/%3" PRIu32, p->flags,
		 p->nice, p->nr_idle, p->nr_workers);
	if (p->cpu >= 0) {
		rows_add(r, ST_NORMAL, " cpu=%3" PRId32, p->cpu);
	} else {
		cpumask_list((struct cpumask){ p->cpus }, cpus, sizeof(cpus));
		rows_add(r, ST_NORMAL, " cpus=%s", cpus);
	}
	rows_add(r, p->nr_running ? ST_RUNNING : ST_DIM, "  nr_running=%" PRIu32, p->nr_running);
	rows_add(r, p->worklist.count ? ST_WAITING : ST_DIM, " worklist=%" PRIu32, p->worklist.count);
}

static void pools_draw(struct ui *u, struct rect box)
{
	uint32_t *ids = calloc(at(u)->nr_pools + 1, sizeof(*ids)), nr;
	struct rows *r = rows_new(u);

	if (r && ids) {
		nr = table_pools(at(u), u->scene->store, ids);
		for (uint32_t i = 0; i < nr; i++)
			pool_row(r, &at(u)->pools[ids[i]]);
		table_draw(u, box, r, "Worker pools (as wq_dump)", VIEW_POOLS);
	}
	free(ids);
}

const struct view view_pools = { "pools", "Pools", pools_draw, table_command, false };

/* ---- ps ------------------------------------------------------------------------------- */

static const struct {
	const char *letter;
	enum theme_style style;
} states[] = {
	[MT_NEW] = { "N", ST_DIM }, [MT_RUNNABLE] = { "R", ST_WAITING }, [MT_ON_CPU] = { "R+", ST_RUNNING },
	[MT_BLOCKED] = { "S", ST_SLEEPING }, [MT_DEAD] = { "X", ST_DYING },
};

static void ps_row(struct rows *r, const struct model_task *t)
{
	const struct model *m = at(r->u);
	const struct model_worker *w = model_worker(m, t->worker);
	bool idle = w && w->place == WK_IDLE;
	char name[SENTENCE_NAME], item[SENTENCE_NAME];

	rows_begin(r, 0);
	/* idle workers wait in state I on a real machine, not in S */
	rows_add(r, idle ? ST_IDLE : states[t->state].style, "%5" PRIu32 " %-4s", t->id,
		 idle ? "I" : states[t->state].letter);
	rows_add(r, ST_NORMAL, " %3" PRId32 " %4" PRId32 " ", t->cpu, t->nice);
	rows_thing(r, ST_NORMAL, false, w ? CLS_WORKER : CLS_TASK, w ? w->id : t->id, "%s",
		   ui_name(r->u, CLS_TASK, t->id, name));
	if (w && w->item)
		rows_thing(r, ST_NAME, false, CLS_ITEM, w->item, "  %s", ui_name(r->u, CLS_ITEM, w->item, item));
}

static void ps_draw(struct ui *u, struct rect box)
{
	const struct model *m = at(u);
	struct rows *r = rows_new(u);

	if (!r)
		return;
	rows_begin(r, 0);
	rows_add(r, ST_TITLE, "%5s %-4s %3s %4s %s", "ID", "STAT", "CPU", "NI", "COMMAND");
	for (uint32_t i = 1; i <= m->nr_tasks; i++) {
		const struct model_task *t = model_task(m, i);

		if (t && t->state != MT_DEAD && !(t->cpu >= 0 && t->cpu < CPUS_MAX && m->cpus[t->cpu].idle_task == i))
			ps_row(r, t);
	}
	table_draw(u, box, r, "ps: kernel threads", VIEW_PS);
}

const struct view view_ps = { "ps", "ps", ps_draw, table_command, false };

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
	rows_add(r, ST_NORMAL, "events    %" PRIu64 ":", s->nr);
	for (int l = 0; l < TRACE_LEVEL_NR; l++)
		rows_add(r, ST_NORMAL, "  %" PRIu64 " %s", count[l], trace_level_name((enum trace_level)l));
}

static void about_machine(struct rows *r)
{
	const struct model *m = &r->u->scene->replay.head;

	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, "machine   %" PRIu32 " CPUs, %" PRIu32 " nodes, HZ %" PRIu32 ", clock: %s", m->nr_cpus,
		 m->nr_nodes, m->hz, m->mode == 2 ? "real (free)" : m->jitter ? "jitter" : "virtual");
	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, "variant   %" PRIu64 "    seed %" PRIu64, m->variant, m->seed);
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
	rows_add(r, ST_NORMAL, "lesson    ");
	rows_add(r, ST_TITLE, "%s", u->scene->lesson.title[0] ? u->scene->lesson.title : "(a recording)");
	about_machine(r);
	about_counts(r);
	rows_begin(r, 0);
	rows_add(r, ST_NORMAL, "time      %s of virtual time so far", time_text(u->scene->replay.head.time).text);
	rows_begin(r, 0);
	rows_begin(r, 0);
	rows_add(r, ST_DIM, "the line that repeats it:");
	/* in pieces, so that a long one can be copied whole */
	for (size_t i = 0, n = strlen(line), w = box.w > 4 ? (size_t)box.w - 2 : 2; i < n; i += w) {
		rows_begin(r, 0);
		rows_add(r, ST_CODE, "%.*s", (int)(n - i < w ? n - i : w), line + i);
	}
	if (!*line) {
		rows_begin(r, 0);
		rows_add(r, ST_DIM, "(unknown: this recording does not carry it)");
	}
	table_draw(u, box, r, "About this run", VIEW_ABOUT);
}

const struct view view_about = { "about", "About this run", about_draw, table_command, false };

/* ---- keys ----------------------------------------------------------------------------------- */

static void keys_draw(struct ui *u, struct rect box)
{
	static const char *const glyphs[] = {
		"● running", "◌ sleeping", "○ idle", "◆ manager", "✚ rescuer", "✖ dying", "▸ waiting", "⊘ inactive",
	};
	struct rows *r = rows_new(u);

	if (!r)
		return;
	rows_begin(r, 0);
	for (size_t i = 0; i < sizeof(glyphs) / sizeof(glyphs[0]); i++)
		rows_add(r, ST_NORMAL, "%s%s", i ? "  " : "", glyphs[i]);
	for (unsigned int i = 0; i < key_rows_nr; i++) {
		if (!*key_rows[i].help)
			continue;
		rows_begin(r, 0);
		rows_add(r, ST_KEY, "%-11s ", key_rows[i].shown);
		rows_add(r, ST_NORMAL, "%s", key_rows[i].help);
	}
	table_draw(u, box, r, "Keys", VIEW_KEYS);
}

const struct view view_keys = { "keys", "Keys", keys_draw, table_command, false };
