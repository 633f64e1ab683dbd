/*
 * cli/doctor.c - `kworkshop doctor`: the abilities of this computer and its lacks.
 *
 * A line for each check: the thing, its state, and what a bad state means for a
 * student.  "!" marks a loss that lessons can live with, "no" one that keeps them
 * from running.  Checks try the thing itself: a log is shared, threads are
 * started, a database is written, a lesson is begun.
 *
 * Lives here:   the checks, and their report as lines or JSON.
 * Never here:   installing or repairing.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "cli/session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <lua.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <uv.h>

#include "base/datadir.h"
#include "base/json.h"
#include "base/shortage.h"
#include "base/time.h"
#include "classroom/config.h"
#include "classroom/identity.h"
#include "classroom/progress.h"
#include "run/confine.h"
#include "words/texts.h"

#define THREADS_WANTED 128	/* a lesson with 16 CPUs may have that many (64 + 4 for each) */
#define THREAD_STACK ((size_t)256 << 10)
#define LESSON_SECONDS 20
#define DOCTOR_JSON_VERSION 1

enum verdict { FINE, LOSS, LACK };

/* How the verdicts are printed: a mark in a line, a word in JSON. */
static const struct {
	enum words_key mark;
	const char *word;
} verdicts[] = {
	[FINE] = { W_DOCTOR_OK, "ok" }, [LOSS] = { W_DOCTOR_LOSS, "loss" }, [LACK] = { W_DOCTOR_LACK, "lack" },
};

/* The things looked at.  A name is English in JSON, for other programs; in a line it may be translated. */
enum thing {
	SYSTEM = W_CHECKED_SYSTEM, PROCESSORS = W_CHECKED_PROCESSORS, LIBRARIES = W_CHECKED_LIBRARIES,
	LOCALE = W_CHECKED_LOCALE, TERMINAL = W_CHECKED_TERMINAL, COLOURS = W_CHECKED_COLOURS,
	THREADS = W_CHECKED_THREADS, MEMFD = W_CHECKED_MEMFD, SECCOMP = W_CHECKED_SECCOMP,
	PROGRAM = W_CHECKED_PROGRAM, LESSONS = W_CHECKED_LESSONS, CONFIG = W_CHECKED_CONFIG,
	STATE = W_CHECKED_STATE, PROGRESS = W_CHECKED_PROGRESS, COURSE = W_CHECKED_COURSE, LESSON = W_CHECKED_LESSON,
	AUTHORS = W_CHECKED_AUTHORS,
};

static enum verdict worst;
static struct json_writer json;
static bool as_json;

static void report(enum verdict v, enum thing thing, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void report(enum verdict v, enum thing thing, const char *fmt, ...)
{
	enum words_key key = (enum words_key)thing;
	STRBUF(text, 2048);
	va_list ap;

	if (v > worst)
		worst = v;
	va_start(ap, fmt);
	strbuf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (as_json) {
		json_begin_object(&json, JSON_LINE);
		json_put_text(&json, "check", words_key_english(key));
		json_put_text(&json, "verdict", verdicts[v].word);
		json_put_text(&json, "text", text.buf);
		json_end(&json);
	} else {
		printf("%-3s %-18s %s\n", words_fixed(verdicts[v].mark), words_fixed(key), text.buf);
		fflush(stdout);		/* the next check may take seconds */
	}
}

/* ---- the terminal ------------------------------------------------------------------ */

static const char *or_unset(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : W(DOCTOR_NOT_SET);
}

static void check_locale(void)
{
	const char *got = setlocale(LC_ALL, "");
	const char *codes = nl_langinfo(CODESET);

	if (!got)
		report(LOSS, LOCALE, W(DOCTOR_NO_LOCALE), or_unset("LANG"), or_unset("LC_ALL"));
	else if (strcmp(codes, "UTF-8") == 0)
		report(FINE, LOCALE, W(DOCTOR_LOCALE), setlocale(LC_CTYPE, NULL), codes);
	else
		report(LOSS, LOCALE, W(DOCTOR_NO_UTF8), setlocale(LC_CTYPE, NULL), codes);
}

static void check_terminal(void)
{
	struct winsize size = { 0 };
	bool tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	const char *term = getenv("TERM");

	if (!term || !*term || strcmp(term, "dumb") == 0)
		report(LOSS, TERMINAL, W(DOCTOR_DUMB), or_unset("TERM"));
	else if (!tty)
		report(FINE, TERMINAL, W(DOCTOR_PIPE), term);
	else if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col &&
		 (size.ws_col < 80 || size.ws_row < 24))
		report(LOSS, TERMINAL, W(DOCTOR_SMALL), term, size.ws_col, size.ws_row);
	else
		report(FINE, TERMINAL, W(DOCTOR_TERMINAL), term, size.ws_col, size.ws_row);
	report(FINE, COLOURS, W(DOCTOR_COLOURS), or_unset("COLORTERM"), or_unset("NO_COLOR"));
}

