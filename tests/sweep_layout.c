/*
 * tests/sweep_layout.c - the layout of the machine view at every story event of all lessons
 * and of scenarios, at four sizes.
 *
 * Checked at each event: the things that its sentence names are on the screen; a worker keeps
 * its row; the parts keep their rows; no trail covers a word; no pool flaps; an item is on one
 * list only; a seek gives the frame that stepping gave.  With KW_LAYOUT_SHOW=1 each event
 * whose sentence names something that is not on the screen is printed with its frame.  With
 * KW_LAYOUT_FRAMES=FILE the fifty frames of docs/screens.md are written to FILE, their sentences
 * at its end; KW_SEED chooses others.
 *
 * Licence: MIT.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/datadir.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "lua/course.h"
#include "model/lesson.h"
#include "run/course.h"
#include "tests/support/pupil.h"
#include "tests/test.h"
#include "visualizer/layout.h"
#include "words/lesson_text.h"
#include "words/name.h"
#include "words/sentence.h"
#include "words/words.h"

#define TALK_LINES 48
#define MOMENT 24		/* of layout_focus.c */
#define POOLS_MAX 1024
#define WORKERS_MAX 1024

static const struct size {
	int w, h;
} sizes[] = { { 80, 24 }, { 120, 40 }, { 60, 20 }, { 200, 50 } };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* ---- a run ------------------------------------------------------------------------------ */

static void run_lesson(struct pupil *p, const char *path, uint64_t variant, bool wrong)
{
	CHECK_INT(pupil_run_lesson(p, path, variant, wrong), 0);
}

static void run_scenario(struct pupil *p, const char *path, uint64_t seed)
{
	CHECK_INT(pupil_run_scenario(p, path, seed), 0);
}

/* ---- a frame ------------------------------------------------------------------------------ */

struct watch {
	const struct pupil *p;
	struct size size;
	const char *name;
	struct layout_story story;
	struct model_replay replay;
	struct layout *l;
	/* at the event before */
	struct {
		uint32_t pool;
		int row;
		uint64_t key;		/* of the block, mode and height that it was in */
	} seat[WORKERS_MAX];
	uint32_t in_view[CPUS_MAX * 4];
	uint32_t guest;
	unsigned int nr_in_view, mode;
	uint64_t left[POOLS_MAX];	/* story event at which it left the view */
	int cpu_row[CPUS_MAX];
	uint64_t stories, named, missing, frames, code;
	unsigned int moved, flapped, shifted, crossed, doubled;
};

/* The card, question or verdict of an event. */
struct talk {
	struct layout_talk talk;
	struct layout_line line[TALK_LINES];
	struct styled_room room;
	char text[16384];
	bool question;
};

static void add_text(struct talk *t, const char *payload, int width, int indent, int choice)
{
	struct styled_line line[TALK_LINES];
	unsigned int nr = styled_wrap(&t->room, payload, width - indent, line, TALK_LINES);

	for (unsigned int i = 0; i < nr && t->talk.nr < TALK_LINES; i++)
		t->line[t->talk.nr++] = (struct layout_line){ line[i], ST_NORMAL, indent, choice, false, NULL };
}

/* As the screen does it: an answer that fits stands in the title, the rule in the lower border. */
static bool takes_a_row(enum words_verdict_part part, const char *line, int width)
{
	STRBUF(plain, 4096);

	if (part == VERDICT_RULE)
		return false;
	words_plain(line, &plain);
	return part != VERDICT_RESULT || (int)plain.len + 14 > width - 20;
}

static void talk_of_verdict(const struct pupil *p, const struct lesson_question *q, struct talk *t, int width)
{
	enum words_verdict_part part;

	for (unsigned int i = 0;; i++) {
		struct strbuf line;

		strbuf_init(&line, t->text, sizeof(t->text));
		if (!words_verdict(&p->store, q, true, i, &part, &line))
			break;
		if (takes_a_row(part, t->text, width))
			add_text(t, t->text, width, 0, -1);
	}
}

