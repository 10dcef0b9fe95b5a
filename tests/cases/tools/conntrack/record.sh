#!/bin/bash
# Makes the recordings beside it, as root on a Debian 12 machine: unshare --net bash record.sh FOLDER
set -eu
cd "$1"
insert() { conntrack -I "$@" >/dev/null 2>&1; }

ip link set lo up
iptables-legacy -A OUTPUT -m conntrack --ctstate NEW
ip6tables-legacy -A OUTPUT -m conntrack --ctstate NEW
sysctl -qw net.netfilter.nf_conntrack_timestamp=0
for state in SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT CLOSE_WAIT LAST_ACK TIME_WAIT CLOSE LISTEN; do
    port=$((${port:-1000} + 1))
    insert -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport $port --dport 443 --state $state -t 119
done
insert -p tcp -s 192.168.0.10 -d 10.96.0.10 --sport 40000 --dport 80 -r 10.244.1.5 -q 192.168.0.10 \
    --reply-port-src 8080 --reply-port-dst 40000 --state ESTABLISHED -t 86399 -u ASSURED,SEEN_REPLY -m 0x4000
insert -p tcp -s 10.244.1.5 -d 1.1.1.1 --sport 40001 --dport 443 -r 1.1.1.1 -q 192.168.0.2 \
    --reply-port-src 443 --reply-port-dst 61001 --state ESTABLISHED -t 300 -u ASSURED,SEEN_REPLY
insert -p udp -s 10.0.0.1 -d 10.0.0.53 --sport 5353 --dport 53 -t 29
insert -p udp -s 10.0.0.1 -d 10.0.0.53 --sport 5354 --dport 53 -t 29 -u SEEN_REPLY
insert -p udp -s 10.0.0.1 -d 10.0.0.53 --sport 5355 --dport 53 -t 100 -u ASSURED,SEEN_REPLY
insert -p udp -s 10.0.0.9 -d 10.0.0.53 --sport 5353 --dport 53 -t 29 -w 7
insert -p udp -s 10.0.0.9 -d 10.0.0.54 --sport 5353 --dport 53 -t 29 --orig-zone 8
insert -p icmp -s 10.0.0.1 -d 10.0.0.3 --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 30
insert -p icmp -s 10.0.0.1 -d 10.0.0.3 --icmp-type 13 --icmp-code 0 --icmp-id 77 -t 30
insert -p icmpv6 -s fd00::1 -d fd00::2 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 78 -t 30
insert -p tcp -s fd00::1 -d fd00::2 --sport 9 --dport 10 --state TIME_WAIT -t 100 -u ASSURED,SEEN_REPLY
insert -p gre -s 10.0.0.1 -d 10.0.0.4 -t 100 --srckey 1 --dstkey 2
insert -p udplite -s 10.0.0.1 -d 10.0.0.4 --sport 9 --dport 10 -t 100
insert -p 50 -s 10.0.0.1 -d 10.0.0.4 -t 100
# What only packets make: counters, a time stamp, SCTP.
sysctl -qw net.netfilter.nf_conntrack_acct=1 net.netfilter.nf_conntrack_timestamp=1
python3 - <<'PYTHON'
import socket, struct
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'?', ('127.0.0.1', 9))
association = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
init = bytes.fromhex("1f901f91000000000000000001000014" "0000000100010000000a000a00000001")
table = [0] * 256
for n in range(256):
    crc = n
    for _ in range(8):
        crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    table[n] = crc
crc = 0xFFFFFFFF
for byte in init:
    crc = crc >> 8 ^ table[(crc ^ byte) & 255]
init = init[:8] + struct.pack("<I", crc ^ 0xFFFFFFFF) + init[12:]
association.sendto(init, ("127.0.0.1", 0))
PYTHON
conntrack -L 2>/dev/null >list.txt
conntrack -L 2>&1 -f ipv6 -o id >list-id-and-summary.txt
conntrack -L -o extended,id,timestamp 2>/dev/null >list-extended.txt
cat /proc/net/nf_conntrack >proc.txt
