/*
 * explore/target_c.c - a C test: compiled, loaded, and run as a kernel thread.
 *
 * The system's compiler makes a shared object from the file, and this program loads it;
 * the object uses the program's symbols.  Its writable data are saved once and restored
 * before each run, so that every run begins with the file's own initial values.
 *
 * Lives here:   C tests as targets, the functions of explore_test.h.
 * Never here:   C of lessons or students (which is confined).   Licence: MIT.
 */
#define _GNU_SOURCE
#include "explore/explore_test.h"
#include "explore/explore_internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/datadir.h"
#include "base/shortage.h"
#include "base/strbuf.h"

#define SEGMENTS_MAX 8

struct segment {
	char *at, *saved;
	size_t size;
};

struct ctest {
	void *handle;
	void (*main)(void);
	struct explore_machine machine;
	struct segment segment[SEGMENTS_MAX];
	unsigned int nr_segments;
};

static struct explore_target *playing;
static struct verdict *playing_verdict;
static bool main_returned;

/* ---- functions for tests --------------------------------------------------------------- */

void explore_check_failed(const char *condition, const char *file, int line)
{
	const char *slash = strrchr(file, '/');

	verdict_fail(playing_verdict, "check", "%s:%d: explore_check(%s) does not hold", slash ? slash + 1 : file, line,
		     condition);
	printk(0, "%s", playing_verdict->text);
	mach_request_stop();
	for (;;) {	/* this context must not continue */
		if (in_task() && !in_atomic()) {
			set_current_state(TASK_UNINTERRUPTIBLE);
			schedule();
		} else {
			mach_hog(1000000000);
		}
	}
}

void explore_expect(enum trace_bug kind)
{
	playing->bugs_expected |= UINT64_C(1) << (kind & 63);
}

struct task *explore_thread(const char *name, int (*fn)(void *data), void *data, int cpu)
{
	struct mach_task_opts opts = { .cpu = cpu };
	struct task *t = machine_task(name, fn, data, &opts);

	bug_on(!t);	/* this computer cannot host one more thread */
	return t;
}

/* ---- its data -------------------------------------------------------------------------- */

struct finding {
	struct ctest *ct;
	ElfW(Addr) base;
};

/* Finds the writable segments of the object loaded at .base, without the parts made read-only after loading. */
static int find_segments(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct finding *f = arg;
	ElfW(Addr) relro = 0, relro_end = 0;

	(void)size;
	if (info->dlpi_addr != f->base)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_GNU_RELRO) {
			relro = info->dlpi_phdr[i].p_vaddr;
			relro_end = relro + info->dlpi_phdr[i].p_memsz;
		}
	for (int i = 0; i < info->dlpi_phnum && f->ct->nr_segments < SEGMENTS_MAX; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		ElfW(Addr) from = p->p_vaddr, to = from + p->p_memsz;

		if (p->p_type != PT_LOAD || !(p->p_flags & PF_W))
			continue;
		if (from >= relro && from < relro_end)
			from = relro_end;
		if (from < to)
			f->ct->segment[f->ct->nr_segments++] =
				(struct segment){ .at = (char *)(f->base + from), .size = to - from };
	}
	return 1;
}

static int save_data(struct ctest *ct)
{
	struct link_map *map;
	struct finding f = { .ct = ct };

	if (dlinfo(ct->handle, RTLD_DI_LINKMAP, &map))
		return -EINVAL;
	f.base = map->l_addr;
	dl_iterate_phdr(find_segments, &f);
	for (unsigned int i = 0; i < ct->nr_segments; i++) {
		struct segment *s = &ct->segment[i];

		s->saved = malloc(s->size);
		if (!s->saved)
			return -ENOMEM;
		memcpy(s->saved, s->at, s->size);
	}
	return 0;
}

static void restore_data(const struct ctest *ct)
{
	for (unsigned int i = 0; i < ct->nr_segments; i++)
		memcpy(ct->segment[i].at, ct->segment[i].saved, ct->segment[i].size);
}

