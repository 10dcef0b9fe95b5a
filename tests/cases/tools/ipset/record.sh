#!/bin/bash
# Makes the recordings beside it, as root on a Debian 12 machine: unshare --net bash record.sh FOLDER
set -eu
cd "$1"
ipset restore <sets.restore
iptables-legacy-restore <rules.v4
ipset -sorted save >save.txt
ipset -sorted list >list.txt
ipset list -t >list-terse.txt
ipset list -n >list-names.txt
ipset -sorted list -o plain >list-plain.txt
