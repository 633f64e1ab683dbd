#!/bin/sh
# scripts/english_read.sh - prints docs/english-read.md: the commit that last reread each file.
#
# No lint counts pronouns without a noun, sentences that begin with their object, threads as
# persons, and contrasts for effect.  A commit that rereads files for these has "in plain English" in its
# subject, or a line "Reread: PATH..." in its body for files that needed no change.  A file that is
# newer than the lint (tests/english/words) was written by its rules: the page has the commit
# that added it.
#
#   make english-read
#
# Exit: 0, or that of git.
#
# Lives here:  the walk through the history, the page.
# Never here:  the habits that are counted (tests/support/english.h).       Licence: MIT.
set -eu

cd "$(git rev-parse --show-toplevel)"
lint=$(git log --diff-filter=A --format=%H -- tests/english/words | tail -1)
newer=$(mktemp)
trap 'rm -f "$newer"' EXIT
git rev-list "$lint..HEAD" | cut -c1-12 >"$newer"

cat <<'PAGE'
# Files reread for plain English

`make english` counts four habits of language. Four others need a reader: pronouns without a noun, sentences that begin with
their object or have no verb, threads as persons, and contrasts for effect. This page lists for each file the last commit that
reread it. `make english-read` writes the page from the history. A commit is in the list if its subject has "in plain English", or
if its body has a line `Reread: PATH...` for files that needed no change. "added" means that the file is newer than the lint
and was written by its rules. "not yet" means neither. `src/scripts/same_code.sh COMMIT` shows that a commit changed comments only.

| file | commit | how |
|---|---|---|
PAGE

{
	git ls-files | grep -E '\.(c|h|def|lua|md|sh|in)$|^Makefile$' | grep -vE '^(tests/(recordings|fuzz|lua|authors)/|docs/english-read\.md|docs/examples/)' | sed 's/^/=/'
	git log -M --name-status --format='@%h%x09%H%x09%s%n%(trailers:key=Reread)'
} | awk -F'\t' -v newer_file="$newer" '
	BEGIN { while ((getline line <newer_file) > 0) newer[line] = 1 }
	function current(name) { return name in now ? now[name] : name }
	function read_by(name, how) {
		name = current(name)
		if (name in wanted && !(name in commit)) {
			commit[name] = id
			kind[name] = how
		}
	}
	/^=/ { name = substr($0, 2); wanted[name] = 1; order[++n] = name; next }
	/^@/ { id = substr($1, 2); is_new = substr($2, 1, 12) in newer; plain = $3 ~ /in plain English/; next }
	/^Reread: / { m = split(substr($0, 9), names, " "); for (i = 1; i <= m; i++) read_by(names[i], "reread"); next }
	$1 ~ /^R/ {
		if (plain)
			read_by($3, "reread")
		now[$2] = current($3)
		next
	}
	$1 == "M" && plain { read_by($2, "reread"); next }
	$1 == "A" && (plain || is_new) { read_by($2, plain ? "reread" : "added"); next }
	END {
		for (i = 1; i <= n; i++) {
			name = order[i]
			printf "| %s | %s | %s |\n", name, name in commit ? commit[name] : "", name in commit ? kind[name] : "not yet"
		}
	}'