static void make_talk(const struct pupil *p, uint64_t n, struct talk *t, int w, int h)
{
	const struct lesson_card *card = lesson_card_at(&p->lesson, n);
	const struct lesson_question *q = card ? lesson_question(&p->lesson, card->question) : NULL;
	int width = layout_talk_width(w, h);

	memset(t, 0, sizeof(*t));
	styled_clear(&t->room);
	t->talk.title = "a title";
	t->talk.line = t->line;
	if (!card || card->n != n)
		return;
	t->question = card->kind == CARD_ASK;
	if (card->kind == CARD_ASK && q) {
		add_text(t, q->text, width, 0, -1);
		for (unsigned int i = 0; i < q->nr_choices; i++)
			add_text(t, q->choice[i].text, width, 5, (int)i);
	} else if (card->kind == CARD_VERDICT && q) {
		talk_of_verdict(p, q, t, width);
	} else if (card->text) {
		add_text(t, card->text, width, 0, -1);
	}
}

static void row_text(const struct cells *c, int y, int from, int to, char *out, size_t size)
{
	size_t len = 0;

	for (int x = from; x < to && x < c->w && len + 5 < size; x++)
		if (c->v[y * c->w + x].ch)
			len += utf8_encode(c->v[y * c->w + x].ch, out + len);
	out[len] = '\0';
}

static void print_frame(const struct layout *l, FILE *out)
{
	char text[2048];

	for (int y = 0; y < l->cells.h; y++) {
		row_text(&l->cells, y, 0, l->cells.w, text, sizeof(text));
		fprintf(out, "%s\n", text);
	}
}

static uint64_t frame_hash(const struct layout *l)
{
	uint64_t h = 1469598103934665603u;

	for (int i = 0; i < l->cells.w * l->cells.h; i++)
		h = (h ^ l->cells.v[i].ch ^ (uint64_t)l->cells.v[i].style << 24) * 1099511628211u;
	return h;
}

/* ---- names in the sentence -------------------------------------------------------------------- */

/* A name may be shortened: its first letters, or an ellipsis, are in the cells. */
static bool reads(const struct watch *w, const struct layout_thing *t, const char *name)
{
	char text[1024], begin[8];

	name = !strncmp(name, "kworker/", 8) ? name + 8 : !strncmp(name, "unbound pool ", 13) ? name + 13 : name;
	snprintf(begin, sizeof(begin), "%.4s", name);
	row_text(&w->l->cells, t->y, t->x, t->x + t->w, text, sizeof(text));
	return strstr(text, begin) || strstr(text, "…") || t->cls == CLS_POOL;
}

static bool shows(const struct watch *w, enum trace_class cls, uint32_t id, const char *name)
{
	for (unsigned int i = 0; i < w->l->nr_things; i++) {
		const struct layout_thing *t = &w->l->thing[i];
		bool beside = w->l->wide && t->x > w->l->middle.x + w->l->middle.w;

		if (t->cls == (uint32_t)cls && t->id == id && t->y >= 4 && t->y <= w->size.h - 3 && !beside &&
		    t->role != ROLE_LANE && t->role != ROLE_HELP && t->role != ROLE_OVERVIEW && reads(w, t, name))
			return true;
	}
	return false;
}

/* "kworker/0:1" is in the text, and not as a part of "kworker/0:10". */
static bool says(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; len && (at = strstr(at, name)) != NULL; at++) {
		bool begins = at == text || !(at[-1] == '_' || (at[-1] >= '0' && at[-1] <= 'z' && at[-1] != ':'));
		char next = at[len];

		if (begins && !((next >= '0' && next <= '9') || (next >= 'a' && next <= 'z') || next == '_'))
			return true;
	}
	return false;
}

static void check_named(struct watch *w, const struct trace_event *ev, const char *text, enum trace_class cls, uint32_t id)
{
	const struct model *m = &w->replay.at;
	char buf[WORDS_NAME];

	if (cls == CLS_TASK) {
		if (!model_task(m, id) || !m->tasks[id].worker)
			return;
		cls = CLS_WORKER;
		id = m->tasks[id].worker;
	}
	if (cls == CLS_ITEM && model_item(m, id) && m->items[id].kind == 3 && m->items[id].target)
		id = m->items[id].target;
	if (cls != CLS_ITEM && cls != CLS_WORKER && cls != CLS_LINE && cls != CLS_WQ && cls != CLS_POOL)
		return;
	if (!id || !says(text, words_name(&w->p->store, m, cls, id, buf)))
		return;
	w->named++;
	if (shows(w, cls, id, words_name(&w->p->store, m, cls, id, buf)))
		return;
	w->missing++;
	if (getenv("KW_LAYOUT_SHOW")) {
		printf("%s %dx%d event %llu: %s: %s is not on the screen\n", w->name, w->size.w, w->size.h,
		       (unsigned long long)ev->n, text, words_name(&w->p->store, m, cls, id, buf));
		print_frame(w->l, stdout);
	}
}

