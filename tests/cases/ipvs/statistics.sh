#!/bin/bash
# Makes statistics.golden: tests/user-mode-linux/run bash tests/cases/ipvs/statistics.sh >tests/cases/ipvs/statistics.golden
# Three clients of one service, each with 100 datagrams that are answered; a second service has none. What is counted is
# read as soon as the kernel's timer has seen all of it, which it does at once as sending takes less than its two seconds.
set -eu
PATH="$PATH:/usr/sbin:/sbin"
ip link set lo up
ip link add node type dummy
ip link set node up
ip addr add 10.9.0.1/32 dev node
ip addr add 10.96.0.10/32 dev node
ip addr add 10.96.0.11/32 dev node
modprobe ip_vs
ipvsadm -R <<'RULES'
-A -u 10.96.0.10:53 -s rr
-a -u 10.96.0.10:53 -r 10.9.0.1:5353 -m -w 1
-a -u 10.96.0.10:53 -r 10.9.0.1:5354 -m -w 1
-A -t 10.96.0.11:80 -s rr
RULES
send() {
    python3 - "$1" "$2" <<'PYTHON'
import select, socket, sys
servers = []
for port in (5353, 5354):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("10.9.0.1", port))
    servers.append(server)
for number in range(int(sys.argv[1])):
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.bind(("10.9.0.1", int(sys.argv[2]) + number))
    client.settimeout(5)
    client.connect(("10.96.0.10", 53))
    for _ in range(100):
        client.send(bytes(100))
        server = select.select(servers, [], [], 5)[0][0]
        data, back = server.recvfrom(200)
        server.sendto(bytes(10), back)
        assert len(client.recv(200)) == 10
PYTHON
}
tell() { echo "# $*"; ipvsadm "$@"; }
before=$(ipvsadm -L -n --stats --exact | md5sum)
send 3 40000
for _ in $(seq 40); do [ "$(ipvsadm -L -n --stats --exact | md5sum)" = "$before" ] || break; sleep 0.1; done
tell -L -n --stats
tell -L -n --stats --exact
tell -L -n --rate
tell -L -n --rate --exact
ipvsadm -Z -u 10.96.0.10:53
tell -L -n --stats
tell -L -n --rate
