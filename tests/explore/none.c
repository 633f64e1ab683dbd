/*
 * tests/explore/none.c - no test: explore has to say so.
 *
 * Licence: MIT.
 */
int explore_nothing;
