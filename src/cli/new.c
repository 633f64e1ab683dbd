/*
 * cli/new.c - `kworkshop new`: a lesson that runs, entered in the contents page, or an exercise.
 *
 * The file is complete: it passes `check --strict`, and each part of it is to be replaced.  The
 * contents page is a text that people edit, so only the list `order` changes; the page is read
 * again afterwards and put back if the lesson is not in it.
 *
 * Lives here:   the first text of a contents page, the name's place in `order`.  The first text of a lesson is
 *               the file first/lesson.lua.
 * Never here:   exercises (new_exercise.c), reading courses (run/course.h).   Licence: MIT.
 */
#include "cli/new.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/outfile.h"
#include "base/shortage.h"
#include "base/wholefile.h"
#include "words/texts.h"

#define PAGE_MAX ((size_t)1 << 20)
#define LABEL_MAX 98

/* cli/first/lesson.lua as a string: a format for the title. */
static const char lesson_text[] =
#include "first/lesson.inc"
	;

static const char page_text[] =
	"-- course.lua: the contents page; the names are those of the files, without the number.\n"
	"return course {\n"
	"  id      = \"%s\",\n"
	"  title   = \"%s\",\n"
	"  version = 1,\n"
	"  order   = {},\n"
	"}\n";

/* ---- names --------------------------------------------------------------------------------- */

static bool is_slug(const char *name)
{
	size_t len = strlen(name);

	return len && len < 40 && islower((unsigned char)name[0]) &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

void new_title(const char *name, char *title, size_t size)
{
	snprintf(title, size, "%s", name);
	for (char *p = title; *p; p++)
		*p = *p == '-' || *p == '_' ? ' ' : *p;
	title[0] = (char)toupper((unsigned char)title[0]);
}

/* The course's id: its folder's name, as far as it may be one. */
static void id_of(const char *dir, char *id, size_t size)
{
	char path[4096];
	const char *slash;
	size_t n = 0;

	slash = realpath(dir, path) ? strrchr(path, '/') : NULL;
	for (const char *p = slash ? slash + 1 : ""; *p && n + 1 < size && n < 40; p++)
		if (isalnum((unsigned char)*p) || (n && strchr("_-", *p)))
			id[n++] = (char)tolower((unsigned char)*p);
	id[n] = '\0';
	if (!n)
		snprintf(id, size, "course");
}

int new_find_label(struct new *n)
{
	char pattern[1024];
	glob_t files = { 0 };
	bool taken = false;
	unsigned long most = 0;

	snprintf(pattern, sizeof(pattern), "%s/*", n->dir);
	if (glob(pattern, 0, NULL, &files) != 0)
		files.gl_pathc = 0;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		const char *base = strrchr(files.gl_pathv[i], '/') + 1;
		size_t digits = strspn(base, "0123456789");
		const char *slug = base + digits + (digits && base[digits] == '-');
		unsigned long label = strtoul(base, NULL, 10);

		most = digits && label > most && label <= LABEL_MAX ? label : most;
		size_t len = strlen(n->name);

		if (!strncmp(slug, n->name, len) && (!slug[len] || !strcmp(slug + len, ".lua")) && !taken) {
			cli_say(W(NEW_TAKEN), files.gl_pathv[i]);
			taken = true;
		}
	}
	globfree(&files);
	n->label = (unsigned int)most + 1;
	return taken ? EXIT_WRONG : 0;
}

/* ---- files ------------------------------------------------------------------------------------ */

static int unwritable(const char *path)
{
	int err = errno;

	cli_say("%s: %s", path, strerror(err));
	return EXIT_MISSING;
}

int new_write(const char *path, const char *text)
{
	struct outfile out;
	int err = outfile_open(&out, path);

	if (!err)
		err = outfile_close(&out, fputs(text, out.f) < 0 ? -EIO : 0);
	if (err)
		cli_say("%s: %s", path, shortage_reason(err));
	return exit_status_for(err);
}

/* The folder of the calls' types, wherever this program is installed; else none, and calls have no types. */
static void put_luarc(FILE *out)
{
	char library[1024];

	datadir_find("kworkshop", "lua/editor", library, sizeof(library));
	cli_put_luarc(out, library);
}

