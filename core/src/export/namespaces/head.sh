#!/usr/bin/env bash
# Datapath Lab: the cluster of the lab as network namespaces of this machine, with the rules that kube-proxy v1.36 writes in
# {mode} mode. Nothing outside of these namespaces is changed. Needs root, ip, python3, and the tools of the mode.
#
#   sudo bash THIS up                             builds it, and starts a server in every pod
#   sudo bash THIS send                           sends what the lab sent last
#   sudo bash THIS send SPACE ADDRESS PORT [udp]  sends something else: SPACE as `THIS spaces` lists them
#   sudo bash THIS show SPACE                     the rules of a node with their counters, and its connections
#   sudo bash THIS down                           removes it all
set -euo pipefail

FOLDER=/run/datapath-lab
on() {{ ip netns exec "$@"; }}

# A namespace with packets forwarded, as nodes and routers have it.
space() {{
  ip netns add "$1"
  ip -n "$1" link set lo up
  on "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
  if [ -e /proc/sys/net/ipv6 ]; then on "$1" sysctl -qw net.ipv6.conf.all.forwarding=1; fi
}}

# node SPACE PORT ROUTE_LOCALNET: a node on the network of nodes.
node() {{
  space "$1"
  on "$1" sysctl -qw net.ipv4.conf.all.route_localnet="$3"
  ip link add "$2" netns dl-net type veth peer name eth0 netns "$1"
  ip -n dl-net link set "$2" master br0 up
  ip -n "$1" link set eth0 up
}}

# pod NODE SPACE DEVICE ADDRESS: a pod on a cable of its own; its gateway is whoever answers at the other end.
pod() {{
  ip netns list | grep -qw "$2" || ip netns add "$2"
  ip -n "$2" link set lo up
  if ! ip -n "$2" link show eth0 >/dev/null 2>&1; then
    ip link add "$3" netns "$1" type veth peer name eth0 netns "$2"
    ip -n "$1" link set "$3" up
    ip -n "$2" link set eth0 up
  fi
  case "$4" in
    *:*)
      ip -n "$1" addr add fe80::1/64 dev "$3" nodad
      ip -n "$2" addr add "$4/128" dev eth0 nodad
      ip -6 -n "$2" route replace default via fe80::1 dev eth0
      ;;
    *)
      on "$1" sysctl -qw net.ipv4.conf."$3".proxy_arp=1 net.ipv4.neigh."$3".proxy_delay=0
      ip -n "$2" addr add "$4/32" dev eth0
      ip -n "$2" route add 169.254.1.1 dev eth0
      ip -n "$2" route replace default via 169.254.1.1 dev eth0
      ;;
  esac
}}

# server SPACE NAME PROTOCOL ADDRESS PORT: says who it is and whom it saw.
server() {{
  [ "$3" = tcp ] || [ "$3" = udp ] || return 0
  on "$1" python3 "$FOLDER/server.py" "$2" "$3" "$4" "$5" >/dev/null 2>&1 &
  echo $! >>"$FOLDER/pids"
}}

# client SPACE ADDRESS PORT PROTOCOL SOURCE_PORT
client() {{ on "$1" python3 "$FOLDER/client.py" "$2" "$3" "${{4:-tcp}}" "${{5:-0}}"; }}
