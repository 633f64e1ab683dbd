#!/bin/sh
# scripts/deps.sh - finds the libraries that kworkshop needs, and installs missing ones.
#
#   deps.sh check FILE SET    write FILE (make variables), or print the missing libraries; SET is
#                             `program` (for kworkshop) or `tests` (further ones for kw-tests)
#   deps.sh install FILE SET  the same, after installing missing packages:
#                             root or sudo: apt-get install;
#                             neither:      apt-get download, unpacked under build/deps
#   deps.sh peers FILE        the other thread pools of `make bench`, and a C++ compiler for
#                             one of them; a pool that cannot be installed is left out,
#                             with the reason in FILE, and is no error
#
# A library is present if a program that includes its header can be linked.
#
# Lives here:  names of packages, flags of libraries.
# Never here:  compiling the program itself (Makefile).       Licence: MIT.
set -u

mode=$1 out=$2 set=${3:-}
CC=${CC:-gcc}
deps=$PWD/build/deps
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

say() { echo "kworkshop: $*" >&2; }
# standard output is the text of make's $(error ...)
die() { echo "$*"; exit 1; }

# set | name | pkg-config names, first found wins | flags without pkg-config | header | a call | Debian: -dev, runtime
libraries() {
	cat <<'TABLE'
program|libuv|libuv|-luv -lpthread -ldl|uv.h|uv_version()|libuv1-dev|libuv1
program|lua|lua5.4 lua-5.4 lua54|-I@/include/lua5.4 -llua5.4|lua.h|lua_newstate(0,0)|liblua5.4-dev|
program|ncursesw|ncursesw|-D_DEFAULT_SOURCE -D_XOPEN_SOURCE=600 -lncursesw -ltinfo|curses.h|endwin()|libncurses-dev|libncursesw6 libtinfo6
program|sqlite3|sqlite3|-lsqlite3|sqlite3.h|sqlite3_libversion()|libsqlite3-dev|libsqlite3-0
program|utf8proc|libutf8proc|-lutf8proc|utf8proc.h|utf8proc_version()|libutf8proc-dev|libutf8proc2
program|md|libmd|-lmd|sha2.h|SHA256Data(0,0,0)|libmd-dev|libmd0
program|zstd|libzstd|-lzstd|zstd.h|ZSTD_versionNumber()|libzstd-dev|libzstd1
tests|cunit|cunit|-lcunit|CUnit/CUnit.h|CU_get_error()|libcunit1-dev|libcunit1
tests|libvterm|vterm|-lvterm|vterm.h|vterm_new(1,1)|libvterm-dev|libvterm0
TABLE
}

# Lua is linked from its static library: lua/wrapped.c replaces functions inside of it.
static_lua() {
	for one in $1; do
		case $one in
		-llua*) echo "-l:lib${one#-l}.a -lm -ldl" ;;
		*) echo "$one" ;;
		esac
	done | tr '\n' ' '
}

# try FLAGS HEADER CALL: compiles and links a program that uses the library
try() {
	printf '#include <stddef.h>\n#include <%s>\nint main(void) { (void)%s; return 0; }\n' "$2" "$3" >"$work/try.c"
	# shellcheck disable=SC2086
	"$CC" -o "$work/try" "$work/try.c" $1 2>"$work/try.log"
}

# flags NAME PKGS PLAIN HEADER CALL: prints working flags, or fails.  Tries the copy of the
# system first, then the packages unpacked under build/deps.
flags() {
	if command -v pkg-config >/dev/null 2>&1; then
		for p in $2; do
			f=$(pkg-config --cflags --libs "$p" 2>/dev/null) || continue
			f=$(static_lua "$f")
			try "$f" "$4" "$5" && { echo "$f"; return 0; }
		done
	fi
	f=$(static_lua "$(echo "$3" | sed 's|@|/usr|')")
	try "$f" "$4" "$5" && { echo "$f"; return 0; }
	# Debian keeps libraries under usr/lib/TRIPLET and lib/TRIPLET, and some headers under usr/include/TRIPLET
	# (-isystem: no warnings about their headers)
	f=$(static_lua "$(echo "$3" | sed "s|-I@|-isystem$deps/usr|")")
	for dir in "$deps"/usr/lib/*-linux-gnu* "$deps"/lib/*-linux-gnu*; do
		if [ -d "$dir" ]; then f="-L$dir -Wl,-rpath,$dir -Wl,-rpath-link,$dir $f"; fi
	done
	for dir in "$deps"/usr/include "$deps"/usr/include/*-linux-gnu* "$deps"/usr/lib/*-linux-gnu*/glib-2.0/include; do
		if [ -d "$dir" ]; then f="-isystem$dir $f"; fi
	done
	try "$f" "$4" "$5" && { echo "$f"; return 0; }
	return 1
}