static void check_sentence(struct watch *w, uint64_t n)
{
	struct trace_event ev;
	struct trace_value v;
	STRBUF(text, 1024);

	if (!trace_store_event(&w->p->store, n, &ev) || trace_is_lesson(ev.kind) || ev.kind == EV_OUTSIDE ||
	    ev.kind == EV_BUG || ev.kind == EV_NO_FUTURE)
		return;
	words_event(&w->p->store, &w->replay.at, &ev, &text);
	w->stories++;
	for (unsigned int i = 0; i < trace_rows[ev.kind].nr_fields; i++) {
		enum trace_class cls = trace_type_class(trace_rows[ev.kind].fields[i].type);

		if (cls != CLS_NONE && trace_event_field(&ev, i, &v))
			check_named(w, &ev, text.buf, cls, (uint32_t)v.num);
	}
	if (ev.ctx == CTX_TASK)
		check_named(w, &ev, text.buf, CLS_TASK, ev.task);
}

/* ---- rows and places ------------------------------------------------------------------------------- */

static int pool_row(const struct layout *l, uint32_t pool)
{
	for (unsigned int i = 0; i < l->nr_things; i++)
		if (l->thing[i].role == ROLE_POOL && l->thing[i].id == pool)
			return l->thing[i].y;
	return -1;
}

static bool takes_part(const struct story_event *e, uint32_t worker)
{
	for (unsigned int i = 0; i < STORY_WORKERS_MAX; i++)
		if (e->worker[i] == worker)
			return true;
	return false;
}

/* A row changes only if another worker took it, which an event must have named. */
static void check_rows(struct watch *w, const struct story_event *e)
{
	for (unsigned int i = 0; i < w->l->nr_things; i++) {
		const struct layout_thing *t = &w->l->thing[i];
		uint32_t pool;
		uint64_t key;
		int row;

		if (t->role != ROLE_LABEL || t->id >= WORKERS_MAX)
			continue;
		pool = w->replay.at.workers[t->id].pool;
		row = (t->y - pool_row(w->l, pool)) * 256 + t->x;
		key = (uint64_t)w->l->mode << 32 | (uint64_t)w->l->zone << 8 | w->l->nr_pools;
		if (w->seat[t->id].pool == pool && w->seat[t->id].key == key && w->seat[t->id].row != row && !takes_part(e, t->id)) {
			w->moved++;
			test_note("%s %dx%d event %llu: worker %u has row %d, had %d", w->name, w->size.w, w->size.h, (unsigned long long)e->n, t->id, row, w->seat[t->id].row);
		}
		w->seat[t->id].pool = pool;
		w->seat[t->id].row = row;
		w->seat[t->id].key = key;
	}
}

static void check_view(struct watch *w, uint64_t at)
{
	for (unsigned int i = 0; i < w->l->nr_pools; i++) {
		uint32_t pool = w->l->pool[i];
		bool was = false;

		for (unsigned int k = 0; k < w->nr_in_view; k++)
			was |= w->in_view[k] == pool;
		/* the last row of a full table is for guests */
		if (!was && pool != w->l->guest && pool < POOLS_MAX && w->left[pool] && at - w->left[pool] < MOMENT && w->mode == w->l->mode) {
			w->flapped++;
			test_note("%s %dx%d: pool %u comes back", w->name, w->size.w, w->size.h, pool);
		}
	}
	for (unsigned int k = 0; k < w->nr_in_view; k++) {
		bool is = false;

		for (unsigned int i = 0; i < w->l->nr_pools; i++)
			is |= w->in_view[k] == w->l->pool[i];
		if (!is && w->in_view[k] != w->guest && w->in_view[k] < POOLS_MAX)
			w->left[w->in_view[k]] = at;
	}
	if (w->mode != w->l->mode)
		memset(w->left, 0, sizeof(w->left));
	w->mode = w->l->mode;
	w->guest = w->l->guest;
	w->nr_in_view = w->l->nr_pools;
	memcpy(w->in_view, w->l->pool, sizeof(w->in_view));
}

