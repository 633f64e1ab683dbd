/*
 * visualizer/keys.c - see keys.h.   Licence: MIT.
 */
#include "visualizer/keys.h"

#include <ctype.h>
#include <string.h>

const struct key_row key_rows[] = {
#define GROUP(heading) { .code = KEYC_NONE, .action = ACT_NONE, .help = W_##heading },
#define KEY(code, shown, name, contexts, footer, help) \
	{ (uint32_t)(code), shown, #name, ACT_##name, contexts, footer, help },
#include "visualizer/keys.def"
#undef KEY
#undef GROUP
};

const unsigned int key_rows_nr = sizeof(key_rows) / sizeof(key_rows[0]);

/* Keys that the student's config gave to actions in place of those of the table. */
static struct key_binding changed[KEY_CHANGES_MAX];
static unsigned int nr_changed;
static bool is_changed[ACT_NR];

/* ---- the action of a key ---------------------------------------------------------- */

bool key_is_among(uint32_t own, uint32_t code)
{
	if (own == KEYC_LETTERS)
		return code >= 'a' && code <= 'h';
	if (own == KEYC_DIGITS)
		return code >= '0' && code <= '9';
	return own == code && code != KEYC_NONE;
}

enum action key_action(uint32_t code, unsigned int contexts)
{
	/* free play has the keys of the playback too, but its own come first */
	if (contexts & IN_FREE && contexts != IN_FREE && key_action(code, IN_FREE) != ACT_NONE)
		contexts = IN_FREE;
	for (unsigned int i = 0; i < nr_changed; i++)
		if (changed[i].contexts & contexts && changed[i].code == code)
			return changed[i].action;
	for (unsigned int i = 0; i < key_rows_nr; i++)
		if (key_rows[i].contexts & contexts && !is_changed[key_rows[i].action] && key_is_among(key_rows[i].code, code))
			return key_rows[i].action;
	return ACT_NONE;
}

bool key_bind(enum action action, uint32_t code, unsigned int contexts)
{
	if (nr_changed == KEY_CHANGES_MAX)
		return false;
	is_changed[action] = true;
	changed[nr_changed++] = (struct key_binding){ action, code, contexts };
	return true;
}

/* The keys in force: changed ones, then those of the table whose action was not changed. */
bool key_bound(unsigned int i, struct key_binding *out)
{
	if (i < nr_changed) {
		*out = changed[i];
		return true;
	}
	i -= nr_changed;
	if (i >= key_rows_nr)
		return false;
	*out = (struct key_binding){ key_rows[i].action, key_rows[i].code, key_rows[i].contexts };
	if (is_changed[out->action])
		out->code = KEYC_NONE;
	return true;
}

void keys_reset(void)
{
	nr_changed = 0;
	memset(is_changed, 0, sizeof(is_changed));
}

enum words_key key_group(unsigned int i)
{
	while (i && key_rows[i].code != KEYC_NONE)
		i--;
	return key_rows[i].help;
}

/* ---- the keys of an action ---------------------------------------------------------- */

void key_put_code(uint32_t code, struct strbuf *out)
{
	for (unsigned int i = 0; i < key_rows_nr; i++)
		if (key_rows[i].code == code && code != KEYC_NONE) {
			strbuf_puts(out, key_rows[i].shown);
			return;
		}
	if (code >= KEYC_F1 && code <= KEYC_F12)
		strbuf_printf(out, "F%u", (unsigned int)(code - KEYC_F1 + 1));
	else if (code < ' ')
		strbuf_printf(out, "Ctrl-%c", (char)(code + '@'));
	else if (code < 0x7f)
		strbuf_putc(out, (char)code);
	else
		strbuf_puts(out, W(KEY_UNNAMED));
}

/* Keys of @action in @contexts, at most @max of them, the most important first; return: how many. */
static unsigned int put_keys(enum action action, unsigned int contexts, unsigned int max, struct strbuf *out)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < nr_changed && nr < max; i++) {
		if (changed[i].action != action || !(changed[i].contexts & contexts))
			continue;
		strbuf_puts(out, nr++ ? " " : "");
		key_put_code(changed[i].code, out);
	}
	for (unsigned int i = 0; i < key_rows_nr && nr < max && !is_changed[action]; i++) {
		const struct key_row *row = &key_rows[i];
		bool again = false;

		if (row->action != action || !(row->contexts & contexts))
			continue;
		for (unsigned int k = 0; k < i; k++)
			again |= key_rows[k].action == action && key_rows[k].code == row->code && key_rows[k].contexts & contexts;
		if (!again)
			strbuf_printf(out, "%s%s", nr++ ? " " : "", row->shown);
	}
	return nr;
}

