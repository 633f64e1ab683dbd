/*
 * tests/support/terminal.c - see terminal.h.   Licence: MIT.
 */
#include "tests/support/terminal.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int on_damage(VTermRect rect, void *user)
{
	struct terminal *t = user;
	VTermPos pos;

	for (pos.row = rect.start_row; pos.row < rect.end_row; pos.row++)
		for (pos.col = rect.start_col; pos.col < rect.end_col; pos.col++) {
			VTermScreenCell cell;
			bool coloured;

			if (!vterm_screen_get_cell(t->screen, pos, &cell))
				continue;
			coloured = !VTERM_COLOR_IS_DEFAULT_FG(&cell.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&cell.bg);
			t->coloured |= coloured;
			t->coloured_text |= coloured && cell.chars[0] < 0x80 && isalnum((int)cell.chars[0]);
			t->blinked |= cell.attrs.blink != 0;
		}
	return 1;
}

static int on_property(VTermProp property, VTermValue *value, void *user)
{
	struct terminal *t = user;

	if (property == VTERM_PROP_ALTSCREEN)
		t->alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		t->cursor_hidden = !value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		t->mouse = value->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

/* Sequences of xterm that libvterm ignores and that change no cell: CSI leader .. final. */
static const struct {
	const char *leader;
	char final;
} harmless[] = {
	{ "", 't' },	/* saves the window's title */
};

static int on_unknown_csi(const char *leader, const long args[], int nr_args, const char *intermediate, char final,
			  void *user)
{
	struct terminal *t = user;

	if (!leader)
		leader = "";
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (!strcmp(harmless[i].leader, leader) && harmless[i].final == final)
			return 1;
	t->unknown++;
	snprintf(t->unknown_sequence, sizeof(t->unknown_sequence), "CSI %s%ld%s%s%c", leader,
		 nr_args ? CSI_ARG(args[0]) : 0, nr_args > 1 ? ";.." : "", intermediate ? intermediate : "", final);
	return 1;
}

static int on_unknown_control(unsigned char control, void *user)
{
	struct terminal *t = user;

	t->unknown++;
	snprintf(t->unknown_sequence, sizeof(t->unknown_sequence), "control character %d", control);
	return 1;
}

static const VTermScreenCallbacks callbacks = { .damage = on_damage, .settermprop = on_property };

/* libvterm 0.2 gave the fallbacks a type of their own. */
#if VTERM_VERSION_MAJOR == 0 && VTERM_VERSION_MINOR < 2
static const VTermParserCallbacks fallbacks = { .control = on_unknown_control, .csi = on_unknown_csi };
#else
static const VTermStateFallbacks fallbacks = { .control = on_unknown_control, .csi = on_unknown_csi };
#endif

void terminal_init(struct terminal *t, int w, int h)
{
	memset(t, 0, sizeof(*t));
	t->w = w;
	t->h = h;
	t->emulator = vterm_new(h, w);
	if (!t->emulator)
		abort();
	vterm_set_utf8(t->emulator, 1);
	t->screen = vterm_obtain_screen(t->emulator);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_set_unrecognised_fallbacks(t->screen, &fallbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
}

void terminal_fini(struct terminal *t)
{
	vterm_free(t->emulator);
	t->emulator = NULL;
}

void terminal_resize(struct terminal *t, int w, int h)
{
	t->w = w;
	t->h = h;
	vterm_set_size(t->emulator, h, w);
}

void terminal_feed(struct terminal *t, const char *bytes, size_t n)
{
	vterm_input_write(t->emulator, bytes, n);
}

void terminal_mouse(struct terminal *t, int x, int y, int button, bool pressed)
{
	vterm_mouse_move(t->emulator, y, x, VTERM_MOD_NONE);
	vterm_mouse_button(t->emulator, button, pressed, VTERM_MOD_NONE);
}

size_t terminal_answer(struct terminal *t, char *buf, size_t size)
{
	return vterm_output_read(t->emulator, buf, size);
}

void terminal_row(const struct terminal *t, int y, char *buf)
{
	VTermRect rect = { .start_row = y, .end_row = y + 1, .start_col = 0, .end_col = t->w };
	size_t len = vterm_screen_get_text(t->screen, buf, TERMINAL_ROW_BYTES - 1, rect);

	while (len && buf[len - 1] == ' ')
		len--;
	buf[len] = '\0';
}
