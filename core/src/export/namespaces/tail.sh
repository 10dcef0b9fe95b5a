programs() {
  mkdir -p "$FOLDER"
  cat >"$FOLDER/server.py" <<'PYTHON'
import os, socket, sys

name, protocol, address, port = sys.argv[1:]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
server = socket.socket(family, kind)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((address, int(port)))
told = lambda peer: f"{name} answered, and saw {peer[0]} as its client\n".encode()
if protocol == "tcp":
    server.listen()
open(os.path.join(os.path.dirname(os.path.abspath(__file__)), f"ready-{os.getpid()}"), "w").close()
if protocol == "udp":
    while True:
        _, peer = server.recvfrom(2048)
        server.sendto(told(peer), peer)
while True:
    connection, peer = server.accept()
    connection.sendall(told(peer))
    connection.close()
PYTHON
  cat >"$FOLDER/client.py" <<'PYTHON'
import socket, sys

address, port, protocol, source = sys.argv[1:]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
client = socket.socket(family, socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM)
client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
client.settimeout(3)
client.bind(("", int(source)))
try:
    client.connect((address, int(port)))
    if protocol == "udp":
        client.send(b"?")
    print("Here:", client.recv(2048).decode().strip())
except socket.timeout:
    print("Here: no answer")
except OSError as error:
    print("Here:", error.strerror)
PYTHON
}

down() {
  if [ -f "$FOLDER/pids" ]; then xargs -r kill <"$FOLDER/pids" 2>/dev/null || true; fi
  ip netns list | sed -n 's/^\(dl-[^ ]*\).*/\1/p' | while read -r space; do ip netns del "$space"; done
  rm -rf "$FOLDER"
}

# Every server says when it listens, which takes a slow machine a while.
all_listen() {
  [ -f "$FOLDER/pids" ] || return 0
  for _ in $(seq 600); do
    if [ "$(find "$FOLDER" -name 'ready-*' | wc -l)" -ge "$(wc -l <"$FOLDER/pids")" ]; then return 0; fi
    sleep 0.1
  done
  echo "Not all servers listen after a minute." >&2
  return 1
}

show() {
  for tool in iptables-save ip6tables-save; do
    if command -v "$tool" >/dev/null; then on "$1" "$tool" -c; fi
  done
  if command -v nft >/dev/null; then on "$1" nft list ruleset; fi
  if command -v ipvsadm >/dev/null; then on "$1" ipvsadm -L -n -c || true; fi
  if command -v conntrack >/dev/null; then on "$1" conntrack -L; fi
}

case "${1:-}" in
  up)
    down
    programs
    trap 'echo "It could not be built; what there was of it is removed." >&2; down' ERR
    build
    serve
    all_listen
    trap - ERR
    echo "Built. Try: $0 send"
    ;;
  send)
    shift
    if [ $# = 0 ]; then last; else client "$@"; fi
    ;;
  spaces) ip netns list | sed -n 's/^\(dl-[^ ]*\).*/\1/p' ;;
  show) show "${2:?which node: see $0 spaces}" ;;
  down) down ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
