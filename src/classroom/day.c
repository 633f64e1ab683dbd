/*
 * classroom/day.c - see day.h.   Licence: MIT.
 */
#include "classroom/day.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The reverse of days_to(). */
static void date_of(int64_t day, int64_t *year, int *month, int *of_month)
{
	int64_t from_march = day + 719468, era = from_march / 146097, of_era = from_march % 146097;
	int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;

	*of_month = (int)(of_year - (153 * m + 2) / 5) + 1;
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = y + era * 400 + (*month <= 2);
}

void day_date(int64_t day, char text[DAY_DATE_BYTES])
{
	int64_t year;
	int month, of_month;

	date_of(day, &year, &month, &of_month);
	snprintf(text, DAY_DATE_BYTES, "%04" PRId64 "-%02d-%02d", year, month, of_month);
}

int64_t day_of_date(const char *text)
{
	char again[DAY_DATE_BYTES];
	int64_t day;

	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' || text[7] != '-')
		return 0;
	day = days_to(strtol(text, NULL, 10), atoi(text + 5), atoi(text + 8));
	if (day < 1)
		return 0;
	day_date(day, again);		/* 2026-02-30 is another day */
	return strcmp(text, again) ? 0 : day;
}
