#!/bin/sh
# scripts/cmwq_h.sh - generates cmwq.h from the internal headers of the engine.
#
#   cmwq_h.sh VERSION <src/lib/cmwq.h.in >build/include/cmwq.h
#
# A line "@from FILE PART@" is replaced by the lines of FILE between the marks
# "[cmwq.h PART" and "cmwq.h]".  Internal types get names that do not collide with those of
# a program, and atomic fields become plain ones of the same size, which C++ accepts
# (tests/free_cmwq.c compares the sizes).
#
# Lives here:  the differences between the public header and the internal ones.
# Never here:  declarations.       Licence: MIT.
set -eu

part() {
	[ -n "$(sed -n "/\[cmwq\.h $2 /p" "$1")" ] || { echo "kworkshop: $1: no part $2 for cmwq.h" >&2; exit 4; }
	sed -n "/\[cmwq\.h $2 /,/cmwq\.h\]/{/cmwq\.h[ \]]/!p;}" "$1" | sed \
		-e 's/_Atomic //g' \
		-e 's/struct katomic/struct cmwq_word/g' \
		-e 's/struct list_head/struct cmwq_link/g' \
		-e 's/LIST_HEAD_INIT/CMWQ_LINK_INIT/g' \
		-e 's/struct timer_list/struct cmwq_timer/g' \
		-e 's/WORK_STRUCT_NO_POOL/CMWQ_NO_POOL/g' \
		-e 's/\bCPUS_MAX\b/64/g' \
		-e 's/\bTIMER_DEFERRABLE\b/1u/g' \
		-e 's/, the director included//' \
		-e 's/ (the director: through machine_call())//' \
		-e 's/\([tT]ask\) or director/\1/' \
		-e "s/the run's parameters (mach_boot_param())/the parameters of cmwq_start()/" \
		-e 's/; simulated machine only//'
}

while IFS= read -r line; do
	case $line in
	'@from '*@)
		line=${line#@from }
		line=${line%@}
		part "${line% *}" "${line#* }"
		;;
	*@VERSION@*) printf '%s%s%s\n' "${line%%@VERSION@*}" "$1" "${line#*@VERSION@}" ;;
	*) printf '%s\n' "$line" ;;
	esac
done
