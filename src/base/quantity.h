/*
 * base/quantity.h - writes numbers with their units for people.
 *
 * Messages, feedback and tables print quantities such as "5 ms" or "1 worker". quantity()
 * chooses the decimals and the plural, so all of them print the same form.
 *
 * Lives here:   "5 ms", "1 worker", "2.5", "1.005 ms".
 * Never here:   virtual time (base/time.h).
 * Context:      any.   Licence: MIT.
 */
#ifndef KW_BASE_QUANTITY_H
#define KW_BASE_QUANTITY_H

#include "base/strbuf.h"

/* Up to three decimals, no trailing zeros: 5, 0.5, 1.005. */
void quantity_number(struct strbuf *out, double v);
/*
 * The number and its unit; "" = no unit.  With 1 a plural unit loses its s ("1 worker");
 * symbols such as ms, us and s stay.
 */
void quantity(struct strbuf *out, double v, const char *unit);

#endif