bool key_put_first(enum action action, unsigned int contexts, struct strbuf *out)
{
	return put_keys(action, contexts, 1, out) > 0;
}

void key_put_all(unsigned int i, struct strbuf *out)
{
	put_keys(key_rows[i].action, key_rows[i].contexts, KEY_CHANGES_MAX, out);
}

/* A character of a row's name, GO_ON, as people write it: go-on. */
static char name_char(char c)
{
	return c == '_' ? '-' : (char)tolower((unsigned char)c);
}

void key_put_name(unsigned int i, struct strbuf *out)
{
	for (const char *c = key_rows[i].name; c && *c; c++)
		strbuf_putc(out, name_char(*c));
}

static bool is_named(const struct key_row *row, const char *name, size_t len)
{
	size_t i = 0;

	while (i < len && row->name && row->name[i] && name_char(row->name[i]) == name[i])
		i++;
	return i == len && (!row->name || !row->name[i]);
}

enum action key_named(const char *name, size_t len)
{
	for (unsigned int i = 0; i < key_rows_nr; i++)
		if (is_named(&key_rows[i], name, len))
			return key_rows[i].action;
	return ACT_NONE;
}

unsigned int key_expand(const char *text, unsigned int contexts, struct strbuf *out, struct key_span span[KEY_SPANS_MAX])
{
	unsigned int nr = 0;

	while (*text) {
		size_t len = *text == '{' ? strcspn(text, "}") : 0;
		enum action action = len && text[len] ? key_named(text + 1, len - 1) : ACT_NONE;
		size_t from = out->len;

		if (action == ACT_NONE) {
			strbuf_putc(out, *text++);
			continue;
		}
		if (!key_put_first(action, contexts, out))
			key_put_first(action, IN_ANY, out);
		if (nr < KEY_SPANS_MAX)
			span[nr++] = (struct key_span){ action, from, out->len };
		text += len + 1;
	}
	return nr;
}

/* @fmt with keys for its {name}s, as a format: a key `%` is doubled. */
static void put_format(const char *fmt, unsigned int contexts, struct strbuf *out)
{
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(text, 512);
	unsigned int nr = key_expand(fmt, contexts, &text, span), i = 0;

	for (size_t at = 0; at < text.len; at++) {
		while (i < nr && at >= span[i].to)
			i++;
		if (i < nr && at >= span[i].from && text.buf[at] == '%')
			strbuf_putc(out, '%');
		strbuf_putc(out, text.buf[at]);
	}
}

void key_vprintf(struct strbuf *out, unsigned int contexts, const char *fmt, va_list ap)
{
	STRBUF(format, 520);

	put_format(fmt, contexts, &format);
	strbuf_vprintf(out, format.buf, ap);
}

void key_printf(struct strbuf *out, unsigned int contexts, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	key_vprintf(out, contexts, fmt, ap);
	va_end(ap);
}

void key_more_lines(struct strbuf *out, unsigned int contexts, unsigned int above, unsigned int below)
{
	if (below)
		key_printf(out, contexts, below == 1 ? W(LAY_MORE_LINE) : W(LAY_MORE_LINES), below);
	else if (above)
		key_printf(out, contexts, above == 1 ? W(LAY_LINE_ABOVE) : W(LAY_LINES_ABOVE), above);
}

/* ---- places ---------------------------------------------------------------------------- */

