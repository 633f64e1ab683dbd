#!/bin/sh
# scripts/same_code.sh - shows that commits changed comments alone, file by file.
#
#   same_code.sh [--objects] COMMIT...
#
# For each C and Lua file that COMMIT changed, the script removes the comments and the blank
# space from the file before and after, and compares the rest.  --objects also compiles both
# versions of each such C file that is otherwise equal, each in its own tree, without debug
# information and with __LINE__ as 0, and compares the objects byte for byte.
# A file that differs is printed.  New, deleted and renamed files have no two versions and count as "new".
# Exit: 0 all files are equal, 1 a file differs, 2 misuse, 4 no temporary folder.
#
# Lives here:  removing comments, the two comparisons.
# Never here:  the list of commits that promise this (docs/english-read.md).       Licence: MIT.
set -u

usage() { echo "usage: same_code.sh [--objects] COMMIT..." >&2; exit 2; }

objects=false
[ "${1:-}" != --objects ] || { objects=true; shift; }
[ $# -gt 0 ] || usage
CC=${CC:-gcc}
flags=${SAME_CODE_FLAGS:-"-std=gnu11 -O2 -g0 -w -D_GNU_SOURCE -D__LINE__=0 -DKW_VERSION=\"0\" -I. -Isrc -Ibuild -Ibuild/include"}
work=$(mktemp -d) || exit 4
trap 'rm -rf "$work"' EXIT
cd "$(git rev-parse --show-toplevel)" || exit 4

# $1: c or lua.  Standard input without comments, blank lines, and spaces outside of strings and words.
without_comments()
{
	awk -v lua="$([ "$1" = lua ] && echo 1 || echo 0)" '
	function emit(s) {
		if (gap && s !~ /^\n/ && out != "" && out !~ /\n$/)
			out = out " "
		gap = 0
		out = out s
	}
	{
		rest = $0
		while (rest != "") {
			two = substr(rest, 1, 2); one = substr(rest, 1, 1)
			if (end != "") {		# inside a comment or a long string
				at = index(rest, end)
				piece = at ? substr(rest, 1, at + length(end) - 1) : rest
				if (keep)
					out = out piece
				rest = substr(rest, length(piece) + 1)
				if (at)
					end = ""
				continue
			}
			if (one == " " || one == "\t") {
				gap = 1
				rest = substr(rest, 2)
			} else if (!lua && two == "/*") {
				end = "*/"; keep = 0; gap = 1
				rest = substr(rest, 3)
			} else if (!lua && two == "//" || lua && two == "--" && substr(rest, 3, 2) != "[[") {
				rest = ""
			} else if (lua && two == "--") {
				end = "]]"; keep = 0; gap = 1
				rest = substr(rest, 5)
			} else if (lua && two == "[[") {
				emit("[["); end = "]]"; keep = 1
				rest = substr(rest, 3)
			} else if (one == "\"" || one == "\047") {
				for (n = 2; n <= length(rest) && substr(rest, n, 1) != one; n++)
					if (substr(rest, n, 1) == "\\")
						n++
				emit(substr(rest, 1, n))
				rest = substr(rest, n + 1)
			} else if (match(rest, /^[A-Za-z0-9_]+/)) {
				emit(substr(rest, 1, RLENGTH))
				rest = substr(rest, RLENGTH + 1)
			} else {
				emit(one)
				rest = substr(rest, 2)
			}
		}
		if (end != "" && keep || out != "" && out !~ /\n$/ && end == "")
			out = out "\n"
		gap = 0
		if (length(out) > 4000) {
			printf "%s", substr(out, 1, length(out) - 1)
			out = substr(out, length(out))
		}
	}
	END { printf "%s", out }'
}

# The tree of commit $1 in a folder, which is printed.
tree_of()
{
	if [ ! -d "$work/$1" ]; then
		mkdir "$work/$1" && git archive "$1" | tar xf - -C "$work/$1"
		# generated headers, which are no part of a commit
		[ ! -d build ] || ln -s "$PWD/build" "$work/$1/build"
	fi
	echo "$work/$1"
}

same_object()
{
	for side in "$1" "$2"; do
		(cd "$(tree_of "$side")" && $CC $flags $DEPS_CFLAGS -c -o "$work/$side.o" "$3") 2>"$work/errors" || return 2
	done
	cmp -s "$work/$1.o" "$work/$2.o"
}
DEPS_CFLAGS=${DEPS_CFLAGS:-$(pkg-config --cflags libuv lua5.4 ncursesw sqlite3 libutf8proc libzstd cunit vterm 2>/dev/null)}

status=0 files=0 compiled=0 new=0
for commit in "$@"; do
	new_id=$(git rev-parse --short --verify -q "$commit^{commit}") || { echo "same_code.sh: no such commit: $commit" >&2; exit 2; }
	old_id=$(git rev-parse --short --verify -q "$new_id^") || { echo "same_code.sh: $commit has no parent" >&2; exit 2; }
	differ=0 equal=0
	for file in $(git diff --name-only --diff-filter=M "$old_id" "$new_id"); do
		case $file in
		*.c|*.h|*.def) kind=c ;;
		*.lua) kind=lua ;;
		*) continue ;;
		esac
		files=$((files + 1))
		git show "$old_id:$file" | without_comments $kind >"$work/old"
		git show "$new_id:$file" | without_comments $kind >"$work/new"
		if ! cmp -s "$work/old" "$work/new"; then
			echo "$new_id $file: code differs"
			differ=$((differ + 1))
			continue
		fi
		equal=$((equal + 1))
		case $objects$file in
		true*.c)
			same_object "$old_id" "$new_id" "$file"
			case $? in
			0) compiled=$((compiled + 1)) ;;
			1) echo "$new_id $file: object differs"; differ=$((differ + 1)) ;;
			*) echo "$new_id $file: does not compile alone: $(head -1 "$work/errors")" ;;
			esac ;;
		esac
	done
	new=$((new + $(git diff --name-only --diff-filter=ADR "$old_id" "$new_id" | grep -cE '\.(c|h|def|lua)$')))
	printf '%s  %3d equal  %3d differ  %s\n' "$new_id" $equal $differ "$(git log -1 --format=%s "$new_id")"
	[ $differ -eq 0 ] || status=1
	rm -rf "${work:?}/$old_id" "${work:?}/$new_id"
done
echo "$files files compared, $compiled objects compared, $new files with one version only"
exit $status
