/*
 * run/question_report.h - a student's report of a question: a small file for the author.
 *
 * The file has the question's id, the student's words, and enough to repeat the run up to the
 * verdict: variant, seed, machine and inputs.
 *
 *   kworkshop question report 1
 *   lesson life
 *   question second
 *   variant 4711 seed 1
 *   options --cpus 4                     only if the machine was not the lesson's
 *   replay kworkshop run life --seed 1 --variant 4711 --inputs FILE
 *   input answer second 1 once           a line of docs/inputs.md each
 *   words
 *       I thought that the second call would wait.
 *   end
 *
 * Lives here:   writing and reading the file.
 * Never here:   the keys that ask for it, opening the run (cli/run.c).
 * Licence: MIT.
 */
#ifndef KW_RUN_QUESTION_REPORT_H
#define KW_RUN_QUESTION_REPORT_H

#include "run/run.h"

#define QUESTION_REPORT_WORDS 2000

struct question_report {
	char question[64], words[QUESTION_REPORT_WORDS];
	struct run_spec spec;		/* .lesson: a lesson's id or a path, as `run` takes it */
};

/*
 * question_report_write - writes report-LESSON-QUESTION.txt into the current folder, or -2, -3 ...
 * @words: the student's; "" = none
 * @path:  set to the file's name
 * Return: 0 or -errno.
 */
int question_report_write(const struct run *r, const char *question, const char *words, char *path, size_t size);

/* Return: 0; -ENOENT or another -errno; -EINVAL with "FILE:LINE: sentence" in @err.  Owner of .spec.inputs: caller. */
int question_report_read(struct question_report *out, const char *path, char *err, size_t err_size);

#endif