static void check_parts(struct watch *w, const struct story_event *e)
{
	unsigned int shown = 0;

	CHECK_INT(w->l->strip, 6);
	for (unsigned int i = 0; i < w->l->nr_things; i++)
		shown += w->l->thing[i].role == ROLE_CPU;
	for (unsigned int i = 0; i < w->l->nr_things; i++) {
		const struct layout_thing *t = &w->l->thing[i];
		int place = t->y * 256 + t->x;

		if (t->role != ROLE_CPU || t->id >= CPUS_MAX || shown < w->replay.at.nr_cpus)
			continue;
		w->shifted += w->cpu_row[t->id] && w->cpu_row[t->id] != place;
		w->cpu_row[t->id] = place;
	}
	if (w->l->crossed)
		test_note("%s %dx%d event %llu: the trail covers %u cells", w->name, w->size.w, w->size.h,
			  (unsigned long long)e->n, w->l->crossed);
	w->crossed += w->l->crossed;
}

static void check_lists(struct watch *w)
{
	for (unsigned int i = 0; i < w->l->nr_things; i++)
		for (unsigned int k = 0; k < i; k++)
			if (w->l->thing[i].role == ROLE_LIST && w->l->thing[k].role == ROLE_LIST &&
			    w->l->thing[i].id == w->l->thing[k].id) {
				w->doubled++;
				test_note("%s %dx%d event %llu: item %u is on two lists", w->name, w->size.w, w->size.h,
					  (unsigned long long)w->replay.at.n, w->l->thing[i].id);
			}
}

/* ---- all events of a run ------------------------------------------------------------------------------ */

static void draw(struct watch *w, uint64_t n, bool with_talk)
{
	static struct talk t;
	static struct layout_code_text code;
	static const struct layout_code none;
	struct layout_in in = { .store = &w->p->store, .story = &w->story, .m = &w->replay.at, .w = w->size.w, .h = w->size.h };

	REQUIRE_INT(model_replay_seek(&w->replay, n), 0);
	in.now = w->replay.at.time;
	if (with_talk) {
		make_talk(w->p, n, &t, in.w, in.h);
		in.talk = t.talk.nr ? &t.talk : NULL;
		in.question = t.question;
	}
	in.code = layout_code_at(&in, &code) ? &code.code : &none;
	w->code += in.code->nr > 0;
	REQUIRE_INT(layout_draw(w->l, &in), 0);
	w->frames++;
}

static void check_seeks(struct watch *w, const uint64_t *hash)
{
	struct layout *fresh = layout_new(), *mine = w->l;
	uint64_t seed = 4711;

	w->l = fresh;
	for (int i = 0; i < 12 && w->story.nr; i++) {
		size_t k = (size_t)rng_below(rng_hash4(seed, 1, 2, (uint64_t)i), (unsigned int)w->story.nr);

		draw(w, w->story.v[k].n, true);
		CHECK_TRUE(frame_hash(fresh) == hash[k]);
	}
	w->l = mine;
	layout_free(fresh);
}

static void open_watch(struct watch *w, const struct pupil *p, struct size size, const char *name)
{
	memset(w, 0, sizeof(*w));
	w->p = p;
	w->size = size;
	w->name = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	w->l = layout_new();
	REQUIRE_INT(layout_story_init(&w->story, &p->store), 0);
	layout_story_grow(&w->story, UINT64_MAX);
	REQUIRE_INT(model_replay_init(&w->replay, (struct trace_store *)&p->store), 0);
	model_replay_grow(&w->replay);
}

static void close_watch(struct watch *w)
{
	model_replay_fini(&w->replay);
	layout_story_fini(&w->story);
	layout_free(w->l);
}

static void watch_run(struct watch *w)
{
	uint64_t *hash = calloc(w->story.nr + 1, sizeof(*hash));

	REQUIRE_TRUE(hash != NULL);
	for (size_t i = 0; i < w->story.nr; i++) {
		const struct story_event *e = &w->story.v[i];

		draw(w, e->n, true);
		hash[i] = frame_hash(w->l);
		if (!w->story.begun || i < w->story.begin)
			continue;
		check_sentence(w, e->n);
		check_rows(w, e);
		check_view(w, i + 1);
		check_parts(w, e);
		check_lists(w);
	}
	check_seeks(w, hash);
	free(hash);
}

struct sum {
	uint64_t stories[SIZES], named[SIZES], missing[SIZES];
};

static void watch_sizes(const struct pupil *p, const char *name, struct sum *sum, size_t nr_sizes)
{
	static struct watch w;

	for (size_t s = 0; s < nr_sizes; s++) {
		open_watch(&w, p, sizes[s], name);
		watch_run(&w);
		CHECK_INT(w.moved, 0);
		CHECK_INT(w.flapped, 0);
		CHECK_INT(w.shifted, 0);
		CHECK_INT(w.crossed, 0);
		CHECK_INT(w.doubled, 0);
		sum->stories[s] += w.stories;
		sum->named[s] += w.named;
		sum->missing[s] += w.missing;
		close_watch(&w);
	}
}

