/*
 * bench/peers/peer_tbb.cc - oneTBB: a task_group a producer.
 *
 * oneTBB has no door for C, so this file is the one of the project that is
 * written in C++; it is part of the benchmark only.  The waiting thread works
 * too, as in every program that uses oneTBB.
 *
 * Lives here:   oneTBB behind the table of peer.h.
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

/* An item that queues another does it for the group it belongs to. */
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
