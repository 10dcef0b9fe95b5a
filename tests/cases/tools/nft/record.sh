#!/bin/bash
# Makes the recordings beside it, as root on a Debian 12 machine: unshare --net bash record.sh FOLDER
set -eu
cd "$1"
nft -f ruleset.nft
nft list ruleset >list.txt
nft -j list ruleset >list.json
