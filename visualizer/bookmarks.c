/*
 * visualizer/bookmarks.c - bookmarks on the screen: set one, go to the next one, list them.
 *
 * Never here:   where they are kept (the caller's struct run_bookmarks), the prompt (prompt.c).
 * Licence: MIT.
 */
#include <errno.h>
#include <string.h>

#include "base/time.h"
#include "visualizer/commands.h"

static struct run_bookmark bookmarks[RUN_BOOKMARKS_MAX];	/* of the last read_bookmarks() */

static size_t read_bookmarks(struct ui *u)
{
	const struct run_bookmarks *b = &u->opts->cb.bookmarks;

	return b->get && u->scene->run ? b->get(b->arg, u->scene->run, bookmarks, RUN_BOOKMARKS_MAX) : 0;
}

const char *bookmark_at(struct ui *u, uint64_t event)
{
	static size_t nr;

	if (u->kept || !u->scene->run)
		return NULL;
	if (!u->bookmarks_known)
		nr = read_bookmarks(u);
	u->bookmarks_known = true;
	for (size_t i = 0; i < nr; i++)
		if (bookmarks[i].event == event)
			return bookmarks[i].text;
	return NULL;
}

unsigned int command_bookmark(struct ui *u)
{
	uint64_t here = u->scene->replay.at.n;
	size_t nr = read_bookmarks(u), i;

	if (!u->opts->cb.bookmarks.set || !u->scene->run || u->kept || !here) {
		ui_say(u, W(MARK_NOT_HERE));
		return EFF_DRAW;
	}
	command_prompt(u, PROMPT_NOTE);
	for (i = 0; i < nr; i++)
		if (bookmarks[i].event == here && strlen(bookmarks[i].text) < sizeof(u->prompt_text))
			strcpy(u->prompt_text, bookmarks[i].text);
	return EFF_DRAW;
}

unsigned int command_bookmark_set(struct ui *u, const char *note)
{
	const struct run_bookmarks *b = &u->opts->cb.bookmarks;
	int err = b->set && u->scene->run && !u->kept ? b->set(b->arg, u->scene->run, u->scene->replay.at.n, note) : -ENOTSUP;

	u->bookmarks_known = false;
	if (err == -ENOTSUP)
		ui_say(u, W(MARK_NOT_HERE));
	else if (err == -ENOENT)
		ui_say(u, W(MARK_NONE_AT));
	else if (err)
		ui_say(u, W(MARK_NOT_KEPT), strerror(-err));
	else
		ui_say(u, note ? W(MARK_SET) : W(MARK_REMOVED));
	return EFF_DRAW;
}

unsigned int command_bookmark_next(struct ui *u)
{
	size_t nr = read_bookmarks(u), i;

	if (!nr) {
		ui_say(u, W(MARK_NONE));
		return EFF_DRAW;
	}
	for (i = 0; i < nr && bookmarks[i].event <= u->scene->replay.at.n; i++)
		;
	if (i == nr || bookmarks[i].event > u->scene->store->nr)
		i = 0;			/* after the last one comes the first one */
	playback_seek(&u->scene->playback, bookmarks[i].event);
	if (*bookmarks[i].text)
		ui_say(u, W(MARK_AT_NOTE), i + 1, nr, bookmarks[i].text);
	else
		ui_say(u, W(MARK_AT), i + 1, nr);
	return command_look(u);
}

unsigned int command_bookmark_list(struct ui *u)
{
	STRBUF(text, sizeof(u->message));
	size_t nr = read_bookmarks(u), i;
	struct trace_event ev;

	for (i = 0; i < nr; i++)
		if (trace_store_event(u->scene->store, bookmarks[i].event, &ev))
			strbuf_printf(&text, "%s%s %s", text.len ? " · " : "", time_text(ev.time).text, bookmarks[i].text);
	ui_say(u, "%s", text.len ? text.buf : W(MARK_NONE));
	return EFF_DRAW;
}
