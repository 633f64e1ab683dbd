/*
 * visualizer/work_form.c - see work_form.h.   Licence: MIT.
 */
#include "visualizer/work_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/width.h"
#include "visualizer/keys.h"
#include "words/texts.h"

#define TRIES_MIN 2
#define STORY_ROWS 6		/* of the zone below, with its border */
#define LANES_X 26		/* first column of the run's lanes */
#define LANES_CPUS 2
#define CHECKS_SPARE 4		/* rows that a list of the checks has to leave below the tries */
#define NAME_COLUMNS 20
#define CELL_COLUMNS_MIN 8
#define FLAGS_MAX 64

/* ---- values ---------------------------------------------------------------------------- */

static const struct exercise_setting *setting_of(const struct worksheet *d, unsigned int i)
{
	return &d->x->about.setting[i];
}

static bool is_kind(const struct exercise_setting *s, const char *kind)
{
	return strcmp(s->kind, kind) == 0;
}

static unsigned int nr_words(const struct exercise_setting *s)
{
	unsigned int nr = 0;
	char word[64];

	while (nr < FLAGS_MAX && exercise_setting_word(s, nr, word, sizeof(word)))
		nr++;
	return nr;
}

bool form_has_flags(const struct worksheet *d, unsigned int i, unsigned int *nr)
{
	const struct exercise_setting *s = setting_of(d, i);

	*nr = nr_words(s);
	return is_kind(s, "flags") || is_kind(s, "cpumask");
}

bool form_flag_set(const struct worksheet *d, unsigned int i, unsigned int flag)
{
	const struct exercise_setting *s = setting_of(d, i);
	char word[64];

	if (!exercise_setting_word(s, flag, word, sizeof(word)))
		return false;
	return exercise_setting_has(s, sheet_value(d, i), word);
}

void form_flag(const struct worksheet *d, unsigned int i, unsigned int flag, struct strbuf *out)
{
	const struct exercise_setting *s = setting_of(d, i);
	bool cpus = is_kind(s, "cpumask");
	unsigned int nr = nr_words(s);
	size_t from = out->len;
	char word[64];

	for (unsigned int n = 0; n < nr && exercise_setting_word(s, n, word, sizeof(word)); n++)
		if (form_flag_set(d, i, n) != (n == flag))
			strbuf_printf(out, "%s%s", out->len > from ? cpus ? "," : "|" : "", word);
	if (out->len == from)
		strbuf_puts(out, cpus ? sheet_value(d, i) : "none");	/* a set of CPUs is never empty */
}

void form_step(const struct worksheet *d, unsigned int i, int by, struct strbuf *out)
{
	const struct exercise_setting *s = setting_of(d, i);
	const char *now = sheet_value(d, i);
	unsigned int nr = nr_words(s);
	char word[64];

	if (is_kind(s, "number")) {
		long n = strtol(now, NULL, 10) + by;

		strbuf_printf(out, "%ld", n < s->from ? s->from : n > s->to ? s->to : n);
		return;
	}
	for (unsigned int n = 0; n < nr && exercise_setting_word(s, n, word, sizeof(word)); n++) {
		long to = (long)n + by;

		if (strcmp(word, now) != 0)
			continue;
		to = to < 0 ? 0 : to >= (long)nr ? (long)nr - 1 : to;
		if (exercise_setting_word(s, (unsigned int)to, word, sizeof(word)))
			strbuf_puts(out, word);
		return;
	}
	strbuf_puts(out, exercise_setting_word(s, 0, word, sizeof(word)) ? word : now);
}

/* ---- the rows of settings ------------------------------------------------------------------- */

static int name_columns(const struct work_in *in)
{
	int most = 8;

	for (unsigned int i = 0; i < in->sheet->x->about.nr_settings; i++) {
		const char *name = setting_of(in->sheet, i)->name;
		int w = width_text(name, strlen(name));

		most = w > most ? w : most;
	}
	return most < NAME_COLUMNS ? most : NAME_COLUMNS;
}

