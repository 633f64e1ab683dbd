/*
 * visualizer/work_run.c - the run of a check in the machine view: opened at the event that decided.
 *
 * The zone has the feedback of the check and below it the student's file, with its line numbers
 * and a mark at the line that is executed.  All other keys of the machine view work there.
 *
 * Lives here:   opening and leaving such a run; its text, its code, its header.
 * Never here:   running checks, the page (work.c), the layout of the machine view.   Licence: MIT.
 */
#include "visualizer/work.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "visualizer/commands.h"
#include "visualizer/styled.h"
#include "words/source_text.h"
#include "words/lesson_text.h"

#define TALK_LINES 40

/* Until a line of the student's file is executed, the code shows the line of the result. */
static void first_line(struct ui_work *w)
{
	const struct exercise_outcome *r = &w->sheet->result->check[w->run.check];
	int file = sheet_place(w->sheet, r->place[0] ? r->place : r->text, &w->run_line);

	w->run_file = file < 0 ? 0 : (unsigned int)file;
	if (file < 0 || !w->run_line || !exercise_may_show(w->sheet->x, w->sheet->result, w->run.check))
		w->run_line = 1;
}

unsigned int work_run_open(struct ui *u, unsigned int check)
{
	struct ui_work *w = u->work;
	unsigned int effects;
	int rc;

	sheet_run_fini(&w->run);
	w->has_run = false;
	rc = check ? sheet_run(w->sheet, check, &w->run) : -ENOENT;
	if (rc) {
		ui_say(u, "%s", rc == -ENOENT ? W(SAY_WORK_NO_RUN_HERE) : strerror(-rc));
		return EFF_DRAW;
	}
	effects = ui_open_spec(u, &w->run.spec, "");
	if (u->at_home)
		return effects;		/* there is a message */
	w->has_run = true;
	w->run_zone = WORK_RESULT;
	first_line(w);
	w->seek = w->run.evidence ? w->run.evidence : UINT64_MAX;
	playback_pause(&u->scene->playback);
	return effects;
}

bool work_back(struct ui *u)
{
	struct ui_work *w = u->work;

	if (u->at_home || !w->has_run)
		return false;
	ui_set_scene(u, NULL);
	sheet_run_fini(&w->run);
	w->has_run = false;
	w->seek = 0;
	return true;
}

void work_run_update(struct ui *u)
{
	struct ui_work *w = u->work;
	struct scene *s = u->scene;
	bool over = s->run && run_get_state(s->run) != RUN_RUNNING && s->state_seen != RUN_RUNNING;

	if (!w->seek || (s->store->nr < w->seek && !over))
		return;
	playback_seek(&s->playback, w->seek < s->store->nr ? w->seek : s->store->nr);
	playback_pause(&s->playback);
	u->seen = s->store->nr;		/* the cards and the end of the scene are not its story */
	w->seek = 0;
}

unsigned int work_run_cause(struct ui *u)
{
	const struct ui_work *w = u->work;
	struct trace_event ev;
	struct ev_BUG bug;

	if (!w->has_run || u->kept || u->scene->replay.at.n != w->run.evidence ||
	    !trace_store_event(u->scene->store, w->run.evidence, &ev) || !trace_get_BUG(&ev, &bug) || !bug.ref)
		return 0;
	playback_seek(&u->scene->playback, bug.ref);
	return command_look(u);
}

/* ---- the run of the last try ------------------------------------------------------------------ */

/* Of a form: the run of its first check, which the page draws as lanes.  Without it the page has none. */
void work_tried_open(struct ui *u)
{
	struct ui_work *w = u->work;
	uint32_t row[WORK_ROWS_MAX];
	struct sheet_run run;
	struct run *r;
	char err[400];

	scene_close(w->tried);
	w->tried = NULL;
	if (!work_rows(w->sheet->x, row) || !row[0] || sheet_run(w->sheet, row[0], &run))
		return;
	if (run_open(&r, u->loop, u->opts->exe, &run.spec, err, sizeof(err)) == 0) {
		w->tried = scene_open_run(r, "");
		if (!w->tried)
			run_close(r);
		else if (u->wake)
			run_on_change(r, u->wake, u->wake_arg);
	}
	sheet_run_fini(&run);
}

