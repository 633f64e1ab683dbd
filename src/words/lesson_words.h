/*
 * words/lesson_words.h - the texts of lessons in the language in force.
 *
 * The front ends begin a struct lesson with words_lesson_init(); everything else that reads
 * lessons uses lesson_init() and gets the texts of the events.
 *
 * Lives here:   the language of lessons, the file that belongs to a lesson.
 * Never here:   the file's grammar (model/translation.h), which language (cli/language.c).
 * Context:      one thread.   Licence: MIT.
 */
#ifndef KW_WORDS_LESSON_WORDS_H
#define KW_WORDS_LESSON_WORDS_H

#include "model/lesson.h"

/* @code: "de" or "pt_BR"; "" = as the lessons are written.  pt_BR is looked for as pt_BR, then as pt. */
void words_lesson_language(const char *code);

/* lesson_init() in that language.  @path: the lesson's file, borrowed; "" or NULL = a recording, the file is found by id. */
void words_lesson_init(struct lesson *l, const struct trace_store *store, const char *path);

/*
 * words_lesson_translation - a lesson_translation_fn of the language in force
 * A file with a mistake is as one that does not exist: a student can do nothing about it, and
 * `check` reports it to the author.
 */
bool words_lesson_translation(const char *path, const char *id, struct translation *out);

#endif