/* "[x] HIGHPRI  [ ] UNBOUND": those before the one under the cursor give way if the row is too short. */
static void put_flags(struct work_frame *f, const struct work_in *in, unsigned int i, int x, int y)
{
	unsigned int nr, first = 0;
	bool here = i == in->sel;
	char word[64];
	int end = f->right - 1, w = 0;

	form_has_flags(in->sheet, i, &nr);
	for (unsigned int n = 0; here && n <= in->flag && exercise_setting_word(setting_of(in->sheet, i), n, word, sizeof(word)); n++)
		w += 6 + (int)strlen(word);
	for (; w > end - x && first < in->flag; first++) {
		exercise_setting_word(setting_of(in->sheet, i), first, word, sizeof(word));
		w -= 6 + (int)strlen(word);
	}
	for (unsigned int n = first; n < nr && exercise_setting_word(setting_of(in->sheet, i), n, word, sizeof(word)); n++) {
		bool set = form_flag_set(in->sheet, i, n), at = here && n == in->flag;
		int from = x;

		if (x + 4 > end)
			break;
		x += page_putf(&f->page, x, y, end - x, at ? ST_CHOSEN : set ? ST_TITLE : ST_NORMAL, "[%c] %s", set ? 'x' : ' ', word);
		if (at)
			page_attr(&f->page, from, y, x - from, ATTR_REVERSE);
		x += 2;
	}
}

/* "◂  6 ▸        1 to 12" */
static void put_value(struct work_frame *f, const struct work_in *in, unsigned int i, int x, int y)
{
	const struct exercise_setting *s = setting_of(in->sheet, i);
	const char *value = sheet_value(in->sheet, i);
	int w = width_text(value, strlen(value)), from = x;

	w = w < 4 ? 4 : w;
	page_put(&f->page, x, y, 1, ST_DIM, "◂");
	page_put_right(&f->page, x + 2 + w, y, w, i == in->sel ? ST_CHOSEN : ST_TITLE, value);
	x += 3 + w;
	page_put(&f->page, x, y, 1, ST_DIM, "▸");
	if (i == in->sel)
		page_attr(&f->page, from, y, x + 1 - from, ATTR_REVERSE);
	x += 5;
	if (is_kind(s, "number"))
		page_putf(&f->page, x, y, f->right - 1 - x, ST_DIM, W(WORK_RANGE), s->from, s->to);
	else
		page_put(&f->page, x, y, f->right - 1 - x, ST_DIM, s->of);
}

static int settings(struct work_frame *f, const struct work_in *in, int y)
{
	unsigned int nr;
	STRBUF(key, 80);
	STRBUF(title, 80);
	int x = WORK_NAME_X + name_columns(in) + 3;

	work_scroll(f, in);
	if (f->nr > (unsigned int)f->list_rows)
		strbuf_printf(&title, W(WORK_SETTINGS_PART), f->top + 1, f->top + (unsigned int)f->list_rows, f->nr);
	else
		strbuf_puts(&title, W(WORK_SETTINGS));
	key_printf(&key, IN_FORM, in->sel < f->nr && form_has_flags(in->sheet, in->sel, &nr) ? W(WORK_KEY_FLAG) : W(WORK_KEY_VALUE));
	work_title(f, y, title.buf, key.buf);
	f->list_y = y + 1;
	for (int k = 0; k < f->list_rows && f->top + (unsigned int)k < f->nr; k++) {
		unsigned int i = f->top + (unsigned int)k;

		if (i == in->sel)
			page_put(&f->page, 1, y + 1 + k, 1, ST_FOCUS, "▸");
		page_put(&f->page, WORK_NAME_X, y + 1 + k, name_columns(in), i == in->sel ? ST_TITLE : ST_NORMAL, setting_of(in->sheet, i)->name);
		if (form_has_flags(in->sheet, i, &nr))
			put_flags(f, in, i, x, y + 1 + k);
		else
			put_value(f, in, i, x, y + 1 + k);
	}
	return y + 1 + f->list_rows;
}

/* ---- the run of the last try -------------------------------------------------------------------- */

struct span {
	uint64_t from, to;	/* ns; from the first item's beginning to the last one's end */
	unsigned int cpus;
};

static struct span span_of(const struct lanes *l)
{
	struct span s = { .from = UINT64_MAX };

	for (unsigned int c = 0; c < CPUS_MAX && l->m.cpus[c].exists; c++)
		s.cpus++;
	for (uint32_t w = 1; w < l->nr_workers; w++)
		for (size_t i = 0; i + 1 < l->worker[w].nr; i++) {
			const struct lane_part *p = &l->worker[w].v[i];

			if (!p->what)
				continue;
			s.from = p->from < s.from ? p->from : s.from;
			s.to = p[1].from > s.to ? p[1].from : s.to;
		}
	return s;
}

static unsigned int items_at(const struct lanes *l, uint64_t time)
{
	unsigned int n = 0;

	for (uint32_t w = 1; w < l->nr_workers; w++) {
		const struct lane_part *p = lane_at(&l->worker[w], time);

		n += p && p->what;
	}
	return n;
}

