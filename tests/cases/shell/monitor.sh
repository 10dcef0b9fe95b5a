#!/bin/bash
# Makes monitor.packets, as root on a Debian 12 machine: bash monitor.sh
#
# What `nft monitor trace` prints of packets that a node sends to itself, behind a line with each destination.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")"
if [ "${1:-}" != record ]; then
    unshare --net bash monitor.sh record
    exit
fi
ip link set lo up
nft -f monitor.nft
: >monitor.packets
nft monitor trace >>monitor.packets &
monitor=$!
sleep 0.5
send() {
    echo "== $1 $2 $3" >>monitor.packets
    timeout 1 bash -c "echo x >/dev/$1/$2/$3" 2>/dev/null || true
    sleep 0.2
}
for port in 80 81 82 83 84 85 86; do send tcp 127.0.0.1 "$port"; done
send tcp 127.0.0.9 86
send udp 127.0.0.1 53
send udp 127.0.0.1 54
send tcp ::1 86
kill "$monitor"
