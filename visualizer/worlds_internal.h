/*
 * visualizer/worlds_internal.h - the parts of the frame of both worlds.
 *
 * Lives here:   functions that worlds_layout.c, worlds_lane.c and worlds_zone.c share.
 * Never here:   anything for other files (worlds_layout.h).   Licence: MIT.
 */
#ifndef KW_VISUALIZER_WORLDS_INTERNAL_H
#define KW_VISUALIZER_WORLDS_INTERNAL_H

#include "visualizer/worlds_layout.h"

/* Text of at most @max columns, cut with an ellipsis; return: columns used. */
int worlds_put(struct worlds_frame *f, const struct worlds_in *in, int x, int y, int max, enum theme_style style,
	       const char *text);
int worlds_putf(struct worlds_frame *f, const struct worlds_in *in, int x, int y, int max, enum theme_style style,
		const char *fmt, ...) __attribute__((format(printf, 7, 8)));
/* A line from column @x0 to @x1, with these ends. */
void worlds_border(struct worlds_frame *f, const struct worlds_in *in, int x0, int x1, int y, const char *left,
		   const char *right);
/* The column of a lane that shows @time. */
int worlds_column(const struct worlds_frame *f, uint64_t time);

/* worlds_lane.c */
struct worlds_sign {
	const char *lane, *label;	/* "" = none */
	enum theme_style style;
};
const struct worlds_sign *worlds_sign(enum world_state state);
void worlds_item_lane(struct worlds_frame *f, const struct worlds_in *in, size_t item, int run, int y);
void worlds_cpu_lane(struct worlds_frame *f, const struct worlds_in *in, int32_t cpu, int run, int y);

/* worlds_zone.c: the difference in sentences, below the blocks or in the second column */
void worlds_zone(struct worlds_frame *f, const struct worlds_in *in);

#endif