static void put_cpu(struct work_frame *f, const struct lane *lane, uint64_t time, int x, int y)
{
	const struct lane_part *p = lane_at(lane, time);

	if (p && p->state == LANE_RUNNING)
		page_put(&f->page, x, y, 1, ST_RUNNING, "█");
	else if (p && p->state == LANE_IRQ)
		page_put(&f->page, x, y, 1, ST_ALARM, "!");
	else if (p && p->state != LANE_IDLE && p->state != LANE_NONE)
		page_put(&f->page, x, y, 1, ST_DIM, "▒");
	else
		page_put(&f->page, x, y, 1, ST_DIM, "·");
}

/* Rows of the run with their border; 0 = nothing ran. */
static int lanes_rows(const struct work_in *in)
{
	struct span s = in->tried ? span_of(in->tried) : (struct span){ 0 };

	return s.to <= s.from ? 0 : 1 + (int)(s.cpus < LANES_CPUS ? s.cpus : LANES_CPUS) + 1;
}

/* A row for each CPU, and below them one digit a column: items that have begun and not ended, `+` from 10 on. */
static int run_lanes(struct work_frame *f, const struct work_in *in, int y)
{
	struct span s = span_of(in->tried);
	int x = LANES_X, w = f->right - 1 - x, rows = lanes_rows(in) - 2;
	char title[60], time[60], count[2] = "";

	snprintf(title, sizeof(title), W(WORK_LANES), in->sheet->nr_tries);
	snprintf(time, sizeof(time), W(WORK_LANES_TIME), (double)s.from / 1e6, (double)s.to / 1e6);
	work_title(f, y, title, time);
	for (int c = 0; c < rows; c++)
		page_putf(&f->page, WORK_NAME_X, y + 1 + c, x - 3, ST_NORMAL, W(WORK_LANES_CPU), (unsigned int)c);
	page_put(&f->page, WORK_NAME_X, y + 1 + rows, x - 3, ST_NORMAL, W(WORK_LANES_ITEMS));
	for (int i = 0; i < w; i++) {
		uint64_t at = s.from + (s.to - s.from) * (2 * (uint64_t)i + 1) / (2 * (uint64_t)w);
		unsigned int n = items_at(in->tried, at);

		for (int c = 0; c < rows; c++)
			put_cpu(f, &in->tried->cpu[c], at, x + i, y + 1 + c);
		count[0] = n > 9 ? '+' : (char)('0' + n);
		page_put(&f->page, x + i, y + 1 + rows, 1, n ? ST_NORMAL : ST_DIM, n ? count : "·");
	}
	return y + 2 + rows;
}

/* ---- the checks ----------------------------------------------------------------------------------- */

/* A row for each check, which the heads of the tries have by number. */
static int form_checks(struct work_frame *f, const struct work_in *in, int y)
{
	uint32_t check[WORK_ROWS_MAX];
	unsigned int nr = work_rows(in->sheet->x, check);

	work_title(f, y++, W(WORK_CHECKS), W(WORK_POINTS_HEAD));
	for (unsigned int i = 0; i < nr; i++)
		if (check[i] != WORK_HIDDEN_ROW)
			work_check(f, in, check[i], y++, false);
	return y;
}

/* Rows of these with their border. */
static int checks_rows(const struct work_in *in)
{
	uint32_t check[WORK_ROWS_MAX];
	unsigned int nr = work_rows(in->sheet->x, check);

	return 1 + (int)nr - (nr && check[nr - 1] == WORK_HIDDEN_ROW);
}

/* ---- the tries ---------------------------------------------------------------------------------- */

/* Of one setting its value; of several the ones that changed since the try before. */
static void try_values(const struct work_in *in, const struct sheet_try *t, struct strbuf *out)
{
	const struct sheet_try *before = sheet_try(in->sheet, t->number - 1);
	unsigned int nr = in->sheet->x->about.nr_settings;
	bool any = false;

	for (unsigned int i = 0; i < nr; i++) {
		const struct exercise_setting *s = setting_of(in->sheet, i);

		if (nr > 1 && !strcmp(t->value[i], before ? before->value[i] : s->by_default))
			continue;
		strbuf_printf(out, "%s%s %s", any ? ", " : "", s->name, t->value[i]);
		any = true;
	}
	if (!any)
		strbuf_puts(out, before ? W(WORK_TRY_SAME) : W(WORK_TRY_GIVEN));
}

