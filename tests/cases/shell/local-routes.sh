#!/bin/bash
# What ip lists of the kernel's table local, on standard output: ../../user-mode-linux/run -t 60 bash "$PWD/local-routes.sh"
set -eu
modprobe -a veth dummy
ip link set lo up
ip link add eth0 type dummy
ip link set eth0 up
ip addr add 192.168.0.11/24 dev eth0
ip addr add 192.168.0.12/24 dev eth0
ip link add kube-ipvs0 type dummy
for address in 10.96.0.1 10.96.0.10 10.101.2.3; do ip addr add "$address/32" dev kube-ipvs0; done
ip link add v1 type veth peer name v2
ip link set v1 up
ip link set v2 up
ip addr add 10.244.1.1/24 dev v1
ip route add 10.244.2.0/24 via 192.168.0.99
sleep 0.5
for c in "ip -4 addr" "ip -4 route" "ip route show table local" "ip -4 route show table all" "ip route show table 255" \
  "ip route list table 254" "ip route show table local dev kube-ipvs0"; do
  echo "\$ $c"
  $c 2>&1 || echo "[$?]"
done