/* ---- the machine --------------------------------------------------------------------- */

static void check_system(void)
{
	struct utsname name;
	cpu_set_t allowed;
	int nr = sched_getaffinity(0, sizeof(allowed), &allowed) == 0 ? CPU_COUNT(&allowed) : 1;

	if (uname(&name) == 0)
		report(FINE, SYSTEM, "%s %s %s", name.sysname, name.release, name.machine);
	report(nr > 1 ? FINE : LOSS, PROCESSORS, nr > 1 ? W(DOCTOR_CPUS) : W(DOCTOR_CPUS_ONE), nr);
	report(FINE, LIBRARIES, "%s, libuv %s, SQLite %s", LUA_RELEASE, uv_version_string(),
	    sqlite3_libversion());
}

static void wait_below(void *gate)
{
	uv_sem_wait(gate);
}

/* As many threads as a large lesson has, all alive at once. */
static int threads_possible(void)
{
	static uv_thread_t threads[THREADS_WANTED];
	uv_thread_options_t opts = { .flags = UV_THREAD_HAS_STACK_SIZE, .stack_size = THREAD_STACK };
	uv_sem_t gate;
	int n = 0, i;

	if (uv_sem_init(&gate, 0) != 0)
		return 0;
	while (n < THREADS_WANTED && uv_thread_create_ex(&threads[n], &opts, wait_below, &gate) == 0)
		n++;
	for (i = 0; i < n; i++)
		uv_sem_post(&gate);
	for (i = 0; i < n; i++)
		uv_thread_join(&threads[i]);
	uv_sem_destroy(&gate);
	return n;
}

static void check_threads(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	char text[64];
	int n = threads_possible();

	getrlimit(RLIMIT_NPROC, &limit);
	if (limit.rlim_cur == RLIM_INFINITY)
		snprintf(text, sizeof(text), "%s", W(DOCTOR_UNLIMITED));
	else
		snprintf(text, sizeof(text), "%llu", (unsigned long long)limit.rlim_cur);
	if (n == THREADS_WANTED)
		report(FINE, THREADS, W(DOCTOR_THREADS), n, text);
	else
		report(n < 24 ? LACK : LOSS, THREADS, W(DOCTOR_THREADS_FEW), n, text);
}

