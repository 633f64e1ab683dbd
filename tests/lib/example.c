/*
 * tests/lib/example.c - the engine as a library: a whole program that uses build/libcmwq.a.
 *
 * Adds up squares on a workqueue, item by item, on real threads in parallel, and
 * waits for them the way a driver would.  Build it with
 *
 *   cc -Ibuild/include example.c build/libcmwq.a $(pkg-config --cflags --libs libuv) -pthread
 *
 * Lives here:   an example, compiled and run by `make test` (tests/free_lib.c).
 * Never here:   anything from outside the library.   Licence: MIT.
 */
#include <stdatomic.h>
#include <stdio.h>

#include <cmwq.h>

#define ITEMS 1000

/* The item is embedded in what it works on; the engine allocates nothing for it. */
struct square {
	struct work_struct work;
	long number;
};

static struct square squares[ITEMS];
static atomic_long sum;

static void add_square(struct work_struct *work)
{
	struct square *s = container_of(work, struct square, work);

	atomic_fetch_add(&sum, s->number * s->number);
}

int main(void)
{
	struct cmwq_config cfg = { .nr_cpus = 2 };
	struct workqueue_struct *wq;
	int i, queued = 0;

	if (cmwq_start(&cfg))
		return 1;
	wq = alloc_workqueue("squares", WQ_UNBOUND, 0);
	if (!wq)
		return 1;
	for (i = 0; i < ITEMS; i++) {
		squares[i].number = i + 1;
		INIT_WORK(&squares[i].work, add_square);
		queued += queue_work(wq, &squares[i].work);
	}
	flush_workqueue(wq);
	printf("%d items, sum %ld\n", queued, atomic_load(&sum));
	destroy_workqueue(wq);
	return cmwq_stop() != 0;
}
