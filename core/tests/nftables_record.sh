#!/bin/bash
# Asks the real nft what it makes of each rule of nftables_rules.txt, and writes its answers there.
# Needs root and nftables 1.0.6: every rule is loaded into a network namespace of its own.
set -euo pipefail
file=$(dirname "$0")/nftables_rules.txt
export file
unshare -n bash -c '
ip link set lo up
while IFS= read -r line; do
    case $line in
    "# "*)
        read -r _ family type hook <<<"$line"
        echo "$line"
        ;;
    "") echo ;;
    *)
        rule=${line%%$'"'\t'"'*}
        nft flush ruleset
        printf "table %s t {\n chain c2 {}\n chain c { type %s hook %s priority 0; }\n}\n" "$family" "$type" "$hook" | nft -f -
        if answer=$(printf "add rule %s t c %s\n" "$family" "$rule" | nft -f - 2>&1); then
            answer=$(nft list chain "$family" t c | sed -n "4{s/^\t\t//;p}")
        else
            answer="! $(sed -n "1s/.*Error: //p" <<<"$answer")"
        fi
        printf "%s\t%s\n" "$rule" "$answer"
        ;;
    esac
done < "$file" > "$file.new"'
mv "$file.new" "$file"
