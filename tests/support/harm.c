/*
 * tests/support/harm.c - see harm.h.
 *
 * The program runs as a user without other processes, because the superuser has no limits of processes
 * and may write everywhere.  This process adopts what the program leaves behind, so it can count it.
 *
 * Lives here:   starting, waiting, comparing the folder.
 * Never here:   the judgement (harm_accept.c).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/harm.h"
#include "tests/support/harm_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/confine.h"
#include "tests/support/pty.h"
#include "tests/support/shell.h"
#include "tests/test.h"

#define USER_BASE 2100000u
#define PATIENCE_MS (CONFINE_SANITIZED ? 60000 : 20000)
#define LEFT_MS 2000		/* a machine process that has lost its parent ends in this time */

struct harm_room harm;

static const char lesson[] =
	"return lesson { title = 'T', machine = { cpus = 1 }, function()\n"
	"  local x = work('x', function() burn(2) end)\n"
	"  local line = irq_line(0, 'nic', function() queue_work(system_wq, x) queue_work(system_wq, x) end)\n"
	"  say 'The first card.'\n"
	"  predict { 'How often does it run?', id = 'often', fixed = true,\n"
	"    choices = { { 'twice', id = 'two' }, { 'once', id = 'one' } },\n"
	"    answer = function(t) local e = t:nth(2, returns(queue_work, x)) return e.ret and 'two' or 'one', e end }\n"
	"  raise(line) run_idle()\n"
	"  ask { 'For how many ms did it run?', id = 'long', number = 'ms', correct = 2 }\n"
	"  say 'The last card.'\n"
	"end }\n";

bool harm_all(void)
{
	const char *all = getenv("KW_FAULTS");

	return all && strcmp(all, "all") == 0;
}

const char *harm_folder(void)
{
	return harm.folder;
}

const char *harm_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", harm.folder, name);
	return path;
}

/* A file of the test itself, which is not in that folder. */
static const char *beside(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", harm.all, name);
	return path;
}

static void find_program(void)
{
	char *slash;

	REQUIRE_NOT_NULL(realpath(test_binary(), harm.program));
	snprintf(harm.preload, sizeof(harm.preload), "%s", harm.program);
	slash = strrchr(harm.preload, '/');
	snprintf(slash, sizeof(harm.preload) - (size_t)(slash - harm.preload), "/kw-faults.so");
}

const char *harm_no_preload(void)
{
	find_program();
	if (CONFINE_SANITIZED)
		return "a sanitizer has an allocator of its own";
	return access(harm.preload, R_OK) ? "there is no library of failing calls: `make test` builds it" : NULL;
}

const char *harm_no_limits(void)
{
	return CONFINE_SANITIZED ? "a sanitizer needs threads, descriptors and address space of its own" : NULL;
}

/* ---- the folder ------------------------------------------------------------------------------------ */

static uid_t harm_user(void)
{
	return harm.user ? harm.user : geteuid();
}

static gid_t harm_group(void)
{
	return harm.user ? harm.user : getegid();
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(harm_path(name), "w");

	REQUIRE_NOT_NULL(f);
	fputs(text, f);
	fclose(f);
	REQUIRE_INT(chown(harm_path(name), harm_user(), harm_group()), 0);
}

static void become_user(void)
{
	if (harm.user && (setgid(harm.user) || setuid(harm.user)))
		_exit(125);
}

void harm_sh(const char *line)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		become_user();
		if (chdir(harm.folder))
			_exit(125);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(126);
	}
	REQUIRE_INT(waitpid(child, &status, 0), child);
	if (!CHECK_INT(status, 0))
		test_note("%s", line);
}

/* ---- files before and after -------------------------------------------------------------------------- */

#define FILES_MAX 64

struct file {
	char name[200];
	mode_t mode;
	uint64_t sum;
};

static struct listing {
	struct file v[FILES_MAX];
	size_t nr;
} files_whole, files_before, files_after, *filling;

