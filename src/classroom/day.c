/*
 * classroom/day.c - see day.h.   Licence: MIT.
 */
#include "classroom/day.h"

/* Days from 1970-01-01 to a date of the Gregorian calendar; years are counted from March. */
static int64_t days_to(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t day_of(time_t moment)
{
	struct tm tm;

	tzset();
	if (!localtime_r(&moment, &tm))
		return 0;
	return days_to((int64_t)tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
}
