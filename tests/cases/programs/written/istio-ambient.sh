# What istio-cni programs in ambient mode: on the node (cni/pkg/iptables), and in a pod as nftables (cni/pkg/nftables).
ipset create istio-inpod-probes-v4 hash:ip family inet comment
ipset add istio-inpod-probes-v4 10.244.1.17 comment 1f3a8b5e-uid
iptables -t nat -N ISTIO_POSTRT
iptables -t nat -I POSTROUTING 1 -j ISTIO_POSTRT
iptables -t nat -A ISTIO_POSTRT -m owner --socket-exists -p tcp -m set --match-set istio-inpod-probes-v4 dst -j SNAT --to-source 169.254.7.127
mangle() { iptables -t mangle "$@"; }
for chain in ISTIO_PRERT ISTIO_OUTPUT; do mangle -N $chain; done
mangle -A PREROUTING -j ISTIO_PRERT
mangle -A OUTPUT -j ISTIO_OUTPUT
mangle -A ISTIO_PRERT -m mark --mark 0x539/0xfff -j CONNMARK --set-xmark 0x111/0xfff
mangle -A ISTIO_OUTPUT -m connmark --mark 0x111/0xfff -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff
nft -f - <<'NFT'
table inet istio-ambient-nat {
	set istio-inpod-probes-v4 { type ipv4_addr; flags interval; comment "probes"; elements = { 10.244.1.17 } }
	chain prerouting { type nat hook prerouting priority -100; jump istio-prerouting; }
	chain output { type nat hook output priority -100; jump istio-output; }
	chain postrouting { type nat hook postrouting priority 100; meta l4proto tcp skuid 1000 ip daddr @istio-inpod-probes-v4 counter snat ip to 169.254.7.127; }
	chain istio-prerouting {
		meta l4proto tcp ip daddr 169.254.7.127 counter accept
		meta l4proto tcp tcp dport != 15008 mark and 0xfff != 0x539 counter redirect to :15006
	}
	chain istio-output {
		meta l4proto tcp ip daddr 169.254.7.127 counter accept
		meta l4proto tcp mark and 0xfff == 0x111 counter accept
		oifname lo ip daddr != 127.0.0.1/32 counter accept
		meta l4proto tcp ip daddr != 127.0.0.1/32 mark and 0xfff != 0x539 counter redirect to :15001
	}
}
table inet istio-ambient-mangle {
	chain prerouting { type filter hook prerouting priority -150; jump istio-prerouting; }
	chain output { type route hook output priority -150; jump istio-output; }
	chain istio-prerouting { meta mark & 0xfff == 0x539 counter ct mark set ct mark & 0xfffff000 | 0x111; }
	chain istio-output { ct mark and 0xfff == 0x111 counter meta mark set ct mark; }
}
NFT