/* Settings of editors, in the course's folder.  Files that exist stay. */
int new_write_editor_files(const char *where)
{
	const struct {
		const char *name;
		void (*put)(FILE *out);
	} files[] = { { ".luacheckrc", cli_put_luacheck }, { ".luarc.json", put_luarc } };
	struct outfile out;
	char path[1024];
	int err = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && !err; i++) {
		snprintf(path, sizeof(path), "%s/%s", where, files[i].name);
		if (access(path, F_OK) == 0)
			continue;
		err = outfile_open(&out, path);
		if (err)
			break;
		files[i].put(out.f);
		err = outfile_close(&out, ferror(out.f) ? -EIO : 0);
	}
	if (err)
		cli_say("%s: %s", path, shortage_reason(err));
	return exit_status_for(err);
}

int new_make_folder(const char *path)
{
	return mkdir(path, 0777) != 0 && errno != EEXIST ? unwritable(path) : 0;
}

int new_make_course(struct new *n)
{
	char id[64], text[1024], title[64];

	int code;

	snprintf(n->dir, sizeof(n->dir), "%s/lessons", n->where);
	snprintf(n->page, sizeof(n->page), "%s/course.lua", n->dir);
	code = new_make_folder(n->dir);
	if (code)
		return code;
	if (access(n->page, F_OK) == 0)
		return 0;
	id_of(n->look.course ? n->look.course : ".", id, sizeof(id));
	new_title(id, title, sizeof(title));
	snprintf(text, sizeof(text), page_text, id, title);
	return new_write(n->page, text);
}

/* The text of another lesson: one of the course in use, or a file. */
static int copy_lesson(const struct new *n)
{
	const struct course_lesson *l;
	struct cli_look own = { .course = NULL };
	struct course course = { .nr = 0 };
	const char *path = n->from;
	char dir[1024], err[600] = "", *text;
	int code = 0;

	if (!strchr(path, '/') && !strstr(path, ".lua")) {
		code = cli_lessons_dir(&own, dir, sizeof(dir));
		if (!code && cli_read_course(dir, NULL, &course, err, sizeof(err)) != 0) {
			cli_say("%s", err);
			return EXIT_MISUSE;
		}
		l = code ? NULL : course_find(&course, n->from);
		path = l && l->path[0] ? l->path : NULL;
	}
	if (!code && !path) {
		cli_say(W(SESSION_NO_LESSON), n->from, dir);
		code = EXIT_MISSING;
	}
	text = path && !code ? wholefile_read(path, PAGE_MAX, NULL) : NULL;
	if (!text && !code) {
		cli_say("%s: %s", path, strerror(errno));
		code = EXIT_MISSING;
	}
	if (!code)
		code = new_write(n->path, text);
	free(text);
	course_free(&course);
	return code;
}

static int write_lesson(const struct new *n)
{
	char text[sizeof(lesson_text) + 200], title[64];

	if (n->from)
		return copy_lesson(n);
	new_title(n->name, title, sizeof(title));
	snprintf(text, sizeof(text), lesson_text, title);
	return new_write(n->path, text);
}

/* ---- the contents page --------------------------------------------------------------------------- */

/* Behind the word `order`, "=" and "{"; NULL: it is written in another way. */
static const char *find_order(const char *text)
{
	for (const char *p = text; (p = strstr(p, "order")); p += 5) {
		const char *q = p + 5 + strspn(p + 5, " \t\n");

		if ((p > text && (isalnum((unsigned char)p[-1]) || p[-1] == '_')) || *q != '=')
			continue;
		q += 1 + strspn(q + 1, " \t\n");
		if (*q == '{')
			return q + 1;
	}
	return NULL;
}

/* The name as the last one of `order`; malloc'ed, NULL: the list was not found. */
static char *with_name(const char *text, const char *name)
{
	const char *begin = find_order(text), *end = begin ? strchr(begin, '}') : NULL, *last = end;
	size_t size;
	char *out;

	if (!end)
		return NULL;
	while (last > begin && isspace((unsigned char)last[-1]))
		last--;
	size = strlen(text) + strlen(name) + 16;
	out = shortage_need(malloc(size));
	snprintf(out, size, "%.*s%s\"%s\"%s%s", (int)(last - text), text,
		 last == begin || last[-1] == ',' ? " " : ", ", name, last == end ? " " : "", last);
	return out;
}