static void check_memfd(void)
{
	int fd = memfd_create("kworkshop-doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		report(LACK, MEMFD, W(DOCTOR_NO_MEMFD), strerror(errno));
	else if (ftruncate(fd, 4096) != 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0)
		report(LOSS, MEMFD, W(DOCTOR_NO_SEALS), strerror(errno));
	else
		report(FINE, MEMFD, W(DOCTOR_SEALS));
	if (fd >= 0)
		close(fd);
}

static void check_confinement(void)
{
	if (confine_seccomp_available())
		report(FINE, SECCOMP, W(DOCTOR_CONFINED));
	else
		report(LOSS, SECCOMP, W(DOCTOR_NOT_CONFINED));
}

/* ---- files ------------------------------------------------------------------------------- */

static const char *fs_name(long type)
{
	static const struct {
		long type;
		const char *name;
	} known[] = {
		{ 0xef53, "ext4" }, { 0x58465342, "xfs" }, { 0x9123683e, "btrfs" },
		{ 0x01021994, "tmpfs" }, { 0x794c7630, "overlay" }, { 0x2fc12fc1, "zfs" },
		{ 0x6969, "nfs" }, { 0xff534d42, "cifs" }, { 0xfe534d42, "smb2" },
		{ 0x517b, "smb" }, { 0x01021997, "9p" }, { 0x65735546, "fuse" },
		{ 0x5346414f, "afs" }, { 0xf2f52010, "f2fs" }, { 0x2011bab0, "exfat" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].type == (type & 0xffffffffL))
			return known[i].name;
	return W(DOCTOR_OTHER_FS);
}

/* The folder itself, or the nearest one above it that is there. */
static void nearest_folder(const char *path, char *out, size_t size)
{
	char *slash;

	snprintf(out, size, "%s", path);
	while (access(out, F_OK) != 0 && (slash = strrchr(out, '/')) != NULL && slash != out)
		*slash = '\0';
	if (access(out, F_OK) != 0)
		snprintf(out, size, "/");
}

#define TRIAL ".kworkshop-doctor-"

static void remove_all_in(const char *folder)
{
	char path[1400];
	struct dirent *e;
	DIR *d = opendir(folder);

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
}

/* Removes a trial folder.  Its usual files are removed by their names: to list a folder takes memory. */
static void remove_trial(const char *folder)
{
	static const char *const files[] = { "progress.db", "progress.db-wal", "progress.db-shm",
					     "progress.db-journal" };
	char path[1200];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	if (rmdir(folder) == 0)
		return;
	remove_all_in(folder);
	rmdir(folder);
}

/* Trial folders of this user in @beside whose process was killed. */
static void remove_old_trials(const char *beside)
{
	char folder[1300];
	struct dirent *e;
	struct stat st;
	long pid;
	DIR *d = opendir(beside);

	while (d && (e = readdir(d))) {
		if (sscanf(e->d_name, TRIAL "%ld", &pid) != 1 || pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
			continue;
		snprintf(folder, sizeof(folder), "%s/%s", beside, e->d_name);
		if (lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid())
			remove_trial(folder);
	}
	if (d)
		closedir(d);
}

/* A throw-away database beside where the real one is or will be: the same file system. */
static void try_database(const char *beside)
{
	struct progress *p;
	char folder[1100], note[600] = "";
	int rc;

	remove_old_trials(beside);
	snprintf(folder, sizeof(folder), "%s/" TRIAL "%ld-XXXXXX", beside, (long)getpid());
	if (!mkdtemp(folder)) {
		report(LOSS, PROGRESS, W(DOCTOR_NO_FOLDER), beside, strerror(errno));
		return;
	}
	rc = progress_open(&p, folder, note, sizeof(note));
	if (rc) {
		report(LOSS, PROGRESS, W(DOCTOR_NO_DATABASE), note[0] ? note : shortage_reason(rc));
	} else {
		report(FINE, PROGRESS, W(DOCTOR_DATABASE), progress_journal(p));
		progress_close(p);
	}
	remove_trial(folder);
}

static void check_state(void)
{
	char dir[1024], near[1024];
	struct statfs fs;

	if (progress_dir(dir, sizeof(dir)) != 0) {
		report(LOSS, STATE, W(DOCTOR_NO_HOME));
		return;
	}
	nearest_folder(dir, near, sizeof(near));
	report(FINE, STATE, strcmp(dir, near) == 0 ? W(DOCTOR_STATE) : W(DOCTOR_STATE_LATER), dir,
	       statfs(near, &fs) == 0 ? fs_name((long)fs.f_type) : W(DOCTOR_UNKNOWN_FS));
	try_database(near);
}

static int unknown_keys;

static void count_unknown(void *arg, const char *sentence)
{
	(void)arg;
	(void)sentence;
	unknown_keys++;
}

/* @path: "" = no folder; @id_from: NULL = no id. */
static void report_config(const char *path, const char *id_from)
{
	STRBUF(text, 1400);

	if (!*path)
		strbuf_puts(&text, W(DOCTOR_CONFIG_NO_HOME));
	else
		strbuf_printf(&text, access(path, F_OK) == 0 ? W(DOCTOR_CONFIG) : W(DOCTOR_CONFIG_NO_FILE), path);
	if (id_from)
		strbuf_printf(&text, W(DOCTOR_ID), id_from);
	else
		strbuf_puts(&text, W(DOCTOR_NO_ID));
	report(FINE, CONFIG, "%s", text.buf);
}

static void check_config(void)
{
	static struct config config;	/* large */
	struct identity who;
	char err[1400];

	unknown_keys = 0;
	if (config_read(&config, NULL, count_unknown, NULL, err, sizeof(err)) ||
	    cli_keys_take(&config, count_unknown, NULL, err, sizeof(err)) ||
	    identity_settle(&who, NULL, &config, err, sizeof(err)))
		report(LACK, CONFIG, "%s", err);
	else if (unknown_keys)
		report(LOSS, CONFIG, unknown_keys == 1 ? W(DOCTOR_UNKNOWN_KEY) : W(DOCTOR_UNKNOWN_KEYS), config.path,
		       unknown_keys);
	else
		report_config(config.path, who.from);
}

static void check_paths(const struct cli_look *look, char *lessons, size_t size)
{
	lessons[0] = '\0';
	report(FINE, PROGRAM, "%s", cli_program());
	if (look->course)
		snprintf(lessons, size, "%s/lessons", look->course);
	else
		datadir_find("kworkshop", "lessons", lessons, size);
	if (lessons[0] && access(lessons, R_OK | X_OK) == 0)
		report(FINE, LESSONS, "%s", lessons);
	else
		report(LACK, LESSONS, W(CLI_NOT_FOUND), lessons[0] ? lessons : "lessons");
}

/* The files for authors of the course: manuals, and what editors read. */
static void check_authors_files(void)
{
	static const char *const files[] = { "docs/authoring.md", "docs/lua.md", "docs/events.md", "lua/editor", ".luacheckrc" };
	STRBUF(text, 2000);
	char path[1024];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (datadir_find("kworkshop", files[i], path, sizeof(path)) != 0) {
			report(LOSS, AUTHORS, W(CLI_NOT_FOUND), files[i]);
			return;
		}
		strbuf_printf(&text, "%s%s", i ? ", " : "", path);
	}
	report(FINE, AUTHORS, "%s", text.buf);
}

/* ---- the proof: a lesson begins ------------------------------------------------------------- */

static void on_bound(uv_timer_t *bound)
{
	*(bool *)bound->data = true;
}

static enum run_state begin_lesson(struct run *r, uv_loop_t *loop)
{
	bool late = false;
	uv_timer_t bound;

	uv_timer_init(loop, &bound);
	bound.data = &late;
	uv_timer_start(&bound, on_bound, LESSON_SECONDS * 1000, 0);
	while (!late && run_get_state(r) == RUN_RUNNING)
		uv_run(loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&bound, NULL);
	return run_get_state(r);
}

static void judge_begin(const char *id, struct run *r, enum run_state state, uint64_t ms)
{
	if (state == RUN_WAITING || state == RUN_ENDED)
		report(FINE, LESSON, W(DOCTOR_BEGINS), id, (unsigned long long)run_store(r)->nr, (unsigned long long)ms);
	else if (state == RUN_RUNNING)
		report(LACK, LESSON, W(DOCTOR_BEGINS_NOT), id, LESSON_SECONDS);
	else
		report(LACK, LESSON, W(DOCTOR_ENDS), id, *run_exit_report(r) ? run_exit_report(r) : W(DOCTOR_FAULTY));
}

static void try_lesson(const char *lessons)
{
	struct run_spec spec = { .seed = 1, .jitter = -1 };
	char err[600] = "";
	struct course course;
	struct run *r;
	uint64_t began;
	uv_loop_t loop;

	if (cli_read_course(lessons, NULL, &course, err, sizeof(err)) != 0) {
		report(LACK, COURSE, "%s", err);
		return;
	}
	report(course.nr + course.nr_exercises ? FINE : LACK, COURSE, W(DOCTOR_COURSE), course.title, course.nr, course.nr_exercises);
	if (course.nr && uv_loop_init(&loop) == 0) {
		snprintf(spec.lesson, sizeof(spec.lesson), "%s", course.lessons[0].path);
		began = time_now_ns();
		if (run_open(&r, &loop, cli_program(), &spec, err, sizeof(err)) != 0) {
			report(LACK, LESSON, "%s", err);
		} else {
			enum run_state state = begin_lesson(r, &loop);

			judge_begin(course.lessons[0].id, r, state, (time_now_ns() - began) / NS_PER_MS);
			run_close(r);
		}
		uv_run(&loop, UV_RUN_DEFAULT);
		uv_loop_close(&loop);
	}
	course_free(&course);
}

/* ---- the command ------------------------------------------------------------------------------- */

struct doctor {
	struct cli_look look;
	bool json;
};

static const struct cli_option doctor_options[] = {
	{ "json", NULL, "print JSON, for other programs", CLI_INTO(struct doctor, json) },
	CLI_COURSE_OPTION(struct doctor, look), { .name = NULL }
};

static void check_everything(const struct cli_look *look)
{
	char lessons[1100];

	check_system();
	check_locale();
	check_terminal();
	check_threads();
	check_memfd();
	check_confinement();
	check_paths(look, lessons, sizeof(lessons));
	check_config();
	check_state();
	if (lessons[0])
		try_lesson(lessons);
	if (look->course)
		check_authors_files();
}

static int doctor_main(int argc, char **argv)
{
	struct doctor d = { 0 };
	int code = cli_parse(&argc, argv, doctor_options, &d);

	if (!code && argc > 1)
		code = cli_misuse("doctor", W(CLI_ARGUMENT), argv[1]);
	if (code)
		return code;
	worst = FINE;
	as_json = d.json;
	if (as_json) {
		json_to_file(&json, stdout);
		json_begin_object(&json, JSON_LINES);
		json_put_text(&json, "format", "kworkshop-doctor");
		json_put_uint(&json, "version", DOCTOR_JSON_VERSION);
		json_key(&json, "checks");
		json_begin_array(&json, JSON_LINES);
	}
	check_everything(&d.look);
	if (as_json) {
		json_end(&json);
		json_put_bool(&json, "usable", worst != LACK);
		json_end(&json);
		putchar('\n');
	}
	return worst == LACK ? EXIT_WRONG : EXIT_RIGHT;
}

const struct cli_command cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "check what this computer offers to lessons",
	.options = doctor_options,
	.notes = "Each line begins with \"ok\", with \"!\" for a loss that lessons can live with, or with \"no\" "
		 "where lessons cannot run.  The exit status is 1 if there is a \"no\".\n",
	.main = doctor_main,
};
