# What istio-init programs in a pod with interceptionMode TPROXY (tools/istio-iptables), in both families.
for program in iptables ip6tables; do
    case $program in iptables) self=127.0.0.1/32 envoy=127.0.0.6/32 ;; *) self=::1/128 envoy=::6/128 ;; esac
    mangle() { $program -t mangle "$@"; }
    for chain in ISTIO_DIVERT ISTIO_TPROXY ISTIO_INBOUND; do mangle -N $chain; done
    mangle -A ISTIO_DIVERT -j MARK --set-mark 1337
    mangle -A ISTIO_DIVERT -j ACCEPT
    mangle -A ISTIO_TPROXY ! -d $self -p tcp -j TPROXY --tproxy-mark 1337/0xffffffff --on-port 15006
    mangle -A PREROUTING -p tcp -j ISTIO_INBOUND
    mangle -A ISTIO_INBOUND -p tcp -m mark --mark 1337 -j RETURN
    mangle -A ISTIO_INBOUND -p tcp -s $envoy -i lo -j RETURN
    mangle -A ISTIO_INBOUND -p tcp -i lo -m mark ! --mark 1338 -j RETURN
    mangle -A ISTIO_INBOUND -p tcp --dport 15021 -j RETURN
    mangle -A ISTIO_INBOUND -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j ISTIO_DIVERT
    mangle -A ISTIO_INBOUND -p tcp -j ISTIO_TPROXY
    mangle -A PREROUTING -p tcp -m mark --mark 1337 -j CONNMARK --save-mark
    mangle -A OUTPUT -p tcp -o lo -m mark --mark 1337 -j RETURN
    mangle -A OUTPUT ! -d $self -p tcp -o lo -m owner --uid-owner 1337 -j MARK --set-mark 1338
    mangle -A OUTPUT -p tcp -m connmark --mark 1337 -j CONNMARK --restore-mark
    nat() { $program -t nat "$@"; }
    for chain in ISTIO_REDIRECT ISTIO_IN_REDIRECT ISTIO_OUTPUT; do nat -N $chain; done
    nat -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001
    nat -A ISTIO_IN_REDIRECT -p tcp -j REDIRECT --to-ports 15006
    nat -A OUTPUT -j ISTIO_OUTPUT
    nat -A ISTIO_OUTPUT -o lo -s $envoy -j RETURN
    nat -A ISTIO_OUTPUT -o lo -p tcp ! -d $self -m multiport ! --dports 53,15008 -m owner --uid-owner 1337 -j ISTIO_IN_REDIRECT
    nat -A ISTIO_OUTPUT -m owner --uid-owner 1337 -j RETURN
    nat -A ISTIO_OUTPUT -d $self -j RETURN
    nat -A ISTIO_OUTPUT -j ISTIO_REDIRECT
done
# The same with the nftables backend (tools/istio-nftables).
nft -f - <<'NFT'
table inet istio-proxy-mangle {
	chain prerouting { type filter hook prerouting priority -150; meta l4proto tcp counter jump istio-inbound; meta l4proto tcp mark 1337 counter ct mark set mark; }
	chain output {
		type route hook output priority -150;
		oifname lo meta l4proto tcp mark 1337 counter return
		oifname lo meta l4proto tcp ip daddr != 127.0.0.1/32 skuid 1337 counter meta mark set 1338
		oifname lo meta l4proto tcp ip6 daddr != ::1/128 skgid 1337 counter meta mark set 1338
		meta l4proto tcp ct mark 1337 counter meta mark set ct mark
	}
	chain istio-divert { counter meta mark set 1337; counter accept; }
	chain istio-tproxy {
		meta l4proto tcp ip daddr != 127.0.0.1/32 tproxy ip to :15006 meta mark set 1337 counter accept
		meta l4proto tcp ip6 daddr != ::1/128 tproxy ip6 to :15006 meta mark set 1337 counter accept
	}
	chain istio-inbound {
		meta l4proto tcp mark 1337 counter return
		iifname lo meta l4proto tcp ip saddr 127.0.0.6/32 counter return
		iifname lo meta l4proto tcp ip6 saddr ::6/128 counter return
		iifname lo meta l4proto tcp mark != 1338 counter return
		meta l4proto tcp ct state related,established counter jump istio-divert
		meta l4proto tcp counter jump istio-tproxy
	}
}
table inet istio-proxy-raw {
	chain prerouting { type filter hook prerouting priority -300; counter jump istio-inbound; }
	chain output { type filter hook output priority -300; counter jump istio-output-dns; }
	chain istio-inbound { udp sport 53 ip saddr 127.0.0.53/32 counter ct zone set 1; }
	chain istio-output-dns {
		udp dport 53 meta skuid 1337 counter ct zone set 1
		udp sport 15053 meta skgid 1337 counter ct zone set 2
		udp dport 53 ip daddr 127.0.0.53/32 counter ct zone set 2
	}
}
NFT
