#!/bin/sh
# scripts/embed.sh - writes the Lua library as a C array, so that the machine process opens no file.
#
#   embed.sh FILE.lua... >script_libs.c
#
# Lives here:  one `struct script_lib` row per file; the row has the file's name without .lua.
# Never here:  the list of files (LUA_lib in the Makefile).          Licence: MIT.
set -eu
printf '/* made by src/scripts/embed.sh */\n#include "lua/script.h"\n'
rows=
for file in "$@"; do
	name=$(basename "$file" .lua)
	printf 'static const unsigned char text_%s[] = {\n' "$name"
	od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
	printf '0 };\n'
	rows="$rows	{ \"$name\", text_$name, sizeof(text_$name) - 1 },
"
done
printf 'const struct script_lib script_libs[] = {\n%s\t{ NULL, NULL, 0 }\n};\n' "$rows"
