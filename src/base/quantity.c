/*
 * base/quantity.c - see quantity.h.   Licence: MIT.
 */
#include "base/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void quantity_number(struct strbuf *out, double v)
{
	char text[64];
	size_t n;

	if (v == floor(v) && fabs(v) < 1e15) {
		strbuf_printf(out, "%.0f", v + 0.0);	/* + 0.0: no "-0" */
		return;
	}
	snprintf(text, sizeof(text), "%.3f", v);
	n = strlen(text);
	while (n && text[n - 1] == '0')
		n--;
	if (n && text[n - 1] == '.')
		n--;
	strbuf_putn(out, text, n);
}

/* Bytes of @unit in the singular. */
static size_t singular(const char *unit)
{
	size_t n = strcspn(unit, " ");	/* "times in a row" */

	/* symbols (ms, us, µs, s) and words such as "less" are no plurals */
	if (n < 4 || unit[n - 1] != 's' || unit[n - 2] == 's')
		return n;
	if (n > 4 && (!memcmp(unit + n - 4, "ches", 4) || !memcmp(unit + n - 4, "shes", 4) || !memcmp(unit + n - 4, "sses", 4)))
		return n - 2;
	return n - 1;
}

void quantity(struct strbuf *out, double v, const char *unit)
{
	quantity_number(out, v);
	if (!*unit)
		return;
	strbuf_putc(out, ' ');
	if (v == 1) {
		strbuf_putn(out, unit, singular(unit));
		unit += strcspn(unit, " ");
	}
	strbuf_puts(out, unit);
}
