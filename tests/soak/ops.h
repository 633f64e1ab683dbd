/*
 * tests/soak/ops.h - the operations of ops_world.c, for the table in ops_items.c.
 *
 * Lives here:   their names.
 * Never here:   anything else.   Licence: MIT.
 */
#ifndef KW_TESTS_SOAK_OPS_H
#define KW_TESTS_SOAK_OPS_H

#include "tests/soak/soak.h"

void op_on_cpu(struct soak_thread *me);
void op_each_cpu(struct soak_thread *me);
void op_place(struct soak_thread *me);
void op_timer(struct soak_thread *me);
void op_tasklet(struct soak_thread *me);
void op_max_active(struct soak_thread *me);
void op_min_active(struct soak_thread *me);
void op_attrs(struct soak_thread *me);
void op_mask(struct soak_thread *me);
void op_scope(struct soak_thread *me);
void op_hotplug(struct soak_thread *me);
void op_freeze(struct soak_thread *me);
void op_life(struct soak_thread *me);
void op_self_free(struct soak_thread *me);
void op_show(struct soak_thread *me);
void op_shortage(struct soak_thread *me);

#endif
