/*
 * visualizer/keys.c - see keys.h.   Licence: MIT.
 */
#include "visualizer/keys.h"

const struct key_row key_rows[] = {
#define KEY(code, shown, name, contexts, footer, help) \
	{ (uint32_t)(code), shown, ACT_##name, contexts, footer, help },
#include "visualizer/keys.def"
#undef KEY
};

const unsigned int key_rows_nr = sizeof(key_rows) / sizeof(key_rows[0]);

enum action key_action(uint32_t code, unsigned int contexts)
{
	for (unsigned int i = 0; i < key_rows_nr; i++)
		if (key_rows[i].code == code && key_rows[i].contexts & contexts)
			return key_rows[i].action;
	return ACT_NONE;
}

static void write_contexts(FILE *out, unsigned int contexts)
{
	static const struct {
		unsigned int bits;
		const char *word;
	} words[] = {
		{ IN_HOME, "home" }, { IN_CARD, "card" }, { IN_ASK, "question" }, { IN_TYPE, "typing" },
		{ IN_PLAY, "playback" }, { IN_LOOK, "looking around" }, { IN_LIST, "lists" }, { IN_VIEW, "views" },
		{ IN_WHAT_IF, "a what-if" },
	};
	const char *comma = "";

	if ((contexts | IN_TYPE) == IN_ANY) {
		fputs(contexts & IN_TYPE ? "everywhere" : "everywhere but typing", out);
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(contexts & words[i].bits))
			continue;
		fprintf(out, "%s%s", comma, words[i].word);
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

void keys_write_page(FILE *out)
{
	fputs("# Keys\n\n"
	      "Made from `visualizer/keys.def`; `?` shows the same list, the footer what works now.\n\n"
	      "While a question is open, its answer's keys come first: letters choose, digits and `.` make a\n"
	      "number, letters in turn make an order; where words are typed, every printable key is theirs.\n\n"
	      "| key | does | where |\n|---|---|---|\n", out);
	for (unsigned int i = 0; i < key_rows_nr; i++) {
		if (key_rows[i].help == W_NONE)
			continue;
		fputs("| `", out);
		write_cell(out, key_rows[i].shown);
		fputs("` | ", out);
		write_cell(out, words_fixed(key_rows[i].help));
		fputs(" | ", out);
		write_contexts(out, key_rows[i].contexts ? key_rows[i].contexts : IN_LOOK | IN_PLAY);
		fputs(" |\n", out);
	}
	fputs("\nThe mouse: click a lesson, a choice or an event; the wheel scrolls lists and steps the playback.\n"
	      "`--no-mouse` leaves it to the terminal.\n", out);
}
