/*
 * visualizer/layout_code.c - the code in view: the function that acts at the event of a frame.
 *
 * The event names a context (a thread, a handler, a softirq of a CPU), and the model has the row
 * of the lesson's code that this context executes at the cursor.
 *
 * Lives here:   choosing the event, cutting the function's text into lines.
 * Never here:   the row that is executed (words/source_text.h), drawing (layout_zone.c).   Licence: MIT.
 */
#include "visualizer/layout_internal.h"

#include "words/source_text.h"
#include "words/texts.h"

/* The event that the sentence of the frame is about. */
static bool sentence_event(const struct layout_in *in, struct trace_event *ev)
{
	uint64_t first = layout_event(in->story, in->m->n);

	for (uint64_t n = in->m->n; n >= first && n; n--)
		if (trace_store_event(in->store, n, ev) && ev->kind < EV_NR && trace_event_level(ev) <= in->level &&
		    !trace_is_lesson(ev->kind) && ev->kind != EV_OUTSIDE)
			return true;
	return false;
}

static struct words_name short_worker(const struct layout_in *in, uint32_t id)
{
	struct words_name n = words_named(in->store, in->m, CLS_WORKER, id);

	if (!strncmp(n.text, "kworker/", 8))
		memmove(n.text, n.text + 8, strlen(n.text + 8) + 1);
	return n;
}

/*
 * Where the context that acts runs no function of the lesson (a worker that takes an item, a
 * timer), the code is that of the item that is talked about, if a worker is inside of it.
 */
static bool code_of_item(const struct layout_in *in, struct words_source *src)
{
	size_t at = layout_story_count(in->story, in->m->n);
	const struct model_item *it = at ? model_item(in->m, in->story->v[at - 1].item) : NULL;
	const struct model_worker *w = it ? model_worker(in->m, it->runner) : NULL;
	const struct trace_event inside = { .ctx = CTX_TASK, .task = w ? w->task : 0, .cpu = TRACE_NO_CPU };

	char item[WORDS_NAME];

	if (!w || w->place != WK_BUSY || !w->task || !words_source(in->store, in->m, &inside, src))
		return false;
	snprintf(src->title, sizeof(src->title), W(LAY_CODE_IN), words_name(in->store, in->m, CLS_ITEM, it->id, item),
		 short_worker(in, w->id).text);
	return true;
}

/* An event from outside, or none yet: the code of a handler or thread that has a CPU then. */
static bool code_of_cpu(const struct layout_in *in, struct words_source *src)
{
	for (uint32_t c = 0; c < CPUS_MAX; c++) {
		const struct model_cpu *cpu = &in->m->cpus[c];
		const struct trace_event inside = { .ctx = cpu->irq_line ? CTX_HARDIRQ : CTX_TASK, .cpu = c, .task = cpu->task };

		if (cpu->exists && (cpu->irq_line || (cpu->task && cpu->task != cpu->idle_task)) &&
		    words_source(in->store, in->m, &inside, src))
			return true;
	}
	return false;
}

/* The code at the event of the sentence, else that of the item it is about. */
static bool find_code(const struct layout_in *in, struct words_source *src)
{
	struct trace_event ev;

	if (!sentence_event(in, &ev))
		return code_of_cpu(in, src);
	if (words_source(in->store, in->m, &ev, src))
		return true;
	return ev.ctx == CTX_DIRECTOR ? code_of_cpu(in, src) : code_of_item(in, src);
}

bool layout_source_at(const struct layout_in *in, struct words_source *out)
{
	return find_code(in, out);
}

static void add_line(struct layout_code_text *out, struct strbuf *room, const char *text, size_t len)
{
	size_t from = room->len;

	if (out->code.nr == LAYOUT_CODE_LINES || room->len + len + 2 > sizeof(out->text))
		return;
	for (size_t i = 0; i < len; i++) {
		bool blank = text[i] == ' ' || text[i] == '\t', between = room->len > from && i >= 2;

		/* comments that stand below each other would be cut */
		if (between && blank && text[i - 1] == ' ' && text[i - 2] == ' ' && strspn(text, " ") < i)
			continue;
		strbuf_puts(room, text[i] == '\t' ? "  " : (char[]){ text[i], '\0' });
	}
	out->code.line[out->code.nr++] = out->text + from;
	strbuf_putc(room, '\0');
}

bool layout_code_at(const struct layout_in *in, struct layout_code_text *out)
{
	struct words_source src;
	struct strbuf room;
	unsigned int from = 1;

	if (!find_code(in, &src))
		return false;
	memset(&out->code, 0, sizeof(out->code));
	strbuf_init(&room, out->text, sizeof(out->text));
	/* of a long function the lines around the one that is executed */
	if (src.row > LAYOUT_CODE_LINES / 2 && src.rows >= LAYOUT_CODE_LINES)
		from = src.row - LAYOUT_CODE_LINES / 2;
	for (unsigned int n = from; n <= src.rows; n++) {
		size_t len;
		const char *text = words_source_row(&src, n, &len);

		add_line(out, &room, text, len);
	}
	if (src.row > src.rows)
		add_line(out, &room, "return", strlen("return"));
	snprintf(out->title, sizeof(out->title), "%s", src.title);
	snprintf(out->returned, sizeof(out->returned), "%s", src.returned);
	out->code.title = out->title;
	out->code.returned = out->returned;
	out->code.now = src.row - from;
	out->code.returned_at = src.returned_row >= from ? src.returned_row - from : 0;
	return out->code.now < out->code.nr;
}