/* Everything at 80x24 and larger, 99 of 100 at 60x20. */
static void judge(const struct sum *sum, const char *what, size_t nr_sizes)
{
	for (size_t s = 0; s < nr_sizes; s++) {
		bool small = sizes[s].w < 80;
		double part = sum->named[s] ? 100.0 * (double)(sum->named[s] - sum->missing[s]) / (double)sum->named[s] : 0;

		printf("# layout: %s at %dx%d: %.2f %% of %llu named things at %llu events are on the screen\n", what, sizes[s].w,
		       sizes[s].h, part, (unsigned long long)sum->named[s], (unsigned long long)sum->stories[s]);
		CHECK_TRUE(sum->named[s] > 0);
		if (small)
			CHECK_TRUE(sum->missing[s] * 100 <= sum->named[s]);
		else
			CHECK_INT((int)sum->missing[s], 0);
	}
}

/* ---- tests ---------------------------------------------------------------------------------------------- */

static void a_lesson_shows_what_its_sentences_name(void)
{
	static struct course course;
	struct sum sum = { { 0 }, { 0 }, { 0 } };
	static struct pupil p;
	char dir[1024], err[600];
	int variants = test_rounds(3, 1);

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, &course, err, sizeof(err)), 0);
	for (size_t i = 0; i < course.nr; i++)
		for (int v = 0; v < variants; v++)
			for (int wrong = 0; wrong < 2; wrong++) {
				run_lesson(&p, course.lessons[i].path, v ? 4710 + (uint64_t)v : 0, wrong);
				watch_sizes(&p, course.lessons[i].path, &sum, SIZES);
				pupil_close(&p);
			}
	judge(&sum, "lessons", SIZES);
	course_free(&course);
}

static void scenarios(struct sum *sum, size_t step, uint64_t seed, size_t most, size_t nr_sizes)
{
	static struct pupil p;
	glob_t found;

	REQUIRE_INT(glob("tests/scenarios/*.kws", 0, NULL, &found), 0);
	for (size_t i = 0; i < most; i++) {
		const char *path = found.gl_pathv[i * step % found.gl_pathc];

		run_scenario(&p, path, seed ? seed + i : 1);
		watch_sizes(&p, path, sum, nr_sizes);
		pupil_close(&p);
	}
	globfree(&found);
}

static void sixty_scenarios_show_what_their_sentences_name(void)
{
	struct sum sum = { { 0 }, { 0 }, { 0 } };

	scenarios(&sum, 2, 0, (size_t)test_rounds(60, 6), SIZES);
	judge(&sum, "scenarios", SIZES);
}

/* Scenarios under other seeds, at 80x24. */
static void random_runs_show_what_their_sentences_name(void)
{
	struct sum sum = { { 0 }, { 0 }, { 0 } };

	scenarios(&sum, 7, seed_from_env(1000), (size_t)test_rounds(200, 4), 1);
	judge(&sum, "random runs", 1);
}

/* ---- frames to read with the sentence covered -------------------------------------------------- */

#define OF_A_LESSON 6
#define OF_SCENARIOS 20

static char covered[64][600];
static unsigned int nr_covered;
static FILE *frames_file;		/* NULL: they are drawn only */

/* Rows 2 and 3 of the frame are blank; its sentence is kept. */
static void print_covered(struct watch *w, uint64_t n)
{
	struct trace_event ev;
	STRBUF(text, 512);

	draw(w, n, false);
	for (int y = 2; y <= 3; y++)
		for (int x = 1; x < w->l->cells.w - 1; x++)
			w->l->cells.v[y * w->l->cells.w + x].ch = ' ';
	if (trace_store_event(&w->p->store, n, &ev))
		words_event(&w->p->store, &w->replay.at, &ev, &text);
	if (nr_covered < 64)
		snprintf(covered[nr_covered++], sizeof(covered[0]), "%s event %llu: %s", w->name, (unsigned long long)n, text.buf);
	if (frames_file)
		fprintf(frames_file, "frame %u\n", nr_covered);
	if (frames_file)
		print_frame(w->l, frames_file);
}

