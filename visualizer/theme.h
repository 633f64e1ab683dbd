/*
 * visualizer/theme.h - the colours and attributes of each meaning, at each depth of colour.
 *
 * Views name the meaning of a text, such as a title or a running worker, and never a colour.  A
 * theme maps each meaning to a colour and attributes, for terminals from monochrome to true
 * colour.
 *
 * Lives here:   the list of meanings, themes, the ladder mono/8/16/256/true.
 * Never here:   terminals (term.c), pictures (view_*.c).
 * Licence: MIT.
 */
#ifndef KW_VISUALIZER_THEME_H
#define KW_VISUALIZER_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum {
	ATTR_BOLD = 1u << 0,
	ATTR_REVERSE = 1u << 1
};

enum theme_style {
#define STYLE(ID, dark, light, dark16, light16, attr, plain) ST_##ID,
#include "visualizer/theme.def"
#undef STYLE
	ST_NR
};

enum theme_depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_TRUE };

/* A look: foreground as the terminal numbers it (-1 its own; DEPTH_TRUE: 0xRRGGBB), and attributes. */
struct theme_look {
	int32_t fg;
	unsigned int attr;
};

unsigned int theme_count(void);
const char *theme_name(unsigned int theme);
const char *theme_names(void);	/* "dark, light, contrast, mono" */
int theme_by_name(const char *name);		/* -1 if there is none */
/* For the background that @colorfgbg names, as terminals set COLORFGBG: "15;0", "0;default;15"; NULL = unknown, dark. */
unsigned int theme_for_background(const char *colorfgbg);
/*
 * @sign: of a sign, such as a line or the state of a worker, else of text.  With 16 or fewer colours
 * the terminal's owner chooses what each number looks like, so text has none of them.
 */
struct theme_look theme_look(unsigned int theme, enum theme_style style, enum theme_depth depth, bool sign);
/* Is @ch a sign?  Letters, digits and punctuation are text. */
bool theme_is_sign(uint32_t ch);
/* 0xRRGGBB of the background for which a theme is made, and of text without a colour on it. */
uint32_t theme_ground(unsigned int theme);
uint32_t theme_ink(unsigned int theme);
/* Nearest of the 256 colours' cube and greys. */
int theme_rgb_to_256(uint32_t rgb);

#endif