static const struct {
	unsigned int bit;
	const char *word;		/* in docs/keys.md */
	enum words_key place;
} places[] = {
	{ IN_HOME, "home", W_PLACE_HOME }, { IN_CARD, "card", W_PLACE_CARD }, { IN_ASK, "question", W_PLACE_ASK },
	{ IN_TYPE, "typing", W_PLACE_TYPE }, { IN_PLAY, "playback", W_PLACE_PLAY },
	{ IN_LOOK, "looking around", W_PLACE_LOOK }, { IN_LIST, "lists", W_PLACE_LIST },
	{ IN_VIEW, "views", W_PLACE_VIEW }, { IN_WHAT_IF, "a what-if", W_PLACE_WHAT_IF },
	{ IN_END, "the end of a lesson", W_PLACE_END }, { IN_FREE, "free play", W_PLACE_FREE },
	{ IN_REPORT, "a report", W_PLACE_REPORT }, { IN_PICK, "pointing", W_PLACE_PICK },
	{ IN_CHOICE, "a choice of the scheduler", W_PLACE_CHOICE },
	{ IN_WORK, "an exercise's files", W_PLACE_WORK }, { IN_FORM, "an exercise's form", W_PLACE_FORM },
	{ IN_FAILING, "the run of a check", W_PLACE_FAILING },
};

#define PLACES (sizeof(places) / sizeof(places[0]))

const char *key_place(unsigned int context)
{
	for (size_t i = 0; i < PLACES; i++)
		if (context & places[i].bit)
			return words_fixed(places[i].place);
	return "";
}

/* ---- docs/keys.md ----------------------------------------------------------------------- */

static void write_contexts(FILE *out, unsigned int contexts)
{
	const char *comma = "";

	if ((contexts | IN_TYPE | IN_REPORT) == IN_ANY) {
		fputs(contexts & IN_TYPE ? "everywhere" : "everywhere but typing", out);
		return;
	}
	if ((contexts & IN_STAGE) == IN_STAGE) {
		fputs("playback and views", out);
		comma = ", ";
		contexts &= ~(unsigned int)IN_STAGE;
	}
	for (size_t i = 0; i < PLACES; i++) {
		if (!(contexts & places[i].bit))
			continue;
		fprintf(out, "%s%s", comma, places[i].word);
		comma = ", ";
	}
}

static void write_cell(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			fputc('\\', out);
		fputc(*text, out);
	}
}

static void write_row(FILE *out, unsigned int i)
{
	struct key_span span[KEY_SPANS_MAX];
	STRBUF(keys, 80);
	STRBUF(help, 256);
	STRBUF(name, 40);

	key_put_name(i, &name);
	key_put_all(i, &keys);
	key_expand(words_fixed(key_rows[i].help), key_rows[i].contexts, &help, span);
	fputs("| `", out);
	write_cell(out, keys.buf);
	fputs("` | ", out);
	write_cell(out, help.buf);
	fputs(" | ", out);
	write_contexts(out, key_rows[i].contexts);
	fputs(" | ", out);
	if (key_rows[i].code != KEYC_LETTERS && key_rows[i].code != KEYC_DIGITS)
		fprintf(out, "`%s`", name.buf);
	fputs(" |\n", out);
}

static void write_group(FILE *out, enum words_key group)
{
	fprintf(out, "\n## %s\n\n| key | does | where | name |\n|---|---|---|---|\n", words_fixed(group));
	for (unsigned int i = 0; i < key_rows_nr; i++)
		if (key_rows[i].code != KEYC_NONE && key_rows[i].help != W_NONE && key_group(i) == group)
			write_row(out, i);
}

void keys_write_page(FILE *out)
{
	fputs("# Keys\n\n"
	      "Made from `visualizer/keys.def`; `?` shows the same list, the keys of the moment first.\n\n"
	      "While a question is open, the keys of its answer come first: letters choose, digits, `.` and `-` make a\n"
	      "number, letters in turn make an order; where words are typed, every printable key is part of them.\n\n"
	      "A line `key.NAME = KEY` in the configuration file gives the action NAME of the last column another key, in\n"
	      "all its places; several keys have blanks between them. `?` and the footer show the keys in force. Two actions\n"
	      "with one key in one place are refused.\n", out);
	for (unsigned int i = 0; i < key_rows_nr; i++) {
		bool again = key_rows[i].code != KEYC_NONE;

		for (unsigned int k = 0; k < i && !again; k++)
			again = key_rows[k].code == KEYC_NONE && key_rows[k].help == key_rows[i].help;
		if (!again)
			write_group(out, key_rows[i].help);
	}
	fputs("\nThe mouse: a click chooses a lesson or a choice, goes to an event or to the time of a lane, does what an\n"
	      "entry of the footer does, and names the state of a worker or an item, whose pool comes into view. The wheel\n"
	      "scrolls lists, moves the choice and steps the playback. `--no-mouse` leaves the mouse to the terminal.\n", out);
}
