/*
 * tests/explore/raise.c - a thread raises the line of another CPU, which is busy.
 *
 * No handler may run at a time before the raise.   Licence: MIT.
 */
#include "explore/explore_test.h"

static struct irq_line *line;

static enum irq_return handler(struct irq_line *l, void *dev)
{
	(void)l;
	(void)dev;
	return IRQ_HANDLED;
}

static int raiser(void *arg)
{
	(void)arg;
	for (int i = 0; i < 3; i++) {
		mach_burn(3000);
		irq_raise(line, 0);
	}
	return 0;
}

static int busy(void *arg)
{
	(void)arg;
	for (int i = 0; i < 5; i++)
		mach_burn(2000);
	return 0;
}

void explore_main(void)
{
	struct task *a, *b;

	line = irq_line_new(0, "x");
	request_irq(line, handler, 0, "x", NULL);
	a = explore_thread("raiser", raiser, NULL, 1);
	b = explore_thread("busy", busy, NULL, 0);
	explore_join(a);
	explore_join(b);
}
