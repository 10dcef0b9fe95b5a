# What Felix programs in iptables mode with IPIP and VXLAN off (felix/rules), one workload with a policy, kube-proxy in
# MODE iptables or ipvs. Comments are Felix's, without the hashes that it keeps for itself.
MODE=${1:-iptables}
note="-m comment --comment"
for set in cali40all-ipam-pools cali40masq-ipam-pools cali40s:dWjzNlOVzHmF_lZZ; do ipset create $set hash:net family inet maxelem 1048576; done
ipset add cali40all-ipam-pools 10.244.0.0/16
ipset add cali40masq-ipam-pools 10.244.0.0/16
ipset add cali40s:dWjzNlOVzHmF_lZZ 10.244.2.0/24
ipset create cali40this-host hash:ip family inet maxelem 1048576
for address in 127.0.0.1 192.168.1.1; do ipset add cali40this-host $address; done
for table in raw:PREROUTING raw:OUTPUT nat:PREROUTING nat:OUTPUT nat:POSTROUTING mangle:PREROUTING mangle:POSTROUTING \
    filter:INPUT filter:FORWARD filter:OUTPUT; do
    iptables -t ${table%:*} -N cali-${table#*:}
    iptables -t ${table%:*} -I ${table#*:} $note cali:jump -j cali-${table#*:}
done
raw() { iptables -t raw "$@"; }
for chain in cali-rpf-skip cali-from-host-endpoint cali-to-host-endpoint; do raw -N $chain; done
raw -A cali-PREROUTING -j MARK --set-xmark 0x0/0xf0000
raw -A cali-PREROUTING -i cali+ -j MARK --set-xmark 0x40000/0x40000
raw -A cali-PREROUTING -m mark --mark 0x40000/0x40000 -j cali-rpf-skip
raw -A cali-PREROUTING -m mark --mark 0x40000/0x40000 -m rpfilter --validmark --invert -j DROP
raw -A cali-PREROUTING -m mark --mark 0x0/0x40000 -j cali-from-host-endpoint
raw -A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT
raw -A cali-OUTPUT -j MARK --set-xmark 0x0/0xf0000
raw -A cali-OUTPUT -j cali-to-host-endpoint
raw -A cali-OUTPUT -m mark --mark 0x10000/0x10000 -j ACCEPT
nat() { iptables -t nat "$@"; }
for chain in cali-fip-dnat cali-fip-snat cali-nat-outgoing; do nat -N $chain; done
nat -A cali-PREROUTING -j cali-fip-dnat
nat -A cali-OUTPUT -j cali-fip-dnat
nat -A cali-POSTROUTING -j cali-fip-snat
nat -A cali-POSTROUTING -j cali-nat-outgoing
nat -A cali-POSTROUTING -o tunl0 -m addrtype ! --src-type LOCAL --limit-iface-out -m addrtype --src-type LOCAL -j MASQUERADE --random-fully
nat -A cali-nat-outgoing -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE --random-fully
nat -A cali-fip-dnat -d 192.168.1.77 -j DNAT --to-destination 10.244.1.2
nat -A cali-fip-snat -s 10.244.1.2 -d 10.244.1.2 -j SNAT --to-source 192.168.1.77
mangle() { iptables -t mangle "$@"; }
for chain in cali-from-host-endpoint cali-to-host-endpoint; do mangle -N $chain; done
mangle -A cali-PREROUTING -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
mangle -A cali-PREROUTING -m mark --mark 0x10000/0x10000 -j ACCEPT
mangle -A cali-PREROUTING -j cali-from-host-endpoint
mangle -A cali-PREROUTING $note "Host endpoint policy accepted packet." -m mark --mark 0x10000/0x10000 -j ACCEPT
mangle -A cali-POSTROUTING -m mark --mark 0x10000/0x10000 -j RETURN
[ $MODE = iptables ] || mangle -A cali-POSTROUTING -m mark ! --mark 0x0/0xfff00000 -j RETURN
mangle -A cali-POSTROUTING -j MARK --set-xmark 0x0/0xf0000
mangle -A cali-POSTROUTING -m conntrack --ctstate DNAT -j cali-to-host-endpoint
mangle -A cali-POSTROUTING $note "Host endpoint policy accepted packet." -m mark --mark 0x10000/0x10000 -j RETURN
f() { iptables "$@"; }
for chain in cali-from-hep-forward cali-to-hep-forward cali-from-wl-dispatch cali-to-wl-dispatch cali-wl-to-host cali-cidr-block \
    cali-from-host-endpoint cali-to-host-endpoint cali-tw-cali8d1c cali-fw-cali8d1c cali-pi-_kJqfZpgUe7r2t4a14NA cali-pri-kns.shop cali-pro-kns.shop; do
    f -N $chain
done
if [ $MODE = ipvs ]; then
    for chain in cali-forward-check cali-set-endpoint-mark cali-from-endpoint-mark cali-forward-endpoint-mark cali-sm-cali8d1c; do f -N $chain; done
    f -A cali-forward-check -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN
    for protocol in tcp udp; do
        f -A cali-forward-check -p $protocol $note "To kubernetes NodePort service" -m multiport --dports 30000:32767 -m set --match-set cali40this-host dst -g cali-set-endpoint-mark
    done
    f -A cali-forward-check $note "To kubernetes service" -m set ! --match-set cali40this-host dst -j cali-set-endpoint-mark
    f -A cali-set-endpoint-mark -i cali8d1c -g cali-sm-cali8d1c
    f -A cali-set-endpoint-mark -i cali+ $note "Unknown endpoint" -j DROP
    f -A cali-set-endpoint-mark $note "Non-Cali endpoint mark" -j MARK --set-xmark 0x100000/0xfff00000
    f -A cali-sm-cali8d1c -j MARK --set-xmark 0x27c00000/0xfff00000
    f -A cali-from-endpoint-mark -m mark --mark 0x27c00000/0xfff00000 -g cali-fw-cali8d1c
    f -A cali-from-endpoint-mark $note "Unknown interface" -j DROP
    f -A cali-forward-endpoint-mark -m mark ! --mark 0x100000/0xfff00000 -j cali-from-endpoint-mark
    f -A cali-forward-endpoint-mark -o cali+ -j cali-to-wl-dispatch
    f -A cali-forward-endpoint-mark -j cali-to-hep-forward
    f -A cali-forward-endpoint-mark -j MARK --set-xmark 0x0/0xfff00000
    f -A cali-forward-endpoint-mark $note "Policy explicitly accepted packet." -m mark --mark 0x10000/0x10000 -j ACCEPT
    f -A cali-INPUT -j MARK --set-xmark 0x0/0xfff00000
    f -A cali-INPUT -j cali-forward-check
    f -A cali-INPUT -m mark ! --mark 0x0/0xfff00000 -j RETURN
    f -A cali-OUTPUT -m mark ! --mark 0x0/0xfff00000 -g cali-forward-endpoint-mark
fi
f -A cali-INPUT -i cali+ -g cali-wl-to-host
f -A cali-INPUT -m mark --mark 0x10000/0x10000 -j ACCEPT
f -A cali-INPUT -j MARK --set-xmark 0x0/0xf0000
f -A cali-INPUT -j cali-from-host-endpoint
f -A cali-INPUT $note "Host endpoint policy accepted packet." -m mark --mark 0x10000/0x10000 -j ACCEPT
f -A cali-OUTPUT -m mark --mark 0x10000/0x10000 -j ACCEPT
f -A cali-OUTPUT -o cali+ -j RETURN
f -A cali-OUTPUT -j MARK --set-xmark 0x0/0xf0000
f -A cali-OUTPUT -m conntrack ! --ctstate DNAT -j cali-to-host-endpoint
f -A cali-OUTPUT $note "Host endpoint policy accepted packet." -m mark --mark 0x10000/0x10000 -j ACCEPT
f -A cali-FORWARD -j MARK --set-xmark 0x0/0xe0000
f -A cali-FORWARD -m mark --mark 0x0/0x10000 -j cali-from-hep-forward
f -A cali-FORWARD -i cali+ -j cali-from-wl-dispatch
f -A cali-FORWARD -o cali+ -j cali-to-wl-dispatch
f -A cali-FORWARD -j cali-to-hep-forward
f -A cali-FORWARD -j cali-cidr-block
f -A FORWARD $note "Policy explicitly accepted packet." -m mark --mark 0x10000/0x10000 -j ACCEPT
f -A FORWARD -j MARK --set-xmark 0x10000/0x10000
f -A cali-wl-to-host -j cali-from-wl-dispatch
f -A cali-wl-to-host $note "Configured DefaultEndpointToHostAction" -j ACCEPT
f -A cali-from-wl-dispatch -i cali8d1c -g cali-fw-cali8d1c
f -A cali-from-wl-dispatch $note "Unknown interface" -j DROP
f -A cali-to-wl-dispatch -o cali8d1c -g cali-tw-cali8d1c
f -A cali-to-wl-dispatch $note "Unknown interface" -j DROP
for way in fw tw; do
    w=cali-$way-cali8d1c
    f -A $w -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    f -A $w -m conntrack --ctstate INVALID -j DROP
    f -A $w -j MARK --set-xmark 0x0/0x10000
    if [ $way = fw ]; then
        f -A $w -p udp $note "Drop VXLAN encapped packets originating in workloads" -m multiport --dports 4789 -j DROP
        f -A $w -p ipencap $note "Drop IPinIP encapped packets originating in workloads" -j DROP
        f -A $w -j cali-pro-kns.shop
    else
        f -A $w $note "Start of tier default" -j MARK --set-xmark 0x0/0x20000
        f -A $w -m mark --mark 0x0/0x20000 -j cali-pi-_kJqfZpgUe7r2t4a14NA
        f -A $w $note "Return if policy accepted" -m mark --mark 0x10000/0x10000 -j RETURN
        f -A $w $note "Drop if no policies passed packet" -m mark --mark 0x0/0x20000 -j NFLOG --nflog-prefix "DPI|default" --nflog-group 1 --nflog-size 80
        f -A $w $note "Drop if no policies passed packet" -m mark --mark 0x0/0x20000 -j DROP
        f -A $w -j cali-pri-kns.shop
    fi
    f -A $w $note "Return if profile accepted" -m mark --mark 0x10000/0x10000 -j RETURN
    f -A $w $note "Drop if no profiles matched" -j DROP
done
f -A cali-pi-_kJqfZpgUe7r2t4a14NA -p tcp $note "Policy shop/knp.default.web ingress" -m set --match-set cali40s:dWjzNlOVzHmF_lZZ src -m multiport --dports 80,443,8000:8010 -j MARK --set-xmark 0x10000/0x10000
f -A cali-pi-_kJqfZpgUe7r2t4a14NA -m mark --mark 0x10000/0x10000 -j RETURN
f -A cali-pi-_kJqfZpgUe7r2t4a14NA -p icmp -m icmp ! --icmp-type 8 -j MARK --set-xmark 0x10000/0x10000
for chain in cali-pri-kns.shop cali-pro-kns.shop; do
    f -A $chain $note "Profile kns.shop" -j MARK --set-xmark 0x10000/0x10000
    f -A $chain -m mark --mark 0x10000/0x10000 -j RETURN
done