/* ---- loading --------------------------------------------------------------------------- */

static int load(struct explore_target *t, const char *path, char *err, size_t err_size)
{
	struct ctest *ct = calloc(1, sizeof(*ct));
	const struct explore_machine *machine;
	char full[1100];
	int ret = 0;

	if (!ct)
		return -ENOMEM;
	snprintf(full, sizeof(full), "%s%s", strchr(path, '/') ? "" : "./", path);
	ct->handle = dlopen(full, RTLD_NOW | RTLD_LOCAL);
	if (!ct->handle) {
		snprintf(err, err_size, "%s: cannot be loaded: %s", t->path, dlerror());
		ret = -EINVAL;
	}
	if (!ret) {
		*(void **)&ct->main = dlsym(ct->handle, "explore_main");
		machine = dlsym(ct->handle, "explore_machine");
		if (machine)
			ct->machine = *machine;
		if (!ct->main) {
			snprintf(err, err_size, "%s: there is no function explore_main()", t->path);
			ret = -EINVAL;
		} else {
			ret = save_data(ct);
		}
	}
	if (ret && ct->handle)
		dlclose(ct->handle);
	if (ret)
		free(ct);
	else
		t->own = ct;
	return ret;
}

static int so_open(struct explore_target *t, char *err, size_t err_size)
{
	if (access(t->path, R_OK)) {
		int ret = -errno;

		snprintf(err, err_size, "%s: %s", t->path, strerror(-ret));
		return ret;
	}
	return load(t, t->path, err, err_size);
}

static void so_close(struct explore_target *t)
{
	struct ctest *ct = t->own;

	for (unsigned int i = 0; i < ct->nr_segments; i++)
		free(ct->segment[i].saved);
	dlclose(ct->handle);
	free(ct);
}

/* ---- compiling --------------------------------------------------------------------------- */

/* Finds the headers: beside the source tree's build folder, or under the prefix. */
static int headers(char *path, size_t size)
{
	int ret = datadir_find("kworkshop", "src/explore/explore_test.h", path, size);

	if (ret)
		return ret;
	path[strlen(path) - strlen("/explore/explore_test.h")] = '\0';
	return 0;
}

static int run_compiler(const char *cc, const char *source, const char *object, const char *include)
{
	char with[1100];
	int status = 0;
	pid_t pid;

	snprintf(with, sizeof(with), "-I%s", include);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		execlp(cc, cc, "-std=gnu11", "-fno-strict-aliasing", "-g", "-O1", "-Wall", "-Wextra", "-Wno-unused-parameter",
		       "-shared", "-fPIC", "-pthread", with, "-o", object, source, (char *)NULL);
		_exit(errno == ENOENT ? 127 : 126);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return -ENOEXEC;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EINVAL;
}

static int compile(struct explore_target *t, const char *folder, char *object, size_t size, char *err, size_t err_size)
{
	const char *cc = getenv("CC");
	char include[1024];
	int ret = headers(include, sizeof(include));

	if (ret) {
		snprintf(err, err_size, "%s: the headers of this program are not beside it", t->path);
		return ret;
	}
	if (!cc || !*cc)
		cc = "cc";
	snprintf(object, size, "%s/test.so", folder);
	ret = run_compiler(cc, t->path, object, include);
	if (ret == -ENOEXEC)
		snprintf(err, err_size, "%s: there is no C compiler called %s (install gcc or clang, or set CC)", t->path, cc);
	else if (ret)
		snprintf(err, err_size, "%s: does not compile", t->path);
	return ret;
}