struct columns {
	uint32_t check[WORK_ROWS_MAX];
	unsigned int nr;
	int values_w, cell_w;
};

static struct columns columns_of(const struct work_frame *f, const struct work_in *in)
{
	struct columns c = { .nr = 0 };
	unsigned int all = work_rows(in->sheet->x, c.check);
	int room = f->right - 7, w = 14;

	for (unsigned int i = 0; i < all; i++)
		if (c.check[i] != WORK_HIDDEN_ROW)
			c.check[c.nr++] = c.check[i];
	for (unsigned int n = 1; n <= in->sheet->nr_tries; n++) {
		const struct sheet_try *t = sheet_try(in->sheet, n);
		STRBUF(text, 800);

		if (!t)
			continue;
		try_values(in, t, &text);
		w = width_text(text.buf, text.len) > w ? width_text(text.buf, text.len) : w;
	}
	c.values_w = w < room / 2 ? w : room / 2;
	c.cell_w = c.nr ? (room - c.values_w) / (int)c.nr : 0;
	while (c.nr > 1 && c.cell_w < CELL_COLUMNS_MIN)
		c.cell_w = (room - c.values_w) / (int)--c.nr;
	return c;
}

static void try_row(struct work_frame *f, const struct work_in *in, const struct columns *c, const struct sheet_try *t, int y)
{
	int x = 7 + c->values_w + 2;
	STRBUF(text, 800);

	try_values(in, t, &text);
	page_putf(&f->page, 2, y, 3, ST_NORMAL, "%3u", t->number);
	page_put(&f->page, 7, y, c->values_w, ST_NORMAL, text.buf);
	for (unsigned int i = 0; i < c->nr; i++, x += c->cell_w) {
		enum check_state state = t->state[c->check[i]];
		bool holds = state == CHECK_STATE_HOLDS, open = state == CHECK_STATE_WAITS || state == CHECK_STATE_RUNS;

		page_put(&f->page, x, y, 1, holds ? ST_RIGHT : open ? ST_DIM : ST_WRONG,
			 holds ? "✔" : open ? "·" : state == CHECK_STATE_CANNOT ? "–" : "✗");
		page_put(&f->page, x + 2, y, c->cell_w - 4, t->number == in->sheet->nr_tries ? ST_NORMAL : ST_DIM, t->values[c->check[i]]);
	}
}

static int tries(struct work_frame *f, const struct work_in *in, int y, int rows)
{
	struct columns c = columns_of(f, in);
	int x = 7 + c.values_w + 2;

	work_title(f, y, W(WORK_TRIES), "");
	page_put(&f->page, 2, y + 1, c.values_w + 5, ST_DIM, in->sheet->x->about.nr_settings > 1 ? W(WORK_TRIES_CHANGES) : W(WORK_TRIES_HEAD));
	for (unsigned int i = 0; i < c.nr; i++, x += c.cell_w)
		page_putf(&f->page, x, y + 1, c.cell_w - 2, ST_DIM, W(WORK_TRIES_CHECK), c.check[i], in->sheet->x->about.check[c.check[i]].name);
	for (int k = 0; k < rows; k++) {
		const struct sheet_try *t = sheet_try(in->sheet, in->sheet->nr_tries - (unsigned int)k);

		if (!t)
			break;
		try_row(f, in, &c, t, y + 2 + k);
	}
	return y + 2 + rows;
}

int work_form(struct work_frame *f, const struct work_in *in, int y, int end)
{
	int room = end - y - 1 - 2 - TRIES_MIN, rows;

	f->list_rows = (int)f->nr < room ? (int)f->nr : room;
	if (f->list_rows < 1)
		f->list_rows = 1;
	y = settings(f, in, y);
	room = end - y - 2 - TRIES_MIN - CHECKS_SPARE;
	if (room >= checks_rows(in) + lanes_rows(in) && lanes_rows(in))
		y = run_lanes(f, in, y);
	if (room >= checks_rows(in))
		y = form_checks(f, in, y);
	room = end - y - 2;
	rows = (int)in->sheet->nr_tries > TRIES_MIN ? (int)in->sheet->nr_tries : TRIES_MIN;
	if (f->right == in->width - 1 && room - rows < STORY_ROWS)
		rows = room - STORY_ROWS > TRIES_MIN ? room - STORY_ROWS : TRIES_MIN;
	if (f->right != in->width - 1 || rows > room)
		rows = room;
	return tries(f, in, y, rows);
}
