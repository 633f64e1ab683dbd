/*
 * bench/peers/peer_tbb.c - the column of oneTBB in a build without oneTBB or a C++ compiler.
 *
 * Lives here:   the reason why it is missing.
 * Never here:   oneTBB itself (peer_tbb.cc).   Licence: MIT.
 */
#include "bench/peers/peer.h"

#ifdef KW_NO_TBB
const struct peer peer_tbb = { .name = "oneTBB", .missing = KW_NO_TBB };
#endif
