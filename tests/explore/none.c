/*
 * tests/explore/none.c - a file without a test, which explore must report.
 *
 * Licence: MIT.
 */
int explore_nothing;
