/*
 * tests/support/demo_suites.h - tests that fail on purpose, for the tests of checks and runner.
 *
 * No run includes them unless they are named: `kw-tests demo_checks`.   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_DEMO_SUITES_H
#define KW_TESTS_SUPPORT_DEMO_SUITES_H

#include "tests/test.h"

extern const struct test_case suite_demo_checks[], suite_demo_outcomes[], suite_demo_hang[], suite_demo_exit[];

#endif