/* @skip: percent of the story that is not drawn from, the warm-up of a scenario. */
static void some_frames(const struct pupil *p, const char *name, unsigned int wanted, uint64_t seed, unsigned int skip)
{
	static struct watch w;

	open_watch(&w, p, sizes[0], name);
	for (unsigned int i = 0, tries = 0; i < wanted && tries < 400; tries++) {
		size_t from = w.story.begin + (w.story.nr - w.story.begin) * skip / 100, k = from + (size_t)rng_below(rng_hash4(seed, 1, 2, tries), (unsigned int)(w.story.nr - from));
		uint16_t kind = w.story.v[k].kind;

		if (trace_is_lesson(kind) || kind == EV_OUTSIDE || kind == EV_BUG || kind == EV_NO_FUTURE)
			continue;
		print_covered(&w, w.story.v[k].n);
		CHECK_INT(w.l->crossed, 0);
		i++;
	}
	close_watch(&w);
}

static void fifty_frames_can_be_read_without_their_sentences(void)
{
	static struct course course;
	static struct pupil p;
	const char *file = getenv("KW_LAYOUT_FRAMES");
	uint64_t seed = seed_from_env(1);
	char dir[1024], err[600];
	glob_t found;

	nr_covered = 0;
	frames_file = file ? fopen(file, "w") : NULL;
	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, &course, err, sizeof(err)), 0);
	for (size_t i = 0; i < course.nr && i < 5; i++) {
		run_lesson(&p, course.lessons[i].path, 0, false);
		some_frames(&p, course.lessons[i].path, OF_A_LESSON, seed + i, 0);
		pupil_close(&p);
	}
	course_free(&course);
	REQUIRE_INT(glob("tests/scenarios/*.kws", 0, NULL, &found), 0);
	for (size_t i = 0; i < OF_SCENARIOS; i++) {
		const char *path = found.gl_pathv[rng_below(rng_hash4(seed, 3, 4, i), (unsigned int)found.gl_pathc)];

		run_scenario(&p, path, seed);
		some_frames(&p, path, 1, seed + i, 60);
		pupil_close(&p);
	}
	globfree(&found);
	CHECK_INT(nr_covered, 50);
	for (unsigned int i = 0; i < nr_covered && frames_file; i++)
		fprintf(frames_file, "sentence %u  %s\n", i + 1, covered[i]);
	if (frames_file)
		fclose(frames_file);
}

/* ---- verdicts ------------------------------------------------------------------------------- */

static unsigned int worker_rows(const struct layout *l)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < l->nr_things; i++)
		n += l->thing[i].role == ROLE_LABEL;
	return n;
}

static void check_verdict(struct watch *w, const struct lesson_question *q)
{
	static struct talk t;
	bool small = w->size.w < 80;
	unsigned int before;

	make_talk(w->p, q->verdict.n, &t, w->size.w, w->size.h);
	draw(w, q->verdict.n, false);
	before = worker_rows(w->l);
	draw(w, q->verdict.n, true);
	CHECK_GE(worker_rows(w->l), before < 2 ? before : 2);
	CHECK_GE(t.talk.nr, 1);
	if (small)
		CHECK_GE(t.talk.nr - w->l->talk_hidden, t.talk.nr < 2 ? t.talk.nr : 2);
	else if (w->l->talk_hidden)
		test_note("%s %dx%d event %llu, question %s: %u lines of %u do not fit", w->name, w->size.w, w->size.h,
			  (unsigned long long)q->verdict.n, q->id, w->l->talk_hidden, t.talk.nr);
	if (!small)
		CHECK_INT(w->l->talk_hidden, 0);
}

static void a_verdict_is_shown_whole_and_leaves_two_workers(void)
{
	static struct course course;
	static struct pupil p;
	static struct watch w;
	char dir[1024], err[600];

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, &course, err, sizeof(err)), 0);
	for (size_t i = 0; i < course.nr * 2; i++) {
		run_lesson(&p, course.lessons[i / 2].path, 0, i & 1);
		for (size_t s = 0; s < SIZES; s++) {
			open_watch(&w, &p, sizes[s], course.lessons[i / 2].path);
			for (size_t k = 1; k < p.lesson.nr_questions; k++)
				if (p.lesson.question[k].verdict.n)
					check_verdict(&w, &p.lesson.question[k]);
			close_watch(&w);
		}
		pupil_close(&p);
	}
	course_free(&course);
}

/* ---- ASCII ------------------------------------------------------------------------------------ */

