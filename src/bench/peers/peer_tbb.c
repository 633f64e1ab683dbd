/*
 * bench/peers/peer_tbb.c - oneTBB's column where oneTBB, or a C++ compiler, is not to be had.
 *
 * Lives here:   why there is none.
 * Never here:   oneTBB itself (peer_tbb.cc).   Licence: MIT.
 */
#include "bench/peers/peer.h"

#ifdef KW_NO_TBB
const struct peer peer_tbb = { .name = "oneTBB", .missing = KW_NO_TBB };
#endif
