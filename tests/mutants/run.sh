#!/usr/bin/env bash
# tests/mutants/run.sh - runs the tests on copies of the engine with one fault each.
#
#   tests/mutants/run.sh [FOLDER]        (make mutants; MUTANTS="003 017": only these)
#
# Each NNN-name.patch beside this script is one fault.  The tree is copied to FOLDER/tree
# (build/mutants) and built once; for each patch the copy is changed, kw-tests built
# again, and suites run until one fails: first those the patch names ("check: ..."),
# then the rest, the quick ones first.  A run that does not end counts as a failure too.
#
# The unchanged copy must pass first: otherwise a failure would prove nothing.
# Exit: 0 all mutants caught, 1 one survived or a patch no longer fits, 4 the copy does not build or pass.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
dir=${1:-build/mutants}
[[ $dir == /* ]] || dir=$top/$dir
tree=$dir/tree
log=$dir/log
jobs=${JOBS:-2}
wanted=${MUTANTS:-}
limit=${MUTANT_SECONDS:-300}	# of one call of kw-tests
make=${MAKE:-make}
export KW_QUICK=1 KW_TEST_SECONDS=${KW_TEST_SECONDS:-30} LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL KW_SEED

die()
{
	echo "kworkshop: tests/mutants/run.sh: $*" >&2
	exit 4
}

# ---- which suites, in which order -------------------------------------------------

suites()
{
	sed -n "s/^SUITE\(_WAITS\)\{0,1\}(\($1\))\$/\2/p" "$top/tests/suites.def"
}

quick=$(suites 'conf_.*')
middle="unit_machine unit_trace unit_store unit_model $(suites 'unit_invariant.*') unit_query fault_machine"
slow="$(suites 'sweep_\(engine\|hotplug\|invariants\|random\|baton\|machine\|replay\|why\)') free_machine free_workqueue"

# ---- the copy ---------------------------------------------------------------------

# with the times of its files, so that only what changed is built again
copy_tree()
{
	mkdir -p "$tree/build" || die "cannot make $tree"
	(cd "$top" && tar cf - --exclude=./build --exclude=./.git .) | tar xf - -C "$tree" || die "cannot copy the tree"
	[ -d "$top/build/deps" ] && [ ! -e "$tree/build/deps" ] && ln -s "$top/build/deps" "$tree/build/deps"
	# files that an earlier run patched: their objects are newer than the sources just copied
	if [ -s "$dir/broken" ]; then
		(cd "$tree" && xargs touch -c) <"$dir/broken"
		rm -f "$dir/broken"
	fi
}

build()
{
	$make -s -C "$tree" -j"$jobs" build/kw-tests >"$log" 2>&1
}

# Ends what is left of session $1; a test that hangs is in a process group of its own.
end_session()
{
	ps -o pid= -s "$1" | xargs -r kill -KILL 2>/dev/null
}

# Runs the suites named in $1 until one fails, with their output in $log.  Returns 0 if all passed.
run()
{
	local pid code until=$((SECONDS + limit))

	(cd "$tree" && exec setsid build/kw-tests --jobs "$jobs" $1) >"$log" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null; do
		sleep 0.1
		grep -q '^FAIL' "$log" && sleep 0.1 && break
		if [ $SECONDS -ge $until ]; then
			end_session $pid
			wait $pid 2>/dev/null
			return 124
		fi
	done
	if grep -q '^FAIL' "$log"; then
		end_session $pid
		wait $pid 2>/dev/null
		return 1
	fi
	wait $pid
}

# ---- one mutant ---------------------------------------------------------------------

patched_files()
{
	sed -n 's,^+++ b/\([^	]*\).*,\1,p' "$1"
}

# The names stay in $dir/broken for the next copy_tree(), which puts the old times back.
restore()
{
	[ -n "$patch" ] || return 0
	patched_files "$patch" | while read -r f; do
		cp "$top/$f" "$tree/$f"		# a new time: it is compiled again
	done
}

# Prints the first failure in $log: its test, and the line that explains it.
verdict()
{
	local code=$1 test why

	if [ "$code" -eq 124 ]; then
		echo "hangs"
		return
	fi
	test=$(sed -n 's/^  FAIL //p' "$log" | head -1)
	# the note that breaks the news ("I25 at #712: ...") stands before the assertion that failed
	why=$(grep -aoE '\bI[0-9]+[ :].*|model: .*|(bug_on|BUG_ON|Sanitizer).*|signal.*|no end after .*' "$log" | head -1)
	[ -n "$why" ] || why=$(grep -a -A1 '^  FAIL' "$log" | sed -n '2s/^ *//p')
	printf '%s: %.90s\n' "${test:-kw-tests}" "${why:-exit $code}"
}

# Prints the result of $patch.  Returns 0 if a test failed.
try_mutant()
{
	local check group code

	patched_files "$patch" >>"$dir/broken"
	if ! patch -s -p1 -N -F2 --no-backup-if-mismatch -r - -d "$tree" <"$patch" >"$log" 2>&1; then
		echo "DOES NOT APPLY: $(head -1 "$log")"
		return 1
	fi
	if ! build; then
		echo "DOES NOT BUILD: $(grep -m 1 error "$log")"
		return 1
	fi
	check=$(sed -n 's/^#.*check: *//p' "$patch" | head -1)
	for group in "$check" "$quick" "$middle" "$slow"; do
		[ -n "$group" ] || continue
		run "$group" 2>/dev/null	# the shell's own word on who was killed
		code=$?
		[ $code -eq 0 ] && continue
		echo "caught by $(verdict $code)"
		return 0
	done
	echo "SURVIVED"
	return 1
}

# ---- all of them ------------------------------------------------------------------------

selected()
{
	local patch n w

	for patch in "$here"/[0-9]*.patch; do
		n=$(basename "$patch")
		for w in ${wanted:-${n%%-*}}; do
			[ $((10#$w)) -eq $((10#${n%%-*})) ] && echo "$patch"
		done
	done
}

patches=$(selected)
[ -n "$patches" ] || { echo "kworkshop: no such mutant: $wanted" >&2; exit 2; }
patch=
copy_tree
trap restore EXIT
trap 'exit 130' INT TERM
build || { tail -20 "$log"; die "the unbroken tree does not build"; }
if [ -n "$wanted" ]; then
	base=$(sed -n 's/^#.*check: *//p' $patches | tr ' ' '\n' | sort -u)
else
	base="$quick $middle $slow"
fi
run "$base" 2>/dev/null || { grep -a -A3 '^  FAIL' "$log" | head -20; die "the unbroken tree fails, so no mutant can be tested"; }

caught=0 survived=0 began=$SECONDS
for patch in $patches; do
	name=$(basename "$patch" .patch)
	start=$(date +%s.%N)
	result=$(try_mutant) && caught=$((caught + 1)) || survived=$((survived + 1))
	restore
	printf '%-42s %5.1f s  %s\n' "$name" "$(echo "$(date +%s.%N) $start" | awk '{ print $1 - $2 }')" "$result"
done
echo "$caught caught, $survived survived ($((SECONDS - began)) s)"
[ $survived -eq 0 ]