/* In a field (borders and rows of words, a lane of a CPU, a lane of a worker, a row of interrupts). */
static void no_ascii_sign_has_two_meanings_in_a_field(void)
{
	static const char *const fields[] = {
		"●◌○◆✚✖◐▸⊘▪⚑■□✔✗",			/* words */
		"▌█▐░┄·◆▖┃",				/* a worker's lane */
		"▌█▐▒▓~·◆▖┃x",				/* a CPU's lane */
		"!+x┃",					/* interrupts */
		"─│╌◀▸",				/* lines */
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const char *p = fields[i];
		bool used[128] = { false };
		uint32_t ch;
		size_t n;

		while ((n = utf8_decode(p, strlen(p), &ch)) > 0) {
			char twin = cells_twin(ch);

			CHECK_NE(twin, '?');
			if (used[(int)twin])
				test_note("%.*s has the sign %c of another one in %s", (int)n, p, twin, fields[i]);
			CHECK_FALSE(used[(int)twin]);
			used[(int)twin] = true;
			p += n;
		}
	}
}

/* ---- the screen without colour --------------------------------------------------- */

enum field { FIELD_BORDER, FIELD_LABEL, FIELD_CPU_LANE, FIELD_WORKER_LANE, FIELD_NR };
static const char *const field_names[FIELD_NR] = { "a border", "a label", "a CPU's lane", "a worker's lane" };

/* Signs that were drawn, by field and by the ASCII character that stands for them; 0 = none. */
static uint32_t sign_seen[FIELD_NR][128];

/* Corners and crossings of lines are one sign, `+`, and so are dotted lines in both directions. */
static bool same_meaning(uint32_t a, uint32_t b)
{
	if ((a == 0x254c && b == 0x254e) || (a == 0x254e && b == 0x254c))
		return true;
	return a == b || (a >= 0x250c && a <= 0x254b && b >= 0x250c && b <= 0x254b);
}

static void note_sign(const struct watch *w, enum field field, int x, int y)
{
	uint32_t ch = w->l->cells.v[y * w->l->cells.w + x].ch;
	int twin = cells_twin(ch);

	bool lane = field == FIELD_CPU_LANE || field == FIELD_WORKER_LANE;

	/* the layout writes these as words in ASCII: to, /, >= */
	if (ch == 0x2192 || ch == 0xb7 || ch == 0x2265)
		return;
	/* letters, digits and the punctuation of words are text */
	if (ch < 0x80 && !(lane && ch > ' ' && strchr("!+=#~*<>|^%$[]", (int)ch)))
		return;
	if (!sign_seen[field][twin])
		sign_seen[field][twin] = ch;
	if (same_meaning(sign_seen[field][twin], ch))
		return;
	test_note("%s event %llu: U+%04X and U+%04X are both %c in %s", w->name, (unsigned long long)w->replay.at.n,
		  sign_seen[field][twin], ch, twin, field_names[field]);
	CHECK_FAIL("one ASCII sign, two meanings");
}

static void note_signs(const struct watch *w)
{
	int right = w->l->middle.x + w->l->middle.w;

	for (int y = 1; y < w->size.h - 1; y++) {
		uint32_t first = w->l->cells.v[y * w->l->cells.w].ch;

		for (int x = 0; first != 0x2502 && x < right; x++)
			note_sign(w, FIELD_BORDER, x, y);
	}
	for (unsigned int i = 0; i < w->l->nr_things; i++) {
		const struct layout_thing *t = &w->l->thing[i];

		if (t->role != ROLE_LANE)
			continue;
		for (int x = t->x; x < t->x + t->w; x++)
			note_sign(w, t->cls == CLS_CPU ? FIELD_CPU_LANE : FIELD_WORKER_LANE, x, t->y);
		for (int x = 1; x < t->x; x++)
			note_sign(w, FIELD_LABEL, x, t->y);
	}
}

/* A worker's state in the model, and the ASCII text of its row: sign and words. */
struct shown_state {
	unsigned int state;
	char text[64];
};

#define SHOWN_MAX 4096
static struct shown_state shown[SHOWN_MAX];
static unsigned int nr_shown;

static unsigned int state_of(const struct model *m, const struct model_worker *w)
{
	return (unsigned int)lane_worker_state(m, w) << 8 | (unsigned int)w->place << 4 | (w->manager ? 2u : 0u) |
	       (w->rescuer_of ? 1u : 0u);
}

