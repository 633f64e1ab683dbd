/*
 * bench/peers/peer_tbb.cc - oneTBB: one task_group per producer.
 *
 * oneTBB has no C interface, so this is the only C++ file of the project; it belongs to
 * the benchmark only.  The waiting thread runs tasks too, as in every program that uses
 * oneTBB.
 *
 * Lives here:   struct peer for oneTBB.
 * Never here:   loads.   Licence: MIT.
 */
#include "bench/peers/peer.h"

#include <tbb/task_group.h>

namespace {

thread_local tbb::task_group *group;

bool open_tbb()
{
	group = new tbb::task_group;
	return true;
}

void enter()
{
	open_tbb();
}

void wait_all(long, bool)
{
	group->wait();
}

void leave()
{
	group->wait();
	delete group;
}

/* An item queues further items to its own group. */
void queue_in(tbb::task_group *g, struct item *it)
{
	g->run([g, it] {
		group = g;
		run_item(it);
	});
}

void queue(struct item *it)
{
	queue_in(group, it);
}

peer describe()
{
	peer p = {};

	p.name = "oneTBB";
	p.item_size = sizeof(struct item);
	p.open = open_tbb;
	p.queue = queue;
	p.enter = enter;
	p.leave = leave;
	p.wait = wait_all;
	return p;
}

} /* namespace */

extern "C" const struct peer peer_tbb = describe();
