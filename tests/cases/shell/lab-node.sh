#!/bin/bash
# What ip lists of a node such as the lab's, on standard output: ../../user-mode-linux/run -t 60 bash lab-node.sh
set -eu
modprobe -a ipv6 veth bridge vxlan dummy
sysctl -qw net.ipv6.conf.default.addr_gen_mode=1 net.ipv6.conf.default.accept_dad=0 || true
ip link set lo up
pod() { # a namespace without a name, kept by a process
  unshare --net sleep 60 & pid=$!; sleep 0.3
  ip link add "$1" address "$2" type veth peer name eth0 netns $pid
  ip link set "$1" up; nsenter --net=/proc/$pid/ns/net ip link set eth0 up
}
ip link add cni0 address 0a:58:0a:f4:01:01 mtu 1450 type bridge
ip link set cni0 up
ip addr add 10.244.1.1/24 dev cni0
ip link add flannel.1 address 06:58:0a:f4:01:00 mtu 1450 type vxlan id 1 local 127.0.0.1 dstport 8472 nolearning
ip link set flannel.1 up
ip addr add 10.244.1.0/32 dev flannel.1
ip link add kube-ipvs0 address 02:58:00:00:00:01 type dummy
ip addr add 10.96.0.1/32 dev kube-ipvs0
pod veth1 0e:58:0a:f4:01:02
pod veth2 0e:58:0a:f4:01:03
ip link set veth1 master cni0
sleep 0.5
for c in "ip addr" "ip link" "ip -o addr" "ip -o link" "ip -br addr" "ip -br link" "ip -4 addr" "ip -6 addr" "ip -4 -br addr" "ip addr show cni0" "ip addr show dev kube-ipvs0" "ip link show veth2" "ip -o -4 addr" "ip link show nope" "ip -br addr show nope" "ip neigh" "ip addr show up" "ip link show master cni0" "ip link show type veth" "ip -c=never link show dev lo" "ip addr show up dev lo" "ip -br -6 a" "ip -br link show veth1" "ip link show up" "ip addr show type bridge" ; do
  echo "\$ $c"; $c 2>&1 || echo "[$?]"
done
kill %1 %2 2>/dev/null || true
