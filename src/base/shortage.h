/*
 * base/shortage.h - the end of a process that the computer refuses memory or a thread.
 *
 * A run that goes on without them would be another run, and a text without a part of it another text, so
 * shortage_end() ends the process.  A process whose parent set shortage_silent prints nothing: its exit
 * status is one that no run has otherwise, and the parent reports the shortage, once.
 *
 * Lives here:   the sentence, the exit status.
 * Never here:   shortages that a lesson simulates (machine/memory.c), limits of a lesson's memory.
 * Licence: MIT.
 */
#ifndef KW_BASE_SHORTAGE_H
#define KW_BASE_SHORTAGE_H

#include <stdbool.h>

/* The parent process reports the shortage. */
extern bool shortage_silent;
/* Called before the sentence is printed, for example to restore the terminal; NULL = nothing. */
extern void (*shortage_prepare)(void);

/*
 * Ends the process with EXIT_INTERNAL.  It allocates nothing and calls no exit handler.
 * @err: -ENOMEM, or -EAGAIN for a thread
 * @whose: the name of its user, such as "kworker/0:1"; NULL = none
 */
_Noreturn void shortage_end(int err, const char *whose);
/* @p, or the end of the process if it is NULL.  For small texts that nothing can be shown without. */
void *shortage_need(void *p);
/* @err of a silent process that shortage_end() ended, from the status that waitpid() gave; 0 = it ended otherwise. */
int shortage_of(int wait_status);
/* The sentence for @err, without a full stop; strerror() for others. */
const char *shortage_reason(int err);

#endif
