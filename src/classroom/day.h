/*
 * classroom/day.h - days as numbers, for spaced review.
 *
 * A review is due a number of days after an answer, so answers are kept with a day number.  A
 * day begins at local midnight.
 *
 * Lives here:   the number of the local date of a time_t.
 * Never here:   the clock; the schedule of reviews.
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_DAY_H
#define KW_CLASSROOM_DAY_H

#include <stdint.h>
#include <time.h>

/* Days from 1970-01-01 to the local date (TZ) of @moment: it increases at local midnight.  0 on failure. */
int64_t day_of(time_t moment);

#endif
