# What flanneld 0.27 programs (pkg/trafficmngr/iptables): a pod network of 10.244.0.0/16, this node's share 10.244.0.0/24.
for t in iptables:10.244.0.0/16:10.244.0.0/24:224.0.0.0/4 ip6tables:fd00:244::/48:fd00:244:0:1::/64:ff00::/8; do
    program=${t%%:*}
    case $program in
        iptables) cluster=10.244.0.0/16 node=10.244.0.0/24 many=224.0.0.0/4 ;;
        *) cluster=fd00:244::/48 node=fd00:244:0:1::/64 many=ff00::/8 ;;
    esac
    masq() { $program -t nat -A FLANNEL-POSTRTG "$@"; }
    note="-m comment --comment"
    $program -t nat -N FLANNEL-POSTRTG
    $program -t nat -A POSTROUTING $note "flanneld masq" -j FLANNEL-POSTRTG
    masq -m mark --mark 0x4000/0x4000 $note "flanneld masq" -j RETURN
    masq -s $node -d $cluster $note "flanneld masq" -j RETURN
    masq -s $cluster -d $node $note "flanneld masq" -j RETURN
    masq ! -s $cluster -d $node $note "flanneld masq" -j RETURN
    masq -s $cluster ! -d $many $note "flanneld masq" -j MASQUERADE --random-fully
    masq ! -s $cluster -d $cluster $note "flanneld masq" -j MASQUERADE --random-fully
    $program -N FLANNEL-FWD
    $program -A FORWARD $note "flanneld forward" -j FLANNEL-FWD
    $program -A FLANNEL-FWD -s $cluster $note "flanneld forward" -j ACCEPT
    $program -A FLANNEL-FWD -d $cluster $note "flanneld forward" -j ACCEPT
done
nft -f - <<'NFT'
table ip flannel-ipv4 {
	comment "rules for flannel-ipv4";
	chain postrtg {
		comment "chain to manage traffic masquerading by flannel";
		type nat hook postrouting priority 100;
		meta mark 0x4000 return
		ip saddr 10.244.0.0/24 ip daddr 10.244.0.0/16 return
		ip saddr 10.244.0.0/16 ip daddr 10.244.0.0/24 return
		ip saddr != 10.244.0.0/24 ip daddr 10.244.0.0/16 return
		ip saddr 10.244.0.0/16 ip daddr != 224.0.0.0/4 masquerade fully-random
		ip saddr != 10.244.0.0/16 ip daddr 10.244.0.0/16 masquerade fully-random
	}
	chain forward {
		comment "chain to accept flannel traffic";
		type filter hook forward priority 0;
		ip saddr 10.244.0.0/16 accept
		ip daddr 10.244.0.0/16 accept
	}
}
NFT
