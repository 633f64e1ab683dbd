/*
 * tests/support/sources.h - the tree's C and Lua files as text, for tests of the house rules.
 *
 * Lives here:   reading, blanking comments and literals, lines, complaints.
 * Never here:   a rule (unit_layers.c, unit_english.c).   Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_SOURCES_H
#define KW_TESTS_SUPPORT_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

struct source {
	char *path;
	char *text;	/* as it is */
	char *code;	/* of C: comments and literals are blanked, newlines kept */
};

extern struct source sources[];
extern int nr_sources;

/* Reads all files below src, lua, visualizer, tests, lessons and exercises, once. */
void sources_read(void);

char *sources_file(const char *path);	/* its text, malloc'ed; NULL = it cannot be read */
void sources_blank_comments(char *code);
int line_of(const char *text, const char *at);
bool begins_with(const char *text, const char *beginning);
bool ends_with(const char *text, const char *end);
bool is_c(const char *path);		/* .c, .h or .def */
bool is_word(char c);			/* may stand in a name of C */

/* Each complaint is printed; expect_no_complaints() fails the test if there was one. */
void complain(const struct source *s, int line, const char *what);
void expect_no_complaints(void);
/* For tests of rules with planted faults: complaints since the last call, printed or not. */
int take_complaints(void);

#endif