/* Does the worker fall asleep, end a run or begin to exist in this event?  Its row has the words of the event, not of a state. */
static bool has_event_words(const struct watch *w, uint32_t worker)
{
	struct trace_event ev;
	struct trace_value v;

	return trace_store_event(&w->p->store, layout_event(&w->story, w->replay.at.n), &ev) &&
	       (ev.kind == EV_WORKER_SLEEP || ev.kind == EV_EXECUTE_END || ev.kind == EV_WORKER_CREATE) &&
	       trace_event_get(&ev, "worker", &v) && (uint32_t)v.num == worker;
}

static void note_states(const struct watch *w)
{
	for (unsigned int i = 0; i < w->l->nr_things; i++) {
		const struct layout_thing *t = &w->l->thing[i];
		struct shown_state now = { 0 };
		size_t len = 0;
		unsigned int k;

		if (t->role != ROLE_LABEL || has_event_words(w, t->id))
			continue;
		now.state = state_of(&w->replay.at, &w->replay.at.workers[t->id]);
		for (int x = t->x + t->w; x < w->l->cells.w && len + 1 < sizeof(now.text); x++) {
			uint32_t ch = w->l->cells.v[t->y * w->l->cells.w + x].ch;
			bool lane = false;

			for (unsigned int n = 0; n < w->l->nr_things; n++)
				lane |= w->l->thing[n].role == ROLE_LANE && w->l->thing[n].y == t->y && w->l->thing[n].x <= x;
			if (lane || ch == 0x2502)
				break;
			now.text[len++] = cells_twin(ch);
		}
		while (len && now.text[len - 1] == ' ')
			now.text[--len] = '\0';
		if (len && now.text[len - 1] == '_')	/* no room for all of it */
			continue;
		for (k = 0; k < nr_shown && strcmp(shown[k].text, now.text); k++)
			;
		if (k < nr_shown && shown[k].state != now.state) {
			test_note("%s event %llu: states %x and %x are both: %s", w->name, (unsigned long long)w->replay.at.n,
				  shown[k].state, now.state, now.text);
			CHECK_FAIL("two states look alike without colour");
		}
		if (k == nr_shown && nr_shown < SHOWN_MAX)
			shown[nr_shown++] = now;
	}
}

static void watch_signs(const struct pupil *p, const char *name)
{
	static struct watch w;

	open_watch(&w, p, sizes[0], name);
	for (size_t i = w.story.begin; w.story.begun && i < w.story.nr; i++) {
		draw(&w, w.story.v[i].n, true);
		note_signs(&w);
		note_states(&w);
	}
	close_watch(&w);
}

/* No sign has two meanings in a field, and no two states of a worker have the same sign and words. */
static void what_is_drawn_is_clear_without_colour_and_in_ascii(void)
{
	static struct course course;
	static struct pupil p;
	char dir[1024], err[600];
	glob_t found;

	REQUIRE_INT(datadir_find("kworkshop", "lessons", dir, sizeof(dir)), 0);
	REQUIRE_INT(course_read(dir, NULL, &course, err, sizeof(err)), 0);
	for (size_t i = 0; i < course.nr; i++) {
		run_lesson(&p, course.lessons[i].path, 0, true);
		watch_signs(&p, course.lessons[i].path);
		pupil_close(&p);
	}
	course_free(&course);
	REQUIRE_INT(glob("tests/scenarios/*.kws", 0, NULL, &found), 0);
	for (size_t i = 0; i < (size_t)test_rounds(40, 6); i++) {
		run_scenario(&p, found.gl_pathv[i * 3 % found.gl_pathc], 1);
		watch_signs(&p, found.gl_pathv[i * 3 % found.gl_pathc]);
		pupil_close(&p);
	}
	globfree(&found);
	for (int f = 0; f < FIELD_NR; f++) {
		unsigned int nr = 0;

		for (int i = 0; i < 128; i++)
			nr += sign_seen[f][i] != 0;
		CHECK_GT(nr, 0);
	}
	CHECK_GT(nr_shown, 20);
}

const struct test_case suite_sweep_layout[] = {
	T(a_lesson_shows_what_its_sentences_name),
	T(sixty_scenarios_show_what_their_sentences_name),
	T(random_runs_show_what_their_sentences_name),
	T(fifty_frames_can_be_read_without_their_sentences),
	T(a_verdict_is_shown_whole_and_leaves_two_workers),
	T(no_ascii_sign_has_two_meanings_in_a_field),
	T(what_is_drawn_is_clear_without_colour_and_in_ascii),
	{ NULL, NULL },
};