static int c_open(struct explore_target *t, char *err, size_t err_size)
{
	const char *tmp = getenv("TMPDIR");
	char folder[512], object[560] = "";
	int ret;

	if (access(t->path, R_OK)) {
		ret = -errno;
		snprintf(err, err_size, "%s: %s", t->path, strerror(-ret));
		return ret;
	}
	snprintf(folder, sizeof(folder), "%.400s/kworkshop-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(folder)) {
		ret = -errno;
		snprintf(err, err_size, "%s: %s", folder, strerror(-ret));
		return ret;
	}
	ret = compile(t, folder, object, sizeof(object), err, err_size);
	if (!ret)
		ret = load(t, object, err, err_size);
	unlink(object);		/* not needed any more once loaded */
	rmdir(folder);
	return ret;
}

/* ---- a run --------------------------------------------------------------------------------- */

static int main_task(void *arg)
{
	struct ctest *ct = arg;

	ct->main();
	main_returned = true;
	mach_request_stop();
	return 0;
}

static struct machine_config config_of(const struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing)
{
	const struct explore_machine *m = &((const struct ctest *)t->own)->machine;

	return (struct machine_config){
		.mode = MACH_LOCKSTEP, .nr_cpus = t->on.cpus ? t->on.cpus : m->cpus ? m->cpus : 2, .nr_nodes = m->nodes,
		.hz = m->hz, .preempt = m->preempt, .seed = seed, .jitter = t->on.jitter >= 0 ? t->on.jitter : m->jitter,
		.profile = "6.12", .census = t->on.census, .choosing = choosing, .baton = BATON_STACKS,
	};
}

/* Reports the blocked threads, in one line. */
static void report_stuck(struct verdict *v, const char *why)
{
	STRBUF(who, 300);
	char *p = who.buf;

	machine_blocked(&who);
	TRACE(NO_FUTURE, .text = who.buf);
	while ((p = strchr(p, '\n')))
		*p = p[1] ? ';' : '\0';
	verdict_fail(v, why, "%s: explore_main() has not returned: %s", why, who.buf);
}

static void drive(struct ctest *ct, struct trace *trace, struct verdict *v)
{
	struct mach_run run = { .until_ns = (ct->machine.ms_max ? ct->machine.ms_max : 10000) * 1000000ull };
	struct mach_task_opts opts = { .cpu = 0 };
	enum mach_stop why;

	if (!machine_task("main", main_task, ct, &opts)) {
		v->end = END_BROKEN;
		snprintf(v->text, sizeof(v->text), "this computer cannot host the threads of this machine");
		return;
	}
	why = machine_run(&run);
	if (main_returned || v->end != END_HOLDS)
		return;
	if (why == STOP_FULL)
		verdict_fail(v, "flood", "more events than a trace holds (%llu)", (unsigned long long)trace->events);
	else
		report_stuck(v, why == STOP_TIME ? "out of time" : why == STOP_CPU_DEAD ? "every CPU spins" : "no future");
}

static void c_play(struct explore_target *t, uint64_t seed, const struct mach_choosing *choosing,
		   struct expectation *expect, struct trace *trace, struct verdict *v)
{
	struct ctest *ct = t->own;
	struct machine_config cfg = config_of(t, seed, choosing);
	int err;

	expect->filled = true;	/* a test declares its expected bugs itself */
	restore_data(ct);
	t->bugs_expected = 0;
	playing = t;
	playing_verdict = v;
	main_returned = false;
	err = machine_start(&cfg, trace, workqueue_boot_settled);
	if (err == -EAGAIN || err == -ENOMEM)
		shortage_end(err, "the machine");	/* no fault of the test */
	if (err) {
		v->end = END_BROKEN;
		snprintf(v->text, sizeof(v->text), err == -EINVAL ? "explore_machine describes a machine that cannot be built" :
			 "the machine does not start: %s", strerror(-err));
		return;
	}
	drive(ct, trace, v);
	machine_stop();
}

const struct target_kind target_c = { ".c", EXPLORE_MAX_DELAY_NS, c_open, so_close, c_play, NULL };
const struct target_kind target_so = { ".so", EXPLORE_MAX_DELAY_NS, so_open, so_close, c_play, NULL };
