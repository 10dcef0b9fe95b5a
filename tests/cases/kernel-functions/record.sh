#!/bin/sh
# Writes, for each name on standard input, the files of a Linux source tree that define a function of this name.
# Usage: record.sh TREE <names >linux-VERSION.txt
set -eu
cd "$1"
while read -r name; do
    grep -rlE --include='*.c' --include='*.h' "\b$name\(" net drivers/net include/net | LC_ALL=C sort | while read -r file; do
        # A definition begins a line and has its body before any semicolon.
        awk -v name="$name" '
            !open && $0 ~ "^([a-z].*[ *])?" name "\\(" { open = 1; text = "" }
            open { text = text $0; if (text ~ /;/) open = 0; else if (text ~ /\{/) { found = 1; exit } }
            END { exit !found }
        ' "$file" && echo "$name $file" || true
    done
done
