/*
 * classroom/day.h - days as numbers, for spaced review.
 *
 * Lives here:   the local date of a moment as a count of days.
 * Never here:   reading the clock; when something is due.
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_DAY_H
#define KW_CLASSROOM_DAY_H

#include <stdint.h>
#include <time.h>

/* Days from 1970-01-01 to the local date (TZ) of @moment; it changes at local midnight.  0 on failure. */
int64_t day_of(time_t moment);

#endif
