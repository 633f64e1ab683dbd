/*
 * examples/squares.c - a whole program on libcmwq: it adds up squares, one item for each.
 *
 *   cc squares.c -o squares $(pkg-config --cflags --libs cmwq)
 *
 * The items run on real threads in parallel.  Half of them wait for a moment and announce
 * it, so that others run meanwhile.  A delayed item prints a line when its time is up.   Licence: MIT.
 */
#include <cmwq.h>
#include <stdatomic.h>
#include <stdio.h>

#define ITEMS 1000

/* The item is a member of its object; the engine allocates nothing for it. */
struct square {
	struct work_struct work;
	long number;
};

static struct square squares[ITEMS];
static atomic_long sum;
static atomic_bool reminded;

static void add_square(struct work_struct *work)
{
	struct square *s = container_of(work, struct square, work);

	if (s->number % 2)
		cmwq_usleep(100);	/* announced: the CPU runs another item meanwhile */
	atomic_fetch_add(&sum, s->number * s->number);
}

static void remind(struct work_struct *work)
{
	(void)work;
	atomic_store(&reminded, true);
}

static DECLARE_DELAYED_WORK(reminder, remind);

int main(void)
{
	struct cmwq_config config = { .nr_cpus = 2 };
	struct workqueue_struct *wq;
	int i, queued = 0;

	if (cmwq_start(&config))
		return 1;
	wq = alloc_workqueue("squares", 0, 0);
	if (!wq)
		return 1;
	queue_delayed_work(wq, &reminder, msecs_to_jiffies(5));
	for (i = 0; i < ITEMS; i++) {
		squares[i].number = i + 1;
		INIT_WORK(&squares[i].work, add_square);
		queued += queue_work(wq, &squares[i].work);
	}
	flush_workqueue(wq);
	flush_delayed_work(&reminder);
	printf("%d items, sum %ld%s\n", queued, atomic_load(&sum),
	       atomic_load(&reminded) ? "" : ", and no reminder");
	destroy_workqueue(wq);
	return cmwq_stop() != 0;
}