bool work_tried_complete(const struct ui_work *w)
{
	const struct scene *s = w->tried;

	return s && run_get_state(s->run) != RUN_RUNNING && s->state_seen != RUN_RUNNING && s->story.lanes.n >= s->store->nr;
}

bool work_tried_update(struct ui *u)
{
	struct ui_work *w = u->work;
	struct scene *s = w->tried;

	if (!s || work_tried_complete(w))
		return false;
	s->state_seen = (int)run_get_state(s->run);
	run_poll(s->run);
	layout_story_grow(&s->story, UINT64_MAX);
	return work_tried_complete(w);
}

/* ---- the text --------------------------------------------------------------------------------- */

static void title_of(const struct ui_work *w, char *buf, size_t size)
{
	const struct exercise_outcome *r = &w->sheet->result->check[w->run.check];

	if (w->run_zone == WORK_REPLAY)
		snprintf(buf, size, "%s", W(WORK_ZONE_REPLAY));
	else if (w->run_zone == WORK_HINT && w->hint)
		snprintf(buf, size, W(WORK_ZONE_HINT), w->sheet->hints, w->sheet->x->about.nr_hints);
	else if (r->state == CHECK_STATE_HOLDS)
		snprintf(buf, size, W(WORK_RUN_TITLE_HOLDS), w->run.check);
	else if (r->state == CHECK_STATE_CANNOT)
		snprintf(buf, size, W(WORK_RUN_TITLE_CANNOT), w->run.check);
	else if (w->run.of > 1)
		snprintf(buf, size, W(WORK_RUN_TITLE_SCHEDULE), w->run.check, w->run.schedule, w->run.of);
	else
		snprintf(buf, size, W(WORK_RUN_TITLE), w->run.check);
}

static void text_of(const struct ui_work *w, struct strbuf *out)
{
	const struct exercise_outcome *r = &w->sheet->result->check[w->run.check];

	if (w->run_zone == WORK_REPLAY)
		strbuf_puts(out, r->part ? W(WORK_NO_REPLAY) : w->run.line);
	else if (w->run_zone == WORK_HINT && w->hint)
		strbuf_puts(out, w->hint);
	else if (r->state == CHECK_STATE_HOLDS)
		strbuf_puts(out, w->sheet->x->about.check[w->run.check].name);
	else if (!exercise_may_show(w->sheet->x, w->sheet->result, w->run.check))
		strbuf_puts(out, W(WORK_NO_MORE));
	else
		strbuf_printf(out, "%s%s%s", r->text[0] ? r->text : W(RESULT_NO_FEEDBACK), r->changes[0] ? "\n" : "", r->changes);
}

bool work_explains(const struct ui *u)
{
	return u->work->sheet->result->check[u->work->run.check].state == CHECK_STATE_CANNOT;
}

const struct layout_talk *work_talk(struct ui *u, int width)
{
	static struct styled_room room;		/* large, and the screen has one thread */
	static struct layout_line line[TALK_LINES];
	static struct layout_talk talk;
	static char title[200];
	const struct ui_work *w = u->work;
	struct styled_line lines[TALK_LINES];
	struct words_payload made;
	STRBUF(payload, 2 * EXERCISE_TEXT_BYTES);
	STRBUF(text, EXERCISE_TEXT_BYTES);

	text_of(w, &text);
	words_payload_begin(&made, &payload);
	words_payload_literal(&made, text.buf);
	words_payload_end(&made);
	title_of(w, title, sizeof(title));
	styled_clear(&room);
	talk = (struct layout_talk){ .title = title, .style = w->run_zone == WORK_RESULT ? ST_WRONG : ST_TITLE, .line = line };
	if (w->sheet->result->check[w->run.check].state == CHECK_STATE_HOLDS)
		talk.style = ST_TITLE;
	talk.nr = styled_wrap(&room, payload.buf, width, lines, TALK_LINES);
	for (unsigned int i = 0; i < talk.nr; i++)
		line[i] = (struct layout_line){ .text = lines[i], .style = ST_NORMAL, .choice = -1 };
	talk.first = u->talk_scroll;
	return &talk;
}

