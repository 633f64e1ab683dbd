/*
 * visualizer/view_keys.c - the keys in words: the list after `?`, and why a key does nothing.
 *
 * The list begins with the keys of the place where `?` was pressed.
 *
 * Never here:   the table (keys.def), the effects of keys (commands.c).   Licence: MIT.
 */
#include <stdio.h>
#include <string.h>

#include "base/width.h"
#include "visualizer/rows.h"

#define KEY_COLUMNS 12

static void put_row(struct rows *r, struct rect box, unsigned int i, unsigned int contexts)
{
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(keys, 80);
	STRBUF(help, 256);
	int used;

	key_put_all(i, &keys);
	key_expand(words_fixed(key_rows[i].help), contexts, &help, span);
	used = width_text(keys.buf, keys.len);
	rows_begin(r, 0);
	rows_add(r, ST_KEY, "%s", keys.buf);
	rows_add(r, ST_NORMAL, "%*s", used < KEY_COLUMNS ? KEY_COLUMNS - used : 1, "");
	rows_wrap(r, box, KEY_COLUMNS, ST_NORMAL, help.buf);
}

static void heading(struct rows *r, const char *text)
{
	if (r->nr)
		rows_begin(r, 0);
	rows_begin(r, 0);
	rows_add(r, ST_TITLE, "%s", text);
}

/* The key of this row of the playback has another action in free play. */
static bool is_taken(const struct key_row *row, unsigned int contexts)
{
	return contexts & IN_FREE && !(row->contexts & IN_FREE) && key_action(row->code, IN_FREE) != ACT_NONE;
}

/* A group's keys that work in @contexts (or, if @other, those that do not). */
static void put_group(struct rows *r, struct rect box, enum words_key group, unsigned int contexts, bool other)
{
	bool begun = false;

	for (unsigned int i = 0; i < key_rows_nr; i++) {
		const struct key_row *row = &key_rows[i];

		if (row->code == KEYC_NONE || row->help == W_NONE || key_group(i) != group ||
		    (!(row->contexts & contexts) || is_taken(row, contexts)) != other)
			continue;
		if (!begun)
			heading(r, words_fixed(group));
		begun = true;
		put_row(r, box, i, other ? row->contexts : contexts);
	}
}

static void put_groups(struct rows *r, struct rect box, unsigned int contexts, bool other)
{
	static const enum words_key groups[] = {
		W_KEYS_WORK, W_KEYS_FREE, W_KEYS_ANSWER, W_KEYS_HOME, W_KEYS_TIME, W_KEYS_LOOK, W_KEYS_VIEWS, W_KEYS_PROGRAM,
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		put_group(r, box, groups[i], contexts, other);
}

/* "title|words": the parts of the screen, and its signs. */
static void put_legend(struct rows *r, struct rect box)
{
	static const enum words_key parts[] = {
		W_LEGEND_HEADER, W_LEGEND_EVENT, W_LEGEND_ITEM, W_LEGEND_CPUS, W_LEGEND_POOL, W_LEGEND_ZONE,
	}, signs[] = {
		W_SIGNS_WORKERS, W_SIGNS_ITEMS, W_SIGNS_LANES, W_SIGNS_INTERRUPTS, W_SIGNS_TIME, W_SIGNS_MOVES,
	};
	static const struct {
		enum words_key heading;
		const enum words_key *line;
		size_t nr;
	} lists[] = {
		{ W_LEGEND, parts, sizeof(parts) / sizeof(parts[0]) }, { W_SIGNS, signs, sizeof(signs) / sizeof(signs[0]) },
	};

	for (size_t i = 0; i < 2; i++) {
		heading(r, words_fixed(lists[i].heading));
		for (size_t k = 0; k < lists[i].nr; k++) {
			const char *text = words_fixed(lists[i].line[k]), *words = strchr(text, '|');

			rows_begin(r, 0);
			rows_add(r, ST_KEY, "%.*s", words ? (int)(words - text) : 0, text);
			rows_add(r, ST_NORMAL, "%*s", words ? KEY_COLUMNS - width_text(text, (size_t)(words - text)) : KEY_COLUMNS, "");
			rows_wrap(r, box, KEY_COLUMNS, ST_NORMAL, words ? words + 1 : text);
		}
	}
}

static void keys_draw(struct ui *u, struct rect box)
{
	struct rows *r = rows_new(u);

	if (!r)
		return;
	put_groups(r, box, u->keys_for, false);
	heading(r, W(KEYS_ELSEWHERE));
	put_groups(r, box, u->keys_for, true);
	put_legend(r, box);
	rows_show(r, box, W(VIEW_KEYS), VIEW_KEYS);
}

const struct view view_keys = { "keys", keys_draw, rows_command, false };

/* ---- a key without a meaning --------------------------------------------------------------- */

/* Has this key been explained here?  Notes that it is now. */
static bool is_explained(struct ui *u, uint32_t key, unsigned int contexts)
{
	for (unsigned int i = 0; i < u->nr_dead; i++)
		if (u->dead[i].key == key && u->dead[i].contexts == contexts)
			return true;
	if (u->nr_dead == DEAD_KEYS_MAX)
		u->nr_dead = 0;
	u->dead[u->nr_dead++] = (struct ui_dead_key){ key, contexts };
	return false;
}

/* The row with a help of the action that @key has elsewhere, the nearest *@place first; or NULL. */
static const struct key_row *elsewhere(uint32_t key, unsigned int *place)
{
	static const unsigned int order[] = { IN_LOOK, IN_ASK, IN_CARD, IN_PLAY, IN_LIST, IN_VIEW, IN_WHAT_IF, IN_END, IN_HOME };

	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		enum action a = key_action(key, order[k]);

		*place = order[k];
		for (unsigned int i = 0; a != ACT_NONE && i < key_rows_nr; i++)
			if (key_rows[i].action == a && key_rows[i].contexts & order[k] && key_rows[i].help != W_NONE)
				return &key_rows[i];
	}
	return NULL;
}

void ui_dead_key(struct ui *u, uint32_t key, unsigned int contexts)
{
	unsigned int place = 0;
	const struct key_row *row = elsewhere(key, &place);
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(name, 24);
	STRBUF(other, 24);
	STRBUF(help, 256);

	if (is_explained(u, key, contexts))
		return;
	key_put_code(key, &name);
	if (row)
		key_expand(words_fixed(row->help), place, &help, span);
	if (row && key_put_first(row->action, contexts, &other))
		ui_say(u, W(DEAD_KEY_OTHER), name.buf, key_place(contexts), other.buf, help.buf);
	else if (row)
		ui_say(u, W(DEAD_KEY_PLACE), name.buf, key_place(contexts), key_place(place), help.buf);
	else
		ui_say(u, W(DEAD_KEY), name.buf, key_place(contexts));
}
