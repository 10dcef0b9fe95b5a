#!/bin/bash
# Records what programs leave in the kernel: `record.sh [NAME...]`, as root on Debian 12.
#
# `written/NAME.sh` has the commands that a program gives, by its source. `run/NAME.sh` runs the program itself; it needs
# the packages ufw, firewalld, dbus, docker.io, netavark, fail2ban, libvirt-daemon-system and dnsmasq-base. Each has a
# network namespace and a mount namespace of its own, in which `iptables` is iptables-legacy unless it says otherwise.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"
names=${*:-$(cd "$here" && ls written run | sed -n 's/\.sh$//p')}
for name in $names; do
    script=$(find "$here/written" "$here/run" -name "$name.sh")
    mkdir -p "$here/$name"
    unshare --net --mount --pid --uts --fork --kill-child --mount-proc bash "$here/namespace.sh" "$script" "$here/$name"
done