/* ---- the code ------------------------------------------------------------------------------------- */

/* The file and line that is executed at the event on the screen: of the student, at the event that decided that of the result. */
static int line_now(const struct ui *u, const struct layout_in *in, unsigned int *line)
{
	const struct ui_work *w = u->work;
	const struct exercise_outcome *r = &w->sheet->result->check[w->run.check];
	struct words_source src;
	int file = -1;

	if (r->state == CHECK_STATE_CANNOT && in->m->n >= u->scene->store->nr)
		file = sheet_place(w->sheet, r->text, line);
	else if (in->m->n == w->run.evidence && exercise_may_show(w->sheet->x, w->sheet->result, w->run.check))
		file = sheet_place(w->sheet, r->place, line);
	if (file < 0 && layout_source_at(in, &src) && src.file && src.file <= w->run.spec.files->n) {
		*line = src.line + (src.one_line ? 0 : src.row - 1);
		file = sheet_place(w->sheet, w->run.spec.files->v[src.file - 1].name, line);
		for (unsigned int i = 0; i < w->sheet->x->about.nr_files; i++)
			if (!strcmp(w->sheet->x->about.file[i], w->run.spec.files->v[src.file - 1].name))
				file = (int)i;
	}
	return file;
}

static void add_line(struct layout_code_text *out, struct strbuf *room, unsigned int n, const char *text, size_t len)
{
	size_t from = room->len;

	if (out->code.nr == LAYOUT_CODE_LINES || room->len + len + 16 > sizeof(out->text))
		return;
	strbuf_printf(room, "%2u  ", n);
	for (size_t i = 0; i < len; i++)
		strbuf_puts(room, text[i] == '\t' ? "  " : (char[]){ text[i], '\0' });
	out->code.line[out->code.nr++] = out->text + from;
	strbuf_putc(room, '\0');
}

const struct layout_code *work_code(struct ui *u, const struct layout_in *in)
{
	static struct layout_code_text out;	/* large, and the screen has one thread */
	struct ui_work *w = u->work;
	unsigned int line = 0, n = 1, first;
	int at = w->run.spec.files ? line_now(u, in, &line) : -1;
	const struct run_file *file;
	struct strbuf room;

	if (!w->sheet->x->about.nr_files || !w->run.spec.files)
		return NULL;
	memset(&out.code, 0, sizeof(out.code));
	out.code.rests = at < 0 || !line;
	if (!out.code.rests) {
		w->run_file = (unsigned int)at;
		w->run_line = line;
	}
	line = w->run_line;
	file = run_files_find(w->run.spec.files, w->sheet->x->about.file[w->run_file]);
	if (!file)
		return NULL;
	strbuf_init(&room, out.text, sizeof(out.text));
	first = line > LAYOUT_CODE_LINES / 2 ? line - LAYOUT_CODE_LINES / 2 : 1;
	for (const char *p = file->text; *p; n++) {
		size_t len = strcspn(p, "\n");

		if (n == line)
			out.code.now = out.code.nr;
		if (n >= first)
			add_line(&out, &room, n, p, len);
		p += len + (p[len] == '\n');
	}
	if (out.code.rests)
		snprintf(out.title, sizeof(out.title), "%.60s", file->name);
	else
		snprintf(out.title, sizeof(out.title), "%.60s:%u", file->name, line);
	out.code.title = out.title;
	out.code.returned = "";
	return out.code.now < out.code.nr ? &out.code : NULL;
}

/* ---- the header --------------------------------------------------------------------------------------- */

void work_run_header(struct ui *u, struct strbuf *left, struct strbuf *right)
{
	const struct ui_work *w = u->work;

	strbuf_printf(left, W(WORK_RUN_HEADER), w->sheet->x->about.title, w->run.check);
	strbuf_printf(right, W(WORK_RUN_SEED), (unsigned long long)w->run.spec.seed);
}
