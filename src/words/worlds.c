/*
 * words/worlds.c - see worlds.h.   Licence: MIT.
 */
#include "words/worlds.h"

#include <stdio.h>

#include "words/texts.h"

struct ms {
	char text[24];
};

static struct ms ms_of(uint64_t ns, int places)
{
	struct ms ms;

	snprintf(ms.text, sizeof(ms.text), "%.*f", places, (double)ns / 1e6);
	return ms;
}

const char *words_world_state(enum world_state state)
{
	switch (state) {
	case WORLD_NONE: return W(WORLDS_ST_NONE);
	case WORLD_WAITS: return W(WORLDS_ST_WAITS);
	case WORLD_HELD: return W(WORLDS_ST_HELD);
	case WORLD_RUNS: return W(WORLDS_ST_RUNS);
	case WORLD_WANTS_CPU: return W(WORLDS_ST_WANTS);
	case WORLD_ASLEEP: return W(WORLDS_ST_ASLEEP);
	case WORLD_DONE: return W(WORLDS_ST_DONE);
	}
	return "";
}

void words_world_end(const struct worlds *w, uint64_t end, struct strbuf *out)
{
	if (end != WORLDS_NEVER)
		strbuf_puts(out, ms_of(end, 1).text);
	else
		strbuf_puts(out, w->bounded ? W(WORLDS_LATER_END) : W(WORLDS_NEVER_END));
}

static uint64_t apart(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

void words_world_difference(const struct worlds *w, const struct world_item *item, struct strbuf *out)
{
	uint64_t a = item->run[WORLD_REAL].end, b = item->run[WORLD_OTHER].end;

	(void)w;
	if (a == WORLDS_NEVER || b == WORLDS_NEVER)
		return;
	if (apart(a, b) < WORLDS_LITTLE_NS)
		strbuf_puts(out, W(WORLDS_SAME_END));
	else
		strbuf_printf(out, "%c%s", b > a ? '+' : '-', ms_of(apart(a, b), 1).text);
}

static void last_end(const struct worlds *w, struct strbuf *out)
{
	uint64_t a = w->count[WORLD_REAL].last_end, b = w->count[WORLD_OTHER].last_end;

	if (w->bounded)
		strbuf_puts(out, W(WORLDS_FENCE));
	else if (a == WORLDS_NEVER || b == WORLDS_NEVER)
		strbuf_printf(out, W(WORLDS_LAST_NEVER), w->count[WORLD_REAL].not_done, w->count[WORLD_OTHER].not_done);
	else if (apart(a, b) < WORLDS_LITTLE_NS)
		strbuf_printf(out, W(WORLDS_LAST_SAME), ms_of(a, 1).text);
	else
		strbuf_printf(out, W(WORLDS_LAST), ms_of(a, 1).text, ms_of(b, 1).text, ms_of(apart(a, b), 1).text,
			      b > a ? W(WORLDS_TIME_LATER) : W(WORLDS_TIME_EARLIER));
	strbuf_puts(out, "\n");
}

static void parting(const struct worlds *w, struct strbuf *out)
{
	if (w->parts == WORLDS_NEVER)
		strbuf_puts(out, W(WORLDS_NO_PART));
	else
		strbuf_printf(out, W(WORLDS_PART), ms_of(w->parts, w->parts < 1000000 ? 3 : 1).text,
			      w->item[w->parts_item].name, words_world_state(w->parts_state[WORLD_REAL]),
			      words_world_state(w->parts_state[WORLD_OTHER]));
	strbuf_puts(out, "\n");
}

/* Numbers that are known only at the end of the scene. */
static void counts(const struct worlds *w, struct strbuf *out)
{
	const struct world_counts *a = &w->count[WORLD_REAL], *b = &w->count[WORLD_OTHER];
	const struct {
		const char *what;
		unsigned int real, other;
	} rows[] = {
		{ W(WORLDS_COUNT_WORKERS), a->workers, b->workers },
		{ W(WORLDS_COUNT_AT_ONCE), a->at_once, b->at_once },
		{ W(WORLDS_COUNT_THREADS), a->threads, b->threads },
		{ W(WORLDS_COUNT_SWITCHES), a->switches, b->switches },
	};
	bool any = false;

	if (w->bounded)
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].real == rows[i].other)
			continue;
		if (!any)
			strbuf_puts(out, W(WORLDS_COUNTS));
		any = true;
		strbuf_printf(out, W(WORLDS_COUNT), rows[i].what, rows[i].other, rows[i].real);
	}
	if (!any)
		return;
	out->buf[out->len - 1] = '.';	/* the last semicolon */
	strbuf_puts(out, "\n");
}

void words_worlds(const struct worlds *w, bool threads_first, struct strbuf *out)
{
	if (threads_first)
		counts(w, out);
	last_end(w, out);
	parting(w, out);
	if (!threads_first)
		counts(w, out);
}

void words_worlds_plain(const struct worlds *w, bool threads_first, struct strbuf *out)
{
	strbuf_printf(out, "%s\n", W(WORLDS_PLAIN));
	strbuf_printf(out, W(WORLDS_PLAIN_HEAD), "", W(WORLDS_REAL_RUN), W(WORLDS_YOU_SAID));
	strbuf_puts(out, "\n");
	for (size_t i = 0; i < w->nr; i++) {
		STRBUF(real, 24);
		STRBUF(other, 24);

		words_world_end(w, w->item[i].run[WORLD_REAL].end, &real);
		words_world_end(w, w->item[i].run[WORLD_OTHER].end, &other);
		strbuf_printf(out, W(WORLDS_PLAIN_HEAD), w->item[i].name, real.buf, other.buf);
		strbuf_puts(out, "\n");
	}
	words_worlds(w, threads_first, out);
}