static uint64_t sum_of(const char *path, mode_t mode)
{
	uint64_t sum = 14695981039346656037u;
	size_t n = 0;
	char *text = S_ISREG(mode) ? file_read(path, &n) : NULL;

	for (size_t i = 0; text && i < n; i++)
		sum = (sum ^ (unsigned char)text[i]) * 1099511628211u;
	free(text);
	return sum;
}

static int note_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *name = path + strlen(harm.folder);
	struct file *f = &filling->v[filling->nr];

	(void)type;
	if (at->level == 0)
		return 0;
	if (filling->nr == FILES_MAX)
		return 1;
	snprintf(f->name, sizeof(f->name), "%s", name + 1);
	f->mode = st->st_mode;
	f->sum = sum_of(path, st->st_mode);
	filling->nr++;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void list_files(struct listing *to)
{
	memset(to, 0, sizeof(*to));
	filling = to;
	REQUIRE_INT(nftw(harm.folder, note_file, 16, FTW_PHYS), 0);
	qsort(to->v, to->nr, sizeof(to->v[0]), by_name);
}

static const struct file *find_file(const struct listing *l, const char *name)
{
	for (size_t i = 0; i < l->nr; i++)
		if (!strcmp(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

void harm_restore(void)
{
	list_files(&files_after);
	if (files_after.nr == files_whole.nr && memcmp(files_after.v, files_whole.v, files_whole.nr * sizeof(files_whole.v[0])) == 0)
		return;
	harm_sh("chmod -R u+rwX . && find . -mindepth 1 -delete && cp -a ../whole/. .");
}

/* The folder at the beginning is kept beside it, as a copy. */
static void fill_folder(void)
{
	static struct harm_end end;
	struct harm h = { .args = "run @/try.lua --plain --record @/one.kwt", .input = "\nb\n2\n\n", .limit = HARM_NO_LIMIT };

	harm_sh("mkdir home state tmp config && echo mine >home/.mine && echo mine >state/notes && echo mine >notes");
	put("try.lua", lesson);
	harm_run(&h, &end);
	if (!CHECK_INT(end.status, 0))
		test_note("%s%s", end.out, end.err);
	h = (struct harm){ .args = "run life --plain", .input = "\nb\n", .limit = HARM_NO_LIMIT };
	harm_run(&h, &end);
	if (!CHECK_INT(end.status, 1))	/* left before the end */
		test_note("%s%s", end.out, end.err);
	harm_sh("cp -a . ../whole");
	list_files(&files_whole);
}

static bool user_can_run(void)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		become_user();
		_exit(access(harm.program, X_OK) || access("lessons/course.lua", R_OK) ? 1 : 0);
	}
	return waitpid(child, &status, 0) == child && status == 0;
}

static void make_for_user(const char *path)
{
	REQUIRE_INT(mkdir(path, 0755), 0);
	REQUIRE_INT(chown(path, harm_user(), harm_group()), 0);
}

bool harm_begin(void)
{
	int counts;

	find_program();
	REQUIRE_NOT_NULL(getcwd(harm.here, sizeof(harm.here)));
	harm.user = geteuid() ? 0 : USER_BASE + (uid_t)getpid();
	if (!user_can_run()) {
		test_skip("an unprivileged user cannot read this folder");
		return false;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	strcpy(harm.all, "/tmp/kw-harm-XXXXXX");
	folder_make(harm.all);
	snprintf(harm.folder, sizeof(harm.folder), "%s/person", harm.all);
	make_for_user(harm.folder);
	make_for_user(beside("whole"));
	REQUIRE_INT(chmod(harm.all, 0755), 0);
	counts = open(beside("counts"), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	REQUIRE_GE(counts, 0);
	REQUIRE_INT(fchmod(counts, 0666), 0);
	REQUIRE_INT(ftruncate(counts, sizeof(struct fault_counts)), 0);
	close(counts);
	fill_folder();
	return true;
}

void harm_finish(void)
{
	folder_remove(harm.all);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/*
 * Files in which progress is kept, and those of the call.  SQLite's own files stay when a process ends
 * without closing the database, and the next one takes them up: harm_keeps_answers() sees that they are gone.
 * A killed process leaves its temporary file; the next file that is written into the folder removes it, and the
 * next program its probes.
 */
static bool may_change(const struct harm *h, const char *name)
{
	static const char *const always[] = { "", ".claims", "-wal", "-shm", "-journal" };
	static const char *const temporary[] = { ".wal-probe-", ".kworkshop-" };
	static const char db[] = "state/progress.db";
	size_t n = strlen(name);

	if (h->fault && strstr(h->fault, " kill "))
		for (size_t i = 0; i < sizeof(temporary) / sizeof(temporary[0]); i++)
			if (strstr(name, temporary[i]))
				return true;
	for (size_t i = 0; !strncmp(name, db, sizeof(db) - 1) && i < sizeof(always) / sizeof(always[0]); i++)
		if (!strcmp(name + sizeof(db) - 1, always[i]))
			return true;
	for (const char *at = h->makes; at && (at = strstr(at, name)); at += n)
		if ((at == h->makes || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

static void compare_files(const struct harm *h, char *to, size_t size)
{
	size_t used = 0;

	*to = '\0';
	for (size_t i = 0; i < files_before.nr; i++) {
		const struct file *was = &files_before.v[i], *is = find_file(&files_after, was->name);

		if (used < size && !may_change(h, was->name) && (!is || is->mode != was->mode || is->sum != was->sum))
			used += (size_t)snprintf(to + used, size - used, "%s %s\n", is ? "changed" : "gone", was->name);
	}
	for (size_t i = 0; i < files_after.nr; i++)
		if (used < size && !find_file(&files_before, files_after.v[i].name) && !may_change(h, files_after.v[i].name))
			used += (size_t)snprintf(to + used, size - used, "new %s\n", files_after.v[i].name);
}

/* ---- one call -------------------------------------------------------------------------------------------- */

#define ARGS_MAX 24
#define ENV_MAX 24

struct call {
	const struct harm *h;
	char words[2048], *argv[ARGS_MAX];
	char room[16384], *env[ENV_MAX];
	size_t used;
	int nr_env;
};

static void add_env(struct call *c, const char *name, const char *value)
{
	REQUIRE_LT(c->nr_env, ENV_MAX - 1);
	c->env[c->nr_env++] = c->room + c->used;
	c->used += (size_t)snprintf(c->room + c->used, sizeof(c->room) - c->used, "%s=%s", name, value) + 1;
	REQUIRE_LT(c->used, sizeof(c->room));
}

static void make_call(struct call *c, const struct harm *h)
{
	static const char *const folders[][2] = { { "HOME", "home" }, { "KWORKSHOP_STATE_DIR", "state" },
						  { "KWORKSHOP_CONFIG_DIR", "config" }, { "TMPDIR", "tmp" } };
	size_t n = 0;
	int words = 1;

	memset(c, 0, sizeof(*c));
	c->h = h;
	for (const char *a = h->args; *a; a++) {
		n += (size_t)snprintf(c->words + n, sizeof(c->words) - n, "%.*s", *a == '@' ? (int)sizeof(harm.folder) : 1,
				      *a == '@' ? harm.folder : a);
		REQUIRE_LT(n, sizeof(c->words));
	}
	c->argv[0] = harm.program;
	for (char *save = NULL, *w = strtok_r(c->words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		REQUIRE_LT(words, ARGS_MAX - 1);
		c->argv[words++] = w;
	}
	for (size_t i = 0; i < 4; i++)
		add_env(c, folders[i][0], harm_path(folders[i][1]));
	add_env(c, "PATH", "/usr/bin:/bin");
	add_env(c, "LC_ALL", "C.UTF-8");
	add_env(c, "TERM", "xterm-256color");
	add_env(c, "KWORKSHOP_SCREEN_MARKS", "1");
	if (h->fault) {
		add_env(c, "LD_PRELOAD", harm.preload);
		add_env(c, "KW_FAULT", h->fault);
		add_env(c, "KW_FAULT_COUNTS", beside("counts"));
	}
	if (h->env) {
		c->env[c->nr_env++] = (char *)(uintptr_t)h->env;
		REQUIRE_LT(c->nr_env, ENV_MAX);
	}
}

/* In the child, before execve(). */
static void settle(void *arg)
{
	const struct harm *h = ((struct call *)arg)->h;
	struct rlimit limit = { h->limit_at, h->limit_at };

	become_user();
	if (h->limit != HARM_NO_LIMIT && setrlimit((__rlimit_resource_t)h->limit, &limit))
		_exit(125);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int status_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Children of this process, those it has adopted too; @except is not counted. */
static unsigned int children(pid_t except)
{
	char path[64];
	unsigned int n = 0;
	int pid;
	FILE *f;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	while (f && fscanf(f, "%d", &pid) == 1)
		n += pid != except;
	if (f)
		fclose(f);
	return n;
}

static void kill_children(pid_t except)
{
	char path[64];
	int pid;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "r");
	while (f && fscanf(f, "%d", &pid) == 1)
		if (pid != except)
			kill(pid, SIGKILL);
	if (f)
		fclose(f);
}

static unsigned int await_children(pid_t except)
{
	int64_t end = now_ms() + LEFT_MS;
	unsigned int n;

	while ((n = children(except)) && now_ms() < end)
		usleep(2000);
	if (n)
		kill_children(except);
	return n;
}

/* Standard input is a file: the program reads the typed lines, and then its end.  @err is a pipe, which has no limit of size. */
static void be_program(struct call *c, int in, int err, const char *output)
{
	int out = open(output, O_WRONLY | O_CREAT, 0666);

	if (out < 0 || err < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || close_range(3, ~0u, 0) ||
	    chdir(harm.here))
		_exit(125);
	settle(c);
	shell_default_signals();
	execve(c->argv[0], c->argv, c->env);
	_exit(126);
}

static void read_into(const char *name, char *to, size_t size)
{
	char *text = file_read(beside(name), NULL);

	snprintf(to, size, "%s", text ? text : "");
	free(text);
}

static void run_plain(struct call *c, struct harm_end *end)
{
	const struct harm *h = c->h;
	int in = memfd_create("typed", MFD_CLOEXEC), status = 0, err[2];
	int64_t until = now_ms() + PATIENCE_MS;
	pid_t child, got;
	char output[PATH_MAX];

	if (h->input)
		REQUIRE_INT(write(in, h->input, strlen(h->input)), strlen(h->input));
	lseek(in, 0, SEEK_SET);
	snprintf(output, sizeof(output), "%s", h->output ? h->output : beside("out"));
	unlink(beside("out"));
	REQUIRE_INT(pipe2(err, O_CLOEXEC), 0);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	child = fork();
	if (child == 0)
		be_program(c, in, err[1], output);
	close(in);
	close(err[1]);
	while ((got = waitpid(child, &status, WNOHANG)) == 0 && now_ms() < until)
		usleep(300);
	if (got == 0) {
		end->hung = true;
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	}
	end->status = status_of(status);
	end->restored = end->reached = true;
	end->left = await_children(0);
	read_into("out", end->out, sizeof(end->out));
	if (read(err[0], end->err, sizeof(end->err) - 1) < 0)
		end->err[0] = '\0';
	close(err[0]);
}

/* Plain mode sends no marks: its lines show where it is. */
static bool await_text(struct pty *p, const char *text)
{
	int64_t until = now_ms() + PATIENCE_MS;

	while (!pty_shows(p, text) && now_ms() < until)
		if (!pty_read(p, 100))
			return pty_shows(p, text);
	return pty_shows(p, text);
}

/* Until the last line that is written ends as a prompt does. */
static bool await_prompt(struct pty *p)
{
	int64_t until = now_ms() + PATIENCE_MS;
	char row[TERMINAL_ROW_BYTES];

	do {
		int y = p->terminal.h;

		for (row[0] = '\0'; !row[0] && y > 0; y--)
			terminal_row(&p->terminal, y - 1, row);
		if (*row && strchr(">]", row[strlen(row) - 1]))
			return true;
	} while (pty_read(p, 100) && now_ms() < until);
	return false;
}

/* Presses the keys of .input, one after the other.  Return: the place is reached. */
static bool go_to_place(struct pty *p, const struct harm *h)
{
	char copy[400], *save = NULL;
	bool still = true;

	snprintf(copy, sizeof(copy), "%s", h->input ? h->input : "");
	if (strstr(h->args, "--plain")) {
		for (char *k = strtok_r(copy, " ", &save); k && await_prompt(p); k = strtok_r(NULL, " ", &save))
			pty_type(p, strcmp(k, "Enter") ? k : "\n");
		return await_text(p, h->place ? h->place : ">");
	}
	if (!pty_rest(p, NULL, PATIENCE_MS))
		return false;
	for (char *k = strtok_r(copy, " ", &save); k; k = strtok_r(NULL, " ", &save)) {
		if (strcmp(k, "~") == 0)
			still = false;
		else if (!pty_key(p, k, PATIENCE_MS) || (still && !pty_rest(p, NULL, PATIENCE_MS)))
			return false;
	}
	if (!still)
		return !p->ended;
	return !h->place || pty_rest(p, h->place, PATIENCE_MS);
}

static char state_of(pid_t pid)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	if (f)
		fclose(f);
	return state;
}

/* A stopped program has restored the terminal; continued, it shows its screen again. */
static bool stop_and_continue(struct pty *p)
{
	bool sane;

	for (int tries = 0; tries < 2000 && state_of(p->pid) != 'T'; tries++)
		pty_read(p, 5);
	while (pty_read(p, 20) && state_of(p->pid) == 'T' && !pty_sane(p))
		;
	sane = state_of(p->pid) == 'T' && pty_sane(p);
	kill(p->pid, SIGCONT);
	return sane;
}

static void screen_text(struct pty *p, char *to, size_t size)
{
	char row[TERMINAL_ROW_BYTES];
	size_t used = 0;

	for (int y = 0; y < p->terminal.h && used + 1 < size; y++) {
		terminal_row(&p->terminal, y, row);
		if (*row)
			used += (size_t)snprintf(to + used, size - used, "%s\n", row);
	}
}

static void run_screen(struct call *c, struct harm_end *end)
{
	static struct pty p;
	const struct harm *h = c->h;

	REQUIRE_INT(pty_start_as(&p, 80, 24, &(struct pty_program){ c->argv, c->env, settle, c }), 0);
	end->reached = go_to_place(&p, h);
	if (!end->reached)
		screen_text(&p, end->out, sizeof(end->out));
	end->restored = true;
	if (h->signal && !p.ended)
		kill(p.pid, h->signal);
	if (h->signal == SIGTSTP)
		end->restored = stop_and_continue(&p);
	if (!p.ended && (!h->signal || harm_survives(h->signal)))
		pty_type(&p, "\003");
	if (!pty_gone(&p, PATIENCE_MS)) {
		end->hung = true;
		screen_text(&p, end->err, sizeof(end->err));
		kill(p.pid, SIGKILL);
		pty_gone(&p, PATIENCE_MS);
	}
	end->left = await_children(p.shell);
	while (pty_read(&p, 0))
		;
	end->status = status_of(p.status);
	end->restored &= pty_sane(&p);
	if (!end->hung)
		screen_text(&p, end->err, sizeof(end->err));
	pty_stop(&p);
}

void harm_run(const struct harm *h, struct harm_end *end)
{
	static struct call c;
	void *counts;
	int fd = open(beside("counts"), O_RDWR | O_CLOEXEC);

	memset(end, 0, sizeof(*end));
	REQUIRE_GE(fd, 0);
	counts = mmap(NULL, sizeof(end->counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	REQUIRE_TRUE(counts != MAP_FAILED);
	memset(counts, 0, sizeof(end->counts));
	make_call(&c, h);
	list_files(&files_before);
	if (h->screen)
		run_screen(&c, end);
	else
		run_plain(&c, end);
	list_files(&files_after);
	compare_files(h, end->files, sizeof(end->files));
	memcpy(&end->counts, counts, sizeof(end->counts));
	munmap(counts, sizeof(end->counts));
}
