#!/bin/bash
# Loads each script of nftables_rulesets into the real nft and keeps its listing beside it.
# Needs root and nftables 1.0.6.
set -euo pipefail
cd "$(dirname "$0")/nftables_rulesets"
for script in *.nft; do
    unshare -n sh -c 'ip link set lo up; nft -f "$1"; nft list ruleset' _ "$script" > "${script%.nft}.list"
done
