#!/bin/bash
# Makes the recordings beside it, as root on a Debian 12 machine: unshare --net bash record.sh FOLDER
set -eu
cd "$1"
ip link set lo up
ip link add br0 type bridge
ip link add veth0 address 0a:c1:c6:2a:39:8d type veth peer name veth1
ip link set veth1 address 0a:c1:c6:2a:39:8e master br0
sysctl -qw net.ipv6.conf.{br0,veth0,veth1}.{addr_gen_mode=1,accept_dad=0}
for device in veth0 veth1 br0; do ip link set $device up; done
ip link add vx0 type vxlan id 42 local 10.0.0.1 dstport 8472 dev veth0 nolearning
ip link add m0 link veth0 type macvlan mode bridge
ip tuntap add tun0 mode tun
ip link set tun0 up
ip addr add 10.0.0.1/24 dev veth0
ip addr add 10.0.0.2/24 dev veth0
ip addr add 192.168.7.1/16 dev veth0
ip addr add fd00::1/64 dev veth0
ip addr add fd00::2/64 dev veth0
ip route add default via 10.0.0.254
ip route add 10.244.1.0/24 via 10.0.0.3 dev veth0
ip route add 10.244.0.5 dev veth0
ip route add 10.0.0.0/8 via 10.0.0.4
ip route add blackhole 10.50.0.0/16
ip route add unreachable 10.51.0.0/16
ip -6 route add default via fd00::ff
ip -6 route add fd01::/64 via fd00::3 dev veth0
ip -6 route add fd01::/16 via fd00::3 dev veth0
ip -6 route add fd01::5 dev veth0
ip -6 route add blackhole fd02::/64
ip -6 route add unreachable fd04::/64
# What the model can say of a node: it prints these itself.
ip -d addr >model-node.txt
ip -o addr >model-addr.txt
ip route >model-route.txt
ip -6 route >model-route6.txt
ip rule >model-rule.txt
ip -6 rule >model-rule6.txt

ip addr add 10.9.0.1/32 peer 10.9.0.2/32 dev veth0
ip addr add 10.0.1.1/24 brd + dev br0 label br0:x
ip addr add 172.16.0.1/16 dev br0 scope link
ip addr add 10.3.0.1/24 dev br0 valid_lft 3600 preferred_lft 1800 noprefixroute
ip addr add 169.254.20.10/32 dev br0 metric 7
ip route add default via 10.0.0.253 metric 100 proto dhcp src 10.0.0.1
ip route add unreachable 10.54.0.0/16 metric 4278198272
ip route add prohibit 10.52.0.0/16
ip route add throw 10.53.0.0/16
ip route add 10.60.0.0/24 nexthop via 10.0.0.5 dev veth0 weight 2 nexthop via 10.0.0.6 dev veth0
ip route add 10.61.0.0/24 dev veth0 scope link mtu 1400 advmss 1360
ip route add 10.62.0.0/24 via 10.99.0.1 dev veth0 onlink table 100
ip route add 10.63.0.0/24 dev tun0 table 101
ip route add 10.64.0.0/24 via inet6 fe80::5 dev veth0
ip route add local 10.70.0.0/16 dev lo table 100
ip -6 route add fd03::/64 nexthop via fd00::3 nexthop via fd00::4
ip -6 route add fd05::/64 dev veth0 expires 1800
ip route get 10.244.1.9 >route-get.txt
ip rule add fwmark 0x1/0xf lookup 100
ip rule add from 10.0.0.0/8 to 10.1.0.0/16 iif veth0 lookup 101 prio 50
ip rule add from 10.0.0.5 to 10.1.0.5 lookup local prio 51
ip rule add not fwmark 0x200 table 102 prio 60
ip rule add fwmark 0/0xff table 102 prio 61
ip rule add prio 70 blackhole
ip rule add prio 71 oif br0 ipproto tcp dport 80 lookup main
ip rule add prio 72 goto 32766
ip rule add prio 73 uidrange 0-100 lookup main suppress_prefixlength 0
ip rule add prio 74 tos 0x10 lookup main
ip rule add prio 75 sport 10-20 iif gone0 lookup main
ip rule add prio 76 unreachable
ip rule add prio 77 from all lookup 1000 proto zebra
ip -6 rule add fwmark 0x1 lookup 100
ip -6 rule add from fd00::/8 lookup 100 prio 9
list() { file=$1; shift; "$@" >"$file.txt"; }
list addr ip addr
list addr4 ip -4 addr
list addr6 ip -6 addr
list addr-one-line ip -o addr
list addr-details ip -d addr
list addr-statistics ip -s addr
list link ip link
list link-one-line ip -o link
list link-details ip -d link
list link-details-one-line ip -o -d link
list route ip route
list route6 ip -6 route
list route-all ip route show table all
list route-local ip route show table local
list route-details ip -d route
list route-one-line ip -o route
list rule ip rule
list rule6 ip -6 rule
