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

void words_world_last(const struct worlds *w, struct strbuf *out)
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

void words_world_parting(const struct worlds *w, struct strbuf *out)
{
	if (w->parts == WORLDS_NEVER)
		strbuf_puts(out, W(WORLDS_NO_PART));
	else if (w->parts_state[WORLD_REAL] == w->parts_state[WORLD_OTHER])
		strbuf_printf(out, W(WORLDS_PART_TIMES), ms_of(w->parts, w->parts < 1000000 ? 3 : 1).text, w->item[w->parts_item].name);
	else
		strbuf_printf(out, W(WORLDS_PART), ms_of(w->parts, w->parts < 1000000 ? 3 : 1).text,
			      w->item[w->parts_item].name, words_world_state(w->parts_state[WORLD_REAL]),
			      words_world_state(w->parts_state[WORLD_OTHER]));
	strbuf_puts(out, "\n");
}

struct count {
	const char *what;
	unsigned int run[2];
};

/* Numbers that are known only at the end of the scene. */
static unsigned int counts_of(const struct worlds *w, struct count out[4])
{
	const struct world_counts *c = w->count;

	if (w->bounded)
		return 0;
	out[0] = (struct count){ W(WORLDS_COUNT_WORKERS), { c[0].workers, c[1].workers } };
	out[1] = (struct count){ W(WORLDS_COUNT_AT_ONCE), { c[0].at_once, c[1].at_once } };
	out[2] = (struct count){ W(WORLDS_COUNT_THREADS), { c[0].threads, c[1].threads } };
	out[3] = (struct count){ W(WORLDS_COUNT_SWITCHES), { c[0].switches, c[1].switches } };
	return 4;
}

unsigned int words_world_numbers(const struct worlds *w, struct world_number out[WORLD_NUMBERS_MAX])
{
	struct count count[4];
	unsigned int counts = counts_of(w, count), nr = 0;

	if (!counts)
		return 0;
	out[nr++].label = W(WORLDS_COUNT_LAST);
	for (unsigned int i = 0; i < counts; i++)
		out[nr++].label = count[i].what;
	for (int run = 0; run < 2; run++) {
		struct strbuf end;

		strbuf_init(&end, out[0].run[run], sizeof(out[0].run[run]));
		words_world_end(w, w->count[run].last_end, &end);
		for (unsigned int i = 0; i < counts; i++)
			snprintf(out[i + 1].run[run], sizeof(out[i + 1].run[run]), "%u", count[i].run[run]);
	}
	return nr;
}

static void counts(const struct worlds *w, struct strbuf *out)
{
	struct count count[4];
	unsigned int nr = counts_of(w, count);
	bool any = false;

	for (unsigned int i = 0; i < nr; i++) {
		if (count[i].run[WORLD_REAL] == count[i].run[WORLD_OTHER])
			continue;
		if (!any)
			strbuf_puts(out, W(WORLDS_COUNTS));
		any = true;
		strbuf_printf(out, W(WORLDS_COUNT), count[i].what, count[i].run[WORLD_OTHER], count[i].run[WORLD_REAL]);
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
	words_world_last(w, out);
	words_world_parting(w, out);
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