/* Return: 1, 0, or -ENOMEM. */
static int is_in_course(const struct new *n)
{
	struct course course;
	char err[600];
	bool found;
	int rc = cli_read_course(n->dir, NULL, &course, err, sizeof(err));

	if (rc)
		return rc == -ENOMEM || rc == -EAGAIN ? -ENOMEM : 0;
	found = course_find(&course, n->name) != NULL;
	course_free(&course);
	return found;
}

/* Return: 0, or a status after the page was left as it was. */
static int enter_lesson(const struct new *n)
{
	char *text = wholefile_read(n->page, PAGE_MAX, NULL), *now = text ? with_name(text, n->name) : NULL;
	int code = now || errno != ENOMEM ? EXIT_WRONG : cli_no_memory(), found;

	if (now) {
		code = new_write(n->page, now);
		found = code ? 1 : is_in_course(n);
		if (found <= 0) {
			new_write(n->page, text);
			code = found ? cli_no_memory() : EXIT_WRONG;
		}
	}
	if (code == EXIT_WRONG)
		cli_say(W(NEW_NOT_ENTERED), n->path, n->name, n->page);
	free(now);
	free(text);
	return code;
}

/* ---- the command ------------------------------------------------------------------------------------ */

static int new_lesson(struct new *n)
{
	int code = new_make_course(n);

	if (!code)
		code = new_find_label(n);
	if (code)
		return code;
	snprintf(n->path, sizeof(n->path), "%s/%02u-%s.lua", n->dir, n->label, n->name);
	code = write_lesson(n);
	if (!code)
		code = enter_lesson(n);
	if (!code)
		code = new_write_editor_files(n->where);
	if (!code)
		printf(W(NEW_WRITTEN), n->path, n->page, n->name, n->where, n->name, n->where);
	return code;
}

static const struct cli_argument new_arguments[] = {
	{ "lesson", "a lesson, entered in lessons/course.lua", 1, TAKES_ITSELF, NULL },
	{ "exercise", "the folder of an exercise", 1, TAKES_ITSELF, NULL },
	{ "NAME", "its name: small letters, digits and -", 2, TAKES_ANY, NULL },
	{ .name = NULL }
};

static const struct cli_option new_options[] = {
	{ "kind", "KIND", "the kind of exercise", .def = "repair", .values = NEW_KINDS, CLI_INTO(struct new, kind) },
	{ "from", "NAME", "a copy of this lesson or exercise to begin with: a name of the course in use, a file or a folder",
	  CLI_INTO(struct new, from) },
	{ "course", "DIR", "write into DIR/lessons or DIR/exercises; the current folder if not given",
	  .takes = TAKES_FOLDER, CLI_INTO(struct new, look.course) },
	{ .name = NULL }
};

static int new_main(int argc, char **argv)
{
	struct new n = { .name = NULL };
	int code = cli_parse(&argc, argv, new_options, &n);
	bool exercise = argc > 1 && !strcmp(argv[1], "exercise");

	if (code)
		return code;
	if (argc < 3 || (!exercise && strcmp(argv[1], "lesson")))
		return cli_misuse("new", "%s", W(NEW_WHAT));
	if (argc > 3)
		return cli_misuse("new", W(CLI_ARGUMENT), argv[3]);
	n.name = argv[2];
	n.where = n.look.course ? n.look.course : ".";
	if (!is_slug(n.name))
		return cli_misuse("new", W(NEW_BAD_NAME), n.name);
	if (strlen(n.where) + sizeof("/exercises") > sizeof(n.dir))
		return cli_misuse("new", "%s: %s", n.where, strerror(ENAMETOOLONG));
	code = n.look.course ? new_make_folder(n.look.course) : 0;
	if (!code)
		code = exercise ? new_exercise(&n) : new_lesson(&n);
	return code;
}

const struct cli_command cmd_new = {
	.name = "new",
	.args = "lesson|exercise NAME",
	.summary = "write a lesson or an exercise to begin with",
	.arguments = new_arguments,
	.options = new_options,
	.notes = "A lesson runs and passes `kworkshop check --strict`; an exercise can be played and tested. "
		 "docs/authoring.md goes on from there.\n",
	.main = new_main,
};
