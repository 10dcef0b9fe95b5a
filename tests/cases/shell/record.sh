#!/bin/bash
# Makes the recordings beside it, as root on a Debian 12 machine: bash record.sh FOLDER
#
# Each line of a NAME.commands file is typed into bash; NAME.session has it behind a `$`, what the programs printed on
# both of their streams, and the exit status in brackets where it is not 0. Every file has a network namespace of its own;
# those of ipvsadm, ip, neigh and modules have user-mode-linux: few machines have IPVS, and later kernels than the lab's say
# more. The modules of modprobe are a folder of our own, in which all of modules.built-in is built in.
#
# conntrack-terminal has a terminal, on which conntrack writes its entries before what it says of them, not behind.
#
# dig asks dig.server.py, which answers as CoreDNS does; so do ping, curl and nc, to which senders.server.py listens. curl
# has a terminal, as without one it prints how far it is.
#
# kubectl is the program that KUBECTL names (v1.33.1 for the recording that is here), and kubectl.server.py answers it with
# the lab's own objects; without KUBECTL its session stays as it is.
set -eu
cd "$1"
here=$PWD

type_all() {
    [ "$1" = modules ] || modprobe ipv6 2>/dev/null || true
    [ "$1" != neigh ] || modprobe -a veth bridge
    ip link set lo up
    alias_of() { eval "$1() { command $2 \"\$@\"; }"; }
    alias_of iptables iptables-legacy
    alias_of ip6tables ip6tables-legacy
    alias_of iptables-save iptables-legacy-save
    alias_of iptables-restore iptables-legacy-restore
    if [ "$1" = kubectl ]; then
        HOME=$(mktemp -d)
        export HOME KUBECONFIG=/dev/null KUBE_EDITOR=true
        ln -s "$KUBECTL" "$HOME/kubectl"
        PATH=$HOME:$PATH
        python3 kubectl.server.py kubectl.objects.json 8080 &
        trap 'kill %1' EXIT
        sleep 1
    fi
    if [ "$1" = dig ]; then
        ip addr add 10.96.0.10/32 dev lo
        # Nobody listens there.
        ip addr add 10.96.0.11/32 dev lo
        python3 dig.server.py 10.96.0.10 &
        trap 'kill %1' EXIT
        sleep 1
        mount --bind dig.resolv.conf /etc/resolv.conf
    fi
    case $1 in
    conntrack-terminal)
        conntrack() { script -qec "$(printf '%q ' command conntrack "$@")" /dev/null | tr -d '\r'; return "${PIPESTATUS[0]}"; }
        ;;
    ping | curl | nc)
        ip addr add 10.96.0.10/32 dev lo
        python3 dig.server.py 10.96.0.10 &
        python3 senders.server.py &
        trap 'kill %1 %2' EXIT
        sleep 1
        mount --bind dig.resolv.conf /etc/resolv.conf
        mount --bind senders.hosts /etc/hosts
        curl() { script -qec "$(printf '%q ' command curl "$@")" /dev/null | tr -d '\r'; return "${PIPESTATUS[0]}"; }
        ;;
    esac
    # A kernel of Debian's version that has everything built in, as the lab's.
    if [ "$1" = modules ]; then
        modules=$(mktemp -d)
        version=6.1.0-amd64
        mkdir -p "$modules/lib/modules/$version"
        sed 's|.*|kernel/&.ko|' modules.built-in >"$modules/lib/modules/$version/modules.builtin"
        touch "$modules/lib/modules/$version/modules.order" "$modules/lib/modules/$version/modules.builtin.modinfo"
        depmod -b "$modules" "$version"
        modprobe() { (exec -a modprobe /sbin/modprobe -d "$modules" -S "$version" "$@") 2>&1 | sed "s|$modules||"; return "${PIPESTATUS[0]}"; }
    fi
    while IFS= read -r line; do
        printf '$ %s\n' "$line"
        status=0
        eval "$line" 2>&1 </dev/null || status=$?
        [ "$status" = 0 ] || printf '[%s]\n' "$status"
    done
}

if [ "${2:-}" = type ]; then
    type_all "$3" <"$3.commands"
    exit
fi
for commands in *.commands; do
    name=${commands%.commands}
    [ "$name" != kubectl ] || [ -n "${KUBECTL:-}" ] || continue
    case $name in
    ip | ipvsadm | modules | neigh) "$here/../../user-mode-linux/run" -t 120 bash record.sh "$here" type "$name" ;;
    dig | ping | curl | nc) unshare --net --mount bash record.sh "$here" type "$name" ;;
    *) unshare --net bash record.sh "$here" type "$name" ;;
    esac >"$name.session"
done
