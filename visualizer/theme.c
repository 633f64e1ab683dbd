/*
 * visualizer/theme.c - see theme.h.   Licence: MIT.
 */
#include "visualizer/theme.h"

#include <stdio.h>
#include <string.h>

struct style_row {
	int32_t dark, light;
	int dark16, light16;
	unsigned int attr, plain;
};

static const struct style_row rows[ST_NR] = {
#define STYLE(ID, dark, light, dark16, light16, attr, plain) \
	[ST_##ID] = { dark, light, dark16, light16, attr, plain },
#include "visualizer/theme.def"
#undef STYLE
};

enum { THEME_DARK, THEME_LIGHT, THEME_CONTRAST, THEME_MONO, THEME_NR };

static const char *const names[THEME_NR] = { "dark", "light", "contrast", "mono" };

unsigned int theme_count(void)
{
	return THEME_NR;
}

const char *theme_name(unsigned int theme)
{
	return theme < THEME_NR ? names[theme] : "?";
}

const char *theme_names(void)
{
	static char all[64];

	all[0] = '\0';
	for (size_t i = 0, n = 0; i < THEME_NR; i++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", i ? ", " : "", names[i]);
	return all;
}

int theme_by_name(const char *name)
{
	for (int i = 0; i < THEME_NR; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

unsigned int theme_for_background(const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;

	return last && (!strcmp(last, ";7") || !strcmp(last, ";15")) ? THEME_LIGHT : THEME_DARK;
}

static int cube_level(unsigned int v)
{
	/* levels of the cube: 0, 95, 135, 175, 215, 255 */
	return v < 48 ? 0 : v < 115 ? 1 : (int)((v - 35) / 40);
}

int theme_rgb_to_256(uint32_t rgb)
{
	static const int level[6] = { 0, 95, 135, 175, 215, 255 };
	int r = (int)(rgb >> 16 & 255), g = (int)(rgb >> 8 & 255), b = (int)(rgb & 255);
	int qr = cube_level((unsigned int)r), qg = cube_level((unsigned int)g), qb = cube_level((unsigned int)b);
	int grey = (r + g + b) / 3, step = grey < 8 ? 0 : grey > 238 ? 23 : (grey - 3) / 10;
	int dr = r - level[qr], dg = g - level[qg], db = b - level[qb];
	int er = r - (8 + 10 * step), eg = g - (8 + 10 * step), eb = b - (8 + 10 * step);

	if (er * er + eg * eg + eb * eb < dr * dr + dg * dg + db * db)
		return 232 + step;
	return 16 + 36 * qr + 6 * qg + qb;
}

bool theme_is_sign(uint32_t ch)
{
	/* arrows, mathematical signs, boxes, blocks, shapes, dingbats */
	return ch >= 0x2190 && ch < 0x2800;
}

uint32_t theme_ground(unsigned int theme)
{
	return theme == THEME_LIGHT ? 0xffffff : 0x000000;
}

uint32_t theme_ink(unsigned int theme)
{
	return theme == THEME_LIGHT ? 0x1a1a1a : 0xe5e5e5;
}

static struct theme_look coloured(int32_t rgb, int c16, unsigned int attr, enum theme_depth depth)
{
	struct theme_look look = { -1, attr };

	if (rgb < 0)
		return look;
	switch (depth) {
	case DEPTH_TRUE:
		look.fg = rgb;
		break;
	case DEPTH_256:
		look.fg = theme_rgb_to_256((uint32_t)rgb);
		break;
	case DEPTH_16:
		look.fg = c16;
		break;
	case DEPTH_8:
		/* dark grey would be black on black, and light grey white on white */
		look.fg = c16 < 0 || c16 == 8 ? -1 : c16 & 7;
		if (c16 > 8)
			look.attr |= ATTR_BOLD;
		break;
	case DEPTH_MONO:
		break;
	}
	return look;
}

struct theme_look theme_look(unsigned int theme, enum theme_style style, enum theme_depth depth, bool sign)
{
	const struct style_row *row = &rows[style];

	if (theme == THEME_MONO || depth == DEPTH_MONO)
		return (struct theme_look){ -1, row->plain };
	if (depth <= DEPTH_16 && !sign)
		return (struct theme_look){ -1, row->plain | (theme == THEME_CONTRAST ? row->attr & ATTR_BOLD : 0) };
	if (theme == THEME_LIGHT)
		return coloured(row->light, row->light16, row->attr, depth);
	if (theme == THEME_CONTRAST) {
		/* for projectors: no grey, all text bold */
		if (style == ST_DIM || style == ST_BORDER || style == ST_IDLE)
			return (struct theme_look){ -1, 0 };
		return coloured(row->dark, row->dark16, row->attr | ATTR_BOLD, depth);
	}
	return coloured(row->dark, row->dark16, row->attr, depth);
}
