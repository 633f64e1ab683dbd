/*
 * visualizer/complete.c - Tab on the command line: completes, or lists the candidates.
 *
 * The list is one line in the border above the prompt; Tab again shows the part that follows.
 *
 * Never here:   the effects of commands (prompt.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "visualizer/commands.h"
#include "words/topics.h"

#define NAME_BYTES 80
#define LIST_MARGIN 6		/* columns of the border beside the list */

/* Candidates that begin like the typed text. */
struct candidates {
	const char *typed;
	size_t typed_len, common;
	unsigned int nr;
	char first[NAME_BYTES];
	struct strbuf *list;
};

/* Is @name in the list?  A word can have several explanations. */
static bool is_listed(const struct candidates *c, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = c->list->buf; c->nr && (at = strstr(at, name)) != NULL; at += len)
		if ((at == c->list->buf || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static void offer(struct candidates *c, const char *name)
{
	if (strncmp(name, c->typed, c->typed_len) || is_listed(c, name))
		return;
	if (!c->nr++) {
		snprintf(c->first, sizeof(c->first), "%s", name);
		c->common = strlen(c->first);
	}
	while (strncmp(c->first, name, c->common))
		c->common--;
	strbuf_printf(c->list, "%s%s", c->list->len ? " " : "", name);
}

static void offer_themes(struct candidates *c)
{
	for (unsigned int i = 0; i < theme_count(); i++)
		offer(c, theme_name(i));
}

static void offer_lines(struct candidates *c, struct ui *u)
{
	const struct model *m = u->scene ? &u->scene->replay.at : NULL;
	char name[WORDS_NAME];

	for (uint32_t i = 1; m && i <= m->nr_lines; i++)
		offer(c, ui_name(u, CLS_LINE, i, name));
}

/* Names of explained words; a key is found by `?`. */
static void offer_topics(struct candidates *c)
{
	size_t nr;
	const struct topic *t = topics_all(&nr);
	char name[NAME_BYTES];

	for (size_t i = 0; i < nr; i++)
		for (int k = 0; t[i].kind != TOPIC_KEY && topic_name(&t[i], k, name, sizeof(name)); k++)
			offer(c, name);
}

/* Bytes of the list from @from on that fit into the border, whole names. */
static size_t fitting(const struct ui *u, size_t from)
{
	size_t fit = 0, at = from;

	while (u->offer[at]) {
		size_t len = strcspn(u->offer + at, " ");

		if (width_text(u->offer + from, at + len - from) > term_width(u->term) - LIST_MARGIN && fit)
			break;
		at += len;
		fit = at - from;
		at += u->offer[at] == ' ';
	}
	return fit;
}

void prompt_complete_draw(struct ui *u)
{
	size_t fit = fitting(u, u->offer_at);
	bool more = u->offer_at || u->offer[u->offer_at + fit];

	if (*u->offer)
		ui_put(u, 1, term_height(u->term) - 2, term_width(u->term) - 2, ST_KEY, 0, " %.*s%s ", (int)fit, u->offer + u->offer_at,
		       more ? " …" : "");
}

/* The list is shown; the same list again goes on to its next part. */
static void show_list(struct ui *u, const char *list)
{
	size_t fit;

	if (strcmp(u->offer, list)) {
		snprintf(u->offer, sizeof(u->offer), "%s", list);
		u->offer_at = 0;
		return;
	}
	fit = fitting(u, u->offer_at);
	u->offer_at += fit + (u->offer[u->offer_at + fit] == ' ');
	if (!u->offer[u->offer_at])
		u->offer_at = 0;
}

void prompt_complete(struct ui *u)
{
	size_t word = strcspn(u->prompt_text, " ");
	size_t from = u->prompt_text[word] ? word + strspn(u->prompt_text + word, " ") : 0;
	STRBUF(list, sizeof(u->offer));
	struct candidates c = { .typed = u->prompt_text + from, .list = &list };

	c.typed_len = strlen(c.typed);
	if (!from)
		for (unsigned int i = 0; prompt_command(u, i, NULL); i++) {
			const char *name;

			if (prompt_command(u, i, &name) && name)
				offer(&c, name);
		}
	else if (!strncmp(u->prompt_text, "theme ", 6))
		offer_themes(&c);
	else if (!strncmp(u->prompt_text, "irq ", 4))
		offer_lines(&c, u);
	else if (!strncmp(u->prompt_text, "help ", 5) || !strncmp(u->prompt_text, "word ", 5))
		offer_topics(&c);
	if (!c.nr) {
		snprintf(u->offer, sizeof(u->offer), "%s", W(SAY_NO_CANDIDATE));
		u->offer_at = 0;
		return;
	}
	if (c.nr > 1 && c.common == c.typed_len)
		show_list(u, list.buf);
	else
		u->offer[0] = '\0';
	snprintf(u->prompt_text + from, sizeof(u->prompt_text) - from, "%.*s%s", (int)c.common, c.first, c.nr == 1 ? " " : "");
}
