/*
 * tests/support/english.h - finds habits of language that make texts hard to read.
 *
 * The texts are prose between code: comments, string literals with more than one
 * word, and Markdown without its code.  Four habits are counted:
 *
 *   subject   a sentence or clause that begins with who, what or a form of them, unless it is a question
 *   tell      tell, told, say and their forms, where a program reports, prints, emits or records
 *   steps     "in two steps", a comment that needs the one above it
 *   word      a private word of tests/english/words
 *
 * Lives here:   reading files, sentences, the habits.
 * Never here:   which hits are allowed (unit_english.c).
 * Licence: MIT.
 */
#ifndef KW_TESTS_SUPPORT_ENGLISH_H
#define KW_TESTS_SUPPORT_ENGLISH_H

#include <stdbool.h>
#include <stddef.h>

enum english_habit { ENGLISH_SUBJECT, ENGLISH_TELL, ENGLISH_STEPS, ENGLISH_WORD };

/* Comments are for readers of the code; texts are what a program prints and what a page is made of. */
enum english_part { ENGLISH_COMMENT, ENGLISH_TEXT };

struct english_hit {
	const char *path;
	int line;
	enum english_part part;
	enum english_habit habit;
	const char *word;	/* the word met, in lower case */
	const char *sentence;	/* around it, white space made single */
};

struct english_words {
	char **v;
	size_t nr;
};

/* tests/english/words: a word or phrase a line, "#" comments.  Return: 0 or -errno. */
int english_words_load(struct english_words *w, const char *path);
void english_words_free(struct english_words *w);

/* Is it a kind of file that can be read? */
bool english_reads(const char *path);
/* Calls @hit for each.  Return: 0 or -errno. */
int english_scan_file(const char *path, const struct english_words *w,
		      void (*hit)(void *arg, const struct english_hit *h), void *arg);
/* The same for @text as if it were the file. */
void english_scan(const char *path, const char *text, const struct english_words *w,
		  void (*hit)(void *arg, const struct english_hit *h), void *arg);
const char *english_habit_name(enum english_habit habit);

#endif
