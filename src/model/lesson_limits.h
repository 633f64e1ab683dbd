/*
 * model/lesson_limits.h - limits of a lesson's questions and texts, for all readers.
 *
 * The Lua library refuses more with a fault; readers have room for these numbers.
 * Row: LESSON_LIMIT(name, value, "meaning").  The Lua library gets them as core.limits.
 *
 * Never here:   limits of the machine (machine.h) or of the sandbox (lua/sandbox.c).   Licence: MIT.
 */
#ifndef KW_MODEL_LESSON_LIMITS_H
#define KW_MODEL_LESSON_LIMITS_H

#define LESSON_LIMITS(LESSON_LIMIT)                                                     \
	LESSON_LIMIT(CARDS_MAX, 1000, "cards of a lesson")                              \
	LESSON_LIMIT(QUESTIONS_MAX, 200, "questions of a lesson")                       \
	LESSON_LIMIT(CHOICES_MIN, 2, "choices of a question, at least")                 \
	LESSON_LIMIT(CHOICES_MAX, 5, "choices of a question with one answer")           \
	LESSON_LIMIT(FLAGS_MAX, 8, "ticks of a question, things of an order")           \
	LESSON_LIMIT(HINTS_MAX, 5, "hints of a question")                               \
	LESSON_LIMIT(LOOKS_MAX, 8, "things that one card looks at")                     \
	LESSON_LIMIT(ID_BYTES_MAX, 32, "bytes of a question's id")                      \
	LESSON_LIMIT(CHOICE_ID_BYTES_MAX, 64, "bytes of a choice's id")                 \
	LESSON_LIMIT(UNIT_BYTES_MAX, 32, "bytes of a number's unit")                    \
	LESSON_LIMIT(TEXT_BYTES_MAX, 3800, "bytes of one text with the values in it")   \
	LESSON_LIMIT(FEEDBACKS_MAX, 8, "feedbacks of one verdict")                      \
	LESSON_LIMIT(CANDIDATES_MAX, 512, "things that a question lists to be picked")  \
	LESSON_LIMIT(PICKS_MAX, 8, "things that one answer picks")                      \
	LESSON_LIMIT(WRONG_FROM, 100, "added to the place of a text of wrong =")        \
	LESSON_LIMIT(TRIES_MAX, 3, "tries at a question with points")                   \
	LESSON_LIMIT(REPORT_LINES_MAX, 400, "lines of a report")                        \
	LESSON_LIMIT(REPORT_NAMES_MAX, 32, "names that a map has")                      \
	LESSON_LIMIT(POINTS_MAX, 100, "points of a question")

#define LESSON_LIMIT_ENUM(name, value, meaning) LESSON_##name = (value),
enum lesson_limit { LESSON_LIMITS(LESSON_LIMIT_ENUM) };
#undef LESSON_LIMIT_ENUM

#endif
