/*
 * classroom/day.h - days as numbers, for spaced review.
 *
 * A review is due a number of days after an answer, so answers are kept with a day number.  A
 * day begins at local midnight.
 *
 * Lives here:   the number of a date, and the date of a number.
 * Never here:   the clock; when a question returns (practice.h).
 * Licence: MIT.
 */
#ifndef KW_CLASSROOM_DAY_H
#define KW_CLASSROOM_DAY_H

#include <stdint.h>
#include <time.h>

/* Days from 1970-01-01 to the local date (TZ) of @moment: it increases at local midnight.  0 on failure. */
int64_t day_of(time_t moment);
/* The day of "2026-12-05", from 1970-01-02 on; 0: @text is no date. */
int64_t day_of_date(const char *text);
#define DAY_DATE_BYTES 40
/* "2026-12-05"; @day: 0 or more. */
void day_date(int64_t day, char text[DAY_DATE_BYTES]);

#endif
