/*
 * run/uv_memory.h - the memory of libuv.
 *
 * libuv calls abort() where an allocation fails that it cannot do without.
 *
 * Lives here:   the allocation functions that libuv gets.
 * Never here:   loops and handles.
 * Licence: MIT.
 */
#ifndef KW_RUN_UV_MEMORY_H
#define KW_RUN_UV_MEMORY_H

/* From now on shortage_end() ends this process if libuv gets no memory.  Call it before any other function of libuv. */
void uv_memory_begin(void);

#endif
