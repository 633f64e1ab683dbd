/*
 * tests/support/progress_folder.c - see progress_folder.h.   Licence: MIT.
 */
#include "tests/support/progress_folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"

char progress_folder[256];

const char *progress_folder_make(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(progress_folder, sizeof(progress_folder), "%s/kw-progress-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	REQUIRE_NOT_NULL(mkdtemp(progress_folder));
	return progress_folder;
}

void progress_folder_remove(void)
{
	char path[1024];
	struct dirent *e;
	DIR *d = opendir(progress_folder);

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) {
			snprintf(path, sizeof(path), "%s/%s", progress_folder, e->d_name);
			unlink(path);
		}
	if (d)
		closedir(d);
	rmdir(progress_folder);
}

struct progress *progress_folder_open(void)
{
	struct progress *p = NULL;
	char note[512];
	int err = progress_open(&p, progress_folder, note, sizeof(note));

	if (err)
		test_note("progress_open: %d %s", err, note);
	REQUIRE_INT(err, 0);
	CHECK_STR(note, "");
	return p;
}

struct progress_attempt progress_sample(const char *inputs, bool ended)
{
	struct progress_attempt a = { .course = "kworkshop", .lesson = "life", .hash = "0123456789abcdef",
				      .variant = 7, .seed = 3, .total = 5, .ended = ended, .day = 20000 };

	a.inputs = strdup(inputs);
	return a;
}

struct progress_answer progress_sample_answer(const char *question, uint32_t ordinal, int right, const char *value)
{
	struct progress_answer a = { .ordinal = ordinal, .right = right, .day = 20000, .sure = 2 };

	snprintf(a.question, sizeof(a.question), "%s", question);
	snprintf(a.value, sizeof(a.value), "%s", value);
	return a;
}

void progress_add(struct progress *p, const char *lesson, const char *inputs, bool ended, int right)
{
	struct progress_attempt a = progress_sample(inputs, ended);
	struct progress_answer answer = progress_sample_answer("second", 1, right, "once");

	snprintf(a.lesson, sizeof(a.lesson), "%s", lesson);
	CHECK_INT(progress_save(p, &a, &answer, 1), 0);
	progress_release(p, &a);
	progress_attempt_fini(&a);
}

char *progress_export_text(struct progress *p)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	CHECK_INT(progress_export(p, f), 0);
	fclose(f);
	return text;
}

char *progress_slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *buf = calloc(1, 1 << 20);

	*len = f && buf ? fread(buf, 1, (1 << 20) - 1, f) : 0;
	if (f)
		fclose(f);
	return buf;
}