compiler_works() {
	command -v "$CC" >/dev/null 2>&1 &&
		printf '#include <stdio.h>\nint main(void) { return 0; }\n' >"$work/try.c" &&
		"$CC" -o "$work/try" "$work/try.c" 2>/dev/null
}

# Fills in missing_libs, missing_dev, missing_run and cflags, libs for the libraries of $set.
survey() {
	missing_libs= missing_dev= missing_run= cflags= libs=
	libraries >"$work/table"
	while IFS='|' read -r of name pkgs plain header call dev run; do
		[ "$of" = "$set" ] || continue
		if ! f=$(flags "$name" "$pkgs" "$plain" "$header" "$call"); then
			missing_libs="$missing_libs $name"
			missing_dev="$missing_dev $dev"
			missing_run="$missing_run $run"
			continue
		fi
		for one in $f; do
			case $one in
			-l*|-L*|-Wl*|-pthread) libs="$libs $one" ;;
			*) cflags="$cflags $one" ;;
			esac
		done
	done <"$work/table"
}

once() { printf '%s\n' "$@" | awk 'NF && !seen[$0]++' | tr '\n' ' ' | sed 's/ $//'; }

elsewhere() {
	say "missing here: $1"
	if [ "$set" = tests ]; then
		say "this is no Debian system; for the tests please install the development files of CUnit and libvterm:"
		say "  Fedora:   dnf install CUnit-devel libvterm-devel"
		say "  Arch:     pacman -S cunit libvterm"
		die "  openSUSE: zypper install cunit-devel libvterm-devel"
	fi
	say "this is no Debian system; please install a C compiler, make, pkg-config and the development files of libuv, Lua 5.4 (with the static library), ncurses (wide), SQLite, utf8proc and zstd:"
	say "  Fedora:   dnf install gcc make pkgconf-pkg-config libuv-devel lua-devel lua-static ncurses-devel sqlite-devel utf8proc-devel libzstd-devel"
	say "  Arch:     pacman -S base-devel libuv lua54 ncurses sqlite libutf8proc zstd"
	die "  openSUSE: zypper install gcc make pkg-config libuv-devel lua54-devel ncurses-devel sqlite3-devel utf8proc-devel libzstd-devel"
}

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Succeeds if commands can run as root.  sudo asks for a password only on a terminal.
may_be_root() {
	[ "$(id -u)" = 0 ] && return 0
	command -v sudo >/dev/null 2>&1 || return 1
	sudo -n true 2>/dev/null && return 0
	[ -t 0 ] && sudo -v
}

apt_install() {
	say "installing with apt-get: $*"
	opts="-o DPkg::Lock::Timeout=600 -q"
	[ -n "$(find /var/lib/apt/lists -name '*Packages*' 2>/dev/null | head -n 1)" ] ||
		as_root apt-get $opts update >"$work/apt.log" 2>&1 || return 1
	as_root env DEBIAN_FRONTEND=noninteractive apt-get $opts install -y --no-install-recommends "$@" >"$work/apt.log" 2>&1 && return 0
	# the package index may be out of date
	as_root apt-get $opts update >"$work/apt.log" 2>&1 &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get $opts install -y --no-install-recommends "$@" >"$work/apt.log" 2>&1
}

