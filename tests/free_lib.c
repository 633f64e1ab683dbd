/*
 * tests/free_lib.c - the library as a program gets it: header, archive, pages, installed.
 *
 * Lives here:   checks that it links alone, exports its API only, installs, and allocates nothing per item.
 * Never here:   what the engine does (free_workqueue.c), on and off (free_cmwq.c).
 * Rules:        n/a.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "tests/support/shell.h"
#include "tests/test.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PLAIN 0		/* the installed library is not built for sanitizers */
#else
#define PLAIN 1
#endif
#ifdef __clang__
#define COMPILER "clang"
#else
#define COMPILER "gcc"
#endif

static char said[4096];

/* Runs a line of shell with $out = the build folder, $tmp = a folder for this test; the output replaces the last one. */
static int shell(const char *tmp, const char *line)
{
	char binary[1024];

	snprintf(binary, sizeof(binary), "%s", test_binary());
	return shell_run(said, sizeof(said),
			 "exec 2>&1; out='%s' tmp='%s' CC=" COMPILER "; unset MAKEFLAGS MAKELEVEL MFLAGS\n%s",
			 dirname(binary), tmp, line);
}

static void expect(const char *tmp, const char *line, const char *answer)
{
	int status = shell(tmp, line);

	if (status || (answer && strcmp(said, answer) != 0))
		test_note("%s\n      status %d, output \"%s\"", line, status, said);
	CHECK_INT(status, 0);
	if (answer)
		CHECK_STR(said, answer);
}

#define SUM "1000 items, sum 333833500\n"

/* The sum of the first thousand squares, with the items on any threads. */
static void a_program_of_ones_own_runs_on_the_library_alone(void)
{
	int i;

	for (i = 0; i < test_rounds(20, 5); i++)
		expect("", "timeout 20 $out/kw-example", SUM);
}

/* A program may have a schedule() or a mutex_lock() of its own. */
static void the_library_exports_only_names_of_its_header(void)
{
	expect("", "nm $out/libcmwq.a | awk '$2 ~ /^[TDBRCVWG]$/ { print $3 }' | sort -u | while read -r s; do "
		   "case $s in __*san*|__odr*|asan.*|tsan.*) continue; esac; "
		   "grep -qw -- \"$s\" $out/include/cmwq.h || echo \"$s\"; done", "");
	expect("", "nm $out/libcmwq.a | grep -c ' T cmwq_blocking_begin'", "1\n");
}

static const char *const dialects[] = {
	"gcc -std=c11 -x c", "gcc -std=c99 -x c", "gcc -std=gnu11 -x c", "clang -std=c11 -x c",
	"g++ -std=c++11 -x c++", "g++ -std=c++20 -x c++", "clang++ -std=c++17 -x c++"
};

/*
 * The header compiles alone, in each language with a compiler here; its names do not collide with
 * the program's.
 */
static void the_header_stands_alone_in_c_and_cxx(void)
{
	char line[2048];

	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
		snprintf(line, sizeof(line),
			 "set -- %s\ncommand -v $1 >/dev/null || exit 0\n"
			 "cat <<'END' | \"$@\" -Wall -Wextra -Wshadow -Werror -Wno-missing-field-initializers "
			 "-I$out/include -fsyntax-only -\n"
			 "#include <cmwq.h>\n"
			 "struct list_head { int mine; };\nstruct timer_list { int mine; };\nstruct task { int mine; };\n"
			 "static int current, HZ, jiffies, schedule, LIST_HEAD, mutex_lock, likely;\n"
			 "static void run(struct work_struct *work) { (void)work; }\n"
			 "DECLARE_WORK(one, run);\nDECLARE_DELAYED_WORK(two, run);\n"
			 "int main(void)\n{\n"
			 "static struct cmwq_config cfg;\nstruct work_struct w;\nINIT_WORK(&w, run);\n"
			 "return cmwq_start(&cfg) + queue_work(system_wq, &w) + CMWQ_BLOCKING(current + HZ) +\n"
			 "jiffies + schedule + LIST_HEAD + mutex_lock + likely + (to_delayed_work(&w) == &two);\n}\nEND",
			 dialects[i]);
		expect("", line, "");
	}
}

/* After `make install` a compiler and pkg-config suffice. */
static void an_installed_library_is_all_a_program_needs(void)
{
	char tmp[] = "/tmp/kw-lib-XXXXXX";

	if (!PLAIN || shell("", "pkg-config --exists libuv")) {
		test_skip(PLAIN ? "pkg-config does not know libuv" : "a sanitizer's runtime is not in the installed library");
		return;
	}
	REQUIRE_NOT_NULL(mkdtemp(tmp));
	expect(tmp, "make -s install-lib B=${out%/clang} CC=$CC PREFIX=$tmp/usr >$tmp/log 2>&1 || { cat $tmp/log; exit 1; }", "");
	expect(tmp, "cd $tmp/usr; find . -type f | sort",
	       "./include/cmwq.h\n./lib/libcmwq.a\n./lib/pkgconfig/cmwq.pc\n./share/doc/kworkshop/examples/squares.c\n"
	       "./share/man/man3/cmwq.3\n");
	/* in another folder, without the source tree */
	expect(tmp, "export PKG_CONFIG_PATH=$tmp/usr/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}\n"
		    "cp $tmp/usr/share/doc/kworkshop/examples/squares.c $tmp/ex.c && cd $tmp && "
		    "${CC:-cc} -Wall -Werror ex.c -o ex $(pkg-config --cflags --libs cmwq) && ./ex", SUM);
	expect(tmp, "make -s uninstall-lib B=${out%/clang} CC=$CC PREFIX=$tmp/usr && find $tmp/usr -type f", "");
	expect(tmp, "rm -rf \"$tmp\"", "");
}

/* RULE(R2.1).  100,000 calls of each kind, bound and unbound, malloc() counted for all libraries. */
static void queueing_allocates_nothing(void)
{
	expect("", "timeout 60 $out/kw-count-alloc", "allocations: 0 bound, 0 unbound\n");
}

/* Both pages, without a complaint; each command has its line. */
static void the_manual_pages_are_whole(void)
{
	expect("", "command -v groff >/dev/null || exit 0; for p in docs/man/*.[1-8]; do groff -man -Tutf8 -ww -z $p || exit 1; done", "");
	expect("", "sed -n 's/^COMMAND(\\([a-z]*\\).*/\\1/p' src/cli/commands.def | while read -r c; do "
		   "grep -qE \"^\\.SS \\\"kworkshop $c[ \\\"]\" docs/man/kworkshop.1 || echo \"no line for $c\"; done", "");
	/* every call of the library's own is in cmwq(3) */
	expect("", "sed -n 's/^[a-z_].*[ *]\\(cmwq_[a-z_]*\\)(.*/\\1/p' src/lib/lib.h | grep -v -e _checked -e cmwq_hz -e cmwq_cpu "
		   "-e nr_cpus | sort -u | while read -r f; do grep -q \"$f\" docs/man/cmwq.3 || echo \"not $f\"; done", "");
}

const struct test_case suite_free_lib[] = {
	T(a_program_of_ones_own_runs_on_the_library_alone),
	T(the_library_exports_only_names_of_its_header),
	T(the_header_stands_alone_in_c_and_cxx),
	T(an_installed_library_is_all_a_program_needs),
	T(queueing_allocates_nothing),
	T(the_manual_pages_are_whole),
	{ NULL, NULL }
};
