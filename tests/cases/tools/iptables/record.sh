#!/bin/bash
# Makes the recordings beside it, as root on a Debian 12 machine: unshare --net bash record.sh FOLDER
set -eu
cd "$1"
ipset create A hash:ip
ipset create B hash:ip,port
for version in 4 6; do
    program=iptables
    [ $version = 6 ] && program=ip6tables
    $program-legacy-restore --counters rules.v$version
    for table in filter nat raw mangle; do
        grep -q "^\*$table" rules.v$version || continue
        list() { file=$1; shift; $program-legacy -t $table "$@" >"$table.v$version.$file.txt"; }
        list names -L
        list numeric -L -n
        list verbose -L -v
        list verbose-numeric-numbered -L -n -v --line-numbers
        list exact -L -n -v -x
        list commands -S
        list commands-counted -S -v
    done
done
iptables-legacy -L FORWARD -n >one-chain.txt