# Without root: unpacks the same packages under build/deps.
apt_unpack() {
	say "no root here: fetching with apt-get download into build/deps:$*"
	mkdir -p "$deps/debs" "$deps/apt/lists/partial" "$deps/apt/cache/archives/partial"
	(cd "$deps/debs" && apt-get -q download "$@" >/dev/null 2>&1) || {
		private="-q -o Dir::State::Lists=$deps/apt/lists -o Dir::Cache=$deps/apt/cache -o Debug::NoLocking=1"
		apt-get $private update >"$work/apt.log" 2>&1 &&
			(cd "$deps/debs" && apt-get $private download "$@") >>"$work/apt.log" 2>&1 || return 1
	}
	for deb in "$deps"/debs/*.deb; do
		dpkg-deb -x "$deb" "$deps" || return 1
	done
	rm -rf "$deps/apt" "$deps/debs"
}

# ---- the other thread pools ----------------------------------------------------

glib_flags() {
	flags glib "glib-2.0" "-I@/include/glib-2.0 -lglib-2.0" glib.h "g_get_num_processors()"
}

cxx=g++		# clang needs the C++ library of g++

tbb_flags() {
	command -v "$cxx" >/dev/null 2>&1 || return 1
	printf '#include <tbb/task_group.h>\nint main() { tbb::task_group g; g.run([]{}); g.wait(); }\n' >"$work/try.cc"
	"$cxx" -std=c++17 -o "$work/try" "$work/try.cc" -pthread -ltbb 2>"$work/try.log" && echo "-ltbb -lstdc++"
}

# Installs only if no password is needed: a missing column of the comparison is no reason to ask for one.
peers_install() {
	command -v apt-get >/dev/null 2>&1 || return 1
	if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then
		# shellcheck disable=SC2086
		apt_install $1
	elif [ -n "$2" ]; then
		# shellcheck disable=SC2086
		apt_unpack $2
	else
		return 1
	fi
}

split() {	# split PREFIX FLAGS...: make variables PREFIX_CFLAGS and PREFIX_LIBS
	prefix=$1 c= l=
	shift
	for one in "$@"; do
		case $one in
		-l*|-L*|-Wl*|-pthread) l="$l $one" ;;
		*) c="$c $one" ;;
		esac
	done
	echo "PEERS_${prefix}_CFLAGS :=$c"
	echo "PEERS_${prefix}_LIBS :=$l"
}

peers() {
	f=$(glib_flags) || { peers_install libglib2.0-dev "libglib2.0-dev libglib2.0-0 libpcre2-8-0"; f=$(glib_flags); }
	if [ -n "$f" ]; then
		# shellcheck disable=SC2086
		split GLIB $f
	else
		split GLIB "-DKW_NO_GLIB='\"libglib2.0-dev could not be had\"'"
	fi
	f=$(tbb_flags) || { peers_install "g++ libtbb-dev" ""; f=$(tbb_flags); }
	if [ -n "$f" ]; then
		# shellcheck disable=SC2086
		split TBB $f
		echo "PEERS_CXX := $cxx"
	else
		split TBB "-DKW_NO_TBB='\"a C++ compiler and libtbb-dev could not be had\"'"
	fi
}

mkdir -p "${out%/*}" || exit 1
case $set in
tests) variables=DEPS_TEST installs="\`make test\` installs what is missing" ;;
*) variables=DEPS installs="\`make run\` or \`make test\` install what is missing" ;;
esac

if [ "$mode" = peers ]; then
	{ echo "# written by src/scripts/deps.sh for CC=$CC; \`make clean\` forgets it"; peers; } >"$out.new"
	mv "$out.new" "$out"
	exit 0
fi

compiler_works || {
	case $CC in
	*clang*) compiler=clang ;;
	*) compiler=gcc ;;
	esac
	[ "$mode" = install ] || die "no working C compiler ($CC); $installs"
	command -v apt-get >/dev/null 2>&1 || elsewhere "a C compiler ($CC)"
	may_be_root ||
		die "there is no C compiler here and you are not root: ask the administrator for \"apt-get install $compiler libc6-dev\" (kworkshop gets the rest by itself)"
	survey
	# shellcheck disable=SC2086
	apt_install $compiler libc6-dev pkg-config $(once $missing_dev) ||
		{ tail -n 5 "$work/apt.log" >&2; die "apt-get could not install them"; }
}

survey
if [ -n "$missing_libs" ]; then
	[ "$mode" = install ] || die "missing:$missing_libs; $installs"
	command -v apt-get >/dev/null 2>&1 || elsewhere "$missing_libs"
	# shellcheck disable=SC2086
	if may_be_root; then
		apt_install pkg-config $(once $missing_dev)
	else
		apt_unpack $(once $missing_dev $missing_run)
	fi || { tail -n 5 "$work/apt.log" >&2; die "apt-get could not get:$missing_dev"; }
	survey
	[ -z "$missing_libs" ] || { cat "$work/try.log" >&2; die "still missing after installing:$missing_libs"; }
fi

# shellcheck disable=SC2086
{
	echo "# written by src/scripts/deps.sh for CC=$CC; \`make clean\` forgets it"
	echo "${variables}_CFLAGS := $(once $cflags)"
	echo "${variables}_LIBS := $(once $libs) -lm"
} >"$out.new" && mv "$out.new" "$out"
